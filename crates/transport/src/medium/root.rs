//! The medium's directory, open for one request, and how everything below it is reached.
//!
//! Promises that every path is resolved beneath the directory and through no symbolic link, so that nothing on a foreign
//! medium leads elsewhere, and that a call that failed because the medium went away is told as that.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::pulse::Pulse;
use crate::medium_fault::MediumFault;
use crate::{Phase, Result, TransportError};
use totatsu_base::messages::os_error;
use totatsu_base::rights::{Right, lacking};
use totatsu_base::say;

/// A mount, as the kernel lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    pub(super) file_system: String,
    pub(super) source: String,
}

/// The medium's directory, open for one request.
#[derive(Debug)]
pub(super) struct MediumRoot {
    pub(super) fd: OwnedFd,
    pub(super) path: PathBuf,
    pub(super) mount: Option<Mount>,
    pub(super) device: u64,
    pub(super) pulse: Pulse,
}

impl MediumRoot {
    /// Something is wrong with the medium.
    pub(super) fn fault(&self, fault: MediumFault) -> TransportError {
        TransportError::Medium { path: self.path.display().to_string(), fault }
    }

    /// A sign of life, after each step; an error where nobody waits any more.
    pub(super) fn beat(&self, phase: Phase) -> Result<()> {
        if self.pulse.beat() {
            return Ok(());
        }
        let cause = say!("medium-nobody-waits");
        Err(self.fault(MediumFault::Gone { phase, cause }))
    }

    /// Whether the directory's path still leads here: after a lazy unmount the open directory works on, and its path
    /// leads to our own disk.
    pub(super) fn is_in_place(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|there| there.dev() == self.device)
    }
}

/// The whole of a small file.
pub(super) fn read_small(root: &MediumRoot, path: &str, limit: usize) -> Result<Vec<u8>> {
    let file = open(root, path, OFlags::empty())?;
    let (mut bytes, most) = (Vec::new(), limit as u64 + 1);
    let read = file.take(most).read_to_end(&mut bytes);
    read.map_err(|error| told_io(root, path, Phase::Read, &error))?;
    if bytes.len() > limit {
        return Err(TransportError::TooLong { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// The directory that names `path`, and the last part of it.
pub(super) fn parent<'a>(root: &MediumRoot, path: &'a str, phase: Phase) -> Result<(OwnedFd, &'a str)> {
    let path = path.trim_matches('/');
    let (directory, name) = path.rsplit_once('/').unwrap_or((".", path));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = open_beneath(root, directory, flags).map_err(|errno| told(root, path, phase, errno))?;
    Ok((opened, if name.is_empty() { "." } else { name }))
}

pub(super) fn open_beneath(root: &MediumRoot, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    rustix::fs::openat2(&root.fd, path, flags, Mode::empty(), resolve)
}

pub(super) fn open(root: &MediumRoot, path: &str, more: OFlags) -> Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | more;
    let opened = open_beneath(root, path.trim_matches('/'), flags);
    Ok(File::from(opened.map_err(|errno| told(root, path, Phase::Open, errno))?))
}

/// What a refused call means.
pub(super) fn told(root: &MediumRoot, path: &str, phase: Phase, errno: Errno) -> TransportError {
    let path = path.to_owned();
    match errno {
        Errno::ROFS => root.fault(MediumFault::ReadOnly),
        Errno::NOENT | Errno::NOTDIR if root.is_in_place() => TransportError::NoSuchPath { path, phase },
        Errno::EXIST => TransportError::AlreadyExists { path },
        Errno::ACCESS | Errno::PERM => denied(root, path, phase, errno),
        Errno::NOSPC | Errno::DQUOT => root.fault(MediumFault::Full { free: 0, missing: 1 }),
        errno if is_gone(errno) || !root.is_in_place() => {
            let cause = os_error(&io::Error::from(errno));
            root.fault(MediumFault::Gone { phase, cause })
        }
        errno => {
            let message = os_error(&io::Error::from(errno));
            TransportError::PartnerFailed { path, phase, message, free: None, missing: 0 }
        }
    }
}

/// The system is ours, so it can be told who lacks which right on what.
fn denied(root: &MediumRoot, path: String, phase: Phase, errno: Errno) -> TransportError {
    let place = root.path.join(path.trim_start_matches('/'));
    let wanted: &[Right] = if phase == Phase::Open {
        &[Right::Read, Right::Write]
    } else if phase.changes_partner() {
        &[Right::Name]
    } else {
        &[Right::Read]
    };
    let words = lacking(&place, wanted, &io::Error::from(errno));
    TransportError::Refused { path, phase, words, denied: true }
}

fn is_gone(errno: Errno) -> bool {
    [Errno::IO, Errno::NODEV, Errno::NXIO, Errno::STALE, Errno::NOTCONN, Errno::SHUTDOWN, Errno::UCLEAN]
        .contains(&errno)
}

pub(super) fn told_io(root: &MediumRoot, path: &str, phase: Phase, error: &io::Error) -> TransportError {
    told(root, path, phase, Errno::from_io_error(error).unwrap_or(Errno::IO))
}
