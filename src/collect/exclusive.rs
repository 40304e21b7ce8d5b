//! Exclusive control (排他制御): one lock file for everything that must not happen at the same time.
//!
//! Owns `locks/NAME.lock` in the spool and the way it is locked: `flock(2)`, exclusive, on the whole file, so that any
//! program can honour it, a shell script with `flock(1)` too. The directory is ours alone; its files are made at the start, and
//! the group may open them. Never waits: who can't have the lock comes again. A crash lets go of it, unless an import that was
//! started goes on: that one keeps it to its end. What stands in a lock file's place is never followed, changed or removed, and
//! concerns only what is done under that lock.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

use crate::spool::Spool;
use totatsu_base::{SpoolError, say};

/// Who may open a lock file: we, and the group.
const MODE: u32 = 0o660;

/// A lock that lasts until this and every copy of its file is closed.
#[derive(Debug)]
pub struct Exclusive(File);

/// The file of a lock.
pub fn file_of(spool: &Spool, lock: &str) -> PathBuf {
    spool.locks().join(format!("{lock}.lock"))
}

/// Makes a lock's file if need be, so that other programs find it.
///
/// # Errors
/// It can't be made or opened, or something else stands in its place.
pub fn make_ready(spool: &Spool, lock: &str) -> Result<(), SpoolError> {
    let path = file_of(spool, lock);
    open(&path).map(drop).map_err(SpoolError::at("disk-opening-the-lock-file", &path))
}

/// Takes a lock; nothing if somebody else has it.
///
/// # Errors
/// Its file can't be made, opened or locked, or something else stands in its place.
pub fn try_take(spool: &Spool, lock: &str) -> Result<Option<Exclusive>, SpoolError> {
    let path = file_of(spool, lock);
    let file = open(&path).map_err(SpoolError::at("disk-opening-the-lock-file", &path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(still_stands(&path, &file).then_some(Exclusive(file))),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(SpoolError::at("disk-locking", &path)(errno.into())),
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

/// Opens a lock's file, or makes it. Locking needs no more than reading, so a file that another user made will do.
fn open(path: &Path) -> io::Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let existing = || OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = match existing() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let new = OpenOptions::new().read(true).write(true).create_new(true).mode(MODE).open(path);
            match new {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => existing(),
                made => made,
            }
        }
        opened => opened,
    };
    let file = file.map_err(|error| told(&error).unwrap_or(error))?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(odd());
    }
    let alone = metadata.nlink() == 1 && metadata.uid() == rustix::process::geteuid().as_raw();
    // A program of the group must be able to lock the file, whatever the mask says. A file with a second name may be
    // something else.
    if alone && metadata.permissions().mode() & 0o777 != MODE {
        file.set_permissions(fs::Permissions::from_mode(MODE))?;
    }
    Ok(file)
}

/// Whether the file that was locked is the one that others find: somebody may have removed it, against all advice.
fn still_stands(path: &Path, file: &File) -> bool {
    let same = || -> io::Result<bool> {
        let (found, locked) = (fs::symlink_metadata(path)?, file.metadata()?);
        Ok((found.dev(), found.ino()) == (locked.dev(), locked.ino()))
    };
    same().unwrap_or(false)
}

/// What stands in the lock file's place, in words; other errors speak for themselves.
fn told(error: &io::Error) -> Option<io::Error> {
    let odd_kinds = [Errno::LOOP, Errno::NXIO, Errno::ISDIR].map(Errno::raw_os_error);
    if error.raw_os_error().is_some_and(|code| odd_kinds.contains(&code)) {
        return Some(odd());
    }
    (error.kind() == io::ErrorKind::PermissionDenied)
        .then(|| io::Error::new(io::ErrorKind::PermissionDenied, say!("collect-lock-denied")))
}

fn odd() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, say!("collect-lock-odd"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use totatsu_base::Remedy;

    fn laid_out() -> (tempfile::TempDir, Spool) {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path());
        spool.lay_out().unwrap();
        (home, spool)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn one_at_a_time_has_the_lock_and_a_copy_given_away_keeps_it() {
        let (_home, spool) = laid_out();
        let first = try_take(&spool, "a").unwrap().unwrap();
        assert!(try_take(&spool, "a").unwrap().is_none());
        assert!(try_take(&spool, "b").unwrap().is_some());
        let copy = first.share().unwrap();
        drop(first);
        assert!(try_take(&spool, "a").unwrap().is_none());
        drop(copy);
        assert!(try_take(&spool, "a").unwrap().is_some());
    }

    #[test]
    #[cfg_attr(not(have_root), ignore = "gives files away: run it as root")]
    fn a_lock_file_is_open_to_the_group_and_one_that_somebody_else_made_will_do_as_it_is() {
        let (_home, spool) = laid_out();
        make_ready(&spool, "a").unwrap();
        assert_eq!(mode(&file_of(&spool, "a")), 0o660);
        let theirs = file_of(&spool, "b");
        fs::write(&theirs, "").unwrap();
        fs::set_permissions(&theirs, fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::chown(&theirs, Some(61_002), None).unwrap();
        assert!(try_take(&spool, "b").unwrap().is_some());
        assert_eq!(mode(&theirs), 0o644);
    }

    #[test]
    fn what_stands_in_a_lock_files_place_is_neither_followed_nor_changed_and_holds_only_what_needs_that_lock()
    {
        let (home, spool) = laid_out();
        let own = home.path().join("own");
        fs::write(&own, "ours").unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o600)).unwrap();
        let fifo = |path: &Path| rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap();
        let symlink = |path: &Path| std::os::unix::fs::symlink(&own, path).unwrap();
        let directory = |path: &Path| fs::create_dir(path).unwrap();
        let socket = |path: &Path| drop(std::os::unix::net::UnixListener::bind(path).unwrap());
        for (number, plant) in
            [&symlink as &dyn Fn(&Path), &directory, &fifo, &socket].into_iter().enumerate()
        {
            let lock = format!("odd{number}");
            plant(&file_of(&spool, &lock));
            for error in [make_ready(&spool, &lock).unwrap_err(), try_take(&spool, &lock).unwrap_err()] {
                assert_eq!(Remedy::for_exchange(&error.error), Remedy::Hold, "{error}");
                assert!(error.to_string().contains("remove it"), "{error}");
            }
        }
        fs::hard_link(&own, file_of(&spool, "linked")).unwrap();
        assert!(try_take(&spool, "linked").unwrap().is_some());
        assert_eq!((mode(&own), fs::read_to_string(&own).unwrap()), (0o600, "ours".to_owned()));
        assert!(try_take(&spool, "plain").unwrap().is_some());
    }

    #[test]
    fn a_lock_file_that_was_removed_while_it_was_had_is_no_lock_for_the_next_who_opened_it() {
        let (_home, spool) = laid_out();
        make_ready(&spool, "a").unwrap();
        let stale = open(&file_of(&spool, "a")).unwrap();
        fs::remove_file(file_of(&spool, "a")).unwrap();
        assert!(!still_stands(&file_of(&spool, "a"), &stale));
        assert!(try_take(&spool, "a").unwrap().is_some());
    }
}
