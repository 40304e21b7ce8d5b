//! Everything that is to be fast, measured side by side with the programs that people would use instead. Run by `scripts/bench`.
//!
//! Rounds are interleaved, so that what else the machine does strikes all alike; medians are told. Each row has a peer or a limit
//! beside it. Nothing is asserted about time; that every file arrived whole is. A row that fails is told, and the others go on; the
//! end is then code 1.

#![allow(clippy::unwrap_used, reason = "a bench that can't run has nothing to say")]

#[path = "../../tests/support/mod.rs"]
mod support;

mod big;
mod collecting;
mod crowd;
mod gateway;
mod growth;
mod measure;
mod past;
mod peers;
mod plan;
mod promptness;
mod records;
mod small;
mod table;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Parser;
use plan::Plan;
use table::{Circumstances, Outcome};

/// One row, or a few that are measured together.
struct Row {
    name: &'static str,
    measure: fn(&Plan) -> Vec<Outcome>,
}

const ROWS: [Row; 23] = [
    Row { name: "encode", measure: records::encode },
    Row { name: "decode", measure: records::decode },
    Row { name: "sftp-512", measure: big::sftp_loopback },
    Row { name: "sftp-512-20ms", measure: big::sftp_20_ms },
    Row { name: "whole-1gib", measure: big::whole },
    Row { name: "small-loopback", measure: small::loopback },
    Row { name: "small-20ms", measure: small::at_20_ms },
    Row { name: "ftps-512", measure: big::by_ftps },
    Row { name: "ftps-small", measure: small::over_tls },
    Row { name: "sustained", measure: small::sustained },
    Row { name: "collect", measure: collecting::collect },
    Row { name: "latency", measure: promptness::latency },
    Row { name: "fairness", measure: promptness::fairness },
    Row { name: "stop", measure: crowd::stop },
    Row { name: "start", measure: crowd::start },
    Row { name: "memory", measure: crowd::memory },
    Row { name: "past", measure: past::past },
    Row { name: "rebuild", measure: past::rebuild },
    Row { name: "idle", measure: growth::idle },
    Row { name: "growth-records", measure: growth::of_records },
    Row { name: "growth-waiting", measure: growth::of_files_waiting },
    Row { name: "growth-links", measure: growth::of_links },
    Row { name: "growth-partners", measure: growth::of_partners },
];

/// Measures, side by side with peers, what docs/performance.md tells.
#[derive(Debug, Parser)]
#[command(name = "scripts/bench")]
struct Arguments {
    /// Smaller counts and fewer rounds: within five minutes, and said in the output.
    #[arg(long)]
    quick: bool,
    /// JSON instead of the table.
    #[arg(long)]
    json: bool,
    /// Only these rows.
    #[arg(long, value_delimiter = ',', value_name = "ROW")]
    only: Vec<String>,
    /// Rounds of each row.
    #[arg(long)]
    rounds: Option<usize>,
    /// What `cargo bench` says to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if is_measured(&words) {
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    if let Some(unknown) = arguments.only.iter().find(|only| ROWS.iter().all(|row| row.name != **only)) {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        eprintln!("scripts/bench: there is no row {unknown}; there are {}", names.join(", "));
        return ExitCode::from(2);
    }
    let plan = Plan { quick: arguments.quick, rounds: arguments.rounds };
    let load_before = load();
    let (mut outcomes, mut failed) = (Vec::new(), Vec::new());
    for row in ROWS
        .iter()
        .filter(|row| arguments.only.is_empty() || arguments.only.iter().any(|only| only == row.name))
    {
        eprintln!("{} (load {})", row.name, load());
        match catch_unwind(AssertUnwindSafe(|| (row.measure)(&plan))) {
            Ok(measured) => outcomes.extend(measured),
            // What went wrong stands above already.
            Err(_) => failed.push(row.name),
        }
    }
    let circumstances = Circumstances {
        date: jiff::Zoned::now().strftime("%Y-%m-%d %H:%M %Z").to_string(),
        commit: commit(),
        machine: machine(),
        program: program(),
        quick: plan.quick,
        load_before,
        load_after: load(),
    };
    if arguments.json {
        println!("{:#}", table::json(&circumstances, &outcomes));
    } else {
        print!("{}", table::text(&circumstances, &outcomes));
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("scripts/bench: could not be measured: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// Whether this process is one of those that are measured, or that measure; then it has done its work.
fn is_measured(words: &[String]) -> bool {
    let [word, rest @ ..] = words else { return false };
    match word.as_str() {
        measure::KEEPER => measure::keep_count(rest),
        records::CONVERT | records::DECODE => records::work(word, rest),
        big::PUT | big::GET | big::PUT_TLS => big::carry(word, rest),
        _ => return false,
    }
    true
}

/// The machine's load, over a minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn commit() -> String {
    let told = |arguments: &[&str]| {
        let git = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        git.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let changed = if told(&["status", "--porcelain"]).is_empty() { "" } else { " with changes" };
    format!("{}{changed}", told(&["rev-parse", "--short", "HEAD"]))
}

/// Processors, memory, kernel, and the file system that files lie on.
fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |text: &str, name: &str| {
        let value = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        value.map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field(&fs::read_to_string("/proc/meminfo").unwrap_or_default(), "MemTotal");
    let kib: u64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{cores} cores ({}), {} GiB, Linux {}, files on {}",
        field(&processors, "model name"),
        kib.div_ceil(1024 * 1024),
        kernel.trim(),
        file_system(&std::env::temp_dir())
    )
}

fn file_system(directory: &std::path::Path) -> String {
    let df = Command::new("df").arg("--output=fstype").arg(directory).output();
    let told = df.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    told.lines().nth(1).unwrap_or("an unknown file system").trim().to_owned()
}

/// Which build of the gateway is measured.
fn program() -> String {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    std::env::var_os(support::gateway::PROGRAM)
        .map_or(format!("as built ({build})"), |path| PathBuf::from(path).display().to_string())
}
