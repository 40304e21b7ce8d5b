//! The encoder: rows in, records out, block by block.
//!
//! Owns: the partial file while it is written, and the running counts and sums.
//! Promises: blocks are headed and closed where the layout says; totals stand in the records that carry them; once a
//! problem is known nothing more is written, but all rows are still checked.
//! On failure: values that do not fit go to the problems; errors of the disk are handed up.
//! Never: reads what it wrote; sums are taken from the values of the source, so that reading back can contradict them.

use std::io;
use std::path::Path;

use super::folds::FoldReport;
use super::frames::{self, RunningNumbers};
use super::making::MadeRun;
use super::output::OutputFile;
use super::record_buffer::RecordBuffer;
use super::source::{SourceColumns, SourceRow};
use crate::file_fault::FileFault;
use crate::layout::item::{EncodingBuffer, Fault, Item, ValueFault, ValueOrigin};
use crate::layout::plan::BlockBreak;
use crate::layout::tally::Tally;
use crate::layout::{Layout, RecordPlace};
use crate::report::{ProblemReport, RowProblem};

/// What was encoded, as the encoder remembers it.
pub(super) struct EncodedFile {
    /// Everything before the body: byte order mark, heading line, the records at the file's top.
    pub(super) top: Vec<u8>,
    /// The checksum of everything after that.
    pub(super) body: u128,
    /// Counts and totals over the whole file.
    pub(super) tally: Tally,
}

/// Writes one file.
pub(super) struct Encoder<'a> {
    layout: &'a Layout,
    /// A record of each kind, with everything in it that is always the same.
    templates: Vec<RecordBuffer>,
    /// The data record being made, one of each kind.
    record_buffers: Vec<RecordBuffer>,
    out: OutputFile,
    folds: FoldReport,
    block: Tally,
    file: Tally,
    numbers: RunningNumbers,
    /// The first data record of the block at hand: its kind, and the record itself.
    first: Option<(usize, RecordBuffer)>,
    /// The value of each column that a header or the file's top takes, in the block's (the file's) first row.
    framed: Vec<FramedColumn>,
    /// The columns of the layout that the source lacks: told of its heading, and not of each row.
    lacking: Vec<usize>,
    buffer: EncodingBuffer,
    last_line: u64,
}

/// A column that records other than data take.
struct FramedColumn {
    column: usize,
    /// The file's top takes it: it is the same in all rows.
    for_file: bool,
    value: Option<String>,
}

