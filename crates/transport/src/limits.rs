//! What every transport is given beside the partner's address: deadlines, and texts that are never shown.
//!
//! Owns the defaults. Never shows a secret: its debug form is a fixed word.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use crate::error::{Result, TransportError};
use crate::phase::Phase;
use totatsu_base::document::humane::wait;

/// How long each phase may wait for its answer. For writes and reads it is the longest silence: while one answer after
/// another comes in, [`MinimumThroughput`](super::MinimumThroughput) judges the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Name lookup and TCP connection.
    #[serde(deserialize_with = "wait")]
    pub connect: Duration,
    /// Greeting, key exchange; and again for starting the SFTP service.
    #[serde(deserialize_with = "wait")]
    pub handshake: Duration,
    /// One proof of identity.
    #[serde(deserialize_with = "wait")]
    pub authenticate: Duration,
    /// Opening a file.
    #[serde(deserialize_with = "wait")]
    pub open: Duration,
    /// Silence while writing.
    #[serde(deserialize_with = "wait")]
    pub write: Duration,
    /// Having the file put on the partner's disk; slow disks hold many MiB back until asked.
    #[serde(deserialize_with = "wait")]
    pub sync: Duration,
    /// Closing a file; some servers move or scan the file before they answer.
    #[serde(deserialize_with = "wait")]
    pub close: Duration,
    /// Asking about a name or about free space.
    #[serde(deserialize_with = "wait")]
    pub stat: Duration,
    /// Silence while reading.
    #[serde(deserialize_with = "wait")]
    pub read: Duration,
    /// Giving a name.
    #[serde(deserialize_with = "wait")]
    pub rename: Duration,
    /// Removing a name.
    #[serde(deserialize_with = "wait")]
    pub remove: Duration,
}

impl Default for Deadlines {
    fn default() -> Deadlines {
        let seconds = Duration::from_secs;
        Deadlines {
            connect: seconds(15),
            handshake: seconds(20),
            authenticate: seconds(30),
            open: seconds(30),
            write: seconds(30),
            sync: seconds(60),
            close: seconds(60),
            stat: seconds(20),
            read: seconds(30),
            rename: seconds(30),
            remove: seconds(30),
        }
    }
}

impl Deadlines {
    /// The deadline of one phase.
    pub fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Connect => self.connect,
            Phase::Handshake | Phase::Start => self.handshake,
            Phase::Authenticate => self.authenticate,
            Phase::Open => self.open,
            Phase::Write => self.write,
            Phase::Sync => self.sync,
            Phase::Close => self.close,
            Phase::Stat | Phase::Space | Phase::List => self.stat,
            Phase::Read => self.read,
            Phase::Rename => self.rename,
            Phase::Remove => self.remove,
        }
    }

    /// Waits for an answer no longer than its phase may take.
    pub(crate) async fn within<T>(&self, phase: Phase, answer: impl Future<Output = T>) -> Result<T> {
        let after = self.of(phase);
        timeout(after, answer).await.map_err(|_| TransportError::TimedOut { phase, after })
    }
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being shown.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text, for the one who must use it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
