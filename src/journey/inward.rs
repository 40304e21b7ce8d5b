//! The way in: from a collection's state to its next step.
//!
//! Owns the order find → fetch → decode → place → (import) → (answer) → (clear) → receipt → archive. What happens under the
//! link's lock is done in one go: the lock is taken, what is about to happen is recorded, it is done, and only then is the
//! lock let go.

use std::collections::BTreeMap;

use super::closing::{archive, issue_receipt};
use super::conclude::{conclude, queue};
use super::next::{After, next_after_placing, refusal_to_tell};
use super::outward::{hold_behind_rejected, lacks_evidence};
use super::turn;
use crate::accept;
use crate::blocking::blocking;
use crate::clock::Moment;
use crate::collect::answer::{self, Agreed, Answered, Outcome};
use crate::collect::clear;
use crate::collect::exclusive::Exclusive;
use crate::collect::import::{self, ImportCommand, ImportError, Imported, Known};
use crate::collect::link::{BadRecords, InboundLink, Readiness};
use crate::collect::{fetch, place};
use crate::config::no_such_link;
use crate::convert::Values;
use crate::decode::{self, DecodeError};
use crate::gateway::{Failure, Gateway, Stop};
use crate::ledger::collection::Collection;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, Source, Stage};
use crate::ledger::step::Step;
use crate::link::Order;
use crate::spool::DeliveryFolder;

/// Takes the next step of a collection and records what came of it.
///
/// # Errors
/// See [`Stop`].
pub(super) async fn advance(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    match turn::bar_in(gateway, &delivery)? {
        Some(Event::Queued { gate }) => return queue(gateway, delivery, gate).await,
        Some(event) => return conclude(gateway, delivery, Ok(event)).await,
        None => {}
    }
    let outcome = match delivery.stage {
        Stage::Found => fetch(gateway, &delivery).await,
        Stage::Fetched => decode(gateway, &delivery).await,
        Stage::Decoded => return place(gateway, delivery).await,
        Stage::Placing => finish_placing(gateway, &delivery).await,
        Stage::Importing => return go_on_importing(gateway, delivery).await,
        Stage::Placed | Stage::Imported => return after_placing(gateway, delivery).await,
        Stage::Rejected => match refusal_to_tell(gateway, &delivery) {
            Some((link, agreed)) => answer(gateway, &delivery, link, agreed).await,
            None => archive(gateway, &delivery).await,
        },
        Stage::Cancelled => give_up(gateway, &delivery).await,
        Stage::Accepted
        | Stage::Converted
        | Stage::Transferring
        | Stage::Transferred
        | Stage::Verified
        | Stage::Published
        | Stage::Acknowledged
        | Stage::Confirmed
        | Stage::Receipted
        | Stage::Archived
        | Stage::Repeated
        | Stage::Superseded => archive(gateway, &delivery).await,
    };
    conclude(gateway, delivery, outcome).await
}

/// Does what comes next for rows that bear their name in the inbox.
async fn after_placing(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    if delivery.confirmed.is_some()
        && let Err(failure) = remove_without_import(gateway, &delivery).await
    {
        return conclude(gateway, delivery, Err(failure)).await;
    }
    let outcome = match next_after_placing(gateway, &delivery) {
        After::Import(link, command) => return import(gateway, delivery, link, command).await,
        After::Answer(link, agreed) => answer(gateway, &delivery, link, agreed).await,
        After::Clear(link) => clear(gateway, &delivery, link).await,
        After::Receipt => return issue_receipt(gateway, delivery).await,
        After::Unknown => Err(Failure::hold(Step::Import, no_such_link(&delivery.link))),
    };
    conclude(gateway, delivery, outcome).await
}

async fn fetch(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (link, collection) = known(gateway, delivery, Step::Fetch)?;
    let found = &collection.found;
    let digest = link.digest_path(&found.name);
    let demands = fetch::Demands { digest: digest.as_deref(), stable_for: link.stable_for };
    let mut lease = gateway.session(delivery, Step::Fetch).await?;
    let progress = gateway.watch(&delivery.id);
    let folder = gateway.spool.folder(&delivery.id);
    let fetched = fetch::fetch(lease.session(), found, demands, &folder, progress.counter()).await?;
    lease.give_back();
    Ok(Event::Fetched { fetched })
}

