//! What the readers of TOML say of a mistake, in the language that this process speaks.
//!
//! Owns the fixed forms in which `toml` and `serde` tell mistakes, as the English messages spell them. What has none of these
//! forms is told as it came, in quotation marks where others are spoken. Never fails, and loses no name and no value.

use crate::messages::{Tongue, text, text_in};

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
const ONE_OF: &str = "one of "; // not for people
const WANTED_BEHIND_NAME: &str = "`, expected "; // not for people
const WANTED: &str = ", expected "; // not for people

/// What can be wrong with the syntax.
const SYNTAX: [&str; 60] = [
    "document-syntax-underscore",
    "document-syntax-recursion",
    "document-syntax-recursion-limit",
    "document-syntax-carriage-return",
    "document-syntax-extra-equals",
    "document-syntax-extra-assignment",
    "document-syntax-extra-comma-array",
    "document-syntax-extra-comma-inline",
    "document-syntax-radix-sign",
    "document-syntax-radix-case",
    "document-syntax-comment-character",
    "document-syntax-inline-element",
    "document-syntax-key-value",
    "document-syntax-unquoted-key",
    "document-syntax-invalid-key",
    "document-syntax-invalid-table",
    "document-syntax-invalid-value",
    "document-syntax-key-without-value",
    "document-syntax-key-basic",
    "document-syntax-key-literal",
    "document-syntax-missing-array-opening",
    "document-syntax-missing-assignment",
    "document-syntax-missing-comma-array",
    "document-syntax-missing-comma-pairs",
    "document-syntax-missing-comment-start",
    "document-syntax-missing-escape",
    "document-syntax-missing-inline-opening",
    "document-syntax-missing-inline-key",
    "document-syntax-missing-quote",
    "document-syntax-missing-table-open",
    "document-syntax-missing-value-for-key",
    "document-syntax-missing-value",
    "document-syntax-redundant-prefix",
    "document-syntax-redundant-sign",
    "document-syntax-unquoted-string",
    "document-syntax-unicode-digits",
    "document-syntax-unclosed-array-table",
    "document-syntax-unclosed-array",
    "document-syntax-unclosed-inline-table",
    "document-syntax-unclosed-table",
    "document-syntax-equals-in-array",
    "document-syntax-behind-comment",
    "document-syntax-unexpected-content",
    "document-syntax-unexpected-key",
    "document-syntax-leading-zero",
    "document-syntax-unexpected-sign",
    "document-syntax-empty-key",
    "document-syntax-duplicate-key",
    "document-syntax-basic-string",
    "document-syntax-literal-string",
    "document-syntax-long-basic-string",
    "document-syntax-long-literal-string",
    "document-syntax-string",
    "document-syntax-boolean",
    "document-syntax-date-time",
    "document-syntax-float",
    "document-syntax-integer",
    "document-syntax-hexadecimal",
    "document-syntax-octal",
    "document-syntax-binary",
];

/// What the syntax may want in that place.
const TERMS: [&str; 15] = [
    "document-term-nothing",
    "document-term-newline",
    "document-term-key",
    "document-term-value",
    "document-term-letters",
    "document-term-numbers",
    "document-term-digits",
    "document-term-characters",
    "document-term-basic-string",
    "document-term-literal-string",
    "document-term-long-basic-string",
    "document-term-printable",
    "document-term-not-double-quote",
    "document-term-not-single-quote",
    "document-term-unicode",
];

/// A string without its last quotation mark.
const UNCLOSED: [&str; 2] = ["document-syntax-unclosed-string", "document-syntax-unclosed-literal"];

/// What kind of value stands there, before its text.
const FOUND: [&str; 5] = [
    "document-found-boolean",
    "document-found-integer",
    "document-found-float",
    "document-found-character",
    "document-found-string",
];

/// What kind of value stands there or is wanted, where its text isn't told.
const KINDS: [&str; 20] = [
    "document-kind-sequence",
    "document-kind-map",
    "document-kind-unit",
    "document-kind-enum",
    "document-kind-a-boolean",
    "document-kind-a-string",
    "document-kind-a-sequence",
    "document-kind-a-map",
    "document-kind-string-or-table",
    "document-kind-u8",
    "document-kind-u16",
    "document-kind-u32",
    "document-kind-u64",
    "document-kind-usize",
    "document-kind-i8",
    "document-kind-i16",
    "document-kind-i32",
    "document-kind-i64",
    "document-kind-f64",
    "document-kind-f32",
];

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
            Some((field, known)) => {
                Some(say!("document-unknown-field", field = field, expected = names(known)))
            }
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
    let name = message.strip_prefix(NO_FORM)?;
    Some(say!("document-no-form", name = name))
}

/// Mistakes of a value that is of another kind than is wanted.
fn by_kind(message: &str) -> Option<String> {
    let told = |before: &str| {
        let (found, expected) = message.strip_prefix(before)?.rsplit_once(WANTED)?;
        Some((kind(found), kind(expected)))
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
    let (what, expected) = match message.split_once(WANTED) {
        Some((what, expected)) => (what, Some(expected)),
        None => (message, None),
    };
    if let Some(what) = known(&UNCLOSED, message) {
        return Some(say!("document-syntax-broken", what = what));
    }
    let what = known(&SYNTAX, what)?;
    Some(match expected.map(terms) {
        Some(expected) => say!("document-syntax-wanted", what = what, expected = expected),
        None => say!("document-syntax-broken", what = what),
    })
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
    let terms = expected.split(", ").map(|term| known(&TERMS, term).unwrap_or_else(|| term.to_owned()));
    terms.reduce(|before, term| say!("document-joined", before = before, term = term)).unwrap_or_default()
}

/// A kind of value, with the value itself where it is told.
fn kind(told: &str) -> String {
    if let Some(kind) = known(&KINDS, told) {
        return kind;
    }
    if let Some(name) = told.strip_prefix("struct ") {
        return say!("document-kind-struct", name = name);
    }
    let of_value = FOUND.iter().find_map(|id| {
        let value = told.strip_prefix(&text_in(Tongue::En, id, &[("value", String::new())]))?;
        Some(text(id, &[("value", value.to_owned())]))
    });
    of_value.unwrap_or_else(|| told.to_owned())
}

/// The message among these that reads so in English.
fn known(ids: &[&str], english: &str) -> Option<String> {
    ids.iter().find(|id| text_in(Tongue::En, id, &[]) == english).map(|id| text(id, &[]))
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
    fn every_fixed_form_is_recognised_and_reads_in_english_as_it_came() {
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
            assert!(told.starts_with(&format!("{came} [TT-11")), "{text}: {came}: {told}");
            assert!(!told.ends_with("[TT-1113]"), "{text}: {told} has none of the fixed forms");
        }
    }

    #[test]
    fn a_string_without_its_last_quotation_mark_is_told_as_that() {
        for (text, id) in [("name = \"a", UNCLOSED[0]), ("name = 'a", UNCLOSED[1])] {
            assert_eq!(as_it_came(text), text_in(Tongue::En, id, &[]), "{text}");
        }
    }

    #[test]
    fn what_a_value_says_of_itself_and_what_has_no_fixed_form_loses_nothing() {
        assert_eq!(told("soon is no time [TT-1301]"), "soon is no time [TT-1301]");
        assert_eq!(told("odd, expected [even]"), "odd, expected [even] [TT-1113]");
    }
}
