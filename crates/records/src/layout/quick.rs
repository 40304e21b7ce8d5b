//! The quick way of most values: an item's characters in one table, its bytes written straight into the record.
//!
//! Owns: which items have a quick way, and their tables of characters with rules, bars and permitted sets applied.
//! Promises: what is written quickly is byte for byte what `Item::write` writes without a fault or fold.
//! On failure: the value is left to `Item::write`; the bytes are then meaningless.
//! Never: refuses a value, or takes one that it isn't sure of.

use std::sync::Arc;

use super::charset::Encoding;
use super::item::Item;
use super::words::{EmptyValue, ItemKind, Overflow};

/// Eight digits of ASCII, without their low bits, and the carry that tells a byte beyond `9`.
const HIGH_NIBBLES: u64 = 0xf0f0_f0f0_f0f0_f0f0;
const DIGITS: u64 = 0x3030_3030_3030_3030;
const BEYOND_NINE: u64 = 0x0606_0606_0606_0606;

/// What each character of the basic plane becomes. The lower half is its code, 0 where the quick way ends; above it stands whether
/// a rule changed it.
#[derive(Debug)]
pub(crate) struct CharacterTable(Box<[u32; 0x1_0000]>);

/// How an item is written quickly.
#[derive(Debug, Clone)]
pub(crate) enum QuickWay {
    /// The item has no quick way.
    Careful,
    /// Digits, on the right of zeros.
    Digits {
        /// The digits fill the whole width.
        exact: bool,
        /// The digits are a day of the calendar.
        day: bool,
    },
    /// Text, on the left of spaces.
    Text(Arc<CharacterTable>),
}

impl QuickWay {
    /// The way of an item; `tables` are those of other items, since many share one.
    pub(crate) fn of(item: &Item, tables: &mut Vec<(Item, Arc<CharacterTable>)>) -> QuickWay {
        if !item.is_simple() || !item.is_filled_as_usual() {
            return QuickWay::Careful;
        }
        if item.kind == ItemKind::Digits {
            let day = item.date.is_some();
            return QuickWay::Digits { exact: item.exact, day };
        }
        let careful = item.date.is_some()
            || item.exact
            || item.characters.is_some()
            || item.overflow == Overflow::Truncate
            || item.charset.encoding == Encoding::Utf8
            || item.charset.encoding == Encoding::Jis7 && item.kind == ItemKind::Mixed;
        if careful {
            return QuickWay::Careful;
        }
        let known = tables.iter().find(|(other, _)| CharacterTable::is_shared(item, other));
        let table = match known {
            Some((_, table)) => Arc::clone(table),
            None => {
                let table = Arc::new(CharacterTable::of(item));
                tables.push((item.clone(), Arc::clone(&table)));
                table
            }
        };
        QuickWay::Text(table)
    }

    /// What stands in the item before anything is written: the filling.
    pub(crate) fn filling(&self, item: &Item, field: &mut [u8]) {
        match (self, item.kind) {
            (QuickWay::Careful, _) => {}
            (QuickWay::Digits { .. }, _) => field.fill(b'0'),
            (QuickWay::Text(_), ItemKind::TwoByte) => {
                let space = item.charset.encoding.wide_space();
                field.fill(b' ');
                field.chunks_exact_mut(space.len().max(1)).for_each(|pair| pair.copy_from_slice(space));
            }
            (QuickWay::Text(_), ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed) => field.fill(b' '),
        }
    }

