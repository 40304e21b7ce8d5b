//! What is remembered of contents that were removed before their folder.

use serde::{Deserialize, Serialize};

use totatsu_base::Moment;

/// That what a delivery carried was removed from its folder in the archive, while the proof of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentsRemoval {
    /// When.
    pub at: Moment,
    /// The number of the event that says so.
    pub event: u64,
    /// Which rule says so, or why a person wanted it.
    pub reason: String,
    /// Who, if a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The number of the event with which its folder had been archived, and when that was.
    pub archived: (u64, Moment),
}
