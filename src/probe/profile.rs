//! What a probe found, and what follows from it: the grade of proof, what is missing, and what the partner would have to
//! allow for more.
//!
//! Owns the topics and the operator's words. Never holds contents of files.

use serde::Serialize;
use strum::{Display, VariantArray};

use super::found;
use super::inbound::InboundProfile;
use totatsu_base::evidence::{Grade, Peer};
use totatsu_base::{Moment, messages, say};
use totatsu_transport::ServerLimits;

/// How the ids of the messages begin that are the titles of topics.
const TITLES: &str = "partner-topic";

/// What was found of a partner.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// The partner's name in the configuration.
    pub partner: String,
    /// When it was probed.
    pub at: Moment,
    /// Who answered.
    pub peer: Peer,
    /// The limits that the server tells.
    pub limits: Option<ServerLimits>,
    /// What was found in each directory; empty where nothing was tried.
    pub directories: Vec<DirectoryProfile>,
    /// What was seen of the directories of inbound links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inbound: Vec<InboundProfile>,
}

/// What was found in one directory.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DirectoryProfile {
    /// The partner's directory; empty for the one that a session starts in.
    pub directory: String,
    /// What was tried, in that order.
    pub findings: Vec<Finding>,
    /// Whether the directory is missing.
    #[serde(skip)]
    pub absent: bool,
    /// Files of earlier probes that are still there.
    pub earlier: Vec<String>,
    /// The best grade of proof that a delivery can have in this directory; `None` where nothing can be delivered.
    pub grade: Option<Grade>,
    /// What a delivery can't do without, and the partner doesn't offer.
    pub missing: Vec<String>,
    /// What the partner would have to allow or to change for a better grade.
    pub advice: Vec<String>,
}

/// What one trial showed.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was tried.
    pub topic: Topic,
    /// Whether the topic holds; `None` where that can't be told.
    pub holds: Option<bool>,
    /// What was measured, in the topic's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// What was seen, in words.
    pub words: String,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "kebab-case")]
pub enum Topic {
    /// Asking whether a name is taken is answered.
    Ask,
    /// A file may be created, written and closed.
    Create,
    /// The partner confirms that the bytes lie on its disk.
    Sync,
    /// The size of our file is told.
    Size,
    /// The directory may be listed, and our file is in it.
    List,
    /// Our file may be read back, and is what we sent.
    ReadBack,
    /// The partner works out SHA-256 itself.
    Digest,
    /// A file that was cut off may be continued.
    Resume,
    /// A file can have a second name.
    HardLink,
    /// A free name may be given, and the old one goes.
    Rename,
    /// The server's plain rename leaves alone what bears the new name.
    RenameRefuses,
    /// A name that is taken can be given in one instant.
    Replace,
    /// Names that differ in case are two names.
    CaseSensitive,
    /// The longest name that was taken, in bytes.
    LongestName,
    /// Free space is told, in bytes.
    FreeSpace,
    /// The partner's clock goes with ours; the value is how many seconds it is ahead.
    Clock,
    /// One question and its answer, in microseconds.
    RoundTrip,
    /// Sending, in bytes a second.
    SendRate,
    /// Reading back, in bytes a second.
    ReadRate,
    /// A file with a final name stays where it is.
    FinalNameStays,
    /// A file may be removed.
    Remove,
}

impl Topic {
    /// The topic in the operator's words.
    pub fn title(self) -> String {
        messages::word_of(TITLES, &self.to_string())
    }
}

impl Profile {
    pub(super) fn new(partner: &str, peer: Peer, limits: Option<ServerLimits>) -> Profile {
        let (directories, inbound) = (Vec::new(), Vec::new());
        Profile { partner: partner.to_owned(), at: Moment::now(), peer, limits, directories, inbound }
    }

    /// Whether every directory that was tried or looked at has what a delivery or collection needs.
    pub fn suffices(&self) -> bool {
        self.directories.iter().all(|directory| directory.missing.is_empty())
            && self.inbound.iter().all(|directory| directory.missing.is_empty())
    }

