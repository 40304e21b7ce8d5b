//! Words of the ledger as people read them. What stands in the journal, in JSON and on the command line stays as it is.

use crate::step::Step;
use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text, text_in};

/// Each state, and the message that is its word.
const STATE_WORDS: [(&str, &str); 26] = [
    ("found", "ledger-state-found"),
    ("fetched", "ledger-state-fetched"),
    ("decoded", "ledger-state-decoded"),
    ("placing", "ledger-state-placing"),
    ("placed", "ledger-state-placed"),
    ("importing", "ledger-state-importing"),
    ("imported", "ledger-state-imported"),
    ("accepted", "ledger-state-accepted"),
    ("converted", "ledger-state-converted"),
    ("transferring", "ledger-state-transferring"),
    ("transferred", "ledger-state-transferred"),
    ("verified", "ledger-state-verified"),
    ("published", "ledger-state-published"),
    ("acknowledged", "ledger-state-acknowledged"),
    ("confirmed", "ledger-state-confirmed"),
    ("receipted", "ledger-state-receipted"),
    ("archived", "ledger-state-archived"),
    ("queued", "ledger-state-queued"),
    ("handed_over", "ledger-state-handed-over"),
    ("waiting", "ledger-state-waiting"),
    ("unknown", "ledger-state-unknown"),
    ("held", "ledger-state-held"),
    ("rejected", "ledger-state-rejected"),
    ("repeated", "ledger-state-repeated"),
    ("superseded", "ledger-state-superseded"),
    ("cancelled", "ledger-state-cancelled"),
];

/// A state as people read it; a newer gateway's, which this version has no word for, is told as it is.
pub fn state_word(state: &str) -> String {
    message_of(state).map_or_else(|| state.to_owned(), |id| text(id, &[]))
}

/// A state's word in a language, where it has one.
pub fn state_word_in(tongue: Tongue, state: &str) -> Option<String> {
    message_of(state).map(|id| text_in(tongue, id, &[]))
}

/// What people call a grade of proof, in a language: on the screen, on certificates and in exports alike.
pub fn grade_word_in(tongue: Tongue, grade: Grade) -> String {
    let id = match grade {
        Grade::Confirmed => "ledger-grade-confirmed",
        Grade::Close => "ledger-grade-close",
        Grade::Size => "ledger-grade-size",
        Grade::Content => "ledger-grade-content",
    };
    text_in(tongue, id, &[])
}

impl Step {
    /// The step as people read it.
    pub fn told(self) -> String {
        let id = match self {
            Step::Accept => "ledger-step-accept",
            Step::Convert => "ledger-step-convert",
            Step::Transfer => "ledger-step-transfer",
            Step::Verify => "ledger-step-verify",
            Step::Publish => "ledger-step-publish",
            Step::Acknowledge => "ledger-step-acknowledge",
            Step::Fetch => "ledger-step-fetch",
            Step::Decode => "ledger-step-decode",
            Step::Place => "ledger-step-place",
            Step::Import => "ledger-step-import",
            Step::Answer => "ledger-step-answer",
            Step::Clear => "ledger-step-clear",
            Step::Receipt => "ledger-step-receipt",
            Step::Archive => "ledger-step-archive",
        };
        text(id, &[])
    }
}

fn message_of(state: &str) -> Option<&'static str> {
    STATE_WORDS.iter().find(|(known, _)| *known == state).map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::STATES;

    #[test]
    fn each_state_has_a_word_of_its_own_and_in_english_it_is_the_name() {
        for state in STATES {
            assert_eq!(state_word(state), state);
            let word = state_word_in(Tongue::Ja, state);
            assert_eq!(
                STATES.iter().filter(|other| state_word_in(Tongue::Ja, other) == word).count(),
                1,
                "{state}"
            );
        }
        assert_eq!(STATE_WORDS.map(|(state, _)| state), STATES);
    }
}
