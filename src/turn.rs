//! Whether a delivery's turn has come: duplicates, order, hours, holds, and partners that can't be reached.
//!
//! Owns the gates before each step. Looks only at the ledger, the configuration and what is known of the partner's line;
//! never touches a network. A closed gate is no failure: it counts no attempt and gives nothing up.

use crate::clock::Moment;
use crate::gateway::Gateway;
use crate::journey::{Step, Stop};
use crate::ledger::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::hold::Subject;
use crate::ledger::state::{Delivery, Gate, Stage, Standing, Waiver};
use crate::link::{Link, Order};

/// What is recorded instead of the next step, if the delivery's turn hasn't come.
///
/// # Errors
/// The ledger can't answer or record.
pub async fn bar(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Event>, Stop> {
    // Whatever the configuration has become: a medium that nobody has received proves no arrival.
    if delivery.stage == Stage::Published
        && let Some(medium) = delivery.carried_on()
    {
        return Ok(Some(Event::Queued { gate: Gate::HandedOver { medium: medium.to_owned() } }));
    }
    // A link that has left the configuration is told by the step itself.
    let Some(link) = gateway.config.links.get(&delivery.link) else { return Ok(None) };
    match delivery.stage {
        Stage::Accepted => Ok(probable_duplicate(gateway, delivery, link)?),
        Stage::Converted => match order(gateway, delivery, link).await? {
            Some(event) => Ok(Some(event)),
            None => Ok(queued(gateway, delivery)?),
        },
        Stage::Transferring | Stage::Transferred | Stage::Verified => Ok(queued(gateway, delivery)?),
        Stage::Published if link.acknowledgement.is_some() => Ok(queued(gateway, delivery)?),
        Stage::Published
        | Stage::Acknowledged
        | Stage::Confirmed
        | Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Superseded
        | Stage::Cancelled => Ok(None),
    }
}

/// The same content over the same link, not long ago, was probably dropped twice.
fn probable_duplicate(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &Link,
) -> Result<Option<Event>, LedgerError> {
    if delivery.waived.contains(&Waiver::Duplicate) || link.duplicates_within.is_zero() {
        return Ok(None);
    }
    let same = gateway.ledger.with_source(&delivery.link, delivery.accepted.sha256)?;
    for id in same.into_iter().rev() {
        let Some(earlier) = gateway.ledger.find(&id)? else { continue };
        let given_up = matches!(earlier.stage, Stage::Rejected | Stage::Superseded | Stage::Cancelled);
        let recent = delivery.accepted_at.since(earlier.accepted_at) <= link.duplicates_within;
        if earlier.begun < delivery.begun && recent && !given_up {
            let reason = format!(
                "probably dropped twice: delivery {id} of {} has the same content; cancel this one, or release it to \
                 send it all the same",
                earlier.accepted_at
            );
            return Ok(Some(Event::Held { step: Step::Accept, reason, duplicate_of: Some(id) }));
        }
    }
    Ok(None)
}

/// On an ordered link one delivery goes after another; with `latest`, a newer one takes the place of those not yet begun.
async fn order(gateway: &Gateway, delivery: &Delivery, link: &Link) -> Result<Option<Event>, Stop> {
    if link.order == Order::Free {
        return Ok(None);
    }
    if link.order == Order::Latest {
        if let Some(newer) = newest_ready(gateway, delivery)? {
            return Ok(Some(Event::Superseded { newer: newer.id }));
        }
        supersede_older(gateway, delivery).await?;
    }
    if delivery.waived.contains(&Waiver::Order) {
        return Ok(None);
    }
    let Some(first) = gateway.ledger.lane(&delivery.link).next().transpose()? else { return Ok(None) };
    let ahead = gateway.ledger.find(&first)?.filter(|ahead| ahead.begun < delivery.begun);
    Ok(ahead.map(|ahead| {
        let held = matches!(ahead.standing, Standing::Held { .. });
        Event::Queued { gate: Gate::Order { behind: ahead.id, held } }
    }))
}

/// A newer delivery of the link whose bytes are ready: one that may still be rejected displaces nothing.
fn newest_ready(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Delivery>, LedgerError> {
    let mut newest = None;
    for id in gateway.ledger.lane(&delivery.link) {
        let newer = gateway.ledger.find(&id?)?;
        let ready = |newer: &Delivery| {
            newer.begun > delivery.begun && newer.stage >= Stage::Converted && !newer.stage.is_final()
        };
        newest = newer.filter(ready).or(newest);
    }
    Ok(newest)
}

/// Those that are held wouldn't find out by themselves.
async fn supersede_older(gateway: &Gateway, delivery: &Delivery) -> Result<(), Stop> {
    for id in gateway.ledger.lane(&delivery.link) {
        let id = id?;
        // One whose step is under way finds out before its next.
        let Some(_claim) = gateway.claim(&id) else { continue };
        let older = gateway.ledger.find(&id)?;
        if older.is_some_and(|older| older.begun < delivery.begun && older.stage.is_before_sending()) {
            let newer = delivery.id.clone();
            crate::journey::log(&gateway.ledger.record(id.clone(), Event::Superseded { newer }).await?);
            gateway.wake(&id);
        }
    }
    Ok(())
}

fn queued(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Event>, LedgerError> {
    Ok(gate(gateway, delivery)?.map(|gate| Event::Queued { gate }))
}

fn gate(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Gate>, LedgerError> {
    let (partner, link) = (&delivery.partner, &delivery.link);
    if let Some(hold) = gateway.ledger.hold(&Subject::Partner(partner.clone()))? {
        return Ok(Some(Gate::PartnerHeld { partner: partner.clone(), reason: hold.reason }));
    }
    let hold = gateway.ledger.hold(&Subject::Link(link.clone()))?;
    if let Some(hold) = hold.filter(|_| !delivery.waived.contains(&Waiver::LinkHold)) {
        return Ok(Some(Gate::LinkHeld { link: link.clone(), reason: hold.reason }));
    }
    // What is going on when the hours end is brought to its end; nothing is begun, and nothing tried again.
    let begins = delivery.stage == Stage::Converted || delivery.standing != Standing::Going;
    if begins
        && !delivery.waived.contains(&Waiver::Hours)
        && let Some(opens) = gateway.opens(delivery, Moment::now())
    {
        return Ok(Some(Gate::Hours { opens }));
    }
    Ok(gateway.outages.of(partner).map(|outage| gateway.gate_of(partner, outage)))
}
