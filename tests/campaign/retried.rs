//! SIGKILL in the second try of a step or later, and again in the starts after it, several in a row.
//!
//! Owns a gateway whose partner ([`super::liar`]) drops a request, or two, so that a step is tried again; a tracer strikes at
//! one call of the new try, and at one call of each start that follows. The partner names in two requests, and in half of the
//! trials takes each file away the moment it has its name. Some deliveries are released by hand while they wait, as the
//! manual advises. What is held in the end is decided by somebody who has asked the partner.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::account::text;
use super::account_acts::journal;
use super::liar::{Ask, Liar, Lies, Takes, Trouble, When};
use super::tally::{Finding, Harm, Row};
use super::tracer::{Point, Strike, Tracer};
use super::way::{Far, SHORT};
use super::world::{Dice, last_lines};
use crate::support::gateway::Home;

/// Starts that are struck after the first kill, at most.
const STARTS: u64 = 3;
/// Packets to the partner at the end of a delivery, among them those that give the name.
const NAMING: usize = 6;
/// A trial ends in so many decisions of a person.
const DECISIONS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);
/// A point that isn't reached within this time is not waited for any longer.
const REACH: Duration = Duration::from_secs(4);
const LOOK: Duration = Duration::from_millis(5);
const TROUBLES: [Trouble; 4] =
    [Trouble::CutBefore, Trouble::CutBefore, Trouble::CutAfter, Trouble::SilentBefore];

struct Retried {
    seed: u64,
    dice: Dice,
    liar: Liar,
    home: Home,
    /// What an undisturbed delivery asks of the partner, from the protocol's version on, with its place.
    requests: Vec<(usize, Ask)>,
    /// Calls of a new try, and of a start.
    of_retry: Vec<Point>,
    of_start: Vec<Point>,
    row: Row,
}

/// One delivery on its way.
struct Trial {
    name: String,
    id: String,
    lies: Lies,
    /// What was done to it, for a finding.
    told: String,
}

/// So many deliveries, each killed in a new try of a step and in some starts after it.
pub fn trials(seed: u64, how_many: usize) -> Row {
    println!("retried: seed {seed}");
    let mut retried = Retried::new(seed);
    retried.measure();
    for number in 0..how_many {
        retried.one(number);
    }
    let (clean, text) = retried.home.run(&["audit", "verify"]);
    if !clean {
        retried.find(Harm::Misreported, format!("audit verify: {text}"));
    }
    println!("retried: {} kills struck", retried.row.injected);
    retried.row
}

impl Retried {
    fn new(seed: u64) -> Retried {
        let liar = Liar::start();
        let Far { port, user, host_key, key_file, .. } = liar.far();
        let home = Home::of_partner(&format!(
            "transport = \"sftp\"\nconnections = 2\n[sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\n\
             host_keys = [{host_key:?}]\nprivate_key_file = {key_file:?}\n{SHORT}"
        ));
        let (dice, row) = (Dice::new(seed), Row::default());
        let (requests, of_retry, of_start) = Default::default();
        Retried { seed, dice, liar, home, requests, of_retry, of_start, row }
    }

    fn find(&mut self, harm: Harm, text: String) {
        self.row.findings.push(Finding { harm, seed: self.seed, text });
    }

    /// Watches one delivery that nothing disturbs, a new try, and a start that goes on with one.
    fn measure(&mut self) {
        self.liar.behave(Lies::default());
        let undisturbed = self.begin("m0", Lies::default());
        self.until(&undisturbed, PATIENCE, is_at_end);
        let asked: Vec<(usize, Ask)> = self.liar.asked().into_iter().enumerate().collect();
        let version = asked.iter().position(|(_, ask)| *ask == Ask::Version).unwrap_or_default();
        self.requests = asked[version..].to_vec();
        self.home.kill();
        let retry = self.begin("m1", self.lies_at_last_look());
        assert!(self.until(&retry, PATIENCE, is_tried_again), "no new try");
        self.of_retry = self.strike(&retry, None, PATIENCE).1;
        let start = self.begin("m2", self.lies_at_last_look());
        self.until(&start, PATIENCE, is_tried_again);
        self.home.kill();
        self.home.launch();
        self.of_start = self.strike(&start, None, PATIENCE).1;
        let (requests, retry, start) = (self.requests.len(), self.of_retry.len(), self.of_start.len());
        println!("retried: {requests} requests, {retry} points of a new try, {start} of a start");
    }

    /// The look before the name is given is cut off once.
    fn lies_at_last_look(&self) -> Lies {
        let look = self.requests[self.looks()].0 + 1;
        Lies { troubles: vec![(When::Number(look), Trouble::CutBefore)], ..Lies::default() }
    }

    /// Where the looks begin right before the name is given.
    fn looks(&self) -> usize {
        let link = self.requests.iter().position(|(_, ask)| *ask == Ask::Link);
        link.expect("the partner names by a link").saturating_sub(2)
    }

