//! Whose turn it is: duplicates, order, acknowledgements, holds and what people do by hand, against a real server.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu::control::Shown;
use totatsu_base::delivery_id::DeliveryId;

/// A server and a running gateway whose link has these keys.
fn running(more: &str, remote: &str) -> (Sshd, Home) {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link(&format!("ready = \"rename\"\n{more}"), remote);
    home.start();
    (sshd, home)
}

fn why(shown: &Shown) -> String {
    shown.why().unwrap_or_default()
}

fn by_hand(home: &Home, arguments: &[&str]) -> String {
    let (done, text) = home.run(&[arguments, &["--reason", "decided in a test"]].concat());
    assert!(done, "{arguments:?}: {text}");
    text
}

/// The file names in the order in which they got their final names.
fn published(home: &Home) -> Vec<String> {
    let events = home.journal();
    let published = events.iter().filter(|event| event["event"] == "published");
    published.map(|event| event["published"]["path"].as_str().unwrap().to_owned()).collect()
}

fn receipt(home: &Home, id: &DeliveryId) -> Value {
    serde_json::from_slice(&fs::read(home.folder(id).receipt()).unwrap()).unwrap()
}

fn state_of(home: &Home, id: &DeliveryId) -> String {
    home.deliveries().into_iter().find(|shown| shown.delivery.id == *id).unwrap().state
}

/// Waits until the one delivery of this source is in `state`.
fn wait_for(home: &mut Home, source: &str, state: &str) -> Shown {
    home.until(&format!("{source} is {state}"), |home| {
        let mut found = home.deliveries().into_iter();
        found.find(|shown| shown.delivery.name() == source && shown.state == state)
    })
}

#[test]
fn the_same_content_over_the_same_link_is_held_as_a_probable_duplicate_even_after_a_restart() {
    let (sshd, mut home) = running("", "");
    let source = home.drop_records("monday.csv", 5);
    let first = home.wait_for_one("archived").delivery;
    home.kill();
    home.start();
    home.drop_source("tuesday.csv", &source);
    home.drop_records("other.csv", 6);
    let held = wait_for(&mut home, "tuesday.csv", "held");
    assert!(why(&held).contains(first.id.as_str()), "{}", why(&held));
    wait_for(&mut home, "other.csv", "archived");
    assert_eq!(names_in(&home.outbox()), [""; 0], "what is ours is no longer in the outbox");
    assert_eq!(names_in(sshd.root()), ["monday.csv", "other.csv"]);
    by_hand(&home, &["release", held.delivery.id.as_str()]);
    wait_for(&mut home, "tuesday.csv", "archived");
    assert_eq!(names_in(sshd.root()), ["monday.csv", "other.csv", "tuesday.csv"]);
}

#[test]
fn the_same_content_is_no_duplicate_once_the_window_has_passed() {
    let (_sshd, mut home) = running("duplicates_within = \"1ms\"\n", "");
    let source = home.drop_records("a.csv", 5);
    home.wait_for(1, "archived");
    home.drop_source("b.csv", &source);
    home.wait_for(2, "archived");
}

#[test]
fn a_name_that_is_taken_gets_a_number_where_the_link_says_so_and_both_files_stay() {
    let (sshd, mut home) = running("", "name = \"Z12.DTA\"\nsame_name = \"version\"\n");
    for count in 1..=3 {
        home.drop_records(&format!("{count}.csv"), count);
        home.wait_for(count as usize, "archived");
    }
    assert_eq!(names_in(sshd.root()), ["Z12-2.DTA", "Z12-3.DTA", "Z12.DTA"]);
    assert_eq!(published(&home), ["Z12.DTA", "Z12-2.DTA", "Z12-3.DTA"]);
}

