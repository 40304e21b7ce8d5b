//! A file whose records are parted by other bytes than the layout says: told once, instead of record by record.
//!
//! Owns: the look at what stands after the first two records of a file of fixed width.
//! Promises: only a file in which both, or the only one, are followed by the same other separator is called so.
//! On failure: what the disk answers.
//! Never: looks into a record.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::file_fault::FileFault;
use crate::layout::{FileFormat, Layout, Separator};

/// The separators that stand after a record, and no separator at all.
const KNOWN: [Separator; 4] = [Separator::Crlf, Separator::Lf, Separator::Cr, Separator::None];

/// What is wrong with the separators of a file, and the byte at which the first one stands.
pub(super) fn otherwise(layout: &Layout, file: &File) -> io::Result<Option<(FileFault, u64)>> {
    let widths = first_widths(layout);
    let ([Some(first), second], FileFormat::Fixed) = (widths, layout.format()) else { return Ok(None) };
    let size = file.metadata()?.len();
    let expected = layout.shape.separator;
    if expected == Separator::None && size.is_multiple_of(first) || begins(file, first, expected)? {
        return Ok(None);
    }
    // The only record, which may lack its separator.
    if layout.shape.last_separator_optional && size == first {
        return Ok(None);
    }
    for found in KNOWN.into_iter().filter(|found| found.bytes() != expected.bytes()) {
        let next = first + found.bytes().len() as u64;
        let twice = match second {
            Some(second) if size > next => begins(file, next + second, found)?,
            Some(_) | None => size == next,
        };
        let without = found == Separator::None && !size.is_multiple_of(first);
        if begins(file, first, found)? && twice && !without {
            let (wanted, key) = (expected, layout.choices.separator.clone());
            return Ok(Some((FileFault::OtherSeparator { found, wanted, key }, first)));
        }
    }
    Ok(None)
}

/// The bytes of the first record, and of the one after it.
fn first_widths(layout: &Layout) -> [Option<u64>; 2] {
    let top = layout.top.iter().map(|&kind| layout.records[kind].width());
    let body = std::iter::repeat_n(layout.body_width(), 2);
    let mut widths = top.chain(body).map(|width| width as u64);
    [widths.next().filter(|&width| width > 0), widths.next()]
}

/// Whether a separator, and no longer one, stands at this byte of the file; nothing stands there where a record does.
fn begins(file: &File, at: u64, separator: Separator) -> io::Result<bool> {
    let mut found = [0; 2];
    let got = file.read_at(&mut found, at)?;
    let found = &found[..got];
    Ok(match separator.bytes() {
        b"" => !found.starts_with(b"\r") && !found.starts_with(b"\n"),
        b"\r" => found.starts_with(b"\r") && !found.starts_with(b"\r\n"),
        bytes => found.starts_with(bytes),
    })
}
