//! The ledger (台帳): what happened to every delivery. The journal is the truth, the index over it answers questions.
//!
//! [`Ledger`] is the only door to both: it alone records, and what is asked of it the [`Index`] answers. Promises that
//! [`Ledger::record`] returns only after the event is on disk, that events which contradict a delivery's state are refused
//! unwritten, and that one process at a time has it open. On opening, a missing or broken index is set aside and rebuilt from
//! the journal. A sound index is a witness: a journal that ends before the event it knows, or holds another one there, is
//! refused and left as it was found. It also stands for the journal's past: of that, only the last part is read at an opening,
//! so that opening costs the same whatever was delivered.

mod blocks;
mod briefs;
mod by_word;
mod chained_line;
mod changes;
pub mod collection;
pub mod contents;
mod entries;
mod error;
pub mod event;
pub mod gateway_acts;
pub mod history;
pub mod hold;
pub mod index;
pub mod journal;
mod journal_error;
mod lookup;
mod marks;
mod opening;
mod packing;
mod parsed;
pub mod questions;
pub mod reading;
pub mod removal;
mod replaying;
pub mod sealing;
pub mod search;
mod seeking;
mod segments;
pub mod spanned;
pub mod stage;
pub mod standing;
pub mod state;
mod state_names;
pub mod step;
mod storing;
mod under_way;
pub mod wanted;
pub mod way;
mod wild_name;
pub mod words;

use std::fs::{self, File, OpenOptions};
use std::ops::Deref;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};

use changes::{Changes, receipt_of};
use index::{Applied, Index};
use state::ReceiptLink;
use step::step_after;
use storing::Storer;
use totatsu_base::durable;
use totatsu_base::evidence::Asker;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy, SpoolError, locked};

pub use collection::Collection;
pub use contents::Archivings;
pub use error::{IndexError, LedgerError};
pub use event::{Entry, Event};
pub use gateway_acts::{GatewayActs, LastStamp};
pub use hold::{Hold, Subject};
pub use journal::{Journal, JournalError, Position, ROOM_TO_BEGIN};
pub use opening::{LedgerLimits, Opening};
pub use questions::{Walk, Walked};
pub use removal::{ContentsRemoval, ToldAlert};
pub use spanned::UnderWayAt;
pub use state::{Contradiction, Delivery, Doubt, Gate, Stage, Standing};
pub use step::Step;
pub use wanted::Wanted;
pub use wild_name::WildName;

/// Events that may wait for the writer; more senders wait in turn.
const QUEUE: usize = 1024;
/// Events synced together at most.
const BATCH: usize = 256;
/// How long to wait for a ledger that another process has open for a moment, as a command has.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(10);
/// How often to look meanwhile.
pub const LOCK_LOOK: Duration = Duration::from_millis(50);

/// The ledger of one gateway, open and locked.
#[derive(Debug)]
pub struct Ledger {
    /// The way to the writer, and its thread. Both are there until the ledger is dropped.
    writer: Option<(mpsc::Sender<Request>, JoinHandle<()>)>,
    index: Index,
    /// What ended the writer, if it was the index.
    index_failed: Arc<OnceLock<IndexError>>,
    refusal: Refusal,
    receipts: Mutex<()>,
    /// Let go last: whoever gets it may open journal and index.
    _lock: File,
}

/// Why the last events could not be recorded, if they could not.
type Refusal = Arc<std::sync::Mutex<Option<String>>>;

/// Where an event's outcome is told once it is on disk: the delivery as it stands then, if the event is about one.
type Answered = oneshot::Sender<Result<Option<Delivery>, LedgerError>>;

struct Request {
    delivery: Option<DeliveryId>,
    event: Event,
    asker: Option<Asker>,
    answer: Answered,
}

struct Writer {
    journal: Journal,
    index: Index,
    storer: Storer,
    index_failed: Arc<OnceLock<IndexError>>,
    last_receipt: Option<ReceiptLink>,
    acts: GatewayActs,
    refusal: Refusal,
}

impl Ledger {
    /// Opens the ledger in `directory`, making it if need be, and starts its writer. It is meant for a command: a gateway opens it by
    /// [`Ledger::open_patiently`].
    ///
    /// # Errors
    /// The ledger is in use, damaged, or can't be written.
    pub fn open(directory: &Path) -> Result<(Ledger, Opening), LedgerError> {
        Ledger::open_with(directory, LedgerLimits { cache: opening::ASKING_ONCE, ..LedgerLimits::default() })
    }

