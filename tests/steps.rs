//! The way of a delivery taken step by step, with the partner changed in between: what a crash or a cut line leaves
//! behind is found out by looking, and nothing is sent or named twice.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use support::gateway::{Address, LINK, configure, names_in, write_link};
use totatsu::daemon::recover;
use totatsu::deliver::accept::{self, Outbox, Readiness};
use totatsu::demo::partner::{EmbeddedPartner, Manners, USER};
use totatsu::gateway::Gateway;
use totatsu::{config, journey};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::Found;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Doubt, Gate, Stage, Standing, Waiver};
use totatsu_ledger::step::Step;
use totatsu_records::invented;

/// A gateway whose steps are taken by hand, and its partner.
struct ByHand {
    home: tempfile::TempDir,
    gateway: Gateway,
    _partner: EmbeddedPartner,
}

impl ByHand {
    fn new(manners: Manners) -> ByHand {
        ByHand::of_link(manners, "ready = \"rename\"\n", "")
    }

    /// With these keys of the link and of its `[remote]` table.
    fn of_link(manners: Manners, link: &str, remote: &str) -> ByHand {
        ByHand::of_links(manners, |home| write_link(home, link, remote))
    }

    /// With the links that are written below the home.
    fn of_links(manners: Manners, write: impl FnOnce(&Path)) -> ByHand {
        let home = tempfile::tempdir().unwrap();
        let at = |path: &str| home.path().join(path);
        fs::create_dir(at("partner")).unwrap();
        let partner = EmbeddedPartner::start_with(&at("partner"), manners).unwrap();
        partner.write_client_key(&at("key")).unwrap();
        let host_key = partner.host_key_line();
        let address =
            Address { port: partner.port(), user: USER, host_key: host_key.trim(), key_file: &at("key") };
        configure(home.path(), &address);
        write(home.path());
        let (configured, problems) = config::read(&at("config"));
        assert_eq!(problems, []);
        let (gateway, _) = Gateway::open(configured.unwrap()).unwrap();
        ByHand { home, gateway, _partner: partner }
    }

    fn partner(&self) -> PathBuf {
        self.home.path().join("partner")
    }

    async fn accepted(&self, name: &str) -> Delivery {
        self.accepted_with(name, 20).await
    }

    /// So many records each make another content.
    async fn accepted_with(&self, name: &str, count: u64) -> Delivery {
        let outbox = self.gateway.spool.outbox(LINK);
        let mut source = Vec::new();
        invented::write_csv(&mut source, count, 7).unwrap();
        fs::write(outbox.join(name), source).unwrap();
        let entries = Outbox::new(&outbox, Readiness::Rename).look_over(std::time::Instant::now()).unwrap();
        let entry = entries.iter().find(|entry| entry.name == name).unwrap();
        let (id, accepted) =
            accept::take_over(&self.gateway.spool, &outbox, entry, Readiness::Rename).unwrap();
        let event = Event::Accepted { link: LINK.to_owned(), partner: "eltax".to_owned(), accepted };
        self.gateway.ledger.record(id, event).await.unwrap()
    }

    /// Takes steps until the delivery is in `stage`.
    async fn until(&self, mut delivery: Delivery, stage: Stage) -> Delivery {
        while delivery.stage != stage {
            let before = delivery.stage;
            delivery = self.step(delivery).await;
            assert!(delivery.standing == Standing::Going && delivery.stage > before, "{delivery:?}");
        }
        delivery
    }

    async fn step(&self, delivery: Delivery) -> Delivery {
        journey::advance(&self.gateway, delivery).await.unwrap()
    }

    async fn at_stage(&self, stage: Stage) -> Delivery {
        let accepted = self.accepted("a.csv").await;
        self.until(accepted, stage).await
    }

    /// The gateway is killed and starts again.
    async fn after_a_kill(&self, delivery: &Delivery) -> Delivery {
        recover::at_start(&self.gateway.ledger, &self.gateway.spool).await.unwrap();
        self.gateway.ledger.find(&delivery.id).unwrap().unwrap()
    }

