//! What a lying partner tells of a directory, and what it does to a file that is being read.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{Entry, Opened, SHOUT};
use super::wire::{self, EOF};
use super::{Listings, MidRead, Shelf};

/// Entries of one answer.
const AT_A_TIME: usize = 1000;

impl Shelf {
    pub(super) fn open_directory(
        &mut self,
        opened: &mut Opened,
        number: u32,
        path: &str,
    ) -> io::Result<Vec<u8>> {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in fs::read_dir(self.at(path)?)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let (size, written_at) = self.told(entry.metadata()?.len());
                entries.push((entry.file_name().into_encoded_bytes(), size, written_at));
            }
        }
        let at = self.written_at;
        let other = move |number: u32| (format!("x{number}").into_bytes(), Some(1), at);
        let listings: Box<dyn Iterator<Item = Entry> + Send> = match self.lies.offers.listings {
            Listings::Honest => Box::new(entries.into_iter()),
            Listings::Hostile => Box::new(hostile(at).into_iter().chain(entries)),
            Listings::Many(more) => Box::new(entries.into_iter().chain((0..more).map(other))),
            Listings::Endless => Box::new(entries.into_iter().chain((0..).map(other))),
            Listings::Twice => {
                let again = entries.clone();
                let later = again.into_iter().map(|(name, size, at)| (name, size, at + 60));
                Box::new(entries.into_iter().chain(later))
            }
        };
        let handle = format!("directory {number}").into_bytes();
        opened.listings.insert(handle.clone(), listings);
        Ok(wire::handle(number, &handle))
    }

    pub(super) fn list(&mut self, opened: &mut Opened, number: u32, handle: &[u8]) -> io::Result<Vec<u8>> {
        let listing = opened.listings.get_mut(handle).ok_or(io::ErrorKind::Other)?;
        let entries: Vec<Entry> = listing.take(AT_A_TIME).collect();
        if entries.is_empty() {
            return Ok(wire::status(number, EOF, "End of directory"));
        }
        Ok(wire::names(number, &entries))
    }

    /// Changes a file in place: whoever has it open reads a mixture. The partner's clock goes on.
    pub(super) fn change(&mut self, path: &Path, change: MidRead) -> io::Result<()> {
        self.written_at += 60;
        let size = usize::try_from(fs::metadata(path)?.len()).unwrap();
        match change {
            MidRead::Other => fs::write(path, content(2, size)),
            MidRead::Longer => fs::write(path, content(2, size + 1000)),
            MidRead::Shorter => fs::write(path, content(2, size / 3)),
            MidRead::Gone => fs::remove_file(path),
        }
    }

    /// Another file takes the name of what was offered, once.
    pub(super) fn replace_offered(&mut self) -> io::Result<()> {
        if let Some((name, size)) = self.lies.offers.replaces_at_removal.take() {
            self.written_at += 60;
            let hidden = self.at(".new")?;
            fs::write(&hidden, content(2, size))?;
            fs::rename(hidden, self.at(name)?)?;
        }
        Ok(())
    }
}

/// Bytes of a version of the partner's file.
pub fn content(version: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 251) as u8 ^ (at % 251) as u8 ^ version).collect()
}

fn hostile(at: u32) -> Vec<Entry> {
    let long = format!("{}.DAT", "x".repeat(300));
    let shout = format!("{SHOUT}.DAT");
    let names = ["../../etc/passwd.DAT", "a/b.DAT", "/etc/x.DAT", "..", ".", "", &long, &shout];
    let bytes = names.iter().map(|name| name.as_bytes().to_vec());
    let undecodable = [b"\xff\xfe.DAT".to_vec()];
    bytes.chain(undecodable).map(|name| (name, Some(1), at)).collect()
}
