//! The proof: the converted file read again from disk, record by record, before it gets its name.
//!
//! Owns: nothing; it only reads.
//! Promises when it returns: the file holds exactly the records that were encoded; the order of records is one a reader
//! can follow; every item holds bytes of its kind; headers and trailers agree with the data records between them; counts
//! and sums, taken from the bytes, equal those of the source and those written in the file.
//! On failure: the offset of the record and the fact, without any value.
//! Never: uses code of the encoder; it shares the plan's offsets and nothing else.
//!
//! The pages of the file are dropped from the kernel's cache first, so that the bytes come from the disk where the file
//! system honours that; where it does not, they come from memory and the proof is against errors of our own.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use rustix::fs::{Advice, fadvise};

use super::encode::Encoded;
use super::{ConvertError, Tally};
use crate::digest::{Hashing, Sha256};
use crate::layout::item::{Item, Source};
use crate::layout::{Empty, Kind, Layout};

/// Bytes read at a time.
const READ_BYTES: usize = 256 * 1024;

/// Reads the file at `path` and compares it with what was encoded. Returns its digest and its size in bytes.
pub(super) fn read_back(
    path: &Path,
    layout: &Layout,
    encoded: &Encoded,
) -> Result<(Sha256, u64), ConvertError> {
    let disk = |error| ConvertError::Disk { path: path.to_owned(), error };
    let file = File::open(path).map_err(disk)?;
    // A refusal changes where the bytes come from, not whether they are right.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let mut reader = Reading {
        layout,
        file: BufReader::with_capacity(READ_BYTES, file),
        whole: Hashing::new(io::sink()),
        body: Hashing::new(io::sink()),
        at: 0,
        header: Vec::new(),
        first: Vec::new(),
        block: Tally::of(layout),
        seen: Tally::of(layout),
    };
    let outcome = reader.top(encoded).and_then(|()| reader.body()).and_then(|()| reader.compare(encoded));
    outcome.map_err(|stop| match stop {
        Stop::Disk(error) => disk(error),
        Stop::Differs(fact) => ConvertError::ReadBackDiffers { at: reader.at, fact },
    })?;
    Ok(reader.whole.finish())
}

/// Why reading ended early.
enum Stop {
    Disk(io::Error),
    Differs(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Disk(error)
    }
}

struct Reading<'a> {
    layout: &'a Layout,
    file: BufReader<File>,
    whole: Hashing<io::Sink>,
    body: Hashing<io::Sink>,
    /// The offset of the record at hand.
    at: u64,
    /// The header of the block at hand.
    header: Vec<u8>,
    /// The first data record of the block at hand.
    first: Vec<u8>,
    block: Tally,
    seen: Tally,
}

