//! Looks after the outboxes: a rescan at least every so often is the truth, hints of the kernel make it sooner.
//!
//! What can't be accepted stays where it is. Each such file is told once for each cause, and noted for `status` and `outbox`.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::stopping::{DaemonError, Stopping};
use crate::alert::{self, Alert, Kind};
use crate::blocking::{begin, blocking};
use crate::config::link::{Link, Order};
use crate::deliver::accept::{self, AcceptError, Outbox, OutboxEntry, OutboxStanding, Readiness};
use crate::gateway::{Gateway, Stop};
use crate::unaccepted::{LeftFile, LeftFiles, Staying};
use crate::{disk, journey};
use totatsu_base::evidence::FileIdentity;
use totatsu_base::messages::{self, os_error};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy};
use totatsu_ledger::state::{self, HELD, WAITING};
use totatsu_ledger::{Event, Ledger, LedgerError, Stage};

/// States and stages in which a delivery's outbox name may still be there: one that was given up keeps its place in the
/// ledger until its name is gone, or its file would be taken over anew.
const NAME_MAY_REMAIN: [(&str, Stage); 9] = [
    (Stage::Accepted.word(), Stage::Accepted),
    (WAITING, Stage::Accepted),
    (HELD, Stage::Accepted),
    (Stage::Superseded.word(), Stage::Superseded),
    (WAITING, Stage::Superseded),
    (HELD, Stage::Superseded),
    (Stage::Cancelled.word(), Stage::Cancelled),
    (WAITING, Stage::Cancelled),
    (HELD, Stage::Cancelled),
];
/// Stands in a message for a path on our own disk, which is another one at each look.
const ANY_PATH: &str = "…";
/// How many files are taken over beside each other, where their order is free.
const TOGETHER: usize = 16;
/// How many alerts about files of one outbox a look raises; further files are told together.
const ALERTS: usize = 10;

/// One outbox and what has been said of it.
struct Post {
    gateway: Arc<Gateway>,
    link: Link,
    /// Files that the look in hand has found to stay.
    staying: Vec<Staying>,
    /// Troubles of the last look, each reported when it is new.
    troubles: HashSet<String>,
    /// Troubles of the look in hand.
    troubles_now: HashSet<String>,
    /// Whether a file was left for lack of room in the last look, and in the look in hand.
    lacked_room: bool,
    lacks_room_now: bool,
}

/// What became of files that were to be taken over.
struct Taken {
    /// All were taken over, but for files that a producer is at work on.
    all: bool,
    /// A producer is at work on one.
    still_changing: bool,
    /// Why the ledger could not record one, if it could not.
    unrecorded: Option<String>,
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
            staying: Vec::new(),
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
            tracing::warn!(%error, "{}", say!("daemon-cannot-watch"));
            return None;
        }
    };
    for outbox in outboxes {
        if let Err(error) = watcher.watch(&outbox, RecursiveMode::NonRecursive) {
            tracing::warn!(outbox = %outbox.display(), %error, "{}", say!("daemon-not-watched"));
        }
    }
    Some(watcher)
}

