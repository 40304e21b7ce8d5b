//! The key with which the gateway signs its receipts, and the public keys by which anybody checks them.
//!
//! Owns, in the ledger's directory, `receipt-key` (private, mode 0600), `receipt-key.pub`, and below `retired-receipt-keys/`
//! the public keys of former times. The private key may live apart, as a systemd credential for instance: there it is only
//! read. A signature is an armored SSHSIG over the receipt file's exact bytes, so that OpenSSH's `ssh-keygen -Y verify`
//! checks it too. Promises that a missing or unfit key is never replaced unasked. Never shows the private key.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use totatsu_base::durable::{self, if_there};
use totatsu_base::{Moment, Remedy, SpoolError, say};

/// The private key's file, in the ledger's directory.
const PRIVATE_FILE: &str = "receipt-key";
/// The public key's file, beside it.
const PUBLIC_FILE: &str = "receipt-key.pub";
/// The directory of the public keys of former times, beside both.
const RETIRED_KEYS: &str = "retired-receipt-keys";
/// The purpose that a signature names. One that was made for another purpose proves nothing here.
const NAMESPACE: &str = "totatsu-receipt";
/// The bits of a file's mode that give rights to others than its owner.
const OTHERS: u32 = 0o077;

/// The private key, ready to sign.
#[derive(Clone)]
pub struct ReceiptKey {
    private: PrivateKey,
}

/// Where the private key is, if it lives apart from the ledger: it is read there, and never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyApart {
    /// Its file.
    pub path: PathBuf,
    /// Whether it is a systemd credential: then systemd decides who may read it.
    pub credential: bool,
}

/// Public keys that are trusted to sign receipts.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<PublicKey>);

/// Why the gateway's key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Our disk refused.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Receipts were signed, and the key is gone. Usual cause: the ledger was restored without it. The operator restores it,
    /// or, if it is lost, has another made.
    #[error("{}", say!("receipt-key-missing", path = .0.display()))]
    Missing(PathBuf),
    /// Others may read or write the key's file, and so could sign. The operator finds out who had access; if anybody may have
    /// read the key, a new one is due.
    #[error("{}", say!("receipt-key-open", path = path.display(), mode = format!("{mode:03o}")))]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file holds no key that can be used. The operator restores it.
    #[error("{}", say!("receipt-key-unfit", path = path.display(), why = why))]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Private and public key belong to two pairs: one of both was replaced by hand. The operator restores the pair.
    #[error("{}", say!("receipt-key-no-pair", path = .0.display()))]
    NoPair(PathBuf),
    /// A new key was to be taken up, but the file of the key that lives apart still has the one in use. The operator puts another there.
    #[error("{}", say!("receipt-key-same", path = .0.display()))]
    Same(PathBuf),
    /// The key can't be made or used: a fault of this program.
    #[error("{}", say!("receipt-key-unusable", error = .0))]
    Unusable(#[from] russh::keys::ssh_key::Error),
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is no signature beside the receipt.
    #[error("{}", say!("receipt-no-signature"))]
    Missing,
    /// The file is no signature, or not in the form in which it was written.
    #[error("{}", say!("receipt-signature-unreadable", why = .0))]
    Unreadable(String),
    /// The signature was made for another purpose than receipts.
    #[error("{}", say!("receipt-signature-for", purpose = .0))]
    OtherPurpose(String),
    /// The signature was made with a key that isn't trusted here.
    #[error("{}", say!("receipt-signature-by", key = .0))]
    UnknownKey(String),
    /// The signature doesn't fit the receipt: one of the two was changed.
    #[error("{}", say!("receipt-signature-does-not-fit"))]
    DoesNotFit,
}

impl KeyError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            KeyError::Spool(error) => Remedy::for_own_disk(&error.error),
            KeyError::Missing(_)
            | KeyError::OpenToOthers { .. }
            | KeyError::Unfit { .. }
            | KeyError::NoPair(_) => Remedy::Stop,
            KeyError::Same(_) | KeyError::Unusable(_) => Remedy::Hold,
        }
    }
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReceiptKey").field(&self.fingerprint()).finish()
    }
}

