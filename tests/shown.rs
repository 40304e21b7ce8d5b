//! `show` keeps everything: what people did, what was tried, what was told of it, and by how much a deadline was missed; `status` names
//! what a person has to look after; and a file is meant by its name wherever only one can be.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/evidence.rs"]
mod evidence;
mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use configuration::Configuration;
use evidence::{accepted, five_deliveries, id};
use jiff::civil::time;
use serde_json::Value;
use support::gateway::Home;
use support::sshd::{Options, Sshd};
use totatsu::spool::Spool;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_ledger::Ledger;
use totatsu_ledger::event::Event;

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

/// A ledger that no daemon has, and what is answered from it.
struct Shelf(Configuration);

impl Shelf {
    fn ledger(&self) -> PathBuf {
        self.0.home().join("ledger")
    }

    async fn record(&self, id: &DeliveryId, event: Event) {
        let ledger = Ledger::open(&self.ledger()).unwrap().0;
        ledger.record(id.clone(), event).await.unwrap();
    }

    /// The exit code, and both streams.
    fn says(&self, arguments: &[&str]) -> (i32, String) {
        self.says_by(&[], arguments)
    }

    /// The same by way of another program.
    fn says_by(&self, by: &[&str], arguments: &[&str]) -> (i32, String) {
        let asked = self.0.totatsu(arguments);
        let program = asked.get_program().to_str().unwrap();
        let words = [by, &[program]].concat();
        let output = Command::new(words[0]).args(&words[1..]).args(asked.get_args()).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    fn json(&self, by: &[&str], arguments: &[&str]) -> Value {
        let (_, text) = self.says_by(by, &[arguments, &["--json"]].concat());
        serde_json::from_str(text.lines().next().unwrap()).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

#[tokio::test]
async fn an_act_takes_a_files_name_where_one_alone_goes_on_and_otherwise_names_them_with_their_ids() {
    let shelf = Shelf(Configuration::new());
    let spool = Spool::new(&shelf.0.home().join("spool"));
    spool.lay_out().unwrap();
    // 1 and 2 have arrived, 3 is held, 4 is accepted and 5 was rejected; all were called the same.
    five_deliveries(&spool, &shelf.ledger(), "other").await;
    for act in ["release", "hold", "cancel", "resend"] {
        let (code, told) = shelf.says(&[act, "irai.csv", "--reason", "x"]);
        assert!(code == 1 && told.contains("irai.csv is the name of several"), "{told}");
        assert!([id(3), id(4)].iter().all(|id| told.contains(id.as_str())), "{told}");
        assert!(!told.contains(id(5).as_str()), "the rejected one goes no further: {told}");
    }
    // Whoever only looks is shown the newest.
    assert_eq!(shelf.json(&[], &["show", "irai.csv"])["id"], id(5).as_str());
    let (code, told) = shelf.says(&["receipt", "show", "irai.csv"]);
    assert!(code == 1 && told.contains("has no receipt: it is rejected"), "{told}");
    for act in ["hold", "cancel"] {
        assert_eq!(shelf.says(&[act, id(4).as_str(), "--reason", "x"]).0, 0);
    }
    let released = shelf.json(&[], &["release", "irai.csv", "--reason", "x"]);
    assert_eq!(released["id"], id(3).as_str());
    let (code, told) = shelf.says(&["release", "iria.csv", "--reason", "x"]);
    assert!(code == 1 && told.contains("no delivery iria.csv"), "{told}");
}

#[tokio::test]
#[cfg_attr(not(have_faketime), ignore = "needs faketime: run scripts/test")]
async fn status_names_what_was_rejected_until_a_better_one_comes_and_what_never_came() {
    let shelf = Shelf(Configuration::new());
    let earlier = Moment::now().before(Duration::from_secs(60));
    let (rejected, better) = (DeliveryId::new(earlier), DeliveryId::new(Moment::now()));
    shelf.record(&rejected, accepted()).await;
    shelf.record(&rejected, Event::Rejected { problems: 3 }).await;
    let (_, told) = shelf.says(&["status"]);
    assert!(told.contains(&format!("totatsu report {rejected}")) && told.contains("3 problems"), "{told}");
    let link = fs::read_to_string(shelf.0.directory().join("links/irai.toml")).unwrap();
    shelf.0.write("links/irai.toml", &format!("expect = \"daily by 00:01\"\n{link}"));
    assert!(!shelf.says(&["status"]).1.contains("TT-6117"), "today's has come");
    let later = ["faketime", "-f", "+2d"];
    let (_, told) = shelf.says_by(&later, &["status"]);
    assert!(told.contains("link irai expected a file by") && told.contains("[TT-6117]"), "{told}");
    let status = shelf.json(&later, &["status"]);
    assert_eq!(status["rejected"][0]["delivery"], rejected.as_str());
    let missing = &status["missing"][0];
    assert_eq!((&missing["link"], &missing["inbound"]), (&"irai".into(), &false.into()));
    let (code, check) = shelf.says(&["status", "--check"]);
    assert!(code == 2 && check.contains("1 file was rejected"), "{check}");
    shelf.record(&better, accepted()).await;
    let status = shelf.json(&[], &["status"]);
    assert_eq!(status["rejected"], Value::Null, "a file of the same name has come: {status}");
}
