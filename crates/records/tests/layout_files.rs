//! What a layout can say about files: blocks, totals, numbers, separators, several kinds of records, CSV. Each is encoded,
//! compared with bytes written here by hand, and decoded again; and each check of decoding is shown to bite.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use support::trial::{Trial, heading, one, problems, record, rows, sized};
use totatsu_records::decode::RowForm;
use totatsu_records::layout::Layout;

/// A request of the banks' kind: header, data, trailer, end, in miniature.
fn zengin(separator: &str, rest: &str) -> String {
    let filler = match separator {
        "crlf-inside" => 1,
        "lf-inside" => 2,
        _ => 3,
    };
    let header = [
        ("区分", "9", 1, "value = \"1\""),
        ("委託者", "9", 3, "column = \"委託者\""),
        ("日", "9", 4, "column = \"日\"\ndate = \"MMDD\""),
        ("余白", "X", 1 + filler, "filler = \"spaces\""),
    ];
    let data = [
        ("区分", "9", 1, "value = \"2\""),
        ("名義", "X", 3, ""),
        ("金額", "9", 4, "number = true"),
        ("結果", "9", 1, "map = { \"済\" = \"0\", \"不能\" = \"1\" }"),
        ("余白", "X", filler, "filler = \"spaces\""),
    ];
    let trailer = [
        ("区分", "9", 1, "value = \"8\""),
        ("件数", "9", 2, "count = [\"データ\"]"),
        ("金額", "9", 4, "sum = \"金額\""),
        ("済", "9", 1, "count = [\"データ\"]\nwhere = { item = \"結果\", is = [\"済\"] }"),
        ("余白", "X", 1 + filler, "filler = \"spaces\""),
    ];
    let end = [
        ("区分", "9", 1, "value = \"9\""),
        ("全件", "9", 3, "count = [\"ヘッダ\", \"データ\", \"トレーラ\", \"エンド\"]"),
        ("不能額", "9", 4, "sum = \"金額\"\nwhere = { item = \"結果\", is_not = [\"済\"] }"),
        ("余白", "X", 1 + filler, "filler = \"spaces\""),
    ];
    let length = "length = 12";
    heading("jis-x-0201", separator, rest)
        + &sized("ヘッダ", "block-header", length, &header)
        + &sized("データ", "data", length, &data)
        + &sized("トレーラ", "block-trailer", length, &trailer)
        + &sized("エンド", "file-end", length, &end)
}

const SOURCE: &str = "委託者,日,名義,金額,結果\n7,20260427,ｱ,100,済\n7,20260427,ｲ,5,不能\n8,0428,ｳ,1,済\n";
const BREAK: &str = "break_on = [\"委託者\"]";

fn lines(file: &[u8], separator: &[u8]) -> Vec<u8> {
    file.split(|&byte| byte == b'|').map(|line| [line, separator].concat()).collect::<Vec<_>>().concat()
}

#[test]
fn blocks_with_header_data_and_trailer_are_followed_by_one_end_record() {
    let trial = Trial::new(&zengin("crlf", BREAK));
    let (bytes, rows_back) = trial.there_and_back(SOURCE);
    let wanted = b"10070427    |2\xb1  01000   |2\xb2  00051   |80201051    |10080428    |2\xb3  00010   |80100011    |90080005    ";
    assert_eq!(bytes, lines(wanted, b"\r\n"));
    assert_eq!(
        rows_back,
        "委託者,日,名義,金額,結果\n007,0427,ｱ,100,済\n007,0427,ｲ,5,不能\n008,0428,ｳ,1,済\n"
    );
    // What was decoded is encoded to the same bytes.
    assert_eq!(trial.bytes(&rows_back), bytes);
    let (_, converted) = trial.encode(SOURCE).unwrap();
    assert_eq!(converted.totals["金額"], 106);
    assert_eq!(converted.totals["金額 (結果 != 済)"], 5);
    assert_eq!((converted.records["ヘッダ"], converted.records["エンド"]), (2, 1));
}

#[test]
fn every_separator_stands_where_the_layout_says_and_is_looked_at_when_reading() {
    let cases: [(&str, &[u8]); 5] =
        [("none", b""), ("crlf", b"\r\n"), ("lf", b"\n"), ("crlf-inside", b"\r\n"), ("lf-inside", b"\n")];
    for (word, bytes) in cases {
        let trial = Trial::new(&zengin(word, BREAK));
        let (sent, _) = trial.there_and_back(SOURCE);
        let outside = if word.ends_with("inside") { 0 } else { bytes.len() };
        assert_eq!(sent.len(), 8 * (12 + outside), "{word}");
        assert!(sent.ends_with(bytes));
        if bytes.is_empty() {
            continue;
        }
        let mut wrong = sent.clone();
        wrong[12 + outside - 1] = b' ';
        assert!(trial.decode(&wrong).unwrap_err().contains("the separator is wrong"), "{word}");
        let short = &sent[..sent.len() - bytes.len()];
        assert!(trial.decode(short).unwrap_err().contains("the last record has no separator"), "{word}");
    }
}

