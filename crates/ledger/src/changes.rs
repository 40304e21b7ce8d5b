//! What events make of deliveries and holds before the index knows: the events of one batch build on one another.

use std::collections::HashMap;

use crate::LedgerError;
use crate::event::{Entry, Event};
use crate::gateway_acts::GatewayActs;
use crate::hold::{self, HoldChanges, Subject};
use crate::index::Index;
use crate::state::{Contradiction, Delivery, HELD, NO_STATE, ReceiptLink};
use totatsu_base::DeliveryId;
use totatsu_base::say;

/// What events make of the index's content, before it is stored.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) deliveries: HashMap<DeliveryId, Delivery>,
    pub(super) holds: HoldChanges,
    /// What the gateway as a whole did, since the index knows of it.
    pub(super) acts: GatewayActs,
}

impl Changes {
    /// None so far, beside what the index knows of the gateway.
    pub(super) fn since(acts: GatewayActs) -> Changes {
        Changes { acts, ..Changes::default() }
    }

    /// Notes what `entry` has made of its delivery or of a hold.
    pub(super) fn note(&mut self, entry: &Entry, after: Option<&Delivery>) {
        self.deliveries.extend(after.map(|delivery| (delivery.id.clone(), delivery.clone())));
        self.holds.extend(hold::change_of(entry));
        self.acts = self.acts.after(entry);
    }

    fn find(&self, id: &DeliveryId, index: &Index) -> Result<Option<Delivery>, LedgerError> {
        match self.deliveries.get(id) {
            Some(delivery) => Ok(Some(delivery.clone())),
            None => index.find(id),
        }
    }

    fn is_held(&self, subject: &Subject, index: &Index) -> Result<bool, LedgerError> {
        match self.holds.get(subject) {
            Some(hold) => Ok(hold.is_some()),
            None => Ok(index.hold(subject)?.is_some()),
        }
    }
}

/// The delivery after `entry`, if it is about one; an entry that contradicts what is known so far is refused.
pub(super) fn after(
    entry: &Entry,
    index: &Index,
    changes: &Changes,
) -> Result<Option<Delivery>, LedgerError> {
    let after = match (&entry.delivery, hold::change_of(entry)) {
        (Some(id), None) => match (changes.find(id, index)?, &entry.event) {
            (Some(delivery), _) => delivery.after(entry)?,
            (None, Event::Resent { of, .. }) => Delivery::begin(id, entry, changes.find(of, index)?)?,
            (None, _) => Delivery::begin(id, entry, None)?,
        },
        (None, Some((subject, hold))) => {
            let held = changes.is_held(&subject, index)?;
            if held == hold.is_some() {
                let state = if held { HELD.to_owned() } else { say!("ledger-state-not-held") };
                return Err(Contradiction::new(&subject, state, &entry.event).into());
            }
            return Ok(None);
        }
        (None, None) if entry.event.is_of_gateway() => return Ok(None),
        (None, None) | (Some(_), Some(_)) => {
            let about =
                if entry.delivery.is_some() { say!("ledger-a-delivery") } else { say!("ledger-no-delivery") };
            return Err(Contradiction::new(&about, NO_STATE, &entry.event).into());
        }
    };
    Ok(Some(after))
}

/// The receipt that an entry records, if it does.
pub(super) fn receipt_of(entry: &Entry) -> Option<ReceiptLink> {
    let Event::Receipted { number, sha256, .. } = &entry.event else { return None };
    Some(ReceiptLink { number: *number, sha256: *sha256 })
}
