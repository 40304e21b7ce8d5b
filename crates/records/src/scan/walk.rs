//! The way through a file: which record each is, whether it may stand there, and whether it agrees with the others.
//!
//! Owns: the order of records, the running counts and sums, and everything that one record says about others.
//! Promises: each item of each record is checked by kind, encoding and value; headers and trailers agree with the data
//! records between them; totals, running numbers and check digits are reckoned again from the bytes.
//! On failure: a [`RecordFinding`] for each thing that is wrong; the walk goes on with the next record.
//! Never: writes; uses code of the encoder.

use std::collections::HashMap;

use super::cut::RawRecord;
use crate::file_fault::FileFault;
use crate::layout::item::{Item, ValueFault, ValueOrigin};
use crate::layout::plan::{DataItem, Record};
use crate::layout::tally::Tally;
use crate::layout::{CheckMethod, Layout, Numbered, RecordPlace};
use crate::values::FixedBytes;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordFinding {
    /// The number of the record in the file, counted from 1; none for the file as a whole.
    pub(crate) record: Option<u64>,
    /// The byte at which the record, or the item in it, begins.
    pub(crate) at: u64,
    /// The kind of record, if it could be told.
    pub(crate) kind: Option<usize>,
    /// The item in the record.
    pub(crate) item: Option<usize>,
    pub(crate) wrong: FindingCause,
}

/// What is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FindingCause {
    Value(ValueFault),
    File(FileFault),
}

/// A file being walked through.
pub(crate) struct RecordWalk<'a> {
    layout: &'a Layout,
    /// The bytes of the items that gateway and link fill, where they are known: by record and item.
    ours: Option<&'a FixedBytes>,
    /// The kind of the record before; `None` before the first after the file's top.
    before: Option<usize>,
    /// Records at the file's top met so far.
    top: usize,
    /// Records met so far.
    records: u64,
    blocks: u64,
    block: Tally,
    file: Tally,
    /// The repeated items of the block, as its header or its first data record has them.
    repeated: Vec<Option<Vec<u8>>>,
    /// The totals at the file's top, to be compared at its end: kind, item, number, byte.
    promised: Vec<(usize, usize, i128, u64)>,
    /// What data records have in an item that the link fills, by kind and item.
    of_link: HashMap<(usize, usize), Vec<u8>>,
    /// The kinds that may follow each kind; the last entry is for the start of the records after the file's top.
    follows: Vec<Vec<usize>>,
    /// The items of each kind that say something about other records, or that other places say something about.
    among_others: Vec<Vec<usize>>,
    scratch: String,
    pub(crate) findings: Vec<RecordFinding>,
}

