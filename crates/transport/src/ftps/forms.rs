//! Reads one line of a plain listing (`LIST`), whose form each server chooses.
//!
//! Owns a table of forms, each with where it is known from. Promises that a line is an entry of a known form, a heading,
//! or unreadable, and that an unreadable line is never passed over in silence by those who ask. The facts end with exactly
//! one blank, so that a name may begin with one; only the forms that fill columns with blanks have them taken off. A size
//! that a form rounds, or gives in blocks, isn't told. Works on bytes: names may be written in any encoding.

use jiff::Timestamp;

use super::dates::{date_words, is_clock, is_clock_of_twelve, is_full_date};
use crate::{FileKind, RemoteFile};

/// What a line of a listing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListingLine<'a> {
    Entry(&'a [u8], RemoteFile),
    /// A sum, a title, or nothing at all.
    Heading,
    /// The first half of an entry (VMS breaks long lines); the next line belongs to it.
    FirstHalf,
    Unreadable,
}

type Named<'a> = (&'a [u8], RemoteFile);
type Form = for<'a> fn(&ListedLine<'a>) -> Option<Named<'a>>;

/// The forms, by whose they are; a line is read by the first that it fits.
const FORMS: [Form; 12] = [
    // D. J. Bernstein's servers: https://cr.yp.to/ftp/list/eplf.html
    eplf,
    // `ls -l` and all that resembles it: vsftpd, ProFTPD, wu-ftpd, Netware (Apache commons-net, UnixFTPEntryParserTest and
    // NetwareFTPEntryParserTest; ffftp, filelist.txt, LIST_UNIX_*)
    unix,
    // Fujitsu's GP6000 and OS7 (ffftp, filelist.txt, LIST_GP6000 and LIST_OS7_1)
    unix_date_first,
    // IIS and other servers on Windows (commons-net, NTFTPEntryParserTest; ffftp, LIST_DOS_*; PyFilesystem2 #438)
    dos,
    // IBM i (commons-net, OS400FTPEntryParserTest; ffftp, LIST_AS400)
    as400,
    // OpenVMS (commons-net, VMSFTPEntryParserTest)
    vms,
    // VxWorks and Shibasoku (ffftp, LIST_SHIBASOKU)
    vxworks,
    // OS/2 (ffftp, LIST_OS2)
    os2,
    // MVS, catalogued data sets (winscp, FtpListResult.cpp; ffftp, LIST_IBM)
    mvs,
    // Fujitsu's M1800 (ffftp, LIST_M1800)
    m1800,
    // Old Windows servers: name, size, date, time, attributes (ffftp, LIST_DOS_3 and LIST_CHAMELEON)
    name_first,
    // Tandem, now HPE NonStop (ffftp, LIST_TANDEM)
    tandem,
];

/// Words between the mode and the size: link count, owner and group, which may have blanks.
const OWNER_WORDS: usize = 16;

/// A line, with its words and where they are in it.
struct ListedLine<'a> {
    bytes: &'a [u8],
    words: Vec<&'a [u8]>,
    ends: Vec<usize>,
}

/// Reads a line, without its line end.
pub(super) fn read_line(line: &[u8]) -> ListingLine<'_> {
    let line = ListedLine::new(line);
    if is_heading(&line) {
        return ListingLine::Heading;
    }
    if let Some((name, file)) = FORMS.iter().find_map(|form| form(&line)).filter(|(name, _)| !name.is_empty())
    {
        return ListingLine::Entry(name, file);
    }
    if line.words.len() == 1 && is_versioned(line.words[0]) {
        return ListingLine::FirstHalf;
    }
    ListingLine::Unreadable
}

/// A line without the signs that end it.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &line[..end]
}

impl<'a> ListedLine<'a> {
    fn new(bytes: &'a [u8]) -> ListedLine<'a> {
        let (mut words, mut ends, mut start) = (Vec::new(), Vec::new(), 0);
        for (at, byte) in bytes.iter().chain(b" ").enumerate() {
            if matches!(byte, b' ' | b'\t') {
                if at > start {
                    words.push(&bytes[start..at]);
                    ends.push(at);
                }
                start = at + 1;
            }
        }
        ListedLine { bytes, words, ends }
    }

    fn word(&self, at: usize) -> &'a [u8] {
        self.words.get(at).copied().unwrap_or_default()
    }

