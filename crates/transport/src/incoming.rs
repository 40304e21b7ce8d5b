//! Our own file, that a partner's file is brought into, and what the partner told of that file beforehand.
//!
//! Owns the file of ours from its opening to its sync, under a lock: whoever was given up half-way may still be writing its
//! last chunk, and the next one waits for that. Promises that what lies there is in order and without holes whatever
//! happens, that it is synced as it grows, and that no byte behind the size that the partner told is taken. After an error
//! what is there is synced too, as far as our disk still does. Never asks the partner, never removes the file.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::OFlags;

use crate::error::{Result, TransportError};
use crate::facts::Brought;
use totatsu_base::{Hashing, durable, say};

/// What a partner sends is for the owner only.
const MODE: u32 = 0o600;
/// Bytes of a part that are read again at a time.
const CHUNK: usize = 256 * 1024;
/// Bytes after which what was written is synced: the last sync is then never long.
const SYNC_EVERY: u64 = 32 * 1024 * 1024;

/// Our file, open for more. Blocks: for a thread that may.
pub(super) struct Incoming {
    path: PathBuf,
    file: File,
    hashing: Hashing<io::Sink>,
    held: u64,
    unsynced: u64,
}

/// What the partner told of its file before it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToldFile {
    path: String,
    size: u64,
    modified: Option<Timestamp>,
}

impl Incoming {
    /// Opens `path` and takes its first `from` bytes into the digest; what lies behind them is cut off. With 0 the file is
    /// created, or emptied. `beat` is called after each chunk that was read again; an error of its own ends that.
    pub(super) fn open(path: &Path, from: u64, beat: &mut dyn FnMut() -> Result<()>) -> Result<Incoming> {
        let own = |error| TransportError::OwnFile { path: path.to_owned(), error };
        let file = open_locked(path, from == 0).map_err(own)?;
        let mut incoming =
            Incoming { path: path.to_owned(), file, hashing: Hashing::new(io::sink()), held: 0, unsynced: 0 };
        incoming.read_again(from, beat)?;
        incoming.cut().map_err(own)?;
        Ok(incoming)
    }

    /// Bytes that our file holds.
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    /// Adds the next bytes.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.unsynced += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| self.failed(error))?;
        self.hashing.note(bytes);
        self.held += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.file.sync_data().map_err(|error| self.failed(error))?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Empties our file; its digest begins anew.
    pub(super) fn empty(&mut self) -> Result<()> {
        self.hashing = Hashing::new(io::sink());
        self.held = 0;
        self.cut().map_err(|error| self.failed(error))
    }

    /// Puts bytes and name on our disk, and tells what they are.
    pub(super) fn finish(mut self) -> Result<Brought> {
        let directory = durable::parent_of(&self.path);
        let synced = self.file.sync_all().and_then(|()| File::open(directory)?.sync_all());
        synced.map_err(|error| self.failed(error))?;
        // Durable from here: bytes and name were synced.
        self.unsynced = 0;
        let (sha256, bytes) = std::mem::replace(&mut self.hashing, Hashing::new(io::sink())).finish();
        Ok(Brought { bytes, sha256 })
    }

    fn read_again(&mut self, from: u64, beat: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let mut chunk = vec![0; CHUNK];
        while self.held < from {
            let wanted = (from - self.held).min(CHUNK as u64) as usize;
            let read = match self.file.read(&mut chunk[..wanted]) {
                Ok(0) => {
                    let (path, found) = (self.path.clone(), self.held);
                    return Err(TransportError::OwnFileChanged { path, expected: from, found });
                }
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.failed(error)),
            };
            self.hashing.note(&chunk[..read]);
            self.held += read as u64;
            beat()?;
        }
        Ok(())
    }

    /// Cuts off what lies behind the bytes that count.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.held)?;
        self.file.seek(SeekFrom::Start(self.held)).map(drop)
    }

    fn failed(&self, error: io::Error) -> TransportError {
        TransportError::OwnFile { path: self.path.clone(), error }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.unsynced > 0 {
            // What it was dropped for is told already; the part is looked at before it is gone on with.
            let _ = self.file.sync_all();
        }
    }
}