async fn decode(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Decode)?;
    let layout = gateway
        .config
        .layout_named(&link.layout, delivery.accepted_at.date())
        .map_err(|reason| Failure::hold(Step::Decode, reason))?;
    let (folder, form) = (gateway.spool.folder(&delivery.id), link.form);
    // A file for another municipality isn't ours to read.
    let municipality = &gateway.config.gateway.municipality;
    let values = Values::of(municipality, delivery.accepted_at, &BTreeMap::new());
    let quarantines = link.bad_records == BadRecords::Quarantine;
    let _turn = gateway.turn_to_convert().await;
    let outcome = blocking(move || {
        let (source, decoded, report) = (folder.source(), folder.decoded(), folder.report());
        let quarantine = folder.quarantine();
        decode::decode(&decode::DecodeWork {
            received: &source,
            decoded: &decoded,
            report: &report,
            layout: &layout,
            values: Some(&values),
            form,
            quarantine: quarantines.then_some(quarantine.as_path()),
        })
    })
    .await;
    match outcome {
        Ok(decoded) => Ok(Event::Decoded { decoded }),
        Err(DecodeError::BadRecords { problems, .. }) => {
            if link.order == Order::Strict {
                hold_behind_rejected(gateway, delivery).await?;
            }
            Ok(Event::Rejected { problems })
        }
        Err(error) => Err(error.into()),
    }
}

/// Under the lock: looks whether it is the next, makes the rows ready in the inbox, records where they go, and gives them
/// their name.
async fn place(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let (_lock, event) = match prepare(gateway, &delivery).await {
        Ok(prepared) => prepared,
        Err(failure) => return conclude(gateway, delivery, Err(failure)).await,
    };
    let delivery = conclude(gateway, delivery, Ok(event)).await?;
    let outcome = give_name(gateway, &delivery).await;
    conclude(gateway, delivery, outcome).await
}

async fn prepare(gateway: &Gateway, delivery: &Delivery) -> Result<(Exclusive, Event), Failure> {
    let (link, collection) = known(gateway, delivery, Step::Place)?;
    let lock = gateway.lock(&link.lock, Step::Place)?;
    // Asked again with the lock in hand: until now another one may have come first.
    if let Some(gate) = turn::exclusive(gateway, delivery, &link.lock)? {
        return Err(Failure::Closed(gate));
    }
    let date = delivery.accepted_at.date();
    let layout = gateway
        .config
        .layout_named(&link.layout, date)
        .map_err(|reason| Failure::hold(Step::Place, reason))?;
    let lacking = || Failure::hold(Step::Place, lacks_evidence("decoded"));
    let expected = collection.decoded.as_ref().ok_or_else(lacking)?.decoded_sha256;
    let name = link.inbox_name(&delivery.id, &collection.found, date, &layout);
    let (inbox, id) = (link.inbox_place(), delivery.id.clone());
    let rows = gateway.spool.folder(&delivery.id).decoded();
    let placing = blocking(move || place::prepare(&rows, expected, &inbox, &name, &id)).await?;
    Ok((lock, Event::PlacingStarted { placing }))
}

/// After a crash, or where the name was taken in the inbox.
async fn finish_placing(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Place)?;
    let _lock = gateway.lock(&link.lock, Step::Place)?;
    give_name(gateway, delivery).await
}

async fn give_name(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let placing = delivery.collection().and_then(|collection| collection.placing.clone());
    let placing = placing.ok_or_else(|| Failure::hold(Step::Place, lacks_evidence("placing_started")))?;
    let owner = inbox_owner(gateway, delivery);
    let placed = blocking(move || place::finish(&placing, owner)).await?;
    Ok(Event::Placed { placed })
}

/// Under the lock: records that the command starts, and runs it to its end.
async fn import(
    gateway: &Gateway,
    delivery: Delivery,
    link: &InboundLink,
    command: &ImportCommand,
) -> Result<Delivery, Stop> {
    let folder = gateway.spool.folder(&delivery.id);
    let begun = gateway.lock(&link.lock, Step::Import).and_then(|lock| match import::known_end(&folder)? {
        Known::Done(imported) => Ok((lock, Some(imported))),
        Known::Failed(_) | Known::Nothing => {
            import::forget(&folder)?;
            Ok((lock, None))
        }
    });
    let (lock, before) = match begun {
        Ok(begun) => begun,
        Err(failure) => return conclude(gateway, delivery, Err(failure)).await,
    };
    if before.is_none()
        && let Err(failure) = check_placed(gateway, &delivery, &folder).await
    {
        return conclude(gateway, delivery, Err(failure)).await;
    }
    let runs = delivery.collection().map_or(0, |collection| collection.import_runs);
    if let Some(imported) = before {
        // A person let it go on while it still ran: it has done its work by now, and is not run again.
        let delivery = conclude(gateway, delivery, Ok(Event::ImportStarted { run: runs })).await?;
        let outcome = ended_well(gateway, &delivery, Some(command), imported).await;
        return conclude(gateway, delivery, outcome).await;
    }
    let delivery = conclude(gateway, delivery, Ok(Event::ImportStarted { run: runs + 1 })).await?;
    let outcome = run_import(gateway, &delivery, command, &lock, &folder).await;
    drop(lock);
    conclude(gateway, delivery, outcome).await
}

