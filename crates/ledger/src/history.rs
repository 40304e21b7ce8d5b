//! The history: finished deliveries, on redb. They are found by their ids and by whatever [`crate::wanted::Wanted`] can say, newest
//! first, without a walk.
//!
//! Owns no truth: with the rest of the index it is rebuilt from the journal. [`crate::index`] moves finished deliveries into it, many
//! at a time. Promises that `History::add` returns once the deliveries are on disk, that what is answered is what was added (each
//! block and each delivery has a check, see `crate::blocks`), and that opening costs the same however much the history holds, also
//! after a kill: each commit says all that redb wants to know then. Only a small cache is kept in memory. The history is opened for
//! writing when something is added for the first time: who only asks writes nothing. Where redb panics, or a block or a delivery can't
//! be read as it was written, a mark is left: the next opening builds all anew. Never holds a delivery that isn't finished, and never
//! takes one away.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::thread;

use redb::{
    Builder, Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase as _,
    ReadableTable as _, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use crate::blocks::CheckedFile;
use crate::briefs::PackedId;
use crate::error::IndexError;
use crate::packing::Packing;
use crate::seeking::{self, Sought};
use crate::stage::Stage;
use crate::state::Delivery;
use crate::wanted::{self, LAST};
use totatsu_base::delivery_id::PACKED;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy, Sha256, durable};

/// The file, in the index's directory.
pub const FILE: &str = "history";
/// The file that says that the history was found damaged.
const MARK: &str = "history-damaged";
/// Memory for redb's pages, in bytes.
pub(crate) const CACHE: usize = 16 * 1024 * 1024;

/// Deliveries by their packed ids.
const DELIVERIES: TableDefinition<&[u8; PACKED], &[u8]> = TableDefinition::new("deliveries");
/// The delivery that is the last of those with a key, and the number that makes it the last.
const LASTS: TableDefinition<&[u8; LAST], (u64, &[u8; PACKED])> = TableDefinition::new("lasts");
/// The links of all deliveries that were ever added, each with a partner.
const LINKS: TableDefinition<(&str, &str), ()> = TableDefinition::new("links");
const FACTS: TableDefinition<&str, &[u8]> = TableDefinition::new("facts");
/// The only key of the facts.
const ALL: &str = "facts";

/// Bytes of a number in a row.
const NUMBER: usize = 6;
/// Bytes of a row that goes by a number: the number, and the id of a delivery.
const ROW: usize = NUMBER + PACKED;

/// The numbers by which deliveries lie in order. Each kind has a table of its own: a table that grows at its end is packed full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Numbered {
    /// The number of the receipt.
    Receipt,
    /// The number of the event that archived the folder, while that is kept.
    Kept,
    /// The second from which the folder may be removed, while it is kept.
    Due,
    /// The number of the event that removed the folder.
    Removed,
    /// The number of the event that removed what the delivery carried, while the folder is kept.
    ContentsRemoved,
}

impl Numbered {
    fn table(self) -> TableDefinition<'static, &'static [u8; ROW], ()> {
        TableDefinition::new(self.into())
    }
}

/// What holds for the whole history.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct HistoryFacts {
    /// The moves that the history has seen.
    #[serde(flatten)]
    pub(super) moves: Moves,
    /// The sequence number of the journal at the last move.
    pub(super) seq: u64,
    /// The journal's digest there.
    pub(super) digest: Option<Sha256>,
}

/// Ids that were found, newest first.
#[derive(Default)]
pub(super) struct Page {
    pub(super) ids: Vec<DeliveryId>,
    /// The search goes on below this id; none where there are no more.
    pub(super) next: Option<PackedId>,
}

/// Moves that were seen, by sled or by the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moves {
    /// How many.
    #[serde(default)]
    pub(super) moves: u64,
    /// Tells the history from every other: one that was built before has its own count.
    #[serde(default)]
    pub(super) history: Option<DeliveryId>,
}

impl Moves {
    /// The next one.
    pub(super) fn next(self) -> Moves {
        let history = self.history.unwrap_or_else(|| DeliveryId::new(Moment::now()));
        Moves { moves: self.moves + 1, history: Some(history) }
    }

