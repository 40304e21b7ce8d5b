//! What is to be done next with a delivery: one pure answer from all that is known.
//!
//! Owns every decision on the way: whose turn it is, what a closed gate stops, who gives way to whom, what must not be done
//! without evidence. Touches nothing: [`Known`] is gathered before, the work is done after, and an answer is the same
//! whenever the same is known. The test over all combinations is in `combinations`.

use totatsu_base::say;

#[cfg(test)]
mod combinations;

use crate::collect::sequence::Follows;
use crate::config::link::Order;
use crate::config::no_such_link;
use crate::journey::next::After;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::evidence::{Accepted, Acknowledged, Decoded, Found, Placing, Published};
use totatsu_ledger::state::{Delivery, Doubt, Gate, Standing, Waiver};
use totatsu_ledger::step::{Step, step_after};
use totatsu_ledger::way::{Aimed, InInbox, Inward, Lacks, Outward, Way};

/// All that is known besides the delivery itself. What its stage doesn't ask for is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// What the configuration says of its link now, if it goes out and the link is there.
    pub outbound: Option<OutboundNow>,
    /// What the configuration says of its link now, if it comes in and the link is there.
    pub inbound: Option<InboundNow>,
    /// What is closed.
    pub gates: Gates,
    /// Its outbox name was taken away.
    pub outbox_name_gone: bool,
    /// An earlier delivery of the link that began with the same bytes, not long ago.
    pub same_content: Option<SameContent>,
    /// The others of an ordered link.
    pub lane: Lane,
    /// Another delivery that the partner is to acknowledge under the same path, and hasn't.
    pub same_acknowledgement: Option<DeliveryId>,
    /// Its file at the partner has to be left alone for a while.
    pub settles: bool,
    /// How its date or number stands to the last one's that was handed over.
    pub follows: Option<Follows>,
    /// What has the lock of its inbox.
    pub exclusive: Option<Gate>,
    /// What speaks against it by the number of its records.
    pub suspicion: Option<String>,
}

/// What the configuration says now of an outbound link.
#[derive(Debug, Clone)]
pub(crate) struct OutboundNow {
    /// Its partner.
    pub partner: String,
    /// Whether one delivery may overtake another.
    pub order: Order,
    /// The partner agreed to acknowledge what it gets.
    pub acknowledges: bool,
}

/// What the configuration says now of an inbound link.
#[derive(Debug, Clone)]
pub(crate) struct InboundNow {
    /// Its partner.
    pub partner: String,
    /// What comes next once the rows are handed over.
    pub after: After,
    /// The partner is to be told of a refusal, and hasn't been.
    pub tells_refusal: bool,
}

/// What is closed at this moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gates {
    /// The partner is held.
    pub partner_held: Option<Gate>,
    /// The link is held.
    pub link_held: Option<Gate>,
    /// When the hours begin, if it is outside them now.
    pub opens: Option<Moment>,
    /// The partner's line.
    pub line: Option<LineDown>,
}

/// A partner that can't be reached, or whose medium is wanted.
#[derive(Debug, Clone)]
pub(crate) struct LineDown {
    /// What is waited for.
    pub gate: Gate,
    /// Only writing has to wait.
    pub can_be_read: bool,
}

/// An earlier delivery that began with the same bytes.
#[derive(Debug, Clone)]
pub(crate) struct SameContent {
    /// The earlier delivery.
    pub id: DeliveryId,
    /// When the earlier delivery was accepted.
    pub accepted_at: Moment,
    /// Both are the very same file, which stays at the partner and was touched there.
    pub is_same_file: bool,
}

/// The others of an ordered link.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane {
    /// The first before this one that isn't finished. On the way out, none that was given up; on the way in, none that comes
    /// after this one by its date or number.
    pub ahead: Option<Ahead>,
    /// The newest delivery after this one whose bytes are ready to be sent.
    pub newer_ready: Option<DeliveryId>,
    /// A delivery after this one that the partner has got, or may have got by now.
    pub overtaken_by: Option<DeliveryId>,
    /// Deliveries before this one of which not a byte was sent, and that nobody works on at this moment.
    pub older: Vec<DeliveryId>,
}

