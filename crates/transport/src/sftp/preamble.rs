//! What an SSH server says before its version: notices of appliances, laws, welcomes (RFC 4253, section 4.2).
//!
//! Owns the limits: so many lines, each so long. Promises that nothing of it is kept but its first line, for a message, and
//! that nothing behind the beginning of the version is lost.

use crate::words;
use totatsu_base::say;

/// Lines that are passed over; OpenSSH's client has the same limit.
const LINES: usize = 1024;
/// Bytes that such a line may have.
const LINE: usize = 4096;
/// How the version begins, of whatever version.
const VERSION: &[u8] = b"SSH-";

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Preamble {
    /// The line that has not ended yet.
    line: Vec<u8>,
    lines: usize,
    first: Option<String>,
}

impl Preamble {
    /// Takes a piece; once the version has begun, all from there on.
    ///
    /// # Errors
    /// Why nobody would wait for a version any longer, in words.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let mut rest = [&self.line, piece].concat();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if rest.starts_with(VERSION) {
                break;
            }
            self.first.get_or_insert_with(|| told(&rest[..end]));
            self.lines += 1;
            if end > LINE || self.lines > LINES {
                return Err(self.without_version());
            }
            rest.drain(..=end);
        }
        if rest.starts_with(VERSION) {
            return Ok(Some(rest));
        }
        if rest.len() > LINE {
            self.first.get_or_insert_with(|| told(&rest));
            return Err(self.without_version());
        }
        self.line = rest;
        Ok(None)
    }

    /// The words for an end before the version; nothing where nothing was said.
    pub(super) fn ended(mut self) -> Option<String> {
        if !self.line.is_empty() {
            let line = told(&self.line);
            self.first.get_or_insert(line);
        }
        self.first.is_some().then(|| self.without_version())
    }

    fn without_version(&self) -> String {
        let first = self.first.as_deref().unwrap_or_default();
        say!("sftp-no-version", first = format!("{first:?}"))
    }
}

fn told(line: &[u8]) -> String {
    words::told(&String::from_utf8_lossy(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(said: &str, piece: usize) -> Result<Option<Vec<u8>>, String> {
        let mut preamble = Preamble::default();
        let mut pieces = said.as_bytes().chunks(piece);
        while let Some(piece) = pieces.next() {
            if let Some(mut found) = preamble.push(piece)? {
                pieces.for_each(|piece| found.extend_from_slice(piece));
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    #[test]
    fn as_many_and_as_long_lines_as_the_limits_allow_are_passed_over() {
        let (long, many) = (format!("{}\n", "x".repeat(LINE)), "\r\n".repeat(LINES));
        for before in
            ["", "\n", "Welcome\r\n", "SSH is what we speak\r\n", "SS\nH-\n", &long, &many, &long.repeat(9)]
        {
            for piece in [1, 5, 5000] {
                let found = heard(&format!("{before}SSH-2.0-x\r\n..."), piece).unwrap();
                assert_eq!(found.as_deref(), Some(b"SSH-2.0-x\r\n...".as_slice()), "{piece}");
            }
        }
    }

    #[test]
    fn more_or_longer_lines_end_the_patience_and_the_first_is_quoted() {
        for before in [format!("{}\n", "x".repeat(LINE + 1)), "\r\n".repeat(LINES + 1), "x".repeat(LINE + 1)]
        {
            for piece in [1, 5000] {
                assert!(heard(&format!("{before}SSH-2.0-x\r\n"), piece).is_err());
            }
        }
        let mut preamble = Preamble::default();
        preamble.push(b"220 ProFTPD ready\r\n").unwrap();
        assert!(preamble.ended().unwrap().contains("220 ProFTPD ready"));
        assert_eq!(Preamble::default().ended(), None);
    }
}
