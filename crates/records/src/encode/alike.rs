//! Going through a source piece by piece gives what going row by row gives: bytes, totals, folds, and every problem.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::layout::tally::Tally;
use crate::written::{heading, record};

/// Two kinds of data records with numbers and a check digit of their own, blocks, conditions, folds, and a top with totals.
pub(crate) fn rich() -> Layout {
    let top = [
        ("件数", "9", 6, "count = [\"甲\", \"乙\"]"),
        ("年度", "9", 4, "column = \"年度\""),
        ("金額計", "9", 10, "sum = \"金額\""),
    ];
    let begin = [
        ("種", "9", 1, "value = \"1\""),
        ("組", "X", 4, "column = \"組\""),
        ("事業者写", "9", 3, "block = \"事業者\""),
        ("空", "X", 32, "filler = \"spaces\""),
    ];
    let first = [
        ("種", "9", 1, "value = \"2\""),
        ("区分", "9", 1, "value = \"1\""),
        ("事業者", "9", 3, "exact = true"),
        ("番号", "9", 2, "sequence = \"data\""),
        ("氏名", "N", 12, "rules = [\"full-width\", \"nfc\"]"),
        ("カナ", "X", 8, "rules = [\"half-width\", \"large-kana\", \"upper-case\"]\nempty = \"refuse\""),
        ("金額", "9", 6, "number = true"),
        ("検", "9", 1, "check_digit = \"mod10-3-1\"\nover = [\"事業者\", \"金額\"]"),
        ("日", "9", 6, "date = \"YYMMDD\"\nempty = \"zeros\""),
    ];
    let second = [
        ("種", "9", 1, "value = \"2\""),
        ("区分", "9", 1, "value = \"2\""),
        ("事業者", "9", 3, "exact = true"),
        ("備考", "M", 35, "overflow = \"truncate\""),
    ];
    let end = [
        ("種", "9", 1, "value = \"8\""),
        ("件", "9", 6, "count = [\"甲\"]"),
        ("計", "9", 8, "sum = \"金額\""),
        ("空", "X", 25, "filler = \"spaces\""),
    ];
    let keys = "separator_after_last = false\nend_mark = \"1A\"\nrecord_key = \"区分\"\n\
        break_on = [\"事業者\", \"組\"]\nfold = [\"ivs\", \"nta\", \"mj\"]\nbarred = \"♪\"";
    let text = heading("shift_jis", "crlf", keys)
        + &record("頭", "file-top", &top)
        + &record("始", "block-header", &begin)
        + &record("甲", "data", &first)
        + &record("乙", "data", &second)
        + &record("終", "block-trailer", &end);
    Layout::compile("t/rich", &text).unwrap()
}

/// A layout that is shipped: three blocks, and a top with a count.
pub(crate) fn layout() -> Layout {
    let text = include_str!("../../../../layouts/eltax/nenkin-tokucho-irai/2008-04-01.toml");
    Layout::compile("eltax/nenkin-tokucho-irai", text).unwrap()
}

/// 千代田区 on a morning in July.
pub(crate) fn values() -> LayoutValues {
    LayoutValues {
        municipality_code: "131016".into(),
        business_date: jiff::civil::date(2026, 7, 10),
        accepted_at: jiff::civil::date(2026, 7, 10).at(9, 30, 0, 0),
        link: BTreeMap::new(),
    }
}

/// What became of a source.
#[derive(Debug, PartialEq)]
struct Became {
    /// The file, what stands before its body, the body's digest, counts and sums.
    made: Result<(Vec<u8>, Vec<u8>, u128, Tally), String>,
    report: Option<String>,
    folds: Option<String>,
    by_table: BTreeMap<String, u64>,
}

