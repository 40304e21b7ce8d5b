//! The fault campaign: faults of every kind, round after round with new seeds, until the time is up; then one table.
//!
//! Run by `scripts/fault-campaign`. Every round prints its seed; `--only KIND --seed S --rounds 1` repeats one. Ends with
//! code 1 where a promise was broken, and with 2 where it could not do what it was asked for.

#![allow(clippy::unwrap_used, reason = "a campaign that can't run has nothing to say")]

#[path = "../tests/campaign/mod.rs"]
mod campaign;
#[path = "../tests/support/mod.rs"]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use campaign::partner::Carrier;
use campaign::points::{self, Side, WAYS, WAYS_FROM_MEDIA, WAYS_IN, WAYS_OVER_FTPS, Way};
use campaign::tally::{Finding, Harm, Row, Tally};
use campaign::{
    acts, backlog, disks, kills, liar, liar_in, line, line_in, neighbour, power, reconfigured, restless,
    retried, severed, twins,
};
use clap::Parser;
use support::medium::Format;

/// A kind of fault, and one round of it, of about half a minute.
struct Fault {
    kind: &'static str,
    needs: Needs,
    round: fn(Round) -> Row,
}

/// What one round is told.
#[derive(Clone, Copy)]
struct Round {
    seed: u64,
    /// One point in so many of a way is struck; which ones, the seed decides.
    every: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    FtpServers,
    Root,
    Media,
    /// Only where it was asked for.
    Power,
}

const FTP_SERVERS: [Carrier; 2] = [Carrier::FtpsWithFacts, Carrier::FtpsBare];

const FAULTS: [Fault; 27] = [
    Fault {
        kind: "random kill under load",
        needs: Needs::Nothing,
        round: |round| kills::under_load(Carrier::Sftp, round.seed, 100),
    },
    Fault {
        kind: "random kill under load, over FTPS",
        needs: Needs::FtpServers,
        round: |round| kills::under_load(in_turn(&FTP_SERVERS, round), round.seed, 60),
    },
    Fault {
        kind: "random kill under load, from media",
        needs: Needs::Media,
        // The driver for FAT in user space fails the partner's own renames under such a load.
        round: |round| kills::under_load(Carrier::Medium(Format::Ext4), round.seed, 60),
    },
    Fault {
        kind: "kill before or after a call",
        needs: Needs::Nothing,
        round: |round| kill_at_points(&WAYS, round),
    },
    Fault {
        kind: "kill before or after a call, coming in",
        needs: Needs::Nothing,
        round: |round| kill_at_points(&WAYS_IN, round),
    },
    Fault {
        kind: "kill before or after a call, over FTPS",
        needs: Needs::FtpServers,
        round: |round| kill_at_points(&WAYS_OVER_FTPS, round),
    },
    Fault {
        kind: "kill before or after a call, from media",
        needs: Needs::Media,
        round: |round| kill_at_points(&WAYS_FROM_MEDIA, round),
    },
    Fault {
        kind: "disk error at a call",
        needs: Needs::Nothing,
        round: |round| fail_at_points(&WAYS, round),
    },
    Fault {
        kind: "disk error at a call, coming in",
        needs: Needs::Nothing,
        round: |round| fail_at_points(&WAYS_IN, round),
    },
    Fault {
        kind: "disk error at a call, over FTPS",
        needs: Needs::FtpServers,
        round: |round| fail_at_points(&WAYS_OVER_FTPS, round),
    },
    Fault {
        kind: "disk error at a call, from media",
        needs: Needs::Media,
        round: |round| fail_at_points(&WAYS_FROM_MEDIA, round),
    },
    Fault {
        kind: "session ended or silent, coming in over FTPS",
        needs: Needs::FtpServers,
        round: |round| severed::trials(in_turn(&FTP_SERVERS, round), round.seed, 24),
    },
    Fault {
        kind: "medium pulled out, coming in",
        needs: Needs::Media,
        round: |round| severed::trials(Carrier::Medium(Format::Ext4), round.seed, 24),
    },
    Fault {
        kind: "partner that changes its files, coming in",
        needs: Needs::Nothing,
        round: |round| restless::trials(in_turn(&carriers(), round), round.seed, 36),
    },
    Fault {
        kind: "line cut, stalled or slow",
        needs: Needs::Nothing,
        round: |round| line::trials(round.seed, 40).total(),
    },
    Fault {
        kind: "line cut, stalled or slow, coming in",
        needs: Needs::Nothing,
        round: |round| line_in::trials(round.seed, 24),
    },
    Fault {
        kind: "partner that lies or fails, coming in",
        needs: Needs::Nothing,
        round: |round| liar_in::trials(round.seed, 16),
    },
    Fault {
        kind: "partner that lies or fails",
        needs: Needs::Nothing,
        round: |round| liar::trials::trials(round.seed, 60).total(),
    },
    Fault {
        kind: "acts by hand, with kills in between",
        needs: Needs::Nothing,
        round: |round| acts::trials(round.seed, 40),
    },
    Fault {
        kind: "kill during a retried step and the starts after it",
        needs: Needs::Nothing,
        round: |round| retried::trials(round.seed, 16),
    },
    Fault { kind: "disk full", needs: Needs::Root, round: |round| disks::full(round.seed, 12) },
    Fault { kind: "disk read-only", needs: Needs::Root, round: |round| disks::read_only(round.seed, 8) },
    Fault {
        kind: "backlog held, stopped, refused or silent",
        needs: Needs::Nothing,
        round: |round| backlog::strikes(round.seed, 6),
    },
    Fault {
        kind: "configuration changed between starts",
        needs: Needs::Nothing,
        round: |round| reconfigured::lives(round.seed, 12),
    },
    Fault { kind: "hostile neighbour", needs: Needs::Root, round: |round| neighbour::bursts(round.seed, 10) },
    Fault { kind: "two gateways", needs: Needs::Nothing, round: |round| twins::intrusions(round.seed, 6) },
    Fault { kind: "power cut", needs: Needs::Power, round: |round| power::cuts(round.seed, 12) },
];

