//! The configuration beside the national interface list: what is served and how, what is left out on purpose, what is missing, and
//! what the list doesn't expect.
//!
//! Owns that comparison, and the page for the binder. Promises that every interface of the municipality's business systems has exactly
//! one standing. Never looks at deliveries: what a link has proven so far is for `list` and `audit`.

mod comparison;
mod page;

pub use comparison::{CoverageLine, CoverageReport, CoverageStanding, ServingLink, UnlistedLink};
pub(crate) use page::counts;
pub use page::html;
