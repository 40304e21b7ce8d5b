//! The compiled layout: every width added up, every name resolved.
//!
//! Owns: the form of a layout that encoding, reading and the ruler use, and which record may follow which.
//! Promises: a layout that exists passed all checks of `compile`; it never changes afterwards.
//! On failure: nothing here fails.
//! Never: reads files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use totatsu_base::say;

use jiff::civil::Date;

use super::charset::Encoding;
use super::item::{Item, ValueFault, ValueOrigin};
use super::words::{Confidence, EndMark, FileFormat, LayoutStatus, Quote, RecordPlace, Separator};
use crate::lines::LINE;
use crate::utf16::ByteOrder;
use totatsu_base::digest::Sha256;

/// A layout that has been checked and can be used.
#[derive(Debug, Clone)]
pub struct Layout {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) partner: String,
    pub(super) status: LayoutStatus,
    pub(super) sources: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Whose sheet an agreed layout follows, and when it was last compared.
    pub(super) agreed: Option<(String, Date)>,
    /// What the tables beside the layout, and the repertoire, say of their version and origin.
    pub(super) tables: Vec<String>,
    /// The name of the repertoire, where one is asked for.
    pub(super) repertoire: Option<String>,
    pub(super) effective_from: Date,
    pub(super) until: Option<Date>,
    pub(super) encoding: Option<Encoding>,
    pub(crate) choices: LinkChoices,
    pub(super) sha256: Sha256,
    pub(crate) shape: FileShape,
    /// All kinds of records, in the order of the file.
    pub(crate) records: Vec<Record>,
    /// The records at the top of the file.
    pub(crate) top: Vec<usize>,
    pub(crate) header: Option<usize>,
    /// The data records; none only in a layout that leaves the bytes as they are.
    pub(crate) data: Vec<usize>,
    pub(crate) trailer: Option<usize>,
    pub(crate) end: Option<usize>,
    /// The names of the input columns.
    pub(crate) columns: Vec<String>,
    /// The columns that only decoding hands out, after the others.
    pub(crate) derived: Vec<Derived>,
    /// The column that says which data record a row is.
    pub(crate) record_key: Option<usize>,
    /// What ends a block when it changes.
    pub(crate) breaks: Vec<BlockBreak>,
    pub(crate) totals: Vec<Total>,
    /// The data items that a header or trailer repeats: equal throughout a block.
    pub(crate) repeated: Vec<DataItem>,
    /// The first bytes of what the partner sends instead of a file, when it has an error to tell.
    pub(crate) error_message: Option<String>,
    /// The columns of the heading line of a CSV file that has one.
    pub(crate) heading_line: Vec<Vec<u8>>,
}

/// The link values by which a layout's form may be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LinkChoices {
    /// The link value that chooses the separator between records.
    pub(crate) separator: Option<String>,
    /// The link value that chooses the mark after the last record.
    pub(crate) end_mark: Option<String>,
}

/// What a file is made of beside its records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileShape {
    pub(crate) format: FileFormat,
    pub(crate) separator: Separator,
    pub(crate) separator_after_last: bool,
    /// Reading takes a file whose last record has no separator.
    pub(crate) last_separator_optional: bool,
    pub(crate) end_mark: Option<EndMark>,
    /// A file without any data record is right.
    pub(crate) may_be_empty: bool,
    pub(crate) quote: Quote,
    /// A first line with the names of the data record's items.
    pub(crate) heading: bool,
    pub(crate) delimiter: u8,
    pub(crate) byte_order_mark: bool,
    /// The lines are written in UTF-16.
    pub(crate) byte_order: Option<ByteOrder>,
    /// What the partner's sheet calls the first byte: 0 or 1.
    pub(crate) first_byte: usize,
}

/// A kind of record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) place: RecordPlace,
    /// Bytes, with a separator that counts into the record; 0 for a line of a CSV file.
    pub(crate) length: usize,
    pub(crate) items: Vec<Item>,
    /// The literal items by which a reader knows the record: index and bytes.
    pub(crate) marks: Vec<(usize, Vec<u8>)>,
    /// What the source says in the column that tells data records apart.
    pub(crate) key: Option<String>,
    /// Some item is a running number or a check digit.
    pub(crate) reckons: bool,
    pub(crate) relations: Vec<ItemRelation>,
}

