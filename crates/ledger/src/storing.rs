//! The thread that stores into the index: where sled waits for itself for ever, whoever waits for the thread is told so.
//!
//! Owns that thread. Promises that storing has an end for whoever asks for it, and that the thread has let go of the index once this
//! is dropped, unless it is stuck.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::IndexError;
use crate::index::{Applied, Changed, Index};
use totatsu_base::messages::os_error;
use totatsu_base::say;

/// How long storing what has just happened may take: where the disk fails at the wrong moment, sled waits for itself for ever.
pub(super) const STUCK: Duration = Duration::from_secs(30);
/// As [`STUCK`], for what an index lacks: much at a time, all over the history, on a disk that may be slow.
pub(super) const STUCK_CATCHING_UP: Duration = Duration::from_secs(300);

/// Stores into one index.
pub(super) struct Storer {
    /// The way to the thread, and the thread. Both are there until this is dropped, or the thread is stuck.
    thread: Option<(Sender<ToStore>, JoinHandle<()>)>,
    /// Where the outcome of the last handing over is told.
    told: Option<Receiver<Result<(), IndexError>>>,
    /// How long storing may take.
    patience: Duration,
}

/// What is to be stored, and who waits for it.
struct ToStore {
    changed: Arc<Changed>,
    applied: Applied,
    tell: SyncSender<Result<(), IndexError>>,
}

impl Storer {
    /// Starts the thread, which may take so long each time.
    ///
    /// # Errors
    /// The system has no more threads.
    pub(super) fn of(index: Index, patience: Duration) -> Result<Storer, IndexError> {
        let (to_store, received): (_, Receiver<ToStore>) = mpsc::channel();
        let serve = move || {
            for ToStore { changed, applied, tell } in received {
                let outcome = index.store(&changed, applied);
                // Memory is given back cheapest by the thread that took it.
                drop(changed);
                // Whoever doesn't wait any more was told that this is stuck.
                drop(tell.send(outcome));
            }
        };
        let failed = |error| IndexError::Unusable(say!("ledger-no-thread", error = os_error(&error)));
        let thread = thread::Builder::new().name("index".to_owned()).spawn(serve).map_err(failed)?;
        Ok(Storer { thread: Some((to_store, thread)), told: None, patience })
    }

    /// Stores, see [`Index::store`].
    ///
    /// # Errors
    /// As [`Index::store`]; or storing doesn't come to an end, and never will for this storer.
    pub(super) fn store(&mut self, changed: Arc<Changed>, applied: Applied) -> Result<(), IndexError> {
        self.hand_over(changed, applied)?;
        self.settle()
    }

    /// Has the thread store this, once all that was handed over before is stored. Waits for that, and not for this.
    ///
    /// # Errors
    /// What was handed over before couldn't be stored, see [`Storer::store`].
    pub(super) fn hand_over(&mut self, changed: Arc<Changed>, applied: Applied) -> Result<(), IndexError> {
        self.settle()?;
        let (tell, told) = mpsc::sync_channel(1);
        if let Some((to_store, _)) = &self.thread {
            // A thread that has ended lets go of what it is to tell by, and so says that nothing will come.
            drop(to_store.send(ToStore { changed, applied, tell }));
        }
        self.told = Some(told);
        Ok(())
    }

    /// Waits until what was handed over is stored.
    ///
    /// # Errors
    /// Storing failed, see [`Storer::store`].
    pub(super) fn settle(&mut self) -> Result<(), IndexError> {
        let Some(told) = self.told.take() else { return Ok(()) };
        told.recv_timeout(self.patience).unwrap_or_else(|_| {
            // The thread keeps the index open: closing it would wait for the same thing, and the process is about to end.
            self.thread = None;
            Err(IndexError::Unusable(say!("ledger-stuck", time = format!("{:?}", self.patience))))
        })
    }
}

impl Drop for Storer {
    fn drop(&mut self) {
        if let Some((changes, thread)) = self.thread.take() {
            drop(changes);
            // A thread that panicked has let go of the index too.
            drop(thread.join());
        }
    }
}
