//! From settings to an authenticated FTP session: connect, begin TLS, prove who we are, learn what the server offers.
//!
//! Promises that neither account nor password is sent before the server's certificate was accepted, unless the partner's
//! file allows cleartext; that data connections are encrypted (`PROT P`) wherever the control connection is; and that
//! bytes travel unchanged (`TYPE I`).

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use rustls::{AlertDescription, PeerIncompatible};
use socket2::{SockRef, TcpKeepalive};
use suppaftp::types::{FileType, Response};
use suppaftp::{FtpError, ImplFtpStream, Mode};

use super::certificate::Witness;
use super::line::{Digest, Line, Offers, Worker, dial_data, lost, violated};
use super::reply::Reply;
use super::settings::{FtpsSettings, Pin, Protection, TlsMode, TlsSettings, TlsVersion};
use super::tls::{Connector, Protected, connector, server_name, tls_error};
use super::watch::Watch;
use super::{CLEARTEXT, FTPS, FtpsSession};
use crate::{Peer, Phase, Session, TransportError, words};

/// A silent control connection is kept open by the network's own signs of life, while data flows beside it.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Opens a session with the partner.
///
/// # Errors
/// Unreachable, timed out, certificate refused, authentication refused, no encryption there.
pub async fn connect(settings: &FtpsSettings) -> Result<Box<dyn Session>, TransportError> {
    let own = settings.clone();
    let start = Worker::start(settings.deadlines, Watch::new(), move |watch| sign_on(&own, watch));
    let (worker, peer) = start.await?;
    Ok(Box::new(FtpsSession::new(worker, peer)))
}

/// The fingerprint of the certificate that the server shows. Ends the connection before we say who we are.
///
/// # Errors
/// Unreachable, timed out, no TLS there, or none configured.
pub async fn shown_certificate(settings: &FtpsSettings) -> Result<Pin, TransportError> {
    let mut unpinned = settings.clone();
    let Protection::Tls(tls) = &mut unpinned.protection else {
        return Err(TransportError::Unsupported { what: "a certificate: transport is \"ftp\"".to_owned() });
    };
    // A pin that no certificate has makes the handshake end with what was shown.
    (tls.ca_file, tls.pins, tls.client) = (None, vec![Pin::of(b"")], None);
    match connect(&unpinned).await.map(drop) {
        Err(TransportError::CertificateRefused { fingerprint, .. }) => {
            Ok(fingerprint.parse().expect("a fingerprint is written as it is read"))
        }
        Err(error) => Err(error),
        Ok(()) => unreachable!("no certificate has that fingerprint"),
    }
}

/// Everything up to the first request.
fn sign_on(settings: &FtpsSettings, watch: &Watch) -> Result<(Line, Peer), TransportError> {
    let witness = Witness::default();
    let attempt = Attempt { settings, watch, witness: &witness };
    let ftp = match &settings.protection {
        Protection::Cleartext => attempt.greet()?,
        Protection::Tls(tls) => attempt.protect(tls)?,
    };
    let software = software(ftp.get_welcome_msg().unwrap_or_default());
    let mut line = Line {
        ftp,
        watch: watch.clone(),
        offers: Offers::default(),
        minimum_throughput: settings.minimum_throughput,
        patience: settings.deadlines.read,
        spoilt: false,
    };
    if let Protection::Tls(tls) = &settings.protection {
        attempt.protect_data(&mut line, tls)?;
    }
    attempt.sign_in(&mut line)?;
    let extensions = extensions(&mut line)?;
    attempt.prepare(&mut line, &extensions)?;
    let peer = attempt.peer(software, extensions);
    Ok((line, peer))
}

/// One attempt to sign on.
struct Attempt<'a> {
    settings: &'a FtpsSettings,
    watch: &'a Watch,
    witness: &'a Witness,
}

