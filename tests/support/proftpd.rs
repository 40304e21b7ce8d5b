//! ProFTPD, as Debian has it, with mod_tls or with mod_sftp: session reuse is required, facts and digests are known.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use totatsu_transport::Secret;
use totatsu_transport::sftp::{Authentication, SftpSettings};

use super::ftp::{FtpServer, PASSWORD, PASSWORD_HASH, Place, Wishes, program, unpacked};
use super::sshd::{new_key, run};

const USER: &str = "tester";

/// Starts it for FTP. It runs as the user who runs the tests.
pub fn proftpd(wishes: Wishes) -> FtpServer {
    FtpServer::start(wishes, USER, launch_ftp)
}

/// Starts it for SFTP.
pub fn proftpd_sftp(wishes: Wishes) -> FtpServer {
    FtpServer::start(wishes, USER, launch_sftp)
}

/// Settings to reach it over SFTP.
pub fn sftp_settings(server: &FtpServer) -> SftpSettings {
    let mut settings = SftpSettings::new("127.0.0.1", server.port, USER);
    let key = fs::read_to_string(server.folder.path().join("host_key.pub")).unwrap();
    settings.host_keys = vec![key.trim().parse().unwrap()];
    settings.authentication = vec![Authentication::Password(Secret::new(PASSWORD))];
    settings
}

fn launch_ftp(place: &Place<'_>) -> Command {
    let wishes = place.wishes;
    let mut text = String::new();
    if !wishes.cleartext {
        let certificates = place.certificates;
        text += &format!(
            "TLSEngine on\nTLSRequired on\nTLSProtocol {}\nTLSECCertificateFile {}\nTLSECCertificateKeyFile {}\n\
             TLSCACertificateFile {}\nTLSLog {}/tlslog\nTLSVerifyClient {}\nTLSRenegotiate none\n",
            if wishes.tls13 { "TLSv1.3" } else { "TLSv1.2" },
            certificates.server().display(),
            certificates.server_key().display(),
            certificates.authority().display(),
            place.folder.display(),
            if wishes.demand_client_certificate { "on" } else { "off" },
        );
        if wishes.implicit {
            text += "TLSOptions UseImplicitSSL\n";
        }
    }
    if let Some(address) = wishes.passive_address {
        text += &format!("MasqueradeAddress {address}\n");
    }
    launch(place, &text)
}

fn launch_sftp(place: &Place<'_>) -> Command {
    let key = place.folder.join("host_key");
    if !key.exists() {
        new_key("ed25519", &key);
    }
    let text = format!(
        "SFTPEngine on\nSFTPHostKey {}\nSFTPAuthMethods password\nSFTPLog {}/tlslog\n",
        key.display(),
        place.folder.display()
    );
    launch(place, &text)
}

/// Without a scoreboard: a session that is frozen while it has the scoreboard's lock keeps every other one from greeting.
fn launch(place: &Place<'_>, protection: &str) -> Command {
    let folder = place.folder.display();
    let own = |flag: &str| String::from_utf8(run("id", &[flag])).unwrap().trim().to_owned();
    let users = place.folder.join("users");
    let account =
        format!("{USER}:{PASSWORD_HASH}:{}:{}::{}:/bin/sh\n", own("-u"), own("-g"), place.root.display());
    fs::write(&users, account).unwrap();
    fs::set_permissions(&users, fs::Permissions::from_mode(0o600)).unwrap();
    let text = format!(
        "ServerName test\nServerType standalone\nDefaultAddress {}\nSocketBindTight on\nPort {}\nUseIPv6 {}\nUser {}\n\
         Group {}\nRootLogin on\nPidFile {folder}/pid\nScoreboardFile none\nSystemLog {folder}/log\n\
         WtmpLog off\nTransferLog none\nModulePath {}\nLoadModule mod_tls.c\nLoadModule mod_digest.c\n\
         LoadModule mod_sftp.c\nAuthPAM off\nAuthOrder mod_auth_file.c\nAuthUserFile {}\nRequireValidShell off\n\
         UseFtpUsers off\nAllowOverwrite on\nAllowStoreRestart on\nUseReverseDNS off\nTimeoutLinger 1\n{protection}{}\n",
        if place.wishes.ipv6 { "::1" } else { "127.0.0.1" },
        place.port,
        if place.wishes.ipv6 { "on" } else { "off" },
        own("-un"),
        own("-gn"),
        unpacked("usr/lib/proftpd"),
        users.display(),
        place.wishes.lines.join("\n"),
    );
    let configuration = place.folder.join("proftpd.conf");
    fs::write(&configuration, text).unwrap();
    let mut command = program("usr/sbin/proftpd");
    command.args(["-n", "-c"]).arg(configuration);
    command
}
