//! Where questions are answered and acts by hand are done.
//!
//! Owns the rules of what a person may do to a delivery in which state. Every act is an event in the journal. A delivery
//! whose step is under way isn't touched: the person is told to try again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Answer, ControlError, InboundStatus, LinkBacklog, LinkStatus, PART_LENGTH, PartnerStatus, Question,
    Shown, Status, Whom,
};
use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::gateway::{Claim, Gateway};
use crate::journey;
use crate::ledger::event::Event;
use crate::ledger::hold::Subject;
use crate::ledger::state::{Delivery, Gate, How, Stage, Standing};
use crate::ledger::{Ledger, LedgerError};
use crate::remedy::Remedy;
use crate::spool::{self, Spool};

/// An id that is given in part is looked for among this many of the newest deliveries.
const SEARCH_LIMIT: usize = 10_000;

/// How long a person who asked for a look waits for it: all sessions with the partner may be busy for as long as they like.
const LOOK_PATIENCE: Duration = Duration::from_secs(120);

/// Where questions are answered.
#[derive(Debug)]
pub struct Desk {
    pub(super) office: Office,
    spool: Spool,
}

#[derive(Debug)]
pub(super) enum Office {
    Daemon(Arc<Gateway>),
    LedgerAlone(Box<Ledger>),
}

impl Desk {
    /// The desk of a running daemon.
    pub fn of_daemon(gateway: Arc<Gateway>) -> Desk {
        let spool = gateway.spool.clone();
        Desk { office: Office::Daemon(gateway), spool }
    }

    /// A desk on the ledger itself, while no daemon has it.
    pub fn on_ledger(ledger: Ledger, spool: Spool) -> Desk {
        Desk { office: Office::LedgerAlone(Box::new(ledger)), spool }
    }

    /// Answers one question.
    pub async fn answer(&self, question: Question) -> Answer {
        let outcome = match question {
            Question::List { state, link, limit } => self.list(state.as_deref(), link.as_deref(), limit),
            Question::Show { id } => self.find(&id).map(|delivery| self.shown(delivery)),
            Question::ReceiptNumber { number } => self.receipt(number),
            Question::Resend { id, by, reason } => self.resend(&id, by, reason).await,
            Question::Status => self.status(),
            Question::Look { link } => self.look(&link).await,
            Question::Cancel { id, by, reason } => self.unhold(&id, Event::Cancelled { by, reason }).await,
            Question::Import { directory, by } => self.import(directory, &by).await,
            Question::Confirm { id, by, how, reason } => self.confirm(&id, by, how, reason).await,
            Question::Hold { whom: Whom::Delivery(id), by, reason } => self.hold(&id, by, reason).await,
            Question::Hold { whom: Whom::Partner(partner), by, reason } => {
                let subject = Subject::Partner(partner.clone());
                self.change_hold(subject, Event::PartnerHeld { partner, by, reason }).await
            }
            Question::Hold { whom: Whom::Link(link), by, reason } => {
                let subject = Subject::Link(link.clone());
                self.change_hold(subject, Event::LinkHeld { link, by, reason }).await
            }
            Question::Release { whom: Whom::Delivery(id), by, reason } => {
                self.unhold(&id, Event::Released { by, reason }).await
            }
            Question::Release { whom: Whom::Partner(partner), by, reason } => {
                self.release_partner(partner, by, reason).await
            }
            Question::Release { whom: Whom::Link(link), by, reason } => {
                let subject = Subject::Link(link.clone());
                self.change_hold(subject, Event::LinkReleased { link, by, reason }).await
            }
        };
        outcome.unwrap_or_else(|error| {
            let untrusted = matches!(&error, ControlError::Ledger(error) if error.remedy() == Remedy::Stop);
            if untrusted { Answer::Untrusted(error.to_string()) } else { Answer::Refused(error.to_string()) }
        })
    }

    fn list(&self, state: Option<&str>, link: Option<&str>, limit: usize) -> Result<Answer, ControlError> {
        let of_link = |delivery: &Delivery| link.is_none_or(|link| delivery.link == link);
        let mut found = Vec::new();
        let mut keep = |delivery: Delivery| {
            if found.len() < limit && of_link(&delivery) {
                found.push(self.show(delivery));
            }
            found.len() < limit
        };
        match state {
            None => {
                for delivery in self.ledger().newest_first() {
                    if !keep(delivery?) {
                        break;
                    }
                }
            }
            Some(state) => {
                for id in self.ledger().in_state(state, None)?.iter().rev() {
                    if !self.ledger().find(id)?.is_none_or(&mut keep) {
                        break;
                    }
                }
            }
        }
        Ok(Answer::Deliveries(found))
    }

