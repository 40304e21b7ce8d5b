//! Which partners can't be reached: one outage, one alert, one connection that tries for all deliveries.
//!
//! Owns what is known of each partner's line since the gateway started. Never connects itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

use totatsu_base::{Moment, locked};

/// A partner that can't be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Since when the partner can't be reached.
    pub since: Moment,
    /// Since when this gateway has tried in vain: while it doesn't run, nothing is tried that could be given up.
    pub tried_since: Moment,
    /// Connections that failed in a row; 0 for an outage that is known from before the start.
    pub attempts: u32,
    /// When `next` was settled.
    pub at: Moment,
    /// When the next connection is tried.
    pub next: Moment,
    /// Why the last connection failed, and what to do.
    pub reason: String,
    /// Bytes that a medium must have free before the outage is over.
    pub room_wanted: u64,
}

impl Outage {
    /// Whether only writing has to wait: a medium is there, full or protected, and can be read.
    pub fn can_be_read(&self) -> bool {
        self.room_wanted > 0
    }
}

/// The outages of all partners.
#[derive(Debug)]
pub struct Outages {
    by_partner: BTreeMap<String, (Mutex<Option<Outage>>, Notify)>,
}

impl Outages {
    /// No outages: every partner is taken to be there.
    pub fn none<'a>(partners: impl Iterator<Item = &'a String>) -> Outages {
        Outages { by_partner: partners.map(|name| (name.clone(), Default::default())).collect() }
    }

    /// The partner's outage, if there is one.
    pub fn of(&self, partner: &str) -> Option<Outage> {
        self.place(partner).and_then(|outage| outage.clone())
    }

    /// A connection failed; says whether an outage begins with it.
    pub fn begin(&self, partner: &str, outage: Outage) -> bool {
        let Some(mut place) = self.place(partner) else { return false };
        if place.is_some() {
            return false;
        }
        *place = Some(outage);
        drop(place);
        self.stir(partner);
        true
    }

    /// Notes that the outage goes on.
    pub fn go_on(&self, partner: &str, outage: Outage) {
        if let Some(mut place) = self.place(partner) {
            *place = Some(outage);
        }
    }

    /// Ends an outage: the partner is there again, or nobody is to try any more. Hands back what was known.
    pub fn end(&self, partner: &str) -> Option<Outage> {
        self.place(partner)?.take()
    }

    /// Has the next connection tried at once.
    pub fn try_now(&self, partner: &str) {
        if let Some(outage) = self.place(partner).as_mut().and_then(|place| place.as_mut()) {
            outage.at = Moment::now();
            outage.next = outage.at;
            // A person has seen to it: the delivery itself finds out whether there is room now.
            outage.room_wanted = 0;
        }
        self.stir(partner);
    }

    /// Waits until an outage begins or is to be tried at once.
    pub async fn stirred(&self, partner: &str) {
        match self.by_partner.get(partner) {
            Some((_, stir)) => stir.notified().await,
            None => std::future::pending().await,
        }
    }

    fn stir(&self, partner: &str) {
        if let Some((_, stir)) = self.by_partner.get(partner) {
            stir.notify_one();
        }
    }

    fn place(&self, partner: &str) -> Option<MutexGuard<'_, Option<Outage>>> {
        let (place, _) = self.by_partner.get(partner)?;
        Some(locked(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_once_however_many_connections_fail() {
        let outages = Outages::none([&"eltax".to_owned()].into_iter());
        let now = Moment::now();
        let (reason, room_wanted) = ("down".to_owned(), 0);
        let outage =
            Outage { since: now, tried_since: now, attempts: 1, at: now, next: now, reason, room_wanted };
        assert!(outages.begin("eltax", outage.clone()));
        assert!(!outages.begin("eltax", outage.clone()));
        assert_eq!(outages.end("eltax"), Some(outage.clone()));
        assert!(outages.begin("eltax", outage));
    }
}
