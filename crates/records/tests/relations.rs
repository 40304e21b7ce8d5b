//! What one item says about another, what a whole file says in each record, and what a free text must hold.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use support::shipped::{golden_bytes, golden_rows, layout, with_column};
use support::trial::{Trial, heading, problems, record, sized};

const FLAGGED: [(&str, &str, usize, &str); 3] = [
    ("日付", "X", 10, "date = \"YYYY-MM-DD\"\nunknown_parts = true\nmap = { \"\" = \"0000-00-00\" }"),
    ("フラグ", "X", 1, "allowed = [\"0\", \"1\"]\nempty = \"refuse\"\nunknown_of = \"日付\""),
    ("表記", "N", 8, "only_where = { item = \"フラグ\", is = [\"1\"] }"),
];

fn flagged() -> [Trial; 2] {
    let fixed = heading("shift_jis", "none", "") + &record("r", "data", &FLAGGED);
    let csv = heading("shift_jis", "lf", "format = \"csv\"\n[csv]") + &sized("r", "data", "", &FLAGGED);
    [Trial::new(&fixed), Trial::new(&csv)]
}

#[test]
fn a_flag_says_whether_its_date_is_wholly_known_and_words_for_it_stand_only_beside_the_flag() {
    for (row, accepted) in [
        ("19450815,0,", true),
        ("19450815,1,", false),
        ("19450800,1,", true),
        ("19450800,1,頃", true),
        ("19450800,0,", false),
        ("19450000,1,", true),
        ("19450000,0,", false),
        (",0,", true),
        (",1,", true),
        (",1,不明", true),
        (",0,不明", false),
        ("19450815,0,頃", false),
    ] {
        for trial in flagged() {
            match trial.encode(&format!("日付,フラグ,表記\n{row}\n")) {
                Ok((bytes, _)) => {
                    assert!(accepted, "{row}");
                    trial.decode(&bytes).unwrap();
                }
                Err(report) => {
                    assert!(!accepted, "{row}: {report}");
                    assert!(report.contains("フラグ"), "{report}");
                }
            }
        }
    }
    let [_, csv] = flagged();
    for line in ["1945-08-15,1,\n", "1945-08-00,0,\n", "1945-08-15,0,頃\n"] {
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(line);
        csv.refuses_file(&bytes, "フラグ");
    }
    let (rows, left, decoded) = csv.sift(b"1945-08-15,0,\n1945-08-15,1,\n").unwrap();
    assert_eq!((rows.lines().count(), left.as_slice(), decoded.quarantined), (2, &b"1945-08-15,1,\n"[..], 1));
}

#[test]
fn a_flag_without_its_date_is_refused_with_the_layout() {
    for (from, to) in [
        ("unknown_of = \"日付\"", "unknown_of = \"表記\""),
        ("unknown_of = \"日付\"", "unknown_of = \"日時\""),
        ("allowed = [\"0\", \"1\"]", "allowed = [\"1\", \"2\"]"),
        ("item = \"フラグ\", is = [\"1\"]", "item = \"フラグ\", is_not = [\"1\"]"),
        ("item = \"フラグ\"", "item = \"表記\""),
    ] {
        let text = heading("shift_jis", "none", "") + &record("r", "data", &FLAGGED);
        assert!(text.contains(from), "{from}");
        let problems = problems(&text.replace(from, to));
        assert!(problems.contains("unknown_of:") || problems.contains("only_where:"), "{problems}");
    }
}

#[test]
fn a_file_of_all_records_holds_no_difference_even_where_nobody_says_which_it_is() {
    let mut trial = Trial::with(layout("standard/juminzei-atena"));
    let whole = String::from_utf8(golden_bytes("standard/juminzei-atena")).unwrap();
    assert!(trial.decode(whole.as_bytes()).is_ok());
    let mixed = whole.replacen("\"2\"", "\"1\"", 1);
    trial.refuses_file(mixed.as_bytes(), "全件差分区分");
    let all = whole.replace(",\"2\",", ",\"1\",");
    assert!(trial.decode(all.as_bytes()).is_ok());
    trial.values.link.insert("全件差分区分".into(), "差分".into());
    assert!(trial.decode(whole.as_bytes()).is_ok());
    trial.refuses_file(all.as_bytes(), "全件差分区分");
}

#[test]
fn words_of_a_tax_cut_in_a_remark_are_checked_as_strictly_as_the_link_asks() {
    let id = "eltax/kyuyo-shiharai-hokoku";
    let whole = "源泉徴収時所得税減税控除済額１２，３４５円　控除外額０円";
    let of = |word: Option<&str>, remark: &str| {
        let mut trial = Trial::with(layout(id));
        if let Some(word) = word {
            trial.values.link.insert("定額減税の記載".into(), word.into());
        }
        trial
            .encode(&with_column(&golden_rows(id), "摘要", remark))
            .map(|(bytes, _)| trial.decode(&bytes).unwrap())
    };
    let half = "源泉徴収時所得税減税控除済額１円";
    for (word, remark, passes) in [
        (None, "", true),
        (None, half, true),
        (Some("off"), half, true),
        (Some("form"), "", true),
        (Some("form"), "中途就職", true),
        (Some("form"), whole, true),
        (Some("form"), half, false),
        (Some("form"), "源泉徴収時所得税減税控除済額円　控除外額０円", false),
        (Some("required"), whole, true),
        (Some("required"), "中途就職", false),
        (Some("required"), "", false),
    ] {
        let made = of(word, remark);
        assert_eq!(made.is_ok(), passes, "{word:?} {remark}: {made:?}");
        if let Err(report) = made {
            assert!(report.contains("摘要") && report.contains("#円"), "{report}");
        }
    }
    let mut trial = Trial::with(layout(id));
    let bytes = trial.bytes(&with_column(&golden_rows(id), "摘要", half));
    trial.values.link.insert("定額減税の記載".into(), "form".into());
    trial.refuses_file(&bytes, "控除外額#円");
    trial.values.link.insert("定額減税の記載".into(), "yes".into());
    assert!(totatsu_records::check_values(&trial.layout, &trial.values).is_err());
}

#[test]
fn the_old_sheets_of_reports_end_before_the_columns_that_came_later() {
    let catalogue = support::shipped::catalogue();
    let on = |id: &str, year| {
        catalogue
            .choose(id, jiff::civil::date(year, 1, 31))
            .map(|layout| (layout.version(), layout.input_columns().len()))
    };
    let kyuyo = "eltax/kyuyo-shiharai-hokoku";
    assert_eq!(on(kyuyo, 2015), Some(("2014-01-01".to_owned(), 94)));
    assert_eq!((on(kyuyo, 2016), on(kyuyo, 2020)), (None, None));
    assert_eq!(on(kyuyo, 2021), Some(("2021-01-01".to_owned(), 140)));
    assert_eq!(
        on("eltax/nenkin-shiharai-hokoku", 2015).map(|(version, _)| version).as_deref(),
        Some("2014-01-01")
    );
    assert_eq!(on("eltax/nenkin-shiharai-hokoku", 2026), None);
}
