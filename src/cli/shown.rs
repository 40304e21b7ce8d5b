//! How deliveries and the gateway's standing look on a terminal.

use std::collections::BTreeMap;

use crate::control::{
    AwaitedAct, DeliveryList, InboundStatus, LinkBacklog, LinkStatus, MissingFile, PartnerStatus,
    RejectedFile, Shown, Status,
};
use crate::receipt;
use crate::unaccepted::LeftFile;
use totatsu_base::messages::tongue;
use totatsu_base::{Moment, say};
use totatsu_ledger::step::step_after;
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Collection, Delivery, Doubt, Hold, Standing, Step};
use totatsu_records::kind_in;

pub(super) use super::table::table;
use super::wrapping::Fact;
pub(super) use super::wrapping::pad;
use super::{history, screen, terms, wrapping};

/// Characters of a reason in a list on a terminal.
const NOTE: usize = 60;
/// Files in outboxes that `status` names.
const LEFT: usize = 20;
/// Columns of the names in what is shown of one delivery, at least.
const NAME: usize = 10;

/// A size in the largest unit that keeps it readable.
pub(super) fn size(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().iec().to_string()
}

/// Deliveries, one a line.
pub(super) fn list(deliveries: &[Shown]) -> String {
    let row = |shown: &Shown| {
        let delivery = &shown.delivery;
        let moving = shown.progress.filter(|(_, total)| *total > 0);
        let state = match moving {
            Some((done, total)) => {
                format!("{} {}%", state_word(&shown.state), done.saturating_mul(100) / total)
            }
            None => state_word(&shown.state),
        };
        let state = screen::in_colour_of(&shown.state, &state);
        vec![delivery.id.to_string(), state, delivery.link.clone(), delivery.name().to_owned(), note(shown)]
    };
    if deliveries.is_empty() {
        return say!("list-none") + "\n";
    }
    let headings = [
        say!("list-column-delivery"),
        say!("list-column-state"),
        say!("list-column-link"),
        say!("list-column-file"),
        say!("list-column-note"),
    ];
    table(&headings, deliveries.iter().map(row).collect())
}

/// Says how many deliveries a list leaves out.
pub(super) fn left_out_of(list: &DeliveryList) -> Vec<String> {
    let count = list.left_out;
    let more = match (list.left_out_more, list.looked_back_to.is_some(), count) {
        (_, _, 0) => None,
        (true, ..) => Some(say!("list-more-than", count = count)),
        (false, true, _) => Some(say!("list-more-so-far", count = count)),
        (false, false, _) => Some(say!("list-more", count = count)),
    };
    let back = list.looked_back_to.as_ref().map(|id| say!("list-looked-back", id = id));
    more.into_iter().chain(back).collect()
}

/// What an act by hand has come to, and how to see how it goes on.
pub(super) fn act(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    let act = delivery.by_hand.last().map(|act| terms::act(&act.act)).unwrap_or_default();
    let (kind, id) = (terms::kind(delivery), &delivery.id);
    let done = match &delivery.resend_of {
        Some(of) => say!("list-act-done-of", kind = kind, id = id, act = act, of = of),
        None => say!("list-act-done", kind = kind, id = id, act = act),
    };
    let next = step_after(delivery.stage);
    // What comes after the handing over depends on the link: import, acknowledgement, the partner's file.
    let is_handed_over = delivery.collection().is_some() && matches!(next, Step::Import | Step::Receipt);
    let goes_on = if matches!(delivery.standing, Standing::Held { .. }) {
        say!("list-act-stays")
    } else if delivery.collection().is_some_and(|it| it.import_runs > 0) && next == Step::Import {
        say!("list-act-imports-again")
    } else if is_handed_over {
        say!("list-act-goes-on")
    } else {
        say!("list-act-goes-on-with", step = next.told())
    };
    let left = shown.left_at_partner.as_ref();
    let left = left.map(|path| match shown.left_whole {
        true => say!("list-act-left-whole", path = path, partner = delivery.partner) + "\n",
        false => say!("list-act-left", path = path, partner = delivery.partner) + "\n",
    });
    format!("{}\n{}", say!("list-act-told", done = done, next = goes_on, id = id), left.unwrap_or_default())
}

