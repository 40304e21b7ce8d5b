//! The journal read for an index that lacks some of it: one thread reads, checks and understands the lines, the other applies them.
//!
//! Owns what is applied from a journal to an index that has less, the handing over between the two, some hundred lines at a time,
//! and what the log says meanwhile. Promises the same lines in the same order as [`Journal::read_on`], and that nothing is kept
//! of those that were applied. What was applied is stored batch by batch with its place: whoever is cut off goes on there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::changes::{Changes, after, receipt_of};
use crate::error::LedgerError;
use crate::event::Entry;
use crate::index::{Applied, Index};
use crate::journal::{Journal, JournalError, Line, LinesFound, Position};
use crate::marks::{ClosedFile, Mark, Remembered};
use crate::segments::{Segment, segments_of};
use crate::state::ReceiptLink;

/// Lines that are handed over together.
const LINES: usize = 256;
/// Deliveries held in memory while the index catches up with the journal.
const REPLAY_BATCH: usize = 1000;
/// Parts that are read ahead.
const AHEAD: usize = 8;
/// How often the log says how far it is.
const TELL: Duration = Duration::from_secs(5);

/// A line that was read, and what it says.
struct LineToApply {
    position: Position,
    /// Nothing of a line that was applied before.
    entry: Option<Result<Entry, serde_json::Error>>,
}

/// Some lines, in order.
pub(super) struct PartToApply {
    lines: Vec<LineToApply>,
    /// Where reading may begin for whoever knows what stands before the first of them.
    mark: Mark,
    /// The files that were found closed before it, and weren't remembered.
    closed: Vec<ClosedFile>,
    /// How much of the journal was read by then, in hundredths.
    percent: u64,
}

/// Where the journal stands while it is replayed into the index.
pub(super) struct Replay<'a> {
    pub(super) index: &'a Index,
    pub(super) from: Position,
    /// Why no further line is applied. Told only once the rest is found whole: in a damaged journal, a line that can't
    /// be read is first of all damage.
    pub(super) stuck: Option<LedgerError>,
    pub(super) changes: Changes,
    pub(super) last_receipt: Option<ReceiptLink>,
    pub(super) position: Position,
    /// Up to here the history may know what came of an event already.
    pub(super) ahead: u64,
    pub(super) replayed: u64,
    pub(super) known: Option<Position>,
    pub(super) holds_known: bool,
}

/// How far the journal was read.
struct ReadSoFar {
    /// Bytes of the files before each, and of all.
    before: HashMap<PathBuf, u64>,
    total: u64,
}

/// Reads what is missing behind `from`, and has it applied part by part. The log says now and then how far it is.
///
/// # Errors
/// Damage, or the disk; also what `apply` answers.
pub(super) fn in_parts(
    directory: &Path,
    limit: u64,
    remembered: &Remembered,
    from: Position,
    mut apply: impl FnMut(PartToApply) -> Result<(), LedgerError>,
) -> Result<LinesFound, LedgerError> {
    let so_far = ReadSoFar::of(directory)?;
    let (parts, received) = sync_channel(AHEAD);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read(directory, limit, remembered, from, &so_far, &parts));
        let mut told = Instant::now();
        for part in received {
            if told.elapsed() >= TELL {
                told = Instant::now();
                tracing::info!("the journal is read into the index: {} %", part.percent);
            }
            apply(part)?;
        }
        reader.join().expect("reading doesn't panic")
    })
}

fn read(
    directory: &Path,
    limit: u64,
    remembered: &Remembered,
    from: Position,
    so_far: &ReadSoFar,
    parts: &SyncSender<PartToApply>,
) -> Result<LinesFound, LedgerError> {
    let mut part = None::<PartToApply>;
    let found = Journal::read_on(directory, limit, remembered, |line: &Line| {
        let open = part.get_or_insert_with(|| PartToApply {
            lines: Vec::with_capacity(LINES),
            mark: line.mark.clone(),
            closed: line.closed.to_vec(),
            percent: so_far.percent(line.file),
        });
        let is_new = line.position.seq > from.seq;
        let entry = is_new.then(|| serde_json::from_slice(line.text));
        open.lines.push(LineToApply { position: line.position, entry });
        if open.lines.len() < LINES {
            return Ok(());
        }
        // Whoever applies has ended, and says why.
        part.take().map_or(Ok(()), |part| parts.send(part)).map_err(|_| LedgerError::Stopped)
    })?;
    part.map_or(Ok(()), |part| parts.send(part)).map_err(|_| LedgerError::Stopped)?;
    Ok(found)
}

impl ReadSoFar {
    fn of(directory: &Path) -> Result<ReadSoFar, JournalError> {
        let segments = segments_of(directory).map_err(JournalError::disk("listing", directory))?;
        let (mut before, mut total) = (HashMap::new(), 0);
        for segment in &segments {
            before.insert(segment.path.clone(), total);
            total += Segment::size(segment);
        }
        Ok(ReadSoFar { before, total })
    }

    fn percent(&self, file: &Path) -> u64 {
        let before = self.before.get(file).copied().unwrap_or_default();
        (before * 100).checked_div(self.total).unwrap_or_default()
    }
}

impl Replay<'_> {
    pub(super) fn part(&mut self, part: PartToApply) -> Result<(), LedgerError> {
        let PartToApply { lines, mark, closed, .. } = part;
        // The first of these lines carries the digest of the one before it: what is stored here is proven. A rebuild that is
        // interrupted goes on from there.
        if self.changes.deliveries.len() >= REPLAY_BATCH {
            self.flush(mark, closed)?;
        }
        lines.into_iter().try_for_each(|line| self.line(line))
    }

    fn line(&mut self, LineToApply { position, entry }: LineToApply) -> Result<(), LedgerError> {
        self.holds_known |= self.known == Some(position);
        if self.stuck.is_some() {
            return Ok(());
        }
        let Some(entry) = entry else {
            if position.seq == self.from.seq && position != self.from {
                self.stuck = Some(LedgerError::JournalChanged { seq: position.seq });
            }
            return Ok(());
        };
        match self.apply(position, entry) {
            Err(error @ (LedgerError::Unreadable { .. } | LedgerError::Contradiction(_))) => {
                self.stuck = Some(error);
                Ok(())
            }
            applied => applied,
        }
    }

    fn apply(
        &mut self,
        position: Position,
        entry: Result<Entry, serde_json::Error>,
    ) -> Result<(), LedgerError> {
        let entry = entry.map_err(|error| LedgerError::Unreadable { seq: position.seq, error })?;
        self.last_receipt = receipt_of(&entry).or(self.last_receipt);
        self.position = position;
        self.replayed += 1;
        // After a power cut the history may know more than the rest of the index.
        if let Some(id) = entry.delivery.as_ref().filter(|_| position.seq <= self.ahead)
            && !self.changes.deliveries.contains_key(id)
            && self.index.has_applied(id, position.seq)?
        {
            return Ok(());
        }
        let after = after(&entry, self.index, &self.changes)?;
        self.changes.note(&entry, after.as_ref());
        Ok(())
    }

    pub(super) fn flush(&mut self, mark: Mark, closed: Vec<ClosedFile>) -> Result<(), LedgerError> {
        if self.position != self.from {
            let Changes { deliveries, holds } = std::mem::take(&mut self.changes);
            let (position, last_receipt) = (self.position, self.last_receipt);
            let applied = Applied { position, last_receipt, mark, closed };
            self.index.store(deliveries.into_values().collect(), holds, applied)?;
        }
        Ok(())
    }
}
