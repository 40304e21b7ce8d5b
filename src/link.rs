//! A link (連携): one interface row. Which outbox feeds which partner, through which layout, under which name.
//!
//! Owns the words of `links/*.toml` and the pattern of names at the partner.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::accept::{MARKER_ENDING, Readiness};
use crate::clock::Moment;
use crate::config::document::{Document, Problem};
use crate::config::humane::Wait;
use crate::config::resolve;
use crate::delivery_id::DeliveryId;
use crate::schedule::calendar::Calendar;
use crate::schedule::deadline::{Deadline, Expectation};
use crate::schedule::hours::{Hours, HoursTable};
use crate::spool::Spool;
use crate::transport::Overwrite;

/// How long a file must be unchanged, unless the link says otherwise.
const QUIET: Duration = Duration::from_secs(2);
/// What a name pattern may contain.
const PLACEHOLDERS: &str = "{name} {stem} {id} {date} {municipality}";

/// A link, ready for use.
#[derive(Debug, Clone)]
pub struct Link {
    /// The name of its file without `.toml`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The partner's name.
    pub partner: String,
    /// The layout's name, `partner/name`.
    pub layout: String,
    /// Where producers drop files.
    pub outbox: PathBuf,
    /// When a file there is complete.
    pub readiness: Readiness,
    /// The partner's directory; empty for the one a session starts in.
    pub directory: String,
    /// The pattern of the final name.
    pub remote_name: String,
    /// What happens if the final name is taken.
    pub overwrite: Overwrite,
    /// The link's own hours; the partner's hold besides.
    pub hours: Hours,
    /// Until when its deliveries have to arrive.
    pub deadline: Option<Deadline>,
    /// When files have to come.
    pub expect: Option<Expectation>,
    /// Values that the layout takes from the link.
    pub values: BTreeMap<String, String>,
}

/// `links/NAME.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkFile {
    title: Option<String>,
    partner: Option<String>,
    layout: Option<String>,
    outbox: Option<PathBuf>,
    ready: Option<ReadyWord>,
    quiet_for: Option<Wait>,
    deadline: Option<Deadline>,
    expect: Option<Expectation>,
    hours: Option<HoursTable>,
    remote: Option<RemoteTable>,
    values: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReadyWord {
    Quiet,
    Marker,
    Rename,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteTable {
    directory: Option<String>,
    name: Option<String>,
    overwrite: Option<Overwrite>,
}

impl LinkFile {
    /// The link that the file describes; nothing if something in it makes that impossible.
    pub fn compile(
        self,
        name: &str,
        directory: &Path,
        spool: &Spool,
        calendar: &Arc<Calendar>,
        document: &Document,
        problems: &mut Vec<Problem>,
    ) -> Option<Link> {
        let mut wrong = |key: &str, message: String| problems.extend(document.error(key, message));
        let ready = self.ready.unwrap_or(ReadyWord::Quiet);
        if self.quiet_for.is_some() && ready != ReadyWord::Quiet {
            wrong("quiet_for", "only goes with ready = \"quiet\"".to_owned());
        }
        let readiness = match ready {
            ReadyWord::Quiet => Readiness::Quiet(self.quiet_for.map_or(QUIET, |wait| wait.0)),
            ReadyWord::Marker => Readiness::Marker,
            ReadyWord::Rename => Readiness::Rename,
        };
        let remote = self.remote.unwrap_or_default();
        let remote_name = remote.name.unwrap_or_else(|| "{name}".to_owned());
        if let Some(message) = fault_of_pattern(&remote_name) {
            wrong("remote.name", message);
        }
        let hours = self.hours.unwrap_or_default().compile(calendar, &mut wrong);
        if self.partner.is_none() {
            wrong("partner", "missing: the name of a file in partners/ without .toml".to_owned());
        }
        if self.layout.is_none() {
            wrong("layout", "missing: a layout's name, e.g. \"eltax/nenkin-tokucho-irai\"".to_owned());
        }
        Some(Link {
            name: name.to_owned(),
            title: self.title.unwrap_or_else(|| name.to_owned()),
            partner: self.partner?,
            layout: self.layout?,
            outbox: self.outbox.map_or_else(|| spool.outbox(name), |outbox| resolve(directory, &outbox)),
            readiness,
            directory: remote.directory.unwrap_or_default(),
            remote_name,
            overwrite: remote.overwrite.unwrap_or(Overwrite::Refuse),
            hours,
            deadline: self.deadline,
            expect: self.expect,
            values: self.values.unwrap_or_default(),
        })
    }
}

impl Link {
    /// The final name of a delivery at the partner.
    pub fn remote_name(&self, source: &str, id: &DeliveryId, accepted: Moment, municipality: &str) -> String {
        let stem = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
        self.remote_name
            .replace("{name}", source)
            .replace("{stem}", stem)
            .replace("{id}", id.as_str())
            .replace("{date}", &accepted.date().strftime("%Y%m%d").to_string())
            .replace("{municipality}", municipality)
    }
}

fn fault_of_pattern(pattern: &str) -> Option<String> {
    let mut plain = pattern.to_owned();
    for placeholder in PLACEHOLDERS.split(' ') {
        plain = plain.replace(placeholder, "x");
    }
    if plain.contains(['{', '}']) {
        Some(format!("unknown placeholder in {pattern:?}; known are {PLACEHOLDERS}"))
    } else if plain.contains('/')
        || plain.chars().any(char::is_control)
        || [".", "..", ""].contains(&plain.as_str())
    {
        Some(format!("{pattern:?} makes no file name; directories belong into remote.directory"))
    } else if plain.ends_with(MARKER_ENDING) {
        Some(format!("a name ending in {MARKER_ENDING} would be taken for a marker"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_at_the_partner_is_made_from_its_pattern() {
        let link = Link {
            name: "irai".into(),
            title: String::new(),
            partner: "eltax".into(),
            layout: "eltax/nenkin-tokucho-irai".into(),
            outbox: PathBuf::new(),
            readiness: Readiness::Rename,
            directory: String::new(),
            remote_name: "Z12{municipality}-{stem}-{date}.DTA".into(),
            overwrite: Overwrite::Refuse,
            hours: Hours::default(),
            deadline: None,
            expect: None,
            values: BTreeMap::new(),
        };
        let id = "20261122-183005-k7m2q9".parse().unwrap();
        let accepted = "2026-11-22T09:30:05Z".parse().unwrap();
        assert_eq!(link.remote_name("依頼.csv", &id, accepted, "13101"), "Z1213101-依頼-20261122.DTA");
    }

    #[test]
    fn a_pattern_that_could_leave_its_directory_or_names_an_unknown_value_is_refused() {
        for pattern in ["{nmae}", "a/{name}", "..", "", "{name}.end"] {
            assert!(fault_of_pattern(pattern).is_some(), "{pattern}");
        }
        assert_eq!(fault_of_pattern("Z12{municipality}.DTA"), None);
    }
}