fn open_locked(path: &Path, new: bool) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let mut how = OpenOptions::new();
    let file = how.read(true).write(true).create(new).mode(MODE).custom_flags(flags).open(path)?;
    file.lock()?;
    file.set_permissions(Permissions::from_mode(MODE))?;
    Ok(file)
}

impl ToldFile {
    /// What the partner told of `path`.
    ///
    /// # Errors
    /// The partner told no size: then nothing would say where to stop.
    pub(super) fn new(path: &str, size: Option<u64>, modified: Option<Timestamp>) -> Result<ToldFile> {
        let untold = || TransportError::Unsupported { what: say!("transport-need-size", path = path) };
        Ok(ToldFile { path: path.to_owned(), size: size.ok_or_else(untold)?, modified })
    }

    /// Bytes of the whole file.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Fails where `bytes` are more than the partner told.
    pub(super) fn check_room_for(&self, bytes: u64) -> Result<()> {
        if bytes > self.size { Err(self.changed(bytes)) } else { Ok(()) }
    }

    /// Fails where `bytes` aren't as many as the partner told.
    pub(super) fn check_end(&self, bytes: u64) -> Result<()> {
        if bytes == self.size { Ok(()) } else { Err(self.changed(bytes)) }
    }

    /// Fails where the partner now tells another size or time than before; what it doesn't tell isn't compared.
    pub(super) fn check_unchanged(&self, size: Option<u64>, modified: Option<Timestamp>) -> Result<()> {
        let same_size = size.is_none_or(|size| size == self.size);
        let same_time = self.modified.zip(modified).is_none_or(|(before, after)| before == after);
        if same_size && same_time { Ok(()) } else { Err(self.changed(size.unwrap_or(self.size))) }
    }

    fn changed(&self, found: u64) -> TransportError {
        TransportError::PartnerFileChanged { path: self.path.clone(), expected: self.size, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use totatsu_base::Sha256;

    fn opened(path: &Path, from: u64) -> Result<Incoming> {
        Incoming::open(path, from, &mut || Ok(()))
    }

    #[test]
    fn a_part_is_gone_on_with_from_the_proven_byte_and_the_digest_is_that_of_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, "0123456xxxx").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let mut incoming = opened(&path, 7).unwrap();
        incoming.append(b"789").unwrap();
        let brought = incoming.finish().unwrap();
        assert_eq!((brought.bytes, brought.sha256), (10, Sha256::of(b"0123456789")));
        assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        let brought = opened(&path, 0).unwrap().finish().unwrap();
        assert_eq!((brought.bytes, std::fs::read(&path).unwrap().len()), (0, 0));
    }

    #[test]
    fn a_part_that_is_missing_or_shorter_than_proven_is_told_and_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let missing = opened(&path, 4).err().unwrap();
        assert!(matches!(missing, TransportError::OwnFile { .. }), "{missing}");
        assert!(!path.exists());
        std::fs::write(&path, "012").unwrap();
        let short = opened(&path, 4).err().unwrap();
        assert!(matches!(short, TransportError::OwnFileChanged { expected: 4, found: 3, .. }), "{short}");
        assert_eq!(std::fs::read(&path).unwrap(), b"012");
    }

    #[test]
    fn the_next_one_waits_until_the_one_that_was_given_up_has_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let mut given_up = opened(&path, 0).unwrap();
        let next = std::thread::spawn({
            let path = path.clone();
            move || {
                let mut next = opened(&path, 0).unwrap();
                next.append(b"new").unwrap();
                next.finish().unwrap()
            }
        });
        given_up.append(b"older and longer").unwrap();
        drop(given_up);
        assert_eq!(next.join().unwrap().bytes, 3);
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_of_untold_size_is_not_read_and_another_size_or_date_is_told() {
        assert!(matches!(ToldFile::new("a", None, None), Err(TransportError::Unsupported { .. })));
        let date = |second| Timestamp::from_second(second).ok();
        let told = ToldFile::new("a", Some(5), date(1)).unwrap();
        assert!(told.check_room_for(5).is_ok() && told.check_room_for(6).is_err());
        assert!(told.check_end(5).is_ok() && told.check_end(4).is_err());
        assert!(told.check_unchanged(None, None).is_ok() && told.check_unchanged(Some(5), date(1)).is_ok());
        assert!(told.check_unchanged(Some(6), date(1)).is_err());
        assert!(told.check_unchanged(Some(5), date(2)).is_err());
    }
}
