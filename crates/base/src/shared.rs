//! Directories that others may write to as well: an outbox, an inbox.
//!
//! Owns every call in them. Promises that a directory is opened once for a piece of work, without following a symbolic link
//! in its last component, that its owner is who may own it, and that everything is done by its descriptor: whoever swaps it
//! for something else meanwhile changes nothing. Names in it are followed nowhere. Fails with the path in hand; never opens,
//! replaces or removes what it was not asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::durable::{SpoolError, copy_durably, if_there, make_dir, parent_of, sync_dir, told_apart};
use crate::evidence::FileIdentity;

/// A directory, and never a symbolic link to one.
const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// The name itself, whatever it stands for.
const LOOK: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// A file's content; a FIFO is not waited for.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
/// A file that isn't there yet.
const NEW: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Where a shared directory is, and whom it may belong to besides root and ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPlace {
    /// The directory's path.
    pub path: PathBuf,
    /// The user id, where the configuration names one.
    pub owner: Option<u32>,
}

impl From<&Path> for SharedPlace {
    fn from(path: &Path) -> SharedPlace {
        SharedPlace { path: path.to_owned(), owner: None }
    }
}

impl From<&PathBuf> for SharedPlace {
    fn from(path: &PathBuf) -> SharedPlace {
        SharedPlace::from(path.as_path())
    }
}

/// A shared directory, open.
#[derive(Debug)]
pub struct SharedDirectory {
    path: PathBuf,
    descriptor: OwnedFd,
}

impl SharedDirectory {
    /// Opens the directory.
    ///
    /// # Errors
    /// The directory isn't there, is no directory itself, belongs to a stranger, or everybody may rename what is in it.
    pub fn open(place: &SharedPlace) -> Result<SharedDirectory, SpoolError> {
        let path = &place.path;
        let open = || -> io::Result<OwnedFd> {
            let descriptor =
                rustix::fs::open(path, DIRECTORY, Mode::empty()).map_err(|errno| told_apart(errno.into()))?;
            let metadata = File::from(descriptor.try_clone()?).metadata()?;
            match fault_of(metadata.uid(), metadata.mode(), ourselves(), place.owner) {
                Some(fault) => Err(io::Error::new(io::ErrorKind::PermissionDenied, fault)),
                None => Ok(descriptor),
            }
        };
        let descriptor = open().map_err(SpoolError::at("disk-opening-directory", path))?;
        Ok(SharedDirectory { path: path.clone(), descriptor })
    }

    /// Opens it; nothing where it isn't there.
    ///
    /// # Errors
    /// As [`SharedDirectory::open`].
    pub fn open_if_there(place: &SharedPlace) -> Result<Option<SharedDirectory>, SpoolError> {
        match SharedDirectory::open(place) {
            Err(error) if error.error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Opens it, or makes it first, open to its group.
    ///
    /// # Errors
    /// As [`SharedDirectory::open`]; or it can't be made.
    pub fn make(place: &SharedPlace) -> Result<SharedDirectory, SpoolError> {
        SharedDirectory::make_all(std::slice::from_ref(place)).remove(0)?;
        SharedDirectory::open(place)
    }

    /// Makes those that aren't there, each as [`SharedDirectory::make`] does, and syncs them together: thousands cost about as much
    /// as one. The answers are in the order of the places.
    pub fn make_all(places: &[SharedPlace]) -> Vec<Result<(), SpoolError>> {
        let (mut parents, mut wanted) = (BTreeMap::new(), BTreeSet::new());
        let mut prepare = |place| match SharedDirectory::open_if_there(place)? {
            None if wanted.insert(&place.path) => Unnamed::prepare(&place.path, &mut parents).map(Some),
            None | Some(_) => Ok(None),
        };
        let prepared: Vec<Result<Option<Unnamed>, SpoolError>> = places.iter().map(&mut prepare).collect();
        // What they are reaches the disk before they bear their names, and the names do before anybody is told.
        let safe = sync_systems(&parents);
        let name = |prepared: Result<Option<Unnamed>, SpoolError>| match prepared? {
            Some(new) => safe.as_ref().map_err(SpoolError::again).and_then(|()| new.name()),
            None => Ok(()),
        };
        let named: Vec<_> = prepared.into_iter().map(name).collect();
        let mut synced = parents
            .iter()
            .map(|(path, parent)| parent.sync_all().map_err(SpoolError::at("disk-syncing-directory", path)));
        let safe = synced.try_for_each(|synced| synced);
        named
            .into_iter()
            .map(|named| named.and_then(|()| safe.as_ref().map_err(SpoolError::again).copied()))
            .collect()
    }

    /// The directory's path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every name in the directory.
    ///
    /// # Errors
    /// The directory can't be listed.
    pub fn names(&self) -> Result<Vec<OsString>, SpoolError> {
        let list = || -> io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in Dir::read_from(&self.descriptor)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name != "." && name != ".." {
                    names.push(name.to_owned());
                }
            }
            Ok(names)
        };
        list().map_err(SpoolError::at("disk-listing", &self.path))
    }

