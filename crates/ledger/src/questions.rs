//! What can be asked of the index: of deliveries, whether they lie in sled or in the history, and of holds.
//!
//! Promises that an answer is the same before, while and after a delivery is moved: sled is asked first and its word counts, and what
//! sled lets go is in the history before. A question costs what is unfinished, or shown, and never what was ever delivered.

use std::collections::{BTreeSet, VecDeque};

use strum::VariantArray as _;

use crate::briefs::PackedId;
use crate::entries::{self, Tree, id_at_end, number_before_id, read};
use crate::error::{IndexError, LedgerError};
use crate::event::Entry;
use crate::history::{Numbered, second_of};
use crate::hold::{Hold, Subject};
use crate::index::{Index, caught};
use crate::journal_error::JournalError;
use crate::search;
use crate::seeking::{Sought, TOP};
use crate::stage::Stage;
use crate::state::{Delivery, Gate};
use crate::wanted::{self, Wanted};
use totatsu_base::{DeliveryId, Moment, Sha256};

/// Ids that are asked of the history first, and at most at a time.
const PAGES: (usize, usize) = (32, 1024);

/// What a walk came to next.
#[derive(Debug)]
pub enum Walked {
    /// A delivery that is wanted.
    Met(Box<Delivery>),
    /// The walk has come down to this id: every newer delivery that is wanted was met. It took some looks to know that.
    Passed(DeliveryId),
}

/// Where an id of a walk was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// In sled.
    Hot,
    /// In the history.
    Past,
    /// Nowhere: down to this id there are no more.
    Nothing,
}

/// A walk over deliveries from the newest to the oldest, which tells where it is also where it meets none.
#[derive(Debug)]
pub struct Walk {
    index: Index,
    wanted: Wanted,
    sought: Sought,
    /// The ids that sled has, the newest last.
    hot: Vec<DeliveryId>,
    /// The ids that the history has, as far as it was asked.
    past: VecDeque<DeliveryId>,
    /// The history is asked below this id next; none where it has no more.
    below: Option<PackedId>,
    page: usize,
}

impl Index {
    /// The delivery of an id, if there is one.
    ///
    /// # Errors
    /// The index fails, or the delivery can't be read.
    pub fn find(&self, id: &DeliveryId) -> Result<Option<Delivery>, LedgerError> {
        match self.stored(id)? {
            Some(delivery) => Ok(Some(delivery)),
            None => Ok(self.history.find(id)?),
        }
    }

    /// Whether an event up to this number was applied to a delivery that only the history has.
    pub(super) fn has_applied(&self, id: &DeliveryId, seq: u64) -> Result<bool, IndexError> {
        if caught(|| self.tree(Tree::Deliveries).contains_key(id.as_str()))? {
            return Ok(false);
        }
        Ok(self.history.find(id)?.is_some_and(|known| known.last_event >= seq))
    }

