//! What a piece of work came to is recorded, told and logged.
//!
//! Owns the one place where a failure becomes an event: tried again, queued, held, or the end of the gateway.

use crate::alert::{self, Alert, Kind};
use crate::gateway::{Failure, Gateway, OURSELVES, Stop};
use crate::schedule::hours::Hours;
use totatsu_base::clock::Moment;
use totatsu_base::evidence::Answered;
use totatsu_base::remedy::Remedy;
use totatsu_base::say;
use totatsu_ledger::LedgerError;
use totatsu_ledger::collection::Collection;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Doubt, Gate, Stage, Standing};
use totatsu_ledger::step::Step;
use totatsu_ledger::words::state_word;

/// Records the evidence of a step, or what its failure means. For a delivery that waits at the same gate as before nothing is
/// recorded: the delivery is handed back with the gate as it is now.
pub(super) async fn conclude(
    gateway: &Gateway,
    delivery: Delivery,
    outcome: Result<Event, Failure>,
) -> Result<Delivery, Stop> {
    let event = match outcome {
        Ok(event) => event,
        Err(Failure::Closed(gate)) if is_known(&delivery, &gate) => {
            return Ok(Delivery { standing: Standing::Queued { gate }, ..delivery });
        }
        Err(failure) => weigh(failure, gateway, &delivery)?,
    };
    if let Event::Rejected { .. } = event
        && gateway.config.is_strict(&delivery.link)
    {
        hold_behind_rejected(gateway, &delivery).await?;
    }
    let alert = alert_of(&event, &delivery);
    let delivery = gateway.ledger.record(delivery.id, event).await?;
    recorded(gateway, &delivery);
    if let Some(alert) = alert {
        gateway.tell(&alert).await?;
        return Ok(gateway.ledger.find(&delivery.id)?.unwrap_or(delivery));
    }
    Ok(delivery)
}

/// Takes note of what was recorded.
pub(super) fn recorded(gateway: &Gateway, delivery: &Delivery) {
    gateway.claims.recorded(&delivery.id);
    gateway.settling.forget(&delivery.id);
    log(delivery);
}

/// Whether the ledger already has the delivery queued at a gate of this kind.
pub(super) fn is_known(delivery: &Delivery, gate: &Gate) -> bool {
    matches!(&delivery.standing, Standing::Queued { gate: known } if known.is_same_as(gate))
}

