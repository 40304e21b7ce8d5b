//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! One thread reads and hashes the source while the bytes before are on their way; at most `in_flight` writes and a few
//! read chunks lie in memory. Promises that every write, the sync and the close were acknowledged before it returns well.
//! After a failure the name at the partner stays as it is, and the handle is closed if the session still answers.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use russh_sftp::protocol::{FileAttributes, OpenFlags, Status};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::flight::Flight;
use super::{SftpSession, usable_handle};
use crate::pace::Pace;
use crate::{Phase, Progress, Put, Synced, TransportError, parent};
use totatsu_base::digest::{Hashing, Sha256};

/// Chunks that are read ahead of the writes.
const READ_AHEAD: usize = 8;
/// Room that opening, syncing and closing may still ask for: a disk counts as full only where nothing is left.
const LEAST: u64 = 1;

/// Carries `source` to `path`, beginning at byte `from`; with 0 the name is new.
pub(super) async fn put(
    session: &SftpSession,
    source: &Path,
    path: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let source = Source::open(source).await?;
    progress.begin(source.size);
    progress.add(from);
    let handle = if from == 0 { open_new(session, path).await? } else { open_part(session, path).await? };
    let stored = store(session, source, path, &handle, from, progress).await;
    match &stored {
        Ok(_) => {
            if let Err(error) = session.ask(Phase::Close, path, session.raw.close(handle)).await {
                return Err(session.explain(error, path, LEAST).await);
            }
        }
        Err(error) if !error.ends_session() => {
            let _ = session.ask(Phase::Close, path, session.raw.close(handle)).await;
        }
        Err(_) => {}
    }
    stored
}

/// Creates `path`. It is looked at first, because some servers take no notice of "exclusive".
async fn open_new(session: &SftpSession, path: &str) -> Result<String, TransportError> {
    let taken = || TransportError::AlreadyExists { path: path.to_owned() };
    if session.sees(path).await? == Some(true) {
        return Err(taken());
    }
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
    let opening = session.raw.open(path, flags, FileAttributes::empty());
    match session.ask(Phase::Open, path, opening).await {
        Ok(opened) => usable_handle(opened.handle),
        // A name taken meanwhile is told as a bare failure by this version of the protocol.
        Err(error @ TransportError::PartnerFailed { .. }) => match session.sees(path).await? {
            Some(true) => Err(taken()),
            Some(false) | None => Err(session.explain(error, parent(path), LEAST).await),
        },
        Err(error) => Err(error),
    }
}

/// Opens what an earlier attempt left, to be continued: nothing is created, nothing cut off.
async fn open_part(session: &SftpSession, path: &str) -> Result<String, TransportError> {
    let opening = session.raw.open(path, OpenFlags::WRITE, FileAttributes::empty());
    usable_handle(session.ask(Phase::Open, path, opening).await?.handle)
}

async fn store(
    session: &SftpSession,
    source: Source,
    path: &str,
    handle: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let (bytes, sha256) = write_all(session, source, path, handle, from, progress).await?;
    match sync(session, path, handle).await {
        Ok(synced) => Ok(Put { bytes, sha256, synced }),
        Err(error) => Err(session.explain(error, path, LEAST).await),
    }
}

async fn write_all(
    session: &SftpSession,
    source: Source,
    path: &str,
    handle: &str,
    from: u64,
    progress: &Progress,
) -> Result<(u64, Sha256), TransportError> {
    let after = session.deadlines.write;
    let size = source.size;
    let mut source = source.read(session.write_chunk, from);
    let mut flight: Flight<'_, u64, Status> = Flight::new();
    let mut pace = Pace::new(session.minimum_throughput, Instant::now());
    let (mut offset, mut acknowledged, mut ended) = (from, from, false);
    let mut silent_since = Instant::now();
    while !ended || !flight.is_empty() {
        tokio::select! {
            biased;
            chunk = source.chunks.recv(), if !ended && flight.len() < session.in_flight => match chunk {
                Some(chunk) => {
                    if flight.is_empty() {
                        silent_since = Instant::now();
                    }
                    let bytes = chunk.len() as u64;
                    flight.send(bytes, session.raw.write(handle, offset, chunk)).await;
                    offset += bytes;
                }
                None => ended = true,
            },
            Some((bytes, answer)) = flight.next(), if !flight.is_empty() => {
                if let Err(error) = answer {
                    let error = session.failed(Phase::Write, path, error);
                    return Err(session.explain(error, path, size.saturating_sub(acknowledged)).await);
                }
                acknowledged += bytes;
                silent_since = Instant::now();
                progress.add(bytes);
                if let Some(rate) = pace.note(bytes, silent_since) {
                    let minimum = session.minimum_throughput.bytes_per_second;
                    return Err(TransportError::TooSlow { phase: Phase::Write, rate, minimum });
                }
            }
            () = sleep_until(silent_since + after), if !flight.is_empty() => {
                return Err(TransportError::TimedOut { phase: Phase::Write, after });
            }
        }
    }
    let sha256 = source.finish().await?;
    Ok((acknowledged, sha256))
}

