//! Opens journal and index together: what of the journal the index lacks is applied to it, or all of it where the index is gone,
//! broken, or of another version.
//!
//! Promises that an index which knows an event that the journal lacks, or has otherwise, is believed and not the journal; that
//! nothing is changed before the journal was found whole in all that is read of it; and that a broken index is kept beside the
//! new one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::changes::{Changes, receipt_of};
use crate::error::{IndexError, LedgerError};
use crate::event::Entry;
use crate::history;
use crate::index::{self, Applied, Index};
use crate::journal::{self, Journal, Position};
use crate::lookup;
use crate::marks::{ClosedFile, Mark};
use crate::replaying::{PartToApply, in_parts};
use crate::state::ReceiptLink;
use crate::storing::{STUCK_CATCHING_UP, Storer};
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_base::{Moment, durable};

/// The default of [`LedgerLimits::together`].
const TOGETHER: usize = 2000;
/// [`LedgerLimits::cache`] for who asks once and ends: pages in memory that is used again cost less than those in fresh memory.
pub(super) const ASKING_ONCE: usize = 2 * 1024 * 1024;

/// The ledger's limits: when it begins something new, and how much it holds in memory.
#[derive(Debug, Clone, Copy)]
pub struct LedgerLimits {
    /// Bytes at which a journal file is followed by the next.
    pub file: u64,
    /// Finished deliveries that may lie beside the unfinished ones before they are moved into the history.
    pub ended: usize,
    /// Deliveries that are stored together while an index catches up with the journal; as many are held in memory besides.
    pub together: usize,
    /// Bytes of the history's pages that are kept in memory until something is added to it.
    pub cache: usize,
}

/// What opening the ledger found to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Bytes of a torn, never acknowledged end that were cut off the journal.
    pub torn: u64,
    /// Where a broken or disagreeing index was set aside, if it was.
    pub set_aside: Option<PathBuf>,
    /// The format of another version that the index had, if it was rebuilt for that; nothing of the old one is kept.
    pub other_format: Option<u32>,
    /// Events that were applied to the index from the journal.
    pub replayed: u64,
    /// The journal ends before the event that was known of it, or holds another one there.
    pub departs: bool,
}

/// Where the journal stands while it is replayed into the index.
struct Replay<'a> {
    index: &'a Index,
    storer: Storer,
    together: usize,
    from: Position,
    /// Why no further line is applied. Told only once the rest is found whole: in a damaged journal, a line that can't
    /// be read is first of all damage.
    stuck: Option<LedgerError>,
    changes: Changes,
    last_receipt: Option<ReceiptLink>,
    position: Position,
    /// Up to here the history may know what came of an event already.
    ahead: u64,
    replayed: u64,
    known: Option<Position>,
    holds_known: bool,
}

impl Default for LedgerLimits {
    fn default() -> LedgerLimits {
        let (file, ended) = (journal::FILE_LIMIT, index::ENDED_LIMIT);
        LedgerLimits { file, ended, together: TOGETHER, cache: history::CACHE }
    }
}

pub(super) type Opened = (Journal, Index, Option<ReceiptLink>);

/// Opens journal and index. Says besides what there was to do, and whether the journal has departed from an event that is known of it.
pub(super) fn open(
    journal_directory: &Path,
    limits: LedgerLimits,
    index_path: &Path,
    known: Option<Position>,
) -> Result<(Opened, Opening), LedgerError> {
    let mut opening = Opening::default();
    let opened = loop {
        match open_both(journal_directory, limits, index_path, known, &mut opening) {
            Err(LedgerError::Index(IndexError::Unusable(why))) if opening.set_aside.is_none() => {
                tracing::debug!(why, "the index is set aside");
                opening.set_aside = Some(set_aside(index_path)?);
            }
            Err(LedgerError::Index(IndexError::OtherFormat { found, .. })) if opening.set_aside.is_none() => {
                opening.other_format = Some(found);
                opening.set_aside = Some(set_aside(index_path)?);
            }
            opened => break opened?,
        }
    };
    if opening.other_format.is_some() {
        opening.set_aside = opening.set_aside.and_then(remove_replaced);
    }
    Ok((opened, opening))
}

fn set_aside(index: &Path) -> Result<PathBuf, LedgerError> {
    let aside =
        index.with_extension(format!("broken-{}", Moment::now().in_japan().strftime("%Y%m%d-%H%M%S%.3f")));
    durable::rename_to_free_name(index, &aside)?;
    Ok(aside)
}

/// Removes an index of another version, once the new one is there; hands its path back where that can't be done.
fn remove_replaced(aside: PathBuf) -> Option<PathBuf> {
    let removed = fs::remove_dir_all(&aside);
    removed
        .inspect_err(|error| {
            let error = os_error(error);
            tracing::warn!(aside = %aside.display(), error, "{}", say!("ledger-old-index-stays"));
        })
        .is_err()
        .then_some(aside)
}

