//! What people and other programs do around a running gateway: commands by the thousand, names and reasons from outside,
//! files that can't be accepted, partners that are held while they are down.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};
use serde_json::{Value, json};
use support::gateway::{Home, LOOK, PATIENCE, names_in};
use support::sshd::{Options, Sshd};
use totatsu::control::{Answer, PartnerStatus, Question, Status, Whom};
use totatsu_base::clock::Moment;
use totatsu_ledger::state::{Delivery, Stage};
use totatsu_records::invented;

/// Connections of somebody who says nothing.
const IDLE: usize = 1100;
/// User and group that own nothing here.
const NOBODY: u32 = 65534;

fn status(home: &Home) -> Status {
    let Answer::Status(status) = home.ask(Question::Status) else { panic!("no status") };
    status
}

fn partner(home: &Home) -> PartnerStatus {
    status(home).partners.into_iter().find(|partner| partner.partner == "eltax").unwrap()
}

fn reason<'a>(act: &'a str, of: &'a [&'a str], text: &'a str) -> Vec<&'a str> {
    [&[act], of, &["--reason", text]].concat()
}

fn by_hand(home: &Home, act: &str, of: &[&str]) -> String {
    let (done, text) = home.run(&reason(act, of, "decided in a test"));
    assert!(done, "{act} {of:?}: {text}");
    text
}

/// One question on a connection of its own, as a program of anybody's might write it.
fn asked(home: &Home, question: &[u8]) -> String {
    let mut stream = UnixStream::connect(home.path().join("control.sock")).unwrap();
    stream.write_all(question).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer
}

#[test]
fn eleven_hundred_idle_connections_keep_no_file_from_being_accepted_no_command_from_being_answered_and_the_log_short()
 {
    let (sshd, mut home) = Home::running(Options::default());
    let limit = |files| Rlimit { current: Some(files), maximum: getrlimit(Resource::Nofile).maximum };
    let daemon = Pid::from_raw(i32::try_from(home.daemon_id()).unwrap());
    prlimit(daemon, Resource::Nofile, limit(512)).unwrap();
    setrlimit(Resource::Nofile, limit(4096)).unwrap();
    let socket = home.path().join("control.sock");
    let idle: Vec<UnixStream> = (0..IDLE).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    home.drop_records("a.csv", 3);
    home.wait_for_one("archived");
    assert_eq!(names_in(sshd.root()), ["a.DTA"]);
    assert!(home.log().lines().count() < 100, "{}", home.log());
    drop(idle);
}

#[test]
fn a_question_has_a_limit_and_a_conversation_none() {
    let (_sshd, home) = Home::running(Options::default());
    let long = asked(&home, &vec![b'x'; 1024 * 1024]);
    assert!(long.contains("refused") && long.contains("longer than 1048576 bytes"), "{long}");
    let stream = UnixStream::connect(home.path().join("control.sock")).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for _ in 0..4 {
        let padded = format!("{:30000}\n", json!({ "ask": "status" }).to_string());
        (&stream).write_all(padded.as_bytes()).unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.contains("partners"), "{answer}");
    }
}

