//! A row to begin with: a made-up value for each column of the source that the layout takes.
//!
//! Owns: the values tried.
//! Promises: a value that is handed out fits every item that takes the column; where none of the tried fits, it is empty.
//! On failure: nothing here fails.
//! Never: resembles a person on purpose.

use super::item::{EncodingBuffer, Item, ValueOrigin};
use super::plan::{ItemRelation, Layout, Record};
use super::words::ItemKind;

impl Layout {
    /// A made-up row, one value for each of [`Layout::input_columns`].
    pub fn example_row(&self) -> Vec<String> {
        let record = self.data.first().map(|&kind| &self.records[kind]);
        (0..self.columns.len())
            .map(|column| {
                let key = record.and_then(|record| record.key.clone());
                if self.record_key == Some(column) {
                    key.unwrap_or_default()
                } else {
                    self.example(record, column)
                }
            })
            .collect()
    }

    fn example(&self, data: Option<&Record>, column: usize) -> String {
        let frames = self.top.iter().chain(&self.header).map(|&kind| &self.records[kind]);
        let items: Vec<&Item> = frames
            .chain(data)
            .flat_map(|record| &record.items)
            .filter(|item| item.source == ValueOrigin::Column(column))
            .collect();
        // Words that stand only beside a flag: the example has none.
        let stands_alone = |record: &Record| {
            let here = |n: usize| record.items[n].source == ValueOrigin::Column(column);
            record.relations.iter().any(|relation| match relation {
                ItemRelation::OnlyWhere { item, .. } => here(*item),
                ItemRelation::UnknownOf { .. } => false,
            })
        };
        if data.is_some_and(stands_alone) {
            return String::new();
        }
        let fits = |value: &String| items.iter().all(|item| writes(item, value));
        items.iter().flat_map(|item| candidates(item)).find(fits).unwrap_or_default()
    }
}

fn writes(item: &Item, value: &str) -> bool {
    let mut buffer = EncodingBuffer::default();
    item.write(value, &mut buffer);
    buffer.faults.is_empty() && buffer.folds.is_empty()
}

/// Values that may fit, the most telling first.
fn candidates(item: &Item) -> Vec<String> {
    let mut values: Vec<String> = item.allowed.clone();
    values.extend(item.map.iter().map(|(word, _)| word.clone()));
    if item.date.is_some() {
        // The second is in an era that older sheets know too.
        values.extend(["20260401", "19450815", "202604", "0401"].map(str::to_owned));
    }
    if item.time.is_some() {
        values.push("093000".to_owned());
    }
    if let Some(only) = &item.only {
        values.extend(only.iter().map(|(first, _)| first.to_string()));
    }
    let room = item.room().min(20);
    match item.kind {
        ItemKind::Digits => {
            values.push("1".to_owned());
            values.push(
                item.verify
                    .and_then(|method| {
                        let digits = "1".repeat(room - 1);
                        let check = method.digit(digits.bytes())?;
                        Some(format!("{digits}{}", char::from(check)))
                    })
                    .unwrap_or_default(),
            );
            values.push("1".repeat(item.room().min(100)));
        }
        ItemKind::OneByte => {
            values.extend(["カナ", "ｶﾅ", "A1", "1"].map(str::to_owned));
            values.push("A".repeat(item.room().min(100)));
        }
        ItemKind::TwoByte => values.extend(["山田　太郎", "全角", "全"].map(str::to_owned)),
        ItemKind::Mixed => values.extend(["山田 太郎", "全角1", "1"].map(str::to_owned)),
    }
    values
}
