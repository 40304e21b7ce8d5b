//! Why the ledger can't do what it is asked.
//!
//! Owns what each failure means for whoever asked: try again, a person decides, or the gateway stops.

use std::path::PathBuf;
use totatsu_base::say;

use super::journal::JournalError;
use super::state::Contradiction;
use totatsu_base::{Remedy, SpoolError};

/// Why the ledger could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The journal failed, see [`JournalError`].
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The index failed, see [`IndexError`].
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The ledger's directory can't be made or synced.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The lock can't be had: another totatsu has the ledger open. The operator lets the daemon answer instead.
    #[error("{}", say!("ledger-in-use", path = .0.display()))]
    InUse(PathBuf),
    /// Opening the ledger as another user would leave files in it that the daemon can't write.
    #[error("{}", say!("ledger-not-owner", path = path.display(), owner = owner))]
    NotOwner {
        /// The ledger's directory.
        path: PathBuf,
        /// The directory's owner, a user id.
        owner: u32,
    },
    /// The index has applied more than the journal holds: the journal has lost acknowledged events.
    #[error("{}", say!("ledger-lost-its-end", journal = journal, index = index))]
    JournalLostItsEnd {
        /// Last event in the journal.
        journal: u64,
        /// Last event the index knows.
        index: u64,
    },
    /// The journal holds another event than the one that the index applied there: it was changed after it was
    /// acknowledged, by a hand or by the disk.
    #[error("{}", say!("ledger-changed", event = seq))]
    JournalChanged {
        /// The event.
        seq: u64,
    },
    /// An event can't follow a delivery's state: a fault of this program, or two commands at once.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// A line is well chained, but this version can't read it: written by a newer one.
    #[error("{}", say!("ledger-unreadable", event = seq, error = error))]
    Unreadable {
        /// The event.
        seq: u64,
        /// What the reader says.
        error: serde_json::Error,
    },
    /// The writer has ended after an earlier failure.
    #[error("{}", say!("ledger-stopped"))]
    Stopped,
}

/// Why the index can't answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IndexError {
    /// sled failed, panicked, or holds what can't be read. The daemon stops; at the next start the index is rebuilt.
    #[error("{}", say!("ledger-index-unusable", why = .0))]
    Unusable(String),
    /// Another version made the index. It is as sound as any, and rebuilt in this version's format.
    #[error("{}", say!("ledger-index-format", found = found, wanted = wanted))]
    OtherFormat {
        /// The index's format.
        found: u32,
        /// This version's format.
        wanted: u32,
    },
    /// The file system has no room for the index. The operator makes room.
    #[error("{}", say!("ledger-index-no-room", why = .0))]
    NoRoom(String),
    /// Somebody has the index open, although the ledger's lock was free.
    #[error("{}", say!("ledger-index-locked"))]
    Locked,
}

impl LedgerError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            LedgerError::Journal(error) => error.remedy(),
            LedgerError::Spool(error) => Remedy::for_own_disk(&error.error),
            LedgerError::Contradiction(_) => Remedy::Hold,
            LedgerError::Index(_)
            | LedgerError::InUse(_)
            | LedgerError::NotOwner { .. }
            | LedgerError::JournalLostItsEnd { .. }
            | LedgerError::JournalChanged { .. }
            | LedgerError::Unreadable { .. }
            | LedgerError::Stopped => Remedy::Stop,
        }
    }

    /// This failure, for another caller whose event was in the batch: what one may try again, all may.
    pub(super) fn for_another(&self) -> LedgerError {
        if let LedgerError::Journal(JournalError::Disk(error)) = self {
            return JournalError::from(error.again()).into();
        }
        if let LedgerError::Index(error) = self {
            return LedgerError::Index(error.clone());
        }
        LedgerError::Stopped
    }
}
