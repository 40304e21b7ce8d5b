//! What the layouts for incoming money let through and what they refuse, on golden files in which single bytes are others.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;

use support::shipped::{golden_bytes, layout};
use support::trial::Trial;

/// A record of 120 bytes and its line end.
const LINE: usize = 122;

/// Decodes the golden file of a layout after a change to its lines; the rows, or the report.
fn decoded(id: &str, change: impl Fn(&mut [Vec<u8>])) -> Result<String, String> {
    sifted(id, LINE, change, false).map(|(rows, _)| rows)
}

/// The same for lines of another length, with a quarantine or without; the rows and the quarantine, or the report.
fn sifted(
    id: &str,
    line: usize,
    change: impl Fn(&mut [Vec<u8>]),
    keep: bool,
) -> Result<(String, Vec<u8>), String> {
    let whole = golden_bytes(id);
    let mut lines: Vec<Vec<u8>> = whole.chunks(line).map(<[u8]>::to_vec).collect();
    change(&mut lines);
    let trial = Trial::with(layout(id));
    if !keep {
        return trial.decode(&lines.concat()).map(|rows| (rows, Vec::new()));
    }
    trial.sift(&lines.concat()).map(|(rows, kept, _)| (rows, kept))
}

/// Writes text into a line, at a byte counted from 1 as the sheets do.
fn put(line: &mut [u8], at: usize, text: &[u8]) {
    line[at - 1..at - 1 + text.len()].copy_from_slice(text);
}

#[test]
fn a_barcode_with_a_wrong_check_digit_is_refused() {
    for (id, at) in [("konbini/shuno-muf", 59), ("konbini/shuno-mizuho", 60)] {
        let report = decoded(id, |lines| {
            let other = b'0' + (lines[1][at - 1] - b'0' + 1) % 10;
            put(&mut lines[1], at, &[other]);
        });
        assert!(report.unwrap_err().contains("チェックディジット"), "{id}");
    }
}

#[test]
fn a_barcode_in_which_one_digit_was_misread_is_refused() {
    let report = decoded("konbini/shuno-muf", |lines| put(&mut lines[1], 30, b"9"));
    assert!(report.unwrap_err().contains("チェックディジット"));
}

#[test]
fn records_whose_content_is_unknown_may_hold_anything() {
    let unchanged = decoded("konbini/shuno-mizuho", |_| {}).unwrap();
    let changed = decoded("konbini/shuno-mizuho", |lines| {
        put(&mut lines[0], 2, "20260710".as_bytes());
        let last = lines.len() - 1;
        put(&mut lines[last - 1], 2, b"000003000001000000");
        put(&mut lines[last], 100, b"\x00\xff");
    });
    assert_eq!(changed.unwrap(), unchanged);
}

#[test]
fn a_transfer_date_that_is_not_known_yet_may_be_zeros_or_blanks() {
    let zeros = decoded("konbini/shuno-muf", |_| {}).unwrap();
    let blanks = decoded("konbini/shuno-muf", |lines| {
        assert_eq!(&lines[1][77..85], b"00000000");
        put(&mut lines[1], 78, b"        ");
    });
    assert_eq!(blanks.unwrap(), zeros);
}

#[test]
fn a_kind_of_payment_that_nobody_agreed_on_is_refused() {
    for id in ["konbini/shuno-muf", "konbini/shuno-mizuho"] {
        let report = decoded(id, |lines| put(&mut lines[1], 2, b"04")).unwrap_err();
        assert!(report.contains("種別") && report.contains("03"), "{report}");
    }
}

#[test]
fn a_result_whose_trailer_counts_a_failed_debit_as_paid_is_refused() {
    // The second debit of the first block failed; now it says that it was paid, and the trailer does not know.
    let report = decoded("zengin/koza-furikae-kekka", |lines| put(&mut lines[2], 112, b"0")).unwrap_err();
    for item in ["振替済件数", "振替済金額", "振替不能件数", "振替不能金額"] {
        assert!(report.contains(item), "{report}");
    }
}

#[test]
fn a_bank_may_write_into_the_fillers_of_a_result() {
    let unchanged = decoded("zengin/koza-furikae-kekka", |_| {}).unwrap();
    let changed = decoded("zengin/koza-furikae-kekka", |lines| {
        put(&mut lines[1], 113, b"00000000");
        put(&mut lines[6], 56, b"BANK USE");
    });
    assert_eq!(changed.unwrap(), unchanged);
}