/// The command runs on the bytes that were placed, each time, or not at all.
async fn check_placed(
    gateway: &Gateway,
    delivery: &Delivery,
    folder: &DeliveryFolder,
) -> Result<(), Failure> {
    let placing = delivery.collection().and_then(|collection| collection.placing.clone());
    let placing = placing.ok_or_else(|| Failure::hold(Step::Import, lacks_evidence("placing_started")))?;
    let (owner, folder) = (inbox_owner(gateway, delivery), folder.clone());
    Ok(blocking(move || import::check(&placing, owner, &folder)).await?)
}

async fn run_import(
    gateway: &Gateway,
    delivery: &Delivery,
    command: &ImportCommand,
    lock: &Exclusive,
    folder: &DeliveryFolder,
) -> Result<Event, Failure> {
    let lacking = || Failure::hold(Step::Import, lacks_evidence("placed"));
    let collection = delivery.collection().ok_or_else(lacking)?;
    let placed = collection.placed.as_ref().ok_or_else(lacking)?;
    let rows = collection.decoded.as_ref().map_or(0, |decoded| decoded.rows);
    let digest = collection.placing.as_ref().map(|placing| placing.sha256.to_string());
    let environment = [
        ("TOTATSU_ID", delivery.id.to_string()),
        ("TOTATSU_LINK", delivery.link.clone()),
        ("TOTATSU_NAME", collection.found.name.clone()),
        ("TOTATSU_SHA256", digest.unwrap_or_default()),
        ("TOTATSU_ROWS", rows.to_string()),
        ("TOTATSU_RUN", collection.import_runs.to_string()),
    ];
    let facts = import::Facts { file: &placed.path, environment: &environment };
    let imported = import::run(command, lock, facts, folder).await?;
    ended_well(gateway, delivery, Some(command), imported).await
}

/// What was imported goes from the inbox, where the link says so.
async fn ended_well(
    gateway: &Gateway,
    delivery: &Delivery,
    command: Option<&ImportCommand>,
    imported: Imported,
) -> Result<Event, Failure> {
    if let (Some(command), Some(collection)) = (command, delivery.collection()) {
        remove_imported(collection, command, inbox_owner(gateway, delivery)).await?;
    }
    Ok(Event::Imported { imported })
}

/// The program was started before this one did: it is waited for by its lock, and then tells how it ended.
async fn go_on_importing(gateway: &Gateway, delivery: Delivery) -> Result<Delivery, Stop> {
    let outcome = end_of_import(gateway, &delivery).await;
    conclude(gateway, delivery, outcome).await
}

async fn end_of_import(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Import)?;
    let _lock = gateway.lock(&link.lock, Step::Import)?;
    let folder = gateway.spool.folder(&delivery.id);
    match import::known_end(&folder)? {
        Known::Done(imported) => ended_well(gateway, delivery, link.import.as_ref(), imported).await,
        Known::Failed(status) => Err(ImportError::Failed { status, output: folder.import_output() }.into()),
        Known::Nothing if link.import.as_ref().is_some_and(|command| command.repeatable) => {
            let reason = "it was cut off, and may be run again".to_owned();
            let (step, until) = (Step::Import, Moment::now());
            let back_to = Some(Stage::Placed);
            Ok(Event::Waiting { step, attempt: 1, until, reason, unknown: false, back_to })
        }
        Known::Nothing => Err(ImportError::Interrupted.into()),
    }
}

async fn remove_imported(
    collection: &Collection,
    command: &ImportCommand,
    owner: Option<u32>,
) -> Result<(), Failure> {
    let placing = collection.placing.clone().filter(|_| collection.placed.is_some() && !command.leave);
    let Some(placing) = placing else { return Ok(()) };
    Ok(blocking(move || place::remove(&placing, owner)).await.map_err(ImportError::Inbox)?)
}

