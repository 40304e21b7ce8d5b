//! What was delivered long ago: the same commands with many past deliveries and with few, and the index built anew.
//!
//! One file is really delivered. The lines that its delivery left in the journal are then written again and again, as those of
//! other deliveries: with ids, names, digests and receipts of their own, chained as the gateway chains them. Folders in the archive
//! are not made: only the journal's past is measured.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use totatsu_base::Moment;
use totatsu_base::digest::Sha256;

use super::gateway::{Gateway, contents, kib_below};
use super::measure::{Contender, Runs, Sample, cpu_so_far, in_turn, measured, measured_to, peak_so_far};
use super::peers::found;
use super::plan::Plan;
use super::support::sshd::{Options, Sshd};
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const LINK: &str = "hikitsugi";
const FEW: usize = 100;
/// A file of the journal ends where it has this much.
const SEGMENT: u64 = 64 * 1024 * 1024;
/// What the random part of an id is written in.
const LETTERS: &[u8; 29] = b"23456789abcdefghjkmnpqrstwxyz";
const A_DAY: usize = 5000;
/// One in so many is held and released by hand, and one in so many arrives a day late.
const BY_HAND: usize = 50;
const LATE: usize = 5000;
const FIRST_LATE: usize = 7;
/// Stands for the id, and for the digest, of one of the deliveries.
const ID: &str = "ID";
const DIGEST: &str = "DIGEST";
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What is asked, by the row's name: every filter of `list`, with and without something to find, and several together.
const QUESTIONS: [(&str, &[&str]); 34] = [
    ("list", &["list"]),
    ("list-limit", &["list", "--limit", "5"]),
    ("list-state", &["list", "--state", "archived"]),
    ("list-states", &["list", "--state", "archived,held,rejected"]),
    ("list-state-nosuch", &["list", "--state", "superseded"]),
    ("list-link", &["list", "--link", LINK]),
    ("list-nosuch", &["list", "--link", "nosuch"]),
    ("list-partner", &["list", "--partner", "eltax"]),
    ("list-partner-nosuch", &["list", "--partner", "nosuch"]),
    ("list-since", &["list", "--since", "2025-01-01"]),
    ("list-until", &["list", "--until", "2025-01-01"]),
    ("list-day", &["list", "--since", "2025-01-01", "--until", "2025-01-01"]),
    ("list-name", &["list", "--name", "F000050.DAT"]),
    ("list-name-nosuch", &["list", "--name", "nosuch"]),
    ("list-name-begins", &["list", "--name", "F00005*"]),
    ("list-name-ends", &["list", "--name", "*50.DAT"]),
    ("list-name-has", &["list", "--name", "*00005?.*"]),
    ("list-name-any", &["list", "--name", "*.DAT"]),
    ("list-name-none", &["list", "--name", "*nosuch*"]),
    ("list-name-rare", &["list", "--name", "*9?8?7*"]),
    ("list-hash", &["list", "--hash", DIGEST]),
    ("list-hash-nosuch", &["list", "--hash", ZEROS]),
    ("list-late", &["list", "--late"]),
    ("list-late-since", &["list", "--late", "--since", "2025-01-01"]),
    ("list-late-limit", &["list", "--late", "--limit", "1"]),
    ("list-by", &["list", "--by", "yamada"]),
    ("list-by-nosuch", &["list", "--by", "nosuch"]),
    ("list-link-state-by", &["list", "--link", LINK, "--state", "archived", "--by", "yamada"]),
    ("list-partner-state", &["list", "--partner", "eltax", "--state", "rejected,superseded"]),
    ("list-name-since-link", &["list", "--name", "*nosuch*", "--since", "2025-01-01", "--link", LINK]),
    ("list-name-day", &["list", "--name", "*7.DAT", "--until", "2025-01-01", "--limit", "10"]),
    ("list-late-by", &["list", "--late", "--by", "yamada", "--partner", "eltax"]),
    ("status", &["status"]),
    ("show", &["show", ID]),
];

