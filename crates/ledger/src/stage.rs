//! How far a delivery or a collection has come, in one word.

#![expect(missing_docs, reason = "strum writes no documentation on the method that it derives")]

use serde::{Deserialize, Serialize};

/// How far a delivery, or a collection, has come: the way in stands first, then the way out, then how both end.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Stage {
    /// Seen at the partner.
    Found,
    /// The partner's bytes are ours.
    Fetched,
    /// The partner's bytes are read, and the rows are ready.
    Decoded,
    /// The rows may bear their name in the inbox.
    Placing,
    /// The rows bear their name in the inbox.
    Placed,
    /// The import command may be running.
    Importing,
    /// The import has ended well, or a person says so.
    Imported,
    /// The source is ours.
    Accepted,
    /// The bytes to send are ready.
    Converted,
    /// Bytes may be at the partner under the temporary name.
    Transferring,
    /// All bytes are at the partner under the temporary name.
    Transferred,
    /// The partner's bytes are proven; the final name may have been given.
    Verified,
    /// The final name stands for the proven bytes.
    Published,
    /// The partner has said that it has the bytes.
    Acknowledged,
    /// A person has said that the bytes arrived by another way.
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
        self.into_str()
    }

    /// How it ends: none of its bytes are sent or handed over any more.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Stage::Archived | Stage::Rejected | Stage::Repeated | Stage::Superseded | Stage::Cancelled
        )
    }

    /// A newer file took its place, or a person gave it up.
    pub fn is_given_up(self) -> bool {
        matches!(self, Stage::Superseded | Stage::Cancelled)
    }

    /// Nothing is left but to clear up, to answer where that is agreed, and the archive.
    pub fn is_ending(self) -> bool {
        self == Stage::Receipted || self.is_final()
    }

    /// The next work at the partner begins something there: the hours are asked first. `Transferring` is among them, since a
    /// delivery whose names are decided may wait long for a session.
    pub fn begins_at_partner(self) -> bool {
        matches!(self, Stage::Found | Stage::Converted | Stage::Transferring)
    }

    /// Not a byte has left for the partner.
    pub fn is_before_sending(self) -> bool {
        matches!(self, Stage::Accepted | Stage::Converted)
    }
}
