//! How the records of a layout go together: literals, keys, blocks and totals.
//!
//! Owns: the marks by which a reader knows a record, and the resolution of `break_on`, `record_key` and totals.
//! Promises: records that may stand in the same position have one length and differ in a literal item.
//! On failure: one problem for each pair of records, and for each name that leads nowhere.
//! Never: looks at values other than literals.

use super::compiler::{Compiler, WrittenRecord};
use super::defaults::LayoutDefaults;
use super::definition::{LayoutHeading, RecordDefinition, WhereDefinition};
use super::item::{EncodingBuffer, Fault, Item, ValueOrigin};
use super::origin::LayoutNames;
use super::plan::{BlockBreak, DataItem, Record, Total, TotalCondition, TotalPart};
use super::text::TextRules;
use super::words::{Align, EmptyValue, FileFormat, ItemKind, Overflow, Pad, RecordPlace};
use totatsu_base::say;

impl Compiler<'_> {
    /// Encodes the literal items for a trial: a literal that does not fit is found now, and the bytes become marks.
    pub(super) fn marks(&mut self, definition: &RecordDefinition, record: &mut Record) {
        for (n, item) in record.items.iter().enumerate() {
            let (ValueOrigin::Literal(literal) | ValueOrigin::Link { default: Some(literal), .. }) =
                &item.source
            else {
                continue;
            };
            let mut buffer = EncodingBuffer::default();
            item.write(literal, &mut buffer);
            let line = Some(self.line(&definition.name));
            for fault in &buffer.faults {
                let message = say!(
                    "layout-literal-fault",
                    literal = literal,
                    wrong = fault.wrong(),
                    accepted = fault.accepted()
                );
                self.add(line, Some(&record.name), Some(item.label()), message);
            }
            if let Some(fold) = buffer.folds.first() {
                let message = say!("layout-literal-folded", literal = literal, table = fold.table);
                self.add(line, Some(&record.name), Some(item.label()), message);
            }
            if matches!(item.source, ValueOrigin::Literal(_)) && buffer.faults.is_empty() {
                record.marks.push((n, buffer.bytes));
            }
        }
    }

    /// Words of maps and listed values are written and read for a trial: one that would not come back is found now.
    pub(super) fn listed_values(&mut self, definition: &RecordDefinition, record: &Record) {
        let line = Some(self.line(&definition.name));
        for item in &record.items {
            let words = item.map.iter().map(|(word, _)| word);
            for value in words.chain(&item.allowed) {
                let (mut buffer, mut text) = (EncodingBuffer::default(), String::new());
                item.write(value, &mut buffer);
                let read = item.read(&buffer.bytes, &mut text).is_ok();
                let back = text == *value || item.map.is_empty() && item.is_code(value, &text);
                if buffer.faults.is_empty() && buffer.folds.is_empty() && read && back {
                    continue;
                }
                let why = buffer.faults.first().map_or_else(|| say!("layout-not-read-back"), Fault::wrong);
                let message = say!("layout-listed-value", value = value, why = why);
                self.add(line, Some(&record.name), Some(item.label()), message);
            }
            if record.length == 0 && record.items.len() == 1 && item.empty != EmptyValue::Refuse {
                self.add(line, Some(&record.name), Some(item.label()), say!("layout-empty-line"));
            }
        }
    }

    /// Resolves `break_on`.
    pub(super) fn breaks(
        &mut self,
        heading: &LayoutHeading,
        written: &[WrittenRecord],
        records: &[Record],
        names: &LayoutNames,
    ) -> Vec<BlockBreak> {
        let mut breaks = Vec::new();
        for name in &heading.break_on {
            let data = || records.iter().filter(|record| record.place == RecordPlace::Data);
            let item = DataItem::named(name.get_ref(), records);
            let found = item.index.iter().flatten().count();
            let header = records.iter().find(|record| record.place == RecordPlace::BlockHeader);
            let column = names.columns.iter().position(|column| column == name.get_ref());
            let taken = column.filter(|column| {
                header.is_some_and(|header| header.columns().any(|(taken, _)| taken == *column))
            });
            let mut items = written.iter().flat_map(|(_, items)| items);
            if found > 0 && found == data().count() {
                breaks.push(BlockBreak::Item(item));
            } else if let Some(column) = taken {
                breaks.push(BlockBreak::Column(column));
            // An item that was refused for another reason is not missing.
            } else if !items.any(|item| item.name == *name) || found > 0 {
                self.refuse_at(name, say!("layout-break-on", name = name.get_ref()));
            }
        }
        breaks
    }

    pub(super) fn records_fit_together(
        &mut self,
        heading: &LayoutHeading,
        defaults: &LayoutDefaults,
        written: &[WrittenRecord],
        records: &mut [Record],
    ) {
        if defaults.format == FileFormat::AsIs {
            return;
        }
        let standing = |place| written.iter().filter(|(record, _)| record.place == place).count();
        self.rules_of_file(&[
            (standing(RecordPlace::Data) == 0, "layout-no-data"),
            (standing(RecordPlace::BlockHeader) > 1, "layout-one-block-header"),
            (standing(RecordPlace::BlockTrailer) > 1, "layout-one-block-trailer"),
            (standing(RecordPlace::FileEnd) > 1, "layout-one-file-end"),
        ]);
        for (n, record) in records.iter().enumerate() {
            if records[..n].iter().any(|other| other.name == record.name) {
                let line = self.line(&written[n].0.name);
                self.add(Some(line), Some(&record.name), None, say!("layout-record-name"));
            }
        }
        self.keys(heading, written, records);
        self.body_is_readable(records);
    }

    /// Several data records are told apart by a literal that the source has in a column.
    fn keys(&mut self, heading: &LayoutHeading, written: &[WrittenRecord], records: &mut [Record]) {
        let data = records.iter().filter(|record| record.place == RecordPlace::Data).count();
        let Some(name) = &heading.record_key else {
            return self.rules_of_file(&[(data > 1, "layout-record-key-missing")]);
        };
        let line = Some(self.line(name));
        for n in 0..records.len() {
            if records[n].place != RecordPlace::Data {
                continue;
            }
            let found = written[n].1.iter().find(|item| item.name == *name);
            let Some(key) = found.and_then(|item| item.value.clone()) else {
                let message = say!("layout-record-key-item", name = name.get_ref());
                self.add(line, Some(&records[n].name), None, message);
                continue;
            };
            if records.iter().any(|other| other.key.as_ref() == Some(&key)) {
                self.add(line, Some(&records[n].name), None, say!("layout-record-key-twice", key = key));
            }
            records[n].key = Some(key);
        }
    }

    /// Checks that after the file's top every record has one length, and that any two may be told apart by their literals.
    fn body_is_readable(&mut self, records: &[Record]) {
        let body: Vec<&Record> =
            records.iter().filter(|record| record.place != RecordPlace::FileTop).collect();
        for (n, record) in body.iter().enumerate() {
            for other in &body[..n] {
                if record.length != other.length {
                    let message = say!("layout-length-differs", name = other.name);
                    self.add(None, Some(&record.name), None, message);
                }
                if !record.differs_visibly(other) {
                    let message = say!("layout-not-told-apart", name = other.name);
                    self.add(None, Some(&record.name), None, message);
                }
            }
        }
    }

    /// Resolves counts and sums to what each kind of record adds to them.
    pub(super) fn totals(&mut self, names: &LayoutNames, records: &[Record]) -> Vec<Total> {
        let mut totals = Vec::new();
        for total in &names.totals {
            let mut adds: Vec<Option<TotalPart>> = Vec::new();
            let mut signed = false;
            for (n, record) in records.iter().enumerate() {
                let summed = total.summed.as_ref().filter(|_| record.place == RecordPlace::Data);
                let item = summed.and_then(|name| record.items.iter().position(|item| item.name == *name));
                if item.is_none() && !total.counted.contains(&n) {
                    adds.push(None);
                    continue;
                }
                if let Some(item) = item.map(|item| &record.items[item])
                    && (item.align, item.pad) == (Align::Left, Pad::Zeros)
                {
                    self.add(None, Some(&record.name), Some(item.label()), say!("layout-sum-zeros"));
                }
                signed |= item.is_some_and(|item| record.items[item].sign.is_some());
                // A record without the item of the condition has no value that could satisfy it.
                adds.push(match &total.condition {
                    None => Some(TotalPart { item, condition: None }),
                    Some(written) => self
                        .condition(written, record)
                        .map(|condition| TotalPart { item, condition: Some(condition) }),
                });
            }
            let label = total.summed.as_ref().map(|name| label(name, total.condition.as_ref()));
            totals.push(Total { label, signed, adds });
        }
        totals
    }

    /// The names of the data record's items in the file's encoding, for a file that begins with them.
    pub(super) fn heading_line(&mut self, heading: &LayoutHeading, records: &[Record]) -> Vec<Vec<u8>> {
        if !heading.csv.as_ref().is_some_and(|csv| csv.heading) {
            return Vec::new();
        }
        let mut data = records.iter().filter(|record| record.place == RecordPlace::Data);
        let (Some(record), None) = (data.next(), data.next()) else {
            self.refuse_file(say!("layout-csv-heading"));
            return Vec::new();
        };
        let mut line = Vec::new();
        for item in &record.items {
            let name = Item { kind: ItemKind::Mixed, ..plain_text(item) };
            let mut buffer = EncodingBuffer::default();
            name.write(&item.name, &mut buffer);
            if !buffer.faults.is_empty() {
                self.add(None, Some(&record.name), Some(item.label()), say!("layout-csv-heading-name"));
            }
            line.push(buffer.bytes);
        }
        line
    }

    fn condition(&mut self, written: &WhereDefinition, record: &Record) -> Option<TotalCondition> {
        let item = record.items.iter().position(|item| item.name == written.item)?;
        let among = !written.is.is_empty();
        let mut values = Vec::new();
        for value in if among { &written.is } else { &written.is_not } {
            let mut buffer = EncodingBuffer::default();
            record.items[item].write(value, &mut buffer);
            if buffer.faults.is_empty() {
                values.push(buffer.bytes);
            } else {
                let label = record.items[item].label();
                self.add(None, Some(&record.name), Some(label), say!("layout-where-value", value = value));
            }
        }
        Some(TotalCondition { item, values, among })
    }
}

/// How a receipt names a sum.
fn label(name: &str, condition: Option<&WhereDefinition>) -> String {
    match condition {
        None => name.to_owned(),
        Some(condition) if condition.is.is_empty() => {
            format!("{name} ({} != {})", condition.item, condition.is_not.join(", "))
        }
        Some(condition) => format!("{name} ({} = {})", condition.item, condition.is.join(", ")),
    }
}

/// An item that takes any text of the encoding, whatever its length.
fn plain_text(item: &Item) -> Item {
    Item {
        filled: false,
        bytes: usize::MAX,
        characters: None,
        rules: TextRules::default(),
        only: None,
        suspects: Item::suspects(&item.barred, false),
        empty: EmptyValue::Spaces,
        align: Align::Left,
        pad: Pad::Spaces,
        exact: false,
        allowed: Vec::new(),
        map: Vec::new(),
        date: None,
        time: None,
        verify: None,
        overflow: Overflow::Refuse,
        ..item.clone()
    }
}
