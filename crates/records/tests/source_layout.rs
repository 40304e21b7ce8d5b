//! A source with a layout of its own: read as strictly as a partner's file, and its rows converted.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::trial::{Trial, heading, record, sized};
use totatsu_records::Sha256;
use totatsu_records::encode::{ConvertError, Converted, EncodeWork, SourceLayout, convert_from};

/// A standard system's CSV: all quoted, with a heading, hyphens in dates, and zeros for none.
fn source_layout() -> String {
    let text = heading("utf-8", "lf", "format = \"csv\"\n[csv]\nquote = \"always\"\nheading = true\n");
    text + &sized(
        "宛名",
        "data",
        "",
        &[
            ("区分", "X", 0, "link = \"区分\"\nmap = { \"全件\" = \"1\", \"差分\" = \"2\" }"),
            ("氏名", "M", 0, "empty = \"refuse\""),
            ("生年月日", "X", 0, "date = \"YYYY-MM-DD\"\nmap = { \"\" = \"0000-00-00\" }"),
            ("金額", "9", 8, "number = true"),
        ],
    )
}

fn written_layout() -> String {
    let data = [
        ("種別", "9", 1, "value = \"2\""),
        ("漢字氏名", "N", 8, ""),
        ("生年月日", "9", 8, "date = \"YYYYMMDD\"\nempty = \"zeros\""),
        ("金額", "9", 8, ""),
        ("結果", "9", 1, "empty = \"spaces\""),
        ("通知", "9", 2, ""),
    ];
    heading("shift_jis", "crlf", "fold = [\"mj\"]") + &record("データ", "data", &data)
}

struct Both {
    trial: Trial,
    source: SourceLayout,
}

fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Both {
    fn new(columns: &[(&str, &str)], fixed: &[(&str, &str)]) -> Both {
        let layout = Arc::new(Trial::new(&source_layout()).layout);
        let source = SourceLayout { layout, columns: words(columns), fixed: words(fixed) };
        Both { trial: Trial::new(&written_layout()), source }
    }

    fn convert(&self, source: &str) -> Result<(Vec<u8>, Converted), String> {
        let trial = &self.trial;
        std::fs::write(trial.path("source"), source).unwrap();
        let convert = |work: &EncodeWork| convert_from(&self.source, work);
        let outcome = match trial.converting(Sha256::of(source.as_bytes()), convert) {
            Ok(converted) => Ok((std::fs::read(trial.path("sent")).unwrap(), converted)),
            Err(ConvertError::BadRecords { report, .. }) => {
                assert!(!trial.path("sent").exists());
                Err(std::fs::read_to_string(report).unwrap())
            }
            Err(error) => panic!("{error}"),
        };
        assert!(!trial.path("sent.rows").exists(), "the rows are gone");
        outcome
    }
}

fn mapped() -> Both {
    Both::new(&[("漢字氏名", "氏名"), ("結果", "")], &[("通知", "01")])
}

const HEADING: &str = "\"区分\",\"氏名\",\"生年月日\",\"金額\"\n";

#[test]
fn rows_that_a_layout_of_their_own_reads_become_the_partners_records() {
    let source =
        format!("{HEADING}\"1\",\"髙山\",\"1945-08-15\",\"00001200\"\n\"1\",\"山\",\"0000-00-00\",\"7\"\n");
    let (bytes, converted) = mapped().convert(&source).unwrap();
    let (text, _, _) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert_eq!(text, "2高山　　1945081500001200 01\r\n2山　　　0000000000000007 01\r\n");
    assert_eq!(converted.folds_by_table, BTreeMap::from([("mj".to_owned(), 1)]));
    let read = converted.source_layout.unwrap();
    assert_eq!((read.layout.as_str(), read.records["宛名"]), ("p/t", 2));
}

#[test]
fn a_source_that_breaks_its_own_layout_is_refused_with_its_records_and_nothing_is_converted() {
    for (row, wrong) in [
        ("\"1\",\"山\",\"1945-02-30\",\"7\"\n", "not a date"),
        ("\"3\",\"山\",\"1945-02-03\",\"7\"\n", "allowed"),
        ("\"1\",\"山\",\"1945-02-03\"\n", "columns"),
        ("\"1\",\"山\",\"1945-02-03\",\"x\"\n", "accepted"),
    ] {
        let report = mapped().convert(&format!("{HEADING}{row}")).unwrap_err();
        assert!(report.contains(wrong) && report.contains("record"), "{report}");
    }
    for row in ["\"1\",\"山\"川,\"1945-02-03\",\"7\"\n", "\"1\",\"山\",\"1945-02-03\",7\"\n"] {
        let report = mapped().convert(&format!("{HEADING}{row}")).unwrap_err();
        assert!(report.contains("belongs to no quoted value"), "{report}");
    }
    let report = mapped().convert("\"氏名\",\"区分\",\"生年月日\",\"金額\"\n").unwrap_err();
    assert!(report.contains("heading"), "{report}");
}

#[test]
fn what_does_not_fit_the_partners_layout_is_told_by_data_record_and_item() {
    let source = format!("{HEADING}\"1\",\"山\",\"1945-08-15\",\"1\"\n\"1\",\"A山\",\"1945-08-15\",\"2\"\n");
    let report = mapped().convert(&source).unwrap_err();
    assert!(report.contains("\n        2       -  2 漢字氏名") && report.contains("U+0041"), "{report}");
}

#[test]
fn a_source_that_changed_after_it_was_accepted_is_not_converted_whatever_is_wrong_with_it() {
    let both = mapped();
    for source in [format!("{HEADING}\"1\",\"山\",\"1945-08-15\",\"1\"\n"), "nothing\n".to_owned()] {
        std::fs::write(both.trial.path("source"), source).unwrap();
        let convert = |work: &EncodeWork| convert_from(&both.source, work);
        let error = both.trial.converting(Sha256::of(b"another"), convert).unwrap_err();
        assert!(matches!(error, ConvertError::SourceChanged { .. }), "{error}");
        for name in ["sent", "sent.rows", "report.txt"] {
            assert!(!both.trial.path(name).exists(), "{name}");
        }
    }
}

#[test]
fn a_column_that_leads_nowhere_is_told_before_anything_is_converted() {
    let faults = |columns: &[(&str, &str)], fixed: &[(&str, &str)]| {
        let both = Both::new(columns, fixed);
        both.source.faults(&both.trial.layout).join("; ")
    };
    assert_eq!(faults(&[("漢字氏名", "氏名"), ("結果", "")], &[("通知", "01")]), "");
    let lacking = faults(&[("結果", "")], &[("通知", "01")]);
    assert!(lacking.contains("has no column 漢字氏名"), "{lacking}");
    let whole = [("漢字氏名", "氏名"), ("結果", "")];
    assert!(faults(&whole, &[("通知", "01"), ("結果", "2")]).contains("both among"));
    assert!(faults(&whole, &[("通知", "01"), ("通達", "2")]).contains("takes no column 通達"));
    assert!(faults(&[("漢字氏名", "名前"), ("結果", "")], &[("通知", "01")]).contains("has no column 名前"));
}
