//! The files of messages. A new one is named here.

use super::tongue::Tongue;

/// The messages of one room, as they stand in its two files.
pub(super) struct Room {
    /// The first word of each of its messages' ids.
    pub(super) name: &'static str,
    ja: &'static str,
    en: &'static str,
}

impl Room {
    /// The text of its file in a language.
    pub(super) fn of(&self, tongue: Tongue) -> &'static str {
        tongue.of(self.ja, self.en)
    }
}

/// Every room; the files of a name stand in `i18n/ja` and `i18n/en`.
macro_rules! rooms {
    ($($name:literal),* $(,)?) => {
        [$(Room {
            name: $name,
            ja: include_str!(concat!("../../../../i18n/ja/", $name, ".ftl")),
            en: include_str!(concat!("../../../../i18n/en/", $name, ".ftl")),
        }),*]
    };
}

/// In the order in which `docs` lists them: from our own disk to what people ask.
pub(super) static ROOMS: [Room; 26] = rooms![
    "family",
    "os",
    "disk",
    "document",
    "value",
    "ledger",
    "layout",
    "record",
    "transport",
    "sftp",
    "ftps",
    "medium",
    "config",
    "schedule",
    "deliver",
    "collect",
    "journey",
    "control",
    "daemon",
    "alert",
    "audit",
    "receipt",
    "partner",
    "list",
    "cli",
    "help",
];
