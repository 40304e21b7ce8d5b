//! A real OpenSSH server on a free loopback port, for one test.
//!
//! Owns a temporary folder with keys, configuration, log and the directory where files land, and the server's process.
//! Ready when it greets. Everything ends and vanishes when it is dropped. Needs no rights beyond those of the user who
//! runs the tests; that user is also the account that logs in.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::ports::Ports;

const SSHD: &str = "/usr/sbin/sshd";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// What differs from a plain server.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Further lines of `sshd_config`.
    pub lines: Vec<String>,
    /// For example `1M`: the server asks for new keys after that much.
    pub rekey_limit: Option<String>,
    /// Arguments of the built-in SFTP server, for example `-R` (read-only) or `-P fsync` (without that request).
    pub sftp_arguments: String,
    /// What every session runs instead of the built-in SFTP server.
    pub force_command: Option<String>,
    /// Where files land; a directory of the temporary folder unless given.
    pub root: Option<PathBuf>,
    /// Kinds of host keys; Ed25519 alone unless given.
    pub host_keys: Vec<&'static str>,
    /// Logs each exchange of keys, for [`Sshd::key_exchanges`].
    pub logs_key_exchanges: bool,
}

/// A running server.
pub struct Sshd {
    folder: TempDir,
    root: PathBuf,
    ports: Ports,
    user: String,
    host_keys: Vec<&'static str>,
    server: Child,
}

impl Sshd {
    /// Starts a server and waits until it greets.
    pub fn start(options: Options) -> Sshd {
        let folder = tempfile::tempdir().unwrap();
        let user = String::from_utf8(run("id", &["-un"])).unwrap().trim().to_owned();
        let root = options.root.clone().unwrap_or_else(|| folder.path().join("root"));
        fs::create_dir_all(&root).unwrap();
        // Where it runs as root, the server wants its empty directory.
        let _ = fs::create_dir_all("/run/sshd");
        let host_keys =
            if options.host_keys.is_empty() { vec!["ed25519"] } else { options.host_keys.clone() };
        for kind in &host_keys {
            new_key(kind, &folder.path().join(format!("host_{kind}")));
        }
        new_key("ed25519", &folder.path().join("client"));
        fs::copy(folder.path().join("client.pub"), folder.path().join("authorized_keys")).unwrap();
        let ports = Ports::claim(1);
        write_configuration(folder.path(), &root, ports.first(), &host_keys, &options);
        let server = launch(folder.path(), ports.first());
        Sshd { folder, root, ports, user, host_keys, server }
    }

    /// The directory where a relative path lands.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The loopback port.
    pub fn port(&self) -> u16 {
        self.ports.first()
    }

    /// The account to log in with.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The private key that is accepted.
    pub fn client_key(&self) -> PathBuf {
        self.folder.path().join("client")
    }

    /// Accepts another key too: that of the `.pub` file beside `private_key`.
    pub fn accept(&self, private_key: &Path) {
        let mut accepted =
            fs::OpenOptions::new().append(true).open(self.folder.path().join("authorized_keys")).unwrap();
        accepted.write_all(&fs::read(private_key.with_extension("pub")).unwrap()).unwrap();
    }

    /// A new key of this kind in the server's folder; the server doesn't know it.
    pub fn new_key(&self, kind: &str, name: &str) -> PathBuf {
        let key = self.folder.path().join(name);
        new_key(kind, &key);
        key
    }

    /// A folder that goes when the server goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The first host key, as a line of its `.pub` file.
    pub fn host_key_line(&self) -> String {
        self.host_key_line_of(self.host_keys[0])
    }

    /// The host key of one kind, as a line of its `.pub` file.
    pub fn host_key_line_of(&self, kind: &str) -> String {
        fs::read_to_string(self.folder.path().join(format!("host_{kind}.pub"))).unwrap().trim().to_owned()
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        log_of(self.folder.path())
    }

    /// How often keys were agreed, with the first time of each connection.
    pub fn key_exchanges(&self) -> usize {
        self.log().matches("SSH2_MSG_NEWKEYS received").count()
    }

    /// Sets the server up anew: the same address, another host key.
    pub fn replace_host_key(&mut self) {
        self.kill();
        for kind in &self.host_keys {
            let key = self.folder.path().join(format!("host_{kind}"));
            fs::remove_file(&key).unwrap();
            fs::remove_file(key.with_extension("pub")).unwrap();
            new_key(kind, &key);
        }
        self.restart();
    }

    /// Comes back on the same address after a kill.
    pub fn restart(&mut self) {
        self.server = launch(self.folder.path(), self.port());
    }

    /// Kills the server and every session at once.
    pub fn kill(&mut self) {
        kill_with_descendants(Pid::from_child(&self.server));
        let _ = self.server.wait();
    }

