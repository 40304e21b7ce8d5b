//! What a piece of work came to, before it is recorded.

use tokio::sync::MutexGuard;

use crate::collect::exclusive::Exclusive;
use totatsu_base::evidence::Imported;
use totatsu_ledger::event::Event;

/// What a piece of work came to.
pub(super) enum Performed<'g> {
    /// It is done.
    Done(Event),
    /// It has begun: once that is recorded, it goes on with what is kept.
    Begun(Event, Begun),
    /// A receipt is written; every other one waits until it is recorded.
    Receipted(Event, MutexGuard<'g, ()>),
    /// A file has to be left alone for a while; the ledger need not know.
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
