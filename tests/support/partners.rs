//! Partners to try a promise on: OpenSSH's server and the demo's own.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use totatsu_transport::sftp::{Authentication, SftpSettings, connect};
use totatsu_transport::{Session, TransportError};

use super::embedded::{EmbeddedPartner, Manners, USER};
use super::sshd::{Options, Sshd};

/// A server to try a promise on, whichever it is.
pub struct Partner {
    pub settings: SftpSettings,
    pub root: PathBuf,
    pub folder: TempDir,
    pub server: Server,
}

pub enum Server {
    OpenSsh { _sshd: Box<Sshd> },
    Embedded { _partner: Box<EmbeddedPartner> },
}

/// A private key in a file, without passphrase and certificate.
pub fn key_file(path: PathBuf) -> Authentication {
    Authentication::PrivateKeyFile { path, passphrase: None, certificate: None }
}

/// Settings to reach `sshd` with its own key.
pub fn of_sshd(sshd: &Sshd) -> SftpSettings {
    let mut settings = SftpSettings::new("127.0.0.1", sshd.port(), sshd.user());
    settings.host_keys = vec![sshd.host_key_line().parse().unwrap()];
    settings.authentication = vec![key_file(sshd.client_key())];
    settings
}

/// OpenSSH's server.
pub fn openssh(options: Options) -> Partner {
    let sshd = Sshd::start(options);
    Partner {
        settings: of_sshd(&sshd),
        root: sshd.root().to_owned(),
        folder: tempfile::tempdir().unwrap(),
        server: Server::OpenSsh { _sshd: Box::new(sshd) },
    }
}

/// The demo's partner.
pub fn embedded(manners: Manners) -> Partner {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    let partner = EmbeddedPartner::start_with(&root, manners).unwrap();
    let key = folder.path().join("client");
    partner.write_client_key(&key).unwrap();
    let mut settings = SftpSettings::new(partner.host(), partner.port(), USER);
    settings.host_keys = vec![partner.host_key_line().parse().unwrap()];
    settings.authentication = vec![key_file(key)];
    Partner { settings, root, folder, server: Server::Embedded { _partner: Box::new(partner) } }
}

impl Partner {
    pub fn source(&self, bytes: usize) -> PathBuf {
        let path = self.folder.path().join(format!("source-{bytes}"));
        fs::write(&path, pattern(bytes)).unwrap();
        path
    }
}

/// Bytes that don't repeat within a chunk, so that a swapped or doubled chunk shows.
pub fn pattern(bytes: usize) -> Vec<u8> {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut pattern = Vec::with_capacity(bytes + 8);
    while pattern.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        pattern.extend_from_slice(&state.to_le_bytes());
    }
    pattern.truncate(bytes);
    pattern
}

/// A session with `partner`.
pub async fn opened(partner: &Partner) -> Box<dyn Session> {
    connect(&partner.settings).await.unwrap()
}

/// The error of a connection that must not come about.
pub async fn refused(settings: &SftpSettings) -> TransportError {
    match connect(settings).await {
        Ok(_) => panic!("the connection was to be refused"),
        Err(error) => error,
    }
}
