//! Briefs: the keys by which each delivery of the history is known, and its names, in few bytes, many beside each other.
//!
//! Owns two tables, whose rows are blocks of briefs: of deliveries that lie beside each other, under the id of the first. Many of
//! these have the same keys: a block says each set of keys once, and of each delivery only which set is its own. Names
//! lie in a table apart, so that whoever looks for a name reads little else. Promises that what a brief tells it tells exactly, and
//! that a block fits into the pages that redb gives it.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::state::Delivery;
use crate::wanted::{self, WAY, Wanted};
use crate::wild_name::{self, WildName};
use totatsu_base::delivery_id::PACKED;

/// An id in few bytes.
pub(super) type PackedId = [u8; PACKED];
type Way = [u8; WAY];

/// By the id of a block's first delivery: how many sets there are, each with its number of keys; then of each delivery the set's
/// number and the id, in the order of ids. Numbers have two bytes.
const BRIEFS: TableDefinition<&PackedId, &[u8]> = TableDefinition::new("briefs");
/// By the id of a block's first delivery: two names of each delivery, in the order of ids, each with a zero after it. A second name
/// that a delivery lacks is empty.
const NAMES: TableDefinition<&PackedId, &[u8]> = TableDefinition::new("names");

/// Bytes of a block in one of the tables: with what redb needs beside it, it fills four of its pages.
const ROOM: usize = 4 * 4096 - 64;
/// Bytes of a number.
const NUMBER: usize = 2;
/// Bytes that tell of a delivery.
const ENTRY: usize = NUMBER + PACKED;
/// Ends a name. None has one.
const END: u8 = 0;

/// A brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brief {
    ways: BTreeSet<Way>,
    names: [Vec<u8>; 2],
}

/// Briefs beside each other.
type Block = BTreeMap<PackedId, Brief>;
/// A block as it lies in both tables.
type Lying = (Vec<u8>, Vec<u8>);

impl Brief {
    /// The brief of a delivery.
    pub(super) fn of(delivery: &Delivery) -> Brief {
        let written = |name: &str| name.bytes().filter(|byte| *byte != END).collect::<Vec<u8>>();
        let mut names = wanted::names_of(delivery).map(written);
        let first = names.next().unwrap_or_default();
        let second = names.next().filter(|second| *second != first).unwrap_or_default();
        Brief { ways: wanted::ways_in_brief(delivery), names: [first, second] }
    }
}

/// What is looked for in briefs.
#[derive(Debug)]
pub(super) struct Told {
    ways: Vec<Way>,
    hidden: Vec<Way>,
    named: Vec<Named>,
}

impl Told {
    /// What a brief tells of what is wanted.
    pub(super) fn of(wanted: &Wanted) -> Told {
        let named = wanted.name.iter().map(|name| Named::is(name));
        let named = named.chain(wanted.like.iter().map(Named::like)).collect();
        Told { ways: wanted.ways_in_brief(), hidden: wanted.hidden(), named }
    }

    /// Whether a brief tells more than keys do.
    pub(super) fn is_more_than_ways(&self) -> bool {
        !self.hidden.is_empty() || self.named.iter().any(|named| named.like.is_some())
    }

    fn fits_set(&self, set: &[Way]) -> bool {
        self.ways.iter().all(|way| set.contains(way)) && !self.hidden.iter().any(|way| set.contains(way))
    }

    /// The numbers of those in a block whose names fit, in their order.
    fn fitting_names(&self, names: &[u8]) -> Vec<usize> {
        let each = self.named.iter().map(|named| named.numbers_in(names));
        each.reduce(|some, others| {
            some.into_iter().filter(|number| others.binary_search(number).is_ok()).collect()
        })
        .unwrap_or_default()
    }
}

/// What one of the names is, or is like.
#[derive(Debug)]
struct Named {
    /// A run of characters that each such name has.
    run: Finder<'static>,
    /// What follows the run, as far as a pattern without stars says.
    behind: String,
    /// The whole pattern; none where the run is all of it.
    like: Option<WildName>,
}

impl Named {
    fn is(name: &str) -> Named {
        Named { run: Finder::new(name).into_owned(), behind: String::new(), like: None }
    }

