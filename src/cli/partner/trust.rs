//! `totatsu partner trust`: accepts the key that a server shows, if the partner has told its fingerprint.
//!
//! The key of the examples gives way to the first real one. No other key is ever taken out.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use russh::keys::PublicKey;
use russh::keys::ssh_key::Fingerprint;
use serde::Serialize;

use crate::cli::deliveries::who;
use crate::cli::exit::{Exit, bad_configuration, fail, failed};
use crate::cli::options::Common;
use crate::cli::output::{block_on, print_json, print_words};
use crate::config;
use crate::config::partner::Partner;
use crate::control::{self, Answer, ControlError, Question};
use totatsu_base::document::amend::{self, Amendment, quoted};
use totatsu_base::say;
use totatsu_transport::ftps::{FtpsSettings, NotAFingerprint, Pin, shown_certificate};
use totatsu_transport::sftp::{PinnedKey, SftpSettings, shown_key};
use totatsu_transport::{Reach, TransportError};

/// `totatsu partner trust`.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The partner: a file in partners/, without .toml
    name: String,
    /// The fingerprint as the partner told it, on paper or by telephone: SHA256:...
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: String,
    /// The key is that of the jump host on the way to the partner ([jump]), as those who run it told it (SFTP)
    #[arg(long)]
    jump: bool,
    /// The first day on which the key is accepted, e.g. 2026-12-01 (SFTP)
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The last day on which the key is accepted; also for a key that is listed already (SFTP)
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

#[derive(Serialize)]
struct Report<'a> {
    partner: &'a str,
    jump: bool,
    told: String,
    shown: Vec<String>,
    equal: bool,
    written: bool,
    example_removed: bool,
    /// The key stood in `open` of the partner's file, and was taken out of it.
    open_point_removed: bool,
}

/// What the server showed.
struct Shown {
    /// The fingerprint that the partner told, as it was understood.
    told: String,
    /// Whether the told text can't be a whole fingerprint: then nothing can equal it.
    mistyped: bool,
    /// Fingerprints of the keys that the server showed.
    fingerprints: Vec<String>,
    /// What is to be changed in the list of keys, if the server showed the key that was told.
    changes: Option<Changes>,
}

/// Where a key stands among those that are listed.
#[derive(Default)]
struct Listed {
    /// The place of the key itself, and its dates.
    own: Option<(usize, PinnedKey)>,
    /// The places of keys of the examples.
    examples: Vec<usize>,
}

/// How the list of keys changes.
struct Changes {
    amendments: Vec<Amendment>,
    removes_example: bool,
    /// What the file's `open` would call it: table and key.
    open_point: String,
}

impl Changes {
    /// The changes that write `toml` in the place of the item `own`, or of an example, or else in front. No example stays.
    fn new(
        table: &'static str,
        key: &'static str,
        toml: String,
        own: Option<usize>,
        examples: &[usize],
    ) -> Changes {
        let instead_of = own.or(examples.first().copied());
        let mut amendments = vec![Amendment::Item { table, key, toml, instead_of }];
        let others = examples.iter().rev().filter(|index| Some(**index) != instead_of);
        // From behind, so that the places of the others stay what they are.
        amendments.extend(others.map(|index| Amendment::Without { table, key, index: *index }));
        let open_point = format!("{table}.{key}");
        Changes { amendments, removes_example: !examples.is_empty(), open_point }
    }
}

impl Trust {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Exit> {
        let (partner, problems) = config::read_partner(&common.config, &self.name);
        let partner = partner.ok_or_else(|| bad_configuration(&problems))?;
        if let (Some(from), Some(until)) = (self.as_of, self.until)
            && until < from
        {
            return Err(fail(Exit::BadConfiguration, &say!("partner-until-first")));
        }
        let shown = match (&partner.reach, self.jump) {
            (Reach::Sftp(settings), false) => self.ssh(common, settings, "sftp")?,
            (Reach::Sftp(SftpSettings { jump: Some(jump), .. }), true) => self.ssh(common, jump, "jump")?,
            (Reach::Sftp(_) | Reach::Ftps(_), true) => {
                let words = say!("partner-no-jump", partner = self.name);
                return Err(fail(Exit::BadConfiguration, &words));
            }
            (Reach::Ftps(settings), false) => self.tls(common, settings)?,
            (Reach::Medium(_), _) => {
                return Err(fail(Exit::BadConfiguration, &say!("partner-medium-shows-none")));
            }
        };
        let (mut written, mut closes) = (false, false);
        if let Some(changes) = &shown.changes {
            written = amend::amend(&self.file(common), &changes.amendments).map_err(failed)?;
            closes = close(&self.file(common), &changes.open_point)?;
        }
        if written {
            self.record(common, &shown.told);
        }
        self.tell(common, &partner, shown, (written, closes))
    }

