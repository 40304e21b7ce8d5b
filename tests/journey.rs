//! The whole way with the real binary and a real OpenSSH server: what an operator may rely on.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use support::disk::SmallDisk;
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu::deliver::accept::{self, Outbox, Readiness};
use totatsu::spool::Spool;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::{Accepted, Grade};
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Stage;
use totatsu_ledger::{Delivery, Ledger};

const MIB: u64 = 1024 * 1024;

fn reason_of(delivery: &Delivery) -> String {
    delivery.standing.why(&delivery.id).unwrap_or_default()
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_file_dropped_in_an_outbox_arrives_byte_for_byte_and_has_a_receipt_that_verifies() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link("ready = \"quiet\"\nquiet_for = \"300ms\"\n", "name = \"Z12{municipality}.DTA\"\n");
    home.start();
    let source = home.drop_records("依頼 2026年.csv", 1000);
    let shown = home.wait_for_one("archived");
    let delivery = &shown.delivery;

    let folder = home.folder(&delivery.id);
    let arrived = fs::read(sshd.root().join("Z1213101.DTA")).unwrap();
    assert_eq!(arrived, fs::read(folder.sent()).unwrap());
    assert_eq!((arrived.len() - 96) % 500, 0);
    assert_eq!(fs::read(folder.source()).unwrap(), source);
    assert_eq!(names_in(sshd.root()), ["Z1213101.DTA"]);
    assert_eq!(names_in(&home.outbox()), [""; 0]);
    assert_eq!(delivery.verified.as_ref().unwrap().grade, Grade::Content);

    let (genuine, text) = home.run(&["receipt", "verify", delivery.id.as_str()]);
    assert!(genuine, "{text}");
    let (_, text) = home.run(&["receipt", "show", "--json", delivery.id.as_str()]);
    let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(receipt["sent"]["sha256"], Sha256::of(&arrived).to_string());
    assert_eq!(receipt["source"]["sha256"], Sha256::of(&source).to_string());
    assert_eq!(receipt["sent"]["records"]["データレコード"], 1000);
    assert!(receipt["arrival"]["peer"]["host_key"].as_str().unwrap().starts_with("SHA256:"));

    let events: Vec<String> =
        home.journal().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect();
    let way = "accepted converted transfer_started transferred verified published receipted archived";
    assert_eq!(events.join(" "), format!("started {way}"));
    let tag = format!("delivery={}", delivery.id);
    assert_eq!(home.log().lines().filter(|line| line.contains(&tag)).count(), way.split(' ').count());
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_gateway_killed_in_the_middle_of_an_upload_delivers_once_and_whole_after_its_restart() {
    let (sshd, mut home) = Home::running(Options::default());
    home.drop_records("large.csv", 200 * MIB / 500 + 1);
    let id = home.until("20 MiB are at the partner, and not all", |home| {
        let delivery = home.deliveries().into_iter().next()?;
        assert_ne!(delivery.state, "transferred", "too fast to be killed half-way");
        let (done, total) = delivery.progress.filter(|(done, _)| *done > 20 * MIB)?;
        (done < total && delivery.state == "transferring").then_some(delivery.delivery.id)
    });
    home.kill();
    assert_eq!(names_in(sshd.root()), [format!(".totatsu-{id}.part")], "no final name before the proof");

    home.start();
    let delivery = home.wait_for_one("archived").delivery;
    assert_eq!(delivery.id, id);
    assert_eq!(names_in(sshd.root()), ["large.DTA"]);
    let (arrived, size) = Sha256::of_file(&sshd.root().join("large.DTA")).unwrap();
    assert!(size > 200 * MIB);
    assert_eq!(arrived, delivery.converted.unwrap().sha256);
    let receipts = home.journal().iter().filter(|line| line["event"] == "receipted").count();
    assert_eq!(receipts, 1);
    assert_eq!(delivery.transfers, 2);
    let (genuine, text) = home.run(&["receipt", "verify", id.as_str()]);
    assert!(genuine, "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_changed_host_key_holds_the_partner_and_shows_both_fingerprints_until_a_person_pins_the_new_one() {
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let fingerprint = |sshd: &Sshd| {
        let key: totatsu_transport::sftp::PinnedKey = sshd.host_key_line().parse().unwrap();
        key.fingerprint()
    };
    let before = fingerprint(&sshd);
    sshd.replace_host_key();
    home.start();
    home.drop_records("a.csv", 3);
    home.drop_records("b.csv", 4);
    let queued = home.wait_for(2, "queued");
    let reason = reason_of(&queued[0].delivery);
    assert!(reason.contains(&before) && reason.contains(&fingerprint(&sshd)), "{reason}");
    assert!(reason.contains("ask the partner") && reason.contains("release --partner eltax"), "{reason}");
    assert_eq!(names_in(sshd.root()), [""; 0]);
    assert_eq!(home.log().matches("alert=\"partner_held\"").count(), 1, "{}", home.log());

    assert!(home.stop().success());
    home.trust(&sshd);
    home.start();
    let (done, text) = home.run(&["release", "--partner", "eltax", "--reason", "the new key is pinned"]);
    assert!(done, "{text}");
    home.wait_for(2, "archived");
    let events: Vec<_> = home.journal().into_iter().filter(|event| event["partner"] == "eltax").collect();
    let released = events.iter().find(|event| event["event"] == "partner_released").unwrap();
    assert_eq!(released["reason"], "the new key is pinned");
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn a_full_disk_at_the_partner_makes_the_delivery_wait_leaves_no_part_behind_and_ends_when_there_is_room() {
    let disk = SmallDisk::mount(4);
    let sshd = Sshd::start(Options { root: Some(disk.path().to_owned()), ..Options::default() });
    let mut home = Home::new(&sshd);
    fs::write(disk.path().join("old"), vec![0; 3 * MIB as usize]).unwrap();
    home.start();
    home.drop_records("a.csv", 2 * MIB / 500);
    let reason = home.until("the delivery waits", |home| {
        let shown = home.deliveries().into_iter().find(|shown| shown.state == "waiting")?;
        shown.why()
    });
    assert!(reason.contains("disk is full"), "{reason}");
    home.until("the part is removed", |_| (names_in(disk.path()) == ["old"]).then_some(()));
    fs::remove_file(disk.path().join("old")).unwrap();
    home.wait_for_one("archived");
    assert_eq!(names_in(disk.path()), ["a.DTA"]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_directory_that_the_partner_refuses_or_lacks_holds_the_delivery_and_keeps_its_bytes() {
    let read_only = Sshd::start(Options { sftp_arguments: "-R".to_owned(), ..Options::default() });
    let lacking = Sshd::start(Options::default());
    for (sshd, remote, words) in [
        (&read_only, "", "ask for the right on that directory"),
        (&lacking, "directory = \"in/box\"\n", "check the path with the partner"),
    ] {
        let mut home = Home::new(sshd);
        home.write_link("ready = \"rename\"\n", remote);
        home.start();
        let source = home.drop_records("a.csv", 3);
        let held = home.wait_for_one("held").delivery;
        let reason = reason_of(&held);
        assert!(reason.contains(words), "{reason}");
        let folder = home.folder(&held.id);
        assert_eq!(fs::read(folder.source()).unwrap(), source);
        assert!(folder.sent().is_file());
        assert_eq!(names_in(sshd.root()), [""; 0]);
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_vanished_server_is_probed_by_one_connection_with_one_alert_and_its_return_lets_every_delivery_go_on() {
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    sshd.kill();
    home.start();
    for number in 0..5 {
        home.drop_records(&format!("{number}.csv"), 3 + number);
    }
    let queued = home.wait_for(5, "queued");
    let reason = reason_of(&queued[4].delivery);
    assert!(reason.contains("partner eltax can't be reached"), "{reason}");
    let (_, status) = home.run(&["status"]);
    assert!(status.contains("down") && status.contains("5 queued"), "{status}");
    sshd.restart();
    home.wait_for(5, "archived");
    assert_eq!(names_in(sshd.root()), ["0.DTA", "1.DTA", "2.DTA", "3.DTA", "4.DTA"]);
    for alert in ["partner_down", "partner_back"] {
        assert_eq!(home.log().matches(&format!("alert=\"{alert}\"")).count(), 1, "{}", home.log());
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_bad_record_rejects_the_whole_file_lists_every_problem_in_private_and_sends_nothing() {
    let (sshd, mut home) = Home::running(Options::default());
    let mut source = Vec::new();
    totatsu_records::invented::write_csv(&mut source, 50, 7).unwrap();
    let text = String::from_utf8(source).unwrap();
    let heading = text.lines().next().unwrap();
    let name_column = heading.split(',').position(|name| name == "漢字氏名").unwrap();
    let spoiled: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if number == 10 || number == 20 {
                cells[name_column] = "髙橋𠮷兵衛";
            }
            cells.join(",")
        })
        .collect();
    let source = spoiled.join("\n") + "\n";
    home.drop_source("bad.csv", source.as_bytes());
    let rejected = home.wait_for_one("rejected").delivery;
    assert_eq!(rejected.problems, Some(4), "two characters in each of two records");
    let folder = home.folder(&rejected.id);
    let report = fs::read_to_string(folder.report()).unwrap();
    assert!(report.contains("U+9AD9") && report.contains("U+20BB7"), "{report}");
    assert_eq!(fs::metadata(folder.report()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(folder.source()).unwrap(), source.as_bytes());
    assert!(!folder.sent().exists());
    assert_eq!(names_in(sshd.root()), [""; 0]);
    assert!(!home.log().contains("橋") && !home.log().contains("U+9AD9"), "records never reach the log");
    let journal = fs::read_to_string(home.path().join("ledger/journal/000000000001.jsonl")).unwrap();
    assert!(!journal.contains('橋'));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_report_of_a_file_for_another_link_says_which_layout_its_heading_looks_like() {
    let (_sshd, mut home) = Home::running(Options::default());
    let (layouts, _) = totatsu_records::layout::LayoutCatalogue::load(Path::new("layouts"));
    let other = layouts.iter().find(|layout| layout.id() == "keijidosha/sharyo-joho").unwrap();
    let heading = other.input_columns().join(",");
    home.drop_source("other.csv", format!("{heading}\n").as_bytes());
    let rejected = home.wait_for_one("rejected").delivery;
    let (told, text) = home.run(&["report", rejected.id.as_str()]);
    assert!(told && text.contains("looks like that of the layout keijidosha/sharyo-joho"), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_file_that_the_partner_already_holds_is_never_destroyed() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    fs::write(sshd.root().join("a.DTA"), "the partner's own").unwrap();
    home.start();
    home.drop_records("a.csv", 3);
    let held = home.wait_for_one("held").delivery;
    assert!(reason_of(&held).contains("already holds a.DTA"), "{}", reason_of(&held));
    assert_eq!(names_in(sshd.root()), ["a.DTA"]);
    assert_eq!(fs::read_to_string(sshd.root().join("a.DTA")).unwrap(), "the partner's own");

    fs::remove_file(sshd.root().join("a.DTA")).unwrap();
    home.release(&held.id);
    home.wait_for_one("archived");
    assert_eq!(Sha256::of_file(&sshd.root().join("a.DTA")).unwrap().0, held.converted.unwrap().sha256);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_link_that_says_atomic_replaces_the_file_that_is_there() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link("ready = \"rename\"\n", "name = \"{stem}.DTA\"\nsame_name = \"replace\"\n");
    fs::write(sshd.root().join("a.DTA"), "yesterday's").unwrap();
    home.start();
    home.drop_records("a.csv", 3);
    let delivery = home.wait_for_one("archived").delivery;
    assert_eq!(names_in(sshd.root()), ["a.DTA"]);
    assert_eq!(Sha256::of_file(&sshd.root().join("a.DTA")).unwrap().0, delivery.converted.unwrap().sha256);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_partner_that_lets_us_ask_less_gets_the_file_all_the_same_and_the_receipt_says_how_little_is_proven() {
    for (denied, grade, asked) in [
        ("-P fsync,statvfs", Grade::Content, "not offered by the partner"),
        ("-P hardlink", Grade::Content, "onto a name that was free"),
        ("-P read", Grade::Size, "the partner doesn't let us read it"),
        ("-P read,lstat,stat,fstat", Grade::Close, "the partner doesn't say"),
    ] {
        let denied_by = Options { sftp_arguments: denied.to_owned(), ..Options::default() };
        let (sshd, mut home) = Home::running(denied_by);
        home.drop_records("a.csv", 3);
        let delivery = home.wait_for_one("archived").delivery;
        assert_eq!(delivery.verified.unwrap().grade, grade, "{denied}");
        let (_, receipt) = home.run(&["receipt", "show", "--json", delivery.id.as_str()]);
        assert!(receipt.contains(asked), "{denied}: {receipt}");
        assert_eq!(names_in(sshd.root()), ["a.DTA"], "{denied}");
        assert_eq!(
            Sha256::of_file(&sshd.root().join("a.DTA")).unwrap().0,
            delivery.converted.unwrap().sha256
        );
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn openssh_keeps_a_file_that_is_there_even_where_it_lets_us_ask_for_nothing() {
    let denied = "-P lstat,stat".to_owned();
    let sshd = Sshd::start(Options { sftp_arguments: denied, ..Options::default() });
    let mut home = Home::new(&sshd);
    fs::write(sshd.root().join("a.DTA"), "theirs").unwrap();
    home.start();
    home.drop_records("a.csv", 3);
    home.until("the delivery waits", |home| {
        home.deliveries().iter().any(|shown| shown.state == "waiting").then_some(())
    });
    assert_eq!(fs::read_to_string(sshd.root().join("a.DTA")).unwrap(), "theirs");
    fs::remove_file(sshd.root().join("a.DTA")).unwrap();
    let arrived = home.wait_for_one("archived").delivery;
    assert_eq!(
        fs::read(sshd.root().join("a.DTA")).unwrap(),
        fs::read(home.folder(&arrived.id).sent()).unwrap()
    );
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn where_neither_looking_nor_a_link_is_allowed_and_the_server_can_t_be_known_a_person_decides() {
    let denied = "-P hardlink,lstat,stat".to_owned();
    let sshd = Sshd::start(Options { sftp_arguments: denied, ..Options::default() });
    let mut home = Home::new(&sshd);
    fs::write(sshd.root().join("a.DTA"), "theirs").unwrap();
    home.start();
    home.drop_records("a.csv", 3);
    let held = home.wait_for_one("held");
    let why = held.delivery.standing.why(&held.delivery.id).unwrap_or_default();
    assert!(why.contains("without destroying another") && why.contains("same_name"), "{why}");
    assert_eq!(fs::read_to_string(sshd.root().join("a.DTA")).unwrap(), "theirs");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn resending_sends_the_exact_bytes_again_as_a_delivery_of_its_own_even_if_converting_anew_would_give_others()
{
    let (sshd, mut home) = Home::running(Options::default());
    home.drop_records("a.csv", 5);
    let first = home.wait_for_one("archived").delivery;
    let sent = fs::read(sshd.root().join("a.DTA")).unwrap();
    fs::remove_file(sshd.root().join("a.DTA")).unwrap();

    // Without the daemon, on the ledger alone; every record would now begin with another municipality's code.
    assert!(home.stop().success());
    let settings = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &settings.replace("131016", "131041"));
    let (done, text) = home.run(&["resend", first.id.as_str(), "--reason", "lost by the partner", "--json"]);
    assert!(done, "{text}");
    home.start();
    let second = home.wait_for(2, "archived").remove(1).delivery;
    assert_eq!(second.resend_of, Some(first.id.clone()));
    assert_eq!(second.by_hand[0].reason, "lost by the partner");
    assert_eq!(fs::read(sshd.root().join("a.DTA")).unwrap(), sent);
    assert!(second.reached(Stage::Accepted).is_none(), "nothing was accepted or converted anew");
    for id in [&first.id, &second.id] {
        let (genuine, text) = home.run(&["receipt", "verify", id.as_str()]);
        assert!(genuine, "{text}");
    }
    let number = |delivery: &totatsu_ledger::state::Delivery| delivery.receipt.unwrap().number;
    assert_eq!((number(&first), number(&second)), (1, 2));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_held_delivery_that_is_resent_is_cancelled_so_that_the_same_bytes_can_not_be_released_too() {
    let (sshd, mut home) = Home::running(Options::default());
    fs::write(sshd.root().join("a.DTA"), "the partner's own").unwrap();
    home.drop_records("a.csv", 3);
    let held = home.wait_for_one("held").delivery;
    fs::remove_file(sshd.root().join("a.DTA")).unwrap();
    let (done, text) = home.run(&["resend", held.id.as_str(), "--reason", "the name is free now"]);
    assert!(done, "{text}");
    home.wait_for_one("archived");
    let cancelled = home.wait_for_one("cancelled").delivery;
    assert_eq!(cancelled.id, held.id);
    assert!(cancelled.by_hand[0].reason.contains("sent again as"), "{:?}", cancelled.by_hand);
    let (released, text) = home.run(&["release", held.id.as_str(), "--reason", "x"]);
    assert!(!released && text.contains("nothing holds it"), "{text}");
    home.until("its folder is in the archive", |home| {
        (names_in(&home.path().join("spool/deliveries")).is_empty()).then_some(())
    });
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_delivery_released_after_its_link_was_corrected_goes_where_the_link_says_now() {
    let (sshd, mut home) = Home::running(Options::default());
    assert!(home.stop().success());
    home.write_link("ready = \"rename\"\n", "directory = \"inn/box\"\n");
    home.start();
    home.drop_records("a.csv", 3);
    let held = home.wait_for_one("held").delivery;
    assert!(home.stop().success());
    fs::create_dir(sshd.root().join("inbox")).unwrap();
    home.write_link("ready = \"rename\"\n", "directory = \"inbox\"\n");
    home.start();
    home.release(&held.id);
    let arrived = home.wait_for_one("archived").delivery;
    assert_eq!(arrived.published.unwrap().path, "inbox/a.csv");
    assert_eq!(names_in(&sshd.root().join("inbox")), ["a.csv"]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_changed_receipt_or_changed_kept_bytes_do_not_verify() {
    let (_sshd, mut home) = Home::running(Options::default());
    home.drop_records("a.csv", 5);
    let delivery = home.wait_for_one("archived").delivery;
    let folder = home.folder(&delivery.id);
    for path in [folder.receipt(), folder.sent(), folder.source()] {
        let genuine = fs::read(&path).unwrap();
        let mut changed = genuine.clone();
        // A digit of the receipt, a byte of the others.
        let at = changed.iter().rposition(u8::is_ascii_digit).unwrap();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        let (verified, text) = home.run(&["receipt", "verify", delivery.id.as_str()]);
        assert!(!verified && text.contains("SHA-256"), "{}: {text}", path.display());
        fs::write(&path, &genuine).unwrap();
    }
    let (verified, text) = home.run(&["receipt", "verify", delivery.id.as_str()]);
    assert!(verified, "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn many_deliveries_share_few_connections_and_their_receipts_make_one_chain() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    for number in 0..30 {
        home.drop_records(&format!("f{number:02}.csv"), 10);
    }
    home.start();
    let deliveries = home.wait_for(30, "archived");
    assert_eq!(names_in(sshd.root()).len(), 30);
    let connections = sshd.log().matches("Accepted publickey").count();
    assert!(connections <= 2, "{connections} connections for 30 deliveries to a partner that allows 2");

    let mut receipts: Vec<_> = deliveries.iter().map(|shown| shown.delivery.clone()).collect();
    receipts.sort_by_key(|delivery| delivery.receipt.unwrap().number);
    let mut previous = "0".repeat(64);
    for (at, delivery) in receipts.iter().enumerate() {
        let text = fs::read(home.folder(&delivery.id).receipt()).unwrap();
        let receipt: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(receipt["number"], at + 1);
        assert_eq!(receipt["previous"], previous);
        previous = Sha256::of(&text).to_string();
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn sigterm_ends_the_daemon_in_good_order_and_what_was_left_goes_on_after_the_next_start() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    for number in 0..20 {
        home.drop_records(&format!("f{number:02}.csv"), 2000);
    }
    home.start();
    home.until("work has begun", |home| (!home.deliveries().is_empty()).then_some(()));
    assert!(home.stop().success(), "{}", home.log());
    assert!(!home.path().join("control.sock").exists());
    home.start();
    home.wait_for(20, "archived");
    assert_eq!(names_in(sshd.root()).len(), 20);
    let transferred = home.journal().iter().filter(|line| line["event"] == "published").count();
    assert_eq!(transferred, 20);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn what_is_no_ordinary_file_stays_in_the_outbox_untouched_and_is_explained() {
    use std::os::unix::ffi::OsStrExt as _;
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let outbox = home.outbox();
    fs::create_dir_all(outbox.join("directory")).unwrap();
    fs::write(outbox.join("empty.csv"), "").unwrap();
    fs::write(outbox.join("directory/inner.csv"), "x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", outbox.join("link.csv")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, outbox.join("fifo.csv"), rustix::fs::Mode::RUSR).unwrap();
    fs::write(outbox.join(std::ffi::OsStr::from_bytes(b"\x8e\xf3.csv")), "x").unwrap();
    home.start();
    home.drop_records("good.csv", 1);
    home.wait_for_one("archived");
    assert_eq!(fs::read_dir(&outbox).unwrap().count(), 5);
    let (_, text) = home.run(&["outbox"]);
    for words in ["zero bytes", "a directory", "a symbolic link", "not a regular file", "not UTF-8"] {
        assert!(text.contains(words), "{words} in {text}");
        assert_eq!(home.log().matches(words).count(), 1, "{words} once in {}", home.log());
    }
    assert_eq!(home.deliveries().len(), 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_file_that_was_accepted_but_still_bears_its_outbox_name_after_a_crash_is_delivered_once() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.drop_records("a.csv", 3);
    accept_and_crash(&home);
    assert_eq!(names_in(&home.outbox()), ["a.csv"]);
    home.start();
    home.wait_for_one("archived");
    home.drop_records("b.csv", 3);
    home.wait_for(2, "archived");
    assert_eq!(home.deliveries().len(), 2);
    assert_eq!(names_in(sshd.root()), ["a.DTA", "b.DTA"]);
    assert_eq!(names_in(&home.outbox()), [""; 0]);
}

/// What a daemon does until the instant before the journal event.
fn take_over_alone(home: &Home) -> (DeliveryId, Accepted) {
    let spool = Spool::new(&home.path().join("spool"));
    spool.lay_out().unwrap();
    let entry = Outbox::new(&home.outbox(), Readiness::Rename)
        .look_over(std::time::Instant::now())
        .unwrap()
        .remove(0);
    accept::take_over(&spool, &home.outbox(), &entry, Readiness::Rename).unwrap()
}

/// What a daemon does until the instant after the journal event.
fn accept_and_crash(home: &Home) {
    let (id, accepted) = take_over_alone(home);
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    let event = Event::Accepted { link: LINK.to_owned(), partner: "eltax".to_owned(), accepted };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(ledger.record(id, event)).unwrap();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_takeover_that_crashed_before_the_ledger_knew_it_is_undone_and_the_file_is_delivered_once() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    // Before the first file, spool and ledger know each other.
    home.start();
    home.stop();
    home.drop_records("a.csv", 3);
    take_over_alone(&home);
    home.start();
    home.wait_for_one("archived");
    assert_eq!(names_in(&home.path().join("spool/deliveries")), [""; 0]);
    assert_eq!(home.deliveries().len(), 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_folder_that_somebody_unpacked_among_the_deliveries_is_set_aside_by_a_start_with_all_that_is_in_it() {
    let (_sshd, mut home) = Home::running(Options::default());
    home.stop();
    let spool = Spool::new(&home.path().join("spool"));
    let backup = Path::new("unpacked/backup");
    fs::create_dir_all(spool.deliveries().join(backup)).unwrap();
    fs::write(spool.deliveries().join(backup).join("a.csv"), "the only copy").unwrap();
    home.start();
    assert_eq!(names_in(&spool.deliveries()), [""; 0]);
    let kept = fs::read_to_string(spool.orphans().join(backup).join("a.csv"));
    assert_eq!(kept.unwrap(), "the only copy");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_daemon_waits_for_a_command_that_has_the_ledger_open_for_a_moment() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    let command = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        drop(ledger);
    });
    home.start();
    command.join().unwrap();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_lost_index_and_a_damaged_one_are_rebuilt_at_the_start_and_every_delivery_is_still_known() {
    let (_sshd, mut home) = Home::running(Options::default());
    home.drop_records("a.csv", 3);
    let before = home.wait_for_one("archived").delivery;
    assert!(home.stop().success());
    fs::remove_dir_all(home.path().join("ledger/index")).unwrap();
    home.start();
    assert_eq!(home.wait_for_one("archived").delivery, before);
    assert!(home.stop().success());
    fs::write(home.path().join("ledger/index/conf"), "no sled wrote this").unwrap();
    home.start();
    assert_eq!(home.wait_for_one("archived").delivery, before);
    assert!(home.log().contains("rebuilt from the journal"), "{}", home.log());
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_damaged_journal_keeps_the_daemon_from_starting_and_the_message_names_file_and_line() {
    let (_sshd, mut home) = Home::running(Options::default());
    home.drop_records("a.csv", 3);
    home.wait_for_one("archived");
    assert!(home.stop().success());
    let path = home.path().join("ledger/journal/000000000001.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"a.csv\"", "\"b.csv\"", 1)).unwrap();
    let output = home.command(&["run"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{message}");
    // The line that follows the changed one, which is the second.
    assert!(message.contains("000000000001.jsonl:3") && message.contains("restore"), "{message}");
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn a_full_disk_of_our_own_loses_nothing_and_everything_goes_on_when_there_is_room() {
    let disk = SmallDisk::mount(8);
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    std::os::unix::fs::symlink(disk.path(), home.path().join("spool")).unwrap();
    home.start();
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![0; 6 * MIB as usize]).unwrap();
    // Room for the source, not for what it is converted to.
    home.drop_records("a.csv", 3000);
    let reason = home.until("the delivery waits", |home| {
        let shown = home.deliveries().into_iter().find(|shown| shown.state == "waiting")?;
        shown.why()
    });
    assert!(reason.contains("No space left"), "{reason}");
    fs::remove_file(&filler).unwrap();
    home.wait_for_one("archived");
    assert_eq!(names_in(sshd.root()), ["a.DTA"]);
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn a_ledger_without_room_says_so_once_while_deliveries_are_tried_by_turns_and_goes_on_with_room() {
    const FILES: usize = 30;
    let disk = SmallDisk::mount(64);
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    std::os::unix::fs::symlink(disk.path(), home.path().join("ledger")).unwrap();
    home.start();
    sshd.kill();
    for number in 0..FILES {
        home.drop_records(&format!("before{number}.csv"), 2);
    }
    home.wait_for(FILES, "queued");
    let ballast = fill(&disk);
    for number in 0..FILES {
        home.drop_records(&format!("meanwhile{number}.csv"), 2);
    }
    sshd.restart();
    home.until("several were tried in vain", |_| {
        (sshd.log().matches("Accepted publickey").count() >= 3).then_some(())
    });
    let times = |home: &Home, text: &str| home.log().matches(text).count();
    assert_eq!(times(&home, "the ledger could not record"), 1, "{}", home.log());
    assert_eq!(times(&home, "the ledger records again"), 0, "{}", home.log());
    fs::remove_file(ballast).unwrap();
    home.wait_for(2 * FILES, "archived");
    assert_eq!(times(&home, "the ledger records again"), 1, "{}", home.log());
    assert_eq!(names_in(sshd.root()).len(), 2 * FILES, "each once");
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn without_room_for_ledger_or_spool_a_reload_is_refused_and_a_start_waits_and_both_go_on_with_room() {
    for place in ["ledger", "spool"] {
        let disk = SmallDisk::mount(64);
        let sshd = Sshd::start(Options::default());
        let mut home = Home::new(&sshd);
        std::os::unix::fs::symlink(disk.path(), home.path().join(place)).unwrap();
        home.start();
        let ballast = fill(&disk);
        let (done, text) = home.run(&["reload"]);
        assert!(!done && text.contains("make room, then reload"), "{place}: {text}");
        fs::remove_file(ballast).unwrap();
        home.drop_records("a.csv", 2);
        home.wait_for_one("archived");
        assert_eq!(home.log().matches(" ready").count(), 1, "the gateway has gone on: {}", home.log());

        home.kill();
        home.drop_records("b.csv", 2);
        let ballast = fill(&disk);
        home.launch();
        home.until("the start waits", |home| home.log().contains("begins once there is room").then_some(()));
        fs::remove_file(ballast).unwrap();
        home.wait_for(2, "archived");
        assert!(home.run(&["reload"]).0);
        home.drop_records("c.csv", 2);
        home.wait_for(3, "archived");
    }
}

/// Fills a disk up to the last byte; the file that does.
fn fill(disk: &SmallDisk) -> std::path::PathBuf {
    let path = disk.path().join("ballast");
    let mut ballast = fs::File::create(&path).unwrap();
    std::io::copy(&mut std::io::repeat(0), &mut ballast).unwrap_err();
    path
}