/// How partners and links stand.
pub(super) fn status(status: &Status) -> String {
    let row = |partner: &PartnerStatus| {
        let at = |moment: Option<Moment>| moment.map(|moment| moment.to_string()).unwrap_or_default();
        let (since, next) = (at(partner.since), at(partner.next));
        let state = terms::standing_of(partner);
        let state = screen::in_colour_of(state, &terms::partner_state(state));
        let mut reason = partner.reason.clone().unwrap_or_default();
        if let ("held", Some(until)) = (partner.state.as_str(), partner.next) {
            reason = say!("list-partner-held-until", until = until, reason = reason);
        }
        vec![partner.partner.clone(), state, partner.unfinished.to_string(), since, next, reason]
    };
    let headings = [
        say!("list-column-partner"),
        say!("list-column-state"),
        say!("list-column-unfinished"),
        say!("list-column-since"),
        say!("list-column-next"),
        say!("list-column-why"),
    ];
    let mut text = table(&headings, status.partners.iter().map(row).collect());
    if !status.running {
        text += &backlog(&status.backlog);
    }
    text += &held(&status.links);
    for AwaitedAct { delivery, link, request } in &status.awaited {
        let act = terms::awaited(request);
        text += &(say!("list-status-second", delivery = delivery, link = link, act = act) + "\n");
    }
    text += &inbound(&status.inbound);
    text += &left(&status.left, status.left_beyond);
    text += &missing(&status.missing);
    text += &rejected(&status.rejected);
    text + &match status.unfinished.is_empty() {
        true => say!("list-all-finished"),
        false => say!("list-unfinished", counts = counts_of(&status.unfinished)),
    } + "\n"
}

/// The links that are held.
fn held(links: &[LinkStatus]) -> String {
    let told = |LinkStatus { link, hold: Hold { since, by, reason, until } }: &LinkStatus| match until {
        None => say!("list-link-held", link = link, since = since, by = by, reason = reason),
        Some(until) => {
            say!("list-link-held-until", link = link, since = since, until = until, by = by, reason = reason)
        }
    };
    links.iter().map(|link| told(link) + "\n").collect()
}

/// What stays in the outboxes, and why.
fn left(files: &[LeftFile], beyond: usize) -> String {
    let told = |LeftFile { link, name, since, why, .. }: &LeftFile| {
        say!("list-left", link = link, name = format!("{name:?}"), since = since, why = why)
    };
    first_of(files, told, beyond, |more| say!("list-left-more", count = more))
}

/// The first of some files, a line each, and how many more there are: the rest of these and those `beyond` them.
fn first_of<F>(
    files: &[F],
    told: impl Fn(&F) -> String,
    beyond: usize,
    more: impl Fn(usize) -> String,
) -> String {
    let beyond = Some(files.len().saturating_sub(LEFT) + beyond).filter(|beyond| *beyond > 0);
    let lines = files.iter().take(LEFT).map(told).chain(beyond.map(more));
    lines.map(|line| line + "\n").collect()
}

/// Files that should have come and haven't.
fn missing(files: &[MissingFile]) -> String {
    let told = |MissingFile { link: name, due, last, .. }: &MissingFile| match last {
        Some(last) => say!("daemon-nothing-came", name = name, due = due, last = last) + "\n",
        None => say!("daemon-nothing-ever-came", name = name, due = due) + "\n",
    };
    files.iter().map(told).collect()
}

/// Files that were rejected, and that no better file has followed yet.
fn rejected(files: &[RejectedFile]) -> String {
    let told = |RejectedFile { delivery, link, name, at, problems }: &RejectedFile| {
        say!("list-rejected", id = delivery, link = link, name = name, at = at, problems = problems)
    };
    first_of(files, told, 0, |more| say!("list-rejected-more", count = more))
}

/// Which links there are, and what isn't finished on each.
fn backlog(links: &[LinkBacklog]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let row = |LinkBacklog { link, partner, inbound, unfinished }: &LinkBacklog| {
        let partner = match inbound {
            true => say!("list-from", partner = partner),
            false => say!("list-to", partner = partner),
        };
        vec![link.clone(), partner, counts_of(unfinished)]
    };
    let headings = [say!("list-column-link"), say!("list-column-partner"), say!("list-column-unfinished")];
    table(&headings, links.iter().map(row).collect())
}

