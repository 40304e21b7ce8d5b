//! The account after the last restart: what was dropped, against what ledger, archive, partner and receipts say.
//!
//! Owns no fault. Promises to ask each side by itself, so that two of them that are wrong in the same way are still
//! found: the sources are those that were dropped, the partner's files those that the observer saw, the waits those that
//! were configured. Hands back every broken promise.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;

use super::account_in::is_collection;
use super::observer::{Seen, Sighting};
use super::tally::{Finding, Harm, Row};
use super::world::{Dropped, FIRST_WAIT, Fate, LONGEST_WAIT, World, last_lines, link_name};

/// Share of a wait that chance may take off.
const JITTER: f64 = 0.2;
/// Clocks are read before a line is queued for the journal and after.
const SLACK: Duration = Duration::from_millis(50);
/// Waits from which the unit can be told.
const ENOUGH_WAITS: usize = 3;
/// What a start says of what it makes due at once.
const AT_A_START: [&str; 3] = ["the gateway ended", "the gateway was started anew", "it was cut off"];

/// Waits until everything has ended, stops the daemon and accounts for every file that was dropped.
pub fn settle(world: &mut World, injected: usize) -> Row {
    let mut account = Account { seed: world.seed, findings: Vec::new() };
    if let Err(why) = world.until_all_have_ended() {
        account.find(Harm::Lost, format!("no end was reached: {why}"));
    }
    if world.home.is_running() {
        let status = world.home.stop();
        if !status.success() {
            account.find(Harm::Misreported, format!("the daemon did not stop in good order: {status}"));
        }
    }
    match world.list() {
        Ok(deliveries) => {
            account.compare(world, &deliveries);
            account.audit(world);
        }
        Err(reason) => {
            let log = last_lines(&world.home.log());
            account.find(Harm::Lost, format!("the ledger can't be read: {reason}; {log}"));
        }
    }
    let (deliveries, collections) = (world.dropped.len(), world.offered.len());
    Row { injected, deliveries, collections, findings: account.findings }
}

/// Accounts for everything without stopping the daemon.
pub fn check(world: &World) -> Vec<Finding> {
    let mut account = Account { seed: world.seed, findings: Vec::new() };
    match world.list() {
        Ok(deliveries) => account.compare(world, &deliveries),
        Err(reason) => account.find(Harm::Lost, format!("the ledger can't be read: {reason}")),
    }
    account.findings
}

pub(super) struct Account {
    seed: u64,
    pub(super) findings: Vec<Finding>,
}

impl Account {
    pub(super) fn new(seed: u64) -> Account {
        Account { seed, findings: Vec::new() }
    }

    pub(super) fn find(&mut self, harm: Harm, text: String) {
        self.findings.push(Finding { harm, seed: self.seed, text });
    }

    fn compare(&mut self, world: &World, deliveries: &[Value]) {
        let seen = world.observer.seen();
        let mut of_source: HashMap<&str, Vec<&Value>> = HashMap::new();
        let dropped =
            |delivery: &&Value| !is_collection(delivery) && !text(&delivery["link"]).starts_with('a');
        for delivery in deliveries.iter().filter(dropped) {
            of_source.entry(text(&delivery["accepted"]["sha256"])).or_default().push(delivery);
        }
        for dropped in &world.dropped {
            let sha256 = dropped.sha256.to_string();
            match of_source.remove(sha256.as_str()).unwrap_or_default()[..] {
                [] => self.nowhere(world, dropped),
                [delivery] => self.one(world, dropped, delivery, &seen),
                [first, second, ..] => {
                    // Which file the gateway took it for tells why it took it again.
                    let as_file = |delivery: &Value| {
                        format!("{} as {}", delivery["id"], delivery["accepted"]["identity"])
                    };
                    let name = &dropped.name;
                    let text = format!("{name} was accepted twice: {}, {}", as_file(second), as_file(first));
                    self.find(Harm::Duplicated, text);
                }
            }
        }
        for strangers in of_source.values().flatten() {
            self.find(Harm::Misreported, format!("nobody dropped what {} is said to be", strangers["id"]));
        }
        self.compare_inbound(world, deliveries, &seen);
        self.partner(world, deliveries, &seen);
        self.order(world, deliveries, &seen);
        self.receipts(deliveries);
        let journal = self.journal(&world.home.path().join("ledger/journal"));
        self.waits(&journal);
    }

