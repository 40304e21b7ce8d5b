//! The layout file as it is written: TOML that an operator reads and edits, in the words of the partner's sheet.
//!
//! Owns: the keys of a layout file, their spelling, and the line each stands on.
//! Promises: every unknown key, every missing one and every value of the wrong sort is reported in one pass, each with
//! its line; what could be read is handed on, so that the rest can be checked in the same pass.
//! On failure: [`LayoutProblem`]s beside whatever could be read.
//! Never: judges whether widths, names and places fit together; `compile` does.
//!
//! A file has a heading (title, partner, status, dates, encoding), then `[[record]]` tables in the order of the file, each
//! with `[[record.item]]` tables in the order of the bytes. An item takes its value from the input column of its own name
//! unless it has one of `column`, `value`, `filler`, `hex`, `count`, `sum`, `gateway`, `link` or `block`.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text::{Encoding, Rule};

/// Something wrong in a layout file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutProblem {
    /// The line in the file, counted from 1.
    pub line: Option<usize>,
    /// The name of the record.
    pub record: Option<String>,
    /// The number and the name of the item.
    pub item: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for LayoutProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(record) = &self.record {
            write!(f, "{record}: ")?;
        }
        if let Some(item) = &self.item {
            write!(f, "item {item}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// How sure a layout, as a whole, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Taken from the partner's own published sheet.
    Published,
    /// Gathered from other sources; to be checked against the sheet before the first real delivery.
    SecondHand,
    /// Made up, for demonstrations and tests.
    Sample,
}

/// How sure one item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// What stands between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Separator {
    /// Nothing: the file is one run of bytes.
    None,
}

/// Where the records of a kind stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Once, before everything else.
    FileTop,
    /// Once before the data records of each block.
    BlockHeader,
    /// Once for each row of the source.
    Data,
    /// Once after the data records of each block.
    BlockTrailer,
}

/// The sort of characters that an item holds (属性).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Kind {
    /// Digits, right-aligned, filled with zeros on the left.
    #[serde(rename = "9")]
    Digits,
    /// One-byte characters, left-aligned, filled with spaces.
    #[serde(rename = "X")]
    OneByte,
    /// Two-byte characters, left-aligned, filled with wide spaces (81 40).
    #[serde(rename = "N")]
    TwoByte,
}

/// What an item without any value holds for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filler {
    /// Spaces of one byte.
    Spaces,
    /// The digit 0.
    Zeros,
}

/// What becomes of an empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// It is a problem.
    Refuse,
    /// The item is filled with the spaces of its kind.
    Spaces,
    /// The item is filled with the digit 0.
    Zeros,
}

/// The dates an item takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DateRule {
    /// A day of the calendar, eight digits.
    #[serde(rename = "YYYYMMDD")]
    Day,
    /// The same, or eight zeros for "no date".
    #[serde(rename = "YYYYMMDD or zeros")]
    DayOrZeros,
}

/// A value that the gateway itself knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GatewayValue {
    /// 府県2 + 市町村3: the local government code without its check digit, five digits.
    MunicipalityCode,
    /// The first two digits of it.
    PrefectureCode,
    /// The last three digits of it.
    MunicipalityInPrefecture,
    /// The business date of the delivery, YYYYMMDD.
    BusinessDate,
}

/// The part of a layout file before its records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heading {
    pub(crate) title: String,
    pub(crate) partner: String,
    pub(crate) status: Status,
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    pub(crate) effective_from: Spanned<toml::value::Datetime>,
    pub(crate) until: Option<Spanned<toml::value::Datetime>>,
    pub(crate) encoding: Encoding,
    pub(crate) separator: Separator,
    #[serde(default)]
    pub(crate) break_on: Vec<Spanned<String>>,
}

/// One `[[record]]` without its items.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordDefinition {
    pub(crate) name: Spanned<String>,
    pub(crate) place: Place,
    pub(crate) length: usize,
}

