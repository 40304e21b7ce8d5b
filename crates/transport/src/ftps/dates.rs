//! The dates and times that stand in plain listings, in the orders and languages in which servers write them.
//!
//! Only where a date ends matters: a listing's times lack the zone, and often the year, so files are asked for their times
//! otherwise. Promises that words are taken for a date only where each of them can be a part of one; an order that isn't
//! known here makes the line unreadable, which is told. Works on bytes, because names in the same line may be written in
//! any encoding.

/// English names of months; French, German and others were never seen in this trade.
const MONTHS: [&str; 14] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "june", "sept"];

/// A sign that follows a number, in the encodings that servers write: UTF-8, Shift_JIS, EUC-JP, then Chinese and Korean.
type Sign = &'static [&'static [u8]];
const MONTH: Sign =
    &["月".as_bytes(), b"\x8c\x8e", b"\xb7\xee", b"\xd4\xc2", b"\xa4\xeb", "월".as_bytes(), b"\xbf\xf9"];
const DAY: Sign =
    &["日".as_bytes(), b"\x93\xfa", b"\xc6\xfc", b"\xc8\xd5", b"\xa4\xe9", "일".as_bytes(), b"\xc0\xcf"];
const YEAR: Sign = &["年".as_bytes(), b"\x94\x4e", b"\xc7\xaf", b"\xc4\xea", "년".as_bytes(), b"\xb3\xe2"];
const HOUR: Sign = &["時".as_bytes(), b"\x8e\x9e", b"\xbb\xfe"];
const MINUTE: Sign = &["分".as_bytes(), b"\x95\xaa", b"\xca\xac"];

/// How many of the words at the front are a date, with its time where there is one; nothing where they are none.
pub(super) fn date_words(words: &[&[u8]]) -> Option<usize> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let (first, second, third) = (word(0), word(1), word(2));
    // Nov 22 09:30, Nov 22 2026, 11月 22日 09:30; and Oct 08, 2002 09:47; and Nov 22 09:30:05 2026
    if is_month(first) && is_day(second) {
        let comma = second.ends_with(b",");
        if is_year(third) {
            return Some(if comma && is_clock(word(3)) { 4 } else { 3 });
        }
        if is_clock(third) {
            let to_the_second = third.iter().filter(|byte| **byte == b':').count() == 2;
            return Some(if to_the_second && is_year(word(3)) { 4 } else { 3 });
        }
    }
    let is_rest = |word| is_year(word) || is_clock(word);
    // 22 Nov 09:30, 22. Nov. 2026; and 11/ 6 14:21, with a blank where a digit would stand
    let slashed = first.strip_suffix(b"/").and_then(number).is_some_and(|month| (1..=12).contains(&month));
    if (is_day(first) && is_month(second) || slashed && is_day(second)) && is_rest(third) {
        return Some(3);
    }
    // 2026 11月 22, 2026年 11月 22日
    if is_year(first) && is_month(second) && is_day(third) {
        return Some(3);
    }
    // 11月22日 14時21分, 11月22日 2026年; and 11-22 09:30, 11/22 2026
    if (is_joined_day(first) || is_month_and_day(first)) && is_rest(second) {
        return Some(2);
    }
    full_date_words(first, second, third)
}

/// A date with its year, in one word: 2026-11-22 09:30, 22.11.2026 09:30, 26/11/22 09:30:05, 22-nov-26.
fn full_date_words(first: &[u8], second: &[u8], third: &[u8]) -> Option<usize> {
    let with_zone =
        matches!(third, [b'+' | b'-', zone @ ..] if zone.len() == 4 && zone.iter().all(u8::is_ascii_digit));
    // `ls` tells the zone behind a time to the second only; behind another, a name begins.
    let to_the_second = second.iter().filter(|byte| **byte == b':').count() == 2;
    match (is_full_date(first), is_clock(second)) {
        (Some(_), true) => Some(if with_zone && to_the_second { 3 } else { 2 }),
        (Some(true), false) => Some(1),
        (Some(false) | None, _) => None,
    }
}

