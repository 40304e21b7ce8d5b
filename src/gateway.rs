//! One running gateway: its configuration, spool, ledger, sessions with partners, and who watches what.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Config;
use crate::delivery_id::DeliveryId;
use crate::journey::{Failure, Step, no_such_link};
use crate::layout::Layout;
use crate::ledger::state::Delivery;
use crate::ledger::{Ledger, LedgerError, Opening};
use crate::receipt::Sender;
use crate::schedule::alert::Bell;
use crate::spool::{self, Spool, SpoolError};
use crate::transport::Progress;
use crate::transport::pool::{Lease, Pool};

/// Conversions at a time: they keep a processor busy each, and a gateway is small.
const CONVERSIONS: usize = 2;

/// A gateway that is open for work.
#[derive(Debug)]
pub struct Gateway {
    /// What the operator wants.
    pub config: Config,
    /// Our disk.
    pub spool: Spool,
    /// What happened.
    pub ledger: Ledger,
    /// Tells alerts.
    pub bell: Bell,
    pools: BTreeMap<String, Pool>,
    conversions: Semaphore,
    watched: Mutex<HashMap<DeliveryId, Progress>>,
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
}

/// A delivery whose bytes are moving; watched until this is dropped.
#[derive(Debug)]
pub struct Watched<'a> {
    gateway: &'a Gateway,
    id: DeliveryId,
    progress: Progress,
}

impl Gateway {
    /// Makes missing directories and opens the ledger. Says what opening the ledger had to do.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: Config) -> Result<(Gateway, Opening), OpenError> {
        let spool = Spool::new(&config.gateway.spool);
        spool.lay_out()?;
        for link in config.links.values().filter(|link| link.outbox.starts_with(spool.root())) {
            spool::make_outbox(&link.outbox)?;
        }
        let (ledger, opening) = Ledger::open_patiently(&config.gateway.ledger)?;
        let pools =
            config.partners.values().map(|partner| (partner.name.clone(), Pool::new(partner))).collect();
        let conversions = Semaphore::new(CONVERSIONS);
        let bell = Bell::new(config.gateway.alerts.clone());
        let watched = Mutex::default();
        Ok((Gateway { config, spool, ledger, bell, pools, conversions, watched }, opening))
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

    /// The layout that a link's deliveries of this date have, or what to tell the operator.
    ///
    /// # Errors
    /// The link or its layout has left the configuration.
    pub fn layout(&self, link: &str, date: Date) -> Result<Arc<Layout>, String> {
        let name = &self.config.links.get(link).ok_or_else(|| no_such_link(link))?.layout;
        let layout = self.config.shelf.choose(name, date).cloned();
        layout.ok_or_else(|| {
            format!("no version of layout {name} is in force on {date}: add one, restart, then release")
        })
    }

    /// A session with a delivery's partner.
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
        pool.session().await.map_err(|error| Failure::of_transport(step, &error))
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

    fn watched(&self) -> std::sync::MutexGuard<'_, HashMap<DeliveryId, Progress>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
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
