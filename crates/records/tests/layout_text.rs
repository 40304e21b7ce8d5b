//! What becomes of characters on which systems disagree, in every encoding: written exactly, folded by an agreed table, or
//! refused by name.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::trial::{Trial, heading, one, record, rows, sized};

/// The bytes of one character in an item of kind M without any rule; `None` if it is refused by its own code point.
fn written(encoding: &str, text: &str) -> Option<Vec<u8>> {
    let kind = if encoding == "jis-x-0201" { "X" } else { "M" };
    let trial = one(encoding, kind, 12, "");
    match trial.encode(&rows(&[text])) {
        Ok((bytes, _)) => {
            let end = bytes.iter().rposition(|&byte| byte != b' ').map_or(0, |at| at + 1);
            Some(bytes[..end].to_vec())
        }
        Err(report) => {
            let named = text.chars().any(|c| report.contains(&format!("U+{:04X}", c as u32)));
            assert!(named, "{text:?} in {encoding}: {report}");
            assert!(report.contains("; accepted: "));
            None
        }
    }
}

fn sjis(code: u16) -> Option<Vec<u8>> {
    Some(code.to_be_bytes().to_vec())
}

fn jis7(code: u16) -> Option<Vec<u8>> {
    Some([b"\x1b$B", &code.to_be_bytes()[..], b"\x1b(J"].concat())
}

fn utf8(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

#[test]
fn both_spellings_of_a_jis_cell_are_written_as_the_cell_and_utf_8_keeps_them_apart() {
    let cells = [
        ("\u{301c}", "\u{ff5e}", 0x8160, 0x2141),
        ("\u{2212}", "\u{ff0d}", 0x817c, 0x215d),
        ("\u{2016}", "\u{2225}", 0x8161, 0x2142),
        ("\u{2014}", "\u{2015}", 0x815c, 0x213d),
        ("\u{a2}", "\u{ffe0}", 0x8191, 0x2171),
        ("\u{a3}", "\u{ffe1}", 0x8192, 0x2172),
        ("\u{ac}", "\u{ffe2}", 0x81ca, 0x224c),
    ];
    for (one, other, code, seven) in cells {
        for c in [one, other] {
            assert_eq!(written("shift_jis", c), sjis(code), "{c:?}");
            assert_eq!(written("cp932", c), sjis(code), "{c:?}");
            assert_eq!(written("jis7", c), jis7(seven), "{c:?}");
            assert_eq!(written("utf-8", c), utf8(c), "{c:?}");
            assert_eq!(written("jis-x-0201", c), None, "{c:?}");
        }
    }
}

#[test]
fn yen_and_backslash_overline_and_tilde_never_turn_into_each_other() {
    for encoding in ["shift_jis", "jis7", "jis-x-0201"] {
        assert_eq!(written(encoding, "¥"), Some(vec![0x5c]));
        assert_eq!(written(encoding, "‾"), Some(vec![0x7e]));
        assert_eq!(written(encoding, "\\"), None);
        assert_eq!(written(encoding, "~"), None);
    }
    assert_eq!(written("cp932", "\\"), Some(vec![0x5c]));
    assert_eq!(written("cp932", "~"), Some(vec![0x7e]));
    assert_eq!(written("cp932", "¥"), None);
    assert_eq!(written("cp932", "‾"), None);
    for c in ["\\", "~", "¥", "‾"] {
        assert_eq!(written("utf-8", c), utf8(c));
    }
}

#[test]
fn vendor_characters_are_written_in_cp932_and_utf_8_only() {
    for (c, code) in
        [("髙", 0xfbfc), ("﨑", 0xfab1), ("①", 0x8740), ("㈱", 0x878a), ("Ⅰ", 0x8754), ("ⅰ", 0xfa40)]
    {
        assert_eq!(written("cp932", c), sjis(code), "{c}");
        assert_eq!(written("utf-8", c), utf8(c));
        for encoding in ["shift_jis", "jis7", "jis-x-0201"] {
            assert_eq!(written(encoding, c), None, "{c} in {encoding}");
        }
    }
}

#[test]
fn characters_outside_the_basic_plane_are_written_in_utf_8_only() {
    assert_eq!(written("utf-8", "𠮷"), utf8("𠮷"));
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201"] {
        assert_eq!(written(encoding, "𠮷"), None, "{encoding}");
    }
}

