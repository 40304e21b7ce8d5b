//! Check digits: reckoned for an item of their own, or verified at the end of a value.
//!
//! Owns: the two methods that partners' sheets name.
//! Promises: the digit of the method's published examples.
//! On failure: `None` where the digits are not what the method takes.
//! Never: corrects a digit.

use super::words::CheckMethod;

impl CheckMethod {
    /// The check digit of `digits` (ASCII bytes). None where one is no digit, or where a municipality's code hasn't five of them.
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

    /// 全国地方公共団体コード (総務省) of the 47 prefectures, then of the 20 designated cities.
    const CODES: &str = "\
        010006 020001 030007 040002 050008 060003 070009 080004 090000 100005 110001 120006 130001 140007 150002 160008 \
        170003 180009 190004 200000 210005 220001 230006 240001 250007 260002 270008 280003 290009 300004 310000 320005 \
        330001 340006 350001 360007 370002 380008 390003 400009 410004 420000 430005 440001 450006 460001 470007 \
        011002 041009 111007 121002 141003 141305 141500 151009 221007 221309 231002 261009 271004 271403 281000 331007 \
        341002 401005 401307 431001";

    #[test]
    fn the_codes_of_prefectures_and_designated_cities_verify_and_no_other_last_digit_does() {
        assert_eq!(CODES.split(' ').count(), 67);
        for code in CODES.split(' ') {
            for last in b'0'..=b'9' {
                let changed = [&code.as_bytes()[..5], &[last]].concat();
                let right = changed == code.as_bytes();
                assert_eq!(CheckMethod::MunicipalityCode.verifies(&changed), right, "{code} {last}");
            }
        }
    }
}
