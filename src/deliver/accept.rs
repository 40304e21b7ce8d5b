//! First step: a file in an outbox becomes ours, synced, and can't be picked up twice.
//!
//! Owns the readiness rules and the order of taking over: second name in the delivery's folder, sync, journal event,
//! and only then does the outbox name go away. On failure the outbox still holds the file and the next scan tries
//! again. Never opens what is not a regular file, never takes a second name of a file of ours, never touches network or layout.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::time::{Duration, Instant};
use std::{fs, io};

use rustix::io::Errno;
use serde::Serialize;

use crate::spool::{DeliveryFolder, Spool};
use crate::users;
use totatsu_base::durable::{self, parent_of};
use totatsu_base::evidence::{Accepted, Dropper, FileIdentity};
use totatsu_base::messages::os_error;
use totatsu_base::names::{MARKER_ENDING, marker_of, without_temporary_mark};
use totatsu_base::shared;
use totatsu_base::{DeliveryId, Moment, Remedy, Sha256, SharedDirectory, SharedPlace, SpoolError, say};
use totatsu_ledger::LedgerError;

/// Attempts at a free delivery id before the clock or the random source is taken for broken.
const ID_ATTEMPTS: u32 = 16;

/// When a file in an outbox counts as complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Size and modification time have been the same for this long.
    Quiet(Duration),
    /// A file `NAME.end` stands beside it.
    Marker,
    /// The producer renames complete files into the outbox: what has a final name is ready.
    Rename,
}

/// How one entry of an outbox stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxStanding {
    /// Can be taken over now.
    Ready,
    /// Still changing, or not quiet for long enough.
    Settling,
    /// `NAME.end` is missing.
    AwaitingMarker,
    /// Named like a file that is still being written, or a marker.
    Passing,
    /// Left where it is until a person removes it; the text says why.
    Refused(String),
}

/// One entry of an outbox.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxEntry {
    /// Its name; characters that are not UTF-8 are shown as U+FFFD.
    pub name: String,
    /// Which file it is, and how large.
    pub identity: FileIdentity,
    /// How it stands.
    pub standing: OutboxStanding,
}

/// Why a file could not be taken over. It is still in the outbox, or the delivery is held until it can be removed there.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The producer changed the file, or took it back, while it was taken over; the next scan looks again.
    #[error("{}", say!("deliver-still-changing"))]
    StillChanging,
    /// Our disk refused; usually it is full.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The outbox refused; usually missing rights on it or on the file.
    #[error(transparent)]
    Outbox(SpoolError),
    /// The ledger could not record the acceptance, see [`LedgerError`].
    #[error(transparent)]
    NotRecorded(LedgerError),
    /// No free delivery id was found.
    #[error("{}", say!("deliver-no-free-id"))]
    NoFreeId,
}

impl AcceptError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AcceptError::StillChanging | AcceptError::NoFreeId => Remedy::Retry,
            AcceptError::Spool(error) => Remedy::for_own_disk(&error.error),
            AcceptError::Outbox(error) => Remedy::for_exchange(&error.error),
            AcceptError::NotRecorded(error) => error.remedy(),
        }
    }
}

/// An outbox and what was seen in it so far.
#[derive(Debug)]
pub struct Outbox {
    place: SharedPlace,
    readiness: Readiness,
    /// Since when each file has been seen unchanged, by our own steady clock: a producer's clock, or that of the file
    /// server between us, may be wrong, and then a half-written file would look old enough.
    unchanged_since: HashMap<OsString, (FileIdentity, Instant)>,
}

impl Outbox {
    /// An outbox that hasn't been looked over yet.
    pub fn new(place: impl Into<SharedPlace>, readiness: Readiness) -> Outbox {
        Outbox { place: place.into(), readiness, unchanged_since: HashMap::new() }
    }

