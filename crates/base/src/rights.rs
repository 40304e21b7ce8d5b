//! Which right is missing where the system denies something on our own disk.
//!
//! Owns the words for it: who lacks which right on which path, and whose that is; and in whose place root acts. Only looks. Where the system said anything
//! else, its own words stay as they are.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};
use rustix::fs::Access;

use crate::messages::os_error;

/// What was wanted of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To read a file's bytes, or to list a directory.
    Read,
    /// To change what stands at the path.
    Write,
    /// To make, rename or remove the path: a matter of the directory that it stands in.
    Name,
}

/// The owner of a directory, where root acts: what root does there is done for that user. Nothing where somebody else acts.
pub fn owner_where_root_acts(directory: &Path) -> Option<u32> {
    let about = rustix::process::geteuid().is_root().then(|| fs::metadata(directory).ok()).flatten()?;
    Some(about.uid())
}

/// What an error says of a file that could not be read.
pub fn unreadable(path: &Path, error: &io::Error) -> String {
    lacking(path, &[Right::Read], error)
}

/// What an error says of a path that could not be written.
pub fn unwritable(path: &Path, error: &io::Error) -> String {
    lacking(path, &[Right::Write], error)
}

/// What an error says; where the system denied something, also who lacks which right on what: the first of those that were
/// wanted.
pub fn lacking(path: &Path, wanted: &[Right], error: &io::Error) -> String {
    let denied = error.raw_os_error().is_some() && error.kind() == io::ErrorKind::PermissionDenied;
    let words = os_error(error);
    let missing = || wanted.iter().find_map(|right| missing(path, *right));
    let Some((place, missing)) = denied.then(missing).flatten() else { return words };
    let Ok(metadata) = fs::metadata(&place) else { return words };
    let id = match missing {
        Missing::Pass => "disk-right-to-pass",
        Missing::Right(Right::Read) => "disk-right-to-read",
        Missing::Right(Right::Write | Right::Name) => "disk-right-to-write",
    };
    let given = [
        ("error", words),
        ("user", user(rustix::process::geteuid().as_raw())),
        ("path", place.display().to_string()),
        ("owner", user(metadata.uid())),
        ("mode", mode(&metadata)),
    ];
    crate::messages::text(id, &given)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// A directory on the way lets us not through.
    Pass,
    Right(Right),
}

/// What stands in the way, and the right that is missing there; nothing where none is by now.
fn missing(path: &Path, right: Right) -> Option<(PathBuf, Missing)> {
    let mut ways: Vec<&Path> = path.ancestors().skip(1).filter(|way| !way.as_os_str().is_empty()).collect();
    ways.reverse();
    if let Some(closed) = ways.iter().find(|way| way.is_dir() && !may(way, Access::EXEC_OK)) {
        return Some(((*closed).to_owned(), Missing::Pass));
    }
    let wanted = match right {
        Right::Read => Access::READ_OK,
        Right::Write | Right::Name => Access::WRITE_OK,
    };
    // What isn't there yet is to be made.
    let place = if right == Right::Name || !path.exists() { ways.last()? } else { path };
    (!may(place, wanted)).then(|| (place.to_owned(), Missing::Right(right)))
}

fn may(path: &Path, wanted: Access) -> bool {
    rustix::fs::access(path, wanted).is_ok()
}

fn mode(metadata: &Metadata) -> String {
    format!("{:04o}", metadata.permissions().mode() & 0o7777)
}

/// The user's name and number, as far as it has a name here.
fn user(number: u32) -> String {
    match User::from_uid(Uid::from_raw(number)).ok().flatten() {
        Some(user) => say!("disk-user", name = user.name, number = number),
        None => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::said;
    use std::fs::Permissions;

    #[test]
    fn what_the_system_denies_for_no_lack_of_a_right_keeps_its_own_words() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(unreadable(Path::new("/nowhere"), &error), error.to_string());
        let own = io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to user 7");
        assert_eq!(unreadable(Path::new("/nowhere"), &own), "it belongs to user 7");
    }

    /// Runs this very test again, by root as a user without rights, which root has in any case.
    #[test]
    fn who_lacks_which_right_on_which_path_is_told() {
        use std::os::unix::process::CommandExt as _;
        const FOLDER: &str = "TOTATSU_TEST_RIGHTS";
        if let Some(folder) = std::env::var_os(FOLDER) {
            let told = |path: &str, right| {
                let path = Path::new(&folder).join(path);
                lacking(&path, &[right], &io::Error::from_raw_os_error(13))
            };
            println!("1 {}", told("key", Right::Read));
            println!("2 {}", told("closed/key", Right::Read));
            println!("3 {}", told("new", Right::Write));
            println!("4 {}", told("open", Right::Read));
            let (open, denied) = (Path::new(&folder).join("open"), io::Error::from_raw_os_error(13));
            println!("5 {}", said("disk-packing", &open, &denied));
            return;
        }
        let we = rustix::process::geteuid();
        // What a stranger lacks, and what an owner does.
        let (who, key, closed, whole) = match we.is_root() {
            true => ("61002".to_owned(), 0o600, 0o700, 0o755),
            false => (user(we.as_raw()), 0o200, 0o600, 0o555),
        };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        fs::create_dir(at("closed")).unwrap();
        for (name, bits) in [("key", key), ("open", 0o644), ("closed/key", 0o644)] {
            fs::write(at(name), "x").unwrap();
            mode(&at(name), bits);
        }
        fs::copy(std::env::current_exe().unwrap(), at("test")).unwrap();
        mode(&at("test"), 0o755);
        mode(&at("closed"), closed);
        mode(folder.path(), whole);
        let name = "rights::tests::who_lacks_which_right_on_which_path_is_told";
        let mut again = std::process::Command::new(at("test"));
        again.args(["--exact", name, "--nocapture"]).env(FOLDER, folder.path());
        if we.is_root() {
            again.uid(61_002).gid(61_002);
        }
        let output = String::from_utf8(again.output().unwrap().stdout).unwrap();
        mode(folder.path(), 0o755);
        mode(&at("closed"), 0o755);
        let (denied, owner) = ("Permission denied (os error 13)", user(we.as_raw()));
        let lacks = |what: &str, path: &Path, mode: u32| {
            format!(
                "{denied}: user {who} has no right to {what} {} (owner {owner}, mode {mode:04o})",
                path.display()
            )
        };
        for told in [
            format!("1 {}", lacks("read", &at("key"), key)),
            format!("2 {}", lacks("pass through", &at("closed"), closed)),
            format!("3 {}", lacks("write", folder.path(), whole)),
            format!("4 {denied}\n"),
            format!("5 packing {}: {}", at("open").display(), lacks("write", folder.path(), whole)),
        ] {
            assert!(output.contains(&told), "{told}\n{output}");
        }
    }
}
