//! What deliveries are asked for, and under which keys a finished one lies to be found.
//!
//! A key is the beginning of a digest: of its kind, such as `link`, and of its words. Whatever is found by a key is read and
//! compared, so that two things of one key are never taken for each other.

use std::collections::BTreeSet;

use sha2::Digest as _;

use crate::spanned::{UnderWayAt, spans_of};
use crate::stage::Stage;
use crate::state::Delivery;
use crate::wild_name::WildName;
use totatsu_base::{DeliveryId, Sha256};

/// Bytes of a key.
pub(super) const WAY: usize = 6;
/// Bytes of a key under which only the last of many is kept.
pub(super) const LAST: usize = 16;

/// Which deliveries are asked for: those of which everything that is said here is true.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Their state, see [`Delivery::state`].
    pub state: Option<String>,
    /// Their link.
    pub link: Option<String>,
    /// Their partner.
    pub partner: Option<String>,
    /// The name of the file that they began with, or that the partner's file got.
    pub name: Option<String>,
    /// A pattern that one of their names fits.
    pub like: Option<WildName>,
    /// Their link is none of these.
    pub not_over: BTreeSet<String>,
    /// They were under way at this time of the day.
    pub under_way_at: Option<UnderWayAt>,
    /// The digest of the bytes that they began with.
    pub source: Option<Sha256>,
    /// The digest of the partner's acknowledgement.
    pub acknowledgement: Option<Sha256>,
    /// Their link is this one, and what they carried is still kept in the archive.
    pub contents_of: Option<String>,
    /// Somebody of this name did something to them by hand, see [`names_person`].
    pub by: Option<String>,
    /// Their ids are this one or above it, see [`DeliveryId::lowest_at`].
    pub from: Option<DeliveryId>,
    /// Their ids are below this one.
    pub below: Option<DeliveryId>,
}

impl Wanted {
    /// The deliveries of one link.
    pub fn of_link(link: &str) -> Wanted {
        Wanted { link: Some(link.to_owned()), ..Wanted::default() }
    }

    /// Whether a delivery is wanted.
    pub fn fits(&self, delivery: &Delivery) -> bool {
        let Wanted { state, link, partner, name, like, not_over, under_way_at, .. } = self;
        let Wanted { source, acknowledgement, contents_of, by, from, below, .. } = self;
        let is = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|wanted| wanted == word);
        is(state, delivery.state())
            && is(link, &delivery.link)
            && is(partner, &delivery.partner)
            && name.as_ref().is_none_or(|name| names_of(delivery).any(|its| its == name))
            && like.as_ref().is_none_or(|like| names_of(delivery).any(|its| like.fits(its)))
            && !not_over.contains(&delivery.link)
            && under_way_at.is_none_or(|at| at.fits(delivery))
            && source.is_none_or(|wanted| delivery.source().is_some_and(|its| its.sha256 == wanted))
            && acknowledgement.is_none_or(|wanted| acknowledged_by(delivery) == Some(wanted))
            && is(contents_of, &delivery.link)
            && (contents_of.is_none() || delivery.has_archived_contents())
            && by.as_ref().is_none_or(|by| delivery.by_hand.iter().any(|act| names_person(&act.by, by)))
            && from.as_ref().is_none_or(|from| delivery.id >= *from)
            && below.as_ref().is_none_or(|below| delivery.id < *below)
    }

    /// Whether every delivery with all the keys is wanted. It isn't where a person of several words is asked for: the same words in
    /// another order have the same keys.
    pub(super) fn keys_tell_all(&self) -> bool {
        self.by.as_ref().is_none_or(|by| by.chars().all(joins))
    }

    /// The keys that each wanted delivery has, the rarer ones first.
    pub(super) fn ways(&self) -> Vec<[u8; WAY]> {
        let digests = [("source", &self.source), ("acknowledgement", &self.acknowledgement)];
        let digests =
            digests.into_iter().filter_map(|(kind, digest)| Some(way(kind, &digest.as_ref()?.to_string())));
        let name = self.name.iter().map(|name| way("name", name));
        digests.chain(name).chain(self.ways_in_brief()).collect()
    }

    /// Whether a digest is asked for: only few deliveries have the same.
    pub(super) fn is_of_digest(&self) -> bool {
        self.source.is_some() || self.acknowledgement.is_some()
    }

    /// The wanted keys that a brief tells, see [`ways_in_brief`].
    pub(super) fn ways_in_brief(&self) -> Vec<[u8; WAY]> {
        let Wanted { contents_of, by, under_way_at, .. } = self;
        // Whoever is named by several words has the keys of all of them; what names nobody has one that nothing has.
        let nobody = by.iter().filter(|by| persons_in(by).next().is_none()).map(|_| way("by", ""));
        let persons = by.iter().flat_map(|by| persons_in(by).map(|word| way("by", word)));
        let contents = contents_of.iter().map(|link| way("contents", link));
        let spans = under_way_at.iter().map(|at| way("under_way", &at.span().word()));
        contents.chain(spans).chain(nobody).chain(persons).chain(self.ways_of_place()).collect()
    }

    /// The keys of state, link and partner.
    fn ways_of_place(&self) -> Vec<[u8; WAY]> {
        let Wanted { state, link, partner, .. } = self;
        // Few end otherwise than well: those of a link, or of a partner, lie beside each other.
        let rare = state.as_ref().filter(|state| *state != Stage::Archived.word());
        let place = [("link", link), ("partner", partner)];
        let place = place.into_iter().filter_map(|(kind, word)| Some((kind, word.as_ref()?)));
        match rare {
            Some(state) if link.is_some() || partner.is_some() => {
                place.map(|(kind, word)| key(&[kind, word, state])).collect()
            }
            Some(_) | None => {
                let state = state.iter().map(|state| way("state", state));
                place.map(|(kind, word)| way(kind, word)).chain(state).collect()
            }
        }
    }

    /// The keys of the links that are not wanted.
    pub(super) fn hidden(&self) -> Vec<[u8; WAY]> {
        self.not_over.iter().map(|link| way("link", link)).collect()
    }
}

