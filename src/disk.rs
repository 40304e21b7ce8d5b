//! Our own disk: how much room it has, and whether its file system keeps what it was told to keep.
//!
//! Owns the reserve below which no new file is taken over, and the list of file systems that can't sync or rename as the
//! guarantee needs it. Asks and judges; changes nothing. What is accepted already goes on whatever the reserve: it was
//! promised.

use std::io;
use std::path::{Path, PathBuf};

use totatsu_base::say;
use totatsu_base::{SpoolError, durable};
use totatsu_ledger::ROOM_TO_BEGIN;

/// The low 32 bits of a file system's magic number; on some machines the kernel's type is signed.
const MAGIC_BITS: i64 = 0xffff_ffff;

/// Bytes on the spool's disk that a gateway wants to begin on: it notes there how far its ledger is.
const ROOM_ON_SPOOL: u64 = 256 * 1024;

/// Less room than is wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(path, *free, *reserve, *file))]
pub struct LittleRoom {
    /// A directory on the disk.
    pub path: PathBuf,
    /// Bytes that we may still write.
    pub free: u64,
    /// Bytes to be kept in reserve.
    pub reserve: u64,
    /// Bytes wanted besides, for one file.
    pub file: u64,
}

/// What a file system is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fitness {
    /// Nothing is known against the file system.
    Fit,
    /// The file system, by name, works, but lives in memory: a power cut takes everything.
    Forgets(&'static str),
    /// Syncing or renaming on the file system, by name, can't be relied on.
    Unfit(&'static str),
}

/// The first of these directories whose disk lacks room for the reserve and a file of `file` bytes.
///
/// # Errors
/// A file system doesn't tell.
pub fn little_room(paths: &[&Path], reserve: u64, file: u64) -> Result<Option<LittleRoom>, SpoolError> {
    for path in paths {
        let free =
            durable::free_at(path).map_err(SpoolError::at("disk-asking-for-the-free-space-of", path))?;
        if is_little(free, reserve, file) {
            return Ok(Some(LittleRoom { path: path.to_path_buf(), free, reserve, file }));
        }
    }
    Ok(None)
}

/// Whether `free` bytes are too few to keep `reserve` once `file` more are written.
pub fn is_little(free: u64, reserve: u64, file: u64) -> bool {
    free < reserve.saturating_add(file)
}

/// The disk that lacks room for a gateway to begin on: that of the ledger, on which a start is recorded, or that of the spool.
///
/// # Errors
/// A file system doesn't tell.
pub fn little_room_to_begin(ledger: &Path, spool: &Path) -> Result<Option<LittleRoom>, SpoolError> {
    match little_room(&[place_of(ledger)], ROOM_TO_BEGIN, 0)? {
        None => little_room(&[place_of(spool)], ROOM_ON_SPOOL, 0),
        of_ledger => Ok(of_ledger),
    }
}

impl LittleRoom {
    /// What has to be free, as people read it.
    pub fn wanted(&self) -> String {
        shown(self.reserve.saturating_add(self.file))
    }
}

/// The fitness of the file system that a directory lies on, or will lie on once it is made.
///
/// # Errors
/// The file system doesn't tell.
pub fn fitness_at(path: &Path) -> io::Result<Fitness> {
    Ok(fitness(rustix::fs::statfs(place_of(path))?.f_type & MAGIC_BITS))
}

/// The fitness of the file system with this magic number (`statfs(2)`).
pub fn fitness(magic: i64) -> Fitness {
    match magic {
        0x6969 => Fitness::Unfit("NFS"),
        0x517b => Fitness::Unfit("SMB"),
        0xfe53_4d42 | 0xff53_4d42 => Fitness::Unfit("SMB/CIFS"),
        0x6573_5546 => Fitness::Unfit("FUSE"),
        0x4d44 => Fitness::Unfit("FAT"),
        0x2011_bab0 => Fitness::Unfit("exFAT"),
        0x5346_414f | 0x6b41_4653 => Fitness::Unfit("AFS"),
        0x7375_7245 => Fitness::Unfit("Coda"),
        0x0102_1994 => Fitness::Forgets("tmpfs"),
        0x8584_58f6 => Fitness::Forgets("ramfs"),
        _ => Fitness::Fit,
    }
}

/// The directory itself, or the closest one above it where it is still to be made.
fn place_of(path: &Path) -> &Path {
    path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("."))
}

fn shown(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().iec().to_string()
}

fn told(path: &Path, free: u64, reserve: u64, file: u64) -> String {
    let (path, free, reserve) = (path.display(), shown(free), shown(reserve));
    match file {
        0 => say!("daemon-little-room", path = path, free = free, reserve = reserve),
        file => say!(
            "daemon-little-room-for-file",
            path = path,
            free = free,
            reserve = reserve,
            file = shown(file)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_only_if_the_reserve_stays_whole() {
        assert!(!is_little(600, 500, 100));
        assert!(is_little(599, 500, 100));
        assert!(is_little(u64::MAX - 1, u64::MAX, u64::MAX));
        assert!(!is_little(0, 0, 0));
    }

    #[test]
    fn a_disk_that_lacks_room_is_told_with_its_numbers() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(little_room(&[home.path()], 0, 0).unwrap(), None);
        let told = little_room(&[home.path()], u64::MAX, 0).unwrap().unwrap();
        assert!(told.free < u64::MAX && told.reserve == u64::MAX);
        let little = LittleRoom { path: "/spool".into(), free: 5 << 20, reserve: 512 << 20, file: 7 << 20 }
            .to_string();
        assert!(
            little.starts_with("the disk of /spool has only 5.0 MiB free, 512.0 MiB are kept"),
            "{little}"
        );
        assert!(little.contains("a file of 7.0 MiB waits"), "{little}");
    }

    #[test]
    fn network_foreign_and_user_space_file_systems_are_unfit_and_memory_forgets() {
        for (magic, name) in
            [(0x6969, "NFS"), (0xff53_4d42, "SMB/CIFS"), (0x6573_5546, "FUSE"), (0x4d44, "FAT")]
        {
            assert_eq!(fitness(magic), Fitness::Unfit(name));
        }
        assert_eq!(fitness(0x0102_1994), Fitness::Forgets("tmpfs"));
        // ext4, XFS, btrfs, overlay, ZFS.
        for magic in [0xef53, 0x5846_5342, 0x9123_683e, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(fitness(magic), Fitness::Fit);
        }
    }

    #[test]
    fn a_directory_that_is_not_there_yet_is_judged_by_the_one_it_will_be_made_in() {
        let Ok(proc) = fitness_at(Path::new("/proc/no/such")) else { return };
        assert_eq!(proc, Fitness::Fit);
        if Path::new("/dev/shm").is_dir() {
            assert_eq!(
                fitness_at(Path::new("/dev/shm/no/such")).unwrap(),
                fitness_at(Path::new("/dev/shm")).unwrap()
            );
        }
    }
}
