//! Hours, deadlines, expectations, alerts, the reserve and retention, as configured words and on a real ledger.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/disk.rs"]
mod disk;
#[path = "support/evidence.rs"]
mod evidence;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use totatsu_base::durable;

use configuration::Configuration;
use disk::SmallDisk;
use evidence::*;
use totatsu::alert::{Alert, AlertSubject, Kind};
use totatsu::archive;
use totatsu::config::{self, Config};
use totatsu::daemon::clearing;
use totatsu::daemon::timekeeper::Timekeeper;
use totatsu::gateway::Gateway;
use totatsu::spool::Spool;
use totatsu_base::clock::Moment;
use totatsu_base::document::{Problem, Severity};
use totatsu_ledger::Ledger;
use totatsu_ledger::event::Event;

/// Longer than anything here takes on a slow machine; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const LINK: &str = "partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n";

fn with_more(made: &Configuration, file: &str, more: &str) {
    let text = fs::read_to_string(made.directory().join(file)).unwrap();
    made.write(file, &format!("{text}{more}"));
}

fn problems_of(made: &Configuration) -> Vec<Problem> {
    let (configured, problems) = config::read(&made.directory());
    assert_eq!(configured.is_none(), config::has_errors(&problems), "{problems:#?}");
    problems
}

fn places(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| {
        let file = problem.file.file_name().unwrap().to_str().unwrap();
        let line = problem.line.map_or("?".to_owned(), |line| line.to_string());
        format!("{file}:{line} {}", problem.key.as_deref().unwrap_or("-"))
    };
    problems.iter().map(place).collect()
}

