//! The cover sheet as plain text, for a terminal or a printer that knows no HTML. Lines end as Windows wants them.

use super::contents::{Carried, Sheet, grouped};

/// Where somebody writes with a pen.
const LINE: &str = "____________________________";

/// The sheet as text.
pub fn text(sheet: &Sheet) -> String {
    let mut lines = vec!["送 付 票（媒体連携）".to_owned(), String::new()];
    lines.push(format!("宛先      {} 御中", sheet.to));
    lines.push(format!("差出      {}", sheet.from));
    lines.push(format!("媒体      {}", sheet.media()));
    lines.push(format!("作成日時  {}", sheet.date()));
    lines.push(format!("ファイル  {} 件", sheet.files.len()));
    lines.extend(sheet.note.as_ref().map(|note| format!("備考      {note}")));
    for (number, file) in (1..).zip(&sheet.files) {
        lines.push(String::new());
        lines.extend(of_file(number, file));
    }
    lines.push(String::new());
    for side in ["引渡（差出側）", "受領（受領側）"] {
        lines.push(side.to_owned());
        lines.push("  日付        ______年____月____日  ____時____分".to_owned());
        lines.push(format!("  所属・氏名  {LINE}  印"));
        lines.push(String::new());
    }
    lines.join("\r\n")
}

fn of_file(number: usize, file: &Carried) -> Vec<String> {
    let mut lines = vec![
        format!("[{number}] {}", file.link),
        format!("    配信ID    {}", file.delivery),
        format!("    ファイル  {}", file.path),
        format!("    サイズ    {} バイト", grouped(&file.size.to_string())),
        format!("    件数      {}", file.counts()),
    ];
    let sums = file.sums();
    if !sums.is_empty() {
        lines.push(format!("    合計      {sums}"));
    }
    lines.push(format!("    SHA-256   {}", file.sha256));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

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
