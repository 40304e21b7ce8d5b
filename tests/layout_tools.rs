//! `totatsu layout` as an operator uses it: without a configuration, on a folder of layouts.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

#[path = "../crates/records/tests/support/written.rs"]
mod written;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use written::{heading, record};

/// A folder with two versions of one layout.
struct Shop {
    dir: tempfile::TempDir,
}

impl Shop {
    fn new() -> Shop {
        let shop = Shop { dir: tempfile::tempdir().unwrap() };
        shop.layout("2026-04-01", 10);
        shop.layout("2027-04-01", 12);
        shop
    }

    /// Writes the version of a day, in which the name has so many bytes.
    fn layout(&self, version: &str, bytes: usize) -> PathBuf {
        let head = heading("shift_jis", "none", "fold = [\"mj\"]").replace("2026-04-01", version);
        let text = head
            + &record(
                "明細",
                "data",
                &[
                    ("区分", "9", 1, "value = \"2\"\nconfidence = \"guess\""),
                    ("氏名", "N", bytes, ""),
                    ("性別", "9", 1, "allowed = [\"1\", \"2\"]"),
                ],
            );
        let path = self.dir.path().join(format!("layouts/kei/sharyo/{version}.toml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        assert_cmd::Command::cargo_bin("totatsu")
            .unwrap()
            .current_dir(self.dir.path())
            .args(["--config", "nowhere", "layout"])
            .args(arguments)
            .write_stdin(input)
            .output()
            .unwrap()
    }

    /// Standard output of a run that must end with this exit code.
    fn out(&self, exit: i32, arguments: &[&str], input: &[u8]) -> String {
        let output = self.run(arguments, input);
        assert_eq!(output.status.code(), Some(exit), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

const SOURCE: &[u8] = "氏名,性別\n山田,1\n".as_bytes();

#[test]
fn the_list_marks_the_version_in_force_and_shows_the_status() {
    let shop = Shop::new();
    let list = shop.out(0, &["list", "--as-of", "2026-05-01"], b"");
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[1].starts_with("*  kei/sharyo  2026-04-01") && lines[1].contains("sample"), "{list}");
    assert!(lines[2].starts_with("   kei/sharyo  2027-04-01"), "{list}");
    let list = shop.out(0, &["list", "--as-of", "2027-04-01"], b"");
    assert!(list.contains("*  kei/sharyo  2027-04-01"), "{list}");
}

#[test]
fn next_years_version_is_tried_today_with_as_of_or_by_its_name() {
    let shop = Shop::new();
    for (arguments, bytes) in [
        (&["encode", "sharyo", "--as-of", "2026-04-01"][..], 12),
        (&["encode", "sharyo", "--as-of", "2027-04-01"], 14),
        (&["encode", "kei/sharyo@2027-04-01"], 14),
        (&["encode", "layouts/kei/sharyo/2026-04-01.toml"], 12),
    ] {
        let output = shop.run(arguments, SOURCE);
        assert_eq!(output.stdout.len(), bytes, "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = shop.run(&["encode", "sharyo", "--as-of", "2025-04-01"], SOURCE);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in force on 2025-04-01"));
}

#[test]
fn what_is_encoded_decodes_to_csv_and_to_json_lines() {
    let shop = Shop::new();
    let sent = shop.run(&["encode", "sharyo@2026-04-01"], SOURCE).stdout;
    assert_eq!(shop.out(0, &["decode", "sharyo@2026-04-01"], &sent).as_bytes(), SOURCE);
    let json = shop.out(0, &["decode", "--json", "sharyo@2026-04-01"], &sent);
    assert_eq!(
        json,
        "{\"record\":\"明細\",\"number\":1,\"items\":{\"区分\":\"2\",\"氏名\":\"山田\",\"性別\":\"1\"}}\n"
    );
}

#[test]
fn a_wrong_source_writes_nothing_and_lists_every_problem() {
    let shop = Shop::new();
    let source = "氏名,性別\n山①,1\n山田,3\n山田太郎山田,1\n";
    let output = shop.run(&["encode", "sharyo@2026-04-01"], source.as_bytes());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let report = String::from_utf8(output.stderr).unwrap();
    for wanted in [
        "2       1  氏名",
        "U+2460 ①",
        "3       2  性別",
        "\"3\" is not an allowed value; accepted: 1, 2",
        "needs 12 bytes, the item has 10",
    ] {
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
    let output = shop.run(&["decode", "sharyo@2026-04-01"], b"2xx");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the file ends inside a record"));
}

#[test]
fn folds_are_counted_and_listed_where_asked() {
    let shop = Shop::new();
    let source = "氏名,性別\n髙橋,1\n".as_bytes();
    let output = shop.run(&["encode", "sharyo@2026-04-01", "--folds", "folds.txt"], source);
    assert_eq!(output.stdout[1..3], [0x8d, 0x82], "高");
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 by mj"));
    assert!(fs::read_to_string(shop.dir.path().join("folds.txt")).unwrap().contains("2\t2 氏名\t髙\t高\tmj"));
}

#[test]
fn the_template_can_be_tried_as_it_is_and_standard_error_says_that_its_row_is_made_up() {
    let shop = Shop::new();
    let output = shop.run(&["template", "sharyo@2026-04-01"], b"");
    let (template, told) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(template.starts_with("氏名,性別\n") && !template.contains('#'), "{template}");
    assert_eq!(template.lines().count(), 2, "{template}");
    assert!(told.contains("made up"), "{told}");
    assert_eq!(shop.run(&["encode", "sharyo@2026-04-01"], template.as_bytes()).status.code(), Some(0));
}

#[test]
fn without_a_configuration_the_layouts_of_this_folder_are_meant_and_else_the_installed_ones() {
    let shop = Shop::new();
    assert!(shop.out(0, &["list"], b"").contains("kei/sharyo"));
    fs::rename(shop.dir.path().join("layouts"), shop.dir.path().join("elsewhere")).unwrap();
    let output = shop.run(&["list"], b"");
    // Whether they are installed on this machine is its own affair.
    let (out, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let installed = Path::new(totatsu::config::INSTALLED_LAYOUTS);
    assert!(!out.contains("kei/sharyo"), "{out}");
    assert!(installed.is_dir() || told.contains("/usr/share/totatsu/layouts"), "{told}");
}

#[test]
fn the_ruler_shows_any_record_byte_by_byte() {
    let shop = Shop::new();
    let source = "氏名,性別\n山田,1\n鈴木,2\n".as_bytes();
    let sent = shop.run(&["encode", "sharyo@2026-04-01"], source).stdout;
    fs::write(shop.dir.path().join("sent"), &sent).unwrap();
    let picture = shop.out(0, &["ruler", "sharyo@2026-04-01", "sent", "--record", "2"], b"");
    for more in [&["-", "--record", "2"][..], &["--record", "2"]] {
        let read = shop.out(0, &[&["ruler", "sharyo@2026-04-01"], more].concat(), &sent);
        assert_eq!(read, picture, "standard input is as good as a file");
    }
    assert!(picture.contains("record 2, at byte 12 of the file"), "{picture}");
    assert!(picture.contains("   0 2鈴木　　　2"), "{picture}");
    assert!(picture.contains("001-010  N     2 氏名"), "{picture}");
    let output = shop.run(&["ruler", "sharyo@2026-04-01", "sent", "--record", "3"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_difference_of_two_versions_names_record_item_and_what_changed() {
    let shop = Shop::new();
    let difference = shop.out(1, &["diff", "sharyo@2026-04-01", "sharyo@2027-04-01"], b"");
    assert!(difference.contains("明細: 12 bytes -> 14 bytes"), "{difference}");
    assert!(difference.contains("明細: 2 氏名: bytes 10 -> 12"), "{difference}");
    assert!(difference.contains("明細: 3 性別: at 11 -> 13"), "{difference}");
    assert!(!difference.contains("1 区分"), "{difference}");
    shop.out(0, &["diff", "sharyo@2026-04-01", "layouts/kei/sharyo/2026-04-01.toml"], b"");
}

#[test]
fn a_bad_layout_is_refused_with_file_line_record_and_item() {
    let shop = Shop::new();
    let path = shop.layout("2028-04-01", 11);
    let output = shop.run(&["check", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    let problems = String::from_utf8(output.stderr).unwrap();
    assert!(
        problems.contains("2028-04-01.toml: line 21: 明細: item 2 氏名: an item of two-byte characters"),
        "{problems}"
    );
    // The others of the folder can be used all the same.
    assert_eq!(shop.run(&["list"], b"").status.code(), Some(1));
    shop.out(0, &["show", "sharyo@2026-04-01"], b"");
    assert_eq!(shop.run(&["check"], b"").status.code(), Some(2));
    fs::remove_file(path).unwrap();
    assert!(
        shop.out(0, &["check"], b"").contains("kei/sharyo 2027-04-01: sound, sample, 1 item not confirmed")
    );
}

#[test]
fn check_takes_directories_and_looks_into_all_that_lies_below() {
    let shop = Shop::new();
    let told = shop.out(0, &["check", "layouts"], b"");
    assert_eq!(told.lines().count(), 2, "{told}");
    let bad = shop.layout("2028-04-01", 11);
    let output = shop.run(&["check", "layouts/kei"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("2028-04-01.toml: line 21"));
    fs::remove_file(bad).unwrap();
    fs::create_dir(shop.dir.path().join("empty")).unwrap();
    let output = shop.run(&["check", "layouts", "empty"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no layout file (.toml) in empty"));
}

#[test]
fn every_word_of_a_layout_that_is_shown_in_japanese_is_japanese_with_what_is_typed_in_brackets() {
    let shop = Shop::new();
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let layouts = layouts.to_str().unwrap();
    let list = shop.out(0, &["--json", "list", "--layouts", layouts], b"");
    let listed: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    // Names of tables and encodings, which are typed as they are.
    let names = ["ivs", "nta", "mj", "jis", "shift", "utf", "cp"];
    let (mut english, mut items) = (Vec::new(), 0);
    for row in &listed {
        let name = format!("{}@{}", row["layout"].as_str().unwrap(), row["version"].as_str().unwrap());
        let shown = shop.out(0, &["--lang", "ja", "show", &name, "--layouts", layouts], b"");
        assert!(!shown.contains("unconfirmed") && !shown.contains("second-hand"), "{name}: {shown}");
        // The records and their items, behind what the layout's own sentences say.
        let records = shown.split("\n\n").skip(1).filter(|part| !part.starts_with("未確認の項目"));
        for line in records.flat_map(str::lines) {
            items += 1;
            let (mut depth, mut plain) = (0, String::new());
            for c in line.chars() {
                depth += i32::from(matches!(c, '（' | '"')) * if c == '"' && depth > 0 { -1 } else { 1 };
                depth -= i32::from(c == '）');
                plain.push(if depth > 0 { ' ' } else { c });
            }
            let words = plain.split(|c: char| !c.is_ascii_lowercase()).filter(|word| word.len() > 2);
            english.extend(words.filter(|word| !names.contains(word)).map(|word| format!("{word}: {line}")));
        }
    }
    assert!(items > 1000, "only {items} lines were read");
    assert!(english.is_empty(), "{}", english.join("\n"));
}

#[test]
fn a_file_whose_name_is_another_day_than_its_first_is_told_by_check_and_a_draft_is_not() {
    let shop = Shop::new();
    let sound = shop.dir.path().join("layouts/kei/sharyo/2026-04-01.toml");
    let (other, draft) = (sound.with_file_name("2026-05-01.toml"), shop.dir.path().join("draft.toml"));
    fs::copy(&sound, &other).unwrap();
    fs::copy(&sound, &draft).unwrap();
    let output = shop.run(&["check", sound.to_str().unwrap(), other.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    let wanted = "2026-05-01.toml: effective_from is 2026-04-01: the file must be called 2026-04-01.toml";
    assert!(told.contains(wanted) && !told.contains("/2026-04-01.toml: "), "{told}");
    shop.out(0, &["check", draft.to_str().unwrap()], b"");
}

#[test]
fn a_source_with_the_heading_of_another_layout_is_told_which() {
    let shop = Shop::new();
    let items = [("番号", "9", 3, ""), ("住所", "N", 20, ""), ("方書", "N", 20, "")];
    let text = heading("shift_jis", "none", "") + &record("明細", "data", &items);
    let path = shop.dir.path().join("layouts/kei/jusho/2026-04-01.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    let told = |source: &str| {
        let output = shop.run(&["encode", "sharyo@2026-04-01"], source.as_bytes());
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let other = told("番号,住所,方書\n1,新宿,\n");
    assert!(other.contains("looks like that of the layout kei/jusho, not kei/sharyo"), "{other}");
    let own = told("氏名,性別\n山田,3\n");
    assert!(!own.contains("looks like"), "{own}");
}

#[test]
fn show_tells_what_is_unconfirmed_and_where_each_value_comes_from() {
    let shop = Shop::new();
    let shown = shop.out(0, &["show", "sharyo@2026-04-01"], b"");
    assert!(shown.contains("status   sample") && shown.contains("not confirmed"), "{shown}");
    assert!(shown.contains("column 氏名; fold mj") && shown.contains("allowed 1 2"), "{shown}");
    let json = shop.out(0, &["--json", "show", "sharyo@2026-04-01"], b"");
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

#[test]
fn a_link_with_a_sample_layout_gets_a_warning() {
    let shop = Shop::new();
    let config = shop.dir.path().join("config");
    fs::create_dir_all(config.join("partners")).unwrap();
    fs::create_dir_all(config.join("links")).unwrap();
    let write = |name: &str, text: &str| fs::write(config.join(name), text).unwrap();
    write(
        "totatsu.toml",
        "[gateway]\nname = \"g\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\nledger = \"../ledger\"\n\
         layouts = \"../layouts\"\nsocket = \"../socket\"\n",
    );
    write(
        "links/kei.toml",
        "title = \"t\"\npartner = \"kei\"\nlayout = \"kei/sharyo\"\n[remote]\nname = \"{name}\"\n",
    );
    let output = assert_cmd::Command::cargo_bin("totatsu")
        .unwrap()
        .current_dir(Path::new(shop.dir.path()))
        .args(["--config", "config", "check"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("warning: ") && told.contains("kei/sharyo is a sample"), "{told}");
}

/// A folder with one layout whose rows say what they are in a derived column.
fn statuses() -> Shop {
    let shop = Shop { dir: tempfile::tempdir().unwrap() };
    let derived =
        "[[derived]]\nname = \"状態\"\nfrom = \"種別\"\nvalues = { \"1\" = \"速報\", \"2\" = \"確報\" }\n";
    let items = [("種別", "9", 1, "allowed = [\"1\", \"2\"]"), ("額", "9", 3, "")];
    let text = heading("shift_jis", "lf", derived) + &record("明細", "data", &items);
    let path = shop.dir.path().join("layouts/kei/shuno/2026-04-01.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    shop
}

#[test]
fn what_a_source_would_need_folded_is_counted_by_table_and_unknown_code_points_are_named() {
    let shop = Shop::new();
    fs::write(shop.dir.path().join("source.csv"), "氏名\n髙橋\u{10de92}\n").unwrap();
    let out = shop.out(1, &["characters", "source.csv"], b"");
    for line in ["characters", "folded by mj", "no table: U+10DE92"] {
        assert!(out.contains(line), "{out}");
    }
    fs::write(shop.dir.path().join("source.csv"), "氏名\n髙橋\n").unwrap();
    assert!(!shop.out(0, &["characters", "source.csv"], b"").contains("no table"));
    assert!(shop.out(0, &["characters", "--encoding", "cp932", "source.csv"], b"").contains("as they are"));
}

#[test]
fn a_derived_column_is_handed_out_shown_and_no_part_of_the_template() {
    let shop = statuses();
    assert_eq!(shop.out(0, &["decode", "shuno"], b"1001\n2002\n"), "種別,額,状態\n1,001,速報\n2,002,確報\n");
    let json = shop.out(0, &["decode", "--json", "shuno"], b"2002\n");
    assert!(json.ends_with("\"items\":{\"種別\":\"2\",\"額\":\"002\",\"状態\":\"確報\"}}\n"), "{json}");
    assert!(shop.out(0, &["template", "shuno"], b"").starts_with("種別,額\n"));
    let shown = shop.out(0, &["show", "shuno"], b"");
    assert!(shown.contains("derived  状態 from 種別: 1 = 速報, 2 = 確報\n"), "{shown}");
}

#[test]
fn a_derived_column_of_a_source_says_what_decoding_would_say_or_is_refused() {
    let shop = statuses();
    let encoded = |source: &str| shop.run(&["encode", "shuno"], source.as_bytes());
    assert_eq!(encoded("種別,額\n1,1\n").stdout, b"1001\n");
    assert_eq!(encoded("状態,種別,額\n速報,1,1\n").stdout, b"1001\n");
    let refused = encoded("状態,種別,額\n確報,1,1\n速報,3,1\n");
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    let report = String::from_utf8(refused.stderr).unwrap();
    assert!(report.contains("not what follows from 種別; accepted: 速報"), "{report}");
    assert!(report.contains("\"3\" is not an allowed value; accepted: 1, 2"), "{report}");
}

#[test]
fn bad_records_go_to_the_quarantine_file_that_is_asked_for_and_never_over_another_file() {
    let shop = statuses();
    let file = shop.dir.path().join("bad.bin");
    let arguments = ["decode", "shuno", "--quarantine", "bad.bin"];
    let output = shop.run(&arguments, b"1001\n9002\n2003\n");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "種別,額,状態\n1,001,速報\n2,003,確報\n");
    assert!(
        told.contains("\"9\" is not an allowed value") && told.contains("kept in the file quarantine: 1."),
        "{told}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"9002\n");

    let output = shop.run(&arguments, b"1001\n8002\n");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert_eq!(fs::read(&file).unwrap(), b"9002\n", "what waits there is not overwritten");

    fs::remove_file(&file).unwrap();
    let output = shop.run(&arguments, b"1001\n8002\n20");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(!file.exists());
    assert_eq!(shop.run(&["decode", "shuno"], b"1001\n8002\n").status.code(), Some(2));
}

#[test]
fn golden_files_of_inbound_partners_decode_from_the_command_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, kinds) in [
        ("immigration/homusho-tsuchi", "通知"),
        ("mpn/keshikomi-joho", "速報取消"),
        ("keijidosha/sharyo-joho", "廃車"),
        ("eltax/nenkin-tokucho-taishosha", "データレコード"),
    ] {
        let pair = root.join("crates/records/tests/golden").join(name);
        let run = |arguments: &[&str]| {
            let output = assert_cmd::Command::cargo_bin("totatsu")
                .unwrap()
                .current_dir(root)
                .args(["--config", "nowhere", "layout", "decode", name, "--as-of", "2026-07-10"])
                .args(arguments)
                .write_stdin(fs::read(pair.join("output.bin")).unwrap())
                .output()
                .unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let normal =
            ["decoded.csv", "input.csv"].map(|file| pair.join(file)).into_iter().find(|p| p.is_file());
        assert_eq!(run(&[]), fs::read_to_string(normal.unwrap()).unwrap(), "{name}");
        assert!(run(&["--json"]).contains(&format!("{{\"record\":\"{kinds}\",")), "{name}");
    }
}

/// The manual's table over all layouts against what the program says of those that ship.
#[test]
fn the_manual_says_of_every_layout_how_sure_it_is_and_what_it_was_compared_with_and_when() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shop = Shop::new();
    let layouts = root.join("layouts");
    let list = shop.out(0, &["--json", "list", "--layouts", layouts.to_str().unwrap()], b"");
    let listed: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let mut wanted: Vec<[String; 3]> = listed
        .iter()
        .map(|row| [format!("`{}`", text(row, "layout")), text(row, "version"), text(row, "status")])
        .collect();
    let manual = fs::read_to_string(root.join("docs/layouts.md")).unwrap();
    let (_, section) = manual.split_once("\n## All layouts, and what they were compared with\n").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows: Vec<Vec<&str>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut found: Vec<[String; 3]> =
        rows.iter().map(|row| [row[0].to_owned(), row[1].to_owned(), row[2].to_owned()]).collect();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    for row in &rows {
        let (sources, with, when) = (row[3], row[4], row[5]);
        let day = when.len() == 7 && when.starts_with("20") && when.as_bytes()[4] == b'-';
        assert!(row.len() == 6 && !sources.is_empty(), "{row:?}");
        assert!(if with == "nothing" { when == "never" } else { day && !with.is_empty() }, "{row:?}");
    }
    let unsure = |row: &&serde_json::Value| row["unconfirmed"].as_u64().unwrap() > 0;
    let samples = listed.iter().filter(|row| row["status"] == "sample");
    assert!(listed.iter().any(|row| unsure(&row)) && samples.clone().count() > 5);
    assert!(listed.iter().all(|row| row["unconfirmed"].as_u64() <= row["items"].as_u64()));
}