    /// What a name stands for.
    ///
    /// # Errors
    /// The name stands for nothing, or we may not look.
    pub fn look(&self, name: impl AsRef<OsStr>) -> io::Result<fs::Metadata> {
        let name = single(name.as_ref())?;
        File::from(rustix::fs::openat(&self.descriptor, name, LOOK, Mode::empty())?).metadata()
    }

    /// Whether a name stands for anything.
    ///
    /// # Errors
    /// We may not look.
    pub fn has(&self, name: impl AsRef<OsStr>) -> Result<bool, SpoolError> {
        let found = if_there(self.look(name.as_ref())).map_err(self.at("disk-looking-at", name))?;
        Ok(found.is_some())
    }

    /// Opens a file that may have been replaced by something else: a link or a FIFO is refused, not followed.
    ///
    /// # Errors
    /// The file can't be opened, or is no regular file.
    pub fn open_regular(&self, name: impl AsRef<OsStr>) -> Result<File, SpoolError> {
        let open = || -> io::Result<File> {
            let name = single(name.as_ref())?;
            let file = File::from(rustix::fs::openat(&self.descriptor, name, READ, Mode::empty())?);
            if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
        };
        open().map_err(self.at("disk-opening", &name))
    }

    /// Makes a file anew, whatever our own mask says. What has its name, left by an interruption or planted, is removed, and
    /// never opened or followed.
    ///
    /// # Errors
    /// The file can't be removed or made.
    pub fn create_anew(&self, name: impl AsRef<OsStr>, mode: u32) -> io::Result<File> {
        let name = single(name.as_ref())?;
        match rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mode = Mode::from_raw_mode(mode);
        let file = rustix::fs::openat(&self.descriptor, name, NEW, mode)?;
        rustix::fs::fchmod(&file, mode)?;
        Ok(File::from(file))
    }

    /// Gives the file of a name the second name `new`, in a directory of our own, or copies it where a second name can't be
    /// had (another file system, or a file of another owner that the kernel won't let us link). Says the identity that it had.
    ///
    /// # Errors
    /// The file can't be opened, linked, copied or synced; or it is a second name of a file of our own.
    pub fn link_or_copy(&self, name: impl AsRef<OsStr>, new: &Path) -> Result<FileIdentity, SpoolError> {
        let name = name.as_ref();
        let source = self.open_regular(name)?;
        let metadata = source.metadata().map_err(self.at("disk-reading", name))?;
        let busy = |what: String| io::Error::new(io::ErrorKind::ResourceBusy, what);
        if is_second_name_of_ours(&metadata) {
            return Err(self.at("disk-linking", name)(busy(say!("disk-another-name"))));
        }
        match rustix::fs::linkat(&self.descriptor, name, CWD, new, AtFlags::empty()) {
            Ok(()) => {
                let linked = fs::symlink_metadata(new).map_err(SpoolError::at("disk-reading", new))?;
                if (linked.dev(), linked.ino()) != (metadata.dev(), metadata.ino()) {
                    fs::remove_file(new).map_err(SpoolError::at("disk-removing", new))?;
                    return Err(self.at("disk-linking", name)(busy(say!("disk-replaced"))));
                }
                source.sync_all().map_err(self.at("disk-syncing", name))?;
            }
            Err(_) => copy_durably(source, new).map_err(SpoolError::at("disk-copying-to", new))?,
        }
        // Durable from here: the bytes were synced, and now their new name is.
        sync_dir(parent_of(new))?;
        Ok(FileIdentity::of(&metadata))
    }

    /// Gives a file another name only if that name is free.
    ///
    /// # Errors
    /// The name is taken, or the directory doesn't let us.
    pub fn rename_to_free_name(
        &self,
        from: impl AsRef<OsStr>,
        to: impl AsRef<OsStr>,
    ) -> Result<(), SpoolError> {
        let rename = || -> io::Result<()> {
            let (from, to) = (single(from.as_ref())?, single(to.as_ref())?);
            let here = self.descriptor.as_fd();
            Ok(rustix::fs::renameat_with(here, from, here, to, RenameFlags::NOREPLACE)?)
        };
        rename().map_err(self.at("disk-naming", &to))?;
        self.sync()
    }

