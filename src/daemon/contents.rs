//! Retention of contents: what deliveries carried is removed from the archive before their folders are, where the configuration
//! says so.
//!
//! Owns which are due: those that were archived longer ago than `keep_contents` of their link, or of the gateway, says now, whatever
//! it said when they were archived. Promises that the ledger says so, with names and digests, before a file goes, that receipt and
//! signature stay, and that a look costs what is due and not what is kept. A removal that was cut off is finished the next time.
//! Leaves one that a person is acting on, or whose files can't be removed, for the next time. Never touches a delivery under way.

use std::sync::Arc;
use std::time::Duration;

use super::clearing::RetentionError;
use crate::archive;
use crate::blocking::blocking;
use crate::gateway::Gateway;
use totatsu_base::{DeliveryId, Moment, Remedy, say};
use totatsu_ledger::{Archivings, Delivery, Event, Ledger, LedgerError, Wanted};

/// How many deliveries are looked at together.
const TOGETHER: usize = 1000;
/// How many of the deliveries emptied last are searched for files that were left behind: one removal at a time can be cut
/// off.
const REMOVED_LAST: usize = 200;

/// Removes what is due at `now`, and what an earlier removal left behind; says of how many deliveries. Those whose files can't be
/// removed are passed over, and the first error is told when all others are done.
///
/// # Errors
/// See [`RetentionError`].
pub async fn remove_due(gateway: &Arc<Gateway>, now: Moment) -> Result<usize, RetentionError> {
    let (mut gone, mut failed) = (0, None);
    let mut count = |outcome: Result<bool, RetentionError>| match outcome {
        Ok(removed) => {
            gone += usize::from(removed);
            Ok(())
        }
        Err(error) if error.remedy() == Remedy::Stop => Err(error),
        Err(error) => {
            failed.get_or_insert(error);
            Ok(())
        }
    };
    let looking = gateway.clone();
    for id in blocking(move || looking.ledger.contents_removed_last(REMOVED_LAST)).await? {
        count(finish(gateway, id).await)?;
    }
    let looking = gateway.clone();
    for link in blocking(move || looking.ledger.links_of_past()).await? {
        let Some(keep) = gateway.config.keep_contents_of(&link) else { continue };
        let mut below = Some(DeliveryId::lowest_at(now.before(keep)));
        while let Some(newest) = below {
            let (looking, link) = (gateway.clone(), link.clone());
            let (due, next) = blocking(move || look(&looking.ledger, link, newest, keep, now)).await?;
            for delivery in due {
                count(remove(gateway, delivery, keep).await)?;
            }
            below = next;
        }
    }
    failed.map_or(Ok(gone), Err)
}

/// The next deliveries of a link whose contents are due, of those that began before one, and where to look on.
fn look(
    ledger: &Ledger,
    link: String,
    below: DeliveryId,
    keep: Duration,
    now: Moment,
) -> Result<(Vec<Delivery>, Option<DeliveryId>), LedgerError> {
    let wanted = Wanted { contents_of: Some(link), below: Some(below), ..Wanted::default() };
    let (mut due, mut looked, mut last) = (Vec::new(), 0, None);
    let archivings = ledger.archivings()?;
    for delivery in ledger.wanted(wanted).take(TOGETHER) {
        let delivery = delivery?;
        (looked, last) = (looked + 1, Some(delivery.id.clone()));
        if archived_at(&archivings, &delivery, now)?.is_some_and(|archived| archived.after(keep) <= now) {
            due.push(delivery);
        }
    }
    Ok((due, last.filter(|_| looked == TOGETHER)))
}

/// When a delivery was archived. A wrong clock may have recorded too early a time: no delivery was archived before those that
/// were archived ahead of it. They are looked at in growing distances, to meet one from before the clock went wrong. A time
/// after `now` is wrong too.
fn archived_at(
    archivings: &Archivings,
    delivery: &Delivery,
    now: Moment,
) -> Result<Option<Moment>, LedgerError> {
    let Some((event, mut archived)) = delivery.archiving() else { return Ok(None) };
    let mut distance = 0;
    while let Some((_, before)) = archivings.before(event.saturating_sub(distance))? {
        archived = Some(before).filter(|before| *before <= now).max(Some(archived)).unwrap_or(archived);
        distance = (distance * 2).max(1);
    }
    Ok(Some(archived))
}

async fn remove(gateway: &Arc<Gateway>, delivery: Delivery, keep: Duration) -> Result<bool, RetentionError> {
    let Delivery { id, .. } = &delivery;
    let Some(_claim) = gateway.claims.claim(id) else { return Ok(false) };
    let folder = gateway.spool.archived_folder(id);
    // Removed by hand: there is nothing to remove, and nothing that we could say of it.
    if !folder.path().is_dir() {
        return Ok(false);
    }
    let listed = folder.clone();
    let files = blocking(move || archive::contents_in(&listed)).await?;
    let until = delivery.archiving().map_or(delivery.updated, |(_, archived)| archived).after(keep);
    let reason = say!("daemon-contents-kept-until", date = until.date());
    // From here on the ledger says that they are gone: a crash leaves files, never a riddle.
    let event = Event::ContentsRemoved { files, reason: reason.clone(), by: None };
    gateway.ledger.record(id.clone(), event).await?;
    blocking(move || archive::remove_contents(&folder)).await?;
    tracing::info!(delivery = %id, "{}", say!("daemon-contents-removed", why = reason));
    Ok(true)
}

/// Removes what an earlier removal left behind.
async fn finish(gateway: &Arc<Gateway>, id: DeliveryId) -> Result<bool, RetentionError> {
    let folder = gateway.spool.archived_folder(&id);
    let left = move || match folder.path().is_dir() && archive::has_contents(&folder)? {
        true => archive::remove_contents(&folder).map(|()| true),
        false => Ok(false),
    };
    Ok(blocking(left).await?)
}