/// Kills, cuts the power of and breaks the disk of a real gateway, and accounts for every file.
#[derive(Debug, Parser)]
#[command(name = "fault-campaign")]
struct Arguments {
    /// How long, in hours.
    #[arg(long, default_value_t = 0.0)]
    hours: f64,
    /// How long, in minutes; added to the hours. Without both, each kind of fault has one round.
    #[arg(long, default_value_t = 0.0)]
    minutes: f64,
    /// Rounds of each kind, whatever the time.
    #[arg(long)]
    rounds: Option<u64>,
    /// Cut the power too: needs root, mkfs.ext4 and loop devices.
    #[arg(long)]
    power: bool,
    /// Only the kind of faults of this name, or else those whose name contains it.
    #[arg(long, value_name = "KIND")]
    only: Option<String>,
    /// The first seed; the next rounds count up from it. Drawn unless given.
    #[arg(long)]
    seed: Option<u64>,
    /// Strike at one point in so many of a way, not at all of them in one round.
    #[arg(long, default_value_t = 8)]
    every: usize,
    /// Ends with the first round that has a finding.
    #[arg(long)]
    until_finding: bool,
    /// Names the kinds and does nothing.
    #[arg(long)]
    list: bool,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        FAULTS.iter().for_each(|fault| println!("{}", fault.kind));
        return ExitCode::SUCCESS;
    }
    let chosen = match chosen(&arguments) {
        Ok(chosen) => chosen,
        Err(reason) => {
            eprintln!("fault-campaign: {reason}");
            return ExitCode::from(2);
        }
    };
    let first = arguments.seed.unwrap_or_else(|| rand::random::<u64>() >> 32);
    println!("first seed {first}; gateway {}", env!("CARGO_BIN_EXE_totatsu"));
    let tally = run(&arguments, &chosen, first);
    println!("\n{tally}");
    if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The kinds that were asked for, or why one of them can't be done here.
