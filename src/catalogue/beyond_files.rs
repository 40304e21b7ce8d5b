//! What the list leaves to other means than files: the database relay (DB中継) and exchange at once (即時連携).
//!
//! They are out of scope. There is no file that could be accepted, proven or sent again: one system asks another, or writes into
//! its database, and either has its answer before anybody could write a receipt.

use serde::{Deserialize, Serialize};

use super::Bilingual;

const BEYOND: &str = include_str!("../../config/catalogue/beyond-files.toml");

/// A partner that a business exchanges nothing with by file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeyondFiles {
    /// The business systems.
    pub businesses: Vec<String>,
    /// Whom, or what, they exchange with.
    pub partner: Bilingual,
    /// Which ways: `in`, `out` or both.
    pub directions: Vec<String>,
    /// How: `relay` (DB中継), `at-once` (即時) or both.
    pub methods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeyondFile {
    beyond: Vec<BeyondFiles>,
}

pub(super) fn read() -> Vec<BeyondFiles> {
    toml::from_str::<BeyondFile>(BEYOND).expect("a test reads what is shipped").beyond
}

impl BeyondFiles {
    /// Why none of it is in the list of files: data of the catalogue, like its words.
    pub fn reason() -> Bilingual {
        // not for people alone: data of the catalogue, in both languages.
        Bilingual {
            ja: "DB中継と即時連携は対象外: 受け付けて証明し再配信できるファイルがなく、相手のデータベースや応答で完結するため。"
                .to_owned(),
            en: "Database relay and exchange at once are out of scope: there is no file that could be accepted, proven and sent again; \
                 the other side's database or answer ends the matter."
                .to_owned(),
        }
    }
}
