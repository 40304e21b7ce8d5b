//! What rows, records and layouts are told in Japanese: no English is left beside names, keys and codes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use support::trial::{Trial, heading, problems, record};
use totatsu_base::messages::{Tongue, speak};

fn trial() -> Trial {
    speak(Tongue::Ja);
    let items =
        [("番号", "9", 3, "exact = true"), ("氏名", "N", 6, ""), ("日", "9", 8, "date = \"YYYYMMDD\"")];
    Trial::new(&(heading("shift_jis", "crlf", "") + &record("明細", "data", &items)))
}

/// Two words of Latin letters, one after the other, are English.
fn is_english(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    let latin =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\'');
    words.windows(2).any(|pair| pair.iter().all(latin))
}

#[test]
fn the_report_of_a_rejected_source_is_japanese_from_its_first_line_to_its_last() {
    let trial = trial();
    let report = trial
        .encode("番号,氏名,日\n12,山田,20260401\n123,髙橋,20260231\n123,,20260401,x\n")
        .expect_err("faults");
    assert!(report.starts_with("誤り: 4 件（うち一覧: 4 件）"), "{report}");
    for wanted in [
        "何も変換していません",
        "連携先の文字集合にない文字",
        "日付ではありません。正しくは: 暦にある日付を YYYYMMDD の形で",
        "見出しと同じ 3 列",
        "（行）",
    ] {
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
    for line in report.lines() {
        assert!(!is_english(line), "{line}");
    }
    // Columns line up: a kanji is two columns wide.
    let wide = |text: &str| unicode_width(text);
    let list = report.split("\n\n").nth(2).unwrap();
    let places: Vec<usize> = list
        .lines()
        .take(2)
        .map(|line| wide(&line[..line.find("番号").or(line.find("項目")).unwrap()]))
        .collect();
    assert_eq!(places[0], places[1], "{list}");
}

fn unicode_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[test]
fn the_report_of_a_refused_file_is_japanese() {
    let trial = trial();
    let mut sent = trial.bytes("番号,氏名,日\n123,山田,20260401\n124,鈴木,20260401\n");
    sent[0] = b'x';
    sent.truncate(sent.len() - 3);
    let report = trial.decode(&sent).expect_err("faults");
    assert!(
        report.contains("何も解読していません") && report.contains("ファイルがレコードの途中"),
        "{report}"
    );
    assert!(report.lines().all(|line| !is_english(line)), "{report}");
}

#[test]
fn problems_of_a_layout_are_japanese_also_those_of_its_toml() {
    speak(Tongue::Ja);
    let sound = heading("shift_jis", "none", "") + &record("r", "data", &[("v", "N", 10, "")]);
    for (from, to, wanted) in [
        ("bytes = 10", "bytes = 9", "6 行目、r の項目 1 v: 全角の項目のバイト数は偶数です [TT-25"),
        ("bytes = 10", "byte = 10", "`byte` という項目はありません。書ける項目は "),
        (
            "bytes = 10",
            "bytes = \"10\"",
            "値の型が違います。文字列 \"10\" ではなく、0 以上の整数を書いてください",
        ),
        ("bytes = 10", "", "項目 `bytes` がありません"),
        ("kind = \"N\"", "kind = \"Q\"", "`Q` とは書けません。書けるのは `9`, `X`, `N`, `M` のいずれか"),
        ("bytes = 10", "bytes = ", "TOML の書き方の誤り: "),
    ] {
        let text = sound.replacen(from, to, 1);
        assert_ne!(text, sound);
        let told = problems(&text);
        let wanted = wanted.trim_start_matches("6 行目、");
        assert!(told.contains(wanted), "{wanted}\n{told}");
        assert!(told.lines().all(|line| !is_english(line)), "{told}");
    }
}
