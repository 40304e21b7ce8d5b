//! A gateway's configuration in a temporary folder: sound, until a test writes another file into it.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

pub const HOST_KEY: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
pub const LAYOUT: &str = "eltax/nenkin-tokucho-irai";
pub const PASSWORD: &str = "himitsu-no-kotoba";

const GATEWAY: &str = "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n\n[paths]\nspool = \"../spool\"\n\
                       ledger = \"../ledger\"\nlayouts = \"../layouts\"\nsocket = \"../control.sock\"\n";

pub struct Configuration(tempfile::TempDir);

impl Configuration {
    /// One partner, `eltax`, and one link to it, `irai`.
    pub fn new() -> Configuration {
        let made = Configuration(tempfile::tempdir().unwrap());
        made.write("totatsu.toml", GATEWAY);
        made.write(
            "partners/eltax.toml",
            &format!(
                "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nuser = \"city\"\nhost_keys = [\"{HOST_KEY}\"]\n\
                 password_file = \"keys/password\"\n"
            ),
        );
        made.write("links/irai.toml", &format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\n"));
        made.secret("keys/password", 0o600, PASSWORD);
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(LAYOUT);
        let layouts = made.home().join("layouts").join(LAYOUT);
        fs::create_dir_all(&layouts).unwrap();
        fs::copy(shipped.join("2008-04-01.toml"), layouts.join("2008-04-01.toml")).unwrap();
        made
    }

    /// Everything of this gateway is in here.
    pub fn home(&self) -> &Path {
        self.0.path()
    }

    pub fn directory(&self) -> PathBuf {
        self.home().join("config")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.directory().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn secret(&self, name: &str, mode: u32, text: &str) {
        self.write(name, text);
        let path = self.directory().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The program, told to use this configuration.
    pub fn totatsu(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.arg("--config").arg(self.directory()).args(arguments);
        command.env_remove("CREDENTIALS_DIRECTORY").env("SUDO_USER", "yamada");
        command
    }
}
