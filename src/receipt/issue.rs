//! Writes a receipt: everything that the ledger knows of an arrival, signed and chained.

use std::path::Path;

use super::error::ReceiptError;
use super::facts;
use super::file::{signature_path, text_of};
use super::key::ReceiptKey;
use crate::spool::DeliveryFolder;
use totatsu_base::evidence::{Anchor, ByHand, Receipt, ReceiptLink, Sender};
use totatsu_base::{Moment, Sha256, SpoolError, durable};
use totatsu_ledger::{Delivery, Position};

/// How many acts by hand a receipt tells at most: the last ones.
const ACTS_TOLD: usize = 50;
/// Characters of a reason that a receipt tells at most. Commands take no longer ones today.
const REASON_TOLD: usize = 1000;
/// Characters of who did an act that a receipt tells at most: enough for two names, and what stands between them.
const WHO_TOLD: usize = 700;

/// What a receipt states besides its delivery.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Who sends.
    pub gateway: Sender,
    /// The end of the chain of receipts.
    pub previous: Option<ReceiptLink>,
    /// The end of the journal.
    pub journal: Position,
    /// When the receipt is written.
    pub at: Moment,
}

/// A receipt with its signature, that nobody has written yet.
#[derive(Debug, Clone)]
pub struct SignedReceipt {
    /// What the receipt says.
    pub receipt: Receipt,
    /// The digest of its file, which the next receipt carries.
    pub sha256: Sha256,
    text: Vec<u8>,
    signature: String,
}

/// Composes and signs the receipt of a delivery or a collection.
///
/// # Errors
/// Evidence is missing, or it can't be signed.
pub fn sign(delivery: &Delivery, issue: Issue, key: &ReceiptKey) -> Result<SignedReceipt, ReceiptError> {
    let receipt = compose(delivery, issue, key.fingerprint())?;
    let text = text_of(&receipt)?;
    let (sha256, signature) = (Sha256::of(&text), key.sign(&text)?);
    Ok(SignedReceipt { receipt, sha256, text, signature })
}

impl SignedReceipt {
    /// The receipt's place in the chain: its number and digest.
    pub fn place(&self) -> ReceiptLink {
        ReceiptLink { number: self.receipt.number, sha256: self.sha256 }
    }

    /// Writes the receipt into the delivery's folder, and its signature beside it.
    ///
    /// # Errors
    /// Our disk refused. One of the files may be there then, but counts for nothing.
    pub fn write(&self, folder: &DeliveryFolder) -> Result<(), SpoolError> {
        let path = folder.receipt();
        let files: [(&Path, &[u8]); 2] =
            [(&path, &self.text), (&signature_path(&path), self.signature.as_bytes())];
        // Durable from here: whoever records the receipt records a signed one.
        durable::write_together(&files, 0o600)
    }
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

/// The last acts, with names and reasons cut to their limits: a receipt has to fit into one line of the journal, whatever people
/// did.
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
