//! From state to the next step. Read this first.
//!
//! A delivery's way is accept → convert → transfer → verify → publish → (acknowledge) → receipt → archive; the way in,
//! of a collection, is in `journey::collection`. Each step borrows what is known, does its work and hands back evidence; only then is the evidence recorded, durably, and only then does the
//! next step begin. Steps never call each other and never see the ledger. Before each, [`turn`] says whether the
//! delivery's turn has come. A crash at any instant therefore leaves a
//! state from which the step in hand can simply be done again: each looks before it acts.

mod carried;
pub(crate) mod collection;
mod failure;
mod leftover;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::accept;
use crate::acknowledge::{self, AcknowledgeError, Agreement, Look};
use crate::archive;
use crate::clock::Moment;
use crate::convert::{self, ConvertError, Converted};
use crate::gateway::{Gateway, OURSELVES};
use crate::ledger::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Gate, Stage, Standing};
use crate::link::Order;
use crate::publish::{self, PublishError};
use crate::receipt;
use crate::schedule::alert::{self, Alert, Kind};
use crate::schedule::hours::Hours;
use crate::transfer::{self, Target, TransferError};
use crate::turn;
use crate::verify;

pub use failure::Failure;

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
    /// Wait until the partner says that it has them, where that is agreed.
    Acknowledge,
    /// Bring a partner's file here.
    Fetch,
    /// Read it.
    Decode,
    /// Give its rows their name in the inbox.
    Place,
    /// Have them imported.
    Import,
    /// Tell the partner what became of its file.
    Answer,
    /// Remove or move the partner's file.
    Clear,
    /// Write the receipt.
    Receipt,
    /// Move everything to the archive.
    Archive,
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
            Step::Transfer | Step::Verify | Step::Publish | Step::Acknowledge | Step::Fetch | Step::Clear => {
                gateway.config.hours_of(&delivery.link)
            }
            Step::Accept
            | Step::Convert
            | Step::Decode
            | Step::Place
            | Step::Import
            | Step::Answer
            | Step::Receipt
            | Step::Archive => Hours::default(),
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
            Step::Acknowledge => "acknowledge",
            Step::Fetch => "fetch",
            Step::Decode => "decode",
            Step::Place => "place",
            Step::Import => "import",
            Step::Answer => "answer",
            Step::Clear => "clear",
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
    if delivery.is_finished() {
        return Ok(delivery);
    }
    if delivery.collection().is_some() {
        return collection::advance(gateway, delivery).await;
    }
    if delivery.may_have_outbox_name()
        && let Err(failure) = release_outbox_name(gateway, &delivery).await
    {
        return conclude(gateway, delivery, Err(failure)).await;
    }
    match turn::bar(gateway, &delivery).await? {
        Some(Event::Queued { gate }) => return queue(gateway, delivery, gate).await,
        Some(event) => return conclude(gateway, delivery, Ok(event)).await,
        None => {}
    }
    let outcome = match delivery.stage {
        Stage::Accepted => convert(gateway, &delivery).await,
        Stage::Converted => aim(gateway, &delivery),
        Stage::Transferring => transfer(gateway, &delivery).await,
        Stage::Transferred => verify(gateway, &delivery).await,
        Stage::Verified => publish(gateway, &delivery).await,
        Stage::Published => match gateway.agreement(&delivery) {
            Some(agreement) => acknowledge(gateway, &delivery, agreement).await,
            None => return issue_receipt(gateway, delivery).await,
        },
        Stage::Acknowledged => {
            remove_acknowledgement(gateway, &delivery).await;
            return issue_receipt(gateway, delivery).await;
        }
        Stage::Confirmed => return issue_receipt(gateway, delivery).await,
        Stage::Found
        | Stage::Fetched
        | Stage::Decoded
        | Stage::Placing
        | Stage::Placed
        | Stage::Importing
        | Stage::Imported
        | Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Repeated
        | Stage::Superseded
        | Stage::Cancelled => archive(gateway, &delivery).await,
    };
    conclude(gateway, delivery, outcome).await
}

