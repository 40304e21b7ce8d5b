//! The index over the journal, on sled: the current state of each delivery, by id, state, link, source and receipt number,
//! and the holds on partners and links.
//!
//! Owns no truth. It remembers the journal position it has applied and is rebuilt from the journal when it is missing or
//! broken, so it needs no sync of its own. sled may panic on damaged files, or open them and silently lack entries:
//! every call is caught and becomes an error, storing has an end, and on opening all entries must give the digest that was
//! stored with them. A read has none of its own: it waits in sled only for the lock that a transaction has, or for bytes of its
//! page to be written, its walks give up after a million turns, and storing writes all bytes out before it ends, so while
//! nothing is stored there is nothing to wait for. A read that meets a store without an end waits as long, and ends with the
//! process: see [`crate::Ledger::index_failure`].

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use sled::Transactional as _;
use sled::transaction::{ConflictableTransactionError, TransactionError};

use crate::error::{IndexError, LedgerError};
use crate::hold::{Hold, HoldChanges, Subject};
use crate::journal::Position;
use crate::state::{Delivery, ReceiptLink, Stage};
use totatsu_base::{DeliveryId, Remedy, Sha256};

/// Changes with the meaning of any key or value below; an index of another format is rebuilt.
const FORMAT: u32 = 6;
/// Memory for sled's page cache, in bytes.
const CACHE: u64 = 32 * 1024 * 1024;
/// The only key of the `facts` tree.
const FACTS: &[u8] = b"facts";
/// How long an index may stay locked that the ledger's lock says is free: sled lets go of its files in the background.
const LOCKED: Duration = Duration::from_secs(2);
/// How long storing may take: where the disk fails at the wrong moment, sled waits for itself for ever.
const STUCK: Duration = Duration::from_secs(30);
/// How often a locked index is tried again meanwhile.
const LOOK: Duration = Duration::from_millis(5);

/// The open index.
#[derive(Clone)]
pub struct Index {
    deliveries: sled::Tree,
    states: sled::Tree,
    /// Deliveries with work left, by link and by the event that they began with.
    lanes: sled::Tree,
    /// Deliveries by link and digest of their source.
    sources: sled::Tree,
    /// Collections by link and name of the partner's file, and by link and the event with which they were placed; deliveries
    /// whose bytes the partner got, by link and place in its order.
    collections: sled::Tree,
    receipts: sled::Tree,
    holds: sled::Tree,
    facts: sled::Tree,
}

/// What holds for all entries together.
#[derive(Serialize, Deserialize)]
struct Facts {
    #[serde(default)]
    format: u32,
    seq: u64,
    digest: Option<Sha256>,
    last_receipt: Option<ReceiptLink>,
    entries: Entries,
}

/// The digests of all entries, each with its tree and key, added up bit by bit: the order of changes doesn't matter,
/// a missing one does.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entries([u8; 32]);

/// A new value under a key, or none any more.
struct Change<'a> {
    tree: &'a sled::Tree,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // sled would show every delivery it holds.
        f.debug_struct("Index").finish_non_exhaustive()
    }
}

impl From<sled::Error> for IndexError {
    fn from(error: sled::Error) -> IndexError {
        match &error {
            // sled has no error of its own for a lock that is taken.
            sled::Error::Io(_) if error.to_string().contains("could not acquire lock") => IndexError::Locked,
            sled::Error::Io(io) if Remedy::for_own_disk(io) == Remedy::Retry => {
                IndexError::NoRoom(error.to_string())
            }
            sled::Error::Io(_)
            | sled::Error::CollectionNotFound(_)
            | sled::Error::Unsupported(_)
            | sled::Error::ReportableBug(_)
            | sled::Error::Corruption { .. } => IndexError::Unusable(error.to_string()),
        }
    }
}

impl Index {
    /// Opens or makes the index at `path`, and checks that none of its entries is missing or changed.
    ///
    /// # Errors
    /// sled can't open it, or panics; an entry isn't as it was stored.
    pub fn open(path: &Path) -> Result<Index, IndexError> {
        let start = Instant::now();
        let index = loop {
            match Index::open_unchecked(path) {
                Err(IndexError::Locked) if start.elapsed() < LOCKED => std::thread::sleep(LOOK),
                opened => break opened?,
            }
        };
        let mut entries = Entries::default();
        for tree in index.trees().into_iter().filter(|tree| tree.name() != index.facts.name()) {
            caught(|| {
                tree.iter().try_for_each(|entry| entry.map(|(key, value)| entries.toggle(tree, &key, &value)))
            })?;
        }
        match index.facts()? {
            Facts { format, .. } if format != FORMAT => {
                Err(IndexError::OtherFormat { found: format, wanted: FORMAT })
            }
            facts if facts.entries != entries => {
                Err(IndexError::Unusable("entries are missing or changed".to_owned()))
            }
            _ => Ok(index),
        }
    }

