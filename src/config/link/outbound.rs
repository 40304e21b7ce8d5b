//! An outbound link (連携): one interface row. Which outbox feeds which partner, through which layout, under which name.
//!
//! Owns the words of `links/*.toml` and the pattern of names at the partner.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::expected::{ExpectedRecords, InterfaceWord, interfaces};
use super::words::{DUPLICATES_WITHIN, DirectionWord, Order, OwnerWord, fault_of_lock, other_municipality};
use crate::catalogue::ListedWay;
use crate::config::faults::Faults;
use crate::config::roles::{LinkRolesTable, RoleGroups};
use crate::config::surroundings::Surroundings;
use crate::deliver::accept::Readiness;
use crate::deliver::acknowledge::Agreement;
use crate::schedule::deadline::{Deadline, Expectation};
use crate::schedule::hours::{Hours, HoursTable};
use totatsu_base::SharedPlace;
use totatsu_base::document::humane::Wait;
use totatsu_base::document::resolve;
use totatsu_base::names::{PLACEHOLDERS, PLACEHOLDERS_OF_SENT, fault_of_pattern};
use totatsu_base::say;

/// How long a file must be unchanged, unless the link says otherwise.
const QUIET: Duration = Duration::from_secs(2);
/// How long an acknowledgement may take, unless the link says otherwise.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(4 * 3600);
/// How often an acknowledgement is looked for, unless the link says otherwise.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A link, ready for use.
#[derive(Debug, Clone)]
pub struct Link {
    /// The name of its file without `.toml`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The partner's name.
    pub partner: String,
    /// The layout's name, `partner/name`.
    pub layout: String,
    /// How sources are read, where they are no plain rows.
    pub source: Option<LinkSource>,
    /// Where producers drop files.
    pub outbox: PathBuf,
    /// Whom the outbox may belong to besides root and the gateway, by user id.
    pub outbox_owner: Option<u32>,
    /// When a file there is complete.
    pub readiness: Readiness,
    /// The partner's directory; empty for the one a session starts in.
    pub directory: String,
    /// The pattern of the final name.
    pub remote_name: String,
    /// What happens if the final name is taken.
    pub same_name: SameName,
    /// For how long the same content counts as sent by mistake; zero for never.
    pub duplicates_within: Duration,
    /// How long the contents of its deliveries are kept in the archive, where the link says so.
    pub keep_contents: Option<Duration>,
    /// Whether one delivery may overtake another.
    pub order: Order,
    /// The acknowledgement that the partner agreed to give once it has the file, if it did.
    pub acknowledgement: Option<Agreement>,
    /// The link's own hours; the partner's hold besides.
    pub hours: Hours,
    /// Until when its deliveries have to arrive.
    pub deadline: Option<Deadline>,
    /// When files have to come into the outbox, where that is said.
    pub expect: Option<Expectation>,
    /// The lock under which its files are converted, if they share one with others.
    pub lock: Option<String>,
    /// Values that the layout takes from the link.
    pub values: BTreeMap<String, String>,
    /// The municipality whose files they are, where it isn't the gateway's own: 全国地方公共団体コード without its check digit.
    pub municipality: Option<String>,
    /// The interfaces of the national list that the link serves.
    pub interfaces: Vec<String>,
    /// How many records its files have, where that is told.
    pub record_limits: Option<ExpectedRecords>,
    /// The groups that may see and act on what goes over the link, where they aren't those of the gateway as a whole.
    pub roles: Option<RoleGroups>,
    /// What is still to be agreed or filled in.
    pub open: Vec<String>,
}

/// How a link's sources are read, where they have a layout of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSource {
    /// The layout's name.
    pub layout: String,
    /// The source's column for a column of the link's layout.
    pub columns: BTreeMap<String, String>,
    /// The value of a column that the source doesn't have.
    pub fixed: BTreeMap<String, String>,
}

/// What happens if the final name is taken at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameName {
    /// A person decides; the file that is there stays.
    Hold,
    /// A number is added to the name; the file that is there stays.
    Version,
    /// The file that is there is replaced in one instant.
    Replace,
}

