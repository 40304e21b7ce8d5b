//! Hours of service: when a partner, or a link, lets us in.
//!
//! Owns the words of `[hours]` in `partners/*.toml` and `links/*.toml`, and the questions about them: open now, open
//! again when, open until when, and for how long between two instants. All times are those of clocks in Japan. Promises
//! that hours which never open are told as a problem of the configuration. Pure: knows no clock but the instant it is
//! given.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::schedule::calendar::Calendar;
use totatsu_base::Moment;
use totatsu_base::say;

/// How many days ahead an opening or a closing is looked for; what lies beyond counts as never.
const SEARCH_DAYS: i32 = 400;
/// Windows that a day may have.
const WINDOWS_LIMIT: usize = 24;
/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// The words for days of the week, from Monday.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When things may be done at a partner. The default is always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// The hours are open while all of these are.
    services: Vec<Service>,
}

/// Windows on certain days.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    days: Days,
    /// The windows, in the order in which they open.
    windows: Vec<Window>,
    calendar: Arc<Calendar>,
}

/// The days on which windows open: `"every"`, `"business"` or a list such as `["mon", "thu"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Days {
    /// Each day.
    Every,
    /// Business days of the calendar.
    Business,
    /// Days of the week, from Monday; public holidays among them count.
    Weekdays([bool; 7]),
}

/// A part of the day such as `"08:30-17:15"`, or `"22:00-02:00"`, which belongs to the day it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    /// Minutes after midnight.
    opens: u16,
    /// Minutes after the midnight at which the day begins; more than [`DAY`] if the window passes the next midnight.
    closes: u16,
}

/// `[hours]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursTable {
    days: Option<Days>,
    open: Option<Vec<Window>>,
}

impl HoursTable {
    /// The hours that the table describes. `wrong` is told key and fault of windows and days that can't be.
    pub fn compile(self, calendar: &Arc<Calendar>, mut wrong: impl FnMut(&str, String)) -> Hours {
        let days = self.days.unwrap_or(Days::Every);
        let all_day = Window { opens: 0, closes: DAY };
        let mut windows = self.open.unwrap_or_else(|| vec![all_day]);
        let no_day = days == Days::Weekdays([false; 7]);
        if no_day {
            wrong("hours.days", say!("schedule-no-day"));
        }
        if windows.is_empty() {
            wrong("hours.open", say!("schedule-no-windows"));
        }
        if windows.len() > WINDOWS_LIMIT {
            wrong("hours.open", say!("schedule-too-many-windows", limit = WINDOWS_LIMIT));
        }
        windows.sort_unstable();
        // Wrong hours aren't used, and count as always open, so that nobody is told besides that they never open.
        if no_day || windows.is_empty() || (days == Days::Every && windows == [all_day]) {
            return Hours::default();
        }
        Hours { services: vec![Service { days, windows, calendar: calendar.clone() }] }
    }
}

impl Hours {
    /// The hours in which both these and the others are open.
    pub fn both(&self, other: &Hours) -> Hours {
        Hours { services: self.services.iter().chain(&other.services).cloned().collect() }
    }

    /// Whether the hours are open at this instant. The instant at which a window closes is outside it.
    pub fn is_open(&self, at: Moment) -> bool {
        self.services.iter().all(|service| service.is_open(at))
    }

    /// The first instant from `at` on at which the hours are open; `at` itself if they are open then. `None` if they don't open
    /// within 400 days.
    pub fn next_opening(&self, at: Moment) -> Option<Moment> {
        let end = at.after(days(SEARCH_DAYS));
        let mut found = at;
        while found < end {
            // The service that opens last decides. By then another may have closed again, so that all are asked once more.
            let mut latest = found;
            for service in &self.services {
                latest = latest.max(service.next_opening(found)?);
            }
            if latest == found {
                return Some(found);
            }
            found = latest;
        }
        None
    }

