//! What can be wrong with the medium in the drive.
//!
//! Owns the words for it. All but one mean that a person has to put another medium in, which is a normal thing to wait
//! for and is never given up by time.

use crate::phase::Phase;
use totatsu_base::say;

/// What is wrong with the medium.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediumFault {
    /// The directory can't be opened: nothing is mounted, or an automounter hasn't got round to it. Put the medium in.
    #[error("{}", say!("medium-missing", cause = cause))]
    Missing {
        /// What the system said.
        cause: String,
    },
    /// The directory is there and lies on our own disk. Put the medium in; where no mount is to be expected, as on a
    /// network share's subdirectory, the partner's file says so.
    #[error("{}", say!("medium-not-mounted"))]
    NotMounted,
    /// The medium bears no mark of ours, and the partner's file names no label. Prepare it, or put the right one in.
    #[error("{}", say!("medium-unmarked"))]
    Unmarked,
    /// The medium's mark is there and can't be read: somebody is just writing it, or it isn't a file, or not ours to read.
    #[error("{}", say!("medium-mark-unreadable", cause = cause))]
    MarkUnreadable {
        /// What the system said.
        cause: String,
    },
    /// The medium is another one. Put the right one in.
    #[error("{}", say!("medium-wrong", found = found))]
    Wrong {
        /// What the medium turned out to be.
        found: String,
    },
    /// The medium's write protection is set, or the system gave up writing to it after errors.
    #[error("{}", say!("medium-read-only"))]
    ReadOnly,
    /// The medium has too little room. Put in another, or make room.
    #[error("{}", say!("medium-full", free = free, missing = missing))]
    Full {
        /// Bytes free.
        free: u64,
        /// Bytes that were still to be stored.
        missing: u64,
    },
    /// The medium was taken out, or broke, while it was being used. What was under way is done again, or found done.
    #[error("{}", say!("medium-gone", phase = phase, cause = cause))]
    Gone {
        /// What was under way.
        phase: Phase,
        /// What the system said.
        cause: String,
    },
    /// FAT holds no larger file. Have the medium formatted with exFAT.
    #[error("{}", say!("medium-too-large", size = size))]
    TooLarge {
        /// Bytes to store.
        size: u64,
    },
}

impl MediumFault {
    /// Bytes that a medium must have free before it is worth trying again; 0 where it need not even be writable.
    pub fn room_wanted(&self) -> u64 {
        match self {
            MediumFault::Full { missing, .. } => *missing,
            MediumFault::ReadOnly => 1,
            MediumFault::Missing { .. }
            | MediumFault::NotMounted
            | MediumFault::Unmarked
            | MediumFault::MarkUnreadable { .. }
            | MediumFault::Wrong { .. }
            | MediumFault::Gone { .. }
            | MediumFault::TooLarge { .. } => 0,
        }
    }
}