    /// The gateway's own audit finds nothing.
    pub(super) fn audit(&mut self, world: &World) {
        let (clean, text) = world.home.run(&["audit", "verify"]);
        if !clean {
            self.find(Harm::Misreported, format!("audit verify: {text}"));
        }
    }

    pub(super) fn nowhere(&mut self, world: &World, dropped: &Dropped) {
        let name = &dropped.name;
        let text = if world.outbox(dropped.link).join(name).exists() {
            format!("{name} is still in its outbox and was never accepted")
        } else {
            format!("{name} is neither in its outbox nor in the ledger")
        };
        self.find(Harm::Lost, text);
    }

    fn one(&mut self, world: &World, dropped: &Dropped, delivery: &Value, seen: &Seen) {
        let (name, id, state) = (&dropped.name, text(&delivery["id"]), text(&delivery["state"]));
        let reason = text(&delivery["reason"]);
        let kept = folder_of(world, delivery);
        if digest_of(&kept.join("source")) != Some(dropped.sha256) {
            self.find(
                Harm::Lost,
                format!("the source of {id} ({name}, {state}) is not kept as it was dropped"),
            );
        }
        let sightings: Vec<&Sighting> = seen
            .sightings
            .iter()
            .filter(|sighting| Some(&sighting.path) == path_of(delivery).as_ref())
            .collect();
        match (dropped.fate, state) {
            (Fate::Arrives, "archived") => self.arrived(id, delivery, &kept, &sightings),
            (Fate::IsRejected, "rejected") if !kept.join("report.txt").exists() => {
                self.find(Harm::Misreported, format!("{id} is rejected without a report"));
            }
            (Fate::IsRejected, "rejected") | (Fate::FindsItsNameTaken, "held") => {}
            (Fate::Arrives, "held") => {
                let at_partner = if sightings.is_empty() { "is not" } else { "is" };
                let text = format!(
                    "{id} ({name}) is held although nothing hinders it, its file {at_partner} at the partner: {reason}"
                );
                self.find(Harm::Misreported, text);
            }
            (fate, "archived" | "rejected" | "held" | "cancelled") => {
                self.find(Harm::Misreported, format!("{id} ({name}) is {state}, but {fate:?}: {reason}"));
            }
            (_, _) => self.find(Harm::Lost, format!("{id} ({name}) never came to an end: {state} {reason}")),
        }
        if dropped.fate == Fate::IsRejected && !sightings.is_empty() {
            self.find(Harm::Partial, format!("the rejected {id} arrived"));
        }
    }

