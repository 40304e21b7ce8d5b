//! What the journal can say: one event for each thing that happened to a delivery.
//!
//! The words are the steps' own; docs/ledger.md describes each field. Events hold counts, digests, names and answers,
//! never the contents of records.

use serde::{Deserialize, Serialize};

use crate::accept::Accepted;
use crate::archive::Archived;
use crate::clock::Moment;
use crate::convert::Converted;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
use crate::journey::Step;
use crate::ledger::state::Stage;
use crate::publish::Published;
use crate::receipt::Receipt;
use crate::transfer::{Target, Transferred};
use crate::verify::Verified;

/// Something that happened to one delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The source is ours.
    Accepted {
        /// The link whose outbox it lay in.
        link: String,
        /// That link's partner.
        partner: String,
        /// What was taken over.
        accepted: Accepted,
    },
    /// The source breaks the layout; nothing of it is sent.
    Rejected {
        /// How many problems the report lists or counts.
        problems: u64,
    },
    /// The bytes to send lie on our disk.
    Converted {
        /// Counts, totals, digest.
        converted: Converted,
    },
    /// Bytes may be at the partner from now on.
    TransferStarted {
        /// Where.
        target: Target,
    },
    /// All bytes were acknowledged under the temporary name.
    Transferred {
        /// By whom, and what was asked.
        transferred: Transferred,
    },
    /// The partner's bytes equal ours.
    Verified {
        /// To which grade, and what was asked.
        verified: Verified,
    },
    /// The final name stands for our bytes.
    Published {
        /// Where, and what was asked.
        published: Published,
    },
    /// The receipt is written.
    Receipted {
        /// Its number in the chain of receipts.
        number: u64,
        /// SHA-256 of the receipt's file.
        sha256: Sha256,
        /// The receipt, as in its file.
        receipt: Box<Receipt>,
    },
    /// The delivery's folder is in the archive.
    Archived {
        /// Where, and until when.
        archived: Archived,
    },
    /// The archive no longer has to keep the delivery's folder; it is deleted.
    Removed {
        /// Why.
        why: String,
    },
    /// A step failed and is tried again.
    Waiting {
        /// The step.
        step: Step,
        /// How often it has failed in a row.
        attempt: u32,
        /// When it is tried again.
        until: Moment,
        /// Why, and what to do.
        reason: String,
        /// The stage to go on from, where it is an earlier one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_to: Option<Stage>,
    },
    /// A person has to decide.
    Held {
        /// The step that can't go on.
        step: Step,
        /// Why, and what to do.
        reason: String,
    },
    /// A person let a held or waiting delivery go on.
    Released {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person gave a held or waiting delivery up.
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person sends the bytes of an earlier delivery again; this one starts as converted.
    Resent {
        /// The earlier delivery.
        of: DeliveryId,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the journal, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub at: Moment,
    /// SHA-256 of the line before, without its line end; zeros for the first.
    pub prev: Sha256,
    /// The delivery it is about.
    pub delivery: DeliveryId,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Event {
    /// The event's word, as it stands in the journal.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Accepted { .. } => "accepted",
            Event::Rejected { .. } => "rejected",
            Event::Converted { .. } => "converted",
            Event::TransferStarted { .. } => "transfer_started",
            Event::Transferred { .. } => "transferred",
            Event::Verified { .. } => "verified",
            Event::Published { .. } => "published",
            Event::Receipted { .. } => "receipted",
            Event::Archived { .. } => "archived",
            Event::Removed { .. } => "removed",
            Event::Waiting { .. } => "waiting",
            Event::Held { .. } => "held",
            Event::Released { .. } => "released",
            Event::Cancelled { .. } => "cancelled",
            Event::Resent { .. } => "resent",
        }
    }
}
