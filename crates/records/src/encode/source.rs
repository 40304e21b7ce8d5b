//! The source: CSV in UTF-8 or UTF-16, with a heading of item names in any order, read as a stream.
//!
//! Owns: the form of the source: its heading, rows, line numbers and digest.
//! Promises: every byte up to the end of the file is hashed; a row handed out has as many fields as the heading; a byte
//! order mark at the very start is no part of the first name; memory does not grow with the file, since a row has a limit.
//! On failure: faults of the form are problems and reading goes on; errors of the disk end it.
//! Never: judges values; changes them (spaces at the ends stay).
//!
//! UTF-16 is what a byte order mark says is UTF-16. A row ends at LF; a CR before it belongs to the line end. Empty lines
//! are passed over. Quoted fields may hold commas, quotes and line breaks.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::str::Utf8Error;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::source_layout::SourceLayout;
use crate::file_fault::FileFault;
use crate::files::{cause_of, first_bytes};
use crate::layout::Layout;
use crate::layout::item::{Fault, Item, ValueFault, ValueOrigin};
use crate::report::{ProblemReport, RowProblem, WHOLE_HEADING, WHOLE_ROW};
use crate::scan::stream::{CountedStream, EndlessLine, StreamFacts};
use crate::utf16::{ByteOrder, LineStarts, TextStream};
use totatsu_base::digest::Sha256;

/// Bytes read at a time.
pub(super) const READ_BYTES: usize = 256 * 1024;
/// A name in the heading longer than this is not quoted: it may be a value of a file without heading.
const MAX_QUOTED_NAME: usize = 20;

/// A source being read.
pub(super) struct SourceReader {
    reader: Reader<TextStream<CountedStream<File>>>,
    /// Where rows begin in the file, whatever the bytes of a character.
    starts: Rc<RefCell<LineStarts>>,
    seen: Rc<RefCell<StreamFacts>>,
    record: ByteRecord,
    /// What the heading says of the rows.
    pub(super) columns: SourceColumns,
    /// Rows read so far, good or bad, without the heading.
    pub(super) rows: u64,
    may_be_empty: bool,
    ended: bool,
}

/// What the heading of a source says of its rows.
pub(super) struct SourceColumns {
    /// Fields in the heading.
    pub(super) width: usize,
    /// Where each column of the layout stands in the source, and after them the derived ones.
    pub(super) positions: Vec<Option<usize>>,
    /// The value of each column that doesn't come from the rows, where they were read by a layout of their own.
    pub(super) fixed: Option<Vec<String>>,
    /// The rows can't be read by this heading.
    pub(super) unreadable: bool,
}

/// One row of the source.
pub(super) struct SourceRow<'a> {
    /// The line on which it begins, counted from 1; the number of its data record, where the source has a layout of its own.
    pub(super) line: u64,
    /// The byte of the file at which it begins, counted from 0.
    pub(super) byte: u64,
    pub(super) columns: &'a SourceColumns,
    pub(super) record: &'a ByteRecord,
}

