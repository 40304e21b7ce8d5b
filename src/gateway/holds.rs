//! Holds on partners and links that end by themselves, because whoever held them said until when.
//!
//! Owns that such a hold is released once its time has come, and who is woken by any change of a hold. Never holds anything.

use std::sync::Arc;

use super::{Gateway, OURSELVES};
use crate::blocking::blocking;
use totatsu_base::Moment;
use totatsu_base::say;
use totatsu_ledger::{Event, LedgerError, Subject};

impl Gateway {
    /// Releases what was held until `now` or before; says when the next hold ends.
    ///
    /// # Errors
    /// The ledger can't answer, or can't record it.
    pub async fn end_holds(self: &Arc<Self>, now: Moment) -> Result<Option<Moment>, LedgerError> {
        let gateway = self.clone();
        let holds = blocking(move || gateway.ledger.holds()).await?;
        let mut next = None;
        for (subject, hold) in holds {
            match hold.until {
                Some(until) if until <= now => self.end_hold(subject, until).await?,
                Some(until) => next = next.into_iter().chain([until]).min(),
                None => {}
            }
        }
        Ok(next)
    }

    async fn end_hold(self: &Arc<Self>, subject: Subject, until: Moment) -> Result<(), LedgerError> {
        let (by, reason) = (OURSELVES.to_owned(), say!("journey-held-until", until = until));
        let event = match subject.clone() {
            Subject::Partner(partner) => Event::PartnerReleased { partner, by, reason },
            Subject::Link(link) => Event::LinkReleased { link, by, reason },
        };
        match self.ledger.record_general(event).await {
            Ok(()) => tracing::info!("{}", say!("journey-hold-ended", subject = subject, until = until)),
            // A person has released it before.
            Err(LedgerError::Contradiction(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        self.hold_changed(subject, true).await
    }

    /// Wakes everybody whom the change of a hold concerns. A partner that was down before it was held may be there by now:
    /// once the hold is released, the partner is tried at once.
    ///
    /// # Errors
    /// The ledger can't answer.
    pub async fn hold_changed(self: &Arc<Self>, subject: Subject, released: bool) -> Result<(), LedgerError> {
        if let (Subject::Partner(partner), true) = (&subject, released) {
            self.outages.try_now(partner);
        }
        let gateway = self.clone();
        blocking(move || gateway.wake_queued(&subject)).await
    }
}
