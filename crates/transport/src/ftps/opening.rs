//! From a socket to a control connection on which the server has greeted us, under TLS where that is agreed.
//!
//! Owns the first words, because the FTP library knows one order of them only. Promises that nothing else than `AUTH TLS`
//! is sent before TLS stands, unless the partner's file allows cleartext; and that whatever goes wrong is told as what it
//! is: a server that has no place for us, one without TLS, a certificate that isn't accepted, no cipher in common.

use std::io;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::{AlertDescription, PeerIncompatible};
use socket2::{SockRef, TcpKeepalive};
use suppaftp::{FtpError, FtpResult, TlsConnector, TlsStream};

use super::certificate::OpeningFacts;
use super::control::{Control, Said, Unasked};
use super::reply::Reply;
use super::settings::{FtpsSettings, Protection, TlsMode, TlsSettings, TlsVersion};
use super::tls::TlsLogin;
use super::watch::LineWatch;
use super::wire::{FtpWire, WatchedSocket, lost, tls_error, violated};
use crate::library_words::{of_certificate, of_io, of_tls};
use crate::{CertificateFault, Phase, Result, TransportError};
use totatsu_base::say;

/// A silent control connection is kept open by the network's own signs of life, while data flows beside it.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The server greets us.
const READY: &[u16] = &[220];
/// The server consents to `AUTH TLS`.
const SECURING: &[u16] = &[234];
/// The server will encrypt data connections.
const PROTECTED: &[u16] = &[200];

/// Makes connections of sockets, the first of which is the control connection; the FTP library asks for each.
#[derive(Debug)]
pub(super) struct ControlOpening {
    settings: FtpsSettings,
    tls: Option<TlsLogin>,
    watch: LineWatch,
    opening_facts: OpeningFacts,
    said: Said,
    control_is_up: AtomicBool,
}

/// What the FTP library reads from and writes to.
#[derive(Debug)]
pub(super) enum Carrier {
    Control(Box<Control>),
    Data(FtpWire),
}

impl ControlOpening {
    /// For one login.
    pub(super) fn new(
        settings: &FtpsSettings,
        watch: &LineWatch,
        opening_facts: &OpeningFacts,
        said: &Said,
    ) -> Result<ControlOpening> {
        let tls = match &settings.protection {
            Protection::Cleartext => None,
            Protection::Tls(tls) => {
                let name = tls.server_name.as_deref().unwrap_or(&settings.host);
                Some(TlsLogin::new(tls, name, watch, opening_facts)?)
            }
        };
        Ok(ControlOpening {
            settings: settings.clone(),
            tls,
            watch: watch.clone(),
            opening_facts: opening_facts.clone(),
            said: said.clone(),
            control_is_up: AtomicBool::new(false),
        })
    }

    fn control(&self, socket: TcpStream) -> Result<Control> {
        let held = keep_alive(&socket).and_then(|()| self.watch.hold_control(&socket));
        held.map_err(|error| self.settings.unreachable(&of_io(&error)))?;
        self.watch.enter(Phase::Handshake);
        let begun_by = |mode| self.tls.as_ref().filter(|tls| tls.settings.mode == mode);
        let wire = match begun_by(TlsMode::Implicit) {
            Some(tls) => tls.control(socket).map_err(|error| self.unprotected(&tls.settings, &error))?,
            None => FtpWire::Clear(WatchedSocket::control(socket)),
        };
        let mut control = Control::new(wire, self.said.clone());
        let greeting = self.greeting(&mut control)?;
        if let Some(tls) = begun_by(TlsMode::Explicit) {
            self.consent(&mut control)?;
            self.watch.enter(Phase::Handshake);
            let secured = control.secured(|socket| tls.control(socket));
            control = secured.map_err(|error| self.unprotected(&tls.settings, &error))?;
        }
        if let Some(tls) = &self.tls {
            self.protect_data(&tls.settings, &mut control)?;
        }
        control.hand_on(greeting);
        Ok(control)
    }

    /// Has the server consent to TLS.
    fn consent(&self, control: &mut Control) -> Result<()> {
        // not for people: a request.
        let consent = control.exchange("AUTH TLS").map_err(|error| not_heard(&error))?;
        match consent.code {
            _ if consent.is(SECURING) => Ok(()),
            ..500 => Err(self.settings.unreachable(&consent.shown())),
            500.. => Err(no_protection(&consent)),
        }
    }

    /// Demands that data connections are encrypted. A server of TLS 1.3 tells only now what it thinks of our certificate.
    fn protect_data(&self, settings: &TlsSettings, control: &mut Control) -> Result<()> {
        for command in ["PBSZ 0", "PROT P"] {
            self.watch.enter(Phase::Handshake);
            let reply = control.exchange(command).map_err(|error| self.unprotected(settings, &error))?;
            if !reply.is(PROTECTED) {
                return Err(no_protection(&reply));
            }
        }
        Ok(())
    }

    /// The greeting; a server that has no place for us says so instead.
    fn greeting(&self, control: &mut Control) -> Result<Reply> {
        let greeting = control.next_reply().map_err(|error| not_heard(&error))?;
        if greeting.is(READY) { Ok(greeting) } else { Err(self.settings.unreachable(&greeting.shown())) }
    }

