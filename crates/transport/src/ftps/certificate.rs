//! Judges the server's certificate, and keeps ours.
//!
//! Promises that no connection comes about, neither for control nor for data, whose certificate was not accepted: by an
//! authority that is trusted, for the right name and within its dates, and by its pin where pins are agreed. A
//! certificate that is pinned without a `ca_file` is trusted for its own sake. Either way the server proves that it holds
//! the key. There is no way to switch this off.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::settings::{ClientCertificate, Pin, TlsSettings};
use crate::library_words::{of_certificate, of_pem, of_tls, quoted};
use crate::{CertificateFault, Result, TransportError};
use totatsu_base::locked;
use totatsu_base::rights::unreadable;
use totatsu_base::say;

/// Rights of everybody else on a private key file; any of them makes the key unfit.
const OTHERS: u32 = 0o007;

/// What was seen while the connections of one login were opened; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct OpeningFacts(Arc<Mutex<OpeningNoted>>);

#[derive(Debug, Default)]
pub(super) struct OpeningNoted {
    /// The server's certificate.
    pub(super) fingerprint: Option<Pin>,
    /// Why it was not accepted.
    pub(super) fault: Option<CertificateFault>,
    /// The server asked for a certificate of ours.
    pub(super) asked_for_ours: bool,
    /// How the TLS library says that the handshake failed.
    pub(super) failure: Option<Error>,
    /// Why the control connection did not come about, if the reason isn't the FTP library's own.
    pub(super) unopened: Option<TransportError>,
    /// Version and cipher that were agreed.
    pub(super) cipher: String,
    /// Key exchange that was agreed.
    pub(super) key_exchange: String,
}

impl OpeningFacts {
    /// What was seen so far.
    pub(super) fn noted(&self) -> MutexGuard<'_, OpeningNoted> {
        locked(&self.0)
    }
}

/// Decides whether a certificate is accepted.
#[derive(Debug)]
pub(super) struct CertificateVerifier {
    /// Checks authority, name and dates; `None` where the pinned certificate is trusted for its own sake.
    authority: Option<Arc<WebPkiServerVerifier>>,
    pins: Vec<Pin>,
    provider: Arc<CryptoProvider>,
    opening_facts: OpeningFacts,
}

impl CertificateVerifier {
    /// Reads the authorities.
    pub(super) fn new(
        settings: &TlsSettings,
        provider: &Arc<CryptoProvider>,
        opening_facts: &OpeningFacts,
    ) -> Result<CertificateVerifier> {
        let roots = match &settings.ca_file {
            Some(file) => Some(authorities_of(file)?),
            None if settings.pins.is_empty() => Some(authorities_of_machine()?),
            None => None,
        };
        let authority = roots.map(|roots| authority(roots, provider)).transpose()?;
        Ok(CertificateVerifier {
            authority,
            pins: settings.pins.clone(),
            provider: provider.clone(),
            opening_facts: opening_facts.clone(),
        })
    }

    fn judge(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), CertificateFault> {
        if let Some(authority) = &self.authority {
            authority
                .verify_server_cert(certificate, others, name, &[], now)
                .map_err(|error| self.fault_of(&error, certificate, name, now))?;
        }
        if !self.pins.is_empty() && !self.pins.contains(&Pin::of(certificate)) {
            return Err(CertificateFault::NotPinned {
                pinned: self.pins.iter().map(Pin::to_string).collect(),
            });
        }
        Ok(())
    }

    fn fault_of(
        &self,
        error: &Error,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> CertificateFault {
        let Error::InvalidCertificate(cause) = error else {
            return CertificateFault::Unfit { cause: of_tls(error) };
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "the library's list is open")]
        match cause {
            CertificateError::UnknownIssuer if self.issued_itself(certificate, name, now) => {
                CertificateFault::SelfSigned
            }
            CertificateError::UnknownIssuer => CertificateFault::UnknownAuthority,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                CertificateFault::NotYetValid
            }
            CertificateError::NotValidForName => {
                CertificateFault::WrongName { expected: name.to_str().into_owned(), presented: Vec::new() }
            }
            CertificateError::NotValidForNameContext { expected, presented } => CertificateFault::WrongName {
                expected: expected.to_str().into_owned(),
                presented: presented.clone(),
            },
            other => CertificateFault::Unfit { cause: of_certificate(other) },
        }
    }

    /// Whether the certificate is its own authority: once it is the only authority, its issuer is no longer unknown.
    fn issued_itself(&self, certificate: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> bool {
        let mut itself = RootCertStore::empty();
        if itself.add(certificate.clone().into_owned()).is_err() {
            return false;
        }
        let Ok(alone) = authority(itself, &self.provider) else { return false };
        let judged = alone.verify_server_cert(certificate, &[], name, &[], now);
        !matches!(judged, Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)))
    }
}

