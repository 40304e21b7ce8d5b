//! The configuration changes between starts: links and partners are renamed, removed and pointed elsewhere, order and layouts are
//! others.
//!
//! Owns a partner with two addresses of its own, and lives of one gateway with a configuration each, ended by a stop or a
//! kill while files are under way. A file arrives once, where its link pointed when it was aimed, or is held with a reason;
//! what is held goes on once the configuration is back; receipts tell where the file is.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;

use super::account::{digest_of, folder_of, text};
use super::observer::{Observer, Place, Role, Sighting};
use super::tally::{Finding, Harm, Row};
use super::world::{Fate, LinkKind, RENAME_BY_ID, World, is_an_end, last_lines, link_name};
use crate::support::sshd::{Options, Sshd};

const LINKS: usize = 4;
/// Those under which something may have begun: with the first partner, the other, and the first under its other name.
const CONFIGURATIONS: usize = 3;
/// Names that tell the delivery show whatever is sent twice.
const KINDS: [LinkKind; 1] = [RENAME_BY_ID];
const LAYOUT: &str = "eltax/nenkin-tokucho-irai";
const AS_IT_IS: &str = "common/as-is";
/// The two partners, and what the first is called for a while.
const ONE: &str = "eltax";
const OTHER: &str = "other";
const RENAMED: &str = "renamed";
const MOST: Duration = Duration::from_millis(900);
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(30);

/// What a link's file says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pointing {
    partner: &'static str,
    directory: String,
    layout: &'static str,
    strict: bool,
}

/// What the configuration says: the links that there are, and whether each partner is there under its name.
#[derive(Debug, Clone)]
struct Said {
    links: BTreeMap<String, Pointing>,
    partners: BTreeMap<&'static str, &'static str>,
}

/// From when on it was said.
struct Life {
    began: Moment,
    said: Said,
}

/// So many lives with a configuration of their own each.
pub fn lives(seed: u64, how_many: usize) -> Row {
    println!("reconfigured: seed {seed}");
    let mut trial = Trial::new(seed);
    for _ in 0..how_many {
        trial.live();
    }
    trial.put_back();
    trial.account();
    Row {
        injected: how_many,
        deliveries: trial.world.dropped.len(),
        findings: trial.findings,
        ..Row::default()
    }
}

struct Trial {
    world: World,
    second: Sshd,
    second_seen: Observer,
    lives: Vec<Life>,
    findings: Vec<Finding>,
}

impl Said {
    fn first() -> Said {
        let pointing =
            |at: usize| Pointing { partner: ONE, directory: link_name(at), layout: LAYOUT, strict: at == 0 };
        Said {
            links: (0..LINKS).map(|at| (link_name(at), pointing(at))).collect(),
            partners: [(ONE, ONE), (OTHER, OTHER)].into(),
        }
    }
}

impl Trial {
    fn new(seed: u64) -> Trial {
        let world = World::new(seed, LINKS, &KINDS);
        let second = Sshd::start(Options::default());
        let places: Vec<Place> =
            (0..LINKS).map(|at| Place { directory: link_name(at), role: Role::Partner }).collect();
        for place in &places {
            fs::create_dir(second.root().join(&place.directory)).unwrap();
        }
        let second_seen = Observer::start(second.root(), &places);
        Trial { world, second, second_seen, lives: Vec::new(), findings: Vec::new() }
    }

    fn find(&mut self, harm: Harm, text: String) {
        self.findings.push(Finding { harm, seed: self.world.seed, text });
    }

    /// One life: files are dropped while the program works, and it ends before it is done.
    fn live(&mut self) {
        let said = self.draw();
        // Those that are there from the start stand in line for the one session, and are aimed one after another.
        for _ in 0..4 + self.world.dice.below(6) {
            self.drop_one();
        }
        self.begin(said);
        let started = Instant::now();
        let moment = self.world.dice.time(MOST);
        for _ in 0..self.world.dice.below(4) {
            self.drop_one();
            let pause = self.world.dice.time(MOST / 8);
            std::thread::sleep(pause);
        }
        std::thread::sleep(moment.saturating_sub(started.elapsed()));
        if self.world.dice.below(3) == 0 {
            let status = self.world.home.stop();
            if !status.success() {
                self.find(Harm::Misreported, format!("the daemon did not stop in good order: {status}"));
            }
        } else {
            self.world.home.kill();
        }
    }

    fn drop_one(&mut self) {
        let link = usize::try_from(self.world.dice.below(LINKS as u64)).unwrap();
        let records = self.world.dice.pick(&[1, 30, 400]);
        self.world.drop_file(link, records, Fate::Arrives);
    }

    /// Starts with this configuration.
    fn begin(&mut self, said: Said) {
        self.write(&said);
        let (sound, text) = self.world.home.run(&["check"]);
        assert!(sound, "{said:?}: {text}");
        self.lives.push(Life { began: Moment::now(), said });
        self.world.home.start();
    }

