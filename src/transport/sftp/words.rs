//! A partner's own words, made fit for our log, ledger and receipts.
//!
//! Servers put anything into messages. Promises that what is kept is short and of one line, and that nothing in it drives
//! a terminal or turns the direction of writing: every such character is shown by its escape.

/// Characters of a partner's words that are kept.
const KEPT: usize = 200;
/// Names that a server may list, for example its extensions, before the rest is left out.
const LISTED: usize = 64;

/// The words, escaped, and cut where they are too long.
pub(super) fn told(words: &str) -> String {
    let mut kept: String = words.trim().chars().take(KEPT).map(shown).collect();
    if words.trim().chars().nth(KEPT).is_some() {
        kept.push('…');
    }
    kept
}

/// A list of names, each as [`told`] shows it; no more of them than anybody would read.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().take(LISTED).map(told).collect()
}

fn shown(character: char) -> String {
    // Besides the control characters, those that turn or hide what follows them.
    let hidden = matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    );
    if hidden || character.is_control() {
        character.escape_unicode().to_string()
    } else {
        character.to_string()
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