#[test]
fn the_last_separator_and_the_end_mark_are_as_the_layout_says() {
    for separator in ["none", "crlf", "lf"] {
        for after_last in ["", "separator_after_last = false\n"] {
            for mark in ["", "end_mark = \"1A\"\n"] {
                let trial = Trial::new(&zengin(separator, &format!("{after_last}{mark}{BREAK}")));
                let (sent, _) = trial.there_and_back(SOURCE);
                let case = format!("{separator} {after_last} {mark}");
                let width = match separator {
                    "none" => 0,
                    "crlf" => 2,
                    _ => 1,
                };
                let separators = if after_last.is_empty() { 8 } else { 7 };
                assert_eq!(sent.len(), 8 * 12 + separators * width + usize::from(!mark.is_empty()), "{case}");
                assert_eq!(sent.last() == Some(&0x1a), !mark.is_empty(), "{case}");
                let mut longer = sent.clone();
                longer.push(0x1a);
                assert!(trial.decode(&longer).is_err(), "{case}");
                assert!(trial.decode(&sent[..sent.len() - 1]).is_err(), "{case}");
                assert!(trial.decode(&[&sent[..], &sent[..12]].concat()).is_err(), "{case}");
            }
        }
    }
}

#[test]
fn the_last_record_may_lack_its_separator_on_reading_where_the_layout_says_so_and_never_half_of_it() {
    for (separator, bytes) in [("crlf", "\r\n"), ("lf", "\n"), ("crlf-inside", "\r\n")] {
        for optional in [false, true] {
            let keys = format!("last_separator_optional = {optional}\n");
            let length = if separator == "crlf-inside" { "length = 4" } else { "length = 2" };
            let fixed =
                heading("shift_jis", separator, &keys) + &sized("r", "data", length, &[("v", "X", 2, "")]);
            let mut trials = vec![(Trial::new(&fixed), "AB")];
            if separator != "crlf-inside" {
                let items = [("v", "X", 2, "empty = \"refuse\""), ("w", "X", 2, "")];
                let keys = format!("format = \"csv\"\n{keys}");
                let lines = heading("shift_jis", separator, &keys) + &sized("r", "data", "", &items);
                trials.push((Trial::new(&lines), "AB,CD"));
            }
            for (trial, row) in trials {
                let case = format!("{separator} {row} {optional}");
                let whole = format!("{row}{bytes}{row}{bytes}");
                let rows = trial.decode(whole.as_bytes()).unwrap_or_else(|report| panic!("{case}: {report}"));
                let read = trial.decode(format!("{row}{bytes}{row}").as_bytes());
                assert_eq!(read.as_ref().ok(), optional.then_some(&rows), "{case}: {read:?}");
                let alone = trial.decode(row.as_bytes());
                assert_eq!(alone.is_ok(), optional, "{case}: {alone:?}");
                // What is written has every separator all the same.
                assert_eq!(trial.bytes(&rows), whole.as_bytes(), "{case}");
                // Half a separator or half a record is a torn file, and inside the file no separator may lack.
                for torn in ["{row}{bytes}{row}\r", "{row}{bytes}A", "{row}{row}{bytes}"] {
                    let torn = torn.replace("{row}", row).replace("{bytes}", bytes);
                    assert!(trial.decode(torn.as_bytes()).is_err(), "{case}: {torn:?}");
                }
                if bytes.len() == 2 {
                    let torn = format!("{row}{bytes}{row}\n");
                    assert!(trial.decode(torn.as_bytes()).is_err(), "{case}: {torn:?}");
                }
            }
        }
    }
}

#[test]
fn a_partners_error_message_is_told_as_that_and_not_as_a_broken_file() {
    let keys = "error_message = \"error:\"";
    let fixed = heading("cp932", "none", keys) + &record("r", "data", &[("v", "X", 2, "")]);
    let csv = heading("cp932", "crlf", &format!("format = \"csv\"\n{keys}\n[csv]\nheading = true"))
        + &sized("r", "data", "", &[("v", "X", 9, "empty = \"refuse\"")]);
    for layout in [fixed, csv] {
        let trial = Trial::new(&layout);
        let message = [&b"error:\r\n"[..], &[0x83, 0x56, 0x83, 0x58], b"(CVS000_0000)"].concat();
        for received in [&message[..], &b"error:"[..]] {
            for report in [trial.decode(received).unwrap_err(), trial.sift(received).unwrap_err()] {
                assert!(report.starts_with("problems: 1 "), "{report}");
                assert!(report.contains("an error message of the partner stands here"), "{report}");
                assert!(!report.contains("CVS000"), "{report}");
            }
        }
        let report = trial.decode(b"errors\r\n").unwrap_or_else(|report| report);
        assert!(!report.contains("an error message"), "{report}");
    }
}

