//! Which deliveries are listed: filters over the ledger, newest first.
//!
//! Owns how filters are put together from what the ledger has indexes for (state, link, partner, whole name, digest, who acted, days)
//! and what it has none for (names with `*`, what was late). Promises that no filter walks the whole past: where there is no
//! index, it stops after a limit and says how far back it looked. Only reads. Never says that there is none of a name that
//! nobody knows: that is an error, which names near ones.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use regex::Regex;

use super::desk::Desk;
use super::protocol::{Answer, ControlError, DeliveryFilter, DeliveryList};
use super::rights::{Rights, SEE};
use crate::config::Config;
use totatsu_base::{DeliveryId, Moment, say};
use totatsu_ledger::{Delivery, Ledger, LedgerError, Walk, Walked, Wanted};

/// Deliveries that are looked at in vain, where no day is named from which on they are wanted.
const IN_VAIN: usize = 1_000;
/// The same where one is.
const IN_VAIN_SINCE: usize = 100_000;
/// So much counts a search in several indexes that met none.
const A_SEARCH: usize = 200;
/// Deliveries that are counted beyond those that are shown.
const COUNTED: usize = 1_000;
/// Near names that are told.
const NEAR: usize = 3;
/// The newest deliveries whose links and partners are held against an unknown name.
const NEWEST: usize = 200;

/// Walks over deliveries that are wanted for one reason or another, as one.
struct Merged {
    walks: Vec<(Walk, Option<Walked>)>,
    /// Several may meet the same.
    overlap: bool,
    last: Option<DeliveryId>,
}

/// What no index answers.
struct Judge<'a> {
    name: Option<Regex>,
    /// What says which deadlines there are, where only what is late is wanted.
    late: Option<&'a Config>,
    /// Who sees only some links.
    rights: Option<&'a Rights>,
    now: Moment,
}

impl Desk {
    /// Those that are wanted, newest first.
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

    fn listed(
        &self,
        filter: &DeliveryFilter,
        late: Option<&Config>,
        rights: &Rights,
    ) -> Result<DeliveryList, ControlError> {
        let judge = Judge::of(filter, late, rights);
        let mut walks = Merged::new(self.ledger(), wanted_of(filter, late))?;
        let (mut list, mut more) = (DeliveryList::default(), 0);
        let mut left = if filter.since.is_some() { IN_VAIN_SINCE } else { IN_VAIN };
        loop {
            if list.deliveries.len() >= filter.limit && judge.judges_nothing() {
                more += walks.count(COUNTED + 1 - more)?;
                break;
            }
            let Some(step) = walks.step()? else { break };
            let (id, cost) = match step {
                Walked::Met(met) if judge.wants(&met) => {
                    match list.deliveries.len() < filter.limit {
                        true => list.deliveries.push(self.show(*met)),
                        false => more += 1,
                    }
                    if more > COUNTED {
                        break;
                    }
                    continue;
                }
                Walked::Met(met) => (met.id, 1),
                Walked::Passed(id) => (id, A_SEARCH),
            };
            left = left.saturating_sub(cost);
            if left == 0 {
                list.looked_back_to = Some(id);
                break;
            }
        }
        list.left_out = more.min(COUNTED);
        list.left_out_more = more > COUNTED;
        Ok(list)
    }

