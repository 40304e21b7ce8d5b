//! The papers of a medium: the cover sheet (送付票) that two people sign, and the manifest for machines.
//!
//! Owns what stands on both: names, sizes, digests, counts and totals, never the contents of records. [`html`] and [`text`]
//! make the sheet, [`Sheet::manifest`] the manifest. Works from what the ledger knows, so that a sheet can be made again at
//! any time; only the instant at which it was made differs.

mod barcode;
mod contents;
mod html;
mod text;

pub use contents::{Carried, Sheet, SheetWishes};
pub use html::html;
pub use text::text;