#[test]
fn a_payment_for_a_municipality_with_a_wrong_check_digit_is_refused() {
    let report = decoded("zengin/chihozei-nofu-daiko", |lines| put(&mut lines[1], 2, b"131017"));
    assert!(report.unwrap_err().contains("市町村コード"));
    // What the sheet does not tell is read over.
    let read = decoded("zengin/chihozei-nofu-daiko", |lines| put(&mut lines[1], 81, b"0000000000ABC"));
    assert!(read.is_ok());
}

/// The column 状態 beside the column that it follows from.
fn statuses(rows: &str, code: &str) -> Vec<(String, String)> {
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let heading = rows.headers().unwrap().clone();
    let position = |name: &str| heading.iter().position(|column| column == name).unwrap();
    let (code, status) = (position(code), position("状態"));
    assert_eq!(status + 1, heading.len(), "derived columns stand last");
    rows.records().map(|row| row.unwrap()).map(|row| (row[code].to_owned(), row[status].to_owned())).collect()
}

#[test]
fn a_payment_says_whether_it_is_reported_confirmed_or_taken_back_in_the_same_words_for_every_partner() {
    for (id, line, code) in [
        ("konbini/shuno-dsk", 122, "種別"),
        ("konbini/shuno-mizuho", 122, "種別"),
        ("konbini/shuno-muf", 122, "データ種別"),
        ("mpn/keshikomi-joho", 162, "データ種別"),
    ] {
        let (rows, _) = sifted(id, line, |_| {}, false).unwrap();
        let statuses = statuses(&rows, code);
        for (code, word) in [("01", "速報"), ("02", "確報"), ("03", "速報取消")] {
            let of: Vec<&str> = statuses.iter().filter(|(c, _)| c == code).map(|(_, word)| &**word).collect();
            assert!(!of.is_empty() && of.iter().all(|found| *found == word), "{id} {code}: {of:?}");
        }
    }
}

#[test]
fn kinds_of_payments_that_only_one_partner_has_keep_its_names() {
    let (rows, _) = sifted("konbini/shuno-dsk", LINE, |_| {}, false).unwrap();
    let statuses = statuses(&rows, "種別");
    for (code, word) in [("12", "郵便振替"), ("22", "郵便振替訂正"), ("81", "リアル")] {
        assert!(statuses.contains(&(code.into(), word.into())), "{statuses:?}");
    }
}

#[test]
fn a_payment_of_unknown_kind_is_told_and_may_wait_in_quarantine() {
    for id in ["konbini/shuno-muf", "konbini/shuno-mizuho"] {
        let (rows, kept) = sifted(id, LINE, |lines| put(&mut lines[1], 2, b"09"), true).unwrap();
        let (all, _) = sifted(id, LINE, |_| {}, true).unwrap();
        assert_eq!(rows.lines().count() + 1, all.lines().count(), "{id}");
        assert_eq!((kept.len(), &kept[..3]), (LINE, &b"209"[..]), "{id}");
    }
    // The trailer of this one counts each kind for itself: with an unknown kind its totals prove nothing.
    let change = |lines: &mut [Vec<u8>]| put(&mut lines[1], 2, b"09");
    for keep in [false, true] {
        let report = sifted("mpn/keshikomi-joho", 162, change, keep).unwrap_err();
        assert!(report.contains("\"09\" is not an allowed value; accepted: 01, 02, 03"), "{report}");
    }
}

#[test]
fn an_unknown_kind_in_a_file_of_lines_is_told_and_its_line_kept_as_it_stands() {
    let trial = Trial::with(layout("konbini/shuno-dsk"));
    let whole = golden_bytes("konbini/shuno-dsk");
    let at = whole.windows(4).position(|bytes| bytes == b"\r\n01").unwrap() + 2;
    let ends = at + whole[at..].windows(2).position(|bytes| bytes == b"\r\n").unwrap() + 2;
    let heading = whole.windows(2).position(|bytes| bytes == b"\r\n").unwrap() + 2;
    let mut changed = whole.clone();
    changed[at..at + 2].copy_from_slice(b"99");
    let (_, kept, decoded) = trial.sift(&changed).unwrap();
    assert_eq!(decoded.quarantined, 1);
    assert_eq!(kept, [&changed[..heading], &changed[at..ends]].concat());
    let report = fs::read_to_string(trial.path("report.txt")).unwrap();
    assert!(report.contains("\"99\" is not an allowed value"), "{report}");
}

