//! Going through a partner's file piece by piece gives what going record by record gives: rows, quarantine, totals, and every
//! problem.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::encode::alike::{layout, rich, values};
use crate::encode::{self, EncodeWork};

/// What became of a file.
#[derive(Debug, PartialEq)]
struct Came {
    decoded: Result<Decoded, String>,
    /// Rows, report and quarantine.
    files: [Option<Vec<u8>>; 3],
}

fn came(layout: &Layout, bytes: &[u8], form: RowForm, sifts: bool, choose: ChoiceOfWay) -> Came {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("received"), bytes).unwrap();
    let (values, quarantine) = (values(), path("quarantine"));
    let work = DecodeWork {
        received: &path("received"),
        decoded: &path("rows"),
        report: &path("report"),
        quarantine: sifts.then_some(&*quarantine),
        layout,
        values: Some(&values),
        form,
    };
    let decoded = decode_by(&work, choose);
    let decoded = decoded.map_err(|error| error.to_string().replace(&*dir.path().to_string_lossy(), ""));
    Came { decoded, files: ["rows", "report", "quarantine"].map(|name| fs::read(path(name)).ok()) }
}

fn alike(layout: &Layout, bytes: &[u8], form: RowForm, sifts: bool) -> Came {
    let one = came(layout, bytes, form, sifts, |_, _| None);
    let ways: [ChoiceOfWay; 4] = [
        |_, _| Some(RecordWay { lanes: 1, piece_bytes: 1 << 20 }),
        |_, _| Some(RecordWay { lanes: 1, piece_bytes: 1 }),
        |_, _| Some(RecordWay { lanes: 2, piece_bytes: 1_500 }),
        |_, _| Some(RecordWay { lanes: 3, piece_bytes: 100 }),
    ];
    for (n, way) in ways.into_iter().enumerate() {
        let other = came(layout, bytes, form, sifts, way);
        assert!(one == other, "way {n}\n{one:?}\n{other:?}");
    }
    one
}

/// The bytes that a source becomes.
fn sent(layout: &Layout, source: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("source"), source).unwrap();
    let work = EncodeWork {
        source: &path("source"),
        source_sha256: Sha256::of(source.as_bytes()),
        sent: &path("sent"),
        report: &path("report"),
        layout,
        values: &values(),
    };
    encode::convert(&work)
        .unwrap_or_else(|error| panic!("{error}: {:?}", fs::read_to_string(path("report"))));
    fs::read(path("sent")).unwrap()
}

fn files() -> Vec<(Layout, Vec<u8>)> {
    let nenkin = layout();
    let mut rows = Vec::new();
    crate::invented::write_csv(&mut rows, 40, 5).unwrap();
    let rich = rich();
    let heading = "区分,事業者,組,年度,氏名,カナ,金額,日,備考\n";
    let row = |n: usize| match n % 5 {
        4 => format!("2,{},{},2026,,,,,\"備,考\"\n", 501 + n / 10, n / 20),
        _ => format!("1,{},{},2026,山田　太,ヤマダ,{n},20260710,\n", 501 + n / 10, n / 20),
    };
    let source = heading.to_owned() + &(0..40).map(row).collect::<String>();
    let of_rich = sent(&rich, &source);
    let of_nenkin = sent(&nenkin, std::str::from_utf8(&rows).unwrap());
    vec![(nenkin, of_nenkin), (rich, of_rich)]
}

/// What befalls a file on its way.
fn damage() -> impl Strategy<Value = (usize, u8, u8)> {
    (any::<usize>(), 0..6_u8, any::<u8>())
}

fn damaged(mut bytes: Vec<u8>, damages: &[(usize, u8, u8)]) -> Vec<u8> {
    for &(at, what, byte) in damages {
        if bytes.is_empty() {
            break;
        }
        let at = at % bytes.len();
        match what {
            0 | 1 => bytes[at] = byte,
            2 => bytes[at] = b' ',
            3 => bytes[at] = b'1',
            4 if byte % 8 == 0 => bytes.truncate(at),
            4 if byte % 8 == 1 => {
                bytes.remove(at);
            }
            4 if byte % 8 == 2 => bytes.insert(at, byte),
            4 if byte % 8 == 3 => bytes.extend_from_slice(b"\r\n"),
            _ => bytes[at] ^= 1 << (byte % 8),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_becomes_the_same_in_pieces_of_any_size_by_any_number_of_threads(
        damages in prop::collection::vec(damage(), 0..6),
        json in any::<bool>(),
        sifts in any::<bool>(),
    ) {
        let form = if json { RowForm::JsonLines } else { RowForm::Csv };
        for (layout, bytes) in files() {
            alike(&layout, &damaged(bytes, &damages), form, sifts);
        }
    }
}

#[test]
fn files_without_damage_become_rows_by_every_way() {
    for (layout, bytes) in files() {
        for form in [RowForm::Csv, RowForm::JsonLines] {
            let came = alike(&layout, &bytes, form, false);
            assert_eq!(came.decoded.unwrap().rows, 40, "{}", layout.id());
        }
    }
}
