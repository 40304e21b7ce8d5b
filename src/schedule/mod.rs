//! When things are done: business days, hours of service, retries, deadlines.

pub mod calendar;
pub mod deadline;
pub mod holidays;
pub mod hours;
pub mod retry;
