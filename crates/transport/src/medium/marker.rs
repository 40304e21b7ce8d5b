//! `TOTATSU.ID`: the file that tells whose medium this is.
//!
//! Owns its form, plain lines that anybody can read on any machine. Promises that a medium is marked once: a mark that is
//! there is never overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rand::RngExt as _;
use rustix::fs::OFlags;
use rustix::io::Errno;

use totatsu_base::Moment;

/// The file that tells whose medium it is.
pub const MARKER: &str = "TOTATSU.ID";
/// The directory of manifests and sheets, out of the way of the files for the partner.
pub const COMPANIONS: &str = "TOTATSU";
/// What the first line must say.
const FIRST_LINE: &str = "totatsu medium 1"; // not for people
/// Letters and digits that can't be taken for one another.
const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTWXYZ";
/// Length of an id.
const LENGTH: usize = 8;

/// What the mark on a medium says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediumMarker {
    /// The medium's own name, short enough to be written on it with a pen.
    pub id: String,
    /// The partner it carries files to.
    pub partner: String,
}

impl MediumMarker {
    /// What the text of a file says; nothing if it is no mark of ours.
    pub fn read(text: &str) -> Option<MediumMarker> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let (mut id, mut partner) = (None, None);
        for (key, value) in lines.filter_map(|line| line.split_once(": ")) {
            match key {
                "id" => id = Some(value.trim().to_owned()),
                "partner" => partner = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        Some(MediumMarker { id: id?, partner: partner? })
    }
}

/// Marks the medium below `directory` as one for `partner`, with a fresh id.
///
/// # Errors
/// The medium is marked already, or can't be written.
pub fn prepare(directory: &Path, partner: &str, gateway: &str) -> io::Result<MediumMarker> {
    let mut rng = rand::rng();
    let id = (0..LENGTH).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    let marker = MediumMarker { id, partner: partner.to_owned() };
    let text = format!(
        "{FIRST_LINE}\r\nid: {}\r\npartner: {partner}\r\ngateway: {gateway}\r\nprepared: {}\r\n",
        marker.id,
        Moment::now(),
    );
    let path = directory.join(MARKER);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut prepared = || -> io::Result<()> {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::create_dir(directory.join(COMPANIONS)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        match rustix::fs::fsync(File::open(directory)?) {
            // Some drivers have no sync for directories and write them at once.
            Ok(()) | Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    };
    if let Err(error) = prepared() {
        // A mark of a medium that isn't prepared would be in the way of the next one. The first error is the one to tell.
        drop(fs::remove_file(&path));
        return Err(error);
    }
    Ok(marker)
}

/// Has what root has just written on a medium belong to the gateway's user. Only what is root's is given away, and no second name
/// of a file elsewhere.
///
/// # Errors
/// The file system has no owners, as FAT: there the mount says whose everything is.
pub fn give_to(owner: u32, directory: &Path) -> io::Result<()> {
    for name in [MARKER, COMPANIONS] {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let written = OpenOptions::new().read(true).custom_flags(flags).open(directory.join(name))?;
        let about = written.metadata()?;
        if about.uid() == 0 && (about.is_dir() || about.nlink() == 1) {
            std::os::unix::fs::fchown(&written, Some(owner), None)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_medium_is_marked_once_and_read_back() {
        let home = tempfile::tempdir().unwrap();
        let marker = prepare(home.path(), "mpn", "試験市").unwrap();
        let text = fs::read_to_string(home.path().join(MARKER)).unwrap();
        assert_eq!(MediumMarker::read(&text), Some(marker));
        assert!(home.path().join(COMPANIONS).is_dir());
        assert_eq!(prepare(home.path(), "mpn", "試験市").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn what_is_no_mark_of_ours_is_not_taken_for_one() {
        assert_eq!(MediumMarker::read(""), None);
        assert_eq!(MediumMarker::read("totatsu medium 1\nid: A\n"), None);
        assert_eq!(MediumMarker::read("something\nid: A\npartner: mpn\n"), None);
    }
}
