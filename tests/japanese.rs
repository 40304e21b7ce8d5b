//! Who asks for Japanese reads no English: every command's answers, the daemon's log and its alerts are walked, on a real gateway
//! with a real server, from the first check to the audit.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use support::gateway::{Home, LINK};
use support::sshd::{Options, Sshd};
use totatsu_records::invented;

/// What is looked at before anything has happened.
const LOOKS: [&[&str]; 13] = [
    &["check"],
    &["explain"],
    &["explain", "TT-1203"],
    &["catalogue", "list"],
    &["catalogue", "show", "juki-tennyu-immigration-o-daily"],
    &["layout", "list"],
    &["layout", "show", "eltax/nenkin-tokucho-irai"],
    &["layout", "template", "eltax/nenkin-tokucho-irai"],
    &["hold", "--help"],
    &["init", "--help"],
    &["send", "--help"],
    &["layout", "encode", "--help"],
    &["--help"],
];
/// What can't be done, or isn't there.
const REFUSED: [&[&str]; 11] = [
    &["nosuch"],
    &["list", "--state", "nosuch"],
    &["list", "--link", "nosuch"],
    &["list", "--until", "someday"],
    &["show", "20261122-183005-k7m2q9"],
    &["medium", "sheet", "20261122-183005-k7m2q9"],
    &["hold", "--partner", "nosuch", "--reason", "保守"],
    &["partner", "trust", "eltax", "--fingerprint", "SHA256:x"],
    &["audit", "export", "export"],
    &["layout", "show", "nosuch"],
    &["explain", "TT-0000"],
];

/// A gateway that speaks Japanese, and what was read of it.
struct Reader {
    home: Home,
    _sshd: Sshd,
    english: Vec<String>,
    /// What was refused and should not have been, or the other way round.
    surprises: Vec<String>,
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
        Reader { home, _sshd: sshd, english: Vec::new(), surprises: Vec::new(), read: 0 }
    }

    /// Runs a command as somebody whose environment asks for Japanese, and reads all that it says; whether it was done.
    fn asks(&mut self, arguments: &[&str]) -> bool {
        let output = self.home.command(arguments).env("LC_ALL", "ja_JP.UTF-8").output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(!said.trim().is_empty(), "{arguments:?} said nothing");
        self.reads(&format!("totatsu {}", arguments.join(" ")), &said);
        output.status.success()
    }

    fn is_told(&mut self, arguments: &[&str]) {
        if !self.asks(arguments) {
            self.surprises.push(format!("{arguments:?} was refused"));
        }
    }

    fn is_refused(&mut self, arguments: &[&str]) {
        if self.asks(arguments) {
            self.surprises.push(format!("{arguments:?} was not refused"));
        }
    }

    /// A file arrives, one is rejected, one waits for a partner that is held and is given up.
    fn works(&mut self) {
        self.home.drop_records("a.csv", 3);
        let arrived = self.home.wait_for_one("archived").delivery.id;
        self.sends();
        self.home.drop_source("wrong.csv", "氏名,unknown\n１,2\n".as_bytes());
        let rejected = self.home.wait_for_one("rejected").delivery.id;
        self.is_told(&["hold", "--partner", "eltax", "--until", "23:59", "--reason", "保守"]);
        self.home.drop_records("b.csv", 2);
        let waits = self.home.wait_for_one("queued").delivery.id;
        for id in [&arrived, &rejected, &waits] {
            self.is_told(&["show", id.as_str()]);
        }
        self.is_told(&["report", rejected.as_str()]);
        self.is_refused(&["report", arrived.as_str()]);
        for look in [&["status"][..], &["list"], &["list", "--state", "rejected"], &["outbox"]] {
            self.is_told(look);
        }
        let text = ["receipt", "show", arrived.as_str()];
        for look in [&text[..], &["receipt", "verify", arrived.as_str()], &["receipt", "key"]] {
            self.is_told(look);
        }
        self.is_told(&["cancel", waits.as_str(), "--reason", "差し替え"]);
        self.is_refused(&["release", rejected.as_str(), "--reason", "確認済み"]);
        self.is_refused(&[
            "confirm",
            arrived.as_str(),
            "--how",
            "phone",
            "--by",
            "試験",
            "--reason",
            "電話で確認",
        ]);
        self.is_told(&["release", "--partner", "eltax", "--reason", "保守終了"]);
        self.is_told(&["resend", arrived.as_str(), "--reason", "先方が紛失"]);
        // The partner still has the first: a person decides.
        let again = self.home.wait_for_one("held").delivery.id;
        self.is_told(&["show", again.as_str()]);
        self.is_told(&["partner", "probe", "eltax"]);
    }

    /// Somebody hands a file over, waits for its end, and makes mistakes.
    fn sends(&mut self) {
        let file = self.home.path().join("sent.csv");
        let mut source = Vec::new();
        invented::write_csv(&mut source, 2, 5).unwrap();
        fs::write(&file, source).unwrap();
        let (file, nowhere) =
            (file.display().to_string(), self.home.path().join("nowhere").display().to_string());
        self.is_told(&["send", LINK, &file, "--wait"]);
        self.is_refused(&["send", LINK, &nowhere]);
        self.is_refused(&["send", LINK, &file, "--as", "sent.tmp"]);
        self.is_refused(&["send", "nosuch", &file]);
    }

    fn starts_anew_and_ends(&mut self) {
        self.home.until("an alert came", |home| home.path().join("alerts").exists().then_some(()));
        self.is_told(&["reload"]);
        self.home.until("the gateway answers", |home| home.run(&["status"]).0.then_some(()));
        self.home.stop();
    }

    /// What an auditor does, and what was written meanwhile.
    fn verifies(&mut self) {
        self.is_told(&["audit", "verify"]);
        let export = self.home.path().join("export").display().to_string();
        self.is_told(&["audit", "export", "--from", "2026-01-01", "--to", "2099-12-31", "--out", &export]);
        let log = self.home.log();
        self.reads("log", &log);
        let alerts = fs::read_to_string(self.home.path().join("alerts")).unwrap();
        let for_people = |line: &&str| !line.trim_start().starts_with(['{', '"', '}']);
        let told: Vec<&str> = alerts.lines().filter(for_people).collect();
        self.reads("alerts", &told.join("\n"));
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
    for look in LOOKS {
        reader.is_told(look);
    }
    for needs_a_gateway in [["status"], ["list"], ["outbox"]] {
        reader.is_refused(&needs_a_gateway);
    }
    reader.starts();
    reader.works();
    for wrong in REFUSED {
        reader.is_refused(wrong);
    }
    reader.starts_anew_and_ends();
    reader.verifies();
    assert!(reader.surprises.is_empty(), "{}", reader.surprises.join("\n"));
    assert!(reader.read > 50, "only {} answers were read", reader.read);
    let lines = reader.english.join("\n");
    assert!(reader.english.is_empty(), "{} lines in English:\n{lines}", reader.english.len());
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
