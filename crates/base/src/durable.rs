//! The few ways to write durably on our own disk.
//!
//! Owns every write, link, rename and removal that must survive a power cut. Promises that what it returns `Ok` for survives one:
//! file contents are synced, then the directory that names them. Fails with the path in hand. Never overwrites another's file.
//! What is done in directories that others may write to is in [`crate::shared`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::messages;
use crate::rights::{self, Right};
use rustix::fs::{AtFlags, CWD, OFlags, RenameFlags};
use rustix::io::Errno;

/// A call on our own disk failed.
#[derive(Debug, thiserror::Error)]
#[error("{}", said(doing, path, error))]
pub struct SpoolError {
    /// What was being done: the id of a message that takes the path.
    pub doing: &'static str,
    /// The path it was done to.
    pub path: PathBuf,
    /// What the operating system answered.
    pub error: io::Error,
}

/// What a call on our own disk couldn't do: the id of a message that takes the path, the path, and the system's answer.
pub fn said(doing: &str, path: &Path, error: &io::Error) -> String {
    let error = rights::lacking(path, &[wanted_for(doing)], error);
    let doing = messages::text(doing, &[("path", path.display().to_string())]);
    say!("disk-failed", doing = doing, error = error)
}

/// The right that such work needs.
fn wanted_for(doing: &str) -> Right {
    let begins = |with: &[&str]| with.iter().any(|work| doing.trim_start_matches("disk-").starts_with(work));
    if begins(&["cutting", "making-a-directory-in", "writing"]) {
        Right::Write
    } else if begins(&[
        "binding",
        "copying-to",
        "linking",
        "making",
        "naming",
        "packing",
        "removing",
        "renaming",
    ]) {
        Right::Name
    } else {
        Right::Read
    }
}

impl SpoolError {
    /// Names what was being done to which path, for `map_err`.
    pub fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SpoolError {
        let path = path.to_owned();
        move |error| SpoolError { doing, path, error }
    }

    /// A copy of the error, for each of those for whom one call was made.
    pub fn again(&self) -> SpoolError {
        let SpoolError { doing, path, error } = self;
        let error = error
            .raw_os_error()
            .map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error);
        SpoolError { doing, path: path.clone(), error }
    }
}

/// Bytes that we may still write on the disk that `path` lies on.
///
/// # Errors
/// The file system doesn't tell.
pub fn free_at(path: &Path) -> io::Result<u64> {
    let told = rustix::fs::statvfs(path)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

/// Makes a directory and its parents, as far as they are missing: each that it makes is durably named in the one above.
///
/// # Errors
/// A directory can't be made or synced.
pub fn make_dir(path: &Path) -> Result<(), SpoolError> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = parent_of(path);
    make_dir(parent)?;
    match fs::DirBuilder::new().mode(0o700).create(path) {
        // Whoever made it meanwhile may not have synced it yet.
        Ok(()) => sync_dir(parent),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => sync_dir(parent),
        Err(error) => Err(SpoolError { doing: "disk-making-directory", path: path.to_owned(), error }),
    }
}

/// Makes a directory of ours in which nobody else may name or remove anything, or takes that right away from others where they
/// have it; says whether it did. What is in it can be trusted to stand where we put it.
///
/// # Errors
/// The directory is a symbolic link or somebody else's, or can't be made or synced.
pub fn make_own_dir(path: &Path) -> Result<bool, SpoolError> {
    let parent = parent_of(path);
    if !parent.is_dir() {
        // What is missing above is made for it alone, so the group passes through there too.
        make_own_dir(parent)?;
    }
    let make = || -> io::Result<bool> {
        let made = match fs::DirBuilder::new().mode(0o750).create(path) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(error),
        };
        let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW).bits();
        let flags = i32::try_from(flags).map_err(io::Error::other)?;
        let directory = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(told_apart)?;
        let metadata = directory.metadata()?;
        let (mode, owner, we) =
            (metadata.mode() & 0o7777, metadata.uid(), rustix::process::geteuid().as_raw());
        if made {
            // Whatever our own mask says.
            directory.set_permissions(fs::Permissions::from_mode(mode & 0o7000 | 0o750))?;
            return Ok(false);
        }
        let open_to_others = mode & 0o022 != 0;
        if owner != we && (owner != 0 || open_to_others) {
            let odd = say!("disk-not-ours", owner = owner, we = we);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, odd));
        }
        if open_to_others {
            directory.set_permissions(fs::Permissions::from_mode(mode & !0o022))?;
        }
        Ok(open_to_others)
    };
    let mended = make().map_err(SpoolError::at("disk-making-directory", path))?;
    sync_dir(parent)?;
    Ok(mended)
}

