//! The spool on our own disk: outboxes, inboxes, one folder per delivery, the archive.
//!
//! Owns the paths below the spool directory, and whose its directories are: only a link's own outbox and inbox are open to
//! others, those above them belong to us alone, so nobody can put anything else in their place. Fails with the path in
//! hand. Writes nothing into these directories: that is for `durable` and `shared` of `totatsu_base`.

use std::fs;
use std::path::{Path, PathBuf};

use totatsu_base::durable::{make_dir, make_own_dir, parent_of};
use totatsu_base::say;
use totatsu_base::{DeliveryId, SpoolError};

/// The spool directory and the tree below it.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
}

/// The files of one delivery, in `deliveries/<id>/` while it is under way and in `archive/YYYY/MM/DD/<id>/` afterwards.
#[derive(Debug, Clone)]
pub struct DeliveryFolder {
    path: PathBuf,
}

impl Spool {
    /// The spool below `root`; nothing is touched.
    pub fn new(root: &Path) -> Spool {
        Spool { root: root.to_owned() }
    }

    /// The directory that holds everything.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the directories that are always there. Those above the links' own are taken back from the group where an earlier
    /// version left them to it.
    ///
    /// # Errors
    /// A directory can't be made or synced, or is somebody else's.
    pub fn lay_out(&self) -> Result<(), SpoolError> {
        self.make_root()?;
        for directory in [self.root.join("outbox"), self.root.join("inbox"), self.locks()] {
            make_ours(&directory)?;
        }
        for directory in [self.deliveries(), self.archive(), self.orphans()] {
            make_dir(&directory)?;
        }
        Ok(())
    }

    /// Makes what is missing above the spool directory, so that the group passes through to what lies below. The ledger often lies
    /// beside it, and would make the same for the gateway alone.
    ///
    /// # Errors
    /// A directory can't be made or synced.
    pub fn make_way(&self) -> Result<(), SpoolError> {
        let above = parent_of(&self.root);
        if above.is_dir() { Ok(()) } else { make_ours(above) }
    }

    /// Makes the spool directory alone. It is the operator's word: where that is a symbolic link, what it leads to is meant.
    ///
    /// # Errors
    /// The directory can't be made, or is somebody else's.
    pub fn make_root(&self) -> Result<(), SpoolError> {
        make_ours(&fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone()))
    }

    /// Where a link's producer drops files, unless the link says otherwise.
    pub fn outbox(&self, link: &str) -> PathBuf {
        self.root.join("outbox").join(link)
    }

    /// Where a link's files are handed over, unless the link says otherwise.
    pub fn inbox(&self, link: &str) -> PathBuf {
        self.root.join("inbox").join(link)
    }

    /// Where the lock files are that other programs can honour.
    pub fn locks(&self) -> PathBuf {
        self.root.join("locks")
    }

    /// Where deliveries under way have their folders.
    pub fn deliveries(&self) -> PathBuf {
        self.root.join("deliveries")
    }

    /// Where finished deliveries are kept.
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// Where folders are set aside that the ledger doesn't know and that hold the only copy of something.
    pub fn orphans(&self) -> PathBuf {
        self.root.join("orphans")
    }

    /// The folder of a delivery that is under way.
    pub fn folder(&self, id: &DeliveryId) -> DeliveryFolder {
        DeliveryFolder { path: self.deliveries().join(id.as_str()) }
    }

    /// The folder of a delivery that is finished.
    pub fn archived_folder(&self, id: &DeliveryId) -> DeliveryFolder {
        let (year, month, day) = id.date_parts();
        DeliveryFolder { path: self.archive().join(year).join(month).join(day).join(id.as_str()) }
    }

    /// The folder wherever it is now, if it is kept.
    ///
    /// # Errors
    /// We may not look into the spool.
    pub fn existing_folder(&self, id: &DeliveryId) -> Result<Option<DeliveryFolder>, SpoolError> {
        for folder in [self.folder(id), self.archived_folder(id)] {
            if folder.path.try_exists().map_err(SpoolError::at("disk-looking-at", &folder.path))? {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }
}

fn make_ours(directory: &Path) -> Result<(), SpoolError> {
    if make_own_dir(directory)? {
        tracing::warn!(directory = %directory.display(), "{}", say!("daemon-others-could-rename"));
    }
    Ok(())
}

impl DeliveryFolder {
    /// A folder at a known place.
    pub fn at(path: &Path) -> DeliveryFolder {
        DeliveryFolder { path: path.to_owned() }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The id of the delivery, which is the folder's name.
    pub fn id(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The producer's bytes, or those that were fetched.
    pub fn source(&self) -> PathBuf {
        self.path.join("source")
    }

    /// The exact bytes for the partner.
    pub fn sent(&self) -> PathBuf {
        self.path.join("sent")
    }

    /// The rows that are handed over.
    pub fn decoded(&self) -> PathBuf {
        self.path.join("decoded")
    }

    /// Bad records that were kept from the rows; mode 0600.
    pub fn quarantine(&self) -> PathBuf {
        self.path.join("quarantine")
    }

    /// What the import command printed.
    pub fn import_output(&self) -> PathBuf {
        self.path.join("import.log")
    }

    /// The exit status of the import command.
    pub fn import_end(&self) -> PathBuf {
        self.path.join("import.status")
    }

    /// Every problem found in a rejected source; mode 0600, for it may quote records. `report.json` beside it is the same for programs.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.txt")
    }

    /// The cover sheet, as HTML, and its siblings as text and for machines: `html`, `txt` or `json`.
    pub fn sheet(&self, ending: &str) -> PathBuf {
        self.path.join(format!("sheet.{ending}"))
    }

    /// The receipt.
    pub fn receipt(&self) -> PathBuf {
        self.path.join("receipt.json")
    }
}
