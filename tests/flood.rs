//! Floods: hundreds of files at once. The ledger is told what happens to each, and no more because many wait.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use support::collecting::{INBOUND, Post};
use support::gateway::Home;
use support::sshd::{Options, Sshd};

/// Files of a flood.
const FLOOD: usize = 100;
/// What a delivery records that nothing goes wrong with, and a collection that nobody imports.
const STEPS: usize = 8;
/// Bytes of journal for each. Most of it is told twice: by the step, and by the receipt, which stands there word for word.
const JOURNAL_EACH: usize = 8 * 1024;

/// How often each event was recorded; that no delivery recorded again what it waits for before it took another step; and that
/// none of `count` recorded more than its steps, and so many `gates`.
fn told(home: &Home, count: usize, gates: usize) -> BTreeMap<String, usize> {
    let journal = home.journal();
    let mut words = BTreeMap::<String, usize>::new();
    let mut waits = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut again = Vec::new();
    for event in &journal {
        let word = event["event"].as_str().unwrap();
        *words.entry(word.to_owned()).or_default() += 1;
        let Some(delivery) = event["delivery"].as_str() else { continue };
        let waits = waits.entry(delivery).or_default();
        match event["gate"]["closed"].as_str() {
            Some(closed) if !waits.insert(closed) => again.push((delivery, closed)),
            Some(_) => {}
            None => waits.clear(),
        }
    }
    let bytes: usize = journal.iter().map(|event| event.to_string().len() + 1).sum();
    println!("{} bytes of journal for each of {count}: {words:?}", bytes / count);
    assert!(again.is_empty(), "{} recorded again, e.g. {:?}", again.len(), again[0]);
    let of_deliveries = journal.iter().filter(|event| event["delivery"].is_string()).count();
    assert!(of_deliveries <= count * (STEPS + gates), "{words:?}");
    assert!(bytes <= count * JOURNAL_EACH, "{} bytes of journal for each", bytes / count);
    words
}

/// A gateway whose link has these keys, and a flood before a partner that is held, and then released.
fn flooded(more: &str) -> (Sshd, Home) {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link(&format!("ready = \"rename\"\n{more}"), "");
    home.start();
    home.act(&["hold", "--partner", "eltax"]);
    for number in 0..FLOOD {
        home.drop_records(&format!("{number:03}.csv"), 1);
    }
    home.wait_for(FLOOD, "queued");
    (sshd, home)
}

fn has_arrived(home: &mut Home) {
    home.act(&["release", "--partner", "eltax"]);
    home.wait_for(FLOOD, "archived");
    home.audit_is_clean();
}

#[test]
fn a_flood_on_a_strict_link_tells_the_ledger_once_of_each_that_it_waits_and_show_names_the_one_ahead_as_it_is()
 {
    let (_sshd, mut home) = flooded("order = \"strict\"\n");
    let waiting = home.wait_for(FLOOD, "queued");
    let (first, second) = (waiting[0].delivery.id.clone(), waiting[1].delivery.id.clone());
    let last = &waiting[FLOOD - 1];
    assert!(last.why().unwrap().starts_with(&format!("behind {first}: ")), "{:?}", last.why());
    // The same kind of reason in other words: the one ahead is held, and then it is another one.
    home.act(&["hold", first.as_str()]);
    let (_, shown) = home.run(&["show", last.delivery.id.as_str()]);
    assert!(shown.contains(&format!("behind {first}, which is held")), "{shown}");
    home.act(&["cancel", first.as_str()]);
    let ahead = format!("behind {second}: ");
    home.until("the next is ahead", |home| {
        let (_, shown) = home.run(&["show", last.delivery.id.as_str()]);
        shown.contains(&ahead).then_some(())
    });
    let (_, listed) = home.run(&["list", "--limit", "1"]);
    assert!(listed.contains(&ahead), "{listed}");
    home.act(&["release", "--partner", "eltax"]);
    home.wait_for(FLOOD - 1, "archived");
    home.audit_is_clean();
    // The first waited for the partner; each of the others for its turn, and then perhaps for the partner.
    let words = told(&home, FLOOD, 1);
    assert!(words["queued"] <= FLOOD + 2, "{words:?}");
}

#[test]
fn a_flood_on_a_free_link_tells_the_ledger_once_of_each_that_it_waits_however_often_its_partner_is_held() {
    let (_sshd, mut home) = flooded("");
    for _ in 0..2 {
        home.act(&["release", "--partner", "eltax"]);
        home.act(&["hold", "--partner", "eltax"]);
    }
    has_arrived(&mut home);
    told(&home, FLOOD, 3);
}

#[test]
fn a_flood_of_collections_tells_the_ledger_once_of_each_that_it_waits_however_often_another_program_has_the_lock()
 {
    let mut post = Post::new("", "", "");
    for number in 0..FLOOD {
        post.offer(&format!("F{number:03}.DAT"), format!("contents of {number}").as_bytes());
    }
    let lock = post.home.path().join("spool/locks").join(format!("{INBOUND}.lock"));
    post.home.start();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Another program comes and goes.
            while !ended.load(Ordering::SeqCst) {
                let file = fs::File::open(&lock).unwrap();
                flock(&file, FlockOperation::LockExclusive).unwrap();
                std::thread::sleep(Duration::from_millis(100));
                drop(file);
                std::thread::sleep(Duration::from_millis(300));
            }
        });
        let _guard = scopeguard(&ended);
        post.home.wait_for(FLOOD, "archived");
    });
    post.home.audit_is_clean();
    told(&post.home, FLOOD, 1);
}

/// Ends the other program, also where the test fails.
fn scopeguard(ended: &AtomicBool) -> impl Drop + '_ {
    struct End<'a>(&'a AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    End(ended)
}