#[test]
fn a_record_lost_doubled_torn_or_exchanged_is_found_on_decoding() {
    let trial = Trial::new(&zengin("crlf", BREAK));
    let (sent, _) = trial.there_and_back(SOURCE);
    let record = |n: usize| &sent[n * 14..(n + 1) * 14];
    let without = |n: usize| [&sent[..n * 14], &sent[(n + 1) * 14..]].concat();
    let doubled = |n: usize| [&sent[..(n + 1) * 14], &sent[n * 14..]].concat();
    for n in 0..8 {
        assert!(trial.decode(&without(n)).is_err(), "record {n} is lost");
        assert!(trial.decode(&doubled(n)).is_err(), "record {n} is doubled");
    }
    let torn = &sent[..sent.len() - 5];
    assert!(trial.decode(torn).unwrap_err().contains("the file ends inside a record"), "torn");
    trial.refuses_file(b"", "the file ends too early; accepted: ヘッダ");
    let exchanged = [record(1), record(0), &sent[28..]].concat();
    assert!(
        trial
            .decode(&exchanged)
            .unwrap_err()
            .contains("no record of this kind may stand here; accepted: ヘッダ")
            || trial.decode(&exchanged).unwrap_err().contains("not the bytes that always stand here")
    );
}

#[test]
fn every_wrong_byte_of_a_checked_file_is_found_or_is_another_right_value() {
    let trial = Trial::new(&zengin("none", BREAK));
    let (sent, rows_back) = trial.there_and_back(SOURCE);
    for at in 0..sent.len() {
        let mut damaged = sent.clone();
        damaged[at] ^= 0x01;
        // Names, days and 委託者 are values of their own; whatever is decoded then encodes to the damaged bytes.
        if let Ok(rows) = trial.decode(&damaged) {
            assert_ne!(rows, rows_back);
            assert_eq!(trial.bytes(&rows), damaged, "byte {at}");
        }
    }
}

#[test]
fn totals_that_do_not_follow_from_the_records_are_refused_on_decoding() {
    let trial = Trial::new(&zengin("none", BREAK));
    let (sent, _) = trial.there_and_back(SOURCE);
    for (at, byte, wanted) in [
        (3 * 12 + 2, b'3', "3 does not follow from the file; accepted: 2"),
        (3 * 12 + 6, b'6', "106 does not follow from the file; accepted: 105"),
        (3 * 12 + 7, b'2', "2 does not follow from the file; accepted: 1"),
        (7 * 12 + 3, b'9', "9 does not follow from the file; accepted: 8"),
    ] {
        let mut wrong = sent.clone();
        wrong[at] = byte;
        trial.refuses_file(&wrong, wanted);
    }
}

#[test]
fn columns_of_a_header_must_agree_throughout_their_block() {
    let trial = Trial::new(&zengin("none", BREAK));
    let report = trial.encode(&SOURCE.replace("7,20260427,ｲ", "7,20260428,ｲ")).unwrap_err();
    assert!(
        report.contains("日") && report.contains("differs from the first record of its block"),
        "{report}"
    );
    // Without a break the whole file is one block, and the second 委託者 is one too many.
    let single = Trial::new(&zengin("none", ""));
    single.refuses(SOURCE, "委託者");
    let (sent, _) = trial.there_and_back(SOURCE);
    single.refuses_file(&sent, "no record of this kind may stand here");
}

#[test]
fn control_records_of_another_length_stand_before_the_blocks() {
    let control = [
        ("自治体", "9", 6, "gateway = \"municipality-code-6\""),
        ("作成", "9", 7, "gateway = \"accepted-date\"\ndate = \"GEEMMDD\""),
        ("時刻", "X", 5, "gateway = \"accepted-time\"\ntime = \"HH:MM\""),
        ("全件", "9", 3, "count = [\"明細\"]"),
    ];
    let data = [("区分", "9", 1, "value = \"2\""), ("v", "9", 3, "")];
    let text = heading("shift_jis", "lf", "[eras]\nheisei = \"4\"\nreiwa = \"5\"")
        + &record("管理", "file-top", &control)
        + &record("明細", "data", &data);
    let trial = Trial::new(&text);
    let (sent, rows_back) = trial.there_and_back("v\n1\n22\n");
    assert_eq!(sent, b"131016508040209:30002\n2001\n2022\n");
    assert_eq!(rows_back, "v\n001\n022\n");
    let mut theirs = sent.clone();
    theirs[..6].copy_from_slice(b"011002");
    trial.refuses_file(&theirs, "not this gateway's value");
    let (json, decoded) = trial.decode_as(&sent, RowForm::JsonLines).unwrap();
    assert_eq!(
        json.lines().next().unwrap(),
        "{\"record\":\"管理\",\"number\":1,\"items\":{\"自治体\":\"131016\",\"作成\":\"20260402\",\"時刻\":\"0930\",\"全件\":\"002\"}}"
    );
    assert_eq!(json.lines().count(), 3);
    assert_eq!((decoded.records["明細"], decoded.size), (2, sent.len() as u64));
}

