//! Why the journal can't be used, and the limits that its lines have.
//!
//! Owns the words of each fault and who acts on it. All that read or write the journal stand on this.

use std::io;
use std::path::PathBuf;
use totatsu_base::messages::os_error;
use totatsu_base::say;

use totatsu_base::{Remedy, SpoolError};

/// The format that this version writes, and the newest that it reads. Whoever adds to the journal what an older version
/// must not overlook raises it. A journal without a number has this one.
pub const FORMAT: u32 = 1;
/// No event is longer; a longer line is damage.
pub(crate) const LINE_LIMIT: usize = 1024 * 1024;

/// Why the journal can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Our disk failed or is full.
    #[error(transparent)]
    Disk(#[from] SpoolError),
    /// A sync failed, whatever the reason: what was written may be on the disk or not, and may turn up after the next start.
    /// Nothing that depends on it is done before the journal was read again.
    #[error("{}", say!("ledger-unsynced", path = path.display(), error = os_error(error)))]
    Unsynced {
        /// The file.
        path: PathBuf,
        /// What the operating system answered.
        error: io::Error,
    },
    /// A line is not what was written. Usual cause: a failing disk, or a hand in the file. The operator restores the
    /// journal from a backup or from the disk's mirror; nothing repairs it by itself.
    #[error("{}", say!("ledger-damaged", path = path.display(), line = line, what = what))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with the line.
        what: String,
    },
    /// A newer version wrote the journal from this line on, and this one would overlook what it says. The operator runs that
    /// version again.
    #[error("{}", say!("ledger-newer", path = path.display(), line = line, format = format, known = FORMAT))]
    Newer {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The format that the line states.
        format: u32,
    },
    /// A sync failed earlier: what the disk holds is not known until the journal is read again.
    #[error("{}", say!("ledger-broken"))]
    Broken,
    /// A line could not be written as JSON: a fault of this program.
    #[error("{}", say!("ledger-unwritable", error = .0))]
    Unwritable(#[from] serde_json::Error),
    /// The line would be taken for damage when it is read again. Usual cause: a reason of many pages, given by hand, or a
    /// partner that answers at such length; the operator shortens what can be shortened.
    #[error("{}", say!("ledger-too-long", bytes = .0, limit = LINE_LIMIT))]
    TooLong(usize),
}

impl JournalError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            JournalError::Disk(error) => Remedy::for_own_disk(&error.error),
            JournalError::TooLong(_) => Remedy::Hold,
            JournalError::Unsynced { .. }
            | JournalError::Damaged { .. }
            | JournalError::Newer { .. }
            | JournalError::Broken
            | JournalError::Unwritable(_) => Remedy::Stop,
        }
    }
}
