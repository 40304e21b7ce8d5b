//! Fourth step of the way in: the rows bear their name in the inbox, in one instant, with their digest beside them.
//!
//! Owns the names in the inbox. The rows are first made ready under a hidden name in the inbox itself; then the ledger
//! records where they go; then one rename gives them their name. After a crash the hidden name tells whether that was
//! done, also where the importing program has taken the file away at once: nothing is handed over twice. A name that is
//! taken in the inbox is never replaced.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

use crate::delivery_id::DeliveryId;
use crate::digest::{Hashing, Sha256};
pub use crate::evidence::{Placed, Placing};
use crate::remedy::Remedy;
use crate::spool::{self, FileIdentity, SpoolError};

/// What the digest file's name adds to the file's.
const DIGEST_ENDING: &str = ".sha256";
/// Who may read what is handed over: we, and the inbox's group.
const MODE: u32 = 0o640;

/// Why they don't.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Our disk refused; usually it is full, or the inbox's rights are wrong.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An earlier file of that name still lies in the inbox. It is looked at again: the importing program takes it away.
    #[error("{} still lies in the inbox", path.display())]
    NameTaken {
        /// Its path.
        path: PathBuf,
    },
    /// The partner's name is longer than the inbox can bear beside the ending of the digest file. The operator gives the link
    /// an `inbox.name`.
    #[error(
        "the inbox {} can't bear a name as long as {name}{DIGEST_ENDING}: give the link an inbox.name, e.g. \"{{id}}.csv\", \
         restart, then release",
        inbox.display()
    )]
    NameTooLong {
        /// The inbox.
        inbox: PathBuf,
        /// The name.
        name: String,
    },
    /// The rows on our disk are not those that decoding proved: the disk or somebody else changed them.
    #[error(
        "the decoded rows have changed on our disk (SHA-256 {found} instead of {expected}): check the disk"
    )]
    RowsChanged {
        /// What decoding proved.
        expected: Sha256,
        /// What was read.
        found: Sha256,
    },
}

impl PlaceError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            PlaceError::Spool(error) => Remedy::for_exchange(&error.error),
            PlaceError::NameTaken { .. } => Remedy::Retry,
            PlaceError::NameTooLong { .. } => Remedy::Hold,
            PlaceError::RowsChanged { .. } => Remedy::Stop,
        }
    }
}

/// Makes the rows ready in the inbox under a hidden name; what an earlier attempt left there is replaced.
///
/// # Errors
/// See [`PlaceError`]; nothing bears the name then.
pub fn prepare(
    rows: &Path,
    expected: Sha256,
    inbox: &Path,
    name: &str,
    id: &DeliveryId,
) -> Result<Placing, PlaceError> {
    spool::make_outbox(inbox)?;
    let (path, temporary) = (inbox.join(name), inbox.join(format!(".totatsu-{id}.part")));
    check_length(inbox, name, &path)?;
    check_free(&path)?;
    let copy = || -> io::Result<(Sha256, u64, FileIdentity)> {
        let mut out = spool::create_anew(&temporary, MODE)?;
        // The importing program's group may read it, whatever our own mask says.
        out.set_permissions(fs::Permissions::from_mode(MODE))?;
        let mut hashing = Hashing::new(&mut out);
        io::copy(&mut File::open(rows)?, &mut hashing)?;
        let (sha256, size) = hashing.finish();
        out.sync_all()?;
        Ok((sha256, size, FileIdentity::of(&out.metadata()?)))
    };
    let (sha256, size, identity) = copy().map_err(|error| {
        // A part would only take the room that other files may have.
        drop(fs::remove_file(&temporary));
        SpoolError::at("writing", &temporary)(error)
    })?;
    if sha256 != expected {
        drop(fs::remove_file(&temporary));
        return Err(PlaceError::RowsChanged { expected, found: sha256 });
    }
    // Durable from here: the hidden name stands for the rows until it is given away.
    spool::sync_dir(inbox)?;
    Ok(Placing { path, temporary, size, sha256, identity })
}