    /// Has the ledger record who accepts the key. Where that fails, the next reload or start records that the partner's file changed.
    fn record(&self, common: &Common, told: &str) {
        let (partner, key, by) = (self.name.clone(), told.to_owned(), who());
        let recorded = common.gateway().and_then(|settings| {
            let question = Question::Trusted { partner, key, jump: self.jump, by };
            block_on(control::ask(&settings, None, question))
        });
        // Where no gateway has ever started, there is no ledger yet.
        let is_known = matches!(recorded, Ok(Ok(Answer::Done(_)) | Err(ControlError::NoLedger(_))));
        if !is_known {
            eprintln!("totatsu: {}", say!("partner-trust-not-recorded"));
        }
    }

    /// Asks an SSH server for the key of the told fingerprint, which belongs into this table.
    fn ssh(&self, common: &Common, settings: &SftpSettings, table: &'static str) -> Result<Shown, Exit> {
        let text = self.fingerprint.trim().trim_end_matches('=');
        let (read, mistyped) = could_end(text).map_or((text.to_owned(), false), |read| (read, true));
        let told: Fingerprint =
            read.parse().map_err(|_| fail(Exit::BadConfiguration, &say!("partner-fingerprint-form")))?;
        let asked = block_on(shown_key(settings, &told))?;
        let (key, fingerprints) = asked.map_err(|error| self.unasked(&error))?;
        let changes = key.filter(|_| !mistyped).and_then(|key| {
            let listed = listed(&self.file(common), table, &key);
            let line = key.to_openssh().ok()?;
            let toml = self.entry(&line, listed.own.as_ref().map(|(_, pinned)| pinned));
            let own = listed.own.map(|(index, _)| index);
            Some(Changes::new(table, "host_keys", toml, own, &listed.examples))
        });
        let told = if mistyped { text.to_owned() } else { told.to_string() };
        Ok(Shown { told, mistyped, fingerprints, changes })
    }

    fn file(&self, common: &Common) -> PathBuf {
        config::partner_file(&common.config, &self.name)
    }

    /// The key as TOML: a text, or a table with its dates. Dates that it has already are kept where no others are given.
    fn entry(&self, line: &str, listed: Option<&PinnedKey>) -> String {
        let key = quoted(line);
        let from = self.as_of.or(listed.and_then(|listed| listed.from));
        let until = self.until.or(listed.and_then(|listed| listed.until));
        let day = |name: &str, day: Option<Date>| {
            day.map(|day| format!(", {name} = \"{day}\"")).unwrap_or_default()
        };
        match (from, until) {
            (None, None) => key,
            (from, until) => format!("{{ key = {key}{}{} }}", day("from", from), day("until", until)),
        }
    }

    /// Asks a TLS server for its certificate, to be compared with the told fingerprint.
    fn tls(&self, common: &Common, settings: &FtpsSettings) -> Result<Shown, Exit> {
        let text = self.fingerprint.trim().trim_end_matches('=');
        let (read, mistyped) = could_end(text).map_or((text.to_owned(), false), |read| (read, true));
        let told: Pin = read.parse().map_err(|error: NotAFingerprint| {
            fail(Exit::BadConfiguration, &say!("partner-fingerprint-error", error = error))
        })?;
        if self.as_of.is_some() || self.until.is_some() {
            return Err(fail(Exit::BadConfiguration, &say!("partner-dates-for-sftp")));
        }
        let found = block_on(shown_certificate(settings))?.map_err(|error| self.unasked(&error))?;
        let changes = (found == told && !mistyped).then(|| {
            let (mut toml, mut own, mut examples) = (quoted(&found.to_string()), None, Vec::new());
            let pins = texts(&self.file(common), "ftps", "pins").into_iter().map(|(text, _)| text);
            for (index, text) in pins.enumerate() {
                match text.parse::<Pin>() {
                    Ok(pin) if pin.is_example() => examples.push(index),
                    // The pin is listed already, perhaps written in another way: it stays as it is written.
                    Ok(pin) if pin == found => (toml, own) = (quoted(&text), Some(index)),
                    Ok(_) | Err(_) => {}
                }
            }
            Changes::new("ftps", "pins", toml, own, &examples)
        });
        let told = if mistyped { text.to_owned() } else { told.to_string() };
        Ok(Shown { told, mistyped, fingerprints: vec![found.to_string()], changes })
    }

