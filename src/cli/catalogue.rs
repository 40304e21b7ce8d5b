//! `totatsu catalogue`: the national interface list (連携一覧), without a configuration and without a gateway.
//!
//! Owns: the filters, and the forms in which the list is told. Never reads or writes a file.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::exit::{Exit, fail, failed};
use super::options::Common;
use super::output::{print, print_json, print_words};
use super::shown::table as columns;
use super::terms;
use super::words::one_of;
use crate::catalogue::{
    Bilingual, Frequency, GuaranteeDuty, Interface, InterfaceList, InterfaceRow, InterfaceScope, ListMethod,
    ListedWay, Sureness,
};
use totatsu_base::messages::tongue;
use totatsu_base::say;

/// `totatsu catalogue`.
#[derive(Debug, Args)]
pub(super) struct Catalogue {
    #[command(subcommand)]
    command: CatalogueCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// List the interfaces, one for each business, partner, direction, method, frequency and scope
    List(CatalogueList),
    /// Show everything that the list says of an interface, or of one of its rows
    Show {
        /// The interface (kotei-collection-out-daily-diff), or a row's id
        id: String,
    },
    /// List what goes by the database relay or at once, and so by no file, and why it is out of scope
    Beyond,
}

/// `totatsu catalogue list`.
#[derive(Debug, Args)]
struct CatalogueList {
    /// Only this business system, by key or name: juki, 固定資産税 …
    #[arg(long, value_name = "NAME")]
    business: Vec<String>,
    /// Only this partner, by key or name: mpn, 財務会計 …
    #[arg(long, value_name = "NAME")]
    partner: Vec<String>,
    /// Only this way
    #[arg(long, value_parser = one_of::<ListedWay>())]
    direction: Option<ListedWay>,
    /// Only this often
    #[arg(long, value_parser = one_of::<Frequency>())]
    frequency: Option<Frequency>,
    /// A line for each function that uses an interface, as in the list itself
    #[arg(long)]
    functions: bool,
    /// As CSV, for a spreadsheet
    #[arg(long)]
    csv: bool,
}

/// An interface as scripts read it.
#[derive(Serialize)]
struct InterfaceShown<'a> {
    id: &'a str,
    business: &'a str,
    business_name: &'a str,
    partner: &'a str,
    partner_name: &'a str,
    direction: ListedWay,
    method: ListMethod,
    frequency: Frequency,
    scope: InterfaceScope,
    expected_max: Option<u64>,
    per: Option<&'a str>,
    busy_season: bool,
    exclusive_import: bool,
    guarantee: GuaranteeDuty,
    confidence: Sureness,
    functions: usize,
}

impl Catalogue {
    pub(super) fn run(self, common: &Common) -> Exit {
        match self.command {
            CatalogueCommand::List(list) => list.run(common),
            CatalogueCommand::Show { id } => show(common, &id),
            CatalogueCommand::Beyond => beyond(common),
        }
    }
}

impl CatalogueList {
    fn run(self, common: &Common) -> Exit {
        let list = InterfaceList::shipped();
        let wanted = match self.wanted(list) {
            Ok(wanted) => wanted,
            Err(unknown) => return fail(Exit::BadConfiguration, &unknown),
        };
        let shown: Vec<InterfaceShown<'_>> = wanted
            .iter()
            .flat_map(|interface| {
                let rows = interface.rows.iter().filter(|_| self.functions);
                let whole = (!self.functions).then(|| of_interface(list, interface));
                whole.into_iter().chain(rows.map(|row| of_row(list, row)))
            })
            .collect();
        if self.csv {
            csv(&shown)
        } else if common.json {
            print_json(&shown, Exit::Done)
        } else {
            print_words(&table(&shown), Exit::Done)
        }
    }

    /// The interfaces that the filters let through.
    ///
    /// # Errors
    /// A business or partner is unknown: the text names it, and those that are known.
    fn wanted<'a>(&self, list: &'a InterfaceList) -> Result<Vec<&'a Interface>, String> {
        let businesses = keys(
            &self.business,
            |name| list.words.business_named(name),
            || InterfaceList::businesses().map(str::to_owned).collect(),
        )?;
        let partners = keys(
            &self.partner,
            |name| list.words.partner_named(name),
            || list.words.partner.keys().cloned().collect(),
        )?;
        let fits = |keys: &[&str], key: &str| keys.is_empty() || keys.contains(&key);
        let wanted = list.interfaces.iter().filter(|interface| {
            fits(&businesses, &interface.business)
                && fits(&partners, &interface.partner)
                && self.direction.is_none_or(|direction| direction == interface.direction)
                && self.frequency.is_none_or(|frequency| frequency == interface.frequency)
        });
        Ok(wanted.collect())
    }
}

