//! Last step: source, sent bytes and receipt move to the archive, where they stay for the retention time.
//!
//! Promises that the folder is durably named in the archive and no longer among the deliveries under way; may be
//! repeated after a crash. Never deletes anything.

use std::time::Duration;

use crate::spool::Spool;
use totatsu_base::durable;
use totatsu_base::evidence::Archived;
use totatsu_base::{DeliveryId, Moment, Remedy, SpoolError};

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
    if from.path().is_dir() || !to.path().is_dir() {
        durable::make_dir(durable::parent_of(to.path()))?;
        durable::rename_to_free_name(from.path(), to.path())?;
    }
    let (folder, keep_until) = (to.path().to_owned(), Moment::now().after(retention));
    Ok(Archived { folder, keep_until, swept: None })
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
}
