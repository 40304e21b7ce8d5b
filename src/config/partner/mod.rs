//! A partner (連携先): where it is, how it knows us, how we know it, and its limits.
//!
//! Owns the words of `partners/*.toml`. Secrets are read from files or systemd credentials and never from the
//! configuration's text; a secret file that others can read is a problem.

mod ftps;
mod reading;
mod ssh;

use std::path::PathBuf;

use serde::Deserialize;

use super::faults::Faults;
use super::surroundings::Surroundings;
use crate::schedule::hours::{Hours, HoursTable};
use crate::sheet::SheetWishes;
use ftps::FtpsTable;
use reading::Reading;
use ssh::SshTable;
use totatsu_base::document::resolve;
use totatsu_base::say;
use totatsu_transport::ftps::AgreedNames;
use totatsu_transport::medium::{MediumRule, MediumSettings};
use totatsu_transport::pool::PoolLimits;
use totatsu_transport::{Deadlines, MinimumThroughput, Reach};

/// Connections to one partner at a time, unless it says otherwise.
const CONNECTIONS: usize = 2;
/// Small files on one connection at a time, unless it says otherwise.
const FILES_PER_CONNECTION: usize = 8;
/// The most connections, or files on a connection, at a time: more would look like an attack.
const CONNECTIONS_LIMIT: usize = 64;

/// A partner, ready to be talked to.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The name of its file without `.toml`; links refer to it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// How many connections there may be at a time, and how many files on each.
    pub sessions: PoolLimits,
    /// The hours in which the partner lets us in.
    pub hours: Hours,
    /// How to reach it.
    pub reach: Reach,
    /// What stands on the cover sheets of its media.
    pub sheet: SheetWishes,
    /// What is still to be agreed or filled in.
    pub open: Vec<String>,
}

/// `partners/NAME.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerFile {
    title: Option<String>,
    transport: Option<TransportWord>,
    allow_cleartext: Option<bool>,
    connections: Option<usize>,
    files_per_connection: Option<usize>,
    hours: Option<HoursTable>,
    sftp: Option<SshTable>,
    jump: Option<SshTable>,
    ftps: Option<FtpsTable>,
    medium: Option<MediumTable>,
    sheet: Option<SheetWishes>,
    profile: Option<ProfileTable>,
    deadlines: Option<Deadlines>,
    throughput: Option<MinimumThroughput>,
    open: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
