//! A changed configuration for a gateway that runs: whether it may be taken over, and the word to the daemon to do so.
//!
//! Owns the digests of what the gateway began with. Promises that a configuration with an error is refused as a whole, and so is one
//! that says where else spool, ledger or socket are. Never changes what the gateway works by: the daemon ends its steps in hand
//! and begins anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::config::{self, Config, FileDigests, GATEWAY_FILE};
use totatsu_base::durable::{self, if_there};
use totatsu_base::say;
use totatsu_base::{Document, Problem, Severity, SpoolError};

/// The file in the ledger's directory that has the digests of the configuration as it was last taken over.
const KNOWN: &str = "configuration-known";

/// What the daemon's tasks are to do with themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// Nothing: they go on.
    #[default]
    NotAsked,
    /// No new work is begun, and the steps in hand take the time that they need; then the gateway begins anew.
    Renew,
    /// No new work is begun, and the steps in hand have the grace time.
    Stop,
}

/// What a running gateway needs to take over a changed configuration.
#[derive(Debug)]
pub struct Renewal {
    directory: PathBuf,
    known: FileDigests,
    paths: [PathBuf; 3],
    ending: watch::Sender<Ending>,
}

/// A configuration that may be taken over.
#[derive(Debug)]
pub struct RenewedFiles {
    /// The digest of each of its files.
    pub files: FileDigests,
    /// Its files that are new, differ from what the gateway began with, or are gone.
    pub changed: Vec<String>,
    /// Links that the gateway knows and the new configuration doesn't have.
    pub gone: Vec<String>,
}

impl Renewal {
    /// What a gateway needs that works by the configuration in `directory`.
    pub fn new(directory: &Path, config: &Config, ending: watch::Sender<Ending>) -> Renewal {
        let known = config::digests(directory, config);
        Renewal { directory: directory.to_owned(), known, paths: paths(config), ending }
    }

    /// Where the configuration lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files of the gateway's configuration that have changed since this was last asked with this ledger; none the first
    /// time. The ledger's directory remembers from here on what they are.
    ///
    /// # Errors
    /// Our disk refuses, or what it remembers can't be read.
    pub fn changed_since_known(&self, ledger: &Path) -> Result<Vec<String>, SpoolError> {
        let path = ledger.join(KNOWN);
        let text = if_there(std::fs::read(&path)).map_err(SpoolError::at("disk-reading", &path))?;
        let before = text.and_then(|text| serde_json::from_slice::<FileDigests>(&text).ok());
        let changed = before.as_ref().map(|before| differing(before, &self.known)).unwrap_or_default();
        if before.is_none() || !changed.is_empty() {
            remember(ledger, &self.known)?;
        }
        Ok(changed)
    }

    /// Reads the configuration as it is now, beside the one that the gateway works by.
    ///
    /// # Errors
    /// All problems, if one of them is an error.
    pub fn look(&self, old: &Config) -> Result<RenewedFiles, Vec<Problem>> {
        let (read, mut problems) = config::check(&self.directory);
        let moved = read.as_ref().filter(|new| paths(new) != self.paths);
        if moved.is_some() {
            let main = Document::of(&self.directory.join(GATEWAY_FILE));
            problems.push(main.problem(Severity::Error, "paths", say!("journey-paths-moved")));
        }
        let Some(new) = read.filter(|_| !config::has_errors(&problems)) else { return Err(problems) };
        let files = config::digests(&self.directory, &new);
        let changed = differing(&self.known, &files);
        let known = |name: &String| new.links.contains_key(name) || new.inbound.contains_key(name);
        let gone = old.links.keys().chain(old.inbound.keys()).filter(|name| !known(name)).cloned().collect();
        Ok(RenewedFiles { files, changed, gone })
    }

    /// Has the daemon begin anew, unless it is to stop.
    pub fn begin(&self) {
        self.ending.send_if_modified(|ending| {
            let goes_on = *ending == Ending::NotAsked;
            if goes_on {
                *ending = Ending::Renew;
            }
            goes_on
        });
    }
}

/// Has the ledger's directory know the configuration that was taken over.
///
/// # Errors
/// Our disk refuses.
pub fn remember(ledger: &Path, files: &FileDigests) -> Result<(), SpoolError> {
    let path = ledger.join(KNOWN);
    let text = serde_json::to_vec(files).map_err(std::io::Error::from);
    durable::write_durably(&path, 0o600, &text.map_err(SpoolError::at("disk-writing", &path))?)
}

/// The names of the files that are new, differ or are gone.
fn differing(before: &FileDigests, now: &FileDigests) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

fn paths(config: &Config) -> [PathBuf; 3] {
    let gateway = &config.gateway;
    [gateway.spool.clone(), gateway.ledger.clone(), gateway.socket.clone()]
}
