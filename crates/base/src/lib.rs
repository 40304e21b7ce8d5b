//! What every room of totatsu stands on.
//!
//! Plain data and small tools, and nothing that acts by itself: [`evidence`] is everything that the journal and the receipts
//! hold, in one room, so it is the on-disk format; [`durable`] writes so that a power cut leaves all or nothing,
//! [`shared`] where others write too;
//! [`messages`] is what the program says to people, [`rights`] what it says of rights that it lacks, [`typeset`] how names and
//! words of others appear in it;
//! [`document`] reads configuration files and finds every mistake in one pass. What nearly every file names stands at the
//! crate's own door.

// First, so that every room below has `say!`.
#[macro_use]
pub mod messages;

mod as_text;
pub mod clock;
pub mod delivery_id;
pub mod digest;
pub mod document;
pub mod durable;
pub mod evidence;
mod lock;
pub mod names;
pub mod program;
pub mod remedy;
pub mod rights;
pub mod shared;
pub mod typeset;

pub use clock::Moment;
pub use delivery_id::DeliveryId;
pub use digest::{Hashing, Sha256};
pub use document::{Document, Problem, Severity};
pub use durable::SpoolError;
pub use lock::locked;
pub use remedy::Remedy;
pub use shared::{SharedDirectory, SharedPlace};