/// Gives the rows their name; may be called again after a crash.
///
/// # Errors
/// See [`PlaceError`]; the hidden name still stands then.
pub fn finish(placing: &Placing) -> Result<Placed, PlaceError> {
    let Placing { path, temporary, sha256, .. } = placing;
    let placed = Placed { path: path.clone() };
    match fs::symlink_metadata(temporary) {
        Ok(_) => {}
        // The name was given before: it may have been imported and removed since.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            spool::sync_dir(spool::parent_of(path))?;
            return Ok(placed);
        }
        Err(error) => return Err(SpoolError::at("looking at", temporary)(error).into()),
    }
    check_free(path)?;
    write_digest(path, sha256)?;
    match rustix::fs::renameat_with(CWD, temporary, CWD, path, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Err(PlaceError::NameTaken { path: path.clone() }),
        Err(errno) => return Err(SpoolError::at("naming", path)(errno.into()).into()),
    }
    // Durable from here: the rows bear their name.
    spool::sync_dir(spool::parent_of(path))?;
    Ok(placed)
}

/// Takes the hidden name back of rows that are not to be handed over any more.
///
/// # Errors
/// The inbox doesn't let us.
pub fn take_back(placing: &Placing) -> Result<(), SpoolError> {
    match fs::remove_file(&placing.temporary) {
        Ok(()) => spool::sync_dir(spool::parent_of(&placing.temporary)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SpoolError::at("removing", &placing.temporary)(error)),
    }
}

/// Removes the rows from the inbox and their digest with them, if they are still there; whatever else bears the name by now
/// stays. May be called again, with the lock in hand.
///
/// # Errors
/// The inbox doesn't let us.
pub fn remove(placing: &Placing) -> Result<(), SpoolError> {
    let Placing { path, temporary, sha256, identity, .. } = placing;
    spool::remove_exactly(path, identity, &temporary.with_extension("gone"))?;
    let digest = digest_path(path);
    let is_ours = fs::read_to_string(&digest).is_ok_and(|text| text.starts_with(&sha256.to_string()));
    if is_ours && fs::symlink_metadata(path).is_err() {
        fs::remove_file(&digest).map_err(SpoolError::at("removing", &digest))?;
    }
    spool::sync_dir(spool::parent_of(path))
}

/// The longest name that is needed, before anything is recorded: afterwards it could not be chosen anew.
fn check_length(inbox: &Path, name: &str, path: &Path) -> Result<(), PlaceError> {
    match fs::symlink_metadata(hidden_digest_path(path)) {
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
            Err(PlaceError::NameTooLong { inbox: inbox.to_owned(), name: name.to_owned() })
        }
        // Whatever else is wrong there is told by what is done next.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check_free(path: &Path) -> Result<(), PlaceError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(PlaceError::NameTaken { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SpoolError::at("looking at", path)(error).into()),
    }
}

/// Whoever sees the name finds its digest beside it: it is there first.
fn write_digest(path: &Path, sha256: &Sha256) -> Result<(), SpoolError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (digest, hidden) = (digest_path(path), hidden_digest_path(path));
    let write = || -> io::Result<()> {
        let mut out = spool::create_anew(&hidden, MODE)?;
        out.set_permissions(fs::Permissions::from_mode(MODE))?;
        out.write_all(format!("{sha256}  {name}\n").as_bytes())?;
        out.sync_all()?;
        fs::rename(&hidden, &digest)
    };
    write().map_err(SpoolError::at("writing", &digest))
}

fn digest_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(DIGEST_ENDING);
    path.with_file_name(name)
}

