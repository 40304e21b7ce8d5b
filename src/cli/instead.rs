//! Commands for which the gateway reads its files in the caller's stead, who has no rights to them.
//!
//! Owns the writing of the files that come back. They are written with the caller's own rights, and an export or a bundle replaces no
//! file. Whoever may read the ledger reads it directly, without the gateway.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use super::deliveries::answer_of;
use super::exit::{Exit, failed};
use super::options::Common;
use super::output::{block_on, print, unexpected_answer};
use crate::control::{self, Answer, Errand, ErrandDone, Question};
use totatsu_base::messages::tongue;
use totatsu_base::{SpoolError, durable, say};

/// Where an errand's files go.
pub(super) enum Wherever {
    /// The errand makes no file; what it prints goes into this file, if one is named.
    Printed(Option<PathBuf>),
    /// One file, which may replace an earlier one.
    InPlaceOf(PathBuf),
    /// One new file, under this name, or else under the name that the errand gives it.
    File(Option<PathBuf>),
    /// The files of an export, into this directory, which is empty or doesn't exist yet.
    Directory(PathBuf),
}

impl Common {
    /// The socket to ask at, where the gateway has to read its files in this user's stead; `None` where the user can read them.
    pub(super) fn in_whose_stead(&self) -> Result<Option<PathBuf>, Exit> {
        let Some(settings) = self.settings()? else { return Ok(Some(self.socket_to_ask())) };
        let rights = rustix::fs::Access::READ_OK | rustix::fs::Access::EXEC_OK;
        let closed = rustix::fs::access(&settings.ledger, rights) == Err(rustix::io::Errno::ACCESS);
        Ok(closed.then_some(settings.socket))
    }
}

/// Has the gateway run an errand, where this user may not read its files; `None` where the user may.
pub(super) fn of(
    common: &Common,
    errand: impl FnOnce() -> Errand,
    to: Wherever,
) -> Result<Option<Exit>, Exit> {
    let Some(socket) = common.in_whose_stead()? else { return Ok(None) };
    run(common, &socket, errand(), to).map(Some)
}

fn run(common: &Common, socket: &Path, errand: Errand, to: Wherever) -> Result<Exit, Exit> {
    if let Wherever::Directory(directory) = &to {
        check_empty(directory)?;
    }
    let question = Question::Errand { errand, json: common.json, tongue: tongue() };
    let mut receiving = Receiving { to: &to, written: None };
    let sent = block_on(control::send_on_errand(socket, &question, |name| receiving.open(name)))?;
    let Answer::ErrandDone(done) = answer_of(sent)? else { return Err(unexpected_answer()) };
    let written = receiving.written;
    Ok(tell(*done, &to, written.as_deref()))
}

/// Prints what the errand printed, with the caller's paths in place of the gateway's.
fn tell(done: ErrandDone, to: &Wherever, written: Option<&Path>) -> Exit {
    let own = |text: &str| match (to, written, done.files.first()) {
        (Wherever::Directory(directory), ..) => {
            text.replace(&*done.place.join(control::EXPORT).to_string_lossy(), &directory.to_string_lossy())
        }
        (Wherever::File(_), Some(written), Some(file)) => text
            .replace(&*done.place.join(&file.name).to_string_lossy(), &written.to_string_lossy())
            .replace(&file.name, &written.to_string_lossy()),
        _ => text.to_owned(),
    };
    eprint!("{}", own(&done.err));
    let exit = match done.code {
        0 => Exit::Done,
        1 => Exit::Failed,
        2 => Exit::BadConfiguration,
        3 => Exit::Untrusted,
        // It broke off, and standard error says how.
        _ => Exit::Failed,
    };
    let out = own(&done.out);
    match to {
        Wherever::Printed(Some(path)) if exit == Exit::Done => fs::write(path, out)
            .map(|()| exit)
            .unwrap_or_else(|error| failed(SpoolError::at("disk-writing", path)(error))),
        Wherever::Printed(_) | Wherever::InPlaceOf(_) | Wherever::File(_) | Wherever::Directory(_) => {
            print(&out, exit)
        }
    }
}

/// Writes the files that the gateway sends.
struct Receiving<'a> {
    to: &'a Wherever,
    written: Option<PathBuf>,
}

impl Receiving<'_> {
    /// Opens the file into which the gateway's file of this name goes.
    fn open(&mut self, name: &str) -> std::io::Result<Box<dyn Write>> {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(part) if !part.as_encoded_bytes().starts_with(b"."));
        if !Path::new(name).components().all(plain) {
            return Err(std::io::Error::other(say!("cli-errand-odd-name", name = format!("{name:?}"))));
        }
        let path = match self.to {
            Wherever::Printed(_) => {
                return Err(std::io::Error::other(say!("cli-errand-odd-name", name = name)));
            }
            Wherever::InPlaceOf(path) => {
                return Ok(Box::new(Replacing { path: path.clone(), bytes: Vec::new() }));
            }
            Wherever::File(Some(path)) => path.clone(),
            Wherever::File(None) => PathBuf::from(name),
            Wherever::Directory(directory) => {
                directory.join(Path::new(name).strip_prefix(control::EXPORT).unwrap_or(Path::new(name)))
            }
        };
        if let (Wherever::Directory(_), Some(above)) = (self.to, path.parent()) {
            fs::create_dir_all(above)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        self.written = Some(path);
        Ok(Box::new(Synced(file)))
    }
}

/// A file that is on the disk once it is flushed.
struct Synced(fs::File);

impl Write for Synced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.sync_all()
    }
}

/// A file that takes the place of an earlier one once it is flushed.
struct Replacing {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Write for Replacing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        durable::write_durably(&self.path, 0o600, &self.bytes).map_err(|error| error.error)
    }
}

/// Refuses a directory that holds something: an export mixes with nothing else. A missing one is made with the first file.
fn check_empty(directory: &Path) -> Result<(), Exit> {
    let there = durable::if_there(fs::read_dir(directory));
    let there = there.map_err(SpoolError::at("disk-listing", directory)).map_err(failed)?;
    match there.and_then(|mut entries| entries.next()) {
        None => Ok(()),
        Some(_) => Err(failed(say!("audit-not-empty", path = directory.display()))),
    }
}
