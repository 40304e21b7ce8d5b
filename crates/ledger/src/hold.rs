//! Holds on a whole partner or a whole link: nothing goes there until somebody releases it.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::{Entry, Event};
use crate::standing::Gate;
use totatsu_base::Moment;
use totatsu_base::say;

/// What can be held as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A partner, by its name.
    Partner(String),
    /// A link, by its name.
    Link(String),
}

/// A hold, until it is released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Since when the partner or link is held.
    pub since: Moment,
    /// Who holds it: a person, or `totatsu` itself.
    pub by: String,
    /// Why, and what to do.
    pub reason: String,
    /// When the gateway releases it by itself; none where a person does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// What a batch of events makes of holds: the new hold, or none any more.
pub(crate) type HoldChanges = HashMap<Subject, Option<Hold>>;

impl Subject {
    /// The key of this partner or link in the index, whatever language is spoken.
    pub(super) fn key(&self) -> String {
        let (kind, name) = match self {
            Subject::Partner(name) => ("partner", name),
            Subject::Link(name) => ("link", name),
        };
        format!("{kind} {name}")
    }
}

impl Hold {
    /// The gate at which whoever goes to what is held has to wait.
    pub fn gate(self, subject: Subject) -> Gate {
        let Hold { reason, until, .. } = self;
        match subject {
            Subject::Partner(partner) => Gate::PartnerHeld { partner, reason, until },
            Subject::Link(link) => Gate::LinkHeld { link, reason, until },
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Subject::Partner(name) => say!("ledger-partner", name = name),
            Subject::Link(name) => say!("ledger-link", name = name),
        })
    }
}

/// The change that an entry makes to a hold, if it is about one.
#[expect(clippy::wildcard_enum_match_arm, reason = "only these events are about holds")]
pub fn change_of(entry: &Entry) -> Option<(Subject, Option<Hold>)> {
    let hold = |by: &str, reason: &str, until: Option<Moment>| {
        Some(Hold { since: entry.at, by: by.to_owned(), reason: reason.to_owned(), until })
    };
    match &entry.event {
        Event::PartnerHeld { partner, by, reason, until } => {
            Some((Subject::Partner(partner.clone()), hold(by, reason, *until)))
        }
        Event::PartnerReleased { partner, .. } => Some((Subject::Partner(partner.clone()), None)),
        Event::LinkHeld { link, by, reason, until } => {
            Some((Subject::Link(link.clone()), hold(by, reason, *until)))
        }
        Event::LinkReleased { link, .. } => Some((Subject::Link(link.clone()), None)),
        _ => None,
    }
}
