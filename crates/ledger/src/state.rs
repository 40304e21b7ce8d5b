//! Where a delivery stands: a function of its events alone, but that a hold by hand is worded in the language that is spoken.
//!
//! Owns which event may follow which. An event that contradicts the state is refused before it is written, so the
//! journal never says what can't have happened.

use std::collections::BTreeSet;
use std::fmt;
use totatsu_base::say;

use serde::{Deserialize, Serialize};

use crate::collection::Collection;
use crate::event::{Entry, Event};
use crate::removal::{ContentsRemoval, ToldAlert};
pub use crate::stage::Stage;
pub use crate::standing::{Doubt, Gate, Standing, Waiver};
pub(crate) use crate::state_names::NO_STATE;
pub use crate::state_names::{HANDED_OVER, HELD, QUEUED, STATES, UNKNOWN, WAITING};
use crate::step::{Step, step_after};
use totatsu_base::evidence::{
    Accepted, Acknowledged, ActRequest, Archived, Converted, Peer, Published, Target, Transferred, Verified,
};
pub use totatsu_base::evidence::{ByHand, Confirmation, How, ReceiptLink};
use totatsu_base::{DeliveryId, Moment, Sha256};

/// Failures since the delivery last came further than ever before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When the first of these failures was.
    pub since: Moment,
    /// How many failures.
    pub times: u32,
}

/// Where the bytes of a delivery come from, and all that is known only of that way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An outbox: they go out to a partner.
    Accepted(Accepted),
    /// A partner: they come in.
    Collection(Box<Collection>),
}

/// The bytes that a delivery began with.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The name of the file that they came from.
    pub name: &'a str,
    /// How many bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
}

/// Everything the ledger knows of one delivery, or of one collection: a delivery on its way in.
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
    /// When the last event was recorded, but for alerts and requests for a second name.
    pub updated: Moment,
    /// The final name may have been asked for without an answer: the partner is looked at before anything is done.
    pub outcome_unknown: bool,
    /// The final name may have been asked for before, whatever a person said since: what is found under it may be the outcome of
    /// that request.
    #[serde(default)]
    pub name_asked: bool,
    /// The failures in a row, if the last try failed.
    pub failing: Option<Failing>,
    /// When each stage was reached, in order; a stage reached again stands again.
    pub milestones: Vec<(Stage, Moment)>,
    /// The number of the event that the delivery began with; for a resend, that of the delivery whose bytes it sends again. Ordered
    /// links go by it.
    pub begun: u64,
    /// The number of the last event: what came before and after is told by it, and not by a clock that may be set.
    #[serde(default)]
    pub last_event: u64,
    /// When the source was taken over, or found.
    pub accepted_at: Moment,
    /// The source.
    #[serde(flatten)]
    pub origin: Origin,
    /// The delivery whose bytes these are, if they were sent before.
    pub resend_of: Option<DeliveryId>,
    /// What people did.
    pub by_hand: Vec<ByHand>,
    /// The gates that a person opened for it.
    pub waived: BTreeSet<Waiver>,
    /// Times a transfer was begun.
    pub transfers: u32,
    /// Names that were found taken at the partner since a person let it go on, where the link adds a number then.
    pub names_taken: u32,
    /// Problems counted, if rejected.
    pub problems: Option<u64>,
    /// The bytes to send.
    pub converted: Option<Converted>,
    /// Where the bytes go.
    pub target: Option<Target>,
    /// The evidence that the bytes were sent.
    pub transferred: Option<Transferred>,
    /// The evidence that the partner holds the bytes.
    pub verified: Option<Verified>,
    /// The evidence that the bytes bear the final name.
    pub published: Option<Published>,
    /// The partner's word that it has the bytes.
    pub acknowledged: Option<Acknowledged>,
    /// A person's word that the bytes arrived.
    pub confirmed: Option<Confirmation>,
    /// The newer delivery that took its place.
    pub superseded_by: Option<DeliveryId>,
    /// The receipt.
    pub receipt: Option<ReceiptLink>,
    /// Where the delivery's folder is kept.
    pub archived: Option<Archived>,
    /// When its folder was removed from the archive.
    pub removed: Option<Moment>,
    /// The removal of what the delivery carried, if that came before the removal of its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents_removed: Option<ContentsRemoval>,
    /// The number of the event with which its folder was archived, and when that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_with: Option<(u64, Moment)>,
    /// The last alerts by which people were told of the delivery.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<ToldAlert>,
    /// An act that a person asks for, and that counts once a second one has asked for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<Box<ActRequest>>,
}

