//! How soon one file arrives: on an idle gateway, and while many wait on another link.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::gateway::{Gateway, contents, numbered, prepare};
use super::measure::{Contender, Runs, Sample, in_turn};
use super::plan::Plan;
use super::support::delay::DelayLine;
use super::support::sshd::{Options, Sshd};
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const LINK: &str = "hikitsugi";
const CROWDED: &str = "ikkatsu";
const MEMORY: &str = "/dev/shm";
/// Deliveries that are not counted: the first one signs in.
const WARM: usize = 3;
/// So long nothing happens before each delivery.
const IDLE: Duration = Duration::from_millis(100);

pub fn latency(plan: &Plan) -> Vec<Outcome> {
    let mut outcomes = vec![receipt_after(plan, &std::env::temp_dir(), "latency", 20.0)];
    if Path::new(MEMORY).is_dir() {
        outcomes.push(receipt_after(plan, Path::new(MEMORY), "latency-tmpfs", 11.0));
    }
    outcomes
}

fn receipt_after(plan: &Plan, disk: &Path, row: &str, goal: f64) -> Outcome {
    let files = plan.count(100, 30);
    let partner = tempfile::tempdir_in(disk).unwrap();
    let sshd = Sshd::start(Options { root: Some(partner.path().to_owned()), ..Options::default() });
    let mut gateway = Gateway::to_sshd(disk, &sshd, sshd.port(), None);
    let prepared = gateway.home.path().join("prepared");
    prepare(&prepared, WARM + files, SIZE);
    gateway.write_link(LINK, "");
    gateway.start();
    let (mut ours, mut disks) = (Vec::new(), Vec::new());
    let begun = gateway.started();
    for number in 0..WARM + files {
        std::thread::sleep(IDLE);
        let synced = Sample { value: one_sync(gateway.home.path()), cpu_seconds: 0.0, peak_bytes: 0 };
        let started = gateway.started();
        fs::rename(prepared.join(numbered(number)), gateway.outbox(LINK).join(numbered(number))).unwrap();
        gateway.until(LINK, "receipted", number + 1);
        let mut sample = gateway.cost(&started);
        sample.value *= 1000.0;
        if number >= WARM {
            ours.push(sample);
            disks.push(synced);
        }
    }
    gateway.until(LINK, "archived", WARM + files);
    let spent = gateway.cost(&begun).cpu_seconds;
    for number in 0..WARM + files {
        assert!(fs::read(sshd.root().join(numbered(number))).unwrap() == contents(number, SIZE));
    }
    gateway.home.stop();
    let mut runs = vec![Runs::of("totatsu, rename to receipt", ours)];
    // In memory it takes no time that could be compared with.
    if disk != Path::new(MEMORY) {
        runs.push(Runs::of("write 4 KiB, fdatasync", disks));
    }
    let place = if disk == Path::new(MEMORY) { "in memory" } else { "on the disk" };
    let what = format!(
        "from a 4 KiB file's rename into the outbox to its receipt, idle gateway, SFTP over loopback, {files} deliveries one after \
         another, spool and partner {place}"
    );
    Outcome::of(row, what, Unit::Milliseconds, Goal::AtMost(goal), runs)
        .noting(format!("A delivery costs {:.1} ms of CPU time", spent * 1000.0 / (WARM + files) as f64))
}

/// How long the disk takes for a little more in a file, in milliseconds.
fn one_sync(folder: &Path) -> f64 {
    let mut file = File::options().create(true).append(true).open(folder.join("synced")).unwrap();
    let start = Instant::now();
    file.write_all(&[7; SIZE]).unwrap();
    file.sync_data().unwrap();
    start.elapsed().as_secs_f64() * 1000.0
}

/// Two links to one partner: one file on the second, alone and while the first is crowded.
pub fn fairness(plan: &Plan) -> Vec<Outcome> {
    let crowd = plan.count(800, 200);
    let sshd = Sshd::start(Options::default());
    let line = DelayLine::to(sshd.port(), Duration::from_millis(20));
    let mut before = Vec::new();
    let runs = in_turn(
        plan.rounds(5, 2),
        vec![
            Contender::new(format!("totatsu, {crowd} wait on link a"), || {
                let (sample, done) = one_beside(&sshd, line.port(), crowd);
                before.push(done);
                sample
            }),
            Contender::new("totatsu, alone", || one_beside(&sshd, line.port(), 0).0),
        ],
    );
    let what = format!(
        "one 4 KiB file on link b at a round trip of 20 ms, dropped once {crowd} on link a of the same partner are accepted"
    );
    vec![
        Outcome::of("fairness", what, Unit::Seconds, Goal::Ratio(3.0), runs)
            .noting(format!("Of link a, {before:?} had their receipts when link b's file came")),
    ]
}

fn one_beside(sshd: &Sshd, port: u16, crowd: usize) -> (Sample, usize) {
    let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), sshd, port, None);
    let prepared = gateway.home.path().join("prepared");
    prepare(&prepared, crowd, SIZE);
    for (link, directory) in [(CROWDED, "a"), (LINK, "b")] {
        fs::create_dir(sshd.root().join(directory)).unwrap();
        gateway.write_link(link, directory);
    }
    let single = contents(crowd, SIZE);
    for (name, bytes) in [("first", &contents(crowd + 1, SIZE)), ("single", &single)] {
        fs::write(gateway.home.path().join(name), bytes).unwrap();
    }
    gateway.start();
    // With a session that is open already, as it is where many wait.
    fs::rename(gateway.home.path().join("first"), gateway.outbox(LINK).join("first")).unwrap();
    gateway.until(LINK, "receipted", 1);
    gateway.drop_all(CROWDED, &prepared);
    gateway.until(CROWDED, "accepted", crowd);
    let before = gateway.count(CROWDED, "receipted");
    let started = gateway.started();
    fs::rename(gateway.home.path().join("single"), gateway.outbox(LINK).join("single")).unwrap();
    gateway.until(LINK, "receipted", 2);
    let sample = gateway.cost(&started);
    assert!(fs::read(sshd.root().join("b/single")).unwrap() == single);
    // What still waits on link a isn't measured.
    gateway.home.kill();
    for directory in ["a", "b"] {
        fs::remove_dir_all(sshd.root().join(directory)).unwrap();
    }
    (sample, before)
}
