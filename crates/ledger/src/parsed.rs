//! Deliveries that were stored or read lately, so that one isn't parsed again while its entry is the same.
//!
//! Owns no truth: sled is asked first, and a parsed delivery is handed out only where sled's bytes are those that were parsed. Of
//! each delivery one is kept, of those that were used last.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::entries::read;
use crate::error::IndexError;
use crate::state::Delivery;
use totatsu_base::{DeliveryId, locked};

/// Deliveries that are kept, and as many of those used before them: more than a gateway works on at a time, and a few MiB.
const KEPT: usize = 256;

/// A delivery with the bytes that it stands in.
struct ParsedEntry {
    stored: Box<[u8]>,
    delivery: Delivery,
}

/// The deliveries that were stored or read lately.
#[derive(Default)]
pub(super) struct Parsed(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<DeliveryId, ParsedEntry>,
    /// Entries that were young before; one that is asked for is young again.
    old: HashMap<DeliveryId, ParsedEntry>,
}

impl Parsed {
    /// The delivery that stands in these bytes.
    pub(super) fn delivery(&self, id: &DeliveryId, stored: &[u8]) -> Result<Delivery, IndexError> {
        if let Some(delivery) = locked(&self.0).known(id, stored) {
            return Ok(delivery);
        }
        let delivery: Delivery = read(stored)?;
        self.note(&delivery, stored);
        Ok(delivery)
    }

    /// Notes what is about to be stored in these bytes.
    pub(super) fn note(&self, delivery: &Delivery, stored: &[u8]) {
        let entry = ParsedEntry { stored: stored.into(), delivery: delivery.clone() };
        locked(&self.0).keep(delivery.id.clone(), entry);
    }
}

impl Generations {
    fn known(&mut self, id: &DeliveryId, stored: &[u8]) -> Option<Delivery> {
        if !self.young.contains_key(id) {
            let entry = self.old.remove(id)?;
            self.keep(id.clone(), entry);
        }
        self.young.get(id).filter(|entry| *entry.stored == *stored).map(|entry| entry.delivery.clone())
    }

    fn keep(&mut self, id: DeliveryId, entry: ParsedEntry) {
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, entry);
    }
}
