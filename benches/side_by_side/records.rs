//! Records to bytes and back, against programs that only transcode the same file.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use totatsu_base::digest::Sha256;
use totatsu_records::decode::{self, DecodeWork, RowForm};
use totatsu_records::encode::{self, EncodeWork};
use totatsu_records::layout::{Layout, LayoutCatalogue};
use totatsu_records::{LayoutValues, invented};

use super::measure::{Contender, Runs, in_turn, measured};
use super::peers::found;
use super::plan::Plan;
use super::table::{Goal, Outcome, Unit};

/// The arguments that make this program the process that is measured.
pub const CONVERT: &str = "convert-in";
pub const DECODE: &str = "decode-in";
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
    let (few, many) = (25_000, plan.count(250_000, 100_000) as u64);
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let [small, large] =
        [("few", few), ("many", many)].map(|(name, count)| written(home.path(), name, count));
    if word == DECODE {
        for folder in [&small, &large] {
            own(CONVERT, folder);
        }
    }
    let mut contenders = vec![Contender::new("totatsu", || own(word, &large))];
    for (name, arguments) in transcoders {
        let large = &large;
        contenders.push(Contender::with(
            found(name),
            [&[*name], *arguments].concat().join(" "),
            move |program| measured(Command::new(program).args(*arguments).current_dir(large)),
        ));
    }
    contenders.push(Contender::new(format!("totatsu, {few} records"), || own(word, &small)));
    let mut runs = in_turn(plan.rounds(5, 3), contenders);
    // It stands beside for its memory alone.
    let fewer = runs.pop().expect("it was measured");
    let what = format!(
        "{many} records of eltax/nenkin-tokucho-irai ({steps}), in memory; the others only transcode the same file"
    );
    let grown = Runs::peak_bytes(&runs[0]).unwrap_or_default() / MIB;
    Outcome::of(row, what, Unit::Seconds, goal, runs).noting(format!(
        "Peak memory with {few} records is {} MiB, with {many} {grown} MiB",
        fewer.peak_bytes().unwrap_or_default() / MIB
    ))
}

fn written(home: &Path, name: &str, count: u64) -> PathBuf {
    let folder = home.join(name);
    fs::create_dir(&folder).unwrap();
    let mut out = BufWriter::new(File::create(folder.join("source")).unwrap());
    invented::write_csv(&mut out, count, 1).unwrap();
    out.flush().unwrap();
    folder
}

/// This program as the process that works in a folder.
fn own(word: &str, folder: &Path) -> super::measure::Sample {
    measured(Command::new(std::env::current_exe().unwrap()).arg(word).arg(folder))
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
