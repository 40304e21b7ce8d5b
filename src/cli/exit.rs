//! How a command ends: one meaning per exit code, and errors told on standard error.

use super::logging::error_mark;
use super::screen;
use crate::control::ControlError;
use totatsu_base::{Problem, Remedy};
use totatsu_ledger::LedgerError;

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

pub(super) fn bad_configuration(problems: &[Problem]) -> Exit {
    problems.iter().for_each(|problem| screen::beside(&problem.to_string()));
    Exit::BadConfiguration
}

/// Says an error on standard error.
pub(super) fn fail(exit: Exit, error: &dyn std::fmt::Display) -> Exit {
    screen::beside(&format!("{}totatsu: {error}", error_mark()));
    exit
}

/// Says on standard error why the command failed.
pub(super) fn failed(error: impl std::fmt::Display) -> Exit {
    fail(Exit::Failed, &error)
}

/// How a command ends after an error with this remedy.
pub(super) fn exit_by(remedy: Remedy) -> Exit {
    if remedy == Remedy::Stop { Exit::Untrusted } else { Exit::Failed }
}

pub(super) fn exit_of_ledger(error: &LedgerError) -> Exit {
    let only_not_now = matches!(error, LedgerError::InUse(_) | LedgerError::NotOwner { .. });
    if only_not_now { Exit::Failed } else { exit_by(error.remedy()) }
}

pub(super) fn exit_of_control(error: &ControlError) -> Exit {
    match error {
        ControlError::Ledger(error) => exit_of_ledger(error),
        ControlError::Spool(_)
        | ControlError::Unknown(_)
        | ControlError::TooShort(_)
        | ControlError::Ambiguous(..)
        | ControlError::SeveralOfName { .. }
        | ControlError::Unfit(_)
        | ControlError::NotPermitted(_)
        | ControlError::Busy(_)
        | ControlError::NotLooked { .. }
        | ControlError::NoLedger(_)
        | ControlError::NotAllowed(_)
        | ControlError::NobodyAnswers { .. }
        | ControlError::Unwritable { .. }
        | ControlError::NoAnswer { .. } => Exit::Failed,
    }
}

/// The end of a command, whether it came to its end or ended early.
pub(super) fn exit(outcome: Result<Exit, Exit>) -> Exit {
    outcome.unwrap_or_else(|early| early)
}
