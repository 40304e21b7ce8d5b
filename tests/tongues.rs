//! The command line speaks Japanese and English, and each text is in both; what is made of other texts is as they are.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "../examples/texts.rs"]
mod texts;

use std::collections::BTreeSet;
use std::fs;
use std::process::Output;

use assert_cmd::Command;
use configuration::Configuration;
use serde_json::Value;
use totatsu_base::messages::{Tongue, messages, text_if_there};

struct Told {
    code: i32,
    out: String,
    err: String,
}

fn totatsu(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG").args(arguments);
    command
}

fn told(mut command: Command) -> Told {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

#[test]
fn what_is_made_of_other_texts_is_as_they_are() {
    for (path, text) in texts::files() {
        let there = fs::read_to_string(path).unwrap();
        assert!(there == text, "{path} isn't what it is made of: cargo run --example texts");
    }
}

#[test]
fn every_text_of_the_help_is_in_japanese_too_and_none_is_left_over() {
    let english: BTreeSet<String> = totatsu::cli::help_texts().into_iter().map(|(id, _)| id).collect();
    assert!(english.len() > 150, "only {} texts were found", english.len());
    let lacking: Vec<&String> = english.iter().filter(|id| text_if_there(Tongue::Ja, id).is_none()).collect();
    assert!(lacking.is_empty(), "i18n/ja/help.ftl lacks {lacking:#?}");
    let file = fs::read_to_string("i18n/ja/help.ftl").unwrap();
    let ids =
        file.lines().filter(|line| line.starts_with("help-")).map(|line| line.split(' ').next().unwrap());
    let surplus: Vec<&str> = ids.filter(|id| !english.contains(*id)).collect();
    assert!(surplus.is_empty(), "i18n/ja/help.ftl has {surplus:#?}, which the help doesn't");
}

/// Every command, with those below it.
fn commands(command: &clap::Command, above: &[String], all: &mut Vec<Vec<String>>) {
    for inner in command.get_subcommands() {
        let path = [above, &[inner.get_name().to_owned()]].concat();
        all.push(path.clone());
        commands(inner, &path, all);
    }
}

#[test]
fn the_japanese_help_of_each_command_has_no_english_line_and_tells_of_each_option() {
    let mut all = vec![Vec::new()];
    commands(&totatsu::cli::command(), &[], &mut all);
    assert!(all.len() > 40, "only {} commands", all.len());
    for path in all {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        for flag in ["--help", "-h"] {
            let help = told(totatsu(&[&words[..], &[flag, "--lang", "ja"]].concat()));
            assert_eq!((help.code, help.err.as_str()), (0, ""), "{path:?}");
            let english = [
                "Usage",
                "Options:",
                "Arguments:",
                "Commands:",
                "[default",
                "[possible",
                "[alias",
                "[env",
                "Print ",
            ];
            for word in english {
                assert!(!help.out.contains(word), "{path:?} {flag}: {word} in\n{}", help.out);
            }
            assert!(
                help.out.lines().all(|line| line.trim_end() == line),
                "{path:?} {flag}: blanks at an end"
            );
            for line in help.out.lines().filter(|line| line.trim_start().contains("  ")) {
                let text = line.trim_start().rsplit("  ").next().unwrap();
                assert!(text.chars().any(is_japanese), "{path:?} {flag}: {line}");
            }
            let english = told(totatsu(&[&words[..], &[flag]].concat()));
            let options = |text: &str| -> BTreeSet<String> {
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned).collect()
            };
            let lacking: Vec<String> =
                options(&english.out).difference(&options(&help.out)).cloned().collect();
            // What the English text speaks of besides, as `--key` in `receipt verify`, the Japanese one does too.
            assert!(lacking.is_empty(), "{path:?} {flag}: {lacking:?}");
        }
    }
}

