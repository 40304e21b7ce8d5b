//! Finds out what stands under a name.
//!
//! FTP has no one question for it, and its refusals have no fixed words: a server may answer "could not get file size"
//! for a file that is missing, for a directory, and for one that we may not see. So it is asked in several ways, until an
//! answer is clear: facts (`MLST`), size, whether the name could be renamed (`RNFR`, which by itself changes nothing),
//! and a listing. Promises that "nothing is there" is said only where the server said so, in words or by refusing the
//! name and listing nothing under it. Where nothing is clear, the answer is a refusal, which tells that it is not known.
//! A link that leads nowhere is seen only where the server shows it; ProFTPD says that it isn't there.

use std::io::{self, BufRead as _, BufReader, Read as _};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use suppaftp::list::ListParser;

use super::line::{Line, Transfer, Unopened, lost};
use super::reply::{Meaning, Reply};
use crate::{FileKind, Phase, RemoteFile, TransportError};

/// Bytes of a listing that are read; a name's own listing has one line, a directory's a few thousand.
const LISTING_LIMIT: u64 = 8 * 1024 * 1024;
/// The form in which servers write instants, always in UTC; fractions may follow.
const INSTANT: &str = "%Y%m%d%H%M%S";

/// What stands under `path`; `None` only where the server says that there is nothing.
pub(super) fn look(line: &mut Line, path: &str) -> Result<Option<RemoteFile>, TransportError> {
    let asked = if line.offers.facts { by_facts(line, path)? } else { Answer::Unclear };
    let asked = if let Answer::Unclear = asked { by_size(line, path)? } else { asked };
    let asked = if let Answer::Unclear = asked { by_listing(line, path)? } else { asked };
    match asked {
        Answer::There(file) => Ok(Some(file)),
        Answer::Nothing => Ok(None),
        Answer::Denied | Answer::Unclear => {
            Err(TransportError::PermissionDenied { path: path.to_owned(), phase: Phase::Stat })
        }
    }
}