    fn one(&mut self, number: usize) {
        let lies = self.lies();
        let mut trial = self.begin(&format!("t{number:04}"), lies);
        self.row.deliveries += 1;
        self.until(&trial, REACH, |events| is_tried_again(events) || is_at_end(events));
        self.release_some(&mut trial);
        self.kill_at(&mut trial, true);
        for _ in 0..=self.dice.below(STARTS) {
            if self.dice.below(4) == 0 {
                self.release_some(&mut trial);
            }
            self.home.launch();
            self.kill_at(&mut trial, false);
        }
        self.home.start();
        self.end(&mut trial);
    }

    /// One request is dropped, mostly one of those that name the file, and often another one later.
    fn lies(&mut self) -> Lies {
        // Half of them before the name was asked for, so that the first try leaves no doubt.
        let (looks, all) = (self.looks(), self.requests.len());
        let (from, to) = self.dice.pick(&[(looks, looks + 2), (looks, looks + 2), (looks, all), (1, all)]);
        let chosen = from + usize::try_from(self.dice.below((to - from) as u64)).unwrap();
        let at = self.requests[chosen].0;
        let mut troubles = vec![(When::Number(at), self.dice.pick(&TROUBLES))];
        if self.dice.below(2) == 0 {
            let later = at + 1 + usize::try_from(self.dice.below(2 * self.requests.len() as u64)).unwrap();
            troubles.push((When::Number(later), self.dice.pick(&TROUBLES)));
        }
        let takes = self.dice.pick(&[Takes::Nothing, Takes::Final]);
        Lies { takes, troubles, ..Lies::default() }
    }

    /// Drops a file for a partner that behaves like this.
    fn begin(&mut self, stem: &str, lies: Lies) -> Trial {
        if !self.home.is_running() {
            self.home.start();
        }
        self.liar.behave(lies.clone());
        let name = format!("{stem}.csv");
        self.home.drop_records(&name, 3 + self.seed % 50);
        let told = format!("{:?} {:?}", lies.takes, lies.troubles);
        let mut trial = Trial { name, id: String::new(), lies, told };
        self.until(&trial, PATIENCE, |events| !events.is_empty());
        trial.id = text(&self.events(&trial)[0]["delivery"]).to_owned();
        trial
    }

    /// What the journal tells of this delivery.
    fn events(&self, trial: &Trial) -> Vec<Value> {
        let all = journal(&self.home);
        let begun = all.iter().find(|event| event["accepted"]["name"] == *trial.name);
        let Some(id) = begun.map(|event| event["delivery"].clone()) else { return Vec::new() };
        // That somebody was told changes nothing about it.
        let of_it = |event: &Value| event["delivery"] == id && event["event"] != "alerted";
        all.into_iter().filter(of_it).collect()
    }

    /// Waits until the journal tells so; says whether it does.
    fn until(&self, trial: &Trial, patience: Duration, is_so: impl Fn(&[Value]) -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < patience {
            if is_so(&self.events(trial)) {
                return true;
            }
            std::thread::sleep(LOOK);
        }
        false
    }

    /// Kills the running daemon at a call, or once the delivery is at its end.
    fn kill_at(&mut self, trial: &mut Trial, in_retry: bool) {
        let points = if in_retry { &self.of_retry } else { &self.of_start };
        // What goes to the partner, and what the journal tells then, is struck most.
        let near = |point: &&Point| matches!(point.call.class, "line" | "journal");
        let near: Vec<Point> = points.iter().filter(near).copied().collect();
        let sends: Vec<Point> = points.iter().filter(|point| point.call.class == "line").copied().collect();
        // The last requests are those of the name.
        let named = sends[sends.len().saturating_sub(NAMING)..].to_vec();
        let all = points.clone();
        let point = match self.dice.below(6) {
            0 => self.dice.pick(&all),
            1 | 2 => self.dice.pick(&near),
            _ => self.dice.pick(&named),
        };
        let strike = self.dice.pick(&[Strike::KillBefore, Strike::KillAfter]);
        let (struck, _) = self.strike(trial, Some((point, strike)), REACH);
        let when = if in_retry { "new try" } else { "start" };
        let missed = if struck { "" } else { ", not reached" };
        trial.told += &format!("; {when}: {point} {strike:?}{missed}");
        self.row.injected += usize::from(struck);
    }

    /// Traces the running daemon until it is struck or the delivery is at its end; says so, and which calls there were.
    fn strike(
        &mut self,
        trial: &Trial,
        plan: Option<(Point, Strike)>,
        patience: Duration,
    ) -> (bool, Vec<Point>) {
        let tracer = Tracer::attach(self.home.daemon_id(), plan);
        let start = Instant::now();
        while !tracer.has_ended() && start.elapsed() < patience && !is_at_end(&self.events(trial)) {
            std::thread::sleep(LOOK);
        }
        let trace = tracer.finish();
        self.home.forget_daemon();
        if let Some(code) = trace.code {
            let text = format!(
                "{}: the daemon ended with code {code}: {}",
                trial.told,
                last_lines(&self.home.log())
            );
            self.find(Harm::Misreported, text);
        }
        let mut counts: Vec<_> = trace.counts.into_iter().collect();
        counts.sort();
        let ordinals = |(call, count)| (1..=count).map(move |ordinal| Point { call, ordinal });
        (trace.struck, counts.into_iter().flat_map(ordinals).collect())
    }

