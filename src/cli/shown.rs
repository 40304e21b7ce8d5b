//! How deliveries and tables look on a terminal, aligned for East Asian width.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr as _;

use crate::control::{InboundStatus, LinkBacklog, LinkStatus, PartnerStatus, Shown, Status};
use crate::receipt;
use crate::unaccepted::LeftFile;
use totatsu_base::Moment;
use totatsu_ledger::step::step_after;
use totatsu_ledger::{Collection, Delivery, Hold, Standing, Step};

/// Characters of a reason in a list.
const NOTE: usize = 60;
/// Files in outboxes that `status` names.
const LEFT: usize = 20;

/// A size in the largest unit that keeps it readable.
pub(super) fn size(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().iec().to_string()
}

/// Rows under their headings.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let width_of = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
        cells.chain([headings[column].width()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(width_of).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| pad(cell, *width));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let heading = line(&mut headings.iter().copied());
    rows.iter().fold(heading, |text, row| text + &line(&mut row.iter().map(String::as_str)))
}

/// Deliveries, one a line.
pub(super) fn list(deliveries: &[Shown]) -> String {
    let row = |shown: &Shown| {
        let delivery = &shown.delivery;
        let moving = shown.progress.filter(|(_, total)| *total > 0);
        let state = match moving {
            Some((done, total)) => format!("{} {}%", shown.state, done.saturating_mul(100) / total),
            None => shown.state.clone(),
        };
        vec![delivery.id.to_string(), state, delivery.link.clone(), delivery.name().to_owned(), note(shown)]
    };
    if deliveries.is_empty() {
        return "none\n".to_owned();
    }
    table(&["delivery", "state", "link", "file", "note"], deliveries.iter().map(row).collect())
}

/// What an act by hand has come to, and how to see how it goes on.
pub(super) fn act(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    let act = delivery.by_hand.last().map(|act| act.act.as_str()).unwrap_or_default();
    let of = delivery.resend_of.as_ref().map(|of| format!(", with the bytes of {of}")).unwrap_or_default();
    let (kind, id) = (delivery.kind(), &delivery.id);
    let next = step_after(delivery.stage);
    // What follows the handing over is the link's affair: import, acknowledgement, the partner's file.
    let is_handed_over = delivery.collection().is_some() && matches!(next, Step::Import | Step::Receipt);
    let goes_on = if matches!(delivery.standing, Standing::Held { .. }) {
        "it stays where it stands until somebody releases it".to_owned()
    } else if is_handed_over {
        "it goes on from where it stands".to_owned()
    } else {
        format!("it goes on with {next}")
    };
    let left = shown.left_at_partner.as_ref().map(|path| {
        format!(
            "{path} at partner {} may hold its whole content; it is removed if the partner can be reached now: totatsu show says \
             whether it was, and if not, have it removed there\n",
            delivery.partner
        )
    });
    let left = left.unwrap_or_default();
    format!("{kind} {id} {act}{of}: {goes_on}; see how with: totatsu show {id}\n{left}")
}

/// How partners and links stand.
pub(super) fn status(status: &Status) -> String {
    let row = |partner: &PartnerStatus| {
        let at = |moment: Option<Moment>| moment.map(|moment| moment.to_string()).unwrap_or_default();
        let (since, next) = (at(partner.since), at(partner.next));
        let (name, state) = (partner.partner.clone(), partner.state.clone());
        let reason = partner.reason.clone().unwrap_or_default();
        vec![name, state, partner.unfinished.to_string(), since, next, reason]
    };
    let headings = ["partner", "state", "unfinished", "since", "next try", "why"];
    let idle = "no gateway runs: nothing is sent or collected; start it with systemctl start totatsu, or totatsu run\n";
    let mut text = if status.running { String::new() } else { idle.to_owned() };
    text += &table(&headings, status.partners.iter().map(row).collect());
    if !status.running {
        text += &backlog(&status.backlog);
    }
    for LinkStatus { link, hold } in &status.links {
        let Hold { since, by, reason, until } = hold;
        let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
        text += &format!("link {link} is held since {since}{until} by {by}: {reason}\n");
    }
    text += &inbound(&status.inbound);
    text += &left(&status.left);
    text + &match status.unfinished.is_empty() {
        true => "every delivery is finished\n".to_owned(),
        false => format!("unfinished: {}\n", counts_of(&status.unfinished)),
    }
}

/// What stays in the outboxes, and why.
fn left(files: &[LeftFile]) -> String {
    let shown = |file: &LeftFile| {
        let LeftFile { link, name, since, why, .. } = file;
        format!("outbox of link {link}: {name:?} stays there since {since}: {why}\n")
    };
    let more = files.len().saturating_sub(LEFT);
    let more = if more > 0 {
        format!("{more} more files stay in outboxes: totatsu outbox\n")
    } else {
        String::new()
    };
    files.iter().take(LEFT).map(shown).collect::<String>() + &more
}

