//! Whether the right medium is there: a mount of its own, with the mark or label that the partner's file wants.
//!
//! Owns the look into the kernel's list of mounts, and what identifies a medium. The directory is opened anew for each
//! request and closed after it, so that a medium at rest can be ejected. Only looks; never writes.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, StatVfsMountFlags};

use super::marker::{MARKER, MediumMarker};
use super::pulse::Pulse;
use super::root::{MediumRoot, Mount, read_small, told};
use super::settings::{MediumRule, MediumSettings};
use crate::library_words::of_io;
use crate::medium_fault::MediumFault;
use crate::{Phase, Result, TransportError};
use totatsu_base::messages::os_error;
use totatsu_base::say;

/// The mounts that this process sees.
const MOUNTS: &str = "/proc/self/mountinfo";
/// Where udev names volumes by their labels.
const LABELS: &str = "/dev/disk/by-label";
/// Bytes of an escape after its backslash, both of the kernel's and of udev's.
const ESCAPED: usize = 3;
/// A mark is never longer, in bytes.
const MARKER_LIMIT: usize = 4096;

/// How the identity of a medium begins that is known by its label.
const LABEL: &str = "label ";
/// How the identity of a medium begins that is known by its mark.
const ID: &str = "id ";
/// The identity of any medium.
const NOT_ASKED_FOR: &str = "not asked for"; // not for people

/// What tells one medium from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediumIdentity {
    /// The identity as receipts and the ledger have it, in any language: what is compared later must not depend on that.
    pub(super) words: String,
    device: u64,
}

impl MediumIdentity {
    /// The identity as messages tell it.
    pub(super) fn shown(&self) -> String {
        match (self.words.strip_prefix(LABEL), self.words.strip_prefix(ID)) {
            (Some(label), _) => say!("medium-identity-label", label = label),
            (None, Some(id)) => say!("medium-identity-id", id = id),
            (None, None) => say!("medium-identity-not-asked"),
        }
    }
}

/// Opens the medium's directory and finds out which medium it is.
///
/// # Errors
/// No medium is there, or not the right one.
pub(super) fn enter(settings: &MediumSettings, pulse: Pulse) -> Result<(MediumRoot, MediumIdentity)> {
    let root = open(settings, pulse)?;
    let identity = identify(&root, &settings.rule)?;
    Ok((root, identity))
}

/// Whether the medium can be written at all.
///
/// # Errors
/// The medium can't be written.
pub(super) fn check_writable(root: &MediumRoot) -> Result<()> {
    let about = rustix::fs::fstatvfs(&root.fd).map_err(|errno| told(root, ".", Phase::Space, errno))?;
    if about.f_flag.contains(StatVfsMountFlags::RDONLY) {
        return Err(root.fault(MediumFault::ReadOnly));
    }
    Ok(())
}

fn open(settings: &MediumSettings, pulse: Pulse) -> Result<MediumRoot> {
    let shown = || settings.path.display().to_string();
    let fault = |fault| TransportError::Medium { path: shown(), fault };
    let missing = |cause: std::io::Error| fault(MediumFault::Missing { cause: of_io(&cause) });
    let path = fs::canonicalize(&settings.path).map_err(missing)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = rustix::fs::open(&path, flags, Mode::empty()).map_err(|errno| missing(errno.into()))?;
    let device = rustix::fs::fstat(&fd).map_err(|errno| missing(errno.into()))?.st_dev;
    let mounts = fs::read_to_string(MOUNTS).map_err(missing)?;
    // A directory that is only bound to itself, as a service manager does, lies on the disk around it.
    let around = path.parent().and_then(|around| fs::metadata(around).ok());
    let own = around.is_none_or(|around| around.dev() != device);
    let mount = mount_at(&path, &mounts).filter(|_| own);
    if mount.is_none() && !settings.directory_is_enough {
        return Err(fault(MediumFault::NotMounted));
    }
    let root = MediumRoot { fd, path: settings.path.clone(), mount, device, pulse };
    // Whatever was mounted or unmounted since the directory was opened would be written past.
    if !root.is_in_place() {
        let cause = say!("medium-mounted-over");
        return Err(root.fault(MediumFault::Missing { cause }));
    }
    Ok(root)
}

fn identify(root: &MediumRoot, rule: &MediumRule) -> Result<MediumIdentity> {
    let device = root.device;
    match rule {
        MediumRule::Any => Ok(MediumIdentity { words: NOT_ASKED_FOR.to_owned(), device }),
        MediumRule::Labels(labels) => {
            let found = labels_of(device, Path::new(LABELS));
            if let Some(label) = found.iter().find(|label| labels.contains(label)) {
                return Ok(MediumIdentity { words: format!("{LABEL}{label}"), device });
            }
            let found = match found.as_slice() {
                [] => say!("medium-has-no-label"),
                found => say!("medium-has-label", labels = found.join(", ")),
            };
            Err(root.fault(MediumFault::Wrong { found }))
        }
        MediumRule::Marker { partner, ids } => {
            let marker = mark_of(root)?;
            let MediumMarker { id, partner: of } = &marker;
            if of != partner {
                let found = say!("medium-is-another-partners", id = id, partner = of);
                return Err(root.fault(MediumFault::Wrong { found }));
            }
            if !ids.is_empty() && !ids.contains(id) {
                let found = say!("medium-is-unnamed", id = id);
                return Err(root.fault(MediumFault::Wrong { found }));
            }
            Ok(MediumIdentity { words: format!("{ID}{id}"), device })
        }
    }
}