fn keys<'a>(
    names: &[String],
    named: impl Fn(&str) -> Option<&'a str>,
    known: impl Fn() -> Vec<String>,
) -> Result<Vec<&'a str>, String> {
    let key = |name: &String| {
        let unknown = || {
            let known = terms::listed(&known());
            say!("cli-catalogue-unknown", name = format!("{name:?}"), known = known)
        };
        named(name).ok_or_else(unknown)
    };
    names.iter().map(key).collect()
}

fn of_interface<'a>(list: &'a InterfaceList, interface: &'a Interface) -> InterfaceShown<'a> {
    let largest = interface.largest();
    InterfaceShown {
        id: &interface.id,
        expected_max: interface.expected_max(),
        per: largest.and_then(|row| row.per.as_deref()),
        busy_season: interface.has_busy_season(),
        exclusive_import: interface.is_exclusive(),
        guarantee: interface.guarantee(),
        confidence: interface.confidence(),
        functions: interface.rows.len(),
        ..of_row(list, &interface.rows[0])
    }
}

fn of_row<'a>(list: &'a InterfaceList, row: &'a InterfaceRow) -> InterfaceShown<'a> {
    let tongue = tongue();
    InterfaceShown {
        id: &row.id,
        business: &row.business,
        business_name: list.words.business(&row.business, tongue),
        partner: &row.partner,
        partner_name: list.words.partner(&row.partner, tongue),
        direction: row.direction,
        method: row.method,
        frequency: row.frequency,
        scope: row.scope,
        expected_max: row.expected_max,
        per: row.per.as_deref(),
        busy_season: row.busy_season,
        exclusive_import: row.exclusive_import,
        guarantee: row.guarantee,
        confidence: row.confidence,
        functions: 1,
    }
}

/// The table for people, and below it what the list doesn't say.
fn table(shown: &[InterfaceShown<'_>]) -> String {
    let tongue = tongue();
    let mut heading = vec![say!("cli-catalogue-interface"), say!("cli-catalogue-business")];
    heading.extend(InterfaceRow::headings());
    heading.push(say!("cli-catalogue-sure"));
    let row = |one: &InterfaceShown<'_>| {
        vec![
            one.id.to_owned(),
            one.business_name.to_owned(),
            one.partner_name.to_owned(),
            one.direction.says(tongue),
            one.frequency.says(tongue),
            one.scope.says(tongue),
            up_to(one.expected_max, one.per),
            exclusive(one.exclusive_import),
            one.guarantee.says(tongue),
            one.confidence.says(tongue),
        ]
    };
    let functions: usize = shown.iter().map(|one| one.functions).sum();
    let ending = say!("cli-catalogue-count", count = shown.len(), rows = functions);
    format!("{}{ending}\n", columns(&heading, shown.iter().map(row).collect()))
}

fn exclusive(import: bool) -> String {
    if import { say!("cli-catalogue-yes") } else { "-".to_owned() }
}

fn up_to(max: Option<u64>, per: Option<&str>) -> String {
    match (max, per.unwrap_or_default()) {
        (None, _) => "-".to_owned(),
        (Some(max), "day") => say!("cli-catalogue-a-day", count = max),
        (Some(max), "month") => say!("cli-catalogue-a-month", count = max),
        (Some(max), "file") => say!("cli-catalogue-a-file", count = max),
        (Some(max), _) => say!("cli-catalogue-in-all", count = max),
    }
}

