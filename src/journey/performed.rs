//! What a piece of work came to, before it is recorded.

use crate::collect::exclusive::Exclusive;
use totatsu_base::evidence::Imported;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Delivery;

/// What a piece of work came to.
pub(super) enum Performed {
    /// The work is done.
    Done(Event),
    /// The work has begun: once the event is recorded, it goes on with what is kept.
    Begun(Event, Begun),
    /// The work is done, and was recorded with others of its kind: this is the delivery as it stands now.
    Recorded(Box<Delivery>),
    /// The partner's file has to be left alone for a while; the ledger need not know.
    Settles,
    /// Something was done that changes no state.
    Nothing,
}

/// What goes on once its beginning is recorded. The lock is kept meanwhile.
pub(super) enum Begun {
    /// The rows get their name.
    Placing(Exclusive),
    /// The import command runs, unless it is known to have ended well.
    Import(Exclusive, Option<Imported>),
}
