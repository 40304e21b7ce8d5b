//! Records cut from a partner's file, one after the other, with everything that stands between them.
//!
//! Owns: the separators, end mark, byte order mark and heading line of a file.
//! Promises: every byte up to the end of the file is hashed and belongs to a record, to a separator that was looked at, or
//! to a finding; memory does not grow with the file.
//! On failure: what stands between records wrongly is a finding and cutting goes on; errors of the disk end it.
//! Never: looks into a record, beyond what a separator or an end mark demands.
//!
//! Records of fixed width come from `fixed_width::Reader`, which drops a short last record and does not look at line
//! ends. The bytes that it was given are therefore counted here, line ends are part of the width that it is told, and what
//! it left over is found among the last bytes that went in.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;
use totatsu_base::say;

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::quotes::{StrayQuotes, WatchedQuotes};
use super::stream::{BYTE_ORDER_MARK, CountedStream, EndlessLine, StreamFacts};
use crate::file_fault::FileFault;
use crate::files::cause_of;
use crate::layout::item::Item;
use crate::layout::plan::Record;
use crate::layout::{FileFormat, Layout, Quote, Separator};
use crate::utf16::{ByteOrder, LineStarts, TextStream};
use totatsu_base::Sha256;

/// Bytes of a CSV file read at a time.
const READ_BYTES: usize = 256 * 1024;
/// The byte after everything else, where a partner wants one.
pub(crate) const END_MARK: u8 = 0x1a;

/// One record as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RawRecord<'a> {
    /// The bytes of a record of fixed width, without its separator.
    Fixed(&'a [u8]),
    /// The columns of a line.
    Line(&'a ByteRecord),
}

impl<'a> RawRecord<'a> {
    /// The bytes of an item (its index in the record is `n`).
    #[inline]
    pub(crate) fn field(self, item: &Item, n: usize) -> Option<&'a [u8]> {
        match self {
            RawRecord::Fixed(bytes) => bytes.get(item.range.clone()),
            RawRecord::Line(line) => line.get(n),
        }
    }

    /// Whether the record has the length, or the line the columns, of a kind.
    pub(crate) fn has_shape_of(self, record: &Record) -> bool {
        match self {
            RawRecord::Fixed(bytes) => bytes.len() == record.width(),
            RawRecord::Line(line) => line.len() == record.items.len(),
        }
    }
}

/// A fault between records: a wrong separator, end mark, byte order mark or heading, and the byte where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FramingFault {
    pub(crate) at: u64,
    pub(crate) fault: FileFault,
}

/// A file being cut.
pub(crate) struct RecordCutter<'a, R: Read> {
    layout: &'a Layout,
    seen: Rc<RefCell<StreamFacts>>,
    from: RecordSource<R>,
    /// Where the next record of fixed width begins.
    at: u64,
    /// Records of the body cut so far.
    cut: u64,
    /// The last record, where no separator follows it.
    tail: Vec<u8>,
    line: ByteRecord,
    framing_faults: Vec<FramingFault>,
    /// Where lines begin in the file, whatever the bytes of a character.
    starts: Rc<RefCell<LineStarts>>,
    /// Quotation marks that belong to no value.
    stray: Rc<RefCell<StrayQuotes>>,
    /// A separator that is wrong, unless the file ends here and an end mark stands in its place.
    suspect: Option<FramingFault>,
    /// The heading is that of another file: nothing after it was read.
    of_another_kind: bool,
}

/// Where the next record comes from.
enum RecordSource<R: Read> {
    /// The records at the file's top are still ahead, from this one on.
    Top(CountedStream<R>, usize),
    Body(Box<fixed_width::Reader<CountedStream<R>>>),
    Lines(Box<csv::Reader<WatchedQuotes<TextStream<CountedStream<R>>>>>),
    Ended,
}

