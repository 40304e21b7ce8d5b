//! Our own file, that is carried to a partner.
//!
//! Owns the file of ours from its opening to the last look at it. Promises that what was read is one state of the file: where the
//! file grew, shrank or was written anew meanwhile, that is told instead of its digest. Blocks: for a thread that may.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Result, TransportError};
use totatsu_base::{Hashing, Sha256};

/// Bytes that are read at a time where they are only hashed.
const CHUNK: usize = 256 * 1024;

/// Our file, being read and hashed.
pub(crate) struct Outgoing {
    path: PathBuf,
    file: File,
    before: Metadata,
    hashing: Hashing<io::Sink>,
}

impl Outgoing {
    /// Opens and measures our file.
    pub(crate) fn open(path: &Path) -> Result<Outgoing> {
        let opened = File::open(path).and_then(|file| file.metadata().map(|before| (file, before)));
        let own = |error| TransportError::OwnFile { path: path.to_owned(), error };
        let (file, before) = opened.map_err(own)?;
        Ok(Outgoing { path: path.to_owned(), file, before, hashing: Hashing::new(io::sink()) })
    }

    /// Bytes of the whole file.
    pub(crate) fn size(&self) -> u64 {
        self.before.len()
    }

    /// Takes the first `bytes` into the digest, for they are at the partner already. `beat` is called after each chunk; an
    /// error of its own ends that.
    pub(crate) fn skip(&mut self, bytes: u64, beat: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let mut chunk = vec![0; CHUNK];
        let mut left = bytes;
        while left > 0 {
            let wanted = left.min(CHUNK as u64) as usize;
            let read = self.read(&mut chunk[..wanted])?;
            if read == 0 {
                return Err(self.changed(bytes - left));
            }
            left -= read as u64;
            beat()?;
        }
        Ok(())
    }

    /// Begins anew.
    pub(crate) fn rewind(&mut self) -> Result<()> {
        self.hashing = Hashing::new(io::sink());
        self.file.seek(SeekFrom::Start(0)).map(drop).map_err(|error| self.failed(error))
    }

    /// The next bytes: as many as `chunk` has room for, fewer at the end of the file only.
    pub(crate) fn read(&mut self, chunk: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < chunk.len() {
            match self.file.read(&mut chunk[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.hashing.note(&chunk[..filled]);
        Ok(filled)
    }

    /// Size and digest of what was read, once it is known that the file was left alone meanwhile.
    pub(crate) fn finish(&mut self) -> Result<(u64, Sha256)> {
        let hashing = std::mem::replace(&mut self.hashing, Hashing::new(io::sink()));
        let (sha256, found) = hashing.finish();
        let unchanged = self.file.metadata().and_then(|after| {
            Ok(after.len() == self.before.len() && after.modified()? == self.before.modified()?)
        });
        match unchanged {
            Ok(true) if found == self.size() => Ok((found, sha256)),
            Ok(_) => Err(self.changed(found)),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: io::Error) -> TransportError {
        TransportError::OwnFile { path: self.path.clone(), error }
    }

    fn changed(&self, found: u64) -> TransportError {
        TransportError::OwnFileChanged { path: self.path.clone(), expected: self.size(), found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_source_that_grows_or_is_written_anew_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        for (bytes, expected) in [(200, 200), (100, 100), (50, 50)] {
            std::fs::write(&path, vec![7; 100]).unwrap();
            let mut source = Outgoing::open(&path).unwrap();
            std::fs::write(&path, vec![8; bytes]).unwrap();
            let later = SystemTime::now() + Duration::from_secs(1);
            File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
            while source.read(&mut [0; 64]).unwrap() > 0 {}
            let error = source.finish().unwrap_err();
            assert!(
                matches!(error, TransportError::OwnFileChanged { expected: 100, found, .. } if found == expected),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_skipped_counts_in_the_digest_and_a_file_too_short_for_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, b"0123456789").unwrap();
        let mut source = Outgoing::open(&path).unwrap();
        source.skip(4, &mut || Ok(())).unwrap();
        let mut chunk = [0; 20];
        assert_eq!(source.read(&mut chunk).unwrap(), 6);
        assert_eq!(source.finish().unwrap(), (10, Sha256::of(b"0123456789")));
        let error = Outgoing::open(&path).unwrap().skip(11, &mut || Ok(())).unwrap_err();
        assert!(matches!(error, TransportError::OwnFileChanged { expected: 10, found: 10, .. }), "{error}");
    }
}
