//! Which of a partner's names an inbound link means, and what stands in them.
//!
//! Owns the words of name patterns. A name is matched as a whole; what a placeholder stands for is read out of it and
//! judged: a date that no calendar has is no match.

use jiff::civil::Date;
use regex::Regex;
use totatsu_base::say;
use totatsu_records::six_digits;

/// Digits that a number in a name may have.
const DIGITS: usize = 18;

/// A pattern of names, ready to be compared.
#[derive(Debug, Clone)]
pub struct NamePattern {
    text: String,
    regex: Regex,
}

/// What a name says of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The date in it.
    pub date: Option<Date>,
    /// The number in it.
    pub number: Option<u64>,
}

impl NamePattern {
    /// The pattern that `text` describes, for the municipality with this code.
    ///
    /// # Errors
    /// What is wrong with it, for the operator.
    pub fn new(text: &str, municipality: &str) -> Result<NamePattern, String> {
        let shown = format!("{text:?}");
        let unknown =
            || say!("collect-pattern-unknown", pattern = shown, known = say!("collect-placeholders"));
        if text.is_empty() || text.contains('/') || text.chars().any(char::is_control) {
            return Err(say!("collect-pattern-none", pattern = shown));
        }
        if text.contains("*{number}") || text.contains("{number}*") {
            return Err(say!("collect-pattern-number", pattern = shown));
        }
        let (mut written, mut rest) = (String::from("^"), text);
        while let Some(next) = rest.chars().next() {
            let (part, length) = match next {
                '*' => (".*".to_owned(), 1),
                '?' => (".".to_owned(), 1),
                '{' => {
                    let length = rest.find('}').ok_or_else(unknown)? + 1;
                    let part = match &rest[..length] {
                        "{date}" => "(?<date>[0-9]{8})".to_owned(),
                        "{time}" => "(?<time>(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2})".to_owned(),
                        "{number}" => format!("(?<number>[0-9]{{1,{DIGITS}}})"),
                        "{municipality}" => regex::escape(municipality),
                        "{municipality6}" => regex::escape(&six_digits(municipality).unwrap_or_default()),
                        _ => return Err(unknown()),
                    };
                    (part, length)
                }
                plain => (regex::escape(&plain.to_string()), plain.len_utf8()),
            };
            written += &part;
            rest = &rest[length..];
        }
        let twice = |_| say!("collect-pattern-twice", pattern = shown);
        Ok(NamePattern { text: text.to_owned(), regex: Regex::new(&(written + "$")).map_err(twice)? })
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether names have a date, and a number.
    pub fn tells(&self) -> (bool, bool) {
        (self.text.contains("{date}"), self.text.contains("{number}"))
    }

    /// Whether `name` has the form of those that are meant, and no calendar has the date in it.
    pub fn has_no_day(&self, name: &str) -> bool {
        self.regex.is_match(name) && self.read(name).is_none()
    }

    /// What `name` says, if it is one of those that are meant.
    pub fn read(&self, name: &str) -> Option<Reading> {
        let found = self.regex.captures(name)?;
        let date = match found.name("date") {
            Some(digits) => Some(Date::strptime("%Y%m%d", digits.as_str()).ok()?),
            None => None,
        };
        let number = match found.name("number") {
            Some(digits) => Some(digits.as_str().parse().ok()?),
            None => None,
        };
        Some(Reading { date, number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, name: &str) -> Option<Reading> {
        NamePattern::new(pattern, "13101").unwrap().read(name)
    }

    #[test]
    fn a_name_is_meant_only_as_a_whole_and_its_date_and_number_are_read() {
        let date = Some(jiff::civil::date(2026, 11, 20));
        let pattern = "KS{municipality}_{date}_{number}.DAT";
        assert_eq!(read(pattern, "KS13101_20261120_007.DAT"), Some(Reading { date, number: Some(7) }));
        for other in [
            "KS13101_20261120_007.DAT.end",
            "xKS13101_20261120_007.DAT",
            "KS13102_20261120_007.DAT",
            "KS13101_20261131_007.DAT",
            "KS13101_20261120_.DAT",
            "KS13101_20261120_007xDAT",
            "KS13101_20261120_007.DAT\n",
        ] {
            assert_eq!(read(pattern, other), None, "{other:?}");
            let no_day = NamePattern::new(pattern, "13101").unwrap().has_no_day(other);
            assert_eq!(no_day, other.contains("1131"), "{other:?}");
        }
    }

    #[test]
    fn names_of_standard_csv_have_the_code_of_six_digits_and_a_time_stamp() {
        let date = Some(jiff::civil::date(2026, 11, 20));
        let pattern = "G01_R0001_{municipality6}_{date}{time}_{number}.csv";
        let name = "G01_R0001_131016_20261120235959_001.csv";
        assert_eq!(read(pattern, name), Some(Reading { date, number: Some(1) }));
        for other in
            [name.replace("131016", "131017"), name.replace("2359", "2400"), name.replace("5959", "5960")]
        {
            assert_eq!(read(pattern, &other), None, "{other}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters_also_kanji_and_a_dot_only_for_itself() {
        assert!(read("*.txt", "法務省通知.txt").is_some());
        assert!(read("通知?.txt", "通知１.txt").is_some());
        assert!(read("*.txt", "a-txt").is_none());
    }

    #[test]
    fn a_pattern_that_can_match_nothing_or_says_something_unknown_is_refused() {
        for wrong in [
            "",
            "in/*.txt",
            "{dat}",
            "{date",
            "{date}_{date}.txt",
            "{time}{time}",
            "a\tb",
            "a*{number}.csv",
            "{number}*.csv",
        ] {
            assert!(NamePattern::new(wrong, "13101").is_err(), "{wrong:?}");
        }
    }
}
