//! What several test binaries need: the shipped layouts, their golden files, and what layouts are tried out with.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

pub mod conversion;
pub mod shipped;
pub mod trial;
pub mod written;
