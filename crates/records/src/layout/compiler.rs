//! What every check of a layout file needs: the text of the file, and the list of problems found so far.
//!
//! Owns: the list of problems while a file is compiled, and the form in which a problem is added to it.
//! Promises: a problem that is told at a name of the file has that name's line.
//! On failure: nothing here fails.
//! Never: checks anything itself; the files that extend [`Compiler`] do, each for its own part of the file.

use toml::Spanned;

use super::definition::{self, ItemDefinition, LayoutProblem, RecordDefinition};

/// One record of the file, with its expanded items.
pub(super) type WrittenRecord = (RecordDefinition, Vec<ItemDefinition>);

/// A layout file being checked.
pub(super) struct Compiler<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// What is wrong so far.
    pub(super) problems: &'a mut Vec<LayoutProblem>,
}

impl Compiler<'_> {
    /// Adds a problem of one item, at the line of its name.
    pub(super) fn refuse(&mut self, record: &RecordDefinition, item: &ItemDefinition, message: String) {
        let line = self.line(&item.name);
        let label = format!("{} {}", item.no, item.name.get_ref());
        self.add(Some(line), Some(record.name.get_ref()), Some(label), message);
    }

    /// The line on which a name stands, counted from 1.
    pub(super) fn line(&self, name: &Spanned<String>) -> usize {
        definition::line_of(self.text, name.span().start)
    }

    /// Adds a problem.
    pub(super) fn add(
        &mut self,
        line: Option<usize>,
        record: Option<&String>,
        item: Option<String>,
        message: String,
    ) {
        let record = record.cloned();
        self.problems.push(LayoutProblem { line, record, item, message });
    }
}
