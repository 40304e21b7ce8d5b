//! Whom a directory may belong to, as a link names it: a user's name, or a number where no name is known here.
//!
//! Owns the asking of the system's own database of users. A name that it doesn't know is a problem of the configuration.

use nix::unistd::User;
use serde::Deserialize;
use totatsu_base::messages::os_error;
use totatsu_base::say;

/// A user, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OwnerWord {
    /// The user id.
    Number(u32),
    /// The name.
    Name(String),
}

impl OwnerWord {
    /// The user id; nothing, and a complaint about `key`, where nobody has the name.
    pub fn resolve(self, key: &str, wrong: &mut impl FnMut(&str, String)) -> Option<u32> {
        let name = match self {
            OwnerWord::Number(id) => return Some(id),
            OwnerWord::Name(name) => name,
        };
        match User::from_name(&name) {
            Ok(Some(user)) => return Some(user.uid.as_raw()),
            Ok(None) => wrong(key, say!("config-no-user", name = format!("{name:?}"))),
            Err(errno) => wrong(
                key,
                say!("config-user-unknown", name = format!("{name:?}"), error = os_error(&errno.into())),
            ),
        }
        None
    }
}
