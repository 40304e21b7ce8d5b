//! What a step may ask of a partner, whatever carries the bytes.
//!
//! Owns the words of a session: the peer that answered, a file seen there, the evidence of a put, a read-back and a
//! rename. Promises that every answer is a fact the partner stated or an error that says what is known; it never
//! retries, never deletes on its own account and never replaces a file unless it was asked to. A session that timed
//! out or lost its line is no longer alive and is to be dropped.

pub mod certificate_fault;
pub mod error;
pub mod ftps;
mod incoming;
pub mod limits;
pub mod listing;
pub mod medium;
pub mod pace;
pub mod pool;
pub mod sftp;
pub mod words;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use totatsu_base::digest::Sha256;
pub use totatsu_base::evidence::{Overwrite, Peer};

pub use certificate_fault::CertificateFault;
pub use error::{Phase, TransportError};
pub use limits::{Deadlines, Secret};
pub use listing::{Listed, Listing};
pub use pace::MinimumThroughput;

/// One authenticated session with a partner. Requests follow one another; many bytes are in flight within one of them.
///
/// A future of any of these calls may be dropped half-way: what was sent stays sent, and the session is no longer alive.
#[async_trait]
pub trait Session: Send {
    /// Who answered, and how it was proven.
    fn peer(&self) -> &Peer;

    /// What stands under the name `path`, without following a symbolic link: the question is always whether the name is
    /// taken, and a link that leads nowhere takes it too. `None` only where the partner says that there is no such file.
    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>, TransportError>;

    /// Carries the file `source` to `path`, beginning at byte `from`. With 0, the name must not exist yet; otherwise it
    /// holds a part, and the caller has proven that its first `from` bytes are ours. Returns when every write, the sync
    /// (where it is offered) and the close were acknowledged. After an error the name may hold part of the bytes.
    async fn put(
        &mut self,
        source: &Path,
        path: &str,
        from: u64,
        progress: &Progress,
    ) -> Result<Put, TransportError>;

    /// Reads `path` from its first byte to its end and keeps the digest only; a partner that works out the same digest on
    /// its side may be asked for that instead.
    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack, TransportError>;

    /// The whole of a small file, such as an acknowledgement, to be looked at; an error if it is longer than `limit`.
    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, TransportError>;

    /// Brings the file `path` here: reads it from byte `from` to its end and appends to our file `to`, whose first `from`
    /// bytes the caller has proven to be the partner's; what lies behind them in `to` is cut off, and with 0 `to` is created
    /// or emptied. Several reads are under way. Where the partner can't begin in the middle, `to` is emptied and filled anew.
    ///
    /// Returns when all bytes are synced to our disk, and are as many as the partner told before; a partner that tells no
    /// size is not read from. After an error `to` holds a part, in order and without holes. After
    /// [`TransportError::PartnerFileChanged`] that part is of no use any more.
    async fn fetch(
        &mut self,
        path: &str,
        to: &Path,
        from: u64,
        progress: &Progress,
    ) -> Result<Brought, TransportError>;

    /// Gives the file `from` the name `to`. With [`Overwrite::Refuse`] an existing `to` is never replaced; the result
    /// says whether the name `from` is gone too.
    ///
    /// Where the outcome is unknown (see [`TransportError::outcome_unknown`]), ask for both names over a new session:
    /// only `from`: nothing happened; only `to`: done; both, and `to` holds our bytes: the link was made, remove `from`;
    /// both, and `to` holds others: the name was taken by someone else.
    async fn rename(&mut self, from: &str, to: &str, overwrite: Overwrite)
    -> Result<Renamed, TransportError>;

    /// Removes the file `path`; `false` where there was none.
    async fn remove(&mut self, path: &str) -> Result<bool, TransportError>;

    /// Bytes that we may still write on the file system of `path`; `None` where the partner can't be asked.
    async fn free_space(&mut self, path: &str) -> Result<Option<u64>, TransportError>;

    /// What the directory holds; empty for the one that the session starts in. Where the listing is not complete, the
    /// session may be no longer alive.
    async fn list(&mut self, directory: &str) -> Result<Listing, TransportError>;

    /// Makes one bare request about two names, without a look before or after it, and so perhaps destroys what bears the
    /// name `to`: for trying a server out with files of our own, never for a delivery.
    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<(), TransportError>;

    /// What the partner says are its limits; `None` where it doesn't tell.
    fn limits(&self) -> Option<ServerLimits>;

    /// Whether [`Session::rename`] makes the new name first and removes the old one with a second request. Between the two
    /// the partner may take the file away, and what is left then looks as if nothing had been done.
    fn names_in_two_steps(&self) -> bool;

    /// Whether another request may be made: the line stands and no request was left without its answer.
    fn is_alive(&self) -> bool;

    /// Says goodbye and closes the line, within the deadline for closing; what the partner answers no longer matters.
    async fn close(self: Box<Self>);
}

/// How one partner is reached: what carries the bytes, and all that it has to know.
#[derive(Debug, Clone)]
pub enum Reach {
    /// SFTP over SSH.
    Sftp(sftp::SftpSettings),
    /// FTP over TLS, or plain FTP.
    Ftps(ftps::FtpsSettings),
    /// A medium that is carried there.
    Medium(medium::MediumSettings),
}