#[test]
fn variation_selectors_are_kept_in_utf_8_and_refused_elsewhere() {
    assert_eq!(written("utf-8", "葛\u{e0100}"), utf8("葛\u{e0100}"));
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201"] {
        assert_eq!(written(encoding, "葛\u{e0100}"), None, "{encoding}");
    }
    // A selector alone, or a second one, selects nothing.
    assert_eq!(written("utf-8", "\u{e0100}"), None);
    assert_eq!(written("utf-8", "葛\u{e0100}\u{e0101}"), None);
}

#[test]
fn what_can_not_be_seen_is_refused_in_every_encoding() {
    let invisible = [
        "\u{a0}", "\u{feff}", "\u{200b}", "\u{200d}", "\u{2060}", "\u{ad}", "\u{2028}", "\u{0}", "\t", "\n",
        "\r", "\u{7f}", "\u{80}", "\u{85}", "\u{fffd}", "\u{fff9}",
    ];
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201", "utf-8"] {
        for c in invisible {
            assert_eq!(written(encoding, &format!("a{c}b")), None, "{c:?} in {encoding}");
        }
    }
}

#[test]
fn a_combining_mark_is_refused_unless_the_item_composes() {
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201", "utf-8"] {
        assert_eq!(written(encoding, "カ\u{3099}"), None, "{encoding}");
    }
    for (encoding, bytes) in [("shift_jis", &[0x83, 0x4b][..]), ("utf-8", "ガ".as_bytes())] {
        let trial = one(encoding, "M", 6, "rules = [\"nfc\"]");
        assert!(trial.bytes(&rows(&["カ\u{3099}"])).starts_with(bytes));
    }
    let narrow = one("jis-x-0201", "X", 3, "rules = [\"nfc\", \"half-width\"]");
    assert_eq!(narrow.bytes(&rows(&["ハ\u{309a}"])), b"\xca\xdf ");
}

#[test]
fn composing_exchanges_no_character_for_another() {
    // Unicode's own NFC would write 神 U+795E and Å U+00C5.
    let trial = one("utf-8", "M", 8, "rules = [\"nfc\"]");
    assert!(trial.bytes(&rows(&["\u{fa19}"])).starts_with("\u{fa19}".as_bytes()));
    assert!(trial.bytes(&rows(&["\u{212b}"])).starts_with("\u{212b}".as_bytes()));
}

#[test]
fn private_characters_pass_only_by_agreement() {
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201", "utf-8"] {
        assert_eq!(written(encoding, "\u{e000}"), None, "{encoding}");
    }
    let agreed = |encoding: &str| {
        let head = heading(encoding, "none", "user_defined = true");
        Trial::new(&(head + &record("r", "data", &[("v", "M", 4, "")])))
    };
    assert_eq!(
        agreed("cp932").there_and_back(&rows(&["\u{e000}"])),
        (b"\xf0\x40  ".to_vec(), "v\n\u{e000}\n".into())
    );
    assert_eq!(agreed("utf-8").bytes(&rows(&["\u{e757}"])), "\u{e757} ".as_bytes());
    agreed("shift_jis").refuses(&rows(&["\u{e000}"]), "U+E000");
}

#[test]
fn half_width_kana_are_one_byte_and_their_sound_mark_is_another() {
    for encoding in ["shift_jis", "cp932", "jis7", "jis-x-0201"] {
        assert_eq!(written(encoding, "ｶﾞ"), Some(vec![0xb6, 0xde]), "{encoding}");
    }
    assert_eq!(written("utf-8", "ｶﾞ"), utf8("ｶﾞ"));
    assert_eq!(written("jis-x-0201", "カ"), None);
    let narrow = one("jis-x-0201", "X", 2, "rules = [\"half-width\"]");
    assert_eq!(narrow.bytes(&rows(&["ガ"])), [0xb6, 0xde]);
    narrow.refuses(&rows(&["ガア"]), "needs 3 bytes, the item has 2");
}

#[test]
fn two_byte_items_are_filled_with_the_wide_space_of_their_encoding() {
    assert_eq!(one("shift_jis", "N", 4, "").bytes(&rows(&["山"])), [0x8e, 0x52, 0x81, 0x40]);
    let seven = one("jis7", "N", 10, "shifts_inside = true");
    assert_eq!(
        seven.there_and_back(&rows(&["山"])),
        (b"\x1b$B\x3b\x33\x21\x21\x1b(J".to_vec(), "v\n山\n".into())
    );
    seven.refuses(&rows(&["山田家"]), "needs 6 bytes, the item has 4");
    assert_eq!(
        one("jis7", "N", 10, "shifts_inside = true").bytes(&rows(&[""])),
        b"\x1b$B\x21\x21\x21\x21\x1b(J"
    );
    one("shift_jis", "N", 4, "").refuses(&rows(&["a"]), "a one-byte character");
}

