//! TLS under the FTP library: one configuration and one store of sessions for each login.
//!
//! Promises that the control connection's handshake is over, and its certificate accepted, before anything is sent
//! through it; that data connections resume the control connection's session, as servers demand; that an upload ends with
//! `close_notify` and is then read to its end, so that the server has seen every byte before the socket closes and the
//! tickets that it sends last are kept; and that a download that ends without `close_notify` is an error.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use suppaftp::{FtpError, FtpResult, TlsConnector, TlsStream};

use super::certificate::{Doorkeeper, Ours, Witness};
use super::settings::{TlsSettings, TlsVersion};
use super::watch::Watch;
use crate::{Phase, TransportError};

/// Sessions that are kept for resumption; there is one server.
const SESSIONS: usize = 8;

/// Starts TLS on the sockets of one login.
#[derive(Debug)]
pub(super) struct Connector {
    config: Arc<ClientConfig>,
    watch: Watch,
    witness: Witness,
    control_is_up: AtomicBool,
}

/// TLS on one socket.
#[derive(Debug)]
pub(super) struct Protected(StreamOwned<ClientConnection, Watched>);

/// A socket that tells the watch whenever bytes move; for data connections, where they come in a stream.
#[derive(Debug)]
pub(super) struct Watched {
    socket: TcpStream,
    watch: Option<Watch>,
}

/// The configuration of one login.
pub(super) fn connector(
    settings: &TlsSettings,
    watch: &Watch,
    witness: &Witness,
) -> Result<Connector, TransportError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let doorkeeper = Doorkeeper::new(settings, &provider, witness)?;
    let ours = Ours::new(settings.client.as_ref(), &provider, witness)?;
    let version = match settings.version {
        TlsVersion::V1_2 => &rustls::version::TLS12,
        TlsVersion::V1_3 => &rustls::version::TLS13,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .expect("the provider has ciphers for both versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(doorkeeper))
        .with_client_cert_resolver(Arc::new(ours));
    // A store shared between logins would offer one login's session to another, which servers refuse.
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(Connector {
        config: Arc::new(config),
        watch: watch.clone(),
        witness: witness.clone(),
        control_is_up: AtomicBool::new(false),
    })
}

/// The name that the certificate must bear, in the form that the TLS library takes.
pub(super) fn server_name(name: &str) -> Result<ServerName<'static>, TransportError> {
    ServerName::try_from(name.to_owned()).map_err(|_| TransportError::Unsupported {
        what: format!("a certificate for {name:?}, which is neither a host name nor an address"),
    })
}

impl TlsConnector for Connector {
    type Stream = Protected;

    fn connect(&self, domain: &str, socket: TcpStream) -> FtpResult<Protected> {
        let failed = |error: String| FtpError::SecureError(error);
        let name = ServerName::try_from(domain.to_owned()).map_err(|error| failed(error.to_string()))?;
        let connection =
            ClientConnection::new(self.config.clone(), name).map_err(|error| failed(error.to_string()))?;
        if self.control_is_up.load(Ordering::Relaxed) {
            // What goes wrong with a data connection's handshake, the server tells on the control connection; so it
            // takes place where that answer can be read.
            let watched = Watched { socket, watch: Some(self.watch.clone()) };
            return Ok(Protected(StreamOwned::new(connection, watched)));
        }
        self.watch.enter(Phase::Handshake);
        self.watch.hold_control(&socket).map_err(FtpError::ConnectionError)?;
        let mut stream = StreamOwned::new(connection, Watched { socket, watch: None });
        while stream.conn.is_handshaking() {
            if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
                self.witness.seen().failure = tls_error(&error);
                return Err(failed(error.to_string()));
            }
        }
        self.note_agreed(&stream.conn);
        self.control_is_up.store(true, Ordering::Relaxed);
        Ok(Protected(stream))
    }
}

impl Connector {
    fn note_agreed(&self, connection: &ClientConnection) {
        let mut seen = self.witness.seen();
        let version = connection.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
        let suite = connection.negotiated_cipher_suite().map(|suite| suite.suite());
        let suite = suite.and_then(|suite| suite.as_str()).unwrap_or_default();
        seen.cipher = format!("{version} {suite}").trim().to_owned();
        let group = connection.negotiated_key_exchange_group().map(|group| group.name());
        seen.key_exchange = group.and_then(|name| name.as_str()).unwrap_or_default().to_owned();
    }
}

/// The TLS library's own error within one of reading or writing.
pub(super) fn tls_error(error: &io::Error) -> Option<rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned()
}

impl Protected {
    /// Brings the handshake of a data connection to its end.
    pub(super) fn shake_hands(&mut self) -> io::Result<()> {
        while self.0.conn.is_handshaking() {
            self.0.conn.complete_io(&mut self.0.sock)?;
        }
        Ok(())
    }

    /// Ends an upload: says that nothing follows, and reads until the server has closed its side.
    pub(super) fn end_upload(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.0.conn.send_close_notify();
        while self.0.conn.wants_write() {
            self.0.conn.write_tls(&mut self.0.sock)?;
        }
        self.0.sock.socket.shutdown(Shutdown::Write)?;
        let mut nothing = [0; 1024];
        // Servers close without `close_notify` here, or reset the connection: all of ours was sent by then, and what the
        // server made of it, its reply says.
        while matches!(self.0.read(&mut nothing), Ok(1..)) {}
        Ok(())
    }
}

impl TlsStream for Protected {
    type InnerStream = Protected;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        self.0.sock.socket.try_clone().map_err(FtpError::ConnectionError)
    }

    fn get_ref(&self) -> &TcpStream {
        &self.0.sock.socket
    }

    fn mut_ref(&mut self) -> &mut Protected {
        self
    }
}

impl Read for Protected {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

impl Write for Protected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Watched {
    fn tell(&self, bytes: usize) -> usize {
        if let (Some(watch), 1..) = (&self.watch, bytes) {
            watch.moved();
        }
        bytes
    }
}

impl Read for Watched {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.socket.read(bytes).map(|n| self.tell(n))
    }
}

impl Write for Watched {
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
