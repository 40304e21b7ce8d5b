//! The table: each kind of lying partner, and what must be true in the end.

use totatsu_base::evidence::Grade;

use super::trials::{End, Kind};
use super::{Ask, Lies, Renames, Stores, Strange, Takes, Trouble, When};

/// A partner's file that wants more bytes a second than a sluggish partner gives.
const DEMANDING: &str = "[throughput]\nminimum = \"256 KiB\"\nover = \"1s\"\n";

/// The end of everything that can be helped.
const CONTENT: End = End::Arrived(Grade::Content);

/// Every kind that is known.
pub fn kinds() -> Vec<Kind> {
    [storing(), naming(), granting(), failing(), strange_answers()].concat()
}

/// Partners that store what they are given, and partners that don't.
fn storing() -> Vec<Kind> {
    vec![
        always("honest", CONTENT, Lies::default()),
        always("honest without extensions", CONTENT, plain()),
        always("replaces on rename", CONTENT, Lies { rename_replaces: true, ..plain() }),
        always("stores nothing", End::Tried("vanished"), stores(Stores::Nothing)),
        once("stores nothing the first time", CONTENT, stores(Stores::Nothing)),
        always("stores the first 40000 bytes", End::Tried("holds 40000 bytes"), stores(Stores::Part(40_000))),
        once("stores the first 40000 bytes once", CONTENT, stores(Stores::Part(40_000))),
        always("stores no bytes", End::Tried("holds 0 bytes"), stores(Stores::Part(0))),
        always("changes a bit", End::Tried("SHA-256"), stores(Stores::Changed)),
        once("changes a bit once", CONTENT, stores(Stores::Changed)),
        once("changes a bit once, without extensions", CONTENT, Lies { stores: Stores::Changed, ..plain() }),
    ]
}

/// Partners that say something else of a name than what they did, take files away, or have the name taken meanwhile.
fn naming() -> Vec<Kind> {
    vec![
        once("denies a link that it made", CONTENT, renames(Renames::DoneAndDenied)),
        once("denies a rename that it did", CONTENT, Lies { renames: Renames::DoneAndDenied, ..plain() }),
        once(
            "acknowledges a rename that it didn't do",
            CONTENT,
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
    ]
}

/// Partners that let us do less than everything.
fn granting() -> Vec<Kind> {
    vec![
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
        always("looking refused", CONTENT, denies(Ask::Look)),
        always("creating refused", End::Held("denies open"), denies(Ask::Open)),
        always("writing refused", End::Held("denies write"), denies(Ask::Write)),
        always("linking refused", End::Held("denies rename"), denies(Ask::Link)),
        always("renaming refused", End::Held("denies rename"), Lies { denies: vec![Ask::Rename], ..plain() }),
    ]
}

/// Partners that fail, and say no more than that.
fn failing() -> Vec<Kind> {
    vec![
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
        always("links fail", CONTENT, fails(Ask::Link)),
        always("looking fails", CONTENT, fails(Ask::Look)),
        always("reading fails", End::Tried("read failed"), fails(Ask::Read)),
        once("creating fails once", CONTENT, fails(Ask::Open)),
        once("writing fails once", CONTENT, fails(Ask::Write)),
        once("closing fails once", CONTENT, fails(Ask::Close)),
        once("syncing fails once", CONTENT, fails(Ask::Sync)),
        once("reading fails once", CONTENT, fails(Ask::Read)),
        always("removing fails", End::BesideTemporary(Grade::Content), fails(Ask::Remove)),
        always("removing refused", End::BesideTemporary(Grade::Content), denies(Ask::Remove)),
        once("removing fails once", CONTENT, fails(Ask::Remove)),
    ]
}

/// Partners that give answers which no honest server gives.
fn strange_answers() -> Vec<Kind> {
    vec![
        always("huge sizes", End::Tried("18446744073709551615"), strange(Strange::HugeSize)),
        always("untold sizes", CONTENT, strange(Strange::NoSize)),
        always("times before 1970", CONTENT, strange(Strange::NegativeTime)),
        always("handles of 300 bytes", CONTENT, strange(Strange::LongHandle)),
        always("handles that are not text", CONTENT, strange(Strange::BinaryHandle)),
        always("shouts a failure", End::Tried("open failed"), strange(Strange::Shouts(4))),
        always("shouts that the connection is lost", End::Tried("lost"), strange(Strange::Shouts(7))),
        always("shouts a bad message", End::Tried("protocol"), strange(Strange::Shouts(5))),
        always("shouts an unknown status", End::Tried(""), strange(Strange::Shouts(77))),
        once("shouts once", CONTENT, strange(Strange::Shouts(4))),
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
        once("answers with the wrong kind once", CONTENT, strange(Strange::WrongKind)),
        always("answers another request", End::Tried("no answer"), strange(Strange::WrongNumber)),
        once("answers another request once", CONTENT, strange(Strange::WrongNumber)),
        always("answers with random bytes", End::Tried(""), strange(Strange::Garbage)),
        once("answers with random bytes once", CONTENT, strange(Strange::Garbage)),
        always("answers with 4 GiB", End::Tried(""), strange(Strange::HugePacket)),
        once("answers with 4 GiB once", CONTENT, strange(Strange::HugePacket)),
        always("offers 2000 strange extensions", CONTENT, strange(Strange::ManyExtensions)),
        always("shouts its name", CONTENT, strange(Strange::ShoutsItsName)),
        always("shouts goodbye", End::Tried("lost"), strange(Strange::ShoutsGoodbye)),
        once("shouts goodbye once", CONTENT, strange(Strange::ShoutsGoodbye)),
    ]
}

/// Partners that give names by link and then take the file away, or acknowledge a link once that they never made: the two
/// can't be told apart, so the old name stays and a person looks. One that makes no link at all, and acknowledges the plain
/// rename that follows without carrying it out, is looked at by a person too.
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

/// A partner that always behaves like this.
fn always(name: &'static str, end: End, lies: Lies) -> Kind {
    Kind { name, lies, end, partner: "", remote: "" }
}

/// A partner that does so once, and is honest from then on.
fn once(name: &'static str, end: End, lies: Lies) -> Kind {
    always(name, end, Lies { times: Some(1), ..lies })
}

/// A partner of which more bytes a second are demanded.
fn demanding(name: &'static str, end: End, lies: Lies) -> Kind {
    Kind { partner: DEMANDING, ..always(name, end, lies) }
}

fn plain() -> Lies {
    Lies { plain: true, ..Lies::default() }
}

/// What a write-only inbox denies.
fn blind() -> Vec<Ask> {
    vec![Ask::Look, Ask::OpenToRead, Ask::LookAtOpen, Ask::Space]
}

fn strange(strange: Strange) -> Lies {
    Lies { strange: Some(strange), ..Lies::default() }
}

fn stores(stores: Stores) -> Lies {
    Lies { stores, ..Lies::default() }
}

fn denies(ask: Ask) -> Lies {
    Lies { denies: vec![ask], ..Lies::default() }
}

fn fails(ask: Ask) -> Lies {
    Lies { fails: vec![ask], ..Lies::default() }
}

fn renames(renames: Renames) -> Lies {
    Lies { renames, ..Lies::default() }
}
