//! Where questions are answered and acts by hand are done.
//!
//! Owns the rules of what a person may do to a delivery in which state. Every act is an event in the journal. A delivery
//! whose step is under way isn't touched: a person waits a moment for its end, and is told to try again where it takes longer.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::unistd::{Uid, User};

use super::errand::Errands;
use super::protocol::{Answer, Caller, ControlError, OfName, Question, Shown, Whom};
use super::rights::Rights;
use crate::blocking::blocking;
use crate::config::{self, Config, GatewayRoles};
use crate::deliver::accept;
use crate::gateway::{Claim, Gateway};
use crate::journey::{self, recover};
use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::durable;
use totatsu_base::evidence::{Anchor, Asker, How, RequestedAct};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy};
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Delivery, Event, Gate, Ledger, LedgerError, Position, Stage, Standing, Subject};

/// How long a person who asked for a look waits for it: all sessions with the partner may be busy for as long as they like.
const LOOK_PATIENCE: Duration = Duration::from_secs(120);
/// How long an act waits for the end of the step in hand: most take no longer.
const STEP_PATIENCE: Duration = Duration::from_secs(1);
/// How often it is tried meanwhile.
const STEP_LOOK: Duration = Duration::from_millis(20);

/// Where questions are answered. A clone is the same desk.
#[derive(Debug, Clone)]
pub struct Desk {
    office: Office,
    pub(super) spool: Spool,
    /// Where the configuration lies, if it is needed and no daemon has it.
    configuration: Option<PathBuf>,
    pub(super) errands: Errands,
}

#[derive(Debug, Clone)]
enum Office {
    Daemon(Arc<Gateway>),
    LedgerAlone(Arc<Ledger>),
}

impl Desk {
    /// The desk of a running daemon.
    pub fn of_daemon(gateway: Arc<Gateway>) -> Desk {
        let spool = gateway.spool.clone();
        let errands = Errands::default();
        Desk { office: Office::Daemon(gateway), spool, configuration: None, errands }
    }

    /// A desk on the ledger itself, while no daemon has it.
    pub fn on_ledger(ledger: Ledger, spool: Spool) -> Desk {
        let (office, errands) = (Office::LedgerAlone(Arc::new(ledger)), Errands::default());
        Desk { office, spool, configuration: None, errands }
    }

    /// This desk, which from now on finds the configuration in this directory.
    pub fn knowing(self, configuration: Option<&Path>) -> Desk {
        Desk { configuration: configuration.map(Path::to_owned), ..self }
    }

    /// Answers one question of this caller.
    pub async fn answer(&self, question: Question, caller: Caller) -> Answer {
        let word: &'static str = (&question).into();
        let outcome = async { self.act(self.admitted(question.checked()?, caller).await?, caller).await };
        let outcome = outcome.await;
        if let Err(ControlError::NotPermitted(why)) = &outcome {
            let by = asker(caller, String::new()).await;
            tracing::warn!(%by, ask = word, "{}", say!("control-logged-refused", why = why));
        }
        outcome.unwrap_or_else(|error| {
            let untrusted = matches!(&error, ControlError::Ledger(error) if error.remedy() == Remedy::Stop);
            if untrusted { Answer::Untrusted(error.to_string()) } else { Answer::Refused(error.to_string()) }
        })
    }

