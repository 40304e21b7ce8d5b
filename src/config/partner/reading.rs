//! Collects what is wrong with one partner's file, and finds the secrets that it names.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::faults::Faults;
use crate::config::gateway::{CREDENTIALS, SERVICE};
use totatsu_base::document::resolve;
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_transport::Secret;

/// The table of a host on the way to the partner.
const JUMP: &str = "jump";

/// One partner's file, as it is read.
pub(super) struct Reading<'a, 'f> {
    pub(super) directory: &'a Path,
    pub(super) faults: &'a mut Faults<'f>,
}

impl Reading<'_, '_> {
    pub(super) fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.faults.wrong(key, message);
    }

    /// The host of a table: a name or an address alone, without user, port or path.
    pub(super) fn host(&mut self, table: &str, host: Option<String>) -> Option<String> {
        let key = format!("{table}.host");
        let what = if table == JUMP { "config-what-host-jump" } else { "config-what-host-partner" };
        self.faults.require(&key, host.is_some(), what);
        let host = host?;
        let fault = around_host(table, &host);
        self.faults
            .note(&key, fault.map(|why| say!("config-no-host", host = format!("{host:?}"), why = why)));
        Some(host)
    }

    /// The account that a table names.
    pub(super) fn user(&mut self, table: &str, user: Option<String>) -> Option<String> {
        let what = if table == JUMP { "config-what-account-jump" } else { "config-what-account-partner" };
        self.faults.require(&format!("{table}.user"), user.is_some(), what);
        user
    }

    /// The file that holds a secret, and the key that names it. Complains of its rights.
    pub(super) fn place(
        &mut self,
        table: &str,
        what: &str,
        file: Option<&Path>,
        credential: Option<&str>,
    ) -> Option<(PathBuf, String)> {
        let (path, key) = match (file, credential) {
            (Some(file), None) => (resolve(self.directory, file), format!("{table}.{what}_file")),
            (None, Some(credential)) => {
                let key = format!("{table}.{what}_credential");
                let Some(directory) = std::env::var_os(CREDENTIALS) else {
                    let message = say!("config-credential-unchecked", credential = format!("{credential:?}"));
                    self.faults.warn(&key, message);
                    return Some((Path::new(SERVICE).join(credential), key));
                };
                (Path::new(&directory).join(credential), key)
            }
            (Some(_), Some(_)) => {
                let message = say!("config-file-or-credential", what = what);
                self.wrong(&format!("{table}.{what}_file"), message);
                return None;
            }
            (None, None) => return None,
        };
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {
                self.wrong(&key, say!("config-no-file", path = path.display()))
            }
            Ok(metadata) if metadata.mode() & 0o077 != 0 && credential.is_none() => {
                let mode = metadata.mode() & 0o777;
                let mode = format!("{mode:03o}");
                self.wrong(&key, say!("config-open-to-others", path = path.display(), mode = mode));
            }
            Ok(_) => {}
            Err(error) => self.wrong(&key, fails(&path, &error)),
        }
        Some((path, key))
    }

    pub(super) fn secret(&mut self, path: &Path, key: &str) -> Option<Secret> {
        if !path.exists() {
            return None; // Already a problem, or a credential that only the service sees.
        }
        match fs::read_to_string(path) {
            Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']))),
            Err(error) => {
                self.wrong(key, fails(path, &error));
                None
            }
        }
    }
}

fn fails(path: &Path, error: &io::Error) -> String {
    say!("config-file-fails", path = path.display(), error = os_error(error))
}

/// Complains of what stands around a host, or in its place, and says where it belongs.
fn around_host(table: &str, host: &str) -> Option<String> {
    let zoned = |host: &str| {
        let (address, zone) = host.split_once('%')?;
        (address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty()).then_some(())
    };
    if host.parse::<IpAddr>().is_ok() || zoned(host).is_some() {
        return None;
    }
    if host.contains("://") {
        return Some(say!("config-host-alone"));
    }
    if host.contains('@') {
        return Some(say!("config-host-account", table = table));
    }
    if host.contains(['[', ']']) {
        return Some(say!("config-host-brackets", table = table));
    }
    if host.contains(':') {
        return Some(say!("config-host-port", table = table));
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/\\\"'?#%,;".contains(c);
    (host.is_empty() || host.contains(odd)).then(|| say!("config-host-signs"))
}
