//! What every command can be told.

use std::path::PathBuf;

use super::exit::{Exit, bad_configuration};
use crate::config::{self, Config, GatewaySettings};
use totatsu_base::messages::Tongue;

/// What every command is told.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) config: PathBuf,
    pub(super) json: bool,
    /// The language that `--lang` names.
    pub(super) lang: Option<Tongue>,
}

impl Common {
    /// What `totatsu.toml` says, or every problem in it on standard error.
    pub(super) fn gateway(&self) -> Result<GatewaySettings, Exit> {
        config::read_gateway(&self.config).map_err(|problems| bad_configuration(&problems))
    }

    /// The whole configuration, or every problem in it on standard error.
    pub(super) fn configured(&self) -> Result<Config, Exit> {
        let (configured, problems) = config::read(&self.config);
        configured.ok_or_else(|| bad_configuration(&problems))
    }
}