    /// Gives a file another name, in place of what bears that name.
    ///
    /// # Errors
    /// The directory doesn't let us.
    pub fn rename_over(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> Result<(), SpoolError> {
        let rename = || -> io::Result<()> {
            let (from, to) = (single(from.as_ref())?, single(to.as_ref())?);
            Ok(rustix::fs::renameat(&self.descriptor, from, &self.descriptor, to)?)
        };
        rename().map_err(self.at("disk-naming", &to))?;
        self.sync()
    }

    /// Removes a name, if it is there.
    ///
    /// # Errors
    /// The directory doesn't let us.
    pub fn remove(&self, name: impl AsRef<OsStr>) -> Result<(), SpoolError> {
        let remove = || {
            single(name.as_ref()).map(|name| rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty()))
        };
        match remove().map_err(self.at("disk-removing", &name))? {
            // An earlier removal may have been cut off before its sync.
            Ok(()) | Err(Errno::NOENT) => self.sync(),
            Err(errno) => Err(self.at("disk-removing", &name)(errno.into())),
        }
    }

    /// Removes a name only if it still stands for the file with this identity; a file that somebody has put there in the
    /// meantime stays. May be called again after an interruption, with the same `aside`.
    ///
    /// # Errors
    /// The directory doesn't let us rename or remove.
    pub fn remove_exactly(&self, name: &str, identity: &FileIdentity, aside: &str) -> Result<(), SpoolError> {
        self.settle_aside(name, identity, aside)?;
        // Moving it aside first closes the window between looking and removing: what was moved is what is looked at.
        let (here, from) =
            (self.descriptor.as_fd(), single(name.as_ref()).map_err(self.at("disk-removing", name))?);
        match rustix::fs::renameat_with(here, from, here, aside, RenameFlags::NOREPLACE) {
            Ok(()) => self.settle_aside(name, identity, aside),
            Err(Errno::NOENT) => self.sync(),
            Err(errno) => Err(self.at("disk-removing", name)(errno.into())),
        }
    }

    /// Syncs the directory, so that the names in it survive a power cut.
    ///
    /// # Errors
    /// The directory can't be synced.
    pub fn sync(&self) -> Result<(), SpoolError> {
        let synced = rustix::fs::fsync(&self.descriptor).map_err(io::Error::from);
        synced.map_err(SpoolError::at("disk-syncing-directory", &self.path))
    }

    /// Names what was being done to which name, for `map_err`.
    pub fn at<N: AsRef<OsStr>>(
        &self,
        doing: &'static str,
        name: N,
    ) -> impl FnOnce(io::Error) -> SpoolError + use<N> {
        let path = self.path.join(name.as_ref());
        move |error| SpoolError { doing, path, error }
    }

    /// Removes what was moved aside if it is the file meant, and gives it its name back if it is another.
    fn settle_aside(&self, name: &str, identity: &FileIdentity, aside: &str) -> Result<(), SpoolError> {
        let moved = if_there(self.look(aside)).map_err(self.at("disk-reading", aside))?;
        let Some(moved) = moved else { return Ok(()) };
        // Another file, or the same one written anew since: either way it is a file that nobody has taken over yet.
        if FileIdentity::of(&moved) != *identity {
            return self.rename_to_free_name(aside, name);
        }
        self.remove(aside)
    }
}

/// Whether a file of ours has a second name: the name in question may be from somebody who can't even read the file.
pub fn is_second_name_of_ours(metadata: &fs::Metadata) -> bool {
    metadata.nlink() > 1 && metadata.uid() == ourselves()
}

fn ourselves() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Why what lies in a directory with this owner and mode is not to be trusted, if so.
fn fault_of(owner: u32, mode: u32, we: u32, named: Option<u32>) -> Option<String> {
    if ![0, we].contains(&owner) && named != Some(owner) {
        return Some(match named {
            Some(named) => say!("disk-stranger-named", owner = owner, we = we, named = named),
            None => say!("disk-stranger", owner = owner, we = we),
        });
    }
    let open = mode & 0o002 != 0 && mode & 0o1000 == 0;
    open.then(|| say!("disk-everybody"))
}

/// A directory that its group may write to, before it has its name: a crash in between leaves nothing that looks like an outbox.
struct Unnamed {
    path: PathBuf,
    above: Rc<File>,
    hidden: OsString,
}

