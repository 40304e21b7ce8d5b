//! Words of fixed lists as people see them. What a person types, and what stands in JSON, stays as it is.

use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text, text_if_there, tongue};
use totatsu_base::say;
use totatsu_ledger::state::STATES;
use totatsu_ledger::{Delivery, Step};

/// A state's word. A newer gateway's, which this version has none for, is told as it is.
pub(super) fn state(state: &str) -> String {
    word("list-state", state)
}

/// A state's word, and behind it what to type to ask for it, where that is another.
pub(super) fn state_with_its_name(name: &str) -> String {
    let word = state(name);
    if word == name { word } else { say!("list-state-and-name", word = word, name = name) }
}

/// What a partner's state is called.
pub(super) fn partner_state(state: &str) -> String {
    word("list-partner", &state.replace(' ', "-"))
}

/// What a step is called.
pub(super) fn step(step: Step) -> String {
    word("list-step", &step.to_string())
}

/// What a person did.
pub(super) fn act(act: &str) -> String {
    word("list-act", act)
}

/// A delivery, or a collection.
pub(super) fn kind(delivery: &Delivery) -> String {
    text(if delivery.collection().is_some() { "list-kind-collection" } else { "list-kind-delivery" }, &[])
}

/// How well an arrival is proven.
pub(super) fn grade(grade: Grade) -> String {
    word("list-grade", grade.word())
}

/// Things named one after the other.
pub(super) fn listed(words: &[String]) -> String {
    words.join(&say!("list-comma"))
}

/// What a state means.
pub(super) fn state_meaning(name: &str) -> String {
    text(&id("list-meaning", name), &[])
}

/// The same in Japanese, for pages that aren't in the language of this process.
pub(super) fn meaning_in_japanese(name: &str) -> Option<String> {
    text_if_there(Tongue::Ja, &id("list-meaning", name))
}

/// The state of a name, or of a Japanese word.
pub(super) fn state_named(typed: &str) -> String {
    let named = STATES.iter().find(|name| state_in_japanese(name).is_some_and(|word| word == typed));
    named.map_or(typed, |name| name).to_owned()
}

/// The Japanese word for a state, which may be typed as well.
pub(super) fn state_in_japanese(name: &str) -> Option<String> {
    text_if_there(Tongue::Ja, &id("list-state", name))
}

fn word(list: &str, name: &str) -> String {
    text_if_there(tongue(), &id(list, name)).unwrap_or_else(|| name.to_owned())
}

fn id(list: &str, name: &str) -> String {
    format!("{list}-{}", name.replace('_', "-"))
}