#[test]
fn a_name_that_is_taken_with_every_number_holds_the_delivery_and_says_so_until_one_is_free() {
    let (sshd, mut home) = running("", "name = \"Z12.DTA\"\nsame_name = \"version\"\n");
    let numbered = (2..=99).map(|number| format!("Z12-{number}.DTA"));
    for name in numbered.chain(["Z12.DTA".to_owned()]) {
        fs::write(sshd.root().join(name), "theirs").unwrap();
    }
    home.drop_records("a.csv", 3);
    let held = wait_for(&mut home, "a.csv", "held");
    for told in ["already holds Z12-99.DTA and every number up to 99", "same_name = \"version\""] {
        assert!(why(&held).contains(told), "{}", why(&held));
    }
    fs::remove_file(sshd.root().join("Z12-57.DTA")).unwrap();
    by_hand(&home, &["release", held.delivery.id.as_str()]);
    wait_for(&mut home, "a.csv", "archived");
    assert_eq!(published(&home), ["Z12-57.DTA"]);
}

#[test]
fn on_a_strict_link_a_held_delivery_blocks_those_behind_it_and_says_so_and_all_arrive_in_order() {
    let (sshd, mut home) = running("order = \"strict\"\n", "");
    fs::write(sshd.root().join("1.csv"), "theirs").unwrap();
    home.drop_records("1.csv", 3);
    let first = wait_for(&mut home, "1.csv", "held").delivery.id;
    for number in 2..=5 {
        home.drop_records(&format!("{number}.csv"), number + 10);
        wait_for(&mut home, &format!("{number}.csv"), "queued");
    }
    let last = wait_for(&mut home, "5.csv", "queued");
    assert!(why(&last).contains(first.as_str()) && why(&last).contains("which is held"), "{}", why(&last));
    fs::remove_file(sshd.root().join("1.csv")).unwrap();
    home.kill();
    home.start();
    by_hand(&home, &["release", first.as_str()]);
    home.wait_for(5, "archived");
    assert_eq!(published(&home), ["1.csv", "2.csv", "3.csv", "4.csv", "5.csv"]);
}

/// How often its threads have gone to sleep so far: one that has nothing to do hardly ever does.
fn naps(home: &Home) -> u64 {
    let threads = fs::read_dir(format!("/proc/{}/task", home.daemon_id())).unwrap();
    let status = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("status")).unwrap_or_default();
    let naps = |status: String| {
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or_default()
    };
    threads.map(|thread| naps(status(thread.unwrap()))).sum()
}

#[test]
fn a_gateway_whose_deliveries_are_held_one_behind_the_other_has_nothing_to_do() {
    let (_sshd, mut home) = running("order = \"strict\"\n", "");
    by_hand(&home, &["hold", "--link", LINK]);
    let names = ["a.csv", "b.csv", "c.csv"];
    for (name, records) in names.into_iter().zip(1..) {
        home.drop_records(name, records);
        let queued = wait_for(&mut home, name, "queued");
        by_hand(&home, &["hold", queued.delivery.id.as_str()]);
    }
    let before = naps(&home);
    std::thread::sleep(Duration::from_secs(3));
    let naps = naps(&home) - before;
    assert!(naps < 3000, "{naps} times in three seconds");
}

#[test]
fn a_person_can_let_a_delivery_overtake_on_a_strict_link() {
    let (sshd, mut home) = running("order = \"strict\"\n", "");
    fs::write(sshd.root().join("1.csv"), "theirs").unwrap();
    home.drop_records("1.csv", 3);
    wait_for(&mut home, "1.csv", "held");
    home.drop_records("2.csv", 4);
    let second = wait_for(&mut home, "2.csv", "queued");
    by_hand(&home, &["release", second.delivery.id.as_str()]);
    wait_for(&mut home, "2.csv", "archived");
}

