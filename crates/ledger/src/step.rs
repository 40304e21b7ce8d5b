//! The steps of a delivery's way, and which of them a stage calls for.

use serde::{Deserialize, Serialize};

use crate::stage::Stage;

/// The steps of a delivery's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// Take the file over.
    Accept,
    /// Make the bytes to send.
    Convert,
    /// Send the bytes under a temporary name.
    Transfer,
    /// Prove that the bytes are at the partner.
    Verify,
    /// Give the bytes their final name.
    Publish,
    /// Wait until the partner says that it has the bytes, where that is agreed.
    Acknowledge,
    /// Bring a partner's file here.
    Fetch,
    /// Read the partner's file.
    Decode,
    /// Give the rows their name in the inbox.
    Place,
    /// Have the rows imported.
    Import,
    /// Tell the partner what became of its file.
    Answer,
    /// Remove or move the partner's file.
    Clear,
    /// Write the receipt.
    Receipt,
    /// Move everything to the archive.
    Archive,
}

/// The step that a delivery in this stage takes next.
pub fn step_after(stage: Stage) -> Step {
    match stage {
        Stage::Found => Step::Fetch,
        Stage::Fetched => Step::Decode,
        Stage::Decoded | Stage::Placing => Step::Place,
        Stage::Placed | Stage::Importing => Step::Import,
        Stage::Accepted => Step::Convert,
        Stage::Converted | Stage::Transferring => Step::Transfer,
        Stage::Transferred => Step::Verify,
        Stage::Verified => Step::Publish,
        Stage::Published | Stage::Acknowledged | Stage::Confirmed | Stage::Imported => Step::Receipt,
        Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Repeated
        | Stage::Superseded
        | Stage::Cancelled => Step::Archive,
    }
}
