//! A partner (連携先): where it is, how it knows us, how we know it, and its limits.
//!
//! Owns the words of `partners/*.toml`. Secrets are read from files or systemd credentials and never from the
//! configuration's text; a secret file that others can read is a problem.

mod ssh;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::config::document::{Document, Problem, Severity};
use crate::config::humane::{Size, Wait};
use crate::config::resolve;
use crate::schedule::calendar::Calendar;
use crate::schedule::hours::{Hours, HoursTable};
use crate::sheet::SheetWishes;
use crate::transport::ftps::{
    ClientCertificate, FtpsSettings, Pin, Protection, TlsMode, TlsSettings, TlsVersion,
};
use crate::transport::medium::{MediumRule, MediumSettings};
use crate::transport::{Deadlines, MinimumThroughput, Reach, Secret};
use ssh::SshTable;

/// Where systemd puts credentials for a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Connections to one partner at a time, unless it says otherwise.
const CONNECTIONS: usize = 2;
/// More than this many connections at a time would look like an attack.
const CONNECTIONS_LIMIT: usize = 64;

/// A partner, ready to be talked to.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The name of its file without `.toml`; links refer to it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Sessions at a time.
    pub connections: usize,
    /// When it lets us in.
    pub hours: Hours,
    /// How to reach it.
    pub reach: Reach,
    /// What stands on the cover sheets of its media.
    pub sheet: SheetWishes,
}

