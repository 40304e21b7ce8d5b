//! Whether values are quoted as a whole: a reader of CSV takes a stray quotation mark for a character, or drops it.
//!
//! Owns where marks stand that belong to no quoted value, by their place in the text. Passes every byte on as it is.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use super::stream::BYTE_ORDER_MARK;

/// Where a quotation mark is that belongs to no quoted value, or where something follows a closing one; the first of each line.
#[derive(Debug, Default)]
pub(super) struct StrayQuotes(VecDeque<u64>);

impl StrayQuotes {
    /// Whether there is such a place before this byte of the text. It is not told again.
    pub(super) fn before(&mut self, end: u64) -> bool {
        let known = self.0.len();
        self.0.retain(|at| *at >= end);
        self.0.len() < known
    }
}

/// Where in a value the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quotation mark in a quoted value: the mark closes the value, or is doubled.
    Closed,
    /// Behind the CR that ends a line.
    Return,
    /// A stray one stands in this line already.
    Told,
}

/// A text whose quotation marks are watched.
pub(super) struct WatchedQuotes<R> {
    text: R,
    delimiter: u8,
    at: u64,
    place: Place,
    stray: Rc<RefCell<StrayQuotes>>,
}

impl<R> WatchedQuotes<R> {
    pub(super) fn new(text: R, delimiter: u8) -> (WatchedQuotes<R>, Rc<RefCell<StrayQuotes>>) {
        let stray = Rc::<RefCell<StrayQuotes>>::default();
        let watched = WatchedQuotes { text, delimiter, at: 0, place: Place::Start, stray: stray.clone() };
        (watched, stray)
    }

    fn watch(&mut self, byte: u8) {
        let mark = usize::try_from(self.at).ok().and_then(|at| BYTE_ORDER_MARK.get(at));
        let is_mark = mark == Some(&byte) && self.place == Place::Start;
        let ends_value = byte == self.delimiter || byte == b'\n';
        self.place = match (self.place, byte) {
            _ if is_mark => Place::Start,
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Quoted, _) | (Place::Start | Place::Closed, b'"') => Place::Quoted,
            (Place::Told, b'\n') => Place::Start,
            (Place::Told, _) => Place::Told,
            (Place::Return, b'\n') => Place::Start,
            (_, _) if ends_value && self.place != Place::Return => Place::Start,
            (Place::Closed, b'\r') => Place::Return,
            (Place::Closed | Place::Return, _) | (Place::Plain, b'"') => {
                self.stray.borrow_mut().0.push_back(self.at);
                Place::Told
            }
            (Place::Start | Place::Plain, _) => Place::Plain,
        };
        self.at += 1;
    }
}

impl<R: Read> Read for WatchedQuotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        buffer[..count].iter().for_each(|byte| self.watch(*byte));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stray(text: &str) -> bool {
        let (mut watched, stray) = WatchedQuotes::new(text.as_bytes(), b',');
        io::copy(&mut watched, &mut io::sink()).unwrap();
        stray.borrow_mut().before(u64::MAX)
    }

    #[test]
    fn a_mark_belongs_to_a_value_that_is_quoted_as_a_whole() {
        for sound in [
            "",
            "a,b\n",
            "\"a\",\"\"\n",
            "\"a\"\"b\",c\r\n\"x\"\r\n",
            "\"a\nb,\"\n",
            "\u{feff}\"a\"\n",
            "a\r\nb",
        ] {
            assert!(!stray(sound), "{sound:?}");
        }
        for wrong in ["1,\"a\"b,x\n", "\"x\"y\"z\"\n", "a\"b\n", "a,b\"\n", "\"a\" ,b\n", "\"a\"\rb\n"] {
            assert!(stray(wrong), "{wrong:?}");
        }
    }
}
