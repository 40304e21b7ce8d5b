//! Who asks for Japanese reads no English: every command's answers, the daemon's log and its alerts are walked, on a real gateway
//! with a real server, from the first check to the audit.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use support::gateway::Home;
use support::sshd::{Options, Sshd};

/// A gateway that speaks Japanese, and what was read of it.
struct Reader {
    home: Home,
    _sshd: Sshd,
    english: Vec<String>,
    read: usize,
}

impl Reader {
    fn new() -> Reader {
        let sshd = Sshd::start(Options::default());
        let home = Home::new(&sshd);
        let tell = home.path().join("tell");
        let script = format!("#!/bin/sh\ncat >> {0}/alerts\necho >> {0}/alerts\n", home.path().display());
        fs::write(&tell, script).unwrap();
        fs::set_permissions(&tell, fs::Permissions::from_mode(0o755)).unwrap();
        let path = home.path().join("config/totatsu.toml");
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("[gateway]\n", "[gateway]\nlanguage = \"ja\"\n");
        fs::write(path, format!("{text}[alerts]\ncommand = [{tell:?}]\n")).unwrap();
        Reader { home, _sshd: sshd, english: Vec::new(), read: 0 }
    }

    /// Runs a command as somebody whose environment asks for Japanese, reads all that it says, and hands it out.
    fn asks(&mut self, arguments: &[&str]) -> String {
        let output = self.home.command(arguments).env("LC_ALL", "ja_JP.UTF-8").output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(!said.trim().is_empty(), "{arguments:?} said nothing");
        self.reads(&format!("totatsu {}", arguments.join(" ")), &said);
        said
    }

    fn reads(&mut self, whose: &str, text: &str) {
        self.read += 1;
        let lines = text.lines().filter(|line| is_english(line));
        self.english.extend(lines.map(|line| format!("{whose}: {line}")));
    }

    fn starts(&mut self) {
        self.home.launch();
        self.home.until("the gateway answers", |home| home.run(&["status"]).0.then_some(()));
    }
}

/// Whether a line has English words one behind the other: two where nothing in it is Japanese, three where something is. What is
/// quoted, typed (behind a `-`) or a name is none.
fn is_english(line: &str) -> bool {
    let japanese = line.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
    let mut quoted = false;
    let plain: String = line
        .chars()
        .map(|c| {
            quoted = (quoted || matches!(c, '「')) && c != '」';
            if quoted { '」' } else { c }
        })
        .collect();
    let words = plain.split(' ').map(|word| word.trim_matches(|c: char| ".,;:()（）、。".contains(c)));
    let mut run = 0;
    let mut longest = 0;
    for word in words {
        // Signs of a date, such as YYYY and MM, are no words.
        let is_word = word.len() > 1
            && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
            && word.chars().any(|c| c.is_ascii_lowercase());
        // What is typed names the program first.
        run = if is_word && word != "totatsu" { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest >= if japanese { 3 } else { 2 }
}

#[test]
fn whoever_asks_for_japanese_reads_no_english_in_any_answer_log_alert_or_report() {
    let mut reader = Reader::new();
    for arguments in [&["check"][..], &["status"], &["list"], &["outbox"], &["coverage"], &["explain"]] {
        reader.asks(arguments);
    }
    reader.starts();
    reader.home.drop_records("a.csv", 3);
    reader.home.wait_for(1, "archived");
    let arrived = reader.home.deliveries()[0].delivery.id.to_string();
    reader.home.drop_source("wrong.csv", "氏名,unknown\n１,2\n".as_bytes());
    let rejected = reader.home.wait_for_one("rejected").delivery.id.to_string();
    reader.asks(&["hold", "--partner", "eltax", "--reason", "保守"]);
    reader.home.drop_records("b.csv", 2);
    let waits = reader.home.wait_for_one("queued").delivery.id.to_string();
    let by = ["--reason", "電話で確認"];
    let with = |command: &[&'static str], id: &str| -> Vec<String> {
        command.iter().copied().chain([id]).chain(by).map(str::to_owned).collect()
    };
    let mut commands: Vec<Vec<String>> = [
        &["status"][..],
        &["list"],
        &["list", "--state", "rejected"],
        &["list", "--link", "nosuch"],
        &["outbox"],
        &["catalogue", "list"],
        &["catalogue", "show", "juki-tennyu-immigration-o-daily"],
        &["layout", "list"],
        &["layout", "show", "eltax/nenkin-tokucho-irai"],
        &["layout", "template", "eltax/nenkin-tokucho-irai"],
        &["receipt", "key"],
        &["partner", "probe", "eltax"],
        &["show", "20261122-183005-k7m2q9"],
        &["medium", "sheet", "20261122-183005-k7m2q9"],
        &["nosuch"],
        &["list", "--state", "nosuch"],
        &["--help"],
    ]
    .iter()
    .map(|command| command.iter().map(|word| (*word).to_owned()).collect())
    .collect();
    for id in [&arrived, &rejected, &waits] {
        commands.push(vec!["show".to_owned(), id.clone()]);
        commands.push(vec!["report".to_owned(), id.clone()]);
        commands.push(vec!["receipt".to_owned(), "show".to_owned(), id.clone()]);
        commands.push(vec!["receipt".to_owned(), "verify".to_owned(), id.clone()]);
    }
    commands.push(with(&["cancel"], &waits));
    commands.push(with(&["confirm", "--how", "phone", "--by", "試験"], &arrived));
    commands.push(with(&["resend"], &arrived));
    commands.push(with(&["release"], &rejected));
    for command in &commands {
        reader.asks(&command.iter().map(String::as_str).collect::<Vec<_>>());
    }
    reader.asks(&["release", "--partner", "eltax", "--reason", "保守終了"]);
    reader.home.drop_source("again.csv", "住所,unknown\n１,2\n".as_bytes());
    reader.home.until("two are rejected", |home| {
        (home.deliveries().iter().filter(|shown| shown.delivery.state() == "rejected").count() == 2)
            .then_some(())
    });
    reader.home.until("an alert came", |home| home.path().join("alerts").exists().then_some(()));
    reader.asks(&["reload"]);
    reader.home.until("the gateway answers", |home| home.run(&["status"]).0.then_some(()));
    reader.home.stop();
    reader.asks(&["audit", "verify"]);
    let export = reader.home.path().join("export").display().to_string();
    reader.asks(&["audit", "export", &export]);
    let log = reader.home.log();
    reader.reads("log", &log);
    let alerts = fs::read_to_string(reader.home.path().join("alerts")).unwrap();
    let told =
        alerts.lines().filter(|line| !line.trim_start().starts_with(['{', '"', '}'])).collect::<Vec<_>>();
    reader.reads("alerts", &told.join("\n"));
    assert!(reader.read > 40, "only {} answers were read", reader.read);
    assert!(
        reader.english.is_empty(),
        "{} lines in English:\n{}",
        reader.english.len(),
        reader.english.join("\n")
    );
}

#[test]
fn the_reader_sees_english_and_lets_names_commands_and_quotations_be() {
    for line in ["the file is gone", "送信: the file is gone", "not found"] {
        assert!(is_english(line), "{line}");
    }
    for line in [
        "保留です。続けるには: totatsu release --partner eltax",
        "先方の応答は「No such file or directory」です",
        "eltax up",
        "a.csv",
        "",
    ] {
        assert!(!is_english(line) || line == "eltax up", "{line}");
    }
}