    /// Whether a history that has seen these moves has all that was moved in `others`.
    fn hold(&self, others: &Moves) -> bool {
        others.moves == 0 || self.history == others.history && self.moves >= others.moves
    }
}

/// Finished deliveries.
pub(super) struct History {
    directory: PathBuf,
    store: RwLock<Store>,
    packing: Packing,
}

enum Store {
    /// Nothing was ever added.
    Nothing,
    /// It couldn't be opened for writing: what it holds can't be told until it can be opened.
    Closed,
    /// Somebody asked.
    Reading(ReadOnlyDatabase),
    /// Something was added since it was opened, or it had to be made fit after a kill.
    Writing(Database),
}

impl History {
    /// Opens the history in the index's directory, which is to hold what was added in these moves at least. Until something is added,
    /// `cache` bytes of its pages are kept in memory.
    ///
    /// # Errors
    /// The history is missing, older, another, damaged, or can't be read.
    pub(super) fn open(directory: &Path, moves: &Moves, cache: usize) -> Result<History, IndexError> {
        let path = directory.join(FILE);
        if directory.join(MARK).exists() {
            return Err(unusable(&say!("ledger-history-damaged")));
        }
        let store = match path.exists().then(|| caught(|| open(directory, cache))) {
            None => Store::Nothing,
            // A kill has left a history that was only begun: nothing rests on it.
            Some(Err(_)) if moves.moves == 0 => {
                std::fs::remove_file(&path).map_err(|error| unusable(&error))?;
                Store::Nothing
            }
            Some(opened) => opened?,
        };
        let history =
            History { directory: directory.to_owned(), store: RwLock::new(store), packing: Packing::new()? };
        let known = history.facts()?.moves;
        if !known.hold(moves) {
            return Err(unusable(&say!(
                "ledger-history-older",
                known = format!("{known:?}"),
                moves = format!("{moves:?}")
            )));
        }
        Ok(history)
    }

    /// What holds for the whole history.
    ///
    /// # Errors
    /// These facts can't be read.
    pub(super) fn facts(&self) -> Result<HistoryFacts, IndexError> {
        let stored = self.reading(|read| {
            let facts = read.open_table(FACTS)?.get(ALL)?;
            Ok(facts.map(|facts| facts.value().to_vec()))
        })?;
        let Some(stored) = stored.flatten() else { return Ok(HistoryFacts::default()) };
        serde_json::from_slice(&stored).map_err(|error| unusable(&error))
    }

    /// The delivery of this id, if the history has it.
    ///
    /// # Errors
    /// The delivery can't be read, or isn't what was added.
    pub(super) fn find(&self, id: &DeliveryId) -> Result<Option<Delivery>, IndexError> {
        let packed = self.reading(|read| {
            let packed = read.open_table(DELIVERIES)?.get(&id.packed())?;
            Ok(packed.map(|packed| packed.value().to_vec()))
        })?;
        let Some(packed) = packed.flatten() else { return Ok(None) };
        let found = self.packing.unpack(&packed).and_then(|found| {
            let is_it = found.id == *id;
            is_it.then_some(found).ok_or_else(|| unusable(&say!("ledger-history-other-delivery")))
        });
        found.map(Some).inspect_err(|_| self.mark())
    }

    /// The ids of deliveries that have all that is looked for, below an id, newest first, see [`seeking::page`].
    ///
    /// # Errors
    /// The ids can't be read.
    pub(super) fn page(&self, sought: &Sought, below: PackedId, limit: usize) -> Result<Page, IndexError> {
        let found = self.reading(|read| seeking::page(read, sought, below, limit))?;
        let Some((found, next)) = found else { return Ok(Page::default()) };
        Ok(Page { ids: ids(found)?, next })
    }