impl ReceiptKey {
    /// Opens the key, in the ledger's `directory` or apart. In the ledger's directory a key is made, with the gateway's name as its
    /// comment, where there is neither half of one and no receipt was ever issued.
    ///
    /// # Errors
    /// The key is missing, unfit, or open to others: see [`KeyError`].
    pub fn open_where(
        directory: &Path,
        apart: Option<&KeyApart>,
        gateway: &str,
        receipts_issued: bool,
    ) -> Result<ReceiptKey, KeyError> {
        match apart {
            None => ReceiptKey::open(directory, gateway, receipts_issued),
            Some(apart) => settle_public(directory, read_apart(apart)?),
        }
    }

    /// As [`ReceiptKey::open_where`], for a key in the ledger's directory.
    ///
    /// # Errors
    /// As [`ReceiptKey::open_where`].
    pub fn open(directory: &Path, gateway: &str, receipts_issued: bool) -> Result<ReceiptKey, KeyError> {
        let (private, public) = (directory.join(PRIVATE_FILE), directory.join(PUBLIC_FILE));
        match read_private(&private, true)? {
            Some(key) => settle_public(directory, key),
            None if receipts_issued || exists(&public)? => Err(KeyError::Missing(private)),
            None => make(directory, gateway),
        }
    }

    /// Makes another key, which signs from now on; the public key before it, if there is one, is kept among the retired
    /// ones. Nobody else may have the ledger open. May be repeated after a crash.
    ///
    /// # Errors
    /// Our disk refuses.
    pub fn renew(directory: &Path, gateway: &str) -> Result<ReceiptKey, KeyError> {
        retire(directory)?;
        make(directory, gateway)
    }

    /// As [`ReceiptKey::renew`], for a key that lives apart, where the operator has put another one.
    ///
    /// # Errors
    /// The key there is the one in use, or can't be read: see [`KeyError`].
    pub fn take_up(directory: &Path, apart: &KeyApart) -> Result<ReceiptKey, KeyError> {
        let key = ReceiptKey { private: read_apart(apart)? };
        if Keys::in_use(directory)?.fingerprints() == [key.fingerprint()] {
            return Err(KeyError::Same(apart.path.clone()));
        }
        retire(directory)?;
        write_public(directory, &key)?;
        Ok(key)
    }

    /// The public key's fingerprint, `SHA256:…` as OpenSSH writes it.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.private.public_key())
    }

    /// The detached signature of a receipt file's bytes, armored, as it stands in `receipt.json.sig`.
    ///
    /// # Errors
    /// The key can't sign: a fault of this program.
    pub fn sign(&self, text: &[u8]) -> Result<String, KeyError> {
        Ok(self.private.sign(NAMESPACE, HashAlg::Sha512, text)?.to_pem(LineEnding::LF)?)
    }
}

impl Keys {
    /// The public keys in a file: one a line, as OpenSSH writes them.
    ///
    /// # Errors
    /// The file can't be read, or holds anything but keys, or none.
    pub fn read(path: &Path) -> Result<Keys, KeyError> {
        let text = fs::read_to_string(path).map_err(SpoolError::at("disk-reading", path))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<PublicKey>, _> = lines.map(PublicKey::from_openssh).collect();
        let unfit = |why: String| KeyError::Unfit { path: path.to_owned(), why };
        match keys {
            Ok(keys) if keys.is_empty() => Err(unfit(say!("receipt-key-empty"))),
            Ok(keys) => Ok(Keys(keys)),
            Err(error) => Err(unfit(error.to_string())),
        }
    }

