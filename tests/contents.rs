//! What deliveries carried goes before their folders do, by rule or because somebody asks for it, and the proof of them stays.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/evidence.rs"]
mod evidence;
mod support;

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use configuration::Configuration;
use serde_json::Value;
use support::gateway::{Home, names_in};
use support::sshd::Sshd;
use totatsu::archive;
use totatsu::audit::{self, Audit};
use totatsu::config;
use totatsu::daemon::contents;
use totatsu::gateway::Gateway;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_ledger::Event;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What is left in a folder without contents.
const PROOF: [&str; 2] = ["receipt.json", "receipt.json.sig"];

/// Deliveries that have arrived, of a gateway that doesn't run any more, and whose configuration says more.
fn delivered(count: usize, more: &str) -> (Sshd, Home, Vec<DeliveryId>) {
    let (sshd, mut home, ids) = Home::delivered(count);
    assert!(home.stop().success());
    let settings = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &format!("{settings}{more}"));
    (sshd, home, ids)
}

fn open(home: &Home) -> Arc<Gateway> {
    let (config, problems) = config::read(&home.path().join("config"));
    Arc::new(Gateway::open(config.unwrap_or_else(|| panic!("{problems:#?}"))).unwrap().0)
}

/// Runs to its end what runs beside others in the daemon.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

fn removed(home: &Home, now: Moment) -> usize {
    run(contents::remove_due(&open(home), now)).unwrap()
}

fn verify(home: &Home) -> Audit {
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    audit::verify(&settings, None).unwrap().0
}

fn left(home: &Home, id: &DeliveryId) -> Vec<String> {
    names_in(home.folder(id).path())
}

