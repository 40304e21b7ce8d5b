//! A step that could not be done, and what that means for the delivery.
//!
//! Owns the one place where an error of any step becomes an event: tried again, queued, held, or the end of the daemon.

use std::fmt;

use super::{Step, Stop};
use crate::acknowledge::AcknowledgeError;
use crate::archive::ArchiveError;
use crate::clock::Moment;
use crate::collect::answer::AnswerError;
use crate::collect::clear::ClearError;
use crate::collect::fetch::FetchError;
use crate::collect::import::ImportError;
use crate::collect::place::PlaceError;
use crate::convert::ConvertError;
use crate::decode::DecodeError;
use crate::gateway::Gateway;
use crate::ledger::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Gate, Stage};
use crate::publish::PublishError;
use crate::receipt::ReceiptError;
use crate::remedy::Remedy;
use crate::spool::SpoolError;
use crate::transfer::TransferError;
use crate::transport::TransportError;
use crate::verify::VerifyError;

/// A step that could not be done.
#[derive(Debug)]
pub enum Failure {
    /// It was tried in vain.
    Failed {
        /// The step.
        step: Step,
        /// Who acts next.
        remedy: Remedy,
        /// Why, and what to do.
        reason: String,
        /// A name was asked for, and whether it was given isn't known.
        unknown: bool,
        /// The stage to go on from, where it is an earlier one.
        back_to: Option<Stage>,
    },
    /// It couldn't be tried: something else has to happen first.
    Closed(Gate),
    /// A medium has to be put in, or another one.
    Medium {
        /// What is wrong with the one that is there, if one is.
        reason: String,
        /// Bytes that it must have free.
        room_wanted: u64,
    },
    /// The final name is taken, and the link adds a number to it.
    NameTaken(String),
    /// The ledger could not record why.
    Ledger(LedgerError),
}

impl Failure {
    /// A failure at `step` that a person has to decide.
    pub fn hold(step: Step, reason: String) -> Failure {
        Failure::Failed { step, remedy: Remedy::Hold, reason, unknown: false, back_to: None }
    }

    pub(super) fn new(step: Step, remedy: Remedy, error: &dyn fmt::Display) -> Failure {
        Failure::Failed { step, remedy, reason: error.to_string(), unknown: false, back_to: None }
    }

    /// A refusal of our own disk at `step`.
    pub fn of_own_disk(step: Step, error: &SpoolError) -> Failure {
        Failure::new(step, Remedy::for_own_disk(&error.error), error)
    }

    /// A refusal of an inbox or outbox at `step`.
    pub(super) fn of_exchange(step: Step, error: &SpoolError) -> Failure {
        Failure::new(step, Remedy::for_exchange(&error.error), error)
    }

    /// A failure of the line or the partner at `step`.
    pub fn of_transport(step: Step, error: &TransportError) -> Failure {
        Failure::new(step, error.remedy(), error)
    }

    /// What `error` amounts to if it only means that a medium has to be put in.
    pub(super) fn of_medium(error: &TransportError) -> Option<Failure> {
        let room_wanted = error.medium_wanted()?.room_wanted();
        Some(Failure::Medium { reason: error.to_string(), room_wanted })
    }

    fn and_back_to(mut self, stage: Option<Stage>) -> Failure {
        if let Failure::Failed { back_to, .. } = &mut self {
            *back_to = stage;
        }
        self
    }

    fn with_unknown_outcome(mut self, is_unknown: bool) -> Failure {
        if let Failure::Failed { unknown, .. } = &mut self {
            *unknown = is_unknown;
        }
        self
    }

