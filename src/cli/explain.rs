//! `totatsu explain`: what a message means that ends with a code, and what to do; and the page of all codes in the documentation.
//!
//! Needs no configuration and no gateway. Command and page read the messages' own files, so they know exactly the codes that exist.

use clap::Args;
use serde::Serialize;

use super::exit::{Exit, fail};
use super::options::Common;
use super::output::{print_json, print_words};
use super::{screen, table, terms, wrapping};
use totatsu_base::messages::{Family, Message, Tongue, families, messages, text_in, tongue};
use totatsu_base::say;

/// How many similar codes are named where a code is unknown.
const NEAR: usize = 3;
/// What stands before each line under a heading.
const INDENT: &str = "  ";

/// `totatsu explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code at the end of a message (TT-1203), or the beginning of several (TT-12); otherwise all are listed
    code: Option<String>,
}

/// A code, for scripts.
#[derive(Serialize)]
struct CodeShown<'a> {
    code: &'a str,
    message: &'a str,
    about: Option<&'a str>,
    why: Vec<&'a str>,
    #[serde(rename = "do")]
    remedy: Vec<&'a str>,
}

/// How each code begins.
const PREFIX: &str = "TT-";

impl Explain {
    pub(super) fn run(&self, common: &Common) -> Exit {
        let (messages, families) = (messages(tongue()), families(tongue()));
        let Some(typed) = &self.code else { return list(common, &messages, &families) };
        let code = canonical(typed);
        if code == PREFIX {
            return fail(Exit::Failed, &say!("cli-explain-form", code = typed));
        }
        if let Some(message) = messages.iter().find(|message| message.code == code) {
            let shown = shown(message, &families);
            return common.tell(&shown, Exit::Done, one);
        }
        let some: Vec<Message> =
            self::messages(tongue()).into_iter().filter(|message| message.code.starts_with(&code)).collect();
        if !some.is_empty() {
            return list(common, &some, &families);
        }
        let near = terms::listed(&near(&code, &messages));
        fail(Exit::Failed, &say!("cli-explain-unknown", code = typed, near = near))
    }
}

/// The page of all codes, as it stands in the documentation.
pub(super) fn page(tongue: Tongue) -> String {
    let said = |id| text_in(tongue, id, &[]);
    let (messages, mut families) = (messages(tongue), families(tongue));
    families.sort_by(|one, other| one.prefix.cmp(&other.prefix));
    let [title, made, page] = ["cli-explain-title", "cli-explain-made", "cli-explain-page"].map(said);
    let mut text = format!("# {title}\n\n{made}\n\n{page}\n");
    let columns =
        ["cli-explain-column-code", "cli-explain-column-message", "cli-explain-why", "cli-explain-do"];
    let head = format!("| {} |\n|---|---|---|---|\n", columns.map(said).join(" | "));
    for family in &families {
        let of = messages.iter().filter(|message| message.code.starts_with(&family.prefix));
        let rows: Vec<String> = of.map(row).collect();
        if rows.is_empty() {
            continue;
        }
        text += &format!("\n## {}: {}\n", family.prefix, family.about);
        for (heading, told) in [("cli-explain-why", &family.why), ("cli-explain-do", &family.remedy)] {
            if let Some(told) = told {
                text += &format!("\n**{}**: {}\n", said(heading), cell(told));
            }
        }
        text += &format!("\n{head}{}", rows.concat());
    }
    text
}

fn row(message: &Message) -> String {
    let told = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    let (why, remedy) = (told(&message.why), told(&message.remedy));
    format!("| {} | {} | {why} | {remedy} |\n", message.code, cell(&message.says))
}

/// A text in a table of Markdown.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "\\<").replace('*', "\\*")
}

/// One code, whole.
fn one(shown: &CodeShown<'_>) -> String {
    let columns = screen::columns().map_or(usize::MAX, |columns| columns.saturating_sub(INDENT.len()));
    let about = shown.about.map(|about| format!("  {about}")).unwrap_or_default();
    let mut text = format!("{}{about}\n", screen::heading(shown.code));
    let parts = [
        (say!("cli-explain-says"), vec![shown.message]),
        (say!("cli-explain-why"), shown.why.clone()),
        (say!("cli-explain-do"), shown.remedy.clone()),
    ];
    for (heading, told) in parts.iter().filter(|(_, told)| !told.is_empty()) {
        text += &format!("\n{}\n", screen::heading(heading));
        for line in told.iter().flat_map(|told| wrapping::wrapped(told, columns)) {
            text += &format!("{INDENT}{line}\n");
        }
    }
    text
}

/// Codes with their messages, as one table.
fn list(common: &Common, some: &[Message], families: &[Family]) -> Exit {
    if common.json {
        let shown: Vec<CodeShown<'_>> = some.iter().map(|message| shown(message, families)).collect();
        return print_json(&shown, Exit::Done);
    }
    let (code, message) = (say!("cli-explain-column-code"), say!("cli-explain-column-message"));
    let rows = some.iter().map(|message| vec![message.code.clone(), message.says.clone()]).collect();
    print_words(&table::table(&[&code, &message], rows), Exit::Done)
}

fn shown<'a>(message: &'a Message, families: &'a [Family]) -> CodeShown<'a> {
    let family = families.iter().find(|family| message.code.starts_with(&family.prefix));
    let both = |own: &'a Option<String>, common: Option<&'a Option<String>>| {
        own.as_deref().into_iter().chain(common.and_then(|common| common.as_deref())).collect()
    };
    CodeShown {
        code: &message.code,
        message: &message.says,
        about: family.map(|family| family.about.as_str()),
        why: both(&message.why, family.map(|family| &family.why)),
        remedy: both(&message.remedy, family.map(|family| &family.remedy)),
    }
}

/// A code as it stands behind a message, however it was typed.
fn canonical(typed: &str) -> String {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    format!("{PREFIX}{digits}")
}

/// The codes whose numbers are nearest, those of the same family first.
fn near(code: &str, messages: &[Message]) -> Vec<String> {
    let number =
        |code: &str| code.trim_start_matches(PREFIX).get(..4).and_then(|text| text.parse::<u32>().ok());
    let padded = format!("{code:0<7}");
    let wanted = number(&padded).unwrap_or_default();
    let mut codes: Vec<&String> = messages.iter().map(|message| &message.code).collect();
    codes.sort_by_key(|code| {
        let known = number(code).unwrap_or_default();
        (known / 100 != wanted / 100, known.abs_diff(wanted))
    });
    let mut near: Vec<String> = codes.into_iter().take(NEAR).cloned().collect();
    near.sort();
    near
}