/// `partners/NAME.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerFile {
    title: Option<String>,
    transport: Option<TransportWord>,
    allow_cleartext: Option<bool>,
    connections: Option<usize>,
    hours: Option<HoursTable>,
    sftp: Option<SshTable>,
    jump: Option<SshTable>,
    ftps: Option<FtpsTable>,
    medium: Option<MediumTable>,
    sheet: Option<SheetWishes>,
    profile: Option<ProfileTable>,
    deadlines: Option<DeadlinesTable>,
    throughput: Option<ThroughputTable>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
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
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FtpsTable {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_credential: Option<String>,
    mode: Option<ModeWord>,
    tls: Option<VersionWord>,
    ca_file: Option<PathBuf>,
    server_name: Option<String>,
    pins: Option<Vec<String>>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    nat_workaround: Option<bool>,
    epsv: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MediumTable {
    path: Option<PathBuf>,
    ids: Option<Vec<String>>,
    labels: Option<Vec<String>>,
    directory_is_enough: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ModeWord {
    Explicit,
    Implicit,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum VersionWord {
    #[serde(rename = "1.2")]
    V1_2,
    #[serde(rename = "1.3")]
    V1_3,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlinesTable {
    connect: Option<Wait>,
    handshake: Option<Wait>,
    authenticate: Option<Wait>,
    open: Option<Wait>,
    write: Option<Wait>,
    sync: Option<Wait>,
    close: Option<Wait>,
    stat: Option<Wait>,
    read: Option<Wait>,
    rename: Option<Wait>,
    remove: Option<Wait>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThroughputTable {
    minimum: Option<Size>,
    over: Option<Wait>,
}

/// Collects what is wrong with one partner's file.
struct Reading<'a> {
    directory: &'a Path,
    document: &'a Document,
    problems: &'a mut Vec<Problem>,
}

impl TransportWord {
    fn word(self) -> &'static str {
        match self {
            TransportWord::Sftp => "sftp",
            TransportWord::Ftps => "ftps",
            TransportWord::Ftp => "ftp",
            TransportWord::Medium => "medium",
        }
    }
}

impl PartnerFile {
    /// The partner that the file describes; nothing if something in it makes that impossible.
    pub fn compile(
        self,
        name: &str,
        directory: &Path,
        calendar: &Arc<Calendar>,
        document: &Document,
        problems: &mut Vec<Problem>,
    ) -> Option<Partner> {
        let mut reading = Reading { directory, document, problems };
        if self.transport.is_none() {
            reading.wrong("transport", "missing: write transport = \"sftp\", \"ftps\" or \"medium\"");
        }
        let connections = self.connections.unwrap_or(CONNECTIONS);
        if !(1..=CONNECTIONS_LIMIT).contains(&connections) {
            reading.wrong("connections", format!("{connections} is not between 1 and {CONNECTIONS_LIMIT}"));
        }
        let hours = self.hours.unwrap_or_default().compile(calendar, |key, fault| reading.wrong(key, fault));
        let transport = self.transport.unwrap_or(match (&self.sftp, &self.ftps, &self.medium) {
            (None, Some(_), _) => TransportWord::Ftps,
            (None, None, Some(_)) => TransportWord::Medium,
            (Some(_), ..) | (None, None, None) => TransportWord::Sftp,
        });
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
            TransportWord::Ftps | TransportWord::Ftp => {
                Reach::Ftps(reading.ftps(self.ftps.unwrap_or_default(), transport)?)
            }
            TransportWord::Medium => Reach::Medium(reading.medium(self.medium.unwrap_or_default(), name)?),
        };
        if let Some(deadlines) = self.deadlines {
            deadlines.apply(reach.deadlines_mut());
        }
        if let (Some(throughput), Some(minimum)) = (self.throughput, reach.minimum_throughput_mut()) {
            throughput.apply(minimum);
        }
        let title = self.title.unwrap_or_else(|| name.to_owned());
        if let Reach::Sftp(settings) = &mut reach {
            settings.plain_rename = self.profile.unwrap_or_default().takes_away.unwrap_or(false);
            if let Some(jump) = &mut settings.jump {
                jump.deadlines = settings.deadlines;
            }
        }
        let sheet = self.sheet.unwrap_or_default();
        Some(Partner { name: name.to_owned(), title, connections, hours, reach, sheet })
    }
}

impl Reading<'_> {
    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.problems.extend(self.document.error(key, message));
    }

    /// What is said of tables that go with another transport.
    fn other_tables(&mut self, transport: TransportWord, given: &[(&str, bool)]) {
        let own: &[&str] = match transport {
            TransportWord::Sftp => &["sftp", "jump", "throughput"],
            TransportWord::Ftps | TransportWord::Ftp => &["ftps", "throughput"],
            TransportWord::Medium => &["medium", "sheet"],
        };
        for (table, _) in given.iter().filter(|(table, given)| *given && !own.contains(table)) {
            self.wrong(table, format!("transport is {:?}: leave this table out", transport.word()));
        }
    }

    /// What is said of going without encryption.
    fn cleartext(&mut self, transport: TransportWord, allowed: bool) {
        match (transport, allowed) {
            (TransportWord::Ftp, false) => self.wrong(
                "transport",
                "\"ftp\" sends the password and the files unencrypted: use \"ftps\" or \"sftp\"; where the line itself is \
                 closed to others and the partner has nothing better, write allow_cleartext = true",
            ),
            (TransportWord::Ftp, true) => {
                let message = "the password and the files travel unencrypted; everybody on the way can read and change \
                               them";
                self.problems.push(self.document.problem(Severity::Warning, "transport", message));
            }
            (TransportWord::Sftp | TransportWord::Ftps | TransportWord::Medium, true) => {
                self.wrong("allow_cleartext", "only with transport = \"ftp\"");
            }
            (TransportWord::Sftp | TransportWord::Ftps | TransportWord::Medium, false) => {}
        }
    }

    fn medium(&mut self, table: MediumTable, partner: &str) -> Option<MediumSettings> {
        if table.path.is_none() {
            self.wrong("medium.path", "missing: the directory where the medium is mounted");
        }
        let rule = match (table.ids, table.labels) {
            (Some(_), Some(_)) => {
                self.wrong("medium.labels", "either ids or labels tell the right medium, not both");
                None
            }
            (None, Some(labels)) => Some(MediumRule::Labels(labels)),
            (ids, None) => Some(MediumRule::Marker { partner: partner.to_owned(), ids: ids.unwrap_or_default() }),
        };
        if matches!(&rule, Some(MediumRule::Labels(labels)) if labels.is_empty()) {
            self.wrong("medium.labels", "empty: name a label, or leave the key out");
        }
        let mut settings = MediumSettings::new(resolve(self.directory, &table.path?), partner);
        settings.rule = rule?;
        settings.directory_is_enough = table.directory_is_enough.unwrap_or(false);
        Some(settings)
    }

    fn ftps(&mut self, table: FtpsTable, transport: TransportWord) -> Option<FtpsSettings> {
        let protection = match transport {
            TransportWord::Ftp => {
                self.no_tls(&table);
                Protection::Cleartext
            }
            TransportWord::Ftps | TransportWord::Sftp | TransportWord::Medium => {
                Protection::Tls(Box::new(self.tls(&table)))
            }
        };
        let place = self.place(
            "ftps",
            "password",
            table.password_file.as_deref(),
            table.password_credential.as_deref(),
        );
        if place.is_none() && table.client_certificate_file.is_none() {
            self.wrong(
                "ftps",
                "neither password_file, password_credential nor client_certificate_file is given",
            );
        }
        let password = place.and_then(|(path, key)| self.secret(&path, &key));
        if table.host.is_none() {
            self.wrong("ftps.host", "missing: the partner's host name or address");
        }
        if table.user.is_none() {
            self.wrong("ftps.user", "missing: our account at the partner");
        }
        let mut settings = FtpsSettings::new(table.host?, table.user?, protection);
        settings.port = table.port.unwrap_or(settings.port);
        settings.password = password.unwrap_or_else(|| Secret::new(""));
        settings.passive.extended = table.epsv;
        settings.passive.same_host = table.nat_workaround.unwrap_or(settings.passive.same_host);
        Some(settings)
    }

    fn no_tls(&mut self, table: &FtpsTable) {
        let given = [
            ("mode", table.mode.is_some()),
            ("tls", table.tls.is_some()),
            ("ca_file", table.ca_file.is_some()),
            ("server_name", table.server_name.is_some()),
            ("pins", table.pins.is_some()),
            ("client_certificate_file", table.client_certificate_file.is_some()),
            ("client_key_file", table.client_key_file.is_some()),
        ];
        for (key, _) in given.into_iter().filter(|(_, given)| *given) {
            self.wrong(&format!("ftps.{key}"), "not with transport = \"ftp\", which has no TLS");
        }
    }

    fn tls(&mut self, table: &FtpsTable) -> TlsSettings {
        let mut tls = TlsSettings {
            ca_file: table.ca_file.as_deref().map(|file| resolve(self.directory, file)),
            server_name: table.server_name.clone(),
            client: self.client_certificate(table),
            ..TlsSettings::default()
        };
        match table.mode {
            Some(ModeWord::Implicit) => tls.mode = TlsMode::Implicit,
            Some(ModeWord::Explicit) | None => {}
        }
        match table.tls {
            Some(VersionWord::V1_3) => tls.version = TlsVersion::V1_3,
            Some(VersionWord::V1_2) | None => {}
        }
        for text in table.pins.iter().flatten() {
            match text.parse::<Pin>() {
                Ok(pin) => tls.pins.push(pin),
                Err(error) => self.wrong("ftps.pins", format!("{text:?}: {error}")),
            }
        }
        if table.pins.as_ref().is_some_and(Vec::is_empty) {
            self.wrong("ftps.pins", "empty: name a certificate, or leave the key out");
        }
        tls
    }

    fn client_certificate(&mut self, table: &FtpsTable) -> Option<ClientCertificate> {
        let key = self.place("ftps", "client_key", table.client_key_file.as_deref(), None);
        match (&table.client_certificate_file, key) {
            (Some(certificate), Some((key_file, _))) => {
                Some(ClientCertificate { certificate_file: resolve(self.directory, certificate), key_file })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.wrong("ftps", "client_certificate_file and client_key_file belong together");
                None
            }
        }
    }

    /// The file that holds a secret, and the key that says so. Its rights are checked here.
    fn place(
        &mut self,
        table: &str,
        what: &str,
        file: Option<&Path>,
        credential: Option<&str>,
    ) -> Option<(PathBuf, String)> {
        let (path, key) = match (file, credential) {
            (Some(file), None) => (resolve(self.directory, file), format!("{table}.{what}_file")),
            (None, Some(credential)) => {
                let key = format!("{table}.{what}_credential");
                let Some(directory) = std::env::var_os(CREDENTIALS) else {
                    let message =
                        format!("credential {credential:?} can only be checked in the service, by systemd");
                    self.problems.push(self.document.problem(Severity::Warning, &key, message));
                    return Some((Path::new("/run/credentials/totatsu.service").join(credential), key));
                };
                (Path::new(&directory).join(credential), key)
            }
            (Some(_), Some(_)) => {
                self.wrong(
                    &format!("{table}.{what}_file"),
                    format!("give either {what}_file or {what}_credential"),
                );
                return None;
            }
            (None, None) => return None,
        };
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {
                self.wrong(&key, format!("{} is not a file", path.display()))
            }
            Ok(metadata) if metadata.mode() & 0o077 != 0 && credential.is_none() => {
                let mode = metadata.mode() & 0o777;
                self.wrong(
                    &key,
                    format!("{} is open to others (mode {mode:03o}): chmod 600 it", path.display()),
                );
            }
            Ok(_) => {}
            Err(error) => self.wrong(&key, format!("{}: {error}", path.display())),
        }
        Some((path, key))
    }

    fn secret(&mut self, path: &Path, key: &str) -> Option<Secret> {
        if !path.exists() {
            return None; // Already a problem, or a credential that only the service sees.
        }
        match fs::read_to_string(path) {
            Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']))),
            Err(error) => {
                self.wrong(key, format!("{}: {error}", path.display()));
                None
            }
        }
    }
}

impl DeadlinesTable {
    fn apply(self, to: &mut Deadlines) {
        let pairs = [
            (&mut to.connect, self.connect),
            (&mut to.handshake, self.handshake),
            (&mut to.authenticate, self.authenticate),
            (&mut to.open, self.open),
            (&mut to.write, self.write),
            (&mut to.sync, self.sync),
            (&mut to.close, self.close),
            (&mut to.stat, self.stat),
            (&mut to.read, self.read),
            (&mut to.rename, self.rename),
            (&mut to.remove, self.remove),
        ];
        for (deadline, wait) in pairs {
            *deadline = wait.map_or(*deadline, |wait| wait.0);
        }
    }
}

impl ThroughputTable {
    fn apply(self, to: &mut MinimumThroughput) {
        to.bytes_per_second = self.minimum.map_or(to.bytes_per_second, |size| size.0);
        to.window = self.over.map_or(to.window, |wait| wait.0);
    }
}