fn counts_of(unfinished: &BTreeMap<String, u64>) -> String {
    let counted = |(state, count): (&String, &u64)| {
        say!("list-count-of-state", count = count, state = terms::state_with_its_name(state))
    };
    terms::listed(&unfinished.iter().map(counted).collect::<Vec<_>>())
}

/// What was last seen at the partners of inbound links.
fn inbound(links: &[InboundStatus]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let row = |InboundStatus { link, title, last_look }: &InboundStatus| {
        let link =
            if title == link { link.clone() } else { say!("list-link-title", link = link, title = title) };
        let Some(look) = last_look else { return vec![link, say!("list-not-yet-looked")] };
        let trouble = look.trouble.clone().unwrap_or_default();
        let counts = [look.ready, look.begun, look.waiting].map(|count| count.to_string());
        [&[link, look.at.to_string()], counts.as_slice(), &[trouble]].concat()
    };
    let headings = [
        say!("list-column-inbound"),
        say!("list-column-looked"),
        say!("list-column-complete"),
        say!("list-column-taken-up"),
        say!("list-column-not-yet"),
        say!("list-column-wrong"),
    ];
    table(&headings, links.iter().map(row).collect())
}

/// Everything that a person wants to know of one delivery.
pub(super) fn delivery(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    let mut rows = standing(shown);
    rows.push((say!("list-fact-source"), source(delivery)));
    let dropper = delivery.accepted().and_then(|accepted| accepted.dropped_by.as_ref());
    rows.extend(dropper.map(|dropper| (say!("list-fact-dropped-by"), dropper.to_string())));
    rows.extend(delivery.collection().map(|collection| collected(shown, collection)).unwrap_or_default());
    rows.extend(delivery.problems.map(|count| {
        (say!("list-fact-rejected"), say!("list-problems-report", count = count, id = delivery.id))
    }));
    rows.extend(on_the_way_out(shown));
    rows.extend(end(delivery));
    rows.extend(delivery.by_hand.iter().map(|act| {
        let said = say!("list-by-hand", at = act.at, by = act.by, reason = act.reason);
        (terms::act(&act.act), said)
    }));
    let past = shown.past.as_ref();
    rows.extend(past.into_iter().flat_map(|past| history::facts(delivery, past)));
    match past.filter(|past| !past.journal.is_empty()) {
        Some(past) => rows.extend(history::events(delivery, past)),
        None => {
            let milestones = delivery.milestones.iter();
            rows.extend(
                milestones.map(|(stage, at)| (String::new(), format!("{at}  {}", state_word(stage.word())))),
            );
        }
    }
    rows.extend(past.into_iter().flat_map(|past| history::later_alerts(delivery, past)));
    if let (Some(_), Some(removed)) = (past, &delivery.contents_removed) {
        let told = match &removed.by {
            Some(by) => history::act("contents_removed", by, &removed.reason),
            None => say!("list-event-contents-removed", why = removed.reason),
        };
        rows.push((String::new(), format!("{}  {told}", removed.at)));
    }
    if let (Some(_), Some(removed)) = (past, delivery.removed) {
        rows.push((String::new(), format!("{removed}  {}", say!("list-fact-removed"))));
    }
    wrapping::facts(&rows, NAME, screen::columns())
}

/// Whether it is a delivery or a collection, its state, why it stands so, and its link.
fn standing(shown: &Shown) -> Vec<Fact> {
    let delivery = &shown.delivery;
    // A removal is later than the state: since when the state holds is asked of the milestones.
    let is_less = delivery.removed.is_some() || delivery.contents_removed.is_some();
    let since = delivery.reached(delivery.stage).filter(|_| is_less).unwrap_or(delivery.updated);
    let state = screen::in_colour_of(&shown.state, &terms::state_with_its_name(&shown.state));
    let mut rows = vec![
        (terms::kind(delivery), delivery.id.to_string()),
        (say!("list-fact-state"), say!("list-state-since", state = state, since = since)),
    ];
    let why = |why: String| (say!("list-fact-why"), why);
    match &delivery.standing {
        Standing::Going => {}
        Standing::Queued { .. } => rows.extend(shown.why().map(why)),
        Standing::Waiting { step, attempt, until, reason } => {
            let step = step.told();
            rows.push(why(say!("list-why-waiting", step = step, attempt = attempt, reason = reason)));
            rows.push((say!("list-fact-next"), until.to_string()));
        }
        Standing::Held(Doubt { step, reason, .. }) => {
            rows.push(why(say!("list-why-held", step = step.told(), reason = reason)));
        }
    }
    if let Some(request) = &delivery.requested {
        rows.push((say!("list-fact-second"), terms::awaited(request)));
    }
    let (link, partner) = (&delivery.link, &delivery.partner);
    let way = match delivery.collection().is_some() {
        true => say!("list-link-from", link = link, partner = partner),
        false => say!("list-link-to", link = link, partner = partner),
    };
    rows.push((say!("list-fact-link"), way));
    rows
}