    fn receipt(&self, number: u64) -> Result<Answer, ControlError> {
        Ok(Answer::Receipt(self.ledger().with_receipt(number)?.and_then(|delivery| delivery.receipt)))
    }

    async fn resend(&self, id: &str, by: String, reason: String) -> Result<Answer, ControlError> {
        let original = self.find(id)?;
        if let Some(message) = nothing_to_resend(&original) {
            return Err(ControlError::Unfit(message));
        }
        let folder = self.spool.existing_folder(&original.id)?.filter(|folder| folder.sent().is_file());
        let Some(folder) = folder.filter(|_| original.removed.is_none()) else {
            let message = format!("the bytes that delivery {} sent are no longer kept", original.id);
            return Err(ControlError::Unfit(message));
        };
        let new = DeliveryId::new(Moment::now());
        let place = self.spool.folder(&new);
        spool::make_new_dir(place.path())?;
        spool::link_or_copy(&folder.source(), &place.source())?;
        spool::link_or_copy(&folder.sent(), &place.sent())?;
        let cancelled = format!("its bytes are sent again as {new}: {reason}");
        let resent = Event::Resent { of: original.id.clone(), by: by.clone(), reason, even_if_older: false };
        let delivery = self.ledger().record(new, resent).await?;
        // Left held, it could be released later, and the same bytes would arrive twice.
        if matches!(original.standing, Standing::Held { .. }) {
            let _claim = self.claim(&original.id)?;
            let event = Event::Cancelled { by, reason: cancelled };
            self.acted(self.ledger().record(original.id, event).await?);
        }
        Ok(self.acted(delivery))
    }

    async fn unhold(&self, id: &str, event: Event) -> Result<Answer, ControlError> {
        let delivery = self.find(id)?;
        let _claim = self.claim(&delivery.id)?;
        let delivery = self.find(delivery.id.as_str())?;
        if delivery.standing == Standing::Going {
            let (kind, id, state) = (delivery.kind(), &delivery.id, delivery.state());
            let message = if delivery.stage == Stage::Rejected {
                format!(
                    "{kind} {id} is {state} and goes no further: totatsu report {id} says why; a corrected file is taken up \
                     anew"
                )
            } else {
                format!("{kind} {id} is {state}: nothing holds it")
            };
            return Err(ControlError::Unfit(message));
        }
        if let (Event::Released { .. }, Office::Daemon(gateway)) = (&event, &self.office)
            && let Standing::Queued {
                gate: Gate::PartnerDown { partner, .. } | Gate::MediumWanted { partner, .. },
            } = &delivery.standing
        {
            gateway.outages.try_now(partner);
        }
        let delivery = self.ledger().record(delivery.id, event).await?;
        Ok(self.acted(delivery))
    }

    async fn hold(&self, id: &str, by: String, reason: String) -> Result<Answer, ControlError> {
        let delivery = self.find(id)?;
        let _claim = self.claim(&delivery.id)?;
        let delivery = self.find(delivery.id.as_str())?;
        if delivery.stage >= Stage::Receipted {
            let (kind, id, state) = (delivery.kind(), &delivery.id, delivery.state());
            let message = format!("{kind} {id} is {state}: there is nothing left to hold");
            return Err(ControlError::Unfit(message));
        }
        let delivery = self.ledger().record(delivery.id, Event::HeldByHand { by, reason }).await?;
        Ok(self.acted(delivery))
    }

    async fn confirm(&self, id: &str, by: String, how: How, reason: String) -> Result<Answer, ControlError> {
        let delivery = self.find(id)?;
        let _claim = self.claim(&delivery.id)?;
        let delivery = self.find(delivery.id.as_str())?;
        if !delivery.can_be_confirmed() {
            let why = match delivery.converted {
                None if delivery.collection().is_some() => {
                    "of a collection, only an import that is held, waiting or queued can be confirmed"
                }
                None => "it was never converted, so there are no bytes that could have arrived",
                Some(_) => "only one that is held, waiting or queued can be confirmed; hold it first",
            };
            let message = format!("{} {} is {}: {why}", delivery.kind(), delivery.id, delivery.state());
            return Err(ControlError::Unfit(message));
        }
        let delivery = self.ledger().record(delivery.id, Event::Confirmed { by, how, reason }).await?;
        Ok(self.acted(delivery))
    }

