//! How the daemon's tasks end: by a stop, or because one of them can't go on.

use std::time::Duration;

use tokio::sync::watch;

use super::recover::RecoverError;
use crate::gateway::{Ending, Stop};
use totatsu_base::say;
use totatsu_base::{Remedy, SpoolError};
use totatsu_ledger::{IndexError, LedgerError};

/// Why the daemon ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Ledger and spool could not be brought together at the start.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// Our disk can't be trusted, or the control socket can't be made.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Our disk or ledger can't be trusted.
    #[error(transparent)]
    Stop(#[from] Stop),
    /// A task panicked: a fault of this program.
    #[error("{}", say!("daemon-task-failed", error = .0))]
    Panicked(tokio::task::JoinError),
}

impl DaemonError {
    /// Whether our disk only has no room for the index, which is brought up to date at the next start: nothing is wrong with
    /// the disk.
    pub fn is_lack_of_room(&self) -> bool {
        matches!(self, DaemonError::Stop(Stop::Ledger(LedgerError::Index(IndexError::NoRoom(_)))))
    }
}

/// The outcome; nothing where the ledger can't record for a while, for lack of room above all. The work is then tried again,
/// and the daemon goes on.
///
/// # Errors
/// The ledger can't be trusted any more.
pub(super) fn unless_tried_again<T>(outcome: Result<T, LedgerError>) -> Result<Option<T>, Stop> {
    match outcome {
        Ok(outcome) => Ok(Some(outcome)),
        Err(error) if error.remedy() == Remedy::Retry => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks the daemon to stop, or to begin anew, from anywhere.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<Ending>);

impl Stopping {
    /// A pair: the sender says how the daemon is to end.
    pub fn channel() -> (watch::Sender<Ending>, Stopping) {
        let (sender, receiver) = watch::channel(Ending::NotAsked);
        (sender, Stopping(receiver))
    }

    /// Whether the daemon is to end, to stop or to begin anew.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow() != Ending::NotAsked
    }

    /// Waits until the daemon is to end, or nobody is left who could say so.
    pub async fn asked(&mut self) {
        // A sender that is gone can't ask any more, which amounts to having asked.
        drop(self.0.wait_for(|ending| *ending != Ending::NotAsked).await);
    }

    /// As [`Stopping::asked`], for `time` at most; says whether the daemon is to end.
    pub async fn asked_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.asked()).await.is_ok()
    }

    /// As [`Stopping::asked_within`], but ends as soon as somebody hints that there is something to do.
    pub async fn asked_or_hinted(&mut self, time: Duration, hint: impl Future<Output = ()>) -> bool {
        tokio::select! {
            asked = self.asked_within(time) => asked,
            () = hint => false,
        }
    }

    /// Waits until the daemon is to stop, and not to begin anew.
    pub async fn for_good(&mut self) {
        drop(self.0.wait_for(|ending| *ending == Ending::Stop).await);
    }
}