impl Attempt<'_> {
    /// Connects without TLS and waits for the greeting.
    fn greet(&self) -> Result<ImplFtpStream<Protected>, TransportError> {
        let socket = self.dial()?;
        self.watch.enter(Phase::Handshake);
        let greeted = ImplFtpStream::connect_with_stream(socket);
        greeted.map(|ftp| self.with_own_sockets(ftp)).map_err(|error| self.not_greeted(error))
    }

    /// Connects, and has the certificate accepted.
    fn protect(&self, tls: &TlsSettings) -> Result<ImplFtpStream<Protected>, TransportError> {
        let name = tls.server_name.as_deref().unwrap_or(&self.settings.host);
        server_name(name)?;
        let connector = connector(tls, self.watch, self.witness)?;
        match tls.mode {
            TlsMode::Explicit => {
                let secured = self.greet()?.into_secure(connector, name);
                secured.map_err(|error| self.unprotected(tls, error))
            }
            TlsMode::Implicit => self.protect_at_once(tls, connector, name),
        }
    }

    fn protect_at_once(
        &self,
        tls: &TlsSettings,
        connector: Connector,
        name: &str,
    ) -> Result<ImplFtpStream<Protected>, TransportError> {
        let addresses = self.addresses()?;
        // The library dials for itself here; the socket comes under watch as soon as TLS begins.
        let secured = ImplFtpStream::connect_secure_implicit(&addresses[..], connector, name);
        let ftp = secured.map_err(|error| {
            if self.watch.waits_for().0 == Phase::Connect {
                self.unreachable(&error.to_string())
            } else {
                self.unprotected(tls, error)
            }
        })?;
        keep_alive(&ftp.get_ref()).map_err(|error| self.unreachable(&error.to_string()))?;
        Ok(self.with_own_sockets(ftp))
    }

    /// Has data connections opened by us, so that they are under watch.
    fn with_own_sockets(&self, ftp: ImplFtpStream<Protected>) -> ImplFtpStream<Protected> {
        let (watch, within) = (self.watch.clone(), self.settings.deadlines.connect);
        ftp.passive_stream_builder(move |address| dial_data(address, within, &watch))
    }

    fn addresses(&self) -> Result<Vec<SocketAddr>, TransportError> {
        let addresses = (self.settings.host.as_str(), self.settings.port).to_socket_addrs();
        addresses.map(Iterator::collect).map_err(|error| self.unreachable(&error.to_string()))
    }

    fn dial(&self) -> Result<TcpStream, TransportError> {
        let mut cause = "the name has no address".to_owned();
        for address in self.addresses()? {
            let dialled =
                TcpStream::connect_timeout(&address, self.settings.deadlines.connect).and_then(|socket| {
                    keep_alive(&socket)?;
                    self.watch.hold_control(&socket)?;
                    Ok(socket)
                });
            match dialled {
                Ok(socket) => return Ok(socket),
                Err(error) => cause = error.to_string(),
            }
        }
        Err(self.unreachable(&cause))
    }

    /// Demands that data connections are encrypted. After `AUTH TLS` the library has asked already; asking again does
    /// no harm, and some servers want to be asked again after the login.
    fn protect_data(&self, line: &mut Line, tls: &TlsSettings) -> Result<(), TransportError> {
        if tls.mode == TlsMode::Explicit {
            return Ok(());
        }
        for command in ["PBSZ 0", "PROT P"] {
            let reply = line.ask(Phase::Handshake, command)?;
            if !reply.is(&[200]) {
                return Err(no_protection(&reply));
            }
        }
        Ok(())
    }

    fn sign_in(&self, line: &mut Line) -> Result<(), TransportError> {
        let refused = |reply: &Reply| TransportError::AuthenticationRefused {
            user: self.settings.user.clone(),
            methods: vec![format!("another account or password, it says {:?}", reply.shown())],
        };
        let busy = |reply: &Reply| self.unreachable(&reply.shown());
        let mut reply = line.ask(Phase::Authenticate, &format!("USER {}", self.settings.user))?;
        if reply.is(&[331]) {
            reply = line.ask(Phase::Authenticate, &format!("PASS {}", self.settings.password.reveal()))?;
        }
        match reply.code {
            230 | 232 | 202 => Ok(()),
            // Too many sessions, or a server that is just starting.
            400..=499 => Err(busy(&reply)),
            _ => Err(refused(&reply)),
        }
    }

    /// Makes the line ready for bytes as they are.
    fn prepare(&self, line: &mut Line, extensions: &[String]) -> Result<(), TransportError> {
        let offered = |name: &str| extensions.iter().any(|line| word(line) == name);
        if offered("UTF8") {
            // Servers that speak UTF-8 anyway refuse to be asked.
            line.ask(Phase::Start, "OPTS UTF8 ON")?;
        }
        self.watch.enter(Phase::Start);
        line.ftp.transfer_type(FileType::Binary).map_err(|error| self.unbinary(error))?;
        let ipv6 = line.ftp.get_ref().peer_addr().is_ok_and(|peer| peer.is_ipv6());
        let extended = ipv6 || self.settings.passive.extended.unwrap_or_else(|| offered("EPSV"));
        line.ftp.set_mode(if extended { Mode::ExtendedPassive } else { Mode::Passive });
        line.ftp.set_passive_nat_workaround(self.settings.passive.same_host);
        line.offers =
            Offers { facts: offered("MLST"), modified: offered("MDTM"), digest: digest(line, extensions)? };
        Ok(())
    }

    fn peer(&self, software: String, extensions: Vec<String>) -> Peer {
        let seen = self.witness.seen();
        let (transport, client) = match &self.settings.protection {
            Protection::Cleartext => (CLEARTEXT, false),
            Protection::Tls(tls) => (FTPS, tls.client.is_some() && seen.asked_for_ours),
        };
        Peer {
            transport: transport.to_owned(),
            address: self.settings.address(),
            software,
            host_key: seen.fingerprint.map_or_else(|| "none".to_owned(), |pin| pin.to_string()),
            user: self.settings.user.clone(),
            authenticated_by: if client { "client certificate and password" } else { "password" }.to_owned(),
            cipher: if seen.cipher.is_empty() { "none".to_owned() } else { seen.cipher.clone() },
            key_exchange: if seen.key_exchange.is_empty() {
                "none".to_owned()
            } else {
                seen.key_exchange.clone()
            },
            extensions: words::listed(extensions.iter().map(String::as_str)),
        }
    }

    fn unreachable(&self, cause: &str) -> TransportError {
        TransportError::Unreachable { address: self.settings.address(), cause: cause.to_owned() }
    }

    fn not_greeted(&self, error: FtpError) -> TransportError {
        match shown_reply(&error) {
            Some(reply) => self.unreachable(&reply.shown()),
            None => broken(Phase::Handshake, error),
        }
    }

    fn unbinary(&self, error: FtpError) -> TransportError {
        match shown_reply(&error) {
            Some(reply) => reply.refusal(Phase::Start, "", 0),
            None => broken(Phase::Start, error),
        }
    }

    /// Why TLS did not come about.
    fn unprotected(&self, tls: &TlsSettings, error: FtpError) -> TransportError {
        if let Some(reply) = shown_reply(&error) {
            return if reply.code < 500 { self.unreachable(&reply.shown()) } else { no_protection(&reply) };
        }
        let mut seen = self.witness.seen();
        let address = self.settings.address();
        if let (Some(fault), Some(pin)) = (seen.fault.take(), seen.fingerprint) {
            return TransportError::CertificateRefused { address, fingerprint: pin.to_string(), fault };
        }
        let failure = seen.failure.take().or_else(|| io_error(&error).and_then(tls_error));
        match failure {
            Some(rustls::Error::AlertReceived(alert)) if seen.asked_for_ours && about_certificates(alert) => {
                TransportError::ClientCertificateRefused { address, given: tls.client.is_some() }
            }
            Some(failure) if about_versions(&failure) => {
                let version = match tls.version {
                    TlsVersion::V1_2 => "1.2",
                    TlsVersion::V1_3 => "1.3",
                };
                TransportError::Unsupported { what: format!("TLS {version} ({failure})") }
            }
            Some(failure @ rustls::Error::InvalidMessage(_)) => {
                violated(Phase::Handshake, &format!("it does not speak TLS here ({failure})"))
            }
            Some(failure) => violated(Phase::Handshake, &failure.to_string()),
            None => broken(Phase::Handshake, error),
        }
    }
}

