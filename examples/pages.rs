//! Writes the man pages and the shells' completions into a directory, from the definition of the command line:
//! `cargo run --example pages -- DIR`.
//!
//! Promises one page for each command, under `man/`, and under `completions/` one file for each of bash, zsh and fish, with the
//! names that these look for. On failure: the message of the file system, and exit code 1. Never asks a gateway or a configuration.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap_complete::{Shell, generate_to};

/// The shells for which completions are written.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

#[allow(dead_code, reason = "the test of these pages takes this file in as a module")]
fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("usage: pages DIR");
        return ExitCode::from(2);
    };
    match write(Path::new(&directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pages: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes all of them below `directory`.
pub fn write(directory: &Path) -> io::Result<()> {
    let (man, completions) = (directory.join("man"), directory.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(totatsu::cli::command(), &man)?;
    for shell in SHELLS {
        generate_to(shell, &mut totatsu::cli::command(), "totatsu", &completions)?;
    }
    Ok(())
}
