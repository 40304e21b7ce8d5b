//! Record layouts: files of fixed-width records described as data, compiled and checked before anything is converted.
//!
//! Owns: the layout files, what their keys mean, the text rules, and the view of a record for human eyes.
//! Promises: a [`Layout`] that exists is sound (widths add up, every name it refers to is there, a reader can tell its
//! records apart); the same layout and values always give the same bytes.
//! On failure: every [`LayoutProblem`] of a file in one pass, with its line.
//! Never: touches the network, the ledger or the clock.
//!
//! The order to read: `definition` (the file as written), `compile` and `origin` (its checks), `plan` (the result), `item`
//! (one value to its bytes), `text` (characters and rules), `ruler` (a record shown), `shelf` (which version applies).

mod compile;
mod definition;
pub(crate) mod item;
mod origin;
pub(crate) mod plan;
mod ruler;
mod shelf;
mod text;

pub use definition::{Confidence, Kind, LayoutProblem, Place, Status};
pub use plan::Layout;
pub(crate) use ruler::padded;
pub use shelf::Shelf;
pub use text::Encoding;

pub(crate) use definition::{Empty, GatewayValue};
