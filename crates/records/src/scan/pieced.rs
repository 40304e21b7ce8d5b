//! The records of a file of fixed width, looked at by several threads and taken in their order by one.
//!
//! Owns: the pieces in which the body of a file is read.
//! Promises: every byte up to the end of the file is hashed; what is taken is what [`RecordCutter`] cuts, in the same order.
//! On failure: errors of the disk, or what stops the one who takes, whichever comes first in the file.
//! Never: judges a record.

use std::io::{self, Read};
use std::ops::Range;

use super::cut::{FramingFault, RawRecord, RecordCutter, read_up_to};
use crate::lanes;

/// Bytes of a piece, or one record that has more.
const PIECE_BYTES: usize = 256 * 1024;
/// A file smaller than this is done before threads are ready.
const WORTH_THREADS: u64 = 4 * PIECE_BYTES as u64;

/// In which pieces, and by how many threads, a file is gone through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordWay {
    pub(crate) lanes: usize,
    pub(crate) piece_bytes: usize,
}

/// What a thread that looks finds of a record that is sound by itself.
pub(crate) struct SoundRecord<'a> {
    pub(crate) kind: usize,
    /// What was made of the record, where something was.
    pub(crate) made: Option<&'a [u8]>,
}

/// Takes the records of a file in their order.
pub(crate) trait TakesRecords {
    /// Why it takes no more.
    type Stop: From<io::Error> + Send;

    /// A record, and the byte at which it begins.
    fn record(&mut self, at: u64, cut: RawRecord, sound: Option<SoundRecord>) -> Result<(), Self::Stop>;

    /// What stood wrongly up to the record that came last.
    fn framing(&mut self, faults: Vec<FramingFault>) -> Result<(), Self::Stop>;
}

/// Some records with their separators.
#[derive(Default)]
struct RecordPiece {
    bytes: Vec<u8>,
    /// For each record, if it is sound: its kind, and the range in `made` of what was made of it.
    sound: Vec<Option<(usize, Option<Range<usize>>)>>,
    made: Vec<u8>,
}

impl RecordWay {
    /// The way of a file of this size.
    pub(crate) fn of_size(bytes: u64) -> RecordWay {
        let lanes = if bytes < WORTH_THREADS { 1 } else { lanes::for_this_machine() };
        RecordWay { lanes, piece_bytes: PIECE_BYTES }
    }
}

/// Goes through a file of records of fixed width. `looks` gives for each thread what looks at a record without its separator; it
/// may append to the bytes that it is given, and says which kind the record is, and whether it made something of it.
pub(crate) fn each_record<R, T, L>(
    cutter: &mut RecordCutter<R>,
    way: RecordWay,
    looks: impl Fn() -> L + Sync,
    taker: &mut T,
) -> Result<(), T::Stop>
where
    R: Read + Send,
    T: TakesRecords,
    L: FnMut(&[u8], &mut Vec<u8>) -> Option<(usize, bool)>,
{
    while cutter.is_at_the_top() {
        let Some((at, cut)) = cutter.next_record()? else { break };
        taker.record(at, cut, None)?;
        taker.framing(cutter.take_framing_faults())?;
    }
    if let Some((mut stream, mut facts)) = cutter.take_body() {
        let (stride, separator) = cutter.stride();
        let records = (way.piece_bytes / stride).max(1);
        let cut = |piece: &mut RecordPiece| -> Result<bool, T::Stop> {
            piece.bytes.resize(records * stride, 0);
            let read = read_up_to(&mut stream, &mut piece.bytes)?;
            facts.note(&piece.bytes[..read]);
            // A short last record is found among the last bytes that went by.
            piece.bytes.truncate(read - read % stride);
            Ok(!piece.bytes.is_empty())
        };
        let maker = || {
            let mut look = looks();
            move |piece: &mut RecordPiece| {
                piece.sound.clear();
                piece.made.clear();
                for record in piece.bytes.chunks_exact(stride) {
                    let before = piece.made.len();
                    let sound = look(&record[..stride - separator], &mut piece.made);
                    let sound = sound.map(|(kind, made)| (kind, made.then_some(before..piece.made.len())));
                    piece.sound.push(sound);
                }
            }
        };
        lanes::in_order(way.lanes, RecordPiece::default, cut, maker, |piece| {
            for (record, sound) in piece.bytes.chunks_exact(stride).zip(&piece.sound) {
                let (at, cut) = cutter.body_bytes(record);
                let made = |range: &Range<usize>| &piece.made[range.clone()];
                let sound = sound.as_ref();
                let sound =
                    sound.map(|(kind, range)| SoundRecord { kind: *kind, made: range.as_ref().map(made) });
                taker.record(at, cut, sound)?;
                taker.framing(cutter.take_framing_faults())?;
            }
            Ok(())
        })?;
        if let Some((at, cut)) = cutter.end_of_body(facts) {
            taker.record(at, cut, None)?;
        }
    }
    taker.framing(cutter.take_framing_faults())
}
