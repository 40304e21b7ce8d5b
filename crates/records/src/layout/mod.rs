//! Record layouts: files of records described as data, compiled and checked before anything is converted.
//!
//! Owns: the layout files, what their keys mean, the character sets and text rules, and the view of a record for human eyes.
//! Promises: a [`Layout`] that exists is sound (widths add up, every name it refers to is there, a reader can tell its
//! records apart); the same layout and values always give the same bytes.
//! On failure: every [`LayoutProblem`] of a file in one pass, with its line.
//! Never: touches the network, the ledger or the clock.
//!
//! The order to read, each file by itself but for those named together:
//!
//! - the file as written: `words`, `definition`, `groups`;
//! - its checks: `compiler`, `compile`, `defaults`, `sheet`, `origin`, `fitting`, `relations`;
//! - the result: `plan`, and what a link may choose of it: `choices`;
//! - one value to its bytes, and back: `item`, `permitted`, `fault`, `reading`;
//! - what values are made of: `charset`, `text`, `repertoire`, `folding`, `dates`, `times`, `check_digit`, `phrases`;
//! - counts and sums: `tally`;
//! - for human eyes: `ruler` (a record shown), `example` (a row to begin with), `difference` (what changed between two versions);
//! - `derived` (columns of decoding alone), `catalogue` (which version applies).

mod catalogue;
pub(crate) mod charset;
mod check_digit;
mod choices;
mod compile;
mod compiler;
mod dates;
mod defaults;
mod definition;
mod derived;
mod difference;
mod eras;
mod example;
mod fault;
mod fitting;
pub(crate) mod folding;
mod groups;
pub(crate) mod item;
mod origin;
mod permitted;
mod phrases;
pub(crate) mod plan;
pub(crate) mod quick;
pub(crate) mod reading;
mod relations;
pub(crate) mod repertoire;
mod ruler;
mod sheet;
pub(crate) mod tally;
mod text;
mod times;
mod words;

pub use catalogue::LayoutCatalogue;
pub use charset::Encoding;
pub use definition::LayoutProblem;
pub use plan::Layout;
pub(crate) use ruler::padded;
pub use words::{Confidence, FileFormat, LayoutStatus, RecordPlace};

pub(crate) use dates::DateParts;
pub use words::CheckMethod;
pub(crate) use words::{GatewayValue, Numbered, Quote, Separator};
