//! Writes the files that are made of texts which stand elsewhere: `cargo run --example texts`.
//!
//! `i18n/en/help.ftl` is made of the doc comments of the command line, `docs/codes.md` and `docs/ja/codes.md` of the messages that have
//! a code. A test compares them with what they are made of. On failure: the message of the file system, and exit code 1.

use std::fs;
use std::process::ExitCode;

use totatsu::cli;
use totatsu_base::messages::Tongue;

/// What stands before the texts of the help.
const HEADING: &str = "\
# The help of the command line. Made of the doc comments in src/cli by: cargo run --example texts
# The Japanese texts stand in i18n/ja/help.ftl, under the same ids, and are written by people.

";

#[allow(dead_code, reason = "the test of these files takes this file in as a module")]
fn main() -> ExitCode {
    for (path, text) in files() {
        if let Err(error) = fs::write(path, text) {
            eprintln!("texts: {path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Each file, and what stands in it.
pub fn files() -> [(&'static str, String); 3] {
    let help: String = cli::help_texts().iter().map(|(id, text)| message(id, text)).collect();
    [
        ("i18n/en/help.ftl", format!("{HEADING}{help}")),
        ("docs/codes.md", cli::codes_page(Tongue::En)),
        ("docs/ja/codes.md", cli::codes_page(Tongue::Ja)),
    ]
}

/// A text as a message in Fluent's format.
fn message(id: &str, text: &str) -> String {
    let literal = |text: &str| text.replace('{', "\u{1}").replace('}', "{\"}\"}").replace('\u{1}', "{\"{\"}");
    if !text.contains('\n') {
        return format!("{id} = {}\n", literal(text));
    }
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("    {}\n", literal(line)),
    };
    format!("{id} =\n{}", text.lines().map(line).collect::<String>())
}
