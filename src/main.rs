//! The `totatsu` command: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    totatsu::cli::main()
}