    /// As [`Ledger::open`], with other limits.
    ///
    /// # Errors
    /// The ledger is in use, damaged, or can't be written.
    pub fn open_with(directory: &Path, limits: LedgerLimits) -> Result<(Ledger, Opening), LedgerError> {
        Ledger::open_knowing(directory, limits, None)
    }

    /// Says, besides, whether the journal has departed from an event that is known of it.
    fn open_knowing(
        directory: &Path,
        limits: LedgerLimits,
        known: Option<Position>,
    ) -> Result<(Ledger, Opening), LedgerError> {
        let lock = lock(directory)?;
        let journal_directory = directory.join("journal");
        durable::make_dir(&journal_directory)?;
        let index_path = directory.join("index");
        let ((journal, index, last_receipt), opening) =
            opening::open(&journal_directory, limits, &index_path, known)?;
        let (requests, received) = mpsc::channel(QUEUE);
        let index_failed = Arc::<OnceLock<IndexError>>::default();
        let (acts, failed) = (index.gateway_acts()?, index_failed.clone());
        let storer = Storer::of(index.clone(), storing::STUCK)?;
        let refusal = Refusal::default();
        let core = Writer {
            journal,
            index: index.clone(),
            storer,
            index_failed: failed,
            last_receipt,
            acts,
            refusal: refusal.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || core.serve(received))
            .map_err(SpoolError::at("disk-starting-the-writer-of", directory))?;
        let writer = Some((requests, thread));
        let receipts = Mutex::new(());
        Ok((Ledger { writer, index, index_failed, refusal, receipts, _lock: lock }, opening))
    }

    /// As [`Ledger::open`], but waits for a while if another process has the ledger: a command has it only for a moment. Looks whether
    /// the journal still holds the event that is `known` of it.
    ///
    /// # Errors
    /// The ledger stays in use, is damaged, or can't be written.
    pub fn open_patiently(
        directory: &Path,
        known: Option<Position>,
    ) -> Result<(Ledger, Opening), LedgerError> {
        let start = Instant::now();
        loop {
            match Ledger::open_knowing(directory, LedgerLimits::default(), known) {
                Err(LedgerError::InUse(_)) if start.elapsed() < LOCK_PATIENCE => {
                    std::thread::sleep(LOCK_LOOK)
                }
                outcome => return outcome,
            }
        }
    }

    /// Records an event. When this returns `Ok`, the event is on disk; the delivery is handed back as it stands now. An
    /// event that is too long to be written, as a partner may make it, holds its delivery instead: the others go on.
    ///
    /// # Errors
    /// The event contradicts the delivery's state, or could not be made durable.
    pub async fn record(&self, delivery: DeliveryId, event: Event) -> Result<Delivery, LedgerError> {
        let word = event.word();
        let answered = self.submit(Some(delivery.clone()), event, None).await?;
        self.recorded(delivery, word, answered).await
    }

    /// As [`Ledger::record`], of many deliveries: their events are written in this order, and synced together.
    ///
    /// # Errors
    /// For each event: it contradicts the delivery's state, or could not be made durable.
    pub async fn record_all(&self, events: Vec<(DeliveryId, Event)>) -> Vec<Result<Delivery, LedgerError>> {
        let (mut submitted, mut outcomes) = (Vec::new(), Vec::new());
        for (delivery, event) in events {
            let word = event.word();
            submitted.push((delivery.clone(), word, self.submit(Some(delivery), event, None).await));
        }
        for (delivery, word, answered) in submitted {
            outcomes.push(match answered {
                Ok(answered) => self.recorded(delivery, word, answered).await,
                Err(stopped) => Err(stopped),
            });
        }
        outcomes
    }

    async fn recorded(
        &self,
        delivery: DeliveryId,
        word: &'static str,
        answered: oneshot::Receiver<Result<Option<Delivery>, LedgerError>>,
    ) -> Result<Delivery, LedgerError> {
        match answered.await.map_err(|_| self.stopped())? {
            Err(LedgerError::Journal(JournalError::TooLong(bytes))) => {
                self.hold_unwritten(delivery, word, bytes).await
            }
            after => Ok(after?.expect("an event about a delivery is answered with it")),
        }
    }

