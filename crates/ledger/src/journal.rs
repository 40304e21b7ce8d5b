//! The journal: append-only files of one event a line, each line carrying the digest of the line before it.
//!
//! The journal is the truth. Promises that an event counts only once its line is written and synced, and that a journal which
//! was changed, shortened in the middle or reordered is noticed on opening. A torn end, left by a power cut before the
//! sync, was never acknowledged and is cut off; any other damage is an error that stops the daemon. docs/ledger.md
//! describes the format. What somebody remembers of it (`Remembered`) may stand for its past: then the past isn't read, and only
//! what is missing, shorter or longer there is noticed. Never rewrites a line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub use crate::chained_line::Position;
use crate::chained_line::{by_itself, is_torn};
use crate::event::Entry;
use crate::journal_error::LINE_LIMIT;
pub use crate::journal_error::{FORMAT, JournalError};
use crate::marks::{ClosedFile, Mark, Marks, Remembered};
use crate::segments::{Segment, file_name, plain_name, segments_of};
use totatsu_base::say;
use totatsu_base::{Sha256, SpoolError, durable};

/// A file is closed and the next one begun once it is this long.
pub const FILE_LIMIT: u64 = 64 * 1024 * 1024;
/// Room that is left on the disk, in bytes: the index beside the journal takes a full disk for the end.
pub(crate) const RESERVE: u64 = 4 * 1024 * 1024;
/// Room that a gateway wants to begin on, in bytes: what it records then, and what the index needs, beside what is left.
pub const ROOM_TO_BEGIN: u64 = 2 * RESERVE;

/// The journal, open for appending.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    file: File,
    path: PathBuf,
    /// Length of the current file up to the last synced line, in bytes.
    length: u64,
    /// Length at which the next file is begun, in bytes.
    limit: u64,
    /// Lines of the current file up to the last synced one.
    lines: u64,
    end: Position,
    /// The format that a line has stated last; none where none did.
    stated: Option<u32>,
    marks: Marks,
    /// Files that were closed and that nobody remembers yet.
    closed: Vec<ClosedFile>,
    broken: bool,
}

/// A journal that was read and found whole, up to a torn end. Nothing on the disk is changed before it is opened for
/// appending, so that a person finds what a refused opening found.
#[derive(Debug)]
pub struct LinesFound {
    directory: PathBuf,
    /// The last file, or the one to begin with.
    path: PathBuf,
    limit: u64,
    /// Lines of the last file.
    lines: u64,
    end: Position,
    stated: Option<u32>,
    marks: Marks,
    closed: Vec<ClosedFile>,
    torn: u64,
}

/// Lines that are going to be appended and synced together.
#[derive(Debug)]
pub(crate) struct Batch {
    lines: Vec<u8>,
    count: u64,
    end: Position,
    stated: Option<u32>,
}

/// One line as it was read.
#[derive(Debug)]
pub struct Line<'a> {
    /// The position after the line.
    pub position: Position,
    /// The line without its line end.
    pub text: &'a [u8],
    /// The file it stands in.
    pub file: &'a Path,
    /// Its number in that file, from 1.
    pub number: u64,
    /// Where reading may begin for whoever knows what stands up to this line.
    pub mark: &'a Mark,
    /// The files that were found closed before this line, and weren't remembered.
    pub closed: &'a [ClosedFile],
}

/// What is known while a journal is read.
struct Reading {
    end: Position,
    stated: Option<u32>,
    marks: Marks,
    closed: Vec<ClosedFile>,
    /// Lines of the file that was read last.
    lines: u64,
    /// Bytes behind the good part of that file.
    torn: u64,
}

impl Journal {
    /// Reads the journal in `directory`, checks every line, and shows each to `visit`. A file that reaches `limit` bytes
    /// will be followed by another. Changes nothing, and may be called while another process appends: what comes after
    /// the last file was opened is not looked at, and a line that was half written then is a torn end.
    ///
    /// # Errors
    /// Damage, or the disk; also what `visit` answers.
    pub fn read<E: From<JournalError>>(
        directory: &Path,
        limit: u64,
        visit: impl FnMut(&Line) -> Result<(), E>,
    ) -> Result<LinesFound, E> {
        Journal::read_on(directory, limit, &Remembered::default(), visit)
    }

