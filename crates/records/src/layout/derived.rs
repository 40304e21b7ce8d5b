//! Columns that only decoding hands out: one word for each value that an item may have, in words that partners share.
//!
//! Owns: the meaning of `[[derived]]`.
//! Promises: a derived column that was compiled has a word for every value that its item takes, so that a value without
//! a word is a value that the item refuses.
//! On failure: one problem for each slip, with its line.
//! Never: adds to the bytes that are sent.

use std::collections::{BTreeMap, BTreeSet};
use totatsu_base::say;

use super::compiler::Compiler;
use super::definition::DerivedDefinition;
use super::item::{EncodingBuffer, Item, ValueOrigin};
use super::plan::{DataItem, Derived, Record};
use super::reading::ReadValue;
use super::words::{EmptyValue, RecordPlace};

impl Compiler<'_> {
    /// Resolves `[[derived]]`.
    pub(super) fn derived(
        &mut self,
        written: Vec<DerivedDefinition>,
        records: &[Record],
        columns: &[String],
    ) -> Vec<Derived> {
        let mut all: Vec<Derived> = Vec::new();
        for definition in written {
            let data = records.iter().filter(|record| record.place == RecordPlace::Data);
            let name = definition.name.get_ref();
            let taken = columns.contains(name)
                || data.clone().any(|record| record.items.iter().any(|item| item.name == *name))
                || all.iter().any(|other| other.name == *name);
            if taken || name.is_empty() {
                self.refuse_at(&definition.name, say!("layout-derived-taken", name = name));
            }
            let from = definition.from.get_ref().clone();
            let index = DataItem::named(&from, records);
            if index.index.iter().flatten().count() != data.count() {
                self.refuse_at(&definition.name, say!("layout-derived-from", from = from));
            }
            for (record, n) in records.iter().zip(&index.index) {
                let Some(item) = n.map(|n| &record.items[n]) else { continue };
                if let Err(message) = has_words(item, &definition.values) {
                    let line = self.line(&definition.name);
                    self.add(Some(line), Some(&record.name), Some(item.label()), message);
                }
            }
            let name = definition.name.into_inner();
            all.push(Derived { name, from, index, words: definition.values });
        }
        for unused in unused_words(&all, records) {
            self.refuse_file(unused);
        }
        all
    }
}

/// Every value that the item takes has a word.
fn has_words(item: &Item, words: &BTreeMap<String, String>) -> Result<(), String> {
    let Some(values) = listed(item) else {
        return Err(say!("layout-derived-values"));
    };
    match values.iter().find(|value| !words.contains_key(*value)) {
        None => Ok(()),
        Some(value) if value.is_empty() => Err(say!("layout-derived-empty")),
        Some(value) => Err(say!("layout-derived-lacks", value = value)),
    }
}

/// The values that an item may have, as decoding gives them; `None` where they are not listed.
fn listed(item: &Item) -> Option<BTreeSet<String>> {
    let values: Vec<&String> = if let ValueOrigin::Literal(text) = &item.source {
        vec![text]
    } else if matches!(item.source, ValueOrigin::Column(_)) && item.date.is_none() && item.time.is_none() {
        item.map.iter().map(|(word, _)| word).chain(&item.allowed).collect()
    } else {
        return None;
    };
    if values.is_empty() {
        return None;
    }
    let read = |value: &String| {
        let (mut buffer, mut text) = (EncodingBuffer::default(), String::new());
        item.write(value, &mut buffer);
        // A listed value that the item can't hold is a problem of the item's own.
        matches!(item.read(&buffer.bytes, &mut text), Ok(ReadValue::Text)).then_some(text)
    };
    let mut listed: BTreeSet<String> = values.into_iter().filter_map(read).collect();
    if matches!(item.source, ValueOrigin::Column(_)) && item.empty != EmptyValue::Refuse {
        listed.insert(String::new());
    }
    Some(listed)
}

