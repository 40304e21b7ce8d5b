//! One row of the list: one function of a business system that sends a file to a partner, or takes one from it.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::Tongue;
use totatsu_base::messages::text_in;
use totatsu_base::say;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceRow {
    /// The row's own name.
    pub id: String,
    /// The business system (業務システム); the name of its file.
    #[serde(skip_deserializing)]
    pub business: String,
    /// The function (業務機能) of that business.
    pub function: String,
    /// The partner (連携先).
    pub partner: String,
    /// Which way the file goes, as the business sees it.
    pub direction: ListedWay,
    /// Whether a file is the only way (連携方式).
    pub method: ListMethod,
    /// How often the file goes (連携頻度).
    pub frequency: Frequency,
    /// Whether the file holds all records, or what changed.
    pub scope: InterfaceScope,
    /// How the function runs: online, in a batch, or both.
    pub run: String,
    /// How many records are expected at most (想定件数), where the list says so.
    pub expected_max: Option<u64>,
    /// What `expected_max` counts: the records of a day, a month or a file.
    pub per: Option<String>,
    /// Whether `expected_max` is the figure of the busy season (繁忙期).
    #[serde(deserialize_with = "yes")]
    pub busy_season: bool,
    /// Whether nothing else may work on the data while the file is taken in (排他制御).
    #[serde(deserialize_with = "yes")]
    pub exclusive_import: bool,
    /// Who sees to it that the file arrives (到達保障).
    pub guarantee: GuaranteeDuty,
    /// Why a file is used; a key of the list's words.
    pub reason: String,
    /// What has to be known of the row; keys of the list's words, parted by spaces.
    pub notes: String,
    /// What is not sure about the row; a key of the list's words, or empty.
    pub doubt: String,
    /// How sure the row is.
    pub confidence: Sureness,
    /// The page of the list, within its business.
    pub page: u32,
}

/// Which way a file goes, as the business system sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumMessage, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ListedWay {
    /// To the partner (配信).
    #[strum(to_string = "out", serialize = "配信")]
    Out,
    /// From the partner (集信).
    #[strum(to_string = "in", serialize = "集信")]
    In,
}

/// Whether a file is the only way that the list names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ListMethod {
    /// By file or on a medium (ファイル転送/媒体連携).
    File,
    /// The database relay is used besides (DB中継・ファイル転送/媒体連携併用).
    FileOrRelay,
}

/// How often a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumMessage, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Frequency {
    /// Once a year (年次).
    #[strum(to_string = "yearly", serialize = "年次")]
    Yearly,
    /// Once a month (月次).
    #[strum(to_string = "monthly", serialize = "月次")]
    Monthly,
    /// Each business day (日次).
    #[strum(to_string = "daily", serialize = "日次")]
    Daily,
    /// As it comes (随時).
    #[strum(to_string = "adhoc", serialize = "随時")]
    Adhoc,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum InterfaceScope {
    /// All records (全件).
    Full,
    /// What changed since the last one (差分).
    Diff,
}

/// Who sees to it that a file arrives, as the list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum GuaranteeDuty {
    /// The business system, which sends.
    Sender,
    /// The partner, which sends.
    BySender,
    /// The list says nothing of it, which doesn't mean that nobody has to.
    None,
}

/// How sure a row is, from the surest down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Sureness {
    /// The row stands whole in the list.
    High,
    /// A part of it was put together.
    Medium,
    /// A part of the row may be another row's.
    Low,
}

/// The rows of a business.
pub(super) fn read(business: &str, text: &str) -> Vec<InterfaceRow> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize::<InterfaceRow>();
    rows.map(|row| InterfaceRow {
        business: business.to_owned(),
        ..row.expect("a test reads every row that is shipped")
    })
    .collect()
}

fn yes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        // not for people: a test reads every row that is shipped.
        other => Err(serde::de::Error::custom(format!("{other:?} is neither yes nor no"))),
    }
}

impl InterfaceRow {
    /// The headings of the columns about an interface, from its partner to who guarantees the arrival.
    pub fn headings() -> [String; 7] {
        [
            say!("cli-catalogue-partner"),
            say!("cli-catalogue-way"),
            say!("cli-catalogue-frequency"),
            say!("cli-catalogue-scope"),
            say!("cli-catalogue-up-to"),
            say!("cli-catalogue-exclusive"),
            say!("cli-catalogue-guarantee"),
        ]
    }

    /// The keys of its notes.
    pub fn note_keys(&self) -> impl Iterator<Item = &str> {
        self.notes.split_whitespace()
    }
}

impl ListedWay {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-way", self)
    }
}

impl ListMethod {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-method", self)
    }
}

impl Frequency {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-frequency", self)
    }
}

impl InterfaceScope {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-scope", self)
    }
}

impl GuaranteeDuty {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-guarantee", self)
    }
}

impl Sureness {
    /// What it is called.
    pub fn says(self, tongue: Tongue) -> String {
        said(tongue, "cli-word-sureness", self)
    }
}

/// The message for a word of a list: its id is the list's, with the word behind it.
fn said(tongue: Tongue, list: &str, word: impl std::fmt::Display) -> String {
    text_in(tongue, &format!("{list}-{word}"), &[])
}