#[test]
fn a_help_page_in_japanese_is_aligned_and_no_wider_than_a_hundred_columns() {
    let mut all = vec![Vec::new()];
    commands(&totatsu::cli::command(), &[], &mut all);
    for path in all {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let help = told(totatsu(&[&words[..], &["-h", "--lang=ja"]].concat()));
        let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let mut begins = BTreeSet::new();
        for line in help.out.lines() {
            assert!(width(line) <= 100, "{path:?}: {line}");
            let option = line.starts_with("      --") || line.starts_with("  -");
            begins.extend(line.rfind("  ").filter(|_| option).map(|at| width(&line[..at])));
        }
        assert!(begins.len() <= 1, "{path:?}: {}", help.out);
    }
}

#[test]
fn a_wrong_command_line_is_told_in_either_language_with_one_code() {
    let wrong: [(&[&str], &str); 11] = [
        (&["list", "--stat", "held"], "TT-9001"),
        (&["lits"], "TT-9002"),
        (&["show"], "TT-9003"),
        (&["resend", "abc"], "TT-9003"),
        (&["list", "--state", "helt"], "TT-9005"),
        (&["list", "--limit"], "TT-9006"),
        (&["list", "--limit", "many"], "TT-9007"),
        (&["demo", "--records", "0"], "TT-9007"),
        (&["hold", "--partner", "x", "--until", "noon", "--reason", "x"], "TT-9007"),
        (&["hold", "abc", "--partner", "x", "--reason", "x"], "TT-9008"),
        (&["list", "--limit", "1", "--limit", "2"], "TT-9009"),
    ];
    for (arguments, code) in wrong {
        for (lang, usage) in [("en", "Usage: totatsu"), ("ja", "使い方: totatsu")] {
            let said = told(totatsu(&[&["--lang", lang], arguments].concat()));
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
            let first = said.err.lines().next().unwrap();
            assert!(first.ends_with(&format!("[{code}]")), "{arguments:?}: {}", said.err);
            let (mark, more) =
                if lang == "en" { ("error: ", "--help") } else { ("エラー: ", "詳しくは") };
            assert!(first.starts_with(mark) && said.err.contains(more), "{arguments:?}: {}", said.err);
            // Some errors have no usage in clap either.
            let has_usage = said.err.contains("Usage") || said.err.contains("使い方");
            assert!(!has_usage || said.err.contains(usage), "{arguments:?}: {}", said.err);
            assert!(lang == "en" || first.chars().filter(|c| is_japanese(*c)).count() > 5, "{}", said.err);
        }
    }
    let similar = told(totatsu(&["lits", "--lang", "ja"]));
    assert!(similar.err.contains("似たコマンドがあります: 'list'"), "{}", similar.err);
    let values = told(totatsu(&["list", "--state", "helt", "--lang", "ja"]));
    assert!(values.err.contains("held") && values.err.contains("指定できる値"), "{}", values.err);
}

#[test]
fn the_language_is_that_of_the_environment_unless_the_command_line_asks_for_another() {
    for (variable, value, title) in [
        ("LC_ALL", "ja_JP.UTF-8", "使い方"),
        ("LC_MESSAGES", "ja_JP", "使い方"),
        ("LANG", "ja_JP.UTF-8", "使い方"),
        ("LANG", "C.UTF-8", "Usage"),
        ("LC_ALL", "en_US.UTF-8", "Usage"),
    ] {
        let mut command = totatsu(&["list", "--help"]);
        command.env("LANG", "ja_JP.UTF-8").env(variable, value);
        assert!(told(command).out.contains(title), "{variable}={value}");
    }
    let mut command = totatsu(&["list", "--lang", "en", "--help"]);
    command.env("LANG", "ja_JP.UTF-8");
    assert!(told(command).out.contains("Usage"));
    assert_eq!(told(totatsu(&["list", "--lang", "fr"])).code, 2);
}