#[test]
fn who_acts_is_whom_the_system_knows_and_what_was_claimed_stands_beside_it_in_journal_and_receipt() {
    let (sshd, mut home) = Home::running(Options::default());
    fs::write(sshd.root().join("a.DTA"), "theirs").unwrap();
    home.drop_records("a.csv", 3);
    let id = home.wait_for_one("held").delivery.id;
    // The socket's group is root's here.
    for directory in [home.path().to_owned(), home.path().join("config"), home.path().join("ledger")] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let act = |uid: u32, claimed: &str, arguments: &[&str]| {
        let mut command = home.command(arguments);
        let output = command.env("SUDO_USER", claimed).uid(uid).gid(0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let name = id.to_string();
    act(0, "課長", &reason("hold", &[&name], "x"));
    act(NOBODY, "root", &reason("hold", &[&name], "x"));
    let confirm = ["--by", "田中", "--how", "phone"];
    act(0, "", &[&reason("confirm", &[&name], "x"), confirm.as_slice()].concat());
    act(NOBODY, "", &reason("hold", &["--link", "irai"], "x"));
    let archived = home.wait_for_one("archived").delivery;
    let acts: Vec<&str> = archived.by_hand.iter().map(|act| act.by.as_str()).collect();
    assert_eq!(acts, ["root (as 課長)", "nobody (as root)", "田中 (entered by root)"]);
    let receipt: Value = serde_json::from_slice(&fs::read(home.folder(&id).receipt()).unwrap()).unwrap();
    let askers: Vec<&Value> =
        receipt["by_hand"].as_array().unwrap().iter().map(|act| &act["asker"]).collect();
    assert_eq!(*askers[0], json!({ "uid": 0, "gid": 0, "user": "root", "claimed": "課長" }));
    assert_eq!(*askers[1], json!({ "uid": NOBODY, "gid": 0, "user": "nobody", "claimed": "root" }));
    assert_eq!(*askers[2], json!({ "uid": 0, "gid": 0, "user": "root" }));
    let journal = home.journal();
    let held = journal.iter().find(|event| event["event"] == "link_held").unwrap();
    assert_eq!((&held["by"], &held["asker"]["uid"]), (&json!("nobody"), &json!(NOBODY)));
}

#[test]
fn a_reason_of_many_pages_is_refused_whoever_asks_and_twenty_long_ones_leave_a_receipt_that_can_be_recorded()
{
    let (sshd, mut home) = Home::running(Options::default());
    fs::write(sshd.root().join("a.DTA"), "theirs").unwrap();
    home.drop_records("a.csv", 3);
    let id = home.wait_for_one("held").delivery.id.to_string();
    let pages = "あ".repeat(20_000);
    let (done, text) = home.run(&reason("hold", &[&id], &pages));
    assert!(!done && text.contains("1000 is the limit"), "{text}");
    let hold = json!({ "ask": "hold", "whom": { "delivery": id }, "by": "x", "reason": pages });
    let answer = asked(&home, format!("{hold}\n").as_bytes());
    assert!(answer.contains("refused") && answer.contains("limit"), "{answer}");
    for _ in 0..20 {
        let (done, text) = home.run(&reason("hold", &[&id], &"あ".repeat(1000)));
        assert!(done, "{text}");
    }
    fs::remove_file(sshd.root().join("a.DTA")).unwrap();
    by_hand(&home, "release", &[&id]);
    assert_eq!(home.wait_for_one("archived").delivery.by_hand.len(), 21);
}

/// A directory that can be looked into, and changed only by another path; or a file that keeps its name. Until this is dropped.
struct Unchangeable(PathBuf);

fn mount(arguments: &[&str], at: &Path) {
    assert!(Command::new("mount").args(arguments).arg(at).status().unwrap().success());
}

impl Unchangeable {
    /// The kernel lets nobody rename or remove what something is mounted on.
    fn file(path: &Path) -> Unchangeable {
        mount(&["--bind", path.to_str().unwrap()], path);
        Unchangeable(path.to_owned())
    }

    fn new(path: &Path, other: &Path) -> Unchangeable {
        // The kernel's own way to a directory leads below what is mounted on it later.
        std::os::unix::fs::symlink(format!("/proc/{}/fd/{}", std::process::id(), keep_open(path)), other)
            .unwrap();
        mount(&["--bind", path.to_str().unwrap()], path);
        mount(&["-o", "remount,ro,bind"], path);
        Unchangeable(path.to_owned())
    }
}

/// The number of a descriptor of the directory, which stays open for as long as the test runs.
fn keep_open(directory: &Path) -> i32 {
    std::os::fd::IntoRawFd::into_raw_fd(fs::File::open(directory).unwrap())
}

impl Drop for Unchangeable {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn what_was_given_up_while_its_outbox_name_could_not_be_removed_is_not_taken_up_again_and_not_sent() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    let other = home.path().join("other");
    let outbox = Unchangeable::new(&home.outbox(), &other);
    let mut source = Vec::new();
    invented::write_csv(&mut source, 3, 7).unwrap();
    fs::write(other.join("a.csv.tmp"), source).unwrap();
    fs::rename(other.join("a.csv.tmp"), other.join("a.csv")).unwrap();
    let id = home.wait_for_one("waiting").delivery.id;
    let is_waiting = |event: &Value| event["event"] == "waiting";
    // The act is refused while the step is under way.
    home.until("it is given up", |home| {
        let (done, text) = home.run(&reason("cancel", &[id.as_str()], "nobody wants it"));
        assert!(done || text.contains("try again"), "{text}");
        done.then_some(())
    });
    let tried = home.journal().iter().filter(|event| is_waiting(event)).count();
    home.until("its name is tried to be removed after that, too", |home| {
        let given_up = home.deliveries().into_iter().all(|shown| shown.delivery.stage == Stage::Cancelled);
        assert!(given_up, "{:?}", home.deliveries());
        (home.journal().iter().filter(|event| is_waiting(event)).count() > tried + 2).then_some(())
    });
    drop(outbox);
    home.until("it has come to its end", |home| {
        let mut found = home.deliveries();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0).delivery.is_finished().then_some(())
    });
    assert_eq!(names_in(&home.outbox()), [""; 0]);
    home.drop_records("b.csv", 4);
    home.wait_for_one("archived");
    assert_eq!(home.deliveries().len(), 2);
    assert_eq!(names_in(sshd.root()), ["b.DTA"]);
}

#[test]
fn what_gave_way_to_a_newer_file_while_its_outbox_name_could_not_be_removed_is_not_taken_up_again_and_not_sent()
 {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.write_link("ready = \"rename\"\norder = \"latest\"\n", "name = \"{stem}.DTA\"\n");
    home.drop_records("a.csv", 3);
    let file = Unchangeable::file(&home.outbox().join("a.csv"));
    home.start();
    home.wait_for_one("waiting");
    home.drop_records("b.csv", 4);
    let given_way = home.until("it has given way", |home| {
        home.journal().iter().position(|event| event["event"] == "superseded")
    });
    home.until("its name is tried to be removed after that, too", |home| {
        assert_eq!(home.deliveries().len(), 2, "{:?}", home.deliveries());
        let tried = home.journal().split_off(given_way);
        (tried.iter().filter(|event| event["event"] == "waiting").count() > 2).then_some(())
    });
    home.until("the newer one isn't kept waiting", |home| {
        home.deliveries().iter().any(|shown| shown.state == "archived").then_some(())
    });
    drop(file);
    home.until("both have come to their end", |home| {
        home.deliveries().iter().all(|shown| shown.delivery.is_finished()).then_some(())
    });
    assert_eq!(names_in(&home.outbox()), [""; 0]);
    home.drop_records("c.csv", 5);
    home.wait_for(2, "archived");
    assert_eq!(home.deliveries().len(), 3);
    assert_eq!(names_in(sshd.root()), ["b.DTA", "c.DTA"]);
}

#[test]
fn what_was_sent_under_a_temporary_name_is_removed_at_the_partner_once_nobody_goes_on_with_it_and_nothing_else_is()
 {
    let (sshd, mut home) = Home::running(Options::default());
    fs::write(sshd.root().join("theirs"), "theirs").unwrap();
    let mut acts = Vec::new();
    for (name, act) in [
        ("a", &["cancel"] as &[&str]),
        ("b", &["resend"]),
        ("c", &["confirm", "--by", "田中", "--how", "phone"]),
    ] {
        // A directory under the final name, and then it has to be decided by a person.
        fs::create_dir(sshd.root().join(format!("{name}.DTA"))).unwrap();
        home.drop_records(&format!("{name}.csv"), 3);
        let held = home.wait_for_one("held").delivery;
        let part = sshd.root().join(format!(".totatsu-{}.part", held.id));
        // As a line leaves it that broke after the last byte.
        fs::write(&part, fs::read(home.folder(&held.id).sent()).unwrap()).unwrap();
        fs::remove_dir(sshd.root().join(format!("{name}.DTA"))).unwrap();
        let said = by_hand(&home, act[0], &[&[held.id.as_str()], &act[1..]].concat());
        assert!(said.contains(&format!(".totatsu-{}.part", held.id)), "{said}");
        acts.push((held.id, part));
        home.until("it has come to its end", |home| {
            home.deliveries().iter().all(|shown| shown.delivery.is_finished()).then_some(())
        });
    }
    for (id, part) in acts {
        assert!(!part.exists(), "{part:?}");
        let shown = home.run(&["show", id.as_str()]).1;
        assert!(shown.contains("left there") && shown.contains("removed"), "{shown}");
    }
    assert_eq!(names_in(sshd.root()), ["b.DTA", "theirs"]);
}

#[test]
fn what_cant_be_removed_at_a_partner_that_is_away_is_named_and_keeps_nobody_waiting() {
    let (mut sshd, mut home) = Home::running(Options::default());
    fs::create_dir(sshd.root().join("a.DTA")).unwrap();
    home.drop_records("a.csv", 3);
    let held = home.wait_for_one("held").delivery;
    sshd.kill();
    by_hand(&home, "cancel", &[held.id.as_str()]);
    home.until("it has come to its end", |home| home.deliveries()[0].delivery.is_finished().then_some(()));
    let shown = home.run(&["show", held.id.as_str()]).1;
    assert!(shown.contains(&format!(".totatsu-{}.part, perhaps", held.id)), "{shown}");
    sshd.restart();
}

/// Has each alert written to a file, and says what stands there by now.
fn alerts(home: &Home) -> Vec<String> {
    fs::read_to_string(home.path().join("alerts")).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn configure_alerts(home: &Home, more: &str) {
    let path = home.path().join("config/totatsu.toml");
    let text = fs::read_to_string(&path).unwrap().replace("[disk]\nreserve = \"0B\"\n", more);
    let out = home.path().join("alerts");
    let script = "printf '%s|%s|%s\\n' \"$TOTATSU_ALERT_KIND\" \"$TOTATSU_ALERT_SUBJECT\" \"$TOTATSU_ALERT_TEXT\" >> \"$1\"";
    let alerts = format!("[alerts]\ncommand = [\"/bin/sh\", \"-c\", {script:?}, \"sh\", {out:?}]\n");
    fs::write(&path, format!("{text}{alerts}")).unwrap();
}

fn not_accepted(home: &Home, name: &str) -> Vec<String> {
    let told = alerts(home).into_iter();
    told.filter(|alert| alert.starts_with("not_accepted|link irai|") && alert.contains(name)).collect()
}

#[test]
fn each_file_that_cant_be_accepted_rings_once_for_each_cause_and_stands_in_status_and_outbox_with_the_true_reason()
 {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    configure_alerts(&home, "[disk]\nreserve = \"0B\"\n");
    fs::create_dir_all(home.outbox().join("folder")).unwrap();
    home.drop_source("empty.csv", b"");
    home.start();
    home.until("both are told", |home| {
        (!not_accepted(home, "empty.csv").is_empty() && !not_accepted(home, "folder").is_empty())
            .then_some(())
    });
    // A later look, which takes this one over, has told nothing anew.
    home.drop_records("a.csv", 3);
    home.wait_for_one("archived");
    fs::remove_dir(home.outbox().join("folder")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", home.outbox().join("folder")).unwrap();
    home.until("the other cause is told", |home| (not_accepted(home, "folder").len() == 2).then_some(()));
    assert_eq!(not_accepted(&home, "empty.csv").len(), 1, "{:?}", alerts(&home));
    let shown = home.run(&["status"]).1;
    let outbox = home.run(&["outbox"]).1;
    for text in [shown, outbox] {
        assert!(text.contains("zero bytes: nothing to send") && text.contains("a symbolic link"), "{text}");
    }
    home.kill();
    home.start();
    home.until("a start tells anew", |home| (not_accepted(home, "empty.csv").len() == 2).then_some(()));
}

#[test]
fn a_file_for_which_there_is_no_room_is_told_and_stands_in_status_and_outbox() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    configure_alerts(&home, "[disk]\nreserve = \"900TiB\"\n");
    home.drop_records("a.csv", 3);
    home.start();
    home.until("it is told", |home| (!not_accepted(home, "a.csv").is_empty()).then_some(()));
    let left = home.until("it stands in status", |home| status(home).left.pop());
    assert!(left.name == "a.csv" && left.why.contains("no room"), "{left:?}");
    let outbox = home.run(&["outbox"]).1;
    assert!(outbox.contains("stays here: the disk has no room"), "{outbox}");
    assert_eq!(not_accepted(&home, "a.csv").len(), 1);
}

#[test]
fn of_any_number_of_files_that_stay_the_alert_and_status_tell_the_whole_number() {
    const FILES: usize = 137;
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    configure_alerts(&home, "[disk]\nreserve = \"0B\"\n");
    for number in 0..FILES {
        home.drop_source(&format!("{number}.csv"), b"");
    }
    home.start();
    // Ten are told one by one.
    home.until("the others are told", |home| (!not_accepted(home, "127 more").is_empty()).then_some(()));
    let left = status(&home);
    assert_eq!((left.left.len(), left.left_beyond), (100, 37));
    let shown = home.run(&["status"]).1;
    assert!(shown.contains("more files stay in outboxes"), "{shown}");
    let named = shown.lines().filter(|line| line.contains("stays there since")).count();
    assert!(shown.contains(&format!("{} more files", FILES - named)), "{named}: {shown}");
    assert!(home.run(&["status", "--check"]).1.contains("137"));
}

/// Its server is away, and what is dropped waits for it; the next try by itself comes long after any test.
fn with_partner_down() -> (Sshd, Home, Delivery) {
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let path = home.path().join("config/totatsu.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"200ms\"", "\"40m\"").replace("\"400ms\"", "\"40m\"")).unwrap();
    sshd.kill();
    home.start();
    home.drop_records("a.csv", 3);
    let queued = home.wait_for_one("queued").delivery;
    (sshd, home, queued)
}

#[test]
fn a_partner_that_was_held_while_it_was_down_is_tried_at_once_when_it_is_released() {
    let (mut sshd, mut home, _) = with_partner_down();
    by_hand(&home, "hold", &["--partner", "eltax"]);
    assert_eq!((partner(&home).state, partner(&home).next), ("held".to_owned(), None));
    sshd.restart();
    by_hand(&home, "release", &["--partner", "eltax"]);
    home.wait_for_one("archived");
}

#[test]
fn a_partner_whose_file_does_not_say_yet_where_it_is_is_undecided_and_what_is_dropped_for_it_waits_and_says_so()
 {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let file = fs::read_to_string(home.path().join("config/partners/eltax.toml")).unwrap();
    home.write("config/partners/eltax.toml", &file.replace("127.0.0.1", "eltax.invalid"));
    home.write(
        "config/links/uketori.toml",
        "direction = \"in\"\npartner = \"eltax\"\nlayout = \"common/as-is\"\n[remote]\ndirectory = \"out\"\n\
         name = \"*.DAT\"\n",
    );
    home.start();
    let (done, text) = home.run(&["collect", "uketori"]);
    assert!(!done && text.contains("still has open points"), "{text}");
    let text = home.run(&["status"]).1;
    assert!(text.contains("undecided") && partner(&home).undecided, "{text}");
    assert!(!home.log().contains("partner_down"), "{}", home.log());
    home.drop_records("a.csv", 2);
    let down = home.until("it waits for the partner", |home| {
        Some(partner(home)).filter(|partner| partner.state == "down" && partner.unfinished == 1)
    });
    assert!(down.reason.unwrap().contains("still has open points"));
}

#[test]
fn a_partner_counts_as_up_for_people_once_it_was_reached() {
    let (_sshd, mut home) = Home::running(Options::default());
    let text = home.run(&["status"]).1;
    assert!(text.contains("not tried yet") && !partner(&home).reached, "{text}");
    home.drop_records("a.csv", 2);
    home.wait_for_one("archived");
    let text = home.run(&["status"]).1;
    assert!(!text.contains("not tried yet") && partner(&home).reached, "{text}");
}

#[test]
fn a_partner_that_is_held_is_not_tried() {
    let (mut sshd, mut home, queued) = with_partner_down();
    by_hand(&home, "hold", &["--partner", "eltax"]);
    sshd.restart();
    // Whoever lets one delivery go on has its partner tried, if it weren't held.
    by_hand(&home, "release", &[queued.id.as_str()]);
    home.until("it waits for the partner's release", |home| {
        let why = home.deliveries().remove(0).why()?;
        why.contains("decided in a test").then_some(())
    });
    assert_eq!(sshd.sessions(), 0);
    by_hand(&home, "release", &["--partner", "eltax"]);
    home.wait_for_one("archived");
}

#[test]
fn an_outage_keeps_its_beginning_over_a_restart_and_status_says_when_the_next_try_is() {
    let (mut sshd, mut home, _) = with_partner_down();
    let before = partner(&home);
    assert_eq!(before.state, "down");
    assert!(before.next.unwrap() > before.since.unwrap().after(Duration::from_secs(60)));
    let shown = home.run(&["status"]).1;
    assert!(shown.contains("next try") && shown.contains(&before.next.unwrap().to_string()), "{shown}");
    home.kill();
    home.start();
    let after = home.until("it was tried anew", |home| {
        let later = Moment::now().after(Duration::from_secs(60));
        Some(partner(home)).filter(|partner| partner.next.is_some_and(|next| next > later))
    });
    assert_eq!((after.state.as_str(), after.since), ("down", before.since));
    sshd.restart();
    by_hand(&home, "release", &["--partner", "eltax"]);
    home.wait_for_one("archived");
    assert_eq!((partner(&home).state.as_str(), partner(&home).since), ("up", None));
}

#[test]
fn a_partner_that_was_down_when_the_gateway_ended_is_first_tried_when_its_hours_begin() {
    let (mut sshd, mut home, _) = with_partner_down();
    home.kill();
    sshd.restart();
    // Neither today nor, should midnight pass, tomorrow.
    let opens = Moment::now().after(Duration::from_secs(2 * 24 * 3600)).date();
    let day = opens.strftime("%a").to_string().to_lowercase();
    let file = fs::read_to_string(home.path().join("config/partners/eltax.toml")).unwrap();
    home.write("config/partners/eltax.toml", &format!("{file}[hours]\ndays = [{day:?}]\n"));
    home.start();
    let after = partner(&home);
    let begin = Moment::in_japan_at(opens, jiff::civil::Time::midnight());
    assert_eq!((after.state.as_str(), after.next), ("down", Some(begin)));
}

#[test]
fn whatever_names_stand_in_our_own_outbox_no_command_drives_a_terminal_with_them() {
    const NAMES: [&str; 6] =
        ["a\u{1b}[2Jb.csv", "a\nb.csv", "a\rb.csv", "a\u{7}b.csv", "a\u{9b}31mb.csv", "a\u{202e}b.csv"];
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    configure_alerts(&home, "[disk]\nreserve = \"0B\"\n");
    for name in NAMES {
        fs::create_dir_all(home.outbox().join(name)).unwrap();
    }
    home.start();
    home.until("all are told", |home| (not_accepted(home, "directory").len() == NAMES.len()).then_some(()));
    let told = [home.run(&["outbox"]).1, home.run(&["status"]).1, home.log(), alerts(&home).join("\n")];
    for text in told {
        let harmful = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(harmful), "{text:?}");
        assert!(text.contains("a\\u{1b}[2Jb.csv") && text.contains("a\\u{202e}b.csv"), "{text}");
    }
}