impl<'a, R: Read> RecordCutter<'a, R> {
    /// Begins to cut a stream. The bytes from `body_at` on get a checksum of their own.
    pub(crate) fn new(layout: &'a Layout, stream: R, body_at: u64) -> RecordCutter<'a, R> {
        let shape = &layout.shape;
        let longest = layout.records.iter().map(Record::width).max().unwrap_or_default();
        let lines = shape.format == FileFormat::Csv;
        let seen = Rc::new(RefCell::new(StreamFacts::new(body_at, longest + 4, lines)));
        let watched = CountedStream::new(stream, Rc::clone(&seen));
        let (mut starts, mut stray) = (Rc::default(), Rc::default());
        let from = if lines {
            let (text, of_text) = TextStream::new(watched, shape.byte_order);
            starts = of_text;
            let (text, of_quotes) = WatchedQuotes::new(text, shape.delimiter);
            stray = of_quotes;
            let reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(shape.delimiter)
                .quoting(shape.quote != Quote::Never)
                .terminator(Terminator::Any(b'\n'))
                .buffer_capacity(READ_BYTES)
                .from_reader(text);
            RecordSource::Lines(Box::new(reader))
        } else {
            RecordSource::Top(watched, 0)
        };
        let line = ByteRecord::new();
        RecordCutter {
            layout,
            seen,
            from,
            at: 0,
            cut: 0,
            tail: Vec::new(),
            line,
            framing_faults: Vec::new(),
            starts,
            stray,
            suspect: None,
            of_another_kind: false,
        }
    }

    /// The next record and the byte at which it begins; `None` after the last one.
    pub(crate) fn next_record(&mut self) -> io::Result<Option<(u64, RawRecord<'_>)>> {
        if let RecordSource::Lines(_) = self.from {
            let found = self.next_line()?;
            return Ok(found.map(|at| (at, RawRecord::Line(&self.line))));
        }
        let layout = self.layout;
        if let RecordSource::Top(stream, n) = &mut self.from {
            if let Some(&kind) = layout.top.get(*n) {
                *n += 1;
                self.tail.resize(layout.records[kind].width() + layout.shape.separator.bytes().len(), 0);
                let got = read_up_to(stream, &mut self.tail)?;
                return Ok(self.top_record(got));
            }
            self.begin_body();
        }
        self.body_record()
    }

    /// Bytes read so far: the size of the file, once the last record was handed out.
    pub(crate) fn position(&self) -> u64 {
        self.seen.borrow().total()
    }

    /// The byte after the line handed out last, with its separator.
    pub(crate) fn line_end(&self) -> u64 {
        match &self.from {
            RecordSource::Lines(reader) => self.starts.borrow_mut().in_stream(reader.position().byte()),
            RecordSource::Top(..) | RecordSource::Body(_) | RecordSource::Ended => self.position(),
        }
    }

    /// Cutting ended at a heading that is no heading of the layout.
    pub(crate) fn is_of_another_kind(&self) -> bool {
        self.of_another_kind
    }

    /// A record at the file's top comes next.
    pub(crate) fn is_at_the_top(&self) -> bool {
        matches!(self.from, RecordSource::Top(_, n) if n < self.layout.top.len())
    }

    /// The stream, once what comes next is the body: whoever takes it cuts the body itself and hands the bytes back.
    pub(crate) fn take_body(&mut self) -> Option<(R, StreamFacts)> {
        if self.is_at_the_top() || !matches!(self.from, RecordSource::Top(..)) {
            return None;
        }
        let RecordSource::Top(stream, _) = std::mem::replace(&mut self.from, RecordSource::Ended) else {
            return None;
        };
        Some((stream.into_stream(), self.seen.replace(StreamFacts::new(u64::MAX, 0, false))))
    }

    /// The bytes from one record of the body to the next, and those of them that are the separator.
    pub(crate) fn stride(&self) -> (usize, usize) {
        let separator = self.layout.shape.separator.bytes().len();
        (self.layout.body_width() + separator, separator)
    }

    /// The next bytes of the body, as many as there are from one record to the next.
    pub(crate) fn body_bytes<'b>(&mut self, bytes: &'b [u8]) -> (u64, RawRecord<'b>) {
        let (separator, width) = (self.layout.shape.separator, self.layout.body_width());
        let at = self.at;
        self.at += bytes.len() as u64;
        self.cut += 1;
        self.framing_faults.extend(self.suspect.take());
        if &bytes[width..] != separator.bytes() {
            let fault = FileFault::Separator(separator);
            self.suspect = Some(FramingFault { at: at + width as u64, fault });
        }
        (at, RawRecord::Fixed(&bytes[..width]))
    }

    /// The body has ended, and these are the facts of its stream. Returns a record without separator, if one was left over.
    pub(crate) fn end_of_body(&mut self, facts: StreamFacts) -> Option<(u64, RawRecord<'_>)> {
        self.seen.replace(facts);
        self.last_record()
    }

