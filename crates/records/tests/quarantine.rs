//! Data records with wrong values of their own are left out and kept as they came; whatever concerns the whole file refuses it.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;

use support::shipped;
use support::trial::{Trial, heading, record, sized};
use totatsu_records::FileError;
use totatsu_records::decode::{DecodeError, RowForm};

/// Payments with a header that repeats their collector, and a trailer that counts and adds them.
fn payments() -> Trial {
    let header = [
        ("区分", "9", 1, "value = \"1\""),
        ("委託者", "9", 3, "block = \"委託者\""),
        ("余白", "X", 18, "filler = \"spaces\""),
    ];
    let data = [
        ("区分", "9", 1, "value = \"2\""),
        ("委託者", "9", 3, ""),
        ("番号", "9", 3, "sequence = \"data\""),
        ("名義", "X", 4, "empty = \"refuse\""),
        ("収納日", "9", 8, "date = \"YYYYMMDD\""),
        ("金額", "9", 3, "number = true"),
    ];
    let trailer = [
        ("区分", "9", 1, "value = \"8\""),
        ("件数", "9", 6, "count = [\"データ\"]"),
        ("金額", "9", 6, "sum = \"金額\""),
        ("余白", "X", 9, "filler = \"spaces\""),
    ];
    let text = heading("jis-x-0201", "crlf", "")
        + &record("ヘッダ", "block-header", &header)
        + &record("データ", "data", &data)
        + &record("トレーラ", "block-trailer", &trailer);
    Trial::new(&text)
}

const HEADER: &str = "1007                  ";
const GOOD: [&str; 2] = ["2007001TARO20260701100", "2007003HANA20260702020"];
const BAD: &str = "2007002JIRO20261301003";
const TRAILER: &str = "8000003000123         ";

fn file(records: &[&str]) -> Vec<u8> {
    records.iter().map(|record| format!("{record}\r\n")).collect::<String>().into_bytes()
}

fn mixed() -> Vec<u8> {
    file(&[HEADER, GOOD[0], BAD, GOOD[1], TRAILER])
}

#[test]
fn good_records_pass_and_a_bad_one_is_kept_byte_by_byte() {
    let trial = payments();
    let (rows, kept, decoded) = trial.sift(&mixed()).unwrap();
    assert_eq!(rows, "委託者,名義,収納日,金額\n007,TARO,20260701,100\n007,HANA,20260702,20\n");
    assert_eq!(kept, file(&[BAD]));
    // Counts and sums are those of the partner's file.
    assert_eq!((decoded.quarantined, decoded.problems), (1, 1));
    assert_eq!((decoded.records["データ"], decoded.totals["金額"]), (3, 123));
    let report = fs::read_to_string(trial.path("report.txt")).unwrap();
    assert!(report.contains("5 収納日") && report.contains("not a date"), "{report}");
    assert!(report.starts_with("problems: 1   listed: 1   rows read: 2\n"));
    assert!(report.ends_with("\nData records decoded: 2; left out, and kept in the file quarantine: 1.\n"));
    assert!(!report.contains("JIRO"), "a report holds no value");
}

#[test]
fn without_a_quarantine_the_same_file_is_refused() {
    let trial = payments();
    let report = trial.decode(&mixed()).unwrap_err();
    assert!(report.contains("Nothing was decoded") && report.contains("5 収納日"), "{report}");
}

#[test]
fn a_right_file_leaves_neither_quarantine_nor_report_even_where_an_earlier_attempt_did() {
    let trial = payments();
    for leftover in ["quarantine", "quarantine.partial", "report.txt", "decoded.partial"] {
        fs::write(trial.path(leftover), "left over").unwrap();
    }
    let right = file(&[HEADER, GOOD[0], &BAD.replace("1301", "1201"), GOOD[1], TRAILER]);
    let (rows, kept, decoded) = trial.sift(&right).unwrap();
    assert_eq!((rows.lines().count(), kept.len(), decoded.quarantined, decoded.problems), (4, 0, 0, 0));
    let told = serde_json::to_string(&decoded).unwrap();
    assert!(!told.contains("quarantined") && !told.contains("problems"), "{told}");
    fs::write(trial.path("quarantine"), "left over").unwrap();
    assert_eq!(trial.sift(&mixed()).unwrap().1, file(&[BAD]));
}

#[test]
fn a_file_of_bad_records_alone_gives_a_heading_and_keeps_them_all() {
    let trial = payments();
    let bad = [GOOD[0].replace("TARO", "    "), BAD.to_owned(), GOOD[1].replace("2026", "YYYY")];
    let (rows, kept, decoded) = trial.sift(&file(&[HEADER, &bad[0], &bad[1], &bad[2], TRAILER])).unwrap();
    assert_eq!(rows, "委託者,名義,収納日,金額\n");
    assert_eq!(kept, file(&[&bad[0], &bad[1], &bad[2]]));
    assert_eq!((decoded.quarantined, decoded.records["データ"]), (3, 3));
}