    async fn act(
        &self,
        (question, rights): (Question, Rights),
        caller: Caller,
    ) -> Result<Answer, ControlError> {
        let asker = |by: String| asker(caller, by);
        match question {
            Question::List(filter) => self.reading(move |desk| desk.list(&filter, &rights)).await,
            Question::Show { id } => self.delivery(id, rights).await,
            Question::ReceiptNumber { number } => self.reading(move |desk| desk.receipt(number)).await,
            Question::Resend { id, by, reason, even_if_older } => {
                self.resend(id, asker(by).await, reason, even_if_older).await
            }
            Question::Errand { errand, json, tongue } => {
                self.run(errand, (json, tongue), &rights, caller).await
            }
            Question::Status => self.reading(move |desk| desk.status(&rights)).await,
            Question::JournalEnd => self.reading(Desk::end_of_journal).await,
            Question::Look { link } => self.look(&link).await,
            Question::Cancel(act) => self.cancel(act.id, asker(act.by).await, act.reason).await,
            Question::Withdraw(act) => self.withdraw(act.id, asker(act.by).await, act.reason).await,
            Question::ClearContents(act) => {
                self.clear_contents(act.id, asker(act.by).await, act.reason).await
            }
            Question::Trusted { partner, key, jump, by } => {
                let asker = asker(by).await;
                let event = Event::PartnerTrusted { partner, key, jump, by: asker.to_string() };
                self.ledger().record_general_act(event, Some(asker)).await?;
                Ok(Answer::Done(String::new()))
            }
            Question::Try { partner } => Ok(Answer::Done(self.try_now(&partner))),
            Question::Reload { by } => self.reload(asker(by).await).await,
            Question::Import { directory, by } => self.import(directory, asker(by).await, &rights).await,
            Question::Confirm { id, says, by, how, reason } => {
                self.confirm(id, (says, how), asker(by).await, reason).await
            }
            Question::Hold { until: Some(until), .. } if until <= Moment::now() => {
                Err(ControlError::Unfit(say!("control-until-passed", until = until)))
            }
            Question::Hold { whom: Whom::Delivery(_), until: Some(_), .. } => {
                Err(ControlError::Unfit(say!("control-delivery-until")))
            }
            Question::Hold { whom: Whom::Delivery(id), by, reason, until: None } => {
                self.hold(id, asker(by).await, reason).await
            }
            Question::Hold { whom: Whom::Partner(partner), by, reason, until } => {
                let (subject, asker) = (Subject::Partner(partner.clone()), asker(by).await);
                let event = Event::PartnerHeld { partner, by: asker.to_string(), reason, until };
                self.change_hold(subject, event, asker).await
            }
            Question::Hold { whom: Whom::Link(link), by, reason, until } => {
                let (subject, asker) = (Subject::Link(link.clone()), asker(by).await);
                let event = Event::LinkHeld { link, by: asker.to_string(), reason, until };
                self.change_hold(subject, event, asker).await
            }
            Question::Release { whom: Whom::Delivery(id), by, reason } => {
                let asker = asker(by).await;
                let event = Event::Released { by: asker.to_string(), reason };
                self.unhold(id, event, asker).await
            }
            Question::Release { whom: Whom::Partner(partner), by, reason } => {
                self.release_partner(partner, asker(by).await, reason).await
            }
            Question::Release { whom: Whom::Link(link), by, reason } => {
                let (subject, asker) = (Subject::Link(link.clone()), asker(by).await);
                let event = Event::LinkReleased { link, by: asker.to_string(), reason };
                self.change_hold(subject, event, asker).await
            }
        }
    }