    /// The gateway's own public keys: first the one in use, then the retired ones, oldest first. None before the first
    /// start.
    ///
    /// # Errors
    /// A file of keys can't be read.
    pub fn of_ledger(directory: &Path) -> Result<Keys, KeyError> {
        let mut keys = Keys::in_use(directory)?;
        for path in retired_files(directory)? {
            // A renewal that was interrupted may have retired a key that is in use still.
            let read = Keys::read(&path)?.0.into_iter();
            let new: Vec<PublicKey> =
                read.filter(|new| keys.0.iter().all(|key| key.key_data() != new.key_data())).collect();
            keys.0.extend(new);
        }
        Ok(keys)
    }

    /// The gateway's public key in use, or none before the first start.
    ///
    /// # Errors
    /// The file of the public key can't be read.
    pub fn in_use(directory: &Path) -> Result<Keys, KeyError> {
        let public = directory.join(PUBLIC_FILE);
        if exists(&public)? { Keys::read(&public) } else { Ok(Keys::default()) }
    }

    /// The keys as lines of a `.pub` file.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|key| format!("{} {}", openssh(key), key.comment())).collect()
    }

    /// The keys as lines of OpenSSH's `allowed_signers`, all for one signer, and for receipts alone.
    pub fn allowed_signers(&self, signer: &str) -> String {
        let line = |key: &PublicKey| format!("{signer} namespaces=\"{NAMESPACE}\" {}\n", openssh(key));
        self.0.iter().map(line).collect()
    }

    /// Their fingerprints, in the same order.
    pub fn fingerprints(&self) -> Vec<String> {
        self.0.iter().map(fingerprint).collect()
    }

    /// The fingerprint of the key with which `text` was signed.
    ///
    /// # Errors
    /// None of the keys signed it, or there is no valid signature: see [`Unproven`].
    pub fn check(&self, text: &[u8], signature: &[u8]) -> Result<String, Unproven> {
        let unreadable = |error: russh::keys::ssh_key::Error| Unproven::Unreadable(error.to_string());
        let parsed = SshSig::from_pem(signature).map_err(unreadable)?;
        // The signature doesn't cover the armor around it: only the one form in which we write it is taken.
        let written = parsed.to_pem(LineEnding::LF).map_err(unreadable)?;
        if written.as_bytes() != signature || parsed.version() != SshSig::VERSION {
            return Err(Unproven::Unreadable(say!("receipt-signature-form")));
        }
        if parsed.namespace() != NAMESPACE {
            return Err(Unproven::OtherPurpose(parsed.namespace().to_owned()));
        }
        let signer = parsed.public_key().fingerprint(HashAlg::Sha256).to_string();
        let Some(key) = self.0.iter().find(|key| key.key_data() == parsed.public_key()) else {
            return Err(Unproven::UnknownKey(signer));
        };
        key.verify(NAMESPACE, text, &parsed).map_err(|_| Unproven::DoesNotFit)?;
        Ok(signer)
    }
}

fn exists(path: &Path) -> Result<bool, KeyError> {
    Ok(path.try_exists().map_err(SpoolError::at("disk-looking-at", path))?)
}

/// Puts the public key in use among the retired ones, if there is one.
fn retire(directory: &Path) -> Result<(), KeyError> {
    let public = directory.join(PUBLIC_FILE);
    if exists(&public)? {
        let retired = directory.join(RETIRED_KEYS);
        durable::make_dir(&retired)?;
        let text = fs::read(&public).map_err(SpoolError::at("disk-reading", &public))?;
        let name = format!("{}.pub", Moment::now().in_japan().strftime("%Y%m%d-%H%M%S-%3f"));
        durable::write_durably(&retired.join(name), 0o600, &text)?;
    }
    Ok(())
}

fn read_apart(apart: &KeyApart) -> Result<PrivateKey, KeyError> {
    let KeyApart { path, credential } = apart;
    read_private(path, !credential)?.ok_or_else(|| KeyError::Missing(path.clone()))
}

