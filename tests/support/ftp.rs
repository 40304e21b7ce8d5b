//! A real FTP server on a free loopback port, for one test.
//!
//! Owns what the servers have in common: a temporary folder with certificates, configuration, log and the directory where
//! files land, and the server's process. Ready when it greets. Everything ends and vanishes when it is dropped.

use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tempfile::TempDir;
use totatsu_transport::ftps::{FtpsSettings, Protection, TlsMode, TlsSettings, TlsVersion, connect};
use totatsu_transport::{Secret, Session, TransportError};

use super::certificates::{Certificates, Shown};
use super::partners::pattern;
use super::ports::Ports;
use super::sshd::{descendants, kill_with_descendants, signal};

/// Where `scripts/test` unpacks the servers.
const SERVERS: &str = concat!(env!("TEST_SERVERS"), "/root");
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The password of every account.
pub const PASSWORD: &str = "secret";
/// The password as `crypt` knows it, by an algorithm that costs no time.
pub const PASSWORD_HASH: &str = "$1$totatsu$TQweanteAwnba2y4Ww9/F.";

/// What differs from a plain server.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The server's certificate.
    pub shown: Shown,
    /// TLS 1.3 and nothing else, instead of 1.2.
    pub tls13: bool,
    /// TLS with the first byte.
    pub implicit: bool,
    /// No TLS at all.
    pub cleartext: bool,
    /// A certificate is demanded of the client.
    pub demand_client_certificate: bool,
    /// Listens on the IPv6 loopback address.
    pub ipv6: bool,
    /// The address that the answer to `PASV` names.
    pub passive_address: Option<&'static str>,
    /// Where files land; a directory of the temporary folder unless given.
    pub root: Option<PathBuf>,
    /// Further lines of the configuration.
    pub lines: Vec<String>,
}

/// A running server.
pub struct FtpServer {
    pub folder: TempDir,
    pub root: PathBuf,
    pub port: u16,
    pub wishes: Wishes,
    pub certificates: Certificates,
    user: &'static str,
    launch: Launch,
    server: Child,
    _claimed: Ports,
}

/// Starts the server's program in a folder, on a port.
pub type Launch = fn(&Place<'_>) -> Command;

/// Where a server runs.
pub struct Place<'a> {
    pub folder: &'a Path,
    pub root: &'a Path,
    pub port: u16,
    pub wishes: &'a Wishes,
    pub certificates: &'a Certificates,
}

impl FtpServer {
    /// Starts a server and waits until it greets.
    pub fn start(wishes: Wishes, user: &'static str, launch: Launch) -> FtpServer {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let root = wishes.root.clone().unwrap_or_else(|| folder.path().join("root"));
        fs::create_dir_all(&root).unwrap();
        let certificates = Certificates::write(folder.path(), wishes.shown);
        let claimed = Ports::claim(1);
        let port = claimed.first();
        let place =
            Place { folder: folder.path(), root: &root, port, wishes: &wishes, certificates: &certificates };
        let server = launched(&place, launch);
        FtpServer { root, port, certificates, user, launch, server, wishes, folder, _claimed: claimed }
    }

    /// Settings to reach it.
    pub fn settings(&self) -> FtpsSettings {
        let tls = TlsSettings {
            mode: if self.wishes.implicit { TlsMode::Implicit } else { TlsMode::Explicit },
            version: if self.wishes.tls13 { TlsVersion::V1_3 } else { TlsVersion::V1_2 },
            ca_file: Some(self.certificates.authority()),
            ..TlsSettings::default()
        };
        let protection =
            if self.wishes.cleartext { Protection::Cleartext } else { Protection::Tls(Box::new(tls)) };
        let host = if self.wishes.ipv6 { "::1" } else { "127.0.0.1" };
        let mut settings = FtpsSettings::new(host, self.user, protection);
        settings.port = self.port;
        settings.password = Secret::new(PASSWORD);
        settings
    }