/// Encodes `source`. Its file, and the files that come of it, stand in `dir`.
pub(super) fn encoded(
    dir: &Path,
    layout: &Layout,
    source: &[u8],
    way: SourceWay,
) -> Result<(EncodedFile, FoldReport), ConvertError> {
    let (path, values) = (|name: &str| dir.join(name), values());
    fs::write(path("source"), source).unwrap();
    let work = EncodeWork {
        source: &path("source"),
        source_sha256: Sha256::of(source),
        sent: &path("sent"),
        report: &path("report"),
        layout,
        values: &values,
    };
    let templates = record_buffer::templates(layout, &values).unwrap();
    encode_source(&work, None, templates, &path("partial"), &path("folds"), way)
}

fn became(layout: &Layout, source: &[u8], way: SourceWay) -> Became {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let encoded = encoded(dir.path(), layout, source, way);
    let read = |path: &Path| fs::read(path).ok().map(|bytes| String::from_utf8(bytes).unwrap());
    let (made, by_table) = match encoded {
        Ok((file, folds)) => {
            let sent = fs::read(path("partial")).unwrap();
            (Ok((sent, file.top, file.body, file.tally)), folds.finish().unwrap())
        }
        Err(error) => (Err(error.to_string().replace(&*dir.path().to_string_lossy(), "")), BTreeMap::new()),
    };
    Became { made, report: read(&path("report")), folds: read(&path("folds")), by_table }
}

fn alike(layout: &Layout, source: &[u8], read_bytes: usize) -> Became {
    let one = became(layout, source, SourceWay { row_by_row: true, lanes: 1, read_bytes });
    for lanes in 1..4 {
        let other = became(layout, source, SourceWay { row_by_row: false, lanes, read_bytes });
        assert!(
            one == other,
            "lanes {lanes}, read {read_bytes}\n{one:?}\n{other:?}\n{}",
            String::from_utf8_lossy(source)
        );
    }
    one
}

/// A field: mostly sound, sometimes bare, quoted, broken over lines or no text at all.
fn field(values: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let sound = || prop::sample::select(values).prop_map(|value| value.as_bytes().to_vec());
    prop_oneof![
        60 => sound(),
        6 => sound().prop_map(|value| [b"\"", &value[..], b"\""].concat()),
        1 => prop::sample::select(&ODD[..]).prop_map(<[u8]>::to_vec),
    ]
}

const ODD: [&[u8]; 16] = [
    b"",
    b" ",
    b"\"\"",
    b"\"a\nb\"",
    b"\"1,\"\"2\"",
    b"x\"y",
    b"\"x\"y",
    b"\xff",
    b"\xe5\xb1",
    b"\r",
    b"\"",
    "𠮷".as_bytes(),
    "髙﨑".as_bytes(),
    "か\u{3099}葛\u{e0100}".as_bytes(),
    "♪".as_bytes(),
    b"99999999999999999999",
];

fn row() -> impl Strategy<Value = Vec<u8>> {
    let fields = vec![
        field(&["1", "1", "1", "2"]).boxed(),
        field(&["501", "501", "501", "501", "700"]).boxed(),
        field(&["A", "A", "A", "A", "A", "B"]).boxed(),
        field(&["2026"]).boxed(),
        field(&["山田　花子", "髙橋", "ｶﾞ", "a-1", ""]).boxed(),
        field(&["ヤマダ", "ｼｮｳ", "ガギグ", "x", "Y 1"]).boxed(),
        field(&["0", "100", "25", "999999"]).boxed(),
        field(&["20260710", "", "19991231"]).boxed(),
        field(&["", "", "備考ab", "長い備考長い備考長い備考長い備考長い備考"]).boxed(),
    ];
    let end = prop_oneof![20 => Just(&b"\n"[..]), 5 => Just(&b"\r\n"[..]), 1 => Just(&b"\n\n\r\n"[..]), 1 => Just(&b",\n"[..])];
    (fields, end).prop_map(|(mut fields, end)| {
        // Each kind of record leaves the other's columns empty, most of the time.
        match &fields[0][..] {
            b"1" => fields[8].clear(),
            b"2" => (4..8).for_each(|n| fields[n].clear()),
            _ => {}
        }
        let mut row = fields.join(&b","[..]);
        row.extend_from_slice(end);
        row
    })
}

