//! What can be wrong with a single value, on the way out and on the way in.
//!
//! Owns: the words in which an operator, or the owner of the source system, reads it.
//! Promises: a fault names the rule that is broken and what would be accepted; it quotes single characters and short codes
//! only.
//! On failure: nothing here fails.
//! Never: quotes a whole value.

use std::fmt;

use totatsu_base::{messages, say};

use super::charset::Encoding;
use super::dates::DatePattern;
use super::words::CheckMethod;

/// An allowed or refused value longer than this is not quoted in a fault.
const MAX_QUOTED_CHARS: usize = 10;

/// What is wrong with a value or with a file, as a report tells it.
pub(crate) trait Fault: fmt::Debug {
    /// The message for all faults of its kind.
    fn kind(&self) -> &'static str;

    /// The rule that is broken.
    fn wrong(&self) -> String;

    /// What would be accepted instead.
    fn accepted(&self) -> String;

    /// The character at fault.
    fn character(&self) -> Option<char> {
        None
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueFault {
    /// No value, and the item may not be empty.
    Empty,
    /// A character that is not one of 0 to 9.
    NotADigit(char),
    /// A character without a code in the target encoding.
    NotInSet(char, Encoding),
    /// A character that the partner or the item bars.
    Barred(char),
    /// A character outside the set of the item.
    NotListed(char),
    /// A one-byte character where only two-byte characters stand.
    OneByteCharacter(char),
    /// A two-byte character where only one-byte characters stand.
    TwoByteCharacter(char),
    /// More bytes than the item has.
    TooLong { needs: usize, has: usize },
    /// More characters than the item takes.
    TooManyCharacters { characters: usize, most: usize },
    /// Fewer bytes than the item has, and it wants them all.
    TooShort { bytes: usize, has: usize },
    /// Not one of the allowed values.
    NotAllowed { value: String, allowed: Vec<String> },
    /// No day of the calendar, or none in this form; the layout's own form, where that is another.
    NotADate { form: String, of_layout: Option<String> },
    /// Not a time of day.
    NotATime(&'static str),
    /// The last digit is not the check digit.
    CheckDigit(CheckMethod),
    /// The digits that a check digit is reckoned from are not digits.
    NoCheckDigit(CheckMethod),
    /// Another value than the first record of the block, or of the file, has.
    Differs,
    /// The row is of another kind, whose record has no such item.
    NotOfThisRecord,
    /// Bytes that the item's kind and encoding do not allow.
    BadBytes { at: usize },
    /// Not the bytes that always stand here.
    NotTheLiteral(String),
    /// Something stands in a filler.
    NotFiller,
    /// A total, a running number or a check digit that does not follow from the other records or items.
    NotReckoned { found: String, reckoned: String },
    /// Another value than the gateway or the link says; what they say, where it is text.
    NotOurs(Option<String>),
    /// The items of one column contradict each other.
    Contradiction,
    /// A value where another item of the record says that there is none.
    OnlyWhere { item: String, is: String },
    /// A text without a phrase that it must hold.
    LacksPhrase(String),
}

impl ValueFault {
    /// A date that a source should have.
    pub(super) fn not_a_date(pattern: &DatePattern) -> ValueFault {
        let form = pattern.source_form();
        let of_layout = (form != pattern.written).then(|| pattern.written.clone());
        ValueFault::NotADate { form, of_layout }
    }

    /// A date that a partner's file should have.
    pub(super) fn not_written(pattern: &DatePattern) -> ValueFault {
        ValueFault::NotADate { form: pattern.written.clone(), of_layout: None }
    }
}

impl Fault for ValueFault {
    fn character(&self) -> Option<char> {
        match self {
            ValueFault::NotADigit(c)
            | ValueFault::NotInSet(c, _)
            | ValueFault::Barred(c)
            | ValueFault::NotListed(c)
            | ValueFault::OneByteCharacter(c)
            | ValueFault::TwoByteCharacter(c) => Some(*c),
            ValueFault::Empty
            | ValueFault::TooLong { .. }
            | ValueFault::TooManyCharacters { .. }
            | ValueFault::TooShort { .. }
            | ValueFault::NotAllowed { .. }
            | ValueFault::NotADate { .. }
            | ValueFault::NotATime(_)
            | ValueFault::CheckDigit(_)
            | ValueFault::NoCheckDigit(_)
            | ValueFault::Differs
            | ValueFault::NotOfThisRecord
            | ValueFault::BadBytes { .. }
            | ValueFault::NotTheLiteral(_)
            | ValueFault::NotFiller
            | ValueFault::NotReckoned { .. }
            | ValueFault::NotOurs(_)
            | ValueFault::Contradiction
            | ValueFault::OnlyWhere { .. }
            | ValueFault::LacksPhrase(_) => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            ValueFault::Empty => "record-kind-empty",
            ValueFault::NotADigit(_) => "record-kind-not-a-digit",
            ValueFault::NotInSet(..) => "record-kind-not-in-set",
            ValueFault::Barred(_) => "record-kind-barred",
            ValueFault::NotListed(_) => "record-kind-not-listed",
            ValueFault::OneByteCharacter(_) => "record-kind-one-byte",
            ValueFault::TwoByteCharacter(_) => "record-kind-two-byte",
            ValueFault::TooLong { .. } | ValueFault::TooManyCharacters { .. } => "record-kind-too-long",
            ValueFault::TooShort { .. } => "record-kind-too-short",
            ValueFault::NotAllowed { .. } => "record-kind-not-allowed",
            ValueFault::NotADate { .. } => "record-kind-not-a-date",
            ValueFault::NotATime(_) => "record-kind-not-a-time",
            ValueFault::CheckDigit(_) | ValueFault::NoCheckDigit(_) => "record-kind-check-digit",
            ValueFault::Differs => "record-kind-differs",
            ValueFault::NotOfThisRecord => "record-kind-not-of-this-record",
            ValueFault::BadBytes { .. } => "record-kind-bad-bytes",
            ValueFault::NotTheLiteral(_) => "record-kind-not-the-literal",
            ValueFault::NotFiller => "record-kind-not-filler",
            ValueFault::NotReckoned { .. } => "record-kind-not-reckoned",
            ValueFault::NotOurs(_) => "record-kind-not-ours",
            ValueFault::Contradiction => "record-kind-contradiction",
            ValueFault::OnlyWhere { .. } => "record-kind-only-where",
            ValueFault::LacksPhrase(_) => "record-kind-lacks-phrase",
        }
    }

    fn wrong(&self) -> String {
        match self {
            ValueFault::Empty => say!("record-wrong-empty"),
            ValueFault::NotADigit(_) => say!("record-wrong-not-a-digit"),
            ValueFault::NotInSet(..) => say!("record-wrong-not-in-set"),
            ValueFault::Barred(_) => say!("record-wrong-barred"),
            ValueFault::NotListed(_) => say!("record-wrong-not-listed"),
            ValueFault::OneByteCharacter(_) => say!("record-wrong-one-byte"),
            ValueFault::TwoByteCharacter(_) => say!("record-wrong-two-byte"),
            ValueFault::TooLong { needs, has } => say!("record-wrong-too-long", needs = needs, has = has),
            ValueFault::TooManyCharacters { characters, most } => {
                say!("record-wrong-too-many-characters", characters = characters, most = most)
            }
            ValueFault::TooShort { bytes, has } => say!("record-wrong-too-short", bytes = bytes, has = has),
            ValueFault::NotAllowed { value, .. } => match quoted(value) {
                Some(quoted) => say!("record-wrong-value-not-allowed", value = quoted),
                None => say!("record-wrong-not-allowed"),
            },
            ValueFault::NotADate { .. } => say!("record-wrong-not-a-date"),
            ValueFault::NotATime(_) => say!("record-wrong-not-a-time"),
            ValueFault::CheckDigit(_) => say!("record-wrong-check-digit"),
            ValueFault::NoCheckDigit(_) => say!("record-wrong-no-check-digit"),
            ValueFault::Differs => say!("record-wrong-differs"),
            ValueFault::NotOfThisRecord => say!("record-wrong-not-of-this-record"),
            ValueFault::BadBytes { at } => say!("record-wrong-bad-bytes", at = at),
            ValueFault::NotTheLiteral(_) => say!("record-wrong-not-the-literal"),
            ValueFault::NotFiller => say!("record-wrong-not-filler"),
            ValueFault::NotReckoned { found, .. } => say!("record-wrong-not-reckoned", found = found),
            ValueFault::NotOurs(_) => say!("record-wrong-not-ours"),
            ValueFault::Contradiction => say!("record-wrong-contradiction"),
            ValueFault::OnlyWhere { item, is } => say!("record-wrong-only-where", item = item, is = is),
            ValueFault::LacksPhrase(_) => say!("record-wrong-lacks-phrase"),
        }
    }

    fn accepted(&self) -> String {
        match self {
            ValueFault::Empty => say!("record-accepted-a-value"),
            ValueFault::NotADigit(_) => say!("record-accepted-digits"),
            ValueFault::NotInSet(c, encoding) => messages::text(encoding.advice(*c), &[]),
            ValueFault::Barred(_) => say!("record-accepted-another-character"),
            ValueFault::NotListed(_) => say!("record-accepted-listed"),
            ValueFault::OneByteCharacter(_) => say!("record-accepted-full-width"),
            ValueFault::TwoByteCharacter(_) => say!("record-accepted-half-width"),
            ValueFault::TooLong { has, .. } => say!("record-accepted-at-most-bytes", has = has),
            ValueFault::TooManyCharacters { most, .. } => {
                say!("record-accepted-at-most-characters", most = most)
            }
            ValueFault::TooShort { has, .. } => say!("record-accepted-all-bytes", has = has),
            ValueFault::NotAllowed { allowed, .. } => allowed.join(", "),
            ValueFault::NotADate { form, of_layout: None } => say!("record-accepted-a-day", form = form),
            ValueFault::NotADate { form, of_layout: Some(of_layout) } => {
                say!("record-accepted-a-day-in-layout", form = form, of_layout = of_layout)
            }
            ValueFault::NotATime(form) => say!("record-accepted-a-time", form = form),
            ValueFault::CheckDigit(method) | ValueFault::NoCheckDigit(method) => {
                say!("record-accepted-check-digit", method = method.word())
            }
            ValueFault::Differs => say!("record-accepted-one-value"),
            ValueFault::NotOfThisRecord => say!("record-accepted-nothing"),
            ValueFault::BadBytes { .. } => say!("record-accepted-bytes-of-kind"),
            ValueFault::NotTheLiteral(text) => match quoted(text) {
                Some(quoted) => quoted,
                None => say!("record-accepted-the-literal"),
            },
            ValueFault::NotFiller => say!("record-accepted-filler"),
            ValueFault::NotReckoned { reckoned, .. } => reckoned.clone(),
            ValueFault::NotOurs(ours) => {
                let ours = ours.as_deref().and_then(quoted);
                ours.unwrap_or_else(|| say!("record-accepted-ours"))
            }
            ValueFault::Contradiction => say!("record-accepted-one-from-items"),
            ValueFault::OnlyWhere { .. } => say!("record-accepted-nothing"),
            ValueFault::LacksPhrase(phrase) => say!("record-accepted-phrase", phrase = phrase),
        }
    }
}

fn quoted(value: &str) -> Option<String> {
    (value.chars().count() <= MAX_QUOTED_CHARS).then(|| format!("\"{}\"", value.escape_debug()))
}
