//! Finds out what stands under a name.
//!
//! FTP has no one question for it, and its refusals have no fixed words: a server may answer "could not get file size"
//! for a file that is missing, for a directory, and for one that we may not see. So it is asked in several ways, until an
//! answer is clear: facts (`MLST`), size, whether the name could be renamed (`RNFR`, which by itself changes nothing),
//! and a listing. Promises that "nothing is there" is said only where the server said so, in words or by refusing the
//! name and listing nothing under it; "no such file" is such an answer to each of these questions. Where nothing is clear,
//! the answer is a refusal, with the server's words. A link that leads nowhere is seen only where the server shows it; ProFTPD
//! says that it isn't there.

use std::io::{self, BufRead as _, BufReader, Read as _};

use super::facts::{facts_of, instant_of};
use super::forms::{ListingLine, read_line, without_end};
use super::line::{FtpLine, LISTED, Transfer};
use super::reply::{Meaning, Reply};
use super::wire::lost;
use crate::{FileKind, Phase, RemoteFile, Result, TransportError};

/// Bytes of a listing that are read; a name's own listing has one line, a directory's a few thousand.
const LISTING_LIMIT: u64 = 8 * 1024 * 1024;

/// What stands under `path`; `None` only where the server says that there is nothing.
pub(super) fn look(line: &mut FtpLine, path: &str) -> Result<Option<RemoteFile>> {
    let asked = if line.offers.facts { by_facts(line, path)? } else { Answer::Unclear(String::new()) };
    let asked = if let Answer::Unclear(_) = asked { by_size(line, path)? } else { asked };
    let asked = if let Answer::Unclear(_) = asked { by_listing(line, path)? } else { asked };
    let (words, denied) = match asked {
        Answer::There(file) => return Ok(Some(file)),
        Answer::Nothing => return Ok(None),
        Answer::Denied(words) => (words, true),
        Answer::Unclear(words) => (words, false),
    };
    Err(TransportError::Refused { path: path.to_owned(), phase: Phase::Stat, words, denied })
}