/// What the gateway prints that starts now with its standard error in a file, as the journal of systemd sees it.
fn told_to_journal(home: &Home, until: &str) -> String {
    let path = home.path().join("journal");
    let file = fs::File::create(&path).unwrap();
    let facts = file.metadata().unwrap();
    let mut command = home.command(&["run"]);
    command.env("JOURNAL_STREAM", format!("{}:{}", facts.dev(), facts.ino())).stderr(file);
    let mut gateway = command.spawn().unwrap();
    let start = Instant::now();
    while !fs::read_to_string(&path).unwrap().contains(until) {
        assert!(start.elapsed() < PATIENCE, "{}", fs::read_to_string(&path).unwrap());
        std::thread::sleep(LOOK);
    }
    drop(gateway.kill());
    gateway.wait().unwrap();
    fs::read_to_string(&path).unwrap()
}

#[test]
fn in_the_journal_of_systemd_each_line_bears_its_priority_and_elsewhere_none_does() {
    let mut sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    sshd.kill();
    home.drop_records("a.csv", 3);
    let text = told_to_journal(&home, "partner_down");
    let level = |line: &str| match line.get(..3) {
        Some("<3>") => "ERROR",
        Some("<4>") => "WARN",
        Some("<6>") => "INFO",
        _ => panic!("no priority: {line}"),
    };
    for line in text.lines() {
        assert!(line[3..].trim_start().starts_with(level(line)), "{line}");
    }
    assert!(text.contains("<4>") && text.contains("<6>"), "{text}");
    home.start();
    assert!(home.log().lines().all(|line| line.starts_with("20")), "{}", home.log());
    home.stop();

    home.write("config/totatsu.toml", "[gateway]\n");
    let text = told_to_journal(&home, "has errors");
    assert!(text.lines().all(|line| line.starts_with("<3>")), "{text}");
}

