//! From state to the next step. Read this first.
//!
//! A delivery's way is accept → convert → transfer → verify → publish → receipt → archive. Each step borrows what is
//! known, does its work and hands back evidence; only then is the evidence recorded, durably, and only then does the
//! next step begin. Steps never call each other and never see the ledger. A crash at any instant therefore leaves a
//! state from which the step in hand can simply be done again: each looks before it acts.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::accept;
use crate::archive::{self, ArchiveError};
use crate::clock::Moment;
use crate::convert::{self, ConvertError};
use crate::gateway::Gateway;
use crate::ledger::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Stage, Standing};
use crate::publish::{self, PublishError};
use crate::receipt::{self, ReceiptError};
use crate::remedy::Remedy;
use crate::schedule::hours::Hours;
use crate::spool::SpoolError;
use crate::transfer::{self, Target, TransferError};
use crate::transport::TransportError;
use crate::verify::{self, VerifyError};

/// The steps of a delivery's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Take the file over.
    Accept,
    /// Make the bytes to send.
    Convert,
    /// Send them under a temporary name.
    Transfer,
    /// Prove that they are there.
    Verify,
    /// Give them their final name.
    Publish,
    /// Write the receipt.
    Receipt,
    /// Move everything to the archive.
    Archive,
}

/// A step that could not be done.
#[derive(Debug)]
pub struct Failure {
    step: Step,
    remedy: Remedy,
    reason: String,
    back_to: Option<Stage>,
}

/// Why no further step may be taken on any delivery.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The ledger can't record.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A step found our own disk untrustworthy.
    #[error("{step} of delivery {delivery} stops the gateway: {reason}")]
    Step {
        /// The step.
        step: Step,
        /// The delivery.
        delivery: crate::delivery_id::DeliveryId,
        /// Why, and what to do.
        reason: String,
    },
}

impl Step {
    /// When the step may be taken: what only our own disk is asked for may be done at any time.
    fn hours(self, gateway: &Gateway, delivery: &Delivery) -> Hours {
        match self {
            Step::Transfer | Step::Verify | Step::Publish => gateway.config.hours_of(&delivery.link),
            Step::Accept | Step::Convert | Step::Receipt | Step::Archive => Hours::default(),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Step::Accept => "accept",
            Step::Convert => "convert",
            Step::Transfer => "transfer",
            Step::Verify => "verify",
            Step::Publish => "publish",
            Step::Receipt => "receipt",
            Step::Archive => "archive",
        })
    }
}

/// Takes the next step of a delivery and records what came of it; a finished delivery is handed back as it is.
///
/// # Errors
/// See [`Stop`]. What was done stays done; the ledger tells how far that is.
pub async fn advance(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let outcome = match delivery.stage {
        _ if delivery.is_finished() => return Ok(delivery),
        Stage::Accepted => convert(gateway, &delivery).await,
        Stage::Converted => aim(gateway, &delivery),
        Stage::Transferring => transfer(gateway, &delivery).await,
        Stage::Transferred => verify(gateway, &delivery).await,
        Stage::Verified => publish(gateway, &delivery).await,
        Stage::Published => return issue_receipt(gateway, delivery).await,
        Stage::Receipted | Stage::Archived | Stage::Rejected | Stage::Cancelled => {
            archive(gateway, &delivery).await
        }
    };
    conclude(gateway, delivery, outcome).await
}

/// The step that a delivery in this stage takes next.
pub fn step_after(stage: Stage) -> Step {
    match stage {
        Stage::Accepted => Step::Convert,
        Stage::Converted | Stage::Transferring => Step::Transfer,
        Stage::Transferred => Step::Verify,
        Stage::Verified => Step::Publish,
        Stage::Published => Step::Receipt,
        Stage::Receipted | Stage::Archived | Stage::Rejected | Stage::Cancelled => Step::Archive,
    }
}

/// Records the evidence of a step, or what its failure means.
async fn conclude(
    gateway: &Gateway,
    delivery: Delivery,
    outcome: Result<Event, Failure>,
) -> Result<Delivery, Stop> {
    let event = match outcome {
        Ok(event) => event,
        Err(failure) => failure.weigh(gateway, &delivery)?,
    };
    let delivery = gateway.ledger.record(delivery.id, event).await?;
    log(&delivery);
    Ok(delivery)
}

