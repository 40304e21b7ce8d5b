//! Many small files, each delivered as a whole: accepted, put, proven, named, with its receipt. Peers only put them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::gateway::{Gateway, are_intact, kib_below, numbered, prepare, wait};
use super::measure::{Contender, Runs, Sample, in_turn};
use super::peers::{self, FTP_USER, There, found};
use super::plan::Plan;
use super::support::delay::DelayLine;
use super::support::ftp::{FtpServer, Wishes};
use super::support::sshd::{Options, Sshd};
use super::support::vsftpd::vsftpd;
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const LINK: &str = "hikitsugi";
/// What rclone and lftp are told to use at a time; so the gateway may have as many.
const CONNECTIONS: u32 = 8;
/// Files that are in the gateway's hands while it is measured what it sustains.
const IN_HAND: usize = 200;

pub fn loopback(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let there = There { sshd: &sshd, port: sshd.port() };
    let mut journals = Vec::new();
    let delivered = over_ssh(plan, there, "small-loopback", "over loopback", Goal::Ratio(1.5), &mut journals);
    let runs = vec![Runs::of("totatsu's journal, of the same", journals)];
    let what = "what a delivery of one 4 KiB file leaves in the journal";
    vec![delivered, Outcome::of("journal-size", what, Unit::Kib, Goal::AtMost(4.0), runs)]
}

pub fn at_20_ms(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let line = DelayLine::to(sshd.port(), Duration::from_millis(20));
    let there = There { sshd: &sshd, port: line.port() };
    vec![over_ssh(plan, there, "small-20ms", "at a round trip of 20 ms", Goal::Ratio(0.4), &mut Vec::new())]
}

fn over_ssh(
    plan: &Plan,
    there: There<'_>,
    row: &str,
    how: &str,
    goal: Goal,
    journals: &mut Vec<Sample>,
) -> Outcome {
    let files = plan.count(2000, 200);
    let prepared = tempfile::tempdir().unwrap();
    let source = prepared.path();
    prepare(source, files, SIZE);
    let mut firsts = Vec::new();
    let root = there.sshd.root();
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![
            Contender::new("totatsu, connections = 8", || {
                let mut gateway =
                    Gateway::to_sshd(&std::env::temp_dir(), there.sshd, there.port, Some(CONNECTIONS));
                let sample = delivered(&mut gateway, root, files, &mut firsts);
                let journal = kib_below(&gateway.home.path().join("ledger/journal"));
                journals.push(Sample { value: journal / files as f64, cpu_seconds: 0.0, peak_bytes: 0 });
                sample
            }),
            Contender::with(found("rclone"), "rclone copy --transfers 8", |rclone| {
                put(root, files, || peers::rclone(rclone, there, "copy", source, "theirs"))
            }),
            Contender::with(found("lftp"), "lftp mirror -R -P 8", |lftp| {
                let mirror = format!("mirror -R -P 8 {} theirs", source.display());
                put(root, files, || peers::lftp_over_ssh(lftp, there, &mirror))
            }),
            Contender::with(found("sftp"), "sftp -b, put each", |sftp| {
                let lines = format!("-mkdir theirs\nput {}/* theirs/\n", source.display());
                put(root, files, || peers::sftp(sftp, there, &lines))
            }),
        ],
    );
    let what = format!("{files} × 4 KiB, whole deliveries by SFTP {how}");
    told(Outcome::of(row, what, Unit::Seconds, goal, runs), files, firsts)
}

/// Adds what a delivery costs, and when the first was done.
fn told(outcome: Outcome, files: usize, mut firsts: Vec<Duration>) -> Outcome {
    firsts.sort();
    let (Some(time), Some(cpu)) = (outcome.ours.median(), outcome.ours.cpu_seconds()) else { return outcome };
    outcome.noting(format!(
        "{:.0} deliveries a second, {:.1} ms of CPU time each; the first has its receipt after {:.3} s",
        files as f64 / time,
        cpu * 1000.0 / files as f64,
        firsts[firsts.len() / 2].as_secs_f64()
    ))
}

