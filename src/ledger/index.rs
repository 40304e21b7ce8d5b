//! The index over the journal, on sled: the current state of each delivery, by id, by state and by receipt number.
//!
//! Owns no truth. It remembers the journal position it has applied and is rebuilt from the journal when it is missing,
//! broken or in disagreement, so it needs no sync of its own. sled may panic on damaged files: every call is caught and
//! becomes an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use sled::Transactional as _;
use sled::transaction::{ConflictableTransactionError, TransactionError};

use crate::delivery_id::DeliveryId;
use crate::ledger::journal::Position;
use crate::ledger::state::{Delivery, ReceiptLink, Stage};

/// Changes with the meaning of any key or value below; an index of another format is rebuilt.
const FORMAT_NUMBER: u32 = 2;
/// Memory for sled's page cache, in bytes.
const CACHE: u64 = 32 * 1024 * 1024;
/// Keys of the `facts` tree.
const FORMAT: &[u8] = b"format";
const POSITION: &[u8] = b"position";
const LAST_RECEIPT: &[u8] = b"last_receipt";

/// The open index.
#[derive(Debug, Clone)]
pub struct Index {
    deliveries: sled::Tree,
    states: sled::Tree,
    unfinished: sled::Tree,
    receipts: sled::Tree,
    facts: sled::Tree,
}

/// What one changed delivery puts into the trees.
struct Write<'a> {
    id: &'a str,
    state_before: Option<String>,
    state_now: String,
    finished: bool,
    receipt: Option<([u8; 8], Vec<u8>)>,
    delivery: Vec<u8>,
}

/// sled failed, panicked, or holds what can't be read. The daemon stops; at the next start the index is rebuilt.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the index failed ({0}); restart: it is rebuilt from the journal if need be")]
pub struct IndexError(String);

impl Index {
    /// Opens or makes the index at `path`.
    ///
    /// # Errors
    /// sled can't open it, or panics, or it was written by a version that understood it differently.
    pub fn open(path: &Path) -> Result<Index, IndexError> {
        let index = Index::open_trees(path)?;
        let format: Option<u32> = index.fact(FORMAT)?;
        match format {
            Some(FORMAT_NUMBER) => Ok(index),
            None if caught(|| Ok(index.facts.is_empty()))? => {
                let number = write(&FORMAT_NUMBER)?;
                caught(|| index.facts.insert(FORMAT, number))?;
                Ok(index)
            }
            other => Err(IndexError(format!("it has format {other:?}, this version wants {FORMAT_NUMBER}"))),
        }
    }

    fn open_trees(path: &Path) -> Result<Index, IndexError> {
        caught(|| {
            let db = sled::Config::new().path(path).cache_capacity(CACHE).open()?;
            Ok(Index {
                deliveries: db.open_tree("deliveries")?,
                states: db.open_tree("states")?,
                unfinished: db.open_tree("unfinished")?,
                receipts: db.open_tree("receipts")?,
                facts: db.open_tree("facts")?,
            })
        })
    }

    /// The journal position up to which events are applied.
    ///
    /// # Errors
    /// sled fails, or the position can't be read.
    pub fn position(&self) -> Result<Position, IndexError> {
        let stored: Option<(u64, _)> = self.fact(POSITION)?;
        Ok(stored.map_or(Position::START, |(seq, digest)| Position { seq, digest }))
    }

