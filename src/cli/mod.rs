//! The command line: one file per command, one meaning per exit code.

mod audit;
mod check;
mod deliveries;
mod demo;
mod layout;
mod medium;
mod outbox;
mod partner;
mod receipt;
mod run;
mod shown;
mod sighted;
mod status;
mod words;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::document::Problem;
use crate::config::{self, Config, GatewaySettings};
use crate::control::{ControlError, Question};
use crate::ledger::LedgerError;
use crate::remedy::Remedy;

/// What a command's exit code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; for checks: all is well.
    Done = 0,
    /// Not done, or a check found something; the message says what.
    Failed = 1,
    /// The command line, the configuration, or a file given to `layout` is wrong. A service manager need not try again.
    BadConfiguration = 2,
    /// Our own disk or ledger can't be trusted; a person has to look.
    Untrusted = 3,
}

const AFTER_HELP: &str = "\
Environment:
  TOTATSU_LOG  how much `run` logs: info (unless it is set), warn or error

Exit codes:
  0  done; for checks: all is well
  1  not done, or a check found something
  2  the command line, the configuration, or a file given to `layout` is wrong
  3  the gateway's own disk or ledger can't be trusted";

/// File-transfer gateway that proves arrival (到達).
#[derive(Debug, Parser)]
#[command(name = "totatsu", version, after_help = AFTER_HELP)]
struct Arguments {
    /// Directory of totatsu.toml, partners/ and links/
    #[arg(long, global = true, value_name = "DIR", default_value = config::DEFAULT_DIRECTORY)]
    config: PathBuf,
    /// Answer in JSON, for machines; an error that leaves no answer is still told as text on standard error
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway until SIGTERM or SIGINT, which let it finish the steps in hand
    Run,
    /// Name every problem of configuration, layouts, directories and key files; touches no network
    Check,
    /// List deliveries and collections, newest first
    List(deliveries::List),
    /// Show how partners and links stand, and how many deliveries aren't finished
    Status,
    /// Show everything known of one delivery or collection
    Show(deliveries::Show),
    /// Print every problem of a rejected source, or of records in quarantine, for its owner; it may quote characters of records
    Report(deliveries::Show),
    /// Send the exact bytes of a finished or held delivery again, as a new delivery to the names the link has now
    Resend(deliveries::Resend),
    /// Stop a delivery, a whole partner or a whole link until it is released
    Hold(deliveries::OfWhom),
    /// Let a held, waiting or queued delivery, a held partner or a held link go on now; runs a failed import again
    #[command(visible_alias = "retry")]
    Release(deliveries::OfWhom),
    /// Record that a held, waiting or queued delivery has arrived by another way; its receipt says so
    Confirm(deliveries::Confirm),
    /// Give a held, waiting or queued delivery up; what is kept of it goes to the archive
    Cancel(deliveries::ByHand),
    /// Show or verify receipts, or print the key that checks them
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Check journal, receipts and kept files as a whole, or export them for an auditor
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Prepare media, import acknowledgements that come back on them, or print cover sheets (送付票)
    #[command(subcommand)]
    Medium(medium::Medium),
    /// Look at an inbound link's partner now, and say what is taken up, known, waited for or passed over there
    Collect(deliveries::Collect),
    /// Look over the outboxes: what is ready, settling, or left there, and why
    Outbox,
    /// Find out what a partner's server can do, with harmless files that are removed again
    #[command(subcommand)]
    Partner(partner::PartnerCommand),
    /// List, show, check, compare and try out layouts; needs no configuration
    Layout(layout::LayoutArguments),
    /// Deliver a made-up file to an embedded partner, and show how it arrived
    Demo(demo::Demo),
}

/// What every command is told.
#[derive(Debug)]
struct Common {
    config: PathBuf,
    json: bool,
}

