//! The account of the way in: what the partner offered, against what ledger, archive, inbox, import and acknowledgements say.
//!
//! Owns no fault. Promises to ask each side by itself: the files are those that were offered, the inbox is what its observer
//! saw, imports are what the command wrote down, acknowledgements what the partner's directory was seen to hold.

use std::collections::HashMap;
use std::fs;

use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::account::{Account, digest_of, folder_of, text};
use super::inbound::{Offered, answer_name, done_name, inbound_name};
use super::observer::{Seen, Sighting};
use super::tally::Harm;
use super::world::World;
use crate::support::gateway::names_in;

impl Account {
    /// Accounts for every file that the partner offered. `seen` is what the observer of the partner saw.
    pub(super) fn compare_inbound(&mut self, world: &World, deliveries: &[Value], seen: &Seen) {
        if world.inbound.is_empty() {
            return;
        }
        let inbox = world.inboxes.as_ref().map(super::observer::Observer::seen);
        let imported = fs::read_to_string(world.import_log()).unwrap_or_default();
        let mut of_name: HashMap<(String, String), Vec<&Value>> = HashMap::new();
        for delivery in deliveries.iter().filter(|delivery| is_collection(delivery)) {
            let (link, name) = (text(&delivery["link"]), text(&delivery["collection"]["found"]["name"]));
            of_name.entry((link.to_owned(), name.to_owned())).or_default().push(delivery);
        }
        for offered in &world.offered {
            let (link, name) = (inbound_name(offered.link), &offered.name);
            match of_name.remove(&(link.clone(), name.clone())).unwrap_or_default()[..] {
                [] => self.find(Harm::Lost, format!("{name} was offered on {link} and never collected")),
                [collection] => {
                    self.collected(world, offered, collection);
                    self.imported(world, offered, collection, &imported);
                    self.answered(world, offered, collection, deliveries, seen);
                    match &inbox {
                        Some(inbox) => self.seen_in_inbox(world, offered, collection, inbox),
                        None => self.lies_in_inbox(world, offered, collection),
                    }
                }
                [first, second, ..] => {
                    let text = format!("{name} was collected twice: {}, {}", first["id"], second["id"]);
                    self.find(Harm::Duplicated, text);
                }
            }
        }
        for strangers in of_name.values().flatten() {
            self.find(Harm::Misreported, format!("nobody offered what {} is said to be", strangers["id"]));
        }
        self.inboxes(world, deliveries, inbox.as_ref());
    }

    /// Ledger, archive, receipt and the partner's own directory.
    fn collected(&mut self, world: &World, offered: &Offered, collection: &Value) {
        let (name, id, state) = (&offered.name, text(&collection["id"]), text(&collection["state"]));
        let sha256 = Sha256::of(&offered.bytes).to_string();
        let kept = folder_of(world, collection);
        match state {
            "archived" => {}
            "held" | "rejected" | "repeated" | "cancelled" => {
                let text =
                    format!("{id} ({name}) is {state} although nothing hinders it: {}", collection["reason"]);
                return self.find(Harm::Misreported, text);
            }
            _ => {
                let text = format!("{id} ({name}) never came to an end: {state} {}", collection["reason"]);
                return self.find(Harm::Lost, text);
            }
        }
        if digest_of(&kept.join("source")).map(|found| found.to_string()) != Some(sha256.clone()) {
            self.find(Harm::Lost, format!("the archive doesn't hold what was offered as {name} ({id})"));
        }
        let evidence = &collection["collection"];
        if text(&evidence["fetched"]["sha256"]) != sha256
            || text(&evidence["placing"]["sha256"]) != offered.rows.to_string()
        {
            self.find(Harm::Misreported, format!("the ledger tells of other bytes than {name}'s ({id})"));
        }
        let receipt = digest_of(&kept.join("receipt.json")).map(|found| found.to_string());
        if receipt.is_none() || receipt.as_deref() != collection["receipt"]["sha256"].as_str() {
            self.find(Harm::Misreported, format!("the receipt of {id} is not the one in the ledger"));
        } else {
            let receipt = fs::read(kept.join("receipt.json")).unwrap_or_default();
            let receipt: Value = serde_json::from_slice(&receipt).unwrap_or_default();
            if text(&receipt["source"]["sha256"]) != sha256 {
                self.find(Harm::Misreported, format!("the receipt of {id} tells of another file"));
            }
        }
        let directory = world.partner_directory(offered.link);
        let there = fs::read(directory.join(name)).ok();
        let kind = &world.inbound[offered.link];
        let expected = (!kind.deletes && !kind.moves).then(|| offered.bytes.clone());
        let done = world.partner.root().join(done_name(offered.link));
        if kind.moves && fs::read(done.join(name)).ok().as_ref() != Some(&offered.bytes) {
            self.find(Harm::Lost, format!("{name} isn't where it was to be moved at the partner ({id})"));
        }
        if there != expected || directory.join(format!("{name}.end")).exists() {
            let text = format!("{name} at the partner is not what it is to be in the end ({id})");
            self.find(if expected.is_some() { Harm::Lost } else { Harm::Misreported }, text);
        }
    }

