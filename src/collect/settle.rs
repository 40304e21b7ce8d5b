//! Between finding and fetching: a partner's file is read only once it has looked the same for longer than the steps in which
//! partners tell times.
//!
//! Owns what the first look at a file saw, and whether the next one saw the same. A listing often tells less than a question
//! about one file does: above all, no time. Nobody waits here: whoever calls lets the session go, and comes again with what
//! was seen in hand, so that many files settle at once. That is kept in memory alone: after a crash the first look is taken
//! anew. Never reads a file, never changes anything at the partner.

use std::time::{Duration, Instant};

use crate::collect::expected::TIME_STEP;
use crate::collect::fetch::{FetchError, look};
use crate::collect::find::Outside;
use totatsu_base::evidence::{Asked, Found};
use totatsu_transport::{RemoteFile, Session};

/// How many looks may see a file changed before it is left for a later attempt.
const CHANGES: usize = 4;

/// What a look at a file came to.
#[derive(Debug)]
pub enum FileLook {
    /// The file may be read now: it is as it was found, or has looked the same for long enough.
    Settled {
        /// What the file looks like.
        file: RemoteFile,
        /// What was asked about the file, and answered.
        asked: Vec<Asked>,
    },
    /// The file is to be looked at again.
    Settles(SettlingFile),
}

/// A file that was looked at, and has to look the same once more.
#[derive(Debug, Clone)]
pub struct SettlingFile {
    outside: Outside,
    /// When it will have looked the same for long enough.
    until: Instant,
    /// How often it looked different from the time before.
    changes: usize,
    asked: Vec<Asked>,
}

impl SettlingFile {
    /// For how long the file has to be left alone.
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

/// Looks at a file, whose look before was `before` if there was one.
///
/// # Errors
/// The file isn't there any more, is no file, never looks the same, or can't be asked for.
pub async fn look_at(
    session: &mut dyn Session,
    found: &Found,
    stable_for: Duration,
    before: Option<SettlingFile>,
) -> Result<FileLook, FetchError> {
    let mut asked = before.as_ref().map(|before| before.asked.clone()).unwrap_or_default();
    let at = Instant::now();
    let file = look(session, &found.path, &mut asked).await?;
    let (outside, least) = ((file.size, file.modified), stable_for.min(TIME_STEP));
    Ok(match judge((found.size, found.modified), before, outside, at, least) {
        Verdict::Settled => FileLook::Settled { file, asked },
        Verdict::TooSoon(before) => FileLook::Settles(before),
        // Counted from the answer, not from the question: nobody knows what the file looked like in between.
        Verdict::Other { changes } => {
            FileLook::Settles(SettlingFile { outside, until: Instant::now() + least, changes, asked })
        }
        Verdict::Restless => return Err(FetchError::Restless { path: found.path.clone() }),
    })
}

/// What a look means.
#[derive(Debug)]
enum Verdict {
    Settled,
    /// The look came too early, which says nothing.
    TooSoon(SettlingFile),
    /// The file looks different from the time before; `changes` counts how often.
    Other {
        changes: usize,
    },
    Restless,
}

/// What it means that a file looks like `outside` when it was asked for `at` this instant.
fn judge(
    found: Outside,
    before: Option<SettlingFile>,
    outside: Outside,
    at: Instant,
    least: Duration,
) -> Verdict {
    match before {
        None if outside == found || least.is_zero() => Verdict::Settled,
        None => Verdict::Other { changes: 0 },
        Some(before) if before.outside == outside && at >= before.until => Verdict::Settled,
        Some(before) if before.outside == outside => Verdict::TooSoon(before),
        Some(before) if before.changes + 1 >= CHANGES => Verdict::Restless,
        Some(before) => Verdict::Other { changes: before.changes + 1 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn outside(size: u64, second: i64) -> Outside {
        (Some(size), Timestamp::from_second(second).ok())
    }

    #[test]
    fn a_file_may_be_read_as_it_was_found_or_once_it_looked_the_same_for_long_enough() {
        let (untold, now) = ((Some(4), None), Instant::now());
        let before = |outside, changes| {
            Some(SettlingFile { outside, until: now + TIME_STEP, changes, asked: Vec::new() })
        };
        let judged = |found, before, seen, at| judge(found, before, seen, at, TIME_STEP);
        let told = outside(4, 1);
        assert!(matches!(judged(told, None, told, now), Verdict::Settled));
        assert!(matches!(judged(untold, None, untold, now), Verdict::Settled));
        assert!(matches!(judged(untold, None, told, now), Verdict::Other { changes: 0 }));
        assert!(matches!(judged(untold, before(told, 0), told, now), Verdict::TooSoon(_)));
        assert!(matches!(judged(untold, before(told, 0), told, now + TIME_STEP), Verdict::Settled));
        // As it was found, but not as it was seen since: between the two it was another.
        let late = now + TIME_STEP;
        assert!(matches!(judged(told, before(outside(5, 2), 0), told, late), Verdict::Other { changes: 1 }));
        assert!(matches!(
            judged(untold, before(told, 0), outside(4, 2), late),
            Verdict::Other { changes: 1 }
        ));
        assert!(matches!(judged(untold, before(told, CHANGES - 1), outside(4, 2), late), Verdict::Restless));
        assert!(matches!(judge(untold, None, told, now, Duration::ZERO), Verdict::Settled));
    }
}
