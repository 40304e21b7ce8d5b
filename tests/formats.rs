//! What a gateway of an earlier commit left on its disk is read, verified, written again byte for byte, and continued.
//!
//! Owns the promise that journal, receipts, index and configuration keep their formats. The files below tests/fixtures were
//! written by commit 2942654; the README there tells how, and what to do when an event is added. Asks the program as an
//! operator does, and the library only for single lines and for opening the ledger.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::Receipt;
use totatsu_ledger::event::{Entry, Event};
use totatsu_ledger::{Ledger, Opening};

/// The commit that wrote the fixtures.
const BEFORE: &str = "2942654";
/// Where its gateway was at home: journal, receipts and expectations name it.
const AT_HOME: &str = "/srv/totatsu";
/// A delivery that is held, converted, and has no receipt yet.
const HELD: &str = "20261122-183010-k7m2q9";
const PATIENCE: Duration = Duration::from_secs(120);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn expected(name: &str) -> String {
    fs::read_to_string(fixtures().join(BEFORE).join("expected").join(name)).unwrap()
}

/// A copy of everything that the gateway left.
struct Left(TempDir);

impl Left {
    fn unpack() -> Left {
        let left = Left(tempfile::tempdir().unwrap());
        for part in ["config", "ledger", "layouts", "media", "spool"] {
            copy(&fixtures().join(BEFORE).join(part), &left.at(part));
        }
        // A checkout knows no private files.
        let keys = fs::read_dir(left.at("config/keys")).unwrap().map(|entry| entry.unwrap().path());
        for path in keys.chain([left.at("ledger/receipt-key")]) {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let packed = left.at("ledger/index.tar.gz");
        let mut tar = std::process::Command::new("tar");
        let unpacked = tar.arg("-C").arg(left.at("ledger")).arg("-xzf").arg(&packed).arg("--no-same-owner");
        assert!(unpacked.status().unwrap().success());
        fs::remove_file(packed).unwrap();
        left
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn journal(&self) -> String {
        fs::read_to_string(self.at("ledger/journal/000000000001.jsonl")).unwrap()
    }

    fn receipts(&self) -> Vec<PathBuf> {
        let mut receipts = Vec::new();
        find(&self.at("spool"), "receipt.json", &mut receipts);
        receipts
    }

    fn totatsu(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.arg("--config").arg(self.at("config")).args(arguments);
        command.env("CREDENTIALS_DIRECTORY", self.at("config/keys")).env("SUDO_USER", "yamada");
        command
    }

    /// What the program says, with paths as they were at home.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.totatsu(arguments).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text}");
        self.as_at_home(&text)
    }

    fn as_at_home(&self, text: &str) -> String {
        text.replace(self.0.path().to_str().unwrap(), AT_HOME)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.says(&[&["--json"], arguments].concat())).unwrap()
    }

    fn deliveries_stand_as_before(&self) {
        let (before, now) = (expected("list.json"), self.json(&["list", "--limit", "1000"]));
        let before: Value = serde_json::from_str(&before).unwrap();
        let (before, now) = (before.as_array().unwrap(), now.as_array().unwrap());
        assert!(before.len() > 20, "{}", before.len());
        for (before, now) in before.iter().zip(now) {
            assert_eq!(before, &only_known(before, now));
        }
        assert_eq!(before.len(), now.len());
    }
}

/// What is there now without the keys that came later.
fn only_known(before: &Value, now: &Value) -> Value {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let known = before
                .iter()
                .filter_map(|(key, value)| now.get(key).map(|there| (key.clone(), only_known(value, there))));
            Value::Object(known.collect())
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            before.iter().zip(now).map(|(before, now)| only_known(before, now)).collect()
        }
        _ => now.clone(),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn find(directory: &Path, name: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, name, found);
        } else if path.file_name().is_some_and(|there| there == name) {
            found.push(path);
        }
    }
}

