//! Deadlines and expectations: until when a delivery has to arrive, and on which days a file has to come.
//!
//! Owns the words of a link's `deadline` and `expect`, and the judgement over them: which deadline a delivery has, whether
//! the deadline will be kept, which expected file has not come. Pure: knows no clock but the instants it is given, and raises
//! no alert; `daemon/timekeeper.rs` does.

use std::fmt;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer};

use crate::schedule::calendar::Calendar;
use crate::schedule::hours::{self, Hours};
use totatsu_base::Moment;
use totatsu_base::say;

/// How many days ahead or back a day that counts is looked for.
const SEARCH_DAYS: usize = 400;
/// How long the steps that move no bytes may take: looking, renaming, writing the receipt.
const ALLOWANCE: Duration = Duration::from_secs(2 * 60);
/// A delivery whose last try failed is at risk when its deadline is as near as this.
const AHEAD: Duration = Duration::from_secs(30 * 60);

/// `deadline`: `"17:00"` or `"daily by 17:00"` on each day on which the hours let it go out, or
/// `"business days by 17:00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Due);

/// `expect`: `"daily by 16:00"`, `"business days by 16:00"`, `"monthly on 10 by 12:00"` or `"yearly on 06-05 by 12:00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation(Due);

/// A time of day on certain days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    days: DueDays,
    /// Minutes after midnight.
    by: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DueDays {
    Daily,
    Business,
    /// On this day of each month, or its last one; moved to the next business day.
    Monthly(i8),
    /// On this day of this month each year, or the month's last one; moved to the next business day.
    Yearly(i8, i8),
}

/// When a delivery goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The delivery is being worked on.
    Now,
    /// The delivery goes on at a set instant.
    At {
        /// The earliest instant.
        at: Moment,
        /// Whether the delivery waits because a try failed.
        failing: bool,
    },
    /// The delivery goes on once a person has decided.
    Person,
}

/// How a delivery stands to its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing speaks against an arrival in time.
    OnTime,
    /// The delivery will probably miss its deadline unless somebody does something.
    AtRisk(Risk),
    /// The deadline is over, and the delivery has not arrived.
    Missed,
}

/// Why a deadline is at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// The delivery can't arrive before this instant, which is after the deadline.
    Late(Moment),
    /// The hours don't open any more.
    Closed,
    /// The last try failed, and little time is left.
    Failing,
    /// The delivery is held.
    Held,
}

/// An expected file that has not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmet {
    /// When the file should have been there.
    pub due: Moment,
    /// A file counts for `due` if it came at this instant or later; one from before was for an earlier day.
    pub from: Moment,
}

impl Deadline {
    /// The deadline of a delivery that begins at `begins`: the first one before which the hours let it go out.
    /// `None` if there is none within 400 days.
    pub fn of(self, begins: Moment, hours: &Hours, calendar: &Calendar) -> Option<Moment> {
        let days = begins.date().series(1.day()).take(SEARCH_DAYS);
        days.filter(|day| self.0.counts(*day, calendar)).find_map(|day| {
            let due = self.0.on(day);
            let start = begins.max(midnight(day));
            let goes_out = hours.next_opening(start)?;
            (start < due && goes_out < due).then_some(due)
        })
    }

    /// The deadline's time of day, in minutes after midnight in Japan.
    pub fn minute(self) -> u16 {
        self.0.by % (24 * 60)
    }
}

impl Expectation {
    /// The last file that was due by `now`, if it has not come. `last` is the last acceptance on the link. Where nothing ever
    /// came, only files due from `watched_since` on count: a new link has no past to answer for.
    pub fn unmet(
        self,
        now: Moment,
        last: Option<Moment>,
        watched_since: Moment,
        calendar: &Calendar,
    ) -> Option<Unmet> {
        let unmet = self.latest(now, calendar)?;
        let came = last.is_some_and(|last| last >= unmet.from);
        let counts = last.is_some() || unmet.due >= watched_since;
        (!came && counts).then_some(unmet)
    }