    /// Records what somebody did to a delivery by hand, as [`Ledger::record`] does; an event that is too long is refused.
    ///
    /// # Errors
    /// The event contradicts the delivery's state, is too long, or could not be made durable.
    pub async fn record_act(
        &self,
        delivery: DeliveryId,
        event: Event,
        asker: Asker,
    ) -> Result<Delivery, LedgerError> {
        let after = self.request(Some(delivery), event, Some(asker)).await?;
        Ok(after.expect("an event about a delivery is answered with it"))
    }

    /// Records an event that is about no delivery: of a partner, a link, or the gateway as a whole. `asker` is the person who did it, if
    /// a person did. When this returns `Ok`, the event is on disk.
    ///
    /// # Errors
    /// The partner or link is held or released already, or the event could not be made durable.
    pub async fn record_general_act(&self, event: Event, asker: Option<Asker>) -> Result<(), LedgerError> {
        self.request(None, event, asker).await.map(drop)
    }

    /// As [`Ledger::record_general_act`], where no person did it.
    ///
    /// # Errors
    /// The partner or link is held or released already, or the event could not be made durable.
    pub async fn record_general(&self, event: Event) -> Result<(), LedgerError> {
        self.record_general_act(event, None).await
    }

    /// Holds a delivery whose next event can't be written. One that isn't known yet, or has ended, has nothing to hold.
    async fn hold_unwritten(
        &self,
        id: DeliveryId,
        word: &'static str,
        bytes: usize,
    ) -> Result<Delivery, LedgerError> {
        let too_long = JournalError::TooLong(bytes);
        let Some(known) = self.find(&id)?.filter(|known| !known.is_finished()) else {
            return Err(too_long.into());
        };
        let (step, reason) = (step_after(known.stage), format!("{word}: {too_long}"));
        let held = Event::held(step, reason);
        let after = self.request(Some(id), held, None).await?;
        Ok(after.expect("an event about a delivery is answered with it"))
    }

    async fn request(
        &self,
        delivery: Option<DeliveryId>,
        event: Event,
        asker: Option<Asker>,
    ) -> Result<Option<Delivery>, LedgerError> {
        self.submit(delivery, event, asker).await?.await.map_err(|_| self.stopped())?
    }

    /// Hands an event to the writer; what comes of it is told to the receiver.
    async fn submit(
        &self,
        delivery: Option<DeliveryId>,
        event: Event,
        asker: Option<Asker>,
    ) -> Result<oneshot::Receiver<Result<Option<Delivery>, LedgerError>>, LedgerError> {
        let (answer, answered) = oneshot::channel();
        let request = Request { delivery, event, asker, answer };
        let (writer, _) = self.writer.as_ref().expect("there until the ledger is dropped");
        writer.send(request).await.map_err(|_| self.stopped())?;
        Ok(answered)
    }

    /// Where it is told why the index failed, once it has failed. From then on, whoever reads the index may wait for ever. So nothing
    /// that waits for such a reader may be what ends this process.
    pub fn index_failure(&self) -> Arc<OnceLock<IndexError>> {
        self.index_failed.clone()
    }

    /// Whether the last events could not be recorded, for lack of room above all. It ends with the next event that can be.
    pub fn refuses(&self) -> bool {
        locked(&self.refusal).is_some()
    }

    /// Why the writer has ended.
    fn stopped(&self) -> LedgerError {
        self.index_failed.get().map_or(LedgerError::Stopped, |error| LedgerError::Index(error.clone()))
    }

    /// Waits for the turn to issue a receipt; every other receipt waits until the guard is dropped.
    pub async fn turn_to_issue(&self) -> MutexGuard<'_, ()> {
        self.receipts.lock().await
    }
}

/// Whoever has the ledger asks its index.
impl Deref for Ledger {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

impl Drop for Ledger {
    /// The writer must have let go of journal and index before the lock is.
    fn drop(&mut self) {
        if let Some((writer, thread)) = self.writer.take() {
            drop(writer);
            if thread.join().is_err() {
                tracing::error!("{}", say!("ledger-writer-panicked"));
            }
        }
    }
}

fn lock(directory: &Path) -> Result<File, LedgerError> {
    check_owner(directory)?;
    durable::make_dir(directory)?;
    let path = directory.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(SpoolError::at("disk-opening", &path))?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(LedgerError::InUse(directory.to_owned())),
        Err(errno) => Err(SpoolError { doing: "disk-locking", path, error: errno.into() }.into()),
    }
}