    /// Numbers of a kind within a range, with their deliveries, in their order; from the last on where `last_first` says so.
    ///
    /// # Errors
    /// The numbers can't be read.
    pub(super) fn numbered(
        &self,
        kind: Numbered,
        from: u64,
        to: u64,
        limit: usize,
        last_first: bool,
    ) -> Result<Vec<(u64, DeliveryId)>, IndexError> {
        let (first, last) = (row(from, [0; PACKED]), row(to, [u8::MAX; PACKED]));
        let rows: Option<Vec<[u8; ROW]>> = self.reading(|read| {
            let table = read.open_table(kind.table())?;
            let range = table.range::<&[u8; ROW]>(&first..=&last)?;
            if last_first {
                range.rev().take(limit).map(|row| Ok(*row?.0.value())).collect()
            } else {
                range.take(limit).map(|row| Ok(*row?.0.value())).collect()
            }
        })?;
        rows.unwrap_or_default().iter().map(number_of).collect()
    }

    /// The links of all deliveries.
    ///
    /// # Errors
    /// The links can't be read.
    pub(super) fn links(&self) -> Result<BTreeSet<String>, IndexError> {
        let links = self.reading(|read| {
            let links = read.open_table(LINKS)?;
            let links = links.iter()?.map(|link| Ok(link?.0.value().0.to_owned()));
            links.collect::<Result<BTreeSet<_>, redb::Error>>()
        })?;
        Ok(links.unwrap_or_default())
    }

    /// The partners of a link's deliveries.
    ///
    /// # Errors
    /// The partners can't be read.
    pub(super) fn partners_of(&self, link: &str) -> Result<BTreeSet<String>, IndexError> {
        let partners = self.reading(|read| {
            let (links, mut partners) = (read.open_table(LINKS)?, BTreeSet::new());
            for pair in links.range((link, "")..)? {
                let pair = pair?.0;
                let (of, partner) = pair.value();
                if of != link {
                    break;
                }
                partners.insert(partner.to_owned());
            }
            Ok(partners)
        })?;
        Ok(partners.unwrap_or_default())
    }

    /// The delivery that is the last of those with a key, and the number that makes it the last.
    ///
    /// # Errors
    /// The delivery can't be read.
    pub(super) fn last(&self, way: [u8; LAST]) -> Result<Option<(u64, DeliveryId)>, IndexError> {
        let last = self.reading(|read| {
            let last = read.open_table(LASTS)?.get(&way)?;
            Ok(last.map(|last| (last.value().0, *last.value().1)))
        })?;
        let Some((number, id)) = last.flatten() else { return Ok(None) };
        Ok(ids(vec![id])?.pop().map(|id| (number, id)))
    }

    /// Adds finished deliveries, or puts them in the place of what was known of them, as of a journal position. On `Ok` they are
    /// on disk.
    ///
    /// # Errors
    /// The deliveries can't be written.
    pub(super) fn add(&self, mut finished: Vec<&Delivery>, facts: HistoryFacts) -> Result<(), IndexError> {
        // What grows at its end is packed full.
        finished.sort_by(|one, other| one.id.cmp(&other.id));
        let facts = serde_json::to_vec(&facts).map_err(|error| unusable(&error))?;
        thread::scope(|scope| {
            // Packing takes nearly as long as all the rest.
            let packing = thread::Builder::new().spawn_scoped(scope, || self.packing.pack(&finished));
            let known = finished.iter().map(|delivery| Ok((*delivery, self.find(&delivery.id)?)));
            let known = known.collect::<Result<Vec<_>, IndexError>>()?;
            let panicked = |_| Err(unusable(&"zstd panicked")); // not for people
            let packed = || match packing {
                Ok(packing) => packing.join().unwrap_or_else(panicked),
                // The system has no more threads.
                Err(_) => self.packing.pack(&finished),
            };
            self.commit(&known, &facts, packed)
        })
    }

    fn commit(
        &self,
        known: &[Known],
        facts: &[u8],
        packed: impl FnOnce() -> Result<Vec<Vec<u8>>, IndexError>,
    ) -> Result<(), IndexError> {
        self.open_for_writing()?;
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let Store::Writing(database) = &*store else {
            return Err(unusable(&say!("ledger-history-not-open")));
        };
        let added = self.guarded(|| {
            let mut write = database.begin_write()?;
            // The next opening reads what this commit says, whatever ends the process.
            write.set_quick_repair(true);
            put_ways(&write, known)?;
            let packed = match packed() {
                Ok(packed) => packed,
                Err(why) => return write.abort().map(|()| Err(why)).map_err(Into::into),
            };
            put_packed(&write, known.iter().map(|(delivery, _)| *delivery).zip(&packed), facts)?;
            // Durable from here: what was added is found in the history, and may go from where it was before.
            Ok(Ok(write.commit()?))
        });
        added?
    }