impl Taken {
    /// Notes a file that wasn't taken over.
    fn lacks(&mut self, entry: &OutboxEntry, error: AcceptError, post: &mut Post) -> Result<(), DaemonError> {
        if let AcceptError::StillChanging = error {
            self.still_changing = true;
            return Ok(());
        }
        self.all = false;
        if let AcceptError::NotRecorded(_) = error {
            self.unrecorded = Some(why_not_now(&error));
        }
        post.judge(entry, error)
    }
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
            self.tell_staying();
            self.troubles = std::mem::take(&mut self.troubles_now);
            let lacks_room = std::mem::take(&mut self.lacks_room_now);
            if std::mem::replace(&mut self.lacked_room, lacks_room) && !lacks_room {
                tracing::info!(link = self.link.name, "{}", say!("daemon-outbox-room-again"));
            }
            stopping.asked_or_hinted(self.pause(settling), hint.notified()).await;
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
    async fn take_in(
        &mut self,
        mut entries: Vec<OutboxEntry>,
        stopping: &Stopping,
    ) -> Result<bool, DaemonError> {
        let mut settling = false;
        // Ordered links go by the order of acceptance: what was finished first is taken over first, and where that fails,
        // what follows stays in the outbox too.
        let in_order = self.link.order != Order::Free;
        entries.sort_by_key(|entry| entry.identity.modified_ns);
        // A file that is taken over already has a second name in our spool.
        let in_question = |entry: &OutboxEntry| {
            matches!(entry.standing, OutboxStanding::Ready | OutboxStanding::Refused(_))
        };
        let mut taken = HashMap::new();
        if entries.iter().any(in_question) {
            taken = names_that_may_remain(&self.gateway.ledger, &self.link.name).map_err(Stop::from)?;
        }
        let mut ready = Vec::new();
        for entry in entries {
            match &entry.standing {
                OutboxStanding::Settling => settling = true,
                OutboxStanding::AwaitingMarker | OutboxStanding::Passing => {}
                // A file of our own user counts as refused while the delivery's folder has a second name of it.
                OutboxStanding::Ready | OutboxStanding::Refused(_) if taken.contains_key(&entry.identity) => {
                    // Told only if its delivery is held.
                    if let Some(Some(id)) = taken.get(&entry.identity) {
                        self.stays(&entry, say!("daemon-stays-delivery", id = id), false);
                    }
                }
                OutboxStanding::Refused(why) => self.stays(&entry, why.clone(), true),
                OutboxStanding::Ready => ready.push(entry),
            }
        }
        let mut rest = ready.chunks(if in_order { 1 } else { TOGETHER });
        while let Some(together) = rest.next() {
            if stopping.is_asked() {
                return Ok(false);
            }
            let Taken { all, still_changing, unrecorded } = self.take_over(together).await?;
            settling |= still_changing;
            // What can't be recorded is taken over in vain.
            if let Some(why) = unrecorded {
                rest.flatten().for_each(|entry| self.stays(entry, why.clone(), true));
                return Ok(settling);
            }
            if in_order && !all {
                let behind = together.first().map(|ahead| format!("{:?}", ahead.name)).unwrap_or_default();
                let why = say!("list-outbox-behind", name = behind);
                rest.flatten().for_each(|entry| self.stays(entry, why.clone(), false));
                return Ok(settling);
            }
        }
        Ok(settling)
    }

    /// Whether our disk lacks the room for so many bytes and the reserve; said once while it lasts.
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

    /// Takes over files beside each other, and records them with one sync.
    async fn take_over(&mut self, entries: &[OutboxEntry]) -> Result<Taken, DaemonError> {
        let (mut in_hand, mut wanted) = (Vec::new(), 0_u64);
        for entry in entries {
            // A file that is too large for the disk doesn't keep others out.
            let with_it = wanted.saturating_add(entry.identity.size);
            if self.lacks_room(with_it).await {
                self.stays(entry, say!("daemon-stays-no-room"), true);
                continue;
            }
            wanted = with_it;
            let (spool, link, entry) = (self.gateway.spool.clone(), self.link.clone(), entry.clone());
            let seen = entry.clone();
            let taking = move || accept::take_over(&spool, link.outbox_place(), &seen, link.readiness);
            in_hand.push((entry, begin(taking)));
        }
        let mut taken =
            Taken { all: in_hand.len() == entries.len(), still_changing: false, unrecorded: None };
        let (mut ours, mut events) = (Vec::new(), Vec::new());
        for (entry, taking) in in_hand {
            match taking.end().await {
                Ok((id, accepted)) => {
                    let (link, partner) = (self.link.name.clone(), self.link.partner.clone());
                    events.push((id.clone(), Event::Accepted { link, partner, accepted }));
                    ours.push((entry, id));
                }
                Err(error) => taken.lacks(&entry, error, self)?,
            }
        }
        let outcomes = self.gateway.ledger.record_all(events).await;
        for ((entry, id), outcome) in ours.into_iter().zip(outcomes) {
            match outcome {
                Ok(delivery) => {
                    journey::log(&delivery);
                    self.gateway.wake(&id);
                }
                Err(error) => {
                    // Only after such an error is the write known to be undone; else the folder stays until the next start.
                    if error.remedy() == Remedy::Retry {
                        accept::discard(&self.gateway.spool.folder(&id));
                    }
                    taken.lacks(&entry, AcceptError::NotRecorded(error), self)?;
                }
            }
        }
        Ok(taken)
    }

