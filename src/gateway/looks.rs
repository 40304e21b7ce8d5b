//! Who asked for a look at an inbound link's partner, and what the last one came to.
//!
//! Owns the hint that makes the next look sooner. Never looks itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, oneshot};

use crate::collect::sighting::Looked;
use totatsu_base::{Moment, locked};

/// The looks at all inbound links' partners.
#[derive(Debug)]
pub struct Looks {
    by_link: BTreeMap<String, LooksOfLink>,
}

/// The looks at one inbound link's partner: the last one, and who waits for the next.
#[derive(Debug, Default)]
struct LooksOfLink {
    hint: Arc<Notify>,
    last: Mutex<Option<LastLook>>,
    asked: Mutex<Vec<oneshot::Sender<Looked>>>,
}

/// What the last look at an inbound link's partner came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLook {
    /// When it began.
    pub at: Moment,
    /// Complete files that the link means.
    pub ready: usize,
    /// Files that may still change, or lack their marker or digest file.
    pub waiting: usize,
    /// Collections that the look began.
    pub begun: usize,
    /// What was wrong.
    pub trouble: Option<String>,
}

impl Looks {
    /// The looks at these links, before the first was taken.
    pub fn none<'a>(links: impl Iterator<Item = &'a String>) -> Looks {
        Looks { by_link: links.map(|link| (link.clone(), LooksOfLink::default())).collect() }
    }

    /// Notified when an inbound link's partner is to be looked at without waiting any longer.
    pub fn hint(&self, link: &str) -> Arc<Notify> {
        self.by_link.get(link).map(|looks| looks.hint.clone()).unwrap_or_default()
    }

    /// Has an inbound link's partner looked at now; what comes of it is told to the receiver. Nothing for a link that isn't
    /// in the configuration.
    pub fn ask(&self, link: &str) -> Option<oneshot::Receiver<Looked>> {
        let looks = self.by_link.get(link)?;
        let (tell, told) = oneshot::channel();
        locked(&looks.asked).push(tell);
        looks.hint.notify_one();
        Some(told)
    }

    /// Takes those who have asked for a look since this was called last; whoever looks tells them.
    pub fn asked(&self, link: &str) -> Vec<oneshot::Sender<Looked>> {
        self.by_link.get(link).map(|looks| std::mem::take(&mut *locked(&looks.asked))).unwrap_or_default()
    }

    /// Remembers what a look came to.
    pub fn note(&self, link: &str, look: LastLook) {
        if let Some(looks) = self.by_link.get(link) {
            *locked(&looks.last) = Some(look);
        }
    }

    /// What the last look at each inbound link's partner came to, if there was one.
    pub fn last(&self) -> impl Iterator<Item = (&String, Option<LastLook>)> {
        let last = |looks: &LooksOfLink| locked(&looks.last).clone();
        self.by_link.iter().map(move |(link, looks)| (link, last(looks)))
    }
}
