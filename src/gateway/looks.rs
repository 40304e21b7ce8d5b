//! Who asked for a look at an inbound link's partner, and what the last one came to.
//!
//! Owns the hint that makes the next look sooner. Never looks itself.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, oneshot};

use super::Gateway;
use crate::clock::Moment;
use crate::collect::sighting::Looked;
use crate::config::link::InboundLink;

/// The looks at an inbound link's partner: the last one, and who waits for the next.
#[derive(Debug, Default)]
pub(super) struct Looks {
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
    /// Collections that it began.
    pub begun: usize,
    /// What was wrong.
    pub trouble: Option<String>,
}

impl Gateway {
    /// Told when an inbound link's partner is to be looked at without waiting any longer.
    pub fn look_hint(&self, link: &str) -> Arc<Notify> {
        self.looks.get(link).map(|looks| looks.hint.clone()).unwrap_or_default()
    }

    /// Has an inbound link's partner looked at now; what comes of it is told to the receiver. Nothing for a link that isn't
    /// in the configuration.
    pub fn ask_for_look(&self, link: &str) -> Option<oneshot::Receiver<Looked>> {
        let looks = self.looks.get(link)?;
        let (tell, told) = oneshot::channel();
        looks.asked.lock().unwrap_or_else(PoisonError::into_inner).push(tell);
        looks.hint.notify_one();
        Some(told)
    }

    /// Those who have asked for a look since this was called last; they are told by whoever looks.
    pub fn asked_for_look(&self, link: &str) -> Vec<oneshot::Sender<Looked>> {
        let asked =
            self.looks.get(link).map(|looks| looks.asked.lock().unwrap_or_else(PoisonError::into_inner));
        asked.map(|mut asked| std::mem::take(&mut *asked)).unwrap_or_default()
    }

    /// Remembers what a look came to.
    pub fn note_look(&self, link: &str, look: LastLook) {
        if let Some(looks) = self.looks.get(link) {
            *looks.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        }
    }

    /// What the last look at each inbound link's partner came to, if there was one.
    pub fn last_looks(&self) -> impl Iterator<Item = (&InboundLink, Option<LastLook>)> {
        self.looks.iter().map(|(link, looks)| {
            let last = looks.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
            (&self.config.inbound[link], last)
        })
    }
}