    /// What follows the one blank behind the word at this place.
    fn behind(&self, at: usize) -> Option<&'a [u8]> {
        self.bytes.get(self.ends.get(at)? + 1..)
    }

    /// As [`ListedLine::behind`], without the blanks that fill a column.
    fn behind_column(&self, at: usize) -> Option<&'a [u8]> {
        self.behind(at).map(<[u8]>::trim_ascii_start)
    }
}

/// Titles and sums: of `ls`, VMS, MVS, M1800, Tandem and Stratus.
fn is_heading(line: &ListedLine<'_>) -> bool {
    let first = line.word(0);
    let lower = first.to_ascii_lowercase();
    let starts = |words: &[&str]| {
        words.len() <= line.words.len()
            && words
                .iter()
                .zip(&line.words)
                .all(|(wanted, word)| word.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    // `ls` in Japanese (UTF-8, Shift_JIS, EUC-JP) and Chinese.
    let totals: [&[u8]; 7] = [
        b"total",
        "合計".as_bytes(),
        b"\x8d\x87\x8cv",
        b"\xb9\xe7\xb7\xd7",
        "总用量".as_bytes(),
        "總計".as_bytes(),
        "总计".as_bytes(),
    ];
    let is_sum = |word: &[u8]| {
        let bare =
            word.strip_suffix(b"K").or_else(|| word.strip_suffix(b"M")).or_else(|| word.strip_suffix(b"G"));
        let bare = bare.unwrap_or(word);
        !bare.is_empty() && bare.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    };
    line.words.is_empty()
        || first == b".:" && line.words.len() == 1
        || totals.contains(&lower.as_slice()) && line.words.len() == 2 && is_sum(line.word(1))
        || starts(&["Directory"])
            && line.words.len() == 2
            && line.word(1).contains(&b'[')
            && line.word(1).ends_with(b"]")
        || starts(&["Total", "of"]) && is_number(line.word(2))
        || lower == b"total" && line.words.len() == 3 && is_number(line.word(1)) && line.word(2) == b"files"
        || starts(&["Volume", "Unit"]) && line.word(line.words.len() - 1).eq_ignore_ascii_case(b"Dsname")
        || starts(&["File", "Code", "EOF"])
        || line.words.len() == 1 && is_protection(first)
}

fn is_number(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_digit)
}

/// VMS: `(RWED,RWED,RE,)`, which may stand on a line of its own.
fn is_protection(word: &[u8]) -> bool {
    let inner = word.strip_prefix(b"(").and_then(|word| word.strip_suffix(b")"));
    inner.is_some_and(|inner| inner.contains(&b',') && inner.iter().all(|byte| b"RWED,".contains(byte)))
}

const fn plain(kind: FileKind, size: Option<u64>) -> RemoteFile {
    let size = if matches!(kind, FileKind::File) { size } else { None };
    RemoteFile { size, kind, modified: None }
}

/// `+i8388621.48594,m825718503,r,s280,<tab>name`
fn eplf<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let rest = line.bytes.strip_prefix(b"+")?;
    let end = rest.iter().position(|byte| *byte == b'\t')?;
    let mut file = plain(FileKind::Unknown, None);
    for fact in rest[..end].split(|byte| *byte == b',') {
        match fact {
            b"r" => file.kind = FileKind::File,
            b"/" => file.kind = FileKind::Directory,
            [b's', size @ ..] => file.size = Some(size_of(size)?),
            [b'm', seconds @ ..] => {
                let seconds = i64::try_from(size_of(seconds)?).ok()?;
                file.modified = Timestamp::from_second(seconds).ok();
            }
            _ => {}
        }
    }
    Some((&rest[end + 1..], file))
}

