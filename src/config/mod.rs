//! The configuration: `totatsu.toml`, `partners/*.toml` and `links/*.toml` in one directory.
//!
//! Promises that every problem in all files is found in one pass, with file, line and key, and that a configuration
//! with an error is never used. Never holds a secret in its text.

pub mod environment;
pub mod owner;
pub mod program;
mod questions;
mod references;

pub(crate) use totatsu_base::document::resolve;
pub use totatsu_base::document::{self, amend, humane};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::collect::link::{InboundFile, InboundLink};
use crate::disk::DiskTable;
use crate::layout::{CheckMethod, Shelf};
use crate::link::{DirectionWord, Link, LinkFile};
use crate::partner::{Partner, PartnerFile};
use crate::retention::{ArchiveTable, Retention};
use crate::schedule::alert::{AlertCommand, AlertsTable};
use crate::schedule::calendar::{Calendar, CalendarTable};
use crate::schedule::retry::Backoff;
use crate::spool::Spool;
use document::{Document, Problem, Severity};
use humane::Wait;

pub use questions::no_such_link;

/// Where the configuration is unless the command line says otherwise.
pub const DEFAULT_DIRECTORY: &str = "/etc/totatsu";
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
    pub shelf: Shelf,
}

/// What `totatsu.toml` says.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// The gateway's name on receipts.
    pub name: String,
    /// 全国地方公共団体コード without its check digit: prefecture 2, municipality 3.
    pub municipality: String,
    /// The spool directory.
    pub spool: PathBuf,
    /// The ledger's directory.
    pub ledger: PathBuf,
    /// The directory of layouts.
    pub layouts: PathBuf,
    /// The socket on which the daemon answers commands.
    pub socket: PathBuf,
    /// How often an outbox is looked over even if nothing was heard of it.
    pub rescan: Duration,
    /// How failed steps are tried again.
    pub backoff: Backoff,
    /// On which days work is done.
    pub calendar: Arc<Calendar>,
    /// The command that alerts are handed to, if there is one.
    pub alerts: Option<AlertCommand>,
    /// Bytes of our own disk that are kept in reserve: below that no file is taken over.
    pub reserve: u64,
    /// How long and how much the archive keeps.
    pub retention: Retention,
    /// How long a stop waits for steps in hand.
    pub stop_grace: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayFile {
    gateway: Option<GatewayTable>,
    paths: Option<PathsTable>,
    accept: Option<AcceptTable>,
    retry: Option<RetryTable>,
    calendar: Option<CalendarTable>,
    alerts: Option<AlertsTable>,
    disk: Option<DiskTable>,
    archive: Option<ArchiveTable>,
    daemon: Option<DaemonTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayTable {
    name: Option<String>,
    municipality_code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PathsTable {
    spool: Option<PathBuf>,
    ledger: Option<PathBuf>,
    layouts: Option<PathBuf>,
    socket: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptTable {
    rescan: Option<Wait>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryTable {
    first: Option<Wait>,
    ceiling: Option<Wait>,
    give_up_after: Option<Wait>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DaemonTable {
    stop_grace: Option<Wait>,
}

/// Reads only `totatsu.toml`: enough for commands that ask the ledger or the daemon.
///
/// # Errors
/// Every problem in the file.
pub fn read_gateway(directory: &Path) -> Result<GatewaySettings, Vec<Problem>> {
    let mut problems = Vec::new();
    match read_settings(directory, &mut problems) {
        Some(settings) if !has_errors(&problems) => Ok(settings),
        _ => Err(problems),
    }
}

/// Reads everything and compiles every layout. The configuration is there only if no problem is an error.
pub fn read(directory: &Path) -> (Option<Config>, Vec<Problem>) {
    let mut problems = Vec::new();
    let gateway = read_settings(directory, &mut problems);
    let calendar = gateway.as_ref().map(|gateway| gateway.calendar.clone()).unwrap_or_default();
    let partners = read_each(
        &directory.join("partners"),
        &mut problems,
        |name, file: PartnerFile, document, problems| {
            file.compile(name, directory, &calendar, document, problems)
        },
    );
    // Without the gateway's file, nobody can tell where outboxes and layouts are; links are read for their own sake.
    let spool = Spool::new(gateway.as_ref().map_or(Path::new(""), |gateway| &gateway.spool));
    let municipality = gateway.as_ref().map(|gateway| gateway.municipality.clone()).unwrap_or_default();
    let links = read_outbound(directory, &spool, &calendar, &mut problems);
    let inbound = read_inbound(directory, (&spool, &municipality), &calendar, &mut problems);
    let Some(gateway) = gateway else { return (None, problems) };
    let (shelf, layout_problems) = Shelf::load(&gateway.layouts);
    problems.extend(layout_problems.into_iter().map(|(file, problem)| Problem {
        severity: Severity::Error,
        file,
        line: problem.line,
        key: None,
        message: problem.to_string(),
    }));
    let config = Config { gateway, partners, links, inbound, shelf };
    problems.extend(references::check(directory, &config));
    problems.sort_by(|a, b| (&a.file, a.line.is_none(), a.line).cmp(&(&b.file, b.line.is_none(), b.line)));
    (Some(config).filter(|_| !has_errors(&problems)), problems)
}

/// As [`read`], and looks whether this machine is as the configuration wants it, where that can be told.
pub fn check(directory: &Path) -> (Option<Config>, Vec<Problem>) {
    let (config, mut problems) = read(directory);
    if let Some(config) = &config {
        problems.extend(environment::check(directory, config));
    }
    (config, problems)
}

/// Reads one partner's file alone, whatever is wrong with the others. The partner may be there although there are errors
/// among the problems: it is then good only for what they don't concern.
pub fn read_partner(directory: &Path, name: &str) -> (Option<Partner>, Vec<Problem>) {
    let mut problems = Vec::new();
    let file = partner_file(directory, name);
    if name.contains(['/', '\\']) || !file.is_file() {
        let message =
            format!("there is no partner {name:?}: a partner is a file in partners/, without .toml");
        let file = directory.join("partners");
        return (None, vec![Problem { severity: Severity::Error, file, line: None, key: None, message }]);
    }
    let calendar =
        read_settings(directory, &mut Vec::new()).map(|gateway| gateway.calendar).unwrap_or_default();
    let read = Document::read::<PartnerFile>(&file, &mut problems);
    let partner =
        read.and_then(|(read, document)| read.compile(name, directory, &calendar, &document, &mut problems));
    (partner, problems)
}

/// The file of a partner.
pub fn partner_file(directory: &Path, name: &str) -> PathBuf {
    environment::file_of(directory, "partners", name)
}

/// The partner's directories to which links go, each once; links that can't be read go nowhere.
pub fn directories_of(directory: &Path, partner: &str) -> Vec<String> {
    let (spool, calendar) = (Spool::new(Path::new("")), Arc::default());
    let links = read_outbound(directory, &spool, &calendar, &mut Vec::new());
    let mut directories: Vec<String> =
        links.into_values().filter(|link| link.partner == partner).map(|link| link.directory).collect();
    directories.sort();
    directories.dedup();
    directories
}

/// The inbound links of a partner; those that can't be read are left out.
pub fn inbound_of(directory: &Path, partner: &str) -> Vec<InboundLink> {
    let settings = read_settings(directory, &mut Vec::new());
    let (calendar, municipality) =
        settings.map(|settings| (settings.calendar, settings.municipality)).unwrap_or_default();
    let spool = Spool::new(Path::new(""));
    let links = read_inbound(directory, (&spool, &municipality), &calendar, &mut Vec::new());
    links.into_values().filter(|link| link.partner == partner).collect()
}

fn read_inbound(
    directory: &Path,
    (spool, municipality): (&Spool, &str),
    calendar: &Arc<Calendar>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, InboundLink> {
    read_each_if(
        &directory.join("links"),
        problems,
        |path| direction_of(path) == DirectionWord::In,
        |name, file: InboundFile, document, problems| {
            file.compile(name, directory, (spool, municipality), calendar, document, problems)
        },
    )
}

fn read_outbound(
    directory: &Path,
    spool: &Spool,
    calendar: &Arc<Calendar>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Link> {
    read_each_if(
        &directory.join("links"),
        problems,
        |path| direction_of(path) == DirectionWord::Out,
        |name, file: LinkFile, document, problems| {
            file.compile(name, directory, spool, calendar, document, problems)
        },
    )
}

/// Which way a link's files go, as far as its own file can be read; what can't be told is told with the rest of it.
fn direction_of(path: &Path) -> DirectionWord {
    #[derive(Deserialize)]
    struct Only {
        direction: DirectionWord,
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    toml::from_str::<Only>(&text).map_or(DirectionWord::Out, |only| only.direction)
}

/// What `totatsu.toml` says, as far as it can be read: with an error among the problems it is good for finding more.
fn read_settings(directory: &Path, problems: &mut Vec<Problem>) -> Option<GatewaySettings> {
    let (file, document) = Document::read::<GatewayFile>(&directory.join(GATEWAY_FILE), problems)?;
    Some(file.compile(directory, &document, problems))
}

/// Whether any problem keeps the gateway from starting.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

impl GatewayFile {
    fn compile(self, directory: &Path, document: &Document, problems: &mut Vec<Problem>) -> GatewaySettings {
        let calendar = self.calendar.unwrap_or_default().compile(directory, document, problems);
        let alerts = self.alerts.unwrap_or_default().compile(document, problems);
        let retention = self.archive.unwrap_or_default().compile(document, problems);
        let mut wrong = |key: &str, message: String| problems.extend(document.error(key, message));
        let table = self.gateway.unwrap_or_default();
        if table.name.as_ref().is_none_or(|name| name.trim().is_empty()) {
            wrong("gateway.name", "missing: the name that receipts show, e.g. your city's".to_owned());
        }
        let municipality = table.municipality_code.as_deref().map(municipality);
        if let Some(Err(message)) = &municipality {
            wrong("gateway.municipality_code", message.clone());
        } else if municipality.is_none() {
            wrong("gateway.municipality_code", "missing: 全国地方公共団体コード, 6 digits".to_owned());
        }
        let backoff = self.retry.unwrap_or_default().compile();
        if backoff.first.is_zero()
            || backoff.first > backoff.ceiling
            || backoff.ceiling > backoff.give_up_after
        {
            wrong("retry", "must satisfy 0 < first <= ceiling <= give_up_after".to_owned());
        }
        let rescan = wait(self.accept.unwrap_or_default().rescan, 30);
        if rescan.is_zero() {
            wrong("accept.rescan", "must be longer than nothing".to_owned());
        }
        let paths = self.paths.unwrap_or_default();
        let path = |given: Option<PathBuf>, default: &str| {
            resolve(directory, &given.unwrap_or_else(|| default.into()))
        };
        GatewaySettings {
            name: table.name.unwrap_or_default(),
            municipality: municipality.and_then(Result::ok).unwrap_or_default(),
            spool: path(paths.spool, "/var/lib/totatsu/spool"),
            ledger: path(paths.ledger, "/var/lib/totatsu/ledger"),
            layouts: path(paths.layouts, "/usr/share/totatsu/layouts"),
            socket: path(paths.socket, "/run/totatsu/control.sock"),
            rescan,
            backoff,
            calendar: Arc::new(calendar),
            alerts,
            reserve: self.disk.unwrap_or_default().reserve(),
            retention,
            stop_grace: wait(self.daemon.unwrap_or_default().stop_grace, 60),
        }
    }
}

impl RetryTable {
    fn compile(self) -> Backoff {
        Backoff {
            first: wait(self.first, 30),
            ceiling: wait(self.ceiling, 30 * 60),
            give_up_after: wait(self.give_up_after, 3 * 24 * 3600),
        }
    }
}

fn wait(given: Option<Wait>, default_seconds: u64) -> Duration {
    given.map_or(Duration::from_secs(default_seconds), |wait| wait.0)
}

/// The five digits of a municipality's code, once the sixth, its check digit, is proven.
fn municipality(code: &str) -> Result<String, String> {
    let five = code.get(..5).filter(|_| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let Some((five, expected)) =
        five.and_then(|five| Some((five, CheckMethod::MunicipalityCode.digit(five.bytes())?)))
    else {
        return Err(format!("{code:?} is not 6 digits (全国地方公共団体コード with its check digit)"));
    };
    if code.as_bytes()[5] != expected {
        return Err(format!("the check digit of {code} should be {}", char::from(expected)));
    }
    Ok(five.to_owned())
}

/// Reads every `*.toml` in a directory and compiles it; the map's keys are the files' names without `.toml`.
fn read_each<F: serde::de::DeserializeOwned, T>(
    directory: &Path,
    problems: &mut Vec<Problem>,
    compile: impl Fn(&str, F, &Document, &mut Vec<Problem>) -> Option<T>,
) -> BTreeMap<String, T> {
    read_each_if(directory, problems, |_| true, compile)
}

/// The same of those files that are wanted.
fn read_each_if<F: serde::de::DeserializeOwned, T>(
    directory: &Path,
    problems: &mut Vec<Problem>,
    wanted: impl Fn(&Path) -> bool,
    compile: impl Fn(&str, F, &Document, &mut Vec<Problem>) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(directory) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            let (file, message) = (directory.to_owned(), format!("can't be listed: {error}"));
            problems.push(Problem { severity: Severity::Error, file, line: None, key: None, message });
            return BTreeMap::new();
        }
    };
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && wanted(path));
    paths.sort();
    let mut compiled = BTreeMap::new();
    for path in paths {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let read = Document::read(&path, problems);
        let value = read.and_then(|(file, document)| compile(&name, file, &document, problems));
        if let Some(value) = value {
            compiled.insert(name, value);
        }
    }
    compiled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_code_is_accepted_with_its_check_digit_only() {
        // 千代田区, 札幌市, 大阪市.
        for code in ["131016", "011002", "271004"] {
            assert_eq!(municipality(code), Ok(code[..5].to_owned()));
        }
        for code in ["131015", "13101", "1310166", "13101x", "１３１０１６"] {
            assert!(municipality(code).is_err(), "{code}");
        }
    }
}