/// An event that can't follow the state a delivery is in: a fault of this program, or of a hand-made journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("ledger-contradiction", event = format!("{event:?}"), state = format!("{state:?}"), about = about))]
pub struct Contradiction {
    /// The delivery, link or partner.
    pub about: String,
    /// Its state, `none` if it is unknown.
    pub state: String,
    /// The event.
    pub event: &'static str,
}

impl Delivery {
    /// One word for where the delivery stands: `queued`, `handed_over`, `waiting`, `unknown` or `held` if something hinders it, else
    /// its stage.
    pub fn state(&self) -> &'static str {
        match self.standing {
            Standing::Going => self.stage.word(),
            Standing::Queued { gate: Gate::HandedOver { .. } } => HANDED_OVER,
            Standing::Queued { .. } => QUEUED,
            Standing::Waiting { .. } if self.outcome_unknown => UNKNOWN,
            Standing::Waiting { .. } => WAITING,
            Standing::Held { .. } => HELD,
        }
    }

    /// Whether nothing is left to do for the delivery.
    pub fn is_finished(&self) -> bool {
        self.stage.is_final() && self.archived.is_some()
    }

    /// What was taken over from an outbox, if the delivery goes out.
    pub fn accepted(&self) -> Option<&Accepted> {
        match &self.origin {
            Origin::Accepted(accepted) => Some(accepted),
            Origin::Collection(_) => None,
        }
    }

    /// What the delivery is called: a delivery, or a collection.
    pub fn kind(&self) -> &'static str {
        if self.collection().is_some() { "collection" } else { "delivery" }
    }

    /// What is known of the delivery as a collection, if it comes in.
    pub fn collection(&self) -> Option<&Collection> {
        match &self.origin {
            Origin::Accepted(_) => None,
            Origin::Collection(collection) => Some(collection),
        }
    }

    /// The name of the file that it began with.
    pub fn name(&self) -> &str {
        match &self.origin {
            Origin::Accepted(accepted) => &accepted.name,
            Origin::Collection(collection) => &collection.found.name,
        }
    }

    /// The bytes that it began with; none before they are fetched.
    pub fn source(&self) -> Option<Source<'_>> {
        let (size, sha256) = match &self.origin {
            Origin::Accepted(accepted) => (accepted.size, accepted.sha256),
            Origin::Collection(collection) => {
                let fetched = collection.fetched.as_ref()?;
                (fetched.size, fetched.sha256)
            }
        };
        Some(Source { name: self.name(), size, sha256 })
    }

    /// The medium that its bytes were put on, by its id or label, if they are carried.
    pub fn carried_on(&self) -> Option<&str> {
        let peer = &self.transferred.as_ref()?.peer;
        (peer.transport == Peer::MEDIUM).then_some(peer.host_key.as_str())
    }

    /// The delivery's outbox name may still be there: it is removed before anything is decided or sent, and before a delivery that was
    /// given up comes to its end. If it were forgotten with its name there, its file would be taken over anew.
    pub fn may_have_outbox_name(&self) -> bool {
        let may_have = |stage: Stage| matches!(stage, Stage::Accepted | Stage::Superseded | Stage::Cancelled);
        let began = self.milestones.iter().all(|(stage, _)| may_have(*stage));
        self.accepted().is_some() && began && may_have(self.stage)
    }

    /// The path at the partner where bytes of it may lie for good: it was given up or confirmed, so nobody goes on from
    /// there, they never got their final name, and nothing says that they were removed.
    pub fn left_at_partner(&self) -> Option<String> {
        let nobody_goes_on = self.stage == Stage::Cancelled || self.confirmed.is_some();
        let is_left = nobody_goes_on && self.published.is_none() && self.collection().is_none();
        let swept = self.archived.as_ref().is_some_and(|archived| archived.swept.is_some());
        self.target.as_ref().filter(|_| is_left && !swept).map(Target::temporary_path)
    }

    /// Whether all of its bytes were sent to where they may lie.
    pub fn is_sent_whole(&self) -> bool {
        let (whole, begun) = (self.reached(Stage::Transferred), self.reached(Stage::Transferring));
        whole.is_some() && whole >= begun
    }

    /// Since when an acknowledgement is waited for: a person who lets the delivery go on grants the time once more.
    pub fn waits_for_acknowledgement_since(&self) -> Moment {
        let published = self.reached(Stage::Published).unwrap_or(self.updated);
        self.by_hand.iter().map(|act| act.at).fold(published, Moment::max)
    }

    /// When it began itself; a resend's acceptance is that of its original.
    pub fn began_at(&self) -> Moment {
        self.milestones.first().map_or(self.accepted_at, |(_, at)| *at)
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
        if let (Event::Alerted { kind, text }, None) = (&entry.event, self.removed) {
            return Ok(self.note_alert(entry, kind, text));
        }
        let contradiction = Contradiction::new(&self.id, self.state(), &entry.event);
        let is_of_request = matches!(entry.event, Event::ActRequested { .. } | Event::RequestClosed { .. });
        let after = if is_of_request { self.after_request(entry) } else { self.step_forward(entry) };
        let after = after.ok_or(contradiction)?;
        // A request changes nothing yet: since when the delivery is as it is stays known, and nobody is alerted anew.
        let updated = if is_of_request { after.updated } else { entry.at };
        Ok(Delivery { updated, last_event: entry.seq, ..after })
    }

    /// The delivery `id` that begins with `entry`; `original` is the one whose bytes it sends again, if it does.
    ///
    /// # Errors
    /// The event begins no delivery, or the original has no bytes to send.
    pub fn begin(
        id: &DeliveryId,
        entry: &Entry,
        original: Option<Delivery>,
    ) -> Result<Delivery, Contradiction> {
        match (&entry.event, original) {
            (Event::Accepted { link, partner, accepted }, None) => {
                let origin = Origin::Accepted(accepted.clone());
                Ok(Delivery::new(id, entry, link, partner, Stage::Accepted, origin))
            }
            (Event::Found { link, partner, found }, None) => {
                let origin = Origin::Collection(Box::new(Collection::of(found.clone())));
                Ok(Delivery::new(id, entry, link, partner, Stage::Found, origin))
            }
            (Event::Resent { of, by, reason, even_if_older }, Some(original))
                if original.converted.is_some() =>
            {
                let (link, partner) = (original.link, original.partner);
                Ok(Delivery {
                    begun: original.begun,
                    waived: even_if_older.then_some(Waiver::Sequence).into_iter().collect(),
                    accepted_at: original.accepted_at,
                    resend_of: Some(of.clone()),
                    by_hand: vec![entry.act("resent", by, reason)],
                    converted: original.converted,
                    ..Delivery::new(id, entry, &link, &partner, Stage::Converted, original.origin)
                })
            }
            (event, _) => Err(Contradiction::new(id, NO_STATE, event)),
        }
    }

    fn new(
        id: &DeliveryId,
        entry: &Entry,
        link: &str,
        partner: &str,
        stage: Stage,
        origin: Origin,
    ) -> Delivery {
        Delivery {
            id: id.clone(),
            link: link.to_owned(),
            partner: partner.to_owned(),
            stage,
            standing: Standing::Going,
            updated: entry.at,
            outcome_unknown: false,
            name_asked: false,
            failing: None,
            milestones: vec![(stage, entry.at)],
            begun: entry.seq,
            last_event: entry.seq,
            accepted_at: entry.at,
            origin,
            resend_of: None,
            by_hand: Vec::new(),
            waived: BTreeSet::new(),
            transfers: 0,
            names_taken: 0,
            problems: None,
            converted: None,
            target: None,
            transferred: None,
            verified: None,
            published: None,
            acknowledged: None,
            confirmed: None,
            superseded_by: None,
            receipt: None,
            archived: None,
            removed: None,
            contents_removed: None,
            archived_with: None,
            alerts: Vec::new(),
            requested: None,
        }
    }

    /// The delivery with another request, or without the one it had.
    fn after_request(mut self, entry: &Entry) -> Option<Delivery> {
        if self.removed.is_some() {
            return None;
        }
        let Event::ActRequested { act, by, reason, until } = &entry.event else {
            return self.requested.take().map(|_| self);
        };
        let (act, by, reason) = (act.clone(), by.clone(), reason.clone());
        let (asker, at, until) = (entry.asker.clone(), entry.at, *until);
        self.requested = Some(Box::new(ActRequest { act, by, asker, at, until, reason }));
        Some(self)
    }

    fn step_forward(mut self, entry: &Entry) -> Option<Delivery> {
        let stage = self.stage;
        if matches!(
            entry.event,
            Event::Queued { .. }
                | Event::Waiting { .. }
                | Event::Held(_)
                | Event::HeldByHand { .. }
                | Event::Released { .. }
        ) {
            return if self.is_finished() { None } else { self.hindered(entry) };
        }
        let reached = self
            .after_step(&entry.event)
            .or_else(|| self.after_step_in(entry))
            .or_else(|| self.after_decision(entry))?;
        // A stage reached for the second time ends no row of failures: a partner that loses what it acknowledged would
        // otherwise be tried for ever at the shortest interval.
        // Answering and clearing leave the stage as it is.
        let is_further = matches!(entry.event, Event::Answered { .. } | Event::Cleared { .. })
            || self.milestones.iter().all(|(earlier, _)| *earlier < reached);
        if is_further {
            self.failing = None;
        }
        if matches!(entry.event, Event::Archived { .. }) {
            self.archived_with = Some((entry.seq, entry.at));
        }
        if reached != stage {
            self.milestones.push((reached, entry.at));
        }
        self.stage = reached;
        self.standing = Standing::Going;
        self.outcome_unknown = false;
        self.name_asked = false;
        Some(self)
    }

    /// The stage that a step's evidence leads to.
    #[expect(clippy::wildcard_enum_match_arm, reason = "evidence that isn't listed contradicts the stage")]
    fn after_step(&mut self, event: &Event) -> Option<Stage> {
        let stage = self.stage;
        Some(match event {
            Event::Rejected { problems } if matches!(stage, Stage::Accepted | Stage::Fetched) => {
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
            Event::Acknowledged { acknowledged } if stage == Stage::Published => {
                self.acknowledged = Some(acknowledged.clone());
                Stage::Acknowledged
            }
            Event::Receipted { number, sha256, .. }
                if matches!(
                    stage,
                    Stage::Published
                        | Stage::Acknowledged
                        | Stage::Confirmed
                        | Stage::Placed
                        | Stage::Imported
                ) =>
            {
                self.receipt = Some(ReceiptLink { number: *number, sha256: *sha256 });
                Stage::Receipted
            }
            Event::Archived { archived }
                if stage == Stage::Receipted || (stage.is_final() && !self.is_finished()) =>
            {
                self.archived = Some(archived.clone());
                if stage == Stage::Receipted { Stage::Archived } else { stage }
            }
            _ => return None,
        })
    }

    /// The stage that a step's evidence leads to on the way in.
    fn after_step_in(&mut self, entry: &Entry) -> Option<Stage> {
        match &mut self.origin {
            Origin::Accepted(_) => None,
            Origin::Collection(collection) => collection.after_step(self.stage, entry),
        }
    }

    /// The stage that a decision leads to: a person's, the link's, or the archive's.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a decision that isn't listed contradicts the stage")]
    fn after_decision(&mut self, entry: &Entry) -> Option<Stage> {
        let stage = self.stage;
        Some(match &entry.event {
            Event::Confirmed { by, how, reason } if self.can_be_confirmed() => {
                self.by_hand.push(entry.act("confirmed", by, reason));
                self.confirmed = Some(Confirmation { by: by.clone(), how: *how, at: entry.at });
                if self.collection().is_some() { Stage::Imported } else { Stage::Confirmed }
            }
            Event::Superseded { newer } if stage.is_before_sending() => {
                self.superseded_by = Some(newer.clone());
                Stage::Superseded
            }
            Event::NameTaken { .. } if matches!(stage, Stage::Transferring | Stage::Verified) => {
                self.names_taken += 1;
                Stage::Converted
            }
            Event::Cancelled { by, reason } if !stage.is_final() && self.standing != Standing::Going => {
                self.by_hand.push(entry.act("cancelled", by, reason));
                Stage::Cancelled
            }
            Event::Removed { .. } if self.is_finished() && self.removed.is_none() => {
                self.removed = Some(entry.at);
                stage
            }
            Event::ContentsRemoved { reason, by, .. } if self.has_archived_contents() => {
                self.note_contents_removed(entry, reason, by.as_deref());
                stage
            }
            _ => return None,
        })
    }

    /// Whether a person can say that the delivery arrived, or was imported: there are bytes of which that can be so, and nothing says
    /// so yet.
    pub fn can_be_confirmed(&self) -> bool {
        let open = match &self.origin {
            Origin::Accepted(_) => self.converted.is_some() && self.stage < Stage::Confirmed,
            Origin::Collection(collection) => {
                let to_import = collection.import_runs > 0
                    || matches!(
                        self.standing,
                        Standing::Held(Doubt { step: Step::Import, .. })
                            | Standing::Waiting { step: Step::Import, .. }
                    );
                self.stage == Stage::Importing || self.stage == Stage::Placed && to_import
            }
        };
        open && self.standing != Standing::Going
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these events hinder or release")]
    fn hindered(mut self, entry: &Entry) -> Option<Delivery> {
        match &entry.event {
            Event::Queued { gate } => {
                // The medium may have been pulled out in the very moment of the rename.
                self.name_asked |= self.stage == Stage::Verified && matches!(gate, Gate::MediumWanted { .. });
                self.standing = Standing::Queued { gate: gate.clone() };
            }
            Event::Waiting { step, attempt, until, reason, unknown, back_to } => {
                self.failing = Some(Failing {
                    // The first failure can't be later than this one, whatever the clock said then.
                    since: self.failing.map_or(entry.at, |failing| failing.since.min(entry.at)),
                    times: *attempt,
                });
                let (step, attempt, until, reason) = (*step, *attempt, *until, reason.clone());
                self.standing = Standing::Waiting { step, attempt, until, reason };
                self.outcome_unknown |= *unknown;
                self.name_asked |= *unknown;
                if let Some(earlier) = back_to.filter(|earlier| *earlier < self.stage) {
                    self.go_back(earlier, entry.at);
                }
            }
            Event::Held(doubt) => {
                self.outcome_unknown |= doubt.unknown;
                self.name_asked |= doubt.unknown;
                self.standing = Standing::Held(doubt.clone());
            }
            Event::HeldByHand { by, reason } => {
                let why = say!("ledger-held-by", by = by, reason = reason);
                self.standing = Standing::Held(Doubt::new(step_after(self.stage), why));
                self.by_hand.push(entry.act("held", by, reason));
            }
            Event::Released { by, reason } if self.standing != Standing::Going => {
                self.waived.extend(self.standing.waivers());
                // Only who was told that the outcome is unknown has asked the partner before letting it go on.
                if matches!(self.standing, Standing::Held(Doubt { unknown: true, .. })) {
                    self.outcome_unknown = false;
                }
                self.standing = Standing::Going;
                self.failing = None;
                // Nothing bears a final name yet: the target is taken anew from what the link says by now.
                if self.stage == Stage::Transferring {
                    self.names_taken = 0;
                    self.go_back(Stage::Converted, entry.at);
                }
                // A person who lets an import go on has it run again, on the same bytes.
                if self.stage == Stage::Importing {
                    self.go_back(Stage::Placed, entry.at);
                }
                self.by_hand.push(entry.act("released", by, reason));
            }
            _ => return None,
        }
        Some(self)
    }

    fn go_back(&mut self, earlier: Stage, at: Moment) {
        self.name_asked = false;
        self.stage = earlier;
        // What lies in the inbox was put there once, however often it is imported.
        if earlier != Stage::Placed {
            self.milestones.push((earlier, at));
        }
    }
}

impl Contradiction {
    /// `event` can't follow `state` of `about`.
    pub fn new(about: &dyn fmt::Display, state: impl Into<String>, event: &Event) -> Contradiction {
        Contradiction { about: about.to_string(), state: state.into(), event: event.word() }
    }
}
