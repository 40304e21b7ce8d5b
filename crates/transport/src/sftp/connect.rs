//! From settings to an authenticated SFTP session: connect, compare the host key, prove who we are, start the service.
//!
//! Promises that nothing is sent to a server whose host key is not pinned: the key is compared before the first proof of
//! identity. Each phase has its deadline; what is given up half-way closes its connection at once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::client::{self, DisconnectReason};
use russh::keys::ssh_key::{Algorithm, Fingerprint};
use russh::keys::{EcdsaCurve, HashAlg, PublicKey, PublicKeyOrCertificate};
use russh::{ChannelMsg, cipher};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::rawsession::Limits;
use tokio::time::timeout;

use super::host_key::{self, Fault};
use super::identity;
use super::line::{Hold, Line, line};
use super::settings::{PinnedKey, SftpSettings};
use super::way::{self, Passage, Watch};
use super::{Offers, SftpSession};
use crate::{Peer, Phase, ServerLimits, Session, TransportError, words};
use totatsu_base::clock::Moment;

/// Bytes the partner may send before we grant more; 2 MiB would limit a read-back over 100 ms to 20 MB/s.
const CHANNEL_WINDOW: u32 = 8 * 1024 * 1024;
/// The largest packet the SSH library takes.
const CHANNEL_PACKET: u32 = 65_535;
/// Packets that may lie between the connection and the SFTP layer.
const CHANNEL_BUFFER: usize = 1024;
/// A silent partner is asked for a sign of life this often; three without an answer end the connection. Longer together
/// than any deadline, so that a request's own deadline is what speaks.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Bytes in a write or read that every server takes, where it does not tell its limits.
const SAFE_CHUNK: u64 = 32 * 1024;
/// Room for the header of a write within the largest packet a server takes.
const WRITE_HEADER: u64 = 1024;
/// The only version of the protocol that servers in the field agree on.
const VERSION: u32 = 3;
/// The library's own limit on waiting, put out of the way: each request has a deadline of ours.
const NEVER_SECONDS: u64 = 365 * 24 * 60 * 60;

/// Fastest first on processors with AES instructions; each is also the first choice of some partner's policy.
const CIPHERS: &[cipher::Name] = &[
    cipher::AES_128_GCM,
    cipher::AES_256_GCM,
    cipher::CHACHA20_POLY1305,
    cipher::AES_256_CTR,
    cipher::AES_192_CTR,
    cipher::AES_128_CTR,
];

/// Host key algorithms in the order we ask for them; RSA with SHA-1 is not among them.
const HOST_KEYS: &[Algorithm] = &[
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
    Algorithm::Rsa { hash: Some(HashAlg::Sha512) },
    Algorithm::Rsa { hash: Some(HashAlg::Sha256) },
];

/// Opens a session with the partner.
///
/// # Errors
/// Unreachable, timed out, host key unknown or changed, key file unusable, authentication refused, no SFTP there.
pub async fn connect(settings: &SftpSettings) -> Result<Box<dyn Session>, TransportError> {
    let (greeted, authenticated_by) = sign_in(settings).await?;
    let started =
        timeout(settings.deadlines.handshake, start(&greeted, settings)).await.map_err(|_| {
            TransportError::TimedOut { phase: Phase::Start, after: settings.deadlines.handshake }
        })??;
    let peer = peer(settings, &greeted, authenticated_by, &started.extensions);
    Ok(Box::new(SftpSession::new(settings, greeted, started, peer)))
}

/// Connects to a host and proves who we are; also how, in words for the receipt.
pub(super) async fn sign_in(settings: &SftpSettings) -> Result<(Greeted, String), TransportError> {
    let proofs = identity::load(settings).await?;
    let mut greeted = greet(settings).await?;
    let authenticated_by = identity::authenticate(&mut greeted, settings, &proofs).await?;
    Ok((greeted, authenticated_by))
}

/// A connection whose host key was found to be pinned.
pub(super) struct Greeted {
    pub(super) ssh: client::Handle<Doorkeeper>,
    pub(super) witness: Witness,
    pub(super) hold: Hold,
    pub(super) passage: Option<Passage>,
}

/// The SFTP service, started and asked for its limits.
pub(super) struct Started {
    pub(super) raw: RawSftpSession,
    pub(super) offers: Offers,
    pub(super) limits: Option<ServerLimits>,
    pub(super) write_chunk: usize,
    pub(super) read_chunk: usize,
    extensions: BTreeSet<String>,
}

