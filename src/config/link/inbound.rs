//! An inbound link (連携, direction "in"): which partner's directory is watched, for which names, and where its files go.
//!
//! Owns the words of `links/*.toml` with `direction = "in"`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;

use super::expected::{ExpectedRecords, InterfaceWord, interfaces};
use super::words::{DUPLICATES_WITHIN, DirectionWord, Order, OwnerWord, fault_of_lock, other_municipality};
use crate::catalogue::ListedWay;
use crate::collect::answer::Agreed;
use crate::collect::clear::Afterwards;
use crate::collect::expected::{Completeness, Expected};
use crate::collect::import::{FILE, ImportCommand};
use crate::collect::pattern::NamePattern;
use crate::collect::place::DIGEST_ENDING;
use crate::collect::sequence::Sequence;
use crate::config::faults::Faults;
use crate::config::roles::{LinkRolesTable, RoleGroups};
use crate::config::surroundings::Surroundings;
use crate::schedule::deadline::Expectation;
use crate::schedule::hours::{Hours, HoursTable};
use totatsu_base::document::humane::Wait;
use totatsu_base::document::resolve;
use totatsu_base::evidence::Found;
use totatsu_base::names::{NameFacts, PLACEHOLDERS, fault_of_pattern};
use totatsu_base::program::{fault_of_command, fault_of_placeholder};
use totatsu_base::say;
use totatsu_base::{DeliveryId, SharedPlace};
use totatsu_records::decode::RowForm;
use totatsu_records::layout::{FileFormat, Layout};
use totatsu_records::six_digits;

/// How often a partner is looked at, unless the link says otherwise.
const EVERY: Duration = Duration::from_secs(5 * 60);
/// How long an import command may take, unless the link says otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(3600);

/// What is added to a name in the inbox that would otherwise be a digest file's.
const ESCAPE: char = '_';

/// An inbound link, ready for use.
#[derive(Debug, Clone)]
pub struct InboundLink {
    /// The name of its file without `.toml`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The partner's name.
    pub partner: String,
    /// The layout's name, `partner/name`.
    pub layout: String,
    /// Which of the partner's files are meant, and when they are complete.
    pub expected: Expected,
    /// How often the partner is looked at.
    pub every: Duration,
    /// What becomes of the partner's file.
    pub afterwards: Afterwards,
    /// The link's own hours; the partner's hold besides.
    pub hours: Hours,
    /// When files have to come, where that is said.
    pub expect: Option<Expectation>,
    /// Whether one collection may overtake another.
    pub order: Order,
    /// By what its files are put in order, where that is said.
    pub sequence: Option<Sequence>,
    /// For how long the same content counts as sent by mistake; zero for never.
    pub duplicates_within: Duration,
    /// How long the contents of its collections are kept in the archive, where the link says so.
    pub keep_contents: Option<Duration>,
    /// What happens to a file with bad records.
    pub bad_records: BadRecords,
    /// The form of the rows.
    pub form: RowForm,
    /// Where rows are handed over.
    pub inbox: PathBuf,
    /// Whom the inbox may belong to besides root and the gateway, by user id.
    pub inbox_owner: Option<u32>,
    /// The pattern of the rows' names in the inbox; `None` for the one that layout and form suggest.
    pub inbox_name: Option<String>,
    /// The lock under which rows are handed over and imported.
    pub lock: String,
    /// The command that imports the rows, if there is one.
    pub import: Option<ImportCommand>,
    /// What is agreed about acknowledging files to the partner, if anything is.
    pub acknowledge: Option<Agreed>,
    /// What the layout takes from the link: the form of the file, and values that it must hold.
    pub values: BTreeMap<String, String>,
    /// The municipality whose files they are: 全国地方公共団体コード without its check digit.
    pub municipality: String,
    /// The interfaces of the national list that the link serves.
    pub interfaces: Vec<String>,
    /// How many records its files have, where that is told.
    pub record_limits: Option<ExpectedRecords>,
    /// The groups that may see and act on what goes over the link, where they aren't those of the gateway as a whole.
    pub roles: Option<RoleGroups>,
    /// What is still to be agreed or filled in.
    pub open: Vec<String>,
}

/// What happens to a file with bad records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BadRecords {
    /// Nothing of the file is handed over.
    Refuse,
    /// The good ones are handed over, the bad ones are kept in a file of their own.
    Quarantine,
}

