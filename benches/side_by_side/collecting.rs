//! Many small files collected from vsftpd, against `lftp mget` of the same files from the same server, and how long a delivery takes
//! that comes meanwhile.
//!
//! The link is as an operator has it who wants what `mget` does: the files stay at the partner, `ready = "rename"`, every other
//! key as it comes. `mget` only reads; the gateway also lets each file settle, proves, journals, hands over with a digest,
//! writes a signed receipt and archives, all of it synced.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::gateway::{Gateway, Started, are_intact, contents, prepare};
use super::measure::{Contender, Sample, in_turn};
use super::peers::{self, FTP_USER, found};
use super::plan::Plan;
use super::support::collecting::{INBOUND, Inbound};
use super::support::ftp::{FtpServer, Wishes};
use super::support::vsftpd::vsftpd;
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const OUTWARD: &str = "hikitsugi";

pub fn collect(plan: &Plan) -> Vec<Outcome> {
    let files = plan.count(10_000, 500);
    let server = vsftpd(Wishes::default());
    prepare(&server.root.join("out"), files, SIZE);
    let (mut handed_over, mut meanwhile) = (Vec::new(), Vec::new());
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![
            Contender::new("totatsu, to the last receipt", || {
                let (sample, placed, delivery) = collected(&server, files);
                handed_over.push(placed);
                meanwhile.push(delivery);
                sample
            }),
            Contender::with(found("lftp"), "lftp mget", |lftp| got(lftp, &server, files, "mget out/*.DAT")),
            Contender::with(found("lftp"), "lftp mirror -P 8", |lftp| {
                got(lftp, &server, files, "mirror -P 8 out .")
            })
            .counted(false),
        ],
    );
    let what = format!("{files} × 4 KiB collected by FTPS from vsftpd over loopback");
    vec![
        Outcome::of("collect", what, Unit::Seconds, Goal::Ratio(2.0), runs)
            .noting(format!("The last file was handed over after {}", seconds(&handed_over)))
            .noting(format!(
                "A delivery that came when a tenth was there had its receipt after {}",
                seconds(&meanwhile)
            )),
    ]
}

fn seconds(times: &[Duration]) -> String {
    let told: Vec<String> = times.iter().map(|time| format!("{:.2} s", time.as_secs_f64())).collect();
    told.join(", ")
}

fn got(lftp: &Path, server: &FtpServer, files: usize, command: &str) -> Sample {
    let target = tempfile::tempdir().unwrap();
    let sample = peers::lftp_over_tls(lftp, server, &format!("lcd {:?}; {command}", target.path()));
    are_intact(target.path(), files, SIZE);
    sample
}

/// A new gateway collects every file, and sends one of its own when a tenth of them is there: what it cost, when the last was handed
/// over, and how long the delivery took.
fn collected(server: &FtpServer, files: usize) -> (Sample, Duration, Duration) {
    let mut gateway = Gateway::below(&std::env::temp_dir());
    gateway.home.write_ftps_partner("eltax", server, FTP_USER);
    let remote = "every = \"5min\"\nstable_for = \"2s\"\n";
    gateway.home.write_inbound(INBOUND, Inbound { remote, ..Inbound::default() });
    gateway.write_link(OUTWARD, "");
    let outward = gateway.home.path().join("outward");
    fs::write(&outward, contents(files, SIZE)).unwrap();
    let started = Started::before_the_start(Instant::now());
    gateway.start();
    gateway.until(INBOUND, "placed", files / 10);
    let dropped = started.elapsed();
    fs::rename(outward, gateway.outbox(OUTWARD).join("outward")).unwrap();
    let (mut placed, mut delivered) = (None, None);
    super::gateway::wait(|| {
        let now = started.elapsed();
        if placed.is_none() && gateway.count(INBOUND, "placed") >= files {
            placed = Some(now);
        }
        if delivered.is_none() && gateway.count(OUTWARD, "receipted") == 1 {
            delivered = Some(now - dropped);
        }
        delivered.is_some() && gateway.count(INBOUND, "receipted") >= files
    });
    let sample = gateway.cost(&started);
    are_intact(&gateway.home.inbox(INBOUND), files, SIZE);
    assert!(fs::read(server.root.join("outward")).unwrap() == contents(files, SIZE));
    gateway.home.stop();
    fs::remove_file(server.root.join("outward")).unwrap();
    (sample, placed.unwrap(), delivered.unwrap())
}
