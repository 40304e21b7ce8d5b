//! The steps of the way in: what each needs is gathered, the step is done, and its evidence handed back.
//!
//! What happens under the link's lock is done in one go: the lock is taken, what is about to happen is recorded, it is done,
//! and only then is the lock let go.

use std::collections::BTreeMap;

use super::closing::archive;
use super::performed::{Begun, Performed};
use super::plan::lacks_evidence;
use super::turn;
use crate::blocking::blocking;
use crate::collect::exclusive::Exclusive;
use crate::collect::expected::Completeness;
use crate::collect::fetch::FetchError;
use crate::collect::import::{self, ImportCommand, ImportError, KnownEnd};
use crate::collect::sequence::Follows;
use crate::collect::settle::{self, FileLook};
use crate::collect::{answer, clear, fetch, place};
use crate::config::link::{BadRecords, InboundLink};
use crate::config::no_such_link;
use crate::deliver::accept::Readiness;
use crate::gateway::{Failure, Gateway};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::evidence::{Answered, Decoded, Found, Imported, Outcome, Placing};
use totatsu_base::remedy::Remedy;
use totatsu_base::say;
use totatsu_ledger::collection::Collection;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::{Delivery, Gate, Source, Stage, Standing, Waiver};
use totatsu_ledger::step::Step;
use totatsu_ledger::way::InInbox;
use totatsu_ledger::{Ledger, LedgerError};
use totatsu_records::LayoutValues;
use totatsu_records::decode::{self, DecodeError};
use totatsu_transport::pool::Lease;

/// Fetches the partner's file. If the file isn't there, it is gone for good, unless an earlier collection of the same name is
/// under way: that one may have taken the file aside, and gives it back if it is a new one. Then the fetch is tried again.
pub(super) async fn fetch(
    gateway: &Gateway,
    delivery: &Delivery,
    found: &Found,
    lease: &mut Lease<'_>,
) -> Result<Performed, Failure> {
    let (link, _) = known(gateway, delivery, Step::Fetch)?;
    let missing = match look_and_fetch(gateway, delivery, found, link, lease).await {
        Err(error @ FetchError::Gone { .. }) => error,
        outcome => return Ok(outcome?),
    };
    match earlier_of_name(&gateway.ledger, delivery, found)? {
        Some(earlier) => {
            let path = &found.path;
            let why = say!("journey-earlier-removes", path = path, earlier = earlier);
            Err(Failure::new(Step::Fetch, Remedy::Retry, &why))
        }
        None => Err(missing.into()),
    }
}

/// Fetches the file if it has settled. Otherwise remembers the look, and leaves the file alone.
async fn look_and_fetch(
    gateway: &Gateway,
    delivery: &Delivery,
    found: &Found,
    link: &InboundLink,
    lease: &mut Lease<'_>,
) -> Result<Performed, FetchError> {
    let (session, before) = (lease.session(), gateway.settling.of(&delivery.id));
    let (settled, asked) = match settle::look_at(session, found, link.expected.stable_for, before).await? {
        FileLook::Settled { file, asked } => (file, asked),
        FileLook::Settles(file) => {
            gateway.settling.note(&delivery.id, file);
            return Ok(Performed::Settles);
        }
    };
    let digest = link.expected.digest_path(&found.name);
    let file = fetch::FileToFetch { found, settled, asked, digest: digest.as_deref() };
    let progress = gateway.claims.watch(&delivery.id);
    let folder = gateway.spool.folder(&delivery.id);
    let fetched = fetch::fetch(lease.session(), file, &folder, progress.counter()).await?;
    Ok(Performed::Done(Event::Fetched { fetched }))
}