pub fn over_tls(plan: &Plan) -> Vec<Outcome> {
    let server = vsftpd(Wishes::default());
    let files = plan.count(2000, 200);
    let prepared = tempfile::tempdir().unwrap();
    let source = prepared.path();
    prepare(source, files, SIZE);
    let mut firsts = Vec::new();
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![
            Contender::new("totatsu, connections = 8", || {
                let mut gateway = to_vsftpd(&server);
                delivered(&mut gateway, &server.root, files, &mut firsts)
            }),
            Contender::with(found("lftp"), "lftp mput", |lftp| {
                let commands = format!("mkdir theirs; cd theirs; mput {}/*", source.display());
                put(&server.root, files, || peers::lftp_over_tls(lftp, &server, &commands))
            }),
        ],
    );
    let what = format!("{files} × 4 KiB, whole deliveries by FTPS to vsftpd over loopback");
    vec![told(Outcome::of("ftps-small", what, Unit::Seconds, Goal::Ratio(1.5), runs), files, firsts)]
}

fn to_vsftpd(server: &FtpServer) -> Gateway {
    let gateway = Gateway::below(&std::env::temp_dir());
    gateway.home.write_ftps_partner("eltax", server, FTP_USER);
    let partner = gateway.home.path().join("config/partners/eltax.toml");
    let text = fs::read_to_string(&partner).unwrap();
    fs::write(&partner, format!("connections = {CONNECTIONS}\n{text}")).unwrap();
    gateway
}

/// A new gateway delivers them all: the clock runs from the first file's name in the outbox to the last receipt.
fn delivered(gateway: &mut Gateway, root: &Path, files: usize, firsts: &mut Vec<Duration>) -> Sample {
    let prepared = gateway.home.path().join("prepared");
    prepare(&prepared, files, SIZE);
    fs::create_dir(root.join("ours")).unwrap();
    gateway.write_link(LINK, "ours");
    gateway.start();
    let started = gateway.started();
    gateway.drop_all(LINK, &prepared);
    gateway.until(LINK, "receipted", 1);
    firsts.push(started.elapsed());
    gateway.until(LINK, "receipted", files);
    let sample = gateway.cost(&started);
    are_intact(&root.join("ours"), files, SIZE);
    gateway.home.stop();
    fs::remove_dir_all(root.join("ours")).unwrap();
    sample
}

/// A peer puts them all into `theirs`.
fn put(root: &Path, files: usize, peer: impl FnOnce() -> Sample) -> Sample {
    let sample = peer();
    are_intact(&root.join("theirs"), files, SIZE);
    fs::remove_dir_all(root.join("theirs")).unwrap();
    sample
}

/// Files keep coming, and there are always some in hand.
pub fn sustained(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let (warm, length) =
        (Duration::from_secs(plan.count(5, 2) as u64), Duration::from_secs(plan.count(60, 10) as u64));
    let files = plan.count(60_000, 10_000);
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![Contender::new("totatsu, connections = 8", || {
            let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), &sshd, sshd.port(), Some(CONNECTIONS));
            fs::create_dir(sshd.root().join("ours")).unwrap();
            let sample = sustain(&mut gateway, files, warm, length);
            gateway.home.stop();
            fs::remove_dir_all(sshd.root().join("ours")).unwrap();
            sample
        })],
    );
    let what = format!(
        "durable deliveries of 4 KiB a second by SFTP over loopback, {IN_HAND} in hand at any time, for {} s; the published figure \
         of Waarp R66 is 124/s",
        length.as_secs()
    );
    vec![Outcome::of("sustained", what, Unit::PerSecond, Goal::AtLeast(300.0), runs)]
}

fn sustain(gateway: &mut Gateway, files: usize, warm: Duration, length: Duration) -> Sample {
    let prepared = gateway.home.path().join("prepared");
    prepare(&prepared, files, SIZE);
    gateway.write_link(LINK, "ours");
    gateway.start();
    let outbox = gateway.outbox(LINK);
    let mut dropped = 0;
    let mut keep_up = |gateway: &mut Gateway| {
        let done = gateway.count(LINK, "receipted");
        while dropped < files.min(done + IN_HAND) {
            fs::rename(prepared.join(numbered(dropped)), outbox.join(numbered(dropped))).unwrap();
            dropped += 1;
        }
        done
    };
    let begin = gateway.started();
    wait(|| {
        keep_up(gateway);
        begin.elapsed() >= warm
    });
    let (started, before) = (gateway.started(), gateway.count(LINK, "receipted"));
    wait(|| keep_up(gateway) == files || started.elapsed() >= length);
    let done = gateway.count(LINK, "receipted");
    let mut sample = gateway.cost(&started);
    assert!(dropped < files, "{files} files are not enough");
    sample.value = (done - before) as f64 / sample.value;
    gateway.until(LINK, "receipted", dropped);
    sample
}
