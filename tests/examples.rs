//! The example configuration, the README and the manuals say what the program does.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use strum::VariantArray as _;
use totatsu::alert::Kind;
use totatsu::config;
use totatsu_base::document::Problem;
use totatsu_ledger::event::Entry;
use totatsu_ledger::state::STATES;

type Words = BTreeSet<String>;

/// The files of the example, each with its tables; the empty name stands for the keys before the first table.
const EXAMPLES: [(&str, &[&str]); 6] = [
    (
        "totatsu.toml",
        &[
            "",
            "gateway",
            "paths",
            "accept",
            "retry",
            "calendar",
            "alerts",
            "timestamp",
            "receipt",
            "disk",
            "archive",
            "daemon",
            "roles",
        ],
    ),
    ("partners/eltax.toml", &["", "hours", "sftp", "profile", "deadlines", "throughput", "jump"]),
    ("partners/shuno.toml", &["", "hours", "ftps", "profile", "deadlines", "throughput"]),
    ("partners/mpn.toml", &["", "hours", "medium", "sheet", "profile", "deadlines"]),
    (
        "links/nenkin-tokucho-irai.toml",
        &["", "expected", "hours", "remote", "source", "acknowledgement", "roles"],
    ),
    (INBOUND, &["", "expected", "hours", "remote", "inbox", "import", "acknowledge", "roles"]),
];
/// The example of an inbound link.
const INBOUND: &str = "links/keshikomi-joho.toml";
/// Keys without a default of their own: their lines show what could be written.
const WITHOUT_DEFAULT: [&str; 29] = [
    "language",
    "keep_contents",
    "key_file",
    "closures",
    "command",
    "deadline",
    "expect",
    "max_size",
    "ids",
    "labels",
    "to",
    "from",
    "note",
    "sequence",
    "digest",
    "move_to",
    "lock",
    "name",
    "names",
    "outbox_owner",
    "owner",
    "interface",
    "municipality",
    "records",
    "read",
    "operate",
    "audit",
    "four_eyes",
    "four_eyes_within",
];
/// Keys of a partner's file that go with the other transport, and so stand in the other example.
const OF_THE_OTHER: [(&str, &[&str]); 3] = [
    ("partners/eltax.toml", &["ftps", "allow_cleartext", "medium", "sheet"]),
    ("partners/shuno.toml", &["sftp", "jump", "medium", "sheet", "files_per_connection"]),
    ("partners/mpn.toml", &["sftp", "jump", "ftps", "allow_cleartext", "throughput", "files_per_connection"]),
];
/// The table whose keys are the layout's own.
const FREE_TABLE: &str = "values";
const LAYOUTS_LINE: &str = "#layouts = \"/usr/share/totatsu/layouts\"";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// A copy of the example, on a machine that has the layouts but no key yet.
fn copied() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (file, _) in EXAMPLES {
        let text = page(&format!("config/{file}"));
        let layouts = format!("layouts = {:?}", repository().join("layouts"));
        let to = home.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, text.replace(LAYOUTS_LINE, &layouts)).unwrap();
    }
    home
}

