//! The words of the tables `[sftp]` and `[jump]`: an SSH server, how we know it and how it knows us.
//!
//! Owns what may stand in these tables, and which keys go together. The same words mean the same in both tables.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};

use super::reading::Reading;
use totatsu_base::Moment;
use totatsu_base::document::resolve;
use totatsu_base::messages;
use totatsu_base::say;
use totatsu_transport::sftp::{Authentication, NamedKey, PinnedKey, SftpSettings};

/// How many days before the last host key ends `check` warns.
const LAST_KEY_WARNING: i32 = 14;
/// The environment variable in which an SSH agent says where it listens.
const AGENT_SOCKET: &str = "SSH_AUTH_SOCK";

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SshTable {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    host_keys: Option<Vec<HostKeyEntry>>,
    private_key_file: Option<PathBuf>,
    private_key_credential: Option<String>,
    passphrase_file: Option<PathBuf>,
    passphrase_credential: Option<String>,
    agent_key: Option<String>,
    agent_socket: Option<PathBuf>,
    certificate_file: Option<PathBuf>,
    password_file: Option<PathBuf>,
    password_credential: Option<String>,
}

/// A host key: its text, or a table that also says when it is accepted. `remote = "Self"` makes the derived reader an
/// inherent function, which `visit_map` calls. Without that function `visit_map` would call itself.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
struct HostKeyEntry {
    key: String,
    from: Option<Date>,
    until: Option<Date>,
}

