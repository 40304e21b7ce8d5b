//! The convert step: a source of UTF-8 rows becomes the exact bytes to send, synced on disk and read again from there.
//!
//! Owns: the file `sent` (mode 0600), `folds.txt` beside it where characters were replaced and, when rows are refused, the
//! report.
//! Promises when it returns: `sent` is durable under its name; its bytes were read back from disk, every record was of
//! the right kind and length, counts and sums were taken again from those bytes and equal what the source gave; the source
//! was the very file that was accepted. No value was cut and no character replaced but where the layout says so, and then
//! it is reported.
//! On failure: nothing stands at `sent`. All problems of a source are listed in one pass, in a report of mode 0600.
//! Never: touches the network or a clock; holds more than a few pieces of 256 KiB in memory; puts a value into an error.
//!
//! The order to read: this file, `source` (rows in), `source_layout` (a source that has a layout of its own), `encoder`
//! (records out), `record_buffer`, `frames` and `output` (what it writes with), `read_back` (the proof), `folds` (the report of
//! what was replaced). `pieced` goes the same way with several threads, by `pieces`, `piece_rows` and `making`: rows without a
//! fault or fold, which are nearly all, are made into records there, and every other row is left to `encoder`. `likeness` says
//! which other layout a heading looks like.

#[cfg(test)]
pub(crate) mod alike;
mod encoder;
mod error;
pub mod folds;
mod frames;
mod likeness;
mod making;
mod output;
mod piece_rows;
mod pieced;
mod pieces;
mod read_back;
mod record_buffer;
mod source;
mod source_layout;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::decode::{self, DecodeError, DecodeWork, RowForm};
use crate::files::{self, FileError};
use crate::layout::{FileFormat, Layout};
use crate::lines::{LINE, hashed_and_counted};
use crate::report::{self, ProblemReport, ReportHeading};
use crate::values;
pub use crate::values::{LayoutValues, check_values};
use encoder::{EncodedFile, Encoder};
pub use error::ConvertError;
use folds::FoldReport;
pub use likeness::resembled;
use pieced::{PieceWork, SourceRead, SourceWay};
use record_buffer::RecordBuffer;
#[cfg(test)]
use source::READ_BYTES;
use source::SourceReader;
pub use source_layout::SourceLayout;
use totatsu_base::digest::Sha256;
pub use totatsu_base::evidence::Converted;
use totatsu_base::evidence::{Decoded, SourceReading};

/// What one conversion works on.
#[derive(Debug, Clone, Copy)]
pub struct EncodeWork<'a> {
    /// The accepted source.
    pub source: &'a Path,
    /// The source's digest when it was accepted.
    pub source_sha256: Sha256,
    /// Where the bytes to send shall stand. A file left there by an earlier attempt is replaced.
    pub sent: &'a Path,
    /// Where problems are listed, if there are any. A report left there by an earlier attempt is removed.
    pub report: &'a Path,
    /// The layout to write.
    pub layout: &'a Layout,
    /// What the layout may take from elsewhere than the source.
    pub values: &'a LayoutValues,
}

/// Converts a source into the file to send.
///
/// # Errors
/// Every [`ConvertError`]. Nothing stands at `work.sent` then, and a report stands at `work.report` only with
/// [`ConvertError::BadRecords`].
pub fn convert(work: &EncodeWork) -> Result<Converted, ConvertError> {
    // Rows of an attempt that was cut off, when the source still had a layout of its own.
    let rows = files::beside(work.sent, ".rows");
    files::remove_all([rows.as_path(), files::beside(&rows, ".partial").as_path()])?;
    convert_rows(work, None)
}

/// Reads a source by a layout of its own and converts its rows into the file to send.
///
/// # Errors
/// As [`convert`]; the report then speaks of the source's records and bytes, or of its data records and the written items.
pub fn convert_from(source: &SourceLayout, work: &EncodeWork) -> Result<Converted, ConvertError> {
    let rows = files::beside(work.sent, ".rows");
    files::remove_all([work.sent, &rows])?;
    let converted = read_source(source, work, &rows).and_then(|decoded| {
        let of_rows = EncodeWork { source: &rows, source_sha256: decoded.decoded_sha256, ..*work };
        let converted = convert_rows(&of_rows, Some(source))?;
        Ok(Converted { source_layout: Some(reading(decoded)), ..converted })
    });
    let removed = files::remove_all([rows.as_path()]);
    let converted = converted?;
    removed?;
    Ok(converted)
}

