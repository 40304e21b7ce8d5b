//! What every check of a layout file needs: the text of the file, and the list of problems found so far.
//!
//! Owns: the list of problems while a file is compiled, and the form in which a problem, or a rule, is added to it.
//! Promises: a problem that is told at a name of the file has that name's line.
//! On failure: nothing here fails.
//! Never: checks anything itself; the files that extend [`Compiler`] do, each for its own part of the file.

use toml::Spanned;
use totatsu_base::messages;

use super::definition::{self, ItemDefinition, LayoutProblem, RecordDefinition};

/// One record of the file, with its expanded items.
pub(super) type WrittenRecord = (RecordDefinition, Vec<ItemDefinition>);

/// Whether a rule is broken, and the message that says so.
pub(super) type Rule = (bool, &'static str);

/// A layout file being checked.
pub(super) struct Compiler<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// What is wrong so far.
    pub(super) problems: &'a mut Vec<LayoutProblem>,
    /// Some record, group or item could not be read: sums over widths mean nothing.
    pub(super) incomplete: bool,
}

impl Compiler<'_> {
    /// Adds a problem of one item, at the line of its name.
    pub(super) fn refuse(&mut self, record: &RecordDefinition, item: &ItemDefinition, message: String) {
        let line = self.line(&item.name);
        let label = format!("{} {}", item.no, item.name.get_ref());
        self.add(Some(line), Some(record.name.get_ref()), Some(label), message);
    }

    /// Adds a problem of the file as a whole.
    pub(super) fn refuse_file(&mut self, message: String) {
        self.add(None, None, None, message);
    }

    /// Adds a problem of what stands at a place of the file.
    pub(super) fn refuse_at<T>(&mut self, place: &Spanned<T>, message: String) {
        self.add(Some(self.line(place)), None, None, message);
    }

    /// Adds a problem of the file as a whole for each rule that is broken.
    pub(super) fn rules_of_file(&mut self, rules: &[Rule]) {
        for (_, message) in rules.iter().filter(|(is_broken, _)| *is_broken) {
            self.refuse_file(messages::text(message, &[]));
        }
    }

    /// The line on which something stands, counted from 1.
    pub(super) fn line<T>(&self, place: &Spanned<T>) -> usize {
        definition::line_of(self.text, place.span().start)
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

/// The message of the first rule that is broken.
pub(super) fn check_rules(rules: &[Rule]) -> Result<(), String> {
    let broken = rules.iter().find(|(is_broken, _)| *is_broken);
    broken.map_or(Ok(()), |(_, message)| Err(messages::text(message, &[])))
}
