//! The bytes of one connection, as they are or under TLS.
//!
//! Promises that bytes which move on a data connection are told to the watch; that an upload ends with `close_notify` and
//! is then read to its end, so that the server has seen every byte before the socket closes and the tickets that it sends
//! last are kept; and that a download under TLS that ends without `close_notify` is an error.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use rustls::{ClientConnection, StreamOwned};

use super::watch::LineWatch;
use crate::{Phase, TransportError, library_words};

/// One connection to the server.
#[derive(Debug)]
pub(super) enum FtpWire {
    /// Without TLS.
    Clear(WatchedSocket),
    /// Under TLS.
    Tls(Box<StreamOwned<ClientConnection, WatchedSocket>>),
}

/// A socket that tells the watch whenever bytes move; for data connections, where they come in a stream.
#[derive(Debug)]
pub(super) struct WatchedSocket {
    pub(super) socket: TcpStream,
    watch: Option<LineWatch>,
}

impl WatchedSocket {
    /// The socket of the control connection.
    pub(super) fn control(socket: TcpStream) -> WatchedSocket {
        WatchedSocket { socket, watch: None }
    }

    /// The socket of a data connection.
    pub(super) fn data(socket: TcpStream, watch: &LineWatch) -> WatchedSocket {
        WatchedSocket { socket, watch: Some(watch.clone()) }
    }

    fn tell(&self, bytes: usize) -> usize {
        if let (Some(watch), 1..) = (&self.watch, bytes) {
            watch.moved();
        }
        bytes
    }
}

/// The TLS library's own error within one of reading or writing.
pub(super) fn tls_error(error: &io::Error) -> Option<rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned()
}

impl FtpWire {
    /// The socket underneath.
    pub(super) fn socket(&self) -> &TcpStream {
        match self {
            FtpWire::Clear(watched) => &watched.socket,
            FtpWire::Tls(stream) => &stream.sock.socket,
        }
    }

    /// Brings the handshake of a data connection to its end.
    pub(super) fn shake_hands(&mut self) -> io::Result<()> {
        let FtpWire::Tls(stream) = self else { return Ok(()) };
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(())
    }

    /// Ends an upload: says that nothing follows, and reads until the server has closed its side.
    pub(super) fn end_upload(&mut self) -> io::Result<()> {
        let stream = match self {
            FtpWire::Clear(watched) => return watched.socket.shutdown(Shutdown::Write),
            FtpWire::Tls(stream) => stream,
        };
        stream.flush()?;
        stream.conn.send_close_notify();
        while stream.conn.wants_write() {
            stream.conn.write_tls(&mut stream.sock)?;
        }
        stream.sock.socket.shutdown(Shutdown::Write)?;
        let mut nothing = [0; 1024];
        // Servers close without `close_notify` here, or reset the connection: all of ours was sent by then, and what the
        // server made of it, its reply says.
        while matches!(stream.read(&mut nothing), Ok(1..)) {}
        Ok(())
    }
}

impl Read for FtpWire {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            FtpWire::Clear(watched) => watched.read(bytes),
            FtpWire::Tls(stream) => stream.read(bytes),
        }
    }
}

impl Write for FtpWire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            FtpWire::Clear(watched) => watched.write(bytes),
            FtpWire::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            FtpWire::Clear(watched) => watched.flush(),
            FtpWire::Tls(stream) => stream.flush(),
        }
    }
}

impl Read for WatchedSocket {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.socket.read(bytes).map(|n| self.tell(n))
    }
}

impl Write for WatchedSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes).map(|n| self.tell(n))
    }

    fn write_vectored(&mut self, bytes: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.socket.write_vectored(bytes).map(|n| self.tell(n))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// The error for a line that is gone.
pub(super) fn lost(phase: Phase, error: &io::Error) -> TransportError {
    TransportError::Lost { phase, cause: library_words::of_io(error) }
}

/// The error for an answer that the protocol doesn't allow.
pub(super) fn violated(phase: Phase, cause: &str) -> TransportError {
    TransportError::ProtocolViolated { phase, cause: cause.to_owned() }
}