/// The source: its name, size and SHA-256.
fn source(delivery: &Delivery) -> String {
    match delivery.source() {
        Some(source) => {
            say!("list-source", name = source.name, bytes = source.size, sha256 = source.sha256)
        }
        None if delivery.is_finished() => say!("list-never-fetched", name = delivery.name()),
        None => say!("list-not-fetched", name = delivery.name()),
    }
}

/// Facts that only a delivery has, as far as it has come; and, of a collection too, the bytes that are moving and the grade of proof.
fn on_the_way_out(shown: &Shown) -> Vec<Fact> {
    let delivery = &shown.delivery;
    let mut rows = Vec::new();
    if let Some(converted) = &delivery.converted {
        let layout = layout(&converted.layout, &converted.layout_version, &converted.records);
        rows.push((say!("list-fact-layout"), layout));
        let sent = say!("list-sent", bytes = converted.size, sha256 = converted.sha256);
        rows.push((say!("list-fact-sent"), sent));
    }
    rows.extend(delivery.target.as_ref().map(|target| (say!("list-fact-goes-to"), target.final_path())));
    rows.extend(shown.progress.map(|(done, total)| {
        (say!("list-fact-moving"), say!("list-moving", done = size(done), total = size(total)))
    }));
    rows.extend(receipt::grade(delivery).map(|grade| (say!("list-fact-proof"), terms::grade(grade))));
    rows.extend(delivery.acknowledged.as_ref().map(|said| (say!("list-fact-said-so"), said.path.clone())));
    rows
}

/// How a delivery or collection ended, and what is kept of it.
fn end(delivery: &Delivery) -> Vec<Fact> {
    let mut rows = Vec::new();
    let left = delivery.left_at_partner();
    rows.extend(left.map(|path| {
        let told = match delivery.is_sent_whole() {
            true => say!("list-left-whole", path = path),
            false => say!("list-left-perhaps", path = path),
        };
        (say!("list-fact-left"), told)
    }));
    let swept = delivery.archived.as_ref().and_then(|archived| archived.swept.as_ref());
    rows.extend(swept.map(|swept| (say!("list-fact-left"), format!("{}: {}", swept.asked, swept.answered))));
    rows.extend(
        delivery
            .superseded_by
            .as_ref()
            .map(|newer| (say!("list-fact-gave-way"), say!("list-gave-way", newer = newer))),
    );
    if let Some(receipt) = &delivery.receipt {
        let told = say!("list-receipt", number = receipt.number, sha256 = receipt.sha256);
        rows.push((say!("list-fact-receipt"), told));
    }
    if let Some(removed) = &delivery.contents_removed {
        rows.push((say!("list-fact-contents"), say!("list-contents-removed", at = removed.at)));
    }
    if let Some(removed) = delivery.removed {
        rows.push((say!("list-fact-removed"), say!("list-removed", at = removed)));
    } else if let Some(archived) = &delivery.archived {
        let (folder, until) = (archived.folder.display(), archived.keep_until.date());
        rows.push((say!("list-fact-kept"), say!("list-kept", folder = folder, until = until)));
    }
    rows.extend(
        delivery.resend_of.as_ref().map(|original| (say!("list-fact-resend-of"), original.to_string())),
    );
    rows
}