/// Whether the partner sees something under this name; nothing where it doesn't let us ask.
pub(super) fn sees(line: &mut Line, path: &str) -> Result<Option<bool>, TransportError> {
    match look(line, path) {
        Ok(found) => Ok(Some(found.is_some())),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The size that the server tells in one request; nothing where it doesn't.
pub(super) fn size(line: &mut Line, path: &str) -> Result<Option<u64>, TransportError> {
    let reply = line.ask(Phase::Stat, &format!("SIZE {path}"))?;
    Ok(if reply.is(&[213]) { reply.last().trim().parse().ok() } else { None })
}

/// Something takes the name; what, is not known.
const UNKNOWN: RemoteFile = RemoteFile { size: None, kind: FileKind::Unknown, modified: None };
/// Signs that servers take for a pattern when they list.
const PATTERN: [char; 6] = ['*', '?', '[', ']', '{', '~'];

/// What one way of asking told.
enum Answer {
    There(RemoteFile),
    Nothing,
    Denied,
    Unclear,
}

impl Answer {
    fn of_refusal(reply: &Reply, path: &str) -> Answer {
        match reply.meaning(path) {
            Meaning::Absent if reply.code >= 500 => Answer::Nothing,
            Meaning::Denied if reply.code >= 500 => Answer::Denied,
            Meaning::Absent | Meaning::Denied | Meaning::Untold => Answer::Unclear,
        }
    }
}

fn by_facts(line: &mut Line, path: &str) -> Result<Answer, TransportError> {
    let reply = line.ask(Phase::Stat, &format!("MLST {path}"))?;
    if reply.is(&[250]) {
        let facts = reply.lines.iter().find_map(|line| facts_of(line));
        return Ok(facts.map_or(Answer::Unclear, Answer::There));
    }
    Ok(match Answer::of_refusal(&reply, path) {
        // Another way of asking may be allowed, and some servers call a directory "not allowed" here.
        Answer::Denied => Answer::Unclear,
        clear @ (Answer::There(_) | Answer::Nothing | Answer::Unclear) => clear,
    })
}

fn by_size(line: &mut Line, path: &str) -> Result<Answer, TransportError> {
    let reply = line.ask(Phase::Stat, &format!("SIZE {path}"))?;
    if !reply.is(&[213]) {
        return Ok(Answer::of_refusal(&reply, path));
    }
    let Ok(size) = reply.last().trim().parse() else { return Ok(Answer::Unclear) };
    let modified = if line.offers.modified {
        let reply = line.ask(Phase::Stat, &format!("MDTM {path}"))?;
        if reply.is(&[213]) { instant_of(reply.last()) } else { None }
    } else {
        None
    };
    Ok(Answer::There(RemoteFile { size: Some(size), kind: FileKind::File, modified }))
}

/// What the server says to the wish to rename `path`. Nothing comes of it; but some servers then insist on the new name
/// and answer nothing else, so a line that is in that state is not used again.
fn renaming(line: &mut Line, path: &str) -> Result<Reply, TransportError> {
    let reply = line.ask(Phase::Stat, &format!("RNFR {path}"))?;
    if reply.is(&[350]) && line.ask(Phase::Stat, "PWD")?.is(&[501, 503]) {
        line.spoilt = true;
    }
    Ok(reply)
}

/// Two witnesses: the server would rename it, or it lists it. Nothing is there only if both say no; "you may not" is
/// no such answer.
fn by_listing(line: &mut Line, path: &str) -> Result<Answer, TransportError> {
    let renaming = renaming(line, path)?;
    if line.spoilt {
        return Ok(Answer::There(UNKNOWN));
    }
    let refused = renaming.code >= 500 && renaming.meaning(path) != Meaning::Denied;
    Ok(match listed(line, path)? {
        Listed::As(file) => Answer::There(file),
        Listed::Nothing | Listed::Unclear if renaming.is(&[350]) => Answer::There(UNKNOWN),
        Listed::Nothing if refused => Answer::Nothing,
        Listed::Nothing | Listed::Unclear => Answer::Unclear,
    })
}

/// What a listing of one name told.
enum Listed {
    As(RemoteFile),
    Nothing,
    Unclear,
}

fn listed(line: &mut Line, path: &str) -> Result<Listed, TransportError> {
    let phase = Phase::Stat;
    // Hidden names, as our temporary ones are, are listed on demand only.
    let transfer = match line.open(phase, &format!("LIST -a {path}"), 0) {
        Ok(transfer) => transfer,
        Err(Unopened::Refused(reply)) if reply.ends_connection() || reply.code < 500 => {
            return Err(reply.refusal(phase, path, 0));
        }
        Err(Unopened::Refused(_)) => return Ok(Listed::Unclear),
        Err(Unopened::Failed(error)) => return Err(error),
    };
    let (lines, reply) = lines_of(line, phase, transfer)?;
    // "Transfer done (but failed to open directory)" says nothing of the name.
    if !reply.is(&[226, 250]) || !lines.is_empty() && lines.iter().all(|line| line.starts_with("total ")) {
        return Ok(Listed::Unclear);
    }
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let entries: Vec<_> = lines.iter().filter_map(|line| entry_of(line)).collect();
    let found = |wanted: &str| entries.iter().find(|(listed, _)| last_part(listed) == wanted);
    if let Some((_, file)) = found(name) {
        return Ok(Listed::As(file.clone()));
    }
    if path.contains(PATTERN) {
        return Ok(Listed::Unclear);
    }
    // A directory is listed by what it holds.
    let directory = RemoteFile { size: None, kind: FileKind::Directory, modified: None };
    Ok(if found(".").is_some() || !entries.is_empty() {
        Listed::As(directory)
    } else if lines.is_empty() {
        Listed::Nothing
    } else {
        Listed::Unclear
    })
}

/// The lines of a listing, and the reply that ended it.
fn lines_of(
    line: &mut Line,
    phase: Phase,
    mut transfer: Transfer,
) -> Result<(Vec<String>, Reply), TransportError> {
    let mut lines = Vec::new();
    let mut reader = BufReader::new((&mut transfer).take(LISTING_LIMIT));
    let read: io::Result<()> = loop {
        let mut bytes = Vec::new();
        match reader.read_until(b'\n', &mut bytes) {
            Ok(0) => break Ok(()),
            Ok(_) => lines.push(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => break Err(error),
        }
        line.watch.moved();
    };
    drop(reader);
    let reply = line.finish(phase, transfer)?;
    match read {
        Ok(()) => Ok((lines, reply)),
        Err(error) => {
            line.spoilt = true;
            Err(lost(phase, &error))
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Name and facts of one line of a listing, as Unix or Windows servers write it.
pub(super) fn entry_of(line: &str) -> Option<(String, RemoteFile)> {
    let file = ListParser::parse_posix(line).or_else(|_| ListParser::parse_dos(line)).ok()?;
    let kind = match line.as_bytes().first() {
        _ if file.is_symlink() => FileKind::Link,
        _ if file.is_directory() => FileKind::Directory,
        Some(b'p' | b's' | b'b' | b'c') => FileKind::Special,
        Some(_) | None => FileKind::File,
    };
    let size = (kind == FileKind::File).then_some(file.size() as u64);
    // A listing's times lack the zone, and often the year.
    Some((file.name().to_owned(), RemoteFile { size, kind, modified: None }))
}

/// The facts of a line such as `type=file;size=5;modify=20261122093005; name`; nothing where it has no type.
pub(super) fn facts_of(line: &str) -> Option<RemoteFile> {
    let (facts, _) = line.trim_start().split_once(' ').unwrap_or((line, ""));
    let fact = |wanted: &str| {
        let mut each = facts.split(';').filter_map(|fact| fact.split_once('='));
        each.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let kind = fact("type")?.to_ascii_lowercase();
    let kind = match kind.as_str() {
        "file" => FileKind::File,
        "dir" | "cdir" | "pdir" => FileKind::Directory,
        other if other.contains("link") => FileKind::Link,
        _ => FileKind::Special,
    };
    let size = if kind == FileKind::File { fact("size").and_then(|size| size.parse().ok()) } else { None };
    Some(RemoteFile { size, kind, modified: fact("modify").and_then(instant_of) })
}

/// An instant such as `20261122093005` or `20261122093005.123`.
fn instant_of(text: &str) -> Option<Timestamp> {
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
    fn lines_of_a_listing_tell_name_kind_and_size() {
        let of = |line: &str| entry_of(line).map(|(name, file)| (name, file.kind, file.size));
        let file = of("-rw-r--r--    1 0        0             512 Nov 22 09:30 .totatsu-x.part");
        assert_eq!(file, Some((".totatsu-x.part".to_owned(), FileKind::File, Some(512))));
        let directory = of("drwxr-xr-x    2 0        0            4096 Nov 22 09:30 .");
        assert_eq!(directory, Some((".".to_owned(), FileKind::Directory, None)));
        let windows = of("11-22-26  09:30AM                  512 Z12.DTA");
        assert_eq!(windows, Some(("Z12.DTA".to_owned(), FileKind::File, Some(512))));
    }
}