/// `-rw-r--r-- 1 owner group 512 Nov 22 09:30 name`, with more and with fewer words before the size.
fn unix<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let (kind, facts) = mode(line)?;
    let last = line.words.len().min(facts + OWNER_WORDS);
    // Somebody owns a file: the size never follows the mode.
    let ends =
        || (facts + 1..last).filter_map(|at| date_words(&line.words[at + 1..]).map(|words| (at, at + words)));
    let found = ends().find(|(at, _)| is_size(line.word(*at), kind));
    // A long owner and a long size may run together; then the size isn't known, but the name is.
    let run_together = || ends().find(|(at, _)| line.word(*at).last().is_some_and(u8::is_ascii_digit));
    let (at, date_end) = found.or_else(run_together)?;
    let mut name = line.behind(date_end)?;
    if kind == FileKind::Link {
        let arrow = name.windows(4).position(|four| four == b" -> ");
        name = &name[..arrow.unwrap_or(name.len())];
    } else if kind == FileKind::Directory {
        name = name.strip_suffix(b"/").unwrap_or(name);
    }
    // OS7 names the organisation of a file where owners stand elsewhere, and fills its names with blanks.
    if line.word(facts) == b"SEQ" && at == facts + 1 {
        name = name.trim_ascii_end();
    }
    Some((name, plain(kind, size_of(line.word(at)))))
}

/// What the first words say of rights, and at which word the others begin.
fn mode(line: &ListedLine<'_>) -> Option<(FileKind, usize)> {
    let first = line.word(0);
    let (letter, rest) = first.split_first()?;
    let kind = match letter {
        b'-' | b'f' => FileKind::File,
        b'd' => FileKind::Directory,
        b'l' => FileKind::Link,
        b'b' | b'c' | b'p' | b's' | b'D' => FileKind::Special,
        _ => return None,
    };
    // Netware: `d [RWCEAFMS] owner`, `-[R----F--] owner`
    let (netware, facts) = if rest.is_empty() { (line.word(1), 2) } else { (rest, 1) };
    if let Some(rights) = netware.strip_prefix(b"[").and_then(|rights| rights.strip_suffix(b"]")) {
        return rights.iter().all(|byte| b"RWCEAFMSD-".contains(byte)).then_some((kind, facts));
    }
    let (rights, behind) = rest.split_at_checked(9)?;
    let fits = |(at, byte): (usize, &u8)| match at % 3 {
        0 => matches!(byte, b'r' | b'-'),
        1 => matches!(byte, b'w' | b'-'),
        _ => b"xsStTlL-".contains(byte),
    };
    // SELinux, an access list or extended attributes, and a link count that ran into the mode.
    let behind = behind.strip_prefix(b".").or_else(|| behind.strip_prefix(b"+")).unwrap_or(behind);
    let behind = behind.strip_prefix(b"@").unwrap_or(behind);
    (rights.iter().enumerate().all(fits) && behind.iter().all(u8::is_ascii_digit)).then_some((kind, 1))
}

/// Whether a word can stand where the size does: a number, a rounded one (34.5k), or the two of a device.
fn is_size(word: &[u8], kind: FileKind) -> bool {
    let rounded = match word.split_last() {
        Some((b'k' | b'K' | b'M' | b'G', number)) => {
            !number.is_empty() && number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        }
        Some(_) | None => false,
    };
    let device = kind == FileKind::Special
        && word.contains(&b',')
        && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b',');
    size_of(word).is_some() || rounded || device
}

fn size_of(word: &[u8]) -> Option<u64> {
    if word.is_empty() || !word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// A size that may have commas between its thousands.
fn size_with_commas(word: &[u8]) -> Option<u64> {
    if word.first() == Some(&b',') || word.last() == Some(&b',') {
        return None;
    }
    let bare: Vec<u8> = word.iter().copied().filter(|byte| *byte != b',').collect();
    size_of(&bare)
}

/// `drwxrwxrwx 98.10.21 14:38:46 owner group 2048 name`, and `drwxrwxrwx 99/05/13 11:38:34 name` without owner and size.
fn unix_date_first<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let (kind, facts) = mode(line)?;
    is_full_date(line.word(facts))?;
    if !is_clock(line.word(facts + 1)) {
        return None;
    }
    if kind == FileKind::Directory && line.words.len() == facts + 3 {
        return Some((line.behind_column(facts + 1)?, plain(kind, None)));
    }
    let size = size_of(line.word(facts + 4))?;
    Some((line.behind(facts + 4)?, plain(kind, Some(size))))
}

