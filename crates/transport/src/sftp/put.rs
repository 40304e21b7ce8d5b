//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! One thread reads and hashes the source while the bytes before are on their way; at most `writes_in_flight` writes and a few
//! read chunks lie in memory. Promises that every write, the sync and the close were acknowledged before it returns well.
//! After a failure the name at the partner stays as it is, and the handle is closed if the session still answers.

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::channel::SftpChannel;
use super::client::PendingAnswer;
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

/// What a file is carried to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// A new name. It is looked at first, because some servers take no notice of "exclusive".
    New,
    /// A new name that was looked at just now.
    SeenFree,
    /// A part that holds so many bytes of ours.
    On(u64),
}

/// The requests that end a file, where they are on the line together with its last bytes.
struct Ending {
    /// Nothing where the partner doesn't offer it.
    sync: Option<PendingAnswer<()>>,
    close: PendingAnswer<()>,
}

/// Carries `source` to `path`.
pub(super) async fn put(
    channel: &SftpChannel,
    source: &Path,
    path: &str,
    way: Way,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let source = open_source(source).await?;
    progress.begin(source.size());
    let (handle, from) = match way {
        Way::New if channel.sees(path).await? == Some(true) => return Err(taken(path)),
        Way::New | Way::SeenFree => (open_new(channel, path).await?, 0),
        Way::On(from) => (open_part(channel, path).await?, from),
    };
    progress.add(from);
    store(channel, source, path, &handle, from, progress).await
}

fn taken(path: &str) -> TransportError {
    TransportError::AlreadyExists { path: path.to_owned() }
}

async fn open_new(channel: &SftpChannel, path: &str) -> Result<Vec<u8>, TransportError> {
    let opening = channel.client.open(path, WRITE | CREATE | EXCLUSIVE);
    match channel.ask(Phase::Open, path, opening).await {
        Ok(handle) => Ok(handle),
        // A name taken meanwhile is told as a bare failure by this version of the protocol.
        Err(error @ TransportError::PartnerFailed { .. }) => match channel.sees(path).await? {
            Some(true) => Err(taken(path)),
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
    let mut ending = None;
    let written = write_all(channel, source, path, handle, from, progress, &mut ending).await;
    let (bytes, sha256) = match written {
        Ok(written) => written,
        Err(error) => {
            if !error.ends_session() {
                let close = ending.map_or_else(|| channel.client.close(handle), |ending| ending.close);
                let _ = channel.ask(Phase::Close, path, close).await;
            }
            return Err(error);
        }
    };
    let (sync, closing) = match ending {
        Some(Ending { sync, close }) => (sync, Some(close)),
        None => (ask_for_sync(channel, handle), None),
    };
    let synced = synced(channel, path, sync).await;
    // The file is closed whatever became of the sync.
    let close = closing.unwrap_or_else(|| channel.client.close(handle));
    let closed = match &synced {
        Err(error) if error.ends_session() => Ok(()),
        Ok(_) | Err(_) => channel.ask(Phase::Close, path, close).await,
    };
    match synced.and_then(|synced| closed.map(|()| Put { bytes, sha256, synced })) {
        Err(error) => Err(channel.explain(error, path, LEAST).await),
        stored => stored,
    }
}

async fn write_all(
    channel: &SftpChannel,
    source: Outgoing,
    path: &str,
    handle: &[u8],
    from: u64,
    progress: &Progress,
    ending: &mut Option<Ending>,
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
            chunk = source.chunks.recv(), if !ended && flight.len() < channel.writes_in_flight => match chunk {
                Some(chunk) => {
                    if flight.is_empty() {
                        silent_since = Instant::now();
                    }
                    let bytes = chunk.len() as u64;
                    flight.add(bytes, channel.client.write(handle, offset, &chunk));
                    offset += bytes;
                }
                None => {
                    ended = true;
                    if channel.takes_requests_in_order() {
                        let (sync, close) = (ask_for_sync(channel, handle), channel.client.close(handle));
                        *ending = Some(Ending { sync, close });
                    }
                }
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

fn ask_for_sync(channel: &SftpChannel, handle: &[u8]) -> Option<PendingAnswer<()>> {
    channel.offers.sync.then(|| channel.client.extended(extension::SYNC, &[handle]))
}

async fn synced(
    channel: &SftpChannel,
    path: &str,
    asked: Option<PendingAnswer<()>>,
) -> Result<Synced, TransportError> {
    let Some(asked) = asked else { return Ok(Synced::NotOffered) };
    match channel.ask(Phase::Sync, path, asked).await {
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
