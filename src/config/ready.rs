//! The configuration, ready for use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::gateway::GatewaySettings;
use super::link::{InboundLink, Link};
use super::partner::Partner;
use totatsu_records::layout::LayoutCatalogue;

/// The file that makes a directory a configuration.
pub(crate) const GATEWAY_FILE: &str = "totatsu.toml";

/// Everything, ready for use.
#[derive(Debug)]
pub struct Config {
    /// The gateway itself.
    pub gateway: GatewaySettings,
    /// Partners by name.
    pub partners: BTreeMap<String, Partner>,
    /// Outbound links by name.
    pub links: BTreeMap<String, Link>,
    /// Inbound links by name; none has the name of an outbound one.
    pub inbound: BTreeMap<String, InboundLink>,
    /// All layouts.
    pub catalogue: LayoutCatalogue,
}

/// The file of a partner or link.
pub(super) fn file_of(directory: &Path, kind: &str, name: &str) -> PathBuf {
    directory.join(kind).join(format!("{name}.toml"))
}
