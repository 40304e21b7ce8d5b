//! From settings to an authenticated FTP session: connect, begin TLS, prove who we are, learn what the server offers.
//!
//! Promises that neither account nor password is sent before the server's certificate was accepted, unless the partner's
//! file allows cleartext; that data connections are encrypted (`PROT P`) wherever the control connection is; and that
//! bytes travel unchanged (`TYPE I`).

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use suppaftp::types::FileType;
use suppaftp::{ImplFtpStream, Mode};

use super::certificate::OpeningFacts;
use super::control::Said;
use super::facts::facts_of;
use super::line::{Digest, FtpLine, Offers, Worker, dial_data};
use super::names::NameBytes;
use super::opening::{Carrier, ControlOpening};
use super::reply::Reply;
use super::session::FtpsSession;
use super::settings::{FtpsSettings, Pin, Protection};
use super::watch::LineWatch;
use crate::library_words::{of_ftp, of_io};
use crate::{CertificateFault, Peer, Phase, Result, Session, TransportError, words};
use totatsu_base::say;

/// What carries the bytes, as receipts call it.
const FTPS: &str = "ftps";
/// What carries the bytes without TLS, as receipts call it.
const CLEARTEXT: &str = "ftp (cleartext)"; // not for people
/// Opens a session with the partner.
///
/// # Errors
/// Unreachable, timed out, certificate refused, authentication refused, no encryption there.
pub async fn connect(settings: &FtpsSettings) -> Result<Box<dyn Session>> {
    let own = settings.clone();
    let start = Worker::start(settings.deadlines, LineWatch::new(), move |watch| sign_on(&own, watch));
    let (worker, peer) = start.await?;
    Ok(Box::new(FtpsSession::new(worker, peer)))
}

/// The fingerprint of the certificate that the server shows. Ends the connection before we say who we are.
///
/// # Errors
/// Unreachable, timed out, no TLS there, or none configured; a certificate that no handshake can be made with.
pub async fn shown_certificate(settings: &FtpsSettings) -> Result<Pin> {
    // A pin that no certificate has makes the handshake end with what was shown.
    let shown = match handshake(settings, Pin::of(b"")).await {
        Err(TransportError::CertificateRefused { fingerprint, .. }) => {
            fingerprint.parse().expect("a fingerprint is written as it is read")
        }
        Err(error) => return Err(error),
        Ok(()) => unreachable!("no certificate has that fingerprint"),
    };
    match handshake(settings, shown).await {
        Err(error @ TransportError::CertificateRefused { fault: CertificateFault::Unfit { .. }, .. }) => {
            Err(error)
        }
        // What else may end the handshake has nothing to do with the certificate: ours may be demanded, for one.
        Ok(()) | Err(_) => Ok(shown),
    }
}

/// Opens the control connection with this pin alone, and leaves before anything is said of us.
async fn handshake(settings: &FtpsSettings, pin: Pin) -> Result<()> {
    let mut pinned = settings.clone();
    let Protection::Tls(tls) = &mut pinned.protection else {
        return Err(TransportError::Unsupported { what: say!("ftps-need-certificate") });
    };
    (tls.ca_file, tls.pins, tls.client) = (None, vec![pin], None);
    let opened = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&opened);
    let ended = Worker::start(settings.deadlines, LineWatch::new(), move |watch| {
        let (opening_facts, said) = (OpeningFacts::default(), Said::default());
        Attempt { settings: &pinned, watch, opening_facts: &opening_facts, said: &said }.open()?;
        done.store(true, Ordering::Relaxed);
        Err::<(FtpLine, ()), _>(TransportError::Lost {
            phase: Phase::Start,
            cause: say!("ftps-left-before-signing-in"),
        })
    });
    match ended.await {
        Err(_) if opened.load(Ordering::Relaxed) => Ok(()),
        ended => ended.map(drop),
    }
}

/// Everything up to the first request.
fn sign_on(settings: &FtpsSettings, watch: &LineWatch) -> Result<(FtpLine, Peer)> {
    let (opening_facts, said) = (OpeningFacts::default(), Said::default());
    let attempt = Attempt { settings, watch, opening_facts: &opening_facts, said: &said };
    let ftp = attempt.open()?;
    let software = said.reply().map(|greeting| software(&greeting)).unwrap_or_default();
    let mut line = FtpLine {
        ftp,
        said: said.clone(),
        watch: watch.clone(),
        offers: Offers::default(),
        names: NameBytes::of(settings.names, false),
        minimum_throughput: settings.minimum_throughput,
        patience: settings.deadlines.read,
        spoilt: false,
    };
    attempt.sign_in(&mut line)?;
    let extensions = extensions(&mut line)?;
    attempt.prepare(&mut line, &extensions)?;
    let peer = attempt.peer(software, extensions);
    Ok((line, peer))
}

/// One attempt to sign on.
struct Attempt<'a> {
    settings: &'a FtpsSettings,
    watch: &'a LineWatch,
    opening_facts: &'a OpeningFacts,
    said: &'a Said,
}

