//! The journal's lines from a delivery's first to that of its receipt, whole and unchanged.

use std::path::Path;

use totatsu_base::{Remedy, say};
use totatsu_ledger::reading::read_chain;
use totatsu_ledger::{Delivery, Entry, Event, JournalError, Position, search};

/// Bytes of lines that one page may hold: a browser has to take them in at once.
const LIMIT: usize = 64 * 1024 * 1024;

/// Lines of the journal that follow each other.
#[derive(Debug, Default)]
pub struct ChainRead {
    /// The lines, each with its end.
    pub bytes: Vec<u8>,
    /// How many they are.
    pub lines: u64,
}

/// Why no bundle could be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The journal can't be read, see [`JournalError`].
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal has no line with this receipt: it was cut, or another journal recorded it. The operator runs `totatsu audit verify`.
    #[error("{}", say!("receipt-bundle-not-recorded", number = .0))]
    NotRecorded(u64),
    /// The lines up to the receipt are too many for one page. The operator exports the days for the auditor instead.
    #[error("{}", say!("receipt-bundle-too-long", lines = .0))]
    TooLong(u64),
}

impl BundleError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            BundleError::Journal(error) => error.remedy(),
            BundleError::NotRecorded(_) | BundleError::TooLong(_) => Remedy::Hold,
        }
    }
}

/// Reads from the first line of a delivery to the one that records its receipt, and checks that each follows the one before.
///
/// # Errors
/// The journal can't be read, lacks the receipt, or has too many lines in between: see [`BundleError`].
pub fn chain_of(directory: &Path, delivery: &Delivery, number: u64) -> Result<ChainRead, BundleError> {
    let from = before(directory, delivery.begun)?;
    let mut read = ChainRead::default();
    let (mut begun, mut ended) = (false, false);
    let prepare = |text: &[u8]| Entry::of_line(text).ok();
    read_chain(directory, from, prepare, |line, entry: Option<Entry>| {
        let ours = entry.filter(|entry| entry.delivery.as_ref() == Some(&delivery.id));
        begun |= ours.is_some();
        // The lines before and behind are read only to see that the journal is whole.
        if !begun || ended {
            return Ok(());
        }
        read.lines += 1;
        if read.bytes.len() + line.text.len() > LIMIT {
            return Err(BundleError::TooLong(read.lines));
        }
        read.bytes.extend_from_slice(line.text);
        read.bytes.push(b'\n');
        ended = ours.is_some_and(
            |entry| matches!(entry.event, Event::Receipted { number: here, .. } if here == number),
        );
        Ok(())
    })?;
    if ended { Ok(read) } else { Err(BundleError::NotRecorded(number)) }
}

/// The position in the journal just before the line of this number.
fn before(directory: &Path, seq: u64) -> Result<Position, BundleError> {
    let Some(before) = seq.checked_sub(1).filter(|before| *before > 0) else { return Ok(Position::START) };
    let digest = search::digest_of(directory, before)?;
    Ok(digest.map_or(Position::START, |digest| Position { seq: before, digest }))
}
