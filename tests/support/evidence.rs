//! Invented evidence of every step, and what a test wants to know of a ledger on disk without asking the ledger.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::Digest as _;
use tempfile::TempDir;
use totatsu::archive;
use totatsu::receipt::key::ReceiptKey;
use totatsu::receipt::{self, Issue};
use totatsu::spool::{DeliveryFolder, Spool};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_base::durable;
use totatsu_base::evidence::{
    Accepted, Archived, Asked, Converted, FileIdentity, Grade, Overwrite, Peer, Published, ReceiptLink,
    Sender, Target, Transferred, Verified,
};
use totatsu_ledger::Ledger;
use totatsu_ledger::event::Event;
use totatsu_ledger::journal::Position;
use totatsu_ledger::state::{Delivery, Stage};
use totatsu_ledger::step::Step;

pub const SOURCE: &[u8] = b"source";
pub const SENT: &[u8] = b"sent";

/// The id of the delivery with this number.
pub fn id(number: usize) -> DeliveryId {
    let letters = b"23456789abcdefghjkmnpqrstwxyz";
    let mut rest = number;
    let random: String = std::iter::repeat_with(|| {
        let letter = char::from(letters[rest % letters.len()]);
        rest /= letters.len();
        letter
    })
    .take(6)
    .collect();
    format!("20261122-{:06}-{random}", number % 1_000_000).parse().unwrap()
}

pub fn at() -> Moment {
    "2026-11-22T09:30:05Z".parse().unwrap()
}

pub fn accepted() -> Event {
    accepted_over("irai")
}

pub fn accepted_over(link: &str) -> Event {
    let identity = FileIdentity { device: 1, inode: 2, size: SOURCE.len() as u64, modified_ns: 3 };
    Event::Accepted {
        link: link.into(),
        partner: "eltax".into(),
        accepted: Accepted {
            name: "irai.csv".into(),
            outbox: PathBuf::from("/outbox"),
            outbox_owner: None,
            dropped_by: None,
            size: SOURCE.len() as u64,
            sha256: Sha256::of(SOURCE),
            identity,
            marker: false,
        },
    }
}

pub fn converted() -> Event {
    Event::Converted {
        converted: Converted {
            layout: "eltax/nenkin-tokucho-irai".into(),
            layout_version: "2008-04-01".into(),
            layout_sha256: Sha256::of(b"layout"),
            size: SENT.len() as u64,
            sha256: Sha256::of(SENT),
            records: BTreeMap::from([("データレコード".into(), 1)]),
            totals: BTreeMap::from([("金額1".into(), 5000)]),
            folds: 0,
            signed_totals: BTreeMap::new(),
            folds_by_table: BTreeMap::new(),
            source_layout: None,
        },
    }
}

pub fn transfer_started(id: &DeliveryId) -> Event {
    Event::TransferStarted { target: Target::new(id, "inbox", "Z12.DTA".into(), Overwrite::Refuse) }
}

pub fn transferred() -> Event {
    let peer = Peer {
        transport: "sftp".into(),
        address: "192.0.2.1:22".into(),
        software: "SSH-2.0-x".into(),
        host_key: "SHA256:x".into(),
        user: "city".into(),
        authenticated_by: "password".into(),
        cipher: "aes256-gcm".into(),
        key_exchange: "curve25519".into(),
        extensions: vec!["fsync@openssh.com 1".into()],
    };
    let (bytes, sha256) = (SENT.len() as u64, Sha256::of(SENT));
    Event::Transferred {
        transferred: Transferred { bytes, sha256, peer, asked: vec![Asked::new("close", "done")] },
    }
}

pub fn verified() -> Event {
    Event::Verified { verified: Verified { grade: Grade::Content, asked: Vec::new() } }
}

pub fn published() -> Event {
    Event::Published {
        published: Published {
            path: "inbox/Z12.DTA".into(),
            found_done: false,
            unproven: false,
            asked: Vec::new(),
        },
    }
}

/// Where the key lies that signs the receipts of [`receipted`].
fn key_home() -> &'static Path {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        ReceiptKey::open(home.path(), "見本市", false).unwrap();
        home
    })
    .path()
}

/// Gives a ledger the key that signs the receipts of [`receipted`].
pub fn put_key(ledger: &Path) {
    for name in ["receipt-key", "receipt-key.pub"] {
        fs::copy(key_home().join(name), ledger.join(name)).unwrap();
    }
}

/// A receipt for `delivery` after `previous`, written into `folder`.
pub fn receipted(delivery: &Delivery, previous: Option<ReceiptLink>, folder: &DeliveryFolder) -> Event {
    let gateway = Sender { name: "見本市".into(), municipality: "13101".into(), software: "test".into() };
    let issue = Issue { gateway, previous, journal: Position::START, at: at() };
    let key = ReceiptKey::open(key_home(), "見本市", true).unwrap();
    let signed = receipt::sign(delivery, issue, &key).unwrap();
    signed.write(folder).unwrap();
    let (sha256, receipt) = (signed.sha256, signed.receipt);
    Event::Receipted { number: receipt.number, sha256, receipt: Box::new(receipt) }
}

