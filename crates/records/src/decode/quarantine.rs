//! Data records that are left out of the rows: which may be, and the file in which they wait for a person.
//!
//! Owns: the quarantine file (mode 0600): the bytes of those records as the partner sent them, in their order.
//! Promises: a record is left out only when all that is wrong with it is values of its own items, when it is a data record
//! beyond doubt, and when no total hangs on those values; the file is one of the layout, without header and trailer.
//! On failure: the first error of the disk is kept and told at the end.
//! Never: holds more than one record in memory; changes a byte.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::files::create_private;
use crate::layout::Layout;
use crate::layout::item::{ValueFault, ValueOrigin};
use crate::layout::plan::{Record, TotalPart};
use crate::scan::cut::{END_MARK, RawRecord};
use crate::scan::stream::BYTE_ORDER_MARK;
use crate::scan::walk::{FindingCause, RecordFinding};

/// The records left out of one file.
pub(super) struct Quarantine<'a> {
    layout: &'a Layout,
    /// Where the records are written; none where every problem refuses the file.
    path: Option<&'a Path>,
    /// The partner's file, from which lines are copied.
    received: &'a File,
    /// The byte at which the first record of a CSV file begins: a heading or a byte order mark stands before it.
    begins: u64,
    out: Option<BufWriter<File>>,
    records: u64,
    failed: Option<io::Error>,
}

impl<'a> Quarantine<'a> {
    /// A quarantine without records; the file is created with the first one.
    pub(super) fn new(layout: &'a Layout, path: Option<&'a Path>, received: &'a File) -> Quarantine<'a> {
        let begins = if layout.shape.byte_order_mark { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        Quarantine { layout, path, received, begins, out: None, records: 0, failed: None }
    }

    /// The first record of the file begins here.
    pub(super) fn begins_at(&mut self, at: u64) {
        self.begins = self.begins.max(at);
    }

    /// Whether a record with these findings may be left out while the rest of the file passes.
    pub(super) fn takes(&self, kind: Option<usize>, cut: RawRecord, findings: &[RecordFinding]) -> bool {
        let Some(kind) = kind.filter(|&kind| self.layout.is_data(kind)) else { return false };
        self.path.is_some()
            && findings.iter().all(|finding| concerns_its_record_only(self.layout, kind, finding))
            && is_told_from_others(self.layout, kind, cut)
    }

    /// Takes a record of fixed width.
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.put(bytes).err();
        }
    }

    /// Takes the line that begins and ends at these bytes of the partner's file.
    pub(super) fn keep_line(&mut self, from: u64, to: u64) {
        let line = self.bytes(from.max(self.begins), to);
        match line {
            Ok(line) => {
                let shape = &self.layout.shape;
                let (end, separator) = (shape.in_file("\n"), shape.separator_in_file());
                let mut line = &line[..];
                while let Some(rest) = line.strip_prefix(&end[..]) {
                    line = rest;
                }
                self.keep(line.strip_suffix(&separator[..]).unwrap_or(line));
            }
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }

    /// Completes the file and syncs it. Returns the number of records in it; with none of them there is no file.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(mut out) = self.out.take() {
            let shape = &self.layout.shape;
            if shape.separator_after_last {
                out.write_all(&shape.separator_in_file())?;
            }
            if shape.end_mark.is_some() {
                out.write_all(&[END_MARK])?;
            }
            out.into_inner()?.sync_all()?;
        }
        Ok(self.records)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => {
                out.write_all(&self.layout.shape.separator_in_file())?;
                out
            }
            None => {
                let path = self.path.expect("a record is taken only where it has a file to go to");
                let file = create_private(path)?;
                let before = self.bytes(0, self.begins)?;
                let out = self.out.insert(BufWriter::new(file));
                out.write_all(&before)?;
                out
            }
        };
        self.records += 1;
        out.write_all(bytes)
    }

    fn bytes(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; to.saturating_sub(from) as usize];
        self.received.read_exact_at(&mut bytes, from)?;
        Ok(bytes)
    }
}

/// The finding is about a value of the record's own, and nothing that the file says elsewhere hangs on that value.
fn concerns_its_record_only(layout: &Layout, kind: usize, finding: &RecordFinding) -> bool {
    let (FindingCause::Value(fault), Some(n)) = (&finding.wrong, finding.item) else { return false };
    // Another municipality's record, or a gateway that says the wrong one: neither is a slip in a single record.
    if matches!(fault, ValueFault::NotOurs(_)) {
        return false;
    }
    let stands_alone = match layout.records[kind].items[n].source {
        ValueOrigin::Column(_)
        | ValueOrigin::Literal(_)
        | ValueOrigin::Bytes(_)
        | ValueOrigin::CheckDigit { .. }
        | ValueOrigin::Gateway(_)
        | ValueOrigin::Link { .. } => true,
        ValueOrigin::Total(_) | ValueOrigin::Sequence { .. } | ValueOrigin::Block(_) => false,
    };
    let mut adds = layout.totals.iter().filter_map(|total| total.adds[kind].as_ref());
    let is_added = adds.any(|adds| {
        adds.item == Some(n) || adds.condition.as_ref().is_some_and(|condition| condition.item == n)
    });
    let is_repeated = layout.repeated.iter().any(|item| item.index[kind] == Some(n));
    stands_alone && !is_added && !is_repeated
}

/// The record holds a literal that tells it from every kind that is counted otherwise.
fn is_told_from_others(layout: &Layout, kind: usize, cut: RawRecord) -> bool {
    let record = &layout.records[kind];
    let others = (0..layout.records.len()).filter(|&other| other != kind && !layout.top.contains(&other));
    others.into_iter().all(|other| {
        let counts_alike =
            || layout.totals.iter().all(|total| adds_alike(record, &total.adds[kind], &total.adds[other]));
        holds_what_the_other_lacks(record, &layout.records[other], cut)
            || layout.is_data(other) && counts_alike()
    })
}

fn holds_what_the_other_lacks(record: &Record, other: &Record, cut: RawRecord) -> bool {
    let mut marks = record.marks_that_tell_it_from(other);
    marks.any(|(n, mark)| cut.field(&record.items[*n], *n) == Some(&mark[..]))
}

/// Whichever of two kinds a record is, the total is the same.
fn adds_alike(record: &Record, adds: &Option<TotalPart>, other: &Option<TotalPart>) -> bool {
    match (adds, other) {
        (None, None) => true,
        (Some(adds), Some(other)) => {
            let at = |adds: &TotalPart| adds.item.map(|n| record.position(n));
            adds.condition.is_none() && other.condition.is_none() && at(adds) == at(other)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}
