//! What a source would need folded: its characters counted by the table that has an answer, before the first delivery.
//!
//! Owns: the count.
//! Promises: every character of the text is counted once; a variation selector belongs to the character before it. Nothing of
//! the text is kept but code points that no table knows.
//! On failure: what reading answers; text that is no UTF-8 or UTF-16 is an error.
//! Never: folds anything.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use totatsu_base::say;

use crate::layout::Encoding;
use crate::layout::charset::{Charset, is_variation_selector};
use crate::layout::folding::Folding;
use crate::utf16::{ByteOrder, TextStream};

/// The characters of a source, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CharacterSurvey {
    /// All characters, line ends and the like left out.
    pub characters: u64,
    /// Characters that the encoding has.
    pub plain: u64,
    /// Characters for which a table has an answer, by table.
    pub folded: BTreeMap<String, u64>,
    /// Characters for which no table has an answer, with what they are: code points as `U+10DE92`.
    pub unknown: BTreeMap<String, u64>,
}

/// Counts the characters of a file of text, in UTF-8 or, with a byte order mark, in UTF-16. The public tables are asked in
/// the order `ivs`, `nta`, `mj`, `mj-by-analogy`. The whole file is held in memory, and its text beside it.
///
/// # Errors
/// Whatever reading answers; text that is neither.
pub fn survey(file: &Path, encoding: Encoding) -> io::Result<CharacterSurvey> {
    let mut bytes = Vec::new();
    let mut file = std::fs::File::open(file)?;
    file.read_to_end(&mut bytes)?;
    let (mut stream, _) = TextStream::new(&bytes[..], ByteOrder::marked(&bytes));
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8(text).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        io::Error::new(io::ErrorKind::InvalidData, say!("record-survey-no-text", at = at))
    })?;
    Ok(counted(text.strip_prefix('\u{feff}').unwrap_or(&text), encoding))
}

fn counted(text: &str, encoding: Encoding) -> CharacterSurvey {
    let (charset, tables) = (Charset::new(encoding, false), Folding::public());
    let mut survey = CharacterSurvey::default();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if matches!(c, '\r' | '\n' | '\t') {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((_, selector)) = rest.next_if(|(_, next)| is_variation_selector(*next)) {
            end += selector.len_utf8();
        }
        let unit = &text[at..end];
        survey.characters += 1;
        if unit.len() == c.len_utf8() && charset.code(c).is_some() {
            survey.plain += 1;
            continue;
        }
        match tables.fold(unit, |to| to.chars().all(|c| charset.code(c).is_some())) {
            Some((_, table)) => *survey.folded.entry(table.to_string()).or_default() += 1,
            None => {
                let points: Vec<String> = unit.chars().map(|c| format!("U+{:04X}", c as u32)).collect();
                *survey.unknown.entry(points.join(" ")).or_default() += 1;
            }
        }
    }
    survey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_by_the_table_that_answers() {
        let found = counted("髙橋\u{10de92}葛\u{e0100}\r\n𠮷", Encoding::ShiftJis);
        assert_eq!((found.characters, found.plain), (5, 1));
        assert_eq!(found.folded, BTreeMap::from([("ivs".to_owned(), 1), ("mj".to_owned(), 2)]));
        assert_eq!(found.unknown, BTreeMap::from([("U+10DE92".to_owned(), 1)]));
    }
}
