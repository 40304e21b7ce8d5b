//! The compiled layout: every width added up, every name resolved.
//!
//! Owns: the form of a layout that encoding, reading back and the ruler use.
//! Promises: a layout that exists passed all checks of `compile`; it never changes afterwards.
//! On failure: nothing here fails.
//! Never: reads files.

use std::ops::Range;

use jiff::civil::Date;

use super::definition::{Confidence, Place, Status};
use super::item::{Item, Source};
use super::text::Encoding;
use crate::digest::Sha256;

/// A layout that has been checked and can be used.
#[derive(Debug, Clone)]
pub struct Layout {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) partner: String,
    pub(super) status: Status,
    pub(super) sources: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) effective_from: Date,
    pub(super) until: Option<Date>,
    pub(super) encoding: Encoding,
    pub(super) sha256: Sha256,
    /// All kinds of records, in the order of the file.
    pub(crate) records: Vec<Record>,
    /// The records at the top of the file.
    pub(crate) top: Vec<usize>,
    pub(crate) header: Option<usize>,
    pub(crate) data: usize,
    pub(crate) trailer: Option<usize>,
    /// The bytes of a data record whose change ends a block.
    pub(crate) breaks: Vec<Range<usize>>,
    /// The data items (indices) whose sum some record carries.
    pub(crate) sums: Vec<usize>,
    /// The data items (indices) that a header or trailer repeats: equal throughout a block.
    pub(crate) repeated: Vec<usize>,
}

/// A kind of record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// Bytes.
    pub(crate) length: usize,
    pub(crate) items: Vec<Item>,
    /// The bytes by which a reader knows the record: its literal items.
    pub(crate) marks: Vec<(Range<usize>, Vec<u8>)>,
}

impl Layout {
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
    pub fn status(&self) -> Status {
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

    /// The encoding of the records.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// SHA-256 of the layout file.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// The columns a source must have, in the order of the record.
    pub fn input_columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for item in &self.records[self.data].items {
            if let Source::Column(column) = &item.source
                && !columns.contains(&column.as_str())
            {
                columns.push(column);
            }
        }
        columns
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
        let start = self.header.unwrap_or(self.data);
        match before {
            Some(kind) if Some(kind) == self.header => vec![self.data],
            Some(kind) if kind == self.data => {
                let end = self.trailer.or(self.header);
                std::iter::once(self.data).chain(end).collect()
            }
            Some(_) | None => vec![start],
        }
    }

    /// The kind of record after which a file may end.
    pub(crate) fn last_kind(&self) -> usize {
        self.trailer.unwrap_or(self.data)
    }
}

impl Record {
    /// The literal items of the record hold what they must.
    pub(crate) fn is_marked(&self, bytes: &[u8]) -> bool {
        self.marks.iter().all(|(range, mark)| bytes.get(range.clone()) == Some(&mark[..]))
    }

    /// Some literal item has other bytes at the same place in the other record.
    pub(super) fn differs_visibly(&self, other: &Record) -> bool {
        self.marks.iter().any(|(range, mark)| {
            other.marks.iter().any(|(other_range, other_mark)| range == other_range && mark != other_mark)
        })
    }
}
