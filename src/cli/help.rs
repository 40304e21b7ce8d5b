//! The help in Japanese: the command line's definition with every text from `i18n/ja/help.ftl`, in a Japanese frame.
//!
//! The English texts are the doc comments of the commands and arguments. `i18n/en/help.ftl` is made of them ([`texts`]), so that a
//! comment that changes is seen there, and the Japanese text beside it can follow; a test compares the two. An id is
//! `help-COMMAND-SUBCOMMAND` for a command, with `--ARGUMENT` behind it for an argument, and another `--VALUE` for one of its values.

use std::str::FromStr as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command};
use totatsu_base::evidence::How;
use totatsu_base::messages::{Tongue, text, text_if_there, text_in, tongue};
use totatsu_ledger::state::STATES;

use super::{screen, terms, wrapping};

/// Columns of a help page that goes to no terminal: as many as clap takes.
const USUAL: usize = 100;

/// Texts of clap's own, each with the id of our message for it. Where one begins like another, the longer one comes first. clap's
/// words stand here only to be found in what it rendered.
const FRAME: [(&str, &str); 18] = [
    ("Usage:", "cli-help-usage"),
    ("Commands:", "cli-help-commands"),
    ("Arguments:", "cli-help-arguments"),
    ("Options:", "cli-help-options"),
    ("[OPTIONS]", "cli-help-any-options"),
    ("<COMMAND>", "cli-help-a-command"),
    ("[COMMAND]", "cli-help-any-command"),
    ("Print help (see more with '--help')", "cli-help-print-more"), // not for people
    ("Print help (see a summary with '-h')", "cli-help-print-less"), // not for people
    ("Print help", "cli-help-print"),                               // not for people
    ("Print this message or the help of the given subcommand(s)", "cli-help-print-of"), // not for people
    ("Print version", "cli-help-version"),                          // not for people
    ("Possible values:", "cli-help-values-list"),                   // not for people
    ("[possible values:", "cli-help-values"),
    ("[default:", "cli-help-default"),
    ("[env:", "cli-help-environment"),
    ("[aliases:", "cli-help-aliases"),
    ("[alias:", "cli-help-alias"),
];

/// What stands before a list of values.
const VALUES: &str = "[possible values: "; // not for people
/// The option that every usage would name.
const CONFIG: &str = " --config <"; // not for people

/// The definition with its texts in a language.
pub(super) fn translated(command: Command, tongue: Tongue) -> Command {
    match tongue {
        Tongue::En => command,
        Tongue::Ja => in_japanese(command, None),
    }
}

/// A page or a usage line as clap rendered it, in the language of this process, and its long lines broken where that language may be.
pub(super) fn framed(rendered: &str) -> String {
    if tongue() == Tongue::En {
        return rendered.to_owned();
    }
    let text = in_frame(&with_words(rendered));
    let columns = screen::columns().unwrap_or(USUAL);
    let ending = if text.ends_with('\n') { "\n" } else { "" };
    text.lines().map(|line| wrapping::folded(line.trim_end(), columns)).collect::<Vec<_>>().join("\n")
        + ending
}

