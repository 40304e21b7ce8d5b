//! Partners that offer files and lie about them: each kind, and what must be true in the end.
//!
//! Owns the table. Whatever the end, no collection ever holds bytes that the partner didn't have as one file, and nothing
//! is placed twice.

use std::fs;
use std::time::{Duration, Instant};

use totatsu_base::digest::Sha256;

use super::liar::listings::content;
use super::liar::{Ask, Liar, Lies, Listings, MidRead, Offers, Strange, Trouble, When};
use super::tally::{Finding, Harm, Row};
use super::way::{self, Breach, SHORT};
use super::world::Dice;
use crate::support::gateway::{Home, names_in};

/// The file that the partner offers.
pub const NAME: &str = "N.DAT";
/// More than the two chunks that a server lets us read at once.
const SIZE: usize = 700_000;
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// What must be true in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Archived, with all that the partner has now or had before; placed once. Nothing else is collected.
    Collected,
    /// The same, and the operator is told these words.
    CollectedAndTold(&'static str),
    /// Held with these words; nothing is placed.
    Held(&'static str),
    /// Tried again and again with these words; nothing is placed.
    Tried(&'static str),
    /// Placed once, and then something is held, tried again or waited for with these words.
    PlacedThen(&'static str),
    /// No collection begins, and the operator is told these words.
    Told(&'static str),
}

/// A kind of partner, and its end.
#[derive(Debug, Clone)]
pub struct Kind {
    pub name: &'static str,
    pub lies: Lies,
    /// More of the link's `[remote]` table.
    pub remote: &'static str,
    pub end: End,
}

const DELETE: &str = "afterwards = \"delete\"\n";
const MOVE: &str = "afterwards = \"move\"\nmove_to = \"done\"\n";

/// Every kind.
pub fn kinds() -> Vec<Kind> {
    [while_it_is_read(), when_it_is_listed_or_put_away()].into_iter().flatten().collect()
}

fn kind(name: &'static str, remote: &'static str, end: End, lies: Lies) -> Kind {
    Kind { name, lies, remote, end }
}

fn offers(offers: Offers) -> Lies {
    Lies { offers, ..Lies::default() }
}

/// Lies about the file's bytes, size and times.
fn while_it_is_read() -> Vec<Kind> {
    let mid_read = |mid_read| offers(Offers { mid_read: Some(mid_read), ..Offers::default() });
    let strange = |strange| Lies { strange: Some(strange), ..Lies::default() };
    let changed = "changed";
    vec![
        kind("honest", DELETE, End::Collected, Lies::default()),
        kind("changes it while it is read: other bytes", DELETE, End::Collected, mid_read(MidRead::Other)),
        kind("changes it while it is read: longer", DELETE, End::Collected, mid_read(MidRead::Longer)),
        kind("changes it while it is read: shorter", DELETE, End::Collected, mid_read(MidRead::Shorter)),
        kind(
            "removes it while it is read",
            DELETE,
            End::Held("is gone at the partner"),
            mid_read(MidRead::Gone),
        ),
        kind(
            "tells more bytes than it gives",
            DELETE,
            End::Tried(changed),
            offers(Offers { tells_more: 10, ..Offers::default() }),
        ),
        kind(
            "tells fewer bytes than it gives",
            DELETE,
            End::Tried(changed),
            offers(Offers { tells_more: -10, ..Offers::default() }),
        ),
        kind("gone before it is read", DELETE, End::Held("is gone"), strange(Strange::NoneToRead)),
        kind("tells no size", DELETE, End::Held("does not offer the size"), strange(Strange::NoSize)),
        kind("tells 2^64 - 1 bytes", DELETE, End::Told("disk"), strange(Strange::HugeSize)),
        kind("tells times before 1970", DELETE, End::Collected, strange(Strange::NegativeTime)),
        kind("tells no times", DELETE, End::Collected, strange(Strange::NoTime)),
        kind(
            "tells no times, and changes it while it is read",
            DELETE,
            End::Collected,
            Lies { strange: Some(Strange::NoTime), ..mid_read(MidRead::Other) },
        ),
        kind("reading never ends", DELETE, End::Tried(changed), strange(Strange::Endless)),
        kind(
            "tells another time at each look",
            DELETE,
            End::Tried(changed),
            offers(Offers { restless: true, ..Offers::default() }),
        ),
    ]
}

/// Lies about the directory, and refusals.
fn when_it_is_listed_or_put_away() -> Vec<Kind> {
    let listing = |listings| offers(Offers { listings, ..Offers::default() });
    vec![
        kind("lists hostile names", DELETE, End::Collected, listing(Listings::Hostile)),
        kind("lists the name twice", DELETE, End::Collected, listing(Listings::Twice)),
        kind(
            "lists 150,000 entries",
            DELETE,
            End::CollectedAndTold("more than can be listed"),
            listing(Listings::Many(150_000)),
        ),
        kind(
            "a listing never ends",
            DELETE,
            End::CollectedAndTold("more than can be listed"),
            listing(Listings::Endless),
        ),
        kind(
            "refuses to remove",
            DELETE,
            End::PlacedThen("denies remove"),
            Lies { denies: vec![Ask::Remove], ..Lies::default() },
        ),
        kind(
            "refuses to rename",
            MOVE,
            End::PlacedThen("denies rename"),
            Lies { denies: vec![Ask::Rename, Ask::Link, Ask::Replace], ..Lies::default() },
        ),
        kind(
            "puts another file under the name at the moment of its removal",
            DELETE,
            End::PlacedThen("still lies in the inbox"),
            offers(Offers { replaces_at_removal: Some((NAME, SIZE)), ..Offers::default() }),
        ),
        kind(
            "refuses to rename, and lets remove",
            DELETE,
            End::Collected,
            Lies { denies: vec![Ask::Rename, Ask::Link, Ask::Replace], ..Lies::default() },
        ),
        kind(
            "fails to rename, and lets remove",
            DELETE,
            End::Collected,
            Lies { fails: vec![Ask::Rename, Ask::Link, Ask::Replace], ..Lies::default() },
        ),
        kind(
            "says that it removed, and did not",
            DELETE,
            End::PlacedThen("still shows it"),
            offers(Offers { removes_nothing: true, ..Offers::default() }),
        ),
        kind(
            "refuses to rename, and says that it removed, and did not",
            DELETE,
            End::PlacedThen("still shows it"),
            Lies {
                denies: vec![Ask::Rename, Ask::Link, Ask::Replace],
                ..offers(Offers { removes_nothing: true, ..Offers::default() })
            },
        ),
        kind(
            "refuses to be read once",
            DELETE,
            End::Collected,
            Lies { fails: vec![Ask::OpenToRead], times: Some(1), ..Lies::default() },
        ),
    ]
}

/// Trouble at each request of the way in, from the connection to the removal.
pub fn troubles() -> Vec<Kind> {
    let asks = [
        Ask::Connect,
        Ask::SignIn,
        Ask::OpenDirectory,
        Ask::List,
        Ask::Look,
        Ask::OpenToRead,
        Ask::LookAtOpen,
        Ask::Read,
        Ask::CloseRead,
        Ask::Remove,
    ];
    let all = [Trouble::CutBefore, Trouble::CutAfter, Trouble::SilentBefore, Trouble::SilentAfter];
    let at = |(ask, remote)| {
        all.map(|trouble| Kind {
            name: "trouble at a request",
            lies: Lies { troubles: vec![(When::First(ask, 0), trouble)], ..Lies::default() },
            remote,
            end: End::Collected,
        })
    };
    let moving = [(Ask::Replace, DELETE), (Ask::Replace, MOVE), (Ask::Link, MOVE), (Ask::Remove, MOVE)];
    asks.map(|ask| (ask, DELETE)).into_iter().chain(moving).flat_map(at).collect()
}

/// So many kinds of the table, and of trouble, in random order.
pub fn trials(seed: u64, how_many: usize) -> Row {
    println!("liar, coming in: seed {seed}");
    let (mut dice, kinds) = (Dice::new(seed), [kinds(), troubles()].concat());
    let liar = Liar::start();
    let mut row = Row::default();
    for _ in 0..how_many {
        let kind = &kinds[usize::try_from(dice.below(kinds.len() as u64)).unwrap()];
        let finding = |(harm, words)| Finding {
            harm,
            seed,
            text: format!("{} {:?}: {words}", kind.name, kind.lies.troubles),
        };
        let findings = try_kind(&liar, kind).into_iter().map(finding).collect();
        row.add(Row { injected: 1, deliveries: 0, collections: 1, findings });
    }
    row
}

/// What was found of one partner of this kind.
pub fn try_kind(liar: &Liar, kind: &Kind) -> Vec<Breach> {
    liar.behave(kind.lies.clone());
    let far = liar.far();
    fs::create_dir_all(far.inbox.join("done")).unwrap();
    let before = content(1, SIZE);
    let hidden = far.inbox.join(".N");
    fs::write(&hidden, &before).unwrap();
    fs::rename(&hidden, far.inbox.join(NAME)).unwrap();
    let mut home = gateway(far, kind.remote);
    home.start();
    let ended = wait_for_end(&mut home, kind.end);
    home.kill();
    let mut breaches = judge(&home, kind.end, liar);
    if let Err(why) = ended {
        breaches.push((Harm::Misreported, why));
    }
    breaches
}

fn gateway(far: &way::Far, remote: &str) -> Home {
    let way::Far { port, user, host_key, key_file, .. } = far;
    let home = Home::of_partner(&format!(
        "transport = \"sftp\"\nconnections = 2\n[sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\n\
         host_keys = [{host_key:?}]\nprivate_key_file = {key_file:?}\n{SHORT}"
    ));
    let link = format!(
        "direction = \"in\"\npartner = \"eltax\"\nlayout = \"common/as-is\"\n[remote]\nname = \"*.DAT\"\n\
         ready = \"rename\"\nstable_for = \"0s\"\nevery = \"300ms\"\n{remote}"
    );
    home.write("config/links/uketori.toml", &link);
    home
}

fn reasons(home: &Home) -> Vec<(String, String)> {
    let found = home.deliveries();
    found
        .iter()
        .map(|shown| {
            (shown.state.to_owned(), shown.delivery.standing.why(&shown.delivery.id).unwrap_or_default())
        })
        .collect()
}

/// Waits until what was to come has come, or patience ends.
fn wait_for_end(home: &mut Home, end: End) -> Result<(), String> {
    let start = Instant::now();
    loop {
        let (known, log) = (reasons(home), home.log());
        let is =
            |state: &str, words: &str| known.iter().any(|(found, why)| found == state && why.contains(words));
        let done = match end {
            End::Collected => is("archived", ""),
            End::CollectedAndTold(words) => is("archived", "") && log.contains(words),
            End::Held(words) => is("held", words),
            // More than once, so that it isn't the first try of something that works.
            End::Tried(words) => log.matches(words).count() > 2 && is("waiting", words),
            End::PlacedThen(words) => ["held", "waiting", "queued"].iter().any(|state| is(state, words)),
            End::Told(words) => log.contains("can't be collected") && log.contains(words),
        };
        if done {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(format!("not {end:?}: {known:?}; {}", super::world::last_lines(&log)));
        }
        std::thread::sleep(LOOK);
    }
}

/// What must be so whatever the end, and what the end says.
fn judge(home: &Home, end: End, liar: &Liar) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let versions: Vec<Sha256> =
        [content(1, SIZE), content(2, SIZE), content(2, SIZE + 1000), content(2, SIZE / 3)]
            .iter()
            .map(|bytes| Sha256::of(bytes))
            .collect();
    let inbox = home.path().join("spool/inbox/uketori");
    let names = if inbox.is_dir() { names_in(&inbox) } else { Vec::new() };
    let journal = home.journal();
    let placed: Vec<_> = journal.iter().filter(|event| event["event"] == "placed").collect();
    let wanted = match end {
        End::Held(_) | End::Tried(_) | End::Told(_) => 0,
        End::Collected | End::CollectedAndTold(_) | End::PlacedThen(_) => 1,
    };
    if placed.len() != wanted {
        let harm = if placed.len() > wanted { Harm::Duplicated } else { Harm::Lost };
        breaches.push((harm, format!("placed {} times", placed.len())));
    }
    let expected: &[&str] = if wanted == 1 { &[NAME, "N.DAT.sha256"] } else { &[] };
    if names != expected {
        breaches.push((Harm::Misreported, format!("the inbox holds {names:?}")));
    }
    if wanted == 1
        && !versions
            .iter()
            .any(|version| Sha256::of_file(&inbox.join(NAME)).is_ok_and(|(found, _)| found == *version))
    {
        breaches.push((Harm::Partial, "the inbox holds what the partner never had as one file".to_owned()));
    }
    let fetched = journal.iter().filter(|event| event["event"] == "fetched");
    for event in fetched {
        let sha256 = event["fetched"]["sha256"].as_str().unwrap_or_default();
        if !versions.iter().any(|version| version.to_string() == sha256) {
            breaches.push((Harm::Partial, "what was fetched the partner never had as one file".to_owned()));
        }
    }
    let at_partner = names_in(&liar.far().inbox);
    let gone = !at_partner.iter().any(|name| name == NAME || name.starts_with(".totatsu-"));
    if gone && matches!(end, End::Tried(_) | End::Told(_) | End::PlacedThen(_)) {
        breaches.push((Harm::Lost, "the partner's file was removed".to_owned()));
    }
    let moved = names_in(&liar.far().inbox.join("done"));
    if moved.len() > 1 {
        breaches.push((Harm::Duplicated, format!("the partner's file was moved to {moved:?}")));
    }
    breaches
}