impl SourceRow<'_> {
    /// The value in a column of the layout; nothing where the source lacks the column, which is a problem of its heading.
    pub(super) fn value(&self, column: usize) -> Result<&str, Utf8Error> {
        match self.columns.positions[column] {
            Some(position) => std::str::from_utf8(field(self.record, position)),
            None => Ok(self.columns.fixed(column)),
        }
    }

    /// Where a column of the layout stands in the source, counted from 0. The rows of a layout of its own stand in no file.
    pub(super) fn position(&self, column: usize) -> Option<usize> {
        self.columns.positions[column].filter(|_| self.columns.fixed.is_none())
    }

    /// What the source has in a derived column, and where it stands, counted from 0; nothing where the source lacks it.
    pub(super) fn derived(&self, layout: &Layout, derived: usize) -> Option<(usize, &[u8])> {
        let position = self.columns.positions[layout.columns.len() + derived]?;
        Some((position, field(self.record, position)))
    }

    /// The number that the source has for an item, if it is one.
    pub(super) fn amount(&self, item: &Item) -> Option<i128> {
        let ValueOrigin::Column(column) = item.source else { return None };
        let number = self.value(column).ok().filter(|_| item.map.is_empty())?;
        number.parse::<i64>().ok().map(i128::from)
    }

    /// The kind of data record that the row is; `None` with a problem if it can't be told.
    pub(super) fn kind(&self, layout: &Layout, problems: &mut ProblemReport) -> Option<usize> {
        let Some(key) = layout.record_key else { return layout.data.first().copied() };
        if self.columns.lacks(key) {
            return None;
        }
        let value = self.value(key).unwrap_or("");
        let told = layout.data.iter().find(|&&kind| layout.records[kind].key.as_deref() == Some(value));
        let Some(&kind) = told else {
            let keys = layout.data.iter().filter_map(|&kind| layout.records[kind].key.clone());
            let fault = ValueFault::NotAllowed { value: value.to_owned(), allowed: keys.collect() };
            self.report(layout, key, &fault, problems);
            return None;
        };
        let mut sound = true;
        for column in layout.foreign_columns(kind) {
            if !self.value(column).is_ok_and(str::is_empty) {
                self.report(layout, column, &ValueFault::NotOfThisRecord, problems);
                sound = false;
            }
        }
        sound.then_some(kind)
    }

    /// Lists what is wrong with the value in a column of the layout.
    pub(super) fn report(
        &self,
        layout: &Layout,
        column: usize,
        fault: &dyn Fault,
        problems: &mut ProblemReport,
    ) {
        problems.add(&RowProblem {
            line: Some(self.line),
            column: self.position(column).map(|position| position as u64 + 1),
            item: &layout.columns[column],
            fault,
        });
    }
}

impl SourceReader {
    /// Opens a source and reads its heading. What is wrong with the heading goes to `problems`; rows can be read all the
    /// same, as far as their columns are known. Rows that were read by a layout of their own have its columns.
    pub(super) fn open(
        path: &Path,
        layout: &Layout,
        read_by: Option<&SourceLayout>,
        read_bytes: usize,
        problems: &mut ProblemReport,
    ) -> io::Result<SourceReader> {
        let seen = Rc::new(RefCell::new(StreamFacts::new(u64::MAX, 0, true)));
        let file = File::open(path)?;
        let order = byte_order(&file)?;
        let (text, starts) = TextStream::new(CountedStream::new(file, Rc::clone(&seen)), order);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(read_bytes)
            .from_reader(text);
        let mut source = SourceReader {
            reader,
            starts,
            seen,
            record: ByteRecord::new(),
            columns: SourceColumns::unread(),
            rows: 0,
            may_be_empty: layout.shape.may_be_empty,
            ended: false,
        };
        let heading = source.advance(problems)?;
        source.columns = SourceColumns::of(heading.then_some(&source.record), layout, read_by, problems);
        source.ended |= source.columns.unreadable;
        Ok(source)
    }

