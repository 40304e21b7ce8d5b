//! Backlogs of twenty times the sessions, held, stopped, killed, refused and met with silence.
//!
//! Owns trials of the real program with one to three connections, each for one to three files at a time. Whatever comes: once a hold was answered or a stop was heard, no
//! more than the sessions in hand touch anything at the partner, by the times of the partner's own files; a hold outlasts a
//! start; a refused account is tried by no more logins than connections; a silent partner counts as down and burns nobody's
//! attempts but those of the steps in hand. Every file is accounted for as after any other fault.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use totatsu::control::{Answer, Question};

use super::account::settle;
use super::partner::NAME;
use super::tally::{Finding, Harm, Row};
use super::way::SHORT;
use super::world::{Fate, LinkKind, RENAME, RENAME_BY_ID, STRICT, World, is_an_end, link_name};

const KINDS: [LinkKind; 4] = [RENAME, RENAME_BY_ID, STRICT, RENAME_BY_ID];
/// Files that wait for each session.
const BACKLOG: usize = 20;
const MOST_CONNECTIONS: u64 = 3;
const MOST_FILES: u64 = 3;
const RECORDS: [u64; 3] = [1, 20, 300];
/// A backlog is worked on for up to so long before the next strike.
const MOST: Duration = Duration::from_millis(1200);
/// What the server says of each login that it refuses.
const REFUSED: &str = "authenticating user";

#[derive(Debug, Clone, Copy)]
enum Strike {
    HoldPartner,
    HoldLink,
    Stop,
    Kill,
    Refuse,
    Silence,
}

const STRIKES: [Strike; 6] =
    [Strike::HoldPartner, Strike::Stop, Strike::Refuse, Strike::HoldLink, Strike::Silence, Strike::Kill];

/// So many strikes against one gateway, whose backlog is filled up before each. Each kind in turn; where it begins, the seed
/// decides.
pub fn strikes(seed: u64, how_many: usize) -> Row {
    let mut trial = Trial::new(seed);
    println!("backlog: seed {seed}, {} connections, {} files at a time", trial.connections, trial.sessions);
    let first = usize::try_from(seed % STRIKES.len() as u64).unwrap();
    trial.world.home.start();
    for strike in STRIKES.iter().cycle().skip(first).take(how_many) {
        trial.fill();
        let moment = trial.world.dice.time(MOST);
        std::thread::sleep(moment);
        println!("{strike:?} after {moment:?}");
        match strike {
            Strike::HoldPartner => trial.hold(&["--partner", NAME], None),
            Strike::HoldLink => {
                let link = usize::try_from(trial.world.dice.below(KINDS.len() as u64)).unwrap();
                trial.hold(&["--link", &link_name(link)], Some(link));
            }
            Strike::Stop => {
                trial.stop();
                trial.world.home.start();
            }
            Strike::Kill => {
                trial.world.home.kill();
                trial.world.home.start();
            }
            Strike::Refuse => trial.refuse(),
            Strike::Silence => trial.silence(),
        }
    }
    let mut row = settle(&mut trial.world, how_many);
    row.findings.append(&mut trial.findings);
    row
}

struct Trial {
    world: World,
    connections: usize,
    /// Files at a time on all of them.
    sessions: usize,
    door: Door,
    findings: Vec<Finding>,
}

impl Trial {
    fn new(seed: u64) -> Trial {
        let mut world = World::new(seed, KINDS.len(), &KINDS);
        let connections = usize::try_from(1 + world.dice.below(MOST_CONNECTIONS)).unwrap();
        let files = usize::try_from(1 + world.dice.below(MOST_FILES)).unwrap();
        let door = Door::to(world.partner.port());
        let text = world.partner.file(Some(door.port));
        let of_ours = |line: &str| !line.starts_with("connections");
        let text: String =
            text.lines().filter(|line| of_ours(line)).map(|line| format!("{line}\n")).collect();
        let limits = format!("connections = {connections}\nfiles_per_connection = {files}\n");
        let text = format!("{limits}{text}{SHORT}");
        world.home.write("config/partners/eltax.toml", &text);
        Trial { world, connections, sessions: connections * files, door, findings: Vec::new() }
    }

    fn find(&mut self, text: String) {
        self.findings.push(Finding { harm: Harm::Misreported, seed: self.world.seed, text });
    }

    /// Drops as many files as the backlog lacks, of all links in turn.
    fn fill(&mut self) {
        let waiting = self.world.dropped.len() - self.world.archived();
        for _ in waiting..BACKLOG * self.sessions {
            let records = self.world.dice.pick(&RECORDS);
            let link = self.world.dropped.len() % KINDS.len();
            self.world.drop_file(link, records, Fate::Arrives);
        }
    }

    /// No more than the sessions in hand have touched anything since `moment`.
    fn judge(&mut self, what: &str, link: Option<usize>, moment: SystemTime, most: usize) {
        let links = (0..KINDS.len()).filter(|at| link.is_none_or(|link| link == *at));
        let root = self.world.partner.root();
        let touched: Vec<String> =
            links.flat_map(|at| touched_since(&root.join(link_name(at)), moment)).collect();
        if touched.len() > most {
            let (count, names) = (touched.len(), touched.join(" "));
            self.find(format!("{count} files were touched after {what}, {most} are allowed: {names}"));
        }
    }

    /// Waits until nothing is under way any more, on one link or on all.
    fn until_quiet(&mut self, link: Option<usize>) {
        let world = &self.world;
        let due = world.dropped.iter().filter(|file| link.is_none_or(|link| link == file.link)).count();
        let name = link.map(link_name);
        self.world.home.until("the backlog stands still", |home| {
            let mut shown = home.deliveries();
            shown.retain(|shown| name.as_ref().is_none_or(|name| shown.delivery.link == *name));
            let stands = shown.iter().all(|shown| shown.state == "queued" || is_an_end(&shown.state));
            (shown.len() >= due && stands).then_some(())
        });
    }