/// Which links there are, and what isn't finished on each.
fn backlog(links: &[LinkBacklog]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let row = |LinkBacklog { link, partner, inbound, unfinished }: &LinkBacklog| {
        let way = if *inbound { "from" } else { "to" };
        vec![link.clone(), format!("{way} {partner}"), counts_of(unfinished)]
    };
    table(&["link", "partner", "unfinished"], links.iter().map(row).collect())
}

fn counts_of(unfinished: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = unfinished.iter().map(|(state, count)| format!("{count} {state}")).collect();
    counts.join(", ")
}

/// What was last seen at the partners of inbound links.
fn inbound(links: &[InboundStatus]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let row = |InboundStatus { link, title, last_look }: &InboundStatus| {
        let link = if title == link { link.clone() } else { format!("{link} ({title})") };
        let Some(look) = last_look else { return vec![link, "not yet".to_owned()] };
        let trouble = look.trouble.clone().unwrap_or_default();
        let counts = [look.ready, look.begun, look.waiting].map(|count| count.to_string());
        [&[link, look.at.to_string()], counts.as_slice(), &[trouble]].concat()
    };
    let headings = ["inbound link", "looked at", "complete", "taken up", "not yet", "what is wrong"];
    table(&headings, links.iter().map(row).collect())
}

