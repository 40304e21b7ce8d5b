//! Where in the talk with a partner something happens.

use std::fmt;

/// Where in the talk with a partner something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        f.write_str(match self {
            Phase::Connect => "connect",
            Phase::Handshake => "handshake",
            Phase::Authenticate => "authenticate",
            Phase::Start => "start",
            Phase::Open => "open",
            Phase::Write => "write",
            Phase::Sync => "sync",
            Phase::Close => "close",
            Phase::Stat => "stat",
            Phase::Read => "read",
            Phase::Rename => "rename",
            Phase::Remove => "remove",
            Phase::Space => "space",
            Phase::List => "list",
        })
    }
}
