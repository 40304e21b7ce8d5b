//! What a finished delivery carried is removed from the archive because a person wants it, before its time.
//!
//! Owns when that is refused. Promises that the ledger names the person, the reason and the files before one goes. What a removal
//! left behind, or a restored backup brought back, is removed by the same act.

use super::desk::Desk;
use super::protocol::{Answer, ControlError};
use crate::archive;
use crate::blocking::blocking;
use totatsu_base::evidence::Asker;
use totatsu_base::say;
use totatsu_ledger::words::state_word;
use totatsu_ledger::{ContentsRemoval, Event};

impl Desk {
    /// Removes what a finished delivery carried, and says what stays.
    pub(super) async fn clear_contents(
        &self,
        id: String,
        asker: Asker,
        reason: String,
    ) -> Result<Answer, ControlError> {
        let (_claim, delivery) = self.claimed(id).await?;
        let id = delivery.id.clone();
        if !delivery.is_finished() {
            let state = state_word(delivery.state());
            return Err(ControlError::Unfit(say!("control-clear-unfinished", id = id, state = state)));
        }
        let folder = self.spool.archived_folder(&id);
        if delivery.removed.is_some() || !folder.path().is_dir() {
            return Err(ControlError::Unfit(say!("control-clear-no-folder", id = id)));
        }
        let listed = folder.clone();
        let files = blocking(move || archive::contents_in(&listed)).await?;
        let names = files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(" ");
        match delivery.contents_removed {
            Some(ContentsRemoval { at, .. }) if files.is_empty() => {
                return Err(ControlError::Unfit(say!("control-clear-already", id = id, day = at.date())));
            }
            Some(_) => {}
            None => {
                let event = Event::ContentsRemoved { files, reason, by: Some(asker.to_string()) };
                self.ledger().record_act(id.clone(), event, asker).await?;
            }
        }
        blocking(move || archive::remove_contents(&folder)).await?;
        let done = say!("control-cleared", id = id, files = names);
        tracing::info!(delivery = %id, "{done}");
        Ok(Answer::Done(done))
    }
}
