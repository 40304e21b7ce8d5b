//! Deliveries to partners with bad manners: each kind, and what must be true in the end.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use totatsu::verify::Grade;

use super::super::tally::{Harm, Tally};
use super::super::way::{self, Breach, FINAL, Outcome, Way};
use super::files::THEIRS;
use super::{Ask, Liar, Lies, Renames, Stores, Strange, Takes, Trouble, When};

/// How often a delivery may fail before it counts as still being tried.
pub const PATIENCE: usize = 8;

/// A partner's file that wants more bytes a second than a sluggish partner gives.
const DEMANDING: &str = "[throughput]\nminimum = \"256 KiB\"\nover = \"1s\"\n";

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

/// Every kind that is known.
pub fn kinds() -> Vec<Kind> {
    let content = End::Arrived(Grade::Content);
    let always = |name, end, lies| Kind { name, lies, end, partner: "", remote: "" };
    let once = |name, end, lies: Lies| always(name, end, Lies { times: Some(1), ..lies });
    let demanding = |name, end, lies| Kind { partner: DEMANDING, ..always(name, end, lies) };
    let plain = || Lies { plain: true, ..Lies::default() };
    let blind = || vec![Ask::Look, Ask::OpenToRead, Ask::LookAtOpen, Ask::Space];
    let strange = |strange| Lies { strange: Some(strange), ..Lies::default() };
    let stores = |stores| Lies { stores, ..Lies::default() };
    let denies = |ask| Lies { denies: vec![ask], ..Lies::default() };
    let fails = |ask| Lies { fails: vec![ask], ..Lies::default() };
    let renames = |renames| Lies { renames, ..Lies::default() };
    vec![
        always("honest", content, Lies::default()),
        always("honest without extensions", content, plain()),
        always("replaces on rename", content, Lies { rename_replaces: true, ..plain() }),
        // What was acknowledged is not there.
        always("stores nothing", End::Tried("vanished"), stores(Stores::Nothing)),
        once("stores nothing the first time", content, stores(Stores::Nothing)),
        always("stores the first 40000 bytes", End::Tried("holds 40000 bytes"), stores(Stores::Part(40_000))),
        once("stores the first 40000 bytes once", content, stores(Stores::Part(40_000))),
        always("stores no bytes", End::Tried("holds 0 bytes"), stores(Stores::Part(0))),
        always("changes a bit", End::Tried("SHA-256"), stores(Stores::Changed)),
        once("changes a bit once", content, stores(Stores::Changed)),
        once("changes a bit once, without extensions", content, Lies { stores: Stores::Changed, ..plain() }),
        // The name.
        // The name is there, and may be anybody's: a person compares.
        once(
            "denies a link that it made",
            End::HeldAfterArrival("already holds"),
            renames(Renames::DoneAndDenied),
        ),
        once("denies a rename that it did", content, Lies { renames: Renames::DoneAndDenied, ..plain() }),
        once(
            "acknowledges a rename that it didn't do",
            content,
            Lies { renames: Renames::AcknowledgedOnly, ..plain() },
        ),
        always(
            "acknowledges every rename and does none",
            End::Tried("still stands"),
            Lies { renames: Renames::AcknowledgedOnly, ..plain() },
        ),
        // Files that go.
        always(
            "takes the file away at once, without extensions",
            End::Taken(Grade::Content),
            Lies { takes: Takes::Final, ..plain() },
        ),
        always(
            "takes the temporary file away",
            End::Tried("vanished"),
            Lies { takes: Takes::Closed, ..Lies::default() },
        ),
        // Names that are taken meanwhile.
        always(
            "a name taken before our link",
            End::HeldForTheirs("already holds"),
            Lies { intruder: true, ..Lies::default() },
        ),
        always(
            "a name taken before our rename",
            End::HeldForTheirs("already holds"),
            Lies { intruder: true, ..plain() },
        ),
        always(
            "a name taken before our rename, which replaces",
            End::ReplacedTheirs(Grade::Content),
            Lies { intruder: true, rename_replaces: true, ..plain() },
        ),
        // Rights.
        always("write-only inbox", End::Arrived(Grade::Close), Lies { denies: blind(), ..Lies::default() }),
        always(
            "write-only inbox that stores nothing",
            End::Held(""),
            Lies { denies: blind(), stores: Stores::Nothing, ..Lies::default() },
        ),
        always(
            "write-only inbox that stores nothing and acknowledges links",
            End::Believed(Grade::Close),
            Lies {
                denies: blind(),
                stores: Stores::Nothing,
                renames: Renames::AcknowledgedOnly,
                fails: Vec::new(),
                ..Lies::default()
            },
        ),
        always(
            "write-only inbox that stores a part",
            End::Believed(Grade::Close),
            Lies { denies: blind(), stores: Stores::Part(40_000), ..Lies::default() },
        ),
        always(
            "write-only inbox whose close fails and which keeps nothing",
            End::Tried("close failed"),
            Lies { denies: blind(), fails: vec![Ask::Close], ..Lies::default() },
        ),
        always("reading refused", End::Arrived(Grade::Size), denies(Ask::OpenToRead)),
        always("looking refused", content, denies(Ask::Look)),
        always("creating refused", End::Held("denies open"), denies(Ask::Open)),
        always("writing refused", End::Held("denies write"), denies(Ask::Write)),
        always("linking refused", End::Held("denies rename"), denies(Ask::Link)),
        always("renaming refused", End::Held("denies rename"), Lies { denies: vec![Ask::Rename], ..plain() }),
        // Bare failures.
        always(
            "room for 50000 bytes",
            End::Tried("disk is full"),
            Lies { quota: Some(50_000), ..Lies::default() },
        ),
        always(
            "room for 50000 bytes, and can't say so",
            End::Tried("no more"),
            Lies { quota: Some(50_000), ..plain() },
        ),
        always("creating fails", End::Tried("open failed"), fails(Ask::Open)),
        always("writing fails", End::Tried("write failed"), fails(Ask::Write)),
        always("syncing fails", End::Tried("sync failed"), fails(Ask::Sync)),
        always("closing fails", End::Tried("close failed"), fails(Ask::Close)),
        always("links fail", content, fails(Ask::Link)),
        always("looking fails", End::Tried("stat failed"), fails(Ask::Look)),
        always("reading fails", End::Tried("read failed"), fails(Ask::Read)),
        once("creating fails once", content, fails(Ask::Open)),
        once("writing fails once", content, fails(Ask::Write)),
        once("closing fails once", content, fails(Ask::Close)),
        once("syncing fails once", content, fails(Ask::Sync)),
        once("reading fails once", content, fails(Ask::Read)),
        always("removing fails", End::BesideTemporary(Grade::Content), fails(Ask::Remove)),
        always("removing refused", End::BesideTemporary(Grade::Content), denies(Ask::Remove)),
        once("removing fails once", content, fails(Ask::Remove)),
        // Answers that no honest server gives.
        always("huge sizes", End::Tried("18446744073709551615"), strange(Strange::HugeSize)),
        always("untold sizes", content, strange(Strange::NoSize)),
        always("times before 1970", content, strange(Strange::NegativeTime)),
        always("handles of 300 bytes", content, strange(Strange::LongHandle)),
        always("handles that are not text", End::Held("handles"), strange(Strange::BinaryHandle)),
        always("shouts a failure", End::Tried("open failed"), strange(Strange::Shouts(4))),
        always("shouts that the connection is lost", End::Tried("lost"), strange(Strange::Shouts(7))),
        always("shouts a bad message", End::Tried("protocol"), strange(Strange::Shouts(5))),
        always("shouts an unknown status", End::Tried(""), strange(Strange::Shouts(77))),
        once("shouts once", content, strange(Strange::Shouts(4))),
        always("reading never ends", End::Tried("will be sent again"), strange(Strange::Endless)),
        always("reading gives too much", End::Tried("more bytes"), strange(Strange::TooMuch)),
        // Each answer comes before its deadline: the pace is what gives it up.
        demanding(
            "reading gives one byte at a time",
            End::Tried("bytes a second (read)"),
            strange(Strange::OneByte),
        ),
        demanding(
            "answers to reads and writes take half a second",
            End::Tried("bytes a second"),
            strange(Strange::Sluggish),
        ),
        always("reading gives nothing", End::Tried("without bytes"), strange(Strange::EmptyReads)),
        always("answers with the wrong kind", End::Tried("wrong kind"), strange(Strange::WrongKind)),
        once("answers with the wrong kind once", content, strange(Strange::WrongKind)),
        always("answers another request", End::Tried("no answer"), strange(Strange::WrongNumber)),
        once("answers another request once", content, strange(Strange::WrongNumber)),
        always("answers with random bytes", End::Tried(""), strange(Strange::Garbage)),
        once("answers with random bytes once", content, strange(Strange::Garbage)),
        always("answers with 4 GiB", End::Tried(""), strange(Strange::HugePacket)),
        once("answers with 4 GiB once", content, strange(Strange::HugePacket)),
        always("offers 2000 strange extensions", content, strange(Strange::ManyExtensions)),
        always("shouts its name", content, strange(Strange::ShoutsItsName)),
        always("shouts goodbye", End::Tried("lost"), strange(Strange::ShoutsGoodbye)),
        once("shouts goodbye once", content, strange(Strange::ShoutsGoodbye)),
    ]
}

