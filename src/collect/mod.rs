//! The way in: a partner's file is found, fetched, decoded, and handed over under exclusive control.
//!
//! The modules stand in the order of the way:
//!
//! ```text
//!  partner ─ find ─▶ fetch ─▶ decode ─▶ place ─▶ (import) ─▶ (answer) ─▶ (clear) ─▶ receipt ─▶ archive
//!                                │
//!                             rejected
//! ```
//!
//! Decoding itself is [`totatsu_records::decode`]; receipt and archive are those of the way out. [`expected`] is what a link
//! says of the partner's files, [`settle`] says when one may be read, [`pattern`] and [`sequence`] say which names are meant
//! and which of them comes next, [`sighting`] what a look saw, [`exclusive`] is the lock that other programs can honour. As on
//! the way out, steps never call each other and never see the ledger.

pub mod expected;
pub mod pattern;

pub mod find;
pub mod sighting;

pub mod fetch;
pub mod settle;

pub mod sequence;

pub mod exclusive;
pub mod place;

pub mod import;

pub mod answer;

pub mod clear;