    /// Deliveries from the newest to the oldest, as far as the caller reads on.
    pub fn newest_first(&self) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        self.wanted(Wanted::default())
    }

    /// Every line of the journal about a delivery, in order, see [`search::lines_of`].
    ///
    /// # Errors
    /// The disk fails, or the journal is damaged before those lines.
    pub fn lines_of(&self, delivery: &Delivery) -> Result<Vec<Entry>, JournalError> {
        search::lines_of(&self.directory.with_file_name("journal"), delivery)
    }

    /// Deliveries of which all that is wanted is true, from the newest to the oldest, as far as the caller reads on.
    pub fn wanted(&self, wanted: Wanted) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        until_failure(Walk::new(self, wanted), Walk::find_next)
    }

    /// As [`Index::wanted`], a step at a time.
    ///
    /// # Errors
    /// The index fails.
    pub fn walk(&self, wanted: Wanted) -> Result<Walk, LedgerError> {
        Ok(Walk::new(self, wanted)?)
    }

    /// The ids of deliveries, from the newest to the oldest, as far as the caller reads on. Reads none of them.
    pub fn ids_newest_first(&self) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        // Without a key, `Seen::Nothing` doesn't occur.
        until_failure(Walk::new(self, Wanted::default()), |walk| Ok(walk.next_id()?.map(|(id, _)| id)))
    }

    /// The ids of deliveries in a state (see [`Delivery::state`]), of all stages or of one, oldest first. Of a state in which
    /// deliveries end there may be very many: see [`Index::wanted`].
    ///
    /// # Errors
    /// The index fails, or an id can't be read.
    pub fn in_state(&self, state: &str, stage: Option<Stage>) -> Result<Vec<DeliveryId>, LedgerError> {
        let prefix = match stage {
            Some(stage) => format!("{state}/{stage}/"),
            None => format!("{state}/"),
        };
        let mut ids = ids_of(self.tree(Tree::States).scan_prefix(&prefix))?;
        // The stage of what is finished bears the name of its state.
        if is_final(state) && stage.is_none_or(|stage| stage.word() == state) {
            let sought = Sought::of(&Wanted { state: Some(state.to_owned()), ..Wanted::default() });
            let mut below = Some(TOP);
            while let Some(from) = below {
                let page = self.history.page(&sought, from, PAGES.1)?;
                below = page.next;
                for id in page.ids {
                    if !caught(|| self.tree(Tree::Deliveries).contains_key(id.as_str()))? {
                        ids.push(id);
                    }
                }
            }
            // A delivery that was moved meanwhile is in both.
            ids.sort();
            ids.dedup();
        }
        Ok(ids)
    }

    /// The ids of deliveries in a state and of a stage that aren't finished, or were just now: in no order that counts, as far as
    /// the caller reads on.
    pub fn each_in_state(
        &self,
        state: &str,
        stage: Stage,
    ) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        ids_one_by_one(self.tree(Tree::States).scan_prefix(format!("{state}/{stage}/")))
    }

    /// The ids of deliveries with work left: link by link, and of a link in the order in which they began.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn unfinished(&self) -> Result<Vec<DeliveryId>, LedgerError> {
        Ok(ids_of(self.tree(Tree::Lanes).iter())?)
    }

    /// The ids of a link's deliveries with work left, in the order in which they began.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn lane(&self, link: &str) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        ids_one_by_one(self.tree(Tree::Lanes).scan_prefix(format!("{link}/")))
    }

    /// A link's deliveries whose source has this digest, newest first, as far as the caller reads on.
    pub fn with_source(
        &self,
        link: &str,
        sha256: Sha256,
    ) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        self.wanted(Wanted { source: Some(sha256), ..Wanted::of_link(link) })
    }

    /// The newest collection of a link whose file at the partner had this name.
    ///
    /// # Errors
    /// The index fails, or the collection can't be read.
    pub fn last_found(&self, link: &str, name: &str) -> Result<Option<Delivery>, LedgerError> {
        self.last_of(&entries::found_key(link, name), wanted::found_way(link, name))
    }

    /// The collection of a link that was placed last, and not given up since.
    ///
    /// # Errors
    /// The index fails, or the collection can't be read.
    pub fn last_placed(&self, link: &str) -> Result<Option<Delivery>, LedgerError> {
        self.last_of(&entries::placed_key(link), wanted::placed_way(link))
    }

    /// The last delivery of a link, by its order, whose bytes the partner got.
    ///
    /// # Errors
    /// The index fails, or the delivery can't be read.
    pub fn last_arrived(&self, link: &str) -> Result<Option<Delivery>, LedgerError> {
        self.last_of(&entries::arrived_key(link), wanted::arrived_way(link))
    }

    /// The one with the highest number of those that lie under a key in sled or in the history.
    fn last_of(&self, prefix: &str, way: [u8; wanted::LAST]) -> Result<Option<Delivery>, LedgerError> {
        let last = caught(|| self.tree(Tree::Collections).scan_prefix(prefix).next_back().transpose())?;
        let hot = last.map(|(key, _)| Ok::<_, IndexError>((number_before_id(&key)?, id_at_end(&key)?)));
        let last = hot.transpose()?.max(self.history.last(way)?);
        last.map_or(Ok(None), |(_, id)| self.find(&id))
    }

    /// The hold on a partner or link, if there is one.
    ///
    /// # Errors
    /// sled fails, or the hold can't be read.
    pub fn hold(&self, subject: &Subject) -> Result<Option<Hold>, LedgerError> {
        let stored = caught(|| self.tree(Tree::Holds).get(subject.key()))?;
        Ok(stored.map(|stored| read::<(Subject, Hold)>(&stored)).transpose()?.map(|(_, hold)| hold))
    }

    /// The gate that a hold on a partner or link closes, if there is one.
    ///
    /// # Errors
    /// As [`Index::hold`].
    pub fn closed_by(&self, subject: Subject) -> Result<Option<Gate>, LedgerError> {
        Ok(self.hold(&subject)?.map(|hold| hold.gate(subject)))
    }

    /// Every hold on a partner or link.
    ///
    /// # Errors
    /// sled fails, or a hold can't be read.
    pub fn holds(&self) -> Result<Vec<(Subject, Hold)>, LedgerError> {
        let stored = caught(|| self.tree(Tree::Holds).iter().values().collect::<sled::Result<Vec<_>>>())?;
        Ok(stored.iter().map(|stored| read(stored)).collect::<Result<_, IndexError>>()?)
    }

    /// The delivery that has the receipt with this number.
    ///
    /// # Errors
    /// The index fails, or the delivery can't be read.
    pub fn with_receipt(&self, number: u64) -> Result<Option<Delivery>, LedgerError> {
        let stored = caught(|| self.tree(Tree::Receipts).get(number.to_be_bytes()))?;
        let id: Option<DeliveryId> = match stored {
            Some(id) => Some(read(&id)?),
            None => {
                self.history.numbered(Numbered::Receipt, number, number, 1, false)?.pop().map(|(_, id)| id)
            }
        };
        id.map_or(Ok(None), |id| self.find(&id))
    }

    /// Of the finished deliveries whose folders are kept and may be removed at `now`, the event with which the last was archived.
    ///
    /// # Errors
    /// The index fails, or one can't be read.
    pub fn last_due(&self, now: Moment) -> Result<Option<u64>, LedgerError> {
        let mut last = None;
        for (_, id) in self.history.numbered(Numbered::Due, 0, second_of(now), usize::MAX, false)? {
            last = last.max(self.find(&id)?.and_then(|kept| kept.archiving()).map(|(event, _)| event));
        }
        let is_due =
            |kept: &Delivery| kept.archived.as_ref().is_some_and(|archived| archived.keep_until <= now);
        let due = self.ended()?.into_iter().filter(is_due);
        Ok(due.map(|due| due.archiving().map(|(event, _)| event)).fold(last, Option::max))
    }

    /// The finished deliveries whose folders are kept, in the order in which they were archived, as far as the caller reads on.
    pub fn kept(&self) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        let index = self.clone();
        let mut hot: Option<VecDeque<Delivery>> = None;
        let (mut past, mut from) = (VecDeque::new(), Some(0));
        std::iter::from_fn(move || {
            let mut next = || -> Result<Option<Delivery>, LedgerError> {
                let hot = match &mut hot {
                    Some(hot) => hot,
                    None => {
                        let mut ended = index.ended()?;
                        ended.retain(|ended| ended.archiving().is_some());
                        ended.sort_by_key(archived_event);
                        hot.insert(ended.into())
                    }
                };
                loop {
                    if let (true, Some(event)) = (past.is_empty(), from) {
                        past =
                            index.history.numbered(Numbered::Kept, event, u64::MAX, PAGES.1, false)?.into();
                        // No two deliveries have the same event.
                        from = past.back().map(|(event, _)| event + 1);
                    }
                    let is_hot = match (hot.front(), past.front()) {
                        (Some(hot), Some((event, _))) => archived_event(hot) < Some(*event),
                        (Some(_), None) => true,
                        (None, _) => false,
                    };
                    if is_hot {
                        return Ok(hot.pop_front());
                    }
                    let Some((event, id)) = past.pop_front() else { return Ok(None) };
                    // What sled has too is no longer as it was.
                    let found = index.find(&id)?.filter(|found| archived_event(found) == Some(event));
                    if found.is_some() && hot.front().is_none_or(|hot| hot.id != id) {
                        return Ok(found);
                    }
                }
            };
            next().transpose()
        })
    }

    /// The ids of the deliveries whose folders were removed last.
    ///
    /// # Errors
    /// The index fails, or one can't be read.
    pub fn removed_last(&self, limit: usize) -> Result<Vec<DeliveryId>, LedgerError> {
        let past = self.history.numbered(Numbered::Removed, 0, u64::MAX, limit, true)?;
        let ended = self.ended()?.into_iter().filter(|ended| ended.removed.is_some());
        Ok(last_first(ended.map(|ended| (ended.last_event, ended.id)).chain(past).collect(), limit))
    }

    /// The ids of the deliveries whose contents were removed last from folders that are kept.
    ///
    /// # Errors
    /// The index fails, or one can't be read.
    pub fn contents_removed_last(&self, limit: usize) -> Result<Vec<DeliveryId>, LedgerError> {
        let past = self.history.numbered(Numbered::ContentsRemoved, 0, u64::MAX, limit, true)?;
        let event = |ended: Delivery| {
            let removed = ended.removed.is_none().then_some(ended.contents_removed?)?;
            Some((removed.event, ended.id))
        };
        let ended = self.ended()?.into_iter().filter_map(event);
        Ok(last_first(ended.chain(past).collect(), limit))
    }

    /// The links over which finished deliveries went that are still known.
    ///
    /// # Errors
    /// The index fails, or one can't be read.
    pub fn links_of_past(&self) -> Result<BTreeSet<String>, LedgerError> {
        let mut links = self.history.links()?;
        links.extend(self.ended()?.into_iter().map(|ended| ended.link));
        Ok(links)
    }

    /// The finished deliveries that sled still has.
    pub(super) fn ended(&self) -> Result<Vec<Delivery>, LedgerError> {
        let mut ended = Vec::new();
        for id in ids_of(self.tree(Tree::Ended).iter())? {
            // What was moved meanwhile is in the history, and was there before it left.
            ended.extend(self.find(&id)?);
        }
        Ok(ended)
    }
}

