//! SFTP partners with bad manners: they lie, forget, hang, hang up, shout, and take files away.
//!
//! Owns a listener on 127.0.0.1 in a thread of its own, and the directory that it serves. Speaks SSH properly and SFTP
//! by hand, so that every answer can be withheld, changed or made up. Keeps a list of every request and of every time
//! that a file came to stand under a name a partner looks for: what the partner *saw*, whatever is left of it.

mod files;
pub mod kinds;
pub mod listings;
mod service;
pub mod trials;
mod wire;

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use russh::keys::ssh_key::{Algorithm, LineEnding};
use russh::keys::{PrivateKey, PublicKey};
use tokio::sync::oneshot;
use totatsu_base::digest::Sha256;

use super::way::{self, Far};

/// The only account.
const USER: &str = "liar";
/// When every file was written, unless that changes.
const WRITTEN_AT: u32 = 1_700_000_000;

/// What a partner is asked, from the connection to the last request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ask {
    /// The TCP connection, before the greeting.
    Connect,
    SignIn,
    Channel,
    Subsystem,
    /// The version of the protocol.
    Version,
    Limits,
    /// Creating a file.
    Open,
    Write,
    Sync,
    /// Closing a file that was written.
    Close,
    /// `lstat` and `stat`.
    Look,
    OpenToRead,
    LookAtOpen,
    Read,
    /// Closing a file that was read.
    CloseRead,
    Link,
    Rename,
    /// The rename that replaces.
    Replace,
    Remove,
    OpenDirectory,
    List,
    Space,
    Other,
}

/// What happens instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The request is not carried out, and the connection is closed.
    CutBefore,
    /// The request is carried out, and the connection is closed instead of an answer.
    CutAfter,
    /// The request is not carried out, and nothing is ever answered.
    SilentBefore,
    /// The request is carried out, and nothing is ever answered.
    SilentAfter,
}

/// Which requests meet trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The one of this number in the order they come, from 0, over all connections.
    Number(usize),
    /// The first of its kind, and so many more.
    First(Ask, usize),
}

/// What becomes of bytes that were acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stores {
    #[default]
    All,
    /// No file comes about.
    Nothing,
    /// Only so many bytes.
    Part(u64),
    /// One bit is another.
    Changed,
}

/// What a rename's answer is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Renames {
    #[default]
    Honestly,
    /// It is done, and the answer says failure.
    DoneAndDenied,
    /// It is not done, and the answer says success.
    AcknowledgedOnly,
}

/// What the partner takes out of the inbox by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Takes {
    #[default]
    Nothing,
    /// A file, the moment it has a final name.
    Final,
    /// A file, the moment it is closed, under whatever name.
    Closed,
}

/// Answers that no honest server gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strange {
    /// Every file is 2^64 - 1 bytes long.
    HugeSize,
    /// Sizes are not told.
    NoSize,
    /// Files were written before 1970.
    NegativeTime,
    /// No times are told.
    NoTime,
    /// Handles of 300 bytes.
    LongHandle,
    /// Handles that are not text.
    BinaryHandle,
    /// Creating a file fails with this status, in 100 KB of terminal escape sequences.
    Shouts(u32),
    /// Files are there for whoever looks, and not for whoever opens them to read.
    NoneToRead,
    /// Reading never comes to an end.
    Endless,
    /// Reading gives more bytes than were asked for.
    TooMuch,
    /// Reading gives one byte at a time.
    OneByte,
    /// Answers to reads and writes take half a second.
    Sluggish,
    /// Reading gives nothing, again and again.
    EmptyReads,
    /// A question about a file is answered with a handle.
    WrongKind,
    /// Answers carry the number of another request.
    WrongNumber,
    /// An answer of random bytes.
    Garbage,
    /// An answer that claims to be 4 GiB long.
    HugePacket,
    /// 2000 extensions with names that drive a terminal.
    ManyExtensions,
    /// Calls itself something that drives a terminal.
    ShoutsItsName,
    /// Says goodbye in terminal escape sequences when a file is created.
    ShoutsGoodbye,
}

/// What happens to a file in the middle of its being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MidRead {
    /// It is overwritten with other bytes, as many.
    Other,
    Longer,
    Shorter,
    Gone,
}

/// What a listing is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Listings {
    #[default]
    Honest,
    /// Names that leave the directory, drive a terminal, or are too long, besides.
    Hostile,
    /// So many other names besides.
    Many(u32),
    /// Each name stands there twice, with different times.
    Twice,
    /// Other names without end.
    Endless,
}

/// How the partner behaves about the files that it offers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// At the second read of all, once.
    pub mid_read: Option<MidRead>,
    pub listings: Listings,
    /// Tells so many bytes more than a file has.
    pub tells_more: i64,
    /// Tells another time at each look.
    pub restless: bool,
    /// Says that it removed a file, and leaves it.
    pub removes_nothing: bool,
    /// Another file, of this size, takes this name right before the first removal.
    pub replaces_at_removal: Option<(&'static str, usize)>,
}