#[test]
fn seven_bit_kanji_between_shift_codes_of_their_own_items_read_back() {
    let head = heading("jis7", "none", "");
    let items = [
        ("kana", "X", 4, ""),
        ("in", "X", 3, "hex = \"1B 24 42\""),
        ("v", "N", 6, ""),
        ("out", "X", 3, "hex = \"1B 28 4A\""),
    ];
    let trial = Trial::new(&(head + &record("r", "data", &items)));
    let (bytes, rows) = trial.there_and_back("kana,v\nﾔﾏ,山田\n");
    assert_eq!(bytes, b"\xd4\xcf  \x1b$B\x3b\x33\x45\x44\x21\x21\x1b(J");
    assert_eq!(rows, "kana,v\nﾔﾏ,山田\n");
    let mut broken = bytes;
    broken[4] = b' ';
    trial.refuses_file(&broken, "2 in");
}

#[test]
fn mixed_seven_bit_text_is_shifted_only_where_it_must_be_and_always_back() {
    let trial = one("jis7", "M", 14, "");
    let (bytes, rows_back) = trial.there_and_back(&rows(&["A山B"]));
    assert_eq!(bytes, b"A\x1b$B\x3b\x33\x1b(JB    ");
    assert_eq!(rows_back, "v\nA山B\n");
    let (bytes, _) = trial.there_and_back(&rows(&["山田山田"]));
    assert_eq!(bytes.len(), 14);
    assert!(bytes.ends_with(b"\x1b(J"));
    trial.refuses(&rows(&["山田山田山"]), "needs 16 bytes, the item has 14");
    assert!(trial.decode(b"A\x1b$B\x3b\x33         ").is_err(), "the shift is never closed");
}

#[test]
fn barred_and_unlisted_characters_are_refused_although_the_encoding_has_them() {
    let head = heading(
        "shift_jis",
        "none",
        "barred = \"♂♀℃☆★⌒Å♯♭♪\"\n[characters]\n\"全銀\" = [\"0-9\", \"A-Z\", \"ｱ-ﾝ\", \"ﾞﾟ\", \" ()-.\"]",
    );
    let items =
        [("v", "M", 4, ""), ("w", "X", 4, "only = \"全銀\"\nrules = [\"half-width\"]\nbarred = \"ﾝ\"")];
    let trial = Trial::new(&(head + &record("r", "data", &items)));
    trial.refuses("v,w\n♪,A\n", "U+266A ♪");
    for (bad, named) in [("a", "U+0061"), ("ｦ", "U+FF66"), ("ン", "U+30F3"), ("/", "U+002F"), ("ｧ", "U+FF67")]
    {
        let report = trial.encode(&format!("v,w\n山,{bad}\n")).unwrap_err();
        assert!(report.contains(named) && report.contains("2  w "), "{report}");
    }
    assert_eq!(trial.bytes("v,w\n山,ガ-1\n"), b"\x8e\x52  \xb6\xde-1");
}

fn folding(fold: &str, tables: &[(&str, &str)]) -> Trial {
    let head = heading("shift_jis", "none", &format!("fold = {fold}"));
    Trial::beside(&(head + &record("r", "data", &[("v", "N", 12, "")])), tables)
}

#[test]
fn a_fold_is_written_counted_and_reported_and_nothing_else_changes() {
    let trial = folding("[\"ivs\", \"nta\", \"mj\"]", &[]);
    let (bytes, converted) = trial.encode(&rows(&["髙橋", "山﨑", "葛\u{e0100}飾", "山田"])).unwrap();
    assert_eq!(bytes[..4], [0x8d, 0x82, 0x8b, 0xb4], "高橋");
    assert_eq!(converted.folds, 3);
    let counts: Vec<_> = converted.folds_by_table.iter().map(|(table, n)| (table.as_str(), *n)).collect();
    assert_eq!(counts, [("ivs", 1), ("mj", 1), ("nta", 1)]);
    let report = fs::read_to_string(trial.path("folds.txt")).unwrap();
    assert_eq!(
        report,
        "line\titem\tfrom\tto\ttable\n2\t1 v\t髙\t高\tmj\n3\t1 v\t﨑\t崎\tnta\n4\t1 v\t葛<U+E0100>\t葛\tivs\n"
    );
    assert_eq!(fs::metadata(trial.path("folds.txt")).unwrap().permissions().mode() & 0o777, 0o600);
    // The next attempt folds nothing: the report of this one goes.
    let (_, converted) = trial.encode(&rows(&["山田"])).unwrap();
    assert!(!trial.path("folds.txt").exists() && converted.folds_by_table.is_empty());
}

