//! Which deliveries of the history have all that is wanted, newest first: found by keys, by pieces of names, and by briefs.
//!
//! Owns the tables of keys and pieces. A key lies there with the id of each delivery that has it. A piece of a name lies there with
//! each day on which a file had it: days that lack one are passed over as a whole. Where these don't tell, [`crate::briefs`] do, many
//! hundreds at a look. Nobody knows beforehand which of both leads on sooner. So keys and briefs take turns, and a search takes little
//! more than the better one alone would. Promises that a search has an end: one that meets nothing for long says how far it came.

use std::collections::{BTreeMap, BTreeSet};

use redb::{ReadOnlyTable, ReadTransaction, TableDefinition, WriteTransaction};

use crate::briefs::{self, Brief, Briefs, PackedId, Told};
use crate::state::Delivery;
use crate::wanted::{self, WAY, Wanted};
use crate::wild_name::{self, WildName};
use totatsu_base::DeliveryId;
use totatsu_base::delivery_id::PACKED;

/// Bytes of a piece of a name, and of a day.
const PIECE: usize = 4;
const PIECE_ROW: usize = 2 * PIECE;

/// Keys, each followed by the id of a delivery that has it.
const WAYS: TableDefinition<&[u8; WAY + PACKED], ()> = TableDefinition::new("ways");
/// Pieces of names, each followed by a day on which a delivery began that has it.
const PIECES: TableDefinition<&[u8; PIECE_ROW], ()> = TableDefinition::new("pieces");

/// What a search for one page may cost, in looks for a key.
const PATIENCE: usize = 8 * 1024;
/// What it costs to look into a block of briefs.
const BLOCK: usize = 8;
/// What keys may cost before briefs are looked at, and what each turn of either may cost then.
const FIRST_TURN: usize = 512;
const TURN_OF_BRIEFS: usize = 128;
const TURN_OF_WAYS: usize = 16;
/// Above every id, and below.
pub(super) const TOP: PackedId = [u8::MAX; PACKED];
const BOTTOM: PackedId = [0; PACKED];

/// What is looked for in the history.
#[derive(Debug)]
pub(super) struct Sought {
    ways: Vec<[u8; WAY]>,
    pieces: Vec<u32>,
    told: Told,
    is_of_digest: bool,
}

impl Sought {
    /// What is wanted, but for its bounds.
    pub(super) fn of(wanted: &Wanted) -> Sought {
        Sought {
            ways: wanted.ways(),
            pieces: wanted.like.iter().flat_map(WildName::pieces).collect(),
            told: Told::of(wanted),
            is_of_digest: wanted.is_of_digest(),
        }
    }

    /// Whether briefs tell everything that is looked for, and may lead to it sooner than keys do.
    fn is_in_briefs(&self) -> bool {
        !self.is_of_digest && (self.ways.len() != 1 || self.told.is_more_than_ways())
    }
}

/// Ids that were found, newest first, and where the search goes on, below that one; nothing where there are no more.
pub(super) type FoundIds = (Vec<PackedId>, Option<PackedId>);

/// The ids of deliveries that have all that is looked for, below an id, newest first. No more than a limit, and no more than can
/// be found with a limited patience.
///
/// # Errors
/// The ids can't be read.
pub(super) fn page(
    read: &ReadTransaction,
    sought: &Sought,
    below: PackedId,
    limit: usize,
) -> Result<FoundIds, redb::Error> {
    let (ways, pieces, briefs) = (read.open_table(WAYS)?, read.open_table(PIECES)?, Briefs::open(read)?);
    let found = Vec::new();
    let mut seeker =
        Seeker { ways, pieces, briefs, sought, found, next: Some(below), limit, turn: 0, spent: 0 };
    seeker.by_ways(FIRST_TURN)?;
    while seeker.next.is_some() && seeker.found.len() < limit && seeker.spent < PATIENCE {
        seeker.by_briefs(TURN_OF_BRIEFS)?;
        seeker.by_ways(TURN_OF_WAYS)?;
    }
    Ok((seeker.found, seeker.next))
}

