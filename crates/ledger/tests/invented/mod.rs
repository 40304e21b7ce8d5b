//! Invented events of deliveries and collections, as real ones are written, and all that can be asked of a ledger.

#![allow(dead_code, reason = "each program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "only some kinds of events matter")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use totatsu_base::evidence::{
    Accepted, Acknowledged, Anchor, Archived, Arrival, Asked, ContentFile, Converted, Decoded, Fetched,
    FileIdentity, Found, Grade, HandedOver, Overwrite, Peer, Placed, Placing, Published, Receipt, Sender,
    SentFacts, SourceFacts, Target, Transferred, Verified,
};
use totatsu_base::{DeliveryId, Moment, Sha256};
use totatsu_ledger::state::STATES;
use totatsu_ledger::{Delivery, Event, Ledger, Position, Stage, Step, UnderWayAt, Wanted, WildName};

/// The id of the delivery with this number: the higher, the later.
pub fn id(number: u64) -> DeliveryId {
    let letters = b"23456789abcdefghjkmnpqrstwxyz";
    let of = |at: u32| char::from(letters[(number / 29_u64.pow(at) % 29) as usize]);
    let last: String = [5, 4, 3, 2, 1, 0].map(of).into_iter().collect();
    let (day, second) = (20_260_101 + number / 100_000, number % 100_000 * 86_399 / 100_000);
    format!("{day}-{:02}{:02}{:02}-{last}", second / 3600, second / 60 % 60, second % 60).parse().unwrap()
}

pub fn digest_of(number: u64) -> Sha256 {
    Sha256::of(&number.to_be_bytes())
}

pub fn accepted(link: &str, partner: &str, name: &str, content: u64) -> Event {
    let identity = FileIdentity {
        device: 65_024,
        inode: 10_000_000 + content,
        size: 211_910,
        modified_ns: 1_795_375_827_958_090_489,
    };
    let accepted = Accepted {
        name: name.to_owned(),
        outbox: PathBuf::from(format!("/var/lib/totatsu/spool/outbox/{link}")),
        outbox_owner: None,
        dropped_by: None,
        size: 211_910 + content % 5000,
        sha256: digest_of(content),
        identity,
        marker: false,
    };
    Event::Accepted { link: link.to_owned(), partner: partner.to_owned(), accepted }
}

pub fn found(link: &str, partner: &str, name: &str) -> Event {
    let found = Found {
        path: format!("out/{name}"),
        name: name.to_owned(),
        size: Some(4096),
        modified: Some("2026-11-22T09:30:05Z".parse().unwrap()),
        date: None,
        number: None,
    };
    Event::Found { link: link.to_owned(), partner: partner.to_owned(), found }
}

fn peer() -> Peer {
    Peer {
        transport: "sftp".into(),
        address: "192.0.2.1:22".into(),
        software: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7".into(),
        host_key: "SHA256:2D47/IxbnhXWcPmzwXoIYLpkYLNBAqOQtzkYl0aOTxU".into(),
        user: "city13101".into(),
        authenticated_by: "publickey SHA256:6eMrG+zXcQ1cUJx2M5YvM0m7nS3DqPc6sSc3nQ8Jm0k".into(),
        cipher: "aes256-gcm@openssh.com".into(),
        key_exchange: "mlkem768x25519-sha256".into(),
        extensions: [
            "fsync@openssh.com",
            "hardlink@openssh.com",
            "limits@openssh.com",
            "posix-rename@openssh.com",
            "statvfs@openssh.com",
        ]
        .map(str::to_owned)
        .into(),
    }
}