impl Reach {
    /// Opens a session.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn connect(&self) -> Result<Box<dyn Session>, TransportError> {
        match self {
            Reach::Sftp(settings) => sftp::connect(settings).await,
            Reach::Ftps(settings) => ftps::connect(settings).await,
            Reach::Medium(settings) => medium::connect(settings).await,
        }
    }

    /// How long each phase may wait for its answer.
    pub fn deadlines_mut(&mut self) -> &mut Deadlines {
        match self {
            Reach::Sftp(settings) => &mut settings.deadlines,
            Reach::Ftps(settings) => &mut settings.deadlines,
            Reach::Medium(settings) => &mut settings.deadlines,
        }
    }

    /// The slowest transfer that is still let through; a medium is waited for as long as it isn't silent.
    pub fn minimum_throughput_mut(&mut self) -> Option<&mut MinimumThroughput> {
        match self {
            Reach::Sftp(settings) => Some(&mut settings.minimum_throughput),
            Reach::Ftps(settings) => Some(&mut settings.minimum_throughput),
            Reach::Medium(_) => None,
        }
    }
}

/// What stands under a name at the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// Size in bytes, where the partner tells it.
    pub size: Option<u64>,
    /// What kind of thing it is.
    pub kind: FileKind,
    /// When it was last written, by the partner's clock, to the second.
    pub modified: Option<Timestamp>,
}

impl RemoteFile {
    /// Its size in words, for receipts and messages.
    pub fn shown_size(&self) -> String {
        self.size.map_or_else(|| "of untold size".to_owned(), |size| format!("{size} bytes"))
    }

    /// Whether it is a plain file, as far as the partner tells.
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File
    }
}

/// What kind of thing stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A plain file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket or a device.
    Special,
    /// The partner does not say; some servers on Windows never do.
    Unknown,
}

/// Evidence of a file that was carried to the partner in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Put {
    /// Bytes that the partner now has: the whole source.
    pub bytes: u64,
    /// SHA-256 of the whole source as it was read for sending, with what was there already.
    pub sha256: Sha256,
    /// Whether the partner said that the bytes lie on its disk.
    pub synced: Synced,
}

/// Whether the partner confirmed that the bytes lie on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Synced {
    /// It was asked and said yes.
    Yes,
    /// It does not offer to be asked.
    NotOffered,
}

/// What the partner gave back when a file was read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    /// Bytes up to the end of the file.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// Who worked it out.
    pub by: ReadBy,
}

/// Who worked out the digest of a file at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadBy {
    /// We did, over the bytes that came back over the line.
    Us,
    /// The partner did over its own file, and told us (FTP's `HASH` or `XSHA256`).
    Partner,
    /// We did, over bytes that the device gave past its cache in memory (`O_DIRECT`).
    PastCache,
    /// We did, over bytes that were read after the cache in memory had been dropped (`POSIX_FADV_DONTNEED`).
    AfterDroppingCache,
}

/// Evidence of a file that was brought here in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Bytes of our file: the partner's whole file.
    pub bytes: u64,
    /// SHA-256 of them, with what was there already.
    pub sha256: Sha256,
}

/// Evidence of a name given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// Which request did it.
    pub by: RenamedBy,
    /// The old name still stands beside the new one: the partner made the link but refused to remove the old name.
    pub old_name_left: bool,
}

/// Which request gave the new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenamedBy {
    /// A hard link to the new name, then the old name removed: can't replace anything on any file system.
    HardLink,
    /// The protocol's plain rename, after the new name was seen to be free.
    Rename,
    /// A rename that replaces what was there in one instant.
    AtomicRename,
}

/// A request about two names, as the protocol has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRequest {
    /// The plain rename.
    Rename,
    /// The rename that replaces (SFTP: `posix-rename@openssh.com`).
    ReplacingRename,
    /// A second name for the same file (SFTP: `hardlink@openssh.com`).
    HardLink,
}

/// What a server says that it takes at most (SFTP: `limits@openssh.com`); `None` where it names no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ServerLimits {
    /// Bytes of a packet.
    pub packet: Option<u64>,
    /// Bytes of one read.
    pub read: Option<u64>,
    /// Bytes of one write.
    pub write: Option<u64>,
    /// Open files of one session.
    pub handles: Option<u64>,
}

/// Bytes done of bytes to do, shared by the one who carries and those who watch; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Nothing done of nothing.
    pub fn new() -> Progress {
        Progress::default()
    }

    /// Starts again at zero of `total` bytes.
    pub fn begin(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
        self.0.done.store(0, Ordering::Relaxed);
    }

    /// Another `bytes` are done: acknowledged by the partner, or received from it.
    pub fn add(&self, bytes: u64) {
        self.0.done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes done so far.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Bytes to do; 0 before it is known.
    pub fn total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }
}

/// The directory of a path at the partner.
fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => ".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_progress_count_together() {
        let carried = Progress::new();
        let watched = carried.clone();
        carried.begin(10);
        carried.add(4);
        assert_eq!((watched.done(), watched.total()), (4, 10));
    }

    #[test]
    fn the_directory_of_a_path_is_what_stands_before_its_last_slash() {
        assert_eq!(parent("in/a.tmp"), "in");
        assert_eq!(parent("/a.tmp"), "/");
        assert_eq!(parent("a.tmp"), ".");
    }
}
