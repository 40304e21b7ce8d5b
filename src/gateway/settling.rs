//! Which files at partners are left alone until they have settled, each with what was seen of it.
//!
//! Owns that all of them settle at once: none keeps a session, none stands in the ledger. What is known here ends with the
//! next event of the collection, or with this process; then the file is looked at anew.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::collect::settle::SettlingFile;
use totatsu_base::{DeliveryId, locked};

/// The files of all collections that settle.
#[derive(Debug, Default)]
pub struct SettlingFiles {
    by_collection: Mutex<HashMap<DeliveryId, SettlingFile>>,
}

impl SettlingFiles {
    /// Remembers a look at the file of a collection.
    pub fn note(&self, id: &DeliveryId, file: SettlingFile) {
        locked(&self.by_collection).insert(id.clone(), file);
    }

    /// What the last look at a collection's file saw.
    pub fn of(&self, id: &DeliveryId) -> Option<SettlingFile> {
        locked(&self.by_collection).get(id).cloned()
    }

    /// For how long a collection's file has to be left alone, if it has.
    pub fn left(&self, id: &DeliveryId) -> Option<Duration> {
        locked(&self.by_collection).get(id).map(SettlingFile::left).filter(|left| !left.is_zero())
    }

    /// Forgets what was seen of a collection's file.
    pub fn forget(&self, id: &DeliveryId) {
        locked(&self.by_collection).remove(id);
    }
}
