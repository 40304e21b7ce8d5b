//! What people are told names only what there is.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::fs;

/// The tables of a partner's file and a link's, as messages name them before a key.
const TABLES: [&str; 9] =
    ["ftps", "sftp", "jump", "medium", "profile", "remote", "retry", "deadlines", "throughput"];
/// The files of messages that name keys of a partner or a link.
const ROOMS: [&str; 7] = ["transport", "sftp", "ftps", "medium", "deliver", "collect", "partner"];

/// Keys that a message names: `ftps.pins`, and `same_name = "replace"`.
fn keys_in(message: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    let words = message.split(|c: char| !is_part(c)).map(|word| word.trim_matches('.'));
    let dotted = words.filter(|word| word.split_once('.').is_some_and(|(table, _)| TABLES.contains(&table)));
    let mut keys: Vec<String> = dotted.map(str::to_owned).collect();
    for (at, _) in message.match_indices(" = \"") {
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
    for language in ["en", "ja"] {
        let mut named = 0;
        for room in ROOMS {
            let path = format!("i18n/{language}/{room}.ftl");
            let file = fs::read_to_string(&path).unwrap();
            let messages = file.lines().filter_map(|line| line.split_once(" = ")).map(|(_, message)| message);
            for key in messages.flat_map(keys_in) {
                named += 1;
                assert!(known(&key), "{path}: {key}");
            }
        }
        assert!(named > 20, "{named} keys are named in {language}");
    }
    assert_eq!(keys_in("with overwrite = \"atomic\" the link"), ["overwrite"]);
    assert!(!known("overwrite") && known("remote.same_name"));
}
