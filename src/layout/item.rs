//! One item: where its value comes from, and how that value becomes exactly its bytes.
//!
//! Owns: kinds, alignment, filling, and the checks of a single value.
//! Promises: an item's bytes are always all written or a fault is returned; nothing is cut, replaced or left over.
//! On failure: every [`Fault`] of the value, up to a named limit; the bytes are then meaningless.
//! Never: looks at another item or at another record.

use std::ops::Range;

use jiff::civil::Date;

use super::definition::{Confidence, DateRule, Empty, GatewayValue, Kind};
use super::text::{Encoding, Rules};

/// More faults of a single value than this are not listed: they have one cause.
const MAX_FAULTS_PER_VALUE: usize = 16;
/// An allowed or refused value longer than this is not quoted in a fault.
const MAX_QUOTED_CHARS: usize = 10;

/// Where the value of an item comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A column of the input, by its name.
    Column(String),
    /// Always this text.
    Literal(String),
    /// Always these bytes, which fill the item.
    Bytes(Vec<u8>),
    /// The number of records of these kinds (indices into the layout's records), in the block or in the file.
    Count(Vec<usize>),
    /// The sum of an item of the data records (index into its items), in the block or in the file.
    Sum(usize),
    /// What the gateway knows.
    Gateway(GatewayValue),
    /// What the link says under this name, else the default.
    Link {
        /// The name in the link's values.
        key: String,
        /// Used when the link says nothing.
        default: Option<String>,
    },
    /// The bytes of an item of the block's data records (index into its items).
    Block(usize),
}

/// One item of a record, checked.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The number on the partner's sheet.
    pub(crate) no: u32,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its bytes inside the record.
    pub(crate) range: Range<usize>,
    pub(crate) source: Source,
    pub(crate) encoding: Encoding,
    pub(crate) rules: Rules,
    pub(crate) empty: Empty,
    /// The only values taken; none listed means any.
    pub(crate) allowed: Vec<String>,
    pub(crate) date: Option<DateRule>,
    /// A value must have all the digits or characters that the item has room for.
    pub(crate) exact: bool,
    /// How sure the layout file is of the item.
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No value, and the item may not be empty.
    Empty,
    /// A character that is not one of 0 to 9.
    NotADigit(char),
    /// A character without a code in the target encoding.
    NotInSet(char, Encoding),
    /// A one-byte character where only two-byte characters stand.
    OneByteCharacter(char),
    /// A two-byte character where only one-byte characters stand.
    TwoByteCharacter(char),
    /// More bytes than the item has.
    TooLong { needs: usize, has: usize },
    /// Fewer bytes than the item has, and it wants them all.
    TooShort { bytes: usize, has: usize },
    /// Not one of the allowed values.
    NotAllowed { value: String, allowed: Vec<String> },
    /// Not a day of the calendar.
    NotADate(DateRule),
    /// Another value than the first record of the block has.
    DiffersInBlock,
}

impl Fault {
    /// The character at fault.
    pub(crate) fn character(&self) -> Option<char> {
        match self {
            Fault::NotADigit(c)
            | Fault::NotInSet(c, _)
            | Fault::OneByteCharacter(c)
            | Fault::TwoByteCharacter(c) => Some(*c),
            Fault::Empty
            | Fault::TooLong { .. }
            | Fault::TooShort { .. }
            | Fault::NotAllowed { .. }
            | Fault::NotADate(_)
            | Fault::DiffersInBlock => None,
        }
    }

    /// The rule that is broken.
    pub(crate) fn wrong(&self) -> String {
        match self {
            Fault::Empty => "the value is empty".into(),
            Fault::NotADigit(_) => "not a digit".into(),
            Fault::NotInSet(..) => "the character set of the layout lacks it".into(),
            Fault::OneByteCharacter(_) => "a one-byte character in a two-byte item".into(),
            Fault::TwoByteCharacter(_) => "a two-byte character in a one-byte item".into(),
            Fault::TooLong { needs, has } => format!("the value needs {needs} bytes, the item has {has}"),
            Fault::TooShort { bytes, has } => {
                format!("the value has {bytes} bytes, the item wants all {has}")
            }
            Fault::NotAllowed { value, .. } => match quoted(value) {
                Some(quoted) => format!("{quoted} is not an allowed value"),
                None => "not an allowed value".into(),
            },
            Fault::NotADate(_) => "not a date".into(),
            Fault::DiffersInBlock => "differs from the first record of its block".into(),
        }
    }

    /// What would be accepted instead.
    pub(crate) fn accepted(&self) -> String {
        match self {
            Fault::Empty => "a value".into(),
            Fault::NotADigit(_) => "digits 0 to 9 only".into(),
            Fault::NotInSet(c, encoding) => encoding.advice(*c).into(),
            Fault::OneByteCharacter(_) => "full-width characters".into(),
            Fault::TwoByteCharacter(_) => "half-width characters".into(),
            Fault::TooLong { has, .. } => format!("at most {has} bytes; nothing is cut"),
            Fault::TooShort { has, .. } => format!("exactly {has} bytes"),
            Fault::NotAllowed { allowed, .. } => allowed.join(", "),
            Fault::NotADate(DateRule::Day) => "a day of the calendar as YYYYMMDD".into(),
            Fault::NotADate(DateRule::DayOrZeros) => "a day of the calendar as YYYYMMDD, or 00000000".into(),
            Fault::DiffersInBlock => "one value for all records of a block".into(),
        }
    }
}

