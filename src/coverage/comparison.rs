//! Compares the configuration with the national interface list.

use serde::Serialize;

use crate::catalogue::{Interface, InterfaceList, ListedWay};
use crate::config::{Config, CoverageWishes};
use totatsu_base::say;
use totatsu_transport::Reach;
use totatsu_transport::ftps::Protection;

/// What the comparison found.
#[derive(Debug, Clone)]
pub struct CoverageReport {
    /// Every interface of the business systems, in the order of the list.
    pub lines: Vec<CoverageLine>,
    /// Links that serve no interface of these business systems.
    pub unlisted: Vec<UnlistedLink>,
}

/// An interface, and how it stands.
#[derive(Debug, Clone)]
pub struct CoverageLine {
    /// The interface.
    pub interface: &'static Interface,
    /// How the interface stands.
    pub standing: CoverageStanding,
}

/// How an interface stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum CoverageStanding {
    /// Links serve the interface.
    Served {
        /// The links that serve it.
        by: Vec<ServingLink>,
    },
    /// The interface is left out on purpose.
    LeftOut {
        /// Why it is left out.
        reason: String,
    },
    /// The interface is said to be left out, and links serve it all the same.
    Contradicted {
        /// The links that serve it.
        by: Vec<ServingLink>,
        /// Why it is said to be left out.
        reason: String,
    },
    /// No link serves the interface, and nobody says why.
    Missing,
}

/// A link that serves an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServingLink {
    /// The link.
    pub link: String,
    /// The partner, as people call it.
    pub partner: String,
    /// What carries the bytes: `sftp`, `ftps`, `ftp` or `medium`.
    pub transport: &'static str,
    /// How many points are still open in its file and its partner's.
    pub open: usize,
    /// How it is proven that a file arrived.
    #[serde(skip)]
    pub proof: String,
}

/// A link that the list doesn't expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlistedLink {
    /// The link.
    pub link: String,
    /// What people call it.
    pub title: String,
    /// The interface that it names, if any: one of another business system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
}

/// A link that may serve an interface.
struct Candidate<'a> {
    link: &'a str,
    partner: &'a str,
    interfaces: &'a [String],
    open: usize,
    way: ListedWay,
    /// The lock under which its files are imported, if they are.
    import: Option<&'a str>,
}

impl CoverageReport {
    /// Compares what a configuration has for a municipality (five digits) with the list. Where the configuration doesn't say which
    /// business systems there are, all of the list are meant.
    pub fn of(config: &Config, municipality: &str) -> CoverageReport {
        let all = || CoverageWishes {
            businesses: InterfaceList::businesses().map(str::to_owned).collect(),
            not_served: Vec::new(),
        };
        let wishes = config.coverage.get(municipality).cloned().unwrap_or_else(all);
        let ours = |one: &&Interface| wishes.businesses.contains(&one.business);
        let lines = InterfaceList::shipped().interfaces.iter().filter(ours).map(|interface| {
            let by = serving(config, municipality, &interface.id);
            let left_out = wishes.not_served.iter().find(|one| one.interface == interface.id);
            let standing = match (by.is_empty(), left_out.map(|one| one.reason.clone())) {
                (true, None) => CoverageStanding::Missing,
                (true, Some(reason)) => CoverageStanding::LeftOut { reason },
                (false, None) => CoverageStanding::Served { by },
                (false, Some(reason)) => CoverageStanding::Contradicted { by, reason },
            };
            CoverageLine { interface, standing }
        });
        CoverageReport {
            lines: lines.collect(),
            unlisted: unlisted(config, municipality, &wishes.businesses),
        }
    }

    /// Whether every interface is either served or left out on purpose, and none is both.
    pub fn is_complete(&self) -> bool {
        self.lines.iter().all(|line| line.standing.is_well())
    }

    /// How many interfaces are served, left out, both, and neither.
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for line in &self.lines {
            counts[match line.standing {
                CoverageStanding::Served { .. } => 0,
                CoverageStanding::LeftOut { .. } => 1,
                CoverageStanding::Contradicted { .. } => 2,
                CoverageStanding::Missing => 3,
            }] += 1;
        }
        counts
    }
}