/// Reads a source as strictly as a partner's file, and leaves its rows, as UTF-8 CSV, at `rows`.
fn read_source(source: &SourceLayout, work: &EncodeWork, rows: &Path) -> Result<Decoded, ConvertError> {
    let reading = DecodeWork {
        received: work.source,
        decoded: rows,
        report: work.report,
        quarantine: None,
        layout: &source.layout,
        values: Some(work.values),
        form: RowForm::Csv,
    };
    let found = match decode::decode(&reading) {
        Ok(decoded) if decoded.sha256 == work.source_sha256 => return Ok(decoded),
        Ok(decoded) => decoded.sha256,
        Err(DecodeError::BadRecords { problems, report }) => {
            let (found, _) = Sha256::of_file(work.source).map_err(FileError::at(work.source))?;
            if found == work.source_sha256 {
                return Err(ConvertError::BadRecords { problems, report });
            }
            // What was read is not what was accepted: its problems say nothing about the delivery.
            report::remove(work.report)?;
            found
        }
        Err(DecodeError::BadValue(refused)) => return Err(ConvertError::BadValue(refused)),
        Err(DecodeError::Disk(disk)) => return Err(ConvertError::Disk(disk)),
    };
    Err(ConvertError::SourceChanged { accepted: work.source_sha256, found })
}

/// What the receipt says of the reading.
fn reading(decoded: Decoded) -> SourceReading {
    SourceReading {
        layout: decoded.layout,
        layout_version: decoded.layout_version,
        layout_sha256: decoded.layout_sha256,
        records: decoded.records,
        totals: decoded.totals,
    }
}

fn convert_rows(work: &EncodeWork, read_by: Option<&SourceLayout>) -> Result<Converted, ConvertError> {
    let layout = values::chosen(work.layout, work.values)?;
    let work = &EncodeWork { layout: &layout, ..*work };
    let templates = record_buffer::templates(work.layout, work.values)?;
    let partial = files::beside(work.sent, ".partial");
    let folds = work.sent.with_file_name(folds::FILE_NAME);
    let body = files::beside(&partial, ".body");
    report::remove(work.report)?;
    files::remove_all([work.sent, &partial, &folds, &body])?;
    let converted = if work.layout.format() == FileFormat::AsIs {
        hand_on(work, &partial)
    } else {
        convert_to(work, read_by, templates, &partial, &folds)
    };
    if converted.is_err() {
        // The first error is the one to tell; files that can't be removed now are removed by the next attempt.
        for leftover in [&partial, &folds, &body] {
            let _ = files::remove(leftover);
        }
    }
    converted
}

fn convert_to(
    work: &EncodeWork,
    read_by: Option<&SourceLayout>,
    templates: Vec<RecordBuffer>,
    partial: &Path,
    folds: &Path,
) -> Result<Converted, ConvertError> {
    let size = std::fs::metadata(work.source).map_err(FileError::at(work.source))?.len();
    let way = SourceWay::of_size(size);
    let (encoded, folded) = encode_source(work, read_by, templates, partial, folds, way)?;
    let (sha256, size) = read_back::read_back(partial, work.layout, &encoded)?;
    let folds_by_table = folded.finish().map_err(FileError::at(folds))?;
    files::name_durably(partial, work.sent)?;
    let (layout, tally) = (work.layout, &encoded.tally);
    Ok(Converted {
        size,
        sha256,
        records: tally.by_kind(layout),
        totals: tally.by_label(layout, |total| !total.signed),
        signed_totals: tally.by_label(layout, |total| total.signed),
        folds: folds_by_table.values().sum(),
        folds_by_table,
        ..nothing_yet(layout)
    })
}

