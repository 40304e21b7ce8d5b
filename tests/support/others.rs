//! Further servers of the matrix, each as its package has it: from Debian beside the FTP servers, from PyPI in `tests/servers/python`.
//!
//! Owns how each is started. Those that read the machine's own accounts get accounts of their own, in a name space of mounts
//! that nobody else sees; that needs root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::ftp::{FtpServer, PASSWORD, PASSWORD_HASH, Place, Wishes, program, unpacked};
use super::sshd::{Options, Sshd, new_key};

/// The account at every one of them.
pub const ACCOUNT: &str = "tester";
/// Where `scripts/test` puts what comes from PyPI.
const MODULES: &str = concat!(env!("TEST_SERVERS"), "/python");
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/servers");

/// `rclone serve sftp`. It remembers what a directory holds for five minutes unless it is told not to.
pub fn rclone_sftp() -> FtpServer {
    FtpServer::start(Wishes::default(), ACCOUNT, |place| {
        let mut command = program("usr/bin/rclone");
        command.arg("--config").arg(place.folder.join("rclone.conf")).args(["serve", "sftp"]).arg(place.root);
        command.args(["--addr", &format!("127.0.0.1:{}", place.port), "--user", ACCOUNT, "--pass", PASSWORD]);
        command.args(["--dir-cache-time", "0s"]).arg("--key").arg(host_key(place));
        command
    })
}

/// Dropbear, with the `sftp-server` of OpenSSH behind it.
pub fn dropbear() -> FtpServer {
    FtpServer::start(Wishes::default(), ACCOUNT, |place| {
        let accepted = place.root.join(".ssh");
        let _ = fs::create_dir(&accepted);
        fs::copy(client_key(place.folder).with_extension("pub"), accepted.join("authorized_keys")).unwrap();
        let key = place.folder.join("dropbear_key");
        let mut convert = program("usr/bin/dropbearconvert");
        convert.args(["openssh", "dropbear"]).arg(host_key(place)).arg(&key);
        assert!(convert.output().unwrap().status.success());
        let mut server = program("usr/sbin/dropbear");
        server.args(["-F", "-E", "-s", "-p", &format!("127.0.0.1:{}", place.port), "-P"]);
        server.arg(place.folder.join("pid")).arg("-r").arg(key);
        with_own_accounts(place, &server)
    })
}

/// asyncssh's SFTP server.
pub fn asyncssh() -> FtpServer {
    FtpServer::start(Wishes::default(), ACCOUNT, |place| {
        let mut command = python("asyncssh_sftp.py", place);
        command.arg(host_key(place)).arg(client_key(place.folder).with_extension("pub"));
        command
    })
}

/// pyftpdlib, which knows facts.
pub fn pyftpdlib() -> FtpServer {
    cleartext(|place| {
        let mut command = python("pyftpdlib_ftp.py", place);
        command.arg("facts");
        command
    })
}

/// pyftpdlib, with facts taken from it.
pub fn pyftpdlib_plain() -> FtpServer {
    cleartext(|place| {
        let mut command = python("pyftpdlib_ftp.py", place);
        command.arg("plain");
        command
    })
}

/// aioftp.
pub fn aioftp() -> FtpServer {
    cleartext(|place| python("aioftp_ftp.py", place))
}

/// The ftpd of GNU inetutils, which comes from BSD; it is started for each connection, as by inetd.
pub fn inetutils() -> FtpServer {
    cleartext(|place| {
        let mut inetd = Command::new("python3");
        inetd.arg(format!("{SCRIPTS}/inetd.py")).arg(place.port.to_string()).arg(unpacked("usr/sbin/ftpd"));
        with_own_accounts(place, &inetd)
    })
}