    /// As [`Journal::read`], from the remembered mark on. Where the files aren't those that are remembered, everything is read, so
    /// that what is wrong with them is found and told.
    ///
    /// # Errors
    /// Damage in what is read, or the disk; also what `visit` answers.
    pub(crate) fn read_on<E: From<JournalError>>(
        directory: &Path,
        limit: u64,
        remembered: &Remembered,
        mut visit: impl FnMut(&Line) -> Result<(), E>,
    ) -> Result<LinesFound, E> {
        let files = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
        let nothing = Remembered::default();
        let Remembered { mark, closed } = if remembered.stands(&files) { remembered } else { &nothing };
        let begins = |file: &Segment| file.plain_name() == mark.file;
        let first = files.iter().position(begins).unwrap_or_default();
        let mut reading = Reading::from(mark);
        for (number, file) in files.iter().enumerate().skip(first) {
            let (offset, lines) = if begins(file) { (mark.offset, mark.lines) } else { (0, 0) };
            let is_last = number + 1 == files.len();
            let length = reading.read_file(file, (offset, lines), is_last, &mut visit)?;
            if number >= closed.len() && (!is_last || file.packed) {
                reading.closed.push(closed_file(&file.path, length, reading.lines, reading.end));
            }
        }
        let directory = directory.to_owned();
        let Reading { end, stated, marks, closed, lines, torn } = reading;
        // Behind a packed file, as after a backup without the last one, a new one is begun.
        let goes_on = files.last().filter(|last| !last.packed).map(|last| (last.path.clone(), lines));
        let (path, lines) = goes_on.unwrap_or_else(|| (directory.join(file_name(end.seq + 1)), 0));
        Ok(LinesFound { directory, path, limit, lines, end, stated, marks, closed, torn })
    }

    /// Where reading may begin next time, and the files that were closed since this was asked last.
    pub(super) fn take_remembered(&mut self) -> (Mark, Vec<ClosedFile>) {
        (self.marks.mark().clone(), std::mem::take(&mut self.closed))
    }

    /// Begins a batch of lines.
    pub(crate) fn batch(&self) -> Batch {
        Batch { lines: Vec::new(), count: 0, end: self.end, stated: self.stated }
    }

    /// Appends a batch and syncs it. On `Ok` every event in it counts; on `Err` none does.
    ///
    /// # Errors
    /// The disk is full (the journal stays usable), or a sync failed (it doesn't).
    pub(crate) fn commit(&mut self, batch: Batch) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        self.check_room().map_err(SpoolError::at("disk-writing", &self.path))?;
        if self.length >= self.limit {
            self.begin_file()?;
        }
        if let Err(error) = self.file.write_all(&batch.lines) {
            // What was written of the batch must not stand before a later, acknowledged line.
            // Durably so: whoever is told that nothing counts may undo what was done for it.
            self.broken = self.file.set_len(self.length).and_then(|()| self.file.sync_all()).is_err();
            let error = if self.broken { io::Error::other(error) } else { error };
            return Err(SpoolError::at("disk-writing", &self.path)(error).into());
        }
        if let Err(error) = self.file.sync_data() {
            self.broken = true;
            return Err(JournalError::Unsynced { path: self.path.clone(), error });
        }
        // Durable from here: the events of this batch have happened.
        self.length += batch.lines.len() as u64;
        self.lines += batch.count;
        self.end = batch.end;
        self.stated = batch.stated;
        let (path, length, lines, end, stated) = (&self.path, self.length, self.lines, self.end, self.stated);
        self.marks.pass(batch.lines.len() as u64, || mark_at(path, length, lines, end, stated));
        Ok(())
    }

    fn check_room(&self) -> io::Result<()> {
        if durable::free_at(&self.path)? < RESERVE {
            return Err(rustix::io::Errno::NOSPC.into());
        }
        Ok(())
    }

    fn begin_file(&mut self) -> Result<(), JournalError> {
        let (directory, path) = (self.directory.clone(), self.directory.join(file_name(self.end.seq + 1)));
        let (limit, end, stated, marks) = (self.limit, self.end, self.stated, self.marks.clone());
        let mut closed = self.closed.clone();
        closed.push(closed_file(&self.path, self.length, self.lines, self.end));
        let found = LinesFound { directory, path, limit, lines: 0, end, stated, marks, closed, torn: 0 };
        *self = found.append()?;
        Ok(())
    }
}

impl LinesFound {
    /// The position after the last line.
    pub fn end(&self) -> Position {
        self.end
    }

    /// Where reading may begin next time, and the files that are closed and weren't remembered.
    pub(super) fn to_remember(&self) -> (Mark, Vec<ClosedFile>) {
        (self.marks.mark().clone(), self.closed.clone())
    }

    /// Bytes of a torn end, to be cut off.
    pub fn torn(&self) -> u64 {
        self.torn
    }

    /// Cuts off the torn end and opens the journal for appending.
    ///
    /// # Errors
    /// The disk refuses.
    pub(crate) fn append(self) -> Result<Journal, JournalError> {
        let LinesFound { directory, path, limit, lines, end, stated, marks, closed, torn } = self;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(SpoolError::at("disk-opening", &path))?;
        let written = file.metadata().map_err(SpoolError::at("disk-reading", &path))?.len();
        let length = written - torn;
        if torn > 0 {
            file.set_len(length).map_err(SpoolError::at("disk-cutting-the-torn-end-of", &path))?;
        }
        file.sync_all().map_err(SpoolError::at("disk-syncing", &path))?;
        durable::sync_dir(&directory)?;
        Ok(Journal { directory, file, path, length, limit, lines, end, stated, marks, closed, broken: false })
    }
}

impl Batch {
    /// The position after the last line of the batch, or after the journal's last line if it is empty.
    pub(crate) fn end(&self) -> Position {
        self.end
    }

