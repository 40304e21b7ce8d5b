//! What a lying partner does with a request, and what it says that it did.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use totatsu_base::digest::Sha256;

use super::wire::{self, DENIED, EOF, FAILURE, NO_SUCH_FILE, OK, Request, UNSUPPORTED};
use super::{Ask, Renames, Seen, Shelf, Stores, Strange, Takes};

/// What drives a terminal, and much of it.
pub const SHOUT: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}../../etc/passwd\r\n\u{202e}";
/// A time before 1970, as the protocol's 32 bits hold it.
const BEFORE_1970: u32 = 0xFFFF_0000;

/// The open files of one connection.
#[derive(Default)]
pub struct Opened {
    files: HashMap<Vec<u8>, Open>,
    pub(super) listings: HashMap<Vec<u8>, Box<dyn Iterator<Item = Entry> + Send>>,
    so_far: u32,
}

/// Name, size and time.
pub(super) type Entry = (Vec<u8>, Option<u64>, u32);

struct Open {
    path: PathBuf,
    file: Option<File>,
    written: bool,
    stores: Stores,
}

impl Opened {
    pub fn is_written(&self, handle: &[u8]) -> bool {
        self.files.get(handle).is_some_and(|open| open.written)
    }

    fn keep(&mut self, strange: Option<Strange>, open: Open) -> Vec<u8> {
        self.so_far += 1;
        let handle = match strange {
            Some(Strange::LongHandle) => format!("{:0>300}", self.so_far).into_bytes(),
            Some(Strange::BinaryHandle) => [&[0xFF, 0xFE, 0], self.so_far.to_be_bytes().as_slice()].concat(),
            _ => self.so_far.to_string().into_bytes(),
        };
        self.files.insert(handle.clone(), open);
        handle
    }
}

impl Shelf {
    /// Carries a request out, more or less, and answers it.
    pub fn answer(&mut self, opened: &mut Opened, number: u32, ask: Ask, request: Request) -> Vec<u8> {
        let denied = self.lies.denies.contains(&ask);
        if self.lies_once_more(denied) {
            return wire::status(number, DENIED, "Permission denied");
        }
        // A close that fails has closed all the same, and a quota is found out then: nothing is kept.
        let failed = self.lies.fails.contains(&ask);
        if self.lies_once_more(failed) {
            if let Request::Close { handle } = &request
                && let Some(open) = opened.files.remove(handle)
            {
                let _ = fs::remove_file(open.path);
            }
            return wire::status(number, FAILURE, "Failure");
        }
        if let Some(answer) = self.answer_strangely(number, ask) {
            return answer;
        }
        self.answer_plainly(opened, number, request).unwrap_or_else(|error| refusal(number, &error))
    }

    fn answer_plainly(&mut self, opened: &mut Opened, number: u32, request: Request) -> io::Result<Vec<u8>> {
        let done = || wire::status(number, OK, "Success");
        match request {
            Request::Version => Ok(wire::version(&self.extensions())),
            Request::Limits => Ok(wire::limits(number)),
            Request::Space => Ok(wire::space(number, self.room())),
            Request::Open { path, new } => self.create(opened, number, &path, new),
            Request::OpenToRead { path } => {
                let path = self.at(&path)?;
                let file = Some(File::open(&path)?);
                let open = Open { path, file, written: false, stores: Stores::All };
                Ok(wire::handle(number, &opened.keep(self.lies.strange, open)))
            }
            Request::Write { handle, offset, bytes } => {
                let open = opened.files.get(&handle).ok_or(io::ErrorKind::Other)?;
                self.store(open, offset, bytes)?;
                Ok(done())
            }
            Request::Read { handle, offset, length } => {
                let open = opened.files.get(&handle).ok_or(io::ErrorKind::Other)?;
                self.give(open, number, offset, length)
            }
            Request::Sync { handle } if opened.files.contains_key(&handle) => Ok(done()),
            Request::Sync { .. } => Err(io::ErrorKind::Other.into()),
            Request::Close { handle } => {
                if opened.listings.remove(&handle).is_some() {
                    return Ok(done());
                }
                let open = opened.files.remove(&handle).ok_or(io::ErrorKind::Other)?;
                if open.written && self.lies.takes == Takes::Closed && open.path.exists() {
                    fs::rename(&open.path, self.taken.join(self.asked.len().to_string()))?;
                }
                Ok(done())
            }
            Request::Look { path } => {
                let size = fs::symlink_metadata(self.at(&path)?)?.len();
                Ok(self.told_size(number, size))
            }
            Request::LookAtOpen { handle } => {
                let open = opened.files.get(&handle).ok_or(io::ErrorKind::Other)?;
                let size =
                    open.file.as_ref().map_or(Ok(0), |file| file.metadata().map(|about| about.len()))?;
                Ok(self.told_size(number, size))
            }
            Request::Remove { path } if self.lies.offers.removes_nothing => {
                fs::symlink_metadata(self.at(&path)?).map(|_| done())
            }
            Request::Remove { path } => {
                self.replace_offered()?;
                fs::remove_file(self.at(&path)?).map(|()| done())
            }
            Request::OpenDirectory { path } => self.open_directory(opened, number, &path),
            Request::List { handle } => self.list(opened, number, &handle),
            Request::Rename { from, to } => self.rename(number, Ask::Rename, &from, &to),
            Request::Link { from, to } => self.rename(number, Ask::Link, &from, &to),
            Request::Replace { from, to } => self.rename(number, Ask::Replace, &from, &to),
            Request::Other => Ok(wire::status(number, UNSUPPORTED, "Operation unsupported")),
        }
    }

