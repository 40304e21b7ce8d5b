//! Links (連携): one interface row each, out to a partner or in from one.
//!
//! Owns the words of `links/*.toml`.

mod expected;
mod inbound;
mod outbound;
mod words;

pub use expected::{EmptyFile, ExpectedRecords, InterfaceWord};
pub use inbound::{BadRecords, InboundFile, InboundLink};
pub use outbound::{Link, LinkFile, LinkSource, SameName};
pub use words::{DirectionWord, Order};
