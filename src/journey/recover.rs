//! What is decided at the start: of a folder and what the ledger knows of it, and of what the gateway's end cut off.
//!
//! Owns the table [`decide`]. Most crashes need nothing here: the step in hand is simply done again. Never has the only copy
//! of anything deleted.

use totatsu_base::clock::Moment;
use totatsu_base::say;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Stage, Standing};
use totatsu_ledger::step::Step;

/// What is found on the disk for one delivery id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundOnDisk {
    /// A folder among the deliveries; each file in it has another name elsewhere.
    OnlySecondNames,
    /// A folder among the deliveries that holds the only copy of something.
    OnlyCopy,
    /// No folder among the deliveries, but one in the archive.
    InArchive,
    /// No folder at all.
    Nothing,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The journey goes on.
    GoOn,
    /// The folder is removed: a crash came before the ledger knew it, and what it holds is still where it was.
    Discard,
    /// The folder is moved to `orphans/`, for a person to look at.
    SetAside,
    /// The delivery is held: its bytes are gone.
    Hold,
}

/// The table: the stage that the ledger knows, if any, against what is found.
pub fn decide(known: Option<Stage>, found: FoundOnDisk) -> Decision {
    match (known, found) {
        (None, FoundOnDisk::OnlySecondNames) => Decision::Discard,
        (None, FoundOnDisk::OnlyCopy) => Decision::SetAside,
        (None, FoundOnDisk::InArchive | FoundOnDisk::Nothing) => Decision::GoOn,
        (Some(_), FoundOnDisk::OnlySecondNames | FoundOnDisk::OnlyCopy) => Decision::GoOn,
        // Archiving is all that is left for these, and may have been done.
        (Some(stage), FoundOnDisk::InArchive) if stage.is_ending() => Decision::GoOn,
        (Some(_), FoundOnDisk::InArchive | FoundOnDisk::Nothing) => Decision::Hold,
    }
}

/// What the gateway's end cut off at the partner: a transfer begins anew, and the receipt counts it; a final name may have
/// been given, so the partner is looked at first.
pub fn interrupted(delivery: &Delivery) -> Option<Event> {
    let waiting = |step, reason: String, unknown, back_to| {
        let (attempt, until) = match &delivery.standing {
            Standing::Waiting { attempt, until, .. } => (*attempt, *until),
            Standing::Going | Standing::Queued { .. } | Standing::Held { .. } => {
                (delivery.failing.map_or(1, |failing| failing.times), Moment::now())
            }
        };
        Some(Event::Waiting { step, attempt, until, reason, unknown, back_to })
    };
    // A gate that was closed, or a step that was to be tried again, says nothing of what was going on when the end came. Only
    // one that is held was left alone.
    if matches!(delivery.standing, Standing::Held { .. }) {
        return None;
    }
    if delivery.stage == Stage::Transferring {
        // A delivery that was queued or waiting may have gone on since. Nobody can tell, so the reason doesn't say that it
        // was cut off.
        let reason = match delivery.standing {
            Standing::Queued { .. } | Standing::Waiting { .. } => say!("journey-not-whole-yet"),
            Standing::Going | Standing::Held { .. } => say!("journey-cut-off-transfer"),
        };
        waiting(Step::Transfer, reason, false, Some(Stage::Converted))
    } else if delivery.stage == Stage::Verified && !delivery.outcome_unknown {
        let reason = say!("journey-cut-off-naming");
        waiting(Step::Publish, reason, true, None)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;

    #[test]
    fn over_all_combinations_nothing_that_may_be_the_only_copy_is_discarded_and_no_known_delivery_is_forgotten()
     {
        let ending = [
            Stage::Receipted,
            Stage::Archived,
            Stage::Rejected,
            Stage::Repeated,
            Stage::Superseded,
            Stage::Cancelled,
        ];
        for found in [
            FoundOnDisk::OnlySecondNames,
            FoundOnDisk::OnlyCopy,
            FoundOnDisk::InArchive,
            FoundOnDisk::Nothing,
        ] {
            let lies_here = matches!(found, FoundOnDisk::OnlySecondNames | FoundOnDisk::OnlyCopy);
            for stage in Stage::VARIANTS {
                let in_place = lies_here || found == FoundOnDisk::InArchive && ending.contains(stage);
                let expected = if in_place { Decision::GoOn } else { Decision::Hold };
                assert_eq!(decide(Some(*stage), found), expected, "{stage} {found:?}");
            }
            let unknown = match found {
                FoundOnDisk::OnlySecondNames => Decision::Discard,
                FoundOnDisk::OnlyCopy => Decision::SetAside,
                FoundOnDisk::InArchive | FoundOnDisk::Nothing => Decision::GoOn,
            };
            assert_eq!(decide(None, found), unknown, "{found:?}");
        }
    }
}
