//! Layouts as tables: listed, shown, checked and compared.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use super::sources::{Sources, from_file};
use crate::cli::exit::Exit;
use crate::cli::options::Common;
use crate::cli::output::{print, print_json};
use crate::cli::shown;
use totatsu_records::layout::{Confidence, Encoding, Layout, LayoutProblem, LayoutStatus};

#[derive(Serialize)]
struct Row {
    layout: String,
    version: String,
    until: Option<String>,
    in_force: bool,
    status: &'static str,
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
    tell(&problems);
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
        let (until, encoding) = (row.until.as_deref().unwrap_or_default(), row.encoding.unwrap_or("as-is"));
        let unconfirmed = format!("{} of {}", row.unconfirmed, row.items);
        [mark, &row.layout, &row.version, until, row.status, &unconfirmed, encoding, &row.title]
            .map(str::to_owned)
            .into()
    };
    let headings = ["", "layout", "version", "until", "status", "unconfirmed", "encoding", "title"];
    let table = |rows: &Vec<Row>| shown::table(&headings, rows.iter().map(line).collect());
    Ok(sources.common.tell(&rows, exit, table))
}

/// One layout with everything an operator can know of it.
pub(super) fn show(common: &Common, layout: &Layout) -> Result<Exit, Exit> {
    if common.json {
        return Ok(print_json(&in_json(layout), Exit::Done));
    }
    let status = match layout.status() {
        LayoutStatus::Published => "published: from a public sheet",
        LayoutStatus::SecondHand => {
            "second-hand: as other programs read it, unconfirmed; check it against the partner's sheet"
        }
        LayoutStatus::Sample => {
            "sample: the widths are ours; replace it by the partner's own sheet before use"
        }
        LayoutStatus::Agreed => "agreed: the partner's own sheet, which is not published",
    };
    let mut text = format!(
        "{}  {} {}\npartner  {}\nstatus   {status}\nSHA-256  {}\n",
        layout.title(),
        layout.id(),
        layout.version(),
        layout.partner(),
        layout.sha256()
    );
    layout.sources().iter().for_each(|source| text.push_str(&format!("source   {source}\n")));
    layout.notes().iter().for_each(|note| text.push_str(&format!("note     {note}\n")));
    if let Some((with, compared)) = layout.agreed() {
        text.push_str(&format!("agreed   with {with}, last compared on {compared}\n"));
    }
    layout.tables().iter().for_each(|table| text.push_str(&format!("table    {table}\n")));
    text.push_str(&format!("columns  {}\n", layout.input_columns().join(", ")));
    for derived in layout.derived_columns() {
        text.push_str(&format!("derived  {derived}\n"));
    }
    for (record, items) in layout.described() {
        text.push_str(&format!("\n{record}\n"));
        let rows = items.into_iter().map(Vec::from).collect();
        text.push_str(&shown::table(&["no", "item", "at", "bytes", "kind", "value"], rows));
    }
    let doubts: Vec<Vec<String>> = layout.doubts().map(doubt).collect();
    if !doubts.is_empty() {
        text.push_str("\nnot confirmed\n");
        text.push_str(&shown::table(&["record", "item", "confidence", "note"], doubts));
    }
    Ok(print(&text, Exit::Done))
}

fn doubt((record, item, confidence, note): (&str, String, Confidence, Option<&str>)) -> Vec<String> {
    vec![record.to_owned(), item, confidence.word().to_owned(), note.unwrap_or_default().to_owned()]
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
    let mut problems: Vec<(PathBuf, LayoutProblem)> = Vec::new();
    let mut sound = Vec::new();
    if files.is_empty() {
        let (_, catalogue, found) = sources.catalogue()?;
        problems = found;
        sound.extend(catalogue.iter().map(|layout| line(layout)));
    }
    for file in files {
        match from_file(file) {
            Ok(layout) => sound.push(line(&layout)),
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
    tell(&problems);
    Ok(print(&sound.concat(), exit))
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

/// The heading of a source, and a row to overwrite; that nobody sends it, standard error says.
pub(super) fn template(layout: &Layout) -> Result<Exit, Exit> {
    let row = |fields: Vec<String>| {
        let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = line.write_record(&fields).is_ok();
        let bytes = line.into_inner().unwrap_or_default();
        String::from_utf8(bytes).ok().filter(|_| written).unwrap_or_default().trim_end().to_owned()
    };
    let heading = row(layout.input_columns().into_iter().map(str::to_owned).collect());
    eprintln!("the row below the heading is made up: overwrite it, or take it out");
    Ok(print(&format!("{heading}\n{}\n", row(layout.example_row())), Exit::Done))
}

fn line(layout: &Layout) -> String {
    let doubts = layout.doubts().count();
    let items = if doubts == 1 { "item" } else { "items" };
    format!(
        "{} {}: sound, {}, {doubts} {items} not confirmed\n",
        layout.id(),
        layout.version(),
        layout.status().word()
    )
}

fn tell(problems: &[(PathBuf, LayoutProblem)]) {
    problems.iter().for_each(|(file, problem)| eprintln!("{}: {problem}", file.display()));
}