    /// The receipt at the end of the chain.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn last_receipt(&self) -> Result<Option<ReceiptLink>, IndexError> {
        self.fact(LAST_RECEIPT)
    }

    /// One delivery.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn find(&self, id: &DeliveryId) -> Result<Option<Delivery>, IndexError> {
        caught(|| self.deliveries.get(id.as_str()))?.map(|stored| read(&stored)).transpose()
    }

    /// Deliveries from the newest to the oldest, as far as the caller reads on.
    pub fn newest_first(&self) -> impl Iterator<Item = Result<Delivery, IndexError>> + use<> {
        let mut entries = self.deliveries.iter();
        std::iter::from_fn(move || {
            let next = caught(|| entries.next_back().transpose()).transpose()?;
            Some(next.and_then(|(_, stored)| read(&stored)))
        })
    }

    /// The ids of deliveries in a state (see [`Delivery::state`]), of all stages or of one, oldest first.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn in_state(&self, state: &str, stage: Option<Stage>) -> Result<Vec<DeliveryId>, IndexError> {
        let prefix = match stage {
            Some(stage) => format!("{state}/{stage}/"),
            None => format!("{state}/"),
        };
        ids_of(self.states.scan_prefix(&prefix))
    }

    /// The ids of deliveries with work left, oldest first.
    ///
    /// # Errors
    /// sled fails, or an id can't be read.
    pub fn unfinished(&self) -> Result<Vec<DeliveryId>, IndexError> {
        ids_of(self.unfinished.iter())
    }

    /// The delivery that has the receipt with this number.
    ///
    /// # Errors
    /// sled fails, or it can't be read.
    pub fn with_receipt(&self, number: u64) -> Result<Option<Delivery>, IndexError> {
        let id: Option<DeliveryId> =
            caught(|| self.receipts.get(number.to_be_bytes()))?.map(|id| read(&id)).transpose()?;
        id.map_or(Ok(None), |id| self.find(&id))
    }

    /// Stores changed deliveries together with the position and the last receipt they belong to: all or nothing.
    ///
    /// # Errors
    /// sled fails or panics.
    pub fn store<'a>(
        &self,
        changed: impl Iterator<Item = &'a Delivery>,
        position: Position,
        last_receipt: Option<ReceiptLink>,
    ) -> Result<(), IndexError> {
        let writes = changed.map(|delivery| self.write_of(delivery)).collect::<Result<Vec<_>, _>>()?;
        let position = write(&(position.seq, position.digest))?;
        let last_receipt = last_receipt.map(|receipt| write(&receipt)).transpose()?;
        let trees = (&self.deliveries, &self.states, &self.unfinished, &self.receipts, &self.facts);
        let outcome = catch(|| {
            trees.transaction(|(deliveries, states, unfinished, receipts, facts)| {
                for change in &writes {
                    if let Some(before) = &change.state_before {
                        states.remove(before.as_str())?;
                    }
                    states.insert(change.state_now.as_str(), &[])?;
                    deliveries.insert(change.id, change.delivery.as_slice())?;
                    if change.finished {
                        unfinished.remove(change.id)?;
                    } else {
                        unfinished.insert(change.id, &[])?;
                    }
                    if let Some((number, id)) = &change.receipt {
                        receipts.insert(number, id.as_slice())?;
                    }
                }
                if let Some(receipt) = &last_receipt {
                    facts.insert(LAST_RECEIPT, receipt.as_slice())?;
                }
                facts.insert(POSITION, position.as_slice())?;
                Ok::<(), ConflictableTransactionError<std::convert::Infallible>>(())
            })
        })?;
        outcome.map_err(|error| match error {
            TransactionError::Storage(error) => IndexError(error.to_string()),
            TransactionError::Abort(never) => match never {},
        })
    }

    fn write_of<'a>(&self, delivery: &'a Delivery) -> Result<Write<'a>, IndexError> {
        let id = delivery.id.as_str();
        let receipt =
            delivery.receipt.map(|receipt| Ok((receipt.number.to_be_bytes(), write(&delivery.id)?)));
        Ok(Write {
            id,
            state_before: self.find(&delivery.id)?.map(|before| state_key(&before)),
            state_now: state_key(delivery),
            finished: delivery.is_finished(),
            receipt: receipt.transpose()?,
            delivery: write(delivery)?,
        })
    }

    fn fact<T: serde::de::DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, IndexError> {
        caught(|| self.facts.get(key))?.map(|stored| read(&stored)).transpose()
    }
}

/// The ids at the end of the keys, after the last slash if there is one.
fn ids_of(entries: sled::Iter) -> Result<Vec<DeliveryId>, IndexError> {
    let keys = caught(|| entries.keys().collect::<sled::Result<Vec<_>>>())?;
    let id = |key: &[u8]| std::str::from_utf8(key).ok()?.rsplit('/').next()?.parse().ok();
    let ids = keys.iter().map(|key| id(key).ok_or_else(|| IndexError("an unreadable key".to_owned())));
    let mut ids = ids.collect::<Result<Vec<DeliveryId>, IndexError>>()?;
    ids.sort();
    Ok(ids)
}

fn state_key(delivery: &Delivery) -> String {
    format!("{}/{}/{}", delivery.state(), delivery.stage, delivery.id)
}

fn read<T: serde::de::DeserializeOwned>(stored: &[u8]) -> Result<T, IndexError> {
    serde_json::from_slice(stored).map_err(|error| IndexError(format!("an unreadable value: {error}")))
}

fn write<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, IndexError> {
    serde_json::to_vec(value).map_err(|error| IndexError(error.to_string()))
}

fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
    catch(call)?.map_err(|error| IndexError(error.to_string()))
}

fn catch<T>(call: impl FnOnce() -> T) -> Result<T, IndexError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| IndexError("sled panicked".to_owned()))
}