/// The steps of a collection up to the inbox.
pub fn inward(name: &str, content: u64) -> Vec<Event> {
    let identity =
        FileIdentity { device: 65_024, inode: 20_000_000 + content, size: 4096, modified_ns: 1_795_375_827 };
    let fetched = Fetched {
        size: 4096,
        sha256: digest_of(content),
        modified: Some("2026-11-22T09:30:05Z".parse().unwrap()),
        vouched_by: None,
        peer: peer(),
        asked: vec![Asked::new(format!("content of out/{name}"), "4096 bytes")],
    };
    let decoded = Decoded {
        layout: "eltax/kekka".into(),
        layout_version: "2008-04-01".into(),
        layout_sha256: Sha256::of(b"layout"),
        size: 5000,
        sha256: digest_of(content + 1),
        decoded_sha256: digest_of(content + 2),
        records: BTreeMap::from([("データレコード".into(), 10)]),
        totals: BTreeMap::from([("金額1".into(), 5000)]),
        rows: 10,
        quarantined: 0,
        problems: 0,
    };
    let placed = Placed { path: PathBuf::from(format!("/inbox/{name}.csv")) };
    let placing = Placing {
        path: placed.path.clone(),
        temporary: PathBuf::from(format!("/inbox/.totatsu-{content}.part")),
        inbox_owner: None,
        size: 5000,
        sha256: digest_of(content + 2),
        identity,
    };
    vec![
        Event::Fetched { fetched },
        Event::Decoded { decoded },
        Event::PlacingStarted { placing },
        Event::Placed { placed },
    ]
}

pub fn converted(content: u64) -> Event {
    Event::Converted {
        converted: Converted {
            layout: "eltax/nenkin-tokucho-irai".into(),
            layout_version: "2008-04-01".into(),
            layout_sha256: Sha256::of(b"layout"),
            size: 503_096 + content % 5000,
            sha256: digest_of(content + 1),
            records: [
                ("データレコード", 1000 + content % 500),
                ("トレーラレコード", 3),
                ("ヘッダレコード", 3),
                ("管理レコード1", 1),
            ]
            .map(|(kind, count)| (kind.to_owned(), count))
            .into(),
            totals: BTreeMap::from([("金額1".into(), 11_180_700 + content), ("金額2".into(), 11_564_900)]),
            folds: content % 300,
            signed_totals: BTreeMap::new(),
            folds_by_table: BTreeMap::new(),
            source_layout: None,
        },
    }
}

/// The steps of a delivery from its bytes to the final name.
pub fn outward(id: &DeliveryId, name: &str, content: u64) -> Vec<Event> {
    let (bytes, sha256) = (503_096 + content % 5000, digest_of(content + 1));
    let temporary = format!("inbox/.totatsu-{id}.part");
    let lstat = |path: &str| Asked::new(format!("look at {path}"), "nothing of that name");
    let transferred = Transferred {
        bytes,
        sha256,
        peer: peer(),
        asked: vec![
            lstat(&format!("inbox/{name}")),
            Asked::new(format!("write {temporary}"), format!("{bytes} bytes acknowledged")),
            Asked::new("fsync, close", "done"),
        ],
    };
    let read_back = format!("{bytes} bytes, SHA-256 {sha256}");
    let asked = vec![Asked::new(format!("content of {temporary}"), read_back)];
    let verified = Verified { grade: Grade::Content, asked };
    let renamed = "done, by a second name and removal of the first";
    let published = Published {
        path: format!("inbox/{name}"),
        found_done: false,
        unproven: false,
        asked: vec![
            lstat(&format!("inbox/{name}")),
            Asked::new(format!("rename {temporary} to inbox/{name}"), renamed),
        ],
    };
    vec![
        converted(content),
        Event::TransferStarted { target: Target::new(id, "inbox", name.to_owned(), Overwrite::Refuse) },
        Event::Transferred { transferred },
        Event::Verified { verified },
        Event::Published { published },
    ]
}

pub fn acknowledged(content: u64) -> Event {
    let (path, sha256) = ("inbox/ack".to_owned(), digest_of(content + 9));
    Event::Acknowledged { acknowledged: Acknowledged { path, size: 10, sha256, asked: Vec::new() } }
}

