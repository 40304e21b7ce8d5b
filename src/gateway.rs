//! One running gateway: its configuration, spool, ledger, sessions with partners, and who watches what.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore, SemaphorePermit, mpsc, oneshot};

use crate::acknowledge::Agreement;
use crate::clock::Moment;
use crate::collect::exclusive::{self, Exclusive};
use crate::collect::link::InboundLink;
use crate::collect::sighting::Looked;
use crate::config::Config;
use crate::delivery_id::DeliveryId;
use crate::journey::{Failure, Step, no_such_link};
use crate::layout::Layout;
use crate::ledger::event::Event;
use crate::ledger::hold::Subject;
use crate::ledger::state::{Delivery, Gate};
use crate::ledger::{Ledger, LedgerError, Opening};
use crate::link::{Link, SameName};
use crate::outage::{Outage, Outages};
use crate::receipt::Sender;
use crate::receipt::key::{KeyError, ReceiptKey};
use crate::remedy::Remedy;
use crate::schedule::alert::{self, Alert, Bell, Kind};
use crate::spool::{self, Spool, SpoolError};
use crate::transfer::Target;
use crate::transport::medium::MediumFault;
use crate::transport::pool::{Lease, Pool};
use crate::transport::{Progress, Reach, Session, TransportError};

/// Conversions at a time: they keep a processor busy each, and a gateway is small.
const CONVERSIONS: usize = 2;

/// A name gets a number at most this often; a directory that full is a person's affair.
const NUMBERED_NAMES: u32 = 98;
/// Who acts when no person does.
pub const OURSELVES: &str = "totatsu";

/// A gateway that is open for work.
#[derive(Debug)]
pub struct Gateway {
    /// What the operator wants.
    pub config: Config,
    /// Our disk.
    pub spool: Spool,
    /// What happened.
    pub ledger: Ledger,
    /// Which partners can't be reached.
    pub outages: Outages,
    /// What signs its receipts.
    pub receipt_key: ReceiptKey,
    /// Tells alerts.
    pub bell: Bell,
    pools: BTreeMap<String, Pool>,
    conversions: Semaphore,
    looks: BTreeMap<String, Looks>,
    watched: Mutex<HashMap<DeliveryId, Progress>>,
    claimed: Mutex<HashSet<DeliveryId>>,
    wake: mpsc::UnboundedSender<DeliveryId>,
    woken: Mutex<Option<mpsc::UnboundedReceiver<DeliveryId>>>,
}

/// The looks at an inbound link's partner: the last one, and who waits for the next.
#[derive(Debug, Default)]
struct Looks {
    hint: Arc<Notify>,
    last: Mutex<Option<LastLook>>,
    asked: Mutex<Vec<oneshot::Sender<Looked>>>,
}

/// What the last look at an inbound link's partner came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLook {
    /// When it began.
    pub at: Moment,
    /// Complete files that the link means.
    pub ready: usize,
    /// Files that may still change, or lack their marker or digest file.
    pub waiting: usize,
    /// Collections that it began.
    pub begun: usize,
    /// What was wrong.
    pub trouble: Option<String>,
}

/// Why a gateway can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The ledger; see there.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A directory can't be made.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The key that signs receipts; see there.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The right to change one delivery's state, until this is dropped: a step that is under way has it, or a person.
#[derive(Debug)]
pub struct Claim<'a> {
    gateway: &'a Gateway,
    id: DeliveryId,
}

/// A delivery whose bytes are moving; watched until this is dropped.
#[derive(Debug)]
pub struct Watched<'a> {
    gateway: &'a Gateway,
    id: DeliveryId,
    progress: Progress,
}