    /// Writes a value into the field, which holds the filling. Returns the characters that rules changed.
    #[inline]
    pub(crate) fn write(&self, item: &Item, value: &[u8], field: &mut [u8]) -> Option<u64> {
        if value.is_empty() {
            return self.write_nothing(item, field);
        }
        if !item.allowed.is_empty() && !item.allowed.iter().any(|allowed| allowed.as_bytes() == value) {
            return None;
        }
        match self {
            QuickWay::Careful => None,
            QuickWay::Digits { exact, day } => {
                let start = field.len().checked_sub(value.len())?;
                if (*exact && start > 0) || !are_digits(value) {
                    return None;
                }
                if *day && !item.date.as_ref().is_some_and(|pattern| pattern.is_a_plain_day(value)) {
                    return None;
                }
                field[start..].copy_from_slice(value);
                Some(0)
            }
            QuickWay::Text(table) => {
                // Perhaps nothing but spaces, which is a fault of its own.
                if item.empty == EmptyValue::Refuse
                    && (value[0] == b' ' || value.starts_with("　".as_bytes()))
                {
                    return None;
                }
                table.write(value, field)
            }
        }
    }

    fn write_nothing(&self, item: &Item, field: &mut [u8]) -> Option<u64> {
        match (self, item.empty) {
            (QuickWay::Careful, _) | (_, EmptyValue::Refuse) => return None,
            (QuickWay::Digits { .. }, EmptyValue::Spaces) => field.fill(b' '),
            (QuickWay::Digits { .. }, EmptyValue::Zeros) => {}
            (QuickWay::Text(_), EmptyValue::Spaces) => {}
            (QuickWay::Text(_), EmptyValue::Zeros) => field.fill(b'0'),
        }
        Some(0)
    }
}

impl CharacterTable {
    /// Two items have one table.
    fn is_shared(item: &Item, other: &Item) -> bool {
        item.kind == other.kind
            && item.rules == other.rules
            && item.barred == other.barred
            && item.only == other.only
            && item.suspects == other.suspects
            && item.charset.is_that_of(other.charset)
    }

    fn of(item: &Item) -> CharacterTable {
        let mut entries = vec![0; 0x1_0000];
        let mut bytes = Vec::new();
        for (c, entry) in entries.iter_mut().enumerate() {
            let step = u32::try_from(c).ok().and_then(char::from_u32).and_then(|c| item.rules.alone(c));
            let Some(step) = step else { continue };
            bytes.clear();
            let written = item.push(step.first, &mut bytes)
                && step.second.is_none_or(|second| item.push(second, &mut bytes));
            let code = match bytes[..] {
                [one] if written => u32::from(one),
                [first, second] if written => u32::from(u16::from_be_bytes([first, second])),
                _ => 0,
            };
            *entry = if code == 0 { 0 } else { code | u32::from(step.changed > 0) << 16 };
        }
        let entries = entries.into_boxed_slice().try_into();
        CharacterTable(entries.unwrap_or_else(|_| unreachable!("there are as many entries as characters")))
    }

    /// Writes text at the start of a field.
    #[inline]
    fn write(&self, text: &[u8], field: &mut [u8]) -> Option<u64> {
        let (mut rest, mut to, mut changed) = (text, 0, 0);
        while !rest.is_empty() {
            let c = match rest {
                [byte @ 0..0x80, after @ ..] => {
                    rest = after;
                    u16::from(*byte)
                }
                [first @ 0xe0..=0xef, second @ 0x80..=0xbf, third @ 0x80..=0xbf, after @ ..] => {
                    rest = after;
                    let c = u16::from(*first) << 12 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f);
                    if c < 0x800 {
                        return None;
                    }
                    c
                }
                // Rare, or no UTF-8.
                _ => return None,
            };
            let entry = self.0[usize::from(c)];
            let code = entry as u16;
            if code >= 0x100 {
                field.get_mut(to..to + 2)?.copy_from_slice(&code.to_be_bytes());
                to += 2;
            } else if code > 0 {
                *field.get_mut(to)? = code as u8;
                to += 1;
            } else {
                return None;
            }
            changed += u64::from(entry >> 16);
        }
        Some(changed)
    }
}

/// How an item of fixed width is checked quickly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckingWay {
    /// The item has no quick way: `Item::check` alone decides.
    Careful,
    Digits,
    /// A day of the calendar.
    Day,
    OneByte,
    TwoByte,
}