/// What one item of a record says about another (indices).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ItemRelation {
    /// The flag is set exactly where the date is not wholly known.
    UnknownOf { flag: usize, date: usize },
    /// The item has a value only where another one has one of these.
    OnlyWhere { item: usize, other: usize, is: Vec<String> },
}

/// An item of the data records: its index in each kind of record that has it, by the kind's index.
#[derive(Debug, Clone)]
pub(crate) struct DataItem {
    pub(crate) index: Vec<Option<usize>>,
}

/// A column that follows from an item.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    pub(crate) name: String,
    /// The item, as the layout file names it.
    pub(crate) from: String,
    /// The item in each kind of data record.
    pub(crate) index: DataItem,
    /// The word for each value of the item, as decoding gives it.
    pub(crate) words: BTreeMap<String, String>,
}

/// What ends a block when it changes from one row to the next.
#[derive(Debug, Clone)]
pub(crate) enum BlockBreak {
    /// The bytes of a data item.
    Item(DataItem),
    /// An input column that the block's header takes (index).
    Column(usize),
}

/// A count or a sum over the block and over the file.
#[derive(Debug, Clone)]
pub(crate) struct Total {
    /// How receipts name the total; none for counts of records, which they hold anyway.
    pub(crate) label: Option<String>,
    /// Some value it adds may be negative.
    pub(crate) signed: bool,
    /// What each kind of record adds, by the kind's index.
    pub(crate) adds: Vec<Option<TotalPart>>,
}

/// What a record adds to a total.
#[derive(Debug, Clone)]
pub(crate) struct TotalPart {
    /// The item whose number is added; none adds one.
    pub(crate) item: Option<usize>,
    /// The item and the bytes that decide whether it is added.
    pub(crate) condition: Option<TotalCondition>,
}

/// Which records a total takes in.
#[derive(Debug, Clone)]
pub(crate) struct TotalCondition {
    pub(crate) item: usize,
    /// The values in question, as bytes of the item.
    pub(crate) values: Vec<Vec<u8>>,
    /// `true`: the item must be one of these values; `false`: it must be none of them.
    pub(crate) among: bool,
}

impl FileShape {
    /// Text of ours, as its bytes stand in the file.
    pub(crate) fn in_file(&self, text: &str) -> Vec<u8> {
        self.bytes_in_file(text.as_bytes().to_vec())
    }

    /// Lines of encoded items, as their bytes stand in the file.
    pub(crate) fn bytes_in_file(&self, lines: Vec<u8>) -> Vec<u8> {
        match self.byte_order {
            // Items in UTF-8 are text: they were encoded from it.
            Some(order) => {
                order.encoded(std::str::from_utf8(&lines).expect("lines of UTF-16 are made of UTF-8"))
            }
            None => lines,
        }
    }

    /// The separator, as its bytes stand in the file.
    pub(crate) fn separator_in_file(&self) -> Vec<u8> {
        self.bytes_in_file(self.separator.bytes().to_vec())
    }
}

impl Layout {
    /// What the partner's sheet calls the first byte: 0 or 1.
    pub fn first_byte(&self) -> u64 {
        self.shape.first_byte as u64
    }

    /// How links name the layout: partner and name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version: the first day it applies, as YYYY-MM-DD.
    pub fn version(&self) -> String {
        self.effective_from.to_string()
    }

    /// The first day the layout applies.
    pub fn effective_from(&self) -> Date {
        self.effective_from
    }

    /// The last day the layout applies, if one is known.
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// The title on the partner's sheet.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The partner, in the words of the layout file.
    pub fn partner(&self) -> &str {
        &self.partner
    }

    /// How sure the layout is.
    pub fn status(&self) -> LayoutStatus {
        self.status
    }

    /// Where the layout was taken from.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// What an operator has to know or check.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whose sheet an agreed layout follows, and when it was last compared.
    pub fn agreed(&self) -> Option<(&str, Date)> {
        self.agreed.as_ref().map(|(with, day)| (with.as_str(), *day))
    }

    /// What the folding tables and the repertoire say of their version and origin, a line each.
    pub fn tables(&self) -> &[String] {
        &self.tables
    }

