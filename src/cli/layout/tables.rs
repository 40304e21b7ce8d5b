//! Layouts as tables: listed, shown, checked and compared.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::civil::Date;
use serde::Serialize;

use super::sources::{Problems, Sources, from_file, tell};
use crate::cli::exit::{Exit, fail};
use crate::cli::options::Common;
use crate::cli::output::{print, print_json, print_words};
use crate::cli::{screen, shown};
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_records::layout::{Confidence, Encoding, Layout, LayoutStatus};

/// Columns for the label before each fact of a layout.
const LABEL_COLUMNS: usize = 9;

#[derive(Serialize)]
struct Row {
    layout: String,
    version: String,
    until: Option<String>,
    in_force: bool,
    status: &'static str,
    #[serde(skip)]
    told_status: LayoutStatus,
    /// Items of which the layout file is not sure, and all items.
    unconfirmed: usize,
    items: usize,
    encoding: Option<&'static str>,
    title: String,
    sha256: String,
}

/// All layouts of the folder. Problems of files that can't be used go to standard error.
pub(super) fn list(sources: &Sources, day: Date) -> Result<Exit, Exit> {
    let (_, catalogue, problems) = sources.catalogue()?;
    problems.iter().for_each(|(file, problem)| tell(file.display(), problem));
    let rows: Vec<Row> = catalogue
        .iter()
        .map(|layout| Row {
            layout: layout.id().to_owned(),
            version: layout.version(),
            until: layout.until().map(|until| until.to_string()),
            in_force: catalogue
                .choose(layout.id(), day)
                .is_some_and(|chosen| chosen.version() == layout.version()),
            status: layout.status().word(),
            told_status: layout.status(),
            unconfirmed: layout.doubts().count(),
            items: layout.item_count(),
            encoding: layout.encoding().map(Encoding::word),
            title: layout.title().to_owned(),
            sha256: layout.sha256().to_string(),
        })
        .collect();
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Failed };
    let line = |row: &Row| {
        let mark = if row.in_force { "*" } else { "" };
        let as_is = say!("layout-value-as-is");
        let (until, encoding) = (row.until.as_deref().unwrap_or_default(), row.encoding.unwrap_or(&as_is));
        let unconfirmed = say!("layout-unconfirmed-of", unconfirmed = row.unconfirmed, items = row.items);
        let status = status_word(row.told_status);
        [mark, &row.layout, &row.version, until, &status, &unconfirmed, encoding, &row.title]
            .map(str::to_owned)
            .into()
    };
    let headings = [
        String::new(),
        say!("layout-heading-layout"),
        say!("layout-heading-version"),
        say!("layout-heading-until"),
        say!("layout-heading-status"),
        say!("layout-heading-unconfirmed"),
        say!("layout-heading-encoding"),
        say!("layout-heading-title"),
    ];
    let table = |rows: &Vec<Row>| shown::table(&headings, rows.iter().map(line).collect());
    Ok(sources.common.tell(&rows, exit, table))
}

/// One layout with everything an operator can know of it.
pub(super) fn show(common: &Common, layout: &Layout) -> Result<Exit, Exit> {
    if common.json {
        return Ok(print_json(&in_json(layout), Exit::Done));
    }
    let status = match layout.status() {
        LayoutStatus::Published => say!("layout-status-published-told"),
        LayoutStatus::SecondHand => say!("layout-status-second-hand-told"),
        LayoutStatus::Sample => say!("layout-status-sample-told"),
        LayoutStatus::Agreed => say!("layout-status-agreed-told"),
    };
    let mut text = format!("{}  {} {}\n", layout.title(), layout.id(), layout.version());
    let mut line = |name: String, value: &dyn Display| {
        text.push_str(&format!("{}{value}\n", shown::pad(&name, LABEL_COLUMNS)));
    };
    line(say!("layout-show-partner"), &layout.partner());
    line(say!("layout-show-status"), &status);
    line(say!("layout-show-sha256"), &layout.sha256());
    layout.sources().iter().for_each(|source| line(say!("layout-show-source"), source));
    layout.notes().iter().for_each(|note| line(say!("layout-show-note"), note));
    if let Some((with, compared)) = layout.agreed() {
        line(say!("layout-show-agreed"), &say!("layout-agreed-with", with = with, compared = compared));
    }
    layout.tables().iter().for_each(|table| line(say!("layout-show-table"), &of_table(table)));
    line(say!("layout-show-columns"), &layout.input_columns().join(", "));
    layout.derived_columns().iter().for_each(|derived| line(say!("layout-show-derived"), derived));
    let headings = [
        say!("layout-heading-no"),
        say!("layout-heading-item"),
        say!("layout-heading-at"),
        say!("layout-heading-bytes"),
        say!("layout-heading-kind"),
        say!("layout-heading-value"),
    ];
    for (record, items) in layout.described() {
        text.push_str(&format!("\n{record}\n"));
        let rows = items.into_iter().map(Vec::from).collect();
        text.push_str(&shown::table(&headings, rows));
    }
    let doubts: Vec<Vec<String>> = layout.doubts().map(doubt).collect();
    if !doubts.is_empty() {
        text.push_str(&format!("\n{}\n", say!("layout-not-confirmed")));
        let headings = [
            say!("layout-heading-record"),
            say!("layout-heading-item"),
            say!("layout-heading-confidence"),
            say!("layout-heading-note"),
        ];
        text.push_str(&shown::table(&headings, doubts));
    }
    Ok(print_words(&text, Exit::Done))
}