    /// The format that the next line has to state; none where the journal says so already.
    pub(crate) fn format_to_state(&self) -> Option<u32> {
        (self.stated != Some(FORMAT)).then_some(FORMAT)
    }

    /// Adds an entry, whose `seq` and `prev` must follow [`Batch::end`].
    ///
    /// # Errors
    /// The entry can't be written as JSON, or is too long; the batch is then as it was.
    pub(crate) fn push(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let line = serde_json::to_vec(entry)?;
        if line.len() > LINE_LIMIT {
            return Err(JournalError::TooLong(line.len()));
        }
        self.end = Position { seq: entry.seq, digest: Sha256::of(&line) };
        self.stated = entry.format.or(self.stated);
        self.lines.extend_from_slice(&line);
        self.lines.push(b'\n');
        self.count += 1;
        Ok(())
    }
}

impl Reading {
    fn from(mark: &Mark) -> Reading {
        let end = Position { seq: mark.seq, digest: mark.digest };
        let marks = Marks::from(mark.clone());
        Reading { end, stated: mark.stated, marks, closed: Vec::new(), lines: mark.lines, torn: 0 }
    }

    /// Reads a file from `offset` on, before which `lines` lines stand; hands back how long its good part is.
    fn read_file<E: From<JournalError>>(
        &mut self,
        segment: &Segment,
        (offset, lines): (u64, u64),
        is_last: bool,
        visit: &mut impl FnMut(&Line) -> Result<(), E>,
    ) -> Result<u64, E> {
        let (path, open) = (segment.path.as_path(), segment.open_at(offset)?);
        let mut reader = BufReader::with_capacity(256 * 1024, open);
        let (mut good, mut text) = (offset, Vec::new());
        (self.lines, self.torn) = (lines, 0);
        loop {
            text.clear();
            let number = self.lines + 1;
            let read = reader.read_until(b'\n', &mut text);
            if read.map_err(|error| reader.get_ref().failed(error, number))? == 0 {
                return Ok(good);
            }
            match check(&text, self.end) {
                Ok((_, Some(format))) if format > FORMAT => {
                    return Err(JournalError::Newer { path: path.to_owned(), line: number, format }.into());
                }
                Ok((position, format)) => {
                    self.stated = format.or(self.stated);
                    let bytes = text.len() as u64;
                    good += bytes;
                    text.pop();
                    let (mark, closed) = (self.marks.mark(), self.closed.as_slice());
                    visit(&Line { position, text: &text, file: path, number, mark, closed })?;
                    (self.end, self.lines) = (position, number);
                    let stated = self.stated;
                    self.marks.pass(bytes, || mark_at(path, good, number, position, stated));
                }
                Err(what) => {
                    let rest = rest_of(&mut reader, &text);
                    let rest = rest.map_err(|error| reader.get_ref().failed(error, number))?;
                    if is_last && !segment.packed && is_torn(&rest) {
                        self.torn = rest.len() as u64;
                        return Ok(good);
                    }
                    return Err(JournalError::Damaged { path: path.to_owned(), line: number, what }.into());
                }
            }
        }
    }
}

fn mark_at(path: &Path, offset: u64, lines: u64, end: Position, stated: Option<u32>) -> Mark {
    Mark { file: plain_name(path), offset, lines, seq: end.seq, digest: end.digest, stated }
}

fn closed_file(path: &Path, length: u64, lines: u64, end: Position) -> ClosedFile {
    ClosedFile { file: plain_name(path), length, lines, seq: end.seq, digest: end.digest }
}

/// The position after a line that follows `end`, with the format that it states; or what is wrong with it.
fn check(line: &[u8], end: Position) -> Result<(Position, Option<u32>), String> {
    let text = line.strip_suffix(b"\n").ok_or_else(|| say!("ledger-line-no-end"))?;
    let (head, digest) = by_itself(text)?;
    Ok((end.followed_by(&head, digest)?, head.format))
}

fn rest_of(reader: &mut impl io::Read, first: &[u8]) -> io::Result<Vec<u8>> {
    let mut rest = first.to_vec();
    reader.read_to_end(&mut rest)?;
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::LedgerError;

    #[test]
    fn where_a_disk_has_no_room_all_whose_events_were_to_be_written_are_told_so_in_the_systems_own_words() {
        let home = tempfile::tempdir().unwrap();
        let found = Journal::read(home.path(), FILE_LIMIT, |_| Ok::<(), JournalError>(())).unwrap();
        let mut journal = found.append().unwrap();
        // A file system that never has any.
        journal.path = PathBuf::from("/proc/self/comm");
        journal.file = OpenOptions::new().append(true).open(&journal.path).unwrap();
        let error = LedgerError::from(journal.commit(journal.batch()).unwrap_err());
        for told in [error.for_another(), error] {
            assert!(told.to_string().contains("No space left on device (os error 28)"), "{told}");
            let LedgerError::Journal(JournalError::Disk(disk)) = &told else { panic!("{told:?}") };
            assert_eq!(disk.error.raw_os_error(), Some(28));
        }
    }
}