/// A word for a value that no record can have is a slip of the pen.
fn unused_words(all: &[Derived], records: &[Record]) -> Vec<String> {
    let mut slips = Vec::new();
    for derived in all {
        let items = records.iter().zip(&derived.index.index).filter_map(|(r, n)| Some(&r.items[(*n)?]));
        let values: BTreeSet<String> = items.filter_map(listed).flatten().collect();
        let unused = derived.words.keys().filter(|value| !values.is_empty() && !values.contains(*value));
        slips.extend(unused.map(|value| {
            say!("layout-derived-unused", name = derived.name, value = value, from = derived.from)
        }));
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::super::plan::Layout;
    use crate::written::{heading, record};

    fn sound() -> String {
        let derived = "[[derived]]\nname = \"状態\"\nfrom = \"種別\"\nvalues = { \"01\" = \"速報\", \"02\" = \"確報\" }";
        let items = [
            ("種別", "9", 2, "allowed = [\"01\", \"02\"]"),
            ("日", "9", 8, "date = \"YYYYMMDD\"\nmap = { \"\" = \"00000000\" }"),
        ];
        heading("shift_jis", "lf", derived) + &record("明細", "data", &items)
    }

    #[test]
    fn a_derived_column_stands_after_those_of_the_source() {
        let layout = Layout::compile("p/t", &sound()).unwrap();
        assert_eq!(layout.input_columns(), ["種別", "日"]);
        assert_eq!(layout.decoded_columns(), ["種別", "日", "状態"]);
        assert_eq!(layout.derived_columns(), ["状態 from 種別: 01 = 速報, 02 = 確報"]);
        let other = Layout::compile("p/t", &sound().replace("確報", "確定")).unwrap();
        assert_eq!(layout.differences(&other).len(), 1);
    }

    #[test]
    fn every_value_of_the_item_has_a_word_and_every_word_a_value() {
        let slips = [
            ("allowed = [\"01\", \"02\"]", "allowed = [\"01\", \"02\", \"03\"]", "no word for \"03\""),
            ("allowed = [\"01\", \"02\"]", "allowed = [\"01\"]", "a word for \"02\", which 種別 never has"),
            ("allowed = [\"01\", \"02\"]", "", "the item lists its values"),
            (
                "allowed = [\"01\", \"02\"]",
                "allowed = [\"01\", \"02\"]\nempty = \"zeros\"",
                "no word for an empty value",
            ),
            ("allowed = [\"01\", \"02\"]", "map = { \"速\" = \"01\" }", "no word for \"速\""),
            ("from = \"種別\"", "from = \"日\"", "the item lists its values"),
            ("from = \"種別\"", "from = \"種\"", "line 8: derived: not every data record has an item \"種\""),
            ("name = \"状態\"", "name = \"種別\"", "line 8: derived: a column or an item is named"),
            ("name = \"状態\"", "name = \"\"", "line 8: derived: a column or an item is named"),
            ("values = {", "value = {", "unknown field `value`"),
        ];
        for (right, slip, wanted) in slips {
            let text = sound().replacen(right, slip, 1);
            let found = Layout::compile("p/t", &text).unwrap_err();
            let found: String = found.iter().map(|problem| format!("{problem}\n")).collect();
            assert!(found.contains(wanted), "{slip}: {found}");
        }
    }

    #[test]
    fn a_derived_column_of_a_map_goes_by_the_words_that_decoding_gives() {
        let text =
            sound().replace("allowed = [\"01\", \"02\"]", "map = { \"速\" = \"01\", \"確\" = \"02\" }");
        let text =
            text.replace("\"01\" = \"速報\", \"02\" = \"確報\"", "\"速\" = \"速報\", \"確\" = \"確報\"");
        let layout = Layout::compile("p/t", &text).unwrap();
        let item = &layout.records[0].items[0];
        assert_eq!(layout.derived[0].word(item, b"02"), Ok("確報"));
        assert!(layout.derived[0].word(item, b"03").is_err());
    }
}
