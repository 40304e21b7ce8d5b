//! What `totatsu partner` promises: a profile that is true, and nothing left behind, however the probe ends.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
mod support;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use configuration::Configuration;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use strum::VariantArray as _;
use support::disk::SmallDisk;
use support::ftp::{FtpServer, PASSWORD, Wishes};
use support::line::{Fault, How, Line, Toward};
use support::proftpd::proftpd;
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use totatsu::probe::Topic;
use totatsu_base::messages::{Tongue, text_if_there};
use totatsu_transport::{FileKind, Listing, Session};

/// What is left where nothing is left.
const NOTHING: [PathBuf; 0] = [];
/// Longer than anything here takes on a slow machine; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(120);

/// A configuration whose partner `eltax` is this server, behind this port.
fn of_sshd(sshd: &Sshd, port: u16) -> Configuration {
    let made = Configuration::new();
    let text = format!(
        "# our partner\ntransport = \"sftp\"\n\n[sftp]   # by line\nhost = \"127.0.0.1\"\nport = {port}\nuser = {:?}\n\
         host_keys = [{:?}]\nprivate_key_file = {:?}\n[deadlines]\nconnect = \"5s\"\nstat = \"5s\"\nwrite = \"5s\"\n",
        sshd.user(),
        sshd.host_key_line(),
        sshd.client_key(),
    );
    made.write("partners/eltax.toml", &text);
    made
}

fn of_ftp(server: &FtpServer, user: &str) -> Configuration {
    let made = Configuration::new();
    made.secret("keys/ftp", 0o600, PASSWORD);
    let text = format!(
        "transport = \"ftps\"\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\nuser = {user:?}\npassword_file = \"keys/ftp\"\n\
         ca_file = {:?}\n",
        server.port,
        server.certificates.authority(),
    );
    made.write("partners/eltax.toml", &text);
    made
}

/// The exit code, and the answer.
fn probe(made: &Configuration, more: &[&str]) -> (i32, Value) {
    let bytes: &[&str] = if more.contains(&"--bytes") { &[] } else { &["--bytes", "256 KiB"] };
    let arguments = [&["--json", "partner", "probe", "eltax"], bytes, more].concat();
    let output = made.totatsu(&arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}"));
    println!("{told}{answer:#}");
    (output.status.code().unwrap(), answer)
}

fn directory(answer: &Value) -> &Value {
    &answer["profile"]["directories"][0]
}

/// What was found of a topic: `true`, `false` or null.
fn found<'a>(answer: &'a Value, topic: &str) -> &'a Value {
    let findings = directory(answer)["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["topic"] == topic);
    &finding.unwrap_or_else(|| panic!("{topic}: {answer:#}"))["holds"]
}