/// A gateway that stands still, and its past.
struct Old {
    gateway: Gateway,
    deliveries: usize,
    /// One of them.
    id: String,
    /// The digest of the file that another began with.
    digest: String,
}

/// Start and commands, with many and with few past deliveries.
pub fn past(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let (mut few, mut many) = (aged(&sshd, FEW), aged(&sshd, plan.count(1_000_000, 20_000)));
    let rounds = plan.rounds(5, 3);
    // The first start takes in what was written behind the gateway's back; it is the row `rebuild` that measures such.
    for old in [&mut few, &mut many] {
        old.gateway.start();
        assert!(old.gateway.home.stop().success());
    }
    let (of_many, of_few) = (told(&many, "run"), told(&few, "run"));
    let starts = vec![
        Contender::new(of_many, || started(&mut many.gateway)),
        Contender::new(of_few, || started(&mut few.gateway)),
    ];
    let starts = in_turn(rounds, starts);
    let mut outcomes = vec![against(&many, "past-start", "start to ready", starts)];
    for (suffix, how) in [("-alone", "without a daemon"), ("", "asked of the daemon")] {
        if suffix.is_empty() {
            many.gateway.start();
            few.gateway.start();
        }
        for (name, words) in QUESTIONS {
            let contenders = [&many, &few]
                .map(|old| Contender::new(told(old, &words.join(" ")), move || asked(old, words)));
            let runs = in_turn(rounds, contenders.into());
            outcomes.push(against(&many, &format!("past-{name}{suffix}"), how, runs));
        }
    }
    let peak = peak_so_far(many.gateway.home.daemon_id());
    let sample = Sample { value: peak as f64 / 1024.0 / 1024.0, cpu_seconds: 0.0, peak_bytes: peak };
    let memory = Runs::of(told(&many, "run, then all of these"), vec![sample]);
    let what = format!(
        "the most memory of a daemon with {} past deliveries, after these questions",
        many.deliveries
    );
    outcomes.push(Outcome::of("memory-past", what, Unit::Mib, Goal::AtMost(128.0), vec![memory]));
    outcomes.push(index_size(&many));
    outcomes
}

fn against(many: &Old, row: &str, how: &str, runs: Vec<Runs>) -> Outcome {
    let what = format!("with {} past deliveries and with {FEW}, {how}", many.deliveries);
    Outcome::of(row, what, Unit::Seconds, Goal::Ratio(2.0), runs)
}

fn index_size(many: &Old) -> Outcome {
    let index = kib_below(&many.gateway.home.path().join("ledger/index"));
    let sample = Sample { value: index / many.deliveries as f64, cpu_seconds: 0.0, peak_bytes: 0 };
    let runs = vec![Runs::of(format!("totatsu's index, {} past", many.deliveries), vec![sample])];
    Outcome::of(
        "index-size",
        "what a finished delivery takes in the index",
        Unit::Kib,
        Goal::AtMost(1.0),
        runs,
    )
}

fn told(old: &Old, words: &str) -> String {
    format!("totatsu {words}, {} past", old.deliveries)
}

fn asked(old: &Old, words: &[&str]) -> Sample {
    let meant = words.iter().map(|word| match *word {
        ID => old.id.as_str(),
        DIGEST => old.digest.as_str(),
        word => word,
    });
    // Who asks for what doesn't exist is told so, and gets the code of an error.
    let unknown = words.windows(2).any(|pair| matches!(pair, ["--link" | "--partner", "nosuch"]));
    measured_to(&old.gateway.home.command(&meant.collect::<Vec<_>>()), i32::from(unknown))
}

fn started(gateway: &mut Gateway) -> Sample {
    let value = gateway.start().as_secs_f64();
    let daemon = gateway.home.daemon_id();
    let sample =
        Sample { value, cpu_seconds: cpu_so_far(daemon).as_secs_f64(), peak_bytes: peak_so_far(daemon) };
    assert!(gateway.home.stop().success());
    sample
}

