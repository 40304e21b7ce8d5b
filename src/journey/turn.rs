//! What is known before the next work on a delivery is planned: the ledger, the configuration and what is known of the
//! partner's line are asked for what its stage needs.
//!
//! Owns which questions are asked when. Decides nothing and touches no network.

use std::time::Duration;

use super::next::{after_placing, refusal_to_tell};
use super::plan::{Ahead, Gates, InboundNow, Known, Lane, LineDown, OutboundNow, SameContent};
use super::plausible::suspicion;
use crate::collect::clear::Afterwards;
use crate::collect::sequence::Follows;
use crate::config::link::{ExpectedRecords, InboundLink, Link, Order};
use crate::gateway::Gateway;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::evidence::Target;
use totatsu_ledger::collection::Collection;
use totatsu_ledger::hold::Subject;
use totatsu_ledger::state::{Delivery, Gate, HELD, QUEUED, Stage, Standing, UNKNOWN, WAITING, Waiver};
use totatsu_ledger::wanted::Wanted;
use totatsu_ledger::{Ledger, LedgerError};

/// Added to the time for which a link looks back for the same content: an id is made before its file is accepted, and clocks
/// are set.
const CLOCKS: Duration = Duration::from_secs(24 * 3600);
/// With how many earlier files a file's number of records is compared.
const LAST_FILES: usize = 10;
/// How many earlier deliveries are looked at to find those: some were rejected or cancelled.
const LAST_LOOKED_AT: usize = 50;
/// Collections of a link that are looked at for one that was handed over in its turn.
const RELEASED_IN_A_ROW: usize = 50;
/// Stages in which a delivery has, or may have, an acknowledgement to come.
pub(super) const AWAITING: [Stage; 5] =
    [Stage::Transferring, Stage::Transferred, Stage::Verified, Stage::Published, Stage::Acknowledged];

/// All that the next work on a delivery depends on. `outbox_name_gone` says whether its outbox name was taken away.
///
/// # Errors
/// The ledger can't answer.
pub(super) fn known_of(
    gateway: &Gateway,
    delivery: &Delivery,
    outbox_name_gone: bool,
) -> Result<Known, LedgerError> {
    let gates = gates(gateway, delivery)?;
    let known = Known { gates, outbox_name_gone, ..Known::default() };
    match delivery.collection() {
        None => known_out(gateway, delivery, known),
        Some(collection) => known_in(gateway, delivery, collection, known),
    }
}

fn known_out(gateway: &Gateway, delivery: &Delivery, mut known: Known) -> Result<Known, LedgerError> {
    let Some(link) = gateway.config.links.get(&delivery.link) else { return Ok(known) };
    known.outbound = Some(OutboundNow {
        partner: link.partner.clone(),
        order: link.order,
        acknowledges: link.acknowledgement.is_some(),
    });
    match delivery.stage {
        Stage::Accepted => known.same_content = same_content(gateway, delivery, link.duplicates_within)?,
        Stage::Converted => {
            known.lane = lane(gateway, delivery, link)?;
            known.suspicion = suspicion_of(gateway, delivery, link.record_limits.as_ref())?;
        }
        Stage::Transferring => {
            known.lane.overtaken_by = overtaken(gateway, delivery, link)?;
            known.same_acknowledgement = same_acknowledgement(gateway, delivery)?;
        }
        Stage::Transferred | Stage::Verified => {
            known.lane.overtaken_by = overtaken(gateway, delivery, link)?;
        }
        Stage::Found
        | Stage::Fetched
        | Stage::Decoded
        | Stage::Placing
        | Stage::Placed
        | Stage::Importing
        | Stage::Imported
        | Stage::Published
        | Stage::Acknowledged
        | Stage::Confirmed
        | Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Repeated
        | Stage::Superseded
        | Stage::Cancelled => {}
    }
    Ok(known)
}