/// Mostly sound rows, so that some sources have no problem at all.
fn source() -> impl Strategy<Value = Vec<u8>> {
    let sound = prop::sample::select(
        &[
            "1,501,A,2026,山田　花子,ヤマダ,100,20260710,\n",
            "1,501,A,2026,髙橋,ﾀｶﾊｼ,25,,\r\n",
            "2,501,A,2026,,,,,備考\n",
            "1,700,A,2026,鈴木,ｽｽﾞｷ,1,20260710,\n",
            "2,501,A,2026,,,,,\"備,考\"\n",
            "\n1,501,A,2026,か\u{3099},ガ,0,19991231,\n",
        ][..],
    );
    let rows = prop_oneof![
        prop::collection::vec(sound.clone().prop_map(|row| row.as_bytes().to_vec()), 0..60),
        prop::collection::vec(
            prop_oneof![9 => sound.prop_map(|row| row.as_bytes().to_vec()), 1 => row()],
            0..60
        ),
        prop::collection::vec(row(), 0..40),
    ];
    let heading = prop::sample::select(
        &[
            "区分,事業者,組,年度,氏名,カナ,金額,日,備考\n",
            "区分,事業者,組,年度,氏名,カナ,金額,日,備考\n",
            "\u{feff}区分,事業者,組,年度,氏名,カナ,金額,日,備考\r\n",
            "\n\u{feff}区分,\"事業者\",組,年度,氏名,カナ,金額,日,備考\n",
            "区分,事業者,組,年度,氏名,カナ,金額,日,知らない\n",
            "何か\n",
            "",
        ][..],
    );
    (heading, rows, any::<bool>()).prop_map(|(heading, rows, ended)| {
        let mut source = [heading.as_bytes(), &rows.concat()].concat();
        if !ended {
            source.pop_if(|last| *last == b'\n');
        }
        source
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_source_becomes_the_same_in_pieces_of_any_size_by_any_number_of_threads(
        source in source(),
        read_bytes in prop_oneof![Just(7_usize), 8..64_usize, 64..600_usize, Just(100_000)],
    ) {
        alike(&rich(), &source, read_bytes);
    }
}

#[test]
fn many_sound_rows_with_and_without_quotes_become_the_same() {
    let layout = layout();
    let mut rows = Vec::new();
    crate::invented::write_csv(&mut rows, 3_000, 3).unwrap();
    let quoted = String::from_utf8(rows.clone()).unwrap().replace(",01,", ",\"01\",");
    for source in [rows, quoted.into_bytes()] {
        for read_bytes in [1_000, 30_000, READ_BYTES] {
            assert!(alike(&layout, &source, read_bytes).made.is_ok());
        }
    }
}

#[test]
fn a_row_without_an_end_is_told_once_and_all_before_it_is_read() {
    let layout = rich();
    let heading = "区分,事業者,組,年度,氏名,カナ,金額,日,備考\n";
    let row = "1,501,A,2026,山田　花子,ヤマダ,x,20260710,\n";
    // More rows than problems are listed, in one case.
    let cases = [
        (0, 3_000_000, "1,501,\""),
        (3, 1_000_000, "1,501,"),
        (11_000, 1_400_000, ""),
        (9_000, 1_200_000, "1,501,\""),
        (5_000, 1_310_720, "1,501,"),
    ];
    for (before, length, open) in cases {
        let source = [
            heading,
            &row.repeat(before),
            open,
            &"長\n".repeat(if open.ends_with('"') { length / 4 } else { 0 }),
            &"x".repeat(length),
        ]
        .concat();
        let became = alike(&layout, source.as_bytes(), READ_BYTES);
        assert!(became.report.is_some());
    }
}
