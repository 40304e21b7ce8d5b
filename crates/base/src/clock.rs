//! Instants as this field writes them: Japan Standard Time, to the millisecond, with the offset spelled out.
//!
//! Owns the one format of every instant in the ledger, in receipts, logs and answers: `2026-11-22T18:30:05.123+09:00`.
//! Never reads the machine's time zone: municipalities in Japan have one, and it has no summer time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, TimestampRound, Unit, Zoned};

use crate::as_text::written_as_text;

/// Japan Standard Time, nine hours ahead of UTC.
const JST: Offset = Offset::constant(9);

/// An instant, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// The system clock's instant.
    pub fn now() -> Moment {
        Moment::from(Timestamp::now())
    }

    /// The instant so many nanoseconds after the beginning of 1970, UTC, as file systems tell times.
    pub fn of_nanoseconds(since_1970: i64) -> Moment {
        Timestamp::from_nanosecond(since_1970.into()).map_or(Moment(Timestamp::MIN), Moment::from)
    }

    /// The instant at which clocks in Japan show this; the end of time for a date beyond it.
    pub fn in_japan_at(date: Date, time: Time) -> Moment {
        let shown: DateTime = date.to_datetime(time);
        shown.to_zoned(TimeZone::fixed(JST)).map_or(Moment(Timestamp::MAX), |zoned| zoned.timestamp().into())
    }

    /// The calendar date in Japan.
    pub fn date(self) -> Date {
        self.in_japan().date()
    }

    /// The wall clock in Japan.
    pub fn in_japan(self) -> Zoned {
        self.0.to_zoned(TimeZone::fixed(JST))
    }

    /// The time of day in Japan, to the second.
    pub fn clock(self) -> String {
        self.in_japan().strftime("%H:%M:%S").to_string()
    }

    /// The instant that is `wait` later; the end of time where there is none.
    pub fn after(self, wait: Duration) -> Moment {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.0.saturating_add(wait).map_or(Moment(Timestamp::MAX), Moment::from)
    }

    /// The instant that is `wait` earlier; the beginning of time where there is none.
    pub fn before(self, wait: Duration) -> Moment {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.0.saturating_sub(wait).map_or(Moment(Timestamp::MIN), Moment::from)
    }

    /// How long it is from now until this instant by the system clock; nothing if it has passed.
    pub fn remaining(self) -> Duration {
        self.since(Moment::now())
    }

    /// How long it is until this instant at `now` for somebody who has waited for it since `settled`, by the same clock.
    /// Nothing if it has passed, and nothing if `now` is before `settled`: the clock was set back, and how long the wait
    /// has lasted isn't known any more. It is never longer than the wait was meant to be.
    pub fn wait_left(self, settled: Moment, now: Moment) -> Duration {
        if now < settled { Duration::ZERO } else { self.since(now) }
    }

    /// How long this instant is after `earlier`; nothing if it is not.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::try_from(self.0.duration_since(earlier.0)).unwrap_or_default()
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Moment {
        let round = TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc);
        Moment(timestamp.round(round).unwrap_or(timestamp))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0.display_with_offset(JST))
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Moment, jiff::Error> {
        text.parse::<Timestamp>().map(Moment::from)
    }
}

written_as_text!(Moment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_japanese_time_and_read_back_unchanged() {
        let moment: Moment = "2026-11-22T09:30:05.1239Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-11-22T18:30:05.123+09:00");
        assert_eq!(moment.to_string().parse::<Moment>().unwrap(), moment);
    }

    #[test]
    fn the_business_date_is_the_one_in_japan() {
        let late: Moment = "2026-11-22T15:30:00Z".parse().unwrap();
        assert_eq!(late.date(), jiff::civil::date(2026, 11, 23));
    }

    #[test]
    fn a_time_on_the_clock_in_japan_is_the_instant_nine_hours_earlier_in_utc() {
        let at = Moment::in_japan_at(jiff::civil::date(2026, 11, 23), jiff::civil::time(8, 30, 0, 0));
        assert_eq!(at, "2026-11-22T23:30:00Z".parse().unwrap());
    }

    #[test]
    fn a_time_that_a_file_system_tells_is_that_instant_to_the_millisecond_also_before_1970() {
        let told = |since_1970| Moment::of_nanoseconds(since_1970).to_string();
        assert_eq!(told(1_795_375_827_958_090_489), "2026-11-23T04:30:27.958+09:00");
        assert_eq!(told(-1_500_000_000), "1970-01-01T08:59:58.500+09:00");
    }

    #[test]
    fn a_clock_that_is_set_back_ends_a_wait_and_never_makes_it_longer() {
        let settled: Moment = "2026-11-22T09:30:00Z".parse().unwrap();
        let until = settled.after(Duration::from_secs(60));
        let left =
            |seconds_later: u64| until.wait_left(settled, settled.after(Duration::from_secs(seconds_later)));
        assert_eq!([left(0), left(59), left(60), left(3600)].map(|left| left.as_secs()), [60, 1, 0, 0]);
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(until.wait_left(settled, settled.before(day)), Duration::ZERO);
    }

    #[test]
    fn waiting_from_the_past_is_no_wait() {
        let past: Moment = "2020-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(past.remaining(), Duration::ZERO);
        assert_eq!(past.after(Duration::from_secs(90)).since(past), Duration::from_secs(90));
    }
}