/// The usage that is told with a mistake. `--config` is left out, which clap takes to be required, and no line breaks inside a bracket.
pub(super) fn usage(rendered: &str) -> String {
    let mut text = rendered.to_owned();
    if let Some(at) = text.find(CONFIG) {
        let end = text[at..].find('>').map_or(at, |end| at + end + 1);
        text.replace_range(at..end, "");
    }
    if tongue() == Tongue::Ja {
        text = in_frame(&text);
    }
    text.lines().map(|line| unbroken(line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// What may be typed, with its word beside it where this process speaks Japanese.
pub(super) fn worded(value: &str) -> String {
    match (tongue(), How::from_str(value)) {
        (Tongue::En, _) => value.to_owned(),
        (Tongue::Ja, Ok(how)) => terms::arrived_how(how),
        (Tongue::Ja, Err(_)) => terms::state_with_its_name(value),
    }
}

/// A text with clap's own words replaced by our messages.
fn in_frame(text: &str) -> String {
    FRAME.iter().fold(text.to_owned(), |text, (clap, id)| text.replace(clap, &self::text(id, &[])))
}

/// The lists of values of a page, with their words.
fn with_words(page: &str) -> String {
    let mut told = String::new();
    let mut rest = page;
    while let Some((before, behind)) = rest.split_once(VALUES) {
        let Some((values, after)) = behind.split_once(']') else { break };
        let worded: Vec<String> = values.split(", ").map(worded).collect();
        told += &format!("{before}{VALUES}{}]", worded.join(", "));
        rest = after;
    }
    told + rest
}

/// Breaks a line of a usage that is too long; what stands in one pair of brackets stays on one line.
fn unbroken(line: &str) -> String {
    let columns = screen::columns().unwrap_or(USUAL);
    let (mut lines, mut current, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut word = String::new();
    for c in line.chars().chain([' ']) {
        match c {
            '<' | '[' => depth += 1,
            '>' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c != ' ' || depth > 0 {
            word.push(c);
            continue;
        }
        if !current.trim().is_empty() && wrapping::width(&current) + 1 + wrapping::width(&word) > columns {
            lines.push(std::mem::replace(&mut current, "   ".to_owned()));
        }
        if !(current.is_empty() && lines.is_empty()) {
            current.push(' ');
        }
        current += &std::mem::take(&mut word);
    }
    lines.push(current);
    lines.join("\n")
}

/// Every text of the help with its id, in English.
pub(super) fn texts(command: &Command) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    of_command(command, None, &mut texts);
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|(id, _)| seen.insert(id.clone()));
    texts
}

fn in_japanese(command: Command, above: Option<&str>) -> Command {
    let id = id_of(&command, above);
    let told = |id: &str| text_if_there(Tongue::Ja, id);
    let (about, after) = (told(&id), told(&after_help(&id)));
    let below = above.map(|_| id.as_str()).unwrap_or_default().to_owned();
    // clap breaks no lines: `framed` does, which knows where Japanese may be broken.
    let mut command = command.term_width(0).mut_args(|arg| argument(arg, &id));
    command = command.mut_subcommands(|inner| in_japanese(inner, Some(&below)));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

fn argument(arg: Arg, command: &str) -> Arg {
    let id = format!("{command}--{}", arg.get_id());
    let values = arg.get_possible_values();
    let are_states = are_states(&values);
    let mut arg = match text_if_there(Tongue::Ja, &id) {
        Some(help) => arg.help(help),
        None => arg,
    };
    let named: Vec<String> =
        value_names(&arg).iter().map(|name| text_in(Tongue::Ja, &value(name), &[])).collect();
    if !named.is_empty() {
        arg = arg.value_names(named);
    }
    if values.iter().any(|value| value.get_help().is_some()) {
        let told = values.into_iter().map(|value| {
            let help = match are_states {
                true => Some(terms::state_meaning(Tongue::Ja, value.get_name())),
                false => text_if_there(Tongue::Ja, &format!("{id}--{}", value.get_name())),
            };
            match help {
                Some(help) => value.help(help),
                None => value,
            }
        });
        arg = arg.value_parser(PossibleValuesParser::new(told));
    }
    arg
}

fn of_command(command: &Command, above: Option<&str>, texts: &mut Vec<(String, String)>) {
    let id = id_of(command, above);
    texts.extend(command.get_about().map(|about| (id.clone(), about.to_string())));
    texts.extend(command.get_after_help().map(|after| (after_help(&id), after.to_string())));
    for arg in command.get_arguments() {
        let id = format!("{id}--{}", arg.get_id());
        texts.extend(arg.get_help().map(|help| (id.clone(), help.to_string())));
        texts.extend(value_names(arg).into_iter().map(|name| (value(&name), name)));
        for value in values_of(arg) {
            let id = format!("{id}--{}", value.get_name());
            texts.extend(value.get_help().map(|help| (id, help.to_string())));
        }
    }
    let below = above.map(|_| id.as_str()).unwrap_or_default();
    command.get_subcommands().for_each(|inner| of_command(inner, Some(below), texts));
}

/// The id of a command's text: `help-totatsu` for the program, `help-COMMAND` and `help-COMMAND-SUBCOMMAND` for its commands.
fn id_of(command: &Command, above: Option<&str>) -> String {
    match above {
        None | Some("") => format!("help-{}", command.get_name()),
        Some(above) => format!("{above}-{}", command.get_name()),
    }
}

fn after_help(command: &str) -> String {
    format!("{command}--after-help")
}

/// The id of the name of a value.
fn value(name: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("help-value-{}", name.chars().map(word).collect::<String>())
}

fn value_names(arg: &Arg) -> Vec<String> {
    if !arg.get_action().takes_values() {
        return Vec::new();
    }
    let usual = || vec![arg.get_id().to_string().to_ascii_uppercase()];
    arg.get_value_names().map_or_else(usual, |names| names.iter().map(ToString::to_string).collect())
}

/// The values of an argument that is one of a list.
fn values_of(arg: &Arg) -> Vec<PossibleValue> {
    let values = arg.get_possible_values();
    if !arg.get_action().takes_values() || are_states(&values) { Vec::new() } else { values }
}

/// What the states mean is a message of `list` already.
fn are_states(values: &[PossibleValue]) -> bool {
    values.iter().map(PossibleValue::get_name).eq(STATES)
}