/// What the medium's mark says.
fn mark_of(root: &MediumRoot) -> Result<MediumMarker> {
    let unreadable = |cause| root.fault(MediumFault::MarkUnreadable { cause });
    // What can't be asked about is told by reading it.
    if rustix::fs::statat(&root.fd, MARKER, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|there| !FileType::from_raw_mode(there.st_mode).is_file())
    {
        return Err(unreadable(say!("medium-mark-is-no-file")));
    }
    let text = match read_small(root, MARKER, MARKER_LIMIT) {
        Ok(text) => text,
        Err(TransportError::NoSuchPath { .. }) => return Err(root.fault(MediumFault::Unmarked)),
        Err(TransportError::TooLong { .. }) => return Err(unreadable(say!("medium-mark-is-none"))),
        Err(
            TransportError::Refused { words: cause, .. }
            | TransportError::PartnerFailed { message: cause, .. },
        ) => return Err(unreadable(cause)),
        Err(error) => return Err(error),
    };
    let marker = MediumMarker::read(&String::from_utf8_lossy(&text));
    marker.ok_or_else(|| unreadable(say!("medium-mark-is-none")))
}

/// The last mount on `path`, which hides those below it.
fn mount_at(path: &Path, mounts: &str) -> Option<Mount> {
    let of_line = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let point = decoded(before.split(' ').nth(4)?);
        let mut after = after.split(' ');
        let mount = Mount { file_system: after.next()?.to_owned(), source: decoded(after.next()?) };
        (Path::new(&point) == path).then_some(mount)
    };
    mounts.lines().filter_map(of_line).next_back()
}

/// The labels under which udev lists the device.
fn labels_of(device: u64, directory: &Path) -> Vec<String> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(error = os_error(&error), "{}", say!("medium-labels-unlisted"));
            }
            return Vec::new();
        }
    };
    let of_device =
        |entry: &fs::DirEntry| fs::metadata(entry.path()).is_ok_and(|there| there.rdev() == device);
    entries
        .filter_map(Result::ok)
        .filter(of_device)
        .map(|entry| decoded(&entry.file_name().to_string_lossy()))
        .collect()
}

/// A text in which the kernel wrote odd bytes as `\040`, or udev as `\x20`.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let (radix, digits) = match tail {
            [b'x', a, b, ..] if *first == b'\\' => (16, [*a, *b].to_vec()),
            [a, b, c, ..] if *first == b'\\' => (8, [*a, *b, *c].to_vec()),
            _ => (0, Vec::new()),
        };
        let digits_text = String::from_utf8_lossy(&digits);
        match (radix > 0).then(|| u8::from_str_radix(&digits_text, radix)) {
            Some(Ok(byte)) => {
                bytes.push(byte);
                rest = &tail[ESCAPED..];
            }
            Some(Err(_)) | None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 254:0 / / rw - ext4 /dev/vda rw\n\
                          30 22 8:17 / /media/mpn\\040a rw,nosuid - vfat /dev/sdb1 rw\n\
                          31 30 8:33 / /media/mpn\\040a rw - exfat /dev/sdc1 rw\n";

    #[test]
    fn only_a_mount_on_the_very_directory_counts_and_the_last_one_is_seen() {
        let mount = mount_at(Path::new("/media/mpn a"), MOUNTS).unwrap();
        assert_eq!((mount.file_system.as_str(), mount.source.as_str()), ("exfat", "/dev/sdc1"));
        assert_eq!(mount_at(Path::new("/media"), MOUNTS), None);
        assert_eq!(mount_at(Path::new("/media/mpn a/in"), MOUNTS), None);
    }

    #[test]
    fn escapes_of_the_kernel_and_of_udev_are_read() {
        assert_eq!(decoded("a\\040b"), "a b");
        assert_eq!(decoded("MPN\\x20\\xe5\\xb8\\x82"), "MPN 市");
        assert_eq!(decoded("plain\\"), "plain\\");
    }

    #[test]
    fn labels_are_those_of_the_device() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/null", home.path().join("MPN\\x2001")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", home.path().join("OTHER")).unwrap();
        let null = fs::metadata("/dev/null").unwrap().rdev();
        assert_eq!(labels_of(null, home.path()), ["MPN 01"]);
        assert!(labels_of(null, Path::new("/no/such")).is_empty());
    }
}
