//! What a link's files look like as a rule: `[expected]`, and the interfaces of the national list that it serves.

use serde::Deserialize;

use crate::catalogue::{InterfaceList, ListedWay};
use crate::config::faults::Faults;
use totatsu_base::say;

/// Up to how many times the expected maximum a file is believed, unless the link says otherwise.
const AT_MOST_TIMES: f64 = 2.0;
/// Down to which share of the records of the last files a file is believed, unless the link says otherwise.
const AT_LEAST_SHARE: f64 = 0.1;

/// `[expected]`: how many records a file of the link has.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedRecords {
    /// How many records a file has at most (想定件数).
    pub records: Option<u64>,
    /// A file with more than `records` times this is not believed.
    pub at_most_times: f64,
    /// A file with less than this share of the records of the last files is not believed.
    pub at_least_share: f64,
    /// What becomes of a file without any record.
    pub empty: EmptyFile,
}

/// What becomes of a file without any record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmptyFile {
    /// The file is not believed; for full files (全件).
    Hold,
    /// The file is a file like any other; for differences (差分), which may be empty.
    Accept,
}

/// The interfaces of the national list that a link serves, as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum InterfaceWord {
    /// One interface, as a text.
    One(String),
    /// Several interfaces, as a list.
    Several(Vec<String>),
}

impl Default for ExpectedRecords {
    fn default() -> ExpectedRecords {
        ExpectedRecords {
            records: None,
            at_most_times: AT_MOST_TIMES,
            at_least_share: AT_LEAST_SHARE,
            empty: EmptyFile::Accept,
        }
    }
}

impl ExpectedRecords {
    /// Complains of figures out of range: `records` is 1 or more, `at_most_times` 1 or more, `at_least_share` from 0 to 1.
    pub(super) fn check(&self, faults: &mut Faults<'_>) {
        if self.records == Some(0) {
            faults.wrong("expected.records", say!("config-more-than-nothing"));
        }
        if !(self.at_most_times.is_finite() && self.at_most_times >= 1.0) {
            faults.wrong("expected.at_most_times", say!("config-one-or-more"));
        }
        if !(0.0..=1.0).contains(&self.at_least_share) {
            faults.wrong("expected.at_least_share", say!("config-between-0-and-1"));
        }
    }
}

/// The interfaces that a link of this direction names. One that the list doesn't have, or has for the other direction, is a mistake.
pub(super) fn interfaces(
    given: Option<InterfaceWord>,
    direction: ListedWay,
    faults: &mut Faults<'_>,
) -> Vec<String> {
    let named = match given {
        None => Vec::new(),
        Some(InterfaceWord::One(one)) => vec![one],
        Some(InterfaceWord::Several(several)) => several,
    };
    for id in &named {
        match InterfaceList::shipped().interface(id) {
            None => faults.wrong("interface", say!("config-no-interface", name = format!("{id:?}"))),
            Some(interface) if interface.direction != direction => {
                faults.wrong("interface", say!("config-other-way", name = id, way = interface.direction));
            }
            Some(_) => {}
        }
    }
    named
}
