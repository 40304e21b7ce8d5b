//! What is done to the gateway as a whole stands in its ledger: starts, stops, changes of its configuration, of partners' keys and of its own.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::Value;
use support::gateway::{Home, names_in};
use support::sshd::{Options, Sshd};
use totatsu::audit::{self, Vouched};
use totatsu::config;
use totatsu_base::clock::Moment;

fn said(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn acts(home: &Home) -> Vec<Value> {
    let today = Moment::now().date().yesterday().unwrap().to_string();
    let output = home.command(&["audit", "acts", "--from", &today, "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let acts: Value = serde_json::from_slice(&output.stdout).unwrap();
    acts.as_array().unwrap().clone()
}

fn words(acts: &[Value]) -> Vec<&str> {
    acts.iter().map(|act| act["event"].as_str().unwrap()).collect()
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn starts_stops_and_a_gateway_found_dead_are_told_with_who_and_so_is_what_changed_in_its_configuration() {
    let (_sshd, mut home) = Home::running(Options::default());
    home.kill();
    home.start();
    assert!(home.stop().success());
    home.write_link("ready = \"rename\"\ntitle = \"other\"\n", "name = \"{stem}.DTA\"\n");
    home.start();
    let title = "ready = \"rename\"\ntitle = \"another\"\n";
    home.write_link(title, "name = \"{stem}.DTA\"\n");
    let (code, text) = said(home.command(&["reload"]));
    assert_eq!(code, 0, "{text}");
    home.until("it began anew", |home| (words(&acts(home)).len() == 7).then_some(()));
    assert!(home.stop().success());
    let acts = acts(&home);
    assert_eq!(
        words(&acts),
        ["started", "started", "stopped", "started", "reconfigured", "stopped", "started", "stopped"]
    );
    assert_eq!(acts[0].get("killed"), None);
    assert!(acts[1]["killed"].is_string(), "{}", acts[1]);
    assert_eq!(acts[2]["reason"], "SIGTERM");
    assert_eq!(acts[3].get("killed"), None);
    let link = "links/irai.toml";
    assert_eq!((acts[3]["changed"][0].as_str(), acts[4]["changed"][0].as_str()), (Some(link), Some(link)));
    // The reload has told it.
    assert_eq!(acts[6].get("changed"), None);
    assert!(acts.iter().all(|act| act["by"] == "root"), "{acts:?}");
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    assert_eq!(audit::verify(&settings, None).unwrap().0.findings, []);
    let out = home.path().join("export");
    let (from, to) =
        (Moment::now().date().yesterday().unwrap().to_string(), Moment::now().date().to_string());
    let (code, text) = said(home.command(&[
        "audit",
        "export",
        "--from",
        &from,
        "--to",
        &to,
        "--out",
        out.to_str().unwrap(),
    ]));
    assert_eq!(code, 0, "{text}");
    let table = fs::read_to_string(out.join("acts.csv")).unwrap();
    for part in ["started", "stopped", "SIGTERM", "reconfigured", link] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn who_trusts_a_partners_key_and_who_renews_the_receipts_key_stands_in_the_ledger() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let partner = home.path().join("config/partners/eltax.toml");
    let text = fs::read_to_string(&partner).unwrap();
    let told = text.split("host_keys = [\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    home.start();
    let fingerprint = said({
        let key = home.path().join("shown.pub");
        fs::write(&key, &told).unwrap();
        let mut command = Command::new("ssh-keygen");
        command.arg("-lf").arg(&key);
        command
    });
    let fingerprint = match told.starts_with("SHA256:") {
        true => told.clone(),
        false => fingerprint.1.split(' ').nth(1).unwrap().to_owned(),
    };
    let unpinned = text.replace(&format!("[\"{told}\"]"), "[]");
    fs::write(&partner, &unpinned).unwrap();
    let (code, text) = said(home.command(&["partner", "trust", "eltax", "--fingerprint", &fingerprint]));
    assert_eq!(code, 0, "{text}");
    let trusted = acts(&home).into_iter().find(|act| act["event"] == "partner_trusted").unwrap();
    assert_eq!((&trusted["partner"], &trusted["key"]), (&"eltax".into(), &fingerprint.clone().into()));
    assert!(home.stop().success());
    let key = said(home.command(&["receipt", "key"])).1.lines().nth(1).unwrap().to_owned();
    let (code, text) = said(home.command(&["receipt", "key", "--renew"]));
    assert_eq!(code, 0, "{text}");
    let renewed = home.journal().into_iter().find(|line| line["event"] == "key_renewed").unwrap();
    assert_eq!((&renewed["former"], &renewed["by"]), (&key.into(), &"root".into()));
    assert!(text.contains(renewed["key"].as_str().unwrap()), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_running_gateway_vouches_for_the_last_line_also_where_that_is_about_a_link_or_about_itself() {
    let (_sshd, home) = Home::running(Options::default());
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    let vouched = || audit::verify(&settings, None).unwrap().0.end_vouched_by;
    assert_eq!(home.journal().last().unwrap()["event"], "started");
    assert_eq!(vouched(), Vouched::Gateway);
    let link = ["hold", "--link", "irai", "--reason", "x"];
    let (code, text) = said(home.command(&link));
    assert_eq!(code, 0, "{text}");
    assert_eq!(home.journal().last().unwrap()["event"], "link_held");
    assert_eq!(vouched(), Vouched::Gateway);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_key_of_receipts_may_lie_apart_where_it_is_only_read_and_another_is_taken_up_when_a_person_says_so() {
    let (_sshd, mut home, ids) = Home::delivered(1);
    assert!(home.stop().success());
    // As systemd lays a credential: in a directory of its own, and its group may read it.
    let apart = home.path().join("credentials");
    fs::create_dir(&apart).unwrap();
    let settings = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write(
        "config/totatsu.toml",
        &format!("{settings}[receipt]\nkey_file = \"$CREDENTIALS_DIRECTORY/receipt-key\"\n"),
    );
    let key = apart.join("receipt-key");
    fs::rename(home.path().join("ledger/receipt-key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o440)).unwrap();
    let before = (fs::read(&key).unwrap(), names_in(&apart));
    home.start();
    home.drop_records("more.csv", 2);
    home.wait_for(2, "archived");
    assert!(home.stop().success());
    assert!(!home.path().join("ledger/receipt-key").exists());
    assert_eq!((fs::read(&key).unwrap(), names_in(&apart)), before, "it is only read");
    for id in ids {
        let (code, text) = said(home.command(&["receipt", "verify", id.as_str()]));
        assert_eq!(code, 0, "{text}");
    }
    // The same one again is none; another is, once a person says so.
    let (code, text) = said(home.command(&["receipt", "key", "--renew"]));
    assert!(code == 1 && text.contains("signs already"), "{text}");
    fs::remove_file(&key).unwrap();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "x", "-f"])
        .arg(&key)
        .status();
    assert!(made.unwrap().success());
    home.launch();
    assert_eq!(home.ended().code(), Some(3), "{}", home.log());
    let (code, text) = said(home.command(&["receipt", "key", "--renew"]));
    assert_eq!(code, 0, "{text}");
    home.start();
    home.drop_records("last.csv", 2);
    home.wait_for(3, "archived");
    assert!(home.stop().success());
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    assert_eq!(audit::verify(&settings, None).unwrap().0.findings, []);
}
