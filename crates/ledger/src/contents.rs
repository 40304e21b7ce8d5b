//! What a delivery carried, in the archive: whether it is still there, and that it was removed while the proof of it stays.
//!
//! Owns what follows from that for one delivery, and when each was archived. Never touches a file.

use crate::error::LedgerError;
use crate::event::Entry;
use crate::history::Numbered;
use crate::index::Index;
use crate::removal::{ContentsRemoval, ToldAlert};
use crate::state::Delivery;
use totatsu_base::Moment;

/// Alerts of a delivery that are remembered with it; the journal has all.
const ALERTS: usize = 50;

/// When the deliveries that are kept were archived, in that order.
#[derive(Debug)]
pub struct Archivings {
    index: Index,
    /// What sled had when this was made, in the order of events.
    hot: Vec<(u64, Moment)>,
}

impl Index {
    /// When the deliveries that are kept were archived.
    ///
    /// # Errors
    /// The index fails, or a delivery can't be read.
    pub fn archivings(&self) -> Result<Archivings, LedgerError> {
        let mut hot: Vec<_> = self.ended()?.iter().filter_map(Delivery::archiving).collect();
        hot.sort();
        Ok(Archivings { index: self.clone(), hot })
    }
}

impl Archivings {
    /// The last archiving before an event: with which event, and when.
    ///
    /// # Errors
    /// The index fails, or a delivery can't be read.
    pub fn before(&self, event: u64) -> Result<Option<(u64, Moment)>, LedgerError> {
        let Some(last) = event.checked_sub(1) else { return Ok(None) };
        let hot = self.hot[..self.hot.partition_point(|(archived, _)| *archived <= last)].last();
        let mut below = Some(last);
        while let Some(last) = below {
            let Some((archived, id)) = self.index.history.numbered(Numbered::Kept, 0, last, 1, true)?.pop()
            else {
                break;
            };
            let past = self.index.find(&id)?.and_then(|past| past.archiving());
            if past.is_some_and(|(event, _)| event == archived) {
                return Ok(past.max(hot.copied()));
            }
            // Its folder was removed since, which sled knows and the history not yet: sled has few.
            below = archived.checked_sub(1);
        }
        Ok(hot.copied())
    }
}

impl Delivery {
    /// The number of the event with which its folder was archived, and when that was, as long as the folder is kept.
    pub fn archiving(&self) -> Option<(u64, Moment)> {
        self.archived_with.filter(|_| self.is_finished() && self.removed.is_none())
    }

    /// What the delivery carried is still in its folder in the archive.
    pub fn has_archived_contents(&self) -> bool {
        self.is_finished() && self.removed.is_none() && self.contents_removed.is_none()
    }

    /// Notes that what the delivery carried is removed, by a rule or because somebody wants it.
    pub(super) fn note_contents_removed(&mut self, entry: &Entry, reason: &str, by: Option<&str>) {
        let (at, event) = (entry.at, entry.seq);
        if let Some(by) = by {
            self.by_hand.push(entry.act("contents_removed", by, reason));
        }
        let (reason, by) = (reason.to_owned(), by.map(str::to_owned));
        self.contents_removed = Some(ContentsRemoval { at, event, reason, by });
    }

    /// Notes an alert about the delivery. Where the delivery stands, and since when, stays as it is.
    pub(super) fn note_alert(mut self, entry: &Entry, kind: &str, text: &str) -> Delivery {
        if self.alerts.len() == ALERTS {
            self.alerts.remove(0);
        }
        self.alerts.push(ToldAlert { at: entry.at, kind: kind.to_owned(), text: text.to_owned() });
        Delivery { last_event: entry.seq, ..self }
    }
}