    /// The partner's file that reaches it at `host`, with the password in a file beside the server.
    pub fn partner_file(&self, host: &str) -> String {
        let (head, more) = if self.wishes.cleartext {
            ("transport = \"ftp\"\nallow_cleartext = true", String::new())
        } else {
            let authority = self.certificates.authority();
            ("transport = \"ftps\"", format!("ca_file = {authority:?}\nserver_name = \"127.0.0.1\"\n"))
        };
        let mode = if self.wishes.implicit { "mode = \"implicit\"\n" } else { "" };
        format!(
            "{head}\n[ftps]\nhost = {host:?}\nport = {}\nuser = {:?}\npassword_file = {:?}\n{mode}{more}",
            self.port,
            self.user,
            self.password_file(),
        )
    }

    /// A file that holds the password of its account.
    pub fn password_file(&self) -> PathBuf {
        let password = self.folder.path().join("password");
        fs::write(&password, PASSWORD).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        password
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        log_of(self.folder.path())
    }

    /// Processes that serve sessions.
    pub fn sessions(&self) -> usize {
        descendants(Pid::from_child(&self.server)).len()
    }

    /// Kills every session at once; the server takes new ones.
    pub fn kill_sessions(&self) {
        signal(&descendants(Pid::from_child(&self.server)), Signal::KILL);
    }

    /// Freezes every session: connections stay open, and nobody answers.
    pub fn freeze_sessions(&self) {
        signal(&descendants(Pid::from_child(&self.server)), Signal::STOP);
    }

    /// Kills the server and every session at once.
    pub fn kill(&mut self) {
        kill_with_descendants(Pid::from_child(&self.server));
        let _ = self.server.wait();
    }
}

impl Drop for FtpServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A file with `bytes` of the pattern beside the server.
pub fn source(server: &FtpServer, bytes: usize) -> PathBuf {
    let path = server.folder.path().join(format!("source-{bytes}"));
    fs::write(&path, pattern(bytes)).unwrap();
    path
}

/// A session with `server`.
pub async fn opened(server: &FtpServer) -> Box<dyn Session> {
    connect(&server.settings()).await.unwrap_or_else(|error| panic!("{error}\n{}", server.log()))
}

/// The error of a connection that must not come about.
pub async fn refused(settings: &FtpsSettings) -> TransportError {
    match connect(settings).await {
        Ok(_) => panic!("the connection was to be refused"),
        Err(error) => error,
    }
}

/// A server's program, with the libraries that were unpacked beside it.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(format!("{SERVERS}/{name}"));
    command.env("LD_LIBRARY_PATH", libraries());
    command
}

/// A path below the unpacked servers.
pub fn unpacked(path: &str) -> String {
    format!("{SERVERS}/{path}")
}

fn libraries() -> String {
    let libraries = fs::read_dir(unpacked("usr/lib")).unwrap().map(|entry| entry.unwrap().path());
    let libraries = libraries.filter(|path| path.to_str().unwrap().ends_with("-linux-gnu"));
    libraries.map(|path| path.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(":")
}

/// The server's process once it greets.
#[expect(clippy::zombie_processes, reason = "the owner of the server waits for it when it is killed")]
fn launched(place: &Place<'_>, launch: Launch) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(place.folder.join("out")).unwrap();
    let mut server =
        launch(place).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if greets(place) {
            return server;
        }
        if server.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the server does not greet, or ended: {}", log_of(place.folder));
}

fn greets(place: &Place<'_>) -> bool {
    let connected = if place.wishes.ipv6 {
        TcpStream::connect((std::net::Ipv6Addr::LOCALHOST, place.port))
    } else {
        TcpStream::connect((Ipv4Addr::LOCALHOST, place.port))
    };
    let mut greeting = [0; 3];
    // With implicit TLS nothing is said before the client has spoken.
    let speaks = |mut socket: TcpStream| {
        place.wishes.implicit
            || socket.read_exact(&mut greeting).is_ok() && [b"220", b"SSH"].contains(&&greeting)
    };
    connected.is_ok_and(speaks)
}

fn log_of(folder: &Path) -> String {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    ["out", "log", "tlslog"].map(read).join("\n")
}