    async fn change_hold(&self, subject: Subject, event: Event) -> Result<Answer, ControlError> {
        let holds = matches!(event, Event::PartnerHeld { .. } | Event::LinkHeld { .. });
        if let (true, Office::Daemon(gateway)) = (holds, &self.office) {
            let known = match &subject {
                Subject::Partner(name) => gateway.config.partners.contains_key(name),
                Subject::Link(name) => gateway.config.has_link(name),
            };
            if !known {
                return Err(ControlError::Unfit(format!("{subject} is not in the configuration")));
            }
        }
        if holds == self.ledger().hold(&subject)?.is_some() {
            let state = if holds { "held already" } else { "not held" };
            return Err(ControlError::Unfit(format!("{subject} is {state}")));
        }
        self.ledger().record_hold(event).await?;
        let done = if holds { "held" } else { "released" };
        tracing::info!("{subject} is {done} by hand");
        if let Office::Daemon(gateway) = &self.office {
            gateway.wake_queued(&subject)?;
        }
        Ok(Answer::Done(format!("{subject} is {done}")))
    }

    /// One that is down isn't held: it is tried at once.
    async fn release_partner(
        &self,
        partner: String,
        by: String,
        reason: String,
    ) -> Result<Answer, ControlError> {
        let subject = Subject::Partner(partner.clone());
        let held = self.ledger().hold(&subject)?.is_some();
        if let (false, Office::Daemon(gateway)) = (held, &self.office)
            && gateway.outages.of(&partner).is_some()
        {
            gateway.outages.try_now(&partner);
            return Ok(Answer::Done(format!("{subject} is down; a connection is tried now")));
        }
        self.change_hold(subject, Event::PartnerReleased { partner, by, reason }).await
    }

    fn status(&self) -> Result<Answer, ControlError> {
        let backlog = self.backlog()?;
        let (mut unfinished, mut by_partner) = (BTreeMap::<_, u64>::new(), BTreeMap::<_, u64>::new());
        for link in &backlog {
            for (state, count) in &link.unfinished {
                *unfinished.entry(state.clone()).or_default() += count;
                *by_partner.entry(link.partner.clone()).or_default() += count;
            }
        }
        let holds: BTreeMap<Subject, _> = self.ledger().holds()?.into_iter().collect();
        let mut names: Vec<String> = match &self.office {
            Office::Daemon(gateway) => gateway.config.partners.keys().cloned().collect(),
            Office::LedgerAlone(_) => Vec::new(),
        };
        let elsewhere = by_partner.keys().chain(holds.keys().filter_map(|subject| match subject {
            Subject::Partner(name) => Some(name),
            Subject::Link(_) => None,
        }));
        names.extend(elsewhere.cloned());
        names.sort();
        names.dedup();
        let partners = names.into_iter().map(|partner| {
            let (state, since, reason) = match (holds.get(&Subject::Partner(partner.clone())), &self.office) {
                (Some(hold), _) => ("held", Some(hold.since), Some(hold.reason.clone())),
                (None, Office::LedgerAlone(_)) => ("unknown", None, None),
                (None, Office::Daemon(gateway)) => match gateway.outages.of(&partner) {
                    Some(outage) => {
                        let state =
                            if gateway.config.is_carried(&partner) { "medium wanted" } else { "down" };
                        (state, Some(outage.since), Some(outage.reason))
                    }
                    None => ("up", None, None),
                },
            };
            let unfinished = by_partner.get(&partner).copied().unwrap_or_default();
            PartnerStatus { partner, state: state.to_owned(), since, reason, unfinished }
        });
        let partners = partners.collect();
        let links = holds.into_iter().filter_map(|(subject, hold)| match subject {
            Subject::Link(link) => Some(LinkStatus { link, hold }),
            Subject::Partner(_) => None,
        });
        let inbound = match &self.office {
            Office::Daemon(gateway) => gateway
                .last_looks()
                .map(|(link, last_look)| {
                    let title = link.title.clone();
                    InboundStatus { link: link.name.clone(), title, last_look }
                })
                .collect(),
            Office::LedgerAlone(_) => Vec::new(),
        };
        let running = matches!(self.office, Office::Daemon(_));
        let links = links.collect();
        Ok(Answer::Status(Status { running, partners, links, inbound, backlog, unfinished }))
    }

    /// What isn't finished on each link, by the link's name.
    fn backlog(&self) -> Result<Vec<LinkBacklog>, LedgerError> {
        let mut links = BTreeMap::<_, BTreeMap<String, u64>>::new();
        for id in self.ledger().unfinished()? {
            let Some(delivery) = self.ledger().find(&id)? else { continue };
            let (state, inbound) = (delivery.state().to_owned(), delivery.collection().is_some());
            let counts = links.entry((delivery.link, delivery.partner, inbound)).or_default();
            *counts.entry(state).or_default() += 1;
        }
        let of_link =
            |((link, partner, inbound), unfinished)| LinkBacklog { link, partner, inbound, unfinished };
        Ok(links.into_iter().map(of_link).collect())
    }

