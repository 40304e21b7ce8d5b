//! Closed files of the journal are packed, so that the past takes a sixth of its room: `FIRST.jsonl` becomes `FIRST.jsonl.zst`.
//!
//! Owns the replacing of the one by the other. Promises that the plain file goes only once its own chain and its place between
//! its neighbours were found whole, and the packed one was synced, read back from the disk and found to hold the same bytes. A
//! crash at any instant leaves the plain file, or the whole packed one, or both, of which the plain one counts and the other
//! is made anew. Never touches the last file, which the writer has; never unpacks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::chained_line::{ChainedHead, by_itself};
use crate::journal::RESERVE;
use crate::journal_error::JournalError;
use crate::search::each_line;
use crate::segments::{Segment, segments_of};
use totatsu_base::say;
use totatsu_base::{Hashing, Sha256, durable};

/// How much zstd tries: most of what is left are digests, of which more effort saves nothing.
const LEVEL: i32 = 1;
/// The end of the name of a file that is being written.
const PART: &str = ".part";

/// A file that was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    /// Where the packed file is now.
    pub path: PathBuf,
    /// Bytes of the plain file.
    pub plain: u64,
    /// Bytes of the packed file.
    pub packed: u64,
}

/// Packs the oldest closed file that isn't packed, if there is one.
///
/// # Errors
/// The disk refuses or has no room, or the file is damaged; the plain file then stays.
pub fn pack_oldest(directory: &Path) -> Result<Option<PackedFile>, JournalError> {
    let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    let Some(pair) = segments.windows(2).find(|pair| !pair[0].packed) else { return Ok(None) };
    // The writer makes a file before it writes the first line into it.
    let mut is_begun = false;
    each_line(&pair[1], |_, _| {
        is_begun = true;
        false
    })?;
    if is_begun { pack(directory, &pair[0], &pair[1]).map(Some) } else { Ok(None) }
}

fn pack(directory: &Path, segment: &Segment, next: &Segment) -> Result<PackedFile, JournalError> {
    let plain = segment.path.as_path();
    check_whole(segment, next)?;
    check_room(segment).map_err(JournalError::disk("disk-packing", plain))?;
    let packed = segment.packed_path();
    let mut part = packed.clone().into_os_string();
    part.push(PART);
    let part = PathBuf::from(part);
    let made = write_packed(plain, &part).and_then(|stated| Ok((stated, read_back(&part)?)));
    let made = made.and_then(|(stated, found)| match stated == found {
        true => Ok(stated),
        false => Err(io::Error::other(say!("ledger-file-reads-otherwise"))),
    });
    let (_, length) = made.map_err(|error| {
        // Nobody asks for it any more; where it can't be removed, the next one is written over it.
        drop(fs::remove_file(&part));
        JournalError::disk("disk-packing", plain)(error)
    })?;
    fs::rename(&part, &packed).map_err(JournalError::disk("disk-renaming", &part))?;
    durable::sync_dir(directory)?;
    // Durable from here: both are there, and hold the same. The plain one counts until it is gone.
    fs::remove_file(plain).map_err(JournalError::disk("disk-removing", plain))?;
    durable::sync_dir(directory)?;
    let size = fs::metadata(&packed).map_err(JournalError::disk("disk-reading", &packed))?.len();
    Ok(PackedFile { path: packed, plain: length, packed: size })
}

/// A file that isn't what was written isn't hidden in another form, and what was read at an opening long ago may have changed.
fn check_whole(segment: &Segment, next: &Segment) -> Result<(), JournalError> {
    let damaged = |line, what| Err(JournalError::Damaged { path: segment.path.clone(), line, what });
    let (mut before, mut lines, mut wrong) = (None::<(u64, Sha256)>, 0, None);
    let whole = each_line(segment, |number, text| {
        lines = number;
        match (by_itself(text), before) {
            (Err(what), _) => wrong = Some(what),
            (Ok((ChainedHead { seq, .. }, _)), None) if seq != segment.first => {
                wrong = Some(say!("ledger-line-out-of-place", seq = seq, wanted = segment.first));
            }
            (Ok((head, _)), Some((seq, digest))) if head.seq != seq + 1 || head.prev != digest => {
                wrong = Some(say!("ledger-line-does-not-follow", seq = seq));
            }
            (Ok((head, digest)), _) => before = Some((head.seq, digest)),
        }
        wrong.is_none()
    })?;
    if let Some(what) = wrong {
        return damaged(lines, what);
    }
    let mut follows = false;
    each_line(next, |_, text| {
        follows = by_itself(text).is_ok_and(|(head, _)| {
            before.is_some_and(|(seq, digest)| (head.seq, head.prev) == (seq + 1, digest))
        });
        false
    })?;
    match whole && follows {
        true => Ok(()),
        false => damaged(lines, say!("ledger-next-file-does-not-follow")),
    }
}

/// The packed file may need as much as the plain one, and the writer has to go on meanwhile.
fn check_room(segment: &Segment) -> io::Result<()> {
    if durable::free_at(&segment.path)? < segment.size().saturating_add(RESERVE) {
        return Err(rustix::io::Errno::NOSPC.into());
    }
    Ok(())
}

/// Writes the packed form of a file, synced; says what it holds.
fn write_packed(plain: &Path, part: &Path) -> io::Result<(Sha256, u64)> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part)?;
    let mut encoder = zstd::Encoder::new(file, LEVEL)?;
    encoder.include_checksum(true)?;
    let mut hashing = Hashing::new(encoder);
    let length = io::copy(&mut BufReader::with_capacity(256 * 1024, File::open(plain)?), &mut hashing)?;
    let (sha256, encoder) = hashing.into_parts();
    let mut file = encoder.finish()?;
    file.flush()?;
    file.sync_all()?;
    // Read back from the disk, not from memory.
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok((sha256, length))
}

/// What a packed file holds, as it lies on the disk.
fn read_back(packed: &Path) -> io::Result<(Sha256, u64)> {
    let mut hashing = Hashing::new(io::sink());
    let length = io::copy(&mut zstd::Decoder::new(File::open(packed)?)?, &mut hashing)?;
    Ok((hashing.into_parts().0, length))
}
