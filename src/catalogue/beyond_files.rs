//! What the list leaves to other means than files: the database relay (DB中継) and exchange at once (即時連携).
//!
//! Both are out of scope, because there is no file that could be accepted, proven or sent again. One system asks another, or writes
//! into its database, and has the answer before anybody could write a receipt.

use serde::{Deserialize, Serialize};

use super::Bilingual;

const BEYOND: &str = include_str!("../../config/catalogue/beyond-files.toml");

/// A partner with which business systems exchange nothing by file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeyondFiles {
    /// The business systems.
    pub businesses: Vec<String>,
    /// The partner with which they exchange.
    pub partner: Bilingual,
    /// Which ways data goes: `in`, `out` or both.
    pub directions: Vec<String>,
    /// How data goes: `relay` (DB中継), `at-once` (即時) or both.
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
