//! A changed configuration for a gateway that runs: whether it may be taken over, and the word to the daemon to do so.
//!
//! Owns the digests of what the gateway began with. Promises that a configuration with an error is refused as a whole, and so is one
//! that says where else spool, ledger or socket are. Never changes what the gateway works by: the daemon ends its steps in hand
//! and begins anew.

use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::config::{self, Config, FileDigests, GATEWAY_FILE};
use totatsu_base::say;
use totatsu_base::{Document, Problem, Severity};

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
    /// Those that are new, differ from what the gateway began with, or are gone.
    pub changed: Vec<String>,
    /// Links that the gateway knows and it doesn't.
    pub gone: Vec<String>,
}

impl Renewal {
    /// For a gateway that works by what `directory` said.
    pub fn new(directory: &Path, config: &Config, ending: watch::Sender<Ending>) -> Renewal {
        let known = config::digests(directory, config);
        Renewal { directory: directory.to_owned(), known, paths: paths(config), ending }
    }

    /// Where the configuration lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Reads the configuration as it is now, beside the one that the gateway works by.
    ///
    /// # Errors
    /// Every problem, if one of them is an error.
    pub fn look(&self, old: &Config) -> Result<RenewedFiles, Vec<Problem>> {
        let (read, mut problems) = config::check(&self.directory);
        let moved = read.as_ref().filter(|new| paths(new) != self.paths);
        if moved.is_some() {
            let main = Document::of(&self.directory.join(GATEWAY_FILE));
            problems.push(main.problem(Severity::Error, "paths", say!("journey-paths-moved")));
        }
        let Some(new) = read.filter(|_| !config::has_errors(&problems)) else { return Err(problems) };
        let files = config::digests(&self.directory, &new);
        let mut changed: Vec<String> = files
            .iter()
            .filter(|(name, digest)| self.known.get(*name) != Some(digest))
            .map(|(name, _)| name.clone())
            .collect();
        changed.extend(self.known.keys().filter(|name| !files.contains_key(*name)).cloned());
        changed.sort();
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

fn paths(config: &Config) -> [PathBuf; 3] {
    let gateway = &config.gateway;
    [gateway.spool.clone(), gateway.ledger.clone(), gateway.socket.clone()]
}