    /// Looks over the outbox at `now`: every entry except hidden files, by name.
    ///
    /// # Errors
    /// The outbox can't be listed, or isn't to be trusted.
    pub fn look_over(&mut self, now: Instant) -> Result<Vec<OutboxEntry>, SpoolError> {
        let mut seen = HashMap::new();
        let mut entries = Vec::new();
        let outbox = SharedDirectory::open(&self.place)?;
        for name in outbox.names()? {
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let Ok(metadata) = outbox.look(&name) else { continue };
            let identity = FileIdentity::of(&metadata);
            let before = self.unchanged_since.remove(&name).filter(|(before, _)| *before == identity);
            let since = before.map_or(now, |(_, since)| since);
            let standing = self.standing_of(&outbox, name.to_str(), &metadata, now.duration_since(since));
            let shown = name.to_string_lossy().into_owned();
            entries.push(OutboxEntry { name: shown, identity: identity.clone(), standing });
            seen.insert(name, (identity, since));
        }
        self.unchanged_since = seen;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn standing_of(
        &self,
        outbox: &SharedDirectory,
        name: Option<&str>,
        metadata: &fs::Metadata,
        unchanged: Duration,
    ) -> OutboxStanding {
        let kind = metadata.file_type();
        let Some(name) = name else { return OutboxStanding::Refused(say!("deliver-name-not-utf-8")) };
        if kind.is_symlink() {
            return OutboxStanding::Refused(say!("deliver-symbolic-link"));
        } else if kind.is_dir() {
            return OutboxStanding::Refused(say!("deliver-directory"));
        } else if !kind.is_file() {
            return OutboxStanding::Refused(say!("deliver-no-regular-file"));
        } else if shared::is_second_name_of_ours(metadata) {
            return OutboxStanding::Refused(say!("deliver-second-name"));
        } else if name.chars().any(char::is_control) {
            return OutboxStanding::Refused(say!("deliver-control-character"));
        } else if without_temporary_mark(name).is_some() || name.ends_with(MARKER_ENDING) {
            return OutboxStanding::Passing;
        }
        let empty = metadata.len() == 0;
        let marked = || outbox.look(marker_of(name)).is_ok_and(|marker| marker.is_file());
        match self.readiness {
            Readiness::Marker if !marked() => OutboxStanding::AwaitingMarker,
            Readiness::Quiet(quiet) if unchanged < quiet => OutboxStanding::Settling,
            Readiness::Quiet(_) | Readiness::Marker | Readiness::Rename if empty => {
                OutboxStanding::Refused(say!("deliver-empty"))
            }
            Readiness::Quiet(_) | Readiness::Marker | Readiness::Rename => OutboxStanding::Ready,
        }
    }
}

/// Takes the file that `entry` was seen to be over into a fresh delivery folder. The outbox name is still there
/// afterwards: it goes away with [`release_outbox_name`], once the ledger knows the delivery.
///
/// # Errors
/// See [`AcceptError`]; no delivery folder remains.
pub fn take_over(
    spool: &Spool,
    outbox: impl Into<SharedPlace>,
    entry: &OutboxEntry,
    readiness: Readiness,
) -> Result<(DeliveryId, Accepted), AcceptError> {
    let place = outbox.into();
    let outbox = SharedDirectory::open(&place).map_err(AcceptError::Outbox)?;
    let (id, folder) = fresh_folder(spool)?;
    let taken = link_and_hash(&folder, &outbox, entry, readiness);
    if taken.is_err() {
        discard(&folder);
    }
    taken.map(|accepted| (id, Accepted { outbox_owner: place.owner, ..accepted }))
}

/// Removes a delivery's folder that the ledger doesn't know. What can't be removed is found again at the next start.
pub fn discard(folder: &DeliveryFolder) {
    if let Err(error) = fs::remove_dir_all(folder.path()) {
        let (folder, error) = (folder.path().display(), os_error(&error));
        tracing::warn!(%folder, error, "{}", say!("deliver-folder-stays"));
    }
}

/// Takes the outbox name away, marker first: were the marker to survive alone, it would vouch for the next file of
/// that name. May be called again, after a crash or while the delivery waits; a newer file of the same name stays, with its marker.
///
/// # Errors
/// The outbox isn't to be trusted any more, or doesn't let us remove names.
pub fn release_outbox_name(
    id: &DeliveryId,
    accepted: &Accepted,
    accepted_at: Moment,
) -> Result<(), SpoolError> {
    let place = SharedPlace { path: accepted.outbox.clone(), owner: accepted.outbox_owner };
    let Some(outbox) = SharedDirectory::open_if_there(&place)? else { return Ok(()) };
    if accepted.marker && !marks_newer_file(&outbox, accepted, accepted_at) {
        outbox.remove(marker_of(&accepted.name))?;
    }
    outbox.remove_exactly(&accepted.name, &accepted.identity, &format!(".totatsu-{id}"))
}

/// Whether the marker was put for a file that has come under the name since. Ours is older than the acceptance that it led to,
/// as far as the outbox's clock is ours.
fn marks_newer_file(outbox: &SharedDirectory, accepted: &Accepted, accepted_at: Moment) -> bool {
    let seen = |name: &str| outbox.look(name).ok().map(|metadata| FileIdentity::of(&metadata));
    let both = seen(&accepted.name).zip(seen(&marker_of(&accepted.name)));
    both.is_some_and(|(file, marker)| {
        let is_put_since = Moment::of_nanoseconds(marker.modified_ns) > accepted_at;
        file != accepted.identity && is_put_since && marker.modified_ns >= file.modified_ns
    })
}

/// A folder that no other delivery has, with its id.
///
/// # Errors
/// The folder can't be made.
pub fn fresh_folder(spool: &Spool) -> Result<(DeliveryId, DeliveryFolder), AcceptError> {
    let (id, folder) = unsynced_folder(spool)?;
    // Durable from here: it is named.
    durable::sync_dir(parent_of(folder.path()))?;
    Ok((id, folder))
}

/// As [`fresh_folder`], for `count` deliveries, synced together.
///
/// # Errors
/// Not all of them can be made. Then none is left.
pub fn fresh_folders(spool: &Spool, count: usize) -> Result<Vec<(DeliveryId, DeliveryFolder)>, AcceptError> {
    let mut fresh: Vec<(DeliveryId, DeliveryFolder)> = Vec::with_capacity(count);
    let mut make = || -> Result<(), AcceptError> {
        for _ in 0..count {
            fresh.push(unsynced_folder(spool)?);
        }
        // Durable from here: all of them are named.
        fresh.last().map_or(Ok(()), |(_, folder)| Ok(durable::sync_dir(parent_of(folder.path()))?))
    };
    let made = make();
    if made.is_err() {
        fresh.iter().for_each(|(_, folder)| discard(folder));
    }
    made.map(|()| fresh)
}

fn unsynced_folder(spool: &Spool) -> Result<(DeliveryId, DeliveryFolder), AcceptError> {
    for _ in 0..ID_ATTEMPTS {
        let id = DeliveryId::new(Moment::now());
        let folder = spool.folder(&id);
        match fs::DirBuilder::new().mode(0o700).create(folder.path()) {
            Ok(()) => return Ok((id, folder)),
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(SpoolError::at("disk-making-directory", folder.path())(error).into()),
        }
    }
    Err(AcceptError::NoFreeId)
}

fn link_and_hash(
    folder: &DeliveryFolder,
    outbox: &SharedDirectory,
    entry: &OutboxEntry,
    readiness: Readiness,
) -> Result<Accepted, AcceptError> {
    let path = outbox.path().join(&entry.name);
    let identity = match outbox.link_or_copy(&entry.name, &folder.source()) {
        Err(changed) if changed.path == path && is_of_a_change(&changed.error) => {
            return Err(AcceptError::StillChanging);
        }
        Err(error) if error.path == path => return Err(AcceptError::Outbox(error)),
        taken => taken?,
    };
    let (sha256, size) =
        Sha256::of_file(&folder.source()).map_err(SpoolError::at("disk-reading", &folder.source()))?;
    let now = match outbox.look(&entry.name) {
        Err(error) if is_of_a_change(&error) => return Err(AcceptError::StillChanging),
        now => now.map_err(|error| AcceptError::Outbox(outbox.at("disk-reading", &entry.name)(error)))?,
    };
    // The same file in the look that found it ready, when it was taken and after it was read: nobody was writing.
    if identity != entry.identity || FileIdentity::of(&now) != identity || size != identity.size {
        return Err(AcceptError::StillChanging);
    }
    let (marker, outbox) = (readiness == Readiness::Marker, outbox.path().to_owned());
    let uid = now.uid();
    let dropped_by = Some(Dropper { uid, user: users::name_of(uid) });
    Ok(Accepted {
        name: entry.name.clone(),
        outbox,
        outbox_owner: None,
        dropped_by,
        size,
        sha256,
        identity,
        marker,
    })
}

/// Whether the producer is at work: the name stands for nothing, for a link, for no file, or for another file than it did.
fn is_of_a_change(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::NotFound, io::ErrorKind::InvalidInput, io::ErrorKind::ResourceBusy];
    kinds.contains(&error.kind()) || error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn standing(outbox: &Path, name: &str, readiness: Readiness) -> OutboxStanding {
        standing_in(&mut Outbox::new(outbox, readiness), name, Instant::now())
    }

