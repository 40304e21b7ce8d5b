//! What the steps of the way out hand back: from the file taken over to the archive.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::hash::{Hash, Hasher};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{Overwrite, Peer};
use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
use crate::names::path_in;

/// Tells one file from every other, and from itself after a change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Device number when the file was seen. Not compared: the kernel numbers devices anew at each boot, and after a power
    /// cut the same file may be on a device of another number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change of the content, in nanoseconds since 1970.
    pub modified_ns: i64,
}

impl PartialEq for FileIdentity {
    fn eq(&self, other: &FileIdentity) -> bool {
        self.kept() == other.kept()
    }
}

impl Eq for FileIdentity {}

impl Hash for FileIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kept().hash(state);
    }
}

impl FileIdentity {
    /// What a file keeps when the machine starts anew.
    fn kept(&self) -> (u64, u64, i64) {
        (self.inode, self.size, self.modified_ns)
    }

    /// The identity that `metadata` tells.
    pub fn of(metadata: &fs::Metadata) -> FileIdentity {
        FileIdentity {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified_ns: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
        }
    }
}

/// The owner of a file that was dropped, as the file system tells it of the very file that was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropper {
    /// The user.
    pub uid: u32,
    /// That user's name in the system's own database, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl fmt::Display for Dropper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user {
            Some(user) => f.write_str(user),
            None => write!(f, "uid {}", self.uid),
        }
    }
}

/// What is known after a file was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The file's name in the outbox.
    pub name: String,
    /// The outbox.
    pub outbox: PathBuf,
    /// Whom the outbox may belong to besides root and the gateway, where the link names somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox_owner: Option<u32>,
    /// Whose file it was, where that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_by: Option<Dropper>,
    /// Size of the source in bytes.
    pub size: u64,
    /// SHA-256 of the source.
    pub sha256: Sha256,
    /// Which file the outbox name stood for.
    pub identity: FileIdentity,
    /// A marker file stood beside the source and goes away with it.
    pub marker: bool,
}

/// The evidence of a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The layout, as links name it.
    pub layout: String,
    /// The layout's version: the first day it applies.
    pub layout_version: String,
    /// SHA-256 of the layout file.
    pub layout_sha256: Sha256,
    /// Bytes of the file to send.
    pub size: u64,
    /// SHA-256 of the file to send, taken while it was read back.
    pub sha256: Sha256,
    /// The number of records of each kind.
    pub records: BTreeMap<String, u64>,
    /// The sum over the whole file of each summed item.
    pub totals: BTreeMap<String, u64>,
    /// As `totals`, for sums of items with a sign.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_totals: BTreeMap<String, i64>,
    /// Characters of the source that are other ones in the file, and values that were cut.
    pub folds: u64,
    /// The count of `folds`, by the table that asks for them: `rules` for width, kana and the like, `truncate` for cuts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub folds_by_table: BTreeMap<String, u64>,
    /// How the source was read, where it has a layout of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_layout: Option<SourceReading>,
}

/// The layout by which a source was read, and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReading {
    /// The layout, as links name it.
    pub layout: String,
    /// The layout's version: the first day it applies.
    pub layout_version: String,
    /// SHA-256 of the layout file.
    pub layout_sha256: Sha256,
    /// The number of records of each kind in the source.
    pub records: BTreeMap<String, u64>,
    /// The sum over the whole source of each summed item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub totals: BTreeMap<String, i64>,
}

/// Where a delivery goes at the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The partner's directory; empty for the one the session starts in.
    pub directory: String,
    /// The name while bytes are still coming: hidden, ours alone, and unlike anything a partner would pick up.
    pub temporary: String,
    /// The name under which the partner finds the whole file.
    pub name: String,
    /// What happens if that name is taken.
    pub overwrite: Overwrite,
    /// Where the partner acknowledges the delivery, if that was agreed when the target was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<String>,
}

/// Something that was asked of the partner, and what it answered, in words for the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The question, e.g. `size of .totatsu-….part`.
    pub asked: String,
    /// The answer, e.g. `500096 bytes`.
    pub answered: String,
}

/// The evidence that the bytes were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// Bytes acknowledged by the partner.
    pub bytes: u64,
    /// SHA-256 of the bytes as they were read for sending.
    pub sha256: Sha256,
    /// Who was at the other end, and how we know.
    pub peer: Peer,
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

impl Target {
    /// The names for a delivery: `name` in `directory` at last, and a temporary one that tells its delivery.
    pub fn new(id: &DeliveryId, directory: &str, name: String, overwrite: Overwrite) -> Target {
        let (directory, temporary) = (directory.to_owned(), format!(".totatsu-{id}.part"));
        Target { directory, temporary, name, overwrite, acknowledgement: None }
    }

    /// The path while bytes are coming.
    pub fn temporary_path(&self) -> String {
        self.path_of(&self.temporary)
    }

    /// The path where the partner finds the whole file.
    pub fn final_path(&self) -> String {
        self.path_of(&self.name)
    }

    fn path_of(&self, name: &str) -> String {
        path_in(&self.directory, name)
    }
}

impl Asked {
    /// A question and its answer.
    pub fn new(asked: impl Into<String>, answered: impl Into<String>) -> Asked {
        Asked { asked: asked.into(), answered: answered.into() }
    }
}

/// How well the arrival is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Grade {
    /// A named person says that the delivery arrived; nothing was asked of the partner's server, or nothing conclusive.
    Confirmed,
    /// Every write and the close were acknowledged; the partner lets us ask for no more.
    Close,
    /// The partner also states the right size.
    Size,
    /// The partner's bytes were read back and have our SHA-256, or the partner works out the same over its own.
    Content,
}

impl Grade {
    /// The grade's word on receipts, in tables and on terminals.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// The evidence that the partner holds our bytes under the temporary name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// How well it is proven.
    pub grade: Grade,
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

/// The evidence that the final name stands for our bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The path at the partner.
    pub path: String,
    /// An earlier rename, whose answer never reached us, had already been done.
    pub found_done: bool,
    /// Only the partner's acknowledgement can prove the arrival: both names are gone, and no answer said that the rename was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

/// The evidence that the partner says it has our bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The path of the acknowledgement.
    pub path: String,
    /// The acknowledgement's size in bytes.
    pub size: u64,
    /// The acknowledgement's SHA-256.
    pub sha256: Sha256,
    /// What was found in the acknowledgement.
    pub asked: Vec<Asked>,
}

/// Where a finished delivery is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// The delivery's folder in the archive.
    pub folder: PathBuf,
    /// The earliest instant at which the folder may be removed.
    pub keep_until: Moment,
    /// How the bytes that were left at the partner under a temporary name were removed; none where none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept: Option<Asked>,
}

/// A file of a delivery's folder that held contents of records, as it was when it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentFile {
    /// The file's name in the folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
}
