//! Deliveries to partners with bad manners: each kind, and what must be true in the end.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use totatsu_base::evidence::Grade;

use super::super::tally::{Harm, Tally};
use super::super::way::{self, Breach, FINAL, Outcome, Way};
use super::files::THEIRS;
use super::kinds::kinds;
use super::{Ask, Liar, Lies, Trouble, When};

/// How often a delivery may fail before it counts as still being tried.
pub const PATIENCE: usize = 8;

/// What must be true in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Archived with this grade; the partner holds the file under its name, and has seen it once.
    Arrived(Grade),
    /// Archived with this grade; the partner has seen it once, and taken it away.
    Taken(Grade),
    /// Held, with these words in the reason; the partner saw nothing under the final name.
    Held(&'static str),
    /// Held, with these words; the partner has seen the file once, and a person has to find that out.
    HeldAfterArrival(&'static str),
    /// Still tried, with these words in the reason; the partner saw nothing under the final name.
    Tried(&'static str),
    /// Still tried; the partner has the whole file under its final name, and our temporary name beside it.
    TriedAfterArrival,
    /// As `Arrived` by content, or held as unknown with nothing under the final name.
    ArrivedOrUnknown,
    /// Archived or held; the partner has seen it once at most, and once if it is archived.
    AtMostOnce,
    /// Held, with these words; somebody else's file is under the final name, untouched.
    HeldForTheirs(&'static str),
    /// Archived with this grade although the partner holds nothing, or a part: it lets us ask for nothing, and lied. The
    /// grade says that no more than its word is known.
    Believed(Grade),
    /// Archived with this grade; our temporary name stands beside the final one, and the receipt says so.
    BesideTemporary(Grade),
    /// Archived with this grade, and somebody else's file, which came between our look and the rename, is gone. A server
    /// whose plain rename replaces and which has no links leaves us no means against it; the receipt names the means used.
    ReplacedTheirs(Grade),
}

/// A kind of partner, and its end.
#[derive(Debug, Clone)]
pub struct Kind {
    pub name: &'static str,
    pub lies: Lies,
    pub end: End,
    /// More tables of the partner's file.
    pub partner: &'static str,
    /// More of the link's `[remote]` table.
    pub remote: &'static str,
}

/// Takes one delivery to a partner of this kind to its end: what it breached, and what happened.
pub fn try_kind(liar: &Liar, kind: &Kind) -> (Vec<Breach>, Outcome) {
    try_kind_so_often(liar, kind, PATIENCE)
}

/// The same with another number of failures.
pub fn try_kind_so_often(liar: &Liar, kind: &Kind, patience: usize) -> (Vec<Breach>, Outcome) {
    liar.behave(kind.lies.clone());
    let far = liar.far();
    let runtime = way::runtime();
    let outcome = runtime
        .block_on(async { Way::new(far, far.port, kind.partner, kind.remote).deliver(patience).await });
    (breaches(liar, kind.end, &outcome), outcome)
}

/// The same, where the gateway ends the moment the partner meets the kind's trouble, and starts again.
pub fn try_kind_and_end(liar: &Liar, kind: &Kind) -> (Vec<Breach>, Outcome) {
    liar.behave(kind.lies.clone());
    let (far, runtime) = (liar.far(), way::runtime());
    let way = Way::new(far, far.port, kind.partner, kind.remote);
    let outcome = runtime.block_on(way.deliver_in_two_lives(PATIENCE, || liar.met_trouble()));
    (breaches(liar, kind.end, &outcome), outcome)
}

fn breaches(liar: &Liar, end: End, outcome: &Outcome) -> Vec<Breach> {
    let inbox = &liar.far().inbox;
    let names = way::names_in(inbox);
    let there = std::fs::read(inbox.join(FINAL)).ok();
    let ours = |bytes: &Option<Vec<u8>>| bytes.is_some() && *bytes == outcome.sent;
    let (state, grade) = (outcome.delivery.state(), outcome.receipt.as_ref().map(|receipt| receipt.grade));
    let last = outcome.failures.last().map(String::as_str).unwrap_or_default();
    let seen = liar.seen().into_iter().filter(|seen| seen.name.trim_start_matches('/') == FINAL).count();
    let mut breaches = outcome.breaches.clone();
    let mut expect = |holds: bool, harm: Harm, words: &str| {
        if !holds {
            let failures = &outcome.failures;
            let words = format!(
                "{words}: state {state}, grade {grade:?}, seen {seen} times, the partner holds {names:?}, {failures:?}"
            );
            breaches.push((harm, words));
        }
    };
    expect(seen <= 1, Harm::Duplicated, "the partner saw the file more than once");
    let theirs = there.as_deref() == Some(THEIRS);
    let believed = matches!(end, End::Believed(_));
    expect(
        there.is_none() || theirs || believed || ours(&there),
        Harm::Partial,
        "other bytes under the final name",
    );
    let says = |words: &str| {
        let asked = outcome.receipt.iter().flat_map(|receipt| &receipt.asked);
        asked.into_iter().any(|asked| asked.answered.contains(words))
    };
    let stands = |wanted: &str, times: usize| state == wanted && seen == times;
    let (holds, words) = match end {
        End::Arrived(wanted) => {
            (stands("archived", 1) && grade == Some(wanted) && names == [FINAL] && ours(&there), "")
        }
        End::Taken(wanted) => (stands("archived", 1) && grade == Some(wanted) && names.is_empty(), ""),
        End::Believed(wanted) => (state == "archived" && grade == Some(wanted), ""),
        End::BesideTemporary(wanted) => {
            let both = names.len() == 2 && names.contains(&FINAL.to_owned()) && ours(&there);
            (stands("archived", 1) && grade == Some(wanted) && both && says("doesn't let us remove"), "")
        }
        End::ReplacedTheirs(wanted) => {
            let replaced = names == [FINAL] && ours(&there) && says("onto a name that was free");
            (stands("archived", 1) && grade == Some(wanted) && replaced, "")
        }
        End::Held(words) => (stands("held", 0) && there.is_none(), words),
        End::HeldAfterArrival(words) => (stands("held", 1), words),
        End::Tried(words) => {
            (matches!(state, "waiting" | "unknown" | "queued") && seen == 0 && there.is_none(), words)
        }
        End::TriedAfterArrival => {
            (matches!(state, "waiting" | "unknown" | "queued") && seen == 1 && ours(&there), "")
        }
        End::ArrivedOrUnknown => {
            let unknown = stands("held", 0) && last.starts_with("unknown") && there.is_none();
            (unknown || stands("archived", 1) && grade == Some(Grade::Content) && names == [FINAL], "")
        }
        End::AtMostOnce => (state == "held" && seen <= 1 || stands("archived", 1), ""),
        End::HeldForTheirs(words) => (stands("held", 0) && theirs, words),
    };
    expect(holds && last.contains(words), Harm::Misreported, &format!("not {end:?}"));
    breaches
}

/// The requests of one undisturbed delivery to a partner with these manners.
pub fn requests(liar: &Liar, lies: &Lies) -> Vec<Ask> {
    liar.behave(lies.clone());
    let far = liar.far();
    let outcome = way::runtime().block_on(Way::new(far, far.port, "", "").deliver(PATIENCE));
    assert!(outcome.archived(), "{outcome:?}");
    liar.asked()
}

/// Trouble at one request after another, of an honest partner otherwise.
pub fn trouble_at(number: usize, ask: Ask, trouble: Trouble, lies: &Lies) -> Kind {
    let lies = Lies { troubles: vec![(When::Number(number), trouble)], ..lies.clone() };
    Kind { name: "trouble at a request", lies, end: end_of_trouble(ask, trouble), partner: "", remote: "" }
}

/// A link that never came can't be told from one under which the file was taken away: a person looks.
fn end_of_trouble(ask: Ask, trouble: Trouble) -> End {
    match (ask, trouble) {
        (Ask::Link, Trouble::CutBefore | Trouble::SilentBefore) => End::Held("unknown"),
        _ => End::Arrived(Grade::Content),
    }
}

/// The first three requests of one kind meet trouble.
pub fn trouble_three_times(lies: &Lies) -> Vec<Kind> {
    let kind = |(ask, trouble)| Kind {
        lies: Lies { troubles: vec![(When::First(ask, 2), trouble)], ..lies.clone() },
        ..trouble_at(0, ask, trouble, lies)
    };
    ASKED.iter().flat_map(|ask| TROUBLES.map(|trouble| (*ask, trouble))).map(kind).collect()
}

/// Every request of one kind meets trouble, for ever: it is tried again until a person is asked, unless what is asked for
/// can be seen to be done.
pub fn trouble_for_ever(lies: &Lies) -> Vec<Kind> {
    let kind = |(ask, trouble)| {
        let done = matches!(trouble, Trouble::CutAfter | Trouble::SilentAfter);
        let named = matches!(ask, Ask::Link | Ask::Rename | Ask::Remove);
        let end = if done && named || ask == Ask::CloseRead {
            // A name that was given can be seen, and what was read is known before the file is closed.
            End::Arrived(Grade::Content)
        } else if ask == Ask::Link {
            end_of_trouble(ask, trouble)
        } else if ask == Ask::Remove {
            // Two names stand, and the old one can't be removed.
            End::TriedAfterArrival
        } else {
            End::Tried("")
        };
        let lies = Lies { troubles: vec![(When::First(ask, usize::MAX - 1), trouble)], ..lies.clone() };
        Kind { name: "trouble for ever", lies, end, partner: "", remote: "" }
    };
    let asked = ASKED
        .iter()
        .filter(|ask| !lies.plain || !matches!(ask, Ask::Limits | Ask::Sync | Ask::Link | Ask::Remove));
    let asked = asked.filter(|ask| lies.plain || **ask != Ask::Rename);
    asked.flat_map(|ask| TROUBLES.map(|trouble| (*ask, trouble))).map(kind).collect()
}

/// What a partner is asked in a delivery, one of each.
const ASKED: [Ask; 18] = [
    Ask::Connect,
    Ask::SignIn,
    Ask::Channel,
    Ask::Subsystem,
    Ask::Version,
    Ask::Limits,
    Ask::Open,
    Ask::Write,
    Ask::Sync,
    Ask::Close,
    Ask::Look,
    Ask::OpenToRead,
    Ask::LookAtOpen,
    Ask::Read,
    Ask::CloseRead,
    Ask::Link,
    Ask::Rename,
    Ask::Remove,
];

/// So many deliveries: to partners of random kinds, and to honest ones that meet trouble at a random request.
pub fn trials(seed: u64, how_many: u64) -> Tally {
    let (liar, kinds) = (Liar::start(), kinds());
    let manners = [Lies::default(), Lies { plain: true, ..Lies::default() }];
    let asked = manners.clone().map(|lies| requests(&liar, &lies));
    let mut random = SmallRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    for number in 0..how_many {
        let (kind, name) = if random.random() {
            let kind = kinds[random.random_range(0..kinds.len())].clone();
            let name = format!("partner {}", kind.name);
            (kind, name)
        } else {
            let which = random.random_range(0..manners.len());
            let at = random.random_range(0..asked[which].len());
            let trouble = TROUBLES[random.random_range(0..TROUBLES.len())];
            let name = format!("partner {trouble:?} at {:?}", asked[which][at]);
            (trouble_at(at, asked[which][at], trouble, &manners[which]), name)
        };
        let (breaches, _) = try_kind(&liar, &kind);
        way::count(&mut tally, &name, seed, &format!("liar::trials number {number}"), &breaches);
    }
    tally
}

/// Every kind of trouble.
pub const TROUBLES: [Trouble; 4] =
    [Trouble::CutBefore, Trouble::CutAfter, Trouble::SilentBefore, Trouble::SilentAfter];
