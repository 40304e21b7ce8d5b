//! The account where people acted: what each act allows, and nothing else.
//!
//! Owns no fault. What people did is read from the journal's own lines, and the place of a delivery in the order is the line
//! with which its original was accepted; nothing is taken from what the ledger makes of them. A resend may arrive once more; a
//! cancelled file may have arrived, if the ledger says so or says that it can't tell; a confirmed one is graded so.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;

use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::account::{Account, digest_of, folder_of, path_of, text};
use super::acts::{ActByHand, ActOutcome, Hands};
use super::observer::Seen;
use super::tally::{Harm, Row};
use super::world::{World, last_lines, link_name};
use crate::support::gateway::{Home, names_in};

/// The journal's events, also while somebody writes it.
pub fn journal(home: &Home) -> Vec<Value> {
    let directory = home.path().join("ledger/journal");
    if !directory.is_dir() {
        return Vec::new();
    }
    let text = |name: String| fs::read_to_string(directory.join(name)).unwrap_or_default();
    let text: String = names_in(&directory).into_iter().map(text).collect();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Stops the daemon and accounts for every file, every act and every delivery that came about.
pub fn settle(mut hands: Hands) -> Row {
    let injected = hands.injected();
    let mut account = Account::new(hands.world.seed);
    account.findings.append(&mut hands.findings);
    let status = hands.world.home.stop();
    if !status.success() {
        account.find(Harm::Misreported, format!("the daemon did not stop in good order: {status}"));
    }
    let (world, acts) = (&hands.world, &hands.acts);
    match world.list() {
        Ok(deliveries) => {
            let events = account.journal(&world.home.path().join("ledger/journal"));
            let (seen, done) = (world.observer.seen(), Deeds::of(&events));
            let books = Books { world, deliveries: &deliveries, seen: &seen, deeds: &done };
            books.families(&mut account);
            deliveries.iter().for_each(|delivery| books.one(&mut account, delivery));
            books.partner(&mut account);
            books.order(&mut account);
            books.superseded(&mut account);
            acts_are_told(&mut account, acts, &events);
            account.receipts(&deliveries);
            account.audit(world);
        }
        Err(reason) => {
            let log = last_lines(&world.home.log());
            account.find(Harm::Lost, format!("the ledger can't be read: {reason}; {log}"));
        }
    }
    Row { injected, deliveries: world.dropped.len(), collections: 0, findings: account.findings }
}

/// What the journal's lines say that people allowed.
#[derive(Debug, Default)]
struct Deeds {
    /// Place in the order: the number of the line with which the original was accepted.
    place: HashMap<String, u64>,
    /// A person let it overtake.
    may_overtake: HashSet<String>,
    /// A person wants it sent although it is older.
    may_be_older: HashSet<String>,
    /// It was told that nobody can tell whether the name was given.
    unknown: HashSet<String>,
    /// How often a person released it from the question whether the name was given.
    asked_anew: HashMap<String, usize>,
    proven: HashSet<String>,
    confirmed: HashSet<String>,
    cancelled: HashSet<String>,
}

impl Deeds {
    fn of(events: &[Value]) -> Deeds {
        let mut deeds = Deeds::default();
        // What hindered each delivery last.
        let mut hindered: HashMap<&str, &Value> = HashMap::new();
        for event in events {
            let id = text(&event["delivery"]);
            let note = |into: &mut HashSet<String>| {
                into.insert(id.to_owned());
            };
            match text(&event["event"]) {
                "accepted" => drop(deeds.place.insert(id.to_owned(), event["seq"].as_u64().unwrap())),
                "resent" => {
                    let place = deeds.place.get(text(&event["of"])).copied().unwrap_or_default();
                    deeds.place.insert(id.to_owned(), place);
                    if event["even_if_older"] == true {
                        note(&mut deeds.may_be_older);
                    }
                }
                "verified" => note(&mut deeds.proven),
                "confirmed" => note(&mut deeds.confirmed),
                "cancelled" => note(&mut deeds.cancelled),
                "released" => {
                    let by = hindered.get(id).copied().unwrap_or(&Value::Null);
                    // Who is let go over a held link is let go before those that wait there, too.
                    if matches!(text(&by["gate"]["closed"]), "order" | "link_held") {
                        note(&mut deeds.may_overtake);
                    }
                    if by["out_of_sequence"] == true {
                        note(&mut deeds.may_be_older);
                    }
                    if by["event"] == "held" && by["unknown"] == true {
                        *deeds.asked_anew.entry(id.to_owned()).or_default() += 1;
                    }
                }
                _ => {}
            }
            if event["unknown"] == true {
                note(&mut deeds.unknown);
            }
            if matches!(text(&event["event"]), "queued" | "waiting" | "held" | "held_by_hand" | "released") {
                hindered.insert(id, event);
            }
        }
        deeds
    }
}

struct Books<'a> {
    world: &'a World,
    deliveries: &'a [Value],
    seen: &'a Seen,
    deeds: &'a Deeds,
}

