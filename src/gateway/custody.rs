//! Which ledger a spool belongs to, and that one gateway at a time works on it.
//!
//! Owns `SPOOL/lock`, the id that spool and ledger share (`ledger-id` in either directory, written durably at first use), and
//! `SPOOL/ledger-seen`: how far the ledger went at the last start, half minute or stop. Promises that a gateway which goes on has
//! the ledger that its spool was filled under: a foreign one, an empty one beside a full spool, or an older copy is refused,
//! because it would send anew what has arrived and set aside what is under way. A person who has lost the ledger for good says
//! so with a file `SPOOL/ledger-lost`, which counts once. Decides as a table; removes nothing else.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::spool::Spool;
use totatsu_base::durable::{self, if_there};
use totatsu_base::say;
use totatsu_base::{SpoolError, locked};
use totatsu_ledger::journal::Position;
use totatsu_ledger::{LOCK_LOOK, LOCK_PATIENCE};

/// The file in both directories that holds the id.
const ID: &str = "ledger-id";
/// The file in the spool that holds how far the ledger went.
const SEEN: &str = "ledger-seen";
/// The file in the spool by which a person says that its ledger is lost.
const LOST: &str = "ledger-lost";
/// The file in the spool that is locked while a gateway works on it.
const LOCK: &str = "lock";
/// Characters of an id.
const ID_LENGTH: usize = 32;

/// The spool, locked until this is dropped.
#[derive(Debug)]
pub struct Custody {
    seen_in: PathBuf,
    seen: Mutex<Option<Position>>,
    _lock: File,
}

/// Why a gateway doesn't go on with this ledger and this spool.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// Our disk refused.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Another gateway works on the spool, usually one with another `paths.ledger`. The operator ends one of them.
    #[error("{}", say!("journey-spool-in-use", spool = spool.display()))]
    InUse {
        /// The spool.
        spool: PathBuf,
    },
    /// The ledger knows nothing, and the spool holds deliveries: usually `paths.ledger` is mistyped, or the ledger wasn't
    /// restored. The operator corrects the path or restores it.
    #[error(
        "{}",
        say!(
            "journey-ledger-empty",
            spool = spool.display(),
            ledger = ledger.display(),
            lost = spool.join(LOST).display()
        )
    )]
    Empty {
        /// The spool.
        spool: PathBuf,
        /// The ledger.
        ledger: PathBuf,
    },
    /// The spool was filled under another ledger. The operator corrects `paths.spool` or `paths.ledger`.
    #[error(
        "{}",
        say!(
            "journey-ledger-foreign",
            spool = spool.display(),
            ledger = ledger.display(),
            id = ID,
            lost = spool.join(LOST).display()
        )
    )]
    Foreign {
        /// The spool.
        spool: PathBuf,
        /// The ledger.
        ledger: PathBuf,
    },
    /// The ledger is an older copy, usually a backup. The ledger that was copied has gone on, and the copy may have gone on by
    /// itself. The operator restores the newer one.
    #[error(
        "{}",
        say!(
            "journey-ledger-older",
            spool = spool.display(),
            seen = seen,
            ledger = ledger.display(),
            has = has,
            lost = spool.join(LOST).display()
        )
    )]
    Older {
        /// The spool.
        spool: PathBuf,
        /// The ledger.
        ledger: PathBuf,
        /// Its last event.
        has: u64,
        /// The last event that the spool knows of.
        seen: u64,
    },
}

/// What is known before it is decided whether spool and ledger belong together.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    /// The spool's id.
    spool: Option<&'a str>,
    /// The ledger's id.
    ledger: Option<&'a str>,
    /// The ledger knows of no delivery.
    ledger_is_empty: bool,
    /// The ledger went farther once, or elsewhere.
    ledger_is_older: bool,
    /// The spool holds folders under way.
    under_way: bool,
    /// The archive holds something.
    archived: bool,
    /// A person says that the ledger is lost.
    said_lost: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Spool and ledger belong together.
    Together,
    /// Spool and ledger belong together from now on.
    TakeOver,
    /// The ledger is empty where it can't be.
    Empty,
    /// The spool was filled under another ledger.
    Foreign,
    /// The ledger is a copy from before.
    Older,
}

