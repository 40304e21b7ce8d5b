//! What can be asked of the index: of deliveries, whether they lie in sled or in the history, and of holds.
//!
//! Promises that an answer is the same before and after a delivery is moved, also while it is: sled is asked first and its word
//! counts, and what it lets go is in the history before. Costs what is unfinished, or shown, and never what was ever delivered.

use std::collections::VecDeque;

use crate::entries::{self, Tree, id_at_end, number_before_id, read};
use crate::error::{IndexError, LedgerError};
use crate::history::{Numbered, second_of};
use crate::hold::{Hold, Subject};
use crate::index::{Index, caught};
use crate::stage::Stage;
use crate::state::Delivery;
use crate::wanted::{self, WAY, Wanted};
use totatsu_base::{DeliveryId, Moment, Sha256};

/// Ids that are asked of the history first, and at most at a time.
const PAGES: (usize, usize) = (32, 1024);
/// The states of what is finished.
const FINAL: [Stage; 5] =
    [Stage::Archived, Stage::Rejected, Stage::Repeated, Stage::Superseded, Stage::Cancelled];

/// Deliveries from the newest to the oldest.
struct NewestFirst {
    index: Index,
    wanted: Wanted,
    ways: Vec<[u8; WAY]>,
    /// What sled has, the newest last.
    hot: Vec<DeliveryId>,
    /// What the history has, as far as it was asked.
    past: VecDeque<DeliveryId>,
    below: Option<DeliveryId>,
    page: usize,
    /// The history may have more.
    more: bool,
}

impl Index {
    /// One delivery.
    ///
    /// # Errors
    /// The index fails, or it can't be read.
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

    /// Deliveries of which all that is wanted is true, from the newest to the oldest, as far as the caller reads on.
    pub fn wanted(&self, wanted: Wanted) -> impl Iterator<Item = Result<Delivery, LedgerError>> + use<> {
        let mut failed = None;
        let mut newest = match NewestFirst::new(self, wanted) {
            Ok(newest) => Some(newest),
            Err(error) => {
                failed = Some(error);
                None
            }
        };
        std::iter::from_fn(move || {
            if let Some(error) = failed.take() {
                return Some(Err(error.into()));
            }
            let next = newest.as_mut()?.next().map_err(LedgerError::from).transpose()?;
            if next.is_err() {
                newest = None;
            }
            Some(next)
        })
    }

