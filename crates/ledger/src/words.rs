//! Words of the ledger as people read them. What stands in the journal, in JSON and on the command line stays as it is.

use crate::step::Step;
use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text, text_if_there, text_in, tongue};

/// The list of messages that has a word for each state, and the one for each step.
const STATES: &str = "ledger-state";
const STEPS: &str = "ledger-step";

/// A state as people read it; a newer gateway's, which this version has no word for, is told as it is.
pub fn state_word(state: &str) -> String {
    state_word_in(tongue(), state).unwrap_or_else(|| state.to_owned())
}

/// A state's word in a language, where it has one.
pub fn state_word_in(tongue: Tongue, state: &str) -> Option<String> {
    text_if_there(tongue, &format!("{STATES}-{}", state.replace('_', "-")))
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
        text(&format!("{STEPS}-{self}"), &[])
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;
    use crate::state;

    #[test]
    fn each_state_has_a_word_of_its_own_and_in_english_it_is_the_name() {
        let word_of = |state| state_word_in(Tongue::Ja, state).unwrap();
        for state in state::STATES {
            assert_eq!(state_word(state), state);
            let same = state::STATES.iter().filter(|other| word_of(other) == word_of(state));
            assert_eq!(same.count(), 1, "{state}");
        }
    }

    #[test]
    fn each_step_has_a_word_and_in_english_it_is_the_name() {
        assert!(Step::VARIANTS.iter().all(|step| step.told() == step.to_string()));
    }
}
