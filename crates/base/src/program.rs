//! A program that the configuration names: the command of alerts, or of an import.
//!
//! Owns what such a command must be. Nothing of it ever passes through a shell.

use std::path::Path;

/// What is wrong with a command as it is written, if anything is.
pub fn fault_of_command(argv: &[String]) -> Option<String> {
    match argv.first().map(Path::new) {
        Some(program) if program.is_absolute() => None,
        Some(program) => Some(format!("write the whole path of {}, from /", program.display())),
        None => Some("empty: name a program, then its arguments".to_owned()),
    }
}

/// Why this user can't run a command, if that is so.
pub fn fault_of_program(argv: &[String]) -> Option<String> {
    let program = Path::new(argv.first()?);
    let shown = program.display();
    if !program.is_file() {
        return Some(format!("there is no file {shown}"));
    }
    let may = rustix::fs::access(program, rustix::fs::Access::EXEC_OK);
    may.is_err().then(|| format!("{shown} can't be executed by this user"))
}
