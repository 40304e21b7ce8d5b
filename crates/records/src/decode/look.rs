//! One record of a file, shown to people on the phone.
//!
//! Owns: the search for the record.
//! Promises: the record that is shown is the one with that number in the file, whatever is wrong with the file.
//! On failure: errors of the disk are handed up; a record that is not there is none.
//! Never: judges the file.

use std::fs::File;
use std::io;
use std::path::Path;

use totatsu_base::say;

use crate::layout::Layout;
use crate::scan::cut::{RawRecord, RecordCutter};
use crate::scan::walk::RecordWalk;

/// The picture of a record of a file: the one with this number (counted from 1), or the first data record. `None` if the
/// file has no such record.
///
/// # Errors
/// Whatever reading the file answers.
pub fn picture(layout: &Layout, file: &Path, number: Option<u64>) -> io::Result<Option<String>> {
    let mut cutter = RecordCutter::new(layout, File::open(file)?, u64::MAX);
    let mut walk = RecordWalk::new(layout, None);
    let mut n = 0;
    while let Some((at, cut)) = cutter.next_record()? {
        n += 1;
        let kind = walk.step(at, cut, None);
        walk.findings.clear();
        let wanted = match number {
            Some(number) => n == number,
            None => kind.is_some_and(|kind| layout.is_data(kind)),
        };
        if wanted {
            let shown = kind.or(layout.data.first().copied()).unwrap_or_default();
            let at = at + layout.first_byte();
            let mut head = match kind {
                Some(_) => say!("layout-ruler-record", number = n, at = at),
                None => say!("layout-ruler-record-of-no-kind", number = n, at = at),
            };
            head.push('\n');
            let picture = match cut {
                RawRecord::Fixed(bytes) => {
                    layout.ruler(&layout.records[shown].name, bytes).unwrap_or_default()
                }
                RawRecord::Line(line) => layout.ruler_of_line(shown, &line.iter().collect::<Vec<_>>()),
            };
            return Ok(Some(head + &picture));
        }
    }
    Ok(None)
}
