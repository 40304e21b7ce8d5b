//! totatsu (到達, "arrival"): a file-transfer gateway that proves arrival.
//!
//! A municipal system drops a file of UTF-8 records into an outbox. totatsu takes it over durably, converts it to the
//! fixed-width layout that the partner prescribes, carries it to the partner's own, unmodified server, proves that this
//! server holds exactly those bytes, and writes a receipt.
//!
//! The modules stand in the order of a file's way:
//!
//! ```text
//!  outbox ─ accept ─▶ convert ─▶ transfer ─▶ verify ─▶ publish ─▶ (acknowledge) ─▶ receipt ─▶ archive
//!                       │            │          │          │            │
//!                    rejected     queued, waiting, unknown, held: its turn comes, or it is retried, looked at, decided
//! ```
//!
//! [`collect`] is the way in, the mirror of this:
//!
//! ```text
//!  partner ─ find ─▶ fetch ─▶ decode ─▶ place ─▶ (import) ─▶ (answer) ─▶ (clear) ─▶ receipt ─▶ archive
//! ```
//!
//! [`journey`] is the way itself: what is known is gathered, the next work planned, done, and recorded. Steps never call each
//! other and never see the [ledger](totatsu_ledger), which alone remembers. Data flows one way: configuration and layouts are
//! read at the start, a step borrows what is known and hands back evidence, the evidence is recorded, and only then does the
//! next step begin.

// The way of a file.
pub mod journey;

// The steps: out, and in.
pub mod deliver;

pub mod collect;

pub mod archive;
pub mod receipt;

// What the steps stand on.
pub mod blocking;
pub mod spool;
pub mod stamp;
pub mod users;

// What municipalities exchange with whom.
pub mod catalogue;

// What the operator wrote.
pub mod config;

// What keeps the gateway running.
pub mod alert;
pub mod control;
pub mod coverage;
pub mod daemon;
pub mod disk;
pub mod gateway;
pub mod init;
pub mod probe;
pub mod schedule;
pub mod sheet;
pub mod unaccepted;

// How people reach the gateway, and check it.
pub mod audit;
pub mod cli;
pub mod demo;
