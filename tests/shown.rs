//! `show` keeps everything: what people did, what was tried, what was told of it, and by how much a deadline was missed.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::process::Command;

use jiff::civil::time;
use support::gateway::Home;
use support::sshd::{Options, Sshd};
use totatsu_base::clock::Moment;

/// How far the gateway's clock has to be off so that it shows this hour today.
fn offset_to(hour: i8) -> String {
    let now = Moment::now();
    let wanted = Moment::in_japan_at(now.date(), time(hour, 0, 0, 0));
    format!("{:+}", wanted.in_japan().timestamp().as_second() - now.in_japan().timestamp().as_second())
}

fn said(mut command: Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{text}");
    text
}

#[test]
#[cfg_attr(not(all(have_sshd, have_faketime)), ignore = "needs sshd and faketime: run scripts/test")]
fn each_hold_try_alert_release_and_resend_is_told_and_by_how_much_a_deadline_was_missed_also_after_the_end() {
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let remote = "name = \"{stem}.DTA\"\nsame_name = \"replace\"\n";
    home.write_link("ready = \"rename\"\ndeadline = \"17:00\"\n", remote);
    home.set_clock(&offset_to(16));
    home.start();
    sshd.kill();
    home.drop_records("file1.csv", 2);
    let id = home.wait_for_one("queued").delivery.id;
    said(home.command(&["hold", id.as_str(), "--reason", "their wish"]));
    // A start looks at once, and tells what holds; a second one tells it again, and records it no more.
    for _ in 0..2 {
        home.kill();
        home.start();
        home.until("it is told", |home| home.log().contains("alert=\"held\"").then_some(()));
    }
    home.kill();
    home.set_clock(&offset_to(18));
    home.start();
    let alerts = |home: &Home, kind: &str| {
        let is = |line: &serde_json::Value| line["event"] == "alerted" && line["kind"] == kind;
        home.journal().into_iter().filter(is).count()
    };
    home.until("the deadline is told", |home| (alerts(home, "deadline_missed") == 1).then_some(()));
    assert_eq!(alerts(&home, "held"), 1, "{}", home.log());
    sshd.restart();
    said(home.command(&["release", id.as_str(), "--reason", "they are ready"]));
    home.wait_for(1, "archived");
    said(home.command(&["resend", id.as_str(), "--reason", "lost there"]));
    let again = home.wait_for(2, "archived").pop().unwrap().delivery;
    let again = if again.id == id { home.deliveries().remove(0).delivery.id } else { again.id };
    let shown = said(home.command(&["show", id.as_str()]));
    for part in [
        "held by",
        "their wish",
        "they are ready",
        "alert held",
        "alert deadline_missed",
        "can't be reached",
        "missed by 1 h",
        again.as_str(),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let resent = said(home.command(&["show", again.as_str()]));
    assert!(resent.contains(id.as_str()) && resent.contains("lost there"), "{resent}");
    assert!(home.stop().success());
    let settings = totatsu::config::read_gateway(&home.path().join("config")).unwrap();
    assert_eq!(totatsu::audit::verify(&settings, None).unwrap().0.findings, []);
}
