//! How texts that others have written appear in ours: on a terminal, on a page, in columns.
//!
//! Owns what is done to a name or to somebody's words before they are shown. Promises that nothing in what [`cut`] and [`unhidden`]
//! give turns the direction of writing or hides what follows it, and that [`escaped`] gives no markup.

/// A name or a partner's words, cut behind so many characters. Each character that drives a terminal, hides, or turns the direction
/// of writing is shown by its escape; blanks at the ends stay.
pub fn cut(text: &str, characters: usize) -> String {
    let mut kept: String = text.chars().take(characters).map(shown).collect();
    if text.chars().nth(characters).is_some() {
        kept.push('…');
    }
    kept
}

/// A text of several lines, painted or not, in which each character that hides or turns the direction of writing is shown by its
/// escape.
pub fn unhidden(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { escape(c) } else { c.to_string() }).collect()
}

/// Whether a character drives a terminal, or turns or hides what follows it.
pub fn is_harmful(character: char) -> bool {
    is_hidden(character) || character.is_control()
}

/// The text within HTML, in an element or in an attribute between quotation marks of either kind.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// A number with a comma before each three digits.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (head, tail) = digits.split_at(digits.len() % 3);
    let groups = (0..tail.len()).step_by(3).map(|at| &tail[at..at + 3]);
    let parts: Vec<&str> = Some(head).filter(|head| !head.is_empty()).into_iter().chain(groups).collect();
    format!("{sign}{}", parts.join(","))
}

/// The text, filled to so many columns of a terminal.
pub fn padded(text: &str, columns: usize) -> String {
    let used = unicode_width::UnicodeWidthStr::width(text);
    format!("{text}{}", " ".repeat(columns.saturating_sub(used)))
}

fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

fn shown(character: char) -> String {
    if is_harmful(character) { escape(character) } else { character.to_string() }
}

fn escape(character: char) -> String {
    character.escape_unicode().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_drive_a_terminal_hide_or_turn_the_direction_is_shown_by_its_escape() {
        assert_eq!(cut("\u{1b}[2J領収\r\n", 100), "\\u{1b}[2J領収\\u{d}\\u{a}");
        assert_eq!(cut("年金年金", 2), "年金…");
        let painted = "\u{1b}[32m保留\u{1b}[0m a\u{202e}b\u{2028}c\u{e0041}\n";
        assert_eq!(unhidden(painted), "\u{1b}[32m保留\u{1b}[0m a\\u{202e}b\\u{2028}c\\u{e0041}\n");
    }

    #[test]
    fn nothing_is_markup() {
        assert_eq!(escaped("<a href='x'>\"&\""), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;");
    }

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        assert_eq!(["0", "999", "1000", "-1234567"].map(grouped), ["0", "999", "1,000", "-1,234,567"]);
    }

    #[test]
    fn a_kanji_takes_two_columns() {
        assert_eq!(padded("保留", 6), "保留  ");
        assert_eq!(padded("long", 2), "long");
    }
}
