//! A session over FTP or FTPS: one request of a step after another, on the thread that has the control connection.
//!
//! Promises that a session which owes an answer, or whose request was dropped half-way, is not used again.

use std::path::Path;

use async_trait::async_trait;

use super::line::{FtpLine, Worker};
use super::{fetch, list, look, put, read, rename};
use crate::{
    Brought, Listing, NameRequest, Overwrite, Peer, Phase, Progress, Put, ReadBack, RemoteFile, Renamed,
    Result, Session, TransportError,
};
use totatsu_base::say;

/// One login.
pub(crate) struct FtpsSession {
    worker: Worker,
    peer: Peer,
    /// Whether a request may be made: not while one is under way, nor after one that was dropped half-way or ended without its answer.
    usable: bool,
}

impl FtpsSession {
    pub(super) fn new(worker: Worker, peer: Peer) -> FtpsSession {
        FtpsSession { worker, peer, usable: true }
    }

    /// Has the thread make one request of the trait.
    async fn ask<T: Send + 'static>(
        &mut self,
        phase: Phase,
        request: impl FnOnce(&mut FtpLine) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if !std::mem::take(&mut self.usable) {
            let cause = say!("transport-unanswered-before");
            return Err(TransportError::Lost { phase: phase.unsent(), cause });
        }
        let asked = self.worker.ask(phase, move |line| {
            let answer = request(line);
            Ok((answer, line.spoilt))
        });
        let (answer, spoilt) = asked.await.unwrap_or_else(|error| (Err(error), true));
        let ended = answer.as_ref().err().is_some_and(TransportError::ends_session);
        self.usable = !ended && !spoilt;
        answer
    }
}

/// FTP has no question for free space that servers answer, and none for limits; `RNTO` alone gives the new name.
#[async_trait]
impl Session for FtpsSession {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>> {
        let path = path.to_owned();
        self.ask(Phase::Stat, move |line| look::look(line, &path)).await
    }

    async fn put(&mut self, source: &Path, path: &str, from: u64, progress: &Progress) -> Result<Put> {
        let (source, path, progress) = (source.to_owned(), path.to_owned(), progress.clone());
        self.ask(Phase::Open, move |line| put::put(line, &source, &path, from, &progress)).await
    }

    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack> {
        let (path, progress) = (path.to_owned(), progress.clone());
        self.ask(Phase::Read, move |line| read::read_back(line, &path, &progress)).await
    }

    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>> {
        let path = path.to_owned();
        self.ask(Phase::Read, move |line| read::read_small(line, &path, limit)).await
    }

    async fn fetch(&mut self, path: &str, to: &Path, from: u64, progress: &Progress) -> Result<Brought> {
        let (path, to, progress) = (path.to_owned(), to.to_owned(), progress.clone());
        self.ask(Phase::Read, move |line| fetch::fetch(line, &path, &to, from, &progress)).await
    }

    async fn rename(&mut self, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.ask(Phase::Stat, move |line| rename::rename(line, &from, &to, overwrite)).await
    }

    async fn remove(&mut self, path: &str) -> Result<bool> {
        let path = path.to_owned();
        self.ask(Phase::Remove, move |line| remove(line, &path)).await
    }

    async fn list(&mut self, directory: &str) -> Result<Listing> {
        let directory = directory.to_owned();
        self.ask(Phase::List, move |line| list::list(line, &directory)).await
    }

    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<()> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.ask(Phase::Rename, move |line| rename::bare(line, request, &from, &to)).await
    }

    fn is_alive(&self) -> bool {
        self.usable
    }

    async fn close(mut self: Box<Self>) {
        if self.is_alive() {
            let _ = self.worker.ask(Phase::Close, |line| line.ask(Phase::Close, "QUIT").map(drop)).await;
        }
    }
}

/// Removes `path`; `false` where there was none.
fn remove(line: &mut FtpLine, path: &str) -> Result<bool> {
    let reply = line.ask(Phase::Remove, &format!("DELE {path}"))?;
    if reply.is(&[250, 200]) {
        return Ok(true);
    }
    let mut reason = reply.refusal(Phase::Remove, path, 0);
    if !matches!(reason, TransportError::NoSuchPath { .. }) {
        reason = look::missing_or(line, path, path, Phase::Remove, reason);
    }
    if let TransportError::NoSuchPath { .. } = reason { Ok(false) } else { Err(reason) }
}