/// A delivery that stands ahead of another on an ordered link.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    /// The delivery ahead.
    pub id: DeliveryId,
    /// A person has to decide on it.
    pub held: bool,
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub(crate) enum Work<'a> {
    /// Nothing: it is finished, or a person decides first.
    Rest,
    /// Its turn hasn't come.
    Wait(Gate),
    /// A person has to decide.
    Hold(Doubt),
    /// A newer full file takes its place.
    GiveWayTo(DeliveryId),
    /// The delivery takes the place of these older ones.
    Supersede(Vec<DeliveryId>),
    /// An earlier collection fetched the same file.
    Repeat(DeliveryId),
    /// Take the outbox name away: until it is gone, the same file could be taken over again.
    ReleaseOutboxName(&'a Accepted),
    /// Make the bytes to send.
    Convert,
    /// Decide the names at the partner.
    Aim,
    /// Send the bytes under a temporary name.
    Transfer(Aimed<'a>),
    /// Prove that the partner holds the bytes.
    Verify(Aimed<'a>),
    /// Give the proven bytes their final name.
    Publish(Aimed<'a>),
    /// Look whether a file of the partner's says that it has the bytes.
    LookForAcknowledgement(Aimed<'a>),
    /// Leave a partner's file alone for a while, and look again whether it is as it was.
    Settle,
    /// Bring a partner's file here, or find out that it has to settle first.
    Fetch(&'a Found),
    /// Decode the fetched file.
    Decode,
    /// Make the rows ready in the inbox, and give them their name.
    Place(&'a Decoded),
    /// Give the rows that are ready their name.
    FinishPlacing(&'a Placing),
    /// Have them imported.
    Import,
    /// Find out how an import ended.
    EndImport(InInbox<'a>),
    /// Tell the partner what became of its file.
    Answer,
    /// Remove or move the partner's file.
    Clear,
    /// Write the receipt; before that the acknowledgement is removed, where that is agreed.
    Receipt(Option<&'a Acknowledged>),
    /// Move everything to the archive.
    Archive,
    /// Take back what lies in the inbox, then move everything to the archive.
    GiveUp,
}

impl Work<'_> {
    /// The step for which a session with the partner is needed, if one is.
    pub fn at_partner(&self) -> Option<Step> {
        match self {
            Work::Transfer(_) => Some(Step::Transfer),
            Work::Verify(_) => Some(Step::Verify),
            Work::Publish(_) => Some(Step::Publish),
            Work::LookForAcknowledgement(_) | Work::Receipt(Some(_)) => Some(Step::Acknowledge),
            Work::Fetch(_) => Some(Step::Fetch),
            Work::Clear => Some(Step::Clear),
            Work::Rest
            | Work::Wait(_)
            | Work::Hold(_)
            | Work::GiveWayTo(_)
            | Work::Supersede(_)
            | Work::Repeat(_)
            | Work::ReleaseOutboxName(_)
            | Work::Convert
            | Work::Aim
            | Work::Settle
            | Work::Decode
            | Work::Place(_)
            | Work::FinishPlacing(_)
            | Work::Import
            | Work::EndImport(_)
            | Work::Answer
            | Work::Receipt(None)
            | Work::Archive
            | Work::GiveUp => None,
        }
    }

    /// Whether something is recorded whatever comes of it: not of a look that may find nothing.
    pub fn is_recorded(&self) -> bool {
        match self {
            Work::Rest | Work::LookForAcknowledgement(_) | Work::Settle => false,
            Work::Wait(_)
            | Work::Hold(_)
            | Work::GiveWayTo(_)
            | Work::Supersede(_)
            | Work::Repeat(_)
            | Work::ReleaseOutboxName(_)
            | Work::Convert
            | Work::Aim
            | Work::Transfer(_)
            | Work::Verify(_)
            | Work::Publish(_)
            | Work::Fetch(_)
            | Work::Decode
            | Work::Place(_)
            | Work::FinishPlacing(_)
            | Work::Import
            | Work::EndImport(_)
            | Work::Answer
            | Work::Clear
            | Work::Receipt(_)
            | Work::Archive
            | Work::GiveUp => true,
        }
    }
}

/// The next work on a delivery.
pub(crate) fn plan<'a>(delivery: &'a Delivery, known: &Known) -> Work<'a> {
    if delivery.is_finished() || matches!(delivery.standing, Standing::Held { .. }) {
        return Work::Rest;
    }
    match Way::of(delivery) {
        Ok(Way::Out(outward)) => plan_out(delivery, outward, known),
        Ok(Way::In(inward)) => plan_in(delivery, inward, known),
        Err(Lacks(evidence)) => hold(delivery, lacks_evidence(evidence)),
    }
}

/// What to tell where the ledger lacks evidence that it should have.
pub(super) fn lacks_evidence(evidence: &str) -> String {
    say!("journey-lacks-evidence", evidence = format!("{evidence:?}"))
}

fn plan_out<'a>(delivery: &'a Delivery, outward: Outward<'a>, known: &Known) -> Work<'a> {
    match outward {
        Outward::Accepted(accepted) => after_acceptance(delivery, accepted, known),
        Outward::Converted => match &known.outbound {
            None => hold(delivery, no_such_link(&delivery.link)),
            // A suspicious file displaces no other.
            Some(link) => other_partner(delivery, &link.partner)
                .or_else(|| suspicious(delivery, known))
                .or_else(|| turn_on_link(delivery, link, known))
                .or_else(|| closed(delivery, known))
                .unwrap_or(Work::Aim),
        },
        Outward::Transferring(aimed) => under_way(delivery, known)
            .or_else(|| closed(delivery, known))
            .or_else(|| acknowledged_alike(aimed, known))
            .unwrap_or(Work::Transfer(aimed)),
        Outward::Transferred(aimed) => {
            under_way(delivery, known).or_else(|| closed(delivery, known)).unwrap_or(Work::Verify(aimed))
        }
        Outward::Verified(aimed) => {
            under_way(delivery, known).or_else(|| closed(delivery, known)).unwrap_or(Work::Publish(aimed))
        }
        Outward::Published(aimed, published) => after_publishing(delivery, aimed, published, known),
        Outward::Acknowledged(found) => {
            // Removing the acknowledgement is only tidying up: it stays where the partner can't be reached, or is another one
            // by now.
            let shut = other_partner_of(delivery, known).or_else(|| closed(delivery, known));
            Work::Receipt(Some(found).filter(|_| shut.is_none()))
        }
        Outward::Confirmed => Work::Receipt(None),
        // A delivery that was given up keeps its place until its outbox name is gone: else its file would be taken over anew.
        Outward::Ending => match delivery.accepted().filter(|_| delivery.may_have_outbox_name()) {
            Some(accepted) if !known.outbox_name_gone => Work::ReleaseOutboxName(accepted),
            Some(_) | None => Work::Archive,
        },
    }
}

/// Nothing is decided or sent before the outbox name is gone. The same content over the same link, not long ago, was probably
/// dropped twice.
fn after_acceptance<'a>(delivery: &'a Delivery, accepted: &'a Accepted, known: &Known) -> Work<'a> {
    if !known.outbox_name_gone {
        return Work::ReleaseOutboxName(accepted);
    }
    let Some(earlier) = known.same_content.as_ref().filter(|_| !delivery.waived.contains(&Waiver::Duplicate))
    else {
        return Work::Convert;
    };
    let reason = say!("journey-dropped-twice", id = earlier.id, at = earlier.accepted_at);
    Work::Hold(Doubt { duplicate_of: Some(earlier.id.clone()), ..Doubt::new(Step::Accept, reason) })
}

/// On an ordered link one delivery goes after another; with `latest`, a newer one takes the place of those not yet begun. If
/// the link is held, a delivery behind others waits at the hold: that is what a person is told of, and can release.
fn turn_on_link<'a>(delivery: &'a Delivery, link: &OutboundNow, known: &Known) -> Option<Work<'a>> {
    if link.order == Order::Free {
        return None;
    }
    let lane = &known.lane;
    let may_be_older = delivery.waived.contains(&Waiver::Sequence);
    if link.order == Order::Latest {
        let newer = lane.newer_ready.as_ref().or(lane.overtaken_by.as_ref());
        if let Some(newer) = newer.filter(|_| !may_be_older) {
            return Some(Work::GiveWayTo(newer.clone()));
        }
        if !lane.older.is_empty() {
            return Some(Work::Supersede(lane.older.clone()));
        }
    }
    if let Some(newer) = lane.overtaken_by.as_ref().filter(|_| delivery.resend_of.is_some() && !may_be_older)
    {
        return Some(older_than(delivery, newer));
    }
    let ahead = lane.ahead.as_ref().filter(|_| !delivery.waived.contains(&Waiver::Order))?;
    let behind = || Gate::Order { behind: ahead.id.clone(), held: ahead.held };
    Some(Work::Wait(link_hold(delivery, known).unwrap_or_else(behind)))
}

/// What stops a delivery of which bytes may be at the partner: another partner by now, or a newer full file that is there.
fn under_way<'a>(delivery: &'a Delivery, known: &Known) -> Option<Work<'a>> {
    let other = other_partner_of(delivery, known);
    other.or_else(|| {
        let newer = known.lane.overtaken_by.as_ref()?;
        let latest = known.outbound.as_ref()?.order == Order::Latest;
        (latest && !delivery.waived.contains(&Waiver::Sequence)).then(|| older_than(delivery, newer))
    })
}

fn older_than<'a>(delivery: &Delivery, newer: &DeliveryId) -> Work<'a> {
    let reason = say!("journey-older", newer = newer);
    Work::Hold(Doubt { out_of_sequence: true, ..Doubt::new(step_after(delivery.stage), reason) })
}

/// Two deliveries with the same path for the partner's acknowledgement can't be told apart by it: one waits for the other.
fn acknowledged_alike<'a>(aimed: Aimed<'_>, known: &Known) -> Option<Work<'a>> {
    let path = aimed.target.acknowledgement.clone()?;
    let behind = known.same_acknowledgement.clone()?;
    Some(Work::Wait(Gate::SameAcknowledgement { behind, path }))
}

