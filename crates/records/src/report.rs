//! The report of problems: every problem of a source, or of a partner's file, in one pass, for the people who can correct it.
//!
//! Owns: the report file. It may quote single characters and short codes of the source, so only its owner can read it.
//! Promises: all problems are counted; the first 10,000 are listed in the order they were met; nothing is kept in memory.
//! On failure: the first error of the disk is kept and told at the end.
//! Never: quotes a whole value, except codes of a few characters.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::files::{FileError, create_private, sync_dir_of};
use crate::layout::padded;

/// Problems beyond this number are counted, not listed.
const MAX_LISTED: u64 = 10_000;

/// One problem, and where it is.
#[derive(Debug)]
pub(crate) struct RowProblem<'a> {
    /// The line of the source on which the row begins, or the number of the record in a partner's file; none for the whole.
    pub(crate) line: Option<u64>,
    /// The column of the source, counted from 1; the byte of a partner's file, counted from 0.
    pub(crate) column: Option<u64>,
    /// The item of the layout.
    pub(crate) item: &'a str,
    /// The character at fault.
    pub(crate) character: Option<char>,
    pub(crate) wrong: &'a str,
    pub(crate) accepted: &'a str,
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
    out: Option<BufWriter<File>>,
    count: u64,
    failed: Option<io::Error>,
}

impl ProblemReport {
    /// No problems yet; the report is created with the first one.
    pub(crate) fn new(path: &Path, heading: ReportHeading) -> ProblemReport {
        ProblemReport { path: path.to_owned(), heading, out: None, count: 0, failed: None }
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
        self.count += 1;
        if self.count <= MAX_LISTED
            && self.failed.is_none()
            && let Err(error) = self.list(problem)
        {
            self.failed = Some(error);
        }
    }

    /// Writes one more line below the list, if there is one: what became of the file.
    pub(crate) fn close(&mut self, outcome: &str) {
        if let (Some(out), None) = (&mut self.out, &self.failed)
            && let Err(error) = writeln!(out, "\n{outcome}")
        {
            self.failed = Some(error);
        }
    }

    /// Completes the report and syncs it. Returns the number of problems; with none of them there is no report.
    pub(crate) fn finish(mut self, rows: u64) -> Result<u64, FileError> {
        self.complete(rows).map_err(FileError::at(&self.path))?;
        if self.count > 0 {
            sync_dir_of(&self.path)?;
            // Durable from here: the report that a refusal, or the quarantine, refers to.
        }
        Ok(self.count)
    }

    /// Forgets all problems and removes the report.
    pub(crate) fn discard(self) -> Result<(), FileError> {
        match self.out {
            Some(_) => std::fs::remove_file(&self.path).map_err(FileError::at(&self.path)),
            None => Ok(()),
        }
    }

    fn complete(&mut self, rows: u64) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if let Some(mut out) = self.out.take() {
            out.seek(SeekFrom::Start(0))?;
            out.write_all(totals(self.count, rows).as_bytes())?;
            out.into_inner()?.sync_all()?;
        }
        Ok(())
    }

    fn list(&mut self, problem: &RowProblem) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => out,
            None => {
                let file = create_private(&self.path)?;
                let mut out = BufWriter::new(file);
                out.write_all(totals(0, 0).as_bytes())?;
                out.write_all(self.heading.text().as_bytes())?;
                self.out.insert(out)
            }
        };
        let number = |n: Option<u64>| n.map_or("-".into(), |n| n.to_string());
        let character = problem.character.map_or(String::new(), named);
        writeln!(
            out,
            "{:>9}  {:>6}  {}  {}  {}; accepted: {}",
            number(problem.line),
            number(problem.column),
            padded(problem.item, 28),
            padded(&character, 14),
            problem.wrong,
            problem.accepted
        )
    }
}

impl ReportHeading {
    fn text(self) -> &'static str {
        match self {
            ReportHeading::Source => {
                "\
Nothing was converted. Lines and columns are those of the source and count from 1; the heading is line 1.

     line  column  item                          character       what is wrong; what would be accepted
"
            }
            ReportHeading::Rows => {
                "\
Nothing was converted. Every record of the source is right by its own layout; what is listed doesn't fit the partner's, whose
items these are. Data records of the source count from 1.

   record  column  item                          character       what is wrong; what would be accepted
"
            }
            ReportHeading::Received => {
                "\
Nothing was decoded. Records of the file count from 1, bytes from 0.

   record    byte  item                          character       what is wrong; what would be accepted
"
            }
            ReportHeading::Sifted => {
                "\
The last line says what became of the file. Records of the file count from 1, bytes from 0.

   record    byte  item                          character       what is wrong; what would be accepted
"
            }
        }
    }
}

/// The first line. Its length does not depend on the numbers, so that it can be written again at the end.
fn totals(count: u64, rows: u64) -> String {
    let listed = count.min(MAX_LISTED);
    format!("problems: {count:>12}   listed: {listed:>6}   rows read: {rows:>12}\n")
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
    use std::os::unix::fs::PermissionsExt;

    fn problem<'a>(line: u64) -> RowProblem<'a> {
        RowProblem {
            line: Some(line),
            column: Some(3),
            item: "15 漢字氏名",
            character: Some('髙'),
            wrong: "lacking",
            accepted: "another",
        }
    }

    #[test]
    fn all_problems_are_counted_and_the_first_ten_thousand_listed_for_the_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let mut problems = ProblemReport::new(&path, ReportHeading::Source);
        for line in 0..MAX_LISTED + 5 {
            problems.add(&problem(line));
        }
        assert_eq!(problems.finish(99).unwrap(), MAX_LISTED + 5);
        let report = std::fs::read_to_string(&path).unwrap();
        assert!(
            report.starts_with("problems:        10005   listed:  10000   rows read:           99\n"),
            "{report:.80}"
        );
        assert_eq!(report.lines().count() as u64, 4 + MAX_LISTED);
        assert!(report.contains("U+9AD9 髙"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn without_a_problem_there_is_no_report() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        assert_eq!(ProblemReport::new(&path, ReportHeading::Source).finish(0).unwrap(), 0);
        assert!(!path.exists());
    }

    #[test]
    fn an_invisible_character_is_named_by_its_code_point_alone() {
        assert_eq!(named('\u{200b}'), "U+200B");
        assert_eq!(named('\n'), "U+000A");
        assert_eq!(named('\\'), "U+005C \\");
    }
}
