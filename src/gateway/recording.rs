//! How steps are held back while the ledger can't record what comes of them, for lack of room above all.
//!
//! Owns when the next step may be tried. A step that can't be recorded was taken in vain, and is taken again: with thousands
//! of deliveries, all files would be sent again and again for nothing. So one step is tried after each pause, until one can
//! be recorded.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use totatsu_base::locked;

/// Whether steps are held back, for all deliveries of a gateway.
#[derive(Debug, Default)]
pub struct HeldBack {
    next_try: Mutex<Option<Instant>>,
}

impl HeldBack {
    /// A step could not be recorded: the next one is tried after a pause.
    pub fn begin(&self, now: Instant, pause: Duration) {
        *locked(&self.next_try) = Some(now + pause);
    }

    /// A step was recorded: nothing is held back any more.
    pub fn end(&self) {
        *locked(&self.next_try) = None;
    }

    /// How long the step of a delivery has to wait. Nothing if none is held back, or if this one is tried: then the others
    /// wait for another pause.
    pub fn wait_left(&self, now: Instant, pause: Duration) -> Option<Duration> {
        let mut next_try = locked(&self.next_try);
        let left = (*next_try)?.saturating_duration_since(now);
        if left.is_zero() {
            *next_try = Some(now + pause);
        }
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_steps_one_is_tried_after_each_pause_and_all_go_on_once_one_is_recorded() {
        let (held_back, now, pause) = (HeldBack::default(), Instant::now(), Duration::from_secs(30));
        let tried_at = |seconds| {
            let at = now + Duration::from_secs(seconds);
            (0..100).filter(|_| held_back.wait_left(at, pause).is_none()).count()
        };
        assert_eq!(tried_at(0), 100);
        held_back.begin(now, pause);
        assert_eq!([0, 29, 30, 31, 59, 60, 1000].map(tried_at), [0, 0, 1, 0, 0, 1, 1]);
        assert_eq!(
            held_back.wait_left(now + Duration::from_secs(1010), pause),
            Some(Duration::from_secs(20))
        );
        held_back.end();
        assert_eq!(tried_at(1001), 100);
    }
}
