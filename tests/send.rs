//! What `totatsu send` promises: files are handed over whole, nothing is replaced, and the exit code tells what became of them.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu_records::invented;

/// A file of so many made-up records beside the gateway's own.
fn file(home: &Home, name: &str, records: u64) -> PathBuf {
    let mut bytes = Vec::new();
    let seed = name.bytes().fold(11, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    invented::write_csv(&mut bytes, records, seed).unwrap();
    let path = home.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn said(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// The exit code of `send`, and what it said.
fn send(home: &Home, arguments: &[&str], files: &[&Path]) -> (i32, String) {
    let mut command = home.command(&["send", LINK]);
    command.args(files).args(arguments);
    said(command)
}

/// The same in JSON.
fn sent(home: &Home, arguments: &[&str], files: &[&Path]) -> (i32, Value) {
    let (code, text) = send(home, &[&["--json"], arguments].concat(), files);
    (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

#[test]
fn a_file_is_handed_over_as_its_link_asks_and_followed_until_it_has_arrived() {
    for ready in
        ["ready = \"rename\"\n", "ready = \"marker\"\n", "ready = \"quiet\"\nquiet_for = \"300ms\"\n"]
    {
        let sshd = Sshd::start(Options::default());
        let mut home = Home::new(&sshd);
        home.write_link(ready, "name = \"{stem}.DTA\"\n");
        home.start();
        let (one, two) = (file(&home, "one.csv", 3), file(&home, "two.csv", 2));
        let (code, told) = sent(&home, &["--wait"], &[&one, &two]);
        assert_eq!(code, 0, "{ready}{told:#}");
        for (told, name) in told.as_array().unwrap().iter().zip(["one", "two"]) {
            assert_eq!((&told["outcome"], &told["path"]), (&"arrived".into(), &format!("{name}.DTA").into()));
            let shown = home.run(&["receipt", "verify", told["delivery"].as_str().unwrap()]);
            assert!(shown.0, "{}", shown.1);
        }
        assert_eq!(names_in(&home.outbox()), [""; 0], "{ready}");
        assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o644, "it stays as it was");
    }
}

#[test]
fn the_exit_code_tells_what_became_of_the_files_the_worst_of_several_first() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    let good = file(&home, "good.csv", 3);
    let (code, told) = send(&home, &["--wait"], &[&good]);
    assert!(code == 0 && told.contains("good.DTA"), "{told}");
    assert!(!told.contains('\u{1b}'), "a bar in a pipe: {told:?}");
    // The partner still has its name: a person decides.
    let again = file(&home, "again.csv", 2);
    let (code, told) = sent(&home, &["--wait", "--as", "good.csv"], &[&again]);
    assert_eq!(
        (code, &told[0]["outcome"], &told[0]["state"]),
        (5, &"held".into(), &"held".into()),
        "{told:#}"
    );
    assert!(told[0]["why"].as_str().unwrap().contains("TT-5010"), "{told:#}");
    let wrong = home.path().join("wrong.csv");
    fs::write(&wrong, "no heading of ours\n1\n").unwrap();
    let other = file(&home, "other.csv", 2);
    let (code, told) = sent(&home, &["--wait"], &[&other, &wrong]);
    let outcomes: Vec<&str> =
        told.as_array().unwrap().iter().map(|told| told["outcome"].as_str().unwrap()).collect();
    assert_eq!((code, outcomes), (4, vec!["arrived", "rejected"]), "{told:#}");
    assert!(home.run(&["hold", "--partner", "eltax", "--reason", "x"]).0);
    let late = file(&home, "late.csv", 2);
    let (code, told) = send(&home, &["--wait", "--timeout", "0"], &[&late]);
    assert_eq!(code, 7, "{told}");
    home.wait_for_one("queued");
}

#[test]
fn one_that_cant_be_taken_over_is_told_with_the_reason_and_so_is_one_that_is_given_up() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    assert!(home.run(&["hold", "--link", LINK, "--reason", "x"]).0);
    let one = file(&home, "one.csv", 2);
    assert_eq!(send(&home, &[], &[&one]).0, 0);
    let queued = home.wait_for_one("queued").delivery.id;
    assert!(home.run(&["cancel", queued.as_str(), "--reason", "x"]).0);
    // The same name and the same bytes again: the one before isn't taken for this one.
    let (code, told) = sent(&home, &["--wait", "--timeout", "1"], &[&one]);
    assert_eq!(code, 7, "{told:#}");
    assert_ne!(told[0]["delivery"], queued.as_str());
}

#[test]
fn waiting_ends_with_what_is_said_of_the_file_itself_and_not_of_an_earlier_one_of_its_name() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let settings = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &settings.replace("rescan = \"500ms\"", "rescan = \"1h\""));
    home.drop_source("one.csv", b"");
    home.start();
    home.until("the empty file is told", |home| home.log().contains("one.csv").then_some(()));
    // The kernel tells of the directory that was here: nobody looks into this one for an hour.
    fs::rename(home.outbox(), home.path().join("before")).unwrap();
    fs::create_dir(home.outbox()).unwrap();
    let one = file(&home, "one.csv", 2);
    let (code, told) = sent(&home, &["--wait", "--timeout", "1"], &[&one]);
    assert_eq!((code, &told[0]["outcome"]), (7, &"on_its_way".into()), "{told:#}");

    home.kill();
    home.write("config/totatsu.toml", &settings.replace("reserve = \"0B\"", "reserve = \"900TiB\""));
    home.start();
    let two = file(&home, "two.csv", 2);
    let (code, told) = sent(&home, &["--wait"], &[&two]);
    assert_eq!((code, &told[0]["outcome"]), (5, &"held".into()), "{told:#}");
    assert!(told[0]["why"].as_str().unwrap().contains("no room"), "{told:#}");
}

