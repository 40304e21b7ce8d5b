//! What hinders a delivery: a closed gate, a failure, or a decision that a person has to make.

use std::fmt;
use std::path::PathBuf;
use totatsu_base::say;

use serde::{Deserialize, Serialize};

use crate::step::Step;
use totatsu_base::{DeliveryId, Moment};

/// What hinders a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Nothing hinders the delivery.
    Going,
    /// Nothing has failed, but the delivery's turn hasn't come.
    Queued {
        /// What the delivery waits for.
        gate: Gate,
    },
    /// A failed step is tried again.
    Waiting {
        /// The step.
        step: Step,
        /// How often the step failed in a row.
        attempt: u32,
        /// When the step is tried again.
        until: Moment,
        /// Why, and what to do.
        reason: String,
    },
    /// A person has to decide.
    Held(Doubt),
}

/// Why a person has to decide on a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// The step that can't go on.
    pub step: Step,
    /// Why, and what to do.
    pub reason: String,
    /// The delivery that seems to have carried the same content, where that is the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<DeliveryId>,
    /// The delivery's date or number is as old as the last one's or older, or a newer delivery went before it, and that is a reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_sequence: bool,
    /// The delivery has far more or far fewer records than its link expects, and that is the reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspicious: bool,
    /// The final name may have been given, nobody can tell, and that is the reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}