/// Ids by the numbers of their events, the highest first.
fn last_first(mut numbered: Vec<(u64, DeliveryId)>, limit: usize) -> Vec<DeliveryId> {
    numbered.sort_by(|one, other| other.cmp(one));
    numbered.dedup();
    numbered.truncate(limit);
    numbered.into_iter().map(|(_, id)| id).collect()
}

/// The number of the event with which it was archived, if its folder is kept.
fn archived_event(delivery: &Delivery) -> Option<u64> {
    delivery.archiving().map(|(event, _)| event)
}

/// What a walk comes to, one after another, up to a failure.
fn until_failure<T>(
    walk: Result<Walk, IndexError>,
    mut next: impl FnMut(&mut Walk) -> Result<Option<T>, LedgerError>,
) -> impl Iterator<Item = Result<T, LedgerError>> {
    let mut walk = Some(walk);
    std::iter::from_fn(move || {
        let found = match walk.as_mut()? {
            Ok(walk) => next(walk).transpose(),
            Err(error) => Some(Err(error.clone().into())),
        };
        if !matches!(found, Some(Ok(_))) {
            walk = None;
        }
        found
    })
}

impl Walk {
    fn new(index: &Index, wanted: Wanted) -> Result<Walk, IndexError> {
        // Before the history is asked: what leaves sled from now on is there already.
        let mut hot = hot_ids(index, &wanted)?;
        hot.retain(|id| wanted.below.as_ref().is_none_or(|below| id < below));
        let top = wanted.below.as_ref().map_or(TOP, DeliveryId::packed);
        let past = of_past(index, &wanted)?.map(|past| Sought::of(&past));
        let below = past.is_some().then_some(top);
        let sought = past.unwrap_or_else(|| Sought::of(&wanted));
        let (past, page) = (VecDeque::new(), PAGES.0);
        Ok(Walk { index: index.clone(), wanted, sought, hot, past, below, page })
    }