fn read(made: &Configuration) -> Config {
    let (configured, problems) = config::read(&made.directory());
    configured.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// 2026-11-20 is a Friday, the 23rd a holiday on a Monday.
fn at(text: &str) -> Moment {
    format!("{text}:00+09:00").parse().unwrap()
}

fn kinds(alerts: &[Alert]) -> Vec<Kind> {
    alerts.iter().map(|alert| alert.kind).collect()
}

#[test]
fn partner_link_calendar_and_local_closures_make_the_hours_together() {
    let made = Configuration::new();
    with_more(&made, "totatsu.toml", "[calendar]\nclosures = \"closures.txt\"\n");
    made.write("closures.txt", "# 見本市\n2026-11-24 開庁記念日\n");
    with_more(&made, "partners/eltax.toml", "[hours]\nopen = [\"09:00-12:00\", \"13:00-18:00\"]\n");
    made.write("links/irai.toml", &format!("{LINK}[hours]\ndays = \"business\"\nopen = [\"11:00-14:00\"]\n"));
    let config = read(&made);
    let hours = config.hours_of("irai");
    assert!(hours.is_open(at("2026-11-20T11:30")) && !hours.is_open(at("2026-11-20T12:30")));
    assert_eq!(hours.next_opening(at("2026-11-20T14:00")), Some(at("2026-11-25T11:00")));
    let backoff = config.gateway.backoff;
    let failed = at("2026-11-20T13:59");
    assert_eq!(backoff.next(9, failed, failed, 0.0, &hours), Some(at("2026-11-25T11:00")));
}

#[test]
fn without_any_words_everything_may_go_out_at_any_time() {
    let config = read(&Configuration::new());
    let new_year = at("2027-01-01T03:00");
    assert!(config.hours_of("irai").is_open(new_year));
    assert!(!config.gateway.calendar.is_business_day(new_year.date()));
    assert!(config.links["irai"].deadline.is_none() && config.links["irai"].expect.is_none());
}

#[test]
fn every_mistake_in_the_words_is_told_at_its_place() {
    let made = Configuration::new();
    with_more(
        &made,
        "totatsu.toml",
        "[calendar]\nclosures = \"closures.txt\"\nnew_year_closure = \"yes\"\n[alerts]\ncommand = [\"mail\"]\n\
         time_limit = \"0s\"\n[disk]\nreserve = \"much\"\n[archive]\nretention = \"30d\"\nkeep_at_least = \"31d\"\n",
    );
    made.write("closures.txt", "2026-11-24\n24.11.2026\n");
    with_more(&made, "partners/eltax.toml", "[hours]\ndays = \"weekdays\"\nopen = [\"08:30\"]\n");
    let link =
        "deadline = \"17\"\nexpect = \"weekly by 12:00\"\n[hours]\ndays = [\"mon\", \"die\"]\nopen = []\n";
    made.write("links/irai.toml", &format!("{LINK}{link}"));
    let mut told = places(&problems_of(&made));
    told.sort();
    let mut expected = [
        "closures.txt:2 -",
        "eltax.toml:8 hours.days",
        "eltax.toml:9 hours.open",
        "irai.toml:3 deadline",
        "irai.toml:4 expect",
        "irai.toml:6 hours.days",
        "irai.toml:7 hours.open",
        "totatsu.toml:12 calendar.new_year_closure",
        "totatsu.toml:14 alerts.command",
        "totatsu.toml:15 alerts.time_limit",
        "totatsu.toml:17 disk.reserve",
        "totatsu.toml:20 archive.keep_at_least",
    ];
    expected.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn a_link_that_is_never_open_when_its_partner_is_is_an_error() {
    let made = Configuration::new();
    with_more(&made, "partners/eltax.toml", "[hours]\ndays = \"business\"\n");
    made.write("links/irai.toml", &format!("{LINK}[hours]\ndays = [\"sat\", \"sun\"]\n"));
    let problems = problems_of(&made);
    assert_eq!(places(&problems), ["irai.toml:3 hours"]);
    assert!(problems[0].message.contains("never open at the same time"), "{}", problems[0]);
}

#[test]
fn a_deadline_that_lies_before_the_hours_of_every_day_is_an_error() {
    let made = Configuration::new();
    with_more(&made, "partners/eltax.toml", "[hours]\nopen = [\"08:30-17:15\"]\n");
    made.write("links/irai.toml", &format!("{LINK}deadline = \"08:30\"\n"));
    assert_eq!(places(&problems_of(&made)), ["irai.toml:3 deadline"]);
    made.write("links/irai.toml", &format!("{LINK}deadline = \"08:31\"\n"));
    assert!(problems_of(&made).is_empty());
}

#[test]
fn an_alerts_command_that_is_missing_or_no_program_is_told_by_check_and_hinders_no_other_command() {
    let made = Configuration::new();
    let tell = made.home().join("tell");
    with_more(&made, "totatsu.toml", &format!("[alerts]\ncommand = [{tell:?}]\n"));
    let told = || config::environment::check(&made.directory(), &read(&made));
    assert_eq!(places(&told()), ["totatsu.toml:11 alerts.command"]);
    fs::write(&tell, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&tell, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(told()[0].message.contains("can't be executed"), "{:?}", told());
    fs::set_permissions(&tell, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(told().is_empty(), "{:?}", told());
    assert!(config::read_gateway(&made.directory()).is_ok());
}

#[test]
fn a_missing_file_of_closures_is_an_error_at_its_key() {
    let made = Configuration::new();
    with_more(&made, "totatsu.toml", "[calendar]\nclosures = \"closures.txt\"\n");
    assert_eq!(places(&problems_of(&made)), ["totatsu.toml:11 calendar.closures"]);
}

#[test]
fn check_warns_of_a_spool_in_memory() {
    let shm = Path::new("/dev/shm");
    if !shm.is_dir() {
        return;
    }
    let made = Configuration::new();
    let mut config = read(&made);
    config.gateway.spool = shm.join("totatsu-no-such");
    let problems = config::environment::check(&made.directory(), &config);
    let of_spool: Vec<&Problem> =
        problems.iter().filter(|p| p.key.as_deref() == Some("paths.spool")).collect();
    assert_eq!(of_spool.len(), 1, "{problems:#?}");
    assert_eq!(of_spool[0].severity, Severity::Warning);
    assert!(of_spool[0].message.contains("tmpfs"), "{}", of_spool[0]);
}

/// A gateway whose only link has a deadline and an expectation.
fn watched() -> (Configuration, Gateway) {
    let made = Configuration::new();
    with_more(&made, "totatsu.toml", "[disk]\nreserve = \"0B\"\n");
    made.write("links/irai.toml", &format!("{LINK}deadline = \"17:00\"\nexpect = \"daily by 16:00\"\n"));
    let (gateway, _) = Gateway::open(read(&made)).unwrap();
    (made, gateway)
}

#[tokio::test]
async fn a_failing_delivery_is_told_at_risk_once_then_missed_once_and_a_restart_tells_it_anew() {
    let (_made, gateway) = watched();
    let delivery = gateway.ledger.record(id(1), accepted_over("irai")).await.unwrap();
    let link = &gateway.config.links["irai"];
    let hours = gateway.config.hours_of("irai");
    let due =
        link.deadline.unwrap().of(delivery.accepted_at, &hours, &gateway.config.gateway.calendar).unwrap();
    gateway.ledger.record(id(1), waiting()).await.unwrap();
    let mut keeper = Timekeeper::new(delivery.accepted_at);
    let of_deadline = |keeper: &mut Timekeeper, now: Moment| {
        let mut told = kinds(&keeper.look(&gateway, now).unwrap());
        told.retain(|kind| *kind != Kind::NothingCame);
        told
    };
    assert_eq!(of_deadline(&mut keeper, due.before(31 * MINUTE)), []);
    assert_eq!(of_deadline(&mut keeper, due.before(30 * MINUTE)), [Kind::DeadlineAtRisk]);
    assert_eq!(of_deadline(&mut keeper, due.before(MINUTE)), []);
    assert_eq!(of_deadline(&mut keeper, due), [Kind::DeadlineMissed]);
    assert_eq!(of_deadline(&mut keeper, due.after(DAY)), []);
    assert_eq!(of_deadline(&mut Timekeeper::new(due), due.after(DAY)), [Kind::DeadlineMissed]);
}

#[tokio::test]
async fn a_held_delivery_is_told_each_time_it_is_held() {
    let (_made, gateway) = watched();
    gateway.ledger.record(id(1), accepted_over("irai")).await.unwrap();
    let held_at = gateway.ledger.record(id(1), held()).await.unwrap().updated;
    let mut keeper = Timekeeper::new(held_at);
    let told = keeper.look(&gateway, held_at).unwrap();
    assert!(kinds(&told).contains(&Kind::Held), "{told:#?}");
    assert!(!kinds(&keeper.look(&gateway, held_at).unwrap()).contains(&Kind::Held));
    gateway.ledger.record(id(1), released()).await.unwrap();
    let again = loop {
        // Held within the same millisecond, it would be the same occasion.
        let again = gateway.ledger.record(id(1), held()).await.unwrap().updated;
        if again != held_at {
            break again;
        }
        gateway.ledger.record(id(1), released()).await.unwrap();
    };
    assert!(kinds(&keeper.look(&gateway, again).unwrap()).contains(&Kind::Held));
}

#[tokio::test]
async fn a_link_is_told_each_day_on_which_nothing_came_and_a_file_ends_it() {
    let (_made, gateway) = watched();
    let delivery = gateway.ledger.record(id(1), accepted_over("irai")).await.unwrap();
    gateway.ledger.record(id(1), Event::Rejected { problems: 1 }).await.unwrap();
    let today = delivery.accepted_at;
    let at_16 = |days: u32| {
        let midnight = Moment::in_japan_at(today.date(), jiff::civil::Time::midnight());
        midnight.after(DAY * days + 16 * 60 * MINUTE)
    };
    let mut keeper = Timekeeper::new(today);
    assert_eq!(kinds(&keeper.look(&gateway, at_16(0).max(today)).unwrap()), []);
    assert_eq!(kinds(&keeper.look(&gateway, at_16(1).before(MINUTE)).unwrap()), []);
    assert_eq!(kinds(&keeper.look(&gateway, at_16(1)).unwrap()), [Kind::NothingCame]);
    assert_eq!(kinds(&keeper.look(&gateway, at_16(1).after(MINUTE)).unwrap()), []);
    assert_eq!(kinds(&keeper.look(&gateway, at_16(2)).unwrap()), [Kind::NothingCame]);
}

#[tokio::test]
async fn once_the_clock_is_set_back_a_file_that_came_in_what_is_now_the_future_hides_no_missing_one() {
    let (_made, gateway) = watched();
    let delivery = gateway.ledger.record(id(1), accepted_over("irai")).await.unwrap();
    gateway.ledger.record(id(1), Event::Rejected { problems: 1 }).await.unwrap();
    let came = delivery.accepted_at;
    let mut keeper = Timekeeper::new(came);
    assert_eq!(kinds(&keeper.look(&gateway, came.after(MINUTE)).unwrap()), []);
    let midnight = Moment::in_japan_at(came.before(DAY * 10).date(), jiff::civil::Time::midnight());
    let right = midnight.after(16 * 60 * MINUTE);
    assert_eq!(kinds(&keeper.look(&gateway, right).unwrap()), [Kind::NothingCame]);
}

/// A gateway with one delivery that has arrived, kept until `keep` from now, and its folder.
async fn with_archived(keep: Duration) -> (Configuration, Arc<Gateway>) {
    let made = Configuration::new();
    let (gateway, _) = Gateway::open(read(&made)).unwrap();
    let folder = gateway.spool.folder(&id(1));
    durable::make_new_dir(folder.path()).unwrap();
    fs::write(folder.source(), SOURCE).unwrap();
    fs::write(folder.sent(), SENT).unwrap();
    let delivery = publish(&gateway.ledger, &id(1)).await;
    let (turn, previous) = (gateway.ledger.turn_to_issue().await, gateway.ledger.last_receipt().unwrap());
    gateway.ledger.record(id(1), receipted(&delivery, previous, &folder)).await.unwrap();
    drop(turn);
    let archived = archive::archive(&gateway.spool, &id(1), keep).unwrap();
    gateway.ledger.record(id(1), Event::Archived { archived }).await.unwrap();
    (made, Arc::new(gateway))
}

#[tokio::test]
async fn a_folder_past_its_time_is_removed_and_everything_says_so_but_its_receipt_stays_in_the_ledger() {
    let (made, gateway) = with_archived(10 * DAY).await;
    let folder = gateway.spool.archived_folder(&id(1));
    assert_eq!(clearing::remove_due(&gateway, Moment::now()).await.unwrap(), 0);
    assert!(folder.path().is_dir());
    assert_eq!(clearing::remove_due(&gateway, Moment::now().after(11 * DAY)).await.unwrap(), 1);
    assert!(!folder.path().exists());
    let delivery = gateway.ledger.find(&id(1)).unwrap().unwrap();
    assert!(delivery.removed.is_some() && delivery.receipt.is_some());
    assert_eq!(delivery.state(), "archived");
    assert_eq!(clearing::remove_due(&gateway, Moment::now().after(12 * DAY)).await.unwrap(), 0);
    drop(gateway);
    let says = |arguments: &[&str]| {
        let output = made.totatsu(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    };
    let name = id(1).to_string();
    let (code, shown) = says(&["show", &name]);
    assert!(code == 0 && shown.contains("no longer kept"), "{shown}");
    let reason = ["resend", &name, "--reason", "x"];
    for (arguments, told) in [
        (&["receipt", "verify", &name][..], "removed from the archive"),
        (&["receipt", "show", &name][..], "removed from the archive"),
        (&reason[..], "no longer kept"),
    ] {
        let (code, text) = says(arguments);
        assert!(code == 1 && text.contains(told), "{arguments:?}: {text}");
    }
    let lines = chain(&made.home().join("ledger"));
    assert_eq!(lines.last().unwrap()["event"], "removed");
    assert!(lines.iter().any(|line| line["event"] == "receipted" && line["receipt"]["number"] == 1));
}

#[tokio::test]
async fn a_removal_that_was_cut_off_after_its_event_is_finished_the_next_time() {
    let (_made, gateway) = with_archived(10 * DAY).await;
    gateway.ledger.record(id(1), Event::Removed { why: "the test says so".into() }).await.unwrap();
    assert!(gateway.spool.archived_folder(&id(1)).path().is_dir());
    assert_eq!(clearing::remove_due(&gateway, Moment::now()).await.unwrap(), 1);
    assert!(!gateway.spool.archived_folder(&id(1)).path().exists());
}

#[tokio::test]
async fn only_what_is_finished_can_be_removed_and_only_once() {
    let home = tempfile::tempdir().unwrap();
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    let removed = || Event::Removed { why: "the test says so".into() };
    ledger.record(id(1), accepted()).await.unwrap();
    ledger.record(id(1), removed()).await.unwrap_err();
    ledger.record(id(1), Event::Rejected { problems: 1 }).await.unwrap();
    ledger.record(id(1), removed()).await.unwrap_err();
    ledger.record(id(1), archived()).await.unwrap();
    ledger.record(id(1), removed()).await.unwrap();
    ledger.record(id(1), removed()).await.unwrap_err();
    ledger.record(id(1), released()).await.unwrap_err();
}

/// The real daemon, killed when this is dropped.
struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    fn start(made: &Configuration) -> Daemon {
        let log = made.home().join("log");
        let child = Command::new(env!("CARGO_BIN_EXE_totatsu"))
            .arg("--config")
            .arg(made.directory())
            .arg("run")
            .stdin(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Daemon { child, log }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    fn wait_for(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < PATIENCE, "in vain waited for {what}; the log:\n{}", self.log());
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn below_its_reserve_the_gateway_takes_no_file_over_says_so_once_and_tells_the_alerts_command() {
    let made = Configuration::new();
    let (tell, told) = (made.home().join("tell"), made.home().join("told"));
    fs::write(&tell, "echo \"$TOTATSU_ALERT_KIND $TOTATSU_ALERT_SUBJECT\" >> \"$1\"\n").unwrap();
    with_more(
        &made,
        "totatsu.toml",
        &format!(
            "[accept]\nrescan = \"50ms\"\n[disk]\nreserve = \"1000 PiB\"\n[alerts]\ncommand = [\"/bin/sh\", {tell:?}, {told:?}]\n"
        ),
    );
    made.write("links/irai.toml", &format!("{LINK}ready = \"rename\"\n"));
    let outbox = Spool::new(&made.home().join("spool")).outbox("irai");
    fs::create_dir_all(&outbox).unwrap();
    fs::write(outbox.join("irai.csv"), "x").unwrap();
    let daemon = Daemon::start(&made);
    let in_log = |part: &str| daemon.log().matches(part).count();
    daemon.wait_for("the refusal", || in_log("link=\"irai\"") > 0);
    daemon.wait_for("the alert's command", || {
        let told = fs::read_to_string(&told).unwrap_or_default();
        ["spool", "ledger"]
            .iter()
            .all(|name| told.contains(&format!("disk_low directory {}", made.home().join(name).display())))
    });
    assert!(outbox.join("irai.csv").exists());
    assert_eq!(in_log("link=\"irai\""), 1, "{}", daemon.log());
    let deliveries = made.home().join("spool/deliveries");
    assert_eq!(fs::read_dir(deliveries).unwrap().count(), 0);
}

#[test]
#[cfg_attr(not(have_root), ignore = "mounts a file system: run it as root")]
fn files_that_were_left_for_lack_of_room_are_taken_over_when_there_is_room_again() {
    let disk = SmallDisk::mount(32);
    let made = Configuration::new();
    let text = fs::read_to_string(made.directory().join("totatsu.toml")).unwrap();
    let text = text.replace("\"../spool\"", &format!("{:?}", disk.path().join("spool")));
    made.write("totatsu.toml", &format!("{text}[accept]\nrescan = \"50ms\"\n[disk]\nreserve = \"16 MiB\"\n"));
    made.write("links/irai.toml", &format!("{LINK}ready = \"rename\"\n"));
    let spool = Spool::new(&disk.path().join("spool"));
    let (ballast, dropped) = (disk.path().join("ballast"), spool.outbox("irai").join("irai.csv"));
    fs::write(&ballast, vec![0; 20 << 20]).unwrap();
    fs::create_dir_all(spool.outbox("irai")).unwrap();
    fs::write(&dropped, "x").unwrap();
    let daemon = Daemon::start(&made);
    daemon.wait_for("the refusal", || daemon.log().contains("a file of 1 B waits"));
    assert!(dropped.exists());
    fs::remove_file(&ballast).unwrap();
    daemon.wait_for("the takeover", || !dropped.exists());
    daemon.wait_for("the good news", || daemon.log().contains("there is room again"));
}

/// A configuration whose ledger lies on this disk.
fn with_ledger_on(disk: &SmallDisk) -> Configuration {
    let made = Configuration::new();
    let text = fs::read_to_string(made.directory().join("totatsu.toml")).unwrap();
    made.write("totatsu.toml", &text.replace("\"../ledger\"", &format!("{:?}", disk.path().join("ledger"))));
    made.write("links/irai.toml", LINK);
    made
}

/// Writes until nothing more fits; whoever cuts the file to nothing gives the room back.
fn fill(disk: &SmallDisk) -> fs::File {
    let mut file = fs::File::create(disk.path().join("ballast")).unwrap();
    std::io::copy(&mut std::io::repeat(0), &mut file).unwrap_err();
    file
}

#[tokio::test]
#[cfg_attr(not(have_root), ignore = "mounts a file system: run it as root")]
async fn what_is_told_while_the_disk_is_full_is_in_the_ledger_once_there_is_room() {
    let disk = SmallDisk::mount(64);
    let made = with_ledger_on(&disk);
    let (gateway, _) = Gateway::open(read(&made)).unwrap();
    gateway.ledger.record(id(1), accepted()).await.unwrap();
    let ballast = fill(&disk);
    let told = |number: usize| Alert {
        kind: Kind::Held,
        subject: AlertSubject::Delivery(id(1)),
        occasion: None,
        text: format!("reason {number}"),
    };
    for number in 0..3 {
        gateway.tell(&told(number)).await.unwrap();
    }
    gateway.record_what_was_told().await.unwrap();
    assert_eq!(gateway.ledger.find(&id(1)).unwrap().unwrap().alerts.len(), 0);
    ballast.set_len(0).unwrap();
    gateway.record_what_was_told().await.unwrap();
    let alerts = gateway.ledger.find(&id(1)).unwrap().unwrap().alerts;
    let texts: Vec<&str> = alerts.iter().map(|alert| alert.text.as_str()).collect();
    assert_eq!(texts, ["reason 0", "reason 1", "reason 2"]);
}

#[test]
#[cfg_attr(not(have_root), ignore = "mounts a file system: run it as root")]
fn a_hold_that_ends_while_the_disk_is_full_ends_no_gateway_and_is_over_once_there_is_room() {
    let disk = SmallDisk::mount(64);
    let (made, ledger) = (with_ledger_on(&disk), disk.path().join("ledger"));
    let until = Some(Moment::now().after(Duration::from_secs(15)));
    let held =
        Event::LinkHeld { link: "irai".to_owned(), by: "tanaka".to_owned(), reason: "x".to_owned(), until };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (ledger, _) = Ledger::open(&ledger).unwrap();
        ledger.record_general(held).await.unwrap();
    });
    let mut daemon = Daemon::start(&made);
    daemon.wait_for("its start", || daemon.log().contains(" ready"));
    let ballast = fill(&disk);
    daemon.wait_for("the refusal", || daemon.log().contains("could not record"));
    ballast.set_len(0).unwrap();
    daemon.wait_for("the end of the hold", || daemon.log().contains("is released: it was held until"));
    assert!(daemon.child.try_wait().unwrap().is_none(), "{}", daemon.log());
}