    /// Notes why a file could not be taken over; a disk or ledger that can't be trusted ends the daemon.
    fn judge(&mut self, entry: &OutboxEntry, error: AcceptError) -> Result<(), DaemonError> {
        let why = why_not_now(&error);
        match (error.remedy(), error) {
            (Remedy::Stop, AcceptError::NotRecorded(error)) => Err(Stop::Ledger(error).into()),
            (Remedy::Stop, AcceptError::Spool(error) | AcceptError::Outbox(error)) => {
                Err(DaemonError::Spool(error))
            }
            (Remedy::Stop, AcceptError::StillChanging | AcceptError::NoFreeId)
            | (Remedy::Retry | Remedy::Hold, _) => {
                self.stays(entry, why, true);
                Ok(())
            }
        }
    }

    fn report_trouble(&mut self, error: &dyn std::fmt::Display) {
        let message = error.to_string();
        if !self.troubles.contains(&message) && !self.troubles_now.contains(&message) {
            self.ring(say!("daemon-outbox-trouble", message = message));
        }
        self.troubles_now.insert(message);
    }

    fn stays(&mut self, entry: &OutboxEntry, why: String, rings: bool) {
        let (name, identity) = (entry.name.clone(), entry.identity.clone());
        self.staying.push(Staying { name, identity, why, rings });
    }

    /// Tells of what stays and wasn't told yet; of many files at once, of the first ones and how many more there are.
    fn tell_staying(&mut self) {
        let (staying, link) = (std::mem::take(&mut self.staying), self.link.name.clone());
        let LeftFiles { files, beyond } = self.gateway.unaccepted.note(&link, Moment::now(), staying);
        for LeftFile { name, why, .. } in files.iter().take(ALERTS) {
            let name = format!("{name:?}");
            self.ring(say!("daemon-file-stays", name = name, link = link, why = why));
        }
        let more = files.len().saturating_sub(ALERTS) + beyond;
        if more > 0 {
            self.ring(say!("daemon-more-files-stay", more = more, link = link));
        }
    }

    fn ring(&self, text: String) {
        let subject = alert::AlertSubject::Link(self.link.name.clone());
        self.gateway.bell.ring(&Alert { kind: Kind::NotAccepted, subject, occasion: None, text });
    }
}

/// Why a file isn't taken over, or no collection of it begun. The same cause has the same words at each look: the path on our
/// own disk is another one each time.
pub(super) fn why_not_now(error: &AcceptError) -> String {
    match error {
        AcceptError::Spool(error) => {
            let doing = messages::text(error.doing, &[("path", ANY_PATH.to_owned())]);
            say!("daemon-stays-disk", doing = doing, error = os_error(&error.error))
        }
        AcceptError::StillChanging
        | AcceptError::NoFreeId
        | AcceptError::Outbox(_)
        | AcceptError::NotRecorded(_) => say!("daemon-stays-tried-again", why = error),
    }
}

/// The files that are taken over already, but may still bear their outbox names, with the delivery of each that is held.
fn names_that_may_remain(
    ledger: &Ledger,
    link: &str,
) -> Result<HashMap<FileIdentity, Option<DeliveryId>>, LedgerError> {
    let unfinished: HashSet<DeliveryId> = ledger.lane(link).collect::<Result<_, _>>()?;
    let mut known = HashMap::new();
    for (state, stage) in NAME_MAY_REMAIN {
        for id in ledger.each_in_state(state, stage) {
            let id = id?;
            if !unfinished.contains(&id) {
                continue;
            }
            let Some(delivery) = ledger.find(&id)? else { continue };
            let held = matches!(delivery.standing, state::Standing::Held { .. });
            let identity = delivery.accepted().map(|file| file.identity.clone());
            known.extend(identity.map(|identity| (identity, held.then_some(id))));
        }
    }
    Ok(known)
}
