//! What is expected at a partner: which names in which directory, and when a file of such a name is complete.

use std::time::Duration;

use serde::Deserialize;

use crate::collect::pattern::NamePattern;
use totatsu_base::names::{fill_places, path_in, stem};

/// How long a file must have looked the same if nobody says that it is complete, unless the link says otherwise.
const STABLE_FOR: Duration = Duration::from_secs(10);
/// How long a complete file must have looked the same: the coarsest step in which partners tell times, that of FAT. A change
/// within it would not show.
pub const TIME_STEP: Duration = Duration::from_secs(2);

/// The files that are expected in one directory of a partner.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The partner's directory; empty for the one that the session starts in.
    pub directory: String,
    /// Which names are meant.
    pub name_pattern: NamePattern,
    /// When a file is complete.
    pub complete: Completeness,
    /// For how long a file must have looked the same before it is read.
    pub stable_for: Duration,
    /// The name of the file with its digest, where one is agreed; `{name}` and `{stem}` stand for its own.
    pub digest: Option<String>,
}

/// When a file at a partner is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// Size and time were the same for a while.
    Stable,
    /// A file `NAME.end` stands beside it.
    Marker,
    /// The partner renames complete files into the directory.
    Rename,
}

impl Completeness {
    /// For how long a file must have looked the same, unless the link says otherwise.
    pub fn stable_for(self) -> Duration {
        match self {
            Completeness::Stable => STABLE_FOR,
            Completeness::Marker | Completeness::Rename => TIME_STEP,
        }
    }
}

impl Expected {
    /// The name of the digest file of a partner's file, where one is agreed.
    pub fn digest_of(&self, name: &str) -> Option<String> {
        let pattern = self.digest.as_ref()?;
        Some(fill_places(pattern, &[("{name}", name), ("{stem}", stem(name))]))
    }

    /// The path of a partner's file's digest file, where one is agreed.
    pub fn digest_path(&self, name: &str) -> Option<String> {
        self.digest_of(name).map(|digest| path_in(&self.directory, &digest))
    }

    /// As [`Expected::digest_path`], where the digest file vouches for no other file.
    pub fn own_digest_path(&self, name: &str) -> Option<String> {
        let own = self.digest.as_ref().is_some_and(|text| text.contains("{name}") || text.contains("{stem}"));
        if own { self.digest_path(name) } else { None }
    }
}