fn says(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn events(home: &Home, word: &str) -> Vec<Value> {
    home.journal().into_iter().filter(|line| line["event"] == word).collect()
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn after_ninety_days_contents_are_gone_and_everything_says_so_and_receipt_signature_and_chain_are_verified() {
    let (_sshd, home, ids) = delivered(2, "[archive]\nkeep_contents = \"90d\"\n");
    let digests: Vec<Sha256> = [home.folder(&ids[0]).sent(), home.folder(&ids[0]).source()]
        .iter()
        .map(|path| Sha256::of_file(path).unwrap().0)
        .collect();
    let now = Moment::now();
    assert_eq!(removed(&home, now.after(89 * DAY)), 0);
    assert_eq!(removed(&home, now.after(91 * DAY)), 2);
    assert_eq!(removed(&home, now.after(92 * DAY)), 0);
    for id in &ids {
        assert_eq!(left(&home, id), PROOF);
    }
    let told = events(&home, "contents_removed");
    assert_eq!(told.len(), 2);
    let line = told.iter().find(|line| line["delivery"] == ids[0].as_str()).unwrap();
    let files = line["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sent", "source"]);
    for (file, digest) in files.iter().zip(digests) {
        assert_eq!(file["sha256"], digest.to_string());
    }
    let day = Moment::now().date().to_string();
    let id = ids[0].as_str();
    let (code, shown) = says(home.command(&["show", id]));
    assert!(code == 0 && shown.contains("contents removed: its contents were to be kept until"), "{shown}");
    let (code, text) = says(home.command(&["receipt", "verify", id]));
    assert!(code == 0 && text.contains("what it carried was removed on"), "{text}");
    let (code, text) = says(home.command(&["receipt", "show", "--text", id]));
    assert!(code == 0, "{text}");
    let bundle = home.path().join("bundle.html");
    let (code, text) = says(home.command(&["receipt", "bundle", id, "--out", bundle.to_str().unwrap()]));
    assert!(code == 0 && bundle.is_file(), "{text}");
    let (code, text) = says(home.command(&["resend", id, "--reason", "x"]));
    assert!(code == 1 && text.contains(&day) && text.contains("drop it in the outbox"), "{text}");
    let audit = verify(&home);
    assert_eq!((audit.findings, audit.contents_no_longer_kept, audit.receipts), (Vec::new(), 2, 2));
    assert_eq!(audit.files, 2, "both receipts are read");
    let (code, text) = says(home.command(&["audit", "verify"]));
    assert!(code == 0 && text.contains("of 2 deliveries the contents were removed"), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn contents_taken_away_without_an_event_or_brought_back_after_it_are_found() {
    let (_sshd, home, ids) = delivered(2, "[archive]\nkeep_contents = \"90d\"\n");
    let (taken, kept) = (home.folder(&ids[0]), home.folder(&ids[1]));
    let bytes = fs::read(kept.source()).unwrap();
    fs::remove_file(taken.source()).unwrap();
    let found = verify(&home).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].file, taken.source());
    // The event says which file it was: one that was changed before isn't hidden by its removal.
    fs::write(kept.sent(), "changed").unwrap();
    assert_eq!(removed(&home, Moment::now().after(91 * DAY)), 2);
    let found = verify(&home).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.contains("sent of") && found[0].line.is_some(), "{}", found[0].what);
    // A backup brings contents back, and long after they were removed they are still there.
    fs::write(kept.source(), bytes).unwrap();
    let late = |days: u64| {
        let mut command = home.command(&["audit", "verify"]);
        let library = option_env!("FAKETIME_LIBRARY")?;
        command.env("LD_PRELOAD", library).env("FAKETIME", format!("+{days}d"));
        Some(says(command).1)
    };
    if let (Some(soon), Some(later)) = (late(1), late(3)) {
        assert!(!soon.contains("totatsu archive clear"), "{soon}");
        assert!(later.contains("totatsu archive clear"), "{later}");
    }
    let (code, text) = says(home.command(&["archive", "clear", ids[1].as_str(), "--reason", "restored"]));
    assert!(code == 0 && text.contains("source"), "{text}");
    assert_eq!(left(&home, &ids[1]), PROOF);
    assert_eq!(events(&home, "contents_removed").len(), 2, "it was removed before");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_link_says_otherwise_than_the_gateway_and_what_it_says_now_counts_for_what_was_archived_before() {
    let (_sshd, home, ids) = delivered(1, "[archive]\nkeep_contents = \"10d\"\n");
    home.write_link("ready = \"rename\"\nkeep_contents = \"30d\"\n", "name = \"{stem}.DTA\"\n");
    let now = Moment::now();
    assert_eq!(removed(&home, now.after(29 * DAY)), 0);
    home.write_link("ready = \"rename\"\n", "name = \"{stem}.DTA\"\n");
    assert_eq!(removed(&home, now.after(9 * DAY)), 0);
    assert_eq!(removed(&home, now.after(11 * DAY)), 1);
    assert_eq!(left(&home, &ids[0]), PROOF);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_removal_that_was_cut_off_after_its_event_is_finished_the_next_time_without_any_rule() {
    let (_sshd, home, ids) = delivered(1, "");
    let gateway = open(&home);
    let files = archive::contents_in(&home.folder(&ids[0])).unwrap();
    let event = Event::ContentsRemoved { files, reason: "the test says so".into(), by: None };
    run(gateway.ledger.record(ids[0].clone(), event.clone())).unwrap();
    run(gateway.ledger.record(ids[0].clone(), event)).unwrap_err();
    fs::remove_file(home.folder(&ids[0]).sent()).unwrap();
    assert_eq!(run(contents::remove_due(&gateway, Moment::now())).unwrap(), 1);
    drop(gateway);
    assert_eq!(left(&home, &ids[0]), PROOF);
    assert_eq!(verify(&home).findings, []);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_folder_without_contents_goes_in_its_own_time_and_in_the_order_of_archiving() {
    let (_sshd, home, ids) = delivered(2, "[archive]\nretention = \"20d\"\nkeep_contents = \"10d\"\n");
    let folder = home.folder(&ids[0]);
    // They were archived with the default of retention: only what the ledger recorded counts for folders.
    let now = Moment::now();
    assert_eq!(removed(&home, now.after(11 * DAY)), 2);
    let gateway = open(&home);
    let kept: Vec<_> = gateway.ledger.kept().map(|kept| kept.unwrap().id).collect();
    assert_eq!(kept.len(), 2);
    let gone = run(totatsu::daemon::clearing::remove_due(&gateway, now.after(1831 * DAY))).unwrap();
    assert_eq!(gone, 2);
    drop(gateway);
    assert!(!folder.path().exists());
    assert_eq!(verify(&home).findings, []);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn one_persons_data_is_removed_by_hand_and_who_and_why_stands_in_the_ledger_and_in_the_export() {
    let (_sshd, mut home, ids) = Home::delivered(2);
    let id = ids[0].as_str();
    let reason = "本人の申し出";
    let clear = |home: &Home, id: &str| says(home.command(&["archive", "clear", id, "--reason", reason]));
    home.drop_records("file1.csv", 2);
    let held = home.wait_for_one("held").delivery.id;
    let (code, text) = clear(&home, held.as_str());
    assert!(code == 1 && text.contains("cancel it first"), "{text}");
    let (code, text) = clear(&home, id);
    assert!(code == 0 && text.contains("sent source"), "{text}");
    assert_eq!(left(&home, &ids[0]), PROOF);
    let (code, text) = clear(&home, id);
    assert!(code == 1 && text.contains("was removed on"), "{text}");
    let line = events(&home, "contents_removed").remove(0);
    assert_eq!((line["reason"].as_str(), line["asker"]["uid"].as_u64()), (Some(reason), Some(0)));
    let (_, shown) = says(home.command(&["show", id]));
    assert!(shown.contains("contents removed") && shown.contains(reason), "{shown}");
    let (_, listed) = says(home.command(&["list", "--by", "root"]));
    assert!(listed.contains(id) && !listed.contains(ids[1].as_str()), "{listed}");
    let out = home.path().join("export");
    let today = Moment::now().date().to_string();
    let arguments = ["audit", "export", "--from", &today, "--to", &today, "--out", out.to_str().unwrap()];
    let (code, text) = says(home.command(&arguments));
    assert_eq!(code, 0, "{text}");
    let acts = fs::read_to_string(out.join("acts.csv")).unwrap();
    assert!(acts.lines().any(|row| row.contains("contents_removed") && row.contains(reason)), "{acts}");
    // Also while no gateway runs.
    assert!(home.stop().success());
    let (code, text) = clear(&home, ids[1].as_str());
    assert!(code == 0, "{text}");
    assert_eq!(left(&home, &ids[1]), PROOF);
    assert_eq!(verify(&home).findings, []);
}

#[test]
fn contents_that_are_to_be_kept_longer_than_their_folder_are_a_mistake_for_the_gateway_and_for_a_link() {
    let made = Configuration::new();
    let settings = fs::read_to_string(made.directory().join("totatsu.toml")).unwrap();
    let link = |more: &str| {
        let text = format!("partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n{more}");
        made.write("links/irai.toml", &text);
    };
    let problems = |archive: &str, more: &str| -> Vec<String> {
        made.write("totatsu.toml", &format!("{settings}[archive]\n{archive}"));
        link(more);
        let (_, problems) = config::read(&made.directory());
        let keyed = |problem: &totatsu_base::document::Problem| problem.key.clone().unwrap_or_default();
        problems.iter().map(keyed).collect()
    };
    let none = Vec::<String>::new();
    assert_eq!(problems("keep_contents = \"90d\"\n", "keep_contents = \"1830d\"\n"), none);
    assert_eq!(problems("retention = \"90d\"\nkeep_at_least = \"10d\"\nkeep_contents = \"90d\"\n", ""), none);
    assert_eq!(
        problems("retention = \"90d\"\nkeep_at_least = \"10d\"\nkeep_contents = \"91d\"\n", ""),
        ["archive.keep_contents"]
    );
    assert_eq!(problems("keep_contents = \"0s\"\n", ""), ["archive.keep_contents"]);
    assert_eq!(problems("", "keep_contents = \"1831d\"\n"), ["keep_contents"]);
    assert_eq!(problems("", "keep_contents = \"0s\"\n"), ["keep_contents"]);
}
