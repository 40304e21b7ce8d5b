//! Carries each unfinished delivery along its way: one task per delivery, waiting when it waits.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::{Id, JoinSet};

use super::pulse::Knock;
use super::stopping::{DaemonError, Stopping};
use crate::config::link::InboundLink;
use crate::gateway::{Gateway, Stop};
use crate::journey::{self, Advanced, Connected, NextWork};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy};
use totatsu_ledger::state::QUEUED;
use totatsu_ledger::{Delivery, Gate, LedgerError, Stage, Standing, Step};
use totatsu_transport::pool::{Lease, Permit};

/// A closed gate is looked at again at the latest after this time, whoever forgot to say that it opened; and so is the
/// clock, which may have been set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How often it is looked whether a name in an inbox is free.
const LOOK_AT_INBOX: Duration = Duration::from_secs(5);
/// How often a lock is tried that somebody else has.
const LOOK_AT_LOCK: Duration = Duration::from_secs(1);
/// How many collections of a link are woken when another one ends, and how many deliveries of an ordered link are looked at
/// for the next. More would mostly find out that it is not their turn; one that is missed looks again by itself.
const WOKEN: usize = 16;
/// Deliveries of each stage that are woken when a lock is let go: one can have the lock, the other stands by in case the
/// first goes another way.
const WOKEN_BY_LOCK: usize = 2;
/// The stages at which a delivery may wait for a lock, those that go before the others first.
const UNDER_LOCK: [Stage; 7] = [
    Stage::Importing,
    Stage::Imported,
    Stage::Placed,
    Stage::Placing,
    Stage::Cancelled,
    Stage::Accepted,
    Stage::Decoded,
];
/// How soon a delivery is looked at again that a person is acting on.
const AFTER_ACT: Duration = Duration::from_millis(20);

/// The task of one delivery.
struct Carrier {
    wake: Arc<Notify>,
    /// Somebody asked for the delivery while its task may have been about to end.
    asked_again: bool,
}

/// Starts a task for each delivery that somebody wakes, until asked to stop; then waits for the steps in hand.
pub(super) async fn run(
    gateway: Arc<Gateway>,
    mut knocks: mpsc::Receiver<Knock>,
    mut stopping: Stopping,
) -> Result<(), DaemonError> {
    let mut woken = gateway.woken().expect("one daemon carries a gateway's deliveries");
    let mut tasks = JoinSet::new();
    let mut carriers: HashMap<DeliveryId, Carrier> = HashMap::new();
    let mut ids: HashMap<Id, DeliveryId> = HashMap::new();
    loop {
        let again = tokio::select! {
            () = stopping.asked() => break,
            Some(id) = woken.recv() => Some(id),
            Some(knock) = knocks.recv() => {
                answer(knock);
                None
            }
            Some(ended) = tasks.join_next_with_id() => {
                let (task, outcome): (Id, Result<(), Stop>) = ended.map_err(DaemonError::Panicked)?;
                outcome?;
                let id = ids.remove(&task);
                if let Some(id) = &id {
                    gateway.settling.forget(id);
                    if let Some(lock) = gateway.fronts.leave(id) {
                        wake_by_lock(&gateway, &lock).map_err(Stop::from)?;
                    }
                    wake_next_in_lane(&gateway, id).map_err(Stop::from)?;
                }
                id.filter(|id| carriers.remove(id).is_some_and(|carrier| carrier.asked_again))
            }
        };
        let Some(id) = again else { continue };
        if let Some(carrier) = carriers.get_mut(&id) {
            carrier.asked_again = true;
            carrier.wake.notify_one();
            continue;
        }
        let wake = Arc::new(Notify::new());
        let task = tasks.spawn(carry(gateway.clone(), id.clone(), wake.clone(), stopping.clone()));
        ids.insert(task.id(), id.clone());
        carriers.insert(id, Carrier { wake, asked_again: false });
    }
    finish(tasks, &gateway, knocks, stopping).await
}

