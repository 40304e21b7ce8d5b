//! Words in two languages, and which of them somebody reads.

use serde::{Deserialize, Serialize};

/// Something said in Japanese and in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

/// A language that this program speaks.
#[derive(
    Serialize,
    Deserialize,
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::EnumMessage,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Tongue {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Bilingual {
    /// What it is in that language.
    pub fn says(&self, tongue: Tongue) -> &str {
        tongue.of(&self.ja, &self.en)
    }
}

impl Tongue {
    /// The one of two texts that is in this language.
    pub fn of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Tongue::Ja => ja,
            Tongue::En => en,
        }
    }

    /// The language that the environment asks for: the first of its values that says something decides, as `LC_ALL`,
    /// `LC_MESSAGES` and `LANG` do; Japanese where it begins with `ja`.
    pub fn asked_by<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Tongue {
        let first = values.into_iter().flatten().find(|value| !value.is_empty());
        if first.is_some_and(|value| value.starts_with("ja")) { Tongue::Ja } else { Tongue::En }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_that_says_something_decides() {
        for (values, tongue) in [
            ([None, None, Some("ja_JP.UTF-8")], Tongue::Ja),
            ([Some("C.UTF-8"), None, Some("ja_JP.UTF-8")], Tongue::En),
            ([Some(""), Some("ja_JP"), Some("en_US")], Tongue::Ja),
            ([None, None, None], Tongue::En),
        ] {
            assert_eq!(Tongue::asked_by(values), tongue, "{values:?}");
        }
    }
}
