//! What is wrong with a layout file as TOML, in the language that this process speaks.
//!
//! Owns: the forms in which the readers of TOML say what they don't understand.
//! Promises: in English their own words; in Japanese every form that is known here, and their own words in quotes for the rest.
//! On failure: nothing here fails.
//! Never: looks into the file.

use totatsu_base::{messages, say};

/// What a value is, in the readers' words, and the messages that say so.
// not for people
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
// not for people
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

/// What stands before and behind the first thing that a reader names.
// not for people
const MISSING: [&str; 2] = ["missing field `", "`"];
// not for people
const DUPLICATE: [&str; 2] = ["duplicate field `", "`"];
// not for people
const UNKNOWN_FIELD: [&str; 2] = ["unknown field `", "`, expected "];
// not for people
const NO_FIELDS: [&str; 2] = ["unknown field `", "`, there are no fields"];
// not for people
const UNKNOWN_WORD: [&str; 2] = ["unknown variant `", "`, expected "];
// not for people
const INVALID_TYPE: [&str; 2] = ["invalid type: ", ", expected "];
// not for people
const INVALID_VALUE: [&str; 2] = ["invalid value: ", ", expected "];

/// What a reader of TOML says, as this process says it.
pub(super) fn told(said: &str) -> String {
    if let Some((_, id)) = FORMS.iter().find(|(form, _)| *form == said) {
        return messages::text(id, &[]);
    }
    known(said).unwrap_or_else(|| say!("layout-toml-other", said = said))
}

fn known(said: &str) -> Option<String> {
    let between = |[before, after]: [&str; 2]| said.strip_prefix(before)?.split_once(after);
    if let Some((field, "")) = between(MISSING) {
        return Some(say!("layout-missing-field", field = field));
    }
    if let Some((field, "")) = between(DUPLICATE) {
        return Some(say!("layout-duplicate-field", field = field));
    }
    if let Some((field, expected)) = between(UNKNOWN_FIELD) {
        return Some(say!("layout-unknown-field", field = field, expected = one_of(expected)));
    }
    if let Some((field, "")) = between(NO_FIELDS) {
        return Some(say!("layout-unknown-field-alone", field = field));
    }
    if let Some((word, expected)) = between(UNKNOWN_WORD) {
        return Some(say!("layout-unknown-word", word = word, expected = one_of(expected)));
    }
    if let Some((found, expected)) = between(INVALID_TYPE) {
        return Some(say!("layout-invalid-type", found = found_type(found), expected = typed(expected)));
    }
    let (found, expected) = between(INVALID_VALUE)?;
    Some(say!("layout-invalid-value", found = found_type(found), expected = typed(expected)))
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
