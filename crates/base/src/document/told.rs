//! What the readers of TOML say of a mistake, in the language that this process speaks.
//!
//! Owns the fixed forms in which `toml` and `serde` tell mistakes, as the English messages spell them. What has none of these
//! forms is told as it came, in quotation marks where others are spoken. Never fails, and loses no name and no value.

use crate::messages::{Tongue, ids_in, text, text_in};

// How the readers themselves begin, part and end their forms.
const UNKNOWN_FIELD: &str = "unknown field `"; // not for people
const NO_FIELDS: &str = "`, there are no fields"; // not for people
const UNKNOWN_WORD: &str = "unknown variant `"; // not for people
const MISSING_FIELD: &str = "missing field `"; // not for people
const DUPLICATE_FIELD: &str = "duplicate field `"; // not for people
const NO_FORM: &str = "data did not match any variant of untagged enum "; // not for people
const INVALID_TYPE: &str = "invalid type: "; // not for people
const INVALID_VALUE: &str = "invalid value: "; // not for people
const INVALID_LENGTH: &str = "invalid length "; // not for people
/// What stands where one of some words is wanted and something else was found.
const WORD_WANTED: [&str; 2] = ["wanted string or table", "wanted exactly 1 element"]; // not for people
/// How the name of a date begins that stands where a table is wanted.
const DATE: &str = "$__toml_private"; // not for people
/// Behind an integer that fits nowhere else.
const WIDE: &str = " as i128"; // not for people
const ONE_OF: &str = "one of "; // not for people
const WANTED_BEHIND_NAME: &str = "`, expected "; // not for people
const WANTED: &str = ", expected "; // not for people

/// The messages that say what can be wrong with the syntax.
const SYNTAX: &str = "document-syntax";
/// The messages that say what the syntax may want in the place of a mistake.
const TERMS: &str = "document-term";
/// The messages that say what kind of value was found, before its text.
const FOUND: &str = "document-found";
/// The messages that say what kind of value was found or is wanted, where its text isn't told.
const KINDS: &str = "document-kind";

/// A mistake as the reader of TOML tells it, in the language that this process speaks.
pub fn told(message: &str) -> String {
    let form = by_name(message).or_else(|| by_kind(message)).or_else(|| by_syntax(message));
    match form {
        Some(told) => told,
        None if has_code(message) => message.to_owned(),
        None => say!("document-library", error = message),
    }
}

/// Mistakes that name what is unknown, missing, or there twice.
fn by_name(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix(UNKNOWN_FIELD) {
        return match rest.rsplit_once(WANTED_BEHIND_NAME) {
            Some((field, _)) if field.starts_with(DATE) => Some(date_for_a_table()),
            Some((field, known)) => {
                Some(say!("document-unknown-field", field = field, expected = names(known)))
            }
            None if rest.starts_with(DATE) => Some(date_for_a_table()),
            None => {
                let field = rest.strip_suffix(NO_FIELDS)?;
                Some(say!("document-no-fields", field = field))
            }
        };
    }
    if let Some(rest) = message.strip_prefix(UNKNOWN_WORD) {
        let (word, known) = rest.rsplit_once(WANTED_BEHIND_NAME)?;
        return Some(say!("document-unknown-word", word = word, expected = names(known)));
    }
    let name = |before: &str| message.strip_prefix(before)?.strip_suffix('`');
    if let Some(field) = name(MISSING_FIELD) {
        return Some(say!("document-missing-field", field = field));
    }
    if let Some(field) = name(DUPLICATE_FIELD) {
        return Some(say!("document-duplicate-field", field = field));
    }
    // What follows is the name of a type of ours.
    message.starts_with(NO_FORM).then(|| say!("document-no-form"))
}

fn date_for_a_table() -> String {
    say!("document-invalid-type", found = say!("document-kind-date"), expected = say!("document-kind-struct"))
}

/// Mistakes of a value that is of another kind than is wanted.
fn by_kind(message: &str) -> Option<String> {
    if WORD_WANTED.iter().any(|begins| message.starts_with(begins)) {
        return Some(say!("document-word-wanted"));
    }
    let told = |before: &str| {
        let (found, expected) = message.strip_prefix(before)?.rsplit_once(WANTED)?;
        Some((kind(found.strip_suffix(WIDE).unwrap_or(found)), kind(expected)))
    };
    if let Some((found, expected)) = told(INVALID_TYPE) {
        return Some(say!("document-invalid-type", found = found, expected = expected));
    }
    if let Some((found, expected)) = told(INVALID_VALUE) {
        return Some(say!("document-invalid-value", found = found, expected = expected));
    }
    let (length, expected) = message.strip_prefix(INVALID_LENGTH)?.rsplit_once(WANTED)?;
    Some(say!("document-invalid-length", length = length, expected = kind(expected)))
}

