//! What the gateway as a whole last did, as its events tell: whether it was stopped, and what was stamped last.
//!
//! Owned by the index, with its position. Says nothing of deliveries.

use serde::{Deserialize, Serialize};

use crate::event::{Entry, Event};
use totatsu_base::Moment;

/// What is remembered of the gateway's own events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayActs {
    /// The start that no stop has followed yet.
    #[serde(default)]
    pub running_since: Option<Moment>,
    /// The stamp that was kept last.
    #[serde(default)]
    pub stamped: Option<LastStamp>,
}

/// A stamp of somebody outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastStamp {
    /// When the stamp was recorded.
    pub at: Moment,
    /// The number of the event that records the stamp.
    pub event: u64,
}

impl GatewayActs {
    /// The gateway's acts as they are after an event.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other event is one of these acts")]
    pub(super) fn after(self, entry: &Entry) -> GatewayActs {
        match &entry.event {
            Event::Started { .. } => GatewayActs { running_since: Some(entry.at), ..self },
            Event::Stopped { .. } => GatewayActs { running_since: None, ..self },
            Event::Stamped { .. } => {
                GatewayActs { stamped: Some(LastStamp { at: entry.at, event: entry.seq }), ..self }
            }
            _ => self,
        }
    }
}
