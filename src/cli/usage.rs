//! What is said of a command line that can't be understood, and how help and version are shown.
//!
//! Owns the sentences: clap tells which argument is wrong and how, and the sentence is a message. Exit codes are clap's.

#![allow(clippy::wildcard_enum_match_arm, reason = "the kinds of clap's errors are an open list")]

use std::io::{self, Write};
use std::num::{IntErrorKind, ParseIntError};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::builder::styling::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use totatsu_base::messages::{Tongue, tongue};
use totatsu_base::say;

use super::{help, screen, terms};

/// clap's words between a number and the range that it lies outside.
const NOT_IN: &str = " is not in "; // not for people

/// Shows the help or the version that was asked for, or says what is wrong. Returns how the process ends.
pub(super) fn end(error: &Error) -> ExitCode {
    let text = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            help::framed(&error.render().ansi().to_string())
        }
        _ => screen::fitted_beside(&told(error)),
    };
    // Where the text can't be written, there is nowhere to say so.
    drop(if error.use_stderr() {
        AutoStream::auto(io::stderr()).write_all(text.as_bytes())
    } else {
        AutoStream::auto(io::stdout()).write_all(text.as_bytes())
    });
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(u8::MAX))
}

/// The whole text of an error: what is wrong, what would be right, the usage, and where to read more.
fn told(error: &Error) -> String {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let mut text = format!("{red}{}{red:#} {}\n", say!("cli-usage-error"), sentence(error));
    for line in right(error) {
        text += &format!("  {line}\n");
    }
    let tips = tips(error);
    if !tips.is_empty() {
        text.push('\n');
    }
    for tip in tips {
        text += &format!("  {}\n", say!("cli-usage-tip", tip = tip));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        text += &format!("\n{}\n", help::usage(&usage.to_string()));
    }
    format!("{text}\n{}\n", say!("cli-usage-more"))
}

/// The sentence that says what is wrong.
fn sentence(error: &Error) -> String {
    let argument = of(error, ContextKind::InvalidArg);
    let value = of(error, ContextKind::InvalidValue);
    let command = of(error, ContextKind::InvalidSubcommand);
    match error.kind() {
        ErrorKind::UnknownArgument => say!("cli-usage-unknown-argument", argument = argument),
        ErrorKind::InvalidSubcommand => say!("cli-usage-unknown-command", command = command),
        ErrorKind::MissingRequiredArgument => say!("cli-usage-missing", arguments = argument),
        ErrorKind::MissingSubcommand => say!("cli-usage-no-command", command = command),
        ErrorKind::InvalidValue if value.is_empty() => say!("cli-usage-no-value", argument = argument),
        ErrorKind::InvalidValue => say!("cli-usage-invalid", value = value, argument = argument),
        ErrorKind::ValueValidation => {
            say!("cli-usage-unfit", value = value, argument = argument, why = why(error))
        }
        ErrorKind::ArgumentConflict => conflict(error, &argument),
        ErrorKind::TooManyValues => say!("cli-usage-too-many", value = value, argument = argument),
        ErrorKind::InvalidUtf8 => say!("cli-usage-not-utf8"),
        other => say!("cli-usage-otherwise", why = other),
    }
}

fn conflict(error: &Error, argument: &str) -> String {
    let quoted = |name: &String| format!("'{name}'");
    match error.get(ContextKind::PriorArg) {
        Some(ContextValue::String(prior)) if prior == argument => {
            say!("cli-usage-twice", argument = argument)
        }
        Some(ContextValue::String(prior)) => {
            say!("cli-usage-conflict", argument = argument, others = quoted(prior))
        }
        Some(ContextValue::Strings(priors)) => {
            let others = terms::listed(&priors.iter().map(quoted).collect::<Vec<_>>());
            say!("cli-usage-conflict", argument = argument, others = others)
        }
        _ => say!("cli-usage-conflict", argument = argument, others = say!("cli-usage-others")),
    }
}

/// Why a value isn't fit.
fn why(error: &Error) -> String {
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    if let Some(number) = source.downcast_ref::<ParseIntError>() {
        return match number.kind() {
            IntErrorKind::Empty => say!("cli-usage-empty"),
            IntErrorKind::PosOverflow => say!("cli-usage-too-large"),
            IntErrorKind::NegOverflow => say!("cli-usage-too-small"),
            _ => say!("cli-usage-digits"),
        };
    }
    let text = source.to_string();
    if let Some((value, range)) = text.split_once(NOT_IN) {
        return say!("cli-usage-range", value = value, range = range);
    }
    // A text in ASCII alone isn't ours: each of ours has a Japanese letter.
    if tongue() == Tongue::Ja && text.is_ascii() { say!("cli-usage-quoted", text = text) } else { text }
}

/// The values or commands that would be right.
fn right(error: &Error) -> Vec<String> {
    let values: Vec<String> =
        list(error, ContextKind::ValidValue).iter().map(|value| help::worded(value)).collect();
    let commands = list(error, ContextKind::ValidSubcommand);
    let values = (!values.is_empty()).then(|| say!("cli-usage-possible", values = values.join(", ")));
    let commands = (!commands.is_empty()).then(|| say!("cli-usage-commands", commands = commands.join(", ")));
    values.into_iter().chain(commands).collect()
}

/// The commands, arguments or values that may have been meant.
fn tips(error: &Error) -> Vec<String> {
    let names = |kind| list(error, kind).into_iter();
    let commands = names(ContextKind::SuggestedSubcommand);
    let commands = commands.map(|name| say!("cli-usage-similar-command", name = name));
    let arguments = names(ContextKind::SuggestedArg);
    let arguments = arguments.map(|name| say!("cli-usage-similar-argument", name = name));
    let values = names(ContextKind::SuggestedValue);
    let values = values.map(|name| say!("cli-usage-similar-value", name = name));
    // clap has more suggestions, as sentences of its own; `--` is the only one that our commands can lead to.
    let escapes = error.kind() == ErrorKind::UnknownArgument && error.get(ContextKind::Suggested).is_some();
    let escape = escapes.then(|| say!("cli-usage-escape", argument = of(error, ContextKind::InvalidArg)));
    commands.chain(arguments).chain(values).chain(escape).collect()
}

/// What an error says under this kind of context, as one text.
fn of(error: &Error, kind: ContextKind) -> String {
    terms::listed(&list(error, kind))
}

fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(several)) => several.clone(),
        _ => Vec::new(),
    }
}