impl ServerCertVerifier for CertificateVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.opening_facts.noted().fingerprint = Some(Pin::of(certificate));
        match self.judge(certificate, others, name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(fault) => {
                self.opening_facts.noted().fault = Some(fault);
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Our certificate, shown where the server asks for one.
#[derive(Debug)]
pub(super) struct OwnCertificate {
    certified: Option<Arc<CertifiedKey>>,
    opening_facts: OpeningFacts,
}

impl OwnCertificate {
    /// Reads certificate and key.
    pub(super) fn new(
        client: Option<&ClientCertificate>,
        provider: &CryptoProvider,
        opening_facts: &OpeningFacts,
    ) -> Result<OwnCertificate> {
        let certified = client.map(|client| certified_key(client, provider)).transpose()?;
        Ok(OwnCertificate { certified: certified.map(Arc::new), opening_facts: opening_facts.clone() })
    }
}

impl ResolvesClientCert for OwnCertificate {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.opening_facts.noted().asked_for_ours = true;
        self.certified.clone()
    }

    fn has_certs(&self) -> bool {
        self.certified.is_some()
    }
}

/// Whether the PEM file holds certificates of authorities.
///
/// # Errors
/// The file can't be used; the error says why.
pub fn check_authorities(file: &Path) -> Result<()> {
    authorities_of(file).map(drop)
}

/// Whether certificate and key of ours can be used and belong together.
///
/// # Errors
/// Certificate or key can't be used, or they don't belong together.
pub fn check_client_certificate(client: &ClientCertificate) -> Result<()> {
    certified_key(client, &rustls::crypto::aws_lc_rs::default_provider()).map(drop)
}

fn authority(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().map_err(|error| {
        let error = quoted(&error.to_string());
        TransportError::Unsupported { what: say!("ftps-need-judged-certificate", error = error) }
    })
}

fn authorities_of(file: &Path) -> Result<RootCertStore> {
    let unfit = |cause: String| TransportError::CertificateFile { path: file.to_owned(), cause };
    let mut roots = RootCertStore::empty();
    for certificate in certificates_in(file)? {
        roots.add(certificate).map_err(|error| unfit(of_tls(&error)))?;
    }
    Ok(roots)
}

fn authorities_of_machine() -> Result<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Machines keep some that no library can read; those that can be read are enough, unless there is none.
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        let first = found.errors.first().map(|error| quoted(&error.to_string()));
        let cause = first.unwrap_or_else(|| say!("ftps-authorities-none"));
        let cause = say!("ftps-authorities-unusable", cause = cause);
        return Err(TransportError::CertificateFile { path: "/etc/ssl/certs".into(), cause });
    }
    Ok(roots)
}

fn certificates_in(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unfit = |cause: String| TransportError::CertificateFile { path: file.to_owned(), cause };
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates = read.map_err(|error| unfit(of_file(file, &error)))?;
    if certificates.is_empty() {
        return Err(unfit(say!("ftps-file-holds-none")));
    }
    Ok(certificates)
}

/// What is wrong with a file of certificates or of a key.
fn of_file(path: &Path, error: &pem::Error) -> String {
    if let pem::Error::Io(error) = error
        && error.kind() == std::io::ErrorKind::PermissionDenied
    {
        return unreadable(path, error);
    }
    of_pem(error)
}

fn certified_key(client: &ClientCertificate, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let key_file = &client.key_file;
    let unfit = |cause: String| TransportError::KeyFile { path: key_file.clone(), cause };
    let certificates = certificates_in(&client.certificate_file)?;
    let found = std::fs::metadata(key_file).map_err(|error| unfit(unreadable(key_file, &error)))?;
    let mode = found.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(unfit(say!("ftps-key-open-to-others", mode = format!("{:04o}", mode & 0o7777))));
    }
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|error| unfit(say!("ftps-key-unreadable", error = of_file(key_file, &error))))?;
    CertifiedKey::from_der(certificates, key, provider).map_err(|error| {
        let (path, error) = (key_file.display(), of_tls(&error));
        let cause = say!("ftps-certificate-of-other-key", path = path, error = error);
        TransportError::CertificateFile { path: client.certificate_file.clone(), cause }
    })
}