impl CheckingWay {
    /// The way of an item.
    pub(crate) fn of(item: &Item) -> CheckingWay {
        let may_be_blank = item.empty != EmptyValue::Refuse;
        match item.kind {
            _ if item.date.is_some() && item.verify.is_none() => CheckingWay::Day,
            _ if item.date.is_some() || !item.is_plain() || !item.allowed.is_empty() => CheckingWay::Careful,
            ItemKind::Digits => CheckingWay::Digits,
            ItemKind::OneByte if may_be_blank && item.charset.encoding != Encoding::Utf8 => {
                CheckingWay::OneByte
            }
            ItemKind::TwoByte if may_be_blank => CheckingWay::TwoByte,
            ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed => CheckingWay::Careful,
        }
    }

    /// Whether the field passes beyond doubt.
    #[inline]
    pub(crate) fn passes(self, item: &Item, field: &[u8]) -> bool {
        match self {
            CheckingWay::Careful => false,
            CheckingWay::Digits => are_digits(field),
            CheckingWay::Day => item.date.as_ref().is_some_and(|date| date.is_a_plain_day(field)),
            CheckingWay::OneByte => are_one_byte(field),
            CheckingWay::TwoByte => item.are_two_byte(field),
        }
    }
}

/// Whether every byte is a one-byte character of JIS X 0201.
#[inline]
pub(super) fn are_one_byte(field: &[u8]) -> bool {
    field.iter().fold(true, |sound, byte| sound & matches!(byte, 0x20..=0x7e | 0xa1..=0xdf))
}

impl Item {
    /// The bytes are two-byte characters of the item's set.
    #[inline]
    pub(super) fn are_two_byte(&self, field: &[u8]) -> bool {
        let (pairs, rest) = without_wide_spaces(field, self.charset.encoding.wide_space()).as_chunks();
        rest.is_empty() && pairs.iter().all(|pair| self.charset.two_byte(*pair).is_some())
    }
}

/// How an item of fixed width is read quickly, once its own check has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadingWay {
    /// The item has no quick way: `Item::read` alone reads it.
    Careful,
    /// Digits as they stand.
    Digits,
    /// Digits without their leading zeros.
    Number,
    /// A day of the calendar as it stands.
    Day,
    /// One-byte characters without the spaces on their right.
    OneByte,
    /// Two-byte characters without the wide spaces on their right.
    TwoByte,
}

impl ReadingWay {
    /// The way of an item.
    pub(crate) fn of(item: &Item) -> ReadingWay {
        let plain = item.is_simple()
            && item.is_filled_as_usual()
            && item.characters.is_none()
            && item.empty != EmptyValue::Zeros;
        let is_text = item.date.is_none() && !item.exact && item.allowed.is_empty();
        match item.kind {
            ItemKind::Digits if plain && item.date.is_some() => ReadingWay::Day,
            ItemKind::Digits if plain && item.number => ReadingWay::Number,
            ItemKind::Digits if plain => ReadingWay::Digits,
            ItemKind::OneByte if plain && is_text && item.charset.encoding != Encoding::Utf8 => {
                ReadingWay::OneByte
            }
            ItemKind::TwoByte if plain && is_text && item.charset.encoding.wide_space().len() == 2 => {
                ReadingWay::TwoByte
            }
            ItemKind::Digits | ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed => ReadingWay::Careful,
        }
    }

