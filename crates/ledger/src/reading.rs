//! The journal read from a position to its end, by several threads: one reads and splits, others hash and prepare, and
//! whoever asks is shown each line in order once it is found to follow the one before.
//!
//! Owns the check of the chain: a line's digest needs no other line, so digests are made side by side and only compared in
//! order. Memory is bounded by a few blocks, however long the journal. A torn end is one of the last plain file; anything else
//! is damage. Never writes.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::chained_line::{ChainedHead, Position, by_itself, is_torn};
use crate::journal_error::{FORMAT, JournalError};
use crate::segments::{OpenSegment, Segment, segments_of};
use totatsu_base::say;
use totatsu_base::{Sha256, SpoolError};

/// Bytes of whole lines that are hashed together.
const BLOCK: usize = 1024 * 1024;
/// Threads that hash and prepare.
const HASHERS: usize = 2;
/// Blocks that wait for each of them, and behind each for whoever asked.
const AHEAD: usize = 2;
/// A journal that is shorter on the disk isn't worth a thread.
const SMALL: u64 = BLOCK as u64;

/// A line that follows the line before.
#[derive(Debug)]
pub struct ChainedLine<'a> {
    /// The position after the line.
    pub position: Position,
    /// The line without its line end.
    pub text: &'a [u8],
    /// The file it stands in.
    pub file: &'a Path,
    /// Its number in that file, from 1.
    pub number: u64,
    /// How much of what is to be read had been read by then, in hundredths.
    pub percent: u8,
}

/// Where a journal ends that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainEnd {
    /// The position after the last whole line.
    pub end: Position,
    /// Bytes behind it, of a torn end.
    pub torn: u64,
}

/// Whole lines of one file, as they were read.
struct Block {
    /// Which file, in its form.
    segment: Segment,
    /// The number of the first of these lines in its file, from 1.
    first_line: u64,
    bytes: Vec<u8>,
    /// The file ends with them.
    ends: bool,
    /// How much of the journal was read up to here, in hundredths.
    percent: u8,
    /// What kept the file from being read on.
    failed: Option<JournalError>,
}

/// A block, with what can be said of each line by itself.
struct Hashed<T> {
    block: Block,
    lines: Vec<HashedLine<T>>,
}

struct HashedLine<T> {
    /// The line's bytes in the block, with its line end.
    range: Range<usize>,
    /// What stands at the line's head, its digest and what was prepared of it; or what is wrong with it.
    line: Result<(ChainedHead, Sha256, T), String>,
}

/// What is found as the lines come in order.
struct Chain<'a, V> {
    visit: V,
    /// Lines up to this one aren't shown.
    from: Position,
    end: Position,
    /// The line before the first one that is read isn't there to be compared.
    unproven: bool,
    /// The file with which the journal ends.
    last: Option<&'a Path>,
    /// What can't be read of that file, from which line on, and why: a torn end, or damage, which its rest will tell.
    rest: Option<(u64, String, Vec<u8>)>,
    torn: u64,
}

