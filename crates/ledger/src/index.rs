//! The index over the journal: the current state of each delivery, found by whatever is asked, and the holds on partners and
//! links. What is unfinished lies in sled, what is finished in the [`crate::history`]; `crate::questions` asks both.
//!
//! Owns no truth. It remembers the journal position it has applied, and is rebuilt from the journal when a part of it is
//! missing, older than the other, or broken. sled needs no sync of its own. It may panic on damaged files, or open them and
//! silently lack entries: every call is caught and becomes an error, storing has an end, and on opening all of sled's entries
//! must give the digest that was stored with them: they are few, for what is finished leaves. A read has no end of its own: it
//! waits in sled only for the lock that a transaction has, or for bytes of its page to be written, its walks give up after a
//! million turns, and storing writes all bytes out before it ends, so while nothing is stored there is nothing to wait for. A
//! read that meets a store without an end waits as long, and ends with the process: see [`crate::Ledger::index_failure`].
//!
//! **Moving** what is finished, wherever it may be cut off:
//! - Many are moved together, once so many lie in sled, with the events that finish the last of them. First they are added to the
//!   history, and are on disk; then sled takes them out, in the transaction that also knows the journal's position and how many
//!   moves there were.
//! - *Cut off between the two*, both have them. sled's word counts, and they are moved again: it is the same that is added.
//! - *After a power cut sled may be as it was long before*, and the history not: then sled has seen fewer moves. The journal is
//!   applied to it from its own position on. Events of a delivery that only the history has, and that it knew already, are
//!   passed over: they have led to what lies there.
//! - *A history that has seen fewer moves than sled* is older, or not sled's: what sled let go is nowhere but in the journal, and
//!   all is rebuilt.
//! - A finished delivery that something happens to lies in sled again, which counts, until it is moved once more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use sled::Transactional as _;
use sled::transaction::{ConflictableTransactionError, TransactionError};
use strum::VariantArray as _;

use crate::entries::{self, Tree, read, write};
use crate::error::{IndexError, LedgerError};
use crate::gateway_acts::GatewayActs;
use crate::history::{History, HistoryFacts, Moves};
use crate::hold::HoldChanges;
use crate::journal::Position;
use crate::marks::{ClosedFile, Mark, Remembered};
use crate::parsed::Parsed;
use crate::state::{Delivery, ReceiptLink};
use crate::under_way::{Trait, UnderWay};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Remedy, Sha256, durable};

/// Changes with the meaning of any key or value below; an index of another format is rebuilt.
const FORMAT: u32 = 10;
/// Memory for sled's page cache, in bytes.
const CACHE: u64 = 16 * 1024 * 1024;
/// Finished deliveries that may lie in sled before they are moved.
pub(crate) const ENDED_LIMIT: usize = 256;
/// Finished deliveries that are moved together at most, besides those that are just finished.
const MOVE: usize = 1000;
/// Room on the disk, in bytes, without which nothing is moved: what is moved needs some for a while.
const MOVE_ROOM: u64 = 64 * 1024 * 1024;
/// The only key of the `facts` tree.
const FACTS: &[u8] = b"facts";
/// How long an index may stay locked that the ledger's lock says is free: sled lets go of its files in the background.
const LOCKED: Duration = Duration::from_secs(20);
/// What sled says where the lock is taken; not for people.
const LOCK_IS_TAKEN: &str = "could not acquire lock"; // not for people
/// How often a locked index is tried again meanwhile.
const LOOK: Duration = Duration::from_millis(5);

/// The open index.
#[derive(Clone)]
pub struct Index {
    trees: Trees,
    pub(super) history: Arc<History>,
    parsed: Arc<Parsed>,
    under_way: Arc<UnderWay>,
    pub(super) directory: PathBuf,
    ended_limit: usize,
}

/// Deliveries and holds as events have left them, to be stored together.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) deliveries: HashMap<DeliveryId, Delivery>,
    pub(super) holds: HoldChanges,
}

/// How far the index is to be after what is stored with it.
pub(super) struct Applied {
    /// The journal's position.
    pub(super) position: Position,
    /// The receipt at the end of the chain.
    pub(super) last_receipt: Option<ReceiptLink>,
    /// What the gateway as a whole last did.
    pub(super) acts: GatewayActs,
    /// Where the journal may be read from next time.
    pub(super) mark: Mark,
    /// Files of the journal that were closed.
    pub(super) closed: Vec<ClosedFile>,
}

