//! A partner that changes, replaces or removes a file of its own while we collect it.
//!
//! Owns trials at real servers and on media: several files at a time, each with a moment of its own in which the partner
//! acts. Whatever the moment: what appears in the inbox is a version that the partner had as a whole, none appears twice, and
//! the last one does appear, unless the partner removed it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::inbound::{COLLECTED, InboundKind, done_name};
use super::observer::{Observer, Sighting};
use super::partner::Carrier;
use super::tally::{Finding, Harm, Row};
use super::world::{Dice, RENAME, World, is_an_end, last_lines};
use crate::support::gateway::names_in;
use crate::support::medium::Format;

const LEFT: InboundKind =
    InboundKind { inbox_name: Some("{stem}-{id}.in"), taken: false, unsettled: false, ..COLLECTED };
const KINDS: [InboundKind; 3] =
    [LEFT, InboundKind { deletes: true, ..LEFT }, InboundKind { moves: true, ..LEFT }];
const SIZES: [usize; 4] = [100, 90_000, 3_000_000, 12_000_000];
/// Files at a time.
const AT_A_TIME: usize = 6;
/// Longer than it takes until a file is fetched that was just offered.
const MOST: Duration = Duration::from_millis(3500);
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(1);
/// What an act in place is done in.
const PIECES: usize = 4;

/// What the partner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Other bytes of the same number, in place.
    Overwrite,
    /// More bytes, in place.
    Append,
    /// Another file takes the name.
    Replace,
    /// The same, of the same size.
    ReplaceAlike,
    /// The file is taken away.
    Remove,
}

/// When it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// So long after the file was offered.
    After(Duration),
    /// So long after the journal told this of the file.
    Told(&'static str, Duration),
    /// So long after a part of it lies on our disk.
    Begun(Duration),
}

/// One file, and what is done to it.
#[derive(Debug, Clone)]
struct Trial {
    stem: String,
    link: usize,
    size: usize,
    act: Act,
    when: When,
}

/// What the partner had under one name: every version, the last one last, and whether it is still the partner's.
#[derive(Debug)]
struct Had {
    trial: Trial,
    versions: Vec<Sha256>,
    removed: bool,
}

/// So many files at a partner of this kind.
pub fn trials(carrier: Carrier, seed: u64, how_many: usize) -> Row {
    println!("restless partner, {carrier:?}: seed {seed}");
    let mut world = World::over(carrier, seed, (1, &[RENAME]), &KINDS);
    let trials: Vec<Trial> = (0..how_many).map(|number| draw(&mut world.dice, carrier, number)).collect();
    world.home.start();
    let (queue, had) = (Mutex::new(trials.into_iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(trial) = queue.lock().unwrap().next() else { return };
                    let done = one(&world, trial);
                    had.lock().unwrap().push(done);
                }
            });
        }
    });
    let had = had.into_inner().unwrap();
    let mut account = Account { seed, findings: Vec::new() };
    account.wait(&mut world, &had);
    let inboxes = world.inboxes.as_ref().map(Observer::seen).unwrap_or_default();
    for had in &had {
        account.one(&world, had, &inboxes.sightings);
    }
    account.ledger(&world);
    Row { injected: how_many, collections: how_many, findings: account.findings, ..Row::default() }
}

fn draw(dice: &mut Dice, carrier: Carrier, number: usize) -> Trial {
    let link = number % KINDS.len();
    // Who writes to a file that is taken away from under it writes to nobody's file; and a driver for FAT in user space leaves
    // the time of one that is overwritten as it is, so nobody could tell.
    let left: &[Act] = if carrier == Carrier::Medium(Format::Fat) {
        &[Act::Append, Act::ReplaceAlike, Act::Remove]
    } else {
        &[Act::Overwrite, Act::Append, Act::Overwrite, Act::ReplaceAlike, Act::Remove]
    };
    let taken = &[Act::Replace, Act::ReplaceAlike, Act::ReplaceAlike, Act::Remove];
    let act = dice.pick(if link == 0 { left } else { taken });
    let moment = dice.time(Duration::from_millis(6));
    let when = match dice.below(6) {
        0 => When::After(dice.time(MOST)),
        1 => When::Told("found", moment),
        2 => When::Told("fetched", moment),
        3 => When::Told("placed", moment),
        _ => When::Begun(moment),
    };
    Trial { stem: format!("r{number:05}"), link, size: dice.pick(&SIZES), act, when }
}

