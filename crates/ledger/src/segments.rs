//! The journal's files: `FIRST.jsonl`, named after the number of its first line, and `FIRST.jsonl.zst` once it is closed and
//! packed.
//!
//! Owns which files there are, in which order, and how each is read from its start. Where both forms of one are there, the
//! plain one counts: packing was cut off, or somebody put the plain one back. Never writes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::journal_error::JournalError;
use totatsu_base::say;

/// How a plain file's name ends.
const PLAIN: &str = ".jsonl";
/// How a packed file's name ends. The file is a zstd frame, with a checksum, of the plain file's bytes.
const PACKED: &str = ".jsonl.zst";

/// One file of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The file's path.
    pub(crate) path: PathBuf,
    /// The number of its first line, as its name says.
    pub(crate) first: u64,
    /// The file is closed and packed.
    pub(crate) packed: bool,
}

/// A file of the journal, open from its first byte to the end that it had then.
pub(crate) struct OpenSegment {
    reader: Box<dyn Read + Send>,
    consumed: Arc<AtomicU64>,
    /// What is read, in the form that it turned out to have.
    pub(crate) segment: Segment,
}

/// A file that says how far it was read.
struct Counted {
    file: File,
    consumed: Arc<AtomicU64>,
}

/// The name of the plain file whose first line has this number.
pub(crate) fn file_name(first: u64) -> String {
    format!("{first:012}{PLAIN}")
}

/// The name that a file has, or had before it was packed.
pub(crate) fn plain_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_suffix(PACKED) {
        Some(stem) => format!("{stem}{PLAIN}"),
        None => name.into_owned(),
    }
}

/// The journal's files, in the order of their lines.
pub(crate) fn segments_of(directory: &Path) -> io::Result<Vec<Segment>> {
    let mut found = BTreeMap::<String, Segment>::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let plain = name.strip_suffix(PLAIN).map(|stem| (stem, false));
        let Some((stem, packed)) = plain.or_else(|| Some((name.strip_suffix(PACKED)?, true))) else {
            continue;
        };
        // Whatever else somebody put there is none of the journal's.
        let first = stem.parse::<u64>().ok();
        let Some(first) = first.filter(|first| file_name(*first).strip_suffix(PLAIN) == Some(stem)) else {
            continue;
        };
        let stem = stem.to_owned();
        if !packed || !found.contains_key(&stem) {
            found.insert(stem, Segment { path, first, packed });
        }
    }
    Ok(found.into_values().collect())
}

impl Segment {
    /// The packed file beside a plain one.
    pub(crate) fn packed_path(&self) -> PathBuf {
        self.path.with_file_name(format!("{}{PACKED}", self.plain_name().trim_end_matches(PLAIN)))
    }

    /// The name that it has, or had before it was packed.
    pub(crate) fn plain_name(&self) -> String {
        plain_name(&self.path)
    }

    /// Bytes that the file has on the disk; 0 where it has just been packed.
    pub(crate) fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Opens the file for reading. If it was packed since the directory was listed, it is read in its new form.
    pub(crate) fn open(&self) -> Result<OpenSegment, JournalError> {
        self.open_at(0)
    }

    /// As [`Segment::open`], but begins behind the first `offset` bytes of the plain form.
    pub(crate) fn open_at(&self, offset: u64) -> Result<OpenSegment, JournalError> {
        let opened = match self.open_as_listed(offset) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.packed => {
                let packed = Segment { path: self.packed_path(), packed: true, ..self.clone() };
                packed.open_as_listed(offset)
            }
            opened => opened,
        };
        let mut open = opened.map_err(|error| JournalError::disk("disk-opening", &self.path)(error))?;
        if open.segment.packed {
            let passed = io::copy(&mut open.reader.by_ref().take(offset), &mut io::sink());
            passed.map_err(|error| open.failed(error, 1))?;
        }
        Ok(open)
    }

    fn open_as_listed(&self, offset: u64) -> io::Result<OpenSegment> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        let begins = if self.packed { 0 } else { file.seek(io::SeekFrom::Start(offset))? };
        let consumed = Arc::new(AtomicU64::new(begins));
        let counted = Counted { file, consumed: consumed.clone() }.take(length.saturating_sub(begins));
        let reader: Box<dyn Read + Send> =
            if self.packed { Box::new(zstd::Decoder::new(counted)?) } else { Box::new(counted) };
        Ok(OpenSegment { reader, consumed, segment: self.clone() })
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl OpenSegment {
    /// Bytes of the file on the disk that were read by now.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }

    /// Reads on into `bytes` until they are `wanted` many or the file ends; says whether it has ended.
    ///
    /// # Errors
    /// The disk fails, or a packed file isn't what was packed; `line` is the one that is being read.
    pub(crate) fn fill(
        &mut self,
        bytes: &mut Vec<u8>,
        wanted: usize,
        line: u64,
    ) -> Result<bool, JournalError> {
        let missing = wanted.saturating_sub(bytes.len()) as u64;
        match self.reader.by_ref().take(missing).read_to_end(bytes) {
            Ok(read) => Ok((read as u64) < missing),
            Err(error) => Err(self.failed(error, line)),
        }
    }

    /// What it means that `line` can't be read: what the kernel answers has a number; what unpacking finds has none, and is
    /// damage.
    pub(crate) fn failed(&self, error: io::Error, line: u64) -> JournalError {
        let Segment { path, packed, .. } = &self.segment;
        if *packed && error.raw_os_error().is_none() {
            let (path, what) = (path.clone(), say!("ledger-file-unpackable", error = error));
            return JournalError::Damaged { path, line, what };
        }
        JournalError::disk("disk-reading", path)(error)
    }
}

impl Read for OpenSegment {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_their_lines_and_of_two_forms_of_one_the_plain_one_counts() {
        let home = tempfile::tempdir().unwrap();
        let names =
            ["000000000001.jsonl.zst", "000000000007.jsonl", "000000000007.jsonl.zst", "000000000010.jsonl"];
        let others = ["000000000001.jsonl.zst.part", "note.txt", "notes.jsonl", "copy.jsonl.zst", "+9.jsonl"];
        for name in names.into_iter().chain(others) {
            fs::write(home.path().join(name), "").unwrap();
        }
        let found: Vec<_> = segments_of(home.path())
            .unwrap()
            .into_iter()
            .map(|segment| (segment.first, segment.packed, segment.path.file_name().unwrap().to_owned()))
            .collect();
        let expected = [(1, true, names[0]), (7, false, names[1]), (10, false, names[3])];
        assert_eq!(found, expected.map(|(first, packed, name)| (first, packed, name.into())));
    }
}
