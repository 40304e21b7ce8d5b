//! Our private keys and SSH certificates, read from their files.
//!
//! Promises that a private key which everybody may read is not used, and that a certificate is shown only with its own key
//! and on its days. Never shows a passphrase.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use russh::keys::ssh_key::certificate::CertType;
use russh::keys::{Certificate, HashAlg, PrivateKey, PublicKey};

use crate::library_words::{of_key, quoted};
use crate::words;
use crate::{Result, Secret, TransportError};
use totatsu_base::rights::unreadable;
use totatsu_base::{Moment, say};

/// Rights of everybody else on a private key file; any of them makes the key unfit.
const OTHERS: u32 = 0o007;

/// Whether the private key at `path` can be used: it is there, not open to others, and its passphrase fits. The public
/// half on success.
///
/// # Errors
/// The key can't be used; the error says why.
pub fn check_key(path: &Path, passphrase: Option<&Secret>) -> Result<PublicKey> {
    read_key(path, passphrase).map(|key| key.public_key().clone())
}

/// Whether the certificate at `path` is one for users, and for `key` where that is known. The instant at which it ends,
/// which may have passed; nothing where it never ends.
///
/// # Errors
/// The certificate can't be used on any day; the error says why.
pub fn check_certificate(path: &Path, key: Option<&PublicKey>) -> Result<Option<Moment>> {
    read_certificate(path, key).map(|certificate| moment(certificate.valid_before()))
}

pub(super) fn read_key(path: &Path, passphrase: Option<&Secret>) -> Result<PrivateKey> {
    let unfit = |cause: String| TransportError::KeyFile { path: PathBuf::from(path), cause };
    let of_disk = |error: io::Error| unfit(unreadable(path, &error));
    let mode = std::fs::metadata(path).map_err(of_disk)?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(unfit(say!("sftp-key-open-to-others", mode = format!("{:04o}", mode & 0o7777))));
    }
    let text = std::fs::read_to_string(path).map_err(of_disk)?;
    let shown = path.display();
    if let Some(form) = old_form(&text) {
        return Err(unfit(say!("sftp-key-old-form", form = form, path = shown)));
    }
    let encrypted = is_encrypted(&text);
    match passphrase {
        None if encrypted => Err(unfit(say!("sftp-key-without-passphrase"))),
        Some(passphrase) if encrypted => russh::keys::decode_secret_key(&text, Some(passphrase.reveal()))
            .map_err(|error| unfit(say!("sftp-key-wrong-passphrase", error = of_key(&error), path = shown))),
        // A passphrase that nothing needs is passed over, as OpenSSH does.
        Some(_) | None => russh::keys::decode_secret_key(&text, None)
            .map_err(|error| unfit(say!("sftp-key-unreadable", error = of_key(&error), path = shown))),
    }
}

/// The form of an encrypted key that the SSH library can't open: of the PEM files of OpenSSL's own making (those with
/// `DEK-Info`) it opens RSA keys under AES-128 only.
fn old_form(text: &str) -> Option<String> {
    let cipher = text.lines().find_map(|line| line.strip_prefix("DEK-Info: "))?;
    let cipher = cipher.split(',').next().unwrap_or_default();
    // not for people: the marks of the file.
    let opened = cipher == "AES-128-CBC" && text.contains("-----BEGIN RSA PRIVATE KEY-----");
    let kind = text.lines().find_map(|line| line.strip_prefix("-----BEGIN ")).unwrap_or_default();
    let told = |words: &str| words::told(words.trim_end_matches('-'));
    (!opened).then(|| say!("sftp-key-old-form-is", kind = told(kind), cipher = told(cipher)))
}

/// Whether a key file wants a passphrase; PEM says so in its first lines, OpenSSH's form inside.
fn is_encrypted(text: &str) -> bool {
    // not for people: the marks of the file.
    let by_pem = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"];
    by_pem.iter().any(|mark| text.contains(mark))
        || matches!(russh::keys::decode_secret_key(text, None), Err(russh::keys::Error::KeyIsEncrypted))
}

/// The certificate at `path`, if it is one of ours that counts today.
pub(super) fn valid_certificate(path: &Path, key: &PublicKey, now: Moment) -> Result<Certificate> {
    let certificate = read_certificate(path, Some(key))?;
    let unfit = |cause: String| TransportError::UserCertificate { path: PathBuf::from(path), cause };
    let named = named(&certificate);
    match (moment(certificate.valid_after()), moment(certificate.valid_before())) {
        (_, Some(end)) if end <= now => {
            Err(unfit(say!("sftp-certificate-expired", certificate = named, end = to_the_minute(end))))
        }
        (Some(begin), _) if now < begin => {
            Err(unfit(say!("sftp-certificate-too-early", certificate = named, begin = to_the_minute(begin))))
        }
        (Some(_) | None, Some(_) | None) => Ok(certificate),
    }
}

/// What a receipt says of a certificate that was shown.
pub(super) fn shown(certificate: &Certificate) -> String {
    let authority = certificate.signature_key().fingerprint(HashAlg::Sha256);
    say!("sftp-certificate-of", certificate = named(certificate), authority = authority)
}

/// An instant as messages about certificates tell it.
pub fn to_the_minute(moment: Moment) -> String {
    say!("transport-to-the-minute", moment = moment.in_japan().strftime("%Y-%m-%d %H:%M"))
}

fn read_certificate(path: &Path, key: Option<&PublicKey>) -> Result<Certificate> {
    let unfit = |cause: String| TransportError::UserCertificate { path: PathBuf::from(path), cause };
    let text = std::fs::read_to_string(path).map_err(|error| unfit(unreadable(path, &error)))?;
    let certificate =
        Certificate::from_openssh(text.trim()).map_err(|error| unfit(quoted(&error.to_string())))?;
    if certificate.cert_type() != CertType::User {
        return Err(unfit(say!("sftp-certificate-for-hosts", certificate = named(&certificate))));
    }
    if let Some(key) = key
        && certificate.public_key() != key.key_data()
    {
        let certified = certificate.public_key().fingerprint(HashAlg::Sha256);
        let ours = key.fingerprint(HashAlg::Sha256);
        return Err(unfit(say!(
            "sftp-certificate-other-key",
            certificate = named(&certificate),
            certified = certified,
            ours = ours
        )));
    }
    Ok(certificate)
}

fn named(certificate: &Certificate) -> String {
    let name = format!("{:?}", words::told(certificate.key_id()));
    say!("sftp-certificate-named", name = name, serial = certificate.serial())
}

/// An instant of a certificate; nothing where it means "never", or lies beyond every calendar.
fn moment(seconds: u64) -> Option<Moment> {
    let seconds = i64::try_from(seconds).ok()?;
    Timestamp::from_second(seconds).ok().map(Moment::from)
}