/// `11-22-26  09:30AM       512 name`, `2026/11/22 09:30 <DIR> name`
fn dos<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    is_full_date(line.word(0))?;
    if !is_clock_of_twelve(line.word(1)) {
        return None;
    }
    let half = [&b"AM"[..], b"PM"].iter().any(|half| line.word(2).eq_ignore_ascii_case(half));
    let at = if half { 3 } else { 2 };
    match line.word(at) {
        b"<DIR>" | b"<JUNCTION>" | b"<MOUNT>" => {
            Some((line.behind_column(at)?, plain(FileKind::Directory, None)))
        }
        b"<SYMLINK>" | b"<SYMLINKD>" => {
            let name = line.behind_column(at)?;
            let target = name.windows(2).position(|two| two == b" [").filter(|_| name.ends_with(b"]"));
            Some((&name[..target.unwrap_or(name.len())], plain(FileKind::Link, None)))
        }
        size => Some((line.behind(at)?, plain(FileKind::File, Some(size_with_commas(size)?)))),
    }
}

/// `QSECOFR  0 98/05/15 16:01:15 *STMF  name`, and members of files without size and date.
fn as400<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let at = [4, 1].into_iter().find(|at| line.word(*at).starts_with(b"*"))?;
    let dated =
        size_of(line.word(1)).is_some() && is_full_date(line.word(2)).is_some() && is_clock(line.word(3));
    let kind = match line.word(at) {
        b"*DIR" | b"*FLR" | b"*LIB" | b"*DDIR" => FileKind::Directory,
        b"*STMF" | b"*DSTMF" | b"*DOC" | b"*SAVF" | b"*MEM" => FileKind::File,
        // A file of members, which may be one that can be fetched.
        b"*FILE" => FileKind::Unknown,
        word if word.len() > 1 && word[1..].iter().all(u8::is_ascii_uppercase) => FileKind::Special,
        _ => return None,
    };
    if at == 4 && !dated || at == 1 && line.words.len() > 3 {
        return None;
    }
    let name = line.behind_column(at)?;
    // What an object occupies is the size of its bytes for stream files only.
    let size = size_of(line.word(1)).filter(|_| line.word(at) == b"*STMF");
    Some((name.strip_suffix(b"/").unwrap_or(name), plain(kind, size)))
}

/// `NAME.EXT;1  9/9  2-JUN-1998 07:32:04  [GROUP,OWNER]  (RWED,RWED,RWED,RE)`; sizes are blocks.
fn vms<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let name = line.word(0);
    let blocks = |word: &[u8]| word.split(|byte| *byte == b'/').all(is_number);
    if !is_versioned(name) || !blocks(line.word(1)) || is_full_date(line.word(2)) != Some(true) {
        return None;
    }
    let directory = name.to_ascii_uppercase().windows(5).any(|five| five == b".DIR;");
    Some((name, plain(if directory { FileKind::Directory } else { FileKind::File }, None)))
}

fn is_versioned(word: &[u8]) -> bool {
    let at = word.iter().rposition(|byte| *byte == b';');
    at.is_some_and(|at| at > 0 && is_number(&word[at + 1..]))
}

/// `345  A  12-02-98  10:59  name`, `0  DIR  12-09-98  09:43  name`
fn os2<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let size = size_of(line.word(0))?;
    let at = (1..4).find(|at| is_full_date(line.word(*at)).is_some())?;
    let attributes = &line.words[1..at];
    let letters = |word: &&[u8]| word.iter().all(u8::is_ascii_uppercase);
    if !attributes.iter().all(letters) || !is_clock(line.word(at + 1)) {
        return None;
    }
    let directory = attributes.iter().any(|word| *word == b"DIR");
    let kind = if directory { FileKind::Directory } else { FileKind::File };
    Some((line.behind_column(at + 1)?, plain(kind, Some(size))))
}

