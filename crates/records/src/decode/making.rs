//! Rows made of sound data records, as far as a record by itself says what its row is.
//!
//! Owns: how each column of a kind of record is read, and the tables of characters.
//! Promises: a row that was made is byte for byte the one that [`super::rows::Rows`] would hand out.
//! On failure: the record is left to `Rows`.
//! Never: makes a row of a record whose items are not sound.

use super::rows::{RowForm, quote};
use crate::layout::Layout;
use crate::layout::quick::ReadingWay;
use crate::layout::reading::ReadValue;

/// How rows are made of records; none where a row hangs on more than its record.
pub(super) struct RowPlans(Vec<Option<Vec<ColumnReading>>>);

/// Where the value of a column comes from.
enum ColumnReading {
    /// An item, and its quick way.
    Item(usize, ReadingWay),
    /// A text that is the same in every record of the kind.
    Same(String),
    /// The header or the file's top: whoever takes the row knows what they said.
    Framed(usize),
}

/// Stands in a row that was made where the value of a header belongs. It occurs nowhere in UTF-8.
pub(super) const GAP: u8 = 0xff;

impl RowPlans {
    pub(super) fn new(layout: &Layout, form: RowForm) -> RowPlans {
        let of_data = layout.records.iter().enumerate().map(|(kind, _)| {
            let is_made = form == RowForm::Csv && layout.is_data(kind);
            is_made.then(|| columns(layout, kind)).flatten()
        });
        RowPlans(of_data.collect())
    }

    /// The columns whose values belong in the gaps of a row of this kind, in their order.
    pub(super) fn gaps(&self, kind: usize) -> impl Iterator<Item = usize> {
        let columns = self.0[kind].iter().flatten();
        columns.filter_map(|column| match column {
            ColumnReading::Framed(column) => Some(*column),
            ColumnReading::Item(..) | ColumnReading::Same(_) => None,
        })
    }
}

/// How the columns of a kind of data record are read; nothing where several items give one.
fn columns(layout: &Layout, kind: usize) -> Option<Vec<ColumnReading>> {
    let of_data = |other: usize| layout.is_data(other);
    let framed = |column: usize| {
        let frames = (0..layout.records.len()).filter(|&other| !of_data(other));
        frames.into_iter().any(|other| layout.records[other].columns().any(|(taken, _)| taken == column))
    };
    let record = &layout.records[kind];
    let reading = |column: usize| {
        let mut items = record.columns().filter(|&(taken, _)| taken == column).map(|(_, item)| item);
        let key = record.key.as_ref().filter(|_| layout.record_key == Some(column));
        match (items.next(), items.next(), key) {
            (_, _, Some(key)) => Some(ColumnReading::Same(key.clone())),
            (Some(item), None, None) => Some(ColumnReading::Item(item, ReadingWay::of(&record.items[item]))),
            (None, _, None) if framed(column) => Some(ColumnReading::Framed(column)),
            (None, _, None) => Some(ColumnReading::Same(String::new())),
            (_, _, None) => None,
        }
    };
    let columns: Option<Vec<ColumnReading>> = (0..layout.columns.len()).map(reading).collect();
    columns.filter(|columns| columns.len() + layout.derived.len() > 1)
}

/// Makes rows of records.
pub(super) struct RowMaker<'a> {
    layout: &'a Layout,
    plans: &'a RowPlans,
    text: String,
}

impl<'a> RowMaker<'a> {
    pub(super) fn new(layout: &'a Layout, plans: &'a RowPlans) -> RowMaker<'a> {
        RowMaker { layout, plans, text: String::new() }
    }

    /// Appends the row of a sound record, with its line end. False, and nothing is appended, if it must be made otherwise.
    #[inline]
    pub(super) fn make(&mut self, kind: usize, bytes: &[u8], row: &mut Vec<u8>) -> bool {
        let start = row.len();
        let made = self.columns(kind, bytes, row).is_some();
        if !made {
            row.truncate(start);
        }
        made
    }

    #[inline]
    fn columns(&mut self, kind: usize, bytes: &[u8], row: &mut Vec<u8>) -> Option<()> {
        let columns = self.plans.0[kind].as_ref()?;
        let items = &self.layout.records[kind].items;
        for (n, column) in columns.iter().enumerate() {
            if n > 0 {
                row.push(b',');
            }
            let before = row.len();
            match column {
                ColumnReading::Same(text) => {
                    row.extend_from_slice(text.as_bytes());
                    quote(before, row);
                }
                ColumnReading::Framed(_) => row.push(GAP),
                ColumnReading::Item(item, way) => {
                    let item = &items[*item];
                    let field = &bytes[item.range.clone()];
                    if way.read(item, field, row) {
                        continue;
                    }
                    row.truncate(before);
                    self.text.clear();
                    match item.read(field, &mut self.text).ok()? {
                        ReadValue::Text => row.extend_from_slice(self.text.as_bytes()),
                        ReadValue::Date(parts) => {
                            let unknown = item.date.as_ref().is_some_and(|date| date.takes_unknown_parts());
                            row.extend_from_slice(parts.text(unknown)?.as_bytes());
                        }
                    }
                    quote(before, row);
                }
            }
        }
        for derived in &self.layout.derived {
            let Some(item) = derived.index.index[kind] else { continue };
            let word = derived.word(&items[item], &bytes[items[item].range.clone()]);
            row.push(b',');
            let before = row.len();
            row.extend_from_slice(word.ok()?.as_bytes());
            quote(before, row);
        }
        row.push(b'\n');
        Some(())
    }
}