    /// The next row, or `None` after the last one.
    pub(super) fn next_row(&mut self, problems: &mut ProblemReport) -> io::Result<Option<SourceRow<'_>>> {
        while self.advance(problems)? {
            self.rows += 1;
            let (line, byte) = self.position();
            if self.record.len() == self.columns.width {
                let line = if self.columns.fixed.is_some() { self.rows } else { line };
                return Ok(Some(SourceRow { line, byte, columns: &self.columns, record: &self.record }));
            }
            self.columns.wrong_width(line, self.record.len(), problems);
        }
        if self.rows == 0 && !self.may_be_empty && problems.is_empty() {
            problems.add(&RowProblem::of_file(&FileFault::NoRows));
        }
        Ok(None)
    }

    /// Reads what may be left and gives the digest of the whole file.
    pub(super) fn finish(self) -> io::Result<Sha256> {
        self.seen.borrow_mut().lift_limit();
        io::copy(&mut self.reader.into_inner(), &mut io::sink())?;
        Ok(Rc::into_inner(self.seen).expect("the stream is gone").into_inner().finish().0)
    }

    /// Reads the next row into `record`. An endless row ends the reading with a problem.
    fn advance(&mut self, problems: &mut ProblemReport) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let error = loop {
            self.seen.borrow_mut().begin_line();
            match self.reader.read_byte_record(&mut self.record) {
                // A line of CRLF alone is an empty line like any other.
                Ok(true) if self.record.len() == 1 && &self.record[0] == b"\r" => {}
                Ok(found) => {
                    self.ended = !found;
                    return Ok(found);
                }
                Err(error) => break error,
            }
        };
        self.ended = true;
        let cause = cause_of(error);
        if !cause.get_ref().is_some_and(|cause| cause.is::<EndlessLine>()) {
            return Err(cause);
        }
        endless(self.reader.position().line(), problems);
        Ok(false)
    }

    /// Line and byte at which the row in `record` begins. The reader knows where it stood before the row, perhaps with
    /// empty lines between, and on which line it stands after it.
    fn position(&self) -> (u64, u64) {
        let (line, byte) =
            self.record.position().map_or((1, 0), |position| (position.line(), position.byte()));
        let byte = self.starts.borrow_mut().in_stream(byte);
        let inside = self.record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
        (line.max(self.reader.position().line().saturating_sub(inside + 1)), byte)
    }
}

impl SourceColumns {
    /// The columns before the heading was read: nothing is known of them.
    fn unread() -> SourceColumns {
        SourceColumns { width: 0, positions: Vec::new(), fixed: None, unreadable: true }
    }

    /// Reads the heading, if there is one. What is wrong with it goes to `problems`.
    pub(super) fn of(
        first: Option<&ByteRecord>,
        layout: &Layout,
        read_by: Option<&SourceLayout>,
        problems: &mut ProblemReport,
    ) -> SourceColumns {
        let Some(first) = first else {
            if problems.is_empty() {
                problems.add(&RowProblem::of_file(&FileFault::Empty));
            }
            return SourceColumns::unread();
        };
        let width = first.len();
        if let Some(read_by) = read_by {
            let positions = mapped(first, layout, read_by, problems);
            let fixed = Some(fixed_values(read_by, layout));
            return SourceColumns { width, positions, fixed, unreadable: false };
        }
        let unreadable = no_heading(first, layout);
        if let Some(fault) = &unreadable {
            // Every row would only say the same again.
            problems.add(&RowProblem { line: Some(1), ..RowProblem::of_file(fault) });
        }
        let positions = match unreadable {
            Some(_) => vec![None; layout.decoded_columns().len()],
            None => heading(first, layout, problems),
        };
        SourceColumns { width, positions, fixed: None, unreadable: unreadable.is_some() }
    }

    /// The source lacks the column. That was told of the heading, and would be said by every row again.
    pub(super) fn lacks(&self, column: usize) -> bool {
        self.fixed.is_none() && self.positions.get(column).is_none_or(Option::is_none)
    }

    /// What stands in a column of the layout that doesn't come from the rows.
    pub(super) fn fixed(&self, column: usize) -> &str {
        self.fixed.as_ref().and_then(|fixed| fixed.get(column)).map_or("", String::as_str)
    }

    /// Lists a row that has another number of fields than the heading.
    pub(super) fn wrong_width(&self, line: u64, fields: usize, problems: &mut ProblemReport) {
        of_row(line, &FileFault::RowWidth { fields, wanted: self.width }, problems);
    }
}

/// The byte order mark of UTF-16 at the start of a source, if one is there.
pub(super) fn byte_order(source: &File) -> io::Result<Option<ByteOrder>> {
    Ok(ByteOrder::marked(&first_bytes(source, 2)?))
}

/// Lists a row that goes on beyond its limit; the line that was reached.
pub(super) fn endless(line: u64, problems: &mut ProblemReport) {
    of_row(line, &FileFault::EndlessRow, problems);
}

