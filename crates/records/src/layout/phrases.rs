//! Phrases that a text must hold: what a law wants written into a free text, checked where a link asks for it.
//!
//! Owns: the form of a phrase, in which `#` stands for a number.
//! Promises: a text that passes holds every phrase with a number in it, in digits of either width, with commas or without.
//! On failure: the first phrase that is missing.
//! Never: says what the text holds.

/// The phrases of an item, and whether the link has them checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequiredPhrases {
    /// The name of the link's value.
    pub(crate) key: String,
    pub(crate) phrases: Vec<String>,
    pub(crate) asked: PhraseCheck,
}

/// How strictly phrases are asked for, by the word of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum PhraseCheck {
    /// Phrases are not asked for.
    Off,
    /// A text that begins one of them holds all of them, in their form.
    Form,
    /// Every text holds all of them.
    Required,
}

impl RequiredPhrases {
    /// The first phrase that a text lacks.
    pub(super) fn lacking(&self, text: &str) -> Option<&str> {
        let begins = |phrase: &String| text.contains(parts(phrase).0);
        let wanted = match self.asked {
            PhraseCheck::Off => false,
            PhraseCheck::Form => self.phrases.iter().any(begins),
            PhraseCheck::Required => true,
        };
        let lacks = |phrase: &&String| wanted && !holds(text, phrase);
        self.phrases.iter().find(lacks).map(String::as_str)
    }
}

/// A phrase is words, one `#`, and words; the words before it are told from those of others.
pub(super) fn is_phrase(phrase: &str) -> bool {
    let (before, after) = parts(phrase);
    !before.is_empty() && !after.is_empty() && !after.contains('#')
}

fn parts(phrase: &str) -> (&str, &str) {
    phrase.split_once('#').unwrap_or((phrase, ""))
}

fn holds(text: &str, phrase: &str) -> bool {
    let (before, after) = parts(phrase);
    text.match_indices(before).any(|(at, _)| {
        let rest = &text[at + before.len()..];
        let digits = rest.chars().take_while(|&c| is_digit(c) || matches!(c, ',' | '，')).count();
        let number: String = rest.chars().take(digits).collect();
        number.chars().next().is_some_and(is_digit)
            && number.chars().last().is_some_and(is_digit)
            && rest[number.len()..].starts_with(after)
    })
}

fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_held_only_with_its_number_and_its_end() {
        let phrase = "控除外額#円";
        for text in ["控除外額０円", "控除済額1円　控除外額12,345円", "控除外額，控除外額１２，３４５円"]
        {
            assert!(holds(text, phrase), "{text}");
        }
        for text in [
            "",
            "控除外額",
            "控除外額円",
            "控除外額,円",
            "控除外額1,円",
            "控除外額１",
            "控除外 1円",
            "控除外額一円",
        ] {
            assert!(!holds(text, phrase), "{text}");
        }
    }

    #[test]
    fn phrases_are_asked_for_as_strictly_as_the_link_says() {
        let phrases = vec!["控除済額#円".to_owned(), "控除外額#円".to_owned()];
        let of = |asked| RequiredPhrases { key: "k".into(), phrases: phrases.clone(), asked };
        let cases =
            [("", None, Some("控除済額#円")), ("控除済額1円", Some("控除外額#円"), Some("控除外額#円"))];
        for (text, form, required) in cases {
            assert_eq!(of(PhraseCheck::Off).lacking(text), None);
            assert_eq!(of(PhraseCheck::Form).lacking(text), form, "{text}");
            assert_eq!(of(PhraseCheck::Required).lacking(text), required, "{text}");
        }
        assert_eq!(of(PhraseCheck::Required).lacking("控除済額1円控除外額0円"), None);
        assert!(
            is_phrase("控除外額#円") && !is_phrase("控除外額") && !is_phrase("#円") && !is_phrase("a#b#c")
        );
    }
}