/// The evidence before anything was converted.
fn nothing_yet(layout: &Layout) -> Converted {
    Converted {
        layout: layout.id().to_owned(),
        layout_version: layout.version(),
        layout_sha256: layout.sha256(),
        size: 0,
        sha256: Sha256::ZERO,
        records: BTreeMap::new(),
        totals: BTreeMap::new(),
        signed_totals: BTreeMap::new(),
        folds: 0,
        folds_by_table: BTreeMap::new(),
        source_layout: None,
    }
}

/// Hands the bytes of the source on untouched, and proves that they are the accepted ones.
fn hand_on(work: &EncodeWork, partial: &Path) -> Result<Converted, ConvertError> {
    let mut source = File::open(work.source).map_err(FileError::at(work.source))?;
    let mut out = files::create_private(partial).map_err(FileError::at(partial))?;
    io::copy(&mut source, &mut out).and_then(|_| out.sync_all()).map_err(FileError::at(partial))?;
    let written = File::open(partial).and_then(|written| hashed_and_counted(written, io::sink()));
    let (sha256, size, lines) = written.map_err(FileError::at(partial))?;
    if sha256 != work.source_sha256 {
        return Err(ConvertError::SourceChanged { accepted: work.source_sha256, found: sha256 });
    }
    files::name_durably(partial, work.sent)?;
    let records = BTreeMap::from([(LINE.to_owned(), lines)]);
    Ok(Converted { size, sha256, records, ..nothing_yet(work.layout) })
}

/// Reads the source to its end, whatever its problems, and leaves the encoded file synced under its partial name.
fn encode_source(
    work: &EncodeWork,
    read_by: Option<&SourceLayout>,
    templates: Vec<RecordBuffer>,
    partial: &Path,
    folds: &Path,
    way: SourceWay,
) -> Result<(EncodedFile, FoldReport), ConvertError> {
    let heading = if read_by.is_some() { ReportHeading::Rows } else { ReportHeading::Source };
    let mut problems = ProblemReport::new(work.report, heading, work.layout.first_byte());
    let made_of = templates.clone();
    let mut encoder = Encoder::new(work.layout, templates, partial, FoldReport::new(folds))
        .map_err(FileError::at(partial))?;
    let source = File::open(work.source).map_err(FileError::at(work.source))?;
    let is_utf_16 = source::byte_order(&source).map_err(FileError::at(work.source))?.is_some();
    let read = if way.row_by_row || is_utf_16 || work.layout.format() != FileFormat::Fixed {
        row_by_row(work, read_by, partial, way.read_bytes, &mut encoder, &mut problems)?
    } else {
        let pieces = PieceWork { path: work.source, layout: work.layout, read_by, partial, way };
        pieced::encode(&pieces, source, &made_of, &mut encoder, &mut problems)?
    };
    if read.sha256 != work.source_sha256 {
        // What was read is not what was accepted: its problems say nothing about the delivery.
        return Err(ConvertError::SourceChanged { accepted: work.source_sha256, found: read.sha256 });
    }
    let (encoded, folded) = encoder.finish(&mut problems).map_err(FileError::at(partial))?;
    match problems.finish(read.rows)? {
        0 => Ok((encoded, folded)),
        problems => {
            folded.discard().map_err(FileError::at(folds))?;
            Err(ConvertError::BadRecords { problems, report: work.report.to_owned() })
        }
    }
}

/// Goes through a source one row after the other: the way of UTF-16, and of lines of CSV.
fn row_by_row(
    work: &EncodeWork,
    read_by: Option<&SourceLayout>,
    partial: &Path,
    read_bytes: usize,
    encoder: &mut Encoder,
    problems: &mut ProblemReport,
) -> Result<SourceRead, ConvertError> {
    let mut source = SourceReader::open(work.source, work.layout, read_by, read_bytes, problems)
        .map_err(FileError::at(work.source))?;
    encoder.reads(&source.columns);
    while let Some(row) = source.next_row(problems).map_err(FileError::at(work.source))? {
        encoder.row(&row, problems).map_err(FileError::at(partial))?;
    }
    let rows = source.rows;
    Ok(SourceRead { sha256: source.finish().map_err(FileError::at(work.source))?, rows })
}
