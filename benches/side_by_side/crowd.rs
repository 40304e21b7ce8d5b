//! Stops, starts and memory while many deliveries are under way.

use std::fs::{self, File};
use std::time::{Duration, Instant};

use super::gateway::{Gateway, prepare};
use super::measure::{Contender, Runs, Sample, cpu_so_far, in_turn, peak_so_far};
use super::plan::Plan;
use super::support::delay::DelayLine;
use super::support::gateway::names_in;
use super::support::sshd::{Options, Sshd};
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const LINK: &str = "hikitsugi";
/// So slow that what was dropped is accepted before much of it is delivered.
const SLOW: Duration = Duration::from_millis(200);

pub fn stop(plan: &Plan) -> Vec<Outcome> {
    let files = plan.count(1000, 300);
    let sshd = Sshd::start(Options::default());
    let line = DelayLine::to(sshd.port(), SLOW);
    let mut done = Vec::new();
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![Contender::new("totatsu, SIGTERM to its end", || {
            let mut gateway = under_way(&sshd, line.port(), files);
            let peak_bytes = peak_so_far(gateway.home.daemon_id());
            let start = Instant::now();
            assert!(gateway.home.stop().success());
            let value = start.elapsed().as_secs_f64();
            done.push(gateway.count(LINK, "receipted"));
            nothing_is_lost(&sshd, &gateway, files);
            Sample { value, cpu_seconds: 0.0, peak_bytes }
        })],
    );
    let what = format!("stop with {files} × 4 KiB accepted and under way by SFTP at a round trip of 200 ms");
    vec![
        Outcome::of("stop", what, Unit::Seconds, Goal::AtMost(2.0), runs)
            .noting(format!("By then {done:?} of them had their receipts")),
    ]
}

pub fn start(plan: &Plan) -> Vec<Outcome> {
    let files = plan.count(10_000, 1000);
    let sshd = Sshd::start(Options::default());
    let line = DelayLine::to(sshd.port(), SLOW);
    let mut done = Vec::new();
    let runs = in_turn(
        plan.rounds(2, 1),
        vec![Contender::new("totatsu, start to ready", || {
            let mut gateway = under_way(&sshd, line.port(), files);
            gateway.home.kill();
            done.push(gateway.count(LINK, "receipted"));
            let value = gateway.start().as_secs_f64();
            let daemon = gateway.home.daemon_id();
            let (cpu_seconds, peak_bytes) = (cpu_so_far(daemon).as_secs_f64(), peak_so_far(daemon));
            gateway.home.kill();
            nothing_is_lost(&sshd, &gateway, files);
            Sample { value, cpu_seconds, peak_bytes }
        })],
    );
    let what = format!(
        "start after SIGKILL with {files} × 4 KiB accepted and under way by SFTP at a round trip of 200 ms"
    );
    vec![
        Outcome::of("start", what, Unit::Seconds, Goal::AtMost(2.0), runs)
            .noting(format!("At the kill {done:?} of them had their receipts")),
    ]
}

/// A gateway that has just accepted so many files.
fn under_way(sshd: &Sshd, port: u16, files: usize) -> Gateway {
    let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), sshd, port, None);
    let prepared = gateway.home.path().join("prepared");
    prepare(&prepared, files, SIZE);
    let _ = fs::remove_dir_all(sshd.root().join("ours"));
    fs::create_dir(sshd.root().join("ours")).unwrap();
    gateway.write_link(LINK, "ours");
    gateway.start();
    gateway.drop_all(LINK, &prepared);
    gateway.until(LINK, "accepted", files);
    gateway
}

/// Each file is at the partner under its name, or still has its folder here.
fn nothing_is_lost(sshd: &Sshd, gateway: &Gateway, files: usize) {
    let arrived = names_in(&sshd.root().join("ours")).iter().filter(|name| !name.starts_with('.')).count();
    let folders = names_in(&gateway.home.path().join("spool/deliveries")).len();
    assert!(arrived + folders >= files, "{arrived} arrived and {folders} are here, of {files}");
}

/// The most memory that a daemon had, in three lives of it.
pub fn memory(plan: &Plan) -> Vec<Outcome> {
    let (large, waiting) = (plan.count(4096, 256), plan.count(10_000, 1000));
    let sshd = Sshd::start(Options::default());
    let line = DelayLine::to(sshd.port(), SLOW);
    let one = |size: u64| {
        let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), &sshd, sshd.port(), None);
        fs::create_dir(sshd.root().join("ours")).unwrap();
        gateway.write_link(LINK, "ours");
        gateway.start();
        let started = gateway.started();
        let source = gateway.home.path().join("source");
        File::create(&source).unwrap().set_len(size).unwrap();
        fs::rename(source, gateway.outbox(LINK).join("source")).unwrap();
        gateway.until(LINK, "receipted", 1);
        let cost = gateway.cost(&started);
        assert_eq!(fs::metadata(sshd.root().join("ours/source")).unwrap().len(), size);
        gateway.home.stop();
        fs::remove_dir_all(sshd.root().join("ours")).unwrap();
        in_mib(cost.cpu_seconds, cost.peak_bytes)
    };
    let many = || {
        let mut gateway = under_way(&sshd, line.port(), waiting);
        let daemon = gateway.home.daemon_id();
        let sample = in_mib(cpu_so_far(daemon).as_secs_f64(), peak_so_far(daemon));
        gateway.home.kill();
        sample
    };
    let small_file = "one file of 10 KB".to_owned();
    let large_file = format!("one file of {large} MiB");
    let many_waiting = format!("{waiting} files waiting");
    let contenders = vec![
        Contender::new(small_file, || one(10_000)),
        Contender::new(large_file, || one(large as u64 * 1024 * 1024)),
        Contender::new(many_waiting, many),
    ];
    let runs = in_turn(1, contenders);
    let peaks: Vec<f64> = runs.iter().filter_map(Runs::median).collect();
    let most = peaks.iter().copied().fold(0.0, f64::max);
    let least = peaks.iter().copied().fold(f64::MAX, f64::min);
    let rows = ["memory-small", "memory-large", "memory-waiting"];
    let mut outcomes: Vec<Outcome> = runs
        .into_iter()
        .zip(rows)
        .map(|(run, row)| {
            let what = format!("the most memory of a gateway that had {}", run.command);
            Outcome::of(row, what, Unit::Mib, Goal::AtMost(128.0), vec![run])
        })
        .collect();
    let apart = Sample { value: most - least, cpu_seconds: 0.0, peak_bytes: 0 };
    let apart = Runs::of("the largest of them less the smallest", vec![apart]);
    let what = "how far apart they are";
    outcomes.push(Outcome::of("memory-apart", what, Unit::Mib, Goal::AtMost(64.0), vec![apart]));
    outcomes
}

fn in_mib(cpu_seconds: f64, peak_bytes: u64) -> Sample {
    Sample { value: peak_bytes as f64 / 1024.0 / 1024.0, cpu_seconds, peak_bytes }
}
