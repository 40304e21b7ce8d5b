//! The way of a delivery taken step by step, with the partner changed in between: what a crash or a cut line leaves
//! behind is found out by looking, and nothing is sent or named twice.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::gateway::{Address, LINK, configure, names_in, write_link};
use totatsu::accept::{self, Outbox, Readiness};
use totatsu::config;
use totatsu::daemon::recover;
use totatsu::delivery_id::DeliveryId;
use totatsu::demo::partner::{EmbeddedPartner, Manners, USER};
use totatsu::demo::records;
use totatsu::digest::Sha256;
use totatsu::gateway::Gateway;
use totatsu::journey;
use totatsu::ledger::event::Event;
use totatsu::ledger::state::{Delivery, Stage, Standing};

/// A gateway whose steps are taken by hand, and its partner.
struct ByHand {
    home: tempfile::TempDir,
    gateway: Gateway,
    _partner: EmbeddedPartner,
}

impl ByHand {
    fn new(manners: Manners) -> ByHand {
        let home = tempfile::tempdir().unwrap();
        let at = |path: &str| home.path().join(path);
        fs::create_dir(at("partner")).unwrap();
        let partner = EmbeddedPartner::start_with(&at("partner"), manners).unwrap();
        partner.write_client_key(&at("key")).unwrap();
        let host_key = partner.host_key_line();
        let address =
            Address { port: partner.port(), user: USER, host_key: host_key.trim(), key_file: &at("key") };
        configure(home.path(), &address);
        write_link(home.path(), "ready = \"rename\"\n", "");
        let (configured, problems) = config::read(&at("config"));
        assert_eq!(problems, []);
        let (gateway, _) = Gateway::open(configured.unwrap()).unwrap();
        ByHand { home, gateway, _partner: partner }
    }

    fn partner(&self) -> PathBuf {
        self.home.path().join("partner")
    }

    async fn accepted(&self, name: &str) -> Delivery {
        let outbox = self.gateway.spool.outbox(LINK);
        let mut source = Vec::new();
        records::write_csv(&mut source, 20, 7).unwrap();
        fs::write(outbox.join(name), source).unwrap();
        let entries = Outbox::new(&outbox, Readiness::Rename).look_over(std::time::Instant::now()).unwrap();
        let (id, accepted) =
            accept::take_over(&self.gateway.spool, &outbox, &entries[0], Readiness::Rename).unwrap();
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
        Standing::Held { reason, .. } => reason,
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
