//! The names and remarks of the list, in Japanese and in English.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Bilingual, Tongue};

const WORDS: &str = include_str!("../../config/catalogue/words.toml");

/// The words of the list, by their keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListWords {
    /// Business systems.
    pub business: BTreeMap<String, BusinessWords>,
    /// Partners.
    pub partner: BTreeMap<String, PartnerWords>,
    /// The names of functions, by `BUSINESS-FUNCTION`.
    pub function: BTreeMap<String, FunctionWords>,
    /// Why something goes by file.
    pub reason: BTreeMap<String, Bilingual>,
    /// What has to be known of a row.
    pub note: BTreeMap<String, Bilingual>,
    /// What is not sure about a row.
    pub doubt: BTreeMap<String, Bilingual>,
}

/// What a business system is called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessWords {
    ja: String,
    en: String,
    /// The name under which it is a partner of other business systems.
    pub partner: String,
}

/// What a partner is called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerWords {
    ja: String,
    en: String,
    /// Whether the partner belongs to somebody else than the municipality.
    #[serde(default)]
    pub outside: bool,
    /// How the partner exchanges data, where the list says so.
    pub note: Option<Bilingual>,
}

/// What a function is called, and what it belongs to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionWords {
    ja: String,
    en: String,
    /// The group that the function belongs to.
    pub group: Bilingual,
}

pub(super) fn read() -> ListWords {
    toml::from_str(WORDS).expect("a test reads the words that are shipped")
}

impl BusinessWords {
    /// Its name.
    pub fn says(&self, tongue: Tongue) -> &str {
        tongue.of(&self.ja, &self.en)
    }
}

impl PartnerWords {
    /// Its name.
    pub fn says(&self, tongue: Tongue) -> &str {
        tongue.of(&self.ja, &self.en)
    }
}

impl FunctionWords {
    /// Its name.
    pub fn says(&self, tongue: Tongue) -> &str {
        tongue.of(&self.ja, &self.en)
    }
}

impl ListWords {
    /// The name of a business system; its key where it has none.
    pub fn business<'a>(&'a self, key: &'a str, tongue: Tongue) -> &'a str {
        self.business.get(key).map_or(key, |words| words.says(tongue))
    }

    /// The name of a partner; its key where it has none.
    pub fn partner<'a>(&'a self, key: &'a str, tongue: Tongue) -> &'a str {
        self.partner.get(key).map_or(key, |words| words.says(tongue))
    }

    /// The key of a business system that somebody names by key or name, in either language.
    pub fn business_named(&self, name: &str) -> Option<&str> {
        let mut all = self.business.iter();
        all.find(|(key, words)| [key.as_str(), &words.ja, &words.en].contains(&name))
            .map(|(key, _)| key.as_str())
    }

    /// The key of a partner that somebody names by key or name, in either language.
    pub fn partner_named(&self, name: &str) -> Option<&str> {
        let mut all = self.partner.iter();
        all.find(|(key, words)| [key.as_str(), &words.ja, &words.en].contains(&name))
            .map(|(key, _)| key.as_str())
    }
}
