//! The desk's answer to `totatsu reload`: the configuration is read again as a whole, and refused as a whole or taken over.
//!
//! Promises that who had it taken over, and the digest of each of its files, are in the journal before the gateway begins anew.

use super::desk::Desk;
use super::protocol::{Answer, ControlError};
use crate::disk;
use crate::gateway::remember;
use totatsu_base::evidence::Asker;
use totatsu_base::say;
use totatsu_ledger::Event;

impl Desk {
    pub(super) async fn reload(&self, asker: Asker) -> Result<Answer, ControlError> {
        let Some(gateway) = self.gateway().cloned() else {
            return Err(ControlError::Unfit(say!("control-reload-not-running")));
        };
        let settings = &gateway.config.gateway;
        if let Ok(Some(little)) = disk::little_room_to_begin(&settings.ledger, &settings.spool) {
            let (path, wanted) = (little.path.display(), little.wanted());
            return Err(ControlError::Unfit(say!("control-reload-no-room", path = path, wanted = wanted)));
        }
        let looked = self.reading({
            let gateway = gateway.clone();
            move |_| gateway.renewal.get().map(|renewal| renewal.look(&gateway.config))
        });
        let Some(looked) = looked.await else {
            return Err(ControlError::Unfit(say!("control-reload-fixed")));
        };
        let renewed = match looked {
            Ok(renewed) => renewed,
            Err(problems) => {
                let text = say!("control-reload-refused");
                tracing::error!(by = %asker, problems = problems.len(), "{text}");
                return Ok(Answer::NotReloaded(problems.iter().map(ToString::to_string).collect()));
            }
        };
        let (changed, gone) = (renewed.changed, renewed.gone);
        if !changed.is_empty() {
            let (by, files) = (asker.to_string(), renewed.files);
            let known = files.clone();
            let event = Event::Reconfigured { by, files, changed: changed.clone() };
            self.ledger().record_general_act(event, Some(asker.clone())).await?;
            // So that the start that follows doesn't tell the changes again; if it does, nothing is lost.
            let remembering = gateway.clone();
            let ledger = move |_: &Desk| remember(&remembering.config.gateway.ledger, &known);
            drop(self.reading(ledger).await);
        }
        tracing::info!(by = %asker, changed = %changed.join(" "), "{}", say!("control-reload-taken"));
        if let Some(renewal) = gateway.renewal.get() {
            renewal.begin();
        }
        Ok(Answer::Reloading { changed, gone })
    }
}