/// Another collection of the same file's name that may have it aside for a moment: it began before this one, has fetched what
/// was there then, and is neither at its end nor held.
fn earlier_of_name(
    ledger: &Ledger,
    delivery: &Delivery,
    found: &Found,
) -> Result<Option<DeliveryId>, LedgerError> {
    for id in ledger.lane(&delivery.link) {
        let Some(other) = ledger.find(&id?)?.filter(|other| other.begun < delivery.begun) else { continue };
        let of_name = |earlier: &Collection| earlier.found.path == found.path && earlier.fetched.is_some();
        let moves = !matches!(other.standing, Standing::Held { .. });
        if moves && other.collection().is_some_and(of_name) {
            return Ok(Some(other.id));
        }
    }
    Ok(None)
}

pub(super) async fn decode(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Decode)?;
    let layout = gateway
        .config
        .layout_named(&link.layout, delivery.accepted_at.date())
        .map_err(|reason| Failure::hold(Step::Decode, reason))?;
    let (folder, form) = (gateway.spool.folder(&delivery.id), link.form);
    // A file for another municipality isn't ours to read.
    let municipality = &link.municipality;
    let values = LayoutValues::of(municipality, delivery.accepted_at, &link.values);
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
        Err(DecodeError::BadRecords { problems, .. }) => Ok(Event::Rejected { problems }),
        Err(error) => Err(error.into()),
    }
}

/// Makes the rows ready in the inbox, under the link's lock, if no other collection is in the way. The lock is kept until the
/// rows have their name.
pub(super) async fn prepare(
    gateway: &Gateway,
    delivery: &Delivery,
    decoded: &Decoded,
) -> Result<Performed, Failure> {
    let (link, collection) = known(gateway, delivery, Step::Place)?;
    let lock = gateway.lock(&link.lock, Step::Place, &delivery.id)?;
    // Asked again with the lock in hand: until now another one may have come first.
    if let Some(gate) = turn::exclusive(gateway, delivery, &link.lock)? {
        return Err(Failure::Closed(gate));
    }
    // So may one that comes after this one by its date or number: planned anew, this one is held.
    if !delivery.waived.contains(&Waiver::Sequence)
        && let Some(Follows::TooOld(_)) = turn::follows(gateway, delivery, link)?
    {
        return Err(Failure::Closed(Gate::Exclusive { lock: link.lock.clone(), behind: None }));
    }
    let date = delivery.accepted_at.date();
    let layout = gateway
        .config
        .layout_named(&link.layout, date)
        .map_err(|reason| Failure::hold(Step::Place, reason))?;
    let expected = decoded.decoded_sha256;
    let name = link.inbox_name(&delivery.id, &collection.found, date, &layout);
    let (inbox, id) = (link.inbox_place(), delivery.id.clone());
    let rows = gateway.spool.folder(&delivery.id).decoded();
    let placing = blocking(move || place::prepare(&rows, expected, &inbox, &name, &id)).await?;
    Ok(Performed::Begun(Event::PlacingStarted { placing }, Begun::Placing(lock)))
}

/// Gives the rows that are ready their name: after a crash, or after the name was taken in the inbox.
pub(super) async fn finish_placing(
    gateway: &Gateway,
    delivery: &Delivery,
    placing: &Placing,
) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Place)?;
    let _lock = gateway.lock(&link.lock, Step::Place, &delivery.id)?;
    give_name(placing).await
}

/// Gives the rows their name; the lock is in hand.
pub(super) async fn give_name(placing: &Placing) -> Result<Event, Failure> {
    let placing = placing.clone();
    let placed = blocking(move || place::finish(&placing)).await?;
    Ok(Event::Placed { placed })
}

/// Takes the lock, which is kept while the command runs, and makes sure that the rows in the inbox are those that were
/// placed. A command that has ended well by now isn't run again: a person let the collection go on while the command still
/// ran.
pub(super) async fn begin_import(gateway: &Gateway, delivery: &Delivery) -> Result<Performed, Failure> {
    let (link, collection) = known(gateway, delivery, Step::Import)?;
    let folder = gateway.spool.folder(&delivery.id);
    let lock = gateway.lock(&link.lock, Step::Import, &delivery.id)?;
    let ended = match import::known_end(&folder)? {
        KnownEnd::Done(imported) => Some(imported),
        KnownEnd::Failed(_) | KnownEnd::Nothing => {
            let lacking = || Failure::hold(Step::Import, lacks_evidence("placing_started"));
            let placing = collection.placing.clone().ok_or_else(lacking)?;
            blocking(move || import::check(&placing, &folder).and_then(|()| import::forget(&folder))).await?;
            None
        }
    };
    let run = collection.import_runs + u32::from(ended.is_none());
    Ok(Performed::Begun(Event::ImportStarted { run }, Begun::Import(lock, ended)))
}

