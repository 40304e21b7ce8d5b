//! The report of problems: every problem of a source, or of a partner's file, in one pass, for the people who can correct it.
//!
//! Owns: the report file. It may quote single characters and short codes of the source, so only its owner can read it.
//! Promises: all problems are counted, by item and by kind; the first 10,000 are listed in the order they were met, and no more
//! than those are kept in memory. Words are made only for what is listed.
//! On failure: the first error of the disk is kept and told at the end.
//! Never: quotes a whole value, except codes of a few characters.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use totatsu_base::{messages, say};

use crate::file_fault::FileFault;
use crate::files::{FileError, create_private, sync_dir_of};
use crate::layout::item::ValueFault;
use crate::layout::padded;

/// Problems beyond this number are counted, not listed.
const MAX_LISTED: u64 = 10_000;

/// What isn't about an item of the layout: the message for it.
pub(crate) const WHOLE_FILE: &str = "record-item-file";
/// A row.
pub(crate) const WHOLE_ROW: &str = "record-item-row";
/// The heading.
pub(crate) const WHOLE_HEADING: &str = "record-item-heading";
/// A record of no kind.
pub(crate) const WHOLE_RECORD: &str = "record-item-record";

/// One problem, and where it is.
#[derive(Debug)]
pub(crate) struct RowProblem<'a> {
    /// The line of the source on which the row begins, or the number of the record in a partner's file; none for the whole.
    pub(crate) line: Option<u64>,
    /// The column of the source, counted from 1; the byte of a partner's file, counted from 0.
    pub(crate) column: Option<u64>,
    /// The item of the layout, or one of the messages above.
    pub(crate) item: &'a str,
    pub(crate) fault: ProblemFault<'a>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ProblemFault<'a> {
    /// A value.
    Value(&'a ValueFault),
    /// Something else.
    File(&'a FileFault),
}

/// What lines and columns of a report mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportHeading {
    /// Lines and columns of a source.
    Source,
    /// Data records of a source that has a layout of its own.
    Rows,
    /// Records and bytes of a partner's file, which was refused.
    Received,
    /// Records and bytes of a partner's file, whose bad data records may have been left out.
    Sifted,
}

/// The problems met so far.
pub(crate) struct ProblemReport {
    path: PathBuf,
    heading: ReportHeading,
    /// What the first byte of a file is called.
    first_byte: u64,
    /// The lines of the list.
    listed: String,
    /// By the message for the kind, and by item.
    kinds: HashMap<&'static str, BTreeMap<String, KindCount>>,
    count: u64,
    /// What became of the file.
    outcome: Option<String>,
    failed: Option<io::Error>,
}

/// Problems of one kind with one item.
#[derive(Debug, Clone, Copy)]
struct KindCount {
    count: u64,
    /// Where the first of them is.
    line: Option<u64>,
    /// How many problems came before it.
    before: u64,
}

impl RowProblem<'_> {
    /// A problem of the file as a whole.
    pub(crate) fn of_file(fault: &FileFault) -> RowProblem<'_> {
        RowProblem { line: None, column: None, item: WHOLE_FILE, fault: ProblemFault::File(fault) }
    }
}

impl ProblemFault<'_> {
    fn kind(self) -> &'static str {
        match self {
            ProblemFault::Value(fault) => fault.kind(),
            ProblemFault::File(fault) => fault.kind(),
        }
    }

    fn character(self) -> Option<char> {
        match self {
            ProblemFault::Value(fault) => fault.character(),
            ProblemFault::File(_) => None,
        }
    }

    fn wrong(self) -> String {
        match self {
            ProblemFault::Value(fault) => fault.wrong(),
            ProblemFault::File(fault) => fault.wrong(),
        }
    }

    fn accepted(self) -> String {
        match self {
            ProblemFault::Value(fault) => fault.accepted(),
            ProblemFault::File(fault) => fault.accepted(),
        }
    }
}

impl ProblemReport {
    /// No problems yet; there is a report only where one was met. `first_byte` is what the layout calls the first byte of a file.
    pub(crate) fn new(path: &Path, heading: ReportHeading, first_byte: u64) -> ProblemReport {
        ProblemReport {
            path: path.to_owned(),
            heading,
            first_byte,
            listed: String::new(),
            kinds: HashMap::new(),
            count: 0,
            outcome: None,
            failed: None,
        }
    }

