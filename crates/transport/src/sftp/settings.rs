//! How to reach one SFTP partner: address, pinned host keys, proofs of identity, deadlines and limits.
//!
//! Owns the defaults. Never shows a secret: the debug form of a passphrase or password is a fixed word.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::Date;
use russh::keys::ssh_key::{Algorithm, Fingerprint};
use russh::keys::{HashAlg, PublicKey};

use crate::library_words::quoted;
use crate::words::shown_address;
use crate::{Deadlines, MinimumThroughput, Secret};
use totatsu_base::say;

/// Everything that is needed to talk to one partner.
#[derive(Debug, Clone)]
pub struct SftpSettings {
    /// Host name or address.
    pub host: String,
    /// TCP port, 22 by custom.
    pub port: u16,
    /// Account at the partner.
    pub user: String,
    /// Host keys that are accepted; where there is none, none is accepted.
    pub host_keys: Vec<PinnedKey>,
    /// Proofs of identity, tried in this order.
    pub authentication: Vec<Authentication>,
    /// The host through which the partner is reached, where there is one; of its settings, address, user, keys, proofs and
    /// deadlines count.
    pub jump: Option<Box<SftpSettings>>,
    /// How long each phase may wait for its answer.
    pub deadlines: Deadlines,
    /// Slowest transfer that is still let through.
    pub minimum_throughput: MinimumThroughput,
    /// A name is given by one request even where two would be safer for files that are there: the partner takes files away
    /// at once, and a file whose old name remained would be named, and taken, twice.
    pub plain_rename: bool,
    /// Writes that may wait for their answer at the same time, and half of the reads. 64 of 32 KiB fill 100 Mbit/s over 160 ms.
    pub in_flight: usize,
    /// Bytes in one write or read; made smaller where the server's limits ask for it.
    pub chunk: usize,
}

impl SftpSettings {
    /// Settings with the defaults; host keys and proofs are to be added.
    pub fn new(host: impl Into<String>, port: u16, user: impl Into<String>) -> SftpSettings {
        SftpSettings {
            host: host.into(),
            port,
            user: user.into(),
            host_keys: Vec::new(),
            authentication: Vec::new(),
            jump: None,
            deadlines: Deadlines::default(),
            minimum_throughput: MinimumThroughput::default(),
            plain_rename: false,
            in_flight: 64,
            chunk: 32 * 1024,
        }
    }

    /// Host and port as messages show them.
    pub fn address(&self) -> String {
        shown_address(&self.host, self.port)
    }

    /// The address, and the jump host on the way there.
    pub(super) fn address_and_way(&self) -> String {
        match &self.jump {
            Some(jump) => format!("{} through {}", self.address(), jump.address()),
            None => self.address(),
        }
    }
}

/// A host key agreed with the partner, or the authority that certifies its host keys.
#[derive(Debug, Clone)]
pub struct PinnedKey {
    what: Pinned,
    /// The first day, in Japan, on which it is accepted.
    pub from: Option<Date>,
    /// The last day, in Japan, on which it is accepted.
    pub until: Option<Date>,
}

#[derive(Debug, Clone)]
enum Pinned {
    /// The server's own. The line of its `ssh_host_*_key.pub` is to be preferred: it also tells which kind of key to ask
    /// the server for.
    Own(NamedKey),
    /// The key of an authority; host certificates that it signed are accepted.
    Authority(Box<PublicKey>),
}

/// The fingerprint of the host key in the examples of partners' files. Nobody has its private half.
const EXAMPLE: &str = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";

/// A public key, as a configuration names it.
#[derive(Debug, Clone)]
pub enum NamedKey {
    /// The key itself, as in a `.pub` file.
    Key(Box<PublicKey>),
    /// The key's fingerprint, as on paper.
    Fingerprint(Fingerprint),
}

impl NamedKey {
    /// Whether `key` is this one.
    pub fn is(&self, key: &PublicKey) -> bool {
        match self {
            NamedKey::Key(named) => named.key_data() == key.key_data(),
            NamedKey::Fingerprint(fingerprint) => key.fingerprint(fingerprint.algorithm()) == *fingerprint,
        }
    }

    /// The fingerprint, `SHA256:` and base64.
    pub fn fingerprint(&self) -> String {
        match self {
            NamedKey::Key(key) => key.fingerprint(HashAlg::Sha256).to_string(),
            NamedKey::Fingerprint(fingerprint) => fingerprint.to_string(),
        }
    }
}

impl FromStr for NamedKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<NamedKey, NotAKey> {
        let text = text.trim();
        let unreadable = |error: russh::keys::ssh_key::Error| NotAKey { cause: quoted(&error.to_string()) };
        if text.starts_with("SHA256:") {
            text.trim_end_matches('=').parse().map(NamedKey::Fingerprint).map_err(unreadable)
        } else {
            PublicKey::from_openssh(text).map(|key| NamedKey::Key(Box::new(key))).map_err(unreadable)
        }
    }
}

/// The text is neither an OpenSSH public key nor a SHA-256 fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("sftp-not-a-key", cause = cause))]
pub struct NotAKey {
    cause: String,
}

/// How the line of an authority begins, as in OpenSSH's `known_hosts`.
const AUTHORITY: &str = "@cert-authority ";

/// The text is neither an OpenSSH public key nor a SHA-256 fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("sftp-not-a-host-key", cause = cause))]
pub struct NotAHostKey {
    cause: String,
}

