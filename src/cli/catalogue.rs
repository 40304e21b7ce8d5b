//! `totatsu catalogue`: the national interface list (連携一覧), without a configuration and without a gateway.
//!
//! Owns: the filters, and the forms in which the list is told. Never reads or writes a file.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::exit::{Exit, fail, failed};
use super::options::Common;
use super::output::{print, print_json};
use super::shown::table as columns;
use super::tongues::TongueChoice;
use super::words::one_of;
use crate::catalogue::{
    BeyondFiles, Bilingual, Frequency, Interface, InterfaceList, InterfaceRow, ListedWay, Tongue,
};

/// `totatsu catalogue`.
#[derive(Debug, Args)]
pub(super) struct Catalogue {
    #[command(subcommand)]
    command: CatalogueCommand,
    #[command(flatten)]
    tongue: TongueChoice,
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
    direction: &'static str,
    method: &'static str,
    frequency: &'static str,
    scope: &'static str,
    expected_max: Option<u64>,
    per: Option<&'a str>,
    busy_season: bool,
    exclusive_import: bool,
    guarantee: &'static str,
    confidence: &'static str,
    functions: usize,
}

impl Catalogue {
    pub(super) fn run(self, common: &Common) -> Exit {
        let tongue = self.tongue.tongue();
        match self.command {
            CatalogueCommand::List(list) => list.run(common, tongue),
            CatalogueCommand::Show { id } => show(common, &id, tongue),
            CatalogueCommand::Beyond => beyond(common, tongue),
        }
    }
}

impl CatalogueList {
    fn run(self, common: &Common, tongue: Tongue) -> Exit {
        let list = InterfaceList::shipped();
        let wanted = match self.wanted(list) {
            Ok(wanted) => wanted,
            Err(unknown) => return fail(Exit::BadConfiguration, &unknown),
        };
        let shown: Vec<InterfaceShown<'_>> = wanted
            .iter()
            .flat_map(|interface| {
                let rows = interface.rows.iter().filter(|_| self.functions);
                let whole = (!self.functions).then(|| of_interface(list, interface, tongue));
                whole.into_iter().chain(rows.map(|row| of_row(list, row, tongue)))
            })
            .collect();
        if self.csv {
            csv(&shown)
        } else if common.json {
            print_json(&shown, Exit::Done)
        } else {
            print(&table(&shown, tongue), Exit::Done)
        }
    }

    /// The interfaces that the filters let through; or which name is unknown, and which are known.
    fn wanted<'a>(&self, list: &'a InterfaceList) -> Result<Vec<&'a Interface>, String> {
        let businesses = keys(
            &self.business,
            |name| list.words.business_named(name),
            || InterfaceList::businesses().collect::<Vec<_>>().join(", "),
        )?;
        let partners = keys(
            &self.partner,
            |name| list.words.partner_named(name),
            || list.words.partner.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
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
    known: impl Fn() -> String,
) -> Result<Vec<&'a str>, String> {
    let key = |name: &String| {
        named(name).ok_or_else(|| format!("the list knows no {name:?}; it knows: {}", known()))
    };
    names.iter().map(key).collect()
}

fn of_interface<'a>(list: &'a InterfaceList, interface: &'a Interface, tongue: Tongue) -> InterfaceShown<'a> {
    let largest = interface.largest();
    InterfaceShown {
        id: &interface.id,
        expected_max: interface.expected_max(),
        per: largest.and_then(|row| row.per.as_deref()),
        busy_season: interface.has_busy_season(),
        exclusive_import: interface.is_exclusive(),
        guarantee: interface.guarantee().into(),
        confidence: interface.confidence().into(),
        functions: interface.rows.len(),
        ..of_row(list, &interface.rows[0], tongue)
    }
}