    fn temporary(&self, id: &DeliveryId) -> PathBuf {
        self.partner().join(format!(".totatsu-{id}.part"))
    }

    fn assert_arrived_once(&self, delivery: &Delivery) {
        assert_eq!(names_in(&self.partner()), ["a.csv"]);
        let (arrived, _) = Sha256::of_file(&self.partner().join("a.csv")).unwrap();
        assert_eq!(arrived, delivery.converted.as_ref().unwrap().sha256);
    }
}

fn held_because(delivery: &Delivery) -> &str {
    match &delivery.standing {
        Standing::Held(Doubt { reason, .. }) => reason,
        other @ (Standing::Going | Standing::Queued { .. } | Standing::Waiting { .. }) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_rename_that_was_done_although_its_answer_was_lost_is_found_done() {
    let by_hand = ByHand::new(Manners::default());
    let verified = by_hand.at_stage(Stage::Verified).await;
    fs::rename(by_hand.temporary(&verified.id), by_hand.partner().join("a.csv")).unwrap();
    let verified = by_hand.after_a_kill(&verified).await;
    let published = by_hand.step(verified).await;
    assert!(published.published.as_ref().unwrap().found_done);
    let done = by_hand.until(published, Stage::Archived).await;
    by_hand.assert_arrived_once(&done);
    assert_eq!(done.transfers, 1);
}

#[tokio::test]
async fn a_rename_that_got_as_far_as_the_second_name_is_finished() {
    let by_hand = ByHand::new(Manners::default());
    let verified = by_hand.at_stage(Stage::Verified).await;
    fs::hard_link(by_hand.temporary(&verified.id), by_hand.partner().join("a.csv")).unwrap();
    let verified = by_hand.after_a_kill(&verified).await;
    let published = by_hand.step(verified).await;
    assert!(published.published.as_ref().unwrap().found_done);
    by_hand.assert_arrived_once(&published);
}

#[tokio::test]
async fn a_proven_file_that_has_gone_under_both_names_is_unknown_and_a_person_is_asked() {
    let by_hand = ByHand::new(Manners::default());
    let verified = by_hand.at_stage(Stage::Verified).await;
    fs::remove_file(by_hand.temporary(&verified.id)).unwrap();
    let held = by_hand.step(verified).await;
    assert!(held_because(&held).starts_with("unknown:"), "{}", held_because(&held));
    assert!(held_because(&held).contains("ask the partner"), "{}", held_because(&held));
    assert_eq!(names_in(&by_hand.partner()), [""; 0], "nothing is sent again blindly");
}

#[tokio::test]
async fn a_proven_file_that_has_gone_while_another_bears_the_final_name_is_unknown_too() {
    let by_hand = ByHand::new(Manners::default());
    let verified = by_hand.at_stage(Stage::Verified).await;
    fs::remove_file(by_hand.temporary(&verified.id)).unwrap();
    fs::write(by_hand.partner().join("a.csv"), "somebody else's").unwrap();
    let held = by_hand.step(verified).await;
    assert!(held_because(&held).starts_with("unknown:"), "{}", held_because(&held));
    assert_eq!(fs::read_to_string(by_hand.partner().join("a.csv")).unwrap(), "somebody else's");
}

#[tokio::test]
async fn a_name_that_was_taken_after_the_proof_is_not_destroyed() {
    for rename_replaces in [false, true] {
        let by_hand = ByHand::new(Manners { extensions: !rename_replaces, rename_replaces });
        let verified = by_hand.at_stage(Stage::Verified).await;
        fs::write(by_hand.partner().join("a.csv"), "somebody else's").unwrap();
        let held = by_hand.step(verified).await;
        assert!(held_because(&held).contains("already holds a.csv"), "{}", held_because(&held));
        assert_eq!(fs::read_to_string(by_hand.partner().join("a.csv")).unwrap(), "somebody else's");
        assert!(by_hand.temporary(&held.id).exists());
    }
}

#[tokio::test]
async fn bytes_that_the_partner_changed_or_lost_after_acknowledging_them_are_noticed_and_sent_again() {
    let spoilers: [fn(&Path); 4] = [
        |path| {
            let mut bytes = fs::read(path).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            fs::write(path, bytes).unwrap();
        },
        |path| fs::File::options().write(true).open(path).unwrap().set_len(100).unwrap(),
        |path| fs::File::options().write(true).open(path).unwrap().set_len(1_000_000).unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for spoil in spoilers {
        let by_hand = ByHand::new(Manners::default());
        let transferred = by_hand.at_stage(Stage::Transferred).await;
        spoil(&by_hand.temporary(&transferred.id));
        let waiting = by_hand.step(transferred).await;
        assert!(matches!(waiting.standing, Standing::Waiting { .. }), "{waiting:?}");
        assert_eq!(waiting.stage, Stage::Converted);
        assert!(!by_hand.partner().join("a.csv").exists(), "no final name without proof");
        let done = by_hand.until(waiting, Stage::Archived).await;
        by_hand.assert_arrived_once(&done);
    }
}

#[tokio::test]
async fn a_partner_that_goes_on_losing_bytes_is_tried_at_longer_and_longer_intervals() {
    let by_hand = ByHand::new(Manners::default());
    let mut delivery = by_hand.at_stage(Stage::Transferred).await;
    for attempt in 1..=5 {
        fs::write(by_hand.temporary(&delivery.id), "lost").unwrap();
        delivery = by_hand.step(delivery).await;
        assert_eq!(delivery.failing.unwrap().times, attempt, "{:?}", delivery.standing);
        delivery = by_hand.until(delivery, Stage::Transferred).await;
    }
}

#[tokio::test]
async fn a_part_that_an_earlier_attempt_left_is_replaced_not_continued_blindly() {
    let by_hand = ByHand::new(Manners::default());
    let transferring = by_hand.at_stage(Stage::Transferring).await;
    fs::write(by_hand.temporary(&transferring.id), "half of something").unwrap();
    let done = by_hand.until(transferring, Stage::Archived).await;
    by_hand.assert_arrived_once(&done);
}

/// What a transfer says that finds `part`, made of our bytes, under the temporary name.
async fn resumed(part: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<String> {
    let by_hand = ByHand::new(Manners::default());
    let transferring = by_hand.at_stage(Stage::Transferring).await;
    let sent = fs::read(by_hand.gateway.spool.folder(&transferring.id).sent()).unwrap();
    fs::write(by_hand.temporary(&transferring.id), part(&sent)).unwrap();
    let done = by_hand.until(transferring, Stage::Archived).await;
    by_hand.assert_arrived_once(&done);
    let asked = done.transferred.unwrap().asked;
    asked.iter().map(|asked| format!("{}: {}", asked.asked, asked.answered)).collect()
}

fn written(said: &[String]) -> &str {
    said.iter().find(|line| line.starts_with("write ")).unwrap().rsplit(": ").next().unwrap()
}

#[tokio::test]
async fn a_part_that_is_the_beginning_of_ours_is_continued_and_only_the_rest_is_sent() {
    let said = resumed(|sent| sent[..100].to_vec()).await;
    assert!(said.iter().any(|line| line.contains("100 bytes, the first of ours")), "{said:?}");
    let whole = resumed(<[u8]>::to_vec).await;
    assert_eq!(written(&whole), "0 bytes acknowledged", "{whole:?}");
}

#[tokio::test]
async fn a_part_that_differs_in_one_byte_or_is_longer_than_ours_is_removed_and_all_is_sent() {
    let changed = resumed(|sent| {
        let mut part = sent[..100].to_vec();
        part[50] ^= 1;
        part
    });
    let longer = resumed(|sent| [sent, b"x"].concat());
    for said in [changed.await, longer.await] {
        assert!(said.iter().any(|line| line.starts_with("remove ")), "{said:?}");
    }
}

#[tokio::test]
async fn bytes_that_changed_on_our_own_disk_never_reach_the_final_name_and_stop_the_gateway() {
    let by_hand = ByHand::new(Manners::default());
    let transferring = by_hand.at_stage(Stage::Transferring).await;
    let sent = by_hand.gateway.spool.folder(&transferring.id).sent();
    let mut bytes = fs::read(&sent).unwrap();
    bytes[200] ^= 1;
    fs::write(&sent, bytes).unwrap();
    let stop = journey::advance(&by_hand.gateway, transferring).await.unwrap_err();
    assert!(stop.to_string().contains("check the disk"), "{stop}");
    assert!(!by_hand.partner().join("a.csv").exists());
}

async fn recorded(by_hand: &ByHand, delivery: &Delivery, event: Event) -> Delivery {
    by_hand.gateway.ledger.record(delivery.id.clone(), event).await.unwrap()
}

fn waiting(step: Step, unknown: bool) -> Event {
    let (until, reason) = (Moment::now(), "the line broke".to_owned());
    Event::Waiting { step, attempt: 3, until, reason, unknown, back_to: None }
}

fn released() -> Event {
    Event::Released { by: "operator".to_owned(), reason: "mended".to_owned() }
}

#[tokio::test]
async fn whatever_stood_at_verified_is_unknown_at_a_start_however_it_stood() {
    let partner = "eltax".to_owned();
    let queued = Event::Queued { gate: Gate::PartnerDown { partner, since: Moment::now() } };
    for event in [None, Some(queued), Some(waiting(Step::Publish, false))] {
        let by_hand = ByHand::new(Manners::default());
        let mut verified = by_hand.at_stage(Stage::Verified).await;
        if let Some(event) = event {
            verified = recorded(&by_hand, &verified, event).await;
        }
        let attempts = verified.failing.map(|failing| failing.times);
        let after = by_hand.after_a_kill(&verified).await;
        assert!(after.outcome_unknown, "{:?}", verified.standing);
        assert_eq!(after.failing.map(|failing| failing.times), attempts.or(Some(1)));
        // The partner took the file between the two requests of a name: nobody can tell, so nothing is named again.
        let held = by_hand.step(after).await;
        assert!(held_because(&held).starts_with("unknown:"), "{}", held_because(&held));
        assert_eq!(names_in(&by_hand.partner()), [format!(".totatsu-{}.part", held.id)]);
    }
}

#[tokio::test]
async fn what_was_being_sent_begins_anew_after_a_start_also_if_it_had_waited_at_a_gate() {
    let by_hand = ByHand::new(Manners::default());
    let transferring = by_hand.at_stage(Stage::Transferring).await;
    let partner = "eltax".to_owned();
    let queued = Event::Queued { gate: Gate::PartnerDown { partner, since: Moment::now() } };
    let queued = recorded(&by_hand, &transferring, queued).await;
    assert_eq!(by_hand.after_a_kill(&queued).await.stage, Stage::Converted);
}

#[tokio::test]
async fn what_is_queued_or_waits_is_held_at_a_start_once_its_folder_has_gone_and_what_is_held_stays_as_it_is()
{
    let partner = "eltax".to_owned();
    let queued = Event::Queued { gate: Gate::PartnerDown { partner, since: Moment::now() } };
    let held = Event::held(Step::Transfer, "the name is taken".to_owned());
    let missing = "its folder is missing";
    for (event, why) in
        [(queued, missing), (waiting(Step::Transfer, false), missing), (held, "the name is taken")]
    {
        let by_hand = ByHand::new(Manners::default());
        let converted = by_hand.at_stage(Stage::Converted).await;
        fs::remove_dir_all(by_hand.gateway.spool.folder(&converted.id).path()).unwrap();
        let stood = recorded(&by_hand, &converted, event).await;
        let after = by_hand.after_a_kill(&stood).await;
        assert!(held_because(&after).contains(why), "{}", held_because(&after));
        assert_eq!(by_hand.after_a_kill(&after).await, after);
    }
}

#[tokio::test]
async fn a_release_clears_the_unknown_only_where_that_was_the_reason_of_the_hold() {
    let by_hand = ByHand::new(Manners::default());
    let verified = by_hand.at_stage(Stage::Verified).await;
    let unknown = by_hand.after_a_kill(&verified).await;
    let partner = "eltax".to_owned();
    let by_others = [
        Event::Queued { gate: Gate::PartnerDown { partner, since: Moment::now() } },
        waiting(Step::Publish, false),
        Event::HeldByHand { by: "operator".to_owned(), reason: "wait".to_owned() },
    ];
    let mut delivery = unknown;
    for event in by_others {
        delivery = recorded(&by_hand, &delivery, event).await;
        delivery = recorded(&by_hand, &delivery, released()).await;
        assert!(delivery.outcome_unknown, "{delivery:?}");
    }
    let held = by_hand.step(delivery).await;
    assert!(held_because(&held).starts_with("unknown:"), "{}", held_because(&held));
    let asked = recorded(&by_hand, &held, released()).await;
    assert!(!asked.outcome_unknown, "the partner was asked: it has not taken it");
    let done = by_hand.until(asked, Stage::Archived).await;
    by_hand.assert_arrived_once(&done);
}

#[tokio::test]
async fn the_same_bytes_that_another_delivery_put_under_the_name_are_not_taken_for_ones_own() {
    let by_hand = ByHand::of_link(
        Manners::default(),
        "ready = \"rename\"\nduplicates_within = \"0s\"\n",
        "name = \"Z12.DTA\"\n",
    );
    let (first, second) = (by_hand.accepted("1.csv").await, by_hand.accepted("2.csv").await);
    let first = by_hand.until(first, Stage::Verified).await;
    let second = by_hand.until(second, Stage::Verified).await;
    by_hand.until(first, Stage::Archived).await;
    let held = by_hand.step(second).await;
    assert!(held_because(&held).contains("already holds Z12.DTA"), "{}", held_because(&held));
    assert!(by_hand.temporary(&held.id).exists(), "nothing of it was given or removed");
}

const AGREED: &str =
    "ready = \"rename\"\n[acknowledgement]\nname = \"{remote}.ack\"\nrequires = [\"{size}\"]\n";

#[tokio::test]
async fn a_delivery_whose_acknowledgement_was_agreed_gets_no_receipt_without_it_whatever_its_link_has_become()
{
    for (unproven, gone) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut by_hand = ByHand::of_link(Manners::default(), AGREED, "");
        let verified = by_hand.at_stage(Stage::Verified).await;
        assert_eq!(verified.target.as_ref().unwrap().acknowledgement.as_deref(), Some("a.csv.ack"));
        if unproven {
            fs::remove_file(by_hand.temporary(&verified.id)).unwrap();
        }
        let links = &mut by_hand.gateway.config.links;
        match gone {
            true => drop(links.remove(LINK)),
            false => links.get_mut(LINK).unwrap().acknowledgement = None,
        }
        let published = by_hand.step(verified).await;
        assert_eq!(published.published.as_ref().unwrap().unproven, unproven);
        let held = by_hand.step(published).await;
        assert!(held_because(&held).contains("acknowledgement was agreed"), "{}", held_because(&held));
        let held = by_hand.step(recorded(&by_hand, &held, released()).await).await;
        assert!(held_because(&held).contains("acknowledgement was agreed"), "{}", held_because(&held));
    }
}

#[tokio::test]
async fn of_two_deliveries_with_one_name_for_the_acknowledgement_one_goes_after_the_other() {
    let link = "ready = \"rename\"\n[acknowledgement]\nname = \"RESULT\"\nrequires = [\"{remote}\"]\n\
                afterwards = \"delete\"\n";
    let by_hand = ByHand::of_link(Manners::default(), link, "");
    let first = by_hand.accepted_with("1.csv", 3).await;
    let second = by_hand.accepted_with("2.csv", 4).await;
    let second = by_hand.until(second, Stage::Transferring).await;
    let first = by_hand.until(first, Stage::Transferring).await;
    let behind = |delivery: &Delivery| {
        if let Standing::Queued { gate: Gate::SameAcknowledgement { behind, .. } } = &delivery.standing {
            Some(behind.clone())
        } else {
            None
        }
    };
    let second = by_hand.step(second).await;
    assert_eq!(behind(&second), Some(first.id.clone()), "both are about to be sent: the first one goes");
    let first = by_hand.until(first, Stage::Published).await;
    fs::write(by_hand.partner().join("RESULT"), "1.csv").unwrap();
    let second = by_hand.step(second).await;
    assert_eq!(behind(&second), Some(first.id.clone()));
    assert!(by_hand.partner().join("RESULT").exists(), "it is the first one's");
    let first = by_hand.until(first, Stage::Archived).await;
    assert!(first.acknowledged.is_some());
    assert!(!by_hand.partner().join("RESULT").exists());
    by_hand.until(second, Stage::Published).await;
}

#[tokio::test]
async fn nobody_waits_for_a_delivery_that_was_let_go_first_and_then_given_up_before_it_is_in_the_archive() {
    for order in ["strict", "latest"] {
        let link = format!("ready = \"rename\"\norder = {order:?}\n");
        let by_hand = ByHand::of_link(Manners::default(), &link, "");
        let first = by_hand.accepted_with("1.csv", 3).await;
        let first = by_hand.until(first, Stage::Transferring).await;
        let second = by_hand.accepted_with("2.csv", 4).await;
        let second = by_hand.step(by_hand.until(second, Stage::Converted).await).await;
        let second = recorded(&by_hand, &second, released()).await;
        assert!(second.waived.contains(&Waiver::Order), "{second:?}");
        if order == "strict" {
            let (by, reason) = ("operator".to_owned(), "not at all".to_owned());
            let held = Event::HeldByHand { by: by.clone(), reason: reason.clone() };
            recorded(&by_hand, &second, held).await;
            recorded(&by_hand, &second, Event::Cancelled { by, reason }).await;
        }
        let third = by_hand.accepted_with("3.csv", 5).await;
        // On the link of order "latest", this takes the second one's place.
        let third = by_hand.step(by_hand.until(third, Stage::Converted).await).await;
        let second = by_hand.gateway.ledger.find(&second.id).unwrap().unwrap();
        assert!(second.stage.is_given_up() && !second.is_finished(), "{second:?}");
        by_hand.until(first, Stage::Archived).await;
        by_hand.until(third, Stage::Archived).await;
        assert_eq!(names_in(&by_hand.partner()), ["1.csv", "3.csv"]);
    }
}

#[tokio::test]
async fn a_link_that_goes_to_another_partner_by_now_holds_what_began_with_the_one_before() {
    for stage in [Stage::Converted, Stage::Transferring, Stage::Transferred, Stage::Verified] {
        let mut by_hand = ByHand::new(Manners::default());
        let delivery = by_hand.at_stage(stage).await;
        by_hand.gateway.config.links.get_mut(LINK).unwrap().partner = "other".to_owned();
        let held = by_hand.step(delivery).await;
        assert_eq!(held.stage, stage);
        assert!(held_because(&held).contains("goes to partner other by now"), "{}", held_because(&held));
        by_hand.gateway.config.links.get_mut(LINK).unwrap().partner = "eltax".to_owned();
        let done = recorded(&by_hand, &held, released()).await;
        by_hand.until(done, Stage::Archived).await;
    }
}

/// A collection of the file that lies at the partner as `out/N.DAT` now.
async fn found_now(by_hand: &ByHand) -> Delivery {
    let there = fs::metadata(by_hand.partner().join("out/N.DAT")).unwrap();
    let modified = Timestamp::try_from(there.modified().unwrap()).unwrap();
    let found = Found {
        path: "out/N.DAT".to_owned(),
        name: "N.DAT".to_owned(),
        size: Some(there.len()),
        modified: Timestamp::from_second(modified.as_second()).ok(),
        date: None,
        number: None,
    };
    let (id, _) = accept::fresh_folder(&by_hand.gateway.spool).unwrap();
    let event = Event::Found { link: "uketori".to_owned(), partner: "eltax".to_owned(), found };
    by_hand.gateway.ledger.record(id, event).await.unwrap()
}

/// A collection that has fetched what was there first, and what came in its place since.
async fn first_and_second() -> (ByHand, Delivery, Delivery) {
    let link = "direction = \"in\"\npartner = \"eltax\"\nlayout = \"common/as-is\"\n[remote]\ndirectory = \"out\"\n\
                name = \"*.DAT\"\nready = \"rename\"\nafterwards = \"delete\"\nstable_for = \"0s\"\n";
    let by_hand = ByHand::of_links(Manners::default(), |home| {
        fs::write(home.join("config/links/uketori.toml"), link).unwrap();
    });
    let out = by_hand.partner().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("N.DAT"), "first").unwrap();
    let first = found_now(&by_hand).await;
    let first = by_hand.until(first, Stage::Fetched).await;
    fs::write(out.join("N.DAT"), "the second one").unwrap();
    let second = found_now(&by_hand).await;
    (by_hand, first, second)
}

/// Where a collection takes its file for a moment before it removes it.
fn aside(by_hand: &ByHand, collection: &Delivery) -> PathBuf {
    by_hand.partner().join("out").join(format!(".totatsu-{}.taken", collection.id))
}

fn waits_for(delivery: &Delivery, earlier: &Delivery) {
    let why = delivery.standing.why(&delivery.id).unwrap_or_default();
    assert!(matches!(delivery.standing, Standing::Waiting { .. }), "{why}");
    assert!(why.contains(earlier.id.as_str()), "{why}");
}

#[tokio::test]
async fn a_file_that_an_earlier_collection_has_taken_aside_for_a_moment_is_neither_held_as_gone_nor_taken_for_removed()
 {
    let (by_hand, first, second) = first_and_second().await;
    let (path, aside) = (by_hand.partner().join("out/N.DAT"), aside(&by_hand, &first));
    fs::rename(&path, &aside).unwrap();
    let second = by_hand.step(second).await;
    waits_for(&second, &first);
    fs::rename(&aside, &path).unwrap();
    let second = by_hand.until(recorded(&by_hand, &second, released()).await, Stage::Placed).await;

    // Once it is handed over, and is to be removed.
    fs::rename(&path, &aside).unwrap();
    let second = by_hand.step(second).await;
    waits_for(&second, &first);
    fs::rename(&aside, &path).unwrap();
    let second = by_hand.step(recorded(&by_hand, &second, released()).await).await;
    assert!(second.collection().unwrap().cleared.is_some(), "{second:?}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_gone_once_no_earlier_collection_can_have_it() {
    let (by_hand, first, second) = first_and_second().await;
    fs::remove_file(by_hand.partner().join("out/N.DAT")).unwrap();
    let second = by_hand.step(second).await;
    waits_for(&second, &first);
    recorded(&by_hand, &first, Event::held(Step::Decode, "a person's".to_owned())).await;
    let second = by_hand.step(recorded(&by_hand, &second, released()).await).await;
    assert!(held_because(&second).contains("is gone at the partner"), "{}", held_because(&second));
}