    fn standing_in(outbox: &mut Outbox, name: &str, now: Instant) -> OutboxStanding {
        let entries = outbox.look_over(now).unwrap();
        entries.into_iter().find(|entry| entry.name == name).unwrap().standing
    }

    #[test]
    fn a_file_is_ready_once_it_was_seen_unchanged_for_the_quiet_time_whatever_its_own_age_says() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.csv");
        fs::write(&path, "x").unwrap();
        fs::File::open(&path).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let mut outbox = Outbox::new(home.path(), Readiness::Quiet(Duration::from_secs(60)));
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(standing_in(&mut outbox, "a.csv", start), OutboxStanding::Settling);
        assert_eq!(standing_in(&mut outbox, "a.csv", after(59)), OutboxStanding::Settling);
        fs::write(&path, "xy").unwrap();
        assert_eq!(standing_in(&mut outbox, "a.csv", after(60)), OutboxStanding::Settling);
        assert_eq!(standing_in(&mut outbox, "a.csv", after(119)), OutboxStanding::Settling);
        assert_eq!(standing_in(&mut outbox, "a.csv", after(120)), OutboxStanding::Ready);
    }

    #[test]
    fn a_file_with_a_marker_rule_waits_for_its_marker_and_the_marker_is_never_sent() {
        let outbox = tempfile::tempdir().unwrap();
        fs::write(outbox.path().join("a.csv"), "x").unwrap();
        assert_eq!(standing(outbox.path(), "a.csv", Readiness::Marker), OutboxStanding::AwaitingMarker);
        fs::write(outbox.path().join("a.csv.end"), "").unwrap();
        assert_eq!(standing(outbox.path(), "a.csv", Readiness::Marker), OutboxStanding::Ready);
        assert_eq!(standing(outbox.path(), "a.csv.end", Readiness::Marker), OutboxStanding::Passing);
    }

    #[test]
    fn names_that_look_temporary_are_passed_over_under_every_rule() {
        let outbox = tempfile::tempdir().unwrap();
        for name in ["a.tmp", "a.CSV.Part", "~a.csv", "a.csv~", "a.filepart"] {
            fs::write(outbox.path().join(name), "x").unwrap();
            assert_eq!(standing(outbox.path(), name, Readiness::Rename), OutboxStanding::Passing, "{name}");
        }
    }

    #[test]
    fn what_is_no_file_with_bytes_and_a_clean_name_is_refused_with_a_reason() {
        use std::os::unix::ffi::OsStrExt as _;
        let outbox = tempfile::tempdir().unwrap();
        let at = |name: &str| outbox.path().join(name);
        fs::write(at("empty"), "").unwrap();
        fs::create_dir(at("directory")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", at("link")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("fifo"), rustix::fs::Mode::RUSR).unwrap();
        fs::write(at("line\nbreak"), "x").unwrap();
        fs::write(outbox.path().join(std::ffi::OsStr::from_bytes(b"\x8e\xf3.csv")), "x").unwrap();
        let entries = Outbox::new(outbox.path(), Readiness::Rename).look_over(Instant::now()).unwrap();
        assert_eq!(entries.len(), 6);
        for entry in entries {
            assert!(matches!(entry.standing, OutboxStanding::Refused(_)), "{entry:?}");
        }
    }

    #[test]
    fn what_a_producer_puts_in_the_place_of_a_ready_file_is_left_for_the_next_look_and_stops_nothing() {
        let home = tempfile::tempdir().unwrap();
        let (spool, outbox) = (Spool::new(&home.path().join("spool")), home.path().join("outbox"));
        spool.lay_out().unwrap();
        fs::create_dir(&outbox).unwrap();
        let path = outbox.join("a.csv");
        let link = |path: &Path| std::os::unix::fs::symlink("/etc/hostname", path).unwrap();
        let fifo = |path: &Path| rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap();
        let directory = |path: &Path| fs::create_dir(path).unwrap();
        let another = |path: &Path| fs::write(path, "another").unwrap();
        for put in [&link as &dyn Fn(&Path), &fifo, &directory, &another] {
            fs::write(&path, "x").unwrap();
            let entry = Outbox::new(&outbox, Readiness::Rename).look_over(Instant::now()).unwrap().remove(0);
            // As long as the old file has a name, no other gets its number.
            fs::rename(&path, home.path().join("before")).unwrap();
            put(&path);
            let taken = take_over(&spool, &outbox, &entry, Readiness::Rename);
            assert!(matches!(taken, Err(AcceptError::StillChanging)), "{taken:?}");
            assert_eq!(fs::read_dir(spool.deliveries()).unwrap().count(), 0);
            fs::rename(&path, home.path().join("after")).unwrap();
            let gone = home.path().join("after");
            drop(fs::remove_file(&gone).or_else(|_| fs::remove_dir(&gone)));
        }
    }

    #[test]
    fn taking_over_keeps_the_bytes_and_frees_the_name_only_on_request() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(&home.path().join("spool"));
        spool.lay_out().unwrap();
        let outbox = home.path().join("outbox");
        fs::create_dir(&outbox).unwrap();
        fs::write(outbox.join("a.csv"), "到達").unwrap();
        fs::write(outbox.join("a.csv.end"), "").unwrap();
        let entry = Outbox::new(&outbox, Readiness::Marker).look_over(Instant::now()).unwrap().remove(0);
        let (id, accepted) = take_over(&spool, &outbox, &entry, Readiness::Marker).unwrap();
        assert!(outbox.join("a.csv").exists());
        assert_eq!(accepted.sha256, Sha256::of("到達".as_bytes()));
        release_outbox_name(&id, &accepted, Moment::now()).unwrap();
        assert_eq!(fs::read_dir(&outbox).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(spool.folder(&id).source()).unwrap(), "到達");
        release_outbox_name(&id, &accepted, Moment::now()).unwrap();
    }

    #[test]
    fn a_marker_that_was_put_for_a_newer_file_stays_with_it_and_any_other_goes() {
        let home = tempfile::tempdir().unwrap();
        let (spool, outbox) = (Spool::new(&home.path().join("spool")), home.path().join("outbox"));
        spool.lay_out().unwrap();
        fs::create_dir(&outbox).unwrap();
        let (file, marker) = (outbox.join("a.csv"), outbox.join("a.csv.end"));
        let put = |path: &Path, second: u64| {
            fs::write(path, "x").unwrap();
            let modified = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
        };
        put(&file, 90);
        put(&marker, 91);
        let entry = Outbox::new(&outbox, Readiness::Marker).look_over(Instant::now()).unwrap().remove(0);
        let (id, accepted) = take_over(&spool, &outbox, &entry, Readiness::Marker).unwrap();
        let accepted_at = Moment::of_nanoseconds(100_000_000_000);
        let release = || release_outbox_name(&id, &accepted, accepted_at).unwrap();
        put(&marker, 111);
        release();
        assert_eq!(fs::read_dir(&outbox).unwrap().count(), 0);
        for (newer, marked, stays) in [
            (None, 111, false),
            (Some(99), 99, false),
            (Some(110), 109, false),
            (Some(99), 111, true),
            (Some(110), 110, true),
            (Some(110), 111, true),
        ] {
            if let Some(second) = newer {
                put(&file, second);
            }
            put(&marker, marked);
            release();
            assert_eq!((file.exists(), marker.exists()), (newer.is_some(), stays), "{newer:?}, {marked}");
        }
    }
}
