//! Unicode files: UTF-16 in both orders, and the repertoire of MJ+ to the last character.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::collections::BTreeMap;

use support::trial::{Trial, heading, one, problems, record, rows, sized};

fn csv(encoding: &str, rest: &str, csv: &str) -> Trial {
    let text = heading(encoding, "crlf", &format!("format = \"csv\"\n{rest}\n[csv]\n{csv}"));
    Trial::new(&(text + &sized("r", "data", "", &[("v", "M", 0, ""), ("n", "9", 3, "")])))
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

const SOURCE: &str = "v,n\n\"髙,𠮷\"\"\",001\n山田,022\n";
const WRITTEN: &str = "v,n\r\n\"髙,𠮷\"\"\",001\r\n山田,022\r\n";

#[test]
fn csv_files_are_written_and_read_in_utf_16_of_both_orders_with_and_without_a_mark() {
    for (encoding, big) in [("utf-16le", false), ("utf-16be", true)] {
        for mark in [false, true] {
            let trial = csv(
                encoding,
                "",
                &format!("quote = \"when-needed\"\nheading = true\nbyte_order_mark = {mark}"),
            );
            let wanted = utf16(&format!("{}{WRITTEN}", if mark { "\u{feff}" } else { "" }), big);
            let (bytes, back) = trial.there_and_back(SOURCE);
            assert!(bytes == wanted, "{encoding} {mark}");
            assert_eq!(back, SOURCE);
            let other = utf16(&format!("{}{WRITTEN}", if mark { "" } else { "\u{feff}" }), big);
            trial.refuses_file(&other, "byte order mark");
        }
    }
}

#[test]
fn what_is_no_utf_16_is_refused_and_the_line_is_told_by_the_byte_in_the_file() {
    let trial = csv("utf-16le", "", "");
    let mut bytes = utf16("髙,001\r\n𠮷,002\r\n山,003\r\n", false);
    let third = bytes.len() - 14;
    bytes[third..third + 2].copy_from_slice(&[0x00, 0xd8]);
    let report = trial.decode(&bytes).unwrap_err();
    assert!(report.contains(&format!("{third}")), "{third}\n{report}");
    for cut in [1, 3] {
        let whole = utf16("髙,001\r\n", false);
        assert!(trial.decode(&whole[..whole.len() - cut]).is_err());
    }
    let (rows, left, decoded) = trial.sift(&bytes).unwrap();
    assert_eq!((rows.as_str(), decoded.quarantined), ("v,n\n髙,001\n𠮷,002\n", 1));
    assert!(left == bytes[third..]);
}

#[test]
fn a_source_in_utf_16_with_its_mark_is_read_as_any_other() {
    let trial = csv("utf-8", "", "");
    let source = "v,n\n髙,1\n";
    for big in [false, true] {
        trial.convert(&utf16(&format!("\u{feff}{source}"), big)).unwrap();
        assert_eq!(std::fs::read(trial.path("sent")).unwrap(), "髙,1\r\n".as_bytes());
    }
}

/// Every line of the table that comes with the crate, read by the test's own eyes.
fn mj_plus() -> Vec<String> {
    let point = |text: &str| u32::from_str_radix(text.strip_prefix("U+").unwrap(), 16).unwrap();
    let c = |point: u32| char::from_u32(point).unwrap();
    let mut all = Vec::new();
    for line in include_str!("../data/mj-plus.txt").lines().filter(|line| !line.starts_with('#')) {
        match line.split_once('-') {
            Some((from, to)) => all.extend((point(from)..=point(to)).map(|point| c(point).to_string())),
            None => {
                let mut points = line.split(' ').map(point);
                let base = c(points.next().unwrap());
                let selectors: Vec<u32> = points.collect();
                all.extend(selectors.iter().map(|&selector| format!("{base}{}", c(selector))));
                all.extend(selectors.is_empty().then(|| base.to_string()));
            }
        }
    }
    all
}

#[test]
fn each_character_and_sequence_of_mj_plus_passes_both_ways_and_no_other_character_does() {
    let listed = mj_plus();
    assert!(listed.len() > 130_000, "{}", listed.len());
    let trial = csv("utf-8", "repertoire = \"mj-plus\"", "quote = \"when-needed\"");
    let mut source = "v,n\n".to_owned();
    listed.iter().for_each(|unit| source += &format!("\"字{}字\",1\n", unit.replace('"', "\"\"")));
    let (bytes, back) = trial.there_and_back(&source);
    let values: Vec<String> = csv_values(&back);
    assert!(values.iter().zip(&listed).all(|(value, unit)| *value == format!("字{unit}字")));
    assert_eq!(
        (values.len(), csv_values(std::str::from_utf8(&bytes).unwrap()).len() + 1),
        (listed.len(), listed.len())
    );
    let alone: std::collections::HashSet<char> = listed
        .iter()
        .filter(|unit| unit.chars().count() == 1)
        .filter_map(|unit| unit.chars().next())
        .collect();
    let others: Vec<char> = ('\u{20}'..=char::MAX).filter(|c| !alone.contains(c)).collect();
    // Each of them, one a row: there are as many problems as rows.
    let mut source = "v,n\n".to_owned();
    others.iter().for_each(|c| source.extend(["\"字", c.encode_utf8(&mut [0; 4]), "字\",1\n"]));
    let report = trial.encode(&source).unwrap_err();
    let told: Vec<usize> =
        report.lines().next().unwrap().split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert_eq!((told[0], told[2]), (others.len(), others.len()), "{}", report.lines().next().unwrap());
    for c in others.iter().step_by(997).chain(&['\u{e000}', '\u{f0000}', '\u{10fffe}', '\u{309a}', '😀']) {
        assert!(trial.decode(format!("字{c}字,1\r\n").as_bytes()).is_err(), "{:04X}", *c as u32);
    }
    assert!(trial.encode("v,n\n葛\u{e01ef},1\n").is_err());
    assert!(trial.decode("葛\u{e01ef},1\r\n".as_bytes()).is_err());
}

fn csv_values(text: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap()[0].to_owned()).collect()
}