/// Puts the acknowledgement into an outbox, unless it got there before.
async fn answer(
    gateway: &Gateway,
    delivery: &Delivery,
    link: &InboundLink,
    agreed: &Agreed,
) -> Result<Event, Failure> {
    let lacking = || Failure::hold(Step::Answer, lacks_evidence("fetched"));
    let collection = delivery.collection().ok_or_else(lacking)?;
    let source = delivery.source().ok_or_else(lacking)?;
    let outbound = gateway.config.links.get(&agreed.link);
    let outbound = outbound.ok_or_else(|| Failure::hold(Step::Answer, no_such_link(&agreed.link)))?;
    let text = text_of(delivery, collection, source);
    let name = link.fill(&agreed.name, &delivery.id, &collection.found, delivery.accepted_at.date());
    let sha256 = crate::digest::Sha256::of(text.as_bytes());
    let outcome = outcome_of(delivery);
    // In the outbox first: what isn't there any more, the ledger knew before it went.
    let (outbox, own_name) = (outbound.outbox_place(), name.clone());
    let mut lies = blocking(move || answer::lies_in(&outbox, &own_name, sha256)).await;
    if !lies && gateway.ledger.with_source(&agreed.link, sha256)?.is_empty() {
        let (outbox, name, id) = (outbound.outbox_place(), name.clone(), delivery.id.clone());
        blocking(move || answer::drop_into(&outbox, &name, &text, &id)).await?;
        lies = true;
    }
    if lies && outbound.readiness == accept::Readiness::Marker {
        let (outbox, name) = (outbound.outbox_place(), name.clone());
        blocking(move || answer::mark(&outbox, &name)).await?;
    }
    Ok(Event::Answered { answered: Answered { link: agreed.link.clone(), name, sha256, outcome } })
}

fn outcome_of(delivery: &Delivery) -> Outcome {
    if delivery.stage == Stage::Rejected { Outcome::Refused } else { Outcome::Ok }
}

fn text_of(delivery: &Delivery, collection: &Collection, source: Source<'_>) -> String {
    let none = BTreeMap::new();
    let decoded = collection.decoded.as_ref();
    let at =
        [Stage::Imported, Stage::Placed, Stage::Rejected].into_iter().find_map(|at| delivery.reached(at));
    answer::text_of(&answer::Facts {
        id: &delivery.id,
        name: source.name,
        size: source.size,
        sha256: source.sha256,
        outcome: outcome_of(delivery),
        records: decoded.map_or(&none, |decoded| &decoded.records),
        bad: delivery.problems.unwrap_or_else(|| decoded.map_or(0, |decoded| decoded.quarantined)),
        at: at.unwrap_or(delivery.accepted_at),
    })
}

async fn clear(gateway: &Gateway, delivery: &Delivery, link: &InboundLink) -> Result<Event, Failure> {
    let lacking = || Failure::hold(Step::Clear, lacks_evidence("fetched"));
    let collection = delivery.collection().ok_or_else(lacking)?;
    let fetched = collection.fetched.as_ref().ok_or_else(lacking)?;
    let digest = link.own_digest_path(&collection.found.name);
    let ours = clear::Ours {
        id: &delivery.id,
        found: &collection.found,
        fetched,
        marked: link.ready == Readiness::Marker,
        digest: digest.as_deref(),
    };
    let mut lease = gateway.session(delivery, Step::Clear).await?;
    let cleared = clear::clear(lease.session(), ours, &link.afterwards).await?;
    lease.give_back();
    Ok(Event::Cleared { cleared })
}

/// Nothing of what was given up stays in the inbox: no hidden name, and no rows that a command should have imported.
async fn give_up(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let placing = delivery.collection().and_then(|collection| collection.placing.clone());
    if let Some(placing) = placing {
        let owner = inbox_owner(gateway, delivery);
        let taken_back = blocking(move || place::take_back(&placing, owner)).await;
        taken_back.map_err(|error| Failure::of_exchange(Step::Archive, &error))?;
    }
    remove_without_import(gateway, delivery).await?;
    archive(gateway, delivery).await
}

/// Where a person decided instead of the import command, the rows go from the inbox as if it had imported them.
async fn remove_without_import(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let Some(link) = gateway.config.inbound.get(&delivery.link) else { return Ok(()) };
    let (Some(command), Some(collection)) = (&link.import, delivery.collection()) else { return Ok(()) };
    let _lock = gateway.lock(&link.lock, Step::Import)?;
    remove_imported(collection, command, link.inbox_owner).await
}

/// Whom a collection's inbox may belong to, as its link says by now.
fn inbox_owner(gateway: &Gateway, delivery: &Delivery) -> Option<u32> {
    gateway.config.inbound.get(&delivery.link).and_then(|link| link.inbox_owner)
}

fn known<'a>(
    gateway: &'a Gateway,
    delivery: &'a Delivery,
    step: Step,
) -> Result<(&'a InboundLink, &'a Collection), Failure> {
    let link = gateway.config.inbound.get(&delivery.link);
    let link = link.ok_or_else(|| Failure::hold(step, no_such_link(&delivery.link)))?;
    let collection = delivery.collection().ok_or_else(|| Failure::hold(step, lacks_evidence("found")))?;
    Ok((link, collection))
}
