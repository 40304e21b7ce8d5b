//! Retries: waits that double up to a ceiling, with jitter, until a person is asked.

use std::time::Duration;

use crate::clock::Moment;

/// Share of a wait that is left to chance, so that deliveries which failed together don't come back together.
const JITTER: f64 = 0.2;

/// How failed steps are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub ceiling: Duration,
    /// How long after the first failure in a row a person is asked instead.
    pub give_up_after: Duration,
}

impl Backoff {
    /// When to try again at the earliest after `failures` in a row, the first of them at `since`; nothing if it is time
    /// to ask a person. `chance` is between 0 and 1.
    pub fn next(&self, failures: u32, since: Moment, now: Moment, chance: f64) -> Option<Moment> {
        if now.since(since) >= self.give_up_after {
            return None;
        }
        let doublings = failures.saturating_sub(1).min(31);
        let wait = self.first.saturating_mul(1 << doublings).min(self.ceiling);
        Some(now.after(wait.mul_f64(1.0 - JITTER * chance.clamp(0.0, 1.0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_secs(30),
        ceiling: Duration::from_secs(1800),
        give_up_after: Duration::from_secs(3 * 24 * 3600),
    };

    fn wait_after(failures: u32, chance: f64) -> Duration {
        let now: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
        BACKOFF.next(failures, now, now, chance).unwrap().since(now)
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
        assert!(BACKOFF.next(200, since, almost, 0.0).is_some());
        assert!(BACKOFF.next(200, since, since.after(BACKOFF.give_up_after), 0.0).is_none());
    }
}
