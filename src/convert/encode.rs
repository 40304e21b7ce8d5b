//! The encoder: rows in, records out, block by block.
//!
//! Owns: the partial file while it is written, and the running counts and sums.
//! Promises: blocks are headed and closed where the layout says; totals stand in the records that carry them; once a
//! problem is known nothing more is written, but all rows are still checked.
//! On failure: values that do not fit go to the problems; errors of the disk are handed up.
//! Never: reads what it wrote; sums are taken from the values of the source, so that reading back can contradict them.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::Tally;
use super::problems::{Problem, Problems};
use super::source::Row;
use crate::digest::{Hashing, Sha256};
use crate::layout::Layout;
use crate::layout::item::{Fault, Item, Source};

/// Bytes gathered before the disk is asked.
const WRITE_BYTES: usize = 1024 * 1024;

/// What was encoded, as the encoder remembers it.
pub(super) struct Encoded {
    /// The records at the top of the file.
    pub(super) top: Vec<u8>,
    /// The digest of everything after them.
    pub(super) body: Sha256,
    /// Counts and sums over the whole file.
    pub(super) tally: Tally,
    /// Characters changed by rules.
    pub(super) folds: u64,
}

/// Writes one file.
pub(super) struct Encoder<'a> {
    layout: &'a Layout,
    templates: Vec<Vec<u8>>,
    out: BufWriter<File>,
    body: Hashing<io::Sink>,
    /// The data record being built.
    record: Vec<u8>,
    /// The first data record of the block being written; empty before the first block.
    first_of_block: Vec<u8>,
    block: Tally,
    file: Tally,
    /// The values of the summed items of the row at hand.
    amounts: Vec<u128>,
    faults: Vec<Fault>,
    folds: u64,
    last_line: u64,
}

