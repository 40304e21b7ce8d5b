//! The deliveries whose receipts are due. Each receipt carries the digest of the one before, so one writer at a time issues them,
//! and then all that wait.
//!
//! Owns no receipt and no order but that of asking. Who stops waiting is issued one all the same.

use std::sync::Mutex;

use tokio::sync::oneshot;

use super::Failure;
use totatsu_base::locked;
use totatsu_ledger::Delivery;

/// Those who wait for a receipt.
#[derive(Debug, Default)]
pub struct DueReceipts(Mutex<Vec<DueReceipt>>);

/// One who waits.
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

    /// Those who have waited longest, so many at most.
    pub fn take(&self, at_most: usize) -> Vec<DueReceipt> {
        let mut waiting = locked(&self.0);
        let count = waiting.len().min(at_most);
        waiting.drain(..count).collect()
    }
}

impl DueReceipt {
    /// Tells what came of it.
    pub fn tell(self, outcome: Result<Delivery, Failure>) {
        // Who has gone finds it in the ledger.
        drop(self.tell.send(outcome));
    }
}
