//! A gateway of the real program as an operator sets one up, and what its log tells of every file.
//!
//! A line of the log is written when what it tells is on the disk: so what is counted here is durable.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::measure::{Sample, cpu_so_far, peak_so_far};
use super::support::gateway::{Address, Home};
use super::support::partners::pattern;
use super::support::sshd::Sshd;

/// How often it is looked how far the files have come.
const LOOK: Duration = Duration::from_micros(500);
/// Longer than a run takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A gateway that runs, or will.
pub struct Gateway {
    pub home: Home,
    log: PathBuf,
    read: u64,
    /// How often each link came to each state.
    counts: BTreeMap<(String, String), usize>,
}

/// An instant from which on a gateway's costs are counted.
pub struct Started {
    at: Instant,
    cpu: Duration,
}

impl Gateway {
    /// With a partner `eltax` that is `sshd` behind `port`, and this many connections to it, or as many as come by default.
    pub fn to_sshd(parent: &Path, sshd: &Sshd, port: u16, connections: Option<u32>) -> Gateway {
        let gateway = Gateway::below(parent);
        let (user, host_key, key_file) = (sshd.user(), &sshd.host_key_line(), &sshd.client_key());
        let partner = Address { port, user, host_key, key_file }.partner_file();
        let connections = connections.map_or(String::new(), |count| format!("connections = {count}\n"));
        gateway.home.write("config/partners/eltax.toml", &(connections + &partner));
        gateway
    }

    /// Without partners.
    pub fn below(parent: &Path) -> Gateway {
        let home = Home::below(parent);
        let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
        let text = format!(
            "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\n\
             ledger = \"../ledger\"\nlayouts = {layouts:?}\nsocket = \"../control.sock\"\n"
        );
        home.write("config/totatsu.toml", &text);
        let log = home.path().join("log");
        Gateway { home, log, read: 0, counts: BTreeMap::new() }
    }

    /// Writes a link that carries files as they are into a directory of the partner; it must exist.
    pub fn write_link(&self, link: &str, directory: &str) {
        self.write_link_to("eltax", link, directory);
    }

    pub fn write_link_to(&self, partner: &str, link: &str, directory: &str) {
        let text = format!(
            "partner = {partner:?}\nlayout = \"common/as-is\"\nready = \"rename\"\n[remote]\ndirectory = {directory:?}\n"
        );
        self.home.write(&format!("config/links/{link}.toml"), &text);
        fs::create_dir_all(self.outbox(link)).unwrap();
    }

    pub fn outbox(&self, link: &str) -> PathBuf {
        self.home.path().join("spool/outbox").join(link)
    }

    /// Waits until the daemon says that it is ready, and how long that took.
    pub fn start(&mut self) -> Duration {
        let before = fs::metadata(&self.log).map_or(0, |log| log.len());
        let start = Instant::now();
        self.home.launch();
        wait(|| {
            let log = fs::read(&self.log).unwrap_or_default();
            let new = String::from_utf8_lossy(&log[usize::try_from(before).unwrap()..]).into_owned();
            let ended = self.home.is_running().then(|| self.home.has_ended()).flatten();
            assert!(ended.is_none(), "the daemon ended: {new}");
            new.contains(" ready")
        });
        start.elapsed()
    }

    /// Has every file of a directory of the same file system appear in the outbox, as a well-behaved system does.
    pub fn drop_all(&self, link: &str, prepared: &Path) {
        let outbox = self.outbox(link);
        for entry in fs::read_dir(prepared).unwrap() {
            let entry = entry.unwrap();
            fs::rename(entry.path(), outbox.join(entry.file_name())).unwrap();
        }
    }

    /// How many deliveries of a link have come to a state.
    pub fn count(&mut self, link: &str, state: &str) -> usize {
        self.follow_log();
        self.counts.get(&(link.to_owned(), state.to_owned())).copied().unwrap_or_default()
    }

    /// Waits until so many deliveries of a link have come to a state.
    pub fn until(&mut self, link: &str, state: &str, count: usize) {
        wait(|| self.count(link, state) >= count);
    }

    pub fn started(&self) -> Started {
        Started { at: Instant::now(), cpu: cpu_so_far(self.home.daemon_id()) }
    }

    /// What it cost since then; the value is the time in seconds.
    pub fn cost(&self, since: &Started) -> Sample {
        let value = since.at.elapsed().as_secs_f64();
        let daemon = self.home.daemon_id();
        let cpu = cpu_so_far(daemon).saturating_sub(since.cpu);
        Sample { value, cpu_seconds: cpu.as_secs_f64(), peak_bytes: peak_so_far(daemon) }
    }

    fn follow_log(&mut self) {
        let Ok(mut log) = File::open(&self.log) else { return };
        log.seek(SeekFrom::Start(self.read)).unwrap();
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes).unwrap();
        // The last line may be half written.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.read += whole as u64;
        for line in String::from_utf8_lossy(&bytes[..whole]).lines() {
            if let (Some(link), Some(state)) = (word(line, " link=\""), word(line, " state=\"")) {
                *self.counts.entry((link.to_owned(), state.to_owned())).or_default() += 1;
            }
        }
    }
}

impl Started {
    /// With all that a daemon has cost since its start.
    pub fn before_the_start(at: Instant) -> Started {
        Started { at, cpu: Duration::ZERO }
    }

    pub fn elapsed(&self) -> Duration {
        self.at.elapsed()
    }
}

fn word<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    line.split_once(before)?.1.split('"').next()
}

/// What the files below a directory take, in KiB.
pub fn kib_below(directory: &Path) -> f64 {
    let of = |entry: fs::DirEntry| {
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() { kib_below(&entry.path()) } else { metadata.len() as f64 / 1024.0 }
    };
    fs::read_dir(directory).unwrap().map(|entry| of(entry.unwrap())).sum()
}

pub fn wait(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "it takes longer than {PATIENCE:?}");
        std::thread::sleep(LOOK);
    }
}

/// Writes so many files of `size` bytes, `F000000.DAT` and so on, no two alike.
pub fn prepare(directory: &Path, count: usize, size: usize) {
    fs::create_dir_all(directory).unwrap();
    for number in 0..count {
        fs::write(directory.join(numbered(number)), contents(number, size)).unwrap();
    }
}

pub fn numbered(number: usize) -> String {
    format!("F{number:06}.DAT")
}

/// The bytes of the so-many-th file.
pub fn contents(number: usize, size: usize) -> Vec<u8> {
    let mut bytes = format!("file {number:06} ").into_bytes();
    bytes.extend(pattern(size - bytes.len()));
    bytes
}

/// Asserts that these files lie in a directory, whole.
pub fn are_intact(directory: &Path, count: usize, size: usize) {
    for number in 0..count {
        let there = fs::read(directory.join(numbered(number))).unwrap_or_default();
        assert!(there == contents(number, size), "{} is not whole", numbered(number));
    }
}
