//! A crash, or an error of the disk, at every call of a delivery's way that changes our disk or speaks to the partner.
//!
//! First one delivery is watched and its calls are counted; then, for each point, another one is dropped and struck
//! there. Threads make the counts differ a little from run to run: a point that isn't reached is counted as such.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::account::{check, settle};
use super::inbound::{ANSWERED, COLLECTED, DECODED, IMPORTED, InboundKind, MOVED, REMOVED};
use super::partner::Carrier;
use super::tally::{Finding, Harm, Row};
use super::tracer::{DISK_ERRORS, Point, Strike, Trace, Tracer};
use super::world::{ACKNOWLEDGED, Fate, LinkKind, MARKER, RENAME, STRICT, World, last_lines};
use crate::support::medium::Format;

/// The gateway's code for a disk that can't be trusted.
const UNTRUSTED: i32 = 3;
/// The gateway's code for what it could not do.
const FAILED: i32 = 1;
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);

/// A kind of delivery whose way is struck.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    pub carrier: Carrier,
    pub link: LinkKind,
    /// The way in, over a link of this kind, where it is one.
    pub inbound: Option<InboundKind>,
    /// Records of each file.
    pub records: u64,
    pub fate: Fate,
    /// Files that are dropped together.
    pub files: usize,
    /// One of so many points is enough, because many are alike.
    pub share: usize,
}

const PLAIN: Way = Way {
    name: "plain",
    carrier: Carrier::Sftp,
    link: RENAME,
    inbound: None,
    records: 3,
    fate: Fate::Arrives,
    files: 1,
    share: 1,
};

/// The ways that are struck, the plain one first. The large file is struck in the middle of its upload, which goes on from
/// the part that is there.
pub const WAYS: [Way; 6] = [
    PLAIN,
    Way { name: "marker", link: MARKER, ..PLAIN },
    Way { name: "rejected", fate: Fate::IsRejected, ..PLAIN },
    Way { name: "large", records: 4000, share: 4, ..PLAIN },
    Way { name: "strict", link: STRICT, files: 2, share: 2, ..PLAIN },
    Way { name: "acknowledged", link: ACKNOWLEDGED, ..PLAIN },
];

/// The ways in. Some acknowledgements go out meanwhile, over a link of their own.
pub const WAYS_IN: [Way; 6] = [
    Way { name: "collected", inbound: Some(COLLECTED), ..PLAIN },
    Way { name: "collected and removed", inbound: Some(REMOVED), ..PLAIN },
    Way { name: "collected, imported", inbound: Some(IMPORTED), ..PLAIN },
    Way { name: "collected and acknowledged", inbound: Some(ANSWERED), share: 2, ..PLAIN },
    Way { name: "collected and decoded", inbound: Some(DECODED), ..PLAIN },
    Way { name: "collected and moved", inbound: Some(MOVED), ..PLAIN },
];
/// The ways over FTPS, out and in.
pub const WAYS_OVER_FTPS: [Way; 6] = [
    Way { name: "plain, FTPS", carrier: Carrier::FtpsWithFacts, ..PLAIN },
    Way { name: "collected and removed, FTPS", carrier: Carrier::FtpsWithFacts, ..WAYS_IN[1] },
    Way { name: "collected, FTPS without times", carrier: Carrier::FtpsBare, ..WAYS_IN[0] },
    Way { name: "collected, imported, FTPS without times", carrier: Carrier::FtpsBare, ..WAYS_IN[2] },
    Way { name: "collected and acknowledged, FTPS", carrier: Carrier::FtpsWithFacts, ..WAYS_IN[3] },
    Way { name: "collected and moved, FTPS", carrier: Carrier::FtpsWithFacts, ..WAYS_IN[5] },
];

/// The ways in from a medium.
pub const WAYS_FROM_MEDIA: [Way; 4] = [
    Way { name: "collected, ext4", carrier: Carrier::Medium(Format::Ext4), ..WAYS_IN[0] },
    Way { name: "collected and removed, FAT", carrier: Carrier::Medium(Format::Fat), ..WAYS_IN[1] },
    Way { name: "collected, imported, ext4", carrier: Carrier::Medium(Format::Ext4), ..WAYS_IN[2] },
    Way { name: "collected and moved, FAT", carrier: Carrier::Medium(Format::Fat), ..WAYS_IN[5] },
];

/// Bytes of an offered file: several chunks.
const OFFERED: usize = 40_000;

impl Way {
    fn drop_into(&self, world: &mut World) {
        for _ in 0..self.files {
            match self.inbound {
                Some(_) => world.offer(0, OFFERED),
                None => world.drop_file(0, self.records, self.fate),
            }
        }
    }
}

/// Which side of a call a kill comes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before every other call, after those between.
    BeforeFirst,
    /// The other way round.
    AfterFirst,
}

impl Side {
    pub fn of(seed: u64) -> Side {
        if seed.is_multiple_of(2) { Side::BeforeFirst } else { Side::AfterFirst }
    }
}

