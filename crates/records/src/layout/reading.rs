//! An item on the way in: its bytes, the checks of encoding once more, and the value they stand for.
//!
//! Owns: the reverse of every kind, filling, map, date and sign.
//! Promises: bytes that are taken are bytes that `item` could have written, or that mean the same; whatever the bytes, the
//! answer is a value or a fault.
//! On failure: the first [`ValueFault`] of the item.
//! Never: replaces bytes that mean nothing; shares code with the writer beyond the character tables.

use super::charset::{Encoding, is_variation_selector, is_wide};
use super::dates::DateParts;
use super::item::{Item, SHIFT_IN, SHIFT_OUT, ValueFault, ValueOrigin};
use super::quick::{are_digits, are_one_byte};
use super::words::{Align, EmptyValue, ItemKind, Pad, Sign};

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadValue {
    /// The value as the source would have it, appended to the text.
    Text,
    /// A part of a date, or all of it.
    Date(DateParts),
}

impl Item {
    /// Appends the value to `text`, or hands back the parts of a date.
    pub(crate) fn read(&self, field: &[u8], text: &mut String) -> Result<ReadValue, ValueFault> {
        let start = text.len();
        self.written(field, text)?;
        let written = &text[start..];
        if let Some(phrase) = self.phrases.as_ref().and_then(|phrases| phrases.lacking(written)) {
            return Err(ValueFault::LacksPhrase(phrase.to_owned()));
        }
        if let Some((word, _)) = self.map.iter().find(|(_, code)| self.is_code(code, written)) {
            let word = word.clone();
            text.truncate(start);
            text.push_str(&word);
            return Ok(ReadValue::Text);
        }
        if self.is_zeros_for_nothing(written) {
            text.truncate(start);
            return Ok(ReadValue::Text);
        }
        if !self.map.is_empty() && self.date.is_none() && self.time.is_none() && !written.is_empty() {
            let mut allowed: Vec<String> = self.map.iter().map(|(_, code)| code.clone()).collect();
            allowed.sort();
            return Err(ValueFault::NotAllowed { value: written.to_owned(), allowed });
        }
        if written.is_empty() {
            return if self.may_be_blank() { Ok(ReadValue::Text) } else { Err(ValueFault::Empty) };
        }
        self.rules_of_the_value(written)?;
        if let Some(pattern) = &self.date {
            let parts = pattern.read(written).ok_or_else(|| ValueFault::not_written(pattern))?;
            text.truncate(start);
            return Ok(ReadValue::Date(parts));
        }
        if let Some(form) = self.time {
            let digits = form.read(written).ok_or(ValueFault::NotATime(form.word()))?;
            text.truncate(start);
            text.push_str(&digits);
        } else if self.kind == ItemKind::Digits && (self.number || self.sign.is_some()) {
            let number = plain_number(written);
            text.truncate(start);
            text.push_str(&number);
        }
        Ok(ReadValue::Text)
    }

    /// Checks the item without looking for its value.
    pub(crate) fn check(&self, field: &[u8], scratch: &mut String) -> Result<(), ValueFault> {
        let known = match &self.date {
            Some(pattern) => pattern.is_a_plain_day(field) && self.verify.is_none(),
            None => self.is_plain() && self.has_right_bytes(field),
        };
        if known {
            return Ok(());
        }
        scratch.clear();
        if let ReadValue::Date(parts) = self.read(field, scratch)?
            && let Some(pattern) = &self.date
            && parts.text(pattern.takes_unknown_parts()).is_none()
            && !pattern.lacks_era()
        {
            return Err(ValueFault::not_written(pattern));
        }
        Ok(())
    }

    /// The number that the digits of a field stand for; blanks are nothing.
    pub(crate) fn number_in(&self, field: &[u8]) -> i128 {
        let digits = field.iter().filter(|byte| byte.is_ascii_digit());
        let number = if field.len() <= 18 {
            i128::from(digits.fold(0_i64, |sum, byte| sum * 10 + i64::from(byte - b'0')))
        } else {
            digits.fold(0_i128, |sum, byte| sum.wrapping_mul(10).wrapping_add(i128::from(byte - b'0')))
        };
        if self.sign.is_some() && field.contains(&b'-') { -number } else { number }
    }

    /// The item may stand empty: it says so, or it repeats what the data record may leave blank.
    fn may_be_blank(&self) -> bool {
        self.empty != EmptyValue::Refuse || matches!(self.source, ValueOrigin::Block(_))
    }

    /// Zeros that can be no value of the item: it was empty, and zeros stand for that.
    fn is_zeros_for_nothing(&self, written: &str) -> bool {
        let means_nothing =
            || self.date.is_some() || !self.map.is_empty() || self.rules_of_the_value(written).is_err();
        self.stands_for_nothing(written.as_bytes()) && means_nothing()
    }

