//! Sixth step: the receipt (到達証), the evidence that a delivery arrived or a collection was handed over.
//!
//! Owns the receipt's form; [`check()`] and its siblings prove it again later. Promises that it is signed, and chained to the
//! receipt before it, and that the file and its signature are on disk before the receipt is recorded; whatever a crash leaves
//! of both is simply written anew. Never holds the contents of records.

pub mod bundle;
pub mod certificate;
mod error;
mod facts;
mod file;
mod issue;
pub mod key;
mod proof;

pub use error::ReceiptError;
pub(crate) use facts::grade;
pub use file::{read, signature_path, text_of};
pub use issue::{Issue, SignedReceipt, sign};
pub use proof::{Disagreement, Examined, check, check_alone, examine, read_signed};
