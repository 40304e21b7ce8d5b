//! How cost grows: the same with one, ten and a hundred times as much, each told for one piece. The peers of the largest are the
//! smaller ones: where cost is linear or better, a piece of many costs no more than one of few.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::gateway::{Gateway, are_intact, contents, numbered, prepare};
use super::measure::{Contender, Sample, in_turn};
use super::plan::Plan;
use super::records;
use super::support::gateway::Address;
use super::support::sshd::{Options, Sshd};
use super::table::{Goal, Outcome, Unit};

const SIZE: usize = 4096;
const LINK: &str = "hikitsugi";
/// What chance does between two runs.
const LINEAR: Goal = Goal::Ratio(1.2);
/// Files that are spread over links or partners, however many there are.
const SPREAD: usize = 400;
/// A municipality's links.
const LINKS: usize = 143;

/// Measures one of the sizes; tells the value of the whole.
type Of<'a> = Box<dyn Fn(usize) -> Sample + 'a>;

pub fn of_records(plan: &Plan) -> Vec<Outcome> {
    let most = plan.count(250_000, 100_000);
    let folders = [1, 10, 100].map(|times| records::Sources::of((most * times / 100) as u64));
    let of = |count: usize| {
        let sources = folders.iter().find(|sources| sources.count == count as u64).expect("it was written");
        sources.convert()
    };
    vec![grown(plan, "growth-records", "records, conversion", most, Box::new(of))]
}

pub fn of_files_waiting(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let of = |files: usize| {
        let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), &sshd, sshd.port(), None);
        let prepared = gateway.home.path().join("prepared");
        prepare(&prepared, files, SIZE);
        fs::create_dir(sshd.root().join("ours")).unwrap();
        gateway.write_link(LINK, "ours");
        gateway.start();
        let started = gateway.started();
        gateway.drop_all(LINK, &prepared);
        gateway.until(LINK, "receipted", files);
        let sample = gateway.cost(&started);
        are_intact(&sshd.root().join("ours"), files, SIZE);
        gateway.home.stop();
        fs::remove_dir_all(sshd.root().join("ours")).unwrap();
        sample
    };
    let most = plan.count(10_000, 1000);
    vec![grown(
        plan,
        "growth-waiting",
        "4 KiB files that come at once over one link, whole deliveries",
        most,
        Box::new(of),
    )]
}

fn grown(plan: &Plan, row: &str, what: &str, most: usize, of: Of<'_>) -> Outcome {
    let of = &of;
    let contender = |times: usize| {
        let count = most * times / 100;
        Contender::new(format!("totatsu, {count}"), move || {
            let sample = of(count);
            Sample { value: sample.value * 1000.0 / count as f64, ..sample }
        })
    };
    let runs = in_turn(plan.rounds(3, 1), [100, 10, 1].map(contender).into());
    let what = format!("{what}: {most}, a tenth and a hundredth of them; time for each");
    Outcome::of(row, what, Unit::Milliseconds, LINEAR, runs)
}

/// So many deliveries, spread over links of one partner.
pub fn of_links(plan: &Plan) -> Vec<Outcome> {
    vec![spread(plan, "growth-links", "links of one partner", |_| "eltax".to_owned())]
}

/// So many deliveries, spread over partners of one link each.
pub fn of_partners(plan: &Plan) -> Vec<Outcome> {
    vec![spread(plan, "growth-partners", "partners of one link each", |number| format!("partner{number}"))]
}

fn spread(plan: &Plan, row: &str, what: &str, partner_of: fn(usize) -> String) -> Outcome {
    let sshd = Sshd::start(Options::default());
    let files = plan.count(SPREAD, SPREAD / 4);
    let contender = |links: usize| {
        let sshd = &sshd;
        Contender::new(format!("totatsu, {links}"), move || over(sshd, links, files, partner_of))
    };
    let runs = in_turn(plan.rounds(3, 1), [100, 10, 1].map(contender).into());
    let what = format!("{files} × 4 KiB over 1, 10 and 100 {what}: time of them all, with start and sign-in");
    // A sign-in for each partner is the partner's price.
    let goal = if row == "growth-partners" { Goal::Ratio(3.0) } else { LINEAR };
    Outcome::of(row, what, Unit::Seconds, goal, runs)
}

fn over(sshd: &Sshd, links: usize, files: usize, partner_of: fn(usize) -> String) -> Sample {
    let mut gateway = with_links(sshd, links, partner_of);
    let _ = fs::remove_dir_all(sshd.root().join("ours"));
    fs::create_dir(sshd.root().join("ours")).unwrap();
    for number in 0..files {
        let outbox = gateway.outbox(&link_of(number % links));
        fs::write(outbox.join(numbered(number)), contents(number, SIZE)).unwrap();
    }
    let started = super::gateway::Started::before_the_start(std::time::Instant::now());
    gateway.start();
    for link in 0..links.min(files) {
        let its = (files - link).div_ceil(links);
        gateway.until(&link_of(link), "receipted", its);
    }
    let sample = gateway.cost(&started);
    are_intact(&sshd.root().join("ours"), files, SIZE);
    gateway.home.stop();
    sample
}

fn with_links(sshd: &Sshd, links: usize, partner_of: fn(usize) -> String) -> Gateway {
    let gateway = Gateway::to_sshd(&std::env::temp_dir(), sshd, sshd.port(), None);
    let (user, host_key, key_file) = (sshd.user(), &sshd.host_key_line(), &sshd.client_key());
    let partner = Address { port: sshd.port(), user, host_key, key_file: Path::new(key_file) }.partner_file();
    for number in 0..links {
        let name = partner_of(number);
        gateway.home.write(&format!("config/partners/{name}.toml"), &partner);
        gateway.write_link_to(&name, &link_of(number), "ours");
    }
    gateway
}

fn link_of(number: usize) -> String {
    format!("link{number:03}")
}

/// What a gateway costs while nothing happens.
pub fn idle(plan: &Plan) -> Vec<Outcome> {
    let sshd = Sshd::start(Options::default());
    let length = Duration::from_secs(plan.count(120, 20) as u64);
    let mut gateway = with_links(&sshd, LINKS, |_| "eltax".to_owned());
    gateway.start();
    // What a start brings with it is over.
    std::thread::sleep(length / 10);
    let runs = in_turn(
        plan.rounds(3, 1),
        vec![Contender::new(format!("totatsu, {LINKS} outbound links"), || {
            let started = gateway.started();
            std::thread::sleep(length);
            let sample = gateway.cost(&started);
            Sample { value: 100.0 * sample.cpu_seconds / sample.value, ..sample }
        })],
    );
    gateway.home.stop();
    let what = format!("an idle gateway for {} s, in percent of one processor", length.as_secs());
    vec![Outcome::of("idle", what, Unit::Percent, Goal::AtMost(0.1), runs)]
}