pub fn archived() -> Event {
    Event::Archived {
        archived: Archived { folder: PathBuf::from("/archive"), keep_until: at(), swept: None },
    }
}

pub fn waiting() -> Event {
    Event::Waiting {
        step: Step::Transfer,
        attempt: 1,
        until: at(),
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

pub fn resent(of: &DeliveryId) -> Event {
    Event::Resent {
        of: of.clone(),
        by: "yamada".into(),
        reason: "the partner lost it".into(),
        even_if_older: false,
    }
}

/// Records a delivery from its acceptance up to the final name at the partner.
pub async fn publish(ledger: &Ledger, id: &DeliveryId) -> Delivery {
    let steps = [accepted(), converted(), transfer_started(id), transferred(), verified()];
    for event in steps {
        ledger.record(id.clone(), event).await.unwrap();
    }
    ledger.record(id.clone(), published()).await.unwrap()
}

/// Records a delivery's whole way; its receipt is written into `folder`.
pub async fn deliver(ledger: &Ledger, id: &DeliveryId, folder: &DeliveryFolder) -> Delivery {
    let delivery = publish(ledger, id).await;
    let (turn, previous) = (ledger.turn_to_issue().await, ledger.last_receipt().unwrap());
    ledger.record(id.clone(), receipted(&delivery, previous, folder)).await.unwrap();
    drop(turn);
    ledger.record(id.clone(), archived()).await.unwrap()
}

/// Every answer that the ledger can give, to be compared.
pub fn answers(ledger: &Ledger) -> Vec<String> {
    let shown = |delivery: Delivery| format!("{delivery:?}");
    let deliveries: Vec<Delivery> = ledger.newest_first().collect::<Result<_, _>>().unwrap();
    let mut answers = Vec::new();
    for state in [
        "accepted",
        "converted",
        "transferring",
        "transferred",
        "verified",
        "published",
        "receipted",
        "archived",
        "rejected",
        "waiting",
        "held",
    ] {
        let of_stage = ledger.in_state(state, Some(Stage::Converted)).unwrap();
        answers.push(format!("{state}: {:?}, {of_stage:?}", ledger.in_state(state, None).unwrap()));
    }
    for number in 0..=deliveries.len() as u64 + 1 {
        let id = ledger.with_receipt(number).unwrap().map(|delivery| delivery.id);
        answers.push(format!("receipt {number}: {id:?}"));
    }
    answers.extend(deliveries.into_iter().map(shown));
    answers
}

/// The journal's files in order.
pub fn journal_files(ledger: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(ledger.join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Every line of the journal, once numbers and digests are found to follow one another.
pub fn chain(ledger: &Path) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut before = "0".repeat(64);
    for file in journal_files(ledger) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{} has a torn end", file.display());
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["seq"], lines.len() as u64 + 1, "in {}", file.display());
            assert_eq!(value["prev"], before.as_str(), "event {} in {}", value["seq"], file.display());
            before = sha2::Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
            lines.push(value);
        }
    }
    lines
}

/// Copies a directory with all below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Numbers that only look random: the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % limit as u64).unwrap()
    }
}

/// Lays out a spool and a ledger in which deliveries 1 and 2 have arrived, and over `link` 3 is held, 4 is accepted and 5 was
/// rejected.
pub async fn five_deliveries(spool: &Spool, ledger: &Path, link: &str) {
    spool.lay_out().unwrap();
    let (open, _) = Ledger::open(ledger).unwrap();
    put_key(ledger);
    for number in 1..=2 {
        let (id, folder) = (id(number), spool.folder(&id(number)));
        durable::make_new_dir(folder.path()).unwrap();
        fs::write(folder.source(), SOURCE).unwrap();
        fs::write(folder.sent(), SENT).unwrap();
        let delivery = publish(&open, &id).await;
        let (turn, previous) = (open.turn_to_issue().await, open.last_receipt().unwrap());
        open.record(id.clone(), receipted(&delivery, previous, &folder)).await.unwrap();
        drop(turn);
        let archived = archive::archive(spool, &id, std::time::Duration::ZERO).unwrap();
        open.record(id, Event::Archived { archived }).await.unwrap();
    }
    for (number, event) in [(3, Some(held())), (4, None), (5, Some(Event::Rejected { problems: 2 }))] {
        open.record(id(number), accepted_over(link)).await.unwrap();
        if let Some(event) = event {
            open.record(id(number), event).await.unwrap();
        }
    }
}