/// A layout's name and version, and how many records of each kind a file has.
fn layout(name: &str, version: &impl std::fmt::Display, records: &BTreeMap<String, u64>) -> String {
    let count = |(kind, count): (&String, &u64)| {
        say!("list-count-of-records", count = count, kind = kind_in(tongue(), kind))
    };
    let counts: Vec<String> = records.iter().map(count).collect();
    if counts.is_empty() {
        format!("{name} {version}")
    } else {
        say!("list-layout", name = name, version = version, counts = terms::listed(&counts))
    }
}

/// Facts that only a collection has.
fn collected(shown: &Shown, collection: &Collection) -> Vec<Fact> {
    let mut rows = vec![(say!("list-fact-found"), collection.found.path.clone())];
    if let Some(vouched) = collection.fetched.as_ref().and_then(|fetched| fetched.vouched_by.clone()) {
        rows.push((say!("list-fact-vouched"), vouched));
    }
    // The path of a file in the folder, where the folder is now: it moves into the archive.
    let kept = |file: &str| match &shown.folder {
        _ if shown.delivery.contents_removed.is_some() => say!("list-no-longer-there", file = file),
        Some(folder) => folder.join(file).display().to_string(),
        None => say!("list-in-its-folder", file = file),
    };
    if let Some(decoded) = &collection.decoded {
        let layout = layout(&decoded.layout, &decoded.layout_version, &decoded.records);
        rows.push((say!("list-fact-layout"), layout));
        if decoded.quarantined > 0 {
            let (count, id, path) = (decoded.quarantined, &shown.delivery.id, kept("quarantine"));
            let told = say!("list-left-out", count = count, path = path, id = id);
            rows.push((say!("list-fact-left-out"), told));
        }
    }
    if let Some(placing) = &collection.placing {
        let (path, bytes, sha256) = (placing.path.display(), placing.size, placing.sha256);
        let told = match collection.import_runs > 0 {
            true => say!("list-placed-for-import", path = path, bytes = bytes, sha256 = sha256),
            false => say!("list-placed", path = path, bytes = bytes, sha256 = sha256),
        };
        rows.push((say!("list-fact-inbox"), told));
    }
    if collection.import_runs > 0 {
        let told = say!("list-import", times = collection.import_runs, path = kept("import.log"));
        rows.push((say!("list-fact-import"), told));
    }
    if let Some(answered) = &collection.answered {
        let told = say!("list-answered", name = answered.name, link = answered.link);
        rows.push((say!("list-fact-answered"), told));
    }
    for asked in collection.cleared.iter().flat_map(|cleared| &cleared.asked) {
        rows.push((say!("list-fact-at-partner"), format!("{}: {}", asked.asked, asked.answered)));
    }
    if let Some(earlier) = &collection.repeats {
        rows.push((say!("list-fact-repeats"), say!("list-repeats", earlier = earlier)));
    }
    rows
}

fn note(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    if let Some(request) = delivery.requested.as_ref().filter(|request| request.until > Moment::now()) {
        return shortened(&terms::awaited(request));
    }
    match &delivery.standing {
        Standing::Waiting { until, reason, .. } => {
            say!("list-note-until", until = until.clock(), reason = shortened(reason))
        }
        Standing::Held(Doubt { reason, .. }) => shortened(reason),
        Standing::Queued { .. } => shortened(&shown.why().unwrap_or_default()),
        Standing::Going => match (&delivery.problems, &delivery.receipt, &delivery.published) {
            (Some(problems), ..) => say!("list-note-problems", count = problems),
            (None, Some(receipt), Some(published)) => {
                say!("list-note-receipt-of", number = receipt.number, path = published.path)
            }
            (None, Some(receipt), None) => {
                let decoded = delivery.collection().and_then(|collection| collection.decoded.as_ref());
                match decoded.map_or(0, |decoded| decoded.quarantined) {
                    0 => say!("list-note-receipt", number = receipt.number),
                    bad => say!("list-note-receipt-left-out", number = receipt.number, count = bad),
                }
            }
            _ => String::new(),
        },
    }
}

/// The beginning of a reason, for a list on a terminal; `show` has the whole. In a file or a pipe nothing is cut.
fn shortened(reason: &str) -> String {
    if screen::columns().is_none() || reason.chars().count() <= NOTE {
        return reason.to_owned();
    }
    format!("{}…", reason.chars().take(NOTE).collect::<String>())
}
