//! Sessions with one partner, kept between deliveries.
//!
//! Owns the limit of connections at a time, who gets the next session, and how long an unused one stays open. A connection whose
//! requests may be mixed carries several small files at a time, each in a session of its own: what one waits for doesn't keep the
//! others waiting. A large file has its connection to itself. Those who wait stand in lanes, and the lanes take turns: however
//! long a lane is, the first of another waits for one session of each at most. A connection that has waited is asked a small question
//! before it is used again, so that a delivery doesn't fail on a line that broke overnight. A connection on which something failed
//! takes nobody in any more: the partner may have changed what it grants to the next.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::error::Result;
use crate::reach::Reach;
use crate::session::{MixedRequests, Session};
use totatsu_base::locked;

/// An unused connection is closed after this time.
const KEEP: Duration = Duration::from_secs(60);
/// A connection that was unused for longer is asked before it is trusted.
const TRUST: Duration = Duration::from_secs(3);

/// The sessions of one partner.
pub struct Pool {
    partner: String,
    reach: Reach,
    limits: PoolLimits,
    /// Of each lane one stands in line for a place; the others wait for that, in the order in which they came.
    lanes: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Whoever is first in line has this.
    line: tokio::sync::Mutex<()>,
    /// A place may have become free.
    freed: Notify,
    connections: Mutex<Vec<Connection>>,
    /// Sessions that are open and being used: who waits for one to open has none.
    in_use: AtomicUsize,
    /// A session was opened at least once.
    has_opened: AtomicBool,
}

/// How many sessions there are at a time at most.
#[derive(Debug, Clone, Copy)]
pub struct PoolLimits {
    /// Connections.
    pub connections: usize,
    /// Small files at a time on one connection, where its requests may be mixed.
    pub files_each: usize,
}

/// What a session is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// A small file, or none: others may have sessions on the same connection.
    Light,
    /// A large file, or what takes long.
    Heavy,
}

/// A connection that is open, or is to be opened by whoever has a place on it.
struct Connection {
    wire: Arc<Wire>,
    /// Places on it that somebody has.
    taken: usize,
    /// One of these places is for a large file.
    heavy: bool,
}

/// The sessions of one connection.
#[derive(Default)]
struct Wire {
    /// Whoever opens the connection has this: the others wait for the outcome.
    opening: tokio::sync::Mutex<()>,
    /// Nobody new comes to the connection: something failed on it.
    retired: AtomicBool,
    waiting: Mutex<Waiting>,
}

/// What the connection has for whoever comes next.
#[derive(Default)]
struct Waiting {
    /// A session that nobody uses, and since when.
    idle: Option<(Box<dyn Session>, Instant)>,
    /// Gives further sessions on the same connection.
    mixed: Option<Arc<dyn MixedRequests>>,
}

/// A session in use. It goes back to the pool by [`Lease::give_back`]; one on which a step has failed ends its connection, for the
/// partner may have changed what it grants to the next.
pub struct Lease<'a> {
    /// There until it is given back.
    session: Option<Box<dyn Session>>,
    permit: Permit<'a>,
}

/// The right to a place on one of the partner's connections, before that is opened.
pub struct Permit<'a> {
    pool: &'a Pool,
    wire: Arc<Wire>,
}

impl PoolLimits {
    /// Limits of `connections` connections, each for one file at a time.
    pub fn of_connections(connections: usize) -> PoolLimits {
        PoolLimits { connections, files_each: 1 }
    }
}

impl Pool {
    /// A pool without sessions, for the partner of this name.
    pub fn new(partner: &str, limits: PoolLimits, reach: Reach) -> Pool {
        Pool {
            partner: partner.to_owned(),
            reach,
            limits,
            lanes: Mutex::default(),
            line: tokio::sync::Mutex::default(),
            freed: Notify::new(),
            connections: Mutex::default(),
            in_use: AtomicUsize::new(0),
            has_opened: AtomicBool::new(false),
        }
    }

