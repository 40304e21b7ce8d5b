//! What standard output is: a terminal of some width, with colours or without, or a file or pipe that takes everything as it is.
//!
//! Promises colours on terminals only, none where `NO_COLOR` is set, and not a character cut where no terminal is.

use std::io::{self, IsTerminal as _};

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};
use totatsu_ledger::state::{HELD, QUEUED, UNKNOWN, WAITING};

/// The width of a terminal that doesn't say how wide it is.
const USUAL: usize = 80;

/// The columns of the terminal that standard output is; none where it isn't one.
pub(super) fn columns() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let told = terminal_size::terminal_size_of(&out);
    Some(told.map_or(USUAL, |(terminal_size::Width(columns), _)| usize::from(columns).max(1)))
}

/// A heading, as it stands over a table.
pub(super) fn heading(text: &str) -> String {
    painted(text, Style::new().bold())
}

/// A state's word, in the colour of how much it wants a person.
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