#[test]
fn a_rejected_difference_stops_its_ordered_link_until_the_corrected_file_has_gone_first() {
    let (_sshd, mut home) = running("order = \"strict\"\n", "");
    home.drop_source("1.csv", b"no such heading\n1\n");
    wait_for(&mut home, "1.csv", "rejected");
    home.drop_records("2.csv", 4);
    let behind = wait_for(&mut home, "2.csv", "queued");
    assert!(why(&behind).contains("was rejected and the link is ordered"), "{}", why(&behind));
    home.drop_records("1-corrected.csv", 5);
    let corrected = wait_for(&mut home, "1-corrected.csv", "queued");
    by_hand(&home, &["release", corrected.delivery.id.as_str()]);
    wait_for(&mut home, "1-corrected.csv", "archived");
    assert_eq!(state_of(&home, &behind.delivery.id), "queued");
    by_hand(&home, &["release", "--link", "irai"]);
    wait_for(&mut home, "2.csv", "archived");
    assert_eq!(published(&home), ["1-corrected.csv", "2.csv"]);
}

#[test]
fn whoever_releases_the_corrected_file_and_the_link_at_once_has_the_corrected_file_arrive_first() {
    let (_sshd, mut home) = running("order = \"strict\"\n", "");
    let mut expected = Vec::new();
    for round in 1..=4 {
        let [bad, corrected, behind] =
            ["bad", "corrected", "behind"].map(|kind| format!("{round}-{kind}.csv"));
        home.drop_source(&bad, b"no such heading\n1\n");
        wait_for(&mut home, &bad, "rejected");
        home.drop_records(&behind, 4);
        wait_for(&mut home, &behind, "queued");
        home.drop_records(&corrected, 5);
        let id = wait_for(&mut home, &corrected, "queued").delivery.id;
        by_hand(&home, &["release", id.as_str()]);
        by_hand(&home, &["release", "--link", "irai"]);
        wait_for(&mut home, &behind, "archived");
        expected.extend([corrected, behind]);
    }
    assert_eq!(published(&home), expected);
}

#[test]
fn whoever_was_let_go_before_its_turn_still_waits_for_a_link_that_is_held_afterwards() {
    let (sshd, mut home) = running("order = \"strict\"\n", "");
    fs::write(sshd.root().join("1.csv"), "theirs").unwrap();
    home.drop_records("1.csv", 3);
    wait_for(&mut home, "1.csv", "held");
    by_hand(&home, &["hold", "--partner", "eltax"]);
    home.drop_records("2.csv", 4);
    let second = wait_for(&mut home, "2.csv", "queued");
    assert!(why(&second).contains("behind"), "{}", why(&second));
    by_hand(&home, &["release", second.delivery.id.as_str()]);
    by_hand(&home, &["hold", "--link", "irai"]);
    by_hand(&home, &["release", "--partner", "eltax"]);
    home.until("it waits for the link", |home| {
        let mut found = home.deliveries().into_iter();
        found.find(|shown| shown.delivery.name() == "2.csv" && why(shown).contains("link irai is held"))
    });
    by_hand(&home, &["release", "--link", "irai"]);
    wait_for(&mut home, "2.csv", "archived");
}

#[test]
fn on_a_latest_link_only_the_newest_of_those_not_yet_begun_is_sent_and_the_others_say_what_took_their_place()
{
    let (sshd, mut home) = running("order = \"latest\"\n", "name = \"FULL.DTA\"\nsame_name = \"replace\"\n");
    by_hand(&home, &["hold", "--partner", "eltax"]);
    for number in 1..=4 {
        home.drop_records(&format!("{number}.csv"), number);
        home.until("it is converted", |home| {
            let name = format!("{number}.csv");
            let found = home.deliveries().into_iter().find(|shown| shown.delivery.name() == name)?;
            found.delivery.converted.map(drop)
        });
    }
    by_hand(&home, &["release", "--partner", "eltax"]);
    let newest = wait_for(&mut home, "4.csv", "archived").delivery;
    let given_way = home.wait_for(3, "superseded");
    assert!(given_way.iter().all(|shown| shown.delivery.superseded_by.is_some()));
    assert_eq!(published(&home).len(), 1);
    assert_eq!(
        fs::read(sshd.root().join("FULL.DTA")).unwrap(),
        fs::read(home.folder(&newest.id).sent()).unwrap()
    );
}

