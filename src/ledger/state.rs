//! Where a delivery stands: a pure function of its events.
//!
//! Owns which event may follow which. An event that contradicts the state is refused before it is written, so the
//! journal never says what can't have happened.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::accept::Accepted;
use crate::archive::Archived;
use crate::clock::Moment;
use crate::convert::Converted;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
use crate::journey::Step;
use crate::ledger::event::{Entry, Event};
use crate::publish::Published;
use crate::transfer::{Target, Transferred};
use crate::verify::Verified;

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
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
    /// The receipt is written.
    Receipted,
    /// Done; kept in the archive.
    Archived,
    /// Done once it is in the archive; the source broke the layout.
    Rejected,
    /// Done once it is in the archive; a person gave it up.
    Cancelled,
}

/// Every word that a delivery's state can be, see [`Delivery::state`].
pub const STATES: [&str; 12] = [
    Stage::Accepted.word(),
    Stage::Converted.word(),
    Stage::Transferring.word(),
    Stage::Transferred.word(),
    Stage::Verified.word(),
    Stage::Published.word(),
    Stage::Receipted.word(),
    Stage::Archived.word(),
    WAITING,
    HELD,
    Stage::Rejected.word(),
    Stage::Cancelled.word(),
];
const WAITING: &str = "waiting";
const HELD: &str = "held";

/// What hinders a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Nothing.
    Going,
    /// A failed step is tried again.
    Waiting {
        /// The step.
        step: Step,
        /// How often it failed in a row.
        attempt: u32,
        /// When it is tried again.
        until: Moment,
        /// Why, and what to do.
        reason: String,
    },
    /// A person has to decide.
    Held {
        /// The step that can't go on.
        step: Step,
        /// Why, and what to do.
        reason: String,
    },
}

/// Failures since the delivery last came further than ever before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The first of them.
    pub since: Moment,
    /// How many.
    pub times: u32,
}

/// The receipt of a delivery, by its place in the chain of receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLink {
    /// Number in the chain, from 1.
    pub number: u64,
    /// SHA-256 of its file.
    pub sha256: Sha256,
}

/// Something a person did to a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// What: `released`, `resent` or `cancelled`.
    pub act: String,
    /// When.
    pub at: Moment,
    /// Who, as the command was told or found out.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Everything the ledger knows of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Its link.
    pub link: String,
    /// Its partner.
    pub partner: String,
    /// How far it has come.
    pub stage: Stage,
    /// What hinders it.
    #[serde(flatten)]
    pub standing: Standing,
    /// When the last event was recorded.
    pub updated: Moment,
    /// The failures in a row, if the last try failed.
    pub failing: Option<Failing>,
    /// When each stage was reached, in order; a stage reached again stands again.
    pub milestones: Vec<(Stage, Moment)>,
    /// When the source was taken over.
    pub accepted_at: Moment,
    /// The source.
    pub accepted: Accepted,
    /// The delivery whose bytes these are, if they were sent before.
    pub resend_of: Option<DeliveryId>,
    /// What people did.
    pub by_hand: Vec<ByHand>,
    /// Times a transfer was begun.
    pub transfers: u32,
    /// Problems counted, if rejected.
    pub problems: Option<u64>,
    /// The bytes to send.
    pub converted: Option<Converted>,
    /// Where they go.
    pub target: Option<Target>,
    /// That they were sent.
    pub transferred: Option<Transferred>,
    /// That they are there.
    pub verified: Option<Verified>,
    /// That they bear the final name.
    pub published: Option<Published>,
    /// The receipt.
    pub receipt: Option<ReceiptLink>,
    /// Where everything is kept.
    pub archived: Option<Archived>,
    /// When its folder was removed from the archive.
    pub removed: Option<Moment>,
}

/// An event that can't follow the state a delivery is in: a fault of this program, or of a hand-made journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {event:?} can't follow state {state:?} of delivery {delivery}")]
pub struct Contradiction {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its state, `none` if it is unknown.
    pub state: &'static str,
    /// The event.
    pub event: &'static str,
}