#[test]
fn what_is_held_until_an_instant_goes_on_by_itself_then_and_not_before_also_where_no_gateway_ran_at_that_instant()
 {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    for (name, whom) in
        [("a.csv", Whom::Partner("eltax".to_owned())), ("b.csv", Whom::Link("irai".to_owned()))]
    {
        let until = Moment::now().after(Duration::from_secs(2));
        let (by, reason) = (String::new(), "their maintenance".to_owned());
        let held = home.ask(Question::Hold { whom, by, reason, until: Some(until) });
        let Answer::Done(said) = held else { panic!("{held:?}") };
        let by_itself = format!("until {until}");
        assert!(said.contains(&by_itself) && said.contains("goes on by itself"), "{said}");
        let shown = home.run(&["status"]).1;
        assert!(shown.contains(&by_itself), "{shown}");
        if name == "b.csv" {
            home.kill();
            while Moment::now() < until {
                std::thread::sleep(LOOK);
            }
            home.start();
        }
        home.drop_records(name, 3);
        home.until("it is archived", |home| {
            home.deliveries()
                .into_iter()
                .find(|shown| shown.delivery.name() == name && shown.state == "archived")
        });
        let journal = home.journal();
        let released = journal.iter().filter(|event| event["reason"] == format!("it was held until {until}"));
        let released: Vec<_> = released.collect();
        assert_eq!(released.len(), 1, "{name}");
        assert_eq!(released[0]["by"], "totatsu");
        assert!(released[0]["at"].as_str().unwrap() >= until.to_string().as_str(), "released too early");
    }
}

