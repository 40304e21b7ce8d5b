//! Dates: the patterns in which partners write them, and the one form in which sources have them.
//!
//! Owns: the pattern language (`YYYY`, `YY`, `G`, `EE`, `MM`, `DD` and the marks between).
//! Promises: a date that is written is a day of the calendar (or of the parts of one that the pattern has), and reads back
//! as the same parts.
//! On failure: `None`; the caller names the item and the pattern.
//! Never: reads a clock.

use jiff::civil::Date;
use totatsu_base::say;

use super::compiler::check_rules;
use super::words::{Era, told};

/// The pattern of a date item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatePattern {
    /// As it stands in the layout file.
    pub(crate) written: String,
    tokens: Vec<DateToken>,
    options: DateOptions,
    /// The pattern is `YYYYMMDD`.
    plain: bool,
}

/// One part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateToken {
    Year,
    ShortYear,
    EraCode,
    EraYear,
    Month,
    Day,
    Mark(char),
}

/// As much of a date as a value or several items of one column give. Month and day may be 0 for unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DateParts {
    pub(crate) year: Option<i16>,
    pub(crate) era: Option<Era>,
    pub(crate) era_year: Option<u8>,
    pub(crate) month: Option<u8>,
    pub(crate) day: Option<u8>,
    /// The era is the layout's own choice and may be counted beyond its end.
    era_is_fixed: bool,
}

/// What a pattern needs beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DateOptions {
    /// The code of each era, for `G`.
    pub(super) eras: Vec<(Era, String)>,
    /// The era in which `EE` counts where no `G` says it.
    pub(super) era: Option<Era>,
    /// The first of the hundred years that `YY` means; 2000 where nothing is said.
    pub(super) first_year: Option<i16>,
    /// Month and day may be `00`.
    pub(super) unknown_parts: bool,
}

impl DatePattern {
    /// Reads a pattern.
    pub(super) fn compile(written: &str, options: DateOptions) -> Result<DatePattern, String> {
        let tokens = tokens(written)?;
        fit_together(&tokens, &options)?;
        Ok(DatePattern { written: written.to_owned(), tokens, options, plain: written == "YYYYMMDD" })
    }

    /// The characters a date takes.
    pub(super) fn width(&self) -> usize {
        let width = |token: &DateToken| match token {
            DateToken::Year => 4,
            DateToken::ShortYear | DateToken::EraYear | DateToken::Month | DateToken::Day => 2,
            DateToken::EraCode => self.options.eras.first().map_or(0, |(_, code)| code.len()),
            DateToken::Mark(_) => 1,
        };
        self.tokens.iter().map(width).sum()
    }

    /// Whether nothing but digits is written.
    pub(super) fn is_all_digits(&self) -> bool {
        let no_mark = !self.tokens.iter().any(|token| matches!(token, DateToken::Mark(_)));
        let digits = self.options.eras.iter().all(|(_, code)| code.bytes().all(|byte| byte.is_ascii_digit()));
        no_mark && (digits || !self.has(DateToken::EraCode))
    }

    /// `EE` without anything that says which era.
    pub(crate) fn lacks_era(&self) -> bool {
        self.has(DateToken::EraYear) && !self.has(DateToken::EraCode) && self.options.era.is_none()
    }

    /// `YY` is there: a year of the calendar in two digits, as a year of an era has.
    pub(super) fn has_short_year(&self) -> bool {
        self.has(DateToken::ShortYear)
    }

    /// `EE` is there.
    pub(super) fn has_era_year(&self) -> bool {
        self.has(DateToken::EraYear)
    }

    /// `G` is there.
    pub(super) fn has_era_code(&self) -> bool {
        self.has(DateToken::EraCode)
    }

