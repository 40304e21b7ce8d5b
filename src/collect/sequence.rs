//! Which collection of a link comes next: by the number or the date in its name.
//!
//! Owns the comparison of two files that follow each other. A number must follow the last one's, a date must be later; one
//! that is older or the same is for a person, and one after a gap waits for what is missing.

use jiff::ToSpan as _;
use serde::Deserialize;

use crate::schedule::calendar::Calendar;
use totatsu_base::evidence::Found;
use totatsu_base::say;

/// By what files of a link follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sequence {
    /// The number in the name grows by one.
    Number,
    /// The date in the name grows; days may be left out.
    Date,
    /// The date in the name is the next day's.
    Daily,
    /// The date in the name is the next business day's.
    BusinessDays,
}

/// How a file stands to the last one that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follows {
    /// The file is the next, or the first, or nothing can be said.
    Yes,
    /// Something is missing between both; the text says what.
    AfterGap(String),
    /// The file is as old as the last one, or older; the text says how.
    TooOld(String),
}

impl Sequence {
    /// Whether files follow each other by the number rather than the date.
    pub fn is_by_number(self) -> bool {
        self == Sequence::Number
    }

    /// How `found` stands to `last`.
    pub fn judge(self, last: &Found, found: &Found, calendar: &Calendar) -> Follows {
        if self.is_by_number() {
            let Some((last, this)) = last.number.zip(found.number) else { return Follows::Yes };
            return Follows::of(last, this, last.checked_add(1), |number| number.to_string());
        }
        let Some((last, this)) = last.date.zip(found.date) else { return Follows::Yes };
        let next_day = last.checked_add(1.day()).ok();
        let next = match self {
            Sequence::Daily => next_day,
            Sequence::BusinessDays => next_day.and_then(|day| calendar.business_day_from(day)),
            Sequence::Date | Sequence::Number => None,
        };
        Follows::of(last, this, next, |date| date.to_string())
    }
}

impl Follows {
    fn of<T: Copy + PartialOrd>(last: T, this: T, next: Option<T>, shown: impl Fn(T) -> String) -> Follows {
        let (was, is) = (shown(last), shown(this));
        if this <= last {
            return Follows::TooOld(if this < last {
                say!("collect-older", is = is, was = was)
            } else {
                say!("collect-same", is = is, was = was)
            });
        }
        match next.filter(|next| this > *next) {
            None => Follows::Yes,
            Some(next) => Follows::AfterGap(say!("collect-gap", is = is, was = was, missing = shown(next))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(date: Option<&str>, number: Option<u64>) -> Found {
        Found {
            path: "x".to_owned(),
            name: "x".to_owned(),
            size: None,
            modified: None,
            date: date.map(|date| date.parse().unwrap()),
            number,
        }
    }

    fn by_number(last: u64, this: u64) -> Follows {
        let (last, this) = (found(None, Some(last)), found(None, Some(this)));
        Sequence::Number.judge(&last, &this, &Calendar::default())
    }

    fn by_date(sequence: Sequence, last: &str, this: &str) -> Follows {
        sequence.judge(&found(Some(last), None), &found(Some(this), None), &Calendar::default())
    }

    #[test]
    fn a_number_must_be_the_next_one() {
        assert_eq!(by_number(7, 8), Follows::Yes);
        assert!(matches!(by_number(7, 9), Follows::AfterGap(what) if what.contains("8 is missing")));
        assert!(matches!(by_number(7, 7), Follows::TooOld(what) if what.contains("the same as")));
        assert!(matches!(by_number(7, 6), Follows::TooOld(what) if what.contains("older than")));
    }

    #[test]
    fn a_date_must_be_later_and_where_days_are_agreed_the_next_one() {
        // 2026-11-20 is a Friday, 2026-11-23 a holiday.
        assert_eq!(by_date(Sequence::Date, "2026-11-20", "2026-12-01"), Follows::Yes);
        assert!(matches!(by_date(Sequence::Date, "2026-11-20", "2026-11-20"), Follows::TooOld(_)));
        assert_eq!(by_date(Sequence::Daily, "2026-11-20", "2026-11-21"), Follows::Yes);
        assert!(matches!(by_date(Sequence::Daily, "2026-11-20", "2026-11-22"), Follows::AfterGap(_)));
        assert_eq!(by_date(Sequence::BusinessDays, "2026-11-20", "2026-11-24"), Follows::Yes);
        assert!(matches!(by_date(Sequence::BusinessDays, "2026-11-20", "2026-11-25"), Follows::AfterGap(_)));
    }

    #[test]
    fn where_a_name_says_nothing_every_file_follows() {
        let nothing = found(None, None);
        assert_eq!(Sequence::Number.judge(&nothing, &nothing, &Calendar::default()), Follows::Yes);
    }
}