#[test]
fn a_city_may_put_in_a_repertoire_of_its_own() {
    let text = heading("utf-8", "lf", "format = \"csv\"\nrepertoire = \"ours.txt\"");
    let text = text + &sized("r", "data", "", &[("v", "M", 0, "empty = \"refuse\"")]);
    let trial = Trial::beside(
        &text,
        &[("ours.txt", "# version: 3\n# origin: 到達市\nU+4E00-U+4E03\nU+845B U+E0100\n")],
    );
    assert_eq!(trial.there_and_back("v\n一丁葛\u{e0100}\n").1, "v\n一丁葛\u{e0100}\n");
    assert!(trial.encode("v\n葛\n").is_err() && trial.encode("v\n三\n").is_err());
    assert_eq!(trial.layout.tables(), ["ours.txt: version: 3", "ours.txt: origin: 到達市"]);
}

#[test]
fn a_name_of_mj_plus_reaches_shift_jis_by_agreed_tables_and_each_step_is_told() {
    let text = heading("shift_jis", "none", "fold = [\"ivs\", \"daitai.tsv\", \"nta\", \"mj\"]");
    let text = text + &record("r", "data", &[("v", "N", 12, "")]);
    let table = "# version: 1\n# origin: 到達市\nU+10DE92\t髙\nU+10DE93\t崎\n";
    let trial = Trial::beside(&text, &[("daitai.tsv", table)]);
    let (bytes, done) = trial.encode("v\n葛\u{e0102}\u{10de92}𠮷\u{10de93}﨑\n").unwrap();
    assert_eq!(bytes, [0x8a, 0x8b, 0x8d, 0x82, 0x8b, 0x67, 0x8d, 0xe8, 0x8d, 0xe8, 0x81, 0x40]);
    let wanted = [("daitai.tsv", 1), ("daitai.tsv + mj", 1), ("ivs", 1), ("mj", 1), ("nta", 1)];
    assert_eq!(done.folds_by_table, BTreeMap::from(wanted.map(|(table, n)| (table.to_owned(), n))));
    assert_eq!(done.folds, 5);
    assert!(trial.encode("v\n\u{10de94}\n").is_err());
}

