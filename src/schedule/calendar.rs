//! The business-day calendar: on which days a municipality works.
//!
//! Owns what closes a day: Saturday and Sunday, the public holidays, 年末年始 from 29 December to 3 January (as the
//! ordinances on 地方公共団体の休日 have it), and the closures that a local file names. Promises to tell every mistake in
//! that file with its line. Knows no time of day; [`super::hours`] does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::schedule::holidays::{self, Holiday};
use totatsu_base::document::resolve;
use totatsu_base::messages::os_error;
use totatsu_base::say;
use totatsu_base::{Document, Problem};

/// How many days ahead a business day is looked for: a year without one is a mistake in the file of closures.
const SEARCH_DAYS: usize = 366;
/// Lines that a file of closures may have.
const CLOSURES_LIMIT: usize = 10_000;

/// On which days work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    new_year_closure: bool,
    closures: BTreeMap<Date, String>,
}

/// Why no work is done on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// Saturday or Sunday.
    Weekend,
    /// A public holiday.
    Holiday(Holiday),
    /// 年末年始.
    NewYear,
    /// The file of closures names it, with this text behind the date.
    Local(String),
}

/// `[calendar]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarTable {
    closures: Option<PathBuf>,
    new_year_closure: Option<bool>,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar::new(true, BTreeMap::new())
    }
}

impl Calendar {
    /// A calendar with or without 年末年始, and with these closures besides.
    pub fn new(new_year_closure: bool, closures: BTreeMap<Date, String>) -> Calendar {
        Calendar { new_year_closure, closures }
    }

    /// Why no work is done on this day; `None` on a business day.
    pub fn closed(&self, day: Date) -> Option<Closed> {
        if let Some(text) = self.closures.get(&day) {
            Some(Closed::Local(text.clone()))
        } else if let Some(holiday) = holidays::holiday(day) {
            Some(Closed::Holiday(holiday))
        } else if self.new_year_closure && matches!((day.month(), day.day()), (12, 29..) | (1, ..=3)) {
            Some(Closed::NewYear)
        } else {
            matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday).then_some(Closed::Weekend)
        }
    }

    /// Whether work is done on this day.
    pub fn is_business_day(&self, day: Date) -> bool {
        self.closed(day).is_none()
    }

    /// This day if it is a business day, else the next one; `None` if there is none within a year.
    pub fn business_day_from(&self, day: Date) -> Option<Date> {
        day.series(1.day()).take(SEARCH_DAYS).find(|day| self.is_business_day(*day))
    }
}

impl CalendarTable {
    /// The calendar that the table describes; a mistake in the file of closures is a problem of that file.
    pub fn compile(self, directory: &Path, document: &Document, problems: &mut Vec<Problem>) -> Calendar {
        let mut closures = BTreeMap::new();
        if let Some(path) = self.closures.map(|path| resolve(directory, &path)) {
            match std::fs::read_to_string(&path) {
                Ok(text) => closures = read_closures(&path, &text, problems),
                Err(error) => {
                    let message =
                        say!("schedule-closures-fail", path = path.display(), error = os_error(&error));
                    problems.extend(document.error("calendar.closures", message));
                }
            }
        }
        Calendar::new(self.new_year_closure.unwrap_or(true), closures)
    }
}

/// Reads a file of closures: one date a line, as `2026-11-22`, and behind it whatever people want to say of it.
fn read_closures(path: &Path, text: &str, problems: &mut Vec<Problem>) -> BTreeMap<Date, String> {
    let mut closures = BTreeMap::new();
    let mut wrong = |line: usize, message: String| {
        problems.push(Problem::error(path.to_owned(), Some(line), message));
    };
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if number >= CLOSURES_LIMIT {
            wrong(number + 1, say!("schedule-too-many-closures", limit = CLOSURES_LIMIT));
            break;
        }
        let content = line.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        let (day, text) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
        match day.parse::<Date>().ok().filter(|_| day.len() == "2026-11-22".len()) {
            Some(day) => {
                if closures.insert(day, text.trim().to_owned()).is_some() {
                    wrong(number + 1, say!("schedule-named-twice", day = day));
                }
            }
            None => wrong(number + 1, say!("schedule-no-date", day = format!("{day:?}"))),
        }
    }
    closures
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn read(text: &str) -> (BTreeMap<Date, String>, Vec<Option<usize>>) {
        let mut problems = Vec::new();
        let closures = read_closures(Path::new("closures.txt"), text, &mut problems);
        (closures, problems.iter().map(|problem| problem.line).collect())
    }

    #[test]
    fn weekends_holidays_and_the_turn_of_the_year_are_no_business_days() {
        let calendar = Calendar::default();
        assert_eq!(calendar.closed(date(2026, 11, 21)), Some(Closed::Weekend));
        assert_eq!(
            calendar.closed(date(2026, 11, 23)),
            Some(Closed::Holiday(Holiday::Named("勤労感謝の日")))
        );
        assert_eq!(calendar.closed(date(2026, 9, 22)), Some(Closed::Holiday(Holiday::Between)));
        assert_eq!(calendar.closed(date(2026, 12, 28)), None);
        assert_eq!(calendar.closed(date(2026, 12, 29)), Some(Closed::NewYear));
        assert_eq!(calendar.closed(date(2025, 1, 3)), Some(Closed::NewYear));
        assert_eq!(calendar.business_day_from(date(2026, 12, 29)), Some(date(2027, 1, 4)));
        let open = Calendar::new(false, BTreeMap::new());
        assert_eq!(open.business_day_from(date(2026, 12, 29)), Some(date(2026, 12, 29)));
    }

    #[test]
    fn a_file_of_closures_has_a_date_a_line_comments_and_what_people_say_of_the_day() {
        let text = "\u{feff}# 見本市\r\n2026-10-01 開庁記念日\r\n\r\n2026-10-02\t# moved\r\n";
        let (closures, problems) = read(text);
        assert!(problems.is_empty());
        let named = [(date(2026, 10, 1), "開庁記念日".to_owned()), (date(2026, 10, 2), String::new())];
        assert_eq!(closures, named.into());
        let calendar = Calendar::new(true, closures);
        assert_eq!(calendar.closed(date(2026, 10, 1)), Some(Closed::Local("開庁記念日".to_owned())));
    }

    #[test]
    fn every_bad_line_of_a_file_of_closures_is_told() {
        let text = "2026-10-01\n2026-02-30 no such day\n10/1\n20261001\n2026-10-01 again\n2026-10-02T00:00\n";
        assert_eq!(read(text).1, [Some(2), Some(3), Some(4), Some(5), Some(6)]);
    }

    #[test]
    fn a_calendar_that_is_always_closed_has_no_business_day() {
        let days = std::iter::successors(Some(date(2026, 1, 1)), |day| day.tomorrow().ok()).take(800);
        let calendar = Calendar::new(true, days.map(|day| (day, String::new())).collect());
        assert_eq!(calendar.business_day_from(date(2026, 3, 1)), None);
    }

    proptest! {
        #[test]
        fn the_next_business_day_is_one_and_none_lies_before_it(days in 0..29_000_i32) {
            let (calendar, from) = (Calendar::default(), date(2020, 1, 1).checked_add(days.days()).unwrap());
            let found = calendar.business_day_from(from).unwrap();
            prop_assert!(calendar.is_business_day(found));
            let before = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day < found);
            prop_assert!(before.into_iter().all(|day| !calendar.is_business_day(day)));
            // 29 December to 3 January with a weekend on both sides is the longest row of closed days.
            prop_assert!(from.until(found).unwrap().get_days() <= 10);
        }
    }
}
