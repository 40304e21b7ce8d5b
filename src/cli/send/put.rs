//! Files are put into an outbox, whole: under a name that nobody reads yet, then under their own, and then, where the link wants one,
//! with their marker.
//!
//! Promises that a name stands only for a whole, synced copy, that no file is replaced, and that every fault that can be known before is
//! told before the first file is put. On failure the files that were put stay, and are told; nothing half-written remains.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::Gid;
use tempfile::NamedTempFile;

use crate::config::link::Link;
use crate::deliver::accept::Readiness;
use totatsu_base::digest::{Hashing, pour};
use totatsu_base::evidence::FileIdentity;
use totatsu_base::names::{MARKER_ENDING, marker_of, without_temporary_mark};
use totatsu_base::rights::{unreadable, unwritable};
use totatsu_base::{Sha256, durable, say};

/// The rights of a file that is put: the gateway, in the outbox's group, may then link it instead of copying it.
const MODE: u32 = 0o660;
/// How the name of a copy begins that is still being written: the gateway passes hidden names over.
const HIDDEN: &str = ".totatsu-send-";

/// Files that may be put into a link's outbox, as far as that can be known before.
#[derive(Debug)]
pub(super) struct Putting<'l> {
    link: &'l Link,
    files: Vec<(PathBuf, String)>,
}

/// A file that was put.
#[derive(Debug)]
pub(super) struct PutFile {
    /// The file that was copied.
    pub(super) from: PathBuf,
    /// Its name in the outbox.
    pub(super) name: String,
    /// Which file lies there: another may have had its name before.
    pub(super) identity: FileIdentity,
    pub(super) sha256: Sha256,
}

impl<'l> Putting<'l> {
    /// Looks at everything that can be wrong, before anything is put.
    pub(super) fn examine(
        link: &'l Link,
        files: &[PathBuf],
        named: Option<&str>,
    ) -> Result<Putting<'l>, String> {
        let mut examined: Vec<(PathBuf, String)> = Vec::new();
        for file in files {
            let name = named.map(Path::new).unwrap_or(file).file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| named.is_none_or(|named| named == *name)) else {
                return Err(say!("cli-send-name", file = file.display()));
            };
            fault_of_name(name)?;
            if examined.iter().any(|(_, other)| other == name) {
                return Err(say!("cli-send-twice", name = name));
            }
            fault_of_source(file)?;
            fault_of_place(link, name)?;
            examined.push((file.clone(), name.to_owned()));
        }
        Ok(Putting { link, files: examined })
    }

    /// The names, in the order in which they are put.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(_, name)| name.as_str())
    }

    /// Puts the files one after the other.
    ///
    /// # Errors
    /// One can't be put: which files were put before it, and why.
    pub(super) fn put(self) -> Result<Vec<PutFile>, (Vec<PutFile>, String)> {
        let mut put = Vec::new();
        for (from, name) in self.files {
            match put_one(self.link, &from, &name) {
                Ok((sha256, identity)) => put.push(PutFile { from, name, identity, sha256 }),
                Err(why) => return Err((put, why)),
            }
        }
        Ok(put)
    }
}

/// Refuses a name under which the gateway would never take a file over.
fn fault_of_name(name: &str) -> Result<(), String> {
    let is_passed_over =
        name.starts_with('.') || name.ends_with(MARKER_ENDING) || without_temporary_mark(name).is_some();
    if is_passed_over || name.chars().any(char::is_control) {
        return Err(say!("cli-send-passed-over", name = format!("{name:?}")));
    }
    Ok(())
}

fn fault_of_source(file: &Path) -> Result<(), String> {
    let unread = |error: io::Error| at(file, &unreadable(file, &error));
    let metadata = File::open(file).and_then(|file| file.metadata()).map_err(unread)?;
    if !metadata.is_file() {
        return Err(say!("cli-send-no-file", file = file.display()));
    }
    if metadata.len() == 0 { Err(say!("cli-send-empty", file = file.display())) } else { Ok(()) }
}