/// What holds for all entries together.
#[derive(Default, Serialize, Deserialize)]
struct Facts {
    #[serde(default)]
    format: u32,
    seq: u64,
    digest: Option<Sha256>,
    last_receipt: Option<ReceiptLink>,
    #[serde(default)]
    acts: GatewayActs,
    entries: EntriesDigest,
    /// How often finished deliveries were moved into the history, and into which.
    #[serde(default)]
    moves: Moves,
    #[serde(default)]
    mark: Mark,
}

/// The digests of all entries, each with its tree and key, added up bit by bit: the order of changes doesn't matter,
/// a missing one does.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
struct EntriesDigest([u8; 32]);

/// New values by tree and key, or none any more.
type EntryChanges = BTreeMap<(Tree, Vec<u8>), Option<Vec<u8>>>;

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
            sled::Error::Io(_) if error.to_string().contains(LOCK_IS_TAKEN) => IndexError::Locked,
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
    /// Opens or makes the index at `path`, and checks that none of sled's entries is missing or changed. Once `ended_limit` finished
    /// deliveries lie in sled, they are moved. Until then `cache` bytes of the history's pages are kept in memory.
    ///
    /// # Errors
    /// sled or the history can't be opened, or panics; an entry isn't as it was stored; the history lacks something.
    pub fn open(path: &Path, ended_limit: usize, cache: usize) -> Result<Index, IndexError> {
        let (trees, facts) = open_checked(path)?;
        let history = Arc::new(History::open(path, &facts.moves, cache)?);
        let (parsed, under_way, directory) = (Arc::default(), Arc::default(), path.to_owned());
        Ok(Index { trees, history, parsed, under_way, directory, ended_limit })
    }

    /// The journal position that the index at `path` has applied, by sled alone.
    ///
    /// # Errors
    /// sled can't open it, or panics; an entry isn't as it was stored.
    pub fn position_in(path: &Path) -> Result<Position, IndexError> {
        Ok(open_checked(path)?.1.position())
    }

    pub(super) fn tree(&self, tree: Tree) -> &sled::Tree {
        tree_of(&self.trees, tree)
    }

    /// The journal position up to which events are applied.
    ///
    /// # Errors
    /// sled fails, or the position can't be read.
    pub fn position(&self) -> Result<Position, LedgerError> {
        Ok(facts(&self.trees)?.position())
    }

    /// The last journal position that sled or the history knows. The history is on disk when it says so, and sled isn't.
    ///
    /// # Errors
    /// sled's position or the history's can't be read.
    pub(super) fn acknowledged(&self) -> Result<Position, LedgerError> {
        let (position, HistoryFacts { seq, digest, .. }) = (self.position()?, self.history.facts()?);
        let moved = digest.map(|digest| Position { seq, digest });
        Ok(moved.filter(|moved| moved.seq > position.seq).unwrap_or(position))
    }

    /// The receipt at the end of the chain.
    ///
    /// # Errors
    /// sled fails, or the receipt can't be read.
    pub fn last_receipt(&self) -> Result<Option<ReceiptLink>, LedgerError> {
        Ok(facts(&self.trees)?.last_receipt)
    }

    /// What the gateway as a whole last did.
    ///
    /// # Errors
    /// sled fails, or the acts can't be read.
    pub fn gateway_acts(&self) -> Result<GatewayActs, LedgerError> {
        Ok(facts(&self.trees)?.acts)
    }

    /// What is known of the journal, so that its past needn't be read.
    ///
    /// # Errors
    /// sled fails, or what is known can't be read.
    pub(super) fn remembered(&self) -> Result<Remembered, LedgerError> {
        let closed = caught(|| self.tree(Tree::Files).iter().values().collect::<sled::Result<Vec<_>>>())?;
        let closed = closed.iter().map(|file| read(file)).collect::<Result<_, IndexError>>()?;
        Ok(Remembered { mark: facts(&self.trees)?.mark, closed })
    }

    /// Stores changed deliveries and holds together with how far the index is then: all or nothing. Moves what is finished into the
    /// history, if it is much by now.
    ///
    /// # Errors
    /// sled or redb fails or panics.
    pub(super) fn store(&self, changed: &Changed, applied: Applied) -> Result<(), IndexError> {
        let Applied { position: Position { seq, digest }, last_receipt, acts, mark, closed } = applied;
        let mut facts = facts(&self.trees)?;
        let deliveries = &changed.deliveries;
        let ended = self.to_move_with(deliveries)?;
        let finished = deliveries.values().filter(|delivery| ended.is_some() && delivery.is_finished());
        let moving: Vec<&Delivery> = finished.chain(ended.iter().flatten()).collect();
        if !moving.is_empty() {
            // sled may be older than the history after a power cut: its next move is one more than either has seen.
            let seen = self.history.facts()?.moves;
            facts.moves = if seen.moves > facts.moves.moves { seen } else { facts.moves }.next();
            let facts = HistoryFacts { moves: facts.moves.clone(), seq, digest: Some(digest) };
            self.history.add(moving.clone(), facts)?;
        }
        let mut changes = self.changes_of(deliveries, &moving)?;
        for (subject, hold) in &changed.holds {
            let value = hold.as_ref().map(|hold| write(&(subject, hold))).transpose()?;
            changes.insert((Tree::Holds, subject.key().into_bytes()), value);
        }
        for file in closed {
            changes.insert((Tree::Files, file.file.clone().into_bytes()), Some(write(&file)?));
        }
        let mut entries = facts.entries;
        for ((tree, key), value) in &changes {
            if let Some(before) = caught(|| self.tree(*tree).get(key))? {
                entries.toggle(*tree, key, &before);
            }
            if let Some(value) = value {
                entries.toggle(*tree, key, value);
            }
        }
        let moves = facts.moves;
        let digest = Some(digest);
        let facts = Facts { format: FORMAT, seq, digest, last_receipt, acts, entries, moves, mark };
        changes.insert((Tree::Facts, FACTS.to_vec()), Some(write(&facts)?));
        self.transact(&changes)?;
        self.under_way.follow(deliveries.values());
        caught(|| self.tree(Tree::Facts).flush()).map(drop)
    }

    /// The finished deliveries of before that are to be moved with those that have just finished; nothing where none is to be:
    /// they are too few, or there is no room.
    fn to_move_with(
        &self,
        changed: &HashMap<DeliveryId, Delivery>,
    ) -> Result<Option<Vec<Delivery>>, IndexError> {
        let finished = changed.values().filter(|delivery| delivery.is_finished()).count();
        if finished == 0 {
            return Ok(None);
        }
        let ended =
            caught(|| self.tree(Tree::Ended).iter().keys().take(MOVE).collect::<sled::Result<Vec<_>>>())?;
        let ended = ended.iter().map(|key| entries::id_at_end(key)).collect::<Result<Vec<_>, _>>()?;
        let ended: Vec<_> = ended.into_iter().filter(|id| !changed.contains_key(id)).collect();
        if finished + ended.len() < self.ended_limit || !self.has_room() {
            return Ok(None);
        }
        ended.iter().filter_map(|id| self.stored(id).transpose()).collect::<Result<_, _>>().map(Some)
    }

    /// Whether the disk has room for moving deliveries. Where the disk doesn't tell, none are moved.
    fn has_room(&self) -> bool {
        durable::free_at(&self.directory).is_ok_and(|free| free >= MOVE_ROOM)
    }

    /// What of sled's entries changes with deliveries, some of which are moved away.
    fn changes_of(
        &self,
        changed: &HashMap<DeliveryId, Delivery>,
        moving: &[&Delivery],
    ) -> Result<EntryChanges, IndexError> {
        let mut changes = EntryChanges::new();
        let moved: HashSet<&DeliveryId> = moving.iter().map(|delivery| &delivery.id).collect();
        let staying = changed.values().filter(|delivery| !moved.contains(&delivery.id));
        for (delivery, stays) in
            staying.map(|delivery| (delivery, true)).chain(moving.iter().map(|moved| (*moved, false)))
        {
            let mut before = entries::Entries::new();
            if let Some(stored) = caught(|| self.tree(Tree::Deliveries).get(delivery.id.as_str()))? {
                before =
                    entries::of_delivery(&self.parsed.delivery(&delivery.id, &stored)?, stored.to_vec())?;
            }
            let mut after = entries::Entries::new();
            if stays {
                let stored = write(delivery)?;
                self.parsed.note(delivery, &stored);
                after = entries::of_delivery(delivery, stored)?;
            }
            for (key, value) in after {
                if before.remove(&key).is_none_or(|before| before != value) {
                    changes.insert(key, Some(value));
                }
            }
            changes.extend(before.into_keys().map(|key| (key, None)));
        }
        Ok(changes)
    }

    fn transact(&self, changes: &EntryChanges) -> Result<(), IndexError> {
        let outcome = catch(|| {
            self.trees.as_slice().transaction(|open| {
                for ((tree, key), value) in changes {
                    let tree = tree_of(open, *tree);
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
        })
    }

    /// The unfinished deliveries that were or will be given this path at this partner.
    ///
    /// # Errors
    /// sled fails, or one can't be read.
    pub fn with_remote_path(&self, partner: &str, path: &str) -> Result<Vec<DeliveryId>, LedgerError> {
        self.unfinished_with(&Trait::RemotePath { partner: partner.to_owned(), path: path.to_owned() })
    }

    /// The unfinished deliveries of a link that a person let go before their turn.
    ///
    /// # Errors
    /// sled fails, or a delivery can't be read.
    pub fn let_go_first(&self, link: &str) -> Result<Vec<DeliveryId>, LedgerError> {
        self.unfinished_with(&Trait::LetGoFirst { link: link.to_owned() })
    }

    fn unfinished_with(&self, wanted: &Trait) -> Result<Vec<DeliveryId>, LedgerError> {
        let mut all = self.tree(Tree::Deliveries).iter().values();
        let one_by_one =
            iter::from_fn(|| caught(|| all.next().transpose()).transpose().map(|stored| read(&stored?)));
        Ok(self.under_way.with(wanted, one_by_one)?)
    }

    /// The delivery of this id, as sled has it.
    pub(super) fn stored(&self, id: &DeliveryId) -> Result<Option<Delivery>, IndexError> {
        let stored = caught(|| self.tree(Tree::Deliveries).get(id.as_str()))?;
        stored.map(|stored| self.parsed.delivery(id, &stored)).transpose()
    }
}

impl Facts {
    fn position(&self) -> Position {
        self.digest.map_or(Position::START, |digest| Position { seq: self.seq, digest })
    }
}

impl EntriesDigest {
    /// Adds an entry that wasn't there, takes away one that was.
    fn toggle(&mut self, tree: Tree, key: &[u8], value: &[u8]) {
        let mut digest = sha2::Sha256::new();
        for part in [tree.word().as_bytes(), key, value] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        for (sum, byte) in self.0.iter_mut().zip(digest.finalize()) {
            *sum ^= byte;
        }
    }
}

/// In the order of [`Tree`].
type Trees = [sled::Tree; Tree::VARIANTS.len()];

/// Opens sled at `path`, and checks its entries.
fn open_checked(path: &Path) -> Result<(Trees, Facts), IndexError> {
    let start = Instant::now();
    let trees = loop {
        match open_unchecked(path) {
            Err(IndexError::Locked) if start.elapsed() < LOCKED => std::thread::sleep(LOOK),
            opened => break opened?,
        }
    };
    let facts = facts(&trees)?;
    if facts.format != FORMAT {
        return Err(IndexError::OtherFormat { found: facts.format, wanted: FORMAT });
    }
    let mut entries = EntriesDigest::default();
    for tree in Tree::VARIANTS.iter().copied().filter(|tree| *tree != Tree::Facts) {
        caught(|| {
            let mut all = tree_of(&trees, tree).iter();
            all.try_for_each(|entry| entry.map(|(key, value)| entries.toggle(tree, &key, &value)))
        })?;
    }
    if facts.entries != entries {
        return Err(IndexError::Unusable(say!("ledger-entries-changed")));
    }
    Ok((trees, facts))
}

fn open_unchecked(path: &Path) -> Result<Trees, IndexError> {
    caught(|| {
        // Whoever stores flushes: a background task could meet a disk that has become full since.
        let config = sled::Config::new().path(path).cache_capacity(CACHE).flush_every_ms(None);
        let db = config.open()?;
        let trees = Tree::VARIANTS.iter().map(|tree| db.open_tree(tree.word()));
        let trees = trees.collect::<sled::Result<Vec<_>>>()?;
        Ok(trees.try_into().expect("there are as many as were opened"))
    })
}

fn tree_of<T>(trees: &[T], tree: Tree) -> &T {
    &trees[tree as usize]
}

fn facts(trees: &Trees) -> Result<Facts, IndexError> {
    caught(|| tree_of(trees, Tree::Facts).get(FACTS))?
        .map_or_else(|| Ok(Facts { format: FORMAT, ..Facts::default() }), |stored| read(&stored))
}

/// A call to sled, whose panic is an error.
pub(super) fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
    Ok(catch(call)??)
}

fn catch<T>(call: impl FnOnce() -> T) -> Result<T, IndexError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| IndexError::Unusable(say!("ledger-sled-panicked")))
}