    /// What stood wrongly between the records since the last call.
    pub(crate) fn take_framing_faults(&mut self) -> Vec<FramingFault> {
        std::mem::take(&mut self.framing_faults)
    }

    /// Digest and size of the whole file, and the checksum of its body.
    pub(crate) fn finish(self) -> (Sha256, u64, u128) {
        drop(self.from);
        Rc::into_inner(self.seen).expect("the stream is gone").into_inner().finish()
    }

    /// The record at the file's top of which `got` bytes were there.
    fn top_record(&mut self, got: usize) -> Option<(u64, RawRecord<'_>)> {
        let separator = self.layout.shape.separator.bytes();
        let width = self.tail.len() - separator.len();
        let at = self.at;
        self.at += got as u64;
        if got < self.tail.len() {
            self.from = RecordSource::Ended;
            let shape = &self.layout.shape;
            let whole = got == width && shape.may_be_empty && shape.last_separator_optional;
            if !whole {
                self.framing_fault(at, FileFault::CutOff);
                return None;
            }
        } else if &self.tail[width..] != separator {
            self.framing_fault(at + width as u64, FileFault::Separator(self.layout.shape.separator));
        }
        self.tail.truncate(width);
        Some((at, RawRecord::Fixed(&self.tail)))
    }

    fn begin_body(&mut self) {
        let separator = self.layout.shape.separator.bytes().len();
        let width = self.layout.body_width() + separator;
        if let RecordSource::Top(stream, _) = std::mem::replace(&mut self.from, RecordSource::Ended) {
            self.tail.clear();
            let reader = fixed_width::Reader::from_reader(stream).width(width);
            self.from = RecordSource::Body(Box::new(reader));
        }
    }

    fn body_record(&mut self) -> io::Result<Option<(u64, RawRecord<'_>)>> {
        let width = self.layout.body_width();
        let RecordSource::Body(reader) = &mut self.from else { return Ok(None) };
        match reader.next_record() {
            Some(Ok(bytes)) => {
                self.tail.clear();
                self.tail.extend_from_slice(bytes);
            }
            Some(Err(fixed_width::Error::IOError(error))) => return Err(error),
            Some(Err(_)) => return Err(io::Error::other(say!("record-reader-gave-up"))),
            None => return Ok(self.last_record()),
        }
        let bytes = std::mem::take(&mut self.tail);
        let (at, _) = self.body_bytes(&bytes);
        self.tail = bytes;
        self.tail.truncate(width);
        Ok(Some((at, RawRecord::Fixed(&self.tail))))
    }

    /// What `fixed_width` left over at the end of the file: nothing, an end mark, or a record without separator.
    fn last_record(&mut self) -> Option<(u64, RawRecord<'_>)> {
        self.from = RecordSource::Ended;
        let shape = &self.layout.shape;
        let (separator, width) = (shape.separator.bytes(), self.layout.body_width());
        let left = (self.seen.borrow().total() - self.at) as usize;
        self.seen.borrow().copy_last(left, &mut self.tail);
        let mut record_ended = self.cut > 0;
        if let Some(suspect) = self.suspect.take() {
            // A record of the right length, and the end mark where a separator of one byte would stand.
            if left == 0 && shape.end_mark.is_some() && separator.len() == 1 && self.last_is_end_mark() {
                self.tail.push(END_MARK);
                record_ended = false;
            } else {
                self.framing_faults.push(suspect);
            }
        }
        if shape.end_mark.is_some() && self.tail.pop_if(|last| *last == END_MARK).is_none() {
            self.framing_fault(self.at + left as u64, FileFault::NoEndMark);
        }
        let is_record = !separator.is_empty() && self.tail.len() == width;
        if is_record && shape.separator_after_last && !shape.last_separator_optional {
            self.framing_fault(self.at, FileFault::LastSeparatorMissing(shape.separator));
        } else if !is_record && record_ended && !shape.separator_after_last && !separator.is_empty() {
            self.framing_fault(self.at, FileFault::LastSeparatorThere);
        }
        if !is_record {
            if !self.tail.is_empty() {
                self.framing_fault(self.at, FileFault::CutOffAfter(self.tail.len()));
            }
            return None;
        }
        let at = self.at;
        Some((at, RawRecord::Fixed(&self.tail)))
    }

    fn last_is_end_mark(&self) -> bool {
        self.seen.borrow().ends_with(&[END_MARK])
    }

