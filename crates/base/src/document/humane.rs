//! Values as people write them in configuration: `"30s"`, `"3d"`, `"10 MiB"`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A length of time such as `"30s"`, `"5min"`, `"2h"` or `"1830d"`; a day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// A number of bytes such as `"64 KiB"` or `"10MB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wait, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(say!("value-wait", text = format!("{text:?}")));
        let span: Span = text.parse().map_err(|_| wrong())?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
        Duration::try_from(length).map(Wait).map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        let text = String::deserialize(deserializer)?;
        let size: Result<bytesize::ByteSize, _> = text.parse();
        let wrong = || D::Error::custom(say!("value-size", text = format!("{text:?}")));
        size.map(|size| Size(size.as_u64())).map_err(|_| wrong())
    }
}

/// Reads a [`Wait`] into a field that is a plain length of time.
///
/// # Errors
/// The value is no length of time.
pub fn wait<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Wait::deserialize(deserializer).map(|wait| wait.0)
}

/// Reads a [`Size`] into a field that is a plain number of bytes.
///
/// # Errors
/// The value is no number of bytes.
pub fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Size::deserialize(deserializer).map(|size| size.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Values {
        wait: Option<Wait>,
        size: Option<Size>,
    }

    fn wait(text: &str) -> Option<Duration> {
        toml::from_str::<Values>(&format!("wait = \"{text}\"")).ok()?.wait.map(|wait| wait.0)
    }

    #[test]
    fn minutes_are_minutes_and_days_are_days() {
        assert_eq!(wait("30s"), Some(Duration::from_secs(30)));
        assert_eq!(wait("5min"), Some(Duration::from_secs(300)));
        assert_eq!(wait("5m"), Some(Duration::from_secs(300)));
        assert_eq!(wait("3d"), Some(Duration::from_secs(259_200)));
    }

    #[test]
    fn a_length_of_time_without_a_unit_or_below_zero_is_refused() {
        for text in ["30", "-5s", "", "soon", "1 month"] {
            assert_eq!(wait(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_tell_binary_and_decimal_units_apart() {
        let size =
            |text: &str| toml::from_str::<Values>(&format!("size = \"{text}\"")).unwrap().size.unwrap().0;
        assert_eq!((size("64 KiB"), size("10MB")), (65_536, 10_000_000));
    }
}
