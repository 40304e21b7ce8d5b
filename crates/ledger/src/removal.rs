//! What is remembered of a delivery beside its way: contents that were removed before their folder, and what people were told of it.

use serde::{Deserialize, Serialize};

use totatsu_base::Moment;

/// The removal of what a delivery carried from its folder in the archive, while the proof of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentsRemoval {
    /// When it was removed.
    pub at: Moment,
    /// The number of the event that says so.
    pub event: u64,
    /// Which rule says so, or why a person wanted it.
    pub reason: String,
    /// Who, if a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// An alert that was raised for a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldAlert {
    /// When the alert was raised.
    pub at: Moment,
    /// The kind of the alert.
    pub kind: String,
    /// What was told.
    pub text: String,
}