    /// Keeps an error of the disk, to be told at the end.
    pub(crate) fn keep(&mut self, outcome: io::Result<()>) {
        if let (Err(error), None) = (outcome, &self.failed) {
            self.failed = Some(error);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn add(&mut self, problem: &RowProblem) {
        let of_kind = self.kinds.entry(problem.fault.kind()).or_default();
        match of_kind.get_mut(problem.item) {
            Some(known) => known.count += 1,
            None => {
                let first = KindCount { count: 1, line: problem.line, before: self.count };
                of_kind.insert(problem.item.to_owned(), first);
            }
        }
        self.count += 1;
        if self.count <= MAX_LISTED {
            self.list(problem);
        }
    }

    /// Writes one more line below the list, if there is one: what became of the file.
    pub(crate) fn close(&mut self, outcome: String) {
        self.outcome = Some(outcome);
    }

    /// Writes the report and syncs it. Returns the number of problems; with none of them there is no report.
    pub(crate) fn finish(mut self, rows: u64) -> Result<u64, FileError> {
        self.write(rows).map_err(FileError::at(&self.path))?;
        if self.count > 0 {
            sync_dir_of(&self.path)?;
            // Durable from here: the report that a refusal, or the quarantine, refers to.
        }
        Ok(self.count)
    }

    fn write(&mut self, rows: u64) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.count == 0 {
            return Ok(());
        }
        let listed = self.count.min(MAX_LISTED);
        let mut text = say!("record-report-totals", count = self.count, listed = listed, rows = rows);
        text.push('\n');
        text.push_str(&self.heading.told(self.first_byte));
        text.push_str("\n\n");
        text.push_str(&self.counts());
        text.push('\n');
        text.push_str(&self.heading.columns());
        text.push('\n');
        text.push_str(&self.listed);
        if let Some(outcome) = &self.outcome {
            text.push_str(&format!("\n{outcome}\n"));
        }
        let mut file = create_private(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// How many problems there are of each kind with each item, the most frequent first.
    fn counts(&self) -> String {
        let first = if self.heading.has_lines() {
            say!("record-report-first-line")
        } else {
            say!("record-report-first-record")
        };
        let mut text = format!(
            "{}  {}  {}  {}\n",
            aligned(&say!("record-report-count"), 9),
            aligned(&first, 10),
            padded(&say!("record-report-item"), 28),
            say!("record-report-kind"),
        );
        let all =
            self.kinds.iter().flat_map(|(kind, items)| items.iter().map(move |(item, n)| (*kind, item, *n)));
        let mut all: Vec<(&str, &String, KindCount)> = all.collect();
        all.sort_by_key(|(_, _, counted)| (std::cmp::Reverse(counted.count), counted.before));
        for (kind, item, counted) in all {
            let line = format!(
                "{:>9}  {:>10}  {}  {}",
                counted.count,
                number(counted.line),
                padded(&shown(item), 28),
                messages::text(kind, &[])
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn list(&mut self, problem: &RowProblem) {
        let column = match self.heading.has_lines() {
            true => problem.column,
            false => problem.column.map(|byte| byte + self.first_byte),
        };
        let character = problem.fault.character().map_or(String::new(), named);
        let (wrong, accepted) = (problem.fault.wrong(), problem.fault.accepted());
        self.listed.push_str(&format!(
            "{:>9}  {:>6}  {}  {}  {}\n",
            number(problem.line),
            number(column),
            padded(&shown(problem.item), 28),
            padded(&character, 14),
            say!("record-report-fault", wrong = wrong, accepted = accepted)
        ));
    }
}

impl ReportHeading {
    /// What became of the file, and what the numbers mean.
    fn told(self, first_byte: u64) -> String {
        match self {
            ReportHeading::Source => say!("record-report-source"),
            ReportHeading::Rows => say!("record-report-rows"),
            ReportHeading::Received => say!("record-report-received", first = first_byte),
            ReportHeading::Sifted => say!("record-report-sifted", first = first_byte),
        }
    }

    /// The headings of the list.
    fn columns(self) -> String {
        let (line, column) = match self {
            ReportHeading::Source => (say!("record-report-line"), say!("record-report-column")),
            ReportHeading::Rows => (say!("record-report-record"), say!("record-report-column")),
            ReportHeading::Received | ReportHeading::Sifted => {
                (say!("record-report-record"), say!("record-report-byte"))
            }
        };
        format!(
            "{}  {}  {}  {}  {}",
            aligned(&line, 9),
            aligned(&column, 6),
            padded(&say!("record-report-item"), 28),
            padded(&say!("record-report-character"), 14),
            say!("record-report-faults")
        )
    }

    /// Its columns are those of a source, not bytes.
    fn has_lines(self) -> bool {
        match self {
            ReportHeading::Source | ReportHeading::Rows => true,
            ReportHeading::Received | ReportHeading::Sifted => false,
        }
    }
}

fn number(n: Option<u64>) -> String {
    n.map_or("-".into(), |n| n.to_string())
}

/// The text on the right of so many columns of a terminal.
fn aligned(text: &str, columns: usize) -> String {
    let used = unicode_width::UnicodeWidthStr::width(text);
    format!("{}{text}", " ".repeat(columns.saturating_sub(used)))
}

/// An item of the layout as it is; what isn't one, in words.
fn shown(item: &str) -> String {
    if [WHOLE_FILE, WHOLE_ROW, WHOLE_HEADING, WHOLE_RECORD].contains(&item) {
        messages::text(item, &[])
    } else {
        item.to_owned()
    }
}

/// The code point, and the character itself where a terminal can show it.
fn named(c: char) -> String {
    let shown: String = c.escape_debug().collect();
    let code_point = format!("U+{:04X}", c as u32);
    if shown.starts_with('\\') && c != '\\' { code_point } else { format!("{code_point} {c}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Encoding;
    use std::os::unix::fs::PermissionsExt;

    fn add(problems: &mut ProblemReport, line: u64, fault: &ValueFault) {
        let fault = ProblemFault::Value(fault);
        problems.add(&RowProblem { line: Some(line), column: Some(3), item: "15 漢字氏名", fault });
    }

    #[test]
    fn all_problems_are_counted_and_the_first_ten_thousand_listed_for_the_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let mut problems = ProblemReport::new(&path, ReportHeading::Source, 0);
        for line in 0..MAX_LISTED + 5 {
            add(&mut problems, line, &ValueFault::NotInSet('髙', Encoding::ShiftJis));
        }
        assert_eq!(problems.finish(99).unwrap(), MAX_LISTED + 5);
        let report = std::fs::read_to_string(&path).unwrap();
        assert!(report.starts_with("problems: 10005   listed: 10000   rows read: 99\n"), "{report:.80}");
        let list = report.split("\n\n").nth(2).unwrap();
        assert_eq!(list.lines().count() as u64, 1 + MAX_LISTED);
        assert!(report.contains("U+9AD9 髙"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn problems_are_counted_by_item_and_kind_before_the_list_the_most_frequent_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let mut problems = ProblemReport::new(&path, ReportHeading::Source, 0);
        problems.add(&RowProblem::of_file(&FileFault::ColumnMissing));
        add(&mut problems, 7, &ValueFault::Empty);
        for line in 8..8 + MAX_LISTED {
            let c = if line % 2 == 0 { '髙' } else { '﨑' };
            add(&mut problems, line, &ValueFault::NotInSet(c, Encoding::ShiftJis));
        }
        problems.finish(99).unwrap();
        let report = std::fs::read_to_string(&path).unwrap();
        let counts: Vec<Vec<&str>> = report
            .split("\n\n")
            .nth(1)
            .unwrap()
            .lines()
            .map(|line| line.split_whitespace().take(3).collect())
            .collect();
        let rest = [["10000", "8", "15"], ["1", "-", "(file)"], ["1", "7", "15"]];
        assert_eq!(counts[0], ["problems", "first", "line"]);
        assert_eq!(counts[1..], rest);
    }

    #[test]
    fn without_a_problem_there_is_no_report() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        assert_eq!(ProblemReport::new(&path, ReportHeading::Source, 0).finish(0).unwrap(), 0);
        assert!(!path.exists());
    }

    #[test]
    fn an_invisible_character_is_named_by_its_code_point_alone() {
        assert_eq!(named('\u{200b}'), "U+200B");
        assert_eq!(named('\n'), "U+000A");
        assert_eq!(named('\\'), "U+005C \\");
    }
}
