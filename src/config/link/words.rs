//! What links of both directions say in the same words.

use std::time::Duration;

use serde::Deserialize;

use crate::config::gateway::municipality;
use totatsu_base::say;

/// For how long the same content counts as sent by mistake, unless the link says otherwise: a monthly file has a month.
pub(super) const DUPLICATES_WITHIN: Duration = Duration::from_secs(35 * 24 * 3600);

/// Whether one delivery of a link may overtake another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// It may.
    Free,
    /// One after another; for differences (差分).
    Strict,
    /// One after another, and a newer file takes the place of those not yet begun; for full files (全件).
    Latest,
}

/// Which way the files of a link go, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectionWord {
    /// To the partner.
    Out,
    /// From the partner.
    In,
}

impl Order {
    /// Whether one may overtake another.
    pub fn is_free(self) -> bool {
        self == Order::Free
    }
}

/// The municipality that a link names by its six digits, where it isn't the gateway's own; five digits.
pub(super) fn other_municipality(
    given: Option<String>,
    wrong: &mut impl FnMut(&str, String),
) -> Option<String> {
    municipality(&given?).map_err(|message| wrong("municipality", message)).ok()
}

/// What keeps a lock from being a file's name, if anything does.
pub(super) fn fault_of_lock(lock: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let fine = !lock.is_empty() && lock.chars().all(plain);
    (!fine).then(|| say!("config-lock", lock = format!("{lock:?}")))
}