    fn like(like: &WildName) -> Named {
        let (run, behind) = like.longest_run();
        Named { run: Finder::new(run).into_owned(), behind: behind.to_owned(), like: Some(like.clone()) }
    }

    fn fits(&self, name: &[u8]) -> bool {
        match &self.like {
            Some(like) => std::str::from_utf8(name).is_ok_and(|name| like.fits(name)),
            None => name == self.run.needle(),
        }
    }

    /// The numbers of those in a block that have such a name. Goes from one place where the run occurs to the next.
    fn numbers_in(&self, names: &[u8]) -> Vec<usize> {
        let (mut numbers, mut at, mut passed, mut begins) = (Vec::new(), 0, 0, 0);
        while let Some(run) = self.run.find(&names[at..]).map(|run| at + run).filter(|run| *run < names.len())
        {
            if !wild_name::may_begin(&names[run + self.run.needle().len()..], &self.behind, END) {
                at = run + 1;
                continue;
            }
            let name = memrchr(END, &names[begins..run]).map_or(begins, |end| begins + end + 1);
            passed += memchr_iter(END, &names[begins..name]).count();
            let ends = memchr(END, &names[name..]).map_or(names.len(), |length| name + length);
            if name < ends && self.fits(&names[name..ends]) {
                numbers.push(passed / 2);
            }
            passed += 1;
            begins = names.len().min(ends + 1);
            at = begins;
        }
        numbers.dedup();
        numbers
    }
}

/// Briefs, to be read.
pub(super) struct Briefs {
    briefs: ReadOnlyTable<&'static PackedId, &'static [u8]>,
    names: ReadOnlyTable<&'static PackedId, &'static [u8]>,
}

impl Briefs {
    /// The briefs, as a transaction sees them.
    pub(super) fn open(read: &ReadTransaction) -> Result<Briefs, redb::Error> {
        Ok(Briefs { briefs: read.open_table(BRIEFS)?, names: read.open_table(NAMES)? })
    }

    /// Looks into the last block that begins below an id. Hands back where it begins, and its ids that fit, in their order. Some of
    /// them may not be below the id.
    pub(super) fn fitting_below(
        &self,
        below: PackedId,
        told: &Told,
    ) -> Result<Option<(PackedId, Vec<PackedId>)>, redb::Error> {
        if told.named.is_empty() {
            let Some(block) = self.briefs.range::<&PackedId>(..&below)?.next_back() else { return Ok(None) };
            let (first, brief) = block?;
            let read = Read::of(brief.value()).ok_or_else(odd)?;
            let fit = read.fitting_sets(told);
            return Ok(Some((
                *first.value(),
                read.each().filter(|(set, _)| fit[*set]).map(|(_, id)| id).collect(),
            )));
        }
        let Some(block) = self.names.range::<&PackedId>(..&below)?.next_back() else { return Ok(None) };
        let (first, names) = block?;
        let numbers = told.fitting_names(names.value());
        if numbers.is_empty() {
            return Ok(Some((*first.value(), Vec::new())));
        }
        let brief = self.briefs.get(first.value())?.ok_or_else(odd)?;
        let read = Read::of(brief.value()).ok_or_else(odd)?;
        let fit = read.fitting_sets(told);
        let entries = numbers.into_iter().map(|number| read.entry(number).ok_or_else(odd));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        Ok(Some((
            *first.value(),
            entries.into_iter().filter(|(set, _)| fit[*set]).map(|(_, id)| id).collect(),
        )))
    }

    /// Whether the brief of a delivery fits; also true where it has none.
    pub(super) fn fits(&self, id: PackedId, told: &Told) -> Result<bool, redb::Error> {
        let Some(block) = self.briefs.range::<&PackedId>(..=&id)?.next_back() else { return Ok(true) };
        let (first, brief) = block?;
        let read = Read::of(brief.value()).ok_or_else(odd)?;
        let Some((number, set)) = read.place_of(id) else { return Ok(true) };
        if !told.fits_set(read.sets.get(set).ok_or_else(odd)?) {
            return Ok(false);
        }
        if told.named.is_empty() {
            return Ok(true);
        }
        let names = self.names.get(first.value())?.ok_or_else(odd)?;
        let mut names = names.value().split(|byte| *byte == END).skip(2 * number).take(2);
        let names = [names.next().unwrap_or_default(), names.next().unwrap_or_default()];
        Ok(told.named.iter().all(|named| names.iter().any(|name| !name.is_empty() && named.fits(name))))
    }
}