impl Gateway {
    /// Makes missing directories, opens the ledger and the key that signs receipts. Says what opening the ledger had to do.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: Config) -> Result<(Gateway, Opening), OpenError> {
        let spool = Spool::new(&config.gateway.spool);
        spool.lay_out()?;
        for link in config.links.values().filter(|link| link.outbox.starts_with(spool.root())) {
            spool::make_outbox(&link.outbox)?;
        }
        for link in config.inbound.values().filter(|link| link.inbox.starts_with(spool.root())) {
            spool::make_outbox(&link.inbox)?;
        }
        let (ledger, opening) = Ledger::open_patiently(&config.gateway.ledger)?;
        let settings = &config.gateway;
        let receipts_issued = ledger.with_receipt(1)?.is_some();
        let receipt_key = ReceiptKey::open(&settings.ledger, &settings.name, receipts_issued)?;
        let pools = config
            .partners
            .values()
            .map(|partner| {
                let pool = Pool::new(&partner.name, partner.connections, partner.reach.clone());
                (partner.name.clone(), pool)
            })
            .collect();
        let bell = Bell::new(config.gateway.alerts.clone());
        let looks = config.inbound.keys().map(|link| (link.clone(), Default::default())).collect();
        let outages = Outages::none(config.partners.keys());
        let (wake, woken) = mpsc::unbounded_channel();
        let gateway = Gateway {
            config,
            spool,
            ledger,
            receipt_key,
            outages,
            bell,
            pools,
            conversions: Semaphore::new(CONVERSIONS),
            looks,
            watched: Mutex::default(),
            claimed: Mutex::default(),
            wake,
            woken: Mutex::new(Some(woken)),
        };
        Ok((gateway, opening))
    }

    /// Has whoever carries deliveries look at this one.
    pub fn wake(&self, id: &DeliveryId) {
        // Where nobody carries any more, the next start does.
        drop(self.wake.send(id.clone()));
    }

    /// The deliveries that are to be looked at; there is one who carries them.
    pub fn woken(&self) -> Option<mpsc::UnboundedReceiver<DeliveryId>> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Has the deliveries looked at that wait for a partner or a link, in the order in which they began.
    ///
    /// # Errors
    /// The ledger can't answer.
    pub fn wake_queued(&self, subject: &Subject) -> Result<(), LedgerError> {
        let mut queued = Vec::new();
        for id in self.ledger.in_state("queued", None)? {
            let delivery = self.ledger.find(&id)?.filter(|delivery| match subject {
                Subject::Partner(partner) => delivery.partner == *partner,
                Subject::Link(link) => delivery.link == *link,
            });
            queued.extend(delivery.map(|delivery| (delivery.begun, id)));
        }
        queued.sort();
        queued.iter().for_each(|(_, id)| self.wake(id));
        Ok(())
    }

    /// The right to change a delivery's state; nothing while somebody else has it.
    pub fn claim(&self, id: &DeliveryId) -> Option<Claim<'_>> {
        self.claimed().insert(id.clone()).then(|| Claim { gateway: self, id: id.clone() })
    }

    /// When the hours of a delivery's partner and link begin, if they are closed now.
    pub fn opens(&self, delivery: &Delivery, now: Moment) -> Option<Moment> {
        let opening = self.config.hours_of(&delivery.link).next_opening(now);
        // Hours that never open are refused with the configuration.
        opening.filter(|opening| *opening > now)
    }

    /// Runs work on our own disk where it doesn't hold up the network. A panic in it goes on here.
    pub async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }

    /// Waits until one more conversion may run.
    pub async fn turn_to_convert(&self) -> SemaphorePermit<'_> {
        self.conversions.acquire().await.expect("the semaphore is never closed")
    }

    /// Takes a lock of exclusive control for a step; without waiting, for whoever has it may need long.
    ///
    /// # Errors
    /// Somebody else has it, or its file can't be locked.
    pub fn lock(&self, lock: &str, step: Step) -> Result<Exclusive, Failure> {
        let taken = exclusive::try_take(&self.spool, lock);
        let taken = taken.map_err(|error| Failure::of_own_disk(step, &error))?;
        let busy = || Failure::Closed(Gate::Exclusive { lock: lock.to_owned(), behind: None });
        taken.ok_or_else(busy)
    }

    /// The layout that a link's deliveries of this date have, or what to tell the operator.
    ///
    /// # Errors
    /// The link or its layout has left the configuration.
    pub fn layout(&self, link: &str, date: Date) -> Result<Arc<Layout>, String> {
        self.layout_named(&self.config.links.get(link).ok_or_else(|| no_such_link(link))?.layout, date)
    }

    /// The version of a layout that is in force on this date, or what to tell the operator.
    ///
    /// # Errors
    /// None is.
    pub fn layout_named(&self, name: &str, date: Date) -> Result<Arc<Layout>, String> {
        let layout = self.config.shelf.choose(name, date).cloned();
        layout.ok_or_else(|| {
            format!("no version of layout {name} is in force on {date}: add one, restart, then release")
        })
    }

    /// A session with a delivery's partner. Where none comes about, the partner counts as down for every delivery, or as
    /// held where a person has to act.
    ///
    /// # Errors
    /// The partner can't be reached, or has left the configuration.
    pub async fn session(&self, delivery: &Delivery, step: Step) -> Result<Lease<'_>, Failure> {
        let partner = &delivery.partner;
        let pool = self.pools.get(partner).ok_or_else(|| {
            let reason = format!(
                "partner {partner} is not in the configuration any more: put it back, restart, then release"
            );
            Failure::hold(step, reason)
        })?;
        let error = match pool.session().await {
            Ok(lease) => return Ok(lease),
            Err(error) => error,
        };
        if let Some(fault) = error.medium_wanted() {
            return Err(Failure::Closed(self.want_medium(partner, error.to_string(), fault.room_wanted())));
        }
        // Where others are being served, it is the number of connections that the partner minds.
        if error.remedy() == Remedy::Retry && pool.in_use() > 0 {
            return Err(Failure::of_transport(step, &error));
        }
        Err(Failure::Closed(self.unreachable(partner, &error).await?))
    }

    /// A session for looking at what a partner has, or why none comes about. A medium that isn't there has nothing to look
    /// at, and nobody is asked to put it in.
    ///
    /// # Errors
    /// The ledger can't record that the partner is held.
    pub async fn session_to_look(&self, partner: &str) -> Result<Result<Lease<'_>, String>, LedgerError> {
        let Some(pool) = self.pools.get(partner) else {
            return Ok(Err(format!("partner {partner} is not in the configuration")));
        };
        match pool.session().await {
            Ok(lease) => Ok(Ok(lease)),
            Err(error) => {
                let why = error.to_string();
                let busy = error.remedy() == Remedy::Retry && pool.in_use() > 0;
                if !busy && error.medium_wanted().is_none() {
                    self.unreachable(partner, &error).await?;
                }
                Ok(Err(why))
            }
        }
    }

    /// Told when an inbound link's partner is to be looked at without waiting any longer.
    pub fn look_hint(&self, link: &str) -> Arc<Notify> {
        self.looks.get(link).map(|looks| looks.hint.clone()).unwrap_or_default()
    }

    /// Has an inbound link's partner looked at now; what comes of it is told to the receiver. Nothing for a link that isn't
    /// in the configuration.
    pub fn ask_for_look(&self, link: &str) -> Option<oneshot::Receiver<Looked>> {
        let looks = self.looks.get(link)?;
        let (tell, told) = oneshot::channel();
        looks.asked.lock().unwrap_or_else(PoisonError::into_inner).push(tell);
        looks.hint.notify_one();
        Some(told)
    }

    /// Those who have asked for a look since this was called last; they are told by whoever looks.
    pub fn asked_for_look(&self, link: &str) -> Vec<oneshot::Sender<Looked>> {
        let asked =
            self.looks.get(link).map(|looks| looks.asked.lock().unwrap_or_else(PoisonError::into_inner));
        asked.map(|mut asked| std::mem::take(&mut *asked)).unwrap_or_default()
    }

    /// Remembers what a look came to.
    pub fn note_look(&self, link: &str, look: LastLook) {
        if let Some(looks) = self.looks.get(link) {
            *looks.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        }
    }

    /// What the last look at each inbound link's partner came to, if there was one.
    pub fn last_looks(&self) -> impl Iterator<Item = (&InboundLink, Option<LastLook>)> {
        self.looks.iter().map(|(link, looks)| {
            let last = looks.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
            (&self.config.inbound[link], last)
        })
    }

    /// Tries one connection to a partner, which is then kept for the next delivery.
    ///
    /// # Errors
    /// None comes about.
    pub async fn probe(&self, partner: &str) -> Result<(), TransportError> {
        let Some(pool) = self.pools.get(partner) else { return Ok(()) };
        let mut lease = pool.session().await?;
        if self.is_carried(partner) {
            self.check_room(partner, lease.session()).await?;
        }
        lease.give_back();
        Ok(())
    }

    /// Notes that no connection to a partner comes about, and says what deliveries have to wait for.
    ///
    /// # Errors
    /// The ledger can't record that the partner is held.
    pub async fn unreachable(&self, partner: &str, error: &TransportError) -> Result<Gate, LedgerError> {
        if error.remedy() != Remedy::Retry {
            return self.hold_partner(partner, error.to_string()).await;
        }
        let now = Moment::now();
        let next = self.next_probe(partner, now.after(self.config.gateway.backoff.first));
        let outage =
            Outage { since: now, attempts: 1, at: now, next, reason: error.to_string(), room_wanted: 0 };
        if self.outages.begin(partner, outage) {
            self.tell_of_partner(Kind::PartnerDown, partner, error.to_string());
        }
        let since = self.outages.of(partner).map_or(now, |outage| outage.since);
        Ok(Gate::PartnerDown { partner: partner.to_owned(), since })
    }

    /// Notes that a partner's medium has to be put in, and says what deliveries have to wait for: a normal thing, told once
    /// and never given up.
    pub fn want_medium(&self, partner: &str, reason: String, room_wanted: u64) -> Gate {
        let now = Moment::now();
        let next = now.after(self.config.gateway.backoff.first);
        let outage = Outage { since: now, attempts: 1, at: now, next, reason: reason.clone(), room_wanted };
        if self.outages.begin(partner, outage.clone()) {
            self.tell_of_partner(Kind::MediumWanted, partner, reason);
        }
        self.gate_of(partner, self.outages.of(partner).unwrap_or(outage))
    }

    /// What deliveries to a partner wait for that can't be reached, or whose medium is wanted.
    pub fn gate_of(&self, partner: &str, outage: Outage) -> Gate {
        let (partner, since) = (partner.to_owned(), outage.since);
        if self.is_carried(&partner) {
            return Gate::MediumWanted { partner, since, reason: outage.reason };
        }
        Gate::PartnerDown { partner, since }
    }

    /// Whether files are carried to a partner on a medium.
    pub fn is_carried(&self, partner: &str) -> bool {
        self.config.partners.get(partner).is_some_and(|partner| matches!(partner.reach, Reach::Medium(_)))
    }

    /// A medium with less room than the delivery wants that found the last one full or protected is none.
    async fn check_room(&self, partner: &str, session: &mut dyn Session) -> Result<(), TransportError> {
        let missing = self.outages.of(partner).map_or(0, |outage| outage.room_wanted);
        if missing == 0 {
            return Ok(());
        }
        match session.free_space(".").await? {
            Some(free) if free < missing => {
                let (path, fault) = (session.peer().address.clone(), MediumFault::Full { free, missing });
                Err(TransportError::Medium { path, fault })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The instant, or when the partner's hours begin after it.
    fn next_probe(&self, partner: &str, at: Moment) -> Moment {
        let hours = self.config.partners.get(partner).map(|partner| &partner.hours);
        hours.and_then(|hours| hours.next_opening(at)).unwrap_or(at)
    }

    /// Holds a partner until a person releases it.
    ///
    /// # Errors
    /// The ledger can't record it.
    pub async fn hold_partner(&self, partner: &str, reason: String) -> Result<Gate, LedgerError> {
        let (partner, by) = (partner.to_owned(), OURSELVES.to_owned());
        let held = Event::PartnerHeld { partner: partner.clone(), by, reason: reason.clone() };
        match self.ledger.record_hold(held).await {
            Ok(()) => self.tell_of_partner(Kind::PartnerHeld, &partner, reason.clone()),
            // Another delivery has found out first.
            Err(LedgerError::Contradiction(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(Gate::PartnerHeld { partner, reason })
    }

    /// What is agreed about acknowledgements on a delivery's link, if anything is.
    pub fn agreement(&self, delivery: &Delivery) -> Option<&Agreement> {
        self.config.links.get(&delivery.link)?.acknowledgement.as_ref()
    }

    /// Where a delivery's acknowledgement is looked for.
    pub fn acknowledgement_path(
        &self,
        agreement: &Agreement,
        delivery: &Delivery,
        target: &Target,
    ) -> String {
        Link::acknowledgement_path(agreement, delivery, target, &self.config.gateway.municipality)
    }

    /// Whether a delivery whose final name is taken gets another, and hasn't had too many.
    pub fn numbers_names(&self, delivery: &Delivery) -> bool {
        let same_name = self.config.links.get(&delivery.link).map(|link| link.same_name);
        same_name == Some(SameName::Version) && delivery.names_taken < NUMBERED_NAMES
    }

    /// Has somebody know what a partner's line has come to.
    pub fn tell_of_partner(&self, kind: Kind, partner: &str, text: String) {
        let subject = alert::Subject::Partner(partner.to_owned());
        self.bell.ring(&Alert { kind, subject, occasion: None, text });
    }

    /// Closes sessions that nobody has used for a while.
    pub async fn close_idle_sessions(&self) {
        for pool in self.pools.values() {
            pool.close_idle().await;
        }
    }

    /// Lets others see how far a delivery's bytes have come.
    pub fn watch(&self, id: &DeliveryId) -> Watched<'_> {
        let progress = Progress::new();
        self.watched().insert(id.clone(), progress.clone());
        Watched { gateway: self, id: id.clone(), progress }
    }

    /// How far a delivery's bytes have come, if they are moving.
    pub fn progress(&self, id: &DeliveryId) -> Option<Progress> {
        self.watched().get(id).cloned()
    }

    /// Who sends, for receipts.
    pub fn sender(&self) -> Sender {
        Sender {
            name: self.config.gateway.name.clone(),
            municipality: self.config.gateway.municipality.clone(),
            software: concat!("totatsu ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// The socket on which commands are answered.
    pub fn socket(&self) -> PathBuf {
        self.config.gateway.socket.clone()
    }

    fn claimed(&self) -> std::sync::MutexGuard<'_, HashSet<DeliveryId>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashMap<DeliveryId, Progress>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.gateway.claimed().remove(&self.id);
    }
}

impl Watched<'_> {
    /// What the transport counts.
    pub fn counter(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.gateway.watched().remove(&self.id);
    }
}
