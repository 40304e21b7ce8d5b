//! Decoding: a partner's file becomes UTF-8 rows, once all of it has been found right.
//!
//! Owns: the decoded file (mode 0600) and, when something is wrong, the report beside it.
//! Promises when it returns: every record was of the right kind, length and order, every item held what its kind allows,
//! totals, running numbers and check digits were reckoned again; the decoded file is durable under its name.
//! On failure: nothing stands at `decoded`. All problems of a file are listed in one pass, in a report of mode 0600.
//! Never: touches the network or a clock; holds more than a few records in memory; puts a value into an error.
//!
//! The order to read: this file, `cut` (records out of the stream), `walk` (their order and what they say of each other),
//! `rows` (what is handed out), `look` (a single record shown).

pub(crate) mod cut;
mod look;
mod rows;
mod stream;
pub(crate) mod walk;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::convert::problems::{Heading, Problem, Problems};
use crate::convert::{ConvertError, Values};
use crate::convert::{constants, leftovers};
use crate::digest::{Hashing, Sha256};
use crate::layout::tally::Tally;
use crate::layout::{Format, Layout};
use crate::remedy::Remedy;
use crate::spool;
use cut::{Cutter, Stray};
pub use look::picture;
use rows::Rows;
use walk::{Finding, Walk, Wrong};

/// The form in which rows are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A heading and one row for each data record.
    Csv,
    /// One JSON object for each record of any kind.
    JsonLines,
}

/// What one decoding works on.
#[derive(Debug, Clone, Copy)]
pub struct DecodeWork<'a> {
    /// The partner's file.
    pub received: &'a Path,
    /// Where the rows shall stand. A file left there by an earlier attempt is replaced.
    pub decoded: &'a Path,
    /// Where problems are listed, if there are any. A report left there by an earlier attempt is removed.
    pub report: &'a Path,
    /// The layout to read.
    pub layout: &'a Layout,
    /// What gateway and link say; the items that they fill are compared with it. Without it those items may hold
    /// anything of their kind.
    pub values: Option<&'a Values>,
    /// The form of the rows.
    pub form: Form,
}

/// The evidence of a decoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// The layout, as links name it.
    pub layout: String,
    /// Its version: the first day it applies.
    pub layout_version: String,
    /// SHA-256 of the layout file.
    pub layout_sha256: Sha256,
    /// Bytes of the partner's file.
    pub size: u64,
    /// SHA-256 of the partner's file, taken while it was decoded.
    pub sha256: Sha256,
    /// SHA-256 of the decoded file.
    pub decoded_sha256: Sha256,
    /// The number of records of each kind.
    pub records: BTreeMap<String, u64>,
    /// The sum over the whole file of each summed item.
    pub totals: BTreeMap<String, i64>,
}

/// Why a file was not decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The file does not fit the layout. The operator looks at the report, asks the partner, or corrects the layout.
    #[error("{problems} problems in the file, nothing was decoded; they are listed in {}", report.display())]
    BadRecords {
        /// All problems, listed or not.
        problems: u64,
        /// The list, readable by its owner only.
        report: PathBuf,
    },
    /// A value of the configuration or the link does not fit the layout. The operator corrects it.
    #[error(transparent)]
    BadValue(#[from] ConvertError),
    /// Our own file system refused. Full disks are tried again; missing rights are the operator's affair.
    #[error("{}: {error}", path.display())]
    Disk {
        /// The file or directory.
        path: PathBuf,
        /// The answer.
        error: io::Error,
    },
}

impl DecodeError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            DecodeError::BadRecords { .. } => Remedy::Hold,
            DecodeError::BadValue(error) => error.remedy(),
            DecodeError::Disk { error, .. } => Remedy::for_own_disk(error),
        }
    }
}

/// Decodes a partner's file.
///
/// # Errors
/// Every [`DecodeError`]. Nothing stands at `work.decoded` then, and a report stands at `work.report` only with
/// [`DecodeError::BadRecords`].
pub fn decode(work: &DecodeWork) -> Result<Decoded, DecodeError> {
    let partial = leftovers::beside(work.decoded, ".partial");
    for leftover in [work.decoded, work.report, &partial] {
        leftovers::remove(leftover).map_err(disk(leftover))?;
    }
    let decoded = decode_to(work, &partial);
    if decoded.is_err() {
        // The first error is the one to tell; a partial file that can't be removed now is removed by the next attempt.
        let _ = leftovers::remove(&partial);
    }
    decoded
}

