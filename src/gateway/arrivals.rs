//! On which links files have to come, and when the last one came.
//!
//! Only reads. What follows of it, an alert or a line of the overview, is for others to say.

use crate::config::Config;
use crate::schedule::deadline::Expectation;
use totatsu_base::Moment;
use totatsu_ledger::{Ledger, LedgerError, Wanted};

/// How many of a link's newest deliveries are searched for the last file that came: the others are resends, or bear a time
/// that hasn't come yet.
const PAST_LIMIT: usize = 1000;

/// The links, either way, on which files have to come.
pub fn expectations(config: &Config) -> impl Iterator<Item = (&str, Expectation)> {
    let out = config.links.values().map(|link| (link.name.as_str(), link.expect));
    let back = config.inbound.values().map(|link| (link.name.as_str(), link.expect));
    out.chain(back).filter_map(|(name, expectation)| Some((name, expectation?)))
}

/// When the last file came on a link, whichever way.
///
/// # Errors
/// The index fails.
pub fn last_came(ledger: &Ledger, link: &str, now: Moment) -> Result<Option<Moment>, LedgerError> {
    for delivery in ledger.wanted(Wanted::of_link(link)).take(PAST_LIMIT) {
        let delivery = delivery?;
        // A resend is our own doing: nothing came.
        if delivery.resend_of.is_none() && delivery.accepted_at <= now {
            return Ok(Some(delivery.accepted_at));
        }
    }
    Ok(None)
}