/// `links/NAME.toml` as it is written, with `direction = "in"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundFile {
    #[expect(dead_code, reason = "it was read before, to tell which kind of file this is")]
    direction: Option<DirectionWord>,
    title: Option<String>,
    partner: Option<String>,
    layout: Option<String>,
    remote: Option<RemoteTable>,
    hours: Option<HoursTable>,
    expect: Option<Expectation>,
    order: Option<InboundOrder>,
    sequence: Option<Sequence>,
    duplicates_within: Option<Wait>,
    keep_contents: Option<Wait>,
    bad_records: Option<BadRecords>,
    inbox: Option<InboxTable>,
    lock: Option<String>,
    import: Option<ImportTable>,
    acknowledge: Option<AcknowledgeTable>,
    values: Option<BTreeMap<String, String>>,
    municipality: Option<String>,
    interface: Option<InterfaceWord>,
    expected: Option<ExpectedRecords>,
    roles: Option<LinkRolesTable>,
    open: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum InboundOrder {
    Free,
    Strict,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteTable {
    directory: Option<String>,
    name: Option<String>,
    ready: Option<Completeness>,
    stable_for: Option<Wait>,
    digest: Option<String>,
    every: Option<Wait>,
    afterwards: Option<AfterwardsWord>,
    move_to: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AfterwardsWord {
    Leave,
    Delete,
    Move,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InboxTable {
    directory: Option<PathBuf>,
    owner: Option<OwnerWord>,
    name: Option<String>,
    form: Option<RowForm>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportTable {
    command: Option<Vec<String>>,
    time_limit: Option<Wait>,
    repeatable: Option<bool>,
    afterwards: Option<AfterwardsWord>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcknowledgeTable {
    link: Option<String>,
    name: Option<String>,
}

impl InboundFile {
    /// The link that the file describes; `None` if a fault in it makes that impossible.
    pub fn compile(self, name: &str, around: &Surroundings, faults: &mut Faults<'_>) -> Option<InboundLink> {
        self.check_words(faults);
        let municipality = other_municipality(self.municipality, faults);
        let municipality = municipality.unwrap_or_else(|| around.municipality.clone());
        let remote = self.remote.unwrap_or_default();
        let name_pattern = remote.pattern(&municipality, faults);
        let every = remote.every.map_or(EVERY, |wait| wait.0);
        let complete = remote.ready.unwrap_or(Completeness::Stable);
        remote.check_waits(every, complete, faults);
        let afterwards = afterwards(remote.afterwards, remote.move_to, faults);
        if let (Some(sequence), Some(pattern)) = (self.sequence, &name_pattern) {
            check_sequence(sequence, pattern, faults);
        }
        let interfaces = interfaces(self.interface, ListedWay::In, faults);
        if let Some(expected) = &self.expected {
            expected.check(faults);
        }
        let lock = self.lock.unwrap_or_else(|| name.to_owned());
        faults.note("lock", fault_of_lock(&lock));
        let import = self.import.and_then(|table| table.compile(faults));
        let acknowledge = self.acknowledge.and_then(|table| table.compile(faults));
        let hours = self.hours.unwrap_or_default();
        let hours = hours.compile(&around.calendar, |key, fault| faults.wrong(key, fault));
        let keep_contents = around.keep_contents(self.keep_contents, faults);
        let inbox = self.inbox.unwrap_or_default();
        let inbox_owner = inbox.owner.and_then(|owner| owner.resolve("inbox.owner", faults));
        let place = inbox.directory.map(|inbox| resolve(&around.directory, &inbox));
        Some(InboundLink {
            name: name.to_owned(),
            title: self.title.unwrap_or_else(|| name.to_owned()),
            partner: self.partner?,
            layout: self.layout?,
            expected: Expected {
                directory: remote.directory.unwrap_or_default(),
                name_pattern: name_pattern?,
                complete,
                stable_for: remote.stable_for.map_or_else(|| complete.stable_for(), |wait| wait.0),
                digest: remote.digest,
            },
            every,
            afterwards,
            hours,
            expect: self.expect,
            order: match self.order {
                Some(InboundOrder::Strict) => Order::Strict,
                Some(InboundOrder::Free) | None => Order::Free,
            },
            sequence: self.sequence,
            duplicates_within: self.duplicates_within.map_or(DUPLICATES_WITHIN, |wait| wait.0),
            keep_contents,
            bad_records: self.bad_records.unwrap_or(BadRecords::Refuse),
            form: inbox.form.unwrap_or(RowForm::Csv),
            inbox: place.unwrap_or_else(|| around.spool.inbox(name)),
            inbox_owner,
            inbox_name: inbox.name,
            lock,
            import,
            acknowledge,
            values: self.values.unwrap_or_default(),
            interfaces,
            record_limits: self.expected,
            roles: self.roles.and_then(LinkRolesTable::compile),
            open: self.open.unwrap_or_default(),
            municipality,
        })
    }

    /// Complains of keys that are missing, and of patterns that can't become a name.
    fn check_words(&self, faults: &mut Faults<'_>) {
        faults.require("partner", self.partner.is_some(), "config-what-partner");
        faults.require("layout", self.layout.is_some(), "config-what-layout-in");
        for (key, pattern) in [
            ("remote.digest", self.remote.as_ref().and_then(|table| table.digest.as_ref())),
            ("inbox.name", self.inbox.as_ref().and_then(|table| table.name.as_ref())),
            ("acknowledge.name", self.acknowledge.as_ref().and_then(|table| table.name.as_ref())),
        ] {
            faults.note(key, pattern.and_then(|text| fault_of_pattern(text, PLACEHOLDERS)));
        }
        let inbox_name = self.inbox.as_ref().and_then(|table| table.name.as_deref()).unwrap_or_default();
        if inbox_name.ends_with(DIGEST_ENDING) {
            faults.wrong("inbox.name", say!("config-digest-ending", ending = DIGEST_ENDING));
        }
    }
}

impl RemoteTable {
    fn check_waits(&self, every: Duration, complete: Completeness, faults: &mut Faults<'_>) {
        faults.require_wait("remote.every", every);
        if complete == Completeness::Stable && self.stable_for.is_some_and(|wait| wait.0.is_zero()) {
            faults.wrong("remote.stable_for", say!("config-stable-longer"));
        }
    }

    /// The pattern of the partner's names that are meant, if it is sound.
    fn pattern(&self, municipality: &str, faults: &mut Faults<'_>) -> Option<NamePattern> {
        faults.require("remote.name", self.name.is_some(), "config-what-names");
        let pattern = NamePattern::new(self.name.as_ref()?, municipality);
        pattern.map_err(|message| faults.wrong("remote.name", message)).ok()
    }
}

fn afterwards(word: Option<AfterwardsWord>, move_to: Option<String>, faults: &mut Faults<'_>) -> Afterwards {
    let moves = word == Some(AfterwardsWord::Move);
    faults.require("remote.move_to", !moves || move_to.is_some(), "config-what-move-to");
    faults.note("remote.move_to", (!moves && move_to.is_some()).then(|| say!("config-only-move")));
    match (word, move_to) {
        (Some(AfterwardsWord::Move), Some(directory)) => Afterwards::Move(directory),
        (Some(AfterwardsWord::Delete), _) => Afterwards::Delete,
        (Some(AfterwardsWord::Move | AfterwardsWord::Leave) | None, _) => Afterwards::Leave,
    }
}

fn check_sequence(sequence: Sequence, pattern: &NamePattern, faults: &mut Faults<'_>) {
    let (date, number) = pattern.tells();
    let (told, placeholder) = if sequence.is_by_number() { (number, "{number}") } else { (date, "{date}") };
    if !told {
        faults.wrong("sequence", say!("config-sequence-needs", placeholder = placeholder));
    }
}

impl ImportTable {
    /// The import command; `None` where the table gives none.
    fn compile(self, faults: &mut Faults<'_>) -> Option<ImportCommand> {
        if self == ImportTable::default() {
            return None;
        }
        let time_limit = self.time_limit.map_or(TIME_LIMIT, |wait| wait.0);
        faults.require_wait("import.time_limit", time_limit);
        let leave = match self.afterwards {
            None | Some(AfterwardsWord::Delete) => false,
            Some(AfterwardsWord::Leave) => true,
            Some(AfterwardsWord::Move) => {
                faults.wrong("import.afterwards", say!("config-import-afterwards"));
                false
            }
        };
        let argv = self.command.unwrap_or_default();
        faults.note("import.command", fault_of_command(&argv).or_else(|| fault_of_placeholder(&argv, FILE)));
        let repeatable = self.repeatable.unwrap_or(false);
        (!argv.is_empty()).then_some(ImportCommand { argv, time_limit, repeatable, leave })
    }
}

impl AcknowledgeTable {
    /// What is agreed about acknowledging; `None` where the table is empty.
    fn compile(self, faults: &mut Faults<'_>) -> Option<Agreed> {
        if self == AcknowledgeTable::default() {
            return None;
        }
        faults.require("acknowledge.link", self.link.is_some(), "config-what-acknowledge-link");
        Some(Agreed { link: self.link?, name: self.name.unwrap_or_else(|| "{name}.ack".to_owned()) })
    }
}

impl InboundLink {
    /// The inbox, and whom it may belong to.
    pub fn inbox_place(&self) -> SharedPlace {
        SharedPlace { path: self.inbox.clone(), owner: self.inbox_owner }
    }

    /// The pattern of the rows' names in the inbox, for files with this layout.
    pub fn inbox_pattern(&self, layout: &Layout) -> &str {
        let suggested = match (layout.format(), self.form) {
            (FileFormat::AsIs, _) => "{name}",
            (FileFormat::Fixed | FileFormat::Csv, RowForm::Csv) => "{stem}.csv",
            (FileFormat::Fixed | FileFormat::Csv, RowForm::JsonLines) => "{stem}.jsonl",
        };
        self.inbox_name.as_deref().unwrap_or(suggested)
    }

    /// The name of a collection's rows in the inbox.
    pub fn inbox_name(&self, id: &DeliveryId, found: &Found, begun: Date, layout: &Layout) -> String {
        let name = self.fill(self.inbox_pattern(layout), id, found, begun);
        // A name with this ending belongs to a digest: that of the file called so without the ending.
        if name.ends_with(DIGEST_ENDING) { format!("{name}{ESCAPE}") } else { name }
    }

    /// A pattern filled with what is known of a collection.
    pub fn fill(&self, pattern: &str, id: &DeliveryId, found: &Found, begun: Date) -> String {
        let date = found.date.unwrap_or(begun);
        let (municipality, municipality6) =
            (&self.municipality, &six_digits(&self.municipality).unwrap_or_default());
        NameFacts { name: &found.name, id, date, municipality, municipality6 }.fill(pattern)
    }
}
