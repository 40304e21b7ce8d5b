//! The file being written: the body as it comes, and what stands before it, which is known last.
//!
//! Owns: the partial file, separators, heading line, byte order mark and end mark.
//! Promises: the checksum of the body is that of the bytes that were written; the file is synced when it is complete.
//! On failure: what the disk answers.
//! Never: reads back what it wrote, but for the body of a CSV file whose top was not known in length.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record_buffer::{RecordBuffer, write_column};
use crate::checksum::Checksumming;
use crate::files::{self, create_private};
use crate::layout::plan::{FileShape, Record};
use crate::layout::{FileFormat, Layout};
use crate::scan::cut::END_MARK;
use crate::scan::stream::BYTE_ORDER_MARK;

/// Bytes gathered before the disk is asked. The records of a piece are more, and are handed on as they are.
const WRITE_BYTES: usize = 256 * 1024;

/// A file being written.
pub(super) struct OutputFile {
    records: Vec<Record>,
    shape: FileShape,
    top: Vec<usize>,
    heading: Vec<Vec<u8>>,
    partial: PathBuf,
    /// Where the body goes first, if the length of what stands before it is not known.
    aside: Option<PathBuf>,
    out: BufWriter<Checksumming<File>>,
    /// The record before has no separator yet.
    open: bool,
}

impl OutputFile {
    /// Creates the file with room for what stands before the body.
    pub(super) fn new(layout: &Layout, partial: &Path) -> io::Result<OutputFile> {
        let shape = layout.shape;
        let lines_before = shape.format == FileFormat::Csv && !layout.top.is_empty();
        let aside = lines_before.then(|| files::beside(partial, ".body"));
        let path = aside.as_deref().unwrap_or(partial);
        files::remove(path)?;
        let mut file = create_private(path)?;
        let heading = layout.heading_line.clone();
        if aside.is_none() {
            let mut room = shape.bytes_in_file(before_the_first(&shape, &heading)?);
            for &kind in &layout.top {
                room.resize(room.len() + layout.records[kind].width() + shape.separator.bytes().len(), 0);
            }
            file.write_all(&room)?;
        }
        let (records, top) = (layout.records.clone(), layout.top.clone());
        let partial = partial.to_owned();
        let out = BufWriter::with_capacity(WRITE_BYTES, Checksumming::new(file));
        Ok(OutputFile { records, shape, top, heading, partial, aside, out, open: false })
    }

    /// Writes one record of the body.
    pub(super) fn put(&mut self, record_buffer: &RecordBuffer, kind: usize) -> io::Result<()> {
        let mut line = Vec::new();
        if self.open {
            line.extend_from_slice(self.shape.separator.bytes());
        }
        self.open = true;
        match record_buffer {
            RecordBuffer::Fixed(bytes) => {
                self.out.write_all(&line)?;
                self.out.write_all(bytes)
            }
            RecordBuffer::Line(_) => {
                record_buffer.write(&self.records[kind], &self.shape, &mut line)?;
                self.out.write_all(&self.shape.bytes_in_file(line))
            }
        }
    }

    /// Writes records of fixed width, each with its separator behind it.
    pub(super) fn put_made(&mut self, made: &[u8]) -> io::Result<()> {
        let separator = self.shape.separator.bytes();
        if self.open {
            self.out.write_all(separator)?;
        }
        self.open = true;
        self.out.write_all(&made[..made.len() - separator.len()])
    }

    /// Closes the body, writes what stands before it, and syncs the file if it is wanted. Returns what stands before the
    /// body, and the body's checksum.
    pub(super) fn finish(mut self, top: &[RecordBuffer], wanted: bool) -> io::Result<(Vec<u8>, u128)> {
        let separator = self.shape.separator.bytes();
        let mut before = before_the_first(&self.shape, &self.heading)?;
        for (n, (record_buffer, &kind)) in top.iter().zip(&self.top).enumerate() {
            record_buffer.write(&self.records[kind], &self.shape, &mut before)?;
            let last_of_all = n + 1 == top.len() && !self.open;
            if !last_of_all || self.shape.separator_after_last {
                before.extend_from_slice(separator);
            }
        }
        let before = self.shape.bytes_in_file(before);
        if self.open && self.shape.separator_after_last {
            self.out.write_all(&self.shape.separator_in_file())?;
        }
        if self.shape.end_mark.is_some() {
            self.out.write_all(&[END_MARK])?;
        }
        let (body, mut file) = self.out.into_inner()?.into_parts();
        match &self.aside {
            None => {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&before)?;
            }
            Some(aside) => {
                file.seek(SeekFrom::Start(0))?;
                let mut whole = create_private(&self.partial)?;
                whole.write_all(&before)?;
                io::copy(&mut file, &mut whole)?;
                file = whole;
                std::fs::remove_file(aside)?;
            }
        }
        if wanted {
            file.sync_all()?;
        }
        Ok((before, body))
    }
}

/// Byte order mark and heading line.
fn before_the_first(shape: &FileShape, heading: &[Vec<u8>]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if shape.byte_order_mark {
        bytes.extend_from_slice(BYTE_ORDER_MARK);
    }
    for (n, name) in heading.iter().enumerate() {
        if n > 0 {
            bytes.push(shape.delimiter);
        }
        write_column(name, false, shape, &mut bytes)?;
    }
    if shape.heading {
        bytes.extend_from_slice(shape.separator.bytes());
    }
    Ok(bytes)
}
