//! The deliveries whose receipts are due. Each receipt carries the digest of the one before, so one writer at a time issues them,
//! and then all that wait.
//!
//! Owns the order of asking, and no receipt. A delivery whose task stops waiting is issued a receipt all the same.

use std::sync::Mutex;

use tokio::sync::oneshot;

use super::Failure;
use totatsu_base::locked;
use totatsu_ledger::Delivery;

/// The deliveries that wait for a receipt.
#[derive(Debug, Default)]
pub struct DueReceipts(Mutex<Vec<DueReceipt>>);

/// A delivery that waits for its receipt.
#[derive(Debug)]
pub struct DueReceipt {
    /// The delivery or collection, which nobody else changes meanwhile.
    pub delivery: Delivery,
    tell: oneshot::Sender<Result<Delivery, Failure>>,
}

impl DueReceipts {
    /// Asks for a delivery's receipt; the delivery as it stands then comes back once it is recorded.
    pub fn ask(&self, delivery: Delivery) -> oneshot::Receiver<Result<Delivery, Failure>> {
        let (tell, told) = oneshot::channel();
        locked(&self.0).push(DueReceipt { delivery, tell });
        told
    }

    /// Takes the deliveries that have waited longest, no more than `at_most`.
    pub fn take(&self, at_most: usize) -> Vec<DueReceipt> {
        let mut waiting = locked(&self.0);
        let count = waiting.len().min(at_most);
        waiting.drain(..count).collect()
    }
}

impl DueReceipt {
    /// Tells whoever asked what came of the receipt.
    pub fn tell(self, outcome: Result<Delivery, Failure>) {
        // Whoever has gone finds the receipt in the ledger.
        drop(self.tell.send(outcome));
    }
}
