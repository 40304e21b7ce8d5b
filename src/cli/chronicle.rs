//! The events of the ledger that tell when the gateway starts and stops.
//!
//! Owns what these events say: under which user, by which program, whether the gateway before was stopped in good order, and which
//! files of the configuration have changed since. Where the disk has no room for the event, the gateway starts all the same. A stop
//! without its event is noticed at the next start.

use std::sync::Arc;

use crate::blocking::blocking;
use crate::control::{Caller, asker};
use crate::gateway::{Gateway, Stop};
use totatsu_base::{Remedy, say};
use totatsu_ledger::Event;

/// Records that a gateway begins to work.
///
/// # Errors
/// The ledger can't record the event, for another reason than lack of room.
pub(super) async fn started(gateway: &Arc<Gateway>) -> Result<(), Stop> {
    let asker = asker(Caller::ourselves(), String::new()).await;
    let looking = gateway.clone();
    let killed = blocking(move || looking.ledger.gateway_acts()).await?.running_since;
    let looking = gateway.clone();
    let changed = blocking(move || {
        let renewal = looking.renewal.get()?;
        Some(renewal.changed_since_known(&looking.config.gateway.ledger))
    });
    let changed = changed.await.transpose().unwrap_or_else(|error| {
        tracing::warn!(%error, "{}", say!("cli-run-configuration-unknown"));
        None
    });
    if let Some(since) = killed {
        tracing::warn!("{}", say!("cli-run-was-killed", since = since));
    }
    let (by, software) = (asker.to_string(), concat!("totatsu ", env!("CARGO_PKG_VERSION")).to_owned());
    let event = Event::Started { by, software, killed, changed: changed.unwrap_or_default() };
    match gateway.ledger.record_general_act(event, Some(asker)).await {
        // The disk is full or the like: the gateway starts, and deliveries under way go on as far as they can.
        Err(error) if error.remedy() == Remedy::Retry => {
            tracing::warn!(%error, "{}", say!("cli-run-start-not-recorded"));
            Ok(())
        }
        recorded => Ok(recorded?),
    }
}

/// Records that the gateway ended in good order, and why. Where the ledger can't record that any more, the next start says so.
pub(super) async fn stopped(gateway: &Arc<Gateway>, reason: String) {
    let asker = asker(Caller::ourselves(), String::new()).await;
    let event = Event::Stopped { by: asker.to_string(), reason };
    if gateway.ledger.record_general_act(event, Some(asker)).await.is_ok() {
        gateway.remember_ledger().await;
    }
}
