//! Payment data for MPN: it goes there from each business system, or through collection (収滞納管理), and never both ways.

use crate::catalogue::{Interface, ListedWay};

/// The business system that may gather payment data for all.
pub(super) const COLLECTION: &str = "shuno";
/// Whom payment data goes to.
pub(super) const MPN: &str = "mpn";

/// Whether an interface carries payment data to MPN.
pub(super) fn is_payment_data(interface: &Interface) -> bool {
    interface.partner == MPN && interface.direction == ListedWay::Out
}
