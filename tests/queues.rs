//! Queues before a partner that is held, silent, gone or refuses us: what stands in line is no step, and does nothing.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::gateway::{Address, Home, names_in};
use support::sshd::{Options, Sshd, bastion};
use totatsu::control::{Answer, Question};
use totatsu_base::evidence::Grade;

/// The partner's file for `sshd`, reached at another port, with another key where one is given.
fn partner(sshd: &Sshd, port: u16, key: Option<&Path>, more: &str) -> String {
    let (user, host_key, own) = (sshd.user(), sshd.host_key_line(), sshd.client_key());
    let key_file = key.unwrap_or(&own);
    let address = Address { port, user, host_key: host_key.trim(), key_file };
    // Keys of the partner itself stand before its tables.
    let (keys, tables) =
        more.split_once("\n[").map_or((more, String::new()), |(keys, tables)| (keys, format!("[{tables}")));
    format!("{keys}\n{}{tables}", address.partner_file())
}

/// Takes connections, keeps them open, and says nothing.
fn silent() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    port
}

/// Passes connections on to `port`, and counts them.
fn counted(port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (own, count) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counter = count.clone();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            for (mut from, mut to) in
                [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
            {
                std::thread::spawn(move || {
                    drop(io::copy(&mut from, &mut to));
                    drop(to.shutdown(std::net::Shutdown::Write));
                });
            }
        }
    });
    (own, count)
}

fn drop_files(home: &Home, count: u64) {
    for number in 1..=count {
        home.drop_records(&format!("{number:02}.csv"), number + 1);
    }
}

fn events<'a>(journal: &'a [serde_json::Value], word: &str) -> Vec<&'a serde_json::Value> {
    journal.iter().filter(|event| event["event"] == word).collect()
}

#[test]
fn what_only_stands_in_line_for_a_session_can_be_held_and_cancelled_at_once() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let text = partner(&sshd, silent(), None, "connections = 1\n[deadlines]\nhandshake = \"100s\"\n");
    home.write("config/partners/eltax.toml", &text);
    home.start();
    drop_files(&home, 4);
    let waiting = home.wait_for(4, "transferring");
    for shown in &waiting {
        let id = shown.delivery.id.as_str();
        let (held, text) = home.run(&["hold", id, "--reason", "not today"]);
        assert!(held, "{text}");
    }
    for shown in &waiting[..2] {
        let (cancelled, text) = home.run(&["cancel", shown.delivery.id.as_str(), "--reason", "not at all"]);
        assert!(cancelled, "{text}");
    }
    home.wait_for(2, "cancelled");
    home.wait_for(2, "held");
    assert!(home.stop().success());
}

/// The entries of `directory` that were made, written or renamed after `moment`.
fn touched_since(directory: &Path, moment: SystemTime) -> Vec<String> {
    let changed = |entry: &fs::DirEntry| {
        let status = entry.metadata().unwrap();
        let nanoseconds = u32::try_from(status.ctime_nsec()).unwrap();
        UNIX_EPOCH + Duration::new(u64::try_from(status.ctime()).unwrap(), nanoseconds)
    };
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let touched = entries.filter(|entry| changed(entry) > moment);
    touched.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn once_a_partner_is_held_only_the_steps_in_hand_end_however_many_stand_in_line() {
    let at_once = 4;
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let text = partner(&sshd, sshd.port(), None, "connections = 2\nfiles_per_connection = 2\n");
    home.write("config/partners/eltax.toml", &text);
    home.start();
    drop_files(&home, 40);
    home.wait_for(1, "archived");
    let (held, text) = home.run(&["hold", "--partner", "eltax", "--reason", "their maintenance"]);
    let answered = SystemTime::now();
    assert!(held, "{text}");
    home.until("all wait", |home| {
        home.deliveries()
            .iter()
            .all(|shown| ["archived", "queued"].contains(&shown.state.as_str()))
            .then_some(())
    });
    // What the journal says comes later than the step, by as much as the disk needs: the partner is the better witness.
    let touched = touched_since(sshd.root(), answered);
    assert!(touched.len() <= at_once, "{touched:?} after the partner was held");
    assert!(names_in(sshd.root()).len() < 40, "all was sent before the partner was held: nothing was tried");
    let (released, text) = home.run(&["release", "--partner", "eltax", "--reason", "it is over"]);
    assert!(released, "{text}");
    home.wait_for(40, "archived");
    assert_eq!(names_in(sshd.root()).len(), 40);
}

#[test]
fn a_delivery_that_has_begun_with_a_partner_is_finished_there_before_a_younger_one_begins() {
    for (connections, files) in [(1, 1), (3, 1), (1, 4), (2, 3)] {
        let sshd = Sshd::start(Options::default());
        let mut home = Home::new(&sshd);
        let limits = format!("connections = {connections}\nfiles_per_connection = {files}\n");
        let text = partner(&sshd, sshd.port(), None, &limits);
        home.write("config/partners/eltax.toml", &text);
        home.start();
        drop_files(&home, 30);
        home.wait_for(30, "archived");
        let journal = home.journal();
        let (mut under_way, mut most) = (BTreeSet::new(), 0);
        for event in &journal {
            let id = event["delivery"].as_str().unwrap_or_default();
            match event["event"].as_str().unwrap() {
                "transferred" => under_way.insert(id),
                "published" => under_way.remove(id),
                _ => continue,
            };
            most = most.max(under_way.len());
        }
        assert!(
            most >= 1 && most <= connections * files,
            "{most} had been begun at once over {connections} connections for {files} files each"
        );
    }
}

#[test]
fn an_account_that_is_refused_is_tried_by_no_more_than_the_connections_that_were_open_already() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let (port, count) = counted(sshd.port());
    let key = home.path().join("another-key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    home.write("config/partners/eltax.toml", &partner(&sshd, port, Some(&key), "connections = 2\n"));
    home.start();
    drop_files(&home, 20);
    home.wait_for(20, "queued");
    let tried = count.load(Ordering::SeqCst);
    assert!(tried <= 2, "{tried} logins with an account that is refused");
}

#[test]
fn a_silent_partner_counts_as_down_however_long_the_queue_before_it_and_no_file_burns_its_own_attempts() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let text = partner(&sshd, silent(), None, "connections = 2\n[deadlines]\nhandshake = \"300ms\"\n");
    home.write("config/partners/eltax.toml", &text);
    home.start();
    drop_files(&home, 12);
    home.wait_for(12, "queued");
    let Answer::Status(status) = home.ask(Question::Status) else { panic!("no status") };
    assert_eq!(status.partners[0].state, "down");
    let journal = home.journal();
    assert_eq!(events(&journal, "waiting").len(), 0, "a line that is down is nobody's failure");
    assert!(fs::read_to_string(home.path().join("log")).unwrap().contains("eltax"));
}