    fn open_unchecked(path: &Path) -> Result<Index, IndexError> {
        caught(|| {
            // Whoever stores flushes: a background task could meet a disk that has become full since.
            let config = sled::Config::new().path(path).cache_capacity(CACHE).flush_every_ms(None);
            let db = config.open()?;
            Ok(Index {
                deliveries: db.open_tree("deliveries")?,
                states: db.open_tree("states")?,
                lanes: db.open_tree("lanes")?,
                sources: db.open_tree("sources")?,
                collections: db.open_tree("collections")?,
                receipts: db.open_tree("receipts")?,
                holds: db.open_tree("holds")?,
                facts: db.open_tree("facts")?,
            })
        })
    }

    fn trees(&self) -> [&sled::Tree; 8] {
        let Index { deliveries, states, lanes, sources, collections, receipts, holds, facts } = self;
        [deliveries, states, lanes, sources, collections, receipts, holds, facts]
    }

    /// The journal position up to which events are applied.
    ///
    /// # Errors
    /// sled fails, or the position can't be read.
    pub fn position(&self) -> Result<Position, LedgerError> {
        let Facts { seq, digest, .. } = self.facts()?;
        Ok(digest.map_or(Position::START, |digest| Position { seq, digest }))
    }

    /// The receipt at the end of the chain.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn last_receipt(&self) -> Result<Option<ReceiptLink>, LedgerError> {
        Ok(self.facts()?.last_receipt)
    }

    /// One delivery.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn find(&self, id: &DeliveryId) -> Result<Option<Delivery>, LedgerError> {
        Ok(self.stored(id)?)
    }

    /// Deliveries from the newest to the oldest, as far as the caller reads on.
    pub fn newest_first(&self) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        let mut entries = self.deliveries.iter();
        std::iter::from_fn(move || {
            let next = caught(|| entries.next_back().transpose()).transpose()?;
            Some(next.and_then(|(_, stored)| read(&stored)).map_err(LedgerError::from))
        })
    }

    /// The ids of deliveries in a state (see [`Delivery::state`]), of all stages or of one, oldest first.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn in_state(&self, state: &str, stage: Option<Stage>) -> Result<Vec<DeliveryId>, LedgerError> {
        let prefix = match stage {
            Some(stage) => format!("{state}/{stage}/"),
            None => format!("{state}/"),
        };
        Ok(ids_of(self.states.scan_prefix(&prefix))?)
    }

    /// The ids of deliveries in a state and of a stage, in no order that counts, as far as the caller reads on.
    pub fn each_in_state(
        &self,
        state: &str,
        stage: Stage,
    ) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        ids_one_by_one(self.states.scan_prefix(format!("{state}/{stage}/")))
    }

    /// The ids of deliveries with work left, oldest first.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn unfinished(&self) -> Result<Vec<DeliveryId>, LedgerError> {
        Ok(ids_of(self.lanes.iter())?)
    }

    /// The ids of a link's deliveries with work left, in the order in which they began.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn lane(&self, link: &str) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        ids_one_by_one(self.lanes.scan_prefix(format!("{link}/")))
    }

    /// The ids of a link's deliveries whose source has this digest, oldest first.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn with_source(&self, link: &str, sha256: Sha256) -> Result<Vec<DeliveryId>, LedgerError> {
        Ok(ids_of(self.sources.scan_prefix(format!("{link}/{sha256}/")))?)
    }

    /// The newest collection of a link whose file at the partner had this name.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn last_found(&self, link: &str, name: &str) -> Result<Option<Delivery>, LedgerError> {
        let prefix = found_key(link, name);
        let last = caught(|| self.collections.scan_prefix(prefix).next_back().transpose())?;
        last.map_or(Ok(None), |(key, _)| self.find(&id_at_end(&key)?))
    }

    /// The collection of a link that was placed last, and not given up since.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn last_placed(&self, link: &str) -> Result<Option<Delivery>, LedgerError> {
        for key in self.collections.scan_prefix(placed_key(link)).keys().rev() {
            let id = id_at_end(&caught(|| key)?)?;
            let placed = self.find(&id)?.filter(|placed| placed.stage != Stage::Cancelled);
            if placed.is_some() {
                return Ok(placed);
            }
        }
        Ok(None)
    }

    /// The last delivery of a link, by its order, whose bytes the partner got.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn last_arrived(&self, link: &str) -> Result<Option<Delivery>, LedgerError> {
        let last = caught(|| self.collections.scan_prefix(arrived_key(link)).next_back().transpose())?;
        last.map_or(Ok(None), |(key, _)| self.find(&id_at_end(&key)?))
    }

    /// The hold on a partner or link, if there is one.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn hold(&self, subject: &Subject) -> Result<Option<Hold>, LedgerError> {
        let stored = caught(|| self.holds.get(subject.to_string()))?;
        Ok(stored.map(|stored| read::<(Subject, Hold)>(&stored)).transpose()?.map(|(_, hold)| hold))
    }

    /// Every hold on a partner or link.
    ///
    /// # Errors
    /// sled fails, or one can't be read.
    pub fn holds(&self) -> Result<Vec<(Subject, Hold)>, LedgerError> {
        let stored = caught(|| self.holds.iter().values().collect::<sled::Result<Vec<_>>>())?;
        Ok(stored.iter().map(|stored| read(stored)).collect::<Result<_, IndexError>>()?)
    }

    /// The delivery that has the receipt with this number.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn with_receipt(&self, number: u64) -> Result<Option<Delivery>, LedgerError> {
        let id: Option<DeliveryId> =
            caught(|| self.receipts.get(number.to_be_bytes()))?.map(|id| read(&id)).transpose()?;
        id.map_or(Ok(None), |id| self.find(&id))
    }

    /// Stores changed deliveries and holds together with the position and the last receipt they belong to: all or nothing.
    ///
    /// # Errors
    /// sled fails, panics, or doesn't come to an end.
    pub(crate) fn store(
        &self,
        changed: Vec<Delivery>,
        holds: HoldChanges,
        position: Position,
        last_receipt: Option<ReceiptLink>,
    ) -> Result<(), IndexError> {
        let index = self.clone();
        let (tell, told) = mpsc::sync_channel(1);
        let work = move || drop(tell.send(index.store_all(&changed, &holds, position, last_receipt)));
        let thread = thread::Builder::new().name("index".to_owned()).spawn(work);
        thread.map_err(|error| IndexError::Unusable(format!("no thread for it can be started: {error}")))?;
        told.recv_timeout(STUCK).unwrap_or_else(|_| {
            // The thread keeps the index open: closing it would wait for the same thing, and the process is about to end.
            Err(IndexError::Unusable(format!("it has been storing for {STUCK:?} without an end")))
        })
    }

    fn store_all(
        &self,
        changed: &[Delivery],
        holds: &HoldChanges,
        position: Position,
        last_receipt: Option<ReceiptLink>,
    ) -> Result<(), IndexError> {
        let mut changes = Vec::new();
        for delivery in changed {
            self.change(delivery, &mut changes)?;
        }
        for (subject, hold) in holds {
            let value = hold.as_ref().map(|hold| write(&(subject, hold))).transpose()?;
            changes.push(Change { tree: &self.holds, key: subject.to_string().into_bytes(), value });
        }
        let mut entries = self.facts()?.entries;
        for Change { tree, key, value } in &changes {
            if let Some(before) = caught(|| tree.get(key))? {
                entries.toggle(tree, key, &before);
            }
            if let Some(value) = value {
                entries.toggle(tree, key, value);
            }
        }
        let Position { seq, digest } = position;
        let facts = write(&Facts { format: FORMAT, seq, digest: Some(digest), last_receipt, entries })?;
        changes.push(Change { tree: &self.facts, key: FACTS.to_vec(), value: Some(facts) });
        let trees = self.trees();
        let outcome = catch(|| {
            trees.as_slice().transaction(|open| {
                for Change { tree, key, value } in &changes {
                    let place = trees.iter().position(|known| known.name() == tree.name());
                    let tree = &open[place.expect("every change is to one of these trees")];
                    match value {
                        Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
                        None => tree.remove(key.as_slice())?,
                    };
                }
                Ok::<(), ConflictableTransactionError<std::convert::Infallible>>(())
            })
        })?;
        outcome.map_err(|error| match error {
            TransactionError::Storage(error) => IndexError::from(error),
            TransactionError::Abort(never) => match never {},
        })?;
        caught(|| self.facts.flush()).map(drop)
    }

    fn change<'a>(&'a self, delivery: &Delivery, changes: &mut Vec<Change<'a>>) -> Result<(), IndexError> {
        let id = delivery.id.as_str();
        let state = state_key(delivery);
        let before = self.stored(&delivery.id)?.map(|before| state_key(&before));
        if let Some(key) = before.filter(|before| *before != state) {
            changes.push(Change { tree: &self.states, key: key.into_bytes(), value: None });
        }
        changes.push(Change { tree: &self.states, key: state.into_bytes(), value: Some(Vec::new()) });
        let stored = Some(write(delivery)?);
        changes.push(Change { tree: &self.deliveries, key: id.as_bytes().to_vec(), value: stored });
        let left = if delivery.is_finished() { None } else { Some(Vec::new()) };
        let lane = format!("{}/{:020}/{id}", delivery.link, delivery.begun);
        changes.push(Change { tree: &self.lanes, key: lane.into_bytes(), value: left });
        if let Some(source) = delivery.source() {
            let source = format!("{}/{}/{id}", delivery.link, source.sha256);
            changes.push(Change { tree: &self.sources, key: source.into_bytes(), value: Some(Vec::new()) });
        }
        for key in collection_keys(delivery).into_iter().chain(arrived_key_of(delivery)) {
            changes.push(Change { tree: &self.collections, key: key.into_bytes(), value: Some(Vec::new()) });
        }
        if let Some(receipt) = delivery.receipt {
            let (key, value) = (receipt.number.to_be_bytes().to_vec(), Some(write(&delivery.id)?));
            changes.push(Change { tree: &self.receipts, key, value });
        }
        Ok(())
    }

    fn stored(&self, id: &DeliveryId) -> Result<Option<Delivery>, IndexError> {
        caught(|| self.deliveries.get(id.as_str()))?.map(|stored| read(&stored)).transpose()
    }

    fn facts(&self) -> Result<Facts, IndexError> {
        caught(|| self.facts.get(FACTS))?.map_or_else(|| Ok(Facts::NONE), |stored| read(&stored))
    }
}

