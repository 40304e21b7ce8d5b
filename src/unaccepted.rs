//! Files that stay in the outboxes because they can't be accepted, and why.
//!
//! Owns what the last look at each outbox found. Never looks itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use totatsu_base::evidence::FileIdentity;
use totatsu_base::{Moment, locked};

/// How many files of one link are remembered; further files are only counted.
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
    /// How many of those beyond the first somebody was told of.
    told_beyond: usize,
}

/// Files that stay in some outboxes, or those of them that are news.
#[derive(Debug, Default)]
pub struct LeftFiles {
    /// The first of them.
    pub files: Vec<LeftFile>,
    /// How many there are beyond these.
    pub beyond: usize,
}

impl Unaccepted {
    /// Remembers what a look at a link's outbox found, in place of what the look before did. Says which of these files were
    /// not known to stay for their reason, of those that somebody is to be told of. Of files that aren't remembered, as many
    /// are news as there are more of them than before.
    pub fn note(&self, link: &str, now: Moment, mut found: Vec<Staying>) -> LeftFiles {
        let mut by_link = self.by_link();
        let known = by_link.entry(link.to_owned()).or_default();
        let beyond = found.split_off(found.len().min(KEPT));
        let telling = beyond.iter().filter(|file| file.rings).count();
        let mut left = LeftFiles { files: Vec::new(), beyond: beyond.len() };
        let mut news = LeftFiles { files: Vec::new(), beyond: telling.saturating_sub(known.told_beyond) };
        for Staying { name, identity, why, rings } in found {
            let same = |old: &&LeftFile| (&old.name, &old.identity, &old.why) == (&name, &identity, &why);
            match known.left.files.iter().find(same) {
                Some(old) => left.files.push(old.clone()),
                None => {
                    let file = LeftFile { link: link.to_owned(), name, identity, since: now, why };
                    news.files.extend(rings.then(|| file.clone()));
                    left.files.push(file);
                }
            }
        }
        *known = OfLink { left, told_beyond: telling };
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
    fn of_any_number_of_files_each_is_counted_the_first_are_named_and_somebody_is_told_only_of_those_that_ring()
     {
        let (unaccepted, now) = (Unaccepted::default(), Moment::now());
        let staying = |number: usize| Staying {
            name: format!("{number:04}.csv"),
            identity: FileIdentity { device: 1, inode: number as u64, size: 0, modified_ns: 3 },
            why: "empty".to_owned(),
            rings: number < 2000,
        };
        let look = |link: &str, count| {
            let news = unaccepted.note(link, now, (0..count).map(staying).collect());
            (news.files.len(), news.beyond)
        };
        assert_eq!(
            [99, 100, 101, 2500, 2500, 2600, 40].map(|count| look("irai", count)),
            [(99, 0), (1, 0), (0, 1), (0, 1899), (0, 0), (0, 0), (0, 0)]
        );
        look("irai", 2500);
        look("modoshi", 300);
        let counted = |wanted: &[&str]| {
            let left = unaccepted.of_links(|link| wanted.contains(&link));
            left.files.len() + left.beyond
        };
        assert_eq!([counted(&[]), counted(&["irai"]), counted(&["irai", "modoshi"])], [0, 2500, 2800]);
    }
}
