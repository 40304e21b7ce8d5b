//! Which deliveries are listed: filters over the ledger, newest first.
//!
//! Owns how filters are put together from what the ledger has indexes for; what was late is found among those that were under way at the
//! time of day of a deadline. Promises that no filter walks the whole past: a search that meets nothing for long stops and says how far
//! back it looked. Only reads. Never says that there is none of a name that nobody knows: that is an error, which names near ones.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::desk::Desk;
use super::protocol::{Answer, ControlError, DeliveryFilter, DeliveryList};
use super::rights::{Rights, SEE};
use crate::config::Config;
use totatsu_base::{DeliveryId, Moment, say};
use totatsu_ledger::{Delivery, Ledger, LedgerError, UnderWayAt, Walk, Walked, Wanted, WildName};

/// How much a list may look at in vain, where no day is named from which on deliveries are wanted.
const IN_VAIN: Patience = Patience { reads: 1_000, searches: 2 };
/// As [`IN_VAIN`], where such a day is named.
const IN_VAIN_SINCE: Patience = Patience { reads: 100_000, searches: 25 };
/// How many deliveries are counted beyond those that are shown.
const COUNTED: usize = 100;
/// As [`COUNTED`], where each delivery has to be read for that.
const COUNTED_BY_READING: usize = 50;
/// Near names that are told.
const NEAR: usize = 3;
/// The newest deliveries whose links and partners are held against an unknown name.
const NEWEST: usize = 100;

/// Reads of deliveries, and searches in the index, that may be in vain before a list ends.
struct Patience {
    reads: usize,
    searches: usize,
}

/// Several walks over deliveries, as one.
struct Merged {
    walks: Vec<(Walk, Option<Walked>)>,
    /// Several walks may meet the same delivery.
    overlap: bool,
    last: Option<DeliveryId>,
}

impl Desk {
    /// The deliveries that the filter wants, newest first.
    pub(super) fn list(&self, filter: &DeliveryFilter, rights: &Rights) -> Result<Answer, ControlError> {
        self.check_names(filter, rights)?;
        let mut filter = filter.clone();
        if let Some(code) = &filter.municipality {
            let links = self.with_config(|config| config.links_of_municipality(code)).unwrap_or_default();
            if links.is_empty() {
                return Err(ControlError::Unfit(say!("list-no-link-of-municipality", code = code)));
            }
            filter.among.retain(|link| links.contains(link));
            if filter.among.is_empty() {
                filter.among = links;
            }
        }
        let Some(narrowed) = rights.narrowed(&filter) else {
            return Ok(Answer::Deliveries(DeliveryList::default()));
        };
        let filter = &narrowed;
        let list = match filter.late {
            false => self.listed(filter, None, rights),
            true => {
                let listed = self.with_config(|config| self.listed(filter, Some(config), rights));
                listed.ok_or_else(|| ControlError::Unfit(say!("control-late-unknown")))?
            }
        };
        Ok(Answer::Deliveries(list?))
    }

    /// As [`Desk::list`]. `late` is the configuration with the deadlines, where only late deliveries are wanted.
    fn listed(
        &self,
        filter: &DeliveryFilter,
        late: Option<&Config>,
        rights: &Rights,
    ) -> Result<DeliveryList, ControlError> {
        let now = Moment::now();
        let is_late = |config: &Config, delivery: &Delivery| {
            config.deadline_of(delivery).is_some_and(|deadline| deadline.is_missed(now))
        };
        // No index answers this.
        let is_wanted = |delivery: &Delivery| {
            rights.sees(&delivery.link) && late.is_none_or(|config| is_late(config, delivery))
        };
        let mut walks = Merged::new(self.ledger(), wanted_of(filter, late, rights))?;
        let (mut list, mut more) = (DeliveryList::default(), 0);
        let mut left = if filter.since.is_some() { IN_VAIN_SINCE } else { IN_VAIN };
        let counted = if late.is_none() { COUNTED } else { COUNTED_BY_READING };
        loop {
            let is_full = list.deliveries.len() >= filter.limit;
            if is_full && late.is_none() {
                (more, list.looked_back_to) = walks.count(counted + 1)?;
                break;
            }
            let Some(step) = walks.step()? else { break };
            let (id, tired) = match step {
                Walked::Met(met) if is_wanted(&met) => {
                    match is_full {
                        false => list.deliveries.push(self.show(*met)),
                        true => more += 1,
                    }
                    if more > counted {
                        break;
                    }
                    continue;
                }
                Walked::Met(met) => (met.id, is_enough(&mut left.reads)),
                Walked::Passed(id) => (id, is_enough(&mut left.searches)),
            };
            if tired {
                list.looked_back_to = Some(id);
                break;
            }
        }
        list.left_out = more.min(counted);
        list.left_out_more = more > counted;
        Ok(list)
    }

