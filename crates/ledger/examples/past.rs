//! What the past costs: fills two ledgers with invented deliveries, few and many, and asks both the same, each time in a process of
//! its own. Prints how long opening and each question took, and the most memory, side by side.
//!
//! `cargo run --release -p totatsu-ledger --example past -- [N] [DIRECTORY]`; `scripts/bench-past` says more.

#![allow(clippy::unwrap_used, reason = "a panic is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "only what was asked is shown")]
#![allow(missing_docs, reason = "a program")]

#[path = "../tests/invented/mod.rs"]
mod invented;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use totatsu_base::DeliveryId;
use totatsu_ledger::{Event, Ledger, UnderWayAt, Wanted, WildName};

/// Deliveries of the ledger that the other is compared with.
const FEW: u64 = 100;
/// Deliveries that are under way in both.
const UNDER_WAY: u64 = 20;
/// Deliveries that go their way together.
const TOGETHER: u64 = 256;
/// How often each question is asked.
const ROUNDS: usize = 7;
const QUESTIONS: [&str; 27] = [
    "open",
    "list",
    "list --state",
    "list --state archived,held",
    "list --link",
    "list --link nosuch",
    "list --partner",
    "list --partner nosuch",
    "list --since --until",
    "list --name",
    "list --name nosuch",
    "list --hash",
    "list --hash nosuch",
    "list --by",
    "list --by nosuch",
    "list --by --link --state",
    "list --name irai5*",
    "list --name *5.csv",
    "list --name *ai5?.*",
    "list --name *nosuch*",
    "list --name --link nosuch",
    "list but one link",
    "list --late",
    "list --late nosuch",
    "show",
    "status",
    "same content",
];
/// One in so many deliveries is held and released by hand.
const BY_HAND: u64 = 50;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ask", question, directory] => ask(question, Path::new(directory)),
        _ => compare(&arguments),
    }
}

fn compare(arguments: &[String]) {
    let many: u64 = arguments.first().map_or(100_000, |count| count.parse().unwrap());
    let own = arguments.get(1).is_none().then(|| tempfile::tempdir().unwrap());
    let home = own.as_ref().map_or_else(|| Path::new(&arguments[1]).to_owned(), |own| own.path().to_owned());
    let places = [(FEW, home.join("few")), (many, home.join("many"))];
    for (count, place) in &places {
        if !place.exists() {
            let start = Instant::now();
            fill(place, *count);
            let size = |path: &str| size_of(&place.join(path)) / count;
            println!(
                "{count} deliveries: filled in {:.1} s; bytes of each: journal {}, history {}, sled {}",
                start.elapsed().as_secs_f64(),
                size("journal"),
                size("index/history"),
                (size_of(&place.join("index")) - size_of(&place.join("index/history"))) / count,
            );
        }
    }
    let mut told: HashMap<(usize, usize), Vec<(f64, u64)>> = HashMap::new();
    for _ in 0..ROUNDS {
        for (number, question) in QUESTIONS.iter().enumerate() {
            for (which, (_, place)) in places.iter().enumerate() {
                let program = std::env::current_exe().unwrap();
                let asked = Command::new(program).args(["ask", question]).arg(place).output().unwrap();
                assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
                let text = String::from_utf8(asked.stdout).unwrap();
                let mut words = text.split_whitespace();
                let (time, memory) =
                    (words.next().unwrap().parse().unwrap(), words.next().unwrap().parse().unwrap());
                told.entry((number, which)).or_default().push((time, memory));
            }
        }
    }
    println!("{:26} {:>10} {:>10} {:>6}   memory, MiB", "ms, median", FEW, many, "ratio");
    for (number, question) in QUESTIONS.iter().enumerate() {
        let median = |which: usize| {
            let mut all = told[&(number, which)].clone();
            all.sort_by(|one, other| one.0.total_cmp(&other.0));
            (all[all.len() / 2].0, all.iter().map(|(_, memory)| *memory).max().unwrap() as f64 / 1024.0)
        };
        let ((few, few_memory), (many, many_memory)) = (median(0), median(1));
        println!(
            "{question:26} {few:10.2} {many:10.2} {:6.2}   {few_memory:.0} {many_memory:.0}",
            many / few
        );
    }
}