impl Reading<'_> {
    /// The records at the top must be those that the encoder remembers.
    fn top(&mut self, encoded: &Encoded) -> Result<(), Stop> {
        let mut expected = &encoded.top[..];
        for &kind in &self.layout.top {
            let record = self.record(self.layout.records[kind].length)?;
            let (mine, rest) = expected.split_at(record.len());
            self.differs_unless(record == mine, "a record at the top of the file")?;
            self.check_items(kind, &record)?;
            self.seen.records[kind] += 1;
            self.at += record.len() as u64;
            expected = rest;
        }
        Ok(())
    }

    /// Follows the records to the end of the file.
    fn body(&mut self) -> Result<(), Stop> {
        let layout = self.layout;
        let mut before = None;
        while !self.file.fill_buf()?.is_empty() {
            let candidates = layout.may_follow(before);
            let record = self.record(layout.records[candidates[0]].length)?;
            self.body.note(&record);
            let kind = candidates.into_iter().find(|&kind| layout.records[kind].is_marked(&record));
            let kind = kind.ok_or_else(|| Stop::Differs("no record of this kind may stand here".into()))?;
            self.check_items(kind, &record)?;
            self.count(kind, record)?;
            self.at += layout.records[kind].length as u64;
            before = Some(kind);
        }
        self.differs_unless(before == Some(layout.last_kind()), "the file ends inside a block")
    }

    fn compare(&mut self, encoded: &Encoded) -> Result<(), Stop> {
        self.end_of_block();
        let body = std::mem::replace(&mut self.body, Hashing::new(io::sink()));
        self.differs_unless(body.finish().0 == encoded.body, "the bytes are not those that were written")?;
        self.differs_unless(
            self.seen.records == encoded.tally.records,
            "the number of records of some kind",
        )?;
        self.differs_unless(self.seen.sums == encoded.tally.sums, "the sum of some item over the file")?;
        let mut top = &encoded.top[..];
        for &kind in &self.layout.top {
            let (record, rest) = top.split_at(self.layout.records[kind].length);
            self.check_totals(kind, record, &self.seen)?;
            top = rest;
        }
        Ok(())
    }

    fn record(&mut self, length: usize) -> Result<Vec<u8>, Stop> {
        let mut record = vec![0; length];
        match self.file.read_exact(&mut record) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Stop::Differs("the file ends inside a record".into()));
            }
            Err(error) => return Err(error.into()),
        }
        self.whole.note(&record);
        Ok(record)
    }

    /// Takes a record into the counts, and compares header, data and trailer of a block with each other.
    fn count(&mut self, kind: usize, record: Vec<u8>) -> Result<(), Stop> {
        let layout = self.layout;
        let begins = match layout.header {
            Some(header) => kind == header,
            None => self.block.records[layout.data] == 0,
        };
        if begins {
            self.end_of_block();
        }
        self.block.records[kind] += 1;
        if kind == layout.data {
            let items = &layout.records[kind].items;
            for (sum, &item) in self.block.sums.iter_mut().zip(&layout.sums) {
                *sum += number(&record[items[item].range.clone()]);
            }
            if let Some(header) = layout.header {
                self.agrees(header, &self.header, &record)?;
            }
            if self.block.records[kind] == 1 {
                self.first = record;
            }
        } else if Some(kind) == layout.trailer {
            self.agrees(kind, &record, &self.first)?;
            self.check_totals(kind, &record, &self.block)?;
            self.end_of_block();
        } else {
            self.header = record;
        }
        Ok(())
    }

    fn end_of_block(&mut self) {
        let block = std::mem::replace(&mut self.block, Tally::of(self.layout));
        self.seen.records.iter_mut().zip(block.records).for_each(|(seen, block)| *seen += block);
        self.seen.sums.iter_mut().zip(block.sums).for_each(|(seen, block)| *seen += block);
    }

    /// The items that a header or trailer repeats are those of the data record.
    fn agrees(&self, frame: usize, frame_bytes: &[u8], data: &[u8]) -> Result<(), Stop> {
        let items = &self.layout.records[self.layout.data].items;
        for item in &self.layout.records[frame].items {
            if let Source::Block(repeated) = item.source {
                let same = frame_bytes[item.range.clone()] == data[items[repeated].range.clone()];
                self.differs_unless(same, "header or trailer and a data record of its block")?;
            }
        }
        Ok(())
    }

    /// The counts and sums that a record carries are those seen.
    fn check_totals(&self, kind: usize, record: &[u8], tally: &Tally) -> Result<(), Stop> {
        for item in &self.layout.records[kind].items {
            let expected = match &item.source {
                Source::Count(kinds) => kinds.iter().map(|&kind| u128::from(tally.records[kind])).sum(),
                Source::Sum(summed) => {
                    let n = self.layout.sums.iter().position(|index| index == summed);
                    tally.sums[n.expect("the plan lists every summed item")]
                }
                Source::Column(_)
                | Source::Literal(_)
                | Source::Bytes(_)
                | Source::Gateway(_)
                | Source::Link { .. }
                | Source::Block(_) => continue,
            };
            let same = number(&record[item.range.clone()]) == expected;
            self.differs_unless(same, &format!("the total in item {}", item.label()))?;
        }
        Ok(())
    }

    /// Every item holds what its kind allows, in all its bytes.
    fn check_items(&self, kind: usize, record: &[u8]) -> Result<(), Stop> {
        for item in &self.layout.records[kind].items {
            let field = &record[item.range.clone()];
            let sound = match (&item.source, item.kind) {
                (Source::Bytes(bytes), _) => field == bytes,
                (_, Kind::Digits) => {
                    field.iter().all(u8::is_ascii_digit)
                        || (may_be_blank(item) && field.iter().all(|&b| b == b' '))
                }
                (_, Kind::OneByte) => field.iter().all(|byte| matches!(byte, 0x20..=0x7e | 0xa1..=0xdf)),
                (_, Kind::TwoByte) => field.chunks(2).all(is_two_byte),
            };
            if !sound {
                return Err(Stop::Differs(format!("the bytes of item {}", item.label())));
            }
        }
        Ok(())
    }

    fn differs_unless(&self, same: bool, fact: &str) -> Result<(), Stop> {
        if same { Ok(()) } else { Err(Stop::Differs(fact.to_owned())) }
    }
}