#[test]
fn a_count_that_names_a_record_at_the_files_top_takes_it_in() {
    let top = [("k", "X", 1, "value = \"T\""), ("n", "9", 2, "count = [\"t\", \"d\"]")];
    let data = [("k", "X", 1, "value = \"D\""), ("v", "9", 2, "")];
    let end = [("k", "X", 1, "value = \"E\""), ("n", "9", 2, "count = [\"t\", \"d\", \"e\"]")];
    let text = heading("shift_jis", "lf", "")
        + &record("t", "file-top", &top)
        + &record("d", "data", &data)
        + &record("e", "file-end", &end);
    let (sent, _) = Trial::new(&text).there_and_back("v\n1\n2\n");
    assert_eq!(sent, b"T03\nD01\nD02\nE04\n");
}

#[test]
fn numbers_run_through_the_file_the_block_and_all_records() {
    let header = [
        ("k", "X", 1, "value = \"H\""),
        ("block", "9", 2, "sequence = \"blocks\""),
        ("f", "X", 5, "filler = \"spaces\""),
    ];
    let data = [
        ("k", "X", 1, "value = \"D\""),
        ("g", "X", 1, ""),
        ("n", "9", 2, "sequence = \"data\"\nfirst = 0"),
        ("b", "9", 2, "sequence = \"data-in-block\""),
        ("r", "9", 2, "sequence = \"records\""),
    ];
    let text = heading("shift_jis", "lf", "break_on = [\"g\"]")
        + &record("h", "block-header", &header)
        + &record("d", "data", &data);
    let trial = Trial::new(&text);
    let (sent, _) = trial.there_and_back("g\na\na\nb\n");
    assert_eq!(sent, b"H01     \nDa000102\nDa010203\nH02     \nDb020105\n");
    let wrong = String::from_utf8(sent).unwrap().replace("Da010203", "Da010204");
    trial.refuses_file(wrong.as_bytes(), "4 does not follow from the file; accepted: 3");
}

#[test]
fn a_group_is_used_twice_under_prefixes_and_its_check_digit_follows() {
    let group = "[[group]]\nname = \"バーコード\"\n[[group.item]]\nno = 1\nname = \"AI\"\nkind = \"9\"\nbytes = 2\nvalue = \"91\"\n\
        [[group.item]]\nno = 2\nname = \"番号\"\nkind = \"9\"\nbytes = 4\nexact = true\n\
        [[group.item]]\nno = 3\nname = \"CD\"\nkind = \"9\"\nbytes = 1\ncheck_digit = \"mod10-3-1\"\nover = [\"AI\", \"番号\"]\n";
    let text = heading("shift_jis", "none", "")
        + group
        + "[[record]]\nname = \"r\"\nplace = \"data\"\nlength = 14\n\
           [[record.item]]\nuse = \"バーコード\"\nno = 1\nprefix = \"票#_\"\ntimes = 2\nat = 0\n";
    let trial = Trial::new(&text);
    assert_eq!(trial.layout.input_columns(), ["票1_番号", "票2_番号"]);
    let (sent, rows_back) = trial.there_and_back("票1_番号,票2_番号\n1234,0000\n");
    // 9*3+1*1+1*3+2*1+3*3+4*1 in GS1's weights from the right: 4*3+3*1+2*3+1*1+1*3+9*1 = 34, and 1*3+9*1 = 12.
    assert_eq!(sent, b"91123469100008");
    assert_eq!(rows_back, "票1_番号,票2_番号\n1234,0000\n");
    trial.refuses_file(b"91123479100008", "1-1-3 票1_CD");
}

#[test]
fn a_value_with_its_own_check_digit_is_verified() {
    let trial = one("shift_jis", "9", 6, "verify = \"municipality-code\"");
    assert_eq!(trial.there_and_back(&rows(&["131016"])).0, b"131016");
    trial.refuses(&rows(&["131015"]), "the last digit is not the check digit");
    assert!(trial.decode(b"131015").is_err());
}