/// The digest file's name while it is written.
fn hidden_digest_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}{DIGEST_ENDING}.part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Home {
        home: tempfile::TempDir,
        id: DeliveryId,
    }

    impl Home {
        fn new() -> Home {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join("rows"), "a,b\r\n").unwrap();
            Home { home, id: "20261122-183005-k7m2q9".parse().unwrap() }
        }

        fn inbox(&self) -> PathBuf {
            self.home.path().join("inbox")
        }

        fn prepare(&self) -> Result<Placing, PlaceError> {
            let rows = self.home.path().join("rows");
            prepare(&rows, Sha256::of(b"a,b\r\n"), &self.inbox(), "a.csv", &self.id)
        }
    }

    #[test]
    fn rows_appear_whole_with_a_digest_that_sha256sum_checks() {
        let home = Home::new();
        finish(&home.prepare().unwrap()).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(home.inbox()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.csv", "a.csv.sha256"]);
        let told = fs::read_to_string(home.inbox().join("a.csv.sha256")).unwrap();
        assert_eq!(told, format!("{}  a.csv\n", Sha256::of(b"a,b\r\n")));
    }

    #[test]
    fn finishing_again_after_the_file_was_taken_away_places_nothing_twice() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        finish(&placing).unwrap();
        fs::remove_file(&placing.path).unwrap();
        finish(&placing).unwrap();
        assert!(!placing.path.exists());
    }

    #[test]
    fn rows_that_are_given_up_leave_nothing_in_the_inbox() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        take_back(&placing).unwrap();
        take_back(&placing).unwrap();
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 0);
    }

    #[test]
    fn rows_are_removed_with_their_digest_and_never_those_of_another_collection_that_bear_the_name_since() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        finish(&placing).unwrap();
        remove(&placing).unwrap();
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 0);
        let later = home.prepare().unwrap();
        finish(&later).unwrap();
        remove(&placing).unwrap();
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 2);
    }

    #[test]
    fn a_name_that_is_taken_stays_as_it_is() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        fs::write(&placing.path, "earlier").unwrap();
        assert!(matches!(finish(&placing), Err(PlaceError::NameTaken { .. })));
        assert!(matches!(home.prepare(), Err(PlaceError::NameTaken { .. })));
        assert_eq!(fs::read_to_string(&placing.path).unwrap(), "earlier");
        fs::remove_file(&placing.path).unwrap();
        finish(&placing).unwrap();
        assert_eq!(fs::read_to_string(&placing.path).unwrap(), "a,b\r\n");
    }

    #[test]
    fn what_somebody_planted_under_a_hidden_name_is_not_written_through() {
        let home = Home::new();
        let own = home.home.path().join("own");
        fs::write(&own, "ours").unwrap();
        fs::create_dir(home.inbox()).unwrap();
        for planted in [format!(".totatsu-{}.part", home.id), ".a.csv.sha256.part".to_owned()] {
            std::os::unix::fs::symlink(&own, home.inbox().join(planted)).unwrap();
        }
        finish(&home.prepare().unwrap()).unwrap();
        assert_eq!(fs::read_to_string(&own).unwrap(), "ours");
        assert_eq!(fs::read_to_string(home.inbox().join("a.csv")).unwrap(), "a,b\r\n");
    }

    #[test]
    fn a_directory_under_a_name_that_is_needed_holds_the_collection_and_stops_nothing_else() {
        let home = Home::new();
        fs::create_dir_all(home.inbox().join("a.csv.sha256")).unwrap();
        let error = finish(&home.prepare().unwrap()).unwrap_err();
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        let home = Home::new();
        fs::create_dir_all(home.inbox().join(format!(".totatsu-{}.part", home.id))).unwrap();
        let error = home.prepare().unwrap_err();
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        let home = Home::new();
        std::os::unix::fs::symlink("nowhere", home.inbox()).unwrap();
        let error = home.prepare().unwrap_err();
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        assert!(error.to_string().contains("mend or remove it"), "{error}");
        assert!(!home.home.path().join(".inbox.new").exists());
    }

    #[test]
    fn rows_that_changed_on_our_disk_are_not_placed() {
        let home = Home::new();
        fs::write(home.home.path().join("rows"), "c,d\r\n").unwrap();
        assert!(matches!(home.prepare(), Err(PlaceError::RowsChanged { .. })));
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 0);
    }
}
