//! One line of the journal: what is sound by itself, what follows the line before, and what a power cut leaves of the last.
//!
//! Owns these questions for all who read the journal, from front to back or in pieces. Reads no file.

use serde::Deserialize;

use crate::journal_error::LINE_LIMIT;
use totatsu_base::Sha256;
use totatsu_base::say;

/// A position in the journal: the last line before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// That line's sequence number; 0 before the first line.
    pub seq: u64,
    /// That line's digest.
    pub digest: Sha256,
}

/// What stands at the head of every line.
#[derive(Deserialize)]
pub(crate) struct ChainedHead {
    pub(crate) seq: u64,
    pub(crate) prev: Sha256,
    #[serde(default)]
    pub(crate) format: Option<u32>,
}

impl Position {
    /// The position before the first line.
    pub const START: Position = Position { seq: 0, digest: Sha256::ZERO };

    /// The position after a line that follows this one; or why it doesn't follow.
    pub(crate) fn followed_by(self, head: &ChainedHead, digest: Sha256) -> Result<Position, String> {
        if head.seq != self.seq + 1 {
            return Err(say!("ledger-line-out-of-place", seq = head.seq, wanted = self.seq + 1));
        }
        if head.prev != self.digest {
            return Err(say!("ledger-line-does-not-follow", seq = self.seq));
        }
        Ok(Position { seq: head.seq, digest })
    }
}

/// What a line, given without its line end, tells by itself: its head and its digest. No other line is needed.
pub(crate) fn by_itself(text: &[u8]) -> Result<(ChainedHead, Sha256), String> {
    if text.len() > LINE_LIMIT {
        return Err(say!("ledger-line-too-long"));
    }
    let head = serde_json::from_slice(text).map_err(|error| say!("ledger-line-no-event", error = error))?;
    Ok((head, Sha256::of(text)))
}

/// A write that a power cut interrupted leaves a last line without an end, or blocks of zeros that were never filled,
/// and nothing readable behind them.
pub(crate) fn is_torn(rest: &[u8]) -> bool {
    let mut lines = rest.split_inclusive(|byte| *byte == b'\n');
    let unfinished = |line: &[u8]| !line.ends_with(b"\n") || line.contains(&0);
    lines.all(unfinished)
}