#[test]
fn outside_the_hours_nothing_is_sent_unless_a_person_lets_it_go_and_the_queue_says_when_they_begin() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let today = totatsu_base::clock::Moment::now().date().weekday();
    let others = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().enumerate();
    // Neither today nor, should midnight pass, tomorrow.
    let closed = [today.to_monday_zero_offset(), today.wrapping_add(1).to_monday_zero_offset()];
    let open: Vec<_> =
        others.filter(|(day, _)| !closed.contains(&(*day as i8))).map(|(_, name)| name).collect();
    home.write_link(&format!("ready = \"rename\"\n[hours]\ndays = {open:?}\n"), "");
    home.start();
    home.drop_records("a.csv", 3);
    let queued = wait_for(&mut home, "a.csv", "queued");
    assert!(why(&queued).contains("outside the hours, which begin at"), "{}", why(&queued));
    assert_eq!(names_in(sshd.root()), [""; 0]);
    by_hand(&home, &["release", queued.delivery.id.as_str()]);
    wait_for(&mut home, "a.csv", "archived");
}

const AGREED: &str = "[acknowledgement]\nname = \"{remote}.ack\"\nevery = \"50ms\"\nencoding = \"shift_jis\"\n\
                      requires = [\"{sha256}\", \"{size}\", \"{records:データレコード}\"]\nrefuses = [\"NG\", \"異常\"]\n";

/// What the partner would write once it has imported the delivery's bytes.
fn acknowledge(root: &Path, delivery: &Shown, result: &str) {
    let converted = delivery.delivery.converted.as_ref().unwrap();
    let text = format!(
        "結果,{result}\r\n件数,{}\r\nサイズ,{}\r\nSHA256,{}\r\n",
        converted.records["データレコード"], converted.size, converted.sha256
    );
    let (bytes, _, unmappable) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!unmappable);
    let name = format!("{}.ack", delivery.delivery.name());
    fs::write(root.join(&name), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(root.join(&name), bytes).unwrap();
}

#[test]
fn a_delivery_has_arrived_only_when_the_partners_own_acknowledgement_matches_and_the_receipt_shows_it() {
    let (sshd, mut home) = running(AGREED, "");
    home.drop_records("a.csv", 7);
    let waiting = wait_for(&mut home, "a.csv", "queued");
    assert!(why(&waiting).contains("a.csv.ack"), "{}", why(&waiting));
    home.kill();
    home.start();
    fs::write(sshd.root().join("a.csv.ack"), "still being written").unwrap();
    acknowledge(sshd.root(), &waiting, "正常");
    let arrived = wait_for(&mut home, "a.csv", "archived");
    let receipt = receipt(&home, &arrived.delivery.id);
    assert_eq!(receipt["acknowledgement"]["path"], "a.csv.ack");
    assert_eq!(receipt["grade"], "content");
}

#[test]
fn a_partner_that_refuses_the_file_holds_the_delivery_with_its_own_words() {
    let (sshd, mut home) = running(AGREED, "");
    home.drop_records("a.csv", 7);
    let waiting = wait_for(&mut home, "a.csv", "queued");
    acknowledge(sshd.root(), &waiting, "異常");
    let held = wait_for(&mut home, "a.csv", "held");
    assert!(why(&held).contains("結果,異常"), "{}", why(&held));
}

#[test]
fn an_acknowledgement_that_doesnt_come_in_time_holds_the_delivery_and_one_from_before_is_never_taken_for_it()
{
    let (sshd, mut home) = running(&format!("{AGREED}within = \"300ms\"\n"), "");
    fs::write(sshd.root().join("a.csv.ack"), "of the last file").unwrap();
    home.drop_records("a.csv", 7);
    let stale = wait_for(&mut home, "a.csv", "held");
    assert!(why(&stale).contains("before a byte was sent"), "{}", why(&stale));
    fs::remove_file(sshd.root().join("a.csv.ack")).unwrap();
    by_hand(&home, &["release", stale.delivery.id.as_str()]);
    let overdue = home.until("it is overdue", |home| {
        let held = home.deliveries().into_iter().find(|shown| shown.state == "held")?;
        why(&held).contains("no acknowledgement a.csv.ack came by").then_some(held)
    });
    acknowledge(sshd.root(), &overdue, "正常");
    by_hand(&home, &["release", overdue.delivery.id.as_str()]);
    wait_for(&mut home, "a.csv", "archived");
}

