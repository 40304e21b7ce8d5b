//! A partner's own words, made fit for our log, ledger, receipts and terminals.
//!
//! Owns the words for lists and times too. Servers put anything into messages and names. Promises that what is kept is short and of
//! one line, and that nothing in it drives a terminal or turns the direction of writing: every such character is shown by its escape.

use std::time::Duration;

use totatsu_base::say;
use totatsu_base::typeset::cut;

/// Characters of a partner's words that are kept.
const KEPT: usize = 200;
/// Names that a server may list, for example its extensions, before the rest is left out.
const LISTED: usize = 64;

/// The words, escaped, and cut where they are too long.
pub fn told(words: &str) -> String {
    cut(words.trim(), KEPT)
}

/// A list of names, each as [`told`] shows it; no more of them than anybody would read.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().take(LISTED).map(told).collect()
}

/// A host and a port as messages show them.
pub(super) fn shown_address(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// One of these, in words.
pub fn either(choices: &[String]) -> String {
    let choices = choices.iter().cloned();
    choices.reduce(|one, other| say!("transport-or", one = one, other = other)).unwrap_or_default()
}

/// How long something takes, in words.
pub fn lasting(duration: Duration) -> String {
    if duration.subsec_nanos() == 0 && !duration.is_zero() {
        say!("transport-seconds", seconds = duration.as_secs())
    } else {
        format!("{duration:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_drive_a_terminal_are_shown_by_their_escapes() {
        assert_eq!(told("\u{1b}[2J領収\r\n"), "\\u{1b}[2J領収");
        assert_eq!(told("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
    }

    #[test]
    fn long_words_are_cut() {
        let kept = told(&"x".repeat(100_000));
        assert_eq!(kept.chars().count(), KEPT + 1);
        assert_eq!(listed(std::iter::repeat_n("x", 1000)).len(), LISTED);
    }
}