impl Stage {
    /// The stage's word.
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Accepted => "accepted",
            Stage::Converted => "converted",
            Stage::Transferring => "transferring",
            Stage::Transferred => "transferred",
            Stage::Verified => "verified",
            Stage::Published => "published",
            Stage::Receipted => "receipted",
            Stage::Archived => "archived",
            Stage::Rejected => "rejected",
            Stage::Cancelled => "cancelled",
        }
    }

    /// Nothing more happens at the partner.
    pub fn is_final(self) -> bool {
        matches!(self, Stage::Archived | Stage::Rejected | Stage::Cancelled)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Delivery {
    /// One word for where it stands: `waiting` or `held` if something hinders it, else its stage.
    pub fn state(&self) -> &'static str {
        match self.standing {
            Standing::Going => self.stage.word(),
            Standing::Waiting { .. } => WAITING,
            Standing::Held { .. } => HELD,
        }
    }

    /// Nothing is left to do.
    pub fn is_finished(&self) -> bool {
        self.stage.is_final() && self.archived.is_some()
    }

    /// When a stage was last reached.
    pub fn reached(&self, stage: Stage) -> Option<Moment> {
        self.milestones.iter().rev().find(|(reached, _)| *reached == stage).map(|(_, at)| *at)
    }

    /// The delivery after `entry`.
    ///
    /// # Errors
    /// The event can't follow the state.
    pub fn after(self, entry: &Entry) -> Result<Delivery, Contradiction> {
        let contradiction =
            Contradiction { delivery: self.id.clone(), state: self.stage.word(), event: entry.event.word() };
        let after = self.step_forward(entry).ok_or(contradiction)?;
        Ok(Delivery { updated: entry.at, ..after })
    }

    /// The delivery that begins with `entry`; `original` is the one whose bytes it sends again, if it does.
    ///
    /// # Errors
    /// The event begins no delivery, or the original has no bytes to send.
    pub fn begin(entry: &Entry, original: Option<Delivery>) -> Result<Delivery, Contradiction> {
        let contradiction =
            Contradiction { delivery: entry.delivery.clone(), state: "none", event: entry.event.word() };
        match (&entry.event, original) {
            (Event::Accepted { link, partner, accepted }, None) => Ok(Delivery {
                id: entry.delivery.clone(),
                link: link.clone(),
                partner: partner.clone(),
                stage: Stage::Accepted,
                standing: Standing::Going,
                updated: entry.at,
                failing: None,
                milestones: vec![(Stage::Accepted, entry.at)],
                accepted_at: entry.at,
                accepted: accepted.clone(),
                resend_of: None,
                by_hand: Vec::new(),
                transfers: 0,
                problems: None,
                converted: None,
                target: None,
                transferred: None,
                verified: None,
                published: None,
                receipt: None,
                archived: None,
                removed: None,
            }),
            (Event::Resent { of, by, reason }, Some(original)) if original.converted.is_some() => {
                Ok(Delivery {
                    id: entry.delivery.clone(),
                    stage: Stage::Converted,
                    standing: Standing::Going,
                    failing: None,
                    updated: entry.at,
                    milestones: vec![(Stage::Converted, entry.at)],
                    resend_of: Some(of.clone()),
                    by_hand: vec![ByHand::new("resent", entry.at, by, reason)],
                    transfers: 0,
                    target: None,
                    transferred: None,
                    verified: None,
                    published: None,
                    receipt: None,
                    archived: None,
                    removed: None,
                    ..original
                })
            }
            _ => Err(contradiction),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every pair of stage and event that isn't listed contradicts"
    )]
    fn step_forward(mut self, entry: &Entry) -> Option<Delivery> {
        let stage = self.stage;
        let reached = match &entry.event {
            Event::Rejected { problems } if stage == Stage::Accepted => {
                self.problems = Some(*problems);
                Stage::Rejected
            }
            Event::Converted { converted } if stage == Stage::Accepted => {
                self.converted = Some(converted.clone());
                Stage::Converted
            }
            Event::TransferStarted { target } if stage == Stage::Converted => {
                self.target = Some(target.clone());
                self.transfers += 1;
                Stage::Transferring
            }
            Event::Transferred { transferred } if stage == Stage::Transferring => {
                self.transferred = Some(transferred.clone());
                Stage::Transferred
            }
            Event::Verified { verified } if stage == Stage::Transferred => {
                self.verified = Some(verified.clone());
                Stage::Verified
            }
            Event::Published { published } if stage == Stage::Verified => {
                self.published = Some(published.clone());
                Stage::Published
            }
            Event::Receipted { number, sha256, .. } if stage == Stage::Published => {
                self.receipt = Some(ReceiptLink { number: *number, sha256: *sha256 });
                Stage::Receipted
            }
            Event::Archived { archived }
                if stage == Stage::Receipted || (stage.is_final() && !self.is_finished()) =>
            {
                self.archived = Some(archived.clone());
                if stage == Stage::Receipted { Stage::Archived } else { stage }
            }
            Event::Cancelled { by, reason } if !stage.is_final() && self.standing != Standing::Going => {
                self.by_hand.push(ByHand::new("cancelled", entry.at, by, reason));
                Stage::Cancelled
            }
            Event::Removed { .. } if self.is_finished() && self.removed.is_none() => {
                self.removed = Some(entry.at);
                stage
            }
            Event::Waiting { .. } | Event::Held { .. } | Event::Released { .. } if !self.is_finished() => {
                return self.hindered(entry);
            }
            _ => return None,
        };
        // A stage reached for the second time ends no row of failures: a partner that loses what it acknowledged would
        // otherwise be tried for ever at the shortest interval.
        if self.milestones.iter().all(|(earlier, _)| *earlier < reached) {
            self.failing = None;
        }
        if reached != stage {
            self.milestones.push((reached, entry.at));
        }
        self.stage = reached;
        self.standing = Standing::Going;
        Some(self)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only three events hinder or release")]
    fn hindered(mut self, entry: &Entry) -> Option<Delivery> {
        match &entry.event {
            Event::Waiting { step, attempt, until, reason, back_to } => {
                self.failing = Some(Failing {
                    since: self.failing.map_or(entry.at, |failing| failing.since),
                    times: *attempt,
                });
                let (step, attempt, until, reason) = (*step, *attempt, *until, reason.clone());
                self.standing = Standing::Waiting { step, attempt, until, reason };
                if let Some(earlier) = back_to.filter(|earlier| *earlier < self.stage) {
                    self.stage = earlier;
                    self.milestones.push((earlier, entry.at));
                }
            }
            Event::Held { step, reason } => {
                self.standing = Standing::Held { step: *step, reason: reason.clone() };
            }
            Event::Released { by, reason } if self.standing != Standing::Going => {
                self.standing = Standing::Going;
                self.failing = None;
                // Nothing bears a final name yet: the target is taken anew from what the link says by now.
                if self.stage == Stage::Transferring {
                    self.stage = Stage::Converted;
                    self.milestones.push((Stage::Converted, entry.at));
                }
                self.by_hand.push(ByHand::new("released", entry.at, by, reason));
            }
            _ => return None,
        }
        Some(self)
    }
}

impl ByHand {
    fn new(act: &str, at: Moment, by: &str, reason: &str) -> ByHand {
        ByHand { act: act.to_owned(), at, by: by.to_owned(), reason: reason.to_owned() }
    }
}