/// The directory must be ours. Where it is still to be made, root could make it in a place whose owner can't use it then.
fn check_owner(directory: &Path) -> Result<(), LedgerError> {
    let place = directory.ancestors().find(|place| place.exists()).unwrap_or(Path::new("."));
    let owner = fs::metadata(place).map_err(SpoolError::at("disk-reading", place))?.uid();
    let we = rustix::process::geteuid();
    if owner != we.as_raw() && (place == directory || we.is_root()) {
        return Err(LedgerError::NotOwner { path: place.to_owned(), owner });
    }
    Ok(())
}

impl Writer {
    /// Serves requests until the ledger is dropped or can't be trusted any more.
    fn serve(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut waiting = Vec::with_capacity(BATCH);
        while requests.blocking_recv_many(&mut waiting, BATCH) > 0 {
            if !self.serve_together(waiting.drain(..)) {
                return;
            }
        }
    }

    /// Writes all acceptable requests with one sync, then answers all: a refusal may rest on an event that was only written with
    /// them. Says whether to go on.
    fn serve_together(&mut self, requests: impl Iterator<Item = Request>) -> bool {
        let mut batch = self.journal.batch();
        let mut changes = Changes::since(self.acts);
        let mut last_receipt = self.last_receipt;
        let mut answers = Vec::new();
        for request in requests {
            let Position { seq, digest } = batch.end();
            let Request { delivery, event, asker, answer } = request;
            let (at, format) = (Moment::now(), batch.format_to_state());
            let entry = Entry { seq: seq + 1, at, prev: digest, format, asker, delivery, event };
            match self
                .weigh(&entry, &changes, last_receipt)
                .and_then(|after| Ok((batch.push(&entry)?, after)))
            {
                Ok(((), after)) => {
                    last_receipt = receipt_of(&entry).or(last_receipt);
                    changes.note(&entry, after.clone());
                    answers.push((answer, Ok(after)));
                }
                Err(refused) => answers.push((answer, Err(refused))),
            }
        }
        let position = batch.end();
        let outcome = self.journal.commit(batch).map_err(LedgerError::from);
        let outcome = outcome.and_then(|()| {
            let acts = changes.acts;
            let (mark, closed) = self.journal.take_remembered();
            let applied = Applied { position, last_receipt, acts, mark, closed };
            self.storer.store(changes.hand_over(), applied)?;
            self.acts = acts;
            Ok(())
        });
        self.answer(answers, outcome, last_receipt)
    }

    fn answer(
        &mut self,
        answers: Vec<(Answered, Result<Option<Delivery>, LedgerError>)>,
        outcome: Result<(), LedgerError>,
        last_receipt: Option<ReceiptLink>,
    ) -> bool {
        let Err(error) = outcome else {
            self.last_receipt = last_receipt;
            if locked(&self.refusal).take().is_some() {
                tracing::info!("{}", say!("ledger-records-again"));
            }
            // A caller that has gone away loses nothing: the event is on disk.
            answers.into_iter().for_each(|(answer, given)| drop(answer.send(given)));
            return true;
        };
        // Said once while it lasts: whoever asked tries again, and again.
        let why = Some(error.to_string());
        if std::mem::replace(&mut *locked(&self.refusal), why.clone()) != why {
            tracing::error!(%error, "{}", say!("ledger-could-not-record"));
        }
        let go_on = error.remedy() == Remedy::Retry;
        if let LedgerError::Index(error) = &error {
            // The first failure says why; later ones follow from it.
            drop(self.index_failed.set(error.clone()));
        }
        for (answer, _) in answers {
            drop(answer.send(Err(error.for_another())));
        }
        go_on
    }

    fn weigh(
        &self,
        entry: &Entry,
        changes: &Changes,
        last_receipt: Option<ReceiptLink>,
    ) -> Result<Option<Delivery>, LedgerError> {
        let after = changes.after(entry, &self.index)?;
        let follows =
            receipt_of(entry).is_none_or(|r| r.number == last_receipt.map_or(1, |last| last.number + 1));
        if follows {
            Ok(after)
        } else {
            let (about, state) = (say!("ledger-the-receipts"), say!("ledger-older-end-of-receipts"));
            Err(Contradiction::new(&about, state, &entry.event).into())
        }
    }
}