#[test]
fn nothing_that_is_there_is_replaced_and_what_would_never_be_taken_over_is_refused_before_anything_is_put() {
    let sshd = Sshd::start(Options::default());
    let home = Home::new(&sshd);
    fs::create_dir_all(home.outbox()).unwrap();
    let one = file(&home, "one.csv", 2);
    let (code, told) = send(&home, &[], &[&one]);
    assert!(code == 0 && told.contains("one.csv lies in the outbox of irai"), "{told}");
    let before = fs::read(home.outbox().join("one.csv")).unwrap();
    let other = file(&home, "two.csv", 5);
    let empty = home.path().join("empty.csv");
    fs::write(&empty, "").unwrap();
    let directory = home.path().join("config");
    let refused: [(&[&str], &[&Path], &str); 9] = [
        (&["--as", "one.csv"], &[&other], "TT-9255"),
        (&[], &[&other, &one], "TT-9255"),
        (&["--as", ".one.csv"], &[&other], "TT-9250"),
        (&["--as", "one.csv.end"], &[&other], "TT-9250"),
        (&["--as", "one.tmp"], &[&other], "TT-9250"),
        (&["--as", "a/b.csv"], &[&other], "TT-9249"),
        (&[], &[&other, &other], "TT-9251"),
        (&[], &[&other, &empty], "TT-9253"),
        (&[], &[&other, &directory], "TT-9252"),
    ];
    for (arguments, files, code) in refused {
        let (ended, told) = send(&home, arguments, files);
        assert!(ended == 1 && told.contains(code), "{arguments:?}: {ended}: {told}");
        assert_eq!(names_in(&home.outbox()), ["one.csv"], "{code}");
    }
    assert_eq!(fs::read(home.outbox().join("one.csv")).unwrap(), before);
    let (ended, told) = send(&home, &["--as", "x.csv"], &[&other, &one]);
    assert!(ended == 2 && told.contains("TT-9247"), "{told}");
}

#[test]
fn a_link_that_there_is_not_is_told_with_near_ones_and_an_inbound_one_is_refused() {
    let sshd = Sshd::start(Options::default());
    let home = Home::new(&sshd);
    home.write(
        "config/links/haitta.toml",
        "direction = \"in\"\npartner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n[remote]\nname = \"*.DAT\"\n",
    );
    let one = file(&home, "one.csv", 2);
    for (link, why) in [("iria", "near it: irai"), ("haitta", "TT-9248")] {
        let mut command = home.command(&["send", link]);
        command.arg(&one);
        let (code, told) = said(command);
        assert!(code == 1 && told.contains(why), "{link}: {code}: {told}");
    }
}

#[test]
#[cfg_attr(not(have_root), ignore = "needs root, to be somebody else")]
fn whoever_lacks_a_right_is_told_which_and_leaves_nothing() {
    let sshd = Sshd::start(Options::default());
    let home = Home::new(&sshd);
    fs::create_dir_all(home.outbox()).unwrap();
    let one = file(&home, "one.csv", 2);
    let open = Command::new("chmod").args(["-R", "a+rX"]).arg(home.path()).status().unwrap();
    assert!(open.success());
    let mut command = home.command(&["send", LINK]);
    command.arg(&one).uid(61_003).gid(61_003);
    let (code, told) = said(command);
    let outbox = home.outbox().display().to_string();
    assert!(
        code == 1 && told.contains("user 61003 has no right to write") && told.contains(&outbox),
        "{told}"
    );
    assert_eq!(names_in(&home.outbox()), [""; 0]);
}
