//! A source encoded piece by piece: rows are made into records by several threads, and written in their order by one.
//!
//! Owns: the way of the pieces, and of the rows that need care.
//! Promises: what is written, listed, counted and hashed is what going row by row would give, whatever the number of threads.
//! On failure: as the encoder; the first error in the order of the source.
//! Never: holds more of the source than a few pieces.

use std::fs::File;
use std::io;
use std::path::Path;

use csv::ByteRecord;

use super::encoder::Encoder;
use super::error::ConvertError;
use super::making::{MadePart, MadePiece, MadeRun, RecordMaker, RecordPlans};
use super::piece_rows::{PieceRows, RowPlace};
use super::pieces::{PieceCutter, SourcePiece};
use super::record_buffer::RecordBuffer;
use super::source::{self, READ_BYTES, SourceColumns, SourceRow};
use super::source_layout::SourceLayout;
use crate::file_fault::FileFault;
use crate::files::FileError;
use crate::lanes;
use crate::layout::Layout;
use crate::report::{ProblemReport, RowProblem};
use totatsu_base::digest::Sha256;

/// A source smaller than this is done before threads are ready.
const WORTH_THREADS: u64 = 4 * READ_BYTES as u64;

/// How a source is gone through.
#[derive(Debug, Clone, Copy)]
pub(super) struct PieceWork<'a> {
    pub(super) path: &'a Path,
    pub(super) layout: &'a Layout,
    pub(super) read_by: Option<&'a SourceLayout>,
    /// Where the records go; its name is told when its disk refuses.
    pub(super) partial: &'a Path,
    pub(super) way: SourceWay,
}

/// In which pieces, and by how many threads, a source is gone through.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceWay {
    /// One row after the other, whatever the source is.
    pub(super) row_by_row: bool,
    pub(super) lanes: usize,
    /// Bytes read at a time: a piece has as many, as far as its rows are not longer.
    pub(super) read_bytes: usize,
}

impl SourceWay {
    /// The way of a source of this size.
    pub(super) fn of_size(bytes: u64) -> SourceWay {
        let lanes = if bytes < WORTH_THREADS { 1 } else { lanes::for_this_machine() };
        SourceWay { row_by_row: false, lanes, read_bytes: READ_BYTES }
    }
}

/// What was read of a source.
pub(super) struct SourceRead {
    pub(super) sha256: Sha256,
    pub(super) rows: u64,
}

/// Encodes a source in UTF-8 for a layout with records of fixed width.
pub(super) fn encode(
    work: &PieceWork,
    file: File,
    templates: &[RecordBuffer],
    encoder: &mut Encoder,
    problems: &mut ProblemReport,
) -> Result<SourceRead, ConvertError> {
    let of_source = |error| FileError { path: work.path.to_owned(), error };
    let mut cutter = PieceCutter::new(file, work.way.read_bytes);
    let mut first = MadePiece::default();
    let there = cutter.next(&mut first.source).map_err(of_source)?;
    let mut taking = PieceTaking { encoder, problems, record: ByteRecord::new(), rows: 0 };
    let columns = taking.heading(&mut first, work);
    taking.encoder.reads(&columns);
    let mut rest = there && !columns.unreadable;
    if rest {
        let plans = RecordPlans::new(work.layout, &columns, templates, taking.encoder.framed());
        let maker = || {
            let mut maker = RecordMaker::new(work.layout, &columns, &plans);
            move |piece: &mut MadePiece| maker.make(piece)
        };
        let mut first = Some(first);
        let cut = |piece: &mut MadePiece| {
            if let Some(first) = first.take() {
                *piece = first;
                return Ok(true);
            }
            rest = cutter.next(&mut piece.source).map_err(of_source)?;
            piece.begins = (0, piece.source.line);
            Ok(rest)
        };
        lanes::in_order(work.way.lanes, MadePiece::default, cut, maker, |piece| {
            taking.piece(piece, &columns).map_err(FileError::at(work.partial))
        })?;
        taking.end(work.layout);
    }
    let rows = taking.rows;
    Ok(SourceRead { sha256: cutter.finish().map_err(of_source)?, rows })
}

/// Where the rows of the pieces go.
struct PieceTaking<'e, 'l> {
    encoder: &'e mut Encoder<'l>,
    problems: &'e mut ProblemReport,
    record: ByteRecord,
    /// Rows so far, good or bad.
    rows: u64,
}

impl PieceTaking<'_, '_> {
    /// Reads the heading and sets where the rows begin.
    fn heading(&mut self, piece: &mut MadePiece, work: &PieceWork) -> SourceColumns {
        let mut rows = PieceRows::of(&piece.source, (0, 1));
        let there = rows.next().is_some();
        if there {
            rows.copy_to(&mut self.record);
        } else if let Some(line) = piece.source.endless {
            source::endless(line, self.problems);
        }
        piece.begins = rows.end();
        SourceColumns::of(there.then_some(&self.record), work.layout, work.read_by, self.problems)
    }

    /// Takes what was made of a piece, in the order of its rows.
    fn piece(&mut self, piece: &mut MadePiece, columns: &SourceColumns) -> io::Result<()> {
        self.encoder.changed(piece.changed);
        let MadePiece { source, records, parts, .. } = piece;
        for part in parts.drain(..) {
            match part {
                MadePart::Row(place) => self.row_by_row(source, place, 1, columns)?,
                MadePart::Run(mut run) => {
                    if columns.fixed.is_some() {
                        run.lines.iter_mut().zip(self.rows + 1..).for_each(|(line, row)| *line = row);
                    }
                    self.run(&run, source, records, columns)?;
                }
            }
        }
        if let Some(line) = source.endless {
            source::endless(line, self.problems);
        }
        Ok(())
    }

    fn run(
        &mut self,
        run: &MadeRun,
        source: &SourcePiece,
        records: &mut [u8],
        columns: &SourceColumns,
    ) -> io::Result<()> {
        let made = &mut records[run.records.clone()];
        let count = run.lines.len() as u64;
        if self.encoder.run(run, made, self.problems)? {
            self.rows += count;
            return Ok(());
        }
        self.row_by_row(source, run.first, count, columns)
    }

    /// Has the encoder go through `count` rows by itself, the first of which stands at `first`.
    fn row_by_row(
        &mut self,
        source: &SourcePiece,
        first: RowPlace,
        count: u64,
        columns: &SourceColumns,
    ) -> io::Result<()> {
        let mut rows = PieceRows::of(source, first.after);
        for _ in 0..count {
            let Some(RowPlace { line, after }) = rows.next() else { break };
            self.rows += 1;
            rows.copy_to(&mut self.record);
            if self.record.len() != columns.width {
                columns.wrong_width(line, self.record.len(), self.problems);
                continue;
            }
            let line = if columns.fixed.is_some() { self.rows } else { line };
            let row = SourceRow { line, byte: source.at + after.0 as u64, columns, record: &self.record };
            self.encoder.row(&row, self.problems)?;
        }
        Ok(())
    }

    /// The source has ended.
    fn end(&mut self, layout: &Layout) {
        if self.rows == 0 && !layout.shape.may_be_empty && self.problems.is_empty() {
            self.problems.add(&RowProblem::of_file(&FileFault::NoRows));
        }
    }
}
