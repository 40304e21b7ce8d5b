//! Retries: waits that double up to a ceiling, with jitter, until a person is asked.
//!
//! Promises that no retry falls outside the hours of service, and that only time within them counts towards giving up:
//! a partner that is closed over the new year has not failed for six days. A clock that leaps ahead alone makes nothing
//! given up: a share of the tries must have been made as well. Pure: knows no clock but the instants it is given.

use std::time::Duration;

use serde::Deserialize;

use crate::schedule::hours::Hours;
use totatsu_base::Moment;
use totatsu_base::document::humane::wait;

/// Share of a wait that is left to chance, so that deliveries which failed together don't come back together.
const JITTER: f64 = 0.2;

/// Of the tries at the longest wait that fit into `give_up_after`, one in this many must have been made.
const TRIED: u128 = 4;

/// How failed steps are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    /// The wait after the first failure.
    #[serde(deserialize_with = "wait")]
    pub first: Duration,
    /// The longest wait.
    #[serde(deserialize_with = "wait")]
    pub ceiling: Duration,
    /// How long after the first failure in a row a person is asked instead; only time within the hours counts.
    #[serde(deserialize_with = "wait")]
    pub give_up_after: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Backoff { first: Duration::from_secs(30), ceiling: minutes(30), give_up_after: minutes(3 * 24 * 60) }
    }
}

impl Backoff {
    /// When to try again after `failures` in a row, the first of them at `since`. `None` if it is time to ask a person, or
    /// if `hours` never open again. `chance`, from 0 to 1, is the part of the jitter that the wait is shortened by.
    pub fn next(
        &self,
        failures: u32,
        since: Moment,
        now: Moment,
        chance: f64,
        hours: &Hours,
    ) -> Option<Moment> {
        if failures >= self.tries_at_least() && hours.open_time(since, now) >= self.give_up_after {
            return None;
        }
        let doublings = failures.saturating_sub(1).min(31);
        let wait = self.first.saturating_mul(1 << doublings).min(self.ceiling);
        hours.next_opening(now.after(wait.mul_f64(1.0 - JITTER * chance.clamp(0.0, 1.0))))
    }

    /// How many failures there must be before a person is asked, however much time has passed by a clock that may have been set.
    fn tries_at_least(&self) -> u32 {
        let fitting = self.give_up_after.as_millis() / self.ceiling.as_millis().max(1);
        u32::try_from(fitting / TRIED).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::hours::tests::hours;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_secs(30),
        ceiling: Duration::from_secs(1800),
        give_up_after: Duration::from_secs(3 * 24 * 3600),
    };

    fn wait_after(failures: u32, chance: f64) -> Duration {
        let now: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
        BACKOFF.next(failures, now, now, chance, &Hours::default()).unwrap().since(now)
    }

    #[test]
    fn waits_double_up_to_the_ceiling_and_stay_there() {
        let seconds: Vec<u64> = (1..=9).map(|failures| wait_after(failures, 0.0).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        assert_eq!(wait_after(u32::MAX, 0.0).as_secs(), 1800);
    }

    #[test]
    fn chance_only_shortens_a_wait_and_by_a_fifth_at_most() {
        assert_eq!(wait_after(1, 1.0), Duration::from_secs(24));
        assert!(wait_after(1, 0.5) < Duration::from_secs(30));
    }

    #[test]
    fn a_person_is_asked_three_days_after_the_first_failure_not_three_days_after_the_last() {
        let since: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
        let almost = since.after(BACKOFF.give_up_after - Duration::from_secs(1));
        let always = Hours::default();
        assert!(BACKOFF.next(200, since, almost, 0.0, &always).is_some());
        assert!(BACKOFF.next(200, since, since.after(BACKOFF.give_up_after), 0.0, &always).is_none());
    }

    #[test]
    fn a_clock_that_leaps_ahead_by_a_year_gives_nothing_up_after_a_few_tries() {
        let since: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
        let (leapt, always) = (since.after(Duration::from_secs(365 * 24 * 3600)), Hours::default());
        assert!(BACKOFF.next(35, since, leapt, 0.0, &always).is_some());
        assert!(BACKOFF.next(36, since, leapt, 0.0, &always).is_none());
    }

    fn office_hours() -> Hours {
        hours("days = \"business\"\nopen = [\"09:00-17:00\"]")
    }

    fn at(text: &str) -> Moment {
        format!("{text}+09:00").parse().unwrap()
    }

    #[test]
    fn a_retry_that_would_fall_outside_the_hours_moves_to_the_next_opening() {
        let failed = at("2026-11-20T16:59:45");
        let within = BACKOFF.next(1, failed, at("2026-11-20T16:59:00"), 0.0, &office_hours());
        assert_eq!(within, Some(at("2026-11-20T16:59:30")));
        let moved = BACKOFF.next(1, failed, failed, 0.0, &office_hours());
        assert_eq!(moved, Some(at("2026-11-24T09:00:00")));
    }

    #[test]
    fn only_time_within_the_hours_counts_towards_giving_up() {
        let backoff = Backoff { give_up_after: Duration::from_secs(10 * 3600), ..BACKOFF };
        let (since, hours) = (at("2026-11-20T16:00:00"), office_hours());
        // One hour on Friday, eight on Tuesday: Saturday, Sunday and the holiday on Monday don't count.
        let tuesday_evening = at("2026-11-24T17:00:00");
        assert!(backoff.next(9, since, tuesday_evening, 0.0, &hours).is_some());
        assert!(backoff.next(9, since, at("2026-11-25T09:59:59"), 0.0, &hours).is_some());
        assert!(backoff.next(9, since, at("2026-11-25T10:00:00"), 0.0, &hours).is_none());
    }

    #[test]
    fn minutes_of_the_configuration_are_minutes_of_the_clock() {
        let backoff = Backoff { first: Duration::from_secs(5 * 60), ..BACKOFF };
        let next =
            backoff.next(1, at("2026-11-20T10:00:00"), at("2026-11-20T10:00:00"), 0.0, &office_hours());
        assert_eq!(next, Some(at("2026-11-20T10:05:00")));
    }
}