/// Makes a directory that must not exist yet, durably named in its parent.
///
/// # Errors
/// The directory exists, or can't be made or synced.
pub fn make_new_dir(path: &Path) -> Result<(), SpoolError> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(SpoolError::at("disk-making-directory", path))?;
    sync_dir(parent_of(path))
}

/// Syncs a directory, so that the names in it survive a power cut.
///
/// # Errors
/// The directory can't be opened or synced.
pub fn sync_dir(path: &Path) -> Result<(), SpoolError> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(SpoolError::at("disk-syncing-directory", path))
}

/// Writes a whole file so that after a power cut either all of it is there or none.
///
/// # Errors
/// The file can't be written, synced or renamed; the final name then holds what it held before.
pub fn write_durably(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), SpoolError> {
    write_together(&[(path, bytes)], mode)
}

/// Writes whole files of one directory so that after a power cut of each either all is there or none.
///
/// # Errors
/// One of the files can't be written, synced or renamed; others may be written then.
pub fn write_together(files: &[(&Path, &[u8])], mode: u32) -> Result<(), SpoolError> {
    let temporary = |path: &Path| path.with_extension("new");
    for (path, bytes) in files {
        let temporary = temporary(path);
        let write = || -> io::Result<()> {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(SpoolError::at("disk-writing", &temporary))?;
    }
    for (path, _) in files {
        fs::rename(temporary(path), path).map_err(SpoolError::at("disk-naming", path))?;
    }
    // Durable from here: contents and names are on disk.
    files.first().map_or(Ok(()), |(path, _)| sync_dir(parent_of(path)))
}

/// Gives a file of ours a second name, or copies it where a second name can't be had.
///
/// # Errors
/// The file can't be opened, linked, copied or synced.
pub fn link_or_copy(existing: &Path, new: &Path) -> Result<(), SpoolError> {
    let source = File::open(existing).map_err(SpoolError::at("disk-opening", existing))?;
    match rustix::fs::linkat(CWD, existing, CWD, new, AtFlags::empty()) {
        Ok(()) => source.sync_all().map_err(SpoolError::at("disk-syncing", existing))?,
        Err(_) => copy_durably(source, new).map_err(SpoolError::at("disk-copying-to", new))?,
    }
    // Durable from here: the bytes were synced, and now their new name is.
    sync_dir(parent_of(new))
}

/// Gives a file another name only if that name is free.
///
/// # Errors
/// The name is taken, or the directory doesn't let us.
pub fn rename_to_free_name(from: &Path, to: &Path) -> Result<(), SpoolError> {
    let renamed = rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE);
    renamed.map_err(|errno| SpoolError::at("disk-naming", to)(errno.into()))?;
    sync_dir(parent_of(from))?;
    sync_dir(parent_of(to))
}

/// Removes a folder and all that is in it, if it is there. After a crash in the middle, a part of it may be left.
///
/// # Errors
/// Something in it can't be removed.
pub fn remove_folder(path: &Path) -> Result<(), SpoolError> {
    match if_there(fs::remove_dir_all(path)).map_err(SpoolError::at("disk-removing", path))? {
        Some(()) => sync_dir(parent_of(path)),
        None => Ok(()),
    }
}

/// The outcome of a call on something that may be missing; `None` where it is missing.
///
/// # Errors
/// Every other error of the call.
pub fn if_there<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// The directory that names `path`.
pub fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A symbolic link in the place of a directory is told as what it is.
pub(crate) fn told_apart(error: io::Error) -> io::Error {
    let odd = [Errno::LOOP, Errno::NOTDIR].map(Errno::raw_os_error);
    if error.raw_os_error().is_some_and(|code| odd.contains(&code)) {
        return io::Error::new(io::ErrorKind::InvalidInput, say!("disk-no-directory"));
    }
    error
}

pub(crate) fn copy_durably(mut source: File, new: &Path) -> io::Result<()> {
    let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_of_ours_is_taken_back_from_the_group_and_nothing_stands_in_for_it() {
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let (new, old, link) = (home.path().join("new"), home.path().join("old"), home.path().join("link"));
        assert!(!make_own_dir(&new).unwrap());
        assert_eq!(mode(&new), 0o750);
        let below = new.join("srv/spool");
        assert!(!make_own_dir(&below).unwrap());
        assert_eq!(
            [mode(parent_of(&below)), mode(&below)],
            [0o750, 0o750],
            "the group passes through all of it"
        );
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o2770)).unwrap();
        assert!(make_own_dir(&old).unwrap());
        assert!(!make_own_dir(&old).unwrap());
        assert_eq!(mode(&old), 0o2750);
        std::os::unix::fs::symlink(&old, &link).unwrap();
        assert!(make_own_dir(&link).unwrap_err().to_string().contains("mend or remove it"));
    }
}