/// The receipt, or first the partner's acknowledgement where one is agreed, or where nothing else proves the arrival.
fn after_publishing<'a>(
    delivery: &'a Delivery,
    aimed: Aimed<'a>,
    published: &Published,
    known: &Known,
) -> Work<'a> {
    // A medium that nobody has received proves no arrival, whatever the configuration says by now.
    if let Some(medium) = delivery.carried_on() {
        return Work::Wait(Gate::HandedOver { medium: medium.to_owned() });
    }
    let was_agreed = aimed.target.acknowledgement.is_some() || published.unproven;
    let link = known.outbound.as_ref();
    if link.is_some_and(|link| link.acknowledges) {
        return other_partner_of(delivery, known)
            .or_else(|| closed(delivery, known))
            .unwrap_or(Work::LookForAcknowledgement(aimed));
    }
    if !was_agreed {
        return Work::Receipt(None);
    }
    let reason = link.map_or_else(
        || say!("journey-agreement-link-gone", link = delivery.link),
        |link| say!("journey-agreement-gone", partner = link.partner),
    );
    Work::Hold(Doubt::new(Step::Acknowledge, reason))
}

fn plan_in<'a>(delivery: &'a Delivery, inward: Inward<'a>, known: &Known) -> Work<'a> {
    let Some(link) = &known.inbound else { return without_link(delivery, inward) };
    match inward {
        Inward::Found(found) => other_partner(delivery, &link.partner)
            .or_else(|| closed(delivery, known))
            .or_else(|| known.settles.then_some(Work::Settle))
            .unwrap_or(Work::Fetch(found)),
        Inward::Fetched => same_file(delivery, known).unwrap_or(Work::Decode),
        Inward::Decoded(decoded) => next_in(delivery, known).unwrap_or(Work::Place(decoded)),
        Inward::Placing(placing) => Work::FinishPlacing(placing),
        Inward::Placed => match link.after {
            After::Import => Work::Import,
            after @ (After::Answer | After::Clear | After::Receipt) => {
                after_import(delivery, after, link, known)
            }
        },
        Inward::Importing(handed_over) => Work::EndImport(handed_over),
        Inward::Imported => after_import(delivery, link.after, link, known),
        Inward::Rejected if link.tells_refusal => Work::Answer,
        Inward::Cancelled => Work::GiveUp,
        Inward::Rejected | Inward::Ending => Work::Archive,
    }
}

