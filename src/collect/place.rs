//! Fourth step of the way in: the rows bear their name in the inbox, in one instant, with their digest beside them.
//!
//! Owns the names in the inbox. The rows are first made ready under a hidden name in the inbox itself; then the ledger
//! records where they go; then one rename gives them their name. After a crash the hidden name tells whether that was
//! done, also where the importing program has taken the file away at once: nothing is handed over twice. A name that is
//! taken in the inbox is never replaced, but for a digest file of ours.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use totatsu_base::durable;
use totatsu_base::evidence::{FileIdentity, Placed, Placing};
use totatsu_base::{DeliveryId, Hashing, Remedy, Sha256, SharedDirectory, SharedPlace, SpoolError, say};

/// What the digest file's name adds to the file's.
pub const DIGEST_ENDING: &str = ".sha256";
/// Bytes that a digest file of ours has at most: a digest, a name, what is between and after them.
const DIGEST_LIMIT: u64 = 64 + 2 + 255 + 1;
/// Who may read what is handed over: we, and the inbox's group.
const MODE: u32 = 0o640;

/// Why the rows don't have their name in the inbox.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Our disk refused; usually it is full, or the inbox's rights are wrong.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An earlier file of that name still lies in the inbox. It is looked at again: the importing program takes it away.
    #[error("{}", say!("collect-inbox-taken", path = path.display()))]
    NameTaken {
        /// Its path.
        path: PathBuf,
    },
    /// The partner's name is longer than the inbox can bear beside the ending of the digest file. The operator gives the link
    /// an `inbox.name`.
    #[error("{}", say!("collect-name-too-long", inbox = inbox.display(), name = digest_name(name)))]
    NameTooLong {
        /// The inbox.
        inbox: PathBuf,
        /// The name.
        name: String,
    },
    /// Somebody put another file in the place of the rows before they had their name. The operator finds out who.
    #[error("{}", say!("collect-made-ready-replaced", path = path.display()))]
    Replaced {
        /// The hidden path.
        path: PathBuf,
    },
    /// The rows on our disk are not those that decoding proved: the disk or somebody else changed them.
    #[error("{}", say!("collect-rows-changed", found = found, expected = expected))]
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
            PlaceError::NameTooLong { .. } | PlaceError::Replaced { .. } => Remedy::Hold,
            PlaceError::RowsChanged { .. } => Remedy::Stop,
        }
    }
}

/// How what lies under a collection's name in the inbox stands to what was placed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lying {
    /// The bytes that were placed lie there.
    Ours,
    /// Nothing lies there.
    Gone,
    /// Something else lies there.
    Another,
}

/// Makes the rows ready in the inbox under a hidden name; what an earlier attempt left there is replaced.
///
/// # Errors
/// See [`PlaceError`]; nothing bears the name then.
pub fn prepare(
    rows: &Path,
    expected: Sha256,
    place: &SharedPlace,
    name: &str,
    id: &DeliveryId,
) -> Result<Placing, PlaceError> {
    let inbox = SharedDirectory::make(place)?;
    let hidden = format!(".totatsu-{id}.part");
    check_length(&inbox, name)?;
    check_free(&inbox, name)?;
    check_digest_free(&inbox, name)?;
    let mut own = File::open(rows).map_err(SpoolError::at("disk-opening", rows))?;
    let mut copy = || -> io::Result<(Sha256, u64, FileIdentity)> {
        // The importing program's group may read it, whatever our own mask says.
        let mut out = inbox.create_anew(&hidden, MODE)?;
        let mut hashing = Hashing::new(&mut out);
        io::copy(&mut own, &mut hashing)?;
        let (sha256, size) = hashing.finish();
        out.sync_all()?;
        Ok((sha256, size, FileIdentity::of(&out.metadata()?)))
    };
    let (sha256, size, identity) = copy().map_err(|error| {
        // A part would only take the room that other files may have.
        drop(inbox.remove(&hidden));
        inbox.at("disk-writing", &hidden)(error)
    })?;
    if sha256 != expected {
        drop(inbox.remove(&hidden));
        return Err(PlaceError::RowsChanged { expected, found: sha256 });
    }
    // Durable from here: the hidden name stands for the rows until it is given away.
    inbox.sync()?;
    let (path, temporary) = (inbox.path().join(name), inbox.path().join(hidden));
    Ok(Placing { path, temporary, inbox_owner: place.owner, size, sha256, identity })
}