    /// The observer saw the rows once, whole from the first sight and with their digest.
    fn seen_in_inbox(&mut self, world: &World, offered: &Offered, collection: &Value, inbox: &Seen) {
        let (name, id) = (&offered.name, text(&collection["id"]));
        let path = inbox_path(collection);
        let sightings: Vec<&Sighting> =
            inbox.sightings.iter().filter(|sighting| Some(&sighting.path) == path.as_ref()).collect();
        match sightings[..] {
            [] if text(&collection["state"]) == "archived" => {
                self.find(Harm::Lost, format!("{name} has a receipt and never appeared in the inbox ({id})"));
            }
            [] => {}
            [only] => {
                let may_be_gone = world.inbound[offered.link].imports && only.sha256.is_none();
                if !may_be_gone && only.sha256 != Some(offered.rows) {
                    let text = format!("{} had {} bytes at first sight, not its own", only.path, only.size);
                    self.find(Harm::Partial, text);
                }
                if !may_be_gone && !only.vouched {
                    let text = format!("{} appeared before its digest did", only.path);
                    self.find(Harm::Partial, text);
                }
            }
            [first, ..] => {
                let text = format!("{} appeared {} times in the inbox ({id})", first.path, sightings.len());
                self.find(Harm::Duplicated, text);
            }
        }
    }

    /// Where nobody watches: the rows lie there, with their digest.
    fn lies_in_inbox(&mut self, world: &World, offered: &Offered, collection: &Value) {
        if text(&collection["state"]) != "archived" || world.inbound[offered.link].imports {
            return;
        }
        let id = text(&collection["id"]);
        let path = world.home.path().join("spool/inbox").join(inbox_path(collection).unwrap_or_default());
        if digest_of(&path) != Some(offered.rows) {
            self.find(Harm::Lost, format!("{} doesn't lie in the inbox as it is to ({id})", offered.name));
        }
        let digest = fs::read_to_string(format!("{}.sha256", path.display())).unwrap_or_default();
        if !digest.starts_with(&offered.rows.to_string()) {
            self.find(Harm::Partial, format!("{} lies in the inbox without its digest", path.display()));
        }
    }

    /// The command ran at least once, and never more often than the ledger says.
    fn imported(&mut self, world: &World, offered: &Offered, collection: &Value, log: &str) {
        let (name, id) = (&offered.name, text(&collection["id"]));
        if !world.inbound[offered.link].imports || text(&collection["state"]) != "archived" {
            return;
        }
        let lines: Vec<&str> =
            log.lines().filter(|line| line.split(' ').next() == Some(name.as_str())).collect();
        let line = format!("{name} {}", offered.rows);
        let started = collection["collection"]["import_runs"].as_u64().unwrap_or_default();
        if lines.is_empty() {
            self.find(Harm::Lost, format!("{name} counts as imported, and the command never ran ({id})"));
        }
        if lines.len() as u64 > started {
            let text = format!("{name} was imported {} times, the ledger says {started} ({id})", lines.len());
            self.find(Harm::Duplicated, text);
        }
        if lines.iter().any(|found| *found != line) {
            self.find(Harm::Partial, format!("the command was given other bytes than {name}'s ({id})"));
        }
        if world.inbox(offered.link).join(name).exists() {
            self.find(Harm::Misreported, format!("{name} was imported and still lies in the inbox ({id})"));
        }
    }

