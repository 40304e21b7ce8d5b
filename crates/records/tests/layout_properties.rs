//! Properties of every layout feature at once: what is encoded decodes to the same record, what decodes encodes to the same
//! bytes, and no bytes whatever make the reader panic.
//!
//! A failing case is printed with the seed that repeats it.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::shipped::LAYOUTS;
use support::trial::{Trial, heading, record, sized};
use totatsu_records::decode::RowForm;
use totatsu_records::layout::{FileFormat, LayoutCatalogue};

/// Cases of each property: enough to meet every feature, few enough for every run of the tests.
const CASES: u32 = 48;

/// Runs a property with a seed of its own, which it prints.
fn check<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let seed = std::env::var("TOTATSU_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let seed = seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_nanos() as u64
    });
    println!("TOTATSU_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(error) = runner.run(&strategy, property) {
        panic!("TOTATSU_SEED={seed} repeats this: {error}");
    }
}

/// A layout with every kind of item. Text items take any character of their encoding.
fn everything(encoding: &str, separator: &str) -> String {
    let two_byte = match encoding {
        "jis7" => ("全角", "N", 26, "shifts_inside = true"),
        "utf-8" => ("全角", "M", 40, ""),
        _ => ("全角", "N", 20, ""),
    };
    let data = [
        ("区分", "9", 1, "value = \"2\""),
        ("番号", "9", 6, "verify = \"municipality-code\""),
        ("半角", "X", if encoding == "utf-8" { 30 } else { 10 }, ""),
        two_byte,
        ("混在", "M", if encoding == "jis7" { 60 } else { 20 }, ""),
        ("金額", "9", 8, "sign = \"minus\""),
        ("日付", "9", 7, "date = \"GEEMMDD\"\nmap = { \"不詳\" = \"9999999\" }"),
        ("時刻", "X", 5, "time = \"HH:MM\""),
        ("性別", "9", 1, "map = { \"男\" = \"1\", \"女\" = \"2\", \"\" = \" \" }"),
        ("右", "X", 6, "align = \"right\""),
        ("連番", "9", 4, "sequence = \"data\""),
        ("検査", "9", 1, "check_digit = \"mod10-3-1\"\nover = [\"番号\", \"連番\"]"),
        ("予備", "X", 4, "filler = \"spaces\""),
    ];
    let width: usize = data.iter().map(|item| item.2).sum();
    let trailer = [
        ("区分", "9", 1, "value = \"8\""),
        ("件数", "9", 6, "count = [\"明細\"]"),
        ("合計", "9", 12, "sum = \"金額\"\nsign = \"leading\""),
        ("余白", "X", width - 19, "filler = \"spaces\""),
    ];
    let header = [
        ("区分", "9", 1, "value = \"1\""),
        ("団体", "9", 3, "column = \"団体\""),
        ("余白", "X", width - 4, "filler = \"spaces\""),
    ];
    heading(
        encoding,
        separator,
        "break_on = [\"団体\"]\n[eras]\nmeiji = \"1\"\ntaisho = \"2\"\nshowa = \"3\"\nheisei = \"4\"\nreiwa = \"5\"",
    ) + &record("始", "block-header", &header)
        + &record("明細", "data", &data)
        + &record("終", "block-trailer", &trailer)
}

/// The same as a CSV file, as far as a CSV file has it.
fn everything_in_csv(encoding: &str, quote: &str) -> String {
    let data = [
        ("区分", "9", 1, "value = \"2\""),
        ("番号", "9", 6, "verify = \"municipality-code\""),
        ("半角", "X", 30, ""),
        ("全角", "N", 0, "characters = 10"),
        ("混在", "M", 60, ""),
        ("金額", "9", 8, "sign = \"minus\""),
        ("日付", "X", 10, "date = \"YYYY/MM/DD\"\nmap = { \"不詳\" = \"-\" }"),
        ("時刻", "X", 5, "time = \"HH:MM\""),
        ("性別", "9", 1, "map = { \"男\" = \"1\", \"女\" = \"2\", \"\" = \"\" }"),
        ("右", "X", 6, ""),
        ("団体", "9", 3, ""),
        ("末", "X", 1, "value = \" \""),
    ];
    let total = [("区分", "9", 1, "value = \"8\""), ("合計", "9", 15, "sum = \"金額\"\nsign = \"minus\"")];
    heading(encoding, "crlf", &format!("format = \"csv\"\n[csv]\nquote = \"{quote}\""))
        + &sized("明細", "data", "", &data)
        + &sized("計", "file-end", "", &total)
}

