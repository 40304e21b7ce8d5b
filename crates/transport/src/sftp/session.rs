//! A session over SFTP: one request of a step after another on one SSH connection, beside others of its kind.
//!
//! Promises that a session which owes an answer, or whose request was dropped half-way, is not used again, and takes no other
//! along: those that are on the same connection make no further request.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use tokio::time::timeout;

use super::channel::SftpChannel;
use super::ssh::SshConnection;
use super::{fetch, put, read, rename};
use crate::session::{LookedAndRead, MixedRequests};
use crate::{
    Brought, Listing, NameRequest, Overwrite, Peer, Phase, Progress, Put, ReadBack, RemoteFile, Renamed,
    Result, ServerLimits, Session, TransportError,
};
use totatsu_base::say;

/// One SFTP channel on one SSH connection.
pub(super) struct SftpLine {
    pub(super) channel: SftpChannel,
    pub(super) connection: SshConnection,
    pub(super) limits: Option<ServerLimits>,
    pub(super) peer: Peer,
}

/// One of those who ask on an SFTP channel.
pub(crate) struct SftpSession {
    line: Arc<SftpLine>,
    usable: Usable,
}

/// Whether a session may make a request: not while one is under way, nor after one that was dropped half-way or ended without its
/// answer.
struct Usable(bool);

impl SftpSession {
    pub(super) fn on(line: Arc<SftpLine>) -> SftpSession {
        SftpSession { line, usable: Usable(true) }
    }
}

impl Usable {
    /// Has one request made; a future that is dropped half-way leaves the session unusable.
    async fn ask<T>(
        &mut self,
        line: &SftpLine,
        phase: Phase,
        request: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.begin(line, phase)?;
        let answer = request.await;
        self.0 = !ends_session(&answer);
        answer
    }

    /// Marks the session as owing an answer.
    fn begin(&mut self, line: &SftpLine, phase: Phase) -> Result<()> {
        if !std::mem::take(&mut self.0) || !line.is_alive() {
            let words = say!("transport-unanswered-before");
            return Err(line.connection.facts.lost(phase.unsent(), &words));
        }
        Ok(())
    }
}

fn ends_session<T>(answer: &Result<T>) -> bool {
    answer.as_ref().err().is_some_and(TransportError::ends_session)
}

#[async_trait]
impl Session for SftpSession {
    fn peer(&self) -> &Peer {
        &self.line.peer
    }

    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>> {
        self.usable.ask(&self.line, Phase::Stat, self.line.channel.look(path)).await
    }

    async fn stat_both(&mut self, first: &str, second: &str) -> [Result<Option<RemoteFile>>; 2] {
        if let Err(error) = self.usable.begin(&self.line, Phase::Stat) {
            let again = self.usable.begin(&self.line, Phase::Stat).map(|()| None);
            return [Err(error), again];
        }
        let (first, second) = tokio::join!(self.line.channel.look(first), self.line.channel.look(second));
        let both = [first, second];
        self.usable.0 = !both.iter().any(ends_session);
        both
    }

    async fn put(&mut self, source: &Path, path: &str, from: u64, progress: &Progress) -> Result<Put> {
        let way = if from == 0 { put::Way::New } else { put::Way::On(from) };
        let put = put::put(&self.line.channel, source, path, way, progress);
        self.usable.ask(&self.line, Phase::Open, put).await
    }

    async fn put_anew(&mut self, source: &Path, path: &str, progress: &Progress) -> Result<Put> {
        self.usable
            .ask(
                &self.line,
                Phase::Open,
                put::put(&self.line.channel, source, path, put::Way::SeenFree, progress),
            )
            .await
    }

    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack> {
        self.usable.ask(&self.line, Phase::Open, read::read_back(&self.line.channel, path, progress)).await
    }

    async fn look_and_read_back_ours(&mut self, path: &str, size: u64, progress: &Progress) -> LookedAndRead {
        if let Err(error) = self.usable.begin(&self.line, Phase::Stat) {
            return LookedAndRead { found: Err(error), back: None };
        }
        let looked = read::look_and_read_back_ours(&self.line.channel, path, size, progress).await;
        let read_ended = looked.back.as_ref().is_some_and(ends_session);
        self.usable.0 = !(ends_session(&looked.found) || read_ended);
        looked
    }

    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>> {
        self.usable.ask(&self.line, Phase::Open, read::read_small(&self.line.channel, path, limit)).await
    }

    async fn fetch(&mut self, path: &str, to: &Path, from: u64, progress: &Progress) -> Result<Brought> {
        self.usable
            .ask(&self.line, Phase::Read, fetch::fetch(&self.line.channel, path, to, from, progress))
            .await
    }

    async fn rename(&mut self, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed> {
        self.usable
            .ask(&self.line, Phase::Rename, rename::rename(&self.line.channel, from, to, overwrite))
            .await
    }

    async fn remove(&mut self, path: &str) -> Result<bool> {
        self.usable.ask(&self.line, Phase::Remove, self.line.channel.take_away(path)).await
    }

    async fn free_space(&mut self, path: &str) -> Result<Option<u64>> {
        self.usable.ask(&self.line, Phase::Space, self.line.channel.room(path)).await
    }

    async fn list(&mut self, directory: &str) -> Result<Listing> {
        let directory = if directory.is_empty() { "." } else { directory };
        self.usable.ask(&self.line, Phase::List, self.line.channel.list(directory)).await
    }

    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<()> {
        self.usable.ask(&self.line, Phase::Rename, rename::bare(&self.line.channel, request, from, to)).await
    }

    fn limits(&self) -> Option<ServerLimits> {
        self.line.limits
    }

    fn names_in_two_steps(&self) -> bool {
        self.line.channel.links()
    }

    fn is_alive(&self) -> bool {
        self.usable.0 && self.line.is_alive()
    }

    fn mixed_requests(&self) -> Option<Arc<dyn MixedRequests>> {
        Some(self.line.clone())
    }

    async fn close(self: Box<Self>) {
        let line = self.line.clone();
        drop(self);
        // The last session on the connection closes it.
        if let Some(SftpLine { channel, connection, .. }) = Arc::into_inner(line) {
            let after = channel.deadlines.close;
            drop(channel);
            let _ = timeout(after, connection.close()).await;
        }
    }
}

impl Drop for SftpSession {
    fn drop(&mut self) {
        if !self.usable.0 {
            self.line.channel.owes_answer.store(true, Ordering::Relaxed);
        }
    }
}

impl SftpLine {
    fn is_alive(&self) -> bool {
        let owes_answer = self.channel.owes_answer.load(Ordering::Relaxed);
        !owes_answer && self.channel.client.is_open() && !self.connection.handle.is_closed()
    }
}

impl MixedRequests for SftpLine {
    fn another(self: Arc<Self>) -> Option<Box<dyn Session>> {
        self.is_alive().then(|| Box::new(SftpSession::on(self)) as Box<dyn Session>)
    }
}
