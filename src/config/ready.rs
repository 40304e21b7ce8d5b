//! The configuration, ready for use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::coverage::CoverageWishes;
use super::gateway::GatewaySettings;
use super::link::{InboundLink, Link};
use super::partner::Partner;
use totatsu_records::layout::LayoutCatalogue;

/// The file that makes a directory a configuration.
pub(crate) const GATEWAY_FILE: &str = "totatsu.toml";

/// The whole configuration, compiled and checked.
#[derive(Debug, Clone)]
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
    /// Which part of the national list the gateway answers for, by municipality (five digits), where that is said.
    pub coverage: BTreeMap<String, CoverageWishes>,
}

/// The points of one file that are still to be agreed or filled in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenPoints {
    /// The file, below the configuration's directory.
    pub file: PathBuf,
    /// The open points, in the file's own words.
    pub points: Vec<String>,
}

impl Config {
    /// Every file with something that is still to be agreed or filled in.
    pub fn open_points(&self) -> Vec<OpenPoints> {
        let partners = self.partners.values().map(|partner| ("partners", &partner.name, &partner.open));
        let links = self.links.values().map(|link| ("links", &link.name, &link.open));
        let inbound = self.inbound.values().map(|link| ("links", &link.name, &link.open));
        partners
            .chain(links)
            .chain(inbound)
            .filter(|(.., points)| !points.is_empty())
            .map(|(kind, name, points)| OpenPoints {
                file: file_of(Path::new(""), kind, name),
                points: points.clone(),
            })
            .collect()
    }
}

/// The file of a partner or link.
pub(super) fn file_of(directory: &Path, kind: &str, name: &str) -> PathBuf {
    directory.join(kind).join(format!("{name}.toml"))
}
