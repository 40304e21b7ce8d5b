//! Why the certificate of an FTPS server is not accepted.
//!
//! Owns the words; each fault says what the operator does. The TLS layer decides which fault it is.

use super::words::either;
use totatsu_base::say;

/// Why a server's certificate is not accepted. Each is a matter for the partner or for the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The certificate is from an authority that neither this machine nor the configuration knows: a private one, as partners often
    /// have, or somebody in between.
    #[error("{}", say!("ftps-unknown-authority"))]
    UnknownAuthority,
    /// The certificate issued itself, and it isn't pinned.
    #[error("{}", say!("ftps-self-signed"))]
    SelfSigned,
    /// The certificate's time is over: the partner forgot to renew it, or our clock is wrong.
    #[error("{}", say!("ftps-expired"))]
    Expired,
    /// The certificate's time has not come: the partner's or our clock is wrong.
    #[error("{}", say!("ftps-not-yet-valid"))]
    NotYetValid,
    /// The certificate is somebody else's, or it names the host differently.
    #[error("{}", say!("ftps-wrong-name", expected = expected, presented = presented_names(presented)))]
    WrongName {
        /// The name that was looked for.
        expected: String,
        /// The names that it bears.
        presented: Vec<String>,
    },
    /// A trusted authority issued the certificate, but it isn't the one that was agreed: renewed, or somebody in between. Ask the
    /// partner by telephone before pinning the new one.
    #[error("{}", say!("ftps-not-pinned", pinned = either(pinned)))]
    NotPinned {
        /// Fingerprints that are pinned.
        pinned: Vec<String>,
    },
    /// Something else about the certificate is wrong: revoked, broken, of an old form.
    #[error("{}", say!("ftps-unfit", cause = cause))]
    Unfit {
        /// What the TLS library says.
        cause: String,
    },
}

fn presented_names(names: &[String]) -> String {
    if names.is_empty() { say!("ftps-no-name") } else { names.join(", ") }
}
