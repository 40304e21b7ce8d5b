//! Signs of life of a thread that works on a medium.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far the thread has come, and whether anybody still waits for it; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse(Arc<(AtomicU64, AtomicBool)>);

impl Pulse {
    /// Steps so far; a number that stands still is silence.
    pub(super) fn beats(&self) -> u64 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Tells the thread that nobody waits any more: it stops at its next step.
    pub(super) fn give_up(&self) {
        self.0.1.store(true, Ordering::Relaxed);
    }

    /// Counts another step; `false` where nobody waits any more.
    pub(super) fn beat(&self) -> bool {
        self.0.0.fetch_add(1, Ordering::Relaxed);
        !self.0.1.load(Ordering::Relaxed)
    }
}
