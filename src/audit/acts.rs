//! What people did, and what was done to the gateway as a whole, of some days, from the journal alone.
//!
//! Owns what is told of an act beside who and when. Reads from about where the days begin; proves nothing about the chain.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::findings::{AuditError, journal_of};
use crate::config::GatewaySettings;
use totatsu_base::messages::text;
use totatsu_base::{Moment, say};
use totatsu_ledger::search;
use totatsu_ledger::wanted::names_person;

/// The event of each act, and the message that says what the act is called.
pub(super) const ACT_WORDS: [(&str, &str); 17] = [
    ("held_by_hand", "audit-act-held"),
    ("released", "audit-act-released"),
    ("resent", "audit-act-resent"),
    ("confirmed", "audit-act-confirmed"),
    ("cancelled", "audit-act-cancelled"),
    ("partner_held", "audit-act-partner-held"),
    ("partner_released", "audit-act-partner-released"),
    ("link_held", "audit-act-link-held"),
    ("link_released", "audit-act-link-released"),
    ("reconfigured", "audit-act-reconfigured"),
    ("started", "audit-act-started"),
    ("stopped", "audit-act-stopped"),
    ("partner_trusted", "audit-act-partner-trusted"),
    ("key_renewed", "audit-act-key-renewed"),
    ("contents_removed", "audit-act-contents-removed"),
    ("act_requested", "audit-act-requested"),
    ("request_closed", "audit-act-request-closed"),
];

/// Some days, the first and the last included, in Japan.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// A line of the journal that tells who did something, whatever else it tells.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct RecordedAct {
    /// When it was done.
    pub at: Moment,
    /// What: the event's word.
    pub event: String,
    /// Who did it.
    pub by: String,
    /// Why, as that person said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The delivery that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// The link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Files of the configuration that were changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The fingerprint of the key that is accepted, or signs, from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The start that no stop had followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub killed: Option<Moment>,
}

impl RecordedAct {
    /// What people call the act.
    pub fn called(&self) -> String {
        self.message().map_or_else(|| self.event.clone(), |id| text(id, &[]))
    }

    /// The message that says what the act is called.
    pub(super) fn message(&self) -> Option<&'static str> {
        ACT_WORDS.iter().find(|(event, _)| *event == self.event).map(|(_, id)| *id)
    }

    /// Why the act was done, and what was done.
    pub fn why(&self) -> String {
        let killed = self.killed.map(|since| say!("audit-act-killed", since = since));
        let changed =
            (!self.changed.is_empty()).then(|| say!("audit-act-changed", files = self.changed.join(" ")));
        let reason = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
        let parts: Vec<String> = [reason, self.key.clone(), killed, changed].into_iter().flatten().collect();
        parts.join("; ")
    }
}

/// The acts of these days, as they happened; of one person where one is named.
///
/// # Errors
/// The journal can't be read.
pub fn acts(
    settings: &GatewaySettings,
    period: Period,
    by: Option<&str>,
) -> Result<Vec<RecordedAct>, AuditError> {
    if period.to < period.from {
        return Err(AuditError::NoDay { from: period.from, to: period.to });
    }
    let mut acts = Vec::new();
    let from = Moment::in_japan_at(period.from, Time::midnight());
    search::lines_since(&journal_of(settings)?, from, |text| {
        let act = serde_json::from_slice::<RecordedAct>(text).ok();
        let in_days = |act: &RecordedAct| (period.from..=period.to).contains(&act.at.date());
        acts.extend(act.filter(|act| in_days(act) && by.is_none_or(|by| names_person(&act.by, by))));
    })?;
    Ok(acts)
}
