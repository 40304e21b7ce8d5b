//! The proof: the converted file read again from disk, record by record, before it gets its name.
//!
//! Owns: nothing; it only reads.
//! Promises when it returns: the file holds exactly the records that were encoded; the order of records is one a reader
//! can follow; every item holds bytes of its kind; headers and trailers agree with the data records between them; counts
//! and sums, taken from the bytes, equal those of the source and those written in the file.
//! On failure: the offset of the record and the fact, without any value.
//! Never: uses code of the encoder; it reads as a partner's file is read.
//!
//! Equality of the bytes is shown by a checksum of 128 bits over what was written and over what was read; SHA-256, which names
//! the bytes from here on, is taken of what was read. Several threads look at records by themselves; what one record says of
//! others is compared by one thread, in the order of the file.
//!
//! The pages of the file are dropped from the kernel's cache first, so that the bytes come from the disk where the file
//! system honours that; where it does not, they come from memory and the proof is against errors of our own.

use std::fs::File;
use std::io;
use std::path::Path;
use totatsu_base::say;

use rustix::fs::{Advice, fadvise};

use super::encoder::EncodedFile;
use super::error::ConvertError;
use crate::files::FileError;
use crate::layout::item::Fault;
use crate::layout::{FileFormat, Layout};
use crate::scan::cut::{FramingFault, RawRecord, RecordCutter};
use crate::scan::look::RecordLook;
use crate::scan::pieced::{self, RecordWay, SoundRecord, TakesRecords};
use crate::scan::walk::{FindingCause, RecordFinding, RecordWalk};
use totatsu_base::digest::Sha256;

/// Reads the file at `path` and compares it with what was encoded. Returns its digest and its size in bytes.
pub(super) fn read_back(
    path: &Path,
    layout: &Layout,
    encoded: &EncodedFile,
) -> Result<(Sha256, u64), ConvertError> {
    let size = std::fs::metadata(path).map_err(FileError::at(path))?.len();
    read_back_by(path, layout, encoded, RecordWay::of_size(size))
}

fn read_back_by(
    path: &Path,
    layout: &Layout,
    encoded: &EncodedFile,
    way: RecordWay,
) -> Result<(Sha256, u64), ConvertError> {
    let disk = |error| FileError { path: path.to_owned(), error };
    let differs = |at, fact: String| Err(ConvertError::ReadBackDiffers { at, fact });
    let file = File::open(path).map_err(disk)?;
    // A refusal changes where the bytes come from, not whether they are right.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let mut cutter = RecordCutter::new(layout, file, encoded.top.len() as u64);
    let walk = RecordWalk::new(layout, None);
    let mut proof = ReadBackProof { layout, walk, end: 0, framing: Vec::new() };
    let read = if layout.format() == FileFormat::Fixed {
        let looks = || {
            let mut look = RecordLook::new(layout);
            move |bytes: &[u8], _: &mut Vec<u8>| Some((look.sound(bytes)?, false))
        };
        pieced::each_record(&mut cutter, way, looks, &mut proof)
    } else {
        proof.lines(&mut cutter)
    };
    read.map_err(|stop| match stop {
        ProofStop::Disk(error) => ConvertError::Disk(disk(error)),
        ProofStop::Wrong(error) => error,
    })?;
    proof.framing.extend(cutter.take_framing_faults());
    let ReadBackProof { mut walk, end, framing, .. } = proof;
    if let Some(FramingFault { at, fault }) = framing.first() {
        return differs(*at, fault.wrong());
    }
    let tally = walk.finish(end).clone();
    if let Some(finding) = walk.findings.first() {
        return Err(wrong_record(layout, finding));
    }
    if tally.records != encoded.tally.records {
        return differs(end, say!("record-fact-records"));
    }
    if tally.totals != encoded.tally.totals {
        return differs(end, say!("record-fact-totals"));
    }
    let (sha256, size, body) = cutter.finish();
    if body != encoded.body || !begins_with(path, &encoded.top).map_err(disk)? {
        return differs(end, say!("record-fact-bytes"));
    }
    Ok((sha256, size))
}

/// The records that were read back so far.
struct ReadBackProof<'l> {
    layout: &'l Layout,
    walk: RecordWalk<'l>,
    /// Where the last record begins.
    end: u64,
    framing: Vec<FramingFault>,
}

/// Why reading back ends before the file does.
enum ProofStop {
    Disk(io::Error),
    Wrong(ConvertError),
}

impl From<io::Error> for ProofStop {
    fn from(error: io::Error) -> ProofStop {
        ProofStop::Disk(error)
    }
}

impl TakesRecords for ReadBackProof<'_> {
    type Stop = ProofStop;

    fn record(&mut self, at: u64, cut: RawRecord, sound: Option<SoundRecord>) -> Result<(), ProofStop> {
        self.walk.step(at, cut, sound.map(|sound| sound.kind));
        self.end = at;
        match self.walk.findings.first() {
            Some(finding) => Err(ProofStop::Wrong(wrong_record(self.layout, finding))),
            None => Ok(()),
        }
    }

    fn framing(&mut self, faults: Vec<FramingFault>) -> Result<(), ProofStop> {
        self.framing.extend(faults);
        Ok(())
    }
}

impl ReadBackProof<'_> {
    /// The lines of a CSV file.
    fn lines(&mut self, cutter: &mut RecordCutter<File>) -> Result<(), ProofStop> {
        while let Some((at, cut)) = cutter.next_record()? {
            self.record(at, cut, None)?;
        }
        Ok(())
    }
}

fn wrong_record(layout: &Layout, finding: &RecordFinding) -> ConvertError {
    let record = finding.kind.map(|kind| &layout.records[kind]);
    let fact = match (&finding.wrong, record, finding.item) {
        (FindingCause::Value(_), Some(record), Some(item)) => {
            say!("record-fact-item", record = record.name, item = record.items[item].label())
        }
        (FindingCause::Value(_), _, _) => say!("record-fact-an-item"),
        (FindingCause::File(fault), _, _) => fault.wrong(),
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
mod tests {
    use super::super::alike::{encoded, layout};
    use super::*;
    use std::path::PathBuf;

    /// A converted file of three blocks, and what the encoder remembers of it.
    fn converted(layout: &Layout) -> (tempfile::TempDir, PathBuf, EncodedFile) {
        let dir = tempfile::tempdir().unwrap();
        let mut rows = Vec::new();
        crate::invented::write_csv(&mut rows, 12, 5).unwrap();
        let way = super::super::SourceWay::of_size(0);
        let (encoded, _) = encoded(dir.path(), layout, &rows, way).unwrap();
        let path = dir.path().join("partial");
        (dir, path, encoded)
    }

    #[test]
    fn a_flipped_bit_anywhere_in_the_file_is_seen() {
        let layout = layout();
        let (_dir, path, encoded) = converted(&layout);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(read_back(&path, &layout, &encoded).unwrap(), (Sha256::of(&whole), whole.len() as u64));
        for at in (0..whole.len()).step_by(23) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            std::fs::write(&path, damaged).unwrap();
            let told = |lanes, piece_bytes| {
                let way = RecordWay { lanes, piece_bytes };
                read_back_by(&path, &layout, &encoded, way).expect_err("a bit was flipped")
            };
            let error = told(1, 1_000_000);
            assert!(matches!(error, ConvertError::ReadBackDiffers { .. }), "byte {at}");
            assert_eq!(told(2, 1_000).to_string(), error.to_string(), "byte {at}");
        }
    }

    #[test]
    fn a_lost_doubled_or_torn_record_is_seen() {
        let layout = layout();
        let (_dir, path, encoded) = converted(&layout);
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
