//! Keeps a thread that waits on sockets from waiting for ever.
//!
//! The FTP library blocks, and knows no deadlines. So each session has a thread of its own, which notes here what it is
//! about and when bytes last moved; whoever waits for the thread reads it, and when a phase has outlived its deadline,
//! severs the line: both sockets are shut down, every wait of the thread fails at once, and the thread ends. The same
//! happens when nobody waits any more.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::Phase;
use totatsu_base::locked;

/// What a session's thread waits for, and its sockets; clones share them.
#[derive(Clone, Debug)]
pub(super) struct LineWatch(Arc<Mutex<Seen>>);

#[derive(Debug)]
struct Seen {
    phase: Phase,
    since: Instant,
    control: Option<TcpStream>,
    data: Option<TcpStream>,
    severed: bool,
}

impl LineWatch {
    /// A watch over a session that is about to connect.
    pub(super) fn new() -> LineWatch {
        let seen =
            Seen { phase: Phase::Connect, since: Instant::now(), control: None, data: None, severed: false };
        LineWatch(Arc::new(Mutex::new(seen)))
    }

    /// Begins to wait for an answer of this phase.
    pub(super) fn enter(&self, phase: Phase) {
        let mut seen = locked(&self.0);
        seen.phase = phase;
        seen.since = Instant::now();
    }

    /// Bytes have moved.
    pub(super) fn moved(&self) {
        locked(&self.0).since = Instant::now();
    }

    /// What is waited for, and since when nothing was heard.
    pub(super) fn waits_for(&self) -> (Phase, Instant) {
        let seen = locked(&self.0);
        (seen.phase, seen.since)
    }

    /// Puts the control connection under watch.
    pub(super) fn hold_control(&self, socket: &TcpStream) -> io::Result<()> {
        let held = socket.try_clone()?;
        self.hold(|seen| seen.control = Some(held))
    }

    /// Puts a data connection under watch, in the place of the one before.
    pub(super) fn hold_data(&self, socket: &TcpStream) -> io::Result<()> {
        let held = socket.try_clone()?;
        self.hold(|seen| seen.data = Some(held))
    }

    /// Lets go of the data connection, so that it closes where its user closes it.
    pub(super) fn release_data(&self) {
        locked(&self.0).data = None;
    }

    /// Ends every wait, now and later.
    pub(super) fn sever(&self) {
        let mut seen = locked(&self.0);
        seen.severed = true;
        for socket in [&seen.control, &seen.data].into_iter().flatten() {
            // A socket that is closed already needs no more.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn hold(&self, take: impl FnOnce(&mut Seen)) -> io::Result<()> {
        let mut seen = locked(&self.0);
        if seen.severed {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        take(&mut seen);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_thread_that_waits_on_a_silent_line_is_freed_when_the_line_is_severed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let _silent_peer = listener.accept().unwrap();
        let watch = LineWatch::new();
        watch.hold_control(&socket).unwrap();
        let waiting = std::thread::spawn(move || socket.read(&mut [0]).unwrap());
        watch.sever();
        assert_eq!(waiting.join().unwrap(), 0);
        let later = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert!(watch.hold_data(&later).is_err(), "a line that is severed stays so");
    }
}