impl CoverageStanding {
    /// Whether the interface is either served or left out, and not both.
    pub fn is_well(&self) -> bool {
        matches!(self, CoverageStanding::Served { .. } | CoverageStanding::LeftOut { .. })
    }

    /// The word for the standing.
    pub fn says(&self) -> String {
        match self {
            CoverageStanding::Served { .. } => say!("cli-coverage-served"),
            CoverageStanding::LeftOut { .. } => say!("cli-coverage-left-out"),
            CoverageStanding::Contradicted { .. } => say!("cli-coverage-both"),
            CoverageStanding::Missing => say!("cli-coverage-missing"),
        }
    }
}

impl ServingLink {
    /// What carries the bytes, in words.
    pub fn carried(&self) -> String {
        match self.transport {
            "medium" => say!("cli-coverage-medium"),
            "sftp" => "SFTP".to_owned(),
            "ftps" => "FTPS".to_owned(),
            _ => "FTP".to_owned(),
        }
    }
}

/// The links that say that they serve an interface.
fn serving(config: &Config, municipality: &str, interface: &str) -> Vec<ServingLink> {
    let outbound = config.links.values().map(|link| Candidate {
        link: &link.name,
        partner: &link.partner,
        interfaces: &link.interfaces,
        open: link.open.len(),
        way: ListedWay::Out,
        import: None,
    });
    let inbound = config.inbound.values().map(|link| Candidate {
        link: &link.name,
        partner: &link.partner,
        interfaces: &link.interfaces,
        open: link.open.len(),
        way: ListedWay::In,
        import: link.import.is_some().then_some(link.lock.as_str()),
    });
    outbound
        .chain(inbound)
        .filter(|one| {
            config.municipality_of(one.link) == municipality
                && one.interfaces.iter().any(|id| id == interface)
        })
        .map(|one| {
            let reached = config.partners.get(one.partner);
            let transport = reached.map_or("sftp", |partner| transport(&partner.reach));
            ServingLink {
                link: one.link.to_owned(),
                partner: reached.map_or(one.partner, |partner| partner.title.as_str()).to_owned(),
                transport,
                open: one.open + reached.map_or(0, |partner| partner.open.len()),
                proof: proof(one.way, transport, one.import),
            }
        })
        .collect()
}

fn transport(reach: &Reach) -> &'static str {
    match reach {
        Reach::Sftp(_) => "sftp",
        Reach::Ftps(settings) => match settings.protection {
            Protection::Tls(_) => "ftps",
            Protection::Cleartext => "ftp",
        },
        Reach::Medium(_) => "medium",
    }
}

/// How it is proven that a file arrived.
fn proof(way: ListedWay, transport: &str, import: Option<&str>) -> String {
    let proof = match (way, transport) {
        (ListedWay::Out, "medium") => say!("cli-coverage-proof-medium"),
        (ListedWay::Out, _) => say!("cli-coverage-proof-out"),
        (ListedWay::In, _) => say!("cli-coverage-proof-in"),
    };
    match import {
        None => proof,
        Some(lock) => say!("cli-coverage-proof-import", proof = proof, lock = lock),
    }
}

/// Links that serve no interface of these business systems.
fn unlisted(config: &Config, municipality: &str, businesses: &[String]) -> Vec<UnlistedLink> {
    let outbound = config.links.values().map(|link| (&link.name, &link.title, &link.interfaces));
    let inbound = config.inbound.values().map(|link| (&link.name, &link.title, &link.interfaces));
    let of_ours = |id: &String| {
        let interface = InterfaceList::shipped().interface(id);
        interface.is_some_and(|interface| businesses.contains(&interface.business))
    };
    outbound
        .chain(inbound)
        .filter(|(link, _, interfaces)| {
            config.municipality_of(link) == municipality && !interfaces.iter().any(of_ours)
        })
        .map(|(link, title, interfaces)| UnlistedLink {
            link: link.clone(),
            title: title.clone(),
            interface: interfaces.first().cloned(),
        })
        .collect()
}
