//! Two gateways: a second one is started on the same spool, the same ledger, or both, on a copy of the ledger, and on an empty
//! one.
//!
//! Owns second configurations of a gateway that works, is killed and starts again meanwhile. Whoever comes second is refused
//! and told what to do; no file goes twice, also not under an older ledger that was restored in the end, and every file is
//! accounted for as after any other fault.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::account::settle;
use super::tally::{Finding, Harm, Row};
use super::world::{KINDS, World};

const LINKS: usize = 6;
/// A busy gateway is intruded upon within so long.
const MOST: Duration = Duration::from_millis(700);
/// Longer than a refusal takes, with the patience for one that is about to end.
const PATIENCE: Duration = Duration::from_secs(40);
const LOOK: Duration = Duration::from_millis(10);
/// A copy of the ledger that is kept, and how long a gateway works on it.
const OLDER: &str = "older-ledger";
const AT_WORK: Duration = Duration::from_millis(1000);
/// What a refusal says, and to do about it.
const IN_USE: &str = "in use by another totatsu process";
const KNOWS_NONE: &str = "correct paths.ledger";
const ANOTHERS: &str = "belongs to another ledger";
const IS_OLDER: &str = "this is an older copy";

/// How the second one comes.
#[derive(Debug, Clone, Copy)]
enum Second {
    /// With a ledger of its own on the same spool.
    SameSpool,
    /// With a spool of its own on the same ledger.
    SameLedger,
    /// By the very same configuration, but for the socket.
    SameBoth,
    /// With a copy of the ledger, taken while it was written to, on the same spool.
    CopiedLedger,
    /// The first was killed; an empty ledger stands beside the full spool.
    EmptyLedger,
    /// The first was killed, and both start at once.
    AtOnce,
}

const SECONDS: [Second; 6] = [
    Second::CopiedLedger,
    Second::EmptyLedger,
    Second::SameSpool,
    Second::AtOnce,
    Second::SameLedger,
    Second::SameBoth,
];

/// So many second gateways, each kind in turn.
pub fn intrusions(seed: u64, how_many: usize) -> Row {
    println!("two gateways: seed {seed}");
    let mut trial = Trial { world: World::new(seed, LINKS, &KINDS), findings: Vec::new() };
    trial.world.home.start();
    if how_many >= SECONDS.len() {
        // On a spool that nothing has gone through yet, only its lock tells.
        trial.come(Second::SameSpool);
    }
    trial.world.drop_any(3);
    trial.world.home.until("something is in the archive", |home| {
        let archived = home.deliveries().iter().any(|shown| shown.state == "archived");
        archived.then_some(())
    });
    for second in SECONDS.iter().cycle().take(how_many) {
        for _ in 0..4 + trial.world.dice.below(8) {
            trial.world.drop_mixed();
        }
        let moment = trial.world.dice.time(MOST);
        std::thread::sleep(moment);
        println!("{second:?} after {moment:?}");
        trial.come(*second);
    }
    let mut row = settle(&mut trial.world, how_many);
    trial.start_on_older();
    row.findings.append(&mut trial.findings);
    row
}

struct Trial {
    world: World,
    findings: Vec<Finding>,
}

impl Trial {
    fn find(&mut self, harm: Harm, text: String) {
        self.findings.push(Finding { harm, seed: self.world.seed, text });
    }

    fn come(&mut self, second: Second) {
        match second {
            Second::SameSpool => self.is_refused(second, ("../spool", "../own-ledger"), &[IN_USE]),
            Second::SameLedger => self.is_refused(second, ("../own-spool", "../ledger"), &[IN_USE]),
            Second::SameBoth => self.is_refused(second, ("../spool", "../ledger"), &[IN_USE]),
            Second::CopiedLedger => {
                let home = self.world.home.path();
                // A file that goes while it is copied is missing in the copy.
                let mut copy = Command::new("cp");
                copy.arg("-r").arg(home.join("ledger")).arg(home.join("own-ledger"));
                copy.stderr(Stdio::null()).status().unwrap();
                // As a backup is: an index that was copied later knows more than the journal beside it.
                drop(fs::remove_dir_all(home.join("own-ledger/index")));
                self.is_refused(second, ("../spool", "../own-ledger"), &[IN_USE]);
                self.keep_older();
            }
            Second::EmptyLedger => {
                self.world.home.kill();
                // Whoever tries again is told again.
                for _ in 0..2 {
                    self.is_refused(second, ("../spool", "../own-ledger"), &[KNOWS_NONE, ANOTHERS]);
                }
                self.world.home.start();
            }
            Second::AtOnce => self.at_once(),
        }
        for own in ["own-ledger", "own-spool"] {
            drop(fs::remove_dir_all(self.world.home.path().join(own)));
        }
    }

