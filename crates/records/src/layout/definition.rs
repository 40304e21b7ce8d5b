//! The layout file as it is written: TOML that an operator reads and edits, in the words of the partner's sheet.
//!
//! Owns: the keys of a layout file, and the line each stands on. What the keys mean to an operator: docs/layouts.md.
//! Promises: every unknown key, every missing one and every value of the wrong sort is reported in one pass, each with
//! its line; what could be read is handed on, so that the rest can be checked in the same pass.
//! On failure: [`LayoutProblem`]s beside whatever could be read.
//! Never: judges whether widths, names and places fit together; `compile` does.
//!
//! A file has a heading (title, partner, status, dates, encoding), then `[[record]]` tables in the order of the file, each
//! with `[[record.item]]` tables in the order of the bytes. An item takes its value from the input column of its own name
//! unless one of the keys that name another origin is there. `[[group]]` tables hold items that records `use`;
//! `[[derived]]` tables name columns that only decoding hands out.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use totatsu_base::document;
use totatsu_base::messages::os_error;
use totatsu_base::say;

use super::charset::Encoding;
use super::text::TextRule;
use super::words::{
    Align, CheckMethod, Confidence, EmptyValue, EndMark, Era, FileFormat, Filler, GatewayValue, ItemKind,
    LayoutStatus, Numbered, Overflow, Pad, Quote, RecordPlace, Separator, Sign, TimeForm,
};

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

impl LayoutProblem {
    /// Something wrong with a file as a whole.
    pub(super) fn of_file(message: String) -> LayoutProblem {
        LayoutProblem { line: None, record: None, item: None, message }
    }

    /// A file or directory that our own disk doesn't let us read.
    pub(super) fn unreadable(error: &io::Error) -> LayoutProblem {
        LayoutProblem::of_file(say!("layout-unreadable", error = os_error(error)))
    }
}

impl fmt::Display for LayoutProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match (&self.record, &self.item) {
            (Some(record), Some(item)) => say!("layout-place-item", record = record, item = item),
            (Some(record), None) => record.clone(),
            (None, Some(item)) => say!("layout-place-item-alone", item = item),
            (None, None) => String::new(),
        };
        f.write_str(&match (self.line, place.is_empty()) {
            (Some(line), true) => say!("layout-problem-at-line", line = line, message = self.message),
            (Some(line), false) => {
                say!("layout-problem-at-line-in", line = line, place = place, message = self.message)
            }
            (None, true) => self.message.clone(),
            (None, false) => say!("layout-problem-in", place = place, message = self.message),
        })
    }
}

/// The part of a layout file before its records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayoutHeading {
    pub(crate) title: String,
    pub(crate) partner: String,
    pub(crate) status: LayoutStatus,
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    pub(crate) agreed_with: Option<String>,
    pub(crate) compared: Option<Spanned<toml::value::Datetime>>,
    pub(crate) effective_from: Spanned<toml::value::Datetime>,
    pub(crate) until: Option<Spanned<toml::value::Datetime>>,
    #[serde(default)]
    pub(crate) format: FileFormat,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) repertoire: Option<Spanned<String>>,
    pub(crate) separator: Option<Separator>,
    pub(crate) separator_link: Option<String>,
    pub(crate) end_mark_link: Option<String>,
    #[serde(default = "yes")]
    pub(crate) separator_after_last: bool,
    #[serde(default)]
    pub(crate) last_separator_optional: bool,
    pub(crate) end_mark: Option<EndMark>,
    pub(crate) error_message: Option<String>,
    #[serde(default)]
    pub(crate) first_byte: usize,
    #[serde(default)]
    pub(crate) break_on: Vec<Spanned<String>>,
    pub(crate) record_key: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) may_be_empty: bool,
    #[serde(default)]
    pub(crate) user_defined: bool,
    #[serde(default)]
    pub(crate) barred: String,
    #[serde(default)]
    pub(crate) fold: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) characters: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) eras: BTreeMap<Era, String>,
    pub(crate) csv: Option<CsvDefinition>,
}

