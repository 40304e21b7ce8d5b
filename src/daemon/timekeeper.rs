//! Keeps the time: looks at every full minute whether a deadline is at risk, an expected file is missing, a delivery
//! waits for a person or the disk is filling up, and rings the bell.
//!
//! Owns when it looks and what it has told since the start. Promises that each alert is told once while the daemon runs;
//! a start tells anew what still holds. What it decides depends only on the ledger, the configuration and the instant
//! it is given. Never acts on a delivery.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::stopping::{DaemonError, Stopping};
use crate::alert::{Alert, AlertSubject, Kind, Watch};
use crate::blocking::blocking;
use crate::config::Config;
use crate::disk;
use crate::gateway::arrivals::{expectations, last_came};
use crate::gateway::{Gateway, Outage, Stop};
use crate::journey;
use crate::schedule::calendar::Calendar;
use crate::schedule::deadline::{self, Expectation, Next, Outlook};
use crate::schedule::hours::Hours;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment};
use totatsu_ledger::{Delivery, Doubt, Gate, Ledger, LedgerError, Standing};

/// Seconds from one look to the next.
const MINUTE: u64 = 60;

/// What is remembered from look to look.
#[derive(Debug)]
pub struct Timekeeper {
    watch: Watch,
    since: Moment,
    /// The last acceptance on each link that expects files.
    last: BTreeMap<String, Moment>,
    /// Deliveries under way that have a deadline.
    awaited: BTreeMap<DeliveryId, Moment>,
}

/// As much of a delivery as its deadline depends on.
struct Seen {
    id: DeliveryId,
    link: String,
    begins: Moment,
    arrived: Option<Moment>,
    next: Next,
    left: Duration,
}

/// Looks at every full minute, until asked to stop.
pub(super) async fn run(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    let mut keeper = Timekeeper::new(Moment::now());
    loop {
        gateway.record_what_was_told().await.map_err(Stop::from)?;
        let looking = gateway.clone();
        let (back, looked) = blocking(move || {
            let looked = keeper.look(&looking, Moment::now());
            (keeper, looked)
        })
        .await;
        keeper = back;
        for alert in looked.map_err(Stop::from)? {
            gateway.tell(&alert).await.map_err(Stop::from)?;
        }
        if stopping.asked_within(until_full_minute(Moment::now())).await {
            return Ok(());
        }
    }
}

/// How long it is until the clock shows the next full minute.
fn until_full_minute(now: Moment) -> Duration {
    let clock = now.in_japan();
    let passed = Duration::from_secs(u64::from(clock.second().unsigned_abs()))
        + Duration::from_millis(u64::from(clock.millisecond().unsigned_abs()));
    // An instant is cut to the millisecond: one more makes sure that the minute has begun.
    Duration::from_secs(MINUTE).saturating_sub(passed) + Duration::from_millis(1)
}

impl Timekeeper {
    /// A timekeeper that has told nothing yet and watches from `since` on.
    pub fn new(since: Moment) -> Timekeeper {
        let (watch, last, awaited) = (Watch::default(), BTreeMap::new(), BTreeMap::new());
        Timekeeper { watch, since, last, awaited }
    }

    /// Everything that holds at `now` and was not told yet.
    ///
    /// # Errors
    /// The index fails.
    pub fn look(&mut self, gateway: &Gateway, now: Moment) -> Result<Vec<Alert>, LedgerError> {
        let (config, calendar) = (&gateway.config, gateway.config.gateway.calendar.as_ref());
        let (mut alerts, mut lanes) = (Vec::new(), BTreeMap::new());
        for delivery in self.deliveries(&gateway.ledger)? {
            alerts.extend(held(&delivery));
            let Some(link) = config.links.get(&delivery.link) else { continue };
            let arrived = link.arrival(&delivery);
            // Rejected, superseded or cancelled: it will never arrive, and somebody knows.
            if delivery.stage.is_final() && arrived.is_none() {
                continue;
            }
            let progress = gateway.claims.progress(&delivery.id);
            let moving = progress.map(|progress| (progress.done(), progress.total()));
            let outage = gateway.outages.of(&delivery.partner);
            let gate = first_of_lane(gateway, &delivery, &mut lanes)?;
            let seen = Seen::of(&delivery, arrived, next_of(&delivery, gate.as_ref(), outage), moving, now);
            let hours = config.hours_of(&link.name);
            let due = link.deadline.and_then(|deadline| deadline.of(seen.begins, &hours, calendar));
            let Some(due) = due else { continue };
            if !delivery.is_finished() {
                self.awaited.insert(delivery.id.clone(), due);
            }
            alerts.extend(of_deadline(&seen, due, now, &hours));
        }
        // Where the clock was set back, times that it showed before and that are still to come count for nothing.
        self.since = self.since.min(now);
        self.last.retain(|_, last| *last <= now);
        self.find_last(&gateway.ledger, config, now)?;
        for (link, expectation) in expectations(config) {
            let last = self.last.get(link);
            alerts.extend(of_expectation((link, expectation), last, self.since, now, calendar));
        }
        let mut news = self.watch.news(alerts);
        news.extend(self.look_at_disk(config));
        Ok(news)
    }

