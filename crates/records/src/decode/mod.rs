//! Decoding: a partner's file becomes UTF-8 rows, once all of it has been found right.
//!
//! Owns: the decoded file (mode 0600) and, when something is wrong, the report beside it and the quarantine.
//! Promises when it returns: every record was of the right kind, length and order, every item held what its kind allows,
//! totals, running numbers and check digits were reckoned again; the decoded file is durable under its name. Where a
//! quarantine is asked for, data records with wrong values of their own are left out of the rows and kept there, unchanged;
//! the decoded file has its name only once they are durable. Totals are reckoned over all records all the same.
//! On failure: nothing stands at `decoded` or `quarantine`. All problems of a file are listed in one pass, in a report of
//! mode 0600.
//! Never: touches the network or a clock; holds more than a few pieces of 256 KiB in memory; puts a value into an error.
//!
//! The order to read: this file, `parted` (files that have other separators), `rows` (what is handed out), `making` (the
//! same by tables and by several threads, of records that are sound), `quarantine` (what is left out), `look` (a single record
//! shown).

#[cfg(test)]
mod alike;
mod look;
mod making;
mod parted;
mod quarantine;
mod rows;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use totatsu_base::say;

use crate::file_fault::FileFault;
use crate::files::{self, FileError};
use crate::layout::item::Fault;
use crate::layout::tally::Tally;
use crate::layout::{FileFormat, Layout};
use crate::lines::{LINE, hashed_and_counted};
use crate::report::{self, ProblemReport, ReportHeading, RowProblem, WHOLE_RECORD};
use crate::scan::cut::{FramingFault, RawRecord, RecordCutter};
use crate::scan::look::RecordLook;
use crate::scan::pieced::{self, RecordWay, SoundRecord, TakesRecords};
use crate::scan::walk::{FindingCause, RecordFinding, RecordWalk};
use crate::values::{self, FixedBytes, LayoutValues, RefusedValue};
pub use look::picture;
use making::{GAP, RowMaker, RowPlans};
use quarantine::Quarantine;
pub use rows::RowForm;
use rows::Rows;
pub use totatsu_base::evidence::Decoded;
use totatsu_base::{Hashing, Remedy, Sha256};

/// What one decoding works on.
#[derive(Debug, Clone, Copy)]
pub struct DecodeWork<'a> {
    /// The partner's file.
    pub received: &'a Path,
    /// Where the rows shall stand. A file left there by an earlier attempt is replaced.
    pub decoded: &'a Path,
    /// Where problems are listed, if there are any. A report left there by an earlier attempt is removed.
    pub report: &'a Path,
    /// Where data records with wrong values of their own go, while the others pass; nothing stands there if there are
    /// none. A file left there by an earlier attempt is replaced. Without it any problem refuses the file.
    pub quarantine: Option<&'a Path>,
    /// The layout to read.
    pub layout: &'a Layout,
    /// What gateway and link say; the items that they fill are compared with it, but for dates and times. Without it
    /// those items may hold anything of their kind.
    pub values: Option<&'a LayoutValues>,
    /// The form of the rows.
    pub form: RowForm,
}

/// Why a file was not decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The file does not fit the layout. The operator looks at the report, asks the partner, or corrects the layout.
    #[error("{}", say!("record-bad-file", problems = problems, report = report.display()))]
    BadRecords {
        /// All problems, listed or not.
        problems: u64,
        /// The list, readable by its owner only.
        report: PathBuf,
    },
    /// A value of the configuration or the link does not fit the layout. The operator corrects it.
    #[error(transparent)]
    BadValue(#[from] RefusedValue),
    /// Our own file system refused. Full disks are tried again; missing rights are the operator's affair.
    #[error(transparent)]
    Disk(#[from] FileError),
}

impl DecodeError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            DecodeError::BadRecords { .. } | DecodeError::BadValue(_) => Remedy::Hold,
            DecodeError::Disk(disk) => Remedy::for_own_disk(&disk.error),
        }
    }
}

/// Decodes a partner's file.
///
/// # Errors
/// Every [`DecodeError`]. Nothing stands at `work.decoded` and `work.quarantine` then, and a report stands at `work.report`
/// only with [`DecodeError::BadRecords`].
pub fn decode(work: &DecodeWork) -> Result<Decoded, DecodeError> {
    decode_by(work, usual_way)
}