/// Reads the journal in `directory` from `from` on, from the file on that holds that line, which itself is compared and not shown.
/// `prepare` is called for each line by any thread, `visit` for each in order by this one. A journal that ends before `from` has
/// its end there. Changes nothing, and may be called while another process appends.
///
/// # Errors
/// Damage, or the disk; also what `visit` answers.
pub fn read_chain<T: Send, E: From<JournalError>>(
    directory: &Path,
    from: Position,
    prepare: impl Fn(&[u8]) -> T + Sync,
    visit: impl FnMut(&ChainedLine, T) -> Result<(), E>,
) -> Result<ChainEnd, E> {
    let mut segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    if from.seq > 0 {
        // The file that holds the position, or the one that begins behind it.
        let begins = segments.iter().rposition(|segment| segment.first <= from.seq).unwrap_or_default();
        segments.drain(..begins);
    }
    let first = segments.first().map_or(1, |segment| segment.first);
    let unproven = from.seq > 0 && (2..=from.seq).contains(&first);
    let before = Position { seq: first.saturating_sub(1), digest: Sha256::ZERO };
    let end = if unproven {
        before
    } else if first <= from.seq {
        Position::START
    } else {
        from
    };
    let last = segments.last().map(|segment| segment.path.as_path());
    let mut chain = Chain { visit, from, end, unproven, last, rest: None, torn: 0 };
    let total = segments.iter().map(Segment::size).sum();
    if total < SMALL {
        Blocks::of(&segments, total).try_for_each(|block| chain.take(hashed(block, &prepare)))?;
    } else {
        thread::scope(|scope| {
            let (to, hashers): (Vec<_>, Vec<_>) = (0..HASHERS)
                .map(|_| {
                    let (to, work) = sync_channel(AHEAD);
                    let (done, hashed) = sync_channel(AHEAD);
                    let prepare = &prepare;
                    scope.spawn(move || hash(&work, &done, prepare));
                    (to, hashed)
                })
                .unzip();
            let segments = &segments;
            scope.spawn(move || deal(Blocks::of(segments, total), &to));
            // In turns: the order in which blocks are dealt is the one in which they come back.
            let mut turns = hashers.iter().cycle();
            while let Some(Ok(hashed)) = turns.next().map(Receiver::recv) {
                chain.take(hashed)?;
            }
            Ok::<(), E>(())
        })?;
    }
    Ok(ChainEnd { end: chain.end, torn: chain.torn })
}

impl JournalError {
    /// Our disk failed at this.
    pub(crate) fn disk<'a>(
        doing: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> JournalError + 'a {
        move |error| SpoolError::at(doing, path)(error).into()
    }
}

/// Hands blocks to the hashers in turns, until nobody wants them any more.
fn deal(blocks: Blocks<'_>, hashers: &[SyncSender<Block>]) {
    for (block, hasher) in blocks.zip(hashers.iter().cycle()) {
        if hasher.send(block).is_err() {
            return;
        }
    }
}

fn hash<T>(work: &Receiver<Block>, done: &SyncSender<Hashed<T>>, prepare: &impl Fn(&[u8]) -> T) {
    while let Ok(block) = work.recv() {
        if done.send(hashed(block, prepare)).is_err() {
            return;
        }
    }
}

fn hashed<T>(block: Block, prepare: &impl Fn(&[u8]) -> T) -> Hashed<T> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in block.bytes.split_inclusive(|byte| *byte == b'\n') {
        let range = start..start + line.len();
        start = range.end;
        let text = line.strip_suffix(b"\n").ok_or_else(|| say!("ledger-line-no-end"));
        let line = text.and_then(|text| by_itself(text).map(|(head, digest)| (head, digest, prepare(text))));
        let fails = line.is_err();
        lines.push(HashedLine { range, line });
        // Whatever follows it is its rest.
        if fails {
            break;
        }
    }
    Hashed { block, lines }
}