    /// When the hours close; `None` if they are closed at `at`, or don't close within 400 days.
    fn closes_at(&self, at: Moment) -> Option<Moment> {
        if !self.is_open(at) {
            return None;
        }
        self.services.iter().filter_map(|service| service.closes_at(at)).min()
    }

    /// For how much of the time from `from` to `to` the hours are open.
    pub fn open_time(&self, from: Moment, to: Moment) -> Duration {
        let (mut at, mut open) = (from, Duration::ZERO);
        while let Some(opens) = self.next_opening(at).filter(|opens| *opens < to) {
            let closes = self.closes_at(opens).map_or(to, |closes| closes.min(to));
            open += closes.since(opens);
            at = closes;
        }
        open
    }
}

impl Service {
    fn is_open(&self, at: Moment) -> bool {
        self.span(at).is_some_and(|(opens, _)| opens <= at)
    }

    fn next_opening(&self, at: Moment) -> Option<Moment> {
        self.span(at).map(|(opens, _)| opens.max(at))
    }

    /// The end of the span that `at` lies in, and of those that follow it without a gap.
    fn closes_at(&self, at: Moment) -> Option<Moment> {
        let end = at.after(days(SEARCH_DAYS));
        let mut closes = at;
        while let Some((_, later)) = self.span(closes).filter(|(opens, _)| *opens <= closes) {
            closes = later;
            if closes > end {
                return None;
            }
        }
        Some(closes)
    }

    /// The first span that ends after `at`.
    fn span(&self, at: Moment) -> Option<(Moment, Moment)> {
        // The search begins a day earlier: that day's window may pass midnight.
        let days = (-1..SEARCH_DAYS).filter_map(|ahead| at.date().checked_add(ahead.days()).ok());
        let mut spans = days.filter(|day| self.opens_on(*day)).flat_map(|day| self.spans_of(day));
        spans.find(|(_, closes)| *closes > at)
    }

    fn opens_on(&self, day: Date) -> bool {
        match self.days {
            Days::Every => true,
            Days::Business => self.calendar.is_business_day(day),
            Days::Weekdays(open) => {
                let from_monday = day.weekday().to_monday_zero_offset().unsigned_abs();
                open[usize::from(from_monday) % open.len()]
            }
        }
    }

    fn spans_of(&self, day: Date) -> impl Iterator<Item = (Moment, Moment)> + '_ {
        let midnight = Moment::in_japan_at(day, Time::midnight());
        let after = move |minutes: u16| midnight.after(Duration::from_secs(u64::from(minutes) * 60));
        self.windows.iter().map(move |window| (after(window.opens), after(window.closes)))
    }
}

