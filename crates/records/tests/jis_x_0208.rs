//! Every character of JIS X 0208, both ways, against the table of `iconv` (EUC-JP), which this crate has no part in.
//!
//! A character's row and cell are those of the standard; the bytes that are wanted follow from them by the arithmetic of
//! JIS X 0208's shifted form and of its seven-bit form.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use support::trial::{one, rows};

/// The cells of which systems disagree on the Unicode character: what `iconv` gives, and what reading gives.
const SPELLINGS: [(char, char); 7] = [
    ('\u{301c}', '\u{ff5e}'),
    ('\u{2016}', '\u{2225}'),
    ('\u{2212}', '\u{ff0d}'),
    ('\u{2014}', '\u{2015}'),
    ('\u{a2}', '\u{ffe0}'),
    ('\u{a3}', '\u{ffe1}'),
    ('\u{ac}', '\u{ffe2}'),
];

/// Row, cell and character of the whole standard.
fn standard() -> Vec<(u8, u8, char)> {
    let cells = || (1..=94_u8).flat_map(|row| (1..=94_u8).map(move |cell| (row, cell)));
    let euc: Vec<u8> = cells().flat_map(|(row, cell)| [row + 0xa0, cell + 0xa0, b'\n']).collect();
    let mut iconv = Command::new("iconv")
        .args(["-c", "-f", "EUC-JP", "-t", "UTF-8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = iconv.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&euc));
    let output = iconv.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 94 * 94);
    let found =
        cells().zip(text.lines()).filter_map(|((row, cell), line)| Some((row, cell, line.chars().next()?)));
    found.collect()
}

fn shifted(row: u8, cell: u8) -> [u8; 2] {
    let lead = (row - 1) / 2 + if row <= 62 { 0x81 } else { 0xc1 };
    let trail = match (row % 2, cell) {
        (1, 1..=63) => cell + 0x3f,
        (1, _) => cell + 0x40,
        (_, _) => cell + 0x9e,
    };
    [lead, trail]
}

#[test]
fn each_of_the_6879_characters_has_the_bytes_of_its_row_and_cell_and_comes_back() {
    let standard = standard();
    assert_eq!(standard.len(), 6_879);
    let source: Vec<String> = standard.iter().map(|(_, _, c)| format!("{c}字")).collect();
    let source = rows(&source.iter().map(String::as_str).collect::<Vec<_>>());
    let back: String = standard
        .iter()
        .map(|(_, _, c)| {
            let read = SPELLINGS.iter().find(|(iconv, _)| iconv == c).map_or(*c, |(_, read)| *read);
            format!("{read}字\n")
        })
        .collect();
    for encoding in ["shift_jis", "cp932"] {
        let trial = one(encoding, "N", 4, "");
        let wanted: Vec<u8> = standard
            .iter()
            .flat_map(|&(row, cell, _)| [&shifted(row, cell)[..], &[0x8e, 0x9a]].concat())
            .collect();
        let bytes = trial.bytes(&source);
        let differs = bytes.chunks(4).zip(wanted.chunks(4)).position(|(found, wanted)| found != wanted);
        assert_eq!(differs.map(|n| standard[n]), None, "{encoding}");
        assert_eq!(bytes.len(), wanted.len());
        assert_eq!(trial.decode(&bytes).unwrap(), format!("v\n{back}"), "{encoding}");
    }
    let trial = one("jis7", "N", 10, "shifts_inside = true");
    let wanted: Vec<u8> = standard
        .iter()
        .flat_map(|&(row, cell, _)| {
            [b"\x1b$B", &[row + 0x20, cell + 0x20][..], &[0x3b, 0x7a], b"\x1b(J"].concat()
        })
        .collect();
    assert!(trial.bytes(&source) == wanted);
    assert_eq!(trial.decode(&wanted).unwrap(), format!("v\n{back}"));
}