    /// Keeps the first copy as a backup is kept.
    fn keep_older(&self) {
        let home = self.world.home.path();
        let older = home.join(OLDER);
        if !older.exists() {
            fs::rename(home.join("own-ledger"), &older).unwrap();
            // The gateway that was refused may have begun one.
            drop(fs::remove_dir_all(older.join("index")));
        }
    }

    /// A ledger that was restored from a backup doesn't know what became of its deliveries: it is refused, and where somebody
    /// insists, no file goes a second time.
    fn start_on_older(&mut self) {
        if !self.world.home.path().join(OLDER).exists() {
            return;
        }
        self.is_refused(Second::CopiedLedger, ("../spool", "../older-ledger"), &[IS_OLDER]);
        fs::write(self.world.home.path().join("spool/ledger-lost"), "").unwrap();
        let before = self.world.observer.seen();
        let mut child = self.launch(("../spool", "../older-ledger"));
        let start = Instant::now();
        while !self.said().contains(" ready") && start.elapsed() < PATIENCE {
            if child.try_wait().unwrap().is_some() {
                let text = format!("a gateway ended of a restored ledger: {}", self.said());
                return self.find(Harm::Misreported, text);
            }
            std::thread::sleep(LOOK);
        }
        std::thread::sleep(AT_WORK);
        drop((child.kill(), child.wait()));
        let after = self.world.observer.seen();
        if (after.sightings.len(), after.written.len()) != (before.sightings.len(), before.written.len()) {
            let again: Vec<String> =
                after.sightings[before.sightings.len()..].iter().map(|one| one.path.clone()).collect();
            self.find(Harm::Duplicated, format!("went again under a restored ledger: {}", again.join(", ")));
        }
    }

    fn is_refused(&mut self, second: Second, places: (&str, &str), told: &[&str]) {
        let mut child = self.launch(places);
        let ended = until_ended(&mut child);
        if ended.is_none() {
            drop((child.kill(), child.wait()));
        }
        let said = self.said();
        let refused = ended.is_some_and(|status| matches!(status.code(), Some(1 | 3)));
        if !refused || !told.iter().any(|told| said.contains(told)) {
            let text =
                format!("the second gateway ({second:?}) was not refused with what to do, {ended:?}: {said}");
            self.find(Harm::Misreported, text);
        }
        if let Some(status) = self.world.home.has_ended() {
            self.find(Harm::Lost, format!("the first gateway ended of {second:?}: {status}"));
            self.world.home.start();
        }
    }

    /// One of the two goes on, whichever it is, and the other is refused.
    fn at_once(&mut self) {
        self.world.home.kill();
        let mut child = self.launch(("../spool", "../ledger"));
        let pause = self.world.dice.time(Duration::from_millis(40));
        std::thread::sleep(pause);
        self.world.home.launch();
        let start = Instant::now();
        let (first, second) = loop {
            let ends = (self.world.home.has_ended(), child.try_wait().unwrap());
            if ends != (None, None) || start.elapsed() > PATIENCE {
                break ends;
            }
            std::thread::sleep(LOOK);
        };
        if first.is_some() == second.is_some() {
            let text = format!("of two gateways at once, {first:?} and {second:?} ended: {}", self.said());
            self.find(Harm::Misreported, text);
        }
        if second.is_none() {
            // It worked meanwhile as the first would have.
            let pause = self.world.dice.time(MOST);
            std::thread::sleep(pause);
            drop((child.kill(), child.wait()));
        }
        if self.world.home.is_running() {
            self.world.home.kill();
        }
        self.world.home.start();
    }

    /// A second gateway with these places for spool and ledger, which says in a file of its own what it says.
    fn launch(&self, (spool, ledger): (&str, &str)) -> Child {
        let home = self.world.home.path();
        let config = home.join("second");
        drop(fs::remove_dir_all(&config));
        let copied = Command::new("cp").arg("-r").arg(home.join("config")).arg(&config).status();
        assert!(copied.unwrap().success());
        let main = config.join("totatsu.toml");
        let text = fs::read_to_string(&main).unwrap();
        let text = text
            .replace("\"../ledger\"", &format!("{ledger:?}"))
            .replace("\"../spool\"", &format!("{spool:?}"))
            .replace("../control.sock", "../second.sock");
        fs::write(main, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.arg("--config").arg(config).arg("run").stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::create(self.said_in()).unwrap()).spawn().unwrap()
    }

    fn said_in(&self) -> PathBuf {
        self.world.home.path().join("second.log")
    }

    fn said(&self) -> String {
        fs::read_to_string(self.said_in()).unwrap_or_default()
    }
}

fn until_ended(child: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(LOOK);
    }
    None
}