/// Gives the rows their name; may be called again after a crash.
///
/// # Errors
/// See [`PlaceError`]; the hidden name still stands then.
pub fn finish(placing: &Placing) -> Result<Placed, PlaceError> {
    let inbox = SharedDirectory::open(&inbox_of(placing))?;
    let (name, hidden) = (name_of(&placing.path), name_of(&placing.temporary));
    let placed = Placed { path: placing.path.clone() };
    // The rows had their name before: they may have been imported and removed since.
    if !inbox.has(hidden)? {
        inbox.sync()?;
        return Ok(placed);
    }
    check_free(&inbox, name)?;
    if !is_same_file(&inbox, hidden, placing) && lying_under(&inbox, hidden, placing)? != Lying::Ours {
        return Err(PlaceError::Replaced { path: placing.temporary.clone() });
    }
    write_digest(&inbox, name, &placing.sha256)?;
    match inbox.rename_to_free_name(hidden, name) {
        // Durable from here: the rows bear their name.
        Ok(()) => Ok(placed),
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(PlaceError::NameTaken { path: placing.path.clone() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Compares what bears the rows' name by now with what was placed: read anew, byte by byte.
///
/// # Errors
/// The inbox doesn't let us.
pub fn lying(placing: &Placing) -> Result<Lying, SpoolError> {
    match opened(placing)? {
        Some(inbox) => lying_under(&inbox, name_of(&placing.path), placing),
        None => Ok(Lying::Gone),
    }
}

/// Removes the hidden name of rows that are not to be handed over any more.
///
/// # Errors
/// The inbox doesn't let us.
pub fn take_back(placing: &Placing) -> Result<(), SpoolError> {
    opened(placing)?.map_or(Ok(()), |inbox| inbox.remove(name_of(&placing.temporary)))
}

/// Removes the rows from the inbox and their digest with them, if they are still there; whatever else bears the name by now
/// stays. May be called again, with the lock in hand.
///
/// # Errors
/// The inbox doesn't let us.
pub fn remove(placing: &Placing) -> Result<(), SpoolError> {
    let Some(inbox) = opened(placing)? else { return Ok(()) };
    let (name, hidden) = (name_of(&placing.path), name_of(&placing.temporary));
    let aside = Path::new(hidden).with_extension("gone");
    inbox.remove_exactly(name, &placing.identity, &aside.to_string_lossy())?;
    let digest = digest_name(name);
    if digest_in(&inbox, name) == Some(placing.sha256) && !inbox.has(name)? {
        inbox.remove(digest)?;
    }
    inbox.sync()
}

/// The inbox, if it is still there.
fn opened(placing: &Placing) -> Result<Option<SharedDirectory>, SpoolError> {
    SharedDirectory::open_if_there(&inbox_of(placing))
}

fn inbox_of(placing: &Placing) -> SharedPlace {
    SharedPlace { path: durable::parent_of(&placing.path).to_owned(), owner: placing.inbox_owner }
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Whether the file is still the one that we wrote: nobody else may write to it, so it needs no reading.
fn is_same_file(inbox: &SharedDirectory, name: &str, placing: &Placing) -> bool {
    let we = rustix::process::geteuid().as_raw();
    let same = |metadata: fs::Metadata| {
        metadata.is_file() && metadata.uid() == we && FileIdentity::of(&metadata) == placing.identity
    };
    inbox.look(name).is_ok_and(same)
}

/// Compares what lies under a name with what was placed. Only a file of ours, or root's, can be the same: nobody else can
/// change it under the reader's hands.
fn lying_under(inbox: &SharedDirectory, name: &str, placing: &Placing) -> Result<Lying, SpoolError> {
    let mut file = match inbox.open_regular(name) {
        Ok(file) => file,
        Err(error) if error.error.kind() == io::ErrorKind::NotFound => return Ok(Lying::Gone),
        Err(error) if is_no_file(&error.error) => return Ok(Lying::Another),
        Err(error) => return Err(error),
    };
    let mut read = || -> io::Result<bool> {
        let metadata = file.metadata()?;
        let of_ours = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
        if !of_ours || metadata.len() != placing.size {
            return Ok(false);
        }
        let mut hashing = Hashing::new(io::sink());
        io::copy(&mut file, &mut hashing)?;
        Ok(hashing.finish().0 == placing.sha256)
    };
    let ours = read().map_err(inbox.at("disk-reading", name))?;
    Ok(if ours { Lying::Ours } else { Lying::Another })
}

/// Whether the error says that a symbolic link, a FIFO, a socket or a directory stands there.
fn is_no_file(error: &io::Error) -> bool {
    let odd = [Errno::LOOP, Errno::NXIO].map(Errno::raw_os_error);
    error.kind() == io::ErrorKind::InvalidInput
        || error.raw_os_error().is_some_and(|code| odd.contains(&code))
}

/// Refuses a name that is too long, by the longest one made of it. Before anything is recorded: afterwards no other name
/// could be chosen.
fn check_length(inbox: &SharedDirectory, name: &str) -> Result<(), PlaceError> {
    match inbox.look(hidden_digest_name(name)) {
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
            Err(PlaceError::NameTooLong { inbox: inbox.path().to_owned(), name: name.to_owned() })
        }
        // Whatever else is wrong there is told by what is done next.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check_free(inbox: &SharedDirectory, name: &str) -> Result<(), PlaceError> {
    if inbox.has(name)? { Err(PlaceError::NameTaken { path: inbox.path().join(name) }) } else { Ok(()) }
}

/// Makes sure that the digest file can get its name. An earlier one gives way only if we wrote it for the same name: no rows
/// of ours bear such a name, so a file of ours that says what we would have said is one. Whatever else has the name stays.
fn check_digest_free(inbox: &SharedDirectory, name: &str) -> Result<(), PlaceError> {
    let digest = digest_name(name);
    match inbox.look(&digest) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(inbox.at("disk-looking-at", &digest)(error).into()),
        Ok(metadata) if !metadata.is_file() => {
            let odd = say!("collect-digest-place");
            Err(inbox.at("disk-writing", &digest)(io::Error::new(io::ErrorKind::InvalidInput, odd)).into())
        }
        Ok(_) if digest_in(inbox, name).is_some() => Ok(()),
        Ok(_) => Err(PlaceError::NameTaken { path: inbox.path().join(digest) }),
    }
}

/// What a digest file of ours says of the file with this name.
fn digest_in(inbox: &SharedDirectory, name: &str) -> Option<Sha256> {
    let file = inbox.open_regular(digest_name(name)).ok()?;
    let metadata = file.metadata().ok()?;
    if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.len() > DIGEST_LIMIT {
        return None;
    }
    let text = io::read_to_string(file.take(DIGEST_LIMIT)).ok()?;
    let (digest, _) = text.split_once(' ')?;
    let sha256: Sha256 = digest.parse().ok()?;
    (text == digest_text(&sha256, name)).then_some(sha256)
}

/// Writes the digest file, before the rows have their name: whoever sees the name finds its digest beside it.
fn write_digest(inbox: &SharedDirectory, name: &str, sha256: &Sha256) -> Result<(), PlaceError> {
    let (digest, hidden) = (digest_name(name), hidden_digest_name(name));
    let write = || -> io::Result<()> {
        let mut out = inbox.create_anew(&hidden, MODE)?;
        out.write_all(digest_text(sha256, name).as_bytes())?;
        out.sync_all()
    };
    write().map_err(inbox.at("disk-writing", &hidden))?;
    let named = match inbox.rename_to_free_name(&hidden, &digest) {
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
            check_digest_free(inbox, name).and_then(|()| Ok(inbox.rename_over(&hidden, &digest)?))
        }
        named => named.map_err(PlaceError::from),
    };
    if named.is_err() {
        drop(inbox.remove(&hidden));
    }
    named
}

fn digest_text(sha256: &Sha256, name: &str) -> String {
    format!("{sha256}  {name}\n")
}

fn digest_name(name: &str) -> String {
    format!("{name}{DIGEST_ENDING}")
}

/// The digest file's name while it is written.
fn hidden_digest_name(name: &str) -> String {
    format!(".{name}{DIGEST_ENDING}.part")
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
            prepare(&rows, Sha256::of(b"a,b\r\n"), &(&self.inbox()).into(), "a.csv", &self.id)
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
    fn rows_are_given_up_also_where_the_whole_inbox_has_gone() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        fs::remove_dir_all(home.inbox()).unwrap();
        take_back(&placing).unwrap();
        remove(&placing).unwrap();
        assert_eq!(lying(&placing).unwrap(), Lying::Gone);
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
        let error = home.prepare().unwrap_err();
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        let home = Home::new();
        let placing = home.prepare().unwrap();
        fs::create_dir_all(home.inbox().join("a.csv.sha256")).unwrap();
        let error = finish(&placing).unwrap_err();
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
    #[cfg_attr(not(have_root), ignore = "gives files away: run it as root")]
    fn a_file_that_bears_the_digests_name_and_isnt_one_of_ours_is_waited_for_and_never_replaced() {
        let other = format!("{}  b.csv\n", Sha256::of(b"x"));
        for (text, mode) in [("a partner's own\n", 0o640), (other.as_str(), 0o640), ("", 0o600)] {
            let home = Home::new();
            fs::create_dir(home.inbox()).unwrap();
            fs::write(home.inbox().join("a.csv.sha256"), text).unwrap();
            assert!(
                matches!(home.prepare(), Err(PlaceError::NameTaken { path }) if path.ends_with("a.csv.sha256"))
            );
            let ours = format!("{}  a.csv\n", Sha256::of(b"earlier"));
            fs::write(home.inbox().join("a.csv.sha256"), &ours).unwrap();
            let placing = home.prepare().unwrap();
            fs::write(home.inbox().join("a.csv.sha256"), text).unwrap();
            assert!(matches!(finish(&placing), Err(PlaceError::NameTaken { .. })), "{mode:o}");
            assert_eq!(fs::read_to_string(home.inbox().join("a.csv.sha256")).unwrap(), text);
            assert!(!home.inbox().join("a.csv").exists());
            fs::write(home.inbox().join("a.csv.sha256"), &ours).unwrap();
            finish(&placing).unwrap();
        }
        let home = Home::new();
        let digest = home.inbox().join("a.csv.sha256");
        fs::create_dir(home.inbox()).unwrap();
        fs::write(&digest, format!("{}  a.csv\n", Sha256::of(b"x"))).unwrap();
        std::os::unix::fs::chown(&digest, Some(61_002), None).unwrap();
        assert!(matches!(home.prepare(), Err(PlaceError::NameTaken { .. })), "a neighbour wrote it");
    }

    #[test]
    #[cfg_attr(not(have_root), ignore = "gives files away: run it as root")]
    fn what_lies_in_the_inbox_is_told_apart_from_what_was_placed_there_byte_by_byte() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        finish(&placing).unwrap();
        let lies = || lying(&placing).unwrap();
        assert_eq!(lies(), Lying::Ours);
        fs::write(&placing.path, "c,d\r\n").unwrap();
        assert_eq!(lies(), Lying::Another);
        fs::remove_file(&placing.path).unwrap();
        assert_eq!(lies(), Lying::Gone);
        std::os::unix::fs::symlink(home.home.path().join("rows"), &placing.path).unwrap();
        assert_eq!(lies(), Lying::Another);
        fs::remove_file(&placing.path).unwrap();
        fs::create_dir(&placing.path).unwrap();
        assert_eq!(lies(), Lying::Another);
        fs::remove_dir(&placing.path).unwrap();
        // A copy put back by hand: the same bytes are the same rows.
        fs::copy(home.home.path().join("rows"), &placing.path).unwrap();
        assert_eq!(lies(), Lying::Ours);
        std::os::unix::fs::chown(&placing.path, Some(61_002), None).unwrap();
        assert_eq!(lies(), Lying::Another, "a stranger's file may change under the reader's hands");
    }

    #[test]
    fn a_file_that_somebody_put_under_the_hidden_name_is_never_handed_over() {
        let home = Home::new();
        let placing = home.prepare().unwrap();
        fs::remove_file(&placing.temporary).unwrap();
        fs::write(&placing.temporary, "c,d\r\n").unwrap();
        let error = finish(&placing).unwrap_err();
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        assert!(!placing.path.exists());
    }

    #[test]
    fn rows_that_are_missing_are_told_by_their_own_path_and_not_by_one_in_the_inbox() {
        let home = Home::new();
        let rows = home.home.path().join("rows");
        fs::remove_file(&rows).unwrap();
        let Err(PlaceError::Spool(error)) = home.prepare() else { panic!("there are no rows") };
        assert_eq!((error.doing, error.path), ("disk-opening", rows));
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 0);
    }

    #[test]
    fn rows_that_changed_on_our_disk_are_not_placed() {
        let home = Home::new();
        fs::write(home.home.path().join("rows"), "c,d\r\n").unwrap();
        assert!(matches!(home.prepare(), Err(PlaceError::RowsChanged { .. })));
        assert_eq!(fs::read_dir(home.inbox()).unwrap().count(), 0);
    }
}