    /// Appends the value of a field to a row of CSV. False if it must be read carefully; what was appended then means nothing.
    #[inline]
    pub(crate) fn read(self, item: &Item, field: &[u8], row: &mut Vec<u8>) -> bool {
        if field.first() == Some(&b' ') && item.empty == EmptyValue::Spaces && self != ReadingWay::Careful {
            return field.iter().all(|&byte| byte == b' ') && self != ReadingWay::TwoByte;
        }
        match self {
            ReadingWay::Careful => return false,
            ReadingWay::Digits | ReadingWay::Number | ReadingWay::Day if !are_digits(field) => return false,
            ReadingWay::Day if !item.date.as_ref().is_some_and(|date| date.is_a_plain_day(field)) => {
                return false;
            }
            ReadingWay::Digits | ReadingWay::Number if !item.allowed.is_empty() => {
                if !item.allowed.iter().any(|allowed| allowed.as_bytes() == field)
                    || self == ReadingWay::Number
                {
                    return false;
                }
                row.extend_from_slice(field);
            }
            ReadingWay::Digits | ReadingWay::Day => row.extend_from_slice(field),
            ReadingWay::Number => {
                let zeros = field.iter().take_while(|&&byte| byte == b'0').count();
                row.extend_from_slice(&field[zeros.min(field.len() - 1)..]);
            }
            ReadingWay::OneByte => {
                let spaces = field.iter().rev().take_while(|&&byte| byte == b' ').count();
                let text = &field[..field.len() - spaces];
                return !text.is_empty() && one_byte(item, text, row);
            }
            ReadingWay::TwoByte => {
                let text = without_wide_spaces(field, item.charset.encoding.wide_space());
                if text.is_empty() {
                    return item.empty == EmptyValue::Spaces;
                }
                return two_byte(item, text, row);
            }
        }
        true
    }
}

/// Appends one-byte characters; not those that CSV quotes.
#[inline]
fn one_byte(item: &Item, text: &[u8], row: &mut Vec<u8>) -> bool {
    for &byte in text {
        match byte {
            b',' | b'"' | b'\\' | b'~' => return false,
            b' '..=b'}' => row.push(byte),
            // U+FF61 to U+FF9F.
            0xa1..=0xbf => row.extend_from_slice(&[0xef, 0xbd, byte]),
            0xc0..=0xdf => row.extend_from_slice(&[0xef, 0xbe, byte - 0x40]),
            _ => return false,
        }
    }
    item.charset.encoding != Encoding::Utf8
}

/// Appends two-byte characters.
#[inline]
fn two_byte(item: &Item, text: &[u8], row: &mut Vec<u8>) -> bool {
    let (pairs, rest) = text.as_chunks::<2>();
    for pair in pairs {
        let Some(c) = item.charset.two_byte(*pair) else { return false };
        let c = c as u32;
        if !(0x800..0x1_0000).contains(&c) {
            return false;
        }
        row.extend_from_slice(&[
            0xe0 | (c >> 12) as u8,
            0x80 | (c >> 6 & 0x3f) as u8,
            0x80 | (c & 0x3f) as u8,
        ]);
    }
    rest.is_empty()
}

/// The field without the wide spaces at its end, four at a time.
#[inline]
pub(crate) fn without_wide_spaces<'f>(field: &'f [u8], space: &[u8]) -> &'f [u8] {
    let &[high, low] = space else { return field };
    let four = [high, low, high, low, high, low, high, low];
    let mut text = field;
    while let Some((before, last)) = text.split_last_chunk::<8>()
        && *last == four
    {
        text = before;
    }
    while let Some(before) = text.strip_suffix(space) {
        text = before;
    }
    text
}

