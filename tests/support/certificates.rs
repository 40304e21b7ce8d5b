//! Throw-away certificates: a private authority, and server certificates that are right or wrong in one way.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use totatsu_transport::ftps::{ClientCertificate, Pin};

/// What the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Issued by the authority, for `localhost` and the loopback addresses.
    #[default]
    Right,
    /// Its time was over long ago.
    Expired,
    /// Its time is to come.
    NotYetValid,
    /// Issued for another host.
    OtherName,
    /// Issued by itself.
    SelfSigned,
}

/// The files of one test.
pub struct Certificates {
    folder: PathBuf,
    pin: Pin,
}

impl Certificates {
    /// Writes an authority, another one that has issued nothing, a client's certificate and the server's.
    pub fn write(folder: &Path, shown: Shown) -> Certificates {
        let authority = authority("totatsu test authority");
        let other = authority_pem("another authority");
        fs::write(folder.join("ca.pem"), authority.1).unwrap();
        fs::write(folder.join("other-ca.pem"), other).unwrap();

        let (key, certificate) = server(&authority.0, shown);
        write_key(&folder.join("server.key"), &key.serialize_pem());
        fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
        write_key(&folder.join("server-both.pem"), &(key.serialize_pem() + &certificate.pem()));

        let client_key = KeyPair::generate().unwrap();
        let mut client = named("totatsu", &[]);
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = client.signed_by(&client_key, &authority.0).unwrap();
        write_key(&folder.join("client.key"), &client_key.serialize_pem());
        fs::write(folder.join("client.pem"), client.pem()).unwrap();
        Certificates { folder: folder.to_owned(), pin: Pin::of(certificate.der()) }
    }

    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub fn other_authority(&self) -> PathBuf {
        self.folder.join("other-ca.pem")
    }

    /// The fingerprint of the server's certificate.
    pub fn pin(&self) -> Pin {
        self.pin
    }

    pub fn client(&self) -> ClientCertificate {
        ClientCertificate {
            certificate_file: self.folder.join("client.pem"),
            key_file: self.folder.join("client.key"),
        }
    }

    pub fn server(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    pub fn server_key(&self) -> PathBuf {
        self.folder.join("server.key")
    }

    /// Key and certificate in one file.
    pub fn server_both(&self) -> PathBuf {
        self.folder.join("server-both.pem")
    }
}

fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut parameters = CertificateParams::new(hosts).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut parameters = named(name, &[]);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = parameters.self_signed(&key).unwrap().pem();
    (Issuer::new(parameters, key), pem)
}

fn authority_pem(name: &str) -> String {
    authority(name).1
}

fn server(authority: &Issuer<'_, KeyPair>, shown: Shown) -> (KeyPair, rcgen::Certificate) {
    let key = KeyPair::generate().unwrap();
    let hosts: &[&str] = match shown {
        Shown::OtherName => &["ftp.other.example"],
        Shown::Right | Shown::Expired | Shown::NotYetValid | Shown::SelfSigned => {
            &["localhost", "127.0.0.1", "::1"]
        }
    };
    let mut parameters = named("test server", hosts);
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    match shown {
        Shown::Expired => parameters.not_after = date_time_ymd(2020, 1, 1),
        Shown::NotYetValid => parameters.not_before = date_time_ymd(2090, 1, 1),
        Shown::Right | Shown::OtherName | Shown::SelfSigned => {}
    }
    let certificate = match shown {
        Shown::SelfSigned => parameters.self_signed(&key),
        Shown::Right | Shown::Expired | Shown::NotYetValid | Shown::OtherName => {
            parameters.signed_by(&key, authority)
        }
    };
    (key, certificate.unwrap())
}

fn write_key(path: &Path, pem: &str) {
    fs::write(path, pem).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
