//! Where in the talk with a partner something happens.

use std::fmt;

use strum::IntoStaticStr;
use totatsu_base::messages::word_of;

/// How the ids of the phases' words begin.
const WORDS: &str = "transport-phase";

/// Where in the talk with a partner something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[cfg_attr(test, derive(strum::VariantArray))]
#[strum(serialize_all = "kebab-case")]
pub enum Phase {
    /// Looking up the address and opening the connection.
    Connect,
    /// The server's greeting, key exchange and host key.
    Handshake,
    /// Proving who we are.
    Authenticate,
    /// Starting the file transfer service on the authenticated line.
    Start,
    /// Opening a file.
    Open,
    /// Writing bytes.
    Write,
    /// Having written bytes put on the partner's disk.
    Sync,
    /// Closing a file.
    Close,
    /// Asking about a name.
    Stat,
    /// Reading bytes.
    Read,
    /// Giving a file another name.
    Rename,
    /// Removing a file.
    Remove,
    /// Asking for free space.
    Space,
    /// Asking what a directory holds.
    List,
}

impl Phase {
    /// The phase of a request that was never sent, so that nothing which changes the partner can be outstanding.
    pub(crate) fn unsent(self) -> Phase {
        if self.changes_partner() { Phase::Start } else { self }
    }

    /// Whether a request of this phase changes something at the partner.
    pub fn changes_partner(self) -> bool {
        match self {
            Phase::Open | Phase::Write | Phase::Sync | Phase::Close | Phase::Rename | Phase::Remove => true,
            Phase::Connect
            | Phase::Handshake
            | Phase::Authenticate
            | Phase::Start
            | Phase::Stat
            | Phase::Read
            | Phase::Space
            | Phase::List => false,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word: &str = self.into();
        f.write_str(&word_of(WORDS, word))
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;
    use totatsu_base::messages::{Tongue, word_in};

    use super::*;

    #[test]
    fn each_phase_has_a_word_and_in_english_it_is_the_name() {
        for phase in Phase::VARIANTS {
            let name: &str = phase.into();
            assert_eq!(word_in(Tongue::En, WORDS, name).as_deref(), Some(name));
            assert!(word_in(Tongue::Ja, WORDS, name).is_some(), "{name}");
        }
    }
}
