//! What `totatsu.toml` says: the gateway itself, its paths, limits and clocks.
//!
//! Owns the words of that file, and the defaults where it is silent. Promises that each mistake is told with its key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::faults::Faults;
use super::roles::{GatewayRoles, GatewayRolesTable};
use crate::receipt::key::KeyApart;
use crate::schedule::calendar::{Calendar, CalendarTable};
use crate::schedule::retry::Backoff;
use totatsu_base::document::humane::{Size, Wait};
use totatsu_base::document::resolve;
use totatsu_base::messages::Tongue;
use totatsu_base::program::{OperatorCommand, fault_of_command};
use totatsu_base::say;
use totatsu_records::layout::CheckMethod;

/// Where a package puts the layouts, and where they are looked for unless the configuration says otherwise.
pub const INSTALLED_LAYOUTS: &str = "/usr/share/totatsu/layouts";
/// How long finished deliveries are kept, unless the configuration says otherwise.
const RETENTION: Duration = Duration::from_secs(1830 * 24 * 3600);
/// Up to which age a full archive keeps deliveries all the same, unless the configuration says otherwise.
const KEEP_AT_LEAST: Duration = Duration::from_secs(90 * 24 * 3600);
/// Bytes that are kept free for deliveries under way, journal and receipts, unless the configuration says otherwise.
const RESERVE: u64 = 512 * 1024 * 1024;
/// How long an alert's command may take, unless the configuration says otherwise.
const ALERT_TIME_LIMIT: Duration = Duration::from_secs(30);

/// The variable in which systemd tells a service where its credentials are.
pub(super) const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Where they are for our own service.
pub(super) const SERVICE: &str = "/run/credentials/totatsu.service";
/// How long the command for time stamps may take, unless the configuration says otherwise.
const STAMP_TIME_LIMIT: Duration = Duration::from_secs(60);

/// What `totatsu.toml` says.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// The gateway's name on receipts.
    pub name: String,
    /// 全国地方公共団体コード without its check digit: two digits for the prefecture, three for the municipality.
    pub municipality: String,
    /// The language that the daemon speaks; where it is `None`, the environment decides.
    pub language: Option<Tongue>,
    /// The spool directory.
    pub spool: PathBuf,
    /// The ledger's directory.
    pub ledger: PathBuf,
    /// The directory of layouts.
    pub layouts: PathBuf,
    /// The socket on which the daemon answers commands.
    pub socket: PathBuf,
    /// How often an outbox is looked over even if the kernel has reported no change in it.
    pub rescan: Duration,
    /// How failed steps are tried again.
    pub backoff: Backoff,
    /// On which days work is done.
    pub calendar: Arc<Calendar>,
    /// The command that alerts are handed to, if there is one.
    pub alerts: Option<OperatorCommand>,
    /// The command that has the journal's end stamped with the time, if there is one.
    pub stamps: Option<OperatorCommand>,
    /// Where the key that signs receipts is, if it lives apart from the ledger.
    pub receipt_key: Option<KeyApart>,
    /// Bytes of our own disk that are kept in reserve: below that no file is taken over.
    pub reserve: u64,
    /// How long and how much the archive keeps.
    pub retention: Retention,
    /// How long a stop waits for steps in hand.
    pub stop_grace: Duration,
    /// Who may do what. Where it is `None`, whoever may connect to the socket may do everything.
    pub roles: Option<GatewayRoles>,
}