    /// The pattern and what decides how it is meant.
    pub(super) fn described(&self) -> String {
        let mut text = self.written.clone();
        if self.has(DateToken::EraCode) {
            let codes: Vec<String> =
                self.options.eras.iter().map(|(era, code)| format!("{}={code}", told(era.word()))).collect();
            text.push_str(&format!(" ({})", codes.join(" ")));
        }
        if let Some(era) = self.options.era {
            text.push_str(&format!(" ({})", told(era.word())));
        }
        if self.has(DateToken::ShortYear) {
            text.push(' ');
            text.push_str(&say!("layout-date-from", year = self.first_year()));
        }
        if self.options.unknown_parts {
            text.push(' ');
            text.push_str(&say!("layout-date-unknown"));
        }
        text
    }

    /// Writes a date of the source in this pattern.
    pub(crate) fn write(&self, source: &str, out: &mut String) -> Option<()> {
        let parts = self.source_parts(source)?;
        let era = || Era::of(parts.year?, parts.month?, parts.day.unwrap_or(0));
        for token in &self.tokens {
            match token {
                DateToken::Year => push(out, parts.year?, 4)?,
                DateToken::ShortYear => {
                    let (year, first) = (parts.year?, self.first_year());
                    (first..first.checked_add(100)?).contains(&year).then_some(())?;
                    push(out, year % 100, 2)?;
                }
                DateToken::EraCode => {
                    let era = era()?;
                    out.push_str(&self.options.eras.iter().find(|(known, _)| *known == era)?.1);
                }
                DateToken::EraYear => {
                    let year = parts.year? - self.options.era.or_else(era)?.begins().0 + 1;
                    (1..=99).contains(&year).then_some(())?;
                    push(out, year, 2)?;
                }
                DateToken::Month => push(out, i16::from(parts.month?), 2)?,
                DateToken::Day => push(out, i16::from(parts.day?), 2)?,
                DateToken::Mark(mark) => out.push(*mark),
            }
        }
        Some(())
    }

    /// The parts that a written date gives. Whether they make a day is for [`DateParts::text`] to say.
    pub(crate) fn read(&self, written: &str) -> Option<DateParts> {
        let mut parts = DateParts {
            era: self.options.era,
            era_is_fixed: self.options.era.is_some(),
            ..DateParts::default()
        };
        let mut rest = written;
        for token in &self.tokens {
            match token {
                DateToken::Year => parts.year = Some(take(&mut rest, 4)?),
                DateToken::ShortYear => {
                    let first = self.first_year();
                    let year = first - first % 100 + take(&mut rest, 2)?;
                    parts.year = Some(if year < first { year + 100 } else { year });
                }
                DateToken::EraCode => {
                    let (era, code) =
                        self.options.eras.iter().find(|(_, code)| rest.starts_with(code.as_str()))?;
                    parts.era = Some(*era);
                    rest = &rest[code.len()..];
                }
                DateToken::EraYear => parts.era_year = Some(take(&mut rest, 2)? as u8),
                DateToken::Month => parts.month = Some(take(&mut rest, 2)? as u8),
                DateToken::Day => parts.day = Some(take(&mut rest, 2)? as u8),
                DateToken::Mark(mark) => rest = rest.strip_prefix(*mark)?,
            }
        }
        rest.is_empty().then_some(parts)
    }

    /// The pattern is `YYYYMMDD`, and here is such a day: no need to take it apart.
    #[inline]
    pub(crate) fn is_a_plain_day(&self, written: &[u8]) -> bool {
        if !self.plain || written.len() != 8 || !written.iter().all(u8::is_ascii_digit) {
            return false;
        }
        let number = |range: std::ops::Range<usize>| {
            written[range].iter().fold(0, |number: i16, byte| number * 10 + i16::from(byte - b'0'))
        };
        let year = number(0..4);
        year > 0 && Date::new(year, number(4..6) as i8, number(6..8) as i8).is_ok()
    }

    /// Whether unknown months and days may be 00.
    pub(crate) fn takes_unknown_parts(&self) -> bool {
        self.options.unknown_parts
    }

    fn first_year(&self) -> i16 {
        self.options.first_year.unwrap_or(2000)
    }