impl<'a> Encoder<'a> {
    /// Starts the file.
    pub(super) fn new(
        layout: &'a Layout,
        templates: Vec<RecordBuffer>,
        partial: &Path,
        folds: FoldReport,
    ) -> io::Result<Encoder<'a>> {
        let out = OutputFile::new(layout, partial)?;
        let mut numbers = RunningNumbers::default();
        let mut file = Tally::of(layout);
        let mut framed: Vec<FramedColumn> = Vec::new();
        for &kind in &layout.top {
            file.records[kind] += 1;
            frames::count_itself(layout, kind, &mut file);
            numbers.records += 1;
        }
        for (n, record) in layout.records.iter().enumerate() {
            if !matches!(record.place, RecordPlace::FileTop | RecordPlace::BlockHeader) {
                continue;
            }
            let for_file = layout.top.contains(&n);
            for (column, _) in record.columns() {
                match framed.iter_mut().find(|framed| framed.column == column) {
                    Some(known) => known.for_file |= for_file,
                    None => framed.push(FramedColumn { column, for_file, value: None }),
                }
            }
        }
        Ok(Encoder {
            record_buffers: templates.clone(),
            layout,
            templates,
            out,
            folds,
            block: Tally::of(layout),
            file,
            numbers,
            first: None,
            framed,
            lacking: Vec::new(),
            buffer: EncodingBuffer::default(),
            last_line: 0,
        })
    }

    /// The rows to come have these columns.
    pub(super) fn reads(&mut self, columns: &SourceColumns) {
        self.lacking = (0..self.layout.columns.len()).filter(|&column| columns.lacks(column)).collect();
    }

    /// The columns that records other than data take.
    pub(super) fn framed(&self) -> Vec<usize> {
        self.framed.iter().map(|framed| framed.column).collect()
    }

    /// Counts characters that text rules changed in rows that come as a run.
    pub(super) fn changed(&mut self, characters: u64) {
        self.folds.changed(characters);
    }

    /// Takes records that were made of rows without a fault and agree in all that a block compares; running numbers and check
    /// digits are written into them. Does nothing and says false where the first of them contradicts its block: what is wrong
    /// is found row by row then.
    pub(super) fn run(
        &mut self,
        run: &MadeRun,
        made: &mut [u8],
        problems: &mut ProblemReport,
    ) -> io::Result<bool> {
        let (layout, kind) = (self.layout, run.kind);
        let width = layout.records[kind].width();
        let value = |column: usize| {
            let nth = self.framed.iter().position(|framed| framed.column == column)?;
            run.framed.get(nth).map(String::as_str)
        };
        self.record_buffers[kind].copy_from(&made[..width]);
        let opens = self.first.is_none() || self.breaks(kind, &value);
        let differs = |framed: &FramedColumn| framed.value.as_deref() != value(framed.column);
        let contradicts = if opens {
            self.framed.iter().any(|framed| framed.for_file && framed.value.is_some() && differs(framed))
        } else {
            self.framed.iter().any(differs) || self.differing(kind).next().is_some()
        };
        let (Some(&first), Some(&last)) = (run.lines.first(), run.lines.last()) else { return Ok(true) };
        if contradicts {
            return Ok(false);
        }
        self.last_line = first;
        if opens {
            if self.first.is_some() {
                self.close_block(problems)?;
            }
            for (framed, value) in self.framed.iter_mut().zip(&run.framed) {
                framed.value = Some(value.clone());
            }
            self.begin_block(Some(kind), problems)?;
        }
        if layout.records[kind].reckons {
            let stride = width + layout.shape.separator.bytes().len();
            for (record, &line) in made.chunks_mut(stride).zip(&run.lines) {
                self.record_buffers[kind].copy_from(&record[..width]);
                self.reckon(kind, line, problems);
                record[..width].copy_from_slice(self.record_buffers[kind].fixed());
            }
        } else {
            self.numbers.data_records(run.lines.len() as u64);
        }
        self.block.take_in(&run.tally);
        self.last_line = last;
        if problems.is_empty() {
            self.out.put_made(made)?;
        }
        Ok(true)
    }

    /// Encodes one row, closing the block before it if the row begins a new one.
    pub(super) fn row(&mut self, row: &SourceRow, problems: &mut ProblemReport) -> io::Result<()> {
        self.last_line = row.line;
        let layout = self.layout;
        let Some(kind) = row.kind(layout, problems) else { return Ok(()) };
        if !self.fill_record(kind, row, problems)? {
            return Ok(());
        }
        let items = &layout.records[kind].items;
        let made = &self.record_buffers[kind];
        let contradictions = layout.records[kind].contradictions(|n| Some(made.field(&items[n], n)));
        for (n, fault) in &contradictions {
            report_in_row(layout, row, &items[*n], fault, problems);
        }
        if !contradictions.is_empty() {
            return Ok(());
        }
        self.compare_derived(kind, row, problems);
        if self.first.is_none() {
            self.open_block(kind, Some(row), problems)?;
        } else if self.breaks(kind, &|column| row.value(column).ok()) {
            self.close_block(problems)?;
            self.open_block(kind, Some(row), problems)?;
        } else {
            self.compare_with_block(kind, row, problems);
        }
        self.reckon(kind, row.line, problems);
        let items = &layout.records[kind].items;
        let record_buffer = &self.record_buffers[kind];
        let field = |n: usize| record_buffer.field(&items[n], n);
        self.block.add(layout, kind, field, |n| row.amount(&items[n]));
        if problems.is_empty() { self.out.put(&self.record_buffers[kind], kind) } else { Ok(()) }
    }

    /// Closes the last block, writes what stands at the file's end and top, and syncs the file.
    pub(super) fn finish(mut self, problems: &mut ProblemReport) -> io::Result<(EncodedFile, FoldReport)> {
        let layout = self.layout;
        if self.first.is_some() {
            self.close_block(problems)?;
        } else if layout.breaks.is_empty() && layout.shape.may_be_empty && problems.is_empty() {
            // A file of one block has a header and a trailer even where no data record lies between them.
            if let Some(&kind) = layout.data.first() {
                self.open_block(kind, None, problems)?;
                self.close_block(problems)?;
            }
        }
        if let Some(kind) = layout.end {
            self.file.records[kind] += 1;
            self.numbers.records += 1;
            let mut record_buffer = self.templates[kind].clone();
            let file = &mut self.file;
            frames::count_itself(layout, kind, file);
            self.fill_frame(kind, &mut record_buffer, true, problems);
            if problems.is_empty() {
                self.out.put(&record_buffer, kind)?;
            }
        }
        self.totals_fit_the_evidence(problems);
        let mut top = Vec::new();
        for (n, &kind) in layout.top.iter().enumerate() {
            let mut record_buffer = self.templates[kind].clone();
            self.numbers.records = n as u64 + 1;
            self.fill_columns(kind, &mut record_buffer, problems);
            self.fill_frame(kind, &mut record_buffer, true, problems);
            top.push(record_buffer);
        }
        let (top, body) = self.out.finish(&top, problems.is_empty())?;
        Ok((EncodedFile { top, body, tally: self.file }, self.folds))
    }

    /// Fills running numbers and check digits of the data record at hand.
    fn reckon(&mut self, kind: usize, line: u64, problems: &mut ProblemReport) {
        self.numbers.data_records(1);
        let record_buffer = &mut self.record_buffers[kind];
        if let Err((n, fault)) =
            frames::fill_reckoned(self.layout, kind, record_buffer, &self.numbers, &mut self.buffer)
        {
            report(Some(line), &self.layout.records[kind].items[n], &fault, problems);
        }
    }

    /// Makes the data record of a row. False if the row has a problem.
    fn fill_record(
        &mut self,
        kind: usize,
        row: &SourceRow,
        problems: &mut ProblemReport,
    ) -> io::Result<bool> {
        let record = &self.layout.records[kind];
        let mut sound = true;
        for (column, n) in record.columns() {
            let item = &record.items[n];
            let value = match row.value(column) {
                Ok(value) => value,
                Err(error) => {
                    let fault = FileFault::NotUtf8 { at: error.valid_up_to(), row_at: row.byte };
                    report_in_row(self.layout, row, item, &fault, problems);
                    sound = false;
                    continue;
                }
            };
            item.write(value, &mut self.buffer);
            if !self.buffer.faults.is_empty() {
                let is_told = self.lacking.contains(&column);
                for fault in self.buffer.faults.drain(..).filter(|_| !is_told) {
                    report_in_row(self.layout, row, item, &fault, problems);
                }
                sound = false;
            }
            if sound {
                self.record_buffers[kind].set(item, n, &self.buffer.bytes);
            }
            if !self.buffer.folds.is_empty() {
                let label = item.label();
                self.buffer.folds.drain(..).try_for_each(|fold| self.folds.add(row.line, &label, &fold))?;
            }
        }
        self.folds.changed(std::mem::take(&mut self.buffer.changed));
        Ok(sound)
    }

    /// A derived column may stand in the source, as decoding hands it out; then it says what follows from its item.
    fn compare_derived(&self, kind: usize, row: &SourceRow, problems: &mut ProblemReport) {
        let items = &self.layout.records[kind].items;
        for (n, derived) in self.layout.derived.iter().enumerate() {
            let Some((position, found)) = row.derived(self.layout, n) else { continue };
            let Some(item) = derived.index.index[kind] else { continue };
            // A value without a word was refused already, with the fault of its item.
            let Ok(word) = derived.word(&items[item], self.record_buffers[kind].field(&items[item], item))
            else {
                continue;
            };
            if found != word.as_bytes() {
                problems.add(&RowProblem {
                    line: Some(row.line),
                    column: Some(position as u64 + 1),
                    item: &derived.name,
                    fault: &FileFault::NotDerived { from: derived.from.clone(), word: word.to_owned() },
                });
            }
        }
    }

    /// Whether the data record at hand begins a new block. `value` gives what its row has in a column that headers take.
    fn breaks<'r>(&self, kind: usize, value: &impl Fn(usize) -> Option<&'r str>) -> bool {
        let Some((first_kind, first)) = &self.first else { return true };
        let records = &self.layout.records;
        self.layout.breaks.iter().any(|what| match what {
            BlockBreak::Item(item) => match (item.index[kind], item.index[*first_kind]) {
                (Some(mine), Some(theirs)) => {
                    self.record_buffers[kind].field(&records[kind].items[mine], mine)
                        != first.field(&records[*first_kind].items[theirs], theirs)
                }
                (None, _) | (_, None) => false,
            },
            BlockBreak::Column(column) => self
                .framed
                .iter()
                .any(|framed| framed.column == *column && framed.value.as_deref() != value(*column)),
        })
    }

    /// The items of the data record at hand that a header or trailer repeats, and that differ from the block's first record.
    fn differing(&self, kind: usize) -> impl Iterator<Item = &'a Item> {
        let records = &self.layout.records;
        let (made, first) = (&self.record_buffers[kind], self.first.as_ref());
        self.layout.repeated.iter().filter_map(move |repeated| {
            let (first_kind, first) = first?;
            let (mine, theirs) = (repeated.index[kind]?, repeated.index[*first_kind]?);
            let (item, other) = (&records[kind].items[mine], &records[*first_kind].items[theirs]);
            (made.field(item, mine) != first.field(other, theirs)).then_some(item)
        })
    }

    /// Compares the row with the first row of its block: what a header or trailer repeats is one value throughout the
    /// block, what the file's top takes is one value throughout the file.
    fn compare_with_block(&mut self, kind: usize, row: &SourceRow, problems: &mut ProblemReport) {
        let layout = self.layout;
        for framed in &self.framed {
            if framed.value.as_deref() != row.value(framed.column).ok() {
                row.report(layout, framed.column, &ValueFault::Differs, problems);
            }
        }
        for item in self.differing(kind) {
            report_in_row(layout, row, item, &ValueFault::Differs, problems);
        }
    }

    fn open_block(
        &mut self,
        kind: usize,
        row: Option<&SourceRow>,
        problems: &mut ProblemReport,
    ) -> io::Result<()> {
        let layout = self.layout;
        for framed in &mut self.framed {
            let value = row.and_then(|row| row.value(framed.column).ok()).map(str::to_owned);
            if framed.for_file && framed.value.is_some() && framed.value != value {
                let row = row.expect("a second block begins with a row");
                row.report(layout, framed.column, &ValueFault::Differs, problems);
            } else {
                framed.value = value;
            }
        }
        self.begin_block(row.map(|_| kind), problems)
    }

    /// Begins a block whose first data record is at hand; an empty one where there is none.
    fn begin_block(&mut self, first: Option<usize>, problems: &mut ProblemReport) -> io::Result<()> {
        self.block = Tally::of(self.layout);
        self.numbers.block();
        self.first = first.map(|kind| (kind, self.record_buffers[kind].clone()));
        self.layout.header.map_or(Ok(()), |kind| self.frame(kind, problems))
    }

    fn close_block(&mut self, problems: &mut ProblemReport) -> io::Result<()> {
        if let Some(kind) = self.layout.trailer {
            self.frame(kind, problems)?;
        }
        self.file.take_in(&self.block);
        Ok(())
    }

    /// Writes a block's header or trailer.
    fn frame(&mut self, kind: usize, problems: &mut ProblemReport) -> io::Result<()> {
        self.block.records[kind] += 1;
        self.numbers.records += 1;
        frames::count_itself(self.layout, kind, &mut self.block);
        let mut record_buffer = self.templates[kind].clone();
        self.fill_columns(kind, &mut record_buffer, problems);
        let layout = self.layout;
        for (n, item) in layout.records[kind].items.iter().enumerate() {
            let ValueOrigin::Block(repeated) = item.source else { continue };
            let found = self.first.as_ref().and_then(|(kind, first)| {
                let theirs = layout.repeated[repeated].index[*kind]?;
                Some(first.field(&layout.records[*kind].items[theirs], theirs))
            });
            match found {
                Some(bytes) => record_buffer.set(item, n, bytes),
                None => report(None, item, &ValueFault::Empty, problems),
            }
        }
        self.fill_frame(kind, &mut record_buffer, false, problems);
        if problems.is_empty() { self.out.put(&record_buffer, kind) } else { Ok(()) }
    }

    /// Fills the items of a header or of the file's top that columns give.
    fn fill_columns(&mut self, kind: usize, record_buffer: &mut RecordBuffer, problems: &mut ProblemReport) {
        let record = &self.layout.records[kind];
        for (column, n) in record.columns() {
            let item = &record.items[n];
            let framed = self.framed.iter().find(|framed| framed.column == column);
            let value = framed.and_then(|framed| framed.value.as_deref()).unwrap_or("");
            item.write(value, &mut self.buffer);
            if self.buffer.faults.is_empty() {
                record_buffer.set(item, n, &self.buffer.bytes);
            }
            let is_told = self.lacking.contains(&column);
            for fault in self.buffer.faults.drain(..).filter(|_| !is_told) {
                report(Some(self.last_line), item, &fault, problems);
            }
            self.folds.changed(std::mem::take(&mut self.buffer.changed));
            for fold in self.buffer.folds.drain(..) {
                problems.keep(self.folds.add(self.last_line, &item.label(), &fold));
            }
        }
    }

    /// Fills totals, running numbers and check digits of a record other than data.
    fn fill_frame(
        &mut self,
        kind: usize,
        record_buffer: &mut RecordBuffer,
        whole_file: bool,
        problems: &mut ProblemReport,
    ) {
        let tally = if whole_file { &self.file } else { &self.block };
        let line = (!whole_file).then_some(self.last_line);
        let items = &self.layout.records[kind].items;
        let filled =
            frames::fill_totals(self.layout, kind, record_buffer, tally, &mut self.buffer).and_then(|()| {
                frames::fill_reckoned(self.layout, kind, record_buffer, &self.numbers, &mut self.buffer)
            });
        if let Err((n, fault)) = filled {
            report(line, &items[n], &fault, problems);
        }
    }

    /// Totals over the file are handed on as 64-bit numbers, whether or not a record carries them.
    fn totals_fit_the_evidence(&self, problems: &mut ProblemReport) {
        for (total, &sum) in self.layout.totals.iter().zip(&self.file.totals) {
            let fits = if total.signed { i64::try_from(sum).is_ok() } else { u64::try_from(sum).is_ok() };
            if let (false, Some(label)) = (fits, &total.label) {
                let needs = sum.to_string().len();
                let fault = &ValueFault::TooLong { needs, has: u64::MAX.to_string().len() };
                problems.add(&RowProblem { line: None, column: None, item: label, fault });
            }
        }
    }
}

/// Lists what is wrong with an item under its number and name in the partner's record.
fn report(line: Option<u64>, item: &Item, fault: &dyn Fault, problems: &mut ProblemReport) {
    problems.add(&RowProblem { line, column: None, item: &item.label(), fault });
}

/// Lists what is wrong with an item of a row's record: under the heading of its source column if the row has that column, else under
/// the item's number and name.
fn report_in_row(
    layout: &Layout,
    row: &SourceRow,
    item: &Item,
    fault: &dyn Fault,
    problems: &mut ProblemReport,
) {
    if let ValueOrigin::Column(column) = item.source
        && row.position(column).is_some()
    {
        return row.report(layout, column, fault, problems);
    }
    report(Some(row.line), item, fault, problems);
}
