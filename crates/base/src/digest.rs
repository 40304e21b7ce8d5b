//! SHA-256 of bytes, of streams and of files, written as 64 lower-case hexadecimal digits everywhere.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::Digest as _;

use crate::as_text::written_as_text;

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// The text was not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("value-sha256"))]
pub struct NotASha256;

impl Sha256 {
    /// The digest that stands before the first link of a chain.
    pub const ZERO: Sha256 = Sha256([0; 32]);

    /// The digest that these bytes are.
    pub const fn from_bytes(bytes: [u8; 32]) -> Sha256 {
        Sha256(bytes)
    }

    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Sha256 {
        Sha256(sha2::Sha256::digest(bytes).into())
    }

    /// The digest and the size in bytes of the file at `path`, read from start to end.
    ///
    /// # Errors
    /// Whatever opening or reading the file answers.
    pub fn of_file(path: &Path) -> io::Result<(Sha256, u64)> {
        Sha256::of_first(path, u64::MAX)
    }

    /// The digest and the number of the first bytes of the file at `path`, `limit` of them if it is long enough.
    ///
    /// # Errors
    /// Whatever opening or reading the file answers.
    pub fn of_first(path: &Path, limit: u64) -> io::Result<(Sha256, u64)> {
        let mut hashing = Hashing::new(io::sink());
        pour(std::fs::File::open(path)?.take(limit), &mut hashing)?;
        Ok(hashing.finish())
    }
}

/// Reads to the end, in pieces that are long enough for a disk, and writes what was read.
///
/// # Errors
/// Whatever either of the two answers.
pub fn pour(mut from: impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut chunk = vec![0; 256 * 1024];
    loop {
        match from.read(&mut chunk)? {
            0 => return Ok(()),
            n => to.write_all(&chunk[..n])?,
        }
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; DIGITS]))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

written_as_text!(Sha256);

impl FromStr for Sha256 {
    type Err = NotASha256;

    fn from_str(text: &str) -> Result<Sha256, NotASha256> {
        if text.len() != DIGITS {
            return Err(NotASha256);
        }
        let mut bytes = [0; 32];
        HEXLOWER_PERMISSIVE.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| NotASha256)?;
        Ok(Sha256(bytes))
    }
}

/// Passes bytes on to a writer while it counts and hashes them.
pub struct Hashing<W> {
    inner: W,
    sha256: sha2::Sha256,
    bytes: u64,
}

impl<W> Hashing<W> {
    /// Hashes what will be written to `inner`.
    pub fn new(inner: W) -> Hashing<W> {
        Hashing { inner, sha256: sha2::Sha256::new(), bytes: 0 }
    }

    /// Takes bytes into the digest and the count that were passed on by other means.
    pub fn note(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The digest of what was written so far, and the writer.
    pub fn into_parts(self) -> (Sha256, W) {
        (Sha256(self.sha256.finalize().into()), self.inner)
    }

    /// The digest and the number of bytes written so far.
    pub fn finish(self) -> (Sha256, u64) {
        (Sha256(self.sha256.finalize().into()), self.bytes)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.note(&bytes[..written]);
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
    fn a_digest_survives_being_written_as_text() {
        let digest = Sha256::of("到達".as_bytes());
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!("12".parse::<Sha256>(), Err(NotASha256));
        assert_eq!("g".repeat(64).parse::<Sha256>(), Err(NotASha256));
    }

    #[test]
    fn the_digest_of_nothing_is_the_known_one() {
        assert_eq!(
            Sha256::of(b"").to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