#[test]
fn the_lines_of_a_csv_file_end_with_crlf_or_lf_and_with_nothing_else() {
    for (separator, sound) in [
        ("crlf", true),
        ("lf", true),
        ("cr", false),
        ("none", false),
        ("crlf-inside", false),
        ("lf-inside", false),
    ] {
        let text = heading("utf-8", separator, "format = \"csv\"\n[csv]")
            + &sized("r", "data", "", &[("v", "M", 0, "empty = \"refuse\"")]);
        let problems = problems(&text);
        assert_eq!(problems.is_empty(), sound, "{separator}: {problems}");
        let told = problems.contains("the lines of a CSV file end with");
        assert!(sound || told, "{separator}: {problems}");
    }
}

#[test]
fn cr_alone_may_part_records() {
    let text = heading("jis-x-0201", "cr", "") + &record("r", "data", &[("v", "X", 3, "")]);
    let trial = Trial::new(&text);
    assert_eq!(trial.there_and_back("v\nABC\nD\n"), (b"ABC\rD  \r".to_vec(), "v\nABC\nD\n".to_owned()));
    assert!(trial.decode(b"ABC\nD  \n").is_err());
}

/// Every character of JIS X 0201 and of Windows-31J, both ways.
#[test]
fn every_character_of_one_byte_and_of_windows_31j_comes_back() {
    let one_byte: String = (0x20..=0x7e_u8)
        .map(|byte| match byte {
            0x5c => '¥',
            0x7e => '‾',
            _ => byte.into(),
        })
        .collect();
    let kana: String = ('\u{ff61}'..='\u{ff9f}').collect();
    let text: Vec<String> = one_byte.chars().chain(kana.chars()).map(|c| format!("{c}z")).collect();
    let source = rows(&text.iter().map(String::as_str).collect::<Vec<_>>());
    let trial = one("jis-x-0201", "X", 2, "");
    let wanted: Vec<u8> = (0x20..=0x7e).chain(0xa1..=0xdf).flat_map(|byte| [byte, b'z']).collect();
    assert_eq!(trial.bytes(&source), wanted);
    let back = csv_values(&trial.decode(&wanted).unwrap());
    assert_eq!(back, text);
    // What Windows reads: JIS X 0208, NEC row 13, the IBM extensions, and NEC's selection of them.
    let codes: Vec<[u8; 2]> = (0x8140..=0xfcfc_u16)
        .map(u16::to_be_bytes)
        .filter(|code| {
            let text = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(code);
            text.is_some_and(|text| {
                text.chars().count() == 1
                    && !('\u{e000}'..='\u{f8ff}').contains(&text.chars().next().unwrap())
            })
        })
        .collect();
    assert_eq!(codes.len(), 6_879 + 83 + 388 + 374);
    let trial = one("cp932", "N", 4, "");
    let file: Vec<u8> = codes.iter().flat_map(|code| [&code[..], &[0x8e, 0x9a]].concat()).collect();
    let decoded = trial.decode(&file).unwrap();
    let again = trial.bytes(&decoded);
    assert_eq!(trial.decode(&again).unwrap(), decoded);
    assert_eq!(again.len(), file.len());
    // Windows writes one code of each character that has several: all of NEC's selection, nine of row 13 and fifteen of the
    // IBM extensions are read and come back as another.
    let others = again.chunks(4).zip(file.chunks(4)).filter(|(again, file)| again != file);
    assert_eq!(others.count(), 374 + 9 + 15);
}

#[test]
fn an_agreed_layout_says_whose_sheet_it_follows_and_when_it_was_compared() {
    let text = |more: &str| {
        let heading =
            heading("shift_jis", "none", more).replace("status = \"sample\"", "status = \"agreed\"");
        heading + &record("r", "data", &[("v", "X", 3, "")])
    };
    let layout = Trial::new(&text("agreed_with = \"到達銀行\"\ncompared = 2026-08-01")).layout;
    assert_eq!(layout.agreed(), Some(("到達銀行", jiff::civil::date(2026, 8, 1))));
    for lacking in ["", "agreed_with = \"到達銀行\"", "compared = 2026-08-01"] {
        let problems = problems(&text(lacking));
        assert!(problems.contains("stand together"), "{problems}");
    }
}