#[test]
fn whatever_concerns_the_whole_file_refuses_it_although_a_quarantine_is_there() {
    let trial = payments();
    let cases: [(&str, Vec<u8>, &str); 11] = [
        ("sum", file(&[HEADER, GOOD[0], BAD, GOOD[1], "8000003000124         "]), "124 does not follow"),
        ("count", file(&[HEADER, GOOD[0], BAD, GOOD[1], "8000002000123         "]), "2 does not follow"),
        ("unreadable total", file(&[HEADER, GOOD[0], BAD, GOOD[1], "8000003   123         "]), "3 金額"),
        ("unreadable amount", file(&[HEADER, GOOD[0], "2007002JIRO202612010x3", GOOD[1], TRAILER]), "6 金額"),
        (
            "running number",
            file(&[HEADER, GOOD[0], "2007004JIRO20261301003", GOOD[1], TRAILER]),
            "4 does not",
        ),
        ("no running number", file(&[HEADER, GOOD[0], "200700xJIRO20261201003", GOOD[1], TRAILER]), "3 番号"),
        ("another block", file(&[HEADER, GOOD[0], "2008002JIRO20261301003", GOOD[1], TRAILER]), "differs"),
        ("header", file(&["1007         X        ", GOOD[0], BAD, GOOD[1], TRAILER]), "in a filler"),
        ("order", file(&[HEADER, GOOD[0], BAD, GOOD[1], TRAILER, BAD]), "no record of this kind"),
        (
            "kind",
            file(&[HEADER, GOOD[0], "3007002JIRO20261201003", GOOD[1], TRAILER]),
            "no record of this kind",
        ),
        ("torn", mixed()[..mixed().len() - 3].to_vec(), "the file ends inside a record"),
    ];
    for (case, bytes, wanted) in cases {
        let report = trial.sift(&bytes).unwrap_err();
        assert!(report.contains(wanted), "{case}: {report}");
        assert!(report.contains("\nNothing was decoded: "), "{case}: {report}");
    }
    let mut separator = mixed();
    separator[2 * 24 - 1] = b' ';
    assert!(trial.sift(&separator).unwrap_err().contains("the separator is wrong"));
}

/// Lines of two columns and a number that nothing adds up.
fn lines(separator: &str, keys: &str) -> Trial {
    let items = [("名", "M", 20, ""), ("日", "9", 8, "date = \"YYYYMMDD\"")];
    let csv = format!("format = \"csv\"\n{keys}\n");
    Trial::new(&(heading("utf-8", separator, &csv) + &sized("明細", "data", "", &items)))
}

#[test]
fn lines_are_kept_as_they_stand_with_their_quotes_and_the_heading_above_them() {
    let mark = lines("crlf", "[csv]\nquote = \"when-needed\"\nheading = true\nbyte_order_mark = true");
    let good = "\"a, \"\"b\"\"\",20260701\r\n";
    let bad = "\"c,\r\nd\",20260732\r\n\"e\",\"20260001\"\r\n";
    let heading = "\u{feff}\"名\",日\r\n";
    let (rows, kept, decoded) = mark.sift(format!("{heading}{good}{bad}{good}").as_bytes()).unwrap();
    assert_eq!((rows.lines().count(), decoded.quarantined), (3, 2));
    assert_eq!(String::from_utf8(kept).unwrap(), format!("{heading}{bad}"));

    let bare = lines("lf", "[csv]\nquote = \"never\"\nbyte_order_mark = true");
    let (_, kept, _) = bare.sift("\u{feff}a,20260732\nb,20260701\nc,20260700\n".as_bytes()).unwrap();
    assert_eq!(String::from_utf8(kept).unwrap(), "\u{feff}a,20260732\nc,20260700\n");

    let columns = bare.sift("\u{feff}a,20260701\nb\n".as_bytes()).unwrap_err();
    assert!(columns.contains("the line has 1 columns; accepted: 2 columns"), "{columns}");
}

