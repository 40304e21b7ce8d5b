//! What follows once a collection's rows are handed over, as its link's configuration says now.

use crate::collect::clear::Afterwards;
use crate::config::link::InboundLink;
use totatsu_ledger::collection::Collection;
use totatsu_ledger::state::Stage;

/// What comes next for rows that bear their name in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// Have them imported.
    Import,
    /// Tell the partner.
    Answer,
    /// Remove or move the partner's file.
    Clear,
    /// Nothing but the receipt.
    Receipt,
}

/// The next thing to do with a collection that is placed or imported.
pub(super) fn after_placing(link: &InboundLink, stage: Stage, collection: &Collection) -> After {
    if link.import.is_some() && stage == Stage::Placed {
        After::Import
    } else if link.acknowledge.is_some() && collection.answered.is_none() {
        After::Answer
    } else if link.afterwards != Afterwards::Leave && collection.cleared.is_none() {
        After::Clear
    } else {
        After::Receipt
    }
}

/// Whether the partner is still to be told that its file was refused: where acknowledgements are agreed, a refusal is told
/// too.
pub(super) fn refusal_to_tell(link: &InboundLink, collection: &Collection) -> bool {
    link.acknowledge.is_some() && collection.answered.is_none()
}
