//! What reading the files of partners and links needs besides: where they lie, and what the gateway's own file says for all of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::faults::Faults;
use super::gateway::{GatewaySettings, fault_of_keep_contents};
use crate::schedule::calendar::Calendar;
use crate::spool::Spool;
use totatsu_base::document::humane::Wait;

/// What reading a partner's or a link's file needs besides the file.
#[derive(Debug)]
pub struct Surroundings {
    pub(super) directory: PathBuf,
    pub(super) spool: Spool,
    pub(super) municipality: String,
    pub(super) calendar: Arc<Calendar>,
    /// How long folders are kept in the archive; `None` where that can't be read.
    pub(super) keep: Option<Duration>,
}

impl Surroundings {
    /// Takes what the gateway's settings say. Without them the spool is unknown, and with it the outboxes; links can be read all the same.
    pub(super) fn of(directory: &Path, gateway: Option<&GatewaySettings>) -> Surroundings {
        Surroundings {
            directory: directory.to_owned(),
            spool: Spool::new(gateway.map_or(Path::new(""), |gateway| &gateway.spool)),
            municipality: gateway.map(|gateway| gateway.municipality.clone()).unwrap_or_default(),
            calendar: gateway.map(|gateway| gateway.calendar.clone()).unwrap_or_default(),
            keep: gateway.map(|gateway| gateway.retention.keep),
        }
    }

    /// How long the contents of a link's deliveries are kept, where the link says so.
    pub(super) fn keep_contents(&self, given: Option<Wait>, faults: &mut Faults<'_>) -> Option<Duration> {
        let given = given?.0;
        faults.note("keep_contents", fault_of_keep_contents(given, self.keep.unwrap_or(given)));
        Some(given)
    }
}
