//! What a probe found, and what follows from it: the grade of proof, what is missing, and what the partner would have to
//! allow for more.
//!
//! Owns the topics and the operator's words. Never holds contents of files.

use serde::Serialize;

use super::inbound::InboundProfile;
use totatsu_base::evidence::{Grade, Peer};
use totatsu_base::{Moment, messages, say};
use totatsu_transport::ServerLimits;

/// What was found of a partner.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// The partner's name in the configuration.
    pub partner: String,
    /// When it was probed.
    pub at: Moment,
    /// Who answered.
    pub peer: Peer,
    /// What the server says are its limits.
    pub limits: Option<ServerLimits>,
    /// What was found in each directory; empty where nothing was tried.
    pub directories: Vec<DirectoryProfile>,
    /// What was seen of the directories of inbound links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inbound: Vec<InboundProfile>,
}

/// What was found in one directory.
#[derive(Debug, Clone, Serialize)]
pub struct DirectoryProfile {
    /// The partner's directory; empty for the one that a session starts in.
    pub directory: String,
    /// What was tried, in that order.
    pub findings: Vec<Finding>,
    /// The directory isn't there.
    #[serde(skip)]
    pub absent: bool,
    /// Files of earlier probes that are still there.
    pub earlier: Vec<String>,
    /// The best grade of proof that a delivery can have here; `None` where nothing can be delivered.
    pub grade: Option<Grade>,
    /// What a delivery can't do without, and isn't to be had.
    pub missing: Vec<String>,
    /// What the partner would have to allow or to change for more.
    pub advice: Vec<String>,
}

/// What one trial showed.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was tried.
    pub topic: Topic,
    /// Whether it holds; `None` where it can't be told.
    pub holds: Option<bool>,
    /// What was measured, in the topic's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// What was seen, in words.
    pub words: String,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
        match self {
            Topic::Ask => say!("partner-topic-ask"),
            Topic::Create => say!("partner-topic-create"),
            Topic::Sync => say!("partner-topic-sync"),
            Topic::Size => say!("partner-topic-size"),
            Topic::List => say!("partner-topic-list"),
            Topic::ReadBack => say!("partner-topic-read-back"),
            Topic::Digest => say!("partner-topic-digest"),
            Topic::Resume => say!("partner-topic-resume"),
            Topic::HardLink => say!("partner-topic-hard-link"),
            Topic::Rename => say!("partner-topic-rename"),
            Topic::RenameRefuses => say!("partner-topic-rename-refuses"),
            Topic::Replace => say!("partner-topic-replace"),
            Topic::CaseSensitive => say!("partner-topic-case-sensitive"),
            Topic::LongestName => say!("partner-topic-longest-name"),
            Topic::FreeSpace => say!("partner-topic-free-space"),
            Topic::Clock => say!("partner-topic-clock"),
            Topic::RoundTrip => say!("partner-topic-round-trip"),
            Topic::SendRate => say!("partner-topic-send-rate"),
            Topic::ReadRate => say!("partner-topic-read-rate"),
            Topic::FinalNameStays => say!("partner-topic-final-name-stays"),
            Topic::Remove => say!("partner-topic-remove"),
        }
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
    pub(super) fn new(directory: &str) -> DirectoryProfile {
        DirectoryProfile {
            directory: directory.to_owned(),
            findings: Vec::new(),
            absent: false,
            earlier: Vec::new(),
            grade: None,
            missing: Vec::new(),
            advice: Vec::new(),
        }
    }

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

    /// Draws the conclusions.
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
        let place =
            if self.directory.is_empty() { say!("partner-start-directory") } else { self.directory.clone() };
        let mut advice = Vec::new();
        if no(Topic::Create) {
            advice.push(if self.absent {
                say!("partner-advise-make", place = place)
            } else {
                say!("partner-advise-create", place = place)
            });
            return advice;
        }
        if no(Topic::ReadBack) {
            advice.push(say!("partner-advise-read", place = place));
        }
        if no(Topic::Size) || no(Topic::Ask) {
            advice.push(say!("partner-advise-ask", place = place));
        }
        if no(Topic::Rename) {
            advice.push(if self.holds(Topic::Replace) == Some(true) {
                say!("partner-advise-rename-replace", place = place)
            } else {
                say!("partner-advise-rename", place = place)
            });
        }
        if no(Topic::Remove) {
            advice.push(say!("partner-advise-remove", place = place));
        }
        if self.holds(Topic::RenameRefuses) == Some(false) && self.holds(Topic::HardLink) != Some(true) {
            advice.push(say!("partner-advise-spare"));
        }
        if no(Topic::Replace) {
            advice.push(say!("partner-advise-replace"));
        }
        if self.holds(Topic::Sync) == Some(false) {
            advice.push(say!("partner-advise-sync"));
        }
        if self.holds(Topic::CaseSensitive) == Some(false) {
            advice.push(say!("partner-advise-case"));
        }
        if self.holds(Topic::Clock) == Some(false) {
            advice.push(say!("partner-advise-clock"));
        }
        if self.holds(Topic::FinalNameStays) == Some(false) {
            advice.push(say!("partner-advise-takes-away"));
        }
        for earlier in &self.earlier {
            advice.push(say!("partner-advise-earlier", path = earlier));
        }
        advice
    }
}
