//! Retention: what the archive no longer has to keep is removed.
//!
//! Owns the decision [`due`] and its execution. A folder goes once its `keep_until` has passed, or, where the archive has
//! grown beyond `archive.max_size`, from the oldest on, but never younger than `archive.keep_at_least`. Promises that the
//! ledger says so before anything is deleted, so that a folder that is gone was removed and not lost; journal and receipts
//! in it stay for ever. A removal that was cut off is finished the next time. Never touches a delivery under way, and
//! removes nothing while the clock may have leapt ahead: see [`leapt`].

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::blocking::blocking;
use crate::config::Retention;
use crate::gateway::Gateway;
use crate::spool::Spool;
use totatsu_base::durable::{self, if_there};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy, SpoolError};
use totatsu_ledger::{Delivery, Event, Ledger, LedgerError};

/// A clock that is further ahead than this of what the gateway last knew is not believed when it comes to removing.
const LEAP: Duration = Duration::from_secs(31 * 24 * 3600);
/// How many of the newest deliveries are searched for the last event.
const RECENT: usize = 200;
/// How many of the deliveries removed last are searched for a folder that was left behind: one removal at a time can be cut
/// off.
const REMOVED_LAST: usize = 200;

/// A finished delivery whose folder is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The delivery.
    pub id: DeliveryId,
    /// The event with which it was archived.
    pub event: u64,
    /// When it was archived.
    pub archived: Moment,
    /// The earliest instant at which it may be removed.
    pub keep_until: Moment,
    /// Bytes in its folder.
    pub size: u64,
}

/// Why old folders can't be removed.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The ledger failed, see [`LedgerError`].
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A folder can't be looked at or removed: usually missing rights. The operator mends that; it is tried again.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl RetentionError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            RetentionError::Ledger(error) => error.remedy(),
            RetentionError::Spool(error) => Remedy::for_own_disk(&error.error),
        }
    }
}

/// Which folders go at `now`, and why; `kept` is in the order of archiving, the oldest first.
pub fn due(kept: &[Kept], retention: &Retention, now: Moment) -> Vec<(DeliveryId, String)> {
    let (expired, rest): (Vec<&Kept>, Vec<&Kept>) = kept.iter().partition(|kept| kept.keep_until <= now);
    let reason = |kept: &Kept| say!("daemon-kept-until", date = kept.keep_until.date());
    let mut gone: Vec<_> = expired.into_iter().map(|kept| (kept.id.clone(), reason(kept))).collect();
    let Some(max_size) = retention.max_size else { return gone };
    let mut size = rest.iter().fold(0_u64, |sum, kept| sum.saturating_add(kept.size));
    for kept in rest {
        let is_young = now.since(kept.archived) < retention.keep_at_least;
        if size <= max_size || is_young {
            break;
        }
        size -= kept.size;
        let limit = bytesize::ByteSize::b(max_size).display().iec().to_string();
        gone.push((kept.id.clone(), say!("daemon-archive-too-large", limit = limit)));
    }
    gone
}

/// Whether the clock may be wrong: it shows `now`, more than a month ahead of `known` and the time that has `passed` since.
pub fn leapt(known: Moment, passed: Duration, now: Moment) -> bool {
    now.since(known.after(passed)) > LEAP
}

/// When the last event was recorded, as far as the newest deliveries tell.
///
/// # Errors
/// The index fails.
pub fn last_recorded(ledger: &Ledger) -> Result<Option<Moment>, LedgerError> {
    let mut last = None;
    for delivery in ledger.newest_first().take(RECENT) {
        last = last.max(Some(delivery?.updated));
    }
    Ok(last)
}

/// Removes what is due at `now`, and what an earlier removal left behind; says how many folders are gone.
///
/// # Errors
/// See [`RetentionError`]. What the ledger calls removed is removed the next time.
pub async fn remove_due(gateway: &Arc<Gateway>, now: Moment) -> Result<usize, RetentionError> {
    let retention = gateway.config.gateway.retention;
    let looking = gateway.clone();
    let (kept, left_behind) =
        blocking(move || look(&looking.ledger, &looking.spool, &retention, now)).await?;
    let mut gone = 0;
    for id in left_behind {
        remove(gateway, id).await?;
        gone += 1;
    }
    for (id, why) in due(&kept, &retention, now) {
        // From here on the ledger says that the folder is gone: a crash leaves a folder, never a riddle.
        gateway.ledger.record(id.clone(), Event::Removed { why: why.clone() }).await?;
        remove(gateway, id.clone()).await?;
        tracing::info!(delivery = %id, "{}", say!("daemon-folder-removed", why = why));
        gone += 1;
    }
    Ok(gone)
}

async fn remove(gateway: &Gateway, id: DeliveryId) -> Result<(), SpoolError> {
    let folder = gateway.spool.archived_folder(&id);
    blocking(move || durable::remove_folder(folder.path())).await
}

/// The folders that are kept, the oldest first, and those that should be gone already. Where the archive has no size limit,
/// only the folders up to the last one that is due are looked at.
fn look(
    ledger: &Ledger,
    spool: &Spool,
    retention: &Retention,
    now: Moment,
) -> Result<(Vec<Kept>, Vec<DeliveryId>), RetentionError> {
    let (mut kept, mut left_behind) = (Vec::new(), Vec::new());
    for id in ledger.removed_last(REMOVED_LAST)? {
        if size_of(spool.archived_folder(&id).path())?.is_some() {
            left_behind.push(id);
        }
    }
    let last_due = match retention.max_size {
        Some(_) => Some(u64::MAX),
        None => ledger.last_due(now)?,
    };
    let Some(last_due) = last_due else { return Ok((kept, left_behind)) };
    for delivery in ledger.kept() {
        let delivery: Delivery = delivery?;
        let Some((event, at)) = delivery.archiving() else { continue };
        if event > last_due {
            break;
        }
        let Some(archived) = delivery.archived else { continue };
        // Removed by hand: there is nothing to remove, and nothing that we could say of it.
        let Some(size) = size_of(spool.archived_folder(&delivery.id).path())? else { continue };
        kept.push(Kept { id: delivery.id, event, archived: at, keep_until: archived.keep_until, size });
    }
    Ok((in_order(kept, now), left_behind))
}

