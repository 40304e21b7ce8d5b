//! Judges the host key, or the host certificate, that a server shows.
//!
//! Promises that a key is accepted only if it is pinned and within its dates, and a certificate only if an authority that
//! is pinned and within its dates signed it, for this host, for this day, and without conditions that we don't know. The
//! SSH library has proven before that the server holds the key.

use jiff::civil::Date;
use russh::keys::ssh_key::Certificate;
use russh::keys::ssh_key::certificate::CertType;
use russh::keys::{HashAlg, PublicKeyOrCertificate};

use super::settings::PinnedKey;
use crate::words;
use totatsu_base::{Moment, say};

/// Why a key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostKeyFault {
    /// The key isn't pinned.
    Unknown,
    /// The key is pinned, for other days.
    OutsideDates {
        /// The first day.
        from: Option<Date>,
        /// The last day.
        until: Option<Date>,
    },
    /// The certificate isn't accepted, and why.
    Certificate(String),
}

/// Whether what the server shows is accepted at `now`.
pub(super) fn judge(
    pinned: &[PinnedKey],
    presented: &PublicKeyOrCertificate,
    host: &str,
    now: Moment,
) -> Result<(), HostKeyFault> {
    let key = presented.public_key();
    match within_dates(pinned.iter().filter(|pinned| pinned.is(&key)), now) {
        Err(HostKeyFault::Unknown) => {}
        judged => return judged,
    }
    match presented {
        PublicKeyOrCertificate::PublicKey { .. } => Err(HostKeyFault::Unknown),
        PublicKeyOrCertificate::Certificate(certificate) => certified(pinned, certificate, host, now),
    }
}

/// One of the keys that match has to be within its dates.
fn within_dates<'a>(matching: impl Iterator<Item = &'a PinnedKey>, now: Moment) -> Result<(), HostKeyFault> {
    let mut fault = HostKeyFault::Unknown;
    for pinned in matching {
        if pinned.is_valid_on(now.date()) {
            return Ok(());
        }
        fault = HostKeyFault::OutsideDates { from: pinned.from, until: pinned.until };
    }
    Err(fault)
}

fn certified(
    pinned: &[PinnedKey],
    certificate: &Certificate,
    host: &str,
    now: Moment,
) -> Result<(), HostKeyFault> {
    let refused = |cause: String| Err(HostKeyFault::Certificate(cause));
    let issuer = certificate.signature_key().fingerprint(HashAlg::Sha256);
    let authorities = pinned.iter().filter(|pinned| pinned.authority() == Some(issuer));
    match within_dates(authorities, now) {
        Err(HostKeyFault::Unknown) => return refused(say!("sftp-host-authority-unknown", issuer = issuer)),
        judged => judged?,
    }
    if certificate.cert_type() != CertType::Host {
        return refused(say!("sftp-host-certificate-for-users"));
    }
    let names = certificate.valid_principals();
    if !names.iter().any(|name| name.eq_ignore_ascii_case(host)) {
        let names = words::listed(names.iter().map(String::as_str)).join(", ");
        return refused(say!("sftp-host-certificate-other", host = host, names = format!("{names:?}")));
    }
    if let Some((name, _)) = certificate.critical_options().iter().next() {
        let name = format!("{:?}", words::told(name));
        return refused(say!("sftp-host-certificate-condition", name = name));
    }
    let seconds = now.in_japan().timestamp().as_second();
    let seconds = u64::try_from(seconds).unwrap_or_default();
    if seconds < certificate.valid_after() || certificate.valid_before() <= seconds {
        return refused(say!("sftp-host-certificate-dates"));
    }
    if certificate.validate_at(seconds, [&issuer]).is_err() {
        return refused(say!("sftp-host-certificate-signature"));
    }
    Ok(())
}