fn fault_of_place(link: &Link, name: &str) -> Result<(), String> {
    let outbox = &link.outbox;
    if let Err(error) = fs::metadata(outbox) {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        return Err(match is_missing {
            true => say!("cli-send-no-outbox", path = outbox.display()),
            false => at(outbox, &unreadable(outbox, &error)),
        });
    }
    for name in [name.to_owned(), marker_of(name)] {
        if fs::symlink_metadata(outbox.join(&name)).is_ok() {
            return Err(there_already(link, &name));
        }
    }
    Ok(())
}

fn put_one(link: &Link, from: &Path, name: &str) -> Result<(Sha256, FileIdentity), String> {
    let outbox = &link.outbox;
    let refused = |error: io::Error| at(outbox, &unwritable(outbox, &told_by_system(error)));
    let mut copy = tempfile::Builder::new().prefix(HIDDEN).tempfile_in(outbox).map_err(refused)?;
    let sha256 = copied(from, &mut copy)?;
    readable_to_gateway(outbox, copy.as_file()).map_err(refused)?;
    copy.as_file().sync_all().map_err(refused)?;
    let place = outbox.join(name);
    let put = copy.persist_noclobber(&place).map_err(|refusal| {
        let is_taken = refusal.error.kind() == io::ErrorKind::AlreadyExists;
        if is_taken { there_already(link, name) } else { refused(refusal.error) }
    })?;
    let identity = FileIdentity::of(&put.metadata().map_err(refused)?);
    // Durable from here: the whole file, under its name.
    durable::sync_dir(outbox).map_err(|error| error.to_string())?;
    if link.readiness == Readiness::Marker {
        let marker = outbox.join(marker_of(name));
        let made = File::create_new(&marker).and_then(|file| {
            readable_to_gateway(outbox, &file)?;
            file.sync_all()
        });
        made.map_err(|error| {
            // Without its marker the gateway wouldn't take the file over, so it is removed again.
            drop(fs::remove_file(&place));
            at(&marker, &unwritable(&marker, &error))
        })?;
        durable::sync_dir(outbox).map_err(|error| error.to_string())?;
    }
    Ok((sha256, identity))
}

/// Copies a file, and refuses one that somebody changed meanwhile.
fn copied(from: &Path, copy: &mut NamedTempFile) -> Result<Sha256, String> {
    let unread = |error: io::Error| at(from, &unreadable(from, &error));
    let source = File::open(from).map_err(unread)?;
    let before = FileIdentity::of(&source.metadata().map_err(unread)?);
    let mut hashing = Hashing::new(copy.as_file_mut());
    pour(&source, &mut hashing).map_err(|error| {
        say!("cli-send-not-copied", file = from.display(), error = totatsu_base::messages::os_error(&error))
    })?;
    let (sha256, size) = hashing.finish();
    let after = FileIdentity::of(&source.metadata().map_err(unread)?);
    if before != after || size != after.size {
        return Err(say!("cli-send-changing", file = from.display()));
    }
    Ok(sha256)
}

/// Gives a file the outbox's group, as the setgid bit of a directory would, and rights for that group.
fn readable_to_gateway(outbox: &Path, file: &File) -> io::Result<()> {
    let group = fs::metadata(outbox)?.gid();
    if file.metadata()?.gid() != group {
        rustix::fs::fchown(file.as_fd(), None, Some(Gid::from_raw(group)))?;
    }
    file.set_permissions(fs::Permissions::from_mode(MODE))
}

/// The system's own error where something is denied, without the words that a library puts around it.
fn told_by_system(error: io::Error) -> io::Error {
    let is_denied = error.kind() == io::ErrorKind::PermissionDenied;
    if is_denied && error.raw_os_error().is_none() { Errno::ACCESS.into() } else { error }
}

fn there_already(link: &Link, name: &str) -> String {
    say!("cli-send-there-already", name = name, link = link.name)
}

fn at(path: &Path, error: &str) -> String {
    say!("cli-send-path", path = path.display(), error = error)
}
