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
            let line = Some(self.line(&definition.name));
            let taken = columns.contains(name)
                || data.clone().any(|record| record.items.iter().any(|item| item.name == *name))
                || all.iter().any(|other| other.name == *name);
            if taken || name.is_empty() {
                let message = say!("layout-derived-taken", name = name);
                self.add(line, None, None, message);
            }
            let from = definition.from.get_ref().clone();
            let index = DataItem::named(&from, records);
            if index.index.iter().flatten().count() != data.count() {
                let message = say!("layout-derived-from", from = from);
                self.add(line, None, None, message);
            }
            for (record, n) in records.iter().zip(&index.index) {
                let Some(item) = n.map(|n| &record.items[n]) else { continue };
                if let Err(message) = has_words(item, &definition.values) {
                    self.add(line, Some(&record.name), Some(item.label()), message);
                }
            }
            let name = definition.name.into_inner();
            all.push(Derived { name, from, index, words: definition.values });
        }
        for unused in unused_words(&all, records) {
            self.add(None, None, None, unused);
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
    let words = item.map.iter().map(|(word, _)| word);
    let values: Vec<&String> = match &item.source {
        ValueOrigin::Literal(text) => vec![text],
        ValueOrigin::Column(_) if item.date.is_some() || item.time.is_some() => return None,
        ValueOrigin::Column(_) => words.chain(&item.allowed).collect(),
        ValueOrigin::Bytes(_)
        | ValueOrigin::Total(_)
        | ValueOrigin::Sequence { .. }
        | ValueOrigin::CheckDigit { .. }
        | ValueOrigin::Gateway(_)
        | ValueOrigin::Link { .. }
        | ValueOrigin::Block(_) => return None,
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

    const SOUND: &str = r#"
title = "t"
partner = "p"
status = "sample"
effective_from = 2026-04-01
encoding = "shift_jis"
separator = "lf"
[[derived]]
name = "状態"
from = "種別"
values = { "01" = "速報", "02" = "確報" }
[[record]]
name = "明細"
place = "data"
length = 10
[[record.item]]
no = 1
name = "種別"
kind = "9"
bytes = 2
allowed = ["01", "02"]
[[record.item]]
no = 2
name = "日"
kind = "9"
bytes = 8
date = "YYYYMMDD"
map = { "" = "00000000" }
"#;

    #[test]
    fn a_derived_column_stands_after_those_of_the_source() {
        let layout = Layout::compile("p/t", SOUND).unwrap();
        assert_eq!(layout.input_columns(), ["種別", "日"]);
        assert_eq!(layout.decoded_columns(), ["種別", "日", "状態"]);
        assert_eq!(layout.derived_columns(), ["状態 from 種別: 01 = 速報, 02 = 確報"]);
        let other = Layout::compile("p/t", &SOUND.replace("確報", "確定")).unwrap();
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
            ("from = \"種別\"", "from = \"種\"", "line 9: derived: not every data record has an item \"種\""),
            ("name = \"状態\"", "name = \"種別\"", "line 9: derived: a column or an item is named"),
            ("name = \"状態\"", "name = \"\"", "line 9: derived: a column or an item is named"),
            ("values = {", "value = {", "unknown field `value`"),
        ];
        for (sound, slip, wanted) in slips {
            let text = SOUND.replacen(sound, slip, 1);
            let found = Layout::compile("p/t", &text).unwrap_err();
            let found: String = found.iter().map(|problem| format!("{problem}\n")).collect();
            assert!(found.contains(wanted), "{slip}: {found}");
        }
    }

    #[test]
    fn a_derived_column_of_a_map_goes_by_the_words_that_decoding_gives() {
        let text = SOUND.replace("allowed = [\"01\", \"02\"]", "map = { \"速\" = \"01\", \"確\" = \"02\" }");
        let text =
            text.replace("\"01\" = \"速報\", \"02\" = \"確報\"", "\"速\" = \"速報\", \"確\" = \"確報\"");
        let layout = Layout::compile("p/t", &text).unwrap();
        let item = &layout.records[0].items[0];
        assert_eq!(layout.derived[0].word(item, b"02"), Ok("確報"));
        assert!(layout.derived[0].word(item, b"03").is_err());
    }
}
