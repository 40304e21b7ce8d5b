//! How long the index may take to store what the journal already holds: sled may wait for ever once the disk gave it an
//! error, and whoever waits for sled would stand still without a word.
//!
//! Owns the clock that runs while the writer is in the index. Promises that a waiter learns of a standstill. Never touches
//! the index; the thread that stands still is left to the end of the program.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The index syncs nothing, so it takes milliseconds; more than this is a standstill.
const LIMIT: Duration = Duration::from_secs(30);
/// How often a waiter looks.
const LOOK: Duration = Duration::from_secs(2);

/// When the writer entered the index, if it is in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience(Arc<Mutex<Option<Instant>>>);

impl Patience {
    /// Does what may stand still.
    pub(super) fn during<T>(&self, store: impl FnOnce() -> T) -> T {
        self.note(Some(Instant::now()));
        let stored = store();
        self.note(None);
        stored
    }

    /// The index has stood still for longer than it may.
    pub(super) fn has_ended(&self) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() > LIMIT)
    }

    /// Waits for an answer; nothing if the writer has gone, or the index stands still.
    pub(super) async fn wait<T>(&self, mut answer: oneshot::Receiver<T>) -> Option<T> {
        loop {
            match tokio::time::timeout(LOOK, &mut answer).await {
                Ok(answered) => return answered.ok(),
                Err(_) if self.has_ended() => return None,
                Err(_) => {}
            }
        }
    }

    /// What is told of it.
    pub(super) fn reason() -> String {
        format!("it has not answered for {} s, as after an error of the disk", LIMIT.as_secs())
    }

    fn note(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}
