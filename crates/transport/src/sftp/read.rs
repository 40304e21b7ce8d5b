//! Reads a file of the partner: back, for its digest, a small one as a whole, or into a file of ours.
//!
//! Several reads are under way; at most `in_flight` chunks lie in memory. Promises that every byte is taken from the first
//! to the one before the partner said "end of file", in order, however short the partner's answers are.

use std::io;
use std::ops::Range;

use russh_sftp::client::error::Error as ClientError;
use russh_sftp::protocol::{Data, FileAttributes, OpenFlags, StatusCode};
use tokio::time::{Instant, timeout};

use super::fetch::Ours;
use super::flight::Flight;
use super::{SftpSession, remote_file, usable_handle};
use crate::incoming::Told;
use crate::pace::Pace;
use crate::{Phase, Progress, ReadBack, ReadBy, TransportError};
use totatsu_base::digest::Hashing;

/// Reads `path` to its end and keeps its digest.
pub(super) async fn read_back(
    session: &SftpSession,
    path: &str,
    progress: &Progress,
) -> Result<ReadBack, TransportError> {
    let mut taker = Taker::Digest(Hashing::new(io::sink()));
    read(session, path, 0, progress, &mut taker).await?;
    let Taker::Digest(hashing) = taker else { unreachable!("a taker stays what it is") };
    let (sha256, bytes) = hashing.finish();
    Ok(ReadBack { bytes, sha256, by: ReadBy::Us })
}

/// Reads the whole of a file that is not longer than `limit` bytes.
pub(super) async fn read_small(
    session: &SftpSession,
    path: &str,
    limit: usize,
) -> Result<Vec<u8>, TransportError> {
    let mut taker = Taker::Whole { whole: Vec::new(), limit };
    read(session, path, 0, &Progress::new(), &mut taker).await?;
    let Taker::Whole { whole, .. } = taker else { unreachable!("a taker stays what it is") };
    Ok(whole)
}

/// Who takes the bytes of a file, in their order.
pub(super) enum Taker {
    /// Nobody: only their digest is wanted.
    Digest(Hashing<io::Sink>),
    /// All of them, if they are not more than so many.
    Whole { whole: Vec<u8>, limit: usize },
    /// A file of ours.
    Ours(Box<Ours>),
}

impl Taker {
    /// Hears what the partner told of the file before it is read.
    fn hear(&mut self, path: &str, told: &FileAttributes) -> Result<(), TransportError> {
        match self {
            Taker::Digest(_) | Taker::Whole { .. } => Ok(()),
            Taker::Ours(ours) => {
                let told = remote_file(told);
                ours.hear(Told::new(path, told.size, told.modified)?)
            }
        }
    }

    async fn take(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), TransportError> {
        match self {
            Taker::Digest(hashing) => {
                hashing.note(&bytes);
                Ok(())
            }
            Taker::Whole { whole, limit } => {
                whole.extend_from_slice(&bytes);
                if whole.len() > *limit {
                    return Err(TransportError::TooLong { path: path.to_owned(), limit: *limit });
                }
                Ok(())
            }
            Taker::Ours(ours) => ours.take(bytes).await,
        }
    }

    /// Hears that the partner says that the file ends here, and what it tells of the file now.
    fn end(&self, told: Option<&FileAttributes>) -> Result<(), TransportError> {
        match self {
            Taker::Digest(_) | Taker::Whole { .. } => Ok(()),
            Taker::Ours(ours) => ours.end(told.map(remote_file)),
        }
    }

    /// Chunks that it holds in memory until they are dealt with.
    fn waiting(&self) -> usize {
        match self {
            Taker::Digest(_) | Taker::Whole { .. } => 0,
            Taker::Ours(ours) => ours.waiting(),
        }
    }
}

