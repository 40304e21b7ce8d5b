//! `totatsu partner`: what a partner's server can do, and which key it may show.

mod shown;
mod trust;

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::exit::{Exit, failed};
use super::options::Common;
use super::output::block_on;
use super::screen;
use crate::config;
use crate::config::partner::Partner;
use crate::probe::{self, Place, Probe, Profile, Wishes};
use totatsu_base::document::amend::{self, Amendment};
use totatsu_base::say;
use totatsu_transport::{Reach, TransportError};

/// `totatsu partner`.
#[derive(Debug, Subcommand)]
pub(super) enum PartnerCommand {
    /// Try out what the partner's server can do and lets us do, with harmless files that are removed again; directories that
    /// files are collected from are only listed
    Probe(ProbeArguments),
    /// Accept the key that the server shows, if it is the one whose fingerprint the partner told
    Trust(trust::Trust),
}

/// `totatsu partner probe`.
#[derive(Debug, Args)]
pub(super) struct ProbeArguments {
    /// The partner: a file in partners/, without .toml
    name: String,
    /// Try this directory of the partner, instead of those of its links; may be given several times
    #[arg(long, value_name = "DIR")]
    directory: Vec<String>,
    /// Also give a file this final name, to see whether the partner takes it away; it may be picked up, so agree on it first
    #[arg(long, value_name = "NAME", value_parser = plain_name)]
    final_name: Option<String>,
    /// For how many seconds the file with the final name is watched
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "final_name")]
    watch: u64,
    /// Size of the file by which the throughput is measured; 0 for none
    #[arg(long, value_name = "SIZE", default_value = "4 MiB")]
    bytes: bytesize::ByteSize,
    /// Only connect and sign in
    #[arg(long, conflicts_with_all = ["directory", "final_name", "write"])]
    dry_run: bool,
    /// Write what was found into [profile] of the partner's file; all else in it stays as it is
    #[arg(long)]
    write: bool,
}

/// The answer of a probe.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a Profile>,
    /// What is missing, or why the probe ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Files of the probe that could not be removed.
    left: Vec<String>,
}

impl PartnerCommand {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Exit> {
        match self {
            PartnerCommand::Probe(probe) => probe.run(common),
            PartnerCommand::Trust(trust) => trust.run(common),
        }
    }
}

/// How a probe ended.
enum Ended {
    Whole(Box<Profile>),
    Failed(TransportError),
    Interrupted,
}

impl ProbeArguments {
    fn run(&self, common: &Common) -> Result<Exit, Exit> {
        let (partner, directories, inbound) = self.read(common)?;
        let wishes = Wishes {
            directories,
            inbound,
            bytes: self.bytes.as_u64(),
            final_name: self.final_name.clone(),
            watch: Duration::from_secs(self.watch),
        };
        let (ended, left) = block_on(self.probe(&partner, &wishes))??;
        let exit = self.tell(common, &partner, &ended, left);
        if self.write {
            let profile = if let Ended::Whole(profile) = &ended { Some(profile) } else { None };
            return self.save(common, profile.and_then(|profile| profile.takes_away()), exit);
        }
        Ok(exit)
    }

    /// The partner, the directories to try, and those that are only listed.
    fn read(&self, common: &Common) -> Result<(Partner, Vec<String>, Vec<Place>), Exit> {
        let (partner, problems) = config::read_partner(&common.config, &self.name);
        problems.iter().for_each(|problem| screen::beside(&problem.to_string()));
        let partner = partner.filter(|_| !config::has_errors(&problems)).ok_or(Exit::BadConfiguration)?;
        if !self.directory.is_empty() {
            return Ok((partner, self.directory.clone(), Vec::new()));
        }
        let mut directories = config::directories_of(&common.config, &self.name);
        let inbound = probe::places(&config::inbound_of(&common.config, &self.name));
        // The start directory is tried only where the partner has no links at all: where files only come from, nothing is put unasked.
        if directories.is_empty() && inbound.is_empty() {
            directories.push(String::new());
        }
        Ok((partner, directories, inbound))
    }

