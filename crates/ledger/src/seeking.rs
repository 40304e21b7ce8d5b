//! Which deliveries of the history have all that is wanted, newest first: found by keys, by pieces of names, and by a brief of each.
//!
//! Owns those three tables. A key lies there with the id of each delivery that has it. A piece of a name lies there with each day on
//! which a file had it: days that lack one are passed over as a whole. A brief says a delivery's link and names in few bytes: it is
//! looked at where keys and pieces don't tell, many thousands in the time that a few hundred deliveries take to be read. Promises
//! that a search has an end: one that meets nothing for long says how far it came.

use std::collections::BTreeSet;

use redb::{ReadOnlyTable, ReadTransaction, TableDefinition, WriteTransaction};

use crate::state::Delivery;
use crate::wanted::{self, WAY, Wanted};
use crate::wild_name::{self, WildName};
use totatsu_base::DeliveryId;
use totatsu_base::delivery_id::PACKED;

/// An id in few bytes.
pub(super) type PackedId = [u8; PACKED];
/// Bytes of a piece of a name, and of a day.
const PIECE: usize = 4;
const PIECE_ROW: usize = 2 * PIECE;

/// Keys, each followed by the id of a delivery that has it.
const WAYS: TableDefinition<&[u8; WAY + PACKED], ()> = TableDefinition::new("ways");
/// Pieces of names, each followed by a day on which a delivery began that has it.
const PIECES: TableDefinition<&[u8; PIECE_ROW], ()> = TableDefinition::new("pieces");
/// By id, the key of a delivery's link, and its names, parted by a zero.
const BRIEFS: TableDefinition<&PackedId, &[u8]> = TableDefinition::new("briefs");

/// What a search for one page may cost, where a brief that lies beside the last one costs one.
const PATIENCE: usize = 32 * 1024;
/// What it costs to look something up.
const LOOK: usize = 10;
/// Above every id, and below.
pub(super) const TOP: PackedId = [u8::MAX; PACKED];
const BOTTOM: PackedId = [0; PACKED];

/// What is looked for in the history.
#[derive(Debug)]
pub(super) struct Sought {
    ways: Vec<[u8; WAY]>,
    hidden: Vec<[u8; WAY]>,
    like: Option<WildName>,
    pieces: Vec<u32>,
}

impl Sought {
    /// What is wanted, but for its bounds.
    pub(super) fn of(wanted: &Wanted) -> Sought {
        let like = wanted.like.clone();
        let pieces = like.iter().flat_map(WildName::pieces).collect();
        Sought { ways: wanted.ways(), hidden: wanted.hidden(), like, pieces }
    }

    /// Whether a brief is that of something that is looked for, as far as it tells.
    fn fits(&self, brief: &[u8]) -> bool {
        let Some((link, names)) = brief.split_first_chunk::<WAY>() else { return false };
        let is_like = |like: &WildName| {
            let mut names = names.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
            names.any(|name| like.fits(name))
        };
        !self.hidden.contains(link) && self.like.as_ref().is_none_or(is_like)
    }
}

/// Ids that were found, newest first, and where the search goes on, below that one; nothing where there are no more.
pub(super) type FoundIds = (Vec<PackedId>, Option<PackedId>);

/// The ids of deliveries that have all that is looked for, below an id, newest first. No more than a limit, and no more than can
/// be found with a limited patience.
///
/// # Errors
/// They can't be read.
pub(super) fn page(
    read: &ReadTransaction,
    sought: &Sought,
    below: PackedId,
    limit: usize,
) -> Result<FoundIds, redb::Error> {
    let (ways, pieces, briefs) = (read.open_table(WAYS)?, read.open_table(PIECES)?, read.open_table(BRIEFS)?);
    let mut seeker = Seeker { ways, pieces, briefs, sought, left: PATIENCE };
    match sought.ways.as_slice() {
        [] => seeker.by_briefs(below, limit),
        [first, others @ ..] => seeker.by_ways(first, others, below, limit),
    }
}

/// One search.
struct Seeker<'s> {
    ways: ReadOnlyTable<&'static [u8; WAY + PACKED], ()>,
    pieces: ReadOnlyTable<&'static [u8; PIECE_ROW], ()>,
    briefs: ReadOnlyTable<&'static PackedId, &'static [u8]>,
    sought: &'s Sought,
    /// Patience.
    left: usize,
}