impl Facts {
    /// Those of an index that holds nothing yet.
    const NONE: Facts =
        Facts { format: FORMAT, seq: 0, digest: None, last_receipt: None, entries: Entries([0; 32]) };
}

impl Entries {
    /// Adds an entry that wasn't there, takes away one that was.
    fn toggle(&mut self, tree: &sled::Tree, key: &[u8], value: &[u8]) {
        let mut digest = sha2::Sha256::new();
        for part in [&tree.name(), key, value] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        for (sum, byte) in self.0.iter_mut().zip(digest.finalize()) {
            *sum ^= byte;
        }
    }
}

/// The ids at the end of the keys, after the last slash if there is one.
fn ids_of(entries: sled::Iter) -> Result<Vec<DeliveryId>, IndexError> {
    let keys = caught(|| entries.keys().collect::<sled::Result<Vec<_>>>())?;
    let mut ids = keys.iter().map(|key| id_at_end(key)).collect::<Result<Vec<DeliveryId>, IndexError>>()?;
    ids.sort();
    Ok(ids)
}

fn ids_one_by_one(mut entries: sled::Iter) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
    std::iter::from_fn(move || {
        let next = caught(|| entries.next().transpose()).transpose()?;
        Some(next.and_then(|(key, _)| id_at_end(&key)).map_err(LedgerError::from))
    })
}

