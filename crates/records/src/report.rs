//! The report of problems: every problem of a source, or of a partner's file, in one pass, for the people who can correct it.
//!
//! Owns: the report file, and the same for programs beside it. They may quote single characters and short codes of the source, so
//! only their owner can read them.
//! Promises: all problems are counted, by item and by kind; the first 10,000 are listed in the order they were met, and no more
//! than those are kept in memory. Words are made only for what is listed.
//! On failure: the first error of the disk is kept and told at the end.
//! Never: quotes a whole value, except codes of a few characters.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use totatsu_base::{durable, messages, say};

use crate::file_fault::FileFault;
use crate::files::{self, FileError, create_private, sync_dir_of};
use crate::layout::item::Fault;
use crate::layout::padded;

/// Problems beyond this number are counted, not listed.
const MAX_LISTED: u64 = 10_000;

/// The message that stands for the item in a problem of the whole file.
const WHOLE_FILE: &str = "record-item-file";
/// The message that stands for the item in a problem of a whole row.
pub(crate) const WHOLE_ROW: &str = "record-item-row";
/// The message that stands for the item in a problem of the heading.
pub(crate) const WHOLE_HEADING: &str = "record-item-heading";
/// The message that stands for the item in a problem of a record of no kind.
pub(crate) const WHOLE_RECORD: &str = "record-item-record";

/// One problem, and where it is.
#[derive(Debug)]
pub(crate) struct RowProblem<'a> {
    /// The line of the source on which the row begins, or the number of the record in a partner's file; none for the whole.
    pub(crate) line: Option<u64>,
    /// The column of the source, counted from 1; the byte of a partner's file, counted from 0.
    pub(crate) column: Option<u64>,
    /// The item of the layout, or one of the messages that stand for it.
    pub(crate) item: &'a str,
    /// What is wrong.
    pub(crate) fault: &'a dyn Fault,
}

/// How the ids of kinds begin.
const KIND: &str = "record-kind-";

/// What lines and columns of a report mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportHeading {
    /// Lines and columns of a source.
    Source,
    /// Data records of a source that has a layout of its own.
    Rows,
    /// Records and bytes of a partner's file, which was refused.
    Received,
    /// Records and bytes of a partner's file, whose bad data records may have been left out.
    Sifted,
}

/// A report as programs read it. Sentences are in the language of whoever converted or decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemList {
    /// All problems, listed or not.
    pub problems: u64,
    /// Rows, or records, that were read.
    pub rows: u64,
    /// What lines and columns mean.
    pub of: ReportHeading,
    /// What the layout calls the first byte of a file: 0 or 1.
    pub first_byte: u64,
    /// How many there are of each kind with each item, the most frequent first.
    pub kinds: Vec<CountedProblems>,
    /// The first of them, in the order in which they were met.
    pub list: Vec<ListedProblem>,
    /// What became of the file.
    pub outcome: Option<String>,
}

/// Problems of one kind with one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedProblems {
    /// How many.
    pub count: u64,
    /// Where the first of these problems is: the line of a source or the number of a record, from 1; none for the whole.
    pub first: Option<u64>,
    /// The item, or in brackets what isn't about one.
    pub item: String,
    /// The kind, in a word that stays.
    pub kind: String,
    /// The kind, as people read it.
    pub told: String,
}

/// One problem of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedProblem {
    /// The line of a source on which the row begins, or the number of a record, from 1; none for the whole.
    pub line: Option<u64>,
    /// The column of a source, from 1; the byte of a partner's file, from [`ProblemList::first_byte`].
    pub column: Option<u64>,
    /// The item, or in brackets what isn't about one.
    pub item: String,
    /// The character that is wrong, by its code point and as it looks; nothing where it is none.
    pub character: String,
    /// The kind, in a word that stays.
    pub kind: String,
    /// What is wrong.
    pub wrong: String,
    /// What would be accepted.
    pub accepted: String,
}