impl Attempt<'_> {
    /// Connects, has the certificate accepted, and waits for the greeting.
    fn open(&self) -> Result<ImplFtpStream<Carrier>> {
        let opening = ControlOpening::new(self.settings, self.watch, self.opening_facts, self.said)?;
        let addresses = (self.settings.host.as_str(), self.settings.port).to_socket_addrs();
        let addresses: Vec<SocketAddr> =
            addresses.map_err(|error| self.settings.unreachable(&of_io(&error)))?.collect();
        // The library dials for itself; the socket comes under watch as soon as it stands.
        let opened = ImplFtpStream::connect_secure_implicit(&addresses[..], opening, &self.settings.host);
        let ftp = opened.map_err(|error| {
            let known = self.opening_facts.noted().unopened.take();
            known.unwrap_or_else(|| self.settings.unreachable(&of_ftp(&error)))
        })?;
        // Data connections are opened by us, so that they are under watch.
        let (watch, within) = (self.watch.clone(), self.settings.deadlines.connect);
        Ok(ftp.passive_stream_builder(move |address| dial_data(address, within, &watch)))
    }

    fn sign_in(&self, line: &mut FtpLine) -> Result<()> {
        let mut reply = line.ask(Phase::Authenticate, &format!("USER {}", self.settings.user))?;
        if reply.is(&[331]) {
            reply = line.ask(Phase::Authenticate, &format!("PASS {}", self.settings.password.reveal()))?;
        }
        match reply.code {
            230 | 232 | 202 => Ok(()),
            // Too many sessions, or a server that is just starting.
            code if (400..500).contains(&code) || reply.tells_crowded() => {
                Err(self.settings.unreachable(&reply.shown()))
            }
            _ => Err(TransportError::AuthenticationRefused {
                user: self.settings.user.clone(),
                methods: vec![say!("ftps-another-account", words = format!("{:?}", reply.shown()))],
            }),
        }
    }

    /// Makes the line ready for bytes as they are.
    fn prepare(&self, line: &mut FtpLine, extensions: &[String]) -> Result<()> {
        let offered = |name: &str| extensions.iter().any(|line| word(line) == name);
        line.names = NameBytes::of(self.settings.names, offered("UTF8"));
        line.ftp.set_encoding(line.names);
        if offered("UTF8") {
            // Servers that speak UTF-8 anyway refuse to be asked; one whose names are written otherwise must not begin to.
            let wish = if line.names.are_utf8() { "ON" } else { "OFF" };
            line.ask(Phase::Start, &format!("OPTS UTF8 {wish}"))?;
        }
        self.watch.enter(Phase::Start);
        if let Err(error) = line.ftp.transfer_type(FileType::Binary) {
            return Err(line.unanswered(Phase::Start, error, |reply| reply.refusal(Phase::Start, "", 0)));
        }
        let ipv6 = line.ftp.get_ref().peer_addr().is_ok_and(|peer| peer.is_ipv6());
        let extended = ipv6 || self.settings.passive.extended.unwrap_or_else(|| offered("EPSV"));
        line.ftp.set_mode(if extended { Mode::ExtendedPassive } else { Mode::Passive });
        line.offers.plain_passive = !ipv6 && self.settings.passive.extended.is_none();
        line.ftp.set_passive_nat_workaround(self.settings.passive.same_host);
        line.offers = Offers {
            facts: offered("MLST") || extensions.is_empty() && tells_facts(line)?,
            modified: offered("MDTM"),
            digest: digest(line, extensions)?,
            ..line.offers
        };
        Ok(())
    }

    fn peer(&self, software: String, extensions: Vec<String>) -> Peer {
        let seen = self.opening_facts.noted();
        let or_none = |text: &str| if text.is_empty() { "none" } else { text }.to_owned();
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
            authenticated_by: if client {
                say!("ftps-proof-certificate-and-password")
            } else {
                "password".to_owned()
            },
            cipher: or_none(&seen.cipher),
            key_exchange: or_none(&seen.key_exchange),
            extensions: words::listed(extensions.iter().map(String::as_str)),
        }
    }
}

/// The first words of a greeting, without its ornaments.
fn software(greeting: &Reply) -> String {
    let bare = |line: &String| line.trim_matches([' ', '-', '*', '=', '\r']).to_owned();
    words::told(&greeting.lines.iter().map(bare).find(|line| !line.is_empty()).unwrap_or_default())
}

/// The lines of the server's list of extensions; none where it has no such list.
fn extensions(line: &mut FtpLine) -> Result<Vec<String>> {
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

/// Whether a server that has no list of extensions tells facts nevertheless.
fn tells_facts(line: &mut FtpLine) -> Result<bool> {
    let reply = line.ask(Phase::Start, "MLST")?;
    Ok(reply.is(&[250]) && reply.lines.iter().any(|line| facts_of(line).is_some()))
}

/// Which request the server understands for the SHA-256 of a file.
fn digest(line: &mut FtpLine, extensions: &[String]) -> Result<Option<Digest>> {
    let hashes = extensions.iter().find(|line| word(line) == "HASH");
    // not for people: requests.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftps::control::take_reply;

    fn greeting(text: &str) -> String {
        software(&take_reply(&mut text.as_bytes().to_vec()).unwrap().unwrap())
    }

    #[test]
    fn a_greeting_of_any_length_is_kept_in_a_few_words_that_drive_no_terminal() {
        assert_eq!(greeting("220-=====\r\n220 ProFTPD 1.3.8 Server\r\n"), "ProFTPD 1.3.8 Server");
        assert!(greeting(&format!("220 {}\r\n", "x".repeat(200_000))).len() < 1000);
        assert_eq!(greeting("220 \u{1b}[2J\r\n"), "\\u{1b}[2J");
    }
}