/// Whether the partner sees something under this name; nothing where it doesn't let us ask.
pub(super) fn sees(line: &mut FtpLine, path: &str) -> Result<Option<bool>> {
    line.must_write(path)?;
    match look(line, path) {
        Ok(found) => Ok(Some(found.is_some())),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a refusal of `path` means after a look at `seen`, which is the path itself or its directory: the words of many servers
/// don't tell that the path is missing.
pub(super) fn missing_or(
    line: &mut FtpLine,
    seen: &str,
    path: &str,
    phase: Phase,
    refusal: TransportError,
) -> TransportError {
    if refusal.ends_session() {
        return refusal;
    }
    match look(line, seen) {
        Ok(None) => TransportError::NoSuchPath { path: path.to_owned(), phase },
        Err(error) if error.ends_session() => error,
        Ok(Some(_)) | Err(_) => refusal,
    }
}

/// What the refusal to open `path` means: where its words tell nothing, a look at `seen` may.
pub(super) fn unopened(
    line: &mut FtpLine,
    seen: &str,
    path: &str,
    phase: Phase,
    refusal: TransportError,
) -> TransportError {
    if matches!(refusal, TransportError::Refused { denied: false, .. }) {
        missing_or(line, seen, path, phase, refusal)
    } else {
        refusal
    }
}

/// The size that the server tells in one request; nothing where it doesn't.
pub(super) fn size(line: &mut FtpLine, path: &str) -> Result<Option<u64>> {
    let reply = line.ask(Phase::Stat, &format!("SIZE {path}"))?;
    Ok(if reply.is(&[213]) { reply.last().trim().parse().ok() } else { None })
}

/// Signs that servers take for a pattern when they list.
const PATTERN: [char; 6] = ['*', '?', '[', ']', '{', '~'];

/// What one way of asking told.
enum Answer {
    There(RemoteFile),
    Nothing,
    /// We may not ask, in the server's words.
    Denied(String),
    /// No clear answer, in the server's words.
    Unclear(String),
}

impl Answer {
    fn of_refusal(reply: &Reply, path: &str) -> Answer {
        match reply.meaning(path) {
            Meaning::Absent if reply.code >= 450 => Answer::Nothing,
            Meaning::Denied if reply.code >= 500 => Answer::Denied(reply.shown()),
            Meaning::Absent | Meaning::Denied | Meaning::Untold => Answer::Unclear(reply.shown()),
        }
    }
}

fn by_facts(line: &mut FtpLine, path: &str) -> Result<Answer> {
    let reply = line.ask(Phase::Stat, &format!("MLST {path}"))?;
    if reply.is(&[250]) {
        let facts = reply.lines.iter().find_map(|line| facts_of(line));
        return Ok(facts.map_or_else(|| Answer::Unclear(reply.shown()), Answer::There));
    }
    Ok(match Answer::of_refusal(&reply, path) {
        // Another way of asking may be allowed, and some servers call a directory "not allowed" here.
        Answer::Denied(words) => Answer::Unclear(words),
        clear @ (Answer::There(_) | Answer::Nothing | Answer::Unclear(_)) => clear,
    })
}

fn by_size(line: &mut FtpLine, path: &str) -> Result<Answer> {
    let reply = line.ask(Phase::Stat, &format!("SIZE {path}"))?;
    if !reply.is(&[213]) {
        return Ok(Answer::of_refusal(&reply, path));
    }
    let Ok(size) = reply.last().trim().parse() else { return Ok(Answer::Unclear(reply.shown())) };
    let modified = if line.offers.modified {
        let reply = line.ask(Phase::Stat, &format!("MDTM {path}"))?;
        if reply.is(&[213]) { instant_of(reply.last()) } else { None }
    } else {
        None
    };
    Ok(Answer::There(RemoteFile { size: Some(size), kind: FileKind::File, modified }))
}

/// What the server says to the wish to rename `path`. The name stays as it is; but some servers then insist on the new name and
/// answer nothing else, so a line in that state is not used again.
fn renaming(line: &mut FtpLine, path: &str) -> Result<Reply> {
    let reply = line.ask(Phase::Stat, &format!("RNFR {path}"))?;
    if reply.is(&[350]) && line.ask(Phase::Stat, "PWD")?.is(&[501, 503]) {
        line.spoilt = true;
    }
    Ok(reply)
}

/// The server says that it isn't there; or neither would it rename it, nor does it list it. "You may not" is no such answer.
fn by_listing(line: &mut FtpLine, path: &str) -> Result<Answer> {
    let renaming = renaming(line, path)?;
    if line.spoilt {
        return Ok(Answer::There(RemoteFile::default()));
    }
    let refused = match Answer::of_refusal(&renaming, path) {
        Answer::Nothing => return Ok(Answer::Nothing),
        Answer::Denied(_) => false,
        Answer::There(_) | Answer::Unclear(_) => renaming.code >= 500,
    };
    Ok(match listed(line, path)? {
        Listed::As(file) => Answer::There(file),
        Listed::Nothing | Listed::Unclear if renaming.is(&[350]) => {
            // Something takes the name; what, is not known.
            Answer::There(RemoteFile::default())
        }
        Listed::Nothing if refused => Answer::Nothing,
        Listed::Nothing | Listed::Unclear if renaming.meaning(path) == Meaning::Denied => {
            Answer::Denied(renaming.shown())
        }
        Listed::Nothing | Listed::Unclear => Answer::Unclear(renaming.shown()),
    })
}

/// What a listing of one name told.
enum Listed {
    As(RemoteFile),
    Nothing,
    Unclear,
}

fn listed(line: &mut FtpLine, path: &str) -> Result<Listed> {
    let phase = Phase::Stat;
    // Hidden names, as our temporary ones are, are listed on demand only; some servers take the demand for a name.
    let opened = match line.open(phase, &format!("LIST -a {path}"), 0)? {
        Err(reply) if !reply.ends_connection() => line.open(phase, &format!("LIST {path}"), 0)?,
        other => other,
    };
    let transfer = match opened {
        Ok(transfer) => transfer,
        Err(reply) if reply.meaning(path) == Meaning::Absent => return Ok(Listed::Nothing),
        // Something is there that holds nothing, or nothing is there.
        Err(reply) if reply.code < 300 || reply.tells_empty(path) => return Ok(Listed::Unclear),
        Err(reply) if reply.ends_connection() || reply.code < 500 => {
            return Err(reply.refusal(phase, path, 0));
        }
        Err(_) => return Ok(Listed::Unclear),
    };
    let (lines, reply) = lines_of(line, phase, transfer)?;
    let read: Vec<ListingLine<'_>> = lines.iter().map(|line| read_line(line)).collect();
    // "Transfer done (but failed to open directory)" says nothing of the name.
    let headings_alone = !read.is_empty() && read.iter().all(|line| *line == ListingLine::Heading);
    if !reply.is(LISTED) || headings_alone {
        return Ok(Listed::Unclear);
    }
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let mut entries = Vec::new();
    for line_read in read {
        if let ListingLine::Entry(listed, file) = line_read {
            entries.push((line.names.listed(listed), file));
        }
    }
    let found = |wanted: &str| entries.iter().find(|(listed, _)| last_part(listed) == wanted);
    if let Some((_, file)) = found(name) {
        return Ok(Listed::As(file.clone()));
    }
    if path.contains(PATTERN) {
        return Ok(Listed::Unclear);
    }
    // A directory is listed by what it holds.
    let directory = RemoteFile { kind: FileKind::Directory, ..RemoteFile::default() };
    Ok(if found(".").is_some() || !entries.is_empty() {
        Listed::As(directory)
    } else if lines.is_empty() {
        Listed::Nothing
    } else {
        Listed::Unclear
    })
}

/// The lines of a listing, and the reply that ended it.
fn lines_of(line: &mut FtpLine, phase: Phase, mut transfer: Transfer) -> Result<(Vec<Vec<u8>>, Reply)> {
    let reader = BufReader::new((&mut transfer).take(LISTING_LIMIT));
    let lines = reader.split(b'\n').map(|read| {
        let bytes = read?;
        line.watch.moved();
        Ok(without_end(&bytes).to_vec())
    });
    let lines: io::Result<Vec<_>> = lines.collect();
    let reply = line.finish(phase, transfer)?;
    let lines = lines.map_err(|error| {
        line.spoilt = true;
        lost(phase, &error)
    })?;
    Ok((lines, reply))
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