/// Opens journal and index and brings the index up to the journal's end.
fn open_both(
    directory: &Path,
    limits: LedgerLimits,
    index_path: &Path,
    known: Option<Position>,
    opening: &mut Opening,
) -> Result<Opened, LedgerError> {
    let index = Index::open(index_path, limits.ended, limits.cache).map_err(|error| match error {
        IndexError::Locked => LedgerError::InUse(directory.to_owned()),
        IndexError::Unusable(_) | IndexError::OtherFormat { .. } | IndexError::NoRoom(_) => error.into(),
    })?;
    let (from, last_receipt) = (index.position()?, index.last_receipt()?);
    let (remembered, acknowledged) = (index.remembered()?, index.acknowledged()?);
    let mut replay = Replay {
        index: &index,
        storer: Storer::of(index.clone(), STUCK_CATCHING_UP)?,
        together: limits.together,
        from,
        stuck: None,
        changes: Changes::since(index.gateway_acts()?),
        last_receipt,
        position: from,
        ahead: if acknowledged.seq > from.seq { acknowledged.seq } else { 0 },
        replayed: 0,
        known,
        holds_known: known.is_none_or(|known| known.seq == 0),
    };
    let found = in_parts(directory, limits.file, &remembered, |part| replay.part(&part))?;
    if let Some(stuck) = replay.stuck {
        return Err(stuck);
    }
    let (journal, index_knows) = (found.end().seq, from.seq.max(acknowledged.seq));
    if index_knows > journal {
        return Err(LedgerError::JournalLostItsEnd { journal, index: index_knows });
    }
    if acknowledged.seq > from.seq && lookup::position_at(directory, acknowledged.seq)? != Some(acknowledged)
    {
        return Err(LedgerError::JournalChanged { seq: acknowledged.seq });
    }
    let (mark, closed) = found.to_remember();
    replay.flush(mark, closed)?;
    replay.storer.settle()?;
    let (replayed, last_receipt) = (replay.replayed, replay.last_receipt);
    // What is known may stand before what was read.
    opening.departs = match known.filter(|_| !replay.holds_known) {
        Some(known) => lookup::position_at(directory, known.seq)? != Some(known),
        None => false,
    };
    opening.torn = found.torn();
    opening.replayed = replayed;
    Ok((found.append()?, index, last_receipt))
}

impl Replay<'_> {
    fn part(&mut self, part: &PartToApply) -> Result<(), LedgerError> {
        // The first of these lines carries the digest of the one before it: what is stored here is proven. A rebuild that is
        // interrupted goes on from there.
        if self.changes.len() >= self.together {
            self.flush(part.mark.clone(), part.closed.clone())?;
        }
        part.lines().try_for_each(|(position, text)| self.line(position, text))
    }

    fn line(&mut self, position: Position, text: &[u8]) -> Result<(), LedgerError> {
        self.holds_known |= self.known == Some(position);
        if self.stuck.is_some() {
            return Ok(());
        }
        if position.seq <= self.from.seq {
            if position.seq == self.from.seq && position != self.from {
                self.stuck = Some(LedgerError::JournalChanged { seq: position.seq });
            }
            return Ok(());
        }
        match self.apply(position, text) {
            Err(error @ (LedgerError::Unreadable { .. } | LedgerError::Contradiction(_))) => {
                self.stuck = Some(error);
                Ok(())
            }
            applied => applied,
        }
    }

    fn apply(&mut self, position: Position, text: &[u8]) -> Result<(), LedgerError> {
        let unreadable = |error| LedgerError::Unreadable { seq: position.seq, error };
        let entry = Entry::of_line(text).map_err(unreadable)?;
        self.last_receipt = receipt_of(&entry).or(self.last_receipt);
        self.position = position;
        self.replayed += 1;
        // After a power cut the history may know more than the rest of the index.
        if let Some(id) = entry.delivery.as_ref().filter(|_| position.seq <= self.ahead)
            && !self.changes.have(id)
            && self.index.has_applied(id, position.seq)?
        {
            return Ok(());
        }
        self.changes.apply(&entry, self.index)
    }

    fn flush(&mut self, mark: Mark, closed: Vec<ClosedFile>) -> Result<(), LedgerError> {
        if self.position != self.from && self.stuck.is_none() {
            let (position, last_receipt, acts) = (self.position, self.last_receipt, self.changes.acts);
            let applied = Applied { position, last_receipt, acts, mark, closed };
            // What was stored is let go here, where its memory comes from.
            self.storer.settle()?;
            self.storer.hand_over(self.changes.hand_over(), applied)?;
        }
        Ok(())
    }
}
