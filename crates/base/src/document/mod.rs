//! A configuration file read so that every mistake in it is found in one pass, with its line and key.
//!
//! serde stops at the first mistake. Here the offending key is taken out of the parsed document and reading starts
//! again, until only what is right remains; what the removed keys said is never used.

pub mod amend;
pub mod humane;
mod told;

pub use told::told;

use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::messages::os_error;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The gateway doesn't start.
    Error,
    /// The gateway starts, but somebody should know.
    Warning,
}

/// Something wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where it can be told.
    pub line: Option<usize>,
    /// The key, where it can be told, with the tables it stands in: `sftp.port`.
    pub key: Option<String>,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A parsed file, kept to tell the lines of its keys.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    text: String,
    /// Keys that were there and could not be read.
    told: Vec<String>,
}

impl Problem {
    /// An error of a file as a whole, or of one of its lines.
    pub fn error(file: PathBuf, line: Option<usize>, message: String) -> Problem {
        Problem { severity: Severity::Error, file, line, key: None, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let severity = match self.severity {
            Severity::Error => say!("document-error"),
            Severity::Warning => say!("document-warning"),
        };
        write!(f, ": {severity}: ")?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl Document {
    /// Reads and parses a file. What can be read is returned even if something else in the file is wrong; nothing only
    /// if the file can't be read at all or its syntax is broken.
    pub fn read<T: DeserializeOwned>(path: &Path, problems: &mut Vec<Problem>) -> Option<(T, Document)> {
        let mut complain = |line, key, message| {
            let file = path.to_owned();
            problems.push(Problem { severity: Severity::Error, file, line, key, message });
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                complain(None, None, say!("document-unreadable", error = os_error(&error)));
                return None;
            }
        };
        let (mut table, syntax) = DeTable::parse_recoverable(&text);
        if !syntax.is_empty() {
            for error in syntax {
                complain(error.span().map(|at| line_at(&text, at.start)), None, told::told(error.message()));
            }
            return None;
        }
        let mut told = Vec::new();
        loop {
            let error = match T::deserialize(Deserializer::from(table.clone())) {
                Ok(read) => {
                    return Some((read, Document { path: path.to_owned(), text: text.clone(), told }));
                }
                Err(error) => error,
            };
            let at = error.span().unwrap_or(0..0);
            let removed = remove_at(table.get_mut(), &at);
            complain(Some(line_at(&text, at.start)), removed.clone(), told::told(&one_line(error.message())));
            told.push(removed?);
        }
    }

    /// An error of this file at `key`; nothing if it was told already that this key can't be read, for then it only
    /// looks as if it were missing.
    pub fn error(&self, key: &str, message: impl Into<String>) -> Option<Problem> {
        let known = |told: &String| {
            key.strip_prefix(told.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.'))
        };
        (!self.told.iter().any(known)).then(|| self.problem(Severity::Error, key, message))
    }

    /// A file that is only looked into for the lines of its keys; one that can't be read has none.
    pub fn of(path: &Path) -> Document {
        Document {
            path: path.to_owned(),
            text: std::fs::read_to_string(path).unwrap_or_default(),
            told: Default::default(),
        }
    }

    /// Whether the key stands in the file.
    pub fn names(&self, key: &str) -> bool {
        self.place_of(key).is_some_and(|(_, exact)| exact)
    }

    fn place_of(&self, key: &str) -> Option<(usize, bool)> {
        find(&self.text, DeTable::parse(&self.text).ok()?.get_ref(), key)
    }

    /// A problem of this file, at `key` if it stands there, else at the closest table that does.
    pub fn problem(&self, severity: Severity, key: &str, message: impl Into<String>) -> Problem {
        let line = self.place_of(key).map(|(line, _)| line);
        Problem {
            severity,
            file: self.path.clone(),
            line,
            key: Some(key.to_owned()),
            message: message.into(),
        }
    }
}

/// A path that the configuration names: relative ones start in its directory.
pub fn resolve(directory: &Path, path: &Path) -> PathBuf {
    // What stands before a `..` that is taken back must be no symbolic link, so the directory is made plain first.
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mut resolved = PathBuf::new();
    for part in directory.join(path).components() {
        match part {
            Component::ParentDir => drop(resolved.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => resolved.push(part),
        }
    }
    resolved
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes out the innermost entry that `at` lies in, and says its key. A table's own span ends with its heading, so each
/// is looked into.
fn remove_at(table: &mut DeTable, at: &Range<usize>) -> Option<String> {
    let mut found = None;
    for (key, value) in table.iter_mut() {
        let spans = [key.span(), value.span()];
        if let DeValue::Table(inner) = value.get_mut()
            && let Some(inner) = remove_at(inner, at)
        {
            return Some(format!("{}.{inner}", key.get_ref()));
        }
        if !at.is_empty() && spans.iter().any(|span| span.start <= at.start && at.end <= span.end) {
            found = Some(key.get_ref().clone().into_owned());
        }
    }
    let name = found?;
    table.remove(name.as_str()).map(|_| name)
}

/// The line of a key, or of the closest table around it that is there; and whether it is the key's own.
fn find(text: &str, table: &DeTable, key: &str) -> Option<(usize, bool)> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let (name, value) = table.get_key_value(first)?;
    let here = line_at(text, name.span().start);
    match (rest, value.get_ref()) {
        (Some(rest), DeValue::Table(inner)) => find(text, inner, rest).or(Some((here, false))),
        (rest, _) => Some((here, rest.is_none())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: Option<String>,
        inner: Option<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        port: Option<u16>,
    }

    fn read(text: &str) -> (Option<(Outer, Document)>, Vec<String>) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x.toml");
        std::fs::write(&path, text).unwrap();
        let mut problems = Vec::new();
        let read = Document::read(&path, &mut problems);
        let place = |problem: &Problem| format!("{:?} {:?}", problem.line, problem.key);
        (read, problems.iter().map(place).collect())
    }

    #[test]
    fn all_unknown_keys_and_wrong_values_of_a_file_are_told_in_one_pass() {
        let (outer, mut problems) =
            read("nmae = 1\nname = 2\n[inner]\nport = \"x\"\nprot = 3\n[other]\na = 1\n");
        let outer = outer.unwrap().0;
        assert!(outer.name.is_none() && outer.inner.unwrap().port.is_none());
        let expected = [
            "Some(1) Some(\"nmae\")",
            "Some(2) Some(\"name\")",
            "Some(4) Some(\"inner.port\")",
            "Some(5) Some(\"inner.prot\")",
            "Some(6) Some(\"other\")",
        ];
        problems.sort();
        assert_eq!(problems, expected);
    }

    #[test]
    fn a_syntax_error_is_told_with_its_line() {
        let (outer, problems) = read("name = \"a\"\n[inner\n");
        assert!(outer.is_none());
        assert!(problems[0].starts_with("Some(2)"), "{problems:?}");
    }

    #[test]
    fn a_later_check_finds_the_line_of_its_key() {
        let (outer, _) = read("name = \"a\"\n\n[inner]\nport = 1\n");
        let document = outer.unwrap().1;
        assert_eq!(document.problem(Severity::Error, "inner.port", "x").line, Some(4));
        assert_eq!(document.problem(Severity::Error, "inner.host", "x").line, Some(3));
    }
}
