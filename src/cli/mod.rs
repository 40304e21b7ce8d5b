//! The command line: one file per command, one meaning per exit code.

mod archive;
mod audit;
mod catalogue;
mod check;
mod chronicle;
mod coverage;
mod deliveries;
mod demo;
mod exit;
mod explain;
mod help;
mod history;
mod init;
mod instead;
mod layout;
mod likeness;
mod logging;
mod medium;
mod options;
mod outbox;
mod output;
mod partner;
mod progress;
mod receipt;
mod reload;
mod report;
mod run;
mod screen;
mod send;
mod shown;
mod sighted;
mod status;
mod table;
mod terms;
mod tongues;
mod usage;
mod words;
mod wrapping;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::control::Question;
use totatsu_base::messages::{Tongue, speak, tongue};

use exit::exit;
use options::Common;

// not for people: the English of the help, like the comments; the Japanese stands in i18n/ja/help.ftl
const AFTER_HELP: &str = "\
Environment:
  TOTATSU_CONFIG  what --config says where it isn't given
  TOTATSU_LOG     how much `run` logs: info (unless it is set), warn or error
  LC_ALL, LC_MESSAGES, LANG
                  what --lang says where it isn't given: the first that is set; Japanese if it begins with ja
  NO_COLOR        no colours if it is set

Exit codes:
  0  done; for checks: all is well
  1  not done, or a check found something
  2  the command line, the configuration, or a file given to `layout` is wrong
  3  the gateway's own disk or ledger can't be trusted";

/// File-transfer gateway that proves arrival (到達).
#[derive(Debug, Parser)]
#[command(name = "totatsu", version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway until SIGTERM or SIGINT, which let it finish the steps in hand
    Run,
    /// Have the running gateway take over the changed configuration, once its steps in hand are finished; one with an error is refused
    Reload(reload::Reload),
    /// Name every problem of configuration, layouts, directories and key files, and count what is still open; touches no network
    Check(check::Check),
    /// Write a configuration from the national interface list: a link for each interface, a stub for each partner
    Init(init::Init),
    /// List deliveries and collections, newest first
    List(deliveries::List),
    /// Show how partners and links stand, and how many deliveries aren't finished
    Status(status::StatusArguments),
    /// Show everything known of one delivery or collection
    Show {
        /// The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
        id: String,
    },
    /// Print every problem of a rejected source, or of records in quarantine, for its owner; it may quote characters of records
    Report(report::Report),
    /// Send the exact bytes of a finished or held delivery again, as a new delivery to the names the link has now
    Resend(deliveries::Resend),
    /// Stop a delivery, a whole partner or a whole link until it is released
    Hold(deliveries::HoldArguments),
    /// Let a held, waiting or queued delivery, a held partner or a held link go on now; runs a failed import again
    #[command(visible_alias = "retry")]
    Release(deliveries::OfWhom),
    /// Record that a held, waiting or queued delivery has arrived by another way; its receipt says so
    Confirm(deliveries::Confirm),
    /// Give a held, waiting or queued delivery up; what is kept of it goes to the archive
    Cancel(deliveries::CancelArguments),
    /// Remove what a finished delivery carried from the archive, before its time
    #[command(subcommand)]
    Archive(archive::ArchiveCommand),
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
    Collect {
        /// The inbound link: a file in links/, without .toml
        link: String,
    },
    /// Hand files to a link's outbox, whole and under names that are free there; with --wait, follow them until they have arrived
    Send(send::Send),
    /// Look over the outboxes: what is ready, settling, or left there, and why
    Outbox(outbox::OutboxArguments),
    /// Find out what a partner's server can do, with harmless files that are removed again
    #[command(subcommand)]
    Partner(partner::PartnerCommand),
    /// List, show, check, compare and try out layouts; needs no configuration
    Layout(layout::LayoutArguments),
    /// The national interface list (連携一覧): which business systems exchange which files with whom; needs no configuration
    Catalogue(catalogue::Catalogue),
    /// Compare the configuration with the national list: served and how, left out on purpose, missing, beyond the list; exit code 1 if
    /// anything is missing
    Coverage(coverage::Coverage),
    /// Say what a message means that ends with a code, and what to do; or list all codes; needs no configuration
    Explain(explain::Explain),
    /// Deliver a made-up file to an embedded partner, and show how it arrived
    Demo(demo::Demo),
}

/// The command line's definition, from which help, manual pages and completions come.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// As [`command`], with its texts in a language.
pub fn command_in(tongue: Tongue) -> clap::Command {
    help::translated(command(), tongue)
}

/// Every text of the help with its id, in English: what `i18n/en/help.ftl` is made of.
pub fn help_texts() -> Vec<(String, String)> {
    help::texts(&command())
}

/// The page of all codes in the documentation.
pub fn codes_page(tongue: Tongue) -> String {
    explain::page(tongue)
}

/// Parses the command line, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    speak(tongues::asked_for());
    let Arguments { common, command } = match parsed() {
        Ok(arguments) => arguments,
        Err(error) => return usage::end(&error),
    };
    let outcome = match command {
        Command::Run => Ok(run::run(&common)),
        Command::Reload(reload) => reload.run(&common),
        Command::Check(check) => Ok(check.run(&common)),
        Command::Init(init) => init.run(&common),
        Command::List(list) => list.run(&common),
        Command::Status(status) => return status.run(&common),
        Command::Show { id } => {
            deliveries::ask(&common, Question::Show { id }).map(|answer| deliveries::show(&common, answer))
        }
        Command::Report(report) => report.run(&common),
        Command::Resend(resend) => resend.run(&common),
        Command::Hold(hold) => hold.run(&common),
        Command::Release(act) => act.run(&common, |whom, by, reason| Question::Release { whom, by, reason }),
        Command::Confirm(confirm) => confirm.run(&common),
        Command::Cancel(cancel) => cancel.run(&common),
        Command::Archive(archive) => archive.run(&common),
        Command::Receipt(receipt) => receipt.run(&common),
        Command::Audit(audit) => audit.run(&common),
        Command::Medium(medium) => medium.run(&common),
        Command::Collect { link } => deliveries::act(&common, Question::Look { link }),
        Command::Send(send) => return send.run(&common),
        Command::Outbox(outbox) => outbox.run(&common),
        Command::Partner(partner) => partner.run(&common),
        Command::Layout(layout) => layout.run(&common),
        Command::Catalogue(catalogue) => Ok(catalogue.run(&common)),
        Command::Coverage(coverage) => coverage.run(&common),
        Command::Explain(explain) => Ok(explain.run(&common)),
        Command::Demo(demo) => demo.run(&common),
    };
    ExitCode::from(exit(outcome) as u8)
}

/// The parsed command line. Help and errors come from the definition in the language that is spoken.
fn parsed() -> Result<Arguments, clap::Error> {
    let error = match Arguments::try_parse() {
        Ok(arguments) => return Ok(arguments),
        Err(error) => error,
    };
    let again =
        (tongue() == Tongue::Ja).then(|| command_in(Tongue::Ja).try_get_matches_from(std::env::args_os()));
    Err(again.and_then(Result::err).unwrap_or(error))
}
