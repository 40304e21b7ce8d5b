//! vsftpd, as Debian has it: every version of TLS is spoken, session reuse is required, facts (`MLST`) and digests are unknown.

use std::fs;
use std::process::Command;

use super::ftp::{FtpServer, Place, Wishes, program};

/// Starts it. It runs as the user who runs the tests, and takes any password.
pub fn vsftpd(wishes: Wishes) -> FtpServer {
    FtpServer::start(wishes, "anonymous", launch)
}

fn launch(place: &Place<'_>) -> Command {
    let yes = |wish: bool| if wish { "YES" } else { "NO" };
    let wishes = place.wishes;
    let (folder, root) = (place.folder.display(), place.root.display());
    let mut text = format!(
        "listen={}\nlisten_ipv6={}\nlisten_port={}\nbackground=NO\nrun_as_launching_user=YES\nftp_username=nobody\n\
         {}=127.0.0.1\nanonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\n\
         anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\nanon_world_readable_only=NO\nanon_umask=022\n\
         anon_root={root}\nallow_writeable_chroot=YES\nsecure_chroot_dir={folder}\nseccomp_sandbox=NO\n\
         isolate_network=NO\nutf8_filesystem=YES\nvsftpd_log_file={folder}/log\nxferlog_enable=YES\nlog_ftp_protocol=YES\n",
        yes(!wishes.ipv6),
        yes(wishes.ipv6),
        place.port,
        if wishes.ipv6 { "#listen_address" } else { "listen_address" },
    );
    if !wishes.cleartext {
        text += &format!(
            "ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES\nssl_tlsv1=YES\n\
             ssl_sslv2=NO\nssl_sslv3=NO\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH\n\
             implicit_ssl={}\nrsa_cert_file={}\nrsa_private_key_file={}\n",
            yes(wishes.implicit),
            place.certificates.server().display(),
            place.certificates.server_key().display(),
        );
    }
    if wishes.demand_client_certificate {
        let authority = place.certificates.authority();
        text += &format!(
            "ssl_request_cert=YES\nrequire_cert=YES\nvalidate_cert=YES\nca_certs_file={}\n",
            authority.display()
        );
    }
    if let Some(address) = wishes.passive_address {
        text += &format!("pasv_address={address}\n");
    }
    text += &wishes.lines.join("\n");
    text += "\n";
    let configuration = place.folder.join("vsftpd.conf");
    fs::write(
        &configuration,
        text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n") + "\n",
    )
    .unwrap();
    let mut command = program("usr/sbin/vsftpd");
    command.arg(configuration);
    command
}