impl Seeker<'_> {
    fn by_briefs(&mut self, below: PackedId, limit: usize) -> Result<FoundIds, redb::Error> {
        let (mut found, mut next) = (Vec::new(), Some(below));
        while let Some(below) = next.filter(|_| found.len() < limit && self.left > 0) {
            let Some((from, to)) = self.days_below(below)? else { return Ok((found, None)) };
            for row in self.briefs.range::<&PackedId>(&from..&to)?.rev() {
                let (id, brief) = row?;
                self.left = self.left.saturating_sub(1);
                if self.sought.fits(brief.value()) {
                    found.push(*id.value());
                }
                if found.len() == limit || self.left == 0 {
                    return Ok((found, Some(*id.value())));
                }
            }
            next = (from > BOTTOM).then_some(from);
        }
        Ok((found, next))
    }

    /// From where on and up to where the newest ids below one lie on whose day all pieces occur; nothing where there is no such day.
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
            if self.left == 0 {
                return Ok(Some((above, above)));
            }
            day = with_all;
        }
    }

    /// The ids that follow all the keys: each key says how far down the others have to go.
    fn by_ways(
        &mut self,
        first: &[u8; WAY],
        others: &[[u8; WAY]],
        below: PackedId,
        limit: usize,
    ) -> Result<FoundIds, redb::Error> {
        let (mut found, mut next) = (Vec::new(), Some(below));
        while let Some(below) = next.filter(|_| found.len() < limit && self.left > 0) {
            let Some(candidate) = self.newest(first, below)? else { return Ok((found, None)) };
            let mut down_to = candidate;
            for way in others {
                let Some(newest) = self.newest(way, moved(down_to, 1))? else { return Ok((found, None)) };
                down_to = newest;
            }
            let day = DeliveryId::packed_day(down_to);
            let Some(with_all) = self.day_with_all(day)? else { return Ok((found, None)) };
            if with_all < day {
                down_to = moved(DeliveryId::packed_from(with_all + 1), -1);
            }
            if down_to < candidate {
                next = Some(moved(down_to, 1));
                continue;
            }
            next = Some(candidate);
            if self.is_sought(candidate)? {
                found.push(candidate);
            }
        }
        Ok((found, next))
    }

    /// The newest id below one that has a key.
    fn newest(&mut self, way: &[u8; WAY], below: PackedId) -> Result<Option<PackedId>, redb::Error> {
        self.left = self.left.saturating_sub(LOOK);
        let (start, end) = (way_to(*way, BOTTOM), way_to(*way, below));
        let found = self.ways.range::<&[u8; WAY + PACKED]>(&start..&end)?.next_back().transpose()?;
        Ok(found.map(|(key, _)| {
            let mut id = BOTTOM;
            id.copy_from_slice(&key.value()[WAY..]);
            id
        }))
    }

    /// No day between this one and the one that is given back has all pieces; that one has them, if it is this one.
    fn day_with_all(&mut self, mut day: u32) -> Result<Option<u32>, redb::Error> {
        for piece in &self.sought.pieces {
            self.left = self.left.saturating_sub(LOOK);
            let (start, end) = (piece_row(*piece, 0), piece_row(*piece, day));
            let found = self.pieces.range::<&[u8; PIECE_ROW]>(&start..=&end)?.next_back().transpose()?;
            let Some((row, _)) = found else { return Ok(None) };
            let mut newest = [0; PIECE];
            newest.copy_from_slice(&row.value()[PIECE..]);
            day = u32::from_be_bytes(newest);
        }
        Ok(Some(day))
    }

    fn is_sought(&mut self, id: PackedId) -> Result<bool, redb::Error> {
        if self.sought.like.is_none() && self.sought.hidden.is_empty() {
            return Ok(true);
        }
        self.left = self.left.saturating_sub(LOOK);
        // What has none is read and compared, as everything that is found.
        Ok(self.briefs.get(&id)?.is_none_or(|brief| self.sought.fits(brief.value())))
    }
}

/// Puts deliveries, in the order of their ids, where they are found, each in the place of what was known of it before.
///
/// # Errors
/// They can't be written.
pub(super) fn put<'d>(
    write: &WriteTransaction,
    deliveries: impl Iterator<Item = (&'d Delivery, Option<&'d Delivery>)>,
) -> Result<(), redb::Error> {
    let (mut ways, mut briefs) = (write.open_table(WAYS)?, write.open_table(BRIEFS)?);
    let (mut new_ways, mut new_pieces) = (Vec::new(), BTreeSet::new());
    for (delivery, before) in deliveries {
        let id = delivery.id.packed();
        for way in before.iter().flat_map(|before| wanted::ways_of(before)) {
            ways.remove(&way_to(way, id))?;
        }
        new_ways.extend(wanted::ways_of(delivery).into_iter().map(|way| way_to(way, id)));
        briefs.insert(&id, brief_of(delivery).as_slice())?;
        // Those that it had before may stay: a day on which a piece doesn't occur any more is looked at in vain.
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
    Ok(())
}

fn brief_of(delivery: &Delivery) -> Vec<u8> {
    let mut names: Vec<&str> = wanted::names_of(delivery).collect();
    names.dedup();
    [&wanted::link_way(&delivery.link), names.join("\0").as_bytes()].concat()
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

/// The packed id that is next above, or below; what lies below the next one above an id includes that id.
fn moved(packed: PackedId, by: i128) -> PackedId {
    let number = packed.iter().fold(0_i128, |sum, byte| sum << 8 | i128::from(*byte));
    let moved = (number + by).clamp(0, (1 << (8 * PACKED)) - 1);
    let mut id = BOTTOM;
    id.copy_from_slice(&moved.to_be_bytes()[16 - PACKED..]);
    id
}
