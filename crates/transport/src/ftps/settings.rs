//! How to reach one FTPS partner: address, TLS, pinned certificates, account, passive mode, deadlines and limits.
//!
//! Owns the defaults. What guards the certificate can't be switched off: there is no key for it.

use std::path::PathBuf;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;
use russh::keys::ssh_key::Fingerprint;
use serde::Deserialize;

use super::names::AgreedNames;
use crate::words::shown_address;
use crate::{Deadlines, MinimumThroughput, Secret, TransportError};
use totatsu_base::{Sha256, say};

/// The port of FTP, and of FTPS whose TLS begins on demand.
const FTP_PORT: u16 = 21;
/// The port of FTPS whose TLS begins at once.
const IMPLICIT_PORT: u16 = 990;

/// Everything that is needed to talk to one partner.
#[derive(Debug, Clone)]
pub struct FtpsSettings {
    /// Host name or address.
    pub host: String,
    /// TCP port of the control connection.
    pub port: u16,
    /// Account at the partner.
    pub user: String,
    /// The account's password; empty where a client certificate is all that the partner asks for.
    pub password: Secret,
    /// How the line is protected.
    pub protection: Protection,
    /// Address for data connections and the request that opens them.
    pub passive: Passive,
    /// How the server's names beyond ASCII are written; `None` where its list of extensions decides.
    pub names: Option<AgreedNames>,
    /// How long each phase may wait for its answer.
    pub deadlines: Deadlines,
    /// Slowest transfer that is still let through.
    pub minimum_throughput: MinimumThroughput,
}

/// How the line is protected.
#[derive(Debug, Clone)]
pub enum Protection {
    /// The line isn't protected: everybody on the way reads the password and the file. Only where the partner's file allows it.
    Cleartext,
    /// TLS, on the control connection and on every data connection.
    Tls(Box<TlsSettings>),
}

/// TLS with one partner.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// Whether TLS begins on demand or at once.
    pub mode: TlsMode,
    /// The one version that is spoken.
    pub version: TlsVersion,
    /// PEM file of the authorities that may have issued the server's certificate; `None` for those of this machine.
    pub ca_file: Option<PathBuf>,
    /// The name that the certificate must bear; `None` for the host.
    pub server_name: Option<String>,
    /// Certificates that are accepted. Together with `ca_file` both must hold; alone, the pinned certificate is trusted
    /// for its own sake, whoever issued it and whatever name and dates it bears, as a host key of SSH is.
    pub pins: Vec<Pin>,
    /// Our certificate, where the partner asks for one.
    pub client: Option<ClientCertificate>,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// TLS begins by `AUTH TLS`, before anything else is said.
    #[default]
    Explicit,
    /// TLS begins with the first byte.
    Implicit,
}

/// Version of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.2: its sessions can be resumed any number of times, which servers demand for data connections.
    #[default]
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3: its tickets are used once, and some servers hand out two for a whole login.
    #[serde(rename = "1.3")]
    V1_3,
}

/// Our certificate and its key.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// PEM file of the certificate, ours first, then those that lead to its authority.
    pub certificate_file: PathBuf,
    /// PEM file of its private key, not encrypted; must not be open to others.
    pub key_file: PathBuf,
}

/// How data connections are opened; always from us to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passive {
    /// `EPSV` rather than `PASV`; `None` where the server's list of extensions decides. Over IPv6 always.
    pub extended: Option<bool>,
    /// Data connections go to the host of the control connection, whatever address the answer to `PASV` names: servers
    /// behind NAT name the inner one, and a foreign one is never wanted.
    pub same_host: bool,
}

impl FtpsSettings {
    /// Settings with the defaults.
    pub fn new(host: impl Into<String>, user: impl Into<String>, protection: Protection) -> FtpsSettings {
        FtpsSettings {
            host: host.into(),
            port: protection.port(),
            user: user.into(),
            password: Secret::new(""),
            protection,
            passive: Passive { extended: None, same_host: true },
            names: None,
            deadlines: Deadlines::default(),
            minimum_throughput: MinimumThroughput::default(),
        }
    }

    /// Host and port as messages show them.
    pub fn address(&self) -> String {
        shown_address(&self.host, self.port)
    }

    /// The error where no connection could be made.
    pub(super) fn unreachable(&self, cause: &str) -> TransportError {
        TransportError::Unreachable { address: self.address(), cause: cause.to_owned() }
    }
}

impl Protection {
    /// The port by custom.
    pub fn port(&self) -> u16 {
        match self {
            Protection::Tls(tls) if tls.mode == TlsMode::Implicit => IMPLICIT_PORT,
            Protection::Tls(_) | Protection::Cleartext => FTP_PORT,
        }
    }
}

/// The fingerprint of a certificate: SHA-256 over its DER form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin([u8; 32]);

/// The text is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("ftps-not-a-fingerprint"))]
pub struct NotAFingerprint;

impl Pin {
    /// The fingerprint of a certificate.
    pub fn of(der: &[u8]) -> Pin {
        let hexadecimal = Sha256::of(der).to_string();
        Pin::from_hexadecimal(&hexadecimal).expect("a digest is written as 64 digits")
    }

    /// Whether the pin is the one of the examples, which no certificate has.
    pub fn is_example(&self) -> bool {
        self.0 == [0; 32]
    }

    fn from_hexadecimal(text: &str) -> Option<Pin> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.replace(':', "").as_bytes());
        bytes.ok()?.try_into().ok().map(Pin)
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&Fingerprint::Sha256(self.0), f)
    }
}

impl FromStr for Pin {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Pin, NotAFingerprint> {
        let text = text.trim();
        let (kind, digest) = text.split_once([':', '=']).ok_or(NotAFingerprint)?;
        // OpenSSL writes "sha256 Fingerprint=AB:CD:..." before the digits.
        let kind = kind.to_ascii_lowercase();
        if !["sha256", "sha256 fingerprint"].contains(&kind.as_str()) {
            return Err(NotAFingerprint);
        }
        if let Some(pin) = Pin::from_hexadecimal(digest) {
            return Ok(pin);
        }
        match format!("SHA256:{}", digest.trim_end_matches('=')).parse() {
            Ok(Fingerprint::Sha256(bytes)) => Ok(Pin(bytes)),
            Ok(_) | Err(_) => Err(NotAFingerprint),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_pinned_in_the_forms_that_openssl_and_receipts_show() {
        let pin = Pin::of(b"a certificate");
        let hexadecimal = Sha256::of(b"a certificate").to_string();
        let pairs: Vec<&str> = (0..32).map(|i| &hexadecimal[2 * i..2 * i + 2]).collect();
        let colons = pairs.join(":").to_uppercase();
        for text in [
            format!("sha256:{hexadecimal}"),
            format!("SHA256:{colons}"),
            format!("sha256 Fingerprint={colons}"),
            pin.to_string(),
        ] {
            assert_eq!(text.parse(), Ok(pin), "{text}");
        }
        for text in ["", "sha256:", "sha256:abc", "sha1:ab", &hexadecimal] {
            assert_eq!(text.parse::<Pin>(), Err(NotAFingerprint), "{text}");
        }
    }

    #[test]
    fn the_port_follows_from_when_tls_begins() {
        let port = |mode| {
            let tls = TlsSettings { mode, ..TlsSettings::default() };
            FtpsSettings::new("h", "u", Protection::Tls(Box::new(tls))).port
        };
        assert_eq!((port(TlsMode::Explicit), port(TlsMode::Implicit)), (21, 990));
    }
}