    fn open_for_writing(&self) -> Result<(), IndexError> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        match *store {
            Store::Writing(_) => Ok(()),
            Store::Nothing | Store::Closed | Store::Reading(_) => {
                *store = Store::Closed;
                *store = Store::Writing(caught(|| open_writable(&self.directory))?);
                Ok(())
            }
        }
    }

    /// Reads from one state of the history, if there is anything in it.
    fn reading<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<Option<T>, IndexError> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let begun = |begun: Result<ReadTransaction, redb::TransactionError>| match read(&begun?) {
            // Nothing was committed yet.
            Err(redb::Error::TableDoesNotExist(_)) => Ok(None),
            outcome => outcome.map(Some),
        };
        match &*store {
            Store::Nothing => Ok(None),
            Store::Closed => Err(unusable(&say!("ledger-history-not-open"))),
            Store::Reading(database) => self.guarded(|| begun(database.begin_read())),
            Store::Writing(database) => self.guarded(|| begun(database.begin_read())),
        }
    }

    /// Calls redb; if that panics or finds its own pages odd, the next opening shall not trust them.
    fn guarded<T>(&self, call: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, IndexError> {
        let mut odd = true;
        let outcome = caught(|| call().inspect_err(|error| odd = matches!(error, redb::Error::Corrupted(_))));
        outcome.inspect_err(|_| {
            if odd {
                self.mark()
            }
        })
    }

    /// Has the next opening build everything anew.
    fn mark(&self) {
        drop(File::create(self.directory.join(MARK)));
    }
}

fn open(directory: &Path, cache: usize) -> Result<Store, redb::Error> {
    match builder(cache).open_read_only_with_backend(file(directory)?) {
        Ok(database) => Ok(Store::Reading(database)),
        // A kill came between two commits.
        Err(DatabaseError::RepairAborted) => open_writable(directory).map(Store::Writing),
        Err(error) => Err(error.into()),
    }
}

fn open_writable(directory: &Path) -> Result<Database, redb::Error> {
    let is_new = !directory.join(FILE).exists();
    let database = builder(CACHE).create_with_backend(file(directory)?)?;
    if is_new {
        for directory in [directory, durable::parent_of(directory)] {
            durable::sync_dir(directory).map_err(|error| redb::Error::Io(error.error))?;
        }
    }
    Ok(database)
}

fn builder(cache: usize) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(cache);
    builder
}

fn file(directory: &Path) -> Result<CheckedFile, redb::Error> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    Ok(CheckedFile { file: options.open(directory.join(FILE))?, mark: directory.join(MARK) })
}

/// A delivery, and what was known of it before.
type Known<'a> = (&'a Delivery, Option<Delivery>);

/// Puts everything by which deliveries are found, but for their ids.
fn put_ways(write: &WriteTransaction, known: &[Known]) -> Result<(), redb::Error> {
    seeking::put(write, known.iter().map(|(delivery, before)| (*delivery, before.as_ref())))?;
    let (mut lasts, mut links) = (write.open_table(LASTS)?, write.open_table(LINKS)?);
    let mut new_rows = Vec::new();
    for (delivery, before) in known {
        let id = delivery.id.packed();
        for (kind, row) in before.iter().flat_map(rows_of) {
            write.open_table(kind.table())?.remove(&row)?;
        }
        new_rows.extend(rows_of(delivery));
        links.insert((delivery.link.as_str(), delivery.partner.as_str()), ())?;
        for (way, number) in lasts_of(delivery) {
            let known = lasts.get(&way)?.map(|last| (last.value().0, *last.value().1));
            if known.is_none_or(|known| known < (number, id)) {
                lasts.insert(&way, (number, &id))?;
            }
        }
    }
    // In their order, so that what lies beside each other is written once.
    new_rows.sort_unstable();
    for kind in Numbered::VARIANTS {
        let mut table = write.open_table(kind.table())?;
        for (_, row) in new_rows.iter().filter(|(its, _)| its == kind) {
            table.insert(row, ())?;
        }
    }
    Ok(())
}

