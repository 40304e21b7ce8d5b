//! Outcomes of rows, told as one table or as JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use super::measure::Runs;

const MIB: f64 = 1024.0 * 1024.0;

/// What a row measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Seconds,
    Milliseconds,
    /// Deliveries a second: more is better.
    PerSecond,
    Mib,
    /// On the disk, for each delivery.
    Kib,
    /// Of one processor.
    Percent,
}

/// What a row has to reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// So many times the best peer's at most.
    Ratio(f64),
    /// In the unit of the row.
    AtMost(f64),
    AtLeast(f64),
}

/// One thing that was measured: we, who stands beside us, and what was to be reached.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub row: String,
    /// In words.
    pub what: String,
    pub unit: Unit,
    pub ours: Runs,
    pub beside: Vec<Runs>,
    pub goal: Goal,
    /// What else was seen.
    pub notes: Vec<String>,
}

/// Where and when it was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Circumstances {
    pub date: String,
    pub commit: String,
    pub machine: String,
    pub program: String,
    pub quick: bool,
    pub load_before: String,
    pub load_after: String,
}

impl Outcome {
    /// The first of the runs is ours.
    pub fn of(row: &str, what: impl Into<String>, unit: Unit, goal: Goal, runs: Vec<Runs>) -> Outcome {
        let mut runs = runs.into_iter();
        let ours = runs.next().expect("we are measured");
        Outcome {
            row: row.to_owned(),
            what: what.into(),
            unit,
            ours,
            beside: runs.collect(),
            goal,
            notes: Vec::new(),
        }
    }

    pub fn noting(mut self, note: impl Into<String>) -> Outcome {
        self.notes.push(note.into());
        self
    }

    /// Ours to the best of those beside us.
    pub fn ratio(&self) -> Option<f64> {
        let theirs = self.beside.iter().filter(|runs| !runs.aside).filter_map(Runs::median);
        let best = if self.unit == Unit::PerSecond {
            theirs.max_by(f64::total_cmp)
        } else {
            theirs.min_by(f64::total_cmp)
        };
        Some(self.ours.median()? / best?)
    }

    /// Whether the goal was reached; nobody knows where a run, or every peer, is missing.
    pub fn met(&self) -> Option<bool> {
        match self.goal {
            Goal::Ratio(most) => Some(self.ratio()? <= most),
            Goal::AtMost(most) => Some(self.ours.median()? <= most),
            Goal::AtLeast(least) => Some(self.ours.median()? >= least),
        }
    }
}

/// The table, in Markdown, with the notes below it.
pub fn text(circumstances: &Circumstances, outcomes: &[Outcome]) -> String {
    let Circumstances { date, commit, machine, program, quick, load_before, load_after } = circumstances;
    let extent = if *quick {
        "QUICK: smaller counts and fewer rounds than the goals are about."
    } else {
        "A full run."
    };
    let mut text = format!(
        "{extent} {date}, commit {commit}, {machine}; program {program}; load {load_before} before, {load_after} after.\n\n"
    );
    let head = ["row", "command", "median", "min–max", "ratio", "CPU s", "peak MiB", "goal", "met"];
    let mut lines = vec![head.map(str::to_owned)];
    for outcome in outcomes {
        lines.push(line_of(outcome, &outcome.ours, true));
        lines.extend(outcome.beside.iter().map(|runs| line_of(outcome, runs, false)));
    }
    text += &aligned(&lines);
    text += "\nIn brackets: seen beside, and not what the goal is about.\n\n";
    for outcome in outcomes {
        let _ = writeln!(text, "- {}: {}.", outcome.row, outcome.what);
        for note in &outcome.notes {
            let _ = writeln!(text, "  {note}.");
        }
    }
    text
}

pub fn json(circumstances: &Circumstances, outcomes: &[Outcome]) -> Value {
    let outcomes: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let mut value = json!(outcome);
            value["ratio"] = json!(outcome.ratio());
            value["met"] = json!(outcome.met());
            value
        })
        .collect();
    json!({ "circumstances": circumstances, "outcomes": outcomes })
}

fn line_of(outcome: &Outcome, runs: &Runs, is_ours: bool) -> [String; 9] {
    let unit = outcome.unit;
    let command = if runs.aside { format!("({})", runs.command) } else { runs.command.clone() };
    let of_ours = |text: String| if is_ours { text } else { String::new() };
    let nothing = "–".to_owned();
    let or_nothing = |text: Option<String>| text.unwrap_or(nothing.clone());
    let met = outcome.met().map_or("unknown", |met| if met { "yes" } else { "**no**" });
    let peak = runs.peak_bytes().filter(|bytes| *bytes > 0);
    let range = runs.least_and_most().map(|(least, most)| range(unit, least, most));
    [
        of_ours(outcome.row.clone()),
        code(&command),
        or_nothing(
            runs.missing
                .as_ref()
                .map(|_| "missing".to_owned())
                .or(runs.median().map(|value| amount(unit, value))),
        ),
        or_nothing(runs.missing.clone().or(range)),
        of_ours(or_nothing(outcome.ratio().map(|ratio| format!("{ratio:.2}")))),
        or_nothing(
            runs.cpu_seconds().filter(|seconds| *seconds > 0.0).map(|seconds| format!("{seconds:.2}")),
        ),
        or_nothing(peak.map(|bytes| format!("{:.0}", bytes as f64 / MIB))),
        of_ours(wanted(unit, outcome.goal)),
        of_ours(met.to_owned()),
    ]
}

/// A bar would end the cell.
fn code(command: &str) -> String {
    command.replace('|', "\\|")
}

fn wanted(unit: Unit, goal: Goal) -> String {
    match goal {
        Goal::Ratio(most) => format!("≤ {most} ×"),
        Goal::AtMost(most) => format!("≤ {}", amount(unit, most)),
        Goal::AtLeast(least) => format!("≥ {}", amount(unit, least)),
    }
}

fn amount(unit: Unit, value: f64) -> String {
    let (figures, word) = figures(unit, value);
    format!("{figures} {word}")
}

/// From the least to the most, with the unit once where both have the same.
fn range(unit: Unit, least: f64, most: f64) -> String {
    let ((from, its_word), (to, word)) = (figures(unit, least), figures(unit, most));
    if its_word == word {
        format!("{from}–{to} {word}")
    } else {
        format!("{from} {its_word}–{to} {word}")
    }
}

fn figures(unit: Unit, value: f64) -> (String, &'static str) {
    let (value, word) = match unit {
        Unit::Seconds if value < 0.1 => (value * 1000.0, "ms"),
        Unit::Seconds => (value, "s"),
        Unit::Milliseconds => (value, "ms"),
        Unit::PerSecond => (value, "/s"),
        Unit::Mib => (value, "MiB"),
        Unit::Kib => (value, "KiB"),
        Unit::Percent => (value, "%"),
    };
    let figures = match value {
        0.0..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    (figures, word)
}

/// Columns as wide as their longest cell.
fn aligned(lines: &[[String; 9]]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..9).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if number == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _ = writeln!(text, "| {} |", rules.join(" | "));
        }
    }
    text
}
