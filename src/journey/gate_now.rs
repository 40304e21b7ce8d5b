//! What a queued delivery waits for at this moment, for whoever asks.
//!
//! The ledger records once for what kind of reason a delivery waits. Who stands ahead, since when and why may change for
//! thousands at a time: this module gathers that for the deliveries that somebody looks at. Records nothing and decides
//! nothing; what can't be known without a running gateway stays as it was recorded.

use super::plan::Ahead;
use super::turn;
use crate::gateway::Gateway;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_ledger::hold::Subject;
use totatsu_ledger::state::{Delivery, Gate, Standing};
use totatsu_ledger::{Ledger, LedgerError};

/// The gate that a queued delivery stands at now; nothing if that is the recorded one, or can't be known.
///
/// # Errors
/// The ledger can't answer.
pub fn gate_now(
    ledger: &Ledger,
    gateway: Option<&Gateway>,
    delivery: &Delivery,
) -> Result<Option<Gate>, LedgerError> {
    let Standing::Queued { gate } = &delivery.standing else { return Ok(None) };
    let now = match gate {
        Gate::Order { .. } => ahead(ledger, gateway, delivery)?,
        Gate::Exclusive { lock, .. } => {
            gateway.map_or(Ok(None), |gateway| locked(gateway, delivery, lock))?
        }
        Gate::SameAcknowledgement { behind, path } => {
            let acknowledged = !awaits(ledger, behind)?;
            let gateway = gateway.filter(|_| acknowledged);
            let next = gateway.map_or(Ok(None), |gateway| turn::same_acknowledgement(gateway, delivery))?;
            next.map(|behind| Gate::SameAcknowledgement { behind, path: path.clone() })
        }
        Gate::PartnerHeld { partner, .. } => ledger.closed_by(Subject::Partner(partner.clone()))?,
        Gate::LinkHeld { link, .. } => ledger.closed_by(Subject::Link(link.clone()))?,
        Gate::PartnerDown { partner, .. } | Gate::MediumWanted { partner, .. } => gateway
            .and_then(|gateway| gateway.outages.of(partner).map(|outage| gateway.gate_of(partner, outage))),
        Gate::Hours { .. } => {
            let opens = gateway.and_then(|gateway| gateway.config.opens(delivery, Moment::now()));
            opens.map(|opens| Gate::Hours { opens })
        }
        Gate::HandedOver { .. }
        | Gate::Inbox { .. }
        | Gate::Sequence { .. }
        | Gate::Acknowledgement { .. } => None,
    };
    Ok(now.filter(|now| now != gate))
}

/// The delivery that a queued one on an ordered link waits for.
fn ahead(
    ledger: &Ledger,
    gateway: Option<&Gateway>,
    delivery: &Delivery,
) -> Result<Option<Gate>, LedgerError> {
    let inbound = gateway.and_then(|gateway| Some((gateway, gateway.config.inbound.get(&delivery.link)?)));
    let ahead = match inbound {
        Some((gateway, link)) => turn::ahead_in(gateway, delivery, link)?,
        None => {
            let first = turn::first_to_send(ledger, &delivery.link)?;
            first.filter(|first| first.begun < delivery.begun).map(turn::ahead_of)
        }
    };
    Ok(ahead.map(|Ahead { id, held }| Gate::Order { behind: id, held }))
}

/// What keeps the lock from a delivery: a collection that is handed over and not imported, else the delivery in front of the
/// lock. A delivery that is in front itself waits for another program.
fn locked(gateway: &Gateway, delivery: &Delivery, lock: &str) -> Result<Option<Gate>, LedgerError> {
    let handed_over = match delivery.collection() {
        Some(_) => turn::exclusive(gateway, delivery, lock)?,
        None => None,
    };
    let in_front = gateway.fronts.of(lock).map(|front| {
        let behind = Some(front).filter(|front| *front != delivery.id);
        Gate::Exclusive { lock: lock.to_owned(), behind }
    });
    Ok(handed_over.or(in_front))
}

/// Whether the partner hasn't acknowledged a delivery yet.
fn awaits(ledger: &Ledger, id: &DeliveryId) -> Result<bool, LedgerError> {
    Ok(ledger.find(id)?.is_some_and(|delivery| turn::AWAITING.contains(&delivery.stage)))
}