    /// Probes until the end, an error or a signal; whichever it was, the files are taken away, unless a second signal says
    /// that nobody waits for it.
    async fn probe(&self, partner: &Partner, wishes: &Wishes) -> Result<(Ended, Vec<String>), Exit> {
        let mut signals = Signals::new()?;
        let mut probe = Probe::new(&partner.name, partner.reach.clone());
        let ended = tokio::select! {
            ended = async {
                if self.dry_run { probe.greet().await } else { probe.run(wishes).await }
            } => match ended {
                Ok(profile) => Ended::Whole(Box::new(profile)),
                Err(error) => Ended::Failed(error),
            },
            () = signals.next() => {
                screen::beside(&say!("partner-interrupting"));
                Ended::Interrupted
            }
        };
        let left = tokio::select! {
            left = probe.clear() => Some(left),
            () = signals.next() => None,
        };
        let left = left.unwrap_or_else(|| probe.left());
        probe.close().await;
        Ok((ended, left))
    }

    fn tell(&self, common: &Common, partner: &Partner, ended: &Ended, left: Vec<String>) -> Exit {
        let (profile, error) = match ended {
            Ended::Whole(profile) => (Some(profile.as_ref()), None),
            Ended::Failed(error) => {
                (None, Some(of_example(error, partner).unwrap_or_else(|| error.to_string())))
            }
            Ended::Interrupted => (None, Some(say!("partner-interrupted"))),
        };
        let well = profile.is_some_and(Profile::suffices) && left.is_empty();
        let exit = if well { Exit::Done } else { Exit::Failed };
        if let Some(error) = &error {
            screen::beside(&format!("totatsu: {error}"));
        }
        common.tell(&Report { profile, error, left }, exit, |report| {
            let by_hand = |path: &String| say!("partner-left", path = path) + "\n";
            let left: String = report.left.iter().map(by_hand).collect();
            profile.map(shown::profile).unwrap_or_default() + &left
        })
    }

    /// Writes the keys of `[profile]` that were found out.
    fn save(&self, common: &Common, takes_away: Option<bool>, exit: Exit) -> Result<Exit, Exit> {
        let Some(takes_away) = takes_away else {
            screen::beside(&say!("partner-nothing-written"));
            return Ok(exit);
        };
        let file = config::partner_file(&common.config, &self.name);
        let wanted = Amendment::Value { table: "profile", key: "takes_away", toml: takes_away.to_string() };
        amend::amend(&file, &[wanted]).map_err(failed)?;
        screen::beside(&say!("partner-written", path = file.display(), takes_away = takes_away));
        Ok(exit)
    }
}

/// The signals by which people and service managers interrupt.
struct Signals([tokio::signal::unix::Signal; 3]);

impl Signals {
    fn new() -> Result<Signals, Exit> {
        let heard = |kind| signal(kind).map_err(failed);
        Ok(Signals([
            heard(SignalKind::interrupt())?,
            heard(SignalKind::terminate())?,
            heard(SignalKind::hangup())?,
        ]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// What to say of a server's key while the file still has the example's key: nothing was agreed yet, so the key doesn't differ.
fn of_example(error: &TransportError, partner: &Partner) -> Option<String> {
    let (error, at_jump) =
        if let TransportError::JumpHost { error, .. } = error { (&**error, true) } else { (error, false) };
    let TransportError::HostKeyUnknown { address, fingerprint } = error else { return None };
    let Reach::Sftp(settings) = &partner.reach else { return None };
    let asked = if at_jump { settings.jump.as_deref()? } else { settings };
    let name = if at_jump { format!("{} --jump", partner.name) } else { partner.name.clone() };
    asked
        .host_keys
        .iter()
        .any(|key| key.is_example())
        .then(|| say!("partner-key-of-example", address = address, fingerprint = fingerprint, partner = name))
}

fn plain_name(name: &str) -> Result<String, String> {
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\r', '\n', '\0']) {
        return Err(say!("partner-file-name"));
    }
    Ok(name.to_owned())
}