#[test]
fn a_delivery_that_a_person_confirms_has_a_receipt_that_says_who_and_how_and_claims_no_more() {
    let (sshd, mut home) = running("", "");
    fs::write(sshd.root().join("a.csv"), "theirs").unwrap();
    home.drop_records("a.csv", 7);
    let held = wait_for(&mut home, "a.csv", "held").delivery.id;
    by_hand(&home, &["confirm", held.as_str(), "--by", "佐藤", "--how", "medium"]);
    wait_for(&mut home, "a.csv", "archived");
    let receipt = receipt(&home, &held);
    assert_eq!(receipt["grade"], "confirmed");
    assert_eq!(receipt["confirmation"]["how"], "medium");
    assert!(receipt["confirmation"]["by"].as_str().unwrap().starts_with("佐藤"));
    assert_eq!(receipt["by_hand"][0]["act"], "confirmed");
    assert_eq!(receipt["arrival"], Value::Null);
    assert_eq!(fs::read_to_string(sshd.root().join("a.csv")).unwrap(), "theirs");
    let (genuine, text) = home.run(&["receipt", "verify", held.as_str()]);
    assert!(genuine, "{text}");
}

#[test]
fn a_link_or_delivery_held_by_hand_stays_where_it_is_over_a_restart_until_somebody_releases_it() {
    let (sshd, mut home) = running("", "");
    by_hand(&home, &["hold", "--link", "irai"]);
    home.drop_records("a.csv", 3);
    home.drop_records("b.csv", 4);
    let first = wait_for(&mut home, "a.csv", "queued").delivery.id;
    wait_for(&mut home, "b.csv", "queued");
    by_hand(&home, &["hold", first.as_str()]);
    home.kill();
    home.start();
    let (_, status) = home.run(&["status"]);
    assert!(status.contains("link irai is held") && status.contains("1 held, 1 queued"), "{status}");
    by_hand(&home, &["release", "--link", "irai"]);
    wait_for(&mut home, "b.csv", "archived");
    assert_eq!(names_in(sshd.root()), ["b.csv"]);
    by_hand(&home, &["release", first.as_str()]);
    wait_for(&mut home, "a.csv", "archived");
    let (again, text) = home.run(&["release", "--link", "irai", "--reason", "x"]);
    assert!(!again && text.contains("link irai is not held"), "{text}");
    let (unknown, text) = home.run(&["hold", "--partner", "nobody", "--reason", "x"]);
    assert!(!unknown && text.contains("not in the configuration"), "{text}");
}

#[test]
fn a_partner_that_takes_files_away_at_once_gets_each_of_them_once() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link("ready = \"rename\"\n", "");
    let partner = fs::read_to_string(home.path().join("config/partners/eltax.toml")).unwrap();
    home.write("config/partners/eltax.toml", &format!("{partner}[profile]\ntakes_away = true\n"));
    let (root, taken) = (sshd.root().to_owned(), home.path().join("taken"));
    fs::create_dir(&taken).unwrap();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (stopped, into) = (stop.clone(), taken.clone());
    let partner = std::thread::spawn(move || {
        let mut times = 0;
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            for name in names_in(&root).into_iter().filter(|name| !name.starts_with('.')) {
                times += 1;
                fs::rename(root.join(&name), into.join(format!("{times}-{name}"))).unwrap();
            }
            std::thread::yield_now();
        }
        times
    });
    home.start();
    for number in 1..=10 {
        home.drop_records(&format!("{number}.csv"), number);
    }
    home.wait_for(10, "archived");
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(partner.join().unwrap(), 10);
    assert_eq!(names_in(&taken).len(), 10);
}