    /// A name that neither the configuration nor the ledger has is a mistake.
    fn check_names(&self, filter: &DeliveryFilter, rights: &Rights) -> Result<(), ControlError> {
        if let Some(link) = &filter.link {
            let is_configured = self.with_config(|config| config.has_link(link)) == Some(true);
            if is_configured {
                rights.demand(SEE, Some(link))?;
            }
            let met = self.ledger().wanted(Wanted::of_link(link)).next().transpose()?;
            if met.is_none() && !is_configured {
                let seen = |config: &Config| {
                    let links = config.links.keys().chain(config.inbound.keys());
                    links.filter(|link| rights.sees(link)).cloned().collect()
                };
                let near = self.near(link, seen, rights, |delivery| &delivery.link)?;
                return Err(ControlError::Unfit(match near.is_empty() {
                    true => say!("control-no-such-link", link = link),
                    false => say!("control-no-such-link-near", link = link, near = near.join(", ")),
                }));
            }
        }
        if let Some(partner) = &filter.partner {
            let of_partner = Wanted { partner: Some(partner.clone()), ..Wanted::default() };
            let mut newest = self.ledger().wanted(of_partner).take(NEWEST);
            let is_seen = |met: &Result<Delivery, _>| met.as_ref().map_or(true, |met| rights.sees(&met.link));
            let is_known = newest.find(is_seen).transpose()?.is_some()
                || rights.sees_partner(partner)
                    && self.with_config(|config| config.partners.contains_key(partner)) == Some(true);
            if !is_known {
                let seen = |config: &Config| {
                    config.partners.keys().filter(|partner| rights.sees_partner(partner)).cloned().collect()
                };
                let near = self.near(partner, seen, rights, |delivery| &delivery.partner)?;
                return Err(ControlError::Unfit(match near.is_empty() {
                    true => say!("control-no-such-partner", partner = partner),
                    false => say!("control-no-such-partner-near", partner = partner, near = near.join(", ")),
                }));
            }
        }
        Ok(())
    }

    /// The names that are most like a mistaken one, of those that are configured and those of the newest deliveries.
    fn near(
        &self,
        mistaken: &str,
        configured: impl FnOnce(&Config) -> BTreeSet<String>,
        rights: &Rights,
        name_of: impl Fn(&Delivery) -> &String,
    ) -> Result<Vec<String>, LedgerError> {
        let mut names = self.with_config(configured).unwrap_or_default();
        for delivery in self.ledger().newest_first().take(NEWEST) {
            let delivery = delivery?;
            if rights.sees(&delivery.link) {
                names.insert(name_of(&delivery).clone());
            }
        }
        Ok(near_names(mistaken, names))
    }
}

/// The names that are most like a mistaken one.
pub fn near_names(mistaken: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let far = mistaken.chars().count().div_ceil(2);
    let distance = |name: &String| match name.contains(mistaken) || mistaken.contains(name.as_str()) {
        true => 0,
        false => strsim::osa_distance(name, mistaken),
    };
    let mut near: Vec<(usize, String)> =
        names.into_iter().map(|name| (distance(&name), name)).filter(|(apart, _)| *apart <= far).collect();
    near.sort();
    near.into_iter().take(NEAR).map(|(_, name)| name).collect()
}

/// Counts one more in vain; says whether that was the last that may be.
fn is_enough(left: &mut usize) -> bool {
    *left = left.saturating_sub(1);
    *left == 0
}

