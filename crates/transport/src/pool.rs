//! Sessions with one partner, kept between deliveries.
//!
//! Owns the limit of sessions at a time, who gets the next one, and how long an unused one stays open. Those who wait stand in
//! lanes, and the lanes take turns: however long one is, the first of another waits for one session of each at most. A session
//! that has waited is asked a small question before it is handed out again, so that a delivery doesn't fail on a line that
//! broke overnight.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::TransportError;
use crate::reach::Reach;
use crate::session::Session;

/// An unused session is closed after this time.
const KEEP: Duration = Duration::from_secs(60);
/// A session that was unused for longer is asked before it is trusted.
const TRUST: Duration = Duration::from_secs(3);

/// The sessions of one partner.
pub struct Pool {
    partner: String,
    reach: Reach,
    permits: Semaphore,
    /// Of each lane one stands in line for a permit; the others wait for that, in the order in which they came.
    lanes: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Sessions that are open and being used: who waits for one to open has none.
    in_use: AtomicUsize,
    /// A session has come about.
    has_opened: AtomicBool,
    idle: Mutex<Vec<Idle>>,
}

/// A session in use. It goes back to the pool by [`Lease::give_back`]; one on which a step has failed is closed, for the
/// partner may have changed what it grants to the next.
pub struct Lease<'a> {
    session: Box<dyn Session>,
    pool: &'a Pool,
    _place: Place<'a>,
    _permit: Permit<'a>,
}

/// The right to one of the partner's connections, before one is opened.
#[derive(Debug)]
pub struct Permit<'a> {
    _one: SemaphorePermit<'a>,
}

/// Counts one session among those in use.
struct Place<'a>(&'a AtomicUsize);

struct Idle {
    session: Box<dyn Session>,
    since: Instant,
}

impl Pool {
    /// No session yet with the partner of this name; so many connections at a time at most.
    pub fn new(partner: &str, connections: usize, reach: Reach) -> Pool {
        let permits = Semaphore::new(connections);
        let (partner, in_use, has_opened) = (partner.to_owned(), AtomicUsize::new(0), AtomicBool::new(false));
        Pool { partner, reach, permits, lanes: Mutex::default(), in_use, has_opened, idle: Mutex::default() }
    }

    /// A session: one that is idle, else a new one, as soon as the partner's limit allows.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn session(&self) -> Result<Lease<'_>, TransportError> {
        let permit = self.permit().await;
        let session = self.open(&permit).await?;
        Ok(self.lease(session, permit))
    }

    /// The right to a session, as soon as the partner's limit allows. Whoever stops waiting gives up the place in line.
    pub async fn permit(&self) -> Permit<'_> {
        Permit { _one: self.permits.acquire().await.expect("the semaphore is never closed") }
    }

    /// As [`Pool::permit`], when the turn of the lane has come.
    pub async fn permit_in(&self, lane: &str) -> Permit<'_> {
        let lane = self
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(lane.to_owned())
            .or_default()
            .clone();
        let _first_of_lane = lane.lock().await;
        self.permit().await
    }

    /// A session to which a permit is the right: one that is idle, else a new one. Where none comes about, the permit is still
    /// there: nobody else tries before it is known why.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn open(&self, _permit: &Permit<'_>) -> Result<Box<dyn Session>, TransportError> {
        while let Some(Idle { mut session, since }) = self.pop() {
            let trusted =
                since.elapsed() < TRUST || (since.elapsed() < KEEP && session.stat(".").await.is_ok());
            if trusted && session.is_alive() {
                return Ok(session);
            }
            session.close().await;
        }
        let opened = self.reach.connect().await?;
        self.has_opened.store(true, Ordering::Relaxed);
        Ok(opened)
    }

    /// Whether a session has ever come about.
    pub fn has_opened(&self) -> bool {
        self.has_opened.load(Ordering::Relaxed)
    }

    /// The session counts as used until the lease ends.
    pub fn lease<'a>(&'a self, session: Box<dyn Session>, permit: Permit<'a>) -> Lease<'a> {
        self.in_use.fetch_add(1, Ordering::Relaxed);
        Lease { session, pool: self, _place: Place(&self.in_use), _permit: permit }
    }

    /// Closes sessions that have been idle for too long.
    pub async fn close_idle(&self) {
        let expired = {
            let mut idle = self.idle();
            let (expired, kept) = idle.drain(..).partition(|waiting| waiting.since.elapsed() >= KEEP);
            *idle = kept;
            let expired: Vec<Idle> = expired;
            expired
        };
        for waiting in expired {
            waiting.session.close().await;
        }
    }

    /// Sessions that are open and being used now.
    pub fn in_use(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }

    fn pop(&self) -> Option<Idle> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({})", self.partner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({})", self.pool.partner)
    }
}

impl Lease<'_> {
    /// The session.
    pub fn session(&mut self) -> &mut dyn Session {
        self.session.as_mut()
    }

    /// Whether the session's connection still stands, as far as is known.
    pub fn is_alive(&self) -> bool {
        self.session.is_alive()
    }

    /// Lets the next delivery have the session.
    pub fn give_back(self) {
        if self.is_alive() {
            self.pool.idle().push(Idle { session: self.session, since: Instant::now() });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio::sync::mpsc;

    use super::*;
    use crate::medium::MediumSettings;

    #[tokio::test]
    async fn the_first_of_another_lane_waits_for_one_session_of_a_long_lane_and_not_for_all() {
        let nowhere = Reach::Medium(MediumSettings::to_read(PathBuf::new()));
        let pool = Arc::new(Pool::new("eltax", 1, nowhere));
        let in_use = pool.permit().await;
        let (tell, mut told) = mpsc::unbounded_channel();
        for lane in ["in", "in", "in", "in", "out", "out"] {
            let (pool, tell) = (pool.clone(), tell.clone());
            tokio::spawn(async move {
                let _permit = pool.permit_in(lane).await;
                tell.send(lane).unwrap();
            });
            // It stands in line before the next one comes.
            tokio::task::yield_now().await;
        }
        drop(in_use);
        let mut order = Vec::new();
        for _ in 0..6 {
            order.push(told.recv().await.unwrap());
        }
        assert_eq!(order, ["in", "out", "in", "out", "in", "in"]);
    }
}
