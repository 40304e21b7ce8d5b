//! What the libraries under a session say of their failures, in the language that this process speaks.
//!
//! Owns the one place where such words come in. In English they stay as the library tells them. In Japanese those that people
//! meet are told in Japanese, and any other is quoted. Never changes what a partner itself has said.

use std::io;

use rustls::pki_types::pem;
use suppaftp::FtpError;
use totatsu_base::messages::{self, Argument, os_error};
use totatsu_base::say;

use crate::words::either;

/// How the standard library begins what it says of a host's name.
const LOOKUP: &str = "failed to lookup address information: "; // not for people
/// How the TLS library begins what it says of a connection that ended without its last word.
const CLOSED_BY_TLS: &str = "peer closed connection without sending TLS close_notify"; // not for people

/// An error whose words are ours, within one of the standard library.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct OwnWords(String);

/// An error that says what we say of it.
pub(crate) fn in_our_words(kind: io::ErrorKind, words: String) -> io::Error {
    io::Error::new(kind, OwnWords(words))
}

/// What an error of network, file or TLS says, without the addresses of a library's manual.
pub(crate) fn of_io(error: &io::Error) -> String {
    let Some(inner) = error.get_ref() else { return of_system(error) };
    if let Some(own) = inner.downcast_ref::<OwnWords>() {
        return own.to_string();
    }
    if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
        return of_tls(tls);
    }
    let words = without_addresses(&inner.to_string());
    if let Some(rest) = words.strip_prefix(LOOKUP) {
        return say!("transport-library-lookup", words = rest);
    }
    if words == CLOSED_BY_TLS { say!("transport-library-closed-by-tls") } else { quoted(&words) }
}

/// What the system says, or the standard library where it stands in for it.
fn of_system(error: &io::Error) -> String {
    match (error.raw_os_error(), error.kind()) {
        (None, io::ErrorKind::ConnectionAborted) => say!("transport-library-aborted"),
        (None, io::ErrorKind::BrokenPipe) => say!("transport-library-broken-pipe"),
        _ => os_error(error),
    }
}

/// What the SSH library says.
pub(crate) fn of_ssh(error: &russh::Error) -> String {
    use russh::Error as Ssh;
    #[expect(clippy::wildcard_enum_match_arm, reason = "what people don't meet is quoted")]
    let id = match error {
        Ssh::IO(error) => return of_io(error),
        Ssh::Keys(error) => return of_key(error),
        Ssh::KexInit => "sftp-library-key-exchange-init",
        Ssh::Kex => "sftp-library-key-exchange",
        Ssh::Version => "sftp-library-version",
        Ssh::PacketAuth => "sftp-library-packet-code",
        Ssh::Inconsistent => "sftp-library-inconsistent",
        Ssh::NotAuthenticated => "sftp-library-not-authenticated",
        Ssh::UnsupportedAuthMethod => "sftp-library-method",
        Ssh::UnknownKey => "sftp-library-unknown-key",
        Ssh::WrongServerSig => "sftp-library-server-signature",
        Ssh::PacketSize(bytes) => return say!("sftp-library-packet-size", bytes = bytes),
        Ssh::WrongChannel => "sftp-library-channel-not-open",
        Ssh::Disconnect => "sftp-library-disconnected",
        Ssh::HUP => "sftp-library-hang-up",
        Ssh::ConnectionTimeout => "sftp-library-connection-timeout",
        Ssh::KeepaliveTimeout => "sftp-library-keepalive-timeout",
        Ssh::InactivityTimeout => "sftp-library-inactivity-timeout",
        Ssh::NoAuthMethod => "sftp-library-no-method",
        Ssh::SendError => "sftp-library-send",
        Ssh::DecryptionError => "sftp-library-decryption",
        Ssh::RequestDenied => "sftp-library-denied",
        Ssh::RecvError => "sftp-library-receive",
        other => return quoted(&other.to_string()),
    };
    messages::text(id, &[])
}

