//! Writes receipts, all that are due at a time: each carries the digest of the one before, and all are recorded with one
//! sync.
//!
//! Promises that a receipt is recorded only once it and all before it in the chain are on disk. Where one fails, those behind it are
//! written anew, as if it had never been asked for.

use super::performed::Performed;
use crate::blocking::{InHand, begin};
use crate::gateway::{DueReceipt, Failure, Gateway};
use crate::receipt::{self, Issue, ReceiptError, SignedReceipt};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::durable::SpoolError;
use totatsu_ledger::LedgerError;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Stage};

/// How many receipts are written together at most.
const TOGETHER: usize = 64;

/// A receipt that is being written.
type BeingWritten = (DueReceipt, SignedReceipt, InHand<Result<(), SpoolError>>);

/// Has a delivery's receipt written: by whoever writes those that are due now, or here.
pub(super) async fn issue_receipt(gateway: &Gateway, delivery: &Delivery) -> Result<Performed, Failure> {
    let mut told = gateway.receipts.ask(delivery.clone());
    loop {
        let others_wait = tokio::select! {
            biased;
            told = &mut told => return match told {
                Ok(outcome) => outcome.map(|delivery| Performed::Recorded(Box::new(delivery))),
                // The task that wrote the receipt has been stopped: the ledger tells what was recorded.
                Err(_) => Ok(Performed::Nothing),
            },
            turn = gateway.ledger.turn_to_issue() => turn,
        };
        let mut due = gateway.receipts.take(TOGETHER);
        while !due.is_empty() {
            due = issue_together(gateway, due).await;
        }
        drop(others_wait);
    }
}

/// Issues receipts in this order. Hands back those behind one that failed, to be issued anew; the first is never among them.
async fn issue_together(gateway: &Gateway, mut due: Vec<DueReceipt>) -> Vec<DueReceipt> {
    let ends = || Ok::<_, LedgerError>((gateway.ledger.last_receipt()?, gateway.ledger.position()?));
    let (mut previous, journal) = match ends() {
        Ok(ends) => ends,
        Err(error) => {
            due.remove(0).tell(Err(error.into()));
            return due;
        }
    };
    let mut being_written = Vec::new();
    for one in due {
        let sender = gateway.sender(&one.delivery.link);
        let issue = Issue { gateway: sender, previous, journal, at: Moment::now() };
        match receipt::sign(&one.delivery, issue, &gateway.receipt_key) {
            Ok(signed) => {
                previous = Some(signed.place());
                let (folder, written) = (gateway.spool.folder(&one.delivery.id), signed.clone());
                being_written.push((one, signed, begin(move || written.write(&folder))));
            }
            Err(error) => one.tell(Err(error.into())),
        }
    }
    let (written, behind) = written(being_written).await;
    let mut again = record(gateway, written).await;
    again.extend(behind);
    again
}

/// The receipts that were written, up to the first that failed; and the deliveries behind that one.
async fn written(being_written: Vec<BeingWritten>) -> (Vec<(DueReceipt, SignedReceipt)>, Vec<DueReceipt>) {
    let (mut written, mut behind, mut broken) = (Vec::new(), Vec::new(), false);
    for (one, signed, outcome) in being_written {
        match outcome.end().await {
            // A receipt before it failed: its number and digest stand for nothing.
            _ if broken => behind.push(one),
            Ok(()) => written.push((one, signed)),
            Err(error) => {
                broken = true;
                one.tell(Err(ReceiptError::from(error).into()));
            }
        }
    }
    (written, behind)
}

/// Records receipts in this order; hands back those that the ledger refuses because one before them wasn't recorded.
async fn record(gateway: &Gateway, written: Vec<(DueReceipt, SignedReceipt)>) -> Vec<DueReceipt> {
    let events = written.iter().map(|(one, signed)| event_of(one.delivery.id.clone(), signed)).collect();
    let outcomes = gateway.ledger.record_all(events).await;
    let (mut again, mut broken) = (Vec::new(), false);
    for ((one, _), outcome) in written.into_iter().zip(outcomes) {
        match outcome {
            Err(LedgerError::Contradiction(_)) if broken => again.push(one),
            outcome => {
                // An event that is too long holds its delivery instead.
                broken |= outcome.as_ref().map_or(true, |after| after.stage != Stage::Receipted);
                one.tell(outcome.map_err(Failure::from));
            }
        }
    }
    again
}

fn event_of(id: DeliveryId, SignedReceipt { receipt, sha256, .. }: &SignedReceipt) -> (DeliveryId, Event) {
    let (number, sha256) = (receipt.number, *sha256);
    (id, Event::Receipted { number, sha256, receipt: Box::new(receipt.clone()) })
}
