//! The words of a layout file: every value that a key can take, under the spelling the file uses.
//!
//! Owns: the closed lists (places, kinds, separators, values of the gateway ...) and what each word means.
//! Promises: a word that is not on its list is refused on reading, with the list in the message.
//! On failure: nothing here fails.
//! Never: looks at more than one key.

use serde::Deserialize;
use strum::IntoStaticStr;
use totatsu_base::messages::word_of;

/// The messages that are these words: in Japanese with what is typed behind them.
const VALUES: &str = "layout-value";

/// A word of the layout file as people read it.
pub(super) fn told(word: &str) -> String {
    word_of(VALUES, word)
}

/// Gives words the spelling of the layout file, for messages and tables.
macro_rules! spelled {
    ($($word:ty),+ $(,)?) => {$(
        impl $word {
            /// The word in the layout file.
            pub fn word(self) -> &'static str {
                self.into()
            }
        }
    )+};
}

spelled!(
    LayoutStatus,
    Confidence,
    FileFormat,
    Separator,
    RecordPlace,
    EmptyValue,
    Align,
    Pad,
    Sign,
    GatewayValue,
    Numbered,
    CheckMethod,
    TimeForm,
    Era,
    Quote,
    super::charset::Encoding,
);

/// How sure a layout, as a whole, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum LayoutStatus {
    /// Taken from the partner's own published sheet.
    Published,
    /// Taken from how other programs read it; to be checked against the sheet before the first real delivery.
    SecondHand,
    /// The items come from a law or a public list, the widths are ours; to be replaced by the partner's own sheet.
    Sample,
    /// The partner's own sheet, which is not published; the layout file says whose, and when it was last compared.
    Agreed,
}

/// How sure one item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Confidence {
    /// An official text, or independent sources that agree.
    Confirmed,
    /// The width of the group it belongs to is confirmed, the split inside the group comes from one source.
    SumConfirmed,
    /// One source.
    SingleSource,
    /// A reading of our own.
    Guess,
}

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FileFormat {
    /// Records of fixed width.
    #[default]
    Fixed,
    /// Lines of columns between delimiters.
    Csv,
    /// The bytes of the source, untouched.
    AsIs,
}

/// What stands between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr, strum::EnumString)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Separator {
    /// Nothing: the file is one run of bytes.
    None,
    /// CR LF after the bytes of the record.
    Crlf,
    /// LF after the bytes of the record.
    Lf,
    /// CR after the bytes of the record.
    Cr,
    /// CR LF as the last two bytes of the record.
    CrlfInside,
    /// LF as the last byte of the record.
    LfInside,
}

impl Separator {
    /// The bytes after every record.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Separator::None => b"",
            Separator::Crlf | Separator::CrlfInside => b"\r\n",
            Separator::Lf | Separator::LfInside => b"\n",
            Separator::Cr => b"\r",
        }
    }

    /// How many of those bytes the sheet counts into the record.
    pub(crate) fn inside(self) -> usize {
        match self {
            Separator::None | Separator::Crlf | Separator::Lf | Separator::Cr => 0,
            Separator::CrlfInside | Separator::LfInside => self.bytes().len(),
        }
    }
}

/// A byte after the last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum EndMark {
    /// The end-of-file byte of CP/M and MS-DOS.
    #[serde(rename = "1A")]
    Sub,
}

/// Where the records of a kind stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum RecordPlace {
    /// Once, before everything else.
    FileTop,
    /// Once before the data records of each block.
    BlockHeader,
    /// Once for each row of the source.
    Data,
    /// Once after the data records of each block.
    BlockTrailer,
    /// Once, after everything else.
    FileEnd,
}

/// The sort of characters that an item holds (属性).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ItemKind {
    /// Digits, right-aligned, filled with zeros on the left.
    #[serde(rename = "9")]
    Digits,
    /// One-byte characters, left-aligned, filled with spaces.
    #[serde(rename = "X")]
    OneByte,
    /// Two-byte characters, left-aligned, filled with wide spaces.
    #[serde(rename = "N")]
    TwoByte,
    /// One-byte and two-byte characters mixed, left-aligned, filled with spaces.
    #[serde(rename = "M")]
    Mixed,
}

impl ItemKind {
    /// The letter in the layout file.
    pub fn letter(self) -> char {
        match self {
            ItemKind::Digits => '9',
            ItemKind::OneByte => 'X',
            ItemKind::TwoByte => 'N',
            ItemKind::Mixed => 'M',
        }
    }
}

/// What an item without any value holds for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filler {
    /// The spaces of the item's kind.
    Spaces,
    /// The digit 0.
    Zeros,
}

/// What becomes of an empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum EmptyValue {
    /// An empty value is a problem.
    Refuse,
    /// The item is filled with the spaces of its kind; a column of a CSV file stays empty.
    Spaces,
    /// The item is filled with the digit 0.
    Zeros,
}