async fn convert(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (id, accepted) = (delivery.id.clone(), delivery.accepted.clone());
    // Until the outbox name is gone, the same file could be taken over again: nothing is sent before.
    gateway.blocking(move || accept::release_outbox_name(&id, &accepted)).await?;
    let date = delivery.accepted_at.date();
    let layout =
        gateway.layout(&delivery.link, date).map_err(|reason| Failure::hold(Step::Convert, reason))?;
    let link = gateway.config.links.get(&delivery.link).map(|link| link.values.clone()).unwrap_or_default();
    let municipality = &gateway.config.gateway.municipality;
    let values = convert::Values::of(municipality, delivery.accepted_at, &link);
    let (folder, source_sha256) = (gateway.spool.folder(&delivery.id), delivery.accepted.sha256);
    let _turn = gateway.turn_to_convert().await;
    let outcome = gateway
        .blocking(move || {
            let (source, sent, report) = (folder.source(), folder.sent(), folder.report());
            convert::convert(&convert::Work {
                source: &source,
                source_sha256,
                sent: &sent,
                report: &report,
                layout: &layout,
                values: &values,
            })
        })
        .await;
    match outcome {
        Ok(converted) => Ok(Event::Converted { converted }),
        Err(ConvertError::BadRecords { problems, .. }) => Ok(Event::Rejected { problems }),
        Err(error) => Err(error.into()),
    }
}

/// Decides the names at the partner; recorded before a byte leaves, so that they are found again after a crash.
fn aim(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let missing = || Failure::hold(Step::Transfer, no_such_link(&delivery.link));
    let link = gateway.config.links.get(&delivery.link).ok_or_else(missing)?;
    let municipality = &gateway.config.gateway.municipality;
    let name = link.remote_name(&delivery.accepted.name, &delivery.id, delivery.accepted_at, municipality);
    Ok(Event::TransferStarted { target: Target::new(&delivery.id, &link.directory, name, link.overwrite) })
}

async fn transfer(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, _, sha256) = under_way(delivery, Step::Transfer)?;
    let mut lease = gateway.session(delivery, Step::Transfer).await?;
    let sent = gateway.spool.folder(&delivery.id).sent();
    let progress = gateway.watch(&delivery.id);
    let transferred = transfer::transfer(lease.session(), target, &sent, sha256, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Transferred { transferred })
}

async fn verify(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, size, sha256) = under_way(delivery, Step::Verify)?;
    let mut lease = gateway.session(delivery, Step::Verify).await?;
    let progress = gateway.watch(&delivery.id);
    let verified = verify::verify(lease.session(), target, size, sha256, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Verified { verified })
}

async fn publish(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, size, sha256) = under_way(delivery, Step::Publish)?;
    let mut lease = gateway.session(delivery, Step::Publish).await?;
    let progress = gateway.watch(&delivery.id);
    let published = publish::publish(lease.session(), target, size, sha256, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Published { published })
}

/// Writes and records a receipt while every other receipt waits: each carries the digest of the one before.
async fn issue_receipt(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let (_turn, previous) = gateway.ledger.end_of_receipts().await?;
    let (folder, sender) = (gateway.spool.folder(&delivery.id), gateway.sender());
    let known = delivery.clone();
    let written =
        gateway.blocking(move || receipt::write(&known, sender, previous, &folder, Moment::now())).await;
    let outcome = written.map(|(receipt, sha256)| Event::Receipted {
        number: receipt.number,
        sha256,
        receipt: Box::new(receipt),
    });
    conclude(gateway, delivery, outcome.map_err(Failure::from)).await
}

async fn archive(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (spool, id, retention) =
        (gateway.spool.clone(), delivery.id.clone(), gateway.config.gateway.retention.keep);
    let archived = gateway.blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived })
}

/// Where a delivery's bytes go, how many they are, and their digest.
fn under_way(delivery: &Delivery, step: Step) -> Result<(&Target, u64, crate::digest::Sha256), Failure> {
    match (&delivery.target, &delivery.converted) {
        (Some(target), Some(converted)) => Ok((target, converted.size, converted.sha256)),
        _ => Err(Failure::hold(
            step,
            "the ledger lacks its target: report this as a fault of totatsu".to_owned(),
        )),
    }
}

