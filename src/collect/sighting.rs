//! What one look at a partner's directory saw, name by name, for the person who asked for it.
//!
//! Owns how much of it is told: of every sort how many there are, and the first of them by name. Names are the partner's
//! words; each stands here as it can be shown. Decides nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use totatsu_base::{DeliveryId, Moment};

/// How many of each sort are told by name; of the others only their number is.
const TOLD: usize = 20;

/// What one look saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The inbound link.
    pub link: String,
    /// Its partner.
    pub partner: String,
    /// The partner's directory; empty for the one that a session starts in.
    pub directory: String,
    /// Which names the link means.
    pub pattern: String,
    /// When the look began.
    pub at: Moment,
    /// Entries of the directory.
    pub entries: usize,
    /// Files of which a collection begins now.
    pub taken_up: Told<TakenUp>,
    /// Files of which there is a collection already.
    pub known: Told<KnownFile>,
    /// Files that are meant, or will be, and can't be taken yet.
    pub waited_for: Told<WaitedFor>,
    /// Markers and digest files.
    pub accompanying: Told<String>,
    /// Names that the link's pattern doesn't mean.
    pub not_meant: Told<String>,
    /// Directories, symbolic links and the like.
    pub no_files: Told<String>,
    /// Names that can't be used, because they would leave the directory or drive a terminal; escaped and cut.
    pub refused: Told<String>,
    /// What was wrong.
    pub trouble: Option<String>,
}

/// A look that a person asked for, or why there was none.
pub type Looked = Result<Sighting, String>;

/// How many there are, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Ord + Deserialize<'de>"))]
pub struct Told<T: Ord> {
    /// How many.
    pub count: usize,
    /// The first of them, by name.
    pub first: BTreeSet<T>,
}

/// A file of which a collection begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TakenUp {
    /// Its name.
    pub name: String,
    /// The collection.
    pub id: DeliveryId,
}

/// A file of which there is a collection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KnownFile {
    /// Its name.
    pub name: String,
    /// The collection.
    pub id: DeliveryId,
    /// Where the collection stands, in one word.
    pub state: String,
}

/// A file that can't be taken yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WaitedFor {
    /// Its name.
    pub name: String,
    /// Why, in words that follow the name.
    pub why: String,
}

impl<T: Ord> Default for Told<T> {
    fn default() -> Told<T> {
        Told { count: 0, first: BTreeSet::new() }
    }
}

impl<T: Ord> Told<T> {
    /// Counts one more, and keeps it if it is among the first.
    pub fn tell(&mut self, one: T) {
        self.count += 1;
        if self.first.len() < TOLD || self.first.last().is_some_and(|last| one < *last) {
            self.first.insert(one);
        }
        if self.first.len() > TOLD {
            self.first.pop_last();
        }
    }

    /// `count` of them in all, of which only `first` are at hand.
    pub fn of(count: usize, first: impl IntoIterator<Item = T>) -> Told<T> {
        Told { count, first: first.into_iter().take(TOLD).collect() }
    }

    /// How many aren't among the first.
    pub fn more(&self) -> usize {
        self.count.saturating_sub(self.first.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_million_names_the_first_few_are_told_whatever_their_order() {
        let mut told = Told::default();
        (0..1_000_000_u32).rev().for_each(|number| told.tell(number));
        assert_eq!((told.count, told.more()), (1_000_000, 1_000_000 - TOLD));
        assert!(told.first.into_iter().eq(0..20));
    }
}
