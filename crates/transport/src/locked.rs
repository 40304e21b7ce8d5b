//! The locks of this package.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock, whoever panicked with it: each change of what it guards is whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
