//! Who may change which delivery at this moment, and how far its bytes have come.
//!
//! Owns that a step that is under way and an act by hand exclude each other. Both rights end when they are dropped.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use totatsu_base::{DeliveryId, locked};
use totatsu_transport::Progress;

/// All claims, and the progress of all deliveries whose bytes are moving.
#[derive(Debug, Default)]
pub struct Claims {
    claimed: Mutex<HashSet<DeliveryId>>,
    watched: Mutex<HashMap<DeliveryId, Progress>>,
    asked: Mutex<HashSet<DeliveryId>>,
}

/// The right to change one delivery's state, until this is dropped: a step that is under way has it, or a person.
#[derive(Debug)]
pub struct Claim<'a> {
    claims: &'a Claims,
    id: DeliveryId,
}

/// A delivery whose bytes are moving; watched until this is dropped.
#[derive(Debug)]
pub struct Watched<'a> {
    claims: &'a Claims,
    id: DeliveryId,
    progress: Progress,
}

impl Claims {
    /// The right to change a delivery's state; nothing while somebody else has it.
    pub fn claim(&self, id: &DeliveryId) -> Option<Claim<'_>> {
        locked(&self.claimed).insert(id.clone()).then(|| Claim { claims: self, id: id.clone() })
    }

    /// Whether nobody has the right to change a delivery's state at this moment.
    pub fn is_free(&self, id: &DeliveryId) -> bool {
        !locked(&self.claimed).contains(id)
    }

    /// Lets others see how far a delivery's bytes have come.
    pub fn watch(&self, id: &DeliveryId) -> Watched<'_> {
        let progress = Progress::new();
        locked(&self.watched).insert(id.clone(), progress.clone());
        Watched { claims: self, id: id.clone(), progress }
    }

    /// How far a delivery's bytes have come, if they are moving.
    pub fn progress(&self, id: &DeliveryId) -> Option<Progress> {
        locked(&self.watched).get(id).cloned()
    }

    /// Notes that a delivery's final name is asked for from here on. Says whether the name was asked for before, and the
    /// outcome could not be recorded because our own disk was full.
    pub fn ask_for_name(&self, id: &DeliveryId) -> bool {
        !locked(&self.asked).insert(id.clone())
    }

    /// Notes that what came of a delivery's step is recorded: the ledger knows whether the name may have been given.
    pub fn recorded(&self, id: &DeliveryId) {
        locked(&self.asked).remove(id);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        locked(&self.claims.claimed).remove(&self.id);
    }
}

impl Watched<'_> {
    /// What the transport counts.
    pub fn counter(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        locked(&self.claims.watched).remove(&self.id);
    }
}
