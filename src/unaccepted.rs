//! Files that stay in the outboxes because they can't be accepted, and why.
//!
//! Owns what the last look at each outbox found. Never looks itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use totatsu_base::evidence::FileIdentity;
use totatsu_base::{Moment, locked};

/// How many files of one link are remembered; further files are left out.
pub const KEPT: usize = 100;

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
    by_link: Mutex<BTreeMap<String, Vec<LeftFile>>>,
}

impl Unaccepted {
    /// Remembers what a look at a link's outbox found, in place of what the look before did. Says which of these files were
    /// not known to stay for their reason, of those that somebody is to be told of.
    pub fn note(&self, link: &str, now: Moment, found: Vec<Staying>) -> Vec<LeftFile> {
        let mut by_link = self.by_link();
        let known = by_link.entry(link.to_owned()).or_default();
        let (mut left, mut news) = (Vec::new(), Vec::new());
        for Staying { name, identity, why, rings } in found {
            let same = |old: &&LeftFile| (&old.name, &old.identity, &old.why) == (&name, &identity, &why);
            match known.iter().find(same) {
                Some(old) => left.push(old.clone()),
                None => {
                    let file = LeftFile { link: link.to_owned(), name, identity, since: now, why };
                    news.extend(rings.then(|| file.clone()));
                    left.push(file);
                }
            }
        }
        *known = left;
        news
    }

    /// Every file that stays in an outbox, by link and name.
    pub fn all(&self) -> Vec<LeftFile> {
        self.by_link().values().flatten().cloned().collect()
    }

    fn by_link(&self) -> MutexGuard<'_, BTreeMap<String, Vec<LeftFile>>> {
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
        let news = |found| unaccepted.note("irai", now, found).len();
        assert_eq!(news(vec![file(0, "empty")]), 1);
        assert_eq!(news(vec![file(0, "empty")]), 0);
        assert_eq!(news(vec![file(0, "unreadable")]), 1);
        assert_eq!(news(vec![file(1, "unreadable")]), 1);
        assert_eq!(unaccepted.all().len(), 1);
        assert_eq!(news(Vec::new()), 0);
        assert_eq!(unaccepted.all(), []);
        assert_eq!(news(vec![file(0, "empty")]), 1);
    }
}