impl PinnedKey {
    /// Whether `presented` is this key; an authority's own key is no host key.
    pub fn is(&self, presented: &PublicKey) -> bool {
        match &self.what {
            Pinned::Own(key) => key.is(presented),
            Pinned::Authority(_) => false,
        }
    }

    /// Whether the key is the one of the examples, which stands there until the partner has told its own.
    pub fn is_example(&self) -> bool {
        self.fingerprint() == EXAMPLE
    }

    /// Whether the key is accepted on this day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// The fingerprint, `SHA256:` and base64.
    pub fn fingerprint(&self) -> String {
        match &self.what {
            Pinned::Own(key) => key.fingerprint(),
            Pinned::Authority(key) => key.fingerprint(HashAlg::Sha256).to_string(),
        }
    }

    /// The fingerprint as messages show it, with what else is agreed.
    pub(super) fn shown(&self) -> String {
        let fingerprint = self.fingerprint();
        let key = match self.authority() {
            Some(_) => say!("sftp-key-of-authority", fingerprint = fingerprint),
            None => fingerprint,
        };
        match (self.from, self.until) {
            (None, None) => key,
            (Some(from), None) => say!("sftp-key-from", key = key, from = from),
            (None, Some(until)) => say!("sftp-key-until", key = key, until = until),
            (Some(from), Some(until)) => say!("sftp-key-between", key = key, from = from, until = until),
        }
    }

    /// The fingerprint of the authority, where it is one.
    pub(super) fn authority(&self) -> Option<Fingerprint> {
        match &self.what {
            Pinned::Authority(key) => Some(key.fingerprint(HashAlg::Sha256)),
            Pinned::Own(_) => None,
        }
    }

    /// Whether the key is known only by its fingerprint.
    pub(super) fn is_of_unknown_kind(&self) -> bool {
        matches!(self.what, Pinned::Own(NamedKey::Fingerprint(_)))
    }

    /// The kind of key, where it is known.
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        match &self.what {
            Pinned::Own(NamedKey::Key(key)) => Some(key.algorithm()),
            Pinned::Own(NamedKey::Fingerprint(_)) | Pinned::Authority(_) => None,
        }
    }
}

impl FromStr for PinnedKey {
    type Err = NotAHostKey;

    fn from_str(text: &str) -> Result<PinnedKey, NotAHostKey> {
        let text = text.trim();
        let what = if let Some(authority) = text.strip_prefix(AUTHORITY) {
            let key = PublicKey::from_openssh(authority.trim());
            Pinned::Authority(Box::new(
                key.map_err(|error| NotAHostKey { cause: quoted(&error.to_string()) })?,
            ))
        } else {
            Pinned::Own(text.parse().map_err(|NotAKey { cause }| NotAHostKey { cause })?)
        };
        Ok(PinnedKey { what, from: None, until: None })
    }
}

/// One proof of identity.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// A private key in OpenSSH or PEM form.
    PrivateKeyFile {
        /// The key file; must not be open to others.
        path: PathBuf,
        /// What it is encrypted with.
        passphrase: Option<Secret>,
        /// The certificate that is shown instead of the bare key: OpenSSH's `KEY-cert.pub`.
        certificate: Option<PathBuf>,
    },
    /// A private key that an ssh-agent holds, and never hands out.
    Agent {
        /// The agent's socket; nothing where neither the configuration nor `SSH_AUTH_SOCK` names one.
        socket: Option<PathBuf>,
        /// Which of the agent's keys; no other is offered.
        key: NamedKey,
        /// The certificate that is shown instead of the bare key.
        certificate: Option<PathBuf>,
    },
    /// A password; also given where the server asks for it in a dialogue (`keyboard-interactive`).
    Password(Secret),
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti user@example.com";

    #[test]
    fn a_host_key_is_pinned_by_its_line_or_by_its_fingerprint() {
        let by_line: PinnedKey = KEY.parse().unwrap();
        let by_paper: PinnedKey = by_line.fingerprint().parse().unwrap();
        let presented = PublicKey::from_openssh(KEY).unwrap();
        assert!(by_line.is(&presented) && by_paper.is(&presented));
        assert!("MD5:aa:bb".parse::<PinnedKey>().is_err());
        let authority: PinnedKey = format!("@cert-authority {KEY}").parse().unwrap();
        assert!(!authority.is(&presented) && authority.authority().is_some());
        assert!(KEY.parse::<NamedKey>().unwrap().is(&presented));
        assert!(format!("@cert-authority {KEY}").parse::<NamedKey>().is_err());
    }

    #[test]
    fn a_key_is_accepted_on_its_first_and_last_day_and_on_none_outside() {
        let mut key: PinnedKey = KEY.parse().unwrap();
        key.from = Some(date(2026, 12, 1));
        key.until = Some(date(2027, 1, 31));
        let days = [(2026, 11, 30), (2026, 12, 1), (2027, 1, 31), (2027, 2, 1)];
        let valid = days.map(|(year, month, day)| key.is_valid_on(date(year, month, day)));
        assert_eq!(valid, [false, true, true, false]);
        key.from = None;
        key.until = None;
        assert!(key.is_valid_on(date(1990, 1, 1)));
    }

    #[test]
    fn a_secret_is_not_shown_by_debugging_output() {
        let mut settings = SftpSettings::new("partner.example", 22, "totatsu");
        settings.authentication.push(Authentication::Password(Secret::new("hunter2")));
        let shown = format!("{settings:?}");
        assert!(shown.contains("[secret]") && !shown.contains("hunter2"));
    }
}
