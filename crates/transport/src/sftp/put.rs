//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! One thread reads and hashes the source while the bytes before are on their way; at most `in_flight` writes and a few
//! read chunks lie in memory. Promises that every write, the sync and the close were acknowledged before it returns well.
//! After a failure the name at the partner stays as it is, and the handle is closed if the session still answers.

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::channel::SftpChannel;
use super::extension;
use super::flight::Flight;
use super::packet::{CREATE, EXCLUSIVE, WRITE};
use crate::outgoing::Outgoing;
use crate::pace::Pace;
use crate::{Phase, Progress, Put, Synced, TransportError, parent};
use totatsu_base::Sha256;

/// Chunks that are read ahead of the writes.
const READ_AHEAD: usize = 8;
/// Room that opening, syncing and closing may still ask for: a disk counts as full only where nothing is left.
const LEAST: u64 = 1;

/// Carries `source` to `path`, beginning at byte `from`; with 0 the name is new.
pub(super) async fn put(
    channel: &SftpChannel,
    source: &Path,
    path: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let source = open_source(source).await?;
    progress.begin(source.size());
    progress.add(from);
    let handle = if from == 0 { open_new(channel, path).await? } else { open_part(channel, path).await? };
    let stored = store(channel, source, path, &handle, from, progress).await;
    match &stored {
        Ok(_) => {
            if let Err(error) = channel.ask(Phase::Close, path, channel.client.close(&handle)).await {
                return Err(channel.explain(error, path, LEAST).await);
            }
        }
        Err(error) if !error.ends_session() => {
            let _ = channel.ask(Phase::Close, path, channel.client.close(&handle)).await;
        }
        Err(_) => {}
    }
    stored
}

/// Creates `path`. It is looked at first, because some servers take no notice of "exclusive".
async fn open_new(channel: &SftpChannel, path: &str) -> Result<Vec<u8>, TransportError> {
    let taken = || TransportError::AlreadyExists { path: path.to_owned() };
    if channel.sees(path).await? == Some(true) {
        return Err(taken());
    }
    let opening = channel.client.open(path, WRITE | CREATE | EXCLUSIVE);
    match channel.ask(Phase::Open, path, opening).await {
        Ok(handle) => Ok(handle),
        // A name taken meanwhile is told as a bare failure by this version of the protocol.
        Err(error @ TransportError::PartnerFailed { .. }) => match channel.sees(path).await? {
            Some(true) => Err(taken()),
            Some(false) | None => Err(channel.explain(error, parent(path), LEAST).await),
        },
        Err(error) => Err(error),
    }
}

/// Opens what an earlier attempt left, to be continued: nothing is created, nothing cut off.
async fn open_part(channel: &SftpChannel, path: &str) -> Result<Vec<u8>, TransportError> {
    channel.ask(Phase::Open, path, channel.client.open(path, WRITE)).await
}

async fn store(
    channel: &SftpChannel,
    source: Outgoing,
    path: &str,
    handle: &[u8],
    from: u64,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let (bytes, sha256) = write_all(channel, source, path, handle, from, progress).await?;
    match sync(channel, path, handle).await {
        Ok(synced) => Ok(Put { bytes, sha256, synced }),
        Err(error) => Err(channel.explain(error, path, LEAST).await),
    }
}

async fn write_all(
    channel: &SftpChannel,
    source: Outgoing,
    path: &str,
    handle: &[u8],
    from: u64,
    progress: &Progress,
) -> Result<(u64, Sha256), TransportError> {
    let after = channel.deadlines.write;
    let size = source.size();
    let mut source = SourceThread::start(source, channel.write_chunk, from);
    let mut flight: Flight<u64, ()> = Flight::new();
    let mut pace = Pace::new(channel.minimum_throughput, Instant::now());
    let (mut offset, mut acknowledged, mut ended) = (from, from, false);
    let mut silent_since = Instant::now();
    while !ended || !flight.is_empty() {
        tokio::select! {
            biased;
            chunk = source.chunks.recv(), if !ended && flight.len() < channel.in_flight => match chunk {
                Some(chunk) => {
                    if flight.is_empty() {
                        silent_since = Instant::now();
                    }
                    let bytes = chunk.len() as u64;
                    flight.add(bytes, channel.client.write(handle, offset, &chunk));
                    offset += bytes;
                }
                None => ended = true,
            },
            Some((bytes, answer)) = flight.next(), if !flight.is_empty() => {
                if let Err(error) = answer {
                    let error = channel.failed(Phase::Write, path, error);
                    return Err(channel.explain(error, path, size.saturating_sub(acknowledged)).await);
                }
                acknowledged += bytes;
                silent_since = Instant::now();
                progress.add(bytes);
                if let Some(rate) = pace.note(bytes, silent_since) {
                    let minimum = channel.minimum_throughput.bytes_per_second;
                    return Err(TransportError::TooSlow { phase: Phase::Write, rate, minimum });
                }
            }
            () = sleep_until(silent_since + after), if !flight.is_empty() => {
                return Err(TransportError::TimedOut { phase: Phase::Write, after });
            }
        }
    }
    source.finish().await
}

async fn sync(channel: &SftpChannel, path: &str, handle: &[u8]) -> Result<Synced, TransportError> {
    if !channel.offers.sync {
        return Ok(Synced::NotOffered);
    }
    match channel.ask(Phase::Sync, path, channel.client.extended(extension::SYNC, &[handle])).await {
        Ok(()) => Ok(Synced::Yes),
        Err(TransportError::Unsupported { .. }) => Ok(Synced::NotOffered),
        Err(error) => Err(error),
    }
}

/// Our file, being read by a thread of its own.
struct SourceThread {
    chunks: mpsc::Receiver<Vec<u8>>,
    thread: JoinHandle<Result<(u64, Sha256), TransportError>>,
}

async fn open_source(path: &Path) -> Result<Outgoing, TransportError> {
    let path = path.to_owned();
    spawn_blocking(move || Outgoing::open(&path)).await.expect("opening a file does not panic")
}

impl SourceThread {
    /// Hashes everything up to the end of the file and hands on what lies behind `from`; stops early where nobody takes the
    /// chunks any more.
    fn start(mut source: Outgoing, chunk: usize, from: u64) -> SourceThread {
        let (sender, chunks) = mpsc::channel(READ_AHEAD);
        let thread = spawn_blocking(move || {
            source.skip(from, &mut || Ok(()))?;
            loop {
                let mut bytes = vec![0; chunk];
                let read = source.read(&mut bytes)?;
                bytes.truncate(read);
                if read == 0 || sender.blocking_send(bytes).is_err() {
                    return source.finish();
                }
            }
        });
        SourceThread { chunks, thread }
    }

    async fn finish(self) -> Result<(u64, Sha256), TransportError> {
        self.thread.await.expect("reading a file does not panic")
    }
}
