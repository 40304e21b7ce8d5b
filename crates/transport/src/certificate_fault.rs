//! Why the certificate of an FTPS server is not accepted.
//!
//! Owns the words; each fault says what the operator does. Which of them it is decides the TLS layer.

/// Why a server's certificate is not accepted. Each is a matter for the partner or for the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// An authority issued it that neither this machine nor the configuration knows: a private one, as partners often
    /// have, or somebody in between.
    #[error(
        "no authority that we trust has issued it; have the partner hand over its CA certificate (ftps.ca_file), or \
         compare the fingerprint with the partner's paper and pin it (ftps.pins)"
    )]
    UnknownAuthority,
    /// It issued itself, and it isn't pinned.
    #[error("it is self-signed; compare the fingerprint with the partner's paper, then pin it (ftps.pins)")]
    SelfSigned,
    /// Its time is over: the partner forgot to renew it, or our clock is wrong.
    #[error("it has expired; ask the partner to renew it, and look at this machine's clock")]
    Expired,
    /// Its time has not come: the partner's or our clock is wrong.
    #[error("it is not valid yet; look at this machine's clock, then ask the partner")]
    NotYetValid,
    /// It is somebody else's, or it names the host differently.
    #[error(
        "it is not for {expected}, but for {}; write the partner's own name (ftps.host or ftps.server_name)",
        presented_names(presented)
    )]
    WrongName {
        /// The name that was looked for.
        expected: String,
        /// The names that it bears.
        presented: Vec<String>,
    },
    /// A trusted authority issued it, but it isn't the one that was agreed: renewed, or somebody in between. Ask the
    /// partner by telephone before pinning the new one.
    #[error(
        "pinned is {}; ask the partner by telephone before pinning the new one (ftps.pins), then restart and release",
        pinned.join(" or ")
    )]
    NotPinned {
        /// Fingerprints that are pinned.
        pinned: Vec<String>,
    },
    /// Something else about it is wrong: revoked, broken, of an old form.
    #[error("it can't be used ({cause}); ask the partner for another one")]
    Unfit {
        /// What the TLS library says.
        cause: String,
    },
}

fn presented_names(names: &[String]) -> String {
    if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") }
}