/// One row, in the form in which decoding gives it back.
#[derive(Debug, Clone)]
struct Row {
    body: String,
    code: u32,
    one_byte: String,
    wide: String,
    mixed: String,
    amount: i64,
    date: Option<i32>,
    minutes: u32,
    sex: &'static str,
    right: String,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = |set: &'static str, most: usize| {
        let chars: Vec<char> = set.chars().collect();
        proptest::collection::vec(proptest::sample::select(chars), 0..=most)
            .prop_map(|chars| chars.into_iter().collect::<String>())
    };
    let row = (
        (prop::sample::select(vec!["101", "102", "999"]), 0..100_000_u32),
        text("ABC xyz019-()ｱｶﾞﾟｯ｡", 10),
        text("山田々〜～−－‖—―亜熙Ａあア　♪", 10),
        text("aｱ山田 　Bー0", 6),
        -9_999_999_i64..99_999_999,
        proptest::option::of(0..55_000_i32),
        0..1_440_u32,
        prop::sample::select(vec!["男", "女", ""]),
        text("AB 9", 6),
    );
    let row = row.prop_map(|((body, code), one_byte, wide, mixed, amount, date, minutes, sex, right)| Row {
        body: body.to_owned(),
        code,
        one_byte,
        wide,
        mixed,
        amount,
        date,
        minutes,
        sex,
        right,
    });
    proptest::collection::vec(row, 1..6)
}

const COLUMNS: [&str; 10] = ["団体", "番号", "半角", "全角", "混在", "金額", "日付", "時刻", "性別", "右"];

impl Row {
    /// The fields of the source, by name; the second spellings of JIS cells, and what filling takes away, as given.
    fn fields(&self) -> [String; 10] {
        let five = format!("{:05}", self.code);
        let sum: u32 =
            five.chars().zip([6, 5, 4, 3, 2]).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
        let date = self.date.map_or("不詳".to_owned(), |days| {
            let day = jiff::civil::date(1873, 1, 1).saturating_add(jiff::Span::new().days(i64::from(days)));
            day.strftime("%Y%m%d").to_string()
        });
        [
            self.body.clone(),
            format!("{five}{}", (11 - sum % 11) % 10),
            self.one_byte.clone(),
            self.wide.clone(),
            self.mixed.clone(),
            self.amount.to_string(),
            date,
            format!("{:02}{:02}", self.minutes / 60, self.minutes % 60),
            self.sex.to_owned(),
            self.right.clone(),
        ]
    }

    /// The fields as decoding gives them back from records of fixed width.
    fn back(&self, encoding: &str) -> [String; 10] {
        let one_spelling = |text: &str| {
            if encoding == "utf-8" {
                return text.to_owned();
            }
            text.replace('〜', "～").replace('−', "－").replace('‖', "∥").replace('—', "―")
        };
        let mut fields = self.fields();
        fields[2] = fields[2].trim_end_matches(' ').to_owned();
        let wide = if encoding == "utf-8" { ' ' } else { '　' };
        fields[3] = one_spelling(fields[3].trim_end_matches(wide));
        fields[4] = one_spelling(fields[4].trim_end_matches(' '));
        fields[9] = fields[9].trim_start_matches(' ').to_owned();
        fields
    }
}