/// A header or trailer repeats what the data record may leave blank.
fn may_be_blank(item: &Item) -> bool {
    item.empty == Empty::Spaces || matches!(item.source, Source::Block(_))
}

/// The lead and trail bytes of JIS X 0208 in Shift_JIS, rows 1-8 and 16-84.
fn is_two_byte(pair: &[u8]) -> bool {
    let lead = |range: Range<u8>| pair.first().is_some_and(|byte| range.contains(byte));
    let trail = pair.get(1).is_some_and(|byte| matches!(byte, 0x40..=0x7e | 0x80..=0xfc));
    trail && (lead(0x81..0x85) || lead(0x88..0xa0) || lead(0xe0..0xeb))
}

/// The number that digits stand for; blanks are nothing.
fn number(field: &[u8]) -> u128 {
    field.iter().filter(|byte| byte.is_ascii_digit()).fold(0, |sum, byte| sum * 10 + u128::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_leads_of_the_strict_set_make_a_two_byte_character() {
        for pair in [[0x81, 0x40], [0x88, 0x9f], [0xea, 0xa4], [0xe0, 0x40]] {
            assert!(is_two_byte(&pair));
        }
        for pair in [[0x87, 0x40], [0xed, 0x40], [0xfa, 0x5c], [0xf0, 0x40], [0x20, 0x20], [0x81, 0x7f]] {
            assert!(!is_two_byte(&pair));
        }
        assert!(!is_two_byte(&[0x81]));
    }

    /// A converted file of three blocks, and what the encoder remembers of it.
    fn encoded(layout: &Layout, path: &Path) -> Encoded {
        let source = path.with_extension("csv");
        let mut rows = Vec::new();
        crate::demo::records::write_csv(&mut rows, 12, 5).unwrap();
        std::fs::write(&source, &rows).unwrap();
        let values = super::super::Values {
            municipality_code: "13104".into(),
            business_date: jiff::civil::date(2026, 7, 10),
            link: Default::default(),
        };
        let work = super::super::Work {
            source: &source,
            source_sha256: Sha256::of(&rows),
            sent: path,
            report: &path.with_extension("report"),
            layout,
            values: &values,
        };
        let templates = super::super::constants::templates(layout, &values).unwrap();
        super::super::encode_source(&work, templates, path).unwrap()
    }

    fn layout() -> Layout {
        let text = include_str!("../../layouts/eltax/nenkin-tokucho-irai/2008-04-01.toml");
        Layout::compile("eltax/nenkin-tokucho-irai", text).unwrap()
    }

    #[test]
    fn a_flipped_bit_anywhere_in_the_file_is_seen() {
        let (dir, layout) = (tempfile::tempdir().unwrap(), layout());
        let path = dir.path().join("sent");
        let encoded = encoded(&layout, &path);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(read_back(&path, &layout, &encoded).unwrap(), (Sha256::of(&whole), whole.len() as u64));
        for at in (0..whole.len()).step_by(23) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            std::fs::write(&path, damaged).unwrap();
            let error = read_back(&path, &layout, &encoded).expect_err("a bit was flipped");
            assert!(matches!(error, ConvertError::ReadBackDiffers { .. }), "byte {at}");
        }
    }

    #[test]
    fn a_lost_doubled_or_torn_record_is_seen() {
        let (dir, layout) = (tempfile::tempdir().unwrap(), layout());
        let path = dir.path().join("sent");
        let encoded = encoded(&layout, &path);
        let whole = std::fs::read(&path).unwrap();
        let lost = [&whole[..596], &whole[1096..]].concat();
        let doubled = [&whole[..1096], &whole[596..]].concat();
        let torn = whole[..whole.len() - 1].to_vec();
        let untrailed = whole[..whole.len() - 500].to_vec();
        for damaged in [lost, doubled, torn, untrailed, whole[..48].to_vec(), Vec::new()] {
            std::fs::write(&path, damaged).unwrap();
            let error = read_back(&path, &layout, &encoded).expect_err("records are not those encoded");
            assert_eq!(error.remedy(), crate::remedy::Remedy::Stop);
        }
    }
}