#[test]
fn what_waits_behind_a_hold_until_an_instant_says_so_and_a_second_hold_how_the_instant_is_changed() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    for (option, name, file) in [("--partner", "eltax", "a.csv"), ("--link", "irai", "b.csv")] {
        let until = "2099-01-01 13:00";
        let (done, told) =
            home.run(&["hold", option, name, "--until", until, "--reason", "their maintenance"]);
        assert!(done && told.contains("until 2099-01-01T13:00"), "{told}");
        home.drop_records(file, 3);
        let shown = home.until("it is queued", |home| {
            home.deliveries()
                .into_iter()
                .find(|shown| shown.delivery.name() == file && shown.state == "queued")
        });
        let why = shown.why().unwrap();
        assert!(why.contains("held until 2099-01-01T13:00") && why.contains("goes on by itself"), "{why}");
        assert!(!why.contains("totatsu release"), "{why}");
        let release = format!("totatsu release {option} {name} --reason TEXT");
        let (done, told) = home.run(&["hold", option, name, "--reason", "x"]);
        assert!(!done && told.contains("is held already") && told.contains(&release), "{told}");
        assert!(home.run(&["release", option, name, "--reason", "x"]).0);
        let (_, told) = home.run(&["hold", option, name, "--reason", "x"]);
        assert!(told.contains(&release), "{told}");
        assert!(home.run(&["release", option, name, "--reason", "x"]).0);
    }
}

#[test]
fn a_hold_without_a_future_is_refused_and_a_delivery_is_held_until_a_person_releases_it() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    let refused = |home: &Home, more: &[&str], told: &str| {
        let (done, text) = home.run(&[&["hold", "--reason", "x"], more].concat());
        assert!(!done && text.contains(told), "{more:?}: {text}");
    };
    refused(&home, &["--partner", "eltax", "--until", "2026-01-01 12:00"], "it is past");
    refused(&home, &["--partner", "eltax", "--until", "noon"], "write it as 13:00");
    refused(&home, &["abc", "--until", "13:00"], "cannot be used with");
    refused(&home, &[], "<ID|--partner <NAME>|--link <NAME>>");
    let (_, usage) = home.run(&["hold", "--reason", "x"]);
    assert!(!usage.contains("--config"), "{usage}");
    let (by, reason) = (String::new(), "x".to_owned());
    let whom = Whom::Partner("eltax".to_owned());
    let past = Question::Hold { whom, by, reason, until: Some(Moment::now()) };
    let Answer::Refused(why) = home.ask(past) else { panic!("it was held") };
    assert!(why.contains("has passed"), "{why}");
    assert_eq!(partner(&home).state, "up");
}
