//! The way out: a file from an outbox is taken over, sent under a temporary name, proven, and given its final name.
//!
//! The modules stand in the order of the way; the step between accept and transfer is [`totatsu_records::encode`]. Steps never
//! call each other and never see the ledger: each borrows what is known and hands back evidence.

pub mod accept;
pub mod transfer;
pub mod verify;

pub mod publish;

pub mod acknowledge;
