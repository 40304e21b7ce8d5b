//! What a probe found, and what follows from it: the grade of proof, what is missing, and what the partner would have to
//! allow for more.
//!
//! Owns the topics and the operator's words. Never holds contents of files.

use serde::Serialize;

use super::inbound::InboundProfile;
use totatsu_base::Moment;
use totatsu_base::evidence::{Grade, Peer};
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
    pub fn title(self) -> &'static str {
        match self {
            Topic::Ask => "ask about a name",
            Topic::Create => "create a file",
            Topic::Sync => "confirm it is on disk",
            Topic::Size => "tell its size",
            Topic::List => "list the directory",
            Topic::ReadBack => "read it back",
            Topic::Digest => "digest by the partner",
            Topic::Resume => "continue a part",
            Topic::HardLink => "second name (hard link)",
            Topic::Rename => "give a free name",
            Topic::RenameRefuses => "rename spares a taken name",
            Topic::Replace => "replace in one instant",
            Topic::CaseSensitive => "case makes another name",
            Topic::LongestName => "longest name",
            Topic::FreeSpace => "free space",
            Topic::Clock => "clocks agree",
            Topic::RoundTrip => "round trip",
            Topic::SendRate => "sending",
            Topic::ReadRate => "reading back",
            Topic::FinalNameStays => "final name stays",
            Topic::Remove => "remove a file",
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
        let lack = |topic: Topic, what: &str| {
            let finding = self.finding(topic)?;
            (finding.holds != Some(true)).then(|| format!("{what}: {}", finding.words))
        };
        let mut missing: Vec<String> = [
            lack(Topic::Create, "the account can't create and write a file here"),
            lack(Topic::Rename, "a file can't be given its final name without risk to another"),
            lack(
                Topic::Remove,
                "the account can't remove its own file, so a part that a cut leaves would stay",
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.finding(Topic::Create).is_none() {
            missing.push("nothing could be tried".to_owned());
        }
        missing
    }

    fn advise(&self) -> Vec<String> {
        let no = |topic| self.finding(topic).is_some_and(|finding| finding.holds != Some(true));
        let place = if self.directory.is_empty() { "its start directory" } else { self.directory.as_str() };
        let mut advice = Vec::new();
        if no(Topic::Create) {
            advice.push(format!(
                "have the partner let our account write in {place}, and look whether its disk is full"
            ));
            return advice;
        }
        if no(Topic::ReadBack) {
            advice.push(format!(
                "have the partner let our account read its own files in {place}: the proof becomes \"content\""
            ));
        }
        if no(Topic::Size) || no(Topic::Ask) {
            advice.push(format!(
                "have the partner let our account ask about names and sizes in {place} (SFTP: lstat; FTP: MLST or SIZE): \
                 without it the proof is \"close\" at best where reading back is denied too"
            ));
        }
        if no(Topic::Rename) {
            let replace = if self.holds(Topic::Replace) == Some(true) {
                "; until then only links with same_name = \"replace\" can go there"
            } else {
                ""
            };
            advice.push(format!("have the partner let our account rename its files in {place}{replace}"));
        }
        if no(Topic::Remove) {
            advice.push(format!("have the partner let our account remove its own files in {place}"));
        }
        if self.holds(Topic::RenameRefuses) == Some(false) && self.holds(Topic::HardLink) != Some(true) {
            advice.push(
                "its rename replaces a file that bears the new name, and there are no hard links: let nobody else write \
                 names like ours there, or use {id} in remote.name"
                    .to_owned(),
            );
        }
        if no(Topic::Replace) {
            advice.push("same_name = \"replace\" can't be used with this server".to_owned());
        }
        if self.holds(Topic::Sync) == Some(false) {
            advice.push(
                "the partner doesn't confirm that bytes lie on its disk: agree on an acknowledgement if a power cut there \
                 must not lose a file"
                    .to_owned(),
            );
        }
        if self.holds(Topic::CaseSensitive) == Some(false) {
            advice.push(
                "names that differ only in case are one name there: don't tell files apart by it".to_owned(),
            );
        }
        if self.holds(Topic::Clock) == Some(false) {
            advice.push(
                "have the partner compare its clock with ours; dates in its logs won't match".to_owned(),
            );
        }
        if self.holds(Topic::FinalNameStays) == Some(false) {
            advice
                .push("write takes_away = true below [profile] of this partner (--write does it)".to_owned());
        }
        for earlier in &self.earlier {
            advice.push(format!("{earlier} is left of an earlier probe: remove it"));
        }
        advice
    }
}
