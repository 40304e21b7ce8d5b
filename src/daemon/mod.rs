//! The daemon: looks after outboxes, carries every delivery along its way, answers commands, and stops in good order.
//!
//! Owns the tasks and their end. Promises that a stop lets each delivery finish the step in hand, within the grace
//! time, and that a panic in any task ends the process rather than leave a part of it standing.

mod carriers;
pub mod clearing;
pub mod contents;
mod intake;
mod lookouts;
mod probes;
pub mod pulse;
pub mod recover;
mod stamps;
mod stopping;
pub mod timekeeper;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::blocking::blocking;
use crate::control::{self, Connections, Desk};
use crate::gateway::{Gateway, Stop};
use clearing::RetentionError;
use stopping::unless_tried_again;
pub use stopping::{DaemonError, Stopping};
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_base::{Moment, Remedy};
use totatsu_ledger::sealing::{self, PackedFile};

/// How often sessions are looked over for idle ones.
const TIDY: Duration = Duration::from_secs(30);
/// How often holds are looked at, at least: the clock may have been set.
const HOLDS: Duration = Duration::from_secs(30);
/// How often it is looked whether a file of the journal was closed.
const SEAL: Duration = Duration::from_secs(60);
/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// How often the archive is looked over for what it no longer has to keep.
const CLEAR: Duration = Duration::from_secs(24 * 3600);

/// Runs the gateway until it is asked to stop. `ready` is called once files are accepted and commands answered.
///
/// # Errors
/// See [`DaemonError`]. Nothing accepted is lost by any of them.
pub async fn run(gateway: Arc<Gateway>, stopping: Stopping, ready: impl FnOnce()) -> Result<(), DaemonError> {
    let last_recorded = clearing::last_recorded(&gateway.ledger).map_err(Stop::from)?;
    // Before anything is changed of what deliveries waited for when the gateway ended.
    probes::known_from_before(&gateway).map_err(Stop::from)?;
    let unfinished = recover::at_start(&gateway.ledger, &gateway.spool).await?;
    unfinished.iter().for_each(|id| gateway.wake(id));
    let listener = control::listen(&gateway.socket(), gateway.config.gateway.roles.is_some())?;
    let mut tasks: JoinSet<Result<(), DaemonError>> = JoinSet::new();
    tasks.spawn(serve(listener, Desk::of_daemon(gateway.clone()), stopping.clone()));
    tasks.spawn(intake::run(gateway.clone(), stopping.clone()));
    tasks.spawn(lookouts::run(gateway.clone(), stopping.clone()));
    for partner in gateway.config.partners.keys() {
        tasks.spawn(probes::run(gateway.clone(), partner.clone(), stopping.clone()));
    }
    tasks.spawn(tidy(gateway.clone(), stopping.clone()));
    tasks.spawn(seal_journal(gateway.clone(), stopping.clone()));
    tasks.spawn(stamps::run(gateway.clone(), stopping.clone()));
    tasks.spawn(end_holds(gateway.clone(), stopping.clone()));
    tasks.spawn(timekeeper::run(gateway.clone(), stopping.clone()));
    tasks.spawn(clear_archive(gateway.clone(), last_recorded, stopping.clone()));
    let (knock, knocks) = mpsc::channel(1);
    tasks.spawn(pulse::run(gateway.clone(), knock));
    tasks.spawn(carriers::run(gateway.clone(), knocks, stopping));
    ready();
    let mut outcome = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let ended = ended.unwrap_or_else(|error| Err(DaemonError::Panicked(error)));
        if ended.is_err() && outcome.is_ok() {
            tasks.abort_all();
            outcome = ended;
        }
    }
    drop(std::fs::remove_file(gateway.socket()));
    if outcome.is_ok() {
        gateway.remember_ledger().await;
    }
    outcome
}

