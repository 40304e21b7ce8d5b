//! One item: where its value comes from, and how that value becomes exactly its bytes.
//!
//! Owns: kinds, alignment, filling, and the checks of a single value on the way out (`reading` has the way in).
//! Promises: an item's bytes are always all written or a fault is returned; nothing is replaced but by a table of the
//! layout, nothing is cut but where the layout says so, and both are handed back; nothing is left over.
//! On failure: every [`ValueFault`] of the value, up to a named limit; the bytes are then meaningless.
//! Never: looks at another item or at another record.

use std::ops::Range;
use std::str::Chars;
use std::sync::Arc;

use super::charset::{CharacterCode, Charset, Encoding, is_variation_selector};
use super::dates::DatePattern;
pub(crate) use super::fault::{Fault, ValueFault};
use super::folding::Folding;
use super::phrases::RequiredPhrases;
use super::repertoire::Repertoire;
use super::text::TextRules;
use super::words::{
    Align, CheckMethod, Confidence, EmptyValue, GatewayValue, ItemKind, Numbered, Overflow, Pad, Sign,
    TimeForm,
};

/// More faults of a single value than this are not listed: they have one cause.
const MAX_FAULTS_PER_VALUE: usize = 16;
/// JIS X 0208 begins.
pub(super) const SHIFT_IN: &[u8] = b"\x1b$B";
/// JIS X 0201 Latin begins.
pub(super) const SHIFT_OUT: &[u8] = b"\x1b(J";
/// The name under which cuts are reported and counted.
const TRUNCATE: &str = "truncate";
/// Marks that make another sound of the kana before them.
const SOUND_MARKS: [char; 4] = ['ﾞ', 'ﾟ', '\u{3099}', '\u{309a}'];

fn is_kana(character: char) -> bool {
    matches!(character, 'ｦ'..='ﾝ' | 'ァ'..='ヺ' | 'ぁ'..='ゖ')
}

/// Where the value of an item comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueOrigin {
    /// A column of the input (index into the layout's columns).
    Column(usize),
    /// Always this text.
    Literal(String),
    /// Always these bytes, which fill the item.
    Bytes(Vec<u8>),
    /// A count or a sum (index into the layout's totals), over the block or the file.
    Total(usize),
    /// A running number.
    Sequence {
        /// What the running number counts.
        of: Numbered,
        /// The first number.
        first: u64,
    },
    /// The check digit of other items of the record (indices), one after the other.
    CheckDigit {
        /// How the check digit is reckoned.
        method: CheckMethod,
        /// The items.
        over: Vec<usize>,
    },
    /// What the gateway knows.
    Gateway(GatewayValue),
    /// What the link says under this name, else the default.
    Link {
        /// The name in the link's values.
        key: String,
        /// Used when the link says nothing.
        default: Option<String>,
    },
    /// The bytes of an item of the block's data records (index into the layout's repeated items).
    Block(usize),
}

/// The item as the other kind, where the link says which.
#[derive(Debug, Clone)]
pub(crate) struct OtherKind {
    /// The name of the link's value.
    pub(crate) key: String,
    pub(crate) item: Item,
}

/// One item of a record, checked.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The number on the partner's sheet; `6-2` for the second item of a group.
    pub(crate) no: String,
    pub(crate) name: String,
    pub(crate) kind: ItemKind,
    /// The item's bytes inside a record of fixed width.
    pub(crate) range: Range<usize>,
    /// The item is filled to its width.
    pub(crate) filled: bool,
    /// The most bytes a value may have; the width, where it is filled.
    pub(crate) bytes: usize,
    /// The most characters.
    pub(crate) characters: Option<usize>,
    pub(crate) source: ValueOrigin,
    pub(crate) charset: Charset,
    pub(crate) repertoire: Option<Arc<Repertoire>>,
    pub(crate) rules: TextRules,
    pub(crate) folding: Arc<Folding>,
    /// A bit for each remainder of 64 that some character has which may not be written: most text is cleared by it.
    pub(crate) suspects: u64,
    /// Characters that may not be written although the set has them.
    pub(crate) barred: String,
    /// The ranges of characters that may be written; none means all.
    pub(crate) only: Option<Arc<Vec<(char, char)>>>,
    pub(crate) empty: EmptyValue,
    pub(crate) align: Align,
    pub(crate) pad: Pad,
    pub(crate) sign: Option<Sign>,
    /// Reading drops leading zeros.
    pub(crate) number: bool,
    /// A value must have all the digits or characters that the item has room for.
    pub(crate) exact: bool,
    /// The only values taken; none listed means any.
    pub(crate) allowed: Vec<String>,
    /// The source's word and the text for it.
    pub(crate) map: Vec<(String, String)>,
    pub(crate) date: Option<DatePattern>,
    pub(crate) time: Option<TimeForm>,
    pub(crate) verify: Option<CheckMethod>,
    pub(crate) overflow: Overflow,
    pub(crate) shifts_inside: bool,
    /// A column of a CSV file that always stands between quotes.
    pub(crate) quoted: bool,
    /// Reading takes whatever stands there.
    pub(crate) unchecked: bool,
    /// What the text must hold, where the link asks for it.
    pub(crate) phrases: Option<Box<RequiredPhrases>>,
    /// The item as the other kind, where the link chooses.
    pub(crate) other: Option<Box<OtherKind>>,
    /// How sure the layout file is of the item.
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
}