    /// The ids of deliveries, from the newest to the oldest, as far as the caller reads on. Reads none of them.
    pub fn ids_newest_first(&self) -> impl Iterator<Item = Result<DeliveryId, LedgerError>> + use<> {
        let mut newest = NewestFirst::new(self, Wanted::default());
        std::iter::from_fn(move || match &mut newest {
            Ok(newest) => newest.next_id().map_err(LedgerError::from).transpose(),
            Err(error) => Some(Err(error.clone().into())),
        })
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
            let ways = Wanted { state: Some(state.to_owned()), ..Wanted::default() }.ways();
            let mut below = None;
            loop {
                let page = self.history.page(&ways, below.as_ref(), PAGES.1)?;
                let Some(last) = page.last().cloned() else { break };
                below = Some(last);
                for id in page {
                    if !caught(|| self.tree(Tree::Deliveries).contains_key(id.as_str()))? {
                        ids.push(id);
                    }
                }
            }
            // One that was moved meanwhile is in both.
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

    /// The ids of deliveries with work left, oldest first.
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
    /// The index fails, or it can't be read.
    pub fn last_found(&self, link: &str, name: &str) -> Result<Option<Delivery>, LedgerError> {
        self.last_of(&entries::found_key(link, name), wanted::found_way(link, name))
    }

    /// The collection of a link that was placed last, and not given up since.
    ///
    /// # Errors
    /// The index fails, or it can't be read.
    pub fn last_placed(&self, link: &str) -> Result<Option<Delivery>, LedgerError> {
        self.last_of(&entries::placed_key(link), wanted::placed_way(link))
    }

    /// The last delivery of a link, by its order, whose bytes the partner got.
    ///
    /// # Errors
    /// The index fails, or it can't be read.
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
    /// sled fails, or it can't be read.
    pub fn hold(&self, subject: &Subject) -> Result<Option<Hold>, LedgerError> {
        let stored = caught(|| self.tree(Tree::Holds).get(subject.key()))?;
        Ok(stored.map(|stored| read::<(Subject, Hold)>(&stored)).transpose()?.map(|(_, hold)| hold))
    }

    /// Every hold on a partner or link.
    ///
    /// # Errors
    /// sled fails, or one can't be read.
    pub fn holds(&self) -> Result<Vec<(Subject, Hold)>, LedgerError> {
        let stored = caught(|| self.tree(Tree::Holds).iter().values().collect::<sled::Result<Vec<_>>>())?;
        Ok(stored.iter().map(|stored| read(stored)).collect::<Result<_, IndexError>>()?)
    }

    /// The delivery that has the receipt with this number.
    ///
    /// # Errors
    /// The index fails, or it can't be read.
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
            last = last.max(self.find(&id)?.filter(is_kept).map(|kept| kept.last_event));
        }
        let is_due =
            |kept: &Delivery| kept.archived.as_ref().is_some_and(|archived| archived.keep_until <= now);
        let due = self.ended()?.into_iter().filter(|ended| is_kept(ended) && is_due(ended));
        Ok(due.map(|due| Some(due.last_event)).fold(last, Option::max))
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
                        ended.retain(is_kept);
                        ended.sort_by_key(|ended| ended.last_event);
                        hot.insert(ended.into())
                    }
                };
                loop {
                    if let (true, Some(event)) = (past.is_empty(), from) {
                        past =
                            index.history.numbered(Numbered::Kept, event, u64::MAX, PAGES.1, false)?.into();
                        // No two have the same event.
                        from = past.back().map(|(event, _)| event + 1);
                    }
                    let is_hot = match (hot.front(), past.front()) {
                        (Some(hot), Some((event, _))) => hot.last_event < *event,
                        (Some(_), None) => true,
                        (None, _) => false,
                    };
                    if is_hot {
                        return Ok(hot.pop_front());
                    }
                    let Some((event, id)) = past.pop_front() else { return Ok(None) };
                    // What sled has too is no longer as it was.
                    let found = index.find(&id)?.filter(|found| is_kept(found) && found.last_event == event);
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
        let mut removed: Vec<_> = ended.map(|ended| (ended.last_event, ended.id)).chain(past).collect();
        removed.sort_by(|one, other| other.cmp(one));
        removed.dedup();
        removed.truncate(limit);
        Ok(removed.into_iter().map(|(_, id)| id).collect())
    }

    /// The finished deliveries that sled still has.
    fn ended(&self) -> Result<Vec<Delivery>, IndexError> {
        let mut ended = Vec::new();
        for id in ids_of(self.tree(Tree::Ended).iter())? {
            // What was moved meanwhile is in the history, and was there before it left.
            ended.extend(match self.stored(&id)? {
                Some(delivery) => Some(delivery),
                None => self.history.find(&id)?,
            });
        }
        Ok(ended)
    }
}

fn is_kept(delivery: &Delivery) -> bool {
    delivery.is_finished() && delivery.removed.is_none()
}

impl NewestFirst {
    fn new(index: &Index, wanted: Wanted) -> Result<NewestFirst, IndexError> {
        // Before the history is asked: what leaves sled from now on is there already.
        let hot = hot_ids(index, &wanted)?;
        let (ways, more) = (wanted.ways(), wanted.state.as_deref().is_none_or(is_final));
        let (past, below, page) = (VecDeque::new(), None, PAGES.0);
        Ok(NewestFirst { index: index.clone(), wanted, ways, hot, past, below, page, more })
    }

    fn next(&mut self) -> Result<Option<Delivery>, IndexError> {
        while let Some(id) = self.next_id()? {
            let found = match self.index.stored(&id)? {
                Some(delivery) => Some(delivery),
                None => self.index.history.find(&id)?,
            };
            if let Some(delivery) = found.filter(|found| self.wanted.fits(found)) {
                return Ok(Some(delivery));
            }
        }
        Ok(None)
    }

    fn next_id(&mut self) -> Result<Option<DeliveryId>, IndexError> {
        if self.past.is_empty() && self.more {
            self.past = self.index.history.page(&self.ways, self.below.as_ref(), self.page)?.into();
            self.more = self.past.len() == self.page;
            self.page = (self.page * 4).min(PAGES.1);
            self.below = self.past.back().cloned();
        }
        let hot_first = match (self.hot.last(), self.past.front()) {
            (hot, Some(past)) if hot == Some(past) => {
                self.past.pop_front();
                true
            }
            (hot, past) => hot > past,
        };
        Ok(if hot_first { self.hot.pop() } else { self.past.pop_front() })
    }
}

/// The ids of what sled has that may be wanted, the newest last.
fn hot_ids(index: &Index, wanted: &Wanted) -> Result<Vec<DeliveryId>, IndexError> {
    let Wanted { state, link, source, .. } = wanted;
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
    FINAL.iter().any(|stage| stage.word() == state)
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
