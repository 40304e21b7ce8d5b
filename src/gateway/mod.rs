//! One running gateway: its configuration, spool, ledger, sessions with partners, and who watches what.
//!
//! Owns that these are opened together and who is woken. What is known of partners' lines is in `lines` and `outage`, who may
//! change which delivery in `claims`, who asked for a look at a partner in `looks`, which files settle in `settling`, who is
//! the next at a lock in `fronts`, whose turn it is while the ledger can't record in `recording`. Decides nothing about a delivery.

pub mod arrivals;
mod claims;
mod custody;
mod failure;
mod fronts;
mod holds;
mod lines;
mod looks;
mod outage;
mod receipts;
mod recording;
mod renewal;
mod settling;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::{Notify, Semaphore, SemaphorePermit, mpsc};

use crate::alert::{Alert, AlertSubject, Bell};
use crate::blocking::blocking;
use crate::collect::exclusive::{self, Exclusive};
use crate::config::Config;
use crate::receipt::key::{KeyError, ReceiptKey};
use crate::spool::Spool;
use crate::unaccepted::Unaccepted;
use custody::Custody;
use totatsu_base::evidence::Sender;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy, SharedDirectory, SpoolError, locked};
use totatsu_ledger::state::QUEUED;
use totatsu_ledger::{Event, Gate, Ledger, LedgerError, Opening, Step, Subject};
use totatsu_transport::pool::Pool;

pub use claims::{Claim, Claims, Watched};
pub use custody::CustodyError;
pub use failure::{Failure, Stop};
pub use fronts::LockFronts;
pub use looks::{LastLook, Looks};
pub use outage::{Outage, Outages};
pub use receipts::{DueReceipt, DueReceipts};
pub use recording::RecordingTurns;
pub use renewal::{Ending, Renewal, RenewedFiles, remember};
pub use settling::SettlingFiles;

/// Conversions at a time: they keep a processor busy each, and a gateway is small.
const CONVERSIONS: usize = 2;
/// How many of the newest deliveries are searched, when the gateway opens, for acts that wait for a second name.
const REQUESTS_LOOKED_FOR: usize = 1_000;

/// Characters of an alert that the ledger keeps.
const ALERT_TEXT: usize = 1000;

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
    /// Which files can't be accepted.
    pub unaccepted: Unaccepted,
    /// What signs its receipts.
    pub receipt_key: ReceiptKey,
    /// Tells alerts.
    pub bell: Bell,
    /// Who may change which delivery, and how far its bytes have come.
    pub claims: Claims,
    /// Looks at the partners of inbound links.
    pub looks: Looks,
    /// Files at partners that are to be left alone for a while before they are fetched.
    pub settling: SettlingFiles,
    /// Deliveries whose receipts are due.
    pub receipts: DueReceipts,
    /// Who has, or tries to take, which lock of exclusive control.
    pub fronts: LockFronts,
    /// Since when the gateway is open.
    pub since: Moment,
    /// Deliveries of which an act may wait for a second name.
    pub requested: Mutex<BTreeSet<DeliveryId>>,
    /// Alerts that were told and aren't in the ledger yet.
    unrecorded: Mutex<Vec<Alert>>,
    /// Whose turn it is while the ledger can't record.
    pub recording: RecordingTurns,
    /// What the gateway takes over a changed configuration with; empty where nobody may have it do so.
    pub renewal: OnceLock<Renewal>,
    pools: BTreeMap<String, Pool>,
    conversions: Semaphore,
    stirred: Notify,
    wake: mpsc::UnboundedSender<DeliveryId>,
    woken: Mutex<Option<mpsc::UnboundedReceiver<DeliveryId>>>,
    /// The lock on the spool. Let go last: whoever gets it may work on the spool.
    custody: Custody,
}