#[test]
fn what_no_table_knows_is_refused_and_never_becomes_a_substitute() {
    let trial = folding("[\"nta\", \"mj\"]", &[]);
    for bad in ["☃", "\u{200b}", "\u{e000}", "葛\u{e0100}\u{e0101}", "🍣", "\u{feff}"] {
        let report = trial.encode(&rows(&[&format!("山{bad}")])).unwrap_err();
        assert!(report.contains("the character set of the layout lacks it"), "{bad:?}: {report}");
    }
}

#[test]
fn a_partners_table_may_give_several_characters_and_replace_barred_ones() {
    let table = "# agreed on 2026-04-01\n㈱\t（株）\n①\t１\n♪\t音\n";
    let head = heading("shift_jis", "none", "barred = \"♪\"\nfold = [\"own.tsv\"]");
    let trial = Trial::beside(&(head + &record("r", "data", &[("v", "N", 12, "")])), &[("own.tsv", table)]);
    let (bytes, rows_back) = trial.there_and_back(&rows(&["㈱①♪"]));
    assert_eq!(bytes.len(), 12);
    assert_eq!(rows_back, "v\n（株）１音\n");
    trial.refuses(&rows(&["㈱㈱㈱"]), "needs 18 bytes");
    let without = heading("shift_jis", "none", "fold = [\"other.tsv\"]");
    let text = without + &record("r", "data", &[("v", "N", 12, "")]);
    let problems = totatsu_records::layout::Layout::compile_in("p/t", &text, trial.dir.path()).unwrap_err();
    assert!(problems[0].to_string().contains("other.tsv can't be read"), "{problems:?}");
}

#[test]
fn a_value_that_is_too_long_is_refused_and_cut_only_where_the_layout_says_so() {
    let refusing = one("shift_jis", "M", 5, "");
    refusing.refuses(&rows(&["山田家"]), "needs 6 bytes, the item has 5");
    let cutting = one("shift_jis", "M", 5, "overflow = \"truncate\"");
    let (bytes, converted) = cutting.encode(&rows(&["山田家"])).unwrap();
    assert_eq!(bytes, [0x8e, 0x52, 0x93, 0x63, b' '], "no half of a character");
    assert_eq!(converted.folds_by_table["truncate"], 1);
    assert!(fs::read_to_string(cutting.path("folds.txt")).unwrap().ends_with("2\t1 v\t家\t\ttruncate\n"));
    // A sound mark stays with its kana.
    let kana = one("jis-x-0201", "X", 3, "overflow = \"truncate\"\nrules = [\"half-width\"]");
    assert_eq!(kana.bytes(&rows(&["アイガ"])), b"\xb1\xb2 ");
    let seven = one("jis7", "M", 9, "overflow = \"truncate\"");
    assert_eq!(seven.bytes(&rows(&["山田"])), b"\x1b$B\x3b\x33\x1b(J ");
    let unicode = one("utf-8", "M", 5, "overflow = \"truncate\"");
    assert_eq!(unicode.bytes(&rows(&["山田"])), "山  ".as_bytes());
    // A character that is cut off anyway is no reason to refuse, nor is it folded.
    let folded = heading("shift_jis", "none", "fold = [\"mj\"]");
    let trial = Trial::new(&(folded + &record("r", "data", &[("v", "N", 2, "overflow = \"truncate\"")])));
    let (_, converted) = trial.encode(&rows(&["山髙"])).unwrap();
    assert_eq!(converted.folds_by_table.keys().collect::<Vec<_>>(), ["truncate"]);
}

#[test]
fn a_value_that_is_cut_never_parts_a_kana_from_its_sound_mark() {
    let half_width = "rules = [\"half-width\"]";
    for (encoding, more, value, expected) in [
        ("jis-x-0201", "", "ｱｲｶﾞ", &b"\xb1\xb2 "[..]),
        ("jis-x-0201", "", "ｱｲﾊﾟ", b"\xb1\xb2 "),
        ("jis-x-0201", "", "ｱｳﾞ", b"\xb1\xb3\xde"),
        ("jis-x-0201", half_width, "アイパ", b"\xb1\xb2 "),
        ("shift_jis", "", "ｱｲｶﾞ", b"\xb1\xb2 "),
        ("shift_jis", "", "ｱｲﾊﾟ", b"\xb1\xb2 "),
        ("shift_jis", half_width, "アイヴ", b"\xb1\xb2 "),
        ("shift_jis", half_width, "アガ", b"\xb1\xb6\xde"),
    ] {
        let trial = one(encoding, "X", 3, &format!("overflow = \"truncate\"\n{more}"));
        assert_eq!(trial.bytes(&rows(&[value])), expected, "{encoding} {value}");
    }
}