/// What to tell the operator when a delivery's link has left the configuration.
pub fn no_such_link(link: &str) -> String {
    format!(
        "link {link} is not in the configuration any more: put links/{link}.toml back, restart, then release"
    )
}

impl Failure {
    /// A failure at `step` that a person has to decide.
    pub fn hold(step: Step, reason: String) -> Failure {
        Failure { step, remedy: Remedy::Hold, reason, back_to: None }
    }

    fn new(step: Step, remedy: Remedy, error: &dyn fmt::Display) -> Failure {
        Failure { step, remedy, reason: error.to_string(), back_to: None }
    }

    /// A failure of the line or the partner at `step`.
    pub fn of_transport(step: Step, error: &TransportError) -> Failure {
        Failure::new(step, error.remedy(), error)
    }

    /// The event that the failure amounts to.
    fn weigh(self, gateway: &Gateway, delivery: &Delivery) -> Result<Event, Stop> {
        let Failure { step, remedy, reason, back_to } = self;
        let now = Moment::now();
        let attempt = delivery.failing.map_or(1, |failing| failing.times.saturating_add(1));
        let since = delivery.failing.map_or(now, |failing| failing.since);
        match remedy {
            Remedy::Retry => match gateway.config.gateway.backoff.next(
                attempt,
                since,
                now,
                rand::random(),
                &step.hours(gateway, delivery),
            ) {
                Some(until) => Ok(Event::Waiting { step, attempt, until, reason, back_to }),
                None => {
                    Ok(Event::Held { step, reason: format!("gave up after {attempt} attempts: {reason}") })
                }
            },
            Remedy::Hold => Ok(Event::Held { step, reason }),
            Remedy::Stop => Err(Stop::Step { step, delivery: delivery.id.clone(), reason }),
        }
    }
}

impl From<SpoolError> for Failure {
    fn from(error: SpoolError) -> Failure {
        Failure::new(Step::Accept, Remedy::for_own_disk(&error.error), &error)
    }
}

impl From<ConvertError> for Failure {
    fn from(error: ConvertError) -> Failure {
        Failure::new(Step::Convert, error.remedy(), &error)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Failure {
        // Each attempt is aimed and recorded anew.
        Failure { back_to: Some(Stage::Converted), ..Failure::new(Step::Transfer, error.remedy(), &error) }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Failure {
        // Nothing bears the final name before the proof, so sending again can't deliver twice.
        let back_to = error.wants_transfer().then_some(Stage::Converted);
        Failure { back_to, ..Failure::new(Step::Verify, error.remedy(), &error) }
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Failure {
        Failure::new(Step::Publish, error.remedy(), &error)
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

fn log_going(delivery: &Delivery) {
    let (link, state) = (&delivery.link, delivery.state());
    match (delivery.stage, &delivery.receipt, &delivery.published) {
        (Stage::Accepted, ..) => {
            tracing::info!(delivery = %delivery.id, link, state, file = delivery.accepted.name);
        }
        (Stage::Archived, Some(receipt), Some(published)) => {
            tracing::info!(delivery = %delivery.id, link, state, receipt = receipt.number, arrived = published.path);
        }
        _ => tracing::info!(delivery = %delivery.id, link, state),
    }
}

/// One line for each transition, without anything of a record's contents.
pub fn log(delivery: &Delivery) {
    let (link, state) = (&delivery.link, delivery.state());
    match &delivery.standing {
        Standing::Going if delivery.stage == Stage::Rejected && !delivery.is_finished() => {
            let problems = delivery.problems.unwrap_or_default();
            tracing::error!(delivery = %delivery.id, link, state, problems, "totatsu report lists them");
        }
        Standing::Going if delivery.is_finished() && delivery.stage != Stage::Archived => {
            tracing::info!(delivery = %delivery.id, link, state, "its folder is in the archive");
        }
        Standing::Going => log_going(delivery),
        Standing::Waiting { step, attempt, until, reason } => {
            tracing::warn!(delivery = %delivery.id, link, state, %step, attempt, %until, "{reason}");
        }
        Standing::Held { step, reason } => {
            tracing::error!(delivery = %delivery.id, link, state, %step, "{reason}");
        }
    }
}
