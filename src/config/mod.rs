//! The configuration: `totatsu.toml`, `partners/*.toml` and `links/*.toml` in one directory.
//!
//! Promises that every problem in all files is found in one pass, with file, line and key, and that a configuration
//! with an error is never used. Never holds a secret in its text.

mod coverage;
pub mod environment;
mod faults;
mod files;
mod gateway;
mod leftover;
pub mod link;
pub mod partner;
mod questions;
mod ready;
mod references;
mod roles;
mod surroundings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_base::{Document, Problem, Severity};
use totatsu_records::layout::LayoutCatalogue;

pub use coverage::{COVERAGE_FILE, CoverageWishes, LeftOut};
use faults::Faults;
pub use files::{FileDigests, digests};
use gateway::GatewayFile;
pub use gateway::{GatewaySettings, INSTALLED_LAYOUTS, Retention};
use link::{DirectionWord, InboundFile, InboundLink, LinkFile};
use partner::{Partner, PartnerFile};
pub use questions::{DeliveryDeadline, no_such_link};
pub(crate) use ready::GATEWAY_FILE;
use ready::file_of;
pub use ready::{Config, OpenPoints};
pub use roles::{FourEyesAct, GatewayRoles, GroupWord, Role, RoleGroups};
use surroundings::Surroundings;

/// Where the configuration is unless the command line says otherwise.
pub const DEFAULT_DIRECTORY: &str = "/etc/totatsu";

/// Reads only `totatsu.toml`: enough for commands that ask the ledger or the daemon.
///
/// # Errors
/// The file can't be read or has an error: every problem in it.
pub fn read_gateway(directory: &Path) -> Result<GatewaySettings, Vec<Problem>> {
    let mut problems = Vec::new();
    match read_settings(directory, &mut problems) {
        Some(settings) if !has_errors(&problems) => Ok(settings),
        _ => Err(problems),
    }
}

/// Reads everything and compiles every layout. The configuration is `Some` only if no problem is an error.
pub fn read(directory: &Path) -> (Option<Config>, Vec<Problem>) {
    let mut problems = Vec::new();
    let gateway = read_settings(directory, &mut problems);
    let around = Surroundings::of(directory, gateway.as_ref());
    let files = files_in(directory, "partners", &mut problems);
    let partners = read_each(&files, &around, &mut problems, PartnerFile::compile);
    let (outbound, inbound) = link_files(directory, &mut problems);
    let links = read_each(&outbound, &around, &mut problems, LinkFile::compile);
    let inbound = read_each(&inbound, &around, &mut problems, InboundFile::compile);
    let own = gateway.as_ref().map_or("", |gateway| gateway.municipality.as_str());
    let coverage = coverage::read_all(directory, own, &mut problems);
    let Some(gateway) = gateway else { return (None, problems) };
    let (catalogue, layout_problems) = LayoutCatalogue::load(&gateway.layouts);
    let layout_problems = layout_problems.into_iter();
    problems.extend(layout_problems.map(|(file, found)| Problem::error(file, found.line, found.to_string())));
    let config = Config { gateway, partners, links, inbound, catalogue, coverage };
    problems.extend(references::check(directory, &config));
    problems.sort_by(|a, b| (&a.file, a.line.is_none(), a.line).cmp(&(&b.file, b.line.is_none(), b.line)));
    (Some(config).filter(|_| !has_errors(&problems)), problems)
}

/// As [`read`], and also looks for what is still the example's, and whether this machine is as the configuration wants it. Both
/// only if there is no error.
pub fn check(directory: &Path) -> (Option<Config>, Vec<Problem>) {
    let (config, mut problems) = read(directory);
    if let Some(config) = &config {
        problems.extend(leftover::check(directory, config));
        problems.extend(environment::check(directory, config));
    }
    (config, problems)
}