/// Lists what is wrong with a row as a whole.
fn of_row(line: u64, fault: &FileFault, problems: &mut ProblemReport) {
    problems.add(&RowProblem { line: Some(line), item: WHOLE_ROW, ..RowProblem::of_file(fault) });
}

/// A field without the CR of a line end.
fn field(record: &ByteRecord, column: usize) -> &[u8] {
    let field = &record[column];
    if column + 1 == record.len() { field.strip_suffix(b"\r").unwrap_or(field) } else { field }
}

/// What a first line is that names none of the layout's columns: most often the whole file is in another form. Nothing of
/// it is quoted, for it may be a record.
fn no_heading(record: &ByteRecord, layout: &Layout) -> Option<FileFault> {
    let wanted = layout.input_columns();
    let named = |text: &str, between: char| {
        text.split([between, ',']).any(|name| wanted.contains(&name.trim_end_matches('\r')))
    };
    let bytes = record.as_slice();
    let fields = || (0..record.len()).map(|n| field(record, n));
    if wanted.is_empty() || fields().any(|name| wanted.iter().any(|wanted| wanted.as_bytes() == name)) {
        return None;
    }
    let shift_jis = |name| encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(name);
    if bytes.contains(&0) {
        Some(FileFault::Utf16WithoutMark)
    } else if fields().filter_map(shift_jis).any(|name| named(&name, ',')) {
        Some(FileFault::ShiftJis)
    } else if std::str::from_utf8(bytes).is_ok_and(|text| named(text, '\t')) {
        Some(FileFault::Tabs)
    } else {
        Some(FileFault::NoHeading)
    }
}

/// Finds the column of every item. Names that are missing, unknown or doubled are problems.
fn heading(record: &ByteRecord, layout: &Layout, problems: &mut ProblemReport) -> Vec<Option<usize>> {
    let (wanted, may) = (layout.input_columns(), layout.decoded_columns());
    let names: Vec<Option<&str>> =
        (0..record.len()).map(|n| std::str::from_utf8(field(record, n)).ok()).collect();
    let mut add = |column: Option<u64>, item: &str, fault: FileFault| {
        problems.add(&RowProblem { line: Some(1), column, item, fault: &fault });
    };
    for (n, name) in names.iter().enumerate() {
        let known = name.is_some_and(|name| may.contains(&name));
        let shown = name.filter(|name| name.chars().count() <= MAX_QUOTED_NAME).unwrap_or(WHOLE_HEADING);
        if name.is_none() {
            add(Some(n as u64 + 1), WHOLE_HEADING, FileFault::NameNotUtf8);
        } else if !known {
            add(Some(n as u64 + 1), shown, FileFault::UnknownColumn);
        } else if names[..n].contains(name) {
            add(Some(n as u64 + 1), shown, FileFault::ColumnTwice);
        }
    }
    for name in wanted.iter().filter(|&&name| !names.contains(&Some(name))) {
        add(None, name, FileFault::ColumnMissing);
    }
    may.iter().map(|name| names.iter().position(|found| found == &Some(*name))).collect()
}

/// Finds the column of every item among those of the source's own layout. What `check` would have refused is a problem here.
fn mapped(
    record: &ByteRecord,
    layout: &Layout,
    read_by: &SourceLayout,
    problems: &mut ProblemReport,
) -> Vec<Option<usize>> {
    for fault in read_by.faults(layout) {
        problems.add(&RowProblem::of_file(&FileFault::SourceColumns(fault)));
    }
    let there = |from: &str| (0..record.len()).position(|n| field(record, n) == from.as_bytes());
    let columns = layout.input_columns();
    let derived = layout.decoded_columns().len() - columns.len();
    let found = columns.iter().map(|name| read_by.column(name).and_then(there));
    // Derived columns follow from what is written; the source's own say nothing of them.
    found.chain(std::iter::repeat_n(None, derived)).collect()
}

fn fixed_values(read_by: &SourceLayout, layout: &Layout) -> Vec<String> {
    let fixed = |name: &&str| read_by.fixed.get(*name).cloned().unwrap_or_default();
    layout.input_columns().iter().map(fixed).collect()
}
