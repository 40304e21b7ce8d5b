//! Figures as ratios, measured side by side in one run: conversion and decoding against `iconv`, which only transcodes, an
//! upload and a download against OpenSSH's own `sftp`. Rounds are interleaved, medians are shown, and CPU seconds beside them: on
//! a machine that does other things too, only these can be compared. Run by `scripts/bench`; `--only conversion`, `decoding` or
//! `carrying` leaves the others out, `--rounds N` takes more or fewer.

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
use totatsu_base::digest::Sha256;
use totatsu_records::decode::{self, DecodeWork, RowForm};
use totatsu_records::encode::{self, EncodeWork};
use totatsu_records::layout::{Layout, LayoutCatalogue};
use totatsu_records::{LayoutValues, invented};
use totatsu_transport::{Progress, sftp};

const ROUNDS: usize = 5;
/// Ticks of the kernel's clock in a second, as `/proc` tells CPU time on every Linux.
const TICKS: f64 = 100.0;
const FEW: u64 = 25_000;
const MANY: u64 = 250_000;
const CARRIED: usize = 512 * 1024 * 1024;
/// The arguments that make this program the process that is measured.
const CONVERT: &str = "convert-in";
const DECODE: &str = "decode-in";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    for (word, measured) in [(CONVERT, convert_in as fn(&Path)), (DECODE, decode_in)] {
        if let Some(at) = arguments.iter().position(|argument| argument == word) {
            measured(Path::new(&arguments[at + 1]));
            return print_peak();
        }
    }
    let said = |word: &str| {
        let at = arguments.iter().position(|argument| argument == word)?;
        arguments.get(at + 1).cloned()
    };
    let only = said("--only");
    assert!(
        only.as_deref().is_none_or(|only| ["conversion", "decoding", "carrying"].contains(&only)),
        "--only conversion, decoding or carrying"
    );
    let is_wanted = |what: &str| only.as_deref().is_none_or(|only| only == what);
    let rounds = said("--rounds").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let records = [("few", FEW), ("many", MANY)];
    for (name, count) in records.into_iter().filter(|_| only.as_deref() != Some("carrying")) {
        fs::create_dir(home.path().join(name)).unwrap();
        let mut out = BufWriter::new(File::create(home.path().join(name).join("source")).unwrap());
        invented::write_csv(&mut out, count, 1).unwrap();
        out.flush().unwrap();
    }
    let of_source = ["-f", "UTF-8", "-t", "CP932", "source"];
    let against = Against { home: home.path(), rounds };
    if is_wanted("conversion") {
        against.iconv("conversion", "hash, check, encode, sync, read back", CONVERT, of_source);
    } else if is_wanted("decoding") {
        records.iter().for_each(|(name, _)| drop(against.ours(CONVERT, name)));
    }
    let of_sent = ["-f", "CP932", "-t", "UTF-8", "sent"];
    if is_wanted("decoding") {
        against.iconv("decoding", "hash, cut, check, decode, sync", DECODE, of_sent);
    }
    if is_wanted("carrying") {
        carrying(home.path());
    }
}

/// Seconds of CPU that the children of this process took which have ended.
fn of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

/// Prints the most memory that this process took, in KiB.
fn print_peak() {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{}", peak.trim().trim_end_matches(" kB"));
}

/// What a link of the layout that is measured says.
fn agreed() -> (std::sync::Arc<Layout>, LayoutValues) {
    let catalogue = LayoutCatalogue::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts")).0;
    let date = jiff::civil::date(2026, 7, 10);
    let values = LayoutValues {
        municipality_code: "13101".to_owned(),
        business_date: date,
        accepted_at: date.at(9, 0, 0, 0),
        link: Default::default(),
    };
    (catalogue.choose("eltax/nenkin-tokucho-irai", date).unwrap().clone(), values)
}

/// Converts `source` in a directory to `sent`.
fn convert_in(home: &Path) {
    let (layout, values) = agreed();
    let source = home.join("source");
    let work = EncodeWork {
        source: &source,
        source_sha256: Sha256::of_file(&source).unwrap().0,
        sent: &home.join("sent"),
        report: &home.join("report"),
        layout: &layout,
        values: &values,
    };
    encode::convert(&work).unwrap();
}

/// Decodes `sent` in a directory.
fn decode_in(home: &Path) {
    let (layout, values) = agreed();
    let work = DecodeWork {
        received: &home.join("sent"),
        decoded: &home.join("decoded"),
        report: &home.join("report"),
        quarantine: None,
        layout: &layout,
        values: Some(&values),
        form: RowForm::Csv,
    };
    decode::decode(&work).unwrap();
}