fn of_row<'a>(list: &'a InterfaceList, row: &'a InterfaceRow, tongue: Tongue) -> InterfaceShown<'a> {
    InterfaceShown {
        id: &row.id,
        business: &row.business,
        business_name: list.words.business(&row.business, tongue),
        partner: &row.partner,
        partner_name: list.words.partner(&row.partner, tongue),
        direction: row.direction.into(),
        method: row.method.into(),
        frequency: row.frequency.into(),
        scope: row.scope.into(),
        expected_max: row.expected_max,
        per: row.per.as_deref(),
        busy_season: row.busy_season,
        exclusive_import: row.exclusive_import,
        guarantee: row.guarantee.into(),
        confidence: row.confidence.into(),
        functions: 1,
    }
}

/// The table for people, and what the list is not.
fn table(shown: &[InterfaceShown<'_>], tongue: Tongue) -> String {
    let heading = match tongue {
        Tongue::Ja => {
            ["連携", "業務", "連携先", "方向", "頻度", "範囲", "想定件数", "排他", "到達保障", "確度"]
        }
        Tongue::En => [
            "interface",
            "business",
            "partner",
            "way",
            "frequency",
            "scope",
            "up to",
            "exclusive",
            "guarantee",
            "sure",
        ],
    };
    let list = InterfaceList::shipped();
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|one| {
            let row = list.rows().find(|row| row.id == one.id);
            let row = row.or_else(|| list.interface(one.id).map(|interface| &interface.rows[0]));
            let row = row.expect("what is shown was found in the list");
            let guarantee = list.interface(one.id).map_or(row.guarantee, Interface::guarantee);
            let confidence = list.interface(one.id).map_or(row.confidence, Interface::confidence);
            vec![
                one.id.to_owned(),
                one.business_name.to_owned(),
                one.partner_name.to_owned(),
                row.direction.says(tongue).to_owned(),
                row.frequency.says(tongue).to_owned(),
                row.scope.says(tongue).to_owned(),
                up_to(one.expected_max, one.per, tongue),
                if one.exclusive_import { tongue.of("あり", "yes") } else { "-" }.to_owned(),
                guarantee.says(tongue).to_owned(),
                confidence.says(tongue).to_owned(),
            ]
        })
        .collect();
    let functions: usize = shown.iter().map(|one| one.functions).sum();
    let ending = match tongue {
        Tongue::Ja => format!(
            "{} 件 (一覧の行 {functions})。DB中継・即時連携は対象外: totatsu catalogue beyond",
            shown.len()
        ),
        Tongue::En => format!(
            "{} of {functions} rows of the list. Database relay and exchange at once are out of scope: totatsu catalogue beyond",
            shown.len()
        ),
    };
    format!("{}{ending}\n", columns(&heading, rows))
}

