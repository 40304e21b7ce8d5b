//! Any bytes of an FTP server, for the fuzz targets `listing` and `replies`.
//!
//! Promises to panic where: a line is neither an entry nor a heading, and the listing doesn't say so; a name of a known
//! form isn't told as it stands there, or would be asked for in other bytes; bytes cut into other pieces give other
//! replies; what is handed to the FTP library is another reply than the server's; words that are shown drive a terminal.

use std::io::{self, Read};

use super::control::take_reply;
use super::facts::{facts_of, instant_of};
use super::forms::{ListingLine, read_line, without_end};
use super::list::{ReadLine, ToldListing, by_facts, take_all};
use super::names::{AgreedNames, NameBytes, shown};
use super::passive::in_the_library_s_form;
use super::read::hash_of;
use super::reply::Reply;
use crate::drawn::{Drawn, assert_harmless, assert_usable};
use crate::library_words::without_addresses;
use crate::{FileKind, Phase};

const NAMES: [NameBytes; 4] = [
    NameBytes::Ascii,
    NameBytes::Known(AgreedNames::Utf8),
    NameBytes::Known(AgreedNames::ShiftJis),
    NameBytes::Known(AgreedNames::EucJp),
];

/// A listing; the first byte chooses by what it is told and what is tried.
pub fn listing(bytes: &[u8]) {
    let mut drawn = Drawn(bytes);
    let choice = drawn.byte();
    let names = NAMES[usize::from(choice >> 2 & 3)];
    match choice % 4 {
        0 => told(names, read_line, drawn),
        1 => told(names, by_facts, drawn),
        2 => named(drawn),
        _ => in_the_same_bytes(names, drawn),
    }
}

fn told(names: NameBytes, read_line: ReadLine, mut drawn: Drawn<'_>) {
    let cut = usize::from(drawn.byte()) + 1;
    let bytes = drawn.rest();
    let mut told = ToldListing::default();
    let whole = take_all(Pieces { bytes, cut }, names, || (), &mut told, read_line);
    assert!(whole.is_ok_and(|whole| whole), "no input is as long as the limits");
    assert_usable(&told.listing);
    for listed in &told.listing.entries {
        let asked = names.write(&listed.name).expect("a name that is told can be asked for");
        assert!(bytes.windows(asked.len()).any(|part| part == asked), "{:?} was not listed", listed.name);
    }
    if let Some(line) = &told.unreadable {
        assert_harmless(line);
    }
    accounted_for(bytes, &told, read_line);
}

/// Every line is an entry, a heading, a half of an entry, or makes the listing incomplete.
fn accounted_for(bytes: &[u8], told: &ToldListing, read_line: ReadLine) {
    let (mut lines, mut entries, mut headings, mut halves, mut unreadable) = (0, 0, 0, 0, 0);
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    for line in whole.split(|byte| *byte == b'\n').filter(|_| !bytes.is_empty()) {
        lines += 1;
        match read_line(without_end(line)) {
            ListingLine::Entry(..) => entries += 1,
            ListingLine::Heading => headings += 1,
            ListingLine::FirstHalf => halves += 1,
            ListingLine::Unreadable => unreadable += 1,
        }
    }
    if halves == 0 {
        assert_eq!((told.entries, told.unreadable.is_some()), (entries, unreadable > 0));
    } else if told.unreadable.is_none() {
        assert!(lines <= told.entries + headings + halves, "{lines} lines");
    }
    assert!(told.listing.entries.len() + told.listing.unusable <= told.entries);
}

/// The name of a line of a known form is all that stands behind the facts.
fn named(mut drawn: Drawn<'_>) {
    // not for people: lines of servers.
    const FORMS: [(&str, ReadLine); 9] = [
        ("-rw-r--r--   1 owner group 512 Nov 22 09:30 ", read_line),
        ("-rw-r--r--. 1 ftp 512 Nov 22  2026 ", read_line),
        ("-rw-r--r--+ 1 domain users 512 2026-11-22 09:30 ", read_line),
        ("-rw-r--r--   1 owner group 512 11月 22日 09:30 ", read_line),
        ("11-22-26  09:30AM       512 ", read_line),
        ("2026/11/22  09:30       512 ", read_line),
        ("+i8388621.48594,m825718503,r,s280,\t", read_line),
        ("type=file;size=512; ", by_facts),
        ("modify=20261122093005;Type=FILE;size=512;UNIX.mode=0644 ", by_facts),
    ];
    let (facts, read_line) = FORMS[usize::from(drawn.byte()) % FORMS.len()];
    let name = drawn.rest();
    if name.is_empty() || name.contains(&b'\n') {
        return;
    }
    let line = [facts.as_bytes(), name].concat();
    match read_line(&line) {
        ListingLine::Entry(read, file) => {
            assert_eq!((read, file.kind), (name, FileKind::File), "{}", String::from_utf8_lossy(&line));
        }
        other => panic!("{other:?}: {}", String::from_utf8_lossy(&line)),
    }
}