    fn tell(
        &self,
        common: &Common,
        partner: &Partner,
        shown: Shown,
        (written, open_point_removed): (bool, bool),
    ) -> Result<Exit, Exit> {
        let equal = shown.changes.is_some();
        let exit = if equal { Exit::Done } else { Exit::Failed };
        let Shown { told, mistyped, fingerprints, changes } = shown;
        let example_removed = changes.as_ref().is_some_and(|changes| changes.removes_example);
        let open_point = changes.filter(|_| open_point_removed).map(|changes| changes.open_point);
        let (partner, jump) = (partner.name.as_str(), self.jump);
        if common.json {
            let shown = fingerprints;
            let report =
                Report { partner, jump, told, shown, equal, written, example_removed, open_point_removed };
            return Ok(print_json(&report, exit));
        }
        let text = match (equal, written, jump, example_removed) {
            (true, true, false, false) => say!("partner-pinned", told = told, partner = partner),
            (true, true, false, true) => say!("partner-pinned-example-gone", told = told, partner = partner),
            (true, true, true, false) => say!("partner-pinned-jump", told = told, partner = partner),
            (true, true, true, true) => {
                say!("partner-pinned-jump-example-gone", told = told, partner = partner)
            }
            (true, false, false, _) => say!("partner-pinned-already", told = told, partner = partner),
            (true, false, true, _) => say!("partner-pinned-already-jump", told = told, partner = partner),
            (false, _, jump, _) => differ(&told, &fingerprints.join(", "), jump),
        };
        let more = match open_point {
            Some(key) => format!("{}\n", say!("partner-open-point-gone", key = key, partner = partner)),
            None if mistyped => format!("{}\n", say!("partner-differ-mistyped")),
            None => String::new(),
        };
        Ok(print_words(&format!("{text}\n{more}"), exit))
    }

    /// Ends the command where the server couldn't be asked. If the jump host's key is at fault, that host's own `--jump` is named.
    fn unasked(&self, error: &TransportError) -> Exit {
        let by_key = |error: &TransportError| {
            matches!(error, TransportError::HostKeyUnknown { .. } | TransportError::HostKeyChanged { .. })
        };
        let first = matches!(error, TransportError::JumpHost { error, .. } if by_key(error));
        if first {
            failed(say!("partner-jump-has-own-key", error = error, partner = self.name))
        } else {
            failed(error)
        }
    }
}

/// Says what was told, what the server showed, and that nothing was changed.
fn differ(told: &str, shown: &str, jump: bool) -> String {
    let (told, shown) =
        (say!("partner-differ-told", told = told), say!("partner-differ-shown", shown = shown));
    let what = if jump { say!("partner-differ-jump") } else { say!("partner-differ") };
    format!("{told}\n{shown}\n{what}")
}

/// A fingerprint whose last character can't end 32 bytes in base64, with one that can: so the server is asked all the same, and whoever
/// mistyped sees both fingerprints. `None` where the text is a whole fingerprint, or has another form.
fn could_end(text: &str) -> Option<String> {
    const LENGTH: usize = 43;
    const ENDS: &str = "AEIMQUYcgkosw048";
    let (kind, digits) = text.split_once(':')?;
    let base64 = digits.chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/');
    let is_short = kind.eq_ignore_ascii_case("sha256") && digits.len() == LENGTH && base64;
    (is_short && !digits.ends_with(|c| ENDS.contains(c)))
        .then(|| format!("{kind}:{}A", &digits[..LENGTH - 1]))
}

/// Takes a key that is filled in now out of the file's `open`. Returns whether it stood there.
fn close(file: &Path, open_point: &str) -> Result<bool, Exit> {
    let open = parsed(file).and_then(|parsed| parsed.get("open")?.as_array().cloned()).unwrap_or_default();
    let Some(index) = open.iter().position(|item| item.as_str() == Some(open_point)) else {
        return Ok(false);
    };
    amend::amend(file, &[Amendment::Without { table: "", key: "open", index }]).map_err(failed)
}

/// Where the key, and the examples' keys, stand in the file's list, and the key's dates there.
fn listed(file: &Path, table: &str, key: &PublicKey) -> Listed {
    let mut found = Listed::default();
    for (index, (text, item)) in texts(file, table, "host_keys").into_iter().enumerate() {
        let day = |name: &str| item.get(name).and_then(|day| day.as_str()?.parse().ok());
        let Ok(mut pinned) = text.parse::<PinnedKey>() else { continue };
        (pinned.from, pinned.until) = (day("from"), day("until"));
        if pinned.is_example() {
            found.examples.push(index);
        } else if found.own.is_none() && pinned.is(key) {
            found.own = Some((index, pinned));
        }
    }
    found
}

/// The keys of a list, each with its item. An item without a key counts as an empty text.
fn texts(file: &Path, table: &str, key: &str) -> Vec<(String, toml::Value)> {
    let text = |item: &toml::Value| item.as_str().or_else(|| item.get("key")?.as_str()).map(str::to_owned);
    let items = parsed(file).and_then(|parsed| parsed.get(table)?.get(key)?.as_array().cloned());
    items.unwrap_or_default().into_iter().map(|item| (text(&item).unwrap_or_default(), item)).collect()
}

/// The file as TOML; `None` where it can't be read.
fn parsed(file: &Path) -> Option<toml::Table> {
    std::fs::read_to_string(file).ok()?.parse().ok()
}