#[test]
fn signed_numbers_are_written_read_and_summed() {
    for (sign, minus, plus, total) in [
        ("minus", &b"-012"[..], &b"0007"[..], &b"-005"[..]),
        ("leading", b"-012", b"+007", b"-005"),
        ("trailing", b"012-", b"007+", b"005-"),
    ] {
        let sign = format!("sign = \"{sign}\"");
        let sum = format!("sum = \"v\"\n{sign}");
        let text = heading("shift_jis", "lf", "")
            + &record("d", "data", &[("k", "X", 1, "value = \"D\""), ("v", "9", 4, &sign)])
            + &record("t", "block-trailer", &[("k", "X", 1, "value = \"T\""), ("s", "9", 4, &sum)]);
        let trial = Trial::new(&text);
        let (sent, rows_back) = trial.there_and_back("v\n-12\n+7\n");
        assert_eq!(sent, [&b"D"[..], minus, b"\nD", plus, b"\nT", total, b"\n"].concat());
        assert_eq!(rows_back, "v\n-12\n7\n");
        let (_, converted) = trial.encode("v\n-12\n+7\n").unwrap();
        assert_eq!(converted.signed_totals["v"], -5);
        trial.refuses("v\n-1234\n", "needs 5 bytes");
        trial.refuses("v\n1-2\n", "U+002D");
    }
}

#[test]
fn dates_of_several_columns_are_one_date_of_the_source() {
    let items = [
        ("元号", "9", 1, "column = \"生年月日\"\ndate = \"G\"\nmap = { \"\" = \"0\" }"),
        ("年", "9", 2, "column = \"生年月日\"\ndate = \"EE\"\nmap = { \"\" = \"00\" }"),
        ("月", "9", 2, "column = \"生年月日\"\ndate = \"MM\"\nmap = { \"\" = \"00\" }"),
        ("日", "9", 2, "column = \"生年月日\"\ndate = \"DD\"\nmap = { \"\" = \"00\" }"),
    ];
    let text = heading(
        "shift_jis",
        "none",
        "[eras]\nmeiji = \"3\"\ntaisho = \"2\"\nshowa = \"1\"\nheisei = \"4\"\nreiwa = \"5\"",
    ) + &record("r", "data", &items);
    let trial = Trial::new(&text);
    let (sent, rows_back) = trial.there_and_back("生年月日\n1945-08-15\n20190501\n\"\"\n");
    assert_eq!(sent, b"120081550105010000000");
    assert_eq!(rows_back, "生年月日\n19450815\n20190501\n\"\"\n");
    assert!(trial.decode(b"1640108").is_err(), "昭和64年1月8日 never was");
    assert!(trial.decode(b"1200800").is_err(), "a part is missing");
}

#[test]
fn an_era_in_one_item_and_a_year_of_the_calendar_in_another_of_the_column_are_refused() {
    let eras = heading("shift_jis", "none", "[eras]\nheisei = \"4\"\nreiwa = \"5\"");
    let written = |parts: &[&str]| {
        let items: Vec<_> = parts.iter().map(|part| format!("column = \"日\"\ndate = {part:?}")).collect();
        let bytes = |part: &str| if part == "G" { 1 } else { part.len() };
        let names = ["一", "二", "三", "四"];
        let items: Vec<_> = parts
            .iter()
            .zip(&items)
            .zip(names)
            .map(|((part, more), name)| (name, "9", bytes(part), more.as_str()))
            .collect();
        problems(&(eras.clone() + &record("r", "data", &items)))
    };
    for parts in [&["G", "YY", "MMDD"][..], &["G", "YYMMDD"], &["YY", "MM", "DD", "G"]] {
        assert!(written(parts).contains("the year of an era is EE"), "{parts:?}: {}", written(parts));
    }
    // Both ways of counting in one record mislead nobody.
    for parts in [&["G", "EE", "MMDD"][..], &["YYMMDD", "G", "EE", "MMDD"], &["YY", "MMDD"]] {
        assert_eq!(written(parts), "", "{parts:?}");
    }
}

#[test]
fn unknown_dates_are_mapped_or_half_known() {
    let trial = one(
        "shift_jis",
        "9",
        8,
        "date = \"YYYYMMDD\"\nunknown_parts = true\nmap = { \"不詳\" = \"99999999\", \"\" = \"        \" }",
    );
    let (sent, rows_back) = trial.there_and_back(&rows(&["不詳", "", "19450000", "20260401"]));
    assert_eq!(sent, b"99999999        1945000020260401");
    assert_eq!(rows_back, "v\n不詳\n\"\"\n19450000\n20260401\n");
    trial.refuses(&rows(&["20261301"]), "a day of the calendar as YYYYMMDD");
}

fn two_kinds(key_b: &str) -> String {
    let a = [("種", "X", 1, "value = \"A\""), ("番号", "9", 3, ""), ("額", "9", 4, "number = true")];
    let b = [("種", "X", 1, key_b), ("番号", "9", 3, ""), ("名", "X", 4, "")];
    let end =
        [("種", "X", 1, "value = \"Z\""), ("額", "9", 4, "sum = \"額\""), ("件", "9", 3, "count = [\"乙\"]")];
    heading("shift_jis", "lf", "record_key = \"種\"")
        + &record("甲", "data", &a)
        + &record("乙", "data", &b)
        + &record("終", "file-end", &end)
}

