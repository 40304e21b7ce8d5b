//! When things are done: business days and retries.

pub mod calendar;
pub mod holidays;
pub mod retry;
