//! `totatsu outbox`: how each file in the outboxes stands.
//!
//! The command looks into the outboxes itself. It also asks a running gateway what that can't accept and why: the gateway may have
//! other rights than this user.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Instant;

use clap::Args;
use rustix::fs::OFlags;
use serde::Serialize;

use super::exit::{Exit, failed};
use super::instead::{self, Wherever};
use super::options::Common;
use super::output::block_on;
use super::shown;
use crate::config::link::{Link, Order};
use crate::control::{self, Answer, Errand, Question};
use crate::deliver::accept::{Outbox, OutboxEntry, OutboxStanding, Readiness};
use crate::unaccepted::LeftFile;
use totatsu_base::messages::os_error;
use totatsu_base::rights::owner_where_root_acts;
use totatsu_base::{SharedPlace, say};

#[derive(Serialize)]
struct Row<'a> {
    link: &'a str,
    #[serde(flatten)]
    entry: OutboxEntry,
    /// Why it stays there, where that isn't told by its standing.
    #[serde(skip_serializing_if = "Option::is_none")]
    stays: Option<String>,
    #[serde(skip)]
    readiness: Readiness,
}

/// `totatsu outbox`.
#[derive(Debug, Args)]
pub(super) struct OutboxArguments {
    /// Only the outbox of this link; the option several times for several
    #[arg(long, value_name = "NAME")]
    link: Vec<String>,
}

impl OutboxArguments {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        if let Some(exit) = instead::of(common, || Errand::Outbox, Wherever::Printed(None))? {
            return Ok(exit);
        }
        let mut configured = common.configured()?;
        if let Some(unknown) = self.link.iter().find(|link| !configured.links.contains_key(*link)) {
            return Err(failed(say!("list-outbox-no-link", link = unknown)));
        }
        configured.links.retain(|link, _| self.link.is_empty() || self.link.contains(link));
        let left = match block_on(control::ask_running(&configured.gateway.socket, &Question::Status))? {
            Some(Answer::Status(status)) => status.left,
            Some(_) | None => Vec::new(),
        };
        // The outboxes belong to the gateway's user. Where root looks, that user counts as their rightful owner too.
        let owner = owner_where_root_acts(&configured.gateway.ledger);
        let mut rows = Vec::new();
        for link in configured.links.values() {
            let place = link.outbox_place();
            let place = SharedPlace { owner: place.owner.or(owner), ..place };
            let entries = Outbox::new(place, link.readiness).look_over(Instant::now());
            let entries = entries.map_err(failed)?;
            rows.extend(entries.into_iter().map(|entry| {
                let stays = why_it_stays(link, &entry, &left);
                Row { link: &link.name, entry, stays, readiness: link.readiness }
            }));
        }
        let line = |Row { link, entry, stays, readiness }: &Row<'_>| {
            let (name, size) = (format!("{:?}", entry.name), entry.identity.size);
            let standing = match stays {
                Some(why) => say!("list-outbox-stays", why = why),
                None => words(&entry.standing, size, *readiness),
            };
            vec![(*link).to_owned(), name, shown::size(size), standing]
        };
        Ok(common.tell(&rows, Exit::Done, |rows| {
            if rows.is_empty() {
                return say!("list-outbox-nothing") + "\n";
            }
            let headings = [
                say!("list-column-link"),
                say!("list-column-file"),
                say!("list-column-size"),
                say!("list-column-standing"),
            ];
            shown::table(&headings, rows.iter().map(line).collect())
        }))
    }
}

/// What the gateway knows of a file, or what this user finds out.
fn why_it_stays(link: &Link, entry: &OutboxEntry, left: &[LeftFile]) -> Option<String> {
    if matches!(
        entry.standing,
        OutboxStanding::Refused(_) | OutboxStanding::AwaitingMarker | OutboxStanding::Passing
    ) {
        return None;
    }
    let left = || left.iter().filter(|file| file.link == link.name);
    if let Some(file) = left().find(|file| file.name == entry.name && file.identity == entry.identity) {
        return Some(file.why.clone());
    }
    let before = |file: &&LeftFile| file.identity.modified_ns <= entry.identity.modified_ns;
    if link.order != Order::Free
        && let Some(ahead) = left().find(before)
    {
        return Some(say!("list-outbox-behind", name = format!("{:?}", ahead.name)));
    }
    // Something else may stand there by now: opening follows no symbolic link, and waits for no pipe.
    let flags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits();
    let opened =
        OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(link.outbox.join(&entry.name));
    opened.err().map(|error| say!("list-outbox-unreadable", error = os_error(&error)))
}

fn words(standing: &OutboxStanding, size: u64, readiness: Readiness) -> String {
    match (standing, readiness) {
        (OutboxStanding::Settling, _) if size == 0 => say!("list-outbox-empty"),
        (OutboxStanding::Ready, _) => say!("list-outbox-ready"),
        (OutboxStanding::Settling, Readiness::Quiet(quiet)) => {
            say!("list-outbox-quiet", quiet = format!("{quiet:?}"))
        }
        (OutboxStanding::Settling, Readiness::Marker | Readiness::Rename) => say!("list-outbox-settling"),
        (OutboxStanding::AwaitingMarker, _) => say!("list-outbox-marker"),
        (OutboxStanding::Passing, _) => say!("list-outbox-passing"),
        (OutboxStanding::Refused(why), _) => say!("list-outbox-refused", why = why),
    }
}
