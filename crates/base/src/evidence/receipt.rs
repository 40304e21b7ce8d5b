//! The receipt (到達証), as it stands in its file and in the journal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Acknowledged, Answered, Asked, ByHand, Confirmation, Grade, Peer, SourceReading};
use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;

/// A receipt, as it stands in its file and in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Number in this gateway's chain of receipts, from 1.
    pub number: u64,
    /// SHA-256 of the file of the receipt before; zeros for the first.
    pub previous: Sha256,
    /// When the receipt was written.
    pub issued_at: Moment,
    /// Who sent.
    pub gateway: Sender,
    /// Fingerprint of the key that signs; none on receipts from before there were signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// How far the journal went when the receipt was written: the signature vouches for every line up to there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<Anchor>,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The delivery whose bytes were sent again, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_of: Option<DeliveryId>,
    /// The link.
    pub link: String,
    /// The partner.
    pub partner: String,
    /// How well the arrival is proven.
    pub grade: Grade,
    /// The producer's file, or the partner's.
    pub source: SourceFacts,
    /// The bytes that were sent, on a delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<SentFacts>,
    /// What was handed over, on a collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<HandedOver>,
    /// Where the bytes arrived; missing where only a person says that they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Arrival>,
    /// The partner's word that it has the bytes, where that is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledged>,
    /// A person's word that the bytes arrived, where nothing else says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// Everything that was asked of the partner and its answers, in order.
    pub asked: Vec<Asked>,
    /// The last acts by hand on this delivery; the journal has all of them.
    pub by_hand: Vec<ByHand>,
}

/// Who sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The gateway's name.
    pub name: String,
    /// Prefecture and municipality, five digits.
    pub municipality: String,
    /// Program and version.
    pub software: String,
}

/// A line of the journal, named so that nobody can put another in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The line's sequence number.
    pub seq: u64,
    /// SHA-256 of the line, without its line end.
    pub sha256: Sha256,
}

/// The producer's file, or the partner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// The file's name in the outbox, or at the partner.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// When the file was taken over, or found.
    pub accepted_at: Moment,
}

/// The bytes that were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFacts {
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// The layout.
    pub layout: String,
    /// The layout's version.
    pub layout_version: String,
    /// SHA-256 of the layout's file.
    pub layout_sha256: Sha256,
    /// Records of each kind.
    pub records: BTreeMap<String, u64>,
    /// Sums of items over all data records, re-read from the bytes.
    pub totals: BTreeMap<String, u64>,
    /// As `totals`, for items with a sign.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_totals: BTreeMap<String, i64>,
    /// Characters replaced by agreed ones, and values cut.
    pub folds: u64,
    /// The count of `folds`, by the table that asks for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub folds_by_table: BTreeMap<String, u64>,
    /// How the source was read, where it has a layout of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_layout: Option<SourceReading>,
}

/// What a collection came from, and what was handed over of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The path at the partner.
    pub from: String,
    /// Who was at the other end, and how we know.
    pub peer: Peer,
    /// The partner's digest file that names the same digest, where one is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched_by: Option<String>,
    /// When the partner's bytes lay on our disk.
    pub fetched_at: Moment,
    /// The rows' path in the inbox.
    pub path: PathBuf,
    /// Bytes of the rows.
    pub size: u64,
    /// SHA-256 of the rows.
    pub sha256: Sha256,
    /// When the rows bore their name in the inbox.
    pub placed_at: Moment,
    /// The layout.
    pub layout: String,
    /// The layout's version.
    pub layout_version: String,
    /// SHA-256 of the layout's file.
    pub layout_sha256: Sha256,
    /// Records of each kind.
    pub records: BTreeMap<String, u64>,
    /// Sums of items over all data records.
    pub totals: BTreeMap<String, i64>,
    /// Bad records that were kept from the rows.
    #[serde(default)]
    pub quarantined: u64,
    /// When the rows were imported, where a command does that or a person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_at: Option<Moment>,
    /// How often the import command was started.
    #[serde(default)]
    pub import_runs: u32,
    /// The acknowledgement for the partner, where one is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
}

/// Where the bytes arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The path at the partner.
    pub path: String,
    /// When all bytes had been acknowledged.
    pub transferred_at: Moment,
    /// When the bytes were proven.
    pub verified_at: Moment,
    /// When the bytes bore their final name.
    pub published_at: Moment,
    /// Times a transfer was begun.
    pub transfers: u32,
    /// Who received, and how we know.
    pub peer: Peer,
}

/// The receipt of a delivery, by its place in the chain of receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLink {
    /// Number in the chain, from 1.
    pub number: u64,
    /// SHA-256 of the receipt's file.
    pub sha256: Sha256,
}
