//! What the index holds in sled of one delivery: under which keys in which trees.

use std::collections::BTreeMap;

use crate::error::IndexError;
use crate::stage::Stage;
use crate::state::Delivery;
use crate::wanted::has_arrived;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Sha256};

/// The trees of the index, in the order in which they are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Tree {
    /// Deliveries by id.
    Deliveries,
    /// Ids of deliveries by state and stage.
    States,
    /// Deliveries with work left, by link and by the event that they began with.
    Lanes,
    /// Deliveries without work left, by id: until they are moved into the history.
    Ended,
    /// Deliveries by link and digest of their source.
    Sources,
    /// Collections by link and name of the partner's file, and by link and the event with which they were placed; deliveries
    /// whose bytes the partner got, by link and place in its order.
    Collections,
    /// Ids by receipt number.
    Receipts,
    /// Holds on partners and links.
    Holds,
    /// Closed files of the journal, by name.
    Files,
    /// What holds for all entries.
    Facts,
}

impl Tree {
    /// The tree's name.
    pub(super) fn word(self) -> &'static str {
        self.into()
    }
}

/// Values by their tree and key.
pub(super) type Entries = BTreeMap<(Tree, Vec<u8>), Vec<u8>>;

/// Everything that is held of a delivery, which lies there as `stored`.
pub(super) fn of_delivery(delivery: &Delivery, stored: Vec<u8>) -> Result<Entries, IndexError> {
    let Delivery { id, link, begun, .. } = delivery;
    let mut entries = Entries::new();
    let mut put = |tree: Tree, key: String| drop(entries.insert((tree, key.into_bytes()), Vec::new()));
    put(Tree::States, format!("{}/{}/{id}", delivery.state(), delivery.stage));
    if delivery.is_finished() {
        put(Tree::Ended, id.to_string());
    } else {
        put(Tree::Lanes, format!("{link}/{begun:020}/{id}"));
    }
    if let Some(source) = delivery.source() {
        put(Tree::Sources, source_key(link, source.sha256) + id.as_str());
    }
    if let Some(collection) = delivery.collection() {
        put(Tree::Collections, format!("{}{begun:020}/{id}", found_key(link, &collection.found.name)));
        // A collection that was given up was never handed over.
        if let Some(event) = collection.placed_event.filter(|_| delivery.stage != Stage::Cancelled) {
            put(Tree::Collections, format!("{}{event:020}/{id}", placed_key(link)));
        }
    }
    if has_arrived(delivery) {
        put(Tree::Collections, format!("{}{begun:020}/{id}", arrived_key(link)));
    }
    if let Some(receipt) = delivery.receipt {
        entries.insert((Tree::Receipts, receipt.number.to_be_bytes().to_vec()), write(id)?);
    }
    entries.insert((Tree::Deliveries, id.as_str().as_bytes().to_vec()), stored);
    Ok(entries)
}

/// Where the deliveries of a link lie whose source has this digest.
pub(super) fn source_key(link: &str, sha256: Sha256) -> String {
    format!("{link}/{sha256}/")
}

/// Where the collections of a link lie whose file has this name. No name at a partner contains a slash.
pub(super) fn found_key(link: &str, name: &str) -> String {
    format!("found/{link}/{name}/")
}

/// Where the collections of a link lie that were placed and not given up.
pub(super) fn placed_key(link: &str) -> String {
    format!("placed/{link}/")
}

/// Where the deliveries of a link lie that the partner got.
pub(super) fn arrived_key(link: &str) -> String {
    format!("arrived/{link}/")
}

/// The id at the end of a key, after the last slash if there is one.
pub(super) fn id_at_end(key: &[u8]) -> Result<DeliveryId, IndexError> {
    let id = || std::str::from_utf8(key).ok()?.rsplit('/').next()?.parse().ok();
    id().ok_or_else(|| IndexError::Unusable(say!("ledger-key-unreadable")))
}

/// The number before that id.
pub(super) fn number_before_id(key: &[u8]) -> Result<u64, IndexError> {
    let number = || std::str::from_utf8(key).ok()?.rsplit('/').nth(1)?.parse().ok();
    number().ok_or_else(|| IndexError::Unusable(say!("ledger-key-unreadable")))
}

/// A value as it was written.
pub(super) fn read<T: serde::de::DeserializeOwned>(stored: &[u8]) -> Result<T, IndexError> {
    serde_json::from_slice(stored)
        .map_err(|error| IndexError::Unusable(say!("ledger-value-unreadable", error = error)))
}

/// A value to be written.
pub(super) fn write<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, IndexError> {
    serde_json::to_vec(value).map_err(|error| IndexError::Unusable(error.to_string()))
}
