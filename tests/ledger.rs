//! What the ledger promises while it is whole: durable, chained, ordered, and refusing what can't have happened.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/disk.rs"]
mod disk;
#[path = "support/evidence.rs"]
mod evidence;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use disk::SmallDisk;
use evidence::*;
use totatsu::spool::DeliveryFolder;
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::Asker;
use totatsu_base::remedy::Remedy;
use totatsu_ledger::event::Event;
use totatsu_ledger::hold::Subject;
use totatsu_ledger::journal::JournalError;
use totatsu_ledger::step::Step;
use totatsu_ledger::{Ledger, LedgerError, LedgerLimits, Opening};

/// A directory for a ledger and a folder for receipts.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn ledger(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    fn open(&self) -> Ledger {
        let (ledger, opening) = Ledger::open(&self.ledger()).unwrap();
        assert_eq!(opening, Opening::default(), "nothing is to be mended");
        ledger
    }

    fn folder(&self, name: &str) -> DeliveryFolder {
        let path = self.0.path().join(name);
        fs::create_dir_all(&path).unwrap();
        DeliveryFolder::at(&path)
    }
}

fn text(directory: &Path) -> String {
    journal_files(directory).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_refused_because_somebody_came_first_finds_what_the_first_one_recorded() {
    let home = Home::new();
    let ledger = Arc::new(home.open());
    let hold = |partner: &str| Event::PartnerHeld {
        partner: partner.to_owned(),
        by: "a".to_owned(),
        reason: "b".to_owned(),
        until: None,
    };
    for round in 0..30 {
        let partner = format!("partner{round}");
        // Another event is being written while these come.
        let other = (ledger.clone(), hold(&format!("other{round}")));
        let busy = tokio::spawn(async move { other.0.record_general(other.1).await.unwrap() });
        let asked: Vec<_> = (0..8)
            .map(|_| {
                let (ledger, event, partner) = (ledger.clone(), hold(&partner), partner.clone());
                tokio::spawn(async move {
                    let recorded = ledger.record_general(event).await.is_ok();
                    (recorded, ledger.hold(&Subject::Partner(partner)).unwrap().is_some())
                })
            })
            .collect();
        busy.await.unwrap();
        let mut first = 0;
        for answer in asked {
            let (recorded, is_held) = answer.await.unwrap();
            assert!(is_held, "round {round}: refused, and the partner is not held yet");
            first += usize::from(recorded);
        }
        assert_eq!(first, 1);
    }
}

#[tokio::test]
async fn an_event_is_in_the_journal_when_record_returns() {
    let home = Home::new();
    let ledger = home.open();
    for (number, event) in [accepted(), converted(), held(), released()].into_iter().enumerate() {
        let word = event.word();
        ledger.record(id(1), event).await.unwrap();
        let lines = chain(&home.ledger());
        assert_eq!(lines.len(), number + 1);
        assert_eq!(lines[number]["event"], word);
        assert_eq!(lines[number]["delivery"], id(1).as_str());
    }
    let mode = fs::metadata(&journal_files(&home.ledger())[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn what_was_recorded_is_answered_the_same_after_the_ledger_was_closed() {
    let home = Home::new();
    let before = {
        let ledger = home.open();
        for number in 0..5 {
            deliver(&ledger, &id(number), &home.folder("receipts")).await;
        }
        ledger.record(id(5), accepted()).await.unwrap();
        ledger.record(id(5), Event::Rejected { problems: 2 }).await.unwrap();
        ledger.record(id(6), accepted()).await.unwrap();
        ledger.record(id(6), waiting()).await.unwrap();
        ledger.record(id(7), resent(&id(1))).await.unwrap();
        ledger.record(id(7), held()).await.unwrap();
        answers(&ledger)
    };
    assert_eq!(chain(&home.ledger()).len(), 5 * 8 + 6);
    assert_eq!(answers(&home.open()), before);
}

#[tokio::test]
async fn a_ledger_that_was_let_go_can_be_opened_at_once() {
    let home = Home::new();
    for round in 0..40 {
        let ledger = home.open();
        ledger.record(id(round), accepted()).await.unwrap();
    }
    assert_eq!(home.open().newest_first().count(), 40);
}

#[tokio::test]
async fn a_second_opening_while_it_is_open_is_refused_as_in_use() {
    let home = Home::new();
    let ledger = home.open();
    let error = Ledger::open(&home.ledger()).unwrap_err();
    assert!(matches!(error, LedgerError::InUse(_)), "{error}");
    ledger.record(id(1), accepted()).await.unwrap();
    drop(ledger);
    assert!(home.open().find(&id(1)).unwrap().is_some());
}

#[tokio::test]
async fn an_iterator_that_outlives_the_ledger_does_not_have_a_sound_index_set_aside() {
    let home = Home::new();
    let ledger = home.open();
    ledger.record(id(1), accepted()).await.unwrap();
    let newest = ledger.newest_first();
    drop(ledger);
    match Ledger::open(&home.ledger()) {
        Err(LedgerError::InUse(_)) => {}
        Err(error) => panic!("{error}"),
        Ok((_, opening)) => panic!("{opening:?}"),
    }
    drop(newest);
    assert_eq!(home.open().newest_first().count(), 1);
}

#[tokio::test]
async fn an_event_that_contradicts_the_state_is_refused_and_not_written() {
    let home = Home::new();
    let ledger = home.open();
    deliver(&ledger, &id(1), &home.folder("receipts")).await;
    ledger.record(id(2), accepted()).await.unwrap();
    let before = (text(&home.ledger()), answers(&ledger));
    let impossible = [
        (id(1), accepted()),
        (id(1), held()),
        (id(1), released()),
        (id(1), archived()),
        (id(2), accepted()),
        (id(2), published()),
        (id(2), released()),
        (id(2), resent(&id(1))),
        (id(3), converted()),
        (id(3), held()),
        (id(3), resent(&id(2))),
        (id(3), resent(&id(3))),
        (id(3), resent(&id(4))),
    ];
    for (id, event) in impossible {
        let word = event.word();
        let error = ledger.record(id.clone(), event).await.unwrap_err();
        assert!(matches!(error, LedgerError::Contradiction(_)), "{word} of {id}: {error}");
        assert_eq!(error.remedy(), Remedy::Hold);
    }
    assert_eq!((text(&home.ledger()), answers(&ledger)), before);
}

#[tokio::test]
async fn an_event_too_long_to_be_read_again_is_not_written() {
    let home = Home::new();
    let ledger = home.open();
    ledger.record(id(1), accepted()).await.unwrap();
    let before = text(&home.ledger());
    let event = Event::held(Step::Convert, "x".repeat(1024 * 1024));
    ledger.record(id(1), event).await.unwrap();
    let after = text(&home.ledger());
    assert!(
        after.starts_with(&before) && after.len() < before.len() + 1000 && !after.contains("xxx"),
        "{after}"
    );
    ledger.record(id(1), held()).await.unwrap();
    drop(ledger);
    assert!(home.open().find(&id(1)).unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn events_recorded_at_the_same_time_are_all_there_after_reopening() {
    const DELIVERIES: usize = 150;
    let home = Home::new();
    let ledger = Arc::new(home.open());
    let tasks = (0..DELIVERIES).map(|number| {
        let ledger = ledger.clone();
        tokio::spawn(async move { publish(&ledger, &id(number)).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let before = answers(&ledger);
    drop(ledger);
    let lines = chain(&home.ledger());
    assert_eq!(lines.len(), DELIVERIES * 6);
    for number in 0..DELIVERIES {
        let of_one = lines.iter().filter(|line| line["delivery"] == id(number).as_str());
        let words: Vec<&str> = of_one.map(|line| line["event"].as_str().unwrap()).collect();
        let way = ["accepted", "converted", "transfer_started", "transferred", "verified", "published"];
        assert_eq!(words, way, "delivery {number}");
    }
    let ledger = home.open();
    assert_eq!(answers(&ledger), before);
    assert_eq!(ledger.in_state("published", None).unwrap().len(), DELIVERIES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn receipts_written_at_the_same_time_are_numbered_without_a_gap_and_each_carries_the_one_before() {
    const DELIVERIES: usize = 60;
    let home = Home::new();
    let ledger = Arc::new(home.open());
    let tasks = (0..DELIVERIES).map(|number| {
        let (ledger, folder) = (ledger.clone(), home.folder(&format!("receipts-{number}")));
        tokio::spawn(async move { deliver(&ledger, &id(number), &folder).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let lines = chain(&home.ledger());
    let receipts: Vec<_> = lines.iter().filter(|line| line["event"] == "receipted").collect();
    let mut previous = "0".repeat(64);
    for (line, number) in receipts.iter().zip(1u64..) {
        assert_eq!((&line["number"], &line["receipt"]["number"]), (&number.into(), &number.into()));
        assert_eq!(line["receipt"]["previous"], previous.as_str());
        previous = line["sha256"].as_str().unwrap().to_owned();
        let delivery = ledger.with_receipt(number).unwrap().unwrap();
        assert_eq!(line["delivery"], delivery.id.as_str());
    }
    assert_eq!(receipts.len(), DELIVERIES);
    assert!(ledger.with_receipt(0).unwrap().is_none());
    assert!(ledger.with_receipt(DELIVERIES as u64 + 1).unwrap().is_none());
}

#[tokio::test]
async fn a_receipt_that_does_not_follow_the_last_one_is_refused_and_not_written() {
    let home = Home::new();
    let ledger = home.open();
    let folder = home.folder("receipts");
    let (first, second) = (publish(&ledger, &id(1)).await, publish(&ledger, &id(2)).await);
    let late = receipted(&second, None, &folder);
    ledger.record(id(1), receipted(&first, None, &folder)).await.unwrap();
    let before = text(&home.ledger());
    let error = ledger.record(id(2), late).await.unwrap_err();
    assert!(matches!(error, LedgerError::Contradiction(_)), "{error}");
    assert_eq!(text(&home.ledger()), before);
    let (turn, previous) = (ledger.turn_to_issue().await, ledger.last_receipt().unwrap());
    ledger.record(id(2), receipted(&second, previous, &folder)).await.unwrap();
    drop(turn);
    assert_eq!(ledger.with_receipt(2).unwrap().unwrap().id, id(2));
}

#[tokio::test]
async fn the_chain_goes_on_over_the_files_of_the_journal() {
    let home = Home::new();
    let before = fill_several_files(&home).await;
    let files = journal_files(&home.ledger());
    assert!(files.len() > 5, "{files:?}");
    chain(&home.ledger());
    for file in &files {
        let first = fs::read_to_string(file).unwrap().lines().next().unwrap().to_owned();
        let first: serde_json::Value = serde_json::from_str(&first).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, format!("{:012}.jsonl", first["seq"].as_u64().unwrap()));
    }
    assert_eq!(answers(&home.open()), before);
    fs::remove_dir_all(home.ledger().join("index")).unwrap();
    assert_eq!(answers(&Ledger::open(&home.ledger()).unwrap().0), before);
}

#[tokio::test]
async fn a_file_missing_from_the_journal_is_damage_wherever_it_was() {
    for with_index in [true, false] {
        let home = Home::new();
        fill_several_files(&home).await;
        let files = journal_files(&home.ledger());
        for missing in 0..files.len() {
            let copied = Home::new();
            copy(&home.ledger(), &copied.ledger());
            fs::remove_file(&journal_files(&copied.ledger())[missing]).unwrap();
            if !with_index {
                fs::remove_dir_all(copied.ledger().join("index")).unwrap();
            }
            let last = missing == files.len() - 1;
            match Ledger::open(&copied.ledger()) {
                Err(LedgerError::Journal(JournalError::Damaged { path, line: 1, .. })) if !last => {
                    assert_eq!(path.file_name(), files[missing + 1].file_name());
                }
                Err(LedgerError::JournalLostItsEnd { .. }) if last && with_index => {}
                Ok(_) if last && !with_index => {}
                other => panic!("file {missing}, index {with_index}: {other:?}"),
            }
        }
    }
}

/// Records some deliveries with a limit that few events fill; hands back every answer.
async fn fill_several_files(home: &Home) -> Vec<String> {
    let (ledger, _) =
        Ledger::open_with(&home.ledger(), LedgerLimits { file: 2000, ..LedgerLimits::default() }).unwrap();
    for number in 0..8 {
        deliver(&ledger, &id(number), &home.folder("receipts")).await;
    }
    answers(&ledger)
}

#[tokio::test]
#[cfg_attr(not(have_root), ignore = "mounts a file system: run it as root")]
async fn a_full_disk_refuses_for_a_while_and_with_space_recording_goes_on_in_an_intact_chain() {
    let disk = SmallDisk::mount(64);
    let directory = disk.path().join("ledger");
    let (ledger, _) = Ledger::open(&directory).unwrap();
    let mut recorded = 0;
    for _ in 0..3 {
        fill(disk.path());
        // What is left of the last block takes some events.
        let error = loop {
            match ledger.record(id(recorded), accepted()).await {
                Ok(_) => recorded += 1,
                Err(error) => break error,
            }
        };
        for _ in 0..20 {
            let error = ledger.record(id(recorded), accepted()).await.unwrap_err();
            assert_eq!(error.remedy(), Remedy::Retry, "{error}");
        }
        assert_eq!(error.remedy(), Remedy::Retry, "{error}");
        assert_eq!(chain(&directory).len(), recorded);
        assert_eq!(ledger.newest_first().count(), recorded);
        empty(disk.path());
        ledger.record(id(recorded), accepted()).await.unwrap();
        recorded += 1;
    }
    assert_eq!(chain(&directory).len(), recorded);
    let before = answers(&ledger);
    drop(ledger);
    let (ledger, opening) = Ledger::open(&directory).unwrap();
    assert_eq!((opening, answers(&ledger)), (Opening::default(), before));
}

#[tokio::test]
#[cfg_attr(not(have_root), ignore = "mounts a file system: run it as root")]
async fn a_ledger_that_is_opened_on_a_full_disk_is_refused_and_opens_with_space_as_it_was() {
    let disk = SmallDisk::mount(64);
    let directory = disk.path().join("ledger");
    let before = {
        let (ledger, _) = Ledger::open(&directory).unwrap();
        ledger.record(id(0), accepted()).await.unwrap();
        answers(&ledger)
    };
    fs::remove_dir_all(directory.join("index")).unwrap();
    fill(disk.path());
    let refused = Ledger::open(&directory).unwrap_err();
    assert!(matches!(refused, LedgerError::Index(_) | LedgerError::Spool(_)), "{refused:?}");
    empty(disk.path());
    assert_eq!(answers(&Ledger::open(&directory).unwrap().0), before);
}

/// Writes until nothing more fits.
fn fill(disk: &Path) {
    let ballast = disk.join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    let full = std::io::copy(&mut std::io::repeat(0), &mut file).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    assert!(fs::metadata(&ballast).unwrap().size() > 0);
}

/// Gives back the room that [`fill`] took. Removing alone may not: a process that another test starts at this moment has the
/// file open until it becomes its program.
fn empty(disk: &Path) {
    let ballast = disk.join("ballast");
    fs::File::create(&ballast).unwrap();
    fs::remove_file(&ballast).unwrap();
}

/// Characters that no line of the journal has room for.
const PAGES: usize = 2 * 1024 * 1024;

#[tokio::test]
async fn an_event_that_is_too_long_to_be_written_holds_its_delivery_and_no_other_and_the_ledger_opens_again()
{
    let home = Home::new();
    let ledger = home.open();
    for number in [1, 2] {
        ledger.record(id(number), accepted()).await.unwrap();
    }
    let (until, reason, step) = (at(), "x".repeat(PAGES), Step::Transfer);
    let waiting =
        Event::Waiting { step, attempt: 1, until, reason: reason.clone(), unknown: false, back_to: None };
    let held = Event::held(step, reason.clone());
    for event in [waiting, held] {
        let after = ledger.record(id(1), event).await.unwrap();
        let why = after.standing.why(&after.id).unwrap();
        assert!(after.state() == "held" && why.contains("can't be recorded") && why.len() < 1000, "{why}");
    }
    let asker = Asker::new(0, 0, None, "");
    let act = Event::Released { by: "x".to_owned(), reason };
    let refused = ledger.record_act(id(1), act, asker).await.unwrap_err();
    assert!(matches!(refused, LedgerError::Journal(JournalError::TooLong(_))), "{refused}");
    assert_eq!(ledger.record(id(2), converted()).await.unwrap().state(), "converted");
    drop(ledger);
    let ledger = home.open();
    assert_eq!(ledger.record(id(1), released()).await.unwrap().state(), "accepted");
}

#[tokio::test]
async fn a_receipt_can_be_recorded_whatever_reasons_an_earlier_version_has_let_in() {
    let home = Home::new();
    let ledger = home.open();
    let (folder, by) = (home.folder("receipts"), "あ".repeat(10_000));
    publish(&ledger, &id(1)).await;
    for _ in 0..70 {
        let event = Event::HeldByHand { by: by.clone(), reason: "あ".repeat(20_000) };
        ledger.record(id(1), event).await.unwrap();
    }
    let delivery = ledger.record(id(1), released()).await.unwrap();
    let receipted = receipted(&delivery, None, &folder);
    let Event::Receipted { receipt, .. } = &receipted else { panic!() };
    let acts = &receipt.by_hand;
    assert_eq!(acts.last().unwrap().reason, "removed there");
    assert!(acts.iter().all(|act| act.reason.chars().count() <= 1001 && act.by.chars().count() <= 701));
    assert_eq!(ledger.record(id(1), receipted).await.unwrap().state(), "receipted");
}

#[tokio::test]
async fn the_journal_says_its_format_once_and_one_that_never_did_says_it_with_its_next_line() {
    let home = Home::new();
    let formats = || chain(&home.ledger()).iter().map(|line| line["format"].as_u64()).collect::<Vec<_>>();
    for round in 1..=2 {
        let ledger = home.open();
        for number in [2 * round, 2 * round + 1] {
            ledger.record(id(number), accepted()).await.unwrap();
        }
    }
    assert_eq!(formats(), [Some(1), None, None, None]);
    // As a version wrote it that knew of no number: only the first line had one, and it has no line before.
    let first = text(&home.ledger()).lines().next().unwrap().replace("\"format\":1,", "");
    fs::remove_dir_all(home.ledger().join("index")).unwrap();
    fs::write(&journal_files(&home.ledger())[0], format!("{first}\n")).unwrap();
    let (ledger, _) = Ledger::open(&home.ledger()).unwrap();
    ledger.record(id(8), accepted()).await.unwrap();
    ledger.record(id(9), accepted()).await.unwrap();
    drop(ledger);
    assert_eq!(formats(), [None, Some(1), None]);
    assert_eq!(home.open().newest_first().count(), 3);
}

#[tokio::test]
async fn a_journal_that_a_newer_version_has_written_is_refused_and_left_as_it_is() {
    let home = Home::new();
    home.open().record(id(1), accepted()).await.unwrap();
    let file = journal_files(&home.ledger()).remove(0);
    let before = fs::read_to_string(&file).unwrap();
    let digest = Sha256::of(before.trim_end().as_bytes());
    // Everything that this version reads of a line is as it should be.
    let newer = format!(
        "{{\"seq\":2,\"at\":\"2026-11-22T09:30:05.000+09:00\",\"prev\":\"{digest}\",\"format\":2,\"delivery\":\"{}\",\
         \"event\":\"rejected\",\"problems\":1,\"what_this_version_does_not_know\":true}}\n",
        id(1)
    );
    fs::write(&file, format!("{before}{newer}")).unwrap();
    for _ in 0..2 {
        let error = Ledger::open(&home.ledger()).unwrap_err();
        assert!(
            matches!(error, LedgerError::Journal(JournalError::Newer { format: 2, line: 2, .. })),
            "{error}"
        );
        assert_eq!(error.remedy(), Remedy::Stop);
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{before}{newer}"));
        fs::remove_dir_all(home.ledger().join("index")).unwrap();
    }
}

#[tokio::test]
async fn an_index_of_another_versions_format_is_rebuilt_and_nothing_of_it_stays_behind() {
    let home = Home::new();
    let before = {
        let ledger = home.open();
        for number in 0..3 {
            deliver(&ledger, &id(number), &home.folder("receipts")).await;
        }
        answers(&ledger)
    };
    {
        // sled lets go of its files in the background, and a program that another test is starting may still have them.
        let start = std::time::Instant::now();
        let db = loop {
            match sled::open(home.ledger().join("index")) {
                Err(_) if start.elapsed() < std::time::Duration::from_secs(60) => std::thread::yield_now(),
                opened => break opened.unwrap(),
            }
        };
        let facts = db.open_tree("facts").unwrap();
        let known = facts.get("facts").unwrap().unwrap();
        let mut older: serde_json::Value = serde_json::from_slice(&known).unwrap();
        older["format"] = 1.into();
        facts.insert("facts", serde_json::to_vec(&older).unwrap()).unwrap();
        db.flush().unwrap();
    }
    let (ledger, opening) = Ledger::open(&home.ledger()).unwrap();
    assert_eq!((opening.other_format, &opening.set_aside), (Some(1), &None));
    assert!(opening.replayed > 0);
    assert_eq!(answers(&ledger), before);
    let mut names: Vec<_> =
        fs::read_dir(home.ledger()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["index", "journal", "lock"]);
}