fn chosen(arguments: &Arguments) -> Result<Vec<&'static Fault>, String> {
    // A whole name means that kind alone.
    let exact = FAULTS.iter().any(|fault| arguments.only.as_deref() == Some(fault.kind));
    let named = |fault: &&Fault| {
        arguments
            .only
            .as_deref()
            .is_none_or(|only| if exact { fault.kind == only } else { fault.kind.contains(only) })
    };
    let asked = |fault: &&Fault| fault.needs != Needs::Power || arguments.power || arguments.only.is_some();
    let mut chosen = Vec::new();
    for fault in FAULTS.iter().filter(named).filter(asked) {
        match fault.needs.lacking() {
            None => chosen.push(fault),
            Some(lack) if arguments.only.is_some() || fault.needs == Needs::Power => {
                return Err(format!("{} needs {lack}", fault.kind));
            }
            Some(lack) => println!("LEFT OUT: {} needs {lack}", fault.kind),
        }
    }
    if chosen.is_empty() { Err("no such kind; --list names them".to_owned()) } else { Ok(chosen) }
}

impl Needs {
    /// What this machine lacks.
    fn lacking(self) -> Option<&'static str> {
        let (met, need) = match self {
            Needs::Nothing => (true, ""),
            Needs::FtpServers => (
                cfg!(all(have_vsftpd, have_proftpd)),
                "the FTP servers that scripts/test unpacks: run it once",
            ),
            Needs::Root => (cfg!(have_root), "the right to mount file systems: run it as root"),
            Needs::Media => {
                (cfg!(all(have_root, have_loop, have_fat)), "root, loop devices and a driver for FAT")
            }
            Needs::Power => (cfg!(all(have_root, have_loop)), "root, mkfs.ext4 and loop devices"),
        };
        (!met).then_some(need)
    }
}

/// What files can be carried by here.
fn carriers() -> Vec<Carrier> {
    let mut carriers = vec![Carrier::Sftp];
    if Needs::FtpServers.lacking().is_none() {
        carriers.extend(FTP_SERVERS);
    }
    if Needs::Media.lacking().is_none() {
        carriers.extend([Format::Ext4, Format::Fat].map(Carrier::Medium));
    }
    carriers
}

/// The one of these whose turn it is in this round.
fn in_turn(carriers: &[Carrier], Round { seed, .. }: Round) -> Carrier {
    carriers[usize::try_from(seed % carriers.len() as u64).unwrap()]
}

fn run(arguments: &Arguments, chosen: &[&Fault], first: u64) -> Tally {
    let time = Duration::from_secs_f64(arguments.hours * 3600.0 + arguments.minutes * 60.0);
    let (start, mut tally) = (Instant::now(), Tally::default());
    for (round, seed) in (first..).enumerate() {
        let goes_on = match arguments.rounds {
            Some(rounds) => (round as u64) < rounds,
            None => round == 0 || start.elapsed() < time,
        };
        if !goes_on {
            break;
        }
        for fault in chosen {
            if round > 0 && arguments.rounds.is_none() && start.elapsed() >= time {
                break;
            }
            println!("[{:>6} s] {}, seed {seed}", start.elapsed().as_secs(), fault.kind);
            tally.add(fault.kind, one(fault, Round { seed, every: arguments.every.max(1) }));
            if arguments.until_finding && !tally.is_clean() {
                return tally;
            }
        }
    }
    tally
}

/// One round; a panic, as of a gateway that doesn't start any more, is a finding and not the end of the campaign.
fn one(fault: &Fault, round: Round) -> Row {
    catch_unwind(AssertUnwindSafe(|| (fault.round)(round))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let text = format!("the round ended before its account: {}", text.unwrap_or_default());
        Row { findings: vec![Finding { harm: Harm::Lost, seed: round.seed, text }], ..Row::default() }
    })
}

fn kill_at_points(ways: &'static [Way], round: Round) -> Row {
    let (way, first) = share_of(ways, round);
    points::strike_at(round.seed, way, first, round.every, points::kill(Side::of(round.seed / 7)))
}

fn fail_at_points(ways: &'static [Way], round: Round) -> Row {
    let (way, first) = share_of(ways, round);
    points::strike_at(round.seed, way, first, round.every, points::fail(round.seed))
}

/// The way and the points of this round.
fn share_of(ways: &'static [Way], Round { seed, every }: Round) -> (&'static Way, usize) {
    let count = ways.len() as u64;
    let first = seed / count % every as u64;
    (&ways[usize::try_from(seed % count).unwrap()], usize::try_from(first).unwrap())
}
