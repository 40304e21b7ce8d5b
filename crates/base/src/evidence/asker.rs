//! Who asked for an act by hand: as the system tells, and as was claimed.
//!
//! Owns how both are shown as one name. The kernel vouches for the user at the other end of the socket; who that user says
//! to act for is a claim, and is kept as one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who asked for an act by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// The user, as the kernel tells.
    pub uid: u32,
    /// That user's group, as the kernel tells.
    pub gid: u32,
    /// The user's name in the system's own database, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Who the command said that it acts for, where that is another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<String>,
}

impl Asker {
    /// A user whom the kernel told, and whom the command said to act for.
    pub fn new(uid: u32, gid: u32, user: Option<String>, claimed: &str) -> Asker {
        let claimed = Some(claimed.to_owned()).filter(|claimed| {
            !claimed.is_empty() && user.as_deref() != Some(claimed) && *claimed != nameless(uid)
        });
        Asker { uid, gid, user, claimed }
    }
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user {
            Some(user) => f.write_str(user)?,
            None => f.write_str(&nameless(self.uid))?,
        }
        match &self.claimed {
            Some(claimed) => write!(f, " (as {claimed})"),
            None => Ok(()),
        }
    }
}

/// What a user is called who has no name.
fn nameless(uid: u32) -> String {
    format!("uid {uid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_the_name_and_a_claim_stands_beside_it_as_one() {
        let shown = |user: Option<&str>, claimed| {
            Asker::new(1000, 1000, user.map(str::to_owned), claimed).to_string()
        };
        assert_eq!(shown(Some("tanaka"), "tanaka"), "tanaka");
        assert_eq!(shown(Some("tanaka"), ""), "tanaka");
        assert_eq!(shown(Some("tanaka"), "課長"), "tanaka (as 課長)");
        assert_eq!(shown(None, "課長"), "uid 1000 (as 課長)");
        assert_eq!(shown(None, "uid 1000"), "uid 1000");
    }
}
