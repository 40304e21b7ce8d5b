//! The bytes of a file as they go by: counted, hashed, the last ones remembered.
//!
//! Owns: nothing but the count.
//! Promises: every byte handed on was counted and hashed exactly once; a line has a limit where lines are read.
//! On failure: hands the stream's error on.
//! Never: changes a byte.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::checksum::Checksum;
use totatsu_base::{Hashing, Sha256};

/// Stands before UTF-8 text, where a partner wants it.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line longer than this is taken for a quote that was never closed.
pub(crate) const MAX_LINE_BYTES: usize = 1024 * 1024;
/// Bytes remembered from the start.
const FIRST_BYTES: usize = 3;

/// What is known of the bytes that were read so far.
pub(crate) struct StreamFacts {
    whole: Hashing<io::Sink>,
    body: Checksum,
    body_at: u64,
    total: u64,
    first: Vec<u8>,
    last: Vec<u8>,
    keep: usize,
    /// Bytes since the line at hand began; counted where lines are read.
    since_line: Option<usize>,
}

/// A stream whose bytes are seen.
pub(crate) struct CountedStream<R> {
    stream: R,
    seen: Rc<RefCell<StreamFacts>>,
}

/// A line that goes on beyond its limit.
#[derive(Debug, thiserror::Error)]
#[error("EndlessLine")]
pub(crate) struct EndlessLine;

impl StreamFacts {
    /// Facts of a stream of which nothing was read yet. The bytes from `body_at` on get a checksum of their own, the last `keep`
    /// bytes are remembered.
    pub(crate) fn new(body_at: u64, keep: usize, lines: bool) -> StreamFacts {
        StreamFacts {
            whole: Hashing::new(io::sink()),
            body: Checksum::new(),
            body_at,
            total: 0,
            first: Vec::new(),
            last: Vec::new(),
            keep,
            since_line: lines.then_some(0),
        }
    }

    /// Bytes so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// A line begins: its limit counts from here.
    pub(crate) fn begin_line(&mut self) {
        self.since_line = self.since_line.map(|_| 0);
    }

    /// A line may have any length from here on.
    pub(crate) fn lift_limit(&mut self) {
        self.since_line = None;
    }

    pub(crate) fn begins_with(&self, bytes: &[u8]) -> bool {
        self.first.starts_with(bytes)
    }

    pub(crate) fn ends_with(&self, bytes: &[u8]) -> bool {
        self.last.ends_with(bytes)
    }

    /// The last `count` bytes, as far as they are remembered.
    pub(crate) fn copy_last(&self, count: usize, into: &mut Vec<u8>) {
        into.clear();
        into.extend_from_slice(&self.last[self.last.len().saturating_sub(count)..]);
    }

    /// Digest and size of everything, and the checksum of the body.
    pub(crate) fn finish(self) -> (Sha256, u64, u128) {
        let (sha256, size) = self.whole.finish();
        (sha256, size, self.body.finish())
    }

    /// Takes in bytes that were read.
    pub(crate) fn note(&mut self, bytes: &[u8]) {
        self.whole.note(bytes);
        if self.body_at < u64::MAX {
            let before = self.body_at.saturating_sub(self.total).min(bytes.len() as u64) as usize;
            self.body.note(&bytes[before..]);
        }
        self.total += bytes.len() as u64;
        let missing = FIRST_BYTES.saturating_sub(self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..missing]);
        if bytes.len() >= self.keep {
            self.last.clear();
            self.last.extend_from_slice(&bytes[bytes.len() - self.keep..]);
        } else {
            let over = (self.last.len() + bytes.len()).saturating_sub(self.keep);
            self.last.drain(..over);
            self.last.extend_from_slice(bytes);
        }
    }
}

impl<R> CountedStream<R> {
    pub(crate) fn new(stream: R, seen: Rc<RefCell<StreamFacts>>) -> CountedStream<R> {
        CountedStream { stream, seen }
    }

    /// The stream itself, whose bytes are seen no more.
    pub(crate) fn into_stream(self) -> R {
        self.stream
    }
}

impl<R: Read> Read for CountedStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut seen = self.seen.borrow_mut();
        if seen.since_line.is_some_and(|since| since > MAX_LINE_BYTES) {
            return Err(io::Error::other(EndlessLine));
        }
        let read = self.stream.read(buffer)?;
        seen.note(&buffer[..read]);
        seen.since_line = seen.since_line.map(|since| since + read);
        Ok(read)
    }
}