#[test]
fn a_journal_of_before_is_whole_and_agrees_with_its_receipts_and_every_kept_file() {
    let before: Value = serde_json::from_str(&expected("audit.json")).unwrap();
    assert_eq!((&before["findings"], &before["end_vouched_by"]), (&json!([]), &json!("index")));
    let left = Left::unpack();
    // The first command brings the index to the form of today.
    left.json(&["list", "--limit", "10000"]);
    assert_eq!(left.json(&["audit", "verify"]), before);
}

#[test]
fn every_delivery_of_before_stands_where_it_stood() {
    let left = Left::unpack();
    left.deliveries_stand_as_before();
    let before: Value = serde_json::from_str(&expected("status.json")).unwrap();
    assert_eq!(only_known(&before, &left.json(&["status"])), before);
}

#[test]
fn an_export_for_an_auditor_has_the_rows_lines_and_receipts_that_it_had() {
    let left = Left::unpack();
    let out = left.at("export");
    let days = ["audit", "export", "--from", "2026-01-01", "--to", "2027-12-31", "--out"];
    left.says(&[&days[..], &[out.to_str().unwrap()]].concat());
    // Columns may have been added behind all others; none has moved.
    for table in ["deliveries.csv", "acts.csv"] {
        let (now, before) = (cells(&fs::read_to_string(out.join(table)).unwrap()), cells(&expected(table)));
        assert_eq!(now.len(), before.len(), "{table}");
        for (now, before) in now.iter().zip(&before) {
            // Times have the form that spreadsheets take for one since.
            // What is told to be typed has the id in it since.
            let typed = |cell: &String| cell.replace("confirm ID", &format!("confirm {}", before[0]));
            let before: Vec<String> = before.iter().map(|cell| typed(&time_or(cell))).collect();
            assert_eq!(now[..before.len()], before, "{table}");
        }
    }
    // All of its days, acts on partners and links too: only so anybody sees that none is missing.
    let journal = left.journal();
    let lines: Vec<&str> = journal.lines().collect();
    assert_eq!(fs::read_to_string(out.join("events.jsonl")).unwrap(), lines.join("\n") + "\n");
    // The journal has the receipts as values: their files are made of it again.
    for kept in left.receipts() {
        let number = serde_json::from_slice::<Value>(&fs::read(&kept).unwrap()).unwrap()["number"].clone();
        let exported = fs::read(out.join(format!("receipts/{number}.json"))).unwrap();
        assert_eq!(exported, fs::read(&kept).unwrap(), "receipt {number}");
    }
}

