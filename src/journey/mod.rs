//! From state to the next step. Read this first.
//!
//! A delivery's way is accept → convert → transfer → verify → publish → (acknowledge) → receipt → archive; the way in, of a
//! collection, is find → fetch → decode → place → (import) → (answer) → (clear) → receipt → archive. Each time, what is known
//! is gathered (`turn`), the next work planned (`plan`, a pure function), done (`perform`), and its evidence recorded
//! (`conclude`), durably; only then does the next step begin. Steps never call each other and never see the ledger. A crash
//! at any instant therefore leaves a state from which the step in hand can simply be done again: each looks before it acts.

pub(crate) mod aim;
mod closing;
mod conclude;
mod gate_now;
mod inward;
mod next;
mod outward;
mod perform;
mod performed;
mod plan;
mod plausible;
mod receipting;
pub(crate) mod recover;
pub(crate) mod turn;

use std::time::Duration;

use crate::gateway::{Failure, Gateway, Stop};
use performed::Performed;
use plan::{Work, plan};
use totatsu_ledger::LedgerError;
use totatsu_ledger::state::{Delivery, Gate, Standing};
use totatsu_ledger::step::Step;
use totatsu_transport::pool::Lease;

pub use conclude::log;
pub use gate_now::gate_now;

/// A session for the next work, or why none came about.
pub type Connected<'g> = Result<Lease<'g>, Failure>;

/// What the next step of a delivery came to.
#[derive(Debug)]
pub struct Advanced<'g> {
    /// The delivery as it stands now.
    pub delivery: Delivery,
    /// The session, for the next step: whoever has no use for it gives it back.
    pub line: Option<Lease<'g>>,
    /// For how long the collection's file at the partner has to settle, and nothing can be done. The ledger doesn't know of
    /// it.
    pub settles_in: Option<Duration>,
    /// The lock that the delivery let go of: others may wait for it.
    pub let_go: Option<String>,
}

/// Takes the next step of a delivery and records what came of it. A delivery that is finished or held is handed back as it
/// is.
///
/// # Errors
/// See [`Stop`]. What was done stays done; the ledger tells how far that is.
pub async fn advance(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let line = match next_work(gateway, &delivery)?.at_partner {
        Some(step) => Some(gateway.session(&delivery, step).await),
        None => None,
    };
    let Advanced { delivery, line, .. } = advance_with(gateway, delivery, line).await?;
    line.into_iter().for_each(Lease::give_back);
    Ok(delivery)
}

/// What is to be done on a delivery next.
#[derive(Debug, Clone, Copy)]
pub struct NextWork {
    /// The step for which the delivery needs a session with its partner next; nothing where it needs none, or its turn hasn't come.
    pub at_partner: Option<Step>,
    /// Something will be recorded, whatever comes of the next work.
    pub is_recorded: bool,
}

/// Plans the next work of a delivery without doing it.
///
/// # Errors
/// The ledger can't answer.
pub fn next_work(gateway: &Gateway, delivery: &Delivery) -> Result<NextWork, LedgerError> {
    let known = turn::known_of(gateway, delivery, false)?;
    let work = plan(delivery, &known);
    let waits_as_before = matches!(&work, Work::Wait(gate) if conclude::is_known(delivery, gate));
    let is_recorded = work.is_recorded() && !waits_as_before;
    Ok(NextWork { at_partner: work.at_partner(), is_recorded })
}

/// As [`advance`], with the session in hand that [`next_work`] asked for. Everything is planned anew: until the session came,
/// a gate may have closed. A session that isn't needed goes back.
///
/// # Errors
/// See [`Stop`].
pub async fn advance_with<'g>(
    gateway: &'g Gateway,
    delivery: Delivery,
    line: Option<Connected<'g>>,
) -> Result<Advanced<'g>, Stop> {
    let (delivery, line) = step(gateway, delivery, line).await?;
    let settles_in = gateway.settling.left(&delivery.id);
    // A delivery that another program keeps waiting stays in front, and tries again.
    let stays = matches!(&delivery.standing, Standing::Queued { gate: Gate::Exclusive { behind: None, .. } });
    let let_go = if stays { None } else { gateway.fronts.leave(&delivery.id) };
    Ok(Advanced { delivery, line, settles_in, let_go })
}

/// Plans the next work, does it and records it. Hands the session back, unless something may be wrong with it.
async fn step<'g>(
    gateway: &'g Gateway,
    delivery: Delivery,
    mut line: Option<Connected<'g>>,
) -> Result<(Delivery, Option<Lease<'g>>), Stop> {
    let mut outbox_name_gone = false;
    loop {
        let known = turn::known_of(gateway, &delivery, outbox_name_gone)?;
        let work = plan(&delivery, &known);
        let mut lease = match line.take() {
            Some(Ok(lease)) if work.at_partner().is_none() => {
                lease.give_back();
                None
            }
            // The receipt is due even if no session was found to remove the acknowledgement with.
            Some(Err(_)) if matches!(work, Work::Receipt(_)) => None,
            Some(Err(failure)) if work.at_partner().is_some() => {
                return Ok((conclude::conclude(gateway, delivery, Err(failure)).await?, None));
            }
            Some(Ok(lease)) => Some(lease),
            Some(Err(_)) | None => None,
        };
        let goes_on = matches!(work, Work::ReleaseOutboxName(_) | Work::Supersede(_));
        let outcome = match perform::perform(gateway, &delivery, work, &mut lease).await {
            Ok(Performed::Nothing) if goes_on => {
                outbox_name_gone = true;
                continue;
            }
            Ok(Performed::Nothing | Performed::Settles) => return Ok((delivery, lease)),
            Ok(Performed::Done(event)) => Ok(event),
            Ok(Performed::Recorded(delivery)) => {
                conclude::recorded(gateway, &delivery);
                return Ok((*delivery, lease));
            }
            Ok(Performed::Begun(event, begun)) => {
                let delivery = conclude::conclude(gateway, delivery, Ok(event)).await?;
                let outcome = perform::go_on(gateway, &delivery, begun).await;
                return Ok((conclude::conclude(gateway, delivery, outcome).await?, lease));
            }
            Err(failure @ (Failure::Closed(_) | Failure::NameTaken(_))) => Err(failure),
            Err(failure) => {
                // The partner may have changed what it grants to the next session.
                lease = None;
                Err(failure)
            }
        };
        return Ok((conclude::conclude(gateway, delivery, outcome).await?, lease));
    }
}
