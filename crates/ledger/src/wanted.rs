//! What deliveries are asked for, and under which keys a finished one lies to be found.
//!
//! A key is the beginning of a digest: of what kind it is, and of the words. Whatever is found by one is read and compared, so
//! that two things of one key are never taken for each other.

use sha2::Digest as _;

use crate::state::Delivery;
use totatsu_base::{DeliveryId, Sha256};

/// Bytes of a key.
pub(super) const WAY: usize = 6;
/// Bytes of a key under which only the last of many is kept.
pub(super) const LAST: usize = 16;

/// What deliveries are asked for: all of which everything that is said here is true.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Their state, see [`Delivery::state`].
    pub state: Option<String>,
    /// Their link.
    pub link: Option<String>,
    /// Their partner.
    pub partner: Option<String>,
    /// The name of the file that they began with, or that the partner's got.
    pub name: Option<String>,
    /// The digest of the bytes that they began with.
    pub source: Option<Sha256>,
    /// The digest of the partner's acknowledgement.
    pub acknowledgement: Option<Sha256>,
    /// The lowest id that they have, see [`DeliveryId::lowest_at`].
    pub from: Option<DeliveryId>,
    /// The id that theirs are below.
    pub below: Option<DeliveryId>,
}

impl Wanted {
    /// Those of one link.
    pub fn of_link(link: &str) -> Wanted {
        Wanted { link: Some(link.to_owned()), ..Wanted::default() }
    }

    /// Whether a delivery is one of them.
    pub fn fits(&self, delivery: &Delivery) -> bool {
        let Wanted { state, link, partner, name, source, acknowledgement, from, below } = self;
        let is = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|wanted| wanted == word);
        is(state, delivery.state())
            && is(link, &delivery.link)
            && is(partner, &delivery.partner)
            && name.as_ref().is_none_or(|name| names_of(delivery).any(|its| its == name))
            && source.is_none_or(|wanted| delivery.source().is_some_and(|its| its.sha256 == wanted))
            && acknowledgement.is_none_or(|wanted| acknowledged_by(delivery) == Some(wanted))
            && from.as_ref().is_none_or(|from| delivery.id >= *from)
            && below.as_ref().is_none_or(|below| delivery.id < *below)
    }

    /// The keys that each of them has.
    pub(super) fn ways(&self) -> Vec<[u8; WAY]> {
        let Wanted { state, link, partner, name, source, acknowledgement, from: _, below: _ } = self;
        let words = [("state", state), ("link", link), ("partner", partner), ("name", name)];
        let words = words.into_iter().filter_map(|(kind, word)| Some(way(kind, word.as_ref()?)));
        let digests = [("source", source), ("acknowledgement", acknowledgement)];
        let digests =
            digests.into_iter().filter_map(|(kind, digest)| Some(way(kind, &digest.as_ref()?.to_string())));
        words.chain(digests).collect()
    }
}

/// The keys under which a delivery is found.
pub(super) fn ways_of(delivery: &Delivery) -> Vec<[u8; WAY]> {
    let mut ways =
        vec![way("state", delivery.state()), way("link", &delivery.link), way("partner", &delivery.partner)];
    ways.extend(names_of(delivery).map(|name| way("name", name)));
    ways.extend(delivery.source().map(|source| way("source", &source.sha256.to_string())));
    ways.extend(acknowledged_by(delivery).map(|sha256| way("acknowledgement", &sha256.to_string())));
    ways.sort_unstable();
    ways.dedup();
    ways
}

/// The key of the last collection of a link whose file had this name.
pub(super) fn found_way(link: &str, name: &str) -> [u8; LAST] {
    key(&["found", link, name])
}

/// The key of the collection of a link that was placed last.
pub(super) fn placed_way(link: &str) -> [u8; LAST] {
    key(&["placed", link])
}

/// The key of the last delivery of a link, by its order, whose bytes the partner got.
pub(super) fn arrived_way(link: &str) -> [u8; LAST] {
    key(&["arrived", link])
}

/// Whether the partner got the bytes of a delivery.
pub(super) fn has_arrived(delivery: &Delivery) -> bool {
    delivery.accepted().is_some() && (delivery.published.is_some() || delivery.confirmed.is_some())
}

fn names_of(delivery: &Delivery) -> impl Iterator<Item = &str> {
    std::iter::once(delivery.name()).chain(delivery.target.as_ref().map(|target| target.name.as_str()))
}

fn acknowledged_by(delivery: &Delivery) -> Option<Sha256> {
    delivery.acknowledged.as_ref().map(|acknowledged| acknowledged.sha256)
}

fn way(kind: &str, word: &str) -> [u8; WAY] {
    key(&[kind, word])
}

/// The beginning of the digest of words, none of which can be taken for another's part.
fn key<const LENGTH: usize>(words: &[&str]) -> [u8; LENGTH] {
    let mut digest = sha2::Sha256::new();
    for word in words {
        digest.update((word.len() as u64).to_be_bytes());
        digest.update(word);
    }
    let mut key = [0; LENGTH];
    key.copy_from_slice(&digest.finalize()[..LENGTH]);
    key
}