/// Compares the host key, and notes for later what the library tells only in passing.
pub(super) struct Doorkeeper {
    pinned: Vec<PinnedKey>,
    host: String,
    witness: Witness,
}

/// What was seen and heard of the server; shared with the library's task.
#[derive(Clone, Default)]
pub(super) struct Witness(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    host_key: Option<PublicKey>,
    fault: Option<Fault>,
    software: String,
    cipher: String,
    key_exchange: String,
    farewell: Option<Farewell>,
    jump: Option<Watch>,
}

/// How the connection ended.
#[derive(Debug, Clone)]
pub(super) struct Farewell {
    /// The server's words, or the error.
    pub(super) words: String,
    /// The server said goodbye rather than vanish.
    pub(super) by_server: bool,
}

impl Witness {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the connection ended, if it did.
    pub(super) fn farewell(&self) -> Option<Farewell> {
        self.seen().farewell.clone()
    }

    /// The error for a line that is gone.
    pub(super) fn lost(&self, phase: Phase, otherwise: &str) -> TransportError {
        let seen = self.seen();
        let own = seen.farewell.as_ref().map_or(otherwise, |farewell| &farewell.words).to_owned();
        let cause = match &seen.jump {
            Some(jump) => jump.cause(own),
            None => own,
        };
        TransportError::Lost { phase, cause }
    }
}

impl client::Handler for Doorkeeper {
    type Error = russh::Error;

    async fn check_server_key(&mut self, presented: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let judged = host_key::judge(&self.pinned, presented, &self.host, Moment::now());
        let mut seen = self.witness.seen();
        seen.host_key = Some(presented.public_key());
        seen.fault = judged.err();
        Ok(seen.fault.is_none())
    }

