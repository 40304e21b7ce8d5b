//! Reads a file of the partner: back, for its digest, a small one as a whole, or for whoever takes its bytes.
//!
//! Several reads are under way; at most `reads_in_flight` chunks lie in memory. Promises that every byte is taken from the first
//! to the one before the partner said "end of file", in order, however short the partner's answers are.

use std::future::Future;
use std::io;
use std::ops::Range;

use tokio::time::Instant;

use super::channel::{OpenFile, SftpChannel, or_end};
use super::client::{PendingAnswer, RequestError};
use super::flight::{self, Flight};
use crate::pace::Pace;
use crate::session::{LookedAndRead, may_be};
use crate::{Phase, Progress, ReadBack, ReadBy, RemoteFile, Result, TransportError};
use totatsu_base::{Hashing, say};

/// Reads `path` to its end and keeps its digest.
pub(super) async fn read_back(channel: &SftpChannel, path: &str, progress: &Progress) -> Result<ReadBack> {
    digest_of(&channel.open_to_read(path).await?, progress).await
}

/// What stands under the name of a file of ours of `size` bytes, and its digest: both questions are on the line at once.
pub(super) async fn look_and_read_back_ours(
    channel: &SftpChannel,
    path: &str,
    size: u64,
    progress: &Progress,
) -> LookedAndRead {
    let (found, opened) = tokio::join!(channel.look(path), channel.open_to_read(path));
    if !may_be(&found, size) {
        // What it says to closing a file that isn't read changes nothing, and isn't waited for.
        drop(opened.map(|file| file.close()));
        return LookedAndRead { found, back: None };
    }
    let back = match opened {
        Ok(file) => digest_of(&file, progress).await,
        Err(error) => Err(error),
    };
    LookedAndRead { found, back: Some(back) }
}

async fn digest_of(file: &OpenFile<'_>, progress: &Progress) -> Result<ReadBack> {
    let mut hashing = Hashing::new(io::sink());
    read(file, 0, progress, &mut hashing).await?;
    let (sha256, bytes) = hashing.finish();
    Ok(ReadBack { bytes, sha256, by: ReadBy::Us })
}

/// Reads the whole of a file that is not longer than `limit` bytes.
pub(super) async fn read_small(channel: &SftpChannel, path: &str, limit: usize) -> Result<Vec<u8>> {
    let mut small = SmallFile { whole: Vec::new(), limit };
    read(&channel.open_to_read(path).await?, 0, &Progress::new(), &mut small).await?;
    Ok(small.whole)
}

/// Who takes the bytes of a file, in their order.
pub(super) trait BytesTaker: Send {
    /// Whether the partner is asked about the file again once it has been read.
    const ASKS_AGAIN: bool = false;

    /// Hears what the partner told of the file before it is read.
    fn hear(&mut self, _path: &str, _told: &RemoteFile) -> Result<()> {
        Ok(())
    }

    /// Takes the next bytes.
    fn take(&mut self, path: &str, bytes: Vec<u8>) -> impl Future<Output = Result<()>> + Send;

    /// Hears that the partner says that the file ends here, and what it tells of the file now.
    fn end(&self, _told: Option<RemoteFile>) -> Result<()> {
        Ok(())
    }

    /// Chunks that it holds in memory until they are dealt with.
    fn waiting(&self) -> usize {
        0
    }
}

/// The whole of a file, if it has no more bytes than a limit.
struct SmallFile {
    whole: Vec<u8>,
    limit: usize,
}

/// Nobody wants the bytes, only their digest.
impl BytesTaker for Hashing<io::Sink> {
    async fn take(&mut self, _: &str, bytes: Vec<u8>) -> Result<()> {
        self.note(&bytes);
        Ok(())
    }
}

impl BytesTaker for SmallFile {
    async fn take(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.whole.extend_from_slice(&bytes);
        if self.whole.len() > self.limit {
            return Err(TransportError::TooLong { path: path.to_owned(), limit: self.limit });
        }
        Ok(())
    }
}

/// Reads a file from byte `from` to its end, and closes it.
pub(super) async fn read<T: BytesTaker>(
    file: &OpenFile<'_>,
    from: u64,
    progress: &Progress,
    taker: &mut T,
) -> Result<()> {
    let read = read_told(file, from, progress, taker).await;
    match &read {
        // The bytes are known by now: what a server says to closing a file that was only read changes nothing, and isn't waited for.
        Ok(()) => drop(file.close()),
        Err(error) if error.ends_session() => {}
        Err(_) => match file.ask(Phase::Read, file.close()).await {
            Err(error) if error.ends_session() => return Err(error),
            Ok(()) | Err(_) => {}
        },
    }
    read
}

