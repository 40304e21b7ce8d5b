//! What the ledger knows of a collection (集信) besides what it knows of every delivery: the evidence of the steps of the way
//! in.
//!
//! Owns which of their events may follow which stage.

use serde::{Deserialize, Serialize};

use crate::event::{Entry, Event};
use crate::stage::Stage;
use totatsu_base::DeliveryId;
use totatsu_base::evidence::{Answered, Cleared, Decoded, Fetched, Found, Imported, Placed, Placing};

/// A collection's own part of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// What was seen at the partner.
    pub found: Found,
    /// The evidence that the partner's bytes are ours.
    pub fetched: Option<Fetched>,
    /// The earlier collection that fetched the same.
    pub repeats: Option<DeliveryId>,
    /// The evidence that those bytes are read.
    pub decoded: Option<Decoded>,
    /// Where the rows may bear their name in the inbox.
    pub placing: Option<Placing>,
    /// The evidence that the rows bear their name.
    pub placed: Option<Placed>,
    /// The number of the event that says that they do: files that follow one another go by it.
    pub placed_event: Option<u64>,
    /// How often the import command was started.
    pub import_runs: u32,
    /// The evidence that the import ended well.
    pub imported: Option<Imported>,
    /// The acknowledgement for the partner.
    pub answered: Option<Answered>,
    /// What became of the partner's file.
    pub cleared: Option<Cleared>,
}

impl Collection {
    /// A collection that begins.
    pub fn of(found: Found) -> Collection {
        Collection {
            found,
            fetched: None,
            repeats: None,
            decoded: None,
            placing: None,
            placed: None,
            placed_event: None,
            import_runs: 0,
            imported: None,
            answered: None,
            cleared: None,
        }
    }

    /// The stage that a step's evidence leads to; nothing if it can't follow `stage`.
    #[expect(clippy::wildcard_enum_match_arm, reason = "evidence that isn't listed contradicts the stage")]
    pub(super) fn after_step(&mut self, stage: Stage, entry: &Entry) -> Option<Stage> {
        let handed_over = matches!(stage, Stage::Placed | Stage::Imported);
        Some(match &entry.event {
            Event::Fetched { fetched } if stage == Stage::Found => {
                self.fetched = Some(fetched.clone());
                Stage::Fetched
            }
            Event::Repeated { of } if stage == Stage::Fetched => {
                self.repeats = Some(of.clone());
                Stage::Repeated
            }
            Event::Decoded { decoded } if stage == Stage::Fetched => {
                self.decoded = Some(decoded.clone());
                Stage::Decoded
            }
            Event::PlacingStarted { placing } if stage == Stage::Decoded => {
                self.placing = Some(placing.clone());
                Stage::Placing
            }
            Event::Placed { placed } if stage == Stage::Placing => {
                self.placed = Some(placed.clone());
                self.placed_event = Some(entry.seq);
                Stage::Placed
            }
            Event::ImportStarted { run } if stage == Stage::Placed => {
                self.import_runs = *run;
                Stage::Importing
            }
            Event::Imported { imported } if stage == Stage::Importing => {
                self.imported = Some(imported.clone());
                Stage::Imported
            }
            Event::Answered { answered } if handed_over || stage == Stage::Rejected => {
                self.answered = Some(answered.clone());
                stage
            }
            Event::Cleared { cleared } if handed_over && self.cleared.is_none() => {
                self.cleared = Some(cleared.clone());
                stage
            }
            _ => return None,
        })
    }
}