/// MySecureShell behind OpenSSH's sshd, as its configuration comes but for the home of accounts and its limits of speed.
pub fn mysecureshell() -> (Sshd, TempDir) {
    behind_sshd(|folder, root| {
        let shipped = fs::read_to_string(unpacked("etc/ssh/sftp_config")).unwrap();
        let own = shipped.lines().map(|line| match line.split_whitespace().next() {
            Some("Home") => format!("Home {}", root.display()),
            Some("Download" | "GlobalDownload") => String::new(),
            _ => line.to_owned(),
        });
        let etc = folder.join("etc-ssh");
        fs::create_dir(&etc).unwrap();
        fs::write(etc.join("sftp_config"), own.collect::<Vec<_>>().join("\n")).unwrap();
        let server = unpacked("usr/bin/mysecureshell");
        format!("mount --bind {} /etc/ssh && exec {server} -c sftp-server", etc.display())
    })
}

/// Green End's SFTP server behind OpenSSH's sshd.
pub fn gesftpserver() -> (Sshd, TempDir) {
    behind_sshd(|_, root| format!("cd {} && exec {}", root.display(), unpacked("usr/libexec/gesftpserver")))
}

/// The partner's file that reaches a server of SSH that isn't OpenSSH's.
pub fn sftp_partner(server: &FtpServer) -> String {
    let folder = server.folder.path();
    let key = fs::read_to_string(folder.join("host_key.pub")).unwrap();
    let client = folder.join("client");
    let proof = if client.exists() {
        format!("private_key_file = {client:?}")
    } else {
        format!("password_file = {:?}", server.password_file())
    };
    let port = server.port;
    format!(
        "transport = \"sftp\"\n[sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {ACCOUNT:?}\nhost_keys = [{:?}]\n{proof}\n",
        key.trim()
    )
}

/// What `python3` says of the version of a package.
pub fn version_of_module(name: &str) -> Command {
    let mut command = interpreter();
    command.args([
        "-c",
        "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))",
        name,
    ]);
    command
}

fn cleartext(launch: super::ftp::Launch) -> FtpServer {
    FtpServer::start(Wishes { cleartext: true, ..Wishes::default() }, ACCOUNT, launch)
}

fn python(script: &str, place: &Place<'_>) -> Command {
    let mut command = interpreter();
    command.arg(format!("{SCRIPTS}/{script}")).arg(place.root).arg(place.port.to_string());
    command
}

fn interpreter() -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", MODULES);
    command
}

fn host_key(place: &Place<'_>) -> PathBuf {
    let key = place.folder.join("host_key");
    if !key.exists() {
        new_key("ed25519", &key);
    }
    key
}

fn client_key(folder: &Path) -> PathBuf {
    let key = folder.join("client");
    if !key.exists() {
        new_key("ed25519", &key);
    }
    key
}

/// Has every session of an sshd run this line of a shell, in a name space of mounts of its own.
fn behind_sshd(line: impl FnOnce(&Path, &Path) -> String) -> (Sshd, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    let session = folder.path().join("session");
    fs::write(&session, line(folder.path(), &root)).unwrap();
    let command = format!("unshare --mount --propagation private sh {}", session.display());
    (Sshd::start(Options { root: Some(root), force_command: Some(command), ..Options::default() }), folder)
}

/// The program with the account as the only one that the machine has, beside root.
fn with_own_accounts(place: &Place<'_>, command: &Command) -> Command {
    let etc = place.folder.join("etc");
    fs::create_dir_all(&etc).unwrap();
    let account = format!("{ACCOUNT}:{PASSWORD_HASH}:0:0::{}:/bin/sh\n", place.root.display());
    fs::write(etc.join("passwd"), format!("{account}root:x:0:0::/root:/bin/sh\n")).unwrap();
    let script = "mount --bind \"$0/passwd\" /etc/passwd && exec \"$@\"";
    let mut own = Command::new("unshare");
    own.args(["--mount", "--propagation", "private", "sh", "-c", script]).arg(etc);
    own.arg(command.get_program()).args(command.get_args());
    own.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    own
}
