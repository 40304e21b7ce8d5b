//! What an audit notes of each delivery while it reads the journal, put aside on the disk and joined by delivery at the end.
//!
//! Owns the sorted runs: notes are kept in memory up to a number, then sorted and written into a directory for the time being, and
//! merged when all are made. Memory doesn't grow with the past. Notes hold ids, digests, sizes and times, no contents.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::findings::AuditError;
use totatsu_base::evidence::ContentFile;
use totatsu_base::{DeliveryId, Moment, Sha256, SpoolError};
use totatsu_ledger::Delivery;

/// How many notes are kept in memory.
const NOTES: usize = 20_000;
/// How many runs are merged at a time: each is an open file.
const RUNS: usize = 64;
/// zstd's lowest level: runs live for minutes.
const LEVEL: i32 = 1;

/// What is compared of a delivery with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptFacts {
    /// One word for where the delivery stands.
    pub(super) state: String,
    /// Nothing but the removal of its folder can follow.
    pub(super) finished: bool,
    /// Its folder was removed after its time.
    pub(super) removed: bool,
    /// When what it carried was removed, as the ledger says.
    #[serde(default)]
    pub(super) contents_removed: Option<Moment>,
    /// What was taken over, or fetched.
    pub(super) source: Option<(Sha256, u64)>,
    /// The rows that were handed over.
    pub(super) decoded: Option<(Sha256, u64)>,
    /// The bytes that were sent.
    pub(super) sent: Option<(Sha256, u64)>,
    /// The receipt's file.
    pub(super) receipt: Option<Sha256>,
    /// How long the archive has to keep it, once it is there.
    pub(super) keep_until: Option<Moment>,
}

/// What one note tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Noted {
    /// Where the delivery stood when it ended, or when the journal did.
    Stands(Box<KeptFacts>),
    /// An event about a delivery that had ended by then, or was never begun: its word.
    Later(String),
    /// What the delivery carried was removed after its end: when, and the files that the event names.
    Emptied(Moment, Vec<ContentFile>),
}

/// A note about a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AuditNote {
    pub(super) id: DeliveryId,
    /// The event after which it was made.
    pub(super) seq: u64,
    /// Where that event stands: the file and the line.
    pub(super) at: (PathBuf, u64),
    pub(super) noted: Noted,
}

/// Notes, as they are made.
#[derive(Debug, Default)]
pub(super) struct NotesAside {
    notes: Vec<AuditNote>,
    runs: Vec<PathBuf>,
    made: usize,
    place: Option<tempfile::TempDir>,
}

/// Notes in the order of deliveries, and of one delivery in the order of its events.
pub(super) struct NotesInOrder {
    sources: Vec<Source>,
    heads: BinaryHeap<Reverse<(DeliveryId, u64, usize)>>,
    next: Vec<Option<AuditNote>>,
    /// Runs lie in it for as long as they are read.
    _place: Option<tempfile::TempDir>,
}

enum Source {
    Memory(std::vec::IntoIter<AuditNote>),
    Run { lines: io::Lines<BufReader<zstd::Decoder<'static, BufReader<File>>>>, path: PathBuf },
}

impl KeptFacts {
    /// The facts of a delivery.
    pub(super) fn of(delivery: &Delivery) -> KeptFacts {
        let placing = delivery.collection().and_then(|collection| collection.placing.as_ref());
        KeptFacts {
            state: delivery.state().to_owned(),
            finished: delivery.is_finished(),
            removed: delivery.removed.is_some(),
            contents_removed: delivery.contents_removed.as_ref().map(|removed| removed.at),
            source: delivery.source().map(|source| (source.sha256, source.size)),
            decoded: placing.map(|placing| (placing.sha256, placing.size)),
            sent: delivery.converted.as_ref().map(|converted| (converted.sha256, converted.size)),
            receipt: delivery.receipt.map(|receipt| receipt.sha256),
            keep_until: delivery.archived.as_ref().map(|archived| archived.keep_until),
        }
    }
}

impl NotesAside {
    /// Puts a note aside.
    ///
    /// # Errors
    /// The directory for temporary files refuses.
    pub(super) fn put(&mut self, note: AuditNote) -> Result<(), AuditError> {
        self.notes.push(note);
        if self.notes.len() < NOTES {
            return Ok(());
        }
        let notes = sorted(std::mem::take(&mut self.notes));
        self.write_run(notes.into_iter().map(Ok))?;
        if self.runs.len() < RUNS {
            return Ok(());
        }
        let earlier = std::mem::take(&mut self.runs);
        let merged = NotesInOrder::merge(
            earlier.iter().map(|path| Source::open(path)).collect::<Result<_, _>>()?,
            None,
        )?;
        self.write_run(merged)?;
        earlier
            .iter()
            .try_for_each(|path| std::fs::remove_file(path).map_err(SpoolError::at("disk-removing", path)))?;
        Ok(())
    }

