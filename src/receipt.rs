//! Sixth step: the receipt (到達証), the evidence that a delivery arrived, chained to the receipt before it.
//!
//! Owns the receipt's form and how it is checked again later. Promises that the file is on disk before it is recorded.
//! Never holds the contents of records.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::acknowledge::Acknowledged;
use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
use crate::ledger::state::{ByHand, Confirmation, Delivery, ReceiptLink, Stage};
use crate::remedy::Remedy;
use crate::spool::{self, DeliveryFolder, SpoolError};
use crate::transfer::Asked;
use crate::transport::Peer;
use crate::verify::Grade;

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
    /// The producer's file.
    pub source: SourceFacts,
    /// The bytes that were sent.
    pub sent: SentFacts,
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
    /// What people did to this delivery.
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

/// The producer's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Its name in the outbox.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// When it was taken over.
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
}

impl ReceiptError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ReceiptError::Spool(error) => Remedy::for_own_disk(&error.error),
            ReceiptError::EvidenceMissing(_) | ReceiptError::Unwritable(_) => Remedy::Hold,
        }
    }
}

/// Something a receipt says that the kept files or the ledger contradict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{what}: the receipt says {stated}, found {found}")]
pub struct Disagreement {
    /// What was compared.
    pub what: String,
    /// What the receipt, or for the receipt itself the ledger, states.
    pub stated: String,
    /// What is there.
    pub found: String,
}

/// Writes the receipt of a published delivery into its folder; `previous` is the end of the chain.
///
/// # Errors
/// See [`ReceiptError`]; a receipt file may then be there, but nobody counts it.
pub fn write(
    delivery: &Delivery,
    sender: Sender,
    previous: Option<ReceiptLink>,
    folder: &DeliveryFolder,
    now: Moment,
) -> Result<(Receipt, Sha256), ReceiptError> {
    let receipt = compose(delivery, sender, previous, now)?;
    let mut text = serde_json::to_vec_pretty(&receipt)?;
    text.push(b'\n');
    spool::write_durably(&folder.receipt(), 0o600, &text)?;
    Ok((receipt, Sha256::of(&text)))
}

/// Compares a receipt's file, and the bytes kept beside it, with what was recorded.
///
/// # Errors
/// A file can't be read.
pub fn check(recorded: &Delivery, folder: &DeliveryFolder) -> Result<Vec<Disagreement>, SpoolError> {
    let path = folder.receipt();
    let text = std::fs::read(&path).map_err(SpoolError::at("reading", &path))?;
    let mut found = Vec::new();
    let recorded_sha256 = recorded.receipt.map(|receipt| receipt.sha256.to_string()).unwrap_or_default();
    compare(&mut found, "SHA-256 of receipt.json", recorded_sha256, Sha256::of(&text).to_string());
    match serde_json::from_slice::<Receipt>(&text) {
        Ok(receipt) => {
            let source = (receipt.source.sha256, receipt.source.size);
            compare_file(&mut found, "source", source, &folder.source())?;
            compare_file(&mut found, "sent", (receipt.sent.sha256, receipt.sent.size), &folder.sent())?;
        }
        Err(error) => {
            let (stated, found_instead) = ("a receipt".to_owned(), format!("something unreadable ({error})"));
            found.push(Disagreement { what: "form of receipt.json".into(), stated, found: found_instead });
        }
    }
    Ok(found)
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

fn compose(
    delivery: &Delivery,
    gateway: Sender,
    previous: Option<ReceiptLink>,
    now: Moment,
) -> Result<Receipt, ReceiptError> {
    use ReceiptError::EvidenceMissing as Missing;
    let converted = delivery.converted.as_ref().ok_or(Missing("converted"))?;
    let (grade, arrival) = match &delivery.confirmed {
        Some(_) => (Grade::Confirmed, arrival(delivery).ok()),
        None => (delivery.verified.as_ref().ok_or(Missing("verified"))?.grade, Some(arrival(delivery)?)),
    };
    Ok(Receipt {
        number: previous.map_or(1, |previous| previous.number + 1),
        previous: previous.map_or(Sha256::ZERO, |previous| previous.sha256),
        issued_at: now,
        gateway,
        delivery: delivery.id.clone(),
        resend_of: delivery.resend_of.clone(),
        link: delivery.link.clone(),
        partner: delivery.partner.clone(),
        grade,
        source: SourceFacts {
            name: delivery.accepted.name.clone(),
            size: delivery.accepted.size,
            sha256: delivery.accepted.sha256,
            accepted_at: delivery.accepted_at,
        },
        sent: SentFacts {
            size: converted.size,
            sha256: converted.sha256,
            layout: converted.layout.clone(),
            layout_version: converted.layout_version.clone(),
            layout_sha256: converted.layout_sha256,
            records: converted.records.clone(),
            totals: converted.totals.clone(),
            signed_totals: converted.signed_totals.clone(),
            folds: converted.folds,
            folds_by_table: converted.folds_by_table.clone(),
        },
        arrival,
        acknowledgement: delivery.acknowledged.clone(),
        confirmation: delivery.confirmed.clone(),
        asked: asked(delivery),
        by_hand: delivery.by_hand.clone(),
    })
}

fn arrival(delivery: &Delivery) -> Result<Arrival, ReceiptError> {
    use ReceiptError::EvidenceMissing as Missing;
    let transferred = delivery.transferred.as_ref().ok_or(Missing("transferred"))?;
    let published = delivery.published.as_ref().ok_or(Missing("published"))?;
    let reached = |stage: Stage| delivery.reached(stage).ok_or(Missing(stage.word()));
    Ok(Arrival {
        path: published.path.clone(),
        transferred_at: reached(Stage::Transferred)?,
        verified_at: reached(Stage::Verified)?,
        published_at: reached(Stage::Published)?,
        transfers: delivery.transfers,
        peer: transferred.peer.clone(),
    })
}

fn asked(delivery: &Delivery) -> Vec<Asked> {
    let transferred = delivery.transferred.iter().flat_map(|evidence| &evidence.asked);
    let verified = delivery.verified.iter().flat_map(|evidence| &evidence.asked);
    let published = delivery.published.iter().flat_map(|evidence| &evidence.asked);
    let acknowledged = delivery.acknowledged.iter().flat_map(|evidence| &evidence.asked);
    transferred.chain(verified).chain(published).chain(acknowledged).cloned().collect()
}

fn compare(found: &mut Vec<Disagreement>, what: &str, stated: String, there: String) {
    if stated != there {
        found.push(Disagreement { what: what.to_owned(), stated, found: there });
    }
}

fn compare_file(
    found: &mut Vec<Disagreement>,
    name: &str,
    (sha256, size): (Sha256, u64),
    path: &Path,
) -> Result<(), SpoolError> {
    let (there, length) = Sha256::of_file(path).map_err(SpoolError::at("reading", path))?;
    compare(found, &format!("size of {name}"), size.to_string(), length.to_string());
    compare(found, &format!("SHA-256 of {name}"), sha256.to_string(), there.to_string());
    Ok(())
}
