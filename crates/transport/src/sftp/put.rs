//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! One thread reads and hashes the source while the bytes before are on their way; at most `writes_in_flight` writes and a few
//! read chunks lie in memory. Promises that every write, the sync and the close were acknowledged before it returns well.
//! After a failure the name at the partner stays as it is, and the handle is closed if the session still answers.

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::channel::{OpenFile, SftpChannel};
use super::client::PendingAnswer;
use super::extension;
use super::flight::{self, Flight};
use super::packet::{CREATE, EXCLUSIVE, WRITE};
use crate::outgoing::Outgoing;
use crate::pace::Pace;
use crate::{Phase, Progress, Put, Result, Synced, TransportError, parent};
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
    /// The sync; none where the partner doesn't offer it.
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
) -> Result<Put> {
    let own = source.to_owned();
    let opened = spawn_blocking(move || Outgoing::open(&own)).await;
    let source = opened.expect("opening a file does not panic")?;
    progress.begin(source.size());
    let (file, from) = match way {
        Way::New if channel.sees(path).await? == Some(true) => return Err(taken(path)),
        Way::New | Way::SeenFree => (open_new(channel, path).await?, 0),
        // What an earlier attempt left is continued: nothing is created, nothing cut off.
        Way::On(from) => (channel.open(Phase::Open, path, WRITE).await?, from),
    };
    progress.add(from);
    store(&file, source, from, progress).await
}

fn taken(path: &str) -> TransportError {
    TransportError::AlreadyExists { path: path.to_owned() }
}

async fn open_new<'a>(channel: &'a SftpChannel, path: &'a str) -> Result<OpenFile<'a>> {
    match channel.open(Phase::Open, path, WRITE | CREATE | EXCLUSIVE).await {
        // A name taken meanwhile is told as a bare failure by this version of the protocol.
        Err(error @ TransportError::PartnerFailed { .. }) => match channel.sees(path).await? {
            Some(true) => Err(taken(path)),
            Some(false) | None => Err(channel.explain(error, parent(path), LEAST).await),
        },
        opened => opened,
    }
}

async fn store(file: &OpenFile<'_>, source: Outgoing, from: u64, progress: &Progress) -> Result<Put> {
    let mut ending = None;
    let (bytes, sha256) = match write_all(file, source, from, progress, &mut ending).await {
        Ok(written) => written,
        Err(error) => {
            if !error.ends_session() {
                let close = ending.map_or_else(|| file.close(), |ending| ending.close);
                let _ = file.ask(Phase::Close, close).await;
            }
            return Err(error);
        }
    };
    let (sync, closing) = match ending {
        Some(Ending { sync, close }) => (sync, Some(close)),
        None => (ask_for_sync(file), None),
    };
    let synced = synced(file, sync).await;
    // The file is closed whatever became of the sync.
    let close = closing.unwrap_or_else(|| file.close());
    let closed = match &synced {
        Err(error) if error.ends_session() => Ok(()),
        Ok(_) | Err(_) => file.ask(Phase::Close, close).await,
    };
    match synced.and_then(|synced| closed.map(|()| Put { bytes, sha256, synced })) {
        Err(error) => Err(file.channel.explain(error, file.path, LEAST).await),
        stored => stored,
    }
}

async fn write_all(
    file: &OpenFile<'_>,
    source: Outgoing,
    from: u64,
    progress: &Progress,
    ending: &mut Option<Ending>,
) -> Result<(u64, Sha256)> {
    let channel = file.channel;
    let after = channel.deadlines.write;
    let size = source.size();
    let mut source = SourceThread::start(source, channel.write_chunk, from);
    let mut flight: Flight<u64, ()> = Flight::new();
    let mut pace = Pace::new(channel.minimum_throughput, Phase::Write, Instant::now());
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
                    flight.push_back((bytes, channel.client.write(&file.handle, offset, &chunk)));
                    offset += bytes;
                }
                None => {
                    ended = true;
                    if channel.takes_requests_in_order() {
                        *ending = Some(Ending { sync: ask_for_sync(file), close: file.close() });
                    }
                }
            },
            Some((bytes, answer)) = flight::next(&mut flight), if !flight.is_empty() => {
                if let Err(error) = answer {
                    let error = channel.failed(Phase::Write, file.path, error);
                    return Err(channel.explain(error, file.path, size.saturating_sub(acknowledged)).await);
                }
                acknowledged += bytes;
                silent_since = Instant::now();
                progress.add(bytes);
                pace.note(bytes, silent_since)?;
            }
            () = sleep_until(silent_since + after), if !flight.is_empty() => {
                return Err(TransportError::TimedOut { phase: Phase::Write, after });
            }
        }
    }
    source.finish().await
}

fn ask_for_sync(file: &OpenFile<'_>) -> Option<PendingAnswer<()>> {
    let OpenFile { channel, handle, .. } = file;
    channel.offers.sync.then(|| channel.client.extended(extension::SYNC, &[handle]))
}

async fn synced(file: &OpenFile<'_>, asked: Option<PendingAnswer<()>>) -> Result<Synced> {
    let Some(asked) = asked else { return Ok(Synced::NotOffered) };
    match file.ask(Phase::Sync, asked).await {
        Ok(()) => Ok(Synced::Yes),
        Err(TransportError::Unsupported { .. }) => Ok(Synced::NotOffered),
        Err(error) => Err(error),
    }
}

/// Our file, being read by a thread of its own.
struct SourceThread {
    chunks: mpsc::Receiver<Vec<u8>>,
    thread: JoinHandle<Result<(u64, Sha256)>>,
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

    async fn finish(self) -> Result<(u64, Sha256)> {
        self.thread.await.expect("reading a file does not panic")
    }
}
