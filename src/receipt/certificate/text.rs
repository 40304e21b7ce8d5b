//! The certificate as plain text within 80 columns, for a terminal, a mail, or a printer that knows no HTML.

use std::iter;

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthStr as _;

use super::contents::{Certified, CertifiedFact};

/// Columns of a line.
const COLUMNS: usize = 80;
/// Columns for the label before each fact; a SHA-256 fits behind it.
const LABEL_COLUMNS: usize = 16;

/// The certificate as text; lines end with LF.
pub fn text(certified: &Certified<'_>) -> String {
    let says = |id: &str| certified.says(id, &[]);
    let mut lines = vec![says("receipt-certificate-title"), "=".repeat(COLUMNS)];
    lines.extend(folded(&certified.issuer(), COLUMNS));
    lines.extend(folded(&certified.statement(), COLUMNS));
    for part in certified.parts() {
        lines.push(String::new());
        lines.extend(folded(&part.heading, COLUMNS));
        lines.push("-".repeat(COLUMNS));
        lines.extend(part.facts.iter().flat_map(of_fact));
    }
    lines.extend([String::new(), says("receipt-certificate-verify"), "-".repeat(COLUMNS)]);
    for way in certified.verifying() {
        let marks = iter::once("* ").chain(iter::repeat("  "));
        lines.extend(marks.zip(folded(&way, COLUMNS - 2)).map(|(mark, line)| format!("{mark}{line}")));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn of_fact(fact: &CertifiedFact) -> Vec<String> {
    let values = folded(&fact.value, COLUMNS - LABEL_COLUMNS);
    let beside = fact.label.width() < LABEL_COLUMNS;
    let mut lines = if beside { Vec::new() } else { folded(&fact.label, COLUMNS) };
    for (at, value) in values.iter().enumerate() {
        let label = if at == 0 && beside { fact.label.as_str() } else { "" };
        lines.push(format!("{label}{}{value}", " ".repeat(LABEL_COLUMNS - label.width())));
    }
    lines
}

/// The text in lines of so many columns, broken where its language may be, and inside a long word where nothing else helps.
fn folded(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line, mut from) = (Vec::new(), String::new(), 0);
    for (to, _) in linebreaks(text) {
        let piece = &text[from..to];
        from = to;
        if !line.is_empty() && format!("{line}{}", piece.trim_end()).width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        for c in piece.chars() {
            if format!("{line}{c}").trim_end().width() > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use totatsu_base::messages::Tongue;

    use super::super::contents::tests::{certified, receipt};
    use super::*;

    #[test]
    fn no_line_is_wider_than_80_columns_in_either_language_whatever_the_names_and_no_sign_steers_the_terminal()
     {
        let mut receipt = receipt();
        for name in
            [receipt.source.name.clone(), "年金特徴".repeat(60), "x".repeat(255), "e\u{301}👩‍👩‍👧 ".repeat(50)]
        {
            receipt.source.name = name;
            for (tongue, word) in [(Tongue::Ja, "到達証明書"), (Tongue::En, "Certificate of arrival")] {
                let text = text(&certified(&receipt, tongue));
                assert!(text.starts_with(word), "{text}");
                for line in text.lines() {
                    assert!(line.width() <= COLUMNS, "{} columns: {line}", line.width());
                    assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
                }
                let sha256 = "331f2de312a7df8cd8e2ed920b8fe1f2ddf8b3bc52a94bbf8e6cbf639a74a3f9";
                assert!(
                    text.lines().any(|line| line.ends_with(sha256)),
                    "a digest stands on one line: {text}"
                );
                assert!(!text.contains("receipt-"), "{text}");
            }
        }
    }
}
