//! What a partner's answers say: a file that is seen there, and the evidence of a put, a read-back, a fetch and a rename.
//!
//! Plain data. Some of it stands in journal and receipts, word for word as it is named here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use totatsu_base::{Sha256, say};

/// What stands under a name at the partner; by default nothing is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// Size in bytes, where the partner tells it.
    pub size: Option<u64>,
    /// What kind of thing it is.
    pub kind: FileKind,
    /// When it was last written, by the partner's clock, to the second.
    pub modified: Option<Timestamp>,
}

impl RemoteFile {
    /// The file's size in words, for receipts and messages.
    pub fn shown_size(&self) -> String {
        self.size.map_or_else(|| say!("transport-size-untold"), |size| say!("transport-size", size = size))
    }

    /// Whether it is a plain file, as far as the partner tells.
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File
    }
}

/// What kind of thing stands under a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    #[default]
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
    /// The partner was asked and said yes.
    Yes,
    /// The partner does not offer to be asked.
    NotOffered,
}

/// What the partner gave back when a file was read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    /// Bytes up to the end of the file.
    pub bytes: u64,
    /// SHA-256 of those bytes.
    pub sha256: Sha256,
    /// Who worked the digest out.
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
    /// SHA-256 of our file, with what was there already.
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
