//! `totatsu coverage`: the configuration beside the national interface list.

use clap::Args;
use serde::Serialize;

use super::exit::{Exit, failed};
use super::options::Common;
use super::output::{print, print_json, print_words};
use super::shown::table;
use super::terms;
use crate::catalogue::InterfaceList;
use crate::coverage::{CoverageReport, CoverageStanding, ServingLink, UnlistedLink, counts, html};
use totatsu_base::messages::tongue;
use totatsu_base::{Moment, say};

/// `totatsu coverage`.
#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// Another municipality that this gateway serves, by its code of six digits; otherwise its own
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// Only what is missing, or both served and left out
    #[arg(long)]
    missing: bool,
    /// A page for the binder, to be printed
    #[arg(long)]
    html: bool,
}

#[derive(Serialize)]
struct CoverageShown<'a> {
    complete: bool,
    interfaces: Vec<LineShown<'a>>,
    beyond: &'a [UnlistedLink],
}

#[derive(Serialize)]
struct LineShown<'a> {
    interface: &'a str,
    #[serde(flatten)]
    standing: &'a CoverageStanding,
}

impl Coverage {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Exit> {
        let config = common.configured()?;
        let own = &config.gateway.municipality;
        let municipality =
            self.municipality.as_deref().map_or(own.as_str(), |code| code.get(..5).unwrap_or(code));
        if municipality != own && !config.coverage.contains_key(municipality) {
            return Err(failed(say!("cli-coverage-not-served", municipality = municipality)));
        }
        let report = CoverageReport::of(&config, municipality);
        let ended = if report.is_complete() { Exit::Done } else { Exit::Failed };
        if self.html {
            let day = Moment::now().date().to_string();
            return Ok(print(&html(&report, &config.gateway.name, municipality, &day), ended));
        }
        if common.json {
            let interfaces = report.lines.iter().filter(|line| self.wants(&line.standing));
            let interfaces = interfaces
                .map(|line| LineShown { interface: &line.interface.id, standing: &line.standing })
                .collect();
            let shown =
                CoverageShown { complete: report.is_complete(), interfaces, beyond: &report.unlisted };
            return Ok(print_json(&shown, ended));
        }
        Ok(print_words(&self.words(&report), ended))
    }

    fn wants(&self, standing: &CoverageStanding) -> bool {
        !self.missing || !standing.is_well()
    }

    fn words(&self, report: &CoverageReport) -> String {
        let (words, tongue) = (&InterfaceList::shipped().words, tongue());
        let rows: Vec<Vec<String>> = report
            .lines
            .iter()
            .filter(|line| self.wants(&line.standing))
            .map(|line| {
                let one = line.interface;
                vec![
                    one.id.clone(),
                    words.business(&one.business, tongue).to_owned(),
                    words.partner(&one.partner, tongue).to_owned(),
                    line.standing.says(),
                    how(&line.standing),
                ]
            })
            .collect();
        let heading = [
            say!("cli-catalogue-interface"),
            say!("cli-catalogue-business"),
            say!("cli-catalogue-partner"),
            say!("cli-coverage-standing"),
            say!("cli-coverage-how"),
        ];
        let table_of = |rows| table(&heading, rows);
        let mut text = if rows.is_empty() { String::new() } else { table_of(rows) };
        for link in &report.unlisted {
            text += &(say!("cli-coverage-beyond", link = link.link, title = link.title) + "\n");
        }
        text + &counts(report) + "\n"
    }
}

fn how(standing: &CoverageStanding) -> String {
    let told = |by: &[ServingLink]| {
        let links = by.iter().map(|link| format!("{} {}", link.carried(), link.link));
        terms::listed(&links.collect::<Vec<_>>())
    };
    match standing {
        CoverageStanding::Served { by } => told(by),
        CoverageStanding::LeftOut { reason } => reason.clone(),
        CoverageStanding::Contradicted { by, reason } => format!("{}; {reason}", told(by)),
        CoverageStanding::Missing => String::new(),
    }
}
