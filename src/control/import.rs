//! Acknowledgements that come back on a medium, matched to the deliveries that were handed over.
//!
//! Owns the rules of matching: the name and the words that the link's agreement says; a file that fits several deliveries, or
//! that has acknowledged an earlier one already, counts for none. Only reads the medium.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::desk::Desk;
use super::protocol::{Answer, ControlError, MediumImported};
use super::rights::{OPERATE, Rights};
use crate::deliver::acknowledge::{self, AcknowledgeError, AcknowledgementLook, AgreedFacts};
use crate::gateway::Gateway;
use crate::journey::aim;
use totatsu_base::evidence::{Acknowledged, Asked, Asker};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Sha256};
use totatsu_ledger::state::HANDED_OVER;
use totatsu_ledger::{Delivery, Event, LedgerError, Step, Wanted};
use totatsu_transport::Session;
use totatsu_transport::medium::{self, MediumSettings};

/// How many earlier deliveries are searched for one that the same file has acknowledged.
const EARLIER: usize = 10_000;

/// What a file says of one delivery.
enum Says {
    /// The delivery has arrived.
    Yes(Acknowledged),
    /// The partner refuses the delivery; the text says how.
    No(String),
    /// The file lacks what is agreed; the text says what.
    Less(String),
}

impl Desk {
    /// Looks for the acknowledgements of everything that was handed over, as far as the asker acts on its link.
    pub(super) async fn import(
        &self,
        directory: PathBuf,
        asker: Asker,
        rights: &Rights,
    ) -> Result<Answer, ControlError> {
        let Some(gateway) = self.gateway() else {
            return Err(ControlError::Unfit(say!("control-import-needs-daemon")));
        };
        let unfit = |error: &dyn std::fmt::Display| ControlError::Unfit(error.to_string());
        let settings = MediumSettings::to_read(directory);
        let mut session = medium::connect(&settings).await.map_err(|error| unfit(&error))?;
        let mut found: BTreeMap<String, Vec<(Delivery, Says)>> = BTreeMap::new();
        for delivery in self.reading(Desk::handed_over).await? {
            if !rights.may(OPERATE, Some(&delivery.link)) {
                continue;
            }
            let looked = look(gateway, &delivery, session.as_mut()).await;
            if let Some((path, says)) = looked.map_err(|error| unfit(&error))? {
                found.entry(path).or_default().push((delivery, says));
            }
        }
        let mut imported = Vec::new();
        for (file, says) in found {
            imported.extend(self.weigh(gateway, &file, says, &asker).await?);
        }
        Ok(Answer::Imported(imported))
    }

    /// Records what one file says, if it says it of one delivery only.
    async fn weigh(
        &self,
        gateway: &Gateway,
        file: &str,
        says: Vec<(Delivery, Says)>,
        asker: &Asker,
    ) -> Result<Vec<MediumImported>, ControlError> {
        let counting = says.iter().filter(|(_, says)| !matches!(says, Says::Less(_))).count();
        let mut imported = Vec::new();
        for (delivery, says) in says {
            let id = delivery.id.clone();
            let (matched, outcome) = match says {
                Says::Less(what) => (false, say!("control-does-not-count", what = what)),
                Says::Yes(_) | Says::No(_) if counting > 1 => {
                    (false, say!("control-fits-several", count = counting))
                }
                Says::Yes(acknowledged) => match self.earlier_with(&delivery, acknowledged.sha256).await? {
                    Some(earlier) => (false, say!("control-acknowledged-earlier", earlier = earlier)),
                    None => {
                        let recorded = self.record_import(gateway, delivery, acknowledged, asker).await;
                        outcome_of(recorded, (true, say!("control-acknowledged")))?
                    }
                },
                Says::No(reason) => {
                    let event = Event::held(Step::Acknowledge, reason);
                    let recorded = self.change(gateway, delivery, event).await;
                    outcome_of(recorded, (false, say!("control-partner-refuses")))?
                }
            };
            imported.push(MediumImported { file: file.to_owned(), delivery: id, matched, outcome });
        }
        Ok(imported)
    }