/// Whether the word is a whole date; `true` where its year has four digits or its month a name, so that it can't be
/// anything else.
pub(super) fn is_full_date(word: &[u8]) -> Option<bool> {
    let sign = *word.iter().find(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    let parts: Vec<&[u8]> = word.split(|byte| *byte == sign).collect();
    let [a, b, c] = parts[..] else { return None };
    if is_month_name(b) && number(a).is_some_and(|day| (1..=31).contains(&day)) && is_some_year(c)
        || is_month_name(a) && number(b).is_some_and(|day| (1..=31).contains(&day)) && is_some_year(c)
    {
        return Some(true);
    }
    let [a, b, c] = [number(a)?, number(b)?, number(c)?];
    let long = |part: u32| (1000..=9999).contains(&part);
    let day_and_month =
        |a: u32, b: u32| (1..=31).contains(&a) && (1..=31).contains(&b) && (a <= 12 || b <= 12);
    // Servers that count years from 1900 write 126 for 2026.
    let year_last = day_and_month(a, b) && (c <= 199 || long(c));
    let year_first = day_and_month(b, c) && (a <= 199 || long(a));
    (year_last || year_first).then_some(long(a) || long(c))
}

/// Whether the word is a time of day: 9:30, 09:30, 09:30:05, 09:30:05.123, 14時21分.
pub(super) fn is_clock(word: &[u8]) -> bool {
    let part = |part: &[u8], end: u32| part.len() <= 2 && number(part).is_some_and(|part| part < end);
    if let Some((hour, rest)) = signed(word, HOUR) {
        return hour < 24
            && signed(rest, MINUTE).is_some_and(|(minute, rest)| minute < 60 && rest.is_empty());
    }
    let parts: Vec<&[u8]> = word.split(|byte| *byte == b':').collect();
    match parts[..] {
        [hour, minute] => part(hour, 24) && minute.len() == 2 && part(minute, 60),
        [hour, minute, second] => {
            let whole = second.split(|byte| *byte == b'.').next().unwrap_or_default();
            let fraction = second.get(whole.len() + 1..).unwrap_or_default();
            part(hour, 24)
                && minute.len() == 2
                && part(minute, 60)
                && whole.len() == 2
                && part(whole, 61)
                && fraction.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// A time of day that may end in AM or PM.
pub(super) fn is_clock_of_twelve(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let bare = [&b"am"[..], b"pm", b"a", b"p"].iter().find_map(|half| lower.strip_suffix(*half));
    is_clock(bare.unwrap_or(word))
}

fn is_month(word: &[u8]) -> bool {
    let bare = word.strip_suffix(b".").or_else(|| word.strip_suffix(b",")).unwrap_or(word);
    is_month_name(bare)
        || signed(word, MONTH).is_some_and(|(month, rest)| (1..=12).contains(&month) && rest.is_empty())
}

fn is_month_name(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    MONTHS.iter().any(|month| month.as_bytes() == lower)
}

fn is_day(word: &[u8]) -> bool {
    let day = match signed(word, DAY) {
        Some((day, b"")) => Some(day),
        Some(_) => None,
        None => number(word.strip_suffix(b".").or_else(|| word.strip_suffix(b",")).unwrap_or(word)),
    };
    day.is_some_and(|day| (1..=31).contains(&day)) && word.first().is_some_and(|first| first.is_ascii_digit())
}

fn is_year(word: &[u8]) -> bool {
    let year = match signed(word, YEAR) {
        Some((year, b"")) => Some(year),
        Some(_) => None,
        None if word.len() == 4 => number(word),
        None => None,
    };
    year.is_some_and(|year| (1900..3000).contains(&year))
}

fn is_some_year(word: &[u8]) -> bool {
    is_year(word) || word.len() == 2 && number(word).is_some()
}

fn is_joined_day(word: &[u8]) -> bool {
    signed(word, MONTH).is_some_and(|(month, rest)| {
        let day = signed(rest, DAY).filter(|(day, rest)| (1..=31).contains(day) && rest.is_empty());
        (1..=12).contains(&month) && day.is_some()
    })
}

fn is_month_and_day(word: &[u8]) -> bool {
    let Some(at) = word.iter().position(|byte| matches!(byte, b'-' | b'/')) else { return false };
    let (month, day) = (number(&word[..at]), number(&word[at + 1..]));
    month.is_some_and(|month| (1..=12).contains(&month)) && day.is_some_and(|day| (1..=31).contains(&day))
}

/// The number in front of a sign, and what follows the sign.
fn signed(word: &[u8], sign: Sign) -> Option<(u32, &[u8])> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = sign.iter().find_map(|sign| word[digits..].strip_prefix(*sign))?;
    Some((number(&word[..digits])?, rest))
}

/// A number of at most four digits.
fn number(word: &[u8]) -> Option<u32> {
    let fits = (1..=4).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    fits.then(|| word.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &[u8]) -> Option<usize> {
        let words: Vec<&[u8]> = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect();
        date_words(&words)
    }

    #[test]
    fn dates_are_known_in_every_order_that_servers_write() {
        for (text, words) in [
            ("Nov 22 09:30 x", 3),
            ("NOV 6 1996 x", 3),
            ("Sept 6 9:30 x", 3),
            ("Nov 22 09:30:05 2026 x", 4),
            ("Nov 22 09:30 2026 report", 3),
            ("Oct 08, 2002 09:47 x", 4),
            ("22 Nov 09:30 x", 3),
            ("22. Nov. 2026 x", 3),
            ("2011-12-06 23:39 x", 2),
            ("2011-12-06 23:39:01.123456789 +0900 x", 3),
            ("2011-12-06 x", 1),
            ("2005/06/07 21:22 x", 2),
            ("24-04-2003 17:12 x", 2),
            ("24.04.2003 17:12 x", 2),
            ("96/12/06 10:11:27 x", 2),
            ("01-jun-99 x", 1),
            ("09-26 13:45 x", 2),
            ("11/13 1996 x", 2),
            ("11/ 6 14:21 x", 3),
            ("11月 22日 09:30 x", 3),
            ("11月 22 09:30 x", 3),
            ("11月22日 14時21分 x", 2),
            ("11月12日 1996年 x", 2),
            ("11月 6日 1996年 x", 3),
            ("2001 6月 18 x", 3),
            ("2003年 4月 18日 x", 3),
            ("11월 22 09:30 x", 3),
        ] {
            assert_eq!(taken(text.as_bytes()), Some(words), "{text}");
        }
        for text in [
            &b"4\x8c\x8e 18\x93\xfa 2003\x94\x4e x"[..],
            b"4\xb7\xee 18\xc6\xfc 20:10 x",
            b"2001 6\xd4\xc2 18 x",
        ] {
            assert_eq!(taken(text), Some(3), "{text:?}");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_zone_is_a_name_where_the_time_has_no_seconds() {
        for (text, words) in [
            ("2011-12-06 23:39 -2013 a.csv", 2),
            ("2011-12-06 23:39 +0900", 2),
            ("2011/12/06 23:39 -0001 x", 2),
            ("2011-12-06 23:39:01 +0900 x", 3),
        ] {
            assert_eq!(taken(text.as_bytes()), Some(words), "{text}");
        }
    }

    #[test]
    fn what_can_be_no_date_is_none() {
        for text in [
            "Jam 4 00:03 x",
            "Feb 23 30:01 x",
            "Aug 36 2001 x",
            "Aug 22 x",
            "Apr -7 18:79 x",
            "13月 22日 09:30 x",
            "11月 32日 09:30 x",
            "22 2026 x",
            "96/12/06 x",
            "09-26 x",
            "2011-13-32 23:39 x",
            "32/13/2001 10:00 x",
            "09:30 x",
            "2026 x",
            "a b c",
            "",
        ] {
            assert_eq!(taken(text.as_bytes()), None, "{text}");
        }
    }
}
