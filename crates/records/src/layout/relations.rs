//! What one item of a record says about another: a flag that a date is not wholly known (不詳フラグ), a text that stands only
//! beside such a flag.
//!
//! Owns: the keys `unknown_of` and `only_where`, and the check of a record's own bytes against them.
//! Promises: the same check on the way out and on the way in, on the bytes themselves.
//! On failure: the item that is wrong, and its fault.
//! Never: looks at another record.

use super::compiler::Compiler;
use super::definition::{ItemDefinition, RecordDefinition};
use super::item::{Item, ValueFault};
use super::plan::{ItemRelation, Record};
use super::reading::ReadValue;
use super::words::RecordPlace;
use totatsu_base::say;

/// The flag of a date that is not wholly known, and of one that is.
const FLAGS: [&str; 2] = ["0", "1"];

impl Record {
    /// The items that contradict others of the record. Fields that are wrong by themselves say nothing here.
    pub(crate) fn contradictions<'f>(
        &self,
        field: impl Fn(usize) -> Option<&'f [u8]>,
    ) -> Vec<(usize, ValueFault)> {
        let value = |n: usize| value_in(&self.items[n], field(n)?);
        let mut found = Vec::new();
        for relation in &self.relations {
            match relation {
                ItemRelation::UnknownOf { flag, date } => {
                    let (Some(said), Some(day)) = (value(*flag), value(*date)) else { continue };
                    let wanted = FLAGS[usize::from(is_not_wholly_known(&day))];
                    // No date at all may be one that nobody knows, or none.
                    if !day.is_empty() && said != wanted {
                        let fault = ValueFault::NotReckoned { found: said, reckoned: wanted.to_owned() };
                        found.push((*flag, fault));
                    }
                }
                ItemRelation::OnlyWhere { item, other, is } => {
                    let (Some(text), Some(said)) = (value(*item), value(*other)) else { continue };
                    if !text.is_empty() && !is.contains(&said) {
                        let (item_name, is) = (self.items[*other].name.clone(), is.join(", "));
                        found.push((*item, ValueFault::OnlyWhere { item: item_name, is }));
                    }
                }
            }
        }
        found
    }
}

/// What an item says, if its bytes are right.
fn value_in(item: &Item, field: &[u8]) -> Option<String> {
    let mut text = String::new();
    match item.read(field, &mut text).ok()? {
        ReadValue::Text => Some(text),
        ReadValue::Date(parts) => parts.text(true),
    }
}

/// `19450800`, or a word in place of a date.
fn is_not_wholly_known(day: &str) -> bool {
    let digits = day.bytes().all(|byte| byte.is_ascii_digit());
    !digits || day.as_bytes().chunks(2).skip(2).any(|part| part == b"00")
}

impl Compiler<'_> {
    /// What the items of a record say about others of it.
    pub(super) fn relations(
        &mut self,
        record: &RecordDefinition,
        definitions: &[ItemDefinition],
        items: &[Item],
    ) -> Vec<ItemRelation> {
        let mut relations = Vec::new();
        for (n, definition) in definitions.iter().enumerate() {
            let named =
                |name: &str| items.iter().position(|item| item.name == name).filter(|&found| found != n);
            if (definition.unknown_of.is_some() || definition.only_where.is_some())
                && record.place != RecordPlace::Data
            {
                self.refuse(record, definition, say!("layout-relation-data"));
            }
            if let Some(name) = &definition.unknown_of {
                match named(name) {
                    Some(date) if items[date].date.is_some() && items[n].allowed == FLAGS => {
                        relations.push(ItemRelation::UnknownOf { flag: n, date });
                    }
                    Some(_) | None => self.refuse(record, definition, say!("layout-unknown-of")),
                }
            }
            if let Some(condition) = &definition.only_where {
                match named(&condition.item) {
                    Some(other) if !condition.is.is_empty() && condition.is_not.is_empty() => {
                        relations.push(ItemRelation::OnlyWhere { item: n, other, is: condition.is.clone() });
                    }
                    Some(_) | None => self.refuse(record, definition, say!("layout-only-where")),
                }
            }
        }
        relations
    }
}
