//! `totatsu partner trust`: accepts the key that a server shows, if the partner has told its fingerprint.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use russh::keys::PublicKey;
use russh::keys::ssh_key::Fingerprint;
use serde::Serialize;

use crate::cli::{Common, Exit, block_on, fail, print, print_json};
use crate::config;
use crate::config::amend::{self, Amendment, quoted};
use crate::partner::Partner;
use crate::transport::ftps::{FtpsSettings, Pin, shown_certificate};
use crate::transport::sftp::{PinnedKey, SftpSettings, shown_key};
use crate::transport::{Reach, TransportError};

/// `totatsu partner trust`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Trust {
    /// The partner: a file in partners/, without .toml
    name: String,
    /// The fingerprint as the partner told it, on paper or by telephone: SHA256:...
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: String,
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
    told: String,
    shown: Vec<String>,
    equal: bool,
    written: bool,
}

/// What the server showed.
struct Shown {
    /// What the partner told, as it was understood.
    told: String,
    /// Fingerprints.
    fingerprints: Vec<String>,
    /// What is to be written, if one of them is the one that was told.
    amendment: Option<Amendment>,
}

impl Trust {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Exit> {
        let (partner, problems) = config::read_partner(&common.config, &self.name);
        let Some(partner) = partner else {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            return Err(Exit::BadConfiguration);
        };
        if let (Some(from), Some(until)) = (self.as_of, self.until)
            && until < from
        {
            return Err(fail(Exit::BadConfiguration, &"--until is before --as-of"));
        }
        let shown = match &partner.reach {
            Reach::Sftp(settings) => self.ssh(common, settings)?,
            Reach::Ftps(settings) => self.tls(settings)?,
            Reach::Medium(_) => {
                let words =
                    "a medium shows no key: totatsu medium prepare gives it a mark that it is known by";
                return Err(fail(Exit::BadConfiguration, &words));
            }
        };
        let written = match &shown.amendment {
            Some(amendment) => {
                amend::amend(&self.file(common), amendment).map_err(|error| fail(Exit::Failed, &error))?
            }
            None => false,
        };
        self.tell(common, &partner, shown, written)
    }

    /// The SSH host key of that fingerprint.
    fn ssh(&self, common: &Common, settings: &SftpSettings) -> Result<Shown, Exit> {
        let told: Fingerprint = self.fingerprint.trim().trim_end_matches('=').parse().map_err(|_| {
            fail(
                Exit::BadConfiguration,
                &"--fingerprint: write it as SHA256: and base64, as `ssh-keygen -l` shows it",
            )
        })?;
        let asked = block_on(shown_key(settings, &told))?;
        let (key, fingerprints) = asked.map_err(|error| unasked(&error))?;
        let listed = key.as_ref().and_then(|key| listed(&self.file(common), key));
        let line = key.as_ref().and_then(|key| key.to_openssh().ok());
        let amendment = line.map(|line| Amendment::Item {
            table: "sftp",
            key: "host_keys",
            toml: self.entry(&line, listed.as_ref().map(|(_, pinned)| pinned)),
            instead_of: listed.as_ref().map(|(index, _)| *index),
        });
        Ok(Shown { told: told.to_string(), fingerprints, amendment })
    }

    fn file(&self, common: &Common) -> PathBuf {
        config::partner_file(&common.config, &self.name)
    }

    /// The key as a text, or as a table with its dates; those that it has are kept where no others are given.
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

    /// The TLS certificate of that fingerprint.
    fn tls(&self, settings: &FtpsSettings) -> Result<Shown, Exit> {
        let told: Pin = self
            .fingerprint
            .parse()
            .map_err(|error| fail(Exit::BadConfiguration, &format!("--fingerprint: {error}")))?;
        if self.as_of.is_some() || self.until.is_some() {
            let message = "--as-of and --until are for SFTP; a certificate bears its own dates";
            return Err(fail(Exit::BadConfiguration, &message));
        }
        let found = block_on(shown_certificate(settings))?.map_err(|error| unasked(&error))?;
        let amendment = (found == told).then(|| Amendment::Item {
            table: "ftps",
            key: "pins",
            toml: quoted(&found.to_string()),
            instead_of: None,
        });
        Ok(Shown { told: told.to_string(), fingerprints: vec![found.to_string()], amendment })
    }

    fn tell(&self, common: &Common, partner: &Partner, shown: Shown, written: bool) -> Result<Exit, Exit> {
        let equal = shown.amendment.is_some();
        let exit = if equal { Exit::Done } else { Exit::Failed };
        let Shown { told, fingerprints, .. } = shown;
        if common.json {
            let partner = partner.name.as_str();
            return Ok(print_json(&Report { partner, told, shown: fingerprints, equal, written }, exit));
        }
        let text = match (equal, written) {
            (true, true) => {
                format!("{told} is written to {}'s file; run check, then restart the gateway\n", partner.name)
            }
            (true, false) => format!("{told} stands in {}'s file already\n", partner.name),
            (false, _) => format!(
                "told:  {told}\nshown: {}\nthey differ; nothing is written. Ask the partner by telephone: a wrong paper, \
                 another server, or somebody in between\n",
                fingerprints.join(", ")
            ),
        };
        Ok(print(&text, exit))
    }
}

/// Which item of the file's list is this key, and what it says.
fn listed(file: &Path, key: &PublicKey) -> Option<(usize, PinnedKey)> {
    let parsed: toml::Table = std::fs::read_to_string(file).ok()?.parse().ok()?;
    let items = parsed.get("sftp")?.get("host_keys")?.as_array()?;
    items.iter().enumerate().find_map(|(index, item)| {
        let text = item.as_str().or_else(|| item.get("key")?.as_str())?;
        let day = |name: &str| item.get(name).and_then(|day| day.as_str()?.parse().ok());
        let mut pinned: PinnedKey = text.parse().ok()?;
        (pinned.from, pinned.until) = (day("from"), day("until"));
        pinned.is(key).then_some((index, pinned))
    })
}

fn unasked(error: &TransportError) -> Exit {
    fail(Exit::Failed, error)
}