fn by_syntax(message: &str) -> Option<String> {
    // A string without its last quotation mark is a form by itself, with what it wants.
    if let Some(what) = known(SYNTAX, message) {
        return Some(say!("document-syntax-broken", what = what));
    }
    let (what, expected) = message.split_once(WANTED)?;
    Some(say!("document-syntax-wanted", what = known(SYNTAX, what)?, expected = terms(expected)))
}

/// The names that would be right, which are told as ``one of `a`, `b` `` or `` `a` or `b` ``.
fn names(known: &str) -> String {
    if let Some(names) = known.strip_prefix(ONE_OF) {
        return say!("document-one-of", names = names);
    }
    match known.split_once(" or ") {
        Some((one, other)) => say!("document-either", one = one, other = other),
        None => known.to_owned(),
    }
}

/// What is wanted in a place, one after another.
fn terms(expected: &str) -> String {
    let terms = expected.split(", ").map(|term| known(TERMS, term).unwrap_or_else(|| term.to_owned()));
    terms.reduce(|before, term| say!("document-joined", before = before, term = term)).unwrap_or_default()
}

/// A kind of value, with the value itself where it is told.
fn kind(told: &str) -> String {
    if let Some(kind) = known(KINDS, told) {
        return kind;
    }
    // The name of our type means nothing to people, and is left out.
    if told.starts_with("struct ") {
        return say!("document-kind-struct");
    }
    let of_value = ids_in(FOUND).find_map(|id| {
        let value = told.strip_prefix(&text_in(Tongue::En, &id, &[("value", String::new())]))?;
        Some(text(&id, &[("value", value.to_owned())]))
    });
    of_value.unwrap_or_else(|| told.to_owned())
}

/// The message of a list that reads so in English.
fn known(list: &str, english: &str) -> Option<String> {
    ids_in(list).find(|id| text_in(Tongue::En, id, &[]) == english).map(|id| text(&id, &[]))
}

/// Whether it is one of our own messages, which a value's own reader has told.
fn has_code(message: &str) -> bool {
    let code = message.rsplit_once(" [TT-").and_then(|(_, code)| code.strip_suffix(']'));
    code.is_some_and(|code| code.len() == 4 && code.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only mistakes are looked at")]
    struct Everything {
        name: String,
        port: Option<u16>,
        on: Option<bool>,
        word: Option<Word>,
        none: Option<Nothing>,
        inner: Option<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        In,
        Out,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only mistakes are looked at")]
    struct Inner {
        one: Option<u8>,
        two: Option<Vec<u8>>,
    }

    fn as_it_came(text: &str) -> String {
        toml::from_str::<Everything>(text).unwrap_err().message().to_owned()
    }

    #[test]
    fn every_fixed_form_is_recognised_and_reads_in_english_as_it_came_but_for_our_types() {
        for text in [
            "nmae = 1",
            "none = { a = 1 }",
            "inner = { three = 3 }",
            "word = \"up\"",
            "port = 1",
            "name = 2",
            "port = 70000",
            "port = -1",
            "on = \"yes\"",
            "name = \"a\"\nport = 1.5",
            "name = [1]",
            "inner = 3",
            "inner = { two = 3 }",
            "name = \"a",
            "name = a",
            "name = ",
            "name",
            "[inner",
            "[[inner",
            "name = \"a\"\nname = \"b\"",
            "inner = { two = [1 2] }",
            "port = 01",
        ] {
            let came = as_it_came(text);
            let told = told(&came);
            let expected = came.replace("struct Inner", "a table");
            assert!(told.starts_with(&format!("{expected} [TT-11")), "{text}: {came}: {told}");
            assert!(!told.ends_with("[TT-1113]"), "{text}: {told} has none of the fixed forms");
        }
    }

    #[test]
    fn what_the_readers_call_by_names_of_their_own_is_told_as_what_people_write() {
        for (text, expected) in [
            ("none = 2020-01-01", "invalid type: a date, expected a table [TT-1109]"),
            ("inner = 2020-01-01", "invalid type: a date, expected a table [TT-1109]"),
            ("word = 5", "one of the words for this key is wanted here, in quotation marks [TT-1117]"),
            ("word = {}", "one of the words for this key is wanted here, in quotation marks [TT-1117]"),
            (
                "port = 99999999999999999999",
                "invalid type: integer `99999999999999999999`, expected u16 [TT-1109]",
            ),
        ] {
            assert_eq!(told(&as_it_came(text)), expected, "{text}: {}", as_it_came(text));
        }
    }

    #[test]
    fn a_string_without_its_last_quotation_mark_is_told_as_that() {
        for (text, what) in [("name = \"a", "unclosed-string"), ("name = 'a", "unclosed-literal")] {
            assert_eq!(as_it_came(text), text_in(Tongue::En, &format!("{SYNTAX}-{what}"), &[]), "{text}");
        }
    }

    #[test]
    fn what_a_value_says_of_itself_and_what_has_no_fixed_form_loses_nothing() {
        assert_eq!(told("soon is no time [TT-1301]"), "soon is no time [TT-1301]");
        assert_eq!(told("odd, expected [even]"), "odd, expected [even] [TT-1113]");
    }
}
