//! Reads a file of the partner: back, for its digest, or a small one as a whole.
//!
//! Several reads are under way; at most `in_flight` chunks lie in memory. Promises that every byte is taken from the first
//! to the one before the partner said "end of file", in order, however short the partner's answers are.

use std::io;

use russh_sftp::client::error::Error as ClientError;
use russh_sftp::protocol::{Data, FileAttributes, OpenFlags, StatusCode};
use tokio::time::{Instant, timeout};

use super::flight::Flight;
use super::{SftpSession, usable_handle};
use crate::digest::Hashing;
use crate::transport::pace::Pace;
use crate::transport::{Phase, Progress, ReadBack, ReadBy, TransportError};

/// Reads `path` to its end and keeps its digest.
pub(super) async fn read_back(
    session: &SftpSession,
    path: &str,
    progress: &Progress,
) -> Result<ReadBack, TransportError> {
    let mut hashing = Hashing::new(io::sink());
    read(session, path, progress, &mut |bytes| {
        hashing.note(bytes);
        Ok(())
    })
    .await?;
    let (sha256, bytes) = hashing.finish();
    Ok(ReadBack { bytes, sha256, by: ReadBy::Us })
}

/// Reads the whole of a file that is not longer than `limit` bytes.
pub(super) async fn read_small(
    session: &SftpSession,
    path: &str,
    limit: usize,
) -> Result<Vec<u8>, TransportError> {
    let mut whole = Vec::new();
    read(session, path, &Progress::new(), &mut |bytes| {
        whole.extend_from_slice(bytes);
        if whole.len() > limit {
            return Err(TransportError::TooLong { path: path.to_owned(), limit });
        }
        Ok(())
    })
    .await?;
    Ok(whole)
}

/// Takes the bytes of a file in their order; an error of its own ends the reading.
type Take<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), TransportError> + Send);

async fn read(
    session: &SftpSession,
    path: &str,
    progress: &Progress,
    take: Take<'_>,
) -> Result<(), TransportError> {
    let opening = session.raw.open(path, OpenFlags::READ, FileAttributes::empty());
    let opened = session.ask(Phase::Read, path, opening).await?;
    let handle = usable_handle(opened.handle)?;
    let read = read_all(session, path, &handle, progress, take).await;
    // The bytes are known by now: what a server says to closing a file that was only read changes nothing.
    if !read.as_ref().err().is_some_and(TransportError::ends_session) {
        match session.ask(Phase::Read, path, session.raw.close(handle)).await {
            Err(error) if error.ends_session() && read.is_err() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    read
}

/// Where a read begins and how much it asks for.
#[derive(Clone, Copy)]
struct Wanted {
    offset: u64,
    length: u32,
}

async fn read_all(
    session: &SftpSession,
    path: &str,
    handle: &str,
    progress: &Progress,
    take: Take<'_>,
) -> Result<(), TransportError> {
    let after = session.deadlines.read;
    let size = session.ask(Phase::Read, path, session.raw.fstat(handle)).await?.attrs.size;
    progress.begin(size.unwrap_or(0));
    let chunk = u32::try_from(session.read_chunk).unwrap_or(u32::MAX);
    let ask_for = |wanted: Wanted| session.raw.read(handle, wanted.offset, wanted.length);
    let mut flight: Flight<'_, Wanted, Data> = Flight::new();
    let mut pace = Pace::new(session.minimum_throughput, Instant::now());
    let (mut next, mut taken) = (0, 0);
    loop {
        // Up to the size that the partner told, reads run ahead; from there on one after another, until it says "end".
        while flight.is_empty() || flight.len() < session.in_flight && size.is_none_or(|size| next < size) {
            let wanted = Wanted { offset: next, length: chunk };
            flight.send(wanted, ask_for(wanted)).await;
            next += u64::from(chunk);
        }
        let answer = timeout(after, flight.next())
            .await
            .map_err(|_| TransportError::TimedOut { phase: Phase::Read, after })?;
        let Some((wanted, answer)) = answer else { continue };
        let Some(bytes) = bytes_of(session, path, wanted, answer)? else { return Ok(()) };
        take(&bytes)?;
        let received = bytes.len() as u64;
        taken += received;
        // A file that goes on behind the size that was told would be read for ever: it is another file by now.
        if size.is_some_and(|size| taken > size) {
            return Ok(());
        }
        progress.add(received);
        if let Some(rate) = pace.note(received, Instant::now()) {
            let minimum = session.minimum_throughput.bytes_per_second;
            return Err(TransportError::TooSlow { phase: Phase::Read, rate, minimum });
        }
        let short = wanted.length - bytes.len() as u32;
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