fn known_in(
    gateway: &Gateway,
    delivery: &Delivery,
    collection: &Collection,
    mut known: Known,
) -> Result<Known, LedgerError> {
    let Some(link) = gateway.config.inbound.get(&delivery.link) else { return Ok(known) };
    known.inbound = Some(InboundNow {
        partner: link.partner.clone(),
        after: after_placing(link, delivery.stage, collection),
        tells_refusal: refusal_to_tell(link, collection),
    });
    if delivery.stage == Stage::Found {
        known.settles = gateway.settling.left(&delivery.id).is_some();
    }
    if delivery.stage == Stage::Fetched {
        known.same_content = same_content(gateway, delivery, link.duplicates_within)?;
        known.follows = follows(gateway, delivery, link)?;
    }
    if delivery.stage == Stage::Decoded {
        known.lane.ahead = ahead_in(gateway, delivery, link)?;
        known.follows = follows(gateway, delivery, link)?;
        known.exclusive = exclusive(gateway, delivery, &link.lock)?;
        known.suspicion = suspicion_of(gateway, delivery, link.record_limits.as_ref())?;
    }
    Ok(known)
}

fn gates(gateway: &Gateway, delivery: &Delivery) -> Result<Gates, LedgerError> {
    let (partner, link) = (&delivery.partner, &delivery.link);
    let partner_held = gateway.ledger.closed_by(Subject::Partner(partner.clone()))?;
    let link_held = gateway.ledger.closed_by(Subject::Link(link.clone()))?;
    let line = gateway
        .outages
        .of(partner)
        .map(|outage| LineDown { can_be_read: outage.can_be_read(), gate: gateway.gate_of(partner, outage) });
    Ok(Gates { partner_held, link_held, opens: gateway.config.opens(delivery, Moment::now()), line })
}

/// An earlier delivery of the link that began with the same bytes not longer ago than `within`.
fn same_content(
    gateway: &Gateway,
    delivery: &Delivery,
    within: Duration,
) -> Result<Option<SameContent>, LedgerError> {
    let Some(source) = delivery.source().filter(|_| !within.is_zero()) else { return Ok(None) };
    let stays = gateway.config.inbound.get(&delivery.link).map(|link| link.afterwards == Afterwards::Leave);
    // An id tells the day on which it was made, as the clock showed it then.
    let oldest = delivery.accepted_at.before(within.saturating_add(CLOCKS)).in_japan();
    let oldest = oldest.strftime("%Y%m%d").to_string();
    for earlier in gateway.ledger.with_source(&delivery.link, source.sha256) {
        let earlier = earlier?;
        if *earlier.id.as_str() < *oldest {
            break;
        }
        let given_up =
            matches!(earlier.stage, Stage::Rejected | Stage::Repeated | Stage::Superseded | Stage::Cancelled);
        let recent = delivery.accepted_at.since(earlier.accepted_at) <= within;
        if earlier.begun < delivery.begun && recent && !given_up {
            let is_same_file = stays == Some(true) && earlier.name() == delivery.name();
            return Ok(Some(SameContent { id: earlier.id, accepted_at: earlier.accepted_at, is_same_file }));
        }
    }
    Ok(None)
}

/// How the other deliveries of an ordered link stand to this one; empty on a free link.
fn lane(gateway: &Gateway, delivery: &Delivery, link: &Link) -> Result<Lane, LedgerError> {
    let mut lane = Lane { overtaken_by: overtaken(gateway, delivery, link)?, ..Lane::default() };
    if link.order == Order::Free {
        return Ok(lane);
    }
    let first = first_to_send(&gateway.ledger, &delivery.link)?.filter(|ahead| ahead.begun < delivery.begun);
    lane.ahead = match let_go_first(gateway, delivery)? {
        Some(let_go) => Some(let_go),
        None => first.map(ahead_of),
    };
    if link.order == Order::Strict {
        return Ok(lane);
    }
    for id in gateway.ledger.lane(&delivery.link) {
        let Some(other) = gateway.ledger.find(&id?)? else { continue };
        let before = other.begun < delivery.begun;
        // A newer delivery that may still be rejected displaces nothing.
        let ready = other.stage >= Stage::Converted && !other.stage.is_final();
        // A suspicious one displaces nothing either.
        let ready = ready
            && (other.waived.contains(&Waiver::Suspicion)
                || suspicion_of(gateway, &other, link.record_limits.as_ref())?.is_none());
        // A delivery that a person wants sent although it is older keeps its turn.
        let gives_way = !other.waived.contains(&Waiver::Sequence) && gateway.claims.is_free(&other.id);
        if before && other.stage.is_before_sending() && gives_way {
            lane.older.push(other.id);
        } else if other.begun > delivery.begun && ready {
            lane.newer_ready = Some(other.id);
        }
    }
    Ok(lane)
}