/// A row of what is shown: its name, and what it says.
type Fact = (&'static str, String);

/// Everything that a person wants to know of one delivery.
pub(super) fn delivery(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    let mut rows = standing(shown);
    rows.push(("source", source(delivery)));
    rows.extend(delivery.collection().map(|collection| collected(shown, collection)).unwrap_or_default());
    let problems = delivery.problems.map(|problems| counted(problems, "problem", "problems"));
    rows.extend(problems.map(|problems| ("rejected", format!("{problems}: totatsu report {}", delivery.id))));
    rows.extend(on_the_way_out(shown));
    rows.extend(end(delivery));
    let acts = delivery.by_hand.iter();
    let acts = acts.map(|act| (act.act.as_str(), format!("{} by {}: {}", act.at, act.by, act.reason)));
    let milestones = delivery.milestones.iter().map(|(stage, at)| ("", format!("{at}  {stage}")));
    let row = |(name, value): (&str, String)| format!("{} {value}\n", pad(name, 10));
    rows.into_iter().chain(acts).chain(milestones).map(row).collect()
}

/// What it is, and where and why it stands.
fn standing(shown: &Shown) -> Vec<Fact> {
    let delivery = &shown.delivery;
    let since = delivery.removed.and_then(|_| delivery.reached(delivery.stage)).unwrap_or(delivery.updated);
    let mut rows =
        vec![(delivery.kind(), delivery.id.to_string()), ("state", format!("{} since {since}", shown.state))];
    match &delivery.standing {
        Standing::Going => {}
        Standing::Queued { .. } => rows.extend(shown.why().map(|why| ("why", why))),
        Standing::Waiting { step, attempt, until, reason } => {
            rows.push(("why", format!("{step}, attempt {attempt}: {reason}")));
            rows.push(("next try", until.to_string()));
        }
        Standing::Held { step, reason, .. } => rows.push(("why", format!("{step}: {reason}"))),
    }
    let way = if delivery.collection().is_some() { "from" } else { "to" };
    rows.push(("link", format!("{} {way} {}", delivery.link, delivery.partner)));
    rows
}

/// What came.
fn source(delivery: &Delivery) -> String {
    match delivery.source() {
        Some(source) => format!("{}, {} bytes, SHA-256 {}", source.name, source.size, source.sha256),
        None if delivery.is_finished() => format!("{}, never fetched", delivery.name()),
        None => format!("{}, not fetched yet", delivery.name()),
    }
}

/// What is shown only of a delivery, as far as it has come; and the bytes that are moving, either way.
fn on_the_way_out(shown: &Shown) -> Vec<Fact> {
    let delivery = &shown.delivery;
    let mut rows = Vec::new();
    if let Some(converted) = &delivery.converted {
        rows.push(("layout", layout(&converted.layout, &converted.layout_version, &converted.records)));
        rows.push(("sent", format!("{} bytes, SHA-256 {}", converted.size, converted.sha256)));
    }
    rows.extend(delivery.target.as_ref().map(|target| ("goes to", target.final_path())));
    let moving = shown.progress.map(|(done, total)| format!("{} of {}", size(done), size(total)));
    rows.extend(moving.map(|moving| ("moving", moving)));
    rows.extend(receipt::grade(delivery).map(|grade| ("proof", grade.word().to_owned())));
    rows.extend(delivery.acknowledged.as_ref().map(|said| ("said so", said.path.clone())));
    rows
}

/// How it ended, and what is kept of it.
fn end(delivery: &Delivery) -> Vec<Fact> {
    let mut rows = Vec::new();
    let left = delivery.left_at_partner();
    rows.extend(left.map(|path| ("left there", format!("{path}, perhaps: have it removed"))));
    let swept = delivery.archived.as_ref().and_then(|archived| archived.swept.as_ref());
    rows.extend(swept.map(|swept| ("left there", format!("{}: {}", swept.asked, swept.answered))));
    rows.extend(delivery.superseded_by.as_ref().map(|newer| ("gave way", format!("to {newer}"))));
    if let Some(receipt) = &delivery.receipt {
        rows.push(("receipt", format!("number {}, SHA-256 {}", receipt.number, receipt.sha256)));
    }
    if let Some(removed) = delivery.removed {
        let kept = "its bytes are no longer kept, the ledger keeps its receipt";
        rows.push(("removed", format!("{removed}: {kept}")));
    } else if let Some(archived) = &delivery.archived {
        let (folder, until) = (archived.folder.display(), archived.keep_until.date());
        rows.push(("kept in", format!("{folder} until {until}")));
    }
    rows.extend(delivery.resend_of.as_ref().map(|original| ("resend of", original.to_string())));
    rows
}

/// A layout and the records of a file, as far as it has any.
fn layout(name: &str, version: &impl std::fmt::Display, records: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = records.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if counts.is_empty() {
        format!("{name} {version}")
    } else {
        format!("{name} {version}: {}", counts.join(", "))
    }
}

/// What is shown only of a collection.
fn collected(shown: &Shown, collection: &Collection) -> Vec<Fact> {
    let mut rows = vec![("found at", collection.found.path.clone())];
    if let Some(vouched) = collection.fetched.as_ref().and_then(|fetched| fetched.vouched_by.clone()) {
        rows.push(("vouched by", vouched));
    }
    // The folder moves into the archive: where it is now, the files of that name are.
    let kept = |file: &str| match &shown.folder {
        Some(folder) => folder.join(file).display().to_string(),
        None => format!("{file} of its folder"),
    };
    if let Some(decoded) = &collection.decoded {
        rows.push(("layout", layout(&decoded.layout, &decoded.layout_version, &decoded.records)));
        if decoded.quarantined > 0 {
            let (bad, id) = (decoded.quarantined, &shown.delivery.id);
            let bad = counted(bad, "record", "records");
            rows.push(("left out", format!("{bad}, kept in {}: totatsu report {id}", kept("quarantine"))));
        }
    }
    if let Some(placing) = &collection.placing {
        let (path, size, sha256) = (placing.path.display(), placing.size, placing.sha256);
        let whom = if collection.import_runs > 0 { ", for the import command" } else { "" };
        rows.push(("inbox", format!("{path}, {size} bytes, SHA-256 {sha256}{whom}")));
    }
    if collection.import_runs > 0 {
        let started = counted(collection.import_runs.into(), "time", "times");
        rows.push(("import", format!("started {started}; what it said is in {}", kept("import.log"))));
    }
    if let Some(answered) = &collection.answered {
        rows.push(("answered", format!("{} over link {}", answered.name, answered.link)));
    }
    for asked in collection.cleared.iter().flat_map(|cleared| &cleared.asked) {
        rows.push(("at partner", format!("{}: {}", asked.asked, asked.answered)));
    }
    if let Some(earlier) = &collection.repeats {
        rows.push((
            "repeats",
            format!("{earlier}: the same file, touched at the partner, and not handed over again"),
        ));
    }
    rows
}

fn note(shown: &Shown) -> String {
    let delivery = &shown.delivery;
    match &delivery.standing {
        Standing::Waiting { until, reason, .. } => format!("until {}: {}", until.clock(), shortened(reason)),
        Standing::Held { reason, .. } => shortened(reason),
        Standing::Queued { .. } => shortened(&shown.why().unwrap_or_default()),
        Standing::Going => match (&delivery.problems, &delivery.receipt, &delivery.published) {
            (Some(problems), ..) => counted(*problems, "problem", "problems"),
            (None, Some(receipt), Some(published)) => {
                format!("receipt {}, {}", receipt.number, published.path)
            }
            (None, Some(receipt), None) => {
                let decoded = delivery.collection().and_then(|collection| collection.decoded.as_ref());
                let bad = decoded.map_or(0, |decoded| decoded.quarantined);
                let left_out = if bad > 0 {
                    format!(", {} left out", counted(bad, "record", "records"))
                } else {
                    String::new()
                };
                format!("receipt {}{left_out}", receipt.number)
            }
            _ => String::new(),
        },
    }
}

/// A count with its word.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// So much of a reason as tells one from another in a list; `show` has the whole.
fn shortened(reason: &str) -> String {
    if reason.chars().count() <= NOTE {
        return reason.to_owned();
    }
    format!("{}…", reason.chars().take(NOTE).collect::<String>())
}

pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