/// `[csv]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CsvDefinition {
    #[serde(default)]
    pub(crate) quote: Quote,
    #[serde(default)]
    pub(crate) heading: bool,
    pub(crate) delimiter: Option<char>,
    #[serde(default)]
    pub(crate) byte_order_mark: bool,
}

/// One `[[derived]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DerivedDefinition {
    pub(crate) name: Spanned<String>,
    pub(crate) from: Spanned<String>,
    pub(crate) values: BTreeMap<String, String>,
}

/// One `[[record]]` without its items.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordDefinition {
    pub(crate) name: Spanned<String>,
    pub(crate) place: RecordPlace,
    pub(crate) length: Option<usize>,
}

/// One `[[group]]` without its items.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupDefinition {
    pub(crate) name: Spanned<String>,
}

/// A `[[record.item]]` that stands for the items of a group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseDefinition {
    #[serde(rename = "use")]
    pub(crate) group: Spanned<String>,
    #[serde(deserialize_with = "number")]
    pub(crate) no: String,
    #[serde(default)]
    pub(crate) prefix: String,
    pub(crate) times: Option<usize>,
    pub(crate) at: Option<usize>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
}

/// Which data records a total takes in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhereDefinition {
    pub(crate) item: String,
    #[serde(default)]
    pub(crate) is: Vec<String>,
    #[serde(default)]
    pub(crate) is_not: Vec<String>,
}

/// One `[[record.item]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemDefinition {
    #[serde(deserialize_with = "number")]
    pub(crate) no: String,
    pub(crate) name: Spanned<String>,
    pub(crate) kind: ItemKind,
    pub(crate) kind_link: Option<String>,
    pub(crate) bytes: Option<usize>,
    pub(crate) characters: Option<usize>,
    pub(crate) at: Option<usize>,
    pub(crate) encoding: Option<Encoding>,
    // Where the value comes from.
    pub(crate) column: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) filler: Option<Filler>,
    pub(crate) hex: Option<String>,
    pub(crate) count: Option<Vec<String>>,
    pub(crate) sum: Option<String>,
    #[serde(rename = "where")]
    pub(crate) condition: Option<WhereDefinition>,
    pub(crate) sequence: Option<Numbered>,
    pub(crate) first: Option<u64>,
    pub(crate) check_digit: Option<CheckMethod>,
    #[serde(default)]
    pub(crate) over: Vec<String>,
    pub(crate) gateway: Option<GatewayValue>,
    pub(crate) link: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) block: Option<String>,
    #[serde(default)]
    pub(crate) unchecked: bool,
    // Which values are taken, and how they are written.
    pub(crate) align: Option<Align>,
    pub(crate) pad: Option<Pad>,
    pub(crate) sign: Option<Sign>,
    #[serde(default)]
    pub(crate) number: bool,
    #[serde(default)]
    pub(crate) exact: bool,
    pub(crate) empty: Option<EmptyValue>,
    #[serde(default)]
    pub(crate) allowed: Vec<String>,
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
    pub(crate) date: Option<String>,
    pub(crate) era: Option<Era>,
    pub(crate) first_year: Option<i16>,
    #[serde(default)]
    pub(crate) unknown_parts: bool,
    pub(crate) time: Option<TimeForm>,
    pub(crate) verify: Option<CheckMethod>,
    pub(crate) unknown_of: Option<String>,
    pub(crate) only_where: Option<WhereDefinition>,
    // Text.
    #[serde(default)]
    pub(crate) rules: Vec<TextRule>,
    pub(crate) fold: Option<Vec<Spanned<String>>>,
    pub(crate) barred: Option<String>,
    pub(crate) only: Option<String>,
    #[serde(default)]
    pub(crate) phrases: Vec<String>,
    pub(crate) phrases_link: Option<String>,
    #[serde(default)]
    pub(crate) overflow: Overflow,
    #[serde(default)]
    pub(crate) shifts_inside: bool,
    #[serde(default)]
    pub(crate) quoted: bool,
    // About the item.
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
}

