//! The rows of a piece of the source, taken apart into fields.
//!
//! Owns: where the fields of the row at hand lie.
//! Promises: rows, fields, lines and bytes are those that a reader of the whole file would tell.
//! On failure: nothing here fails.
//! Never: judges a row, or copies one without quotation marks.

use csv::ByteRecord;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::Memchr2;

use super::pieces::SourcePiece;

/// Room for the fields of a row of a usual width; it grows.
const USUAL_FIELDS: usize = 64;

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowPlace {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// The end of the row before it: byte of the piece, and line. Empty lines may lie between.
    pub(super) after: (usize, u64),
}

/// The rows of a piece, one after the other.
pub(super) struct PieceRows<'p> {
    bytes: &'p [u8],
    way: RowWay<'p>,
    /// The end of the row at hand.
    end: (usize, u64),
    fields: Vec<(usize, usize)>,
    /// A CR of the line end was taken off the last field.
    carriage_return: bool,
}

/// The fields of a row, without the CR of a line end.
#[derive(Clone, Copy)]
pub(super) struct RowFields<'r> {
    text: &'r [u8],
    ends: &'r [(usize, usize)],
}

impl<'r> RowFields<'r> {
    pub(super) fn len(self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(super) fn field(self, n: usize) -> &'r [u8] {
        let (from, to) = self.ends[n];
        &self.text[from..to]
    }
}

enum RowWay<'p> {
    /// No quotation mark stands in the piece: commas and line ends are all there is to find.
    Plain(PlainRows<'p>),
    Quoted(Box<QuotedRows>),
}

/// The commas and line ends of the piece from a byte on.
struct PlainRows<'p> {
    marks: Memchr2<'p>,
    from: usize,
}

/// The reader of quoted fields, and the row at hand without its quotation marks.
struct QuotedRows {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl<'p> PieceRows<'p> {
    /// The rows from a byte and line of a piece on; from its beginning, or where a row ends.
    pub(super) fn of(piece: &'p SourcePiece, (at, line): (usize, u64)) -> PieceRows<'p> {
        let bytes = &piece.bytes[..];
        let begins_file = piece.at == 0 && at == 0;
        let way = if piece.quoted || begins_file {
            RowWay::Quoted(Box::new(QuotedRows::new(line, begins_file)))
        } else {
            RowWay::Plain(PlainRows { marks: memchr::memchr2_iter(b',', b'\n', &bytes[at..]), from: at })
        };
        let fields = Vec::with_capacity(USUAL_FIELDS);
        PieceRows { bytes, way, end: (at, line), fields, carriage_return: false }
    }

    /// The byte behind the row at hand, and the line that begins there.
    pub(super) fn end(&self) -> (usize, u64) {
        self.end
    }

    /// Goes to the next row; `None` behind the last one.
    #[inline]
    pub(super) fn next(&mut self) -> Option<RowPlace> {
        loop {
            let after = self.end;
            self.fields.clear();
            let line = match &mut self.way {
                RowWay::Plain(plain) => plain.next(self.bytes, &mut self.end, &mut self.fields)?,
                RowWay::Quoted(quoted) => quoted.next(self.bytes, &mut self.end, &mut self.fields)?,
            };
            let Some(&(from, to)) = self.fields.last() else { continue };
            self.carriage_return = self.text()[from..to].last() == Some(&b'\r');
            let to = to - usize::from(self.carriage_return);
            // A line of CRLF alone is an empty line like any other.
            let is_empty = self.carriage_return && from == to && self.fields.len() == 1;
            self.fields.pop();
            self.fields.push((from, to));
            if !is_empty {
                return Some(RowPlace { line, after });
            }
        }
    }

    /// The fields of the row at hand.
    #[inline]
    pub(super) fn fields(&self) -> RowFields<'_> {
        RowFields { text: self.text(), ends: &self.fields }
    }

    /// The row at hand as `csv` has it.
    pub(super) fn copy_to(&self, record: &mut ByteRecord) {
        record.clear();
        let fields = self.fields();
        for (n, &(from, to)) in self.fields.iter().enumerate() {
            let is_last = n + 1 == fields.len();
            record.push_field(&fields.text[from..to + usize::from(is_last && self.carriage_return)]);
        }
    }

    #[inline]
    fn text(&self) -> &[u8] {
        match &self.way {
            RowWay::Plain(_) => self.bytes,
            RowWay::Quoted(quoted) => &quoted.text,
        }
    }
}

impl PlainRows<'_> {
    /// Goes to the next row. Returns the line on which it begins.
    #[inline]
    fn next(
        &mut self,
        bytes: &[u8],
        end: &mut (usize, u64),
        fields: &mut Vec<(usize, usize)>,
    ) -> Option<u64> {
        let (mut start, mut line) = *end;
        for hit in self.marks.by_ref() {
            let hit = self.from + hit;
            if bytes[hit] == b',' {
                fields.push((start, hit));
                start = hit + 1;
            } else if hit == start && fields.is_empty() {
                (start, line) = (hit + 1, line + 1);
            } else {
                fields.push((start, hit));
                *end = (hit + 1, line + 1);
                return Some(line);
            }
        }
        if start == bytes.len() && fields.is_empty() {
            return None;
        }
        // The file ends without a line end. `csv` doesn't count the line then, and tells the one before where it was empty.
        fields.push((start, bytes.len()));
        let first = end.1;
        *end = (bytes.len(), line);
        Some(first.max(line - 1))
    }
}

impl QuotedRows {
    fn new(line: u64, begins_file: bool) -> QuotedRows {
        let mut reader = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        if !begins_file {
            // An empty line before the first row: a byte order mark is one at the beginning of the file alone.
            reader.read_record(b"\n", &mut [0], &mut [0]);
        }
        reader.set_line(line);
        QuotedRows { reader, text: Vec::new(), ends: vec![0; USUAL_FIELDS] }
    }

    /// Goes to the next row. Returns the line on which it begins.
    fn next(
        &mut self,
        bytes: &[u8],
        end: &mut (usize, u64),
        fields: &mut Vec<(usize, usize)>,
    ) -> Option<u64> {
        let (mut at, first) = *end;
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, wrote, ends) =
                self.reader.read_record(&bytes[at..], &mut self.text[written..], &mut self.ends[ended..]);
            (at, written, ended) = (at + read, written + wrote, ended + ends);
            match result {
                // The bytes are all there is: the next call has none, and ends the row.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2 + bytes.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        let mut from = 0;
        for &to in &self.ends[..ended] {
            fields.push((from, to));
            from = to;
        }
        let inside = memchr::memchr_iter(b'\n', &self.text[..written]).count() as u64;
        *end = (at, self.reader.line());
        Some(first.max(end.1.saturating_sub(inside + 1)))
    }
}