/// In which pieces a file of this size is gone through; none where records are taken one after the other.
type ChoiceOfWay = fn(&Layout, u64) -> Option<RecordWay>;

fn usual_way(layout: &Layout, size: u64) -> Option<RecordWay> {
    (layout.format() == FileFormat::Fixed).then(|| RecordWay::of_size(size))
}

fn decode_by(work: &DecodeWork, choose: ChoiceOfWay) -> Result<Decoded, DecodeError> {
    let partial = files::beside(work.decoded, ".partial");
    let sifted = work.quarantine.map(|quarantine| files::beside(quarantine, ".partial"));
    let made = || [Some(partial.as_path()), sifted.as_deref(), work.quarantine].into_iter().flatten();
    report::remove(work.report)?;
    files::remove_all(made().chain([work.decoded]))?;
    let decoded = decode_to(work, &partial, sifted.as_deref(), choose);
    if let Err(error) = &decoded {
        // The first error is the one to tell; a file that can't be removed now is removed by the next attempt.
        match error {
            DecodeError::BadRecords { .. } => {}
            DecodeError::BadValue(_) | DecodeError::Disk(_) => drop(report::remove(work.report)),
        }
        for leftover in made() {
            let _ = files::remove(leftover);
        }
    }
    decoded
}

fn decode_to(
    work: &DecodeWork,
    partial: &Path,
    sifted: Option<&Path>,
    choose: ChoiceOfWay,
) -> Result<Decoded, DecodeError> {
    let chosen = work.values.map(|values| values::chosen(work.layout, values)).transpose()?;
    let layout = chosen.as_deref().unwrap_or(work.layout);
    let received = File::open(work.received).map_err(FileError::at(work.received))?;
    let out = files::create_private(partial).map_err(FileError::at(partial))?;
    let out = BufWriter::with_capacity(1 << 20, Hashing::new(out));
    let heading = if sifted.is_some() { ReportHeading::Sifted } else { ReportHeading::Received };
    let mut problems = ProblemReport::new(work.report, heading, layout.first_byte());
    let mut quarantine = Quarantine::new(layout, sifted, &received);
    let ours = work.values.map(|values| values::of_partner(layout, values)).transpose()?;
    let parted = parted::otherwise(layout, &received).map_err(FileError::at(work.received))?;
    let is_message = begins_with_error_message(layout, &received).map_err(FileError::at(work.received))?;
    let (read, out) = if is_message || parted.is_some() {
        match &parted {
            Some((fault, at)) if !is_message => {
                let problem = RowProblem { line: Some(1), column: Some(*at), ..RowProblem::of_file(fault) };
                problems.add(&problem);
            }
            // The message itself is not quoted: it stands in the file.
            Some(_) | None => {
                let fault = FileFault::ErrorMessage;
                problems.add(&RowProblem { column: Some(0), ..RowProblem::of_file(&fault) });
            }
        }
        let (read, out) = as_is(layout, &received, out).map_err(FileError::at(partial))?;
        (FileRead { refused: true, ..read }, out)
    } else if layout.format() == FileFormat::AsIs {
        as_is(layout, &received, out).map_err(FileError::at(partial))?
    } else {
        let rows = Rows::new(layout, work.form, out).map_err(FileError::at(partial))?;
        let mut reading =
            FileVerdict { problems: &mut problems, quarantine: &mut quarantine, refused: false };
        let size = received.metadata().map_err(FileError::at(work.received))?.len();
        let way = choose(layout, size);
        records(layout, &received, rows, ours.as_ref(), way, &mut reading).map_err(FileError::at(partial))?
    };
    let quarantined = quarantine.finish().map_err(FileError::at(sifted.unwrap_or(partial)))?;
    if sifted.is_some() {
        problems.close(outcome(read.refused, quarantined, read.rows));
    }
    let found = problems.finish(read.rows)?;
    if read.refused {
        return Err(DecodeError::BadRecords { problems: found, report: work.report.to_owned() });
    }
    let hashing = out.into_inner().map_err(|error| FileError::at(partial)(error.into_error()))?;
    let (decoded_sha256, _) = hashing.finish();
    let file = File::open(partial).map_err(FileError::at(partial))?;
    file.sync_all().map_err(FileError::at(partial))?;
    if let (Some(sifted), Some(quarantine)) = (sifted.filter(|_| quarantined > 0), work.quarantine) {
        files::name_durably(sifted, quarantine)?;
        // Durable from here: what the rows lack. Rows without it must never be found.
    }
    files::name_durably(partial, work.decoded)?;
    Ok(evidence(layout, &read, decoded_sha256, quarantined, found))
}

