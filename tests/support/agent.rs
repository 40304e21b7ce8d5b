//! A real ssh-agent with a socket of its own, for one test.
//!
//! Ends when it is dropped. It asks nobody: a key that wants every use confirmed is refused.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::sshd::run_with;

const READY_WITHIN: Duration = Duration::from_secs(10);

/// A running agent.
pub struct Agent {
    folder: TempDir,
    agent: Child,
}

impl Agent {
    /// Starts an agent without keys and waits until it listens.
    pub fn start() -> Agent {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let mut agent = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .envs([("SSH_ASKPASS", "/bin/false"), ("SSH_ASKPASS_REQUIRE", "force")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + READY_WITHIN;
        while UnixStream::connect(&socket).is_err() {
            assert!(agent.try_wait().unwrap().is_none() && Instant::now() < deadline, "no agent listens");
            std::thread::sleep(Duration::from_millis(10));
        }
        Agent { folder, agent }
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("agent")
    }

    /// Hands it a copy of a private key and takes the file away.
    pub fn take(&self, key: &Path) {
        self.add(&[], key);
        fs::remove_file(key).unwrap();
    }

    /// `ssh-add` with these arguments and this key.
    pub fn add(&self, arguments: &[&str], key: &Path) {
        let arguments = [&["-q"], arguments, &[key.to_str().unwrap()]].concat();
        run_with("ssh-add", &arguments, &[("SSH_AUTH_SOCK", &self.socket())]);
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}