fn days(count: i32) -> Duration {
    Duration::from_secs(u64::from(count.unsigned_abs()) * u64::from(DAY) * 60)
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Days, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Days;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&say!("schedule-days-form"))
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Days, E> {
                match word {
                    "every" => Ok(Days::Every),
                    "business" => Ok(Days::Business),
                    _ => Err(E::custom(say!("schedule-unknown-days", word = format!("{word:?}")))),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Days, A::Error> {
                let mut open = [false; 7];
                while let Some(word) = list.next_element::<String>()? {
                    let known = WEEKDAYS.iter().position(|weekday| *weekday == word);
                    let wrong = || {
                        let known = WEEKDAYS.join(", ");
                        A::Error::custom(say!(
                            "schedule-no-weekday",
                            word = format!("{word:?}"),
                            known = known
                        ))
                    };
                    open[known.ok_or_else(wrong)?] = true;
                }
                Ok(Days::Weekdays(open))
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Window, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(say!("schedule-no-window", text = format!("{text:?}")));
        let (opens, closes) = text.split_once('-').ok_or_else(wrong)?;
        let (opens, closes) = minutes(opens).zip(minutes(closes)).ok_or_else(wrong)?;
        if opens == closes {
            return Err(D::Error::custom(say!("schedule-never-opens", text = format!("{text:?}"))));
        }
        if opens == DAY {
            return Err(D::Error::custom(say!("schedule-next-day", text = format!("{text:?}"))));
        }
        Ok(Window { opens, closes: if closes > opens { closes } else { closes + DAY } })
    }
}

/// Reads a time such as `08:30` as minutes after midnight; `24:00` is the end of the day.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |digits: &str| -> Option<u16> {
        (digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit()))
            .then(|| digits.parse().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY).then_some(all)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-11-20 is a Friday, the 23rd a holiday on a Monday.
    pub(in crate::schedule) fn at(text: &str) -> Moment {
        format!("{text}:00+09:00").parse().unwrap()
    }

    pub(in crate::schedule) fn hours(text: &str) -> Hours {
        let mut faults = Vec::new();
        let table: HoursTable = toml::from_str(text).unwrap();
        let hours = table.compile(&Arc::default(), |key, fault| faults.push(format!("{key}: {fault}")));
        assert!(faults.is_empty(), "{faults:?}");
        hours
    }

    #[test]
    fn without_words_it_is_always_open() {
        let always = hours("");
        assert_eq!(always, Hours::default());
        assert_eq!(always, hours("days = \"every\"\nopen = [\"00:00-24:00\"]"));
        let now = at("2026-11-22T03:00");
        assert!(always.is_open(now));
        assert_eq!(always.next_opening(now), Some(now));
        assert_eq!(always.closes_at(now), None);
        assert_eq!(always.open_time(now, now.after(Duration::from_secs(90))), Duration::from_secs(90));
    }

    #[test]
    fn office_hours_of_business_days_pass_over_weekend_and_holiday() {
        let office = hours("days = \"business\"\nopen = [\"08:30-17:15\"]");
        assert!(office.is_open(at("2026-11-20T08:30")) && office.is_open(at("2026-11-20T17:14")));
        assert!(!office.is_open(at("2026-11-20T08:29")) && !office.is_open(at("2026-11-20T17:15")));
        assert_eq!(office.next_opening(at("2026-11-20T17:15")), Some(at("2026-11-24T08:30")));
        assert_eq!(office.next_opening(at("2026-11-24T09:00")), Some(at("2026-11-24T09:00")));
        assert_eq!(office.closes_at(at("2026-11-24T09:00")), Some(at("2026-11-24T17:15")));
        assert_eq!(office.closes_at(at("2026-11-23T09:00")), None);
    }

    #[test]
    fn a_window_that_passes_midnight_belongs_to_the_day_it_begins() {
        let night = hours("days = [\"fri\"]\nopen = [\"22:00-02:00\"]");
        assert!(night.is_open(at("2026-11-20T23:59")) && night.is_open(at("2026-11-21T01:59")));
        assert!(!night.is_open(at("2026-11-21T02:00")) && !night.is_open(at("2026-11-21T22:00")));
        assert!(!night.is_open(at("2026-11-20T01:00")));
        assert_eq!(night.closes_at(at("2026-11-20T22:30")), Some(at("2026-11-21T02:00")));
        assert_eq!(night.next_opening(at("2026-11-21T02:00")), Some(at("2026-11-27T22:00")));
    }

    #[test]
    fn windows_that_touch_are_one_and_a_day_that_ends_at_midnight_goes_on_in_the_next() {
        let pair = hours("open = [\"13:00-17:00\", \"09:00-13:00\"]");
        assert_eq!(pair.closes_at(at("2026-11-20T12:59")), Some(at("2026-11-20T17:00")));
        let weekdays = hours("days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]");
        assert_eq!(weekdays.closes_at(at("2026-11-20T12:00")), Some(at("2026-11-21T00:00")));
        assert_eq!(weekdays.closes_at(at("2026-11-23T12:00")), Some(at("2026-11-28T00:00")));
    }

    #[test]
    fn both_are_open_only_while_each_is() {
        let partner = hours("open = [\"09:00-12:00\", \"13:00-18:00\"]");
        let link = hours("days = \"business\"\nopen = [\"11:00-14:00\"]");
        let both = partner.both(&link);
        assert_eq!(both.next_opening(at("2026-11-20T08:00")), Some(at("2026-11-20T11:00")));
        assert_eq!(both.closes_at(at("2026-11-20T11:00")), Some(at("2026-11-20T12:00")));
        assert_eq!(both.next_opening(at("2026-11-20T12:00")), Some(at("2026-11-20T13:00")));
        assert_eq!(both.next_opening(at("2026-11-20T14:00")), Some(at("2026-11-24T11:00")));
        let day = Duration::from_secs(2 * 3600);
        assert_eq!(both.open_time(at("2026-11-20T00:00"), at("2026-11-24T00:00")), day);
    }

    #[test]
    fn hours_that_never_meet_never_open() {
        let (morning, evening) = (hours("open = [\"08:00-12:00\"]"), hours("open = [\"12:00-20:00\"]"));
        assert_eq!(morning.both(&evening).next_opening(at("2026-11-20T08:00")), None);
    }

    #[test]
    fn what_never_opens_or_makes_no_sense_is_refused() {
        for text in ["days = []", "open = []"] {
            let table: HoursTable = toml::from_str(text).unwrap();
            let mut faults = 0;
            table.compile(&Arc::default(), |_, _| faults += 1);
            assert_eq!(faults, 1, "{text}");
        }
        for window in ["08:30", "8:30-17:15", "08:30-08:30", "08:60-09:00", "24:00-25:00", "24:00-02:00", ""]
        {
            let text = format!("open = [\"{window}\"]");
            assert!(toml::from_str::<HoursTable>(&text).is_err(), "{window}");
        }
        for days in ["\"weekdays\"", "[\"monday\"]", "5"] {
            assert!(toml::from_str::<HoursTable>(&format!("days = {days}")).is_err(), "{days}");
        }
    }

    fn any_window() -> impl Strategy<Value = Window> {
        (0..DAY, 1..=DAY).prop_map(|(opens, length)| Window { opens, closes: opens + length })
    }

    prop_compose! {
        fn any_hours()(
            days in prop_oneof![
                Just(Days::Every),
                Just(Days::Business),
                any::<[bool; 7]>().prop_map(Days::Weekdays),
            ],
            mut windows in prop::collection::vec(any_window(), 1..4),
        ) -> Hours {
            windows.sort_unstable();
            Hours { services: vec![Service { days, windows, calendar: Arc::default() }] }
        }
    }

    fn any_moment() -> impl Strategy<Value = Moment> {
        (0..30 * u64::from(DAY))
            .prop_map(|minutes| at("2026-12-15T00:00").after(Duration::from_secs(minutes * 60)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_next_opening_is_open_and_not_before(one in any_hours(), other in any_hours(), now in any_moment()) {
            let both = one.both(&other);
            if let Some(opens) = both.next_opening(now) {
                prop_assert!(opens >= now && both.is_open(opens) && one.is_open(opens) && other.is_open(opens));
                prop_assert_eq!(opens == now, both.is_open(now));
            }
        }

        #[test]
        fn it_is_open_until_it_closes_and_not_then(hours in any_hours(), now in any_moment()) {
            if let Some(closes) = hours.closes_at(now) {
                prop_assert!(hours.is_open(now) && closes > now && !hours.is_open(closes));
                let middle = now.after(closes.since(now) / 2);
                prop_assert!(hours.is_open(middle));
            }
        }

        #[test]
        fn open_time_adds_up_minute_by_minute(hours in any_hours(), now in any_moment(), minutes in 0..3000_u64) {
            let minute = |count: u64| now.after(Duration::from_secs(count * 60));
            let open = (0..minutes).filter(|count| hours.is_open(minute(*count))).count();
            let expected = Duration::from_secs(u64::try_from(open).unwrap() * 60);
            prop_assert_eq!(hours.open_time(now, minute(minutes)), expected);
        }
    }
}