/// Runs the command to its end, unless it has ended well already.
pub(super) async fn run_import(
    gateway: &Gateway,
    delivery: &Delivery,
    handed_over: InInbox<'_>,
    lock: &Exclusive,
    ended: Option<Imported>,
) -> Result<Event, Failure> {
    let (link, collection) = known(gateway, delivery, Step::Import)?;
    let gone = || Failure::hold(Step::Import, no_such_link(&delivery.link));
    let command = link.import.as_ref().ok_or_else(gone)?;
    let imported = match ended {
        Some(imported) => imported,
        None => {
            let InInbox { decoded, placing, placed } = handed_over;
            let environment = [
                ("TOTATSU_ID", delivery.id.to_string()),
                ("TOTATSU_LINK", delivery.link.clone()),
                ("TOTATSU_NAME", collection.found.name.clone()),
                ("TOTATSU_SHA256", placing.sha256.to_string()),
                ("TOTATSU_ROWS", decoded.rows.to_string()),
                ("TOTATSU_RUN", collection.import_runs.to_string()),
            ];
            let facts = import::ImportFacts { file: &placed.path, environment: &environment };
            import::run(command, lock, facts, &gateway.spool.folder(&delivery.id)).await?
        }
    };
    ended_well(handed_over.placing, Some(command), imported).await
}

/// Ends an import that went well: the rows go from the inbox, where the link says so.
async fn ended_well(
    placing: &Placing,
    command: Option<&ImportCommand>,
    imported: Imported,
) -> Result<Event, Failure> {
    if let Some(command) = command {
        remove_imported(placing, command).await?;
    }
    Ok(Event::Imported { imported })
}

/// Finds out how an import ended that an earlier process of ours began. The command has the lock to its end: once we have the
/// lock, the command has ended.
pub(super) async fn end_of_import(
    gateway: &Gateway,
    delivery: &Delivery,
    handed_over: InInbox<'_>,
) -> Result<Event, Failure> {
    let (link, _) = known(gateway, delivery, Step::Import)?;
    let _lock = gateway.lock(&link.lock, Step::Import, &delivery.id)?;
    let folder = gateway.spool.folder(&delivery.id);
    match import::known_end(&folder)? {
        KnownEnd::Done(imported) => ended_well(handed_over.placing, link.import.as_ref(), imported).await,
        KnownEnd::Failed(status) => {
            Err(ImportError::Failed { id: folder.id(), status, output: folder.import_output() }.into())
        }
        KnownEnd::Nothing if link.import.as_ref().is_some_and(|command| command.repeatable) => {
            let reason = say!("journey-cut-off-import");
            let (step, until) = (Step::Import, Moment::now());
            let back_to = Some(Stage::Placed);
            Ok(Event::Waiting { step, attempt: 1, until, reason, unknown: false, back_to })
        }
        KnownEnd::Nothing => Err(ImportError::Interrupted { id: folder.id() }.into()),
    }
}

async fn remove_imported(placing: &Placing, command: &ImportCommand) -> Result<(), Failure> {
    if command.leave {
        return Ok(());
    }
    let placing = placing.clone();
    Ok(blocking(move || place::remove(&placing)).await.map_err(ImportError::Inbox)?)
}

