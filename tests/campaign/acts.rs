//! What people do by hand, at random moments and in every state, on free, strict and latest links, with kills in between.
//!
//! Owns a gateway behind a line that fails, whom it asks through the real command: hold, release, resend, cancel and confirm of
//! deliveries, hold and release of the partner and of links; some acts meet a gateway that runs, some one that starts, some
//! none, and some are in the middle when it is killed. At the end a person who follows the manual to the letter lets
//! everything go on. What each act allows, [`super::account_acts`] knows.

use std::collections::{BTreeMap, HashMap};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::account::text;
use super::account_acts;
use super::line::{Fault, How, Line, Toward};
use super::partner;
use super::tally::{Finding, Harm, Row};
use super::way::SHORT;
use super::world::{Fate, LinkKind, RENAME, RENAME_BY_ID, STRICT, World, is_an_end, last_lines, link_name};

/// A newer full file takes the place of those not yet begun.
const LATEST: LinkKind = LinkKind { more: "order = \"latest\"\n", ..RENAME_BY_ID };
/// The partner's program takes each file away at once.
const TAKEN: LinkKind = LinkKind { taken: true, ..RENAME_BY_ID };
/// One link of each kind. Under a fixed name, what is sent again finds its name taken.
const LINKS: [LinkKind; 7] = [RENAME, RENAME_BY_ID, STRICT, STRICT, LATEST, LATEST, TAKEN];
/// What happens between two kills.
const MOST_DEEDS: u64 = 24;
/// Deliveries, the newest ones, among which an act finds its own.
const NEWEST: usize = 12;
/// A faulty connection carries up to so many bytes before its end.
const REACH: u64 = 9_000;
/// A delivery that a person has let go on so often, and that is held again, is given up.
const RELEASES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(100);

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The command said that it is done.
    Done,
    /// The command said that it is not, and why.
    Refused,
    /// The gateway was killed in between.
    CutOff,
}

/// An act, as it was asked for.
#[derive(Debug, Clone)]
pub struct Act {
    pub words: Vec<String>,
    /// No other act has this one.
    pub reason: String,
    pub answered: Answered,
}

/// A world in which people act.
pub struct Hands {
    pub world: World,
    line: Line,
    pub acts: Vec<Act>,
    pub findings: Vec<Finding>,
    kills: usize,
}

/// So many kills with acts before, between and while they strike.
pub fn trials(seed: u64, rounds: usize) -> Row {
    println!("acts by hand: seed {seed}");
    let mut hands = Hands::new(seed);
    for _ in 0..rounds {
        hands.round();
    }
    hands.let_everything_go_on();
    println!("acts by hand: {} kills; done of asked: {}", hands.kills, hands.told());
    account_acts::settle(hands)
}

impl Hands {
    fn new(seed: u64) -> Hands {
        let world = World::new(seed, LINKS.len(), &LINKS);
        let line = Line::to(world.partner.port());
        world.home.write("config/partners/eltax.toml", &(world.partner.file(Some(line.port())) + SHORT));
        Hands { world, line, acts: Vec::new(), findings: Vec::new(), kills: 0 }
    }

    /// Faults that struck.
    pub fn injected(&self) -> usize {
        self.acts.len() + self.kills
    }

    /// How many acts of each kind were done, of those that were asked for.
    fn told(&self) -> String {
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for act in &self.acts {
            let whom = act.words.iter().skip(1).find(|word| word.starts_with("--") && *word != "--by");
            let count = counts
                .entry([Some(&act.words[0]), whom].into_iter().flatten().cloned().collect())
                .or_default();
            count.0 += usize::from(act.answered == Answered::Done);
            count.1 += 1;
        }
        let told: Vec<String> =
            counts.iter().map(|(act, (done, asked))| format!("{act} {done} of {asked}")).collect();
        told.join(", ")
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.world.dice.below(limit)
    }

