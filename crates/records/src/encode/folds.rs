//! The fold report: every character that was replaced and every value that was cut, beside the delivery.
//!
//! Owns: `folds.txt`. It holds characters of the source, so only its owner can read it.
//! Promises: every replacement and every cut is in it and counted by its table; there is no report without a fold.
//! On failure: what the disk answers.
//! Never: keeps more than counts in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use totatsu_base::say;

use crate::files::create_private;
use crate::layout::item::Fold;

/// The name of the report beside the bytes to send.
pub const FILE_NAME: &str = "folds.txt";
/// The name under which changes by text rules are counted.
pub const RULES: &str = "rules";

/// The folds made so far.
pub(super) struct FoldReport {
    path: PathBuf,
    out: Option<BufWriter<File>>,
    by_table: BTreeMap<String, u64>,
    changed: u64,
}

impl FoldReport {
    /// A report without folds; the file is created with the first one.
    pub(super) fn new(path: &Path) -> FoldReport {
        FoldReport { path: path.to_owned(), out: None, by_table: BTreeMap::new(), changed: 0 }
    }

    /// Counts characters that text rules changed.
    pub(super) fn changed(&mut self, characters: u64) {
        self.changed += characters;
    }

    /// Lists one fold.
    #[cold]
    pub(super) fn add(&mut self, line: u64, item: &str, fold: &Fold) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => out,
            None => {
                let file = create_private(&self.path)?;
                let mut out = BufWriter::new(file);
                let headings = [
                    say!("record-fold-line"),
                    say!("record-fold-item"),
                    say!("record-fold-from"),
                    say!("record-fold-to"),
                    say!("record-fold-table"),
                ];
                writeln!(out, "{}", headings.join("\t"))?;
                self.out.insert(out)
            }
        };
        let (from, to) = (shown(&fold.from), shown(&fold.to));
        writeln!(out, "{line}\t{item}\t{from}\t{to}\t{}", fold.table)?;
        match self.by_table.get_mut(&*fold.table) {
            Some(count) => *count += 1,
            None => {
                self.by_table.insert(fold.table.to_string(), 1);
            }
        }
        Ok(())
    }

    /// Completes the report and syncs it. Returns all folds by table.
    pub(super) fn finish(mut self) -> io::Result<BTreeMap<String, u64>> {
        if let Some(out) = self.out.take() {
            out.into_inner()?.sync_all()?;
        }
        if self.changed > 0 {
            self.by_table.insert(RULES.to_owned(), self.changed);
        }
        Ok(self.by_table)
    }

    /// Forgets all folds and removes the report.
    pub(super) fn discard(self) -> io::Result<()> {
        if self.out.is_some() { std::fs::remove_file(&self.path) } else { Ok(()) }
    }
}

/// Text on one line of the report: control characters and selectors by their code points.
fn shown(text: &str) -> String {
    text.chars().map(|c| if is_shown(c) { c.to_string() } else { format!("<U+{:04X}>", c as u32) }).collect()
}

fn is_shown(c: char) -> bool {
    !c.is_control() && unicode_width::UnicodeWidthChar::width(c).is_some_and(|width| width > 0)
}
