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
pub(crate) enum Fault {
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
}

impl Fault {
    /// The character at fault.
    pub(crate) fn character(&self) -> Option<char> {
        match self {
            Fault::NotADigit(c)
            | Fault::NotInSet(c, _)
            | Fault::Barred(c)
            | Fault::NotListed(c)
            | Fault::OneByteCharacter(c)
            | Fault::TwoByteCharacter(c) => Some(*c),
            Fault::Empty
            | Fault::TooLong { .. }
            | Fault::TooManyCharacters { .. }
            | Fault::TooShort { .. }
            | Fault::NotAllowed { .. }
            | Fault::NotADate(_)
            | Fault::NotATime(_)
            | Fault::CheckDigit(_)
            | Fault::NoCheckDigit(_)
            | Fault::Differs
            | Fault::NotOfThisRecord
            | Fault::BadBytes { .. }
            | Fault::NotTheLiteral(_)
            | Fault::NotFiller
            | Fault::NotReckoned { .. }
            | Fault::NotOurs(_)
            | Fault::Contradiction => None,
        }
    }

    /// The rule that is broken.
    pub(crate) fn wrong(&self) -> String {
        match self {
            Fault::Empty => "the value is empty".into(),
            Fault::NotADigit(_) => "not a digit".into(),
            Fault::NotInSet(..) => "the character set of the layout lacks it".into(),
            Fault::Barred(_) => "the layout bars the character".into(),
            Fault::NotListed(_) => "not one of the characters that the item takes".into(),
            Fault::OneByteCharacter(_) => "a one-byte character in a two-byte item".into(),
            Fault::TwoByteCharacter(_) => "a two-byte character in a one-byte item".into(),
            Fault::TooLong { needs, has } => format!("the value needs {needs} bytes, the item has {has}"),
            Fault::TooManyCharacters { characters, most } => {
                format!("the value has {characters} characters, the item takes {most}")
            }
            Fault::TooShort { bytes, has } => {
                format!("the value has {bytes} bytes, the item wants all {has}")
            }
            Fault::NotAllowed { value, .. } => match quoted(value) {
                Some(quoted) => format!("{quoted} is not an allowed value"),
                None => "not an allowed value".into(),
            },
            Fault::NotADate(_) => "not a date".into(),
            Fault::NotATime(_) => "not a time of day".into(),
            Fault::CheckDigit(_) => "the last digit is not the check digit".into(),
            Fault::NoCheckDigit(_) => "a check digit can't be reckoned: its items are not all digits".into(),
            Fault::Differs => "differs from the first record of its block".into(),
            Fault::NotOfThisRecord => "the row's record has no such item, but here is a value".into(),
            Fault::BadBytes { at } => format!("not of the item's kind and encoding from its byte {at} on"),
            Fault::NotTheLiteral(_) => "not the bytes that always stand here".into(),
            Fault::NotFiller => "something stands in a filler".into(),
            Fault::NotReckoned { found, .. } => format!("{found} does not follow from the file"),
            Fault::NotOurs(_) => "not this gateway's value".into(),
            Fault::Contradiction => "the items of this column contradict each other".into(),
        }
    }

    /// What would be accepted instead.
    pub(crate) fn accepted(&self) -> String {
        match self {
            Fault::Empty => "a value".into(),
            Fault::NotADigit(_) => "digits 0 to 9 only".into(),
            Fault::NotInSet(c, encoding) => encoding.advice(*c).into(),
            Fault::Barred(_) => "another character, or a folding table that replaces it".into(),
            Fault::NotListed(_) => "a character of the item's set".into(),
            Fault::OneByteCharacter(_) => "full-width characters".into(),
            Fault::TwoByteCharacter(_) => "half-width characters".into(),
            Fault::TooLong { has, .. } => format!("at most {has} bytes; nothing is cut"),
            Fault::TooManyCharacters { most, .. } => format!("at most {most} characters; nothing is cut"),
            Fault::TooShort { has, .. } => format!("exactly {has} bytes"),
            Fault::NotAllowed { allowed, .. } => allowed.join(", "),
            Fault::NotADate(form) => format!("a day of the calendar as {form}"),
            Fault::NotATime(form) => format!("a time of day as {form}"),
            Fault::CheckDigit(method) | Fault::NoCheckDigit(method) => {
                format!("digits with their check digit ({})", method.word())
            }
            Fault::Differs => "one value for all records of a block".into(),
            Fault::NotOfThisRecord => "nothing".into(),
            Fault::BadBytes { .. } => "bytes of the item's kind and encoding".into(),
            Fault::NotTheLiteral(text) => match quoted(text) {
                Some(quoted) => quoted,
                None => "the layout's literal".into(),
            },
            Fault::NotFiller => "the filler that the layout says (or unchecked = true there)".into(),
            Fault::NotReckoned { reckoned, .. } => reckoned.clone(),
            Fault::NotOurs(ours) => {
                let ours = ours.as_deref().and_then(quoted);
                ours.unwrap_or_else(|| "the value of this gateway or link".into())
            }
            Fault::Contradiction => "items that make one value".into(),
        }
    }
}

fn quoted(value: &str) -> Option<String> {
    (value.chars().count() <= MAX_QUOTED_CHARS).then(|| format!("\"{}\"", value.escape_debug()))
}
