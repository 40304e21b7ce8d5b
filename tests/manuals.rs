//! What the manuals tell people to type, there is; and the Japanese manual explains what the English one explains.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "kinds of tokens are an open list")]

#[path = "support/texts.rs"]
mod texts;
#[path = "support/told.rs"]
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use told::{Ids, Told, without_code};
use totatsu_base::messages::Tongue;
use totatsu_ledger::state::STATES;
use totatsu_ledger::words::state_word_in;

/// Lines that a person types, from the indented and fenced blocks of a page, without what stands before and behind the command.
fn commands_of(page: &str) -> Vec<String> {
    let (mut fenced, mut commands) = (false, Vec::new());
    for line in page.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let typed = line.strip_prefix("$ ").unwrap_or(line);
        let prefixes = ["sudo -u totatsu ", "runuser -u totatsu -- "];
        let typed = prefixes.into_iter().find_map(|prefix| typed.strip_prefix(prefix)).unwrap_or(typed);
        if fenced && typed.starts_with("totatsu ") {
            let typed = typed.split(" #").next().unwrap().split(['<', '>', '|']).next().unwrap();
            commands.push(typed.trim().to_owned());
        }
    }
    commands
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md")];
    for directory in ["docs", "docs/ja"] {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    pages.sort();
    pages
}