impl<'a> RecordWalk<'a> {
    pub(crate) fn new(layout: &'a Layout, ours: Option<&'a FixedBytes>) -> RecordWalk<'a> {
        let kinds = 0..layout.records.len();
        RecordWalk {
            follows: kinds.clone().map(Some).chain([None]).map(|kind| layout.may_follow(kind)).collect(),
            among_others: kinds.map(|kind| among_others(layout, kind)).collect(),
            layout,
            ours,
            before: None,
            top: 0,
            records: 0,
            blocks: 0,
            block: Tally::of(layout),
            file: Tally::of(layout),
            repeated: vec![None; layout.repeated.len()],
            promised: Vec::new(),
            of_link: HashMap::new(),
            scratch: String::new(),
            findings: Vec::new(),
        }
    }

    /// Takes the next record, which was found `sound` of a kind by itself, or not. Returns its kind, or `None` if it could not
    /// be told.
    pub(crate) fn step(&mut self, at: u64, cut: RawRecord, sound: Option<usize>) -> Option<usize> {
        self.records += 1;
        let Some(kind) = self.kind_of(cut) else {
            let next = self.next_names();
            self.file_finding(at, None, FileFault::OutOfPlace { next });
            return None;
        };
        let record = &self.layout.records[kind];
        if !cut.has_shape_of(record) {
            let fault = match cut {
                RawRecord::Fixed(bytes) => {
                    FileFault::RecordBytes { bytes: bytes.len(), wanted: record.width() }
                }
                RawRecord::Line(line) => {
                    FileFault::LineColumns { columns: line.len(), wanted: record.items.len() }
                }
            };
            self.file_finding(at, Some(kind), fault);
        }
        self.advance(kind);
        self.count(kind, cut);
        if sound == Some(kind) {
            for n in 0..self.among_others[kind].len() {
                let n = self.among_others[kind][n];
                let item = &record.items[n];
                if let Some(field) = cut.field(item, n)
                    && let Err(fault) = self.among(kind, n, item, field, at, cut)
                {
                    self.value_finding(at, kind, n, fault);
                }
            }
            self.close(kind);
            return Some(kind);
        }
        for (n, item) in record.items.iter().enumerate() {
            if let Some(field) = cut.field(item, n)
                && let Err(fault) = self.item(kind, n, item, field, at, cut)
            {
                self.value_finding(at, kind, n, fault);
            }
        }
        for (n, fault) in record.contradictions(|n| cut.field(&record.items[n], n)) {
            self.value_finding(at, kind, n, fault);
        }
        self.close(kind);
        Some(kind)
    }

    /// The end of the file: whether it may end here, and whether its totals are right. Returns counts and sums.
    pub(crate) fn finish(&mut self, at: u64) -> &Tally {
        let whole = self.top == self.layout.top.len() && self.layout.may_end_after(self.before);
        if !whole {
            let next = self.next_names();
            self.records += 1;
            self.file_finding(at, None, FileFault::EndsEarly { next });
        }
        self.end_of_block();
        for (kind, item, found, at) in std::mem::take(&mut self.promised) {
            if let ValueOrigin::Total(total) = self.layout.records[kind].items[item].source {
                let reckoned = self.file.totals[total];
                if let Err(fault) = compared(found, reckoned) {
                    self.value_finding(at, kind, item, fault);
                }
            }
        }
        &self.file
    }

    /// The names of the records that may stand next.
    fn next_names(&self) -> Vec<String> {
        self.candidates().iter().map(|&kind| self.layout.records[kind].name.clone()).collect()
    }

    /// The kinds that may stand next.
    fn candidates(&self) -> Vec<usize> {
        match self.layout.top.get(self.top) {
            Some(&kind) => vec![kind],
            None => self.follows[self.before.unwrap_or(self.layout.records.len())].clone(),
        }
    }

    /// The kind of the record: the kind whose literals the record holds. Where no kind matches in full, the first of these
    /// that there is: the only kind that may stand here; the kind whose first literal the record holds; any data kind, where
    /// only data may stand, since then the place is sure and the key is what is wrong.
    fn kind_of(&self, cut: RawRecord) -> Option<usize> {
        let layout = self.layout;
        let marked = |record: &Record, marks: usize| {
            record
                .marks
                .iter()
                .take(marks)
                .all(|(n, mark)| cut.field(&record.items[*n], *n) == Some(&mark[..]))
        };
        if let Some(&kind) = layout.top.get(self.top) {
            return Some(kind);
        }
        let next = &self.follows[self.before.unwrap_or(layout.records.len())];
        let find = |marks| next.iter().copied().find(|&kind| marked(&layout.records[kind], marks));
        let is_data = || next.iter().all(|&kind| layout.is_data(kind));
        find(usize::MAX)
            .or_else(|| if let [only] = next[..] { Some(only) } else { find(1) })
            .or_else(|| next.first().copied().filter(|_| is_data()))
    }

    /// Notes that a record of this kind is here; a new block begins with its header, or with its first data record.
    fn advance(&mut self, kind: usize) {
        let layout = self.layout;
        let place = layout.records[kind].place;
        let begins = match place {
            RecordPlace::BlockHeader => true,
            RecordPlace::Data | RecordPlace::BlockTrailer => {
                layout.header.is_none() && self.before.is_none_or(|kind| !layout.is_data(kind))
            }
            RecordPlace::FileTop | RecordPlace::FileEnd => false,
        };
        if begins {
            self.end_of_block();
            self.blocks += 1;
            self.repeated.iter_mut().for_each(|repeated| *repeated = None);
        }
        if place == RecordPlace::FileTop {
            self.top += 1;
        } else {
            self.before = Some(kind);
        }
    }

    fn count(&mut self, kind: usize, cut: RawRecord) {
        let in_block =
            !matches!(self.layout.records[kind].place, RecordPlace::FileTop | RecordPlace::FileEnd);
        let tally = if in_block { &mut self.block } else { &mut self.file };
        let items = &self.layout.records[kind].items;
        tally.add(self.layout, kind, |n| cut.field(&items[n], n).unwrap_or_default(), |_| None);
    }

    fn close(&mut self, kind: usize) {
        if self.layout.records[kind].place == RecordPlace::BlockTrailer {
            self.end_of_block();
        }
    }

    fn end_of_block(&mut self) {
        let block = std::mem::replace(&mut self.block, Tally::of(self.layout));
        self.file.take_in(&block);
    }

    /// Checks one item of the record at hand.
    fn item(
        &mut self,
        kind: usize,
        n: usize,
        item: &Item,
        field: &[u8],
        at: u64,
        cut: RawRecord,
    ) -> Result<(), ValueFault> {
        match &item.source {
            ValueOrigin::Bytes(bytes) if item.unchecked || field == bytes => Ok(()),
            ValueOrigin::Bytes(_) => Err(ValueFault::NotFiller),
            ValueOrigin::Literal(text) => {
                let marks = &self.layout.records[kind].marks;
                let right = marks.iter().any(|(m, mark)| *m == n && mark == field);
                if right { Ok(()) } else { Err(self.wrong_literal(kind, item, text, field)) }
            }
            ValueOrigin::Column(_)
            | ValueOrigin::Total(_)
            | ValueOrigin::Sequence { .. }
            | ValueOrigin::CheckDigit { .. }
            | ValueOrigin::Gateway(_)
            | ValueOrigin::Link { .. }
            | ValueOrigin::Block(_) => {
                item.check(field, &mut self.scratch)?;
                self.among(kind, n, item, field, at, cut)
            }
        }
    }

    /// Checks one item of the record at hand, which is right by itself, against what stands elsewhere.
    fn among(
        &mut self,
        kind: usize,
        n: usize,
        item: &Item,
        field: &[u8],
        at: u64,
        cut: RawRecord,
    ) -> Result<(), ValueFault> {
        match &item.source {
            ValueOrigin::Total(total) => self.total(kind, n, *total, item.number_in(field), at),
            ValueOrigin::Sequence { of, first } => self.sequence(*of, *first, item.number_in(field)),
            ValueOrigin::CheckDigit { method, over } => {
                let items = &self.layout.records[kind].items;
                let fields = over.iter().flat_map(|&n| cut.field(&items[n], n).unwrap_or_default());
                check_digit(*method, fields.copied().collect(), field)
            }
            ValueOrigin::Block(repeated) => self.repeats(*repeated, field),
            ValueOrigin::Gateway(_) | ValueOrigin::Link { .. } => {
                let ours = self.ours.and_then(|ours| ours[kind][n].as_deref());
                match ours.filter(|ours| *ours != field) {
                    None if ours.is_none() && matches!(item.source, ValueOrigin::Link { .. }) => {
                        self.same_throughout(kind, n, field)
                    }
                    None => Ok(()),
                    Some(ours) => Err(ValueFault::NotOurs(String::from_utf8(ours.to_vec()).ok())),
                }
            }
            ValueOrigin::Column(_) if self.layout.is_data(kind) => self.agrees(kind, n, field),
            ValueOrigin::Column(_) | ValueOrigin::Literal(_) | ValueOrigin::Bytes(_) => Ok(()),
        }
    }

    /// What a link says is one value for the whole file, also where nobody tells which: a file of 全件 holds no 差分.
    fn same_throughout(&mut self, kind: usize, n: usize, field: &[u8]) -> Result<(), ValueFault> {
        if !self.layout.is_data(kind) {
            return Ok(());
        }
        let first = self.of_link.entry((kind, n)).or_insert_with(|| field.to_vec());
        if first == field { Ok(()) } else { Err(ValueFault::Differs) }
    }

    /// The fault of a literal. In the key of a data record of unknown kind, the keys of all data records would be accepted.
    fn wrong_literal(&self, kind: usize, item: &Item, text: &str, field: &[u8]) -> ValueFault {
        let layout = self.layout;
        let is_key = layout.record_key.is_some_and(|column| layout.columns[column] == item.name);
        if !is_key || !layout.is_data(kind) {
            return ValueFault::NotTheLiteral(text.to_owned());
        }
        let keys = layout.data.iter().filter_map(|&kind| layout.records[kind].key.clone());
        let text: Option<String> = field.iter().map(|&byte| item.charset.one_byte(byte)).collect();
        let value = text.unwrap_or_else(|| String::from_utf8_lossy(field).into_owned());
        ValueFault::NotAllowed { value, allowed: keys.collect() }
    }

    fn total(&mut self, kind: usize, n: usize, total: usize, found: i128, at: u64) -> Result<(), ValueFault> {
        let reckoned = match self.layout.records[kind].place {
            RecordPlace::FileTop => {
                self.promised.push((kind, n, found, at));
                return Ok(());
            }
            RecordPlace::FileEnd => {
                self.end_of_block();
                self.file.totals[total]
            }
            RecordPlace::BlockHeader | RecordPlace::Data | RecordPlace::BlockTrailer => {
                self.block.totals[total]
            }
        };
        compared(found, reckoned)
    }

    fn sequence(&self, of: Numbered, first: u64, found: i128) -> Result<(), ValueFault> {
        let data = |tally: &Tally| self.layout.data.iter().map(|&kind| tally.records[kind]).sum::<u64>();
        let nth = match of {
            Numbered::Records => self.records,
            Numbered::Blocks => self.blocks,
            Numbered::DataInBlock => data(&self.block),
            Numbered::Data => data(&self.file) + data(&self.block),
        };
        let reckoned = i128::from(first) + i128::from(nth) - 1;
        compared(found, reckoned)
    }

    /// A header or trailer and the data records of its block hold the same.
    fn repeats(&mut self, repeated: usize, field: &[u8]) -> Result<(), ValueFault> {
        match &self.repeated[repeated] {
            Some(known) if known == field => Ok(()),
            Some(_) => Err(ValueFault::Differs),
            None => {
                self.repeated[repeated] = Some(field.to_vec());
                Ok(())
            }
        }
    }

    fn agrees(&mut self, kind: usize, n: usize, field: &[u8]) -> Result<(), ValueFault> {
        let layout = self.layout;
        let is_repeated = |item: &DataItem| item.index[kind] == Some(n);
        match layout.repeated.iter().position(is_repeated) {
            Some(repeated) => self.repeats(repeated, field),
            None => Ok(()),
        }
    }

    fn value_finding(&mut self, at: u64, kind: usize, item: usize, fault: ValueFault) {
        let at = at + self.layout.records[kind].items[item].range.start as u64;
        let wrong = FindingCause::Value(fault);
        self.findings.push(RecordFinding {
            record: Some(self.records),
            at,
            kind: Some(kind),
            item: Some(item),
            wrong,
        });
    }

    fn file_finding(&mut self, at: u64, kind: Option<usize>, fault: FileFault) {
        let wrong = FindingCause::File(fault);
        self.findings.push(RecordFinding { record: Some(self.records), at, kind, item: None, wrong });
    }
}

