//! Deliveries that were read lately, so that one isn't parsed again while its entry is the same.
//!
//! Owns no truth: what sled has is asked first, and only where its bytes are those that were parsed is the parsed delivery handed
//! out. Of each delivery one is kept, of so many at most.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::entries::read;
use crate::error::IndexError;
use crate::state::Delivery;
use totatsu_base::DeliveryId;

/// So many are kept: more than a gateway has in hand at a time, and a few MiB.
const KEPT: usize = 1024;

/// A delivery with the bytes that it stood in.
type ParsedEntry = (Box<[u8]>, Delivery);

/// The deliveries that were parsed lately.
#[derive(Default)]
pub(super) struct Parsed(Mutex<HashMap<DeliveryId, ParsedEntry>>);

impl Parsed {
    /// The delivery that stands in these bytes.
    pub(super) fn delivery(&self, id: &DeliveryId, stored: &[u8]) -> Result<Delivery, IndexError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, delivery)) = known.get(id).filter(|(bytes, _)| **bytes == *stored) {
            return Ok(delivery.clone());
        }
        drop(known);
        let delivery: Delivery = read(stored)?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT && !known.contains_key(id) {
            known.clear();
        }
        known.insert(id.clone(), (stored.into(), delivery.clone()));
        Ok(delivery)
    }
}
