//! What every delivery and collection comes to in the end: its place in the archive.

use super::leftover;
use crate::archive;
use crate::blocking::blocking;
use crate::gateway::{Failure, Gateway};
use totatsu_base::evidence::Archived;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Delivery;

/// Moves a delivery's folder to the archive, once what it has left at the partner is removed, or named.
pub(super) async fn archive(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (spool, id, retention) =
        (gateway.spool.clone(), delivery.id.clone(), gateway.config.gateway.retention.keep);
    let swept = leftover::sweep(gateway, delivery).await;
    let archived = blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived: Archived { swept, ..archived } })
}
