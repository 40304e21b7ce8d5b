//! The end of every delivery and collection. If a delivery that was given up, or confirmed by hand, left a temporary file at
//! the partner, that is removed; then the folder moves to the archive.
//!
//! Owns when the temporary file is removed: once, just before the delivery's end, if the partner may and can be reached.
//! Promises that nothing waits for the removal: a file that can't be removed is named to people. Removes only the name that
//! bears the delivery's own id, which no partner gives to a file.

use std::time::Duration;

use crate::archive;
use crate::blocking::blocking;
use crate::gateway::{Failure, Gateway};
use totatsu_base::clock::Moment;
use totatsu_base::evidence::{Archived, Asked};
use totatsu_base::say;
use totatsu_ledger::event::Event;
use totatsu_ledger::hold::Subject;
use totatsu_ledger::state::Delivery;
use totatsu_ledger::step::Step;

/// How long the removal may take, waiting for a session included.
const PATIENCE: Duration = Duration::from_secs(30);

/// Moves a delivery's folder to the archive, once what it has left at the partner is removed, or named.
pub(super) async fn archive(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (spool, id, retention) =
        (gateway.spool.clone(), delivery.id.clone(), gateway.config.gateway.retention.keep);
    let swept = sweep(gateway, delivery).await;
    let archived = blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived: Archived { swept, ..archived } })
}

/// Removes the delivery's temporary file at the partner. Hands back what was asked and answered; nothing if there was no file
/// to remove, or the removal failed.
async fn sweep(gateway: &Gateway, delivery: &Delivery) -> Option<Asked> {
    let path = delivery.left_at_partner().filter(|_| may_be_reached(gateway, delivery))?;
    let removing = async {
        // Whatever keeps us from a session hinders other deliveries too, and is told with them.
        let mut lease = gateway.session(delivery, Step::Archive).await.map_err(|_| None)?;
        let removed = lease.session().remove(&path).await.map_err(|error| Some(error.to_string()))?;
        lease.give_back();
        Ok::<bool, Option<String>>(removed)
    };
    let why = match tokio::time::timeout(PATIENCE, removing).await {
        Ok(Ok(removed)) => {
            let answered =
                if removed { say!("journey-answered-removed") } else { say!("journey-answered-no-file") };
            return Some(Asked::new(say!("journey-asked-remove", path = path), answered));
        }
        Ok(Err(why)) => why.unwrap_or_else(|| say!("journey-no-session")),
        Err(_) => say!("journey-took-longer", time = format!("{PATIENCE:?}")),
    };
    let text = say!("journey-left-behind", path = path, partner = delivery.partner, why = why);
    tracing::warn!(delivery = %delivery.id, "{text}");
    None
}

/// Whether the partner may be asked now: neither partner nor link is held, it is within their hours, and the partner isn't
/// known to be down. A medium isn't asked for: whoever has it removes what is on it.
fn may_be_reached(gateway: &Gateway, delivery: &Delivery) -> bool {
    let is_free = |subject| gateway.ledger.hold(&subject).is_ok_and(|hold| hold.is_none());
    !gateway.config.is_carried(&delivery.partner)
        && gateway.outages.of(&delivery.partner).is_none()
        && gateway.config.opens(delivery, Moment::now()).is_none()
        && is_free(Subject::Partner(delivery.partner.clone()))
        && is_free(Subject::Link(delivery.link.clone()))
}
