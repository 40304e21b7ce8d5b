//! Every shipped layout against a golden pair: a source, and the bytes that an independent script made of it.
//!
//! A pair is a folder `tests/golden/PARTNER/NAME` with `input.csv`, `output.bin`, `decoded.csv` where the normal form of the
//! source differs from the source, and `link.toml` where the layout takes values from the link. Both directions are held
//! to it, whichever of them the partner uses.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use support::shipped::{GOLDEN, catalogue, golden, golden_values};
use support::trial::Trial;
use totatsu_records::decode::RowForm;
use totatsu_records::encode::LayoutValues;
use totatsu_records::layout::{FileFormat, Layout, LayoutCatalogue, LayoutStatus};

const DAY: jiff::civil::Date = jiff::civil::date(2026, 7, 10);

/// 千代田区 on a day in July, and what the pair says of the link.
fn values(pair: &Path) -> LayoutValues {
    LayoutValues {
        municipality_code: "131016".into(),
        business_date: DAY,
        accepted_at: DAY.at(9, 30, 15, 0),
        link: golden_values(pair),
    }
}

/// The folder of each version's pair: the layout's name, with `@VERSION` where another version, or none, applies today.
fn pairs_of(catalogue: &LayoutCatalogue) -> Vec<(String, &Arc<Layout>)> {
    let named = |layout: &'_ Layout| {
        let applies = catalogue.choose(layout.id(), DAY).map(|chosen| chosen.version());
        match applies == Some(layout.version()) {
            true => layout.id().to_owned(),
            false => format!("{}@{}", layout.id(), layout.version()),
        }
    };
    catalogue.iter().map(|layout| (named(layout), layout)).collect()
}

/// Runs one direction for every layout that has a pair, and tells of all that failed.
fn each(direction: impl Fn(&Trial, &Path) -> Result<(), String>) {
    let mut failures = Vec::new();
    for (id, layout) in pairs_of(catalogue()) {
        let pair = golden(&id);
        // A missing pair is the finding of a test of its own.
        if !pair.is_dir() {
            continue;
        }
        let trial = Trial { values: values(&pair), ..Trial::with(Arc::clone(layout)) };
        if let Err(failure) = direction(&trial, &pair) {
            failures.push(format!("{id}: {failure}"));
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

/// What an error says, with the report that lies beside the work. Golden sources hold no real persons.
fn told(error: &impl Debug, trial: &Trial) -> String {
    format!("{error:?}\n{}", fs::read_to_string(trial.path("report.txt")).unwrap_or_default())
}

/// Where two files part, as an operator would look for it.
fn compared(found: &[u8], wanted: &[u8]) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    let at = found.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    let near = |bytes: &[u8]| {
        let from = &bytes[at.saturating_sub(4).min(bytes.len())..(at + 12).min(bytes.len())];
        from.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
    };
    let (f, w) = (found.len(), wanted.len());
    Err(format!("differs at byte {at}: {} ({f} bytes), wanted {} ({w} bytes)", near(found), near(wanted)))
}

#[test]
fn every_layout_has_a_golden_pair_and_every_pair_a_layout() {
    let mut pairs = BTreeSet::new();
    for partner in fs::read_dir(GOLDEN).unwrap().map(|entry| entry.unwrap()) {
        if !partner.path().is_dir() || partner.file_name().to_string_lossy().starts_with("__") {
            continue;
        }
        for name in fs::read_dir(partner.path()).unwrap().map(|entry| entry.unwrap()) {
            let id = format!("{}/{}", partner.file_name().display(), name.file_name().display());
            for file in ["input.csv", "output.bin"] {
                assert!(name.path().join(file).is_file(), "{id}: {file} is missing");
            }
            pairs.insert(id);
        }
    }
    assert_eq!(pairs_of(catalogue()).into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(), pairs);
}

#[test]
fn every_golden_source_becomes_exactly_the_golden_bytes() {
    each(|trial, pair| {
        let converted = trial.convert(&fs::read(pair.join("input.csv")).unwrap());
        converted.map_err(|error| told(&error, trial))?;
        compared(&fs::read(trial.path("sent")).unwrap(), &fs::read(pair.join("output.bin")).unwrap())
    });
}

#[test]
fn golden_bytes_decode_to_the_normal_form_of_their_source() {
    each(|trial, pair| {
        let (layout, received) = (&trial.layout, fs::read(pair.join("output.bin")).unwrap());
        let decoded = trial.decoded(&received, RowForm::Csv, None);
        decoded.map_err(|error| told(&error, trial))?;
        let normal = pair.join("decoded.csv");
        let normal = if normal.is_file() { normal } else { pair.join("input.csv") };
        let (found, wanted) =
            (fs::read_to_string(trial.path("decoded")).unwrap(), fs::read_to_string(normal).unwrap());
        // What an importing program finds its columns by.
        let columns = layout.decoded_columns();
        let heading = csv::Reader::from_reader(found.as_bytes()).headers().unwrap().clone();
        // Bytes that are handed over as they are have no columns.
        let has_columns = layout.format() != FileFormat::AsIs;
        assert!(!has_columns || heading.iter().eq(columns.iter().copied()), "{}: {heading:?}", layout.id());
        assert_eq!(columns.iter().collect::<BTreeSet<_>>().len(), columns.len(), "{}", layout.id());
        assert!(columns.starts_with(&layout.input_columns()), "{}", layout.id());
        if found == wanted {
            return Ok(());
        }
        let mut lines = found.lines().zip(wanted.lines()).enumerate();
        let (n, (found, wanted)) =
            lines.find(|(_, (found, wanted))| found != wanted).unwrap_or((0, ("", "")));
        Err(format!("line {} of the decoded file is\n  {found}\nwanted\n  {wanted}", n + 1))
    });
}

#[test]
fn the_readme_tells_how_sure_the_shipped_layouts_are() {
    let readme = include_str!("../README.md");
    let names: BTreeSet<&str> = catalogue().iter().map(|layout| layout.id()).collect();
    let counted = format!("table. {} of them: as-is", names.len());
    assert!(include_str!("../../../CHANGELOG.md").contains(&counted), "the changelog counts {counted}");
    let catalogue = catalogue();
    for status in
        [LayoutStatus::Published, LayoutStatus::SecondHand, LayoutStatus::Sample, LayoutStatus::Agreed]
    {
        let shipped = catalogue.iter().filter(|layout| layout.status() == status).count();
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{}` |", status.word()))).unwrap();
        assert!(row.ends_with(&format!("| {shipped} |")), "{row}: {shipped} are shipped");
    }
}