    /// Reads the next line into `line` and gives the byte at which it begins.
    fn next_line(&mut self) -> io::Result<Option<u64>> {
        let shape = &self.layout.shape;
        loop {
            let RecordSource::Lines(reader) = &mut self.from else { return Ok(None) };
            self.seen.borrow_mut().begin_line();
            let found = match reader.read_byte_record(&mut self.line) {
                Ok(found) => found,
                Err(error) => return self.line_error(error),
            };
            let stray = self.stray.borrow_mut().before(reader.position().byte());
            let at = self.line.position().map_or(0, csv::Position::byte);
            let at = self.starts.borrow_mut().in_stream(at);
            self.at = at;
            self.cut += 1;
            if self.cut == 1 {
                self.byte_order_mark();
            }
            let mark = shape.end_mark.is_some() && self.line.len() == 1 && self.line[0] == [END_MARK];
            if !found || mark {
                self.end_of_lines();
                return Ok(None);
            }
            self.framing_faults.extend(self.suspect.take());
            if stray && shape.quote != Quote::Never {
                self.framing_fault(at, FileFault::StrayQuote);
            }
            if shape.separator == Separator::Crlf && !strip_carriage_return(&mut self.line) {
                self.suspect = Some(FramingFault { at, fault: FileFault::LineEnd(shape.separator) });
            }
            if self.cut == 1 && shape.heading {
                if !self.line.iter().eq(self.layout.heading_line.iter().map(Vec::as_slice)) {
                    self.framing_fault(at, FileFault::OtherHeading);
                    if self.line.len() != self.layout.heading_line.len() {
                        // A file of another kind: every line of it would only say so again.
                        self.from = RecordSource::Ended;
                        self.of_another_kind = true;
                        return Ok(None);
                    }
                }
                continue;
            }
            return Ok(Some(at));
        }
    }

    fn line_error(&mut self, error: csv::Error) -> io::Result<Option<u64>> {
        self.from = RecordSource::Ended;
        let cause = cause_of(error);
        if !cause.get_ref().is_some_and(|cause| cause.is::<EndlessLine>()) {
            return Err(cause);
        }
        self.framing_fault(self.at, FileFault::EndlessLine);
        Ok(None)
    }

    fn byte_order_mark(&mut self) {
        let mark = self.layout.shape.byte_order.map_or(BYTE_ORDER_MARK, ByteOrder::mark);
        let there = self.seen.borrow().begins_with(mark);
        if there && !self.layout.shape.byte_order_mark {
            self.framing_fault(0, FileFault::ByteOrderMark);
        } else if !there && self.layout.shape.byte_order_mark {
            self.framing_fault(0, FileFault::NoByteOrderMark(self.layout.shape.byte_order));
        }
    }

    /// Looks at the very last bytes.
    fn end_of_lines(&mut self) {
        self.from = RecordSource::Ended;
        let shape = &self.layout.shape;
        let seen = self.seen.borrow();
        let mut ended = shape.separator_in_file();
        ended.extend(shape.end_mark.map(|_| END_MARK));
        let half_ended = ["\r", "\n"].iter().any(|half| seen.ends_with(&shape.in_file(half)));
        let may_lack = shape.last_separator_optional && !half_ended;
        let (total, right) = (seen.total(), seen.ends_with(&ended) == shape.separator_after_last || may_lack);
        // Marks alone are a file without lines, and so without a line end.
        let mark = shape.byte_order.map_or(BYTE_ORDER_MARK, ByteOrder::mark);
        let before = if seen.begins_with(mark) { mark.len() as u64 } else { 0 };
        let behind = u64::from(shape.end_mark.is_some() && seen.ends_with(&[END_MARK]));
        drop(seen);
        if !right && total > before + behind {
            let wanted = shape.separator_after_last.then_some(shape.separator);
            self.framing_fault(total, FileFault::LastLineEnd(wanted));
        }
    }

    fn framing_fault(&mut self, at: u64, fault: FileFault) {
        self.framing_faults.push(FramingFault { at, fault });
    }
}

/// Takes the CR of a line end off the last column. False if there is none.
fn strip_carriage_return(line: &mut ByteRecord) -> bool {
    let Some(last) = line.len().checked_sub(1) else { return false };
    let Some(stripped) = line[last].strip_suffix(b"\r").map(<[u8]>::to_vec) else { return false };
    line.truncate(last);
    line.push_field(&stripped);
    true
}

/// Fills the buffer as far as the stream goes.
pub(super) fn read_up_to(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match stream.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}
