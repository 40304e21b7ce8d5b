//! Tries a partner that is down again and again with one connection, for all its deliveries.
//!
//! Owns the end of an outage: one alert, and the deliveries go on in the order in which they began. A partner that stays
//! away longer than a person is to wait is held; a medium is waited for as long as it takes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::stopping::{DaemonError, Stopping, unless_tried_again};
use crate::alert::Kind;
use crate::gateway::{Gateway, Outage, Stop};
use totatsu_base::say;
use totatsu_base::{Moment, Remedy};
use totatsu_ledger::state::QUEUED;
use totatsu_ledger::{Gate, LedgerError, Standing, Subject};
use totatsu_transport::TransportError;
use totatsu_transport::medium::MediumFault;

/// How long a probe waits at most before it looks at the clock again: the system clock may be set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Takes partners for down that were when the gateway ended, as far as the ledger tells: a delivery that was queued for such
/// a partner says since when. Each is tried at once, or once its hours begin, with one connection for all its deliveries;
/// a medium is always looked for at once.
pub(super) fn known_from_before(gateway: &Gateway) -> Result<(), LedgerError> {
    let now = Moment::now();
    let mut known = BTreeMap::<String, Outage>::new();
    for id in gateway.ledger.in_state(QUEUED, None)? {
        let Some(delivery) = gateway.ledger.find(&id)? else { continue };
        let (partner, since, reason) = match delivery.standing {
            Standing::Queued { gate: Gate::PartnerDown { partner, since } } => {
                (partner, since, say!("daemon-down-before"))
            }
            Standing::Queued { gate: Gate::MediumWanted { partner, since, reason } } => {
                (partner, since, reason)
            }
            Standing::Queued { .. } | Standing::Going | Standing::Waiting { .. } | Standing::Held { .. } => {
                continue;
            }
        };
        // The outage can't have begun later than now, whatever the clock said then.
        let since = since.min(now);
        let (attempts, room_wanted) = (0, 0);
        let next = if gateway.config.is_carried(&partner) { now } else { gateway.next_probe(&partner, now) };
        let outage = Outage { since, tried_since: now, attempts, at: now, next, reason, room_wanted };
        // A delivery that has waited since an earlier outage knows nothing of the last one.
        let later = known.get(&partner).is_some_and(|known| known.since >= since);
        if !later {
            known.insert(partner, outage);
        }
    }
    for (partner, outage) in known {
        gateway.outages.begin(&partner, outage);
    }
    Ok(())
}

/// Probes one partner whenever it is down, until asked to stop. A held partner isn't tried.
pub(super) async fn run(
    gateway: Arc<Gateway>,
    partner: String,
    mut stopping: Stopping,
) -> Result<(), DaemonError> {
    while !stopping.is_asked() {
        let held = gateway.ledger.hold(&Subject::Partner(partner.clone())).map_err(Stop::from)?.is_some();
        // Whoever releases the partner has it tried at once.
        let outage = gateway.outages.of(&partner).filter(|_| !held);
        let due = outage.map(|outage| outage.next.wait_left(outage.at, Moment::now()));
        match due {
            Some(due) if due.is_zero() => {
                let probed = probe(&gateway, &partner, &mut stopping).await;
                if unless_tried_again(probed)?.is_none() {
                    stopping.asked_within(gateway.config.gateway.backoff.first).await;
                }
            }
            due => tokio::select! {
                () = stopping.asked() => {}
                () = gateway.outages.stirred(&partner) => {}
                () = sleep(due) => {}
            },
        }
    }
    Ok(())
}

async fn sleep(due: Option<Duration>) {
    match due {
        Some(due) => tokio::time::sleep(due.min(LOOK_AGAIN)).await,
        None => std::future::pending().await,
    }
}

async fn probe(gateway: &Gateway, partner: &str, stopping: &mut Stopping) -> Result<(), LedgerError> {
    let Some(outage) = gateway.outages.of(partner) else { return Ok(()) };
    let tried = tokio::select! {
        tried = gateway.probe(partner) => tried,
        () = stopping.asked() => return Ok(()),
    };
    let backoff = gateway.config.gateway.backoff;
    match tried {
        Ok(()) if gateway.config.is_carried(partner) => {
            tracing::info!(partner, "{}", say!("daemon-medium-there", since = outage.since));
        }
        Ok(()) => {
            let text = say!("daemon-reached-again", since = outage.since);
            gateway.tell_of_partner(Kind::PartnerBack, partner, text);
        }
        Err(error) if error.medium_wanted().is_some() => {
            want_on(gateway, partner, outage, &error);
            return Ok(());
        }
        Err(error) if error.remedy() != Remedy::Retry => {
            gateway.hold_partner(partner, error.to_string()).await?;
        }
        Err(error) => {
            let (now, attempts) = (Moment::now(), outage.attempts.saturating_add(1));
            // The outage can't have begun later than now, whatever the clock said then.
            let (since, tried_since) = (outage.since.min(now), outage.tried_since.min(now));
            if outage.attempts == 0 {
                gateway.tell_of_partner(Kind::PartnerDown, partner, gateway.why_unreached(partner, &error));
            }
            let outage = Outage { since, tried_since, at: now, ..outage };
            let hours = gateway.config.partners.get(partner).map(|partner| &partner.hours);
            let hours = hours.cloned().unwrap_or_default();
            if let Some(next) = backoff.next(attempts, outage.tried_since, now, rand::random(), &hours) {
                let reason = gateway.why_unreached(partner, &error);
                let outage = Outage { attempts, next, reason, ..outage };
                gateway.outages.go_on(partner, outage);
                return Ok(());
            }
            let reason = say!("daemon-gave-up", since = outage.since, attempts = attempts, error = error);
            gateway.hold_partner(partner, reason).await?;
        }
    }
    gateway.outages.end(partner);
    gateway.wake_queued(&Subject::Partner(partner.to_owned()))
}

/// A medium may stay away for as long as it likes: looking costs nothing. Somebody who puts in another than the one that is
/// wanted hears of it once.
fn want_on(gateway: &Gateway, partner: &str, outage: Outage, error: &TransportError) {
    let Some(fault) = error.medium_wanted() else { return };
    let reason = match fault {
        // The free space that it tells changes; that it is too little doesn't.
        MediumFault::Full { .. } => outage.reason.clone(),
        MediumFault::Missing { .. }
        | MediumFault::NotMounted
        | MediumFault::Unmarked
        | MediumFault::MarkUnreadable { .. }
        | MediumFault::Wrong { .. }
        | MediumFault::ReadOnly
        | MediumFault::Gone { .. }
        | MediumFault::TooLarge { .. } => error.to_string(),
    };
    let unfit = matches!(
        fault,
        MediumFault::Unmarked
            | MediumFault::MarkUnreadable { .. }
            | MediumFault::Wrong { .. }
            | MediumFault::ReadOnly
    );
    if outage.attempts == 0 || unfit && reason != outage.reason {
        gateway.tell_of_partner(Kind::MediumWanted, partner, reason.clone());
    }
    let attempts = outage.attempts.saturating_add(1);
    let at = Moment::now();
    let next = at.after(gateway.config.gateway.backoff.first);
    gateway.outages.go_on(partner, Outage { attempts, at, next, reason, ..outage });
}
