//! How much is measured.

/// A full run or a quick one.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub quick: bool,
    /// Rounds of every row, where the one who measures says so.
    pub rounds: Option<usize>,
}

impl Plan {
    pub fn count(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    pub fn rounds(&self, full: usize, quick: usize) -> usize {
        self.rounds.unwrap_or(if self.quick { quick } else { full })
    }
}