    async fn kex_done(
        &mut self,
        _shared_secret: Option<&[u8]>,
        names: &russh::Names,
        session: &mut client::Session,
    ) -> Result<(), russh::Error> {
        let mut seen = self.witness.seen();
        seen.software = words::told(&String::from_utf8_lossy(session.remote_sshid()));
        seen.cipher = names.cipher.as_ref().to_owned();
        seen.key_exchange = names.kex.as_ref().to_owned();
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<russh::Error>) -> Result<(), russh::Error> {
        let farewell = match &reason {
            DisconnectReason::ReceivedDisconnect(told) => Farewell {
                words: format!("the partner said: {}", words::told(&told.message)),
                by_server: true,
            },
            DisconnectReason::Error(error) => Farewell {
                words: error.to_string(),
                // The library ends the connection itself where the server names no further way to sign in.
                by_server: matches!(error, russh::Error::NoAuthMethod),
            },
        };
        self.witness.seen().farewell = Some(farewell);
        match reason {
            DisconnectReason::ReceivedDisconnect(_) => Ok(()),
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

/// The host key whose fingerprint is `wanted`, if the server shows it, and the fingerprints of all that it showed until
/// then. Ends each connection before we say who we are.
///
/// # Errors
/// Unreachable, timed out, or no SSH server.
pub async fn shown_key(
    settings: &SftpSettings,
    wanted: &Fingerprint,
) -> Result<(Option<PublicKey>, Vec<String>), TransportError> {
    let mut unpinned = settings.clone();
    unpinned.host_keys.clear();
    let mut shown = Vec::new();
    for order in every_order() {
        let witness = Witness::default();
        let doorkeeper =
            Doorkeeper { pinned: Vec::new(), host: settings.host.clone(), witness: witness.clone() };
        let way = way::open(settings).await?;
        let (line, _hold) = line(way.carrier);
        let error = match shake_hands(&unpinned, order, line, doorkeeper).await? {
            Ok(_) => unreachable!("no key is pinned, so none is accepted"),
            Err(error) => error,
        };
        let key = witness.seen().host_key.clone();
        let Some(key) = key else {
            let failure = ssh_failure(Phase::Handshake, error, &witness);
            // No key of these kinds; the first order has all of them.
            if matches!(failure, TransportError::Unsupported { .. }) && !shown.is_empty() {
                continue;
            }
            return Err(failure);
        };
        let fingerprint = key.fingerprint(HashAlg::Sha256);
        if fingerprint == *wanted {
            return Ok((Some(key), vec![fingerprint.to_string()]));
        }
        if !shown.contains(&fingerprint.to_string()) {
            shown.push(fingerprint.to_string());
        }
    }
    Ok((None, shown))
}

/// Connects and compares the host key. A server with several keys shows one for each kind that is asked for: where only a
/// fingerprint is pinned, its kind is unknown, so the other kinds are asked for before the key counts as changed.
async fn greet(settings: &SftpSettings) -> Result<Greeted, TransportError> {
    let mut changed = None;
    for order in host_key_orders(&settings.host_keys) {
        match (greet_once(settings, order).await, &changed) {
            (Ok(greeted), _) => return Ok(greeted),
            (Err(error @ TransportError::HostKeyChanged { .. }), None) => changed = Some(error),
            (Err(TransportError::HostKeyChanged { .. } | TransportError::Unsupported { .. }), Some(_)) => {}
            (Err(error), _) => return Err(error),
        }
    }
    Err(changed.expect("the first order ends in success or in an error"))
}

async fn greet_once(settings: &SftpSettings, order: Vec<Algorithm>) -> Result<Greeted, TransportError> {
    let way = way::open(settings).await?;
    let (line, hold) = line(way.carrier);
    let witness = Witness::default();
    witness.seen().jump = way.passage.as_ref().map(Passage::watch);
    let doorkeeper = Doorkeeper {
        pinned: settings.host_keys.clone(),
        host: settings.host.clone(),
        witness: witness.clone(),
    };
    match shake_hands(settings, order, line, doorkeeper).await? {
        Ok(ssh) => Ok(Greeted { ssh, witness, hold, passage: way.passage }),
        Err(error) => Err(refused_greeting(error, settings, &witness)),
    }
}

async fn shake_hands(
    settings: &SftpSettings,
    order: Vec<Algorithm>,
    line: Line,
    doorkeeper: Doorkeeper,
) -> Result<Result<client::Handle<Doorkeeper>, russh::Error>, TransportError> {
    let after = settings.deadlines.handshake;
    // A server that is asked for a certificate shows it rather than the key.
    let certified = settings.host_keys.iter().any(|pinned| pinned.authority().is_some());
    let preferred = russh::Preferred {
        host_key_certificates: if certified { order.clone() } else { Vec::new() }.into(),
        key: order.into(),
        cipher: CIPHERS.into(),
        ..russh::Preferred::DEFAULT
    };
    let config = client::Config {
        preferred,
        window_size: CHANNEL_WINDOW,
        maximum_packet_size: CHANNEL_PACKET,
        channel_buffer_size: CHANNEL_BUFFER,
        keepalive_interval: Some(KEEPALIVE),
        nodelay: true,
        ..client::Config::default()
    };
    timeout(after, client::connect_stream(Arc::new(config), line, doorkeeper))
        .await
        .map_err(|_| TransportError::TimedOut { phase: Phase::Handshake, after })
}

fn refused_greeting(error: russh::Error, settings: &SftpSettings, witness: &Witness) -> TransportError {
    let presented = witness.seen().host_key.as_ref().map(|key| key.fingerprint(HashAlg::Sha256).to_string());
    if let (russh::Error::UnknownKey, Some(found)) = (&error, presented) {
        let address = settings.address();
        return match witness.seen().fault.take() {
            Some(Fault::OutsideDates { from, until }) => {
                TransportError::HostKeyOutsideDates { address, found, from, until }
            }
            Some(Fault::Certificate(cause)) => TransportError::HostCertificateRefused { address, cause },
            Some(Fault::Unknown) | None if settings.host_keys.is_empty() => {
                TransportError::HostKeyUnknown { address, fingerprint: found }
            }
            Some(Fault::Unknown) | None => {
                let expected = settings.host_keys.iter().map(PinnedKey::shown).collect();
                TransportError::HostKeyChanged { address, expected, found }
            }
        };
    }
    ssh_failure(Phase::Handshake, error, witness)
}

/// The fact behind an error of the SSH library.
pub(super) fn ssh_failure(phase: Phase, error: russh::Error, witness: &Witness) -> TransportError {
    if let russh::Error::NoCommonAlgo { kind, theirs, .. } = &error {
        let what =
            format!("a {kind:?} algorithm that is safe; it offers only {}", words::told(&theirs.join(", ")));
        return TransportError::Unsupported { what };
    }
    let violated = matches!(
        error,
        russh::Error::KexInit
            | russh::Error::Kex
            | russh::Error::Version
            | russh::Error::PacketAuth
            | russh::Error::Inconsistent
            | russh::Error::WrongServerSig
            | russh::Error::PacketSize(_)
            | russh::Error::DecryptionError
            | russh::Error::StrictKeyExchangeViolation { .. }
    );
    let cause = error.to_string();
    if violated { TransportError::ProtocolViolated { phase, cause } } else { witness.lost(phase, &cause) }
}

/// The orders of host key algorithms to try, one connection each. Kinds of pinned keys come first; the others follow, so
/// that a server that changed its kind of key can still show it.
fn host_key_orders(pinned: &[PinnedKey]) -> Vec<Vec<Algorithm>> {
    let kinds: Vec<Algorithm> = pinned.iter().filter_map(PinnedKey::algorithm).collect();
    let (mut first, rest): (Vec<_>, Vec<_>) =
        HOST_KEYS.iter().cloned().partition(|algorithm| kinds.iter().any(|kind| same_kind(kind, algorithm)));
    first.extend(rest);
    let mut orders = vec![first];
    if pinned.iter().any(PinnedKey::is_of_unknown_kind) {
        orders.extend(every_order().skip(1));
    }
    orders
}

/// Orders that together make a server show each of its keys, but one of several for ECDSA.
fn every_order() -> impl Iterator<Item = Vec<Algorithm>> {
    let of = |wanted: fn(&Algorithm) -> bool| HOST_KEYS.iter().filter(|a| wanted(a)).cloned().collect();
    [
        HOST_KEYS.to_vec(),
        of(|algorithm| matches!(algorithm, Algorithm::Ecdsa { .. })),
        of(|algorithm| matches!(algorithm, Algorithm::Rsa { .. })),
    ]
    .into_iter()
}

fn same_kind(a: &Algorithm, b: &Algorithm) -> bool {
    match (a, b) {
        (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
        (a, b) => a == b,
    }
}

/// Starts the SFTP service on a channel of its own and asks for its limits.
async fn start(greeted: &Greeted, settings: &SftpSettings) -> Result<Started, TransportError> {
    let failed = |error| ssh_failure(Phase::Start, error, &greeted.witness);
    let mut channel = greeted.ssh.channel_open_session().await.map_err(failed)?;
    channel.request_subsystem(true, "sftp").await.map_err(failed)?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::Failure) => {
                return Err(TransportError::Unsupported { what: "SFTP for this account".to_owned() });
            }
            Some(_) => {}
            None => return Err(greeted.witness.lost(Phase::Start, "the channel was closed")),
        }
    }
    let config = russh_sftp::client::Config {
        request_timeout_secs: NEVER_SECONDS,
        ..russh_sftp::client::Config::default()
    };
    let mut raw = RawSftpSession::new_with_config(channel.into_stream(), config);
    let failed = |error| super::client_failure(Phase::Start, "", error, &greeted.witness);
    let version = raw.init().await.map_err(failed)?;
    if version.version != VERSION {
        let what = format!("SFTP version {VERSION}; it speaks version {}", version.version);
        return Err(TransportError::Unsupported { what });
    }
    let extensions: BTreeSet<String> = version.extensions.into_keys().collect();
    let tells_limits = extensions.contains(russh_sftp::extensions::LIMITS);
    let limits =
        if tells_limits { Limits::from(raw.limits().await.map_err(failed)?) } else { Limits::default() };
    raw.set_limits(limits);
    let packet = limits.packet_len.map_or(u64::MAX, |length| length.saturating_sub(WRITE_HEADER));
    let chunk = |limit: Option<u64>| {
        let most = limit.unwrap_or(SAFE_CHUNK).min(packet).max(1);
        settings.chunk.min(usize::try_from(most).unwrap_or(usize::MAX)).max(1)
    };
    Ok(Started {
        offers: Offers::from(&extensions),
        limits: tells_limits.then_some(ServerLimits {
            packet: limits.packet_len,
            read: limits.read_len,
            write: limits.write_len,
            handles: limits.open_handles,
        }),
        write_chunk: chunk(limits.write_len),
        read_chunk: chunk(limits.read_len),
        raw,
        extensions,
    })
}

fn peer(
    settings: &SftpSettings,
    greeted: &Greeted,
    authenticated_by: String,
    extensions: &BTreeSet<String>,
) -> Peer {
    let seen = greeted.witness.seen();
    let host_key = seen.host_key.as_ref().map(|key| key.fingerprint(HashAlg::Sha256).to_string());
    Peer {
        transport: "sftp".to_owned(),
        address: settings.address_and_way(),
        software: seen.software.clone(),
        host_key: host_key.expect("the handshake compared a host key"),
        user: settings.user.clone(),
        authenticated_by,
        cipher: seen.cipher.clone(),
        key_exchange: seen.key_exchange.clone(),
        extensions: words::listed(extensions.iter().map(String::as_str)),
    }
}
