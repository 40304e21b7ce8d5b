//! The thread that stores into the index: where sled waits for itself for ever, whoever waits for the thread is told so.
//!
//! Owns that thread. Promises that storing has an end for whoever asks for it, and that the thread has let go of the index once this
//! is dropped, unless it is stuck.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::IndexError;
use crate::hold::HoldChanges;
use crate::index::{Applied, Index};
use crate::state::Delivery;
use totatsu_base::messages::os_error;
use totatsu_base::say;

/// How long storing may take: where the disk fails at the wrong moment, sled waits for itself for ever.
const STUCK: Duration = Duration::from_secs(30);

/// Stores into one index.
pub(super) struct Storer {
    /// Both are there until this is dropped, or the thread is stuck.
    thread: Option<(Sender<Changed>, JoinHandle<()>)>,
}

/// What is to be stored, and who waits for it.
struct Changed {
    deliveries: Vec<Delivery>,
    holds: HoldChanges,
    applied: Applied,
    tell: SyncSender<Result<(), IndexError>>,
}

impl Storer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system has no more threads.
    pub(super) fn of(index: Index) -> Result<Storer, IndexError> {
        let (changes, received): (_, Receiver<Changed>) = mpsc::channel();
        let serve = move || {
            for Changed { deliveries, holds, applied, tell } in received {
                // Whoever doesn't wait any more was told that this is stuck.
                drop(tell.send(index.store(&deliveries, &holds, applied)));
            }
        };
        let failed = |error| IndexError::Unusable(say!("ledger-no-thread", error = os_error(&error)));
        let thread = thread::Builder::new().name("index".to_owned()).spawn(serve).map_err(failed)?;
        Ok(Storer { thread: Some((changes, thread)) })
    }

    /// Stores, see [`Index::store`].
    ///
    /// # Errors
    /// As there; or it doesn't come to an end, and never will for this.
    pub(super) fn store(
        &mut self,
        deliveries: Vec<Delivery>,
        holds: HoldChanges,
        applied: Applied,
    ) -> Result<(), IndexError> {
        let (tell, told) = mpsc::sync_channel(1);
        let changed = Changed { deliveries, holds, applied, tell };
        let sent = self.thread.as_ref().is_some_and(|(changes, _)| changes.send(changed).is_ok());
        let outcome = sent.then(|| told.recv_timeout(STUCK).ok()).flatten();
        outcome.unwrap_or_else(|| {
            // The thread keeps the index open: closing it would wait for the same thing, and the process is about to end.
            self.thread = None;
            Err(IndexError::Unusable(say!("ledger-stuck", time = format!("{STUCK:?}"))))
        })
    }
}

impl Drop for Storer {
    fn drop(&mut self) {
        if let Some((changes, thread)) = self.thread.take() {
            drop(changes);
            // One that panicked has let go of the index too.
            drop(thread.join());
        }
    }
}
