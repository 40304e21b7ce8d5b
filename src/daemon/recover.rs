//! At start: what the ledger says and what lies on the disk are compared, and each difference has one answer.
//!
//! Does what `journey::recover` decides. What is left over are folders that the ledger never came to know, and
//! deliveries whose folder is gone. Never deletes the only copy of anything.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::deliver::accept;
use crate::journey::recover::{Decision, FoundOnDisk, decide, interrupted};
use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::durable;
use totatsu_base::say;
use totatsu_base::{DeliveryId, SpoolError};
use totatsu_ledger::step::step_after;
use totatsu_ledger::{Event, Ledger, LedgerError, Standing};

/// Why the start failed.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The ledger failed, see [`LedgerError`].
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The spool can't be read or tidied.
    #[error(transparent)]
    Spool(#[from] SpoolError),
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
                tracing::info!(folder = name, "{}", say!("daemon-folder-discarded"));
                accept::discard(&folder);
            }
            Decision::SetAside => {
                tracing::warn!(folder = name, "{}", say!("daemon-folder-set-aside"));
                durable::rename_to_free_name(folder.path(), &spool.orphans().join(&name))?;
            }
        }
    }
    let unfinished = ledger.unfinished()?;
    if !unfinished.is_empty() {
        tracing::info!(deliveries = unfinished.len(), "{}", say!("daemon-unfinished-go-on"));
    }
    let (mut events, mut waited) = (Vec::new(), BTreeSet::new());
    for id in &unfinished {
        let Some(delivery) = ledger.find(id)? else { continue };
        let gone = !spool.folder(id).path().is_dir();
        let found = match (gone, spool.archived_folder(id).path().is_dir()) {
            (false, _) => FoundOnDisk::OnlyCopy,
            (true, true) => FoundOnDisk::InArchive,
            (true, false) => FoundOnDisk::Nothing,
        };
        let held = matches!(delivery.standing, Standing::Held { .. });
        if decide(Some(delivery.stage), found) == Decision::Hold && !held {
            let (step, reason) = (step_after(delivery.stage), say!("daemon-folder-missing"));
            events.push((id.clone(), Event::held(step, reason)));
        } else if let Some(event) = interrupted(&delivery) {
            if matches!(delivery.standing, Standing::Queued { .. }) {
                waited.insert(id.clone());
            }
            events.push((id.clone(), event));
        }
    }
    // All events are recorded together: one after the other, thousands of deliveries would delay the start for long.
    for recorded in ledger.record_all(events).await {
        let delivery = recorded?;
        // A delivery that waited for its turn, or for a medium, is nothing to be alarmed at.
        match delivery.standing.why(&delivery.id).filter(|_| waited.contains(&delivery.id)) {
            Some(why) => {
                tracing::info!(delivery = %delivery.id, link = delivery.link, state = delivery.state(), "{why}");
            }
            None => crate::journey::log(&delivery),
        }
    }
    Ok(unfinished)
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
    list().map_err(SpoolError::at("disk-listing", deliveries))
}

/// What a folder holds: the only copy of something, or only files that have a second name, in the outbox or, for a resend, in
/// the archive.
fn found_in(folder: &Path) -> Result<FoundOnDisk, SpoolError> {
    let only_second_names = || -> std::io::Result<bool> {
        for entry in fs::read_dir(folder)? {
            let metadata = entry?.metadata()?;
            // A directory has several links by itself; what lies in it may be the only copy.
            if metadata.is_dir() || metadata.nlink() < 2 {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let second = only_second_names().map_err(SpoolError::at("disk-looking-into", folder))?;
    Ok(if second { FoundOnDisk::OnlySecondNames } else { FoundOnDisk::OnlyCopy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_holds_only_a_directory_may_hold_the_only_copy_of_something() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("inside")).unwrap();
        assert_eq!(found_in(home.path()).unwrap(), FoundOnDisk::OnlyCopy);
    }
}
