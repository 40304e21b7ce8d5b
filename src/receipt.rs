//! Sixth step: the receipt (到達証), the evidence that a delivery arrived or a collection was handed over.
//!
//! Owns the receipt's form; [`check()`] and its siblings prove it again later. Promises that it is signed, and chained to the
//! receipt before it, and that the file and its signature are on disk before the receipt is recorded; whatever a crash leaves
//! of both is simply written anew. Never holds the contents of records.

mod facts;
pub mod key;
mod proof;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::acknowledge::Acknowledged;
use crate::clock::Moment;
use crate::collect::answer::Answered;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
use crate::ledger::journal::Position;
use crate::ledger::state::{ByHand, Confirmation, Delivery, ReceiptLink};
use crate::remedy::Remedy;
use crate::spool::{self, DeliveryFolder, SpoolError};
use crate::transfer::Asked;
use crate::transport::Peer;
use crate::verify::Grade;
use key::{KeyError, ReceiptKey};

pub(crate) use facts::grade;
pub use proof::{Disagreement, Examined, check, check_alone, examine, read_signed};

/// Acts by hand that a receipt tells, the last of them.
const ACTS_TOLD: usize = 50;
/// Characters of a reason that it tells; what is asked for today has none longer.
const REASON_TOLD: usize = 1000;
/// Characters of who did it: two names, and what stands between them.
const WHO_TOLD: usize = 700;

/// A receipt, as it stands in its file and in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Number in this gateway's chain of receipts, from 1.
    pub number: u64,
    /// SHA-256 of the file of the receipt before; zeros for the first.
    pub previous: Sha256,
    /// When it was written.
    pub issued_at: Moment,
    /// Who sent.
    pub gateway: Sender,
    /// Fingerprint of the key that signs; none on receipts from before there were signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// How far the journal went when it was written: the signature vouches for every line up to there.
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
    /// Where they arrived; missing where only a person says that they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Arrival>,
    /// That the partner says it has them, where that is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledged>,
    /// That a person says so, where nothing else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// Everything that was asked of the partner and its answers, in order.
    pub asked: Vec<Asked>,
    /// What people did to this delivery, at last; the journal has all of it.
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
    /// Its sequence number.
    pub seq: u64,
    /// Its SHA-256, without the line end.
    pub sha256: Sha256,
}

/// The producer's file, or the partner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Its name in the outbox, or at the partner.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// When it was taken over, or found.
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
    /// Its version.
    pub layout_version: String,
    /// SHA-256 of the layout's file.
    pub layout_sha256: Sha256,
    /// Records of each kind.
    pub records: BTreeMap<String, u64>,
    /// Sums of items over all data records, re-read from the bytes.
    pub totals: BTreeMap<String, u64>,
    /// The same of items with a sign.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_totals: BTreeMap<String, i64>,
    /// Characters replaced by agreed ones, and values cut.
    pub folds: u64,
    /// The same by the table that says so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub folds_by_table: BTreeMap<String, u64>,
}

/// What a collection came from, and what was handed over of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The path at the partner.
    pub from: String,
    /// Who was there, and how we know.
    pub peer: Peer,
    /// The partner's digest file that names the same digest, where one is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched_by: Option<String>,
    /// When the partner's bytes lay on our disk.
    pub fetched_at: Moment,
    /// The rows' path in the inbox.
    pub path: PathBuf,
    /// Their bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// When they bore their name there.
    pub placed_at: Moment,
    /// The layout.
    pub layout: String,
    /// Its version.
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
    /// When they were imported, where a command does that or a person said so.
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
    /// When they were proven.
    pub verified_at: Moment,
    /// When they bore their final name.
    pub published_at: Moment,
    /// Times a transfer was begun.
    pub transfers: u32,
    /// Who received, and how we know.
    pub peer: Peer,
}

/// Why no receipt could be written.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Our disk refused; usually it is full.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Evidence is missing in the ledger: a fault of this program.
    #[error("the ledger lacks the evidence {0:?} for a receipt: report this as a fault of totatsu")]
    EvidenceMissing(&'static str),
    /// The receipt can't be written as JSON: a fault of this program.
    #[error("a receipt can't be written as JSON: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// It can't be signed; see there.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl ReceiptError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ReceiptError::Spool(error) => Remedy::for_own_disk(&error.error),
            ReceiptError::EvidenceMissing(_) | ReceiptError::Unwritable(_) => Remedy::Hold,
            ReceiptError::Key(error) => error.remedy(),
        }
    }
}

