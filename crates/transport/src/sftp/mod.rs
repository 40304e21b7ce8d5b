//! SFTP over SSH: the transport that works against any stock server.
//!
//! Owns one SSH connection with one SFTP channel. Promises that every request has a deadline and every status is looked
//! at, and that a session which owes an answer is not used again. On failure it tells what the partner said, and asks for
//! the reason where the protocol has only "failure". Never accepts a host key that is not pinned, never replaces a file
//! unless asked to, never cleans up: that is the step's decision.

mod agent;
mod connect;
mod fetch;
mod flight;
mod forwarded;
mod host_key;
mod identity;
mod key;
mod line;
mod list;
mod put;
mod read;
mod rename;
mod settings;
mod way;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error as ClientError;
use russh_sftp::extensions;
use russh_sftp::protocol::{FileAttributes, FileMode, Status, StatusCode};
use tokio::time::timeout;

use crate::{
    Brought, FileKind, Listing, NameRequest, Overwrite, Peer, Phase, Progress, Put, ReadBack, RemoteFile,
    Renamed, ServerLimits, Session, TransportError, words,
};
use connect::{Doorkeeper, Greeted, Started, Witness};
use line::Hold;
use way::Passage;

pub use crate::{Deadlines, MinimumThroughput, Secret};
pub use connect::{connect, shown_key};
pub use key::to_the_minute;
pub use key::{check_certificate, check_key};
pub use settings::{Authentication, NamedKey, NotAHostKey, NotAKey, PinnedKey, SftpSettings};

/// Extension for a rename that replaces; not among the library's.
const POSIX_RENAME: &str = "posix-rename@openssh.com";
/// How the server whose plain rename never replaces a file calls itself.
const OPENSSH: &str = "OpenSSH_";
/// The bits of the permissions that tell the kind of file.
const KIND_BITS: u32 = 0xF000;

/// One SFTP channel on one SSH connection of its own.
pub(crate) struct SftpSession {
    raw: RawSftpSession,
    ssh: russh::client::Handle<Doorkeeper>,
    witness: Witness,
    peer: Peer,
    offers: Offers,
    limits: Option<ServerLimits>,
    deadlines: Deadlines,
    minimum_throughput: MinimumThroughput,
    in_flight: usize,
    write_chunk: usize,
    read_chunk: usize,
    plain_rename: bool,
    usable: Usable,
    owes_answer: AtomicBool,
    _hold: Hold,
    passage: Option<Passage>,
}

/// Whether the next request may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usable {
    Yes,
    /// A request is under way; stays so when its future is dropped half-way.
    Asked,
    /// A request ended without its answer.
    No,
}

/// Extensions of the protocol that the server offers and we use.
#[derive(Debug, Clone, Copy)]
struct Offers {
    fsync: bool,
    posix_rename: bool,
    hardlink: bool,
    statvfs: bool,
}

impl From<&BTreeSet<String>> for Offers {
    fn from(names: &BTreeSet<String>) -> Offers {
        Offers {
            fsync: names.contains(extensions::FSYNC),
            posix_rename: names.contains(POSIX_RENAME),
            hardlink: names.contains(extensions::HARDLINK),
            statvfs: names.contains(extensions::STATVFS),
        }
    }
}

#[async_trait]
impl Session for SftpSession {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>, TransportError> {
        self.begin(Phase::Stat)?;
        let answer = self.look(path).await;
        self.settle(answer)
    }

    async fn put(
        &mut self,
        source: &Path,
        path: &str,
        from: u64,
        progress: &Progress,
    ) -> Result<Put, TransportError> {
        self.begin(Phase::Open)?;
        let answer = put::put(self, source, path, from, progress).await;
        self.settle(answer)
    }

    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack, TransportError> {
        self.begin(Phase::Open)?;
        let answer = read::read_back(self, path, progress).await;
        self.settle(answer)
    }

    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, TransportError> {
        self.begin(Phase::Open)?;
        let answer = read::read_small(self, path, limit).await;
        self.settle(answer)
    }

    async fn fetch(
        &mut self,
        path: &str,
        to: &Path,
        from: u64,
        progress: &Progress,
    ) -> Result<Brought, TransportError> {
        self.begin(Phase::Read)?;
        let answer = fetch::fetch(self, path, to, from, progress).await;
        self.settle(answer)
    }

    async fn rename(
        &mut self,
        from: &str,
        to: &str,
        overwrite: Overwrite,
    ) -> Result<Renamed, TransportError> {
        self.begin(Phase::Rename)?;
        let answer = rename::rename(self, from, to, overwrite).await;
        self.settle(answer)
    }