/// The oldest delivery of a link that may still be sent. One that was given up stands in the lane until it is archived,
/// which may wait for its outbox name, and nobody waits for it.
pub(super) fn first_to_send(ledger: &Ledger, link: &str) -> Result<Option<Delivery>, LedgerError> {
    for id in ledger.lane(link) {
        if let Some(first) = ledger.find(&id?)?.filter(|first| !first.stage.is_given_up()) {
            return Ok(Some(first));
        }
    }
    Ok(None)
}

/// Another delivery of the link that a person let go before its turn, and that isn't finished.
fn let_go_first(gateway: &Gateway, delivery: &Delivery) -> Result<Option<Ahead>, LedgerError> {
    for id in gateway.ledger.let_go_first(&delivery.link)? {
        let Some(other) = gateway.ledger.find(&id)?.filter(|other| other.id != delivery.id) else { continue };
        if !other.is_finished() && !other.stage.is_given_up() {
            return Ok(Some(ahead_of(other)));
        }
    }
    Ok(None)
}

pub(super) fn ahead_of(ahead: Delivery) -> Ahead {
    Ahead { held: matches!(ahead.standing, Standing::Held { .. }), id: ahead.id }
}

/// What speaks against a delivery by its number of records, compared with the last files of its link that came through. The
/// smallest of them counts: after a peak, such as the end of a fiscal year, files are as small as before it.
fn suspicion_of(
    gateway: &Gateway,
    delivery: &Delivery,
    limits: Option<&ExpectedRecords>,
) -> Result<Option<String>, LedgerError> {
    // The bytes of a resend were believed before.
    let limits = limits.filter(|_| delivery.resend_of.is_none());
    let (Some(limits), Some(own)) = (limits, records_of(gateway, delivery)) else { return Ok(None) };
    let mut last = Vec::new();
    for earlier in gateway.ledger.wanted(Wanted::of_link(&delivery.link)).take(LAST_LOOKED_AT) {
        let earlier = earlier?;
        // A link of this name may have gone the other way once.
        let came_through = match (delivery.collection(), earlier.collection()) {
            (Some(_), Some(collection)) => collection.placed.is_some(),
            (None, None) => earlier.published.is_some(),
            (Some(_), None) | (None, Some(_)) => false,
        };
        if earlier.begun < delivery.begun && came_through {
            last.extend(records_of(gateway, &earlier));
        }
        if last.len() == LAST_FILES {
            break;
        }
    }
    Ok(suspicion(limits, own, last.into_iter().min()))
}

/// The number of a delivery's data records, once it has come so far that it is known.
fn records_of(gateway: &Gateway, delivery: &Delivery) -> Option<u64> {
    let (layout, version, records) = match delivery.collection() {
        Some(Collection { decoded, .. }) => {
            decoded.as_ref().map(|decoded| (&decoded.layout, &decoded.layout_version, &decoded.records))?
        }
        None => {
            delivery.converted.as_ref().map(|sent| (&sent.layout, &sent.layout_version, &sent.records))?
        }
    };
    gateway.config.catalogue.version(layout, version)?.data_records(records)
}

