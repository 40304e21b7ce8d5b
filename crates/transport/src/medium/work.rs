//! What is done on a medium, one call after another, on a thread of its own.
//!
//! Owns the calls below the medium's directory: every path is resolved beneath it and through no symbolic link, so that
//! nothing on a foreign medium leads elsewhere. Promises that what it returns `Ok` for was synced to the medium, and that
//! bytes are read back from the device, past or after the dropped caches. Never decides what is to be kept.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{Advice, AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::root::{MediumRoot, open, open_beneath, parent, told, told_io};
use crate::medium_fault::MediumFault;
use crate::outgoing::Outgoing;
use crate::{
    FileKind, Listing, NameRequest, Overwrite, Phase, Progress, Put, ReadBack, ReadBy, RemoteFile, Renamed,
    RenamedBy, Result, Synced, TransportError,
};
use totatsu_base::{Hashing, Sha256};

/// Bytes that are read or written at a time.
const CHUNK: usize = 1024 * 1024;
/// Bytes after which what was written is synced: a slow medium is then never silent for long.
const SYNC_EVERY: u64 = 8 * 1024 * 1024;
/// What reading past the cache wants memory and offsets to be multiples of.
const ALIGNMENT: usize = 4096;
/// The largest file on FAT, in bytes.
const FAT_LIMIT: u64 = u32::MAX as u64;

