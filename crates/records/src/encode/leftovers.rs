//! Files beside a file that is being made, and their removal when an earlier attempt left them.
//!
//! Owns: the names of such files.
//! Promises: a file that is not there counts as removed.
//! On failure: what the disk answers.
//! Never: touches another file than the one named.

use std::io;
use std::path::{Path, PathBuf};

/// The path with more at the end of its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