/// Serves commands. Where no connection can be accepted, as when the process has too many files open, that is logged once,
/// and the next try comes after a pause: taking files over needs open files, too.
async fn serve(listener: UnixListener, desk: Desk, mut stopping: Stopping) -> Result<(), DaemonError> {
    let connections = Connections::default();
    let mut conversations = JoinSet::new();
    let mut failing = false;
    loop {
        tokio::select! {
            () = stopping.asked() => return Ok(()),
            Some(ended) = conversations.join_next() => ended.map_err(DaemonError::Panicked)?,
            connection = listener.accept() => match connection {
                Ok((stream, _)) => {
                    failing = false;
                    if let Some(seat) = connections.admit(&stream) {
                        conversations.spawn(control::converse(stream, seat, desk.clone()));
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        let text = say!("daemon-commands-refused", time = format!("{ACCEPT_PAUSE:?}"));
                        tracing::warn!(error = os_error(&error), "{text}");
                    }
                    stopping.asked_within(ACCEPT_PAUSE).await;
                }
            },
        }
    }
}

async fn tidy(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    while !stopping.asked_within(TIDY).await {
        gateway.close_idle_sessions().await;
        gateway.remember_ledger().await;
    }
    Ok(())
}

/// Ends the holds on partners and links whose time has come. Looks at the end of the next, and whenever one is laid on or released.
async fn end_holds(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    loop {
        let next = unless_tried_again(gateway.end_holds(Moment::now()).await)?;
        let pause = next.flatten().map_or(HOLDS, |next| next.remaining().min(HOLDS));
        if stopping.asked_or_hinted(pause, gateway.stirred()).await {
            return Ok(());
        }
    }
}

/// Packs the journal's closed files, one at a time. Where that can't be done they stay as they are, and nothing else suffers: it is
/// said once.
async fn seal_journal(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    let journal = gateway.config.gateway.ledger.join("journal");
    let mut failing = false;
    loop {
        let directory = journal.clone();
        match blocking(move || sealing::pack_oldest(&directory)).await {
            Ok(Some(PackedFile { path, plain, packed })) => {
                failing = false;
                tracing::info!(file = %path.display(), plain, packed, "{}", say!("daemon-file-packed"));
            }
            Ok(None) => failing = false,
            Err(error) if !std::mem::replace(&mut failing, true) => {
                tracing::error!(%error, "{}", say!("daemon-file-not-packed"));
            }
            Err(_) => {}
        }
        if stopping.asked_within(SEAL).await {
            return Ok(());
        }
    }
}

/// Has the archive cleared at the start and then once a day. What a wrong clock calls past its time would be gone for good:
/// one that is far ahead of what was `known` is not believed until a start finds that the ledger has gone on by it.
async fn clear_archive(
    gateway: Arc<Gateway>,
    known: Option<Moment>,
    mut stopping: Stopping,
) -> Result<(), DaemonError> {
    let (mut known, mut since) = (known.unwrap_or_else(Moment::now), Instant::now());
    loop {
        let now = Moment::now();
        let believed = !clearing::leapt(known, since.elapsed(), now);
        if believed {
            (known, since) = (now, Instant::now());
            // A removal that is cut off here is finished after the next start.
            tokio::select! {
                () = stopping.asked() => return Ok(()),
                cleared = clear_once(&gateway, now) => cleared?,
            }
        } else {
            tracing::error!("{}", say!("daemon-clock-leapt", known = known));
        }
        if stopping.asked_within(CLEAR).await {
            return Ok(());
        }
    }
}

async fn clear_once(gateway: &Arc<Gateway>, now: Moment) -> Result<(), DaemonError> {
    or_tried_again(clearing::remove_due(gateway, now).await, &say!("daemon-old-folders-stay"))?;
    or_tried_again(contents::remove_due(gateway, now).await, &say!("daemon-contents-stay"))
}

/// A removal that failed is logged with the words `told`, and tried again in a day; unless the disk can't be trusted.
fn or_tried_again(cleared: Result<usize, RetentionError>, told: &str) -> Result<(), DaemonError> {
    match cleared {
        Ok(_) => Ok(()),
        Err(error) if error.remedy() != Remedy::Stop => {
            tracing::error!(%error, "{told}");
            Ok(())
        }
        Err(RetentionError::Ledger(error)) => Err(Stop::Ledger(error).into()),
        Err(RetentionError::Spool(error)) => Err(error.into()),
    }
}