fn cells(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A cell that is nothing but an instant, as it is written now.
fn time_or(cell: &str) -> String {
    let is_instant = cell.len() == 29 && cell.ends_with("+09:00") && cell.as_bytes()[10] == b'T';
    if is_instant { format!("{} {}", &cell[..10], &cell[11..19]) } else { cell.to_owned() }
}

#[test]
fn every_line_of_a_journal_of_before_is_written_again_byte_for_byte() {
    let left = Left::unpack();
    let journal = left.journal();
    assert!(journal.lines().count() > 200);
    for line in journal.lines().chain(later_events().lines()) {
        for read in [Entry::of_line(line.as_bytes()), serde_json::from_str(line)] {
            let entry = read.unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(serde_json::to_string(&entry).unwrap(), line);
            assert_eq!(entry.event.word(), serde_json::from_str::<Value>(line).unwrap()["event"]);
        }
    }
}

#[test]
fn every_receipt_of_before_is_written_again_byte_for_byte_and_its_signature_is_genuine() {
    let left = Left::unpack();
    let receipts = left.receipts();
    let mut values = Vec::new();
    for path in &receipts {
        let text = fs::read_to_string(path).unwrap();
        let receipt: Receipt = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(serde_json::to_string_pretty(&receipt).unwrap() + "\n", text);
        values.push(serde_json::from_str(&text).unwrap());
        let id = receipt.delivery.to_string();
        assert_eq!(left.json(&["receipt", "verify", &id])["genuine"], true, "{id}");
    }
    each_kind_is_among(&values);
    let key = left.at("ledger/receipt-key.pub");
    let files = receipts.iter().map(|path| path.to_str().unwrap());
    let arguments: Vec<&str> =
        ["receipt", "verify", "--key", key.to_str().unwrap()].into_iter().chain(files).collect();
    let verdicts = left.json(&arguments);
    assert!(verdicts.as_array().unwrap().iter().all(|verdict| verdict["genuine"] == true), "{verdicts}");
}

/// Both directions, each transport, and all that may stand on a receipt.
fn each_kind_is_among(receipts: &[Value]) {
    let is = |pointer: &'static str, value: &'static str| {
        move |receipt: &Value| receipt.pointer(pointer).is_some_and(|there| there == value)
    };
    let has = |part: &'static str| move |receipt: &Value| receipt[part].is_object();
    let carried = is("/arrival/peer/transport", "medium");
    let confirmed = is("/grade", "confirmed");
    let handed_over = has("handed_over");
    type Test<'a> = &'a dyn Fn(&Value) -> bool;
    let kinds: [(&str, Test); 11] = [
        ("sent over SFTP", &|it| is("/arrival/peer/transport", "sftp")(it) && is("/grade", "content")(it)),
        ("sent over FTPS", &|it| is("/arrival/peer/transport", "ftps")(it) && is("/grade", "content")(it)),
        ("proven by its size", &is("/grade", "size")),
        ("acknowledged", &has("acknowledgement")),
        ("sent again", &|it| it["resend_of"].is_string()),
        ("carried and confirmed", &|it| carried(it) && confirmed(it)),
        ("confirmed without having arrived", &|it| confirmed(it) && it["arrival"].is_null()),
        ("handed over", &handed_over),
        ("handed over and imported", &|it| handed_over(it) && it["handed_over"]["imported_at"].is_string()),
        ("handed over in part", &|it| it["handed_over"]["quarantined"] == 1),
        ("answered", &|it| it["handed_over"]["answered"].is_object()),
    ];
    for (kind, test) in kinds {
        assert!(receipts.iter().any(test), "no receipt is {kind}");
    }
}

#[test]
fn an_index_of_before_is_built_anew_and_so_is_one_that_is_lost_to_the_same() {
    let left = Left::unpack();
    let replayed = left.journal().lines().count() as u64;
    let (ledger, opening) = Ledger::open(&left.at("ledger")).unwrap();
    assert_eq!(opening, Opening { replayed, other_format: Some(5), ..Opening::default() });
    drop(ledger);
    left.deliveries_stand_as_before();
    let (ledger, opening) = Ledger::open(&left.at("ledger")).unwrap();
    assert_eq!(opening, Opening::default());
    drop(ledger);
    fs::remove_dir_all(left.at("ledger/index")).unwrap();
    let (ledger, opening) = Ledger::open(&left.at("ledger")).unwrap();
    assert_eq!(opening, Opening { replayed, ..Opening::default() });
    drop(ledger);
    left.deliveries_stand_as_before();
}

/// A gateway at work.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Appends one event by hand, has a gateway write a receipt, and looks whether both follow what was there.
fn goes_on(left: &Left) {
    let before = left.journal();
    let last = serde_json::from_str::<Value>(&expected("audit.json")).unwrap()["receipts"].as_u64().unwrap();
    left.says(&["confirm", HELD, "--by", "佐藤", "--how", "phone", "--reason", "invented"]);
    // Nobody is to be reached: other tests' servers may listen where the partners were.
    for entry in fs::read_dir(left.at("config/partners")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| if line.starts_with("port = ") { "port = 1" } else { line });
        fs::write(&path, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    }
    let log = fs::File::create(left.at("log")).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.arg("--config").arg(left.at("config")).arg("run").stdout(Stdio::null()).stderr(log);
    let mut gateway = Running(command.env("CREDENTIALS_DIRECTORY", left.at("config/keys")).spawn().unwrap());
    let start = Instant::now();
    let is_archived = |line: &str| line.contains(HELD) && line.contains("\"event\":\"archived\"");
    while !left.journal().split_inclusive('\n').any(|line| line.ends_with('\n') && is_archived(line)) {
        let log = || fs::read_to_string(left.at("log")).unwrap();
        assert_eq!(gateway.0.try_wait().unwrap(), None, "the gateway ended:\n{}", log());
        assert!(start.elapsed() < PATIENCE, "{HELD} isn't archived; the log:\n{}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(gateway);
    let after = left.journal();
    assert!(after.starts_with(&before), "what was written is never changed");
    let first = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let appended = first(after[before.len()..].lines().next().unwrap());
    assert_eq!(appended["seq"], before.lines().count() + 1);
    assert_eq!(appended["prev"], Sha256::of(before.lines().last().unwrap().as_bytes()).to_string());
    assert_eq!((&appended["event"], &appended["delivery"]), (&json!("confirmed"), &json!(HELD)));
    let receipted = |text: &str| {
        let lines = text.lines().map(first).filter(|line| line["event"] == "receipted");
        lines.map(|line| (line["number"].as_u64().unwrap(), line)).collect::<BTreeMap<_, _>>()
    };
    let receipts = receipted(&after);
    let next = receipts.values().find(|line| line["delivery"] == HELD).unwrap();
    assert!(next["number"].as_u64().unwrap() > last);
    let number = next["number"].as_u64().unwrap();
    assert_eq!(next["receipt"]["previous"], receipts[&(number - 1)]["sha256"]);
    assert_eq!(next["receipt"]["signed_by"], receipts[&1]["receipt"]["signed_by"]);
    assert_eq!(left.json(&["receipt", "verify", HELD])["genuine"], true);
    let audit = left.json(&["audit", "verify"]);
    assert_eq!((&audit["findings"], &audit["damaged"]), (&json!([]), &json!(false)));
}

#[test]
fn a_gateway_goes_on_where_the_one_of_before_stopped() {
    goes_on(&Left::unpack());
}

#[test]
fn a_gateway_goes_on_where_the_one_of_before_stopped_also_if_the_index_is_lost() {
    let left = Left::unpack();
    fs::remove_dir_all(left.at("ledger/index")).unwrap();
    goes_on(&left);
}

/// Lines of events that were added after the fixtures were written, as the README says.
fn later_events() -> String {
    fs::read_to_string(fixtures().join("later-events.jsonl")).unwrap_or_default()
}

/// The words that may stand at `pointer` of an event, told by the refusal of a word that can't be one: a kind that is added
/// to the code can't be forgotten here.
fn words_at(event: Value, pointer: &str) -> BTreeSet<String> {
    let mut event = event;
    *event.pointer_mut(pointer).unwrap() = json!("no such word");
    let refused = serde_json::from_value::<Event>(event).unwrap_err().to_string();
    let words: BTreeSet<String> = refused.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(refused.contains("`no such word`") && words.len() > 1, "{refused}");
    words
}

fn every_event() -> Vec<Value> {
    let text = Left::unpack().journal() + &later_events();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn no_kind_of_event_and_no_word_in_one_lacks_a_line_in_the_fixtures() {
    let events = every_event();
    let example = |word: &str| events.iter().find(|event| event["event"] == word).unwrap().clone();
    for (event, pointer) in [
        ("accepted", "/event"),
        ("queued", "/gate/closed"),
        ("waiting", "/step"),
        ("confirmed", "/how"),
        ("verified", "/verified/grade"),
        ("transfer_started", "/target/overwrite"),
        ("answered", "/answered/outcome"),
    ] {
        let there: BTreeSet<String> =
            events.iter().filter_map(|event| Some(event.pointer(pointer)?.as_str()?.to_owned())).collect();
        let missing: Vec<String> = words_at(example(event), pointer).difference(&there).cloned().collect();
        assert!(
            missing.is_empty(),
            "{pointer} can be {missing:?}, of which the fixtures have no line: add one to \
             tests/fixtures/later-events.jsonl as the README there says"
        );
    }
}

#[test]
fn whatever_an_event_may_leave_out_is_there_in_one_line_of_the_fixtures_and_missing_in_another() {
    let events = every_event();
    for (event, pointer) in [
        ("found", "/found/date"),
        ("found", "/found/number"),
        ("found", "/found/size"),
        ("found", "/found/modified"),
        ("fetched", "/fetched/vouched_by"),
        ("fetched", "/fetched/modified"),
        ("decoded", "/decoded/quarantined"),
        ("decoded", "/decoded/problems"),
        ("imported", "/imported/milliseconds"),
        ("converted", "/converted/signed_totals"),
        ("converted", "/converted/folds_by_table"),
        ("published", "/published/unproven"),
        ("waiting", "/unknown"),
        ("waiting", "/back_to"),
        ("held", "/duplicate_of"),
        ("held", "/out_of_sequence"),
        ("held", "/suspicious"),
        ("partner_held", "/until"),
        ("link_held", "/until"),
        ("queued", "/gate/behind"),
        ("receipted", "/receipt/signed_by"),
        ("receipted", "/receipt/journal"),
        ("receipted", "/receipt/resend_of"),
        ("receipted", "/receipt/sent"),
        ("receipted", "/receipt/sent/signed_totals"),
        ("receipted", "/receipt/sent/folds_by_table"),
        ("receipted", "/receipt/handed_over"),
        ("receipted", "/receipt/handed_over/vouched_by"),
        ("receipted", "/receipt/handed_over/imported_at"),
        ("receipted", "/receipt/handed_over/answered"),
        ("receipted", "/receipt/arrival"),
        ("receipted", "/receipt/acknowledgement"),
        ("receipted", "/receipt/confirmation"),
    ] {
        let lines: Vec<&Value> = events.iter().filter(|line| line["event"] == event).collect();
        let with =
            lines.iter().filter(|line| line.pointer(pointer).is_some_and(|value| !value.is_null())).count();
        assert!(with > 0, "{event}{pointer} is in no line");
        assert!(with < lines.len(), "{event}{pointer} lacks in no line");
    }
    for (about_a_delivery, event) in [(true, "accepted"), (false, "partner_held"), (false, "link_released")] {
        let mut lines = events.iter().filter(|line| line["event"] == event);
        assert!(lines.all(|line| line["delivery"].is_string() == about_a_delivery), "{event}");
    }
}

#[test]
fn a_configuration_of_before_is_sound_and_means_what_it_meant() {
    let left = Left::unpack();
    assert_eq!(left.says(&["check"]), expected("check.txt"));
    // Where systemd puts credentials; the program that is started by a test is told another place.
    let now =
        leaves(&left.at("config")).replace("/run/credentials/totatsu.service", "/srv/totatsu/config/keys");
    let (before, now) = (expected("config.txt"), left.as_at_home(&now));
    let (before, now): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), now.lines().collect());
    let (lost, new) = (before.difference(&now), now.difference(&before));
    let (lost, new): (Vec<_>, Vec<_>) = (lost.collect(), new.collect());
    assert!(
        lost.is_empty() && new.is_empty(),
        "lost {lost:#?}, new {new:#?}; where only a field of the program has another name now, change its name in \
         expected/config.txt"
    );
}

/// Every value of the configuration as it is ready for use, most with their fields' names; what the program calls its types,
/// and in which order it keeps them, doesn't matter.
fn leaves(directory: &Path) -> String {
    let (config, problems) = totatsu::config::read(directory);
    let config = config.unwrap_or_else(|| panic!("{problems:?}"));
    let mut parts = vec![("gateway".to_owned(), format!("{:#?}", config.gateway))];
    parts.extend(config.partners.iter().map(|(name, one)| (format!("partner {name}"), format!("{one:#?}"))));
    parts.extend(config.links.iter().map(|(name, one)| (format!("link {name}"), format!("{one:#?}"))));
    parts.extend(config.inbound.iter().map(|(name, one)| (format!("link {name}"), format!("{one:#?}"))));
    let is_leaf = |line: &&str| {
        let bracket = line.ends_with(['(', '{', '[', ']', '}', ')']);
        let number_of_a_key = line.parse::<u64>().is_ok();
        !bracket && !number_of_a_key && !line.ends_with(": None") && *line != ".."
    };
    let mut lines = BTreeSet::new();
    for (of, text) in parts {
        let leaves = text.lines().map(|line| line.trim().trim_end_matches(',')).filter(is_leaf);
        lines.extend(leaves.map(|leaf| format!("{of}: {leaf}\n")));
    }
    lines.into_iter().collect()
}

/// The tables of a configuration file with the keys that stand in them, the file's own keys and tables under "".
fn keys_of(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables = BTreeMap::from([(String::new(), BTreeSet::new())]);
    let mut table = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']').to_owned();
            tables.get_mut("").unwrap().insert(table.clone());
            tables.entry(table.clone()).or_default();
        } else if let Some((key, _)) = line.split_once(" = ") {
            tables.get_mut(&table).unwrap().insert(key.to_owned());
        }
    }
    tables
}

