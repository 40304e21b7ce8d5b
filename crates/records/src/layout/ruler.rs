//! The ruler: one record laid out for human eyes, byte by byte and item by item.
//!
//! Owns: the picture of a record in 100 columns.
//! Promises: every byte of the record is shown; bytes are counted as the partner's sheet counts them, from 0 or from 1; columns
//! line up in a terminal that draws kanji two columns wide.
//! On failure: a record of the wrong length is shown as far as it goes, and said so.
//! Never: decides whether a record is right.
//!
//! A picture holds personal data. It is for the operator's terminal, never for a log.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use totatsu_base::say;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::charset::Encoding;
use super::item::Item;
use super::plan::{Layout, Record};
use super::words::ItemKind;

/// Bytes on one line of the byte picture.
const BYTES_PER_LINE: usize = 90;
/// Bytes of an item shown in hexadecimal.
const HEX_BYTES: usize = 8;
/// Columns for the number and name of an item.
const NAME_COLUMNS: usize = 26;
/// Columns for the text of an item.
const TEXT_COLUMNS: usize = 30;

impl Layout {
    /// The picture of one record of the kind named `record`; `bytes` are one record, without its separator. `None` if the layout has no
    /// such record.
    pub fn ruler(&self, record: &str, bytes: &[u8]) -> Option<String> {
        let record = self.records.iter().find(|kind| kind.name == record)?;
        let fields: Vec<&[u8]> =
            record.items.iter().filter_map(|item| bytes.get(item.range.clone())).collect();
        let (name, width, found) = (&record.name, record.width(), bytes.len());
        let mut picture = if found == width {
            say!("layout-ruler-bytes", record = name, bytes = width)
        } else {
            say!("layout-ruler-other-bytes", record = name, bytes = width, found = found)
        };
        picture.push_str("\n\n");
        byte_picture(&record.items, bytes, self.shape.first_byte, &mut picture);
        item_table(record, &fields, self.shape.first_byte, &mut picture);
        Some(picture)
    }

    /// The picture of one line of a CSV file, given its columns.
    pub(crate) fn ruler_of_line(&self, kind: usize, columns: &[&[u8]]) -> String {
        let record = &self.records[kind];
        let (name, width, found) = (&record.name, record.items.len(), columns.len());
        let mut picture = if found == width {
            say!("layout-ruler-columns", record = name, columns = width)
        } else {
            say!("layout-ruler-other-columns", record = name, columns = width, found = found)
        };
        picture.push_str("\n\n");
        item_table(record, columns, self.shape.first_byte, &mut picture);
        picture
    }

    /// The picture of the first data record of a sent file of fixed width.
    ///
    /// # Errors
    /// Whatever reading the file answers; `UnexpectedEof` if it ends before that record does.
    pub fn ruler_of_first_data_record(&self, sent: &Path) -> io::Result<String> {
        let (at, length) = self.first_data_record();
        let mut file = std::fs::File::open(sent)?;
        let mut bytes = vec![0; length];
        io::copy(&mut (&mut file).take(at), &mut io::sink())?;
        file.read_exact(&mut bytes)?;
        let data = self.data.first().map_or("", |&kind| &self.records[kind].name);
        self.ruler(data, &bytes).ok_or_else(|| io::Error::other(say!("layout-no-records")))
    }

    /// Where the first data record of every file of fixed width begins, and its length, in bytes without a separator.
    pub fn first_data_record(&self) -> (u64, usize) {
        let separator = self.shape.separator.bytes().len();
        let before = self.top.iter().chain(&self.header);
        (before.map(|&kind| (self.records[kind].width() + separator) as u64).sum(), self.body_width())
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
fn byte_picture(items: &[Item], bytes: &[u8], first_byte: usize, picture: &mut String) {
    let mut cells: Vec<String> = vec![".".into(); bytes.len()];
    for item in items {
        let end = item.range.end.min(bytes.len());
        let mut at = item.range.start;
        while at < end {
            let (c, width) = character(item, &bytes[at..end]);
            if let Some(c) = c.filter(|c| c.width().is_some_and(|columns| columns <= width)) {
                cells[at] =
                    if c.width() == Some(width) { c.to_string() } else { padded(&c.to_string(), width) };
                cells[at + 1..at + width].iter_mut().for_each(String::clear);
            }
            at += width;
        }
    }
    for start in (0..bytes.len()).step_by(BYTES_PER_LINE) {
        let end = (start + BYTES_PER_LINE).min(bytes.len());
        let _ = writeln!(picture, "     {}", scale(start, end));
        let mut line: String = cells[start..end].concat();
        if cells[start].is_empty() && start > 0 {
            line.insert(0, '>');
        }
        // A wide character at the end of a line reaches one column beyond it; the next line shows where it belongs.
        let _ = writeln!(picture, "{:>4} {}", start + first_byte, line.trim_end());
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

/// The character that the bytes begin with, and how many of them it takes.
fn character(item: &Item, bytes: &[u8]) -> (Option<char>, usize) {
    let charset = item.charset;
    if charset.encoding == Encoding::Utf8 {
        let width = (1..=bytes.len().min(4)).find(|&n| std::str::from_utf8(&bytes[..n]).is_ok());
        let text = width.and_then(|n| std::str::from_utf8(&bytes[..n]).ok());
        return (text.and_then(|text| text.chars().next()), width.unwrap_or(1));
    }
    // Shift codes are no characters: they show as dots.
    let two_byte = bytes[0] != 0x1b
        && (item.kind == ItemKind::TwoByte || (item.kind == ItemKind::Mixed && charset.is_lead(bytes[0])));
    match bytes {
        [lead, trail, ..] if two_byte => match charset.two_byte([*lead, *trail]) {
            Some(c) => (Some(c), 2),
            None => (None, 1),
        },
        [byte, ..] => (charset.one_byte(*byte), 1),
        [] => (None, 1),
    }
}

fn item_table(record: &Record, fields: &[&[u8]], first_byte: usize, picture: &mut String) {
    let _ = writeln!(
        picture,
        "{}  {}  {}  {}  {}",
        padded(&say!("layout-ruler-at"), 7),
        padded(&say!("layout-ruler-kind"), 4),
        padded(&say!("layout-ruler-item"), NAME_COLUMNS),
        padded(&say!("layout-ruler-hex"), HEX_COLUMNS),
        say!("layout-ruler-text")
    );
    let mut at = 0;
    for (item, field) in record.items.iter().zip(fields) {
        // The columns of a line are numbered by their own bytes.
        let start = if item.range.is_empty() { at } else { item.range.start };
        at = start + field.len();
        let line = format!(
            "{:03}-{:03}  {}     {}  {}  {}",
            start + first_byte,
            at.saturating_sub(1).max(start) + first_byte,
            item.kind.letter(),
            padded(&item.label(), NAME_COLUMNS),
            padded(&hex(field), HEX_COLUMNS),
            padded(&text(item, field), TEXT_COLUMNS),
        );
        let _ = writeln!(picture, "{}", line.trim_end());
        at += usize::from(item.range.is_empty());
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

fn text(item: &Item, field: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = field;
    while !rest.is_empty() {
        let (c, width) = character(item, rest);
        text.push(c.filter(|c| c.width().is_some()).unwrap_or('.'));
        rest = &rest[width..];
    }
    text.trim_end().to_owned()
}
