//! What the layouts for incoming money let through and what they refuse, on golden files in which single bytes are others.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

use std::fs;
use std::path::Path;

use totatsu::decode::{DecodeWork, Form, decode};
use totatsu::layout::Shelf;

const DAY: jiff::civil::Date = jiff::civil::date(2026, 7, 10);
/// A record of 120 bytes and its line end.
const LINE: usize = 122;

/// Decodes the golden file of a layout after a change to its lines; the rows, or the report.
fn decoded(id: &str, change: impl Fn(&mut [Vec<u8>])) -> Result<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (shelf, _) = Shelf::load(&root.join("layouts"));
    let whole = fs::read(root.join("tests/golden").join(id).join("output.bin")).unwrap();
    let mut lines: Vec<Vec<u8>> = whole.chunks(LINE).map(<[u8]>::to_vec).collect();
    change(&mut lines);
    let dir = tempfile::tempdir().unwrap();
    let (received, rows, report) =
        (dir.path().join("received"), dir.path().join("rows"), dir.path().join("report"));
    fs::write(&received, lines.concat()).unwrap();
    let layout = shelf.choose(id, DAY).unwrap();
    let work = DecodeWork {
        received: &received,
        decoded: &rows,
        report: &report,
        quarantine: None,
        layout,
        values: None,
        form: Form::Csv,
    };
    match decode(&work) {
        Ok(_) => Ok(fs::read_to_string(&rows).unwrap()),
        Err(_) => Err(fs::read_to_string(&report).unwrap()),
    }
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