/// Opens the ledger, asks, and tells the time of both and the most memory.
fn ask(question: &str, directory: &Path) {
    let named = |word: &str| Some(word.to_owned());
    let none = Wanted::default;
    let archived = || Wanted { state: named("archived"), ..none() };
    let like = |name: &str| Wanted { like: Some(WildName::new(name)), ..none() };
    let wanted = match question {
        "list --name --link nosuch" => {
            Wanted { like: Some(WildName::new("*nosuch*")), ..Wanted::of_link(invented::LINKS[1]) }
        }
        "list but one link" => Wanted { not_over: [invented::LINKS[0].to_owned()].into(), ..none() },
        // Nobody was under way for long.
        "list --late nosuch" => {
            Wanted { under_way_at: Some(UnderWayAt { minute: 12 * 60, long: true }), ..archived() }
        }
        "list --late" => Wanted { under_way_at: Some(UnderWayAt { minute: 0, long: true }), ..none() },
        name if name.contains('*') => like(name.trim_start_matches("list --name ")),
        "list --state" => archived(),
        "list --link" => Wanted::of_link(invented::LINKS[1]),
        "list --link nosuch" => Wanted::of_link("nosuch"),
        "list --partner" => Wanted { partner: named("eltax"), ..none() },
        "list --partner nosuch" => Wanted { partner: named("nosuch"), ..none() },
        "list --since --until" => {
            Wanted { from: Some(invented::id(20)), below: Some(invented::id(70)), ..none() }
        }
        "list --name" => Wanted { name: named("irai50.csv"), ..none() },
        "list --name nosuch" => Wanted { name: named("nosuch"), ..none() },
        "list --hash" => Wanted { source: Some(invented::digest_of(500)), ..none() },
        "list --hash nosuch" => Wanted { source: Some(invented::digest_of(7)), ..none() },
        "list --by" => Wanted { by: named("yamada"), ..none() },
        "list --by nosuch" => Wanted { by: named("nosuch"), ..none() },
        "list --by --link --state" => {
            Wanted { by: named("yamada"), state: named("archived"), ..Wanted::of_link(link_of(BY_HAND)) }
        }
        _ => none(),
    };
    let start = Instant::now();
    let (ledger, _) = Ledger::open(directory).unwrap();
    let answers = match question {
        "open" => 1,
        "show" => usize::from(ledger.find(&invented::id(50)).unwrap().is_some()),
        "status" => {
            ledger.unfinished().unwrap().iter().filter(|id| ledger.find(id).unwrap().is_some()).count()
        }
        // As the desk asks it: once for each state.
        "list --state archived,held" => ["archived", "held"]
            .map(|state| Wanted { state: named(state), ..none() })
            .into_iter()
            .map(|wanted| ledger.wanted(wanted).take(50).filter(Result::is_ok).count())
            .sum(),
        "same content" => ledger.with_source(invented::LINKS[0], invented::digest_of(30)).count(),
        _ => ledger.wanted(wanted).take(50).filter(Result::is_ok).count(),
    };
    let took = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(answers == 0, question.contains("nosuch"), "{question}");
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    println!("{took} {}", memory.split_whitespace().next().unwrap());
}

fn fill(place: &Path, count: u64) {
    let (ledger, _) = Ledger::open(place).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for first in (0..count).step_by(TOGETHER as usize) {
            deliver(&ledger, first..count.min(first + TOGETHER)).await;
        }
        let begun = (count..count + UNDER_WAY).map(|number| (invented::id(number), begins(number)));
        ledger.record_all(begun.collect()).await.into_iter().for_each(|recorded| drop(recorded.unwrap()));
    });
}

fn link_of(number: u64) -> &'static str {
    invented::LINKS[number as usize % 3]
}

fn begins(number: u64) -> Event {
    invented::accepted(link_of(number), "eltax", &format!("irai{number}.csv"), number * 10)
}

/// Deliveries that go their whole way beside each other: receipts are issued in the order of their numbers.
async fn deliver(ledger: &Ledger, numbers: std::ops::Range<u64>) {
    let begun = numbers.clone().map(|number| {
        let mut way = vec![begins(number)];
        if number.is_multiple_of(BY_HAND) {
            let (by, reason) = ("yamada".to_owned(), "the example says so".to_owned());
            way.push(Event::HeldByHand { by: by.clone(), reason: reason.clone() });
            way.push(Event::Released { by, reason });
        }
        (invented::id(number), way.into_iter())
    });
    together(ledger, begun.collect()).await;
    let ended = numbers.map(|number| {
        let (id, name, content) = (invented::id(number), format!("Z{number}.DTA"), number * 10);
        let mut way = invented::outward(&id, &name, content);
        way.push(invented::receipted(number + 1, &id, link_of(number), "eltax", &name, content));
        way.push(invented::archived(&id));
        (id, way.into_iter())
    });
    together(ledger, ended.collect()).await;
}

/// Records the first event of each, then the second, and so on.
async fn together(ledger: &Ledger, mut ways: Vec<(DeliveryId, std::vec::IntoIter<Event>)>) {
    loop {
        let next = ways.iter_mut().filter_map(|(id, way)| Some((id.clone(), way.next()?)));
        let next: Vec<_> = next.collect();
        if next.is_empty() {
            return;
        }
        ledger.record_all(next).await.into_iter().for_each(|recorded| drop(recorded.unwrap()));
    }
}

fn size_of(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    // So few that nothing was moved have no history.
    let Ok(metadata) = fs::metadata(path) else { return 0 };
    if metadata.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| size_of(&entry.unwrap().path())).sum()
    } else {
        metadata.blocks() * 512
    }
}
