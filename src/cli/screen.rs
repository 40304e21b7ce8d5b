//! What standard output is: a terminal of some width, with colours or without, or a file or pipe that takes everything as it is.
//!
//! Promises colours on terminals only, none where `NO_COLOR` is set, and that nothing is cut in a file or a pipe. Standard error is
//! judged apart from standard output.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use super::wrapping::fitted;
use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};
use totatsu_ledger::state::{HELD, QUEUED, UNKNOWN, WAITING};

/// The width of a terminal that doesn't say how wide it is.
const USUAL: usize = 80;

/// The columns of standard output; `None` where it is no terminal.
pub(super) fn columns() -> Option<usize> {
    columns_of(&io::stdout())
}

/// Says something beside the answer: on standard error, in lines that fit its terminal.
pub(super) fn beside(text: &str) {
    eprintln!("{}", fitted_beside(text));
}

/// A text in lines that fit standard error, where that is a terminal.
pub(super) fn fitted_beside(text: &str) -> String {
    fitted(text, columns_of(&io::stderr()))
}

fn columns_of(stream: &(impl IsTerminal + AsFd)) -> Option<usize> {
    if !stream.is_terminal() {
        return None;
    }
    let told = terminal_size::terminal_size_of(stream);
    Some(told.map_or(USUAL, |(terminal_size::Width(columns), _)| usize::from(columns).max(1)))
}

/// A heading, as it stands over a table.
pub(super) fn heading(text: &str) -> String {
    painted(text, Style::new().bold())
}

/// A state's word, in a colour that says how much it needs a person.
pub(super) fn in_colour_of(state: &str, text: &str) -> String {
    let colour = match state {
        HELD | "rejected" => AnsiColor::Red,
        WAITING | UNKNOWN | "down" | "medium wanted" => AnsiColor::Yellow, // not for people
        QUEUED | "handed_over" => AnsiColor::Cyan,
        "archived" | "up" => AnsiColor::Green,
        _ => return text.to_owned(),
    };
    painted(text, Style::new().fg_color(Some(colour.into())))
}

fn painted(text: &str, style: Style) -> String {
    if text.is_empty() || AutoStream::choice(&io::stdout()) == ColorChoice::Never {
        return text.to_owned();
    }
    format!("{style}{text}{style:#}")
}