#[test]
fn a_quarantine_is_a_file_of_the_layout_which_passes_once_it_is_put_right() {
    for (separator, bytes) in [("none", ""), ("lf", "\n"), ("crlf-inside", "\r\n")] {
        for after_last in [true, false] {
            for mark in ["", "end_mark = \"1A\""] {
                let keys = format!("separator_after_last = {after_last}\n{mark}");
                let length = format!("length = {}", if separator == "crlf-inside" { 12 } else { 10 });
                let items = [("名", "X", 2, ""), ("日", "9", 8, "date = \"YYYYMMDD\"")];
                let trial = Trial::new(
                    &(heading("shift_jis", separator, &keys) + &sized("明細", "data", &length, &items)),
                );
                let end = if mark.is_empty() { "" } else { "\x1a" };
                let file = |records: &[&str]| {
                    let last = if after_last { bytes } else { "" };
                    format!("{}{last}{end}", records.join(bytes)).into_bytes()
                };
                let received = file(&["AA20260732", "BB20260701", "CC2026XX01"]);
                let (rows, kept, _) = trial.sift(&received).unwrap();
                assert_eq!(rows, "名,日\nBB,20260701\n");
                let case = format!("{separator} {keys}");
                assert_eq!(kept, file(&["AA20260732", "CC2026XX01"]), "{case}");
                let right = String::from_utf8(kept).unwrap().replace("32", "31").replace("XX", "12");
                assert_eq!(
                    trial.decode(right.as_bytes()).unwrap(),
                    "名,日\nAA,20260731\nCC,20261201\n",
                    "{case}"
                );
            }
        }
    }
}

/// Two kinds of data records, and a total of the first kind, of both, or none.
fn kinds(total: &str) -> Trial {
    let first = [("区", "X", 1, "value = \"D\""), ("種", "9", 1, "value = \"1\""), ("額", "9", 3, "")];
    let second = [("区", "X", 1, "value = \"D\""), ("種", "9", 1, "value = \"2\""), ("額", "9", 3, "")];
    let end = [("区", "X", 1, "value = \"Z\""), ("計", "9", 4, total)];
    Trial::new(
        &(heading("shift_jis", "lf", "record_key = \"種\"")
            + &record("甲", "data", &first)
            + &record("乙", "data", &second)
            + &record("終", "file-end", &end)),
    )
}

#[test]
fn a_record_of_unknown_kind_is_left_out_only_where_no_total_hangs_on_its_kind() {
    let file = b"D1001\nD7002\nD2003\nZ0003\n";
    let (rows, kept, decoded) = kinds("count = [\"甲\", \"乙\"]").sift(file).unwrap();
    assert_eq!((rows.as_str(), kept.as_slice()), ("種,額\n1,001\n2,003\n", &b"D7002\n"[..]));
    assert_eq!(decoded.records["甲"] + decoded.records["乙"], 3);
    let report = kinds("count = [\"甲\"]").sift(b"D1001\nD7002\nD2003\nZ0002\n").unwrap_err();
    assert!(report.contains("\"7\" is not an allowed value; accepted: 1, 2"), "{report}");
    // The sum stands at the same bytes of both kinds.
    assert!(kinds("sum = \"額\"").sift(b"D1001\nD7002\nD2003\nZ0006\n").is_ok());
    let condition = "sum = \"額\"\nwhere = { item = \"種\", is = [\"1\"] }";
    assert!(kinds(condition).sift(b"D1001\nD7002\nD2003\nZ0001\n").is_err());
}

#[test]
fn a_record_of_unknown_kind_is_left_out_where_nothing_but_data_may_stand() {
    let at = 32 + 902 * 3;
    let (trial, _, damaged) = golden("keijidosha/sharyo-joho", at, b"2", b"9");
    let report = trial.decode(&damaged).unwrap_err();
    assert!(report.contains("\"9\" is not an allowed value; accepted: 1, 2, 3"), "{report}");
    let (rows, kept, decoded) = trial.sift(&damaged).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!((rows.lines().count(), decoded.quarantined), (16, 1));
    assert!(kept == damaged[at..at + 902]);
}

#[test]
fn a_quarantine_that_can_not_be_written_leaves_nothing_behind() {
    let trial = payments();
    let missing = trial.path("missing/quarantine");
    let error = trial.decoded(&mixed(), RowForm::Csv, Some(&missing)).unwrap_err();
    assert!(
        matches!(&error, DecodeError::Disk(FileError { path, .. }) if path.ends_with("missing/quarantine.partial")),
        "{error}"
    );
    for file in ["decoded", "decoded.partial", "report.txt"] {
        assert!(!trial.path(file).exists(), "{file}");
    }
}

#[test]
fn a_record_for_another_municipality_refuses_the_file() {
    let items =
        [("団体", "9", 6, "gateway = \"municipality-code-6\""), ("日", "9", 8, "date = \"YYYYMMDD\"")];
    let trial = Trial::new(&(heading("shift_jis", "lf", "") + &record("r", "data", &items)));
    let report = trial.sift(b"13101620260701\n01100220260701\n").unwrap_err();
    assert!(report.contains("not this gateway's value"), "{report}");
    // A code that can't be read says nothing of that kind.
    assert_eq!(trial.sift(b"13101620260701\n1310x620260701\n").unwrap().1, b"1310x620260701\n");
}