/// The private key, if there is a file of that name. Rights of others are an error if the file is `ours`, not systemd's.
fn read_private(path: &Path, ours: bool) -> Result<Option<PrivateKey>, KeyError> {
    let metadata = if_there(fs::metadata(path)).map_err(SpoolError::at("disk-looking-at", path))?;
    let Some(metadata) = metadata else { return Ok(None) };
    let mode = metadata.permissions().mode() & 0o777;
    if ours && mode & OTHERS != 0 {
        return Err(KeyError::OpenToOthers { path: path.to_owned(), mode });
    }
    let text = fs::read(path).map_err(SpoolError::at("disk-reading", path))?;
    let unfit = |why: String| KeyError::Unfit { path: path.to_owned(), why };
    let key = PrivateKey::from_openssh(text).map_err(|error| unfit(error.to_string()))?;
    if key.is_encrypted() {
        return Err(unfit(say!("receipt-key-passphrase")));
    }
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(unfit(say!("receipt-key-kind", kind = key.algorithm())));
    }
    Ok(Some(key))
}

/// Makes sure that the public key in the ledger's directory belongs to the private one, and writes it where a crash left none, or, in
/// a renewal, left the one before, which is among the retired ones by then.
fn settle_public(directory: &Path, private: PrivateKey) -> Result<ReceiptKey, KeyError> {
    let public = directory.join(PUBLIC_FILE);
    let key = ReceiptKey { private };
    if exists(&public)? {
        let beside = Keys::read(&public)?.fingerprints();
        if beside == [key.fingerprint()] {
            return Ok(key);
        }
        let mut retired = Vec::new();
        for path in retired_files(directory)? {
            retired.extend(Keys::read(&path)?.fingerprints());
        }
        if beside.iter().any(|beside| !retired.contains(beside)) {
            return Err(KeyError::NoPair(public));
        }
    }
    write_public(directory, &key)?;
    Ok(key)
}

fn make(directory: &Path, gateway: &str) -> Result<ReceiptKey, KeyError> {
    let mut private = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519)?;
    private.set_comment(gateway.replace(char::is_control, " "));
    let text = private.to_openssh(LineEnding::LF)?;
    durable::write_durably(&directory.join(PRIVATE_FILE), 0o600, text.as_bytes())?;
    // Durable from here: the next start finds the key, and writes its public part if that is missing.
    let key = ReceiptKey { private };
    write_public(directory, &key)?;
    Ok(key)
}

fn write_public(directory: &Path, key: &ReceiptKey) -> Result<(), KeyError> {
    let public = key.private.public_key();
    let line = format!("{} {}\n", openssh(public), key.private.comment());
    Ok(durable::write_durably(&directory.join(PUBLIC_FILE), 0o600, line.as_bytes())?)
}

fn retired_files(directory: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let retired = directory.join(RETIRED_KEYS);
    let list = || fs::read_dir(&retired)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let files = if_there(list()).map_err(SpoolError::at("disk-listing", &retired))?;
    let mut files = files.unwrap_or_default();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pub"));
    files.sort();
    Ok(files)
}

/// A public key's kind and key, without its comment, as OpenSSH writes them.
fn openssh(key: &PublicKey) -> String {
    PublicKey::from(key.key_data().clone())
        .to_openssh()
        .expect("an Ed25519 key without a comment is a line of text")
}

fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(home: &Path, receipts_issued: bool) -> Result<ReceiptKey, KeyError> {
        ReceiptKey::open(home, "見本市", receipts_issued)
    }

    #[test]
    fn a_key_is_made_once_and_found_again_with_its_public_part_even_if_that_was_lost() {
        let home = tempfile::tempdir().unwrap();
        let made = opened(home.path(), false).unwrap();
        assert_eq!(fs::metadata(home.path().join(PRIVATE_FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        let line = fs::read_to_string(home.path().join(PUBLIC_FILE)).unwrap();
        assert!(line.starts_with("ssh-ed25519 ") && line.ends_with(" 見本市\n"), "{line}");
        fs::remove_file(home.path().join(PUBLIC_FILE)).unwrap();
        assert_eq!(opened(home.path(), true).unwrap().fingerprint(), made.fingerprint());
        assert_eq!(fs::read_to_string(home.path().join(PUBLIC_FILE)).unwrap(), line);
        assert_eq!(Keys::of_ledger(home.path()).unwrap().lines(), [line.trim_end()]);
    }

    #[test]
    fn a_key_that_is_missing_open_to_others_or_of_another_pair_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        assert!(matches!(opened(home.path(), true), Err(KeyError::Missing(_))));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        opened(home.path(), false).unwrap();
        let (private, public) = (home.path().join(PRIVATE_FILE), home.path().join(PUBLIC_FILE));
        fs::set_permissions(&private, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(opened(home.path(), true), Err(KeyError::OpenToOthers { mode: 0o640, .. })));
        fs::set_permissions(&private, fs::Permissions::from_mode(0o600)).unwrap();
        let other = tempfile::tempdir().unwrap();
        opened(other.path(), false).unwrap();
        fs::copy(other.path().join(PUBLIC_FILE), &public).unwrap();
        assert!(matches!(opened(home.path(), true), Err(KeyError::NoPair(_))));
        fs::write(&private, "-----BEGIN").unwrap();
        assert!(matches!(opened(home.path(), true), Err(KeyError::Unfit { .. })));
        fs::remove_file(&private).unwrap();
        assert!(matches!(opened(home.path(), false), Err(KeyError::Missing(_))));
    }

    #[test]
    fn after_a_renewal_the_new_key_signs_and_the_old_one_still_proves_what_it_signed() {
        let home = tempfile::tempdir().unwrap();
        let old = opened(home.path(), false).unwrap();
        let signature = old.sign(b"receipt").unwrap();
        let new = ReceiptKey::renew(home.path(), "見本市").unwrap();
        assert_ne!(old.fingerprint(), new.fingerprint());
        assert_eq!(opened(home.path(), true).unwrap().fingerprint(), new.fingerprint());
        let keys = Keys::of_ledger(home.path()).unwrap();
        assert_eq!(keys.fingerprints(), [new.fingerprint(), old.fingerprint()]);
        assert_eq!(keys.check(b"receipt", signature.as_bytes()), Ok(old.fingerprint()));
        // A crash between the two files of a renewal leaves the public key of before.
        let retired = retired_files(home.path()).unwrap();
        fs::copy(&retired[0], home.path().join(PUBLIC_FILE)).unwrap();
        assert_eq!(opened(home.path(), true).unwrap().fingerprint(), new.fingerprint());
        assert_eq!(Keys::of_ledger(home.path()).unwrap().fingerprints(), keys.fingerprints());
    }

    #[test]
    fn a_signature_with_any_byte_changed_or_for_another_purpose_or_by_another_key_proves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let key = opened(home.path(), false).unwrap();
        let keys = Keys::of_ledger(home.path()).unwrap();
        let signature = key.sign(b"receipt").unwrap().into_bytes();
        assert_eq!(keys.check(b"receipt", &signature), Ok(key.fingerprint()));
        assert_eq!(keys.check(b"receipt.", &signature), Err(Unproven::DoesNotFit));
        for place in 0..signature.len() {
            for bit in 0..8 {
                let mut changed = signature.clone();
                changed[place] ^= 1 << bit;
                assert!(keys.check(b"receipt", &changed).is_err(), "byte {place}, bit {bit}");
            }
        }
        let other = key.private.sign("file", HashAlg::Sha512, b"receipt").unwrap();
        let other = other.to_pem(LineEnding::LF).unwrap();
        assert_eq!(keys.check(b"receipt", other.as_bytes()), Err(Unproven::OtherPurpose("file".to_owned())));
        let strangers = tempfile::tempdir().unwrap();
        let stranger = opened(strangers.path(), false).unwrap();
        let by_stranger = stranger.sign(b"receipt").unwrap();
        let unknown = Err(Unproven::UnknownKey(stranger.fingerprint()));
        assert_eq!(keys.check(b"receipt", by_stranger.as_bytes()), unknown);
    }
}
