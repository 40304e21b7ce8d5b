//! The name of a delivery: when it was accepted, and a random part, short enough to be read out over the phone.

use std::fmt;
use std::str::FromStr;

use rand::RngExt as _;

use crate::as_text::written_as_text;
use crate::clock::Moment;

/// Letters and digits that can't be taken for one another: no 0/o, 1/l/i, u/v.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstwxyz";
/// The place of each of these letters in `LETTERS`, by its byte.
const PLACES: [u8; 256] = {
    let (mut places, mut place) = ([0; 256], 0);
    while place < LETTERS.len() {
        places[LETTERS[place] as usize] = place as u8;
        place += 1;
    }
    places
};
/// Length of the part after the second: two letters for the time within it, the others random.
const LAST: usize = 6;
/// Digits before that part.
const DIGITS: usize = 14;
/// Bits that hold any last part.
const LAST_BITS: u32 = 30;
/// Beyond every time of day, as a number of six digits.
const SECONDS: u128 = 1_000_000;
/// Bytes of a packed id.
pub const PACKED: usize = 10;

/// Names one delivery for ever, e.g. `20261122-183005-k7m2q9`. Ids sort by the time of acceptance, to
/// about a millisecond.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(String);

/// The text has not the form of a delivery id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("value-delivery-id"))]
pub struct NotADeliveryId;

impl DeliveryId {
    /// A fresh id for a delivery accepted at `moment`.
    pub fn new(moment: Moment) -> DeliveryId {
        let now = moment.in_japan();
        let fraction = usize::from(now.millisecond().unsigned_abs()) * LETTERS.len() * LETTERS.len() / 1000;
        let within = [fraction / LETTERS.len(), fraction % LETTERS.len()].into_iter();
        let mut rng = rand::rng();
        let random = std::iter::repeat_with(move || rng.random_range(0..LETTERS.len()));
        let last: String =
            within.chain(random).take(LAST).map(|letter| char::from(LETTERS[letter])).collect();
        DeliveryId(format!("{}-{last}", now.strftime("%Y%m%d-%H%M%S")))
    }

    /// The lowest id that a delivery accepted within this second can have: what was accepted before has a lower one.
    pub fn lowest_at(moment: Moment) -> DeliveryId {
        let lowest = char::from(LETTERS[0]).to_string().repeat(LAST);
        DeliveryId(format!("{}-{lowest}", moment.in_japan().strftime("%Y%m%d-%H%M%S")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id in few bytes, which sort as ids do.
    pub fn packed(&self) -> [u8; PACKED] {
        let (time, last) = self.0.as_bytes().split_at(self.0.len() - LAST);
        let digits = time.iter().filter(|byte| byte.is_ascii_digit());
        let time = digits.fold(0_u64, |time, digit| time * 10 + u64::from(digit - b'0'));
        let places = last.iter().map(|letter| u64::from(PLACES[usize::from(*letter)]));
        let last = places.fold(0_u64, |last, place| last * LETTERS.len() as u64 + place);
        let (time, last) = (u128::from(time), u128::from(last));
        let mut packed = [0; PACKED];
        packed.copy_from_slice(&(time << LAST_BITS | last).to_be_bytes()[16 - PACKED..]);
        packed
    }

    /// The id that these bytes hold; nothing where they hold none.
    pub fn unpacked(packed: [u8; PACKED]) -> Option<DeliveryId> {
        let packed = packed.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        let (time, mut rest) = (packed >> LAST_BITS, packed & ((1 << LAST_BITS) - 1));
        let mut last = [0; LAST];
        for letter in last.iter_mut().rev() {
            *letter = LETTERS[(rest % LETTERS.len() as u128) as usize];
            rest /= LETTERS.len() as u128;
        }
        let time = format!("{time:0DIGITS$}");
        let (day, second) = time.split_at_checked(8)?;
        format!("{day}-{second}-{}", std::str::from_utf8(&last).ok()?).parse().ok()
    }

    /// The day of a packed id, as a number of eight digits.
    pub fn packed_day(packed: [u8; PACKED]) -> u32 {
        let packed = packed.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        u32::try_from((packed >> LAST_BITS) / SECONDS).unwrap_or(u32::MAX)
    }

    /// Below all packed ids of this day and of later ones, above those of earlier ones.
    pub fn packed_from(day: u32) -> [u8; PACKED] {
        let mut packed = [0; PACKED];
        packed.copy_from_slice(&((u128::from(day) * SECONDS) << LAST_BITS).to_be_bytes()[16 - PACKED..]);
        packed
    }

    /// Year, month and day of acceptance, as the archive's folders use them.
    pub fn date_parts(&self) -> (&str, &str, &str) {
        (&self.0[..4], &self.0[4..6], &self.0[6..8])
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DeliveryId {
    type Err = NotADeliveryId;

    fn from_str(text: &str) -> Result<DeliveryId, NotADeliveryId> {
        let mut parts = text.split('-');
        let mut digits = |length: usize| {
            parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let dated = digits(8) && digits(6);
        let random = parts.next().is_some_and(|r| r.len() == LAST && r.bytes().all(|b| LETTERS.contains(&b)));
        if dated && random && parts.next().is_none() {
            Ok(DeliveryId(text.to_owned()))
        } else {
            Err(NotADeliveryId)
        }
    }
}

written_as_text!(DeliveryId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_id_of_a_second_parts_what_came_before_from_what_came_in_it() {
        let at = |text: &str| -> Moment { text.parse().unwrap() };
        let lowest = DeliveryId::lowest_at(at("2026-11-22T18:30:05+09:00"));
        assert_eq!(lowest.as_str(), "20261122-183005-222222");
        assert!(DeliveryId::new(at("2026-11-22T18:30:04.999+09:00")) < lowest);
        assert!(DeliveryId::new(at("2026-11-22T18:30:05+09:00")) >= lowest);
    }

    #[test]
    fn a_fresh_id_tells_its_time_in_japan_and_is_read_back() {
        let id = DeliveryId::new("2026-11-22T09:30:05Z".parse().unwrap());
        assert!(id.as_str().starts_with("20261122-183005-"), "{id}");
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!(id.date_parts(), ("2026", "11", "22"));
    }

    #[test]
    fn a_packed_id_is_unpacked_to_the_same_and_packed_ids_sort_as_ids_do() {
        let mut ids: Vec<DeliveryId> = (0..500).map(|_| DeliveryId::new(Moment::now())).collect();
        for edge in ["00000000-000000-222222", "99999999-999999-zzzzzz", "20261122-183005-k7m2q9"] {
            ids.push(edge.parse().unwrap());
        }
        ids.sort();
        assert!(ids.iter().all(|id| DeliveryId::unpacked(id.packed()).as_ref() == Some(id)));
        assert!(ids.iter().map(DeliveryId::packed).is_sorted());
        assert_eq!(DeliveryId::unpacked([255; PACKED]), None);
    }

    #[test]
    fn ids_sort_by_their_time_within_a_second_too() {
        let start: Moment = "2026-11-22T09:30:05Z".parse().unwrap();
        let at = |millisecond| DeliveryId::new(start.after(std::time::Duration::from_millis(millisecond)));
        let ids: Vec<DeliveryId> = (0..1000).step_by(2).map(at).collect();
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn what_could_leave_the_spool_as_a_path_is_no_id() {
        for text in
            ["", "..", "../../etc", "20261122-183005-k7m2q9/..", "20261122-183005-K7M2Q9", "20261122-183005"]
        {
            assert_eq!(text.parse::<DeliveryId>(), Err(NotADeliveryId), "{text}");
        }
    }
}