    /// Runs a question to the index, or to our own disk, on a thread of its own: sled may keep a reader waiting.
    pub(super) async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Desk) -> T + Send + 'static,
    ) -> T {
        let desk = self.clone();
        blocking(move || read(&desk)).await
    }

    async fn delivery(&self, id: String, rights: Rights) -> Result<Answer, ControlError> {
        let shown = self.reading(move |desk| desk.with_past(&id, &rights)).await?;
        Ok(Answer::Delivery(Box::new(shown)))
    }

    async fn cancel(&self, id: String, asker: Asker, reason: String) -> Result<Answer, ControlError> {
        let event = Event::Cancelled { by: asker.to_string(), reason };
        self.unhold(id, event, asker).await
    }

    async fn found(&self, id: String) -> Result<Delivery, ControlError> {
        self.reading(move |desk| desk.find(&id, &Rights::all(), OfName::OnlyOne)).await
    }

    fn end_of_journal(&self) -> Result<Answer, ControlError> {
        let Position { seq, digest } = self.ledger().position()?;
        Ok(Answer::JournalEnd(Anchor { seq, sha256: digest }))
    }

    fn receipt(&self, number: u64) -> Result<Answer, ControlError> {
        Ok(Answer::Receipt(self.ledger().with_receipt(number)?.and_then(|delivery| delivery.receipt)))
    }

    /// Sends a delivery's bytes again. Nothing is recorded before the original is claimed: whoever is told to try again has
    /// begun no second delivery.
    async fn resend(
        &self,
        id: String,
        asker: Asker,
        reason: String,
        even_if_older: bool,
    ) -> Result<Answer, ControlError> {
        let (_claim, original) = self.claimed(id).await?;
        if let Some(message) = nothing_to_resend(&original) {
            return Err(ControlError::Unfit(message));
        }
        let candidate = original.clone();
        // All of this before a second name is asked for: nobody is waited for to do what can't be done.
        let kept = self.reading(move |desk| {
            desk.check_order(&candidate, even_if_older)?;
            desk.kept_folder(&candidate)
        });
        let kept = kept.await?;
        let act = RequestedAct::Resend { even_if_older };
        let by = match self.second_name(&original, act, &asker, &reason).await? {
            ControlFlow::Continue(by) => by,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let new = DeliveryId::new(Moment::now());
        let place = self.spool.folder(&new);
        let to = place.clone();
        blocking(move || copy_kept(&kept, &to)).await?;
        let cancelled = say!("control-sent-again-as", id = new, reason = reason);
        let of = original.id.clone();
        let resent = Event::Resent { of, by: by.clone(), reason, even_if_older };
        let recorded = self.ledger().record_act(new, resent, asker.clone()).await;
        let delivery = recorded.inspect_err(|error| {
            // The folder goes only if the write is known not to count; else it stays until the next start.
            if error.remedy() != Remedy::Stop {
                accept::discard(&place);
            }
        })?;
        let (mut left_at_partner, mut left_whole) = (None, false);
        // If the original stayed held, it could be released later, and the same bytes would arrive twice.
        if matches!(original.standing, Standing::Held { .. }) {
            let event = Event::Cancelled { by, reason: cancelled };
            let original = self.ledger().record_act(original.id, event, asker).await?;
            left_at_partner = original.left_at_partner();
            left_whole = left_at_partner.is_some() && original.is_sent_whole();
            self.acted(original).await;
        }
        let shown = Shown { left_at_partner, left_whole, ..self.told(delivery).await };
        Ok(Answer::Delivery(Box::new(shown)))
    }

    /// The folder with the bytes that a delivery sent, if they are still kept.
    fn kept_folder(&self, original: &Delivery) -> Result<DeliveryFolder, ControlError> {
        if let Some(removed) = &original.contents_removed {
            let (id, day) = (&original.id, removed.at.date());
            return Err(ControlError::Unfit(say!("control-contents-removed", id = id, day = day)));
        }
        let folder = self.spool.existing_folder(&original.id)?.filter(|folder| folder.sent().is_file());
        let gone = || ControlError::Unfit(say!("control-no-longer-kept", id = original.id));
        folder.filter(|_| original.removed.is_none()).ok_or_else(gone)
    }

    async fn unhold(&self, id: String, event: Event, asker: Asker) -> Result<Answer, ControlError> {
        let (_claim, delivery) = self.claimed(id).await?;
        if let Some(message) = self.nothing_to_unhold(&delivery, &event).await? {
            return Err(ControlError::Unfit(message));
        }
        if let (Event::Released { .. }, Some(gateway)) = (&event, self.gateway())
            && let Standing::Queued {
                gate: Gate::PartnerDown { partner, .. } | Gate::MediumWanted { partner, .. },
            } = &delivery.standing
        {
            gateway.outages.try_now(partner);
        }
        let delivery = self.ledger().record_act(delivery.id, event, asker).await?;
        Ok(self.acted(delivery).await)
    }

    /// Why a delivery can't be released or cancelled, if it can't.
    async fn nothing_to_unhold(
        &self,
        delivery: &Delivery,
        event: &Event,
    ) -> Result<Option<String>, ControlError> {
        let (kind, id, state) = (kind(delivery), &delivery.id, state_word(delivery.state()));
        if delivery.standing == Standing::Going {
            return Ok(Some(if delivery.stage == Stage::Rejected {
                say!("control-goes-no-further", kind = kind, id = id, state = state)
            } else {
                say!("control-nothing-holds", kind = kind, id = id, state = state)
            }));
        }
        if matches!(event, Event::Cancelled { .. }) {
            let given_up = delivery.stage.is_final();
            return Ok(given_up.then(|| say!("control-given-up", kind = kind, id = id)));
        }
        // Only the word that the medium was received ends this wait.
        if let Standing::Queued { gate: gate @ Gate::HandedOver { .. } } = &delivery.standing {
            return Ok(Some(gate.told_of(id)));
        }
        let known = delivery.clone();
        let again = self.reading(move |desk| desk.sent_again(&known)).await?;
        Ok(again.map(|again| say!("control-cancel-instead", kind = kind, id = id, again = again)))
    }

    /// The delivery that sends the bytes of a held one again. A crash may come between its beginning and the end of the
    /// held one, which would arrive a second time if it were released.
    fn sent_again(&self, held: &Delivery) -> Result<Option<DeliveryId>, LedgerError> {
        let Some(source) = held.source().filter(|_| matches!(held.standing, Standing::Held { .. })) else {
            return Ok(None);
        };
        for again in self.ledger().with_source(&held.link, source.sha256) {
            let again = again?;
            if again.resend_of.as_ref() == Some(&held.id) && again.stage != Stage::Cancelled {
                return Ok(Some(again.id));
            }
        }
        Ok(None)
    }

    async fn hold(&self, id: String, asker: Asker, reason: String) -> Result<Answer, ControlError> {
        let (_claim, delivery) = self.claimed(id).await?;
        if delivery.stage >= Stage::Receipted {
            let (kind, id, state) = (kind(&delivery), &delivery.id, state_word(delivery.state()));
            let message = say!("control-nothing-to-hold", kind = kind, id = id, state = state);
            return Err(ControlError::Unfit(message));
        }
        // Nobody compares ledger and partner while no daemon runs: what the last one left in the middle stays known.
        if let (Office::LedgerAlone(ledger), Some(event)) = (&self.office, recover::interrupted(&delivery)) {
            ledger.record(delivery.id.clone(), event).await?;
        }
        let event = Event::HeldByHand { by: asker.to_string(), reason };
        let delivery = self.ledger().record_act(delivery.id, event, asker).await?;
        Ok(self.acted(delivery).await)
    }

    async fn confirm(
        &self,
        id: String,
        (says, how): (String, How),
        asker: Asker,
        reason: String,
    ) -> Result<Answer, ControlError> {
        let (_claim, delivery) = self.claimed(id).await?;
        if !delivery.can_be_confirmed() {
            let (kind, id, state) = (kind(&delivery), &delivery.id, state_word(delivery.state()));
            let message = match delivery.converted {
                None if delivery.collection().is_some() => {
                    say!("control-confirm-collection", kind = kind, id = id, state = state)
                }
                None => say!("control-confirm-unconverted", kind = kind, id = id, state = state),
                Some(_) => say!("control-confirm-going", kind = kind, id = id, state = state),
            };
            return Err(ControlError::Unfit(message));
        }
        let act = RequestedAct::Confirm { says: says.clone(), how };
        let by = match self.second_name(&delivery, act, &asker, &reason).await? {
            ControlFlow::Continue(by) => by,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let event = Event::Confirmed { by: say!("control-entered-by", says = says, asker = by), how, reason };
        let delivery = self.ledger().record_act(delivery.id, event, asker).await?;
        Ok(self.acted(delivery).await)
    }

    async fn change_hold(
        &self,
        subject: Subject,
        event: Event,
        asker: Asker,
    ) -> Result<Answer, ControlError> {
        let holds = matches!(event, Event::PartnerHeld { .. } | Event::LinkHeld { .. });
        let is_known = |config: &Config| match &subject {
            Subject::Partner(name) => config.partners.contains_key(name),
            Subject::Link(name) => config.has_link(name),
        };
        if holds && self.with_config(is_known) == Some(false) {
            return Err(ControlError::Unfit(say!("control-not-configured", subject = subject)));
        }
        if holds == self.is_held(&subject).await? {
            return Err(ControlError::Unfit(if holds {
                say!("control-held-already", subject = subject, option = option_of(&subject))
            } else {
                say!("control-not-held", subject = subject)
            }));
        }
        let held = if let Event::PartnerHeld { until: Some(until), .. }
        | Event::LinkHeld { until: Some(until), .. } = &event
        {
            say!("control-held-until", subject = subject, until = until)
        } else {
            say!("control-held", subject = subject, option = option_of(&subject))
        };
        self.ledger().record_general_act(event, Some(asker)).await?;
        let (logged, done) = if holds {
            (say!("control-logged-held", subject = subject), held)
        } else {
            (say!("control-logged-released", subject = subject), say!("control-released", subject = subject))
        };
        tracing::info!("{logged}");
        if let Some(gateway) = self.gateway() {
            gateway.hold_changed(subject, !holds).await?;
        }
        Ok(Answer::Done(done))
    }

    /// Has a partner tried at once that is down, or whose medium is wanted, and says so; says nothing of any other.
    fn try_now(&self, partner: &str) -> String {
        let Some(gateway) = self.gateway().filter(|gateway| gateway.outages.of(partner).is_some()) else {
            return String::new();
        };
        gateway.outages.try_now(partner);
        match gateway.config.is_carried(partner) {
            true => say!("control-medium-looked-for", partner = partner),
            false => say!("control-tried-now", subject = Subject::Partner(partner.to_owned())),
        }
    }

    /// Releases a partner. One that is down and not held is tried at once instead.
    async fn release_partner(
        &self,
        partner: String,
        asker: Asker,
        reason: String,
    ) -> Result<Answer, ControlError> {
        let subject = Subject::Partner(partner.clone());
        let held = self.is_held(&subject).await?;
        let tried = if held { String::new() } else { self.try_now(&partner) };
        if !tried.is_empty() {
            return Ok(Answer::Done(tried));
        }
        let event = Event::PartnerReleased { partner, by: asker.to_string(), reason };
        self.change_hold(subject, event, asker).await
    }

    async fn is_held(&self, subject: &Subject) -> Result<bool, LedgerError> {
        let subject = subject.clone();
        self.reading(move |desk| Ok(desk.ledger().hold(&subject)?.is_some())).await
    }

    async fn look(&self, link: &str) -> Result<Answer, ControlError> {
        let Some(gateway) = self.gateway() else {
            return Err(ControlError::Unfit(say!("control-nobody-looks")));
        };
        let Some(told) = gateway.looks.ask(link) else {
            return Err(ControlError::Unfit(say!("control-no-inbound", link = link)));
        };
        let not_looked = |why| ControlError::NotLooked { link: link.to_owned(), why };
        match tokio::time::timeout(LOOK_PATIENCE, told).await {
            Ok(Ok(Ok(sighting))) => Ok(Answer::Looked(Box::new(sighting))),
            Ok(Ok(Err(why))) => Err(not_looked(why)),
            Ok(Err(_)) => Err(not_looked(say!("control-stopping"))),
            Err(_) => Err(not_looked(say!("control-look-takes-long"))),
        }
    }

    /// The right to act on a delivery, and the delivery as it stands from then on. While no daemon runs, nobody else has it.
    pub(super) async fn claimed(&self, id: String) -> Result<(Option<Claim<'_>>, Delivery), ControlError> {
        let id = self.found(id).await?.id;
        let claim = match self.gateway() {
            Some(gateway) => {
                Some(free_soon(gateway, &id).await.ok_or_else(|| ControlError::Busy(id.clone()))?)
            }
            None => None,
        };
        Ok((claim, self.found(id.to_string()).await?))
    }

    pub(super) async fn acted(&self, delivery: Delivery) -> Answer {
        Answer::Delivery(Box::new(self.told(delivery).await))
    }

    /// Tells the log and whoever carries deliveries that somebody has acted on one.
    async fn told(&self, delivery: Delivery) -> Shown {
        journey::log(&delivery);
        if let Some(gateway) = self.gateway() {
            gateway.wake(&delivery.id);
        }
        self.reading(move |desk| desk.shown(delivery)).await
    }

    pub(super) fn shown(&self, delivery: Delivery) -> Shown {
        // Where nobody may look, nothing is said of the folder; all else is known from the ledger.
        let folder = self.spool.existing_folder(&delivery.id).ok().flatten();
        let folder = folder.filter(|_| delivery.removed.is_none()).map(|folder| folder.path().to_owned());
        Shown { folder, ..self.show(delivery) }
    }

    pub(super) fn show(&self, delivery: Delivery) -> Shown {
        let progress = self.gateway().and_then(|gateway| gateway.claims.progress(&delivery.id));
        let progress = progress.map(|progress| (progress.done(), progress.total()));
        let (state, left_at_partner) = (delivery.state().to_owned(), delivery.left_at_partner());
        let gateway = self.gateway().map(Arc::as_ref);
        // Where the ledger can't answer, what it has recorded is shown.
        let gate_now = journey::gate_now(self.ledger(), gateway, &delivery).ok().flatten();
        let left_whole = left_at_partner.is_some() && delivery.is_sent_whole();
        Shown { state, delivery, gate_now, progress, folder: None, left_at_partner, left_whole, past: None }
    }

    /// Asks the configuration: the daemon's, else the one that lies on the disk, if there is a sound one.
    pub(super) fn with_config<T>(&self, ask: impl FnOnce(&Config) -> T) -> Option<T> {
        match self.gateway() {
            Some(gateway) => Some(ask(&gateway.config)),
            None => config::read(self.configuration.as_ref()?).0.as_ref().map(ask),
        }
    }

    /// The roles: the daemon's, else those of `totatsu.toml` on the disk, whatever is wrong with other files.
    ///
    /// # Errors
    /// `totatsu.toml` has an error, so that nobody knows what it demands.
    pub(super) fn roles(&self) -> Result<Option<GatewayRoles>, ControlError> {
        match (self.gateway(), &self.configuration) {
            (Some(gateway), _) => Ok(gateway.config.gateway.roles.clone()),
            (None, Some(directory)) => {
                config::read_gateway(directory).map(|settings| settings.roles).map_err(|problems| {
                    ControlError::Unfit(
                        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
                    )
                })
            }
            (None, None) => Ok(None),
        }
    }

    /// The gateway, where the daemon answers.
    pub(super) fn gateway(&self) -> Option<&Arc<Gateway>> {
        match &self.office {
            Office::Daemon(gateway) => Some(gateway),
            Office::LedgerAlone(_) => None,
        }
    }

    pub(super) fn ledger(&self) -> &Ledger {
        match &self.office {
            Office::Daemon(gateway) => &gateway.ledger,
            Office::LedgerAlone(ledger) => ledger,
        }
    }
}

/// Puts the bytes of a delivery into the folder of the one that sends them again.
fn copy_kept(kept: &DeliveryFolder, place: &DeliveryFolder) -> Result<(), ControlError> {
    durable::make_new_dir(place.path())?;
    let copied = durable::link_or_copy(&kept.source(), &place.source())
        .and_then(|_| durable::link_or_copy(&kept.sent(), &place.sent()));
    copied.map(drop).inspect_err(|_| accept::discard(place)).map_err(ControlError::from)
}

/// The right to act on a delivery, also if the step in hand ends within a moment.
async fn free_soon<'g>(gateway: &'g Gateway, id: &DeliveryId) -> Option<Claim<'g>> {
    let start = Instant::now();
    loop {
        match gateway.claims.claim(id) {
            None if start.elapsed() < STEP_PATIENCE => tokio::time::sleep(STEP_LOOK).await,
            claim => return claim,
        }
    }
}

