//! Figures as ratios, measured side by side in one run: conversion against `iconv`, which only transcodes, and an upload
//! against OpenSSH's own `sftp`. Rounds are interleaved, medians are shown. Run by `scripts/bench`.

#![allow(clippy::unwrap_used, reason = "a bench that can't run has nothing to say")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::partners::of_sshd;
use support::sshd::{Options, Sshd};
use totatsu::convert::{self, Values, Work};
use totatsu::demo::records;
use totatsu::digest::Sha256;
use totatsu::layout::Shelf;
use totatsu::transport::{Progress, sftp};

const ROUNDS: usize = 5;
const FEW: u64 = 25_000;
const MANY: u64 = 250_000;
const UPLOAD: usize = 512 * 1024 * 1024;
/// The argument that makes this program the process that is measured.
const CONVERT: &str = "convert-in";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == CONVERT) {
        return convert_in(Path::new(&arguments[at + 1]));
    }
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    conversion(home.path());
    upload(home.path());
}

/// Converts `source` in a directory and prints the most memory that this took, in KiB.
fn convert_in(home: &Path) {
    let shelf = Shelf::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts")).0;
    let date = jiff::civil::date(2026, 7, 10);
    let values = Values {
        municipality_code: "13101".to_owned(),
        business_date: date,
        accepted_at: date.at(9, 0, 0, 0),
        link: Default::default(),
    };
    let source = home.join("source");
    let work = Work {
        source: &source,
        source_sha256: Sha256::of_file(&source).unwrap().0,
        sent: &home.join("sent"),
        report: &home.join("report"),
        layout: shelf.choose("eltax/nenkin-tokucho-irai", date).unwrap(),
        values: &values,
    };
    convert::convert(&work).unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{}", peak.trim().trim_end_matches(" kB"));
}

fn conversion(home: &Path) {
    let (mut ours, mut iconvs, mut few_peak, mut many_peak) = (Vec::new(), Vec::new(), 0, 0);
    for (name, count) in [("few", FEW), ("many", MANY)] {
        fs::create_dir(home.join(name)).unwrap();
        let mut out = BufWriter::new(File::create(home.join(name).join("source")).unwrap());
        records::write_csv(&mut out, count, 1).unwrap();
        out.flush().unwrap();
    }
    let measured = |name: &str| {
        let start = Instant::now();
        let output = Command::new(std::env::current_exe().unwrap())
            .arg(CONVERT)
            .arg(home.join(name))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let peak: u64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
        (start.elapsed(), peak)
    };
    for _ in 0..ROUNDS {
        few_peak = few_peak.max(measured("few").1);
        let (elapsed, peak) = measured("many");
        ours.push(elapsed);
        many_peak = many_peak.max(peak);
        let start = Instant::now();
        let mut iconv = Command::new("iconv");
        iconv.args(["-f", "UTF-8", "-t", "CP932"]).arg(home.join("many/source")).stdout(Stdio::null());
        assert!(iconv.status().unwrap().success());
        iconvs.push(start.elapsed());
    }
    let (ours, iconv) = (median(ours), median(iconvs));
    println!(
        "conversion of {MANY} records (hash, check, encode, sync, read back), against iconv of the same source"
    );
    println!(
        "  time            {:.2} of iconv's ({:.0} records/s here)",
        ratio(ours, iconv),
        per_second(MANY, ours)
    );
    println!(
        "  peak memory     {:.2} of that for {FEW} records ({many_peak} and {few_peak} KiB here)",
        many_peak as f64 / few_peak as f64
    );
}

fn upload(home: &Path) {
    let source = home.join("upload");
    fs::write(&source, support::partners::pattern(UPLOAD)).unwrap();
    let sshd = Sshd::start(Options { root: Some(home.join("partner")), ..Options::default() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut ours, mut stocks) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        runtime.block_on(async {
            let mut session = sftp::connect(&of_sshd(&sshd)).await.unwrap();
            session.put(&source, "ours", 0, &Progress::new()).await.unwrap();
            session.close().await;
        });
        ours.push(start.elapsed());
        let start = Instant::now();
        stock_put(&sshd, &source);
        stocks.push(start.elapsed());
        fs::remove_file(sshd.root().join("ours")).unwrap();
        fs::remove_file(sshd.root().join("stock")).unwrap();
    }
    let (ours, stock) = (median(ours), median(stocks));
    let mib = UPLOAD as u64 / 1024 / 1024;
    println!(
        "upload of {mib} MiB over loopback, sign-in, SHA-256 and fsync included, against OpenSSH's sftp put"
    );
    println!(
        "  time            {:.2} of sftp's ({:.0} MiB/s here)",
        ratio(ours, stock),
        per_second(mib, ours)
    );
}

fn stock_put(sshd: &Sshd, source: &Path) {
    let mut sftp = Command::new("sftp");
    sftp.args(["-q", "-b", "-", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
    sftp.arg("-o").arg(format!("IdentityFile={}", sshd.client_key().display()));
    sftp.arg("-P").arg(sshd.port().to_string()).arg(format!("{}@127.0.0.1", sshd.user()));
    let mut sftp = sftp.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    writeln!(sftp.stdin.take().unwrap(), "put {} stock", source.display()).unwrap();
    assert!(sftp.wait().unwrap().success());
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}

fn per_second(amount: u64, time: Duration) -> f64 {
    amount as f64 / time.as_secs_f64()
}