/// The side on which a value stands in its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Align {
    /// The filling stands on the right.
    Left,
    /// The filling stands on the left.
    Right,
}

/// What fills the room that a value leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Pad {
    /// The spaces of the item's kind.
    Spaces,
    /// The digit 0.
    Zeros,
}

/// The sign of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Sign {
    /// A negative number has `-` in its first byte, others have a digit there.
    Minus,
    /// The first byte is always `+` or `-`.
    Leading,
    /// The last byte is always `+` or `-`.
    Trailing,
}

/// What becomes of a value that is longer than its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// A longer value is a problem.
    #[default]
    Refuse,
    /// A longer value is cut at the end of a character, and the cut is reported like a fold.
    Truncate,
}

/// A value that the gateway itself knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum GatewayValue {
    /// 府県2 + 市町村3: the local government code without its check digit, five digits.
    MunicipalityCode,
    /// The local government code with its check digit: six digits.
    #[serde(rename = "municipality-code-6")]
    #[strum(serialize = "municipality-code-6")]
    MunicipalityCodeWithCheckDigit,
    /// The first two digits of the local government code.
    PrefectureCode,
    /// The third to fifth digit of the local government code.
    MunicipalityInPrefecture,
    /// The business date of the delivery.
    BusinessDate,
    /// The day on which the delivery was accepted.
    AcceptedDate,
    /// The time of day at which the delivery was accepted.
    AcceptedTime,
}

/// What a sequence number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Numbered {
    /// The data records of the file.
    Data,
    /// The data records of the block.
    DataInBlock,
    /// All records of the file.
    Records,
    /// The blocks of the file.
    Blocks,
}

/// How a check digit is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum CheckMethod {
    /// Modulus 10, weights 3 and 1, the last digit before the check digit weighing 3 (GS1).
    #[serde(rename = "mod10-3-1")]
    #[strum(serialize = "mod10-3-1")]
    Mod10,
    /// The sixth digit of 全国地方公共団体コード: weights 6 to 2, eleven minus the sum modulo eleven, last digit.
    #[serde(rename = "municipality-code")]
    #[strum(serialize = "municipality-code")]
    MunicipalityCode,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TimeForm {
    /// Hours and minutes.
    #[serde(rename = "HHMM")]
    #[strum(serialize = "HHMM")]
    Minutes,
    /// Hours, minutes and seconds.
    #[serde(rename = "HHMMSS")]
    #[strum(serialize = "HHMMSS")]
    Seconds,
    /// Hours and minutes with a colon.
    #[serde(rename = "HH:MM")]
    #[strum(serialize = "HH:MM")]
    MinutesColon,
    /// Hours, minutes and seconds with colons.
    #[serde(rename = "HH:MM:SS")]
    #[strum(serialize = "HH:MM:SS")]
    SecondsColon,
}

/// A year count of the Japanese calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Era {
    /// 明治, from 1868-01-25.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

/// Which columns of a CSV file stand between quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, IntoStaticStr)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Quote {
    /// No column; a value with a delimiter or a quote in it is refused.
    #[default]
    Never,
    /// Columns whose value holds a delimiter or a quote, and columns that say `quoted = true`.
    WhenNeeded,
    /// All columns.
    Always,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::value::{Error, StrDeserializer};
    use serde::de::{Deserialize, IntoDeserializer};
    use strum::IntoEnumIterator;

    fn every_word_is_read<'de, T>(word: impl Fn(&T) -> &'static str)
    where
        T: IntoEnumIterator + Deserialize<'de> + PartialEq + std::fmt::Debug,
    {
        for value in T::iter() {
            let written: StrDeserializer<Error> = word(&value).into_deserializer();
            assert_eq!(T::deserialize(written).as_ref(), Ok(&value));
        }
    }

    #[test]
    fn every_word_that_is_shown_is_the_one_that_a_layout_file_has() {
        every_word_is_read(|word: &LayoutStatus| word.word());
        every_word_is_read(|word: &Confidence| word.word());
        every_word_is_read(|word: &FileFormat| word.word());
        every_word_is_read(|word: &Separator| word.word());
        every_word_is_read(|word: &RecordPlace| word.word());
        every_word_is_read(|word: &EmptyValue| word.word());
        every_word_is_read(|word: &Align| word.word());
        every_word_is_read(|word: &Pad| word.word());
        every_word_is_read(|word: &Sign| word.word());
        every_word_is_read(|word: &GatewayValue| word.word());
        every_word_is_read(|word: &Numbered| word.word());
        every_word_is_read(|word: &CheckMethod| word.word());
        every_word_is_read(|word: &TimeForm| word.word());
        every_word_is_read(|word: &Era| word.word());
        every_word_is_read(|word: &Quote| word.word());
    }
}