/// The first words of a greeting, without its code and without its ornaments.
fn software(greeting: &str) -> String {
    fn bare(line: &str) -> &str {
        line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_matches([' ', '-', '*', '=', '\r'])
    }
    words::told(greeting.lines().map(bare).find(|line| !line.is_empty()).unwrap_or_default())
}

/// The lines of the server's list of extensions; none where it has no such list.
fn extensions(line: &mut Line) -> Result<Vec<String>, TransportError> {
    let reply = line.ask(Phase::Start, "FEAT")?;
    if !reply.is(&[211]) {
        return Ok(Vec::new());
    }
    let inner = reply.lines.len().saturating_sub(1);
    let mut extensions: Vec<String> =
        reply.lines[..inner].iter().skip(1).map(|line| line.trim().to_owned()).collect();
    extensions.retain(|line| !line.is_empty());
    extensions.sort();
    Ok(extensions)
}

/// Which request the server understands for the SHA-256 of a file.
fn digest(line: &mut Line, extensions: &[String]) -> Result<Option<Digest>, TransportError> {
    let hashes = extensions.iter().find(|line| word(line) == "HASH");
    if hashes.is_some_and(|line| line.to_ascii_uppercase().contains("SHA-256"))
        && line.ask(Phase::Start, "OPTS HASH SHA-256")?.is(&[200])
    {
        return Ok(Some(Digest::Hash));
    }
    Ok(extensions.iter().any(|line| word(line) == "XSHA256").then_some(Digest::XSha256))
}