/// What lies in a row of briefs.
struct Read<'b> {
    sets: Vec<Vec<Way>>,
    entries: &'b [[u8; ENTRY]],
}

impl Read<'_> {
    /// What lies in a row; none where the row isn't in the form that is written.
    fn of(row: &[u8]) -> Option<Read<'_>> {
        let (count, mut rest) = row.split_first_chunk::<NUMBER>()?;
        let mut sets = Vec::with_capacity(usize::from(u16::from_be_bytes(*count)));
        for _ in 0..u16::from_be_bytes(*count) {
            let (length, after) = rest.split_first_chunk::<NUMBER>()?;
            let (set, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)) * WAY)?;
            sets.push(set.as_chunks::<WAY>().0.to_vec());
            rest = after;
        }
        let (entries, rest) = rest.as_chunks::<ENTRY>();
        let read = Read { sets, entries };
        let is_whole = rest.is_empty() && read.each().all(|(set, _)| set < read.sets.len());
        is_whole.then_some(read)
    }

    /// The set and the id of each delivery.
    fn each(&self) -> impl Iterator<Item = (usize, PackedId)> {
        self.entries.iter().map(told_by)
    }

    fn entry(&self, number: usize) -> Option<(usize, PackedId)> {
        self.entries.get(number).map(told_by)
    }

    /// A delivery's number in the block, and its set.
    fn place_of(&self, id: PackedId) -> Option<(usize, usize)> {
        let number = self.entries.binary_search_by_key(&id, |entry| told_by(entry).1).ok()?;
        Some((number, told_by(&self.entries[number]).0))
    }

    fn fitting_sets(&self, told: &Told) -> Vec<bool> {
        self.sets.iter().map(|set| told.fits_set(set)).collect()
    }
}

fn told_by(entry: &[u8; ENTRY]) -> (usize, PackedId) {
    let mut id = [0; PACKED];
    id.copy_from_slice(&entry[NUMBER..]);
    (usize::from(u16::from_be_bytes([entry[0], entry[1]])), id)
}

/// Puts briefs into their blocks, each in the place of what was there before.
///
/// # Errors
/// The briefs can't be written.
pub(super) fn put(write: &WriteTransaction, mut new: Block) -> Result<(), redb::Error> {
    let (mut briefs, mut names) = (write.open_table(BRIEFS)?, write.open_table(NAMES)?);
    while let Some(id) = new.first_key_value().map(|(id, _)| *id) {
        let known = block_for(&briefs, id)?;
        let end = known.map_or(Ok(None), |first| block_after(&briefs, first))?;
        let later = end.map(|end| new.split_off(&end)).unwrap_or_default();
        let mut block = known.map_or(Ok(Block::new()), |first| taken(first, &mut briefs, &mut names))?;
        block.append(&mut new);
        new = later;
        let mut parts = parted(&block, ROOM);
        if parts.len() > 1 && end.is_some() {
            // Ids grow: what comes between others is to find room the next time too.
            parts = parted(&block, ROOM / 2);
        }
        for part in parts {
            let Some((first, _)) = part.first() else { continue };
            let (brief, its_names) = lying(&part);
            briefs.insert(first, brief.as_slice())?;
            names.insert(first, its_names.as_slice())?;
        }
    }
    Ok(())
}

type Blocks<'w> = Table<'w, &'static PackedId, &'static [u8]>;

/// The block into which an id belongs, by its beginning: the one that it lies in, or before.
fn block_for(briefs: &Blocks, id: PackedId) -> Result<Option<PackedId>, redb::Error> {
    let within = briefs.range::<&PackedId>(..=&id)?.next_back().transpose()?;
    let block = match within {
        Some(block) => Some(block),
        None => briefs.first()?,
    };
    Ok(block.map(|(first, _)| *first.value()))
}