/// How long and how much the archive keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long a delivery is kept after it was archived; each delivery records its own end.
    pub keep: Duration,
    /// Bytes beyond which the oldest deliveries are removed before their time.
    pub max_size: Option<u64>,
    /// Up to which age a delivery stays even in a full archive.
    pub keep_at_least: Duration,
    /// How long the contents of a delivery are kept after it was archived, unless its link says otherwise; `None`: as long as its
    /// folder.
    pub keep_contents: Option<Duration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayFile {
    gateway: Option<GatewayTable>,
    paths: Option<PathsTable>,
    accept: Option<AcceptTable>,
    retry: Option<Backoff>,
    calendar: Option<CalendarTable>,
    alerts: Option<CommandTable>,
    timestamp: Option<CommandTable>,
    receipt: Option<ReceiptTable>,
    disk: Option<DiskTable>,
    archive: Option<ArchiveTable>,
    daemon: Option<DaemonTable>,
    roles: Option<GatewayRolesTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayTable {
    name: Option<String>,
    municipality_code: Option<String>,
    language: Option<Tongue>,
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
struct DaemonTable {
    stop_grace: Option<Wait>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArchiveTable {
    retention: Option<Wait>,
    max_size: Option<Size>,
    keep_at_least: Option<Wait>,
    keep_contents: Option<Wait>,
}

/// `[alerts]` or `[timestamp]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandTable {
    command: Option<Vec<String>>,
    time_limit: Option<Wait>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptTable {
    key_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiskTable {
    reserve: Option<Size>,
}

impl GatewayFile {
    /// The settings, as far as they can be read.
    pub(super) fn compile(self, directory: &Path, faults: &mut Faults<'_>) -> GatewaySettings {
        let calendar = self.calendar.unwrap_or_default();
        let calendar = calendar.compile(directory, faults.document, faults.problems);
        let alerts = self.alerts.unwrap_or_default();
        let alerts = alerts.compile("alerts", ALERT_TIME_LIMIT, told_otherwise, faults);
        let stamps = self.timestamp.unwrap_or_default();
        let stamps = stamps.compile("timestamp", STAMP_TIME_LIMIT, |_| None, faults);
        let receipt_key = self.receipt.unwrap_or_default().compile(directory, faults);
        let retention = self.archive.unwrap_or_default().compile(faults);
        let roles = self.roles.and_then(|table| table.compile(faults));
        let table = self.gateway.unwrap_or_default();
        let is_named = table.name.as_ref().is_some_and(|name| !name.trim().is_empty());
        faults.require("gateway.name", is_named, "config-what-name");
        let code = table.municipality_code;
        faults.require("gateway.municipality_code", code.is_some(), "config-what-municipality");
        let municipality = code.map(|code| municipality(&code)).transpose();
        faults.note("gateway.municipality_code", municipality.as_ref().err().cloned());
        let backoff = self.retry.unwrap_or_default();
        if backoff.first.is_zero()
            || backoff.first > backoff.ceiling
            || backoff.ceiling > backoff.give_up_after
        {
            faults.wrong("retry", say!("config-backoff"));
        }
        let rescan = wait(self.accept.unwrap_or_default().rescan, 30);
        faults.require_wait("accept.rescan", rescan);
        let paths = self.paths.unwrap_or_default();
        let path = |given: Option<PathBuf>, default: &str| {
            resolve(directory, &given.unwrap_or_else(|| default.into()))
        };
        GatewaySettings {
            name: table.name.unwrap_or_default(),
            municipality: municipality.ok().flatten().unwrap_or_default(),
            language: table.language,
            spool: path(paths.spool, "/var/lib/totatsu/spool"),
            ledger: path(paths.ledger, "/var/lib/totatsu/ledger"),
            layouts: path(paths.layouts, INSTALLED_LAYOUTS),
            socket: path(paths.socket, "/run/totatsu/control.sock"),
            rescan,
            backoff,
            calendar: Arc::new(calendar),
            alerts,
            stamps,
            receipt_key,
            reserve: self.disk.unwrap_or_default().reserve.map_or(RESERVE, |size| size.0),
            retention,
            stop_grace: wait(self.daemon.unwrap_or_default().stop_grace, 60),
            roles,
        }
    }
}

impl ArchiveTable {
    /// How long and how much is kept.
    fn compile(self, faults: &mut Faults<'_>) -> Retention {
        let keep = self.retention.map_or(RETENTION, |wait| wait.0);
        if self.keep_at_least.is_some_and(|least| least.0 > keep) {
            faults.wrong("archive.keep_at_least", say!("config-keep-at-least"));
        }
        let keep_at_least = self.keep_at_least.map_or(KEEP_AT_LEAST, |wait| wait.0);
        let keep_contents = self.keep_contents.map(|wait| wait.0);
        let fault = keep_contents.and_then(|contents| fault_of_keep_contents(contents, keep));
        faults.note("archive.keep_contents", fault);
        Retention { keep, max_size: self.max_size.map(|size| size.0), keep_at_least, keep_contents }
    }
}

impl CommandTable {
    /// The command of the table of this name, if it has one. Whether the command can be run is for
    /// [`fault_of_program`](totatsu_base::program::fault_of_program).
    fn compile(
        self,
        table: &str,
        time_limit: Duration,
        fault: impl Fn(&[String]) -> Option<String>,
        faults: &mut Faults<'_>,
    ) -> Option<OperatorCommand> {
        let time_limit = self.time_limit.map_or(time_limit, |limit| limit.0);
        faults.require_wait(&format!("{table}.time_limit"), time_limit);
        let argv = self.command?;
        faults.note(&format!("{table}.command"), fault_of_command(&argv).or_else(|| fault(&argv)));
        (!argv.is_empty()).then_some(OperatorCommand { argv, time_limit })
    }
}

/// What is wrong with how long contents are kept: not at all, or longer than the whole folder.
pub(super) fn fault_of_keep_contents(contents: Duration, folder: Duration) -> Option<String> {
    match contents {
        Duration::ZERO => Some(say!("config-longer-than-nothing")),
        contents if contents > folder => Some(say!("config-keep-contents")),
        _ => None,
    }
}

impl ReceiptTable {
    /// Where the key is, if not in the ledger. Whether it can be read shows when the gateway starts: only the service sees a credential.
    fn compile(self, directory: &Path, faults: &mut Faults<'_>) -> Option<KeyApart> {
        let file = self.key_file?;
        // systemd tells the service where its credentials are; for everybody else they are where our unit has them.
        let Ok(credential) = file.strip_prefix(format!("${CREDENTIALS}")) else {
            return Some(KeyApart { path: resolve(directory, &file), credential: false });
        };
        if credential.components().count() != 1 {
            faults.wrong("receipt.key_file", say!("config-credential-name"));
        }
        let place = std::env::var_os(CREDENTIALS).map_or_else(|| SERVICE.into(), PathBuf::from);
        Some(KeyApart { path: place.join(credential), credential: true })
    }
}

fn wait(given: Option<Wait>, default_seconds: u64) -> Duration {
    given.map_or(Duration::from_secs(default_seconds), |wait| wait.0)
}

/// The first five digits of a municipality's code of six, whose last is the check digit.
///
/// # Errors
/// The code has another form, or the check digit is wrong.
pub(super) fn municipality(code: &str) -> Result<String, String> {
    let five = code.get(..5).filter(|_| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let Some((five, expected)) =
        five.and_then(|five| Some((five, CheckMethod::MunicipalityCode.digit(five.bytes())?)))
    else {
        return Err(say!("config-municipality-digits", code = format!("{code:?}")));
    };
    if code.as_bytes()[5] != expected {
        return Err(say!("config-municipality-check", code = code, digit = char::from(expected)));
    }
    Ok(five.to_owned())
}

/// What is wrong with a command that has a placeholder among its arguments. Texts and names of partners never become arguments: a
/// shell could take them for a part of its script.
fn told_otherwise(argv: &[String]) -> Option<String> {
    let place = ["{file}", "{name}", "{text}", "{kind}", "{subject}", "{id}"];
    let place = place.into_iter().find(|place| argv.iter().any(|argument| argument.contains(place)))?;
    Some(say!("config-alert-placeholder", place = place))
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