    /// The event that the failure amounts to.
    pub(super) fn weigh(self, gateway: &Gateway, delivery: &Delivery) -> Result<Event, Stop> {
        let (step, remedy, reason, unknown, back_to) = match self {
            Failure::Failed { step, remedy, reason, unknown, back_to } => {
                (step, remedy, reason, unknown, back_to)
            }
            Failure::Closed(gate) => return Ok(Event::Queued { gate }),
            Failure::Medium { reason, room_wanted } => {
                let gate = gateway.want_medium(&delivery.partner, reason, room_wanted);
                return Ok(Event::Queued { gate });
            }
            Failure::NameTaken(path) => return Ok(Event::NameTaken { path }),
            Failure::Ledger(error) => return Err(error.into()),
        };
        let now = Moment::now();
        let attempt = delivery.failing.map_or(1, |failing| failing.times.saturating_add(1));
        // The time in which a medium was waited for is nothing to give up over.
        let failing = delivery.failing.filter(|_| !gateway.is_carried(&delivery.partner));
        let since = failing.map_or(now, |failing| failing.since);
        let held = |reason| Event::Held { step, reason, duplicate_of: None, out_of_sequence: false };
        match remedy {
            Remedy::Retry => {
                let (backoff, hours) = (gateway.config.gateway.backoff, step.hours(gateway, delivery));
                match backoff.next(attempt, since, now, rand::random(), &hours) {
                    Some(until) => Ok(Event::Waiting { step, attempt, until, reason, unknown, back_to }),
                    None => Ok(held(format!("gave up after {attempt} attempts: {reason}"))),
                }
            }
            Remedy::Hold => Ok(held(reason)),
            Remedy::Stop => Err(Stop::Step { step, delivery: delivery.id.clone(), reason }),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        Failure::Ledger(error)
    }
}

impl From<AcknowledgeError> for Failure {
    fn from(error: AcknowledgeError) -> Failure {
        Failure::new(Step::Acknowledge, error.remedy(), &error)
    }
}

/// Only the outbox is meant: other steps have errors of their own.
impl From<SpoolError> for Failure {
    fn from(error: SpoolError) -> Failure {
        Failure::of_exchange(Step::Accept, &error)
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        if let FetchError::Transport(error) = &error
            && let Some(wanted) = Failure::of_medium(error)
        {
            return wanted;
        }
        Failure::new(Step::Fetch, error.remedy(), &error)
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Failure {
        Failure::new(Step::Decode, error.remedy(), &error)
    }
}

impl From<PlaceError> for Failure {
    fn from(error: PlaceError) -> Failure {
        if let PlaceError::NameTaken { path } = error {
            return Failure::Closed(Gate::Inbox { path });
        }
        Failure::new(Step::Place, error.remedy(), &error)
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        Failure::new(Step::Import, error.remedy(), &error)
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Failure {
        Failure::new(Step::Answer, error.remedy(), &error)
    }
}

impl From<ClearError> for Failure {
    fn from(error: ClearError) -> Failure {
        match error {
            ClearError::Transport(error) => {
                Failure::of_medium(&error).unwrap_or_else(|| Failure::of_transport(Step::Clear, &error))
            }
            ClearError::Refused { .. } | ClearError::StillThere { .. } | ClearError::Displaced { .. } => {
                Failure::new(Step::Clear, error.remedy(), &error)
            }
        }
    }
}

impl From<ConvertError> for Failure {
    fn from(error: ConvertError) -> Failure {
        Failure::new(Step::Convert, error.remedy(), &error)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Failure {
        if let TransferError::Transport(error) = &error
            && let Some(wanted) = Failure::of_medium(error)
        {
            return wanted;
        }
        // Each attempt is aimed and recorded anew.
        Failure::new(Step::Transfer, error.remedy(), &error).and_back_to(Some(Stage::Converted))
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Failure {
        if let VerifyError::Transport(error) = &error
            && let Some(wanted) = Failure::of_medium(error)
        {
            return wanted;
        }
        // Nothing bears the final name before the proof, so sending again can't deliver twice.
        let back_to = error.wants_transfer().then_some(Stage::Converted);
        Failure::new(Step::Verify, error.remedy(), &error).and_back_to(back_to)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Failure {
        if let PublishError::Transport(error) = &error
            && let Some(wanted) = Failure::of_medium(error)
        {
            return wanted;
        }
        Failure::new(Step::Publish, error.remedy(), &error).with_unknown_outcome(error.outcome_unknown())
    }
}

impl From<ReceiptError> for Failure {
    fn from(error: ReceiptError) -> Failure {
        Failure::new(Step::Receipt, error.remedy(), &error)
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Failure {
        Failure::new(Step::Archive, error.remedy(), &error)
    }
}
