//! When what is tried again.

pub mod retry;
