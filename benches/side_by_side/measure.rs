//! What one run costs: its time, or what else the row is about, the CPU time, and the most memory.
//!
//! A program is measured by a process of its own, whose only child it is: so the kernel tells what it and its children took, and
//! nothing that runs beside them. The memory is that of the largest of them, and at least the few MiB of the process that measures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

/// The first argument of the process that measures a program.
pub const KEEPER: &str = "keep-count-of";
/// Linux tells CPU time of a process in hundredths of a second, on every machine.
const TICK: Duration = Duration::from_millis(10);

/// One run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sample {
    /// In the unit of the row.
    pub value: f64,
    pub cpu_seconds: f64,
    pub peak_bytes: u64,
}

/// What one contender's runs came to.
#[derive(Debug, Clone, Serialize)]
pub struct Runs {
    pub command: String,
    pub samples: Vec<Sample>,
    /// Why there are none, and what helps.
    pub missing: Option<String>,
    /// It stands beside to be seen: the goal isn't about it.
    pub aside: bool,
}

/// Who is measured: what it is called, and one run of it, or why it can't run here.
pub struct Contender<'a> {
    pub command: String,
    pub run: Result<Run<'a>, String>,
    aside: bool,
}

type Run<'a> = Box<dyn FnMut() -> Sample + 'a>;

impl<'a> Contender<'a> {
    pub fn new(command: impl Into<String>, run: impl FnMut() -> Sample + 'a) -> Contender<'a> {
        Contender { command: command.into(), run: Ok(Box::new(run)), aside: false }
    }

    /// One whose program may be missing: with its path, or with how to get it.
    pub fn with(
        program: Result<PathBuf, String>,
        command: impl Into<String>,
        mut run: impl FnMut(&Path) -> Sample + 'a,
    ) -> Contender<'a> {
        let run = program.map(|program| -> Run<'a> { Box::new(move || run(&program)) });
        Contender { command: command.into(), run, aside: false }
    }

    /// The goal may not be about it.
    pub fn counted(self, counted: bool) -> Contender<'a> {
        Contender { aside: !counted, ..self }
    }
}

/// Lets them run in turn, so many rounds.
pub fn in_turn(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Runs> {
    let mut runs: Vec<Runs> = contenders
        .iter()
        .map(|one| Runs {
            command: one.command.clone(),
            samples: Vec::new(),
            missing: one.run.as_ref().err().cloned(),
            aside: one.aside,
        })
        .collect();
    for round in 1..=rounds {
        for (contender, runs) in contenders.iter_mut().zip(&mut runs) {
            let Ok(run) = &mut contender.run else { continue };
            let sample = run();
            eprintln!("    round {round} of {rounds}: {:10.4}  {}", sample.value, contender.command);
            runs.samples.push(sample);
        }
    }
    runs
}

impl Runs {
    /// Of samples that were taken without contenders.
    pub fn of(command: impl Into<String>, samples: Vec<Sample>) -> Runs {
        Runs { command: command.into(), samples, missing: None, aside: false }
    }

    /// The run in the middle.
    pub fn median(&self) -> Option<f64> {
        self.sorted().get(self.samples.len() / 2).copied()
    }

    pub fn least_and_most(&self) -> Option<(f64, f64)> {
        let sorted = self.sorted();
        Some((*sorted.first()?, *sorted.last()?))
    }

    /// CPU time of the run in the middle of all CPU times.
    pub fn cpu_seconds(&self) -> Option<f64> {
        let mut all: Vec<f64> = self.samples.iter().map(|sample| sample.cpu_seconds).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    }

    pub fn peak_bytes(&self) -> Option<u64> {
        self.samples.iter().map(|sample| sample.peak_bytes).max()
    }

    fn sorted(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.samples.iter().map(|sample| sample.value).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

/// Runs a program to its end, which must be a good one.
pub fn measured(command: &Command) -> Sample {
    measured_to(command, 0)
}

/// Runs a program to its end, which must have this exit code.
pub fn measured_to(command: &Command, code: i32) -> Sample {
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut keeper = Command::new(std::env::current_exe().unwrap());
    keeper
        .arg(KEEPER)
        .arg(report.path())
        .arg(code.to_string())
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => keeper.env(name, value),
            None => keeper.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        keeper.current_dir(directory);
    }
    let output = keeper.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    serde_json::from_slice(&fs::read(report.path()).unwrap()).unwrap()
}

/// The process that measures: runs a program, and writes what it took into a file.
pub fn keep_count(arguments: &[String]) {
    let [report, code, program, arguments @ ..] = arguments else { panic!("a file, a code and a program") };
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status().unwrap();
    let value = start.elapsed().as_secs_f64();
    assert_eq!(
        status.code().map(|code| code.to_string()).as_ref(),
        Some(code),
        "{program} {arguments:?}: {status}"
    );
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let sample = Sample { value, cpu_seconds: cpu_of(&usage), peak_bytes: peak_of(&usage) };
    fs::write(report, serde_json::to_vec(&sample).unwrap()).unwrap();
}

fn cpu_of(usage: &Usage) -> f64 {
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

fn peak_of(usage: &Usage) -> u64 {
    u64::try_from(usage.max_rss()).unwrap() * 1024
}

/// CPU time that a running process has taken so far, without its children.
pub fn cpu_so_far(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u32 = [11, 12].into_iter().map(|at| fields[at].parse::<u32>().unwrap()).sum();
    TICK * ticks
}

/// The most memory that a running process had so far.
pub fn peak_so_far(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
