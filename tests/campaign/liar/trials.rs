//! Deliveries to partners with bad manners: each kind, and what must be true in the end.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use totatsu::verify::Grade;

use super::{Ask, Liar, Lies, Renames, Stores, Strange, Takes, Trouble, When};
use super::files::THEIRS;
use super::super::tally::{Harm, Tally};
use super::super::way::{self, Breach, FINAL, Outcome, Way};

/// How often a delivery may fail before it counts as still being tried.
const PATIENCE: usize = 8;

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
    /// Held, with these words; somebody else's file is under the final name, untouched.
    HeldForTheirs(&'static str),
    /// Archived with this grade although the partner holds nothing: it lets us ask for nothing, and lied. The grade says
    /// that no more than its word is known.
    Believed(Grade),
}

/// A kind of partner, and its end.
#[derive(Debug, Clone)]
pub struct Kind {
    pub name: &'static str,
    pub lies: Lies,
    pub end: End,
    /// More of the partner's file; what stands before a line `---` comes first in it.
    pub partner: &'static str,
    /// More of the link's `[remote]` table.
    pub remote: &'static str,
}

/// Takes one delivery to a partner of this kind to its end: what it breached, and what happened.
pub fn try_kind(liar: &Liar, kind: &Kind) -> (Vec<Breach>, Outcome) {
    liar.behave(kind.lies.clone());
    let far = liar.far();
    let runtime = way::runtime();
    let outcome = runtime.block_on(async {
        Way::new(far, far.port, kind.partner, kind.remote).deliver(PATIENCE).await
    });
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
    expect(there.is_none() || theirs || ours(&there), Harm::Partial, "other bytes under the final name");
    let stands = |wanted: &str, times: usize| state == wanted && seen == times;
    let (holds, words) = match end {
        End::Arrived(wanted) => {
            (stands("archived", 1) && grade == Some(wanted) && names == [FINAL] && ours(&there), "")
        }
        End::Taken(wanted) => (stands("archived", 1) && grade == Some(wanted) && names.is_empty(), ""),
        End::Believed(wanted) => (stands("archived", 0) && grade == Some(wanted), ""),
        End::Held(words) => (stands("held", 0) && there.is_none(), words),
        End::HeldAfterArrival(words) => (stands("held", 1), words),
        End::Tried(words) => {
            (matches!(state, "waiting" | "unknown") && seen == 0 && there.is_none(), words)
        }
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
        once("denies a link that it made", content, renames(Renames::DoneAndDenied)),
        once("denies a rename that it did", content, Lies { renames: Renames::DoneAndDenied, ..plain() }),
        once("acknowledges a link that it didn't make", content, renames(Renames::AcknowledgedOnly)),
        once(
            "acknowledges a rename that it didn't do",
            content,
            Lies { renames: Renames::AcknowledgedOnly, ..plain() },
        ),
        always("acknowledges every link and makes none", End::Held(""), renames(Renames::AcknowledgedOnly)),
        always(
            "acknowledges every rename and does none",
            End::Held(""),
            Lies { renames: Renames::AcknowledgedOnly, ..plain() },
        ),
        // Files that go.
        always("takes the file away at once", End::Taken(Grade::Content), Lies { takes: Takes::Final, ..Lies::default() }),
        always(
            "takes the file away at once, without extensions",
            End::Taken(Grade::Content),
            Lies { takes: Takes::Final, ..plain() },
        ),
        always("takes the temporary file away", End::Tried("vanished"), Lies { takes: Takes::Closed, ..Lies::default() }),
        // Names that are taken meanwhile.
        always("a name taken before our link", End::HeldForTheirs("already holds"), Lies { intruder: true, ..Lies::default() }),
        always("a name taken before our rename", End::HeldForTheirs("already holds"), Lies { intruder: true, ..plain() }),
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
            End::Arrived(Grade::Close),
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
        always("room for 50000 bytes", End::Tried("disk is full"), Lies { quota: Some(50_000), ..Lies::default() }),
        always("room for 50000 bytes, and can't say so", End::Tried("no more"), Lies { quota: Some(50_000), ..plain() }),
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
        always("reading never ends", End::Tried(""), strange(Strange::Endless)),
        always("reading gives too much", End::Tried("more bytes"), strange(Strange::TooMuch)),
        always("reading gives one byte at a time", content, strange(Strange::OneByte)),
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
        always("shouts goodbye", End::Tried("lost"), strange(Strange::ShoutsGoodbye)),
        once("shouts goodbye once", content, strange(Strange::ShoutsGoodbye)),
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
pub fn trouble_at(number: usize, trouble: Trouble, lies: &Lies) -> Kind {
    let lies = Lies { troubles: vec![(When::Number(number), trouble)], ..lies.clone() };
    Kind { name: "trouble at a request", lies, end: End::Arrived(Grade::Content), partner: "", remote: "" }
}

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
            (trouble_at(at, trouble, &manners[which]), name)
        };
        let (breaches, _) = try_kind(&liar, &kind);
        way::count(&mut tally, &name, seed, &format!("liar::trials number {number}"), &breaches);
    }
    tally
}

/// Every kind of trouble.
pub const TROUBLES: [Trouble; 4] =
    [Trouble::CutBefore, Trouble::CutAfter, Trouble::SilentBefore, Trouble::SilentAfter];
