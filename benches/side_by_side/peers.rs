//! The programs that we are measured against: where they are, and how each is told to do the same as we.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::{Sample, measured};
use super::support::ftp::{FtpServer, PASSWORD, unpacked};
use super::support::sshd::Sshd;

/// The account at vsftpd.
pub const FTP_USER: &str = "anonymous";

/// An SFTP server, as its clients reach it: perhaps over a longer line than the server's own port.
#[derive(Clone, Copy)]
pub struct There<'a> {
    pub sshd: &'a Sshd,
    pub port: u16,
}

/// A program's path, or how to get it.
pub fn found(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).map(|place| place.join(name)).collect();
    places.push(unpacked("usr/bin").into());
    if let Some(last) = places.last_mut() {
        *last = last.join(name);
    }
    let package = match name {
        "sftp" => "openssh-client",
        "iconv" => "libc-bin",
        "sha256sum" => "coreutils",
        other => other,
    };
    let advice = format!("apt-get install {package}");
    places.into_iter().find(|place| place.is_file()).ok_or(advice)
}

/// OpenSSH's own client does these lines.
pub fn sftp(program: &Path, there: There<'_>, lines: &str) -> Sample {
    let batch = tempfile::NamedTempFile::new().unwrap();
    fs::write(batch.path(), lines).unwrap();
    let mut command = Command::new(program);
    command.args(["-q", "-b"]).arg(batch.path()).args(ssh_options(there.sshd));
    command.arg("-P").arg(there.port.to_string()).arg(format!("{}@127.0.0.1", there.sshd.user()));
    measured(&command)
}

/// lftp does these commands over SFTP.
pub fn lftp_over_ssh(program: &Path, there: There<'_>, commands: &str) -> Sample {
    let options: Vec<String> = ssh_options(there.sshd).into_iter().map(|word| format!("'{word}'")).collect();
    let connect = format!("ssh -a -x {}", options.join(" "));
    let open = format!("open -u {},x -p {} sftp://127.0.0.1", there.sshd.user(), there.port);
    lftp(program, &format!("set sftp:connect-program \"{connect}\"; {open}; {commands}"))
}

/// lftp does these commands over FTPS.
pub fn lftp_over_tls(program: &Path, server: &FtpServer, commands: &str) -> Sample {
    let authority = server.certificates.authority();
    let open = format!("open -u {FTP_USER},{PASSWORD} -p {} 127.0.0.1", server.port);
    let secure = "set ftp:ssl-force true; set ftp:ssl-protect-data true";
    lftp(program, &format!("{secure}; set ssl:ca-file {authority:?}; {open}; {commands}"))
}

fn lftp(program: &Path, commands: &str) -> Sample {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env("HOME", home.path()).arg("-c").arg(format!("set net:max-retries 1; {commands}"));
    measured(&command)
}

/// rclone copies from here to `target` at the server: a directory with eight files at a time, or one file.
pub fn rclone(program: &Path, there: There<'_>, work: &str, source: &Path, target: &str) -> Sample {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env("RCLONE_CONFIG", home.path().join("rclone.conf")).env("HOME", home.path());
    command.args([work, "--transfers", "8", "--sftp-host", "127.0.0.1", "--sftp-disable-hashcheck"]);
    command.args(["--sftp-port", &there.port.to_string(), "--sftp-user", there.sshd.user()]);
    command.arg("--sftp-key-file").arg(there.sshd.client_key());
    command.arg(source).arg(format!(":sftp:{target}"));
    measured(&command)
}

/// rclone fetches a file.
pub fn rclone_back(program: &Path, there: There<'_>, source: &str, target: &Path) -> Sample {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env("RCLONE_CONFIG", home.path().join("rclone.conf")).env("HOME", home.path());
    command.args(["copyto", "--sftp-host", "127.0.0.1", "--sftp-disable-hashcheck"]);
    command.args(["--sftp-port", &there.port.to_string(), "--sftp-user", there.sshd.user()]);
    command.arg("--sftp-key-file").arg(there.sshd.client_key());
    command.arg(format!(":sftp:{source}")).arg(target);
    measured(&command)
}

/// curl uploads a file over FTPS.
pub fn curl(program: &Path, server: &FtpServer, source: &Path, name: &str) -> Sample {
    let mut command = Command::new(program);
    command.args(["--silent", "--show-error", "--ssl-reqd", "--cacert"]).arg(server.certificates.authority());
    command.args(["--user", &format!("{FTP_USER}:{PASSWORD}")]).arg("-T").arg(source);
    command.arg(format!("ftp://127.0.0.1:{}/{name}", server.port));
    measured(&command)
}

fn ssh_options(sshd: &Sshd) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for option in [
        "BatchMode=yes".to_owned(),
        "LogLevel=ERROR".to_owned(),
        "StrictHostKeyChecking=no".to_owned(),
        "UserKnownHostsFile=/dev/null".to_owned(),
        "IdentitiesOnly=yes".to_owned(),
        format!("IdentityFile={}", sshd.client_key().display()),
    ] {
        words.extend(["-o".to_owned(), option]);
    }
    words
}
