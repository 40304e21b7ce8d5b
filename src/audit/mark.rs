//! Where an audit has ended, for the next one to go on from: the journal's last line that was verified, and what wasn't finished
//! there.
//!
//! Owns the file that holds it, JSON, written whole or not at all. Whoever keeps the file vouches for it: what came before that line
//! isn't read again. It is never written into ledger or spool by itself.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::findings::AuditError;
use totatsu_base::evidence::{Anchor, ReceiptLink};
use totatsu_base::{Moment, SpoolError, durable, say};
use totatsu_ledger::{Delivery, Position, Subject};

/// The form of the file.
const FORMAT: u32 = 1;

/// Where an audit has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditMark {
    format: u32,
    /// When the audit ended.
    pub verified_at: Moment,
    /// The last line that was verified.
    pub end: Anchor,
    /// The last receipt up to there.
    pub(super) last_receipt: Option<ReceiptLink>,
    /// What was held there.
    pub(super) holds: Vec<Subject>,
    /// The deliveries that weren't finished there.
    pub(super) unfinished: Vec<Delivery>,
}

impl AuditMark {
    pub(super) fn new(
        end: Position,
        last_receipt: Option<ReceiptLink>,
        holds: Vec<Subject>,
        unfinished: Vec<Delivery>,
    ) -> AuditMark {
        let (verified_at, end) = (Moment::now(), Anchor { seq: end.seq, sha256: end.digest });
        AuditMark { format: FORMAT, verified_at, end, last_receipt, holds, unfinished }
    }

    pub(super) fn position(&self) -> Position {
        Position { seq: self.end.seq, digest: self.end.sha256 }
    }

    /// Reads a mark.
    ///
    /// # Errors
    /// The file isn't there, or isn't a mark of this version's.
    pub fn read(path: &Path) -> Result<AuditMark, AuditError> {
        let text = fs::read(path).map_err(SpoolError::at("disk-reading", path))?;
        let unfit = |why: String| AuditError::UnfitMark { path: path.to_owned(), why };
        let mark: AuditMark = serde_json::from_slice(&text).map_err(|error| unfit(error.to_string()))?;
        if mark.format != FORMAT {
            return Err(unfit(say!("audit-mark-format", found = mark.format, known = FORMAT)));
        }
        Ok(mark)
    }

    /// Writes the mark, in the place of an earlier one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), AuditError> {
        let text = serde_json::to_vec(self).map_err(std::io::Error::from);
        let mut text = text.map_err(SpoolError::at("disk-writing", path))?;
        text.push(b'\n');
        Ok(durable::write_durably(path, 0o600, &text)?)
    }
}
