//! Brings a file of the partner here, or the rest of it to the part that we have.
//!
//! Several reads are under way, and a thread of its own writes and hashes what came; chunks under way and chunks that wait
//! for our disk are `in_flight` together. Promises that what the partner sends is as much as it told before, and that all
//! of it lies on our disk, before it returns well. After a failure our file holds a part in order.

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::channel::SftpChannel;
use super::read::{BytesTaker, read};
use crate::incoming::{Incoming, ToldFile};
use crate::{Brought, Progress, RemoteFile, Result};

/// Brings `path` to `to`, beginning at byte `from`.
pub(super) async fn fetch(
    channel: &SftpChannel,
    path: &str,
    to: &Path,
    from: u64,
    progress: &Progress,
) -> Result<Brought> {
    let mut ours = IncomingFile::open(to, from, channel.reads_in_flight).await?;
    let fetched = async { read(&channel.open_to_read(path).await?, from, progress, &mut ours).await };
    let fetched = fetched.await;
    let brought = ours.ended().await?;
    fetched.map(|()| brought.expect("what was taken well has its thread"))
}

/// Our file, being written by a thread of its own.
struct IncomingFile {
    chunks: mpsc::Sender<Vec<u8>>,
    /// Gone once its error was told.
    thread: Option<JoinHandle<Result<Brought>>>,
    told: Option<ToldFile>,
    taken: u64,
}

impl IncomingFile {
    async fn open(path: &Path, from: u64, in_flight: usize) -> Result<IncomingFile> {
        let path = path.to_owned();
        let opened = spawn_blocking(move || Incoming::open(&path, from, &mut || Ok(()))).await;
        let incoming = opened.expect("opening a file does not panic")?;
        let (chunks, coming) = mpsc::channel(in_flight);
        let thread = Some(spawn_blocking(move || write(incoming, coming)));
        Ok(IncomingFile { chunks, thread, told: None, taken: from })
    }

    /// Has what came written and synced; an error only where our own disk refuses that, nothing where that was told.
    async fn ended(self) -> Result<Option<Brought>> {
        drop(self.chunks);
        match self.thread {
            Some(thread) => written(thread.await).map(Some),
            None => Ok(None),
        }
    }
}

impl BytesTaker for IncomingFile {
    const ASKS_AGAIN: bool = true;

    fn hear(&mut self, path: &str, told: &RemoteFile) -> Result<()> {
        let told = ToldFile::new(path, told.size, told.modified)?;
        told.check_room_for(self.taken)?;
        self.told = Some(told);
        Ok(())
    }

    /// Waits while our disk is behind.
    async fn take(&mut self, _: &str, bytes: Vec<u8>) -> Result<()> {
        self.taken += bytes.len() as u64;
        let told = self.told.as_ref().expect("the size was heard before the first byte");
        told.check_room_for(self.taken)?;
        if self.chunks.send(bytes).await.is_ok() {
            return Ok(());
        }
        let ended = self.thread.take().expect("nothing is taken after an error").await;
        Err(written(ended).expect_err("without an error the thread goes on until the last chunk"))
    }

    /// Whether all has come, and the partner tells the same of its file as before, if it tells anything.
    fn end(&self, now: Option<RemoteFile>) -> Result<()> {
        let told = self.told.as_ref().expect("the size was heard before the first byte");
        told.check_end(self.taken)?;
        now.map_or(Ok(()), |now| told.check_unchanged(now.size, now.modified))
    }

    /// Chunks that wait for our disk.
    fn waiting(&self) -> usize {
        self.chunks.max_capacity() - self.chunks.capacity()
    }
}

fn write(mut incoming: Incoming, mut chunks: mpsc::Receiver<Vec<u8>>) -> Result<Brought> {
    while let Some(bytes) = chunks.blocking_recv() {
        incoming.append(&bytes)?;
    }
    incoming.finish()
}

fn written(ended: Result<Result<Brought>, tokio::task::JoinError>) -> Result<Brought> {
    ended.expect("writing a file does not panic")
}
