//! What every delivery and collection comes to: a receipt, and its place in the archive.

use super::leftover;
use super::performed::Performed;
use crate::blocking::blocking;
use crate::gateway::{Failure, Gateway};
use crate::{archive, receipt};
use totatsu_base::clock::Moment;
use totatsu_base::evidence::Archived;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Delivery;

/// Writes a receipt while every other one waits until it is recorded: each carries the digest of the one before.
pub(super) async fn issue_receipt<'g>(
    gateway: &'g Gateway,
    delivery: &Delivery,
) -> Result<Performed<'g>, Failure> {
    let (others_wait, previous) = gateway.ledger.end_of_receipts().await?;
    let (journal, at) = (gateway.ledger.position()?, Moment::now());
    let issue = receipt::Issue { gateway: gateway.sender(&delivery.link), previous, journal, at };
    let (folder, key) = (gateway.spool.folder(&delivery.id), gateway.receipt_key.clone());
    let known = delivery.clone();
    let (receipt, sha256) = blocking(move || receipt::write(&known, issue, &key, &folder)).await?;
    let event = Event::Receipted { number: receipt.number, sha256, receipt: Box::new(receipt) };
    Ok(Performed::Receipted(event, others_wait))
}

/// Moves a delivery's folder to the archive, once what it has left at the partner is removed, or named.
pub(super) async fn archive(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (spool, id, retention) =
        (gateway.spool.clone(), delivery.id.clone(), gateway.config.gateway.retention.keep);
    let swept = leftover::sweep(gateway, delivery).await;
    let archived = blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived: Archived { swept, ..archived } })
}