/// Offers the file, waits for the moment and acts.
fn one(world: &World, trial: Trial) -> Had {
    let directory = world.partner_directory(trial.link);
    let path = directory.join(format!("{}.DAT", trial.stem));
    let first = contents(world.seed, &trial, 1, trial.size);
    put(&path, &first);
    let mut had = Had { versions: vec![Sha256::of(&first)], removed: false, trial };
    until(world, &had.trial);
    let trial = &had.trial;
    match trial.act {
        Act::Overwrite | Act::Append => {
            let longer = if trial.act == Act::Append { trial.size + 1000 } else { trial.size };
            let mut second = contents(world.seed, trial, 2, longer);
            if trial.act == Act::Append {
                second[..trial.size].copy_from_slice(&first);
            }
            if let Ok(file) = File::options().write(true).open(&path) {
                write_in_place(file, &second);
                had.versions.push(Sha256::of(&second));
            }
        }
        Act::Replace | Act::ReplaceAlike => {
            let size = if trial.act == Act::Replace { trial.size + 1 } else { trial.size };
            let second = contents(world.seed, trial, 2, size);
            put(&path, &second);
            had.versions.push(Sha256::of(&second));
        }
        Act::Remove => had.removed = fs::remove_file(&path).is_ok(),
    }
    had
}

/// A whole file takes the name at once.
fn put(path: &Path, bytes: &[u8]) {
    let hidden = path.with_file_name(format!(".{}.tmp", path.file_name().unwrap().display()));
    fs::write(&hidden, bytes).unwrap();
    fs::rename(&hidden, path).unwrap();
}

fn write_in_place(mut file: File, bytes: &[u8]) {
    for piece in bytes.chunks(bytes.len().div_ceil(PIECES)) {
        file.write_all(piece).unwrap();
        std::thread::sleep(LOOK);
    }
}

