//! Last step: source, sent bytes and receipt move to the archive, where they stay for the retention time.
//!
//! Promises that the folder is durably named in the archive and no longer among the deliveries under way; may be
//! repeated after a crash. Owns, besides, which files there are proof and stay, and which are what the delivery carried: whoever may
//! remove those decides elsewhere, and records it first.

use std::fs::DirEntry;
use std::time::Duration;

use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::durable::{self, if_there};
use totatsu_base::evidence::{Archived, ContentFile};
use totatsu_base::{DeliveryId, Moment, Remedy, Sha256, SpoolError};

/// What stays when contents go: the proof, the sheets, which count and name, and how an import ended. All else may hold records.
const PROOF: [&str; 6] =
    ["receipt.json", "receipt.json.sig", "sheet.html", "sheet.txt", "sheet.json", "import.status"];

/// Our disk refused to move the folder; usually a full disk or missing rights.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ArchiveError(#[from] SpoolError);

impl ArchiveError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        Remedy::for_own_disk(&self.0.error)
    }
}

/// Moves a delivery's folder into the archive.
///
/// # Errors
/// See [`ArchiveError`]; the folder is then in exactly one of both places.
pub fn archive(spool: &Spool, id: &DeliveryId, retention: Duration) -> Result<Archived, ArchiveError> {
    let (from, to) = (spool.folder(id), spool.archived_folder(id));
    let day = durable::parent_of(to.path());
    if from.path().is_dir() || !to.path().is_dir() {
        durable::make_dir(day)?;
        durable::rename_to_free_name(from.path(), to.path())?;
    } else {
        // It was moved before, perhaps by a process that was killed before it synced.
        durable::sync_dir(durable::parent_of(from.path()))?;
        durable::sync_dir(day)?;
    }
    let (folder, keep_until) = (to.path().to_owned(), Moment::now().after(retention));
    Ok(Archived { folder, keep_until, swept: None })
}

/// What a delivery carried, as it lies in its folder: names, sizes and digests, in the order of names.
///
/// # Errors
/// The folder, or a file in it, can't be read.
pub fn contents_in(folder: &DeliveryFolder) -> Result<Vec<ContentFile>, SpoolError> {
    let mut files = Vec::new();
    for entry in content_entries(folder)? {
        let path = entry.path();
        let (sha256, size) = Sha256::of_file(&path).map_err(SpoolError::at("disk-reading", &path))?;
        files.push(ContentFile { name: entry.file_name().to_string_lossy().into_owned(), size, sha256 });
    }
    Ok(files)
}

/// Whether anything of what a delivery carried lies in its folder.
///
/// # Errors
/// The folder can't be read.
pub fn has_contents(folder: &DeliveryFolder) -> Result<bool, SpoolError> {
    Ok(!content_entries(folder)?.is_empty())
}

/// Removes what a delivery carried from its folder; may be repeated after a crash. When this returns, it is durably gone.
///
/// # Errors
/// A file can't be removed; those that are left are told by [`has_contents`].
pub fn remove_contents(folder: &DeliveryFolder) -> Result<(), SpoolError> {
    for entry in content_entries(folder)? {
        let path = entry.path();
        if_there(std::fs::remove_file(&path)).map_err(SpoolError::at("disk-removing", &path))?;
    }
    durable::sync_dir(folder.path())
}

fn content_entries(folder: &DeliveryFolder) -> Result<Vec<DirEntry>, SpoolError> {
    let unreadable = |error| SpoolError::at("disk-listing", folder.path())(error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.path()).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_proof = PROOF.iter().any(|proof| entry.file_name() == *proof);
        if !is_proof && !entry.file_type().map_err(unreadable)?.is_dir() {
            files.push(entry);
        }
    }
    files.sort_by_key(DirEntry::file_name);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archiving_twice_ends_where_archiving_once_does() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path());
        spool.lay_out().unwrap();
        let id: DeliveryId = "20261122-183005-k7m2q9".parse().unwrap();
        durable::make_new_dir(spool.folder(&id).path()).unwrap();
        std::fs::write(spool.folder(&id).sent(), "bytes").unwrap();
        let first = archive(&spool, &id, Duration::ZERO).unwrap();
        let second = archive(&spool, &id, Duration::ZERO).unwrap();
        assert_eq!(first.folder, second.folder);
        assert!(first.folder.ends_with("archive/2026/11/22/20261122-183005-k7m2q9"));
        assert!(first.folder.join("sent").exists() && !spool.folder(&id).path().exists());
    }

    #[test]
    fn contents_are_all_files_but_the_proof_and_removing_them_twice_leaves_what_removing_them_once_does() {
        let home = tempfile::tempdir().unwrap();
        let folder = DeliveryFolder::at(home.path());
        let contents = ["decoded", "import.log", "quarantine", "report.txt", "sent", "source", "unheard-of"];
        for name in PROOF.iter().chain(&contents) {
            std::fs::write(home.path().join(name), name).unwrap();
        }
        let files = contents_in(&folder).unwrap();
        assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), contents);
        for file in files {
            assert_eq!((file.size, file.sha256), (file.name.len() as u64, Sha256::of(file.name.as_bytes())));
        }
        for _ in 0..2 {
            remove_contents(&folder).unwrap();
            assert!(!has_contents(&folder).unwrap());
            for name in PROOF {
                assert_eq!(std::fs::read_to_string(home.path().join(name)).unwrap(), name);
            }
        }
    }
}