#[test]
fn a_long_queue_writes_no_event_when_only_the_one_ahead_changes() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link("ready = \"rename\"\norder = \"strict\"\n", "");
    home.start();
    let (held, text) = home.run(&["hold", "--partner", "eltax", "--reason", "their maintenance"]);
    assert!(held, "{text}");
    drop_files(&home, 12);
    home.wait_for(12, "queued");
    let (released, text) = home.run(&["release", "--partner", "eltax", "--reason", "it is over"]);
    assert!(released, "{text}");
    home.wait_for(12, "archived");
    let queued = events(&home.journal(), "queued").len();
    // Each says once what it waits for; the first of them, once more than that at most.
    assert!(queued <= 13, "{queued} events of 12 that waited");
}

/// The partner's file, with the jump host on the way.
fn jump_table(jump: &Sshd) -> String {
    format!(
        "\n[jump]\nhost = \"127.0.0.1\"\nport = {}\nuser = {:?}\nhost_keys = [{:?}]\nprivate_key_file = {:?}\n",
        jump.port(),
        jump.user(),
        jump.host_key_line(),
        jump.client_key()
    )
}

#[test]
fn deliveries_wait_for_a_jump_host_that_went_away_and_arrive_once_when_it_is_back() {
    let partner = Sshd::start(Options::default());
    let mut jump = bastion(partner.port());
    let mut home = Home::new(&partner);
    let file = home.path().join("config/partners/eltax.toml");
    let own = fs::read_to_string(&file).unwrap();
    fs::write(&file, own + &jump_table(&jump)).unwrap();
    home.start();
    home.drop_records("first.csv", 3);
    let shown = home.wait_for_one("archived");
    assert_eq!(shown.delivery.verified.as_ref().unwrap().grade, Grade::Content);

    jump.kill();
    home.drop_records("second.csv", 4);
    home.until("the partner is down", |home| {
        let (_, status) = home.run(&["status"]);
        status.contains("at the jump host").then_some(())
    });
    jump.restart();
    home.wait_for(2, "archived");
    assert_eq!(names_in(partner.root()), ["first.DTA", "second.DTA"]);
    let (sound, said) = home.run(&["audit", "verify"]);
    assert!(sound, "{said}");
}

#[test]
fn receipts_that_are_due_together_are_chained_without_a_gap_also_where_one_of_them_cant_be_written() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write("config/partners/eltax.toml", &partner(&sshd, sshd.port(), None, "connections = 4\n"));
    home.start();
    let (held, text) = home.run(&["hold", "--partner", "eltax", "--reason", "until all are there"]);
    assert!(held, "{text}");
    drop_files(&home, 24);
    let waiting = home.wait_for(24, "queued");
    let chosen = &waiting[12].delivery.id;
    // Opening it for writing finds nothing there.
    let obstacle = home.folder(chosen).path().join("receipt.new");
    std::os::unix::fs::symlink("nowhere/at-all", &obstacle).unwrap();
    let (released, text) = home.run(&["release", "--partner", "eltax", "--reason", "all are there"]);
    assert!(released, "{text}");
    home.wait_for(23, "archived");
    let held = home.wait_for_one("held");
    assert_eq!(held.delivery.id, *chosen);
    let numbers = |home: &Home| -> BTreeSet<u64> {
        home.deliveries().iter().filter_map(|shown| Some(shown.delivery.receipt?.number)).collect()
    };
    assert_eq!(numbers(&home), (1..=23).collect());
    fs::remove_file(&obstacle).unwrap();
    home.release(chosen);
    home.wait_for(24, "archived");
    assert_eq!(numbers(&home), (1..=24).collect());
    let (sound, text) = home.run(&["audit", "verify"]);
    assert!(sound, "{text}");
}