/// One `[[record.item]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemDefinition {
    pub(crate) no: u32,
    pub(crate) name: Spanned<String>,
    pub(crate) kind: Kind,
    pub(crate) bytes: usize,
    pub(crate) at: Option<usize>,
    pub(crate) column: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) filler: Option<Filler>,
    pub(crate) hex: Option<String>,
    pub(crate) count: Option<Vec<String>>,
    pub(crate) sum: Option<String>,
    pub(crate) gateway: Option<GatewayValue>,
    pub(crate) link: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) block: Option<String>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
    pub(crate) empty: Option<Empty>,
    #[serde(default)]
    pub(crate) allowed: Vec<String>,
    pub(crate) date: Option<DateRule>,
    #[serde(default)]
    pub(crate) exact: bool,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
}

/// Everything that could be read of a layout file.
#[derive(Debug, Default)]
pub(crate) struct Definition {
    pub(crate) heading: Option<Heading>,
    pub(crate) records: Vec<(RecordDefinition, Vec<ItemDefinition>)>,
    /// Some record or item could not be read: sums over widths mean nothing.
    pub(crate) incomplete: bool,
}

/// Reads a layout file, piece by piece, so that one bad piece does not hide the next.
pub(crate) fn read(text: &str, problems: &mut Vec<LayoutProblem>) -> Definition {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        problems.push(problem(text, error, None, None));
    }
    if !errors.is_empty() {
        return Definition { incomplete: true, ..Definition::default() };
    }
    let mut root = root;
    let records = detach(root.get_mut(), "record");
    let heading = piece(text, root, (None, None), problems);
    let mut definition = Definition { heading, ..Definition::default() };
    for mut record in records {
        let items = detach(record.get_mut(), "item");
        let record_name = name_in(&record, "name");
        let Some(read) = piece(text, record, (record_name.clone(), None), problems) else {
            definition.incomplete = true;
            continue;
        };
        let expected = items.len();
        let items: Vec<ItemDefinition> = items
            .into_iter()
            .filter_map(|item| {
                let place = (record_name.clone(), name_in(&item, "name").or(name_in(&item, "no")));
                piece(text, item, place, problems)
            })
            .collect();
        definition.incomplete |= items.len() != expected;
        definition.records.push((read, items));
    }
    definition
}

/// The line, counted from 1, on which a byte of the text stands.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// Takes an array of tables out of a table. A value of another sort stays, and is then an unknown key.
fn detach<'i>(table: &mut DeTable<'i>, key: &str) -> Vec<Spanned<DeTable<'i>>> {
    let all_tables = |value: &DeValue<'_>| {
        value.as_array().is_some_and(|array| array.iter().all(|v| v.get_ref().is_table()))
    };
    if !table.get(key).is_some_and(|value| all_tables(value.get_ref())) {
        return Vec::new();
    }
    let Some(DeValue::Array(array)) = table.remove(key).map(Spanned::into_inner) else { return Vec::new() };
    let spanned = |value: Spanned<DeValue<'i>>| {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(Spanned::new(span, table)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => None,
        }
    };
    array.into_iter().filter_map(spanned).collect()
}

fn name_in(table: &Spanned<DeTable<'_>>, key: &str) -> Option<String> {
    let value = table.get_ref().get(key)?.get_ref();
    value.as_str().map(str::to_owned).or_else(|| value.as_integer().map(|n| n.as_str().to_owned()))
}

/// Reads one table. An unknown key is reported and taken out, so that the next one is found too.
fn piece<T: DeserializeOwned>(
    text: &str,
    mut table: Spanned<DeTable<'_>>,
    place: (Option<String>, Option<String>),
    problems: &mut Vec<LayoutProblem>,
) -> Option<T> {
    loop {
        let error = match T::deserialize(toml::Deserializer::from(table.clone())) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let mut found = problem(text, &error, place.0.clone(), place.1.clone());
        found.line = found.line.or(Some(line_of(text, table.span().start)));
        problems.push(found);
        let unknown = table.get_ref().keys().find(|key| Some(key.span()) == error.span()).cloned()?;
        table.get_mut().remove(&unknown);
    }
}

fn problem(
    text: &str,
    error: &toml::de::Error,
    record: Option<String>,
    item: Option<String>,
) -> LayoutProblem {
    let line = error.span().map(|span| line_of(text, span.start));
    LayoutProblem { line, record, item, message: error.message().to_owned() }
}
