//! What is found of unfinished deliveries without a walk: who is to be given a name at a partner, and whom a person let go before its
//! turn.
//!
//! Owns no truth: it is made of what sled holds when it is first asked for, and follows what is stored.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::error::IndexError;
use crate::state::{Delivery, Waiver};
use totatsu_base::{DeliveryId, locked};

/// By what unfinished deliveries are found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Trait {
    /// The path at a partner that the delivery was or will be given.
    RemotePath { partner: String, path: String },
    /// A person let the delivery go before its turn on this link.
    LetGoFirst { link: String },
}

/// Unfinished deliveries by their traits, once they were asked for.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<Option<Known>>);

#[derive(Default)]
struct Known {
    by_trait: HashMap<Trait, HashSet<DeliveryId>>,
    of: HashMap<DeliveryId, Vec<Trait>>,
}

impl UnderWay {
    /// The unfinished deliveries with this trait. `all` is every delivery that sled holds.
    pub(super) fn with(
        &self,
        wanted: &Trait,
        all: impl Iterator<Item = Result<Delivery, IndexError>>,
    ) -> Result<Vec<DeliveryId>, IndexError> {
        let mut known = locked(&self.0);
        if known.is_none() {
            let mut found = Known::default();
            for delivery in all {
                found.follow(&delivery?);
            }
            *known = Some(found);
        }
        let with = known.as_ref().and_then(|known| known.by_trait.get(wanted));
        Ok(with.into_iter().flatten().cloned().collect())
    }

    /// Takes note of what was stored.
    pub(super) fn follow<'d>(&self, stored: impl Iterator<Item = &'d Delivery>) {
        if let Some(known) = locked(&self.0).as_mut() {
            stored.for_each(|delivery| known.follow(delivery));
        }
    }
}

impl Known {
    fn follow(&mut self, delivery: &Delivery) {
        let (id, now) = (&delivery.id, traits_of(delivery));
        if self.of.get(id).map_or(now.is_empty(), |before| *before == now) {
            return;
        }
        for before in self.of.remove(id).unwrap_or_default() {
            if let Some(with) = self.by_trait.get_mut(&before) {
                with.remove(id);
                if with.is_empty() {
                    self.by_trait.remove(&before);
                }
            }
        }
        for one in &now {
            self.by_trait.entry(one.clone()).or_default().insert(id.clone());
        }
        if !now.is_empty() {
            self.of.insert(id.clone(), now);
        }
    }
}

fn traits_of(delivery: &Delivery) -> Vec<Trait> {
    if delivery.is_finished() {
        return Vec::new();
    }
    let path = delivery
        .target
        .as_ref()
        .map(|target| Trait::RemotePath { partner: delivery.partner.clone(), path: target.final_path() });
    let let_go = delivery.waived.contains(&Waiver::Order);
    let first = let_go.then(|| Trait::LetGoFirst { link: delivery.link.clone() });
    path.into_iter().chain(first).collect()
}