/// Kills before one point and after the next.
pub fn kill(side: Side) -> impl FnMut(usize, &Point) -> Option<Strike> {
    let mut before = side == Side::AfterFirst;
    move |_, _| {
        before = !before;
        Some(if before { Strike::KillBefore } else { Strike::KillAfter })
    }
}

/// Lets the disk give one error after the other, beginning with one that the seed decides. What goes to the partner is no
/// affair of the disk.
pub fn fail(seed: u64) -> impl FnMut(usize, &Point) -> Option<Strike> {
    let mut errors = DISK_ERRORS.into_iter().cycle().skip(usize::try_from(seed % 3).unwrap());
    move |_, point| (point.call.class != "line").then(|| Strike::Fail(errors.next().expect("it goes round")))
}

/// Strikes at points of a way: that whose place in the list is `first`, and then at every so-many-th, or fewer where the
/// way's share says so. `strike` says what happens at a point; where it says nothing, the point is left out.
pub fn strike_at(
    seed: u64,
    way: &Way,
    first: usize,
    every: usize,
    mut strike: impl FnMut(usize, &Point) -> Option<Strike>,
) -> Row {
    let mut world = world_of(seed, way);
    let points = points_of(&mut world, way);
    println!("{} way: seed {seed}, {} points", way.name, points.len());
    let (mut row, mut missed, mut untrusted) = (Row::default(), 0, 0);
    for (at, point) in points.iter().enumerate().skip(first).step_by(every * way.share) {
        let Some(strike) = strike(at, point) else { continue };
        let trace = one(&mut world, way, *point, strike, &mut row.findings);
        untrusted += usize::from(trace.code == Some(UNTRUSTED));
        if trace.struck {
            row.injected += 1
        } else {
            missed += 1
        }
        let findings = check(&world);
        if !findings.is_empty() {
            row.deliveries += world.dropped.len();
            row.collections += world.offered.len();
            let told = |finding: Finding| Finding {
                text: format!("{point}, {strike:?}: {}", finding.text),
                ..finding
            };
            row.findings.extend(findings.into_iter().map(told));
            // What was found once is not to be found again at the next point.
            world = world_of(seed, way);
        }
    }
    println!(
        "{} way: {} struck, {missed} not reached; {untrusted} times the gateway said that it can't trust its disk",
        way.name, row.injected
    );
    row.add(settle(&mut world, 0));
    row
}

fn world_of(seed: u64, way: &Way) -> World {
    let links = (1, std::slice::from_ref(&way.link));
    let mut world = World::over(way.carrier, seed, links, way.inbound.as_slice());
    world.home.start();
    world
}

/// Every point of one delivery's way, found by watching one.
fn points_of(world: &mut World, way: &Way) -> Vec<Point> {
    let tracer = Tracer::attach(world.home.daemon_id(), None);
    way.drop_into(world);
    let counts: BTreeMap<_, _> = until_ended(world, tracer, &mut Vec::new()).counts.into_iter().collect();
    for (call, count) in &counts {
        println!("  {call}: {count}");
    }
    world.home.start();
    let ordinals = |(call, count)| (1..=count).map(move |ordinal| Point { call, ordinal });
    counts.into_iter().flat_map(ordinals).collect()
}

/// One delivery, struck at one point, and the restart after it; says what the tracer saw.
fn one(world: &mut World, way: &Way, point: Point, strike: Strike, findings: &mut Vec<Finding>) -> Trace {
    let tracer = Tracer::attach(world.home.daemon_id(), Some((point, strike)));
    way.drop_into(world);
    let known = findings.len();
    let trace = until_ended(world, tracer, findings);
    for finding in &mut findings[known..] {
        finding.text = format!("{point}, {strike:?}: {}", finding.text);
    }
    world.home.start();
    if let Err(why) = world.until_all_have_ended() {
        let text = format!("{point}, {strike:?}: no end was reached: {why}");
        findings.push(Finding { harm: Harm::Lost, seed: world.seed, text });
    }
    trace
}

/// Lets the struck daemon go on until it has ended or its delivery has, without asking it: its answers would be calls
/// too. Then ends it.
fn until_ended(world: &mut World, tracer: Tracer, findings: &mut Vec<Finding>) -> Trace {
    let start = Instant::now();
    let mut find = |text: String| findings.push(Finding { harm: Harm::Misreported, seed: world.seed, text });
    while !tracer.has_ended() && world.archived() < world.due() {
        if start.elapsed() > PATIENCE {
            find(format!("stuck, struck: {}; {}", tracer.has_struck(), last_lines(&world.home.log())));
            break;
        }
        std::thread::sleep(LOOK);
    }
    let trace = tracer.finish();
    // A kill leaves no code; a disk that can't be trusted is told by 3, one without room for the index by 1.
    let no_room = trace.code == Some(FAILED)
        && last_lines(&world.home.log()).contains("the disk has no room for the index");
    if trace.code.is_some_and(|code| code != UNTRUSTED) && !no_room {
        find(format!("the daemon ended with code {:?}: {}", trace.code, last_lines(&world.home.log())));
    }
    if last_lines(&world.home.log()).contains("has not answered for") {
        println!("the index stood still, and the gateway ended");
    }
    world.home.forget_daemon();
    trace
}