fn decode_to(work: &DecodeWork, partial: &Path) -> Result<Decoded, DecodeError> {
    let received = File::open(work.received).map_err(disk(work.received))?;
    let out =
        File::options().write(true).create_new(true).mode(0o600).open(partial).map_err(disk(partial))?;
    let out = BufWriter::with_capacity(1 << 20, Hashing::new(out));
    let mut problems = Problems::new(work.report, Heading::Received);
    let ours = work.values.map(|values| constants::ours(work.layout, values)).transpose()?;
    let (read, out) = if work.layout.format() == Format::AsIs {
        as_is(work.layout, received, out).map_err(disk(partial))?
    } else {
        let rows = Rows::new(work.layout, work.form, out).map_err(disk(partial))?;
        records(work.layout, received, rows, ours.as_deref(), &mut problems).map_err(disk(partial))?
    };
    let found = problems.finish(read.rows).map_err(disk(work.report))?;
    if found > 0 {
        sync_dir_of(work.report)?;
        // Durable from here: the report that the refusal refers to.
        return Err(DecodeError::BadRecords { problems: found, report: work.report.to_owned() });
    }
    let hashing = out.into_inner().map_err(|error| disk(partial)(error.into_error()))?;
    let (decoded_sha256, _) = hashing.finish();
    let file = File::open(partial).map_err(disk(partial))?;
    file.sync_all().map_err(disk(partial))?;
    std::fs::rename(partial, work.decoded).map_err(disk(work.decoded))?;
    sync_dir_of(work.decoded)?;
    // Durable from here: the rows, and the name under which the next step finds them.
    let layout = work.layout;
    let kinds = layout.records.iter().map(|record| record.name.clone());
    let totals = layout.totals.iter().zip(&read.tally.totals);
    Ok(Decoded {
        layout: layout.id().to_owned(),
        layout_version: layout.version(),
        layout_sha256: layout.sha256(),
        size: read.size,
        sha256: read.sha256,
        decoded_sha256,
        records: kinds.zip(read.tally.records.iter().copied()).collect(),
        totals: totals
            .filter_map(|(total, &sum)| Some((total.label.clone()?, i64::try_from(sum).ok()?)))
            .collect(),
    })
}

/// What was read.
struct Survey {
    rows: u64,
    size: u64,
    sha256: Sha256,
    tally: Tally,
}

/// Walks through all records, hands out those that are right, and lists what is wrong.
fn records<W: Write>(
    layout: &Layout,
    received: impl Read,
    mut rows: Rows<W>,
    ours: Option<&[Vec<Option<Vec<u8>>>]>,
    problems: &mut Problems,
) -> io::Result<(Survey, W)> {
    let mut cutter = Cutter::new(layout, received, u64::MAX);
    let mut walk = Walk::new(layout, ours);
    let mut number = 0;
    while let Some((at, cut)) = cutter.next_record()? {
        number += 1;
        let kind = walk.step(at, cut);
        if let Some(kind) = kind.filter(|_| walk.findings.is_empty()) {
            match rows.record(number, kind, cut)? {
                Ok(()) => {}
                Err((item, fault)) => {
                    let at = at + layout.records[kind].items[item].range.start as u64;
                    let wrong = Wrong::Value(fault);
                    let (record, kind, item) = (Some(number), Some(kind), Some(item));
                    walk.findings.push(Finding { record, at, kind, item, wrong });
                }
            }
        }
        for finding in walk.findings.drain(..) {
            report(layout, &finding, problems);
        }
        for stray in cutter.take_strays() {
            report_stray(&stray, number, problems);
        }
    }
    for stray in cutter.take_strays() {
        report_stray(&stray, number, problems);
    }
    let tally = walk.finish(cutter.position()).clone();
    // What stands at the end of a file that is broken off says nothing new.
    if problems.is_empty() || number == 0 {
        walk.findings.drain(..).for_each(|finding| report(layout, &finding, problems));
    } else {
        let early = |finding: &Finding| finding.kind.is_none();
        walk.findings.iter().filter(|finding| early(finding)).for_each(|f| report(layout, f, problems));
    }
    let (sha256, size, _) = cutter.finish();
    Ok((Survey { rows: rows.count(), size, sha256, tally }, rows.finish()?))
}

fn as_is<W: Write>(layout: &Layout, mut received: File, mut out: W) -> io::Result<(Survey, W)> {
    let mut hashing = Hashing::new(&mut out);
    io::copy(&mut received, &mut hashing)?;
    let (sha256, size) = hashing.finish();
    Ok((Survey { rows: 0, size, sha256, tally: Tally::of(layout) }, out))
}

fn report(layout: &Layout, finding: &Finding, problems: &mut Problems) {
    let record = finding.kind.map(|kind| &layout.records[kind]);
    let item = match (record, finding.item) {
        (Some(record), Some(item)) => record.items[item].label(),
        (Some(record), None) => format!("({})", record.name),
        (None, _) => "(record)".to_owned(),
    };
    let (character, wrong, accepted) = match &finding.wrong {
        Wrong::Value(fault) => (fault.character(), fault.wrong(), fault.accepted()),
        Wrong::File(wrong, accepted) => (None, wrong.clone(), accepted.clone()),
    };
    let (line, column) = (finding.record, Some(finding.at));
    problems.add(&Problem { line, column, item: &item, character, wrong: &wrong, accepted: &accepted });
}

fn report_stray(stray: &Stray, number: u64, problems: &mut Problems) {
    problems.add(&Problem {
        line: Some(number),
        column: Some(stray.at),
        item: "(file)",
        character: None,
        wrong: &stray.wrong,
        accepted: stray.accepted,
    });
}

fn sync_dir_of(path: &Path) -> Result<(), DecodeError> {
    let dir = spool::parent_of(path);
    spool::sync_dir(dir).map_err(|refused| disk(dir)(refused.error))
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> DecodeError + '_ {
    move |error| DecodeError::Disk { path: path.to_owned(), error }
}
