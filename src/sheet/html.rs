//! The cover sheet as one HTML file that needs nothing else: made for A4 and a pen.

use super::barcode;
use super::contents::{Carried, FactForm, Sheet};
use totatsu_base::typeset::escaped;

// not for people
const STYLE: &str = "\
@page{size:A4;margin:12mm 14mm}\
body{font-family:'Noto Sans CJK JP','Yu Gothic','MS Gothic',sans-serif;font-size:10pt;line-height:1.25;color:#000;\
max-width:182mm;margin:0 auto}\
h1{font-size:18pt;letter-spacing:.6em;text-align:center;margin:0 0 4mm;border-bottom:2pt solid #000}\
table{border-collapse:collapse;width:100%}\
th{font-weight:normal;text-align:left;white-space:nowrap;vertical-align:top;width:24mm;padding:.3mm 3mm .3mm 0}\
td{padding:.3mm 0;vertical-align:top;overflow-wrap:anywhere}\
section{border:.6pt solid #000;padding:1.5mm 3mm;margin-top:2.5mm;break-inside:avoid}\
h2{font-size:11pt;margin:0}\
.code{font-family:monospace;font-size:8.5pt}\
.barcode{width:98mm;height:9mm;display:block;margin:.5mm 0 0 -3.3mm}\
.signing{display:flex;gap:6mm;break-inside:avoid}\
.signing section{flex:1}\
.pen{border-bottom:.6pt solid #000;height:8mm;display:flex;align-items:flex-end;justify-content:space-between}\
.seal{width:14mm;height:14mm;border:.6pt dotted #000;border-radius:50%;display:flex;align-items:center;\
justify-content:center;margin:2mm 0 0 auto;color:#666}\
footer{font-size:7.5pt;margin-top:2mm}";

/// The sheet as HTML.
pub fn html(sheet: &Sheet) -> String {
    let says = |id: &str| sheet.says(id, &[]);
    let files: String = (1..).zip(&sheet.files).map(|(number, file)| of_file(sheet, number, file)).collect();
    let head: String = sheet.head().iter().map(|(name, fact)| row(&says(name), &escaped(fact))).collect();
    let (lang, title, foot) =
        (sheet.tongue.of("ja", "en"), says("receipt-sheet-title"), says("receipt-sheet-foot"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<table>{head}</table>\n{files}\
         <div class=\"signing\">{}{}</div>\n<footer>{foot}</footer></body></html>\n",
        signing(sheet, "receipt-sheet-handed-over"),
        signing(sheet, "receipt-sheet-received"),
    )
}

fn of_file(sheet: &Sheet, number: usize, file: &Carried) -> String {
    let code = |text: &str| format!("<span class=\"code\">{text}</span>");
    let facts = file.facts(sheet.tongue);
    let rows = facts.iter().map(|fact| {
        let shown = match fact.form {
            FactForm::Text => escaped(&fact.value),
            FactForm::Code => code(&fact.value),
            FactForm::CodeWithBars => code(&fact.value) + &barcode::svg(&fact.value).unwrap_or_default(),
        };
        row(&sheet.says(fact.label, &[]), &shown)
    });
    let (link, rows) = (escaped(&file.link), rows.collect::<String>());
    format!("<section><h2>{number}. {link}</h2><table>{rows}</table></section>\n")
}

fn signing(sheet: &Sheet, side: &str) -> String {
    let says = |id: &str| sheet.says(id, &[]);
    let (side, day, line) = (says(side), says("receipt-sheet-day"), says("receipt-sheet-day-places"));
    let (office, name, seal) =
        (says("receipt-sheet-office"), says("receipt-sheet-name"), says("receipt-sheet-seal"));
    format!(
        "<section><h2>{side}</h2><div class=\"pen\"><span>{day}</span><span>{line}</span></div>\
         <div class=\"pen\"><span>{office}</span></div><div class=\"pen\"><span>{name}</span></div>\
         <div class=\"seal\">{seal}</div></section>"
    )
}

fn row(name: &str, value: &str) -> String {
    format!("<tr><th>{name}</th><td>{value}</td></tr>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_stands_with_its_facts_and_a_barcode_and_both_sides_have_a_place_for_their_seals() {
        let html = html(&super::super::contents::tests::sheet(3));
        assert_eq!(html.matches("<svg class=\"barcode\"").count(), 3);
        assert_eq!(html.matches("class=\"seal\"").count(), 2);
        for word in
            ["IN/Z1202.DTA", "1,056,000 バイト", "データ：2,000 件", "税額：12,345,678", "id 7K2M9QXT"]
        {
            assert!(html.contains(word), "{word}");
        }
    }

    #[test]
    fn texts_of_the_configuration_cant_break_the_page_and_nothing_is_loaded_from_elsewhere() {
        let html = html(&super::super::contents::tests::sheet(1));
        assert!(html.contains("特徴依頼 &lt;年金&gt;"));
        for loaded in ["<script", "http:", "https:", "<link", "@import", "url("] {
            assert!(!html.contains(loaded), "{loaded}");
        }
    }
}