    /// All notes in order, once none is to come.
    ///
    /// # Errors
    /// As [`NotesAside::put`].
    pub(super) fn in_order(self) -> Result<NotesInOrder, AuditError> {
        let mut sources = vec![Source::Memory(sorted(self.notes).into_iter())];
        for path in &self.runs {
            sources.push(Source::open(path)?);
        }
        NotesInOrder::merge(sources, self.place)
    }

    fn write_run(
        &mut self,
        notes: impl Iterator<Item = Result<AuditNote, AuditError>>,
    ) -> Result<(), AuditError> {
        let place = match self.place.take() {
            Some(place) => place,
            None => {
                let room = std::env::temp_dir();
                tempfile::tempdir().map_err(SpoolError::at("disk-making-a-directory-in", &room))?
            }
        };
        self.made += 1;
        let path = self.place.insert(place).path().join(format!("{}.zst", self.made));
        let unwritable = |error| SpoolError::at("disk-writing", &path)(error);
        let file = File::create_new(&path).map_err(unwritable)?;
        let mut run = BufWriter::new(zstd::Encoder::new(file, LEVEL).map_err(unwritable)?);
        for note in notes {
            let line = serde_json::to_vec(&note?).map_err(io::Error::from);
            let written = line.and_then(|line| run.write_all(&line)).and_then(|()| run.write_all(b"\n"));
            written.map_err(unwritable)?;
        }
        let run = run.into_inner().map_err(io::IntoInnerError::into_error);
        run.and_then(zstd::Encoder::finish).map_err(unwritable)?;
        self.runs.push(path);
        Ok(())
    }
}

impl NotesInOrder {
    fn merge(sources: Vec<Source>, place: Option<tempfile::TempDir>) -> Result<NotesInOrder, AuditError> {
        let (heads, next) = (BinaryHeap::new(), sources.iter().map(|_| None).collect());
        let mut merging = NotesInOrder { sources, heads, next, _place: place };
        for number in 0..merging.sources.len() {
            merging.advance(number)?;
        }
        Ok(merging)
    }

    /// What is noted of the next delivery.
    ///
    /// # Errors
    /// A run can't be read.
    pub(super) fn next_delivery(&mut self) -> Result<Option<Vec<AuditNote>>, AuditError> {
        let Some(first) = self.next().transpose()? else { return Ok(None) };
        let mut notes = vec![first];
        while self.heads.peek().is_some_and(|Reverse((id, ..))| *id == notes[0].id) {
            notes.extend(self.next().transpose()?);
        }
        Ok(Some(notes))
    }

    fn advance(&mut self, number: usize) -> Result<(), AuditError> {
        let note = self.sources[number].next()?;
        self.heads.extend(note.as_ref().map(|note| Reverse((note.id.clone(), note.seq, number))));
        self.next[number] = note;
        Ok(())
    }
}

impl Iterator for NotesInOrder {
    type Item = Result<AuditNote, AuditError>;

    fn next(&mut self) -> Option<Result<AuditNote, AuditError>> {
        let Reverse((_, _, number)) = self.heads.pop()?;
        let note = self.next[number].take()?;
        Some(self.advance(number).map(|()| note))
    }
}

impl Source {
    fn open(path: &Path) -> Result<Source, AuditError> {
        let decoder =
            File::open(path).and_then(zstd::Decoder::new).map_err(SpoolError::at("disk-opening", path))?;
        Ok(Source::Run { lines: BufReader::new(decoder).lines(), path: path.to_owned() })
    }

    fn next(&mut self) -> Result<Option<AuditNote>, AuditError> {
        match self {
            Source::Memory(notes) => Ok(notes.next()),
            Source::Run { lines, path } => {
                let read = |line: io::Result<String>| serde_json::from_str(&line?).map_err(io::Error::from);
                Ok(lines.next().map(read).transpose().map_err(SpoolError::at("disk-reading", path))?)
            }
        }
    }
}

fn sorted(mut notes: Vec<AuditNote>) -> Vec<AuditNote> {
    notes.sort_by(|one, other| (&one.id, one.seq).cmp(&(&other.id, other.seq)));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_beyond_what_memory_takes_come_back_whole_and_in_order() {
        let mut aside = NotesAside::default();
        // Enough for two runs and a rest, in an order that is neither that of the deliveries nor its reverse.
        let count = 2 * NOTES as u64 + 7;
        for turn in 0..count {
            let number = (turn * 7919) % count;
            let id: DeliveryId = format!("20261129-{:06}-k7m2q9", number / 2).parse().unwrap();
            let noted = Noted::Later("removed".to_owned());
            aside.put(AuditNote { id, seq: number, at: (PathBuf::from("1.jsonl"), number), noted }).unwrap();
        }
        assert_eq!(aside.runs.len(), 2);
        let mut notes = aside.in_order().unwrap();
        let (mut seen, mut next) = (0, 0);
        while let Some(group) = notes.next_delivery().unwrap() {
            for note in &group {
                assert_eq!((note.seq, &note.id), (next, &group[0].id));
                next += 1;
            }
            seen += 1;
        }
        assert_eq!((next, seen), (count, count.div_ceil(2)));
    }
}
