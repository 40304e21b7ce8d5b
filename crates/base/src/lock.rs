//! Locks between threads of this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock keeps, also where somebody has panicked with it in hand: each change under our locks is whole by itself.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
