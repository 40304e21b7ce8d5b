//! What can be wrong with a single value, on the way out and on the way in.
//!
//! Owns: the words in which an operator, or the owner of the source system, reads it.
//! Promises: a fault names the rule that is broken and what would be accepted; it quotes single characters and short codes
//! only.
//! On failure: nothing here fails.
//! Never: quotes a whole value.

use super::charset::Encoding;
use super::words::CheckMethod;

/// An allowed or refused value longer than this is not quoted in a fault.
const MAX_QUOTED_CHARS: usize = 10;

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
    /// Not a day of the calendar, or not in this form.
    NotADate(String),
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
    /// Not what the gateway or the link says; that, where it is text.
    NotOurs(Option<String>),
    /// The items of one column contradict each other.
    Contradiction,
    /// A value where another item of the record says that there is none.
    OnlyWhere { item: String, is: String },
    /// A text without a phrase that it must hold.
    LacksPhrase(String),
}

impl ValueFault {
    /// The character at fault.
    pub(crate) fn character(&self) -> Option<char> {
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
            | ValueFault::NotADate(_)
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

    /// The rule that is broken.
    pub(crate) fn wrong(&self) -> String {
        match self {
            ValueFault::Empty => "the value is empty".into(),
            ValueFault::NotADigit(_) => "not a digit".into(),
            ValueFault::NotInSet(..) => "the character set of the layout lacks it".into(),
            ValueFault::Barred(_) => "the layout bars the character".into(),
            ValueFault::NotListed(_) => "not one of the characters that the item takes".into(),
            ValueFault::OneByteCharacter(_) => "a one-byte character in a two-byte item".into(),
            ValueFault::TwoByteCharacter(_) => "a two-byte character in a one-byte item".into(),
            ValueFault::TooLong { needs, has } => {
                format!("the value needs {needs} bytes, the item has {has}")
            }
            ValueFault::TooManyCharacters { characters, most } => {
                format!("the value has {characters} characters, the item takes {most}")
            }
            ValueFault::TooShort { bytes, has } => {
                format!("the value has {bytes} bytes, the item wants all {has}")
            }
            ValueFault::NotAllowed { value, .. } => match quoted(value) {
                Some(quoted) => format!("{quoted} is not an allowed value"),
                None => "not an allowed value".into(),
            },
            ValueFault::NotADate(_) => "not a date".into(),
            ValueFault::NotATime(_) => "not a time of day".into(),
            ValueFault::CheckDigit(_) => "the last digit is not the check digit".into(),
            ValueFault::NoCheckDigit(_) => {
                "a check digit can't be reckoned: its items are not all digits".into()
            }
            ValueFault::Differs => "differs from the first record of its block".into(),
            ValueFault::NotOfThisRecord => "the row's record has no such item, but here is a value".into(),
            ValueFault::BadBytes { at } => {
                format!("not of the item's kind and encoding from its byte {at} on")
            }
            ValueFault::NotTheLiteral(_) => "not the bytes that always stand here".into(),
            ValueFault::NotFiller => "something stands in a filler".into(),
            ValueFault::NotReckoned { found, .. } => format!("{found} does not follow from the file"),
            ValueFault::NotOurs(_) => "not this gateway's value".into(),
            ValueFault::Contradiction => "the items of this column contradict each other".into(),
            ValueFault::OnlyWhere { item, is } => format!("a value stands here, but {item} is not {is}"),
            ValueFault::LacksPhrase(_) => "the text lacks a phrase that it must hold".into(),
        }
    }

    /// What would be accepted instead.
    pub(crate) fn accepted(&self) -> String {
        match self {
            ValueFault::Empty => "a value".into(),
            ValueFault::NotADigit(_) => "digits 0 to 9 only".into(),
            ValueFault::NotInSet(c, encoding) => encoding.advice(*c).into(),
            ValueFault::Barred(_) => "another character, or a folding table that replaces it".into(),
            ValueFault::NotListed(_) => "a character of the item's set".into(),
            ValueFault::OneByteCharacter(_) => "full-width characters".into(),
            ValueFault::TwoByteCharacter(_) => "half-width characters".into(),
            ValueFault::TooLong { has, .. } => format!("at most {has} bytes; nothing is cut"),
            ValueFault::TooManyCharacters { most, .. } => {
                format!("at most {most} characters; nothing is cut")
            }
            ValueFault::TooShort { has, .. } => format!("exactly {has} bytes"),
            ValueFault::NotAllowed { allowed, .. } => allowed.join(", "),
            ValueFault::NotADate(form) => format!("a day of the calendar as {form}"),
            ValueFault::NotATime(form) => format!("a time of day as {form}"),
            ValueFault::CheckDigit(method) | ValueFault::NoCheckDigit(method) => {
                format!("digits with their check digit ({})", method.word())
            }
            ValueFault::Differs => "one value for all records of a block".into(),
            ValueFault::NotOfThisRecord => "nothing".into(),
            ValueFault::BadBytes { .. } => "bytes of the item's kind and encoding".into(),
            ValueFault::NotTheLiteral(text) => match quoted(text) {
                Some(quoted) => quoted,
                None => "the layout's literal".into(),
            },
            ValueFault::NotFiller => "the filler that the layout says (or unchecked = true there)".into(),
            ValueFault::NotReckoned { reckoned, .. } => reckoned.clone(),
            ValueFault::NotOurs(ours) => {
                let ours = ours.as_deref().and_then(quoted);
                ours.unwrap_or_else(|| "the value of this gateway or link".into())
            }
            ValueFault::Contradiction => "items that make one value".into(),
            ValueFault::OnlyWhere { .. } => "nothing".into(),
            ValueFault::LacksPhrase(phrase) => format!("{phrase} (# is a number)"),
        }
    }
}

fn quoted(value: &str) -> Option<String> {
    (value.chars().count() <= MAX_QUOTED_CHARS).then(|| format!("\"{}\"", value.escape_debug()))
}
