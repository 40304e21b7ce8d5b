//! Whether a delivery's turn has come: duplicates, order, hours, holds, and partners that can't be reached.
//!
//! Owns the gates before each step. Looks only at the ledger, the configuration and what is known of the partner's line;
//! never touches a network. A closed gate is no failure: it counts no attempt and gives nothing up.

use std::time::Duration;

use super::next::{After, next_after_placing};
use crate::clock::Moment;
use crate::collect::clear::Afterwards;
use crate::collect::sequence::Follows;
use crate::config::link::InboundLink;
use crate::delivery_id::DeliveryId;
use crate::gateway::{Gateway, Stop};
use crate::ledger::LedgerError;
use crate::ledger::collection::Collection;
use crate::ledger::event::Event;
use crate::ledger::hold::Subject;
use crate::ledger::state::{Delivery, Gate, HELD, QUEUED, Stage, Standing, WAITING, Waiver};
use crate::ledger::step::Step;
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
    let stage = delivery.stage;
    if stage == Stage::Accepted {
        return Ok(probable_duplicate(gateway, delivery, link)?);
    }
    if stage == Stage::Converted
        && let Some(event) = order(gateway, delivery, link).await?
    {
        return Ok(Some(event));
    }
    let is_sent =
        matches!(stage, Stage::Converted | Stage::Transferring | Stage::Transferred | Stage::Verified);
    let is_waited_for = stage == Stage::Published && link.acknowledgement.is_some();
    Ok(if is_sent || is_waited_for { queued(gateway, delivery)? } else { None })
}