impl<'de> Deserialize<'de> for HostKeyEntry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<HostKeyEntry, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = HostKeyEntry;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&say!("config-host-key-form"))
            }

            fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<HostKeyEntry, E> {
                Ok(HostKeyEntry { key: key.to_owned(), from: None, until: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HostKeyEntry, A::Error> {
                HostKeyEntry::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Reading<'_, '_> {
    /// How the partner is reached over SFTP, and through which host.
    pub(super) fn sftp(&mut self, sftp: SshTable, jump: SshTable) -> Option<SftpSettings> {
        let settings = self.ssh("sftp", sftp);
        // A table `[jump]` without keys, as the example has it, means that there is no jump host.
        let jump = (jump != SshTable::default()).then(|| self.ssh("jump", jump));
        let mut settings = settings?;
        if let Some(jump) = jump {
            settings.jump = Some(Box::new(jump?));
        }
        Some(settings)
    }

    fn ssh(&mut self, name: &str, table: SshTable) -> Option<SftpSettings> {
        let host_keys = self.host_keys(name, table.host_keys.as_deref().unwrap_or_default());
        let authentication = self.authentication(name, &table);
        let host = self.host(name, table.host);
        let user = self.user(name, table.user);
        let mut settings = SftpSettings::new(host?, table.port.unwrap_or(22), user?);
        settings.host_keys = host_keys;
        settings.authentication = authentication;
        Some(settings)
    }

    fn host_keys(&mut self, table: &str, entries: &[HostKeyEntry]) -> Vec<PinnedKey> {
        let name = format!("{table}.host_keys");
        self.faults.require(&name, !entries.is_empty(), "config-what-host-key");
        let mut keys = Vec::new();
        for entry in entries {
            if let (Some(from), Some(until)) = (entry.from, entry.until)
                && until < from
            {
                self.wrong(&name, say!("config-key-ends-first", until = until, from = from));
            }
            match entry.key.parse::<PinnedKey>() {
                Ok(mut key) => {
                    (key.from, key.until) = (entry.from, entry.until);
                    keys.push(key);
                }
                Err(error) => self.wrong(&name, error.to_string()),
            }
        }
        self.warn_of_last_key(&name, &keys);
        keys
    }

    /// Warns in time where no host key is agreed for the days to come.
    fn warn_of_last_key(&mut self, name: &str, keys: &[PinnedKey]) {
        let today = Moment::now().date();
        let soon = today.saturating_add(jiff::Span::new().days(LAST_KEY_WARNING));
        if keys.is_empty() || keys.iter().any(|key| key.is_valid_on(today) && key.is_valid_on(soon)) {
            return;
        }
        let without = (0..=LAST_KEY_WARNING)
            .map(|days| today.saturating_add(jiff::Span::new().days(days)))
            .find(|day| !keys.iter().any(|key| key.is_valid_on(*day)));
        let Some(day) = without else { return };
        self.faults.warn(name, say!("config-last-key", day = day));
    }

    fn authentication(&mut self, name: &str, table: &SshTable) -> Vec<Authentication> {
        let (file, credential) = (table.private_key_file.as_deref(), table.private_key_credential.as_deref());
        let key = self.place(name, "private_key", file, credential);
        let (file, credential) = (table.passphrase_file.as_deref(), table.passphrase_credential.as_deref());
        let passphrase = self.place(name, "passphrase", file, credential);
        let (file, credential) = (table.password_file.as_deref(), table.password_credential.as_deref());
        let password = self.place(name, "password", file, credential);
        if key.is_none() && password.is_none() && table.agent_key.is_none() {
            self.wrong(name, say!("config-no-proof-ssh"));
        }
        self.keys_that_lack_theirs(name, table);
        let certificate = table.certificate_file.as_deref().map(|file| resolve(self.directory, file));
        let mut proofs = Vec::new();
        if let Some((path, _)) = key {
            let passphrase = passphrase.and_then(|(path, key)| self.secret(&path, &key));
            let certificate = certificate.clone();
            proofs.push(Authentication::PrivateKeyFile { path, passphrase, certificate });
        }
        if let Some(key) = self.agent_key(name, table) {
            let socket = self.agent_socket(name, table);
            proofs.push(Authentication::Agent { socket, key, certificate });
        }
        if let Some(secret) = password.and_then(|(path, key)| self.secret(&path, &key)) {
            proofs.push(Authentication::Password(secret));
        }
        proofs
    }

    /// Complains of keys that mean nothing without another key, or beside it.
    fn keys_that_lack_theirs(&mut self, name: &str, table: &SshTable) {
        let own = table.private_key_file.is_some() || table.private_key_credential.is_some();
        let agent = table.agent_key.is_some();
        let lacking = [
            ("passphrase_file", table.passphrase_file.is_some() && !own, "config-only-with-key"),
            ("passphrase_credential", table.passphrase_credential.is_some() && !own, "config-only-with-key"),
            (
                "certificate_file",
                table.certificate_file.is_some() && !own && !agent,
                "config-only-with-its-key",
            ),
            ("agent_socket", table.agent_socket.is_some() && !agent, "config-only-with-agent-key"),
            ("agent_key", agent && own, "config-agent-or-key"),
        ];
        for (key, _, message) in lacking.into_iter().filter(|(_, lacks, _)| *lacks) {
            self.wrong(&format!("{name}.{key}"), messages::text(message, &[]));
        }
    }

    fn agent_key(&mut self, name: &str, table: &SshTable) -> Option<NamedKey> {
        let named = table.agent_key.as_deref()?.parse::<NamedKey>();
        named.map_err(|error| self.wrong(&format!("{name}.agent_key"), error.to_string())).ok()
    }

    /// Where the agent listens, as the configuration or the environment says.
    fn agent_socket(&mut self, name: &str, table: &SshTable) -> Option<PathBuf> {
        if let Some(socket) = &table.agent_socket {
            return Some(resolve(self.directory, socket));
        }
        let socket = std::env::var_os(AGENT_SOCKET).filter(|socket| !socket.is_empty());
        if socket.is_none() {
            let message = say!("config-no-agent-socket", variable = AGENT_SOCKET);
            self.faults.warn(&format!("{name}.agent_key"), message);
        }
        socket.map(PathBuf::from)
    }
}
