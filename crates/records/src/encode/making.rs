//! Records made of the rows of a piece, as far as a row by itself says what its record is.
//!
//! Owns: the plan of each kind of data record: a template, and how each column is written into it.
//! Promises: a record that was made is byte for byte the one that the encoder would make of its row, and the row has neither
//! fault nor fold; records of one run agree in everything that a block compares.
//! On failure: the row is left to the encoder, which lists what is wrong with it.
//! Never: lists a problem; knows the rows of other pieces.

use std::ops::Range;
use std::str;
use std::sync::Arc;

use super::piece_rows::{PieceRows, RowFields, RowPlace};
use super::pieces::SourcePiece;
use super::record_buffer::RecordBuffer;
use super::source::SourceColumns;
use crate::layout::Layout;
use crate::layout::item::{EncodingBuffer, Item, ValueOrigin};
use crate::layout::plan::BlockBreak;
use crate::layout::quick::{CharacterTable, QuickWay, are_digits};
use crate::layout::tally::Tally;

/// A number of so many digits fits 64 bits, whatever the digits are.
const MAX_SUMMED_DIGITS: usize = 18;

/// A piece of the source, and what was made of it.
#[derive(Default)]
pub(super) struct MadePiece {
    pub(super) source: SourcePiece,
    /// Where the piece's first row begins: behind the heading, in the first piece.
    pub(super) begins: (usize, u64),
    /// Records with their separators, one after the other.
    pub(super) records: Vec<u8>,
    /// What the piece's rows became, in their order.
    pub(super) parts: Vec<MadePart>,
    /// Characters that rules changed in the rows of the runs.
    pub(super) changed: u64,
}

/// What became of some rows.
pub(super) enum MadePart {
    /// Records of one kind.
    Run(MadeRun),
    /// A row that needs care.
    Row(RowPlace),
}

/// Records of one kind that agree in everything that a block compares.
pub(super) struct MadeRun {
    pub(super) kind: usize,
    /// The bytes of these records among the piece's records.
    pub(super) records: Range<usize>,
    /// Where the first row stands.
    pub(super) first: RowPlace,
    /// The line of each row.
    pub(super) lines: Vec<u64>,
    /// What these records add, with the numbers of the source.
    pub(super) tally: Tally,
    /// The values of the columns that other records than data take.
    pub(super) framed: Vec<String>,
}

/// How records of the layout are made of rows.
pub(super) struct RecordPlans {
    /// One plan for each kind of record; none for kinds other than data, and for those that are made one by one.
    plans: Vec<Option<RecordPlan>>,
    /// The columns that other records than data take.
    framed: Vec<usize>,
    /// Derived columns that the source has: the derived one, and the place in the source.
    derived: Vec<(usize, usize)>,
}

struct RecordPlan {
    /// A record with everything in it that is always the same, and its separator.
    template: Vec<u8>,
    width: usize,
    columns: Vec<ColumnPlan>,
    /// Columns that belong to other kinds alone.
    foreign: Vec<usize>,
    /// What a block compares.
    compared: Vec<Range<usize>>,
}

struct ColumnPlan {
    column: usize,
    item: usize,
    way: QuickWay,
}

impl RecordPlans {
    /// The plans for a source with these columns. The layout has records of fixed width.
    pub(super) fn new(
        layout: &Layout,
        columns: &SourceColumns,
        templates: &[RecordBuffer],
        framed: Vec<usize>,
    ) -> RecordPlans {
        let mut tables = Vec::new();
        let plan = |(kind, template)| {
            let made = layout.is_data(kind) && !adds_what_is_reckoned(layout, kind);
            made.then(|| RecordPlan::new(layout, kind, template, &mut tables))
        };
        let plans = templates.iter().enumerate().map(plan).collect();
        let derived = (0..layout.derived.len())
            .filter_map(|n| Some((n, (*columns.positions.get(layout.columns.len() + n)?)?)));
        RecordPlans { plans, framed, derived: derived.collect() }
    }
}

