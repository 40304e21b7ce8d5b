//! The ruler: one record laid out for human eyes, byte by byte and item by item.
//!
//! Owns: the picture of a record in 100 columns.
//! Promises: every byte of the record is shown; columns line up in a terminal that draws kanji two columns wide.
//! On failure: a record of the wrong length is shown as far as it goes, and said so.
//! Never: decides whether a record is right.
//!
//! A picture holds personal data. It is for the operator's terminal, never for a log.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::definition::Kind;
use super::item::Item;
use super::plan::Layout;
use super::text::decoded;

/// Bytes on one line of the byte picture.
const BYTES_PER_LINE: usize = 90;
/// Bytes of an item shown in hexadecimal.
const HEX_BYTES: usize = 8;
/// Columns for the number and name of an item.
const NAME_COLUMNS: usize = 26;
/// Columns for the text of an item.
const TEXT_COLUMNS: usize = 30;

impl Layout {
    /// The picture of one record of the kind named `record`. `None` if the layout has no such record.
    pub fn ruler(&self, record: &str, bytes: &[u8]) -> Option<String> {
        let record = self.records.iter().find(|kind| kind.name == record)?;
        let mut picture = format!("{} ({} bytes)", record.name, record.length);
        if bytes.len() != record.length {
            let _ = write!(picture, ", but here are {} bytes", bytes.len());
        }
        picture.push_str("\n\n");
        byte_picture(&record.items, bytes, &mut picture);
        item_table(&record.items, bytes, &mut picture);
        Some(picture)
    }

    /// The picture of the first data record of a sent file.
    ///
    /// # Errors
    /// Whatever reading the file answers; `UnexpectedEof` if it ends before that record does.
    pub fn ruler_of_first_data_record(&self, sent: &Path) -> io::Result<String> {
        let data = &self.records[self.data];
        let (at, length) = self.first_data_record();
        let mut file = std::fs::File::open(sent)?;
        let mut bytes = vec![0; length];
        io::copy(&mut (&mut file).take(at), &mut io::sink())?;
        file.read_exact(&mut bytes)?;
        Ok(self.ruler(&data.name, &bytes).expect("the data record is one of the layout's records"))
    }

    /// Where the first data record of every file begins, and its length, in bytes.
    pub fn first_data_record(&self) -> (u64, usize) {
        let before = self.top.iter().chain(&self.header).map(|&kind| self.records[kind].length as u64).sum();
        (before, self.records[self.data].length)
    }
}

/// `text` cut or filled to so many columns of a terminal; a cut is shown by an ellipsis.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let mut shown = String::new();
    let mut used = 0;
    let fits = text.width() <= columns;
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if !fits && used + width > columns.saturating_sub(2) {
            shown.push_str("..");
            used += 2;
            break;
        }
        shown.push(c);
        used += width;
    }
    shown.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    shown
}

/// Lines of bytes under a scale. One byte is one column: a two-byte character is two columns wide.
fn byte_picture(items: &[Item], bytes: &[u8], picture: &mut String) {
    let mut cells: Vec<String> = vec![".".into(); bytes.len()];
    for item in items {
        let width = if item.kind == Kind::TwoByte { 2 } else { 1 };
        let mut at = item.range.start;
        while at + width <= item.range.end.min(bytes.len()) {
            if let Some(c) = decoded(&bytes[at..at + width]).filter(|c| c.width().is_some()) {
                cells[at] = if c.width() == Some(width) { c.to_string() } else { format!("{c} ") };
                if width == 2 {
                    cells[at + 1] = String::new();
                }
            }
            at += width;
        }
    }
    for start in (0..bytes.len()).step_by(BYTES_PER_LINE) {
        let end = (start + BYTES_PER_LINE).min(bytes.len());
        let _ = writeln!(picture, "     {}", scale(start, end));
        let mut line: String = cells[start..end].concat();
        if cells[start].is_empty() {
            line.insert(0, '>');
        }
        // A wide character at the end of a line reaches one column beyond it; the next line shows where it belongs.
        let _ = writeln!(picture, "{start:>4} {}", line.trim_end());
    }
    picture.push('\n');
}

/// `----+----1----+----2`, continued from the byte at which the line starts.
fn scale(start: usize, end: usize) -> String {
    let tick = |byte: usize| match (byte + 1) % 10 {
        0 => char::from(b'0' + ((byte + 1) / 10 % 10) as u8),
        5 => '+',
        _ => '-',
    };
    (start..end).map(tick).collect()
}

fn item_table(items: &[Item], bytes: &[u8], picture: &mut String) {
    let _ = writeln!(
        picture,
        "bytes    kind  {}  {}  text",
        padded("item", NAME_COLUMNS),
        padded("hex", HEX_COLUMNS)
    );
    for item in items {
        let Some(field) = bytes.get(item.range.clone()) else { continue };
        let kind = match item.kind {
            Kind::Digits => '9',
            Kind::OneByte => 'X',
            Kind::TwoByte => 'N',
        };
        let line = format!(
            "{:03}-{:03}  {kind}     {}  {}  {}",
            item.range.start,
            item.range.end - 1,
            padded(&item.label(), NAME_COLUMNS),
            padded(&hex(field), HEX_COLUMNS),
            padded(&text(item.kind, field), TEXT_COLUMNS),
        );
        let _ = writeln!(picture, "{}", line.trim_end());
    }
}

/// Columns of the elided hexadecimal form.
const HEX_COLUMNS: usize = HEX_BYTES * 3 + 2;

fn hex(field: &[u8]) -> String {
    let mut shown: Vec<String> = field.iter().take(HEX_BYTES).map(|byte| format!("{byte:02x}")).collect();
    if field.len() > HEX_BYTES {
        shown.push("..".into());
    }
    shown.join(" ")
}

fn text(kind: Kind, field: &[u8]) -> String {
    let width = if kind == Kind::TwoByte { 2 } else { 1 };
    let chars = field.chunks(width).map(|code| decoded(code).filter(|c| c.width().is_some()).unwrap_or('.'));
    chars.collect::<String>().trim_end().to_owned()
}
