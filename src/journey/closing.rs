//! What every delivery and collection comes to: a receipt, and its place in the archive.

use super::conclude::conclude;
use crate::archive;
use crate::blocking::blocking;
use crate::clock::Moment;
use crate::gateway::{Failure, Gateway, Stop};
use crate::ledger::event::Event;
use crate::ledger::state::Delivery;
use crate::receipt;

/// Writes and records a receipt while every other receipt waits: each carries the digest of the one before.
pub(super) async fn issue_receipt(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let (_turn, previous) = gateway.ledger.end_of_receipts().await?;
    let (journal, at) = (gateway.ledger.position()?, Moment::now());
    let issue = receipt::Issue { gateway: gateway.sender(), previous, journal, at };
    let (folder, key) = (gateway.spool.folder(&delivery.id), gateway.receipt_key.clone());
    let known = delivery.clone();
    let written = blocking(move || receipt::write(&known, issue, &key, &folder)).await;
    let outcome = written.map(|(receipt, sha256)| Event::Receipted {
        number: receipt.number,
        sha256,
        receipt: Box::new(receipt),
    });
    conclude(gateway, delivery, outcome.map_err(Failure::from)).await
}

pub(super) async fn archive(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (spool, id, retention) =
        (gateway.spool.clone(), delivery.id.clone(), gateway.config.gateway.retention.keep);
    let archived = blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived })
}
