//! What decoding hands out: CSV rows or JSON lines in UTF-8.
//!
//! Owns: the file that is written, and the values that headers give to the rows after them.
//! Promises: a CSV has the columns of the layout's source, so that it can be encoded again, and after them the derived
//! ones; JSON has every record with all its items but fillers.
//! On failure: faults of values go to the caller; errors of the disk are handed up.
//! Never: hands out a row of which an item is wrong.

use std::io::{self, Write};

use crate::layout::item::{Item, ValueFault, ValueOrigin};
use crate::layout::plan::Derived;
use crate::layout::reading::ReadValue;
use crate::layout::{DateParts, Layout, RecordPlace};
use crate::scan::cut::RawRecord;

/// The form in which rows are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowForm {
    /// A heading and one row for each data record.
    Csv,
    /// One JSON object for each record of any kind.
    JsonLines,
}

/// Rows being written.
pub(super) struct Rows<'a, W: Write> {
    layout: &'a Layout,
    pub(super) form: RowForm,
    out: W,
    /// The row of CSV at hand.
    row: Vec<u8>,
    /// The values that the file's top and the block's header give, by column.
    frame: Vec<Option<String>>,
    /// Data records handed out.
    pub(super) rows: u64,
}

/// What the items of one record give to a column.
#[derive(Clone, Default)]
struct ColumnValue {
    text: Option<String>,
    parts: Option<(DateParts, bool)>,
    item: usize,
}

impl<'a, W: Write> Rows<'a, W> {
    pub(super) fn new(layout: &'a Layout, form: RowForm, mut out: W) -> io::Result<Rows<'a, W>> {
        let mut row = Vec::new();
        if form == RowForm::Csv {
            append_row(layout.decoded_columns().into_iter(), &mut row);
            out.write_all(&row)?;
        }
        Ok(Rows { layout, form, out, row, frame: vec![None; layout.columns.len()], rows: 0 })
    }

    /// Takes the row of CSV that was made of a data record, as it is to stand in the file but for the values of these columns, which
    /// headers give: a byte `gap` stands for each.
    pub(super) fn made(
        &mut self,
        made: &[u8],
        gap: u8,
        mut columns: impl Iterator<Item = usize>,
    ) -> io::Result<()> {
        self.rows += 1;
        let (out, row) = (&mut self.out, &mut self.row);
        let mut parts = made.split(|&byte| byte == gap);
        let first = parts.next().unwrap_or_default();
        if first.len() == made.len() {
            return out.write_all(made);
        }
        row.clear();
        row.extend_from_slice(first);
        for part in parts {
            let before = row.len();
            let value = columns.next().and_then(|column| self.frame[column].as_deref());
            row.extend_from_slice(value.unwrap_or("").as_bytes());
            quote(before, row);
            row.extend_from_slice(part);
        }
        out.write_all(row)
    }

    /// Takes a record whose items were found right. Hands back the item at fault if its columns contradict each other.
    pub(super) fn record(
        &mut self,
        number: u64,
        kind: usize,
        cut: RawRecord,
    ) -> io::Result<Result<(), (usize, ValueFault)>> {
        let place = self.layout.records[kind].place;
        let read = self.given(kind, cut).and_then(|given| Ok((given, self.words(kind, cut)?)));
        let (given, words) = match read {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        match place {
            RecordPlace::FileTop | RecordPlace::BlockHeader => {
                for (frame, given) in self.frame.iter_mut().zip(&given) {
                    if given.is_some() {
                        frame.clone_from(given);
                    }
                }
            }
            RecordPlace::Data => self.rows += 1,
            RecordPlace::BlockTrailer | RecordPlace::FileEnd => {}
        }
        match self.form {
            RowForm::Csv if place == RecordPlace::Data => {
                let values = given.iter().zip(&self.frame);
                let values = values.map(|(own, frame)| own.as_deref().or(frame.as_deref()).unwrap_or(""));
                self.row.clear();
                append_row(values.chain(words), &mut self.row);
                self.out.write_all(&self.row)?;
            }
            RowForm::Csv => {}
            RowForm::JsonLines => self.json(number, kind, cut, &words)?,
        }
        Ok(Ok(()))
    }

    /// Hands the writer back.
    pub(super) fn finish(self) -> W {
        self.out
    }

    /// The value of each column that the record gives.
    fn given(&self, kind: usize, cut: RawRecord) -> Result<Vec<Option<String>>, (usize, ValueFault)> {
        let record = &self.layout.records[kind];
        let mut given: Vec<ColumnValue> = vec![ColumnValue::default(); self.layout.columns.len()];
        for (column, n) in record.columns() {
            let item = &record.items[n];
            let field = cut.field(item, n).unwrap_or_default();
            let mut text = String::new();
            let reading = item.read(field, &mut text).map_err(|fault| (n, fault))?;
            let slot = &mut given[column];
            slot.item = n;
            match reading {
                ReadValue::Text if slot.text.as_ref().is_some_and(|known| *known != text) => {
                    return Err((n, ValueFault::Contradiction));
                }
                ReadValue::Text => slot.text = Some(text),
                ReadValue::Date(parts) => {
                    let unknown = item.date.as_ref().is_some_and(|pattern| pattern.takes_unknown_parts());
                    let (known, may) = slot.parts.unwrap_or_default();
                    let whole = known.with(parts).ok_or((n, ValueFault::Contradiction))?;
                    slot.parts = Some((whole, may || unknown));
                }
            }
        }
        if let (Some(column), Some(key)) = (self.layout.record_key, &record.key) {
            given[column].text = Some(key.clone());
        }
        let column = |given: ColumnValue| match (given.text, given.parts) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(text)),
            (text, Some((parts, unknown))) => match (text, parts.text(unknown)) {
                (None, Some(date)) => Ok(Some(date)),
                // Some items of a date stand empty and others do not.
                (Some(_), _) | (None, None) => Err((given.item, ValueFault::Contradiction)),
            },
        };
        given.into_iter().map(column).collect()
    }

