//! The proof: the converted file read again from disk, record by record, before it gets its name.
//!
//! Owns: nothing; it only reads.
//! Promises when it returns: the file holds exactly the records that were encoded; the order of records is one a reader
//! can follow; every item holds bytes of its kind; headers and trailers agree with the data records between them; counts
//! and sums, taken from the bytes, equal those of the source and those written in the file.
//! On failure: the offset of the record and the fact, without any value.
//! Never: uses code of the encoder; it reads as a partner's file is read.
//!
//! The pages of the file are dropped from the kernel's cache first, so that the bytes come from the disk where the file
//! system honours that; where it does not, they come from memory and the proof is against errors of our own.

use std::fs::File;
use std::path::Path;

use rustix::fs::{Advice, fadvise};

use super::encoder::EncodedFile;
use super::error::ConvertError;
use crate::files::FileError;
use crate::layout::Layout;
use crate::scan::cut::{FramingFault, RecordCutter};
use crate::scan::walk::{FindingCause, RecordFinding, RecordWalk};
use totatsu_base::digest::Sha256;

/// Reads the file at `path` and compares it with what was encoded. Returns its digest and its size in bytes.
pub(super) fn read_back(
    path: &Path,
    layout: &Layout,
    encoded: &EncodedFile,
) -> Result<(Sha256, u64), ConvertError> {
    let disk = |error| FileError { path: path.to_owned(), error };
    let differs = |at, fact: &str| Err(ConvertError::ReadBackDiffers { at, fact: fact.to_owned() });
    let file = File::open(path).map_err(disk)?;
    // A refusal changes where the bytes come from, not whether they are right.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let mut cutter = RecordCutter::new(layout, file, encoded.top.len() as u64);
    let mut walk = RecordWalk::new(layout, None);
    let mut end = 0;
    while let Some((at, cut)) = cutter.next_record().map_err(disk)? {
        walk.step(at, cut);
        if let Some(finding) = walk.findings.first() {
            return Err(wrong_record(layout, finding));
        }
        end = at;
    }
    if let Some(FramingFault { at, wrong, .. }) = cutter.take_framing_faults().first() {
        return differs(*at, wrong);
    }
    let tally = walk.finish(end).clone();
    if let Some(finding) = walk.findings.first() {
        return Err(wrong_record(layout, finding));
    }
    if tally.records != encoded.tally.records {
        return differs(end, "the number of records of some kind");
    }
    if tally.totals != encoded.tally.totals {
        return differs(end, "some count or sum over the file");
    }
    let (sha256, size, body) = cutter.finish();
    if body != encoded.body || !begins_with(path, &encoded.top).map_err(disk)? {
        return differs(end, "the bytes are not those that were written");
    }
    Ok((sha256, size))
}

fn wrong_record(layout: &Layout, finding: &RecordFinding) -> ConvertError {
    let record = finding.kind.map(|kind| &layout.records[kind]);
    let fact = match (&finding.wrong, record, finding.item) {
        (FindingCause::Value(_), Some(record), Some(item)) => {
            format!("{}, item {}", record.name, record.items[item].label())
        }
        (FindingCause::Value(_), _, _) => "an item".to_owned(),
        (FindingCause::File(wrong, _), _, _) => wrong.clone(),
    };
    ConvertError::ReadBackDiffers { at: finding.at, fact }
}

fn begins_with(path: &Path, top: &[u8]) -> std::io::Result<bool> {
    use std::io::Read as _;
    let mut found = Vec::new();
    File::open(path)?.take(top.len() as u64).read_to_end(&mut found)?;
    Ok(found == top)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A converted file of three blocks, and what the encoder remembers of it.
    fn encoded(layout: &Layout, path: &Path) -> EncodedFile {
        let source = path.with_extension("csv");
        let mut rows = Vec::new();
        crate::invented::write_csv(&mut rows, 12, 5).unwrap();
        std::fs::write(&source, &rows).unwrap();
        let values = crate::values::LayoutValues {
            municipality_code: "13104".into(),
            business_date: jiff::civil::date(2026, 7, 10),
            accepted_at: jiff::civil::date(2026, 7, 10).at(9, 30, 0, 0),
            link: Default::default(),
        };
        let work = super::super::EncodeWork {
            source: &source,
            source_sha256: Sha256::of(&rows),
            sent: path,
            report: &path.with_extension("report"),
            layout,
            values: &values,
        };
        let templates = super::super::record_buffer::templates(layout, &values).unwrap();
        let (folds, way) = (path.with_extension("folds"), super::super::SourceWay::of_size(0));
        super::super::encode_source(&work, None, templates, path, &folds, way).unwrap().0
    }

    pub(in crate::encode) fn layout() -> Layout {
        let text = include_str!("../../../../layouts/eltax/nenkin-tokucho-irai/2008-04-01.toml");
        Layout::compile("eltax/nenkin-tokucho-irai", text).unwrap()
    }

    #[test]
    fn a_flipped_bit_anywhere_in_the_file_is_seen() {
        let (dir, layout) = (tempfile::tempdir().unwrap(), layout());
        let path = dir.path().join("sent");
        let encoded = encoded(&layout, &path);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(read_back(&path, &layout, &encoded).unwrap(), (Sha256::of(&whole), whole.len() as u64));
        for at in (0..whole.len()).step_by(23) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            std::fs::write(&path, damaged).unwrap();
            let error = read_back(&path, &layout, &encoded).expect_err("a bit was flipped");
            assert!(matches!(error, ConvertError::ReadBackDiffers { .. }), "byte {at}");
        }
    }

    #[test]
    fn a_lost_doubled_or_torn_record_is_seen() {
        let (dir, layout) = (tempfile::tempdir().unwrap(), layout());
        let path = dir.path().join("sent");
        let encoded = encoded(&layout, &path);
        let whole = std::fs::read(&path).unwrap();
        let lost = [&whole[..596], &whole[1096..]].concat();
        let doubled = [&whole[..1096], &whole[596..]].concat();
        let torn = whole[..whole.len() - 1].to_vec();
        let untrailed = whole[..whole.len() - 500].to_vec();
        for damaged in [lost, doubled, torn, untrailed, whole[..48].to_vec(), Vec::new()] {
            std::fs::write(&path, damaged).unwrap();
            let error = read_back(&path, &layout, &encoded).expect_err("records are not those encoded");
            assert_eq!(error.remedy(), totatsu_base::remedy::Remedy::Stop);
        }
    }
}
