//! How far a delivery or a collection has come, in one word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a delivery, or a collection, has come: the way in stands first, then the way out, then how both end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Seen at the partner.
    Found,
    /// The partner's bytes are ours.
    Fetched,
    /// They are read, and the rows are ready.
    Decoded,
    /// The rows may bear their name in the inbox.
    Placing,
    /// They do.
    Placed,
    /// The import command may be running.
    Importing,
    /// It has ended well, or a person says so.
    Imported,
    /// The source is ours.
    Accepted,
    /// The bytes to send are ready.
    Converted,
    /// Bytes may be at the partner under the temporary name.
    Transferring,
    /// All of them are.
    Transferred,
    /// They are proven; the final name may have been given.
    Verified,
    /// The final name stands for them.
    Published,
    /// The partner has said that it has them.
    Acknowledged,
    /// A person has said that they arrived by another way.
    Confirmed,
    /// The receipt is written.
    Receipted,
    /// Done; kept in the archive.
    Archived,
    /// Done once it is in the archive; the source broke the layout.
    Rejected,
    /// Done once it is in the archive; an earlier collection fetched the same.
    Repeated,
    /// Done once it is in the archive; a newer full file took its place before it was sent.
    Superseded,
    /// Done once it is in the archive; a person gave it up.
    Cancelled,
}

impl Stage {
    /// The stage's word.
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Found => "found",
            Stage::Fetched => "fetched",
            Stage::Decoded => "decoded",
            Stage::Placing => "placing",
            Stage::Placed => "placed",
            Stage::Importing => "importing",
            Stage::Imported => "imported",
            Stage::Accepted => "accepted",
            Stage::Converted => "converted",
            Stage::Transferring => "transferring",
            Stage::Transferred => "transferred",
            Stage::Verified => "verified",
            Stage::Published => "published",
            Stage::Acknowledged => "acknowledged",
            Stage::Confirmed => "confirmed",
            Stage::Receipted => "receipted",
            Stage::Archived => "archived",
            Stage::Rejected => "rejected",
            Stage::Repeated => "repeated",
            Stage::Superseded => "superseded",
            Stage::Cancelled => "cancelled",
        }
    }

    /// Nothing more happens at the partner.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Stage::Archived | Stage::Rejected | Stage::Repeated | Stage::Superseded | Stage::Cancelled
        )
    }

    /// Nothing is left but the archive.
    pub fn is_ending(self) -> bool {
        self == Stage::Receipted || self.is_final()
    }

    /// The next work is the first at the partner.
    pub fn begins_at_partner(self) -> bool {
        matches!(self, Stage::Converted | Stage::Found)
    }

    /// Not a byte has left for the partner.
    pub fn is_before_sending(self) -> bool {
        matches!(self, Stage::Accepted | Stage::Converted)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