/// What is written in agreed bytes is read from them as it was, and what is read is written in the same bytes.
fn in_the_same_bytes(names: NameBytes, mut drawn: Drawn<'_>) {
    let text = drawn.text();
    if let Ok(bytes) = names.write(&text) {
        assert_eq!(names.read(&bytes), Some(text));
    }
    let bytes = drawn.rest();
    match names.read(bytes) {
        Some(text) => assert_eq!(names.write(&text).as_deref(), Ok(bytes)),
        None => assert!(names.listed(bytes).contains(char::REPLACEMENT_CHARACTER)),
    }
    if let Some(facts) = facts_of(&shown(bytes)) {
        assert!(facts.size.is_none() || facts.kind == FileKind::File);
    }
    let _ = instant_of(&shown(bytes));
}

/// Replies; the first byte chooses what is tried.
pub fn replies(bytes: &[u8]) {
    let mut drawn = Drawn(bytes);
    match drawn.byte() % 4 {
        0 | 1 => said(drawn),
        2 => passive(drawn),
        _ => words(drawn),
    }
}

fn said(mut drawn: Drawn<'_>) {
    let (cut, path) = (usize::from(drawn.byte()) + 1, drawn.text());
    let bytes = drawn.rest();
    let (whole, ended_well) = taken(bytes.chunks(bytes.len().max(1)));
    let (in_pieces, ended_well_in_pieces) = taken(bytes.chunks(cut));
    assert_eq!((&whole, ended_well), (&in_pieces, ended_well_in_pieces));
    assert!(whole.iter().map(|reply| reply.lines.len()).sum::<usize>() <= bytes.len());
    for reply in whole {
        assert!(reply.code <= 999 && !reply.lines.is_empty());
        let again =
            take_reply(&mut reply.in_one_line()).expect("what is handed on is a reply").expect("a whole one");
        assert_eq!((again.code, again.last()), (reply.code, reply.last()));
        judged(&reply, &path);
    }
}

fn judged(reply: &Reply, path: &str) {
    assert_harmless(&reply.shown());
    for phase in [Phase::List, Phase::Open, Phase::Write, Phase::Remove] {
        let refusal = reply.refusal(phase, "in/a", 1);
        assert_harmless(&refusal.to_string());
        assert_eq!(refusal.ends_session(), reply.ends_connection());
        let _ = reply.refusal(phase, path, u64::MAX);
    }
    let _ = (reply.tells_busy(path), reply.tells_crowded(), reply.tells_cut(path), reply.meaning(path));
    assert!(!reply.tells_empty(path) || reply.code == 450 || reply.code == 550);
}

fn taken<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Reply>, bool) {
    let (mut unread, mut replies) = (Vec::new(), Vec::new());
    for piece in pieces {
        unread.extend_from_slice(piece);
        loop {
            match take_reply(&mut unread) {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => break,
                Err(error) => {
                    assert_harmless(&error.to_string());
                    return (replies, false);
                }
            }
        }
    }
    (replies, true)
}

/// A place is made up of numbers that stand in the reply, and is read as itself again.
fn passive(mut drawn: Drawn<'_>) {
    let verb = ["PASV", "EPSV", "SIZE"][usize::from(drawn.byte() % 3)];
    let code = [227, 229, 500][usize::from(drawn.byte() % 3)];
    let text = String::from_utf8_lossy(drawn.rest()).into_owned();
    let said = Reply { code, lines: vec![text.clone()] };
    let read = in_the_library_s_form(verb, said.clone());
    assert_eq!(in_the_library_s_form(verb, read.clone()), read);
    if read == said {
        return;
    }
    assert!(verb != "SIZE" && code != 500, "{read:?}");
    let digits = |text: &str| -> Vec<u16> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
    };
    let (stated, told) = (digits(&text), digits(read.last()));
    assert!(told.iter().any(|number| *number != 0));
    if code == 227 && verb == "PASV" {
        assert!(told.iter().all(|number| stated.contains(number)), "{stated:?} {told:?}");
    } else if code == 229 && verb == "EPSV" {
        assert!(told.len() == 1 && stated.contains(&told[0]), "{stated:?} {told:?}");
    }
}

/// Words that servers and libraries say, and digests that servers tell.
fn words(mut drawn: Drawn<'_>) {
    let bytes = drawn.long();
    let text = String::from_utf8_lossy(drawn.rest()).into_owned();
    let kept = without_addresses(&text);
    assert!(text.starts_with(&kept) && !kept.contains("http://") && !kept.contains("https://"));
    if hash_of(&text, bytes).is_some() {
        let range = text.split_whitespace().nth(1).and_then(|range| range.split_once('-'));
        let (first, last) = range.expect("a digest stands behind its range");
        let last: u64 = last.parse().expect("a range ends with a number");
        assert!(first.parse() == Ok(0_u64) && bytes - last <= 1, "{text}");
    }
}

/// A data connection that brings these bytes, so many at a time.
struct Pieces<'a> {
    bytes: &'a [u8],
    cut: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = into.len().min(self.cut);
        self.bytes.read(&mut into[..room])
    }
}