/// What the SSH library says of a key, or of an ssh-agent.
pub(crate) fn of_key(error: &russh::keys::Error) -> String {
    use russh::keys::Error as Key;
    #[expect(clippy::wildcard_enum_match_arm, reason = "what people don't meet is quoted")]
    let (id, given): (_, &[Argument<'_>]) = match error {
        Key::IO(error) => return of_io(error),
        Key::CouldNotReadKey => ("sftp-library-unreadable-key", &[]),
        Key::KeyIsEncrypted => ("sftp-library-encrypted-key", &[]),
        Key::KeyIsCorrupt => ("sftp-library-corrupt-key", &[]),
        Key::UnsupportedKeyType { key_type_string, .. } => {
            ("sftp-library-kind-of-key", &[("kind", key_type_string.clone())])
        }
        Key::AgentProtocolError => ("sftp-library-agent-protocol", &[]),
        Key::AgentFailure => ("sftp-library-agent-failure", &[]),
        other => return quoted(&other.to_string()),
    };
    messages::text(id, given)
}

/// What the TLS library says, without the addresses of its manual.
pub(crate) fn of_tls(error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    #[expect(clippy::wildcard_enum_match_arm, reason = "what people don't meet is quoted")]
    match error {
        Tls::InappropriateMessage { expect_types, got_type } => say!(
            "ftps-library-unexpected-message",
            got = format!("{got_type:?}"),
            expected = either(&expect_types.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>())
        ),
        Tls::InvalidMessage(kind) => say!("ftps-library-corrupt-message", kind = format!("{kind:?}")),
        Tls::PeerIncompatible(why) => say!("ftps-library-incompatible", why = format!("{why:?}")),
        Tls::PeerMisbehaved(why) => say!("ftps-library-misbehaved", why = format!("{why:?}")),
        Tls::AlertReceived(alert) => say!("ftps-library-alert", alert = format!("{alert:?}")),
        Tls::InvalidCertificate(cause) => {
            say!("ftps-library-invalid-certificate", cause = of_certificate(cause))
        }
        Tls::NoCertificatesPresented => say!("ftps-library-no-certificates"),
        Tls::DecryptError => say!("ftps-library-undecryptable"),
        Tls::PeerSentOversizedRecord => say!("ftps-library-oversized"),
        Tls::NoApplicationProtocol => say!("ftps-library-no-protocol"),
        Tls::InconsistentKeys(why) => say!("ftps-library-inconsistent-keys", why = format!("{why:?}")),
        other => quoted(&without_addresses(&other.to_string())),
    }
}

/// What the TLS library says of a certificate; what people meet has a fault of its own.
pub(crate) fn of_certificate(error: &rustls::CertificateError) -> String {
    quoted(&without_addresses(&error.to_string()))
}

/// What is said of a file of certificates or of a key.
pub(crate) fn of_pem(error: &pem::Error) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what people don't meet is quoted")]
    match error {
        pem::Error::Io(error) => say!("ftps-library-pem-io", error = of_io(error)),
        pem::Error::NoItemsFound => say!("ftps-library-pem-nothing"),
        pem::Error::SectionTooLarge => say!("ftps-library-pem-too-large"),
        other => quoted(&other.to_string()),
    }
}

/// What the FTP library says.
pub(crate) fn of_ftp(error: &FtpError) -> String {
    match error {
        FtpError::ConnectionError(error) => of_io(error),
        FtpError::BadResponse => say!("ftps-library-bad-response"),
        FtpError::DataConnectionAlreadyOpen => say!("ftps-library-data-open"),
        FtpError::SecureError(_) | FtpError::UnexpectedResponse(_) | FtpError::InvalidAddress(_) => {
            quoted(&without_addresses(&error.to_string()))
        }
    }
}

/// Words that have no message: as they are in English, between quotation marks in Japanese.
pub(crate) fn quoted(words: &str) -> String {
    say!("transport-library", words = words)
}