impl RecordPlan {
    fn new(
        layout: &Layout,
        kind: usize,
        template: &RecordBuffer,
        tables: &mut Vec<(Item, Arc<CharacterTable>)>,
    ) -> RecordPlan {
        let record = &layout.records[kind];
        let mut bytes: Vec<u8> = match template {
            RecordBuffer::Fixed(bytes) => bytes.clone(),
            RecordBuffer::Line(_) => Vec::new(),
        };
        let mut columns = Vec::new();
        for (column, item) in record.columns() {
            let way = QuickWay::of(&record.items[item], tables);
            way.filling(&record.items[item], &mut bytes[record.items[item].range.clone()]);
            columns.push(ColumnPlan { column, item, way });
        }
        bytes.extend_from_slice(layout.shape.separator.bytes());
        let broken = layout.breaks.iter().filter_map(|what| match what {
            BlockBreak::Item(item) => item.index[kind],
            BlockBreak::Column(_) => None,
        });
        let repeated = layout.repeated.iter().filter_map(|item| item.index[kind]);
        let compared = broken.chain(repeated).map(|item| record.items[item].range.clone());
        RecordPlan {
            template: bytes,
            width: record.width(),
            columns,
            foreign: layout.foreign_columns(kind).collect(),
            compared: joined(compared.collect()),
        }
    }
}

/// The bytes of `ranges`, in as few ranges as possible.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            Some(_) | None => joined.push(range),
        }
    }
    joined
}

/// Makes records of rows.
pub(super) struct RecordMaker<'a> {
    layout: &'a Layout,
    columns: &'a SourceColumns,
    plans: &'a RecordPlans,
    buffer: EncodingBuffer,
}

impl<'a> RecordMaker<'a> {
    pub(super) fn new(
        layout: &'a Layout,
        columns: &'a SourceColumns,
        plans: &'a RecordPlans,
    ) -> RecordMaker<'a> {
        RecordMaker { layout, columns, plans, buffer: EncodingBuffer::default() }
    }

    /// Makes the records of a piece.
    pub(super) fn make(&mut self, piece: &mut MadePiece) {
        let MadePiece { source, begins, records, parts, changed } = piece;
        records.clear();
        parts.clear();
        *changed = 0;
        let mut rows = PieceRows::of(source, *begins);
        while let Some(place) = rows.next() {
            let start = records.len();
            let fields = rows.fields();
            match self.record(fields, records) {
                Some((kind, changed_here)) => {
                    *changed += changed_here;
                    self.join(fields, kind, place, start, records, parts);
                }
                None => {
                    records.truncate(start);
                    parts.push(MadePart::Row(place));
                }
            }
        }
    }

    /// Appends the record of a row. Returns its kind, and the characters that rules changed.
    #[inline]
    fn record(&mut self, fields: RowFields, records: &mut Vec<u8>) -> Option<(usize, u64)> {
        if fields.len() != self.columns.width {
            return None;
        }
        let kind = self.kind(fields)?;
        let plan = self.plans.plans[kind].as_ref()?;
        let items = &self.layout.records[kind].items;
        let start = records.len();
        records.extend_from_slice(&plan.template);
        let record = &mut records[start..start + plan.width];
        let mut changed = 0;
        for ColumnPlan { column, item, way } in &plan.columns {
            let value = value(self.columns, fields, *column);
            let item = &items[*item];
            let field = &mut record[item.range.clone()];
            changed += match way.write(item, value, field) {
                Some(changed) => changed,
                None => carefully(item, value, field, &mut self.buffer)?,
            };
        }
        let record = &*record;
        let field = |n: usize| &record[items[n].range.clone()];
        if !self.layout.records[kind].contradictions(|n| Some(field(n))).is_empty() {
            return None;
        }
        for &(derived, position) in &self.plans.derived {
            let derived = &self.layout.derived[derived];
            if let Some(item) = derived.index.index[kind]
                && derived.word(&items[item], field(item)).ok().map(str::as_bytes)
                    != Some(fields.field(position))
            {
                return None;
            }
        }
        Some((kind, changed))
    }

    /// The kind of data record that a row is.
    fn kind(&self, fields: RowFields) -> Option<usize> {
        let layout = self.layout;
        let Some(key) = layout.record_key else { return layout.data.first().copied() };
        let key = value(self.columns, fields, key);
        let is_named = |kind: &usize| layout.records[*kind].key.as_deref().map(str::as_bytes) == Some(key);
        let kind = layout.data.iter().copied().find(is_named)?;
        let plan = self.plans.plans[kind].as_ref()?;
        plan.foreign.iter().all(|&column| value(self.columns, fields, column).is_empty()).then_some(kind)
    }

    /// Takes the record that was made last, from `start` on, into the run at hand, or begins another one.
    #[inline]
    fn join(
        &self,
        fields: RowFields,
        kind: usize,
        place: RowPlace,
        start: usize,
        records: &[u8],
        parts: &mut Vec<MadePart>,
    ) {
        let layout = self.layout;
        let framed = || self.plans.framed.iter().map(|&column| value(self.columns, fields, column));
        let continues = matches!(parts.last(), Some(MadePart::Run(run))
            if run.kind == kind && self.agree(kind, start, records) && framed().eq(run.framed.iter().map(String::as_bytes)));
        if !continues {
            // A value that is no UTF-8 is none of a run: whoever takes it lists it as a fault.
            let framed = framed().map(|value| str::from_utf8(value).map(str::to_owned));
            let Ok(framed) = framed.collect() else {
                return parts.push(MadePart::Row(place));
            };
            let (tally, lines) = (Tally::of(layout), Vec::new());
            parts.push(MadePart::Run(MadeRun {
                kind,
                records: start..start,
                first: place,
                lines,
                tally,
                framed,
            }));
        }
        let Some(MadePart::Run(run)) = parts.last_mut() else { return };
        run.records.end = records.len();
        run.lines.push(place.line);
        let items = &layout.records[kind].items;
        let field = |n: usize| &records[start..][items[n].range.clone()];
        run.tally.add(layout, kind, field, |n| self.amount(fields, &items[n]));
    }

    /// The record agrees with the one before it in what a block compares.
    #[inline]
    fn agree(&self, kind: usize, start: usize, records: &[u8]) -> bool {
        let Some(plan) = &self.plans.plans[kind] else { return false };
        let (before, record) = (&records[start - plan.template.len()..start], &records[start..]);
        plan.compared.iter().all(|range| before[range.clone()] == record[range.clone()])
    }

    /// The number that the source has for an item, if it is one.
    #[inline]
    fn amount(&self, fields: RowFields, item: &Item) -> Option<i128> {
        let ValueOrigin::Column(column) = item.source else { return None };
        if !item.map.is_empty() {
            return None;
        }
        let value = value(self.columns, fields, column);
        if (1..=MAX_SUMMED_DIGITS).contains(&value.len()) && are_digits(value) {
            let number = value.iter().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
            return Some(i128::from(number));
        }
        str::from_utf8(value).ok()?.parse::<i64>().ok().map(i128::from)
    }
}