#[test]
fn characters_that_are_cut_off_are_not_counted_as_changed() {
    let trial = one("jis-x-0201", "X", 3, "overflow = \"truncate\"\nrules = [\"half-width\"]");
    for (value, changed) in [("アイウエ", 3), ("アイガ", 2), ("アイカﾞ", 2)] {
        let (_, converted) = trial.encode(&rows(&[value])).unwrap();
        assert_eq!(converted.folds_by_table["rules"], changed, "{value}");
        assert_eq!(converted.folds_by_table["truncate"], 1, "{value}");
    }
}

#[test]
fn an_exact_item_may_be_empty_and_a_short_value_is_told_in_bytes_of_the_file_both_ways() {
    for (encoding, kind, bytes, keys, blank, value, short, room) in [
        ("shift_jis", "X", 4, "", &b"    "[..], "ｱｲ", &b"\xb1\xb2  "[..], 4),
        ("shift_jis", "M", 5, "", b"     ", "山", b"\x8e\x52   ", 5),
        ("shift_jis", "N", 4, "", b"\x81\x40\x81\x40", "山", b"\x8e\x52\x81\x40", 4),
        (
            "jis7",
            "N",
            10,
            "shifts_inside = true",
            b"\x1b$B\x21\x21\x21\x21\x1b(J",
            "山",
            b"\x1b$B\x3b\x33\x21\x21\x1b(J",
            4,
        ),
    ] {
        let trial = one(encoding, kind, bytes, &format!("exact = true\n{keys}"));
        let both_ways = trial.there_and_back(&rows(&[""]));
        assert_eq!(both_ways, (blank.to_vec(), "v\n\"\"\n".into()), "{encoding} {kind}");
        let wanted = format!("the value has 2 bytes, the item wants all {room}");
        trial.refuses(&rows(&[value]), &wanted);
        trial.refuses_file(short, &wanted);
    }
    let refusing = one("shift_jis", "X", 4, "exact = true\nempty = \"refuse\"");
    refusing.refuses_file(b"    ", "the value is empty");
}

#[test]
fn a_layout_with_a_folding_table_is_known_by_the_digest_of_both() {
    let text =
        heading("shift_jis", "none", "fold = [\"own.tsv\"]") + &record("r", "data", &[("v", "N", 12, "")]);
    let digest = |table: &str| Trial::beside(&text, &[("own.tsv", table)]).layout.sha256();
    assert_ne!(digest("㈱\t（株）\n"), digest("㈱\t株\n"));
    let both = [text.as_bytes(), "㈱\t株\n".as_bytes()].concat();
    assert_eq!(digest("㈱\t株\n"), totatsu_records::Sha256::of(&both));
}

/// Zeros for nothing can be no value of such an item: they were written, read back as nothing, and are so written again.
#[test]
fn an_empty_value_that_is_written_as_zeros_comes_back_empty_where_zeros_are_no_value() {
    for (kind, bytes, keys) in [
        ("9", 8, "date = \"YYYYMMDD\""),
        ("9", 7, "date = \"GEEMMDD\""),
        ("X", 10, "date = \"YYYY-MM-DD\""),
        ("9", 1, "allowed = [\"1\", \"2\"]"),
        ("9", 1, "map = { \"男\" = \"1\", \"女\" = \"2\" }"),
        ("9", 4, "sign = \"leading\""),
        ("9", 4, "sign = \"trailing\""),
    ] {
        for (format, csv) in [("", ""), ("format = \"csv\"", "[csv]")] {
            let eras = "[eras]\nmeiji = \"1\"\ntaisho = \"2\"\nshowa = \"3\"\nheisei = \"4\"\nreiwa = \"5\"";
            let top = heading("shift_jis", "crlf", &format!("{format}\n{eras}\n{csv}"));
            let keys = format!("{keys}\nempty = \"zeros\"");
            let items = [("v", kind, bytes, keys.as_str()), ("w", "9", 1, "")];
            let record = match csv {
                "" => record("r", "data", &items),
                _ => sized("r", "data", "", &items),
            };
            let (written, back) = Trial::new(&(top + &record)).there_and_back("v,w\n,7\n");
            let zeros = "0".repeat(if csv.is_empty() { bytes } else { 1 });
            let comma = if csv.is_empty() { "" } else { "," };
            assert_eq!(String::from_utf8(written).unwrap(), format!("{zeros}{comma}7\r\n"), "{keys}");
            assert_eq!(back, "v,w\n,7\n", "{keys}");
        }
    }
}
