//! What is to be done about an error: every error of every step maps to exactly one remedy.

use rustix::io::Errno;
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
    /// The remedy for an error in an inbox or an outbox. It may be another system's, and others put there what they like: that
    /// it is away, protected, or holds something odd says nothing of our own disk. A device that can't read or write does.
    pub fn for_exchange(error: &std::io::Error) -> Remedy {
        use std::io::ErrorKind as Kind;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the list is open, and the rest is judged as ever"
        )]
        match error.kind() {
            Kind::StaleNetworkFileHandle
            | Kind::TimedOut
            | Kind::NotConnected
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::ReadOnlyFilesystem
            | Kind::ResourceBusy => Remedy::Retry,
            _ => {
                let broken = error.raw_os_error().is_none_or(|code| code == Errno::IO.raw_os_error());
                match Remedy::for_own_disk(error) {
                    Remedy::Stop if !broken => Remedy::Hold,
                    remedy => remedy,
                }
            }
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_an_inbox_or_outbox_only_a_device_that_fails_stops_the_gateway() {
        let told = |errno: Errno| {
            let error = std::io::Error::from(errno);
            (Remedy::for_exchange(&error), Remedy::for_own_disk(&error))
        };
        for errno in [Errno::ISDIR, Errno::NOTDIR, Errno::LOOP, Errno::XDEV, Errno::NOTEMPTY] {
            assert_eq!(told(errno), (Remedy::Hold, Remedy::Stop), "{errno}");
        }
        for errno in [Errno::ROFS, Errno::STALE, Errno::BUSY] {
            assert_eq!(told(errno), (Remedy::Retry, Remedy::Stop), "{errno}");
        }
        assert_eq!(told(Errno::IO), (Remedy::Stop, Remedy::Stop));
        assert_eq!(told(Errno::NOSPC), (Remedy::Retry, Remedy::Retry));
        assert_eq!(told(Errno::ACCESS), (Remedy::Hold, Remedy::Hold));
    }
}