/// A total takes in a running number or a check digit, which is known when the record is written.
fn adds_what_is_reckoned(layout: &Layout, kind: usize) -> bool {
    let items = &layout.records[kind].items;
    let is_reckoned =
        |n: usize| matches!(items[n].source, ValueOrigin::Sequence { .. } | ValueOrigin::CheckDigit { .. });
    let mut adds = layout.totals.iter().filter_map(|total| total.adds[kind].as_ref());
    adds.any(|adds| adds.item.into_iter().chain(adds.condition.iter().map(|c| c.item)).any(is_reckoned))
}

/// The bytes that the source has in a column of the layout.
#[inline]
fn value<'r>(columns: &'r SourceColumns, fields: RowFields<'r>, column: usize) -> &'r [u8] {
    match columns.positions[column] {
        Some(position) => fields.field(position),
        None => columns.fixed(column).as_bytes(),
    }
}

/// Writes a value that has no quick way, if it has neither fault nor fold.
fn carefully(item: &Item, value: &[u8], field: &mut [u8], buffer: &mut EncodingBuffer) -> Option<u64> {
    let value = str::from_utf8(value).ok()?;
    item.write(value, buffer);
    let changed = std::mem::take(&mut buffer.changed);
    if !buffer.faults.is_empty() || !buffer.folds.is_empty() {
        buffer.faults.clear();
        buffer.folds.clear();
        return None;
    }
    field.copy_from_slice(&buffer.bytes);
    Some(changed)
}
