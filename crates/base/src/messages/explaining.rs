//! What a code means: for `totatsu explain` and for the lists of codes in the documentation.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::rooms::{ROOMS, Room};
use super::say::{attribute, text_in};
use super::tongue::Tongue;

/// A message that has a code.
#[derive(Debug)]
pub struct Message {
    /// The message's id, as the source names it.
    pub id: String,
    /// The message's code, such as `TT-1203`.
    pub code: String,
    /// What the message says, with ‹name› for each argument.
    pub says: String,
    /// Why this happens, where the message's family doesn't say that already.
    pub why: Option<String>,
    /// What to do, where neither the message nor its family says that already.
    pub remedy: Option<String>,
}

/// What the messages have in common whose codes begin with the same two digits.
#[derive(Debug)]
pub struct Family {
    /// What all of their codes begin with, such as `TT-12`.
    pub prefix: String,
    /// What the family's messages are about.
    pub about: String,
    /// What the gateway does when it says one of them.
    pub why: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

/// Every message that has a code, in a language, in the order of the codes.
pub fn messages(tongue: Tongue) -> Vec<Message> {
    let mut messages: Vec<_> =
        ids(tongue).filter_map(|(id, arguments)| explained(tongue, id, &arguments)).collect();
    messages.sort_by(|one, other| one.code.cmp(&other.code));
    messages
}

/// Every family of codes, in a language.
pub fn families(tongue: Tongue) -> Vec<Family> {
    let of = |digits: String| {
        let id = format!("family-{digits}");
        Family {
            prefix: format!("TT-{digits}"),
            about: text_in(tongue, &id, &[]),
            why: attribute(tongue, &id, "why"),
            remedy: attribute(tongue, &id, "do"),
        }
    };
    ids(tongue).filter_map(|(id, _)| Some(of(id.strip_prefix("family-")?.to_owned()))).collect()
}

fn explained(tongue: Tongue, id: String, arguments: &[String]) -> Option<Message> {
    let code = attribute(tongue, &id, "code")?;
    let shown: Vec<_> = arguments.iter().map(|name| (name.as_str(), format!("‹{name}›"))).collect();
    let says = text_in(tongue, &id, &shown);
    let says = says.trim_end_matches(&format!(" [{code}]")).to_owned();
    Some(Message { code, says, why: attribute(tongue, &id, "why"), remedy: attribute(tongue, &id, "do"), id })
}

/// The ids of the messages of a list, by what all of them begin with.
pub(crate) fn ids_in(list: &str) -> impl Iterator<Item = String> {
    let of_list = format!("{list}-");
    let room = ROOMS.iter().find(|room| list.split('-').next() == Some(room.name));
    let ids = room.into_iter().flat_map(|room| ids_of(room, Tongue::En)).map(|(id, _)| id);
    ids.filter(move |id| id.starts_with(&of_list))
}

/// Every message's id and the names of its arguments, file by file.
pub fn ids(tongue: Tongue) -> impl Iterator<Item = (String, Vec<String>)> {
    ROOMS.iter().flat_map(move |room| ids_of(room, tongue))
}

fn ids_of(room: &Room, tongue: Tongue) -> Vec<(String, Vec<String>)> {
    let parsed = fluent_syntax::parser::parse(room.of(tongue)).unwrap_or_else(|(readable, _)| readable);
    let of = |entry: Entry<&str>| match entry {
        Entry::Message(message) => {
            Some((message.id.name.to_owned(), message.value.as_ref().map(arguments).unwrap_or_default()))
        }
        Entry::Term(_)
        | Entry::Comment(_)
        | Entry::GroupComment(_)
        | Entry::ResourceComment(_)
        | Entry::Junk { .. } => None,
    };
    parsed.body.into_iter().filter_map(of).collect()
}

/// The names of the arguments that a pattern takes, each once, in the order in which they stand.
fn arguments(pattern: &Pattern<&str>) -> Vec<String> {
    let mut names = Vec::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, &mut names);
        }
    }
    names
}

fn of_expression(expression: &Expression<&str>, names: &mut Vec<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, names),
        Expression::Select { selector, variants } => {
            of_inline(selector, names);
            for name in variants.iter().flat_map(|variant| arguments(&variant.value)) {
                add(name, names);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, names: &mut Vec<String>) {
    match inline {
        InlineExpression::VariableReference { id } => add(id.name.to_owned(), names),
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|argument| of_inline(argument, names));
        }
        InlineExpression::Placeable { expression } => of_expression(expression, names),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}

fn add(name: String, names: &mut Vec<String>) {
    if !names.contains(&name) {
        names.push(name);
    }
}
