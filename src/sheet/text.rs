//! The cover sheet as plain text, for a terminal or a printer that knows no HTML. Lines end as Windows wants them.

use super::contents::{Carried, FileFact, Sheet};
use totatsu_base::typeset::padded;

/// The line on which somebody writes with a pen.
const LINE: &str = "____________________________";

/// Columns for the label before each fact.
const LABEL_COLUMNS: usize = 10;

/// The sheet as text.
pub fn text(sheet: &Sheet) -> String {
    let labelled = |id: &str, value: &str| padded(&sheet.says(id, &[]), LABEL_COLUMNS) + value;
    let mut lines = vec![sheet.says("receipt-sheet-of-media", &[]), String::new()];
    lines.extend(sheet.head().iter().map(|(name, fact)| labelled(name, fact)));
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
    let labelled = |fact: FileFact| {
        let label = padded(&sheet.says(fact.label, &[]), LABEL_COLUMNS);
        format!("    {label}{}", fact.value)
    };
    let facts = file.facts(sheet.tongue).into_iter().map(labelled);
    [format!("[{number}] {}", file.link)].into_iter().chain(facts).collect()
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