/// The name of an extension, in capitals.
fn word(line: &str) -> String {
    line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase()
}

fn keep_alive(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let signs = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
    SockRef::from(socket).set_tcp_keepalive(&signs)
}

fn no_protection(reply: &Reply) -> TransportError {
    let what = format!("TLS on both connections (AUTH TLS, PROT P), it says {:?}", reply.shown());
    TransportError::Unsupported { what }
}

fn shown_reply(error: &FtpError) -> Option<Reply> {
    response_of(error).and_then(Reply::of)
}

fn response_of(error: &FtpError) -> Option<&Response> {
    if let FtpError::UnexpectedResponse(response) = error { Some(response) } else { None }
}

fn io_error(error: &FtpError) -> Option<&io::Error> {
    if let FtpError::ConnectionError(error) = error { Some(error) } else { None }
}

fn broken(phase: Phase, error: FtpError) -> TransportError {
    match io_error(&error) {
        Some(error) => lost(phase, error),
        None => TransportError::Lost { phase, cause: words::told(&error.to_string()) },
    }
}

/// Whether the server's alert may be about the certificate that it asked for.
fn about_certificates(alert: AlertDescription) -> bool {
    [
        AlertDescription::HandshakeFailure,
        AlertDescription::NoCertificate,
        AlertDescription::BadCertificate,
        AlertDescription::UnsupportedCertificate,
        AlertDescription::CertificateRevoked,
        AlertDescription::CertificateExpired,
        AlertDescription::CertificateUnknown,
        AlertDescription::UnknownCA,
        AlertDescription::AccessDenied,
        AlertDescription::CertificateRequired,
    ]
    .contains(&alert)
}

fn about_versions(failure: &rustls::Error) -> bool {
    matches!(
        failure,
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                    | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_of_any_length_is_kept_in_a_few_words_that_drive_no_terminal() {
        assert_eq!(software("220-=====\r\n220 ProFTPD 1.3.8 Server\r\n"), "ProFTPD 1.3.8 Server");
        assert!(software(&format!("220 {}", "x".repeat(1_000_000))).len() < 1000);
        assert_eq!(software("220 \u{1b}[2J\r\n"), "\\u{1b}[2J");
    }
}