fn source(names: &[&str], rows: &[[String; 10]]) -> String {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    out.write_record(names).unwrap();
    for row in rows {
        let column = |name: &&str| &row[COLUMNS.iter().position(|known| known == name).unwrap()];
        out.write_record(names.iter().map(column)).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

#[test]
fn any_record_that_validates_encodes_and_decodes_to_the_same_record() {
    for encoding in ["shift_jis", "cp932", "jis7", "utf-8"] {
        for separator in ["none", "crlf", "lf"] {
            let trial = Trial::new(&everything(encoding, separator));
            check(rows(), |rows| {
                let fields: Vec<_> = rows.iter().map(Row::fields).collect();
                let encoded = trial.encode(&source(&COLUMNS, &fields));
                let (bytes, _) = encoded.map_err(TestCaseError::fail)?;
                let decoded = trial.decode(&bytes).map_err(TestCaseError::fail)?;
                let back: Vec<_> = rows.iter().map(|row| row.back(encoding)).collect();
                let columns = trial.layout.input_columns();
                prop_assert_eq!(&decoded, &source(&columns, &back));
                // And what was decoded is written as the same bytes.
                let again = trial.encode(&decoded).map_err(TestCaseError::fail)?;
                prop_assert!(again.0 == bytes);
                trial.decode_as(&bytes, RowForm::JsonLines).map_err(TestCaseError::fail)?;
                Ok(())
            });
        }
    }
}

#[test]
fn any_csv_record_that_validates_encodes_and_decodes_to_the_same_record() {
    for (encoding, quote) in [("shift_jis", "when-needed"), ("cp932", "always"), ("utf-8", "never")] {
        let trial = Trial::new(&everything_in_csv(encoding, quote));
        check(rows(), |rows| {
            let fields: Vec<_> = rows.iter().map(Row::fields).collect();
            let columns = trial.layout.input_columns();
            let encoded = trial.encode(&source(&columns, &fields)).map_err(TestCaseError::fail)?;
            let decoded = trial.decode(&encoded.0).map_err(TestCaseError::fail)?;
            let back: Vec<_> = rows
                .iter()
                .map(|row| {
                    let mut given = row.fields();
                    let spelt =
                        Row { wide: row.wide.clone() + "x", mixed: row.mixed.clone() + "x", ..row.clone() };
                    given[3] = spelt.back(encoding)[3].trim_end_matches('x').to_owned();
                    given
                })
                .collect();
            prop_assert_eq!(&decoded, &source(&columns, &back));
            prop_assert!(trial.encode(&decoded).map_err(TestCaseError::fail)?.0 == encoded.0);
            Ok(())
        });
    }
}

/// Whether the parts stand in the whole, in their order and without overlapping.
fn stand_in_order(parts: &[&[u8]], whole: &[u8]) -> bool {
    let mut rest = whole;
    parts.iter().all(|part| {
        let found = rest.windows(part.len()).position(|window| window == *part);
        found.map(|at| rest = &rest[at + part.len()..]).is_some()
    })
}

#[test]
fn rows_and_quarantine_together_are_the_data_records_of_the_file_whatever_bytes_are_damaged() {
    let fixed = ["none", "crlf", "lf"].map(|separator| everything("shift_jis", separator));
    let csv = ["never", "when-needed"].map(|quote| everything_in_csv("shift_jis", quote));
    let sifted = std::cell::Cell::new(0_u64);
    for text in fixed.iter().chain(&csv) {
        let trial = Trial::new(text);
        let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
        check((rows(), edits), |(rows, edits)| {
            let fields: Vec<_> = rows.iter().map(Row::fields).collect();
            let mut bytes = trial.bytes(&source(&COLUMNS, &fields));
            for (at, byte) in &edits {
                *at.get_mut(&mut bytes) = *byte;
            }
            let plain = trial.decode(&bytes);
            let Ok((rows, kept, decoded)) = trial.sift(&bytes) else {
                prop_assert!(plain.is_err(), "what is right needs no quarantine");
                return Ok(());
            };
            prop_assert_eq!(plain.is_ok(), decoded.quarantined == 0);
            if let Ok(plain) = plain {
                prop_assert_eq!(&plain, &rows);
            }
            sifted.set(sifted.get() + decoded.quarantined);
            let count = csv::Reader::from_reader(rows.as_bytes()).records().count() as u64;
            prop_assert_eq!(count + decoded.quarantined, decoded.records["明細"]);
            if decoded.quarantined > 0 {
                let each = kept.len() / decoded.quarantined as usize;
                let parts: Vec<&[u8]> = match trial.layout.format() {
                    FileFormat::Fixed => kept.chunks(each).collect(),
                    FileFormat::Csv | FileFormat::AsIs => {
                        kept.split_inclusive(|&byte| byte == b'\n').collect()
                    }
                };
                prop_assert!(stand_in_order(&parts, &bytes));
            }
            Ok(())
        });
    }
    assert!(sifted.get() > 0, "some damage is to values of single records");
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let mut trials: Vec<Trial> = ["shift_jis", "cp932", "jis7", "utf-8"]
        .into_iter()
        .flat_map(|encoding| ["none", "lf"].map(|separator| Trial::new(&everything(encoding, separator))))
        .collect();
    trials.extend(["never", "when-needed"].map(|quote| Trial::new(&everything_in_csv("shift_jis", quote))));
    let seeds: Vec<Vec<u8>> = trials
        .iter()
        .map(|trial| {
            let columns = trial.layout.input_columns();
            let row = trial.layout.example_row();
            let line: Vec<String> = row.iter().map(|value| format!("\"{value}\"")).collect();
            trial.bytes(&format!("{}\n{}\n", columns.join(","), line.join(",")))
        })
        .collect();
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    check(
        (edits, proptest::collection::vec(any::<u8>(), 0..300), any::<prop::sample::Index>()),
        |(edits, noise, cut)| {
            for (trial, seed) in trials.iter().zip(&seeds) {
                let mut damaged = seed.clone();
                for (at, byte) in &edits {
                    *at.get_mut(&mut damaged) = *byte;
                }
                damaged.truncate(cut.index(damaged.len()) + 1);
                for bytes in [&damaged, &noise] {
                    let _ = trial.decode(bytes);
                    let _ = trial.decode_as(bytes, RowForm::JsonLines);
                    let _ = totatsu_records::decode::picture(&trial.layout, &trial.path("received"), Some(1))
                        .unwrap();
                }
            }
            Ok(())
        },
    );
}

#[test]
fn the_example_row_of_every_shipped_layout_encodes_and_decodes_to_the_same_bytes() {
    let (catalogue, problems) = LayoutCatalogue::load(Path::new(LAYOUTS));
    assert!(problems.is_empty(), "{problems:?}");
    for layout in catalogue.iter() {
        let mut trial = Trial::with(Arc::clone(layout));
        for key in layout.required_link_values() {
            let value = match key {
                "全件差分区分" => "全件",
                "種別コード" => "11",
                _ => "1",
            };
            trial.values.link.insert(key.to_owned(), value.to_owned());
        }
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(layout.input_columns()).unwrap();
        out.write_record(layout.example_row()).unwrap();
        let source = String::from_utf8(out.into_inner().unwrap()).unwrap();
        let name = format!("{} {}", layout.id(), layout.version());
        let (bytes, _) = trial.encode(&source).unwrap_or_else(|report| panic!("{name}: {report}"));
        if layout.format() == FileFormat::AsIs {
            continue;
        }
        let rows = trial.decode(&bytes).unwrap_or_else(|report| panic!("{name}: {report}"));
        let again = trial.encode(&rows).unwrap_or_else(|report| panic!("{name}: {report}")).0;
        assert!(again == bytes, "{name}");
        fs::remove_file(trial.path("sent")).unwrap();
    }
}