pub fn waiting() -> Event {
    Event::Waiting {
        step: Step::Transfer,
        attempt: 1,
        until: Moment::now(),
        reason: "the line is down".into(),
        unknown: false,
        back_to: None,
    }
}

pub fn held() -> Event {
    Event::held(Step::Transfer, "the name is taken".into())
}

pub fn released() -> Event {
    Event::Released { by: "yamada".into(), reason: "removed there".into() }
}

pub fn cancelled() -> Event {
    Event::Cancelled { by: "yamada".into(), reason: "not wanted any more".into() }
}

pub fn archived(id: &DeliveryId) -> Event {
    let (year, month, day) = id.date_parts();
    let folder = PathBuf::from(format!("/var/lib/totatsu/spool/archive/{year}/{month}/{day}/{id}"));
    let keep_until = Moment::now().after(std::time::Duration::from_secs(5 * 366 * 86_400));
    Event::Archived { archived: Archived { folder, keep_until, swept: None } }
}

/// A receipt with this number.
pub fn receipted(
    number: u64,
    delivery: &DeliveryId,
    link: &str,
    partner: &str,
    name: &str,
    content: u64,
) -> Event {
    let at: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
    let steps = outward(delivery, name, content);
    let asked = steps.iter().flat_map(asked_in).collect();
    let receipt = Receipt {
        number,
        previous: digest_of(number + 1_000_000),
        issued_at: at,
        gateway: Sender {
            name: "見本市".into(),
            municipality: "13101".into(),
            software: "totatsu 0.1.0".into(),
        },
        signed_by: Some("SHA256:6eMrG+zXcQ1cUJx2M5YvM0m7nS3DqPc6sSc3nQ8Jm0k".into()),
        journal: Some(Anchor { seq: number, sha256: digest_of(number) }),
        delivery: delivery.clone(),
        resend_of: None,
        link: link.to_owned(),
        partner: partner.to_owned(),
        grade: Grade::Content,
        source: SourceFacts {
            name: name.to_owned(),
            size: 211_910,
            sha256: digest_of(content),
            accepted_at: at,
        },
        sent: None::<SentFacts>,
        handed_over: None::<HandedOver>,
        arrival: Some(Arrival {
            path: format!("inbox/{name}"),
            transferred_at: at,
            verified_at: at,
            published_at: at,
            transfers: 1,
            peer: peer(),
        }),
        acknowledgement: None,
        confirmation: None,
        asked,
        by_hand: Vec::new(),
    };
    Event::Receipted { number, sha256: digest_of(number + 1_000_001), receipt: Box::new(receipt) }
}

fn asked_in(event: &Event) -> Vec<Asked> {
    match event {
        Event::Transferred { transferred } => transferred.asked.clone(),
        Event::Verified { verified } => verified.asked.clone(),
        Event::Published { published } => published.asked.clone(),
        _ => Vec::new(),
    }
}

/// What a random walk chooses with, the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// The links of a random walk: the first three go out, the last two come in.
pub const LINKS: [&str; 5] = ["irai", "irai-2", "kaikei", "kekka", "kekka-2"];