#[test]
fn items_whose_columns_contradict_each_other_are_a_matter_of_their_record() {
    let items = [
        ("元号", "9", 1, "column = \"日\"\ndate = \"G\""),
        ("年", "9", 2, "column = \"日\"\ndate = \"EE\""),
        ("月日", "9", 4, "column = \"日\"\ndate = \"MMDD\""),
    ];
    let eras = "[eras]\nmeiji = \"3\"\ntaisho = \"2\"\nshowa = \"1\"\nheisei = \"4\"\nreiwa = \"5\"";
    let trial = Trial::new(&(heading("shift_jis", "lf", eras) + &record("r", "data", &items)));
    let (rows, kept, _) = trial.sift(b"1200815\n1640108\n").unwrap();
    assert_eq!((rows.as_str(), kept.as_slice()), ("日\n19450815\n", &b"1640108\n"[..]));
}

#[test]
fn json_lines_leave_out_the_same_records() {
    let trial = payments();
    let whole =
        trial.decode_as(&file(&[HEADER, GOOD[0], "8000001000100         "]), RowForm::JsonLines).unwrap().0;
    assert_eq!(whole.lines().count(), 3);
    let quarantine = trial.path("quarantine");
    let (lines, decoded) = trial.decode_work(&mixed(), RowForm::JsonLines, Some(&quarantine)).unwrap();
    // The number is that of the record in the partner's file.
    assert_eq!((lines.lines().count(), decoded.quarantined), (4, 1));
    assert!(lines.contains("\"number\":4") && !lines.contains("\"number\":3"), "{lines}");
}

#[test]
fn of_a_hundred_thousand_records_every_tenth_bad_one_is_kept_in_order() {
    let items = [("番", "9", 6, ""), ("日", "9", 8, "date = \"YYYYMMDD\"")];
    let trial = Trial::new(&(heading("shift_jis", "crlf", "") + &record("明細", "data", &items)));
    let record = |n: u32| format!("{n:06}{}\r\n", if n.is_multiple_of(10) { "20260230" } else { "20260228" });
    let received: String = (0..100_000).map(record).collect();
    let (rows, kept, decoded) = trial.sift(received.as_bytes()).unwrap();
    assert_eq!((rows.lines().count(), decoded.quarantined, decoded.problems), (90_001, 10_000, 10_000));
    let wanted: String = (0..100_000).filter(|n| n % 10 == 0).map(record).collect();
    assert!(kept == wanted.as_bytes());
}

/// The golden file of an inbound partner, in which the first of these bytes after a place are replaced by others.
fn golden(id: &str, after: usize, right: &[u8], wrong: &[u8]) -> (Trial, Vec<u8>, Vec<u8>) {
    let trial = Trial::with(shipped::layout(id));
    let whole = shipped::golden_bytes(id);
    let at = after + whole[after..].windows(right.len()).position(|bytes| bytes == right).unwrap();
    let mut damaged = whole.clone();
    damaged[at..at + wrong.len()].copy_from_slice(wrong);
    (trial, whole, damaged)
}

#[test]
fn one_bad_value_in_the_file_of_each_inbound_partner_leaves_out_one_record() {
    let name = encoding_rs::SHIFT_JIS.encode("遠田").0.into_owned();
    let half = [&name[..1], b" ", &name[2..]].concat();
    // A record of fixed width is found by its place, a line by the value in it.
    for (id, width, after, right, wrong) in [
        ("immigration/homusho-tsuchi", None, 0, &b"1999-12-31"[..], &b"1999-13-31"[..]),
        ("mpn/keshikomi-joho", Some((0, 162)), 162 * 2, b"20260709", b"20261309"),
        ("keijidosha/sharyo-joho", Some((32, 902)), 32 + 902 * 5, b"20991231", b"20991331"),
        ("eltax/nenkin-tokucho-taishosha", Some((96, 500)), 96, &name, &half),
    ] {
        let (trial, whole, damaged) = golden(id, after, right, wrong);
        let all = trial.decode(&whole).unwrap_or_else(|report| panic!("{id}: {report}"));
        let (rows, kept, decoded) = trial.sift(&damaged).unwrap_or_else(|report| panic!("{id}: {report}"));
        assert_eq!(decoded.quarantined, 1, "{id}");
        let count = |rows: &str| csv::Reader::from_reader(rows.as_bytes()).records().count();
        assert_eq!(count(&rows) + 1, count(&all), "{id}");
        let bad = damaged.windows(wrong.len()).position(|bytes| bytes == wrong).unwrap();
        if let Some((top, width)) = width {
            let from = top + (bad - top) / width * width;
            assert!(kept == damaged[from..from + width], "{id}");
        } else {
            assert_eq!(
                kept.split_inclusive(|&byte| byte == b'\n').count(),
                2,
                "{id}: the heading and the line"
            );
            assert!(kept.windows(wrong.len()).any(|bytes| bytes == wrong), "{id}");
        }
    }
}
