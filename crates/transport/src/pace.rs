//! Judges whether bytes move fast enough, over a sliding window.
//!
//! A line that trickles one answer before each deadline would never time out; the pace is what stops it.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::error::{Result, TransportError};
use crate::phase::Phase;
use totatsu_base::document::humane::{size, wait};

/// The window is kept in this many slices at most, however many answers come in.
const SLICES: u32 = 60;

/// The slowest transfer that is still let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MinimumThroughput {
    /// Bytes a second; 0 lets everything through.
    #[serde(rename = "minimum", deserialize_with = "size")]
    pub bytes_per_second: u64,
    /// Time over which the pace is measured; a transfer shorter than this is never judged.
    #[serde(rename = "over", deserialize_with = "wait")]
    pub window: Duration,
}

impl Default for MinimumThroughput {
    fn default() -> MinimumThroughput {
        MinimumThroughput { bytes_per_second: 4 * 1024, window: Duration::from_secs(60) }
    }
}

/// Bytes moved within the last window.
pub struct Pace {
    minimum: MinimumThroughput,
    phase: Phase,
    started: Instant,
    slices: VecDeque<(Instant, u64)>,
    within: u64,
}

impl Pace {
    /// Starts to watch this phase at `now`.
    pub fn new(minimum: MinimumThroughput, phase: Phase, now: Instant) -> Pace {
        Pace { minimum, phase, started: now, slices: VecDeque::new(), within: 0 }
    }

    /// Takes note of `bytes` moved by `now`.
    ///
    /// # Errors
    /// [`TransportError::TooSlow`], where the rate is below the minimum.
    pub fn note(&mut self, bytes: u64, now: Instant) -> Result<()> {
        self.within += bytes;
        match self.slices.back_mut() {
            Some((begun, moved)) if now - *begun < self.minimum.window / SLICES => *moved += bytes,
            Some(_) | None => self.slices.push_back((now, bytes)),
        }
        while let Some((_, moved)) = self.slices.pop_front_if(|(begun, _)| now - *begun > self.minimum.window)
        {
            self.within -= moved;
        }
        let rate = per_second(self.within, self.minimum.window);
        let (judged, minimum) = (now - self.started >= self.minimum.window, self.minimum.bytes_per_second);
        if judged && rate < minimum {
            return Err(TransportError::TooSlow { phase: self.phase, rate, minimum });
        }
        Ok(())
    }
}

fn per_second(bytes: u64, time: Duration) -> u64 {
    (bytes as f64 / time.as_secs_f64().max(f64::MIN_POSITIVE)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMUM: MinimumThroughput =
        MinimumThroughput { bytes_per_second: 100, window: Duration::from_secs(10) };

    /// The rate that is told as too slow.
    fn told(noted: Result<()>) -> Option<u64> {
        let error = noted.err()?;
        let TransportError::TooSlow { phase: Phase::Read, rate, minimum: 100 } = error else {
            panic!("{error}")
        };
        Some(rate)
    }

    #[test]
    fn a_pace_below_the_minimum_is_told_once_a_window_has_passed() {
        let start = Instant::now();
        let mut pace = Pace::new(MINIMUM, Phase::Read, start);
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(told(pace.note(500, at(5))), None);
        assert_eq!(told(pace.note(490, at(10))), Some(99));
    }

    #[test]
    fn bytes_of_an_earlier_window_do_not_excuse_a_later_one() {
        let start = Instant::now();
        let mut pace = Pace::new(MINIMUM, Phase::Read, start);
        assert_eq!(told(pace.note(1_000_000, start + Duration::from_secs(1))), None);
        assert_eq!(told(pace.note(10, start + Duration::from_secs(12))), Some(1));
    }
}