    pub(super) fn arrived(&mut self, id: &str, delivery: &Value, kept: &Path, sightings: &[&Sighting]) {
        let sent = text(&delivery["converted"]["sha256"]);
        match sightings {
            [] => {
                let text = format!("{id} has a receipt, and the partner never had its file");
                self.find(Harm::Misreported, text);
            }
            [only] => {
                let at_first_sight = only.sha256.as_ref().map(Sha256::to_string);
                if at_first_sight.is_some_and(|sha256| sha256 != sent) {
                    let text =
                        format!("{} had {} bytes at first sight, not those of {id}", only.path, only.size);
                    self.find(Harm::Partial, text);
                }
            }
            [first, ..] => {
                let text = format!("{} appeared {} times ({id})", first.path, sightings.len());
                self.find(Harm::Duplicated, text);
            }
        }
        if digest_of(&kept.join("sent")).map(|sha256| sha256.to_string()).as_deref() != Some(sent) {
            self.find(Harm::Lost, format!("the archive doesn't hold what {id} sent"));
        }
        let receipt = digest_of(&kept.join("receipt.json")).map(|sha256| sha256.to_string());
        if receipt.as_deref() != delivery["receipt"]["sha256"].as_str() {
            self.find(Harm::Misreported, format!("the receipt of {id} is not the one in the ledger"));
            return;
        }
        let receipt: Value = serde_json::from_slice(&fs::read(kept.join("receipt.json")).unwrap_or_default())
            .unwrap_or_default();
        let path = path_of(delivery).unwrap_or_default();
        if text(&receipt["sent"]["sha256"]) != sent || text(&receipt["arrival"]["path"]) != path {
            self.find(Harm::Misreported, format!("the receipt of {id} tells of another file"));
        }
    }

    /// What the partner holds and has seen, whatever the ledger says.
    fn partner(&mut self, world: &World, deliveries: &[Value], seen: &Seen) {
        let expected: BTreeMap<String, &str> = deliveries
            .iter()
            .filter_map(|delivery| Some((path_of(delivery)?, text(&delivery["converted"]["sha256"]))))
            .collect();
        let ours = |path: &str| !world.obstacles.contains(&world.partner.root().join(path));
        let mut under: HashMap<&Sha256, Vec<&str>> = HashMap::new();
        for sighting in seen.sightings.iter().filter(|sighting| ours(&sighting.path)) {
            if !expected.contains_key(&sighting.path) {
                self.find(
                    Harm::Misreported,
                    format!("no delivery tells of {} at the partner", sighting.path),
                );
            }
            if let Some(sha256) = &sighting.sha256 {
                under.entry(sha256).or_default().push(&sighting.path);
            }
        }
        for mut names in under.into_values() {
            names.sort_unstable();
            names.dedup();
            if names.len() > 1 {
                self.find(Harm::Duplicated, format!("the same bytes arrived as {}", names.join(" and ")));
            }
        }
        for path in seen.written.iter().filter(|path| ours(path)) {
            self.find(Harm::Partial, format!("{path} was written to under its final name"));
        }
        for path in &seen.gone {
            self.find(Harm::Lost, format!("{path} was taken away at the partner"));
        }
        for (path, sha256) in expected.iter().filter(|(path, _)| ours(path)) {
            let now = digest_of(&world.partner.root().join(path)).map(|sha256| sha256.to_string());
            let appeared = seen.sightings.iter().any(|sighting| sighting.path == *path);
            if appeared && now.as_deref() != Some(sha256) {
                self.find(Harm::Lost, format!("{path} doesn't hold its bytes any more"));
            }
        }
        for obstacle in &world.obstacles {
            if !fs::read(obstacle).unwrap_or_default().starts_with(b"not ours") {
                self.find(Harm::Lost, format!("{} was destroyed", obstacle.display()));
            }
        }
    }

    fn order(&mut self, world: &World, deliveries: &[Value], seen: &Seen) {
        for (link, _) in world.links.iter().enumerate().filter(|(_, kind)| kind.ordered) {
            let name_at: HashMap<String, &str> = deliveries
                .iter()
                .filter(|delivery| text(&delivery["link"]) == link_name(link))
                .filter_map(|delivery| Some((path_of(delivery)?, text(&delivery["accepted"]["name"]))))
                .collect();
            let arrived: Vec<&str> =
                seen.sightings.iter().filter_map(|sighting| name_at.get(&sighting.path).copied()).collect();
            for pair in arrived.windows(2).filter(|pair| pair[0] > pair[1]) {
                self.find(Harm::OutOfOrder, format!("{} arrived before {}", pair[0], pair[1]));
            }
        }
    }