async fn sync(session: &SftpSession, path: &str, handle: &str) -> Result<Synced, TransportError> {
    if !session.offers.fsync {
        return Ok(Synced::NotOffered);
    }
    match session.ask(Phase::Sync, path, session.raw.fsync(handle)).await {
        Ok(_) => Ok(Synced::Yes),
        Err(TransportError::Unsupported { .. }) => Ok(Synced::NotOffered),
        Err(error) => Err(error),
    }
}

/// Our file, opened and measured.
struct Source {
    path: PathBuf,
    file: File,
    before: Metadata,
    size: u64,
}

/// Our file, being read by a thread of its own.
struct Reading {
    chunks: mpsc::Receiver<Vec<u8>>,
    thread: JoinHandle<Result<Sha256, TransportError>>,
}

impl Source {
    async fn open(path: &Path) -> Result<Source, TransportError> {
        let path = path.to_owned();
        spawn_blocking(move || {
            let opened = File::open(&path).and_then(|file| file.metadata().map(|before| (file, before)));
            match opened {
                Ok((file, before)) => Ok(Source { path, file, size: before.len(), before }),
                Err(error) => Err(TransportError::OwnFile { path, error }),
            }
        })
        .await
        .expect("opening a file does not panic")
    }

    fn read(self, chunk: usize, from: u64) -> Reading {
        let (sender, chunks) = mpsc::channel(READ_AHEAD);
        Reading { chunks, thread: spawn_blocking(move || self.read_to_end(chunk, from, &sender)) }
    }

    fn read_to_end(
        self,
        chunk: usize,
        from: u64,
        chunks: &mpsc::Sender<Vec<u8>>,
    ) -> Result<Sha256, TransportError> {
        let Source { path, mut file, before, size } = self;
        match read_chunks(&mut file, &before, chunk, from, chunks) {
            Ok((sha256, found, same)) if same && found == size => Ok(sha256),
            Ok((_, found, _)) => Err(TransportError::OwnFileChanged { path, expected: size, found }),
            Err(error) => Err(TransportError::OwnFile { path, error }),
        }
    }
}

impl Reading {
    async fn finish(self) -> Result<Sha256, TransportError> {
        self.thread.await.expect("reading a file does not panic")
    }
}

/// Hashes everything up to the end of the file and hands on what lies behind `from`; stops early where nobody takes the
/// chunks any more. The last part of the result tells whether the file was left alone meanwhile.
fn read_chunks(
    file: &mut File,
    before: &Metadata,
    chunk: usize,
    from: u64,
    chunks: &mpsc::Sender<Vec<u8>>,
) -> io::Result<(Sha256, u64, bool)> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut file.by_ref().take(from), &mut hashing)?;
    loop {
        let mut bytes = Vec::with_capacity(chunk);
        file.by_ref().take(chunk as u64).read_to_end(&mut bytes)?;
        hashing.note(&bytes);
        if bytes.is_empty() || chunks.blocking_send(bytes).is_err() {
            break;
        }
    }
    let after = file.metadata()?;
    let same = after.len() == before.len() && after.modified()? == before.modified()?;
    let (sha256, found) = hashing.finish();
    Ok((sha256, found, same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_source_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, vec![7; 100]).unwrap();
        let source = Source::open(&path).await.unwrap();
        std::fs::write(&path, vec![7; 200]).unwrap();
        let mut reading = source.read(64, 0);
        while reading.chunks.recv().await.is_some() {}
        let error = reading.finish().await.unwrap_err();
        assert!(matches!(error, TransportError::OwnFileChanged { expected: 100, found: 200, .. }), "{error}");
    }
}