    fn hold(&mut self, whom: &[&str], link: Option<usize>) {
        let (held, text) = self.world.home.run(&[&["hold"], whom, &["--reason", "maintenance"]].concat());
        let answered = SystemTime::now();
        assert!(held, "{text}");
        self.until_quiet(link);
        self.judge("a hold was answered", link, answered, self.sessions);
        let quiet = SystemTime::now();
        if self.world.dice.below(2) == 0 {
            self.world.home.kill();
            self.world.home.start();
            self.until_quiet(link);
        }
        self.judge("all that is held stood still", link, quiet, 0);
        self.release(whom);
    }

    fn release(&mut self, whom: &[&str]) {
        let (released, text) =
            self.world.home.run(&[&["release"], whom, &["--reason", "it is over"]].concat());
        assert!(released, "{text}");
    }

    /// From the moment on at which the log says that the stop was heard.
    fn stop(&mut self) {
        let heard = |log: String| log.matches("stopping: ").count();
        let before = heard(self.world.home.log());
        let daemon = Pid::from_raw(i32::try_from(self.world.home.daemon_id()).unwrap()).unwrap();
        kill_process(daemon, Signal::TERM).unwrap();
        self.world.home.until("the stop is heard", |home| (heard(home.log()) > before).then_some(()));
        let said = SystemTime::now();
        let status = self.world.home.ended();
        if !status.success() {
            self.find(format!("the daemon did not stop in good order: {status}"));
        }
        self.judge("a stop was heard", None, said, self.sessions);
    }

    /// The account is refused from a start on, until a person has seen to it.
    fn refuse(&mut self) {
        if self.world.dice.below(2) == 0 {
            self.stop()
        } else {
            self.world.home.kill()
        }
        let folder = self.world.partner.sshd().folder();
        let (keys, away) = (folder.join("authorized_keys"), folder.join("keys.away"));
        let before = self.logins_that_failed().len();
        fs::rename(&keys, &away).unwrap();
        self.world.home.start();
        self.until_quiet(None);
        let refused = self.logins_that_failed().split_off(before);
        if refused.len() > self.connections || refused.is_empty() {
            self.find(format!("refused with {} connections: {}", self.connections, refused.join("; ")));
        }
        fs::rename(&away, &keys).unwrap();
        self.release(&["--partner", NAME]);
    }

    /// What the server has logged of them, once no session is left: one that a kill cut off while it signed in is told late.
    fn logins_that_failed(&mut self) -> Vec<String> {
        let sshd = self.world.partner.sshd();
        self.world.home.until("the server has no session", |_| (sshd.sessions() == 0).then_some(()));
        let log = sshd.log();
        log.lines().filter(|line| line.contains(REFUSED)).map(str::to_owned).collect()
    }

    /// The server falls silent in the middle of its sessions, until the partner counts as down.
    fn silence(&mut self) {
        let before = self.burnt();
        self.door.shut();
        self.world.home.until("the silent partner counts as down", |home| {
            let Answer::Status(status) = home.ask(Question::Status) else { panic!("no status") };
            (status.partners[0].state == "down").then_some(())
        });
        self.until_quiet(None);
        let burnt = self.burnt() - before;
        if burnt > self.sessions {
            self.find(format!(
                "{burnt} attempts were burnt on a silent line, with {} sessions",
                self.sessions
            ));
        }
        self.door.open();
    }

    fn burnt(&self) -> usize {
        self.world.home.journal().iter().filter(|event| event["event"] == "waiting").count()
    }
}

/// The entries of `directory` that were made, written or renamed after `moment`.
fn touched_since(directory: &Path, moment: SystemTime) -> Vec<String> {
    let changed = |entry: &fs::DirEntry| {
        // What went meanwhile was a part or a sentinel; what it became is there.
        let status = entry.metadata().ok()?;
        let nanoseconds = u32::try_from(status.ctime_nsec()).unwrap();
        Some(UNIX_EPOCH + Duration::new(u64::try_from(status.ctime()).unwrap(), nanoseconds))
    };
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let touched = entries.filter(|entry| changed(entry).is_some_and(|changed| changed > moment));
    touched.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A way to a server on which nothing moves while it is shut: neither on the connections that are there nor on new ones.
struct Door {
    port: u16,
    shut: Arc<AtomicBool>,
}

impl Door {
    fn to(port: u16) -> Door {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let door = Door { port: listener.local_addr().unwrap().port(), shut: Arc::default() };
        let shut = door.shut.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { continue };
                let ways =
                    [(client.try_clone(), server.try_clone()), (server.try_clone(), client.try_clone())];
                for (from, to) in ways {
                    let (shut, from, to) = (shut.clone(), from.unwrap(), to.unwrap());
                    std::thread::spawn(move || carry(from, to, &shut));
                }
            }
        });
        door
    }

    fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
    }

    fn open(&self) {
        self.shut.store(false, Ordering::SeqCst);
    }
}

/// What came while the door was shut is lost with its connection: nobody answers it later.
fn carry(mut from: TcpStream, mut to: TcpStream, shut: &AtomicBool) {
    let mut buffer = vec![0; 32 * 1024];
    loop {
        let count = from.read(&mut buffer).unwrap_or(0);
        let stuck = shut.load(Ordering::SeqCst);
        while shut.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if stuck || count == 0 || to.write_all(&buffer[..count]).is_err() {
            drop((from.shutdown(std::net::Shutdown::Both), to.shutdown(std::net::Shutdown::Both)));
            return;
        }
    }
}
