//! Reads a file of the partner: back, for its digest, or a small one as a whole.
//!
//! Promises that a file counts as read only where its end was marked on the data connection and the server's closing
//! reply was good. Where the server tells the SHA-256 of its file itself, that is asked for instead of the bytes, unless
//! the file is so large that the server would be silent for too long.

use std::io::{self, Read as _};

use tokio::time::Instant;

use super::line::{Broken, CARRIED, Digest, FtpLine, Transfer};
use super::look::{size, unopened};
use super::reply::Reply;
use super::wire::lost;
use crate::pace::Pace;
use crate::{Phase, Progress, ReadBack, ReadBy, Result, TransportError};
use totatsu_base::{Hashing, Sha256};

/// Bytes read from the line at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes a second that a server surely hashes; a file that would take longer than we wait is read back.
const HASHED_PER_SECOND: u64 = 16 * 1024 * 1024;

/// The digest of `path`, by the server's own word or over its bytes.
pub(super) fn read_back(line: &mut FtpLine, path: &str, progress: &Progress) -> Result<ReadBack> {
    let held = size(line, path)?;
    progress.begin(held.unwrap_or(0));
    if let (Some(digest), Some(bytes)) = (line.offers.digest, held)
        && bytes <= line.patience.as_secs().saturating_mul(HASHED_PER_SECOND)
        && let Some(sha256) = told_digest(line, digest, path, bytes)?
    {
        progress.add(bytes);
        return Ok(ReadBack { bytes, sha256, by: ReadBy::Partner });
    }
    let mut hashing = Hashing::new(io::sink());
    read(line, path, progress, &mut |bytes| {
        hashing.note(bytes);
        Ok(())
    })?;
    let (sha256, bytes) = hashing.finish();
    Ok(ReadBack { bytes, sha256, by: ReadBy::Us })
}

/// The whole of a file that is not longer than `limit` bytes.
pub(super) fn read_small(line: &mut FtpLine, path: &str, limit: usize) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    read(line, path, &Progress::new(), &mut |bytes| {
        whole.extend_from_slice(bytes);
        if whole.len() > limit {
            return Err(TransportError::TooLong { path: path.to_owned(), limit });
        }
        Ok(())
    })?;
    Ok(whole)
}

/// The SHA-256 that the server tells; nothing where it doesn't, or tells it of another number of bytes.
fn told_digest(line: &mut FtpLine, digest: Digest, path: &str, bytes: u64) -> Result<Option<Sha256>> {
    let command = match digest {
        Digest::Hash => format!("HASH {path}"),
        Digest::XSha256 => format!("XSHA256 {path}"),
    };
    let reply = line.ask(Phase::Read, &command)?;
    if !reply.is(&[213, 250]) {
        return Ok(None);
    }
    Ok(match digest {
        Digest::Hash => hash_of(reply.last(), bytes),
        Digest::XSha256 => reply.last().split_whitespace().next().and_then(|digits| digits.parse().ok()),
    })
}

/// The digest in `SHA-256 0-512 3f78… name`. Servers count the range's end as the last byte or as the one after it.
pub(super) fn hash_of(line: &str, bytes: u64) -> Option<Sha256> {
    let mut words = line.split_whitespace();
    let (kind, range, digits) = (words.next()?, words.next()?, words.next()?);
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let whole = first == 0 && (last == bytes || last.checked_add(1) == Some(bytes));
    if kind.eq_ignore_ascii_case("SHA-256") && whole { digits.parse().ok() } else { None }
}

/// Takes the bytes of a file in their order; an error of its own ends the reading.
pub(super) type Take<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

fn read(line: &mut FtpLine, path: &str, progress: &Progress, take: Take<'_>) -> Result<()> {
    match line.open(Phase::Read, &format!("RETR {path}"), 0)? {
        Ok(transfer) => receive_all(line, transfer, path, progress, take),
        Err(reply) => Err(unreadable(line, path, &reply)),
    }
}

/// Takes what comes over a data connection up to its end, and the reply that ends the transfer.
pub(super) fn receive_all(
    line: &mut FtpLine,
    mut transfer: Transfer,
    path: &str,
    progress: &Progress,
    take: Take<'_>,
) -> Result<()> {
    match receive(line, &mut transfer, progress, take) {
        Ok(()) => {
            let reply = line.finish(Phase::Read, transfer)?;
            if reply.is(CARRIED) { Ok(()) } else { Err(reply.refusal(Phase::Read, path, 0)) }
        }
        Err(Broken::Line(error)) => {
            let reply = line.finish(Phase::Read, transfer);
            line.spoilt = true;
            match reply {
                Ok(reply) if !reply.is(CARRIED) => Err(reply.refusal(Phase::Read, path, 0)),
                Ok(_) | Err(_) => Err(lost(Phase::Read, &error)),
            }
        }
        // Servers differ in how many replies a transfer has that we cut short.
        Err(Broken::Known(error)) => {
            line.spoilt = true;
            line.watch.sever();
            Err(error)
        }
    }
}

/// What the refusal to open `path` for reading means.
pub(super) fn unreadable(line: &mut FtpLine, path: &str, reply: &Reply) -> TransportError {
    unopened(line, path, path, Phase::Read, reply.refusal(Phase::Read, path, 0))
}

fn receive(
    line: &FtpLine,
    transfer: &mut Transfer,
    progress: &Progress,
    take: Take<'_>,
) -> Result<(), Broken> {
    let mut chunk = vec![0; CHUNK];
    let mut pace = Pace::new(line.minimum_throughput, Phase::Read, Instant::now());
    loop {
        let read = match transfer.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Broken::Line(error)),
        };
        line.watch.moved();
        take(&chunk[..read]).map_err(Broken::Known)?;
        progress.add(read as u64);
        pace.note(read as u64, Instant::now()).map_err(Broken::Known)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_told_digest_counts_only_for_the_whole_file_and_for_sha_256() {
        let digits = Sha256::of(b"x").to_string();
        let told = |kind: &str, range: &str| hash_of(&format!("{kind} {range} {digits} in/x y"), 512);
        assert_eq!(told("SHA-256", "0-512"), Some(Sha256::of(b"x")));
        assert_eq!(told("SHA-256", "0-511"), Some(Sha256::of(b"x")));
        assert_eq!(told("SHA-256", "0-510"), None);
        assert_eq!(told("SHA-256", "1-512"), None);
        assert_eq!(told("SHA-1", "0-512"), None);
        assert_eq!(
            told("SHA-256", "0-18446744073709551615"),
            None,
            "the last number that there is has none after it"
        );
    }
}
