//! The control connection under the FTP library: what the server says there, one reply at a time.
//!
//! The library reads replies as the standard's examples have them, keeps no words of a reply that it expected, and can't
//! tell a reply that nobody asked for from the next answer. So the bytes pass through here. Promises that no request is
//! sent while an unread reply lies there; that the words of the last reply are kept; that a server which says "wait"
//! (120) before its greeting, or announces a transfer twice, is waited for; and that the address of a data connection is
//! handed on in the one form that the library reads, in whatever form the server wrote it. Never makes up a reply.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use super::passive;
use super::reply::Reply;
use super::wire::FtpWire;
use crate::library_words::in_our_words;
use crate::words;
use totatsu_base::locked;
use totatsu_base::say;

/// Bytes of a reply; a longer one is no reply.
const REPLY_LIMIT: usize = 256 * 1024;
/// Bytes that are read at a time.
const CHUNK: usize = 4 * 1024;
/// The requests that are answered twice: as the transfer begins, and as it ends.
const TRANSFERS: [&str; 6] = ["STOR", "APPE", "RETR", "LIST", "MLSD", "NLST"];

/// What was said last; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(Arc<Mutex<LastWords>>);

#[derive(Debug, Default)]
struct LastWords {
    /// The request, without its argument, in capitals; empty before the first.
    verb: String,
    reply: Option<Reply>,
}

impl Said {
    /// The reply that was read last.
    pub(super) fn reply(&self) -> Option<Reply> {
        locked(&self.0).reply.clone()
    }

    /// The request that was sent last, without its argument.
    pub(super) fn verb(&self) -> String {
        locked(&self.0).verb.clone()
    }
}

/// What can't be read as a reply, or came without having been asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unasked {
    /// A reply that is one too many; nothing was sent after it.
    #[error("{}", say!("ftps-surplus", reply = format!("{:?}", _0.shown())))]
    Surplus(Reply),
    /// Something else than a reply, as it may be shown.
    #[error("{}", say!("ftps-no-reply-of-ftp", words = _0))]
    NoReply(String),
}

/// The connection, with what was read of it and not yet handed on.
#[derive(Debug)]
pub(super) struct Control {
    wire: FtpWire,
    said: Said,
    /// Bytes from the server that are not yet a whole reply.
    unread: Vec<u8>,
    /// A whole reply, in the form that the library reads.
    ready: Vec<u8>,
    handed_on: usize,
    /// A request's end was not sent yet.
    within_request: bool,
    announced: bool,
}

impl Control {
    /// A control connection on which nothing was said yet.
    pub(super) fn new(wire: FtpWire, said: Said) -> Control {
        Control {
            wire,
            said,
            unread: Vec::new(),
            ready: Vec::new(),
            handed_on: 0,
            within_request: false,
            announced: false,
        }
    }

    /// The connection underneath.
    pub(super) fn wire(&self) -> &FtpWire {
        &self.wire
    }

    /// Sends a request and reads its answer, without the library.
    pub(super) fn exchange(&mut self, request: &str) -> io::Result<Reply> {
        self.write_all(format!("{request}\r\n").as_bytes())?;
        self.next_reply()
    }

    /// Has TLS begin. What the server sent in the clear behind its consent is none of its words.
    pub(super) fn secured(self, begin: impl FnOnce(TcpStream) -> io::Result<FtpWire>) -> io::Result<Control> {
        if !self.unread.is_empty() {
            return Err(no_reply(&self.unread));
        }
        match self.wire {
            FtpWire::Clear(watched) => Ok(Control { wire: begin(watched.socket)?, ..self }),
            FtpWire::Tls(_) => Ok(self),
        }
    }

    /// Has the library read this greeting next, whatever was said since.
    pub(super) fn hand_on(&mut self, greeting: Reply) {
        self.make_ready(&greeting);
        locked(&self.said.0).reply = Some(greeting);
    }

    fn make_ready(&mut self, reply: &Reply) {
        self.ready = reply.in_one_line();
        self.handed_on = 0;
    }

