//! Check digits: reckoned for an item of their own, or verified at the end of a value.
//!
//! Owns: the two methods that partners' sheets name.
//! Promises: the digit of the method's published examples.
//! On failure: `None` where the digits are not what the method takes.
//! Never: corrects a digit.

use super::words::CheckMethod;

impl CheckMethod {
    /// The check digit of so many digits (ASCII bytes).
    pub fn digit(self, digits: impl DoubleEndedIterator<Item = u8> + Clone) -> Option<u8> {
        let mut values = digits.clone().map(|byte| byte.wrapping_sub(b'0'));
        if values.any(|value| value > 9) {
            return None;
        }
        let value = |byte: u8| u32::from(byte - b'0');
        match self {
            CheckMethod::Mod10 => {
                let sum: u32 = digits
                    .rev()
                    .enumerate()
                    .map(|(n, byte)| value(byte) * if n % 2 == 0 { 3 } else { 1 })
                    .sum();
                Some(b'0' + ((10 - sum % 10) % 10) as u8)
            }
            CheckMethod::MunicipalityCode => {
                if digits.clone().count() != 5 {
                    return None;
                }
                let sum: u32 = digits.zip([6, 5, 4, 3, 2]).map(|(byte, weight)| value(byte) * weight).sum();
                Some(b'0' + ((11 - sum % 11) % 10) as u8)
            }
        }
    }

    /// Whether the last digit is the check digit of those before it.
    pub(crate) fn verifies(self, digits: &[u8]) -> bool {
        digits.split_last().is_some_and(|(check, rest)| self.digit(rest.iter().copied()) == Some(*check))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digit_is_that_of_known_numbers() {
        // JAN 4901234567894, and the codes of 千代田区, 札幌市, 大阪市, 港区.
        for (method, number) in [
            (CheckMethod::Mod10, "4901234567894"),
            (CheckMethod::Mod10, "4912345678904"),
            (CheckMethod::MunicipalityCode, "131016"),
            (CheckMethod::MunicipalityCode, "011002"),
            (CheckMethod::MunicipalityCode, "271004"),
        ] {
            assert!(method.verifies(number.as_bytes()), "{number}");
            let mut wrong = number.as_bytes().to_vec();
            wrong[2] ^= 1;
            assert!(!method.verifies(&wrong), "{number}");
        }
        assert!(!CheckMethod::MunicipalityCode.verifies(b"1310166"));
        assert!(!CheckMethod::Mod10.verifies(b"49O1234567894"));
        assert!(!CheckMethod::Mod10.verifies(b""));
    }
}
