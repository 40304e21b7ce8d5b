//! `totatsu send`: hands files to a link's outbox as the link wants them, and follows them to their end if asked to.
//!
//! Owns the exit codes, which say what became of the files; `put` hands over, `follow` watches. Without `--wait` the work ends where
//! the gateway's begins: the file lies in the outbox, whole, under its name. Never sends anything itself, never replaces a file there.

mod follow;
mod put;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::exit::{Exit, failed};
use super::options::Common;
use super::output::block_on;
use super::{screen, table};
use crate::config::Config;
use crate::config::link::Link;
use crate::control::near_names;
use follow::{Ending, Followed};
use put::{PutFile, Putting};
use totatsu_base::{Sha256, say};
use totatsu_ledger::words::state_word;

/// `totatsu send`.
#[derive(Debug, Args)]
pub(super) struct Send {
    /// The outbound link: a file in links/, without .toml
    link: String,
    /// The files; each gets its own name in the outbox
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The name in the outbox, where it isn't the file's own; for one file
    #[arg(long = "as", value_name = "NAME")]
    named: Option<String>,
    /// Wait until each has arrived, was rejected or is held; exit code 0: all arrived, 4: one was rejected, 5: one is held or can't be
    /// accepted, 6: one was cancelled or gave way to a newer one, 7: the time is over and one is still on its way
    #[arg(long)]
    wait: bool,
    /// For how many seconds is waited
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, requires = "wait")]
    timeout: u64,
}

/// What became of one file.
#[derive(Debug, Serialize)]
struct Sent {
    file: PathBuf,
    link: String,
    name: String,
    sha256: Sha256,
    #[serde(flatten)]
    followed: Followed,
}

impl Send {
    pub(super) fn run(self, common: &Common) -> ExitCode {
        let code = match self.sent(common) {
            Ok(sent) => {
                let code =
                    sent.iter().map(|sent| sent.followed.ending.exit_code()).max_by_key(|code| weight(*code));
                match common.tell(&sent, Exit::Done, |sent| told(sent)) {
                    Exit::Done => code.unwrap_or_default(),
                    unwritable @ (Exit::Failed | Exit::BadConfiguration | Exit::Untrusted) => {
                        unwritable as u8
                    }
                }
            }
            Err(early) => early as u8,
        };
        ExitCode::from(code)
    }

    fn sent(&self, common: &Common) -> Result<Vec<Sent>, Exit> {
        let config = common.configured()?;
        let link = outbound(&config, &self.link)?;
        if self.named.is_some() && self.files.len() > 1 {
            return Err(super::exit::fail(Exit::BadConfiguration, &say!("cli-send-as-one")));
        }
        let putting = Putting::examine(link, &self.files, self.named.as_deref()).map_err(failed)?;
        let watch = self.wait.then(|| follow::Watch::begin(&config.gateway, link, &putting)).transpose()?;
        let files = putting.put().map_err(|(put, why)| {
            put.iter().for_each(|file| screen::beside(&handed_over(link, &file.name)));
            failed(why)
        })?;
        let Some(watch) = watch else {
            return Ok(files.into_iter().map(|file| Sent::of(link, file, Followed::in_outbox())).collect());
        };
        let followed = block_on(watch.until_the_end(&files, Duration::from_secs(self.timeout)))?;
        Ok(files.into_iter().zip(followed).map(|(file, end)| Sent::of(link, file, end)).collect())
    }
}

/// How much an exit code weighs beside others: what a person has to act on weighs more than what only takes longer.
fn weight(code: u8) -> u8 {
    match code {
        0 => 0,
        code => u8::MAX - code,
    }
}

impl Sent {
    fn of(link: &Link, file: PutFile, followed: Followed) -> Sent {
        let PutFile { from: file, name, sha256, .. } = file;
        Sent { file, link: link.name.clone(), name, sha256, followed }
    }
}

fn told(sent: &[Sent]) -> String {
    if sent.iter().all(|sent| sent.followed.ending == Ending::InOutbox) {
        let line = |sent: &Sent| say!("cli-send-handed-over", name = sent.name, link = sent.link) + "\n";
        return sent.iter().map(line).collect();
    }
    let row = |sent: &Sent| {
        let Followed { delivery, state, path, why, .. } = &sent.followed;
        let state = state.as_deref().map(|state| screen::in_colour_of(state, &state_word(state)));
        let state = state.unwrap_or_else(|| say!("cli-send-not-taken-up"));
        let id = delivery.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![sent.name.clone(), state, id, path.as_ref().or(why.as_ref()).cloned().unwrap_or_default()]
    };
    let headings = [
        say!("list-column-file"),
        say!("list-column-state"),
        say!("list-column-delivery"),
        say!("list-column-note"),
    ];
    table::table(&headings, sent.iter().map(row).collect())
}

fn handed_over(link: &Link, name: &str) -> String {
    say!("cli-send-handed-over", name = name, link = link.name)
}

/// The outbound link of this name.
fn outbound<'c>(config: &'c Config, name: &str) -> Result<&'c Link, Exit> {
    if let Some(link) = config.links.get(name) {
        return Ok(link);
    }
    if config.inbound.contains_key(name) {
        return Err(failed(say!("cli-send-inbound", link = name)));
    }
    let near = near_names(name, config.links.keys().cloned());
    Err(failed(match near.is_empty() {
        true => say!("control-no-such-link", link = name),
        false => say!("control-no-such-link-near", link = name, near = near.join(", ")),
    }))
}