/// The index built anew from the journal, against reading it once.
pub fn rebuild(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let mut old = aged(&sshd, plan.count(1_000_000, 20_000));
    let ledger = old.gateway.home.path().join("ledger");
    // As it was written: the gateway may keep its finished files in another form.
    let plain = old.gateway.home.path().join("plain");
    fs::create_dir(&plain).unwrap();
    for entry in fs::read_dir(ledger.join("journal")).unwrap() {
        let entry = entry.unwrap();
        fs::hard_link(entry.path(), plain.join(entry.file_name())).unwrap();
    }
    old.gateway.start();
    assert!(old.gateway.home.stop().success());
    let what = format!("the index of {} past deliveries is gone: start to ready", old.deliveries);
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![
            Contender::new("totatsu run, without an index", || {
                fs::remove_dir_all(ledger.join("index")).unwrap();
                started(&mut old.gateway)
            }),
            Contender::with(found("sha256sum"), "sha256sum of the journal", |sha256sum| {
                let mut command = Command::new(sha256sum);
                measured(command.args(fs::read_dir(&plain).unwrap().map(|entry| entry.unwrap().path())))
            }),
        ],
    );
    assert!(measured(&old.gateway.home.command(&["show", &old.id])).value > 0.0);
    vec![Outcome::of("rebuild", what, Unit::Seconds, Goal::Ratio(3.0), runs)]
}

/// A gateway with so many past deliveries; it doesn't run.
fn aged(sshd: &Sshd, deliveries: usize) -> Old {
    let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), sshd, sshd.port(), None);
    let directory = format!("past-{deliveries}");
    fs::create_dir_all(sshd.root().join(&directory)).unwrap();
    gateway.write_link(LINK, &directory);
    let link = format!("config/links/{LINK}.toml");
    let text = fs::read_to_string(gateway.home.path().join(&link)).unwrap();
    gateway.home.write(&link, &format!("deadline = \"daily by 17:00\"\n{text}"));
    let source = gateway.home.path().join("source");
    fs::write(&source, contents(0, SIZE)).unwrap();
    gateway.start();
    fs::rename(source, gateway.outbox(LINK).join("F000000.DAT")).unwrap();
    gateway.until(LINK, "archived", 1);
    assert!(gateway.home.stop().success());
    let id = multiplied(&gateway.home.path().join("ledger/journal"), deliveries);
    Old { gateway, deliveries, id, digest: content_of(deliveries / 2) }
}

/// Writes the lines of the only delivery again as those of others, so many in all; the id of one in the middle.
fn multiplied(journal: &Path, deliveries: usize) -> String {
    let mut names: Vec<PathBuf> = fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let text: String = names.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let template = Template::of(&text);
    let last = text.lines().last().unwrap();
    let mut writer = Writer {
        journal: journal.to_owned(),
        out: BufWriter::new(File::options().append(true).open(names.last().unwrap()).unwrap()),
        written: fs::metadata(names.last().unwrap()).unwrap().len(),
        seq: serde_json::from_str::<Value>(last).unwrap()["seq"].as_u64().unwrap(),
        prev: Sha256::of(last.as_bytes()).to_string(),
    };
    let mut receipt = template.receipt.clone();
    for number in 1..deliveries {
        let next = Sha256::of(format!("receipt {number}").as_bytes()).to_string();
        template.write(number, &receipt, &next, &mut writer);
        receipt = next;
    }
    writer.out.flush().unwrap();
    writer.out.get_ref().sync_all().unwrap();
    id_of(deliveries / 2)
}

/// One delivery's lines, without number, time and digest at their beginning.
struct Template {
    lines: Vec<String>,
    at: String,
    id: String,
    content: String,
    receipt: String,
}