/// An event that may happen to a delivery next, or begins one.
pub fn any_event(ledger: &Ledger, dice: &mut Dice, known: &mut u64) -> (DeliveryId, Event) {
    let next_receipt = ledger.last_receipt().unwrap().map_or(1, |receipt| receipt.number + 1);
    let begins = *known == 0 || dice.below(6) == 0;
    let number = if begins { *known } else { *known - 1 - dice.below((*known as usize).min(12)) as u64 };
    let (id, content) = (id(number), dice.below(5) as u64 * 100);
    let name = format!("file{}.csv", dice.below(6));
    if begins {
        *known += 1;
        let link = LINKS[dice.below(LINKS.len())];
        let event = if link.starts_with("kekka") {
            found(link, "eltax", &name)
        } else if *known > 1 && dice.below(5) == 0 {
            let of = self::id(dice.below(*known as usize - 1) as u64);
            Event::Resent { of, by: "yamada".into(), reason: "lost there".into(), even_if_older: false }
        } else {
            accepted(link, if link == "kaikei" { "bank" } else { "eltax" }, &name, content)
        };
        return (id, event);
    }
    let now = ledger.find(&id).unwrap();
    if let Some(now) = now.filter(|_| dice.below(4) > 0)
        && let Some(event) = next_step(&now, dice, next_receipt)
    {
        return (id, event);
    }
    let removed = Event::Removed { why: "the test says so".into() };
    let by = (dice.below(2) == 0).then(|| "root (as 山田 太郎)".to_owned());
    let any = [
        waiting(),
        held(),
        released(),
        cancelled(),
        archived(&id),
        removed,
        contents_removed(content, by),
        Event::Alerted { kind: "held".into(), text: "the test says so".into() },
        Event::Rejected { problems: 2 },
    ];
    let any = any.into_iter().nth(dice.below(9)).unwrap();
    (id, any)
}

/// What comes next on its way, if something does.
fn next_step(now: &Delivery, dice: &mut Dice, next_receipt: u64) -> Option<Event> {
    let (content, name) = (dice.below(5) as u64 * 100, format!("Z{}.DTA", dice.below(4)));
    let (out, back) = (outward(&now.id, &name, content), inward(now.name(), content));
    Some(match now.stage {
        Stage::Accepted => out.into_iter().next()?,
        Stage::Converted => out.into_iter().nth(1)?,
        Stage::Transferring => out.into_iter().nth(2)?,
        Stage::Transferred => out.into_iter().nth(3)?,
        Stage::Verified => out.into_iter().nth(4)?,
        Stage::Found => back.into_iter().next()?,
        Stage::Fetched => back.into_iter().nth(1)?,
        Stage::Decoded => back.into_iter().nth(2)?,
        Stage::Placing => back.into_iter().nth(3)?,
        Stage::Published if dice.below(3) == 0 => acknowledged(content),
        Stage::Published | Stage::Acknowledged | Stage::Confirmed | Stage::Placed | Stage::Imported => {
            receipted(next_receipt, &now.id, &now.link, &now.partner, now.name(), content)
        }
        Stage::Importing => return None,
        // Nothing but its end is left.
        _ if now.archived.is_none() => archived(&now.id),
        _ if now.contents_removed.is_none() && dice.below(3) > 0 => contents_removed(content, None),
        _ => Event::Removed { why: "its time has come".into() },
    })
}

fn contents_removed(content: u64, by: Option<String>) -> Event {
    let source = ContentFile { name: "source".into(), size: 211_910, sha256: digest_of(content) };
    Event::ContentsRemoved { files: vec![source], reason: "the test says so".into(), by }
}

/// A journal of so many files with so many lines each, and the position after each line.
pub fn chained_journal(files: u64, lines: u64, padding: usize) -> (tempfile::TempDir, Vec<Position>) {
    let home = tempfile::tempdir().unwrap();
    let mut positions = vec![Position::START];
    for file in 0..files {
        let mut text = String::new();
        for _ in 0..lines {
            let Position { seq, digest } = *positions.last().unwrap();
            let length = usize::try_from(seq).unwrap() * 7919 % padding;
            let line = format!(
                "{{\"seq\":{},\"prev\":\"{digest}\",\"event\":\"invented\",\"padding\":\"{}\"}}",
                seq + 1,
                "x".repeat(length)
            );
            positions.push(Position { seq: seq + 1, digest: Sha256::of(line.as_bytes()) });
            text += &line;
            text.push('\n');
        }
        std::fs::write(home.path().join(format!("{:012}.jsonl", file * lines + 1)), text).unwrap();
    }
    (home, positions)
}

