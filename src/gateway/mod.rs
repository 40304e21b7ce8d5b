//! One running gateway: its configuration, spool, ledger, sessions with partners, and who watches what.
//!
//! Owns that these are opened together and who is woken. What is known of partners' lines is in `lines` and `outage`, who may
//! change which delivery in `claims`, who asked for a look at a partner in `looks`. Decides nothing about a delivery.

mod claims;
mod failure;
mod lines;
mod looks;
mod outage;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, Semaphore, SemaphorePermit, mpsc};

use crate::alert::Bell;
use crate::collect::exclusive::{self, Exclusive};
use crate::config::Config;
use crate::delivery_id::DeliveryId;
use crate::ledger::hold::Subject;
use crate::ledger::state::Gate;
use crate::ledger::step::Step;
use crate::ledger::{Ledger, LedgerError, Opening};
use crate::receipt::Sender;
use crate::receipt::key::{KeyError, ReceiptKey};
use crate::spool::{self, Spool, SpoolError};
use crate::transport::Progress;
use crate::transport::pool::Pool;
use crate::unaccepted::Unaccepted;
use looks::Looks;

pub use claims::{Claim, Watched};
pub use failure::{Failure, Stop};
pub use looks::LastLook;
pub use outage::{Outage, Outages};

/// Conversions at a time: they keep a processor busy each, and a gateway is small.
const CONVERSIONS: usize = 2;

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
    pools: BTreeMap<String, Pool>,
    conversions: Semaphore,
    looks: BTreeMap<String, Looks>,
    watched: Mutex<HashMap<DeliveryId, Progress>>,
    claimed: Mutex<HashSet<DeliveryId>>,
    stirred: Notify,
    wake: mpsc::UnboundedSender<DeliveryId>,
    woken: Mutex<Option<mpsc::UnboundedReceiver<DeliveryId>>>,
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
                (partner.name.clone(), Pool::new(&partner.name, partner.connections, partner.reach.clone()))
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
            unaccepted: Unaccepted::default(),
            bell,
            pools,
            conversions: Semaphore::new(CONVERSIONS),
            looks,
            watched: Mutex::default(),
            claimed: Mutex::default(),
            stirred: Notify::new(),
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
        // Those that wait for a session aren't queued, and have to know as well.
        self.stirred.notify_waiters();
        queued.sort();
        queued.iter().for_each(|(_, id)| self.wake(id));
        Ok(())
    }

    /// Waits until a partner or a link was held or released.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
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
}