/// Asks what the partner tells of the file before it is read, and again after that where it matters.
async fn read_told<T: BytesTaker>(
    file: &OpenFile<'_>,
    from: u64,
    progress: &Progress,
    taker: &mut T,
) -> Result<()> {
    // The first bytes are asked for at once with what the partner tells of the file.
    let by_handle = told_by(file);
    let length = u32::try_from(file.channel.read_chunk).unwrap_or(u32::MAX);
    let first = Wanted { offset: from, length };
    let first = (first, first.ask(file));
    let by_handle = by_handle.await?;
    // A server that doesn't tell anything of an open file may tell it of the name.
    let told = match &by_handle {
        Some(told) => told.clone(),
        None => told_by_name(file).await?.unwrap_or_default(),
    };
    taker.hear(file.path, &told)?;
    progress.begin(told.size.unwrap_or(0));
    progress.add(from);
    read_all(file, first, from..told.size.unwrap_or(u64::MAX), progress, taker).await?;
    if !T::ASKS_AGAIN {
        return Ok(());
    }
    // A server that lets a file be taken away while it is open may know no more of it.
    taker.end(match by_handle {
        Some(_) => told_by(file).await?,
        None => told_by_name(file).await?,
    })
}

/// What the partner tells of an open file, which it is asked at once; nothing where it refuses.
fn told_by(file: &OpenFile<'_>) -> impl Future<Output = Result<Option<RemoteFile>>> {
    let asked = file.channel.client.fstat(&file.handle);
    async move { or_refused(file.ask(Phase::Read, asked).await.map(Some)) }
}

async fn told_by_name(file: &OpenFile<'_>) -> Result<Option<RemoteFile>> {
    or_refused(file.channel.look(file.path).await)
}

fn or_refused(told: Result<Option<RemoteFile>>) -> Result<Option<RemoteFile>> {
    match told {
        Err(error) if !error.ends_session() => Ok(None),
        told => told,
    }
}

/// Where a read begins and how much it asks for.
#[derive(Clone, Copy)]
struct Wanted {
    offset: u64,
    length: u32,
}

impl Wanted {
    fn ask(self, file: &OpenFile<'_>) -> PendingAnswer<Vec<u8>> {
        file.channel.client.read(&file.handle, self.offset, self.length)
    }
}

/// Reads on from the expected file's first byte until the partner says that the file ends.
async fn read_all<T: BytesTaker>(
    file: &OpenFile<'_>,
    (wanted, asked): (Wanted, PendingAnswer<Vec<u8>>),
    expected: Range<u64>,
    progress: &Progress,
    taker: &mut T,
) -> Result<()> {
    let channel = file.channel;
    let chunk = wanted.length;
    let mut flight: Flight<Wanted, Vec<u8>> = Flight::new();
    let mut pace = Pace::new(channel.minimum_throughput, Phase::Read, Instant::now());
    flight.push_back((wanted, asked));
    let (mut next, mut taken) = (expected.start + u64::from(chunk), expected.start);
    loop {
        // Up to the size that the partner told, reads run ahead; from there on one after another, until it says "end".
        while flight.is_empty()
            || flight.len() + taker.waiting() < channel.reads_in_flight && next < expected.end
        {
            let wanted = Wanted { offset: next, length: chunk };
            flight.push_back((wanted, wanted.ask(file)));
            next += u64::from(chunk);
        }
        let answer = channel.deadlines.within(Phase::Read, flight::next(&mut flight)).await?;
        let Some((wanted, answer)) = answer else { continue };
        let Some(bytes) = bytes_of(file, wanted, answer)? else { return Ok(()) };
        let received = bytes.len() as u64;
        taker.take(file.path, bytes).await?;
        taken += received;
        // A file that goes on behind the size that was told would be read for ever: it is another file by now.
        if taken > expected.end {
            return Ok(());
        }
        progress.add(received);
        pace.note(received, Instant::now())?;
        let short = wanted.length - received as u32;
        if short > 0 {
            let rest = Wanted { offset: wanted.offset + received, length: short };
            // The answer for the rest is waited for before all others.
            flight.push_front((rest, rest.ask(file)));
        }
    }
}

/// The bytes of one answer; `None` at the end of the file.
fn bytes_of(
    file: &OpenFile<'_>,
    wanted: Wanted,
    answer: Result<Vec<u8>, RequestError>,
) -> Result<Option<Vec<u8>>> {
    let violated = |cause| TransportError::ProtocolViolated { phase: Phase::Read, cause };
    match or_end(answer).map_err(|error| file.channel.failed(Phase::Read, file.path, error))? {
        Some(bytes) if bytes.is_empty() => Err(violated(say!("sftp-empty-answer"))),
        Some(bytes) if bytes.len() > wanted.length as usize => Err(violated(say!("sftp-too-many-bytes"))),
        bytes => Ok(bytes),
    }
}
