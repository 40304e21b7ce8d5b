//! Evidence: every struct that the journal and the receipts hold, and so their format on disk.
//!
//! Owns what a step hands back when it has done its work. Promises that what one version wrote is read by every later one:
//! a field that is added is optional. Never acts; the steps make evidence, the ledger records it.

mod asker;
mod by_hand;
mod inward;
mod outward;
mod peer;
mod receipt;

pub use asker::Asker;
pub use by_hand::{ActRequest, ByHand, Confirmation, How, RequestedAct};
pub use inward::{Answered, Cleared, Decoded, Fetched, Found, Imported, Outcome, Placed, Placing};
pub use outward::{
    Accepted, Acknowledged, Archived, Asked, ContentFile, Converted, Dropper, FileIdentity, Grade, Published,
    SourceReading, Target, Transferred, Verified,
};
pub use peer::{Overwrite, Peer};
pub use receipt::{Anchor, Arrival, HandedOver, Receipt, ReceiptLink, Sender, SentFacts, SourceFacts};
