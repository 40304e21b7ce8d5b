//! Words of fixed lists as people see them. What a person types, and what stands in JSON, are the words of the list themselves.

use crate::control::PartnerStatus;
use totatsu_base::evidence::{ActRequest, Grade, How, RequestedAct};
use totatsu_base::messages::{Tongue, text, tongue, word_of};
use totatsu_base::{Moment, say};
use totatsu_ledger::Delivery;
use totatsu_ledger::state::STATES;
pub(super) use totatsu_ledger::words::state_meaning;
use totatsu_ledger::words::{grade_word_in, state_word, state_word_in};

/// Each act by hand, and its word.
const ACT_WORDS: [(&str, &str); 6] = [
    ("held", "list-act-held"),
    ("released", "list-act-released"),
    ("resent", "list-act-resent"),
    ("confirmed", "list-act-confirmed"),
    ("cancelled", "list-act-cancelled"),
    ("contents_removed", "list-act-contents-removed"),
];
/// How the ids of the messages begin that are the words for the kinds of alerts.
const ALERT_KINDS: &str = "alert-kind";
/// The state that people see of a partner whose file doesn't say yet where it is, unless something worse is known of it.
const UNDECIDED: &str = "undecided";
/// The state that people see of a partner that counts as up but has not been reached since the gateway started.
const UNTRIED: &str = "untried";
/// Each state of a partner, and its word.
const PARTNER_WORDS: [(&str, &str); 7] = [
    ("up", "list-partner-up"),
    (UNDECIDED, "list-partner-undecided"),
    (UNTRIED, "list-partner-untried"),
    ("down", "list-partner-down"),
    ("medium wanted", "list-partner-medium-wanted"), // not for people
    ("held", "list-partner-held"),
    ("unknown", "list-partner-unknown"),
];

/// A state's word, and behind it the name to type for it, where that differs.
pub(super) fn state_with_its_name(name: &str) -> String {
    with_its_name(state_word(name), name)
}

fn with_its_name(word: String, name: &str) -> String {
    if word == name { word } else { say!("list-state-and-name", word = word, name = name) }
}

/// What a partner's state is called.
pub(super) fn partner_state(state: &str) -> String {
    word(&PARTNER_WORDS, state)
}

/// How a partner stands, for people: `up` only where it was reached.
pub(super) fn standing_of(partner: &PartnerStatus) -> &str {
    match partner.state.as_str() {
        "up" | "unknown" if partner.undecided => UNDECIDED,
        "up" if !partner.reached => UNTRIED,
        state => state,
    }
}

/// What a person did.
pub(super) fn act(act: &str) -> String {
    word(&ACT_WORDS, act)
}

/// An act that wants a second name.
pub(super) fn requested(act: &RequestedAct) -> String {
    match act {
        RequestedAct::Resend { even_if_older: false } => say!("list-requested-resend"),
        RequestedAct::Resend { even_if_older: true } => say!("list-requested-resend-older"),
        RequestedAct::Confirm { says, how } => {
            say!("list-requested-confirm", says = says, how = arrived_how(*how))
        }
    }
}

/// How something arrived, and what is typed for it.
pub(super) fn arrived_how(how: How) -> String {
    let word = match how {
        How::Medium => say!("list-how-medium"),
        How::Phone => say!("list-how-phone"),
        How::Other => say!("list-how-other"),
    };
    with_its_name(word, how.into())
}

/// The word for an alert's kind. A kind of a newer gateway, for which this version has no word, stays as it is.
pub(super) fn alert_kind(kind: &str) -> String {
    word_of(ALERT_KINDS, kind)
}

/// An act that waits for a second name: by whom, until when, and why.
pub(super) fn awaited(request: &ActRequest) -> String {
    let (act, by, until, reason) = (requested(&request.act), &request.by, request.until, &request.reason);
    match request.until > Moment::now() {
        true => say!("list-second-awaited", act = act, by = by, until = until, reason = reason),
        false => say!("list-second-late", act = act, by = by, until = until, reason = reason),
    }
}

/// A delivery, or a collection.
pub(super) fn kind(delivery: &Delivery) -> String {
    if delivery.collection().is_some() { say!("list-kind-collection") } else { say!("list-kind-delivery") }
}

/// How well an arrival is proven.
pub(super) fn grade(grade: Grade) -> String {
    grade_word_in(tongue(), grade)
}

/// Things named one after the other.
pub(super) fn listed(words: &[String]) -> String {
    words.join(&say!("list-comma"))
}

/// The Japanese word for a state, which may be typed as well.
pub(super) fn state_in_japanese(name: &str) -> Option<String> {
    state_word_in(Tongue::Ja, name)
}

/// The name of a state that was typed by its name or its Japanese word.
pub(super) fn state_named(typed: &str) -> String {
    let named = STATES.iter().find(|name| state_in_japanese(name).is_some_and(|word| word == typed));
    named.map_or(typed, |name| name).to_owned()
}

fn word(words: &[(&str, &str)], name: &str) -> String {
    let id = words.iter().find(|(known, _)| *known == name);
    id.map_or_else(|| name.to_owned(), |(_, id)| text(id, &[]))
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;
    use totatsu_base::messages::word_in;

    use super::*;
    use crate::alert::Kind;

    #[test]
    fn each_kind_of_alert_has_a_word_with_what_scripts_know_it_by() {
        for kind in Kind::VARIANTS.iter().map(|kind| kind.word()) {
            assert_eq!(alert_kind(kind), kind);
            let word = word_in(Tongue::Ja, ALERT_KINDS, kind).unwrap();
            assert!(word.ends_with(&format!("（{kind}）")), "{word}");
        }
    }

    #[test]
    fn each_state_may_be_typed_as_its_name_or_its_japanese_word() {
        for name in STATES {
            let word = state_in_japanese(name).unwrap();
            assert_eq!(state_named(&word), name, "{word}");
            assert_eq!(state_named(name), name);
        }
    }
}