/// The problems met so far.
pub(crate) struct ProblemReport {
    path: PathBuf,
    heading: ReportHeading,
    /// What the layout calls the first byte of a file: 0 or 1.
    first_byte: u64,
    listed: Vec<ListedProblem>,
    /// The problems of each kind, by the message for the kind, and by item.
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
    /// Where the first of these problems is.
    line: Option<u64>,
    /// How many problems came before it.
    before: u64,
}

impl RowProblem<'_> {
    /// A problem of the file as a whole.
    pub(crate) fn of_file(fault: &FileFault) -> RowProblem<'_> {
        RowProblem { line: None, column: None, item: WHOLE_FILE, fault }
    }
}

impl ProblemReport {
    /// A report without problems; a file is written only where one was met. `first_byte` is what the layout calls the first byte of a file.
    pub(crate) fn new(path: &Path, heading: ReportHeading, first_byte: u64) -> ProblemReport {
        ProblemReport {
            path: path.to_owned(),
            heading,
            first_byte,
            listed: Vec::new(),
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
        let list = ProblemList {
            problems: self.count,
            rows,
            of: self.heading,
            first_byte: self.first_byte,
            kinds: self.counts(),
            list: std::mem::take(&mut self.listed),
            outcome: self.outcome.take(),
        };
        // The text comes last: where it stands, the other does.
        write_synced(&for_programs(&self.path), &serde_json::to_vec(&list)?)?;
        write_synced(&self.path, list.text().as_bytes())
    }

    /// How many problems there are of each kind with each item, the most frequent first.
    fn counts(&self) -> Vec<CountedProblems> {
        let all =
            self.kinds.iter().flat_map(|(kind, items)| items.iter().map(move |(item, n)| (*kind, item, *n)));
        let mut all: Vec<(&str, &String, KindCount)> = all.collect();
        all.sort_by_key(|(_, _, counted)| (std::cmp::Reverse(counted.count), counted.before));
        let counted = |(kind, item, counted): (&str, &String, KindCount)| CountedProblems {
            count: counted.count,
            first: counted.line,
            item: shown(item),
            kind: word(kind),
            told: messages::text(kind, &[]),
        };
        all.into_iter().map(counted).collect()
    }

    fn list(&mut self, problem: &RowProblem) {
        let column = match self.heading.has_lines() {
            true => problem.column,
            false => problem.column.map(|byte| byte + self.first_byte),
        };
        self.listed.push(ListedProblem {
            line: problem.line,
            column,
            item: shown(problem.item),
            character: problem.fault.character().map_or(String::new(), named),
            kind: word(problem.fault.kind()),
            wrong: problem.fault.wrong(),
            accepted: problem.fault.accepted(),
        });
    }
}

impl ProblemList {
    /// The list that belongs to a report; none where the report is of an earlier version, which made none.
    ///
    /// # Errors
    /// The list can't be read.
    pub fn beside(report: &Path) -> io::Result<Option<ProblemList>> {
        let file = durable::if_there(File::open(for_programs(report)))?;
        Ok(file.map(|file| serde_json::from_reader(BufReader::new(file))).transpose()?)
    }

    /// What stands above the counts: how many there are, what became of the file, and what the numbers mean.
    pub fn head(&self) -> String {
        let listed = self.list.len();
        let totals = say!("record-report-totals", count = self.problems, listed = listed, rows = self.rows);
        format!("{totals}\n{}\n", self.of.told(self.first_byte))
    }

    /// The headings of the counts.
    pub fn headings_of_kinds(&self) -> [String; 4] {
        let first = match self.of.has_lines() {
            true => say!("record-report-first-line"),
            false => say!("record-report-first-record"),
        };
        [say!("record-report-count"), first, say!("record-report-item"), say!("record-report-kind")]
    }

    /// The headings of the list.
    pub fn headings(&self) -> [String; 5] {
        let (line, column) = self.of.columns();
        let (item, character) = (say!("record-report-item"), say!("record-report-character"));
        [line, column, item, character, say!("record-report-faults")]
    }