    fn handed_over(&self) -> Result<Vec<Delivery>, LedgerError> {
        let ids = self.ledger().in_state(HANDED_OVER, None)?;
        ids.iter().filter_map(|id| self.ledger().find(id).transpose()).collect()
    }

    /// The earlier delivery of the link that the very same file has acknowledged, if there is one.
    async fn earlier_with(
        &self,
        delivery: &Delivery,
        sha256: Sha256,
    ) -> Result<Option<DeliveryId>, LedgerError> {
        let (id, link) = (delivery.id.clone(), delivery.link.clone());
        let same = move |earlier: &Delivery| earlier.id != id;
        let find = move |desk: &Desk| {
            let wanted = Wanted { acknowledgement: Some(sha256), ..Wanted::of_link(&link) };
            let mut earlier = desk.ledger().wanted(wanted).take(EARLIER);
            let found = earlier.find(|earlier| earlier.as_ref().map_or(true, &same)).transpose()?;
            Ok(found.map(|earlier| earlier.id))
        };
        self.reading(find).await
    }

    async fn record_import(
        &self,
        gateway: &Gateway,
        delivery: Delivery,
        mut acknowledged: Acknowledged,
        asker: &Asker,
    ) -> Result<(), ControlError> {
        let asked = say!("control-asked-medium", path = acknowledged.path);
        acknowledged.asked.push(Asked::new(asked, say!("control-answered-imported", asker = asker)));
        self.change(gateway, delivery, Event::Acknowledged { acknowledged }).await
    }

    /// Records an event of a delivery that is still as it was looked at.
    async fn change(&self, gateway: &Gateway, delivery: Delivery, event: Event) -> Result<(), ControlError> {
        let busy = || ControlError::Busy(delivery.id.clone());
        let _claim = gateway.claims.claim(&delivery.id).ok_or_else(busy)?;
        if gateway.ledger.find(&delivery.id)?.is_none_or(|now| now.state() != HANDED_OVER) {
            return Err(busy());
        }
        let delivery = gateway.ledger.record(delivery.id.clone(), event).await?;
        self.acted(delivery).await;
        Ok(())
    }
}

/// What is told of one delivery of an import. One that is busy just then is told as that: those before it are recorded.
fn outcome_of(
    recorded: Result<(), ControlError>,
    done: (bool, String),
) -> Result<(bool, String), ControlError> {
    match recorded {
        Ok(()) => Ok(done),
        Err(busy @ ControlError::Busy(_)) => Ok((false, busy.to_string())),
        Err(error) => Err(error),
    }
}

/// What the medium holds about one delivery: in the directory that the agreement names, or at the top.
async fn look(
    gateway: &Gateway,
    delivery: &Delivery,
    session: &mut dyn Session,
) -> Result<Option<(String, Says)>, AcknowledgeError> {
    let (Some(agreement), Some(target), Some(converted)) =
        (gateway.config.agreement(delivery), &delivery.target, &delivery.converted)
    else {
        return Ok(None);
    };
    let facts = AgreedFacts {
        name: &target.name,
        size: converted.size,
        sha256: converted.sha256,
        records: &converted.records,
    };
    let path = aim::acknowledgement_path(&gateway.config, agreement, delivery, target);
    let name = path.rsplit_once('/').map_or(path.clone(), |(_, name)| name.to_owned());
    for place in [path, name] {
        match acknowledge::look(session, agreement, &place, facts).await {
            Ok(AcknowledgementLook::Nothing) => {}
            Ok(AcknowledgementLook::Found(acknowledged)) => {
                return Ok(Some((place, Says::Yes(acknowledged))));
            }
            Ok(AcknowledgementLook::Lacking(what)) => return Ok(Some((place, Says::Less(what)))),
            Err(error @ AcknowledgeError::Refused { .. }) => {
                return Ok(Some((place, Says::No(error.to_string()))));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
