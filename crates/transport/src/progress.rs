//! How far a file has come, for those who watch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes done of bytes to do, shared by the one who carries and those who watch; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// A new progress: 0 of 0 bytes.
    pub fn new() -> Progress {
        Progress::default()
    }

    /// Starts again at zero of `total` bytes.
    pub fn begin(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
        self.0.done.store(0, Ordering::Relaxed);
    }

    /// Notes that another `bytes` are done: acknowledged by the partner, or received from it.
    pub fn add(&self, bytes: u64) {
        self.0.done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes done so far.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Bytes to do; 0 before it is known.
    pub fn total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_progress_count_together() {
        let carried = Progress::new();
        let watched = carried.clone();
        carried.begin(10);
        carried.add(4);
        assert_eq!((watched.done(), watched.total()), (4, 10));
    }
}