fn evidence(
    layout: &Layout,
    read: &FileRead,
    decoded_sha256: Sha256,
    quarantined: u64,
    problems: u64,
) -> Decoded {
    Decoded {
        rows: read.rows,
        layout: layout.id().to_owned(),
        layout_version: layout.version(),
        layout_sha256: layout.sha256(),
        size: read.size,
        sha256: read.sha256,
        decoded_sha256,
        records: match read.lines {
            Some(lines) => BTreeMap::from([(LINE.to_owned(), lines)]),
            None => read.tally.by_kind(layout),
        },
        totals: read.tally.by_label(layout, |_| true),
        quarantined,
        problems,
    }
}

/// Whether the partner sent an error message instead of records.
fn begins_with_error_message(layout: &Layout, received: &File) -> io::Result<bool> {
    let Some(message) = &layout.error_message else { return Ok(false) };
    let message = layout.shape.in_file(message);
    Ok(files::first_bytes(received, message.len())? == message)
}

/// What became of a file with problems, for the end of its report.
fn outcome(refused: bool, quarantined: u64, rows: u64) -> String {
    if refused {
        return say!("record-report-refused");
    }
    say!("record-report-decoded", rows = rows, quarantined = quarantined)
}

/// What was read of a partner's file.
struct FileRead {
    rows: u64,
    size: u64,
    sha256: Sha256,
    tally: Tally,
    /// Lines of a file that is handed on as it is; none of any other.
    lines: Option<u64>,
    /// Something is wrong that no quarantine mends.
    refused: bool,
}

/// Where problems go while a file is read.
struct FileVerdict<'a, 'q> {
    problems: &'a mut ProblemReport,
    quarantine: &'a mut Quarantine<'q>,
    refused: bool,
}

/// Walks through all records, hands out those that are right, and lists what is wrong.
fn records<W: Write + Send>(
    layout: &Layout,
    received: impl Read + Send,
    rows: Rows<W>,
    ours: Option<&FixedBytes>,
    way: Option<RecordWay>,
    reading: &mut FileVerdict,
) -> io::Result<(FileRead, W)> {
    let mut cutter = RecordCutter::new(layout, received, u64::MAX);
    let (plans, walk) = (RowPlans::new(layout, rows.form), RecordWalk::new(layout, ours));
    let mut taking = RowTaking { layout, walk, rows, plans: &plans, number: 0, reading };
    if let Some(way) = way {
        let looks = || {
            let (mut look, mut maker) = (RecordLook::new(layout), RowMaker::new(layout, &plans));
            move |bytes: &[u8], made: &mut Vec<u8>| {
                let kind = look.sound(bytes)?;
                Some((kind, maker.make(kind, bytes, made)))
            }
        };
        pieced::each_record(&mut cutter, way, looks, &mut taking)?;
    } else {
        while let Some((at, cut)) = cutter.next_record()? {
            if !taking.take(at, cut, None)? {
                taking.reading.quarantine.keep_line(at, cutter.line_end());
            }
            taking.framing(cutter.take_framing_faults())?;
        }
        taking.framing(cutter.take_framing_faults())?;
    }
    let RowTaking { mut walk, rows, number, reading, .. } = taking;
    let tally = walk.finish(cutter.position()).clone();
    // What stands at the end of a file that is broken off says nothing new.
    let all = !reading.refused || number == 0;
    let says_nothing_new = cutter.is_of_another_kind();
    let at_the_end = walk.findings.iter().filter(|finding| all || finding.kind.is_none());
    for finding in at_the_end.filter(|_| !says_nothing_new) {
        reading.refused = true;
        list(layout, finding, reading.problems);
    }
    let (sha256, size, _) = cutter.finish();
    let survey = FileRead { rows: rows.rows, size, sha256, tally, lines: None, refused: reading.refused };
    Ok((survey, rows.finish()))
}