/// How the partner behaves; the default is OpenSSH's way.
#[derive(Debug, Clone, Default)]
pub struct Lies {
    /// Offers no extension.
    pub plain: bool,
    /// The plain rename replaces what is there.
    pub rename_replaces: bool,
    pub stores: Stores,
    pub renames: Renames,
    pub takes: Takes,
    /// Answered with "permission denied".
    pub denies: Vec<Ask>,
    /// Answered with a bare "failure".
    pub fails: Vec<Ask>,
    /// Bytes that find room.
    pub quota: Option<u64>,
    /// Somebody else puts a file under the final name the moment we want to give it.
    pub intruder: bool,
    pub strange: Option<Strange>,
    pub offers: Offers,
    /// How often it lies about storing and renaming, denies, fails and answers strangely; without a number, always.
    pub times: Option<u32>,
    /// Requests that meet trouble.
    pub troubles: Vec<(When, Trouble)>,
}

/// A time that a partner saw a file under a name that is not our temporary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub name: String,
    pub sha256: Sha256,
}

/// A running partner; dropping it stops it.
pub struct Liar {
    far: Far,
    shelf: Arc<Mutex<Shelf>>,
    folder: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the partner has and knows; shared by its connections.
struct Shelf {
    inbox: PathBuf,
    taken: PathBuf,
    lies: Lies,
    told: u32,
    asked: Vec<Ask>,
    seen: Vec<Seen>,
    stored: u64,
    met_trouble: bool,
    reads: u32,
    /// When every file was written, by the partner's clock.
    written_at: u32,
}

impl Liar {
    /// A partner with these manners.
    pub fn start() -> Liar {
        let folder = way::folder();
        let (inbox, taken) = (folder.path().join("inbox"), folder.path().join("taken"));
        fs::create_dir(&inbox).unwrap();
        fs::create_dir(&taken).unwrap();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (host_key, client_key) = (fresh_key(), fresh_key());
        let key_file = folder.path().join("key");
        write_key(&client_key, &key_file);
        let far = Far {
            port: listener.local_addr().unwrap().port(),
            user: USER.to_owned(),
            host_key: host_key.public_key().to_openssh().unwrap().trim().to_owned(),
            key_file,
            inbox: inbox.clone(),
            names_in_two_steps: true,
        };
        let lies = Lies::default();
        let shelf = Shelf {
            inbox,
            taken,
            lies,
            told: 0,
            asked: Vec::new(),
            seen: Vec::new(),
            stored: 0,
            met_trouble: false,
            reads: 0,
            written_at: WRITTEN_AT,
        };
        let shelf = Arc::new(Mutex::new(shelf));
        let (stop, stopped) = oneshot::channel();
        let (accepted, shared): (PublicKey, _) = (client_key.public_key().clone(), shelf.clone());
        let thread = std::thread::spawn(move || {
            let runtime = way::runtime();
            runtime.block_on(service::serve(listener, host_key, accepted, shared, stopped));
            runtime.shutdown_background();
        });
        Liar { far, shelf, folder, stop: Some(stop), thread: Some(thread) }
    }

    pub fn far(&self) -> &Far {
        &self.far
    }

    /// Forgets everything, and behaves like this from now on.
    pub fn behave(&self, lies: Lies) {
        let mut shelf = locked(&self.shelf);
        // A directory that files were moved to.
        let _ = fs::remove_dir_all(shelf.inbox.join("done"));
        way::clear(&shelf.inbox);
        way::clear(&shelf.taken);
        *shelf = Shelf {
            inbox: shelf.inbox.clone(),
            taken: shelf.taken.clone(),
            lies,
            told: 0,
            asked: Vec::new(),
            seen: Vec::new(),
            stored: 0,
            met_trouble: false,
            reads: 0,
            written_at: WRITTEN_AT,
        };
    }

    /// No request meets trouble any more; all else stays.
    pub fn relent(&self) {
        locked(&self.shelf).lies.troubles.clear();
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Ask> {
        locked(&self.shelf).asked.clone()
    }

    /// Whether a request has met trouble since the partner began to behave like this.
    pub fn met_trouble(&self) -> bool {
        locked(&self.shelf).met_trouble
    }

    /// Every time a file stood under a name that the partner looks for.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.shelf).seen.clone()
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shelf {
    /// Takes note of a request; the trouble that it meets, if any.
    fn note(&mut self, ask: Ask) -> Option<Trouble> {
        self.asked.push(ask);
        let (number, of_kind) =
            (self.asked.len() - 1, self.asked.iter().filter(|asked| **asked == ask).count());
        let struck = self.lies.troubles.iter().find(|(when, _)| match when {
            When::Number(wanted) => *wanted == number,
            When::First(wanted, more) => *wanted == ask && of_kind <= 1 + more,
        });
        struck.map(|(_, trouble)| *trouble)
    }

    /// Whether one more lie may be told.
    fn lies_once_more(&mut self, wants: bool) -> bool {
        let lies = wants && self.lies.times.is_none_or(|times| self.told < times);
        self.told += u32::from(lies);
        lies
    }
}

fn locked(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fresh_key() -> PrivateKey {
    PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap()
}

fn write_key(key: &PrivateKey, path: &Path) {
    let text = key.to_openssh(LineEnding::LF).unwrap();
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
}