#[test]
fn a_file_of_dsk_ends_without_a_line_end_and_its_error_message_is_told() {
    let whole = golden_bytes("konbini/shuno-dsk");
    let trial = Trial::with(layout("konbini/shuno-dsk"));
    let rows = trial.decode(&whole).unwrap();
    assert_eq!(trial.decode(whole.strip_suffix(b"\r\n").unwrap()).as_ref(), Ok(&rows));
    trial.refuses_file(b"error:\r\n2026/07/10 05:00:00\r\n", "an error message of the partner stands here");
}

#[test]
fn a_field_that_nobody_uses_may_come_back_as_zeros_or_blanks() {
    let whole = golden_bytes("zengin/sogo-furikomi");
    let trial = Trial::with(layout("zengin/sogo-furikomi"));
    let mut lines: Vec<Vec<u8>> = whole.chunks(LINE).map(<[u8]>::to_vec).collect();
    // 手形交換所番号 of the first data record.
    assert_eq!(&lines[1][38..42], b"0000");
    put(&mut lines[1], 39, b"    ");
    assert_eq!(trial.decode(&lines.concat()), trial.decode(&whole));
}

#[test]
fn kinds_of_accounts_and_transfers_are_those_of_the_bankers_association() {
    for (id, at, good, bad) in [
        ("zengin/koza-furikae-irai", 43, &b"1239"[..], &b"04567 8"[..]),
        ("zengin/koza-furikae-kekka", 43, b"1239", b"04567 8"),
        ("zengin/sogo-furikomi", 43, b"1249", b"035678 "),
        ("zengin/sogo-furikomi", 112, b"078", b"1234569 "),
    ] {
        for (codes, passes) in [(good, true), (bad, false)] {
            for code in codes {
                let read = decoded(id, |lines| put(&mut lines[1], at, &[*code]));
                assert_eq!(read.is_ok(), passes, "{id} {at} {}: {read:?}", char::from(*code));
            }
        }
    }
}

/// The golden file of a layout with another separator and another end.
fn parted(id: &str, separator: &[u8], end: &[u8]) -> Vec<u8> {
    let whole = golden_bytes(id);
    let width = whole.windows(2).position(|bytes| bytes == b"\r\n").unwrap() + 2;
    let mut other: Vec<u8> =
        whole.chunks(width).flat_map(|line| [&line[..width - 2], separator].concat()).collect();
    other.extend_from_slice(end);
    other
}

fn with_values(id: &str, values: &[(&str, &str)]) -> Trial {
    let mut trial = Trial::with(layout(id));
    trial.values.link.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    trial
}

const OF_BANKS: [&str; 9] = [
    "zengin/koza-furikae-irai",
    "zengin/koza-furikae-kekka",
    "zengin/sogo-furikomi",
    "zengin/kyuyo-shoyo-furikomi",
    "zengin/furikomi-nyukin-meisai",
    "zengin/nyushukkin-torihiki-meisai",
    "zengin/chihozei-nofu-daiko",
    "zengin/chikotai-350-irai",
    "zengin/chikotai-350-kekka",
];

#[test]
fn a_link_says_what_stands_between_the_records_of_a_bank_and_after_the_last() {
    for id in OF_BANKS {
        let rows = with_values(id, &[]).decode(&golden_bytes(id)).unwrap();
        for (word, separator) in [("none", &b""[..]), ("crlf", b"\r\n"), ("lf", b"\n"), ("cr", b"\r")] {
            for (mark, end) in [("none", &b""[..]), ("1A", b"\x1a")] {
                let trial = with_values(id, &[("改行", word), ("EOF", mark)]);
                assert_eq!(
                    trial.decode(&parted(id, separator, end)).as_ref(),
                    Ok(&rows),
                    "{id} {word} {mark}"
                );
            }
        }
        let trial = with_values(id, &[("改行", "cr")]);
        assert!(trial.layout.chosen_by(&trial.values.link).unwrap().link_values().contains("改行"));
        for (name, value) in [("改行", "CRLF"), ("EOF", "1a"), ("改行", "")] {
            let trial = with_values(id, &[(name, value)]);
            let refused =
                totatsu_records::check_values(&trial.layout, &trial.values).unwrap_err().to_string();
            assert!(refused.contains(name) && refused.contains("none"), "{refused}");
        }
    }
}