    /// The encoding of the records; none where the bytes are left as they are.
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// The form of the file.
    pub fn format(&self) -> FileFormat {
        self.shape.format
    }

    /// SHA-256 of the layout file, followed by the partners' folding tables that it names, in the order of their names.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// The names of the values that the layout takes from the link.
    pub fn link_values(&self) -> BTreeSet<&str> {
        self.items_of_link().map(|(key, _)| key).chain(self.choosing_values()).collect()
    }

    /// The names of link values without a default in the layout: the link must give these.
    pub fn required_link_values(&self) -> BTreeSet<&str> {
        self.items_of_link().filter(|(_, default)| default.is_none()).map(|(key, _)| key).collect()
    }

    /// The items that the link fills: the name of the value, and the layout's default.
    fn items_of_link(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let items = self.records.iter().flat_map(|record| &record.items);
        items.filter_map(|item| {
            let ValueOrigin::Link { key, default } = &item.source else { return None };
            Some((key.as_str(), default.as_deref()))
        })
    }

    /// How many of these records, counted by kind, carry data; of a file that is carried as it is, how many lines. `None` if the lines
    /// weren't counted.
    pub fn data_records(&self, counted: &BTreeMap<String, u64>) -> Option<u64> {
        let data = self.records.iter().filter(|record| record.place == RecordPlace::Data);
        let counts = data.map(|record| counted.get(&record.name).copied().unwrap_or_default());
        match self.shape.format {
            FileFormat::AsIs => counted.get(LINE).copied(),
            FileFormat::Fixed | FileFormat::Csv => Some(counts.sum()),
        }
    }

    /// The columns of the source, in the order of the file.
    pub fn input_columns(&self) -> Vec<&str> {
        self.columns.iter().map(String::as_str).collect()
    }

    /// The columns of what decoding hands out: those of the source, then the derived ones.
    pub fn decoded_columns(&self) -> Vec<&str> {
        let derived = self.derived.iter().map(|derived| derived.name.as_str());
        self.columns.iter().map(String::as_str).chain(derived).collect()
    }

    /// The derived columns, each in words: its name, the item it follows from, and the word for each value.
    pub fn derived_columns(&self) -> Vec<String> {
        self.derived.iter().map(Derived::described).collect()
    }

    /// The number of items of all records, fillers among them.
    pub fn item_count(&self) -> usize {
        self.records.iter().map(|record| record.items.len()).sum()
    }

    /// The items of which the layout file is not sure, in the order of the file: record, number and name of the item,
    /// how sure, and the file's note.
    pub fn doubts(&self) -> impl Iterator<Item = (&str, String, Confidence, Option<&str>)> {
        let items =
            self.records.iter().flat_map(|record| record.items.iter().map(move |item| (record, item)));
        items.filter_map(|(record, item)| {
            let confidence = item.confidence.filter(|&confidence| confidence != Confidence::Confirmed)?;
            Some((record.name.as_str(), item.label(), confidence, item.note.as_deref()))
        })
    }

    /// The kinds of records that may follow a kind; `None` stands for the start of the records after the file's top.
    pub(crate) fn may_follow(&self, before: Option<usize>) -> Vec<usize> {
        let mut next: Vec<usize> = Vec::new();
        let begin_block = |next: &mut Vec<usize>| match self.header {
            Some(header) => next.push(header),
            None => next.extend(&self.data),
        };
        match before.map(|kind| self.records[kind].place) {
            None | Some(RecordPlace::FileTop) => {
                begin_block(&mut next);
                if self.shape.may_be_empty {
                    next.extend(self.trailer.filter(|_| self.header.is_none()));
                    next.extend(self.end);
                }
            }
            Some(RecordPlace::BlockHeader) => {
                next.extend(&self.data);
                if self.shape.may_be_empty {
                    next.extend(self.trailer.or(self.end));
                }
            }
            Some(RecordPlace::Data) => {
                next.extend(&self.data);
                match self.trailer {
                    Some(trailer) => next.push(trailer),
                    None => {
                        next.extend(self.header.filter(|_| !self.breaks.is_empty()));
                        next.extend(self.end);
                    }
                }
            }
            Some(RecordPlace::BlockTrailer) => {
                if !self.breaks.is_empty() {
                    begin_block(&mut next);
                }
                next.extend(self.end);
            }
            Some(RecordPlace::FileEnd) => {}
        }
        next
    }