/// Reads `path` from byte `from` to its end.
pub(super) async fn read(
    session: &SftpSession,
    path: &str,
    from: u64,
    progress: &Progress,
    taker: &mut Taker,
) -> Result<(), TransportError> {
    let opening = session.raw.open(path, OpenFlags::READ, FileAttributes::empty());
    let opened = session.ask(Phase::Read, path, opening).await?;
    let handle = usable_handle(opened.handle)?;
    let read = read_told(session, path, &handle, from, progress, taker).await;
    // The bytes are known by now: what a server says to closing a file that was only read changes nothing.
    if !read.as_ref().err().is_some_and(TransportError::ends_session) {
        match session.ask(Phase::Read, path, session.raw.close(handle)).await {
            Err(error) if error.ends_session() && read.is_err() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    read
}

/// Asks what the partner tells of the file before it is read, and again after that where a file of ours comes of it.
async fn read_told(
    session: &SftpSession,
    path: &str,
    handle: &str,
    from: u64,
    progress: &Progress,
    taker: &mut Taker,
) -> Result<(), TransportError> {
    let told = session.ask(Phase::Read, path, session.raw.fstat(handle)).await?.attrs;
    taker.hear(path, &told)?;
    progress.begin(told.size.unwrap_or(0));
    progress.add(from);
    read_all(session, path, handle, from..told.size.unwrap_or(u64::MAX), progress, taker).await?;
    if let Taker::Digest(_) | Taker::Whole { .. } = taker {
        return Ok(());
    }
    match session.ask(Phase::Read, path, session.raw.fstat(handle)).await {
        Ok(told) => taker.end(Some(&told.attrs)),
        Err(error) if error.ends_session() => Err(error),
        // A server that lets a file be taken away while it is open may know no more of it.
        Err(_) => taker.end(None),
    }
}

/// Where a read begins and how much it asks for.
#[derive(Clone, Copy)]
struct Wanted {
    offset: u64,
    length: u32,
}

/// Reads from the first byte of `expected` until the partner says "end of file"; its end is the size that the partner told.
async fn read_all(
    session: &SftpSession,
    path: &str,
    handle: &str,
    expected: Range<u64>,
    progress: &Progress,
    taker: &mut Taker,
) -> Result<(), TransportError> {
    let after = session.deadlines.read;
    let chunk = u32::try_from(session.read_chunk).unwrap_or(u32::MAX);
    let ask_for = |wanted: Wanted| session.raw.read(handle, wanted.offset, wanted.length);
    let mut flight: Flight<'_, Wanted, Data> = Flight::new();
    let mut pace = Pace::new(session.minimum_throughput, Instant::now());
    let (mut next, mut taken) = (expected.start, expected.start);
    loop {
        // Up to the size that the partner told, reads run ahead; from there on one after another, until it says "end".
        while flight.is_empty() || flight.len() + taker.waiting() < session.in_flight && next < expected.end {
            let wanted = Wanted { offset: next, length: chunk };
            flight.send(wanted, ask_for(wanted)).await;
            next += u64::from(chunk);
        }
        let answer = timeout(after, flight.next())
            .await
            .map_err(|_| TransportError::TimedOut { phase: Phase::Read, after })?;
        let Some((wanted, answer)) = answer else { continue };
        let Some(bytes) = bytes_of(session, path, wanted, answer)? else { return Ok(()) };
        let received = bytes.len() as u64;
        taker.take(path, bytes).await?;
        taken += received;
        // A file that goes on behind the size that was told would be read for ever: it is another file by now.
        if taken > expected.end {
            return Ok(());
        }
        progress.add(received);
        if let Some(rate) = pace.note(received, Instant::now()) {
            let minimum = session.minimum_throughput.bytes_per_second;
            return Err(TransportError::TooSlow { phase: Phase::Read, rate, minimum });
        }
        let short = wanted.length - received as u32;
        if short > 0 {
            let rest = Wanted { offset: wanted.offset + received, length: short };
            flight.send_first(rest, ask_for(rest)).await;
        }
    }
}

/// The bytes of one answer; `None` at the end of the file.
fn bytes_of(
    session: &SftpSession,
    path: &str,
    wanted: Wanted,
    answer: Result<Data, ClientError>,
) -> Result<Option<Vec<u8>>, TransportError> {
    let violated =
        |cause: &str| TransportError::ProtocolViolated { phase: Phase::Read, cause: cause.to_owned() };
    match answer {
        Ok(data) if data.data.is_empty() => {
            Err(violated("an answer without bytes that is not the end of the file"))
        }
        Ok(data) if data.data.len() > wanted.length as usize => {
            Err(violated("more bytes than were asked for"))
        }
        Ok(data) => Ok(Some(data.data)),
        Err(ClientError::Status(status)) if status.status_code == StatusCode::Eof => Ok(None),
        Err(error) => Err(session.failed(Phase::Read, path, error)),
    }
}