/// Bytes of what a delivery sent.
fn sent_bytes(home: &Home, id: &DeliveryId) -> Vec<u8> {
    fs::read(home.folder(id).sent()).unwrap()
}

fn refused(home: &Home, arguments: &[&str]) -> String {
    let (done, text) = home.run(&[arguments, &["--reason", "decided in a test"]].concat());
    assert!(!done, "{arguments:?}: {text}");
    text
}

#[test]
fn a_resend_on_a_latest_link_is_refused_once_something_newer_was_delivered_or_is_on_its_way_unless_asked_for_expressly()
 {
    let (sshd, mut home) = running("order = \"latest\"\n", "name = \"FULL.DTA\"\nsame_name = \"replace\"\n");
    home.drop_records("1.csv", 3);
    let first = wait_for(&mut home, "1.csv", "archived").delivery.id;
    home.drop_records("2.csv", 4);
    let second = wait_for(&mut home, "2.csv", "archived").delivery.id;
    let text = refused(&home, &["resend", first.as_str()]);
    assert!(
        text.contains(second.as_str())
            && text.contains(&format!("totatsu resend {first} --even-if-older --reason")),
        "{text}"
    );
    by_hand(&home, &["hold", "--partner", "eltax"]);
    home.drop_records("3.csv", 5);
    let third = wait_for(&mut home, "3.csv", "queued").delivery.id;
    let text = refused(&home, &["resend", second.as_str()]);
    assert!(text.contains(third.as_str()), "{text}");
    by_hand(&home, &["resend", second.as_str(), "--even-if-older"]);
    by_hand(&home, &["release", "--partner", "eltax"]);
    wait_for(&mut home, "3.csv", "archived");
    home.until("the resend has gone before the newer one", |home| {
        let mut resent = home.deliveries().into_iter();
        resent.find(|shown| shown.delivery.resend_of.is_some() && shown.state == "archived")
    });
    let there = fs::read(sshd.root().join("FULL.DTA")).unwrap();
    assert_eq!(there, sent_bytes(&home, &third), "the partner ends with the newest");
    by_hand(&home, &["resend", third.as_str()]);
    home.wait_for(5, "archived");
}

#[test]
fn a_resend_of_a_held_delivery_on_a_strict_link_takes_its_place_before_those_behind_it() {
    let (sshd, mut home) = running("order = \"strict\"\n", "");
    fs::write(sshd.root().join("1.csv"), "theirs").unwrap();
    home.drop_records("1.csv", 3);
    let first = wait_for(&mut home, "1.csv", "held").delivery.id;
    for number in 2..=4 {
        home.drop_records(&format!("{number}.csv"), number + 10);
        wait_for(&mut home, &format!("{number}.csv"), "queued");
    }
    fs::remove_file(sshd.root().join("1.csv")).unwrap();
    by_hand(&home, &["resend", first.as_str()]);
    home.wait_for(4, "archived");
    assert_eq!(published(&home), ["1.csv", "2.csv", "3.csv", "4.csv"]);
    assert_eq!(state_of(&home, &first), "cancelled");
}

#[test]
fn a_finished_delivery_of_a_strict_link_is_sent_again_only_if_that_is_asked_for_expressly() {
    let (sshd, mut home) = running("order = \"strict\"\n", "");
    home.drop_records("1.csv", 3);
    let first = wait_for(&mut home, "1.csv", "archived").delivery.id;
    home.drop_records("2.csv", 4);
    wait_for(&mut home, "2.csv", "archived");
    fs::remove_file(sshd.root().join("1.csv")).unwrap();
    let text = refused(&home, &["resend", first.as_str()]);
    assert!(text.contains("order = \"strict\""), "{text}");
    by_hand(&home, &["resend", first.as_str(), "--even-if-older"]);
    home.wait_for(3, "archived");
    assert_eq!(published(&home), ["1.csv", "2.csv", "1.csv"]);
}

