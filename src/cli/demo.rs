//! `totatsu demo`: the main job, watched.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;

use super::exit::{Exit, failed};
use super::options::Common;
use super::output::block_on;
use super::{progress, wrapping};
use crate::cli::logging::log_to_stderr;
use crate::demo::{self, DemoOutcome, LookOnTheWay};
use totatsu_base::messages::os_error;
use totatsu_base::{SpoolError, say};
use totatsu_ledger::words::state_word;

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
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        log_to_stderr("warn");
        let disk = |error: std::io::Error| failed(os_error(&error));
        let temporary = tempfile::tempdir().map_err(disk)?;
        let home = match &self.keep {
            Some(keep) => empty_directory(keep).map_err(failed)?,
            None => temporary.path().to_owned(),
        };
        let bar = progress::of_bytes();
        let delivered = block_on(demo::deliver(&home, self.records, |look| show_progress(&bar, look)))?;
        bar.finish_and_clear();
        let outcome = delivered.map_err(failed)?;
        let exit = match outcome.equal {
            true => Exit::Done,
            false => failed(say!("cli-demo-differs")),
        };
        Ok(common.tell(&outcome, exit, |outcome| report(outcome, self.keep.as_deref())))
    }
}

fn empty_directory(path: &Path) -> Result<PathBuf, SpoolError> {
    let empty = || -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(path)?;
        if std::fs::read_dir(path)?.next().is_some() {
            let message = say!("cli-demo-not-empty");
            return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, message));
        }
        path.canonicalize()
    };
    empty().map_err(SpoolError::at("disk-using", path))
}

fn show_progress(bar: &ProgressBar, (stage, done, total): LookOnTheWay) {
    bar.set_message(state_word(stage.word()));
    if total > 0 {
        bar.set_length(total);
        bar.set_position(done);
    }
    bar.tick();
}

fn report(outcome: &DemoOutcome, keep: Option<&Path>) -> String {
    let receipt = &outcome.receipt;
    let receipt_text = serde_json::to_string_pretty(receipt).unwrap_or_else(|error| error.to_string());
    let next = match keep {
        Some(keep) => {
            let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("totatsu"));
            let (program, keep, id) = (program.display(), keep.display(), &receipt.delivery);
            let commands = ["list".to_owned(), format!("show {id}"), format!("receipt verify {id}")]; // not for people
            let commands = commands.map(|command| format!("\n  {program} --config {keep}/config {command}"));
            say!("cli-demo-kept", directory = keep) + &commands.concat()
        }
        None => say!("cli-demo-not-kept"),
    };
    let path = receipt.arrival.as_ref().map(|arrival| arrival.path.as_str()).unwrap_or_default();
    let bytes = receipt.sent.as_ref().map_or(0, |sent| sent.size);
    let same = if outcome.equal { say!("cli-demo-yes") } else { say!("cli-demo-no") };
    let facts = [
        (say!("cli-demo-disk"), say!("cli-demo-bytes", bytes = bytes, sha256 = outcome.arrived_sha256)),
        (say!("cli-demo-same"), same),
    ];
    let width = facts.iter().map(|(name, _)| wrapping::width(name)).max().unwrap_or_default();
    let facts = facts.map(|(name, value)| format!("  {}  {value}\n", wrapping::pad(&name, width))).concat();
    [
        say!("cli-demo-arrived", records = outcome.records, path = path),
        facts,
        say!("cli-demo-first-record"),
        outcome.ruler.clone(),
        say!("cli-demo-receipt"),
        receipt_text,
        String::new(),
        next + "\n",
    ]
    .join("\n")
}