/// Where, and how often, two programs are compared.
struct Against<'a> {
    home: &'a Path,
    rounds: usize,
}

impl Against<'_> {
    /// Does the work of this name in a process of its own. Returns how long that took and the most memory of it, in KiB.
    fn ours(&self, word: &str, name: &str) -> (Duration, u64) {
        let start = Instant::now();
        let mut child = Command::new(std::env::current_exe().unwrap());
        let output = child.arg(word).arg(self.home.join(name)).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let peak: u64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
        (start.elapsed(), peak)
    }

    fn iconv(&self, what: &str, steps: &str, word: &str, [from, source, to, target, file]: [&str; 5]) {
        let (mut ours, mut iconvs, mut few_peak, mut many_peak) = (Vec::new(), Vec::new(), 0, 0);
        let (mut our_seconds, mut iconv_seconds) = (0.0, 0.0);
        for _ in 0..self.rounds {
            few_peak = few_peak.max(self.ours(word, "few").1);
            let before = of_children();
            let (elapsed, peak) = self.ours(word, "many");
            our_seconds += of_children() - before;
            ours.push(elapsed);
            many_peak = many_peak.max(peak);
            let (start, before) = (Instant::now(), of_children());
            let mut iconv = Command::new("iconv");
            iconv.args([from, source, to, target]).arg(self.home.join("many").join(file)).stdout(Stdio::null());
            assert!(iconv.status().unwrap().success());
            iconvs.push(start.elapsed());
            iconv_seconds += of_children() - before;
        }
        let (ours, iconv) = (median(ours), median(iconvs));
        println!("{what} of {MANY} records ({steps}), against iconv of the same file");
        let (ratio, rate) = (ratio(ours, iconv), per_second(MANY, ours));
        println!("  time            {ratio:.2} of iconv's ({rate:.0} records/s here)");
        let rounds = self.rounds as f64;
        let (ours, iconv) = (our_seconds / rounds, iconv_seconds / rounds);
        println!("  CPU             {:.2} of iconv's ({ours:.2} s and {iconv:.2} s here)", ours / iconv);
        let more = many_peak as f64 / few_peak as f64;
        println!("  peak memory     {more:.2} of that for {FEW} records ({many_peak} and {few_peak} KiB here)");
    }
}

fn carrying(home: &Path) {
    let (source, fetched) = (home.join("carried"), home.join("fetched"));
    fs::write(&source, support::partners::pattern(CARRIED)).unwrap();
    let sshd = Sshd::start(Options { root: Some(home.join("partner")), ..Options::default() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let [mut put, mut stock_put, mut got, mut stock_got] = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        put.push(timed(|| {
            runtime.block_on(async {
                let mut session = sftp::connect(&of_sshd(&sshd)).await.unwrap();
                session.put(&source, "ours", 0, &Progress::new()).await.unwrap();
                session.close().await;
            });
        }));
        stock_put.push(timed(|| stock(&sshd, &format!("put {} stock", source.display()))));
        got.push(timed(|| {
            runtime.block_on(async {
                let mut session = sftp::connect(&of_sshd(&sshd)).await.unwrap();
                session.fetch("ours", &fetched, 0, &Progress::new()).await.unwrap();
                session.close().await;
            });
        }));
        stock_got.push(timed(|| stock(&sshd, &format!("get stock {}", home.join("got").display()))));
        for path in [sshd.root().join("ours"), sshd.root().join("stock"), fetched.clone(), home.join("got")] {
            fs::remove_file(path).unwrap();
        }
    }
    let mib = CARRIED as u64 / 1024 / 1024;
    for (what, ours, stock) in [("put", put, stock_put), ("get", got, stock_got)] {
        let (ours, stock) = (median(ours), median(stock));
        println!(
            "{what} of {mib} MiB over loopback, sign-in, SHA-256 and fsync included, against OpenSSH's sftp {what}"
        );
        let (ratio, rate) = (ratio(ours, stock), per_second(mib, ours));
        println!("  time            {ratio:.2} of sftp's ({rate:.0} MiB/s here)");
    }
}

fn timed(act: impl FnOnce()) -> Duration {
    let start = Instant::now();
    act();
    start.elapsed()
}

/// Has OpenSSH's own client do this.
fn stock(sshd: &Sshd, request: &str) {
    let mut sftp = Command::new("sftp");
    sftp.args(["-q", "-b", "-", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
    sftp.arg("-o").arg(format!("IdentityFile={}", sshd.client_key().display()));
    sftp.arg("-P").arg(sshd.port().to_string()).arg(format!("{}@127.0.0.1", sshd.user()));
    let mut sftp = sftp.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    writeln!(sftp.stdin.take().unwrap(), "{request}").unwrap();
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
