//! Words of the ledger as people read them. What stands in the journal, in JSON and on the command line stays as it is.

use crate::step::Step;
use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text_in, word_in, word_of};

/// How the ids of the messages begin that are the words for the states.
const STATE_WORDS: &str = "ledger-state";
/// How the ids of the messages begin that say what the states mean.
const STATE_MEANINGS: &str = "list-meaning";
/// How the ids of the messages begin that are the words for the steps.
const STEP_WORDS: &str = "ledger-step";

/// A state as people read it; a newer gateway's, which this version has no word for, is told as it is.
pub fn state_word(state: &str) -> String {
    word_of(STATE_WORDS, state)
}

/// A state's word in a language, where it has one.
pub fn state_word_in(tongue: Tongue, state: &str) -> Option<String> {
    word_in(tongue, STATE_WORDS, state)
}

/// What a state means, in a language; nothing for a newer gateway's.
pub fn state_meaning(tongue: Tongue, state: &str) -> String {
    word_in(tongue, STATE_MEANINGS, state).unwrap_or_default()
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
        word_of(STEP_WORDS, &self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;
    use crate::state::STATES;

    #[test]
    fn each_state_has_a_word_of_its_own_and_in_english_it_is_the_name() {
        let in_japanese = |state| state_word_in(Tongue::Ja, state).unwrap();
        for state in STATES {
            assert_eq!(state_word(state), state);
            let same = STATES.iter().filter(|other| in_japanese(other) == in_japanese(state));
            assert_eq!(same.count(), 1, "{state}");
        }
    }

    #[test]
    fn each_state_has_a_meaning_in_both_languages() {
        for state in STATES {
            let meanings = [Tongue::Ja, Tongue::En].map(|tongue| state_meaning(tongue, state));
            assert!(meanings.iter().all(|meaning| !meaning.is_empty()), "{state}");
        }
    }

    #[test]
    fn each_step_has_a_word_and_in_english_it_is_the_name() {
        for name in Step::VARIANTS.iter().map(ToString::to_string) {
            assert_eq!(word_in(Tongue::En, STEP_WORDS, &name).as_ref(), Some(&name));
        }
    }
}