/// A collection whose link has left the configuration goes no further, unless nothing but the archive is left.
fn without_link<'a>(delivery: &Delivery, inward: Inward<'_>) -> Work<'a> {
    match inward {
        Inward::Found(_)
        | Inward::Fetched
        | Inward::Decoded(_)
        | Inward::Placing(_)
        | Inward::Placed
        | Inward::Importing(_) => hold(delivery, no_such_link(&delivery.link)),
        Inward::Imported => Work::Hold(Doubt::new(Step::Import, no_such_link(&delivery.link))),
        Inward::Cancelled => Work::GiveUp,
        Inward::Rejected | Inward::Ending => Work::Archive,
    }
}

fn after_import<'a>(delivery: &Delivery, after: After, link: &InboundNow, known: &Known) -> Work<'a> {
    match after {
        After::Answer => Work::Answer,
        After::Clear => {
            other_partner(delivery, &link.partner).or_else(|| closed(delivery, known)).unwrap_or(Work::Clear)
        }
        After::Import | After::Receipt => Work::Receipt(None),
    }
}

/// A file that stays at the partner may be touched there: under the same name it is the same file still. Anything else with
/// the same content was probably sent twice.
fn same_file<'a>(delivery: &Delivery, known: &Known) -> Option<Work<'a>> {
    let earlier = known.same_content.as_ref().filter(|_| !delivery.waived.contains(&Waiver::Duplicate))?;
    if earlier.is_same_file {
        return Some(Work::Repeat(earlier.id.clone()));
    }
    let (id, at) = (&earlier.id, earlier.accepted_at);
    // The message tells of the sequence too, so that one release settles both.
    let (reason, out_of_sequence) = match follows(delivery, known) {
        Follows::Yes => (say!("journey-sent-twice", id = id, at = at), false),
        Follows::TooOld(what) => (say!("journey-sent-twice-old", id = id, at = at, what = what), true),
        Follows::AfterGap(what) => (say!("journey-sent-twice-gap", id = id, at = at, what = what), false),
    };
    let duplicate_of = Some(earlier.id.clone());
    Some(Work::Hold(Doubt { duplicate_of, out_of_sequence, ..Doubt::new(Step::Fetch, reason) }))
}

