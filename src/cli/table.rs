//! Rows under their headings, aligned for East Asian width, and on a terminal no wider than it.
//!
//! The last column is what people read rather than compare: on a terminal it is wrapped beside the others where there is room for it,
//! and else below them. Where the others alone are too wide, the widest of them are cut, which `…` shows; never the first, which names
//! the row. In a file or a pipe each row is one line, and whole.

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::screen;

/// Between two columns.
const GAP: &str = "  ";
/// The last column is this wide, or goes below the row.
const NOTE: usize = 24;
/// Columns before what goes below a row.
const INDENT: usize = 4;
/// No column is cut to less.
const LEAST: usize = 8;

/// Rows under their headings, for standard output as it is.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    fitted(headings, &rows, screen::columns())
}

/// The same for a terminal of so many columns, or for none.
fn fitted(headings: &[&str], rows: &[Vec<String>], columns: Option<usize>) -> String {
    let mut widths = natural(headings, rows);
    let room = columns.unwrap_or(usize::MAX);
    if total(&widths) <= room {
        return lines(headings, rows, &widths);
    }
    let Some(last) = widths.pop() else { return String::new() };
    let beside = room.saturating_sub(total(&widths) + GAP.len());
    if beside >= NOTE.min(last) {
        widths.push(beside);
        return lines(headings, &wrapped_beside(rows, widths.len(), beside), &widths);
    }
    cut_widest(&mut widths, room);
    let mut text = lines(&headings[..widths.len()], &[], &widths);
    for row in rows {
        let shorter: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| cut(cell, *width)).collect();
        text += &line(shorter.iter().map(String::as_str), &widths);
        if let Some(note) = row.get(widths.len()).filter(|note| !note.is_empty()) {
            for part in wrapped(note, room.saturating_sub(INDENT)) {
                text += &format!("{:INDENT$}{part}\n", "");
            }
        }
    }
    text
}

/// How wide each column is by itself.
fn natural(headings: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let width_of = |(column, heading): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
        cells.chain([heading.width()]).max().unwrap_or_default()
    };
    headings.iter().enumerate().map(width_of).collect()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

fn lines(headings: &[&str], rows: &[Vec<String>], widths: &[usize]) -> String {
    let heading = line(headings.iter().copied(), widths);
    let heading = format!("{}\n", screen::heading(heading.trim_end_matches('\n')));
    rows.iter().fold(heading, |text, row| text + &line(row.iter().map(String::as_str), widths))
}

fn line<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
    let padded = cells.zip(widths).map(|(cell, width)| pad(cell, *width));
    format!("{}\n", padded.collect::<Vec<_>>().join(GAP).trim_end())
}

/// The rows with their last column in several lines, each of which is a row of its own.
fn wrapped_beside(rows: &[Vec<String>], columns: usize, room: usize) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for row in rows {
        let note = row.get(columns - 1).map(String::as_str).unwrap_or_default();
        let mut parts = wrapped(note, room).into_iter();
        let first = row.iter().take(columns - 1).cloned().chain(parts.next());
        all.push(first.collect());
        all.extend(parts.map(|part| {
            let mut row = vec![String::new(); columns - 1];
            row.push(part);
            row
        }));
    }
    all
}

/// Makes the widest columns narrower, a column at a time, until all have room; the first stays as it is.
fn cut_widest(widths: &mut [usize], room: usize) {
    while total(widths) > room {
        let Some(widest) = widths.iter_mut().skip(1).max().filter(|widest| **widest > LEAST) else { return };
        *widest -= 1;
    }
}

/// So much of a cell as has room; one that is painted is short, and stays as it is.
fn cut(cell: &str, room: usize) -> String {
    if width(cell) <= room || cell.contains('\u{1b}') {
        return cell.to_owned();
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += c.width().unwrap_or_default();
        taken < room
    };
    cell.chars().take_while(fits).chain(['…']).collect()
}

/// A text in lines of so many columns, broken where its language may be broken. A word that is longer, as a path, stays whole.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line, mut from) = (Vec::new(), String::new(), 0);
    for (at, opportunity) in linebreaks(text) {
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

/// How many columns a text takes; what colours it takes none.
pub(super) fn width(text: &str) -> usize {
    match text.contains('\u{1b}') {
        true => anstream::adapter::strip_str(text).to_string().width(),
        false => text.width(),
    }
}

pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    const HEADINGS: [&str; 4] = ["配信", "状態", "連携", "備考"];

    fn rows() -> Vec<Vec<String>> {
        let reason = "連携先に同じ名前のファイルがあります。まだ要るかを聞き、消すか改名してもらってから release してください";
        vec![
            row(&["20261122-183005-k7m2q9", "保留", "nenkin-tokucho-irai", reason]),
            row(&["20261122-183005-k7m2q8", "\u{1b}[32marchived\u{1b}[0m", "irai", "receipt 1"]),
        ]
    }

    #[test]
    fn in_a_pipe_each_row_is_one_line_and_whole() {
        let text = fitted(&HEADINGS, &rows(), None);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains(&rows()[0][3]), "{text}");
        let at = |line: &str, word: &str| width(&line[..line.find(word).unwrap()]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(at(lines[0], "連携"), at(lines[1], "nenkin"), "{text}");
        assert_eq!(at(lines[1], "nenkin"), at(lines[2], "irai"), "{text}");
    }

    #[test]
    fn on_a_terminal_no_line_is_wider_than_it_and_no_note_loses_a_character() {
        for columns in [50, 55, 60, 70, 80, 90, 100, 120, 200] {
            let text = fitted(&HEADINGS, &rows(), Some(columns));
            for line in text.lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
            let letters = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
            for word in ["連携先に同じ", "消すか", "してください"] {
                let whole = letters(&text).contains(word)
                    || letters(&text.lines().map(str::trim).collect::<String>()).contains(word);
                assert!(whole, "{columns}: {word} in {text}");
            }
            assert!(text.contains("20261122-183005-k7m2q9"), "{columns}: {text}");
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
}