    fn draw(&mut self) -> Said {
        let mut said = match self.lives.last() {
            Some(life) if self.world.dice.below(3) > 0 => life.said.clone(),
            Some(_) | None => Said::first(),
        };
        for _ in 0..1 + self.world.dice.below(4) {
            let at = usize::try_from(self.world.dice.below(LINKS as u64)).unwrap();
            let act = self.world.dice.below(9);
            let one = said.partners[ONE];
            let Some(link) = said.links.get_mut(&link_name(at)) else { continue };
            match act {
                0..=2 => link.partner = if link.partner == OTHER { one } else { OTHER },
                3 => link.directory = link_name((at + 1) % LINKS),
                4 => link.layout = if link.layout == LAYOUT { AS_IT_IS } else { LAYOUT },
                5 => link.strict = !link.strict,
                6 => drop(said.links.remove(&link_name(at))),
                7 => {
                    let link = said.links.remove(&link_name(at)).unwrap();
                    said.links.insert(format!("m{at:02}"), link);
                }
                _ => {
                    let next = if one == ONE { RENAMED } else { ONE };
                    said.partners.insert(ONE, next);
                    let of_it = said.links.values_mut().filter(|link| link.partner != OTHER);
                    of_it.for_each(|link| link.partner = next);
                }
            }
        }
        said
    }

    fn write(&self, said: &Said) {
        let home = &self.world.home;
        for directory in ["config/links", "config/partners"] {
            fs::remove_dir_all(home.path().join(directory)).unwrap();
            fs::create_dir(home.path().join(directory)).unwrap();
        }
        let first = self.world.partner.file(None).replacen("connections = 4", "connections = 1", 1);
        home.write(&format!("config/partners/{}.toml", said.partners[ONE]), &first);
        let (user, host_key) = (self.second.user(), self.second.host_key_line());
        let key_file = &self.second.client_key();
        let address = crate::support::gateway::Address {
            port: self.second.port(),
            user,
            host_key: &host_key,
            key_file,
        };
        home.write("config/partners/other.toml", &format!("connections = 1\n{}", address.partner_file()));
        for (name, Pointing { partner, directory, layout, strict }) in &said.links {
            let order = if *strict { "strict" } else { "free" };
            let text = format!(
                "partner = {partner:?}\nlayout = {layout:?}\nready = \"rename\"\norder = {order:?}\n[remote]\n\
                 directory = {directory:?}\nname = \"{{stem}}-{{id}}.DTA\"\n"
            );
            home.write(&format!("config/links/{name}.toml"), &text);
        }
    }

    /// Every configuration under which something may have begun, and each time what is held is released.
    fn put_back(&mut self) {
        let mut elsewhere = Said::first();
        elsewhere.links.values_mut().for_each(|link| link.partner = OTHER);
        let mut renamed = Said::first();
        renamed.partners.insert(ONE, RENAMED);
        renamed.links.values_mut().for_each(|link| link.partner = RENAMED);
        // On a link that keeps order, one that began under another configuration may stand behind each.
        let (mut tried, mut before) = (0, None);
        for said in [Said::first(), elsewhere, renamed].iter().cycle() {
            self.begin(said.clone());
            self.until_quiet();
            let deliveries = self.world.list().unwrap();
            for held in deliveries.iter().filter(|delivery| delivery["state"] == "held") {
                if text(&held["reason"]).len() < 20 {
                    self.find(Harm::Misreported, format!("{} is held without a reason", held["id"]));
                }
                let (released, said) =
                    self.world.home.run(&["release", text(&held["id"]), "--reason", "put back"]);
                if !released {
                    self.find(Harm::Misreported, format!("{} can't be released: {said}", held["id"]));
                }
            }
            self.until_quiet();
            self.world.home.stop();
            tried += 1;
            if tried % CONFIGURATIONS == 0 {
                let now = self.world.archived();
                if before == Some(now) || now == self.world.dropped.len() {
                    return;
                }
                before = Some(now);
            }
        }
    }

    fn until_quiet(&mut self) {
        let start = Instant::now();
        loop {
            let outboxes = (0..LINKS).map(|at| self.world.outbox(at));
            let empty = outboxes
                .into_iter()
                .all(|outbox| fs::read_dir(outbox).map_or(true, |mut entries| entries.next().is_none()));
            // What stands behind one that is held waits for it.
            let still = self.world.list().is_ok_and(|all| {
                let held =
                    |link: &Value| all.iter().any(|one| one["link"] == *link && one["state"] == "held");
                all.iter().all(|one| {
                    is_an_end(text(&one["state"])) || (one["state"] == "queued" && held(&one["link"]))
                })
            });
            if empty && still {
                return;
            }
            if start.elapsed() > PATIENCE {
                let log = last_lines(&self.world.home.log());
                return self.find(Harm::Lost, format!("no end was reached: {log}"));
            }
            std::thread::sleep(LOOK);
        }
    }