    /// A session: one that is idle, else a new one, as soon as the partner's limit allows.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn session(&self) -> Result<Lease<'_>> {
        let permit = self.permit(Load::Heavy).await;
        let session = self.open(&permit).await?;
        Ok(self.lease(session, permit))
    }

    /// The right to a session, as soon as the partner's limit allows. Whoever stops waiting gives up the place in line.
    pub async fn permit(&self, load: Load) -> Permit<'_> {
        let _first_in_line = self.line.lock().await;
        loop {
            let freed = self.freed.notified();
            if let Some(wire) = self.take_place(load) {
                return Permit { pool: self, wire };
            }
            freed.await;
        }
    }

    /// As [`Pool::permit`], when the turn of the lane has come.
    pub async fn permit_in(&self, lane: &str, load: Load) -> Permit<'_> {
        let lane = locked(&self.lanes).entry(lane.to_owned()).or_default().clone();
        let _first_of_lane = lane.lock().await;
        self.permit(load).await
    }

    /// A place on an open connection that nobody uses, else on a new one, else beside others.
    fn take_place(&self, load: Load) -> Option<Arc<Wire>> {
        let mut connections = locked(&self.connections);
        connections.retain(|connection| connection.taken > 0 || connection.wire.is_open());
        let unused = connections.iter().position(|connection| connection.taken == 0);
        let place = match unused {
            Some(unused) => unused,
            None if connections.len() < self.limits.connections => {
                connections.push(Connection { wire: Arc::default(), taken: 0, heavy: false });
                connections.len() - 1
            }
            None if load == Load::Heavy => return None,
            None => self.emptiest(&connections)?,
        };
        let connection = &mut connections[place];
        connection.taken += 1;
        connection.heavy = load == Load::Heavy;
        Some(connection.wire.clone())
    }

    /// The connection with the fewest files that takes in one more.
    fn emptiest(&self, connections: &[Connection]) -> Option<usize> {
        let takes_in = |(_, connection): &(usize, &Connection)| {
            !connection.heavy && connection.taken < self.limits.files_each && connection.wire.takes_in()
        };
        let open = connections.iter().enumerate().filter(takes_in);
        open.min_by_key(|(_, connection)| connection.taken).map(|(place, _)| place)
    }

    /// The session that a permit gives the right to. Where none can be opened, the permit is still there: nobody else tries before it
    /// is known why.
    ///
    /// # Errors
    /// The partner can't be reached, or is not who it should be, or refuses us.
    pub async fn open(&self, permit: &Permit<'_>) -> Result<Box<dyn Session>> {
        let wire = &permit.wire;
        let _one_opens = wire.opening.lock().await;
        let waited = locked(&wire.waiting).idle.take();
        if let Some((mut session, since)) = waited {
            let trusted =
                since.elapsed() < TRUST || (since.elapsed() < KEEP && session.stat(".").await.is_ok());
            if trusted && session.is_alive() {
                return Ok(session);
            }
            locked(&wire.waiting).mixed = None;
            session.close().await;
        }
        let beside = locked(&wire.waiting).mixed.clone().and_then(|mixed| mixed.another());
        if let Some(another) = beside {
            return Ok(another);
        }
        let opened = self.reach.connect().await?;
        self.has_opened.store(true, Ordering::Relaxed);
        let mixed = opened.mixed_requests();
        locked(&wire.waiting).mixed = mixed;
        // There is room beside it.
        self.freed.notify_one();
        Ok(opened)
    }

    /// Whether a session was ever opened.
    pub fn has_opened(&self) -> bool {
        self.has_opened.load(Ordering::Relaxed)
    }

    /// The session counts as used until the lease ends.
    pub fn lease<'a>(&'a self, session: Box<dyn Session>, permit: Permit<'a>) -> Lease<'a> {
        self.in_use.fetch_add(1, Ordering::Relaxed);
        Lease { session: Some(session), permit }
    }

    /// Closes connections that have been unused for too long.
    pub async fn close_idle(&self) {
        let expired: Vec<Connection> = {
            let mut connections = locked(&self.connections);
            let expires = |connection: &mut Connection| connection.taken == 0 && connection.wire.is_expired();
            connections.extract_if(.., expires).collect()
        };
        for Connection { wire, .. } in expired {
            let Waiting { idle, mixed } = std::mem::take(&mut *locked(&wire.waiting));
            drop(mixed);
            if let Some((session, _)) = idle {
                session.close().await;
            }
        }
    }

    /// Sessions that are open and being used now.
    pub fn in_use(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }
}

impl Wire {
    /// Whether one more session may be had beside others.
    fn takes_in(&self) -> bool {
        !self.retired.load(Ordering::Relaxed) && locked(&self.waiting).mixed.is_some()
    }

    /// Whether a session that may be used waits on the connection.
    fn is_open(&self) -> bool {
        locked(&self.waiting).idle.as_ref().is_some_and(|(session, _)| session.is_alive())
    }

    fn is_expired(&self) -> bool {
        locked(&self.waiting).idle.as_ref().is_some_and(|(_, since)| since.elapsed() >= KEEP)
    }

    /// Lets nobody new come to the connection; who is on it goes on.
    fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
        let gone = std::mem::take(&mut *locked(&self.waiting));
        drop(gone);
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({})", self.partner)
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({})", self.pool.partner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut connections = locked(&self.pool.connections);
        if let Some(place) = connections.iter().position(|other| Arc::ptr_eq(&other.wire, &self.wire)) {
            let connection = &mut connections[place];
            connection.taken -= 1;
            connection.heavy &= connection.taken > 0;
            if connection.taken == 0 && !connection.wire.is_open() {
                connections.swap_remove(place);
            }
        }
        drop(connections);
        self.pool.freed.notify_one();
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({})", self.permit.pool.partner)
    }
}

impl Lease<'_> {
    /// The session.
    pub fn session(&mut self) -> &mut dyn Session {
        self.session.as_mut().expect("there until it is given back").as_mut()
    }

    /// Whether the session's connection still stands, as far as is known.
    pub fn is_alive(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_alive())
    }

    /// Lets the next delivery have the session.
    pub fn give_back(mut self) {
        let wire = &self.permit.wire;
        if let Some(session) = self.session.take()
            && session.is_alive()
            && !wire.retired.load(Ordering::Relaxed)
        {
            // Where requests are mixed, one that waits stands for all.
            locked(&wire.waiting).idle = Some((session, Instant::now()));
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.session.is_some() {
            self.permit.wire.retire();
        }
        self.permit.pool.in_use.fetch_sub(1, Ordering::Relaxed);
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
        let pool = Arc::new(Pool::new("eltax", PoolLimits::of_connections(1), nowhere));
        let in_use = pool.permit(Load::Heavy).await;
        let (tell, mut told) = mpsc::unbounded_channel();
        for lane in ["in", "in", "in", "in", "out", "out"] {
            let (pool, tell) = (pool.clone(), tell.clone());
            tokio::spawn(async move {
                let _permit = pool.permit_in(lane, Load::Heavy).await;
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
