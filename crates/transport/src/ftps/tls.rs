//! TLS on the connections of one login: one configuration and one store of sessions.
//!
//! Promises that the control connection's handshake is over, and its certificate accepted, before anything is sent
//! through it; and that data connections resume the control connection's session, as servers demand.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::certificate::{CertificateVerifier, OpeningFacts, OwnCertificate};
use super::settings::{TlsSettings, TlsVersion};
use super::watch::LineWatch;
use super::wire::{FtpWire, WatchedSocket, tls_error};
use crate::{Result, TransportError};
use totatsu_base::say;

/// Sessions that are kept for resumption; there is one server.
const SESSIONS: usize = 8;

/// Starts TLS on the sockets of one login.
#[derive(Debug)]
pub(super) struct TlsLogin {
    pub(super) settings: TlsSettings,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    watch: LineWatch,
    opening_facts: OpeningFacts,
}

impl TlsLogin {
    /// The configuration of one login; the certificate must bear `name`.
    pub(super) fn new(
        settings: &TlsSettings,
        name: &str,
        watch: &LineWatch,
        opening_facts: &OpeningFacts,
    ) -> Result<TlsLogin> {
        let name = server_name(name)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let doorkeeper = CertificateVerifier::new(settings, &provider, opening_facts)?;
        let ours = OwnCertificate::new(settings.client.as_ref(), &provider, opening_facts)?;
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
        let (settings, watch, opening_facts) = (settings.clone(), watch.clone(), opening_facts.clone());
        Ok(TlsLogin { settings, config: Arc::new(config), name, watch, opening_facts })
    }

    /// Brings the control connection's handshake to its end.
    pub(super) fn control(&self, socket: TcpStream) -> io::Result<FtpWire> {
        let mut stream = StreamOwned::new(self.connection()?, WatchedSocket::control(socket));
        while stream.conn.is_handshaking() {
            if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
                self.opening_facts.noted().failure = tls_error(&error);
                return Err(error);
            }
        }
        self.note_agreed(&stream.conn);
        Ok(FtpWire::Tls(Box::new(stream)))
    }

    /// A data connection whose handshake is still to come: what goes wrong with it, the server tells on the control
    /// connection, so it takes place where that answer can be read.
    pub(super) fn data(&self, socket: TcpStream) -> io::Result<FtpWire> {
        let watched = WatchedSocket::data(socket, &self.watch);
        Ok(FtpWire::Tls(Box::new(StreamOwned::new(self.connection()?, watched))))
    }

    fn connection(&self) -> io::Result<ClientConnection> {
        ClientConnection::new(self.config.clone(), self.name.clone()).map_err(io::Error::other)
    }

    fn note_agreed(&self, connection: &ClientConnection) {
        let mut seen = self.opening_facts.noted();
        let version = connection.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
        let suite = connection.negotiated_cipher_suite().map(|suite| suite.suite());
        let suite = suite.and_then(|suite| suite.as_str()).unwrap_or_default();
        seen.cipher = format!("{version} {suite}").trim().to_owned();
        let group = connection.negotiated_key_exchange_group().map(|group| group.name());
        seen.key_exchange = group.and_then(|name| name.as_str()).unwrap_or_default().to_owned();
    }
}

/// The name that the certificate must bear, in the form that the TLS library takes.
fn server_name(name: &str) -> Result<ServerName<'static>> {
    ServerName::try_from(name.to_owned()).map_err(|_| TransportError::Unsupported {
        what: say!("ftps-need-certificate-for", name = format!("{name:?}")),
    })
}