    /// Zeros, where an empty value is written so.
    fn stands_for_nothing(&self, body: &[u8]) -> bool {
        self.empty == EmptyValue::Zeros && !body.is_empty() && body.iter().all(|&byte| byte == b'0')
    }

    /// Nothing but kind, encoding and perhaps a list decides.
    pub(super) fn is_plain(&self) -> bool {
        self.is_simple()
            && (!self.exact || self.kind == ItemKind::Digits)
            && self.characters.is_none()
            && self.pad == if self.kind == ItemKind::Digits { Pad::Zeros } else { Pad::Spaces }
    }

    /// The bytes of a plain item are right beyond doubt; anything else is looked at closely.
    #[inline]
    fn has_right_bytes(&self, field: &[u8]) -> bool {
        let sound = match self.kind {
            ItemKind::Digits => {
                are_digits(field) || (self.may_be_blank() && field.iter().all(|&byte| byte == b' '))
            }
            ItemKind::OneByte => {
                // Every set but Unicode has these bytes, and only Unicode lacks the kana.
                are_one_byte(field) && self.charset.encoding != Encoding::Utf8
            }
            ItemKind::TwoByte => self.are_two_byte(field),
            ItemKind::Mixed => false,
        };
        sound
            && (self.empty != EmptyValue::Refuse || self.kind == ItemKind::Digits)
            && (self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed.as_bytes() == field))
    }

    fn rules_of_the_value(&self, written: &str) -> Result<(), ValueFault> {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| self.is_code(allowed, written)) {
            return Err(ValueFault::NotAllowed { value: written.to_owned(), allowed: self.allowed.clone() });
        }
        if let Some(method) = self.verify
            && !method.verifies(written.as_bytes())
        {
            return Err(ValueFault::CheckDigit(method));
        }
        let characters = || written.chars().count();
        if let Some(most) = self.characters.filter(|&most| characters() > most) {
            return Err(ValueFault::TooManyCharacters { characters: characters(), most });
        }
        Ok(())
    }

    /// The text that the partner sees, without filling and shift codes.
    fn written(&self, field: &[u8], text: &mut String) -> Result<(), ValueFault> {
        let body = if self.shifts_inside {
            let inner = field.strip_prefix(SHIFT_IN).and_then(|rest| rest.strip_suffix(SHIFT_OUT));
            inner.ok_or(ValueFault::BadBytes { at: 0 })?
        } else {
            field
        };
        if !self.filled && body.len() > self.bytes {
            return Err(ValueFault::TooLong { needs: body.len(), has: self.bytes });
        }
        let start = text.len();
        match self.kind {
            ItemKind::Digits => return self.digits(body, text),
            ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed
                if self.charset.encoding == Encoding::Utf8 =>
            {
                self.unicode(body, text)?;
            }
            ItemKind::OneByte => {
                for (at, &byte) in body.iter().enumerate() {
                    text.push(self.charset.one_byte(byte).ok_or(ValueFault::BadBytes { at })?);
                }
            }
            ItemKind::TwoByte => self.pairs(body, text)?,
            ItemKind::Mixed => self.mixed(body, text)?,
        }
        let trimmed = self.trimmed(&text[start..]).to_owned();
        // Nothing but filling is no value at all; whether that may be is asked later.
        if self.exact && !trimmed.is_empty() && trimmed.len() < text.len() - start {
            let filling = text[start..].chars().count() - trimmed.chars().count();
            let each = match self.kind {
                ItemKind::TwoByte => self.charset.encoding.wide_space().len(),
                ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed => 1,
            };
            return Err(ValueFault::TooShort { bytes: body.len() - filling * each, has: self.room() });
        }
        text.truncate(start);
        text.push_str(&trimmed);
        Ok(())
    }

    /// Digits with their sign. A number's zeros are taken off later; blanks are nothing.
    fn digits(&self, body: &[u8], text: &mut String) -> Result<(), ValueFault> {
        let blank = !body.is_empty() && body.iter().all(|&byte| byte == b' ');
        if body.is_empty() || (self.filled && blank) {
            return if self.map.iter().any(|(_, code)| code.trim().is_empty()) || self.may_be_blank() {
                Ok(())
            } else {
                Err(ValueFault::Empty)
            };
        }
        let always_signed = matches!(self.sign, Some(Sign::Leading | Sign::Trailing));
        if self.stands_for_nothing(body) && (always_signed || self.exact && body.len() < self.bytes) {
            return Ok(());
        }
        let bad = |at: usize| ValueFault::BadBytes { at };
        let mut digits = body;
        if self.filled && self.pad == Pad::Spaces {
            digits = match self.align {
                Align::Right => &body[body.iter().take_while(|&&byte| byte == b' ').count()..],
                Align::Left => {
                    &body[..body.len() - body.iter().rev().take_while(|&&byte| byte == b' ').count()]
                }
            };
        }
        let sign = match (self.sign, digits) {
            (Some(Sign::Minus), [b'-', rest @ ..]) => Some((b'-', rest)),
            (Some(Sign::Minus) | None, rest) => Some((b'+', rest)),
            (Some(Sign::Leading), [sign @ (b'+' | b'-'), rest @ ..]) => Some((*sign, rest)),
            (Some(Sign::Trailing), [rest @ .., sign @ (b'+' | b'-')]) => Some((*sign, rest)),
            (Some(Sign::Leading | Sign::Trailing), _) => None,
        };
        let (sign, digits) = sign.ok_or(bad(0))?;
        if digits.is_empty() {
            return Err(ValueFault::Empty);
        }
        if let Some(at) = digits.iter().position(|byte| !byte.is_ascii_digit()) {
            return self.blanks_of_a_map(body, text).ok_or(bad(at));
        }
        if sign == b'-' {
            text.push('-');
        }
        text.extend(digits.iter().map(|&byte| char::from(byte)));
        if self.exact && !self.filled && body.len() < self.bytes {
            return Err(ValueFault::TooShort { bytes: body.len(), has: self.bytes });
        }
        Ok(())
    }

    /// A kind 9 item may hold other one-byte text where its map says so.
    fn blanks_of_a_map(&self, body: &[u8], text: &mut String) -> Option<()> {
        let written: Option<String> = body.iter().map(|&byte| self.charset.one_byte(byte)).collect();
        let written = written?;
        let known = self.map.iter().any(|(_, code)| code.trim_end() == written.trim_end());
        known.then(|| text.push_str(written.trim_end()))
    }

    fn pairs(&self, body: &[u8], text: &mut String) -> Result<(), ValueFault> {
        for (n, pair) in body.chunks(2).enumerate() {
            let c = match pair {
                [lead, trail] => self.charset.two_byte([*lead, *trail]),
                _ => None,
            };
            text.push(c.ok_or(ValueFault::BadBytes { at: n * 2 })?);
        }
        Ok(())
    }

    fn mixed(&self, body: &[u8], text: &mut String) -> Result<(), ValueFault> {
        let (mut at, mut shifted) = (0, false);
        while let Some(&byte) = body.get(at) {
            let bad = ValueFault::BadBytes { at };
            if self.charset.encoding == Encoding::Jis7 && byte == 0x1b {
                let rest = &body[at..];
                shifted = match shifted {
                    false if rest.starts_with(SHIFT_IN) => true,
                    true if rest.starts_with(SHIFT_OUT) => false,
                    true | false => return Err(bad),
                };
                at += SHIFT_IN.len();
            } else if shifted || self.charset.is_lead(byte) {
                let pair = body.get(at..at + 2).ok_or(bad.clone())?;
                text.push(self.charset.two_byte([pair[0], pair[1]]).ok_or(bad)?);
                at += 2;
            } else {
                text.push(self.charset.one_byte(byte).ok_or(bad)?);
                at += 1;
            }
        }
        if shifted { Err(ValueFault::BadBytes { at: body.len() }) } else { Ok(()) }
    }

    fn unicode(&self, body: &[u8], text: &mut String) -> Result<(), ValueFault> {
        let unicode =
            std::str::from_utf8(body).map_err(|error| ValueFault::BadBytes { at: error.valid_up_to() })?;
        let mut before = None;
        let mut chars = unicode.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next).filter(|&next| is_variation_selector(next));
            let selects = is_variation_selector(c) && before.is_some_and(|c| !is_variation_selector(c));
            let listed = match before.filter(|_| selects) {
                Some(before) => self.listed(before, Some(c)),
                None => self.listed(c, next),
            };
            let wide = is_wide(c);
            let right_width = match self.kind {
                ItemKind::OneByte | ItemKind::Digits => !wide,
                ItemKind::TwoByte => wide,
                ItemKind::Mixed => true,
            };
            if !right_width || listed.is_none() {
                return Err(ValueFault::BadBytes { at });
            }
            before = Some(c);
        }
        text.push_str(unicode);
        Ok(())
    }

    /// The text without its filling.
    fn trimmed<'t>(&self, text: &'t str) -> &'t str {
        if !self.filled {
            return text;
        }
        let fill = match (self.pad, self.kind) {
            (Pad::Zeros, _) => '0',
            (Pad::Spaces, ItemKind::TwoByte) => '　',
            (Pad::Spaces, ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed) => ' ',
        };
        let blank = if self.kind == ItemKind::TwoByte { '　' } else { ' ' };
        if text.chars().all(|c| c == blank) {
            return "";
        }
        let trimmed = match self.align {
            Align::Left => text.trim_end_matches(fill),
            Align::Right => text.trim_start_matches(fill),
        };
        // Nothing but zeros is the number 0, not nothing.
        if trimmed.is_empty() && fill == '0' { &text[..1] } else { trimmed }
    }
}

/// A number without its leading zeros.
fn plain_number(written: &str) -> String {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", written),
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{digits}"),
    }
}