    fn has(&self, token: DateToken) -> bool {
        self.tokens.contains(&token)
    }

    fn wants_year(&self) -> bool {
        let years = [DateToken::Year, DateToken::ShortYear, DateToken::EraYear, DateToken::EraCode];
        years.into_iter().any(|token| self.has(token))
    }

    /// How a source has such a date.
    pub(crate) fn source_form(&self) -> String {
        let parts = [
            ("YYYY", self.wants_year()),
            ("MM", self.has(DateToken::Month)),
            ("DD", self.has(DateToken::Day)),
        ];
        match parts.map(|(_, has)| has) {
            // A year alone and an era need the whole day to be sure of.
            [true, false, _] => "YYYYMMDD".to_owned(),
            _ => parts.into_iter().filter(|(_, has)| *has).map(|(part, _)| part).collect(),
        }
    }

    /// The parts of a date in the source: `YYYYMMDD` or as much as the pattern needs.
    fn source_parts(&self, source: &str) -> Option<DateParts> {
        let wants_year = self.wants_year();
        let bytes = source.as_bytes();
        let digits = match bytes {
            [_, _, _, _, b'-', _, _, b'-', _, _] => [&source[..4], &source[5..7], &source[8..]].concat(),
            [_, _, _, _, b'-', _, _] => [&source[..4], &source[5..]].concat(),
            [_, _, b'-', _, _] => [&source[..2], &source[3..]].concat(),
            _ => source.to_owned(),
        };
        let mut rest = digits.as_str();
        let mut parts = DateParts::default();
        let all = rest.len();
        if all == 8 || all == 6 || (all == 4 && wants_year) {
            parts.year = Some(take(&mut rest, 4)?);
        }
        if all != 4 || !wants_year {
            if all != 2 || self.has(DateToken::Month) {
                parts.month = Some(take(&mut rest, 2)? as u8);
            }
            if all == 8 || all == 4 || (all == 2 && !self.has(DateToken::Month)) {
                parts.day = Some(take(&mut rest, 2)? as u8);
            }
        }
        (rest.is_empty() && parts.is_sound(self.options.unknown_parts)).then_some(parts)
    }
}

impl DateParts {
    /// Puts the parts of two items of one column together. `None` if they contradict each other.
    pub(crate) fn with(self, other: DateParts) -> Option<DateParts> {
        fn one<T: PartialEq>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
            match (a, b) {
                (Some(a), Some(b)) => (a == b).then_some(Some(a)),
                (a, b) => Some(a.or(b)),
            }
        }
        Some(DateParts {
            year: one(self.year, other.year)?,
            era: one(self.era, other.era)?,
            era_year: one(self.era_year, other.era_year)?,
            month: one(self.month, other.month)?,
            day: one(self.day, other.day)?,
            era_is_fixed: self.era_is_fixed || other.era_is_fixed,
        })
    }

    /// The date as sources have it: `YYYYMMDD`, or the parts there are. `None` if that is no date.
    pub(crate) fn text(mut self, unknown_parts: bool) -> Option<String> {
        if let Some(era_year) = self.era_year {
            let year = self.era?.begins().0 + i16::from(era_year.checked_sub(1)?);
            if self.year.is_some_and(|other| other != year) {
                return None;
            }
            self.year = Some(year);
        }
        if !self.is_sound(unknown_parts) {
            return None;
        }
        if let (Some(era), Some(year), Some(month), false) =
            (self.era, self.year, self.month, self.era_is_fixed)
            && Era::of(year, month, self.day.unwrap_or(0)) != Some(era)
            && (self.day.is_some_and(|day| day > 0)
                || Era::of(year, if month == 0 { 12 } else { month }, 31) != Some(era))
        {
            return None;
        }
        let mut text = String::new();
        if let Some(year) = self.year {
            push(&mut text, year, 4)?;
        }
        for part in [self.month, self.day].into_iter().flatten() {
            push(&mut text, i16::from(part), 2)?;
        }
        Some(text)
    }

    /// Some day of the calendar has these parts.
    fn is_sound(&self, unknown_parts: bool) -> bool {
        let unknown = |part: Option<u8>| unknown_parts && part == Some(0);
        // An unknown month leaves no day known.
        if unknown(self.month) && self.day.is_some_and(|day| day != 0) {
            return false;
        }
        let part = |part: Option<u8>| if unknown(part) { 1 } else { part.unwrap_or(1) as i8 };
        self.year.is_none_or(|year| year > 0)
            && Date::new(self.year.unwrap_or(2000), part(self.month), part(self.day)).is_ok()
    }
}

