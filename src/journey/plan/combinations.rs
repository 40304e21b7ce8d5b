//! The plan over all combinations of what can be known at each stage, against the invariants that docs/guarantees.md names.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use totatsu_ledger::stage::Stage;
use totatsu_ledger::state::Failing;

/// Counts through every combination of choices, however many of them a stage asks for.
#[derive(Default)]
struct Choices {
    /// Each choice that was made, and out of how many.
    made: Vec<(usize, usize)>,
    next: usize,
}

impl Choices {
    fn pick(&mut self, of: usize) -> usize {
        if self.next == self.made.len() {
            self.made.push((0, of));
        }
        self.next += 1;
        self.made[self.next - 1].0
    }

    fn flag(&mut self) -> bool {
        self.pick(2) == 1
    }

    /// The next combination, until all have been.
    fn turn(&mut self) -> bool {
        self.next = 0;
        while let Some((choice, of)) = self.made.pop() {
            if choice + 1 < of {
                self.made.push((choice + 1, of));
                return true;
            }
        }
        false
    }
}

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const AT: &str = "2026-11-22T18:30:05.000+09:00";

fn id(last: char) -> DeliveryId {
    format!("20261122-183005-k7m2q{last}").parse().unwrap()
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn peer(transport: &str) -> Value {
    json!({"transport": transport, "address": "a", "software": "s", "host_key": "k", "user": "u", "authenticated_by": "p",
           "cipher": "c", "key_exchange": "k", "extensions": []})
}

fn identity() -> Value {
    json!({"device": 1, "inode": 2, "size": 3, "modified_ns": 4})
}

/// A delivery at this stage, with all evidence that its way can have.
fn delivery(inward: bool, stage: Stage) -> Delivery {
    let origin = if inward {
        let decoded = json!({"layout": "l", "layout_version": "v", "layout_sha256": ZEROS, "size": 1, "sha256": ZEROS,
            "decoded_sha256": ZEROS, "records": {}, "totals": {}, "rows": 1, "quarantined": 0, "problems": 0});
        json!({"collection": {
            "found": {"path": "a", "name": "a", "size": 1, "modified": null},
            "fetched": {"size": 1, "sha256": ZEROS, "modified": null, "peer": peer("sftp"), "asked": []},
            "repeats": null, "decoded": decoded,
            "placing": {"path": "/a", "temporary": "/.a", "size": 1, "sha256": ZEROS, "identity": identity()},
            "placed": {"path": "/a"}, "placed_event": 3, "import_runs": 0, "imported": null, "answered": null,
            "cleared": null}})
    } else {
        json!({"accepted": {"name": "a", "outbox": "/o", "size": 1, "sha256": ZEROS, "identity": identity(),
            "marker": false}})
    };
    let mut value = json!({
        "id": id('9'), "link": "irai", "partner": "eltax", "stage": stage, "standing": "going", "updated": AT,
        "outcome_unknown": false, "failing": null, "milestones": [], "begun": 5, "accepted_at": AT,
        "resend_of": null, "by_hand": [], "waived": [], "transfers": 1, "names_taken": 0, "problems": null,
        "converted": {"layout": "l", "layout_version": "v", "layout_sha256": ZEROS, "size": 1, "sha256": ZEROS,
            "records": {}, "totals": {}, "folds": 0},
        "target": {"directory": "", "temporary": ".t", "name": "a", "overwrite": "refuse"},
        "transferred": {"bytes": 1, "sha256": ZEROS, "peer": peer("sftp"), "asked": []},
        "verified": {"grade": "content", "asked": []},
        "published": {"path": "a", "found_done": false, "asked": []},
        "acknowledged": {"path": "a.ack", "size": 1, "sha256": ZEROS, "asked": []},
        "confirmed": {"by": "y", "how": "phone", "at": AT},
        "superseded_by": null, "receipt": null, "archived": null, "removed": null});
    let Value::Object(origin) = origin else { unreachable!() };
    value.as_object_mut().unwrap().extend(origin);
    read(value)
}

/// Gives the delivery one of four standings: nothing hinders it, a closed gate, a failure, or a hold.
fn stand(choices: &mut Choices, delivery: &mut Delivery) {
    let gate = Gate::PartnerDown { partner: "eltax".to_owned(), since: delivery.updated };
    delivery.standing = match choices.pick(4) {
        0 => Standing::Going,
        1 => Standing::Queued { gate },
        2 => {
            delivery.failing = Some(Failing { since: delivery.updated, times: 1 });
            let (until, reason) = (delivery.updated, "failed".to_owned());
            Standing::Waiting { step: Step::Publish, attempt: 1, until, reason }
        }
        _ => Standing::Held(Doubt { unknown: true, ..Doubt::new(Step::Publish, "asked".to_owned()) }),
    };
}

fn waived(choices: &mut Choices, among: &[Waiver]) -> BTreeSet<Waiver> {
    among.iter().copied().filter(|_| choices.flag()).collect()
}

fn gates(choices: &mut Choices, at: Moment) -> Gates {
    let line = |can_be_read| {
        let gate = Gate::PartnerDown { partner: "eltax".to_owned(), since: at };
        Some(LineDown { gate, can_be_read })
    };
    let reason = || "held".to_owned();
    let partner_held = Gate::PartnerHeld { partner: "eltax".to_owned(), reason: reason(), until: None };
    let link_held = Gate::LinkHeld { link: "irai".to_owned(), reason: reason(), until: None };
    Gates {
        partner_held: choices.flag().then_some(partner_held),
        link_held: choices.flag().then_some(link_held),
        opens: choices.flag().then_some(at),
        line: [None, line(true), line(false)][choices.pick(3)].take(),
    }
}

fn partner(choices: &mut Choices) -> String {
    ["eltax", "another"][choices.pick(2)].to_owned()
}

fn one(choices: &mut Choices, last: char) -> Option<DeliveryId> {
    choices.flag().then(|| id(last))
}

fn ahead(choices: &mut Choices) -> Option<Ahead> {
    [None, Some(false), Some(true)][choices.pick(3)].map(|held| Ahead { id: id('2'), held })
}

fn known_out(choices: &mut Choices, stage: Stage, at: Moment) -> Known {
    let mut known = Known { gates: gates(choices, at), ..Known::default() };
    known.outbound = choices.flag().then(|| OutboundNow {
        partner: partner(choices),
        order: [Order::Free, Order::Strict, Order::Latest][choices.pick(3)],
        acknowledges: stage == Stage::Published && choices.flag(),
    });
    if stage == Stage::Accepted {
        known.outbox_name_gone = choices.flag();
        known.same_content = same_content(choices, at);
    }
    if matches!(stage, Stage::Converted | Stage::Transferring | Stage::Transferred | Stage::Verified) {
        known.lane.overtaken_by = one(choices, '3');
    }
    if stage == Stage::Converted {
        known.lane.ahead = ahead(choices);
        known.lane.newer_ready = one(choices, '4');
        // Older deliveries matter on one kind of link only: elsewhere the delivery is suspicious by itself.
        let (older, suspicious) = [(false, false), (true, false), (true, true)][choices.pick(3)];
        known.lane.older = older.then(|| id('5')).into_iter().collect();
        known.suspicion = suspicious.then(|| "many".to_owned());
    }
    if stage == Stage::Transferring {
        known.same_acknowledgement = one(choices, '6');
    }
    known
}

fn same_content(choices: &mut Choices, at: Moment) -> Option<SameContent> {
    let is_same_file = [None, Some(false), Some(true)][choices.pick(3)];
    is_same_file.map(|is_same_file| SameContent { id: id('7'), accepted_at: at, is_same_file })
}

fn known_in(choices: &mut Choices, stage: Stage, at: Moment) -> Known {
    let mut known = Known { gates: gates(choices, at), ..Known::default() };
    known.inbound = choices.flag().then(|| InboundNow {
        partner: partner(choices),
        after: [After::Import, After::Answer, After::Clear, After::Receipt][choices.pick(4)],
        tells_refusal: choices.flag(),
    });
    if stage == Stage::Found {
        known.settles = choices.flag();
    }
    if matches!(stage, Stage::Fetched | Stage::Decoded) {
        let (old, gap) = ("old".to_owned(), "gap".to_owned());
        known.follows = [None, Some(Follows::Yes), Some(Follows::TooOld(old)), Some(Follows::AfterGap(gap))]
            [choices.pick(4)]
        .take();
    }
    if stage == Stage::Fetched {
        known.same_content = same_content(choices, at);
    }
    if stage == Stage::Decoded {
        known.lane.ahead = ahead(choices);
        let gate = Gate::Inbox { path: PathBuf::from("/a") };
        let (exclusive, suspicious) = [(false, false), (true, false), (false, true)][choices.pick(3)];
        known.exclusive = exclusive.then_some(gate);
        known.suspicion = suspicious.then(|| "few".to_owned());
    }
    known
}

/// What must be so of the work on a delivery that nobody holds, whichever way it goes.
fn check_gates(delivery: &Delivery, known: &Known, work: &Work<'_>, what: &dyn Fn() -> String) {
    let is_first = matches!(delivery.stage, Stage::Found | Stage::Converted | Stage::Transferring);
    let begins = is_first || delivery.standing != Standing::Going;
    let waived = |waiver| delivery.waived.contains(&waiver);
    let inward = delivery.collection().is_some();
    if work.at_partner().is_some() || matches!(work, Work::Aim | Work::Settle) {
        let Gates { partner_held, link_held, opens, line } = &known.gates;
        assert!(partner_held.is_none(), "the partner is held: {}", what());
        assert!(link_held.is_none() || waived(Waiver::LinkHold), "the link is held: {}", what());
        assert!(opens.is_none() || !begins || waived(Waiver::Hours), "outside the hours: {}", what());
        let down = line.as_ref().is_some_and(|line| !inward || !line.can_be_read);
        assert!(!down, "the line is down: {}", what());
        let now = known.outbound.as_ref().map(|link| &link.partner);
        let now = now.or(known.inbound.as_ref().map(|link| &link.partner));
        assert!(now.is_none_or(|now| *now == delivery.partner), "another partner: {}", what());
    }
}

fn check_out(delivery: &Delivery, known: &Known, work: &Work<'_>, what: &dyn Fn() -> String) {
    let waived = |waiver| delivery.waived.contains(&waiver);
    let order = known.outbound.as_ref().map(|link| link.order);
    let stage = delivery.stage;
    match work {
        Work::ReleaseOutboxName(_) => {
            // A delivery that was given up before anything was decided may still have its name in the outbox.
            assert!(matches!(stage, Stage::Accepted | Stage::Superseded | Stage::Cancelled), "{}", what());
            assert!(!known.outbox_name_gone, "{}", what());
        }
        Work::Archive if matches!(stage, Stage::Superseded | Stage::Cancelled) => {
            let is_gone = known.outbox_name_gone || !delivery.may_have_outbox_name();
            assert!(is_gone, "its file would be taken over anew: {}", what());
        }
        Work::Convert => {
            assert!(stage == Stage::Accepted && known.outbox_name_gone, "{}", what());
            assert!(known.same_content.is_none() || waived(Waiver::Duplicate), "twice: {}", what());
        }
        Work::Aim => {
            assert!(stage == Stage::Converted && order.is_some(), "{}", what());
            let ahead = known.lane.ahead.is_some() && order != Some(Order::Free);
            assert!(!ahead || waived(Waiver::Order), "out of order: {}", what());
            assert!(known.lane.older.is_empty() || order != Some(Order::Latest), "{}", what());
            assert!(known.suspicion.is_none() || waived(Waiver::Suspicion), "hardly right: {}", what());
        }
        Work::Transfer(aimed) => {
            assert!(stage == Stage::Transferring, "a name may have been given: {}", what());
            let alike = known.same_acknowledgement.is_some() && aimed.target.acknowledgement.is_some();
            assert!(!alike, "one acknowledgement would be taken for another's: {}", what());
        }
        Work::Verify(_) => assert!(stage == Stage::Transferred, "{}", what()),
        Work::Publish(_) => assert!(stage == Stage::Verified, "named before the proof: {}", what()),
        Work::LookForAcknowledgement(_) => assert!(stage == Stage::Published, "{}", what()),
        Work::Receipt(_) => {
            let published = stage == Stage::Published;
            assert!(published || matches!(stage, Stage::Acknowledged | Stage::Confirmed), "{}", what());
            let evidence = delivery.published.as_ref().zip(delivery.target.as_ref()).unwrap();
            let alone = !evidence.0.unproven && evidence.1.acknowledgement.is_none();
            let promised = known.outbound.as_ref().is_some_and(|link| link.acknowledges);
            let proven = alone && !promised && delivery.carried_on().is_none();
            assert!(!published || proven, "a receipt without its evidence: {}", what());
        }
        Work::GiveWayTo(_) => {
            assert!(stage == Stage::Converted && order == Some(Order::Latest), "{}", what());
        }
        Work::Supersede(older) => {
            assert!(*older == known.lane.older && order == Some(Order::Latest), "{}", what());
            assert!(known.suspicion.is_none() || waived(Waiver::Suspicion), "hardly right: {}", what());
            let newer = known.lane.newer_ready.is_some() || known.lane.overtaken_by.is_some();
            assert!(!newer || waived(Waiver::Sequence), "it is itself outdated: {}", what());
        }
        Work::Archive => assert!(stage.is_ending(), "{}", what()),
        Work::Rest => panic!("forgotten: {}", what()),
        Work::Wait(_) | Work::Hold(_) => assert!(!stage.is_ending(), "{}", what()),
        Work::Repeat(_)
        | Work::Settle
        | Work::Fetch(_)
        | Work::Decode
        | Work::Place(_)
        | Work::FinishPlacing(_)
        | Work::Import
        | Work::EndImport(_)
        | Work::Answer
        | Work::Clear
        | Work::GiveUp => panic!("of the other way: {}", what()),
    }
    check_order(delivery, known, work, what);
}

/// Nothing newer is replaced, and nothing old follows it, unless a person waived that.
fn check_order(delivery: &Delivery, known: &Known, work: &Work<'_>, what: &dyn Fn() -> String) {
    let waived = |waiver| delivery.waived.contains(&waiver);
    let order = known.outbound.as_ref().map(|link| link.order);
    let sends = matches!(work, Work::Aim | Work::Transfer(_) | Work::Verify(_) | Work::Publish(_));
    if sends && order == Some(Order::Latest) {
        let newer = known.lane.newer_ready.is_some() || known.lane.overtaken_by.is_some();
        assert!(!newer || waived(Waiver::Sequence), "a newer file would be replaced: {}", what());
    }
    if matches!(work, Work::Aim) && order == Some(Order::Strict) && delivery.resend_of.is_some() {
        let newer = known.lane.overtaken_by.is_some();
        assert!(!newer || waived(Waiver::Sequence), "an old file after a newer one: {}", what());
    }
}

fn check_in(delivery: &Delivery, known: &Known, work: &Work<'_>, what: &dyn Fn() -> String) {
    let waived = |waiver| delivery.waived.contains(&waiver);
    let stage = delivery.stage;
    let after = known.inbound.as_ref().map(|link| link.after);
    let handed_over = matches!(stage, Stage::Placed | Stage::Imported);
    match work {
        Work::Settle => assert!(stage == Stage::Found, "{}", what()),
        Work::Fetch(_) => {
            assert!(stage == Stage::Found && !known.settles, "read too soon: {}", what());
        }
        Work::Decode => {
            assert!(stage == Stage::Fetched, "{}", what());
            assert!(known.same_content.is_none() || waived(Waiver::Duplicate), "twice: {}", what());
        }
        Work::Repeat(_) => assert!(known.same_content.as_ref().unwrap().is_same_file, "{}", what()),
        Work::Place(_) => {
            assert!(stage == Stage::Decoded && known.exclusive.is_none(), "under a lock: {}", what());
            assert!(known.lane.ahead.is_none() || waived(Waiver::Order), "out of order: {}", what());
            let follows = matches!(known.follows, None | Some(Follows::Yes)) || waived(Waiver::Sequence);
            assert!(follows, "out of sequence: {}", what());
            assert!(known.suspicion.is_none() || waived(Waiver::Suspicion), "hardly right: {}", what());
        }
        Work::FinishPlacing(_) => assert!(stage == Stage::Placing, "handed over twice: {}", what()),
        Work::Import => {
            assert!(stage == Stage::Placed && after == Some(After::Import), "imported twice: {}", what());
        }
        Work::EndImport(_) => assert!(stage == Stage::Importing, "{}", what()),
        Work::Answer => assert!(handed_over || stage == Stage::Rejected, "{}", what()),
        Work::Clear => {
            assert!(handed_over && after == Some(After::Clear), "removed before it is ours: {}", what());
        }
        Work::Receipt(tidied) => {
            assert!(handed_over && tidied.is_none() && after.is_some(), "{}", what());
            assert!(stage == Stage::Imported || after == Some(After::Receipt), "not imported: {}", what());
        }
        Work::Archive => assert!(stage.is_ending(), "{}", what()),
        Work::GiveUp => assert!(stage == Stage::Cancelled, "{}", what()),
        Work::Rest => panic!("forgotten: {}", what()),
        Work::Wait(_) | Work::Hold(_) => assert!(!stage.is_ending(), "{}", what()),
        Work::GiveWayTo(_)
        | Work::Supersede(_)
        | Work::ReleaseOutboxName(_)
        | Work::Convert
        | Work::Aim
        | Work::Transfer(_)
        | Work::Verify(_)
        | Work::Publish(_)
        | Work::LookForAcknowledgement(_) => panic!("of the other way: {}", what()),
    }
}

/// Plans with every combination that `choose` makes of a stage, and says how many there were.
fn walk(inward: bool, stage: Stage) -> usize {
    let (mut choices, mut count) = (Choices::default(), 0);
    let mut delivery = delivery(inward, stage);
    let at = delivery.updated;
    loop {
        delivery.failing = None;
        stand(&mut choices, &mut delivery);
        let held = matches!(delivery.standing, Standing::Held { .. });
        let mut among = vec![Waiver::LinkHold, Waiver::Hours];
        if matches!(stage, Stage::Accepted | Stage::Fetched) {
            among.push(Waiver::Duplicate);
        }
        if matches!(stage, Stage::Converted | Stage::Decoded) {
            among.push(Waiver::Order);
            among.push(Waiver::Suspicion);
        }
        if !matches!(stage, Stage::Accepted | Stage::Published | Stage::Found) {
            among.push(Waiver::Sequence);
        }
        delivery.waived = waived(&mut choices, &among);
        if !inward && stage == Stage::Converted {
            delivery.resend_of = one(&mut choices, '8');
        }
        if !inward && matches!(stage, Stage::Transferring | Stage::Published) {
            let path = choices.flag().then(|| "a.ack".to_owned());
            delivery.target.as_mut().unwrap().acknowledgement = path;
        }
        if !inward && stage == Stage::Published {
            delivery.published.as_mut().unwrap().unproven = choices.flag();
            let transport = ["sftp", "medium"][choices.pick(2)];
            delivery.transferred.as_mut().unwrap().peer.transport = transport.to_owned();
        }
        let known =
            if inward { known_in(&mut choices, stage, at) } else { known_out(&mut choices, stage, at) };
        let work = plan(&delivery, &known);
        let what = || format!("{stage} {:?} {:?} {known:?}: {work:?}", delivery.standing, delivery.waived);
        if held {
            assert!(matches!(work, Work::Rest), "a person decides: {}", what());
        } else {
            check_gates(&delivery, &known, &work, &what);
            let check = if inward { check_in } else { check_out };
            check(&delivery, &known, &work, &what);
        }
        count += 1;
        if !choices.turn() {
            return count;
        }
    }
}

#[test]
fn over_all_combinations_on_the_way_out_no_gate_is_passed_no_receipt_lacks_evidence_and_nothing_newer_is_replaced()
 {
    let stages = [
        Stage::Accepted,
        Stage::Converted,
        Stage::Transferring,
        Stage::Transferred,
        Stage::Verified,
        Stage::Published,
        Stage::Acknowledged,
        Stage::Confirmed,
        Stage::Receipted,
        Stage::Rejected,
        Stage::Superseded,
        Stage::Cancelled,
    ];
    let count: usize = stages.into_iter().map(|stage| walk(false, stage)).sum();
    assert!(count > 100_000, "{count}");
}

#[test]
fn over_all_combinations_on_the_way_in_nothing_is_handed_over_twice_out_of_turn_or_removed_before_it_is_ours()
{
    let stages = [
        Stage::Found,
        Stage::Fetched,
        Stage::Decoded,
        Stage::Placing,
        Stage::Placed,
        Stage::Importing,
        Stage::Imported,
        Stage::Receipted,
        Stage::Rejected,
        Stage::Repeated,
        Stage::Cancelled,
    ];
    let count: usize = stages.into_iter().map(|stage| walk(true, stage)).sum();
    assert!(count > 10_000, "{count}");
}

#[test]
fn a_stage_of_the_other_way_or_without_its_evidence_is_held_and_never_worked_on() {
    let mut stray = delivery(false, Stage::Placed);
    assert!(matches!(plan(&stray, &Known::default()), Work::Hold(_)));
    stray = Delivery { stage: Stage::Verified, target: None, ..stray };
    assert!(matches!(plan(&stray, &Known::default()), Work::Hold(_)));
    let mut collected = delivery(true, Stage::Verified);
    assert!(matches!(plan(&collected, &Known::default()), Work::Hold(_)));
    collected = Delivery { stage: Stage::Fetched, ..delivery(true, Stage::Fetched) };
    if let totatsu_ledger::state::Origin::Collection(collection) = &mut collected.origin {
        collection.fetched = None;
    }
    assert!(matches!(plan(&collected, &Known::default()), Work::Hold(_)));
}
