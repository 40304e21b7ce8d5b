//! The times of the day over which a finished delivery was under way: by them deliveries are found that may have missed a deadline.
//!
//! The configuration says which deadline there is, and it changes. A delivery that missed one began before it and arrived after it.
//! Promises that whatever was under way at a time of the day is found by that time. A delivery that took some minutes is known by
//! each full minute, one that took longer by each hour: nearly all are known by none.

use crate::stage::Stage;
use crate::state::Delivery;
use totatsu_base::Moment;

/// A delivery that was under way in more full minutes than these is known by hours.
const MINUTES: u64 = 16;
/// From midnight in Japan to midnight of the instants' own count, in minutes.
const JAPAN: u64 = 9 * 60;
const DAY: u64 = 24 * 60;
const HOUR: u64 = 60;

/// Deliveries that were under way at a time of the day. Each is one of those that took long, or of those that didn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWayAt {
    /// Minutes after midnight, in Japan.
    pub minute: u16,
    /// Whether those are meant that took long or aren't finished; else the others.
    pub long: bool,
}

impl UnderWayAt {
    /// Whether a delivery is one of these.
    pub(super) fn fits(self, delivery: &Delivery) -> bool {
        match delivery.is_finished() {
            true => spans_of(delivery).contains(&self.span()),
            false => self.long,
        }
    }

    /// What the finished ones of these deliveries are known by.
    pub(super) fn span(self) -> Span {
        let minute = u64::from(self.minute);
        if self.long { Span::Hour(minute / HOUR) } else { Span::Minute(minute) }
    }
}

/// A time of the day that a delivery is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Minute(u64),
    Hour(u64),
}

impl Span {
    /// The span in words, for a key.
    pub(super) fn word(self) -> String {
        match self {
            Span::Minute(minute) => format!("minute {minute}"), // not for people
            Span::Hour(hour) => format!("hour {hour}"),         // not for people
        }
    }
}

/// The times of the day over which a finished delivery was under way.
pub(super) fn spans_of(delivery: &Delivery) -> Vec<Span> {
    let begins = delivery.began_at();
    let over = [Stage::Published, Stage::Acknowledged, Stage::Confirmed, delivery.stage];
    // What is archived had arrived before.
    let over = over.into_iter().filter(|stage| *stage != Stage::Archived);
    let Some(ends) = over.filter_map(|stage| delivery.reached(stage)).max() else { return Vec::new() };
    between(minute_of(begins), minute_of(ends))
}

fn between(first: u64, last: u64) -> Vec<Span> {
    if last.saturating_sub(first) <= MINUTES {
        return (first + 1..=last).map(|minute| Span::Minute(minute % DAY)).collect();
    }
    let hours = (first / HOUR..=last / HOUR).take(24);
    hours.map(|hour| Span::Hour(hour % 24)).collect()
}

/// The full minute, counted from a midnight in Japan.
fn minute_of(moment: Moment) -> u64 {
    let second = u64::try_from(moment.in_japan().timestamp().as_second()).unwrap_or_default();
    second / 60 + JAPAN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_under_way_at_a_time_of_the_day_is_known_by_it_however_long_it_took() {
        for begins in [0, 59, 60, 1439, 1440, 17 * 60 - 1] {
            for took in [0, 1, 5, 16, 17, 60, 61, 700, 1439, 1440, 5000] {
                let spans = between(begins, begins + took);
                for due in begins + 1..=begins + took {
                    let minute = u16::try_from(due % DAY).unwrap();
                    let known = |long| spans.contains(&UnderWayAt { minute, long }.span());
                    assert!(known(took > MINUTES) && !known(took <= MINUTES), "{begins} {took} {due}");
                }
                assert!(spans.len() <= 24);
            }
        }
        assert_eq!(between(100, 100), []);
        assert_eq!(between(100, 99), [], "by a clock that was set");
    }

    #[test]
    fn minutes_are_those_of_the_day_in_japan() {
        let at: Moment = "2026-11-29T17:25:59+09:00".parse().unwrap();
        assert_eq!(minute_of(at) % DAY, 17 * 60 + 25);
    }
}