fn put_key_in_place(home: &Path) {
    fs::create_dir(home.join("keys")).unwrap();
    for key in ["keys/eltax", "keys/shuno.password"] {
        let key = home.join(key);
        fs::write(&key, "").unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// The example with every key that shows its default uncommented, as far as `wanted`.
fn uncommented(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase() || c == '"') && wanted(key) => {
            key.to_owned()
        }
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn keys_of(table: &toml::Table) -> Words {
    table.keys().cloned().collect()
}

/// The words between backticks.
fn quoted(text: &str) -> Words {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that the program knows in a table of a file, as its answer to an unknown one lists them.
fn known_keys(file: &str, table: &str) -> Words {
    let home = copied();
    let path = home.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let heading = format!("[{table}]\n");
    let (before, after) = if table.is_empty() {
        (String::new(), text)
    } else {
        let (before, after) = text.split_once(&heading).unwrap_or_else(|| panic!("no {heading} in {file}"));
        (format!("{before}{heading}"), after.to_owned())
    };
    fs::write(&path, format!("{before}zzz = 1\n{after}")).unwrap();
    let (_, problems) = config::read(home.path());
    let unknown = |problem: &&Problem| problem.message.starts_with("unknown field `zzz`");
    let told = problems.iter().find(unknown).unwrap_or_else(|| panic!("{problems:?}"));
    let mut keys = quoted(&told.message);
    assert!(keys.remove("zzz"));
    keys
}

#[test]
fn the_examples_lack_nothing_but_the_key_that_only_the_operator_has() {
    let home = copied();
    let (configured, problems) = config::read(home.path());
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_deref()).collect();
    assert_eq!(keys, [Some("sftp.private_key_file"), Some("ftps.password_file")], "{problems:?}");
    assert!(configured.is_none());
    put_key_in_place(home.path());
    let (configured, problems) = config::read(home.path());
    assert_eq!(problems, []);
    assert!(configured.is_some());
}

#[test]
fn check_names_each_line_that_is_still_the_examples() {
    let home = copied();
    put_key_in_place(home.path());
    let (_, problems) = config::check(home.path());
    let left: Vec<(String, &str)> = problems
        .iter()
        .filter(|problem| problem.message.contains("example"))
        .map(|problem| {
            let text = fs::read_to_string(&problem.file).unwrap();
            let line = text.lines().nth(problem.line.unwrap() - 1).unwrap().to_owned();
            (line, problem.key.as_deref().unwrap())
        })
        .collect();
    let keys: Vec<&str> = left.iter().map(|(_, key)| *key).collect();
    let expected = ["gateway.name", "gateway.municipality_code", "sftp.host", "sftp.host_keys", "ftps.host"];
    assert_eq!(keys, expected, "{problems:?}");
    for (line, key) in left {
        assert!(line.starts_with(key.split('.').next_back().unwrap()), "{key} isn't in the line {line}");
    }
}

#[test]
fn every_key_that_the_program_knows_stands_in_the_examples_and_no_other() {
    for (file, tables) in EXAMPLES {
        let whole = uncommented(&page(&format!("config/{file}")), |_| true);
        let parsed: toml::Table = whole.parse().unwrap();
        for &name in tables {
            let shown = if name.is_empty() { &parsed } else { parsed[name].as_table().unwrap() };
            let other = OF_THE_OTHER.iter().find(|(of, _)| *of == file && name.is_empty());
            let other = other.map_or(&[][..], |(_, keys)| keys);
            let mut known = known_keys(file, name);
            known.retain(|key| !other.contains(&key.as_str()));
            assert_eq!(keys_of(shown), known, "{file} [{name}]");
        }
    }
}

#[test]
fn every_default_that_the_examples_show_is_the_programs_own() {
    let home = copied();
    put_key_in_place(home.path());
    let settings = |home: &Path| {
        let mut config = config::read(home).0.unwrap();
        config.links.values_mut().for_each(|link| link.values.clear());
        format!("{:?} {:?} {:?} {:?}", config.gateway, config.partners, config.links, config.inbound)
    };
    let without = settings(home.path());
    for (file, _) in EXAMPLES {
        let path = home.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        let without_default = |line: &str| WITHOUT_DEFAULT.contains(&line.split(' ').next().unwrap());
        let alternatives = ["_file", "_credential", "agent_", "server_name", "pins", "epsv"];
        let alternative =
            |line: &str| alternatives.iter().any(|word| line.contains(word)) || without_default(line);
        let repeated = |line: &str| line.starts_with("layouts");
        // A source with a layout of its own has none for what stands in it, an acknowledgement none for what is agreed, and a
        // jump host none for where it is.
        let agreed = ["[source]", "[acknowledgement]", "[jump]", "[import]"]
            .iter()
            .filter_map(|table| text.find(table))
            .min();
        let (text, agreed) = text.split_at(agreed.unwrap_or(text.len()));
        let text = uncommented(text, |line| !alternative(line) && !repeated(line));
        fs::write(&path, format!("{text}\n{agreed}")).unwrap();
    }
    assert_eq!(settings(home.path()), without);
}

#[test]
fn the_manual_of_the_configuration_names_every_key_in_its_table() {
    let manual = page("docs/configuration.md");
    let sections: Vec<&str> = manual.split("\n## ").skip(1).collect();
    let heading_of = |file: &'static str| match file.split_once('/') {
        _ if file == INBOUND => "Inbound `links",
        Some(("links", _)) => "`links",
        Some(_) => "`partners",
        None => "`totatsu.toml",
    };
    let headings: BTreeSet<&str> = EXAMPLES.iter().map(|(file, _)| heading_of(file)).collect();
    for heading in headings {
        let section = sections.iter().find(|section| section.starts_with(heading)).unwrap();
        let mut documented = Words::new();
        for row in section.lines().filter(|line| line.starts_with("| `")) {
            documented.insert(row.split('`').nth(1).unwrap().to_owned());
        }
        let mut known = Words::new();
        let mut all_tables = Words::new();
        for (file, tables) in EXAMPLES.iter().filter(|(file, _)| heading_of(file) == heading) {
            for &table in *tables {
                let dotted = |key: String| if table.is_empty() { key } else { format!("{table}.{key}") };
                known.extend(known_keys(file, table).into_iter().map(dotted));
                all_tables.insert(table.to_owned());
            }
        }
        known.retain(|key| !all_tables.contains(key) && key != FREE_TABLE);
        documented.retain(|key| key != FREE_TABLE);
        assert_eq!(documented, known, "{heading}");
    }
}

#[test]
fn the_japanese_sample_is_the_english_one_but_for_its_comments() {
    for (file, _) in EXAMPLES {
        let plain = |path: String| -> Vec<String> {
            let text = page(&path);
            let lines = text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        assert_eq!(plain(format!("config/ja/{file}")), plain(format!("config/{file}")), "{file}");
    }
}

#[test]
fn the_japanese_list_of_keys_has_every_key_that_the_program_knows_each_with_its_meaning() {
    let manual = page("docs/ja/configuration.md");
    let mut documented = Words::new();
    for row in manual.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
        let is_japanese =
            cells[2].chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
        assert!(is_japanese, "{row}");
        documented.insert(row.split('`').nth(1).unwrap().to_owned());
    }
    let english = page("docs/configuration.md");
    let keys = english.split("\n## ").skip(1).filter(|section| section.contains("| key | type | default |"));
    let keys = keys.flat_map(|section| section.lines().filter(|line| line.starts_with("| `")));
    let english: Words = keys.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect();
    assert!(english.len() > 100, "{english:?}");
    assert_eq!(documented, english);
}

/// The first cell of each row of the table under a heading, without its backticks.
fn first_cells(page: &str, heading: &str) -> Words {
    let (_, section) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

fn help() -> String {
    let answer = Command::new(env!("CARGO_BIN_EXE_totatsu")).arg("--help").output().unwrap();
    String::from_utf8(answer.stdout).unwrap()
}

#[test]
fn the_readme_lists_every_state_and_no_other() {
    let states: Words = STATES.map(str::to_owned).into();
    assert_eq!(first_cells(&page("README.md"), "### States"), states);
    assert_eq!(first_cells(&page("README.md"), "### 状態と対処"), states);
}

#[test]
fn the_readme_lists_every_exit_code_and_no_other() {
    let help = help();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes = codes.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert_eq!(first_cells(&page("README.md"), "### Exit codes"), codes);
}

#[test]
fn the_readme_lists_every_command_and_no_other() {
    let help = help();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let lines = commands.split("\n\n").next().unwrap().lines();
    let named = lines.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let mut commands: Words = named.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(commands.remove("help"));
    let listed = first_cells(&page("README.md"), "### Commands");
    let listed = listed.iter().map(|cell| cell.split_whitespace().nth(1).unwrap().to_owned());
    assert_eq!(listed.collect::<Words>(), commands);
}

#[test]
fn the_manual_of_operations_lists_every_alert_and_no_other() {
    let alerts: Words = Kind::VARIANTS.iter().map(|kind| kind.word().to_owned()).collect();
    assert_eq!(first_cells(&page("docs/operations.md"), "## Alerts"), alerts);
}

#[test]
fn the_manual_of_the_ledger_describes_every_event_and_no_other() {
    let line = r#"{"seq":1,"at":"2026-11-22T18:30:05.123+09:00","prev":"PREV","delivery":"20261122-183005-k7m2q9","event":"zzz"}"#;
    let told = serde_json::from_str::<Entry>(&line.replace("PREV", &"0".repeat(64))).unwrap_err();
    let mut events = quoted(&told.to_string());
    assert!(events.remove("zzz"), "{told}");
    assert_eq!(first_cells(&page("docs/ledger.md"), "## Events"), events);
}

#[test]
fn every_path_that_a_page_links_to_is_there() {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "spool/README.md"].map(PathBuf::from).to_vec();
    for entry in fs::read_dir(repository().join("docs")).unwrap() {
        pages.push(Path::new("docs").join(entry.unwrap().file_name()));
    }
    for path in pages.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = page(path.to_str().unwrap());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let file = target.0.split('#').next().unwrap();
            if !file.is_empty() && !file.contains("://") {
                let linked = repository().join(path.parent().unwrap()).join(file);
                assert!(linked.exists(), "{} links to {file}", path.display());
            }
        }
    }
}