/// What keeps a collection from being handed over: a hold, those before it, its date or number, its lock.
fn next_in<'a>(delivery: &Delivery, known: &Known) -> Option<Work<'a>> {
    if let Some(gate) = link_hold(delivery, known) {
        return Some(Work::Wait(gate));
    }
    if let Some(ahead) = known.lane.ahead.as_ref().filter(|_| !delivery.waived.contains(&Waiver::Order)) {
        return Some(Work::Wait(Gate::Order { behind: ahead.id.clone(), held: ahead.held }));
    }
    if let Some(hold) = suspicious(delivery, known) {
        return Some(hold);
    }
    match follows(delivery, known) {
        Follows::Yes => known.exclusive.clone().map(Work::Wait),
        Follows::AfterGap(what) => {
            let missing = say!("journey-gap", what = what);
            Some(Work::Wait(Gate::Sequence { missing }))
        }
        Follows::TooOld(what) => {
            let reason = say!("journey-too-old", what = what);
            Some(Work::Hold(Doubt { out_of_sequence: true, ..Doubt::new(Step::Place, reason) }))
        }
    }
}

/// A file that is hardly right by the number of its records, unless a person said that it is.
fn suspicious<'a>(delivery: &Delivery, known: &Known) -> Option<Work<'a>> {
    let what = known.suspicion.as_ref().filter(|_| !delivery.waived.contains(&Waiver::Suspicion))?;
    let reason = say!("journey-suspicious", what = what);
    Some(Work::Hold(Doubt { suspicious: true, ..Doubt::new(step_after(delivery.stage), reason) }))
}

/// How a collection stands to the last one, unless a person said that it doesn't matter.
fn follows(delivery: &Delivery, known: &Known) -> Follows {
    let told = known.follows.clone().filter(|_| !delivery.waived.contains(&Waiver::Sequence));
    told.unwrap_or(Follows::Yes)
}

fn other_partner_of<'a>(delivery: &Delivery, known: &Known) -> Option<Work<'a>> {
    other_partner(delivery, &known.outbound.as_ref()?.partner)
}

/// A link that goes to another partner by now says nothing of where this one has to go.
fn other_partner<'a>(delivery: &Delivery, now: &str) -> Option<Work<'a>> {
    let Delivery { link, partner, .. } = delivery;
    (partner != now)
        .then(|| hold(delivery, say!("journey-other-partner", link = link, now = now, partner = partner)))
}

/// The gate that keeps anything from being done at the partner.
fn closed<'a>(delivery: &Delivery, known: &Known) -> Option<Work<'a>> {
    let gates = &known.gates;
    // What is going on when the hours end is brought to its end; nothing is begun, and nothing tried again.
    let begins = delivery.stage.begins_at_partner() || delivery.standing != Standing::Going;
    let hours = || {
        let opens = gates.opens.filter(|_| begins && !delivery.waived.contains(&Waiver::Hours))?;
        Some(Gate::Hours { opens })
    };
    // A medium that takes no more bytes can still be read, and files can still be removed from it.
    let line = || {
        let line = gates.line.as_ref()?;
        (!line.can_be_read || delivery.collection().is_none()).then(|| line.gate.clone())
    };
    let held = gates.partner_held.clone().or_else(|| link_hold(delivery, known));
    held.or_else(hours).or_else(line).map(Work::Wait)
}

fn link_hold(delivery: &Delivery, known: &Known) -> Option<Gate> {
    known.gates.link_held.clone().filter(|_| !delivery.waived.contains(&Waiver::LinkHold))
}

fn hold<'a>(delivery: &Delivery, reason: String) -> Work<'a> {
    Work::Hold(Doubt::new(step_after(delivery.stage), reason))
}