impl<V> Chain<'_, V> {
    fn take<T, E: From<JournalError>>(&mut self, hashed: Hashed<T>) -> Result<(), E>
    where
        V: FnMut(&ChainedLine, T) -> Result<(), E>,
    {
        let Hashed { block, lines } = hashed;
        if let Some((_, _, rest)) = &mut self.rest {
            rest.extend_from_slice(&block.bytes);
            return self.end_of(block);
        }
        for (number, HashedLine { range, line }) in (block.first_line..).zip(lines) {
            let (start, followed) = (range.start, line.and_then(|line| self.follow(line)));
            let (position, format, prepared) = match followed {
                Ok(followed) => followed,
                Err(what) if block.segment.packed || self.last != Some(block.segment.path.as_path()) => {
                    let path = block.segment.path;
                    return Err(JournalError::Damaged { path, line: number, what }.into());
                }
                Err(what) => {
                    self.rest = Some((number, what, block.bytes[start..].to_vec()));
                    return self.end_of(block);
                }
            };
            let path = &block.segment.path;
            if let Some(format) = format.filter(|format| *format > FORMAT) {
                return Err(JournalError::Newer { path: path.clone(), line: number, format }.into());
            }
            self.end = position;
            if position.seq == self.from.seq && position != self.from {
                let what = say!("ledger-line-changed", seq = position.seq);
                return Err(JournalError::Damaged { path: path.clone(), line: number, what }.into());
            }
            if position.seq > self.from.seq {
                let text = &block.bytes[start..range.end - 1];
                let line = ChainedLine { position, text, file: path, number, percent: block.percent };
                (self.visit)(&line, prepared)?;
            }
        }
        self.end_of(block)
    }

    /// A line's place in the chain.
    fn follow<T>(
        &mut self,
        (head, digest, prepared): (ChainedHead, Sha256, T),
    ) -> Result<(Position, Option<u32>, T), String> {
        if std::mem::take(&mut self.unproven) {
            self.end.digest = head.prev;
        }
        Ok((self.end.followed_by(&head, digest)?, head.format, prepared))
    }

    /// After the last block of a file it is known whether what couldn't be read was a torn end.
    fn end_of<E: From<JournalError>>(&mut self, block: Block) -> Result<(), E> {
        if let Some(failed) = block.failed {
            return Err(failed.into());
        }
        if !block.ends {
            return Ok(());
        }
        let Some((line, what, rest)) = self.rest.take() else { return Ok(()) };
        if is_torn(&rest) {
            self.torn = rest.len() as u64;
            return Ok(());
        }
        Err(JournalError::Damaged { path: block.segment.path, line, what }.into())
    }
}

/// The journal's files, block by block. After the first failure nothing comes.
struct Blocks<'a> {
    segments: std::slice::Iter<'a, Segment>,
    open: Option<OpenSegment>,
    next_line: u64,
    /// The beginning of a line that the last block ended in.
    begun: Vec<u8>,
    /// Bytes of the journal on the disk, and those of files that were read to their end.
    total: u64,
    done: u64,
}

impl<'a> Blocks<'a> {
    fn of(segments: &'a [Segment], total: u64) -> Blocks<'a> {
        let segments = segments.iter();
        Blocks { segments, open: None, next_line: 1, begun: Vec::new(), total, done: 0 }
    }

    fn failed(&mut self, segment: Segment, error: JournalError) -> Block {
        self.segments = [].iter();
        let (first_line, bytes, percent) = (self.next_line, Vec::new(), 0);
        Block { segment, first_line, bytes, ends: true, percent, failed: Some(error) }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let segment = self.segments.next()?;
                self.next_line = 1;
                match segment.open() {
                    Ok(open) => open,
                    Err(error) => return Some(self.failed(segment.clone(), error)),
                }
            }
        };
        let mut bytes = std::mem::take(&mut self.begun);
        let mut wanted = BLOCK;
        let ends = loop {
            match open.fill(&mut bytes, wanted, self.next_line) {
                Ok(true) => break true,
                Ok(false) if bytes.contains(&b'\n') => break false,
                // A line that is longer than a block is damage, and told as such at its end.
                Ok(false) => wanted += BLOCK,
                Err(error) => return Some(self.failed(open.segment.clone(), error)),
            }
        };
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n').filter(|_| !ends) {
            self.begun = bytes.split_off(end + 1);
        }
        let first_line = self.next_line;
        self.next_line += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let read = self.done + open.consumed();
        self.done = if ends { read } else { self.done };
        let percent = u8::try_from((read * 100).checked_div(self.total).unwrap_or(100)).unwrap_or(100);
        let block = Block { segment: open.segment.clone(), first_line, bytes, ends, percent, failed: None };
        self.open = Some(open).filter(|_| !ends);
        Some(block)
    }
}
