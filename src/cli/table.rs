//! Rows under their headings, aligned for East Asian width, and on a terminal no wider than it.
//!
//! The last column is what people read rather than compare: on a terminal it is wrapped beside the others where there is room for it,
//! and else below them. Where the others alone are too wide, the widest of them are cut, which `…` shows; never the first, which names
//! the row. Where too little would be left of them, they stand below it, whole. In a file or a pipe each row is one line, and whole.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::screen;
use super::wrapping::{pad, widest_word, width, wrapped};

/// What stands between two columns.
const GAP: &str = "  ";
/// Columns of the terminal that the last column needs; where there are fewer, it goes below the row.
const NOTE: usize = 24;
/// Indent of what goes below a row, in columns of the terminal.
const INDENT: usize = 4;
/// No column is cut to fewer columns of the terminal than these.
const LEAST: usize = 14;

/// Rows under their headings, for standard output as it is.
pub(super) fn table(headings: &[impl AsRef<str>], rows: Vec<Vec<String>>) -> String {
    let headings: Vec<&str> = headings.iter().map(AsRef::as_ref).collect();
    fitted(&headings, &rows, screen::columns())
}

/// As [`table`], for a terminal of `columns`, or for a file or a pipe.
fn fitted(headings: &[&str], rows: &[Vec<String>], columns: Option<usize>) -> String {
    let mut widths = natural(headings, rows);
    let room = columns.unwrap_or(usize::MAX);
    if total(&widths) <= room {
        return lines(headings, rows, &widths);
    }
    let Some(last) = widths.pop() else { return String::new() };
    let beside = room.saturating_sub(total(&widths) + GAP.len());
    let words = rows.iter().filter_map(|row| row.get(widths.len())).map(|note| widest_word(note));
    if beside >= words.max().unwrap_or_default().max(NOTE).min(last) {
        widths.push(beside);
        return lines(headings, &wrapped_beside(rows, widths.len(), beside), &widths);
    }
    if !cut_widest(&mut widths, room) {
        return stacked(headings, rows, room);
    }
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

/// Makes the widest columns narrower until all have room; the first stays as it is. False if one would become narrower than [`LEAST`].
fn cut_widest(widths: &mut [usize], room: usize) -> bool {
    while total(widths) > room {
        let Some(widest) = widths.iter_mut().skip(1).max().filter(|widest| **widest > LEAST) else {
            return false;
        };
        *widest -= 1;
    }
    true
}

/// The beginning of a cell that is too wide, with `…`. A coloured cell is short, and stays as it is.
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

/// Cells beside each other, in lines of at most `columns`; a cell that is wider has lines of its own.
fn packed<'a>(cells: impl Iterator<Item = &'a String>, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for cell in cells {
        match lines.last_mut() {
            Some(line) if width(line) + GAP.len() + width(cell) <= columns => {
                line.push_str(GAP);
                line.push_str(cell);
            }
            Some(_) | None => lines.extend(wrapped(cell, columns)),
        }
    }
    lines
}

/// Each row as its first cell, and the others below it.
fn stacked(headings: &[&str], rows: &[Vec<String>], room: usize) -> String {
    let stack = |cells: &[String]| {
        let Some((first, others)) = cells.split_first() else { return String::new() };
        let others = others.iter().filter(|cell| !cell.is_empty());
        let below = packed(others, room.saturating_sub(INDENT));
        let below = below.iter().map(|line| format!("{:INDENT$}{line}\n", "")).collect::<String>();
        if first.is_empty() { below } else { format!("{first}\n{below}") }
    };
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let headings = stack(&headings);
    let headings = headings.lines().map(|line| screen::heading(line) + "\n").collect::<String>();
    rows.iter().fold(headings, |text, row| text + &stack(row))
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
    fn rows_that_would_be_cut_to_nothing_stand_whole_below_their_first_cell() {
        let headings = ["連携", "業務", "相手", "頻度", "どう"];
        let cells = [
            "kotei-collection-out-daily-diff",
            "固定資産税システム",
            "収納管理システム",
            "随時（月次）",
            "到達保障あり",
        ];
        let text = fitted(&headings, &[row(&cells)], Some(60));
        assert!(text.lines().all(|line| width(line) <= 60), "{text}");
        for cell in cells {
            assert!(text.contains(cell), "{cell} in {text}");
        }
    }
}