/// Records that a delivery's turn hasn't come, unless that is known already.
async fn queue(gateway: &Gateway, delivery: Delivery, gate: Gate) -> Result<Delivery, Stop> {
    if (delivery.standing == Standing::Queued { gate: gate.clone() }) {
        return Ok(delivery);
    }
    conclude(gateway, delivery, Ok(Event::Queued { gate })).await
}

/// The step that a delivery in this stage takes next.
pub fn step_after(stage: Stage) -> Step {
    match stage {
        Stage::Found => Step::Fetch,
        Stage::Fetched => Step::Decode,
        Stage::Decoded | Stage::Placing => Step::Place,
        Stage::Placed | Stage::Importing => Step::Import,
        Stage::Accepted => Step::Convert,
        Stage::Converted | Stage::Transferring => Step::Transfer,
        Stage::Transferred => Step::Verify,
        Stage::Verified => Step::Publish,
        Stage::Published | Stage::Acknowledged | Stage::Confirmed | Stage::Imported => Step::Receipt,
        Stage::Receipted
        | Stage::Archived
        | Stage::Rejected
        | Stage::Repeated
        | Stage::Superseded
        | Stage::Cancelled => Step::Archive,
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
        Err(Failure::Closed(gate)) if delivery.standing == (Standing::Queued { gate: gate.clone() }) => {
            return Ok(delivery);
        }
        Err(failure) => failure.weigh(gateway, &delivery)?,
    };
    let alert = alert_of(&event, &delivery);
    let delivery = gateway.ledger.record(delivery.id, event).await?;
    log(&delivery);
    alert.iter().for_each(|alert| gateway.bell.ring(alert));
    Ok(delivery)
}

/// Nobody would ask: what is rejected or left out ends well as far as the gateway is concerned.
fn alert_of(event: &Event, delivery: &Delivery) -> Option<Alert> {
    let (id, link, name) = (&delivery.id, &delivery.link, delivery.name());
    let (kind, what) = if let Event::Rejected { .. } = event {
        (Kind::Rejected, format!("{name} breaks its layout and goes no further"))
    } else if let Event::Decoded { decoded } = event
        && decoded.quarantined > 0
    {
        (Kind::Quarantined, format!("bad records of {name} were left out, {} in number", decoded.quarantined))
    } else {
        return None;
    };
    let text = format!("{what}, {id} of link {link}: totatsu report {id} lists what is wrong");
    Some(Alert { kind, subject: alert::Subject::Delivery(id.clone()), occasion: None, text })
}

/// Until the outbox name is gone, the same file could be taken over again: nothing is decided or sent before.
async fn release_outbox_name(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let Some(accepted) = delivery.accepted().cloned() else { return Ok(()) };
    let id = delivery.id.clone();
    Ok(gateway.blocking(move || accept::release_outbox_name(&id, &accepted)).await?)
}

async fn convert(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let date = delivery.accepted_at.date();
    let layout =
        gateway.layout(&delivery.link, date).map_err(|reason| Failure::hold(Step::Convert, reason))?;
    let link = gateway.config.links.get(&delivery.link);
    let _lock = link
        .and_then(|link| link.lock.as_deref())
        .map(|lock| gateway.lock(lock, Step::Convert))
        .transpose()?;
    let link = link.map(|link| link.values.clone()).unwrap_or_default();
    let municipality = &gateway.config.gateway.municipality;
    let values = convert::Values::of(municipality, delivery.accepted_at, &link);
    let lacking = || Failure::hold(Step::Convert, lacks_evidence("accepted"));
    let source_sha256 = delivery.source().ok_or_else(lacking)?.sha256;
    let folder = gateway.spool.folder(&delivery.id);
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
        Err(ConvertError::BadRecords { problems, .. }) => {
            if gateway.config.links.get(&delivery.link).is_some_and(|link| link.order == Order::Strict) {
                hold_behind_rejected(gateway, delivery).await?;
            }
            Ok(Event::Rejected { problems })
        }
        Err(error) => Err(error.into()),
    }
}