/// Lets every task finish its step in hand: within the grace time where the daemon stops, for as long as it takes where it only
/// begins anew. What is cut off then is done again after the start.
async fn finish(
    mut tasks: JoinSet<Result<(), Stop>>,
    gateway: &Gateway,
    mut knocks: mpsc::Receiver<Knock>,
    mut stopping: Stopping,
) -> Result<(), DaemonError> {
    let all = async {
        loop {
            tokio::select! {
                ended = tasks.join_next() => match ended {
                    Some(ended) => ended.map_err(DaemonError::Panicked)??,
                    None => return Ok(()),
                },
                Some(knock) = knocks.recv() => answer(knock),
            }
        }
    };
    let patience = async {
        stopping.for_good().await;
        tokio::time::sleep(gateway.config.gateway.stop_grace).await;
    };
    let finished = tokio::select! {
        outcome = all => Some(outcome),
        () = patience => None,
    };
    if let Some(outcome) = finished {
        return outcome;
    }
    tracing::warn!("{}", say!("daemon-cut-off"));
    tasks.shutdown().await;
    Ok(())
}

/// Tells whoever knocked that this loop goes round. Nobody need be there to hear it.
fn answer(knock: Knock) {
    let _gone = knock.send(());
}

/// Wakes whoever may have waited for a delivery that ended, or is held. On an ordered link out that is the first one that
/// is neither held nor given up: a held one waits for a person, and nobody waits for one that was given up.
fn wake_next_in_lane(gateway: &Gateway, ended: &DeliveryId) -> Result<(), LedgerError> {
    let Some(ended) = gateway.ledger.find(ended)? else { return Ok(()) };
    if ended.collection().is_some() {
        return wake_collections(gateway, &ended.link);
    }
    if gateway.config.links.get(&ended.link).is_none_or(|link| link.order.is_free()) {
        return Ok(());
    }
    let may_go_on =
        |next: &Delivery| !matches!(next.standing, Standing::Held { .. }) && !next.stage.is_given_up();
    wake_first(gateway, gateway.ledger.lane(&ended.link).take(WOKEN), 1, may_go_on)
}

/// Wakes collections that may have waited for another one because of order, date, number or lock. They find out by themselves
/// whether it is their turn.
fn wake_collections(gateway: &Gateway, link: &str) -> Result<(), LedgerError> {
    let Some(link) = gateway.config.inbound.get(link) else { return Ok(()) };
    wake_by_lock(gateway, &link.lock)?;
    let has_turns = |other: &&InboundLink| !other.order.is_free() || other.sequence.is_some();
    let same_lock = gateway.config.inbound.values().filter(|other| other.lock == link.lock);
    for other in same_lock.filter(has_turns) {
        // The walk along a link's files may be long: it is spared where no collection waits.
        if gateway.ledger.each_in_state(QUEUED, Stage::Decoded).next().is_none() {
            return Ok(());
        }
        let waits = |next: &Delivery| matches!(next.standing, Standing::Queued { .. });
        wake_first(gateway, gateway.ledger.lane(&other.name), WOKEN, waits)?;
    }
    Ok(())
}

/// Wakes some of the deliveries that wait for a lock that was let go.
fn wake_by_lock(gateway: &Gateway, lock: &str) -> Result<(), LedgerError> {
    let waits = |next: &Delivery| match &next.standing {
        Standing::Queued { gate: Gate::Exclusive { lock: of, .. } } => of == lock,
        Standing::Going | Standing::Queued { .. } | Standing::Waiting { .. } | Standing::Held(_) => false,
    };
    UNDER_LOCK.into_iter().try_for_each(|stage| {
        wake_first(gateway, gateway.ledger.each_in_state(QUEUED, stage), WOKEN_BY_LOCK, waits)
    })
}

/// Wakes the first of these deliveries that stand so, no more than `at_most`.
fn wake_first(
    gateway: &Gateway,
    ids: impl Iterator<Item = Result<DeliveryId, LedgerError>>,
    at_most: usize,
    stands_so: impl Fn(&Delivery) -> bool,
) -> Result<(), LedgerError> {
    let mut woken = 0;
    for id in ids {
        let Some(next) = gateway.ledger.find(&id?)? else { continue };
        if stands_so(&next) {
            gateway.wake(&next.id);
            woken += 1;
        }
        if woken == at_most {
            break;
        }
    }
    Ok(())
}

