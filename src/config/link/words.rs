//! Words that links of both directions share.

use std::time::Duration;

use nix::unistd::User;
use serde::Deserialize;

use crate::config::faults::Faults;
use crate::config::gateway::municipality;
use totatsu_base::messages::os_error;
use totatsu_base::say;

/// For how long the same content counts as sent by mistake, unless the link says otherwise: a monthly file has a month.
pub(super) const DUPLICATES_WITHIN: Duration = Duration::from_secs(35 * 24 * 3600);

/// Whether one delivery of a link may overtake another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// A delivery may overtake another.
    Free,
    /// Deliveries go one after another; for differences (差分).
    Strict,
    /// Deliveries go one after another, and a newer file takes the place of those not yet begun; for full files (全件).
    Latest,
}

/// Which way the files of a link go, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectionWord {
    /// To the partner.
    Out,
    /// From the partner.
    In,
}

/// Whom a directory may belong to: a user's name, or a number where no name is known here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OwnerWord {
    /// The user id.
    Number(u32),
    /// The name.
    Name(String),
}

impl OwnerWord {
    /// The user id, by the system's own database of users. `None`, and a complaint about `key`, where nobody has the name.
    pub(super) fn resolve(self, key: &str, faults: &mut Faults<'_>) -> Option<u32> {
        let name = match self {
            OwnerWord::Number(id) => return Some(id),
            OwnerWord::Name(name) => name,
        };
        match User::from_name(&name) {
            Ok(Some(user)) => return Some(user.uid.as_raw()),
            Ok(None) => faults.wrong(key, say!("config-no-user", name = format!("{name:?}"))),
            Err(errno) => {
                let (name, error) = (format!("{name:?}"), os_error(&errno.into()));
                faults.wrong(key, say!("config-user-unknown", name = name, error = error));
            }
        }
        None
    }
}

impl Order {
    /// Whether one delivery may overtake another.
    pub fn is_free(self) -> bool {
        self == Order::Free
    }
}

/// The first five digits of the code of six by which a link names another municipality. Complains of a wrong code.
pub(super) fn other_municipality(given: Option<String>, faults: &mut Faults<'_>) -> Option<String> {
    municipality(&given?).map_err(|message| faults.wrong("municipality", message)).ok()
}

/// What keeps a lock from being a file's name, if anything does.
pub(super) fn fault_of_lock(lock: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let fine = !lock.is_empty() && lock.chars().all(plain);
    (!fine).then(|| say!("config-lock", lock = format!("{lock:?}")))
}
