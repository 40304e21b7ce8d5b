//! Files that stay in the outboxes because they can't be accepted, and why.
//!
//! Owns what the last look at each outbox found. Never looks itself.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use totatsu_base::evidence::FileIdentity;
use totatsu_base::{Moment, locked};

/// How many files of one link are named; further files are only counted.
const KEPT: usize = 100;

/// A file that stays in an outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftFile {
    /// The link.
    pub link: String,
    /// Its name there.
    pub name: String,
    /// Which file it is.
    pub identity: FileIdentity,
    /// Since when that is known, for this reason.
    pub since: Moment,
    /// Why, and what to do.
    pub why: String,
}

/// A file that a look has found to stay in an outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staying {
    /// Its name there.
    pub name: String,
    /// Which file it is.
    pub identity: FileIdentity,
    /// Why, and what to do.
    pub why: String,
    /// An alert is to tell of it: nobody is told otherwise.
    pub rings: bool,
}

/// What stays in every outbox.
#[derive(Debug, Default)]
pub struct Unaccepted {
    by_link: Mutex<BTreeMap<String, OfLink>>,
}

/// What stays in the outbox of one link.
#[derive(Debug, Default)]
struct OfLink {
    left: LeftFiles,
    /// Since when each file is known to stay for its reason: thousands may stay, so a digest of both stands for them.
    since: HashMap<u64, Moment>,
}

/// Files that stay in some outboxes, or those of them that are news.
#[derive(Debug, Default)]
pub struct LeftFiles {
    /// The first of them.
    pub files: Vec<LeftFile>,
    /// How many there are beyond these.
    pub beyond: usize,
}

impl LeftFiles {
    fn add(&mut self, file: LeftFile) {
        if self.files.len() < KEPT {
            self.files.push(file);
        } else {
            self.beyond += 1;
        }
    }
}

impl Unaccepted {
    /// Remembers what a look at a link's outbox found, in place of what the look before did. Says which of these files were
    /// not known to stay for their reason, of those that somebody is to be told of.
    pub fn note(&self, link: &str, now: Moment, found: Vec<Staying>) -> LeftFiles {
        let mut by_link = self.by_link();
        let before = by_link.entry(link.to_owned()).or_default();
        let (mut after, mut news) = (OfLink::default(), LeftFiles::default());
        for Staying { name, identity, why, rings } in found {
            let digest = digest_of(&(&name, &identity, &why));
            let known = before.since.get(&digest).copied();
            let since = known.unwrap_or(now);
            let file = LeftFile { link: link.to_owned(), name, identity, since, why };
            if rings && known.is_none() {
                news.add(file.clone());
            }
            after.left.add(file);
            after.since.insert(digest, since);
        }
        *before = after;
        news
    }

    /// What stays in the outboxes of these links, by link and name.
    pub fn of_links(&self, wanted: impl Fn(&str) -> bool) -> LeftFiles {
        let mut all = LeftFiles::default();
        for (_, OfLink { left, .. }) in self.by_link().iter().filter(|(link, _)| wanted(link)) {
            all.files.extend_from_slice(&left.files);
            all.beyond += left.beyond;
        }
        all
    }

    fn by_link(&self) -> MutexGuard<'_, BTreeMap<String, OfLink>> {
        locked(&self.by_link)
    }
}

fn digest_of(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_news_once_for_each_cause_and_again_when_it_comes_anew() {
        let (unaccepted, now) = (Unaccepted::default(), Moment::now());
        let file = |size, why: &str| {
            let identity = FileIdentity { device: 1, inode: 2, size, modified_ns: 3 };
            Staying { name: "a.csv".to_owned(), identity, why: why.to_owned(), rings: true }
        };
        let news = |found| unaccepted.note("irai", now, found).files.len();
        let known = || unaccepted.of_links(|_| true).files.len();
        assert_eq!(news(vec![file(0, "empty")]), 1);
        assert_eq!(news(vec![file(0, "empty")]), 0);
        assert_eq!(news(vec![file(0, "unreadable")]), 1);
        assert_eq!(news(vec![file(1, "unreadable")]), 1);
        assert_eq!(known(), 1);
        assert_eq!(news(Vec::new()), 0);
        assert_eq!(known(), 0);
        assert_eq!(news(vec![file(0, "empty")]), 1);
    }

    #[test]
    fn of_any_number_of_files_each_is_counted_and_news_once_whichever_others_come_and_go() {
        let (unaccepted, now) = (Unaccepted::default(), Moment::now());
        let staying = |number: usize| Staying {
            name: format!("{number:04}.csv"),
            identity: FileIdentity { device: 1, inode: number as u64, size: 0, modified_ns: 3 },
            why: "empty".to_owned(),
            rings: number < 2000,
        };
        let look = |link: &str, files: std::ops::Range<usize>| {
            let news = unaccepted.note(link, now, files.map(staying).collect());
            news.files.len() + news.beyond
        };
        // One more; many, of which the last 500 are nobody's news; the same; the first and the last leave; others take their place.
        let looks = [0..99, 0..100, 0..2500, 0..2500, 0..2600, 60..2000, 5000..5300, 999..1000, 100..400];
        assert_eq!(looks.map(|files| look("irai", files)), [99, 1, 1900, 0, 0, 0, 0, 1, 300]);
        look("irai", 0..2500);
        look("modoshi", 0..300);
        let counted = |wanted: &[&str]| {
            let left = unaccepted.of_links(|link| wanted.contains(&link));
            left.files.len() + left.beyond
        };
        assert_eq!([counted(&[]), counted(&["irai"]), counted(&["irai", "modoshi"])], [0, 2500, 2800]);
    }
}