fn id_at_end(key: &[u8]) -> Result<DeliveryId, IndexError> {
    let id = || std::str::from_utf8(key).ok()?.rsplit('/').next()?.parse().ok();
    id().ok_or_else(|| IndexError::Unusable("an unreadable key".to_owned()))
}

fn collection_keys(delivery: &Delivery) -> Vec<String> {
    let Some(collection) = delivery.collection() else { return Vec::new() };
    let (link, id) = (&delivery.link, &delivery.id);
    let mut keys = vec![format!("{}{:020}/{id}", found_key(link, &collection.found.name), delivery.begun)];
    if let Some(event) = collection.placed_event {
        keys.push(format!("{}{event:020}/{id}", placed_key(link)));
    }
    keys
}

fn arrived_key_of(delivery: &Delivery) -> Option<String> {
    let arrived = delivery.published.is_some() || delivery.confirmed.is_some();
    let outbound = delivery.accepted().is_some();
    let Delivery { link, id, begun, .. } = delivery;
    (arrived && outbound).then(|| format!("{}{begun:020}/{id}", arrived_key(link)))
}

/// No name at a partner contains a slash.
fn found_key(link: &str, name: &str) -> String {
    format!("found/{link}/{name}/")
}

fn placed_key(link: &str) -> String {
    format!("placed/{link}/")
}

fn arrived_key(link: &str) -> String {
    format!("arrived/{link}/")
}

fn state_key(delivery: &Delivery) -> String {
    format!("{}/{}/{}", delivery.state(), delivery.stage, delivery.id)
}

fn read<T: serde::de::DeserializeOwned>(stored: &[u8]) -> Result<T, IndexError> {
    serde_json::from_slice(stored)
        .map_err(|error| IndexError::Unusable(format!("an unreadable value: {error}")))
}

fn write<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, IndexError> {
    serde_json::to_vec(value).map_err(|error| IndexError::Unusable(error.to_string()))
}

fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
    Ok(catch(call)??)
}

fn catch<T>(call: impl FnOnce() -> T) -> Result<T, IndexError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| IndexError::Unusable("sled panicked".to_owned()))
}