    /// The whole report for a person, in lines as long as they are.
    fn text(&self) -> String {
        let row_of_kind = |[count, first, item, kind]: [&str; 4]| {
            let line = format!("{}  {}  {}  {kind}", aligned(count, 9), aligned(first, 10), padded(item, 28));
            line.trim_end().to_owned() + "\n"
        };
        let row = |[line, column, item, character, faults]: [&str; 5]| {
            let (line, column) = (aligned(line, 9), aligned(column, 6));
            format!("{line}  {column}  {}  {}  {faults}\n", padded(item, 28), padded(character, 14))
        };
        let mut text = format!("{}\n", self.head());
        text += &row_of_kind(self.headings_of_kinds().each_ref().map(String::as_str));
        for counted in &self.kinds {
            text += &row_of_kind(counted.cells().each_ref().map(String::as_str));
        }
        text.push('\n');
        text += &row(self.headings().each_ref().map(String::as_str));
        for problem in &self.list {
            text += &row(problem.cells().each_ref().map(String::as_str));
        }
        if let Some(outcome) = &self.outcome {
            text += &format!("\n{outcome}\n");
        }
        text
    }
}

impl CountedProblems {
    /// What stands below [`ProblemList::headings_of_kinds`].
    pub fn cells(&self) -> [String; 4] {
        [self.count.to_string(), number(self.first), self.item.clone(), self.told.clone()]
    }
}

impl ListedProblem {
    /// What stands below [`ProblemList::headings`].
    pub fn cells(&self) -> [String; 5] {
        let fault = say!("record-report-fault", wrong = self.wrong, accepted = self.accepted);
        [number(self.line), number(self.column), self.item.clone(), self.character.clone(), fault]
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

    /// What lines and columns are called.
    fn columns(self) -> (String, String) {
        match self {
            ReportHeading::Source => (say!("record-report-line"), say!("record-report-column")),
            ReportHeading::Rows => (say!("record-report-record"), say!("record-report-column")),
            ReportHeading::Received | ReportHeading::Sifted => {
                (say!("record-report-record"), say!("record-report-byte"))
            }
        }
    }

    /// Whether the columns are those of a source, not bytes.
    fn has_lines(self) -> bool {
        match self {
            ReportHeading::Source | ReportHeading::Rows => true,
            ReportHeading::Received | ReportHeading::Sifted => false,
        }
    }
}

/// Removes a report of an earlier attempt, and what belongs to it.
pub(crate) fn remove(report: &Path) -> Result<(), FileError> {
    files::remove_all([report, &for_programs(report)])
}

/// Where the list for programs stands.
fn for_programs(report: &Path) -> PathBuf {
    report.with_extension("json")
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_private(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A kind, in a word that stays.
fn word(kind: &str) -> String {
    kind.strip_prefix(KIND).unwrap_or(kind).to_owned()
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
    use crate::layout::item::ValueFault;
    use std::os::unix::fs::PermissionsExt;

    fn add(problems: &mut ProblemReport, line: u64, fault: &ValueFault) {
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
        let list = ProblemList::beside(&path).unwrap().unwrap();
        assert_eq!((list.problems, list.list.len() as u64, list.rows), (MAX_LISTED + 2, MAX_LISTED, 99));
        let words: Vec<&str> = list.kinds.iter().map(|counted| counted.kind.as_str()).collect();
        assert_eq!(words[..2], ["not-in-set", "column-missing"]);
        assert_eq!(list.list[1].kind, list.kinds[2].kind);
        let mode = std::fs::metadata(path.with_extension("json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
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
        assert!(!path.exists() && !path.with_extension("json").exists());
    }

    #[test]
    fn an_invisible_character_is_named_by_its_code_point_alone() {
        assert_eq!(named('\u{200b}'), "U+200B");
        assert_eq!(named('\n'), "U+000A");
        assert_eq!(named('\\'), "U+005C \\");
    }
}
