//! The few ways to write durably on our own disk.
//!
//! Owns every write, link, rename and removal that must survive a power cut. Promises that what it returns `Ok` for does:
//! file contents are synced, then the directory that names them. Fails with the path in hand. Never follows a symbolic link
//! that a producer may have planted, never overwrites another's file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, OFlags, RenameFlags};

use crate::evidence::FileIdentity;

/// A call on our own disk failed.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {}: {error}", path.display())]
pub struct SpoolError {
    /// What was being done.
    pub doing: &'static str,
    /// The path it was done to.
    pub path: PathBuf,
    /// What the operating system answered.
    pub error: io::Error,
}

impl SpoolError {
    /// Names what was being done to which path, for `map_err`.
    pub fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SpoolError {
        let path = path.to_owned();
        move |error| SpoolError { doing, path, error }
    }
}

/// Makes a directory and its parents, each durably named in the one above.
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
        Ok(()) => sync_dir(parent),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(SpoolError { doing: "making directory", path: path.to_owned(), error }),
    }
}

/// Makes an outbox, an inbox or the directory of locks, open to the group of the directory above it, so that producers may drop files.
///
/// # Errors
/// It can't be made, opened to the group or synced.
pub fn make_outbox(path: &Path) -> Result<(), SpoolError> {
    if path.is_dir() {
        return Ok(());
    }
    if fs::symlink_metadata(path).is_ok() {
        let odd = "a file, or a link that leads nowhere, has its name: mend or remove it";
        return Err(SpoolError::at("making directory", path)(io::Error::new(
            io::ErrorKind::AlreadyExists,
            odd,
        )));
    }
    let parent = parent_of(path);
    make_dir(parent)?;
    // Opened to the group before it has its name: a crash in between leaves nothing that looks like an outbox.
    let unnamed = parent.join(format!(".{}.new", path.file_name().unwrap_or_default().display()));
    make_dir(&unnamed)?;
    fs::set_permissions(&unnamed, fs::Permissions::from_mode(0o2770))
        .map_err(SpoolError::at("opening to the group", &unnamed))?;
    rename_to_free_name(&unnamed, path)
}

/// Makes a directory that must not exist yet, durably named in its parent.
///
/// # Errors
/// It exists, or can't be made or synced.
pub fn make_new_dir(path: &Path) -> Result<(), SpoolError> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(SpoolError::at("making directory", path))?;
    sync_dir(parent_of(path))
}

/// Syncs a directory, so that the names in it survive a power cut.
///
/// # Errors
/// The directory can't be opened or synced.
pub fn sync_dir(path: &Path) -> Result<(), SpoolError> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(SpoolError::at("syncing directory", path))
}

/// Writes a whole file so that after a power cut either all of it is there or none.
///
/// # Errors
/// The file can't be written, synced or renamed; the final name then holds what it held before.
pub fn write_durably(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), SpoolError> {
    let temporary = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(SpoolError::at("writing", &temporary))?;
    fs::rename(&temporary, path).map_err(SpoolError::at("naming", path))?;
    // Durable from here: content and name are both on disk.
    sync_dir(parent_of(path))
}

/// Makes a file anew in a directory where others may put things too. What has its name there, left by an interruption or
/// planted, is removed, and never opened or followed.
///
/// # Errors
/// It can't be removed or made.
pub fn create_anew(path: &Path, mode: u32) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Gives `existing` the second name `new`, or copies it where a second name can't be had (another file system, or a
/// file of another owner that the kernel won't let us link). Says the identity that `existing` had.
///
/// # Errors
/// The file can't be opened, linked, copied or synced.
pub fn link_or_copy(existing: &Path, new: &Path) -> Result<FileIdentity, SpoolError> {
    let source = open_regular(existing)?;
    let metadata = source.metadata().map_err(SpoolError::at("reading", existing))?;
    match rustix::fs::linkat(CWD, existing, CWD, new, AtFlags::empty()) {
        Ok(()) => {
            let linked = fs::symlink_metadata(new).map_err(SpoolError::at("reading", new))?;
            if FileIdentity::of(&linked).inode != metadata.ino() {
                fs::remove_file(new).map_err(SpoolError::at("removing", new))?;
                let error =
                    io::Error::new(io::ErrorKind::ResourceBusy, "the file was replaced while it was taken");
                return Err(SpoolError { doing: "linking", path: existing.to_owned(), error });
            }
            source.sync_all().map_err(SpoolError::at("syncing", existing))?;
        }
        Err(_) => copy_durably(source, new).map_err(SpoolError::at("copying to", new))?,
    }
    // Durable from here: the bytes were synced, and now their new name is.
    sync_dir(parent_of(new))?;
    Ok(FileIdentity::of(&metadata))
}

/// Opens a file that a producer may have replaced by something else: a link or a FIFO is refused, not followed.
///
/// # Errors
/// It can't be opened, or is no regular file.
pub fn open_regular(path: &Path) -> Result<File, SpoolError> {
    let open = || -> io::Result<File> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let flags = i32::try_from(flags).map_err(io::Error::other)?;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    };
    open().map_err(SpoolError::at("opening", path))
}

