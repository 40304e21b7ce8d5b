//! The report of problems as the owner of a source reads it: counts first, nothing said twice, bytes as the sheet counts them.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::Path;

use support::trial::{Trial, heading, record};
use totatsu_records::encode::resembled;
use totatsu_records::layout::LayoutCatalogue;

/// Two blocks of records, of two kinds, with a header that takes a column of its own.
fn many_columns() -> Trial {
    let blocks = "break_on = [\"組\"]\nrecord_key = \"種\"";
    let header = record(
        "頭",
        "block-header",
        &[
            ("標", "9", 1, "value = \"1\""),
            ("日", "9", 8, "column = \"基準日\""),
            ("組", "9", 3, "block = \"組\""),
        ],
    );
    let data = |number: &str| {
        let key = format!("value = \"{number}\"");
        record(
            &format!("種{number}"),
            "data",
            &[
                ("標", "9", 1, "value = \"2\""),
                ("種", "9", 1, &key),
                ("組", "9", 3, ""),
                ("氏名", "N", 6, "empty = \"refuse\""),
                ("備考", "X", 1, ""),
            ],
        )
    };
    Trial::new(&(heading("shift_jis", "none", blocks) + &header + &data("1") + &data("2")))
}

const SOURCE: &str =
    "種,組,氏名,備考,基準日\n1,501,山田,,20260710\n2,501,鈴木,,20260710\n1,700,佐藤,,20260710\n";

/// The source without a column.
fn without(column: &str) -> String {
    let at = SOURCE.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    let rows = SOURCE.lines().map(|line| {
        let mut fields: Vec<&str> = line.split(',').collect();
        fields.remove(at);
        fields.join(",") + "\n"
    });
    rows.collect()
}

#[test]
fn a_column_that_the_heading_lacks_is_told_once_and_not_by_every_row_and_block() {
    let trial = many_columns();
    trial.bytes(SOURCE);
    for column in ["種", "組", "氏名", "基準日", "備考"] {
        let source = without(column);
        let report = trial.encode(&source).expect_err("a column is missing");
        assert!(report.starts_with("problems: 1   listed: 1   rows read: 3\n"), "{column}: {report}");
        let told = report.lines().filter(|line| line.contains("the heading lacks the column"));
        assert_eq!(told.count(), 1, "{column}: {report}");
    }
}

#[test]
fn what_is_wrong_besides_a_missing_column_is_told_all_the_same() {
    let trial = many_columns();
    let source = without("組").replace("山田", "髙橋").replace("佐藤", "");
    let report = trial.encode(&source).expect_err("a column is missing");
    assert!(report.starts_with("problems: 3   listed: 3   rows read: 3\n"), "{report}");
    assert!(report.contains("U+9AD9 髙") && report.contains("the value is empty"), "{report}");
}

#[test]
fn the_report_counts_by_item_and_kind_before_it_lists() {
    let trial = many_columns();
    let source = SOURCE.replace("山田", "髙橋").replace("鈴木", "﨑山").replace("佐藤", "");
    let report = trial.encode(&source).expect_err("names don't fit");
    let parts: Vec<&str> = report.split("\n\n").collect();
    let counts: Vec<&str> = parts[1].lines().map(str::trim).collect();
    assert_eq!(counts.len(), 3, "{report}");
    assert!(counts[1].starts_with("2           2  氏名"), "{report}");
    assert!(counts[1].contains("characters that the partner's set lacks [TT-24"), "{report}");
    assert!(counts[2].starts_with("1           4  氏名"), "{report}");
    assert_eq!(parts[2].lines().count(), 4, "{report}");
}

fn numbered(first_byte: usize) -> Trial {
    let rest = format!("first_byte = {first_byte}");
    let at = |at: usize| format!("at = {}", at + first_byte);
    Trial::new(
        &(heading("shift_jis", "crlf", &rest)
            + &record("r", "data", &[("区分", "9", 2, &at(0)), ("氏名", "N", 6, &at(2))])),
    )
}