/// Parses the command line, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    let Arguments { config, json, command } = Arguments::parse();
    let common = Common { config, json };
    let exit = match command {
        Command::Run => run::run(&common),
        Command::Check => check::run(&common),
        Command::List(list) => list.run(&common),
        Command::Status => status::run(&common),
        Command::Show(show) => show.run(&common),
        Command::Report(show) => show.report(&common),
        Command::Resend(resend) => resend.run(&common),
        Command::Hold(act) => act.run(&common, |whom, by, reason| Question::Hold { whom, by, reason }),
        Command::Release(act) => act.run(&common, |whom, by, reason| Question::Release { whom, by, reason }),
        Command::Confirm(confirm) => confirm.run(&common),
        Command::Cancel(act) => act.run(&common, |id, by, reason| Question::Cancel { id, by, reason }),
        Command::Receipt(receipt) => receipt.run(&common),
        Command::Audit(audit) => audit.run(&common),
        Command::Medium(medium) => medium.run(&common),
        Command::Collect(collect) => collect.run(&common),
        Command::Outbox => outbox::run(&common),
        Command::Partner(partner) => partner.run(&common),
        Command::Layout(layout) => layout.run(&common),
        Command::Demo(demo) => demo.run(&common),
    };
    ExitCode::from(exit as u8)
}

impl Common {
    /// What `totatsu.toml` says, or every problem in it on standard error.
    fn gateway(&self) -> Result<GatewaySettings, Exit> {
        config::read_gateway(&self.config).map_err(|problems| bad_configuration(&problems))
    }

    /// The whole configuration, or every problem in it on standard error.
    fn configured(&self) -> Result<Config, Exit> {
        let (configured, problems) = config::read(&self.config);
        configured.ok_or_else(|| bad_configuration(&problems))
    }
}

fn bad_configuration(problems: &[Problem]) -> Exit {
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    Exit::BadConfiguration
}

/// The daemon's answer is none to the question.
fn unexpected_answer() -> Exit {
    fail(Exit::Failed, &"the daemon answered something else: is it of another version?")
}

/// Says an error on standard error.
fn fail(exit: Exit, error: &dyn std::fmt::Display) -> Exit {
    eprintln!("totatsu: {error}");
    exit
}

fn exit_of_ledger(error: &LedgerError) -> Exit {
    let only_not_now = matches!(error, LedgerError::InUse(_) | LedgerError::NotOwner { .. });
    if error.remedy() == Remedy::Stop && !only_not_now { Exit::Untrusted } else { Exit::Failed }
}

fn exit_of_control(error: &ControlError) -> Exit {
    match error {
        ControlError::Ledger(error) => exit_of_ledger(error),
        ControlError::Spool(_)
        | ControlError::Unknown(_)
        | ControlError::TooShort(_)
        | ControlError::Ambiguous(..)
        | ControlError::Unfit(_)
        | ControlError::Busy(_)
        | ControlError::NotLooked { .. }
        | ControlError::NoLedger(_)
        | ControlError::NotAllowed(_)
        | ControlError::NoAnswer { .. } => Exit::Failed,
    }
}

/// Runs a command's waiting on one thread.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| fail(Exit::Failed, &error))?;
    Ok(runtime.block_on(work))
}

/// The end of a command whose parts end it early.
fn exit(outcome: Result<Exit, Exit>) -> Exit {
    outcome.unwrap_or_else(|early| early)
}

/// Prints an answer on standard output and hands `exit` back, unless the answer can't be written. A reader that has seen
/// enough, such as `head`, is no error.
fn print(text: &str, exit: Exit) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            fail(Exit::Failed, &format!("the answer can't be written: {error}"))
        }
        Ok(()) | Err(_) => exit,
    }
}

/// Prints a value as JSON on one line, and hands `exit` back as [`print`] does.
fn print_json(value: &impl serde::Serialize, exit: Exit) -> Exit {
    match serde_json::to_string(value) {
        Ok(text) => print(&format!("{text}\n"), exit),
        Err(error) => fail(Exit::Failed, &error),
    }
}
