//! Watches the partner's directories, as the program that picks files up there would, and our inboxes, as the program does
//! that imports what comes in.
//!
//! Owns a thread that reads the kernel's notices about names. A final name is any that isn't hidden. Promises to note
//! each appearance of a final name with size and SHA-256 at first sight, each write to a file that bears one, and each
//! that goes. A lost notice is a panic, never a clean bill.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};
use totatsu_base::digest::Sha256;

/// How often the notices are read.
const LOOK: Duration = Duration::from_millis(1);
/// Ends the name of the partner's own answer.
const ACKNOWLEDGEMENT: &str = ".ack";
/// Ends the name of a digest file in an inbox.
const DIGEST: &str = ".sha256";
/// A notice takes longer only if the thread has ended.
const PATIENCE: Duration = Duration::from_secs(30);
/// Begins the name of a file that only tells that all notices before it have been read.
const SENTINEL: &str = ".all-seen-";

/// A directory of the partner.
#[derive(Debug, Clone)]
pub struct Place {
    /// Below the partner's root.
    pub directory: String,
    pub role: Role,
}

/// What a directory is, and what is done there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The partner's, for what arrives.
    Partner,
    /// The same; each file in it is answered with one of the partner's own, which tells the SHA-256 of what arrived.
    AcknowledgingPartner,
    /// The same; the partner takes each file away the moment it appears.
    TakingPartner,
    /// Our inbox.
    Inbox,
    /// The same; a program takes each file and its digest away the moment it appears.
    EmptiedInbox,
}

/// A final name appeared.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Directory and name, below the partner's root.
    pub path: String,
    /// Bytes at first sight.
    pub size: u64,
    /// SHA-256 at first sight; nothing if it was gone again by then.
    pub sha256: Option<Sha256>,
    /// A digest file beside it told the same then.
    pub vouched: bool,
}

/// All that was seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// In the order of their appearance.
    pub sightings: Vec<Sighting>,
    /// Files that were written to while they bore a final name.
    pub written: Vec<String>,
    /// Final names that went.
    pub gone: Vec<String>,
}

pub struct Observer {
    root: PathBuf,
    places: Vec<Place>,
    seen: Arc<Mutex<Seen>>,
    sentinels: Arc<AtomicU64>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Observer {
    /// Watches `places` below `root` from now on.
    pub fn start(root: &Path, places: &[Place]) -> Observer {
        let kernel = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).unwrap();
        let wanted = AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_MOVED_FROM
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_MODIFY;
        let watched: HashMap<WatchDescriptor, Place> = places
            .iter()
            .map(|place| (kernel.add_watch(&root.join(&place.directory), wanted).unwrap(), place.clone()))
            .collect();
        let (seen, sentinels, ending) =
            (Arc::<Mutex<Seen>>::default(), Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let watch = Watch {
            kernel,
            places: watched,
            root: root.to_owned(),
            seen: seen.clone(),
            sentinels: sentinels.clone(),
        };
        let until = ending.clone();
        let thread = std::thread::spawn(move || watch.run(&until));
        Observer {
            root: root.to_owned(),
            places: places.to_vec(),
            seen,
            sentinels,
            ending,
            thread: Some(thread),
        }
    }

    /// Another one of the same places, which has seen nothing yet.
    pub fn anew(&self) -> Observer {
        Observer::start(&self.root, &self.places)
    }

    /// All that was seen up to now.
    pub fn seen(&self) -> Seen {
        let before = self.sentinels.load(Ordering::SeqCst);
        let sentinel = self.root.join(&self.places[0].directory).join(format!("{SENTINEL}{before}"));
        fs::write(&sentinel, "").unwrap();
        let start = Instant::now();
        while self.sentinels.load(Ordering::SeqCst) == before {
            assert!(start.elapsed() < PATIENCE, "the observer of the partner has ended");
            std::thread::sleep(LOOK);
        }
        fs::remove_file(&sentinel).unwrap();
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Watch {
    kernel: Inotify,
    places: HashMap<WatchDescriptor, Place>,
    root: PathBuf,
    seen: Arc<Mutex<Seen>>,
    sentinels: Arc<AtomicU64>,
}

impl Watch {
    fn run(self, ending: &AtomicBool) {
        while !ending.load(Ordering::SeqCst) {
            match self.kernel.read_events() {
                Ok(events) => events.into_iter().for_each(|event| self.note(event)),
                Err(Errno::EAGAIN) => std::thread::sleep(LOOK),
                Err(error) => panic!("the partner's directories can't be watched: {error}"),
            }
        }
    }

    fn note(&self, event: InotifyEvent) {
        assert!(!event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW), "the kernel dropped notices");
        let (Some(name), Some(place)) = (event.name, self.places.get(&event.wd)) else { return };
        let name = name.to_string_lossy();
        if name.starts_with(SENTINEL) && event.mask.contains(AddWatchFlags::IN_CREATE) {
            self.sentinels.fetch_add(1, Ordering::SeqCst);
        }
        let inbox = matches!(place.role, Role::Inbox | Role::EmptiedInbox);
        // What goes with a file and is none.
        let companion = match place.role {
            Role::Partner | Role::TakingPartner => None,
            Role::AcknowledgingPartner => Some(ACKNOWLEDGEMENT),
            Role::Inbox | Role::EmptiedInbox => Some(DIGEST),
        };
        if name.starts_with('.') || companion.is_some_and(|ending| name.ends_with(ending)) {
            return;
        }
        let path = format!("{}/{name}", place.directory);
        let mut seen = self.seen.lock().unwrap();
        if event.mask.intersects(AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO) {
            let digest = Sha256::of_file(&self.root.join(&path)).ok();
            let acknowledges = place.role == Role::AcknowledgingPartner;
            if let Some((sha256, _)) = digest.as_ref().filter(|_| acknowledges) {
                let answer = self.root.join(format!("{path}{ACKNOWLEDGEMENT}"));
                fs::write(&answer, format!("{sha256}\n")).unwrap();
            }
            let size = digest.as_ref().map_or(0, |(_, size)| *size);
            let sha256 = digest.map(|(sha256, _)| sha256);
            let digest_file = self.root.join(format!("{path}{DIGEST}"));
            let vouched = sha256.is_some_and(|sha256| {
                fs::read_to_string(&digest_file).is_ok_and(|told| told.starts_with(&sha256.to_string()))
            });
            // What was imported meanwhile went with its digest, the file first.
            let sha256 = sha256.filter(|_| !inbox || vouched || self.root.join(&path).exists());
            if inbox && event.mask.contains(AddWatchFlags::IN_CREATE) {
                seen.written.push(path.clone());
            }
            if matches!(place.role, Role::EmptiedInbox | Role::TakingPartner) {
                // On a disk that can't be written it stays.
                let _ = (fs::remove_file(&digest_file), fs::remove_file(self.root.join(&path)));
            }
            seen.sightings.push(Sighting { path, size, sha256, vouched });
        } else if event.mask.contains(AddWatchFlags::IN_MODIFY) {
            if seen.written.last() != Some(&path) {
                seen.written.push(path);
            }
        } else {
            seen.gone.push(path);
        }
    }
}