    fn account(&mut self) {
        let (deliveries, journal) = (self.world.list().unwrap(), self.world.home.journal());
        let mut sightings: HashMap<Sha256, Vec<(&str, Sighting)>> = HashMap::new();
        for (partner, seen) in [(ONE, self.world.observer.seen()), (OTHER, self.second_seen.seen())] {
            for path in seen.written {
                self.find(Harm::Partial, format!("{path} was written to under its final name"));
            }
            for path in seen.gone {
                self.find(Harm::Lost, format!("{path} was taken away at the partner"));
            }
            for sighting in seen.sightings {
                let Some(sha256) = sighting.sha256 else { continue };
                sightings.entry(sha256).or_default().push((partner, sighting));
            }
        }
        let mut arrived = 0;
        for dropped in self.world.dropped.clone() {
            let source = dropped.sha256.to_string();
            let of_it: Vec<&Value> =
                deliveries.iter().filter(|one| text(&one["accepted"]["sha256"]) == source).collect();
            match of_it[..] {
                [only] => arrived += self.one(only, &journal, &sightings),
                [] => self.find(Harm::Lost, format!("{} was never accepted", dropped.name)),
                [..] => self.find(Harm::Duplicated, format!("{} was accepted twice", dropped.name)),
            }
        }
        let seen: usize = sightings.values().map(Vec::len).sum();
        if seen != arrived {
            let text = format!("{seen} files were seen at the partners, and {arrived} of them are ours");
            self.find(Harm::Duplicated, text);
        }
        let (clean, text) = self.world.home.run(&["audit", "verify"]);
        if !clean {
            self.find(Harm::Misreported, format!("audit verify: {text}"));
        }
    }

    /// How often a delivery's bytes were seen; once is right, in the place to which its link pointed.
    fn one(
        &mut self,
        delivery: &Value,
        journal: &[Value],
        sightings: &HashMap<Sha256, Vec<(&str, Sighting)>>,
    ) -> usize {
        let (id, state) = (text(&delivery["id"]), text(&delivery["state"]));
        if state != "archived" {
            let reason = &delivery["reason"];
            self.find(Harm::Lost, format!("{id} is {state} though the configuration is back: {reason}"));
            return 0;
        }
        let folder: PathBuf = folder_of(&self.world, delivery);
        let (sent, source) = (digest_of(&folder.join("sent")), digest_of(&folder.join("source")));
        let seen = sent.and_then(|sent| sightings.get(&sent)).map_or(&[][..], Vec::as_slice);
        let [(partner, sighting)] = seen else {
            let harm = if seen.is_empty() { Harm::Lost } else { Harm::Duplicated };
            let paths: Vec<_> = seen.iter().map(|(at, one)| format!("{at}:{}", one.path)).collect();
            self.find(harm, format!("{id} was seen {} times: {}", seen.len(), paths.join(", ")));
            return seen.len();
        };
        let life_of = |event: &str| {
            let mut own =
                journal.iter().rev().filter(|told| told["delivery"] == *id && told["event"] == *event);
            let at: Moment = text(&own.next()?["at"]).parse().unwrap();
            self.lives.iter().rev().find(|life| life.began <= at)
        };
        let pointed = |event: &str| Some(life_of(event)?.said.links.get(text(&delivery["link"]))?.clone());
        let (accepted, converted, aimed) =
            (pointed("accepted"), pointed("converted"), pointed("transfer_started"));
        let at = |pointing: &Pointing| {
            let partner = if pointing.partner == OTHER { OTHER } else { ONE };
            (partner, pointing.directory.clone())
        };
        let place = (*partner, sighting.path.split('/').next().unwrap().to_owned());
        let mut wrong = Vec::new();
        if aimed.as_ref().map(at).as_ref() != Some(&place) {
            wrong.push(format!("arrived in {place:?}, and its link pointed to {aimed:?} when it was aimed"));
        }
        if accepted.as_ref().map(|pointing| pointing.partner) != aimed.as_ref().map(|aimed| aimed.partner) {
            wrong.push(format!("was accepted for {accepted:?} and aimed at {aimed:?}"));
        }
        let as_it_is = converted.is_some_and(|pointing| pointing.layout == AS_IT_IS);
        if as_it_is != (sent == source) {
            wrong.push("has other bytes than the layout says by which it was converted".to_owned());
        }
        let receipt = fs::read(folder.join("receipt.json")).unwrap_or_default();
        let receipt: Value = serde_json::from_slice(&receipt).unwrap_or_default();
        if text(&receipt["arrival"]["path"]) != sighting.path
            || text(&receipt["sent"]["sha256"]) != sent.map(|sent| sent.to_string()).unwrap_or_default()
            || Some(text(&receipt["partner"])) != aimed.as_ref().map(|aimed| aimed.partner)
        {
            wrong.push(format!("has a receipt that tells another thing: {receipt}"));
        }
        for wrong in wrong {
            self.find(Harm::Misreported, format!("{id} {wrong}"));
        }
        1
    }
}