/// The keys under which a delivery is found.
pub(super) fn ways_of(delivery: &Delivery) -> BTreeSet<[u8; WAY]> {
    let mut ways = ways_in_brief(delivery);
    ways.extend(names_of(delivery).map(|name| way("name", name)));
    ways.extend(delivery.source().map(|source| way("source", &source.sha256.to_string())));
    ways.extend(acknowledged_by(delivery).map(|sha256| way("acknowledgement", &sha256.to_string())));
    ways
}

/// The keys of a delivery that many others may have too.
pub(super) fn ways_in_brief(delivery: &Delivery) -> BTreeSet<[u8; WAY]> {
    let (state, link, partner) = (delivery.state(), &delivery.link, &delivery.partner);
    let mut ways = BTreeSet::from([way("state", state), way("link", link), way("partner", partner)]);
    if state != Stage::Archived.word() {
        ways.extend([key(&["link", link, state]), key(&["partner", partner, state])]);
    }
    ways.extend(spans_of(delivery).iter().map(|span| way("under_way", &span.word())));
    ways.extend(delivery.has_archived_contents().then(|| way("contents", &delivery.link)));
    ways.extend(delivery.by_hand.iter().flat_map(|act| persons_in(&act.by).map(|word| way("by", word))));
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

/// Whether a text, as it is recorded of who acted, names a person: as a whole word.
pub fn names_person(text: &str, person: &str) -> bool {
    person.contains(joins)
        && text.match_indices(person).any(|(at, found)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
            !before.is_some_and(joins) && !after.is_some_and(joins)
        })
}

/// The words of a text that may name somebody: whoever is named by it is named by these.
fn persons_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !joins(c)).filter(|word| !word.is_empty())
}

/// Whether a sign is part of a name.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@')
}

/// The names by which a delivery's file is known: its own, and the one that the partner's got.
pub(super) fn names_of(delivery: &Delivery) -> impl Iterator<Item = &str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acted_is_found_by_a_whole_name_and_not_by_a_part_of_another() {
        for text in ["yamada", "root (as yamada)", "係長 yamada 入力"] {
            assert!(names_person(text, "yamada"), "{text}");
        }
        for text in ["yamada2", "taro.yamada", "", "YAMADA"] {
            assert!(!names_person(text, "yamada"), "{text}");
        }
        assert!(!names_person("x", ""));
    }

    #[test]
    fn whoever_a_text_names_has_no_key_that_the_text_lacks() {
        for (text, person) in [
            ("root (as yamada)", "yamada"),
            ("係長 山田 太郎 入力", "山田 太郎"),
            ("a (b)", "a (b"),
            ("x", "x"),
        ] {
            assert!(names_person(text, person), "{text}");
            let of_text: Vec<&str> = persons_in(text).collect();
            assert!(persons_in(person).all(|word| of_text.contains(&word)), "{text}: {person}");
        }
    }
}