/// What is asked of the ledger, in several questions: together they answer of the filter what indexes can.
fn wanted_of(filter: &DeliveryFilter, late: Option<&Config>, rights: &Rights) -> Vec<Wanted> {
    let links: Vec<Option<&String>> = match (&filter.link, filter.among.is_empty()) {
        (Some(link), true) => vec![Some(link)],
        (Some(link), false) => filter.among.iter().filter(|one| *one == link).map(Some).collect(),
        (None, false) => filter.among.iter().map(Some).collect(),
        (None, true) => vec![None],
    };
    let states: BTreeSet<&String> = filter.states.iter().collect();
    let states: Vec<Option<&String>> =
        if states.is_empty() { vec![None] } else { states.into_iter().map(Some).collect() };
    let (like, name) = match &filter.name {
        Some(name) if WildName::is_one(name) => (Some(WildName::new(name)), None),
        name => (None, name.clone()),
    };
    let mut all = Vec::new();
    for link in links {
        for (state, under_way_at) in
            states.iter().flat_map(|state| times_of(late, link).into_iter().map(move |at| (*state, at)))
        {
            let wanted = Wanted {
                state: state.cloned(),
                link: link.cloned(),
                partner: filter.partner.clone(),
                name: name.clone(),
                like: like.clone(),
                not_over: rights.hidden(),
                under_way_at,
                by: filter.by.clone(),
                from: filter.since.map(DeliveryId::lowest_at),
                below: filter.until.map(DeliveryId::lowest_at),
                ..Wanted::default()
            };
            match filter.hash {
                None => all.push(wanted),
                Some(sha256) => {
                    all.push(Wanted { acknowledgement: Some(sha256), ..wanted.clone() });
                    all.push(Wanted { source: Some(sha256), ..wanted });
                }
            }
        }
    }
    all
}

/// The times of day of the deadlines of a link, or of all: what missed one was under way then.
fn times_of(late: Option<&Config>, link: Option<&String>) -> Vec<Option<UnderWayAt>> {
    let Some(config) = late else { return vec![None] };
    let meant = config.links.values().filter(|its| link.is_none_or(|link| its.name == *link));
    let minutes: BTreeSet<u16> = meant.filter_map(|its| Some(its.deadline?.minute())).collect();
    let at = |minute| [false, true].map(|long| Some(UnderWayAt { minute, long }));
    minutes.into_iter().flat_map(at).collect()
}

impl Merged {
    fn new(ledger: &Ledger, wanted: Vec<Wanted>) -> Result<Merged, LedgerError> {
        // Walks of different states or links share no delivery. Walks by a digest may: of what a delivery began with, and of
        // its acknowledgement.
        let (mut walks, overlap) = (Vec::new(), wanted.iter().any(|wanted| wanted.acknowledgement.is_some()));
        for wanted in wanted {
            let mut walk = ledger.walk(wanted)?;
            let head = walk.step()?;
            walks.push((walk, head));
        }
        Ok(Merged { walks, overlap, last: None })
    }

    /// The newest step of all walks; one that another walk has met too counts once.
    fn step(&mut self) -> Result<Option<Walked>, LedgerError> {
        loop {
            let newest = self.walks.iter_mut().filter(|(_, head)| head.is_some());
            let newest = newest.min_by_key(|(_, head)| Reverse(head.as_ref().map(place_of).cloned()));
            let Some((walk, head)) = newest else { return Ok(None) };
            let Some(step) = std::mem::replace(head, walk.step()?) else { return Ok(None) };
            if let Walked::Met(met) = &step {
                if self.last.as_ref() == Some(&met.id) {
                    continue;
                }
                self.last = Some(met.id.clone());
            }
            return Ok(Some(step));
        }
    }

    /// How many more there are, up to a limit, and how far that was counted, if not to the end; one that several walks meet counts once.
    fn count(&mut self, at_most: usize) -> Result<(usize, Option<DeliveryId>), LedgerError> {
        let (mut count, mut back) = (0, None);
        if !self.overlap {
            for (walk, head) in &mut self.walks {
                count += usize::from(matches!(head.take(), Some(Walked::Met(_))));
                let (more, until) = walk.count(at_most.saturating_sub(count))?;
                count += more;
                back = back.max(until);
            }
            return Ok((count, back));
        }
        while count < at_most {
            match self.step()? {
                Some(Walked::Met(_)) => count += 1,
                Some(Walked::Passed(id)) => return Ok((count, Some(id))),
                None => break,
            }
        }
        Ok((count, None))
    }
}

fn place_of(step: &Walked) -> &DeliveryId {
    match step {
        Walked::Met(met) => &met.id,
        Walked::Passed(id) => id,
    }
}
