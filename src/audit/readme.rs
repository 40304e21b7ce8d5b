//! How to verify an export, and what its words mean: one whole text in each language, both in every export.
//!
//! The words of states, grades and acts are those of the screen: they come from the same messages.

use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text_in};
use totatsu_ledger::state::STATES;
use totatsu_ledger::words::{grade_word_in, state_meaning, state_word_in};

use super::acts::ACT_WORDS;

/// The file in each language, and its text with places for names and numbers.
pub(super) const README: [(Tongue, &str, &str); 2] = [
    (Tongue::Ja, "README.ja.txt", include_str!("readme.ja.txt")),
    (Tongue::En, "README.txt", include_str!("readme.en.txt")),
];
/// Each grade of proof, and the message that tells it.
const GRADES: [(Grade, &str); 4] = [
    (Grade::Content, "receipt-certificate-grade-content"),
    (Grade::Size, "receipt-certificate-grade-size"),
    (Grade::Close, "receipt-certificate-grade-close"),
    (Grade::Confirmed, "receipt-certificate-grade-confirmed"),
];

/// What stands in place of `{state_words}`, `{grade_words}` and `{act_words}`: a word of the journal on each line, and what it means.
pub(super) fn words_in(tongue: Tongue) -> [(&'static str, String); 3] {
    let line = |word: &str, means: String| format!("  {word:<18}{means}\n");
    let meaning = |state: &str| {
        let word = state_word_in(tongue, state).unwrap_or_default();
        let means = state_meaning(tongue, state);
        if word == state || means.starts_with(&word) { means } else { format!("{word}: {means}") }
    };
    let states = STATES.iter().map(|state| line(state, meaning(state)));
    let grades = GRADES.iter().map(|(grade, id)| {
        let (word, sentence) = (grade_word_in(tongue, *grade), text_in(tongue, id, &[]));
        let means = if word == grade.word() { sentence } else { format!("{word}: {sentence}") };
        line(grade.word(), means)
    });
    let acts = ACT_WORDS.iter().map(|(act, id)| line(act, text_in(tongue, id, &[])));
    [
        ("{state_words}\n", states.collect()),
        ("{grade_words}\n", grades.collect()),
        ("{act_words}\n", acts.collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_an_export_is_told_in_both_languages_as_the_screen_has_it() {
        for tongue in [Tongue::Ja, Tongue::En] {
            let [states, grades, acts] = words_in(tongue).map(|(_, told)| told);
            for state in STATES {
                let own = states.lines().find(|line| line.trim_start().starts_with(&format!("{state} ")));
                let word = state_word_in(tongue, state).unwrap();
                assert!(own.is_some_and(|line| tongue == Tongue::En || line.contains(&word)), "{states}");
            }
            assert_eq!((grades.lines().count(), acts.lines().count()), (GRADES.len(), ACT_WORDS.len()));
            assert!(!format!("{states}{grades}{acts}").contains("list-"), "{states}{grades}{acts}");
        }
    }
}