    /// Deliveries under way, and those that were at the last look: one that ended in between may have been too late.
    fn deliveries(&mut self, ledger: &Ledger) -> Result<Vec<Delivery>, LedgerError> {
        let mut ids = std::mem::take(&mut self.awaited);
        let unfinished = ledger.unfinished()?;
        let mut found = Vec::with_capacity(unfinished.len());
        for id in unfinished {
            ids.remove(&id);
            found.extend(ledger.find(&id)?);
        }
        for id in ids.into_keys() {
            found.extend(ledger.find(&id)?);
        }
        Ok(found)
    }

    /// Brings the last acceptances up to date.
    fn find_last(&mut self, ledger: &Ledger, config: &Config, now: Moment) -> Result<(), LedgerError> {
        for (link, _) in expectations(config) {
            if let Some(came) = last_came(ledger, link, now)? {
                let last = self.last.entry(link.to_owned()).or_insert(came);
                *last = came.max(*last);
            }
        }
        Ok(())
    }

    fn look_at_disk(&mut self, config: &Config) -> Vec<Alert> {
        let (settings, mut news) = (&config.gateway, Vec::new());
        for path in [&settings.spool, &settings.ledger] {
            // A disk that doesn't tell shows in the log wherever it is needed.
            let Ok(little) = disk::little_room(&[path], settings.reserve, 0) else { continue };
            let subject = AlertSubject::Directory(path.clone());
            let Some(is_bad) = self.watch.turned(&subject, little.is_some()) else { continue };
            let kind = if is_bad { Kind::DiskLow } else { Kind::DiskBack };
            let text = little.map_or_else(
                || say!("daemon-room-again", path = path.display()),
                |little| little.to_string(),
            );
            news.push(Alert { kind, subject, occasion: None, text });
        }
        news
    }
}

impl Seen {
    fn of(
        delivery: &Delivery,
        arrived: Option<Moment>,
        next: Next,
        moving: Option<(u64, u64)>,
        now: Moment,
    ) -> Seen {
        Seen {
            id: delivery.id.clone(),
            link: delivery.link.clone(),
            begins: delivery.began_at(),
            arrived,
            next,
            left: deadline::left(moving, now.since(delivery.updated)),
        }
    }
}

/// The gate, as it is now, of a delivery that waits for its turn on an ordered link: the same for all that wait there.
fn first_of_lane(
    gateway: &Gateway,
    delivery: &Delivery,
    known: &mut BTreeMap<String, Option<Gate>>,
) -> Result<Option<Gate>, LedgerError> {
    let Standing::Queued { gate: Gate::Order { .. } } = &delivery.standing else { return Ok(None) };
    if let Some(gate) = known.get(&delivery.link) {
        return Ok(gate.clone());
    }
    let gate = journey::gate_now(&gateway.ledger, Some(gateway), delivery)?;
    known.insert(delivery.link.clone(), gate.clone());
    Ok(gate)
}

/// When a delivery goes on. `gate` is what it waits for now, where the ledger has recorded another one.
fn next_of(delivery: &Delivery, gate: Option<&Gate>, outage: Option<Outage>) -> Next {
    match &delivery.standing {
        Standing::Going => Next::Now,
        Standing::Waiting { until, .. } => Next::At { at: *until, failing: true },
        Standing::Held { .. } => Next::Person,
        Standing::Queued { gate: recorded } => match gate.unwrap_or(recorded) {
            Gate::Hours { opens } => Next::At { at: *opens, failing: false },
            Gate::PartnerDown { .. } => {
                outage.map_or(Next::Now, |outage| Next::At { at: outage.next, failing: true })
            }
            Gate::PartnerHeld { until: Some(until), .. } | Gate::LinkHeld { until: Some(until), .. } => {
                Next::At { at: *until, failing: false }
            }
            Gate::PartnerHeld { until: None, .. }
            | Gate::LinkHeld { until: None, .. }
            | Gate::MediumWanted { .. }
            | Gate::Sequence { .. }
            | Gate::Inbox { .. }
            | Gate::Order { held: true, .. } => Next::Person,
            Gate::Order { held: false, .. }
            | Gate::Exclusive { .. }
            | Gate::SameAcknowledgement { .. }
            | Gate::Acknowledgement { .. }
            | Gate::HandedOver { .. } => Next::Now,
        },
    }
}

