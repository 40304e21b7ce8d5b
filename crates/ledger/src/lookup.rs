//! One line of the journal, found by its number without reading those before it.
//!
//! Lines are in the order of their numbers, so each look halves what is left. Checks nothing but that a line is one: who must
//! know that the journal is whole reads it.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use serde::Deserialize;

use crate::journal::Position;
use crate::journal_error::JournalError;
use crate::search;
use crate::segments::segments_of;
use totatsu_base::{Sha256, SpoolError};

/// Bytes that are read at a time in search of a line's ends.
const STRIDE: usize = 16 * 1024;

#[derive(Deserialize)]
struct Numbered {
    seq: u64,
}

/// The position after the event with this number; nothing where the journal has no such line, or none that can be read.
///
/// # Errors
/// The disk.
pub fn position_at(directory: &Path, seq: u64) -> std::result::Result<Option<Position>, JournalError> {
    let files = segments_of(directory).map_err(SpoolError::at("disk-reading", directory))?;
    let Some(segment) = files.iter().rfind(|segment| segment.first <= seq) else { return Ok(None) };
    if segment.packed {
        // A packed file can't be searched by halves.
        return Ok(search::digest_of(directory, seq)?.map(|digest| Position { seq, digest }));
    }
    let path = segment.path.as_path();
    let line = File::open(path)
        .and_then(|file| line_with(&file, seq))
        .map_err(SpoolError::at("disk-reading", path))?;
    Ok(line.map(|line| Position { seq, digest: Sha256::of(&line) }))
}

fn line_with(file: &File, seq: u64) -> Result<Option<Vec<u8>>> {
    let (mut low, mut high) = (0, file.metadata()?.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = last_end_before(file, low, middle)?;
        let line = line_from(file, start, high)?;
        let numbered =
            line.and_then(|line| Some((serde_json::from_slice::<Numbered>(&line).ok()?.seq, line)));
        match numbered {
            Some((found, line)) if found == seq => return Ok(Some(line)),
            Some((found, line)) if found < seq => low = start + line.len() as u64 + 1,
            // What is no line is a torn end: whatever is whole stands before it.
            Some(_) | None => high = start,
        }
    }
    Ok(None)
}

/// The byte at which the line begins that holds the byte `middle`; at `low` a line begins.
fn last_end_before(file: &File, low: u64, middle: u64) -> Result<u64> {
    let mut end = middle;
    while end > low {
        let length = (end - low).min(STRIDE as u64);
        let start = end - length;
        let mut chunk = vec![0; usize::try_from(length).map_err(odd)?];
        file.read_exact_at(&mut chunk, start)?;
        if let Some(found) = chunk.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + found as u64 + 1);
        }
        end = start;
    }
    Ok(low)
}

/// The line that begins at `start`, without its end; nothing where it has none before `high`.
fn line_from(file: &File, start: u64, high: u64) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let at = start + line.len() as u64;
        let length = high.saturating_sub(at).min(STRIDE as u64);
        if length == 0 {
            return Ok(None);
        }
        let mut chunk = vec![0; usize::try_from(length).map_err(odd)?];
        file.read_exact_at(&mut chunk, at)?;
        let found = chunk.iter().position(|byte| *byte == b'\n');
        line.extend_from_slice(&chunk[..found.unwrap_or(chunk.len())]);
        if found.is_some() {
            return Ok(Some(line));
        }
    }
}

fn odd(error: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidData, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_found_by_its_number_and_no_other() {
        let home = tempfile::tempdir().unwrap();
        let line =
            |seq: u64| format!("{{\"seq\":{seq},\"x\":\"{}\"}}", "y".repeat((seq * 7919 % 40_000) as usize));
        let text = |from: u64, to: u64| (from..=to).map(|seq| line(seq) + "\n").collect::<String>();
        // As long as what is before it: looks for the last lines land in it.
        let torn = format!("{{\"seq\":91,\"torn{}", "x".repeat(400_000));
        std::fs::write(home.path().join("000000000001.jsonl"), text(1, 70)).unwrap();
        std::fs::write(home.path().join("000000000071.jsonl"), text(71, 90) + &torn).unwrap();
        for seq in 0..95 {
            let found = position_at(home.path(), seq).unwrap().map(|position| position.digest);
            let is_there = (1..=90).contains(&seq);
            assert_eq!(found, is_there.then(|| Sha256::of(line(seq).as_bytes())), "event {seq}");
        }
    }
}