impl Unnamed {
    /// `parents` are the directories above that are open already.
    fn prepare(path: &Path, parents: &mut BTreeMap<PathBuf, Rc<File>>) -> Result<Unnamed, SpoolError> {
        let parent = parent_of(path);
        if !parents.contains_key(parent) {
            make_dir(parent)?;
            let opened = File::open(parent).map_err(SpoolError::at("disk-opening-directory", parent))?;
            parents.insert(parent.to_owned(), Rc::new(opened));
        }
        let above = parents[parent].clone();
        let prepare = || -> io::Result<Unnamed> {
            let mut hidden = OsString::from(".");
            hidden.push(single(path.file_name().unwrap_or_default())?);
            hidden.push(".new");
            match rustix::fs::mkdirat(&above, &hidden, Mode::RWXU) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno.into()),
            }
            let opened = rustix::fs::openat(&above, &hidden, DIRECTORY, Mode::empty());
            let made = File::from(opened.map_err(|errno| told_apart(errno.into()))?);
            if made.metadata()?.uid() != ourselves() {
                let odd = say!("disk-somebody-elses", name = hidden.display());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, odd));
            }
            rustix::fs::fchmod(&made, Mode::from_raw_mode(0o2770))?;
            Ok(Unnamed { path: path.to_owned(), above, hidden })
        };
        prepare().map_err(SpoolError::at("disk-making-directory", path))
    }

    fn name(self) -> Result<(), SpoolError> {
        let name = self.path.file_name().unwrap_or_default();
        match rustix::fs::renameat_with(&self.above, &self.hidden, &self.above, name, RenameFlags::NOREPLACE)
        {
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(errno) => Err(SpoolError::at("disk-making-directory", &self.path)(errno.into())),
        }
    }
}

/// Syncs the file systems of these directories, each once.
fn sync_systems(directories: &BTreeMap<PathBuf, Rc<File>>) -> Result<(), SpoolError> {
    let mut synced = BTreeSet::new();
    for (path, directory) in directories {
        let mut sync = || -> io::Result<()> {
            if synced.insert(directory.metadata()?.dev()) {
                rustix::fs::syncfs(directory)?;
            }
            Ok(())
        };
        sync().map_err(SpoolError::at("disk-syncing-directory", path))?;
    }
    Ok(())
}

