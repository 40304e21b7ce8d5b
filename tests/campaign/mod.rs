//! The far side of the fault campaign: a faulty line, lying partners, and the account of each delivery to them.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

pub mod liar;
pub mod line;
pub mod way;