/// Differences that follow a missing one would be imported on the wrong base.
async fn hold_behind_rejected(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let reason = format!(
        "delivery {} was rejected and the link is ordered: have the corrected file come and release it first, then the \
         link",
        delivery.id
    );
    let (link, by) = (delivery.link.clone(), OURSELVES.to_owned());
    match gateway.ledger.record_hold(Event::LinkHeld { link, by, reason }).await {
        Ok(()) | Err(LedgerError::Contradiction(_)) => Ok(()),
        Err(error) => Err(Failure::Ledger(error)),
    }
}

/// Decides the names at the partner; recorded before a byte leaves, so that they are found again after a crash.
fn aim(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let missing = || Failure::hold(Step::Transfer, no_such_link(&delivery.link));
    let link = gateway.config.links.get(&delivery.link).ok_or_else(missing)?;
    let target = link.target(delivery, &gateway.config.gateway.municipality);
    carried::check_name(gateway, delivery, &target)?;
    Ok(Event::TransferStarted { target })
}

async fn transfer(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Transfer)?;
    let mut lease = gateway.session(delivery, Step::Transfer).await?;
    // What comes back on another medium is told from an earlier one when it is imported.
    if let Some(agreement) = gateway.agreement(delivery).filter(|_| !gateway.is_carried(&delivery.partner)) {
        let path = gateway.acknowledgement_path(agreement, delivery, target);
        acknowledge::clear(lease.session(), agreement, &path)
            .await
            .map_err(|error| Failure::new(Step::Transfer, error.remedy(), &error))?;
    }
    let sent = gateway.spool.folder(&delivery.id).sent();
    let progress = gateway.watch(&delivery.id);
    match transfer::transfer(lease.session(), target, &sent, converted.sha256, progress.counter()).await {
        Ok(transferred) => {
            lease.give_back();
            Ok(Event::Transferred { transferred })
        }
        Err(TransferError::NameTaken { path }) if gateway.numbers_names(delivery) => {
            lease.give_back();
            Err(Failure::NameTaken(path))
        }
        Err(error) => Err(error.into()),
    }
}

async fn verify(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Verify)?;
    let (size, sha256) = (converted.size, converted.sha256);
    let mut lease = gateway.session(delivery, Step::Verify).await?;
    let progress = gateway.watch(&delivery.id);
    let verified = verify::verify(lease.session(), target, size, sha256, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Verified { verified })
}

async fn publish(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Publish)?;
    let before = publish::Before {
        size: converted.size,
        sha256: converted.sha256,
        unknown: delivery.outcome_unknown,
        acknowledged: gateway.agreement(delivery).is_some(),
    };
    let mut lease = gateway.session(delivery, Step::Publish).await?;
    let progress = gateway.watch(&delivery.id);
    let companions = carried::accompany(gateway, delivery, lease.session()).await?;
    match publish::publish(lease.session(), target, before, progress.counter()).await {
        Ok(mut published) => {
            lease.give_back();
            published.asked.splice(0..0, companions);
            Ok(Event::Published { published })
        }
        Err(PublishError::NameTaken { path }) if gateway.numbers_names(delivery) => {
            lease.give_back();
            Err(Failure::NameTaken(path))
        }
        Err(error) => Err(error.into()),
    }
}

async fn acknowledge(
    gateway: &Gateway,
    delivery: &Delivery,
    agreement: &Agreement,
) -> Result<Event, Failure> {
    let (target, converted) = under_way(delivery, Step::Acknowledge)?;
    let path = gateway.acknowledgement_path(agreement, delivery, target);
    let facts = acknowledge::Facts {
        name: &target.name,
        size: converted.size,
        sha256: converted.sha256,
        records: &converted.records,
    };
    let until = delivery.waits_for_acknowledgement_since().after(agreement.within);
    let mut lease = gateway.session(delivery, Step::Acknowledge).await?;
    let lacking = match acknowledge::look(lease.session(), agreement, &path, facts).await? {
        Look::Found(acknowledged) => {
            lease.give_back();
            return Ok(Event::Acknowledged { acknowledged });
        }
        Look::Nothing => None,
        Look::Lacking(what) => Some(what),
    };
    lease.give_back();
    if until <= Moment::now() {
        return Err(AcknowledgeError::Overdue { path, until, lacking }.into());
    }
    Err(Failure::Closed(Gate::Acknowledgement { path, until }))
}

