//! What a record takes from the other records: totals, running numbers, check digits.
//!
//! Owns: the count of records, rows and blocks while a file is written.
//! Promises: a number stands in all its bytes or a fault is returned.
//! On failure: the index of the item, and its fault.
//! Never: decides when a record is written.

use super::record_buffer::RecordBuffer;
use crate::layout::item::{EncodingBuffer, ValueFault, ValueOrigin};
use crate::layout::tally::Tally;
use crate::layout::{Layout, Numbered};

/// How far a file has come.
#[derive(Debug, Default)]
pub(super) struct RunningNumbers {
    /// Records of all kinds.
    pub(super) records: u64,
    data: u64,
    data_in_block: u64,
    blocks: u64,
}

impl RunningNumbers {
    /// A block begins.
    pub(super) fn block(&mut self) {
        self.blocks += 1;
        self.data_in_block = 0;
    }

    /// Notes that `count` data records follow.
    pub(super) fn data_records(&mut self, count: u64) {
        self.records += count;
        self.data += count;
        self.data_in_block += count;
    }

    fn of(&self, what: Numbered) -> u64 {
        match what {
            Numbered::Records => self.records,
            Numbered::Data => self.data,
            Numbered::DataInBlock => self.data_in_block,
            Numbered::Blocks => self.blocks,
        }
    }
}

/// A record that is not data counts itself where a total names its kind.
pub(super) fn count_itself(layout: &Layout, kind: usize, tally: &mut Tally) {
    for (total, sum) in layout.totals.iter().zip(&mut tally.totals) {
        if total.adds[kind].is_some() {
            *sum += 1;
        }
    }
}

/// Writes counts and sums into a record.
pub(super) fn fill_totals(
    layout: &Layout,
    kind: usize,
    record_buffer: &mut RecordBuffer,
    tally: &Tally,
    buffer: &mut EncodingBuffer,
) -> Result<(), (usize, ValueFault)> {
    for (n, item) in layout.records[kind].items.iter().enumerate() {
        if let ValueOrigin::Total(total) = item.source {
            item.write_number(tally.totals[total], buffer);
            match buffer.faults.drain(..).next() {
                Some(fault) => return Err((n, fault)),
                None => record_buffer.set(item, n, &buffer.bytes),
            }
        }
    }
    Ok(())
}

/// Writes running numbers, then check digits, into a record that is complete otherwise.
pub(super) fn fill_reckoned(
    layout: &Layout,
    kind: usize,
    record_buffer: &mut RecordBuffer,
    numbers: &RunningNumbers,
    buffer: &mut EncodingBuffer,
) -> Result<(), (usize, ValueFault)> {
    if !layout.records[kind].reckons {
        return Ok(());
    }
    let items = &layout.records[kind].items;
    for (n, item) in items.iter().enumerate() {
        if let ValueOrigin::Sequence { of, first } = item.source {
            item.write_number(i128::from(first) + i128::from(numbers.of(of)) - 1, buffer);
            match buffer.faults.drain(..).next() {
                Some(fault) => return Err((n, fault)),
                None => record_buffer.set(item, n, &buffer.bytes),
            }
        }
    }
    for (n, item) in items.iter().enumerate() {
        if let ValueOrigin::CheckDigit { method, over } = &item.source {
            let digits: Vec<u8> =
                over.iter().flat_map(|&n| record_buffer.field(&items[n], n)).copied().collect();
            let digit = method.digit(digits.into_iter()).ok_or((n, ValueFault::NoCheckDigit(*method)))?;
            record_buffer.set(item, n, &[digit]);
        }
    }
    Ok(())
}