    /// The next reply that is an answer.
    pub(super) fn next_reply(&mut self) -> io::Result<Reply> {
        loop {
            let reply = loop {
                if let Some(reply) = take_reply(&mut self.unread)? {
                    break reply;
                }
                if self.fill()? == 0 {
                    let what = say!("ftps-closed-before-reply");
                    return Err(in_our_words(io::ErrorKind::UnexpectedEof, what));
                }
            };
            locked(&self.said.0).reply = Some(reply.clone());
            if reply.is_preliminary() {
                let opens = TRANSFERS.contains(&self.said.verb().as_str()) && !self.announced;
                if !opens {
                    continue;
                }
                self.announced = true;
            }
            return Ok(reply);
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut chunk = [0; CHUNK];
        loop {
            match self.wire.read(&mut chunk) {
                Ok(read) => {
                    self.unread.extend_from_slice(&chunk[..read]);
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// An error if anything lies there that would be taken for the answer to the next request.
    fn nothing_unread(&mut self) -> io::Result<()> {
        if self.unread.is_empty() {
            self.wire.socket().set_nonblocking(true)?;
            let read = self.fill();
            self.wire.socket().set_nonblocking(false)?;
            match read {
                Ok(0) => {
                    let what = say!("ftps-closed-meanwhile");
                    return Err(in_our_words(io::ErrorKind::UnexpectedEof, what));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        let reply = self.next_reply()?;
        Err(io::Error::other(Unasked::Surplus(reply)))
    }
}

impl Read for Control {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.handed_on == self.ready.len() {
            let reply = self.next_reply()?;
            let reply = passive::in_the_library_s_form(&self.said.verb(), reply);
            self.make_ready(&reply);
        }
        let rest = &self.ready[self.handed_on..];
        let given = rest.len().min(bytes.len());
        bytes[..given].copy_from_slice(&rest[..given]);
        self.handed_on += given;
        Ok(given)
    }
}

impl Write for Control {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.within_request {
            self.nothing_unread()?;
            let verb = bytes.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
            locked(&self.said.0).verb = String::from_utf8_lossy(verb).to_ascii_uppercase();
            self.announced = false;
        }
        let written = self.wire.write(bytes)?;
        self.within_request = !bytes[..written].ends_with(b"\n");
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wire.flush()
    }
}

/// Takes a whole reply from the front of what was read; nothing where more has to be read first.
///
/// A reply of several lines ends with a line that begins with a code and a blank; servers exist that end with another
/// code than they began with, and such a one is then the reply's.
pub(super) fn take_reply(unread: &mut Vec<u8>) -> io::Result<Option<Reply>> {
    let mut lines = Vec::new();
    let mut from = 0;
    while let Some(length) = unread[from..].iter().position(|byte| *byte == b'\n') {
        let line = unread[from..from + length].trim_ascii_end();
        from += length + 1;
        if lines.is_empty() && line.is_empty() {
            continue;
        }
        let Some(opening) = code_and_sign(line).or(lines.first().map(|_| (0, b'-'))) else {
            return Err(no_reply(line));
        };
        lines.push(line.to_vec());
        if opening.1 == b' ' {
            unread.drain(..from);
            return Ok(Some(Reply::of(opening.0, &lines)));
        }
    }
    let begins_oddly =
        unread.len() >= 4 && lines.is_empty() && code_and_sign(unread.trim_ascii_start()).is_none();
    if unread.len() > REPLY_LIMIT
        || begins_oddly && !unread.trim_ascii_start().is_empty() && unread.len() > CHUNK
    {
        return Err(no_reply(unread));
    }
    Ok(None)
}

/// The code at the front of a line, and what follows it: a blank, or a hyphen where more lines come.
fn code_and_sign(line: &[u8]) -> Option<(u16, u8)> {
    let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match line.get(3) {
        None | Some(b' ') => Some((code, b' ')),
        Some(b'-') => Some((code, b'-')),
        Some(_) => None,
    }
}

fn no_reply(bytes: &[u8]) -> io::Error {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    io::Error::other(Unasked::NoReply(words::told(&String::from_utf8_lossy(line))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(bytes: &[u8]) -> Vec<(u16, Vec<String>)> {
        let mut unread = bytes.to_vec();
        let mut taken = Vec::new();
        while let Some(reply) = take_reply(&mut unread).unwrap() {
            taken.push((reply.code, reply.lines));
        }
        taken
    }

    #[test]
    fn replies_are_read_in_every_form_that_servers_write() {
        let one = |code, lines: &[&str]| vec![(code, lines.iter().map(|line| (*line).to_owned()).collect())];
        for (bytes, expected) in [
            (&b"220 ready\r\n"[..], one(220, &["ready"])),
            (b"220 ready\n", one(220, &["ready"])),
            (b"226\r\n", one(226, &[""])),
            (b"\r\n220 ready\r\n", one(220, &["ready"])),
            (b"220-a\r\n b\r\n220 c\r\n", one(220, &["a", "b", "c"])),
            (b"220-a\r\n220-b\r\n220 c\r\n", one(220, &["a", "b", "c"])),
            (b"211-Features:\r\n UTF8\r\n211 End\r\n", one(211, &["Features:", "UTF8", "End"])),
            (b"213-Status\r\n 213 inside\r\n226 Done.\r\n", one(226, &["Status", "213 inside", "Done."])),
            (
                b"227-listen socket created\r\n227 (1,2,3,4,5,6)\r\n",
                one(227, &["listen socket created", "(1,2,3,4,5,6)"]),
            ),
            ("550 ファイルがありません\r\n".as_bytes(), one(550, &["ファイルがありません"])),
            (b"550 \x83t\x83@\x83C\x83\x8b\r\n", one(550, &["ファイル"])),
        ] {
            assert_eq!(replies(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(replies(b"220 a\r\n331 b\r\n").len(), 2);
        assert_eq!(replies(b"220-a\r\n b\r\n").len(), 0, "its end is still to come");
    }

    #[test]
    fn what_is_no_reply_is_quoted() {
        for bytes in [
            &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
            b"HTTP/1.1 400 Bad Request\r\n",
            b"22 a\r\n",
            b"2200 a\r\n",
            b"Welcome\r\n220 a\r\n",
        ] {
            let error = take_reply(&mut bytes.to_vec()).unwrap_err().to_string();
            let quoted =
                String::from_utf8_lossy(bytes.split(|byte| *byte == b'\r').next().unwrap()).into_owned();
            assert!(error.contains(&quoted), "{error}");
        }
        let endless = vec![b'x'; REPLY_LIMIT + 1];
        assert!(take_reply(&mut endless.clone()).is_err());
    }
}