/// `links/NAME.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkFile {
    #[expect(dead_code, reason = "it was read before, to tell which kind of file this is")]
    direction: Option<DirectionWord>,
    title: Option<String>,
    partner: Option<String>,
    layout: Option<String>,
    source: Option<SourceTable>,
    outbox: Option<PathBuf>,
    outbox_owner: Option<OwnerWord>,
    ready: Option<ReadyWord>,
    quiet_for: Option<Wait>,
    deadline: Option<Deadline>,
    expect: Option<Expectation>,
    hours: Option<HoursTable>,
    remote: Option<RemoteTable>,
    duplicates_within: Option<Wait>,
    keep_contents: Option<Wait>,
    order: Option<Order>,
    acknowledgement: Option<AcknowledgementTable>,
    lock: Option<String>,
    values: Option<BTreeMap<String, String>>,
    municipality: Option<String>,
    interface: Option<InterfaceWord>,
    expected: Option<ExpectedRecords>,
    roles: Option<LinkRolesTable>,
    open: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReadyWord {
    Quiet,
    Marker,
    Rename,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    layout: Option<String>,
    columns: Option<BTreeMap<String, String>>,
    fixed: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteTable {
    directory: Option<String>,
    name: Option<String>,
    same_name: Option<SameName>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcknowledgementTable {
    directory: Option<String>,
    name: Option<String>,
    within: Option<Wait>,
    every: Option<Wait>,
    encoding: Option<TextEncoding>,
    requires: Option<Vec<String>>,
    refuses: Option<Vec<String>>,
    afterwards: Option<Afterwards>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum TextEncoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "shift_jis")]
    ShiftJis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Afterwards {
    Leave,
    Delete,
}

impl LinkFile {
    /// The link that the file describes; `None` if a fault in it makes that impossible.
    pub fn compile(self, name: &str, around: &Surroundings, faults: &mut Faults<'_>) -> Option<Link> {
        let readiness = readiness(self.ready.unwrap_or(ReadyWord::Quiet), self.quiet_for, faults);
        let outbox_owner = self.outbox_owner.and_then(|owner| owner.resolve("outbox_owner", faults));
        let remote = self.remote.unwrap_or_default();
        let remote_name = remote.name.unwrap_or_else(|| "{name}".to_owned());
        faults.note("remote.name", fault_of_pattern(&remote_name, PLACEHOLDERS_OF_SENT));
        let directory_there = remote.directory.unwrap_or_default();
        let acknowledgement = self.acknowledgement.and_then(|table| table.compile(&directory_there, faults));
        let hours = self.hours.unwrap_or_default();
        let hours = hours.compile(&around.calendar, |key, fault| faults.wrong(key, fault));
        let keep_contents = around.keep_contents(self.keep_contents, faults);
        let source = self.source.and_then(|table| table.compile(faults));
        let municipality = other_municipality(self.municipality, faults);
        let interfaces = interfaces(self.interface, ListedWay::Out, faults);
        if let Some(expected) = &self.expected {
            expected.check(faults);
        }
        faults.note("lock", self.lock.as_deref().and_then(fault_of_lock));
        faults.require("partner", self.partner.is_some(), "config-what-partner");
        faults.require("layout", self.layout.is_some(), "config-what-layout-out");
        Some(Link {
            name: name.to_owned(),
            title: self.title.unwrap_or_else(|| name.to_owned()),
            partner: self.partner?,
            layout: self.layout?,
            source,
            outbox: self
                .outbox
                .map_or_else(|| around.spool.outbox(name), |outbox| resolve(&around.directory, &outbox)),
            outbox_owner,
            readiness,
            directory: directory_there,
            remote_name,
            same_name: remote.same_name.unwrap_or(SameName::Hold),
            duplicates_within: self.duplicates_within.map_or(DUPLICATES_WITHIN, |wait| wait.0),
            keep_contents,
            order: self.order.unwrap_or(Order::Free),
            acknowledgement,
            hours,
            deadline: self.deadline,
            expect: self.expect,
            lock: self.lock,
            values: self.values.unwrap_or_default(),
            municipality,
            interfaces,
            record_limits: self.expected,
            roles: self.roles.and_then(LinkRolesTable::compile),
            open: self.open.unwrap_or_default(),
        })
    }
}

fn readiness(ready: ReadyWord, quiet: Option<Wait>, faults: &mut Faults<'_>) -> Readiness {
    if quiet.is_some() && ready != ReadyWord::Quiet {
        faults.wrong("quiet_for", say!("config-only-quiet"));
    }
    match ready {
        ReadyWord::Quiet => {
            let quiet = quiet.map_or(QUIET, |wait| wait.0);
            faults.require_wait("quiet_for", quiet);
            Readiness::Quiet(quiet)
        }
        ReadyWord::Marker => Readiness::Marker,
        ReadyWord::Rename => Readiness::Rename,
    }
}

impl Link {
    /// The outbox, and whom it may belong to.
    pub fn outbox_place(&self) -> SharedPlace {
        SharedPlace { path: self.outbox.clone(), owner: self.outbox_owner }
    }
}

impl SourceTable {
    /// How sources are read; `None` where the table names no layout.
    fn compile(self, faults: &mut Faults<'_>) -> Option<LinkSource> {
        if self != SourceTable::default() {
            faults.require("source.layout", self.layout.is_some(), "config-what-source-layout");
        }
        let (columns, fixed) = (self.columns.unwrap_or_default(), self.fixed.unwrap_or_default());
        Some(LinkSource { layout: self.layout?, columns, fixed })
    }
}

impl AcknowledgementTable {
    /// The acknowledgement that is agreed; `None` where the table has no name.
    fn compile(self, directory: &str, faults: &mut Faults<'_>) -> Option<Agreement> {
        if self != AcknowledgementTable::default() {
            faults.require("acknowledgement.name", self.name.is_some(), "config-what-acknowledgement");
        }
        let name = self.name?;
        faults.note("acknowledgement.name", fault_of_pattern(&name, &format!("{PLACEHOLDERS} {{remote}}")));
        let every = self.every.map_or(LOOK_EVERY, |wait| wait.0);
        faults.require_wait("acknowledgement.every", every);
        for required in self.requires.iter().flatten() {
            let known = ["{remote}", "{size}", "{sha256}", "{records}"];
            let plain =
                known.iter().fold(required.clone(), |text, placeholder| text.replace(placeholder, ""));
            if plain.contains(['{', '}']) && !plain.contains("{records:") {
                let known = format!("{} {{records:KIND}}", known.join(" "));
                let message =
                    say!("config-required-placeholder", text = format!("{required:?}"), known = known);
                faults.wrong("acknowledgement.requires", message);
            }
        }
        Some(Agreement {
            directory: self.directory.unwrap_or_else(|| directory.to_owned()),
            name,
            within: self.within.map_or(ACKNOWLEDGED_WITHIN, |wait| wait.0),
            every,
            encoding: match self.encoding.unwrap_or(TextEncoding::Utf8) {
                TextEncoding::Utf8 => encoding_rs::UTF_8,
                TextEncoding::ShiftJis => encoding_rs::SHIFT_JIS,
            },
            requires: self.requires.unwrap_or_default(),
            refuses: self.refuses.unwrap_or_default(),
            remove: self.afterwards == Some(Afterwards::Delete),
        })
    }
}
