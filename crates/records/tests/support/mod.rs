//! What several test binaries need: the shipped layouts, their golden files, and benches for conversions.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

pub mod conversion;
pub mod shipped;
pub mod trial;