/// Removes the name `path` only if it still stands for the file with this identity; a file that a producer has put
/// there in the meantime stays. May be called again after an interruption, with the same `aside`.
///
/// # Errors
/// The directory doesn't let us rename or remove.
pub fn remove_exactly(path: &Path, identity: &FileIdentity, aside: &Path) -> Result<(), SpoolError> {
    settle_aside(path, identity, aside)?;
    // Moving it aside first closes the window between looking and removing: what was moved is what is looked at.
    match rustix::fs::renameat_with(CWD, path, CWD, aside, RenameFlags::NOREPLACE) {
        Ok(()) => settle_aside(path, identity, aside),
        Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(errno) => Err(SpoolError { doing: "removing", path: path.to_owned(), error: errno.into() }),
    }
}

/// Gives a file another name only if that name is free.
///
/// # Errors
/// The name is taken, or the directory doesn't let us.
pub fn rename_to_free_name(from: &Path, to: &Path) -> Result<(), SpoolError> {
    rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).map_err(|errno| SpoolError {
        doing: "naming",
        path: to.to_owned(),
        error: errno.into(),
    })?;
    sync_dir(parent_of(from))?;
    sync_dir(parent_of(to))
}

/// Removes a folder and all that is in it, if it is there. After a crash in the middle, a part of it may be left.
///
/// # Errors
/// Something in it can't be removed.
pub fn remove_folder(path: &Path) -> Result<(), SpoolError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => {
            removed.map_err(SpoolError::at("removing", path))?;
            sync_dir(parent_of(path))
        }
    }
}

/// The directory that names `path`.
pub fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what was moved aside if it is the file meant, and gives it its name back if it is another.
fn settle_aside(path: &Path, identity: &FileIdentity, aside: &Path) -> Result<(), SpoolError> {
    let moved = match fs::symlink_metadata(aside) {
        Ok(metadata) => FileIdentity::of(&metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(SpoolError { doing: "reading", path: aside.to_owned(), error }),
    };
    // Another file, or the same one written anew since: either way it is a file that nobody has taken over yet.
    if moved != *identity {
        return rename_to_free_name(aside, path);
    }
    fs::remove_file(aside).map_err(SpoolError::at("removing", aside))?;
    sync_dir(parent_of(path))
}

fn copy_durably(mut source: File, new: &Path) -> io::Result<()> {
    let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_taken_over_is_removed_also_when_its_device_has_another_number_since_the_machine_started_anew()
    {
        let home = tempfile::tempdir().unwrap();
        let (outbox, kept) = (home.path().join("a.csv"), home.path().join("kept"));
        fs::write(&outbox, "first").unwrap();
        let mut identity = link_or_copy(&outbox, &kept).unwrap();
        identity.device += 1;
        remove_exactly(&outbox, &identity, &home.path().join(".aside")).unwrap();
        assert!(!outbox.exists());
    }

    #[test]
    fn a_file_that_replaced_the_one_taken_over_is_not_removed() {
        let home = tempfile::tempdir().unwrap();
        let (outbox, kept) = (home.path().join("a.csv"), home.path().join("kept"));
        let aside = home.path().join(".aside");
        fs::write(&outbox, "first").unwrap();
        let identity = link_or_copy(&outbox, &kept).unwrap();
        fs::remove_file(&outbox).unwrap();
        fs::write(&outbox, "second").unwrap();
        remove_exactly(&outbox, &identity, &aside).unwrap();
        assert_eq!(fs::read_to_string(&outbox).unwrap(), "second");
        assert!(!aside.exists());
    }

    #[test]
    fn a_file_that_was_written_anew_in_place_after_it_was_taken_over_is_not_removed() {
        let home = tempfile::tempdir().unwrap();
        let (outbox, aside) = (home.path().join("a.csv"), home.path().join(".aside"));
        fs::write(&outbox, "first").unwrap();
        let identity = FileIdentity::of(&fs::metadata(&outbox).unwrap());
        fs::write(&outbox, "second").unwrap();
        remove_exactly(&outbox, &identity, &aside).unwrap();
        assert_eq!(fs::read_to_string(&outbox).unwrap(), "second");
    }

    #[test]
    fn removal_that_was_interrupted_after_moving_aside_is_finished_by_calling_it_again() {
        let home = tempfile::tempdir().unwrap();
        let (outbox, kept, aside) =
            (home.path().join("a.csv"), home.path().join("kept"), home.path().join(".aside"));
        fs::write(&outbox, "first").unwrap();
        let identity = link_or_copy(&outbox, &kept).unwrap();
        fs::rename(&outbox, &aside).unwrap();
        remove_exactly(&outbox, &identity, &aside).unwrap();
        assert!(!outbox.exists() && !aside.exists());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "first");
    }

    #[test]
    fn a_symbolic_link_or_a_fifo_is_not_opened() {
        let home = tempfile::tempdir().unwrap();
        let (target, link, fifo) = (home.path().join("t"), home.path().join("l"), home.path().join("f"));
        fs::write(&target, "x").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        rustix::fs::mkfifoat(CWD, &fifo, rustix::fs::Mode::RUSR).unwrap();
        assert!(open_regular(&link).is_err());
        assert!(open_regular(&fifo).is_err());
        assert!(open_regular(&target).is_ok());
    }
}
