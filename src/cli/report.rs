//! `totatsu report`: every problem of a rejected source, or of records in quarantine, for its owner.
//!
//! Owns how the report looks: in a file or a pipe as it was written beside the delivery, on a terminal no wider than that, and as JSON.

use clap::Args;
use serde::Serialize;
use std::io;
use std::path::Path;

use super::deliveries::{find, folder_of};
use super::exit::{Exit, failed};
use super::instead::{self, Wherever};
use super::likeness::{self, Likeness};
use super::options::Common;
use super::{screen, table, terms};
use crate::control::Errand;
use totatsu_base::{Moment, SpoolError, say};
use totatsu_ledger::Delivery;
use totatsu_ledger::words::state_word;
use totatsu_records::{CountedProblems, ListedProblem, ProblemList};

/// `totatsu report`.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
    id: String,
}

/// The report as programs read it. A report that an earlier version wrote is there as text only.
#[derive(Serialize)]
struct ReportShown<'a> {
    delivery: String,
    link: &'a str,
    partner: &'a str,
    file: &'a str,
    at: Moment,
    /// Whether the file came from the partner.
    collected: bool,
    looks_like: &'a [String],
    #[serde(flatten)]
    list: Option<&'a ProblemList>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

impl Report {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let delivery = find(common, self.id)?;
        let errand = || Errand::Report { id: delivery.id.to_string() };
        if let Some(exit) = instead::of(common, errand, Wherever::Printed(None))? {
            return Ok(exit);
        }
        let is_collected = delivery.collection().is_some();
        let decoded = delivery.collection().and_then(|collection| collection.decoded.as_ref());
        let quarantined = decoded.is_some_and(|decoded| decoded.quarantined > 0);
        if delivery.problems.is_none() && !quarantined {
            let (kind, state) = (terms::kind(&delivery), state_word(delivery.state()));
            return Err(failed(say!("list-no-report", kind = kind, id = delivery.id, state = state)));
        }
        let folder = folder_of(common, &delivery)?;
        if let Some(removed) = &delivery.contents_removed {
            let (id, day) = (&delivery.id, removed.at.date());
            return Err(failed(say!("list-report-removed", id = id, day = day)));
        }
        let path = folder.report();
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        let list = ProblemList::beside(&path).map_err(unreadable(&path))?;
        let likeness = likeness::of_rejected(common, &delivery);
        let shown = ReportShown {
            delivery: delivery.id.to_string(),
            link: &delivery.link,
            partner: &delivery.partner,
            file: delivery.name(),
            at: delivery.accepted_at,
            collected: is_collected,
            looks_like: likeness.as_ref().map_or(&[], |likeness| &likeness.layouts),
            list: list.as_ref(),
            text: list.is_none().then_some(text.as_str()),
        };
        Ok(common.tell(&shown, Exit::Done, |shown| {
            let head = head(&delivery) + "\n" + &likeness.as_ref().map(Likeness::told).unwrap_or_default();
            match (screen::columns(), shown.list) {
                (Some(_), Some(list)) => head + &fitted(list),
                (Some(_), None) | (None, _) => head + &text,
            }
        }))
    }
}

/// What stands above the report: its file, its link, when the file was accepted or found, and the id.
fn head(delivery: &Delivery) -> String {
    let (file, link, at) = (delivery.name(), &delivery.link, delivery.accepted_at);
    match delivery.collection().is_some() {
        true => say!("list-report-of-collection", file = file, link = link, at = at, id = delivery.id),
        false => say!("list-report-of-delivery", file = file, link = link, at = at, id = delivery.id),
    }
}

/// The report as tables.
fn fitted(list: &ProblemList) -> String {
    let kinds = list.kinds.iter().map(CountedProblems::cells).map(Vec::from).collect();
    let problems = list.list.iter().map(ListedProblem::cells).map(Vec::from).collect();
    let tables = [table::table(&list.headings_of_kinds(), kinds), table::table(&list.headings(), problems)];
    let outcome = list.outcome.as_ref().map(|outcome| format!("\n{outcome}\n"));
    format!("{}\n{}{}", list.head(), tables.join("\n"), outcome.unwrap_or_default())
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> Exit + '_ {
    move |error| failed(SpoolError::at("disk-reading", path)(error))
}
