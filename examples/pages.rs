//! Writes the man pages and the shells' completions into a directory, from the definition of the command line:
//! `cargo run --example pages -- DIR`.
//!
//! Promises one page for each command, under `man/`, and in Japanese under `man/ja/`; under `completions/` one file for each of bash, zsh and fish, with the
//! names that these look for. On failure: the message of the file system, and exit code 1. Never asks a gateway or a configuration.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap_complete::{Shell, generate_to};
use totatsu_base::messages::Tongue;

/// The shells for which completions are written.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// What a page says by itself, as roff writes it, and the same in Japanese. The longer of two that begin alike comes first.
const FRAME: [(&str, &str); 15] = [
    (".SH NAME\n", ".SH 名前\n"),
    (".SH SYNOPSIS\n", ".SH 書式\n"),
    (".SH DESCRIPTION\n", ".SH 説明\n"),
    (".SH OPTIONS\n", ".SH オプション\n"),
    (".SH SUBCOMMANDS\n", ".SH コマンド\n"),
    (".SH EXTRA\n", ".SH 補足\n"),
    (".SH VERSION\n", ".SH バージョン\n"),
    ("\\fIsubcommands\\fR", "\\fIコマンド\\fR"),
    ("\\fIPossible values:\\fR", "\\fI指定できる値:\\fR"),
    ("May also be specified with the ", "環境変数 "),
    (" environment variable. ", " でも指定できる。"),
    ("Print help (see more with \\*(Aq\\-\\-help\\*(Aq)", "ヘルプを表示（詳しくは \\-\\-help）"),
    ("Print help (see a summary with \\*(Aq\\-h\\*(Aq)", "ヘルプを表示（要約は \\-h）"),
    ("Print help", "ヘルプを表示"),
    ("Print version", "バージョンを表示"),
];

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
    write_japanese(&man.join("ja"))?;
    for shell in SHELLS {
        generate_to(shell, &mut totatsu::cli::command(), "totatsu", &completions)?;
    }
    Ok(())
}

/// Writes the pages in Japanese: the texts from the definition, and what the generator says by itself.
fn write_japanese(man: &Path) -> io::Result<()> {
    fs::create_dir_all(man)?;
    clap_mangen::generate_to(totatsu::cli::command_in(Tongue::Ja), man)?;
    for entry in fs::read_dir(man)? {
        let path = entry?.path();
        let page = fs::read_to_string(&path)?;
        fs::write(
            &path,
            FRAME.iter().fold(page, |page, (english, japanese)| page.replace(english, japanese)),
        )?;
    }
    Ok(())
}
