//! Looks after the outboxes: a rescan at least every so often is the truth, hints of the kernel make it sooner.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{DaemonError, Stopping};
use crate::accept::{self, AcceptError, Entry, Outbox, Readiness, Standing};
use crate::blocking::blocking;
use crate::config::link::{Link, Order};
use crate::disk;
use crate::gateway::{Gateway, Stop};
use crate::journey;
use crate::ledger::event::Event;
use crate::ledger::state::Stage;
use crate::ledger::{Ledger, LedgerError};
use crate::remedy::Remedy;
use crate::spool::FileIdentity;

/// States in which a delivery's outbox name may still be there.
const NAME_MAY_REMAIN: [&str; 3] = ["accepted", "waiting", "held"];

/// One outbox and what has been said of it.
struct Post {
    gateway: Arc<Gateway>,
    link: Link,
    /// Entries that were reported as refused, so that each is reported once.
    reported: HashSet<(String, FileIdentity)>,
    /// Troubles of the last look, each reported when it is new.
    troubles: HashSet<String>,
    /// Those of the look in hand.
    troubles_now: HashSet<String>,
    /// Whether a file was left for lack of room in the last look, and in the look in hand.
    lacked_room: bool,
    lacks_room_now: bool,
}

/// Looks after every link's outbox until asked to stop.
pub(super) async fn run(gateway: Arc<Gateway>, stopping: Stopping) -> Result<(), DaemonError> {
    let hints: HashMap<PathBuf, Arc<Notify>> =
        gateway.config.links.values().map(|link| (link.outbox.clone(), Arc::default())).collect();
    let _watcher = watch(hints.clone());
    let mut posts = JoinSet::new();
    for link in gateway.config.links.values() {
        let hint = hints.get(&link.outbox).cloned().unwrap_or_default();
        let post = Post {
            gateway: gateway.clone(),
            link: link.clone(),
            reported: HashSet::new(),
            troubles: HashSet::new(),
            troubles_now: HashSet::new(),
            lacked_room: false,
            lacks_room_now: false,
        };
        posts.spawn(post.stand(hint, stopping.clone()));
    }
    while let Some(ended) = posts.join_next().await {
        ended.map_err(DaemonError::Panicked)??;
    }
    Ok(())
}

/// Has the kernel tell when something appears in an outbox. Without it everything still works, only later.
fn watch(hints: HashMap<PathBuf, Arc<Notify>>) -> Option<RecommendedWatcher> {
    let outboxes: Vec<PathBuf> = hints.keys().cloned().collect();
    let tell = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return hints.values().for_each(|hint| hint.notify_one()) };
        let overflowed = event.need_rescan();
        // A file that was closed after writing or renamed in may be complete; a mere opening may be our own.
        let telling = matches!(
            event.kind,
            EventKind::Access(AccessKind::Close(AccessMode::Write))
                | EventKind::Modify(ModifyKind::Name(_))
                | EventKind::Create(_)
        );
        for (outbox, hint) in &hints {
            if overflowed || (telling && event.paths.iter().any(|path| path.parent() == Some(outbox))) {
                hint.notify_one();
            }
        }
    };
    let mut watcher = match notify::recommended_watcher(tell) {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "the kernel can't watch the outboxes; files are found by rescans only");
            return None;
        }
    };
    for outbox in outboxes {
        if let Err(error) = watcher.watch(&outbox, RecursiveMode::NonRecursive) {
            tracing::warn!(outbox = %outbox.display(), %error, "not watched; files are found by rescans only");
        }
    }
    Some(watcher)
}

impl Post {
    async fn stand(mut self, hint: Arc<Notify>, mut stopping: Stopping) -> Result<(), DaemonError> {
        let mut outbox = Outbox::new(self.link.outbox_place(), self.link.readiness);
        while !stopping.is_asked() {
            let (back, looked) = blocking(move || {
                let looked = outbox.look_over(Instant::now());
                (outbox, looked)
            })
            .await;
            outbox = back;
            let settling = match looked {
                Ok(entries) => self.take_in(entries, &stopping).await?,
                Err(error) => {
                    self.report_trouble(&error);
                    false
                }
            };
            self.troubles = std::mem::take(&mut self.troubles_now);
            let lacks_room = std::mem::take(&mut self.lacks_room_now);
            if std::mem::replace(&mut self.lacked_room, lacks_room) && !lacks_room {
                tracing::info!(link = self.link.name, "there is room again: files are taken over");
            }
            tokio::select! {
                () = stopping.asked() => {}
                () = hint.notified() => {}
                () = tokio::time::sleep(self.pause(settling)) => {}
            }
        }
        Ok(())
    }

    /// How long to wait for the next look: a file that is settling is looked at again when it may have settled.
    fn pause(&self, settling: bool) -> Duration {
        let rescan = self.gateway.config.gateway.rescan;
        match self.link.readiness {
            Readiness::Quiet(quiet) if settling => quiet.min(rescan),
            Readiness::Quiet(_) | Readiness::Marker | Readiness::Rename => rescan,
        }
    }

