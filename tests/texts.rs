//! What people read stands in `i18n/`, in Japanese and in English alike.
//!
//! Reads the files of messages as Fluent reads them, and the sources token by token, without their tests.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "kinds of tokens are an open list")]

#[path = "support/texts.rs"]
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use texts::{Language, Source};

#[test]
fn both_languages_say_the_same_messages_with_the_same_arguments_and_codes() {
    let (ja, en) = (Language::read("ja"), Language::read("en"));
    assert_eq!(ja.junk, Vec::<String>::new(), "Fluent can't read this");
    assert_eq!(en.junk, Vec::<String>::new(), "Fluent can't read this");
    let mut faults = Vec::new();
    for id in ja.messages.keys().chain(en.messages.keys()).collect::<BTreeSet<_>>() {
        match (ja.messages.get(id), en.messages.get(id)) {
            (Some(ja), Some(en)) if ja.shape() == en.shape() => {}
            (Some(ja), Some(en)) => {
                faults.push(format!("{id}: {:?} in Japanese, {:?} in English", ja.shape(), en.shape()))
            }
            (ja, _) => {
                faults.push(format!("{id} lacks in {}", if ja.is_none() { "Japanese" } else { "English" }))
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_message_stands_in_the_file_that_its_id_begins_with_and_no_id_is_said_twice() {
    for language in ["ja", "en"] {
        let read = Language::read(language);
        assert_eq!(read.twice, Vec::<String>::new());
        for (id, message) in &read.messages {
            assert_eq!(
                id.split('-').next(),
                Some(message.file.as_str()),
                "{language}: {id} stands in {}.ftl",
                message.file
            );
        }
    }
}

#[test]
fn every_code_is_of_one_message_and_has_a_family_that_says_what_to_do() {
    let en = Language::read("en");
    let mut owners = BTreeMap::new();
    for (id, message) in &en.messages {
        let Some(code) = message.attributes.get("code") else { continue };
        let digits =
            code.strip_prefix("TT-").unwrap_or_else(|| panic!("{id}: {code} isn't of the form TT-1203"));
        assert!(digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{id}: {code}");
        if let Some(other) = owners.insert(code, id) {
            panic!("{code} is of {other} and of {id}");
        }
        let family = en.messages.get(&format!("family-{}", &digits[..2]));
        let family = family.unwrap_or_else(|| panic!("{id}: there is no family-{}", &digits[..2]));
        assert!(
            family.attributes.contains_key("why") && family.attributes.contains_key("do"),
            "{code}: its family says too little"
        );
    }
    assert!(owners.len() > 20, "codes were read");
}

#[test]
fn a_japanese_message_is_written_in_japanese() {
    // What is the same in both: arguments alone, signs, units, words that must be typed.
    let japanese = |text: &str| {
        text.chars()
            .any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}'))
    };
    let words =
        |text: &str| text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 2).count();
    let ja = Language::read("ja");
    let english: Vec<_> =
        ja.messages.iter().filter(|(_, said)| !japanese(&said.text) && words(&said.text) > 1).collect();
    assert!(english.is_empty(), "{english:#?}");
}

#[test]
fn every_message_that_the_source_names_is_there_with_exactly_its_arguments_and_none_is_named_nowhere() {
    let (en, sources) = (Language::read("en"), Source::all());
    let mut faults = Vec::new();
    let mut named = BTreeSet::new();
    for source in &sources {
        named.extend(source.literals_that_look_like_ids.iter().cloned());
        for said in &source.said {
            match en.messages.get(&said.id) {
                None => faults.push(format!("{}:{}: no file has {}", source.path, said.line, said.id)),
                Some(message) if message.arguments != said.arguments => {
                    let (takes, given) = (&message.arguments, &said.arguments);
                    faults.push(format!(
                        "{}:{}: {} takes {takes:?} and is given {given:?}",
                        source.path, said.line, said.id
                    ));
                }
                Some(_) => {}
            }
        }
    }
    let by_digits = |id: &str| id.starts_with("family-") || id.starts_with("help-");
    // Words of a list, such as the states: the source names the list, and the word comes from elsewhere.
    let lists: Vec<String> =
        named.iter().filter(|name| !en.messages.contains_key(*name)).map(|name| format!("{name}-")).collect();
    let of_a_list = |id: &str| lists.iter().any(|list| id.starts_with(list));
    faults.extend(
        en.messages
            .keys()
            .filter(|id| !named.contains(*id) && !by_digits(id) && !of_a_list(id))
            .map(|id| format!("{id} is named nowhere")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_text_for_people_stands_in_the_source() {
    let told: Vec<String> = Source::all()
        .iter()
        .flat_map(|source| source.texts.iter().map(|(line, text)| format!("{}:{line}: {text}", source.path)))
        .collect();
    assert!(told.is_empty(), "{} texts:\n{}", told.len(), told.join("\n"));
}

#[test]
fn the_reader_sees_a_text_a_message_and_what_is_none_of_them() {
    let source = Source::of(
        "a.rs",
        r#"
        /// A comment has words.
        #[error("the file {0} is gone")]
        struct Gone;
        #[error("{}", say!("disk-gone", path = .0.display(), at = f(1, 2)))]
        struct Said;
        const KEYS: &str = "one two"; // not for people
        const THEIRS: &str = "three four";

        // not for people: a server's words.
        const MORE: [&str; 3] = [
            "five six",
            "seven eight",
        ];

        fn f() { x.expect("it has words"); debug!("so has this"); g("two words"); text("disk-reading", &[]); h("one"); }
        #[cfg(test)]
        mod tests { fn t() { g("words in a test"); } }
        "#,
    );
    assert_eq!(
        source.texts,
        [(3, "the file {0} is gone".to_owned()), (8, "three four".to_owned()), (16, "two words".to_owned())]
    );
    assert_eq!(source.said.len(), 1);
    assert_eq!((source.said[0].id.as_str(), source.said[0].line), ("disk-gone", 5));
    assert_eq!(source.said[0].arguments, BTreeSet::from(["path".to_owned(), "at".to_owned()]));
    assert!(source.literals_that_look_like_ids.contains("disk-reading"));
}