/// How far the spool knows that its ledger went.
///
/// # Errors
/// Our disk refuses to tell.
pub fn known_end(spool: &Spool) -> Result<Option<Position>, SpoolError> {
    read_seen(spool.root())
}

/// Locks a spool, and makes sure that it belongs to the ledger in the directory `ledger`, which is open and ends at
/// `position`. `departs` says that the ledger isn't a continuation of what the spool knew of it, `knows_none` that it knows
/// of no delivery.
///
/// # Errors
/// See [`CustodyError`]; nothing was changed then.
pub fn take(
    spool: &Spool,
    ledger: &Path,
    position: Position,
    departs: bool,
    knows_none: bool,
) -> Result<Custody, CustodyError> {
    let root = spool.root();
    spool.make_root()?;
    let lock = lock(root)?;
    let (spool_id, ledger_id, seen) = (read_id(root)?, read_id(ledger)?, read_seen(root)?);
    let known = Known {
        spool: spool_id.as_deref(),
        ledger: ledger_id.as_deref(),
        ledger_is_empty: knows_none,
        ledger_is_older: departs,
        under_way: holds_something(&spool.deliveries())?,
        archived: holds_something(&spool.archive())?,
        said_lost: fs::symlink_metadata(root.join(LOST)).is_ok(),
    };
    match known.verdict() {
        Verdict::Together => {}
        Verdict::TakeOver => take_over(root, ledger, ledger_id)?,
        Verdict::Empty => {
            return Err(CustodyError::Empty { spool: root.to_owned(), ledger: ledger.to_owned() });
        }
        Verdict::Foreign => {
            return Err(CustodyError::Foreign { spool: root.to_owned(), ledger: ledger.to_owned() });
        }
        Verdict::Older => {
            let (spool, ledger) = (root.to_owned(), ledger.to_owned());
            let seen = seen.map_or(position.seq, |seen| seen.seq);
            return Err(CustodyError::Older { spool, ledger, has: position.seq, seen });
        }
    }
    let custody = Custody { seen_in: root.join(SEEN), seen: Mutex::new(seen), _lock: lock };
    custody.remember(position)?;
    Ok(custody)
}

impl Custody {
    /// Has the spool know durably that its ledger went so far.
    ///
    /// # Errors
    /// Our disk refused; the spool knows of less then.
    pub fn remember(&self, position: Position) -> Result<(), SpoolError> {
        let mut seen = locked(&self.seen);
        if *seen == Some(position) {
            return Ok(());
        }
        let text = format!("{} {}\n", position.seq, position.digest);
        durable::write_durably(&self.seen_in, 0o600, text.as_bytes())?;
        *seen = Some(position);
        Ok(())
    }
}

impl Known<'_> {
    fn verdict(self) -> Verdict {
        let holds_something = self.under_way || self.archived;
        match (self.spool, self.ledger) {
            _ if self.said_lost => Verdict::TakeOver,
            (Some(spool), Some(ledger)) if spool != ledger => Verdict::Foreign,
            // Nothing gets into the archive before the ledger knows of it.
            _ if self.ledger_is_empty && self.archived => Verdict::Empty,
            _ if self.ledger_is_older => Verdict::Older,
            // A crash while the very first file is accepted leaves its folder, and nothing in the ledger.
            (Some(_), Some(_)) => Verdict::Together,
            _ if self.ledger_is_empty && self.under_way => Verdict::Empty,
            (Some(_), None) if holds_something => Verdict::Foreign,
            // First use; or an earlier version filled both; or a crash came between writing the one and the other.
            (Some(_) | None, None) | (None, Some(_)) => Verdict::TakeOver,
        }
    }
}

