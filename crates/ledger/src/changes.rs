//! What events make of deliveries and holds before the index knows: the events of one batch build on one another.

use std::collections::HashMap;
use std::sync::Arc;

use crate::LedgerError;
use crate::event::{Entry, Event};
use crate::gateway_acts::GatewayActs;
use crate::hold::{self, HoldChanges, Subject};
use crate::index::{Changed, Index};
use crate::state::{Contradiction, Delivery, HELD, NO_STATE, ReceiptLink};
use totatsu_base::DeliveryId;
use totatsu_base::say;

/// What events make of the index's content, before it is stored.
#[derive(Default)]
pub(super) struct Changes {
    changed: Changed,
    /// Changes that were handed over before and may not be stored yet: they count before the index does.
    storing: Arc<Changed>,
    /// What the gateway as a whole did, since the index knows of it.
    pub(super) acts: GatewayActs,
}

impl Changes {
    /// No changes yet; `acts` is what the index knows of the gateway.
    pub(super) fn since(acts: GatewayActs) -> Changes {
        Changes { acts, ..Changes::default() }
    }

    /// Deliveries that have changed.
    pub(super) fn len(&self) -> usize {
        self.changed.deliveries.len()
    }

    /// Whether a delivery has changed.
    pub(super) fn have(&self, id: &DeliveryId) -> bool {
        self.known().any(|known| known.deliveries.contains_key(id))
    }

    /// Hands over what has changed, to be stored while more events come.
    pub(super) fn hand_over(&mut self) -> Arc<Changed> {
        let room = HashMap::with_capacity(self.len());
        let next = Changed { deliveries: room, holds: HoldChanges::default() };
        self.storing = Arc::new(std::mem::replace(&mut self.changed, next));
        self.storing.clone()
    }

    /// What `entry` makes of its delivery, if it is about one; an entry that contradicts what is known so far is refused.
    pub(super) fn after(&self, entry: &Entry, index: &Index) -> Result<Option<Delivery>, LedgerError> {
        let known = entry.delivery.as_ref().map_or(Ok(None), |id| self.find(id, index))?;
        self.after_known(entry, known, index)
    }

    /// Notes what `entry` has made of its delivery or of a hold.
    pub(super) fn note(&mut self, entry: &Entry, after: Option<Delivery>) {
        self.changed.deliveries.extend(after.map(|delivery| (delivery.id.clone(), delivery)));
        self.changed.holds.extend(hold::change_of(entry));
        self.acts = self.acts.after(entry);
    }

    /// [`Changes::after`] and [`Changes::note`] at once. A refused entry has taken its delivery away: after that, none of these
    /// changes may be stored.
    pub(super) fn apply(&mut self, entry: &Entry, index: &Index) -> Result<(), LedgerError> {
        let known = match &entry.delivery {
            None => None,
            Some(id) => match self.changed.deliveries.remove(id) {
                Some(delivery) => Some(delivery),
                None => self.find(id, index)?,
            },
        };
        let after = self.after_known(entry, known, index)?;
        self.note(entry, after);
        Ok(())
    }

    fn after_known(
        &self,
        entry: &Entry,
        known: Option<Delivery>,
        index: &Index,
    ) -> Result<Option<Delivery>, LedgerError> {
        let after = match (&entry.delivery, hold::change_of(entry)) {
            (Some(id), None) => match (known, &entry.event) {
                (Some(delivery), _) => delivery.after(entry)?,
                (None, Event::Resent { of, .. }) => Delivery::begin(id, entry, self.find(of, index)?)?,
                (None, _) => Delivery::begin(id, entry, None)?,
            },
            (None, Some((subject, hold))) => {
                let held = self.is_held(&subject, index)?;
                if held == hold.is_some() {
                    let state = if held { HELD.to_owned() } else { say!("ledger-state-not-held") };
                    return Err(Contradiction::new(&subject, state, &entry.event).into());
                }
                return Ok(None);
            }
            (None, None) if entry.event.is_of_gateway() => return Ok(None),
            (None, None) | (Some(_), Some(_)) => {
                let is_of_one = entry.delivery.is_some();
                let about = if is_of_one { say!("ledger-a-delivery") } else { say!("ledger-no-delivery") };
                return Err(Contradiction::new(&about, NO_STATE, &entry.event).into());
            }
        };
        Ok(Some(after))
    }

    /// The newer first.
    fn known(&self) -> impl Iterator<Item = &Changed> {
        [&self.changed, &*self.storing].into_iter()
    }

    fn find(&self, id: &DeliveryId, index: &Index) -> Result<Option<Delivery>, LedgerError> {
        let known = self.known().find_map(|known| known.deliveries.get(id));
        known.map_or_else(|| index.find(id), |delivery| Ok(Some(delivery.clone())))
    }

    fn is_held(&self, subject: &Subject, index: &Index) -> Result<bool, LedgerError> {
        let known = self.known().find_map(|known| known.holds.get(subject));
        known.map_or_else(|| Ok(index.hold(subject)?.is_some()), |hold| Ok(hold.is_some()))
    }
}

/// The receipt that an entry records, if it does.
pub(super) fn receipt_of(entry: &Entry) -> Option<ReceiptLink> {
    let Event::Receipted { number, sha256, .. } = &entry.event else { return None };
    Some(ReceiptLink { number: *number, sha256: *sha256 })
}
