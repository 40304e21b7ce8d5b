//! `totatsu layout encode`, `decode` and `ruler`: a layout tried out on a file.
//!
//! Input and output go through files in a temporary directory that only its owner can read. So nothing is written to standard output
//! before all of it is known to be right, and memory does not grow with the file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::sources::{InForce, Named, Sources, unusable};
use crate::cli::exit::{Exit, fail, failed};
use crate::cli::output::print;
use crate::cli::{likeness, progress, screen};
use totatsu_base::messages::os_error;
use totatsu_base::{Hashing, Moment, say};
use totatsu_records::LayoutValues;
use totatsu_records::decode::{self, DecodeError, DecodeWork, RowForm};
use totatsu_records::encode::{self, ConvertError, EncodeWork, SourceLayout, folds};
use totatsu_records::layout::Layout;

/// `totatsu layout encode`.
#[derive(Debug, Args)]
pub(super) struct Encode {
    #[command(flatten)]
    layout: Named,
    #[command(flatten)]
    values: Given,
    /// Read standard input by this layout, as a link's [source] does, in place of plain rows
    #[arg(long, value_name = "LAYOUT")]
    source: Option<String>,
    /// The source's column for a column of NAME, where it has another name; nothing after = leaves it empty
    #[arg(long = "column", value_name = "NAME=COLUMN", value_parser = pair, requires = "source")]
    columns: Vec<(String, String)>,
    /// What always stands in a column of NAME that the source doesn't have
    #[arg(long = "fixed", value_name = "NAME=VALUE", value_parser = pair, requires = "source")]
    fixed: Vec<(String, String)>,
    /// Write the fold report (what was replaced or cut, line by line) to this file; it holds characters of the source
    #[arg(long, value_name = "FILE")]
    folds: Option<PathBuf>,
}

/// `totatsu layout decode`.
#[derive(Debug, Args)]
pub(super) struct Decode {
    #[command(flatten)]
    layout: Named,
    /// A value of the link by which the layout's form is chosen, e.g. 改行=cr; may be repeated. Others are not compared
    #[arg(long = "value", value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// Leave out data records with wrong values of their own and keep them, unchanged, in this new file; the others pass
    #[arg(long, value_name = "FILE")]
    quarantine: Option<PathBuf>,
}

/// `totatsu layout ruler`.
#[derive(Debug, Args)]
pub(super) struct Ruler {
    #[command(flatten)]
    layout: Named,
    /// The partner's file; standard input where it isn't given, or is "-"
    file: Option<PathBuf>,
    /// The number of the record in the file, from 1; otherwise the first data record
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    record: Option<u64>,
    /// A value of the link by which the layout's form is chosen, e.g. 改行=cr; may be repeated
    #[arg(long = "value", value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
}

/// What the layout doesn't take from the source.
#[derive(Debug, Args)]
struct Given {
    /// 全国地方公共団体コード, five or six digits; otherwise the configuration's
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// A value that the link would give; may be repeated
    #[arg(long = "value", value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
}

