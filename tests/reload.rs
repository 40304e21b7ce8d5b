//! A changed configuration is taken over by the gateway that runs, whole or not at all, and the ledger says who did it.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu::config;
use totatsu::control::{self, Answer, Question};
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;

/// Since when the gateway runs; nothing while it begins anew and answers nobody.
fn since(home: &Home) -> Option<Moment> {
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(control::ask_running(&settings.socket, &Question::Status))?;
    let Answer::Status(status) = answer else { panic!("no status: {answer:?}") };
    status.since
}

fn reconfigured(home: &Home) -> Vec<Value> {
    home.journal().into_iter().filter(|event| event["event"] == "reconfigured").collect()
}

/// One delivery has arrived before anything changes.
fn running() -> (Sshd, Home) {
    let (sshd, mut home) = Home::running(Options::default());
    home.drop_records("a.csv", 3);
    home.wait_for(1, "archived");
    (sshd, home)
}

#[test]
fn the_same_process_takes_the_changed_configuration_over_and_the_journal_says_who_had_it_changed_and_what() {
    let (sshd, mut home) = running();
    let (process, before) = (home.daemon_id(), since(&home));
    home.write_link("ready = \"rename\"\n", "name = \"NEU-{stem}.DTA\"\n");
    let (done, told) = home.run(&["reload"]);
    assert!(done && told.contains(&format!("taken over: links/{LINK}.toml")), "{told}");
    assert_eq!(home.daemon_id(), process);
    assert!(home.is_running() && since(&home) > before, "{}", home.log());
    home.drop_records("b.csv", 4);
    home.wait_for(2, "archived");
    assert_eq!(names_in(sshd.root()), ["NEU-b.DTA", "a.DTA"]);
    let events = reconfigured(&home);
    let [event] = &events[..] else { panic!("{events:?}") };
    let link = format!("links/{LINK}.toml");
    assert_eq!((&event["by"], &event["asker"]["uid"]), (&"root".into(), &0.into()));
    assert_eq!(event["changed"], serde_json::json!([link]));
    let written = Sha256::of_file(&home.path().join("config").join(&link)).unwrap().0;
    assert_eq!(event["files"][&link], written.to_string());
    assert!(event["files"]["totatsu.toml"].is_string() && event["files"]["partners/eltax.toml"].is_string());
    assert!(!event["files"].to_string().contains("keys/"), "no digest of a secret is kept: {event}");
    let (done, told) = home.run(&["audit", "verify"]);
    assert!(done, "{told}");
    assert!(home.stop().success());
}

#[test]
fn a_configuration_with_an_error_is_refused_as_a_whole_and_the_gateway_goes_on_with_what_it_has() {
    let (sshd, mut home) = running();
    let before = since(&home);
    home.write_link("ready = \"rename\"\n", "name = \"NEU-{stem}.DTA\"\n");
    home.write("config/links/new.toml", "partner = \"eltax\"\nlayuot = \"x\"\n");
    let output = home.command(&["reload"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("links/new.toml:2: error: layuot") && told.contains("refused as a whole"),
        "{told}"
    );
    home.drop_records("b.csv", 4);
    home.wait_for(2, "archived");
    assert_eq!(names_in(sshd.root()), ["a.DTA", "b.DTA"]);
    assert_eq!((since(&home), reconfigured(&home)), (before, Vec::new()));
    // Nor may its paths move under it.
    fs::remove_file(home.path().join("config/links/new.toml")).unwrap();
    let main = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &main.replace("../spool", "../elsewhere"));
    let (done, told) = home.run(&["reload"]);
    assert!(!done && told.contains("stop it, move them, start it"), "{told}");
    assert_eq!(since(&home), before);
}

#[test]
fn sighup_takes_over_too_and_what_isnt_finished_on_a_link_that_is_gone_is_held_with_the_reason() {
    let (_sshd, mut home) = running();
    let (done, told) = home.run(&["hold", "--link", LINK, "--reason", "x"]);
    assert!(done, "{told}");
    home.drop_records("b.csv", 4);
    let id = home.wait_for_one("queued").delivery.id;
    let before = since(&home);
    let link = home.path().join(format!("config/links/{LINK}.toml"));
    let aside = home.path().join("aside.toml");
    fs::rename(&link, &aside).unwrap();
    let daemon = Pid::from_raw(i32::try_from(home.daemon_id()).unwrap());
    kill(daemon, Signal::SIGHUP).unwrap();
    home.until("the gateway begins anew", |home| (since(home) > before).then_some(()));
    home.wait_for_one("held");
    let (_, told) = home.run(&["show", id.as_str()]);
    assert!(told.contains("is not in the configuration any more"), "{told}");
    assert_eq!(reconfigured(&home)[0]["asker"]["claimed"], "SIGHUP");
    fs::rename(&aside, &link).unwrap();
    let (done, told) = home.run(&["reload"]);
    assert!(done, "{told}");
    assert!(home.run(&["release", "--link", LINK, "--reason", "x"]).0);
    home.release(&id);
    home.wait_for(2, "archived");
}

#[test]
fn where_no_gateway_runs_reload_says_so() {
    let (_sshd, mut home) = running();
    home.stop();
    let (done, told) = home.run(&["reload"]);
    assert!(!done && told.contains("no gateway runs"), "{told}");
}

#[test]
fn the_daemon_speaks_the_language_that_its_configuration_names_and_another_once_that_is_taken_over() {
    let (_sshd, mut home) = running();
    let english = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    let speak = |home: &Home, language: &str| {
        let named = english.replace("[paths]", &format!("language = \"{language}\"\n[paths]"));
        home.write("config/totatsu.toml", &named);
        let (done, told) = home.run(&["reload"]);
        assert!(done, "{told}");
    };
    speak(&home, "ja");
    let (done, told) = home.run(&["hold", "--link", LINK, "--reason", "x"]);
    assert!(done && told.contains(&format!("連携 {LINK} を保留しました")), "{told}");
    assert!(home.log().contains(&format!("連携 {LINK} を人が保留しました")), "{}", home.log());
    let link = fs::read_to_string(home.path().join(format!("config/links/{LINK}.toml"))).unwrap();
    home.write_link("raedy = \"rename\"\n", "name = \"{stem}.DTA\"\n");
    let (done, told) = home.run(&["reload"]);
    assert!(!done && told.contains("`raedy` という項目はありません"), "{told}");
    home.write(&format!("config/links/{LINK}.toml"), &link);
    speak(&home, "en");
    let (done, told) = home.run(&["release", "--link", LINK, "--reason", "x"]);
    assert!(done && told.contains(&format!("link {LINK} is released")), "{told}");
    assert!(home.stop().success());
}
