//! The first words with an SSH server: algorithms, key exchange, host key.
//!
//! Owns which algorithms are offered and in which order. Promises that only safe ones are, and that the host key is compared
//! before anything is proven to the server. Takes one deadline for all of it.

use std::sync::Arc;
use std::time::Duration;

use russh::client;
use russh::keys::ssh_key::Algorithm;
use russh::keys::{EcdsaCurve, HashAlg};
use russh::{cipher, kex};

use super::host_key::HostKeyFault;
use super::settings::{PinnedKey, SftpSettings};
use super::ssh::{HostKeyVerifier, ServerFacts};
use super::stream::SshStream;
use crate::{Phase, Result, TransportError};

/// Bytes the partner may send before we grant more; 2 MiB would limit a read-back over 100 ms to 20 MB/s.
const CHANNEL_WINDOW: u32 = 8 * 1024 * 1024;
/// The largest packet the SSH library takes.
const CHANNEL_PACKET: u32 = 65_535;
/// Packets that may lie between the connection and the SFTP layer.
const CHANNEL_BUFFER: usize = 1024;
/// A silent partner is asked for a sign of life this often; three without an answer end the connection. Longer together
/// than any deadline, so that a request's own deadline is what speaks.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The curves of NIST come last: they are for servers that have nothing better, such as those under FIPS 140.
const KEY_EXCHANGES: &[kex::Name] = &[
    kex::MLKEM768X25519_SHA256,
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::DH_GEX_SHA256,
    kex::DH_G18_SHA512,
    kex::DH_G17_SHA512,
    kex::DH_G16_SHA512,
    kex::DH_G15_SHA512,
    kex::DH_G14_SHA256,
    kex::ECDH_SHA2_NISTP256,
    kex::ECDH_SHA2_NISTP384,
    kex::ECDH_SHA2_NISTP521,
    kex::EXTENSION_SUPPORT_AS_CLIENT,
    kex::EXTENSION_SUPPORT_AS_SERVER,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
];

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

/// Exchanges keys, asking for host keys in this order. The inner error is the library's: what it means depends on what was
/// wanted.
pub(super) async fn shake_hands(
    settings: &SftpSettings,
    order: Vec<Algorithm>,
    stream: SshStream,
    verifier: HostKeyVerifier,
) -> Result<Result<client::Handle<HostKeyVerifier>, russh::Error>> {
    // A server that is asked for a certificate shows it rather than the key.
    let certified = settings.host_keys.iter().any(|pinned| pinned.authority().is_some());
    let preferred = russh::Preferred {
        kex: KEY_EXCHANGES.into(),
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
    let shaken = client::connect_stream(Arc::new(config), stream, verifier);
    settings.deadlines.within(Phase::Handshake, shaken).await
}

/// What a key exchange that failed means.
pub(super) fn refused(error: russh::Error, settings: &SftpSettings, facts: &ServerFacts) -> TransportError {
    let presented = facts.noted().host_key.as_ref().map(|key| key.fingerprint(HashAlg::Sha256).to_string());
    if let (russh::Error::UnknownKey, Some(found)) = (&error, presented) {
        let address = settings.address();
        return match facts.noted().fault.take() {
            Some(HostKeyFault::OutsideDates { from, until }) => {
                TransportError::HostKeyOutsideDates { address, found, from, until }
            }
            Some(HostKeyFault::Certificate(cause)) => {
                TransportError::HostCertificateRefused { address, cause }
            }
            // The example's key is nobody's: nothing was agreed with the partner yet, so nothing has changed.
            Some(HostKeyFault::Unknown) | None if settings.host_keys.iter().all(PinnedKey::is_example) => {
                TransportError::HostKeyUnknown { address, fingerprint: found }
            }
            Some(HostKeyFault::Unknown) | None => {
                let expected = settings.host_keys.iter().map(PinnedKey::shown).collect();
                TransportError::HostKeyChanged { address, expected, found }
            }
        };
    }
    facts.failure(Phase::Handshake, error)
}

/// The orders of host key algorithms to try, one connection each. Kinds of pinned keys come first; the others follow, so
/// that a server that changed its kind of key can still show it.
pub(super) fn host_key_orders(pinned: &[PinnedKey]) -> Vec<Vec<Algorithm>> {
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
pub(super) fn every_order() -> impl Iterator<Item = Vec<Algorithm>> {
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