/// What is to be told of a delivery with a deadline, if anything.
fn of_deadline(seen: &Seen, due: Moment, now: Moment, hours: &Hours) -> Option<Alert> {
    let outlook = match seen.arrived {
        Some(arrived) if arrived > due => Outlook::Missed,
        Some(_) => Outlook::OnTime,
        None => deadline::outlook(due, now, seen.next, seen.left, hours),
    };
    let (id, link) = (&seen.id, &seen.link);
    let (kind, text) = match (outlook, seen.arrived) {
        (Outlook::OnTime, _) => return None,
        (Outlook::AtRisk(risk), _) => {
            (Kind::DeadlineAtRisk, say!("daemon-may-miss", id = id, link = link, due = due, risk = risk))
        }
        (Outlook::Missed, Some(arrived)) => (
            Kind::DeadlineMissed,
            say!("daemon-arrived-late", id = id, link = link, arrived = arrived, due = due),
        ),
        (Outlook::Missed, None) => {
            (Kind::DeadlineMissed, say!("daemon-missed", id = id, link = link, due = due))
        }
    };
    Some(Alert { kind, subject: AlertSubject::Delivery(id.clone()), occasion: Some(due), text })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other standing waits for a person who isn't told yet")]
fn held(delivery: &Delivery) -> Option<Alert> {
    let (id, link) = (&delivery.id, &delivery.link);
    let (kind, text) = match &delivery.standing {
        Standing::Held(Doubt { step, reason, .. }) => {
            (Kind::Held, say!("daemon-held", id = id, link = link, step = step.told(), reason = reason))
        }
        Standing::Queued { gate: Gate::Sequence { missing } } => {
            (Kind::Gap, say!("daemon-waits", id = id, link = link, missing = missing))
        }
        _ => return None,
    };
    let subject = AlertSubject::Delivery(id.clone());
    Some(Alert { kind, subject, occasion: Some(delivery.updated), text })
}

fn of_expectation(
    (name, expectation): (&str, Expectation),
    last: Option<&Moment>,
    since: Moment,
    now: Moment,
    calendar: &Calendar,
) -> Option<Alert> {
    let due = expectation.unmet(now, last.copied(), since, calendar)?.due;
    let text = last.map_or_else(
        || say!("daemon-nothing-ever-came", name = name, due = due),
        |last| say!("daemon-nothing-came", name = name, due = due, last = last),
    );
    let (kind, subject) = (Kind::NothingCame, AlertSubject::Link(name.to_owned()));
    Some(Alert { kind, subject, occasion: Some(due), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::deadline::Risk;

    fn at(text: &str) -> Moment {
        format!("{text}+09:00").parse().unwrap()
    }

    fn seen(arrived: Option<&str>, next: Next) -> Seen {
        Seen {
            id: "20261120-160000-k7m2q9".parse().unwrap(),
            link: "irai".to_owned(),
            begins: at("2026-11-20T16:00:00"),
            arrived: arrived.map(at),
            next,
            left: Duration::from_secs(120),
        }
    }

    fn kind_at(seen: &Seen, now: &str) -> Option<Kind> {
        let due = at("2026-11-20T17:00:00");
        of_deadline(seen, due, at(now), &Hours::default()).map(|alert| alert.kind)
    }

    #[test]
    fn the_next_look_comes_just_after_the_next_full_minute() {
        let look = |now: &str| at(now).after(until_full_minute(at(now)));
        assert_eq!(look("2026-11-20T16:59:00.000"), at("2026-11-20T17:00:00.001"));
        assert_eq!(look("2026-11-20T16:59:59.999"), at("2026-11-20T17:00:00.001"));
        assert_eq!(look("2026-11-20T16:59:30.500"), at("2026-11-20T17:00:00.001"));
    }

    #[test]
    fn a_delivery_that_fails_is_told_at_risk_before_its_deadline_and_missed_after_it() {
        let failing = seen(None, Next::At { at: at("2026-11-20T17:30:00"), failing: true });
        assert_eq!(kind_at(&failing, "2026-11-20T16:10:00"), Some(Kind::DeadlineAtRisk));
        assert_eq!(kind_at(&failing, "2026-11-20T17:00:00"), Some(Kind::DeadlineMissed));
    }

    #[test]
    fn a_delivery_that_arrived_between_two_looks_is_judged_by_when_it_arrived() {
        let (in_time, late) = (Some("2026-11-20T17:00:00"), Some("2026-11-20T17:00:00.001"));
        assert_eq!(kind_at(&seen(in_time, Next::Now), "2026-11-20T17:01:00"), None);
        assert_eq!(kind_at(&seen(late, Next::Now), "2026-11-20T17:01:00"), Some(Kind::DeadlineMissed));
    }

    #[test]
    fn an_alert_says_which_delivery_until_when_why_and_what_to_do() {
        let due = at("2026-11-20T17:00:00");
        let held = seen(None, Next::Person);
        let alert = of_deadline(&held, due, at("2026-11-20T16:10:00"), &Hours::default()).unwrap();
        for part in
            ["20261120-160000-k7m2q9", "irai", &due.to_string(), &Risk::Held.to_string(), "totatsu show"]
        {
            assert!(alert.text.contains(part), "{part}: {}", alert.text);
        }
        assert_eq!(alert.occasion, Some(due));
    }
}