/// What a receipt states besides its delivery.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Who sends.
    pub gateway: Sender,
    /// The end of the chain of receipts.
    pub previous: Option<ReceiptLink>,
    /// The end of the journal.
    pub journal: Position,
    /// When it is written.
    pub at: Moment,
}

/// Writes the receipt of a delivery or a collection into its folder, and its signature beside it.
///
/// # Errors
/// See [`ReceiptError`]; a receipt file may then be there, but nobody counts it.
pub fn write(
    delivery: &Delivery,
    issue: Issue,
    key: &ReceiptKey,
    folder: &DeliveryFolder,
) -> Result<(Receipt, Sha256), ReceiptError> {
    let receipt = compose(delivery, issue, key.fingerprint())?;
    let text = text_of(&receipt)?;
    let path = folder.receipt();
    spool::write_durably(&path, 0o600, &text)?;
    spool::write_durably(&signature_path(&path), 0o600, key.sign(&text)?.as_bytes())?;
    // Durable from here: whoever records the receipt records a signed one.
    Ok((receipt, Sha256::of(&text)))
}

/// The bytes of a receipt's file.
///
/// # Errors
/// It can't be written as JSON: a fault of this program.
pub fn text_of(receipt: &Receipt) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(receipt)?;
    text.push(b'\n');
    Ok(text)
}

/// Where the signature of a receipt's file lies.
pub fn signature_path(receipt: &Path) -> PathBuf {
    let mut name = receipt.file_name().unwrap_or_default().to_owned();
    name.push(".sig");
    receipt.with_file_name(name)
}

/// Reads a receipt's file, for showing.
///
/// # Errors
/// It can't be read, or is no receipt.
pub fn read(path: &Path) -> Result<(Receipt, Sha256), SpoolError> {
    let text = std::fs::read(path).map_err(SpoolError::at("reading", path))?;
    let receipt = serde_json::from_slice(&text)
        .map_err(|error| SpoolError::at("understanding", path)(std::io::Error::other(error)))?;
    Ok((receipt, Sha256::of(&text)))
}

/// Everything that the ledger knows of an arrival or a handing over, as a receipt.
fn compose(delivery: &Delivery, issue: Issue, signed_by: String) -> Result<Receipt, ReceiptError> {
    let Issue { gateway, previous, journal, at } = issue;
    let (grade, arrival) = facts::proof(delivery)?;
    Ok(Receipt {
        number: previous.map_or(1, |previous| previous.number + 1),
        previous: previous.map_or(Sha256::ZERO, |previous| previous.sha256),
        issued_at: at,
        gateway,
        signed_by: Some(signed_by),
        journal: Some(Anchor { seq: journal.seq, sha256: journal.digest }),
        delivery: delivery.id.clone(),
        resend_of: delivery.resend_of.clone(),
        link: delivery.link.clone(),
        partner: delivery.partner.clone(),
        grade,
        source: facts::source(delivery)?,
        sent: facts::sent(delivery)?,
        handed_over: facts::handed_over(delivery)?,
        arrival,
        acknowledgement: delivery.acknowledged.clone(),
        confirmation: delivery.confirmed.clone(),
        asked: facts::asked(delivery),
        by_hand: told_acts(&delivery.by_hand),
    })
}

/// The last of many acts, each with so much of its reason as can be recorded for all of them: a receipt has to fit into one
/// line of the journal, whatever people did.
fn told_acts(acts: &[ByHand]) -> Vec<ByHand> {
    let told = |act: &ByHand| {
        let mut act = act.clone();
        for (text, limit) in [(&mut act.reason, REASON_TOLD), (&mut act.by, WHO_TOLD)] {
            if let Some((end, _)) = text.char_indices().nth(limit) {
                text.replace_range(end.., "…");
            }
        }
        act
    };
    acts.iter().skip(acts.len().saturating_sub(ACTS_TOLD)).map(told).collect()
}