impl Template {
    fn of(text: &str) -> Template {
        let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let its = |event: &str| entries.iter().find(|entry| entry["event"] == event).unwrap();
        let of = |value: &Value| value.as_str().unwrap().to_owned();
        let accepted = its("accepted");
        let lines = text.lines().filter(|line| line.contains("\"delivery\":"));
        let lines = lines.map(|line| format!("\"delivery\":{}", line.split_once("\"delivery\":").unwrap().1));
        Template {
            lines: lines.collect(),
            at: of(&accepted["at"]),
            id: of(&accepted["delivery"]),
            content: of(&accepted["accepted"]["sha256"]),
            receipt: of(&its("receipted")["sha256"]),
        }
    }

    /// The lines of another delivery, whose receipt has the digest `receipt` and follows the one with `previous`.
    fn write(&self, number: usize, previous: &str, receipt: &str, writer: &mut Writer) {
        let (id, name) = (id_of(number), format!("F{number:06}.DAT"));
        let (content, count) = (content_of(number), number + 1);
        let late = Moment::after(self.at.parse().unwrap(), Duration::from_secs(26 * 3600)).to_string();
        let mut at = &self.at;
        for line in &self.lines {
            if number % LATE == FIRST_LATE && line.contains("\"event\":\"transferred\"") {
                at = &late;
            }
            let mut line =
                line.replace(&self.id, &id).replace("F000000.DAT", &name).replace(&self.content, &content);
            if line.contains("\"event\":\"receipted\"") {
                line = line.replace("\"number\":1,", &format!("\"number\":{count},"));
                line = line.replace(&self.receipt, receipt);
                line = line.replace(
                    &format!("\"previous\":\"{}\"", "0".repeat(64)),
                    &format!("\"previous\":\"{previous}\""),
                );
            }
            writer.append(at, &line);
            if number.is_multiple_of(BY_HAND) && line.contains("\"event\":\"accepted\"") {
                for event in ["held_by_hand", "released"] {
                    let act = format!(
                        "\"delivery\":\"{id}\",\"event\":\"{event}\",\"by\":\"yamada\",\"reason\":\"x\"}}"
                    );
                    writer.append(at, &act);
                }
            }
        }
    }
}

/// The end of the journal.
struct Writer {
    journal: PathBuf,
    out: BufWriter<File>,
    written: u64,
    seq: u64,
    prev: String,
}

impl Writer {
    fn append(&mut self, at: &str, rest: &str) {
        self.seq += 1;
        let line = format!("{{\"seq\":{},\"at\":\"{at}\",\"prev\":\"{}\",{rest}\n", self.seq, self.prev);
        if self.written >= SEGMENT {
            self.out.flush().unwrap();
            let next = self.journal.join(format!("{:012}.jsonl", self.seq));
            self.out = BufWriter::new(File::create(next).unwrap());
            self.written = 0;
        }
        self.out.write_all(line.as_bytes()).unwrap();
        self.written += line.len() as u64;
        self.prev = Sha256::of(line.trim_end().as_bytes()).to_string();
    }
}

/// The digest of the so-many-th delivery's file.
fn content_of(number: usize) -> String {
    Sha256::of(format!("content {number}").as_bytes()).to_string()
}

/// The id of the so-many-th delivery, on days of the year before: the higher, the later.
fn id_of(number: usize) -> String {
    let (day, second) = (number / A_DAY, number % A_DAY * 86_400 / A_DAY);
    let date =
        jiff::civil::date(2025, 1, 1) + jiff::SignedDuration::from_hours(24 * i64::try_from(day).unwrap());
    let letters = [5, 4, 3, 2, 1, 0].map(|at| char::from(LETTERS[number / 29_usize.pow(at) % 29]));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!(
        "{}-{hour:02}{minute:02}{second:02}-{}",
        date.strftime("%Y%m%d"),
        letters.iter().collect::<String>()
    )
}
