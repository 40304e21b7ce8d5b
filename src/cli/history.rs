//! The history of one delivery for people: a line for each of its lines in the journal, with when and who.

use super::terms;
use super::wrapping::Fact;
use crate::control::{ShownDeadline, ShownPast};
use totatsu_base::{Moment, say};
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Delivery, Doubt, Entry, Event, ToldAlert};

/// What stands before the history: other deliveries of the same name, the deadline, resends of it, what its import said.
pub(super) fn facts(delivery: &Delivery, past: &ShownPast) -> Vec<Fact> {
    let mut rows = Vec::new();
    let ids = |ids: &[totatsu_base::DeliveryId]| {
        terms::listed(&ids.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    if !past.others_of_name.is_empty() {
        rows.push((say!("list-fact-others"), ids(&past.others_of_name)));
    }
    if let Some(folded) = delivery.converted.as_ref().filter(|converted| converted.folds > 0) {
        let tables = folded.folds_by_table.iter();
        let tables: Vec<String> = tables.map(|(table, count)| format!("{table}: {count}")).collect();
        let told = match tables.is_empty() {
            true => say!("list-folded", count = folded.folds),
            false => say!("list-folded-by", count = folded.folds, tables = terms::listed(&tables)),
        };
        rows.push((say!("list-fact-folded"), told));
    }
    rows.extend(past.deadline.as_ref().map(|deadline| (say!("list-fact-deadline"), told_deadline(deadline))));
    if !past.resent_as.is_empty() {
        rows.push((say!("list-fact-resent-as"), ids(&past.resent_as)));
    }
    rows.extend(past.import_log.iter().map(|line| (say!("list-fact-import-log"), line.clone())));
    let unreadable = past.journal_unreadable.as_ref();
    rows.extend(
        unreadable.map(|error| (say!("list-fact-history"), say!("list-history-unreadable", error = error))),
    );
    rows
}

/// A line for each event, oldest first.
pub(super) fn events(delivery: &Delivery, past: &ShownPast) -> impl Iterator<Item = Fact> {
    let told = |entry: &Entry| (String::new(), format!("{}  {}", entry.at, told(delivery, entry)));
    past.journal.iter().map(told)
}

/// Alerts that were raised after the delivery's last line in the journal.
pub(super) fn later_alerts(delivery: &Delivery, past: &ShownPast) -> impl Iterator<Item = Fact> {
    let end = past.journal.last().map(|entry| entry.at);
    let later = delivery.alerts.iter().filter(move |alert| Some(alert.at) > end);
    later.map(|ToldAlert { at, kind, text }| {
        (
            String::new(),
            format!("{at}  {}", say!("list-event-alerted", kind = terms::alert_kind(kind), text = text)),
        )
    })
}

/// How long after the deadline `end` is, in words.
fn told_lateness(deadline: &ShownDeadline, end: Moment) -> String {
    let minutes = end.since(deadline.due).as_secs().div_ceil(60);
    say!("list-late-by", hours = minutes / 60, minutes = minutes % 60)
}

fn told_deadline(deadline: &ShownDeadline) -> String {
    let due = deadline.due;
    match (deadline.missed, deadline.arrived) {
        (true, Some(arrived)) => {
            let by = told_lateness(deadline, arrived);
            say!("list-deadline-late", due = due, arrived = arrived, by = by)
        }
        (true, None) => say!("list-deadline-missed", due = due),
        (false, Some(arrived)) => say!("list-deadline-met", due = due, arrived = arrived),
        (false, None) => say!("list-deadline-due", due = due),
    }
}

fn told(delivery: &Delivery, entry: &Entry) -> String {
    let state = state_word;
    match &entry.event {
        Event::Queued { gate } => say!("list-event-queued", why = gate.told_of(&delivery.id)),
        Event::Waiting { step, attempt, until, reason, .. } => {
            let (step, until) = (step.told(), until.to_string());
            say!("list-event-waiting", step = step, attempt = attempt, until = until, reason = reason)
        }
        Event::Held(Doubt { step, reason, .. }) => {
            say!("list-event-held", step = step.told(), reason = reason)
        }
        Event::HeldByHand { by, reason } => act("held", by, reason),
        Event::Released { by, reason } => act("released", by, reason),
        Event::Confirmed { by, reason, .. } => act("confirmed", by, reason),
        Event::Cancelled { by, reason } => act("cancelled", by, reason),
        Event::Resent { of, by, reason, .. } => say!("list-event-resent", of = of, by = by, reason = reason),
        Event::NameTaken { path } => say!("list-event-name-taken", path = path),
        Event::Superseded { newer } => say!("list-event-superseded", newer = newer),
        Event::Repeated { of } => say!("list-event-repeated", of = of),
        Event::Rejected { problems } => say!("list-event-rejected", count = problems),
        Event::Answered { answered } => {
            say!("list-event-answered", name = answered.name, link = answered.link)
        }
        Event::Cleared { .. } => say!("list-event-cleared"),
        Event::ImportStarted { run } => say!("list-event-import", run = run),
        Event::Receipted { number, .. } => say!("list-event-receipted", number = number),
        Event::Accepted { .. } => state("accepted"),
        Event::Found { .. } => state("found"),
        Event::Fetched { .. } => state("fetched"),
        Event::Decoded { .. } => state("decoded"),
        Event::PlacingStarted { .. } => state("placing"),
        Event::Placed { .. } => state("placed"),
        Event::Imported { .. } => state("imported"),
        Event::Converted { .. } => state("converted"),
        Event::TransferStarted { .. } => state("transferring"),
        Event::Transferred { .. } => state("transferred"),
        Event::Verified { .. } => state("verified"),
        Event::Published { .. } => state("published"),
        Event::Acknowledged { .. } => state("acknowledged"),
        Event::Archived { .. } => state("archived"),
        Event::Removed { why } => say!("list-event-removed", why = why),
        Event::Alerted { kind, text } => {
            say!("list-event-alerted", kind = terms::alert_kind(kind), text = text)
        }
        Event::ContentsRemoved { reason, by: None, .. } => say!("list-event-contents-removed", why = reason),
        Event::ContentsRemoved { reason, by: Some(by), .. } => act("contents_removed", by, reason),
        Event::ActRequested { act, by, reason, until } => {
            say!("list-event-requested", act = terms::requested(act), by = by, reason = reason, until = until)
        }
        Event::RequestClosed { by, reason, granted: true } => {
            say!("list-event-request-granted", by = by, reason = reason)
        }
        Event::RequestClosed { by, reason, granted: false } => {
            say!("list-event-request-withdrawn", by = by, reason = reason)
        }
        // About no delivery.
        Event::PartnerHeld { .. }
        | Event::PartnerReleased { .. }
        | Event::LinkHeld { .. }
        | Event::LinkReleased { .. }
        | Event::Reconfigured { .. }
        | Event::Started { .. }
        | Event::Stopped { .. }
        | Event::PartnerTrusted { .. }
        | Event::KeyRenewed { .. }
        | Event::Stamped { .. } => entry.event.word().to_owned(),
    }
}

pub(super) fn act(act: &str, by: &str, reason: &str) -> String {
    say!("list-event-act", act = terms::act(act), by = by, reason = reason)
}