/// Why a delivery's turn hasn't come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "closed", rename_all = "snake_case")]
pub enum Gate {
    /// The delivery's link is ordered, and an earlier delivery of it isn't finished.
    Order {
        /// The earlier one.
        behind: DeliveryId,
        /// The earlier delivery is held itself.
        held: bool,
    },
    /// The partner or the link is outside its hours.
    Hours {
        /// When the hours begin.
        opens: Moment,
    },
    /// The partner can't be reached; one connection probes it for all.
    PartnerDown {
        /// The partner.
        partner: String,
        /// Since when the partner can't be reached.
        since: Moment,
    },
    /// The partner is held.
    PartnerHeld {
        /// The partner.
        partner: String,
        /// Why.
        reason: String,
        /// When the gateway releases the partner by itself; none where a person does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    },
    /// The link is held.
    LinkHeld {
        /// The link.
        link: String,
        /// Why.
        reason: String,
        /// When the gateway releases the link by itself; none where a person does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    },
    /// The medium isn't there, isn't the right one, or can't take what is to be put on it; one look after another is taken
    /// for all deliveries.
    MediumWanted {
        /// The partner.
        partner: String,
        /// Since when the medium is wanted.
        since: Moment,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The delivery lies on a medium, whole and proven; who received it is still to be said.
    HandedOver {
        /// The medium, by its id or label.
        medium: String,
    },
    /// Something else has the lock under which the delivery is handed over, or converted.
    Exclusive {
        /// The lock.
        lock: String,
        /// The collection under this lock that isn't imported; none while another program has the lock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behind: Option<DeliveryId>,
    },
    /// An earlier file of the delivery's name hasn't been taken out of the inbox.
    Inbox {
        /// The earlier file.
        path: PathBuf,
    },
    /// A delivery that comes before this one by date or number hasn't come.
    Sequence {
        /// What is missing, and what to do.
        missing: String,
    },
    /// The partner acknowledges another delivery under the same path, and hasn't yet.
    SameAcknowledgement {
        /// The other delivery.
        behind: DeliveryId,
        /// The path.
        path: String,
    },
    /// The partner's acknowledgement isn't there yet.
    Acknowledgement {
        /// Where the acknowledgement is looked for.
        path: String,
        /// When a person is asked instead.
        until: Moment,
    },
}

/// A gate that a person has opened for one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiver {
    /// The delivery may carry the same content as another.
    Duplicate,
    /// The delivery may overtake.
    Order,
    /// The delivery may go outside the hours.
    Hours,
    /// The delivery may go although its link is held.
    LinkHold,
    /// The delivery may be handed over although its date or number doesn't follow the last one's, or sent although a newer one went
    /// before it.
    Sequence,
    /// The delivery may have far more or far fewer records than its link expects.
    Suspicion,
}

impl Doubt {
    /// A doubt that opens no gate when the delivery is released.
    pub fn new(step: Step, reason: String) -> Doubt {
        let (out_of_sequence, suspicious, unknown) = (false, false, false);
        Doubt { step, reason, duplicate_of: None, out_of_sequence, suspicious, unknown }
    }
}

impl Standing {
    /// Why a delivery that stands so doesn't go on, and what to do; nothing where it does.
    pub fn why(&self, delivery: &DeliveryId) -> Option<String> {
        match self {
            Standing::Going => None,
            Standing::Queued { gate } => Some(gate.told_of(delivery)),
            Standing::Waiting { reason, .. } | Standing::Held(Doubt { reason, .. }) => Some(reason.clone()),
        }
    }

    /// What a person who lets the delivery go on thereby allows: what it was told to be stopped for, and nothing else.
    pub fn waivers(&self) -> impl Iterator<Item = Waiver> {
        let waived = match self {
            Standing::Held(Doubt { duplicate_of, out_of_sequence, suspicious, .. }) => [
                duplicate_of.as_ref().map(|_| Waiver::Duplicate),
                out_of_sequence.then_some(Waiver::Sequence),
                suspicious.then_some(Waiver::Suspicion),
            ],
            Standing::Queued { gate } => gate.waivers(),
            Standing::Going | Standing::Waiting { .. } => [None, None, None],
        };
        waived.into_iter().flatten()
    }
}

impl Gate {
    /// Whether deliveries wait at this gate and at `other` for the same kind of reason. Who stands ahead, whether a person decides on
    /// that one, since when and in which words is not recorded for each that waits: it is told as it is when somebody asks.
    pub fn is_same_as(&self, other: &Gate) -> bool {
        match (self, other) {
            (Gate::Order { .. }, Gate::Order { .. }) => true,
            (Gate::Exclusive { lock: name, .. }, Gate::Exclusive { lock: other, .. })
            | (Gate::SameAcknowledgement { path: name, .. }, Gate::SameAcknowledgement { path: other, .. })
            | (Gate::PartnerDown { partner: name, .. }, Gate::PartnerDown { partner: other, .. })
            | (Gate::PartnerHeld { partner: name, .. }, Gate::PartnerHeld { partner: other, .. })
            | (Gate::MediumWanted { partner: name, .. }, Gate::MediumWanted { partner: other, .. })
            | (Gate::LinkHeld { link: name, .. }, Gate::LinkHeld { link: other, .. }) => name == other,
            (
                Gate::Order { .. }
                | Gate::Hours { .. }
                | Gate::PartnerDown { .. }
                | Gate::PartnerHeld { .. }
                | Gate::LinkHeld { .. }
                | Gate::MediumWanted { .. }
                | Gate::HandedOver { .. }
                | Gate::Exclusive { .. }
                | Gate::Inbox { .. }
                | Gate::Sequence { .. }
                | Gate::SameAcknowledgement { .. }
                | Gate::Acknowledgement { .. },
                _,
            ) => self == other,
        }
    }

    /// What a person who lets a delivery through thereby allows. A delivery that goes although its link is held goes before those that
    /// the hold keeps waiting.
    fn waivers(&self) -> [Option<Waiver>; 3] {
        match self {
            Gate::Order { .. } => [Some(Waiver::Order), None, None],
            Gate::LinkHeld { .. } => [Some(Waiver::LinkHold), Some(Waiver::Order), None],
            Gate::Hours { .. } => [Some(Waiver::Hours), None, None],
            Gate::Sequence { .. } => [Some(Waiver::Sequence), None, None],
            Gate::PartnerDown { .. }
            | Gate::PartnerHeld { .. }
            | Gate::MediumWanted { .. }
            | Gate::HandedOver { .. }
            | Gate::Exclusive { .. }
            | Gate::Inbox { .. }
            | Gate::SameAcknowledgement { .. }
            | Gate::Acknowledgement { .. } => [None; 3],
        }
    }

    /// What a delivery waits for here, and what to type for it.
    pub fn told_of(&self, delivery: &DeliveryId) -> String {
        if let Gate::HandedOver { medium } = self {
            say!("ledger-gate-handed-over", medium = medium, id = delivery)
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Gate::Order { behind, held: false } => say!("ledger-gate-order", behind = behind),
            Gate::Order { behind, held: true } => say!("ledger-gate-order-held", behind = behind),
            Gate::Hours { opens } => say!("ledger-gate-hours", opens = opens),
            Gate::PartnerDown { partner, since } => {
                say!("ledger-gate-partner-down", partner = partner, since = since)
            }
            Gate::PartnerHeld { partner, reason, until: None } => {
                say!("ledger-gate-partner-held", partner = partner, reason = reason)
            }
            Gate::PartnerHeld { partner, reason, until: Some(until) } => {
                say!("ledger-gate-partner-held-until", partner = partner, reason = reason, until = until)
            }
            Gate::LinkHeld { link, reason, until: None } => {
                say!("ledger-gate-link-held", link = link, reason = reason)
            }
            Gate::LinkHeld { link, reason, until: Some(until) } => {
                say!("ledger-gate-link-held-until", link = link, reason = reason, until = until)
            }
            Gate::MediumWanted { partner, since, reason } => {
                say!("ledger-gate-medium-wanted", partner = partner, since = since, reason = reason)
            }
            Gate::HandedOver { medium } => say!("ledger-gate-on-medium", medium = medium),
            Gate::Exclusive { lock, behind: None } => say!("ledger-gate-exclusive", lock = lock),
            Gate::Exclusive { lock, behind: Some(behind) } => {
                say!("ledger-gate-exclusive-behind", behind = behind, lock = lock)
            }
            Gate::Inbox { path } => say!("ledger-gate-inbox", path = path.display()),
            Gate::Sequence { missing } => missing.clone(),
            Gate::SameAcknowledgement { behind, path } => {
                say!("ledger-gate-same-acknowledgement", behind = behind, path = path)
            }
            Gate::Acknowledgement { path, until } => {
                say!("ledger-gate-acknowledgement", path = path, until = until)
            }
        })
    }
}
