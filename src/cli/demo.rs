//! `totatsu demo`: the main job, watched.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Common, Exit, block_on, exit, fail, print_json};
use crate::cli::run::log_to_stderr;
use crate::demo::{self, Look, Outcome};
use crate::spool::SpoolError;

/// `totatsu demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Records in the made-up file
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=999_999))]
    records: u64,
    /// Keep everything in this directory, empty or missing until now, to look around afterwards
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self, common: &Common) -> Exit {
        exit(self.try_run(common))
    }

    fn try_run(self, common: &Common) -> Result<Exit, Exit> {
        log_to_stderr("warn");
        let disk = |error: std::io::Error| fail(Exit::Failed, &error);
        let temporary = tempfile::tempdir().map_err(disk)?;
        let home = match &self.keep {
            Some(keep) => empty_directory(keep).map_err(|error| fail(Exit::Failed, &error))?,
            None => temporary.path().to_owned(),
        };
        let bar = progress_bar();
        let delivered = block_on(demo::deliver(&home, self.records, |look| show_progress(&bar, look)))?;
        bar.finish_and_clear();
        let outcome = delivered.map_err(|error| fail(Exit::Failed, &error))?;
        if common.json {
            print_json(&outcome);
        } else {
            print(&outcome, self.keep.as_deref());
        }
        if outcome.equal {
            Ok(Exit::Done)
        } else {
            Err(fail(Exit::Failed, &"the partner's bytes differ from ours"))
        }
    }
}

fn empty_directory(path: &Path) -> Result<PathBuf, SpoolError> {
    let empty = || -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(path)?;
        if std::fs::read_dir(path)?.next().is_some() {
            let message = "it is not empty: --keep wants an empty or missing directory";
            return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, message));
        }
        path.canonicalize()
    };
    empty().map_err(SpoolError::at("using", path))
}

/// Shown on a terminal only.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:13} [{bar:40}] {bytes}/{total_bytes}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn show_progress(bar: &ProgressBar, (stage, done, total): Look) {
    bar.set_message(stage.word());
    if total > 0 {
        bar.set_length(total);
        bar.set_position(done);
    }
    bar.tick();
}

fn print(outcome: &Outcome, keep: Option<&Path>) {
    let receipt = &outcome.receipt;
    say!("{} records arrived at the partner's {}", outcome.records, receipt.arrival.path);
    say!("  partner's disk  {} bytes, SHA-256 {}", receipt.sent.size, outcome.arrived_sha256);
    say!("  same as sent    {}", if outcome.equal { "yes" } else { "NO" });
    say!("\nThe first data record there:\n{}", outcome.ruler);
    say!("The receipt:");
    match serde_json::to_string_pretty(receipt) {
        Ok(text) => say!("{text}"),
        Err(error) => say!("{error}"),
    }
    match keep {
        Some(keep) => say!(
            "\nEverything is kept in {keep}; look around:\n  totatsu --config {keep}/config list\n  \
             totatsu --config {keep}/config receipt verify {id}",
            keep = keep.display(),
            id = receipt.delivery
        ),
        None => say!("\nRun with --keep DIR to look around afterwards."),
    }
}
