//! `totatsu outbox`: how each file in the outboxes stands.

use std::time::Instant;

use serde::Serialize;

use super::{Common, Exit, fail, print, print_json, shown};
use crate::accept::{Entry, Outbox, Readiness, Standing};
use crate::config;
use crate::link::Link;

#[derive(Serialize)]
struct Row {
    link: String,
    #[serde(flatten)]
    entry: Entry,
}

pub(super) fn run(common: &Common) -> Exit {
    let (configured, problems) = config::read(&common.config);
    let Some(configured) = configured else {
        problems.iter().for_each(|problem| eprintln!("{problem}"));
        return Exit::BadConfiguration;
    };
    let mut rows = Vec::new();
    for link in configured.links.values() {
        match Outbox::new(&link.outbox, link.readiness).look_over(Instant::now()) {
            Ok(entries) => {
                rows.extend(entries.into_iter().map(|entry| Row { link: link.name.clone(), entry }))
            }
            Err(error) => return fail(Exit::Failed, &error),
        }
    }
    if common.json {
        return print_json(&rows, Exit::Done);
    }
    let lines = rows.iter().map(|row| {
        let words = configured
            .links
            .get(&row.link)
            .map(|link| words(&row.entry.standing, row.entry.identity.size, link))
            .unwrap_or_default();
        vec![row.link.clone(), format!("{:?}", row.entry.name), shown::size(row.entry.identity.size), words]
    });
    print(&shown::table(&["link", "file", "size", "standing"], lines.collect()), Exit::Done)
}

fn words(standing: &Standing, size: u64, link: &Link) -> String {
    match (standing, link.readiness) {
        (Standing::Settling, _) if size == 0 => "zero bytes so far: taken once something is in it".to_owned(),
        (Standing::Ready, _) => "ready".to_owned(),
        (Standing::Settling, Readiness::Quiet(quiet)) => format!("taken once it is unchanged for {quiet:?}"),
        (Standing::Settling, Readiness::Marker | Readiness::Rename) => "settling".to_owned(),
        (Standing::AwaitingMarker, _) => "waits for its .end file".to_owned(),
        (Standing::Passing, _) => "passed over: a temporary name or a marker".to_owned(),
        (Standing::Refused(why), _) => format!("left here: {why}"),
    }
}
