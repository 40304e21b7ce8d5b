//! The cover sheet as plain text, for a terminal or a printer that knows no HTML. Lines end as Windows wants them.

use super::contents::{Carried, Sheet};
use totatsu_base::typeset::{grouped, padded};

/// Where somebody writes with a pen.
const LINE: &str = "____________________________";

/// Columns for what stands before each fact.
const LABEL_COLUMNS: usize = 10;

/// The sheet as text.
pub fn text(sheet: &Sheet) -> String {
    let labelled = |id: &str, value: &str| padded(&sheet.says(id, &[]), LABEL_COLUMNS) + value;
    let mut lines = vec![sheet.says("receipt-sheet-of-media", &[]), String::new()];
    let to = sheet.says("receipt-sheet-addressee", &[("to", sheet.to.clone())]);
    lines.push(labelled("receipt-sheet-to", &to));
    lines.push(labelled("receipt-sheet-from", &sheet.from));
    lines.push(labelled("receipt-sheet-medium", &sheet.media()));
    lines.push(labelled("receipt-sheet-made", &sheet.date()));
    let files = sheet.says("receipt-sheet-files", &[("files", sheet.files.len().to_string())]);
    lines.push(labelled("receipt-sheet-file", &files));
    lines.extend(sheet.note.as_ref().map(|note| labelled("receipt-sheet-note", note)));
    for (number, file) in (1..).zip(&sheet.files) {
        lines.push(String::new());
        lines.extend(of_file(sheet, number, file));
    }
    lines.push(String::new());
    for side in ["receipt-sheet-handed-over", "receipt-sheet-received"] {
        lines.push(sheet.says(side, &[]));
        let day = padded(&sheet.says("receipt-sheet-day", &[]), LABEL_COLUMNS + 2);
        lines.push(format!("  {day}{}", sheet.says("receipt-sheet-day-line", &[])));
        let name = padded(&sheet.says("receipt-sheet-office-and-name", &[]), LABEL_COLUMNS + 2);
        lines.push(format!("  {name}{LINE}  {}", sheet.says("receipt-sheet-seal", &[])));
        lines.push(String::new());
    }
    lines.join("\r\n")
}

fn of_file(sheet: &Sheet, number: usize, file: &Carried) -> Vec<String> {
    let labelled =
        |id: &str, value: &str| format!("    {}{value}", padded(&sheet.says(id, &[]), LABEL_COLUMNS));
    let size = sheet.says("receipt-sheet-bytes", &[("bytes", grouped(&file.size.to_string()))]);
    let mut lines = vec![
        format!("[{number}] {}", file.link),
        labelled("receipt-sheet-delivery", file.delivery.as_str()),
        labelled("receipt-sheet-file", &file.path),
        labelled("receipt-sheet-size", &size),
        labelled("receipt-sheet-records", &file.counts(sheet.tongue)),
    ];
    let sums = file.sums(sheet.tongue);
    if !sums.is_empty() {
        lines.push(labelled("receipt-sheet-totals", &sums));
    }
    lines.push(labelled("receipt-sheet-sha256", &file.sha256.to_string()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_sheet_can_be_read_in_english() {
        let mut sheet = super::super::contents::tests::sheet(1);
        sheet.tongue = totatsu_base::messages::Tongue::En;
        let text = text(&sheet);
        for line in [
            "To        ＭＰＮ",
            "    Size      1,056,000 bytes",
            "    Totals    税額: 12,345,678, 増減: -1,234",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn each_file_stands_with_its_facts_and_both_sides_have_a_line_to_sign() {
        let text = text(&super::super::contents::tests::sheet(2));
        for word in [
            "IN/Z1201.DTA",
            "1,056,000 バイト",
            "ヘッダ：1 件",
            "税額：12,345,678",
            "増減：-1,234",
            "ＭＰＮ 御中",
        ] {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert_eq!(text.matches("印").count(), 2);
        assert!(!text.replace("\r\n", "").contains('\n'));
    }
}
