//! Closed files of the journal are packed, and nothing is lost by it at any instant.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod invented;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use invented::chained_journal;
use totatsu_ledger::reading::read_chain;
use totatsu_ledger::sealing::pack_oldest;
use totatsu_ledger::{JournalError, Position};

/// A journal of three files with 200 lines each, and what stands in all of them.
fn journal() -> (tempfile::TempDir, Vec<u8>) {
    let (home, _) = chained_journal(3, 200, 1);
    let files = names(home.path()).into_iter().map(|name| fs::read(home.path().join(name)).unwrap());
    let whole = files.collect::<Vec<_>>().concat();
    (home, whole)
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Everything that is read.
fn text(directory: &Path) -> Result<Vec<u8>, JournalError> {
    let mut text = Vec::new();
    read_chain(
        directory,
        Position::START,
        |_| (),
        |line, ()| {
            text.extend_from_slice(line.text);
            text.push(b'\n');
            Ok::<(), JournalError>(())
        },
    )
    .map(|_| text)
}

#[test]
fn all_but_the_last_file_are_packed_public_tools_read_them_and_every_line_stays() {
    let (home, whole) = journal();
    let mut packed = Vec::new();
    while let Some(file) = pack_oldest(home.path()).unwrap() {
        assert!(file.packed < file.plain && text(home.path()).unwrap() == whole);
        packed.push(file.path);
    }
    assert_eq!(
        names(home.path()),
        ["000000000001.jsonl.zst", "000000000201.jsonl.zst", "000000000401.jsonl"]
    );
    let told = Command::new("zstdcat").args(&packed).output();
    // Where the tool is missing, the library's own reading stands for it.
    let told = told.map(|output| output.stdout).unwrap_or_else(|_| {
        packed.iter().flat_map(|path| zstd::decode_all(fs::File::open(path).unwrap()).unwrap()).collect()
    });
    assert!(whole.starts_with(&told) && told.iter().filter(|byte| **byte == b'\n').count() == 400);
}

#[test]
fn whatever_instant_of_packing_a_crash_comes_at_everything_is_there_and_packing_is_done_again() {
    let (home, whole) = journal();
    let plain = home.path().join("000000000001.jsonl");
    let (packed, part) =
        (home.path().join("000000000001.jsonl.zst"), home.path().join("000000000001.jsonl.zst.part"));
    let kept = fs::read(&plain).unwrap();
    let good = zstd::encode_all(kept.as_slice(), 1).unwrap();
    // What a crash may leave beside the plain file: a part of either, or the whole.
    for left in [&b""[..], &good[..good.len() / 2], &good[..]] {
        for beside in [&part, &packed] {
            fs::write(beside, left).unwrap();
            assert!(text(home.path()).unwrap() == whole);
            assert_eq!(pack_oldest(home.path()).unwrap().unwrap().path, packed);
            assert!(text(home.path()).unwrap() == whole && !plain.exists() && !part.exists());
            fs::remove_file(&packed).unwrap();
            fs::write(&plain, &kept).unwrap();
        }
    }
}

#[test]
fn a_file_that_was_changed_or_shortened_or_has_lost_its_neighbour_is_not_packed_and_stays() {
    let (home, whole) = journal();
    let file = |first: u64| home.path().join(format!("{first:012}.jsonl"));
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let changed: Vec<u8> =
        String::from_utf8(lines[..200].concat()).unwrap().replacen("invented", "inverted", 1).into();
    let cases: [(&str, u64, Vec<u8>); 5] = [
        ("a line is changed", 1, changed),
        ("the last line is missing", 1, lines[..199].concat()),
        ("the first line is missing", 1, lines[1..200].concat()),
        ("it has no end", 1, lines[..200].concat()[..9000].to_vec()),
        ("the next one begins later", 201, lines[201..400].concat()),
    ];
    for (what, first, text) in cases {
        let kept = fs::read(file(first)).unwrap();
        fs::write(file(first), &text).unwrap();
        let refused = pack_oldest(home.path()).unwrap_err();
        assert!(
            matches!(&refused, JournalError::Damaged { path, .. } if *path == file(1)),
            "{what}: {refused}"
        );
        assert_eq!(names(home.path()).len(), 3, "{what}");
        fs::write(file(first), kept).unwrap();
    }
    assert!(pack_oldest(home.path()).unwrap().is_some());
}

#[test]
fn before_a_file_that_was_just_made_nothing_is_packed_nor_told_as_damage_until_its_first_line_is_written() {
    let (home, whole) = journal();
    let next = home.path().join("000000000401.jsonl");
    assert!(pack_oldest(home.path()).unwrap().is_some());
    let kept = fs::read(&next).unwrap();
    for begun in [&b""[..], &kept[..20]] {
        fs::write(&next, begun).unwrap();
        assert_eq!(pack_oldest(home.path()).unwrap(), None, "{} bytes", begun.len());
    }
    fs::write(&next, kept).unwrap();
    assert!(pack_oldest(home.path()).unwrap().is_some() && text(home.path()).unwrap() == whole);
}

#[test]
fn a_journal_of_one_file_has_nothing_to_pack() {
    let home = tempfile::tempdir().unwrap();
    assert!(pack_oldest(home.path()).unwrap().is_none());
    fs::write(PathBuf::from(home.path()).join("000000000001.jsonl"), "").unwrap();
    assert!(pack_oldest(home.path()).unwrap().is_none());
}
