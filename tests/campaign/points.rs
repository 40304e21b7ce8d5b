//! A crash, or an error of the disk, at every call of a delivery's way that changes our disk or speaks to the partner.
//!
//! First one delivery is watched and its calls are counted; then, for each point, another one is dropped and struck
//! there. Threads make the counts differ a little from run to run: a point that isn't reached is counted as such.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::account::{check, settle};
use super::tally::{Finding, Harm, Row};
use super::tracer::{Point, Strike, Trace, Tracer};
use super::world::{Fate, LinkKind, MARKER, RENAME, World, last_lines};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);

/// A kind of delivery whose way is struck.
#[derive(Debug, Clone)]
pub struct Way {
    pub name: &'static str,
    pub link: LinkKind,
    /// Records of the file.
    pub records: u64,
    pub fate: Fate,
}

/// The ways that are struck, the plain one first.
pub const WAYS: [Way; 3] = [
    Way { name: "plain", link: RENAME, records: 3, fate: Fate::Arrives },
    Way { name: "marker", link: MARKER, records: 3, fate: Fate::Arrives },
    Way { name: "rejected", link: RENAME, records: 3, fate: Fate::IsRejected },
];

/// Strikes at points of a way: at each whose place in the list is `first` or `every` further, with the strike that
/// `strike` gives for that place; nothing leaves it out.
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
    let (mut row, mut missed) = (Row::default(), 0);
    for (at, point) in points.iter().enumerate().skip(first).step_by(every) {
        let Some(strike) = strike(at, point) else { continue };
        let struck = one(&mut world, way, *point, strike, &mut row.findings);
        if struck {
            row.injected += 1
        } else {
            missed += 1
        }
        let findings = check(&world);
        if !findings.is_empty() {
            row.deliveries += world.dropped.len();
            let told = |finding: Finding| Finding {
                text: format!("{point}, {strike:?}: {}", finding.text),
                ..finding
            };
            row.findings.extend(findings.into_iter().map(told));
            // What was found once is not to be found again at the next point.
            world = world_of(seed, way);
        }
    }
    println!("{} way: {} struck, {missed} not reached", way.name, row.injected);
    row.add(settle(&mut world, 0));
    row
}

fn world_of(seed: u64, way: &Way) -> World {
    let mut world = World::new(seed, 1, std::slice::from_ref(&way.link));
    world.home.start();
    world
}

/// Every point of one delivery's way, found by watching one.
fn points_of(world: &mut World, way: &Way) -> Vec<Point> {
    let tracer = Tracer::attach(world.home.daemon_id(), None);
    world.drop_file(0, way.records, way.fate);
    let counts: BTreeMap<_, _> = until_ended(world, tracer, &mut Vec::new()).counts.into_iter().collect();
    for (call, count) in &counts {
        println!("  {call}: {count}");
    }
    world.home.start();
    let ordinals = |(call, count)| (1..=count).map(move |ordinal| Point { call, ordinal });
    counts.into_iter().flat_map(ordinals).collect()
}

/// One delivery, struck at one point, and the restart after it; says whether the point was reached.
fn one(world: &mut World, way: &Way, point: Point, strike: Strike, findings: &mut Vec<Finding>) -> bool {
    let tracer = Tracer::attach(world.home.daemon_id(), Some((point, strike)));
    world.drop_file(0, way.records, way.fate);
    let struck = until_ended(world, tracer, findings).struck;
    world.home.start();
    if let Err(why) = world.until_all_have_ended() {
        let text = format!("{point}, {strike:?}: no end was reached: {why}");
        findings.push(Finding { harm: Harm::Lost, seed: world.seed, text });
    }
    struck
}

/// Lets the struck daemon go on until it has ended or its delivery has, without asking it: its answers would be calls
/// too. Then ends it.
fn until_ended(world: &mut World, tracer: Tracer, findings: &mut Vec<Finding>) -> Trace {
    let start = Instant::now();
    let mut find = |text: String| findings.push(Finding { harm: Harm::Misreported, seed: world.seed, text });
    while !tracer.has_ended() && world.archived() < world.dropped.len() {
        if start.elapsed() > PATIENCE {
            find(format!("stuck, struck: {}; {}", tracer.has_struck(), last_lines(&world.home.log())));
            break;
        }
        std::thread::sleep(LOOK);
    }
    let trace = tracer.finish();
    // A kill leaves no code; a disk that can't be trusted is told by 3.
    if trace.code.is_some_and(|code| code != 3) {
        find(format!("the daemon ended with code {:?}: {}", trace.code, last_lines(&world.home.log())));
    }
    world.home.forget_daemon();
    trace
}
