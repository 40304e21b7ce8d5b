//! Deliveries over a line that fails.
//!
//! SSH is encrypted, so a step of the protocol is hit by its position: an undisturbed delivery is measured first, then run
//! again with a fault at one position after another.

use std::path::Path;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use totatsu::demo::partner::{EmbeddedPartner, USER};

pub use crate::support::line::{Carried, Fault, How, Line, Toward};

use super::tally::{Harm, Tally};
use super::way::{self, Breach, Far, Way};

/// How often a delivery may fail before it counts as never ending; a fault strikes three connections at most.
pub const PATIENCE: usize = 12;

/// What one undisturbed delivery carries.
pub fn measure(far: &Far, line: &Line) -> Carried {
    line.arm(None);
    way::clear(&far.inbox);
    let outcome = way::runtime().block_on(Way::new(far, line.port(), "", "").deliver(PATIENCE));
    assert_eq!(outcome.arrived(&far.inbox), []);
    line.carried()[0]
}

/// One delivery over a line with a fault: what it breached, and what happened.
pub fn try_fault(far: &Far, line: &Line, fault: Fault) -> (Vec<Breach>, way::Outcome) {
    try_fault_with(far, line, fault, "")
}

/// The same with more tables of the partner's file.
pub fn try_fault_with(far: &Far, line: &Line, fault: Fault, partner: &str) -> (Vec<Breach>, way::Outcome) {
    line.arm(Some(fault));
    way::clear(&far.inbox);
    let runtime = way::runtime();
    let outcome = runtime.block_on(async {
        let way = Way::new(far, line.port(), partner, "");
        way.deliver(PATIENCE).await
    });
    let mut breaches = outcome.arrived_or_unknown(far);
    if outcome.receipt.as_ref().is_some_and(|receipt| receipt.grade != totatsu_base::evidence::Grade::Content)
    {
        breaches.push((Harm::Misreported, "an honest partner, and not proven by content".to_owned()));
    }
    (breaches, outcome)
}

/// Positions of the end of a direction in steps of `step` bytes, over the last `tail` bytes and a little beyond.
pub fn tail(length: u64, tail: u64, step: u64) -> impl Iterator<Item = u64> {
    (0..).map(move |number| length.saturating_sub(tail) + number * step).take_while(move |at| *at <= length)
}

/// So many deliveries to an honest partner over a line that fails at random positions, in random ways.
pub fn trials(seed: u64, how_many: u64) -> Tally {
    let inbox = way::folder();
    let (_partner, far) = embedded(inbox.path());
    let line = Line::to(far.port);
    let whole = measure(&far, &line);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    for number in 0..how_many {
        let fault = random_fault(&mut random, whole);
        let (breaches, outcome) = try_fault(&far, &line, fault);
        let what = format!("line::trials number {number} {fault:?} {:?}", outcome.failures);
        way::count(&mut tally, &kind_of(fault), seed, &what, &breaches);
    }
    tally
}

/// The kind of a fault, for counting.
pub fn kind_of(fault: Fault) -> String {
    let how = match fault.how {
        How::Cut => "cut",
        How::Reset => "reset",
        How::Stall => "stall",
        How::Late => "late",
        How::Delay(_) => "delay",
        How::Trickle(_) => "trickle",
        How::Throttle(_) => "throttle",
    };
    let toward = if fault.toward == Toward::Partner { "partner" } else { "gateway" };
    format!("line {how} toward {toward}")
}

fn random_fault(random: &mut SmallRng, whole: Carried) -> Fault {
    let toward = if random.random() { Toward::Partner } else { Toward::Gateway };
    let length = if toward == Toward::Partner { whole.to_partner } else { whole.to_gateway };
    // Half of them strike where close, proof, rename and their answers lie.
    let from = if random.random() { length.saturating_sub(1500) } else { 0 };
    let how = match random.next_u32() % 12 {
        0..=3 => How::Cut,
        4..=6 => How::Reset,
        7 | 8 => How::Stall,
        9 | 10 => How::Late,
        _ => How::Delay(Duration::from_millis(50)),
    };
    Fault { toward, at: random.random_range(from..=length), how, connections: random.random_range(1..=3) }
}

/// The demo's partner, serving `inbox`.
pub fn embedded(inbox: &Path) -> (EmbeddedPartner, Far) {
    let root = inbox.join("inbox");
    std::fs::create_dir(&root).unwrap();
    let partner = EmbeddedPartner::start(&root).unwrap();
    let key_file = inbox.join("key");
    partner.write_client_key(&key_file).unwrap();
    let (port, user) = (partner.port(), USER.to_owned());
    let host_key = partner.host_key_line().trim().to_owned();
    let far = Far { port, user, host_key, key_file, inbox: root, names_in_two_steps: true };
    (partner, far)
}
