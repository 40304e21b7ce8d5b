//! What the ledger promises when its files are not as it left them: nothing acknowledged is lost or changed unnoticed.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/evidence.rs"]
mod evidence;

use std::fs;
use std::path::{Path, PathBuf};

use evidence::*;
use tempfile::TempDir;
use totatsu::spool::DeliveryFolder;
use totatsu_base::remedy::Remedy;
use totatsu_ledger::event::Event;
use totatsu_ledger::journal::JournalError;
use totatsu_ledger::{Ledger, LedgerError};

/// A closed ledger that is damaged in copies, so that each damage starts from the same files.
struct Original {
    home: TempDir,
    /// What it answers when it is whole.
    answers: Vec<String>,
}

impl Original {
    /// So many deliveries with a receipt each, and some that are on their way or can't go on.
    async fn with(deliveries: usize) -> Original {
        let home = tempfile::tempdir().unwrap();
        let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
        let folder = DeliveryFolder::at(home.path());
        for number in 0..deliveries {
            deliver(&ledger, &id(number), &folder).await;
        }
        for (number, event) in
            [waiting(), held(), converted(), Event::Rejected { problems: 3 }].into_iter().enumerate()
        {
            ledger.record(id(1000 + number), accepted()).await.unwrap();
            ledger.record(id(1000 + number), event).await.unwrap();
        }
        let answers = answers(&ledger);
        drop(ledger);
        Original { home, answers }
    }

    fn ledger(&self) -> PathBuf {
        self.home.path().join("ledger")
    }

    fn copied(&self) -> (TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("ledger");
        copy(&self.ledger(), &directory);
        (home, directory)
    }

    /// Adds one event, and hands back the journal with it; the ledger itself does not know of it.
    async fn journal_with_one_more(&self, event: Event) -> Vec<u8> {
        let (_home, directory) = self.copied();
        let (ledger, _) = Ledger::open(&directory).unwrap();
        ledger.record(id(1000), event).await.unwrap();
        drop(ledger);
        fs::read(journal(&directory)).unwrap()
    }
}

fn journal(directory: &Path) -> PathBuf {
    let mut files = journal_files(directory);
    assert_eq!(files.len(), 1);
    files.remove(0)
}

fn without_index(directory: &Path) {
    fs::remove_dir_all(directory.join("index")).unwrap();
}

/// Where the last line begins.
fn last_line(text: &[u8]) -> usize {
    text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1
}

/// One byte becomes another.
fn flip(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    bytes[at] ^= u8::try_from(1 + dice.below(255)).unwrap();
}

/// The ledger takes events and keeps them.
async fn goes_on(directory: &Path) {
    let (ledger, _) = Ledger::open(directory).unwrap();
    ledger.record(id(5000), accepted()).await.unwrap();
    let before = answers(&ledger);
    drop(ledger);
    chain(directory);
    assert_eq!(answers(&Ledger::open(directory).unwrap().0), before);
}

#[tokio::test]
async fn a_last_line_torn_at_any_byte_is_cut_off_and_all_before_it_is_kept() {
    let original = Original::with(1).await;
    let whole = original.journal_with_one_more(released()).await;
    let start = last_line(&whole);
    assert_eq!(fs::metadata(journal(&original.ledger())).unwrap().len(), start as u64);
    let (_home, directory) = original.copied();
    for cut in start..whole.len() {
        let zeros = [0, 1, 4096][cut % 3];
        let mut torn = whole[..cut].to_vec();
        torn.resize(cut + zeros, 0);
        fs::write(journal(&directory), &torn).unwrap();
        let (ledger, opening) = Ledger::open(&directory).unwrap();
        assert_eq!(opening.torn, (torn.len() - start) as u64, "cut at {cut}, {zeros} zeros");
        assert_eq!((opening.set_aside, opening.replayed), (None, 0));
        assert_eq!(answers(&ledger), original.answers);
        drop(ledger);
        assert!(fs::read(journal(&directory)).unwrap() == whole[..start]);
    }
    goes_on(&directory).await;
}

#[tokio::test]
async fn a_line_that_was_written_but_never_acknowledged_counts_if_it_is_whole() {
    let original = Original::with(1).await;
    let whole = original.journal_with_one_more(released()).await;
    let (_home, directory) = original.copied();
    fs::write(journal(&directory), &whole).unwrap();
    let (ledger, opening) = Ledger::open(&directory).unwrap();
    assert_eq!((opening.torn, opening.replayed), (0, 1));
    assert_eq!(ledger.find(&id(1000)).unwrap().unwrap().state(), "accepted");
    drop(ledger);
    goes_on(&directory).await;
}

#[tokio::test]
async fn a_byte_changed_before_the_last_line_stops_the_opening_with_file_and_line() {
    let original = Original::with(2).await;
    let whole = fs::read(journal(&original.ledger())).unwrap();
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let mut text = whole.clone();
        let at = dice.below(last_line(&whole));
        flip(&mut text, at, &mut dice);
        let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let (_home, directory) = original.copied();
        if seed % 2 == 0 {
            without_index(&directory);
        }
        fs::write(journal(&directory), &text).unwrap();
        let error = Ledger::open(&directory).unwrap_err();
        assert_eq!(error.remedy(), Remedy::Stop);
        let message = error.to_string();
        let LedgerError::Journal(JournalError::Damaged { path, line: named, .. }) = error else {
            panic!("seed {seed}: {message}")
        };
        assert_eq!(path, journal(&directory));
        // A line that still looks like one is found by the digest that the next line carries.
        assert!(named == line || named == line + 1, "seed {seed}: {line}, not {message}");
        assert!(message.contains(&format!("{}:{named}", path.display())));
        assert!(fs::read(journal(&directory)).unwrap() == text, "seed {seed}: damage is left alone");
    }
}

