//! Locks between threads of this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, also after a holder panicked: each change under our locks is made in one step.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