/// Who asks: the user whom the kernel tells, by the name that the system has, and whom the command says to act for.
pub async fn asker(caller: Caller, claimed: String) -> Asker {
    let Caller { uid, gid } = caller;
    let asked = move || {
        // A database that doesn't answer leaves the number, which says as much.
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        Asker::new(uid, gid, user.map(|user| user.name), &claimed)
    };
    blocking(asked).await
}

/// The option by which a partner or link is named on the command line.
fn option_of(subject: &Subject) -> String {
    match subject {
        Subject::Partner(name) => format!("--partner {name}"), // not for people
        Subject::Link(name) => format!("--link {name}"),       // not for people
    }
}

/// What people call it: a collection or a delivery.
fn kind(delivery: &Delivery) -> String {
    if delivery.collection().is_some() { say!("control-collection") } else { say!("control-delivery") }
}

/// Why a delivery's bytes can't be sent again, if they can't.
fn nothing_to_resend(original: &Delivery) -> Option<String> {
    let id = &original.id;
    if original.collection().is_some() {
        return Some(say!("control-came-in", id = id));
    }
    match (original.stage, &original.standing) {
        (Stage::Rejected, _) => Some(say!("control-was-rejected", id = id)),
        (Stage::Cancelled, _) if original.converted.is_none() => Some(say!("control-was-cancelled", id = id)),
        (Stage::Archived | Stage::Receipted | Stage::Superseded | Stage::Cancelled, _)
            if original.converted.is_some() =>
        {
            None
        }
        (Stage::Superseded, _) => Some(say!("control-was-superseded", id = id)),
        (Stage::Accepted, Standing::Held { .. }) => Some(say!("control-never-converted", id = id)),
        (_, Standing::Held { .. }) => None,
        (_, Standing::Going | Standing::Queued { .. } | Standing::Waiting { .. }) => {
            Some(say!("control-under-way", id = id, state = state_word(original.state())))
        }
    }
}
