//! The page for the binder: 連携一覧 with a column that says how each interface is served and proven, made to be printed.

use super::comparison::{CoverageReport, CoverageStanding, ServingLink, UnlistedLink};
use crate::catalogue::{InterfaceList, InterfaceRow};
use totatsu_base::messages::tongue;
use totatsu_base::say;
use totatsu_base::typeset::escaped;

// not for people
const STYLE: &str = "\
@page{size:A4 landscape;margin:10mm}\
body{font-family:'Noto Sans CJK JP','Yu Gothic','MS Gothic',sans-serif;font-size:8pt;line-height:1.3;color:#000;margin:0 auto;\
max-width:277mm}\
h1{font-size:14pt;margin:0 0 2mm}\
h2{font-size:11pt;margin:5mm 0 1mm;break-after:avoid}\
p{margin:0 0 2mm}\
table{border-collapse:collapse;width:100%}\
thead{display:table-header-group}\
tr{break-inside:avoid}\
th,td{border:.4pt solid #000;padding:.6mm 1.2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{background:#eee;font-weight:normal;white-space:nowrap}\
td.number{text-align:right;white-space:nowrap}\
tr.missing td{font-weight:bold}\
.code{font-family:monospace;font-size:7pt}";

/// The page as HTML. `name` and `municipality` say whose it is, `day` when it was made.
pub fn html(report: &CoverageReport, name: &str, municipality: &str, day: &str) -> String {
    let title = say!("cli-coverage-title");
    let language: &'static str = tongue().into();
    let (name, counts) = (escaped(name), counts(report));
    let tables: String = InterfaceList::businesses().map(|business| of_business(report, business)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title} {name}</title><style>{STYLE}</style>\
         </head>\n<body><h1>{title} {name}</h1>\n<p>{municipality} {day}</p>\n<p>{counts}</p>\n{tables}{}</body></html>\n",
        unlisted(report)
    )
}

/// How many interfaces have each standing, in one sentence.
pub(crate) fn counts(report: &CoverageReport) -> String {
    let [served, left_out, both, missing] = report.counts();
    say!(
        "cli-coverage-counts",
        all = report.lines.len(),
        served = served,
        left_out = left_out,
        both = both,
        missing = missing,
        unlisted = report.unlisted.len(),
    )
}

fn of_business(report: &CoverageReport, business: &str) -> String {
    let (words, tongue) = (&InterfaceList::shipped().words, tongue());
    let rows: String = report
        .lines
        .iter()
        .filter(|line| line.interface.business == business)
        .map(|line| {
            let one = line.interface;
            let max = one.expected_max().map_or("-".to_owned(), |max| max.to_string());
            let missing = if line.standing == CoverageStanding::Missing { " class=\"missing\"" } else { "" };
            format!(
                "<tr{missing}><td>{}<br><span class=\"code\">{}</span></td><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{max}\
                 </td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escaped(words.partner(&one.partner, tongue)),
                one.id,
                one.direction.says(tongue),
                one.frequency.says(tongue),
                one.scope.says(tongue),
                if one.is_exclusive() { say!("cli-catalogue-yes") } else { "-".to_owned() },
                one.guarantee().says(tongue),
                line.standing.says(),
                how(&line.standing),
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    let last = [say!("cli-coverage-standing"), say!("cli-coverage-how-proven")];
    let heading: String =
        InterfaceRow::headings().iter().chain(&last).map(|cell| format!("<th>{cell}</th>")).collect();
    let name = escaped(words.business(business, tongue));
    format!("<h2>{name}</h2>\n<table><thead><tr>{heading}</tr></thead><tbody>\n{rows}</tbody></table>\n")
}

/// How an interface is served and proven, or why it isn't.
fn how(standing: &CoverageStanding) -> String {
    let served = |by: &[ServingLink]| by.iter().map(served).collect::<Vec<_>>().join("<br>");
    match standing {
        CoverageStanding::Served { by } => served(by),
        CoverageStanding::LeftOut { reason } => escaped(reason),
        CoverageStanding::Contradicted { by, reason } => format!("{} / {}", served(by), escaped(reason)),
        CoverageStanding::Missing => String::new(),
    }
}

fn served(link: &ServingLink) -> String {
    let name = format!("<span class=\"code\">{}</span>", escaped(&link.link));
    let (carried, proof) = (link.carried(), escaped(&link.proof));
    match link.open {
        0 => format!("{carried}, {name}: {proof}"),
        open => format!("{carried}, {}: {proof}", say!("cli-coverage-link-open", link = name, open = open)),
    }
}

fn unlisted(report: &CoverageReport) -> String {
    if report.unlisted.is_empty() {
        return String::new();
    }
    let row = |UnlistedLink { link, title, .. }: &UnlistedLink| {
        format!("<tr><td class=\"code\">{}</td><td>{}</td></tr>\n", escaped(link), escaped(title))
    };
    let links: String = report.unlisted.iter().map(row).collect();
    let title = say!("cli-coverage-beyond-title");
    format!("<h2>{title}</h2>\n<table><tbody>\n{links}</tbody></table>\n")
}
