//! What operators are told of the way in: by a look, by `show`, and where something can't be done.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use support::collecting::{INBOUND, Inbound, Post, numbered, why};
use support::gateway::names_in;
use totatsu_base::digest::Sha256;
use totatsu_ledger::state::Stage;

impl Post {
    /// What a command prints that ends well.
    fn told(&self, arguments: &[&str]) -> String {
        let (done, text) = self.home.run(arguments);
        assert!(done, "{arguments:?}: {text}");
        text
    }
}

#[test]
fn a_look_by_hand_tells_what_became_of_every_name_that_it_saw() {
    let mut post = Post::running("", "ready = \"marker\"\nevery = \"1h\"\n", "");
    let look = |post: &Post| post.home.run(&["collect", INBOUND]);
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    for name in ["OLD.DAT", "OLD.DAT.end"] {
        post.offer(name, b"old");
    }
    assert!(look(&post).0);
    let old = post.wait_for("OLD.DAT", "archived").delivery.id;
    for name in ["NEW.DAT", "NEW.DAT.end", "LATE.DAT", "HALF.DAT.part", "readme.txt", "a\u{1b}[2Jb.DAT"] {
        fs::write(post.out().join(name), format!("contents of {name}")).unwrap();
    }
    fs::create_dir(post.out().join("DIRECTORY.DAT")).unwrap();
    let (asked, text) = look(&post);
    let new = post.wait_for("NEW.DAT", "archived").delivery.id;
    assert!(asked, "{text}");
    for told in [
        "9 entries".to_owned(),
        format!("NEW.DAT  {new}"),
        format!("OLD.DAT  {old}  archived"),
        "LATE.DAT       waits for its marker LATE.DAT.end".to_owned(),
        "HALF.DAT.part  has the name of a file that is still being written".to_owned(),
        "1 isn't meant by the name *.DAT\n  readme.txt".to_owned(),
        "1 is no file\n  DIRECTORY.DAT".to_owned(),
        "a\\u{1b}[2Jb.DAT".to_owned(),
    ] {
        assert!(text.contains(&told), "{told}: {text}");
    }
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let (_, text) = post.home.run(&["--json", "collect", INBOUND]);
    let seen: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&seen["entries"], &seen["taken_up"]["count"]), (&9.into(), &0.into()));
    assert_eq!(seen["known"]["first"][0]["name"], "NEW.DAT");
    assert_eq!(seen["known"]["first"][1]["state"], "archived");
    assert_eq!(seen["refused"]["first"][0], "a\\u{1b}[2Jb.DAT");
    assert_eq!(seen["accompanying"]["first"][0], "NEW.DAT.end");
}

#[test]
fn a_look_by_hand_tells_a_few_names_and_how_many_more_there_are() {
    let mut post = Post::running("", "every = \"1h\"\n", "");
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    for number in 0..50 {
        fs::write(post.out().join(format!("{number:02}{}.txt", "長".repeat(80))), "x").unwrap();
    }
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(asked && text.contains("50 aren't meant") && text.contains("and 30 more"), "{text}");
    assert!(text.contains("19長") && !text.contains("20長"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 120), "{text}");
}

#[test]
fn what_was_collected_and_stays_at_the_partner_is_told_as_collected_by_the_first_look_after_a_start() {
    let mut post = Post::running("", "afterwards = \"leave\"\n", "");
    post.offer("N.DAT", b"content");
    let id = post.wait_for("N.DAT", "archived").delivery.id;
    post.home.stop();
    let remote = "afterwards = \"leave\"\nstable_for = \"10m\"\nevery = \"1h\"\n";
    post.home.write_inbound(INBOUND, Inbound { remote, ..Inbound::default() });
    post.home.start();
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    let text = post.told(&["collect", INBOUND]);
    assert!(text.contains(&format!("N.DAT  {id}  archived")) && !text.contains("waited for"), "{text}");
    let look = &post.home.first_inbound()["last_look"];
    assert_eq!((&look["ready"], &look["waiting"]), (&1.into(), &0.into()));
}