/// What stands under a name.
pub(super) fn stat(root: &MediumRoot, path: &str) -> Result<Option<RemoteFile>> {
    let found = match parent(root, path, Phase::Stat) {
        Ok((directory, name)) => rustix::fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW),
        Err(TransportError::NoSuchPath { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    match found {
        Ok(there) => Ok(Some(remote_file(&there))),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(told(root, path, Phase::Stat, errno)),
    }
}

/// What a directory holds; empty for the medium's own. Names that are no UTF-8 count as unusable.
pub(super) fn list(root: &MediumRoot, directory: &str) -> Result<Listing> {
    let failed = |errno| told(root, directory, Phase::List, errno);
    let inside = match directory.trim_matches('/') {
        "" => ".",
        inside => inside,
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = open_beneath(root, inside, flags).map_err(failed)?;
    let mut listing = Listing::default();
    for entry in Dir::read_from(&opened).map_err(failed)? {
        root.beat(Phase::List)?;
        let entry = entry.map_err(failed)?;
        let there = match rustix::fs::statat(&opened, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) => there,
            // Gone since the directory was read.
            Err(Errno::NOENT) => continue,
            Err(errno) => return Err(failed(errno)),
        };
        if !listing.take(&entry.file_name().to_string_lossy(), remote_file(&there)) {
            return Ok(listing);
        }
    }
    listing.complete = true;
    Ok(listing)
}

fn remote_file(there: &Stat) -> RemoteFile {
    let kind = match FileType::from_raw_mode(there.st_mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        FileType::Fifo
        | FileType::Socket
        | FileType::CharacterDevice
        | FileType::BlockDevice
        | FileType::Unknown => FileKind::Special,
    };
    let size = u64::try_from(there.st_size).ok();
    RemoteFile { size, kind, modified: Timestamp::from_second(there.st_mtime).ok() }
}

/// Carries a file to the medium; directories that lack are made.
pub(super) fn put(
    root: &MediumRoot,
    source: &Path,
    path: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put> {
    let mut ours = Outgoing::open(source)?;
    check_room(root, ours.size(), ours.size().saturating_sub(from))?;
    make_parents(root, path)?;
    progress.begin(ours.size());
    // What is there already was proven to be the first of our bytes, and is only hashed.
    ours.skip(from, &mut || root.beat(Phase::Write))?;
    progress.add(from);
    carry(root, &mut ours, path, from, progress)
}

/// Stores what `ours` has behind byte `from`, and looks at it once more before it is taken for whole.
fn carry(root: &MediumRoot, ours: &mut Outgoing, path: &str, from: u64, progress: &Progress) -> Result<Put> {
    let (directory, name) = parent(root, path, Phase::Open)?;
    let how = if from == 0 { OFlags::CREATE | OFlags::EXCL } else { OFlags::empty() };
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | how;
    let file = rustix::fs::openat(&directory, name, flags, Mode::from_raw_mode(0o600));
    let mut there = File::from(file.map_err(|errno| told(root, path, Phase::Open, errno))?);
    let size = ours.size();
    let wrong = |phase, missing| {
        move |error: io::Error| told_while_writing(root, path, phase, error, (missing, size))
    };
    there.set_len(from).and_then(|()| there.seek(SeekFrom::Start(from))).map_err(wrong(Phase::Open, size))?;
    let (mut chunk, mut done, mut unsynced) = (vec![0; CHUNK], from, 0_u64);
    loop {
        let n = ours.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        root.beat(Phase::Write)?;
        let missing = size.saturating_sub(done);
        there.write_all(&chunk[..n]).map_err(wrong(Phase::Write, missing))?;
        done += n as u64;
        unsynced += n as u64;
        if unsynced >= SYNC_EVERY {
            there.sync_data().map_err(wrong(Phase::Sync, missing))?;
            unsynced = 0;
        }
        progress.add(n as u64);
    }
    there.sync_all().map_err(wrong(Phase::Sync, 0))?;
    sync(root, &directory, path, Phase::Sync)?;
    // Durable from here: bytes and name were synced to the medium.
    let (bytes, sha256) = ours.finish()?;
    Ok(Put { bytes, sha256, synced: Synced::Yes })
}

/// Reads a file from the device itself and keeps the digest.
pub(super) fn read_back(root: &MediumRoot, path: &str, progress: &Progress) -> Result<ReadBack> {
    let file = open(root, path, OFlags::empty())?;
    let size = file.metadata().map_err(|error| told_io(root, path, Phase::Stat, &error))?.len();
    progress.begin(size);
    // Only clean pages are dropped.
    file.sync_all().map_err(|error| told_io(root, path, Phase::Sync, &error))?;
    // The name may have been given just before a kill.
    let (directory, _) = parent(root, path, Phase::Sync)?;
    sync(root, &directory, path, Phase::Sync)?;
    let dropped = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    dropped.map_err(|errno| told(root, path, Phase::Read, errno))?;
    let direct = match open(root, path, OFlags::DIRECT) {
        Ok(direct) => read_aligned(root, path, direct, progress)?,
        Err(_) => None,
    };
    let ((sha256, bytes), by) = match direct {
        Some(read) => (read, ReadBy::PastCache),
        None => {
            progress.begin(size);
            let read = read_aligned(root, path, file, progress)?;
            (read.ok_or_else(|| told(root, path, Phase::Read, Errno::INVAL))?, ReadBy::AfterDroppingCache)
        }
    };
    Ok(ReadBack { bytes, sha256, by })
}

/// Gives a file another name.
pub(super) fn rename(root: &MediumRoot, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed> {
    make_parents(root, to)?;
    let (old_directory, old) = parent(root, from, Phase::Rename)?;
    let (new_directory, new) = parent(root, to, Phase::Rename)?;
    let plain = || rustix::fs::renameat(&old_directory, old, &new_directory, new);
    let (renamed, by) = match overwrite {
        Overwrite::Atomic => (plain(), RenamedBy::AtomicRename),
        Overwrite::Refuse => {
            let flags = RenameFlags::NOREPLACE;
            let renamed = rustix::fs::renameat_with(&old_directory, old, &new_directory, new, flags);
            let renamed = match renamed {
                // A file system that doesn't know how to refuse is looked at first; nobody else writes to a medium of ours.
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if stat(root, to)?.is_none() => plain(),
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Err(Errno::EXIST),
                renamed => renamed,
            };
            (renamed, RenamedBy::Rename)
        }
    };
    renamed.map_err(|errno| match errno {
        Errno::EXIST => TransportError::AlreadyExists { path: to.to_owned() },
        errno => told(root, from, Phase::Rename, errno),
    })?;
    sync(root, &new_directory, to, Phase::Rename)?;
    sync(root, &old_directory, from, Phase::Rename)?;
    // Durable from here: the new name was synced to the medium.
    Ok(Renamed { by, old_name_left: false })
}

/// Makes one bare request about two names.
pub(super) fn try_names(root: &MediumRoot, request: NameRequest, from: &str, to: &str) -> Result<()> {
    let (old_directory, old) = parent(root, from, Phase::Rename)?;
    let (new_directory, new) = parent(root, to, Phase::Rename)?;
    let made = match request {
        NameRequest::Rename => {
            let flags = RenameFlags::NOREPLACE;
            rustix::fs::renameat_with(&old_directory, old, &new_directory, new, flags)
        }
        NameRequest::ReplacingRename => rustix::fs::renameat(&old_directory, old, &new_directory, new),
        NameRequest::HardLink => {
            rustix::fs::linkat(&old_directory, old, &new_directory, new, AtFlags::empty())
        }
    };
    made.map_err(|errno| told(root, to, Phase::Rename, errno))
}

/// Removes a file; `false` where there was none.
pub(super) fn remove(root: &MediumRoot, path: &str) -> Result<bool> {
    let (directory, name) = match parent(root, path, Phase::Remove) {
        Err(TransportError::NoSuchPath { .. }) => return Ok(false),
        found => found?,
    };
    match rustix::fs::unlinkat(&directory, name, AtFlags::empty()) {
        Ok(()) => sync(root, &directory, path, Phase::Remove).map(|()| true),
        // An earlier removal may have been cut off before its sync.
        Err(Errno::NOENT) => sync(root, &directory, path, Phase::Remove).map(|()| false),
        Err(errno) => Err(told(root, path, Phase::Remove, errno)),
    }
}

/// Bytes that may still be written.
pub(super) fn free_space(root: &MediumRoot) -> Result<u64> {
    let told = rustix::fs::fstatvfs(&root.fd).map_err(|errno| told(root, ".", Phase::Space, errno))?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

fn told_while_writing(
    root: &MediumRoot,
    path: &str,
    phase: Phase,
    error: io::Error,
    (missing, size): (u64, u64),
) -> TransportError {
    match Errno::from_io_error(&error) {
        Some(Errno::NOSPC | Errno::DQUOT) => {
            let free = free_space(root).unwrap_or_default();
            // What the medium had free is part of what has to be free next time.
            root.fault(MediumFault::Full { free, missing: missing.max(free + 1) })
        }
        Some(Errno::FBIG) => root.fault(MediumFault::TooLarge { size }),
        _ => told_io(root, path, phase, &error),
    }
}

/// Asked before a byte is written, so that a medium that is too small keeps what is on it.
fn check_room(root: &MediumRoot, size: u64, missing: u64) -> Result<()> {
    let fat =
        root.mount.as_ref().is_some_and(|mount| ["vfat", "msdos"].contains(&mount.file_system.as_str()));
    if fat && size > FAT_LIMIT {
        return Err(root.fault(MediumFault::TooLarge { size }));
    }
    let free = free_space(root)?;
    if free < missing {
        return Err(root.fault(MediumFault::Full { free, missing }));
    }
    Ok(())
}

/// A medium is ours to lay out: directories that lack are made, and synced into those above.
fn make_parents(root: &MediumRoot, path: &str) -> Result<()> {
    let path = path.trim_matches('/');
    for (at, _) in path.match_indices('/') {
        let (directory, name) = parent(root, &path[..at], Phase::Open)?;
        match rustix::fs::mkdirat(&directory, name, Mode::from_raw_mode(0o755)) {
            Ok(()) => sync(root, &directory, path, Phase::Open)?,
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(told(root, path, Phase::Open, errno)),
        }
    }
    Ok(())
}

fn sync(root: &MediumRoot, directory: &OwnedFd, path: &str, phase: Phase) -> Result<()> {
    match rustix::fs::fsync(directory) {
        // Some drivers have no sync for directories and write them at once.
        Ok(()) | Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(()),
        Err(errno) => Err(told(root, path, phase, errno)),
    }
}

/// Digest and size of a file that is read into aligned memory; nothing if the file system can't read it this way.
fn read_aligned(
    root: &MediumRoot,
    path: &str,
    mut file: File,
    progress: &Progress,
) -> Result<Option<(Sha256, u64)>> {
    let mut memory = vec![0_u8; CHUNK + ALIGNMENT];
    let begin = memory.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
    let chunk = &mut memory[begin..begin + CHUNK];
    let mut hashing = Hashing::new(io::sink());
    let mut first = true;
    loop {
        root.beat(Phase::Read)?;
        match file.read(chunk) {
            Ok(0) => return Ok(Some(hashing.finish())),
            Ok(n) => {
                hashing.note(&chunk[..n]);
                progress.add(n as u64);
            }
            Err(error) if first && Errno::from_io_error(&error) == Some(Errno::INVAL) => return Ok(None),
            Err(error) => return Err(told_io(root, path, Phase::Read, &error)),
        }
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medium::mount;
    use crate::medium::pulse::Pulse;
    use crate::medium::settings::MediumSettings;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_of_ours_that_is_written_anew_while_it_is_carried_is_not_taken_for_whole() {
        let (medium, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let source = folder.path().join("source");
        let settings = MediumSettings::to_read(medium.path().to_owned());
        let (root, _) = mount::enter(&settings, Pulse::default()).unwrap();
        for (name, from) in [("new", 0), ("part", 40)] {
            std::fs::write(&source, vec![7; 100]).unwrap();
            std::fs::write(medium.path().join("part"), vec![7; 40]).unwrap();
            let mut ours = Outgoing::open(&source).unwrap();
            ours.skip(from, &mut || Ok(())).unwrap();
            // As many bytes, and others.
            std::fs::write(&source, vec![8; 100]).unwrap();
            let later = SystemTime::now() + Duration::from_secs(1);
            File::options().append(true).open(&source).unwrap().set_modified(later).unwrap();
            let carried = carry(&root, &mut ours, name, from, &Progress::new());
            let error = carried.unwrap_err();
            assert!(
                matches!(error, TransportError::OwnFileChanged { expected: 100, found: 100, .. }),
                "{error}"
            );
        }
    }
}