/// One search.
struct Seeker<'s> {
    ways: ReadOnlyTable<&'static [u8; WAY + PACKED], ()>,
    pieces: ReadOnlyTable<&'static [u8; PIECE_ROW], ()>,
    briefs: Briefs,
    sought: &'s Sought,
    found: Vec<PackedId>,
    /// The search goes on below this id.
    next: Option<PackedId>,
    limit: usize,
    /// What this turn may still cost.
    turn: usize,
    spent: usize,
}

impl Seeker<'_> {
    /// The id below which this turn goes on; none where the turn has ended.
    fn below(&self) -> Option<PackedId> {
        self.next.filter(|_| self.found.len() < self.limit && self.turn > 0)
    }

    fn spend(&mut self, looks: usize) {
        self.turn = self.turn.saturating_sub(looks);
        self.spent += looks;
    }

    /// Searches from one block of briefs to the one before.
    fn by_briefs(&mut self, turn: usize) -> Result<(), redb::Error> {
        self.turn = if self.sought.is_in_briefs() { turn } else { 0 };
        while let Some(below) = self.below() {
            let Some((from, to)) = self.days_below(below)? else {
                self.next = None;
                return Ok(());
            };
            self.next = Some(to);
            self.down_to(from)?;
        }
        Ok(())
    }

    fn down_to(&mut self, from: PackedId) -> Result<(), redb::Error> {
        while let Some(below) = self.below() {
            self.spend(BLOCK);
            let block = self.briefs.fitting_below(below, &self.sought.told)?;
            let (first, ids) = block.unwrap_or((BOTTOM, Vec::new()));
            let ids = ids.into_iter().filter(|id| (from..below).contains(id)).rev();
            self.found.extend(ids.take(self.limit - self.found.len()));
            let last = self.found.last().filter(|_| self.found.len() == self.limit);
            let down_to = last.copied().unwrap_or(first.max(from));
            self.next = (down_to > BOTTOM).then_some(down_to);
            if down_to <= from {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Where the newest ids below `below` begin and end on whose day all pieces occur; none where there is no such day.
    fn days_below(&mut self, below: PackedId) -> Result<Option<(PackedId, PackedId)>, redb::Error> {
        if self.sought.pieces.is_empty() {
            return Ok(Some((BOTTOM, below)));
        }
        let mut day = DeliveryId::packed_day(moved(below, -1));
        loop {
            let Some(with_all) = self.day_with_all(day)? else { return Ok(None) };
            let above = DeliveryId::packed_from(with_all + 1).min(below);
            if with_all == day {
                return Ok(Some((DeliveryId::packed_from(day), above)));
            }
            if self.turn == 0 {
                return Ok(Some((above, above)));
            }
            day = with_all;
        }
    }

    /// The ids that follow all the keys: each key says how far down the others have to go.
    fn by_ways(&mut self, turn: usize) -> Result<(), redb::Error> {
        self.turn = turn;
        let Some((first, others)) = self.sought.ways.split_first() else { return Ok(()) };
        while let Some(below) = self.below() {
            let Some(candidate) = self.newest(first, below)? else {
                self.next = None;
                return Ok(());
            };
            let Some(down_to) = self.down_from(candidate, others)? else {
                self.next = None;
                return Ok(());
            };
            if down_to < candidate {
                self.next = Some(moved(down_to, 1));
                continue;
            }
            self.next = Some(candidate);
            if self.is_sought(candidate)? {
                self.found.push(candidate);
            }
        }
        Ok(())
    }

    /// The newest id up to a candidate that may have the other keys and the pieces; it has the keys, if it is the candidate.
    fn down_from(
        &mut self,
        candidate: PackedId,
        others: &[[u8; WAY]],
    ) -> Result<Option<PackedId>, redb::Error> {
        let mut down_to = candidate;
        for way in others {
            let Some(newest) = self.newest(way, moved(down_to, 1))? else { return Ok(None) };
            down_to = newest;
        }
        let day = DeliveryId::packed_day(down_to);
        let Some(with_all) = self.day_with_all(day)? else { return Ok(None) };
        let is_later = with_all < day;
        Ok(Some(if is_later { moved(DeliveryId::packed_from(with_all + 1), -1) } else { down_to }))
    }

    /// The newest id below one that has a key.
    fn newest(&mut self, way: &[u8; WAY], below: PackedId) -> Result<Option<PackedId>, redb::Error> {
        self.spend(1);
        let (start, end) = (way_to(*way, BOTTOM), way_to(*way, below));
        let found = self.ways.range::<&[u8; WAY + PACKED]>(&start..&end)?.next_back().transpose()?;
        Ok(found.map(|(key, _)| {
            let mut id = BOTTOM;
            id.copy_from_slice(&key.value()[WAY..]);
            id
        }))
    }

    /// A day such that none between it and `day` has all pieces. That day has them, if it is `day` itself. None where no day has them.
    fn day_with_all(&mut self, mut day: u32) -> Result<Option<u32>, redb::Error> {
        for piece in &self.sought.pieces {
            self.spend(1);
            let (start, end) = (piece_row(*piece, 0), piece_row(*piece, day));
            let found = self.pieces.range::<&[u8; PIECE_ROW]>(&start..=&end)?.next_back().transpose()?;
            let Some((row, _)) = found else { return Ok(None) };
            let mut newest = [0; PIECE];
            newest.copy_from_slice(&row.value()[PIECE..]);
            day = u32::from_be_bytes(newest);
        }
        Ok(Some(day))
    }

    /// Whether a delivery that has all the keys is sought. One without a brief is read and compared, as everything that is found.
    fn is_sought(&mut self, id: PackedId) -> Result<bool, redb::Error> {
        if !self.sought.told.is_more_than_ways() {
            return Ok(true);
        }
        self.spend(BLOCK);
        self.briefs.fits(id, &self.sought.told)
    }
}

/// Puts deliveries, in the order of their ids, where they are found, each in the place of what was known of it before.
///
/// # Errors
/// The deliveries can't be written.
pub(super) fn put<'d>(
    write: &WriteTransaction,
    deliveries: impl Iterator<Item = (&'d Delivery, Option<&'d Delivery>)>,
) -> Result<(), redb::Error> {
    let mut ways = write.open_table(WAYS)?;
    let (mut new_ways, mut new_pieces, mut new_briefs) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for (delivery, before) in deliveries {
        let id = delivery.id.packed();
        for way in before.iter().flat_map(|before| wanted::ways_of(before)) {
            ways.remove(&way_to(way, id))?;
        }
        new_ways.extend(wanted::ways_of(delivery).into_iter().map(|way| way_to(way, id)));
        new_briefs.insert(id, Brief::of(delivery));
        // Pieces that the delivery had before may stay: a day on which a piece doesn't occur any more is looked at in vain.
        let pieces = wanted::names_of(delivery).flat_map(wild_name::pieces_of);
        new_pieces.extend(pieces.map(|piece| piece_row(piece, DeliveryId::packed_day(id))));
    }
    // In their order, so that what lies beside each other is written once.
    new_ways.sort_unstable();
    for way in new_ways {
        ways.insert(&way, ())?;
    }
    let mut pieces = write.open_table(PIECES)?;
    for piece in new_pieces {
        pieces.insert(&piece, ())?;
    }
    briefs::put(write, new_briefs)
}

fn way_to(way: [u8; WAY], id: PackedId) -> [u8; WAY + PACKED] {
    let mut key = [0; WAY + PACKED];
    key[..WAY].copy_from_slice(&way);
    key[WAY..].copy_from_slice(&id);
    key
}

fn piece_row(piece: u32, day: u32) -> [u8; PIECE_ROW] {
    let mut row = [0; PIECE_ROW];
    row[..PIECE].copy_from_slice(&piece.to_be_bytes());
    row[PIECE..].copy_from_slice(&day.to_be_bytes());
    row
}

/// The packed id that is `by` above another, or below where `by` is negative. What lies below the id next above another includes
/// that other.
fn moved(packed: PackedId, by: i128) -> PackedId {
    let number = packed.iter().fold(0_i128, |sum, byte| sum << 8 | i128::from(*byte));
    let moved = (number + by).clamp(0, (1 << (8 * PACKED)) - 1);
    let mut id = BOTTOM;
    id.copy_from_slice(&moved.to_be_bytes()[16 - PACKED..]);
    id
}
