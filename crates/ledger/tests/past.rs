//! What the ledger promises of its past: that it costs nothing, and that no answer changes for that.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "errors that aren't expected are shown")]

mod invented;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use invented::*;
use tempfile::TempDir;
use totatsu_base::{DeliveryId, Moment, Sha256, evidence::Asker};
use totatsu_ledger::journal::JournalError;
use totatsu_ledger::{
    Event, Ledger, LedgerError, LedgerLimits, Opening, Position, UnderWayAt, Wanted, WildName, history,
    sealing,
};

/// Nothing is moved.
const NEVER: usize = usize::MAX;

struct Home(TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn ledger(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    fn open(&self, ended: usize) -> (Ledger, Opening) {
        Ledger::open_with(&self.ledger(), limits(ended)).unwrap()
    }

    /// What it answers after so many events of a random walk.
    async fn walked(&self, ended: usize, dice: &mut Dice, known: &mut u64, events: usize) -> Vec<String> {
        let (ledger, _) = self.open(ended);
        walk(&ledger, dice, known, events).await;
        answers(&ledger).unwrap()
    }

    /// A copy of the journal alone.
    fn journal_alone(&self) -> Home {
        let home = Home::new();
        fs::create_dir(home.ledger()).unwrap();
        copy(&self.ledger().join("journal"), &home.ledger().join("journal"));
        home
    }
}

fn limits(ended: usize) -> LedgerLimits {
    LedgerLimits { ended, file: 60_000, ..LedgerLimits::default() }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, place) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if entry.is_dir() {
            copy(&entry, &place);
        } else {
            fs::copy(&entry, &place).unwrap();
        }
    }
}

/// Puts another copy in a directory's place.
fn replace(directory: &Path, by: &Path) {
    fs::remove_dir_all(directory).unwrap();
    copy(by, directory);
}