#[test]
fn a_file_whose_records_are_parted_otherwise_is_refused_with_that_reason_alone() {
    for id in OF_BANKS {
        for (separator, word) in [(&b"\r"[..], "cr"), (b"\n", "lf"), (b"", "none")] {
            let report = with_values(id, &[]).decode(&parted(id, separator, b"")).unwrap_err();
            assert!(report.starts_with("problems: 1 "), "{id} {word}: {report}");
            assert!(
                report.contains(&format!("CR LF (0D 0A), or 改行 = \"{word}\" among the link's values")),
                "{report}"
            );
        }
        with_values(id, &[("改行", "none")])
            .refuses_file(&golden_bytes(id), "CR LF (0D 0A) stands between the records");
    }
}

#[test]
fn a_number_of_the_customer_is_digits_or_text_as_the_link_says() {
    for (id, key, item, bytes, other) in [
        ("zengin/koza-furikae-irai", "顧客番号の属性", "顧客番号", 20, "9"),
        ("zengin/kyuyo-shoyo-furikomi", "社員番号と所属コードの属性", "社員番号", 10, "9"),
        ("zengin/sogo-furikomi", "顧客コードの属性", "顧客コード1", 10, "X"),
    ] {
        let own = if other == "9" { "X" } else { "9" };
        let mut golden = support::shipped::golden_rows(id);
        if item == "社員番号" {
            golden = support::shipped::with_column(&golden, "所属コード", "7");
        }
        let values = support::shipped::golden_values(&support::shipped::golden(id));
        let (mut source, mut filled) = (Vec::new(), Vec::new());
        for kind in [own, other] {
            let mut trial = with_values(id, &[(key, kind)]);
            trial.values.link.extend(values.clone());
            let rows = support::shipped::with_column(&golden, item, "123");
            let (sent, back) = trial.there_and_back(&rows);
            let value = &sent[LINE..][91..91 + bytes];
            let wanted =
                if kind == "9" { format!("{:0>bytes$}", "123") } else { format!("{:<bytes$}", "123") };
            assert_eq!(value, wanted.as_bytes(), "{id} {kind}");
            source.push(back.contains("123"));
            filled.push(trial.encode(&support::shipped::with_column(&golden, item, "ﾃｽﾄ-1")).is_ok());
        }
        assert_eq!(source, [true, true]);
        assert_eq!(
            filled,
            if own == "X" { [true, false] } else { [false, true] },
            "{id}: text is for X alone"
        );
        let refused = with_values(id, &[(key, "C")]);
        assert!(totatsu_records::check_values(&refused.layout, &refused.values).is_err());
    }
}

#[test]
fn a_mark_that_no_sheet_knows_is_quoted_as_the_character_that_it_is() {
    let report = decoded("zengin/sogo-furikomi", |lines| put(&mut lines[1], 113, b"\xb1")).unwrap_err();
    assert!(report.contains("識別表示") && report.contains("\"ｱ\" is not an allowed value"), "{report}");
}

#[test]
fn a_file_of_lines_with_the_heading_of_another_is_refused_for_that_alone() {
    let trial = Trial::with(layout("konbini/shuno-dsk"));
    let (other, _, _) = encoding_rs::SHIFT_JIS
        .encode("国民の祝日・休日月日,国民の祝日・休日名称\r\n1955/1/1,元日\r\n1955/1/15,成人の日\r\n");
    let report = trial.decode(&other).unwrap_err();
    assert!(report.starts_with("problems: 1 "), "{report}");
    assert!(report.contains("the heading is not the layout's"), "{report}");
    // Where only a name differs, the rest is looked at all the same.
    let whole = golden_bytes("konbini/shuno-dsk");
    let mut renamed = whole.clone();
    renamed[0] = b'X';
    let at = whole.windows(4).position(|bytes| bytes == b"\r\n01").unwrap() + 2;
    renamed[at..at + 2].copy_from_slice(b"99");
    let report = trial.decode(&renamed).unwrap_err();
    assert!(
        report.contains("the heading is not") && report.contains("\"99\" is not an allowed value"),
        "{report}"
    );
}
