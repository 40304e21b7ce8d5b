//! First step of the way in: which files at a partner are complete, meant by a link, and not fetched yet.
//!
//! Owns the judgement of a listing. A listing is the partner's word and nothing more: names that can't be used never get
//! here, and what is no plain file, looks as if it were still being written, or accompanies another file is passed over.
//! Whether a file was fetched before is for the ledger to say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::accept::{MARKER_ENDING, looks_temporary};
use crate::collect::link::{InboundLink, Readiness};
use crate::transfer::path_in;
use crate::transport::{FileKind, Listed, Listing};

/// A file at a partner, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its path there.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Bytes, where the partner tells it.
    pub size: Option<u64>,
    /// When it was last written, by the partner's clock, to the second.
    pub modified: Option<Timestamp>,
    /// The date in its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The number in its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

/// What one look at a partner's directory came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Complete files that the link means, the oldest first.
    pub ready: Vec<Found>,
    /// Files that may still change.
    pub settling: usize,
    /// After what time the next of them is complete, if it stays as it is.
    pub next_in: Option<Duration>,
    /// Files that lack their marker or digest file.
    pub unaccompanied: usize,
}

/// Looks at one directory again and again, and remembers what it saw the last time.
#[derive(Debug, Default)]
pub struct Lookout {
    /// What each file looked like, and since when.
    before: HashMap<String, (Outside, Instant)>,
}

/// What changes while a file is written: its size and its time.
pub type Outside = (Option<u64>, Option<Timestamp>);

impl Lookout {
    /// Judges a listing of `now`. A file is complete by the link's rule, and has been seen alike for a while.
    pub fn look(&mut self, link: &InboundLink, listing: &Listing, now: Instant) -> Seen {
        let names: HashSet<&str> = listing.entries.iter().map(|listed| listed.name.as_str()).collect();
        let mut seen = Seen::default();
        let mut looks = HashMap::new();
        let mut ready = BTreeMap::new();
        for listed in listing.entries.iter().filter(|listed| may_be_fetched(listed)) {
            let Some(reading) = link.name_pattern.read(&listed.name) else { continue };
            let accompanied = |companion: String| names.contains(companion.as_str());
            let marked = link.ready != Readiness::Marker || accompanied(marker_of(&listed.name));
            let vouched = link.digest_of(&listed.name).is_none_or(accompanied);
            if !marked || !vouched {
                seen.unaccompanied += 1;
                continue;
            }
            let outside = (listed.file.size, listed.file.modified);
            let before = self.before.get(&listed.name).filter(|(before, _)| *before == outside);
            let since = before.map_or(now, |(_, since)| *since);
            let whole = link.ready == Readiness::Marker || listed.file.size != Some(0);
            looks.insert(listed.name.clone(), (outside, since));
            let left = link.stable_for.saturating_sub(now.duration_since(since));
            if !whole || !left.is_zero() {
                seen.settling += 1;
                if whole {
                    seen.next_in = Some(seen.next_in.map_or(left, |next| next.min(left)));
                }
                continue;
            }
            let (size, modified) = outside;
            let found = Found {
                path: path_in(&link.directory, &listed.name),
                name: listed.name.clone(),
                size,
                modified,
                date: reading.date,
                number: reading.number,
            };
            ready.insert((reading.date, reading.number, modified, listed.name.clone()), found);
        }
        self.before = looks;
        seen.ready = ready.into_values().collect();
        seen
    }
}

/// The name of the file by which a partner says that `name` is complete.
pub fn marker_of(name: &str) -> String {
    format!("{name}{MARKER_ENDING}")
}

/// Some servers never say what kind of thing stands under a name; then opening it tells.
fn may_be_fetched(listed: &Listed) -> bool {
    let name = listed.name.as_str();
    matches!(listed.file.kind, FileKind::File | FileKind::Unknown)
        && !name.starts_with('.')
        && !name.ends_with(MARKER_ENDING)
        && !looks_temporary(name)
}