    /// The latest instant up to `now` at which a file was due, and since when one counts for it.
    fn latest(self, now: Moment, calendar: &Calendar) -> Option<Unmet> {
        // When the month that begins at `first` has its file due: on its day `number`, or its last day.
        let due_in = |first: Date, number: i8| {
            let nominal = first.with().day(number.min(first.days_in_month())).build().ok()?;
            Some(self.0.on(calendar.business_day_from(nominal)?))
        };
        if let DueDays::Monthly(number) = self.0.days {
            // Moved over a weekend or the new year, last month's day may lie in this month.
            let months = now.date().first_of_month().series(-1.months());
            return months.take(3).find_map(|first| {
                let due = due_in(first, number).filter(|due| *due <= now)?;
                // Until then a file was for the month before, whose day may have moved into this one.
                let before = first.checked_sub(1.month()).ok().and_then(|before| due_in(before, number));
                let from = before.map_or(midnight(first), |before| before.max(midnight(first)));
                Some(Unmet { due, from })
            });
        }
        if let DueDays::Yearly(month, number) = self.0.days {
            return (0..3).find_map(|back| {
                let first = Date::new(now.date().year() - back, month, 1).ok()?;
                let due = due_in(first, number).filter(|due| *due <= now)?;
                // A yearly file may come early: from the beginning of the month before.
                Some(Unmet { due, from: midnight(first.checked_sub(1.month()).ok()?) })
            });
        }
        let mut counting = days_back(now.date()).filter(|day| self.0.counts(*day, calendar));
        let day = counting.find(|day| self.0.on(*day) <= now)?;
        // A file that comes on a day that doesn't count is for the next day that does.
        let before = days_back(day).skip(1).find(|day| self.0.counts(*day, calendar))?;
        Some(Unmet { due: self.0.on(day), from: midnight(before.tomorrow().ok()?) })
    }
}

/// How a delivery stands to its deadline `due` at `now`. The delivery goes on at `next`, and then needs about `left`.
pub fn outlook(due: Moment, now: Moment, next: Next, left: Duration, hours: &Hours) -> Outlook {
    if now >= due {
        return Outlook::Missed;
    }
    let start = match next {
        Next::Person => return Outlook::AtRisk(Risk::Held),
        Next::At { failing: true, .. } if due.since(now) <= AHEAD => return Outlook::AtRisk(Risk::Failing),
        Next::At { at, .. } => at.max(now),
        Next::Now => now,
    };
    let Some(goes_out) = hours.next_opening(start) else { return Outlook::AtRisk(Risk::Closed) };
    let done = goes_out.after(left);
    if done > due { Outlook::AtRisk(Risk::Late(done)) } else { Outlook::OnTime }
}

/// About how long a delivery still takes. `moving` has the bytes done and in all, if they are moving, and `moving_for` how long they
/// have been: the rest is taken to move as fast. The other steps get an allowance.
pub fn left(moving: Option<(u64, u64)>, moving_for: Duration) -> Duration {
    match moving {
        Some((done, total)) if done > 0 => {
            let rest = total.saturating_sub(done);
            // Exact enough: an estimate, rounded to milliseconds.
            let milliseconds = moving_for.as_millis().saturating_mul(u128::from(rest)) / u128::from(done);
            ALLOWANCE.saturating_add(Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX)))
        }
        Some(_) | None => ALLOWANCE,
    }
}

impl Due {
    fn counts(self, day: Date, calendar: &Calendar) -> bool {
        match self.days {
            DueDays::Daily => true,
            DueDays::Business | DueDays::Monthly(_) | DueDays::Yearly(..) => calendar.is_business_day(day),
        }
    }

    fn on(self, day: Date) -> Moment {
        midnight(day).after(Duration::from_secs(u64::from(self.by) * 60))
    }

    /// Reads `daily by 16:00` and its like.
    fn parse(text: &str) -> Option<Due> {
        let (days, by) = text.split_once(" by ")?;
        let by = hours::minutes(by)?;
        let words: Vec<&str> = days.split_whitespace().collect();
        let days = match words.as_slice() {
            ["daily"] => DueDays::Daily,
            ["business", "days"] => DueDays::Business,
            ["monthly", "on", number] => {
                DueDays::Monthly(number.parse().ok().filter(|number| (1..=31).contains(number))?)
            }
            ["yearly", "on", day] => yearly(day)?,
            _ => return None,
        };
        Some(Due { days, by })
    }
}

/// A month and a day of it, `06-05`; the 29th of February is one.
fn yearly(day: &str) -> Option<DueDays> {
    let (month, number) = day.split_once('-')?;
    let (month, number): (i8, i8) = (month.parse().ok()?, number.parse().ok()?);
    Date::new(2024, month, number).ok().map(|_| DueDays::Yearly(month, number))
}