/// Takes step after step until the delivery is finished or held, or the daemon is to stop.
async fn carry(
    gateway: Arc<Gateway>,
    id: DeliveryId,
    wake: Arc<Notify>,
    mut stopping: Stopping,
) -> Result<(), Stop> {
    // A delivery that has begun goes on with its session, so that it is finished before a younger one begins.
    let mut line = None;
    while !stopping.is_asked() {
        let pause = match next_step(&gateway, &id, &wake, &mut stopping, &mut line).await? {
            Next::Step => continue,
            Next::Nothing => break,
            Next::After(pause) => pause,
        };
        give_back(line.take());
        stopping.asked_or_hinted(pause, wake.notified()).await;
    }
    give_back(line);
    Ok(())
}

/// What a carrier does next.
enum Next {
    /// The next step, at once.
    Step,
    /// Look again after this time, or when it is woken.
    After(Duration),
    /// Nothing: the delivery is finished, or a person decides.
    Nothing,
}

/// Gets a session, where one is needed, and takes the step. `kept` is the session that the step before had, and that the next one
/// may have.
///
/// Thousands may stand in line at a time: what is large, the delivery and the step, is in memory only before and after that.
async fn next_step<'g>(
    gateway: &'g Gateway,
    id: &DeliveryId,
    wake: &Notify,
    stopping: &mut Stopping,
    kept: &mut Option<Lease<'g>>,
) -> Result<Next, Stop> {
    let Ahead { at_partner, partner, permit } = match look_ahead(gateway, id)? {
        Ok(ahead) => ahead,
        Err(other) => return Ok(other),
    };
    let usable = kept.take().filter(Lease::is_alive);
    let line = match (at_partner, usable) {
        (None, unused) => {
            give_back(unused);
            None
        }
        (Some(_), Some(lease)) => Some(Ok(lease)),
        (Some(step), None) => {
            let permit = if gateway.config.partners.contains_key(&partner) {
                let permit = stand_in_line(gateway, (id, step), permit, wake, stopping).await?;
                let Some(permit) = permit else { return Ok(Next::Step) };
                Some(permit)
            } else {
                None
            };
            // A connection that nobody waits for any more is let go: nothing was begun with it.
            tokio::select! {
                line = Box::pin(gateway.session_with(permit, &partner, step)) => Some(line),
                () = stopping.asked() => return Ok(Next::Nothing),
            }
        }
    };
    Box::pin(take_step(gateway, id, line, kept)).await
}

/// What is known of the next step before it is taken.
struct Ahead<P> {
    /// The step that needs a session with the partner.
    at_partner: Option<Step>,
    partner: String,
    /// Becomes the right to that session.
    permit: P,
}

/// What is ahead of a delivery that has a step to take, else what there is to do instead.
fn look_ahead<'g>(
    gateway: &'g Gateway,
    id: &DeliveryId,
) -> Result<Result<Ahead<impl Future<Output = Option<Permit<'g>>> + use<'g>>, Next>, LedgerError> {
    let Some(delivery) = gateway.ledger.find(id)? else { return Ok(Err(Next::Nothing)) };
    if let Some(other) = not_now(&delivery) {
        return Ok(Err(other));
    }
    let NextWork { at_partner, is_recorded } = journey::next_work(gateway, &delivery)?;
    if is_recorded && gateway.ledger.refuses() {
        let pause = gateway.config.gateway.backoff.first;
        if let Err(left) = gateway.recording.take(Instant::now(), pause) {
            return Ok(Err(Next::After(left)));
        }
    }
    Ok(Ok(Ahead { at_partner, permit: gateway.permit(&delivery), partner: delivery.partner }))
}