impl Item {
    /// Number and name, as the partner's sheet has them.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.no, self.name)
    }

    /// Writes `value` into the item's bytes of `record`. Returns how many characters the item's rules changed.
    pub(crate) fn write(&self, value: &str, record: &mut [u8], faults: &mut Vec<Fault>) -> u64 {
        let field = &mut record[self.range.clone()];
        if value.is_empty() {
            match self.empty {
                Empty::Refuse => faults.push(Fault::Empty),
                Empty::Spaces => fill_spaces(self.kind, field),
                Empty::Zeros => field.fill(b'0'),
            }
            return 0;
        }
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == value) {
            faults.push(Fault::NotAllowed { value: value.to_owned(), allowed: self.allowed.clone() });
        }
        if let Some(rule) = self.date
            && !is_date(value, rule)
        {
            faults.push(Fault::NotADate(rule));
            return 0;
        }
        match self.kind {
            Kind::Digits => self.write_digits(value, field, faults),
            Kind::OneByte => self.write_one_byte(value, field, faults),
            Kind::TwoByte => self.write_two_byte(value, field, faults),
        }
    }

    /// Writes a count or a sum.
    pub(crate) fn write_number(&self, number: u128, record: &mut [u8]) -> Result<(), Fault> {
        let mut faults = Vec::new();
        self.write_digits(&number.to_string(), &mut record[self.range.clone()], &mut faults);
        faults.pop().map_or(Ok(()), Err)
    }

    fn write_digits(&self, value: &str, field: &mut [u8], faults: &mut Vec<Fault>) -> u64 {
        if let Some(c) = value.chars().find(|c| !c.is_ascii_digit()) {
            faults.push(Fault::NotADigit(c));
            return 0;
        }
        let Some(zeros) = field.len().checked_sub(value.len()) else {
            faults.push(Fault::TooLong { needs: value.len(), has: field.len() });
            return 0;
        };
        if self.exact && zeros > 0 {
            faults.push(Fault::TooShort { bytes: value.len(), has: field.len() });
        }
        field[..zeros].fill(b'0');
        field[zeros..].copy_from_slice(value.as_bytes());
        0
    }

    fn write_one_byte(&self, value: &str, field: &mut [u8], faults: &mut Vec<Fault>) -> u64 {
        let mut used = 0;
        let folds = self.rules.apply(value, |c, source| {
            match self.encoding.code(c) {
                Some(code) if code < 0x100 => {
                    if let Some(byte) = field.get_mut(used) {
                        *byte = code as u8;
                    }
                }
                Some(_) => note(faults, Fault::TwoByteCharacter(source)),
                None => note(faults, Fault::NotInSet(source, self.encoding)),
            }
            used += 1;
        });
        self.close(used, field, faults);
        folds
    }

    fn write_two_byte(&self, value: &str, field: &mut [u8], faults: &mut Vec<Fault>) -> u64 {
        let mut used = 0;
        let folds = self.rules.apply(value, |c, source| {
            match self.encoding.code(c) {
                Some(code) if code >= 0x100 => {
                    if let Some(pair) = field.get_mut(used..used + 2) {
                        pair.copy_from_slice(&code.to_be_bytes());
                    }
                }
                Some(_) => note(faults, Fault::OneByteCharacter(source)),
                None => note(faults, Fault::NotInSet(source, self.encoding)),
            }
            used += 2;
        });
        self.close(used, field, faults);
        folds
    }

    /// Judges the length of what was written and fills the rest.
    fn close(&self, used: usize, field: &mut [u8], faults: &mut Vec<Fault>) {
        let has = field.len();
        if used > has {
            faults.push(Fault::TooLong { needs: used, has });
            return;
        }
        if self.exact && used < has {
            faults.push(Fault::TooShort { bytes: used, has });
        }
        fill_spaces(self.kind, &mut field[used..]);
    }
}

fn note(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < MAX_FAULTS_PER_VALUE && !faults.contains(&fault) {
        faults.push(fault);
    }
}

fn fill_spaces(kind: Kind, field: &mut [u8]) {
    match kind {
        Kind::Digits | Kind::OneByte => field.fill(b' '),
        Kind::TwoByte => field.chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&[0x81, 0x40])),
    }
}

fn is_date(value: &str, rule: DateRule) -> bool {
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if rule == DateRule::DayOrZeros && value == "00000000" {
        return true;
    }
    let part = |range: Range<usize>| value[range].parse::<i16>().unwrap_or(0);
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    year > 0 && Date::new(year, month as i8, day as i8).is_ok()
}

