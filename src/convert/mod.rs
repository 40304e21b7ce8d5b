//! The convert step: a source of UTF-8 rows becomes the exact bytes to send, synced on disk and read again from there.
//!
//! Owns: the file `sent` (mode 0600) and, when rows are refused, the report beside it.
//! Promises when it returns: `sent` is durable under its name; its bytes were read back from disk, every record was of
//! the right kind and length, counts and sums were taken again from those bytes and equal what the source gave; the source
//! was the very file that was accepted. No value was cut and no character replaced but by a rule of the layout.
//! On failure: nothing stands at `sent`. All problems of a source are listed in one pass, in a report of mode 0600.
//! Never: touches the network or a clock; holds more than a few records in memory; puts a value into an error.
//!
//! The order to read: this file, `source` (rows in), `encode` (records out), `read_back` (the proof), `problems` (the
//! report), `constants` (what gateway and link fill in).

mod constants;
mod encode;
mod problems;
mod read_back;
mod source;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::layout::Layout;
use crate::remedy::Remedy;
use crate::spool;
use encode::{Encoded, Encoder};
use problems::Problems;
use source::Source;

/// What one conversion works on.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The accepted source.
    pub source: &'a Path,
    /// Its digest when it was accepted.
    pub source_sha256: Sha256,
    /// Where the bytes to send shall stand. A file left there by an earlier attempt is replaced.
    pub sent: &'a Path,
    /// Where problems are listed, if there are any. A report left there by an earlier attempt is removed.
    pub report: &'a Path,
    /// The layout to write.
    pub layout: &'a Layout,
    /// What the layout may take from elsewhere than the source.
    pub values: &'a Values,
}

/// The values that a layout may take from the gateway, the link and the delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// 全国地方公共団体コード of six digits, or its first five.
    pub municipality_code: String,
    /// The business date of the delivery.
    pub business_date: jiff::civil::Date,
    /// What the link says, by the names the layout uses.
    pub link: BTreeMap<String, String>,
}

/// The evidence of a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The layout, as links name it.
    pub layout: String,
    /// Its version: the first day it applies.
    pub layout_version: String,
    /// SHA-256 of the layout file.
    pub layout_sha256: Sha256,
    /// Bytes of the file to send.
    pub size: u64,
    /// SHA-256 of the file to send, taken while it was read back.
    pub sha256: Sha256,
    /// The number of records of each kind.
    pub records: BTreeMap<String, u64>,
    /// The sum over the whole file of each summed item.
    pub totals: BTreeMap<String, u64>,
    /// Characters of the source that a rule of the layout changed (width, kana).
    pub folds: u64,
}

/// Why a source was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Rows or totals do not fit the layout: the delivery is rejected. The operator hands the report to the owner of the
    /// source system, who delivers a corrected file.
    #[error("{problems} problems in the source, nothing was converted; they are listed in {}", report.display())]
    BadRecords {
        /// All problems, listed or not.
        problems: u64,
        /// The list, readable by its owner only.
        report: PathBuf,
    },
    /// The source is not the file that was accepted: someone wrote into the spool, or the disk lost bytes. The operator
    /// finds out which, then delivers again.
    #[error(
        "the source changed after it was accepted: SHA-256 was {accepted}, now {found}; deliver the file again"
    )]
    SourceChanged {
        /// The digest when the file was accepted.
        accepted: Sha256,
        /// The digest of what was read now.
        found: Sha256,
    },
    /// A value of the configuration or the link does not fit the layout. The operator corrects it and releases the
    /// delivery.
    #[error("{record}, item {item}: {reason}; correct the configuration, then release the delivery")]
    BadValue {
        /// The record's name.
        record: String,
        /// The item's number and name.
        item: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The bytes on disk are not the bytes that were written, or the gateway erred. Neither disk nor memory of this
    /// machine can be trusted before it has been examined.
    #[error(
        "the converted file reads back wrong at byte {at}: {fact}; examine disk and memory of this machine"
    )]
    ReadBackDiffers {
        /// The offset of the record in the file.
        at: u64,
        /// What differs, without any value.
        fact: String,
    },
    /// Our own file system refused. Full disks are tried again; missing rights are the operator's affair.
    #[error("{}: {error}", path.display())]
    Disk {
        /// The file or directory.
        path: PathBuf,
        /// The answer.
        error: io::Error,
    },
}