    /// Whether the partner takes files away under their final names; `None` where that wasn't tried, or the directories
    /// differ.
    pub fn takes_away(&self) -> Option<bool> {
        let mut told = self.directories.iter().map(|d| d.holds(Topic::FinalNameStays).map(|stays| !stays));
        let first = told.next()??;
        told.all(|other| other == Some(first)).then_some(first)
    }
}

impl DirectoryProfile {
    /// Whether a topic holds; `None` where it wasn't tried or can't be told.
    pub fn holds(&self, topic: Topic) -> Option<bool> {
        self.finding(topic).and_then(|finding| finding.holds)
    }

    /// What was found of a topic.
    pub fn finding(&self, topic: Topic) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.topic == topic)
    }

    pub(super) fn note(&mut self, topic: Topic, holds: Option<bool>, words: impl Into<String>) {
        self.findings.push(Finding { topic, holds, value: None, words: words.into() });
    }

    pub(super) fn measure(&mut self, topic: Topic, holds: Option<bool>, value: i64, words: String) {
        self.findings.push(Finding { topic, holds, value: Some(value), words });
    }

    /// Concludes from the findings: the grade, what is missing, and the advice.
    pub(super) fn conclude(&mut self) {
        let yes = |topic| self.holds(topic) == Some(true);
        let whole = [Topic::Create, Topic::Rename, Topic::Remove].into_iter().all(yes);
        let replaces = yes(Topic::Create) && yes(Topic::Replace);
        self.grade = match () {
            () if !whole && !replaces => None,
            () if yes(Topic::ReadBack) => Some(Grade::Content),
            () if yes(Topic::Size) => Some(Grade::Size),
            () => Some(Grade::Close),
        };
        self.missing = self.lacks();
        self.advice = self.advise();
    }

    fn lacks(&self) -> Vec<String> {
        let lack = |topic: Topic, id: &str| {
            let finding = self.finding(topic)?;
            (finding.holds != Some(true)).then(|| messages::text(id, &[("words", finding.words.clone())]))
        };
        let mut missing: Vec<String> = [
            lack(Topic::Create, "partner-lacks-create"),
            lack(Topic::Rename, "partner-lacks-rename"),
            lack(Topic::Remove, "partner-lacks-remove"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.finding(Topic::Create).is_none() {
            missing.push(say!("partner-lacks-all"));
        }
        missing
    }

    fn advise(&self) -> Vec<String> {
        let no = |topic| self.finding(topic).is_some_and(|finding| finding.holds != Some(true));
        let denied = |topic| self.holds(topic) == Some(false);
        let place = found::place(&self.directory);
        let mut advice = Vec::new();
        if no(Topic::Create) {
            advice.push(if self.absent {
                say!("partner-advise-make", place = place)
            } else {
                say!("partner-advise-create", place = place)
            });
            return advice;
        }
        advice.extend(no(Topic::ReadBack).then(|| say!("partner-advise-read", place = place)));
        advice.extend((no(Topic::Size) || no(Topic::Ask)).then(|| say!("partner-advise-ask", place = place)));
        if no(Topic::Rename) {
            advice.push(if self.holds(Topic::Replace) == Some(true) {
                say!("partner-advise-rename-replace", place = place)
            } else {
                say!("partner-advise-rename", place = place)
            });
        }
        advice.extend(no(Topic::Remove).then(|| say!("partner-advise-remove", place = place)));
        let replaces = denied(Topic::RenameRefuses) && self.holds(Topic::HardLink) != Some(true);
        advice.extend(replaces.then(|| say!("partner-advise-spare")));
        advice.extend(no(Topic::Replace).then(|| say!("partner-advise-replace")));
        advice.extend(denied(Topic::Sync).then(|| say!("partner-advise-sync")));
        advice.extend(denied(Topic::CaseSensitive).then(|| say!("partner-advise-case")));
        advice.extend(denied(Topic::Clock).then(|| say!("partner-advise-clock")));
        advice.extend(denied(Topic::FinalNameStays).then(|| say!("partner-advise-takes-away")));
        advice.extend(self.earlier.iter().map(|path| say!("partner-advise-earlier", path = path)));
        advice
    }
}
