//! The one place where lines are broken: no line is wider than the terminal, and nothing of it is lost.
//!
//! Owns where a line may be broken: between words, and within text without spaces, such as Japanese, where the rules of its language
//! allow it. A word of half-width letters (a path, a digest, an id, an option) stays whole, so that it can be copied; where it alone is
//! too wide, the terminal breaks it. In a file or a pipe, which has no width, nothing is broken.

use std::collections::BTreeMap;

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthStr as _;

/// A text of several lines, each broken to at most `columns`; unchanged where there is no width.
pub(super) fn fitted(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let ending = if text.ends_with('\n') { "\n" } else { "" };
    text.lines().map(|line| folded(line, columns)).collect::<Vec<_>>().join("\n") + ending
}

/// A line, broken where it is too long. The lines that follow begin in the column where its text begins.
pub(super) fn folded(line: &str, columns: usize) -> String {
    if width(line) <= columns {
        return line.to_owned();
    }
    let (before, text) = line.split_at(begins(line, columns / 2));
    let indent = width(before);
    let lines = wrapped(text, columns.saturating_sub(indent));
    format!("{before}{}", lines.join(&format!("\n{:indent$}", "")))
}

/// A fact that is shown: its name and its value.
pub(super) type Fact = (String, String);

/// Facts, one below the other, with all values in one column. The names take `least` columns or more.
pub(super) fn facts(rows: &[Fact], least: usize, columns: Option<usize>) -> String {
    let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default().max(least);
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(names + 1));
    let below = format!("\n{:1$}", "", names + 1);
    let line = |(name, value): &Fact| {
        format!("{} {}\n", pad(name, names), folded(value, room).replace('\n', &below))
    };
    rows.iter().map(line).collect()
}

/// A text in lines of at most `columns`. A half-width word that is longer stays whole.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line, mut from) = (Vec::new(), String::new(), 0);
    // A line may always break between words, also before a path, where Unicode's rules don't allow it.
    let words = text.match_indices(' ').map(|(at, _)| (at + 1, BreakOpportunity::Allowed));
    let words = words.filter(|(at, _)| text[*at..].starts_with(|c: char| c != ' '));
    let all: BTreeMap<usize, BreakOpportunity> = words.chain(linebreaks(text)).collect();
    for (at, opportunity) in all {
        if opportunity == BreakOpportunity::Allowed && !is_seam(text, at) {
            continue;
        }
        let piece = &text[from..at];
        from = at;
        if !line.is_empty() && width(&line) + width(piece.trim_end()) > columns {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        line += piece.trim_end_matches('\n');
        if opportunity == BreakOpportunity::Mandatory {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
    }
    lines
}

/// The columns of the widest piece of a text that stays whole.
pub(super) fn widest_word(text: &str) -> usize {
    wrapped(text, 1).iter().map(|word| width(word)).max().unwrap_or_default()
}

/// How many columns a text takes; its colour codes take none.
pub(super) fn width(text: &str) -> usize {
    match text.contains('\u{1b}') {
        true => anstream::adapter::strip_str(text).to_string().width(),
        false => text.width(),
    }
}

pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// At which byte the text of a line begins: behind its indent, or behind a name that two spaces part from it, within so many columns.
fn begins(line: &str, within: usize) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let gaps = line.match_indices("  ").map(|(at, gap)| at + gap.len());
    let ends = gaps.filter(|at| !line[*at..].starts_with(' ') && width(&line[..*at]) <= within);
    ends.max().unwrap_or(indent).max(indent)
}

/// Whether a line may break here: not between two half-width letters.
fn is_seam(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || !c.is_ascii());
    before || text[at..].chars().next().is_none_or(|c| !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str = "連携先に同じ名前のファイルがあります。まだ要るかを聞き（電話で）、totatsu release 20261122-183005-k7m2q9 --reason \
                          \"…\" としてください: /srv/in/nenkin/tokucho/irai/2026/11/22/NK.DAT";

    fn letters(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn no_line_is_wider_but_for_a_half_width_word_and_no_letter_is_lost() {
        for columns in 1..120 {
            let lines = wrapped(REASON, columns);
            for line in &lines {
                assert!(width(line) <= columns || !line.contains(' '), "{columns}: {line}");
            }
            assert_eq!(letters(&lines.concat()), letters(REASON), "{columns}");
            for whole in
                ["--reason", "20261122-183005-k7m2q9", "/srv/in/nenkin/tokucho/irai/2026/11/22/NK.DAT"]
            {
                assert!(lines.iter().any(|line| line.contains(whole)), "{columns}: {whole} in {lines:?}");
            }
        }
    }

    #[test]
    fn a_line_does_not_begin_with_a_full_stop() {
        for columns in 4..40 {
            for line in wrapped("連携先に聞き、直ったら（電話で）知らせてもらう。それまで待つ。", columns)
            {
                assert!(!line.starts_with(['。', '、', '）']), "{columns}: {line}");
                assert!(!line.ends_with('（'), "{columns}: {line}");
            }
        }
    }

    #[test]
    fn what_follows_stands_below_where_the_text_begins() {
        let line = "  2026-11-22  waiting until the partner is back, which takes its time";
        assert_eq!(
            folded(line, 40),
            "  2026-11-22  waiting until the partner\n              is back, which takes its\n              time"
        );
        let rows = [("why".to_owned(), "one two three".to_owned()), ("状態".to_owned(), "held".to_owned())];
        assert_eq!(facts(&rows, 0, Some(12)), "why  one two\n     three\n状態 held\n");
        assert_eq!(facts(&rows, 6, None), "why    one two three\n状態   held\n");
    }

    #[test]
    fn without_a_width_nothing_is_broken() {
        assert_eq!(fitted(REASON, None), REASON);
        assert_eq!(fitted("a b\n", Some(1)), "a\nb\n");
    }
}
