//! The eras (元号): when each began.

use super::words::Era;

impl Era {
    /// The first year and the first day.
    pub(super) fn begins(self) -> (i16, i8, i8) {
        match self {
            Era::Meiji => (1868, 1, 25),
            Era::Taisho => (1912, 7, 30),
            Era::Showa => (1926, 12, 25),
            Era::Heisei => (1989, 1, 8),
            Era::Reiwa => (2019, 5, 1),
        }
    }

    /// The era of a day.
    pub(super) fn of(year: i16, month: u8, day: u8) -> Option<Era> {
        let day = (year, month.max(1) as i8, day.max(1) as i8);
        let eras = [Era::Reiwa, Era::Heisei, Era::Showa, Era::Taisho, Era::Meiji];
        eras.into_iter().find(|era| era.begins() <= day)
    }
}