    async fn remove(&mut self, path: &str) -> Result<bool, TransportError> {
        self.begin(Phase::Remove)?;
        let answer = self.take_away(path).await;
        self.settle(answer)
    }

    async fn free_space(&mut self, path: &str) -> Result<Option<u64>, TransportError> {
        self.begin(Phase::Space)?;
        let answer = self.room(path).await;
        self.settle(answer)
    }

    async fn list(&mut self, directory: &str) -> Result<Listing, TransportError> {
        self.begin(Phase::List)?;
        let answer = list::list(self, directory).await;
        self.settle(answer)
    }

    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<(), TransportError> {
        self.begin(Phase::Rename)?;
        let answer = rename::bare(self, request, from, to).await;
        self.settle(answer)
    }

    fn limits(&self) -> Option<ServerLimits> {
        self.limits
    }

    fn names_in_two_steps(&self) -> bool {
        self.links()
    }

    fn is_alive(&self) -> bool {
        let owes_answer = self.owes_answer.load(Ordering::Relaxed);
        self.usable == Usable::Yes && !owes_answer && !self.ssh.is_closed()
    }

    async fn close(mut self: Box<Self>) {
        let farewell = async {
            let _ = self.raw.close_session();
            let _ = self.ssh.disconnect(russh::Disconnect::ByApplication, "", "").await;
            let _ = (&mut self.ssh).await;
            if let Some(passage) = self.passage.take() {
                passage.close().await;
            }
        };
        let _ = timeout(self.deadlines.close, farewell).await;
    }
}

impl SftpSession {
    fn new(settings: &SftpSettings, greeted: Greeted, started: Started, peer: Peer) -> SftpSession {
        SftpSession {
            raw: started.raw,
            ssh: greeted.ssh,
            witness: greeted.witness,
            peer,
            offers: started.offers,
            limits: started.limits,
            deadlines: settings.deadlines,
            minimum_throughput: settings.minimum_throughput,
            in_flight: settings.in_flight.max(1),
            write_chunk: started.write_chunk,
            read_chunk: started.read_chunk,
            plain_rename: settings.plain_rename,
            usable: Usable::Yes,
            owes_answer: AtomicBool::new(false),
            _hold: greeted.hold,
            passage: greeted.passage,
        }
    }

    /// Whether a new name is given by a link and the old one removed afterwards.
    fn links(&self) -> bool {
        self.offers.hardlink && !self.plain_rename && !self.rename_never_replaces()
    }

    fn rename_never_replaces(&self) -> bool {
        self.peer.software.contains(OPENSSH)
    }

    /// Marks the session as owing an answer, so that a future that is dropped half-way leaves it unusable.
    fn begin(&mut self, phase: Phase) -> Result<(), TransportError> {
        if !self.is_alive() {
            self.usable = Usable::No;
            // Nothing is sent, so nothing that changes the partner can be outstanding.
            let phase = if phase.changes_partner() { Phase::Start } else { phase };
            return Err(self.witness.lost(phase, "an earlier request was left without its answer"));
        }
        self.usable = Usable::Asked;
        Ok(())
    }

    fn settle<T>(&mut self, answer: Result<T, TransportError>) -> Result<T, TransportError> {
        let ended = answer.as_ref().err().is_some_and(TransportError::ends_session);
        self.usable = if ended { Usable::No } else { Usable::Yes };
        answer
    }