#[test]
fn explain_tells_of_each_code_what_it_says_why_and_what_to_do() {
    for (lang, tongue) in [("en", Tongue::En), ("ja", Tongue::Ja)] {
        let all: Value =
            serde_json::from_str(&told(totatsu(&["explain", "--json", "--lang", lang])).out).unwrap();
        let all = all.as_array().unwrap().clone();
        assert_eq!(all.len(), messages(tongue).len());
        for one in &all {
            let code = one["code"].as_str().unwrap();
            for part in ["why", "do"] {
                assert!(!one[part].as_array().unwrap().is_empty(), "{lang}: {code} doesn't tell {part}");
            }
            assert!(one["about"].is_string(), "{code} is of no family");
        }
        let code = all[0]["code"].as_str().unwrap();
        let says = all[0]["message"].as_str().unwrap();
        for typed in [code.to_owned(), code.to_lowercase(), code[3..].to_owned(), format!("[{code}]")] {
            let said = told(totatsu(&["explain", &typed, "--lang", lang]));
            assert_eq!(said.code, 0, "{}", said.err);
            assert!(said.out.starts_with(code) && said.out.contains(says), "{typed}: {}", said.out);
        }
    }
    let listed = told(totatsu(&["explain"]));
    assert_eq!(listed.out.lines().count(), messages(Tongue::En).len() + 1);
    let family = told(totatsu(&["explain", "TT-12"]));
    assert!(family.out.lines().count() > 10 && !family.out.contains("TT-90"), "{}", family.out);
}

/// What an operator meets most: why a file was rejected, which layout is meant, what the partner's server and certificate lack.
const OFTEN_MET: [&str; 44] = [
    "1206", "1209", "2056", "2059", "2101", "2102", "2103", "2104", "2201", "2203", "2210", "2301", "2401",
    "2402", "2403", "2404", "2405", "2406", "2407", "2408", "2409", "2410", "2411", "2413", "2419", "2424",
    "2425", "2426", "2427", "2429", "2431", "2433", "2435", "2438", "2441", "2447", "3012", "3013", "3021",
    "3201", "3203", "3205", "6033", "6105",
];

#[test]
fn a_code_that_is_often_met_has_its_own_why_and_what_to_do_before_its_familys() {
    for lang in ["en", "ja"] {
        for code in OFTEN_MET {
            let one = told(totatsu(&["explain", code, "--json", "--lang", lang])).out;
            let one: Value = serde_json::from_str(&one).unwrap();
            for part in ["why", "do"] {
                let said = one[part].as_array().unwrap();
                assert_eq!(said.len(), 2, "{lang}: {code} has no {part} of its own");
                let japanese = said[0].as_str().unwrap().chars().any(is_japanese);
                assert!(japanese == (lang == "ja") || lang == "en", "{lang}: {code}: {said:?}");
            }
        }
    }
}

#[test]
fn an_unknown_code_is_refused_with_those_near_it() {
    for typed in ["TT-1299", "1299"] {
        let said = told(totatsu(&["explain", typed]));
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
        assert!(said.err.contains("TT-1217"), "{}", said.err);
    }
    assert_eq!(told(totatsu(&["explain", "nonsense"])).code, 1);
}

#[test]
fn lists_and_questions_are_told_in_japanese_and_a_state_may_be_typed_in_either_language() {
    let made = Configuration::new();
    fs::create_dir_all(made.home().join("spool")).unwrap();
    drop(totatsu_ledger::Ledger::open(&made.home().join("ledger")).unwrap());
    let says = |arguments: &[&str]| {
        let mut command = made.totatsu(arguments);
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "ja_JP.UTF-8");
        told(command)
    };
    for state in ["held", "保留"] {
        let list = says(&["list", "--state", state]);
        assert_eq!((list.code, list.out.as_str()), (0, "ありません\n"), "{}", list.err);
        assert!(list.err.starts_with("totatsu: ゲートウェイが動いていません"), "{}", list.err);
        assert_eq!(list.err.lines().count(), 1, "{}", list.err);
    }
    assert!(says(&["status"]).out.contains("連携先"));
    assert!(says(&["check"]).out.starts_with("正常です: 連携先 1、連携 1、レイアウト 1"));
    let unfit = says(&["hold", "--link", "irai", "--until", "noon", "--reason", "x"]);
    assert!(unfit.err.contains("13:00 または"), "{}", unfit.err);
}