fn quoted(value: &str) -> Option<String> {
    (value.chars().count() <= MAX_QUOTED_CHARS).then(|| format!("\"{}\"", value.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::text::Width;

    fn item(kind: Kind, bytes: usize) -> Item {
        Item {
            no: 1,
            name: "項目".into(),
            kind,
            range: 0..bytes,
            source: Source::Column("項目".into()),
            encoding: Encoding::ShiftJis,
            rules: Rules::default(),
            empty: if kind == Kind::Digits { Empty::Refuse } else { Empty::Spaces },
            allowed: Vec::new(),
            date: None,
            exact: false,
            confidence: None,
            note: None,
        }
    }

    fn write(item: &Item, value: &str) -> Result<Vec<u8>, Vec<Fault>> {
        let mut record = vec![0; item.range.len()];
        let mut faults = Vec::new();
        item.write(value, &mut record, &mut faults);
        if faults.is_empty() { Ok(record) } else { Err(faults) }
    }

    #[test]
    fn digits_stand_right_and_are_filled_with_zeros() {
        assert_eq!(write(&item(Kind::Digits, 5), "42"), Ok(b"00042".to_vec()));
        assert_eq!(write(&item(Kind::Digits, 2), "42"), Ok(b"42".to_vec()));
    }

    #[test]
    fn digits_take_nothing_but_the_ten_ascii_digits() {
        for (value, c) in [("-1", '-'), ("１", '１'), ("1 ", ' '), ("1.0", '.'), ("٣", '٣')] {
            assert_eq!(write(&item(Kind::Digits, 9), value), Err(vec![Fault::NotADigit(c)]));
        }
        assert_eq!(write(&item(Kind::Digits, 9), ""), Err(vec![Fault::Empty]));
    }

    #[test]
    fn a_value_longer_than_its_item_is_refused() {
        assert_eq!(write(&item(Kind::Digits, 2), "123"), Err(vec![Fault::TooLong { needs: 3, has: 2 }]));
        assert_eq!(write(&item(Kind::OneByte, 2), "abc"), Err(vec![Fault::TooLong { needs: 3, has: 2 }]));
        assert_eq!(write(&item(Kind::TwoByte, 4), "山田家"), Err(vec![Fault::TooLong { needs: 6, has: 4 }]));
    }

    #[test]
    fn a_sound_mark_counts_as_a_byte_of_its_own() {
        let mut kana = item(Kind::OneByte, 3);
        kana.rules.width = Width::Half;
        assert_eq!(write(&kana, "ガガ"), Err(vec![Fault::TooLong { needs: 4, has: 3 }]));
        assert_eq!(write(&kana, "ガ"), Ok(vec![0xb6, 0xde, b' ']));
    }

    #[test]
    fn two_byte_items_are_filled_with_wide_spaces_and_take_no_one_byte_character() {
        let wide = item(Kind::TwoByte, 6);
        assert_eq!(write(&wide, "山"), Ok(vec![0x8e, 0x52, 0x81, 0x40, 0x81, 0x40]));
        assert_eq!(write(&wide, ""), Ok([0x81, 0x40].repeat(3)));
        assert_eq!(write(&wide, "ｶ"), Err(vec![Fault::OneByteCharacter('ｶ')]));
        assert_eq!(write(&item(Kind::OneByte, 6), "山"), Err(vec![Fault::TwoByteCharacter('山')]));
    }

    #[test]
    fn every_offending_character_of_a_value_is_named_once() {
        let set = Encoding::ShiftJis;
        let faults = write(&item(Kind::TwoByte, 20), "髙山髙①").expect_err("two characters lack a code");
        assert_eq!(faults, vec![Fault::NotInSet('髙', set), Fault::NotInSet('①', set)]);
    }

    #[test]
    fn a_date_must_be_in_the_calendar() {
        let mut date = item(Kind::Digits, 8);
        date.date = Some(DateRule::Day);
        for bad in ["20230229", "20231301", "00000000", "2023010", "2023-01-", "00000101"] {
            assert_eq!(write(&date, bad), Err(vec![Fault::NotADate(DateRule::Day)]), "{bad}");
        }
        assert!(write(&date, "20240229").is_ok());
        date.date = Some(DateRule::DayOrZeros);
        assert!(write(&date, "00000000").is_ok());
    }

    #[test]
    fn only_listed_values_pass_where_values_are_listed() {
        let mut sex = item(Kind::Digits, 1);
        sex.allowed = vec!["1".into(), "2".into()];
        assert!(write(&sex, "2").is_ok());
        assert!(matches!(&write(&sex, "3").expect_err("3 is not listed")[..], [Fault::NotAllowed { .. }]));
    }

    #[test]
    fn an_exact_item_takes_no_shorter_value() {
        let mut number = item(Kind::Digits, 10);
        number.exact = true;
        assert_eq!(write(&number, "123456789"), Err(vec![Fault::TooShort { bytes: 9, has: 10 }]));
    }

    #[test]
    fn an_empty_value_becomes_what_the_item_says() {
        let mut result = item(Kind::Digits, 2);
        result.empty = Empty::Spaces;
        assert_eq!(write(&result, ""), Ok(b"  ".to_vec()));
        result.empty = Empty::Zeros;
        assert_eq!(write(&result, ""), Ok(b"00".to_vec()));
    }
}
