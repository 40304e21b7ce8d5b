//! The name of a delivery: when it was accepted, and a random part, short enough to be read out over the phone.

use std::fmt;
use std::str::FromStr;

use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// Letters and digits that can't be taken for one another: no 0/o, 1/l/i, u/v.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstwxyz";
/// Length of the random part.
const RANDOM: usize = 6;

/// Names one delivery for ever, e.g. `20261122-183005-k7m2q9`. Ids sort by the time of acceptance, to the second.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DeliveryId(String);

/// The text has not the form of a delivery id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery id has the form 20261122-183005-k7m2q9")]
pub struct NotADeliveryId;

impl DeliveryId {
    /// A fresh id for a delivery accepted at `moment`.
    pub fn new(moment: Moment) -> DeliveryId {
        let mut rng = rand::rng();
        let random: String =
            (0..RANDOM).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
        DeliveryId(format!("{}-{random}", moment.in_japan().strftime("%Y%m%d-%H%M%S")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Year, month and day of acceptance, as the archive's folders use them.
    pub fn date_parts(&self) -> (&str, &str, &str) {
        (&self.0[..4], &self.0[4..6], &self.0[6..8])
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DeliveryId {
    type Err = NotADeliveryId;

    fn from_str(text: &str) -> Result<DeliveryId, NotADeliveryId> {
        let mut parts = text.split('-');
        let mut digits = |length: usize| {
            parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let dated = digits(8) && digits(6);
        let random =
            parts.next().is_some_and(|r| r.len() == RANDOM && r.bytes().all(|b| LETTERS.contains(&b)));
        if dated && random && parts.next().is_none() {
            Ok(DeliveryId(text.to_owned()))
        } else {
            Err(NotADeliveryId)
        }
    }
}

impl From<DeliveryId> for String {
    fn from(id: DeliveryId) -> String {
        id.0
    }
}

impl TryFrom<String> for DeliveryId {
    type Error = NotADeliveryId;

    fn try_from(text: String) -> Result<DeliveryId, NotADeliveryId> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_tells_its_time_in_japan_and_is_read_back() {
        let id = DeliveryId::new("2026-11-22T09:30:05Z".parse().unwrap());
        assert!(id.as_str().starts_with("20261122-183005-"), "{id}");
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!(id.date_parts(), ("2026", "11", "22"));
    }

    #[test]
    fn what_could_leave_the_spool_as_a_path_is_no_id() {
        for text in
            ["", "..", "../../etc", "20261122-183005-k7m2q9/..", "20261122-183005-K7M2Q9", "20261122-183005"]
        {
            assert_eq!(text.parse::<DeliveryId>(), Err(NotADeliveryId), "{text}");
        }
    }
}