/// Holds the link behind a rejected file: the differences that follow would be imported on the wrong base.
async fn hold_behind_rejected(gateway: &Gateway, delivery: &Delivery) -> Result<(), LedgerError> {
    let reason = say!("journey-behind-rejected", id = delivery.id);
    let (link, by) = (delivery.link.clone(), OURSELVES.to_owned());
    match gateway.ledger.record_general(Event::LinkHeld { link, by, reason, until: None }).await {
        Ok(()) | Err(LedgerError::Contradiction(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// One line for each transition, without anything of a record's contents.
pub fn log(delivery: &Delivery) {
    let (link, state) = (&delivery.link, delivery.state());
    match &delivery.standing {
        Standing::Going if delivery.stage == Stage::Rejected && !delivery.is_finished() => {
            let (problems, file) = (delivery.problems.unwrap_or_default(), delivery.name());
            let text = say!("journey-breaks-layout", id = delivery.id);
            tracing::error!(delivery = %delivery.id, link, state, file, problems, "{text}");
        }
        Standing::Going if delivery.is_finished() && delivery.stage != Stage::Archived => {
            tracing::info!(delivery = %delivery.id, link, state, "{}", say!("journey-in-archive"));
        }
        Standing::Going => match delivery.collection() {
            Some(collection) => log_going_in(delivery, collection),
            None => log_going_out(delivery),
        },
        Standing::Queued { gate } => {
            tracing::info!(delivery = %delivery.id, link, state, "{}", gate.told_of(&delivery.id));
        }
        Standing::Waiting { step, attempt, until, reason } => {
            tracing::warn!(delivery = %delivery.id, link, state, %step, attempt, %until, "{reason}");
        }
        Standing::Held(Doubt { step, reason, .. }) => {
            tracing::error!(delivery = %delivery.id, link, state, %step, "{reason}");
        }
    }
}

/// The event that a failure amounts to.
fn weigh(failure: Failure, gateway: &Gateway, delivery: &Delivery) -> Result<Event, Stop> {
    let (step, remedy, reason, unknown, back_to) = match failure {
        Failure::Failed { step, remedy, reason, unknown, back_to } => {
            (step, remedy, reason, unknown, back_to)
        }
        Failure::Closed(gate) => return Ok(Event::Queued { gate }),
        Failure::Medium { reason, room_wanted } => {
            let gate = gateway.want_medium(&delivery.partner, reason, room_wanted);
            return Ok(Event::Queued { gate });
        }
        Failure::NameTaken(path) => return Ok(Event::NameTaken { path }),
        Failure::Ledger(error) => return Err(error.into()),
    };
    let now = Moment::now();
    let attempt = delivery.failing.map_or(1, |failing| failing.times.saturating_add(1));
    // What goes to a medium, or comes from one, is tried for ever: nobody can tell how much of the time the medium was away.
    let failing = delivery.failing.filter(|_| !gateway.config.is_carried(&delivery.partner));
    let since = failing.map_or(now, |failing| failing.since);
    let held = |reason| Event::Held(Doubt { unknown, ..Doubt::new(step, reason) });
    match remedy {
        Remedy::Retry => {
            let (backoff, hours) = (gateway.config.gateway.backoff, hours_of(step, gateway, delivery));
            match backoff.next(attempt, since, now, rand::random(), &hours) {
                Some(until) => Ok(Event::Waiting { step, attempt, until, reason, unknown, back_to }),
                None if unknown => {
                    Ok(held(say!("journey-gave-up-unknown", attempt = attempt, reason = reason)))
                }
                None => Ok(held(say!("journey-gave-up", attempt = attempt, reason = reason))),
            }
        }
        Remedy::Hold => Ok(held(reason)),
        Remedy::Stop => Err(Stop::Step { step, delivery: delivery.id.clone(), reason }),
    }
}

/// The hours in which the step may be taken. A step that asks only our own disk may be taken at any time.
fn hours_of(step: Step, gateway: &Gateway, delivery: &Delivery) -> Hours {
    match step {
        Step::Transfer | Step::Verify | Step::Publish | Step::Acknowledge | Step::Fetch | Step::Clear => {
            gateway.config.hours_of(&delivery.link)
        }
        Step::Accept
        | Step::Convert
        | Step::Decode
        | Step::Place
        | Step::Import
        | Step::Answer
        | Step::Receipt
        | Step::Archive => Hours::default(),
    }
}

/// The alert about a rejected file, or about records that were left out. For the gateway both end well, so nobody would ask.
fn alert_of(event: &Event, delivery: &Delivery) -> Option<Alert> {
    let (id, link, name) = (&delivery.id, &delivery.link, delivery.name());
    let (kind, text) = if let Event::Rejected { .. } = event {
        (Kind::Rejected, say!("journey-alert-rejected", name = name, id = id, link = link))
    } else if let Event::Decoded { decoded } = event
        && decoded.quarantined > 0
    {
        let count = decoded.quarantined;
        (
            Kind::Quarantined,
            say!("journey-alert-quarantined", name = name, count = count, id = id, link = link),
        )
    } else {
        return None;
    };
    Some(Alert { kind, subject: alert::AlertSubject::Delivery(id.clone()), occasion: None, text })
}

fn log_going_out(delivery: &Delivery) {
    let (link, state) = (&delivery.link, delivery.state());
    let word = state_word(state);
    match (delivery.stage, &delivery.receipt, &delivery.published) {
        (Stage::Accepted, ..) => {
            tracing::info!(delivery = %delivery.id, link, state, file = delivery.name(), "{word}");
        }
        (Stage::Archived, Some(receipt), Some(published)) => {
            tracing::info!(delivery = %delivery.id, link, state, receipt = receipt.number, arrived = published.path, "{word}");
        }
        _ => tracing::info!(delivery = %delivery.id, link, state, "{word}"),
    }
}

/// Logs what a collection's step tells besides the state.
fn log_going_in(delivery: &Delivery, collection: &Collection) {
    let (link, state) = (&delivery.link, delivery.state());
    let (file, word) = (&collection.found.name, state_word(state));
    // The steps after the handing over leave the state as it is.
    if matches!(delivery.stage, Stage::Placed | Stage::Imported) {
        if let Some(last) = collection.cleared.as_ref().and_then(|cleared| cleared.asked.last()) {
            let text = say!("journey-at-the-partner", asked = last.asked, answered = last.answered);
            tracing::info!(delivery = %delivery.id, link, state, "{text}");
            return;
        }
        if let Some(Answered { link: over, name, .. }) = &collection.answered {
            tracing::info!(delivery = %delivery.id, link, state, acknowledgement = name, over, "{word}");
            return;
        }
    }
    match (delivery.stage, &collection.placed, &delivery.receipt) {
        (Stage::Placed, Some(placed), _) => {
            tracing::info!(delivery = %delivery.id, link, state, inbox = %placed.path.display(), "{word}");
        }
        (Stage::Archived, _, Some(receipt)) => {
            tracing::info!(delivery = %delivery.id, link, state, receipt = receipt.number, "{word}");
        }
        (Stage::Found, ..) => tracing::info!(delivery = %delivery.id, link, state, file, "{word}"),
        _ => tracing::info!(delivery = %delivery.id, link, state, "{word}"),
    }
}