    /// Why TLS did not come about.
    fn unprotected(&self, tls: &TlsSettings, error: &io::Error) -> TransportError {
        let mut seen = self.opening_facts.noted();
        let address = self.settings.address();
        if let (Some(fault), Some(pin)) = (seen.fault.take(), seen.fingerprint) {
            return TransportError::CertificateRefused { address, fingerprint: pin.to_string(), fault };
        }
        let given = tls.client.is_some();
        let failure = seen.failure.take().or_else(|| tls_error(error));
        match (failure, seen.fingerprint) {
            (Some(rustls::Error::AlertReceived(alert)), _)
                if seen.asked_for_ours && about_certificates(alert) =>
            {
                TransportError::ClientCertificateRefused { address, given }
            }
            (Some(rustls::Error::InvalidCertificate(cause)), Some(pin)) => {
                let fault = CertificateFault::Unfit { cause: unfit(&cause) };
                TransportError::CertificateRefused { address, fingerprint: pin.to_string(), fault }
            }
            (Some(failure), _) => handshake_failure(tls.version, &failure),
            (None, _) => not_heard(error),
        }
    }
}

/// Why no handshake can be made with a certificate. The library has no kind of its own for versions.
fn unfit(cause: &rustls::CertificateError) -> String {
    if cause.to_string().contains("UnsupportedCertVersion") {
        say!("ftps-unfit-version")
    } else if *cause == rustls::CertificateError::BadSignature {
        say!("ftps-unfit-key")
    } else {
        of_certificate(cause)
    }
}

/// What a handshake that failed means, where no certificate is at fault.
fn handshake_failure(version: TlsVersion, failure: &rustls::Error) -> TransportError {
    let words = of_tls(failure);
    if about_versions(failure) {
        let version = match version {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        };
        return TransportError::Unsupported {
            what: say!("ftps-need-tls-version", version = version, words = words),
        };
    }
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "whatever else it is, the protocol has no place for it"
    )]
    match failure {
        rustls::Error::InvalidMessage(_) => {
            violated(Phase::Handshake, &say!("ftps-no-tls-here", words = words))
        }
        // The server has nothing in common with us.
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ) => TransportError::Unsupported { what: say!("ftps-need-tls-algorithm", words = words) },
        _ => violated(Phase::Handshake, &words),
    }
}

/// Why the server's first words could not be read.
fn not_heard(error: &io::Error) -> TransportError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Unasked>()) {
        Some(unasked) => violated(Phase::Handshake, &unasked.to_string()),
        None => lost(Phase::Handshake, error),
    }
}

/// The server doesn't encrypt as it should.
fn no_protection(reply: &Reply) -> TransportError {
    let what = say!("ftps-need-both-protected", words = format!("{:?}", reply.shown()));
    TransportError::Unsupported { what }
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

impl TlsConnector for ControlOpening {
    type Stream = Carrier;

    fn connect(&self, _domain: &str, socket: TcpStream) -> FtpResult<Carrier> {
        if self.control_is_up.load(Ordering::Relaxed) {
            let wire = match &self.tls {
                Some(tls) => tls.data(socket).map_err(FtpError::ConnectionError)?,
                None => FtpWire::Clear(WatchedSocket::data(socket, &self.watch)),
            };
            return Ok(Carrier::Data(wire));
        }
        match self.control(socket) {
            Ok(control) => {
                self.control_is_up.store(true, Ordering::Relaxed);
                Ok(Carrier::Control(Box::new(control)))
            }
            Err(error) => {
                let told = error.to_string();
                self.opening_facts.noted().unopened = Some(error);
                Err(FtpError::SecureError(told))
            }
        }
    }
}

impl Carrier {
    /// The wire of a data connection.
    pub(super) fn data(&mut self) -> Option<&mut FtpWire> {
        match self {
            Carrier::Control(_) => None,
            Carrier::Data(wire) => Some(wire),
        }
    }
}

impl TlsStream for Carrier {
    type InnerStream = Carrier;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        self.get_ref().try_clone().map_err(FtpError::ConnectionError)
    }

    fn get_ref(&self) -> &TcpStream {
        match self {
            Carrier::Control(control) => control.wire().socket(),
            Carrier::Data(wire) => wire.socket(),
        }
    }

    fn mut_ref(&mut self) -> &mut Carrier {
        self
    }
}

impl io::Read for Carrier {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Carrier::Control(control) => control.read(bytes),
            Carrier::Data(wire) => wire.read(bytes),
        }
    }
}

impl io::Write for Carrier {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Carrier::Control(control) => control.write(bytes),
            Carrier::Data(wire) => wire.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Carrier::Control(control) => control.flush(),
            Carrier::Data(wire) => wire.flush(),
        }
    }
}

fn keep_alive(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let signs = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
    SockRef::from(socket).set_tcp_keepalive(&signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_without_anything_in_common_is_no_broken_protocol() {
        for failure in [
            rustls::Error::AlertReceived(AlertDescription::HandshakeFailure),
            rustls::Error::AlertReceived(AlertDescription::InsufficientSecurity),
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion),
            rustls::Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            rustls::Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon),
            rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
        ] {
            let error = handshake_failure(TlsVersion::V1_2, &failure);
            let told = error.to_string();
            assert!(matches!(error, TransportError::Unsupported { .. }), "{told}");
            assert!(!told.contains("broke the protocol") && !told.contains("docs.rs"), "{told}");
        }
        let spoken = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert!(handshake_failure(TlsVersion::V1_2, &spoken).to_string().contains("does not speak TLS"));
    }
}