    /// As the manual advises while a partner is down: what waits is let go on. Whoever releases a question answers it.
    fn release_some(&mut self, trial: &mut Trial) {
        let is_held = self
            .events(trial)
            .iter()
            .rev()
            .find(|event| hinders(event))
            .is_some_and(|event| event["event"] == "held");
        if is_held || self.dice.below(3) > 0 {
            return;
        }
        let (done, _) = self.home.run(&["release", &trial.id, "--reason", "the partner is back"]);
        if done {
            trial.told += "; released";
        }
    }

    /// Whoever has asked the partner decides on what is held, until it is at its end.
    fn end(&mut self, trial: &mut Trial) {
        for _ in 0..=DECISIONS {
            let ended = self.until(trial, PATIENCE, is_at_end);
            let last = self.events(trial).pop().unwrap_or_default();
            if !ended {
                let log = last_lines(&self.home.log());
                return self.find(Harm::Lost, format!("{}: no end after {last}; {log}", trial.told));
            }
            if last["event"] == "archived" {
                return self.account(trial);
            }
            let reason = text(&last["reason"]).to_owned();
            trial.told += &format!("; held: {reason:.40}");
            if !reason.starts_with("unknown:") {
                return self.find(Harm::Misreported, format!("{}: nothing hinders it: {reason}", trial.told));
            }
            let arrived = !self.seen(trial).is_empty();
            let words: &[&str] = if arrived {
                &["confirm", &trial.id, "--by", "partner", "--how", "phone"]
            } else {
                &["release", &trial.id]
            };
            let asked = [words, &["--reason", "the partner was asked"]].concat();
            if let Err(said) = self.until_done(&asked) {
                return self.find(Harm::Misreported, format!("{}: refused: {said}", trial.told));
            }
            self.until(trial, PATIENCE, |events| events.last().is_some_and(|last| last["event"] != "held"));
        }
        self.find(Harm::Misreported, format!("{}: it is held again and again", trial.told));
    }

    /// The step that came to the hold may still be under way: such an act is tried again.
    fn until_done(&self, act: &[&str]) -> Result<(), String> {
        let start = Instant::now();
        loop {
            let (done, said) = self.home.run(act);
            if done {
                return Ok(());
            }
            if !said.contains("try again in a moment") || start.elapsed() > PATIENCE {
                return Err(said);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn final_name(trial: &Trial) -> String {
        trial.name.replace(".csv", ".DTA")
    }

    fn seen(&self, trial: &Trial) -> Vec<Sha256> {
        let name = Self::final_name(trial);
        let seen = self.liar.seen().into_iter();
        seen.filter(|seen| seen.name.ends_with(&name)).map(|seen| seen.sha256).collect()
    }

    /// It arrived once, whole, and the receipt says by what that is known.
    fn account(&mut self, trial: &Trial) {
        let (seen, events) = (self.seen(trial), self.events(trial));
        let sent = events.iter().find(|event| event["event"] == "converted");
        let sent = sent.map(|event| text(&event["converted"]["sha256"]).to_owned()).unwrap_or_default();
        let told = &trial.told;
        let mut found = Vec::new();
        if seen.is_empty() {
            found
                .push((Harm::Misreported, format!("{told}: it has a receipt, and the partner never had it")));
        }
        if seen.len() > 1 {
            found.push((Harm::Duplicated, format!("{told}: the partner got it {} times", seen.len())));
        }
        if seen.iter().any(|sha256| sha256.to_string() != sent) {
            found.push((Harm::Partial, format!("{told}: the partner saw other bytes")));
        }
        let folder = self.home.folder(&trial.id.parse().unwrap());
        let receipt = fs::read(folder.receipt()).unwrap_or_default();
        let receipt: Value = serde_json::from_slice(&receipt).unwrap_or_default();
        let confirmed = events.iter().any(|event| event["event"] == "confirmed");
        if (receipt["grade"] == "confirmed") != confirmed || receipt["sent"]["sha256"] != *sent {
            found.push((Harm::Misreported, format!("{told}: its receipt is of grade {}", receipt["grade"])));
        }
        let left = fs::read(self.liar.far().inbox.join(Self::final_name(trial))).ok();
        if trial.lies.takes == Takes::Nothing && left.is_none_or(|left| Sha256::of(&left).to_string() != sent)
        {
            found.push((Harm::Lost, format!("{told}: the partner doesn't hold its bytes any more")));
        }
        found.into_iter().for_each(|(harm, text)| self.find(harm, text));
    }
}

fn hinders(event: &Value) -> bool {
    matches!(text(&event["event"]), "queued" | "waiting" | "held" | "released" | "verified" | "published")
}

fn is_tried_again(events: &[Value]) -> bool {
    events.iter().any(|event| matches!(text(&event["event"]), "waiting" | "queued"))
}

/// Nothing more happens by itself.
fn is_at_end(events: &[Value]) -> bool {
    events.last().is_some_and(|last| matches!(text(&last["event"]), "archived" | "held"))
}
