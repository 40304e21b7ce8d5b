//! What is remembered of a journal, so that its past needn't be read at each opening.
//!
//! Of each file that was followed by another, its length and its last line; and a mark: a place some way before the end, from
//! which reading begins. Whoever keeps them keeps them together with the position that they belong to.

use serde::{Deserialize, Serialize};

use crate::segments::Segment;
use totatsu_base::Sha256;

/// Bytes of the journal, at least, that are read and checked at each opening, where there are so many.
const READ_AGAIN: u64 = 1024 * 1024;

/// A place between two lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The file's name; empty before the first line of all.
    pub file: String,
    /// Bytes before it in the file.
    pub offset: u64,
    /// Lines before it there.
    pub lines: u64,
    /// The number of the event before it.
    pub seq: u64,
    /// That event's digest.
    pub digest: Sha256,
    /// The format that was stated last.
    pub stated: Option<u32>,
}

/// A file that was followed by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedFile {
    /// The file's name.
    pub file: String,
    /// The file's length in bytes.
    pub length: u64,
    /// How many lines the file has.
    pub lines: u64,
    /// The number of the file's last event.
    pub seq: u64,
    /// That event's digest.
    pub digest: Sha256,
}

/// What is remembered of the journal, so that its past needn't be read.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// Where reading begins.
    pub mark: Mark,
    /// Every closed file, in order.
    pub closed: Vec<ClosedFile>,
}

/// Lets the mark follow the journal's end at a distance.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    mark: Mark,
    /// Takes the mark's place once enough has come after it.
    next: Mark,
    /// Bytes since `next`.
    since: u64,
}

impl Default for Mark {
    fn default() -> Mark {
        Mark { file: String::new(), offset: 0, lines: 0, seq: 0, digest: Sha256::ZERO, stated: None }
    }
}

impl Remembered {
    /// Whether the journal's files, in order, can be those that are remembered: none is missing, shorter or longer.
    /// Of a file that was packed since, its name and the names of its neighbours are known, and unpacking it tells the rest.
    pub(super) fn stands(&self, files: &[Segment]) -> bool {
        let is = |file: &Segment, name: &str| file.plain_name() == name;
        let closed =
            self.closed.len() <= files.len()
                && self.closed.iter().zip(files).all(|(known, file)| {
                    is(file, &known.file) && (file.packed || file.size() == known.length)
                });
        let mut open = files.iter().take(self.closed.len() + 1);
        let Mark { file, offset, .. } = &self.mark;
        closed
            && (file.is_empty() || open.any(|open| is(open, file) && (open.packed || open.size() >= *offset)))
    }
}

impl Marks {
    /// Begins at a mark.
    pub(super) fn from(mark: Mark) -> Marks {
        Marks { next: mark.clone(), mark, since: 0 }
    }

    /// Where reading may begin next time.
    pub(super) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Notes that `bytes` more bytes stand before `here`.
    pub(super) fn pass(&mut self, bytes: u64, here: impl FnOnce() -> Mark) {
        self.since += bytes;
        if self.since >= READ_AGAIN {
            self.mark = std::mem::replace(&mut self.next, here());
            self.since = 0;
        }
    }
}
