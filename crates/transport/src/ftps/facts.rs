//! Reads the facts that `MLST` and `MLSD` tell of a name (RFC 3659).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::{FileKind, RemoteFile};

/// The form in which servers write instants, always in UTC; fractions may follow.
const INSTANT: &str = "%Y%m%d%H%M%S";

/// Name and facts of a line such as `type=file;size=5;modify=20261122093005; name`; nothing where it has no type. Exactly
/// one blank ends the facts.
pub(super) fn entry_of(line: &[u8]) -> Option<(&[u8], RemoteFile)> {
    let end = line.iter().position(|byte| *byte == b' ')?;
    let facts = std::str::from_utf8(&line[..end]).ok()?;
    let file = facts_of(facts)?;
    // The directory itself and the one above are listed under names of the server's choice.
    let own = ["cdir", "pdir"]
        .iter()
        .any(|own| fact(facts, "type").is_some_and(|kind| kind.eq_ignore_ascii_case(own)));
    Some((if own { b"." } else { &line[end + 1..] }, file))
}

/// The facts of such a line; nothing where it has no type.
pub(super) fn facts_of(line: &str) -> Option<RemoteFile> {
    let (facts, _) = line.trim_start().split_once(' ').unwrap_or((line, ""));
    let kind = fact(facts, "type")?.to_ascii_lowercase();
    let kind = match kind.as_str() {
        "file" => FileKind::File,
        "dir" | "cdir" | "pdir" => FileKind::Directory,
        other if other.contains("link") => FileKind::Link,
        _ => FileKind::Special,
    };
    let size =
        if kind == FileKind::File { fact(facts, "size").and_then(|size| size.parse().ok()) } else { None };
    Some(RemoteFile { size, kind, modified: fact(facts, "modify").and_then(instant_of) })
}

fn fact<'a>(facts: &'a str, wanted: &str) -> Option<&'a str> {
    let mut each = facts.split(';').filter_map(|fact| fact.split_once('='));
    each.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

/// An instant such as `20261122093005` or `20261122093005.123`.
pub(super) fn instant_of(text: &str) -> Option<Timestamp> {
    let seconds = text.trim().get(..14)?;
    DateTime::strptime(INSTANT, seconds).ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_tell_kind_size_and_instant() {
        let file = facts_of(" type=file;size=5;modify=20261122093005.5;perm=adfrw; in/受注.csv").unwrap();
        assert_eq!((file.kind, file.size), (FileKind::File, Some(5)));
        assert_eq!(file.modified.unwrap().to_string(), "2026-11-22T09:30:05Z");
        let kind = |facts: &str| facts_of(facts).map(|file| file.kind);
        assert_eq!(kind("Type=cdir;Perm=el; /"), Some(FileKind::Directory));
        assert_eq!(kind("type=OS.unix=symlink;size=7; link"), Some(FileKind::Link));
        assert_eq!(kind("Start of list for x"), None);
    }

    #[test]
    fn facts_name_an_entry_whatever_stands_in_its_name() {
        let named =
            |line: &str| entry_of(line.as_bytes()).map(|(name, _)| String::from_utf8(name.to_vec()).unwrap());
        for (line, name) in [
            ("type=file;size=5; a b;c=d", Some("a b;c=d")),
            ("type=file;size=5;  begins with a blank", Some(" begins with a blank")),
            ("Type=cdir;Perm=el; /in", Some(".")),
            ("type=pdir; /", Some(".")),
            ("type=file;size=5; type=cdir;.csv", Some("type=cdir;.csv")),
            ("type=OS.unix=slink:/x; ../l", Some("../l")),
            // ffftp's filelist.txt: Vector's server leaves the last semicolon out
            ("type=file;size=8436;modify=20120105211719;UNIX.mode=0644 a.TXT", Some("a.TXT")),
            ("total 12", None),
            ("size=5; a", None),
            (" a", None),
            ("type=file;size=5;", None),
        ] {
            assert_eq!(named(line).as_deref(), name, "{line}");
        }
    }
}
