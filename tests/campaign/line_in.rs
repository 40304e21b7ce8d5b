//! A line that fails while the partner's files come in: at every step of listing, looking, fetching and removing.
//!
//! Owns trials of the real program over a line of [`super::line`]. For each fault one file is offered and the gateway started
//! anew, so that the fault meets its first connections; the line is well again afterwards. Every file is accounted for as
//! after any other fault.

use std::time::Duration;

use super::account::settle;
use super::inbound::INBOUND;
use super::line::{Carried, Fault, How, Line, Toward};
use super::tally::{Finding, Harm, Row};
use super::way::SHORT;
use super::world::{RENAME, World};

/// Bytes of an offered file: several chunks, so that a fetch can break off between them.
const SIZES: [usize; 3] = [100, 90_000, 400_000];
/// Positions that are drawn for a fault, at most.
const TRIES: usize = 4;

/// A world whose partner is behind a line.
pub struct Distant {
    pub world: World,
    pub line: Line,
}

impl Distant {
    pub fn new(seed: u64) -> Distant {
        let world = World::both_ways(seed, (1, &[RENAME]), &INBOUND);
        let line = Line::to(world.partner.port());
        world.home.write("config/partners/eltax.toml", &(world.partner.file(Some(line.port())) + SHORT));
        Distant { world, line }
    }

    /// Offers one file of so many bytes and collects it over a line with this fault, to its end.
    pub fn collect(&mut self, link: usize, size: usize, fault: Option<Fault>) -> Result<(), String> {
        self.line.arm(fault);
        self.world.offer(link, size);
        self.world.home.start();
        let ended = self.world.until_all_have_ended();
        self.world.home.kill();
        ended
    }
}

/// So many faults that strike at random positions of either direction, in random ways. A position that a connection never
/// comes to is drawn again, a few times.
pub fn trials(seed: u64, how_many: usize) -> Row {
    println!("line, coming in: seed {seed}");
    let mut distant = Distant::new(seed);
    let mut findings = Vec::new();
    let mut struck = 0;
    let plain = measure(&mut distant);
    println!("{plain:?}");
    for number in 0..how_many * TRIES {
        if struck == how_many {
            break;
        }
        let link = number % INBOUND.len();
        let size = distant.world.dice.pick(&SIZES);
        let fault = random_fault(&mut distant.world, plain, size as u64);
        if let Err(why) = distant.collect(link, size, Some(fault)) {
            findings.push(Finding { harm: Harm::Lost, seed, text: format!("{fault:?}: {why}") });
        }
        struck += usize::from(distant.line.struck() > 0);
    }
    println!("line, coming in: {struck} faults struck");
    distant.line.arm(None);
    distant.world.home.start();
    let mut row = settle(&mut distant.world, struck);
    row.findings.extend(findings);
    row
}

/// The most that a connection carries of an undisturbed collection of a small file that is removed in the end.
fn measure(distant: &mut Distant) -> Carried {
    distant.collect(1, 1, None).unwrap();
    let carried = distant.line.carried();
    let most = |of: fn(&Carried) -> u64| carried.iter().map(of).max().unwrap();
    Carried { to_partner: most(|carried| carried.to_partner), to_gateway: most(|carried| carried.to_gateway) }
}

fn random_fault(world: &mut World, plain: Carried, size: u64) -> Fault {
    let dice = &mut world.dice;
    let toward = dice.pick(&[Toward::Partner, Toward::Gateway]);
    let length = match toward {
        Toward::Partner => plain.to_partner,
        Toward::Gateway => plain.to_gateway + size,
    };
    // Most of them strike after sign-in: where it is listed, looked at, fetched and removed.
    let from = dice.pick(&[0, length.saturating_sub(1500 + size), length.saturating_sub(1500)]);
    let at = from + dice.below((length - from).max(1));
    let how = match dice.below(12) {
        0..=3 => How::Cut,
        4 | 5 => How::Reset,
        6 | 7 => How::Stall,
        8 | 9 => How::Late,
        10 => How::Throttle(200_000),
        _ => How::Delay(Duration::from_millis(50)),
    };
    Fault { toward, at, how, connections: u32::try_from(1 + dice.below(3)).unwrap() }
}