/// Takes the step. The delivery is claimed only with a session in hand, where one is needed: while it stands in line, people
/// can hold and cancel it.
async fn take_step<'g>(
    gateway: &'g Gateway,
    id: &DeliveryId,
    line: Option<Connected<'g>>,
    kept: &mut Option<Lease<'g>>,
) -> Result<Next, Stop> {
    let Some(_claim) = gateway.claims.claim(id) else {
        give_back(opened(line));
        return Ok(Next::After(AFTER_ACT));
    };
    let Some(delivery) = gateway.ledger.find(id)? else { return Ok(Next::Nothing) };
    if let Some(other) = not_now(&delivery) {
        give_back(opened(line));
        return Ok(other);
    }
    match journey::advance_with(gateway, delivery, line).await {
        Ok(Advanced { settles_in: Some(left), line, .. }) => {
            give_back(line);
            Ok(Next::After(left.min(LOOK_AGAIN)))
        }
        Ok(Advanced { delivery, line, settles_in: None, let_go }) => {
            *kept = line;
            if let Some(lock) = let_go {
                wake_by_lock(gateway, &lock)?;
            }
            Ok(match &delivery.standing {
                Standing::Queued { gate } => Next::After(pause_at(gateway, &delivery, gate)),
                Standing::Going | Standing::Waiting { .. } | Standing::Held { .. } => Next::Step,
            })
        }
        // What can't be recorded can't be counted as done either: the step is done again once there is room.
        Err(Stop::Ledger(error)) if error.remedy() == Remedy::Retry => {
            Ok(Next::After(gateway.config.gateway.backoff.first))
        }
        Err(stop) => Err(stop),
    }
}

/// What there is to do instead of a step: nothing, or to wait.
fn not_now(delivery: &Delivery) -> Option<Next> {
    match &delivery.standing {
        _ if delivery.is_finished() => Some(Next::Nothing),
        Standing::Held { .. } => Some(Next::Nothing),
        Standing::Waiting { until, .. } => {
            let left = until.wait_left(delivery.updated, Moment::now());
            (!left.is_zero()).then(|| Next::After(left.min(LOOK_AGAIN)))
        }
        Standing::Going | Standing::Queued { .. } => None,
    }
}

/// Waits for the right to a session, as at any other gate: the wait ends at a stop, a hold, an act by hand and a closing
/// hour. The place in line is kept while it is looked whether the step is still the next. Nothing if it isn't, or the daemon
/// is to stop.
async fn stand_in_line<'g>(
    gateway: &Gateway,
    (id, step): (&DeliveryId, Step),
    permit: impl Future<Output = Option<Permit<'g>>>,
    wake: &Notify,
    stopping: &mut Stopping,
) -> Result<Option<Permit<'g>>, Stop> {
    let mut permit = pin!(permit);
    loop {
        let granted = tokio::select! {
            granted = &mut permit => Some(granted),
            () = stopping.asked() => return Ok(None),
            () = wake.notified() => None,
            () = gateway.stirred() => None,
            () = tokio::time::sleep(LOOK_AGAIN) => None,
        };
        let now = gateway.ledger.find(id)?;
        let still_next = match &now {
            Some(now) if not_now(now).is_none() => journey::next_work(gateway, now)?.at_partner == Some(step),
            Some(_) | None => false,
        };
        match granted {
            _ if !still_next => return Ok(None),
            Some(permit) => return Ok(permit),
            None => {}
        }
    }
}

fn opened<'g>(line: Option<Connected<'g>>) -> Option<Lease<'g>> {
    line.and_then(Result::ok)
}

fn give_back(line: Option<Lease<'_>>) {
    line.into_iter().for_each(Lease::give_back);
}

fn pause_at(gateway: &Gateway, delivery: &Delivery, gate: &Gate) -> Duration {
    match gate {
        Gate::Hours { opens } => opens.remaining().min(LOOK_AGAIN),
        Gate::Acknowledgement { until, .. } => {
            let every = gateway.config.agreement(delivery).map_or(LOOK_AGAIN, |agreement| agreement.every);
            until.remaining().min(every)
        }
        Gate::Exclusive { behind: None, .. } => LOOK_AT_LOCK,
        Gate::Inbox { .. } => LOOK_AT_INBOX,
        Gate::Exclusive { behind: Some(_), .. }
        | Gate::Order { .. }
        | Gate::Sequence { .. }
        | Gate::PartnerDown { .. }
        | Gate::PartnerHeld { .. }
        | Gate::LinkHeld { .. }
        | Gate::MediumWanted { .. }
        | Gate::SameAcknowledgement { .. }
        | Gate::HandedOver { .. } => LOOK_AGAIN,
    }
}