enum TransportWord {
    Sftp,
    Ftps,
    Ftp,
    Medium,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    takes_away: Option<bool>,
    names: Option<AgreedNames>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MediumTable {
    path: Option<PathBuf>,
    ids: Option<Vec<String>>,
    labels: Option<Vec<String>>,
    directory_is_enough: Option<bool>,
}

/// The ending of host names that don't exist (RFC 2606). `init` writes such a name until the partner has told its own.
const NOWHERE: &str = ".invalid";

/// Whether a host's name is only the stub that `init` writes.
pub(super) fn is_nowhere(host: &str) -> bool {
    host.trim_end_matches('.').to_ascii_lowercase().ends_with(NOWHERE)
}

impl Partner {
    /// Whether its file doesn't say yet where the partner is: then the gateway looks for nothing there.
    pub fn is_undecided(&self) -> bool {
        match &self.reach {
            Reach::Sftp(settings) => is_nowhere(&settings.host),
            Reach::Ftps(settings) => is_nowhere(&settings.host),
            Reach::Medium(_) => false,
        }
    }
}

impl PartnerFile {
    /// The partner that the file describes; `None` if a fault in it makes that impossible.
    pub fn compile(self, name: &str, around: &Surroundings, faults: &mut Faults<'_>) -> Option<Partner> {
        let mut reading = Reading { directory: &around.directory, faults };
        reading.faults.require("transport", self.transport.is_some(), "config-what-transport");
        let transport = self.transport.unwrap_or(match (&self.sftp, &self.ftps, &self.medium) {
            (None, Some(_), _) => TransportWord::Ftps,
            (None, None, Some(_)) => TransportWord::Medium,
            (Some(_), ..) | (None, None, None) => TransportWord::Sftp,
        });
        let sessions = reading.sessions(self.connections, self.files_per_connection, transport);
        let hours =
            self.hours.unwrap_or_default().compile(&around.calendar, |key, fault| reading.wrong(key, fault));
        reading.other_tables(
            transport,
            &[
                ("sftp", self.sftp.is_some()),
                ("jump", self.jump.is_some()),
                ("ftps", self.ftps.is_some()),
                ("medium", self.medium.is_some()),
                ("sheet", self.sheet.is_some()),
                ("throughput", self.throughput.is_some()),
            ],
        );
        reading.cleartext(transport, self.allow_cleartext.unwrap_or(false));
        let mut reach = match transport {
            TransportWord::Sftp => {
                Reach::Sftp(reading.sftp(self.sftp.unwrap_or_default(), self.jump.unwrap_or_default())?)
            }
            TransportWord::Ftps => Reach::Ftps(reading.ftps(self.ftps.unwrap_or_default(), true)?),
            TransportWord::Ftp => Reach::Ftps(reading.ftps(self.ftps.unwrap_or_default(), false)?),
            TransportWord::Medium => Reach::Medium(reading.medium(self.medium.unwrap_or_default(), name)?),
        };
        if let Some(deadlines) = self.deadlines {
            *reach.deadlines_mut() = deadlines;
        }
        if let (Some(throughput), Some(minimum)) = (self.throughput, reach.minimum_throughput_mut()) {
            *minimum = throughput;
        }
        let title = self.title.unwrap_or_else(|| name.to_owned());
        self.profile.unwrap_or_default().apply(&mut reach, faults);
        let sheet = self.sheet.unwrap_or_default();
        let open = self.open.unwrap_or_default();
        Some(Partner { name: name.to_owned(), title, sessions, hours, reach, sheet, open })
    }
}

impl ProfileTable {
    /// Puts what `[profile]` says into the way to the partner.
    fn apply(self, reach: &mut Reach, faults: &mut Faults<'_>) {
        match (&mut *reach, self.names) {
            (Reach::Ftps(settings), names) => settings.names = names,
            (Reach::Sftp(_) | Reach::Medium(_), Some(_)) => {
                faults.wrong("profile.names", say!("config-names-for-ftp"));
            }
            (Reach::Sftp(_) | Reach::Medium(_), None) => {}
        }
        if let Reach::Sftp(settings) = reach {
            settings.plain_rename = self.takes_away.unwrap_or(false);
            if let Some(jump) = &mut settings.jump {
                jump.deadlines = settings.deadlines;
            }
        }
    }
}

impl Reading<'_, '_> {
    /// How many connections there may be at a time, and files on each.
    fn sessions(
        &mut self,
        connections: Option<usize>,
        files: Option<usize>,
        transport: TransportWord,
    ) -> PoolLimits {
        let mut limited = |key: &str, given: Option<usize>, default: usize| {
            let given = given.unwrap_or(default);
            if !(1..=CONNECTIONS_LIMIT).contains(&given) {
                self.wrong(key, say!("config-connections", connections = given, limit = CONNECTIONS_LIMIT));
            }
            given
        };
        let connections = limited("connections", connections, CONNECTIONS);
        let files_each = limited("files_per_connection", files, FILES_PER_CONNECTION);
        // Only SFTP carries several files on one connection at a time.
        if let TransportWord::Sftp = transport {
            return PoolLimits { connections, files_each };
        }
        if files.is_some() {
            self.wrong("files_per_connection", say!("config-files-per-connection"));
        }
        PoolLimits::of_connections(connections)
    }

    /// Complains of tables that go with another transport.
    fn other_tables(&mut self, transport: TransportWord, given: &[(&str, bool)]) {
        let own: &[&str] = match transport {
            TransportWord::Sftp => &["sftp", "jump", "throughput"],
            TransportWord::Ftps | TransportWord::Ftp => &["ftps", "throughput"],
            TransportWord::Medium => &["medium", "sheet"],
        };
        for (table, _) in given.iter().filter(|(table, given)| *given && !own.contains(table)) {
            let transport = format!("{:?}", transport.to_string());
            self.wrong(table, say!("config-other-table", transport = transport));
        }
    }

    /// Complains of FTP without encryption: an error unless it is allowed, else a warning.
    fn cleartext(&mut self, transport: TransportWord, allowed: bool) {
        match (transport, allowed) {
            (TransportWord::Ftp, false) => self.wrong("transport", say!("config-cleartext")),
            (TransportWord::Ftp, true) => {
                self.faults.warn("transport", say!("config-cleartext-warning"));
            }
            (TransportWord::Sftp | TransportWord::Ftps | TransportWord::Medium, true) => {
                self.wrong("allow_cleartext", say!("config-only-ftp"));
            }
            (TransportWord::Sftp | TransportWord::Ftps | TransportWord::Medium, false) => {}
        }
    }

    fn medium(&mut self, table: MediumTable, partner: &str) -> Option<MediumSettings> {
        self.faults.require("medium.path", table.path.is_some(), "config-what-medium-path");
        let rule = match (table.ids, table.labels) {
            (Some(_), Some(_)) => {
                self.wrong("medium.labels", say!("config-ids-or-labels"));
                None
            }
            (None, Some(labels)) => Some(MediumRule::Labels(labels)),
            (ids, None) => {
                Some(MediumRule::Marker { partner: partner.to_owned(), ids: ids.unwrap_or_default() })
            }
        };
        if matches!(&rule, Some(MediumRule::Labels(labels)) if labels.is_empty()) {
            self.wrong("medium.labels", say!("config-empty-labels"));
        }
        let mut settings = MediumSettings::new(resolve(self.directory, &table.path?), partner);
        settings.rule = rule?;
        settings.directory_is_enough = table.directory_is_enough.unwrap_or(false);
        Some(settings)
    }
}