/// Locks the spool. Waits for a while, as for a ledger: a gateway that ends lets go of the lock in a moment.
fn lock(root: &Path) -> Result<File, CustodyError> {
    let path = root.join(LOCK);
    let file = opened(&path).map_err(SpoolError::at("disk-opening", &path))?;
    let start = Instant::now();
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK) if start.elapsed() < LOCK_PATIENCE => std::thread::sleep(LOCK_LOOK),
            Err(Errno::WOULDBLOCK) => return Err(CustodyError::InUse { spool: root.to_owned() }),
            Err(errno) => return Err(SpoolError::at("disk-locking", &path)(errno.into()).into()),
        }
    }
}

/// Opens the lock file, read-only once it is there: so the spool can be locked on a disk that has turned read-only, and no
/// open file keeps a disk from turning so.
fn opened(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            drop(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?);
            File::open(path)
        }
        opened => opened,
    }
}

/// Writes the id into both directories. The ledger has its id first: a spool with an id that no ledger has would be refused.
fn take_over(root: &Path, ledger: &Path, ledger_id: Option<String>) -> Result<(), SpoolError> {
    let id = match ledger_id {
        Some(id) => id,
        None => {
            let id = format!("{:032x}", rand::random::<u128>());
            write_id(ledger, &id)?;
            id
        }
    };
    write_id(root, &id)?;
    // Durable from here: spool and ledger belong together.
    let lost = root.join(LOST);
    if if_there(fs::remove_file(&lost)).map_err(SpoolError::at("disk-removing", &lost))?.is_some() {
        tracing::warn!(file = %lost.display(), "{}", say!("journey-ledger-said-lost"));
        durable::sync_dir(root)?;
    }
    Ok(())
}

fn write_id(directory: &Path, id: &str) -> Result<(), SpoolError> {
    durable::write_durably(&directory.join(ID), 0o600, format!("{id}\n").as_bytes())
}

/// Reads the id in a directory. A text that isn't an id counts as none: a power cut may have emptied the file, on a disk that
/// lies.
fn read_id(directory: &Path) -> Result<Option<String>, SpoolError> {
    let text = read(&directory.join(ID))?;
    let is_id = |id: &&str| id.len() == ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    Ok(text.as_deref().map(str::trim).filter(is_id).map(str::to_owned))
}

fn read_seen(directory: &Path) -> Result<Option<Position>, SpoolError> {
    let text = read(&directory.join(SEEN))?;
    Ok(text.and_then(|text| {
        let (seq, digest) = text.trim().split_once(' ')?;
        Some(Position { seq: seq.parse().ok()?, digest: digest.parse().ok()? })
    }))
}