/// Puts the folders in the order of archiving, and corrects what a wrong clock said. A folder wasn't archived earlier than
/// those before it: if its time says so, it gets theirs, and is kept from then on for as long as was meant. A time after
/// `now` is wrong too.
fn in_order(mut kept: Vec<Kept>, now: Moment) -> Vec<Kept> {
    kept.sort_by_key(|kept| kept.event);
    let mut latest = None;
    for kept in &mut kept {
        latest = latest.max(Some(kept.archived).filter(|archived| *archived <= now));
        if let Some(latest) = latest.filter(|latest| kept.archived < *latest) {
            kept.keep_until = latest.after(kept.keep_until.since(kept.archived));
            kept.archived = latest;
        }
    }
    kept
}

/// Bytes of the files in a folder; nothing if it isn't there.
fn size_of(folder: &Path) -> Result<Option<u64>, SpoolError> {
    let entries = if_there(std::fs::read_dir(folder)).map_err(SpoolError::at("disk-reading", folder))?;
    let Some(entries) = entries else { return Ok(None) };
    let mut size = 0_u64;
    for entry in entries {
        let metadata =
            entry.and_then(|entry| entry.metadata()).map_err(SpoolError::at("disk-reading", folder))?;
        size = size.saturating_add(metadata.len());
    }
    Ok(Some(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const DAY: Duration = Duration::from_hours(24);

    fn at(day: &str) -> Moment {
        format!("{day}T12:00:00+09:00").parse().unwrap()
    }

    fn kept(number: u32, archived: &str, keep_until: &str) -> Kept {
        let id = format!("20260101-00000{number}-k7m2q9").parse().unwrap();
        Kept { id, event: number.into(), archived: at(archived), keep_until: at(keep_until), size: 10 * MIB }
    }

    fn retention(max_size: Option<u64>) -> Retention {
        Retention { keep: 1830 * DAY, max_size, keep_at_least: 90 * DAY, keep_contents: None }
    }

    fn numbers(gone: &[(DeliveryId, String)]) -> Vec<&str> {
        gone.iter().map(|(id, _)| &id.as_str()[14..15]).collect()
    }

    #[test]
    fn a_folder_goes_when_its_time_has_passed_and_not_before() {
        let kept = [kept(1, "2026-01-01", "2026-11-20"), kept(2, "2026-01-02", "2026-11-21")];
        assert_eq!(numbers(&due(&kept, &retention(None), at("2026-11-20"))), ["1"]);
        assert!(due(&kept, &retention(None), at("2026-11-19")).is_empty());
    }

    #[test]
    fn a_clock_is_believed_as_long_as_it_is_no_month_ahead_of_what_was_known() {
        let (known, day) = (at("2026-01-01"), Duration::from_secs(24 * 3600));
        assert!(!leapt(known, Duration::ZERO, known.before(day)));
        assert!(!leapt(known, Duration::ZERO, known.after(31 * day)));
        assert!(leapt(known, Duration::ZERO, known.after(32 * day)));
        assert!(!leapt(known, 400 * day, known.after(400 * day)));
    }

    #[test]
    fn what_was_archived_by_a_clock_of_long_ago_is_kept_as_long_as_what_was_archived_before_it() {
        let by_wrong_clocks = [
            kept(2, "1970-01-01", "1971-01-01"),
            kept(1, "2026-01-01", "2027-01-01"),
            kept(3, "2099-01-01", "2100-01-01"),
            kept(4, "2026-01-03", "2027-01-03"),
        ];
        let kept = in_order(by_wrong_clocks.to_vec(), at("2026-11-20"));
        let until: Vec<String> = kept.iter().map(|kept| kept.keep_until.date().to_string()).collect();
        assert_eq!(until, ["2027-01-01", "2027-01-01", "2100-01-01", "2027-01-03"]);
        assert!(due(&kept, &retention(None), at("2026-11-20")).is_empty());
    }

    #[test]
    fn beyond_its_size_the_archive_loses_its_oldest_folders_but_no_young_one() {
        let kept = [
            kept(1, "2026-01-01", "2031-01-01"),
            kept(2, "2026-02-01", "2031-02-01"),
            kept(3, "2026-11-01", "2031-11-01"),
            kept(4, "2026-11-02", "2031-11-02"),
        ];
        let gone = |mib| numbers(&due(&kept, &retention(Some(mib * MIB)), at("2026-11-20"))).join(" ");
        assert_eq!(gone(40), "");
        assert_eq!(gone(39), "1");
        assert_eq!(gone(20), "1 2");
        assert_eq!(gone(0), "1 2");
    }

    #[test]
    fn what_has_expired_counts_no_more_towards_the_size() {
        let kept = [kept(1, "2026-01-01", "2026-11-01"), kept(2, "2026-02-01", "2031-02-01")];
        assert_eq!(numbers(&due(&kept, &retention(Some(10 * MIB)), at("2026-11-20"))), ["1"]);
    }
}
