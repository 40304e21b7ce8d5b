//! Many small files collected from vsftpd, against `lftp mget` of the same files from the same server: ratios, taken in turn
//! in one run, and how long a delivery takes that comes meanwhile. Run by `scripts/bench-collect`.
//!
//! The link is as an operator has it who wants what `mget` does: the files stay at the partner, `ready = "rename"`, every other
//! key as it comes. `mget` only reads; the gateway also lets each file settle, proves, journals, hands over with a digest,
//! writes a signed receipt and archives, all of it synced.

#![allow(clippy::unwrap_used, reason = "a bench that can't run has nothing to say")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use support::collecting::{INBOUND, Inbound};
use support::ftp::{FtpServer, PASSWORD, Wishes};
use support::gateway::{Home, names_in};
use support::vsftpd::vsftpd;

const USER: &str = "anonymous";
const SIZE: usize = 4096;
/// How often it is looked how far the files have come.
const LOOK: Duration = Duration::from_millis(50);
/// Longer than a run takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Collects many small files, and has lftp get them.
#[derive(Debug, Parser)]
struct Arguments {
    /// Files in the partner's directory.
    #[arg(long, default_value_t = 3000)]
    files: usize,
    /// How often both are measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// What `cargo bench` says to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What one round came to.
struct Collected {
    handed_over: Duration,
    archived: Duration,
    delivery: Duration,
}

fn main() {
    let Arguments { files, rounds, .. } = Arguments::parse();
    let server = vsftpd(Wishes::default());
    fs::create_dir(server.root.join("out")).unwrap();
    for number in 0..files {
        let mut bytes = format!("file {number:06} ").into_bytes();
        bytes.extend(support::partners::pattern(SIZE - bytes.len()));
        fs::write(server.root.join("out").join(format!("F{number:06}.DAT")), bytes).unwrap();
    }
    println!(
        "{files} files of {SIZE} bytes from vsftpd over TLS on loopback; the machine's load before is {}",
        load()
    );
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        theirs.push(mget(&server, files));
        ours.push(collect(&server, files));
        let (theirs, ours) = (theirs.last().unwrap(), ours.last().unwrap());
        println!(
            "  mget {:.1} s; handed over {:.1} s ({:.2}), archived with its receipt {:.1} s ({:.2}); a delivery that came \
             meanwhile {:.1} s; load {}",
            theirs.as_secs_f64(),
            ours.handed_over.as_secs_f64(),
            ratio(ours.handed_over, *theirs),
            ours.archived.as_secs_f64(),
            ratio(ours.archived, *theirs),
            ours.delivery.as_secs_f64(),
            load()
        );
    }
    let archived = ours.iter().map(|ours| ours.archived).collect();
    let handed_over = ours.iter().map(|ours| ours.handed_over).collect();
    let slowest = ours.iter().map(|ours| ours.delivery).max().unwrap_or_default();
    let theirs = median(theirs);
    println!("  handed over     {:.2} of mget's", ratio(median(handed_over), theirs));
    println!("  archived        {:.2} of mget's", ratio(median(archived), theirs));
    println!("  a delivery      {:.1} s at most", slowest.as_secs_f64());
}

/// Has lftp get every file.
fn mget(server: &FtpServer, files: usize) -> Duration {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        "set net:max-retries 1; set ftp:ssl-force true; set ftp:ssl-protect-data true; set ssl:ca-file {:?}; \
         open -u {USER},{PASSWORD} -p {} 127.0.0.1; lcd {:?}; mget out/*.DAT",
        server.certificates.authority(),
        server.port,
        home.path(),
    );
    let start = Instant::now();
    let output = Command::new("lftp").env("HOME", home.path()).args(["-c", &script]).output().unwrap();
    let elapsed = start.elapsed();
    let got = names_in(home.path()).iter().filter(|name| name.ends_with(".DAT")).count();
    assert!(output.status.success() && got == files, "{got}: {}", String::from_utf8_lossy(&output.stderr));
    elapsed
}

/// Has a new gateway collect every file, and send one of its own when a tenth of them is there.
fn collect(server: &FtpServer, files: usize) -> Collected {
    let mut home = Home::of_partner("");
    home.write_ftps_partner("eltax", server, USER);
    let remote = "every = \"1s\"\nstable_for = \"2s\"\n";
    home.write_inbound(INBOUND, Inbound { remote, ..Inbound::default() });
    let (inbox, arrived) = (home.inbox(INBOUND), server.root.join("a.DTA"));
    let deliveries = home.path().join("spool/deliveries");
    let start = Instant::now();
    home.start();
    wait(|| handed_over(&inbox) > files / 10);
    let dropped = Instant::now();
    home.drop_records("a.csv", 3);
    let (mut delivery, mut placed) = (None, None);
    wait(|| {
        if delivery.is_none() && arrived.exists() {
            delivery = Some(dropped.elapsed());
        }
        if placed.is_none() && handed_over(&inbox) == files {
            placed = Some(start.elapsed());
        }
        delivery.is_some() && placed.is_some() && names_in(&deliveries).is_empty()
    });
    let archived = start.elapsed();
    home.stop();
    home.start();
    assert!(home.deliveries().iter().all(|shown| shown.state == "archived"), "{}", home.log());
    home.stop();
    fs::remove_file(arrived).unwrap();
    Collected { handed_over: placed.unwrap(), archived, delivery: delivery.unwrap() }
}

fn handed_over(inbox: &Path) -> usize {
    let names = fs::read_dir(inbox).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names
        .filter(|name| !name.to_string_lossy().starts_with('.') && name.to_string_lossy().ends_with(".DAT"))
        .count()
}

fn wait(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "it takes longer than {PATIENCE:?}");
        std::thread::sleep(LOOK);
    }
}

/// The machine's load, over a minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}
