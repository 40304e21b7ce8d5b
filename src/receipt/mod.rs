//! Sixth step: the receipt (到達証), the evidence that a delivery arrived or a collection was handed over.
//!
//! Owns the receipt's form; [`check()`] and its siblings prove it again later. Promises that it is signed, and chained to the
//! receipt before it, and that the file and its signature are on disk before the receipt is recorded; whatever a crash leaves
//! of both is simply written anew. Never holds the contents of records.

mod facts;
pub mod key;
mod proof;

use std::path::{Path, PathBuf};

use crate::clock::Moment;
use crate::digest::Sha256;
pub use crate::evidence::{Anchor, Arrival, HandedOver, Receipt, Sender, SentFacts, SourceFacts};
use crate::ledger::journal::Position;
use crate::ledger::state::{Delivery, ReceiptLink};
use crate::remedy::Remedy;
use crate::spool::{self, DeliveryFolder, SpoolError};
use key::{KeyError, ReceiptKey};

pub(crate) use facts::grade;
pub use proof::{Disagreement, Examined, check, check_alone, examine, read_signed};

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
        by_hand: delivery.by_hand.clone(),
    })
}
