//! The journal read by several threads tells what reading it line by line tells, whatever was done to its files.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod invented;

use std::fs;
use std::path::{Path, PathBuf};

use invented::{Dice, chained_journal};
use totatsu_base::Sha256;
use totatsu_ledger::journal::FILE_LIMIT;
use totatsu_ledger::reading::{ChainEnd, read_chain};
use totatsu_ledger::{Journal, JournalError, Position, search};

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What several threads read: where it ends, and the numbers that were shown.
fn read(directory: &Path, from: Position) -> Result<(ChainEnd, Vec<u64>), String> {
    let mut shown = Vec::new();
    let end = read_chain(directory, from, <[u8]>::len, |line, length| {
        assert_eq!((line.text.len(), Sha256::of(line.text)), (length, line.position.digest));
        shown.push(line.position.seq);
        Ok::<(), JournalError>(())
    });
    end.map(|end| (end, shown)).map_err(|error| error.to_string())
}

/// The same, line by line.
fn read_slowly(directory: &Path) -> Result<(ChainEnd, Vec<u64>), String> {
    let mut shown = Vec::new();
    let found = Journal::read(directory, FILE_LIMIT, |line| {
        shown.push(line.position.seq);
        Ok::<(), JournalError>(())
    });
    let found = found.map_err(|error| error.to_string())?;
    Ok((ChainEnd { end: found.end(), torn: found.torn() }, shown))
}

#[test]
fn several_threads_find_the_same_lines_torn_ends_and_damage_as_one() {
    let seed = u64::from(std::process::id());
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    // Beyond what one thread reads, and below it.
    for (count, lines, padding) in [(3, 900, 3000), (3, 20, 300)] {
        let (home, positions) = chained_journal(count, lines, padding);
        let whole = read(home.path(), Position::START).unwrap();
        assert_eq!(whole, read_slowly(home.path()).unwrap());
        assert_eq!((whole.0.end, whole.1.len()), (positions[positions.len() - 1], positions.len() - 1));
        let (mut torn, mut damaged) = (0, 0);
        for _ in 0..25 {
            let all = files(home.path());
            let path = &all[dice.below(all.len())];
            let kept = fs::read(path).unwrap();
            let mut changed = kept.clone();
            let place = dice.below(kept.len());
            match dice.below(5) {
                0 => changed[place] ^= 1 + u8::try_from(dice.below(255)).unwrap(),
                1 => changed.truncate(place),
                2 => changed.extend_from_slice(b"{\"seq\":"),
                3 => changed.extend_from_slice(&[0; 4096]),
                _ => drop(changed.drain(place..(place + 1 + dice.below(5000)).min(kept.len()))),
            }
            fs::write(path, changed).unwrap();
            let (quick, slow) = (read(home.path(), Position::START), read_slowly(home.path()));
            assert_eq!(quick, slow, "seed {seed}: {}", path.display());
            torn += usize::from(quick.as_ref().is_ok_and(|(end, _)| end.torn > 0));
            damaged += usize::from(quick.is_err());
            fs::write(path, kept).unwrap();
        }
        assert!(
            torn > 0 && damaged > 0,
            "seed {seed}: {torn} torn, {damaged} damaged: it was tried too little"
        );
    }
}

#[test]
fn reading_goes_on_from_any_line_reads_no_file_before_it_and_finds_that_line_changed() {
    let (home, positions) = chained_journal(3, 900, 3000);
    let end = positions.len() as u64 - 1;
    for seq in [1, 2, 899, 900, 901, 902, 1800, 1801, 2699, 2700] {
        let from = positions[usize::try_from(seq).unwrap()];
        let (found, shown) = read(home.path(), from).unwrap();
        assert_eq!((found.end.seq, found.torn, shown), (end, 0, (seq + 1..=end).collect()), "from {seq}");
        let other = Position { digest: Sha256::of(b"another"), ..from };
        let told = read(home.path(), other).unwrap_err();
        assert!(told.contains("damaged"), "from {seq}: {told}");
    }
    let first = files(home.path()).remove(0);
    fs::write(&first, "no journal any more\n").unwrap();
    assert!(read(home.path(), positions[901]).is_ok() && read(home.path(), positions[899]).is_err());
    // A journal that ends before that line says where.
    let beyond = Position { seq: end + 5, digest: Sha256::of(b"lost") };
    assert_eq!(read(home.path(), beyond).unwrap().0.end.seq, end);
}

#[test]
fn a_packed_file_is_read_as_the_plain_one_was_and_one_that_was_changed_is_damage() {
    let seed = u64::from(std::process::id());
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let (home, positions) = chained_journal(3, 900, 3000);
    let whole = read(home.path(), Position::START).unwrap();
    for plain in &files(home.path())[..2] {
        let packed = PathBuf::from(format!("{}.zst", plain.display()));
        fs::write(&packed, zstd::encode_all(fs::File::open(plain).unwrap(), 3).unwrap()).unwrap();
        // Both are there: the plain one counts.
        assert_eq!(read(home.path(), Position::START).unwrap(), whole);
        fs::remove_file(plain).unwrap();
        assert_eq!(read(home.path(), Position::START).unwrap(), whole);
    }
    for seq in [1_usize, 900, 901, 1800, 2000] {
        assert_eq!(search::digest_of(home.path(), seq as u64).unwrap(), Some(positions[seq].digest));
        assert_eq!(read(home.path(), positions[seq]).unwrap().0, whole.0);
    }
    assert_eq!(search::digest_of(home.path(), 2701).unwrap(), None);
    for packed in &files(home.path())[..2] {
        let kept = fs::read(packed).unwrap();
        for turn in 0..10 {
            let mut changed = kept.clone();
            if turn % 2 == 0 {
                changed[dice.below(kept.len())] ^= 1 + u8::try_from(dice.below(255)).unwrap();
            } else {
                changed.truncate(dice.below(kept.len()));
            }
            fs::write(packed, changed).unwrap();
            let told = read(home.path(), Position::START).unwrap_err();
            assert!(told.contains("the journal is damaged at"), "seed {seed}: {told}");
        }
        fs::write(packed, kept).unwrap();
    }
}
