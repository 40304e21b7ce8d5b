//! How many lines a file has that is carried as it is: the only thing by which it can be held against what is expected.

use std::io::{self, Read, Write};

use totatsu_base::digest::{Hashing, Sha256, pour};
use totatsu_base::messages::{Tongue, text_in};

/// What evidence calls a line, where it calls records by their kinds.
pub(crate) const LINE: &str = "line";

/// What people call a kind of records: the layout's own word for it, but for the lines of a file that is carried as it is.
pub fn kind_in(tongue: Tongue, kind: &str) -> String {
    if kind == LINE { text_in(tongue, "record-kind-line", &[]) } else { kind.to_owned() }
}

/// Pours a stream into a writer. Returns the digest of what went by, its size in bytes, and its lines.
pub(crate) fn hashed_and_counted(from: impl Read, to: impl Write) -> io::Result<(Sha256, u64, u64)> {
    let mut counting = Lines::new(Hashing::new(to));
    pour(from, &mut counting)?;
    let (lines, hashing) = counting.finish();
    let (sha256, size) = hashing.finish();
    Ok((sha256, size, lines))
}

/// Counts the lines of what is written through it. One that doesn't end counts too.
struct Lines<W> {
    inner: W,
    ended: u64,
    open: bool,
}

impl<W: Write> Lines<W> {
    fn new(inner: W) -> Lines<W> {
        Lines { inner, ended: 0, open: false }
    }

    /// How many lines there were, and the writer.
    fn finish(self) -> (u64, W) {
        (self.ended + u64::from(self.open), self.inner)
    }
}

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.ended += memchr::memchr_iter(b'\n', &bytes[..written]).count() as u64;
        self.open = bytes[..written].last().map_or(self.open, |last| *last != b'\n');
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_pieces_they_come_in_and_the_last_counts_without_an_end() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\r\nb\r\n", 2), ("\n\n", 2)] {
            for piece in 1..=3 {
                let mut counted = Lines::new(io::sink());
                text.as_bytes().chunks(piece).for_each(|piece| counted.write_all(piece).unwrap());
                assert_eq!(counted.finish().0, lines, "{text:?} in pieces of {piece}");
            }
        }
    }
}
