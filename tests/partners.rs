//! The delivery guarantee against a faulty line and lying partners.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "campaign"]
mod campaign {
    #![allow(dead_code, reason = "each test binary uses a part of it")]
    pub mod liar;
    pub mod line;
    pub mod tally;
    pub mod way;
}
mod support;

use std::time::{Duration, Instant};

use campaign::liar::trials::{Kind, TROUBLES, kinds, requests, trouble_at, try_kind};
use campaign::liar::{Liar, Lies};
use campaign::line::{self, Carried, Fault, How, Line, Toward};
use campaign::tally::{Finding, Row};
use campaign::way::{Breach, Far};
use support::sshd::{Options, Sshd};

fn of_sshd(sshd: &Sshd) -> Far {
    Far {
        port: sshd.port(),
        user: sshd.user().to_owned(),
        host_key: sshd.host_key_line(),
        key_file: sshd.client_key(),
        inbox: sshd.root().to_owned(),
    }
}

/// Tries one thing after another, and fails with all that was found.
fn try_all<T>(things: impl IntoIterator<Item = T>, mut one: impl FnMut(T) -> (String, Vec<Breach>)) {
    let (mut row, start) = (Row::default(), Instant::now());
    for thing in things {
        let (what, breaches) = one(thing);
        let finding = |(harm, words)| Finding { harm, seed: 0, text: format!("{what}: {words}") };
        let findings = breaches.into_iter().map(finding).collect();
        row.add(Row { injected: 1, deliveries: 1, findings });
    }
    println!("{} deliveries in {:?}", row.deliveries, start.elapsed());
    row.must_be_clean();
}

fn try_faults(far: &Far, line: &Line, faults: impl IntoIterator<Item = Fault>) {
    try_all(faults, |fault| {
        let (breaches, outcome) = line::try_fault(far, line, fault);
        (format!("{fault:?} {:?}", outcome.failures), breaches)
    });
}

fn try_kinds(kinds: &[Kind]) {
    let liar = Liar::start();
    try_all(kinds, |kind| {
        let (breaches, outcome) = try_kind(&liar, kind);
        let what = format!("{} {:?}", kind.name, kind.lies.troubles);
        println!("{what}: {} {:?}", outcome.delivery.state(), outcome.failures.last());
        (what, breaches)
    });
}

#[test]
fn each_kind_of_lying_partner_ends_as_the_table_says() {
    try_kinds(&kinds());
}

#[test]
fn trouble_at_any_request_of_a_partner_with_extensions_delivers_once_and_whole() {
    trouble_everywhere(&Lies::default());
}

#[test]
fn trouble_at_any_request_of_a_partner_without_extensions_delivers_once_and_whole() {
    trouble_everywhere(&Lies { plain: true, ..Lies::default() });
}

fn trouble_everywhere(lies: &Lies) {
    let asked = requests(&Liar::start(), lies);
    println!("{asked:?}");
    let at = |number| TROUBLES.map(|trouble| trouble_at(number, trouble, lies));
    let kinds: Vec<Kind> = (0..asked.len()).flat_map(at).collect();
    try_kinds(&kinds);
}

/// Every position of the tail, where close, proof, rename and their answers lie, and some before it.
fn positions(whole: Carried, step: u64) -> Vec<(Toward, u64)> {
    let mut positions = Vec::new();
    for (toward, length, tail) in
        [(Toward::Partner, whole.to_partner, 2000), (Toward::Gateway, whole.to_gateway, 1400)]
    {
        positions.extend(line::tail(length, tail, step).map(|at| (toward, at)));
        positions.extend((0..12).map(|twelfth| (toward, (length - tail) * twelfth / 12)));
    }
    positions
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_cut_at_any_byte_of_the_end_delivers_once_and_whole() {
    let sshd = Sshd::start(Options::default());
    let far = of_sshd(&sshd);
    let line = Line::to(far.port);
    let whole = line::measure(&far, &line);
    println!("{whole:?}");
    let faults = positions(whole, 32)
        .into_iter()
        .map(|(toward, at)| Fault { toward, at, how: How::Cut, connections: 1 });
    try_faults(&far, &line, faults);
}
