//! Who stands in front at each lock of exclusive control, among the deliveries of this gateway.
//!
//! Owns that one of them alone has a lock or tries to take it: however many wait, the others know whom they wait for, and are
//! woken when that one leaves. What other programs do with a lock shows only when it is tried; that is `collect::exclusive`.

use std::collections::HashMap;
use std::sync::Mutex;

use totatsu_base::{DeliveryId, locked};

/// The fronts of all locks.
#[derive(Debug, Default)]
pub struct LockFronts {
    by_lock: Mutex<HashMap<String, DeliveryId>>,
}

impl LockFronts {
    /// Puts a delivery in front of a lock, unless another stands there; that one is named.
    pub fn step_up(&self, lock: &str, id: &DeliveryId) -> Option<DeliveryId> {
        let mut fronts = locked(&self.by_lock);
        let front = fronts.entry(lock.to_owned()).or_insert_with(|| id.clone());
        (front != id).then(|| front.clone())
    }

    /// Who stands at the front of a lock, if anybody does.
    pub fn of(&self, lock: &str) -> Option<DeliveryId> {
        locked(&self.by_lock).get(lock).cloned()
    }

    /// Takes a delivery away from the front; names the lock in front of which it stood, if it did.
    pub fn leave(&self, id: &DeliveryId) -> Option<String> {
        let mut fronts = locked(&self.by_lock);
        let lock = fronts.iter().find(|(_, front)| *front == id).map(|(lock, _)| lock.clone())?;
        fronts.remove(&lock);
        Some(lock)
    }
}