/// Why a gateway can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The ledger can't be opened, see [`LedgerError`].
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A directory can't be made.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Spool and ledger don't belong together, see [`CustodyError`].
    #[error(transparent)]
    Custody(#[from] CustodyError),
    /// The key that signs receipts can't be used, see [`KeyError`].
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Gateway {
    /// Makes missing directories, opens the ledger and the key that signs receipts. Says what opening the ledger had to do.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: Config) -> Result<(Gateway, Opening), OpenError> {
        let spool = Spool::new(&config.gateway.spool);
        let known = custody::known_end(&spool)?;
        spool.make_way()?;
        let (ledger, opening) = Ledger::open_patiently(&config.gateway.ledger, known)?;
        let settings = &config.gateway;
        let (position, knows_none) =
            (ledger.position()?, ledger.newest_first().next().transpose()?.is_none());
        let custody = custody::take(&spool, &settings.ledger, position, opening.departs, knows_none)?;
        spool.lay_out()?;
        make_shared(&spool, &config)?;
        let receipts_issued = ledger.with_receipt(1)?.is_some();
        let apart = settings.receipt_key.as_ref();
        let receipt_key = ReceiptKey::open_where(&settings.ledger, apart, &settings.name, receipts_issued)?;
        let pools = config
            .partners
            .values()
            .map(|partner| {
                (partner.name.clone(), Pool::new(&partner.name, partner.sessions, partner.reach.clone()))
            })
            .collect();
        let bell = Bell::new(config.gateway.alerts.clone());
        let looks = Looks::none(config.inbound.keys());
        let outages = Outages::none(config.partners.keys());
        let (wake, woken) = mpsc::unbounded_channel();
        let requested = requested_before(&ledger, &config)?;
        let gateway = Gateway {
            config,
            spool,
            ledger,
            receipt_key,
            outages,
            unaccepted: Unaccepted::default(),
            bell,
            pools,
            conversions: Semaphore::new(CONVERSIONS),
            looks,
            settling: SettlingFiles::default(),
            receipts: DueReceipts::default(),
            fronts: LockFronts::default(),
            since: Moment::now(),
            requested: Mutex::new(requested),
            unrecorded: Mutex::default(),
            recording: RecordingTurns::default(),
            renewal: OnceLock::new(),
            claims: Claims::default(),
            stirred: Notify::new(),
            wake,
            woken: Mutex::new(Some(woken)),
            custody,
        };
        Ok((gateway, opening))
    }

    /// Has whoever carries deliveries look at this one.
    pub fn wake(&self, id: &DeliveryId) {
        // Where nobody carries deliveries any more, the next start does.
        drop(self.wake.send(id.clone()));
    }

    /// The deliveries that are to be looked at. Only the first who asks gets them: there is one who carries deliveries.
    pub fn woken(&self) -> Option<mpsc::UnboundedReceiver<DeliveryId>> {
        locked(&self.woken).take()
    }

    /// Rings an alert. If it is about a delivery, the ledger records it, at once or when it has room again. An alert that the
    /// ledger has already, as after a start, is rung again and not recorded again.
    ///
    /// # Errors
    /// The ledger can't be trusted any more.
    pub async fn tell(&self, alert: &Alert) -> Result<(), LedgerError> {
        self.bell.ring(alert);
        match self.record_alert(alert).await {
            Err(error) if error.remedy() == Remedy::Retry => {
                locked(&self.unrecorded).push(alert.clone());
                Ok(())
            }
            recorded => recorded,
        }
    }

    /// Records the alerts that were told while the ledger had no room for them. What still finds none waits for the next
    /// time.
    ///
    /// # Errors
    /// The ledger can't be trusted any more.
    pub async fn record_what_was_told(&self) -> Result<(), LedgerError> {
        let told = std::mem::take(&mut *locked(&self.unrecorded));
        for alert in told {
            match self.record_alert(&alert).await {
                Err(error) if error.remedy() == Remedy::Retry => locked(&self.unrecorded).push(alert),
                recorded => recorded?,
            }
        }
        Ok(())
    }

    /// Records that somebody was told of a delivery, unless the ledger knows it already.
    async fn record_alert(&self, alert: &Alert) -> Result<(), LedgerError> {
        let AlertSubject::Delivery(id) = &alert.subject else { return Ok(()) };
        let Some(delivery) = self.ledger.find(id)? else { return Ok(()) };
        let (kind, text) = (alert.kind.word(), alert.text.chars().take(ALERT_TEXT).collect::<String>());
        if delivery.removed.is_some()
            || delivery.alerts.iter().any(|told| told.kind == kind && told.text == text)
        {
            return Ok(());
        }
        let event = Event::Alerted { kind: kind.to_owned(), text };
        match self.ledger.record(id.clone(), event).await {
            Ok(_) | Err(LedgerError::Contradiction(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Has the deliveries looked at that wait for a partner or a link, in the order in which they began.
    ///
    /// # Errors
    /// The ledger can't answer.
    pub fn wake_queued(&self, subject: &Subject) -> Result<(), LedgerError> {
        let mut queued = Vec::new();
        for id in self.ledger.in_state(QUEUED, None)? {
            let delivery = self.ledger.find(&id)?.filter(|delivery| match subject {
                Subject::Partner(partner) => delivery.partner == *partner,
                Subject::Link(link) => delivery.link == *link,
            });
            queued.extend(delivery.map(|delivery| (delivery.begun, id)));
        }
        // Deliveries that wait for a session aren't queued, and have to know as well.
        self.stirred.notify_waiters();
        queued.sort();
        queued.iter().for_each(|(_, id)| self.wake(id));
        Ok(())
    }

    /// Has the spool know how far its ledger went, so that a copy from before is refused. Where our disk refuses, the spool knows
    /// of less, and nothing else suffers.
    pub async fn remember_ledger(self: &Arc<Self>) {
        let gateway = self.clone();
        let remembering = move || {
            let position = gateway.ledger.position().map_err(|error| error.to_string())?;
            gateway.custody.remember(position).map_err(|error| error.to_string())
        };
        if let Err(error) = blocking(remembering).await {
            tracing::warn!(%error, "{}", say!("journey-cannot-remember"));
        }
    }

    /// Waits until a partner or a link was held or released.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Waits until one more conversion may run.
    pub async fn turn_to_convert(&self) -> SemaphorePermit<'_> {
        self.conversions.acquire().await.expect("the semaphore is never closed")
    }

    /// Takes a lock of exclusive control for a step of a delivery; without waiting, for whoever has it may need long. The
    /// delivery stands in front from here on, until it leaves.
    ///
    /// # Errors
    /// Somebody else has it, or its file can't be locked.
    pub fn lock(&self, lock: &str, step: Step, delivery: &DeliveryId) -> Result<Exclusive, Failure> {
        let closed = |behind| Failure::Closed(Gate::Exclusive { lock: lock.to_owned(), behind });
        if let Some(front) = self.fronts.step_up(lock, delivery) {
            return Err(closed(Some(front)));
        }
        let taken = exclusive::try_take(&self.spool, lock);
        let taken = taken.map_err(|error| Failure::of_exchange(step, &error))?;
        taken.ok_or_else(|| closed(None))
    }

    /// Who sends over a link, for receipts.
    pub fn sender(&self, link: &str) -> Sender {
        Sender {
            name: self.config.gateway.name.clone(),
            municipality: self.config.municipality_of(link).to_owned(),
            software: concat!("totatsu ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// The socket on which commands are answered.
    pub fn socket(&self) -> PathBuf {
        self.config.gateway.socket.clone()
    }
}

/// Deliveries of which an act waits for a second name: among those that aren't finished, and the newest.
fn requested_before(ledger: &Ledger, config: &Config) -> Result<BTreeSet<DeliveryId>, LedgerError> {
    if config.gateway.roles.as_ref().is_none_or(|roles| roles.four_eyes.is_empty()) {
        return Ok(BTreeSet::new());
    }
    let unfinished = ledger.unfinished()?.into_iter().filter_map(|id| ledger.find(&id).transpose());
    let mut requested = BTreeSet::new();
    for delivery in unfinished.chain(ledger.newest_first().take(REQUESTS_LOOKED_FOR)) {
        let delivery = delivery?;
        if delivery.requested.is_some() {
            requested.insert(delivery.id);
        }
    }
    Ok(requested)
}

/// Makes what others look for: outboxes, inboxes and lock files. One that can't be made, because something else stands in its
/// place, is told, and holds up only what needs it.
fn make_shared(spool: &Spool, config: &Config) -> Result<(), SpoolError> {
    let outboxes = config.links.values().map(|link| (&link.name, link.outbox_place()));
    let inboxes = config.inbound.values().map(|link| (&link.name, link.inbox_place()));
    let (links, places): (Vec<_>, Vec<_>) =
        outboxes.chain(inboxes).filter(|(_, place)| place.path.starts_with(spool.root())).unzip();
    for (link, made) in links.into_iter().zip(SharedDirectory::make_all(&places)) {
        tell_unless_ours(link, made)?;
    }
    let outbound = config.links.values().filter_map(|link| Some((&link.name, link.lock.as_ref()?)));
    let inbound = config.inbound.values().map(|link| (&link.name, &link.lock));
    for (link, lock) in outbound.chain(inbound) {
        tell_unless_ours(link, exclusive::make_ready(spool, lock))?;
    }
    Ok(())
}

fn tell_unless_ours(link: &str, made: Result<(), SpoolError>) -> Result<(), SpoolError> {
    match made {
        Err(error) if Remedy::for_exchange(&error.error) != Remedy::Stop => {
            tracing::error!(link, %error, "{}", say!("journey-waits-until-mended"));
            Ok(())
        }
        made => made,
    }
}