/// Every answer that the ledger can give, to be compared.
pub fn answers(ledger: &Ledger) -> Result<Vec<String>, totatsu_ledger::LedgerError> {
    let mut answers = Vec::new();
    let all: Vec<Delivery> = ledger.newest_first().collect::<Result<_, _>>()?;
    let ids: Vec<DeliveryId> = ledger.ids_newest_first().collect::<Result<_, _>>()?;
    assert!(all.iter().map(|delivery| &delivery.id).eq(&ids), "the ids are those of the deliveries");
    assert!(ids.is_sorted_by(|newer, older| newer > older), "each once, the newest first");
    for delivery in &all {
        assert_eq!(ledger.find(&delivery.id)?.as_ref(), Some(delivery));
        answers.push(format!("{delivery:?}"));
    }
    let wanted = |wanted: Wanted| -> Result<String, totatsu_ledger::LedgerError> {
        let found = ledger
            .wanted(wanted.clone())
            .map(|found| found.map(|found| found.id))
            .collect::<Result<Vec<_>, _>>()?;
        let expected: Vec<_> =
            all.iter().filter(|delivery| wanted.fits(delivery)).map(|fit| fit.id.clone()).collect();
        assert_eq!(found, expected, "{wanted:?}");
        let counted = ledger.walk(wanted.clone())?.count(expected.len() + 1)?;
        assert_eq!(counted, (expected.len(), None), "{wanted:?}");
        Ok(format!("{wanted:?}: {found:?}"))
    };
    // Between two of them, and of one link or in one state besides.
    let between = Wanted {
        from: ids.get(ids.len() * 2 / 3).cloned(),
        below: ids.get(ids.len() / 3).cloned(),
        ..Wanted::default()
    };
    wanted(between.clone())?;
    wanted(Wanted { below: None, link: Some(LINKS[0].to_owned()), ..between.clone() })?;
    wanted(Wanted { from: None, state: Some("archived".to_owned()), ..between })?;
    for state in STATES {
        answers.push(format!("in {state}: {:?}", ledger.in_state(state, None)?));
        let of_state = Wanted { state: Some(state.to_owned()), ..Wanted::default() };
        answers.push(wanted(of_state.clone())?);
        for link in LINKS {
            let both = Wanted { link: Some(link.to_owned()), ..of_state.clone() };
            answers.push(wanted(both.clone())?);
            for partner in ["eltax", "bank"] {
                answers.push(wanted(Wanted { partner: Some(partner.to_owned()), ..both.clone() })?);
            }
        }
        answers.push(wanted(Wanted { partner: Some("bank".to_owned()), ..of_state })?);
    }
    for link in LINKS.into_iter().chain(["nosuch"]) {
        let id_of = |found: Option<Delivery>| found.map(|found| found.id);
        answers.push(wanted(Wanted::of_link(link))?);
        answers.push(format!("lane {link}: {:?}", ledger.lane(link).collect::<Result<Vec<_>, _>>()?));
        answers.push(format!("placed {link}: {:?}", id_of(ledger.last_placed(link)?)));
        answers.push(format!("arrived {link}: {:?}", id_of(ledger.last_arrived(link)?)));
        for number in 0..6 {
            let (name, content) = (format!("file{number}.csv"), number * 100);
            answers.push(format!("found {link} {name}: {:?}", id_of(ledger.last_found(link, &name)?)));
            answers.push(wanted(Wanted { name: Some(name), ..Wanted::of_link(link) })?);
            let same = ledger.with_source(link, digest_of(content)).map(|same| same.map(|same| same.id));
            answers.push(format!("source {link} {content}: {:?}", same.collect::<Result<Vec<_>, _>>()?));
            let acknowledgement = Some(digest_of(content + 9));
            answers.push(wanted(Wanted { acknowledgement, ..Wanted::of_link(link) })?);
        }
    }
    for name in ["Z1.DTA", "nosuch"] {
        answers.push(wanted(Wanted { name: Some(name.to_owned()), ..Wanted::default() })?);
    }
    for partner in ["eltax", "bank"] {
        answers.push(wanted(Wanted { partner: Some(partner.to_owned()), ..Wanted::default() })?);
    }
    let hidden: std::collections::BTreeSet<String> = [LINKS[0], LINKS[3]].map(str::to_owned).into();
    answers.push(wanted(Wanted { not_over: hidden.clone(), ..Wanted::default() })?);
    for like in ["*", "file*", "*3.csv", "Z?.DTA", "*ile?.c*", "*nosuch*", "?", "*.DTA*"] {
        let like = Wanted { like: Some(WildName::new(like)), ..Wanted::default() };
        answers.push(wanted(like.clone())?);
        answers.push(wanted(Wanted { link: Some(LINKS[1].to_owned()), ..like.clone() })?);
        let state = Some("archived".to_owned());
        answers.push(wanted(Wanted { not_over: hidden.clone(), state, ..like })?);
    }
    for (minute, long) in [(0, true), (0, false), (17 * 60, true), (17 * 60, false)] {
        // The random walk takes seconds: whether a full minute lay in between is chance, and the same in every copy.
        let under_way_at = Some(UnderWayAt { minute, long });
        wanted(Wanted { under_way_at, ..Wanted::default() })?;
    }
    for number in 0..all.len() as u64 + 2 {
        let with_receipt = ledger.with_receipt(number)?.map(|found| found.id);
        answers.push(format!("receipt {number}: {with_receipt:?}"));
    }
    for by in ["yamada", "root", "山田 太郎", "太郎 山田", "nobody"] {
        answers.push(wanted(Wanted { by: Some(by.to_owned()), ..Wanted::default() })?);
    }
    for link in LINKS {
        answers.push(wanted(Wanted { contents_of: Some(link.to_owned()), ..Wanted::default() })?);
    }
    let finished = all.iter().filter(|it| it.is_finished()).map(|it| it.link.clone());
    assert_eq!(ledger.links_of_past()?, finished.collect());
    let mut kept: Vec<_> = all.iter().filter(|it| it.is_finished() && it.removed.is_none()).collect();
    let archived = |kept: &Delivery| kept.archiving().unwrap().0;
    kept.sort_by_key(|kept| archived(kept));
    let archivings = ledger.archivings()?;
    for (before, kept) in std::iter::once(None).chain(kept.iter().map(Some)).zip(&kept) {
        assert_eq!(archivings.before(archived(kept))?, before.and_then(|before| before.archiving()));
    }
    let mut emptied: Vec<_> = kept
        .iter()
        .filter_map(|kept| Some((kept.contents_removed.as_ref()?.event, kept.id.clone())))
        .collect();
    emptied.sort_by(|one, other| other.cmp(one));
    let emptied: Vec<_> = emptied.into_iter().map(|(_, id)| id).collect();
    assert_eq!(ledger.contents_removed_last(1000)?, emptied);
    let told_kept: Vec<Delivery> = ledger.kept().collect::<Result<_, _>>()?;
    assert!(told_kept.iter().eq(kept.iter().copied()), "what is kept, in order");
    let never = Moment::now().after(std::time::Duration::from_secs(86_400 * 10_000));
    assert_eq!(ledger.last_due(never)?, kept.last().map(|kept| archived(kept)));
    assert_eq!(ledger.last_due("2020-01-01T00:00:00Z".parse().unwrap())?, None);
    let mut removed: Vec<_> = all.iter().filter(|it| it.removed.is_some()).collect();
    removed.sort_by_key(|removed| std::cmp::Reverse(removed.last_event));
    let removed: Vec<_> = removed.into_iter().map(|removed| removed.id.clone()).collect();
    assert_eq!(ledger.removed_last(1000)?, removed);
    answers.push(format!("unfinished: {:?}", ledger.unfinished()?));
    answers.push(format!("holds: {:?}", ledger.holds()?));
    answers.push(format!("end: {:?} {:?}", ledger.position()?, ledger.last_receipt()?));
    Ok(answers)
}
