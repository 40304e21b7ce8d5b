//! First step of the way in: which files at a partner are complete, meant by a link, and not fetched yet.
//!
//! Owns the judgement of a listing. A listing is the partner's word and nothing more: names that can't be used never get
//! here, and what is no plain file, looks as if it were still being written, or accompanies another file is passed over; each
//! is told for what it is. Whether a file was fetched before is for the ledger to say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::collect::expected::{Completeness, Expected};
use crate::collect::pattern::Reading;
use crate::collect::sighting::{Told, WaitedFor};
use totatsu_base::evidence::Found;
use totatsu_base::names::{MARKER_ENDING, marker_of, path_in, without_temporary_mark};
use totatsu_base::say;
use totatsu_transport::words::lasting;
use totatsu_transport::{FileKind, Listed, Listing, RemoteFile};

/// What one look at a partner's directory came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Complete files that the link means, the oldest first.
    pub ready: Vec<Found>,
    /// Files that may still change.
    pub settling: usize,
    /// After what time the next of these files is complete, if it stays as it is.
    pub next_in: Option<Duration>,
    /// The files that may still change. A look alone doesn't tell whether a collection has fetched them as they are.
    pub unsettled: Vec<Found>,
    /// How many unsettled files a collection has fetched as they are.
    pub collected: usize,
    /// Files that lack their marker or digest file.
    pub unaccompanied: usize,
    /// Files that can't be taken yet: they may still change, lack a companion, or have the name of an unfinished file.
    pub waited_for: Told<WaitedFor>,
    /// Markers and digest files.
    pub accompanying: Told<String>,
    /// Names that the link doesn't mean.
    pub not_meant: Told<String>,
    /// What is no file.
    pub no_files: Told<String>,
    /// Symbolic links among those whose names the link means: somebody took them for files.
    pub links: Told<String>,
}

/// What an entry of the directory is to a link.
enum Sort {
    /// A file that the link means.
    Meant(Reading),
    /// A file that isn't ready by its name: temporary, hidden or without a possible date, or a marker without its file.
    Unready(String),
    /// A marker or digest file.
    Accompanying,
    NotMeant,
    NoFile,
    /// A symbolic link whose name is meant.
    MeantLink,
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
    pub fn look(&mut self, expected: &Expected, listing: &Listing, now: Instant) -> Seen {
        let names: HashMap<&str, &RemoteFile> =
            listing.entries.iter().map(|listed| (listed.name.as_str(), &listed.file)).collect();
        let digests = digests_in(expected, listing);
        let mut seen = Seen::default();
        let mut looks = HashMap::new();
        let mut ready = BTreeMap::new();
        for listed in &listing.entries {
            let Some(reading) = seen.sort(expected, listed, &names, &digests) else { continue };
            if let Some(why) = lacking(expected, listed, &names) {
                seen.unaccompanied += 1;
                seen.wait_for(&listed.name, why);
                continue;
            }
            let (size, modified) = (listed.file.size, listed.file.modified);
            let outside = (size, modified);
            let found = Found {
                path: path_in(&expected.directory, &listed.name),
                name: listed.name.clone(),
                size,
                modified,
                date: reading.date,
                number: reading.number,
            };
            let before = self.before.get(&listed.name).filter(|(before, _)| *before == outside);
            let since = before.map_or(now, |(_, since)| *since);
            looks.insert(listed.name.clone(), (outside, since));
            if let Some((why, left)) = unsettled(expected, listed, now.duration_since(since)) {
                seen.settling += 1;
                seen.next_in = [seen.next_in, left].into_iter().flatten().min();
                seen.wait_for(&listed.name, why);
                seen.unsettled.push(found);
                continue;
            }
            ready.insert((reading.date, reading.number, modified, listed.name.clone()), found);
        }
        self.before = looks;
        seen.ready = ready.into_values().collect();
        seen
    }
}

impl Seen {
    /// Sorts an entry: hands back what its name says if the link means it, else notes what the entry is.
    fn sort(
        &mut self,
        expected: &Expected,
        listed: &Listed,
        names: &HashMap<&str, &RemoteFile>,
        digests: &HashSet<String>,
    ) -> Option<Reading> {
        let name = &listed.name;
        match sort_of(expected, listed, names, digests) {
            Sort::Meant(reading) => return Some(reading),
            Sort::Unready(why) => self.wait_for(name, why),
            Sort::Accompanying => self.accompanying.tell(name.clone()),
            Sort::NotMeant => self.not_meant.tell(name.clone()),
            Sort::NoFile => self.no_files.tell(name.clone()),
            Sort::MeantLink => {
                self.no_files.tell(name.clone());
                self.links.tell(name.clone());
            }
        }
        None
    }

