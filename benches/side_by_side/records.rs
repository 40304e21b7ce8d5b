//! Records to bytes and back, against programs that only transcode the same file.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use totatsu_base::digest::Sha256;
use totatsu_records::decode::{self, DecodeWork, RowForm};
use totatsu_records::encode::{self, EncodeWork};
use totatsu_records::layout::{Layout, LayoutCatalogue};
use totatsu_records::{LayoutValues, invented};

use super::measure::{Contender, Runs, Sample, in_turn, measured};
use super::peers::found;
use super::plan::Plan;
use super::table::{Goal, Outcome, Unit};

/// The arguments that make this program the process that is measured.
pub const CONVERT: &str = "convert-in";
pub const DECODE: &str = "decode-in";
/// As many as the memory of many is compared with.
const FEW: u64 = 25_000;
const MIB: u64 = 1024 * 1024;

pub fn encode(plan: &Plan) -> Vec<Outcome> {
    let transcoders = [
        ("iconv", ["-f", "UTF-8", "-t", "CP932", "source"].as_slice()),
        ("nkf", ["-W", "-s", "-x", "--ms-ucs-map", "source"].as_slice()),
    ];
    let steps = "hash, check, encode, sync, read back";
    vec![against(plan, "encode", CONVERT, steps, &transcoders, Goal::Ratio(1.5))]
}

pub fn decode(plan: &Plan) -> Vec<Outcome> {
    let transcoders = [
        ("iconv", ["-f", "CP932", "-t", "UTF-8", "sent"].as_slice()),
        ("nkf", ["-S", "-w", "-x", "--ms-ucs-map", "sent"].as_slice()),
    ];
    let steps = "hash, cut, check, decode, sync";
    vec![against(plan, "decode", DECODE, steps, &transcoders, Goal::Ratio(1.0))]
}

fn against(
    plan: &Plan,
    row: &str,
    word: &str,
    steps: &str,
    transcoders: &[(&str, &[&str])],
    goal: Goal,
) -> Outcome {
    let (small, large) = (Sources::of(FEW), Sources::of(plan.count(250_000, 100_000) as u64));
    if word == DECODE {
        for sources in [&small, &large] {
            sources.convert();
        }
    }
    let mut contenders = vec![Contender::new("totatsu", || own(word, large.folder.path()))];
    for (name, arguments) in transcoders {
        let folder = large.folder.path();
        contenders.push(Contender::with(
            found(name),
            [&[*name], *arguments].concat().join(" "),
            move |program| measured(Command::new(program).args(*arguments).current_dir(folder)),
        ));
    }
    contenders.push(
        Contender::new("totatsu on one processor", || on_one(word, large.folder.path())).counted(false),
    );
    contenders.push(Contender::new(format!("totatsu, {FEW} records"), || own(word, small.folder.path())));
    let mut runs = in_turn(plan.rounds(5, 3), contenders);
    // It stands beside for its memory alone.
    let fewer = runs.pop().expect("it was measured");
    let many = large.count;
    large.are_whole();
    let what = format!(
        "{many} records of eltax/nenkin-tokucho-irai ({steps}), in memory; the others only transcode the same file"
    );
    let grown = Runs::peak_bytes(&runs[0]).unwrap_or_default() / MIB;
    Outcome::of(row, what, Unit::Seconds, goal, runs).noting(format!(
        "Peak memory with {FEW} records is {} MiB, with {many} {grown} MiB",
        fewer.peak_bytes().unwrap_or_default() / MIB
    ))
}

/// Made-up records, in memory where the machine has a file system there.
pub struct Sources {
    folder: TempDir,
    pub count: u64,
}

impl Sources {
    pub fn of(count: u64) -> Sources {
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let mut out = BufWriter::new(File::create(folder.path().join("source")).unwrap());
        invented::write_csv(&mut out, count, 1).unwrap();
        out.flush().unwrap();
        Sources { folder, count }
    }

    /// Has them converted by a process of its own.
    pub fn convert(&self) -> Sample {
        own(CONVERT, self.folder.path())
    }

    /// Asserts that what was converted last comes back with every record.
    fn are_whole(&self) {
        own(DECODE, self.folder.path());
        let decoded = fs::read(self.folder.path().join("decoded")).unwrap();
        // The first line names the columns.
        let lines = decoded.iter().filter(|byte| **byte == b'\n').count() as u64;
        assert!(lines == self.count + 1, "{lines} lines come back of {} records", self.count);
    }
}

/// This program as the process that works in a folder.
fn own(word: &str, folder: &Path) -> Sample {
    measured(Command::new(std::env::current_exe().unwrap()).arg(word).arg(folder))
}

fn on_one(word: &str, folder: &Path) -> Sample {
    let own = std::env::current_exe().unwrap();
    measured(Command::new("taskset").args(["-c", "0"]).arg(own).arg(word).arg(folder))
}

/// What that process does.
pub fn work(word: &str, arguments: &[String]) {
    let folder = Path::new(&arguments[0]);
    if word == CONVERT { convert_in(folder) } else { decode_in(folder) }
}

/// What a link of the layout that is measured says.
fn agreed() -> (Arc<Layout>, LayoutValues) {
    let catalogue = LayoutCatalogue::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts")).0;
    let date = jiff::civil::date(2026, 7, 10);
    let values = LayoutValues {
        municipality_code: "13101".to_owned(),
        business_date: date,
        accepted_at: date.at(9, 0, 0, 0),
        link: Default::default(),
    };
    (catalogue.choose("eltax/nenkin-tokucho-irai", date).unwrap().clone(), values)
}

/// Converts `source` in a directory to `sent`.
fn convert_in(home: &Path) {
    let (layout, values) = agreed();
    let source = home.join("source");
    let work = EncodeWork {
        source: &source,
        source_sha256: Sha256::of_file(&source).unwrap().0,
        sent: &home.join("sent"),
        report: &home.join("report"),
        layout: &layout,
        values: &values,
    };
    encode::convert(&work).unwrap();
}

/// Decodes `sent` in a directory.
fn decode_in(home: &Path) {
    let (layout, values) = agreed();
    let work = DecodeWork {
        received: &home.join("sent"),
        decoded: &home.join("decoded"),
        report: &home.join("report"),
        quarantine: None,
        layout: &layout,
        values: Some(&values),
        form: RowForm::Csv,
    };
    decode::decode(&work).unwrap();
}