    fn extensions(&mut self) -> Vec<(String, String)> {
        let offered = [
            ("limits@openssh.com", "1"),
            ("fsync@openssh.com", "1"),
            ("hardlink@openssh.com", "1"),
            ("statvfs@openssh.com", "2"),
            ("posix-rename@openssh.com", "1"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        match self.lies.strange {
            _ if self.lies.plain => Vec::new(),
            Some(Strange::ManyExtensions) => {
                (0..2000).map(|number| (format!("{SHOUT}{number}"), SHOUT.to_owned())).collect()
            }
            _ => offered.map(owned).to_vec(),
        }
    }

    /// The path behind a name; there are no directories here.
    pub(super) fn at(&self, name: &str) -> io::Result<PathBuf> {
        let name = name.trim_start_matches('/');
        let name = name.trim_start_matches("./");
        if name.contains('/') && !name.starts_with("done/") || name.contains("..") {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(if name.is_empty() || name == "." { self.inbox.clone() } else { self.inbox.join(name) })
    }

    fn create(&mut self, opened: &mut Opened, number: u32, name: &str, new: bool) -> io::Result<Vec<u8>> {
        let path = self.at(name)?;
        let lies = self.lies_once_more(self.lies.stores != Stores::All);
        let stores = if lies { self.lies.stores } else { Stores::All };
        let file = if stores == Stores::Nothing {
            None
        } else {
            Some(File::options().read(true).write(true).create_new(new).open(&path)?)
        };
        let open = Open { path, file, written: true, stores };
        Ok(wire::handle(number, &opened.keep(self.lies.strange, open)))
    }

    fn room(&self) -> u64 {
        self.lies.quota.map_or(1 << 40, |quota| quota.saturating_sub(self.stored))
    }

    fn store(&mut self, open: &Open, offset: u64, mut bytes: Vec<u8>) -> io::Result<()> {
        let length = bytes.len() as u64;
        if length > self.room() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.stored += length;
        let Some(file) = &open.file else { return Ok(()) };
        match open.stores {
            Stores::Part(kept) => {
                bytes.truncate(usize::try_from(kept.saturating_sub(offset).min(length)).unwrap());
            }
            Stores::Changed if offset == 0 => bytes[100] ^= 1,
            Stores::Changed | Stores::All | Stores::Nothing => {}
        }
        file.write_all_at(&bytes, offset)
    }

    fn give(&mut self, open: &Open, number: u32, offset: u64, length: u32) -> io::Result<Vec<u8>> {
        self.reads += 1;
        if self.reads == 2
            && let Some(change) = self.lies.offers.mid_read
        {
            self.change(&open.path, change)?;
        }
        let wanted = usize::try_from(length).unwrap();
        if self.lies.strange == Some(Strange::Endless) {
            return Ok(wire::data(number, &vec![7; wanted]));
        }
        if self.lies.strange == Some(Strange::EmptyReads) {
            return Ok(wire::data(number, &[]));
        }
        let wanted = if self.lies.strange == Some(Strange::OneByte) { 1 } else { wanted };
        let mut bytes = vec![0; wanted];
        let read = open.file.as_ref().map_or(Ok(0), |file| file.read_at(&mut bytes, offset))?;
        bytes.truncate(read);
        if read == 0 {
            return Ok(wire::status(number, EOF, "End of file"));
        }
        if self.lies.strange == Some(Strange::TooMuch) {
            bytes.resize(wanted + 1, 0);
        }
        Ok(wire::data(number, &bytes))
    }

    fn told_size(&mut self, number: u32, size: u64) -> Vec<u8> {
        let (size, written_at) = self.told(size);
        wire::attributes(number, size, written_at)
    }

    /// Size and time as they are told of a file of this size.
    pub(super) fn told(&mut self, size: u64) -> (Option<u64>, u32) {
        self.written_at += u32::from(self.lies.offers.restless);
        match self.lies.strange {
            Some(Strange::HugeSize) => (Some(u64::MAX), self.written_at),
            Some(Strange::NoSize) => (None, self.written_at),
            Some(Strange::NegativeTime) => (Some(size), BEFORE_1970),
            Some(Strange::NoTime) => (Some(size), wire::UNTOLD),
            _ => (Some(size.saturating_add_signed(self.lies.offers.tells_more)), self.written_at),
        }
    }

    fn rename(&mut self, number: u32, ask: Ask, from: &str, to: &str) -> io::Result<Vec<u8>> {
        let (old, new) = (self.at(from)?, self.at(to)?);
        if self.lies.intruder && !new.exists() {
            fs::write(&new, THEIRS)?;
        }
        let lies = self.lies_once_more(self.lies.renames != Renames::Honestly);
        if lies && self.lies.renames == Renames::AcknowledgedOnly {
            return Ok(wire::status(number, OK, "Success"));
        }
        let links = ask == Ask::Link;
        if links || ask == Ask::Rename && !self.lies.rename_replaces {
            fs::hard_link(&old, &new)?;
            if !links {
                fs::remove_file(&old)?;
            }
        } else {
            fs::rename(&old, &new)?;
        }
        // Names that end like this are left alone, as it is agreed.
        let temporary = to.ends_with(".part");
        if !temporary {
            self.seen.push(Seen { name: to.to_owned(), sha256: Sha256::of(&fs::read(&new)?) });
        }
        if self.lies.takes == Takes::Final && !temporary {
            fs::rename(&new, self.taken.join(self.asked.len().to_string()))?;
        }
        if lies {
            Ok(wire::status(number, FAILURE, "Failure"))
        } else {
            Ok(wire::status(number, OK, "Success"))
        }
    }

    fn answer_strangely(&mut self, number: u32, ask: Ask) -> Option<Vec<u8>> {
        let strange = self.lies.strange?;
        let answer = match (strange, ask) {
            (Strange::Shouts(code), Ask::Open) => {
                wire::status(number, code, &SHOUT.repeat(100_000 / SHOUT.len()))
            }
            (Strange::NoneToRead, Ask::OpenToRead) => wire::status(number, NO_SUCH_FILE, "No such file"),
            (Strange::WrongKind, Ask::Look) => wire::handle(number, b"1"),
            (Strange::WrongNumber, Ask::Look) => wire::status(number.wrapping_add(1000), NO_SUCH_FILE, ""),
            (Strange::Garbage, Ask::Look) => vec![0xA5; 200],
            _ => return None,
        };
        self.lies_once_more(true).then_some(answer)
    }
}

/// What somebody else's file holds.
pub const THEIRS: &[u8] = b"somebody else's";

/// What OpenSSH tells for an error of the file system.
fn refusal(number: u32, error: &io::Error) -> Vec<u8> {
    let kind = error.kind();
    let (code, words) = if kind == io::ErrorKind::NotFound {
        (NO_SUCH_FILE, "No such file")
    } else if kind == io::ErrorKind::PermissionDenied {
        (DENIED, "Permission denied")
    } else {
        (FAILURE, "Failure")
    };
    wire::status(number, code, words)
}
