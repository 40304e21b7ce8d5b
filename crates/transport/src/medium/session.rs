//! A session with the medium that is there: each request on a thread of its own, on the medium that it was opened with.

use std::path::Path;
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::marker::MARKER;
use super::mount::{self, MediumIdentity};
use super::pulse::Pulse;
use super::root::{self, MediumRoot};
use super::settings::{MediumRule, MediumSettings};
use super::{fetch, work};
use crate::library_words::of_io;
use crate::medium_fault::MediumFault;
use crate::{
    Brought, Listing, NameRequest, Overwrite, Peer, Phase, Progress, Put, ReadBack, RemoteFile, Renamed,
    Result, Session, TransportError,
};
use totatsu_base::say;

/// A session with the medium that is there.
#[derive(Debug)]
struct MediumSession {
    settings: MediumSettings,
    identity: MediumIdentity,
    peer: Peer,
    alive: bool,
}

/// Tells the thread that nobody waits any more, whichever way the wait ends.
struct Waiting(Pulse);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// Opens a session with the medium that is there; whether it can be written is a matter of the requests that write.
///
/// # Errors
/// No medium is there, or not the right one.
pub async fn connect(settings: &MediumSettings) -> Result<Box<dyn Session>> {
    let (limit, own) = (settings.deadlines.connect, settings.clone());
    let look = move |pulse| {
        let (root, identity) = mount::enter(&own, pulse)?;
        Ok((peer_of(&own, &root, &identity), identity))
    };
    let (peer, identity) = on_thread(limit, Phase::Connect, look).await?;
    Ok(Box::new(MediumSession { settings: settings.clone(), identity, peer, alive: true }))
}

fn peer_of(settings: &MediumSettings, root: &MediumRoot, identity: &MediumIdentity) -> Peer {
    let none = || "none".to_owned();
    let software = root
        .mount
        .as_ref()
        .map(|mount| say!("medium-file-system-on", file_system = mount.file_system, source = mount.source));
    let authenticated_by = match &settings.rule {
        MediumRule::Marker { .. } => MARKER.to_owned(),
        MediumRule::Labels(_) => say!("medium-proof-label"),
        MediumRule::Any => none(),
    };
    Peer {
        transport: Peer::MEDIUM.to_owned(),
        address: settings.path.display().to_string(),
        software: software.unwrap_or_else(|| say!("medium-a-directory")),
        host_key: identity.words.clone(),
        user: none(),
        authenticated_by,
        cipher: none(),
        key_exchange: none(),
        extensions: Vec::new(),
    }
}

impl MediumSession {
    /// Has a thread make one request, on the medium that the session was opened with.
    async fn ask<T: Send + 'static>(
        &mut self,
        phase: Phase,
        request: impl FnOnce(&MediumRoot) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (settings, expected) = (self.settings.clone(), self.identity.clone());
        // Writing is silent while what was written is synced.
        let sync = if phase == Phase::Write { settings.deadlines.sync } else { Duration::ZERO };
        let limit = settings.deadlines.of(phase).max(sync);
        self.alive = false;
        let answer = on_thread(limit, phase, move |pulse| {
            let (root, identity) = mount::enter(&settings, pulse)?;
            if identity != expected {
                let (before, now) = (expected.shown(), identity.shown());
                let cause = say!("medium-exchanged", before = before, now = now);
                return Err(root.fault(MediumFault::Gone { phase, cause }));
            }
            let answer = request(&root);
            if !root.is_in_place() {
                let cause = say!("medium-unmounted");
                return Err(root.fault(MediumFault::Gone { phase, cause }));
            }
            answer
        });
        let answer = answer.await;
        self.alive = !answer.as_ref().err().is_some_and(TransportError::ends_session);
        answer
    }

    /// As `ask`, for a request that writes: the medium must be writable.
    async fn ask_to_write<T: Send + 'static>(
        &mut self,
        phase: Phase,
        request: impl FnOnce(&MediumRoot) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(phase, |root| {
            mount::check_writable(root)?;
            request(root)
        })
        .await
    }
}

#[async_trait]
impl Session for MediumSession {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>> {
        let path = path.to_owned();
        self.ask(Phase::Stat, move |root| work::stat(root, &path)).await
    }

    async fn put(&mut self, source: &Path, path: &str, from: u64, progress: &Progress) -> Result<Put> {
        let (source, path, progress) = (source.to_owned(), path.to_owned(), progress.clone());
        self.ask_to_write(Phase::Write, move |root| work::put(root, &source, &path, from, &progress)).await
    }

    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack> {
        let (path, progress) = (path.to_owned(), progress.clone());
        self.ask(Phase::Read, move |root| work::read_back(root, &path, &progress)).await
    }

    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>> {
        let path = path.to_owned();
        self.ask(Phase::Read, move |root| root::read_small(root, &path, limit)).await
    }

    async fn fetch(&mut self, path: &str, to: &Path, from: u64, progress: &Progress) -> Result<Brought> {
        let (path, to, progress) = (path.to_owned(), to.to_owned(), progress.clone());
        self.ask(Phase::Read, move |root| fetch::fetch(root, &path, &to, from, &progress)).await
    }

    async fn rename(&mut self, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.ask_to_write(Phase::Rename, move |root| work::rename(root, &from, &to, overwrite)).await
    }

    async fn remove(&mut self, path: &str) -> Result<bool> {
        let path = path.to_owned();
        self.ask_to_write(Phase::Remove, move |root| work::remove(root, &path)).await
    }

    async fn free_space(&mut self, _path: &str) -> Result<Option<u64>> {
        // Whoever asks wants to write: a medium that can't be written has no room, but something else is wrong with it.
        self.ask_to_write(Phase::Space, |root| work::free_space(root).map(Some)).await
    }

    async fn list(&mut self, directory: &str) -> Result<Listing> {
        let directory = directory.to_owned();
        self.ask(Phase::List, move |root| work::list(root, &directory)).await
    }

    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<()> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.ask_to_write(Phase::Rename, move |root| work::try_names(root, request, &from, &to)).await
    }

    fn is_alive(&self) -> bool {
        self.alive
    }

    /// Nothing is open between requests.
    async fn close(self: Box<Self>) {}
}

/// Runs work on a thread of its own, which a device that hangs holds up for ever without holding up anything else. As long
/// as the thread's pulse beats, it is waited for.
async fn on_thread<T: Send + 'static>(
    limit: Duration,
    phase: Phase,
    work: impl FnOnce(Pulse) -> Result<T> + Send + 'static,
) -> Result<T> {
    let pulse = Pulse::default();
    let waiting = Waiting(pulse.clone());
    let (tell, mut told) = oneshot::channel();
    let work = move || drop(tell.send(work(pulse)));
    let thread = thread::Builder::new().name("medium".to_owned()).spawn(work);
    let no_thread = |error: std::io::Error| TransportError::Unreachable {
        address: say!("medium-itself"),
        cause: say!("medium-no-thread", error = of_io(&error)),
    };
    let thread = thread.map_err(no_thread)?;
    loop {
        let before = waiting.0.beats();
        match tokio::time::timeout(limit, &mut told).await {
            Ok(Ok(answer)) => return answer,
            // A panic there goes on here.
            Ok(Err(_)) => match thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => unreachable!("the thread answers or panics"),
            },
            Err(_) if waiting.0.beats() != before => {}
            Err(_) => return Err(TransportError::TimedOut { phase, after: limit }),
        }
    }
}
