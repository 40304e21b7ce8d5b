//! An SFTP partner for the demo and for tests that need no OpenSSH: it lives in a thread of this process.
//!
//! Owns a listener on 127.0.0.1, a fresh host key and the one client key that it accepts. Serves one directory as `/`,
//! with the manners of OpenSSH: exclusive create, a rename that refuses to replace, the extensions that we use. Promises
//! that nothing outside the directory is touched: `..` and symbolic links are refused. Never listens on another address.

mod confined;
mod files;
mod service;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use russh::keys::ssh_key::{Algorithm, LineEnding};
use russh::keys::{HashAlg, PrivateKey, PublicKey};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use files::Manners;
use service::Service;
pub use service::USER;

/// A running partner; dropping it stops it.
pub struct EmbeddedPartner {
    address: SocketAddr,
    host_key: PublicKey,
    client_key: PrivateKey,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EmbeddedPartner {
    /// Starts serving the directory `root`.
    ///
    /// # Errors
    /// `root` is not a directory, or no port or thread is to be had.
    pub fn start(root: &Path) -> io::Result<EmbeddedPartner> {
        EmbeddedPartner::start_with(root, Manners::default())
    }

    /// Starts serving the directory `root` with other manners.
    ///
    /// # Errors
    /// As [`EmbeddedPartner::start`].
    pub fn start_with(root: &Path, manners: Manners) -> io::Result<EmbeddedPartner> {
        let root = root.canonicalize()?;
        let host_key = fresh_key()?;
        let client_key = fresh_key()?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let service = Service::new(root, client_key.public_key().clone(), manners);
        let config = configuration(host_key.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("partner".to_owned()).spawn(move || {
            runtime.block_on(serve(listener, config, service, stopped));
            // Connections still open end with the runtime.
            runtime.shutdown_background();
        })?;
        Ok(EmbeddedPartner {
            address,
            host_key: host_key.public_key().clone(),
            client_key,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address that it listens on: 127.0.0.1.
    pub fn host(&self) -> String {
        self.address.ip().to_string()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The host key as a line of an OpenSSH `.pub` file.
    pub fn host_key_line(&self) -> String {
        self.host_key.to_openssh().expect("an Ed25519 key has a text form")
    }

    /// The host key's fingerprint, `SHA256:` and base64.
    pub fn fingerprint(&self) -> String {
        self.host_key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Writes the private key that is accepted to the new file `path`, mode 0600, in OpenSSH form.
    ///
    /// # Errors
    /// The file exists or can't be written.
    pub fn write_client_key(&self, path: &Path) -> io::Result<()> {
        let text = self.client_key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        io::Write::write_all(&mut file, text.as_bytes())
    }

    /// Ends every connection and waits until the thread is gone.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for EmbeddedPartner {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the partner was already reported by its thread.
            let _ = thread.join();
        }
    }
}

fn fresh_key() -> io::Result<PrivateKey> {
    PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).map_err(io::Error::other)
}

fn configuration(host_key: PrivateKey) -> Arc<russh::server::Config> {
    Arc::new(russh::server::Config {
        keys: vec![host_key],
        methods: russh::MethodSet::from(&[russh::MethodKind::PublicKey][..]),
        // There is no password to guess, so refusals need no delay against guessing.
        auth_rejection_time: Duration::from_millis(10),
        maximum_packet_size: 65_535,
        nodelay: true,
        ..russh::server::Config::default()
    })
}

async fn serve(
    listener: std::net::TcpListener,
    config: Arc<russh::server::Config>,
    service: Service,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::from_std(listener).expect("the listener does not block");
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            connection = listener.accept() => {
                if let Ok((socket, _)) = connection {
                    let (config, service) = (config.clone(), service.clone());
                    let _ = socket.set_nodelay(true);
                    tokio::spawn(async move {
                        if let Ok(session) = russh::server::run_stream(config, socket, service).await {
                            let _ = session.await;
                        }
                    });
                }
            }
        }
    }
}
