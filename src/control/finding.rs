//! Which delivery somebody means: by its id, by a part of that, or by the name of its file.
//!
//! Owns the one rule for all questions and acts. Promises that an act never meets one of several of a name: where one alone isn't
//! finished, that one is meant; where several are, they are named with their ids. Only reads.

use super::desk::Desk;
use super::protocol::{ControlError, OfName, PART_LENGTH};
use super::rights::Rights;
use totatsu_base::{DeliveryId, say};
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Delivery, LedgerError, Wanted};

/// Among how many of the newest deliveries an id is looked for that is given in part.
const SEARCH_LIMIT: usize = 10_000;
/// How many of the newest deliveries of a name are searched for those that the caller may see.
const OF_NAME: usize = 10_000;
/// How many deliveries of one name an answer names.
const NAMED: usize = 10;

impl Desk {
    /// The delivery with this id, or whose file has this name, or with this part of an id, among those that the caller may
    /// see. A whole id, or a name that fits no other, finds one that the caller may not see, too.
    pub(super) fn find(
        &self,
        named: &str,
        rights: &Rights,
        of_name: OfName,
    ) -> Result<Delivery, ControlError> {
        if let Ok(whole) = named.parse::<DeliveryId>() {
            return self.ledger().find(&whole)?.ok_or_else(|| ControlError::Unknown(named.to_owned()));
        }
        let (seen, hidden) = self.of_name(named, rights)?;
        match (seen, of_name) {
            (seen, _) if seen.is_empty() => match self.with_part(named, rights) {
                Err(ControlError::Unknown(_) | ControlError::TooShort(_)) if hidden.is_some() => {
                    hidden.ok_or_else(|| ControlError::Unknown(named.to_owned()))
                }
                found => found,
            },
            (mut seen, OfName::Newest) => Ok(seen.swap_remove(0)),
            (seen, OfName::OnlyOne) => self.only_one(named, seen, rights),
        }
    }

    /// The newest deliveries of a file name that the caller may see, one more than an answer names at most; and the newest
    /// one that was met which the caller may not see.
    pub(super) fn of_name(
        &self,
        name: &str,
        rights: &Rights,
    ) -> Result<(Vec<Delivery>, Option<Delivery>), LedgerError> {
        let (mut seen, mut hidden) = (Vec::new(), None);
        for found in self.ledger().wanted(whose_file_is(name)).take(OF_NAME) {
            let found = found?;
            if rights.sees(&found.link) {
                seen.push(found);
            } else {
                hidden.get_or_insert(found);
            }
            if seen.len() > NAMED {
                break;
            }
        }
        Ok((seen, hidden))
    }

    /// The one delivery of a name that isn't finished, or else the only one.
    fn only_one(&self, name: &str, seen: Vec<Delivery>, rights: &Rights) -> Result<Delivery, ControlError> {
        let (wanted, mut open) = (whose_file_is(name), Vec::new());
        for id in self.ledger().unfinished()? {
            let delivery = self.ledger().find(&id)?;
            let goes_on = |found: &Delivery| !found.stage.is_final() && wanted.fits(found);
            open.extend(delivery.filter(|found| goes_on(found) && rights.sees(&found.link)));
        }
        open.sort_by(|one, other| other.id.cmp(&one.id));
        let mut meant = if open.is_empty() { seen } else { open };
        if meant.len() == 1 {
            return Ok(meant.swap_remove(0));
        }
        let one = |one: &Delivery| {
            say!("control-one-of-name", id = one.id, link = one.link, state = state_word(one.state()))
        };
        let ids: Vec<String> = meant.iter().take(NAMED).map(one).collect();
        Err(ControlError::SeveralOfName { name: name.to_owned(), ids: ids.join(&say!("list-comma")) })
    }

    /// The delivery with this part in its id, of those that the caller may see: whoever tries parts isn't told what else
    /// there is.
    fn with_part(&self, part: &str, rights: &Rights) -> Result<Delivery, ControlError> {
        if part.len() < PART_LENGTH {
            return Err(ControlError::TooShort(part.to_owned()));
        }
        let mut found = None::<Delivery>;
        for candidate in self.ledger().ids_newest_first().take(SEARCH_LIMIT) {
            let candidate = candidate?;
            if !candidate.as_str().contains(part) {
                continue;
            }
            let Some(candidate) = self.ledger().find(&candidate)? else { continue };
            if !rights.sees(&candidate.link) {
                continue;
            }
            if let Some(other) = found.replace(candidate.clone()) {
                return Err(ControlError::Ambiguous(part.to_owned(), candidate.id, other.id));
            }
        }
        found.ok_or_else(|| ControlError::Unknown(part.to_owned()))
    }
}

fn whose_file_is(name: &str) -> Wanted {
    Wanted { name: Some(name.to_owned()), ..Wanted::default() }
}
