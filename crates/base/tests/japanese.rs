//! What the readers of TOML find wrong is told in Japanese, whole, where Japanese is spoken.
//!
//! A process of its own: the language is the process's.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::fs;

use serde::Deserialize;
use totatsu_base::document::humane::{Size, Wait};
use totatsu_base::messages::{Tongue, speak};
use totatsu_base::{Document, Problem};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only mistakes are looked at")]
struct File {
    name: Option<String>,
    must: Option<Must>,
    word: Option<Word>,
    wait: Option<Wait>,
    size: Option<Size>,
    port: Option<u16>,
    on: Option<bool>,
    share: Option<f64>,
    list: Option<Vec<u8>>,
    none: Option<Nothing>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only mistakes are looked at")]
struct Must {
    be: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    In,
    Out,
    Both,
}

fn told(text: &str) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.toml");
    fs::write(&path, text).unwrap();
    let mut problems: Vec<Problem> = Vec::new();
    drop(Document::read::<File>(&path, &mut problems));
    problems.into_iter().map(|problem| problem.message).collect()
}

/// What is left of a message without what it quotes, its code, and the names that are the same in both languages.
fn words_of(message: &str) -> String {
    let (mut left, mut within) = (String::new(), None);
    for c in message.chars() {
        match within {
            Some(end) if c == end => within = None,
            Some(_) => {}
            None if c == '`' || c == '"' => within = Some(c),
            None => left.push(c),
        }
    }
    ["TOML", "TT", "CR", "LF", "true", "false", "Must", "Nothing"]
        .iter()
        .fold(left, |left, name| left.replace(name, ""))
}

#[test]
fn in_japanese_no_fixed_form_of_a_mistake_is_left_in_english() {
    speak(Tongue::Ja);
    for text in [
        "nmae = 1",
        "name = 2",
        "name = [1]",
        "name = { a = 1 }",
        "must = {}",
        "must = 3",
        "word = \"up\"",
        "wait = \"soon\"",
        "size = \"big\"",
        "port = 70000",
        "port = -1",
        "port = 1.5",
        "on = \"yes\"",
        "share = true",
        "list = 3",
        "list = [300]",
        "none = { a = 1 }",
        "name = \"a\nport = 1",
        "name = a",
        "name =",
        "name",
        "= 1",
        "[must",
        "[[must",
        "list = [1 2]",
        "list = [1,,2]",
        "none = { a = 1 b = 2 }",
        "none = { a = 1",
        "name = \"a\"\nname = \"b\"",
        "port = 01",
        "port = 1__0",
        "name = \"\\q\"",
        "name = 'a",
        "name = \"a\" b",
        "on = ture",
    ] {
        let messages = told(text);
        assert!(!messages.is_empty(), "{text}");
        for message in messages {
            let words = words_of(&message);
            assert!(!words.contains(|c: char| c.is_ascii_alphabetic()), "{text}: {message}");
            assert!(message.contains(" [TT-1"), "{text}: {message}");
        }
    }
}
