//! What people are told names only what there is.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::fs;

/// The tables of a partner's file and a link's, as messages name them before a key.
const TABLES: [&str; 9] =
    ["ftps", "sftp", "jump", "medium", "profile", "remote", "retry", "deadlines", "throughput"];

/// Keys that a message names: `ftps.pins`, and `same_name = "replace"`.
fn keys_in(message: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    let words = message.split(|c: char| !is_part(c)).map(|word| word.trim_matches('.'));
    let dotted = words.filter(|word| word.split_once('.').is_some_and(|(table, _)| TABLES.contains(&table)));
    let mut keys: Vec<String> = dotted.map(str::to_owned).collect();
    for (at, _) in message.match_indices(" = \\\"") {
        keys.extend(message[..at].split(|c: char| !is_part(c)).next_back().map(str::to_owned));
    }
    keys
}

#[test]
fn no_message_about_a_partner_names_a_key_that_the_configuration_lacks() {
    let configuration = fs::read_to_string("docs/configuration.md").unwrap();
    let known = |key: &str| {
        let key = key.rsplit('.').next().unwrap();
        configuration.contains(&format!(".{key}`")) || configuration.contains(&format!("`{key}`"))
    };
    let (mut named, mut folders) = (0, vec![std::path::PathBuf::from("crates/transport/src")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let messages = literals(&fs::read_to_string(&entry).unwrap());
            for key in messages.iter().flat_map(|message| keys_in(message)) {
                named += 1;
                assert!(known(&key), "{}: {key}", entry.display());
            }
        }
    }
    assert!(named > 10, "{named} keys are named");
    let message = literals("f(\"with overwrite = \\\"atomic\\\" the link\")");
    assert_eq!(keys_in(&message[0]), ["overwrite"]);
    assert!(!known("overwrite") && known("remote.same_name"));
}

/// The texts between quotation marks, as they are written; not those in comments.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut within): (Vec<String>, bool) = (Vec::new(), false);
    for line in code.lines() {
        let mut before = [' ', ' '];
        for (at, c) in line.char_indices() {
            let escaped = before[1] == '\\' && before[0] != '\\' || line[at..].starts_with("\"'");
            if !within && line[at..].starts_with("//") {
                break;
            }
            match (c, within) {
                ('"', true) if !escaped => within = false,
                ('"', false) if !escaped => {
                    within = true;
                    found.push(String::new());
                }
                (c, true) => found.last_mut().unwrap().push(c),
                (_, false) => {}
            }
            before = [before[1], c];
        }
    }
    found
}