/// The delivery that has overtaken this one, where that matters. On a strict link it matters for a resend only: every other
/// delivery has its turn whatever went before it.
fn overtaken(gateway: &Gateway, delivery: &Delivery, link: &Link) -> Result<Option<DeliveryId>, LedgerError> {
    if link.order == Order::Strict && delivery.resend_of.is_none() {
        return Ok(None);
    }
    overtaken_by(&gateway.ledger, delivery, link.order)
}

/// A delivery that comes after this one by the link's order, and that the partner has got, or may have got by now. On a free
/// link nothing comes after another.
pub(crate) fn overtaken_by(
    ledger: &Ledger,
    delivery: &Delivery,
    order: Order,
) -> Result<Option<DeliveryId>, LedgerError> {
    if order == Order::Free {
        return Ok(None);
    }
    let arrived = ledger.last_arrived(&delivery.link)?;
    if let Some(newer) = arrived.filter(|last| last.begun > delivery.begun) {
        return Ok(Some(newer.id));
    }
    for id in ledger.lane(&delivery.link) {
        let Some(other) = ledger.find(&id?)? else { continue };
        let sent = AWAITING.contains(&other.stage) || other.stage == Stage::Confirmed;
        if other.begun > delivery.begun && sent {
            return Ok(Some(other.id));
        }
    }
    Ok(None)
}

/// A delivery that comes after this one by the link's order, and that the partner has got, or is to get.
pub(crate) fn newer_on(ledger: &Ledger, delivery: &Delivery) -> Result<Option<DeliveryId>, LedgerError> {
    if let Some(newer) = overtaken_by(ledger, delivery, Order::Latest)? {
        return Ok(Some(newer));
    }
    for id in ledger.lane(&delivery.link) {
        let Some(other) = ledger.find(&id?)? else { continue };
        if other.begun > delivery.begun && !other.stage.is_final() {
            return Ok(Some(other.id));
        }
    }
    Ok(None)
}

/// Another delivery to the same partner whose acknowledgement has the same path. Of two that are about to be sent, the one
/// that began first goes.
pub(super) fn same_acknowledgement(
    gateway: &Gateway,
    delivery: &Delivery,
) -> Result<Option<DeliveryId>, LedgerError> {
    let path = delivery.target.as_ref().and_then(|target| target.acknowledgement.as_ref());
    // An acknowledgement that comes back on a medium is told from an earlier one when it is imported.
    let Some(path) = path.filter(|_| !gateway.config.is_carried(&delivery.partner)) else {
        return Ok(None);
    };
    let place = |delivery: &Delivery| (delivery.begun, delivery.id.clone());
    for stage in AWAITING {
        for state in [stage.word(), QUEUED, WAITING, UNKNOWN, HELD] {
            for id in gateway.ledger.in_state(state, Some(stage))? {
                let Some(other) = gateway.ledger.find(&id)?.filter(|other| other.id != delivery.id) else {
                    continue;
                };
                let awaits =
                    other.target.as_ref().is_some_and(|target| target.acknowledgement.as_ref() == Some(path));
                let first = stage != Stage::Transferring
                    || place(&other) < place(delivery) && !matches!(other.standing, Standing::Held { .. });
                if awaits && first && other.partner == delivery.partner {
                    return Ok(Some(other.id));
                }
            }
        }
    }
    Ok(None)
}