#[test]
fn several_data_records_are_told_apart_by_a_key_that_the_source_has_too() {
    let trial = Trial::new(&two_kinds("value = \"B\""));
    assert_eq!(trial.layout.input_columns(), ["種", "番号", "額", "名"]);
    let (sent, rows_back) = trial.there_and_back("種,番号,額,名\nA,1,50,\nB,2,,x\nA,3,7,\n");
    assert_eq!(sent, b"A0010050\nB002x   \nA0030007\nZ0057001\n");
    assert_eq!(rows_back, "種,番号,額,名\nA,001,50,\nB,002,,x\nA,003,7,\n");
    trial.refuses("種,番号,額,名\nC,1,50,\n", "\"C\" is not an allowed value; accepted: A, B");
    trial.refuses("種,番号,額,名\nA,1,50,x\n", "no such item, but here is a value");
    trial.refuses_file(b"A0010050\nC002x   \nZ0050000\n", "no record of this kind");
}

#[test]
fn records_that_a_reader_could_not_tell_apart_are_refused_with_the_layout() {
    assert!(problems(&two_kinds("value = \"A\"")).contains("record_key: another data record has \"A\" too"));
    assert!(problems(&two_kinds("")).contains("the record has no literal item \"種\""));
    let keyless = two_kinds("value = \"B\"").replace("record_key = \"種\"\n", "");
    assert!(problems(&keyless).contains("record_key is missing"));
}

#[test]
fn a_file_without_records_is_right_only_where_the_layout_says_so() {
    let nothing = "委託者,日,名義,金額,結果\n";
    let refusing = Trial::new(&zengin("none", BREAK));
    refusing.refuses(nothing, "no records");
    let end_only = Trial::new(&zengin("none", &format!("may_be_empty = true\n{BREAK}")));
    assert_eq!(end_only.there_and_back(nothing), (b"90010000    ".to_vec(), nothing.into()));
    let data = [("k", "9", 1, "value = \"2\""), ("v", "9", 2, "")];
    let trailer = [("k", "9", 1, "value = \"8\""), ("n", "9", 2, "count = [\"d\"]")];
    let text = heading("shift_jis", "lf", "may_be_empty = true")
        + &record("d", "data", &data)
        + &record("t", "block-trailer", &trailer);
    assert_eq!(Trial::new(&text).there_and_back("v\n"), (b"800\n".to_vec(), "v\n".into()));
}

#[test]
fn a_csv_file_without_lines_holds_its_marks_alone_both_ways() {
    for (encoding, mark, keys, bytes) in [
        ("utf-8", true, "", &b"\xef\xbb\xbf"[..]),
        ("utf-16le", true, "", b"\xff\xfe"),
        ("utf-16be", true, "", b"\xfe\xff"),
        ("shift_jis", false, "end_mark = \"1A\"", b"\x1a"),
        ("utf-8", true, "end_mark = \"1A\"", b"\xef\xbb\xbf\x1a"),
    ] {
        let keys = format!("may_be_empty = true\nformat = \"csv\"\n{keys}\n[csv]\nbyte_order_mark = {mark}");
        let items = [("v", "M", 0, ""), ("w", "9", 3, "")];
        let trial = Trial::new(&(heading(encoding, "crlf", &keys) + &sized("r", "data", "", &items)));
        assert_eq!(trial.there_and_back("v,w\n"), (bytes.to_vec(), "v,w\n".into()), "{encoding} {keys}");
    }
}

#[test]
fn a_file_of_its_top_alone_lacks_the_last_separator_only_where_the_layout_says_so_and_never_half_of_it() {
    for optional in [false, true] {
        let keys = format!("may_be_empty = true\nlast_separator_optional = {optional}");
        let second = [("k", "X", 1, "value = \"B\""), ("n", "9", 2, "count = [\"d\"]")];
        let text = heading("shift_jis", "crlf", &keys)
            + &record("a", "file-top", &[("k", "X", 1, "value = \"A\"")])
            + &record("b", "file-top", &second)
            + &record("d", "data", &[("k", "X", 1, "value = \"D\""), ("v", "9", 2, "")]);
        let trial = Trial::new(&text);
        assert_eq!(trial.there_and_back("v\n"), (b"A\r\nB00\r\n".to_vec(), "v\n".into()));
        let read = trial.decode(b"A\r\nB00");
        assert_eq!(read.is_ok(), optional, "{read:?}");
        trial.refuses_file(b"A\r\nB00\r", "the file ends inside a record");
    }
}

