//! Reads what a directory of the partner holds: by facts (`MLSD`) where they are offered, else by its plain listing.
//!
//! Promises that a listing counts as complete only where its end was marked and the server's closing reply was good. One
//! that is longer than the limit is cut short, and the line is not used again: servers differ in how many replies such a
//! transfer has. Lines that are no entry, such as a heading, are passed over.

use std::io::{self, BufRead as _, BufReader, Read as _};

use super::line::{Line, Transfer, Unopened, lost};
use super::look::{entry_of, facts_of, look};
use crate::{Listing, Phase, RemoteFile, TransportError};

/// Bytes of the longest line that can be an entry; what is longer is read in pieces that are none.
const LINE_LIMIT: u64 = 8 * 1024;
/// Bytes of a listing that are read in all, headings and lines that are no entry among them.
const LISTING_LIMIT: usize = 64 * 1024 * 1024;

/// What the directory holds; empty for the one that the session starts in.
pub(super) fn list(line: &mut Line, directory: &str) -> Result<Listing, TransportError> {
    if line.offers.facts {
        match read(line, &command("MLSD", directory), directory, by_facts) {
            Err(TransportError::Unsupported { .. }) => {}
            other => return other,
        }
    }
    // Hidden names, as our temporary ones are, are listed on demand only.
    let listing = read(line, &command("LIST -a", directory), directory, entry_of)?;
    // Some servers list nothing and call it done where there is no such directory.
    if listing.entries.is_empty()
        && listing.unusable == 0
        && !directory.is_empty()
        && look(line, directory)?.is_none()
    {
        return Err(TransportError::NoSuchPath { path: directory.to_owned(), phase: Phase::List });
    }
    Ok(listing)
}

fn command(verb: &str, directory: &str) -> String {
    format!("{verb} {directory}").trim_end().to_owned()
}

/// Name and facts of a line such as `type=file;size=5;modify=20261122093005; name`.
fn by_facts(line: &str) -> Option<(String, RemoteFile)> {
    let (_, name) = line.split_once(' ')?;
    // The directory itself and the one above are listed under names of the server's choice.
    let own = line.to_ascii_lowercase();
    let name = if own.contains("type=cdir;") || own.contains("type=pdir;") { "." } else { name };
    Some((name.to_owned(), facts_of(line)?))
}

fn read(
    line: &mut Line,
    command: &str,
    directory: &str,
    entry: fn(&str) -> Option<(String, RemoteFile)>,
) -> Result<Listing, TransportError> {
    let phase = Phase::List;
    let mut transfer = match line.open(phase, command, 0) {
        Ok(transfer) => transfer,
        Err(Unopened::Refused(reply)) => return Err(reply.refusal(phase, directory, 0)),
        Err(Unopened::Failed(error)) => return Err(error),
    };
    let mut listing = Listing::default();
    match take_all(line, &mut transfer, &mut listing, entry) {
        Ok(true) => {
            let reply = line.finish(phase, transfer)?;
            if !reply.is(&[226, 250]) {
                return Err(reply.refusal(phase, directory, 0));
            }
            listing.complete = true;
            Ok(listing)
        }
        Ok(false) => {
            line.spoilt = true;
            line.watch.sever();
            Ok(listing)
        }
        Err(error) => {
            line.spoilt = true;
            Err(lost(phase, &error))
        }
    }
}

/// Reads every line; `false` where a limit came before the end.
fn take_all(
    line: &Line,
    transfer: &mut Transfer,
    listing: &mut Listing,
    entry: fn(&str) -> Option<(String, RemoteFile)>,
) -> io::Result<bool> {
    let mut reader = BufReader::new(transfer);
    let mut left = LISTING_LIMIT;
    loop {
        let mut bytes = Vec::new();
        let read = reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(true);
        }
        line.watch.moved();
        let text = String::from_utf8_lossy(&bytes);
        if let Some((name, file)) = entry(text.trim_end_matches(['\r', '\n']))
            && !listing.take(&name, file)
        {
            return Ok(false);
        }
        let Some(rest) = left.checked_sub(read) else { return Ok(false) };
        left = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_name_an_entry_whatever_stands_in_its_name() {
        let named = |line: &str| by_facts(line).map(|(name, _)| name);
        assert_eq!(named("type=file;size=5; a b;c=d").as_deref(), Some("a b;c=d"));
        assert_eq!(named("Type=cdir;Perm=el; /in").as_deref(), Some("."));
        assert_eq!(named("type=OS.unix=slink:/x; ../l").as_deref(), Some("../l"));
        assert_eq!(named("total 12"), None);
    }
}
