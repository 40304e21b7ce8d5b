//! The words for where a delivery stands: those of its stages, and those of what hinders it.

use crate::stage::Stage;

/// Every word that a delivery's state can be, see [`crate::Delivery::state`].
pub const STATES: [&str; 26] = [
    Stage::Found.word(),
    Stage::Fetched.word(),
    Stage::Decoded.word(),
    Stage::Placing.word(),
    Stage::Placed.word(),
    Stage::Importing.word(),
    Stage::Imported.word(),
    Stage::Accepted.word(),
    Stage::Converted.word(),
    Stage::Transferring.word(),
    Stage::Transferred.word(),
    Stage::Verified.word(),
    Stage::Published.word(),
    Stage::Acknowledged.word(),
    Stage::Confirmed.word(),
    Stage::Receipted.word(),
    Stage::Archived.word(),
    QUEUED,
    HANDED_OVER,
    WAITING,
    UNKNOWN,
    HELD,
    Stage::Rejected.word(),
    Stage::Repeated.word(),
    Stage::Superseded.word(),
    Stage::Cancelled.word(),
];
/// The state of a delivery whose turn hasn't come.
pub const QUEUED: &str = "queued";
/// The state of a delivery that lies on a medium, whole and proven, until somebody says that it arrived.
pub const HANDED_OVER: &str = "handed_over";
/// The state of a delivery whose failed step is tried again.
pub const WAITING: &str = "waiting";
/// The state of a delivery that is tried again, and of which nobody can tell yet whether it has its final name.
pub const UNKNOWN: &str = "unknown";
/// The state of a delivery on which a person decides.
pub const HELD: &str = "held";
/// What stands for the state of what isn't known.
pub(crate) const NO_STATE: &str = "none";
