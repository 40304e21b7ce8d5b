//! The source cut in pieces, each of whole rows, so that several threads can take them apart.
//!
//! Owns: the reading of the source's bytes, its digest, and where in the file and on which line a piece begins.
//! Promises: every byte up to the end of the file is hashed; pieces follow each other without a gap, and rows begin and end in
//! the same piece, whatever stands between quotes; a row has a limit, and so has a piece.
//! On failure: hands the disk's error on.
//! Never: judges a row.
//!
//! Where a row ends is known by the rules of the `csv` crate, by which [`super::source::SourceReader`] reads: a field is quoted
//! if a quotation mark begins it. A piece ends behind the end of a row, and empty lines that follow belong to the next one.

use std::fs::File;
use std::io::{self, Read};

use memchr::{memchr, memrchr};

use crate::scan::stream::{BYTE_ORDER_MARK, MAX_LINE_BYTES};
use totatsu_base::Hashing;
use totatsu_base::digest::Sha256;

/// Some rows of a source as they stand in it.
#[derive(Debug, Default)]
pub(super) struct SourcePiece {
    pub(super) bytes: Vec<u8>,
    /// The byte of the file at which it begins.
    pub(super) at: u64,
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// A quotation mark stands in it.
    pub(super) quoted: bool,
    /// The file ends with it.
    pub(super) last: bool,
    /// A row without end follows; the line that was reached in looking for it.
    pub(super) endless: Option<u64>,
}

/// A source being cut.
pub(super) struct PieceCutter {
    stream: File,
    sha256: Hashing<io::Sink>,
    read_bytes: usize,
    /// Bytes that were read and belong to the next piece.
    carry: Vec<u8>,
    at: u64,
    line: u64,
    place: QuotePlace,
    /// Bytes read since the row at hand began, and whether any of them stands in it.
    since_row: usize,
    in_row: bool,
    ended: bool,
}

/// Where in a row the bytes read so far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuotePlace {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quotation mark in a quoted field: the mark closes the field, or is doubled.
    Closed,
}

impl PieceCutter {
    /// Begins to cut a source, reading `read_bytes` bytes at a time.
    pub(super) fn new(stream: File, read_bytes: usize) -> PieceCutter {
        PieceCutter {
            stream,
            sha256: Hashing::new(io::sink()),
            read_bytes,
            carry: Vec::new(),
            at: 0,
            line: 1,
            place: QuotePlace::FieldStart,
            since_row: 0,
            in_row: false,
            ended: false,
        }
    }

    /// Cuts the next piece. False if there is none.
    pub(super) fn next(&mut self, piece: &mut SourcePiece) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        piece.bytes.clear();
        piece.bytes.append(&mut self.carry);
        (piece.at, piece.line, piece.last, piece.endless) = (self.at, self.line, false, None);
        let end = loop {
            if self.since_row > MAX_LINE_BYTES {
                piece.endless = Some(self.line + lines(&piece.bytes));
                self.ended = true;
                break 0;
            }
            let before = piece.bytes.len();
            let read = self.read(&mut piece.bytes)?;
            if read == 0 {
                (piece.last, self.ended) = (true, true);
                break before;
            }
            self.since_row += read;
            if let Some(end) = self.end_of_rows(&piece.bytes, before) {
                break end;
            }
        };
        self.carry.extend_from_slice(&piece.bytes[end..]);
        piece.bytes.truncate(end);
        piece.quoted = memchr(b'"', &piece.bytes).is_some();
        self.at += end as u64;
        self.line += lines(&piece.bytes);
        Ok(true)
    }

    /// Reads what may be left and gives the digest of the whole file.
    pub(super) fn finish(mut self) -> io::Result<Sha256> {
        let mut rest = std::mem::take(&mut self.carry);
        rest.clear();
        while self.read(&mut rest)? > 0 {
            rest.clear();
        }
        Ok(self.sha256.finish().0)
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let before = bytes.len();
        bytes.resize(before + self.read_bytes, 0);
        let read = loop {
            match self.stream.read(&mut bytes[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(before + *read.as_ref().unwrap_or(&0));
        self.sha256.note(&bytes[before..]);
        read
    }

    /// Looks through the bytes from `from` on. Returns the byte behind the last row that ends among them.
    fn end_of_rows(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let quoted = matches!(self.place, QuotePlace::Quoted | QuotePlace::Closed);
        let end = if quoted || memchr(b'"', &bytes[from..]).is_some() {
            self.end_among_quotes(bytes, from)
        } else {
            self.end_without_quotes(bytes, from)
        };
        if let Some(end) = end {
            // The next row begins among these bytes; its limit counts from the next ones.
            self.since_row = 0;
            self.in_row = bytes[end..].iter().any(|&byte| byte != b'\n');
        } else {
            self.in_row |= bytes[from..].iter().any(|&byte| byte != b'\n');
        }
        end
    }

    fn end_without_quotes(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        self.place = match bytes.last() {
            Some(b',' | b'\n') => QuotePlace::FieldStart,
            Some(_) | None => QuotePlace::Plain,
        };
        let mut end = memrchr(b'\n', &bytes[from..])? + from;
        // Empty lines end no row.
        while end > from && bytes[end - 1] == b'\n' {
            end -= 1;
        }
        (end > from || self.in_row).then_some(end + 1)
    }

    fn end_among_quotes(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let (mut end, mut in_row) = (None, self.in_row);
        let mark = self.at == 0 && from == 0 && bytes.starts_with(BYTE_ORDER_MARK);
        let from = if mark { BYTE_ORDER_MARK.len() } else { from };
        for (n, &byte) in bytes.iter().enumerate().skip(from) {
            self.place = match (self.place, byte) {
                (QuotePlace::Quoted, b'"') => QuotePlace::Closed,
                (QuotePlace::Quoted, _) | (QuotePlace::FieldStart | QuotePlace::Closed, b'"') => {
                    QuotePlace::Quoted
                }
                (_, b'\n') => {
                    if in_row {
                        end = Some(n + 1);
                    }
                    in_row = false;
                    self.place = QuotePlace::FieldStart;
                    continue;
                }
                (_, b',') => QuotePlace::FieldStart,
                (_, _) => QuotePlace::Plain,
            };
            in_row = true;
        }
        end
    }
}

/// The line ends in some bytes.
fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