/// The items of a kind that are compared with what stands elsewhere.
fn among_others(layout: &Layout, kind: usize) -> Vec<usize> {
    let items = &layout.records[kind].items;
    let is_compared = |n: &usize| match items[*n].source {
        ValueOrigin::Bytes(_) | ValueOrigin::Literal(_) => false,
        ValueOrigin::Column(_) => {
            layout.is_data(kind) && layout.repeated.iter().any(|item| item.index[kind] == Some(*n))
        }
        ValueOrigin::Total(_)
        | ValueOrigin::Sequence { .. }
        | ValueOrigin::CheckDigit { .. }
        | ValueOrigin::Gateway(_)
        | ValueOrigin::Link { .. }
        | ValueOrigin::Block(_) => true,
    };
    (0..items.len()).filter(is_compared).collect()
}

/// A number that the file tells, against the one that was reckoned.
fn compared(found: i128, reckoned: i128) -> Result<(), ValueFault> {
    if found == reckoned {
        return Ok(());
    }
    Err(ValueFault::NotReckoned { found: found.to_string(), reckoned: reckoned.to_string() })
}

/// A field with a check digit, against the digits that it is reckoned over.
fn check_digit(method: CheckMethod, digits: Vec<u8>, field: &[u8]) -> Result<(), ValueFault> {
    match method.digit(digits.into_iter()) {
        Some(digit) if field == [digit] => Ok(()),
        Some(digit) => Err(ValueFault::NotReckoned {
            found: String::from_utf8_lossy(field).into_owned(),
            reckoned: char::from(digit).to_string(),
        }),
        None => Err(ValueFault::NoCheckDigit(method)),
    }
}