/// Partners that give names by link and then take the file away, or acknowledge a link that they never made: the two can't
/// be told apart, so the old name stays and a person looks.
pub fn link_takers() -> Vec<Kind> {
    let lies = |takes, renames| Lies { takes, renames, ..Lies::default() };
    let kind = |name, end, lies| Kind { name, lies, end, partner: "", remote: "" };
    let cut = |ask, trouble, lies| Lies { troubles: vec![(When::First(ask, 0), trouble)], ..lies };
    let taker = || lies(Takes::Final, Renames::Honestly);
    vec![
        kind("takes the file away between link and removal", End::HeldAfterArrival("unknown"), taker()),
        kind(
            "takes the file away, the answer to the link is lost",
            End::HeldAfterArrival("unknown"),
            cut(Ask::Link, Trouble::CutAfter, taker()),
        ),
        kind(
            "takes the file away, the link is never answered",
            End::HeldAfterArrival("unknown"),
            cut(Ask::Link, Trouble::SilentAfter, taker()),
        ),
        kind(
            "acknowledges a link that it didn't make",
            End::Held("unknown"),
            Lies { times: Some(1), ..lies(Takes::Nothing, Renames::AcknowledgedOnly) },
        ),
        kind(
            "acknowledges every link and makes none",
            End::Held("unknown"),
            lies(Takes::Nothing, Renames::AcknowledgedOnly),
        ),
    ]
}