/// A table's description of itself, with its key in the language that is spoken.
fn of_table(about: &str) -> String {
    match *about.splitn(3, ": ").collect::<Vec<_>>() {
        [name, "version", told] => say!("layout-table-version", name = name, told = told),
        [name, "origin", told] => say!("layout-table-origin", name = name, told = told),
        _ => about.to_owned(),
    }
}

fn doubt((record, item, confidence, note): (&str, String, Confidence, Option<&str>)) -> Vec<String> {
    let confidence = match confidence {
        Confidence::Confirmed => say!("layout-confidence-confirmed"),
        Confidence::SumConfirmed => say!("layout-confidence-sum-confirmed"),
        Confidence::SingleSource => say!("layout-confidence-single-source"),
        Confidence::Guess => say!("layout-confidence-guess"),
    };
    vec![record.to_owned(), item, confidence, note.unwrap_or_default().to_owned()]
}

fn in_json(layout: &Layout) -> serde_json::Value {
    let item = |[no, name, at, bytes, kind, value]: [String; 6]| serde_json::json!({ "no": no, "name": name, "at": at, "bytes": bytes, "kind": kind, "value": value });
    let record = |(record, items): (String, Vec<[String; 6]>)| serde_json::json!({ "record": record, "items": items.into_iter().map(item).collect::<Vec<_>>() });
    let records: Vec<_> = layout.described().into_iter().map(record).collect();
    serde_json::json!({
        "layout": layout.id(), "version": layout.version(), "title": layout.title(),
        "partner": layout.partner(), "status": layout.status().word(), "sources": layout.sources(),
        "notes": layout.notes(), "sha256": layout.sha256(), "columns": layout.input_columns(),
        "derived": layout.derived_columns(), "records": records,
    })
}

/// Checks files, or the whole folder.
pub(super) fn check(sources: &Sources, files: &[PathBuf]) -> Result<Exit, Exit> {
    let mut problems = Problems::new();
    let mut sound = Vec::new();
    if files.is_empty() {
        let (_, catalogue, found) = sources.catalogue()?;
        problems = found;
        sound.extend(catalogue.iter().map(|layout| line(layout)));
    }
    for file in &layout_files(files)? {
        match from_file(file) {
            Ok(layout) => match layout.misnamed(file) {
                Some(problem) => problems.push((file.clone(), problem)),
                None => sound.push(line(&layout)),
            },
            Err(found) => problems.extend(found.into_iter().map(|problem| (file.clone(), problem))),
        }
    }
    let exit = if problems.is_empty() { Exit::Done } else { Exit::BadConfiguration };
    if sources.common.json {
        let rows: Vec<_> = problems
            .iter()
            .map(|(file, problem)| {
                serde_json::json!({
                    "file": file, "line": problem.line, "record": problem.record, "item": problem.item,
                    "message": problem.message,
                })
            })
            .collect();
        return Ok(print_json(&rows, exit));
    }
    problems.iter().for_each(|(file, problem)| tell(file.display(), problem));
    Ok(print_words(&sound.concat(), exit))
}

/// The files, and those of the directories; a directory without any is a mistake.
fn layout_files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Exit> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let walked = below(path, &mut files);
        walked.map_err(|error| {
            fail(
                Exit::BadConfiguration,
                &say!("layout-file", file = path.display(), message = os_error(&error)),
            )
        })?;
        if files.len() == before {
            let message = say!("layout-none-below", folder = path.display());
            return Err(fail(Exit::BadConfiguration, &message));
        }
    }
    Ok(files)
}

/// Every layout file in a directory and below, in the order of their names.
fn below(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// What changed between two layouts.
pub(super) fn diff(sources: &Sources, a: &str, b: &str) -> Result<Exit, Exit> {
    let today = totatsu_base::clock::Moment::now().date();
    let (a, b) = (sources.find(a, today)?, sources.find(b, today)?);
    let lines = a.differences(&b);
    let exit = if lines.is_empty() { Exit::Done } else { Exit::Failed };
    Ok(sources.common.tell(&lines, exit, |lines| {
        let head = format!("{} {} -> {} {}", a.id(), a.version(), b.id(), b.version());
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        format!("{head}\n{lines}")
    }))
}

/// Prints the heading of a source, and a row to overwrite. Standard error says that the row is made up.
pub(super) fn template(layout: &Layout) -> Result<Exit, Exit> {
    let row = |fields: Vec<String>| {
        let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = line.write_record(&fields).is_ok();
        let bytes = line.into_inner().unwrap_or_default();
        String::from_utf8(bytes).ok().filter(|_| written).unwrap_or_default().trim_end().to_owned()
    };
    let heading = row(layout.input_columns().into_iter().map(str::to_owned).collect());
    screen::beside(&say!("layout-template-row"));
    Ok(print(&format!("{heading}\n{}\n", row(layout.example_row())), Exit::Done))
}

/// How sure a layout is as a whole, in a word.
fn status_word(status: LayoutStatus) -> String {
    match status {
        LayoutStatus::Published => say!("layout-status-published"),
        LayoutStatus::SecondHand => say!("layout-status-second-hand"),
        LayoutStatus::Sample => say!("layout-status-sample"),
        LayoutStatus::Agreed => say!("layout-status-agreed"),
    }
}

fn line(layout: &Layout) -> String {
    let doubts = layout.doubts().count();
    let status = status_word(layout.status());
    let (layout, version) = (layout.id(), layout.version());
    say!("layout-sound", layout = layout, version = version, status = status, doubts = doubts) + "\n"
}
