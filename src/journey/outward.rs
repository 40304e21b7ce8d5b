//! The steps of the way out: what each needs is gathered, the step is done, and its evidence handed back.

use super::aim;
use crate::accept;
use crate::acknowledge::{self, AcknowledgeError, Agreement, Look};
use crate::blocking::blocking;
use crate::clock::Moment;
use crate::convert::{self, ConvertError, Converted};
use crate::gateway::{Failure, Gateway, OURSELVES};
use crate::ledger::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Gate};
use crate::ledger::step::Step;
use crate::link::Order;
use crate::publish::{self, PublishError};
use crate::transfer::{self, Target, TransferError};
use crate::verify;

/// Until the outbox name is gone, the same file could be taken over again: nothing is decided or sent before.
pub(super) async fn release_outbox_name(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let Some(accepted) = delivery.accepted().cloned() else { return Ok(()) };
    let owner = gateway.config.links.get(&delivery.link).and_then(|link| link.outbox_owner);
    let id = delivery.id.clone();
    Ok(blocking(move || accept::release_outbox_name(&id, &accepted, owner)).await?)
}

pub(super) async fn convert(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let date = delivery.accepted_at.date();
    let layout =
        gateway.config.layout(&delivery.link, date).map_err(|reason| Failure::hold(Step::Convert, reason))?;
    let link = gateway.config.links.get(&delivery.link);
    let _lock = link
        .and_then(|link| link.lock.as_deref())
        .map(|lock| gateway.lock(lock, Step::Convert))
        .transpose()?;
    let link = link.map(|link| link.values.clone()).unwrap_or_default();
    let municipality = &gateway.config.gateway.municipality;
    let values = convert::Values::of(municipality, delivery.accepted_at, &link);
    let lacking = || Failure::hold(Step::Convert, lacks_evidence("accepted"));
    let source_sha256 = delivery.source().ok_or_else(lacking)?.sha256;
    let folder = gateway.spool.folder(&delivery.id);
    let _turn = gateway.turn_to_convert().await;
    let outcome = blocking(move || {
        let (source, sent, report) = (folder.source(), folder.sent(), folder.report());
        convert::convert(&convert::Work {
            source: &source,
            source_sha256,
            sent: &sent,
            report: &report,
            layout: &layout,
            values: &values,
        })
    })
    .await;
    match outcome {
        Ok(converted) => Ok(Event::Converted { converted }),
        Err(ConvertError::BadRecords { problems, .. }) => {
            if gateway.config.links.get(&delivery.link).is_some_and(|link| link.order == Order::Strict) {
                hold_behind_rejected(gateway, delivery).await?;
            }
            Ok(Event::Rejected { problems })
        }
        Err(error) => Err(error.into()),
    }
}

/// Differences that follow a missing one would be imported on the wrong base.
pub(super) async fn hold_behind_rejected(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let reason = format!(
        "delivery {} was rejected and the link is ordered: have the corrected file come and release it first, then the \
         link",
        delivery.id
    );
    let (link, by) = (delivery.link.clone(), OURSELVES.to_owned());
    match gateway.ledger.record_hold(Event::LinkHeld { link, by, reason }).await {
        Ok(()) | Err(LedgerError::Contradiction(_)) => Ok(()),
        Err(error) => Err(Failure::Ledger(error)),
    }
}

