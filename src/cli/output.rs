//! What a command prints on standard output, and the runtime on which it works.

use std::io::Write as _;

use super::exit::{Exit, failed};
use super::options::Common;
use super::screen;
use super::wrapping::fitted;
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_base::typeset::unhidden;

/// Says that the daemon's answer doesn't fit the question.
pub(super) fn unexpected_answer() -> Exit {
    failed(say!("cli-unexpected-answer"))
}

/// Runs a future to its end on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(os_error(&error)))?;
    Ok(runtime.block_on(work))
}

/// Prints an answer on standard output and hands `exit` back, unless the answer can't be written. A reader that has seen
/// enough, such as `head`, is no error.
pub(super) fn print(text: &str, exit: Exit) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            failed(say!("cli-unwritable-answer", error = os_error(&error)))
        }
        Ok(()) | Err(_) => exit,
    }
}

impl Common {
    /// Prints an answer as JSON where that is asked for, else in words, as [`print_words`] does.
    pub(super) fn tell<T: serde::Serialize>(
        &self,
        answer: &T,
        exit: Exit,
        words: impl FnOnce(&T) -> String,
    ) -> Exit {
        if self.json { print_json(answer, exit) } else { print_words(&words(answer), exit) }
    }
}

/// Prints an answer for people, in lines that fit the terminal, in which nothing hides or turns the direction of writing; hands
/// `exit` back as [`print`] does.
pub(super) fn print_words(text: &str, exit: Exit) -> Exit {
    print(&fitted(&unhidden(text), screen::columns()), exit)
}

/// Prints a value as JSON on one line, and hands `exit` back as [`print`] does.
pub(super) fn print_json(value: &impl serde::Serialize, exit: Exit) -> Exit {
    match serde_json::to_string(value) {
        Ok(text) => print(&format!("{text}\n"), exit),
        Err(error) => failed(error),
    }
}
