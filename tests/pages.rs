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
    let count = told(&whole, "totatsu", &man);
    assert_eq!(fs::read_dir(&man).unwrap().count(), count, "a page tells of a command that isn't there");
    assert!(count > 30, "only {count} commands were walked");
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