/// What kind of file it is, as far as its keys go.
fn kind_of_file(path: &Path, text: &str) -> &'static str {
    match path.parent().unwrap().file_name().unwrap().to_str().unwrap() {
        "partners" => "partner",
        "links" if text.contains("direction = \"in\"") => "inbound link",
        "links" => "link",
        _ => "gateway",
    }
}

#[test]
fn no_key_of_the_configuration_lacks_a_line_in_the_fixtures() {
    let left = Left::unpack();
    // Keys that were added after the fixtures were written, as the README says.
    let later = fixtures().join("later-config");
    if later.is_dir() {
        copy(&later, &left.at("config"));
        left.says(&["check"]);
    }
    let mut files = vec![left.at("config/totatsu.toml")];
    for directory in ["config/partners", "config/links"] {
        files.extend(fs::read_dir(left.at(directory)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let (mut there, mut kinds) = (BTreeMap::<_, BTreeSet<String>>::new(), BTreeMap::new());
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let kind = kind_of_file(path, &text);
        kinds.insert(path.clone(), kind);
        let keys = keys_of(&text);
        keys.iter()
            .for_each(|(table, keys)| there.entry((kind, table.clone())).or_default().extend(keys.clone()));
        // A key that can't be one, in each table: the program says which there are.
        let mut text = format!("nowhere = 1\n{text}");
        for table in keys.keys().filter(|table| !table.is_empty() && *table != "values") {
            text = text.replace(&format!("[{table}]\n"), &format!("[{table}]\nnowhere = 1\n"));
        }
        fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    }
    let output = left.totatsu(&["--json", "check"]).output().unwrap();
    let problems: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let mut asked = BTreeSet::new();
    for problem in problems {
        let (message, key) =
            (problem["message"].as_str().unwrap(), problem["key"].as_str().unwrap_or_default());
        let Some(table) = key.strip_suffix("nowhere") else { continue };
        let file = Path::new(problem["file"].as_str().unwrap());
        let place = (kinds[file], table.trim_end_matches('.').to_owned());
        let known: BTreeSet<String> = message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        assert!(message.contains("unknown field `nowhere`") && !known.is_empty(), "{message}");
        let missing: Vec<&String> = known.difference(&there[&place]).collect();
        assert!(
            missing.is_empty(),
            "{place:?} may have {missing:?}, which no file of the fixtures has: put one into tests/fixtures/later-config as \
             the README there says"
        );
        asked.insert(place);
    }
    let tables: BTreeSet<_> = there.into_keys().filter(|(_, table)| table != "values").collect();
    assert_eq!(asked, tables);
}
