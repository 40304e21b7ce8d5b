//! The public holidays of Japan (国民の祝日), by the rules of the law rather than a list: nothing has to be fetched.
//!
//! Owns the rules of 国民の祝日に関する法律 as they stand since 2020, with the moves for the Olympic games of 2020 and
//! 2021. Promises the official days for 2020 to 2099 as far as they follow from the law of today; a holiday that a later
//! law adds or moves is written into the file of closures until the rules here know it. Equinoxes are computed; the
//! official ones are announced each February for the year after, and only in 2074 does one fall within five minutes of
//! midnight.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

/// Why a day is a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// The day has a name in the law's article 2.
    Named(&'static str),
    /// 振替休日: makes up for a holiday that fell on a Sunday (article 3, paragraph 2).
    Substitute,
    /// 国民の休日: lies between two holidays (article 3, paragraph 3).
    Between,
}

/// Holidays of the same date each year.
const FIXED: [(i8, i8, &str); 9] = [
    (1, 1, "元日"),
    (2, 11, "建国記念の日"),
    (2, 23, "天皇誕生日"),
    (4, 29, "昭和の日"),
    (5, 3, "憲法記念日"),
    (5, 4, "みどりの日"),
    (5, 5, "こどもの日"),
    (11, 3, "文化の日"),
    (11, 23, "勤労感謝の日"),
];
/// The days to which holidays were moved for the games. The usual days of these holidays don't hold in these years.
const GAMES: [(Date, &str); 6] = [
    (date(2020, 7, 23), MARINE_DAY),
    (date(2020, 7, 24), SPORTS_DAY),
    (date(2020, 8, 10), MOUNTAIN_DAY),
    (date(2021, 7, 22), MARINE_DAY),
    (date(2021, 7, 23), SPORTS_DAY),
    (date(2021, 8, 8), MOUNTAIN_DAY),
];
const MARINE_DAY: &str = "海の日";
const MOUNTAIN_DAY: &str = "山の日";
const SPORTS_DAY: &str = "スポーツの日";

impl Holiday {
    /// What people call the holiday.
    pub fn name(self) -> &'static str {
        match self {
            Holiday::Named(name) => name,
            Holiday::Substitute => "振替休日",
            Holiday::Between => "国民の休日",
        }
    }
}

/// The holiday that a day is, if it is one.
pub fn holiday(day: Date) -> Option<Holiday> {
    if let Some(name) = named(day) {
        Some(Holiday::Named(name))
    } else if makes_up_for_a_sunday(day) {
        Some(Holiday::Substitute)
    } else {
        let neighbours = [day.yesterday(), day.tomorrow()];
        let between = neighbours.iter().all(|day| day.as_ref().is_ok_and(|day| named(*day).is_some()));
        between.then_some(Holiday::Between)
    }
}

/// The name that the law gives to a day.
fn named(day: Date) -> Option<&'static str> {
    let (month, number) = (day.month(), day.day());
    let fixed = FIXED.iter().find(|(m, d, _)| (*m, *d) == (month, number)).map(|(_, _, name)| *name);
    fixed.or_else(|| equinox(day)).or_else(|| movable(day))
}

/// The holiday of a second or third Monday of a month, or 山の日, which the games moved too.
fn movable(day: Date) -> Option<&'static str> {
    let in_games = matches!(day.year(), 2020 | 2021);
    match (day.month(), day.day()) {
        (7 | 8 | 10, _) if in_games => GAMES.iter().find(|(moved, _)| *moved == day).map(|(_, name)| *name),
        (8, 11) => Some(MOUNTAIN_DAY),
        (1, 8..=14) if day.weekday() == Weekday::Monday => Some("成人の日"),
        (7, 15..=21) if day.weekday() == Weekday::Monday => Some(MARINE_DAY),
        (9, 15..=21) if day.weekday() == Weekday::Monday => Some("敬老の日"),
        (10, 8..=14) if day.weekday() == Weekday::Monday => Some(SPORTS_DAY),
        _ => None,
    }
}