fn block_after(briefs: &Blocks, first: PackedId) -> Result<Option<PackedId>, redb::Error> {
    let mut from = briefs.range::<&PackedId>(&first..)?;
    from.next().transpose()?;
    Ok(from.next().transpose()?.map(|(next, _)| *next.value()))
}

fn taken(first: PackedId, briefs: &mut Blocks, names: &mut Blocks) -> Result<Block, redb::Error> {
    let (brief, names) = (briefs.remove(&first)?.ok_or_else(odd)?, names.remove(&first)?.ok_or_else(odd)?);
    let read = Read::of(brief.value()).ok_or_else(odd)?;
    let mut names = names.value().split(|byte| *byte == END).map(<[u8]>::to_vec);
    let mut block = Block::new();
    for (set, id) in read.each() {
        let names = [names.next().ok_or_else(odd)?, names.next().ok_or_else(odd)?];
        block.insert(id, Brief { ways: read.sets[set].iter().copied().collect(), names });
    }
    Ok(block)
}

/// The block in as few parts as there is room for, each but the last as full as can be.
fn parted(block: &Block, room: usize) -> Vec<Vec<(&PackedId, &Brief)>> {
    let (mut blocks, mut sets) = (vec![Vec::new()], BTreeSet::new());
    let (mut of_brief, mut of_names) = (NUMBER, 0);
    for (id, brief) in block {
        let names: usize = brief.names.iter().map(|name| name.len() + 1).sum();
        let set = NUMBER + WAY * brief.ways.len();
        let new_set = if sets.contains(&brief.ways) { 0 } else { set };
        (of_brief, of_names) = (of_brief + ENTRY + new_set, of_names + names);
        if of_brief.max(of_names) > room && !sets.is_empty() {
            blocks.push(Vec::new());
            sets.clear();
            (of_brief, of_names) = (NUMBER + ENTRY + set, names);
        }
        sets.insert(&brief.ways);
        blocks.last_mut().expect("there is one").push((id, brief));
    }
    blocks
}

fn lying(block: &[(&PackedId, &Brief)]) -> Lying {
    let (mut numbers, mut sets) = (BTreeMap::new(), Vec::new());
    let (mut entries, mut names) = (Vec::new(), Vec::new());
    for (id, brief) in block {
        let set = *numbers.entry(&brief.ways).or_insert_with(|| {
            sets.push(&brief.ways);
            sets.len() - 1
        });
        entries.extend(written(set));
        entries.extend(*id);
        for name in &brief.names {
            names.extend(name);
            names.push(END);
        }
    }
    let mut briefs = written(sets.len()).to_vec();
    for set in sets {
        briefs.extend(written(set.len()));
        briefs.extend(set.iter().flatten());
    }
    briefs.extend(entries);
    (briefs, names)
}

fn written(number: usize) -> [u8; NUMBER] {
    u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes()
}