/// What is recorded instead of a collection's next step, if its turn hasn't come.
///
/// # Errors
/// The ledger can't answer.
pub fn bar_in(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Event>, LedgerError> {
    let Some(link) = gateway.config.inbound.get(&delivery.link) else { return Ok(None) };
    let stage = delivery.stage;
    if stage == Stage::Fetched {
        return repeated(gateway, delivery, link);
    }
    if stage == Stage::Decoded {
        return next_in(gateway, delivery, link);
    }
    let is_cleared = matches!(stage, Stage::Placed | Stage::Imported)
        && matches!(next_after_placing(gateway, delivery), After::Clear(_));
    if stage == Stage::Found || is_cleared { queued(gateway, delivery) } else { Ok(None) }
}

/// The same content over the same link, not long ago, was probably dropped twice.
fn probable_duplicate(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &Link,
) -> Result<Option<Event>, LedgerError> {
    let Some(earlier) = same_content(gateway, delivery, link.duplicates_within)? else { return Ok(None) };
    let reason = format!(
        "probably dropped twice: delivery {} of {} has the same content; cancel this one, or release it to send it all the \
         same",
        earlier.id, earlier.accepted_at
    );
    let duplicate_of = Some(earlier.id);
    Ok(Some(Event::Held { step: Step::Accept, reason, duplicate_of, out_of_sequence: false }))
}

/// An earlier delivery of the link that began with the same bytes not longer ago than `within`.
fn same_content(
    gateway: &Gateway,
    delivery: &Delivery,
    within: Duration,
) -> Result<Option<Delivery>, LedgerError> {
    if delivery.waived.contains(&Waiver::Duplicate) || within.is_zero() {
        return Ok(None);
    }
    let Some(source) = delivery.source() else { return Ok(None) };
    for id in gateway.ledger.with_source(&delivery.link, source.sha256)?.into_iter().rev() {
        let Some(earlier) = gateway.ledger.find(&id)? else { continue };
        let given_up =
            matches!(earlier.stage, Stage::Rejected | Stage::Repeated | Stage::Superseded | Stage::Cancelled);
        let recent = delivery.accepted_at.since(earlier.accepted_at) <= within;
        if earlier.begun < delivery.begun && recent && !given_up {
            return Ok(Some(earlier));
        }
    }
    Ok(None)
}

/// A file that stays at the partner may be touched there: under the same name it is the same file still. Anything else with
/// the same content was probably sent twice.
fn repeated(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
) -> Result<Option<Event>, LedgerError> {
    let Some(earlier) = same_content(gateway, delivery, link.duplicates_within)? else { return Ok(None) };
    if link.afterwards == Afterwards::Leave && earlier.name() == delivery.name() {
        return Ok(Some(Event::Repeated { of: earlier.id }));
    }
    let same = format!(
        "probably sent twice: collection {} of {} has the same content",
        earlier.id, earlier.accepted_at
    );
    let release = "cancel this one, or release it to hand it over all the same";
    // One release is to do what the message says: it tells of the sequence too.
    let (reason, out_of_sequence) = match follows(gateway, delivery, link)? {
        Follows::Yes => (format!("{same}; {release}"), false),
        Follows::TooOld(what) => (format!("{same}, and {what}; {release}"), true),
        Follows::AfterGap(what) => (format!("{same}; {release} once its turn has come: {what}"), false),
    };
    let duplicate_of = Some(earlier.id);
    Ok(Some(Event::Held { step: Step::Fetch, reason, duplicate_of, out_of_sequence }))
}

/// Whether a collection is the next of its link, and nothing else under its lock is on its way.
fn next_in(gateway: &Gateway, delivery: &Delivery, link: &InboundLink) -> Result<Option<Event>, LedgerError> {
    let queue = |gate| Ok(Some(Event::Queued { gate }));
    if let Some(gate) = link_hold(gateway, delivery)? {
        return queue(gate);
    }
    if let Some(gate) = behind_others(gateway, delivery, link)? {
        return queue(gate);
    }
    if let Some(event) = out_of_sequence(gateway, delivery, link)? {
        return Ok(Some(event));
    }
    match exclusive(gateway, delivery, &link.lock)? {
        Some(gate) => queue(gate),
        None => Ok(None),
    }
}

/// On an ordered link one collection goes after another; where files follow each other by date or number, one that a person
/// has to decide on is waited for.
fn behind_others(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
) -> Result<Option<Gate>, LedgerError> {
    if delivery.waived.contains(&Waiver::Order) {
        return Ok(None);
    }
    let first = match link.order.is_free() {
        true => None,
        false => gateway.ledger.lane(&delivery.link).next().transpose()?,
    };
    let mut ahead: Vec<DeliveryId> = first.into_iter().collect();
    if link.sequence.is_some() {
        for stage in [Stage::Found, Stage::Fetched, Stage::Decoded] {
            ahead.extend(gateway.ledger.in_state(HELD, Some(stage))?);
        }
    }
    for id in ahead {
        let Some(ahead) = gateway.ledger.find(&id)? else { continue };
        if ahead.link == delivery.link && ahead.begun < delivery.begun {
            let held = matches!(ahead.standing, Standing::Held { .. });
            return Ok(Some(Gate::Order { behind: ahead.id, held }));
        }
    }
    Ok(None)
}

fn out_of_sequence(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
) -> Result<Option<Event>, LedgerError> {
    Ok(match follows(gateway, delivery, link)? {
        Follows::Yes => None,
        Follows::AfterGap(what) => {
            let missing = format!(
                "{what}: ask the partner for it; it goes on once that is handed over, or release it to go without"
            );
            Some(Event::Queued { gate: Gate::Sequence { missing } })
        }
        Follows::TooOld(what) => {
            let reason = format!("{what}: ask the partner; release to hand it over all the same, or cancel");
            Some(Event::Held { step: Step::Place, reason, duplicate_of: None, out_of_sequence: true })
        }
    })
}

/// How a collection stands to the last one of its link that was handed over, unless a person said that it doesn't matter.
fn follows(gateway: &Gateway, delivery: &Delivery, link: &InboundLink) -> Result<Follows, LedgerError> {
    let (Some(sequence), Some(collection)) = (link.sequence, delivery.collection()) else {
        return Ok(Follows::Yes);
    };
    if delivery.waived.contains(&Waiver::Sequence) {
        return Ok(Follows::Yes);
    }
    let last = gateway.ledger.last_placed(&delivery.link)?;
    let last = last.as_ref().and_then(Delivery::collection);
    let judge =
        |last: &Collection| sequence.judge(&last.found, &collection.found, &gateway.config.gateway.calendar);
    Ok(last.map_or(Follows::Yes, judge))
}

/// What keeps a collection from being handed over under its lock: another one that is handed over and not imported.
///
/// # Errors
/// The ledger can't answer.
pub fn exclusive(gateway: &Gateway, delivery: &Delivery, lock: &str) -> Result<Option<Gate>, LedgerError> {
    for stage in [Stage::Placing, Stage::Placed, Stage::Importing] {
        for state in [stage.word(), QUEUED, WAITING, HELD] {
            for id in gateway.ledger.in_state(state, Some(stage))? {
                let Some(other) = gateway.ledger.find(&id)?.filter(|other| other.id != delivery.id) else {
                    continue;
                };
                let Some(link) = gateway.config.inbound.get(&other.link) else { continue };
                if link.lock == lock && (stage != Stage::Placed || link.import.is_some()) {
                    return Ok(Some(Gate::Exclusive { lock: lock.to_owned(), behind: Some(other.id) }));
                }
            }
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
            super::log(&gateway.ledger.record(id.clone(), Event::Superseded { newer }).await?);
            gateway.wake(&id);
        }
    }
    Ok(())
}

fn queued(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Event>, LedgerError> {
    Ok(gate(gateway, delivery)?.map(|gate| Event::Queued { gate }))
}

fn link_hold(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Gate>, LedgerError> {
    let link = &delivery.link;
    let hold = gateway.ledger.hold(&Subject::Link(link.clone()))?;
    let hold = hold.filter(|_| !delivery.waived.contains(&Waiver::LinkHold));
    Ok(hold.map(|hold| Gate::LinkHeld { link: link.clone(), reason: hold.reason }))
}

fn gate(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Gate>, LedgerError> {
    let partner = &delivery.partner;
    if let Some(hold) = gateway.ledger.hold(&Subject::Partner(partner.clone()))? {
        return Ok(Some(Gate::PartnerHeld { partner: partner.clone(), reason: hold.reason }));
    }
    if let Some(gate) = link_hold(gateway, delivery)? {
        return Ok(Some(gate));
    }
    // What is going on when the hours end is brought to its end; nothing is begun, and nothing tried again.
    let begins =
        matches!(delivery.stage, Stage::Converted | Stage::Found) || delivery.standing != Standing::Going;
    if begins
        && !delivery.waived.contains(&Waiver::Hours)
        && let Some(opens) = gateway.config.opens(delivery, Moment::now())
    {
        return Ok(Some(Gate::Hours { opens }));
    }
    // A medium that takes no more bytes can be read all the same, and what can be removed from it is.
    let outage = gateway.outages.of(partner);
    let outage = outage.filter(|outage| !outage.can_be_read() || delivery.collection().is_none());
    Ok(outage.map(|outage| gateway.gate_of(partner, outage)))
}