/// A name in this directory, and not a way out of it.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let plain = !name.is_empty() && name != "." && name != ".." && !name.as_bytes().contains(&b'/');
    if plain { Ok(name) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn opened(path: &Path) -> SharedDirectory {
        SharedDirectory::open(&path.into()).unwrap()
    }

    #[test]
    fn a_symbolic_link_in_the_place_of_a_directory_is_not_followed_and_one_that_is_swapped_in_later_changes_nothing()
     {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        fs::create_dir(&real).unwrap();
        fs::write(real.join("a"), "x").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for make in [SharedDirectory::open, SharedDirectory::make] {
            let refused = make(&link.as_path().into()).unwrap_err();
            assert!(refused.to_string().contains("not followed"), "{refused}");
        }
        let directory = opened(&real);
        let (kept, other) = (home.path().join("kept"), home.path().join("other"));
        fs::create_dir(&other).unwrap();
        fs::write(other.join("a"), "theirs").unwrap();
        fs::rename(&real, home.path().join("moved")).unwrap();
        std::os::unix::fs::symlink(&other, &real).unwrap();
        directory.link_or_copy("a", &kept).unwrap();
        directory.remove("a").unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), "x");
        assert_eq!(fs::read_to_string(other.join("a")).unwrap(), "theirs");
    }

    #[test]
    fn a_directory_of_a_stranger_or_one_that_everybody_may_rename_in_is_refused() {
        let (we, they) = (61_001, 61_002);
        assert!(fault_of(we, 0o777, we, None).unwrap().contains("sticky"));
        for (owner, mode) in [(we, 0o1777), (we, 0o2770), (0, 0o755)] {
            assert_eq!(fault_of(owner, mode, we, None), None);
        }
        assert!(fault_of(they, 0o700, we, None).unwrap().contains("belongs to user 61002"));
        assert!(fault_of(they, 0o700, we, Some(61_003)).is_some());
        assert!(fault_of(they, 0o700, 0, None).is_some());
        assert_eq!(fault_of(they, 0o2770, we, Some(they)), None);
    }

    #[test]
    fn no_name_leads_out_of_the_directory() {
        let home = tempfile::tempdir().unwrap();
        let inside = home.path().join("inside");
        fs::create_dir(&inside).unwrap();
        fs::write(home.path().join("a"), "x").unwrap();
        let directory = opened(&inside);
        for name in ["../a", "..", ".", "", home.path().join("a").to_str().unwrap()] {
            assert!(directory.open_regular(name).is_err(), "{name}");
            assert!(directory.remove(name).is_err(), "{name}");
            assert!(directory.create_anew(name, 0o600).is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "x");
    }

    #[test]
    fn a_second_name_of_a_file_of_ours_is_not_taken_over() {
        let home = tempfile::tempdir().unwrap();
        let (secret, inside) = (home.path().join("secret"), home.path().join("inside"));
        fs::create_dir(&inside).unwrap();
        fs::write(&secret, "ours").unwrap();
        fs::hard_link(&secret, inside.join("a")).unwrap();
        let refused = opened(&inside).link_or_copy("a", &home.path().join("kept")).unwrap_err();
        assert_eq!(refused.error.kind(), io::ErrorKind::ResourceBusy, "{refused}");
        assert!(!home.path().join("kept").exists());
    }

    #[test]
    fn a_file_that_was_replaced_or_written_anew_after_it_was_taken_over_is_not_removed() {
        let home = tempfile::tempdir().unwrap();
        let outbox = home.path().join("outbox");
        fs::create_dir(&outbox).unwrap();
        let directory = opened(&outbox);
        for anew in [true, false] {
            fs::write(outbox.join("a.csv"), "first").unwrap();
            let identity =
                directory.link_or_copy("a.csv", &home.path().join(format!("kept-{anew}"))).unwrap();
            if anew {
                fs::remove_file(outbox.join("a.csv")).unwrap();
            }
            fs::write(outbox.join("a.csv"), "another").unwrap();
            directory.remove_exactly("a.csv", &identity, ".aside").unwrap();
            assert_eq!(fs::read_to_string(outbox.join("a.csv")).unwrap(), "another");
            assert!(!outbox.join(".aside").exists());
            fs::remove_file(outbox.join("a.csv")).unwrap();
        }
    }

    #[test]
    fn removal_that_was_interrupted_after_moving_aside_is_finished_by_calling_it_again() {
        let home = tempfile::tempdir().unwrap();
        let outbox = home.path().join("outbox");
        fs::create_dir(&outbox).unwrap();
        fs::write(outbox.join("a.csv"), "first").unwrap();
        let directory = opened(&outbox);
        let mut identity = directory.link_or_copy("a.csv", &home.path().join("kept")).unwrap();
        // After a start of the machine its device may have another number.
        identity.device += 1;
        fs::rename(outbox.join("a.csv"), outbox.join(".aside")).unwrap();
        directory.remove_exactly("a.csv", &identity, ".aside").unwrap();
        assert_eq!(fs::read_dir(&outbox).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(home.path().join("kept")).unwrap(), "first");
    }

    #[test]
    fn a_symbolic_link_or_a_fifo_is_not_opened_and_a_file_that_is_made_is_not_written_through_one() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("t"), "x").unwrap();
        std::os::unix::fs::symlink(at("t"), at("l")).unwrap();
        rustix::fs::mkfifoat(CWD, at("f"), Mode::RUSR).unwrap();
        let directory = opened(home.path());
        assert!(directory.open_regular("l").is_err());
        assert!(directory.open_regular("f").is_err());
        assert!(directory.open_regular("t").is_ok());
        directory.create_anew("l", 0o640).unwrap();
        assert_eq!(fs::read_to_string(at("t")).unwrap(), "x");
        assert_eq!(fs::metadata(at("l")).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_directory_that_is_made_is_open_to_its_group_and_what_was_planted_where_it_is_made_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let place = SharedPlace::from(&home.path().join("a/b"));
        SharedDirectory::make(&place).unwrap();
        assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o7777, 0o2770);
        let (planted, place) = (home.path().join("a/.c.new"), SharedPlace::from(&home.path().join("a/c")));
        std::os::unix::fs::symlink(home.path(), &planted).unwrap();
        assert!(SharedDirectory::make(&place).is_err());
        fs::remove_file(&planted).unwrap();
        // What an interrupted start left is used.
        fs::create_dir(&planted).unwrap();
        SharedDirectory::make(&place).unwrap();
    }

    #[test]
    fn of_many_that_are_made_together_each_has_its_own_answer() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| SharedPlace::from(&home.path().join(name));
        fs::create_dir(home.path().join("a")).unwrap();
        fs::write(home.path().join("a/file"), "x").unwrap();
        let made = SharedDirectory::make_all(&[at("a/new"), at("a/file"), at("b/new"), at("a"), at("a/new")]);
        let made: Vec<bool> = made.iter().map(Result::is_ok).collect();
        assert_eq!(made, [true, false, true, true, true]);
        for name in ["a/new", "b/new"] {
            assert_eq!(fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o7777, 0o2770);
        }
        assert_eq!(fs::read_dir(home.path().join("a")).unwrap().count(), 2, "nothing half made is left");
    }
}
