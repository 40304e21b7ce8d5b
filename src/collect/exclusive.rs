//! Exclusive control (排他制御): one lock file for everything that must not happen at the same time.
//!
//! Owns `locks/NAME.lock` in the spool and the way it is locked: `flock(2)`, exclusive, on the whole file, so that any
//! program can honour it, a shell script with `flock(1)` too. Never waits: who can't have the lock comes again. A crash
//! lets go of it, unless an import that was started goes on: that one keeps it to its end.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::PathBuf;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::spool::{Spool, SpoolError};

/// The lock, until this and every copy of its file is closed.
#[derive(Debug)]
pub struct Exclusive(File);

/// The file of a lock.
pub fn file_of(spool: &Spool, lock: &str) -> PathBuf {
    spool.locks().join(format!("{lock}.lock"))
}

/// Takes a lock; nothing if somebody else has it.
///
/// # Errors
/// Its file can't be made or locked.
pub fn try_take(spool: &Spool, lock: &str) -> Result<Option<Exclusive>, SpoolError> {
    let path = file_of(spool, lock);
    let open = || -> io::Result<File> {
        let mut how = OpenOptions::new();
        how.read(true).write(true).create(true).truncate(false).mode(0o660);
        let file = how.open(&path)?;
        // Whatever the mask says: a program of the group must be able to lock it.
        if file.metadata()?.permissions().mode() & 0o777 != 0o660 {
            drop(fs::set_permissions(&path, fs::Permissions::from_mode(0o660)));
        }
        Ok(file)
    };
    let file = open().map_err(SpoolError::at("opening", &path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(Exclusive(file))),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(SpoolError::at("locking", &path)(errno.into())),
    }
}

impl Exclusive {
    /// The lock for a program that is started: it lasts until both have let go.
    ///
    /// # Errors
    /// No further file can be open.
    pub fn share(&self) -> io::Result<File> {
        self.0.try_clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_lock_and_a_copy_given_away_keeps_it() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path());
        spool.lay_out().unwrap();
        let first = try_take(&spool, "a").unwrap().unwrap();
        assert!(try_take(&spool, "a").unwrap().is_none());
        assert!(try_take(&spool, "b").unwrap().is_some());
        let copy = first.share().unwrap();
        drop(first);
        assert!(try_take(&spool, "a").unwrap().is_none());
        drop(copy);
        assert!(try_take(&spool, "a").unwrap().is_some());
    }
}