/// `512  Jan-30-2002  14:52:04  name  <DIR>`
fn vxworks<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let size = size_of(line.word(0))?;
    let named_month = line.word(1).first().is_some_and(u8::is_ascii_alphabetic);
    if !named_month || is_full_date(line.word(1)) != Some(true) || !is_clock(line.word(2)) {
        return None;
    }
    let name = line.behind_column(2)?.trim_ascii_end();
    Some(match name.strip_suffix(b"<DIR>") {
        Some(directory) => (directory.trim_ascii_end(), plain(FileKind::Directory, None)),
        None => (name, plain(FileKind::File, Some(size))),
    })
}

/// `JXSW01 3390 2000/12/27 1 5 VBA 240 3120 PS NAME`; sizes are tracks.
fn mvs<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let numbers = [3, 4, 6, 7].iter().all(|at| is_number(line.word(*at)));
    let dated = is_full_date(line.word(2)) == Some(true) || line.word(2) == b"**NONE**";
    if line.words.len() != 10 || !numbers || !dated {
        return None;
    }
    let kind = match line.word(8) {
        b"PO" | b"PO-E" => FileKind::Directory,
        b"PS" | b"PS-E" | b"PS-L" | b"DA" => FileKind::File,
        b"VS" | b"GDG" => FileKind::Special,
        _ => return None,
    };
    Some((line.word(9), plain(kind, None)))
}

/// `-rw-  F  10000  10000  DA  97.03.04  NAME`, names filled with blanks; sizes are of records and blocks.
fn m1800<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let kind = match line.word(0) {
        [b'-', rights @ ..] if is_short_mode(rights) => FileKind::File,
        [b'd', rights @ ..] if is_short_mode(rights) => FileKind::Directory,
        _ => return None,
    };
    let count = |word: &[u8]| is_number(word) || word == b"******";
    let dated = is_full_date(line.word(5)).is_some() || line.word(5) == b"**.**.**";
    if line.words.len() != 7 || !count(line.word(2)) || !count(line.word(3)) || !dated {
        return None;
    }
    let name = line.word(6);
    Some((name.strip_suffix(b"/").unwrap_or(name), plain(kind, None)))
}

fn is_short_mode(rights: &[u8]) -> bool {
    rights.len() == 3 && rights.iter().all(|byte| b"rwx-".contains(byte))
}

/// `name  12  10-14-97  14:34  A`, `name  <DIR>  Nov  6 1997 14:21 drw-`; such a name has no blanks.
fn name_first<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let size = size_of(line.word(1));
    let directory = line.word(1) == b"<DIR>";
    let numeric = is_full_date(line.word(2)).is_some() && is_clock(line.word(3));
    let spelt = date_words(line.words.get(2..)?) == Some(3) && is_clock(line.word(5));
    let attributes = line.words.get(if numeric { 4 } else { 6 }..).unwrap_or_default();
    let letters =
        attributes.iter().all(|word| word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-'));
    if size.is_none() && !directory || !(numeric || spelt) || attributes.len() > 1 || !letters {
        return None;
    }
    let kind = if directory { FileKind::Directory } else { FileKind::File };
    Some((line.word(0), plain(kind, size)))
}

/// `NAME  O  101  146  18-Sep-00 09:03:37 170,175 "nunu"`
fn tandem<'a>(line: &ListedLine<'a>) -> Option<Named<'a>> {
    let at = if line.word(1) == b"O" { 2 } else { 1 };
    let rights = line
        .words
        .last()
        .is_some_and(|word| word.len() == 6 && word.starts_with(b"\"") && word.ends_with(b"\""));
    if !is_number(line.word(at))
        || is_full_date(line.word(at + 2)) != Some(true)
        || !is_clock(line.word(at + 3))
        || !rights
    {
        return None;
    }
    Some((line.word(0), plain(FileKind::File, Some(size_of(line.word(at + 1))?))))
}

#[cfg(test)]
mod tests;