#[test]
fn a_file_with_far_more_or_far_fewer_records_than_expected_is_held_until_a_person_says_that_it_is_right() {
    let limits = "order = \"strict\"\n[expected]\nrecords = 100\n";
    let (sshd, mut home) = running(limits, "name = \"{stem}.DTA\"\nsame_name = \"version\"\n");
    home.drop_records("plain.csv", 200);
    wait_for(&mut home, "plain.csv", "archived");
    home.drop_records("many.csv", 201);
    let many = wait_for(&mut home, "many.csv", "held");
    assert!(why(&many).contains("201 records, more than 2 times the 100"), "{}", why(&many));
    // Nothing of it was sent, and those behind it wait.
    home.drop_records("behind.csv", 50);
    wait_for(&mut home, "behind.csv", "queued");
    assert_eq!(names_in(sshd.root()), ["plain.DTA"]);
    by_hand(&home, &["release", many.delivery.id.as_str()]);
    wait_for(&mut home, "behind.csv", "archived");
    assert_eq!(published(&home), ["plain.DTA", "many.DTA", "behind.DTA"]);
    home.drop_records("few.csv", 4);
    let few = wait_for(&mut home, "few.csv", "held");
    assert!(why(&few).contains("4 records, and the last ones of this link had 50 at least"), "{}", why(&few));
    // After a restart it is held still; what was believed once isn't asked about again.
    home.kill();
    home.start();
    assert_eq!(state_of(&home, &few.delivery.id), "held");
    by_hand(&home, &["cancel", few.delivery.id.as_str()]);
    by_hand(&home, &["resend", many.delivery.id.as_str(), "--even-if-older"]);
    home.until("the resend has arrived", |home| {
        let archived = home.deliveries().into_iter().filter(|shown| shown.state == "archived");
        (archived.filter(|shown| shown.delivery.name() == "many.csv").count() == 2).then_some(())
    });
}

#[test]
fn what_follows_a_peak_is_believed_and_of_files_that_go_as_they_are_the_lines_count() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let link =
        "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\n[expected]\nrecords = 1000\n";
    home.write("config/links/irai.toml", &format!("{link}[remote]\nname = \"{{name}}\"\n"));
    home.start();
    for (name, lines) in [("usual.csv", 50), ("peak.csv", 900), ("after.csv", 40)] {
        home.drop_source(name, "x\n".repeat(lines).as_bytes());
        wait_for(&mut home, name, "archived");
    }
    for (name, lines, told) in [
        ("few.csv", 3, "3 records, and the last ones of this link had 40 at least"),
        ("many.csv", 2001, "2001 records, more than 2 times the 1000"),
    ] {
        home.drop_source(name, "x\n".repeat(lines).as_bytes());
        let held = wait_for(&mut home, name, "held");
        assert!(why(&held).contains(told), "{}", why(&held));
    }
}

#[test]
fn a_suspicious_full_file_takes_no_earlier_ones_place() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let limits = "ready = \"rename\"\norder = \"latest\"\n[expected]\nrecords = 100\n";
    home.write_link(limits, "name = \"{stem}.DTA\"\n");
    home.start();
    // Nothing is sent meanwhile, so that the second comes while the first could still give way.
    by_hand(&home, &["hold", "--partner", "eltax"]);
    home.drop_records("good.csv", 90);
    wait_for(&mut home, "good.csv", "queued");
    home.drop_records("bad.csv", 900);
    let bad = wait_for(&mut home, "bad.csv", "held");
    by_hand(&home, &["release", "--partner", "eltax"]);
    wait_for(&mut home, "good.csv", "archived");
    assert_eq!(names_in(sshd.root()), ["good.DTA"]);
    // Said to be right, it goes as the newest.
    by_hand(&home, &["release", bad.delivery.id.as_str()]);
    wait_for(&mut home, "bad.csv", "archived");
}
