//! `totatsu outbox`: how each file in the outboxes stands.

use std::time::Instant;

use serde::Serialize;

use super::{Common, Exit, exit, fail, print, print_json, shown};
use crate::accept::{Entry, Outbox, Readiness, Standing};
use crate::config::link::Link;

#[derive(Serialize)]
struct Row<'a> {
    link: &'a str,
    #[serde(flatten)]
    entry: Entry,
    #[serde(skip)]
    readiness: Readiness,
}

pub(super) fn run(common: &Common) -> Exit {
    exit(try_run(common))
}

fn try_run(common: &Common) -> Result<Exit, Exit> {
    let configured = common.configured()?;
    let mut rows = Vec::new();
    for link in configured.links.values() {
        let Link { name, readiness, .. } = link;
        let entries = Outbox::new(link.outbox_place(), *readiness).look_over(Instant::now());
        let entries = entries.map_err(|error| fail(Exit::Failed, &error))?;
        rows.extend(entries.into_iter().map(|entry| Row { link: name, entry, readiness: *readiness }));
    }
    if common.json {
        return Ok(print_json(&rows, Exit::Done));
    }
    let lines = rows.iter().map(|Row { link, entry, readiness }| {
        let (name, size) = (format!("{:?}", entry.name), entry.identity.size);
        vec![(*link).to_owned(), name, shown::size(size), words(&entry.standing, size, *readiness)]
    });
    Ok(print(&shown::table(&["link", "file", "size", "standing"], lines.collect()), Exit::Done))
}

fn words(standing: &Standing, size: u64, readiness: Readiness) -> String {
    match (standing, readiness) {
        (Standing::Settling, _) if size == 0 => "zero bytes so far: taken once something is in it".to_owned(),
        (Standing::Ready, _) => "ready".to_owned(),
        (Standing::Settling, Readiness::Quiet(quiet)) => format!("taken once it is unchanged for {quiet:?}"),
        (Standing::Settling, Readiness::Marker | Readiness::Rename) => "settling".to_owned(),
        (Standing::AwaitingMarker, _) => "waits for its .end file".to_owned(),
        (Standing::Passing, _) => "passed over: a temporary name or a marker".to_owned(),
        (Standing::Refused(why), _) => format!("left here: {why}"),
    }
}