    /// Takes over what is ready; says whether something is still settling.
    async fn take_in(&mut self, mut entries: Vec<Entry>, stopping: &Stopping) -> Result<bool, DaemonError> {
        let mut settling = false;
        // Ordered links go by the order of acceptance: what was finished first is taken over first, and where that fails,
        // what follows stays in the outbox too.
        let in_order = self.link.order != Order::Free;
        entries.sort_by_key(|entry| entry.identity.modified_ns);
        // Those that are taken over already have a second name with us.
        let in_question = |entry: &Entry| matches!(entry.standing, Standing::Ready | Standing::Refused(_));
        let taken = match entries.iter().any(in_question) {
            true => {
                let known = names_that_may_remain(&self.gateway.ledger, &self.link.name);
                known.map_err(Stop::from)?
            }
            false => HashSet::new(),
        };
        for entry in entries {
            match &entry.standing {
                Standing::Settling => settling = true,
                Standing::AwaitingMarker | Standing::Passing => {}
                Standing::Refused(_) if taken.contains(&entry.identity) => {}
                Standing::Refused(why) => self.report_refused(&entry, why),
                Standing::Ready if stopping.is_asked() => return Ok(false),
                Standing::Ready if taken.contains(&entry.identity) => {}
                Standing::Ready if self.lacks_room(entry.identity.size).await => {
                    if in_order {
                        return Ok(settling);
                    }
                }
                Standing::Ready => match self.take_over(entry).await {
                    Ok(()) => {}
                    Err(AcceptError::StillChanging) => settling = true,
                    Err(error) => {
                        self.judge(error)?;
                        if in_order {
                            return Ok(settling);
                        }
                    }
                },
            }
        }
        Ok(settling)
    }

    /// Whether our disk lacks the room for a file of so many bytes and the reserve; said once while it lasts.
    async fn lacks_room(&mut self, size: u64) -> bool {
        let settings = &self.gateway.config.gateway;
        let (spool, ledger, reserve) = (settings.spool.clone(), settings.ledger.clone(), settings.reserve);
        let looking = move || disk::little_room(&[&spool, &ledger], reserve, size);
        match blocking(looking).await {
            Ok(None) => return false,
            Ok(Some(little)) => {
                if !self.lacked_room && !self.lacks_room_now {
                    tracing::error!(link = self.link.name, "{little}");
                }
                self.lacks_room_now = true;
            }
            Err(error) => self.report_trouble(&error),
        }
        true
    }

    async fn take_over(&self, entry: Entry) -> Result<(), AcceptError> {
        let (spool, link) = (self.gateway.spool.clone(), self.link.clone());
        let taking = move || accept::take_over(&spool, link.outbox_place(), &entry, link.readiness);
        let (id, accepted) = blocking(taking).await?;
        let (link, partner) = (self.link.name.clone(), self.link.partner.clone());
        match self.gateway.ledger.record(id.clone(), Event::Accepted { link, partner, accepted }).await {
            Ok(delivery) => {
                journey::log(&delivery);
                self.gateway.wake(&id);
                Ok(())
            }
            Err(error) => {
                // Only a write that was undone is known not to count; else the folder stays until the next start.
                if error.remedy() == Remedy::Retry {
                    accept::discard(&self.gateway.spool.folder(&id));
                }
                Err(AcceptError::NotRecorded(error))
            }
        }
    }

    /// Reports why a file could not be taken over; a disk or ledger that can't be trusted ends the daemon.
    fn judge(&mut self, error: AcceptError) -> Result<(), DaemonError> {
        match (error.remedy(), error) {
            (Remedy::Stop, AcceptError::NotRecorded(error)) => Err(Stop::Ledger(error).into()),
            (Remedy::Stop, AcceptError::Spool(error) | AcceptError::Outbox(error)) => {
                Err(DaemonError::Spool(error))
            }
            (_, error) => {
                self.report_trouble(&error);
                Ok(())
            }
        }
    }

    fn report_trouble(&mut self, error: &dyn std::fmt::Display) {
        let message = error.to_string();
        if !self.troubles.contains(&message) && !self.troubles_now.contains(&message) {
            tracing::error!(link = self.link.name, "{message}; files stay in the outbox until it is mended");
        }
        self.troubles_now.insert(message);
    }

    fn report_refused(&mut self, entry: &Entry, why: &str) {
        if self.reported.insert((entry.name.clone(), entry.identity.clone())) {
            tracing::warn!(link = self.link.name, name = ?entry.name, "left in the outbox: {why}");
        }
    }
}

/// The files that are taken over already, but may still bear their outbox names.
fn names_that_may_remain(ledger: &Ledger, link: &str) -> Result<HashSet<FileIdentity>, LedgerError> {
    let mut known = HashSet::new();
    for state in NAME_MAY_REMAIN {
        for id in ledger.in_state(state, Some(Stage::Accepted))? {
            let delivery = ledger.find(&id)?.filter(|delivery| delivery.link == link);
            known.extend(delivery.and_then(|delivery| delivery.accepted().map(|file| file.identity.clone())));
        }
    }
    Ok(known)
}
