//! The steps of the way out: what each needs is gathered, the step is done, and its evidence handed back.

use super::aim;
use super::conclude::log;
use super::plan::lacks_evidence;
use super::turn;
use crate::blocking::blocking;
use crate::config::no_such_link;
use crate::deliver::acknowledge::{self, AcknowledgeError, AcknowledgementLook};
use crate::deliver::publish::{self, PublishError};
use crate::deliver::transfer::{self, TransferError};
use crate::deliver::{accept, verify};
use crate::gateway::{Failure, Gateway};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::evidence::{Accepted, Acknowledged};
use totatsu_base::say;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Gate};
use totatsu_ledger::step::Step;
use totatsu_ledger::way::Aimed;
use totatsu_records::encode::{self, ConvertError};
use totatsu_transport::pool::Lease;

/// How often a name that is taken gets another number, at most. A person has to look at a directory that full.
const NUMBERED_NAMES: u32 = 98;

/// Takes the outbox name away. Until it is gone, the same file could be taken over again: nothing is decided or sent before.
pub(super) async fn release_outbox_name(delivery: &Delivery, accepted: &Accepted) -> Result<(), Failure> {
    let (id, accepted, accepted_at) = (delivery.id.clone(), accepted.clone(), delivery.accepted_at);
    let released = blocking(move || accept::release_outbox_name(&id, &accepted, accepted_at)).await;
    released.map_err(|error| Failure::of_exchange(Step::Accept, &error))
}

/// Records that older deliveries are superseded: held ones wouldn't find out by themselves. A delivery whose step is under
/// way is passed over, and finds out before its next step.
pub(super) async fn supersede(
    gateway: &Gateway,
    newer: &Delivery,
    older: Vec<DeliveryId>,
) -> Result<(), Failure> {
    for id in older {
        let Some(_claim) = gateway.claims.claim(&id) else { continue };
        if gateway.ledger.find(&id)?.is_some_and(|older| older.stage.is_before_sending()) {
            let superseded = Event::Superseded { newer: newer.id.clone() };
            log(&gateway.ledger.record(id.clone(), superseded).await?);
            gateway.wake(&id);
        }
    }
    Ok(())
}

