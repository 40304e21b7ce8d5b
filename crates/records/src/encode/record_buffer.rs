//! A record while it is being made: bytes of fixed width, or the columns of a line.
//!
//! Owns: where an item's bytes lie in it, and how a line is quoted.
//! Promises: what was set is what is written; a column that needs quotes has them, where the layout allows any.
//! On failure: what the writer answers.
//! Never: judges bytes.

use std::io::{self, Write};

use crate::layout::item::Item;
use crate::layout::plan::{FileShape, Record};
use crate::layout::{FileFormat, Layout, Quote};
use crate::values::{self, LayoutValues, RefusedValue};

/// A record being made.
#[derive(Debug, Clone)]
pub(super) enum RecordBuffer {
    /// The bytes of a record of fixed width, without its separator.
    Fixed(Vec<u8>),
    /// The columns of a line.
    Line(Vec<Vec<u8>>),
}

impl RecordBuffer {
    /// A record without anything in it.
    pub(super) fn of(record: &Record, shape: &FileShape) -> RecordBuffer {
        if shape.format == FileFormat::Csv {
            RecordBuffer::Line(vec![Vec::new(); record.items.len()])
        } else {
            RecordBuffer::Fixed(vec![0; record.width()])
        }
    }

    /// Sets the bytes of an item, which fill it where it has a width.
    #[inline]
    pub(super) fn set(&mut self, item: &Item, n: usize, bytes: &[u8]) {
        match self {
            RecordBuffer::Fixed(record) => record[item.range.clone()].copy_from_slice(bytes),
            RecordBuffer::Line(line) => {
                line[n].clear();
                line[n].extend_from_slice(bytes);
            }
        }
    }

    /// The bytes of an item.
    #[inline]
    pub(super) fn field(&self, item: &Item, n: usize) -> &[u8] {
        match self {
            RecordBuffer::Fixed(record) => &record[item.range.clone()],
            RecordBuffer::Line(line) => &line[n],
        }
    }

    /// Takes the bytes of a whole record of fixed width.
    pub(super) fn copy_from(&mut self, bytes: &[u8]) {
        if let RecordBuffer::Fixed(record) = self {
            record.copy_from_slice(bytes);
        }
    }

    /// The bytes of a record of fixed width; none for a line.
    pub(super) fn fixed(&self) -> &[u8] {
        match self {
            RecordBuffer::Fixed(record) => record,
            RecordBuffer::Line(_) => &[],
        }
    }

    /// Writes the record without its separator.
    pub(super) fn write(&self, record: &Record, shape: &FileShape, out: &mut impl Write) -> io::Result<()> {
        match self {
            RecordBuffer::Fixed(bytes) => out.write_all(bytes),
            RecordBuffer::Line(line) => {
                for (n, column) in line.iter().enumerate() {
                    if n > 0 {
                        out.write_all(&[shape.delimiter])?;
                    }
                    write_column(column, record.items[n].quoted, shape, out)?;
                }
                Ok(())
            }
        }
    }
}

/// One record of each kind, with everything filled in that is the same in every such record of the file.
pub(super) fn templates(layout: &Layout, given: &LayoutValues) -> Result<Vec<RecordBuffer>, RefusedValue> {
    let mut templates = Vec::new();
    for (record, constants) in layout.records.iter().zip(values::ours(layout, given)?) {
        let mut record_buffer = RecordBuffer::of(record, &layout.shape);
        for ((n, item), constant) in record.items.iter().enumerate().zip(constants) {
            if let Some(bytes) = constant {
                record_buffer.set(item, n, &bytes);
            }
        }
        templates.push(record_buffer);
    }
    Ok(templates)
}

/// Writes one column. In the encodings of CSV files no byte of a two-byte character is a quote or a delimiter.
pub(super) fn write_column(
    column: &[u8],
    quoted: bool,
    shape: &FileShape,
    out: &mut impl Write,
) -> io::Result<()> {
    let needs = || column.iter().any(|&byte| byte == b'"' || byte == shape.delimiter);
    let quotes = match shape.quote {
        Quote::Never => false,
        Quote::WhenNeeded => quoted || needs(),
        Quote::Always => true,
    };
    if !quotes {
        return out.write_all(column);
    }
    out.write_all(b"\"")?;
    for (n, part) in column.split(|&byte| byte == b'"').enumerate() {
        if n > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(part)?;
    }
    out.write_all(b"\"")
}
