//! On a terminal no line of an answer is wider than it, in either language; in a pipe nothing is broken or cut.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::process::Command;

use regex::Regex;
use support::gateway::Home;
use support::sshd::{Options, Sshd};
use totatsu_records::invented;
use unicode_width::UnicodeWidthStr as _;

/// What a command writes on a terminal of so many columns, both streams.
fn written(home: &Home, columns: usize, arguments: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
    let asked = home.command(arguments);
    let mut command = Command::new("python3");
    command.arg(script).arg("[]").arg(asked.get_program()).args(asked.get_args());
    command.env("TERMINAL_COLUMNS", columns.to_string()).env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8");
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// What stays there, without colours.
fn at_a_terminal(home: &Home, columns: usize, arguments: &[&str]) -> String {
    let shown = written(home, columns, arguments);
    // What was drawn over, as a bar is, nobody sees any more.
    let left = |line: &str| line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default().to_owned();
    let lines: Vec<String> = shown.split('\n').map(left).collect();
    Regex::new(r"\x1b\[[0-9;?]*[A-Za-z]").unwrap().replace_all(&lines.join("\n"), "").into_owned()
}

/// Whether a line is too wide, and not only because of one word that is wide by itself and stands where it can.
fn is_too_wide(line: &str, columns: usize) -> bool {
    if line.width() <= columns {
        return false;
    }
    let (before, word) = line.trim_end().rsplit_once(' ').unwrap_or(("", line));
    let runs = word.split(|c: char| !c.is_ascii()).map(str::len);
    let is_one_word = runs.max().unwrap_or_default() > columns / 2 && before.width() <= columns / 2;
    !is_one_word
}

/// One that arrived, one that was rejected, one that is held and left something, one that waits; their ids.
fn at_work(home: &mut Home) -> Vec<String> {
    home.drop_records("a.csv", 3);
    let arrived = home.wait_for_one("archived").delivery.id;
    home.drop_source("wrong.csv", "氏名,unknown\n１,2\n３,4,5\n".as_bytes());
    let rejected = home.wait_for_one("rejected").delivery.id;
    // The partner still has the first: a person decides.
    assert!(home.run(&["resend", arrived.as_str(), "--reason", "先方が紛失したとのこと（電話）"]).0);
    let held = home.wait_for_one("held").delivery.id;
    let reason = "連携先の保守のため、夜まで何も送らないように、という依頼が担当課からありました";
    assert!(home.run(&["hold", "--partner", "eltax", "--until", "23:59", "--reason", reason]).0);
    home.drop_records("b.csv", 2);
    let waits = home.wait_for_one("queued").delivery.id;
    [arrived, rejected, held, waits].map(|id| id.to_string()).to_vec()
}

#[test]
fn on_a_terminal_no_line_is_wider_than_it_in_either_language() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    let ids = at_work(&mut home);
    let (arrived, rejected) = (ids[0].as_str(), ids[1].as_str());
    let shown = ids.iter().map(|id| vec!["show", id.as_str()]);
    let mut all: Vec<Vec<&str>> = shown.collect();
    all.extend([
        vec!["report", rejected],
        vec!["status"],
        vec!["list"],
        vec!["outbox"],
        vec!["receipt", "show", arrived, "--text"],
        vec!["receipt", "verify", arrived],
        vec!["explain"],
        vec!["explain", "TT-1203"],
        vec!["catalogue", "list"],
        vec!["catalogue", "list", "--functions"],
        vec!["catalogue", "show", "juki-tennyu-immigration-o-daily"],
        vec!["catalogue", "beyond"],
        vec!["coverage"],
        vec!["check"],
        vec!["check", "--open"],
        vec!["layout", "list"],
        vec!["layout", "show", "eltax/nenkin-tokucho-irai"],
        vec!["medium", "prepare", "/", "--partner", "eltax"],
        vec!["medium", "sheet", arrived],
        vec!["partner", "probe", "eltax", "--dry-run"],
        vec!["audit", "verify"],
        vec!["show", "20261122-183005-k7m2q9"],
        vec!["list", "--state", "nosuch"],
        vec!["list", "--link", "nosuch"],
        vec!["release", rejected, "--reason", "x"],
    ]);
    let mut wide = Vec::new();
    for lang in ["en", "ja"] {
        for (columns, asked) in
            all.iter().map(|asked| (80, asked)).chain(all[..8].iter().map(|asked| (62, asked)))
        {
            let shown = at_a_terminal(&home, columns, &[&["--lang", lang], &asked[..]].concat());
            assert!(!shown.trim().is_empty(), "{asked:?} said nothing");
            let lines = shown.lines().filter(|line| is_too_wide(line, columns));
            wide.extend(lines.map(|line| format!("{columns}, {lang}, {asked:?}: {line}")));
        }
    }
    assert!(wide.is_empty(), "{} lines are too wide:\n{}", wide.len(), wide.join("\n"));
}

#[test]
fn what_a_terminal_shows_in_several_lines_a_pipe_gets_whole_and_nothing_is_lost() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    let ids = at_work(&mut home);
    let letters = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    for id in &ids {
        let (_, piped) = home.run(&["--lang", "ja", "show", id]);
        let shown = at_a_terminal(&home, 80, &["--lang", "ja", "show", id]);
        assert_eq!(letters(&piped), letters(&shown), "{piped}");
        assert!(piped.lines().count() < shown.lines().count(), "{shown}");
    }
}

#[test]
fn what_takes_long_shows_how_far_it_is_on_a_terminal_and_nothing_of_it_stays() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    home.start();
    at_work(&mut home);
    for (lang, told) in [("en", "are being checked"), ("ja", "確かめています")] {
        let asked = ["--lang", lang, "audit", "verify"];
        assert!(written(&home, 80, &asked).contains(told), "{lang}");
        assert!(!at_a_terminal(&home, 80, &asked).contains(told), "{lang}");
    }
}

#[test]
fn of_a_source_whose_size_is_known_a_terminal_is_told_how_much_is_encoded() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.csv");
    let mut rows = Vec::new();
    invented::write_csv(&mut rows, 20_000, 5).unwrap();
    fs::write(&source, rows).unwrap();
    let (program, here) = (env!("CARGO_BIN_EXE_totatsu"), env!("CARGO_MANIFEST_DIR"));
    let typed = format!(
        "{program} --config nowhere --lang en layout encode eltax/nenkin-tokucho-irai --layouts {here}/layouts \
         --municipality 131016 < {} > /dev/null",
        source.display()
    );
    let mut command = Command::new("python3");
    command.arg(format!("{here}/tests/support/terminal.py")).args(["[]", "/bin/sh", "-c", &typed]);
    let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let bar = Regex::new(r"being converted \[[=> ]+\] \d+% ").unwrap();
    assert!(bar.is_match(&shown), "{shown:?}");
}

#[test]
fn a_line_that_is_too_wide_is_seen_and_a_path_of_its_own_is_let_be() {
    assert!(is_too_wide("one two three four five six", 20));
    assert!(is_too_wide("連携先に同じ名前のファイルがあります", 20));
    assert!(!is_too_wide("source /a/path/that/nobody/breaks/anywhere", 20));
    assert!(is_too_wide("source and more of it /a/path/that/nobody/breaks", 20));
    assert!(!is_too_wide("short", 20));
}