/// Partners that take files away, and whose profile says so, or that have only the plain rename.
pub fn rename_takers(partner: &'static str, lies: &Lies) -> Vec<Kind> {
    let taker = || Lies { takes: Takes::Final, ..lies.clone() };
    let kind = |name, end, lies| Kind { name, lies, end, partner, remote: "" };
    let cut = |trouble| Lies { troubles: vec![(When::First(Ask::Rename, 0), trouble)], ..taker() };
    let (taken, unknown) = (End::Taken(Grade::Content), End::HeldAfterArrival("unknown"));
    vec![
        kind("takes the file away at once", taken, taker()),
        kind("takes the file away, the rename never came", taken, cut(Trouble::CutBefore)),
        kind("takes the file away, the rename was swallowed", taken, cut(Trouble::SilentBefore)),
        kind("takes the file away, the answer to the rename is lost", unknown, cut(Trouble::CutAfter)),
        kind("takes the file away, the rename is never answered", unknown, cut(Trouble::SilentAfter)),
    ]
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
        let end = match ask {
            Ask::Link | Ask::Rename | Ask::Remove if done => End::Arrived(Grade::Content),
            Ask::Link => end_of_trouble(ask, trouble),
            // What was read is known before the file is closed.
            Ask::CloseRead => End::Arrived(Grade::Content),
            // Two names stand, and the old one can't be removed.
            Ask::Remove => End::TriedAfterArrival,
            _ => End::Tried(""),
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