#[test]
fn a_digest_file_is_told_as_one_also_where_every_name_is_meant_and_a_day_that_never_comes_is_named() {
    let mut post = Post::running("", "name = \"*\"\ndigest = \"{name}.sha256\"\nevery = \"1h\"\n", "");
    fs::write(post.out().join("N.DAT.sha256"), format!("{}  N.DAT\n", Sha256::of(b"content"))).unwrap();
    post.offer("N.DAT", b"content");
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    let text = post.told(&["collect", INBOUND]);
    assert!(text.contains("1 is a marker or digest file\n  N.DAT.sha256\n"), "{text}");
    assert!(!text.contains("waited for"), "{text}");
    post.wait_for("N.DAT", "archived");
    post.home.stop();
    let remote = "name = \"K{date}.DAT\"\n";
    post.home.write_inbound(INBOUND, Inbound { remote, ..Inbound::default() });
    post.home.start();
    post.offer("K20261131.DAT", b"the last of November");
    let text = post.told(&["collect", INBOUND]);
    assert!(text.contains("K20261131.DAT  has a date in its name that no calendar has"), "{text}");
}

#[test]
fn a_look_by_hand_that_cant_be_had_says_why() {
    let mut post = Post::running("", "every = \"1h\"\n", "");
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    fs::rename(post.out(), post.sshd.root().join("away")).unwrap();
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(!asked && text.contains("out: no such file or directory at the partner"), "{text}");
    post.act(&["hold", "--partner", "eltax"]);
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(!asked && text.contains("partner eltax is held (decided in a test)"), "{text}");
    post.act(&["release", "--partner", "eltax"]);
    post.sshd.kill();
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(!asked && text.contains("can't be reached"), "{text}");
    post.home.stop();
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(!asked && text.contains("no gateway runs"), "{text}");
}

#[test]
fn show_tells_where_the_files_of_a_collection_lie_now_and_what_was_done_at_the_partner() {
    let import = "[import]\ncommand = [\"/bin/sh\", \"-c\", \"echo taken over; test -e gate\"]\n";
    let mut post = Post::running("", "afterwards = \"delete\"\n", import);
    post.offer("N.DAT", b"content");
    let held = post.wait_for("N.DAT", "held").delivery.id;
    let log = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("import ")).unwrap_or_else(|| panic!("{text}"));
        let (runs, path) = line.split_once("; what it said is in ").unwrap();
        (runs.to_owned(), fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}")))
    };
    let text = post.told(&["show", held.as_str()]);
    assert!(text.starts_with("collection ") && !text.contains("at partner"), "{text}");
    assert_eq!(log(&text), ("import     started 1 time".to_owned(), "taken over\n".to_owned()));
    let shown: Value = serde_json::from_str(&post.told(&["--json", "show", held.as_str()])).unwrap();
    fs::write(PathBuf::from(shown["folder"].as_str().unwrap()).join("gate"), "").unwrap();
    let retried = post.act(&["retry", held.as_str()]);
    assert!(retried.contains("its import is run again"), "{retried}");
    post.wait_for("N.DAT", "archived");
    let text = post.told(&["show", held.as_str()]);
    assert_eq!(log(&text), ("import     started 2 times".to_owned(), "taken over\n".repeat(2)));
    let said = text.lines().filter(|line| *line == "import log taken over").count();
    assert_eq!(said, 2, "the last lines of the log: {text}");
    for run in ["import started, run 1", "held at import: ", "released by ", "import started, run 2"] {
        assert!(text.contains(run), "{run}: {text}");
    }
    for told in ["/archive/", "layout     common/as-is 2020-01-01: 1 line\n", "at partner remove out/N.DAT: done\n"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let (done, told) = post.home.run(&["list", "--link", "nobodys"]);
    assert!(!done && told.contains("there is no link nobodys"), "{told}");
}