pub(super) async fn transfer(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Transfer)?;
    let mut lease = gateway.session(delivery, Step::Transfer).await?;
    // What comes back on another medium is told from an earlier one when it is imported.
    if let Some(agreement) =
        gateway.config.agreement(delivery).filter(|_| !gateway.config.is_carried(&delivery.partner))
    {
        let path = aim::acknowledgement_path(&gateway.config, agreement, delivery, target);
        acknowledge::clear(lease.session(), agreement, &path)
            .await
            .map_err(|error| Failure::new(Step::Transfer, error.remedy(), &error))?;
    }
    let sent = gateway.spool.folder(&delivery.id).sent();
    let progress = gateway.watch(&delivery.id);
    match transfer::transfer(lease.session(), target, &sent, converted.sha256, progress.counter()).await {
        Ok(transferred) => {
            lease.give_back();
            Ok(Event::Transferred { transferred })
        }
        Err(TransferError::NameTaken { path }) if gateway.config.numbers_names(delivery) => {
            lease.give_back();
            Err(Failure::NameTaken(path))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn verify(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Verify)?;
    let (size, sha256) = (converted.size, converted.sha256);
    let mut lease = gateway.session(delivery, Step::Verify).await?;
    let progress = gateway.watch(&delivery.id);
    let verified = verify::verify(lease.session(), target, size, sha256, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Verified { verified })
}

pub(super) async fn publish(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Publish)?;
    let before = publish::Before {
        size: converted.size,
        sha256: converted.sha256,
        unknown: delivery.outcome_unknown,
        acknowledged: gateway.config.agreement(delivery).is_some(),
    };
    let mut lease = gateway.session(delivery, Step::Publish).await?;
    let progress = gateway.watch(&delivery.id);
    let companions = aim::accompany(gateway, delivery, lease.session()).await?;
    match publish::publish(lease.session(), target, before, progress.counter()).await {
        Ok(mut published) => {
            lease.give_back();
            published.asked.splice(0..0, companions);
            Ok(Event::Published { published })
        }
        Err(PublishError::NameTaken { path }) if gateway.config.numbers_names(delivery) => {
            lease.give_back();
            Err(Failure::NameTaken(path))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn acknowledge(
    gateway: &Gateway,
    delivery: &Delivery,
    agreement: &Agreement,
) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Acknowledge)?;
    let path = aim::acknowledgement_path(&gateway.config, agreement, delivery, target);
    let facts = acknowledge::Facts {
        name: &target.name,
        size: converted.size,
        sha256: converted.sha256,
        records: &converted.records,
    };
    let until = delivery.waits_for_acknowledgement_since().after(agreement.within);
    let mut lease = gateway.session(delivery, Step::Acknowledge).await?;
    let lacking = match acknowledge::look(lease.session(), agreement, &path, facts).await? {
        Look::Found(acknowledged) => {
            lease.give_back();
            return Ok(Event::Acknowledged { acknowledged });
        }
        Look::Nothing => None,
        Look::Lacking(what) => Some(what),
    };
    lease.give_back();
    if until <= Moment::now() {
        return Err(AcknowledgeError::Overdue { path, until, lacking }.into());
    }
    Err(Failure::Closed(Gate::Acknowledgement { path, until }))
}

/// Where it is ours to remove. One that stays is found before the next delivery that would mistake it for its own.
pub(super) async fn remove_acknowledgement(gateway: &Gateway, delivery: &Delivery) {
    let (Some(agreement), Some(found)) = (gateway.config.agreement(delivery), &delivery.acknowledged) else {
        return;
    };
    // One that came on a medium stays there, as the partner's own paper would.
    if !agreement.remove || delivery.carried_on().is_some() {
        return;
    }
    if let Ok(mut lease) = gateway.session(delivery, Step::Acknowledge).await {
        match lease.session().remove(&found.path).await {
            Ok(_) => lease.give_back(),
            Err(error) => tracing::warn!(delivery = %delivery.id, "the acknowledgement stays: {error}"),
        }
    }
}

/// Where a delivery's bytes go, and what they are.
fn under_way(delivery: &Delivery, step: Step) -> Result<(&Target, &Converted), Failure> {
    match (&delivery.target, &delivery.converted) {
        (Some(target), Some(converted)) => Ok((target, converted)),
        _ => Err(Failure::hold(step, lacks_evidence("transfer_started"))),
    }
}

pub(super) fn lacks_evidence(evidence: &str) -> String {
    format!("the ledger lacks the evidence {evidence:?}: report this as a fault of totatsu")
}