fn csv(quote: &str, rest: &str, items: &[(&str, &str, usize, &str)]) -> String {
    heading("shift_jis", "crlf", &format!("format = \"csv\"\n[csv]\nquote = \"{quote}\"\n{rest}"))
        + &sized("明細", "data", "", items)
}

#[test]
fn a_csv_file_has_the_quotes_that_its_layout_allows() {
    let items = [
        ("種別", "9", 2, "exact = true"),
        ("名", "N", 0, "quoted = true"),
        ("金額", "9", 6, ""),
        ("末", "X", 0, "value = \" \""),
    ];
    let trial = Trial::new(&csv("when-needed", "", &items));
    let (sent, rows_back) = trial.there_and_back("種別,名,金額\n01,山田,00120\n02,\"あ，い\",5\n");
    assert_eq!(sent, b"01,\"\x8eR\x93c\",00120, \r\n02,\"\x82\xa0\x81C\x82\xa2\",5, \r\n");
    assert_eq!(rows_back, "種別,名,金額\n01,山田,00120\n02,あ，い,5\n");

    let items = [("a", "M", 0, ""), ("b", "X", 0, "")];
    let trial = Trial::new(&csv("when-needed", "", &items));
    assert_eq!(trial.there_and_back("a,b\n\"x,y\",\"q\"\"q\"\n").0, b"\"x,y\",\"q\"\"q\"\r\n");
    let trial = Trial::new(&csv("always", "", &items));
    assert_eq!(trial.there_and_back("a,b\n1,\n").0, b"\"1\",\"\"\r\n");
    let trial = Trial::new(&csv("never", "", &items));
    assert_eq!(trial.there_and_back("a,b\n1,\n").0, b"1,\r\n");
    for bad in ["\"x,y\",1", "\"q\"\"q\",1"] {
        trial.refuses(&format!("a,b\n{bad}\n"), "the layout bars the character");
    }
}

#[test]
fn line_kinds_of_a_csv_file_have_columns_and_totals_of_their_own() {
    let text = heading("shift_jis", "crlf", "format = \"csv\"\n[csv]\nquote = \"never\"")
        + &sized(
            "始",
            "file-top",
            "",
            &[
                ("k", "9", 0, "value = \"1\""),
                ("月", "9", 4, "column = \"月\"\ndate = \"EEMM\"\nera = \"heisei\""),
                ("件", "9", 0, "count = [\"明細\"]"),
            ],
        )
        + &sized(
            "明細",
            "data",
            "",
            &[
                ("k", "9", 0, "value = \"3\""),
                ("額", "9", 9, ""),
                ("名", "N", 60, "characters = 3"),
                ("末", "X", 0, "value = \" \""),
            ],
        )
        + &sized(
            "計",
            "block-trailer",
            "",
            &[("k", "9", 0, "value = \"8\""), ("額", "9", 0, "sum = \"額\"")],
        )
        + &sized("終", "file-end", "", &[("k", "9", 0, "value = \"9\""), ("末", "X", 0, "value = \" \"")]);
    let trial = Trial::new(&text);
    let (sent, rows_back) = trial.there_and_back("月,額,名\n202003,100,山\n202003,20,\n");
    assert_eq!(sent, b"1,3203,2\r\n3,100,\x8eR, \r\n3,20,, \r\n8,120\r\n9, \r\n");
    assert_eq!(rows_back, "月,額,名\n202003,100,山\n202003,20,\n");
    trial.refuses("月,額,名\n202003,100,山田太郎\n", "4 characters, the item takes 3");
    trial.refuses_file(
        b"1,3203,1\r\n3,100, \r\n8,100\r\n9, \r\n",
        "the line has 3 columns; accepted: 4 columns",
    );
    trial.refuses_file(
        b"1,3203,3\r\n3,100,, \r\n8,100\r\n9, \r\n",
        "3 does not follow from the file; accepted: 1",
    );
    assert!(trial.decode(b"1,3203,1\r\n3,100,, \r\n8,100\r\n9, ").is_err(), "the last line has no end");
    assert!(trial.decode(b"1,3203,1\n3,100,, \r\n8,100\r\n9, \r\n").is_err(), "another line end");
}

#[test]
fn a_csv_file_in_utf_8_may_have_a_byte_order_mark_and_a_heading() {
    let text = heading(
        "utf-8",
        "lf",
        "format = \"csv\"\n[csv]\nquote = \"when-needed\"\nheading = true\nbyte_order_mark = true",
    ) + &sized("r", "data", "", &[("氏名", "N", 0, ""), ("番号", "9", 5, "pad = \"zeros\"")]);
    let trial = Trial::new(&text);
    let (sent, rows_back) = trial.there_and_back("番号,氏名\n42,髙橋\n");
    assert_eq!(sent, "\u{feff}氏名,番号\n髙橋,00042\n".as_bytes());
    assert_eq!(rows_back, "氏名,番号\n髙橋,00042\n");
    trial.refuses_file("氏名,番号\n髙橋,00042\n".as_bytes(), "byte order mark is missing");
    trial.refuses_file("\u{feff}番号,氏名\n".as_bytes(), "the heading is not the layout's");
}

