//! A program that the configuration names: the command of alerts, or of an import.
//!
//! Owns what such a command must be, and how our environment is handed on to it. Nothing of it ever passes through a shell.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// What an [`OperatorCommand`] gets of our environment; secrets and the service manager's socket stay behind.
pub const INHERITED: [&str; 3] = ["PATH", "LANG", "HOME"];
/// Programs that take text for program text. What stands behind `-c` of them, or `-e`, is run.
const INTERPRETERS: [&str; 15] = [
    "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "busybox", "su", "perl",
    "ruby", "python",
];
/// Programs that hand all their arguments to a shell.
const HANDS_TO_SHELL: [&str; 4] = ["ssh", "rsh", "eval", "watch"];

/// An operator's command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorCommand {
    /// The program, then its arguments; never empty.
    pub argv: Vec<String>,
    /// How long it may take.
    pub time_limit: Duration,
}

/// Those of the variables `names` that are set in our environment, with their values.
pub fn inherited<'n>(names: &'n [&'n str]) -> impl Iterator<Item = (&'n str, OsString)> {
    names.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)))
}

/// What is wrong with a command as it is written, if anything is.
pub fn fault_of_command(argv: &[String]) -> Option<String> {
    match argv.first().map(Path::new) {
        Some(program) if program.is_absolute() => None,
        Some(program) => Some(say!("value-whole-path", program = program.display())),
        None => Some(say!("value-no-program")),
    }
}

/// What is wrong with where a command has `placeholder`, which stands for a name that a partner has given: as an argument of
/// its own it is a name whatever is in it, within the text of a script it is a part of the script.
pub fn fault_of_placeholder(argv: &[String], placeholder: &str) -> Option<String> {
    let named = |known: &[&str], argument: &String| {
        let name = Path::new(argument).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        known.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'))
    };
    let interpreter = argv.iter().position(|argument| named(&INTERPRETERS, argument));
    let hands_on = argv.iter().any(|argument| named(&HANDS_TO_SHELL, argument));
    let mut is_script = false;
    for (number, argument) in argv.iter().enumerate() {
        let part_of_text = argument.contains(placeholder)
            && argument.contains(|c: char| c.is_whitespace() || ";&|<>()$`\\\"'*?".contains(c));
        if argument.contains(placeholder) && (number == 0 || hands_on || is_script || part_of_text) {
            return Some(say!(
                "value-part-of-script",
                placeholder = placeholder,
                argument = format!("{argument:?}")
            ));
        }
        let behind = interpreter.is_some_and(|interpreter| interpreter < number);
        is_script = behind && tells_script(argument);
    }
    None
}

/// `-c`, `-lc`, `-e`, `--command` and the like: what follows is program text.
fn tells_script(argument: &str) -> bool {
    match argument.strip_prefix('-') {
        Some(long) if long.starts_with('-') => matches!(long, "-command" | "-eval" | "-exec"),
        Some(letters) => letters.ends_with(['c', 'e', 'E']),
        None => false,
    }
}

/// Why this user can't run a command, if that is so.
pub fn fault_of_program(argv: &[String]) -> Option<String> {
    let program = Path::new(argv.first()?);
    let shown = program.display();
    if !program.is_file() {
        return Some(say!("value-program-missing", program = shown));
    }
    let may = rustix::fs::access(program, rustix::fs::Access::EXEC_OK);
    may.is_err().then(|| say!("value-not-executable", program = shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(argv: &[&str]) -> Option<String> {
        let argv: Vec<String> = argv.iter().map(|argument| (*argument).to_owned()).collect();
        fault_of_placeholder(&argv, "{file}")
    }

    #[test]
    fn a_partners_name_never_becomes_a_part_of_a_script() {
        for script in [
            &["/bin/sh", "-c", "import {file}"] as &[&str],
            &["/bin/sh", "-c", "import '{file}'"],
            &["/bin/sh", "-c", "{file}"],
            &["/bin/bash", "-lc", "{file}"],
            &["/usr/bin/env", "LANG=C", "bash", "-c", "{file}"],
            &["/usr/bin/sudo", "-u", "zei", "/bin/dash", "-c", "import<{file}"],
            &["/usr/bin/busybox", "sh", "-ec", "{file}"],
            &["/usr/bin/su", "zei", "--command", "{file}"],
            &["/usr/bin/python3.12", "-c", "{file}"],
            &["/usr/bin/perl", "-e", "open('{file}')"],
            &["/usr/bin/ssh", "host", "import", "{file}"],
            &["/opt/odd-interpreter", "load(\"{file}\")"],
            &["/var/lib/{file}"],
        ] {
            assert!(fault(script).is_some(), "{script:?}");
        }
    }

    #[test]
    fn a_name_that_is_an_argument_of_its_own_is_allowed() {
        for command in [
            &["/usr/local/bin/import", "{file}"] as &[&str],
            &["/usr/local/bin/import", "--file={file}", "--table", "jukyu"],
            &["/bin/sh", "/usr/local/bin/import.sh", "{file}"],
            &["/bin/sh", "-c", "import \"$1\"", "import", "{file}"],
            &["/bin/tar", "-c", "{file}"],
            &["/usr/bin/python3", "/opt/import.py", "-v", "{file}"],
        ] {
            assert_eq!(fault(command), None, "{command:?}");
        }
    }
}