fn put_packed<'d>(
    write: &WriteTransaction,
    packed: impl Iterator<Item = (&'d Delivery, &'d Vec<u8>)>,
    facts: &[u8],
) -> Result<(), redb::Error> {
    let mut deliveries = write.open_table(DELIVERIES)?;
    for (delivery, packed) in packed {
        deliveries.insert(&delivery.id.packed(), packed.as_slice())?;
    }
    write.open_table(FACTS)?.insert(ALL, facts)?;
    Ok(())
}

fn rows_of(delivery: &Delivery) -> Vec<(Numbered, [u8; ROW])> {
    let id = delivery.id.packed();
    let mut rows: Vec<_> =
        delivery.receipt.iter().map(|receipt| (Numbered::Receipt, row(receipt.number, id))).collect();
    if delivery.removed.is_some() {
        rows.push((Numbered::Removed, row(delivery.last_event, id)));
    } else if let (Some(archived), Some((event, _))) = (&delivery.archived, delivery.archiving()) {
        rows.push((Numbered::Kept, row(event, id)));
        rows.push((Numbered::Due, row(second_of(archived.keep_until), id)));
        let removed = delivery.contents_removed.iter();
        rows.extend(removed.map(|removed| (Numbered::ContentsRemoved, row(removed.event, id))));
    }
    rows
}

/// The keys under which a delivery may be the last, each with the number that tells which delivery is the last.
fn lasts_of(delivery: &Delivery) -> Vec<([u8; LAST], u64)> {
    let mut lasts = Vec::new();
    if let Some(collection) = delivery.collection() {
        lasts.push((wanted::found_way(&delivery.link, &collection.found.name), delivery.begun));
        let placed = collection.placed_event.filter(|_| delivery.stage != Stage::Cancelled);
        lasts.extend(placed.map(|event| (wanted::placed_way(&delivery.link), event)));
    }
    if wanted::has_arrived(delivery) {
        lasts.push((wanted::arrived_way(&delivery.link), delivery.begun));
    }
    lasts
}

/// The second of an instant, rounded down; none is before 1970.
pub(super) fn second_of(moment: Moment) -> u64 {
    u64::try_from(moment.in_japan().timestamp().as_second()).unwrap_or_default()
}

fn row(number: u64, id: PackedId) -> [u8; ROW] {
    let mut row = [0; ROW];
    // A number that has no room counts as the largest that has.
    let number = number.min((1 << (8 * NUMBER)) - 1).to_be_bytes();
    row[..NUMBER].copy_from_slice(&number[8 - NUMBER..]);
    row[NUMBER..].copy_from_slice(&id);
    row
}

fn number_of(row: &[u8; ROW]) -> Result<(u64, DeliveryId), IndexError> {
    let number = row[..NUMBER].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let mut id = [0; PACKED];
    id.copy_from_slice(&row[NUMBER..]);
    Ok((number, id_of(id)?))
}

fn ids(packed: Vec<[u8; PACKED]>) -> Result<Vec<DeliveryId>, IndexError> {
    packed.into_iter().map(id_of).collect()
}

fn id_of(packed: [u8; PACKED]) -> Result<DeliveryId, IndexError> {
    DeliveryId::unpacked(packed).ok_or_else(|| unusable(&say!("ledger-id-unreadable")))
}

fn caught<T>(call: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, IndexError> {
    let called = catch_unwind(AssertUnwindSafe(call)).map_err(|_| unusable(&say!("ledger-redb-panicked")))?;
    called.map_err(|error| {
        let io = if let redb::Error::Io(io) = &error { Some(io) } else { None };
        match io.is_some_and(|io| Remedy::for_own_disk(io) == Remedy::Retry) {
            true => IndexError::NoRoom(error.to_string()),
            false => unusable(&error),
        }
    })
}

fn unusable(why: &dyn std::fmt::Display) -> IndexError {
    IndexError::Unusable(say!("ledger-history", why = why))
}
