//! Times of day: the forms in which partners write them; sources have digits, with or without colons.
//!
//! Owns: the four forms.
//! Promises: a time that is written is one of the day, and reads back as its digits.
//! On failure: `None`; the caller names the item and the form.
//! Never: reads a clock.

use super::dates::{push, take};
use super::words::TimeForm;

impl TimeForm {
    /// Writes a time of the source, digits with or without colons, in this form.
    pub(crate) fn write(self, source: &str, out: &mut String) -> Option<()> {
        let digits = match source.as_bytes() {
            [_, _, b':', _, _] => [&source[..2], &source[3..]].concat(),
            [_, _, b':', _, _, b':', _, _] => [&source[..2], &source[3..5], &source[6..]].concat(),
            _ => source.to_owned(),
        };
        let parts = time_parts(&digits)?;
        let (count, mark) = self.shape();
        (parts.len() >= count).then_some(())?;
        for (n, part) in parts.into_iter().take(count).enumerate() {
            if n > 0 {
                out.push_str(mark);
            }
            push(out, part, 2)?;
        }
        Some(())
    }

    /// The digits of a written time.
    pub(crate) fn read(self, written: &str) -> Option<String> {
        let (count, mark) = self.shape();
        let digits = if mark.is_empty() { written.to_owned() } else { written.replace(mark, "") };
        let mut again = String::new();
        (time_parts(&digits)?.len() == count && self.write(&digits, &mut again).is_some() && again == written)
            .then_some(digits)
    }

    fn shape(self) -> (usize, &'static str) {
        match self {
            TimeForm::Minutes => (2, ""),
            TimeForm::Seconds => (3, ""),
            TimeForm::MinutesColon => (2, ":"),
            TimeForm::SecondsColon => (3, ":"),
        }
    }
}

/// Hours, minutes and perhaps seconds.
fn time_parts(digits: &str) -> Option<Vec<i16>> {
    let mut rest = digits;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        parts.push(take(&mut rest, 2)?);
    }
    let sound = matches!(parts[..], [h, m] if h < 24 && m < 60)
        || matches!(parts[..], [h, m, s] if h < 24 && m < 60 && s < 60);
    sound.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_and_gain_their_colons() {
        let mut out = String::new();
        assert!(TimeForm::SecondsColon.write("093005", &mut out).is_some());
        assert_eq!(out, "09:30:05");
        assert_eq!(TimeForm::SecondsColon.read("09:30:05").as_deref(), Some("093005"));
        for bad in ["2400", "0960", "9:30", "09:3", ""] {
            assert!(TimeForm::Minutes.write(bad, &mut String::new()).is_none(), "{bad}");
            assert!(TimeForm::Minutes.read(bad).is_none(), "{bad}");
        }
    }
}
