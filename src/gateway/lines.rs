//! The sessions with partners, and what it means when none comes about: a partner that is down, held, or a medium that is
//! wanted.
//!
//! Owns what is told of a partner's line and recorded about it. Tries nothing by itself; daemon/probes does.

use super::{Failure, Gateway, OURSELVES, Outage};
use crate::alert::{self, Alert, Kind};
use crate::config::partner::Partner;
use totatsu_base::say;
use totatsu_base::{Moment, Remedy};
use totatsu_ledger::{Delivery, Event, Gate, LedgerError, Step};
use totatsu_transport::medium::MediumFault;
use totatsu_transport::pool::{Lease, Load, Permit, Pool};
use totatsu_transport::{Session, TransportError};

/// Bytes up to which a file is small: several at a time go over one connection, and none of them waits long for another.
const SMALL: u64 = 256 * 1024;

impl Gateway {
    /// A session with a delivery's partner, as soon as one may be opened.
    ///
    /// # Errors
    /// The partner can't be reached, or has left the configuration.
    pub async fn session(&self, delivery: &Delivery, step: Step) -> Result<Lease<'_>, Failure> {
        let permit = self.permit(delivery).await;
        self.session_with(permit, &delivery.partner, step).await
    }

    /// The right to a session with a delivery's partner, as soon as its limit of connections allows and the turn of its link has
    /// come; nothing where the partner has left the configuration.
    pub fn permit<'g>(&'g self, delivery: &Delivery) -> impl Future<Output = Option<Permit<'g>>> + use<'g> {
        let (pool, lane, load) =
            (self.pools.get(&delivery.partner), delivery.link.clone(), load_of(delivery));
        async move {
            match pool {
                Some(pool) => Some(pool.permit_in(&lane, load).await),
                None => None,
            }
        }
    }

    /// Opens the session that a permit is the right to. If that fails, the partner counts as down for every delivery, or as
    /// held where a person has to act.
    ///
    /// # Errors
    /// The partner can't be reached, or has left the configuration.
    pub async fn session_with<'g>(
        &'g self,
        permit: Option<Permit<'g>>,
        partner: &str,
        step: Step,
    ) -> Result<Lease<'g>, Failure> {
        let Some((pool, permit)) = self.pools.get(partner).zip(permit) else {
            return Err(Failure::hold(step, say!("journey-partner-gone", partner = partner)));
        };
        let error = match pool.open(&permit).await {
            Ok(session) => return Ok(pool.lease(session, permit)),
            Err(error) => error,
        };
        if let Some(fault) = error.medium_wanted() {
            return Err(Failure::Closed(self.want_medium(partner, error.to_string(), fault.room_wanted())));
        }
        // The partner serves other sessions of ours: it minds their number, and isn't down.
        if error.remedy() == Remedy::Retry && pool.in_use() > 0 {
            return Err(Failure::of_transport(step, &error));
        }
        Err(Failure::Closed(self.unreachable(partner, &error).await?))
    }

    /// A session for looking at what a partner has, or why none comes about. A medium that isn't there has nothing to look
    /// at, and nobody is asked to put it in.
    ///
    /// # Errors
    /// The ledger can't record that the partner is held.
    pub async fn session_to_look(&self, partner: &str) -> Result<Result<Lease<'_>, String>, LedgerError> {
        let Some(pool) = self.pools.get(partner) else {
            return Ok(Err(say!("journey-no-partner", partner = partner)));
        };
        if self.config.partners.get(partner).is_some_and(Partner::is_undecided) {
            return Ok(Err(say!("journey-partner-undecided", partner = partner)));
        }
        let permit = pool.permit(Load::Heavy).await;
        match pool.open(&permit).await {
            Ok(session) => Ok(Ok(pool.lease(session, permit))),
            Err(error) => {
                let why = error.to_string();
                let busy = error.remedy() == Remedy::Retry && pool.in_use() > 0;
                if !busy && error.medium_wanted().is_none() {
                    let told = self.unreachable(partner, &error).await;
                    // If the ledger can't record for a while, the next look finds out anew.
                    told.map(drop)
                        .or_else(|error| if error.remedy() == Remedy::Retry { Ok(()) } else { Err(error) })?;
                }
                Ok(Err(why))
            }
        }
    }

    /// Tries one connection to a partner, which is then kept for the next delivery.
    ///
    /// # Errors
    /// The partner can't be reached, refuses, or its medium has no room.
    pub async fn probe(&self, partner: &str) -> Result<(), TransportError> {
        let Some(pool) = self.pools.get(partner) else { return Ok(()) };
        let mut lease = pool.session().await?;
        if self.config.is_carried(partner) {
            self.check_room(partner, lease.session()).await?;
        }
        lease.give_back();
        Ok(())
    }

    /// Notes that no connection to a partner comes about, and says what deliveries have to wait for.
    ///
    /// # Errors
    /// The ledger can't record that the partner is held.
    pub async fn unreachable(&self, partner: &str, error: &TransportError) -> Result<Gate, LedgerError> {
        if error.remedy() != Remedy::Retry {
            return self.hold_partner(partner, error.to_string()).await;
        }
        let now = Moment::now();
        let next = self.next_probe(partner, now.after(self.config.gateway.backoff.first));
        let (since, attempts, reason, room_wanted) = (now, 1, self.why_unreached(partner, error), 0);
        let told = reason.clone();
        let outage = Outage { since, tried_since: now, attempts, at: now, next, reason, room_wanted };
        if self.outages.begin(partner, outage) {
            self.tell_of_partner(Kind::PartnerDown, partner, told);
        }
        let since = self.outages.of(partner).map_or(now, |outage| outage.since);
        Ok(Gate::PartnerDown { partner: partner.to_owned(), since })
    }

    /// Why a partner isn't reached: the error's words, unless the partner's file doesn't say yet where the partner is.
    pub fn why_unreached(&self, partner: &str, error: &TransportError) -> String {
        if self.config.partners.get(partner).is_some_and(Partner::is_undecided) {
            return say!("journey-partner-undecided", partner = partner);
        }
        error.to_string()
    }

    /// Whether a connection to the partner has come about since the gateway started.
    pub fn has_reached(&self, partner: &str) -> bool {
        self.pools.get(partner).is_some_and(Pool::has_opened)
    }

    /// Notes that a partner's medium has to be put in, and says what deliveries have to wait for: a normal thing, told once
    /// and never given up.
    pub fn want_medium(&self, partner: &str, reason: String, room_wanted: u64) -> Gate {
        let now = Moment::now();
        let next = now.after(self.config.gateway.backoff.first);
        let (since, attempts, told) = (now, 1, reason.clone());
        let outage = Outage { since, tried_since: now, attempts, at: now, next, reason: told, room_wanted };
        if self.outages.begin(partner, outage.clone()) {
            self.tell_of_partner(Kind::MediumWanted, partner, reason);
        }
        self.gate_of(partner, self.outages.of(partner).unwrap_or(outage))
    }

    /// The gate for deliveries to a partner that can't be reached, or whose medium is wanted.
    pub fn gate_of(&self, partner: &str, outage: Outage) -> Gate {
        let (partner, since) = (partner.to_owned(), outage.since);
        if self.config.is_carried(&partner) {
            return Gate::MediumWanted { partner, since, reason: outage.reason };
        }
        Gate::PartnerDown { partner, since }
    }

    /// Refuses a medium with less room than is wanted since the last one was found full or protected.
    async fn check_room(&self, partner: &str, session: &mut dyn Session) -> Result<(), TransportError> {
        let missing = self.outages.of(partner).map_or(0, |outage| outage.room_wanted);
        if missing == 0 {
            return Ok(());
        }
        match session.free_space(".").await? {
            Some(free) if free < missing => {
                let (path, fault) = (session.peer().address.clone(), MediumFault::Full { free, missing });
                Err(TransportError::Medium { path, fault })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The instant `at`, or, outside the partner's hours, when they begin next.
    pub fn next_probe(&self, partner: &str, at: Moment) -> Moment {
        let hours = self.config.partners.get(partner).map(|partner| &partner.hours);
        hours.and_then(|hours| hours.next_opening(at)).unwrap_or(at)
    }

    /// Holds a partner until a person releases it.
    ///
    /// # Errors
    /// The ledger can't record it.
    pub async fn hold_partner(&self, partner: &str, reason: String) -> Result<Gate, LedgerError> {
        let (partner, by) = (partner.to_owned(), OURSELVES.to_owned());
        let held = Event::PartnerHeld { partner: partner.clone(), by, reason: reason.clone(), until: None };
        match self.ledger.record_general(held).await {
            Ok(()) => self.tell_of_partner(Kind::PartnerHeld, &partner, reason.clone()),
            // Another delivery has found out first.
            Err(LedgerError::Contradiction(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(Gate::PartnerHeld { partner, reason, until: None })
    }

    /// Rings an alert about a partner's line.
    pub fn tell_of_partner(&self, kind: Kind, partner: &str, text: String) {
        let subject = alert::AlertSubject::Partner(partner.to_owned());
        self.bell.ring(&Alert { kind, subject, occasion: None, text });
    }

    /// Closes sessions that nobody has used for a while.
    pub async fn close_idle_sessions(&self) {
        for pool in self.pools.values() {
            pool.close_idle().await;
        }
    }
}

/// How much a delivery's file takes of a connection. A file whose size isn't known yet may be large.
fn load_of(delivery: &Delivery) -> Load {
    let size = match delivery.collection() {
        Some(collection) => collection.found.size,
        None => delivery.converted.as_ref().map(|converted| converted.size),
    };
    if size.is_some_and(|size| size <= SMALL) { Load::Light } else { Load::Heavy }
}