impl ItemDefinition {
    /// How many keys name an origin of the value other than a column.
    pub(super) fn origins_beside_column(&self) -> usize {
        let given = [
            self.value.is_some(),
            self.filler.is_some(),
            self.hex.is_some(),
            self.count.is_some(),
            self.sum.is_some(),
            self.sequence.is_some(),
            self.check_digit.is_some(),
            self.gateway.is_some(),
            self.link.is_some(),
            self.block.is_some(),
        ];
        given.into_iter().filter(|given| *given).count()
    }
}

/// One entry of a record's `item` array.
#[derive(Debug, Clone)]
pub(crate) enum ItemEntry {
    Item(Box<ItemDefinition>),
    /// The items of a group.
    Use(Box<UseDefinition>),
}

/// Everything that could be read of a layout file.
#[derive(Debug, Default)]
pub(crate) struct Definition {
    pub(crate) heading: Option<LayoutHeading>,
    pub(crate) groups: Vec<(GroupDefinition, Vec<ItemDefinition>)>,
    pub(crate) records: Vec<(RecordDefinition, Vec<ItemEntry>)>,
    pub(crate) derived: Vec<DerivedDefinition>,
    /// Some record, group or item could not be read: sums over widths mean nothing.
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
    let groups = detach(root.get_mut(), "group");
    let derived = detach(root.get_mut(), "derived");
    let heading = piece(text, root, (None, None), problems);
    let mut definition = Definition { heading, ..Definition::default() };
    for table in derived {
        definition.derived.extend(piece(text, table, (None, None), problems));
    }
    for group in groups {
        let Some((group, entries)) = table_with_items(text, group, problems, &mut definition.incomplete)
        else {
            continue;
        };
        let items = entries.into_iter().filter_map(|entry| match entry {
            ItemEntry::Item(item) => Some(*item),
            ItemEntry::Use(inner) => {
                let line = Some(line_of(text, inner.group.span().start));
                let message = say!("layout-group-in-group");
                problems.push(LayoutProblem { line, record: None, item: None, message });
                None
            }
        });
        definition.groups.push((group, items.collect()));
    }
    for record in records {
        definition.records.extend(table_with_items(text, record, problems, &mut definition.incomplete));
    }
    definition
}

/// The line, counted from 1, on which a byte of the text stands.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// Reads a `[[record]]` or a `[[group]]` and its items.
fn table_with_items<T: DeserializeOwned>(
    text: &str,
    mut table: Spanned<DeTable<'_>>,
    problems: &mut Vec<LayoutProblem>,
    incomplete: &mut bool,
) -> Option<(T, Vec<ItemEntry>)> {
    let items = detach(table.get_mut(), "item");
    let name = name_in(&table, "name");
    let Some(read) = piece(text, table, (name.clone(), None), problems) else {
        *incomplete = true;
        return None;
    };
    let expected = items.len();
    let entries: Vec<ItemEntry> = items
        .into_iter()
        .filter_map(|item| {
            let place = (name.clone(), name_in(&item, "name").or(name_in(&item, "no")));
            if item.get_ref().contains_key("use") {
                piece(text, item, place, problems).map(|read| ItemEntry::Use(Box::new(read)))
            } else {
                piece(text, item, place, problems).map(|read| ItemEntry::Item(Box::new(read)))
            }
        })
        .collect();
    *incomplete |= entries.len() != expected;
    Some((read, entries))
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
        let DeValue::Table(table) = value.into_inner() else { return None };
        Some(Spanned::new(span, table))
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
    LayoutProblem { line, record, item, message: document::told(error.message()) }
}

/// The number of an item on the sheet, kept as text: an item of a group has two numbers.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    u32::deserialize(deserializer).map(|number| number.to_string())
}

fn yes() -> bool {
    true
}
