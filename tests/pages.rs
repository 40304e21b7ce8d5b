//! The man pages and completions of the package tell of every command.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "../examples/pages.rs"]
mod pages;

use std::fs;
use std::path::Path;
use std::process::Command as Process;

use clap::Command;

#[test]
fn each_command_has_a_man_page_that_names_each_of_its_options() {
    let directory = tempfile::tempdir().unwrap();
    pages::write(directory.path()).unwrap();
    let man = directory.path().join("man");
    let mut whole = totatsu::cli::command().disable_help_subcommand(true);
    whole.build();
    for man in [man.join("ja"), man.clone()] {
        let count = told(&whole, "totatsu", &man);
        let pages = fs::read_dir(&man).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file());
        assert_eq!(pages.count(), count, "a page tells of a command that isn't there: {}", man.display());
        assert!(count > 30, "only {count} commands were walked");
    }
}

#[test]
fn the_japanese_man_pages_have_no_english_heading_and_no_english_paragraph() {
    let directory = tempfile::tempdir().unwrap();
    pages::write(directory.path()).unwrap();
    for entry in fs::read_dir(directory.path().join("man/ja")).unwrap() {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        let is_japanese = |line: &str| line.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c));
        for line in page.lines().filter(|line| line.starts_with(".SH")) {
            assert!(is_japanese(line), "{}: {line}", path.display());
        }
        // A sentence in English has words of letters alone, one behind the other.
        for line in page.lines().filter(|line| !line.starts_with(['.', '\'']) && !is_japanese(line)) {
            let words =
                line.split(' ').filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic));
            assert!(words.count() < 3, "{}: {line}", path.display());
        }
    }
}

/// Looks at the page of a command and of all below it; how many these are.
fn told(command: &Command, name: &str, man: &Path) -> usize {
    let page = fs::read_to_string(man.join(format!("{name}.1")));
    let page = page.unwrap_or_else(|error| panic!("{name} has no page: {error}"));
    // roff(7) writes a hyphen that may be searched for as \-.
    let page = page.replace("\\-", "-");
    for option in command.get_arguments().filter_map(|argument| argument.get_long()) {
        assert!(page.contains(&format!("--{option}")), "{name}.1 doesn't name --{option}");
    }
    let below =
        command.get_subcommands().map(|inner| told(inner, &format!("{name}-{}", inner.get_name()), man));
    1 + below.sum::<usize>()
}

#[test]
fn bash_zsh_and_fish_complete_each_command() {
    let directory = tempfile::tempdir().unwrap();
    pages::write(directory.path()).unwrap();
    for name in ["totatsu.bash", "_totatsu", "totatsu.fish"] {
        let file = directory.path().join("completions").join(name);
        let text = fs::read_to_string(&file).unwrap();
        for command in totatsu::cli::command().get_subcommands() {
            assert!(text.contains(command.get_name()), "{name} doesn't complete {}", command.get_name());
        }
    }
    let bash = directory.path().join("completions/totatsu.bash");
    assert!(Process::new("bash").arg("-n").arg(bash).status().unwrap().success());
}

#[test]
fn the_template_of_several_gateways_is_the_unit_of_one_under_other_names() {
    let unit = |name: &str| fs::read_to_string(Path::new("systemd").join(name)).unwrap();
    let keys = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect()
    };
    let several = unit("totatsu@.service");
    assert!(several.contains("StateDirectory=totatsu-%i"), "each has a directory of its own");
    let one = several.replace("-%i", "").replace(" %i", "");
    assert_eq!(keys(&one), keys(&unit("totatsu.service")));
}

#[test]
fn the_package_finds_the_format_of_the_journal_in_its_source() {
    let script = fs::read_to_string("scripts/package").unwrap();
    let asks = script.lines().find(|line| line.starts_with("format=$(sed ")).expect("it asks the source");
    let output = Process::new("bash").arg("-c").arg(format!("{asks}; echo \"$format\"")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told.trim(), totatsu_ledger::journal::FORMAT.to_string());
}
