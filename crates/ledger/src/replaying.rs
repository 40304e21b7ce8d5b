//! The journal read for an index that lacks some of it: one thread reads and checks the lines, the other understands and applies them.
//!
//! Owns the handing over between the two, some hundred lines at a time, and what the log says meanwhile. Promises the same lines
//! in the same order as [`Journal::read_on`], and that nothing is kept of those that were applied. Applies nothing itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::LedgerError;
use crate::journal::{Journal, JournalError, Line, LinesFound, Position};
use crate::marks::{ClosedFile, Mark, Remembered};
use crate::segments::{Segment, segments_of};
use totatsu_base::say;

/// Lines that are handed over together.
const LINES: usize = 256;
/// Parts that are read ahead.
const AHEAD: usize = 8;
/// How often the log says how far it is.
const TELL: Duration = Duration::from_secs(5);

/// Some lines, in order.
pub(super) struct PartToApply {
    text: Vec<u8>,
    /// The position after each line, and where the line ends in the text.
    lines: Vec<(Position, usize)>,
    /// Where reading may begin for whoever knows what stands before the first of these lines.
    pub(super) mark: Mark,
    /// The files that were found closed before these lines, and weren't remembered.
    pub(super) closed: Vec<ClosedFile>,
    /// How much of the journal was read by then, in hundredths.
    percent: u64,
}

impl PartToApply {
    /// Each line, with the position after it.
    pub(super) fn lines(&self) -> impl Iterator<Item = (Position, &[u8])> {
        let ends = self.lines.iter();
        ends.scan(0, |start, (position, end)| {
            Some((*position, &self.text[std::mem::replace(start, *end)..*end]))
        })
    }
}

/// How far the journal was read.
struct ReadSoFar {
    /// Bytes of the files before each, and of all.
    before: HashMap<PathBuf, u64>,
    total: u64,
}

/// Reads what isn't remembered, and has it applied part by part. Says now and then how far it is.
///
/// # Errors
/// Damage, or the disk; also what `apply` answers.
pub(super) fn in_parts(
    directory: &Path,
    limit: u64,
    remembered: &Remembered,
    mut apply: impl FnMut(PartToApply) -> Result<(), LedgerError>,
) -> Result<LinesFound, LedgerError> {
    let so_far = ReadSoFar::of(directory)?;
    let (parts, received) = sync_channel(AHEAD);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read(directory, limit, remembered, &so_far, &parts));
        let mut told = Instant::now();
        for part in received {
            if told.elapsed() >= TELL {
                told = Instant::now();
                tracing::info!("{}", say!("ledger-read-into-index", percent = part.percent));
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
    so_far: &ReadSoFar,
    parts: &SyncSender<PartToApply>,
) -> Result<LinesFound, LedgerError> {
    let mut part = None::<PartToApply>;
    let found = Journal::read_on(directory, limit, remembered, |line: &Line| {
        let open = part.get_or_insert_with(|| PartToApply {
            text: Vec::new(),
            lines: Vec::with_capacity(LINES),
            mark: line.mark.clone(),
            closed: line.closed.to_vec(),
            percent: so_far.percent(line.file),
        });
        open.text.extend_from_slice(line.text);
        open.lines.push((line.position, open.text.len()));
        if open.lines.len() < LINES {
            return Ok(());
        }
        // Whoever applies has ended, and says why.
        hand_on(parts, part.take())
    })?;
    hand_on(parts, part)?;
    Ok(found)
}

fn hand_on(parts: &SyncSender<PartToApply>, part: Option<PartToApply>) -> Result<(), LedgerError> {
    match part {
        Some(part) => parts.send(part).map_err(|_| LedgerError::Stopped),
        None => Ok(()),
    }
}

impl ReadSoFar {
    fn of(directory: &Path) -> Result<ReadSoFar, JournalError> {
        let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
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