    /// Whether the file may end after a kind; `None` stands for the start of the records after the file's top.
    pub(crate) fn may_end_after(&self, last: Option<usize>) -> bool {
        match (self.end, last.map(|kind| self.records[kind].place)) {
            (Some(_), place) => place == Some(RecordPlace::FileEnd),
            (None, None | Some(RecordPlace::FileTop)) => self.shape.may_be_empty,
            (None, Some(RecordPlace::BlockHeader)) => self.shape.may_be_empty && self.trailer.is_none(),
            (None, Some(RecordPlace::Data)) => self.trailer.is_none(),
            (None, Some(RecordPlace::BlockTrailer | RecordPlace::FileEnd)) => true,
        }
    }

    /// The columns that rows of a kind leave empty: those of other data records alone.
    pub(crate) fn foreign_columns(&self, kind: usize) -> impl Iterator<Item = usize> {
        let takes =
            |kind: usize, column: usize| self.records[kind].columns().any(|(taken, _)| taken == column);
        (0..self.columns.len()).filter(move |&column| {
            let other = self.data.iter().any(|&data| data != kind && takes(data, column));
            let frames = self.top.iter().chain(&self.header).any(|&frame| takes(frame, column));
            other && !frames && !takes(kind, column) && self.record_key != Some(column)
        })
    }

    /// The kind is that of a data record.
    pub(crate) fn is_data(&self, kind: usize) -> bool {
        self.records[kind].place == RecordPlace::Data
    }

    /// The bytes of every record after the file's top, without its separator.
    pub(crate) fn body_width(&self) -> usize {
        let body = self.records.iter().find(|record| record.place != RecordPlace::FileTop);
        body.map_or(0, Record::width)
    }
}

impl Record {
    /// The bytes of its items, in a file of fixed width.
    pub(crate) fn width(&self) -> usize {
        self.items.last().map_or(0, |last| last.range.end)
    }

    /// The range of an item; for a CSV line its number.
    pub(crate) fn position(&self, item: usize) -> Range<usize> {
        match self.items[item].range.clone() {
            Range { start: 0, end: 0 } => item..item + 1,
            range => range,
        }
    }

    /// Some literal item has other bytes at the same place in the other record.
    pub(super) fn differs_visibly(&self, other: &Record) -> bool {
        self.marks_that_tell_it_from(other).next().is_some()
    }

    /// The literal items of this record that have other bytes than the other record has at the same place: index and bytes.
    pub(crate) fn marks_that_tell_it_from(&self, other: &Record) -> impl Iterator<Item = &(usize, Vec<u8>)> {
        self.marks.iter().filter(|(item, mark)| {
            other.marks.iter().any(|(other_item, other_mark)| {
                self.position(*item) == other.position(*other_item) && mark != other_mark
            })
        })
    }

    /// The input columns of the record and the items they fill, in the order of the items.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, usize)> {
        self.items.iter().enumerate().filter_map(|(n, item)| {
            let ValueOrigin::Column(column) = item.source else { return None };
            Some((column, n))
        })
    }
}

impl DataItem {
    /// Where the data records have an item of this name.
    pub(super) fn named(name: &str, records: &[Record]) -> DataItem {
        let index = |record: &Record| {
            let data = record.place == RecordPlace::Data;
            record.items.iter().position(|item| item.name == name).filter(|_| data)
        };
        DataItem { index: records.iter().map(index).collect() }
    }
}

impl Derived {
    /// The word for an item's bytes. The fault of bytes that have none is told with the item.
    pub(crate) fn word(&self, item: &Item, field: &[u8]) -> Result<&str, ValueFault> {
        let mut value = String::new();
        item.read(field, &mut value)?;
        self.words.get(&value).map(String::as_str).ok_or_else(|| {
            let allowed = self.words.keys().cloned().collect();
            ValueFault::NotAllowed { value, allowed }
        })
    }

    /// The column in the words of the layout file.
    pub(crate) fn described(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|(value, word)| format!("{value} = {word}")).collect();
        say!("layout-derived-column", name = self.name, from = self.from, words = words.join(", "))
    }
}