fn up_to(max: Option<u64>, per: Option<&str>, tongue: Tongue) -> String {
    let Some(max) = max else { return "-".to_owned() };
    let per = match (tongue, per.unwrap_or_default()) {
        (Tongue::Ja, "day") => "件/日",
        (Tongue::Ja, "month") => "件/月",
        (Tongue::Ja, "file") => "件/回",
        (Tongue::Ja, _) => "件",
        (Tongue::En, "day") => " a day",
        (Tongue::En, "month") => " a month",
        (Tongue::En, "file") => " a file",
        (Tongue::En, _) => "",
    };
    format!("{max}{per}")
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

/// Everything of an interface, or of a row.
fn show(common: &Common, id: &str, tongue: Tongue) -> Exit {
    let list = InterfaceList::shipped();
    let rows: Vec<&InterfaceRow> = match list.interface(id) {
        Some(interface) => interface.rows.iter().collect(),
        None => list.rows().filter(|row| row.id == id).collect(),
    };
    let Some(first) = rows.first() else {
        return failed(format!(
            "the list has no interface and no row {id:?}: `totatsu catalogue list` names them all"
        ));
    };
    let whole =
        list.interface(id).map_or_else(|| of_row(list, first, tongue), |one| of_interface(list, one, tongue));
    if common.json {
        return print_json(&serde_json::json!({ "interface": whole, "rows": rows }), Exit::Done);
    }
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text += &format!("{name}: {value}\n");
    line(tongue.of("連携", "interface"), id);
    line(tongue.of("業務", "business"), whole.business_name);
    line(tongue.of("連携先", "partner"), whole.partner_name);
    let outside = list.words.partner.get(whole.partner).and_then(|partner| partner.note.as_ref());
    if let Some(note) = outside {
        line("  ", note.says(tongue));
    }
    line(tongue.of("方向", "way"), first.direction.says(tongue));
    line(tongue.of("方式", "method"), first.method.says(tongue));
    line(tongue.of("頻度", "frequency"), first.frequency.says(tongue));
    line(tongue.of("範囲", "scope"), first.scope.says(tongue));
    for row in rows {
        text += &told(list, row, tongue);
    }
    print(&text, Exit::Done)
}

/// One row in words.
fn told(list: &InterfaceList, row: &InterfaceRow, tongue: Tongue) -> String {
    let words = &list.words;
    let function = words.function.get(&format!("{}-{}", row.business, row.function));
    let function = function.map(|words| format!("{} / {}", words.group.says(tongue), words.says(tongue)));
    let mut text = format!("\n{}  {}\n", row.id, function.unwrap_or_default());
    let mut line = |name: &str, value: &str| text += &format!("  {name}: {value}\n");
    let busy = if row.busy_season { tongue.of(" (繁忙期)", " (busy season)") } else { "" };
    line(tongue.of("想定件数", "up to"), &(up_to(row.expected_max, row.per.as_deref(), tongue) + busy));
    line(
        tongue.of("排他制御", "exclusive import"),
        if row.exclusive_import { tongue.of("あり", "yes") } else { "-" },
    );
    line(tongue.of("到達保障", "guarantee"), row.guarantee.says(tongue));
    let mut remark = |name: &str, words: Option<&Bilingual>| {
        if let Some(words) = words {
            line(name, words.says(tongue));
        }
    };
    remark(tongue.of("理由", "why"), words.reason.get(&row.reason));
    for note in row.note_keys() {
        remark(tongue.of("注", "note"), words.note.get(note));
    }
    remark(tongue.of("疑義", "doubt"), words.doubt.get(&row.doubt));
    line(tongue.of("確度", "sure"), row.confidence.says(tongue));
    line(tongue.of("頁", "page"), &row.page.to_string());
    text
}

/// What goes by no file, and why it is out of scope.
fn beyond(common: &Common, tongue: Tongue) -> Exit {
    let list = InterfaceList::shipped();
    let reason = BeyondFiles::reason();
    if common.json {
        return print_json(
            &serde_json::json!({ "reason": reason.says(tongue), "beyond": list.beyond_files }),
            Exit::Done,
        );
    }
    let heading = match tongue {
        Tongue::Ja => ["業務", "連携先", "方向", "方式"],
        Tongue::En => ["business", "partner", "way", "method"],
    };
    let of = |words: &[String], called: &[(&str, &str)]| {
        let said = words
            .iter()
            .map(|word| called.iter().find(|(key, _)| key == word).map_or(word.as_str(), |(_, said)| said));
        said.collect::<Vec<_>>().join(tongue.of("・", ", "))
    };
    let rows: Vec<Vec<String>> = list
        .beyond_files
        .iter()
        .map(|one| {
            let names = one.businesses.iter().map(|business| list.words.business(business, tongue));
            vec![
                names.collect::<Vec<_>>().join(tongue.of("・", ", ")),
                one.partner.says(tongue).to_owned(),
                of(&one.directions, &[("in", tongue.of("集信", "in")), ("out", tongue.of("配信", "out"))]),
                of(
                    &one.methods,
                    &[("relay", tongue.of("DB中継", "relay")), ("at-once", tongue.of("即時", "at once"))],
                ),
            ]
        })
        .collect();
    print(&format!("{}{}\n", columns(&heading, rows), reason.says(tongue)), Exit::Done)
}
