//! What the steps of the way in hand back: from the file seen at a partner to what became of it there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{Asked, FileIdentity, Peer};
use crate::digest::Sha256;

/// A file at a partner, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The file's path at the partner.
    pub path: String,
    /// The file's name.
    pub name: String,
    /// Bytes, where the partner tells it.
    pub size: Option<u64>,
    /// When the file was last written, by the partner's clock, to the second.
    pub modified: Option<Timestamp>,
    /// The date in the file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The number in the file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

/// The evidence that the partner's bytes are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// When the partner's file was last written, by its clock, before and after it was read.
    pub modified: Option<Timestamp>,
    /// The partner's digest file, where one is agreed: it names the same digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched_by: Option<String>,
    /// Who was at the other end, and how we know.
    pub peer: Peer,
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

/// The evidence of a decoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// The layout, as links name it.
    pub layout: String,
    /// The layout's version: the first day it applies.
    pub layout_version: String,
    /// SHA-256 of the layout file.
    pub layout_sha256: Sha256,
    /// Bytes of the partner's file.
    pub size: u64,
    /// SHA-256 of the partner's file, taken while it was decoded.
    pub sha256: Sha256,
    /// SHA-256 of the decoded file.
    pub decoded_sha256: Sha256,
    /// The number of records of each kind, as the partner sent them: those in quarantine count too.
    pub records: BTreeMap<String, u64>,
    /// The sum over the whole file of each summed item, those of records in quarantine among them.
    pub totals: BTreeMap<String, i64>,
    /// Rows that are handed out: data records as CSV, all records as JSON Lines, none as-is.
    #[serde(default)]
    pub rows: u64,
    /// Data records that are in quarantine and not among the rows.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub quarantined: u64,
    /// How many problems the records in quarantine have, listed in the report or not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub problems: u64,
}

/// The place in the inbox where rows are about to bear their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placing {
    /// The rows' path in the inbox.
    pub path: PathBuf,
    /// The hidden path of the rows until then.
    pub temporary: PathBuf,
    /// Whom the inbox may belong to besides root and the gateway, where the link names somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox_owner: Option<u32>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// Which file the rows are: their name may be another collection's later.
    pub identity: FileIdentity,
}

/// The evidence that the rows bear their name in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The rows' path in the inbox.
    pub path: PathBuf,
}

/// The evidence of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// How long the command took, in milliseconds; none where it outlived this program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
}

/// What became of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The file was taken: its rows were handed over, and imported where a command does that.
    Ok,
    /// The file breaks the layout, and nothing of it was taken.
    Refused,
}

/// The evidence that the partner will be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The outbound link.
    pub link: String,
    /// The acknowledgement's name in that link's outbox.
    pub name: String,
    /// SHA-256 of the acknowledgement's text.
    pub sha256: Sha256,
    /// What the acknowledgement says.
    pub outcome: Outcome,
}

impl Outcome {
    /// The outcome's word in acknowledgements.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// The evidence of what became of the partner's file after it was collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
