//! Collects what is wrong with one file of the configuration while it is read.

use std::time::Duration;

use totatsu_base::messages;
use totatsu_base::say;
use totatsu_base::{Document, Problem, Severity};

/// Collects what is wrong with one file.
pub struct Faults<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Faults<'_> {
    /// Adds an error: what a key says is wrong.
    pub(super) fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.problems.extend(self.document.error(key, message));
    }

    /// Adds a warning: what a key says may be wrong.
    pub(super) fn warn(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(self.document.problem(Severity::Warning, key, message));
    }

    /// Adds an error for a key, if there is a fault.
    pub(super) fn note(&mut self, key: &str, fault: Option<String>) {
        if let Some(message) = fault {
            self.wrong(key, message);
        }
    }

    /// Adds an error where a key is missing; `what` is the id of the message that says what the key is for.
    pub(super) fn require(&mut self, key: &str, is_there: bool, what: &str) {
        self.note(key, (!is_there).then(|| say!("config-missing", what = messages::text(what, &[]))));
    }

    /// Adds an error where a wait is zero.
    pub(super) fn require_wait(&mut self, key: &str, wait: Duration) {
        self.note(key, wait.is_zero().then(|| say!("config-longer-than-nothing")));
    }
}
