//! At start: what the ledger says and what lies on the disk are compared, and each difference has one answer.
//!
//! Owns the table [`decide`]. Most crashes need nothing here: the journey simply does the step in hand again. What is
//! left are folders that the ledger never came to know, and deliveries whose folder is gone. Never deletes the only
//! copy of anything.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::accept;
use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::journey::{Step, step_after};
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Stage, Standing};
use crate::ledger::{Ledger, LedgerError};
use crate::spool::{self, DeliveryFolder, Spool, SpoolError};

/// What is found on the disk for one delivery id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A folder among the deliveries; each file in it has another name elsewhere.
    OnlySecondNames,
    /// A folder among the deliveries that holds the only copy of something.
    OnlyCopy,
    /// No folder among the deliveries, but one in the archive.
    InArchive,
    /// No folder at all.
    Nothing,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The journey goes on.
    GoOn,
    /// The folder is removed: a crash came before the ledger knew it, and what it holds is still where it was.
    Discard,
    /// The folder is moved to `orphans/`, for a person to look at.
    SetAside,
    /// The delivery is held: its bytes are gone.
    Hold,
}

/// Why the start failed.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The ledger; see there.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The spool can't be read or tidied.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// The table: the stage that the ledger knows, if any, against what is found.
pub fn decide(known: Option<Stage>, found: Found) -> Decision {
    match (known, found) {
        (None, Found::OnlySecondNames) => Decision::Discard,
        (None, Found::OnlyCopy) => Decision::SetAside,
        (None, Found::InArchive | Found::Nothing) => Decision::GoOn,
        (Some(_), Found::OnlySecondNames | Found::OnlyCopy) => Decision::GoOn,
        // Archiving is all that is left for these, and may have been done.
        (Some(stage), Found::InArchive) if stage.is_ending() => Decision::GoOn,
        (Some(_), Found::InArchive | Found::Nothing) => Decision::Hold,
    }
}

/// Settles every difference between ledger and spool, and says which deliveries have work left.
///
/// # Errors
/// The ledger or the spool can't be read or written.
pub async fn at_start(ledger: &Ledger, spool: &Spool) -> Result<Vec<DeliveryId>, RecoverError> {
    for (name, folder) in folders(&spool.deliveries())? {
        let known = match name.parse::<DeliveryId>() {
            Ok(id) => ledger.find(&id)?.map(|delivery| delivery.stage),
            Err(_) => None,
        };
        match decide(known, found_in(folder.path())?) {
            Decision::GoOn | Decision::Hold => {}
            Decision::Discard => {
                tracing::info!(
                    folder = name,
                    "removed: a start was interrupted before the file was accepted"
                );
                accept::discard(&folder);
            }
            Decision::SetAside => {
                tracing::warn!(
                    folder = name,
                    "set aside in orphans/: the ledger doesn't know it; look at it"
                );
                spool::rename_to_free_name(folder.path(), &spool.orphans().join(&name))?;
            }
        }
    }
    let unfinished = ledger.unfinished()?;
    if !unfinished.is_empty() {
        tracing::info!(deliveries = unfinished.len(), "unfinished deliveries go on");
    }
    for id in &unfinished {
        let Some(delivery) = ledger.find(id)? else { continue };
        let gone = !spool.folder(id).path().is_dir();
        let found = match (gone, spool.archived_folder(id).path().is_dir()) {
            (false, _) => Found::OnlyCopy,
            (true, true) => Found::InArchive,
            (true, false) => Found::Nothing,
        };
        if decide(Some(delivery.stage), found) == Decision::Hold && delivery.standing == Standing::Going {
            let reason =
                "its folder is missing in the spool: restore it from a backup, restart, then release";
            let (step, reason) = (step_after(delivery.stage), reason.to_owned());
            let event = Event::Held { step, reason, duplicate_of: None, out_of_sequence: false };
            crate::journey::log(&ledger.record(id.clone(), event).await?);
        } else if let Some(event) = interrupted(&delivery) {
            crate::journey::log(&ledger.record(id.clone(), event).await?);
        }
    }
    Ok(unfinished)
}

/// What the gateway's end cut off at the partner: a transfer begins anew, and the receipt counts it; a final name may have
/// been given, so the partner is looked at first.
fn interrupted(delivery: &Delivery) -> Option<Event> {
    let waiting = |step, reason: &str, unknown, back_to| {
        let (until, reason) = (Moment::now(), reason.to_owned());
        Some(Event::Waiting { step, attempt: 1, until, reason, unknown, back_to })
    };
    let going = delivery.standing == Standing::Going;
    if delivery.stage == Stage::Transferring && going {
        let reason = "the gateway ended in the middle of the transfer, which begins anew";
        waiting(Step::Transfer, reason, false, Some(Stage::Converted))
    } else if delivery.stage == Stage::Verified && going {
        let reason =
            "the gateway ended when the final name may have been asked for: the partner is looked at first";
        waiting(Step::Publish, reason, true, None)
    } else {
        None
    }
}

fn folders(deliveries: &Path) -> Result<Vec<(String, DeliveryFolder)>, SpoolError> {
    let list = || -> std::io::Result<Vec<_>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(deliveries)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push((
                    entry.file_name().to_string_lossy().into_owned(),
                    DeliveryFolder::at(&entry.path()),
                ));
            }
        }
        Ok(found)
    };
    list().map_err(SpoolError::at("listing", deliveries))
}

/// A file with a second name is the one in the outbox, or in the archive for a delivery that was to be resent.
fn found_in(folder: &Path) -> Result<Found, SpoolError> {
    let only_second_names = || -> std::io::Result<bool> {
        for entry in fs::read_dir(folder)? {
            if entry?.metadata()?.nlink() < 2 {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let second = only_second_names().map_err(SpoolError::at("looking into", folder))?;
    Ok(if second { Found::OnlySecondNames } else { Found::OnlyCopy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_all_combinations_nothing_that_may_be_the_only_copy_is_discarded_and_no_known_delivery_is_forgotten()
     {
        let under_way = [
            Stage::Found,
            Stage::Fetched,
            Stage::Decoded,
            Stage::Placing,
            Stage::Placed,
            Stage::Importing,
            Stage::Imported,
            Stage::Accepted,
            Stage::Converted,
            Stage::Transferring,
            Stage::Transferred,
            Stage::Verified,
            Stage::Published,
            Stage::Acknowledged,
            Stage::Confirmed,
        ];
        let ending = [
            Stage::Receipted,
            Stage::Archived,
            Stage::Rejected,
            Stage::Repeated,
            Stage::Superseded,
            Stage::Cancelled,
        ];
        for found in [Found::OnlySecondNames, Found::OnlyCopy, Found::InArchive, Found::Nothing] {
            let lies_here = matches!(found, Found::OnlySecondNames | Found::OnlyCopy);
            for stage in under_way {
                let expected = if lies_here { Decision::GoOn } else { Decision::Hold };
                assert_eq!(decide(Some(stage), found), expected, "{stage} {found:?}");
            }
            for stage in ending {
                let expected = if found == Found::Nothing { Decision::Hold } else { Decision::GoOn };
                assert_eq!(decide(Some(stage), found), expected, "{stage} {found:?}");
            }
            let unknown = match found {
                Found::OnlySecondNames => Decision::Discard,
                Found::OnlyCopy => Decision::SetAside,
                Found::InArchive | Found::Nothing => Decision::GoOn,
            };
            assert_eq!(decide(None, found), unknown, "{found:?}");
        }
    }
}