impl ConvertError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ConvertError::BadRecords { .. }
            | ConvertError::SourceChanged { .. }
            | ConvertError::BadValue { .. } => Remedy::Hold,
            ConvertError::ReadBackDiffers { .. } => Remedy::Stop,
            ConvertError::Disk { error, .. } => Remedy::for_own_disk(error),
        }
    }

    /// The source itself is at fault: the delivery is rejected rather than held.
    pub fn is_rejection(&self) -> bool {
        match self {
            ConvertError::BadRecords { .. } => true,
            ConvertError::SourceChanged { .. }
            | ConvertError::BadValue { .. }
            | ConvertError::ReadBackDiffers { .. }
            | ConvertError::Disk { .. } => false,
        }
    }
}

/// Records and sums, by kind and by summed item, as the layout's plan numbers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) records: Vec<u64>,
    pub(crate) sums: Vec<u128>,
}

impl Tally {
    pub(crate) fn of(layout: &Layout) -> Tally {
        Tally { records: vec![0; layout.records.len()], sums: vec![0; layout.sums.len()] }
    }
}

/// Converts a source into the file to send.
///
/// # Errors
/// Every [`ConvertError`]. Nothing stands at `work.sent` then, and a report stands at `work.report` only with
/// [`ConvertError::BadRecords`].
pub fn convert(work: &Work) -> Result<Converted, ConvertError> {
    let templates = constants::templates(work.layout, work.values)?;
    let partial = beside(work.sent, ".partial");
    for leftover in [work.sent, work.report, &partial] {
        remove(leftover)?;
    }
    let converted = convert_to(work, templates, &partial);
    if converted.is_err() {
        // The first error is the one to tell; a partial file that can't be removed now is removed by the next attempt.
        let _ = remove(&partial);
    }
    converted
}

fn convert_to(work: &Work, templates: Vec<Vec<u8>>, partial: &Path) -> Result<Converted, ConvertError> {
    let encoded = encode_source(work, templates, partial)?;
    let (sha256, size) = read_back::read_back(partial, work.layout, &encoded)?;
    std::fs::rename(partial, work.sent).map_err(disk(work.sent))?;
    sync_dir_of(work.sent)?;
    // Durable from here: the bytes, and the name they will be sent under.
    let layout = work.layout;
    let kinds = layout.records.iter().map(|record| record.name.clone());
    let data_items = &layout.records[layout.data].items;
    let summed = layout.sums.iter().map(|&item| data_items[item].name.clone());
    let fits = |&sum: &u128| u64::try_from(sum).expect("the encoder refuses totals beyond 64 bits");
    Ok(Converted {
        layout: layout.id().to_owned(),
        layout_version: layout.version(),
        layout_sha256: layout.sha256(),
        size,
        sha256,
        records: kinds.zip(encoded.tally.records).collect(),
        totals: summed.zip(encoded.tally.sums.iter().map(fits)).collect(),
        folds: encoded.folds,
    })
}

/// Reads the source to its end, whatever its problems, and leaves the encoded file synced under its partial name.
fn encode_source(work: &Work, templates: Vec<Vec<u8>>, partial: &Path) -> Result<Encoded, ConvertError> {
    let mut problems = Problems::new(work.report);
    let out =
        File::options().write(true).create_new(true).mode(0o600).open(partial).map_err(disk(partial))?;
    let mut encoder = Encoder::new(work.layout, templates, out).map_err(disk(partial))?;
    let mut source = Source::open(work.source, work.layout, &mut problems).map_err(disk(work.source))?;
    while let Some(row) = source.next_row(&mut problems).map_err(disk(work.source))? {
        encoder.row(&row, &mut problems).map_err(disk(partial))?;
    }
    let rows = source.rows();
    let (found, _) = source.finish().map_err(disk(work.source))?;
    if found != work.source_sha256 {
        // What was read is not what was accepted: its problems say nothing about the delivery.
        problems.discard().map_err(disk(work.report))?;
        return Err(ConvertError::SourceChanged { accepted: work.source_sha256, found });
    }
    let encoded = encoder.finish(&mut problems).map_err(disk(partial))?;
    match problems.finish(rows).map_err(disk(work.report))? {
        0 => Ok(encoded),
        problems => {
            sync_dir_of(work.report)?;
            // Durable from here: the report that the rejection refers to.
            Err(ConvertError::BadRecords { problems, report: work.report.to_owned() })
        }
    }
}

fn sync_dir_of(path: &Path) -> Result<(), ConvertError> {
    let dir = spool::parent_of(path);
    spool::sync_dir(dir).map_err(|refused| disk(dir)(refused.error))
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> ConvertError + '_ {
    move |error| ConvertError::Disk { path: path.to_owned(), error }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), ConvertError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