fn csv(shown: &[InterfaceShown<'_>]) -> Exit {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = shown.iter().try_for_each(|one| writer.serialize(one));
    let bytes = written
        .map_err(|error| error.to_string())
        .and_then(|()| writer.into_inner().map_err(|error| error.to_string()));
    match bytes.map(|bytes| String::from_utf8(bytes).expect("the words are UTF-8")) {
        Ok(text) => print(&text, Exit::Done),
        Err(error) => failed(error),
    }
}

/// Shows everything that the list says of an interface, or of a row.
fn show(common: &Common, id: &str) -> Exit {
    let (list, tongue) = (InterfaceList::shipped(), tongue());
    let rows: Vec<&InterfaceRow> = match list.interface(id) {
        Some(interface) => interface.rows.iter().collect(),
        None => list.rows().filter(|row| row.id == id).collect(),
    };
    let Some(first) = rows.first() else {
        return failed(say!("cli-catalogue-no-such", id = format!("{id:?}")));
    };
    let whole = list.interface(id).map_or_else(|| of_row(list, first), |one| of_interface(list, one));
    if common.json {
        return print_json(&serde_json::json!({ "interface": whole, "rows": rows }), Exit::Done);
    }
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text += &format!("{name}: {value}\n");
    line(&say!("cli-catalogue-interface"), id);
    line(&say!("cli-catalogue-business"), whole.business_name);
    line(&say!("cli-catalogue-partner"), whole.partner_name);
    let outside = list.words.partner.get(whole.partner).and_then(|partner| partner.note.as_ref());
    if let Some(note) = outside {
        line("  ", note.says(tongue));
    }
    line(&say!("cli-catalogue-way"), &first.direction.says(tongue));
    line(&say!("cli-catalogue-method"), &first.method.says(tongue));
    line(&say!("cli-catalogue-frequency"), &first.frequency.says(tongue));
    line(&say!("cli-catalogue-scope"), &first.scope.says(tongue));
    for row in rows {
        text += &told(list, row);
    }
    print_words(&text, Exit::Done)
}

/// One row in words.
fn told(list: &InterfaceList, row: &InterfaceRow) -> String {
    let (words, tongue) = (&list.words, tongue());
    let function = words.function.get(&format!("{}-{}", row.business, row.function));
    let function = function.map(|words| format!("{} / {}", words.group.says(tongue), words.says(tongue)));
    let mut text = format!("\n{}  {}\n", row.id, function.unwrap_or_default());
    let mut line = |name: String, value: &str| text += &format!("  {name}: {value}\n");
    let mut records = up_to(row.expected_max, row.per.as_deref());
    if row.busy_season {
        records = say!("cli-catalogue-busy", records = records);
    }
    line(say!("cli-catalogue-up-to"), &records);
    line(say!("cli-catalogue-exclusive-import"), &exclusive(row.exclusive_import));
    line(say!("cli-catalogue-guarantee"), &row.guarantee.says(tongue));
    let mut remark = |name: String, words: Option<&Bilingual>| {
        if let Some(words) = words {
            line(name, words.says(tongue));
        }
    };
    remark(say!("cli-catalogue-why"), words.reason.get(&row.reason));
    for note in row.note_keys() {
        remark(say!("cli-catalogue-note"), words.note.get(note));
    }
    remark(say!("cli-catalogue-doubt"), words.doubt.get(&row.doubt));
    line(say!("cli-catalogue-sure"), &row.confidence.says(tongue));
    line(say!("cli-catalogue-page"), &row.page.to_string());
    text
}

/// Lists what goes by no file, and why it is out of scope.
fn beyond(common: &Common) -> Exit {
    let (list, tongue) = (InterfaceList::shipped(), tongue());
    let reason = say!("cli-catalogue-beyond-reason");
    if common.json {
        return print_json(&serde_json::json!({ "reason": reason, "beyond": list.beyond_files }), Exit::Done);
    }
    let heading = [
        say!("cli-catalogue-business"),
        say!("cli-catalogue-partner"),
        say!("cli-catalogue-way"),
        say!("cli-catalogue-method"),
    ];
    let said = |word: &String| match word.as_str() {
        "in" => ListedWay::In.says(tongue),
        "out" => ListedWay::Out.says(tongue),
        "relay" => say!("cli-catalogue-relay"),
        "at-once" => say!("cli-catalogue-at-once"),
        other => other.to_owned(),
    };
    let several = |words: Vec<String>| words.join(&say!("cli-catalogue-and"));
    let rows: Vec<Vec<String>> = list
        .beyond_files
        .iter()
        .map(|one| {
            let names = one.businesses.iter().map(|business| list.words.business(business, tongue));
            vec![
                several(names.map(str::to_owned).collect()),
                one.partner.says(tongue).to_owned(),
                several(one.directions.iter().map(said).collect()),
                several(one.methods.iter().map(said).collect()),
            ]
        })
        .collect();
    print_words(&format!("{}{reason}\n", columns(&heading, rows)), Exit::Done)
}