/// Whether the bytes are nothing but digits of ASCII; eight are looked at at a time.
#[inline]
pub(crate) fn are_digits(bytes: &[u8]) -> bool {
    let (eights, rest) = bytes.as_chunks::<8>();
    eights.iter().all(|eight| {
        let word = u64::from_le_bytes(*eight);
        // A byte of 30 to 3F keeps its upper half when 6 is added only up to 39.
        word & HIGH_NIBBLES == DIGITS && word.wrapping_add(BEYOND_NINE) & HIGH_NIBBLES == DIGITS
    }) && rest.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;
    use crate::layout::item::EncodingBuffer;
    use crate::written::{heading, record};

    fn layouts() -> Vec<Layout> {
        let mut found = Vec::new();
        for encoding in ["shift_jis", "cp932", "jis-x-0201", "jis7", "utf-8"] {
            for (kind, rules) in [
                ("9", ""),
                ("9", "exact = true"),
                ("9", "empty = \"spaces\""),
                ("9", "allowed = [\"1\", \"23456\"]"),
                ("X", ""),
                ("X", "rules = [\"half-width\", \"large-kana\", \"upper-case\", \"long-vowel-to-hyphen\"]"),
                ("X", "empty = \"refuse\""),
                ("X", "only = \"ｱ-ﾝA-Z\""),
                ("N", ""),
                ("N", "rules = [\"full-width\", \"nfc\"]"),
                ("N", "barred = \"山①\""),
                ("M", "rules = [\"nfc\"]"),
                ("M", "empty = \"zeros\""),
            ] {
                let text = heading(encoding, "crlf", "") + &record("r", "data", &[("a", kind, 12, rules)]);
                // Not every kind goes with every encoding.
                found.extend(Layout::compile("t/t", &text).ok());
            }
        }
        found
    }

    #[test]
    fn digits_are_told_from_every_other_byte_at_every_place() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=255_u8 {
                    let mut bytes = vec![b'7'; length];
                    bytes[at] = byte;
                    assert_eq!(are_digits(&bytes), byte.is_ascii_digit(), "{byte:02x} at {at} of {length}");
                }
            }
        }
        assert!(are_digits(b""));
    }

    #[test]
    fn whatever_is_written_quickly_is_what_is_written_carefully() {
        let layouts = layouts();
        assert!(layouts.len() > 40, "{}", layouts.len());
        let mut tails: Vec<String> =
            ["", "1", "ア", "\u{3099}", "ﾞ", "\u{e0100}", "山田太", "00000000000", " "]
                .map(String::from)
                .to_vec();
        tails.push("a".repeat(12));
        let (mut quick_ways, mut tables, mut buffer) = (0, Vec::new(), EncodingBuffer::default());
        for layout in &layouts {
            let item = &layout.records[0].items[0];
            let way = QuickWay::of(item, &mut tables);
            // All that is near ASCII and the kana, and every ninth of the others.
            let is_near =
                |c: &char| matches!(*c, '\0'..='\u{ff}' | '\u{3000}'..='\u{30ff}' | '\u{ff00}'..='\u{ffff}');
            let firsts = ('\0'..='\u{ffff}').filter(|c| is_near(c) || (*c as u32).is_multiple_of(9));
            let firsts = firsts.chain(['\u{20bb7}', '\u{e0100}']);
            let values = firsts.flat_map(|c| tails.iter().map(move |tail| format!("{c}{tail}")));
            for value in values.chain(["", "20260401", "23456", "000023456", "　", "  "].map(String::from)) {
                let mut field = vec![b'?'; 12];
                way.filling(item, &mut field);
                let Some(changed) = way.write(item, value.as_bytes(), &mut field) else { continue };
                quick_ways += 1;
                item.write(&value, &mut buffer);
                assert!(buffer.faults.is_empty() && buffer.folds.is_empty(), "{value:?} {item:?}");
                assert_eq!(
                    (&field, changed),
                    (&buffer.bytes, std::mem::take(&mut buffer.changed)),
                    "{value:?}"
                );
            }
            buffer = EncodingBuffer::default();
        }
        assert!(quick_ways > 20_000, "{quick_ways}");
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_never_written() {
        let layouts = layouts();
        let mut tables = Vec::new();
        for (nth, layout) in layouts.iter().enumerate() {
            let item = &layout.records[0].items[0];
            let way = QuickWay::of(item, &mut tables);
            for number in (nth as u32..0x100_0000).step_by(1_013) {
                let [_, bytes @ ..] = number.to_be_bytes();
                if std::str::from_utf8(&bytes).is_ok() {
                    continue;
                }
                let mut field = [b' '; 12];
                assert_eq!(way.write(item, &bytes, &mut field), None, "{bytes:02x?}");
            }
        }
    }
}