/// Reads one partner's file alone, whatever is wrong with other files. The partner may be `Some` although there are errors among
/// the problems: it is then good only for what these errors don't concern.
pub fn read_partner(directory: &Path, name: &str) -> (Option<Partner>, Vec<Problem>) {
    let mut problems = Vec::new();
    let file = partner_file(directory, name);
    if name.contains(['/', '\\']) || !file.is_file() {
        let message = say!("config-no-partner", name = format!("{name:?}"));
        return (None, vec![Problem::error(directory.join("partners"), None, message)]);
    }
    let around = Surroundings::of(directory, read_settings(directory, &mut Vec::new()).as_ref());
    let read = Document::read::<PartnerFile>(&file, &mut problems);
    let partner = read.and_then(|(read, document)| {
        read.compile(name, &around, &mut Faults { document: &document, problems: &mut problems })
    });
    (partner, problems)
}

/// The file of a partner.
pub fn partner_file(directory: &Path, name: &str) -> PathBuf {
    file_of(directory, "partners", name)
}

/// The directories at a partner to which outbound links send, each once. A link that can't be read counts for none.
pub fn directories_of(directory: &Path, partner: &str) -> Vec<String> {
    let (outbound, _) = link_files(directory, &mut Vec::new());
    let around = Surroundings::of(directory, None);
    let links = read_each(&outbound, &around, &mut Vec::new(), LinkFile::compile);
    let mut directories: Vec<String> =
        links.into_values().filter(|link| link.partner == partner).map(|link| link.directory).collect();
    directories.sort();
    directories.dedup();
    directories
}

/// The inbound links of a partner; those that can't be read are left out.
pub fn inbound_of(directory: &Path, partner: &str) -> Vec<InboundLink> {
    let settings = read_settings(directory, &mut Vec::new());
    let (_, inbound) = link_files(directory, &mut Vec::new());
    let around = Surroundings::of(directory, settings.as_ref());
    let links = read_each(&inbound, &around, &mut Vec::new(), InboundFile::compile);
    links.into_values().filter(|link| link.partner == partner).collect()
}

/// The files of outbound links, and those of inbound ones.
fn link_files(directory: &Path, problems: &mut Vec<Problem>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let files = files_in(directory, "links", problems).into_iter();
    files.partition(|path| direction_of(path) == DirectionWord::Out)
}

/// Which way a link's files go. Where that can't be read it counts as out: reading the whole file then tells the mistake.
fn direction_of(path: &Path) -> DirectionWord {
    #[derive(Deserialize)]
    struct Only {
        direction: DirectionWord,
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    toml::from_str::<Only>(&text).map_or(DirectionWord::Out, |only| only.direction)
}

/// What `totatsu.toml` says, as far as it can be read. With an error among the problems it is good only for finding more problems.
fn read_settings(directory: &Path, problems: &mut Vec<Problem>) -> Option<GatewaySettings> {
    let (file, document) = Document::read::<GatewayFile>(&directory.join(GATEWAY_FILE), problems)?;
    Some(file.compile(directory, &mut Faults { document: &document, problems }))
}

/// Whether any problem keeps the gateway from starting.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// Every `*.toml` in one of the configuration's directories, in the order of their names.
fn files_in(directory: &Path, below: &str, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let directory = directory.join(below);
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(&directory) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            let message = say!("config-not-listed", error = os_error(&error));
            problems.push(Problem::error(directory, None, message));
            return Vec::new();
        }
    };
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

/// Reads and compiles each of these files; the map's keys are their names without `.toml`.
fn read_each<F: serde::de::DeserializeOwned, T>(
    paths: &[PathBuf],
    around: &Surroundings,
    problems: &mut Vec<Problem>,
    compile: impl Fn(F, &str, &Surroundings, &mut Faults<'_>) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut compiled = BTreeMap::new();
    for path in paths {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((file, document)) = Document::read(path, problems) else { continue };
        let value = compile(file, &name, around, &mut Faults { document: &document, problems });
        compiled.extend(value.map(|value| (name, value)));
    }
    compiled
}