    /// Waits for one answer, within the deadline of its phase.
    async fn ask<T>(
        &self,
        phase: Phase,
        path: &str,
        answer: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, TransportError> {
        let after = self.deadlines.of(phase);
        match timeout(after, answer).await {
            Ok(answer) => answer.map_err(|error| self.failed(phase, path, error)),
            Err(_) => {
                self.owes_answer.store(true, Ordering::Relaxed);
                Err(TransportError::TimedOut { phase, after })
            }
        }
    }

    fn failed(&self, phase: Phase, path: &str, error: ClientError) -> TransportError {
        client_failure(phase, path, error, &self.witness)
    }

    /// Whether the partner sees something under this name; nothing where it doesn't let us ask.
    async fn sees(&self, path: &str) -> Result<Option<bool>, TransportError> {
        match self.look(path).await {
            Ok(found) => Ok(Some(found.is_some())),
            Err(error) if error.is_refusal() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn look(&self, path: &str) -> Result<Option<RemoteFile>, TransportError> {
        match self.ask(Phase::Stat, path, self.raw.lstat(path)).await {
            Ok(answer) => Ok(Some(remote_file(&answer.attrs))),
            Err(TransportError::NoSuchPath { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn take_away(&self, path: &str) -> Result<bool, TransportError> {
        match self.ask(Phase::Remove, path, self.raw.remove(path)).await {
            Ok(_) => Ok(true),
            Err(TransportError::NoSuchPath { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn room(&self, path: &str) -> Result<Option<u64>, TransportError> {
        if !self.offers.statvfs {
            return Ok(None);
        }
        let answer = self.ask(Phase::Space, path, self.raw.statvfs(path)).await?;
        Ok(Some(answer.fragment_size.saturating_mul(answer.blocks_avail)))
    }

    /// Adds to a bare "failure" what can be found out: whether the disk of `place` has room for `missing` bytes. A file
    /// that was not created has no place of its own; its directory has.
    async fn explain(&self, mut error: TransportError, place: &str, missing: u64) -> TransportError {
        if let TransportError::PartnerFailed { free, missing: needed, .. } = &mut error {
            *free = self.room(place).await.ok().flatten();
            *needed = missing;
        }
        error
    }
}

/// The fact behind an error of the SFTP library.
fn client_failure(phase: Phase, path: &str, error: ClientError, witness: &Witness) -> TransportError {
    match error {
        ClientError::Status(status) => refused(phase, path, status),
        ClientError::IO(cause) | ClientError::UnexpectedBehavior(cause) => witness.lost(phase, &cause),
        ClientError::Timeout => witness.lost(phase, "the SFTP library gave up waiting"),
        ClientError::Limited(what) => TransportError::Unsupported { what },
        ClientError::UnexpectedPacket => {
            TransportError::ProtocolViolated { phase, cause: "an answer of the wrong kind".to_owned() }
        }
    }
}

fn refused(phase: Phase, path: &str, status: Status) -> TransportError {
    let path = path.to_owned();
    let message = words::told(&status.error_message);
    match status.status_code {
        StatusCode::NoSuchFile => TransportError::NoSuchPath { path, phase },
        StatusCode::PermissionDenied => TransportError::PermissionDenied { path, phase },
        StatusCode::Failure => TransportError::PartnerFailed { path, phase, message, free: None, missing: 0 },
        StatusCode::OpUnsupported => {
            TransportError::Unsupported { what: format!("{phase} as we ask for it") }
        }
        StatusCode::NoConnection | StatusCode::ConnectionLost => {
            TransportError::Lost { phase, cause: message }
        }
        StatusCode::Ok | StatusCode::Eof | StatusCode::BadMessage => TransportError::ProtocolViolated {
            phase,
            cause: format!("status {:?} ({message})", status.status_code),
        },
    }
}

/// A file handle is opaque bytes to the protocol, and text to the library: other bytes would come back changed.
fn usable_handle(handle: String) -> Result<String, TransportError> {
    if handle.contains(char::REPLACEMENT_CHARACTER) {
        return Err(TransportError::Unsupported { what: "file handles that are text".to_owned() });
    }
    Ok(handle)
}

fn remote_file(attributes: &FileAttributes) -> RemoteFile {
    let kind = match attributes.permissions.map(|bits| FileMode::from_bits_truncate(bits & KIND_BITS)) {
        None => FileKind::Unknown,
        Some(mode) if mode == FileMode::REG => FileKind::File,
        Some(mode) if mode == FileMode::DIR => FileKind::Directory,
        Some(mode) if mode == FileMode::LNK => FileKind::Link,
        Some(mode) if mode.is_empty() => FileKind::Unknown,
        Some(_) => FileKind::Special,
    };
    let modified = attributes.mtime.and_then(|seconds| Timestamp::from_second(i64::from(seconds)).ok());
    RemoteFile { size: attributes.size, kind, modified }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_that_sends_no_permissions_leaves_the_kind_unknown() {
        assert_eq!(remote_file(&FileAttributes::empty()).kind, FileKind::Unknown);
        let with = |permissions| FileAttributes { permissions: Some(permissions), ..FileAttributes::empty() };
        assert_eq!(remote_file(&with(0o644)).kind, FileKind::Unknown);
        assert_eq!(remote_file(&with(0o100_644)).kind, FileKind::File);
        assert_eq!(remote_file(&with(0o140_755)).kind, FileKind::Special);
    }

    #[test]
    fn a_handle_that_is_not_text_is_refused_rather_than_sent_back_changed() {
        assert!(usable_handle("\u{0}\u{0}\u{0}\u{1}".to_owned()).is_ok());
        assert!(usable_handle("\u{0}\u{fffd}".to_owned()).is_err());
    }
}
