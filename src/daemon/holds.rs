//! Ends the holds on partners and links whose time has come.
//!
//! Owns when it looks: at the end of the next hold, and whenever one is laid on or released. Holds nothing itself.

use std::sync::Arc;
use std::time::Duration;

use super::stopping::{DaemonError, Stopping, unless_tried_again};
use crate::gateway::Gateway;
use totatsu_base::Moment;

/// It is looked at the latest after this time, for the clock may have been set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Looks until asked to stop.
pub(super) async fn run(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    loop {
        let next = unless_tried_again(gateway.end_holds(Moment::now()).await)?;
        let pause = next.flatten().map_or(LOOK_AGAIN, |next| next.remaining().min(LOOK_AGAIN));
        tokio::select! {
            () = stopping.asked() => return Ok(()),
            () = gateway.stirred() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
