//! What is known of a partner's media: where they are mounted, and which are right.

use std::path::PathBuf;

use crate::limits::Deadlines;

/// What is known of a partner's media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediumSettings {
    /// Where a medium is mounted.
    pub path: PathBuf,
    /// Which media are right.
    pub rule: MediumRule,
    /// Nothing need be mounted on the very directory.
    pub directory_is_enough: bool,
    /// How long each phase may be silent.
    pub deadlines: Deadlines,
}

/// Which media are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediumRule {
    /// Media whose `TOTATSU.ID` names the partner and, where ids are given, one of these.
    Marker {
        /// The partner.
        partner: String,
        /// The ids; empty for any.
        ids: Vec<String>,
    },
    /// Media whose volume has one of these labels.
    Labels(Vec<String>),
    /// Any medium: it is only to be read.
    Any,
}

impl MediumSettings {
    /// Media of `partner` that are mounted at `path`.
    pub fn new(path: PathBuf, partner: &str) -> MediumSettings {
        let rule = MediumRule::Marker { partner: partner.to_owned(), ids: Vec::new() };
        MediumSettings { path, rule, directory_is_enough: false, deadlines: Deadlines::default() }
    }

    /// Any directory, to be read.
    pub fn to_read(path: PathBuf) -> MediumSettings {
        MediumSettings { rule: MediumRule::Any, directory_is_enough: true, ..MediumSettings::new(path, "") }
    }
}
