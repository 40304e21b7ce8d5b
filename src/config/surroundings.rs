//! What the files of partners and links are read with: where they lie, and what the gateway's own file says for all of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::gateway::GatewaySettings;
use crate::schedule::calendar::Calendar;
use crate::spool::Spool;

/// What a partner's or a link's file is read with.
#[derive(Debug)]
pub struct Surroundings {
    pub(super) directory: PathBuf,
    pub(super) spool: Spool,
    pub(super) municipality: String,
    pub(super) calendar: Arc<Calendar>,
}

impl Surroundings {
    /// Without the gateway's file, nobody can tell where outboxes are; links are read for their own sake.
    pub(super) fn of(directory: &Path, gateway: Option<&GatewaySettings>) -> Surroundings {
        Surroundings {
            directory: directory.to_owned(),
            spool: Spool::new(gateway.map_or(Path::new(""), |gateway| &gateway.spool)),
            municipality: gateway.map(|gateway| gateway.municipality.clone()).unwrap_or_default(),
            calendar: gateway.map(|gateway| gateway.calendar.clone()).unwrap_or_default(),
        }
    }
}