    /// Notes that an unsettled file isn't waited for any more: a collection has fetched it as it looks.
    pub fn is_collected(&mut self, name: &str) {
        self.settling -= 1;
        self.collected += 1;
        self.waited_for.count -= 1;
        self.waited_for.first.retain(|waits| waits.name != name);
    }

    /// Notes a file that can't be taken yet; `why` are words that follow its name.
    pub fn wait_for(&mut self, name: &str, why: String) {
        self.waited_for.tell(WaitedFor { name: name.to_owned(), why });
    }
}

/// The names of the digest files that vouch for files that the link means.
fn digests_in(expected: &Expected, listing: &Listing) -> HashSet<String> {
    let of = |listed: &Listed| {
        expected.name_pattern.read(&listed.name)?;
        expected.digest_of(&listed.name).filter(|digest| *digest != listed.name)
    };
    if expected.digest.is_none() { HashSet::new() } else { listing.entries.iter().filter_map(of).collect() }
}

/// What an entry is to the link. Some servers never say what kind of thing stands under a name; then opening it tells.
fn sort_of(
    expected: &Expected,
    listed: &Listed,
    names: &HashMap<&str, &RemoteFile>,
    digests: &HashSet<String>,
) -> Sort {
    let name = listed.name.as_str();
    let meant = |name: &str| expected.name_pattern.read(name);
    if !matches!(listed.file.kind, FileKind::File | FileKind::Unknown) {
        let link = listed.file.kind == FileKind::Link && meant(name).is_some();
        return if link { Sort::MeantLink } else { Sort::NoFile };
    }
    if let Some(file) = name.strip_suffix(MARKER_ENDING) {
        return match (names.contains_key(file), meant(file)) {
            (true, _) => Sort::Accompanying,
            (false, Some(_)) => Sort::Unready(say!("collect-wait-marker-alone")),
            (false, None) => Sort::NotMeant,
        };
    }
    if digests.contains(name) {
        return Sort::Accompanying;
    }
    if let Some(whole) = without_temporary_mark(name) {
        let may_be_meant = meant(name).or(meant(whole)).is_some();
        return if may_be_meant { Sort::Unready(say!("collect-wait-temporary")) } else { Sort::NotMeant };
    }
    match meant(name) {
        Some(_) if name.starts_with('.') => Sort::Unready(say!("collect-wait-hidden")),
        Some(reading) => Sort::Meant(reading),
        None if expected.name_pattern.has_no_day(name) => Sort::Unready(say!("collect-wait-no-day")),
        None => Sort::NotMeant,
    }
}

/// Which companion of a file is missing. A marker that is older than the file belongs to an earlier file of the name.
fn lacking(expected: &Expected, listed: &Listed, names: &HashMap<&str, &RemoteFile>) -> Option<String> {
    if expected.complete == Completeness::Marker {
        let marker = marker_of(&listed.name);
        let Some(there) = names.get(marker.as_str()) else {
            return Some(say!("collect-wait-marker", marker = marker));
        };
        if there.modified.zip(listed.file.modified).is_some_and(|(marker, file)| marker < file) {
            return Some(say!("collect-wait-newer-marker", marker = marker));
        }
    }
    let digest = expected.digest_of(&listed.name).filter(|digest| !names.contains_key(digest.as_str()))?;
    Some(say!("collect-wait-digest", digest = digest))
}

/// Why a file that has looked the same for `unchanged` may still change; and for how much longer it must look the same, if
/// that is all.
fn unsettled(
    expected: &Expected,
    listed: &Listed,
    unchanged: Duration,
) -> Option<(String, Option<Duration>)> {
    if listed.file.size == Some(0) && expected.complete != Completeness::Marker {
        return Some((say!("collect-wait-empty"), None));
    }
    let left = expected.stable_for.saturating_sub(unchanged);
    let (known, wanted) = (unchanged.as_secs(), lasting(expected.stable_for));
    let why = || say!("collect-wait-settling", known = known, wanted = wanted);
    (!left.is_zero()).then(|| (why(), Some(left)))
}