impl<'a> Encoder<'a> {
    /// Starts the file with room for the records at its top, which are written last.
    pub(super) fn new(layout: &'a Layout, templates: Vec<Vec<u8>>, out: File) -> io::Result<Encoder<'a>> {
        let mut out = BufWriter::with_capacity(WRITE_BYTES, out);
        let mut file = Tally::of(layout);
        for &kind in &layout.top {
            out.write_all(&templates[kind])?;
            file.records[kind] += 1;
        }
        Ok(Encoder {
            layout,
            record: templates[layout.data].clone(),
            templates,
            out,
            body: Hashing::new(io::sink()),
            first_of_block: Vec::new(),
            block: Tally::of(layout),
            file,
            amounts: vec![0; layout.sums.len()],
            faults: Vec::new(),
            folds: 0,
            last_line: 0,
        })
    }

    /// Encodes one row, closing the block before it if the row begins a new one.
    pub(super) fn row(&mut self, row: &Row, problems: &mut Problems) -> io::Result<()> {
        self.last_line = row.line;
        if !self.fill_record(row, problems) {
            return Ok(());
        }
        let layout = self.layout;
        let breaks = |first: &[u8], record: &[u8]| {
            layout.breaks.iter().any(|at| first[at.clone()] != record[at.clone()])
        };
        if self.first_of_block.is_empty() {
            self.open_block(problems)?;
        } else if breaks(&self.first_of_block, &self.record) {
            self.close_block(problems)?;
            self.open_block(problems)?;
        } else {
            self.compare_with_block(row, problems);
        }
        for (sum, amount) in self.block.sums.iter_mut().zip(&self.amounts) {
            *sum += amount;
        }
        self.block.records[layout.data] += 1;
        let record = std::mem::take(&mut self.record);
        let written = self.put(&record, problems);
        self.record = record;
        written
    }

    /// Closes the last block, writes the records at the top and syncs the file.
    pub(super) fn finish(mut self, problems: &mut Problems) -> io::Result<Encoded> {
        if !self.first_of_block.is_empty() {
            self.close_block(problems)?;
        }
        self.totals_fit_the_evidence(problems);
        let mut top = Vec::new();
        for &kind in &self.layout.top {
            let mut record = self.templates[kind].clone();
            fill_totals(self.layout, kind, &self.file, &mut record, None, problems);
            top.extend_from_slice(&record);
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&top)?;
        let file = self.out.into_inner()?;
        if problems.is_empty() {
            file.sync_all()?;
        }
        Ok(Encoded { top, body: self.body.finish().0, tally: self.file, folds: self.folds })
    }

    /// Builds the data record of a row and takes its amounts. False if the row has a problem.
    fn fill_record(&mut self, row: &Row, problems: &mut Problems) -> bool {
        let items = &self.layout.records[self.layout.data].items;
        let mut sound = true;
        for &(column, index) in row.columns {
            let item = &items[index];
            let value = match row.value(column) {
                Ok(value) => value,
                Err(error) => {
                    report_bytes(row, column, item, error.valid_up_to(), problems);
                    sound = false;
                    continue;
                }
            };
            self.folds += item.write(value, &mut self.record, &mut self.faults);
            for fault in self.faults.drain(..) {
                report(Some(row.line), Some(column), item, &fault, problems);
                sound = false;
            }
            if let Some(n) = self.layout.sums.iter().position(|&summed| summed == index) {
                self.amounts[n] = value.parse().unwrap_or(0);
            }
        }
        sound
    }

    /// Items that header or trailer repeat have one value throughout the block.
    fn compare_with_block(&mut self, row: &Row, problems: &mut Problems) {
        let items = &self.layout.records[self.layout.data].items;
        for &index in &self.layout.repeated {
            let at = items[index].range.clone();
            if self.record[at.clone()] != self.first_of_block[at] {
                let column = row.columns.iter().find(|(_, item)| *item == index).map(|(column, _)| *column);
                report(Some(row.line), column, &items[index], &Fault::DiffersInBlock, problems);
            }
        }
    }

    fn open_block(&mut self, problems: &mut Problems) -> io::Result<()> {
        self.block = Tally::of(self.layout);
        self.first_of_block.clone_from(&self.record);
        self.layout.header.map_or(Ok(()), |kind| self.frame(kind, problems))
    }

    fn close_block(&mut self, problems: &mut Problems) -> io::Result<()> {
        if let Some(kind) = self.layout.trailer {
            self.frame(kind, problems)?;
        }
        let counts = self.file.records.iter_mut().zip(&self.block.records);
        counts.for_each(|(file, block)| *file += block);
        let sums = self.file.sums.iter_mut().zip(&self.block.sums);
        sums.for_each(|(file, block)| *file += block);
        Ok(())
    }

    /// Writes a block's header or trailer.
    fn frame(&mut self, kind: usize, problems: &mut Problems) -> io::Result<()> {
        self.block.records[kind] += 1;
        let mut record = self.templates[kind].clone();
        for item in &self.layout.records[kind].items {
            if let Source::Block(repeated) = item.source {
                let at = self.layout.records[self.layout.data].items[repeated].range.clone();
                record[item.range.clone()].copy_from_slice(&self.first_of_block[at]);
            }
        }
        fill_totals(self.layout, kind, &self.block, &mut record, Some(self.last_line), problems);
        self.put(&record, problems)
    }

    fn put(&mut self, record: &[u8], problems: &Problems) -> io::Result<()> {
        if !problems.is_empty() {
            return Ok(());
        }
        self.body.note(record);
        self.out.write_all(record)
    }

    /// Totals over the file are handed on as 64-bit numbers, whether or not a record carries them.
    fn totals_fit_the_evidence(&self, problems: &mut Problems) {
        let items = &self.layout.records[self.layout.data].items;
        for (&index, &sum) in self.layout.sums.iter().zip(&self.file.sums) {
            if u64::try_from(sum).is_err() {
                let fault = Fault::TooLong { needs: sum.to_string().len(), has: u64::MAX.to_string().len() };
                report(None, None, &items[index], &fault, problems);
            }
        }
    }
}

/// Writes counts and sums into a record. A total that its item can't hold is a problem of the source.
fn fill_totals(
    layout: &Layout,
    kind: usize,
    tally: &Tally,
    record: &mut [u8],
    line: Option<u64>,
    problems: &mut Problems,
) {
    for item in &layout.records[kind].items {
        let total = match &item.source {
            Source::Count(kinds) => kinds.iter().map(|&kind| u128::from(tally.records[kind])).sum(),
            Source::Sum(summed) => {
                let n = layout.sums.iter().position(|index| index == summed);
                tally.sums[n.expect("the plan lists every summed item")]
            }
            Source::Column(_)
            | Source::Literal(_)
            | Source::Bytes(_)
            | Source::Gateway(_)
            | Source::Link { .. }
            | Source::Block(_) => continue,
        };
        if let Err(fault) = item.write_number(total, record) {
            report(line, None, item, &fault, problems);
        }
    }
}

fn report(line: Option<u64>, column: Option<usize>, item: &Item, fault: &Fault, problems: &mut Problems) {
    problems.add(&Problem {
        line,
        column: column.map(|column| column + 1),
        item: &item.label(),
        character: fault.character(),
        wrong: &fault.wrong(),
        accepted: &fault.accepted(),
    });
}

fn report_bytes(row: &Row, column: usize, item: &Item, valid: usize, problems: &mut Problems) {
    problems.add(&Problem {
        line: Some(row.line),
        column: Some(column + 1),
        item: &item.label(),
        character: None,
        wrong: &format!("not UTF-8 from byte {valid} of the value on (the row begins at byte {})", row.byte),
        accepted: "UTF-8",
    });
}
