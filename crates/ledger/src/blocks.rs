//! The file under the history: every block carries a check of its own, which each read verifies.
//!
//! redb writes a checksum for each of its pages, and looks at it only when it repairs: a page that the disk has changed would be
//! taken at its word, and a search that goes wrong in it would find nothing where there is something. Here the file is a row of
//! blocks, each with a checksum of its number and its bytes before them: XXH3, which tells any damage by chance, and says nothing
//! about who wrote it. Promises that what is read is what was written there, or an error; then a mark is left beside the file, so
//! that the next opening builds the index anew. Never repairs anything.
//!
//! A power cut may tear a block that is being written. redb only writes where nothing lies that a finished commit needs, but for
//! its header: that one is shorter than a sector and stands in one with its check, so a disk writes both or neither.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use redb::StorageBackend;
use totatsu_base::say;
use twox_hash::XxHash3_64;

/// Bytes of a block that are redb's: one of its pages.
const BLOCK: usize = 4096;
/// Bytes of the check before them.
const CHECK: usize = 8;
/// Bytes of both, as they lie in the file.
const LYING: usize = CHECK + BLOCK;

/// A file of checked blocks.
#[derive(Debug)]
pub(super) struct CheckedFile {
    /// The file.
    pub(super) file: File,
    /// Is made when a block is found changed.
    pub(super) mark: PathBuf,
}

impl CheckedFile {
    /// Blocks beside each other as they lie in the file, if they are what was written.
    fn blocks(&self, first: u64, count: usize) -> Result<Vec<u8>> {
        let mut blocks = vec![0; count * LYING];
        let read = self.file.read_exact_at(&mut blocks, first * LYING as u64).and_then(|()| {
            let mut numbered = (first..).zip(blocks.chunks_exact(LYING));
            match numbered.find(|(number, block)| check_of(*number, &block[CHECK..]) != block[..CHECK]) {
                Some((number, _)) => {
                    Err(Error::new(ErrorKind::InvalidData, say!("ledger-block-changed", number = number)))
                }
                None => Ok(()),
            }
        });
        read.map(|()| blocks).inspect_err(|_| drop(File::create(&self.mark)))
    }

    fn write_block(&self, number: u64, block: &mut [u8; LYING]) -> Result<()> {
        let check = check_of(number, &block[CHECK..]);
        block[..CHECK].copy_from_slice(&check);
        self.file.write_all_at(block, number * LYING as u64)
    }
}

impl StorageBackend for CheckedFile {
    fn len(&self) -> Result<u64> {
        Ok(self.file.metadata()?.len() / LYING as u64 * BLOCK as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let (first, mut within) = place_of(offset);
        let blocks = self.blocks(first, (within + out.len()).div_ceil(BLOCK))?;
        let mut rest = out;
        for block in blocks.chunks_exact(LYING) {
            let (part, after) = rest.split_at_mut(rest.len().min(BLOCK - within));
            part.copy_from_slice(&block[CHECK + within..][..part.len()]);
            (rest, within) = (after, 0);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.file.set_len(len.div_ceil(BLOCK as u64) * LYING as u64)
    }

    fn sync_data(&self) -> Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        let mut done = 0;
        while done < data.len() {
            let (number, within) = place_of(offset + done as u64);
            let length = (BLOCK - within).min(data.len() - done);
            // A part of a block that has never been written leaves zeros for the rest of it.
            let mut block = [0; LYING];
            if length < BLOCK && !self.is_new(number)? {
                block.copy_from_slice(&self.blocks(number, 1)?);
            }
            block[CHECK + within..CHECK + within + length].copy_from_slice(&data[done..done + length]);
            self.write_block(number, &mut block)?;
            done += length;
        }
        Ok(())
    }
}

impl CheckedFile {
    fn is_new(&self, number: u64) -> Result<bool> {
        let mut block = [0; LYING];
        self.file.read_exact_at(&mut block, number * LYING as u64)?;
        Ok(block == [0; LYING])
    }
}

/// The block that holds an offset, and where in it.
fn place_of(offset: u64) -> (u64, usize) {
    let within = offset % BLOCK as u64;
    (offset / BLOCK as u64, usize::try_from(within).expect("a block is small"))
}

fn check_of(number: u64, bytes: &[u8]) -> [u8; CHECK] {
    XxHash3_64::oneshot_with_seed(number, bytes).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_any_changed_byte_is_told_and_marked() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        let blocks = CheckedFile { file, mark: home.path().join("mark") };
        blocks.set_len(3 * BLOCK as u64).unwrap();
        assert_eq!(blocks.len().unwrap(), 3 * BLOCK as u64);
        let text: Vec<u8> = (0..2 * BLOCK).map(|at| at as u8 ^ (at >> 8) as u8).collect();
        blocks.write(BLOCK as u64, &text).unwrap();
        blocks.write(5, b"head").unwrap();
        let read = |offset: u64, length: usize| {
            let mut out = vec![0; length];
            blocks.read(offset, &mut out).map(|()| out)
        };
        assert_eq!(read(BLOCK as u64, 2 * BLOCK).unwrap(), text);
        assert_eq!(read(3, 8).unwrap(), b"\0\0head\0\0");
        assert_eq!(read(BLOCK as u64 + 4000, 200).unwrap(), text[4000..4200]);
        assert!(!blocks.mark.exists());
        for at in [0, 7, 8, 4103, 4104, 4111, 4112, 9000] {
            let mut byte = [0];
            blocks.file.read_exact_at(&mut byte, at).unwrap();
            blocks.file.write_all_at(&[byte[0] ^ 4], at).unwrap();
            let number = at / LYING as u64;
            assert_eq!(read(number * BLOCK as u64, 10).unwrap_err().kind(), ErrorKind::InvalidData);
            assert!(blocks.mark.exists());
            blocks.file.write_all_at(&byte, at).unwrap();
            assert!(read(number * BLOCK as u64, 10).is_ok());
        }
        // What belongs elsewhere isn't taken for what belongs here.
        let mut first = [0; LYING];
        blocks.file.read_exact_at(&mut first, LYING as u64).unwrap();
        blocks.file.write_all_at(&first, 2 * LYING as u64).unwrap();
        assert!(read(2 * BLOCK as u64, 10).is_err());
    }
}