/// Where it is ours to remove. One that stays is found before the next delivery that would mistake it for its own.
async fn remove_acknowledgement(gateway: &Gateway, delivery: &Delivery) {
    let (Some(agreement), Some(found)) = (gateway.agreement(delivery), &delivery.acknowledged) else {
        return;
    };
    // One that came on a medium stays there, as the partner's own paper would.
    if !agreement.remove || delivery.carried_on().is_some() {
        return;
    }
    if let Ok(mut lease) = gateway.session(delivery, Step::Acknowledge).await {
        match lease.session().remove(&found.path).await {
            Ok(_) => lease.give_back(),
            Err(error) => tracing::warn!(delivery = %delivery.id, "the acknowledgement stays: {error}"),
        }
    }
}

/// Writes and records a receipt while every other receipt waits: each carries the digest of the one before.
async fn issue_receipt(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let (_turn, previous) = gateway.ledger.end_of_receipts().await?;
    let (journal, at) = (gateway.ledger.position()?, Moment::now());
    let issue = receipt::Issue { gateway: gateway.sender(), previous, journal, at };
    let (folder, key) = (gateway.spool.folder(&delivery.id), gateway.receipt_key.clone());
    let known = delivery.clone();
    let written = gateway.blocking(move || receipt::write(&known, issue, &key, &folder)).await;
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
    let swept = leftover::sweep(gateway, delivery).await;
    let archived = gateway.blocking(move || archive::archive(&spool, &id, retention)).await?;
    Ok(Event::Archived { archived: archive::Archived { swept, ..archived } })
}

/// Where a delivery's bytes go, and what they are.
fn under_way(delivery: &Delivery, step: Step) -> Result<(&Target, &Converted), Failure> {
    match (&delivery.target, &delivery.converted) {
        (Some(target), Some(converted)) => Ok((target, converted)),
        _ => Err(Failure::hold(step, lacks_evidence("transfer_started"))),
    }
}

fn lacks_evidence(evidence: &str) -> String {
    format!("the ledger lacks the evidence {evidence:?}: report this as a fault of totatsu")
}

/// What to tell the operator when a delivery's link has left the configuration.
pub fn no_such_link(link: &str) -> String {
    format!(
        "link {link} is not in the configuration any more: put links/{link}.toml back, restart, then release"
    )
}

fn log_going(delivery: &Delivery) {
    let (link, state) = (&delivery.link, delivery.state());
    match (delivery.stage, &delivery.receipt, &delivery.published) {
        (Stage::Accepted, ..) => {
            tracing::info!(delivery = %delivery.id, link, state, file = delivery.name());
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
            let (problems, file) = (delivery.problems.unwrap_or_default(), delivery.name());
            tracing::error!(delivery = %delivery.id, link, state, file, problems, "the file breaks its layout: totatsu report ID lists the problems");
        }
        Standing::Going if delivery.is_finished() && delivery.stage != Stage::Archived => {
            tracing::info!(delivery = %delivery.id, link, state, "its folder is in the archive");
        }
        Standing::Going => match delivery.collection() {
            Some(collection) => collection::log_going(delivery, collection),
            None => log_going(delivery),
        },
        Standing::Queued { gate } => tracing::info!(delivery = %delivery.id, link, state, "{gate}"),
        Standing::Waiting { step, attempt, until, reason } => {
            tracing::warn!(delivery = %delivery.id, link, state, %step, attempt, %until, "{reason}");
        }
        Standing::Held { step, reason, .. } => {
            tracing::error!(delivery = %delivery.id, link, state, %step, "{reason}");
        }
    }
}
