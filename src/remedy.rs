//! What is to be done about an error: every error of every step maps to exactly one remedy.

use serde::{Deserialize, Serialize};

/// Who acts next after a step has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The world may heal by itself (line down, partner busy, disk full): the step is tried again later.
    Retry,
    /// A person decides (changed host key, refused directory, name taken): the delivery is held with its reason.
    Hold,
    /// Our own disk or ledger can't be trusted: the daemon stops before it promises more.
    Stop,
}

impl Remedy {
    /// The remedy for an error of our own file system, told by its kind: space comes back, rights are a person's affair,
    /// and a device that can't read or write ends the daemon.
    pub fn for_own_disk(error: &std::io::Error) -> Remedy {
        use std::io::ErrorKind as Kind;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the list is open, and what we don't know can't be trusted"
        )]
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::Interrupted | Kind::OutOfMemory => Remedy::Retry,
            Kind::NotFound | Kind::PermissionDenied | Kind::AlreadyExists | Kind::InvalidInput => {
                Remedy::Hold
            }
            _ => Remedy::Stop,
        }
    }
}