/// The parts of a pattern, as far as each can be understood by itself.
fn tokens(written: &str) -> Result<Vec<DateToken>, String> {
    const WORDS: [(&str, DateToken); 6] = [
        ("YYYY", DateToken::Year),
        ("YY", DateToken::ShortYear),
        ("EE", DateToken::EraYear),
        ("G", DateToken::EraCode),
        ("MM", DateToken::Month),
        ("DD", DateToken::Day),
    ];
    let mut tokens: Vec<DateToken> = Vec::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let word = WORDS.iter().find(|(word, _)| rest.starts_with(word));
        let (length, token) = match word {
            Some((word, token)) => (word.len(), *token),
            None if "-/.".contains(c) => (1, DateToken::Mark(c)),
            None => return Err(say!("layout-date-part", rest = rest)),
        };
        if !matches!(token, DateToken::Mark(_)) && tokens.contains(&token) {
            return Err(say!("layout-date-twice"));
        }
        tokens.push(token);
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// Parts and options that go together.
fn fit_together(tokens: &[DateToken], options: &DateOptions) -> Result<(), String> {
    let has = |token| tokens.contains(&token);
    let years = [DateToken::Year, DateToken::ShortYear, DateToken::EraYear].map(has);
    let is_mark = |token: &DateToken| matches!(token, DateToken::Mark(_));
    let (calendar_year, era_code) = (years[0] || years[1], has(DateToken::EraCode));
    let length = options.eras.first().map_or(0, |(_, code)| code.len());
    let other_length = |(_, code): &(Era, String)| code.is_empty() || code.len() != length;
    check_rules(&[
        (tokens.iter().all(is_mark), "layout-date-empty"),
        (years.into_iter().filter(|has| *has).count() > 1, "layout-date-one-year"),
        (era_code && calendar_year, "layout-date-era-year"),
        (era_code && options.eras.is_empty(), "layout-date-eras"),
        (options.eras.iter().any(other_length), "layout-eras-length"),
        (era_code && options.era.is_some(), "layout-date-era-without"),
        (options.era.is_some() && !has(DateToken::EraYear), "layout-date-era-needs"),
        (options.first_year.is_some() && !has(DateToken::ShortYear), "layout-date-first-year"),
    ])
}

/// Takes `digits` digits off the front of `rest`.
pub(super) fn take(rest: &mut &str, digits: usize) -> Option<i16> {
    let taken = rest.get(..digits).filter(|taken| taken.bytes().all(|byte| byte.is_ascii_digit()))?;
    *rest = &rest[digits..];
    taken.parse().ok()
}

/// Writes a number in `width` digits.
pub(super) fn push(out: &mut String, number: i16, width: usize) -> Option<()> {
    let text = format!("{number:0width$}");
    (number >= 0 && text.len() == width).then(|| out.push_str(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::fault::{Fault, ValueFault};

    fn pattern(written: &str, options: DateOptions) -> DatePattern {
        DatePattern::compile(written, options).unwrap()
    }

    fn plain(written: &str) -> DatePattern {
        pattern(written, DateOptions::default())
    }

    fn eras() -> DateOptions {
        let eras =
            [(Era::Meiji, "3"), (Era::Taisho, "2"), (Era::Showa, "1"), (Era::Heisei, "4"), (Era::Reiwa, "5")];
        DateOptions {
            eras: eras.map(|(era, code)| (era, code.to_owned())).to_vec(),
            ..DateOptions::default()
        }
    }

    fn write(pattern: &DatePattern, source: &str) -> Option<String> {
        let mut out = String::new();
        pattern.write(source, &mut out).map(|()| out)
    }

    fn read(pattern: &DatePattern, written: &str) -> Option<String> {
        pattern.read(written)?.text(pattern.options.unknown_parts)
    }

    #[test]
    fn a_source_is_told_the_form_that_it_has_to_have_and_not_the_layouts_own() {
        let accepted = |pattern: &DatePattern| {
            let told = ValueFault::not_a_date(pattern).accepted();
            told.strip_prefix("a day of the calendar as ").unwrap().to_owned()
        };
        for (written, form) in [
            ("YYYYMMDD", "YYYYMMDD"),
            ("YYMMDD", "YYYYMMDD (the layout has it as YYMMDD)"),
            ("YYYY/MM/DD", "YYYYMMDD (the layout has it as YYYY/MM/DD)"),
            ("YYMM", "YYYYMM (the layout has it as YYMM)"),
            ("MMDD", "MMDD"),
            ("DD", "DD"),
            ("YYYY", "YYYYMMDD (the layout has it as YYYY)"),
        ] {
            let pattern = plain(written);
            assert_eq!(accepted(&pattern), form);
            let told = form.split(' ').next().unwrap();
            let example = told.replace("YYYY", "2026").replace("MM", "04").replace("DD", "01");
            assert!(write(&pattern, &example).is_some(), "{written} takes no {example}");
        }
        let era = pattern("GEEMMDD", eras());
        assert_eq!(accepted(&era), "YYYYMMDD (the layout has it as GEEMMDD)");
    }

    #[test]
    fn an_era_never_stands_before_a_year_that_is_not_counted_in_it() {
        for written in ["GYYMMDD", "GYYYYMMDD", "YYGMMDD", "GYY"] {
            let refused = DatePattern::compile(written, eras()).unwrap_err();
            assert!(refused.contains("GEEMMDD"), "{written}: {refused}");
        }
        assert_eq!(write(&pattern("GEEMMDD", eras()), "20260401").as_deref(), Some("5080401"));
    }

    #[test]
    fn a_date_is_written_in_the_pattern_and_reads_back() {
        for (written, source, date) in [
            ("YYYYMMDD", "20260401", "20260401"),
            ("YYYYMMDD", "2026-04-01", "20260401"),
            ("YYYY/MM/DD", "20260401", "2026/04/01"),
            ("YYMMDD", "20260401", "260401"),
        ] {
            let pattern = plain(written);
            assert_eq!(write(&pattern, source).as_deref(), Some(date));
            assert_eq!(read(&pattern, date).as_deref(), Some("20260401"));
            assert_eq!(pattern.width(), date.len());
        }
        for (written, source, date, back) in [
            ("MMDD", "20260401", "0401", "0401"),
            ("MMDD", "0401", "0401", "0401"),
            ("YYYYMM", "202604", "202604", "202604"),
            ("YYMM", "20260430", "2604", "202604"),
        ] {
            let pattern = plain(written);
            assert_eq!(write(&pattern, source).as_deref(), Some(date));
            assert_eq!(read(&pattern, date).as_deref(), Some(back));
        }
    }

    #[test]
    fn the_era_of_a_day_changes_on_the_day_itself() {
        let pattern = pattern("GEEMMDD", eras());
        for (source, date) in [
            ("20190430", "4310430"),
            ("20190501", "5010501"),
            ("19890107", "1640107"),
            ("19890108", "4010108"),
            ("19261224", "2151224"),
            ("19261225", "1011225"),
            ("19120729", "3450729"),
        ] {
            assert_eq!(write(&pattern, source).as_deref(), Some(date));
            assert_eq!(read(&pattern, date).as_deref(), Some(source));
        }
        // 平成31年5月 never was.
        assert_eq!(read(&pattern, "4310501"), None);
        assert_eq!(read(&pattern, "9010501"), None);
        assert_eq!(write(&pattern, "18670101"), None);
    }

    #[test]
    fn a_fixed_era_is_counted_beyond_its_end() {
        let options = DateOptions { era: Some(Era::Heisei), ..DateOptions::default() };
        let heisei = pattern("EEMM", options);
        // 令和2年3月 as 平成32年3月.
        assert_eq!(write(&heisei, "20200315").as_deref(), Some("3203"));
        assert_eq!(read(&heisei, "3203").as_deref(), Some("202003"));
        assert_eq!(write(&heisei, "19881231"), None);
        assert!(plain("EEMM").lacks_era());
    }

    #[test]
    fn parts_of_several_items_make_one_date() {
        let parts = [("G", "5"), ("EE", "08"), ("MM", "04"), ("DD", "01")];
        let mut whole = DateParts::default();
        for (written, text) in parts {
            let pattern = pattern(written, eras());
            assert_eq!(write(&pattern, "20260401").as_deref(), Some(text));
            whole = whole.with(pattern.read(text).unwrap()).unwrap();
        }
        assert_eq!(whole.text(false).as_deref(), Some("20260401"));
        assert_eq!(whole.with(plain("MM").read("05").unwrap()), None);
    }

    #[test]
    fn days_that_never_were_are_refused() {
        let pattern = plain("YYYYMMDD");
        for bad in [
            "20230229",
            "20231301",
            "00000000",
            "2023010",
            "2023-01-",
            "00000101",
            "２０２３",
            "2023-1-01",
            "",
        ] {
            assert_eq!(write(&pattern, bad), None, "{bad}");
            assert_eq!(read(&pattern, bad), None, "{bad}");
        }
        assert_eq!(write(&plain("MMDD"), "0230"), None);
        assert_eq!(write(&plain("YYMMDD"), "19991231"), None);
        assert_eq!(write(&plain("YYYYMMDD"), "0401"), None);
    }

    #[test]
    fn unknown_months_and_days_pass_where_they_may() {
        let pattern = pattern("YYYYMMDD", DateOptions { unknown_parts: true, ..DateOptions::default() });
        for date in ["19450000", "19450800"] {
            assert_eq!(write(&pattern, date).as_deref(), Some(date));
            assert_eq!(read(&pattern, date).as_deref(), Some(date));
        }
        assert_eq!(write(&pattern, "19450015"), None);
        assert_eq!(write(&plain("YYYYMMDD"), "19450800"), None);
    }

    #[test]
    fn an_unknown_month_may_lie_in_the_first_year_of_an_era_and_in_the_last_of_the_one_before() {
        let pattern = pattern("GEEMMDD", DateOptions { unknown_parts: true, ..eras() });
        for (date, back) in [
            ("5010000", "20190000"),
            ("4310000", "20190000"),
            ("4010000", "19890000"),
            ("1010000", "19260000"),
            ("2010000", "19120000"),
        ] {
            assert_eq!(read(&pattern, date).as_deref(), Some(back), "{date}");
        }
        // 令和元年4月 never was, on whatever day.
        assert_eq!(read(&pattern, "5010400"), None);
        assert_eq!(read(&pattern, "4320000"), None);
    }

    #[test]
    fn a_short_year_means_one_of_a_hundred_years() {
        let options = DateOptions { first_year: Some(1950), ..DateOptions::default() };
        let pattern = pattern("YYMMDD", options);
        for date in ["19500101", "19991231", "20000101", "20491231"] {
            assert_eq!(read(&pattern, &write(&pattern, date).unwrap()).as_deref(), Some(date));
        }
        assert_eq!(write(&pattern, "20500101"), None);
    }

    #[test]
    fn slips_in_patterns_are_named() {
        for slip in ["YYYYMMDDX", "MMMM", "YYYYYY", "--", "GEEMM", ""] {
            assert!(DatePattern::compile(slip, DateOptions::default()).is_err(), "{slip}");
        }
    }
}
