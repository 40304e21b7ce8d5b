//! Whose turn it is while the ledger can't record, for lack of room above all.
//!
//! Owns when the next step may be tried. A step that can't be recorded was taken in vain and is taken again: with thousands
//! of deliveries, all of them would be tried again and again for nothing. So one is tried after each pause, until
//! something can be recorded.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use totatsu_base::locked;

/// The turns of all deliveries of a gateway.
#[derive(Debug, Default)]
pub struct RecordingTurns {
    next: Mutex<Option<Instant>>,
}

impl RecordingTurns {
    /// Takes the turn. The others then wait for a pause.
    ///
    /// # Errors
    /// Another one has it: how long to wait for the next.
    pub fn take(&self, now: Instant, pause: Duration) -> Result<(), Duration> {
        let mut next = locked(&self.next);
        match next.map(|next| next.saturating_duration_since(now)) {
            Some(left) if !left.is_zero() => Err(left),
            Some(_) | None => {
                *next = Some(now + pause);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_deliveries_one_has_its_turn_and_the_next_one_after_a_pause() {
        let (turns, now, pause) = (RecordingTurns::default(), Instant::now(), Duration::from_secs(30));
        let taken_at = |seconds| {
            let at = now + Duration::from_secs(seconds);
            (0..100).filter(|_| turns.take(at, pause).is_ok()).count()
        };
        assert_eq!([0, 29, 30, 31, 59, 60, 1000].map(taken_at), [1, 0, 1, 0, 0, 1, 1]);
        assert_eq!(turns.take(now + Duration::from_secs(1010), pause), Err(Duration::from_secs(20)));
    }
}