    /// The words of the derived columns; none in records other than data.
    fn words(&self, kind: usize, cut: RawRecord) -> Result<Vec<&'a str>, (usize, ValueFault)> {
        let layout = self.layout;
        let derived = layout.derived.iter().filter_map(|derived| Some((derived, derived.index.index[kind]?)));
        let word = |(derived, n): (&'a Derived, usize)| {
            let item = &layout.records[kind].items[n];
            derived.word(item, cut.field(item, n).unwrap_or_default()).map_err(|fault| (n, fault))
        };
        derived.map(word).collect()
    }

    fn json(&mut self, number: u64, kind: usize, cut: RawRecord, words: &[&str]) -> io::Result<()> {
        let out = &mut self.out;
        let record = &self.layout.records[kind];
        write!(out, "{{\"record\":{},\"number\":{number},\"items\":{{", json(&record.name))?;
        let mut first = true;
        for (n, item) in record.items.iter().enumerate() {
            if matches!(item.source, ValueOrigin::Bytes(_)) {
                continue;
            }
            let field = cut.field(item, n).unwrap_or_default();
            let value = value_of(item, field).unwrap_or_default();
            let comma = if first { "" } else { "," };
            write!(out, "{comma}{}:{}", json(&item.name), json(&value))?;
            first = false;
        }
        if self.layout.is_data(kind) {
            for (derived, word) in self.layout.derived.iter().zip(words) {
                write!(out, ",{}:{}", json(&derived.name), json(word))?;
            }
        }
        out.write_all(b"}}\n")
    }
}

/// Appends a row of CSV and its line end, quoted where and as the crate `csv` quotes.
pub(super) fn append_row<'v>(values: impl Iterator<Item = &'v str>, row: &mut Vec<u8>) {
    let (start, mut fields) = (row.len(), 0);
    for value in values {
        if fields > 0 {
            row.push(b',');
        }
        let before = row.len();
        row.extend_from_slice(value.as_bytes());
        quote(before, row);
        fields += 1;
    }
    if fields == 1 && row.len() == start {
        // An empty line would be no row.
        row.extend_from_slice(b"\"\"");
    }
    row.push(b'\n');
}

/// Puts the value that begins at a byte of the row between quotation marks, if it needs them.
pub(super) fn quote(before: usize, row: &mut Vec<u8>) {
    if !row[before..].iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        return;
    }
    let value = row.split_off(before);
    row.push(b'"');
    for (n, part) in value.split(|byte| *byte == b'"').enumerate() {
        if n > 0 {
            row.extend_from_slice(b"\"\"");
        }
        row.extend_from_slice(part);
    }
    row.push(b'"');
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The value of an item as the source would have it; a part of a date as it stands.
fn value_of(item: &Item, field: &[u8]) -> Result<String, ValueFault> {
    let mut text = String::new();
    match item.read(field, &mut text)? {
        ReadValue::Text => Ok(text),
        ReadValue::Date(parts) => {
            let unknown = item.date.as_ref().is_some_and(|pattern| pattern.takes_unknown_parts());
            let whole = parts.text(unknown).filter(|text| !text.is_empty());
            Ok(whole.unwrap_or_else(|| field.iter().map(|&byte| char::from(byte)).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_quoted_as_the_crate_csv_quotes_them() {
        let values = ["", "a", ",", "\"", "a\"b\"", "x\ny", "\r", "山田,", " ", "''", "\"\""];
        let rows = values.iter().flat_map(|one| {
            let pairs = values.iter().map(move |other| vec![*one, *other]);
            pairs.chain([vec![*one], vec![*one, "", "z"]])
        });
        for row in rows {
            let mut csv =
                csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
            csv.write_record(&row).unwrap();
            let mut ours = Vec::new();
            append_row(row.iter().copied(), &mut ours);
            assert_eq!(ours, csv.into_inner().unwrap(), "{row:?}");
        }
    }
}
