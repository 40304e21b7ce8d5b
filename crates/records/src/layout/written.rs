//! What is wrong with a layout file as TOML, in the language that this process speaks.
//!
//! Owns: the forms in which the readers of TOML say what they don't understand.
//! Promises: in English their own words; in Japanese every form that is known here, and their own words in quotes for the rest.
//! On failure: nothing here fails.
//! Never: looks into the file.

use totatsu_base::{messages, say};

/// What a value is, in the readers' words, and the messages that say so.
const TYPES: [(&str, &str); 22] = [
    ("string", "layout-type-string"),
    ("integer", "layout-type-integer"),
    ("floating point", "layout-type-float"),
    ("boolean", "layout-type-boolean"),
    ("sequence", "layout-type-array"),
    ("map", "layout-type-table"),
    ("a string", "layout-type-a-string"),
    ("a borrowed string", "layout-type-a-borrowed-string"),
    ("a character", "layout-type-a-character"),
    ("a boolean", "layout-type-a-boolean"),
    ("a sequence", "layout-type-an-array"),
    ("a map", "layout-type-a-table"),
    ("a TOML datetime", "layout-type-a-day"),
    ("usize", "layout-type-usize"),
    ("u8", "layout-type-u8"),
    ("u16", "layout-type-u16"),
    ("u32", "layout-type-u32"),
    ("u64", "layout-type-u64"),
    ("i16", "layout-type-i16"),
    ("i32", "layout-type-i32"),
    ("i64", "layout-type-i64"),
    ("isize", "layout-type-isize"),
];

/// What is wrong with the form of the file, and the messages that say so.
const FORMS: [(&str, &str); 12] = [
    ("duplicate key", "layout-toml-duplicate"),
    ("invalid value", "layout-toml-value"),
    ("missing value", "layout-toml-no-value"),
    ("missing value for key", "layout-toml-no-value-for-key"),
    ("key with no value", "layout-toml-key-alone"),
    ("string values must be quoted", "layout-toml-quotes"),
    ("invalid unquoted key", "layout-toml-key"),
    ("unclosed array", "layout-toml-array"),
    ("unclosed table", "layout-toml-table"),
    ("unclosed inline table", "layout-toml-inline-table"),
    ("missing comma between array elements", "layout-toml-comma"),
    ("unexpected key or value", "layout-toml-unexpected"),
];

/// What a reader of TOML says, as this process says it.
pub(super) fn told(said: &str) -> String {
    if let Some((_, id)) = FORMS.iter().find(|(form, _)| *form == said) {
        return messages::text(id, &[]);
    }
    known(said).unwrap_or_else(|| say!("layout-toml-other", said = said))
}

fn known(said: &str) -> Option<String> {
    if let Some(field) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return Some(say!("layout-missing-field", field = field));
    }
    if let Some(field) = said.strip_prefix("duplicate field `").and_then(|rest| rest.strip_suffix('`')) {
        return Some(say!("layout-duplicate-field", field = field));
    }
    if let Some((field, rest)) = said.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, "))
    {
        return Some(match rest.strip_prefix("expected ") {
            Some(expected) => say!("layout-unknown-field", field = field, expected = one_of(expected)),
            None => say!("layout-unknown-field-alone", field = field),
        });
    }
    if let Some((word, rest)) =
        said.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        return Some(say!("layout-unknown-word", word = word, expected = one_of(rest)));
    }
    let (invalid, rest) = said.split_once(": ").filter(|(first, _)| first.starts_with("invalid "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let (found, expected) = (found_type(found), typed(expected));
    match invalid {
        "invalid type" => Some(say!("layout-invalid-type", found = found, expected = expected)),
        "invalid value" => Some(say!("layout-invalid-value", found = found, expected = expected)),
        _ => None,
    }
}

/// The words that would be taken: each between backticks, one after the other.
fn one_of(expected: &str) -> String {
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    match names[..] {
        [one] => format!("`{one}`"),
        [one, other] => say!("layout-either", one = one, other = other),
        _ => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            say!("layout-one-of", names = names.join(", "))
        }
    }
}

/// `string "10"`: the type, and what was found.
fn found_type(found: &str) -> String {
    let at = found.find(['"', '`']);
    match at.and_then(|at| Some((found[..at].strip_suffix(' ')?, &found[at..]))) {
        Some((kind, value)) => say!("layout-found", kind = typed(kind), value = value),
        None => typed(found),
    }
}

/// A type in this process's words.
fn typed(word: &str) -> String {
    match TYPES.iter().find(|(known, _)| *known == word) {
        Some((_, id)) => messages::text(id, &[]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_english_the_readers_own_words_are_told() {
        for said in [
            "unknown field `a`, expected `b`",
            "unknown field `a`, expected `b` or `c`",
            "unknown field `a`, expected one of `b`, `c`, `d`",
            "unknown field `a`, there are no fields",
            "unknown variant `Q`, expected one of `9`, `X`, `N`, `M`",
            "missing field `bytes`",
            "duplicate field `bytes`",
            "invalid type: string \"10\", expected usize",
            "invalid type: integer `10`, expected a string",
            "invalid type: sequence, expected a boolean",
            "invalid value: integer `-1`, expected usize",
            "invalid value: string \"ab\", expected a character",
            "something else that nobody foresaw",
        ] {
            let told = told(said);
            let (words, code) = told.rsplit_once(" [TT-").unwrap();
            assert_eq!((words, code.len()), (said, 5));
        }
        for (form, _) in FORMS {
            assert!(told(form).starts_with(&format!("{form} [TT-")), "{form}");
        }
    }
}