#[test]
fn an_act_tells_how_the_collection_goes_on_and_of_one_that_is_held_that_it_stays() {
    let mut post =
        Post::running("", "digest = \"{name}.sha256\"\nafterwards = \"move\"\nmove_to = \"done\"\n", "");
    let digest = |bytes: &[u8]| format!("{}  N.DAT\n", Sha256::of(bytes));
    fs::write(post.out().join("N.DAT.sha256"), digest(b"other")).unwrap();
    post.offer("N.DAT", b"content");
    let id = post.wait_for("N.DAT", "waiting").delivery.id;
    let text = post.act(&["hold", id.as_str()]);
    assert!(text.contains(&format!("collection {id} held: it stays where it stands until")), "{text}");
    fs::write(post.out().join("N.DAT.sha256"), digest(b"content")).unwrap();
    assert!(post.act(&["release", id.as_str()]).contains("it goes on with fetch"));
    post.home.until("it is held again, for the directory", |home| {
        let held = home.deliveries().remove(0);
        (held.state == "held" && held.delivery.stage == Stage::Placed).then_some(())
    });
    fs::create_dir(post.sshd.root().join("done")).unwrap();
    assert!(post.act(&["release", id.as_str()]).contains("it goes on from where it stands"));
    post.wait_for("N.DAT", "archived");
    assert_eq!(names_in(&post.sshd.root().join("done")), ["N.DAT", "N.DAT.sha256"]);
}

#[test]
fn a_rejected_collection_cant_be_released_and_the_message_says_where_the_reason_stands() {
    let mut post = Post::running("", "", "");
    let layout = "layout = \"eltax/nenkin-tokucho-irai\"\n";
    post.home
        .write_inbound("fixed", Inbound { more: layout, remote: "name = \"Z*\"\n", ..Inbound::default() });
    post.home.stop();
    post.home.start();
    post.offer("Z1", &[b'2'; 500]);
    let id = post.wait_for("Z1", "rejected").delivery.id;
    post.home.until("it is in the archive", |home| home.deliveries().remove(0).delivery.archived);
    let (released, text) = post.home.run(&["release", id.as_str(), "--reason", "x"]);
    assert!(!released && text.contains(&format!("collection {id} is rejected")), "{text}");
    assert!(text.contains(&format!("totatsu report {id} says why")), "{text}");
    let report = post.told(&["report", id.as_str()]);
    assert!(report.contains(&format!("collection {id}\n")), "{report}");
    assert!(report.contains("not this gateway's value; accepted: \"13101\""), "{report}");
}

#[test]
fn of_many_that_wait_for_a_lock_one_alone_tries_it_and_the_others_know_whom_they_wait_for() {
    const FILES: usize = 30;
    let mut post = Post::running("", "", "");
    let lock = std::fs::File::open(post.home.path().join(format!("spool/locks/{INBOUND}.lock"))).unwrap();
    lock.lock().unwrap();
    for number in 0..FILES {
        post.offer(&numbered(number), format!("contents {number}").as_bytes());
    }
    let waiting = post.home.wait_for(FILES, "queued");
    let front = waiting.iter().filter(|shown| why(shown).contains("is taken: by another program")).count();
    assert_eq!(front, 1, "{:?}", waiting.iter().map(why).collect::<Vec<_>>());
    drop(lock);
    post.home.wait_for(FILES, "archived");
    let mut queued: BTreeMap<String, usize> = BTreeMap::new();
    for entry in post.home.journal().iter().filter(|entry| entry["event"] == "queued") {
        *queued.entry(entry["delivery"].to_string()).or_default() += 1;
    }
    // One of them may have stepped to the front and found the lock still taken.
    assert!(
        queued.values().all(|times| *times <= 2) && queued.values().sum::<usize>() <= FILES + 2,
        "{queued:?}"
    );
    post.home.audit_is_clean();
}