/// Puts the acknowledgement into an outbox, unless it got there before.
pub(super) async fn answer(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    remove_if_confirmed(gateway, delivery).await?;
    let (link, collection) = known(gateway, delivery, Step::Answer)?;
    let gone = || Failure::hold(Step::Answer, no_such_link(&delivery.link));
    let agreed = link.acknowledge.as_ref().ok_or_else(gone)?;
    let lacking = || Failure::hold(Step::Answer, lacks_evidence("fetched"));
    let source = delivery.source().ok_or_else(lacking)?;
    let outbound = gateway.config.links.get(&agreed.link);
    let outbound = outbound.ok_or_else(|| Failure::hold(Step::Answer, no_such_link(&agreed.link)))?;
    let text = text_of(delivery, collection, source);
    let name = link.fill(&agreed.name, &delivery.id, &collection.found, delivery.accepted_at.date());
    let sha256 = totatsu_base::digest::Sha256::of(text.as_bytes());
    let outcome = outcome_of(delivery);
    // The outbox is asked before the ledger: the ledger knew every file that has left the outbox by now.
    let (outbox, own_name, own_text) = (outbound.outbox_place(), name.clone(), text.clone());
    let mut lies = blocking(move || answer::lies_in(&outbox, &own_name, &own_text)).await?;
    let is_known = gateway.ledger.with_source(&agreed.link, sha256).next().transpose()?.is_some();
    if !lies && !is_known {
        let (outbox, name, id) = (outbound.outbox_place(), name.clone(), delivery.id.clone());
        blocking(move || answer::drop_into(&outbox, &name, &text, &id)).await?;
        lies = true;
    }
    if lies && outbound.readiness == Readiness::Marker {
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
    answer::text_of(&answer::AnswerFacts {
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

/// Removes or moves the partner's file.
pub(super) async fn clear(
    gateway: &Gateway,
    delivery: &Delivery,
    lease: &mut Lease<'_>,
) -> Result<Event, Failure> {
    remove_if_confirmed(gateway, delivery).await?;
    let (link, collection) = known(gateway, delivery, Step::Clear)?;
    let lacking = || Failure::hold(Step::Clear, lacks_evidence("fetched"));
    let fetched = collection.fetched.as_ref().ok_or_else(lacking)?;
    let digest = link.expected.own_digest_path(&collection.found.name);
    let earlier = earlier_of_name(&gateway.ledger, delivery, &collection.found)?;
    let ours = clear::Ours {
        id: &delivery.id,
        found: &collection.found,
        fetched,
        marked: link.expected.complete == Completeness::Marker,
        digest: digest.as_deref(),
        earlier: earlier.as_ref(),
    };
    let cleared = clear::clear(lease.session(), ours, &link.afterwards).await?;
    Ok(Event::Cleared { cleared })
}

/// Gives a collection up: its hidden name, and rows that a command should have imported, go from the inbox. Then archives it.
pub(super) async fn give_up(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let placing = delivery.collection().and_then(|collection| collection.placing.clone());
    if let Some(placing) = placing {
        let taken_back = blocking(move || place::take_back(&placing)).await;
        taken_back.map_err(|error| Failure::of_exchange(Step::Archive, &error))?;
    }
    remove_without_import(gateway, delivery).await?;
    archive(gateway, delivery).await
}

/// Where a person decided instead of the import command, removes the rows from the inbox as if the command had imported them.
pub(super) async fn remove_if_confirmed(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    match delivery.confirmed {
        Some(_) => remove_without_import(gateway, delivery).await,
        None => Ok(()),
    }
}

async fn remove_without_import(gateway: &Gateway, delivery: &Delivery) -> Result<(), Failure> {
    let Some(link) = gateway.config.inbound.get(&delivery.link) else { return Ok(()) };
    let (Some(command), Some(collection)) = (&link.import, delivery.collection()) else { return Ok(()) };
    // The rows may have had their name before that could be recorded.
    let Some(placing) = &collection.placing else { return Ok(()) };
    let _lock = gateway.lock(&link.lock, Step::Import, &delivery.id)?;
    remove_imported(placing, command).await
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