#[tokio::test]
async fn a_byte_changed_in_the_last_line_is_noticed_while_the_index_is_there_and_nothing_is_cut_off() {
    let original = Original::with(1).await;
    let whole = fs::read(journal(&original.ledger())).unwrap();
    let start = last_line(&whole);
    let (_home, directory) = original.copied();
    for at in start..whole.len() {
        for mask in [whole[at], [0x01, 0x02, 0x20][at % 3]] {
            let mut text = whole.clone();
            text[at] ^= mask;
            fs::write(journal(&directory), &text).unwrap();
            let error = match Ledger::open(&directory) {
                Err(error) => error,
                Ok(_) => panic!("byte {at} ^ {mask:#x} of the last line was not noticed"),
            };
            assert_eq!(error.remedy(), Remedy::Stop, "{error}");
            assert!(fs::read(journal(&directory)).unwrap() == text, "byte {at} ^ {mask:#x}: {error}");
        }
    }
    fs::write(journal(&directory), &whole).unwrap();
    let (ledger, opening) = Ledger::open(&directory).unwrap();
    assert_eq!((opening.set_aside, answers(&ledger)), (None, original.answers));
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_refused_and_left_alone_until_the_index_is_moved_aside() {
    let original = Original::with(2).await;
    let whole = fs::read(journal(&original.ledger())).unwrap();
    let ends: Vec<usize> =
        (1..whole.len()).filter(|at| whole[at - 1] == b'\n').chain([whole.len() - 1, 0]).collect();
    for end in ends {
        let (_home, directory) = original.copied();
        fs::write(journal(&directory), &whole[..end]).unwrap();
        let error = Ledger::open(&directory).unwrap_err();
        assert!(matches!(error, LedgerError::JournalLostItsEnd { .. }), "cut at {end}: {error}");
        assert_eq!(error.remedy(), Remedy::Stop);
        assert!(error.to_string().contains("backup"), "{error}");
        assert!(fs::read(journal(&directory)).unwrap() == whole[..end], "cut at {end}: left alone");
        fs::rename(directory.join("index"), directory.join("index.aside")).unwrap();
        goes_on(&directory).await;
    }
}

#[tokio::test]
async fn an_index_that_is_gone_is_rebuilt_with_the_same_answers() {
    let original = Original::with(5).await;
    let (_home, directory) = original.copied();
    without_index(&directory);
    let (ledger, opening) = Ledger::open(&directory).unwrap();
    assert_eq!(opening.replayed, chain(&directory).len() as u64);
    assert_eq!((opening.set_aside, answers(&ledger)), (None, original.answers));
    drop(ledger);
    goes_on(&directory).await;
}

#[tokio::test]
async fn an_index_that_lags_behind_catches_up() {
    let original = Original::with(2).await;
    let (_home, directory) = original.copied();
    let (ledger, _) = Ledger::open(&directory).unwrap();
    ledger.record(id(1000), released()).await.unwrap();
    deliver(&ledger, &id(2000), &DeliveryFolder::at(original.home.path())).await;
    let before = answers(&ledger);
    drop(ledger);
    without_index(&directory);
    copy(&original.ledger().join("index"), &directory.join("index"));
    let (ledger, opening) = Ledger::open(&directory).unwrap();
    assert_eq!((opening.set_aside, opening.replayed), (None, 9));
    assert_eq!(answers(&ledger), before);
}

#[tokio::test]
async fn an_index_with_changed_bytes_never_changes_an_answer() {
    let original = Original::with(80).await;
    for seed in 0..30 {
        damaged_index(&original, seed, |bytes, dice| {
            for _ in 0..=dice.below(12) {
                let at = dice.below(bytes.len());
                flip(bytes, at, dice);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_index_cut_short_or_with_a_lost_block_never_changes_an_answer() {
    let original = Original::with(80).await;
    for seed in 1000..1030 {
        damaged_index(&original, seed, |bytes, dice| {
            let at = dice.below(bytes.len());
            if dice.below(2) == 0 {
                bytes.truncate(at);
            } else {
                let end = bytes.len().min(at + 4096);
                bytes[at..end].fill(0);
            }
        })
        .await;
    }
}

/// Damages one of the index's files, opens the ledger, compares every answer, and goes on.
async fn damaged_index(original: &Original, seed: u64, damage: impl Fn(&mut Vec<u8>, &mut Dice)) {
    let mut dice = Dice::new(seed);
    let (_home, directory) = original.copied();
    let mut files: Vec<PathBuf> = fs::read_dir(directory.join("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && fs::metadata(path).unwrap().len() > 0)
        .collect();
    files.sort();
    // Most damage goes where most bytes are.
    let file =
        if dice.below(3) > 0 { directory.join("index/db") } else { files[dice.below(files.len())].clone() };
    let mut bytes = fs::read(&file).unwrap();
    // Behind what was written there are only zeros.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
    bytes.truncate(used);
    damage(&mut bytes, &mut dice);
    fs::write(&file, &bytes).unwrap();
    println!("seed {seed}: {}", file.display());
    let (ledger, opening) = Ledger::open(&directory).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert!(answers(&ledger) == original.answers, "seed {seed}: {opening:?}");
    ledger.record(id(5000), accepted()).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let before = answers(&ledger);
    drop(ledger);
    let (ledger, _) = Ledger::open(&directory).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert!(answers(&ledger) == before, "seed {seed}: after going on");
}
