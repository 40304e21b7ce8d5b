//! From state to the next step. Read this first.
//!
//! A delivery's way is accept → convert → transfer → verify → publish → (acknowledge) → receipt → archive; the way in, of a
//! collection, is find → fetch → decode → place → (import) → (answer) → (clear) → receipt → archive. Each step borrows what
//! is known, does its work and hands back evidence; only then is the evidence recorded, durably, and only then does the next
//! step begin. Steps never call each other and never see the ledger. Before each, `turn` says whether the delivery's turn has
//! come. A crash at any instant therefore leaves a state from which the step in hand can simply be done again: each looks
//! before it acts.

pub(crate) mod aim;
mod closing;
mod conclude;
mod inward;
mod next;
mod outward;
pub(crate) mod recover;
mod turn;

use crate::gateway::{Gateway, Stop};
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Stage};
use closing::{archive, issue_receipt};
use conclude::{conclude, queue};

pub use conclude::log;

/// Takes the next step of a delivery and records what came of it; a finished delivery is handed back as it is.
///
/// # Errors
/// See [`Stop`]. What was done stays done; the ledger tells how far that is.
pub async fn advance(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    if delivery.is_finished() {
        return Ok(delivery);
    }
    if delivery.collection().is_some() {
        return inward::advance(gateway, delivery).await;
    }
    if delivery.stage == Stage::Accepted
        && let Err(failure) = outward::release_outbox_name(gateway, &delivery).await
    {
        return conclude(gateway, delivery, Err(failure)).await;
    }
    match turn::bar(gateway, &delivery).await? {
        Some(Event::Queued { gate }) => return queue(gateway, delivery, gate).await,
        Some(event) => return conclude(gateway, delivery, Ok(event)).await,
        None => {}
    }
    let outcome = match delivery.stage {
        Stage::Accepted => outward::convert(gateway, &delivery).await,
        Stage::Converted => aim::aim(gateway, &delivery),
        Stage::Transferring => outward::transfer(gateway, &delivery).await,
        Stage::Transferred => outward::verify(gateway, &delivery).await,
        Stage::Verified => outward::publish(gateway, &delivery).await,
        Stage::Published => match gateway.config.agreement(&delivery) {
            Some(agreement) => outward::acknowledge(gateway, &delivery, agreement).await,
            None => return issue_receipt(gateway, delivery).await,
        },
        Stage::Acknowledged => {
            outward::remove_acknowledgement(gateway, &delivery).await;
            return issue_receipt(gateway, delivery).await;
        }
        Stage::Confirmed => return issue_receipt(gateway, delivery).await,
        Stage::Found
        | Stage::Fetched
        | Stage::Decoded
        | Stage::Placing
        | Stage::Placed
        | Stage::Importing
        | Stage::Imported
        | Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Repeated
        | Stage::Superseded
        | Stage::Cancelled => archive(gateway, &delivery).await,
    };
    conclude(gateway, delivery, outcome).await
}