    /// Processes that serve sessions.
    pub fn sessions(&self) -> usize {
        descendants(Pid::from_child(&self.server)).len()
    }

    /// Ends every session and leaves the server.
    pub fn kill_sessions(&self) {
        signal(&descendants(Pid::from_child(&self.server)), Signal::KILL);
    }

    /// Freezes every session: connections stay open, and nobody answers.
    pub fn freeze_sessions(&self) {
        signal(&descendants(Pid::from_child(&self.server)), Signal::STOP);
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A host that lets its account forward to `port` and do nothing else.
pub fn bastion(port: u16) -> Sshd {
    let lines = vec![
        format!("PermitOpen 127.0.0.1:{port}"),
        "PermitTTY no".to_owned(),
        "X11Forwarding no".to_owned(),
        "AllowAgentForwarding no".to_owned(),
    ];
    Sshd::start(Options { lines, force_command: Some("/bin/false".to_owned()), ..Options::default() })
}

/// Writes a new key pair to `path` and `path`.pub.
pub fn new_key(kind: &str, path: &Path) {
    run("ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", path.to_str().unwrap()]);
}

/// Signs the public key beside `key` with the authority's private key; the certificate's path. `validity` is what
/// `ssh-keygen -V` takes.
pub fn certify(authority: &Path, key: &Path, name: &str, validity: &str, more: &[&str]) -> PathBuf {
    let public = key.with_extension("pub");
    let authority = authority.to_str().unwrap();
    let arguments = ["-q", "-s", authority, "-I", "city13101", "-n", name, "-V", validity, "-z", "7"];
    run("ssh-keygen", &[&arguments, more, &[public.to_str().unwrap()]].concat());
    let mut certificate = key.as_os_str().to_owned();
    certificate.push("-cert.pub");
    certificate.into()
}

pub(super) fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    run_with(program, arguments, &[])
}

pub(super) fn run_with(program: &str, arguments: &[&str], environment: &[(&str, &Path)]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn write_configuration(folder: &Path, root: &Path, port: u16, host_keys: &[&str], options: &Options) {
    let folder_name = folder.display();
    let built_in = format!("internal-sftp -d {} {}", root.display(), options.sftp_arguments);
    let log_level = if options.logs_key_exchanges { "DEBUG1" } else { "VERBOSE" };
    let force_command = options.force_command.as_ref().unwrap_or(&built_in);
    let mut text = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         AuthorizedKeysFile {folder_name}/authorized_keys\nMaxStartups 100\n\
         LogLevel {log_level}\nSubsystem sftp internal-sftp\nForceCommand {force_command}\n",
    );
    for kind in host_keys {
        text += &format!("HostKey {folder_name}/host_{kind}\n");
    }
    if let Some(limit) = &options.rekey_limit {
        text += &format!("RekeyLimit {limit}\n");
    }
    for line in &options.lines {
        text += &format!("{line}\n");
    }
    fs::write(folder.join("sshd_config"), text).unwrap();
}

/// The server's process once it greets.
#[expect(clippy::zombie_processes, reason = "the owner of the server waits for it when it is killed")]
fn launch(folder: &Path, port: u16) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
    let mut server = Command::new(SSHD)
        .args(["-D", "-e", "-f"])
        .arg(folder.join("sshd_config"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if greets(port) {
            return server;
        }
        if server.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("sshd does not greet, or ended: {}", log_of(folder));
}

fn greets(port: u16) -> bool {
    let mut greeting = [0; 4];
    let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    connected.is_ok_and(|mut socket| socket.read_exact(&mut greeting).is_ok() && &greeting == b"SSH-")
}

fn log_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

pub(super) fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        // One that has ended meanwhile needs no signal.
        let _ = kill_process(*process, signal);
    }
}

/// Kills a process, its children and theirs. All are stopped first, until no look finds another one: who was born between a
/// look and a kill would outlive it.
pub(super) fn kill_with_descendants(process: Pid) {
    let (mut all, mut found) = (Vec::<Pid>::new(), vec![process]);
    while found.iter().any(|process| !all.contains(process)) {
        signal(&found, Signal::STOP);
        all = found;
        found = [vec![process], descendants(process)].concat();
    }
    signal(&found, Signal::KILL);
}

/// The children of a process and theirs.
pub(super) fn descendants(of: Pid) -> Vec<Pid> {
    let parents: Vec<(i32, i32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let process: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect();
    let mut found = vec![of.as_raw_nonzero().get()];
    let mut next = 0;
    while next < found.len() {
        let of = found[next];
        found.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(process, _)| *process));
        next += 1;
    }
    found[1..].iter().filter_map(|process| Pid::from_raw(*process)).collect()
}