fn read(path: &Path) -> Result<Option<String>, SpoolError> {
    let bytes = if_there(fs::read(path)).map_err(SpoolError::at("disk-reading", path))?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

fn holds_something(directory: &Path) -> Result<bool, SpoolError> {
    let entries = if_there(fs::read_dir(directory)).map_err(SpoolError::at("disk-listing", directory))?;
    Ok(entries.is_some_and(|mut entries| entries.next().is_some()))
}

#[cfg(test)]
mod tests {
    use totatsu_base::digest::Sha256;

    use super::*;

    /// Every combination of what can be known.
    fn all() -> impl Iterator<Item = Known<'static>> {
        let ids = [
            (None, None),
            (Some("a"), None),
            (None, Some("a")),
            (Some("a"), Some("a")),
            (Some("a"), Some("b")),
        ];
        ids.into_iter().flat_map(|(spool, ledger)| {
            (0..32_u8).map(move |bits| Known {
                spool,
                ledger,
                ledger_is_empty: bits & 1 != 0,
                under_way: bits & 2 != 0,
                archived: bits & 4 != 0,
                said_lost: bits & 8 != 0,
                ledger_is_older: bits & 16 != 0,
            })
        })
    }

    #[test]
    fn in_every_combination_a_spool_goes_on_only_with_the_ledger_that_it_was_filled_under() {
        for known in all() {
            let verdict = known.verdict();
            let refused = [Verdict::Empty, Verdict::Foreign, Verdict::Older].contains(&verdict);
            let differ = known.spool.is_some() && known.ledger.is_some() && known.spool != known.ledger;
            if known.said_lost {
                assert_eq!(verdict, Verdict::TakeOver, "a person has decided: {known:?}");
                continue;
            }
            if differ || (known.ledger_is_empty && known.archived) {
                assert!(refused, "{known:?}");
            }
            if known.spool.is_some() && known.ledger.is_none() && (known.under_way || known.archived) {
                assert!(refused, "its ledger has an id: {known:?}");
            }
            if known.ledger_is_older {
                assert!(refused, "it has forgotten something: {known:?}");
            } else if !known.under_way && !known.archived && !differ {
                assert!(!refused, "nothing can be lost: {known:?}");
            }
            if known.spool.is_none() && !known.ledger_is_empty && !known.ledger_is_older {
                assert_eq!(verdict, Verdict::TakeOver, "an installation of an earlier version: {known:?}");
            }
            if verdict == Verdict::Together {
                assert!(known.spool.is_some() && known.spool == known.ledger, "{known:?}");
            }
        }
    }

    /// A ledger's end.
    fn at(seq: u64) -> Position {
        Position { seq, digest: Sha256::of(&seq.to_be_bytes()) }
    }

    struct Both {
        _home: tempfile::TempDir,
        spool: Spool,
        ledger: PathBuf,
    }

    fn both() -> Both {
        let home = tempfile::tempdir().unwrap();
        let (spool, ledger) = (Spool::new(&home.path().join("spool")), home.path().join("ledger"));
        fs::create_dir(&ledger).unwrap();
        spool.lay_out().unwrap();
        Both { _home: home, spool, ledger }
    }

    #[test]
    fn a_ledger_that_is_said_to_be_lost_is_given_up_once() {
        let Both { spool, ledger, _home } = both();
        drop(take(&spool, &ledger, at(0), false, true).unwrap());
        fs::create_dir(spool.archive().join("2026")).unwrap();
        let empty = ledger.with_file_name("other");
        fs::create_dir(&empty).unwrap();
        assert!(matches!(take(&spool, &empty, at(0), false, true), Err(CustodyError::Empty { .. })));
        assert!(matches!(take(&spool, &empty, at(1), false, false), Err(CustodyError::Foreign { .. })));
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "what is refused is left as it was");
        fs::write(spool.root().join(LOST), "").unwrap();
        drop(take(&spool, &empty, at(0), false, true).unwrap());
        assert!(!spool.root().join(LOST).exists());
        drop(take(&spool, &empty, at(1), false, false).unwrap());
        assert!(matches!(take(&spool, &ledger, at(1), false, false), Err(CustodyError::Foreign { .. })));
    }

    #[test]
    fn a_copy_that_ends_before_what_the_spool_knows_of_or_otherwise_is_refused_until_a_person_says_that_the_rest_is_lost()
     {
        let Both { spool, ledger, _home } = both();
        take(&spool, &ledger, at(3), false, false).unwrap().remember(at(7)).unwrap();
        assert_eq!(known_end(&spool).unwrap(), Some(at(7)));
        for id in [true, false] {
            if !id {
                fs::remove_file(spool.root().join(ID)).unwrap();
            }
            let refused = take(&spool, &ledger, at(9), true, false);
            assert!(matches!(refused, Err(CustodyError::Older { seen: 7, .. })), "{refused:?}");
        }
        drop(take(&spool, &ledger, at(7), false, false).unwrap());
        fs::write(spool.root().join(LOST), "").unwrap();
        drop(take(&spool, &ledger, at(3), true, false).unwrap());
        assert_eq!(known_end(&spool).unwrap(), Some(at(3)));
    }

    #[test]
    fn a_crash_between_writing_the_one_id_and_the_other_leaves_what_the_next_start_completes() {
        let Both { spool, ledger, _home } = both();
        write_id(&ledger, &"a".repeat(ID_LENGTH)).unwrap();
        drop(take(&spool, &ledger, at(1), false, false).unwrap());
        assert_eq!(read_id(spool.root()).unwrap(), read_id(&ledger).unwrap());
    }
}