fn odd() -> redb::Error {
    redb::Error::Corrupted("briefs".to_owned()) // not for people
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::RandomState;
    use std::hash::{BuildHasher as _, Hasher as _};

    use redb::{Builder, ReadableDatabase as _, ReadableTableMetadata as _, backends::InMemoryBackend};

    use super::*;

    /// Numbers that are the same for the same seed.
    struct Dice(u64);

    impl Dice {
        fn up_to(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }
    }

    fn brief(dice: &mut Dice) -> Brief {
        let links = ["a", "b", "c"].map(|link| Wanted::of_link(link).ways_in_brief()[0]);
        let mut ways: BTreeSet<Way> = [links[dice.up_to(3) as usize]].into();
        ways.extend((0..dice.up_to(40)).map(|_| [u8::MAX - dice.up_to(200) as u8; WAY]));
        let long = "依".repeat(dice.up_to(60) as usize);
        let second = ["", "Z.DTA", "0\u{1}\n"][dice.up_to(3) as usize];
        let first = format!("irai{}{long}.csv", dice.up_to(2000));
        Brief { ways, names: [first.into_bytes(), second.as_bytes().to_vec()] }
    }

    fn found(briefs: &Briefs, told: &Told) -> Vec<PackedId> {
        let (mut found, mut below) = (Vec::new(), [u8::MAX; PACKED]);
        while let Some((first, ids)) = briefs.fitting_below(below, told).unwrap() {
            assert!(first < below && ids.is_sorted());
            found.splice(0..0, ids);
            below = first;
        }
        found
    }

    /// What is wanted of a link that isn't hidden, by names.
    fn wanted(link: Option<&str>, name: Option<&str>, like: Option<&str>, hidden: &[&str]) -> Wanted {
        Wanted {
            link: link.map(str::to_owned),
            name: name.map(str::to_owned),
            like: like.map(WildName::new),
            not_over: hidden.iter().map(|link| (*link).to_owned()).collect(),
            ..Wanted::default()
        }
    }

    #[test]
    fn whatever_order_briefs_come_in_exactly_those_are_found_that_fit() {
        let seed = RandomState::new().build_hasher().finish();
        println!("seed {seed}");
        let mut dice = Dice(seed);
        let database = Builder::new().create_with_backend(InMemoryBackend::new()).unwrap();
        let mut known = Block::new();
        for round in 0..40 {
            let mut some = Block::new();
            for _ in 0..dice.up_to(400) {
                let mut id = [0; PACKED];
                // At the end, in between, and in the place of others.
                id[0] = if dice.up_to(3) == 0 { dice.up_to(40) as u8 } else { round };
                id[PACKED - 1] = dice.up_to(256) as u8;
                some.insert(id, brief(&mut dice));
            }
            let write = database.begin_write().unwrap();
            put(&write, some.clone()).unwrap();
            write.commit().unwrap();
            known.extend(some);
        }
        let briefs = Briefs::open(&database.begin_read().unwrap()).unwrap();
        assert!(briefs.briefs.len().unwrap() > 20, "there are many blocks");
        for wanted in [
            wanted(None, None, None, &[]),
            wanted(Some("a"), None, None, &[]),
            wanted(None, None, None, &["a", "c"]),
            wanted(None, None, Some("*"), &[]),
            wanted(None, None, Some("*i5?.*"), &["b"]),
            wanted(Some("b"), None, Some("??????????"), &[]),
            wanted(Some("b"), None, Some("Z.D*"), &[]),
            wanted(None, None, Some("*nosuch*"), &[]),
            wanted(None, Some("irai7.csv"), None, &[]),
            wanted(None, Some("Z.DTA"), Some("*.DTA"), &[]),
            wanted(None, Some("0\u{1}\n"), None, &[]),
            wanted(None, Some("ZDTA"), None, &[]),
            wanted(Some("nosuch"), None, None, &[]),
        ] {
            let told = Told::of(&wanted);
            let fits = |brief: &Brief| {
                let names = brief.names.iter().filter(|name| !name.is_empty());
                let names: Vec<&str> = names.map(|name| std::str::from_utf8(name).unwrap()).collect();
                told.ways.iter().all(|way| brief.ways.contains(way))
                    && !told.hidden.iter().any(|way| brief.ways.contains(way))
                    && wanted.name.iter().all(|name| names.iter().any(|its| its == name))
                    && wanted.like.iter().all(|like| names.iter().any(|its| like.fits(its)))
            };
            let expected: Vec<PackedId> =
                known.iter().filter(|(_, brief)| fits(brief)).map(|(id, _)| *id).collect();
            assert_eq!(found(&briefs, &told), expected, "{wanted:?}");
            for (id, brief) in &known {
                assert_eq!(briefs.fits(*id, &told).unwrap(), fits(brief), "{wanted:?}");
            }
            assert!(briefs.fits([u8::MAX; PACKED], &told).unwrap(), "what has no brief is read");
        }
    }

    #[test]
    fn a_block_fills_no_more_than_the_pages_that_it_is_meant_for() {
        let mut dice = Dice(1);
        let mut block = Block::new();
        for number in 0_u16..3000 {
            let mut id = [0; PACKED];
            id[..NUMBER].copy_from_slice(&number.to_be_bytes());
            block.insert(id, brief(&mut dice));
        }
        for room in [ROOM, ROOM / 2] {
            let parts = parted(&block, room);
            assert!(parts.len() > 2 && parts.iter().map(Vec::len).sum::<usize>() == block.len());
            for part in parts {
                let (brief, names) = lying(&part);
                assert!(brief.len() <= room && names.len() <= room);
            }
        }
    }
}
