//! How partners and links stand.
//!
//! Only reads, from the index and from what the running gateway knows.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::protocol::{
    Answer, AwaitedAct, ControlError, InboundStatus, LinkBacklog, LinkStatus, PartnerStatus, Status,
};
use super::rights::Rights;
use crate::config::partner::Partner;
use totatsu_base::Moment;
use totatsu_base::locked;
use totatsu_ledger::{Hold, LedgerError, Subject};

/// The state of a partner whose medium is waited for, as the answer has it.
const MEDIUM_WANTED: &str = "medium wanted"; // not for people

impl Desk {
    pub(super) fn status(&self, rights: &Rights) -> Result<Answer, ControlError> {
        let mut backlog = self.backlog()?;
        backlog.retain(|link| rights.sees(&link.link));
        let (mut unfinished, mut by_partner) = (BTreeMap::<_, u64>::new(), BTreeMap::<_, u64>::new());
        for link in &backlog {
            for (state, count) in &link.unfinished {
                *unfinished.entry(state.clone()).or_default() += count;
                *by_partner.entry(link.partner.clone()).or_default() += count;
            }
        }
        let holds: BTreeMap<Subject, _> = self.ledger().holds()?.into_iter().collect();
        let gateway = self.gateway();
        let mut names: BTreeSet<&String> =
            gateway.map(|gateway| gateway.config.partners.keys().collect()).unwrap_or_default();
        let elsewhere = by_partner.keys().chain(holds.keys().filter_map(|subject| match subject {
            Subject::Partner(name) => Some(name),
            Subject::Link(_) => None,
        }));
        names.extend(elsewhere);
        names.retain(|partner| by_partner.contains_key(*partner) || rights.sees_partner(partner));
        let partner = |name: &String| {
            let unfinished = by_partner.get(name).copied().unwrap_or_default();
            self.partner_status(name, holds.get(&Subject::Partner(name.clone())), unfinished)
        };
        let partners = names.into_iter().map(partner).collect();
        let links = holds.iter().filter_map(|(subject, hold)| match subject {
            Subject::Link(link) if rights.sees(link) => {
                Some(LinkStatus { link: link.clone(), hold: hold.clone() })
            }
            Subject::Link(_) | Subject::Partner(_) => None,
        });
        let links = links.collect();
        let left = gateway.map(|gateway| gateway.unaccepted.of_links(|link| rights.sees(link)));
        let left = left.unwrap_or_default();
        let last_looks = gateway.into_iter().flat_map(|gateway| {
            gateway.looks.last().filter(|(link, _)| rights.sees(link)).map(|(link, last_look)| {
                let title = gateway.config.inbound[link].title.clone();
                InboundStatus { link: link.clone(), title, last_look }
            })
        });
        Ok(Answer::Status(Status {
            running: gateway.is_some(),
            since: gateway.map(|gateway| gateway.since),
            partners,
            links,
            inbound: last_looks.collect(),
            backlog,
            unfinished,
            awaited: self.awaited(rights)?,
            left: left.files,
            left_beyond: left.beyond,
            missing: self.missing(rights)?,
            rejected: self.rejected(rights)?,
        }))
    }

    fn partner_status(&self, name: &str, hold: Option<&Hold>, unfinished: u64) -> PartnerStatus {
        let (gateway, partner) = (self.gateway(), name.to_owned());
        let outage = gateway.and_then(|gateway| gateway.outages.of(name));
        // A partner that is held isn't tried before its hold ends.
        let next = match hold {
            Some(hold) => hold.until,
            None => outage.as_ref().map(|outage| outage.next),
        };
        let carried = gateway.is_some_and(|gateway| gateway.config.is_carried(name));
        let (state, since, reason) = match (hold, outage) {
            (Some(hold), _) => ("held", Some(hold.since), Some(hold.reason.clone())),
            (None, Some(outage)) => {
                let state = if carried { MEDIUM_WANTED } else { "down" };
                (state, Some(outage.since), Some(outage.reason))
            }
            (None, None) if gateway.is_some() => ("up", None, None),
            (None, None) => ("unknown", None, None),
        };
        let reached = gateway.is_some_and(|gateway| gateway.has_reached(name));
        let configured = gateway.and_then(|gateway| gateway.config.partners.get(name));
        let undecided = configured.is_some_and(Partner::is_undecided);
        let state = state.to_owned();
        PartnerStatus { partner, state, since, reason, next, unfinished, reached, undecided }
    }

    /// The acts that wait for a second name. A delivery of which none waits any more is forgotten.
    fn awaited(&self, rights: &Rights) -> Result<Vec<AwaitedAct>, LedgerError> {
        let Some(gateway) = self.gateway() else { return Ok(Vec::new()) };
        let (now, mut awaited) = (Moment::now(), Vec::new());
        let asked = locked(&gateway.requested).clone();
        for id in asked {
            let delivery = self.ledger().find(&id)?;
            let request = delivery.as_ref().and_then(|delivery| delivery.requested.clone());
            match (delivery, request.filter(|request| request.until > now)) {
                (Some(delivery), Some(request)) if rights.sees(&delivery.link) => {
                    awaited.push(AwaitedAct { delivery: id, link: delivery.link, request: *request });
                }
                (Some(_), Some(_)) => {}
                _ => drop(locked(&gateway.requested).remove(&id)),
            }
        }
        Ok(awaited)
    }

    /// What isn't finished on each link, by the link's name.
    fn backlog(&self) -> Result<Vec<LinkBacklog>, LedgerError> {
        let mut links = BTreeMap::<_, BTreeMap<String, u64>>::new();
        for id in self.ledger().unfinished()? {
            let Some(delivery) = self.ledger().find(&id)? else { continue };
            let (state, inbound) = (delivery.state().to_owned(), delivery.collection().is_some());
            let counts = links.entry((delivery.link, delivery.partner, inbound)).or_default();
            *counts.entry(state).or_default() += 1;
        }
        let of_link =
            |((link, partner, inbound), unfinished)| LinkBacklog { link, partner, inbound, unfinished };
        Ok(links.into_iter().map(of_link).collect())
    }
}
