//! A step that could not be done, and what ends the gateway.
//!
//! Owns the one place where an error of any step becomes a [`Failure`]. What that means for the delivery is weighed in
//! `journey::conclude`.

use std::fmt;

use crate::archive::ArchiveError;
use crate::collect::answer::AnswerError;
use crate::collect::clear::ClearError;
use crate::collect::fetch::FetchError;
use crate::collect::import::ImportError;
use crate::collect::place::PlaceError;
use crate::deliver::acknowledge::AcknowledgeError;
use crate::deliver::publish::PublishError;
use crate::deliver::transfer::TransferError;
use crate::deliver::verify::VerifyError;
use crate::receipt::ReceiptError;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Remedy, SpoolError};
use totatsu_ledger::{Gate, LedgerError, Stage, Step};
use totatsu_records::decode::DecodeError;
use totatsu_records::encode::ConvertError;
use totatsu_transport::TransportError;

/// Why no further step may be taken on any delivery.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The ledger can't record.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A step found our own disk untrustworthy.
    #[error("{}", say!("journey-step-stops", step = step.told(), delivery = delivery, reason = reason))]
    Step {
        /// The step.
        step: Step,
        /// The delivery.
        delivery: DeliveryId,
        /// Why, and what to do.
        reason: String,
    },
}

/// A step that could not be done.
#[derive(Debug)]
pub enum Failure {
    /// The step was tried and failed.
    Failed {
        /// The step.
        step: Step,
        /// Who acts next.
        remedy: Remedy,
        /// Why, and what to do.
        reason: String,
        /// A name was asked for, and nobody knows whether it was given.
        unknown: bool,
        /// The stage to go on from, where it is an earlier one.
        back_to: Option<Stage>,
    },
    /// The step couldn't be tried: something else has to happen first.
    Closed(Gate),
    /// A medium has to be put in, or another one.
    Medium {
        /// What is wrong with the medium that is there, if one is.
        reason: String,
        /// Bytes that the medium must have free.
        room_wanted: u64,
    },
    /// The final name is taken, and the link adds a number to it.
    NameTaken(String),
    /// The ledger failed, see [`LedgerError`].
    Ledger(LedgerError),
}

impl Failure {
    /// A failure at `step` that a person has to decide.
    pub fn hold(step: Step, reason: String) -> Failure {
        Failure::Failed { step, remedy: Remedy::Hold, reason, unknown: false, back_to: None }
    }

    /// A failure at `step`, with the error's words.
    pub fn new(step: Step, remedy: Remedy, error: &dyn fmt::Display) -> Failure {
        Failure::Failed { step, remedy, reason: error.to_string(), unknown: false, back_to: None }
    }

    /// A refusal of an inbox or outbox at `step`.
    pub fn of_exchange(step: Step, error: &SpoolError) -> Failure {
        Failure::new(step, Remedy::for_exchange(&error.error), error)
    }

    /// A failure of the line or the partner at `step`.
    pub fn of_transport(step: Step, error: &TransportError) -> Failure {
        Failure::new(step, error.remedy(), error)
    }

    /// What `error` amounts to if it only means that a medium has to be put in.
    pub fn of_medium(error: &TransportError) -> Option<Failure> {
        let room_wanted = error.medium_wanted()?.room_wanted();
        Some(Failure::Medium { reason: error.to_string(), room_wanted })
    }

    /// The failure, unless its cause only means that a medium has to be put in: that is no failure.
    fn unless_medium(self, cause: Option<&TransportError>) -> Failure {
        cause.and_then(Failure::of_medium).unwrap_or(self)
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
}

/// Errors that fail their step and say nothing further: neither that a medium is wanted, nor a stage to go back to.
macro_rules! fails_its_step {
    ($($error:ty => $step:ident,)*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::new(Step::$step, error.remedy(), &error)
            }
        }
    )*};
}

fails_its_step! {
    ConvertError => Convert,
    AcknowledgeError => Acknowledge,
    DecodeError => Decode,
    ImportError => Import,
    AnswerError => Answer,
    ReceiptError => Receipt,
    ArchiveError => Archive,
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        Failure::Ledger(error)
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

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        let cause = if let FetchError::Transport(cause) = &error { Some(cause) } else { None };
        Failure::new(Step::Fetch, error.remedy(), &error).unless_medium(cause)
    }
}

impl From<ClearError> for Failure {
    fn from(error: ClearError) -> Failure {
        let cause = if let ClearError::Transport(cause) = &error { Some(cause) } else { None };
        Failure::new(Step::Clear, error.remedy(), &error).unless_medium(cause)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Failure {
        let cause = if let TransferError::Transport(cause) = &error { Some(cause) } else { None };
        let failure = Failure::new(Step::Transfer, error.remedy(), &error);
        // Each attempt is aimed and recorded anew.
        failure.and_back_to(Some(Stage::Converted)).unless_medium(cause)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Failure {
        let cause = if let VerifyError::Transport(cause) = &error { Some(cause) } else { None };
        // Nothing bears the final name before the proof, so sending again can't deliver twice.
        let back_to = error.wants_transfer().then_some(Stage::Converted);
        Failure::new(Step::Verify, error.remedy(), &error).and_back_to(back_to).unless_medium(cause)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Failure {
        let cause = if let PublishError::Transport(cause) = &error { Some(cause) } else { None };
        let failure = Failure::new(Step::Publish, error.remedy(), &error);
        failure.with_unknown_outcome(error.outcome_unknown()).unless_medium(cause)
    }
}