/// The words in front of the address of a page.
pub(crate) fn without_addresses(words: &str) -> String {
    let end = ["https://", "http://"].iter().filter_map(|sign| words.find(sign)).min().unwrap_or(words.len());
    let kept = words[..end].trim_end_matches([' ', ':', ';', ',', '(']);
    kept.trim_end_matches(" see")
        .trim_end_matches("(see")
        .trim_end_matches([' ', ':', ';', ',', '('])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_sends_anybody_to_a_library_s_manual() {
        for (said, shown) in [
            (
                "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/x#unexpected-eof",
                "peer closed connection without sending TLS close_notify",
            ),
            ("bad (see https://example.org/a) thing", "bad"),
            ("bad, see https://example.org/a", "bad"),
            ("Connection reset by peer (os error 104)", "Connection reset by peer (os error 104)"),
        ] {
            assert_eq!(without_addresses(said), shown);
        }
    }

    #[test]
    fn in_english_each_reads_as_its_library_tells_it() {
        use russh::Error as Ssh;
        use russh::keys::Error as Key;
        for error in [
            Ssh::KexInit,
            Ssh::Kex,
            Ssh::Version,
            Ssh::PacketAuth,
            Ssh::Inconsistent,
            Ssh::NotAuthenticated,
            Ssh::UnsupportedAuthMethod,
            Ssh::UnknownKey,
            Ssh::WrongServerSig,
            Ssh::PacketSize(7),
            Ssh::WrongChannel,
            Ssh::Disconnect,
            Ssh::HUP,
            Ssh::ConnectionTimeout,
            Ssh::KeepaliveTimeout,
            Ssh::InactivityTimeout,
            Ssh::NoAuthMethod,
            Ssh::SendError,
            Ssh::DecryptionError,
            Ssh::RequestDenied,
            Ssh::RecvError,
            Ssh::Pending,
            Ssh::IO(io::Error::from_raw_os_error(111)),
            Ssh::Keys(Key::KeyIsCorrupt),
        ] {
            assert_eq!(of_ssh(&error), error.to_string());
        }
        for error in [
            Key::CouldNotReadKey,
            Key::KeyIsEncrypted,
            Key::KeyIsCorrupt,
            Key::UnsupportedKeyType { key_type_string: "ssh-x".to_owned(), key_type_raw: Vec::new() },
            Key::AgentProtocolError,
            Key::AgentFailure,
            Key::IndexOutOfBounds,
        ] {
            assert_eq!(of_key(&error), error.to_string());
        }
        for error in [
            rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
            rustls::Error::PeerMisbehaved(rustls::PeerMisbehaved::TooManyEmptyFragments),
            rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure),
            rustls::Error::InvalidCertificate(rustls::CertificateError::BadSignature),
            rustls::Error::NoCertificatesPresented,
            rustls::Error::DecryptError,
            rustls::Error::PeerSentOversizedRecord,
            rustls::Error::NoApplicationProtocol,
            rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch),
            rustls::Error::HandshakeNotComplete,
        ] {
            assert_eq!(of_tls(&error), error.to_string());
        }
        for error in [
            pem::Error::Io(io::Error::from_raw_os_error(2)),
            pem::Error::NoItemsFound,
            pem::Error::SectionTooLarge,
            pem::Error::IllegalSectionStart { line: b"x".to_vec() },
        ] {
            assert_eq!(of_pem(&error), error.to_string());
        }
        for error in [FtpError::BadResponse, FtpError::DataConnectionAlreadyOpen] {
            assert_eq!(of_ftp(&error), error.to_string());
        }
    }

    #[test]
    fn a_name_that_nobody_knows_and_an_end_without_its_last_word_are_told() {
        for words in ["failed to lookup address information: Name or service not known", CLOSED_BY_TLS] {
            assert_eq!(of_io(&io::Error::other(words)), words);
        }
        let with_page = format!("{CLOSED_BY_TLS}: https://docs.rs/rustls/latest/rustls/manual/index.html");
        assert_eq!(of_io(&io::Error::other(with_page)), CLOSED_BY_TLS);
        assert_eq!(of_io(&in_our_words(io::ErrorKind::UnexpectedEof, "ours".to_owned())), "ours");
        assert_eq!(of_io(&io::Error::from_raw_os_error(111)), "Connection refused (os error 111)");
        for kind in [io::ErrorKind::ConnectionAborted, io::ErrorKind::BrokenPipe] {
            assert_eq!(of_io(&kind.into()), kind.to_string());
        }
    }
}