    /// One life of the gateway, or a time without one.
    fn round(&mut self) {
        let fault = self.fault();
        self.line.arm(fault);
        match self.below(6) {
            // Nobody runs it: acts go to the ledger itself.
            0 => {}
            // The first acts meet a start.
            1 | 2 => drop(self.world.home.launch()),
            _ => self.world.home.start(),
        }
        for _ in 0..=self.below(MOST_DEEDS) {
            match self.below(10) {
                0..=2 => self.drop_one(),
                3..=7 => self.act(),
                _ => {
                    let pause = self.world.dice.time(Duration::from_millis(250));
                    std::thread::sleep(pause);
                }
            }
        }
        if !self.world.home.is_running() {
            return;
        }
        let ended = self.world.home.has_ended();
        let seed = self.world.seed;
        assert_eq!(ended, None, "seed {seed}: the daemon ended by itself:\n{}", self.world.home.log());
        let under_way = (self.below(3) == 0).then(|| self.begin_act()).flatten();
        let pause = self.world.dice.time(Duration::from_millis(60));
        std::thread::sleep(pause);
        self.world.home.kill();
        self.kills += 1;
        if let Some((mut act, child)) = under_way {
            let output = child.wait_with_output().unwrap();
            act.answered = if output.status.success() { Answered::Done } else { Answered::CutOff };
            self.acts.push(act);
        }
    }

    fn drop_one(&mut self) {
        let link = usize::try_from(self.below(LINKS.len() as u64)).unwrap();
        let records = self.world.dice.pick(&[1, 3, 20, 150, 600]);
        self.world.drop_file(link, records, Fate::Arrives);
    }

    fn fault(&mut self) -> Option<Fault> {
        let how = match self.below(8) {
            0 | 1 => How::Cut,
            2 => How::Reset,
            3 => How::Stall,
            4 => How::Late,
            _ => return None,
        };
        let toward = self.world.dice.pick(&[Toward::Partner, Toward::Gateway]);
        let (at, connections) = (self.below(REACH), u32::try_from(1 + self.below(6)).unwrap());
        Some(Fault { toward, at, how, connections })
    }

    fn act(&mut self) {
        if let Some((mut act, child)) = self.begin_act() {
            act.answered = answered(&child.wait_with_output().unwrap());
            self.acts.push(act);
        }
    }

    /// Asks for a random act; nothing where there is no delivery yet that it could be about.
    fn begin_act(&mut self) -> Option<(Act, Child)> {
        let words = self.words()?;
        Some(self.begin(words))
    }

    fn words(&mut self) -> Option<Vec<String>> {
        let link = usize::try_from(self.below(LINKS.len() as u64)).unwrap();
        let of_link = |act: &str| Some(vec![act.to_owned(), "--link".to_owned(), link_name(link)]);
        let of_partner = |act: &str| Some([act, "--partner", partner::NAME].map(str::to_owned).to_vec());
        let act: &[&str] = match self.below(24) {
            0 => return of_link("hold"),
            1..=3 => return of_link("release"),
            4 => return of_partner("hold"),
            5..=7 => return of_partner("release"),
            8..=11 => &["hold"],
            12..=15 => &["release"],
            16 | 17 => &["resend"],
            18 | 19 => &["resend", "--even-if-older"],
            20 | 21 => &["cancel"],
            _ => &["confirm", "--by", "partner", "--how", "phone"],
        };
        let mut words: Vec<String> = act.iter().map(|word| (*word).to_owned()).collect();
        words.push(self.some_delivery()?);
        Some(words)
    }

    /// One of the newest, which mostly isn't at its end yet.
    fn some_delivery(&mut self) -> Option<String> {
        let journal = account_acts::journal(&self.world.home);
        let mut known: Vec<(&str, bool)> = Vec::new();
        for event in &journal {
            let id = text(&event["delivery"]);
            match text(&event["event"]) {
                "accepted" | "resent" => known.push((id, false)),
                "archived" => {
                    known.iter_mut().filter(|(other, _)| *other == id).for_each(|known| known.1 = true)
                }
                _ => {}
            }
        }
        let finished = self.below(3) == 0;
        let ids: Vec<&str> = known
            .iter()
            .rev()
            .filter(|known| known.1 == finished)
            .map(|known| known.0)
            .take(NEWEST)
            .collect();
        (!ids.is_empty()).then(|| self.world.dice.pick(&ids).to_owned())
    }