    /// A name that neither the configuration nor the ledger has is a mistake.
    fn check_names(&self, filter: &DeliveryFilter, rights: &Rights) -> Result<(), ControlError> {
        if let Some(link) = &filter.link {
            if self.with_config(|config| config.has_link(link)) == Some(true) {
                rights.demand(SEE, Some(link))?;
            }
            let met = self.ledger().wanted(Wanted::of_link(link)).next().transpose()?;
            let is_known = met.is_some() || self.with_config(|config| config.has_link(link)) == Some(true);
            if !is_known {
                let names =
                    self.with_config(|config| names(config.links.keys().chain(config.inbound.keys())));
                let mut names = names.unwrap_or_default();
                names.retain(|link| rights.sees(link));
                let near = self.near(link, names, rights, |delivery| &delivery.link)?;
                return Err(ControlError::Unfit(match near.is_empty() {
                    true => say!("control-no-such-link", link = link),
                    false => say!("control-no-such-link-near", link = link, near = near.join(", ")),
                }));
            }
        }
        if let Some(partner) = &filter.partner {
            let of_partner = Wanted { partner: Some(partner.clone()), ..Wanted::default() };
            let met = self.ledger().wanted(of_partner).next().transpose()?;
            let is_known = met.is_some()
                || self.with_config(|config| config.partners.contains_key(partner)) == Some(true);
            if !is_known {
                let names = self.with_config(|config| names(config.partners.keys()));
                let mut names = names.unwrap_or_default();
                names.retain(|partner| rights.sees_partner(partner));
                let near = self.near(partner, names, rights, |delivery| &delivery.partner)?;
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
        mut names: BTreeSet<String>,
        rights: &Rights,
        name_of: impl Fn(&Delivery) -> &String,
    ) -> Result<Vec<String>, LedgerError> {
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

/// What is asked of the ledger, each for itself; all together they are what indexes can answer of a filter.
fn wanted_of(filter: &DeliveryFilter, late: Option<&Config>) -> Vec<Wanted> {
    let has_deadline =
        |config: &Config, link: &str| config.links.get(link).is_some_and(|link| link.deadline.is_some());
    let mut links: Vec<Option<String>> = match (&filter.link, filter.among.is_empty(), late) {
        (Some(link), true, _) => vec![Some(link.clone())],
        (Some(link), false, _) => filter.among.iter().filter(|one| *one == link).cloned().map(Some).collect(),
        (None, false, _) => filter.among.iter().cloned().map(Some).collect(),
        (None, true, None) => vec![None],
        (None, true, Some(config)) => config.links.keys().cloned().map(Some).collect(),
    };
    if let Some(config) = late {
        links.retain(|link| link.as_ref().is_some_and(|link| has_deadline(config, link)));
    }
    let states: BTreeSet<&String> = filter.states.iter().collect();
    let states: Vec<Option<&String>> =
        if states.is_empty() { vec![None] } else { states.into_iter().map(Some).collect() };
    let name = filter.name.clone().filter(|name| !is_glob(name));
    let mut all = Vec::new();
    for link in &links {
        for state in &states {
            let wanted = Wanted {
                state: state.cloned(),
                link: link.clone(),
                partner: filter.partner.clone(),
                name: name.clone(),
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

impl Merged {
    fn new(ledger: &Ledger, wanted: Vec<Wanted>) -> Result<Merged, LedgerError> {
        // States and links part them; a digest may be that of what a delivery began with, and of its acknowledgement.
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

    /// How many more there are, up to a limit; one that several walks meet counts once.
    fn count(&mut self, at_most: usize) -> Result<usize, LedgerError> {
        let mut count = 0;
        if !self.overlap {
            for (walk, head) in &mut self.walks {
                count += usize::from(matches!(head.take(), Some(Walked::Met(_))));
                count += walk.count(at_most.saturating_sub(count))?;
            }
            return Ok(count);
        }
        while count < at_most {
            match self.step()? {
                Some(Walked::Met(_)) => count += 1,
                Some(Walked::Passed(_)) => {}
                None => break,
            }
        }
        Ok(count)
    }
}

fn place_of(step: &Walked) -> &DeliveryId {
    match step {
        Walked::Met(met) => &met.id,
        Walked::Passed(id) => id,
    }
}

impl<'a> Judge<'a> {
    fn of(filter: &DeliveryFilter, late: Option<&'a Config>, rights: &'a Rights) -> Judge<'a> {
        let name = filter.name.as_ref().filter(|name| is_glob(name)).map(|name| glob(name));
        let rights = rights.hides_some().then_some(rights);
        Judge { name, late, rights, now: Moment::now() }
    }

    /// What the ledger met is wanted.
    fn judges_nothing(&self) -> bool {
        self.name.is_none() && self.late.is_none() && self.rights.is_none()
    }

    fn wants(&self, delivery: &Delivery) -> bool {
        let at_partner = delivery.target.as_ref().map(|target| target.name.as_str());
        let names = [Some(delivery.name()), at_partner];
        let named =
            self.name.as_ref().is_none_or(|glob| names.into_iter().flatten().any(|name| glob.is_match(name)));
        let late = |config: &Config| {
            config.deadline_of(delivery).is_some_and(|deadline| deadline.is_missed(self.now))
        };
        let seen = self.rights.is_none_or(|rights| rights.sees(&delivery.link));
        seen && named && self.late.is_none_or(late)
    }
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    names.cloned().collect()
}

fn is_glob(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// What `*` (any characters) and `?` (one) stand for.
fn glob(pattern: &str) -> Regex {
    let written = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    Regex::new(&format!("(?s)^{written}$")).expect("all else is escaped")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        let fit = |pattern: &str, name: &str| glob(pattern).is_match(name);
        for (glob, name) in [
            ("*", ""),
            ("*.csv", "irai.csv"),
            ("irai-*", "irai-"),
            ("依頼_??.csv", "依頼_01.csv"),
            ("*a*b", "xaxbxab"),
            ("[x].csv", "[x].csv"),
        ] {
            assert!(fit(glob, name), "{glob} {name}");
        }
        for (glob, name) in
            [("?", ""), ("*.csv", "irai.csv.tmp"), ("irai?", "irai"), ("a*b", "abc"), ("A*", "ab")]
        {
            assert!(!fit(glob, name), "{glob} {name}");
        }
    }
}