impl Encode {
    pub(super) fn run(self, sources: &Sources) -> Result<Exit, Exit> {
        let layout = self.layout.find(sources)?;
        let values = self.values.with(sources, &self.layout.in_force)?;
        let read_by = self.source_layout(sources, &layout)?;
        let room = Room::new()?;
        let (source, sent) = (room.file("source"), room.file("sent"));
        let source_sha256 = room.take_input(&source)?;
        let report = room.file("report.txt");
        let work = EncodeWork {
            source: &source,
            source_sha256,
            sent: &sent,
            report: &report,
            layout: &layout,
            values: &values,
        };
        let converted = progress::while_reading(say!("layout-converting"), &source, || match &read_by {
            Some(read_by) => encode::convert_from(read_by, &work),
            None => encode::convert(&work),
        });
        let converted = converted.map_err(|error| match &error {
            ConvertError::BadRecords { report, .. } => {
                self.tell_likeness(sources, &source, &layout);
                problems(report)
            }
            ConvertError::BadValue { .. } => fail(Exit::BadConfiguration, &told(&error)),
            ConvertError::SourceChanged { .. }
            | ConvertError::ReadBackDiffers { .. }
            | ConvertError::Disk { .. } => failed(error),
        })?;
        let folds = room.file(folds::FILE_NAME);
        if let Some(wanted) = &self.folds {
            let copied = if folds.exists() {
                std::fs::copy(&folds, wanted).map(|_| ())
            } else {
                File::create(wanted).map(|_| ())
            };
            copied.map_err(unusable(wanted.display()))?;
        }
        give_output(&sent)?;
        let by_table = converted.folds_by_table.iter().filter(|(table, _)| *table != folds::RULES);
        let count = |(table, count): (&String, &u64)| say!("layout-folds-by", count = count, table = table);
        let counts: Vec<String> = by_table.map(count).collect();
        if !counts.is_empty() {
            let counts = counts.join(", ");
            let told = match self.folds {
                Some(_) => say!("layout-folds", counts = counts),
                None => say!("layout-folds-unlisted", counts = counts),
            };
            screen::beside(&format!("totatsu: {told}"));
        }
        Ok(Exit::Done)
    }

    /// Says which other layout the heading looks like, where it does.
    fn tell_likeness(&self, sources: &Sources, source: &Path, layout: &Layout) {
        if self.source.is_none()
            && let Ok((_, catalogue, _)) = sources.catalogue()
            && let Some(likeness) = likeness::of_source(source, layout.id(), &catalogue)
        {
            screen::beside(likeness.told().trim_end());
        }
    }

    /// How the source is read, where it is no plain rows.
    fn source_layout(&self, sources: &Sources, written: &Layout) -> Result<Option<SourceLayout>, Exit> {
        let Some(name) = &self.source else { return Ok(None) };
        let layout = sources.find(name, self.layout.in_force.day())?;
        let (columns, fixed) = (self.columns.iter().cloned(), self.fixed.iter().cloned());
        let read_by = SourceLayout { layout, columns: columns.collect(), fixed: fixed.collect() };
        let faults = read_by.faults(written);
        if faults.is_empty() {
            return Ok(Some(read_by));
        }
        Err(fail(Exit::BadConfiguration, &say!("layout-faults-here", faults = faults.join("; "))))
    }
}

impl Decode {
    pub(super) fn run(self, sources: &Sources) -> Result<Exit, Exit> {
        let layout = self.layout.find(sources)?;
        let layout = chosen(&layout, &self.values)?;
        if let Some(there) = self.quarantine.as_ref().filter(|file| file.exists()) {
            let told = say!("layout-quarantine-exists", file = there.display());
            return Err(fail(Exit::BadConfiguration, &told));
        }
        let room = Room::new()?;
        let (received, decoded) = (room.file("received"), room.file("decoded"));
        room.take_input(&received)?;
        let form = if sources.common.json { RowForm::JsonLines } else { RowForm::Csv };
        let report = room.file("report.txt");
        let work = DecodeWork {
            received: &received,
            decoded: &decoded,
            report: &report,
            quarantine: self.quarantine.as_deref(),
            layout: &layout,
            values: None,
            form,
        };
        let done = progress::while_reading(say!("layout-converting"), &received, || decode::decode(&work));
        let done = done.map_err(|error| match &error {
            DecodeError::BadRecords { report, .. } => problems(report),
            DecodeError::BadValue(_) => fail(Exit::BadConfiguration, &error),
            DecodeError::Disk { .. } => failed(error),
        })?;
        give_output(&decoded)?;
        if done.quarantined > 0 { tell(&report, Exit::Done) } else { Ok(Exit::Done) }
    }
}

