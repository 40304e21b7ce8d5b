//! `coverage.toml`: which part of the national interface list this gateway answers for; `coverage-CODE.toml` (five digits) for each
//! other municipality that it serves.
//!
//! Owns the words of these files. They are optional: without them all business systems of the list are meant, and none is left out.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::faults::Faults;
use crate::catalogue::InterfaceList;
use totatsu_base::say;
use totatsu_base::{Document, Problem};

/// The file for the gateway's own municipality, below the configuration's directory.
pub const COVERAGE_FILE: &str = "coverage.toml";

/// What `coverage.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageWishes {
    /// The business systems that the municipality has, by their keys in the list.
    pub businesses: Vec<String>,
    /// The interfaces that are left out on purpose.
    pub not_served: Vec<LeftOut>,
}

/// An interface that is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The interface of the list.
    pub interface: String,
    /// Why the interface is left out.
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoverageFile {
    businesses: Option<Vec<String>>,
    not_served: Option<Vec<LeftOut>>,
}

/// What these files say, by municipality (five digits).
pub(super) fn read_all(
    directory: &Path,
    own: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, CoverageWishes> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut wishes = BTreeMap::new();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let other = name.strip_prefix("coverage-").and_then(|rest| rest.strip_suffix(".toml"));
        let municipality = if name == COVERAGE_FILE { Some(own) } else { other };
        if let Some(municipality) = municipality {
            wishes.extend(read(&path, problems).map(|read| (municipality.to_owned(), read)));
        }
    }
    wishes
}

/// What one of these files says, as far as it can be read.
fn read(path: &Path, problems: &mut Vec<Problem>) -> Option<CoverageWishes> {
    let (file, document) = Document::read::<CoverageFile>(path, problems)?;
    let list = InterfaceList::shipped();
    let mut faults = Faults { document: &document, problems };
    let businesses = file.businesses.unwrap_or_default();
    faults.require("businesses", !businesses.is_empty(), "config-what-businesses");
    for unknown in businesses.iter().filter(|business| !list.words.business.contains_key(*business)) {
        let known: Vec<&str> = InterfaceList::businesses().collect();
        let (name, known) = (format!("{unknown:?}"), known.join(", "));
        faults.wrong("businesses", say!("config-no-business", name = name, known = known));
    }
    let not_served = file.not_served.unwrap_or_default();
    for left_out in &not_served {
        if list.interface(&left_out.interface).is_none() {
            let interface = &left_out.interface;
            faults.wrong("not_served", say!("config-no-interface", name = format!("{interface:?}")));
        }
        if left_out.reason.trim().is_empty() {
            faults.wrong("not_served", say!("config-needs-reason", name = left_out.interface));
        }
    }
    Some(CoverageWishes { businesses, not_served })
}