#[test]
fn bytes_are_shown_as_the_sheet_counts_them_by_the_ruler_the_description_and_the_report() {
    for first in [0, 1] {
        let trial = numbered(first);
        let (_, items) = &trial.layout.described()[0];
        assert_eq!([&items[0][2], &items[1][2]], [&first.to_string(), &(first + 2).to_string()]);
        let mut sent = trial.bytes("区分,氏名\n7,山田\n8,鈴木\n");
        let picture = trial.layout.ruler("r", &sent[..8]).unwrap();
        assert!(picture.contains(&format!("{first:>4} 07山田")), "{picture}");
        let names = format!("{:03}-{:03}  N     2 氏名", first + 2, first + 7);
        assert!(picture.contains(&names), "{picture}");
        fs::write(trial.path("sent"), &sent).unwrap();
        let second = totatsu_records::decode::picture(&trial.layout, &trial.path("sent"), Some(2)).unwrap();
        let told = format!("record 2, at byte {} of the file\n", 10 + first);
        assert!(second.as_ref().is_some_and(|shown| shown.starts_with(&told)), "{second:?}");
        sent[10] = b'x';
        let report = trial.decode(&sent).expect_err("x is no digit");
        assert!(report.contains(&format!("bytes from {first}.")), "{report}");
        let line = report.lines().last().unwrap().trim_start();
        assert!(line.starts_with(&format!("2  {:>6}  1 区分", 10 + first)), "{report}");
    }
}

/// A folder with three layouts: two with other columns, and one that has more of them.
fn catalogue(dir: &Path) -> LayoutCatalogue {
    let columns: [(&str, &[&str]); 3] = [
        ("irai", &["番号", "氏名", "生年月日", "税額"]),
        ("kekka", &["番号", "氏名", "結果", "処理日"]),
        ("jusho", &["番号", "氏名", "郵便番号", "住所", "方書", "電話"]),
    ];
    for (name, columns) in columns {
        let items: Vec<_> = columns.iter().map(|column| (*column, "M", 10, "")).collect();
        let path = dir.join(format!("p/{name}/2026-04-01.toml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, heading("shift_jis", "none", "") + &record("r", "data", &items)).unwrap();
    }
    let (catalogue, problems) = LayoutCatalogue::load(dir);
    assert!(problems.is_empty(), "{problems:?}");
    catalogue
}

#[test]
fn a_heading_of_another_layout_is_recognised_and_one_that_fits_none_or_its_own_is_not() {
    let home = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&home.path().join("layouts"));
    let source = home.path().join("source");
    let shift_jis = encoding_rs::SHIFT_JIS.encode("番号,氏名,結果,処理日\r\n").0.into_owned();
    let cases: [(&[u8], &[&str]); 8] = [
        ("番号,氏名,結果,処理日\n1,山田,1,20260401\n".as_bytes(), &["p/kekka"]),
        ("\u{feff}処理日,結果,氏名,番号\r\n".as_bytes(), &["p/kekka"]),
        (&shift_jis, &["p/kekka"]),
        ("番号,氏名,郵便番号,住所,方書\n".as_bytes(), &["p/jusho"]),
        // Its own, with a slip of the pen.
        ("番号,氏名,生年月日,税がく\n".as_bytes(), &[]),
        ("番号,氏名\n".as_bytes(), &[]),
        ("1,山田,19450401,500\n".as_bytes(), &[]),
        (b"", &[]),
    ];
    for (text, found) in cases {
        fs::write(&source, text).unwrap();
        let text = String::from_utf8_lossy(text);
        assert_eq!(resembled(&source, "p/irai", &catalogue).unwrap(), found, "{text}");
    }
}

#[test]
fn a_file_whose_name_is_another_day_than_the_layouts_first_is_told_and_a_draft_is_not() {
    let layout = numbered(0).layout;
    assert_eq!(layout.misnamed(Path::new("layouts/p/t/2026-04-01.toml")), None);
    assert_eq!(layout.misnamed(Path::new("draft.toml")), None);
    let told = layout.misnamed(Path::new("layouts/p/t/2026-05-01.toml")).unwrap().to_string();
    assert!(
        told.starts_with("effective_from is 2026-04-01: the file must be called 2026-04-01.toml"),
        "{told}"
    );
}