#[test]
fn the_end_mark_of_a_csv_file_stands_behind_a_line_end_and_a_layout_that_says_otherwise_is_refused() {
    let text = |keys: &str| {
        heading("shift_jis", "crlf", &format!("format = \"csv\"\n{keys}"))
            + &sized("r", "data", "", &[("v", "X", 0, "empty = \"refuse\"")])
    };
    let found = problems(&text("end_mark = \"1A\"\nseparator_after_last = false"));
    assert!(found.contains("the end mark stands behind the last line's end"), "{found}");
    for (keys, bytes) in
        [("end_mark = \"1A\"", &b"A\r\nB\r\n\x1a"[..]), ("separator_after_last = false", b"A\r\nB")]
    {
        let both_ways = Trial::new(&text(keys)).there_and_back("v\nA\nB\n");
        assert_eq!(both_ways, (bytes.to_vec(), "v\nA\nB\n".into()), "{keys}");
    }
}

#[test]
fn as_is_hands_the_bytes_on_both_ways() {
    let text = "title = \"t\"\npartner = \"p\"\nstatus = \"published\"\neffective_from = 2026-04-01\nformat = \"as-is\"\n";
    let trial = Trial::new(text);
    let bytes = "何でも\r\n\0";
    assert_eq!(trial.bytes(bytes), bytes.as_bytes());
    let (_, decoded) = trial.decode_as(bytes.as_bytes(), RowForm::Csv).unwrap();
    assert_eq!(decoded.sha256, decoded.decoded_sha256);
    assert!(Layout::compile("p/t", &(text.to_owned() + &record("r", "data", &[("v", "9", 1, "")]))).is_err());
}

#[test]
fn all_problems_of_a_received_file_are_listed_with_record_byte_and_item() {
    let trial = Trial::new(&zengin("crlf", BREAK));
    let (mut sent, _) = trial.there_and_back(SOURCE);
    sent[14 + 4] = b'x';
    sent[28 + 8] = b'7';
    sent[56 + 11] = b'!';
    let report = trial.decode(&sent).unwrap_err();
    let lines: Vec<String> = report
        .split("\n\n")
        .nth(2)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(lines[..3], ["2 18 3 金額", "3 36 4 結果", "5 64 4 余白"], "{report}");
    assert!(report.contains("something stands in a filler") && report.contains("accepted: 0, 1"), "{report}");
}

#[test]
fn slips_of_a_layout_are_named_with_record_and_item() {
    let sound = zengin("none", BREAK);
    let slips = [
        (
            "bytes = 4\ncolumn = \"日\"",
            "bytes = 5\ncolumn = \"日\"",
            "ヘッダ: item 3 日: a date as MMDD has 4 bytes",
        ),
        ("sum = \"金額\"\nwhere", "sum = \"金額\"\nfirst = 1\nwhere", "first belongs to sequence"),
        ("is = [\"済\"]", "is = [\"未\"]", "where: it can't hold \"未\""),
        ("is = [\"済\"]", "is = []", "where has is or is_not"),
        ("\"不能\" = \"1\"", "\"不能\" = \"0\"", "two words have the same code"),
        ("break_on = [\"委託者\"]", "break_on = [\"委託\"]", "break_on: no data record has an item \"委託\""),
        ("place = \"file-end\"", "place = \"block-trailer\"", "at most one block trailer"),
        ("number = true", "number = true\nrules = [\"nfc\"]", "digits take no text rules"),
        (
            BREAK,
            "last_separator_optional = true",
            "last_separator_optional is for files that end with a separator",
        ),
        (BREAK, "error_message = \"誤\"", "error_message: the first characters"),
        ("number = true", "number = true\nonly = \"x\"", "only: there is no set \"x\""),
        ("number = true", "number = true\nfold = [\"mjj\"]", "fold: \"mjj\" is no table"),
        (
            "number = true",
            "number = true\ncheck_digit = \"mod10-3-1\"",
            "check_digit and over belong together",
        ),
        ("jis-x-0201", "jis7", ""),
        ("kind = \"X\"\nbytes = 3\n", "kind = \"N\"\nbytes = 4\n", "jis-x-0201 has no two-byte characters"),
        (
            "kind = \"X\"\nbytes = 3\n",
            "kind = \"X\"\nbytes = 3\nuse = \"g\"",
            "there is no [[group]] named \"g\"",
        ),
    ];
    for (from, to, wanted) in slips {
        let text = sound.replacen(from, to, 1);
        assert_ne!(text, sound, "{from}");
        let found = problems(&text);
        assert!(found.contains(wanted), "{to}: {found}");
    }
}