    /// The partner got one acknowledgement, and it says what is true.
    fn answered(
        &mut self,
        world: &World,
        offered: &Offered,
        collection: &Value,
        deliveries: &[Value],
        seen: &Seen,
    ) {
        if !world.inbound[offered.link].acknowledges || text(&collection["state"]) != "archived" {
            return;
        }
        let (link, name) = (answer_name(offered.link), format!("{}.ack", offered.name));
        let sent = deliveries.iter().filter(|delivery| {
            text(&delivery["link"]) == link && text(&delivery["accepted"]["name"]) == name
        });
        let states: Vec<&str> = sent.map(|delivery| text(&delivery["state"])).collect();
        if states != ["archived"] {
            let harm = if states.len() > 1 { Harm::Duplicated } else { Harm::Lost };
            self.find(harm, format!("the acknowledgement {name} is {states:?}"));
        }
        let path = format!("{link}/{name}");
        let times = seen.sightings.iter().filter(|sighting| sighting.path == path).count();
        if times > 1 {
            self.find(Harm::Duplicated, format!("{path} appeared {times} times at the partner"));
        }
        let told = fs::read_to_string(world.partner.root().join(&path)).unwrap_or_default();
        let wanted = format!("sha256={}\nresult=ok\n", Sha256::of(&offered.bytes));
        if !told.contains(&wanted) {
            self.find(Harm::Misreported, format!("{path} doesn't tell what became of {}", offered.name));
        }
    }

    /// What the inboxes hold and have shown, whatever the ledger says.
    fn inboxes(&mut self, world: &World, deliveries: &[Value], inbox: Option<&Seen>) {
        let expected: Vec<String> = deliveries.iter().filter_map(inbox_path).collect();
        for sighting in inbox.iter().flat_map(|seen| &seen.sightings) {
            if !expected.contains(&sighting.path) {
                self.find(
                    Harm::Misreported,
                    format!("no collection tells of {} in the inbox", sighting.path),
                );
            }
        }
        for path in inbox.iter().flat_map(|seen| &seen.written) {
            self.find(Harm::Partial, format!("{path} was written to while it bore its name"));
        }
        for link in 0..world.inbound.len() {
            let offered = world.offered.iter().filter(|offered| offered.link == link).count();
            let moved = names_in(&world.partner.root().join(done_name(link))).len();
            if moved > offered {
                let link = inbound_name(link);
                self.find(Harm::Duplicated, format!("{offered} files of {link} were moved to {moved} names"));
            }
            for name in names_in(&world.partner_directory(link)) {
                if name.starts_with(".totatsu-") {
                    self.find(Harm::Lost, format!("{name} was left at the partner"));
                }
            }
            for name in names_in(&world.inbox(link)) {
                let path = format!("{}/{}", inbound_name(link), name.trim_end_matches(".sha256"));
                if name.starts_with('.') {
                    self.find(Harm::Misreported, format!("{path} was left in the inbox"));
                } else if !expected.contains(&path) {
                    self.find(Harm::Duplicated, format!("no collection tells of {path} in the inbox"));
                }
            }
        }
    }
}

/// Whether it comes in.
pub(super) fn is_collection(delivery: &Value) -> bool {
    delivery["collection"].is_object()
}

/// Where a collection's rows are to appear, below the inboxes.
fn inbox_path(collection: &Value) -> Option<String> {
    let path = collection["collection"]["placing"]["path"].as_str()?;
    let (directory, name) = path.rsplit_once('/')?;
    Some(format!("{}/{name}", directory.rsplit('/').next()?))
}