impl Books<'_> {
    /// Each file was accepted once, and nothing else stands in the ledger but what was sent again.
    fn families(&self, account: &mut Account) {
        let mut originals: HashMap<&str, usize> = HashMap::new();
        for delivery in self.deliveries.iter().filter(|delivery| delivery["resend_of"].is_null()) {
            *originals.entry(text(&delivery["accepted"]["sha256"])).or_default() += 1;
        }
        for dropped in &self.world.dropped {
            match originals.remove(dropped.sha256.to_string().as_str()).unwrap_or_default() {
                0 => account.nowhere(self.world, dropped),
                1 => {}
                times => {
                    account.find(Harm::Duplicated, format!("{} was accepted {times} times", dropped.name));
                }
            }
        }
        for stranger in originals.keys() {
            account.find(Harm::Misreported, format!("nobody dropped {stranger}"));
        }
    }

    /// How often the partner saw what this delivery sent. Under a fixed name it may have been another one's of the same bytes.
    fn sightings(&self, delivery: &Value) -> usize {
        let (path, sent) = (path_of(delivery), text(&delivery["converted"]["sha256"]).parse::<Sha256>().ok());
        let seen = self.seen.sightings.iter();
        seen.filter(|seen| Some(&seen.path) == path.as_ref() && seen.sha256 == sent && sent.is_some()).count()
    }

    /// A delivery's end, against what really arrived.
    fn one(&self, account: &mut Account, delivery: &Value) {
        let (id, state) = (text(&delivery["id"]), text(&delivery["state"]));
        let (times, deeds) = (self.sightings(delivery), self.deeds);
        let kept = folder_of(self.world, delivery);
        if digest_of(&kept.join("source")).map(|sha256| sha256.to_string()).as_deref()
            != delivery["accepted"]["sha256"].as_str()
        {
            account.find(Harm::Lost, format!("the source of {id} ({state}) is not kept as it was dropped"));
        }
        let shares_name =
            self.link_of(delivery).is_some_and(|link| !self.world.links[link].remote_name.contains("{id}"));
        match state {
            "archived" if deeds.confirmed.contains(id) => {}
            "archived" if times == 0 => {
                account.find(
                    Harm::Misreported,
                    format!("{id} has a receipt, and the partner never had its file"),
                );
            }
            "cancelled" if times > 0 && !shares_name => {
                let told = !delivery["published"].is_null() || deeds.unknown.contains(id);
                if !told || !deeds.proven.contains(id) {
                    let text =
                        format!("{id} was cancelled, the partner has its file, and nothing says that it may");
                    account.find(Harm::Misreported, text);
                }
            }
            "cancelled" if times == 0 && !delivery["published"].is_null() => {
                account.find(
                    Harm::Misreported,
                    format!("the cancelled {id} is said to be published, and isn't"),
                );
            }
            "superseded" if times > 0 => {
                account.find(Harm::Misreported, format!("the superseded {id} arrived"));
            }
            "archived" | "cancelled" | "superseded" => {}
            _ => {
                account.find(Harm::Lost, format!("{id} never came to an end: {state} {}", delivery["reason"]))
            }
        }
        if state == "archived" {
            self.receipt(account, delivery);
        }
    }

    /// The receipt is about these bytes, and its grade says whether the partner was asked or a person.
    fn receipt(&self, account: &mut Account, delivery: &Value) {
        let (id, kept) = (text(&delivery["id"]), folder_of(self.world, delivery));
        let written = fs::read(kept.join("receipt.json")).unwrap_or_default();
        if Some(Sha256::of(&written).to_string().as_str()) != delivery["receipt"]["sha256"].as_str() {
            return account
                .find(Harm::Misreported, format!("the receipt of {id} is not the one in the ledger"));
        }
        let receipt: Value = serde_json::from_slice(&written).unwrap_or_default();
        if receipt["sent"]["sha256"] != delivery["converted"]["sha256"] {
            account.find(Harm::Misreported, format!("the receipt of {id} tells of another file"));
        }
        let (grade, by_hand) = (text(&receipt["grade"]), self.deeds.confirmed.contains(id));
        if by_hand != (grade == "confirmed") {
            let text = format!("{id} was confirmed by hand: {by_hand}; its receipt is of grade {grade:?}");
            account.find(Harm::Misreported, text);
        }
    }

    /// Every appearance at the partner is a delivery's, whole, and as often as was allowed.
    fn partner(&self, account: &mut Account) {
        let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for delivery in self.deliveries {
            if let Some(path) = path_of(delivery) {
                expected.entry(path).or_default().push(delivery);
            }
        }
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for sighting in &self.seen.sightings {
            let Some(of) = expected.get(&sighting.path) else {
                account.find(Harm::Misreported, format!("no delivery tells of {}", sighting.path));
                continue;
            };
            *times.entry(&sighting.path).or_default() += 1;
            let sha256 = sighting.sha256.as_ref().map(Sha256::to_string);
            if sha256.is_some_and(|sha256| of.iter().all(|of| text(&of["converted"]["sha256"]) != sha256)) {
                account.find(Harm::Partial, format!("{} had other bytes at first sight", sighting.path));
            }
        }
        for (path, of) in &expected {
            let times = times.get(path.as_str()).copied().unwrap_or_default();
            let anew = |of: &&Value| self.deeds.asked_anew.get(text(&of["id"])).copied().unwrap_or_default();
            let taken = of.iter().any(|of| self.is_taken(of));
            let allowed = 1 + if taken { of.iter().map(anew).sum::<usize>() } else { 0 };
            if times > allowed {
                account.find(Harm::Duplicated, format!("{path} appeared {times} times, {allowed} allowed"));
            }
            let proven =
                |of: &&&Value| of["state"] == "archived" && !self.deeds.confirmed.contains(text(&of["id"]));
            let receipts = of.iter().filter(proven).count();
            if receipts > times {
                let text =
                    format!("{receipts} deliveries have a receipt for {path}, which appeared {times} times");
                account.find(Harm::Misreported, text);
            }
            let now = digest_of(&self.world.partner.root().join(path)).map(|sha256| sha256.to_string());
            let first = of.iter().any(|of| now.as_deref() == of["converted"]["sha256"].as_str());
            if times > 0 && !taken && !first {
                account.find(Harm::Lost, format!("{path} doesn't hold its bytes any more"));
            }
        }
        let taken: BTreeSet<String> =
            (0..self.world.links.len()).filter(|link| self.world.links[*link].taken).map(link_name).collect();
        let ours = |path: &&String| !taken.contains(path.split('/').next().unwrap_or_default());
        for path in self.seen.written.iter().filter(ours) {
            account.find(Harm::Partial, format!("{path} was written to under its final name"));
        }
        for path in self.seen.gone.iter().filter(ours) {
            account.find(Harm::Lost, format!("{path} was taken away at the partner"));
        }
    }

    /// On an ordered link what arrives comes after what arrived before, except what a person let overtake or wanted all the same.
    fn order(&self, account: &mut Account) {
        for (link, kind) in self.world.links.iter().enumerate() {
            let latest = kind.more.contains("latest");
            if !kind.ordered && !latest {
                continue;
            }
            let name = link_name(link);
            let by_path: HashMap<String, &str> = self
                .deliveries
                .iter()
                .filter(|delivery| text(&delivery["link"]) == name)
                .filter_map(|delivery| Some((path_of(delivery)?, text(&delivery["id"]))))
                .collect();
            let seen = self.seen.sightings.iter();
            let arrived: Vec<&str> = seen.filter_map(|seen| by_path.get(&seen.path).copied()).collect();
            for (at, later) in arrived.iter().enumerate() {
                for earlier in &arrived[..at] {
                    if self.place(earlier) > self.place(later) && !self.is_allowed(latest, earlier, later) {
                        let order = if latest { "latest" } else { "strict" };
                        let text =
                            format!("{earlier} arrived before {later}, which is older ({order}, {name})");
                        account.find(Harm::OutOfOrder, text);
                    }
                }
            }
        }
    }

    /// Whether people allowed the older one to arrive after the newer one.
    fn is_allowed(&self, latest: bool, newer: &str, older: &str) -> bool {
        let deeds = self.deeds;
        // Whoever gives up the newer one wants it no more; an older one may then be the latest.
        let given_up = latest && deeds.cancelled.contains(newer);
        deeds.may_be_older.contains(older) || given_up || !latest && deeds.may_overtake.contains(newer)
    }

    /// Only what came later takes the place of another.
    fn superseded(&self, account: &mut Account) {
        for delivery in self.deliveries.iter().filter(|delivery| delivery["state"] == "superseded") {
            let (id, newer) = (text(&delivery["id"]), text(&delivery["superseded_by"]));
            if self.place(newer) <= self.place(id) {
                account.find(Harm::Lost, format!("{id} was superseded by {newer}, which is older"));
            }
        }
    }

    fn place(&self, id: &str) -> u64 {
        self.deeds.place.get(id).copied().unwrap_or_default()
    }

    fn link_of(&self, delivery: &Value) -> Option<usize> {
        (0..self.world.links.len()).find(|link| link_name(*link) == text(&delivery["link"]))
    }

    fn is_taken(&self, delivery: &Value) -> bool {
        self.link_of(delivery).is_some_and(|link| self.world.links[link].taken)
    }
}

/// What the command said is done stands in the journal once, and what it refused doesn't.
fn acts_are_told(account: &mut Account, acts: &[ActByHand], events: &[Value]) {
    for act in acts {
        let times = events.iter().filter(|event| text(&event["reason"]) == act.reason).count();
        let is_told = match act.answered {
            // A partner that is down isn't released: it is tried at once, which is no event.
            ActOutcome::Done if act.words[..2] == ["release", "--partner"] => times <= 1,
            ActOutcome::Done => times == 1,
            ActOutcome::Refused => times == 0,
            ActOutcome::CutOff => times <= 1,
        };
        if !is_told {
            let text =
                format!("{:?} was {:?}, and the journal tells it {times} times", act.words, act.answered);
            account.find(Harm::Misreported, text);
        }
    }
}
