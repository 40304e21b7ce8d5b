//! The files that encoding and decoding make: beside their final name first, readable by their owner only, named durably.
//!
//! Owns: the names of files that are being made, and the errors of our own disk, each with the path it came from.
//! Promises: a file that is made did not exist before; a name that was given survives a power cut; a file that is not there
//! counts as removed.
//! On failure: [`FileError`], or what the disk answers.
//! Never: touches another file than the one named.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use totatsu_base::messages::os_error;
use totatsu_base::{durable, say};

/// Our own file system refused. A full disk is tried again; missing rights are the operator's affair.
#[derive(Debug, thiserror::Error)]
#[error("{}", say!("record-disk", path = path.display(), error = os_error(error)))]
pub struct FileError {
    /// The file or directory.
    pub path: PathBuf,
    /// The answer.
    pub error: io::Error,
}

impl FileError {
    /// What the disk answered about this path.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> FileError + '_ {
        move |error| FileError { path: path.to_owned(), error }
    }
}

/// The path with more at the end of its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a file that only its owner can read. Another file of this name is an error.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// The first bytes of a file; nothing where it has fewer.
pub(crate) fn first_bytes(file: &File, count: usize) -> io::Result<Vec<u8>> {
    let mut first = vec![0; count];
    match file.read_exact_at(&mut first, 0) {
        Ok(()) => Ok(first),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    durable::if_there(std::fs::remove_file(path)).map(drop)
}

/// Removes what an earlier attempt left.
pub(crate) fn remove_all<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), FileError> {
    paths.into_iter().try_for_each(|path| remove(path).map_err(FileError::at(path)))
}

/// Gives a file that is complete and synced the name under which the next step finds it.
pub(crate) fn name_durably(partial: &Path, name: &Path) -> Result<(), FileError> {
    std::fs::rename(partial, name).map_err(FileError::at(name))?;
    // Durable from here: the bytes, and their name.
    sync_dir_of(name)
}

/// Syncs the directory that names `path`.
pub(crate) fn sync_dir_of(path: &Path) -> Result<(), FileError> {
    let dir = durable::parent_of(path);
    durable::sync_dir(dir).map_err(|refused| FileError { path: dir.to_owned(), error: refused.error })
}

/// The error of the stream, or of the disk, that stopped a reader or a writer of rows: a full disk is waited for, and must be
/// told from one that can't be trusted.
pub(crate) fn cause_of(error: csv::Error) -> io::Error {
    if let csv::ErrorKind::Io(cause) = error.into_kind() {
        cause
    } else {
        io::Error::other(say!("record-csv-fault"))
    }
}