/// A character that was replaced, or a value that was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fold {
    /// What the source has.
    pub(crate) from: String,
    /// What was written; empty for what was cut off.
    pub(crate) to: String,
    /// The table.
    pub(crate) table: Arc<str>,
}

/// What writing one value gives.
#[derive(Debug, Default)]
pub(crate) struct EncodingBuffer {
    /// The bytes of the item; all of them, where it is filled.
    pub(crate) bytes: Vec<u8>,
    /// Why those bytes mean nothing.
    pub(crate) faults: Vec<ValueFault>,
    /// What was replaced or cut.
    pub(crate) folds: Vec<Fold>,
    /// Characters that rules changed.
    pub(crate) changed: u64,
    /// The last two bytes belong to two-byte characters (7-bit JIS, mixed text).
    shifted: bool,
    /// Characters written.
    characters: usize,
}

impl Item {
    /// A bit for each remainder of 64: set where a barred character has that remainder; all set where only listed characters pass.
    pub(super) fn suspects(barred: &str, lists: bool) -> u64 {
        if lists { u64::MAX } else { barred.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64)) }
    }

    /// Number and name, as the partner's sheet has them.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.no, self.name)
    }

    /// Neither map, time, check digit, sign, phrases nor shift codes decide how a value stands in its width.
    #[inline]
    pub(super) fn is_simple(&self) -> bool {
        self.filled
            && self.phrases.is_none()
            && self.map.is_empty()
            && self.time.is_none()
            && self.verify.is_none()
            && self.sign.is_none()
            && !self.shifts_inside
    }

    /// Alignment and filling are those usual for the kind: digits right and zeros, text left and spaces.
    pub(super) fn is_filled_as_usual(&self) -> bool {
        let digits = self.kind == ItemKind::Digits;
        self.align == (if digits { Align::Right } else { Align::Left })
            && self.pad == (if digits { Pad::Zeros } else { Pad::Spaces })
    }

    /// Writes `value` into `out.bytes`, which is emptied before.
    pub(crate) fn write(&self, value: &str, out: &mut EncodingBuffer) {
        out.bytes.clear();
        (out.shifted, out.characters) = (false, 0);
        if let Some(phrase) = self.phrases.as_ref().and_then(|phrases| phrases.lacking(value)) {
            out.faults.push(ValueFault::LacksPhrase(phrase.to_owned()));
        }
        if !self.map.is_empty() {
            match self.map.iter().find(|(word, _)| word == value) {
                // A word for nothing: the item stays blank, whatever is said of empty values.
                Some((_, code)) if code.is_empty() && self.filled => return self.close(Pad::Spaces, out),
                Some((_, code)) if code.is_empty() => return,
                Some((_, code)) => return self.write_plain(code, out),
                None => {}
            }
            if self.date.is_none() && self.time.is_none() && !value.is_empty() {
                let allowed = self.map.iter().map(|(word, _)| word.clone()).collect();
                return out.faults.push(ValueFault::NotAllowed { value: value.to_owned(), allowed });
            }
        }
        if value.is_empty() || (self.empty == EmptyValue::Refuse && self.is_blank(value)) {
            return self.write_nothing(out);
        }
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| self.is_code(allowed, value)) {
            out.faults
                .push(ValueFault::NotAllowed { value: value.to_owned(), allowed: self.allowed.clone() });
        }
        let mut text = String::new();
        if let Some(pattern) = &self.date {
            if pattern.is_a_plain_day(value.as_bytes()) {
                return self.write_plain(value, out);
            }
            match pattern.write(value, &mut text) {
                Some(()) => self.write_plain(&text, out),
                None => out.faults.push(ValueFault::not_a_date(pattern)),
            }
        } else if let Some(form) = self.time {
            match form.write(value, &mut text) {
                Some(()) => self.write_plain(&text, out),
                None => out.faults.push(ValueFault::NotATime(form.word())),
            }
        } else {
            self.write_plain(value, out);
        }
    }

    /// Writes a count, a sum or a running number.
    pub(crate) fn write_number(&self, number: i128, out: &mut EncodingBuffer) {
        out.bytes.clear();
        self.write_plain(&number.to_string(), out);
    }

    /// Text that is no longer subject to maps and dates.
    #[inline]
    fn write_plain(&self, text: &str, out: &mut EncodingBuffer) {
        if text.is_empty() {
            return self.write_nothing(out);
        }
        if self.verify.is_some_and(|method| !method.verifies(text.as_bytes())) {
            out.faults.extend(self.verify.map(ValueFault::CheckDigit));
        }
        match self.kind {
            // Blanks and the like, where a map says so.
            ItemKind::Digits if !self.map.is_empty() && !text.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.write_text(text, out);
            }
            ItemKind::Digits => self.write_digits(text, out),
            ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed => self.write_text(text, out),
        }
    }

    /// The code of a map as it stands in the field once the filling is gone.
    pub(super) fn is_code(&self, code: &str, written: &str) -> bool {
        let filled_digits = self.kind == ItemKind::Digits
            && self.filled
            && self.pad == Pad::Zeros
            && !code.is_empty()
            && code.bytes().all(|byte| byte.is_ascii_digit());
        if filled_digits {
            written.len() >= code.len() && written.trim_start_matches('0') == code.trim_start_matches('0')
        } else {
            written == code || written == code.trim_end_matches([' ', '　'])
        }
    }

    fn write_nothing(&self, out: &mut EncodingBuffer) {
        match self.empty {
            EmptyValue::Refuse => out.faults.push(ValueFault::Empty),
            EmptyValue::Spaces if self.filled => self.close(Pad::Spaces, out),
            EmptyValue::Spaces => {}
            EmptyValue::Zeros if self.filled => out.bytes.resize(self.bytes, b'0'),
            EmptyValue::Zeros => out.bytes.push(b'0'),
        }
    }

    fn write_digits(&self, value: &str, out: &mut EncodingBuffer) {
        let (sign, digits) = match (self.sign, value.as_bytes()) {
            (Some(_), [sign @ (b'+' | b'-'), ..]) => (*sign, &value[1..]),
            (Some(_) | None, _) => (b'+', value),
        };
        if let Some(c) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return out.faults.push(ValueFault::NotADigit(c));
        }
        if digits.is_empty() {
            return out.faults.push(ValueFault::Empty);
        }
        let negative = sign == b'-' && digits.bytes().any(|digit| digit != b'0');
        let (before, after) = match self.sign {
            None => (None, None),
            Some(Sign::Minus) => (negative.then_some(b'-'), None),
            Some(Sign::Leading) => (Some(if negative { b'-' } else { b'+' }), None),
            Some(Sign::Trailing) => (None, Some(if negative { b'-' } else { b'+' })),
        };
        let signs = usize::from(before.is_some()) + usize::from(after.is_some());
        let needs = digits.len() + signs;
        if needs > self.bytes {
            return out.faults.push(ValueFault::TooLong { needs, has: self.bytes });
        }
        if self.exact && needs < self.bytes {
            return out.faults.push(ValueFault::TooShort { bytes: needs, has: self.bytes });
        }
        out.bytes.extend(before);
        if self.filled && self.pad == Pad::Zeros && self.align == Align::Right {
            out.bytes.resize(out.bytes.len() + self.bytes - needs, b'0');
        }
        out.bytes.extend_from_slice(digits.as_bytes());
        out.bytes.extend(after);
        if self.filled && out.bytes.len() < self.bytes {
            self.close(self.pad, out);
        }
    }

    fn write_text(&self, value: &str, out: &mut EncodingBuffer) {
        let (room, mut rest, mut cut) = (self.room(), value.chars(), false);
        if self.shifts_inside {
            out.bytes.extend_from_slice(SHIFT_IN);
        }
        let start = out.bytes.len();
        if self.write_quickly(value, out) {
            rest = "".chars();
        }
        let mut last = None;
        while !cut && !rest.as_str().is_empty() {
            let before = (out.bytes.len(), out.shifted, out.characters, out.folds.len(), out.changed);
            let from = rest.as_str();
            self.write_character(from, &mut rest, out);
            let closing = if out.shifted { SHIFT_OUT.len() } else { 0 };
            let too_long = out.bytes.len() - start + closing > room;
            let too_many = self.characters.is_some_and(|most| out.characters > most);
            if self.overflow == Overflow::Truncate && (too_long || too_many) {
                // A kana goes with its sound mark.
                let whole = last.filter(|(_, kana): &(_, &str)| {
                    from.starts_with(SOUND_MARKS) && kana.starts_with(is_kana)
                });
                let (before, from) = whole.unwrap_or((before, from));
                out.bytes.truncate(before.0);
                out.folds.truncate(before.3);
                (out.shifted, out.characters, out.changed, cut) = (before.1, before.2, before.4, true);
                out.folds.push(Fold { from: from.to_owned(), to: String::new(), table: TRUNCATE.into() });
            }
            last = Some((before, from));
        }
        if out.shifted {
            out.bytes.extend_from_slice(SHIFT_OUT);
        }
        let used = out.bytes.len() - start;
        self.judge_length(used, room, cut, out);
        if self.filled && (used < room || self.shifts_inside) && used <= room {
            self.close(self.pad, out);
        }
    }

    /// Nothing but the spaces that fill the item: a reader could not tell it from no value.
    fn is_blank(&self, value: &str) -> bool {
        self.filled && self.kind != ItemKind::Digits && value.chars().all(|c| matches!(c, ' ' | '　'))
    }

    /// The text ends, where filling would stand, in what fills the item: a reader takes it for filling.
    fn ends_in_filling(&self, out: &EncodingBuffer) -> bool {
        let filling: &[u8] = match (self.pad, self.kind) {
            (Pad::Zeros, _) => b"0",
            (Pad::Spaces, ItemKind::TwoByte) => self.charset.encoding.wide_space(),
            (Pad::Spaces, ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed) => b" ",
        };
        let text = if self.shifts_inside { &out.bytes[SHIFT_IN.len()..] } else { &out.bytes[..] };
        let at = match self.align {
            Align::Left => text.len().checked_sub(filling.len()).and_then(|at| text.get(at..)),
            Align::Right => text.get(..filling.len()),
        };
        self.filled && at == Some(filling)
    }

    /// Most text needs no care: each of its characters has a code. Anything else is undone and left to the careful way.
    #[inline]
    fn write_quickly(&self, value: &str, out: &mut EncodingBuffer) -> bool {
        let careful = self.characters.is_some()
            || self.overflow == Overflow::Truncate
            || self.charset.encoding == Encoding::Utf8
            || self.charset.encoding == Encoding::Jis7 && self.kind == ItemKind::Mixed;
        if careful {
            return false;
        }
        let (start, mut changed, mut rest) = (out.bytes.len(), 0, value.chars());
        while let Some(source) = rest.next() {
            let step = self.rules.step(source, &mut rest);
            changed += step.changed;
            if !self.push(step.first, &mut out.bytes)
                || step.second.is_some_and(|second| !self.push(second, &mut out.bytes))
            {
                out.bytes.truncate(start);
                return false;
            }
        }
        out.changed += changed;
        true
    }

    #[inline]
    pub(super) fn push(&self, c: char, bytes: &mut Vec<u8>) -> bool {
        if self.is_kept_out(c) {
            return false;
        }
        match (self.kind, self.charset.code(c)) {
            (ItemKind::OneByte | ItemKind::Mixed, Some(CharacterCode::One(byte))) => bytes.push(byte),
            (ItemKind::TwoByte | ItemKind::Mixed, Some(CharacterCode::Two(pair))) => {
                bytes.extend_from_slice(&pair)
            }
            (ItemKind::Digits | ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed, _) => return false,
        }
        true
    }

    fn judge_length(&self, used: usize, room: usize, cut: bool, out: &mut EncodingBuffer) {
        if used > room {
            out.faults.push(ValueFault::TooLong { needs: used, has: room });
        } else if self.exact && !cut && (used < room || self.ends_in_filling(out)) {
            out.faults.push(ValueFault::TooShort { bytes: used, has: room });
        }
        if let Some(most) = self.characters.filter(|&most| out.characters > most) {
            out.faults.push(ValueFault::TooManyCharacters { characters: out.characters, most });
        }
    }

    /// Writes one character of the source with the marks that belong to it; `from` is the text that begins with it.
    #[inline]
    fn write_character(&self, from: &str, rest: &mut Chars, out: &mut EncodingBuffer) {
        let Some(source) = rest.next() else { return };
        let step = self.rules.step(source, rest);
        let selector = if source < '\u{2000}' { None } else { rest.as_str().chars().next() };
        if selector.is_none_or(|next| !is_variation_selector(next))
            && let Some(first) = self.code(step.first)
        {
            match step.second {
                None => {
                    self.put(step.first, first, out);
                    out.changed += step.changed;
                    return;
                }
                Some(second) => {
                    if let Some(code) = self.code(second) {
                        self.put(step.first, first, out);
                        self.put(second, code, out);
                        out.changed += step.changed;
                        return;
                    }
                }
            }
        }
        self.write_folded(source, step.first, from, rest, out);
    }

    /// The way of a character that can't be written as it is: exact with its selector, folded, or refused.
    #[cold]
    fn write_folded(
        &self,
        source: char,
        first: char,
        from: &str,
        rest: &mut Chars,
        out: &mut EncodingBuffer,
    ) {
        let selectors = rest.as_str().chars().take_while(|&c| is_variation_selector(c)).count();
        for _ in 0..selectors {
            rest.next();
        }
        let unit = &from[..from.len() - rest.as_str().len()];
        let selected = unit.chars().last().filter(|_| selectors == 1);
        let exact = selected.and_then(|selector| self.code_with(first, selector));
        if let Some(code) = exact {
            self.put(first, code, out);
            return out.bytes.extend_from_slice(&unit.as_bytes()[source.len_utf8()..]);
        }
        let fits = |to: &str| {
            let mut rest = to.chars();
            std::iter::from_fn(|| rest.next().map(|c| self.rules.step(c, &mut rest))).all(|step| {
                [Some(step.first), step.second].into_iter().flatten().all(|c| self.code(c).is_some())
            })
        };
        let alone = first.to_string();
        let found = self.folding.fold(unit, fits);
        let found = found.or_else(|| self.folding.fold(&alone, fits).filter(|_| selectors == 0));
        let Some((to, table)) = found else {
            if self.code(first).is_none() {
                note(&mut out.faults, self.why_not(first, source));
            }
            for c in unit.chars().filter(|&c| is_variation_selector(c)) {
                note(&mut out.faults, ValueFault::NotInSet(c, self.charset.encoding));
            }
            out.characters += 1;
            return;
        };
        let mut chars = to.chars();
        while let Some(c) = chars.next() {
            let step = self.rules.step(c, &mut chars);
            for c in [Some(step.first), step.second].into_iter().flatten() {
                if let Some(code) = self.code(c) {
                    self.put(c, code, out);
                }
            }
        }
        out.folds.push(Fold { from: unit.to_owned(), to, table });
    }

    #[inline]
    fn put(&self, c: char, code: CharacterCode, out: &mut EncodingBuffer) {
        out.characters += 1;
        let shifts = self.charset.encoding == Encoding::Jis7 && self.kind == ItemKind::Mixed;
        match code {
            CharacterCode::One(byte) => {
                if shifts && out.shifted {
                    out.bytes.extend_from_slice(SHIFT_OUT);
                    out.shifted = false;
                }
                out.bytes.push(byte);
            }
            CharacterCode::Two(pair) => {
                if shifts && !out.shifted {
                    out.bytes.extend_from_slice(SHIFT_IN);
                    out.shifted = true;
                }
                out.bytes.extend_from_slice(&pair);
            }
            CharacterCode::Unicode { .. } => {
                out.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }

    /// The bytes that text may take: the width without shift codes.
    pub(super) fn room(&self) -> usize {
        if self.shifts_inside { self.bytes - SHIFT_IN.len() - SHIFT_OUT.len() } else { self.bytes }
    }

    /// Fills what is left of the width and closes the shift.
    fn close(&self, pad: Pad, out: &mut EncodingBuffer) {
        if self.shifts_inside && out.bytes.is_empty() {
            out.bytes.extend_from_slice(SHIFT_IN);
        }
        let end = if self.shifts_inside { self.bytes - SHIFT_OUT.len() } else { self.bytes };
        let start = if self.shifts_inside { SHIFT_IN.len() } else { 0 };
        let used = out.bytes.len();
        match (pad, self.kind) {
            (Pad::Spaces, ItemKind::TwoByte) => {
                let space = self.charset.encoding.wide_space();
                out.bytes.resize(end.max(used), b' ');
                out.bytes[used..].chunks_exact_mut(space.len()).for_each(|pair| pair.copy_from_slice(space));
            }
            (Pad::Spaces, ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed) => {
                out.bytes.resize(end.max(used), b' ')
            }
            (Pad::Zeros, _) => out.bytes.resize(end.max(used), b'0'),
        }
        if self.align == Align::Right && used > start {
            out.bytes[start..].rotate_left(used - start);
        }
        if self.shifts_inside {
            out.bytes.extend_from_slice(SHIFT_OUT);
        }
    }
}

fn note(faults: &mut Vec<ValueFault>, fault: ValueFault) {
    if faults.len() < MAX_FAULTS_PER_VALUE && !faults.contains(&fault) {
        faults.push(fault);
    }
}
