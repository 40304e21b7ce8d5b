//! Reads what a directory of the partner holds: by facts (`MLSD`) where they are offered, else by its plain listing.
//!
//! Promises that a listing counts as complete only where its end was marked, the server's closing reply was good and says
//! nothing of a cut, and every line of it was an entry or a heading. The first line that is neither is told, because what
//! stands in it is not collected. A listing that is longer than the limit is cut short, and the line is not used again:
//! servers differ in how many replies such a transfer has.

use std::io::{self, BufRead as _, BufReader, Read};

use super::facts;
use super::forms::{ListingLine, read_line, without_end};
use super::line::{FtpLine, LISTED};
use super::look::look;
use super::names::NameBytes;
use super::wire::lost;
use crate::{Listing, Phase, Result, TransportError};
use totatsu_base::{say, typeset};

/// Bytes of the longest line that can be an entry; what is longer is read in pieces that are none.
const LINE_LIMIT: u64 = 8 * 1024;
/// Bytes of a listing that are read in all, headings and lines that are no entry among them.
const LISTING_LIMIT: usize = 64 * 1024 * 1024;
/// Characters of a line that can't be read which are told.
const LINE_SHOWN: usize = 120;

/// What the directory holds; empty for the one that the session starts in.
pub(super) fn list(line: &mut FtpLine, directory: &str) -> Result<Listing> {
    if line.offers.facts {
        match read(line, &command("MLSD", directory), directory, by_facts) {
            Err(TransportError::Unsupported { .. }) => {}
            other => return other.map(|told| told.listing),
        }
    }
    // Hidden names, as our temporary ones are, are listed on demand only. Some servers take the demand for a name: they
    // find nothing of that name, or say so.
    match read(line, &command("LIST -a", directory), directory, read_line) {
        Ok(told) if told.entries > 0 || line.spoilt => return Ok(told.listing),
        Err(error) if error.ends_session() || line.spoilt => return Err(error),
        Ok(_) | Err(_) => {}
    }
    let told = read(line, &command("LIST", directory), directory, read_line)?;
    // Some servers list nothing and call it done where there is no such directory.
    let doubtful = told.listing.complete && told.entries == 0 && !told.says_empty && !directory.is_empty();
    if doubtful && look(line, directory)?.is_none() {
        return Err(TransportError::NoSuchPath { path: directory.to_owned(), phase: Phase::List });
    }
    Ok(told.listing)
}

/// What one request for a listing told.
#[derive(Default)]
pub(super) struct ToldListing {
    pub(super) listing: Listing,
    /// Lines that were entries, the directory itself and the one above among them.
    pub(super) entries: usize,
    /// The server said in words that the directory holds nothing.
    says_empty: bool,
    /// The first line that is neither an entry nor a heading, as it may be shown.
    pub(super) unreadable: Option<String>,
}

pub(super) type ReadLine = for<'a> fn(&'a [u8]) -> ListingLine<'a>;

fn command(verb: &str, directory: &str) -> String {
    match directory {
        "" => verb.to_owned(),
        directory => format!("{verb} {directory}"),
    }
}

pub(super) fn by_facts(line: &[u8]) -> ListingLine<'_> {
    match facts::entry_of(line) {
        Some((name, file)) if !name.is_empty() => ListingLine::Entry(name, file),
        _ if line.trim_ascii().is_empty() => ListingLine::Heading,
        Some(_) | None => ListingLine::Unreadable,
    }
}

fn read(line: &mut FtpLine, command: &str, directory: &str, read_line: ReadLine) -> Result<ToldListing> {
    let phase = Phase::List;
    let mut told = ToldListing::default();
    let mut transfer = match line.open(phase, command, 0)? {
        Ok(transfer) => transfer,
        // Some servers have no data connection, or no good word, for a directory that holds nothing.
        Err(reply) if reply.is(LISTED) || reply.tells_empty(directory) => {
            told.says_empty = reply.tells_empty(directory);
            told.listing.complete = true;
            return Ok(told);
        }
        Err(reply) => return Err(reply.refusal(phase, directory, 0)),
    };
    match take_all(&mut transfer, line.names, || line.watch.moved(), &mut told, read_line) {
        Ok(true) => {
            let reply = line.finish(phase, transfer)?;
            told.says_empty = told.entries == 0 && reply.tells_empty(directory);
            if !reply.is(LISTED) && !told.says_empty {
                return Err(reply.refusal(phase, directory, 0));
            }
            let cut = || say!("ftps-listing-cut", words = format!("{:?}", reply.shown()));
            let unknown = |line| say!("ftps-listing-unknown", line = format!("{line:?}"));
            let lacking = reply.tells_cut(directory).then(cut);
            told.listing.lacking = lacking.or_else(|| told.unreadable.as_ref().map(unknown));
            told.listing.complete = told.listing.lacking.is_none();
            Ok(told)
        }
        Ok(false) => {
            line.spoilt = true;
            line.watch.sever();
            Ok(told)
        }
        Err(error) => {
            line.spoilt = true;
            Err(lost(phase, &error))
        }
    }
}

/// Reads every line; `false` where a limit came before the end.
pub(super) fn take_all(
    transfer: impl Read,
    names: NameBytes,
    moved: impl Fn(),
    told: &mut ToldListing,
    read_line: ReadLine,
) -> io::Result<bool> {
    let mut reader = BufReader::new(transfer);
    let mut left = LISTING_LIMIT;
    let mut first_half: Vec<u8> = Vec::new();
    loop {
        let mut bytes = std::mem::take(&mut first_half);
        let begun = bytes.len();
        let read = reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            if begun > 0 {
                told.cant_read(&bytes);
            }
            return Ok(true);
        }
        moved();
        let text = without_end(&bytes);
        match read_line(text) {
            ListingLine::Entry(name, file) => {
                told.entries += 1;
                if !told.listing.take(&names.listed(name), file) {
                    return Ok(false);
                }
            }
            ListingLine::FirstHalf if begun == 0 => {
                first_half = text.to_vec();
                first_half.push(b' ');
            }
            ListingLine::Heading => {}
            ListingLine::FirstHalf | ListingLine::Unreadable => told.cant_read(text),
        }
        let Some(rest) = left.checked_sub(read) else { return Ok(false) };
        left = rest;
    }
}

impl ToldListing {
    fn cant_read(&mut self, line: &[u8]) {
        self.unreadable.get_or_insert_with(|| typeset::cut(&super::names::shown(line), LINE_SHOWN));
    }
}