fn names_in(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn all_hold(answer: &Value, topics: &[&str]) {
    for topic in topics {
        assert_eq!(found(answer, topic), true, "{topic}");
    }
}

#[test]
fn each_topic_of_a_profile_has_a_title_in_both_languages() {
    for topic in Topic::VARIANTS {
        for tongue in [Tongue::Ja, Tongue::En] {
            assert!(text_if_there(tongue, &format!("partner-topic-{topic}")).is_some(), "{topic}");
        }
    }
    assert_eq!(Topic::ReadBack.title(), "read it back");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_full_server_is_shown_as_it_is_and_nothing_of_the_probe_stays() {
    let sshd = Sshd::start(Options::default());
    let made = of_sshd(&sshd, sshd.port());
    let (code, answer) = probe(&made, &[]);
    assert_eq!(code, 0);
    all_hold(
        &answer,
        &[
            "ask",
            "create",
            "sync",
            "size",
            "list",
            "read_back",
            "resume",
            "hard_link",
            "rename",
            "rename_refuses",
            "replace",
            "case_sensitive",
            "longest_name",
            "free_space",
            "clock",
            "round_trip",
            "send_rate",
            "read_rate",
            "remove",
        ],
    );
    assert_eq!(found(&answer, "digest"), false);
    assert_eq!(directory(&answer)["grade"], "content");
    assert!(answer["profile"]["peer"]["software"].as_str().unwrap().contains("OpenSSH"));
    assert!(answer["profile"]["limits"]["write"].as_u64().unwrap() > 0);
    assert_eq!(names_in(sshd.root()), NOTHING);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_directories_of_the_links_are_tried_each_once_and_one_that_is_missing_is_told() {
    let sshd = Sshd::start(Options::default());
    let made = of_sshd(&sshd, sshd.port());
    fs::create_dir(sshd.root().join("in")).unwrap();
    for (link, remote) in [("a", "in"), ("b", "in"), ("irai", "nowhere")] {
        let layout = configuration::LAYOUT;
        let text = format!("partner = \"eltax\"\nlayout = {layout:?}\n[remote]\ndirectory = {remote:?}\n");
        made.write(&format!("links/{link}.toml"), &text);
    }
    let (code, answer) = probe(&made, &[]);
    let directories = answer["profile"]["directories"].as_array().unwrap();
    let tried: Vec<&Value> = directories.iter().map(|found| &found["directory"]).collect();
    assert_eq!(tried, ["in", "nowhere"]);
    assert_eq!(
        (code, &directories[0]["grade"], &directories[1]["grade"]),
        (1, &"content".into(), &Value::Null)
    );
    assert!(directories[1]["missing"][0].as_str().unwrap().contains("no such file or directory"));
    let advice = &directories[1]["advice"][0];
    assert_eq!(advice, "have the partner make nowhere, and let our account write there");
    assert_eq!(names_in(&sshd.root().join("in")), NOTHING);
    let (code, answer) = probe(&made, &["--directory", "in"]);
    assert_eq!((code, answer["profile"]["directories"].as_array().unwrap().len()), (0, 1));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn directories_of_inbound_links_are_listed_and_nothing_in_them_is_changed() {
    let sshd = Sshd::start(Options { sftp_arguments: "-R".to_owned(), ..Options::default() });
    let made = of_sshd(&sshd, sshd.port());
    fs::remove_file(made.directory().join("links/irai.toml")).unwrap();
    for name in ["N1.DAT", "N2.DAT", "readme.txt", "a\u{1b}b.DAT"] {
        fs::create_dir_all(sshd.root().join("out")).unwrap();
        fs::write(sshd.root().join("out").join(name), name).unwrap();
    }
    let link = |name: &str, directory: &str, more: &str| {
        let text = format!(
            "direction = \"in\"\npartner = \"eltax\"\nlayout = \"common/as-is\"\n[remote]\ndirectory = {directory:?}\n\
             name = \"*.DAT\"\n{more}"
        );
        made.write(&format!("links/{name}.toml"), &text);
    };
    link("uketori", "out", "afterwards = \"move\"\nmove_to = \"done\"\n");
    let (code, answer) = probe(&made, &[]);
    let seen = &answer["profile"]["inbound"];
    assert_eq!((code, answer["profile"]["directories"].as_array().unwrap().len()), (1, 0));
    assert_eq!((&seen[0]["directory"], &seen[0]["listed"]), (&"out".into(), &true.into()));
    assert_eq!((&seen[0]["entries"], &seen[0]["meant"]["uketori"]), (&4.into(), &2.into()));
    assert_eq!((&seen[1]["purpose"], &seen[1]["listed"]), (&"move_to".into(), &false.into()));
    assert!(seen[1]["missing"][0].as_str().unwrap().contains("no such file or directory"), "{seen}");
    let mut names = names_in(&sshd.root().join("out"));
    names.sort();
    assert_eq!((names_in(sshd.root()).len(), names.len()), (1, 4));
    fs::create_dir(sshd.root().join("done")).unwrap();
    link("hoka", "nowhere", "");
    let output = made.totatsu(&["partner", "probe", "eltax"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    for told in [
        "directory \"out\", collected from by: uketori\n",
        "yes 4 entries, 2 meant by link uketori (*.DAT), 1 with names that can't be used\n",
        "directory \"done\", where collected files are moved to by: uketori\n",
        "missing: nothing can be collected from here: nowhere: no such file",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_read_only_account_is_told_what_it_lacks() {
    let sshd = Sshd::start(Options { sftp_arguments: "-R".to_owned(), ..Options::default() });
    let (code, answer) = probe(&of_sshd(&sshd, sshd.port()), &[]);
    assert_eq!((code, found(&answer, "create")), (1, &false.into()));
    assert_eq!(directory(&answer)["grade"], Value::Null);
    assert!(directory(&answer)["advice"][0].as_str().unwrap().contains("write in its start directory"));
    assert_eq!(answer["left"], Value::Array(Vec::new()));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_account_that_may_not_ask_or_read_has_a_lower_grade_and_is_told_how_to_raise_it() {
    for (arguments, grade) in
        [("-P lstat,stat", "content"), ("-P read", "size"), ("-P lstat,stat,read", "close")]
    {
        let sshd = Sshd::start(Options { sftp_arguments: arguments.to_owned(), ..Options::default() });
        let (code, answer) = probe(&of_sshd(&sshd, sshd.port()), &[]);
        assert_eq!((code, &directory(&answer)["grade"]), (0, &grade.into()), "{arguments}");
        assert!(!directory(&answer)["advice"].as_array().unwrap().is_empty());
        assert_eq!(names_in(sshd.root()), NOTHING);
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn what_an_account_may_not_remove_is_named() {
    let sshd = Sshd::start(Options { sftp_arguments: "-P remove".to_owned(), ..Options::default() });
    let (code, answer) = probe(&of_sshd(&sshd, sshd.port()), &[]);
    let left: Vec<String> = serde_json::from_value(answer["left"].clone()).unwrap();
    let mut there: Vec<String> = names_in(sshd.root())
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    there.sort();
    let mut told = left.clone();
    told.sort();
    assert_eq!((code, found(&answer, "remove"), told), (1, &false.into(), there));
    assert!(!left.is_empty());
}

#[test]
#[cfg_attr(not(all(have_sshd, have_root)), ignore = "needs OpenSSH's sshd, and root to mount a small disk")]
fn a_full_disk_is_told_and_left_as_it_was() {
    let disk = SmallDisk::mount(1);
    let sshd = Sshd::start(Options { root: Some(disk.path().to_owned()), ..Options::default() });
    let made = of_sshd(&sshd, sshd.port());
    let (code, answer) = probe(&made, &["--bytes", "2 MiB"]);
    assert_eq!((code, found(&answer, "send_rate")), (0, &false.into()));
    assert_eq!(names_in(disk.path()), NOTHING);
    let filled = fs::write(disk.path().join("theirs"), vec![0; 2 * 1024 * 1024]);
    assert!(filled.is_err(), "the disk is full now");
    let (code, answer) = probe(&made, &[]);
    assert_eq!((code, found(&answer, "create")), (1, &false.into()));
    assert!(directory(&answer)["missing"][0].as_str().unwrap().contains("disk is full"));
    assert_eq!(names_in(disk.path()), [disk.path().join("theirs")]);
}

/// A server that takes away what gets a final name.
fn taker() -> Sshd {
    let root = tempfile::tempdir().unwrap().keep();
    let shown = root.display();
    let script = format!(
        "sh -c '(while sleep 0.05; do rm -f {shown}/Z*; done) & /usr/lib/openssh/sftp-server -d {shown}; kill $!'"
    );
    Sshd::start(Options { root: Some(root.clone()), force_command: Some(script), ..Options::default() })
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_partner_that_takes_files_away_is_found_out_only_with_a_final_name_and_written_down() {
    let sshd = taker();
    let made = of_sshd(&sshd, sshd.port());
    let file = made.directory().join("partners/eltax.toml");
    let before = fs::read_to_string(&file).unwrap();
    let (code, answer) = probe(&made, &["--write"]);
    let topics = directory(&answer)["findings"].as_array().unwrap();
    assert!(code == 0 && topics.iter().all(|finding| finding["topic"] != "final_name_stays"));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let (code, answer) = probe(&made, &["--final-name", "Z12.DTA", "--write"]);
    assert_eq!((code, found(&answer, "final_name_stays")), (0, &false.into()));
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{before}\n[profile]\ntakes_away = true\n"));
    assert_eq!(names_in(sshd.root()), NOTHING);
    fs::remove_dir_all(sshd.root()).unwrap();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_final_name_that_is_taken_is_left_untouched_and_one_that_stays_is_removed() {
    let sshd = Sshd::start(Options::default());
    let made = of_sshd(&sshd, sshd.port());
    fs::write(sshd.root().join("Z12.DTA"), "theirs").unwrap();
    let (_, answer) = probe(&made, &["--final-name", "Z12.DTA", "--watch", "0"]);
    assert_eq!(found(&answer, "final_name_stays"), &Value::Null);
    assert_eq!(fs::read_to_string(sshd.root().join("Z12.DTA")).unwrap(), "theirs");
    let (code, answer) = probe(&made, &["--final-name", "Z13.DTA", "--watch", "0"]);
    assert_eq!((code, found(&answer, "final_name_stays")), (0, &true.into()));
    assert_eq!(names_in(sshd.root()), [sshd.root().join("Z12.DTA")]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_is_cut_anywhere_leaves_nothing_behind() {
    let sshd = Sshd::start(Options::default());
    for (toward, at) in [
        (Toward::Partner, 4_000),
        (Toward::Partner, 6_000),
        (Toward::Partner, 9_000),
        (Toward::Partner, 40_000),
        (Toward::Gateway, 3_000),
        (Toward::Gateway, 5_000),
        (Toward::Gateway, 8_000),
        (Toward::Gateway, 11_000),
    ] {
        let line = Line::to(sshd.port());
        line.arm(Some(Fault { toward, at, how: How::Cut, connections: 1 }));
        let (_, answer) = probe(&of_sshd(&sshd, line.port()), &[]);
        assert!(line.struck() > 0, "{toward:?} {at}");
        assert_eq!(names_in(sshd.root()), NOTHING, "{toward:?} {at}: {answer:#}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_interrupted_probe_leaves_nothing_behind() {
    let sshd = Sshd::start(Options::default());
    let made = of_sshd(&sshd, sshd.port());
    let mut child = Command::new(env!("CARGO_BIN_EXE_totatsu"))
        .args([
            "--config",
            made.directory().to_str().unwrap(),
            "partner",
            "probe",
            "eltax",
            "--bytes",
            "512 MiB",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let large = |path: &PathBuf| path.to_str().unwrap().contains("-large");
    let begun = Instant::now();
    while !names_in(sshd.root()).iter().any(large) {
        assert!(begun.elapsed() < PATIENCE && child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(names_in(sshd.root()), NOTHING);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_dry_run_signs_in_and_touches_nothing() {
    let mut sshd = Sshd::start(Options { sftp_arguments: "-R".to_owned(), ..Options::default() });
    let made = of_sshd(&sshd, sshd.port());
    let (code, answer) = probe(&made, &["--dry-run"]);
    assert_eq!((code, answer["profile"]["directories"].as_array().unwrap().len()), (0, 0));
    let unknown = made.totatsu(&["partner", "probe", "nobody"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    sshd.kill();
    assert_eq!(made.totatsu(&["partner", "probe", "eltax"]).output().unwrap().status.code(), Some(1));
}

#[test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
fn a_proftpd_is_shown_with_its_digest_and_its_rename_that_replaces() {
    let server = proftpd(Wishes::default());
    let (code, answer) = probe(&of_ftp(&server, "tester"), &[]);
    all_hold(
        &answer,
        &["ask", "create", "size", "list", "read_back", "digest", "resume", "rename", "replace", "remove"],
    );
    assert_eq!(
        (code, found(&answer, "rename_refuses"), found(&answer, "hard_link")),
        (0, &false.into(), &false.into())
    );
    assert_eq!(names_in(&server.root), NOTHING);
}

#[test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
fn a_vsftpd_is_shown_though_it_knows_no_facts() {
    let server = vsftpd(Wishes::default());
    let (code, answer) = probe(&of_ftp(&server, "anonymous"), &[]);
    all_hold(&answer, &["ask", "create", "size", "list", "read_back", "rename", "remove"]);
    assert_eq!((code, found(&answer, "digest")), (0, &false.into()));
    assert_eq!(names_in(&server.root), NOTHING);
}

/// Names that a server may tell and that nothing may be done with, and names that are only unusual.
fn fill(root: &Path) {
    for hostile in [&b"a\nb"[..], b"\x1b[2J", b"\x8e\xe6\x93\xbe.csv"] {
        fs::write(root.join(std::ffi::OsStr::from_bytes(hostile)), "x").unwrap();
    }
    for name in ["受領 2026.csv", ".hidden", "a;b=c"] {
        fs::write(root.join(name), "12345").unwrap();
    }
    fs::create_dir(root.join("sub")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
}

fn must_be_listed(listing: &Listing) {
    let kind = |name: &str| listing.find(name).map(|listed| (listed.file.kind, listed.file.size));
    for name in ["受領 2026.csv", ".hidden", "a;b=c"] {
        assert_eq!(kind(name), Some((FileKind::File, Some(5))), "{listing:?}");
    }
    assert_eq!(kind("sub").map(|(kind, _)| kind), Some(FileKind::Directory), "{listing:?}");
    let harmful = |c: char| c == '/' || c.is_control() || c == char::REPLACEMENT_CHARACTER;
    assert!(listing.entries.iter().all(|listed| !listed.name.contains(harmful)), "{listing:?}");
    assert!(listing.find(".").is_none() && listing.find("..").is_none());
}

async fn lists(mut session: Box<dyn Session>, directory: &str) -> Listing {
    let listing = session.list(directory).await.unwrap();
    let missing = session.list("nowhere").await;
    assert!(missing.is_err() && session.is_alive(), "{missing:?}");
    session.close().await;
    listing
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_listing_over_sftp_leaves_out_names_that_cant_be_used() {
    let sshd = Sshd::start(Options::default());
    fill(sshd.root());
    let settings = support::partners::of_sshd(&sshd);
    let listing = lists(totatsu_transport::sftp::connect(&settings).await.unwrap(), "").await;
    must_be_listed(&listing);
    assert!(listing.complete, "{listing:?}");
    assert_eq!((listing.unusable, listing.entries.len()), (3, 5), "{listing:?}");
    assert_eq!(listing.find("link").unwrap().file.kind, FileKind::Link);
}

#[tokio::test]
#[cfg_attr(
    not(all(have_proftpd, have_vsftpd)),
    ignore = "needs ProFTPD and vsftpd: run scripts/test, which unpacks them"
)]
async fn a_listing_over_ftps_is_the_same_by_facts_and_by_lines_but_for_a_line_that_a_name_broke() {
    for server in [proftpd(Wishes::default()), vsftpd(Wishes::default())] {
        let inner = server.root.join("in");
        fs::create_dir(&inner).unwrap();
        fill(&inner);
        let listing = lists(support::ftp::opened(&server).await, "in").await;
        must_be_listed(&listing);
        // The name with a line end in it is two lines there, and the second is no entry: the listing says so.
        assert!(!listing.complete, "{listing:?}");
        assert!(listing.lacking.as_ref().is_some_and(|lacking| lacking.contains("\"b\"")), "{listing:?}");
    }
}
