//! A source with a layout of its own: a file of a standard system's CSV, say, that becomes records for a partner.
//!
//! Owns: which column of such a source goes where in the layout that is written.
//! Promises: every column of the written layout has a value that the link, or a column of its own name, gives.
//! On failure: a sentence for each column that leads nowhere.
//! Never: changes a value; guesses that a column of another name is meant.

use std::collections::BTreeMap;
use std::sync::Arc;
use totatsu_base::say;

use crate::layout::{FileFormat, Layout};

/// The layout by which a source is read, and where its columns go.
#[derive(Debug, Clone)]
pub struct SourceLayout {
    /// The layout of the source.
    pub layout: Arc<Layout>,
    /// The source's column for a column of the layout that is written, where it has another name; an empty one leaves the
    /// value empty.
    pub columns: BTreeMap<String, String>,
    /// The value of a column that the source doesn't have: the same in all rows.
    pub fixed: BTreeMap<String, String>,
}

impl SourceLayout {
    /// What is wrong with the columns, as seen from the layout that is written: a sentence for each.
    pub fn faults(&self, written: &Layout) -> Vec<String> {
        if [self.layout.format(), written.format()].contains(&FileFormat::AsIs) {
            return vec![say!("record-as-is-columns")];
        }
        let (wanted, there) = (written.input_columns(), self.layout.decoded_columns());
        let mut faults = Vec::new();
        for name in self.columns.keys().chain(self.fixed.keys()) {
            if !wanted.contains(&name.as_str()) {
                faults.push(say!("record-takes-no-column", layout = written.id(), name = name));
            }
        }
        for (name, from) in self.columns.iter().filter(|(_, from)| !from.is_empty()) {
            if !there.contains(&from.as_str()) {
                faults.push(say!(
                    "record-has-no-column",
                    name = name,
                    layout = self.layout.id(),
                    from = from
                ));
            }
        }
        for name in self.columns.keys().filter(|name| self.fixed.contains_key(*name)) {
            faults.push(say!("record-column-and-fixed", name = name));
        }
        for name in wanted.iter().filter(|name| !self.tells(name) && !there.contains(name)) {
            faults.push(say!("record-column-unsaid", layout = self.layout.id(), name = name));
        }
        faults
    }

    /// The source's column for a column of the layout that is written; nothing where the value is fixed or empty.
    pub(super) fn column<'c>(&'c self, name: &'c str) -> Option<&'c str> {
        if self.fixed.contains_key(name) {
            return None;
        }
        Some(self.columns.get(name).map_or(name, String::as_str)).filter(|from| !from.is_empty())
    }

    /// The link says where the value comes from.
    fn tells(&self, name: &str) -> bool {
        self.columns.contains_key(name) || self.fixed.contains_key(name)
    }
}