/// Where the records of a file go.
struct RowTaking<'a, 'p, 'l, 'q, W: Write> {
    layout: &'l Layout,
    walk: RecordWalk<'l>,
    rows: Rows<'l, W>,
    plans: &'a RowPlans,
    /// Records so far.
    number: u64,
    reading: &'a mut FileVerdict<'p, 'q>,
}

impl<W: Write> RowTaking<'_, '_, '_, '_, W> {
    /// Takes a record. False if it is a line that is left out.
    fn take(&mut self, at: u64, cut: RawRecord, sound: Option<SoundRecord>) -> io::Result<bool> {
        let (layout, walk, reading) = (self.layout, &mut self.walk, &mut *self.reading);
        self.number += 1;
        let number = self.number;
        if number == 1 {
            reading.quarantine.begins_at(at);
        }
        let kind = walk.step(at, cut, sound.as_ref().map(|sound| sound.kind));
        if let Some(kind) = kind.filter(|_| walk.findings.is_empty()) {
            // What was made of a record is that of its own kind alone.
            let made = sound.filter(|sound| sound.kind == kind).and_then(|sound| sound.made);
            let handed_out = match made {
                Some(row) => self.rows.made(row, GAP, self.plans.gaps(kind)).map(Ok)?,
                None => self.rows.record(number, kind, cut)?,
            };
            if let Err((item, fault)) = handed_out {
                let at = at + layout.records[kind].items[item].range.start as u64;
                let wrong = FindingCause::Value(fault);
                let (record, kind, item) = (Some(number), Some(kind), Some(item));
                walk.findings.push(RecordFinding { record, at, kind, item, wrong });
            }
        }
        let mut is_left_to_caller = false;
        if !walk.findings.is_empty() {
            let left_out = !reading.refused && reading.quarantine.takes(kind, cut, &walk.findings);
            match cut {
                RawRecord::Fixed(bytes) if left_out => reading.quarantine.keep(bytes),
                RawRecord::Line(_) if left_out => is_left_to_caller = true,
                RawRecord::Fixed(_) | RawRecord::Line(_) => reading.refused = true,
            }
            walk.findings.drain(..).for_each(|finding| list(layout, &finding, reading.problems));
        }
        Ok(!is_left_to_caller)
    }
}

impl<W: Write> TakesRecords for RowTaking<'_, '_, '_, '_, W> {
    type Stop = io::Error;

    fn record(&mut self, at: u64, cut: RawRecord, sound: Option<SoundRecord>) -> io::Result<()> {
        self.take(at, cut, sound).map(drop)
    }

    /// Lists what stands wrongly between records: that concerns the whole file.
    fn framing(&mut self, faults: Vec<FramingFault>) -> io::Result<()> {
        for framing_fault in faults {
            self.reading.refused = true;
            self.reading.problems.add(&RowProblem {
                line: Some(self.number),
                column: Some(framing_fault.at),
                ..RowProblem::of_file(&framing_fault.fault)
            });
        }
        Ok(())
    }
}

fn as_is<W: Write>(layout: &Layout, received: &File, mut out: W) -> io::Result<(FileRead, W)> {
    let (sha256, size, lines) = hashed_and_counted(received, &mut out)?;
    let tally = Tally::of(layout);
    Ok((FileRead { rows: 0, size, sha256, tally, lines: Some(lines), refused: false }, out))
}

fn list(layout: &Layout, finding: &RecordFinding, problems: &mut ProblemReport) {
    let record = finding.kind.map(|kind| &layout.records[kind]);
    let item = match (record, finding.item) {
        (Some(record), Some(item)) => record.items[item].label(),
        (Some(record), None) => format!("({})", record.name),
        (None, _) => WHOLE_RECORD.to_owned(),
    };
    let fault: &dyn Fault = match &finding.wrong {
        FindingCause::Value(fault) => fault,
        FindingCause::File(fault) => fault,
    };
    problems.add(&RowProblem { line: finding.record, column: Some(finding.at), item: &item, fault });
}