/// So many events of a random walk that the ledger takes.
async fn walk(ledger: &Ledger, dice: &mut Dice, known: &mut u64, events: usize) {
    let mut taken = 0;
    while taken < events {
        let (id, event) = any_event(ledger, dice, known);
        match ledger.record(id, event).await {
            Ok(_) => taken += 1,
            Err(LedgerError::Contradiction(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn same(answers: &[String], told: &[String], when: &str) {
    for (answer, told) in answers.iter().zip(told) {
        assert_eq!(answer, told, "{when}");
    }
    assert_eq!(answers.len(), told.len(), "{when}");
}

fn history_of(home: &Home) -> PathBuf {
    home.ledger().join("index").join(history::FILE)
}

fn journal_files(home: &Home) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(home.ledger().join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn every_question_is_answered_the_same_whether_what_is_finished_was_moved_or_not() {
    for seed in 0..3 {
        println!("seed {seed}");
        let (home, mut dice, mut known) = (Home::new(), Dice::new(seed), 0);
        for round in 0..3 {
            let (ledger, opening) = home.open(3);
            assert_eq!(opening, Opening::default(), "round {round}");
            walk(&ledger, &mut dice, &mut known, 90).await;
            let told = answers(&ledger).unwrap();
            drop(ledger);
            let again = answers(&home.open(3).0).unwrap();
            assert!(told == again, "round {round}: after it was opened again");
            let unmoved = home.journal_alone();
            let (ledger, opening) = unmoved.open(NEVER);
            assert_eq!((opening.set_aside, opening.replayed), (None, ledger.position().unwrap().seq));
            assert!(!history_of(&unmoved).exists());
            same(&answers(&ledger).unwrap(), &told, "nothing was moved");
            let rebuilt = home.journal_alone();
            same(&answers(&rebuilt.open(3).0).unwrap(), &told, "built anew");
        }
        assert!(history_of(&home).exists());
    }
}

/// So many that the keys of some are looked at in vain for long.
const MANY: u64 = 2400;

/// Deliveries that are cancelled at once: nearly all of one link by one person, nearly all of the other by another.
async fn cancelled_by_two(ledger: &Ledger) {
    for first in (0..MANY).step_by(300) {
        let mut ways = Vec::new();
        for number in first..first + 300 {
            let is_even = number.is_multiple_of(2);
            let (link, person) = if is_even { (LINKS[0], "yamada") } else { (LINKS[2], "tanaka") };
            let person = if number % 800 == 7 { "yamada" } else { person };
            let name = format!("{link}_{:03}x{number}.csv", number % 7);
            let by = person.to_owned();
            ways.push((id(number), accepted(link, "eltax", &name, number)));
            let reason = "twice".to_owned();
            ways.push((id(number), Event::HeldByHand { by: by.clone(), reason: reason.clone() }));
            ways.push((id(number), Event::Cancelled { by, reason }));
            ways.push((id(number), archived(&id(number))));
        }
        ledger.record_all(ways).await.into_iter().for_each(|recorded| drop(recorded.unwrap()));
    }
}

#[tokio::test]
async fn what_many_are_of_each_and_few_are_of_together_is_found_by_any_two_filters() {
    let home = Home::new();
    let (ledger, _) = home.open(10);
    cancelled_by_two(&ledger).await;
    assert!(history_of(&home).exists());
    let word = |word: &str| Some(word.to_owned());
    let by = |person: &str| Wanted { by: word(person), ..Wanted::default() };
    let like = |name: &str| Some(WildName::new(name));
    let mut expected = Vec::new();
    for wanted in [
        Wanted { link: word(LINKS[2]), ..by("yamada") },
        Wanted { link: word(LINKS[0]), ..by("tanaka") },
        Wanted { like: like("*_003x*4.csv"), ..by("yamada") },
        Wanted { like: like("*i_???x?.*"), ..by("tanaka") },
        Wanted { like: like("*x?1?7*"), link: word(LINKS[2]), ..Wanted::default() },
        Wanted { not_over: [LINKS[2].to_owned()].into(), ..by("tanaka") },
        Wanted { not_over: [LINKS[0].to_owned()].into(), ..by("yamada") },
        Wanted {
            like: like("*7*"),
            not_over: [LINKS[0].to_owned()].into(),
            state: word("cancelled"),
            ..by("yamada")
        },
        Wanted { name: word("kaikei_000x7.csv"), state: word("cancelled"), ..by("yamada") },
        Wanted { from: Some(id(900)), below: Some(id(1900)), link: word(LINKS[2]), ..by("yamada") },
        Wanted { source: Some(digest_of(807)), link: word(LINKS[2]), ..by("yamada") },
    ] {
        let all = ledger.newest_first().map(Result::unwrap).filter(|delivery| wanted.fits(delivery));
        let all: Vec<DeliveryId> = all.map(|delivery| delivery.id).collect();
        let met: Vec<DeliveryId> = ledger.wanted(wanted.clone()).map(|met| met.unwrap().id).collect();
        assert_eq!(met, all, "{wanted:?}");
        expected.push(all.len());
    }
    assert_eq!(expected, [3, 0, 34, 4, 20, 0, 3, 3, 1, 1, 1]);
}

/// The journal as it would be, had each event come this long after the one before.
fn slowed(home: &Home, minutes: u64) -> Home {
    let slow = home.journal_alone();
    let (mut at, mut prev): (Moment, String) = ("2026-11-01T00:00:30Z".parse().unwrap(), "0".repeat(64));
    for file in journal_files(&slow) {
        let mut text = String::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            let (head, rest) = line.split_once("\"prev\":\"").unwrap();
            let seq = head.split_once(',').unwrap().0;
            let line = format!("{seq},\"at\":\"{at}\",\"prev\":\"{prev}{}", &rest[64..]);
            (at, prev) =
                (at.after(Duration::from_secs(minutes * 60)), Sha256::of(line.as_bytes()).to_string());
            text += &(line + "\n");
        }
        fs::write(file, text).unwrap();
    }
    slow
}

#[tokio::test]
async fn what_was_under_way_at_a_time_of_the_day_is_found_whether_it_took_minutes_or_days() {
    let (home, mut dice, mut known) = (Home::new(), Dice::new(5), 0);
    let (ledger, _) = home.open(NEVER);
    walk(&ledger, &mut dice, &mut known, 250).await;
    drop(ledger);
    let mut found = [0, 0];
    for minutes in [0, 1, 7, 200] {
        let slow = slowed(&home, minutes);
        let (ledger, opening) = slow.open(2);
        assert_eq!(opening.set_aside, None);
        assert!(history_of(&slow).exists());
        answers(&ledger).unwrap();
        let all: Vec<_> = ledger.newest_first().collect::<Result<_, _>>().unwrap();
        let finished: Vec<_> = all.iter().filter(|delivery| delivery.is_finished()).collect();
        for minute in (0..24 * 60).step_by(20) {
            for long in [false, true] {
                let wanted = Wanted { under_way_at: Some(UnderWayAt { minute, long }), ..Wanted::default() };
                let met = ledger.wanted(wanted.clone()).map(|met| met.unwrap().id).collect::<Vec<_>>();
                let fits = all.iter().filter(|delivery| wanted.fits(delivery)).map(|fit| fit.id.clone());
                assert_eq!(met, fits.collect::<Vec<_>>(), "{minutes} {wanted:?}");
                found[usize::from(long)] += finished.iter().filter(|it| met.contains(&it.id)).count();
            }
        }
    }
    assert!(found[0] > 0 && found[1] > 0, "{found:?}");
}

#[tokio::test]
async fn wherever_a_move_is_cut_off_or_a_power_cut_puts_the_index_back_every_answer_is_the_same() {
    for seed in 10..12 {
        println!("seed {seed}");
        let (home, mut dice, mut known) = (Home::new(), Dice::new(seed), 0);
        let olds: Vec<TempDir> = (0..7).map(|_| tempfile::tempdir().unwrap()).collect();
        for old in &olds {
            let (ledger, _) = home.open(2);
            walk(&ledger, &mut dice, &mut known, 40).await;
            drop(ledger);
            copy(&home.ledger().join("index"), old.path());
        }
        let (ledger, _) = home.open(2);
        let told = answers(&ledger).unwrap();
        drop(ledger);
        let newest = fs::read(history_of(&home)).unwrap();
        for (number, old) in olds.iter().enumerate() {
            // What sled knew then, and what the history knows now: a power cut may leave that, and a kill between the two.
            let cut = home.journal_alone();
            copy(old.path(), &cut.ledger().join("index"));
            fs::write(history_of(&cut), &newest).unwrap();
            let (ledger, opening) = cut.open(2);
            assert_eq!((opening.set_aside, opening.torn), (None, 0), "from {number}");
            assert!(answers(&ledger).unwrap() == told, "from {number}");
            walk(&ledger, &mut Dice::new(seed), &mut known.clone(), 30).await;
            let later = answers(&ledger).unwrap();
            drop(ledger);
            assert!(answers(&cut.journal_alone().open(NEVER).0).unwrap() == later, "from {number}, going on");
        }
    }
}

#[tokio::test]
async fn a_history_that_is_missing_or_older_than_sled_is_set_aside_with_the_index_and_all_is_rebuilt() {
    let (home, mut dice, mut known) = (Home::new(), Dice::new(20), 0);
    let (ledger, _) = home.open(2);
    walk(&ledger, &mut dice, &mut known, 80).await;
    drop(ledger);
    let older = fs::read(history_of(&home)).unwrap();
    let told = home.walked(2, &mut dice, &mut known, 80).await;
    let newest = fs::read(history_of(&home)).unwrap();
    for damaged in
        [None, Some(older), Some(Vec::new()), Some(newest[..newest.len() / 2].to_vec()), Some(vec![7; 9000])]
    {
        match damaged {
            None => fs::remove_file(history_of(&home)).unwrap(),
            Some(bytes) => fs::write(history_of(&home), bytes).unwrap(),
        }
        let (ledger, opening) = home.open(2);
        assert!(opening.set_aside.is_some(), "{opening:?}");
        assert_eq!(answers(&ledger).unwrap(), told);
        drop(ledger);
        assert_eq!(home.open(2).1, Opening::default());
    }
}

#[tokio::test]
async fn a_history_with_changed_or_lost_bytes_never_changes_an_answer_and_is_rebuilt_once_that_is_seen() {
    let (home, mut dice, mut known) = (Home::new(), Dice::new(30), 0);
    let told = home.walked(2, &mut dice, &mut known, 300).await;
    let (whole, kept) = (fs::read(history_of(&home)).unwrap(), tempfile::tempdir().unwrap());
    copy(&home.ledger().join("index"), kept.path());
    let (mut seen_at_once, mut seen_later, mut unseen) = (0, 0, 0);
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let mut bytes = whole.clone();
        let at = dice.below(bytes.len());
        match seed % 4 {
            0 => bytes.truncate(at),
            1 => {
                let end = bytes.len().min(at + 4096);
                bytes[at..end].fill(0);
            }
            _ => (0..=dice.below(40)).for_each(|_| {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }),
        }
        replace(&home.ledger().join("index"), kept.path());
        fs::write(history_of(&home), &bytes).unwrap();
        let (ledger, opening) = home.open(2);
        let answered = answers(&ledger);
        drop(ledger);
        match answered {
            Ok(answers) => {
                assert!(answers == told, "seed {seed}: {opening:?}");
                if opening.set_aside.is_some() { seen_at_once += 1 } else { unseen += 1 }
            }
            Err(LedgerError::Index(_)) => {
                seen_later += 1;
                let (ledger, opening) = home.open(2);
                assert!(opening.set_aside.is_some(), "seed {seed}: what was found damaged is built anew");
                assert!(answers(&ledger).unwrap() == told, "seed {seed}: built anew");
            }
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("seen at once {seen_at_once}, when asked {seen_later}, in bytes of no use {unseen}");
    assert!(seen_at_once > 0 && seen_later > 0);
}

#[tokio::test]
async fn a_finished_delivery_that_something_happens_to_is_found_as_it_stands_then() {
    let home = Home::new();
    let (ledger, _) = home.open(1);
    let (first, second) = (id(1), id(2));
    for id in [&first, &second] {
        ledger.record(id.clone(), accepted("irai", "eltax", "file1.csv", 100)).await.unwrap();
        for event in outward(id, "Z1.DTA", 100) {
            ledger.record(id.clone(), event).await.unwrap();
        }
        let number = ledger.last_receipt().unwrap().map_or(1, |last| last.number + 1);
        ledger.record(id.clone(), receipted(number, id, "irai", "eltax", "file1.csv", 100)).await.unwrap();
        ledger.record(id.clone(), archived(id)).await.unwrap();
    }
    for impossible in [held(), released(), cancelled(), archived(&first), accepted("irai", "eltax", "x", 1)] {
        let asker = Asker::new(0, 0, None, "");
        let refused = ledger.record_act(first.clone(), impossible, asker).await.unwrap_err();
        assert!(matches!(refused, LedgerError::Contradiction(_)), "{refused}");
    }
    let resent =
        Event::Resent { of: first.clone(), by: "x".into(), reason: "y".into(), even_if_older: false };
    let again = ledger.record(id(3), resent).await.unwrap();
    assert_eq!((again.state(), again.name()), ("converted", "file1.csv"));
    let removed = ledger.record(first.clone(), Event::Removed { why: "its time".into() }).await.unwrap();
    assert!(removed.removed.is_some());
    assert_eq!(ledger.find(&first).unwrap(), Some(removed));
    let told = answers(&ledger).unwrap();
    drop(ledger);
    assert_eq!(answers(&home.open(1).0).unwrap(), told);
    assert_eq!(answers(&home.journal_alone().open(NEVER).0).unwrap(), told);
}

/// Some MiB of journal in files of 300 kB; hands back a position long ago, and the last.
async fn long_past(home: &Home) -> (Position, Position) {
    let limits = LedgerLimits { file: 300_000, ..LedgerLimits::default() };
    let (ledger, _) = Ledger::open_with(&home.ledger(), limits).unwrap();
    ledger.record(id(1), accepted("irai", "eltax", "a", 1)).await.unwrap();
    let early = ledger.position().unwrap();
    for number in 0..24 {
        let reason = format!("{number}{}", "x".repeat(150_000));
        ledger.record(id(1), Event::HeldByHand { by: "a".into(), reason }).await.unwrap();
    }
    let end = ledger.position().unwrap();
    (early, end)
}

#[tokio::test]
async fn a_file_missing_shortened_or_longer_in_the_journals_past_is_refused_at_once() {
    let home = Home::new();
    long_past(&home).await;
    let files = journal_files(&home);
    assert!(files.len() > 9, "{}", files.len());
    let name = |path: &Path| path.file_name().unwrap().to_owned();
    for at in [0, files.len() / 3] {
        let whole = fs::read(&files[at]).unwrap();
        let damages = [None, Some(whole[..whole.len() - 1].to_vec()), Some([&whole[..], b"{}\n"].concat())];
        for damage in damages {
            match &damage {
                None => fs::remove_file(&files[at]).unwrap(),
                Some(bytes) => fs::write(&files[at], bytes).unwrap(),
            }
            let told_of = if damage.is_some() { &files[at] } else { &files[at + 1] };
            match Ledger::open(&home.ledger()) {
                Err(LedgerError::Journal(JournalError::Damaged { path, .. })) => {
                    assert_eq!(name(&path), name(told_of));
                }
                other => panic!("file {at}, {:?}: {other:?}", damage.map(|bytes| bytes.len())),
            }
            fs::write(&files[at], &whole).unwrap();
            assert_eq!(Ledger::open(&home.ledger()).unwrap().1, Opening::default());
        }
    }
    // Of the last ones, the end is lost.
    for last in files.iter().rev().take(3) {
        fs::remove_file(last).unwrap();
        let opened = Ledger::open(&home.ledger());
        assert!(matches!(opened, Err(LedgerError::JournalLostItsEnd { .. })), "{opened:?}");
    }
}

#[tokio::test]
async fn only_the_last_part_of_the_journal_is_read_and_a_changed_byte_in_it_is_refused() {
    let home = Home::new();
    long_past(&home).await;
    let files = journal_files(&home);
    let flip = |path: &Path| {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    // Long ago: an audit reads it, an opening doesn't.
    flip(&files[2]);
    assert_eq!(Ledger::open(&home.ledger()).unwrap().1, Opening::default());
    fs::remove_dir_all(home.ledger().join("index")).unwrap();
    assert!(matches!(Ledger::open(&home.ledger()), Err(LedgerError::Journal(JournalError::Damaged { .. }))));
    flip(&files[2]);
    drop(Ledger::open(&home.ledger()).unwrap());
    for file in files.iter().rev().take(3) {
        flip(file);
        match Ledger::open(&home.ledger()) {
            Err(LedgerError::Journal(JournalError::Damaged { .. }) | LedgerError::JournalChanged { .. }) => {}
            other => panic!("{}: {other:?}", file.display()),
        }
        flip(file);
    }
    assert_eq!(Ledger::open(&home.ledger()).unwrap().1, Opening::default());
}

#[tokio::test]
async fn a_deliverys_lines_are_found_without_the_journal_before_it_whatever_the_clock_said() {
    let (home, mut dice, mut known) = (Home::new(), Dice::new(11), 0);
    let (ledger, _) = home.open(NEVER);
    walk(&ledger, &mut dice, &mut known, 400).await;
    // Its id is of a day long before that of its lines.
    let late = id(MANY);
    ledger.record(late.clone(), accepted(LINKS[0], "eltax", "late.csv", 1)).await.unwrap();
    let files = journal_files(&home);
    assert!(files.len() > 2, "{files:?}");
    fs::write(&files[0], "no journal\n".repeat(3) + &format!("{{\"delivery\":\"{late}\"}}")).unwrap();
    fs::remove_file(&files[1]).unwrap();
    fs::create_dir(&files[1]).unwrap();
    let lines = ledger.lines_of(&ledger.find(&late).unwrap().unwrap()).unwrap();
    assert_eq!(lines.iter().map(|line| line.event.word()).collect::<Vec<_>>(), ["accepted"]);
}

#[tokio::test]
async fn an_event_that_is_known_of_the_journal_is_looked_for_also_in_what_is_not_read() {
    let home = Home::new();
    let (early, end) = long_past(&home).await;
    let opened = |known: Position| {
        let (ledger, opening) = Ledger::open_patiently(&home.ledger(), Some(known)).unwrap();
        drop(ledger);
        opening
    };
    for known in [early, end, Position::START] {
        assert_eq!(opened(known), Opening::default());
    }
    let departed = Opening { departs: true, ..Opening::default() };
    for known in [early, end] {
        assert_eq!(opened(Position { digest: Sha256::of(b"another"), ..known }), departed);
    }
    assert_eq!(opened(Position { seq: end.seq + 1, ..end }), departed);
}

#[tokio::test]
async fn a_ledger_whose_closed_files_are_packed_opens_without_reading_them_is_rebuilt_from_them_and_goes_on()
{
    let seed = u64::from(std::process::id());
    println!("seed {seed}");
    let (home, mut dice, mut known) = (Home::new(), Dice::new(seed), 0);
    let told = home.walked(50, &mut dice, &mut known, 600).await;
    let journal = home.ledger().join("journal");
    let plain = home.journal_alone();
    let mut packed = 0;
    while sealing::pack_oldest(&journal).unwrap().is_some() {
        packed += 1;
    }
    assert!(packed > 3, "{packed} files are packed: too few to tell anything");

    let (ledger, opening) = home.open(50);
    assert_eq!((opening.replayed, &opening.set_aside, opening.torn), (0, &None, 0));
    same(&answers(&ledger).unwrap(), &told, "with packed files");
    walk(&ledger, &mut dice, &mut known, 100).await;
    let told = answers(&ledger).unwrap();
    drop(ledger);
    let rebuilt = home.journal_alone();
    let (ledger, opening) = rebuilt.open(50);
    assert!(opening.replayed >= 700, "{opening:?}");
    same(&answers(&ledger).unwrap(), &told, "rebuilt from packed files");
    drop(ledger);

    // A plain file that somebody puts back counts; one that is damaged is told, and nothing is changed.
    let name = "000000000001.jsonl";
    fs::copy(plain.ledger().join("journal").join(name), journal.join(name)).unwrap();
    same(&answers(&home.open(50).0).unwrap(), &told, "with a plain file beside the packed one");
    fs::remove_file(journal.join(name)).unwrap();
    let file = rebuilt.ledger().join("journal").join(format!("{name}.zst"));
    let mut bytes = fs::read(&file).unwrap();
    let place = dice.below(bytes.len());
    bytes[place] ^= 0x55;
    fs::write(&file, bytes).unwrap();
    fs::remove_dir_all(rebuilt.ledger().join("index")).unwrap();
    match Ledger::open_with(&rebuilt.ledger(), limits(50)) {
        Err(LedgerError::Journal(JournalError::Damaged { path, .. })) => {
            assert_eq!(path, file, "seed {seed}")
        }
        other => panic!("seed {seed}, byte {place}: {other:?}"),
    }
}

#[tokio::test]
async fn a_rebuild_that_stores_while_it_reads_on_comes_to_what_was_recorded_however_few_it_stores_together() {
    for seed in 0..2 {
        println!("seed {seed}");
        let (home, mut dice, mut known) = (Home::new(), Dice::new(seed), 0);
        let told = home.walked(3, &mut dice, &mut known, 900).await;
        for together in [1, 2, 30] {
            let rebuilt = home.journal_alone();
            let limits = LedgerLimits { together, ..limits(3) };
            let (ledger, opening) = Ledger::open_with(&rebuilt.ledger(), limits).unwrap();
            assert_eq!(opening.replayed, ledger.position().unwrap().seq);
            same(&answers(&ledger).unwrap(), &told, &format!("stored by {together}"));
        }
    }
}

#[tokio::test]
async fn a_rebuild_that_was_interrupted_goes_on_where_it_stopped() {
    let home = Home::new();
    let (ledger, _) = home.open(50);
    let count = 5_000;
    let events =
        (1..=count).map(|number| (id(number), accepted("irai", "eltax", &format!("{number}.csv"), number)));
    for recorded in ledger.record_all(events.collect()).await {
        recorded.unwrap();
    }
    let told = answers(&ledger).unwrap();
    drop(ledger);
    // What ends it here is damage near the end, which is mended then; a kill leaves no other index.
    let rebuilt = home.journal_alone();
    let last = journal_files(&rebuilt).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    fs::write(&last, String::from_utf8(whole.clone()).unwrap().replacen("irai", "iraj", 1)).unwrap();
    assert!(matches!(
        Ledger::open_with(&rebuilt.ledger(), limits(50)),
        Err(LedgerError::Journal(JournalError::Damaged { .. }))
    ));
    fs::write(&last, whole).unwrap();
    let (ledger, opening) = rebuilt.open(50);
    assert_eq!(opening.set_aside, None);
    assert!(
        opening.replayed > 0 && opening.replayed < count / 2,
        "{} of {count} were read again",
        opening.replayed
    );
    same(&answers(&ledger).unwrap(), &told, "gone on");
}

#[tokio::test]
async fn a_history_that_cant_be_opened_for_writing_answers_an_error_and_never_that_nothing_was_delivered() {
    let home = Home::new();
    let given_up = |number: u64| {
        let way = [accepted("irai", "eltax", "a.csv", number), held(), cancelled(), archived(&id(number))];
        Vec::from(way.map(|event| (id(number), event)))
    };
    let (ledger, _) = home.open(1);
    ledger.record_all(given_up(1)).await.into_iter().for_each(|recorded| drop(recorded.unwrap()));
    drop(ledger);
    let (ledger, _) = home.open(1);
    let known = ledger.find(&id(1)).unwrap();
    assert!(known.is_some());
    let (history, aside) = (history_of(&home), home.ledger().join("aside"));
    fs::rename(&history, &aside).unwrap();
    fs::create_dir(&history).unwrap();
    let refused = ledger.record_all(given_up(2)).await.pop().unwrap();
    assert!(matches!(refused, Err(LedgerError::Index(_))), "{refused:?}");
    let told = ledger.find(&id(1));
    assert!(matches!(told, Err(LedgerError::Index(_))), "{told:?}");
    drop(ledger);
    fs::remove_dir(&history).unwrap();
    fs::rename(&aside, &history).unwrap();
    let (ledger, opening) = home.open(1);
    assert_eq!((ledger.find(&id(1)).unwrap(), opening.set_aside), (known, None));
}

#[tokio::test]
async fn what_somebody_put_among_the_journals_files_is_neither_read_nor_written_on() {
    let home = Home::new();
    let (ledger, _) = home.open(NEVER);
    ledger.record(id(1), accepted("irai", "eltax", "a.csv", 1)).await.unwrap();
    drop(ledger);
    let whole = fs::read_to_string(&journal_files(&home)[0]).unwrap();
    for (name, text) in
        [("notes.jsonl", ""), ("copy.jsonl", whole.as_str()), ("20261122.jsonl", whole.as_str())]
    {
        let stray = home.ledger().join("journal").join(name);
        fs::write(&stray, text).unwrap();
        let (ledger, opening) = home.open(NEVER);
        assert_eq!(opening, Opening::default(), "{name}");
        ledger.record(id(1), waiting()).await.unwrap();
        drop(ledger);
        assert_eq!(fs::read_to_string(stray).unwrap(), text, "{name}");
        assert_eq!(home.open(NEVER).1, Opening::default(), "{name}");
    }
}
