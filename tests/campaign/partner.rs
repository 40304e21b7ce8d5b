//! The partner of a world: a real server, or a medium in its drive.
//!
//! Owns what a world needs to know of it: the directory that its files lie in, and how our configuration names it. It ends
//! and vanishes when it is dropped.

use std::path::{Path, PathBuf};

use totatsu_transport::medium::marker;

use crate::support::ftp::{FtpServer, Wishes};
use crate::support::gateway::Address;
use crate::support::medium::{Drive, Format, Stick};
use crate::support::proftpd::proftpd;
use crate::support::sshd::{Options, Sshd};
use crate::support::vsftpd::vsftpd;

/// The partner's name.
pub const NAME: &str = "eltax";
/// Sessions at a time with a server.
const CONNECTIONS: usize = 4;
const MEDIUM_MIB: u64 = 256;

/// What carries the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// OpenSSH.
    Sftp,
    /// ProFTPD, which lists facts.
    FtpsWithFacts,
    /// vsftpd, which lists lines without times.
    FtpsBare,
    /// A medium that is always in its drive.
    Medium(Format),
}

pub struct Partner(Reach);

enum Reach {
    Sftp(Sshd),
    Ftps(FtpServer),
    Medium { drive: Drive, stick: Stick },
}

impl Partner {
    pub fn start(carrier: Carrier) -> Partner {
        Partner(match carrier {
            Carrier::Sftp => Reach::Sftp(Sshd::start(Options::default())),
            Carrier::FtpsWithFacts => Reach::Ftps(proftpd(Wishes::default())),
            Carrier::FtpsBare => Reach::Ftps(vsftpd(Wishes::default())),
            Carrier::Medium(format) => {
                let (drive, stick) = (Drive::empty(), Stick::format(format, MEDIUM_MIB));
                stick.plug(&drive);
                marker::prepare(drive.path(), NAME, "試験市").unwrap();
                Reach::Medium { drive, stick }
            }
        })
    }

    /// The directory where a relative path lands.
    pub fn root(&self) -> &Path {
        match &self.0 {
            Reach::Sftp(sshd) => sshd.root(),
            Reach::Ftps(server) => &server.root,
            Reach::Medium { drive, .. } => drive.path(),
        }
    }

    /// The loopback port of an SFTP server.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Reach::Sftp(sshd) => sshd.port(),
            Reach::Ftps(_) | Reach::Medium { .. } => panic!("no line leads to this partner"),
        }
    }

    /// The SFTP server that it is.
    pub fn sshd(&self) -> &Sshd {
        let Reach::Sftp(sshd) = &self.0 else { panic!("this partner is no SFTP server") };
        sshd
    }

    /// The FTP server that it is.
    pub fn ftp_server(&self) -> &FtpServer {
        let Reach::Ftps(server) = &self.0 else { panic!("this partner is no FTP server") };
        server
    }

    /// The drive and the medium that it is.
    pub fn medium(&self) -> (&Drive, &Stick) {
        let Reach::Medium { drive, stick } = &self.0 else { panic!("this partner has no medium") };
        (drive, stick)
    }

    /// The partner's file of our configuration. A server is reached at another port where one is given.
    pub fn file(&self, by_port: Option<u16>) -> String {
        let text = match &self.0 {
            Reach::Sftp(sshd) => {
                let key_file: PathBuf = sshd.client_key();
                let port = by_port.unwrap_or(sshd.port());
                let (user, host_key) = (sshd.user(), &sshd.host_key_line());
                Address { port, user, host_key, key_file: &key_file }.partner_file()
            }
            Reach::Ftps(server) => server.partner_file("127.0.0.1"),
            Reach::Medium { drive, .. } => {
                return format!("transport = \"medium\"\n[medium]\npath = {:?}\n", drive.path());
            }
        };
        text.replacen("\n[", &format!("\nconnections = {CONNECTIONS}\n["), 1)
    }
}