impl Ruler {
    pub(super) fn run(self, sources: &Sources) -> Result<Exit, Exit> {
        let layout = self.layout.find(sources)?;
        let layout = chosen(&layout, &self.values)?;
        let room = Room::new()?;
        let (file, name) = match self.file.filter(|file| file.as_os_str() != "-") {
            Some(file) => (file.clone(), file.display().to_string()),
            None => {
                let received = room.file("received");
                room.take_input(&received)?;
                (received, say!("layout-standard-input"))
            }
        };
        match decode::picture(&layout, &file, self.record).map_err(unusable(&name))? {
            Some(picture) => Ok(print(&picture, Exit::Done)),
            None => {
                let told = match self.record {
                    Some(number) => say!("layout-no-record", file = name, number = number),
                    None => say!("layout-no-data-record", file = name),
                };
                Err(fail(Exit::BadConfiguration, &told))
            }
        }
    }
}

impl Given {
    fn with(&self, sources: &Sources, in_force: &InForce) -> Result<LayoutValues, Exit> {
        let municipality_code = match &self.municipality {
            Some(code) => code.clone(),
            None => sources.gateway()?.map_or(String::new(), |gateway| gateway.municipality),
        };
        let accepted_at = Moment::now().in_japan().datetime();
        let link: BTreeMap<String, String> = self.values.iter().cloned().collect();
        Ok(LayoutValues { municipality_code, business_date: in_force.day(), accepted_at, link })
    }
}

/// A directory for the files of one conversion, removed when it is dropped.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Result<Room, Exit> {
        let made = tempfile::Builder::new().prefix("totatsu-layout-").tempdir();
        made.map(Room).map_err(|error| failed(say!("layout-no-room", error = os_error(&error))))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Standard input, whole, in a file.
    fn take_input(&self, path: &Path) -> Result<totatsu_base::digest::Sha256, Exit> {
        let (message, end) = (say!("layout-reading-input"), input_left());
        progress::while_growing(message, self.0.path(), end, || take_input(path))
    }
}

/// Bytes of standard input that are still to be read; `None` where it is no file.
fn input_left() -> Option<u64> {
    let input = rustix::fs::fstat(io::stdin()).ok()?;
    let is_file = rustix::fs::FileType::from_raw_mode(input.st_mode).is_file();
    let at = rustix::fs::tell(io::stdin()).ok().filter(|_| is_file)?;
    u64::try_from(input.st_size).ok()?.checked_sub(at)
}

/// Standard input, whole, in a file.
fn take_input(path: &Path) -> Result<totatsu_base::digest::Sha256, Exit> {
    let taken = File::create_new(path).and_then(|file| {
        let mut file = Hashing::new(file);
        io::copy(&mut io::stdin().lock(), &mut file)?;
        Ok(file.finish().0)
    });
    taken.map_err(unusable(say!("layout-standard-input")))
}

/// Copies a file to standard output. A reader that has gone away is no error.
fn give_output(path: &Path) -> Result<(), Exit> {
    let given = File::open(path).and_then(|mut file| io::copy(&mut file, &mut io::stdout().lock()));
    match given {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(unusable(say!("layout-standard-output"))(error))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Puts the list of problems on standard error, and hands `exit` back.
fn tell(report: &Path, exit: Exit) -> Result<Exit, Exit> {
    let told = File::open(report).and_then(|mut file| io::copy(&mut file, &mut io::stderr().lock()));
    told.map(|_| exit).map_err(unusable(report.display()))
}

fn problems(report: &Path) -> Exit {
    crate::cli::exit(tell(report, Exit::BadConfiguration))
}

/// An error's text, and how a missing value is given here: on the command line, not in a configuration.
fn told(error: &ConvertError) -> String {
    say!("layout-value-here", error = error)
}

/// The layout in the form that a link with these values would choose.
fn chosen<'l>(layout: &'l Layout, values: &[(String, String)]) -> Result<Cow<'l, Layout>, Exit> {
    let chosen = layout.chosen_by(&values.iter().cloned().collect());
    chosen.map_err(|(name, choices)| {
        fail(Exit::BadConfiguration, &say!("layout-value-accepted", name = name, choices = choices))
    })
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| say!("layout-name-value"))?;
    Ok((name.to_owned(), value.to_owned()))
}