    /// Receipts are numbered without a gap.
    pub(super) fn receipts(&mut self, deliveries: &[Value]) {
        let mut numbers: Vec<u64> =
            deliveries.iter().filter_map(|delivery| delivery["receipt"]["number"].as_u64()).collect();
        numbers.sort_unstable();
        let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
        if numbers != expected {
            let text = format!("{} receipts bear numbers up to {:?}", numbers.len(), numbers.last());
            self.find(Harm::Misreported, text);
        }
    }

    /// Every line of the journal, once it is found to follow the line before.
    pub(super) fn journal(&mut self, directory: &Path) -> Vec<Value> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut lines = Vec::new();
        let mut before = "0".repeat(64);
        for line in files.iter().flat_map(|file| {
            fs::read(file).unwrap().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
        }) {
            let Ok(value) = serde_json::from_slice::<Value>(&line) else { continue };
            if text(&value["prev"]) != before {
                self.find(Harm::Misreported, format!("event {} doesn't follow the one before", value["seq"]));
            }
            before = Sha256::of(&line).to_string();
            lines.push(value);
        }
        lines
    }

    /// Waits have the configured length, and nothing is tried before its time.
    fn waits(&mut self, journal: &[Value]) {
        let mut shares = Vec::new();
        let mut due: HashMap<&str, Moment> = HashMap::new();
        for event in journal {
            let (id, at) = (text(&event["delivery"]), moment(&event["at"]));
            let by_itself = !matches!(text(&event["event"]), "released" | "cancelled");
            // The start after a crash records an interrupted transfer as due at once, whatever was waited for before.
            let until = (text(&event["event"]) == "waiting").then(|| moment(&event["until"]));
            let interrupted = until.is_some_and(|until| until.since(at) == Duration::ZERO);
            if let Some(due) = due.remove(id)
                && by_itself
                && !interrupted
                && due.since(at) > SLACK
            {
                self.find(Harm::Misreported, format!("{id} was tried {:?} before its time", due.since(at)));
            }
            let Some(until) = until else { continue };
            due.insert(id, until);
            if interrupted && AT_A_START.iter().any(|told| text(&event["reason"]).starts_with(told)) {
                continue;
            }
            let attempt = u32::try_from(event["attempt"].as_u64().unwrap_or(1)).unwrap();
            let longest = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_WAIT);
            let wait = until.since(at);
            if wait > longest + SLACK {
                let text = format!(
                    "{id} waits {wait:?} after attempt {attempt}, configured are {longest:?} at most"
                );
                self.find(Harm::Misreported, text);
            }
            shares.push(wait.as_secs_f64() / longest.as_secs_f64());
        }
        // A line may have been queued for long on a busy disk, so one wait alone can't be called too short.
        let longest_share = shares.iter().copied().fold(0.0, f64::max);
        if shares.len() >= ENOUGH_WAITS && longest_share < (1.0 - JITTER) / 2.0 {
            let text =
                format!("{} waits are {longest_share:.3} of the configured ones at most", shares.len());
            self.find(Harm::Misreported, text);
        }
    }
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn moment(value: &Value) -> Moment {
    text(value).parse().unwrap()
}

pub(super) fn digest_of(path: &Path) -> Option<Sha256> {
    Sha256::of_file(path).ok().map(|(sha256, _)| sha256)
}

/// Where a delivery's file is to appear, below the partner's root.
pub(super) fn path_of(delivery: &Value) -> Option<String> {
    let target = &delivery["target"];
    Some(format!("{}/{}", target["directory"].as_str()?, target["name"].as_str()?))
}

/// A delivery's folder: in the archive once it is there.
pub(super) fn folder_of(world: &World, delivery: &Value) -> PathBuf {
    let spool = world.home.path().join("spool");
    let id = text(&delivery["id"]);
    let archived = spool.join("archive").join(&id[..4]).join(&id[4..6]).join(&id[6..8]).join(id);
    if archived.is_dir() { archived } else { spool.join("deliveries").join(id) }
}