pub(super) async fn convert(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let date = delivery.accepted_at.date();
    let held = |reason| Failure::hold(Step::Convert, reason);
    let link = gateway.config.links.get(&delivery.link);
    let link = link.ok_or_else(|| held(no_such_link(&delivery.link)))?;
    let layout = gateway.config.layout_named(&link.layout, date).map_err(held)?;
    // Before the lock: whoever has that waits for nothing else.
    let _turn = gateway.turn_to_convert().await;
    let lock = link.lock.as_deref();
    let _lock = lock.map(|lock| gateway.lock(lock, Step::Convert, &delivery.id)).transpose()?;
    let source_layout = gateway.config.source_layout(link, date).map_err(held)?;
    let municipality = gateway.config.municipality_of(&delivery.link);
    let values = totatsu_records::LayoutValues::of(municipality, delivery.accepted_at, &link.values);
    let lacking = || Failure::hold(Step::Convert, lacks_evidence("accepted"));
    let source_sha256 = delivery.source().ok_or_else(lacking)?.sha256;
    let folder = gateway.spool.folder(&delivery.id);
    let outcome = blocking(move || {
        let (source, sent, report) = (folder.source(), folder.sent(), folder.report());
        let work = encode::EncodeWork {
            source: &source,
            source_sha256,
            sent: &sent,
            report: &report,
            layout: &layout,
            values: &values,
        };
        match &source_layout {
            Some(read_by) => encode::convert_from(read_by, &work),
            None => encode::convert(&work),
        }
    })
    .await;
    match outcome {
        Ok(converted) => Ok(Event::Converted { converted }),
        Err(ConvertError::BadRecords { problems, .. }) => Ok(Event::Rejected { problems }),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn transfer(
    gateway: &Gateway,
    delivery: &Delivery,
    Aimed { target, converted }: Aimed<'_>,
    lease: &mut Lease<'_>,
) -> Result<Event, Failure> {
    // An acknowledgement that comes back on a medium is told from an earlier one when it is imported.
    if let Some(agreement) =
        gateway.config.agreement(delivery).filter(|_| !gateway.config.is_carried(&delivery.partner))
    {
        let path = aim::acknowledgement_path(&gateway.config, agreement, delivery, target);
        acknowledge::clear(lease.session(), agreement, &path)
            .await
            .map_err(|error| Failure::new(Step::Transfer, error.remedy(), &error))?;
    }
    let sent = gateway.spool.folder(&delivery.id).sent();
    let progress = gateway.claims.watch(&delivery.id);
    match transfer::transfer(lease.session(), target, &sent, converted.sha256, progress.counter()).await {
        Ok(transferred) => Ok(Event::Transferred { transferred }),
        Err(TransferError::NameTaken { path }) if gateway.config.numbers_names(delivery) => {
            Err(another_number(delivery, Step::Transfer, path))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn verify(
    gateway: &Gateway,
    delivery: &Delivery,
    Aimed { target, converted }: Aimed<'_>,
    lease: &mut Lease<'_>,
) -> Result<Event, Failure> {
    let (size, sha256) = (converted.size, converted.sha256);
    let progress = gateway.claims.watch(&delivery.id);
    let verified = verify::verify(lease.session(), target, size, sha256, progress.counter()).await?;
    Ok(Event::Verified { verified })
}

pub(super) async fn publish(
    gateway: &Gateway,
    delivery: &Delivery,
    Aimed { target, converted }: Aimed<'_>,
    lease: &mut Lease<'_>,
) -> Result<Event, Failure> {
    let shares_name = turn::shares_name(gateway, delivery, target)?;
    let progress = gateway.claims.watch(&delivery.id);
    let companions = aim::accompany(gateway, delivery, lease.session()).await?;
    // Not a line earlier: a name counts as asked for only once it may have been.
    let asked_unrecorded = gateway.claims.ask_for_name(&delivery.id);
    let before = publish::Before {
        size: converted.size,
        sha256: converted.sha256,
        unknown: delivery.outcome_unknown,
        asked: delivery.outcome_unknown || delivery.name_asked || asked_unrecorded,
        alone: !shares_name,
        acknowledged: target.acknowledgement.is_some() || gateway.config.agreement(delivery).is_some(),
    };
    match publish::publish(lease.session(), target, before, progress.counter()).await {
        Ok(mut published) => {
            published.asked.splice(0..0, companions);
            Ok(Event::Published { published })
        }
        Err(PublishError::NameTaken { path }) if gateway.config.numbers_names(delivery) => {
            Err(another_number(delivery, Step::Publish, path))
        }
        Err(error) => Err(error.into()),
    }
}

/// What becomes of a delivery whose final name is taken and whose link numbers names: the next number, while there is one.
fn another_number(delivery: &Delivery, step: Step, path: String) -> Failure {
    if delivery.names_taken < NUMBERED_NAMES {
        Failure::NameTaken(path)
    } else {
        Failure::hold(step, say!("deliver-numbers-used-up", path = path, count = NUMBERED_NAMES + 1))
    }
}

pub(super) async fn acknowledge(
    gateway: &Gateway,
    delivery: &Delivery,
    Aimed { target, converted }: Aimed<'_>,
    lease: &mut Lease<'_>,
) -> Result<Event, Failure> {
    let gone = || Failure::hold(Step::Acknowledge, no_such_link(&delivery.link));
    let agreement = gateway.config.agreement(delivery).ok_or_else(gone)?;
    let path = aim::acknowledgement_path(&gateway.config, agreement, delivery, target);
    let facts = acknowledge::AgreedFacts {
        name: &target.name,
        size: converted.size,
        sha256: converted.sha256,
        records: &converted.records,
    };
    let until = delivery.waits_for_acknowledgement_since().after(agreement.within);
    let lacking = match acknowledge::look(lease.session(), agreement, &path, facts).await? {
        AcknowledgementLook::Found(acknowledged) => return Ok(Event::Acknowledged { acknowledged }),
        AcknowledgementLook::Nothing => None,
        AcknowledgementLook::Lacking(what) => Some(what),
    };
    if until <= Moment::now() {
        return Err(AcknowledgeError::Overdue { path, until, lacking }.into());
    }
    Err(Failure::Closed(Gate::Acknowledgement { path, until }))
}

/// Removes the partner's acknowledgement, where it is ours to remove. One that stays is found before the next delivery that
/// would mistake it for its own. Says whether the session is as good as before.
pub(super) async fn remove_acknowledgement(
    gateway: &Gateway,
    delivery: &Delivery,
    found: &Acknowledged,
    lease: &mut Lease<'_>,
) -> bool {
    let agreed = gateway.config.agreement(delivery).is_some_and(|agreement| agreement.remove);
    // An acknowledgement that came on a medium stays there, as the partner's own paper would.
    if !agreed || delivery.carried_on().is_some() {
        return true;
    }
    let removed = lease.session().remove(&found.path).await;
    removed
        .inspect_err(|error| {
            let text = say!("journey-acknowledgement-stays", error = error);
            tracing::warn!(delivery = %delivery.id, "{text}");
        })
        .is_ok()
}
