//! What a person has to look after that waits at no gate: files that should have come and haven't, and rejected ones for which no
//! better one has come.
//!
//! Only reads. Promises that neither question walks the whole past: rejected files are sought in the last seven days.

use std::time::Duration;

use super::desk::Desk;
use super::protocol::{MissingFile, RejectedFile};
use super::rights::Rights;
use crate::gateway::arrivals::{expectations, last_came};
use totatsu_base::{DeliveryId, Moment};
use totatsu_ledger::{Delivery, LedgerError, Stage, Wanted};

/// How long a rejected file is spoken of.
const SPOKEN_OF: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many of the newest rejected files are looked at, of those that the asker may see.
const LOOKED_AT: usize = 200;

impl Desk {
    /// The files that should have come by now. Where nothing ever came on a link, only what was due while the gateway ran counts.
    pub(super) fn missing(&self, rights: &Rights) -> Result<Vec<MissingFile>, LedgerError> {
        let now = Moment::now();
        let watched_since = self.gateway().map_or(now, |gateway| gateway.since);
        let found: Option<Result<_, LedgerError>> = self.with_config(|config| {
            let mut missing = Vec::new();
            for (link, expectation) in expectations(config).filter(|(link, _)| rights.sees(link)) {
                let last = last_came(self.ledger(), link, now)?;
                let calendar = config.gateway.calendar.as_ref();
                if let Some(unmet) = expectation.unmet(now, last, watched_since, calendar) {
                    let inbound = config.inbound.contains_key(link);
                    missing.push(MissingFile { link: link.to_owned(), inbound, due: unmet.due, last });
                }
            }
            Ok(missing)
        });
        found.unwrap_or_else(|| Ok(Vec::new()))
    }

    /// The files that were rejected of late and that nobody has dealt with: none of the same name has come since on their link, and
    /// nobody has done anything to them by hand.
    pub(super) fn rejected(&self, rights: &Rights) -> Result<Vec<RejectedFile>, LedgerError> {
        let of_late = Wanted {
            state: Some(Stage::Rejected.word().to_owned()),
            from: Some(DeliveryId::lowest_at(Moment::now().before(SPOKEN_OF))),
            ..Wanted::default()
        };
        let mut open = Vec::new();
        let is_seen =
            |found: &Result<Delivery, _>| found.as_ref().map_or(true, |found| rights.sees(&found.link));
        for found in self.ledger().wanted(of_late).filter(is_seen).take(LOOKED_AT) {
            let rejected = found?;
            let is_touched = !rejected.by_hand.is_empty() || rejected.contents_removed.is_some();
            if is_touched || !self.is_the_last_of_its_name(&rejected)? {
                continue;
            }
            let (name, at) =
                (rejected.name().to_owned(), rejected.reached(Stage::Rejected).unwrap_or(rejected.updated));
            let problems = rejected.problems.unwrap_or_default();
            open.push(RejectedFile { delivery: rejected.id, link: rejected.link, name, at, problems });
        }
        Ok(open)
    }

    fn is_the_last_of_its_name(&self, rejected: &Delivery) -> Result<bool, LedgerError> {
        let (link, name) = (Some(rejected.link.clone()), Some(rejected.name().to_owned()));
        let last = self.ledger().wanted(Wanted { link, name, ..Wanted::default() }).next().transpose()?;
        Ok(last.is_none_or(|last| last.id == rejected.id))
    }
}