/// The days on which the sun crosses the equator, reckoned from those of 1980 by their yearly delay, in millionths of a
/// day. Agrees with the astronomical times, in Japan, of each year from 2020 to 2099.
fn equinox(day: Date) -> Option<&'static str> {
    let (start, name) = match day.month() {
        3 => (20_843_100_i64, "春分の日"),
        9 => (23_248_800, "秋分の日"),
        _ => return None,
    };
    let years = i64::from(day.year()) - 1980;
    let computed = (start + 242_194 * years).div_euclid(1_000_000) - years.div_euclid(4);
    (computed == i64::from(day.day())).then_some(name)
}

/// Whether a day makes up for a Sunday: it is the first day without a name behind a row of named days with a Sunday among them.
fn makes_up_for_a_sunday(day: Date) -> bool {
    let mut row = day.series(-1.days()).skip(1).take_while(|day| named(*day).is_some());
    row.any(|day| day.weekday() == Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holidays_of(year: i16) -> Vec<(i8, i8, &'static str)> {
        let days = std::iter::successors(Some(date(year, 1, 1)), |day| day.tomorrow().ok());
        let of_year = days.take_while(|day| day.year() == year);
        of_year
            .filter_map(|day| holiday(day).map(|holiday| (day.month(), day.day(), holiday.name())))
            .collect()
    }

    /// Months and days of every holiday that the Cabinet Office (内閣府「国民の祝日」について) published for 2020 to 2027.
    const OFFICIAL: [(i16, &str); 8] = [
        (2020, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0723 0724 0810 0921 0922 1103 1123"),
        (2021, "0101 0111 0211 0223 0320 0429 0503 0504 0505 0722 0723 0808 0809 0920 0923 1103 1123"),
        (2022, "0101 0110 0211 0223 0321 0429 0503 0504 0505 0718 0811 0919 0923 1010 1103 1123"),
        (2023, "0101 0102 0109 0211 0223 0321 0429 0503 0504 0505 0717 0811 0918 0923 1009 1103 1123"),
        (
            2024,
            "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123",
        ),
        (
            2025,
            "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124",
        ),
        (2026, "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123"),
        (2027, "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123"),
    ];

    #[test]
    fn the_holidays_of_2020_to_2027_are_those_that_were_published() {
        for (year, official) in OFFICIAL {
            let days: Vec<String> =
                holidays_of(year).iter().map(|(month, day, _)| format!("{month:02}{day:02}")).collect();
            assert_eq!(days.join(" "), official, "{year}");
        }
    }

    #[test]
    fn the_holidays_of_2024_are_the_official_ones() {
        let official = [
            (1, 1, "元日"),
            (1, 8, "成人の日"),
            (2, 11, "建国記念の日"),
            (2, 12, "振替休日"),
            (2, 23, "天皇誕生日"),
            (3, 20, "春分の日"),
            (4, 29, "昭和の日"),
            (5, 3, "憲法記念日"),
            (5, 4, "みどりの日"),
            (5, 5, "こどもの日"),
            (5, 6, "振替休日"),
            (7, 15, "海の日"),
            (8, 11, "山の日"),
            (8, 12, "振替休日"),
            (9, 16, "敬老の日"),
            (9, 22, "秋分の日"),
            (9, 23, "振替休日"),
            (10, 14, "スポーツの日"),
            (11, 3, "文化の日"),
            (11, 4, "振替休日"),
            (11, 23, "勤労感謝の日"),
        ];
        assert_eq!(holidays_of(2024), official);
    }

    #[test]
    fn the_holidays_of_2025_are_the_official_ones() {
        let official = [
            (1, 1, "元日"),
            (1, 13, "成人の日"),
            (2, 11, "建国記念の日"),
            (2, 23, "天皇誕生日"),
            (2, 24, "振替休日"),
            (3, 20, "春分の日"),
            (4, 29, "昭和の日"),
            (5, 3, "憲法記念日"),
            (5, 4, "みどりの日"),
            (5, 5, "こどもの日"),
            (5, 6, "振替休日"),
            (7, 21, "海の日"),
            (8, 11, "山の日"),
            (9, 15, "敬老の日"),
            (9, 23, "秋分の日"),
            (10, 13, "スポーツの日"),
            (11, 3, "文化の日"),
            (11, 23, "勤労感謝の日"),
            (11, 24, "振替休日"),
        ];
        assert_eq!(holidays_of(2025), official);
    }

    #[test]
    fn the_holidays_of_2026_are_the_official_ones_with_the_day_between_two_in_september() {
        let official = [
            (1, 1, "元日"),
            (1, 12, "成人の日"),
            (2, 11, "建国記念の日"),
            (2, 23, "天皇誕生日"),
            (3, 20, "春分の日"),
            (4, 29, "昭和の日"),
            (5, 3, "憲法記念日"),
            (5, 4, "みどりの日"),
            (5, 5, "こどもの日"),
            (5, 6, "振替休日"),
            (7, 20, "海の日"),
            (8, 11, "山の日"),
            (9, 21, "敬老の日"),
            (9, 22, "国民の休日"),
            (9, 23, "秋分の日"),
            (10, 12, "スポーツの日"),
            (11, 3, "文化の日"),
            (11, 23, "勤労感謝の日"),
        ];
        assert_eq!(holidays_of(2026), official);
    }

    #[test]
    fn the_holidays_of_2027_are_the_official_ones() {
        let official = [
            (1, 1, "元日"),
            (1, 11, "成人の日"),
            (2, 11, "建国記念の日"),
            (2, 23, "天皇誕生日"),
            (3, 21, "春分の日"),
            (3, 22, "振替休日"),
            (4, 29, "昭和の日"),
            (5, 3, "憲法記念日"),
            (5, 4, "みどりの日"),
            (5, 5, "こどもの日"),
            (7, 19, "海の日"),
            (8, 11, "山の日"),
            (9, 20, "敬老の日"),
            (9, 23, "秋分の日"),
            (10, 11, "スポーツの日"),
            (11, 3, "文化の日"),
            (11, 23, "勤労感謝の日"),
        ];
        assert_eq!(holidays_of(2027), official);
    }

    #[test]
    fn the_games_moved_three_holidays_of_2020_and_2021_and_a_moved_one_on_a_sunday_is_made_up_for() {
        let summer = |year: i16| -> Vec<(i8, i8, &str)> {
            holidays_of(year).into_iter().filter(|(month, ..)| matches!(month, 7 | 8 | 10)).collect()
        };
        assert_eq!(summer(2020), [(7, 23, MARINE_DAY), (7, 24, SPORTS_DAY), (8, 10, MOUNTAIN_DAY)]);
        let moved = [(7, 22, MARINE_DAY), (7, 23, SPORTS_DAY), (8, 8, MOUNTAIN_DAY), (8, 9, "振替休日")];
        assert_eq!(summer(2021), moved);
    }

    #[test]
    fn a_sunday_at_the_head_of_a_row_of_holidays_is_made_up_for_behind_the_row() {
        // 3 May 2026 is a Sunday; 4 and 5 May have names of their own.
        assert_eq!(holiday(date(2026, 5, 6)), Some(Holiday::Substitute));
        assert_eq!(holiday(date(2026, 5, 7)), None);
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (0..29_220_i32).prop_map(|days| date(2020, 1, 1).checked_add(days.days()).unwrap())
    }

    proptest! {
        #[test]
        fn a_substitute_follows_a_holiday_and_is_no_sunday(day in any_day()) {
            if holiday(day) == Some(Holiday::Substitute) {
                prop_assert!(named(day.yesterday().unwrap()).is_some());
                prop_assert_ne!(day.weekday(), Weekday::Sunday);
            }
        }

        #[test]
        fn every_named_holiday_on_a_sunday_is_followed_by_a_free_day_within_four(day in any_day()) {
            if named(day).is_some() && day.weekday() == Weekday::Sunday {
                let behind = (1..=4).map(|days| holiday(day.checked_add(days.days()).unwrap()));
                prop_assert!(behind.into_iter().any(|found| found == Some(Holiday::Substitute)));
            }
        }

        #[test]
        fn every_year_has_sixteen_named_holidays(year in 2020_i16..=2099) {
            let unnamed = ["振替休日", "国民の休日"];
            let named = holidays_of(year).into_iter().filter(|(_, _, name)| !unnamed.contains(name)).count();
            prop_assert_eq!(named, 16);
        }
    }
}
