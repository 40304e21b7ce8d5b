//! What a layout promises about its bytes, proven by a reader that shares nothing with the writer: offsets written here by
//! hand, and the `iconv` program.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use support::conversion::{ID, ROW, row_with, source_with};
use support::shipped::{LAYOUTS, layout};
use support::trial::Trial;
use totatsu_records::encode::{ConvertError, convert};
use totatsu_records::invented::{HEADING, write_csv};
use totatsu_records::layout::LayoutCatalogue;
use totatsu_records::{Remedy, Sha256};

/// Decodes lines of Shift_JIS with the program of the C library.
fn iconv(bytes: Vec<u8>) -> String {
    let mut child = Command::new("iconv")
        .args(["-f", "CP932", "-t", "UTF-8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("iconv is part of the C library");
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes).unwrap());
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

/// Cuts the file by hand-written widths and decodes every field.
fn decode(file: &[u8]) -> Vec<Vec<String>> {
    const CONTROL_1: &[usize] = &[5, 1, 3, 8, 31];
    const CONTROL_2: &[usize] = &[6, 42];
    const HEADER: &[usize] = &[1, 5, 3, 2, 1, 1, 8, 479];
    const DATA: &[usize] = &[
        1, 5, 3, 2, 1, 1, 8, 10, 4, 3, 8, 1, 25, 3, 50, 3, 7, 80, 3, 160, 3, 2, 2, 1, 8, 11, 11, 11, 58, 15,
    ];
    const TRAILER: &[usize] = &[1, 2, 3, 3, 2, 1, 1, 8, 9, 11, 11, 11, 437];
    assert_eq!((file.len() - 96) % 500, 0);
    let mut shapes = vec![(&file[..48], CONTROL_1), (&file[48..96], CONTROL_2)];
    for record in file[96..].chunks(500) {
        let shape = match record[0] {
            b'1' => HEADER,
            b'2' => DATA,
            b'3' => TRAILER,
            other => panic!("レコード区分 {other:02x}"),
        };
        shapes.push((record, shape));
    }
    let mut lines = Vec::new();
    let mut counts = Vec::new();
    for (record, widths) in shapes {
        assert_eq!(widths.iter().sum::<usize>(), record.len());
        let mut rest = record;
        for width in widths {
            let (field, after) = rest.split_at(*width);
            lines.extend_from_slice(field);
            lines.push(b'\n');
            rest = after;
        }
        counts.push(widths.len());
    }
    let text = iconv(lines);
    let mut fields = text.lines().map(str::to_owned);
    let records = counts.iter().map(|&count| fields.by_ref().take(count).collect()).collect();
    assert_eq!(fields.next(), None);
    records
}

/// Full-width kana to half-width, large: a table of its own, for the characters that the sample uses.
fn half_kana(text: &str) -> String {
    const PAIRS: &str = "アｱイｲウｳエｴオｵカｶキｷクｸケｹコｺサｻシｼスｽセｾソｿタﾀチﾁツﾂテﾃトﾄナﾅニﾆヌﾇネﾈノﾉハﾊヒﾋフﾌヘﾍホﾎマﾏミﾐムﾑメﾒモﾓヤﾔユﾕヨﾖラﾗリﾘルﾙレﾚロﾛワﾜンﾝッﾂャﾔュﾕョﾖァｱ";
    const MARKED: &str = "ガｶギｷグｸゲｹゴｺザｻジｼズｽゼｾゾｿダﾀデﾃドﾄバﾊビﾋブﾌベﾍボﾎ";
    let find = |table: &str, c: char| table.chars().skip_while(|&k| k != c).nth(1);
    let mut half = String::new();
    for c in text.chars() {
        if let Some(plain) = find(PAIRS, c) {
            half.push(plain);
        } else if let Some(plain) = find(MARKED, c) {
            half.extend([plain, 'ﾞ']);
        } else if c == 'ポ' {
            half.push_str("ﾎﾟ");
        } else {
            half.push(c);
        }
    }
    half
}

/// ASCII digits to their wide forms.
fn wide_digits(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
        .collect()
}

fn filled(text: &str, bytes: usize) -> String {
    format!("{text:<bytes$}")
}

fn filled_wide(text: &str, bytes: usize) -> String {
    format!("{text:　<width$}", width = bytes / 2)
}

fn expected_data(row: &[&str]) -> Vec<String> {
    let [
        payer,
        notice,
        system,
        number,
        code,
        birth,
        sex,
        kana,
        kanji,
        post,
        kana_place,
        place,
        class,
        result,
        day,
    ] = row[..15]
    else {
        panic!("a row has 19 fields")
    };
    let amount = |n: usize| format!("{:0>11}", row[n]);
    vec![
        "2".into(),
        "13104".into(),
        payer.into(),
        notice.into(),
        " ".into(),
        system.into(),
        "20260710".into(),
        number.into(),
        code.into(),
        "   ".into(),
        birth.into(),
        sex.into(),
        filled(&half_kana(kana), 25),
        "   ".into(),
        filled_wide(kanji, 50),
        "   ".into(),
        post.into(),
        filled(&half_kana(kana_place), 80),
        "   ".into(),
        filled_wide(&wide_digits(place), 160),
        "   ".into(),
        class.into(),
        filled(result, 2),
        " ".into(),
        day.into(),
        amount(15),
        amount(16),
        amount(17),
        filled("", 58),
        filled(row[18], 15),
    ]
}

fn expected_header(payer: &str) -> Vec<String> {
    ["1", "13104", payer, "01", "6", "0", "20260710", &filled("", 479)].map(String::from).to_vec()
}

fn expected_trailer(rows: &[Vec<&str>]) -> Vec<String> {
    let sum =
        |n: usize| format!("{:011}", rows.iter().map(|row| row[n].parse::<u64>().unwrap()).sum::<u64>());
    let count = format!("{:09}", rows.len());
    let fields = ["3", "13", "104", rows[0][0], "01", " ", "0", "20260710", &count];
    let mut fields = fields.map(String::from).to_vec();
    fields.extend([sum(15), sum(16), sum(17), filled("", 437)]);
    fields
}

/// The whole file as it must decode, from the rows of its source.
fn expected(source: &str) -> Vec<Vec<String>> {
    let rows: Vec<Vec<&str>> = source.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let mut records = vec![
        ["13104", " ", "007", "20260710", &filled("", 31)].map(String::from).to_vec(),
        vec![format!("{:06}", rows.len()), filled("", 42)],
    ];
    for block in rows.chunk_by(|a, b| a[0] == b[0]) {
        records.push(expected_header(block[0][0]));
        records.extend(block.iter().map(|row| expected_data(row)));
        records.push(expected_trailer(block));
    }
    records
}

#[test]
fn every_field_of_a_thousand_records_decodes_to_what_the_source_holds() {
    let trial = Trial::of_nenkin();
    let mut source = Vec::new();
    write_csv(&mut source, 1_000, 20260710).unwrap();
    let converted = trial.convert(&source).unwrap();
    let file = fs::read(trial.path("sent")).unwrap();

    let text = String::from_utf8(source).unwrap();
    let (found, wanted) = (decode(&file), expected(&text));
    assert_eq!(found.len(), wanted.len());
    for (n, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        assert_eq!(found, wanted, "record {n}");
    }

    assert_eq!(converted.size, file.len() as u64);
    assert_eq!(converted.sha256, Sha256::of(&file));
    assert_eq!((converted.layout.as_str(), converted.layout_version.as_str()), (ID, "2008-04-01"));
    let records = |name: &str| converted.records[name];
    assert_eq!(records("データレコード"), 1_000);
    assert_eq!((records("ヘッダレコード"), records("トレーラレコード")), (3, 3));
    assert_eq!((records("管理レコード1"), records("管理レコード2")), (1, 1));
    for (n, name) in ["金額1", "金額2", "金額3"].iter().enumerate() {
        let sum: u64 =
            text.lines().skip(1).map(|l| l.split(',').nth(15 + n).unwrap().parse::<u64>().unwrap()).sum();
        assert_eq!(converted.totals[*name], sum, "{name}");
    }
    assert!(converted.folds > 0);
    assert!(!trial.path("report.txt").exists() && !trial.path("sent.partial").exists());
}

#[test]
fn the_same_source_gives_the_same_bytes_even_over_leftovers_of_an_earlier_attempt() {
    let trial = Trial::of_nenkin();
    let mut source = Vec::new();
    write_csv(&mut source, 20, 1).unwrap();
    let first = trial.convert(&source).unwrap();
    fs::write(trial.path("sent.partial"), "left over").unwrap();
    fs::write(trial.path("report.txt"), "left over").unwrap();
    assert_eq!(trial.convert(&source).unwrap(), first);
    assert!(!trial.path("report.txt").exists());
}

#[test]
fn a_payer_that_comes_back_later_gets_a_block_of_its_own() {
    let trial = Trial::of_nenkin();
    let row = |payer: &str| row_with("特別徴収義務者コード", payer);
    let heading = ROW.map(|(name, _)| name).join(",");
    let source = format!("{heading}\n{}\n{}\n{}\n", row("999"), row("501"), row("999"));
    assert_eq!(trial.convert(source.as_bytes()).unwrap().records["ヘッダレコード"], 3);
}

#[test]
fn columns_may_stand_in_any_order() {
    let trial = Trial::of_nenkin();
    let straight = trial.convert(source_with("", "").as_bytes()).unwrap();
    let reversed = |fields: Vec<&str>| fields.into_iter().rev().collect::<Vec<_>>().join(",");
    let source: String =
        source_with("", "").lines().map(|line| reversed(line.split(',').collect()) + "\r\n").collect();
    assert_eq!(trial.convert(source.as_bytes()).unwrap().sha256, straight.sha256);
}

#[test]
fn characters_beyond_the_strict_set_are_refused_by_name_and_nothing_is_sent() {
    let trial = Trial::of_nenkin();
    let traps = [
        ("髙", "U+9AD9 髙"),
        ("①", "U+2460 ①"),
        ("㈱", "U+3231 ㈱"),
        ("𠮷", "U+20BB7 𠮷"),
        ("か\u{3099}", "U+3099"),
        ("\u{a0}", "U+00A0"),
        ("\u{feff}", "U+FEFF"),
        ("\u{e000}", "U+E000"),
        ("\u{200b}", "U+200B"),
        ("葛\u{e0100}", "U+E0100"),
        ("\n", "U+000A"),
        ("\0", "U+0000"),
        ("\u{80}", "U+0080"),
        ("\"", "U+0022"),
    ];
    for (character, named) in traps {
        let (problems, report) = trial.with_value("漢字氏名", &format!("山{character}田")).expect_err(named);
        assert_eq!(problems, 1, "{report}");
        assert!(report.contains(named), "{named}: {report}");
        assert!(report.contains("        2       9  漢字氏名"), "{report}");
        assert!(!report.contains('田'), "no value is quoted");
    }
}

#[test]
fn both_spellings_of_seven_cells_give_the_same_bytes() {
    let trial = Trial::of_nenkin();
    let pairs = [
        ('〜', '～', [0x81, 0x60]),
        ('−', '－', [0x81, 0x7c]),
        ('‖', '∥', [0x81, 0x61]),
        ('—', '―', [0x81, 0x5c]),
        ('¢', '￠', [0x81, 0x91]),
        ('£', '￡', [0x81, 0x92]),
        ('¬', '￢', [0x81, 0xca]),
    ];
    for (one, other, bytes) in pairs {
        for c in [one, other] {
            let record = trial.with_value("漢字氏名", &c.to_string()).unwrap();
            assert_eq!(record[75..77], bytes, "U+{:04X}", c as u32);
            assert_eq!(record[77..79], [0x81, 0x40]);
        }
    }
}

#[test]
fn yen_and_overline_pass_in_one_byte_items_and_backslash_and_tilde_do_not() {
    let trial = Trial::of_nenkin();
    let record = trial.with_value("共済年金証書記号番号", "¥‾").unwrap();
    assert_eq!(&record[485..488], b"\x5c\x7e ");
    for (bad, named) in [("\\", "U+005C"), ("~", "U+007E")] {
        let (_, report) = trial.with_value("共済年金証書記号番号", bad).expect_err(named);
        assert!(report.contains(named), "{report}");
    }
    // In a two-byte item the wide forms are characters of their own.
    let record = trial.with_value("漢字氏名", "¥\\~").unwrap();
    assert_eq!(record[75..81], [0x81, 0x8f, 0x81, 0x5f, 0x81, 0x60]);
}

#[test]
fn kana_are_counted_after_the_sound_mark_has_left() {
    let trial = Trial::of_nenkin();
    let record = trial.with_value("カナ氏名", &format!("{}ア", "ガ".repeat(12))).unwrap();
    assert_eq!(&record[47..49], b"\xb6\xde");
    assert_eq!(record[71], 0xb1);
    let (_, report) = trial.with_value("カナ氏名", &"ガ".repeat(13)).expect_err("26 bytes");
    assert!(report.contains("the value needs 26 bytes, the item has 25"), "{report}");
    let (_, report) = trial.with_value("カナ氏名", "やまだ").expect_err("hiragana");
    assert!(report.contains("U+3084 や"), "{report}");
}

#[test]
fn half_width_input_is_widened_in_two_byte_items() {
    let record = Trial::of_nenkin().with_value("漢字氏名", "ﾔﾏﾀﾞ A").unwrap();
    assert_eq!(iconv(record[75..125].to_vec()), filled_wide("ヤマダ　Ａ", 50));
}

#[test]
fn values_that_break_a_rule_are_refused() {
    let trial = Trial::of_nenkin();
    let traps = [
        ("性別", "3", "\"3\" is not an allowed value; accepted: 1, 2"),
        ("通知内容コード", "31", "\"31\" is not an allowed value; accepted: 01"),
        ("生年月日", "19450230", "not a date"),
        ("生年月日", "00000000", "not a date"),
        ("基礎年金番号", "123456789", "the value has 9 bytes, the item wants all 10"),
        ("基礎年金番号", "", "the value is empty"),
        ("金額1", "123456789012", "the value needs 12 bytes, the item has 11"),
        ("金額1", "-1", "U+002D"),
        ("金額1", "１", "U+FF11"),
        ("金額1", "", "the value is empty"),
        ("漢字氏名", &"山".repeat(26), "the value needs 52 bytes, the item has 50"),
    ];
    for (item, value, wanted) in traps {
        let (problems, report) = trial.with_value(item, value).expect_err(wanted);
        assert_eq!(problems, 1, "{report}");
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
}

#[test]
fn all_problems_of_a_source_are_listed_in_one_pass() {
    let trial = Trial::of_nenkin();
    let heading = ROW.map(|(name, _)| name).join(",");
    let mut source = format!("{heading}\r\n").into_bytes();
    for (item, value) in
        [("漢字氏名", "髙①"), ("", ""), ("性別", "9"), ("カナ氏名", "A\nB\u{200b}"), ("生年月日", "x")]
    {
        source.extend_from_slice(row_with(item, value).as_bytes());
        source.extend_from_slice(b"\r\n");
    }
    source.extend_from_slice(b"only,three,fields\r\n\r\n");
    let bad = row_with("漢字住所", "新宿@").replace('@', "\u{1}").into_bytes();
    source.extend(bad.iter().map(|&byte| if byte == 1 { 0xff } else { byte }));
    let (problems, report) = trial.rejected(&source);
    assert_eq!(problems, 8, "{report}");
    let lines: Vec<&str> = report.split("\n\n").nth(2).unwrap().lines().skip(1).collect();
    let begin = |n: usize| lines[n].split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    assert_eq!(begin(0), "2 9 漢字氏名");
    assert!(lines[0].contains("U+9AD9") && lines[1].contains("U+2460"));
    assert_eq!(begin(2), "4 7 性別");
    assert_eq!(begin(3), "5 8 カナ氏名");
    assert!(lines[3].contains("U+000A") && lines[4].contains("U+200B"));
    // The row above it holds a line break, so this one begins on line 7.
    assert_eq!(begin(5), "7 6 生年月日");
    assert!(
        lines[6].contains("        8       -  (row)")
            && lines[6].contains("3 fields, so its other errors can't be told"),
        "{}",
        lines[6]
    );
    assert_eq!(begin(7), "10 12 漢字住所");
    assert!(lines[7].contains("not UTF-8 from byte 6 of the value on"), "{}", lines[7]);
    assert!(report.starts_with("problems: 8   listed: 8   rows read: 7\n"), "{report}");
}

#[test]
fn a_source_that_is_no_table_of_the_layout_is_refused() {
    let trial = Trial::of_nenkin();
    let heading = ROW.map(|(name, _)| name).join(",");
    let good = source_with("", "");
    let cases: [(Vec<u8>, &str); 8] = [
        (Vec::new(), "the file is empty"),
        ("\u{feff}".into(), "the file is empty"),
        (format!("{heading}\n").into(), "no records"),
        (good.replace("性別,", "").into(), "the heading lacks the column"),
        (good.replace("性別", "性別,余分").into(), "the layout has no such column"),
        (good.replace("性別", "生年月日").into(), "the column stands twice"),
        (good.replace("山田", "\u{feff}山田").into(), "U+FEFF"),
        (good.clone().into_bytes().split_off(1), "the name is not UTF-8"),
    ];
    for (source, wanted) in cases {
        let (_, report) = trial.rejected(&source);
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
    // A quote that is never closed ends the reading instead of filling the memory.
    let mut endless = format!("{heading}\n\"").into_bytes();
    endless.resize(4 * 1024 * 1024, b'x');
    let (_, report) = trial.rejected(&endless);
    assert!(report.contains("no end within 1 MiB"), "{report}");
}

#[test]
fn a_byte_order_mark_at_the_start_and_any_line_end_are_no_part_of_the_values() {
    let trial = Trial::of_nenkin();
    let plain = trial.convert(source_with("", "").as_bytes()).unwrap();
    let marked = format!("\u{feff}{}", source_with("", "").replace('\n', "\r\n"));
    assert_eq!(trial.convert(marked.as_bytes()).unwrap().sha256, plain.sha256);
    let unended = source_with("", "").trim_end().to_owned();
    assert_eq!(trial.convert(unended.as_bytes()).unwrap().sha256, plain.sha256);
}

#[test]
fn items_that_a_header_repeats_must_agree_throughout_the_block() {
    let trial = Trial::of_nenkin();
    let source = source_with("", "") + &row_with("特別徴収制度コード", "5") + "\n";
    let (problems, report) = trial.rejected(source.as_bytes());
    assert_eq!(problems, 1);
    assert!(
        report.contains("特別徴収制度コード") && report.contains("differs from the first record"),
        "{report}"
    );
}

#[test]
fn a_total_that_does_not_fit_its_item_is_refused() {
    let trial = Trial::of_nenkin();
    let source = source_with("金額1", "99999999999") + &row_with("金額1", "1") + "\n";
    let (problems, report) = trial.rejected(source.as_bytes());
    assert_eq!(problems, 1);
    assert!(report.contains("10 合計金額 金額1") && report.contains("needs 12 bytes"), "{report}");
}

#[test]
fn a_source_that_is_not_the_accepted_one_is_held_and_not_judged() {
    let trial = Trial::of_nenkin();
    fs::write(trial.path("source"), source_with("性別", "9")).unwrap();
    let error = trial.converting(Sha256::of(b"another"), convert).expect_err("another digest");
    assert!(matches!(error, ConvertError::SourceChanged { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert!(!trial.path("sent").exists() && !trial.path("report.txt").exists());
}

#[test]
fn a_value_of_the_configuration_that_does_not_fit_is_told_before_anything_is_written() {
    let mut trial = Trial::of_nenkin();
    trial.values.link.insert("媒体通番".into(), "1234".into());
    let error = trial.convert(source_with("", "").as_bytes()).expect_err("four digits in three");
    assert!(matches!(error, ConvertError::BadValue { .. }), "{error}");
    assert!(error.to_string().contains("3 媒体通番"), "{error}");
    trial.values.link.clear();
    trial.convert(source_with("", "").as_bytes()).unwrap();
    assert_eq!(&fs::read(trial.path("sent")).unwrap()[6..9], b"001");
}

/// A name of random characters, some of which have no code.
fn drawn(seed: &mut u64, length: u64) -> String {
    let mut next = move || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *seed >> 33
    };
    let count = 1 + next() % length;
    let one = |n: u64, m: u64| match n % 8 {
        0..=3 => 0x4e00 + (m % 0x5200) as u32,
        4 => 0x3000 + (m % 0x100) as u32,
        5 => 0xff00 + (m % 0xf0) as u32,
        6 => 0x20 + (m % 0x60) as u32,
        _ => (m % 0x3000) as u32,
    };
    (0..count).filter_map(|_| char::from_u32(one(next(), next()))).collect()
}

#[test]
fn a_random_name_is_either_sent_whole_or_refused() {
    let trial = Trial::of_nenkin();
    let mut seed = std::process::id() as u64;
    println!("seed {seed}");
    let (mut sent, mut refused) = (0, 0);
    for length in (0..400).map(|n| 1 + n % 6) {
        let name = drawn(&mut seed, length);
        match trial.with_value("漢字氏名", &name) {
            Ok(record) => {
                sent += 1;
                let read = iconv(record[75..125].to_vec());
                // iconv names the wide dash, parallel, ... by the other spelling, and widening changed the half-width.
                let characters = read.trim_end_matches('　').chars().count();
                let marks = name.chars().filter(|c| "ﾞﾟ".contains(*c)).count();
                let wanted = name.trim_end_matches([' ', '　']).chars().count();
                assert!((wanted - marks..=wanted).contains(&characters), "{name:?} became {read:?}");
                for (kanji, found) in
                    name.chars().zip(read.chars()).filter(|(c, _)| ('一'..='鿿').contains(c))
                {
                    assert!(marks > 0 || kanji == found, "{name:?} became {read:?}");
                }
            }
            Err((problems, _)) => {
                refused += 1;
                assert!(problems > 0);
            }
        }
    }
    assert!(sent > 20 && refused > 20, "{sent} sent, {refused} refused");
}

#[test]
fn the_columns_of_the_sample_are_those_of_the_layout() {
    let mut sample: Vec<&str> = HEADING.split(',').collect();
    let layout = layout(ID);
    let mut wanted = layout.input_columns();
    sample.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(sample, wanted);
}

#[test]
fn the_ruler_shows_the_first_data_record_within_a_hundred_columns() {
    let trial = Trial::of_nenkin();
    trial.convert(source_with("", "").as_bytes()).unwrap();
    let picture = trial.layout.ruler_of_first_data_record(&trial.path("sent")).unwrap();
    println!("{picture}");
    assert!(picture.contains("----+----1----+----2"));
    assert!(picture.contains("山田　太郎") && picture.contains("ﾔﾏﾀﾞ ﾀﾛｳ"));
    assert!(picture.contains("075-124  N     15 漢字氏名"));
    for line in picture.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 100, "{line}");
    }
}

#[test]
fn the_shelf_gives_the_version_that_applies_on_the_day() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(Path::new(LAYOUTS).join(ID).join("2008-04-01.toml")).unwrap();
    let shelf_dir = dir.path().join(ID);
    fs::create_dir_all(&shelf_dir).unwrap();
    fs::write(shelf_dir.join("README.md"), "not a layout").unwrap();
    let old = text.replace("effective_from = 2008-04-01", "effective_from = 2008-04-01\nuntil = 2020-12-31");
    fs::write(shelf_dir.join("2008-04-01.toml"), old).unwrap();
    let version = |day: &str| text.replace("effective_from = 2008-04-01", &format!("effective_from = {day}"));
    fs::write(shelf_dir.join("2022-04-01.toml"), version("2022-04-01")).unwrap();
    fs::write(shelf_dir.join("2024-04-01.toml"), version("2025-04-01")).unwrap();
    let (catalogue, problems) = LayoutCatalogue::load(dir.path());
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].1.message.contains("must be called 2025-04-01.toml"));
    let chosen =
        |year, month, day| catalogue.choose(ID, jiff::civil::date(year, month, day)).map(|l| l.version());
    assert_eq!(chosen(2008, 3, 31), None);
    assert_eq!(chosen(2020, 12, 31).as_deref(), Some("2008-04-01"));
    assert_eq!(chosen(2021, 1, 1), None);
    assert_eq!(chosen(2026, 1, 1).as_deref(), Some("2022-04-01"));
    assert_eq!(catalogue.iter().count(), 2);
}

#[test]
fn a_file_in_another_form_is_one_problem_that_says_in_which_and_quotes_nothing_of_it() {
    let heading = ROW.map(|(name, _)| name).join(",");
    let record = ROW.map(|(_, value)| value).join(",");
    let good = format!("{heading}\n{record}\n");
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(&good);
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let trial = Trial::of_nenkin();
    for (source, words) in [
        (shift_jis.into_owned(), "the file is Shift_JIS"),
        (utf_16, "the file is UTF-16"),
        (good.replace(',', "\t").into_bytes(), "tabs stand between"),
        (format!("{record}\n{record}\n").into_bytes(), "the first line is no heading"),
    ] {
        let (problems, report) = trial.rejected(&source);
        assert_eq!(problems, 1, "{report}");
        assert!(report.contains(words), "{report}");
        for (_, value) in ROW.iter().filter(|(_, value)| value.chars().count() > 4) {
            assert!(!report.contains(value), "{value} in {report}");
        }
    }
}