    fn find_next(&mut self) -> Result<Option<Delivery>, LedgerError> {
        loop {
            match self.step()? {
                Some(Walked::Met(delivery)) => return Ok(Some(*delivery)),
                Some(Walked::Passed(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// The next step; nothing where there is no more to meet.
    ///
    /// # Errors
    /// The index fails, or a delivery can't be read.
    pub fn step(&mut self) -> Result<Option<Walked>, LedgerError> {
        while let Some((id, seen)) = self.next_id()? {
            if seen == Seen::Nothing {
                return Ok(Some(Walked::Passed(id)));
            }
            if let Some(fit) = self.index.find(&id)?.filter(|found| self.wanted.fits(found)) {
                return Ok(Some(Walked::Met(Box::new(fit))));
            }
        }
        Ok(None)
    }

    /// How many more there are to meet, up to a limit; and how far the counting came, where it met none for long and gave up. Reads
    /// those that lie in the history only where the keys don't tell all.
    ///
    /// # Errors
    /// As [`Walk::step`].
    pub fn count(&mut self, at_most: usize) -> Result<(usize, Option<DeliveryId>), LedgerError> {
        let (mut count, tell_all) = (0, self.wanted.keys_tell_all());
        while count < at_most {
            let Some((id, seen)) = self.next_id()? else { break };
            count += match seen {
                // The delivery has all the keys, or it wouldn't have been found.
                Seen::Past if tell_all => 1,
                Seen::Past | Seen::Hot => {
                    usize::from(self.index.find(&id)?.is_some_and(|found| self.wanted.fits(&found)))
                }
                Seen::Nothing => return Ok((count, Some(id))),
            };
        }
        Ok((count, None))
    }

    /// The next id, and where it was seen.
    fn next_id(&mut self) -> Result<Option<(DeliveryId, Seen)>, IndexError> {
        if self.past.is_empty()
            && let Some(below) = self.below
        {
            let page = self.index.history.page(&self.sought, below, self.page)?;
            self.past = page.ids.into();
            self.below = page.next;
            self.page = (self.page * 4).min(PAGES.1);
        }
        // The page found none, and there may be more.
        if let (true, Some(below)) = (self.past.is_empty(), self.below)
            && let Some(passed) = DeliveryId::unpacked(below)
            && self.hot.last().is_none_or(|hot| *hot < passed)
        {
            let is_over = self.wanted.from.as_ref().is_some_and(|from| passed < *from);
            return Ok((!is_over).then_some((passed, Seen::Nothing)));
        }
        let hot_first = match (self.hot.last(), self.past.front()) {
            (hot, Some(past)) if hot == Some(past) => {
                self.past.pop_front();
                true
            }
            (hot, past) => hot > past,
        };
        let next = match hot_first {
            true => self.hot.pop().map(|id| (id, Seen::Hot)),
            false => self.past.pop_front().map(|id| (id, Seen::Past)),
        };
        // All that follow are older.
        Ok(next.filter(|(id, _)| self.wanted.from.as_ref().is_none_or(|from| id >= from)))
    }
}

/// What the history is asked for, if it can have any that are wanted.
fn of_past(index: &Index, wanted: &Wanted) -> Result<Option<Wanted>, IndexError> {
    if !wanted.state.as_deref().is_none_or(is_final) {
        return Ok(None);
    }
    let mut past = wanted.clone();
    if let (Some(link), Some(partner)) = (&wanted.link, &wanted.partner) {
        let partners = index.history.partners_of(link)?;
        if !partners.contains(partner) {
            return Ok(None);
        }
        // All deliveries of the link are the partner's.
        past.partner = past.partner.filter(|_| partners.len() > 1);
    }
    Ok(Some(past))
}

/// The ids of what sled has that may be wanted, the newest last.
fn hot_ids(index: &Index, wanted: &Wanted) -> Result<Vec<DeliveryId>, IndexError> {
    let Wanted { state, link, source, contents_of, .. } = wanted;
    if contents_of.is_some() {
        return ids_of(index.tree(Tree::Ended).iter());
    }
    match (state, link, source) {
        (_, Some(link), Some(source)) => {
            ids_of(index.tree(Tree::Sources).scan_prefix(entries::source_key(link, *source)))
        }
        (Some(state), ..) => ids_of(index.tree(Tree::States).scan_prefix(format!("{state}/"))),
        (None, Some(link), None) => {
            // What ends in between is in either, or in both.
            let mut ids = ids_of(index.tree(Tree::Lanes).scan_prefix(format!("{link}/")))?;
            ids.extend(ids_of(index.tree(Tree::Ended).iter())?);
            ids.sort();
            ids.dedup();
            Ok(ids)
        }
        (None, None, _) => ids_of(index.tree(Tree::Deliveries).iter()),
    }
}

fn is_final(state: &str) -> bool {
    Stage::VARIANTS.iter().any(|stage| stage.is_final() && stage.word() == state)
}

/// The ids at the end of the keys, after the last slash if there is one, oldest first.
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
