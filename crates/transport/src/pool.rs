//! Sessions with one partner, kept between deliveries.
//!
//! Owns the limit of sessions at a time and how long an unused one stays open. A session that has waited is asked a
//! small question before it is handed out again, so that a delivery doesn't fail on a line that broke overnight.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    connections: usize,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

/// A session in use. It goes back to the pool by [`Lease::give_back`]; one on which a step has failed is closed, for the
/// partner may have changed what it grants to the next.
pub struct Lease<'a> {
    session: Box<dyn Session>,
    pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

struct Idle {
    session: Box<dyn Session>,
    since: Instant,
}

impl Pool {
    /// No session yet with the partner of this name; so many connections at a time at most.
    pub fn new(partner: &str, connections: usize, reach: Reach) -> Pool {
        let permits = Semaphore::new(connections);
        Pool { partner: partner.to_owned(), reach, connections, permits, idle: Mutex::default() }
    }

    /// A session: one that is idle, else a new one, as soon as the partner's limit allows.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn session(&self) -> Result<Lease<'_>, TransportError> {
        let permit = self.permits.acquire().await.expect("the semaphore is never closed");
        while let Some(Idle { mut session, since }) = self.pop() {
            let trusted =
                since.elapsed() < TRUST || (since.elapsed() < KEEP && session.stat(".").await.is_ok());
            if trusted && session.is_alive() {
                return Ok(Lease { session, pool: self, _permit: permit });
            }
            session.close().await;
        }
        let session = self.reach.connect().await?;
        Ok(Lease { session, pool: self, _permit: permit })
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

    /// Sessions that are being used now.
    pub fn in_use(&self) -> usize {
        self.connections.saturating_sub(self.permits.available_permits())
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

impl Lease<'_> {
    /// The session.
    pub fn session(&mut self) -> &mut dyn Session {
        self.session.as_mut()
    }

    /// Lets the next delivery have the session.
    pub fn give_back(self) {
        if self.session.is_alive() {
            self.pool.idle().push(Idle { session: self.session, since: Instant::now() });
        }
    }
}