    fn begin(&mut self, words: Vec<String>) -> (Act, Child) {
        let reason = format!("act {} of the campaign", self.acts.len());
        let arguments: Vec<&str> = words.iter().map(String::as_str).chain(["--reason", &reason]).collect();
        let mut command = self.world.home.command(&arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        (Act { words, reason, answered: Answered::CutOff }, child)
    }

    /// An act of the person who mends everything at the end.
    fn mend(&mut self, words: &[&str]) {
        let (mut act, child) = self.begin(words.iter().map(|word| (*word).to_owned()).collect());
        act.answered = answered(&child.wait_with_output().unwrap());
        self.acts.push(act);
    }

    /// The line is well again; partner and links are released, and then each held delivery, as the manual says.
    fn let_everything_go_on(&mut self) {
        self.line.arm(None);
        self.world.home.start();
        self.mend(&["release", "--partner", partner::NAME]);
        for link in 0..LINKS.len() {
            self.mend(&["release", "--link", &link_name(link)]);
        }
        let (mut last_change, mut before) = (Instant::now(), String::new());
        let mut released: HashMap<String, usize> = HashMap::new();
        loop {
            let deliveries = self.world.list().unwrap_or_default();
            let open = |delivery: &&Value| {
                let state = text(&delivery["state"]);
                state == "held" || !is_an_end(state) || delivery["archived"].is_null()
            };
            let all_taken = (0..LINKS.len()).all(|link| {
                let outbox = std::fs::read_dir(self.world.outbox(link));
                outbox.map_or(true, |mut entries| entries.next().is_none())
            });
            let left: Vec<&Value> = deliveries.iter().filter(open).collect();
            if left.is_empty() && all_taken {
                return;
            }
            let now: Vec<String> = left
                .iter()
                .map(|left| format!("{} {} {}", left["id"], left["state"], left["reason"]))
                .collect();
            let now = format!("{all_taken} {}", now.join(", "));
            if now != before {
                (last_change, before) = (Instant::now(), now);
            }
            if last_change.elapsed() > PATIENCE {
                let text = format!("no end was reached: {before}; {}", last_lines(&self.world.home.log()));
                self.findings.push(Finding { harm: Harm::Lost, seed: self.world.seed, text });
                return;
            }
            for held in left.iter().filter(|left| left["state"] == "held") {
                self.decide(held, released.entry(text(&held["id"]).to_owned()).or_default());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// What the manual advises about a held delivery, by somebody who has asked the partner.
    fn decide(&mut self, held: &Value, released: &mut usize) {
        let (id, reason) = (text(&held["id"]), text(&held["reason"]));
        if reason.contains("unknown:") && self.has_arrived(held) {
            return self.mend(&["confirm", "--by", "partner", "--how", "phone", id]);
        }
        *released += 1;
        if *released <= RELEASES {
            self.mend(&["release", id]);
            // Who is told that its bytes are sent again cancels it.
            if self.acts.last().is_some_and(|act| act.answered == Answered::Done) {
                return;
            }
        } else if !reason.contains("already holds") && !reason.contains("unknown:") {
            let text = format!("{id} is held although it was released {RELEASES} times: {reason}");
            self.findings.push(Finding { harm: Harm::Misreported, seed: self.world.seed, text });
        }
        self.mend(&["cancel", id]);
    }

    fn has_arrived(&self, delivery: &Value) -> bool {
        let Some(sent) = text(&delivery["converted"]["sha256"]).parse::<Sha256>().ok() else { return false };
        let path = super::account::path_of(delivery);
        let seen = self.world.observer.seen().sightings;
        seen.iter().any(|sighting| sighting.sha256 == Some(sent) && Some(&sighting.path) == path.as_ref())
    }
}

fn answered(output: &Output) -> Answered {
    if output.status.success() { Answered::Done } else { Answered::Refused }
}