fn contents(seed: u64, trial: &Trial, version: u64, size: usize) -> Vec<u8> {
    let mut bytes = format!("{seed} {} {version} ", trial.stem).into_bytes();
    let mut dice = Dice::new(seed ^ (version << 32));
    while bytes.len() < size {
        bytes.extend(dice.number().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// Waits for the moment; one that doesn't come within some time is as good as any other.
fn until(world: &World, trial: &Trial) {
    let start = Instant::now();
    let (pause, mut has_come): (Duration, Box<dyn FnMut() -> bool>) = match trial.when {
        When::After(pause) => (pause, Box::new(|| true)),
        When::Told(event, pause) => (pause, Box::new(move || tells(world, event, &trial.stem))),
        When::Begun(pause) => (pause, Box::new(move || has_begun(world, &trial.stem))),
    };
    while !has_come() && start.elapsed() < MOST {
        std::thread::sleep(LOOK);
    }
    std::thread::sleep(pause);
}

fn journal(world: &World) -> Vec<Value> {
    let directory = world.home.path().join("ledger/journal");
    let text = |name: String| fs::read_to_string(directory.join(name)).unwrap_or_default();
    let text: String = names_in(&directory).into_iter().map(text).collect();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// What the journal tells of all collections of this file.
fn story_of(world: &World, stem: &str) -> String {
    let (name, events) = (format!("{stem}.DAT"), journal(world));
    let ids: Vec<&Value> = events
        .iter()
        .filter(|event| event["event"] == "found" && event["found"]["name"] == *name)
        .map(|event| &event["delivery"])
        .collect();
    let of_it = events.iter().filter(|event| ids.contains(&&event["delivery"]));
    of_it.map(|event| format!("{event}\n")).collect()
}

fn id_of(world: &World, stem: &str) -> Option<String> {
    let name = format!("{stem}.DAT");
    let events = journal(world);
    let found = events.iter().find(|event| event["event"] == "found" && event["found"]["name"] == *name)?;
    Some(found["delivery"].as_str()?.to_owned())
}

fn tells(world: &World, event: &str, stem: &str) -> bool {
    let Some(id) = id_of(world, stem) else { return false };
    journal(world).iter().any(|told| told["event"] == *event && told["delivery"] == *id)
}

fn has_begun(world: &World, stem: &str) -> bool {
    let Some(id) = id_of(world, stem) else { return false };
    let folder: PathBuf = world.home.path().join("spool/deliveries").join(id);
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names.into_iter().any(|entry| {
        entry.file_name().to_string_lossy().starts_with("part-")
            && entry.metadata().is_ok_and(|part| part.len() > 0)
    })
}

struct Account {
    seed: u64,
    findings: Vec<Finding>,
}

impl Account {
    fn find(&mut self, harm: Harm, had: &Had, text: String) {
        let Trial { stem, act, when, size, link } = &had.trial;
        let text = format!("{stem} ({size} bytes, link {link}, {act:?} {when:?}): {text}");
        self.findings.push(Finding { harm, seed: self.seed, text });
    }

    /// Waits until every last version has come and every collection has ended.
    fn wait(&mut self, world: &mut World, had: &[Had]) {
        let start = Instant::now();
        loop {
            let seen = world.inboxes.as_ref().map(Observer::seen).unwrap_or_default();
            let came = |had: &Had| {
                had.removed
                    || seen.sightings.iter().any(|sighting| sighting.sha256 == had.versions.last().copied())
            };
            let ended = world.list().is_ok_and(|all| {
                all.iter().all(|collection| collection["state"].as_str().is_some_and(is_an_end))
            });
            if ended && had.iter().all(came) {
                return;
            }
            if start.elapsed() > PATIENCE {
                for had in had.iter().filter(|had| !came(had)) {
                    let log = last_lines(&world.home.log());
                    let story = story_of(world, &had.trial.stem);
                    self.find(Harm::Lost, had, format!("its last version never came; {log}\n{story}"));
                }
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Versions that appeared in the inbox, and what is left at the partner.
    fn one(&mut self, world: &World, had: &Had, seen: &[Sighting]) {
        let of_name = |sighting: &&Sighting| sighting.path.contains(&format!("/{}-", had.trial.stem));
        let mut times: HashMap<Sha256, usize> = HashMap::new();
        for sighting in seen.iter().filter(of_name) {
            match sighting.sha256.filter(|sha256| had.versions.contains(sha256)) {
                Some(sha256) => *times.entry(sha256).or_default() += 1,
                None => {
                    let text = format!("{} holds what the partner never had as one file", sighting.path);
                    self.find(Harm::Partial, had, text);
                }
            }
        }
        for times in times.into_values().filter(|times| *times > 1) {
            self.find(Harm::Duplicated, had, format!("one version appeared {times} times"));
        }
        let path = world.partner_directory(had.trial.link).join(format!("{}.DAT", had.trial.stem));
        let (kind, last) = (&KINDS[had.trial.link], had.versions.last());
        let there = Sha256::of_file(&path).ok().map(|(sha256, _)| sha256);
        let is_right = match (kind.deletes || kind.moves, had.removed) {
            (false, false) => there.as_ref() == last,
            _ => there.is_none(),
        };
        if !is_right {
            self.find(
                Harm::Misreported,
                had,
                "what is left at the partner is not what it should be".to_owned(),
            );
        }
    }

    /// No collection is held but for a file that the partner removed, and nothing hidden is left at the partner.
    fn ledger(&mut self, world: &World) {
        let seed = self.seed;
        let mut find = |text: String| self.findings.push(Finding { harm: Harm::Misreported, seed, text });
        for collection in world.list().unwrap_or_default() {
            let (state, reason) = (&collection["state"], collection["reason"].as_str().unwrap_or_default());
            if state == "held" && !reason.contains("is gone at the partner") {
                find(format!("{} is held: {reason}", collection["id"]));
            }
        }
        for (at, kind) in KINDS.iter().enumerate() {
            let mut directories = vec![world.partner_directory(at)];
            if kind.moves {
                directories.push(world.partner.root().join(done_name(at)));
            }
            for name in directories.iter().flat_map(|directory| names_in(directory)) {
                if name.starts_with('.') {
                    find(format!("{name} was left at the partner"));
                }
            }
        }
        let (clean, text) = world.home.run(&["audit", "verify"]);
        if !clean {
            find(format!("audit verify: {text}"));
        }
    }
}