fn midnight(day: Date) -> Moment {
    Moment::in_japan_at(day, Time::midnight())
}

fn days_back(day: Date) -> impl Iterator<Item = Date> {
    day.series(-1.days()).take(SEARCH_DAYS)
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Risk::Late(done) => say!("schedule-risk-late", done = done),
            Risk::Closed => say!("schedule-risk-closed"),
            Risk::Failing => say!("schedule-risk-failing"),
            Risk::Held => say!("schedule-risk-held"),
        })
    }
}

impl<'de> Deserialize<'de> for Deadline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Deadline, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain = hours::minutes(&text).map(|by| Due { days: DueDays::Daily, by });
        let due = plain.or_else(|| Due::parse(&text));
        due.filter(|due| !matches!(due.days, DueDays::Monthly(_) | DueDays::Yearly(..)))
            .map(Deadline)
            .ok_or_else(|| serde::de::Error::custom(say!("schedule-no-deadline", text = format!("{text:?}"))))
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expectation, D::Error> {
        let text = String::deserialize(deserializer)?;
        Due::parse(&text).map(Expectation).ok_or_else(|| {
            serde::de::Error::custom(say!("schedule-no-expectation", text = format!("{text:?}")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::hours::tests::{at, hours};

    #[derive(Deserialize)]
    struct Words {
        deadline: Option<Deadline>,
        expect: Option<Expectation>,
    }

    fn deadline(text: &str) -> Deadline {
        toml::from_str::<Words>(&format!("deadline = \"{text}\"")).unwrap().deadline.unwrap()
    }

    fn expect(text: &str) -> Expectation {
        toml::from_str::<Words>(&format!("expect = \"{text}\"")).unwrap().expect.unwrap()
    }

    fn office_hours() -> Hours {
        hours("days = \"business\"\nopen = [\"08:30-17:15\"]")
    }

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    #[test]
    fn the_deadline_is_the_days_and_after_it_the_next_days() {
        let (deadline, calendar, always) = (deadline("17:00"), Calendar::default(), Hours::default());
        let of = |begins: &str| deadline.of(at(begins), &always, &calendar);
        assert_eq!(of("2026-11-20T16:59"), Some(at("2026-11-20T17:00")));
        assert_eq!(of("2026-11-20T17:00"), Some(at("2026-11-21T17:00")));
    }

    #[test]
    fn a_deadline_on_business_days_or_within_office_hours_passes_over_days_off() {
        let (calendar, always) = (Calendar::default(), Hours::default());
        let tuesday = Some(at("2026-11-24T17:00"));
        let late = at("2026-11-20T17:01");
        assert_eq!(deadline("business days by 17:00").of(late, &always, &calendar), tuesday);
        assert_eq!(deadline("17:00").of(late, &office_hours(), &calendar), tuesday);
    }

    #[test]
    fn a_deadline_before_the_hours_open_is_the_next_days() {
        let early = deadline("08:00").of(at("2026-11-19T07:00"), &office_hours(), &Calendar::default());
        // Nothing can go out before 08:00 on any day: there is no such deadline.
        assert_eq!(early, None);
    }

    #[test]
    fn a_delivery_that_is_being_worked_on_is_at_risk_only_when_the_time_left_is_too_short() {
        let (due, always) = (at("2026-11-20T17:00"), Hours::default());
        let at_1640 = |left| outlook(due, at("2026-11-20T16:40"), Next::Now, left, &always);
        assert_eq!(at_1640(minutes(20)), Outlook::OnTime);
        assert_eq!(at_1640(minutes(21)), Outlook::AtRisk(Risk::Late(at("2026-11-20T17:01"))));
        assert_eq!(outlook(due, due, Next::Now, minutes(0), &always), Outlook::Missed);
    }

    #[test]
    fn a_delivery_that_fails_is_at_risk_before_its_deadline_even_if_a_try_is_left() {
        let (due, always) = (at("2026-11-20T17:00"), Hours::default());
        let next = |at| Next::At { at, failing: true };
        let early = outlook(due, at("2026-11-20T16:00"), next(at("2026-11-20T16:20")), minutes(2), &always);
        assert_eq!(early, Outlook::OnTime);
        let near = outlook(due, at("2026-11-20T16:30"), next(at("2026-11-20T16:40")), minutes(2), &always);
        assert_eq!(near, Outlook::AtRisk(Risk::Failing));
        let late = outlook(due, at("2026-11-20T16:00"), next(at("2026-11-20T17:30")), minutes(2), &always);
        assert_eq!(late, Outlook::AtRisk(Risk::Late(at("2026-11-20T17:32"))));
    }

    #[test]
    fn a_next_try_outside_the_hours_counts_from_the_next_opening() {
        let due = at("2026-11-20T18:00");
        let next = Next::At { at: at("2026-11-20T17:20"), failing: false };
        let outlook = outlook(due, at("2026-11-20T17:00"), next, minutes(2), &office_hours());
        assert_eq!(outlook, Outlook::AtRisk(Risk::Late(at("2026-11-24T08:32"))));
    }

    #[test]
    fn a_held_delivery_is_at_risk_at_once_and_missed_when_its_time_has_come() {
        let (due, always) = (at("2026-11-20T17:00"), Hours::default());
        let held = |now| outlook(due, now, Next::Person, minutes(2), &always);
        assert_eq!(held(at("2026-11-20T09:00")), Outlook::AtRisk(Risk::Held));
        assert_eq!(held(at("2026-11-21T09:00")), Outlook::Missed);
    }

    #[test]
    fn what_is_left_is_told_by_how_fast_the_bytes_move() {
        assert_eq!(left(None, minutes(5)), ALLOWANCE);
        assert_eq!(left(Some((0, 100)), minutes(5)), ALLOWANCE);
        assert_eq!(left(Some((25, 100)), minutes(5)), ALLOWANCE + minutes(15));
        assert_eq!(left(Some((1, u64::MAX)), Duration::MAX), ALLOWANCE + Duration::from_millis(u64::MAX));
    }

    /// The day that is unmet, with a link that has long been in use.
    fn unmet(words: &str, now: &str, last: &str) -> Option<Moment> {
        let (now, last) = (at(now), at(last));
        expect(words).unmet(now, Some(last), now, &Calendar::default()).map(|unmet| unmet.due)
    }

    #[test]
    fn a_daily_file_is_missed_at_its_time_and_yesterdays_late_one_does_not_count() {
        let daily = "daily by 16:00";
        assert_eq!(unmet(daily, "2026-11-20T15:59", "2026-11-19T15:00"), None);
        assert_eq!(unmet(daily, "2026-11-20T16:00", "2026-11-19T15:00"), Some(at("2026-11-20T16:00")));
        assert_eq!(unmet(daily, "2026-11-20T16:00", "2026-11-19T23:00"), Some(at("2026-11-20T16:00")));
        assert_eq!(unmet(daily, "2026-11-20T16:00", "2026-11-20T00:00"), None);
        // It came late: nothing is missing any more.
        assert_eq!(unmet(daily, "2026-11-20T18:00", "2026-11-20T17:00"), None);
    }

    #[test]
    fn what_comes_on_a_day_off_is_for_the_next_business_day() {
        let business = "business days by 16:00";
        assert_eq!(unmet(business, "2026-11-23T18:00", "2026-11-20T15:00"), None);
        assert_eq!(unmet(business, "2026-11-24T16:00", "2026-11-20T15:00"), Some(at("2026-11-24T16:00")));
        assert_eq!(unmet(business, "2026-11-24T16:00", "2026-11-22T09:00"), None);
    }

    #[test]
    fn a_monthly_file_is_due_on_the_next_business_day_and_may_come_early_in_the_month() {
        let monthly = "monthly on 21 by 12:00";
        // The 21st to the 23rd of November are days off.
        assert_eq!(unmet(monthly, "2026-11-24T11:59", "2026-10-21T09:00"), None);
        assert_eq!(unmet(monthly, "2026-11-24T12:00", "2026-10-30T09:00"), Some(at("2026-11-24T12:00")));
        assert_eq!(unmet(monthly, "2026-11-24T12:00", "2026-11-02T09:00"), None);
    }

    #[test]
    fn a_yearly_file_is_due_on_its_day_or_the_next_business_day_and_may_come_in_the_month_before() {
        // 6 June 2026 is a Saturday.
        let yearly = "yearly on 06-06 by 12:00";
        assert_eq!(unmet(yearly, "2026-06-08T11:59", "2025-06-05T09:00"), None);
        assert_eq!(unmet(yearly, "2026-06-08T12:00", "2025-06-05T09:00"), Some(at("2026-06-08T12:00")));
        assert_eq!(unmet(yearly, "2026-06-08T12:00", "2026-05-01T09:00"), None);
        assert_eq!(unmet(yearly, "2026-06-08T12:00", "2026-04-30T09:00"), Some(at("2026-06-08T12:00")));
        // Until the next one is due, last year's is.
        assert_eq!(unmet(yearly, "2027-03-01T12:00", "2025-06-05T09:00"), Some(at("2026-06-08T12:00")));
        // A year without its day has it on the month's last one, a Sunday here.
        assert_eq!(
            unmet("yearly on 02-29 by 12:00", "2027-03-01T12:00", "2026-01-05T09:00"),
            Some(at("2027-03-01T12:00"))
        );
        for wrong in [
            "yearly on 13-01 by 12:00",
            "yearly on 02-30 by 12:00",
            "yearly on 6 by 12:00",
            "yearly by 12:00",
        ] {
            assert!(toml::from_str::<Words>(&format!("expect = \"{wrong}\"")).is_err(), "{wrong}");
        }
        assert!(toml::from_str::<Words>("deadline = \"yearly on 06-05 by 12:00\"").is_err());
    }

    #[test]
    fn a_monthly_file_on_a_day_that_the_month_lacks_is_due_on_its_last_and_may_move_into_the_next() {
        let monthly = "monthly on 31 by 12:00";
        // 28 February 2027 is a Sunday.
        assert_eq!(unmet(monthly, "2027-03-01T12:00", "2027-01-29T09:00"), Some(at("2027-03-01T12:00")));
        assert_eq!(unmet(monthly, "2027-03-01T12:00", "2027-02-26T09:00"), None);
        // 31 December belongs to the closed days of the new year.
        assert_eq!(unmet(monthly, "2027-01-03T12:00", "2026-11-30T09:00"), None);
        assert_eq!(unmet(monthly, "2027-01-04T12:00", "2026-11-30T09:00"), Some(at("2027-01-04T12:00")));
    }

    #[test]
    fn a_monthly_file_that_comes_in_time_on_a_day_that_moved_into_the_next_month_is_not_the_next_months() {
        let monthly = "monthly on 31 by 12:00";
        let december = "2027-01-04T09:00";
        assert_eq!(unmet(monthly, "2027-01-04T12:00", december), None);
        // 31 January 2027 is a Sunday.
        assert_eq!(unmet(monthly, "2027-02-01T11:59", december), None);
        assert_eq!(unmet(monthly, "2027-02-01T12:00", december), Some(at("2027-02-01T12:00")));
        assert_eq!(unmet(monthly, "2027-02-01T12:00", "2027-01-04T12:00"), None);
        let january = "2027-02-01T09:00";
        assert_eq!(unmet(monthly, "2027-02-01T12:00", january), None);
        assert_eq!(unmet(monthly, "2027-03-01T12:00", january), Some(at("2027-03-01T12:00")));
    }

    #[test]
    fn a_link_on_which_nothing_ever_came_answers_only_for_what_is_due_while_it_is_watched() {
        let (daily, calendar) = (expect("daily by 16:00"), Calendar::default());
        let watched = at("2026-11-20T09:00");
        assert_eq!(daily.unmet(at("2026-11-20T10:00"), None, watched, &calendar), None);
        let unmet = daily.unmet(at("2026-11-20T16:00"), None, watched, &calendar);
        assert_eq!(unmet.map(|unmet| unmet.due), Some(at("2026-11-20T16:00")));
    }

    #[test]
    fn words_that_name_no_day_or_no_time_are_refused() {
        for text in ["by 17:00", "17", "25:00", "monthly on 10 by 12:00", "weekly by 17:00", ""] {
            assert!(toml::from_str::<Words>(&format!("deadline = \"{text}\"")).is_err(), "{text}");
        }
        for text in ["16:00", "daily", "monthly on 32 by 12:00", "monthly by 12:00", "business day by 16:00"]
        {
            assert!(toml::from_str::<Words>(&format!("expect = \"{text}\"")).is_err(), "{text}");
        }
    }
}
