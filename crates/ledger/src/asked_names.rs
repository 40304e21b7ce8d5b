//! The names at partners that unfinished deliveries were or will be given, so that those who want the same one are found at once.
//!
//! Owns no truth: it is made of what sled holds when it is first asked for, and follows what is stored.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::IndexError;
use crate::state::Delivery;
use totatsu_base::DeliveryId;

/// A partner, and a path there.
type RemoteName = (String, String);

/// Names at partners, once they were asked for.
#[derive(Default)]
pub(super) struct AskedNames(Mutex<Option<Asked>>);

#[derive(Default)]
struct Asked {
    by_name: HashMap<RemoteName, HashSet<DeliveryId>>,
    of: HashMap<DeliveryId, RemoteName>,
}

impl AskedNames {
    /// The unfinished deliveries with this name at this partner. `all` hands out every delivery that sled holds.
    pub(super) fn with(
        &self,
        name: &RemoteName,
        all: impl FnOnce() -> Result<Vec<Delivery>, IndexError>,
    ) -> Result<Vec<DeliveryId>, IndexError> {
        let mut known = self.known();
        if known.is_none() {
            let mut asked = Asked::default();
            all()?.iter().for_each(|delivery| asked.follow(delivery));
            *known = Some(asked);
        }
        let of_name = known.as_ref().and_then(|asked| asked.by_name.get(name));
        Ok(of_name.into_iter().flatten().cloned().collect())
    }

    /// Takes note of what was stored.
    pub(super) fn follow(&self, stored: &[Delivery]) {
        if let Some(asked) = self.known().as_mut() {
            stored.iter().for_each(|delivery| asked.follow(delivery));
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    fn follow(&mut self, delivery: &Delivery) {
        let target = delivery.target.as_ref().filter(|_| !delivery.is_finished());
        let name = target.map(|target| (delivery.partner.clone(), target.final_path()));
        if self.of.get(&delivery.id) == name.as_ref() {
            return;
        }
        if let Some(before) = self.of.remove(&delivery.id)
            && let Some(others) = self.by_name.get_mut(&before)
        {
            others.remove(&delivery.id);
            if others.is_empty() {
                self.by_name.remove(&before);
            }
        }
        if let Some(name) = name {
            self.by_name.entry(name.clone()).or_default().insert(delivery.id.clone());
            self.of.insert(delivery.id.clone(), name);
        }
    }
}