/// Whether another delivery to the same partner is about to be given the same name, or was just now.
pub(super) fn shares_name(
    gateway: &Gateway,
    delivery: &Delivery,
    target: &Target,
) -> Result<bool, LedgerError> {
    for id in gateway.ledger.with_remote_path(&delivery.partner, &target.final_path())? {
        let other = gateway.ledger.find(&id)?.filter(|other| other.id != delivery.id);
        if other.is_some_and(|other| AWAITING.contains(&other.stage) || other.stage == Stage::Receipted) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The collection that this one has to wait for. On an ordered link that is the first that began before it; where files
/// follow each other by date or number, a held one that began before it. One that comes after it by that is waited for in no case.
pub(super) fn ahead_in(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
) -> Result<Option<Ahead>, LedgerError> {
    // Where files follow each other by date or number, that decides whose turn it is.
    if !link.order.is_free()
        && link.sequence.is_none()
        && let Some(let_go) = let_go_first(gateway, delivery)?
    {
        return Ok(Some(let_go));
    }
    let is_ahead = |other: &Delivery| {
        other.link == delivery.link
            && other.begun < delivery.begun
            && !comes_after(gateway, link, delivery, other)
    };
    if !link.order.is_free() {
        for id in gateway.ledger.lane(&delivery.link) {
            let Some(other) = gateway.ledger.find(&id?)? else { continue };
            if other.begun >= delivery.begun {
                break;
            }
            if is_ahead(&other) {
                return Ok(Some(ahead_of(other)));
            }
        }
    }
    if link.sequence.is_some() {
        for stage in [Stage::Found, Stage::Fetched, Stage::Decoded] {
            for id in gateway.ledger.in_state(HELD, Some(stage))? {
                if let Some(other) = gateway.ledger.find(&id)?.filter(is_ahead) {
                    return Ok(Some(ahead_of(other)));
                }
            }
        }
    }
    Ok(None)
}

/// Whether another collection comes after this one by its date or number: it waits for this one, and not this one for it.
fn comes_after(gateway: &Gateway, link: &InboundLink, this: &Delivery, other: &Delivery) -> bool {
    let (Some(sequence), Some(this), Some(other)) = (link.sequence, this.collection(), other.collection())
    else {
        return false;
    };
    let calendar = &gateway.config.gateway.calendar;
    let is_too_old = |last, found| matches!(sequence.judge(last, found, calendar), Follows::TooOld(_));
    // Where a name says nothing, neither comes after the other: the one that began first goes first.
    is_too_old(&other.found, &this.found) && !is_too_old(&this.found, &other.found)
}

/// How a collection stands to the last one of its link that was handed over.
pub(super) fn follows(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
) -> Result<Option<Follows>, LedgerError> {
    let (Some(sequence), Some(collection)) = (link.sequence, delivery.collection()) else { return Ok(None) };
    let calendar = &gateway.config.gateway.calendar;
    let judge = |last: &Collection, found: &Collection| sequence.judge(&last.found, &found.found, calendar);
    let Some(last) = gateway.ledger.last_placed(&delivery.link)? else { return Ok(None) };
    let Some(last_in) = last.collection() else { return Ok(None) };
    let stands = judge(last_in, collection);
    if stands != Follows::Yes
        && last.waived.contains(&Waiver::Sequence)
        && let Some(before) = last_in_its_turn(gateway, &delivery.link)?
        && let Some(before) = before.collection()
        // A person handed an old one over once more. Its successor is the next, where the count began anew, and so is that of the
        // one before, where the old one only was corrected.
        && matches!(judge(before, last_in), Follows::TooOld(_))
        && judge(before, collection) == Follows::Yes
    {
        return Ok(Some(Follows::Yes));
    }
    Ok(Some(stands))
}

/// The last collection of a link that was handed over without a person letting it through out of its turn, if it isn't long ago.
fn last_in_its_turn(gateway: &Gateway, link: &str) -> Result<Option<Delivery>, LedgerError> {
    for found in gateway.ledger.wanted(Wanted::of_link(link)).take(RELEASED_IN_A_ROW) {
        let found = found?;
        if found.reached(Stage::Placed).is_some() && !found.waived.contains(&Waiver::Sequence) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What keeps a collection from being handed over under its lock: another one that is handed over and not imported.
///
/// # Errors
/// The ledger can't answer.
pub(super) fn exclusive(
    gateway: &Gateway,
    delivery: &Delivery,
    lock: &str,
) -> Result<Option<Gate>, LedgerError> {
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
