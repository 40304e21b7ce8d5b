//! Brings a file from a medium here, or the rest of it to the part that we have.
//!
//! Promises that a plain file was read, through no symbolic link and from the device as far as the system lets its cache
//! be dropped, and that it was as long as the medium told before. The medium need not be writable.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{Advice, OFlags};

use super::root::{MediumRoot, open, told, told_io};
use crate::incoming::{Incoming, ToldFile};
use crate::{Brought, Phase, Progress, Result, TransportError};
use totatsu_base::say;

/// Bytes that are read at a time.
const CHUNK: usize = 1024 * 1024;

/// Brings `path` to `to`, beginning at byte `from`.
pub(super) fn fetch(
    root: &MediumRoot,
    path: &str,
    to: &Path,
    from: u64,
    progress: &Progress,
) -> Result<Brought> {
    let mut ours = Incoming::open(to, from, &mut || root.beat(Phase::Read))?;
    let failed = |error| told_io(root, path, Phase::Read, &error);
    let mut file = open(root, path, OFlags::empty())?;
    let before = file.metadata().map_err(failed)?;
    if !before.is_file() {
        return Err(TransportError::Unsupported { what: say!("transport-need-plain-file", path = path) });
    }
    let there = ToldFile::new(path, Some(before.len()), modified(&before))?;
    there.check_room_for(from)?;
    let dropped = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    dropped.map_err(|errno| told(root, path, Phase::Read, errno))?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    progress.begin(there.size());
    progress.add(from);
    receive(root, path, file.by_ref(), &there, &mut ours, progress)?;
    there.check_end(ours.held())?;
    let after = file.metadata().map_err(failed)?;
    there.check_unchanged(Some(after.len()), modified(&after))?;
    ours.finish()
}

fn receive(
    root: &MediumRoot,
    path: &str,
    file: &mut File,
    there: &ToldFile,
    ours: &mut Incoming,
    progress: &Progress,
) -> Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        root.beat(Phase::Read)?;
        let read = match file.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(told_io(root, path, Phase::Read, &error)),
        };
        there.check_room_for(ours.held() + read as u64)?;
        ours.append(&chunk[..read])?;
        progress.add(read as u64);
    }
}

fn modified(about: &Metadata) -> Option<Timestamp> {
    about.modified().ok().and_then(|instant| Timestamp::try_from(instant).ok())
}
