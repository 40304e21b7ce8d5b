//! The page for the binder: 連携一覧 with a column that says how each interface is served and proven, made to be printed.

use super::comparison::{CoverageReport, CoverageStanding, ServingLink};
use crate::catalogue::{InterfaceList, Tongue};

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

/// The page. `name` and `municipality` say whose it is, `day` when it was made.
pub fn html(report: &CoverageReport, name: &str, municipality: &str, day: &str, tongue: Tongue) -> String {
    let title = tongue.of("連携一覧", "Interfaces");
    let (name, language) = (escaped(name), tongue.of("ja", "en"));
    let counts = counts(report, tongue);
    let tables: String =
        InterfaceList::businesses().map(|business| of_business(report, business, tongue)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title} {name}</title><style>{STYLE}</style>\
         </head>\n<body><h1>{title} {name}</h1>\n<p>{municipality} {day}</p>\n<p>{counts}</p>\n{tables}{}</body></html>\n",
        unlisted(report, tongue)
    )
}

/// How many interfaces stand how, in one sentence.
pub(crate) fn counts(report: &CoverageReport, tongue: Tongue) -> String {
    let [served, left_out, both, missing] = report.counts();
    let sentence = tongue.of(
        "連携 {all} 件: 対応 {served}, 対象外 {left_out}, 矛盾 {both}, 未対応 {missing}; 一覧にない連携 {unlisted}",
        "{all} interfaces: {served} served, {left_out} left out on purpose, {both} both, {missing} missing; {unlisted} links beyond the list",
    );
    let all = report.lines.len();
    [
        ("{all}", all),
        ("{served}", served),
        ("{left_out}", left_out),
        ("{both}", both),
        ("{missing}", missing),
        ("{unlisted}", report.unlisted.len()),
    ]
    .iter()
    .fold(sentence.to_owned(), |text, (place, count)| text.replace(place, &count.to_string()))
}

fn of_business(report: &CoverageReport, business: &str, tongue: Tongue) -> String {
    let words = &InterfaceList::shipped().words;
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
                if one.is_exclusive() { tongue.of("あり", "yes") } else { "-" },
                one.guarantee().says(tongue),
                line.standing.says(tongue),
                how(&line.standing, tongue),
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    let heading = match tongue {
        Tongue::Ja => {
            ["連携先", "方向", "頻度", "範囲", "想定件数", "排他", "到達保障", "対応", "授受の方法と証明"]
        }
        Tongue::En => [
            "partner",
            "way",
            "frequency",
            "scope",
            "up to",
            "exclusive",
            "guarantee",
            "standing",
            "how it is served and proven",
        ],
    };
    let heading: String = heading.iter().map(|cell| format!("<th>{cell}</th>")).collect();
    let name = escaped(words.business(business, tongue));
    format!("<h2>{name}</h2>\n<table><thead><tr>{heading}</tr></thead><tbody>\n{rows}</tbody></table>\n")
}

/// How an interface is served and proven, or why it isn't.
fn how(standing: &CoverageStanding, tongue: Tongue) -> String {
    match standing {
        CoverageStanding::Served { by } => {
            by.iter().map(|link| served(link, tongue)).collect::<Vec<_>>().join("<br>")
        }
        CoverageStanding::LeftOut { reason } => escaped(reason),
        CoverageStanding::Contradicted { by, reason } => {
            let served: Vec<String> = by.iter().map(|link| served(link, tongue)).collect();
            format!("{} / {}", served.join("<br>"), escaped(reason))
        }
        CoverageStanding::Missing => String::new(),
    }
}

fn served(link: &ServingLink, tongue: Tongue) -> String {
    let open = match link.open {
        0 => String::new(),
        open => tongue.of(" (未定 {open})", " ({open} open)").replace("{open}", &open.to_string()),
    };
    let (carried, proof) = (link.carried(tongue), escaped(link.proof.says(tongue)));
    format!("{carried}, <span class=\"code\">{}</span>{open}: {proof}", escaped(&link.link))
}

fn unlisted(report: &CoverageReport, tongue: Tongue) -> String {
    if report.unlisted.is_empty() {
        return String::new();
    }
    let links: String = report
        .unlisted
        .iter()
        .map(|link| {
            format!(
                "<tr><td class=\"code\">{}</td><td>{}</td></tr>\n",
                escaped(&link.link),
                escaped(&link.title)
            )
        })
        .collect();
    format!(
        "<h2>{}</h2>\n<table><tbody>\n{links}</tbody></table>\n",
        tongue.of("一覧にない連携", "Links beyond the list")
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
