//! The configuration: `totatsu.toml`, `partners/*.toml` and `links/*.toml` in one directory.
//!
//! Promises that every problem in all files is found in one pass, with file, line and key, and that a configuration
//! with an error is never used. Never holds a secret in its text.

pub mod document;
pub mod humane;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::layout::{Shelf, Status};
use crate::link::{Link, LinkFile};
use crate::partner::{Partner, PartnerFile};
use crate::schedule::retry::Backoff;
use crate::spool::Spool;
use document::{Document, Problem, Severity};
use humane::Wait;

/// Where the configuration is unless the command line says otherwise.
pub const DEFAULT_DIRECTORY: &str = "/etc/totatsu";
/// The file that makes a directory a configuration.
pub(crate) const GATEWAY_FILE: &str = "totatsu.toml";

/// What the kernel allows for the path of a Unix socket, in bytes.
const SOCKET_PATH_LIMIT: usize = 107;

/// Everything, ready for use.
#[derive(Debug)]
pub struct Config {
    /// The gateway itself.
    pub gateway: GatewaySettings,
    /// Partners by name.
    pub partners: BTreeMap<String, Partner>,
    /// Links by name.
    pub links: BTreeMap<String, Link>,
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
    /// How long finished deliveries are kept.
    pub retention: Duration,
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
struct ArchiveTable {
    retention: Option<Wait>,
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
    let settings = Document::read::<GatewayFile>(&directory.join(GATEWAY_FILE), &mut problems)
        .and_then(|(file, document)| file.compile(directory, &document, &mut problems));
    match settings {
        Some(settings) if !has_errors(&problems) => Ok(settings),
        _ => Err(problems),
    }
}

/// Reads everything and compiles every layout. The configuration is there only if no problem is an error.
pub fn read(directory: &Path) -> (Option<Config>, Vec<Problem>) {
    let gateway = match read_gateway(directory) {
        Ok(gateway) => gateway,
        Err(problems) => return (None, problems),
    };
    let mut problems = Vec::new();
    let partners = read_each(
        &directory.join("partners"),
        &mut problems,
        |name, file: PartnerFile, document, problems| file.compile(name, directory, document, problems),
    );
    let spool = Spool::new(&gateway.spool);
    let links =
        read_each(&directory.join("links"), &mut problems, |name, file: LinkFile, document, problems| {
            file.compile(name, directory, &spool, document, problems)
        });
    let (shelf, layout_problems) = Shelf::load(&gateway.layouts);
    problems.extend(layout_problems.into_iter().map(|(file, problem)| Problem {
        severity: Severity::Error,
        file,
        line: problem.line,
        key: None,
        message: problem.to_string(),
    }));
    check_references(directory, &partners, &links, &shelf, &mut problems);
    let config = Config { gateway, partners, links, shelf };
    (Some(config).filter(|_| !has_errors(&problems)), problems)
}

/// Whether any problem keeps the gateway from starting.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// What is wrong with the directories that the configuration names: each must be there and let us write.
pub fn check_directories(directory: &Path, config: &Config) -> Vec<Problem> {
    let gateway = &config.gateway;
    let main = directory.join(GATEWAY_FILE);
    let mut places = vec![
        (main.clone(), "paths.spool".to_owned(), gateway.spool.clone()),
        (main.clone(), "paths.ledger".to_owned(), gateway.ledger.clone()),
        (main, "paths.socket".to_owned(), crate::spool::parent_of(&gateway.socket).to_owned()),
    ];
    for link in config.links.values() {
        let file = directory.join("links").join(format!("{}.toml", link.name));
        places.push((file, "outbox".to_owned(), link.outbox.clone()));
    }
    let fault = |path: &Path| match std::fs::metadata(path) {
        // What is missing below a directory we may write to is made at the start.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            path.ancestors().find(|ancestor| ancestor.exists()).filter(|ancestor| !is_writable(ancestor)).map(
                |ancestor| {
                    format!("{} is missing and can't be made in {}", path.display(), ancestor.display())
                },
            )
        }
        Err(error) => Some(format!("{}: {error}", path.display())),
        Ok(metadata) if !metadata.is_dir() => Some(format!("{} is not a directory", path.display())),
        Ok(_) if !is_writable(path) => Some(format!("{} can't be written by this user", path.display())),
        Ok(_) => None,
    };
    let problem = |(file, key, path): (PathBuf, String, PathBuf)| {
        let message = fault(&path)?;
        Some(Problem { severity: Severity::Error, file, line: None, key: Some(key), message })
    };
    let mut problems: Vec<Problem> = places.into_iter().filter_map(problem).collect();
    let length = gateway.socket.as_os_str().len();
    if length > SOCKET_PATH_LIMIT {
        let message = format!("{length} bytes; a socket's path has {SOCKET_PATH_LIMIT} at most");
        let (file, key) = (directory.join(GATEWAY_FILE), Some("paths.socket".to_owned()));
        problems.push(Problem { severity: Severity::Error, file, line: None, key, message });
    }
    problems
}

fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}

impl GatewayFile {
    fn compile(
        self,
        directory: &Path,
        document: &Document,
        problems: &mut Vec<Problem>,
    ) -> Option<GatewaySettings> {
        let mut wrong =
            |key: &str, message: String| problems.push(document.problem(Severity::Error, key, message));
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
        let path =
            |given: Option<PathBuf>, default: &str| directory.join(given.unwrap_or_else(|| default.into()));
        Some(GatewaySettings {
            name: table.name?,
            municipality: municipality?.ok()?,
            spool: path(paths.spool, "/var/lib/totatsu/spool"),
            ledger: path(paths.ledger, "/var/lib/totatsu/ledger"),
            layouts: path(paths.layouts, "/usr/share/totatsu/layouts"),
            socket: path(paths.socket, "/run/totatsu/control.sock"),
            rescan,
            backoff,
            retention: wait(self.archive.unwrap_or_default().retention, 1830 * 24 * 3600),
            stop_grace: wait(self.daemon.unwrap_or_default().stop_grace, 60),
        })
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

/// The five digits of a municipality's code, once the sixth, its check digit, is proven (総務省: weights 6 to 2,
/// eleven minus the sum modulo eleven, last digit).
fn municipality(code: &str) -> Result<String, String> {
    let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 6 || code.len() != 6 {
        return Err(format!("{code:?} is not 6 digits (全国地方公共団体コード with its check digit)"));
    }
    let sum: u32 = digits.iter().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - sum % 11) % 10;
    if digits[5] != expected {
        return Err(format!("the check digit of {code} should be {expected}"));
    }
    Ok(code[..5].to_owned())
}

/// Reads every `*.toml` in a directory and compiles it; the map's keys are the files' names without `.toml`.
fn read_each<F: serde::de::DeserializeOwned, T>(
    directory: &Path,
    problems: &mut Vec<Problem>,
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
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
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

/// What links refer to must be there.
fn check_references(
    directory: &Path,
    partners: &BTreeMap<String, Partner>,
    links: &BTreeMap<String, Link>,
    shelf: &Shelf,
    problems: &mut Vec<Problem>,
) {
    let today = crate::clock::Moment::now().date();
    let mut outboxes = BTreeMap::new();
    for link in links.values() {
        let file = directory.join("links").join(format!("{}.toml", link.name));
        let Some((_, document)) = Document::read::<LinkFile>(&file, &mut Vec::new()) else { continue };
        let mut wrong = |key, message| problems.push(document.problem(Severity::Error, key, message));
        // A partner whose own file is wrong is there all the same; its own problems say enough.
        let partner_file = directory.join("partners").join(format!("{}.toml", link.partner));
        if !partners.contains_key(&link.partner) && !partner_file.exists() {
            wrong("partner", format!("there is no partners/{}.toml", link.partner));
        }
        let layout = shelf.choose(&link.layout, today);
        if layout.is_none() {
            wrong("layout", format!("no layout {:?} is in force on {today}", link.layout));
        }
        if let Some(other) = outboxes.insert(&link.outbox, &link.name) {
            wrong("outbox", format!("link {other} has the same outbox"));
        }
        if layout.is_some_and(|layout| layout.status() == Status::Sample) {
            let message =
                format!("layout {} is a sample: put the partner's own sheet in its place", link.layout);
            problems.push(document.problem(Severity::Warning, "layout", message));
        }
    }
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