    async fn look(&self, link: &str) -> Result<Answer, ControlError> {
        let Office::Daemon(gateway) = &self.office else {
            let message = "no gateway runs that could look: start it with totatsu run";
            return Err(ControlError::Unfit(message.to_owned()));
        };
        let Some(told) = gateway.ask_for_look(link) else {
            return Err(ControlError::Unfit(format!(
                "there is no inbound link {link} in the configuration that the gateway read when it started"
            )));
        };
        let not_looked = |why: &str| ControlError::NotLooked { link: link.to_owned(), why: why.to_owned() };
        match tokio::time::timeout(LOOK_PATIENCE, told).await {
            Ok(Ok(Ok(sighting))) => Ok(Answer::Looked(Box::new(sighting))),
            Ok(Ok(Err(why))) => Err(not_looked(&why)),
            Ok(Err(_)) => Err(not_looked("the gateway is stopping: ask again once it runs")),
            Err(_) => Err(not_looked("the look takes long; see what came of it with: totatsu status")),
        }
    }

    /// The right to act on a delivery. While no daemon runs, nobody else has it.
    fn claim(&self, id: &DeliveryId) -> Result<Option<Claim<'_>>, ControlError> {
        match &self.office {
            Office::LedgerAlone(_) => Ok(None),
            Office::Daemon(gateway) => {
                gateway.claim(id).map(Some).ok_or_else(|| ControlError::Busy(id.clone()))
            }
        }
    }

    pub(super) fn acted(&self, delivery: Delivery) -> Answer {
        journey::log(&delivery);
        if let Office::Daemon(gateway) = &self.office {
            gateway.wake(&delivery.id);
        }
        self.shown(delivery)
    }

    fn find(&self, id: &str) -> Result<Delivery, ControlError> {
        if let Ok(whole) = id.parse::<DeliveryId>() {
            return self.ledger().find(&whole)?.ok_or_else(|| ControlError::Unknown(id.to_owned()));
        }
        if id.len() < PART_LENGTH {
            return Err(ControlError::TooShort(id.to_owned()));
        }
        let mut found: Option<Delivery> = None;
        for delivery in self.ledger().newest_first().take(SEARCH_LIMIT) {
            let delivery = delivery?;
            if !delivery.id.as_str().contains(id) {
                continue;
            }
            if let Some(other) = found {
                return Err(ControlError::Ambiguous(id.to_owned(), delivery.id, other.id));
            }
            found = Some(delivery);
        }
        found.ok_or_else(|| ControlError::Unknown(id.to_owned()))
    }

    fn shown(&self, delivery: Delivery) -> Answer {
        // Where nobody may look, nothing is said of the folder; all else is known from the ledger.
        let folder = self.spool.existing_folder(&delivery.id).ok().flatten();
        let folder = folder.filter(|_| delivery.removed.is_none()).map(|folder| folder.path().to_owned());
        Answer::Delivery(Box::new(Shown { folder, ..self.show(delivery) }))
    }

    fn show(&self, delivery: Delivery) -> Shown {
        let progress = match &self.office {
            Office::Daemon(gateway) => gateway.progress(&delivery.id),
            Office::LedgerAlone(_) => None,
        };
        let progress = progress.map(|progress| (progress.done(), progress.total()));
        Shown { state: delivery.state().to_owned(), delivery, progress, folder: None }
    }

    fn ledger(&self) -> &Ledger {
        match &self.office {
            Office::Daemon(gateway) => &gateway.ledger,
            Office::LedgerAlone(ledger) => ledger,
        }
    }
}

/// Why a delivery's bytes can't be sent again, if they can't.
fn nothing_to_resend(original: &Delivery) -> Option<String> {
    let (id, state) = (&original.id, original.state());
    if original.collection().is_some() {
        return Some(format!(
            "{id} came in, nothing of it was sent: its bytes and rows are kept, see: totatsu show {id}"
        ));
    }
    match (original.stage, &original.standing) {
        (Stage::Rejected, _) => Some(format!(
            "delivery {id} was rejected, nothing of it was ever sent: correct the source and drop it again"
        )),
        (Stage::Cancelled, _) if original.converted.is_none() => {
            Some(format!("delivery {id} was cancelled before it was converted: drop its source again"))
        }
        (Stage::Archived | Stage::Receipted | Stage::Superseded | Stage::Cancelled, _)
            if original.converted.is_some() =>
        {
            None
        }
        (Stage::Superseded, _) => Some(format!("delivery {id} was superseded before it was converted")),
        (Stage::Accepted, Standing::Held { .. }) => {
            Some(format!("delivery {id} was never converted: mend what holds it, then release it"))
        }
        (_, Standing::Held { .. }) => None,
        (_, Standing::Going | Standing::Queued { .. } | Standing::Waiting { .. }) => {
            Some(format!("delivery {id} is still under way ({state}): there is nothing to send again yet"))
        }
    }
}