/// The words of a command line; what stands between quotation marks is one.
fn words_of(command: &str) -> Vec<String> {
    let (mut words, mut quoted, mut word) = (Vec::new(), false, String::new());
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[test]
fn every_command_in_the_manuals_is_one_that_the_program_takes() {
    let mut count = 0;
    for page in pages() {
        for command in commands_of(&fs::read_to_string(&page).unwrap()) {
            let parsed = totatsu::cli::command().try_get_matches_from(words_of(&command));
            let shown = page.display();
            if let Err(error) = parsed {
                assert!(!error.use_stderr(), "{shown}: {command}: {error}");
            }
            count += 1;
        }
    }
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn a_command_that_there_is_not_would_be_noticed() {
    let page = "```\n$ sudo -u totatsu totatsu resurrect ID   # no such thing\ntotatsu hold ID\n```\n`totatsu nothing`\n";
    let commands = commands_of(page);
    assert_eq!(commands, ["totatsu resurrect ID", "totatsu hold ID"]);
    for command in commands {
        assert!(totatsu::cli::command().try_get_matches_from(words_of(&command)).is_err(), "{command}");
    }
}

/// The messages that the tables of a page explain: what stands between backquotes in their first column.
fn messages_of(page: &str) -> BTreeSet<String> {
    let cells =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | ").map(|(cell, _)| cell));
    cells
        .flat_map(|cell| {
            format!("`{cell}").split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// The messages that each pattern of a page shows, and the patterns that show none.
fn explained(patterns: &BTreeSet<String>, told: &Told) -> (BTreeMap<String, Ids>, Vec<String>) {
    let (mut explained, mut faults) = (BTreeMap::new(), Vec::new());
    for pattern in patterns {
        match told.shown_by(pattern) {
            Ok(ids) => drop(explained.insert(pattern.clone(), ids)),
            Err(fault) => faults.push(format!("{pattern}: {fault}")),
        }
    }
    (explained, faults)
}

/// The patterns of one page that none of the other page explains.
fn unexplained<'a>(page: &'a BTreeMap<String, Ids>, other: &BTreeMap<String, Ids>) -> Vec<&'a String> {
    let there: Ids = other.values().flatten().cloned().collect();
    page.iter().filter(|(_, ids)| ids.is_disjoint(&there)).map(|(pattern, _)| pattern).collect()
}

fn patterns_of_the_english_manual() -> BTreeSet<String> {
    let page = fs::read_to_string("docs/operations.md").unwrap();
    let causes = page.find("## Causes").unwrap()..page.find("## Alerts").unwrap();
    let mut patterns = messages_of(&page[causes]);
    // The command that shows a message, in its row.
    patterns.retain(|pattern| pattern != "outbox");
    patterns
}

#[test]
fn the_japanese_manual_explains_every_message_that_the_english_one_explains() {
    let english = patterns_of_the_english_manual();
    assert!(english.len() > 100, "only {} messages were found", english.len());
    let (english, faults) = explained(&english, &Told::of("en"));
    assert!(faults.is_empty(), "docs/operations.md explains what nobody is told: {faults:#?}");
    let japanese = messages_of(&fs::read_to_string("docs/ja/trouble.md").unwrap());
    let (japanese, faults) = explained(&japanese, &Told::of("ja"));
    assert!(faults.is_empty(), "docs/ja/trouble.md explains what nobody is told: {faults:#?}");
    let missing = unexplained(&english, &japanese);
    assert!(missing.is_empty(), "docs/ja/trouble.md lacks {missing:#?}");
    let surplus = unexplained(&japanese, &english);
    assert!(surplus.is_empty(), "docs/ja/trouble.md explains what the English manual doesn't: {surplus:#?}");
}

#[test]
fn the_japanese_manual_shows_the_code_of_each_message_that_has_one() {
    let told = Told::of("ja");
    let page = fs::read_to_string("docs/ja/trouble.md").unwrap();
    let (explained, _) = explained(&messages_of(&page), &told);
    let without: Vec<&String> = explained
        .iter()
        .filter(|(pattern, ids)| without_code(pattern).1.is_none() && !told.codes_of(ids).is_empty())
        .map(|(pattern, _)| pattern)
        .collect();
    assert!(without.is_empty(), "docs/ja/trouble.md lacks the codes of {without:#?}");
}

#[test]
fn the_japanese_manual_names_states_and_grades_as_the_screen_does() {
    let page = fs::read_to_string("docs/ja/operation.md").unwrap();
    for state in STATES {
        let word = format!("{}（{state}）", state_word_in(Tongue::Ja, state).unwrap());
        assert!(page.contains(&word), "docs/ja/operation.md lacks {word}");
    }
    let page = fs::read_to_string("docs/ja/guarantee.md").unwrap();
    let told = Told::of("ja");
    let grades = told.texts_of("ledger-grade-");
    assert!(grades.len() > 3, "only {} grades were found", grades.len());
    for grade in grades {
        assert!(page.contains(&format!("| {grade}（")), "docs/ja/guarantee.md lacks {grade}");
    }
}

/// What others call the things of the glossary in docs/ja/README.md, and its own word.
const OTHER_WORDS: [(&str, &str); 13] = [
    ("再送", "再配信"),
    ("取り止め", "取り消し"),
    ("判断待ち", "保留"),
    ("原本不備", "拒否"),
    ("受信済み", "集信済み"),
    ("アウトボックス", "送信フォルダ"),
    ("インボックス", "受信フォルダ"),
    ("アーカイブ", "保管庫"),
    ("アラート", "知らせ"),
    ("レシート", "到達証"),
    ("相手先", "連携先"),
    ("リトライ", "再試行"),
    ("キャンセル", "取り消し"),
];

#[test]
fn screen_certificate_export_and_manual_keep_to_the_words_of_the_glossary() {
    let glossary = fs::read_to_string("docs/ja/README.md").unwrap();
    let mut files: Vec<PathBuf> = pages().into_iter().filter(|page| page.starts_with("docs/ja")).collect();
    files.extend(fs::read_dir("i18n/ja").unwrap().map(|file| file.unwrap().path()));
    let handed_out =
        ["src/audit/readme.ja.txt", "src/receipt/bundle/readme.ja.txt", "src/receipt/bundle/verify.sh"];
    files.extend(handed_out.map(PathBuf::from));
    assert!(files.len() > 30, "only {} files were found", files.len());
    let mut strange = Vec::new();
    for file in files {
        // A column of the export keeps the name that programs read it by.
        let text = fs::read_to_string(&file).unwrap().replace("「再送元」", "");
        for (other, word) in OTHER_WORDS.iter().filter(|(other, _)| text.contains(other)) {
            strange.push(format!("{}: {other} is {word}", file.display()));
        }
    }
    assert!(strange.is_empty(), "{}", strange.join("\n"));
    for word in ["再配信", "集信", "保留", "拒否", "送信フォルダ", "受信フォルダ", "知らせ", "証明の段階"]
    {
        assert!(glossary.contains(&format!("| {word} |")), "{word} isn't in the glossary");
    }
}

#[test]
fn a_pattern_of_a_manual_that_is_no_message_would_be_noticed() {
    let (en, ja) = (Told::of("en"), Told::of("ja"));
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Ids>();
    let whole = en.shown_by("… is in use by another totatsu process: one gateway at a time works on a spool");
    assert_eq!(whole.unwrap(), ids(&["journey-spool-in-use"]));
    assert_eq!(
        ja.shown_by("結果がわかりません。… への改名を頼みましたが、…").unwrap(),
        ids(&["deliver-may-be-taken"])
    );
    assert_eq!(ja.shown_by("[TT-5014]").unwrap(), ids(&["deliver-name-taken"]));
    let inside = en.shown_by("opening the lock file …: it is a directory, a link or something else …");
    assert_eq!(inside.unwrap(), ids(&["collect-lock-odd"]));
    for wrong in [
        "… is in use by another process",
        "is in use by another totatsu process",
        "opening the lock file …: it is a camel …",
        "opening the look file …: it is a directory, a link or something else …",
    ] {
        assert!(en.shown_by(wrong).is_err(), "{wrong}");
    }
    for wrong in ["結果がわかりません。… への改名を頼みましたが、… [TT-5015]", "[TT-0000]"]
    {
        assert!(ja.shown_by(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_link_from_a_japanese_page_leads_to_a_page_that_there_is() {
    for page in pages().into_iter().filter(|page| page.starts_with("docs/ja")) {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            let path = page.parent().unwrap().join(target);
            assert!(target.is_empty() || path.exists(), "{}: {target}", page.display());
        }
    }
}
