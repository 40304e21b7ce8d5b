//! UTF-16 as partners write text: turned into UTF-8 on the way in, and made from it on the way out.
//!
//! Owns: the two byte orders and their marks.
//! Promises: every code unit is carried over exactly; what is no UTF-16 (half a surrogate pair, half a code unit) becomes a byte
//! that is no UTF-8, so that the value with it is refused; where a line begins is known in the file's own bytes.
//! On failure: hands the stream's error on.
//! Never: guesses a byte order; replaces or drops a character.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes of the stream read at a time.
const READ_BYTES: usize = 64 * 1024;
/// Stands for what is no character. It occurs nowhere in UTF-8.
const NO_CHARACTER: u8 = 0xff;

/// Which byte of a code unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// The lower one: UTF-16LE.
    Little,
    /// The higher one: UTF-16BE.
    Big,
}

impl ByteOrder {
    /// The order that a byte order mark at the start of a file tells.
    pub(crate) fn marked(first: &[u8]) -> Option<ByteOrder> {
        [ByteOrder::Little, ByteOrder::Big].into_iter().find(|order| first.starts_with(order.mark()))
    }

    /// The byte order mark.
    pub(crate) fn mark(self) -> &'static [u8] {
        match self {
            ByteOrder::Little => b"\xff\xfe",
            ByteOrder::Big => b"\xfe\xff",
        }
    }

    /// A text in UTF-16.
    pub(crate) fn encoded(self, text: &str) -> Vec<u8> {
        let bytes = |unit: u16| match self {
            ByteOrder::Little => unit.to_le_bytes(),
            ByteOrder::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            ByteOrder::Little => u16::from_le_bytes(pair),
            ByteOrder::Big => u16::from_be_bytes(pair),
        }
    }
}

/// Where bytes of the UTF-8 stand in the stream that it was made of.
#[derive(Debug, Default)]
pub(crate) struct LineStarts {
    /// After each line end and at the end of the stream: bytes of UTF-8, bytes of the stream.
    ahead: VecDeque<(u64, u64)>,
    last: (u64, u64),
    /// The stream is UTF-8 itself.
    same: bool,
}

impl LineStarts {
    /// The byte of the stream at which a line begins or ends. Lines are asked for in their order.
    pub(crate) fn in_stream(&mut self, at: u64) -> u64 {
        if self.same {
            return at;
        }
        while let Some(&known) = self.ahead.front().filter(|known| known.0 <= at) {
            self.last = known;
            self.ahead.pop_front();
        }
        self.last.1
    }
}

/// A stream of text, handed on as UTF-8.
pub(crate) struct TextStream<R> {
    stream: R,
    order: Option<ByteOrder>,
    /// Bytes of the stream that were read and not yet taken.
    raw: Vec<u8>,
    /// UTF-8 that was not yet handed on, from `at`.
    ready: Vec<u8>,
    at: usize,
    /// Bytes of UTF-8 made, and bytes of the stream they were made of.
    made: (u64, u64),
    starts: Rc<RefCell<LineStarts>>,
    ended: bool,
}

impl<R: Read> TextStream<R> {
    /// A stream of UTF-16 in this order, or of whatever it is.
    pub(crate) fn new(stream: R, order: Option<ByteOrder>) -> (TextStream<R>, Rc<RefCell<LineStarts>>) {
        let starts = Rc::new(RefCell::new(LineStarts { same: order.is_none(), ..LineStarts::default() }));
        let text = TextStream {
            stream,
            order,
            raw: Vec::new(),
            ready: Vec::new(),
            at: 0,
            made: (0, 0),
            starts: Rc::clone(&starts),
            ended: false,
        };
        (text, starts)
    }

    /// Reads a piece of the stream and makes UTF-8 of the whole code units in it.
    fn advance(&mut self, order: ByteOrder) -> io::Result<()> {
        let before = self.raw.len();
        self.raw.resize(before + READ_BYTES, 0);
        let read = self.stream.read(&mut self.raw[before..]);
        self.raw.truncate(before + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.at = 0;
        self.ready.clear();
        let units: Vec<u16> = self.raw.chunks_exact(2).map(|pair| order.unit([pair[0], pair[1]])).collect();
        // The first half of a pair waits for the other one.
        let waits = !self.ended && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        let units = &units[..units.len() - usize::from(waits)];
        for found in char::decode_utf16(units.iter().copied()) {
            let c = found.ok();
            self.make(c, if c > Some('\u{ffff}') { 4 } else { 2 });
        }
        self.raw.drain(..units.len() * 2);
        if self.ended {
            if !self.raw.is_empty() {
                self.make(None, self.raw.len() as u64);
                self.raw.clear();
            }
            self.starts.borrow_mut().ahead.push_back(self.made);
        }
        Ok(())
    }

    fn make(&mut self, c: Option<char>, raw: u64) {
        let before = self.ready.len();
        match c {
            Some(c) => self.ready.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.ready.push(NO_CHARACTER),
        }
        self.made = (self.made.0 + (self.ready.len() - before) as u64, self.made.1 + raw);
        let mark = c == Some('\u{feff}') && self.made.1 == 2;
        if c == Some('\n') || mark {
            self.starts.borrow_mut().ahead.push_back(self.made);
        }
    }
}

impl<R: Read> Read for TextStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(order) = self.order else { return self.stream.read(buffer) };
        while self.at == self.ready.len() && !self.ended {
            match self.advance(order) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => done?,
            }
        }
        let count = buffer.len().min(self.ready.len() - self.at);
        buffer[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], order: ByteOrder) -> (Vec<u8>, Vec<(u64, u64)>) {
        let (mut stream, starts) = TextStream::new(bytes, Some(order));
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        (text, starts.take().ahead.into())
    }

    #[test]
    fn every_character_of_unicode_goes_there_and_back() {
        let all: String = ('\u{0}'..=char::MAX).collect();
        for order in [ByteOrder::Little, ByteOrder::Big] {
            assert!(read(&order.encoded(&all), order).0 == all.as_bytes());
        }
    }

    #[test]
    fn halves_are_no_text() {
        let lone =
            [&ByteOrder::Little.encoded("a")[..], &[0x00, 0xd8], &ByteOrder::Little.encoded("b")].concat();
        assert_eq!(read(&lone, ByteOrder::Little).0, b"a\xffb");
        assert_eq!(read(b"a\0b", ByteOrder::Little).0, b"a\xff");
        assert_eq!(read(b"\x3d\xd8", ByteOrder::Little).0, b"\xff");
    }

    #[test]
    fn lines_are_found_in_the_bytes_of_the_file() {
        let (_, starts) = read(&ByteOrder::Big.encoded("\u{feff}吉\n𠮷\nx"), ByteOrder::Big);
        assert_eq!(starts, [(3, 2), (7, 6), (12, 12), (13, 14)]);
    }
}
